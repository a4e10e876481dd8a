"""Exercises of 00_tour: croissants, H of a table, the harmonic mean, and a fair comparison."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from ame_explore.ame import shown
from ame_explore.teach.answers import fields, function, number, require, whole_numbers
from ame_explore.teach.declare import exercise
from ame_explore.training.recipe import Recipe

NOTEBOOK = "00_tour"


RANKS = ("first", "among the first ten", "among the first hundred", "later")


@exercise(
    "croissant",
    notebook=NOTEBOOK,
    title="Who gets the croissant?",
    kind="predict, then run",
    minutes=3,
    difficulty=1,
    prompt="""
The teacher sees the croissant as Fluent drew it, and of all emoji names “croissant” comes first. Now the student's
*backbone*, before any distillation: a smaller network, trained on a third of Twemoji's pictures, for 600 steps in
place of 7,000. Where does “croissant” come in its list?
""",
    stub='croissant = ...  # "first", "among the first ten", "among the first hundred" or "later"',
    solution='"later"',
    why="""There are some 1,600 names. The backbone is a poor judge of single names, and yet, asked to choose among
twenty broad classes, it is right several times as often as chance (section 3). How good a network is depends on the
question.""",
    also=['"Later"'],
    wrong=[
        ('"first"', "how short its training"),
        ('"among the first ten"', "how short its training"),
        ('"among the first hundred"', "how short its training"),
        ("1", "must be one of"),
    ],
    hints=["How many names compete? Section 1 tells.", "Look at the backbone's scores in section 3, and at chance."],
    notes="""Collect the guesses before anybody runs the cell. Then ask how the same network can be worth starting from:
its features are useful before its names are.""",
    run="""
import torch

from ame_explore.data.sets.emoji import emoji_set
from ame_explore.models.emoji_weights import emoji_model


def experiment():
    known, ranks = emoji_set(), []
    place = known.names.index("croissant")
    croissant_image = known.images("fluent", torch.tensor([place]), side=24)
    for who in ("teacher", "student"):
        network = emoji_model(who)
        with torch.no_grad():
            similar = network.encode_text(known.names) @ network.encode_image(croissant_image)[0]
        ranks.append(int((similar > similar[place]).sum()) + 1)
        first = ", ".join(known.names[k] for k in similar.topk(3).indices)
        print(f"{who}: croissant is number {ranks[-1]} of {len(known)}; the first three are {first}")
    limits = {1: "first", 10: "among the first ten", 100: "among the first hundred", len(known): "later"}
    return next(words for limit, words in limits.items() if ranks[-1] <= limit)


happened = experiment()
print(happened)
""",
    choices=RANKS,
)
def croissant(answer: str, outcome: str) -> str:
    require(
        answer == outcome, "think of how many names there are, how small the network is, and how short its training."
    )
    return "two networks, one picture, very different lists."


@exercise(
    "manifold_entropy",
    notebook=NOTEBOOK,
    title="H of a table, in one line",
    kind="write the missing line",
    minutes=5,
    difficulty=1,
    prompt=r"""
Write $H(M)$ as section 4 describes it: each row's score is its mean, the softmax over the rows makes weights $p$ of the
scores, and $H = -\sum_t p_t \log p_t$, in nats. The first two steps are there.
""",
    stub='''
def manifold_entropy(M):
    """Entropy, in nats, of the softmax over the scores of the rows of M, (rows, columns)."""
    scores = M.mean(1)
    p = scores.softmax(0)
    return ...  # your line
''',
    solution="-(p * p.log()).sum()",
    why="""One number for the whole table. It depends on the rows' means alone, so the order of the numbers within a row
