"""Exercises of 06_low_data: paired splits, intervals over splits, and a blend that makes the teacher surer."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from ame_explore.teach.answers import array, fields, function, require
from ame_explore.teach.declare import exercise

NOTEBOOK = "06_low_data"


@exercise(
    "unpaired_noise",
    notebook=NOTEBOOK,
    title="What if each student drew its own shots?",
    kind="predict, then run",
    minutes=4,
    difficulty=2,
    prompt=r"""
With one shot a lot depends on which image is drawn: from split to split the score of *every* student moves up and down
together, with a standard deviation of 0.03. In addition each training run has noise of its own, with a standard
deviation of 0.01. You measure the mean change with AME over five splits.

How many times as much does that mean scatter if the two students of a comparison use *different* splits, instead of
the same ones? Within 15 percent is good enough.
""",
    stub="unpaired_noise = ...  # scatter with different splits, divided by scatter with the same splits",
    solution="math.sqrt(10)",
    why=r"""With the same split, its luck is in both scores and cancels in their difference: the variance of one
change is $0.01^2 + 0.01^2$. With different splits nothing cancels, and it is $2\,(0.03^2 + 0.01^2)$, ten times as
much. The standard deviation grows by $\sqrt{10} \approx 3.2$. To make up for that you would need ten times as many
splits.""",
    also=["3.2", "3", "((0.03**2 + 0.01**2) / 0.01**2) ** 0.5"],
    wrong=[
        ("1", "more than that"),
        ("4", "spreads of independent things"),
        ("10", "variance"),
        ("1 / 3", "more than that"),
        ("2", "more than that"),
        ('"three times"', "must be one number"),
    ],
    hints=[
        "Write each score as the luck of its split plus noise of its own. What is left of the luck in the difference?",
        "Variances of independent things add up; standard deviations do not.",
        "The number of splits is the same in both cases, so look at the variance of a single change.",
    ],
    notes="""The usual answers are 4 (the standard deviations were added) and 10 (the ratio of the variances). Ask how
many unpaired splits see as much as five paired ones: 50. Then ask when pairing gains nothing: if splits do not differ,
or if the luck of a split is another one for each student.""",
    run="""
import torch


def experiment():
    torch.manual_seed(0)
    sweeps, splits = 20_000, 5

    def scores(luck):
        return luck + 0.01 * torch.randn(sweeps, splits)

    def luck():
        return 0.03 * torch.randn(sweeps, splits)

    shared = luck()
    same = (scores(shared) - scores(shared)).mean(1).std()
    different = (scores(luck()) - scores(luck())).mean(1).std()
    print(f"the mean change scatters by {same:.4f} with the same splits, by {different:.4f} with different ones")
    return float(different / same)


happened = experiment()
print(f"{happened:.2f} times as much")
""",
)
def unpaired_noise(answer: float, outcome: float) -> str:
    require(
        answer > 0.85 * outcome,
        "it is more than that: how much of a split's luck is left in a change, with and without the same split?",
    )
    require(answer < 9 or answer > 11, "that is how much the variance grows, and not the scatter.")
    require(
        answer < 1.15 * outcome,
        "it is less than that: the spreads of independent things do not simply add up.",
    )
    return f"measured: {outcome:.2f}."


_CHANGES = torch.tensor([[0.010, 0.014, 0.006], [-0.022, -0.018, -0.020], [0.031, 0.025, 0.034], [0.005, 0.003, 0.001]])
_T, _T_SIX = 3.182446, 2.570582  # Student's t for 3 and 5 degrees of freedom, 97.5%


@exercise(
    "split_interval",
    notebook=NOTEBOOK,
    title="An interval that shrinks for nothing",
    kind="find the fault",
    minutes=8,
    difficulty=3,
    prompt=r"""
Four splits, and three seeds in each: a table of twelve changes. Somebody takes the interval over all twelve. With
more and more seeds in the same four splits it becomes as narrow as you like, although nobody has looked at a fifth
split. But the interval should say what *other splits* would give. Find the fault and mend it. All splits have equally
many seeds; `t` is already the right quantile, of Student's t with as many degrees of freedom as there are splits, minus
one.
""",
    stub='''
def split_interval(changes, t):
    """Lower and upper end of the interval of the mean change; changes: a tensor (splits, seeds)."""
    values = changes.flatten()
    half = t * values.std() / math.sqrt(len(values))
    return values.mean() - half, values.mean() + half
''',
    solution='''
def split_interval(changes, t):
    """Lower and upper end of the interval of the mean change; changes: a tensor (splits, seeds)."""
    values = changes.mean(1)
    half = t * values.std() / math.sqrt(len(values))
    return values.mean() - half, values.mean() + half
''',
    why="""Seeds of one split share its shots and its test images, so they are not independent. The mean over the seeds
