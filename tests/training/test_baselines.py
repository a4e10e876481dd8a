"""Each loss from the literature against its source: numbers of other packages, or a plain implementation."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from ame_explore.registry import kd_losses

_I = torch.arange(5 * 7, dtype=torch.float64).reshape(5, 7)
STUDENT, TEACHER = 3 * torch.sin(_I * _I * 0.37), 3 * torch.cos(_I * 0.91 + 0.2 * _I * _I)
STUDENT_UNIT, TEACHER_UNIT = F.normalize(STUDENT, dim=1), F.normalize(TEACHER, dim=1)
TEXTS, SCALE = F.normalize(torch.cos(_I * 0.5 + 1), dim=1), 10.0


def value(name: str, student: Tensor, teacher: Tensor, **options: object) -> float:
    return float(kd_losses[name].function(student=student, teacher=teacher, **options))


@pytest.mark.parametrize(
    ("name", "options", "wanted"),
    [
        # torchdistill 1.1.5 on the same inputs: its LogitStdKDLoss leaves tau^2 = 4 to be multiplied, and its CCKDLoss
        # is the norm over B^2 = 25, not the paper's squared norm over B^2
        ("logit_std", {"tau": 2.0}, 0.9813201233634061),
        ("dist", {"tau": 2.0}, 9.164191356760435),
        ("rkd", {}, 0.04153842556586897),
        ("pkt", {}, 0.014282126333293064),
        ("cc", {}, 0.012928174740568447),
    ],
)
def test_the_value_is_that_of_torchdistill(name: str, options: dict[str, object], wanted: float) -> None:
    both = (STUDENT, TEACHER) if kd_losses[name].on == "logits" else (STUDENT_UNIT, TEACHER_UNIT)
    # torchdistill adds 1e-7 to norms and 1e-12 under roots; a small KL feels that several times
    assert value(name, *both, **options) == pytest.approx(wanted, rel=2e-6)


def softmax(row: list[float]) -> list[float]:
    weights = [math.exp(x - max(row)) for x in row]
    return [weight / sum(weights) for weight in weights]


def kl(p: list[float], q: list[float]) -> float:
    return sum(a * math.log(a / b) for a, b in zip(p, q, strict=True) if a > 0)


def test_dkd_is_its_equation_seven() -> None:
    tau, total = 2.0, 0.0
    for student, teacher in zip(STUDENT.tolist(), TEACHER.tolist(), strict=True):
        target = teacher.index(max(teacher))
        p, q = softmax([x / tau for x in teacher]), softmax([x / tau for x in student])
        tckd = kl([p[target], 1 - p[target]], [q[target], 1 - q[target]])
        others = [place for place in range(7) if place != target]
        nckd = kl(*([one[place] / (1 - one[target]) for place in others] for one in (p, q)))
        total += tau**2 * (1.0 * tckd + 8.0 * nckd) / 5
    assert value("dkd", STUDENT, TEACHER, tau=tau) == pytest.approx(total, rel=1e-12)


def test_the_parts_of_dkd_are_those_of_hintons_loss() -> None:
    """KL = TCKD + (1 - p_target) NCKD, the paper's equation 5; at tau = 1."""
    target, rows = TEACHER.argmax(1), range(5)
    of_target = [torch.stack([x[rows, target], 1 - x[rows, target]]) for x in (TEACHER.softmax(1), STUDENT.softmax(1))]
    tckd = (of_target[0] * (of_target[0] / of_target[1]).log()).sum(0)
    each = [kl(softmax(t), softmax(s)) for s, t in zip(STUDENT.tolist(), TEACHER.tolist(), strict=True)]
    nckd = (torch.tensor(each, dtype=torch.float64) - tckd) / of_target[0][1]
    assert value("dkd", STUDENT, TEACHER, tau=1.0) == pytest.approx(float((tckd + 8 * nckd).mean()), rel=1e-9)