cannot matter to it: that is the proof of section 8.""",
    also=[
        "torch.special.entr(p).sum()",
        "scores.logsumexp(0) - (p * scores).sum()",
        "torch.distributions.Categorical(probs=p).entropy()",
    ],
    wrong=[
        ("(p * p.log()).sum()", "never negative"),
        ("-(p * p.log())", "must be one number"),
        ("-(p * p.log2()).sum()", "in nats"),
        ("-(p * p.log()).mean()", "in nats"),
        ("-p.log().sum()", "in nats"),
        ("-(scores * scores.log()).sum()", "must be finite"),
        (
            "def manifold_entropy(M):\n    p = M.mean(0).softmax(0)\n    return -(p * p.log()).sum()",
            "in nats",
        ),
    ],
    hints=["`p.log()` is the natural logarithm of each weight.", "Multiply, sum, and mind the sign."],
    notes="""The mean over dimension 0 in place of 1 takes columns for rows. Ask for the largest possible value with
42 rows (log 42 = 3.74) before they see it in the notebook.""",
)
def manifold_entropy(answer: object) -> str:
    entropy = function(answer, "manifold_entropy")

    def at(M: Tensor) -> float:
        return number(entropy(M), "H")

    M = torch.randn(5, 3, generator=torch.Generator().manual_seed(0))
    some = at(M)
    require(some >= 0, f"an entropy is never negative, but {some:.3f} comes out.")
    alike = at(torch.ones(7, 4))
    require(
        math.isclose(alike, math.log(7), rel_tol=1e-3),
        f"with 7 rows alike H must be log 7 = {math.log(7):.3f} in nats, but it is {alike:.3f}.",
    )
    ahead = at(torch.tensor([[20.0] * 4, [0.0] * 4, [0.0] * 4]))
    require(abs(ahead) < 1e-3, f"with one row far ahead H must be 0, but it is {ahead:.3f}.")
    moved = at(M + 3)
    require(
        math.isclose(some, moved, rel_tol=1e-3),
        f"adding 3 to the whole table must not change H, but it goes from {some:.3f} to {moved:.3f}.",
    )
    two, right = at(torch.tensor([[math.log(2)] * 2, [0.0] * 2])), math.log(3) - 2 / 3 * math.log(2)
    require(
        math.isclose(two, right, rel_tol=1e-3),
        f"for weights of 2/3 and 1/3 H must be {right:.3f}, but it is {two:.3f}.",
    )
    return "from 0 with one row far ahead up to log n with n rows alike."


@exercise(
    "harmonic_mean",
    notebook=NOTEBOOK,
    title="A mean of 40% from two times 80%?",
    kind="find the fault",
    minutes=3,
    difficulty=1,
    prompt="""
This function should combine base and new accuracy to their harmonic mean. A student who is right on 80% of both gets
40%. Find the fault and mend it.
""",
    stub='''
def harmonic_mean(base, new):
    """The harmonic mean of two accuracies, each above 0 and up to 1."""
    return base * new / (base + new)
''',
    solution='''
def harmonic_mean(base, new):
    """The harmonic mean of two accuracies, each above 0 and up to 1."""
    return 2 * base * new / (base + new)
''',
    why="""Any mean of two equal numbers is that number. The harmonic mean stays near the smaller of two numbers:
a student who knows the base classes perfectly and 10% of the new ones gets 18%, not 55%.""",
    also=[
        "def harmonic_mean(base, new):\n    return 1 / ((1 / base + 1 / new) / 2)",
        "from statistics import harmonic_mean as known\n\n\ndef harmonic_mean(base, new):\n"
        "    return known([base, new])",
    ],
    wrong=[
        ("def harmonic_mean(base, new):\n    return (base + new) / 2", "near the smaller one"),
        ("def harmonic_mean(base, new):\n    return (base * new) ** 0.5", "near the smaller one"),
        ("def harmonic_mean(base, new):\n    return min(base, new)", "must be 0.667"),
        ("def harmonic_mean(base, new):\n    return 2 * base * new", "two equal accuracies"),
        ("def harmonic_mean(base, new):\n    return 2 * base + new / (base + new)", "two equal accuracies"),
    ],
    hints=["What should come out for two equal accuracies?", "Compare with the formula in section 3."],
    notes="""Ask why not the arithmetic mean, before they see the message. For later: the mean over seeds of harmonic