of a split is one value, and an interval over splits counts as many values as there are splits. More seeds make each of
them more exact, but only more splits say more about other splits.""",
    also=[
        """
from scipy import stats


def split_interval(changes, t):
    means = changes.double().mean(dim=1).numpy()
    return stats.t.interval(0.95, len(means) - 1, loc=means.mean(), scale=stats.sem(means))
""",
        """
def split_interval(changes, t):
    splits, seeds = changes.shape
    means = [sum(row) / seeds for row in changes.tolist()]
    centre = sum(means) / splits
    error = math.sqrt(sum((each - centre) ** 2 for each in means) / (splits - 1) / splits)
    return [centre - t * error, centre + t * error]
""",
    ],
    wrong=[
        (
            "def split_interval(changes, t):\n    values = changes.mean(0)\n"
            "    half = t * values.std() / math.sqrt(len(values))\n"
            "    return values.mean() - half, values.mean() + half",
            "every seed is there twice",
        ),
        (
            "def split_interval(changes, t):\n    values = changes[:, 0]\n"
            "    half = t * values.std() / math.sqrt(len(values))\n"
            "    return values.mean() - half, values.mean() + half",
            "the middle",
        ),
        (
            "def split_interval(changes, t):\n    values = changes.mean(1)\n"
            "    half = t * values.std()\n    return values.mean() - half, values.mean() + half",
            "a single split",
        ),
        (
            "def split_interval(changes, t):\n    values = changes.mean(1)\n"
            "    half = t * values.std() / math.sqrt(changes.numel())\n"
            "    return values.mean() - half, values.mean() + half",
            "every seed is there twice",
        ),
        (
            "def split_interval(changes, t):\n    values = changes.mean(1)\n"
            "    half = t * values.std(correction=0) / math.sqrt(len(values))\n"
            "    return values.mean() - half, values.mean() + half",
            "too narrow for four splits",
        ),
        (
            "def split_interval(changes, t):\n    values = changes.mean(1)\n"
            "    half = t * values.var() / math.sqrt(len(values))\n"
            "    return values.mean() - half, values.mean() + half",
            "too narrow for four splits",
        ),
        (
            "def split_interval(changes, t):\n    values = changes.mean(1)\n"
            "    half = t * values.std() / math.sqrt(4)\n"
            "    return values.mean() - half, values.mean() + half",
            "for six splits",
        ),
        (
            "def split_interval(changes, t):\n    values = changes.mean(1)\n"
            "    return t * values.std() / math.sqrt(len(values))",
            "must have the shape",
        ),
        (
            "def split_interval(changes, t):\n    values = changes.mean(1)\n"
            "    half = t * values.std() / math.sqrt(len(values))\n"
            "    return values.mean() + half, values.mean() - half",
            "the lower end",
        ),
    ],
    hints=[
        "How many values would you have if all seeds of a split gave exactly the same change?",
        "Replace the seeds of each split by one value before anything else.",
        "Which dimension of `changes` holds the seeds?",
    ],
    notes="""The interval over the means of the *seeds* (dimension 0) looks alike and answers another question: what
other seeds on the same splits would give. Ask which of the two a reader of “AME helps with few images” has in mind.
The middle of the interval is the same in both; only the width differs.""",
)
def split_interval(answer: object) -> str:
    interval = function(answer, "split_interval")

    def ends(changes: Tensor, t: float = _T) -> tuple[float, float]:
        low, high = array(interval(changes, t), (2,), "the interval").tolist()
        return low, high

    low, high = ends(_CHANGES)
    require(low < high, "the lower end must come first, and lie below the upper one.")
    middle, mean = (low + high) / 2, float(_CHANGES.mean())
    require(
        abs(middle - mean) < 1e-5, f"the middle of the interval must be the mean of all changes, {mean:.4f}: is it?"
    )
    twice_low, twice_high = ends(_CHANGES.repeat(1, 2))
    require(
        abs((twice_high - twice_low) - (high - low)) < 1e-5,
        "when every seed is there twice, nothing new is known about other splits, so the width must not change; "
        f"here it goes from {high - low:.4f} to {twice_high - twice_low:.4f}.",
    )
    turned_low, turned_high = ends(torch.stack([row.roll(place) for place, row in enumerate(_CHANGES)]))
    require(
        max(abs(turned_low - low), abs(turned_high - high)) < 1e-5,
        "the order of the seeds within a split must not matter, but the interval changes with it.",
    )
    by_split = _CHANGES.mean(1)
    right = 2 * _T * float(by_split.std()) / math.sqrt(len(by_split))
    require(
        high - low < 1.5 * right,
        f"a width of {high - low:.3f} is what to expect of the change in a single split, and not of their mean.",
    )
    require(high - low > 0.99 * right, f"a width of {high - low:.4f} is too narrow for four splits.")
    require(high - low < 1.01 * right, f"a width of {high - low:.4f} is too wide for four splits.")
    six = torch.cat([_CHANGES, _CHANGES[:2]])
    low, high = ends(six, _T_SIX)
    right = 2 * _T_SIX * float(six.mean(1).std()) / math.sqrt(6)
    require(
        abs(high - low - right) < 0.01 * right,
        f"for six splits, with the t that goes with them, a width of {high - low:.4f} is not right.",
    )
    return "more seeds do not replace more splits."


@exercise(
    "sure_blend",
    notebook=NOTEBOOK,
    title="Ambiguous, and yet the teacher is sure",
    kind="design the experiment",
    minutes=7,
    difficulty=2,
    prompt=r"""
