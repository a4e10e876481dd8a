"""Exercises of 08_your_own_model: margins of pairs, rank among ties, and rows that a distillation leaves out."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from ame_explore.teach.answers import array, function, require
from ame_explore.teach.declare import exercise

NOTEBOOK = "08_your_own_model"
_NEAR = 0.15  # of a rank: a mean over many random orders is a right answer, too


@exercise(
    "rows_left",
    notebook=NOTEBOOK,
    title="Which rows can a student learn from?",
    kind="predict, then run",
    minutes=4,
    difficulty=2,
    prompt=r"""
A file holds both models' features of 20 images. Rows 0 to 4 are of class 0, rows 5 to 9 of class 1, and so on for four
classes; of each class the first three rows are for distillation and the other two for the test. Classes 0 and 1 are the
base classes. Five rows are unusual:

- row 0: the student's features are all zeros;

- row 1: one of the teacher's features is NaN;

- row 5: one of the teacher's features is zero, the others are not;

- row 12: the teacher's features are all zeros;

- row 19: the label is missing.

`FeatureData` leaves out what it cannot use. From how many images will the student learn if it may take all that are
left of the base classes?
""",
    stub="rows_left = ...  # images",
    solution="4",
    why="""Of the six images for distillation in the base classes two are left out: a row of zeros has no direction, so
it has no cosine with anything, and with a NaN nothing can be computed. A single zero among other numbers is a value
like any other. If one of the two models lacks a row, the image is of no use, for the student learns from the *pair*.
Rows 12 and 19 are left out as well, but the student would not have learned from them anyway: both belong to new
classes, and the last one is for the test.""",
    also=["torch.tensor(4)", "2 * 3 - 2"],
    wrong=[
        ("6", "cannot be used"),
        ("3", "are used all the same"),
        ("5", "cannot be used"),
        ("16", "base classes"),
        ("9", "base classes"),
        ("8", "base classes"),
        ('"four"', "must be one number"),
    ],
    hints=[
        "How many images would it be if no row was damaged?",
        "What is the cosine of a row of zeros with another row? And that of a row with one zero?",
        "Does each of the five rows belong to a base class and to the images for distillation?",
    ],
    notes="""Many count the single zero as damage, or keep an image of which one model's row is fine. Ask why a row of
zeros is not simply given a cosine of 0 (its gradient and its direction are not defined; and a failed image read often
looks like that). Ask what to do if a tenth of a file is left out: find out why, before any result.""",
    run="""
import warnings

import torch

from ame_explore import FeatureData


def experiment():
    made = torch.Generator().manual_seed(0)
    teacher, student = torch.randn(20, 6, generator=made), torch.randn(20, 4, generator=made)
    labels = torch.arange(4).repeat_interleave(5).tolist()
    student[0] = 0
    teacher[1, 2] = torch.nan
    teacher[5, 0] = 0
    teacher[12] = 0
    labels[19] = None
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        data = FeatureData.of(
            teacher_image=teacher,
            student_image=student,
            class_text=torch.randn(4, 6, generator=made),
            labels=labels,
            base_classes=[0, 1],
            split=(["distill"] * 3 + ["test"] * 2) * 4,
        )
    for warning in told:
        print(warning.message)
    print(data)
    return len(data.shots(None, seed=0))


happened = experiment()
print(f"the student learns from {happened} images")
""",
)
def rows_left(answer: float, outcome: int) -> str:
    require(answer == int(answer) and answer >= 0, "images are counted in whole numbers.")
    require(answer <= 6, "there are fewer for distillation in the base classes, even before any row is left out.")
    require(answer <= outcome, "among them are still some that cannot be used: what is their cosine with a text?")
    require(answer >= outcome, "some that you left out are used all the same: look at each of the five rows again.")
    return f"{outcome} images."


def _images_and_texts() -> tuple[Tensor, Tensor]:
    """Five pairs of width 4, of any length, so that no two cosines of an image are equal."""
    made = torch.Generator().manual_seed(4)
    text = torch.randn(5, 4, generator=made)
    image = text + 0.9 * torch.randn(5, 4, generator=made)
    return image * torch.tensor([1.0, 3.0, 0.5, 7.0, 2.0])[:, None], text


@exercise(
    "pair_margins",
    notebook=NOTEBOOK,
    title="The margin of a pair",
    kind="write the missing line",
    minutes=6,
    difficulty=2,
    prompt=r"""
