"""Exercises of 05_bounds: McAllester's bound by hand, when it says something, the best of many, and the assumptions."""

from __future__ import annotations

import math

import torch

from ame_explore.teach.answers import choice, fields, function, number, require
from ame_explore.teach.declare import exercise

NOTEBOOK = "05_bounds"


@exercise(
    "mcallester",
    notebook=NOTEBOOK,
    title="McAllester's bound, by hand",
    kind="write the missing line",
    minutes=5,
    difficulty=2,
    prompt=r"""
With probability $1 - \delta$ over the sample of $n$ images, for all $Q$ at once (McAllester 1999, with Maurer's
constant):

$$L(Q) \;\le\; \hat L(Q) + \sqrt{\frac{\mathrm{KL}(Q \,\|\, P) + \log(2\sqrt n / \delta)}{2n}}$$

Write it, and see what each term costs.
""",
    stub='''
def mcallester(train_loss, kl, n, delta):
    """Bound on the expected loss: kl in nats, n images, with probability 1 - delta."""
    return ...  # your line
''',
    solution="train_loss + math.sqrt((kl + math.log(2 * math.sqrt(n) / delta)) / (2 * n))",
    why="""Being sure costs little: delta stands inside a logarithm. The KL divergence costs one for one, and both are
divided by the number of images.""",
    also=[
        "train_loss + ((kl + math.log(2 / delta) + 0.5 * math.log(n)) / (2 * n)) ** 0.5",
        "train_loss + torch.sqrt((kl + torch.log(2 * torch.sqrt(torch.tensor(float(n))) / delta)) / (2 * n))",
    ],
    wrong=[
        ("train_loss + math.sqrt((kl + math.log(2 * math.sqrt(n) / delta)) / n)", "one more nat"),
        ("train_loss + (kl + math.log(2 * math.sqrt(n) / delta)) / (2 * n)", "one more nat"),
        ("train_loss + math.sqrt((kl + math.log(1 / delta)) / (2 * n))", "at KL = 0"),
        ("train_loss + math.sqrt((kl + math.log10(2 * math.sqrt(n) / delta)) / (2 * n))", "surer"),
        ("train_loss - math.sqrt((kl + math.log(2 * math.sqrt(n) / delta)) / (2 * n))", "below the training loss"),
        ("math.sqrt((kl + math.log(2 * math.sqrt(n) / delta)) / (2 * n))", "training loss"),
        ("train_loss + math.sqrt((kl + math.log(2 * math.sqrt(n) * delta)) / (2 * n))", "surer"),
    ],
    hints=["Work from the inside out: the logarithm, the sum, the fraction, the root.", "`math.log` is natural."],
    notes="""Let them compute by hand, for n = 128 and delta = 0.05, how large KL may be for a bound of 1 at a
training loss of 0 (about 250 nats), and compare with the KL in the notebook's figure.""",
)
def mcallester(answer: object) -> str:
    bound = function(answer, "mcallester")

    def at(train_loss: float, kl: float, n: int, delta: float) -> float:
        return number(bound(train_loss, kl, n, delta), "the bound")

    def inside(kl: float, n: int, delta: float) -> float:
        return (at(0.1, kl, n, delta) - 0.1) ** 2

    base = at(0.1, 5.0, 100, 0.05)
    require(base > 0.1, f"a bound on the expected loss cannot lie below the training loss: 0.1 became {base:.3f}.")
    higher = at(0.3, 5.0, 100, 0.05) - base
    require(
        abs(higher - 0.2) < 1e-3,
        f"a training loss that is 0.2 higher must raise the bound by 0.2, not by {higher:.3f}.",
    )
    nat = inside(6.0, 100, 0.05) - inside(5.0, 100, 0.05)
    require(
        math.isclose(nat, 1 / 200, rel_tol=1e-2),
        f"at n = 100 one more nat of KL must add 1/200 = 0.005 to the square of the margin, but it adds {nat:.4f}.",
    )
    surer = inside(5.0, 100, 0.05 / math.e) - inside(5.0, 100, 0.05)
    require(
        math.isclose(surer, 1 / 200, rel_tol=1e-2),
        f"being surer, with delta divided by e, must cost as much as one nat of KL, 0.005, but it costs {surer:.4f}.",
    )
    free, right = at(0.0, 0.0, 100, 0.05), math.sqrt(math.log(2 * 10 / 0.05) / 200)
    require(
        math.isclose(free, right, rel_tol=1e-3),
        f"at KL = 0, n = 100 and delta = 0.05 the margin must be {right:.3f}, but it is {free:.3f}.",
    )
    return "one nat of KL costs as much as being e times as sure, and both fade with n."


