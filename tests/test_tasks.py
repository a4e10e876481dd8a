"""Background tasks: watched, cancelled, replaced, waited for; and no thread is left over."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
import time
import weakref

import pytest

from ame_explore.ame import AMEError
from ame_explore.progress_bars import progress_bars
from ame_explore.tasks import Cancelled, Task, TimedOut, Worker, ended, headless, run_together, weakly


def forever(began: threading.Event):
    """Work that tells its progress until it is asked to stop."""

    def work(task: Task) -> None:
        began.set()
        for number in range(10**9):
            task("counting", number, 10**9)
            time.sleep(0.001)

    return work


def gone(name: str) -> bool:
    """Whether the thread of this name ends soon."""
    until = time.monotonic() + 10
    while any(thread.name == name for thread in threading.enumerate()):
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


def test_a_task_is_done_and_its_thread_goes() -> None:
    called: list[Task] = []
    worker = Worker("test done")
    task = worker.submit(Task(lambda task: 7, on_end=called.append))
    assert task.result(10) == 7 == task.now and task.state == "done" and task.error is None
    assert called == [task] and task.progress.share == 1.0 and not task.cancel()
    assert gone("test done") and not worker.busy
    assert worker.submit(Task(lambda task: 8)).result(10) == 8  # another thread, when there is something to do


def test_tasks_come_in_order() -> None:
    worker, seen = Worker("test order"), []
    tasks = [worker.submit(Task(lambda task, number=number: seen.append(number))) for number in range(5)]
    tasks[-1].wait(10)
    assert seen == [0, 1, 2, 3, 4]


def test_the_newest_replaces_what_waits_and_what_runs() -> None:
    began, seen, ends = threading.Event(), [], []
    worker = Worker("test latest", latest=True)
    first = worker.submit(Task(forever(began), on_end=lambda task: ends.append(task.state)))
    assert began.wait(10) and first.state == "running" and worker.busy
    later = [worker.submit(Task(lambda task, number=number: seen.append(number))) for number in (1, 2, 3)]
    later[-1].wait(10)
    assert ends == ["cancelled"] and seen[-1] == 3 and later[-1].state == "done"
    assert isinstance(first.error, Cancelled) and first.now is None
    assert all(task.ended for task in later)


def test_an_error_is_kept_and_the_next_task_is_done() -> None:
    def broken(task: Task) -> None:
        raise AMEError("request must be another.")

    worker = Worker("test error")
    task = worker.submit(Task(broken, on_end=lambda task: 1 / 0))
    for ask in (task.result, task.settle):
        with pytest.raises(AMEError, match="another"):
            ask(10)
    assert task.state == "failed" and worker.submit(Task(lambda task: 1)).result(10) == 1
    told = worker.submit(Task(lambda task: 1, on_end=lambda task: 1 / 0))
    assert told.result(10) == 1 and isinstance(told.error, ZeroDivisionError)


def test_waiting_has_an_end_that_says_how_far_it_is() -> None:
    began, worker = threading.Event(), Worker("test waiting")
    task = worker.submit(Task(forever(began), name="the count"))
    assert began.wait(10)
    while task.progress.what == "waiting":
        time.sleep(0.001)
    for kind in (TimedOut, AMEError, TimeoutError):
        with pytest.raises(kind, match=r"the count was not ready within 0.01 s \(counting, \d+ of"):
            task.result(0.01)
    started = time.monotonic()
    assert task.cancel() and task.state == "cancelled" and time.monotonic() - started < 5
    with pytest.raises(Cancelled, match="the count"):
        task.result()
    worker.close()
    assert gone("test waiting")
    with pytest.raises(AMEError, match="closed"):
        worker.submit(Task(lambda task: 1))


def test_where_somebody_watches_settling_does_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    began, worker = threading.Event(), Worker("test settle")
    task = worker.submit(Task(forever(began)))
    monkeypatch.setenv("AME_HEADLESS", "0")
    assert not headless()
    task.settle(60)
    assert not task.ended
    monkeypatch.setenv("AME_HEADLESS", "1")
    with pytest.raises(TimedOut):
        task.settle(0.01)
    task.cancel()
    task.settle(60)  # a cancelled view shows what there is
    worker.close()


def test_what_on_end_puts_in_place_is_there_for_who_waited() -> None:
    places: list[int] = []

    def put(task: Task) -> None:
        time.sleep(0.05)
        places.append(task.result())

    worker = Worker("test place")
    for number in range(3):
        assert worker.submit(Task(lambda task, number=number: number, on_end=put)).result(10) == number == places[-1]


def test_a_task_that_has_ended_holds_nothing_of_its_work() -> None:
    class Heavy:
        pass

    heavy, worker = Heavy(), Worker("test held")
    seen = weakref.ref(heavy)
    task = worker.submit(Task(lambda task, heavy=heavy: str(heavy)))
    cancelled = Task(lambda task, heavy=heavy: str(heavy))
    cancelled.cancel()
    task.wait(10)
    del heavy
    gc.collect()
    assert gone("test held") and seen() is None
    assert ended(Task(lambda task: 0), 5).result(0) == 5


def test_a_method_that_is_held_weakly_does_not_keep_its_object() -> None:
    class Owner:
        def add(self, one: int) -> int:
            return one + 1

    owner = Owner()
    call, seen = weakly(owner.add), weakref.ref(owner)
    assert call(1) == 2
    del owner
    gc.collect()
    assert seen() is None and call(1) is None


CODE = """
import threading, time
from ame_explore.tasks import Task, Worker
began = threading.Event()
def work(task):
    began.set()
    while True:
        task("counting", 1, 2)
        time.sleep(0.01)
