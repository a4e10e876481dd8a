"""Sweep and evidence in a terminal: the plan, progress and first answers on stderr, and where the results are."""

from __future__ import annotations

import shlex
import sys
import time
from pathlib import Path

from ame_explore.ame import AMEError
from ame_explore.analysis.evidence import Evidence
from ame_explore.apps.console import SafeConsole
from ame_explore.apps.terminal import check_targets
from ame_explore.data import PairedData
from ame_explore.data.files.boundary import shown_path
from ame_explore.progress_bars import progress_bars
from ame_explore.quantities import quantity
from ame_explore.reports.evidence_report import SCORE, evidence_report
from ame_explore.settings import refuse
from ame_explore.training.sweeps.execute import Rehearsal, rehearse, sweep
from ame_explore.training.sweeps.executors import cores
from ame_explore.training.sweeps.folder import RESULTS, Sweep
from ame_explore.training.sweeps.grid import Grid

ANSWER_EVERY = 20.0  # seconds between two first answers
_ANSWERS = 3  # settings with the largest changes


def sweep_in_terminal(
    grid: Grid,
    *,
    out: Path,
    executor: str,
    workers: int | None,
    scheduler: str | None,
    dry_run: bool,
    data: PairedData | None,
    command: str,
) -> bool:
    """Run a sweep with a progress bar.

    Args:
        grid: the grid.
        out: the folder.
        executor: where jobs run, see `sweep`.
        workers: number of workers; None: one per core.
        scheduler: address of a Dask scheduler.
        dry_run: only say how many runs there are and how long they take.
        data: your own data.
        command: the command that makes the evidence page.

    Returns:
        False if the user pressed Ctrl-C.

    Raises:
        AMEError: as in `sweep`.
    """
    console = SafeConsole(stderr=True)
    count = 1 if executor == "serial" else workers or cores()

    def told(found: Rehearsal) -> None:
        console.print(_plan(grid, found, count), highlight=False, markup=False)

    answers = FirstAnswers()
    try:
        with progress_bars() as progress:
            if dry_run:
                found = rehearse(grid, data=data, progress=progress)
                refuse(found.problems)
                told(found)
                return True
            done = sweep(
                grid, out=out, executor=executor, workers=workers, scheduler=scheduler, data=data, told=told,
                watch=answers, progress=progress,
            )  # fmt: skip
    except KeyboardInterrupt as interrupt:
        finished = getattr(interrupt, "finished", None)
        saved = "" if finished is None else f" {finished:,} of {len(grid.recipes):,} runs are saved in {out}."
        console.print(f"Interrupted.{saved} The same command continues from there.", highlight=False, markup=False)
        return False
    console.print(f"Results: {shown_path(done.folder / RESULTS)} ({len(done.table):,} runs)", soft_wrap=True)
    console.print(f"Next: `{command}`", soft_wrap=True, highlight=False, markup=False)
    return True


def evidence_in_terminal(folder: Path, out: Path) -> None:
    """Write the evidence page and say where it is.

    Args:
        folder: the folder of the sweep.
        out: the page.

    Raises:
        AMEError: if there is no sweep, or the page cannot be written.
    """
    check_targets({"--out": out}, [folder / RESULTS])
    command = shlex.join(["ame-explore", "evidence", shown_path(folder), "--out", shown_path(out)])
    try:
        evidence_report(out, folder, command=command)
    except OSError as error:
        raise AMEError(f"{out} cannot be written: {error.strerror or error}.") from error
    SafeConsole().print(f"Evidence: {shown_path(out)}\nOpen it in a browser.", soft_wrap=True, highlight=False)


class FirstAnswers:
    """Prints the largest changes so far, and the time that is left, at most every `ANSWER_EVERY` seconds."""

    def __init__(self) -> None:
        self._began = self._told = time.monotonic()
        self._first: int | None = None

    def __call__(self, found: Sweep) -> None:
        """Print the answers so far, unless some were printed less than `ANSWER_EVERY` seconds ago.

        Args:
            found: the sweep so far.
        """
        now, done = time.monotonic(), len(found.table)
        if self._first is None:
            self._first, self._began = done, now
        if now - self._told < ANSWER_EVERY or found.complete:
            return
        self._told = now
        rate = (done - self._first) / max(now - self._began, 1e-3)
        left = f", about {_minutes((found.runs - done) / rate)} left" if rate > 0 else ""
        effects = Evidence(found).effects(SCORE)
        effects = sorted(effects, key=lambda effect: -abs(effect.interval.mean))[:_ANSWERS]
        told = [
            f"  {effect.condition.name}: {quantity(SCORE).change_text(effect.interval, effect.interval.over)}"
            for effect in effects
        ]
        words = [f"{done:,} of {found.runs:,} runs{left}. Largest changes in harmonic mean so far:", *told]
        print("\n".join(words), file=sys.stderr, flush=True)


def _plan(grid: Grid, found: Rehearsal, workers: int) -> str:
    worlds = len(grid.worlds)
    done = found.runs - found.left
    earlier = f"; {done:,} of them are done" if done else ""
    return (
        f"{found.runs:,} runs{earlier}: {found.runs // (worlds * grid.seeds):,} settings, {worlds} "
        f"{'world' if worlds == 1 else 'worlds'} (teacher and split), {grid.seeds} "
        f"{'seed' if grid.seeds == 1 else 'seeds'} each. About {_minutes(found.seconds / workers)} on {workers} "
        f"{'worker' if workers == 1 else 'workers'}, and longer if teachers must be trained first."
    )


def _minutes(seconds: float) -> str:
    return (
        f"{seconds:.0f} s"
        if seconds < 90
        else f"{seconds / 60:.0f} min"
        if seconds < 5400
        else f"{seconds / 3600:.1f} h"
    )
