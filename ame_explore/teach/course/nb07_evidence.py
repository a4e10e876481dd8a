"""Exercises of 07_evidence: many comparisons, a fair one on the diagonal, and what "no difference seen" says."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from ame_explore.teach.answers import choice, fields, function, number, require, whole_numbers
from ame_explore.teach.declare import exercise

NOTEBOOK = "07_evidence"


@exercise(
    "false_alarms",
    notebook=NOTEBOOK,
    title="Twenty settings that do nothing",
    kind="predict, then run",
    minutes=4,
    difficulty=1,
    prompt=r"""
In some world AME changes nothing at all. You try 20 settings of it there, each in splits of its own, and draw a 95%
interval of the change for each, without any correction. In how many of 100 such figures does at least one interval
exclude 0, so that it looks like a finding? Within 6 of 100 is good enough.
""",
    stub="false_alarms = ...  # of 100 figures",
    solution="64",
    why=r"""Each interval contains the true change, 0, with probability 0.95. All 20 of them do so with probability
$0.95^{20} \approx 0.36$, so in 64 of 100 figures something seems to happen. At a confidence of $1 - 0.05/20$ each
(Bonferroni) it is at most 5 of 100. That is the correction behind every figure of this notebook; it holds even where
settings share their splits and their plain KD, as they do here.""",
    also=["100 * (1 - 0.95**20)", "62", "torch.tensor(65.0)"],
    wrong=[
        ("5", "for one interval"),
        ("100", "for certain"),
        ("36", "none of them"),
        ("20", "more often"),
        ("0.64", "of 100"),
        ("1", "more often"),
        ("120", "only 100 figures"),
        ('"most"', "must be one number"),
    ],
    hints=[
        "How probable is it that one interval contains 0? And that both of two do?",
        "Count first the figures in which all 20 intervals contain 0.",
    ],
    notes="""5 and 100 are the usual answers: the first forgets that there are 20, the second adds up probabilities
although two alarms can fall into one figure. Ask what a paper shows that tries 20 settings and reports the best one.
Then ask for the price of the correction: with five splits the interval becomes about 2.4 times as wide (Student's t
with 4 degrees of freedom at 0.05/20), which more splits soften.""",
    run="""
import math

import torch
from scipy.stats import t


def experiment():
    torch.manual_seed(1)
    figures, settings, splits = 10_000, 20, 5
    changes = 0.02 * torch.randn(figures, settings, splits)  # chance alone
    ratio = changes.mean(-1).abs() / (changes.std(-1) / math.sqrt(splits))
    alarms = {}
    for name, confidence in (("uncorrected", 0.95), ("corrected", 1 - 0.05 / settings)):
        limit = t.ppf((1 + confidence) / 2, splits - 1)
        alarms[name] = 100 * float((ratio > limit).any(1).double().mean())
        print(f"{name}: in {alarms[name]:.0f} of 100 figures an interval excludes 0")
    return alarms["uncorrected"]


happened = experiment()
""",
)
def false_alarms(answer: float, outcome: float) -> str:
    require(not 0 < answer < 1, "that looks like a probability: count figures, of 100.")
    require(0 <= answer <= 100, "there are only 100 figures to count.")
    require(abs(answer - 5) > 1, "that is right for one interval, but there are 20 chances in each figure.")
    require(answer < 99.5, "it does not happen for certain: how often do all 20 intervals contain 0?")
    require(
        abs(answer - (100 - outcome)) > 3, "in about so many figures none of them excludes 0: the question is the rest."
    )
    require(answer > outcome - 6, "it happens more often than that: one interval of 20 is enough.")
    require(answer < outcome + 6, "it happens less often than that: two alarms may fall into the same figure.")
    return f"measured: in {outcome:.0f} of 100 figures."


SETTINGS = ("omega", "kd_weight", "shots", "splits")


@exercise(
    "fair_pair",
    notebook=NOTEBOOK,
    title="The same push, fairly compared",
    kind="design the experiment",
    minutes=6,
    difficulty=2,
    prompt=r"""
The loss is $w \cdot \text{KD} + \omega\,H(M)$, and the phase diagram has the weight $w$ of KD across and ω upwards. In
the cell ω = 5, $w = 1$ AME pushes with a certain strength, relative to KD. Plan a comparison in *another* cell where it
pushes just as hard: choose any other weight of KD, shots and at least five splits, and say which plain students to
compare with, so that nothing but AME can be behind the change.
""",
    stub="""
fair_pair = {
    "with AME": {"omega": ..., "kd_weight": ..., "shots": ..., "splits": ...},  # splits: a list of numbers
    "plain KD": {"omega": ..., "kd_weight": ..., "shots": ..., "splits": ...},
}
""",
    solution="""
