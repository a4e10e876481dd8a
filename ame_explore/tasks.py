"""Background work: tasks in a thread that can be watched, cancelled and waited for, and the reporting of progress.

Every background thread of the package starts here, so that one set of rules holds (a sweep's jobs run in executors,
which may be a user's own):

- Work reports its progress as `progress(what, done, of)`. To cancel the work, that call raises.
- Properties return at once. Only `result` and `wait` wait, and raise `TimedOut` after `timeout` seconds.
- A view's `result` waits only in a headless run (see `headless`): in a notebook, a waiting cell would keep the browser
  from updating.
- A thread ends when there is nothing left to do. When the process ends, threads are told to stop and waited for.
- `run_together` is for jobs in several threads that the caller waits for.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from typing import Any, Generic, Literal, NamedTuple, Protocol, TypeVar

from ame_explore.ame import AMEError

T = TypeVar("T")
State = Literal["waiting", "running", "done", "failed", "cancelled"]


class Progress(Protocol):
    """What work calls to report how far it is; an exception from it ends the work."""

    def __call__(self, what: str, done: int, of: int, /) -> object:
        """Report progress.

        Args:
            what: what is being done, in words for the reader.
            done: how many parts are finished.
            of: the number of parts; 1 if it is not known.
        """


class Progressed(NamedTuple):
    """How far a task is.

    Attributes:
        what: what is being done, in words for the reader.
        done: how many parts are finished.
        of: the number of parts; 1 if it is not known.
    """

    what: str
    done: int
    of: int

    @property
    def share(self) -> float:
        """`done / of`, in [0, 1]."""
        return min(1.0, self.done / self.of) if self.of > 0 else 0.0


class Cancelled(AMEError):
    """Work was asked to stop: it was cancelled or replaced by newer work, or the process is ending."""


class TimedOut(AMEError, TimeoutError):
    """The wait took too long; the work itself continues."""


def headless() -> bool:
    """Whether nobody is watching: the environment variable AME_HEADLESS is set (to 1 in tests, nbval and nbconvert)."""
    return os.environ.get("AME_HEADLESS", "") not in ("", "0")


def wait_for(
    changed: threading.Condition, reached: Callable[[], bool], timeout: float | None, what: Callable[[], str]
) -> None:
    """Wait until `reached()` is true; Ctrl-C ends the wait.

    Args:
        changed: notified whenever `reached` may have become true; the caller must not hold it.
        reached: the condition to wait for.
        timeout: seconds; None: no limit.
        what: returns the beginning of the error message, such as "the lab did not end".

    Raises:
        TimedOut: if the time is up.
    """
    deadline = None if timeout is None else time.monotonic() + timeout
    with changed:
        while not reached():
            left = 1.0 if deadline is None else deadline - time.monotonic()
            if left <= 0:
                raise TimedOut(f"{what()} within {timeout:g} s: give a larger timeout.")
            changed.wait(min(left, 1.0))  # in parts, so that Ctrl-C is seen on every platform


def weakly(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that calls a bound method without keeping its object alive.

    It does nothing once the object is gone. Pass it to anything long-lived, such as a thread or the widget registry.

    Args:
        function: the bound method.
    """
    method = weakref.WeakMethod(function)

    def call(*arguments: Any, **named: Any) -> Any:
        found = method()
        return None if found is None else found(*arguments, **named)

    return call


