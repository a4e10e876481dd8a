"""Exercises of 03_entropy: rows in effect, unit rows, entropy of answers, H's gradient, a low H without alignment."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from ame_explore.ame import row_entropy
from ame_explore.teach.answers import NotYet, array, fields, function, number, require
from ame_explore.teach.declare import exercise

NOTEBOOK = "03_entropy"


@exercise(
    "effective_rows",
    notebook=NOTEBOOK,
    title="How many rows are left?",
    kind="write the missing line",
    minutes=5,
    difficulty=1,
    prompt=r"""
The effective number of rows of $M$ is $e^{H(M)}$: $n$ if all rows weigh the same, 1 if one row has all the weight.
Write it, from the matrix: a row's score is its mean, and the softmax runs over the rows.
""",
    stub='''
def effective_rows(M):
    """exp(H) of the softmax over the row means of M, (rows, columns)."""
    p = M.mean(1).softmax(0)
    return ...  # your line
''',
    solution="(-(p * p.log()).sum()).exp()",
    why="""Entropy in nats is a logarithm, so its exponential counts: $k$ rows that share the weight equally have
$H = \\log k$, and $e^H = k$.""",
    also=[
        "torch.special.entr(p).sum().exp()",
        """
import math


def effective_rows(M):
    s = M.mean(1)
    log_p = s - s.logsumexp(0)
    return math.exp(-float((log_p.exp() * log_p).sum()))
""",
    ],
    wrong=[
        ("-(p * p.log()).sum()", "all rows alike"),
        ("2 ** -(p * p.log()).sum()", "all rows alike"),
        ("1 / (p**2).sum()", "twice the weight"),
        ("1 / p.max()", "twice the weight"),
        ("(p * p.log()).sum().exp()", "all rows alike"),
        ("(-p * p.log()).exp()", "must be one number"),
        (
            "def effective_rows(M):\n    p = M.mean(0).softmax(0)\n    return (-(p * p.log()).sum()).exp()",
            "all rows alike",
        ),
    ],
    hints=["Write H first: minus the sum of p log p.", "Which function undoes the natural logarithm?"],
    notes="""`1 / p.max()` and `1 / (p**2).sum()` are counts of rows, too (Rényi entropies of order infinity and 2), and
agree wherever some rows share the weight equally. Ask which of the three falls first when one row begins to win.""",
)
def effective_rows(answer: object) -> str:
    rows = function(answer, "effective_rows")

    def at(M: Tensor) -> float:
        return number(rows(M), "the number of rows")

    alike = at(torch.ones(6, 4))
    require(math.isclose(alike, 6, rel_tol=1e-3), f"with 6 rows, all rows alike, 6 count, but {alike:.3f} comes out.")
    one = at(torch.cat([torch.full((1, 4), 30.0), torch.zeros(5, 4)]))
    require(math.isclose(one, 1, rel_tol=1e-3), f"with one row far ahead, 1 counts, but {one:.3f} comes out.")
    two, right = at(torch.tensor([[math.log(2)] * 3, [0.0] * 3])), math.exp(math.log(3) - 2 / 3 * math.log(2))
    require(
        math.isclose(two, right, rel_tol=1e-3),
        f"of two rows, one with twice the weight of the other, {right:.3f} count by this definition, not {two:.3f}.",
    )
    return "from n for equal rows down to 1."


@exercise(
    "unit_push",
    notebook=NOTEBOOK,
    title="What can ω = 50 do on unit rows?",
    kind="predict, then run",
    minutes=5,
    difficulty=3,
    prompt=r"""
The rows of $M$ have length 1 and 512 columns; there are 42 of them. Then no score (the mean of a row) can be larger
than $512^{-1/2}$ or smaller than $-512^{-1/2}$. How large can $50\,(\log 42 - H(M))$ become, in nats, if all rows may
be chosen freely? Within a factor of 1.5 is good enough.
""",
    stub="unit_push = ...  # nats",
    solution="0.05",
    why=r"""Near equal weights $\log n - H \approx \mathrm{Var}(s)/2$. Scores between $-a$ and $a$ have a variance of