fair_pair = {
    "with AME": {"omega": 500, "kd_weight": 100, "shots": 16, "splits": [0, 1, 2, 3, 4]},
    "plain KD": {"omega": 0, "kd_weight": 100, "shots": 16, "splits": [0, 1, 2, 3, 4]},
}
""",
    why="""Only the ratio of omega to the weight of KD says how hard AME pushes: the cells 5 beside 1 and 500 beside 100
lie on one diagonal. A plain student of weight 1 would be the wrong partner: then the weight of KD may be behind the
change, too. The same holds for other shots or other splits.""",
    also=[
        """
fair_pair = {
    "with AME": {"omega": 2.5, "kd_weight": 0.5, "shots": 4, "splits": range(8)},
    "plain KD": {"omega": 0.0, "kd_weight": 0.5, "shots": 4, "splits": range(8)},
}
""",
        """
fair_pair = {
    who: {"omega": omega, "kd_weight": 10.0, "shots": 1, "splits": torch.arange(5)}
    for who, omega in (("with AME", 50.0), ("plain KD", 0.0))
}
""",
    ],
    wrong=[
        (
            'same = {"shots": 16, "splits": [0, 1, 2, 3, 4]}\n'
            'fair_pair = {"with AME": {"omega": 500, "kd_weight": 100, **same},\n'
            '    "plain KD": {"omega": 0, "kd_weight": 1, **same}}',
            "differ in `kd_weight`",
        ),
        (
            'same = {"kd_weight": 100, "shots": 16, "splits": [0, 1, 2, 3, 4]}\n'
            'fair_pair = {"with AME": {"omega": 5, **same}, "plain KD": {"omega": 0, **same}}',
            "0.01 times as hard",
        ),
        (
            'same = {"kd_weight": 100, "shots": 16, "splits": [0, 1, 2, 3, 4]}\n'
            'fair_pair = {"with AME": {"omega": 500, **same}, "plain KD": {"omega": 5, **same}}',
            "not without AME",
        ),
        (
            'same = {"kd_weight": 10, "shots": 16}\n'
            'fair_pair = {"with AME": {"omega": 50, "splits": [0, 1, 2, 3, 4], **same},\n'
            '    "plain KD": {"omega": 0, "splits": [5, 6, 7, 8, 9], **same}}',
            "differ in `splits`",
        ),
        (
            'same = {"kd_weight": 10, "splits": [0, 1, 2, 3, 4]}\n'
            'fair_pair = {"with AME": {"omega": 50, "shots": 4, **same},\n'
            '    "plain KD": {"omega": 0, "shots": 16, **same}}',
            "differ in `shots`",
        ),
        (
            'same = {"kd_weight": 10, "shots": 16, "splits": [0, 0, 0, 0, 0]}\n'
            'fair_pair = {"with AME": {"omega": 50, **same}, "plain KD": {"omega": 0, **same}}',
            "the five that were asked for: 1",
        ),
        (
            'same = {"kd_weight": 1, "shots": 16, "splits": [0, 1, 2, 3, 4]}\n'
            'fair_pair = {"with AME": {"omega": 5, **same}, "plain KD": {"omega": 0, **same}}',
            "another cell",
        ),
        ('fair_pair = {"with AME": 500, "plain KD": 0}', "must be a dict"),
    ],
    hints=[
        "Multiply the whole loss by a number. What happens to the two weights, and what to their ratio?",
        "In which settings may the two lines of your plan differ?",
        "In the plain student's line only one number is another one than in the line above.",
    ],
    notes="""Most keep omega = 5 and raise the weight of KD, which is what the phase diagram varies from column to
