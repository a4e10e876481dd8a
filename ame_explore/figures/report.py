"""The demo's report: what was compared, what came out, what it looks like, and how to do it again."""

from __future__ import annotations

import importlib.metadata
import math
import os
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ame_explore.ame import AMEError
from ame_explore.figures.comparison import changes, comparison, ordered
from ame_explore.figures.entropy import entropy
from ame_explore.figures.losses import losses
from ame_explore.figures.manifold import manifold
from ame_explore.figures.page import Cell, Code, Section, Table, Terms, write_report
from ame_explore.figures.style import Drawing, number
from ame_explore.figures.words import METRICS, NOTHING, metric_words, verdict_words

if TYPE_CHECKING:
    from ame_explore.analysis import PairedInterval
    from ame_explore.data.pairs import PairedFeatures
    from ame_explore.training.run import Run

_NEEDED = ("command", "data", "seeds", "shots", "arms", "reference", "recipes")
_BEFORE = "before training"
_TONES = {"better": "good", "worse": "bad"}


def demo_report(
    path: str | os.PathLike[str],
    *,
    summary: Mapping[str, Any],
    runs: Mapping[str, Sequence[Run]],
    who_has_seen_what: Sequence[Mapping[str, Any]],
) -> Path:
    """Write the demo's report to `path`: one HTML file that opens offline.

    Args:
        path: of the file; an earlier one is replaced.
        summary: "command" (to run it again), "data", "seeds" (list), "shots" (a number or None), "arms" (arm -> metric ->
            a value a seed), "reference" (an arm), "recipes" (arm -> dict); and, if there, "chance" (metric -> level),
            "teacher" (facts; "test_accuracy" stands at the top), "verdict" (else `verdict_sentence`), "notes" (sentences), "base_classes"
            (unless the Runs' facts name them).
            Changes and intervals are reckoned anew from "arms", always as arm - reference.
        runs: arm -> its Runs, one a seed, in the order of "seeds"; what they do not hold is left out of the figures.
        who_has_seen_what: rows of `PairedData.who_has_seen_what`.

    Raises:
        AMEError: a part of the summary is missing, or its arms do not fit together.
        OSError: the file cannot be written.
    """
    missing = [name for name in _NEEDED if name not in summary]
    if missing:
        raise AMEError(f"summary must hold {', '.join(map(repr, _NEEDED))}, got none of {', '.join(map(repr, missing))}.")
    arms, reference = summary["arms"], summary["reference"]
    found = changes(arms, reference=reference)
    others = [arm for arm in arms if arm != reference]
    shots = "all images" if summary["shots"] is None else f"{summary['shots']} shots"
    seeds = list(summary["seeds"])
    return write_report(
        path,
        title=f"{_listed(others)} against {reference} on {summary['data']}" if others else f"{reference} on {summary['data']}",
        subtitle="A small student learns from its teacher, with and without AME",
        facts=_facts(summary, shots),
        verdict=summary.get("verdict") or verdict_sentence(arms, reference=reference),
        sections=[
            _results(summary, found, seeds),
            *_pictures(summary, runs),
            _protocol(summary, who_has_seen_what),
            _recipes(summary["recipes"]),
            _again(summary, seeds),
        ],
    )


def verdict_sentence(
    arms: Mapping[str, Mapping[str, Sequence[float]]], *, reference: str, metric: str = "harmonic_mean"
) -> str:
    """What came out for `metric`, a line an arm: the verdict, the mean change, its 95% interval, the number of seeds."""
    lines = []
    for arm, table in changes(arms, reference=reference).items():
        if metric in table:
            interval, words = table[metric], metric_words(metric).label
            verdict = verdict_words(metric, interval.low, interval.high)
            change = number(interval.mean, signed=True)
            if math.isnan(interval.low):
                lines.append(f"{arm} against {reference}: {words} {change} in one seed, which says nothing of the noise.")
            else:
                lines.append(
                    f"{arm} against {reference}: {verdict} in {words}, {change} {_limits(interval)} over {interval.n} paired seeds."
                )
    return "\n".join(lines) or f"No arm can be compared with {reference} in {metric_words(metric).label}."