means is not the harmonic mean of the mean accuracies; a table has to say which it shows.""",
)
def harmonic_mean(answer: object) -> str:
    mean = function(answer, "harmonic_mean")

    def at(base: float, new: float) -> float:
        return number(mean(base, new), "the mean")

    for value in (0.8, 0.3):
        same = at(value, value)
        require(
            math.isclose(same, value, rel_tol=1e-6),
            f"of two equal accuracies the mean is that accuracy: two times {value:.0%} gave {same:.0%}.",
        )
    low = at(1.0, 0.001)
    require(low < 0.01, f"with 100% and 0.1% a harmonic mean is near the smaller one, but {low:.1%} comes out.")
    right = at(0.5, 1.0)
    require(math.isclose(right, 2 / 3, rel_tol=1e-3), f"for 0.5 and 1 it must be 0.667, but it is {right:.3f}.")
    back = at(1.0, 0.5)
    require(math.isclose(right, back, rel_tol=1e-6), "base and new must be exchangeable.")
    return "equal accuracies stay, and a weak side cannot hide."


ARMS = ("KD", "KD + AME", "control")
_FREE = {"KD": set(), "KD + AME": {"omega"}, "control": {"omega", "random_texts"}}  # besides the seed


@exercise(
    "fair_arms",
    notebook=NOTEBOOK,
    title="Plan a comparison that can answer “does AME help?”",
    kind="design the experiment",
    minutes=8,
    difficulty=2,
    prompt="""
Plan three arms on the emoji: plain KD, KD + AME, and a control that tells whether an effect comes from the texts
(section 7 has one; the setting `random_texts=True` makes it). Each arm is a pair of a recipe and the list of its seeds;
`Recipe.for_data("emoji", omega=0.0)` is plain KD. The plan must be able to say, seed by seed and with an interval, what
AME does, and nothing else may differ.
""",
    stub="""
fair_arms = {
    "KD": ...,  # a recipe and its seeds, as (Recipe.for_data("emoji", omega=0.0), [0])
    "KD + AME": ...,
    "control": ...,
}
""",
    solution="""
fair_arms = {
    "KD": (Recipe.for_data("emoji", omega=0.0), range(5)),
    "KD + AME": (Recipe.for_data("emoji", omega=50.0), range(5)),
    "control": (Recipe.for_data("emoji", omega=50.0, random_texts=True), range(5)),
}
""",
    why="""Arms that share their seeds share shots, initial weights and batches, so their difference is the term's. If
the control does as well as KD + AME, the texts had no part in it. With five seeds a 95% interval is about 1.2
standard deviations to each side; with two it is nine.""",
    also=[
        """
fair_arms = {
    "KD": (Recipe.for_data("emoji", omega=0.0, shots=4), range(10)),
    "KD + AME": (Recipe.for_data("emoji", omega=0.5, shots=4), range(10)),
    "control": (Recipe.for_data("emoji", omega=0.5, shots=4, random_texts=True), range(10)),
}
""",
        """
fair_arms = {
    arm: [Recipe.for_data("emoji", steps=120, **changes), (7, 3, 5, 1, 9, 11)]
    for arm, changes in {"KD": {"omega": 0.0}, "KD + AME": {}, "control": {"random_texts": True}}.items()
}
""",
    ],
    wrong=[
        (
            """
fair_arms = {
    "KD": (Recipe.for_data("emoji", omega=0.0), range(5)),
    "KD + AME": (Recipe.for_data("emoji", omega=50.0), range(5, 10)),
    "control": (Recipe.for_data("emoji", omega=50.0, random_texts=True), range(5)),
}
""",
            "same seeds",
        ),
        (
            """
fair_arms = {
    "KD": (Recipe.for_data("emoji", omega=0.0, shots=4), range(5)),
    "KD + AME": (Recipe.for_data("emoji", omega=50.0, shots=16), range(5)),
    "control": (Recipe.for_data("emoji", omega=50.0, shots=16, random_texts=True), range(5)),
}
""",
            "shots",
        ),
        (
            """