class Task(Generic[T]):
    """One piece of work. All methods may be called from any thread.

    Args:
        work: called with this task, which is also its `Progress`; it returns the result.
        name: its name in messages, such as "the landscape".
        on_end: called once with the task when it has ended, successfully or not, in the thread that ended it.
    """

    def __init__(
        self, work: Callable[[Task[T]], T], *, name: str = "the task", on_end: Callable[[Any], object] | None = None
    ) -> None:
        self.name = name
        self._work: Callable[[Task[T]], T] | None = work
        self._on_end = on_end
        self._outcome: tuple[T | None, BaseException | None] | None = None
        self._future: Future[Any] = (
            Future()
        )  # done when `on_end` has returned, so that its effects are visible after a wait
        self._ending, self._ender = threading.Lock(), 0
        self._stop = threading.Event()
        self._progress = Progressed("waiting", 0, 1)
        self._begun = False
        self._callback_error: BaseException | None = None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.name}: {self.state}>"

    @property
    def state(self) -> State:
        """ "waiting", "running", "done", "failed" or "cancelled"."""
        if self._outcome is None:
            return "running" if self._begun else "waiting"
        error = self._outcome[1]
        return "done" if error is None else "cancelled" if isinstance(error, Cancelled) else "failed"

    @property
    def ended(self) -> bool:
        """Whether it is done, failed or cancelled."""
        return self._outcome is not None

    @property
    def progress(self) -> Progressed:
        """How far it is."""
        return self._progress

    @property
    def error(self) -> BaseException | None:
        """The exception raised by the work or by `on_end`, or None."""
        return None if self._outcome is None else self._outcome[1] or self._callback_error

    @property
    def now(self) -> T | None:
        """The result, or None before there is one."""
        return None if self._outcome is None else self._outcome[0]

    def result(self, timeout: float | None = None) -> T:
        """Wait for the result.

        Args:
            timeout: seconds; None: no limit.

        Raises:
            TimedOut: if the task has not ended in time; it continues.
            Cancelled: if it was cancelled.
            Exception: if the work raised it.
        """
        self.wait(timeout)
        assert self._outcome is not None
        value, error = self._outcome
        if error is not None:
            raise error
        return value  # type: ignore[return-value]

    def wait(self, timeout: float | None = None) -> None:
        """Wait until the task has ended, successfully or not; Ctrl-C ends the wait.

        Args:
            timeout: seconds; None: no limit.

        Raises:
            TimedOut: if the task has not ended in time; it continues.
        """
        if self._ender == threading.get_ident():  # `on_end` asks
            return
        if not _done_within(self._future, timeout):
            what, done, of = self._progress
            at = f"{what}, {done} of {of}" if of > 1 else what
            raise TimedOut(f"{self.name} was not ready within {timeout:g} s ({at}): give a larger timeout.")

    def settle(self, timeout: float | None = None) -> None:
        """The first step of a view's `result`: wait in a headless run, and raise what the work raised.

        Args:
            timeout: seconds; None: no limit.

        Raises:
            TimedOut: if the task has not ended in time in a headless run.
            Exception: if the work raised it, except `Cancelled`.
        """
        if headless():
            self.wait(timeout)
        if (error := self.error) is not None and not isinstance(error, Cancelled):
            raise error

    def cancel(self) -> bool:
        """Cancel the task: waiting ends at once, and the work stops when it next reports progress.

        Returns:
            False if the task had already ended.
        """
        self._stop.set()
        return self._end(error=Cancelled(f"{self.name} was cancelled."))

    # For the work

    def __call__(self, what: str, done: int, of: int, /) -> None:
        """Report progress, as `Progress` says.

        Args:
            what: what is being done, in words for the reader.
            done: how many parts are finished.
            of: the number of parts; 1 if it is not known.

        Raises:
            Cancelled: if the task was asked to stop.
        """
        self.check()
        self._progress = Progressed(what, done, of)

    def check(self) -> None:
        """Check whether the task was asked to stop.

        Raises:
            Cancelled: if it was.
        """
        if self._stop.is_set():
            raise Cancelled(f"{self.name} was cancelled.")

    def sleep(self, seconds: float) -> None:
        """Sleep, but stop at once when the task is asked to stop.

        Args:
            seconds: how long.

        Raises:
            Cancelled: if the task was asked to stop.
        """
        self._stop.wait(seconds)
        self.check()

    # For the worker

    def run(self) -> None:
        """Do the work in this thread, unless the task has ended; errors are kept for `result`."""
        with self._ending:
            work, self._work = self._work, None  # free what the work holds when it ends
            if work is None or self._outcome is not None:
                return
            self._begun = True
        try:
            self.check()
            value = work(self)
        except BaseException as error:  # `result` raises it; the thread continues with other tasks
            self._end(error=error)
        else:
            self._end(value=value)

    def _end(self, *, value: Any = None, error: BaseException | None = None) -> bool:
        with self._ending:
            if self._outcome is not None:
                return False
            self._work, self._outcome, self._ender = None, (value, error), threading.get_ident()
            self._progress = Progressed(self.state, 1, 1)
        callback, self._on_end = self._on_end, None
        try:
            if callback is not None:
                callback(self)
        except Exception as raised:  # it must not end the thread: other tasks need it
            self._callback_error = raised
        finally:
            self._ender = 0
            self._future.set_result(value)
        return True