@exercise(
    "first_useful_n",
    notebook=NOTEBOOK,
    title="When does the bound begin to speak?",
    kind="predict, then run",
    minutes=4,
    difficulty=2,
    prompt=r"""
A student has a training loss of 0, and the KL divergence from its prior is 500 nats. From how many images $n$ on is
McAllester's bound below 1, at $\delta = 0.05$? (No loss exceeds 1, so above that it says nothing.) Within ten percent
is good enough.
""",
    stub="first_useful_n = ...  # images",
    solution="254",
    why=r"""$\sqrt{\mathrm{KL}/2n} < 1$ needs $n > \mathrm{KL}/2 = 250$; the logarithm adds a few. Before that, a good
student and a bad one get the same message. A vacuous bound is not bad news about a student: it is no news.""",
    also=["250", "500 / 2 + 3"],
    wrong=[
        ("500", "earlier"),
        ("1000", "earlier"),
        ("16", "still at"),
        ("125", "still at"),
        ('"250 images"', "must be one number"),
    ],
    hints=["Which n makes the root equal to 1, if you leave the logarithm out?", "The logarithm is small beside 500."],
    notes="""Afterwards: a student with KL = 500 and a true loss of 0.02, and one with a true loss of 0.6, both get a
bound above 1 at n = 128. What have you learned about which is better? (Nothing.)""",
    run="""
import math


def experiment():
    def margin(n, kl=500.0, delta=0.05):
        return math.sqrt((kl + math.log(2 * math.sqrt(n) / delta)) / (2 * n))

    least = next(n for n in range(1, 10_000) if margin(n) < 1)
    for n in (16, 128, least, 1000):
        print(f"n = {n:4}: expected loss <= {margin(n):.3f}")
    return least


happened = experiment()
""",
)
def first_useful_n(answer: float, outcome: int) -> str:
    require(answer >= 1, "n counts images, so it is at least 1.")
    bound = math.sqrt((500 + math.log(2 * math.sqrt(answer) / 0.05)) / (2 * answer))
    require(answer > 0.9 * outcome, f"with {answer:g} images the bound is still at {bound:.2f}, and no loss exceeds 1.")
    require(answer < 1.1 * outcome, f"with {answer:g} images the bound is {bound:.2f}; it fell below 1 earlier.")
    return f"from {outcome} images on it is below 1."


def _misses(bound: object, students: int = 200, n: int = 100, worlds: int = 200) -> float:
    """The share of worlds where all students guess (loss 1/2) and the bound for the best of them lies below 1/2."""
    call = function(bound, "best_of_many")
    draws = torch.rand(worlds, students, n, generator=torch.Generator().manual_seed(0)) < 0.5
    counts = draws.sum(-1).tolist()
    return sum(number(call(errors, n, 0.05), "the bound") < 0.5 for errors in counts) / worlds