A pair's margin is the cosine of its image with its own text, minus that with the nearest *wrong* text. Below zero the
model prefers a wrong one, and such pairs are suspect. Image $i$ belongs to text $i$. Write the margins of all pairs.
""",
    stub='''
def pair_margins(image, text):
    """Margins (n,) of n pairs; image and text (n, d), pair i is row i of both."""
    cosines = F.normalize(image, dim=1) @ F.normalize(text, dim=1).T  # images down, texts across
    own = cosines.diagonal().clone()
    return ...  # your line
''',
    solution="own - cosines.fill_diagonal_(-math.inf).max(1).values",
    why="""The own text must not compete with itself: with it among the candidates no margin is above zero. And what is
put in its place must lie below every cosine, since all wrong texts may have negative ones.""",
    also=[
        "own - cosines.clone().fill_diagonal_(-math.inf).max(1).values",
        "own - (cosines - 3 * torch.eye(len(cosines))).amax(1)",
        """
def pair_margins(image, text):
    cosines = F.normalize(image, dim=1) @ F.normalize(text, dim=1).T
    own, best = cosines.diagonal(), cosines.topk(2).values
    return own - torch.where(best[:, 0] == own, best[:, 1], best[:, 0])
""",
        "own - cosines.masked_fill(torch.eye(len(cosines), dtype=torch.bool), -2).amax(dim=1)",
        """
def pair_margins(image, text):
    found = []
    for i in range(len(image)):
        near = F.cosine_similarity(image[i : i + 1], text)
        found.append(float(near[i] - torch.cat([near[:i], near[i + 1 :]]).max()))
    return found
""",
    ],
    wrong=[
        ("own - cosines.max(1).values", "none of them is above 0"),
        ("own - (cosines - cosines.diag().diag()).max(1).values", "opposite"),
        ("own - cosines.clone().fill_diagonal_(-math.inf).max(0).values", "the text of another image"),
        ("cosines.clone().fill_diagonal_(-math.inf).max(1).values - own", "above 0"),
        ("own - (cosines.sum(1) - own) / (len(own) - 1)", "the nearest wrong text"),
        ("own", "in nearly the opposite direction"),
        ("own - cosines.topk(2).values[:, 1]", "than to its own"),
        ("(own - cosines.fill_diagonal_(-math.inf).max(1).values).abs()", "than to its own"),
        (
            "def pair_margins(image, text):\n    cosines = image @ text.T\n"
            "    return cosines.diagonal() - cosines.clone().fill_diagonal_(-math.inf).max(1).values",
            "length",
        ),
        ("(own - cosines.clone().fill_diagonal_(-math.inf).max(1).values).mean()", "must have the shape"),
    ],
    hints=[
        "In which row and which columns of `cosines` are the rivals of image i's own text?",
        "The maximum of a row still has the own text in it. What could stand in its place, so that it never wins?",
        "`cosines.fill_diagonal_(x)` puts x on the diagonal; `max(1).values` is the maximum by row.",
    ],
    notes="""Zeros on the diagonal pass as long as every image has a wrong text at a positive cosine, which is so for
