"""What the measures of explored features are called, what they mean, and what they say of these features."""

from __future__ import annotations

import math
from collections.abc import Mapping

from ame_explore.analysis.pairs.comparison import PairChanges
from ame_explore.analysis.pairs.exploration import COLLAPSED, MEASURES, Exploration
from ame_explore.figures.base.style import number
from ame_explore.figures.base.words import MetricWords
from ame_explore.reports.page import Cell, Table, Terms

EXPLORED = {
    "modality_gap": MetricWords(
        "modality gap",
        "Distance between the centre of the images' and of the texts' unit features, from 0 to 2 (Liang et al. 2022).",
    ),
    "pair_cosine": MetricWords(
        "cosine of pairs", "Mean cosine of an image with its own text; 1 is the same direction.", 1
    ),
    "R@1_i2t": MetricWords(
        "R@1, image to text",
        "Share of images to which no wrong text is nearer than their own; of several any counts, ties by chance.",
        1,
    ),
    "R@5_i2t": MetricWords("R@5, image to text", "Share of images to which fewer than 5 wrong texts are nearer.", 1),
    "R@10_i2t": MetricWords("R@10, image to text", "Share of images to which fewer than 10 wrong texts are nearer.", 1),
    "R@1_t2i": MetricWords(
        "R@1, text to image",
        "Share of texts to which no wrong image is nearer than their own; of several any counts, ties by chance.",
        1,
    ),
    "R@5_t2i": MetricWords("R@5, text to image", "Share of texts to which fewer than 5 wrong images are nearer.", 1),
    "R@10_t2i": MetricWords("R@10, text to image", "Share of texts to which fewer than 10 wrong images are nearer.", 1),
    "alignment": MetricWords(
        "alignment",
        "Mean squared distance of an image's and its text's unit features, 0 to 4: 2 less twice the cosine of pairs "
        "(Wang and Isola 2020). Low is near.",
        -1,
    ),
    "uniformity_image": MetricWords(
        "uniformity of images",
        "log of the mean of exp(−2 d²) over pairs of images, −8 to 0: the lower, the more evenly they cover the sphere "
        "(Wang and Isola 2020).",
    ),
    "uniformity_text": MetricWords("uniformity of texts", "The same over pairs of texts."),
    "von_neumann": MetricWords(
        "von Neumann entropy",
        "Of the Gram matrix of all unit rows together, not centred: how many directions they fill, as a logarithm.",
        unit="nats",
    ),
    "effective_rank_singular": MetricWords(
        "effective rank, singular values",
        "exp of the entropy of the normalized singular values of the same rows, in dimensions (Roy and Vetterli 2007).",
    ),
    "effective_rank_squared": MetricWords(
        "effective rank, squared",
        "The same over squared singular values: exp of the von Neumann entropy, and always the lesser.",
    ),
    "cka": MetricWords(
        "linear CKA",
        "How alike the relations among images are to those among their texts, 0 to 1, centred (Kornblith et al. 2019).",
    ),
}
_FINER = {"effective_rank_singular": 1, "effective_rank_squared": 1}


def verdict(explored: Exploration) -> str:
    """What is to be said first, one statement a line."""
    measures, pairs = explored.measures, explored.pairs
    lines = [_collapse_words(explored)] if explored.collapsed else []
    gap = measures["modality_gap"]
    if gap is not None:
        cosine = measures["pair_cosine"]
        lines.append(
            f"The modality gap is {number(gap)}: the centres of images and texts lie that far apart on the unit "
            f"sphere, "
            f"and an image has a mean cosine of {number(cosine or 0.0)} with its own text."
        )
        lines.append(
            f"{measures['R@1_i2t'] or 0:.0%} of images find their own text first, and {measures['R@1_t2i'] or 0:.0%} "
            f"of "
            f"texts their own image (chance: {1 / len(explored.features.text):.2g})."
        )
        worst = explored.suspects.iloc[0]
        lost = int(((pairs["margin_i2t"] < 0) & (pairs["margin_t2i"] < 0)).sum())
        lines.append(
            f"In {lost:,} of {len(pairs):,} pairs ({lost / len(pairs):.0%}; unrelated images and texts: "
            f"{explored.chance_suspect:.0%}) both sides have something nearer than each other; the most suspect is "
            f"pair {int(worst['id'])}."
        )
    else:
        lines.append(
            "Images and texts have different widths: no cosine between them exists, and so no gap or retrieval."
        )
        lines.append(
            f"Images lie among images much as their texts lie among texts to a linear CKA of "
            f"{shown('cka', measures['cka'])}."
        )
    return "\n".join(lines)


