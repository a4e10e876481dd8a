"""Results in words and in a table: the mean of each metric in each arm, and its paired change."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ame_explore.analysis.statistics import FEW, corrected
from ame_explore.figures.base.style import Drawing
from ame_explore.figures.runs.comparison import Values, changes, comparison, correction_words
from ame_explore.figures.runs.given import readings_of
from ame_explore.quantities import NOTHING, UNDECIDED, Quantity, declared, number, ordered, quantity
from ame_explore.reports.page import Cell, Code, Section, Table, Terms

if TYPE_CHECKING:
    from ame_explore.analysis import PairedInterval

_TONES = {"better": "good", "worse": "bad"}
_BACKBONE = "the backbone before distillation"


def verdict_sentence(
    arms: Values, *, reference: str, metric: str = "harmonic_mean", before: Mapping[str, float] | None = None
) -> str:
    """The result for one metric: verdict, mean change, 95% interval and number of seeds, one line per arm.

    The intervals of all lines hold together with 95% confidence (Bonferroni), so more arms make each of them wider.

    Args:
        arms: arm -> metric -> one value per seed.
        reference: the arm that the others are compared with.
        metric: the metric to compare.
        before: the backbone's metrics before distillation, to which the reference is then compared.

    Raises:
        AMEError: if the arms cannot be compared seed by seed.
    """
    found: dict[str, PairedInterval] = {}
    if before and metric in before and reference in arms and len(arms[reference].get(metric, ())):
        start = {_BACKBONE: {metric: [before[metric]] * len(arms[reference][metric])}, reference: arms[reference]}
        gain = changes(start, reference=_BACKBONE)[reference]
        if metric in gain:
            found[reference] = gain[metric]
    found |= {arm: table[metric] for arm, table in changes(arms, reference=reference).items() if metric in table}
    lines = []
    for arm, interval in corrected(found).items():
        if arm == reference:
            lines.append(_line(arm, _BACKBONE, metric, interval, "seeds"))
        else:
            down = collapsed(arms[arm][metric], arms[reference][metric])
            lines.append(_line(arm, reference, metric, interval, "paired seeds", down))
    return "\n".join(lines) or f"No arm can be compared with {reference} in {quantity(metric).label}."


def collapsed(values: Sequence[float], reference: Sequence[float]) -> int:
    """The number of seeds in which a score fell below half of the reference's (our choice).

    Such losses are few and large, unlike normal noise, so an interval that contains 0 then shows little.

    Args:
        values: the score in each seed; more is better.
        reference: the reference's score in the same seeds.
    """
    return sum(value < 0.5 * against for value, against in zip(values, reference, strict=True))


def _line(arm: str, reference: str, metric: str, interval: PairedInterval, over: str, down: int = 0) -> str:
    what = quantity(metric)
    change = what.change_text(interval, over)
    if not interval.defined:
        return f"{arm} against {reference}: {_mean_of(what)} {change}, so nothing is decided."
    together = f", corrected for {interval.comparisons} comparisons" if interval.comparisons > 1 else ""
    few = " Few seeds." if interval.few else ""
    fell = f" In {down} of {interval.n} seeds it fell below half of {reference}'s." if down else ""
    verdict = what.verdict(interval)
    verdict = UNDECIDED if down and verdict == NOTHING else verdict
    return f"{arm} against {reference}: {verdict}, {_mean_of(what)} {change}{together}.{few}{fell}"


def _mean_of(what: Quantity) -> str:
    """The label of a mean over seeds; a mean of harmonic means is not the harmonic mean of the mean accuracies."""
    return f"mean of {what.label}s" if what.name.endswith("harmonic_mean") else f"mean {what.label}"


def results_section(
    summary: Mapping[str, Any], found: Mapping[str, Mapping[str, PairedInterval]], seeds: int
) -> Section:
    """The table of all metrics, their meanings, and a figure of the paired changes.

    Args:
        summary: the summary that `demo_report` takes.
        found: the result of `changes` for the summary's arms.
        seeds: the number of seeds.
    """
    arms, reference, chance = summary["arms"], summary["reference"], summary.get("chance", {})
    names = ordered({name: None for values in arms.values() for name in values})
    parts: list[Table | Terms | Code | Drawing] = [
        _results_table(arms, names, found, reference, chance, seeds, readings_of(summary["recipes"].values()))
    ]
    known = [quantity(name) for name in names if name in declared()]
    parts.append(Terms("What the metrics mean", {each.label: each.meaning for each in known}))
    if any(found.values()):
        parts.append(comparison(arms, reference=reference, chance=chance))
    text = [
        "A small student learns from a larger teacher, with a few images per class (knowledge distillation, KD). AME "
        "adds to the KD loss the entropy of a manifold that images and texts share. All arms use the same seeds, so "
        "they are compared seed by seed."
    ]
    return Section("Results", [*text, *summary.get("notes", [])], parts)


def _results_table(
    arms: Values,
    names: Sequence[str],
    found: Mapping[str, Mapping[str, PairedInterval]],
    reference: str,
    chance: Mapping[str, float],
    seeds: int,
    readings: Sequence[str] | None,
) -> Table:
    """One row per metric; with several arms, mean and change share a column so that the table fits the page."""
    rows: list[list[str | Cell]] = []
    for name in names:
        level = number(chance[name], 2) if name in chance else ""
        what = quantity(name, readings)
        label = _mean_of(what) if seeds > 1 and name.endswith("harmonic_mean") else what.title
        row: list[str | Cell] = [label, level, _mean(arms[reference], name)]
        for arm, table in found.items():
            mean, change = _mean(arms[arm], name), _change(name, table.get(name))
            if len(found) == 1:
                row += [mean, change.text, Cell(change.note, tone=change.tone)]
            else:
                silent = change.note in ("", NOTHING) or seeds == 1
                told = change.text if silent else f"{change.text}, {change.note}"
                row.append(Cell(mean, told, change.tone))
        rows.append(row)
    change_words = f"change, 95% interval (n = {seeds})" if seeds > 1 else "change"
    head = ["metric", "chance", reference, *found, *([change_words, "verdict"] if len(found) == 1 else [])]
    numeric = frozenset(place for place, name in enumerate(head) if place and name != "verdict")
    caption = f"Mean over {seeds} seeds, and the paired change" if seeds > 1 else "One seed, and the change"
    return Table(caption, head, rows, numeric=numeric, note=_results_note(reference, found, seeds))


def _results_note(reference: str, found: Mapping[str, Mapping[str, PairedInterval]], seeds: int) -> str:
    if not found:
        return ""
    note = f"Change: the arm minus {reference}, seed by seed"
    if seeds == 1:
        return f"{note}. One seed gives no interval: the change may be noise."
    note += (
        f"; the interval is Student's t over {seeds} seeds. The harmonic mean is taken in each seed, then averaged. "
    )
    if seeds < FEW:
        note += f"{seeds} seeds are few: the next seed can change a verdict. "
    if len(found) > 1:
        note += f"Below each mean are its change and 95% interval; no verdict means {NOTHING}. "
    return note + (
        f"{correction_words(found)} “{NOTHING.capitalize()}” does not mean that there is no difference: the interval "
        "shows how large it could be."
    )


def _mean(values: Mapping[str, Sequence[float]], name: str) -> str:
    numbers = values.get(name, [])
    return quantity(name).text(math.fsum(numbers) / len(numbers) if len(numbers) else None)


def _change(name: str, interval: PairedInterval | None) -> Cell:
    if interval is None:
        return Cell("–")
    what = quantity(name)
    verdict = what.verdict(interval)
    change = f"{what.text(interval.mean, signed=True)} {what.limits_text(interval)}".rstrip()
    return Cell(change, "one seed" if verdict == UNDECIDED and interval.n == 1 else verdict, _TONES.get(verdict, ""))