column. Ask why the cells of one diagonal need not come out exactly alike: the size of the whole loss changes, too.
AdamW hides that (all but its epsilon), plain gradient descent does not.""",
)
def fair_pair(answer: object) -> str:
    plan = fields(answer, ("with AME", "plain KD"), "`fair_pair`")
    lines = {who: fields(plan[who], SETTINGS, f"“{who}”") for who in ("with AME", "plain KD")}
    read = {who: _settings(line, who) for who, line in lines.items()}
    ame, plain = read["with AME"], read["plain KD"]
    require(ame["kd_weight"] != 1, "with a `kd_weight` of 1 this is not another cell of the same strength.")
    push = ame["omega"] / ame["kd_weight"] / 5
    require(
        math.isclose(push, 1, rel_tol=1e-3),
        f"beside this weight of KD, AME pushes {push:.3g} times as hard as in the cell ω = 5, w = 1.",
    )
    require(plain["omega"] == 0, "the students of “plain KD” are not without AME.")
    for name in SETTINGS[1:]:
        require(
            ame[name] == plain[name], f"the two lines differ in `{name}` as well, so that may be behind the change."
        )
    count = len(ame["splits"])
    require(count >= 5, f"fewer different splits than the five that were asked for: {count}.")
    return "the two differ in AME alone, split by split."


def _settings(line: dict[str, Any], who: str) -> dict[str, Any]:
    found: dict[str, Any] = {name: number(line[name], f"`{name}` of “{who}”") for name in SETTINGS[:3]}
    require(found["omega"] >= 0, f"`omega` of “{who}” must not be negative.")
    require(found["kd_weight"] > 0, f"`kd_weight` of “{who}” must be above 0: without KD there is no distillation.")
    require(
        found["shots"] >= 1 and found["shots"] == int(found["shots"]),
        f"`shots` of “{who}” must be a whole number of images, at least 1.",
    )
    found["splits"] = set(whole_numbers(line["splits"], f"`splits` of “{who}”"))
    return found


VERDICTS = ("higher", "lower", "none that matters", "no difference seen")
_QUIET = torch.tensor([0.001, -0.002, 0.0005, 0.002, -0.001])
_LOUD = torch.tensor([0.11, -0.10, 0.09, -0.08, -0.02])
_MANY = 0.012 * torch.tensor([1.0, -1.0]).repeat(10)


@exercise(
    "honest_verdict",
    notebook=NOTEBOOK,
    title="“No difference seen” is not “no difference”",
    kind="find the fault",
    minutes=8,
    difficulty=2,
    prompt=r"""
This function reads paired changes, one a split, and says what their 95% interval shows. If the interval contains 0, it
says `"none that matters"`. Now somebody *plants* a change of 0.05, by adding it to every value, and where the values
scatter widely the function still says so. Mend it. It should say

- `"higher"` or `"lower"` if the interval excludes 0, as now,

- `"none that matters"` if the interval contains 0 and also rules out every change larger than `limit`, in either
direction,

- `"no difference seen"` otherwise.
""",
    stub='''
def honest_verdict(changes, limit):
    """What paired changes, a tensor (splits,), show; changes up to limit do not matter."""
    from scipy.stats import t

    n, mean = len(changes), float(changes.mean())
    half = t.ppf(0.975, n - 1) * float(changes.std()) / math.sqrt(n)
    low, high = mean - half, mean + half
    if low > 0:
        return "higher"
    if high < 0:
        return "lower"
    return "none that matters"
''',
    solution='''
def honest_verdict(changes, limit):
    """What paired changes, a tensor (splits,), show; changes up to limit do not matter."""
    from scipy.stats import t

    n, mean = len(changes), float(changes.mean())
    half = t.ppf(0.975, n - 1) * float(changes.std()) / math.sqrt(n)
    low, high = mean - half, mean + half
    if low > 0:
        return "higher"
    if high < 0:
        return "lower"
    return "none that matters" if -limit < low and high < limit else "no difference seen"
''',
    why="""The interval holds every true change that fits what was seen. If all of them are small, there is no
difference that matters, and that is a finding. If some of them are large, nothing is known yet: then a planted effect
of that size would have been missed as well. Only the ends of the interval tell the two cases apart, not its middle.""",
    also=[
        """
def honest_verdict(changes, limit):
    from ame_explore.analysis.statistics import paired_interval

    found = paired_interval(changes.numpy(), torch.zeros(len(changes)).numpy())
    if found.verdict in ("higher", "lower"):
        return found.verdict
    return VERDICT[max(-found.low, found.high) <= limit]


VERDICT = {True: "none that matters", False: "no difference seen"}
""",
        """
def honest_verdict(changes, limit):
    from scipy import stats

    values = changes.double().numpy()
    low, high = stats.t.interval(0.95, len(values) - 1, loc=values.mean(), scale=stats.sem(values))
    if low * high > 0:
        return "Higher" if low > 0 else "Lower"
    return "No difference seen" if max(abs(low), abs(high)) > limit else "None that matters"
