"""Exercises of 02_manifold: cosines, the modality gap, gap and recall, and turning one space onto another."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from ame_explore.teach.answers import array, function, number, require
from ame_explore.teach.declare import exercise

NOTEBOOK = "02_manifold"


def _randn(seed: int, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def _turn(seed: int, width: int) -> Tensor:
    """A random rotation (width, width)."""
    q, r = torch.linalg.qr(_randn(seed, width, width))
    q = q * r.diagonal().sign()
    return q if torch.linalg.det(q) > 0 else torch.cat([-q[:, :1], q[:, 1:]], 1)


@exercise(
    "cosine_table",
    notebook=NOTEBOOK,
    title="Every image with every text",
    kind="write the missing line",
    minutes=4,
    difficulty=1,
    prompt=r"""
Write the table of all cosines: row $i$, column $j$ holds the cosine of image $i$ and text $j$. There may be more images
than texts. All measures of this notebook begin with this table.
""",
    stub='''
def cosine_table(images, texts):
    """Cosines of images (n, d) and texts (m, d): a tensor of shape (n, m)."""
    return ...  # your line
''',
    solution="F.normalize(images, dim=1) @ F.normalize(texts, dim=1).T",
    why="""Divide each row by its length, then one matrix product gives all dot products at once. `F.cosine_similarity`
can do it, too, if the shapes are set up so that every image meets every text.""",
    also=[
        "F.cosine_similarity(images[:, None], texts[None], dim=2)",
        "(images @ texts.T) / (images.norm(dim=1)[:, None] * texts.norm(dim=1))",
    ],
    wrong=[
        ("images @ texts.T", "outside"),
        ("F.normalize(texts, dim=1) @ F.normalize(images, dim=1).T", "must have the shape"),
        ("F.normalize(images, dim=0) @ F.normalize(texts, dim=0).T", "the cosine must be 1"),
        ("F.cosine_similarity(images, texts)", "a RuntimeError"),
        ("(F.normalize(images, dim=1) @ F.normalize(texts, dim=1).T).clamp(-1, 1).arccos()", "outside"),
        ("F.normalize(images @ texts.T, dim=1)", "the cosine must be 1"),
    ],
    hints=[
        "The cosine of two vectors is their dot product divided by both lengths.",
        "A matrix product of (n, d) and (d, m) holds all dot products. What has to be done to the rows before?",
    ],
    notes="""Normalizing along the wrong dimension gives plausible numbers: it divides by the length of a column. Ask
for the cosine of a vector with itself.""",
)
def cosine_table(answer: object) -> str:
    table = function(answer, "cosine_table")
    images, texts = 3 * _randn(0, 7, 5), _randn(1, 4, 5)
    found = array(table(images, texts), (7, 4), "the table of 7 images and 4 texts")
    same = array(table(images, 2 * images[:4]), (7, 4), "the table of 7 images and 4 texts").diagonal()
    require(
        float(found.abs().max()) <= 1.0001, f"a cosine cannot lie outside −1 to 1: one is {float(found.max()):.2f}."
    )
    require(
        bool((same - 1).abs().max() < 1e-3),
        f"for a text in the very direction of an image the cosine must be 1, but it is {float(same[0]):.3f}.",
    )
    right = F.cosine_similarity(images[2], texts[3], dim=0)
    require(
        math.isclose(float(found[2, 3]), float(right), abs_tol=1e-3),
        "row i, column j must belong to image i and text j.",
    )
    return "only directions count, and every pair has its place."


@exercise(
    "modality_gap",
    notebook=NOTEBOOK,
    title="The gap between two cones",
    kind="write the missing line",
    minutes=5,
    difficulty=2,
    prompt=r"""
The **modality gap** (Liang et al. 2022) is the distance between two centres: the mean of the image vectors and the
mean of the text vectors, each vector brought to length 1 before. Write it.
""",
    stub='''
def modality_gap(images, texts):
    """Distance between the centres of the unit vectors; images (n, d), texts (m, d)."""
    return ...  # your line
''',
    solution="(F.normalize(images, dim=1).mean(0) - F.normalize(texts, dim=1).mean(0)).norm()",
    why="""First to length 1, then the mean, then the distance. The order matters: a mean of long and short vectors is
pulled towards the long ones. No pair is looked at, so the gap says nothing about who belongs to whom.""",
    also=[
        """
def modality_gap(images, texts):
    centres = [(x / x.norm(dim=1, keepdim=True)).sum(0) / len(x) for x in (images, texts)]
    return torch.dist(*centres).item()
