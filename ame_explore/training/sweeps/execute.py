"""Run a sweep: find its problems first, then run its jobs, saving each job's results as it ends."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ThreadPoolExecutor, wait
from contextlib import nullcontext
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ame_explore.ame import AMEError, check_choice, check_number
from ame_explore.arguments import checked
from ame_explore.data import PairedData
from ame_explore.settings import SETTINGS, refuse
from ame_explore.tasks import Progress
from ame_explore.training.parts import session_parts, shots_of
from ame_explore.training.recipe import Recipe
from ame_explore.training.replicas.recipes import distill_replicas
from ame_explore.training.stage import Stage
from ame_explore.training.sweeps.executors import EXECUTORS, InThisThread, cores, opened
from ame_explore.training.sweeps.folder import Sweep, begin, locked, read_sweep, write_results
from ame_explore.training.sweeps.grid import Grid, Job, trains_together
from ame_explore.training.sweeps.work import Row, _quietly, run_job

_TRIAL = (1, 4)  # steps of two trials; their difference gives the time of a step
_AT_ONCE = 4  # replicas of a trial
_STARTING = 5.0  # seconds that a worker process needs to load torch


@dataclass(frozen=True)
class Rehearsal:
    """What is known about a sweep before it runs.

    Attributes:
        runs: how many it has.
        left: how many of them are not done yet.
        seconds: estimated time of the runs that are left, on one worker.
        problems: what cannot run, one sentence each.
    """

    runs: int
    left: int
    seconds: float
    problems: tuple[str, ...]


@checked
def sweep(
    grid: Grid | str | Path | Mapping[str, Any],
    *,
    out: str | Path = "ame-sweep",
    executor: str | Executor = "processes",
    workers: int | None = None,
    scheduler: str | None = None,
    data: PairedData | None = None,
    rehearse_first: bool = True,
    told: Callable[[Rehearsal], object] | None = None,
    watch: Callable[[Sweep], object] | None = None,
    progress: Progress | None = None,
) -> Sweep:
    """Run a grid of settings, or continue where an earlier call of the same sweep stopped.

    Results are in `out/results.parquet`, which only ever holds complete jobs. If the process is killed, the same call
    continues, and the final table equals that of an uninterrupted sweep, except for its column "seconds".

    >>> grid = {"seeds": 3, "fixed": {"data": "digits", "host": "projector"}, "grid": {"omega": [1, 50]}}
    >>> sweep(grid, out="my-sweep").table  # doctest: +SKIP

    Args:
        grid: a `Grid`, a TOML file, the name of a shipped grid ("default"), or what such a file holds.
        out: the folder.
        executor: "processes", "threads", "serial" or "dask", or an executor of yours, which is not shut down.
        workers: number of processes or threads; None: one per core.
        scheduler: with "dask", the address of a scheduler; None starts a cluster on this machine.
        data: your own data, which all runs use.
        rehearse_first: try each kind of run for a few steps, and raise before the sweep if one cannot run.
        told: called with what is known before the sweep runs.
        watch: called with the sweep so far after each job.
        progress: called with the number of runs done; an exception from it ends the sweep.

    Returns:
        The sweep with its table.

    Raises:
        AMEError: if the grid cannot be run (one error lists all problems), the folder holds another sweep or is in use,
            a file cannot be written, a worker is lost, or a job fails. What was done before is saved.
    """
    folder = Path(out)
    if not isinstance(grid, Grid):
        grid = Grid.of(grid, data=data) if isinstance(grid, Mapping) else Grid.read(grid, data=data)
    if isinstance(executor, str):
        check_choice("executor", executor, EXECUTORS)
    if workers is not None:
        check_number("workers", workers, low=1, whole=True)
    if scheduler is not None and executor != "dask":
        raise AMEError(
            f'scheduler needs executor="dask", got {executor!r}: choose that executor, or leave scheduler out.'
        )
    if executor == "dask" and find_spec("distributed") is None:
        raise AMEError("dask needs its extra: run `pip install 'ame_explore[cluster]'`.")
    count = workers or cores()
    near = executor in ("threads", "serial") or isinstance(executor, ThreadPoolExecutor)
    if not near and (parts := session_parts(grid.recipes if data is None else _named(grid.recipes, data))):
        raise AMEError(
            f"{' and '.join(parts)} {'is' if len(parts) == 1 else 'are'} known in this session only, not in other "
            'processes: use executor="threads", or register them in an installed package.'
        )
    with locked(folder):
        done = begin(folder, grid, data)
        left = [job for job in grid.jobs if not all(run in done for run in job.runs)]
        if rehearse_first and left:
            found = rehearse(grid, left, data=data, progress=progress)
            refuse(found.problems)
            if told is not None:
                told(found)
        if left:
            with opened(executor, count, scheduler) if isinstance(executor, str) else nullcontext(executor) as pool:
                _run(grid, left, done, pool, folder, data, watch, progress)
        return read_sweep(folder)


def rehearse(
    grid: Grid, jobs: list[Job] | None = None, *, data: PairedData | None = None, progress: Progress | None = None
) -> Rehearsal:
    """Try each kind of run for a few steps in the first world of its data.

    Args:
        grid: the grid.
        jobs: the jobs that are left to do; None: all.
        data: your own data.
        progress: called while a teacher trains, and with the trials done.
    """
    jobs = list(grid.jobs) if jobs is None else jobs
    kinds: dict[Recipe, list[Job]] = {}
    for job in jobs:
        first = job.recipes[0]
        free = {"seed": 0, "teacher_seed": 0, "data_seed": 0, "omega": 1.0, "kd_weight": 1.0, "shots": None, "steps": 1}
        kinds.setdefault(dataclasses.replace(first, **free), []).append(job)  # type: ignore[arg-type]
    stages: dict[str, tuple[Stage, float]] = {}
    problems: dict[str, None] = {}
    seconds = 0.0
    for number, members in enumerate(kinds.values()):
        recipe = members[0].recipes[0]
        try:
            if recipe.data not in stages:
                started = time.perf_counter()
                stage = Stage.for_recipe(recipe, data=data, progress=progress or _quietly)
                stages[recipe.data] = stage, time.perf_counter() - started
            stage = stages[recipe.data][0]
            _check_shots(members, stage)
            several = _AT_ONCE if trains_together(recipe) else 1
            seconds += sum(_seconds(members, stage, several))
        except AMEError as error:
            problems[str(error)] = None
        if progress is not None:
            progress("trying each kind of run", number + 1, len(kinds))
    worlds = [world.data for world in grid.worlds]
    seconds += sum(max(0, worlds.count(name) - 1) * spent for name, (_, spent) in stages.items()) + _STARTING
    return Rehearsal(len(grid.recipes), sum(len(job.runs) for job in jobs), seconds, tuple(problems))


def _check_shots(jobs: list[Job], stage: Stage) -> None:
    for recipe in {dataclasses.replace(recipe, seed=0, omega=0.0) for job in jobs for recipe in job.recipes}:
        shots_of(recipe, stage)


def _seconds(jobs: list[Job], stage: Stage, several: int) -> Iterator[float]:
    """The estimated time of each job, from two trials of the first."""
    tried = jobs[0].recipes[:several]
    taken = []
    for steps in (_TRIAL[0], *_TRIAL):  # the first warms up
        started = time.perf_counter()
        distill_replicas([dataclasses.replace(recipe, steps=steps) for recipe in tried], stage=stage)
        taken.append((time.perf_counter() - started) / len(tried))
    each = max(taken[2] - taken[1], 0.0) / (_TRIAL[1] - _TRIAL[0])
    for job in jobs:
        yield sum(taken[1] + each * recipe.steps for recipe in job.recipes)


def _run(
    grid: Grid,
    jobs: list[Job],
    done: dict[int, Row],
    pool: Executor,
    folder: Path,
    data: PairedData | None,
    watch: Callable[[Sweep], object] | None,
    progress: Progress | None,
) -> None:
    failed: dict[str, int] = {}

    def tell() -> None:
        if progress is not None:
            progress("runs", len(done), len(grid.recipes))

    tell()
    try:
        for result in _finished(jobs, pool, data, tell):
            try:
                rows = result.result()
            except BrokenExecutor as error:
                raise AMEError(
                    "a worker was lost (killed, perhaps because memory ran out): run the same command again, with "
                    f"fewer workers if memory is short. {len(done)} of {len(grid.recipes)} runs are saved."
                ) from error
            except Exception as error:  # the other jobs go on
                failed[f"{type(error).__name__}: {error}"] = failed.get(f"{type(error).__name__}: {error}", 0) + 1
                continue
            done.update({row["run"]: row for row in rows})
            write_results(folder, done.values())
            tell()
            if watch is not None:
                watch(read_sweep(folder))
    except KeyboardInterrupt as interrupt:
        interrupt.finished = len(done)  # type: ignore[attr-defined]
        raise
    if failed:
        told = "; ".join(f"{error} ({count} jobs)" for error, count in failed.items())
        raise AMEError(f"some jobs failed, the others are saved: {told}")


def _finished(
    jobs: list[Job], pool: Executor, data: PairedData | None, tell: Callable[[], None]
) -> Iterator[Future[list[Row]]]:
    """Jobs as they end. One job of each world goes first: it trains the teacher, which the others then find cached."""
    of_world: dict[Any, list[Job]] = {}
    for job in jobs:
        of_world.setdefault(job.world, []).append(job)
    if isinstance(pool, InThisThread):
        for job in jobs:
            yield pool.submit(run_job, job, data)
        return
    pending: dict[Future[list[Row]], Job] = {}
    try:
        for members in of_world.values():
            first = members.pop(0)
            pending[pool.submit(run_job, first, data)] = first
        while pending:
            ended, _ = wait(pending, timeout=0.5, return_when=FIRST_COMPLETED)
            if not ended:
                tell()
            for future in ended:
                job = pending.pop(future)
                for other in of_world.pop(job.world, []):
                    pending[pool.submit(run_job, other, data)] = other
                yield future
    except BrokenExecutor as error:
        failed: Future[list[Row]] = Future()
        failed.set_exception(error)
        yield failed
    finally:
        for future in pending:
            future.cancel()


def _named(recipes: tuple[Recipe, ...], data: PairedData) -> list[Recipe]:
    """The recipes on your own data, as if on registered data: workers are sent the data itself, and not its name."""
    named = str(SETTINGS["data"].default)
    return [dataclasses.replace(recipe, data=named) for recipe in recipes if recipe.data == data.name]
