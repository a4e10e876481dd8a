"""Exercises of 01_distillation: losses on answers and on features, the direction of KL, a fair choice of tau."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from ame_explore.teach.answers import NotYet, choice, fields, function, number, require, whole_numbers
from ame_explore.teach.declare import exercise

NOTEBOOK = "01_distillation"


def _logits(seed: int, rows: int = 6, columns: int = 5) -> Tensor:
    return 2 * torch.randn(rows, columns, generator=torch.Generator().manual_seed(seed))


@exercise(
    "pull_ratio",
    notebook=NOTEBOOK,
    title="How fast does a pull fade?",
    kind="predict, then run",
    minutes=4,
    difficulty=2,
    prompt=r"""
Take $\mathrm{KL}(p^{\text{teacher}} \,\|\, p^{\text{student}})$ at temperature $\tau$, this time *without* the factor
$\tau^2$. Its gradient at the student's logits is $(q - p)/\tau$, where $p$ and $q$ are the two softmaxes at $\tau$.

How many times weaker does the gradient become when $\tau$ goes from 10 to 20? Predict, check, and run the second cell.
""",
    stub="pull_ratio = ...  # strength at tau = 10, divided by that at tau = 20",
    solution="4",
    why=r"""One factor of $1/\tau$ is in the formula, by the chain rule. The other is in the difference $q - p$: both
softmaxes come nearer to uniform as $1/\tau$. Together that is $1/\tau^2$, which the factor $\tau^2$ makes up for.""",
    also=["4.05", "2**2"],
    wrong=[
        ("2", "is only part of it"),
        ("1", "is weaker at tau = 20"),
        ("8", "faster than it does"),
        ("0.25", "is weaker at tau = 20"),
        ('"four times"', "must be one number"),
    ],
    hints=[
        "Two things change with tau in (q - p)/tau. Which?",
        "For large tau, exp(z/tau) is about 1 + z/tau. What does that say about q - p?",
    ],
    notes="Most say 2: they see the 1/tau in front and take q - p as fixed. Ask what q - p is when tau is infinite.",
    run="""
import torch


def experiment():
    teacher, pulls = torch.tensor([4.0, 2.0, 0.0]), {}
    for tau in (10.0, 20.0):
        student = torch.zeros(3, requires_grad=True)
        p, log_q = (teacher / tau).softmax(0), (student / tau).log_softmax(0)
        (p * (p.log() - log_q)).sum().backward()
        pulls[tau] = float(student.grad.norm())
        print(f"tau = {tau:g}: gradient {pulls[tau]:.5f}")
    return pulls[10.0] / pulls[20.0]


happened = experiment()
print(f"{happened:.2f} times weaker")
""",
)
def pull_ratio(answer: float, outcome: float) -> str:
    require(answer > 1.05, "the pull is weaker at tau = 20, so the ratio is above 1.")
    require(
        answer > 0.75 * outcome,
        "the 1/tau in front of the difference is only part of it: what does the difference do when tau doubles?",
    )
    require(answer < 1.33 * outcome, "that is faster than it does: count the factors of 1/tau again.")
    return f"measured: {outcome:.2f}."


@exercise(
    "kd_loss",
    notebook=NOTEBOOK,
    title="Write the loss on answers",
    kind="write the missing line",
    minutes=8,
    difficulty=2,
    prompt=r"""
Write the loss on answers, $\tau^2\,\mathrm{KL}(p^{\text{teacher}} \,\|\, p^{\text{student}})$, both at temperature
$\tau$: a sum over classes, then a mean over images, in nats. `softmax(1)` and `log_softmax(1)` of a tensor of shape
(images, classes) are all you need, or take torch's own KL divergence.
""",
    stub='''
def kd_loss(student_logits, teacher_logits, tau):
    """tau^2 KL(teacher || student), mean over images, in nats; both (images, classes)."""
    log_q, log_p = (student_logits / tau).log_softmax(1), (teacher_logits / tau).log_softmax(1)
    return ...  # your line
''',
    solution="tau**2 * (log_p.exp() * (log_p - log_q)).sum(1).mean()",
    why="""The first distribution of a KL divergence does the weighting, here the teacher's. Torch's `F.kl_div` takes