def run_together(
    jobs: Sequence[Callable[[Progress], T]],
    *,
    threads: int,
    what: str,
    of: int,
    progress: Progress | None = None,
) -> list[T]:
    """Run jobs in several threads, and wait for all of them.

    If one fails, or Ctrl-C or `progress` ends the wait, the others stop when they next report their progress, and the
    exception is raised when all have stopped.

    Args:
        jobs: each is called with a `Progress` for its own parts, which raises `Cancelled` when the job should stop.
        threads: the number of threads, at least 1.
        what: what is being done, for `progress`.
        of: the number of parts of all jobs together.
        progress: called in the calling thread.

    Returns:
        The results, in the order of the jobs.

    Raises:
        Exception: if a job or `progress` raised it.
    """
    done, stop = [0] * len(jobs), threading.Event()

    def reports_of(number: int) -> Progress:
        def report(_what: str, parts: int, _of: int, /) -> None:
            if stop.is_set():
                raise Cancelled(f"{what} was cancelled.")
            done[number] = parts

        return report

    with ThreadPoolExecutor(max(1, threads), thread_name_prefix="ame-explore job") as pool:
        futures = [pool.submit(job, reports_of(number)) for number, job in enumerate(jobs)]
        try:
            open_ones: set[Future[T]] = set(futures)
            while open_ones:
                finished, open_ones = wait(open_ones, timeout=0.1, return_when=FIRST_EXCEPTION)
                for future in finished:
                    future.result()
                if progress is not None:
                    progress(what, sum(done), of)
        finally:  # after an error or Ctrl-C the other jobs stop at their next report
            stop.set()
            pool.shutdown(wait=False, cancel_futures=True)
    return [future.result() for future in futures]


def ended(task: Task[T], value: T) -> Task[T]:
    """The task, ended with a value without doing any work.

    Args:
        task: a task that has not been run.
        value: its result.
    """
    task._end(value=value)
    return task


class Worker:
    """Runs tasks one after another in a thread that exists only while there is work.

    Args:
        name: the name of the thread.
        latest: whether a new task cancels and replaces earlier ones, as sliders need.
    """

    def __init__(self, name: str, *, latest: bool = False) -> None:
        self._name, self._latest = name, latest
        self._lock = threading.Lock()
        self._tasks: deque[Task[Any]] = deque()
        self._thread: threading.Thread | None = None
        self._now: Task[Any] | None = None
        self._closed = False

    def submit(self, task: Task[T]) -> Task[T]:
        """Queue a task, and return it at once.

        Args:
            task: the task.

        Raises:
            AMEError: if the worker is closed.
        """
        replaced: list[Task[Any]] = []
        with self._lock:
            if self._closed:
                raise AMEError(f"{task.name} cannot begin: this view is closed, make another.")
            if self._latest:
                replaced = [*([self._now] if self._now else []), *self._tasks]
                self._tasks.clear()
            self._tasks.append(task)
            if self._thread is None or not self._thread.is_alive():
                self._thread = start_thread(self._run, name=self._name, stop=self.stop)
        for one in replaced:
            one.cancel()
        return task

    @property
    def busy(self) -> bool:
        """Whether a task is waiting or running."""
        return self._now is not None or bool(self._tasks)

    def stop(self) -> None:
        """Cancel all tasks."""
        with self._lock:
            tasks = [*([self._now] if self._now else []), *self._tasks]
            self._tasks.clear()
        for one in tasks:
            one.cancel()

    def close(self, timeout: float | None = 5.0) -> None:
        """Cancel all tasks, accept no more, and wait for the running one to stop.

        Args:
            timeout: seconds; None: no limit.
        """
        with self._lock:
            self._closed = True
            thread = self._thread
        self.stop()
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout)

    def _run(self) -> None:
        while True:
            with self._lock:
                if not self._tasks:
                    self._thread = self._now = None
                    return
                self._now = task = self._tasks.popleft()
            task.run()
            with self._lock:
                self._now = None
            del task  # keep nothing alive while idle


_threads: dict[threading.Thread, Callable[[], None]] = {}
_process = os.getpid()


def start_thread(target: Callable[[], None], *, name: str, stop: Callable[[], None]) -> threading.Thread:
    """Start a daemon thread that is stopped and waited for when the process ends.

    The interpreter must not exit while a thread is inside torch.

    Args:
        target: what the thread runs.
        name: its name.
        stop: asks it to end soon.
    """

    def run() -> None:
        try:
            target()
        finally:
            _threads.pop(threading.current_thread(), None)

    thread = threading.Thread(target=run, name=name, daemon=True)
    _threads[thread] = stop
    # The newest exit function runs first: threads end before what they write to is flushed, closed or removed.
    atexit.unregister(_stop_all)
    atexit.register(_stop_all)
    thread.start()
    return thread


def _stop_all() -> None:
    if os.getpid() != _process:  # a forked child has none of the threads
        return
    there = dict(_threads)
    for stop in there.values():
        stop()
    for thread in there:
        thread.join()


def _forked() -> None:
    """A forked child has none of its parent's threads, so it must not stop them."""
    global _process
    _process = os.getpid()
    _threads.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)


def _done_within(future: Future[Any], timeout: float | None) -> bool:
    deadline = None if timeout is None else time.monotonic() + timeout
    while not future.done():
        left = 1.0 if deadline is None else deadline - time.monotonic()
        if left <= 0:
            return False
        with contextlib.suppress(TimeoutError):
            future.result(min(left, 1.0))  # in parts, so that Ctrl-C is seen on every platform
    return True