def _listed(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _limits(interval: PairedInterval, *, fine: bool = False) -> str:
    return f"[{number(interval.low, signed=True, fine=fine)}, {number(interval.high, signed=True, fine=fine)}]"


def _facts(summary: Mapping[str, Any], shots: str) -> list[str]:
    teacher = summary.get("teacher", {})
    facts = [f"Data: {summary['data']}", f"{shots} a class" if summary["shots"] is not None else shots]
    facts.append(f"{len(summary['seeds'])} paired seeds" if len(summary["seeds"]) > 1 else "1 seed")
    if "test_accuracy" in teacher:
        facts.append(f"Teacher: {teacher['test_accuracy']:.1%} of test images right")
    return facts


def _results(summary: Mapping[str, Any], found: Mapping[str, Mapping[str, PairedInterval]], seeds: Sequence[Any]) -> Section:
    arms, reference, chance = summary["arms"], summary["reference"], summary.get("chance", {})
    names = ordered(list({name: None for values in arms.values() for name in values}))
    parts: list[Table | Terms | Code | Drawing] = [_results_table(arms, names, found, reference, chance, len(seeds))]
    parts.append(Terms("What the metrics mean", {metric_words(n).label: metric_words(n).meaning for n in names if n in METRICS}))
    if any(found.values()):
        parts.append(comparison(arms, reference=reference, chance=chance))
    text = [
        "A small student learns from a larger teacher from a few images a class (knowledge distillation, KD). AME adds the "
        "entropy of a manifold that images and texts share to that loss. Every arm starts from the same seeds, so arms are "
        "compared seed by seed."
    ]
    return Section("What came out", [*text, *summary.get("notes", [])], parts)


def _results_table(
    arms: Mapping[str, Mapping[str, Sequence[float]]],
    names: Sequence[str],
    found: Mapping[str, Mapping[str, PairedInterval]],
    reference: str,
    chance: Mapping[str, float],
    seeds: int,
) -> Table:
    """A line a metric; several arms share a column each with their change, so that the table stays as wide as the page."""
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


def _pictures(summary: Mapping[str, Any], runs: Mapping[str, Sequence[Run]]) -> list[Section]:
    """The sections with figures; a figure for which nothing was recorded is left out."""
    shown = {arm: runs[arm] for arm in [summary["reference"], *summary["arms"]] if runs.get(arm)}
    pictures = []
    snapshots = snapshots_of(shown)
    if snapshots:
        facts = next(iter(shown.values()))[0].facts
        text = (
            "The student's image features beside the teacher's text features, before training and after it, for the first seed "
            f"({summary['seeds'][0]}). An image is answered with the text at the least angle to it."
        )
        drawing = manifold(
            snapshots,
            fit_on=[name for name in snapshots if not name.startswith(_BEFORE)],
            base_classes=facts.get("base_classes", summary.get("base_classes")),
            ambiguous_from_id=facts.get("ambiguous_from_id"),
        )
        pictures.append(Section("The shared manifold", [text], [drawing]))
    recorded = [run for seeds in shown.values() for run in seeds]
    if any("H_deficit" in run.metrics or run.feature_steps for run in recorded):
        text = (
            "AME lowers the entropy H of the manifold's rows. Whether the student's answers become surer is another question, "
            "and whether they become better is answered by the table alone."
        )
        pictures.append(Section("Entropy", [text], [entropy(shown)]))
    if any(len(run.losses.columns) for run in recorded):
        pictures.append(Section("Training", [], [losses(shown)]))
    return pictures


def snapshots_of(runs: Mapping[str, Sequence[Run]]) -> dict[str, PairedFeatures]:
    """Panels for `manifold` from the first run of each arm: the first arm's start (named "before ..."), then every arm's end."""
    found: dict[str, PairedFeatures] = {}
    for arm, seeds in runs.items():
        run = seeds[0]
        steps = run.feature_steps
        if len(steps) > 1 and not found:
            found[f"{_BEFORE}, step {steps[0]}"] = run.features(steps[0])
        if steps:
            found[f"{arm}, step {steps[-1]}"] = run.features(steps[-1])
    return found


def _protocol(summary: Mapping[str, Any], who_has_seen_what: Sequence[Mapping[str, Any]]) -> Section:
    columns = list({name: None for row in who_has_seen_what for name in row})
    rows = [[_text(row.get(name, "")) for name in columns] for row in who_has_seen_what]
    wide = frozenset(
        i for i, name in enumerate(columns) if all(isinstance(row.get(name), int) for row in who_has_seen_what)
    )
    parts: list[Table | Terms | Code | Drawing] = []
    if rows:
        head = [name.replace("_", " ") for name in columns]
        parts.append(Table("Which images each part of the experiment has seen", head, rows, numeric=wide))
    teacher = {name: _text(value) for name, value in flat(summary.get("teacher", {})).items()}
    if teacher:
        cells = [[name.replace("_", " "), value] for name, value in teacher.items()]
        parts.append(Table("The teacher", ["fact", "value"], cells))
    text = (
        "The four parts share no image. Nothing was chosen on the test images: each student is the one of its last step."
    )
    return Section("Who has seen what", [text], parts)


def _recipes(recipes: Mapping[str, Mapping[str, Any]]) -> Section:
    settings = {arm: {name: _text(value) for name, value in flat(recipe).items()} for arm, recipe in recipes.items()}
    names = list({name: None for values in settings.values() for name in values})
    rows = [[name, *[values.get(name, "–") for values in settings.values()]] for name in names]
    differing = [row for row in rows if len(set(row[1:])) > 1]
    head = ["setting", *settings]
    parts: list[Table | Terms | Code | Drawing] = []
    if differing:
        parts.append(Table("Settings in which the arms differ", head, differing))
    if rows:
        parts.append(Table("All settings", head, rows, folded=True))
    return Section("The recipes", [], parts)


def _again(summary: Mapping[str, Any], seeds: Sequence[Any]) -> Section:
    versions = [["Python", f"{platform.python_version()} on {platform.system()} {platform.machine()}"]]
    for name in ("ame-explore", "torch", "numpy", "scipy", "plotly"):
        try:
            versions.append([name, importlib.metadata.version(name)])
        except importlib.metadata.PackageNotFoundError:
            versions.append([name, "not installed as a package"])
    text = (
        f"This command gives the same numbers again on the same machine (seeds {', '.join(map(str, seeds))}); other processors and "
        "other versions round differently."
    )
    return Section("Do it again", [text], [Code(str(summary["command"])), Table("Made with", ["part", "version"], versions)])


def flat(nested: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """A nested dict as one with dotted keys: {"kd": {"tau": 1}} becomes {"kd.tau": 1}."""
    found: dict[str, Any] = {}
    for name, value in nested.items():
        if isinstance(value, Mapping) and value:
            found |= flat(value, f"{prefix}{name}.")
        else:
            found[f"{prefix}{name}"] = value
    return found


def _text(value: Any) -> str:
    if value is None or value in ("", [], {}, ()):
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}".replace("-", "\u2212")
    if isinstance(value, (list, tuple)):
        return ", ".join(map(_text, value))
    return str(value)