at most $a^2 = 1/d$, so $50 \cdot \frac{1}{2d} \approx 0.05$ nats. Whatever the projections learn, the term can hardly
move.""",
    also=["50 / (2 * 512)", "0.04"],
    wrong=[
        ("187", "far outside"),
        ("2.2", "flat at its top"),
        ("0.001", "the weight of 50"),
        ("-0.05", "cannot be negative"),
        ("float('nan')", "must be finite"),
    ],
    hints=[
        "How far apart can two scores be at most?",
        "At equal weights H is at its top, so a first step away costs nothing in first order.",
        "Near the top, log n − H is about half the variance of the scores.",
    ],
    notes="""2.2 (50 times the largest score) is the usual answer: it takes H as linear in the scores. The same sum with
d = 16 gives 1.6 nats: ask what that says about “omega = 50” in a paper.""",
    run="""
import math

import torch

from ame_explore import row_entropy


def experiment():
    n, limit = 42, 512**-0.5
    reached = []
    for above in range(n + 1):  # so many rows at the upper limit, the others at the lower one
        scores = torch.full((n,), -limit, dtype=torch.float64)
        scores[:above] = limit
        reached.append(50 * (math.log(n) - float(row_entropy(scores))))
    most = max(reached)
    print(f"scores up to {limit:.4f}: at most {most:.4f} nats, with {reached.index(most)} of {n} rows on top")
    return most


happened = experiment()
""",
)
def unit_push(answer: float, outcome: float) -> str:
    require(answer >= 0, "H is at most log n, so this cannot be negative.")
    require(answer < 20, "that needs scores far outside the limits: with unit rows H keeps close to log n.")
    require(
        answer < 1.5 * outcome, "H is flat at its top: a small step away changes it by the square of the step only."
    )
    require(answer > outcome / 1.5, "that is too little: was the weight of 50, or a power of d, lost on the way?")
    return f"{outcome:.3f} nats is all that the term can give."


@exercise(
    "answer_entropy",
    notebook=NOTEBOOK,
    title="An entropy over the wrong things",
    kind="find the fault",
    minutes=5,
    difficulty=2,
    prompt=r"""
This should be the **predictive entropy**: how unsure the student is of each image, as a mean over images. For
students who are completely sure of every image it stays high all the same. Find the fault and mend it.
""",
    stub='''
def answer_entropy(logits):
    """Mean over images of the entropy of the answers, in nats; logits (images, classes)."""
    p = logits.softmax(0)
    return -(p * p.log()).sum(0).mean()
''',
    solution='''
def answer_entropy(logits):
    """Mean over images of the entropy of the answers, in nats; logits (images, classes)."""
    p = logits.softmax(1)
    return -(p * p.log()).sum(1).mean()
''',
    why="""One image's answer is one row; its probabilities over the *classes* sum to 1. The fault took the softmax
over the images of a class, which makes images rivals, as H(M) does with the rows of M. Same formula, another
quantity.""",
    also=[
        """
def answer_entropy(logits):
    return torch.distributions.Categorical(logits=logits).entropy().mean()
""",
        """
def answer_entropy(logits):
    return torch.special.entr(logits.softmax(1)).sum(1).mean()
""",
    ],
    wrong=[
        (
            "def answer_entropy(logits):\n    p = logits.softmax(1).mean(0)\n    return -(p * p.log()).sum()",
            "sure of every image",
        ),
        (
            "def answer_entropy(logits):\n    p = logits.softmax(1)\n    return -(p * p.log()).sum()",
            "every image is there twice",
        ),
        (
            "def answer_entropy(logits):\n    p = logits.softmax(1)\n    return -(p * p.log2()).sum(1).mean()",
            "in nats",
        ),
        ("def answer_entropy(logits):\n    p = logits.softmax(1)\n    return -(p * p.log()).mean()", "in nats"),
        (
            "def answer_entropy(logits):\n    p = logits.softmax(1)\n    return -(p * p.log()).sum(1)",
            "must be one number",
        ),
        ("def answer_entropy(logits):\n    return -(logits * logits.log()).sum(1).mean()", "must be finite"),
    ],
    hints=[
        "Over which dimension must the probabilities sum to 1?",
        "What is the result if there is only one image, and it has ten equal logits?",
    ],
    notes="""The entropy of the mean answer is the most instructive slip: it is log C for a student who is sure of
