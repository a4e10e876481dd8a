"""The demo's report: what was compared, the results in numbers and figures, and how to reproduce them."""

from __future__ import annotations

import importlib.metadata
import os
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ame_explore.ame import AMEError
from ame_explore.analysis.projection import axes_of
from ame_explore.data.pairs import NOT_KNOWN
from ame_explore.figures.base.style import Drawing
from ame_explore.figures.runs.comparison import changes
from ame_explore.figures.runs.entropy_curves import entropy
from ame_explore.figures.runs.loss_curves import losses
from ame_explore.figures.runs.manifold import manifold
from ame_explore.quantities import significant
from ame_explore.reports.demo_results import results_section, verdict_sentence
from ame_explore.reports.page import Code, Section, Table, Terms, write_report

if TYPE_CHECKING:
    from ame_explore.data.pairs import PairedFeatures
    from ame_explore.training.record.run import Run

_NEEDED = ("command", "data", "seeds", "shots", "arms", "reference", "recipes")
_BEFORE = "before training"
_LONG = 40  # characters


def demo_report(
    path: str | os.PathLike[str],
    *,
    summary: Mapping[str, Any],
    runs: Mapping[str, Sequence[Run]],
    who_has_seen_what: Sequence[Mapping[str, Any]],
) -> Path:
    """Write the demo's report to `path`: one HTML file that opens offline.

    Changes and intervals are computed from "arms" of the summary, always as arm - reference.

    Args:
        path: the file; an earlier one is replaced.
        summary: "command" (to run the demo again), "data", "seeds" (a list), "shots" (a number or None), "arms"
            (arm -> metric -> one value per seed), "reference" (an arm), "recipes" (arm -> dict). Optional: "chance"
            (metric -> level), "teacher" (facts; "test_accuracy" is shown at the top), "verdict" (default:
            `verdict_sentence`), "weaker" (arms left out of the title), "notes" (sentences), "base_classes" (default:
            those of the first Run's facts), "only_in_session" (parts that a new process does not know: the
            command is then not shown).
        runs: arm -> its Runs, one per seed, in the order of "seeds"; figures show only what was recorded.
        who_has_seen_what: rows of `PairedData.who_has_seen_what`.

    Returns:
        `path` as a `Path`.

    Raises:
        AMEError: if a part of the summary is missing, or its arms cannot be compared seed by seed.
        OSError: if the file cannot be written.
    """
    missing = [name for name in _NEEDED if name not in summary]
    if missing:
        raise AMEError(
            f"summary must hold {', '.join(map(repr, _NEEDED))}, got one without {', '.join(map(repr, missing))}."
        )
    arms, reference = summary["arms"], summary["reference"]
    found = changes(arms, reference=reference)
    others = [arm for arm in arms if arm != reference and arm not in summary.get("weaker", ())]
    shots = "all images" if summary["shots"] is None else f"{summary['shots']} shots"
    seeds = list(summary["seeds"])
    return write_report(
        path,
        title=f"{_compared(others, reference)} on {summary['data']}",
        subtitle="A small student learns from its teacher, with and without AME",
        facts=_facts(summary, shots),
        verdict=summary.get("verdict") or verdict_sentence(arms, reference=reference),
        sections=[
            results_section(summary, found, len(seeds)),
            *_pictures(summary, runs),
            _protocol(summary, who_has_seen_what),
            _recipes(summary["recipes"]),
            _again(summary, seeds),
        ],
    )


def _compared(others: Sequence[str], reference: str) -> str:
    if not others:
        return reference
    more = f" and {len(others) - 1} more" if len(others) > 1 else ""
    return f"{others[0]}{more} against {reference}"


def _facts(summary: Mapping[str, Any], shots: str) -> list[str]:
    teacher = summary.get("teacher", {})
    facts = [f"Data: {summary['data']}", f"{shots} a class" if summary["shots"] is not None else shots]
    facts.append(f"{len(summary['seeds'])} paired seeds" if len(summary["seeds"]) > 1 else "1 seed")
    if "test_accuracy" in teacher:
        facts.append(f"Teacher: {teacher['test_accuracy']:.1%} of test images right")
    return facts