CLIP's features, where nearly all cosines are positive: a fault that shows in other models only. The maximum over
dimension 0 is the margin in the other direction, from the text to the images. The package's suspicion is minus the mean
of the two; ask why (a pair that is wrong is wrong in both directions, a hub in one).""",
)
def pair_margins(answer: object) -> str:
    margins = function(answer, "pair_margins")

    def of(image: Tensor, text: Tensor) -> Tensor:
        return array(margins(image, text), (len(image),), f"what it gives for {len(image)} pairs")

    sure = of(torch.eye(4), torch.eye(4))
    require(
        bool((sure > 0).all()),
        "if every image has the direction of its own text, and the texts are orthogonal, all margins lie above 0; "
        f"here {'none of them is above 0' if not (sure > 0).any() else 'some of them are not above 0'}.",
    )
    image, text = _images_and_texts()
    found, longer = of(image, text), of(image, text * torch.tensor([5.0, 1.0, 0.2, 1.0, 3.0])[:, None])
    require(
        bool((found - longer).abs().max() < 1e-4),
        "a cosine does not depend on the length of a vector, but these margins change with the length of a text.",
    )
    flat = torch.tensor([[1.0, 0.0], [-1.0, 0.1], [-1.0, -0.1]])
    apart = float(of(flat, flat)[0])
    require(
        apart > 1.5,
        "where both wrong texts point in nearly the opposite direction, the margin must be nearly 2, "
        f"but it is {apart:.2f}.",
    )
    # Image 0 lies between texts 0 and 1, nearer to its own; the text of image 1 has image 0 as its nearest wrong image.
    angles = torch.tensor([0.3, 1.4]), torch.tensor([0.0, 1.0])
    turned = [torch.stack([each.cos(), each.sin()], 1) for each in angles]
    first, right = float(of(*turned)[0]), math.cos(0.3) - math.cos(0.7)
    require(
        abs(first - right) < 1e-3,
        f"for angles of 0.3 and 1.4 of the images, and 0 and 1 of the texts, the margin of image 0 is {right:.3f}, and "
        f"not {first:.3f}: its rival is the text of another image, and not another image.",
    )
    shared = torch.tensor([[1.0, 0.0], [0.8, 0.6], [0.0, 1.0], [-1.0, 0.0]])
    near = float(of(shared, shared)[0])
    require(
        abs(near - 0.2) < 1e-3,
        "an image with a cosine of 1 to its own text, and of 0.8, 0 and −1 to the others, has a margin of 0.2: only "
        f"the nearest wrong text counts. Here it is {near:.3f}.",
    )
    lost = torch.tensor([[0.825, 0.565], [0.0, 1.0]]), torch.tensor([[1.0, 0.0], [0.54, 0.842]])
    below = float(of(*lost)[0])
    require(
        below < -0.05,
        "an image that is nearer to a wrong text than to its own, with cosines of 0.92 and 0.82, must have a margin of "
        f"−0.1, but it is {below:.2f}.",
    )
    return "above zero, the own text wins; below, the pair is suspect."


@exercise(
    "expected_rank",
    notebook=NOTEBOOK,
    title="A perfect rank for a model that sees nothing",
    kind="find the fault",
    minutes=6,
    difficulty=2,
    prompt=r"""
This function gives the rank of each image's own text among all texts; 1 is right. A broken model turns every text into
the same vector, so all cosines of an image are equal. Such a model cannot tell anything, and yet every one of its ranks
is 1. Mend the function: among equal cosines the order is left to chance, and the rank should be what comes out *on
average*.
""",
    stub='''
def expected_rank(cosines):
    """Rank (n,) of each image's own text; cosines (n, n), images down, texts across, own texts on the diagonal."""
    own = cosines.diagonal()[:, None]
    return 1 + (cosines > own).sum(1)
''',
    solution='''
def expected_rank(cosines):
    """Rank (n,) of each image's own text; cosines (n, n), images down, texts across, own texts on the diagonal."""
    own = cosines.diagonal()[:, None]
    nearer, tied = (cosines > own).sum(1), (cosines == own).sum(1) - 1
    return 1 + nearer + tied / 2