@exercise(
    "best_of_many",
    notebook=NOTEBOOK,
    title="The best of many on one test set",
    kind="find the fault",
    minutes=8,
    difficulty=3,
    prompt=r"""
Somebody trains many students, keeps the one with the fewest errors on the $n$ test images, and reports Hoeffding's
test-set bound for it, at $\delta = 0.05$. Among 200 students who all just guess, the reported bound is nearly always
below their true loss of 0.5. So it is no bound. Why? Mend it, with the same test images.
""",
    stub='''
def best_of_many(errors, n, delta):
    """Bound on the loss of the student with the fewest errors; errors: a list, wrong of n for each student."""
    return min(errors) / n + math.sqrt(math.log(1 / delta) / (2 * n))
''',
    solution='''
def best_of_many(errors, n, delta):
    """Bound on the loss of the student with the fewest errors; errors: a list, wrong of n for each student."""
    return min(errors) / n + math.sqrt(math.log(len(errors) / delta) / (2 * n))
''',
    why="""Hoeffding's bound fails with probability delta for *one* student who was fixed before. Whoever picks the
luckiest of m looks where it fails. If each of the m bounds may fail with probability delta / m only, then all hold
together with probability 1 − delta (the union bound), so the chosen one does, too.""",
    also=[
        """
from scipy.special import betaincinv


def best_of_many(errors, n, delta):
    fewest = min(errors)
    return float(betaincinv(fewest + 1, n - fewest, 1 - delta / len(errors))) if fewest < n else 1.0
""",
        """
import math


def best_of_many(errors, n, delta):
    share = delta / len(errors)
    return min(wrong / n + math.sqrt(-math.log(share) / (2 * n)) for wrong in errors)
""",
    ],
    wrong=[
        (
            "def best_of_many(errors, n, delta):\n"
            "    return sum(errors) / len(errors) / n + math.sqrt(math.log(1 / delta) / (2 * n))",
            "best student",
        ),
        (
            "def best_of_many(errors, n, delta):\n"
            "    return min(errors) / n + math.sqrt(len(errors) * math.log(1 / delta) / (2 * n))",
            "looser than it needs to be",
        ),
        (
            "def best_of_many(errors, n, delta):\n"
            "    return min(errors) / n + math.sqrt(math.log(1 / (delta * len(errors))) / (2 * n))",
            "a ValueError",
        ),
        ("def best_of_many(errors, n, delta):\n    return 1.0", "looser than it needs to be"),
        ("def best_of_many(errors, n, delta):\n    return min(errors) / n", "of 100 worlds"),
        (
            "def best_of_many(errors, n, delta):\n"
            "    return min(errors) / n + math.sqrt(math.log(2 / delta) / (2 * n))",
            "of 100 worlds",
        ),
    ],
    hints=[
        "For one student, fixed beforehand, the bound may fail in 5 of 100 cases. And with 200 chances to fail?",
        "How small must each chance be, so that 200 of them together are at most delta?",
        "Where does delta stand in the bound? Give each student an equal share of it.",
    ],
    notes="""The bound on the mean of all students is true, but about somebody else: it does not depend on the best.
Ask for the price of choosing among a million (log: the margin grows by less than a factor of 2 over 200), and why a
second test set would be cheaper.""",
)
def best_of_many(answer: object) -> str:
    bound = function(answer, "best_of_many")

    def at(errors: list[int], n: int) -> float:
        return number(bound(errors, n, 0.05), "the bound")

    good, with_others = at([100] * 10, 1000), at([100] + [400] * 9, 1000)
    require(
        math.isclose(good, with_others, rel_tol=1e-3),
        "the bound is for the best student: it must not depend on how many errors the others make.",
    )
    missed = 100 * _misses(answer)
    require(
        missed <= 5,
        f"of 100 worlds with 200 guessing students, in {missed:.0f} the bound lies below the chosen one's true loss; "
        "at delta = 0.05 it may be 5.",
    )
    many = at([100] * 200, 10_000)
    require(
        many < 0.04, f"with 100 errors of 10,000 images the best of 200 gets {many:.3f}, looser than it needs to be."
    )
    alone = at([100], 10_000)
    require(alone < many, "with fewer students to choose from the bound must be tighter.")
    return "it holds for the chosen one, because it holds for all at once."


CHOICES = {
    "images": ("drawn at random", "16 of each class"),
    "bound speaks of": ("images of the same classes", "images of new classes"),
    "teacher was trained on": ("other images", "the student's images"),
    "prior was made from": ("other images", "the student's images"),
    "omega was chosen": ("before", "by the smallest bound"),
}