""",
    ],
    wrong=[
        (
            "def honest_verdict(changes, limit):\n"
            "    from scipy.stats import t\n"
            "    n, mean = len(changes), float(changes.mean())\n"
            "    half = t.ppf(0.975, n - 1) * float(changes.std()) / math.sqrt(n)\n"
            "    if abs(mean) > half:\n"
            '        return "higher" if mean > 0 else "lower"\n'
            '    return "none that matters" if abs(mean) < limit else "no difference seen"',
            "with the same scatter",
        ),
        (
            "def honest_verdict(changes, limit):\n"
            "    from scipy.stats import t\n"
            "    n, mean = len(changes), float(changes.mean())\n"
            "    half = t.ppf(0.975, n - 1) * float(changes.std()) / math.sqrt(n)\n"
            "    if abs(mean) > half:\n"
            '        return "higher" if mean > 0 else "lower"\n'
            '    return "no difference seen"',
            "lies within",
        ),
        (
            "def honest_verdict(changes, limit):\n"
            "    from scipy.stats import t\n"
            "    n, mean = len(changes), float(changes.mean())\n"
            "    half = t.ppf(0.975, n - 1) * float(changes.std()) / math.sqrt(n)\n"
            "    if abs(mean) > half:\n"
            '        return "higher" if mean > 0 else "lower"\n'
            '    return "none that matters" if half < limit else "no difference seen"',
            "beyond the limit",
        ),
        (
            "def honest_verdict(changes, limit):\n"
            "    from scipy.stats import t\n"
            "    n, mean = len(changes), float(changes.mean())\n"
            "    half = t.ppf(0.975, n - 1) * float(changes.std()) / math.sqrt(n)\n"
            "    if abs(mean) > half:\n"
            '        return "higher" if mean > 0 else "lower"\n'
            '    return "none that matters" if mean + half < limit else "no difference seen"',
            "beyond the limit",
        ),
        (
            "def honest_verdict(changes, limit):\n"
            "    mean = float(changes.mean())\n"
            "    if abs(mean) > limit:\n"
            '        return "higher" if mean > 0 else "lower"\n'
            '    return "none that matters"',
            "was planted",
        ),
        (
            "def honest_verdict(changes, limit):\n"
            "    from scipy.stats import t\n"
            "    n, mean = len(changes), float(changes.mean())\n"
            "    half = t.ppf(0.975, n - 1) * float(changes.std()) / math.sqrt(n)\n"
            "    if abs(mean) > half:\n"
            '        return "higher" if mean > 0 else "lower"\n'
            '    return "none that matters" if changes.abs().max() < limit else "no difference seen"',
            "although single changes",
        ),
        ("def honest_verdict(changes, limit):\n    return bool(abs(changes.mean()) < limit)", "must be one of"),
    ],
    hints=[
        "What do five widely scattered values say about changes of 0.05? What does their interval look like?",
        "The interval lists the true changes that fit the data. Where may it lie, if none of them matters?",
        "Compare both ends with the limit, each on its own side.",
    ],
    notes="""A verdict from the mean alone, or from the width alone, is the usual half-answer. Tests of equivalence take
a 90% interval for this (two one-sided tests at 5%); the stricter 95% keeps one interval for all verdicts. Ask for
`smallest_effect` in 06_low_data: it answers the same question before the sweep is run. And ask what correction the
limits need if ten settings are judged at once (the same, Bonferroni).""",
)
def honest_verdict(answer: object) -> str:
    judge = function(answer, "honest_verdict")

    def of(changes: Tensor, limit: float = 0.01) -> str:
        return choice(judge(changes, limit), VERDICTS, "the verdict")

    loud = of(_LOUD + 0.05)
    require(
        loud == "no difference seen",
        f"a change of 0.05 was planted in values that scatter by 0.1, which five splits cannot see, and limit is 0.01: "
        f"the verdict must not be “{loud}”.",
    )
    loud = of(_LOUD)
    require(
        loud == "no difference seen",
        f"with the same scatter and a mean of 0 nothing more is known than before, but the verdict is “{loud}”.",
    )
    quiet = of(_QUIET)
    require(
        quiet == "none that matters",
        f"an interval from −0.002 to 0.002 lies within a limit of 0.01, but the verdict is “{quiet}”.",
    )
    for planted, wanted in ((0.03, "higher"), (-0.03, "lower")):
        found = of(_QUIET + planted)
        require(found == wanted, f"a planted change of {planted:+g} is far outside the scatter, and gets “{found}”.")
    slight = of(_QUIET + 0.003)
    require(
        slight == "higher", f"an interval from 0.001 to 0.005 excludes 0, as before, but the verdict is “{slight}”."
    )
    for sign, ends in ((1, "−0.003 to 0.016"), (-1, "−0.016 to 0.003")):
        found = of(sign * (5 * _QUIET + 0.006))
        require(
            found == "no difference seen",
            f"an interval from {ends} reaches beyond the limit of 0.01: the verdict must not be “{found}”.",
        )
    many = of(_MANY)
    require(
        many == "none that matters",
        "with 20 splits an interval from −0.006 to 0.006 lies within a limit of 0.01, although single changes of 0.012 "
        f"do not; but the verdict is “{many}”.",
    )
    strict = of(_QUIET, 0.001)
    require(
        strict == "no difference seen",
        f"an interval from −0.002 to 0.002 does not rule out a change of 0.0015, and with a limit of 0.001 that would "
        f"matter; the verdict is “{strict}”.",
    )
    return "silence counts as an answer only where a planted effect would have been heard."