""",
    ],
    wrong=[
        ("(images.mean(0) - texts.mean(0)).norm()", "lengths"),
        ("(F.normalize(images, dim=1).mean(0) - F.normalize(texts, dim=1).mean(0)).square().sum()", "1.414"),
        ("F.normalize(images, dim=1).mean(0) - F.normalize(texts, dim=1).mean(0)", "must be one number"),
        (
            "(F.normalize(images, dim=1)[: len(texts)] - F.normalize(texts, dim=1)).norm(dim=1).mean()",
            "in another order",
        ),
        ("(F.normalize(images.mean(0), dim=0) - F.normalize(texts.mean(0), dim=0)).norm()", "lengths"),
        (
            "1 - F.cosine_similarity(F.normalize(images, dim=1).mean(0), F.normalize(texts, dim=1).mean(0), dim=0)",
            "1.414",
        ),
    ],
    hints=[
        "Three steps: unit vectors, a centre for each side, one distance.",
        "`F.normalize(x, dim=1)` and `.mean(0)`; the distance is the length of a difference.",
    ],
    notes="""Ask whether a gap of 0 means that retrieval works (no: permute the texts) and whether a large gap means
that it fails (no: the next exercise).""",
)
def modality_gap(answer: object) -> str:
    gap = function(answer, "modality_gap")
    images, texts = _randn(0, 8, 6) + 1, _randn(1, 5, 6) - 0.5

    def at(images: Tensor, texts: Tensor) -> float:
        return number(gap(images, texts), "the gap")

    once = at(images, texts)
    longer = at(images * torch.linspace(1, 9, 8)[:, None], texts)
    require(
        math.isclose(once, longer, rel_tol=1e-3),
        f"lengths must not matter: with some images longer than before the gap goes from {once:.3f} to {longer:.3f}.",
    )
    shuffled = at(images, images.roll(1, 0))
    require(
        abs(shuffled) < 1e-3,
        f"between the same vectors in another order there is no gap, but {shuffled:.3f} comes out.",
    )
    turned = at(images @ _turn(2, 6), texts @ _turn(2, 6))
    require(math.isclose(once, turned, rel_tol=1e-3), "turning the whole space must not change the gap.")
    east, north = torch.tensor([[1.0, 0.0]] * 3), torch.tensor([[0.0, 1.0]] * 2)
    right = at(east, north)
    require(
        math.isclose(right, math.sqrt(2), rel_tol=1e-3),
        f"with all images at (1, 0) and all texts at (0, 1) the distance is 1.414, but {right:.3f} comes out.",
    )
    half = at(torch.tensor([[1.0, 0.0], [-1.0, 0.0]]), north)
    require(
        math.isclose(half, 1.0, rel_tol=1e-3),
        f"images at (1, 0) and (−1, 0) have their centre at 0; texts at (0, 1) are 1 away from it, not {half:.3f}.",
    )
    return "a distance of centres, whatever the pairs."


CHANGED = ("image to text", "text to image", "both", "neither")


@exercise(
    "shifted_recall",
    notebook=NOTEBOOK,
    title="Move all images by the same vector",
    kind="predict, then run",
    minutes=5,
    difficulty=3,
    prompt=r"""
Add one and the same vector to *every* image. That opens a gap as wide as you like. Similarity is the dot product,
without normalizing again. Which retrieval changes: for each image its best text (*image to text*), or for each text
its best image (*text to image*)?
""",
    stub='shifted_recall = ...  # "image to text", "text to image", "both" or "neither"',
    solution='"image to text"',
    why=r"""$(x_i + c) \cdot t_j = x_i \cdot t_j + c \cdot t_j$. For a given text the new part is the same for all
images, so their ranking stays. For a given image it differs from text to text, and can change who wins. So a gap by
itself need not hurt retrieval, and two directions of retrieval can tell different stories.""",
    also=['"Image to text"', '" image to text "'],
    wrong=[
        ('"text to image"', "write out the dot product"),
        ('"both"', "write out the dot product"),
        ('"neither"', "write out the dot product"),
        ("0.5", "must be one of"),
    ],
    hints=[
        "Call the vector c, an image x and a text t. What is the new dot product?",
        "One image meets all texts, or one text meets all images. For which is the new part the same throughout?",
    ],
    notes="""A nice one for pairs of learners. With unit vectors made anew after the shift both directions can change;
ask why (the length of x + c differs between images).""",
    run="""
import torch


def experiment():
    generator = torch.Generator().manual_seed(0)
    texts = torch.randn(200, 16, generator=generator, dtype=torch.float64)
    images = texts + torch.randn(200, 16, generator=generator, dtype=torch.float64)
    moved = images + 3 * torch.randn(16, generator=generator, dtype=torch.float64)  # the same vector for every image
    before, after, own = images @ texts.T, moved @ texts.T, torch.arange(200)
    changed = []
    for name, over in {"image to text": 1, "text to image": 0}.items():
        recalls = [float((similar.argmax(over) == own).double().mean()) for similar in (before, after)]
        print(f"{name}: R@1 {recalls[0]:.3f} before, {recalls[1]:.3f} after")
        if not torch.equal(before.argmax(over), after.argmax(over)):
            changed.append(name)
    return "both" if len(changed) == 2 else changed[0] if changed else "neither"