everything, as long as the classes are equally frequent. (It minus the mean entropy is the mutual information of image
and answer.)""",
)
def answer_entropy(answer: object) -> str:
    entropy = function(answer, "answer_entropy")

    def at(logits: Tensor) -> float:
        return number(entropy(logits), "the entropy")

    logits = 2 * torch.randn(6, 4, generator=torch.Generator().manual_seed(0))
    sure = at(20 * torch.eye(4).repeat(2, 1))
    require(
        abs(sure) < 1e-3,
        f"for a student who is sure of every image, each in its own class, it must be 0, but it is {sure:.3f}.",
    )
    once, twice = at(logits), at(logits.repeat(2, 1))
    require(
        math.isclose(once, twice, rel_tol=1e-3),
        f"when every image is there twice, it must stay the same, but it goes from {once:.3f} to {twice:.3f}.",
    )
    shifted = at(logits + torch.arange(6.0)[:, None])
    require(
        math.isclose(once, shifted, rel_tol=1e-3),
        "adding a number to all logits of one image does not change its answer, but this result changes.",
    )
    unsure = at(torch.zeros(3, 8))
    require(
        math.isclose(unsure, math.log(8), rel_tol=1e-3),
        f"for 8 equal answers it must be log 8 = {math.log(8):.3f} in nats, but it is {unsure:.3f}.",
    )
    return "each image by itself, over the classes."


@exercise(
    "score_gradient",
    notebook=NOTEBOOK,
    title="Which rows does H push up?",
    kind="write the missing line",
    minutes=8,
    difficulty=3,
    prompt=r"""
Write the gradient of $H$ with respect to the scores $s$ (not with respect to the weights $p$), and look at its sign:
which rows rise when $H$ is made smaller?
""",
    stub='''
def score_gradient(scores):
    """dH/ds of H = -sum p log p with p = softmax(scores), a tensor of shape (n,)."""
    p = scores.softmax(0)
    H = -(p * p.log()).sum()
    return ...  # your line
''',
    solution="-p * (p.log() + H)",
    why=r"""By the chain rule through the softmax, $\partial H/\partial s_t = -p_t(\log p_t + H) = -p_t (s_t - \bar
s)$, with $\bar s = \sum_j p_j s_j$. Descent raises the rows above the weighted mean and lowers the others: the rich
get richer.""",
    also=[
        "-p * (scores - (p * scores).sum())",
        """
def score_gradient(scores):
    s = scores.detach().clone().requires_grad_()
    p = s.softmax(0)
    return torch.autograd.grad(-(p * p.log()).sum(), s)[0]
""",
        "p * (-p.log()) - p * H",
    ],
    wrong=[
        ("-(p.log() + 1)", "sum to 0"),
        ("-p * p.log()", "sum to 0"),
        ("p * (p.log() + H)", "a small step along the gradient"),
        ("-(p.log() - p.log().mean())", "slope"),
        ("-p.log() - H", "sum to 0"),
        ("H", "must have the shape"),
    ],
    hints=[
        "Adding the same number to all scores does not change p. What does that say about the sum of the gradient?",
        "dp_j/ds_t = p_j (1[j = t] − p_t).",
        "The answer is a product of −p and a bracket with log p and H.",
    ],
    notes="""−(log p + 1) is the gradient with respect to p. One step of descent along it is not even in the direction
of lower H in general. Letting autograd do it is a right answer; ask then for the sign by hand.""",
)
def score_gradient(answer: object) -> str:
    gradient = function(answer, "score_gradient")
    scores = torch.tensor([1.5, 0.2, -0.4, 0.9, -2.0])
    found = array(gradient(scores), (5,), "the gradient for 5 scores")
    total = float(found.sum())
    require(
        abs(total) < 1e-3,
        f"adding the same to all scores leaves H as it is, so the gradient must sum to 0, but it sums to {total:.3f}.",
    )
    s, small = scores.double(), 1e-3
    rise = float(row_entropy(s + small * found) - row_entropy(s))
    require(rise > 0, "a small step along the gradient must raise H, but here H falls.")
    steps = small * torch.eye(5, dtype=torch.float64)
    slopes = (row_entropy(s + steps) - row_entropy(s - steps)) / (2 * small)
    worst = int((found - slopes).abs().argmax())
    require(
        bool((found - slopes).abs().max() < 1e-3),
        f"the slope of H along score {worst} is {float(slopes[worst]):.3f}, and not {float(found[worst]):.3f}.",
    )
    return "under descent a row above the weighted mean rises, and one below falls."


@exercise(
    "low_but_lost",
    notebook=NOTEBOOK,
    title="A low H that has nothing to do with alignment",
    kind="design the experiment",
    minutes=8,
    difficulty=2,
    prompt=r"""
