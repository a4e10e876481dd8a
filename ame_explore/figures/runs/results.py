"""What came out, in words and in a table: the mean of each metric in each arm, and its paired change."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ame_explore.figures.base.style import Drawing, number
from ame_explore.figures.base.words import METRICS, NOTHING, metric_words, verdict_words
from ame_explore.figures.runs.comparison import Values, changes, comparison, ordered
from ame_explore.reports.page import Cell, Code, Section, Table, Terms

if TYPE_CHECKING:
    from ame_explore.analysis import PairedInterval

_TONES = {"better": "good", "worse": "bad"}


def verdict_sentence(arms: Values, *, reference: str, metric: str = "harmonic_mean") -> str:
    """What came out for `metric`, a line an arm: the verdict, the mean change, its 95% interval, the number of
    seeds.
    """
    lines = []
    for arm, table in changes(arms, reference=reference).items():
        if metric in table:
            interval, words = table[metric], metric_words(metric).label
            verdict = verdict_words(metric, interval.low, interval.high)
            change = number(interval.mean, signed=True)
            if math.isnan(interval.low):
                lines.append(
                    f"{arm} against {reference}: {words} {change} in one seed, which says nothing of the noise."
                )
            else:
                told = f"{verdict} in {words}, {change} {_limits(interval)} over {interval.n} paired seeds"
                lines.append(f"{arm} against {reference}: {told}.")
    return "\n".join(lines) or f"No arm can be compared with {reference} in {metric_words(metric).label}."


def results_section(
    summary: Mapping[str, Any], found: Mapping[str, Mapping[str, PairedInterval]], seeds: int
) -> Section:
    """The table of all metrics, what they mean, and the paired changes drawn.

    Args:
        summary: as `demo_report` takes it.
        found: as `changes` gives it for the summary's arms.
        seeds: number of seeds.
    """
    arms, reference, chance = summary["arms"], summary["reference"], summary.get("chance", {})
    names = ordered(list({name: None for values in arms.values() for name in values}))
    parts: list[Table | Terms | Code | Drawing] = [_results_table(arms, names, found, reference, chance, seeds)]
    parts.append(
        Terms("What the metrics mean", {metric_words(n).label: metric_words(n).meaning for n in names if n in METRICS})
    )
    if any(found.values()):
        parts.append(comparison(arms, reference=reference, chance=chance))
    text = [
        "A small student learns from a larger teacher from a few images a class (knowledge distillation, KD). AME adds "
        "the entropy of a manifold that images and texts share to that loss. Every arm starts from the same seeds, so "
        "arms are compared seed by seed."
    ]
    return Section("What came out", [*text, *summary.get("notes", [])], parts)


def _results_table(
    arms: Values,
    names: Sequence[str],
    found: Mapping[str, Mapping[str, PairedInterval]],
    reference: str,
    chance: Mapping[str, float],
    seeds: int,
) -> Table:
    """A line a metric; several arms share a column each with their change, so that the table stays as wide as the
    page.
    """
    rows: list[list[str | Cell]] = []
    for name in names:
        level = number(chance[name], 2) if name in chance else ""
        row: list[str | Cell] = [metric_words(name).label_with_unit, level, _mean(arms[reference], name)]
        for arm, table in found.items():
            mean, change = _mean(arms[arm], name), _change(name, table.get(name))
            if len(found) == 1:
                row += [mean, change.text, Cell(change.note, tone=change.tone)]
            else:
                silent = change.note in ("", NOTHING) or seeds == 1
                told = change.text if silent else f"{change.text}, {change.note}"
                row.append(Cell(mean, told, change.tone))
        rows.append(row)
    change_words = "change, 95% interval" if seeds > 1 else "change"
    head = ["metric", "chance", reference, *found, *([change_words, "verdict"] if len(found) == 1 else [])]
    numeric = frozenset(place for place, name in enumerate(head) if place and name != "verdict")
    caption = "Mean over seeds, and the paired change" if seeds > 1 else "One seed, and the change"
    return Table(caption, head, rows, numeric=numeric, note=_results_note(reference, found, seeds))


def _results_note(reference: str, found: Mapping[str, Mapping[str, PairedInterval]], seeds: int) -> str:
    if not found:
        return ""
    note = f"Change: the arm minus {reference}, seed by seed"
    if seeds == 1:
        return f"{note}. One seed gives no interval: the change may be noise."
    note += f"; the interval is Student's t over {seeds} seeds. "
    if len(found) > 1:
        note += f"Below each mean stand its change and 95% interval; without a word: {NOTHING}. "
    compared = sum(map(len, found.values()))
    return note + (
        f"Of {compared} such intervals about {max(1, round(compared / 20))} would leave out 0 by chance alone. "
        f"“{NOTHING.capitalize()}” does not show that there is none: the interval says how large it could be."
    )


def _mean(values: Mapping[str, Sequence[float]], name: str) -> str:
    numbers = values.get(name, [])
    return number(math.fsum(numbers) / len(numbers), fine=metric_words(name).fine) if len(numbers) else "–"


def _change(name: str, interval: PairedInterval | None) -> Cell:
    if interval is None:
        return Cell("–")
    verdict = verdict_words(name, interval.low, interval.high)
    fine = metric_words(name).fine
    change = number(interval.mean, signed=True, fine=fine)
    if not math.isnan(interval.low):
        change += f" {_limits(interval, fine=fine)}"
    return Cell(change, verdict, _TONES.get(verdict, ""))


def _limits(interval: PairedInterval, *, fine: bool = False) -> str:
    """The interval's ends, with as many decimals (3 to 6) as show that it leaves out 0 where it does."""
    ends = (interval.low, interval.high)
    digits = 3
    while min(ends) * max(ends) > 0 and not fine and min(round(abs(end), digits) for end in ends) == 0 and digits < 6:
        digits += 1
    low, high = (number(end, digits, signed=True, fine=fine) for end in ends)
    return f"[{low}, {high}]"