worker = Worker("w")
task = worker.submit(Task(work))
began.wait()
"""


def test_a_process_ends_at_once_while_something_runs() -> None:
    run = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, timeout=60, check=False)
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_child_leaves_the_tasks_of_its_parent() -> None:
    code = CODE + (
        "import os, sys\n"
        "child = os.fork()\n"
        "if child == 0: sys.exit(0)\n"
        "assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0\n"
        "print(task.state)"
    )
    run = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, timeout=60)
    assert (run.returncode, run.stdout.strip(), run.stderr) == (0, "running", "")


def test_progress_without_a_terminal_is_told_in_lines(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ame_explore.progress_bars.LINE_EVERY", 0.05)
    with progress_bars("Reading") as progress:
        for done in range(1, 4):
            progress("rows", done, 3)
        time.sleep(0.5)  # nothing is told, and yet a line comes now and then
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].endswith("Reading") and lines[1].endswith("Reading: rows: 1 of 3")
    assert len(lines) > 4 and all(line.endswith("Reading: rows: 3 of 3") for line in lines[2:])
    assert gone("ame_explore progress")


def counting(parts: int, seen: list[int]):
    def job(report):
        for part in range(1, parts + 1):
            report("counting", part, parts)
            time.sleep(0.001)
        seen.append(parts)
        return parts

    return job


def test_jobs_run_together_and_their_results_keep_their_order() -> None:
    told: list[tuple[str, int, int]] = []
    jobs = [counting(parts, []) for parts in (30, 1, 10)]
    found = run_together(jobs, threads=2, what="counting", of=41, progress=lambda *x: told.append(x))
    assert found == [30, 1, 10] and told[-1] == ("counting", 41, 41)
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)
    assert run_together([], threads=2, what="nothing", of=0) == []


def test_one_failing_job_stops_the_others() -> None:
    finished: list[int] = []

    def fails(report):
        raise ValueError("job 1")

    with pytest.raises(ValueError, match="job 1"):
        run_together([counting(10**9, finished), fails, counting(1, finished)], threads=2, what="counting", of=1)
    assert finished == [] and gone("ame-explore job_0") and gone("ame-explore job_1")


def test_an_error_of_the_progress_stops_all_jobs() -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_together([counting(10**9, [])] * 3, threads=2, what="counting", of=1, progress=stop)
    assert gone("ame-explore job_0")