the student's log-probabilities *first* and the teacher's second; its `"batchmean"` sums over classes and takes the
mean over images, while its default `"mean"` also divides by the number of classes.""",
    also=[
        'tau**2 * F.kl_div(log_q, log_p, reduction="batchmean", log_target=True)',
        "tau * tau * ((log_p.exp() * log_p).sum(1) - (log_p.exp() * log_q).sum(1)).mean()",
        """
def kd_loss(student_logits, teacher_logits, tau):
    p = torch.softmax(teacher_logits / tau, dim=1)
    cross = F.cross_entropy(student_logits / tau, p)
    return tau**2 * (cross + (p * p.log()).sum() / len(p))
""",
    ],
    wrong=[
        ("tau**2 * (log_q.exp() * (log_q - log_p)).sum(1).mean()", "the divergence in the other direction"),
        ("(log_p.exp() * (log_p - log_q)).sum(1).mean()", "must keep about its strength"),
        ("tau**2 * (log_p.exp() * (log_p - log_q)).sum()", "every image is there twice"),
        ("tau**2 * (log_p.exp() * (log_p - log_q)).mean()", "a class that nobody believes in"),
        ("tau**2 * -(log_p.exp() * log_q).sum(1).mean()", "gives the teacher's own answers"),
        ("-(tau**2) * (log_p.exp() * (log_p - log_q)).sum(1).mean()", "must be above 0"),
        ("tau**2 * (log_p.exp() * (log_p - log_q)).sum(1)", "must be one number"),
        ("(tau**2 * (log_p.exp() * (log_p - log_q)).sum(1).mean()).item()", "no gradient reaches the student"),
        ("tau**2 * (log_p.exp() * (log_p - log_q)).sum(1).mean() / math.log(2)", "0.368 nats"),
    ],
    hints=[
        "KL(p || q) is the sum over classes of p (log p - log q). Which of the two is the teacher?",
        "You have both logarithms; `log_p.exp()` is p. Sum over dimension 1, then take the mean.",
        "The factor tau**2 stands before the whole.",
    ],
    notes="""The direction and the reduction go wrong most often: `F.kl_div` takes its arguments in the opposite order
of the formula, and its default reduction is not the mean over images. Ask who would notice a loss that is 10 times too
small, and how.""",
)
def kd_loss(answer: object) -> str:
    loss = function(answer, "kd_loss")
    student, teacher = _logits(0), _logits(1)

    def at(student: Tensor, teacher: Tensor, tau: float = 1.0) -> float:
        return number(loss(student, teacher, tau), "the loss")

    zero = at(teacher, teacher, 2.0)
    require(
        abs(zero) < 1e-4,
        f"for a student that gives the teacher's own answers the loss must be 0, but it is {zero:.3f}.",
    )
    least = min(at(_logits(seed), teacher) for seed in range(2, 7))
    require(least > 0, f"where the answers differ, the loss must be above 0, but it is {least:.3f}.")
    once, twice = at(student, teacher), at(student.repeat(2, 1), teacher.repeat(2, 1))
    require(
        math.isclose(once, twice, rel_tol=1e-3),
        f"when every image is there twice, the loss must stay the same, but it goes from {once:.3f} to {twice:.3f}.",
    )
    wide = at(F.pad(student, (0, 1), value=-40.0), F.pad(teacher, (0, 1), value=-40.0))
    require(
        math.isclose(once, wide, rel_tol=1e-3),
        f"one more class, a class that nobody believes in, must not change the loss: {once:.3f} became {wide:.3f}.",
    )
    p, q = torch.tensor([[0.9, 0.1]]), torch.tensor([[0.5, 0.5]])
    found, right = at(q.log(), p.log()), 0.9 * math.log(1.8) + 0.1 * math.log(0.2)
    reverse = 0.5 * math.log(0.5 / 0.9) + 0.5 * math.log(0.5 / 0.1)
    other = ": that is the divergence in the other direction" if math.isclose(found, reverse, rel_tol=1e-3) else ""
    require(
        math.isclose(found, right, rel_tol=1e-3),
        f"for a teacher who says (0.9, 0.1) and a student who says (0.5, 0.5) the loss at tau = 1 must be {right:.3f} "
        f"nats, but it is {found:.3f}{other}.",
    )
    pulls = []
    for tau in (10.0, 20.0):
        leaf = student.clone().requires_grad_()
        value = loss(leaf, teacher, tau)
        require(
            isinstance(value, Tensor) and value.requires_grad,
            "no gradient reaches the student: the loss must stay a tensor that was computed from its logits.",
        )
        value.backward()
        pulls.append(float(leaf.grad.norm()) if leaf.grad is not None else 0.0)
    require(pulls[0] > 0, "no gradient reaches the student.")
    kept = pulls[1] / pulls[0]
    require(
        0.7 < kept < 1.4,
        f"from tau = 10 to 20 the gradient must keep about its strength, but it becomes {kept:.2f} times as strong.",
    )
    scaled = at(3 * student, 3 * teacher, 3.0) / 9
    require(
        math.isclose(scaled, once, rel_tol=1e-3),
        "three times the logits at three times the temperature are the same answers, but the loss differs.",
    )
    return "zero for equal answers, the right direction, and about the same pull at every temperature."


@exercise(
    "feature_kd",
    notebook=NOTEBOOK,
    title="The loss on features has a fault",
    kind="find the fault",
    minutes=5,
    difficulty=1,
    prompt=r"""