@exercise(
    "valid_plan",
    notebook=NOTEBOOK,
    title="Plan a bound that holds",
    kind="design the experiment",
    minutes=6,
    difficulty=2,
    prompt=r"""
You want to report a PAC-Bayes bound for a distilled student, at $\delta = 0.05$ and without paying more than that.
Choose how the data come about, so that every assumption of the bound holds.
""",
    stub="""
valid_plan = {
    "images": ...,  # "drawn at random" or "16 of each class"
    "bound speaks of": ...,  # "images of the same classes" or "images of new classes"
    "teacher was trained on": ...,  # "other images" or "the student's images"
    "prior was made from": ...,  # "other images" or "the student's images"
    "omega was chosen": ...,  # "before" or "by the smallest bound"
}
""",
    solution="""
valid_plan = {
    "images": "drawn at random",
    "bound speaks of": "images of the same classes",
    "teacher was trained on": "other images",
    "prior was made from": "other images",
    "omega was chosen": "before",
}
""",
    why="""The bound needs independent draws from the distribution that it speaks of, a prior that is fixed before the
sample is seen, and a loss that does not depend on the sample through the teacher's training. Choosing the smallest of
several bounds needs a share of delta for each.""",
    also=[
        """
valid_plan = {
    "images": "Drawn at random",
    "bound speaks of": "images of the same classes",
    "teacher was trained on": "other images",
    "prior was made from": "other images",
    "omega was chosen": "before",
    "students": 5,
}
"""
    ],
    wrong=[
        (
            'valid_plan = {"images": "16 of each class", "bound speaks of": "images of the same classes",\n'
            '    "teacher was trained on": "other images", "prior was made from": "other images",\n'
            '    "omega was chosen": "before"}',
            "independent",
        ),
        (
            'valid_plan = {"images": "drawn at random", "bound speaks of": "images of new classes",\n'
            '    "teacher was trained on": "other images", "prior was made from": "other images",\n'
            '    "omega was chosen": "before"}',
            "another distribution",
        ),
        (
            'valid_plan = {"images": "drawn at random", "bound speaks of": "images of the same classes",\n'
            '    "teacher was trained on": "other images", "prior was made from": "the student\'s images",\n'
            '    "omega was chosen": "before"}',
            "the prior must be fixed",
        ),
        (
            'valid_plan = {"images": "drawn at random", "bound speaks of": "images of the same classes",\n'
            '    "teacher was trained on": "the student\'s images", "prior was made from": "other images",\n'
            '    "omega was chosen": "before"}',
            "the teacher",
        ),
        (
            'valid_plan = {"images": "drawn at random", "bound speaks of": "images of the same classes",\n'
            '    "teacher was trained on": "other images", "prior was made from": "other images",\n'
            '    "omega was chosen": "by the smallest bound"}',
            "several bounds",
        ),
        ('valid_plan = ["drawn at random"]', "must be a dict"),
    ],
    hints=[
        "Which of these choices lets something depend on the sample that the bound takes as fixed before?",
        "Is “16 of each class” the same as drawing at random? What is fixed that chance should decide?",
        "The notebook prints the assumptions that k shots a class break; look there.",
    ],
    notes="""All four assumptions are broken at once in the usual base-to-new setting. Ask which breach one could
repair by paying with delta (the choice of omega), and which not.""",
)
def valid_plan(answer: object) -> str:
    plan = fields(answer, tuple(CHOICES), "`valid_plan`")
    made = {key: choice(plan[key], choices, f"`{key}`") for key, choices in CHOICES.items()}
    broken = {
        "images": "the images must be independent draws: here their number in each class is fixed, not left to chance.",
        "bound speaks of": "the bound would speak of another distribution than the one that the sample came from.",
        "teacher was trained on": "the teacher has seen the sample, so what is copied from it depends on the sample.",
        "prior was made from": "the prior must be fixed before the sample is seen.",
        "omega was chosen": "the smallest of several bounds was picked, and each may fail with probability delta.",
    }
    for key, words in broken.items():
        require(made[key] == CHOICES[key][0], words)
    return "every assumption holds."
