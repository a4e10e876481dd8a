"""Each fault does to a batch what it says, and nothing else; replicas honour them all."""

import dataclasses

import pytest
import torch
from torch.nn import functional as F

from ame_explore.ame import AMEError
from ame_explore.analysis import distillation_objective
from ame_explore.data import digits
from ame_explore.models import Pretraining, pretrain
from ame_explore.settings import FAULTS
from ame_explore.training import Distillation, Recipe, Stage, distill_replicas
from ame_explore.training.faults import WrongAnswers, repeated
from ame_explore.training.losses import logits_kd
from ame_explore.training.parts import kd_of

QUICK = Recipe(host="projector", steps=6, batch_size=8, shots=2)
BROKEN = {"student_tau": 20.0, "normalized": False, "shuffled_pairs": True, "duplicates": 2, "teacher_noise": 0.5}


@pytest.fixture(scope="module")
def stage():
    data = digits()
    teacher = pretrain(data, Pretraining(steps=60))
    backbone = pretrain(data, Pretraining(size="student", split="backbone", shift=1.0, steps=30))
    return Stage(data, teacher, backbone)


def batch(stage, **fields):
    """(inputs, teacher's features) of the first batch."""
    distillation = Distillation(dataclasses.replace(QUICK, **fields), stage=stage)
    return distillation._batch(distillation._next_batch())


def test_whole_recipes_have_no_faults_and_broken_ones_name_them():
    assert QUICK.faults == () and set(BROKEN) == set(FAULTS)
    for name, value in BROKEN.items():
        broken = dataclasses.replace(QUICK, **{name: value})
        assert broken.faults == (name,) and Recipe.from_token(broken.token()) == broken


@pytest.mark.parametrize(
    ("field", "value"),
    [("student_tau", 0.0), ("normalized", 1), ("shuffled_pairs", None), ("duplicates", 1.5), ("duplicates", 0),
     ("teacher_noise", 1.5)],
)  # fmt: skip
def test_bad_faults_are_refused(field, value):
    with pytest.raises(AMEError, match=field):
        dataclasses.replace(QUICK, **{field: value})


def test_shuffled_pairs_give_each_image_the_answer_to_another(stage):
    inputs, teacher = batch(stage)
    same, shuffled = batch(stage, shuffled_pairs=True)
    assert torch.equal(inputs, same) and torch.equal(shuffled, teacher[[-1, *range(7)]])


def test_duplicates_repeat_rows(stage):
    inputs, teacher = batch(stage)
    for times, kept in ((2, 4), (3, 3), (8, 1)):
        some, answers = batch(stage, duplicates=times)
        order = [place % kept for place in range(8)]
        assert torch.equal(some, inputs[order]) and torch.equal(answers, teacher[order])
    assert torch.equal(repeated(inputs, 1), inputs)


def test_a_noisy_teacher_takes_a_share_of_the_shots_for_another_class(stage):
    shots = stage.data.shots(4, seed=0)
    wrong = WrongAnswers(stage, shots, seed=0)
    labels = stage.data.labels
    assert (labels[shots] != labels[shots[wrong.taken_for]]).all()
    teacher, places = stage.teacher_features(stage.data.images[shots]), torch.arange(len(shots))
    changed_before = torch.zeros(len(shots), dtype=torch.bool)
    for share in (0.0, 0.3, 0.6, 1.0):
        told = wrong(teacher, places, dataclasses.replace(QUICK, teacher_noise=share))
        changed = (told != teacher).any(1)
        assert bool((changed | ~changed_before).all()), "what was wrong stays wrong"
        expected = stage.teacher_features(stage.data.images[shots[wrong.taken_for]])
        torch.testing.assert_close(told[changed], expected[changed])
        # 20 shots, each wrong with this chance: within four standard deviations
        assert abs(int(changed.sum()) - 20 * share) <= 4 * (20 * share * (1 - share)) ** 0.5
        changed_before = changed


def test_a_missing_normalization_rewards_length(stage):
    features = F.normalize(torch.randn(5, 64, generator=torch.Generator().manual_seed(0)), dim=1)
    teacher = F.normalize(features + 0.1, dim=1)
    broken = dataclasses.replace(QUICK, normalized=False)
    whole = [float(kd_of(QUICK, stage, features=scale * features, teacher_features=teacher)) for scale in (1.0, 9.0)]
    assert whole[0] == pytest.approx(whole[1], abs=1e-6)
    assert float(kd_of(broken, stage, features=features, teacher_features=teacher)) == pytest.approx(whole[0], abs=1e-6)
    assert float(kd_of(broken, stage, features=9 * features, teacher_features=teacher)) == pytest.approx(
        1 - 9 * (1 - whole[0]), abs=1e-5
    )


def test_a_wrong_temperature_is_the_students_alone():
    generator = torch.Generator().manual_seed(0)
    student, teacher = torch.randn(2, 6, 10, generator=generator)
    expected = 4.0 * F.kl_div((student / 7.0).log_softmax(1), (teacher / 2.0).softmax(1), reduction="batchmean")
    assert float(logits_kd(student=student, teacher=teacher, tau=2.0, student_tau=7.0)) == pytest.approx(
        float(expected), rel=1e-5
    )
    assert torch.equal(
        logits_kd(student=student, teacher=teacher, tau=2.0, student_tau=2.0),
        logits_kd(student=student, teacher=teacher, tau=2.0),
    )


@pytest.mark.parametrize("name", FAULTS)
def test_replicas_honour_faults(stage, name):
    broken = dataclasses.replace(QUICK, kd="logits", **{name: BROKEN[name]})
    whole = dataclasses.replace(QUICK, kd="logits")
    both = distill_replicas([whole, broken], stage=stage)
    for index, recipe in enumerate((whole, broken)):
        alone = torch.tensor([s.losses["total"] for s in Distillation(recipe, stage=stage) if s.index])
        torch.testing.assert_close(both.losses[index].float(), alone, rtol=1e-3, atol=1e-4)
    assert not torch.allclose(both.losses[0], both.losses[1])


def test_a_landscape_of_a_broken_loss_is_refused(stage):
    distillation = Distillation(dataclasses.replace(QUICK, shuffled_pairs=True), stage=stage)
    with pytest.raises(AMEError, match="shuffled_pairs in force"):
        distillation_objective(distillation)