On average the teacher becomes less sure with every step of the ambiguity dial, but for a single picture its entropy
may fall. Take three classes, and a teacher whose logits are linear in the pixels, so that the half-and-half blend of
the pictures $a$ and $b$ has the logits $(z_a + z_b)/2$. Choose $z_a$ and $z_b$ such that the teacher

- is right about both pictures ($a$ shows class 0, $b$ shows class 1),

- is unsure of each of them: an entropy above 0.5 nats,

- and is sure of the blend: an entropy below 0.05 nats.
""",
    stub="""
sure_blend = {
    "a": ...,  # three logits
    "b": ...,  # three logits
}
""",
    solution="""
sure_blend = {
    "a": [20.0, -20.0, 19.9],
    "b": [-20.0, 20.0, 19.9],
}
""",
    why="""Picture a leaves the teacher undecided between 0 and 2, picture b between 1 and 2. In the blend the
evidence for 0 and for 1 cancels, and what both pictures have in common is left: class 2, which neither of them shows.
So an answer of low entropy does not prove that the picture is clear, and a loss that rewards low entropy cannot tell
the difference.""",
    also=[
        """
sure_blend = {
    "a": torch.tensor([14.0, 0.0, 13.6]),
    "b": torch.tensor([0.0, 14.0, 13.6]),
}
""",
        """
sure_blend = {"a": [9.1, 9.0, -9.0], "b": [0.0, 30.1, 30.0]}
""",
        'sure_blend = {"a": [5000.0001, 0, 5000], "b": [0, 5000.0001, 5000]}',
    ],
    wrong=[
        ('sure_blend = {"a": [9.0, 0.0, 0.0], "b": [0.0, 9.0, 0.0]}', "sure of picture `a`"),
        ('sure_blend = {"a": [1.0, 0.0, 0.0], "b": [0.0, 1.0, 0.0]}', "the blend has an entropy of"),
        ('sure_blend = {"a": [10.0, 0.0, 10.5], "b": [0.0, 10.0, 10.5]}', "must show class 0"),
        ('sure_blend = {"a": [10.0, 0.0, 9.9], "b": [0.0, 10.0, -5.0]}', "sure of picture `b`"),
        ('sure_blend = {"a": [0.0, 0.0, 0.0], "b": [0.0, 0.0, 0.0]}', "must show class 0"),
        ('sure_blend = {"a": [0.6, 0.4], "b": [0.4, 0.6]}', "must have the shape"),
        ("sure_blend = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]", "must be a dict"),
    ],
    hints=[
        "Unsure means that two logits lie close together at the top. They need not be the same two for a and b.",
        "Which class could both pictures be confused with?",
        "Let that class come a close second in both pictures, and let the classes 0 and 1 cancel in the mean.",
    ],
    notes="""Ask for the entropy of the *mean of the two answers* (of the probabilities, not of the logits): it is never
below the mean of both entropies, since entropy is concave. So it is the blending of pixels, before the teacher looks,
that makes this possible. A real teacher is not linear, and the notebook shows its fox and its penguin.""",
)
def sure_blend(answer: object) -> str:
    plan = fields(answer, ("a", "b"), "`sure_blend`")
    shown = {name: array(plan[name], (3,), f"`{name}`") for name in ("a", "b")}
    for own, (name, logits) in enumerate(shown.items()):
        others = logits[torch.arange(3) != own]
        require(bool(logits[own] > others.max()), f"picture `{name}` must show class {own} to the teacher, clearly.")
    for name, logits in shown.items():
        H = _entropy(logits)
        require(H > 0.5, f"the teacher is too sure of picture `{name}`: its entropy is {H:.3f} nats.")
    blend = (shown["a"] + shown["b"]) / 2
    H = _entropy(blend)
    require(H < 0.05, f"the blend has an entropy of {H:.3f} nats, so the teacher is not sure enough of it.")
    return f"of the blend it says class {int(blend.argmax())}, with an entropy of {H:.3f} nats."


def _entropy(logits: Tensor) -> float:
    return float(torch.distributions.Categorical(logits=logits).entropy())