fair_arms = {
    "KD": (Recipe.for_data("emoji", omega=0.0), [0]),
    "KD + AME": (Recipe.for_data("emoji", omega=50.0), [0]),
    "control": (Recipe.for_data("emoji", omega=50.0, random_texts=True), [0]),
}
""",
            "an interval",
        ),
        (
            """
fair_arms = {
    "KD": (Recipe.for_data("emoji", omega=0.0), range(5)),
    "KD + AME": (Recipe.for_data("emoji", omega=50.0), range(5)),
    "control": (Recipe.for_data("emoji", omega=50.0), range(5)),
}
""",
            "its texts are the real ones",
        ),
        (
            """
fair_arms = {
    "KD": (Recipe.for_data("emoji"), range(5)),
    "KD + AME": (Recipe.for_data("emoji", omega=50.0), range(5)),
    "control": (Recipe.for_data("emoji", omega=50.0, random_texts=True), range(5)),
}
""",
            "without AME",
        ),
        (
            """
fair_arms = {
    "KD": (Recipe.for_data("emoji", omega=0.0), range(5)),
    "KD + AME": (Recipe.for_data("emoji", omega=50.0), range(5)),
    "control": (Recipe.for_data("emoji", omega=0.5, random_texts=True), range(5)),
}
""",
            "the same weight",
        ),
        (
            """
fair_arms = {"KD": 0.0, "KD + AME": 50.0, "control": 50.0}
""",
            "a pair of a recipe and its seeds",
        ),
    ],
    hints=[
        "In which settings do your recipes differ? Each pair of arms may differ in one thing.",
        "What decides which shots a student gets, and what its initial weights are? Arms should agree in that, too.",
        "The control keeps AME's weight, and differs from “KD + AME” in its texts alone.",
    ],
    notes="""Different seeds in the arms are the commonest slip: “more seeds, more independence”. Show the interval of
paired differences beside that of unpaired ones. Ask what else a critic would want (other teachers and splits; the
number of comparisons).""",
)
def fair_arms(answer: object) -> str:
    plan = fields(answer, ARMS, "`fair_arms`")
    recipes, seeds = {}, {}
    for arm in ARMS:
        recipes[arm], seeds[arm] = _arm(plan[arm], arm)
    require(
        recipes["KD"].effective_omega == 0, "the arm “KD” must be without AME: its omega is not 0, or not given at all."
    )
    require(recipes["KD + AME"].effective_omega > 0, "in the arm “KD + AME” the weight of AME is 0.")
    require(not recipes["KD + AME"].random_texts, "in the arm “KD + AME” the texts must be the real ones.")
    require(recipes["control"].random_texts, "the control cannot tell anything: its texts are the real ones.")
    for arm in ARMS[1:]:
        different = [
            field.name
            for field in dataclasses.fields(recipes[arm])
            if field.name not in {"seed", *_FREE[arm]}
            and getattr(recipes[arm], field.name) != getattr(recipes["KD"], field.name)
        ]
        require(
            not different, f"“KD” and “{arm}” differ in {', '.join(different)} as well, so nobody knows what did it."
        )
    require(
        recipes["control"].effective_omega == recipes["KD + AME"].effective_omega,
        "“KD + AME” and the control must give their term the same weight.",
    )
    require(
        all(set(each) == set(seeds["KD"]) for each in seeds.values()),
        "all arms need the same seeds: otherwise one arm may have had the better shots.",
    )
    require(len(seeds["KD"]) >= 3, f"too few seeds for an interval that says anything: {len(seeds['KD'])}.")
    return "the arms differ in one thing each, seed by seed."


def _arm(value: Any, arm: str) -> tuple[Recipe, list[int]]:
    whole = isinstance(value, Sequence) and len(value) == 2 and isinstance(value[0], Recipe)
    require(whole, f"“{arm}” must be a pair of a recipe and its seeds, but it is {shown(value)}.")
    recipe, found = value[0], whole_numbers(value[1], f"the seeds of “{arm}”")
    require(found, f"“{arm}” has no seeds.")
    require(len(set(found)) == len(found), f"the seeds of “{arm}” must be different: a seed twice is the same student.")
    return recipe, found
