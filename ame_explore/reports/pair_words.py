"""The measures of explored features in sentences and in a table."""

from __future__ import annotations

from collections.abc import Mapping

from ame_explore.analysis.pairs.exploration import COLLAPSED, MEASURES, Exploration
from ame_explore.analysis.pairs.pair_changes import PairChanges
from ame_explore.quantities import UNDECIDED, no_interval, number, quantity, significant
from ame_explore.reports.page import Cell, Table, Terms

CONFUSED = (
    "An image is taken for the label of its nearest text. The labels that are confused most often come first. The 95% "
    "intervals are Clopper-Pearson, and each holds for its row alone."
)


def verdict(explored: Exploration) -> str:
    """The most important results, one statement per line."""
    if explored.sample is not None:
        some, every = len(explored.sample.pairs), len(explored.pairs)
        return (
            f"First look: {some:,} random pairs, compared only with each other. All {every:,} are being measured; with "
            f"more wrong partners, ranks and margins get worse.\n{verdict(explored.sample)}"
        )
    measures, pairs = explored.measures, explored.pairs
    lead = [_collapse_words(explored)] if explored.collapsed else []
    if measures["modality_gap"] is None:
        return (
            "\n".join(lead)
            + "\n" * len(lead)
            + (
                "Images and texts have different widths, so there is no cosine between them, no gap and no retrieval.\n"
                "The similarities among images match those among their texts with a linear CKA of "
                f"{quantity('cka').text(measures['cka'])}."
            )
        )
    gap, cosine = (quantity(name).text(measures[name]) for name in ("modality_gap", "pair_cosine"))
    found = [f"{measures[name] or 0:.0%}" for name in ("R@1_i2t", "R@1_t2i")]
    m = len(explored.features.text)
    lost = int(((pairs["margin_i2t"] < 0) & (pairs["margin_t2i"] < 0)).sum())
    return "\n".join(
        [
            *lead,
            f"The modality gap is {gap}: the centres of images and texts lie that far apart on the unit sphere, and an "
            f"image has a mean cosine of {cosine} with its own text.",
            f"{found[0]} of images find their own text first, and {found[1]} of texts their own image (chance: "
            f"{significant(1 / m, 2)}).",
            f"In {lost:,} of {len(pairs):,} pairs ({lost / len(pairs):.0%}) image and text are both nearer to "
            f"something else than to each other; it would be {explored.chance_suspect:.0%} if images and texts had "
            f"nothing in common. Look at pair {int(explored.suspects.iloc[0]['id'])} first.",
        ]
    )


def _collapse_words(explored: Exploration) -> str:
    sides = " and ".join(f"{side}s" for side in explored.collapsed)
    cosines = ", ".join(number(explored.mean_cosines[side], 4) for side in explored.collapsed)
    return (
        f"Collapsed: all {sides} point in nearly the same direction (mean cosine between different ones {cosines}; "
        f"collapse starts at {COLLAPSED}), so the nearest partner is decided mostly by chance."
    )


def compared_verdict(a: Exploration, b: Exploration, changes: PairChanges) -> str:
    """The most important differences between two sets of features of the same pairs.

    Args:
        a: the first model's features, measured.
        b: the second model's.
        changes: `compare_pairs(a, b)`.
    """
    lines = [changes.warning] if changes.warning else []
    lines += [f"{side.name}: {_collapse_words(side)}" for side in (a, b) if side.collapsed]
    for name in ("R@1_i2t", "R@1_t2i", "cosine"):
        change = changes.intervals.get(name)
        if change is None:
            continue
        what = quantity("pair_cosine" if name == "cosine" else name)
        direction = "" if change.verdict == UNDECIDED else f": {change.verdict}"
        lines.append(f"{what.label}, {b.name} against {a.name}: {what.change_text(change, 'pairs')}{direction}.")
    gap = quantity("modality_gap")
    gaps = [f"{side.name} {gap.text(side.measures['modality_gap'])}" for side in (a, b)]
    lines.append(f"Modality gap: {', '.join(gaps)}.")
    return "\n".join(lines)


def left_out_words(changes: PairChanges) -> str:
    """How pairs that only one of the two files holds are treated."""
    return (
        f"{changes.left_out:,} pairs are in only one of the two files. They are left out of the comparison of pairs, "
        "but still count among the wrong partners: the more wrong partners, the higher the ranks."
    )


def measures_table(explored: Mapping[str, Exploration], changes: PairChanges | None = None) -> Table:
    """All measures, one row each, with standard errors if they are estimated from a sample.

    Args:
        explored: name -> model; one or two.
        changes: `compare_pairs` of the two; None: no column of changes.
    """
    rows: list[list[str | Cell]] = []
    for name in MEASURES:
        what = quantity(name)
        row: list[str | Cell] = [Cell(what.title)]
        for each in explored.values():
            error = each.standard_errors.get(name)
            row.append(Cell(what.text(each.measures[name]), f"± {significant(error, 1)}" if error else ""))
        if changes is not None:
            row.append(_change(name, list(explored.values()), changes))
        row.append(what.meaning)
        rows.append(row)
    change = [f"change [95% interval over {len(changes.table):,} pairs]"] if changes is not None else []
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
    what = quantity(name)
    if before is None or after is None:
        return Cell(number(None))
    if known is None:
        return Cell(what.text(after - before, signed=True))
    return Cell(what.text(known.mean, signed=True), what.limits_text(known) or no_interval(known, "pairs"))


_COLUMNS = ("rank_i2t", "rank_t2i", "margin_i2t", "margin_t2i", "suspicion", "entropy_i2t")
TERMS = Terms(
    "What the columns mean",
    {
        **{quantity(name).label: quantity(name).meaning for name in _COLUMNS},
        "hub": "A row that is among the nearest of far more others than the average row (Radovanovic et al. 2010).",
    },
)