def _pictures(summary: Mapping[str, Any], runs: Mapping[str, Sequence[Run]]) -> list[Section]:
    """The sections with figures; a figure without recorded data is left out."""
    shown = {arm: runs[arm] for arm in [summary["reference"], *summary["arms"]] if runs.get(arm)}
    pictures = []
    snapshots = snapshots_of(shown)
    if snapshots:
        facts = next(iter(shown.values()))[0].facts
        text = (
            "The student's image features and the teacher's text features, before and after training, for the first "
            f"seed ({summary['seeds'][0]}). The answer to an image is the text at the smallest angle to it."
        )
        drawing = manifold(
            snapshots,
            fit_on=[name for name in snapshots if not name.startswith(_BEFORE)],
            base_classes=summary.get("base_classes", facts.get("base_classes")),
            ambiguous_from_id=facts.get("ambiguous_from_id"),
            axes=axes_of(facts.get("map_axes")),
        )
        pictures.append(Section("The shared manifold", [text], [drawing]))
    recorded = [run for seeds in shown.values() for run in seeds]
    if any("H_deficit" in run.metrics or run.feature_steps for run in recorded):
        text = (
            "AME lowers an entropy H over images and texts; the recipe's reading says which. A lower H does not mean "
            "that the student's answers become more certain, and only the table shows whether they become better."
        )
        pictures.append(Section("Entropy", [text], [entropy(shown, base_classes=summary.get("base_classes"))]))
    if any(len(run.losses.columns) for run in recorded):
        pictures.append(Section("Training", [], [losses(shown)]))
    return pictures


def snapshots_of(runs: Mapping[str, Sequence[Run]]) -> dict[str, PairedFeatures]:
    """Snapshots for `manifold` from the first run of each arm: the start of the first arm, and the end of every arm.

    Args:
        runs: arm -> its Runs.

    Returns:
        Panel name -> features; the start's name begins with "before training".
    """
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
        parts.append(Table("Facts about the teacher and the other models", ["fact", "value"], cells))
    text = "The four parts share no image."
    if any(NOT_KNOWN in row.values() for row in who_has_seen_what):
        text = "Distillation and test share no image. Teacher and backbone may have seen any of them."
    text += " Nothing was chosen on test images: each student is taken at its last step."
    return Section("Who has seen what", [text], parts)


def _recipes(recipes: Mapping[str, Mapping[str, Any]]) -> Section:
    settings = {arm: {name: _text(value) for name, value in flat(recipe).items()} for arm, recipe in recipes.items()}
    names = list({name: None for values in settings.values() for name in values})
    rows = [[name, *[values.get(name, "–") for values in settings.values()]] for name in names]
    # Leave out the token: it differs whenever a setting does, and is too long for the table.
    differing = [row for row in rows if len(set(row[1:])) > 1 and max(map(len, row)) <= _LONG]
    head = ["setting", *settings]
    parts: list[Table | Terms | Code | Drawing] = []
    if differing:
        parts.append(Table("Settings in which the arms differ", head, differing))
    if rows:
        parts.append(Table("All settings", head, rows, folded=True))
    return Section("The recipes", [], parts)


def versions_table() -> Table:
    """What a report was made with: Python and the libraries that its numbers depend on."""
    versions = [["Python", f"{platform.python_version()} on {platform.system()} {platform.machine()}"]]
    for name in ("ame-explore", "torch", "numpy", "scipy", "plotly"):
        try:
            versions.append([name, importlib.metadata.version(name)])
        except importlib.metadata.PackageNotFoundError:
            versions.append([name, "not installed as a package"])
    return Table("Made with", ["part", "version"], versions)


def _again(summary: Mapping[str, Any], seeds: Sequence[Any]) -> Section:
    made_with = versions_table()
    if parts := summary.get("only_in_session"):
        text = (
            f"No command repeats this demo, because {' and '.join(parts)} {'was' if len(parts) == 1 else 'were'} "
            f"registered in the session that ran it: register {'it' if len(parts) == 1 else 'them'} again and call "
            "run_demo there."
        )
        return Section("Do it again", [text], [made_with])
    text = (
        f"This command gives the same numbers on the same machine (seeds {', '.join(map(str, seeds))}); other "
        "processors and versions round differently."
    )
    return Section("Do it again", [text], [Code(str(summary["command"])), made_with])


def flat(nested: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Flatten a nested dict with dotted keys: `{"kd": {"tau": 1}}` becomes `{"kd.tau": 1}`.

    Args:
        nested: the dict.
        prefix: what to put before each key.
    """
    found: dict[str, Any] = {}
    for name, value in nested.items():
        if isinstance(value, Mapping) and value:
            found |= flat(value, f"{prefix}{name}.")
        else:
            found[f"{prefix}{name}"] = value
    return found


def _text(value: Any) -> str:
    if value is None:
        return "default"
    if value in ("", [], {}, ()):
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e6 else significant(value, 4)
    if isinstance(value, (list, tuple)):
        return ", ".join(map(_text, value))
    return str(value)
