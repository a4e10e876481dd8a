"""The demo as a person sees it in a terminal: a progress bar, a table, a sentence, and where the report is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from ame_explore.ame import AMEError
from ame_explore.demo import DemoResult, run_demo
from ame_explore.figures.style import number
from ame_explore.figures.words import metric_words
from ame_explore.training import Recipe

_DOING = {
    "teacher": "training the teacher (once, then cached)",
    "student's backbone": "training the student's backbone (once, then cached)",
    "students": "distilling the students",
}
_TONES = {"better": "green", "worse": "red"}


def demo_in_terminal(recipe: Recipe, *, seeds: int, baselines: bool, out: Path, device: str) -> bool:
    """Run the demo with a progress bar and print what came out; False if the reader pressed Ctrl-C."""
    check_device(device)
    console = Console()
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    try:
        with Progress(*columns, console=console, transient=True) as bar:
            bars: dict[str, Any] = {}

            def progress(what: str, done: int, of: int) -> None:
                if what not in bars:
                    bars[what] = bar.add_task(_DOING.get(what, what), total=of)
                bar.update(bars[what], completed=done)

            result = run_demo(recipe, seeds=seeds, baselines=baselines, out=out, device=device, progress=progress)
    except KeyboardInterrupt:
        console.print(f"Interrupted. The Runs that were finished are in {out / 'runs'}; no report was written.")
        return False
    show(result, console)
    return True


def show(result: DemoResult, console: Console) -> None:
    """Print the table, the notes and the verdict of a demo."""
    summary = result.summary
    for table in tables(summary):
        console.print(table)
    teacher = summary["teacher"]
    console.print(f"Teacher: {teacher['test_accuracy']:.1%} of held-out test images right.", highlight=False)
    for note in summary["notes"]:
        console.print(note, highlight=False)
    console.print(f"\n[bold]{summary['verdict']}[/bold]", highlight=False)
    console.print(
        f"\nReport:  {result.report}\nNumbers: {result.folder / 'summary.json'}", soft_wrap=True, highlight=False
    )
    console.print(f"Runs:    {result.folder / 'runs'}", soft_wrap=True, highlight=False)
    console.print("Open the report in a browser. Next: `ame-explore lab` opens the notebooks.", highlight=False)
    console.print(f"Took {summary['seconds']:.0f} s.", highlight=False)


def tables(summary: dict[str, Any]) -> list[Table]:
    """One table for each arm against the reference: means, the paired change with its interval, a verdict, chance."""
    reference, seeds = summary["reference"], len(summary["seeds"])
    shots = "all images" if summary["shots"] is None else f"{summary['shots']} shots"
    made = []
    for arm, changes in summary["comparisons"].items():
        title = f"{arm} against {reference}: {summary['data']}, {shots}, {seeds} paired seeds"
        table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
        table.add_column("metric", min_width=13)
        for name in (reference, arm):
            table.add_column(name, justify="right", max_width=8)
        table.add_column("change [95% interval]", no_wrap=True)
        table.add_column("difference", no_wrap=True)
        table.add_column("chance", justify="right", no_wrap=True)
        for metric, change in changes.items():
            words, chance = metric_words(metric), summary["chance"].get(metric)
            means = [sum(summary["arms"][name][metric]) / seeds for name in (reference, arm)]
            limits = [_short(x, words.fine) for x in (change["low"], change["high"]) if x is not None]
            interval = " [{}, {}]".format(*limits) if limits else ""
            verdict = {"no difference seen": "none seen", "one seed: no interval": "one seed"}.get(change["verdict"])
            verdict, tone = verdict or change["verdict"], _TONES.get(change["verdict"])
            table.add_row(
                words.label,
                *(number(mean, fine=words.fine) for mean in means),
                _short(change["mean"], words.fine) + interval,
                f"[{tone}]{verdict}[/{tone}]" if tone else verdict,
                "" if chance is None else number(chance),
                end_section=metric == "harmonic_mean",
            )
        made.append(table)
    return made


def _short(value: float, fine: bool) -> str:
    """A signed number in at most 7 characters, so that the widest interval fits a terminal of 80 columns."""
    text = number(value, 3 if abs(value) < 10 else 1, signed=True, fine=fine)
    return text if len(text) <= 7 else f"{value:+.0e}".replace("-", "\u2212")


def check_device(device: str) -> None:
    """Raise `AMEError` for a device that is not there."""
    try:
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError) as error:
        there = ["cpu", *(f"cuda:{index}" for index in range(torch.cuda.device_count()))]
        there += ["mps"] if torch.backends.mps.is_available() else []
        raise AMEError(f"device must be one that torch can use here ({', '.join(there)}), got {device!r}.") from error