Would a low $H(M)$ show that images and texts are aligned? Design a counterexample: three texts and six images, of any
width, where image $i$ belongs to text $i \bmod 3$. The table $M$ of all nine rows must have $H(M) < 0.1$ nats, and
yet *no* image may be nearest, by cosine, to its own text.
""",
    stub="""
low_but_lost = {
    "texts": ...,  # a tensor (3, d)
    "images": ...,  # a tensor (6, d)
}
""",
    solution="""
low_but_lost = {
    "texts": torch.diag(torch.tensor([90.0, 1.0, 1.0])),
    "images": torch.eye(3).roll(1, 0).repeat(2, 1),
}
""",
    why="""$H$ needs one long row with a large mean, and any row will do. Who is near to whom is decided by
directions, which a row mean does not see. So $H$ can be minimal while every image lies at a wrong text.""",
    also=[
        """
low_but_lost = {
    "texts": torch.eye(3),
    "images": torch.cat([torch.eye(3), torch.eye(3)]).roll(1, 1) * torch.tensor([100.0, 1, 1, 1, 1, 1])[:, None],
}
""",
        """
low_but_lost = {
    "texts": [[9.0, 9.0], [1.0, -1.0], [-1.0, 1.0]],
    "images": [[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [-1.0, -1.2], [-1.0, 1.0], [1.0, -1.0]],
}
""",
    ],
    wrong=[
        (
            'low_but_lost = {"texts": torch.diag(torch.tensor([90.0, 1.0, 1.0])), "images": torch.eye(3).repeat(2, 1)}',
            "6 of 6 images",
        ),
        (
            'low_but_lost = {"texts": torch.eye(3), "images": torch.eye(3).roll(1, 0).repeat(2, 1)}',
            "must be below 0.1",
        ),
        (
            'low_but_lost = {"texts": torch.diag(torch.tensor([90.0, 1.0, 1.0])), "images": torch.zeros(6, 3)}',
            "a row of zeros",
        ),
        (
            'low_but_lost = {"texts": 90 * torch.eye(3), "images": torch.eye(3).roll(1, 0).repeat(2, 1)}',
            "must be below 0.1",
        ),
        ('low_but_lost = {"texts": torch.eye(3), "images": torch.eye(3)}', "must have the shape"),
        ('low_but_lost = {"texts": torch.ones(3, 4), "images": torch.ones(6, 4)}', "must be below 0.1"),
    ],
    hints=[
        "Treat the two demands one by one. When is H small? When is an image nearest to a wrong text?",
        "Lengths do not matter for cosines. What do they do to H?",
        "Begin with texts along three axes and images along the axes of wrong texts; then make one single row long.",
    ],
    notes="""Making *all* texts long leaves three rows tied, H = log 3: a good moment to recall that ties are stationary
points. Ask for the converse: aligned pairs with H near its maximum (unit rows).""",
)
def low_but_lost(answer: object) -> str:
    plan = fields(answer, ("texts", "images"), "`low_but_lost`")
    try:
        width = len(plan["texts"][0])
    except Exception:  # a learner's object may raise anything when it is read
        raise NotYet("`texts` must be a tensor of shape (3, d), with any width d.") from None
    texts, images = (array(plan[name], (count, width), f"`{name}`") for name, count in (("texts", 3), ("images", 6)))
    M = torch.cat([texts, images])
    require(bool((M.norm(dim=1) > 1e-6).all()), "a row of zeros has no direction, and so no nearest text.")
    cosines = F.normalize(images, dim=1) @ F.normalize(texts, dim=1).T
    own = cosines[torch.arange(6), torch.arange(6) % 3]
    found = int((own >= cosines.max(1).values - 1e-6).sum())
    H = float(row_entropy(M.mean(1)))
    require(H < 0.1, f"H(M) must be below 0.1 nats, but it is {H:.3f}: which rows have weight?")
    require(found == 0, f"{found} of 6 images are still nearest to their own text, or as near as to any other.")
    return f"H = {H:.3f} nats, and every image is nearest to a wrong text."
