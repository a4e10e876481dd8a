"""Background work: tasks in a thread that can be watched, cancelled and waited for, and how progress is told.

Everything of the package that runs in a thread of its own starts here, so that one set of rules holds:

- Work tells its progress as `progress(what, done, of)`, and ends where that raises: so it is cancelled.
- Properties return at once. Only `result` and `wait` wait, and raise `TimedOut` after `timeout` seconds.
- Where a person watches, a view's `result` does not wait either, since a cell that waits holds back what the browser
  shows. Where nobody does (`headless`), it waits.
- No thread is left when there is nothing to do, and threads are told to stop, and waited for, when the process ends.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Generic, Literal, NamedTuple, Protocol, TypeVar

from ame_explore.ame import AMEError

T = TypeVar("T")
State = Literal["waiting", "running", "done", "failed", "cancelled"]


class Progress(Protocol):
    """What work calls to tell how far it is; an exception from it ends the work."""

    def __call__(self, what: str, done: int, of: int, /) -> object:
        """Tell that `done` of `of` parts of `what` (words for the reader) are finished; `of` 1: no share is known."""


class Progressed(NamedTuple):
    """How far a task is: `done` of `of` parts of `what`."""

    what: str
    done: int
    of: int

    @property
    def share(self) -> float:
        """`done / of`, in [0, 1]."""
        return min(1.0, self.done / self.of) if self.of > 0 else 0.0


class Cancelled(AMEError):
    """Work was asked to stop, because it was cancelled, replaced by newer work, or the process ends."""


class TimedOut(AMEError, TimeoutError):
    """What was waited for did not happen in time; it goes on."""


def headless() -> bool:
    """Whether nobody watches, by the environment variable AME_HEADLESS (tests, nbval and nbconvert set it to 1)."""
    return os.environ.get("AME_HEADLESS", "") not in ("", "0")


def wait_for(
    changed: threading.Condition, reached: Callable[[], bool], timeout: float | None, what: Callable[[], str]
) -> None:
    """Wait until `reached()`, asked whenever `changed` is notified; Ctrl-C ends the waiting.

    Args:
        changed: held by nobody here.
        timeout: seconds; None: as long as it takes.
        what: the beginning of the message, as "the lab did not end".

    Raises:
        TimedOut: if it is not reached in time.
    """
    deadline = None if timeout is None else time.monotonic() + timeout
    with changed:
        while not reached():
            left = 1.0 if deadline is None else deadline - time.monotonic()
            if left <= 0:
                raise TimedOut(f"{what()} within {timeout:g} s: give a larger timeout.")
            changed.wait(min(left, 1.0))  # in parts, so that Ctrl-C is seen on every platform


def weakly(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that calls the bound method `function` while its object lives, and then does nothing.

    Whoever keeps it (the registry of widgets, a thread) does not keep the object.
    """
    method = weakref.WeakMethod(function)

    def call(*arguments: Any, **named: Any) -> Any:
        found = method()
        return None if found is None else found(*arguments, **named)

    return call