This should be the loss on features, $1 - \cos$ of the angle between the two networks' vectors of an image, as a mean
over images. A student trained with it grew ever longer vectors, and the loss fell below zero. Find the fault and mend
it.
""",
    stub='''
def feature_kd(student, teacher):
    """1 - cosine of student and teacher, mean over images; both (images, features)."""
    return (1 - (student * teacher).sum(1)).mean()
''',
    solution='''
def feature_kd(student, teacher):
    """1 - cosine of student and teacher, mean over images; both (images, features)."""
    return (1 - F.cosine_similarity(student, teacher, dim=1)).mean()
''',
    why="""A dot product is a cosine only for vectors of length 1. Without dividing by the lengths the loss can be
lowered for ever by growing them, and says nothing about directions.""",
    also=[
        """
def feature_kd(student, teacher):
    return (1 - (F.normalize(student, dim=1) * F.normalize(teacher, dim=1)).sum(1)).mean()
""",
        """
def feature_kd(student, teacher):
    a, b = (x / x.norm(dim=1, keepdim=True) for x in (student, teacher))
    return ((a - b) ** 2).sum(1).mean() / 2
""",
    ],
    wrong=[
        (
            "def feature_kd(student, teacher):\n    return (1 - (F.normalize(student, dim=1) * teacher).sum(1)).mean()",
            "teacher's vectors three times as long",
        ),
        (
            "def feature_kd(student, teacher):\n"
            "    return (1 - (F.normalize(student, dim=0) * F.normalize(teacher, dim=0)).sum(1)).mean()",
            "must be 0",
        ),
        (
            "def feature_kd(student, teacher):\n    return 1 - F.cosine_similarity(student, teacher, dim=0).mean()",
            "each image has an angle of its own",
        ),
        (
            "def feature_kd(student, teacher):\n    return 1 - F.cosine_similarity(student, teacher, dim=1)",
            "must be one number",
        ),
        (
            "def feature_kd(student, teacher):\n    return F.cosine_similarity(student, teacher, dim=1).mean()",
            "must be 0",
        ),
        (
            "def feature_kd(student, teacher):\n    return (1 - F.cosine_similarity(student, teacher, dim=1)).sum()",
            "every image is there twice",
        ),
        (
            "def feature_kd(student, teacher):\n    return (student - teacher).abs().mean()",
            "student's vectors three times as long",
        ),
    ],
    hints=[
        "What is the loss of a student whose vectors are the teacher's, three times as long? What should it be?",
        "When does a dot product equal a cosine?",
    ],
    notes="""Some divide by the norm of the whole matrix, or normalize along dimension 0. Ask for the shape of what they
