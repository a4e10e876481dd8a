"""Sweeps that are stopped, killed, doubled or given bad folders, on stored features."""

from __future__ import annotations

import errno
import importlib.util
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ame_explore.ame import AMEError
from ame_explore.data import FeatureData
from ame_explore.registry import kd_losses
from ame_explore.training import Distillation
from ame_explore.training.sweeps import execute as runs
from ame_explore.training.sweeps import folder as folders
from ame_explore.training.sweeps.execute import rehearse, sweep
from ame_explore.training.sweeps.folder import RESULTS, locked, read_sweep
from ame_explore.training.sweeps.grid import Grid
from ame_explore.training.sweeps.work import TIMING, run_job

GRID: dict[str, Any] = {
    "seeds": 2,
    "fixed": {"host": "projector", "steps": 4, "batch_size": 8, "shots": 4},
    "grid": {"omega": [1, 50], "kd": ["feature", "logits"]},
    "also": [{"noise": [0], "shots": [2]}],
}
HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def whole(data: FeatureData, tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """The table of a sweep that was never stopped."""
    return go(data, tmp_path_factory.mktemp("whole")).table


def go(data: FeatureData, out: Path, **more: Any) -> folders.Sweep:
    return sweep(GRID, out=out, data=data, **{"executor": "serial", "rehearse_first": False, **more})


def assert_same(found: pd.DataFrame, wanted: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(found.drop(columns=list(TIMING)), wanted.drop(columns=list(TIMING)), check_exact=True)


def test_a_row_holds_what_the_run_by_itself_gives(data: FeatureData, whole: pd.DataFrame) -> None:
    grid = Grid.of(GRID, data=data)
    assert list(whole["run"]) == list(range(len(grid.recipes)))
    assert whole["harmonic_mean"].notna().all() and whole["R@1_i2t"].between(0, 1).all()
    for number in (0, 5, 11):
        run = Distillation(grid.recipes[number], data=data, metrics_every=4)
        metrics = [step.metrics for step in run][-1]
        row = whole.iloc[number]
        # Trained together, rounding differs: one image of 120 may change sides.
        for name, error in (("base_accuracy", 0.02), ("cosine_with_text", 2e-3), ("H", 2e-3)):
            assert row[name] == pytest.approx(metrics[name], abs=error), name
    assert np.allclose(whole["generalization_gap"], whole["shots_accuracy"] - whole["base_accuracy"])


def test_a_stopped_sweep_goes_on_and_runs_nothing_twice(
    data: FeatureData, whole: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[int] = []

    def noted(job: Any, data: Any) -> Any:
        rows = run_job(job, data)
        done.extend(job.runs)
        return rows

    monkeypatch.setattr(runs, "run_job", noted)

    def stop(found: folders.Sweep) -> None:
        raise KeyboardInterrupt

    for _ in range(2):  # each time after one more job
        with pytest.raises(KeyboardInterrupt) as caught:
            go(data, tmp_path, watch=stop)
        assert caught.value.finished == len(read_sweep(tmp_path).table) == len(done)  # type: ignore[attr-defined]
    assert 0 < len(done) < len(whole) and not read_sweep(tmp_path).complete
    assert_same(go(data, tmp_path).table, whole)
    assert sorted(done) == list(range(len(whole)))
    go(data, tmp_path)  # nothing is left
    assert len(done) == len(whole)


SCRIPT = """
import sys
from pathlib import Path
sys.path.insert(0, {here!r})
from conftest import small_data
from test_sweep import GRID
from ame_explore.training.sweeps.execute import sweep
import time
if __name__ == "__main__":
    slowly = lambda _: time.sleep(0.5)
    sweep(GRID, out={out!r}, data=small_data(), executor="serial", rehearse_first=False, watch=slowly)
"""


def test_after_a_kill_processes_finish_the_sweep(data: FeatureData, whole: pd.DataFrame, tmp_path: Path) -> None:
    out = tmp_path / "out"
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(here=str(HERE), out=str(out)))
    path = os.pathsep.join(filter(None, [str(HERE.parents[2]), os.environ.get("PYTHONPATH")]))
    child = subprocess.Popen(
        [sys.executable, script],
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        deadline = time.monotonic() + 100
        while not (out / RESULTS).exists() and child.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        assert child.poll() is None, child.communicate()[0]
        with pytest.raises(AMEError, match="in use by another sweep"):
            go(data, out)
    finally:
        child.send_signal(signal.SIGKILL)
        output = child.communicate(timeout=30)[0]
    kept = read_sweep(out)
    assert 0 < len(kept.table) < len(whole), output
    (out / f".{RESULTS}.0123456789ab.tmp").write_bytes(b"half")  # what a kill during a write leaves
    found = go(data, out, executor="processes", workers=1)
    assert_same(found.table, whole)
    assert_same(found.table[found.table["run"].isin(kept.table["run"])].reset_index(drop=True), kept.table)
    assert not list(out.glob("*.tmp")) and not list(out.glob(".*.tmp"))


def test_threads_give_the_same_table(data: FeatureData, whole: pd.DataFrame, tmp_path: Path) -> None:
    assert_same(go(data, tmp_path, executor="threads", workers=2).table, whole)


class Losing(Executor):
    """An executor whose worker dies at its second job."""

    def __init__(self) -> None:
        self.calls = 0

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.calls += 1
        future: Future[Any] = Future()
        if self.calls > 1:
            future.set_exception(BrokenProcessPool("a process was killed"))
        else:
            future.set_result(fn(*args, **kwargs))
        return future


def test_a_lost_worker_ends_the_sweep_clearly_and_the_next_start_goes_on(
    data: FeatureData, whole: pd.DataFrame, tmp_path: Path
) -> None:
    assert issubclass(BrokenProcessPool, BrokenExecutor)
    with pytest.raises(AMEError, match=r"a worker was lost .* run the same command again"):
        go(data, tmp_path, executor=Losing())
    assert len(read_sweep(tmp_path).table) > 0
    assert_same(go(data, tmp_path).table, whole)


def test_a_job_that_fails_does_not_stop_the_others(
    data: FeatureData, whole: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(job: Any, data: Any) -> Any:
        if 0 in job.runs:
            raise MemoryError("no room")
        return run_job(job, data)

    with monkeypatch.context() as patched:
        patched.setattr(runs, "run_job", failing)
        with pytest.raises(AMEError, match=r"some jobs failed, the others are saved: MemoryError: no room \(1 jobs\)"):
            go(data, tmp_path)
    assert 0 not in set(read_sweep(tmp_path).table["run"])
    assert_same(go(data, tmp_path).table, whole)


def test_a_full_disk_keeps_what_was_saved(
    data: FeatureData, whole: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writes: Iterator[int] = iter(range(99))
    write = folders.write_atomically

    def full(path: Path, content: bytes) -> None:
        if next(writes) > 1:  # the grid and the first job still fit
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        write(path, content)

    with monkeypatch.context() as patched:
        patched.setattr(folders, "write_atomically", full)
        with pytest.raises(
            AMEError, match=r"results.parquet cannot be written .* make room, then run the same command"
        ):
            go(data, tmp_path)
    assert len(read_sweep(tmp_path).table) > 0
    assert_same(go(data, tmp_path).table, whole)


def test_a_folder_takes_one_sweep(data: FeatureData, tmp_path: Path) -> None:
    grid = {"seeds": 1, "fixed": {"steps": 1, "shots": 2}}
    sweep(grid, out=tmp_path, data=data, executor="serial", rehearse_first=False)
    with pytest.raises(AMEError, match="holds a sweep of another grid"):
        sweep({**grid, "seeds": 2}, out=tmp_path, data=data, executor="serial", rehearse_first=False)
    with locked(tmp_path), pytest.raises(AMEError, match="in use by another sweep"):
        sweep(grid, out=tmp_path, data=data, executor="serial")
    (tmp_path / RESULTS).write_bytes((tmp_path / RESULTS).read_bytes()[:-50])
    with pytest.raises(AMEError, match="is damaged"):
        sweep(grid, out=tmp_path, data=data, executor="serial", rehearse_first=False)
    (tmp_path / "file").write_text("")
    with pytest.raises(AMEError, match="out must be a folder, got the file"):
        sweep(grid, out=tmp_path / "file", data=data)
    with pytest.raises(AMEError, match=r"it has no sweep\.json"):
        read_sweep(tmp_path / "nothing")


def test_a_rehearsal_finds_what_cannot_run_before_anything_runs(data: FeatureData, tmp_path: Path) -> None:
    grid = {
        "seeds": 1,
        "fixed": {"steps": 2, "shots": 2},
        "grid": {"host": ["projector", "promptkd"]},
        "also": [{"ambiguity": [0.5]}],
    }
    found = rehearse(Grid.of(grid, data=data), data=data)
    assert len(found.problems) == 2 and "stored features cannot be blended" in " ".join(found.problems)
    with pytest.raises(AMEError, match="2 settings cannot be used"):
        sweep(grid, out=tmp_path, data=data, executor="serial")
    assert not (tmp_path / RESULTS).exists()
    told: list[runs.Rehearsal] = []
    fine = {"seeds": 1, "fixed": {"steps": 1, "shots": 2}}
    sweep(fine, out=tmp_path / "fine", data=data, executor="serial", told=told.append)
    assert told[0].runs == told[0].left == 2 and told[0].seconds > 0


def test_parts_of_this_session_cannot_go_to_other_processes(data: FeatureData, tmp_path: Path) -> None:
    @kd_losses.register("mine", on="features", help="A loss of the session.")
    def mine(student: Any, teacher: Any) -> Any:
        return (student - teacher).square().sum(1).mean()

    try:
        grid = {"seeds": 1, "fixed": {"steps": 1, "shots": 2, "kd": "mine"}}
        with pytest.raises(AMEError, match=r"the KD loss 'mine' is known in this session only"):
            sweep(grid, out=tmp_path, data=data)
        assert len(sweep(grid, out=tmp_path, data=data, executor="serial", rehearse_first=False).table) == 2
    finally:
        kd_losses.remove("mine")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"executor": "cluster"}, "executor must be one of"),
        ({"workers": 0}, "workers must be"),
        ({"scheduler": "tcp://x:1"}, "scheduler needs executor="),
        ({"grid": {**GRID, "teachers": 2}}, "your own data has one teacher and one split"),
    ],
)
def test_bad_arguments(data: FeatureData, tmp_path: Path, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(AMEError, match=message):
        sweep(**{"grid": GRID, "out": tmp_path, "data": data, **arguments})


@pytest.mark.skipif(importlib.util.find_spec("distributed") is None, reason="dask.distributed is not installed")
def test_a_dask_cluster_that_loses_a_worker_finds_every_result_once(
    data: FeatureData, whole: pd.DataFrame, tmp_path: Path
) -> None:
    from distributed import Client, LocalCluster

    killed: list[int] = []
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster) as client:

        def kill_one(found: folders.Sweep) -> None:
            if not killed:
                worker = next(iter(cluster.workers.values()))
                killed.append(worker.pid)
                os.kill(worker.pid, signal.SIGKILL)

        found = go(data, tmp_path, executor=client.get_executor(), watch=kill_one)
    assert killed
    assert_same(found.table, whole)