happened = experiment()
print("changed:", happened)
""",
    choices=CHANGED,
)
def shifted_recall(answer: str, outcome: str) -> str:
    require(
        answer == outcome, "write out the dot product of a moved image and a text, and see who is compared with whom."
    )
    return "the other direction compares numbers that all moved by the same amount."


@exercise(
    "turn",
    notebook=NOTEBOOK,
    title="Before and after, in one frame, has a fault",
    kind="find the fault",
    minutes=8,
    difficulty=3,
    prompt=r"""
To compare features before and after training, those from before are *turned* so that they agree with those from after
as well as they can. Here somebody used least squares. The two spaces now always agree suspiciously well, even for
features that have nothing to do with each other, and images that were far apart may come to lie close together.

Return a matrix $R$ that turns, and does nothing else: `before @ R` must be as near to `after` as turning can bring it
(orthogonal Procrustes, Schönemann 1966: with the singular value decomposition
$B^\top A = U S V^\top$ it is $R = U V^\top$).
""",
    stub='''
def turn(before, after):
    """R (d, d) such that before @ R comes near to after; both (n, d)."""
    return torch.linalg.lstsq(before, after).solution
''',
    solution='''
def turn(before, after):
    """R (d, d) such that before @ R comes near to after; both (n, d)."""
    U, _, Vt = torch.linalg.svd(before.T @ after)
    return U @ Vt
''',
    why="""Least squares may stretch, squash and shear. An orthogonal matrix keeps all lengths and angles, so what
differs after turning has really changed.""",
    also=[
        """
def turn(before, after):
    U, _, Vt = torch.linalg.svd(after.T @ before)
    return (U @ Vt).T
""",
        """
def turn(before, after):
    U, S, Vt = torch.linalg.svd(before.T @ after)
    sign = torch.ones_like(S)
    sign[-1] = torch.sign(torch.linalg.det(U @ Vt))
    return U @ torch.diag(sign) @ Vt
""",
    ],
    wrong=[
        (
            "def turn(before, after):\n    U, _, Vt = torch.linalg.svd(after.T @ before)\n    return U @ Vt",
            "known rotation must be found",
        ),
        ("def turn(before, after):\n    return torch.eye(before.shape[1])", "known rotation must be found"),
        (
            "def turn(before, after):\n    U, _, Vt = torch.linalg.svd(before.T @ after)\n    return U",
            "already agree",
        ),
        (
            "def turn(before, after):\n    U, S, Vt = torch.linalg.svd(before.T @ after)\n    return (U * S) @ Vt",
            "lengths",
        ),
        (
            "def turn(before, after):\n    U, _, Vt = torch.linalg.svd(before.T @ after)\n    return before @ (U @ Vt)",
            "must have the shape",
        ),
    ],
    hints=[
        "Which matrices keep every length? How can you test that of R?",
        "`torch.linalg.svd(X)` gives U, S and V already transposed.",
        "X is the product in the prompt; leave S out of the result.",
    ],
    notes="""The message about a known rotation means that R was transposed or the two arguments were swapped. Good next
question: how much of a drop in the residual would you get by least squares with d = 96 and 50 images? (All of it.)""",
)
def turn(answer: object) -> str:
    found = function(answer, "turn")
    before, noise = _randn(0, 40, 5) * torch.tensor([3.0, 2.0, 1.5, 1.0, 0.7]), _randn(1, 40, 5)
    rotation = _turn(2, 5)
    after = before @ rotation + 0.5 * noise

    def at(before: Tensor, after: Tensor) -> Tensor:
        return array(found(before, after), (5, 5), "R for features of width 5")

    noisy = at(before, after)
    lengths = (noisy @ noisy.T).diagonal().sqrt()
    require(
        bool(((noisy @ noisy.T) - torch.eye(5)).abs().max() < 1e-3),
        "turning must keep all lengths and angles, but this matrix makes vectors of length 1 "
        f"{float(lengths.min()):.2f} to {float(lengths.max()):.2f} long, or bends their angles.",
    )
    same = at(before, before)
    require(bool((same - torch.eye(5)).abs().max() < 1e-2), "spaces that already agree must be left as they are.")
    known = at(before, before @ rotation)
    require(
        bool((before.double() @ known - (before @ rotation).double()).abs().max() < 1e-2),
        "a known rotation must be found: features that were only turned must agree exactly afterwards.",
    )
    u, _, vt = torch.linalg.svd((before.T @ after).double())
    best, mine = ((before.double() @ r - after.double()).norm() for r in (u @ vt, noisy))
    require(
        bool(mine <= best * 1.001),
        f"another turn comes nearer: {float(mine):.3f} is left, {float(best):.3f} is possible.",
    )
    return "lengths and angles stay, so what still differs has changed."