divide by. Good next question: the package has the option `normalized=False`; what would you see in the lab?""",
)
def feature_kd(answer: object) -> str:
    loss = function(answer, "feature_kd")
    student, teacher = _logits(0), _logits(1)

    def at(student: Tensor, teacher: Tensor) -> float:
        return number(loss(student, teacher), "the loss")

    once = at(student, teacher)
    for who, value in (("student", at(3 * student, teacher)), ("teacher", at(student, 3 * teacher))):
        require(
            math.isclose(once, value, rel_tol=1e-3, abs_tol=1e-4),
            f"with the {who}'s vectors three times as long the angles are the same, but the loss goes from {once:.3f} "
            f"to {value:.3f}.",
        )
    same = at(2 * teacher, teacher)
    require(abs(same) < 1e-3, f"for vectors in the same direction the loss must be 0, but it is {same:.3f}.")
    one = at(torch.cat([5 * student[:1], student[1:]]), teacher)
    require(
        math.isclose(once, one, rel_tol=1e-3, abs_tol=1e-4),
        f"each image has an angle of its own: with the vector of one image longer the loss goes from {once:.3f} to "
        f"{one:.3f}.",
    )
    twice = at(student.repeat(2, 1), teacher.repeat(2, 1))
    require(
        math.isclose(once, twice, rel_tol=1e-3),
        f"when every image is there twice, the loss must stay the same, but it goes from {once:.3f} to {twice:.3f}.",
    )
    across, against = at(torch.eye(4), torch.eye(4).roll(1, 0)), at(-teacher, teacher)
    require(
        math.isclose(across, 1, rel_tol=1e-3) and math.isclose(against, 2, rel_tol=1e-3),
        f"the loss must be 1 at a right angle and 2 for opposite directions, but it is {across:.3f} and {against:.3f}.",
    )
    leaf = student.clone().requires_grad_()
    value = loss(leaf, teacher)
    require(isinstance(value, Tensor) and value.requires_grad, "no gradient reaches the student.")
    return "only the direction counts now."


PEAKS = ("on the higher peak", "on the lower peak", "between the peaks", "far outside")


@exercise(
    "one_peak",
    notebook=NOTEBOOK,
    title="Which way round is KL?",
    kind="predict, then run",
    minutes=5,
    difficulty=2,
    prompt=r"""
The teacher believes in two answers at once: its distribution on a line has a higher peak at −3 and a lower one at +3.
The student can only draw *one* bell curve, whose centre and width it may choose. It minimizes
$\mathrm{KL}(p^{\text{teacher}} \,\|\, p^{\text{student}})$, the direction of the loss above.

Where will the student put the centre of its curve?
""",
    stub='one_peak = ...  # "on the higher peak", "on the lower peak", "between the peaks" or "far outside"',
    solution='"between the peaks"',
    why=r"""$\mathrm{KL}(p \,\|\, q)$ is weighted by the teacher's $p$: it is very costly to give almost no
probability to something that the teacher believes in. So the student covers both peaks, with a wide curve around the
teacher's mean. The other direction, weighted by the student's $q$, is content with one peak; the second cell prints
that, too.""",
    also=['"Between the peaks"'],
    wrong=[
        ('"on the higher peak"', "a price that has no limit"),
        ('"on the lower peak"', "a price that has no limit"),
        ('"far outside"', "where the teacher believes in something"),
        ('"in the middle"', "must be one of"),
    ],
    hints=[
        "Write out the sum of KL. Which places on the line count, and by what weight?",
        "What does the sum become if q is nearly 0 at a place where p is not?",
    ],
    notes="""Many expect the higher peak, as with a majority vote. Draw both directions on the board. For
distillation: a small student under this direction spreads its probability rather than dropping an answer of the
teacher.""",
    run="""
import torch