class Task(Generic[T]):
    """One piece of work. All methods may be called from any thread.

    Args:
        work: called with this task, which is the `Progress` that it tells; what it returns is the result.
        name: what it is, in messages: "the landscape".
        on_end: called once with the task when it has ended, well or not, by the thread that ended it.
    """

    def __init__(
        self, work: Callable[[Task[T]], T], *, name: str = "the task", on_end: Callable[[Any], object] | None = None
    ) -> None:
        self.name = name
        self._work: Callable[[Task[T]], T] | None = work
        self._on_end = on_end
        self._outcome: tuple[T | None, BaseException | None] | None = None
        self._future: Future[Any] = Future()  # done when `on_end` has returned: whoever waits finds all in place
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
        """What it raised, if it did; also what `on_end` raised."""
        return None if self._outcome is None else self._outcome[1] or self._callback_error

    @property
    def now(self) -> T | None:
        """The result, or None before there is one."""
        return None if self._outcome is None else self._outcome[0]

    def result(self, timeout: float | None = None) -> T:
        """The result, waiting for it.

        Args:
            timeout: seconds; None: as long as it takes.

        Raises:
            TimedOut: if it has not ended in time; it goes on.
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
        """Wait until it has ended, well or not; Ctrl-C ends the waiting. Raises `TimedOut` after `timeout` seconds."""
        if self._ender == threading.get_ident():  # `on_end` asks
            return
        if not _done_within(self._future, timeout):
            what, done, of = self._progress
            at = f"{what}, {done} of {of}" if of > 1 else what
            raise TimedOut(f"{self.name} was not ready within {timeout:g} s ({at}): give a larger timeout.")

    def settle(self, timeout: float | None = None) -> None:
        """What a view's `result` does first: `wait` where nobody watches, and raise what the work raised.

        Raises:
            TimedOut: if nobody watches and it has not ended in time.
            Exception: if the work raised it, but for `Cancelled`.
        """
        if headless():
            self.wait(timeout)
        if (error := self.error) is not None and not isinstance(error, Cancelled):
            raise error

    def cancel(self) -> bool:
        """End it: what waits for it goes on at once, and the work stops when it next tells its progress.

        False if it had ended already.
        """
        self._stop.set()
        return self._end(error=Cancelled(f"{self.name} was cancelled."))

    # For the work

    def __call__(self, what: str, done: int, of: int, /) -> None:
        """Tell the progress. Raises `Cancelled` once it was asked to stop."""
        self.check()
        self._progress = Progressed(what, done, of)

    def check(self) -> None:
        """Raise `Cancelled` once it was asked to stop."""
        if self._stop.is_set():
            raise Cancelled(f"{self.name} was cancelled.")

    def sleep(self, seconds: float) -> None:
        """Wait, but no longer than until it is asked to stop, and raise `Cancelled` then."""
        self._stop.wait(seconds)
        self.check()

    # For who runs it

    def run(self) -> None:
        """Do the work in this thread, unless it has ended already; errors are kept for `result`."""
        with self._ending:
            work, self._work = self._work, None  # what the work holds is freed with its end
            if work is None or self._outcome is not None:
                return
            self._begun = True
        try:
            self.check()
            value = work(self)
        except BaseException as error:  # the thread goes on for others; whoever asks for the result gets it
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
        except Exception as raised:  # it must not end the thread that others wait for
            self._callback_error = raised
        finally:
            self._ender = 0
            self._future.set_result(value)
        return True


def ended(task: Task[T], value: T) -> Task[T]:
    """`task`, done with `value` without any work."""
    task._end(value=value)
    return task


class Worker:
    """Does tasks one after the other in a thread, which is there only while there is something to do.

    Args:
        name: of the thread.
        latest: whether a new task takes the place of those before it, which are cancelled; for work behind sliders.
    """

    def __init__(self, name: str, *, latest: bool = False) -> None:
        self._name, self._latest = name, latest
        self._lock = threading.Lock()
        self._tasks: deque[Task[Any]] = deque()
        self._thread: threading.Thread | None = None
        self._now: Task[Any] | None = None
        self._closed = False

    def submit(self, task: Task[T]) -> Task[T]:
        """Have a task done, and return it at once."""
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
        """Cancel all tasks and take no more; wait up to `timeout` seconds for the one that is running."""
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
            del task  # an idle moment keeps nothing


_threads: dict[threading.Thread, Callable[[], None]] = {}
_process = os.getpid()


def start_thread(target: Callable[[], None], *, name: str, stop: Callable[[], None]) -> threading.Thread:
    """Start a daemon thread that is told to `stop`, and waited for, when the process ends.

    The interpreter must not go away beneath a thread that is inside torch, and nobody wants to wait for it to finish.
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
    """A child begins without threads: those of the parent are not its own to stop."""
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
