"""Demo and report in a terminal: a progress bar, a table, the verdict, and where the files are."""

from __future__ import annotations

import json
import shlex
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ame_explore.ame import AMEError
from ame_explore.analysis.pairs.exploration import MEASURES, Exploration
from ame_explore.analysis.pairs.export import plain_texts
from ame_explore.analysis.pairs.pair_changes import PairChanges
from ame_explore.analysis.pairs.service import explore_sources
from ame_explore.apps.console import SafeConsole, stdout_may_fail
from ame_explore.apps.demo import DemoResult, run_demo
from ame_explore.apps.shares import WEAKER
from ame_explore.arguments import usable_device
from ame_explore.data import FeatureData, PairedData
from ame_explore.data.atomic_files import is_stream, write_atomically
from ame_explore.data.files.boundary import shown_path
from ame_explore.progress_bars import progress_bars
from ame_explore.quantities import NOTHING, UNDECIDED, number, quantity, significant
from ame_explore.reports.pair_words import compared_verdict, left_out_words, verdict
from ame_explore.reports.pairs_report import exploration_report
from ame_explore.training import Recipe, Run
from ame_explore.training.record.parting import Change, first_parting, opened, recipe_changes

_TONES = {"better": "green", "worse": "red"}


def features_from(path: Path, classes: Path | None) -> tuple[FeatureData, list[str]]:
    """Read stored features for the demo, and say which options name them.

    What was left out is in the data's notes, which the demo prints.

    Args:
        path: the file.
        classes: a second file with the parts of the classes, or None.

    Raises:
        AMEError: if the features cannot be read.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        data = FeatureData.from_files(path, classes=classes)
    options = ["--features", shown_path(path)]
    return data, options + ([] if classes is None else ["--classes", shown_path(classes)])


def diff_in_terminal(a: str, b: str, *, tolerance: float) -> bool:
    """Print the settings that differ, and the first step and term at which two runs differ.

    Args:
        a: a recipe token, or the folder or packed file of a run.
        b: the other one, likewise.
        tolerance: see `first_parting`.

    Returns:
        Whether they are the same.

    Raises:
        AMEError: if one of them is neither, or damaged.
    """
    console = SafeConsole()
    sides = [opened(name, given) for name, given in (("A", a), ("B", b))]
    recipes = [side.to_dict() if isinstance(side, Recipe) else side.recipe for side in sides]
    changes: list[Change] = []
    if recipes[0] is None or recipes[1] is None:
        console.print(Text("Recipes: not compared, since a run was recorded without one."))
    else:
        changes = recipe_changes(recipes[0], recipes[1])
        console.print(Text("Recipes: the same." if not changes else "Recipes differ:"))
    if changes:
        table = Table(box=SIMPLE_HEAD)
        for column in ("setting", "A", "B"):
            table.add_column(column, overflow="fold")
        for change in changes:
            table.add_row(*map(Text, (change.name, _told(change.a), _told(change.b))))
        console.print(table)
    runs = [side for side in sides if isinstance(side, Run)]
    if len(runs) < 2:
        return not changes
    parting = first_parting(runs[0], runs[1], tolerance=tolerance)
    if parting is None:
        console.print(Text(f"Runs: the same losses and metrics at {len(runs[0].steps):,} steps."))
        return not changes
    steps = "step" if parting.shared == 1 else "steps"
    console.print(
        Text(
            f"Runs first differ at step {parting.step}: {parting.term} ({parting.kind}) is {_told(parting.a)} in A and "
            f"{_told(parting.b)} in B, after {parting.shared:,} {steps} at which all {parting.kind} agree."
        )
    )
    return False


def _told(value: Any) -> str:
    return "absent" if value is None else repr(value) if isinstance(value, float) else str(value)


def demo_in_terminal(
    recipe: Recipe,
    *,
    seeds: int,
    weaker: Sequence[float] = WEAKER,
    baselines: bool,
    out: Path,
    device: str,
    data: PairedData | None = None,
    options: Sequence[str] = (),
) -> bool:
    """Run the demo with a progress bar and print the results.

    Args:
        recipe: recipe of the arm with AME.
        seeds: how many paired seeds.
        weaker: shares of omega at which AME is run as well.
        baselines: also run the other KD losses and label smoothing.
        out: folder for the results.
        device: where to train.
        data: your own data; None loads what the recipe names.
        options: the options that name this data.

    Returns:
        False if the user pressed Ctrl-C.

    Raises:
        AMEError: if the device is not available, the recipe cannot be run, or `out` cannot be written.
    """
    usable_device(device)
    console = SafeConsole()
    try:
        with progress_bars() as progress:
            result = run_demo(
                recipe,
                data=data,
                options=options,
                seeds=seeds,
                weaker=weaker,
                baselines=baselines,
                out=out,
                device=device,
                progress=progress,
            )
    except KeyboardInterrupt as interrupt:
        finished = getattr(interrupt, "finished", 0)
        kept = f"The {finished} Runs that were finished are in {out / 'runs'}" if finished else "No Run was finished"
        console.print(f"Interrupted. {kept}; no report was written.", highlight=False, markup=False)
        return False
    with stdout_may_fail():
        show(result, console)
    return True


def report_in_terminal(
    files: Sequence[Path],
    *,
    text: Path | None,
    words: Mapping[str, Path],
    logit_scale: float | None,
    encoding: str,
    out: Path,
    json_file: Path | None,
    suspects: Path | None,
    umap: bool,
    device: str,
) -> bool:
    """Explore one file of features, or two of the same pairs, and write the files that were asked for.

    Nothing is written before everything is measured, and each file is written atomically.

    Args:
        files: one or two files of features.
        text: the texts' features, if the file holds images only.
        words: "captions", "labels", "metadata", "images" -> file or folder.
        logit_scale: factor on cosines before the softmax; None: the file's own, or the default.
        encoding: encoding of text files.
        out: the report.
        json_file: also write the measures here; "-": to stdout, and all messages to stderr.
        suspects: also write the most suspect pairs here.
        umap: draw UMAP as well as PCA.
        device: where images and texts are compared.

    Returns:
        False if the user pressed Ctrl-C.

    Raises:
        AMEError: if features cannot be read or measured, or a file cannot be written.
    """
    usable_device(device)
    piped = json_file == Path("-")
    targets = {"--out": out, "--json": None if piped else json_file, "--suspects": suspects}
    check_targets({name: path for name, path in targets.items() if path is not None}, [*files, *words.values()])
    if len(files) > 2:
        raise AMEError(f"files must be one or two, got {len(files)}: a report compares at most two models.")
    if text is not None and len(files) > 1:
        raise AMEError(
            "--text needs a single file of images, got two files: to compare two models, save the images and texts of "
            "each model in one file."
        )
    console = SafeConsole(stderr=piped)
    try:
        reading: dict[str, Any] = {"text": text, "logit_scale": logit_scale, "encoding": encoding, **words}
        whole = explore_sources(files, device=device, telling=lambda *_: progress_bars(), **reading)
        explored, changes = whole.sides, whole.changes
        options = [word for name, path in words.items() for word in (f"--{name}", shown_path(path))]
        options += ["--text", str(text)] if text is not None else []
        options += ["--logit-scale", f"{logit_scale:g}"] if logit_scale is not None else []
        options += ["--encoding", encoding] if encoding != "utf-8" else []
        options += [] if umap else ["--no-umap"]
        command = shlex.join(["ame-explore", "report", *map(shown_path, files), *options])
        made: dict[Path, bytes] = {}
        if json_file is not None:
            made[json_file] = measures_json(explored, changes)
        if suspects is not None:
            made[suspects] = suspects_csv(explored[0])
        with progress_bars() as progress:
            exploration_report(
                out,
                explored[0],
                whole.second,
                changes,
                umap=umap,
                command=command,
                progress=progress,
            )
        for target, data in made.items():
            if target != Path("-"):
                write_atomically(target, data)
    except KeyboardInterrupt:
        console.print("Interrupted. No report was written.")
        return False
    except OSError as error:
        raise AMEError(f"{error.filename or out} cannot be written: {error.strerror or error}.") from error
    if piped:
        try:
            with stdout_may_fail():
                print(made[Path("-")].decode(), end="")
        except AMEError as error:
            raise AMEError(f"the report is in {out}, but {error}") from error
    with stdout_may_fail():
        _tell(console, explored, changes, {"Report:  ": out, "Measures:": targets["--json"], "Suspects:": suspects})
    return True


def _tell(
    console: Console, explored: Sequence[Exploration], changes: PairChanges | None, places: Mapping[str, Path | None]
) -> None:
    """Print measures, notes, verdict and where the files are."""
    console.print(_measures_table(explored))
    notes = _notes(explored) + ([left_out_words(changes)] if changes is not None and changes.left_out else [])
    for note in notes:
        console.print(note, highlight=False, markup=False)
    said = verdict(explored[0]) if changes is None else compared_verdict(explored[0], explored[1], changes)
    console.print(f"\n{said}", style="bold", highlight=False, markup=False)
    for kind, place in places.items():
        if place is not None:
            console.print(f"{kind} {shown_path(place)}", soft_wrap=True, highlight=False, markup=False)
    console.print("Open the report in a browser: a selection in one view or table appears in all of them.")


def check_targets(targets: Mapping[str, Path], sources: Sequence[Path]) -> None:
    """Check, before the work begins, that the files can be written and that none of them replaces a source.

    Args:
        targets: option -> file to write.
        sources: files that are read.

    Raises:
        AMEError: if a target cannot be written, is given twice, or is a source.
    """
    if len(set(targets.values())) < len(targets):
        raise AMEError(f"{', '.join(targets)} must be different files, got {', '.join(map(str, targets.values()))}.")
    for name, path in targets.items():
        if path == Path("-"):
            raise AMEError(f"{name} must be a file, got -: only --json can go to stdout, so name a file.")
        if path.is_dir():
            raise AMEError(f"{name} must be a file, got the folder {path}: name a file in it.")
        try:
            if is_stream(path):  # it is written directly, without a temporary file
                continue
        except OSError as error:
            raise AMEError(f"{name}: {path} {error.strerror}.") from error
        if path.resolve() in {source.resolve() for source in sources}:
            raise AMEError(f"{name} would replace {path}, which is read from: choose another file name.")
        folder = next(parent for parent in path.resolve().parents if parent.exists())
        if not folder.is_dir():
            raise AMEError(f"{name} must be in a folder, got {path}, but {folder} is a file: choose another folder.")
        try:
            tempfile.TemporaryFile(dir=folder).close()
        except OSError as error:
            raise AMEError(
                f"{name} must be in a folder that can be written to, got {path}, but {folder} cannot be written to "
                f"({error.strerror or error}): choose another folder."
            ) from error


def measures_json(explored: Sequence[Exploration], changes: PairChanges | None = None) -> bytes:
    """The content of measures.json: the first model's measures; for two models also "models" and "change".

    Args:
        explored: one or two models.
        changes: `compare_pairs` of the two, written under "change".
    """
    whole = explored[0].to_json()
    if len(explored) > 1:
        whole["models"] = {side.name: side.to_json() for side in explored}
    if changes is not None:
        whole["change"] = changes.to_json()
    return (json.dumps(whole, indent=1, allow_nan=False) + "\n").encode()


def suspects_csv(explored: Exploration) -> bytes:
    """The most suspect pairs as CSV; texts that a spreadsheet would run as formulas start with a quote."""
    table, texts = explored.suspects.drop(columns=["nearest_image"]), explored.features.texts
    nearest = [texts[row] if row >= 0 else "" for row in table["nearest_text"]]
    table = plain_texts(table.assign(nearest_text=nearest))
    data: bytes = table.to_csv(index=False, float_format="%.6g").encode("utf-8", "backslashreplace")
    return data


def _notes(explored: Sequence[Exploration]) -> list[str]:
    """Each note once; if there are two models, with the names of those it applies to."""
    said: dict[str, list[str]] = {}
    for side in explored:
        for note in dict.fromkeys(side.notes):
            said.setdefault(note, []).append(side.name)
    return [f"{' and '.join(names)}: {note}" if len(explored) > 1 else note for note, names in said.items()]


def _measures_table(explored: Sequence[Exploration]) -> Table:
    sizes = [
        f"{len(side.features.image):,} images, {len(side.features.text):,} texts"
        + ("" if side.features.one_pair_an_image else f", {len(side.pairs):,} pairs")
        for side in explored
    ]
    if len(explored) > 1:
        sizes = [f"{side.name}: {size}" for side, size in zip(explored, sizes, strict=True)]
    table = Table(
        title=Text("\n".join(sizes)), title_justify="left", box=SIMPLE_HEAD, padding=(0, 2, 0, 0), pad_edge=False
    )
    table.add_column("measure")
    for side in explored:
        table.add_column(Text(side.name), justify="right")
    for name in MEASURES:
        cells = [quantity(name).text(side.measures[name]) for side in explored]
        errors = [side.standard_errors.get(name) for side in explored]
        cells = [
            f"{cell} ± {significant(error, 1)}" if error else cell for cell, error in zip(cells, errors, strict=True)
        ]
        table.add_row(quantity(name).title, *cells)
    return table


def show(result: DemoResult, console: Console) -> None:
    """Print the table, the notes and the verdict of a demo."""
    summary = result.summary
    for table in tables(summary):
        console.print(table)
    teacher = summary["teacher"]
    console.print(f"Teacher: {teacher['test_accuracy']:.1%} of held-out test images right.", highlight=False)
    for note in summary["notes"]:
        console.print(note, highlight=False, markup=False)
    console.print(f"\n[bold]{summary['verdict']}[/bold]", highlight=False)
    console.print(
        f"\nReport:  {result.report}\nNumbers: {result.folder / 'summary.json'}", soft_wrap=True, highlight=False
    )
    console.print(f"Runs:    {result.folder / 'runs'}", soft_wrap=True, highlight=False)
    console.print("Open the report in a browser. Next: `ame-explore lab` opens the notebooks.", highlight=False)
    console.print(f"Took {summary['seconds']:.0f} s.", highlight=False)


def tables(summary: dict[str, Any]) -> list[Table]:
    """One table per arm against the reference: means, the paired change with its interval, a verdict, chance.

    Arms with less AME have no table of their own: they appear in the verdict and the report.
    """
    reference, seeds = summary["reference"], len(summary["seeds"])
    shots = "all images" if summary["shots"] is None else f"{summary['shots']} shots"
    made = []
    for arm, changes in summary["comparisons"].items():
        if arm in summary["weaker"]:
            continue
        count = f"{seeds} paired seeds" if seeds > 1 else "1 seed"
        title = f"{arm} against {reference}: {summary['data']}, {shots}, {count}"
        table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
        table.add_column("mean over seeds" if seeds > 1 else "metric", min_width=13)
        for name in (reference, arm):
            table.add_column(name, justify="right", max_width=9, overflow="fold")  # the title has the full name
        table.add_column("change [95% interval]", no_wrap=True)
        table.add_column("difference", no_wrap=True)
        table.add_column("chance", justify="right", no_wrap=True)
        for metric, change in changes.items():
            what, chance = quantity(metric), summary["chance"].get(metric)
            means = [sum(summary["arms"][name][metric]) / seeds for name in (reference, arm)]
            limits = [_short(x, what.fine) for x in (change["low"], change["high"]) if x is not None]
            interval = " [{}, {}]".format(*limits) if limits else ""
            verdict = {NOTHING: "none seen", UNDECIDED: "one seed" if seeds == 1 else UNDECIDED}.get(change["verdict"])
            verdict, tone = verdict or change["verdict"], _TONES.get(change["verdict"])
            table.add_row(
                what.label,
                *(what.text(mean) for mean in means),
                _short(change["mean"], what.fine) + interval,
                f"[{tone}]{verdict}[/{tone}]" if tone else verdict,
                "" if chance is None else number(chance),
                end_section=metric == "harmonic_mean",
            )
        made.append(table)
    return made


def _short(value: float, fine: bool) -> str:
    """A signed number in at most 7 characters, so that the widest interval fits a terminal of 80 columns."""
    text = number(value, 3 if abs(value) < 10 else 1, signed=True, fine=fine)
    return text if len(text) <= 7 else significant(value, 1, signed=True)