def experiment():
    x, centres, widths = torch.linspace(-6, 6, 121), torch.linspace(-5, 5, 101), torch.linspace(0.5, 4, 36)
    teacher = 0.6 * torch.exp(-((x + 3) ** 2)) + 0.4 * torch.exp(-((x - 3) ** 2))
    log_p = (teacher / teacher.sum()).log()
    log_q = (-(((x - centres[:, None, None]) / widths[:, None]) ** 2) / 2).log_softmax(-1)  # every centre and width
    chosen = []
    for name, a, b in (("KL(teacher || student)", log_p, log_q), ("KL(student || teacher)", log_q, log_p)):
        best = int((a.exp() * (a - b)).sum(-1).argmin())
        chosen.append(float(centres[best // len(widths)]))
        print(f"{name}: centre {chosen[-1]:+.1f}, width {widths[best % len(widths)]:.1f}")
    if abs(chosen[0]) < 2:
        return "between the peaks"
    if abs(chosen[0]) > 4:
        return "far outside"
    return "on the higher peak" if chosen[0] < 0 else "on the lower peak"


happened = experiment()
print(happened)
""",
    choices=PEAKS,
)
def one_peak(answer: str, outcome: str) -> str:
    if answer != outcome:
        raise NotYet(
            "think of the place where the teacher believes in something and this student would not: the sum counts it "
            + ("at every peak." if answer == "far outside" else "at a price that has no limit.")
        )
    return "this direction covers everything the teacher believes in."


PLACES = ("validation images", "test images")


@exercise(
    "fair_choice",
    notebook=NOTEBOOK,
    title="Choose a temperature, and report it fairly",
    kind="design the experiment",
    minutes=5,
    difficulty=2,
    prompt=r"""
You want to choose the best of five temperatures and then report how good the student is with it. You have validation
images and test images, neither of which any student learns from, and as many seeds as you like (a seed decides shots,
initial weights and the order of images). Plan it so that the reported mean and its 95% interval flatter nobody.
""",
    stub="""
fair_choice = {
    "choose on": ...,  # "validation images" or "test images"
    "report on": ...,  # the same two
    "seeds to choose": ...,  # whole numbers, as [0, 1, 2]
    "seeds to report": ...,
}
""",
    solution="""
fair_choice = {
    "choose on": "validation images",
    "report on": "test images",
    "seeds to choose": [0, 1, 2],
    "seeds to report": [3, 4, 5, 6, 7],
}
""",
    why="""The best of five noisy numbers is too good on average, so whatever chose cannot report: neither images nor
seeds. An interval from two seeds is nearly useless (its factor is 12.7, with five seeds 2.8).""",
    also=[
        """
fair_choice = {
    "choose on": "validation images",
    "report on": "test images",
    "seeds to choose": range(5),
    "seeds to report": range(100, 110),
}
""",
        'fair_choice = {"choose on": "test images", "report on": "validation images", "seeds to choose": (1, 2),\n'
        '    "seeds to report": torch.arange(10, 20)}',
    ],
    wrong=[
        (
            'fair_choice = {"choose on": "test images", "report on": "test images", "seeds to choose": [0, 1, 2],\n'
            '    "seeds to report": [3, 4, 5, 6, 7]}',
            "images have chosen the temperature",
        ),
        (
            'fair_choice = {"choose on": "validation images", "report on": "test images",\n'
            '    "seeds to choose": [0, 1, 2, 3, 4], "seeds to report": [0, 1, 2, 3, 4]}',
            "seeds have chosen the temperature",
        ),
        (
            'fair_choice = {"choose on": "validation images", "report on": "test images", "seeds to choose": [0, 1],\n'
            '    "seeds to report": [7]}',
            "an interval needs",
        ),
        (
            'fair_choice = {"choose on": "validation images", "report on": "test images", "seeds to choose": [0],\n'
            '    "seeds to report": [3, 4, 5, 6, 7]}',
            "luck of one seed",
        ),
        ('fair_choice = {"choose on": "validation images"}', "lacks"),
        (
            'fair_choice = {"choose on": "train", "report on": "test images", "seeds to choose": [0],\n'
            '    "seeds to report": [3, 4, 5, 6, 7]}',
            "must be one of",
        ),
        (
            'fair_choice = {"choose on": "validation images", "report on": "test images", "seeds to choose": [0, 1],\n'
            '    "seeds to report": [3, 3, 3, 3, 3]}',
            "different",
        ),
    ],
    hints=[
        "Suppose all five temperatures were equally good. Would the best of the five look better than it is? Where?",
        "What has been used to choose? Images, and something else.",
        "How wide is a 95% interval from one seed?",
    ],
    notes="""The seeds are what is overlooked. Ask what would happen with a hundred temperatures. The same holds for
omega, the reading, and the step at which to stop.""",
)
def fair_choice(answer: object) -> str:
    plan = fields(answer, ("choose on", "report on", "seeds to choose", "seeds to report"), "`fair_choice`")
    images = [choice(plan[key], PLACES, f"`{key}`") for key in ("choose on", "report on")]
    chosen, reported = (_seeds(plan[key], key) for key in ("seeds to choose", "seeds to report"))
    require(
        images[0] != images[1], "the reported images have chosen the temperature: on them it looks better than it is."
    )
    require(
        not set(chosen) & set(reported),
        "some reported seeds have chosen the temperature: their shots and initial weights have favoured it.",
    )
    require(len(chosen) >= 2, "the luck of one seed may choose the temperature.")
    require(len(reported) >= 3, "an interval needs more seeds to be of any use: see how wide it is.")
    return "what chose does not report."


def _seeds(value: Any, what: str) -> list[int]:
    found = whole_numbers(value, f"`{what}`")
    require(
        len(set(found)) == len(found),
        f"`{what}` must be different numbers: the same seed again gives the same student.",
    )
    return found