def test_similarities_are_normalized_as_in_the_paper() -> None:
    def plain(order: int) -> float:
        grams = [[[sum(x * y for x, y in zip(a, b, strict=True)) for b in rows] for a in rows] for rows in both]
        norms = [[sum(abs(x) ** order for x in row) ** (1 / order) for row in gram] for gram in grams]
        return (
            sum((grams[0][i][j] / norms[0][i] - grams[1][i][j] / norms[1][i]) ** 2 for i in range(5) for j in range(5))
            / 25
        )

    both = STUDENT_UNIT.tolist(), TEACHER_UNIT.tolist()
    assert value("sp", STUDENT_UNIT, TEACHER_UNIT) == pytest.approx(plain(2), rel=1e-12)
    assert plain(1) == pytest.approx(
        0.028811798660438526, rel=1e-12
    )  # SPKDLoss of torchdistill 1.1.5: sums, not lengths


def test_clip_kd_feature_distillation_is_twice_the_cosine_distance_of_unit_rows() -> None:
    wanted = sum(
        (a - b) ** 2
        for s, t in zip(STUDENT_UNIT.tolist(), TEACHER_UNIT.tolist(), strict=True)
        for a, b in zip(s, t, strict=True)
    )
    assert value("clip_fd", STUDENT_UNIT, TEACHER_UNIT) == pytest.approx(wanted / 5, rel=1e-12)
    assert value("clip_fd", STUDENT_UNIT, TEACHER_UNIT) == pytest.approx(
        2 * value("feature", STUDENT_UNIT, TEACHER_UNIT), rel=1e-12
    )


def contrast(image: Tensor) -> float:
    """-log p of the teacher's text of each image, mean."""
    total = 0.0
    for row, teacher in zip(image, TEACHER_UNIT, strict=True):
        text = int((TEXTS @ teacher).argmax())
        total -= math.log(softmax((SCALE * TEXTS @ row).tolist())[text])
    return total / 5


def test_clip_kd_contrasts_are_over_the_teachers_texts() -> None:
    given = {"texts": TEXTS, "logit_scale": SCALE}
    assert value("clip_icl", STUDENT_UNIT, TEACHER_UNIT, **given) == pytest.approx(contrast(STUDENT_UNIT), rel=1e-12)
    mean = (STUDENT_UNIT + TEACHER_UNIT) / 2
    fused = mean / mean.norm(dim=1, keepdim=True)
    assert value("clip_afd", STUDENT_UNIT, TEACHER_UNIT, **given) == pytest.approx(contrast(fused), rel=1e-12)


def test_clip_kd_relations_are_open_clips_distillation_but_for_the_teachers_entropy() -> None:
    student, teacher = (SCALE * x @ TEXTS.T for x in (STUDENT_UNIT, TEACHER_UNIT))
    entropies = sum(float(-(teacher.softmax(d) * teacher.log_softmax(d)).sum(d).mean()) for d in (0, 1))
    # DistillClipLoss of open_clip 3.3.0 on these features and texts, "distill_loss"
    assert value("clip_crd", student, teacher) == pytest.approx(2 * 6.156218685693208 - entropies, rel=1e-12)


def test_smoothed_labels_are_torchs() -> None:
    wanted = F.cross_entropy(STUDENT, TEACHER.argmax(1), label_smoothing=0.1)
    assert value("smoothed_labels", STUDENT, TEACHER) == pytest.approx(float(wanted), rel=1e-12)


def test_the_confidence_penalty_is_kd_minus_a_tenth_of_the_entropy() -> None:
    entropy = sum(-sum(p * math.log(p) for p in softmax(row)) for row in STUDENT.tolist()) / 5
    plain = sum(kl(softmax(t), softmax(s)) for s, t in zip(STUDENT.tolist(), TEACHER.tolist(), strict=True)) / 5
    assert value("confidence_penalty", STUDENT, TEACHER) == pytest.approx(
        plain + 0.1 * (math.log(7) - entropy), rel=1e-12
    )


@pytest.mark.parametrize("name", ["rkd", "pkt", "sp", "cc"])
def test_copies_in_a_batch_and_a_batch_of_one_have_finite_gradients(name: str) -> None:
    for rows in ([0, 0, 1, 2, 2], [3]):
        student = STUDENT_UNIT[rows].requires_grad_()
        loss = kd_losses[name].function(student=student, teacher=TEACHER_UNIT[rows])
        (gradient,) = torch.autograd.grad(loss, student)
        assert loss.isfinite() and gradient.isfinite().all()