''',
    why="""In random order each rival with the same cosine is before the own text in half of the cases, so it counts one
half. The own text equals itself and is no rival, hence the −1. For the broken model the rank becomes $(n + 1)/2$, which
is that of guessing.""",
    also=[
        """
def expected_rank(cosines):
    own = cosines.diagonal()[:, None]
    best, worst = 1 + (cosines > own).sum(1), (cosines >= own).sum(1)
    return (best + worst) / 2
""",
        """
def expected_rank(cosines):
    from scipy.stats import rankdata

    return [rankdata(-row, method="average")[i] for i, row in enumerate(cosines.numpy())]
""",
        """
def expected_rank(cosines):
    return 0.5 + torch.sign(cosines - cosines.diagonal()[:, None]).add(1).div(2).sum(1)
""",
        """
def expected_rank(cosines):
    n, ranks = len(cosines), []
    for _ in range(4000):
        order = torch.randperm(n)
        places = cosines[:, order].sort(dim=1, descending=True, stable=True).indices
        ranks.append(1 + (order[places] == torch.arange(n)[:, None]).int().argmax(1))
    return torch.stack(ranks).double().mean(0)
""",
    ],
    wrong=[
        (
            "def expected_rank(cosines):\n    own = cosines.diagonal()[:, None]\n    return (cosines >= own).sum(1)",
            "the worst case",
        ),
        (
            "def expected_rank(cosines):\n    own = cosines.diagonal()[:, None]\n"
            "    return 1 + (cosines >= own).sum(1)",
            "without any tie",
        ),
        (
            "def expected_rank(cosines):\n    own = cosines.diagonal()[:, None]\n"
            "    return 1 + (cosines > own).sum(1) + (cosines == own).sum(1) / 2",
            "without any tie",
        ),
        (
            "def expected_rank(cosines):\n    order = cosines.argsort(dim=1, descending=True, stable=True)\n"
            "    return 1 + (order == torch.arange(len(cosines))[:, None]).int().argmax(1)",
            "place in the list",
        ),
        (
            "def expected_rank(cosines):\n    own = cosines.diagonal()[None, :]\n"
            "    return 1 + (cosines > own).sum(0) + ((cosines == own).sum(0) - 1) / 2",
            "without any tie",
        ),
        (
            "def expected_rank(cosines):\n    own = cosines.diagonal()[:, None]\n"
            "    tied = (cosines == own).sum(1) > 1\n"
            "    return torch.where(tied, (len(cosines) + 1) / 2, 1 + (cosines > own).sum(1))",
            "two of them tie",
        ),
    ],
    hints=[
        "How many rivals are equal to the own text? In how many of them, on average, does chance put the rival first?",
        "Is the own text among those that are equal to the own text?",
        "The rank is 1, plus one for each nearer rival, plus something for each tied one.",
    ],
    notes="""With `>=` every rank of the broken model is n, the worst case: too harsh, as `>` is too kind. A sort breaks
ties by the place in the list, which favours the first rows and hides behind every `argsort` and `topk`. Ask what R@1 of
the broken model should be (1/n), and what `>` makes of it (1). Ties are common with features in half precision and
with captions that occur twice.""",
)
def expected_rank(answer: object) -> str:
    rank = function(answer, "expected_rank")

    def of(cosines: Tensor) -> list[float]:
        found: list[float] = array(rank(cosines), (len(cosines),), f"what it gives for {len(cosines)} images").tolist()
        return found

    clear = torch.tensor([[0.5, 0.25, 0.75], [0.0, 0.5, 0.25], [0.75, 0.5, 0.25]])
    found = of(clear)
    require(
        max(abs(a - b) for a, b in zip(found, (2, 1, 3), strict=True)) < _NEAR,
        f"without any tie, where 1, 0 and 2 wrong texts are nearer, the ranks are 2, 1 and 3, not {_listed(found)}.",
    )
    equal = of(torch.full((5, 5), 0.25))
    require(
        max(equal) - min(equal) < _NEAR,
        f"if all cosines are equal, no rank may depend on the place in the list, but the ranks are {_listed(equal)}.",
    )
    require(equal[0] > 1 + _NEAR, "a model with equal cosines everywhere still gets the best rank for every image.")
    require(equal[0] < 5 - _NEAR, "if all cosines are equal, the rank is now that of the worst case for every image.")
    require(
        abs(equal[0] - 3) < _NEAR,
        f"if all of 5 cosines are equal, each place is equally likely, but the rank is {equal[0]:g} for every image.",
    )
    found = of(torch.tensor([0.5, 0.5, 0.75, 0.25, 0.25]).expand(5, 5))
    two = found[:2]
    require(
        max(abs(each - 2.5) for each in two) < _NEAR,
        "if one text is nearer and two of them tie, the own one and another, it is in second place in half of the "
        f"cases and in third place in the others; but the ranks are {_listed(two)}.",
    )
    require(
        abs(found[2] - 1) < _NEAR, f"ties among other texts must not change a rank of 1, which is {found[2]:g} here."
    )
    last = found[3:]
    require(
        max(abs(each - 4.5) for each in last) < _NEAR,
        f"two texts that share the fourth and the fifth place have the rank 4.5, and not {_listed(last)}.",
    )
    return "a model that sees nothing gets the rank of guessing."


def _listed(ranks: list[float]) -> str:
    return ", ".join(f"{each:g}" for each in ranks)