def _collapse_words(explored: Exploration) -> str:
    sides = " and ".join(f"{side}s" for side in explored.collapsed)
    cosines = ", ".join(number(explored.mean_cosines[side] or 0.0, 4) for side in explored.collapsed)
    return (
        f"Collapsed: the {sides} all point in one direction (mean cosine of two different ones {cosines}, from "
        f"{COLLAPSED} on), so that little or nothing but chance says which partner is nearest."
    )


def compared_verdict(a: Exploration, b: Exploration, changes: PairChanges) -> str:
    """The same of two sets of features of the same pairs."""
    lines = [changes.warning] if changes.warning else []
    lines += [f"{side.name}: {_collapse_words(side)}" for side in (a, b) if side.collapsed]
    for name in ("R@1_i2t", "R@1_t2i", "cosine"):
        change = changes.intervals.get(name)
        if change is None:
            continue
        words = EXPLORED["pair_cosine" if name == "cosine" else name].label
        way = "no difference seen" if change.low <= 0 <= change.high else "higher" if change.mean > 0 else "lower"
        lines.append(
            f"{words}, {b.name} against {a.name}: {number(change.mean, signed=True)} "
            f"[{number(change.low, signed=True)}, {number(change.high, signed=True)}], {way}."
        )
    gaps = [side.measures["modality_gap"] for side in (a, b)]
    shown_gaps = [f"{side.name} {'–' if gap is None else number(gap)}" for side, gap in zip((a, b), gaps, strict=True)]
    lines.append(f"Modality gap: {', '.join(shown_gaps)}.")
    return "\n".join(lines)


def left_out_words(changes: PairChanges) -> str:
    """What a reader must know where not all pairs could be matched."""
    return (
        f"{changes.left_out:,} pairs are in only one of the two, and left out of what compares pairs; they still stand "
        "among the wrong partners, and ranks grow with the number of those."
    )


def measures_table(explored: Mapping[str, Exploration], changes: PairChanges | None = None) -> Table:
    """All measures, one row each, with their standard errors where they are sampled."""
    rows: list[list[str | Cell]] = []
    for name in MEASURES:
        row: list[str | Cell] = [Cell(EXPLORED[name].label_with_unit)]
        for each in explored.values():
            error = each.standard_errors.get(name)
            row.append(Cell(shown(name, each.measures[name]), f"± {error:.1g}" if error else ""))
        if changes is not None:
            row.append(_change(name, list(explored.values()), changes))
        row.append(EXPLORED[name].meaning)
        rows.append(row)
    change = ["change [95% interval over pairs]"] if changes is not None else []
    values = list(explored) if len(explored) > 1 else ["value"]
    return Table(
        "Measures",
        ["measure", *values, *change, "what it is"],
        rows,
        numeric=frozenset(range(1, 1 + len(values) + len(change))),
    )


def _change(name: str, sides: list[Exploration], changes: PairChanges) -> Cell:
    known = changes.intervals.get({"pair_cosine": "cosine"}.get(name, name))
    before, after = (side.measures[name] for side in sides)
    if before is None or after is None:
        return Cell("–")
    if known is None:
        return Cell(number(after - before, _FINER.get(name, 3), signed=True))
    return Cell(
        number(known.mean, signed=True), f"[{number(known.low, signed=True)}, {number(known.high, signed=True)}]"
    )


def shown(name: str, value: float | None) -> str:
    """A measure to as many digits as it deserves; "–" where it is undefined."""
    return "–" if value is None or not math.isfinite(value) else number(value, _FINER.get(name, 3))


TERMS = Terms(
    "What the columns mean",
    {
        "rank": "1 + how many wrong texts (or images) are strictly nearer: 1 is best. Shown image to text / text to "
        "image.",
        "margin": "Cosine of the pair less that of the nearest wrong partner; below 0 a wrong one wins.",
        "suspicion": "Minus the mean of the two margins: high where both sides find something nearer than each "
        "other. A "
        "sign to look, not a proof: a short or general caption earns it too.",
        "entropy": "Of the softmax over all texts of logit scale times cosine, in nats: 0 is sure. exp of it is the "
        "number "
        "of equally likely texts that would be as unsure.",
        "hub": "A row that is among the nearest of far more others than the average row (Radovanovic et al. 2010).",
    },
)
