"""Work behind sliders: in a thread of its own, the newest request wins, and what is out of date is given up."""

from __future__ import annotations

import atexit
import os
import threading
import time
import weakref
from collections.abc import Callable
from typing import Any, Generic, TypeVar

Request = TypeVar("Request")
Check = Callable[[], None]


class Superseded(Exception):
    """Raised inside work that a newer request, or the end, has made pointless."""


class LatestWins(Generic[Request]):
    """Runs `work(request, check)` for the newest request, in one daemon thread.

    work: calls `check()` now and then; it raises `Superseded` when there is a newer request or the end has come.
    failed: told what else the work raised. Both run in the thread.
    """

    def __init__(self, work: Callable[[Request, Check], None], failed: Callable[[BaseException], None]) -> None:
        self._work, self._failed = work, failed
        self._condition = threading.Condition()
        self._wanted: list[Request] = []
        self._asked, self._running, self._closed = 0, False, False
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="ame-explore-latest", daemon=True)
        self._thread.start()
        atexit.register(_close, weakref.ref(self))  # a thread that computes while Python goes down aborts the process

    def ask(self, request: Request) -> None:
        """Do this next, in place of what is waiting and of what is running. Returns at once."""
        with self._condition:
            self._wanted, self._error = [request], None
            self._asked += 1
            self._condition.notify_all()

    @property
    def busy(self) -> bool:
        """Whether work is waiting or running."""
        with self._condition:
            return bool(self._wanted) or self._running

    def wait(self, timeout: float | None = None) -> bool:
        """Block until nothing waits or runs, or `timeout` seconds are over; whether it is done. Raises what the work
        raised."""
        until = None if timeout is None else time.monotonic() + timeout
        with self._condition:
            while (self._wanted or self._running) and not self._closed:
                left = None if until is None else until - time.monotonic()
                if left is not None and left <= 0:
                    return False
                self._condition.wait(left)
            if self._error is not None:
                raise self._error
            return True

    def raise_error(self) -> None:
        """Raise what the newest work raised, if anything."""
        with self._condition:
            if self._error is not None:
                raise self._error

    def close(self) -> None:
        """End the thread; work that is running is given up at its next `check`."""
        with self._condition:
            self._closed, self._wanted = True, []
            self._condition.notify_all()
        if self._thread is not threading.current_thread():
            self._thread.join(timeout=5)

    def _run(self) -> None:
        while True:
            with self._condition:
                while not self._wanted and not self._closed:
                    self._condition.wait()
                if self._closed:
                    return
                request, mine, self._running = self._wanted.pop(), self._asked, True
            error: BaseException | None = None
            try:
                self._work(request, lambda mine=mine: self._check(mine))  # type: ignore[misc]
            except Superseded:
                pass
            except BaseException as problem:  # the thread lives on; the reader is told, and `wait` raises it
                error = problem
            if error is not None and mine == self._asked:
                self._failed(error)
            with self._condition:
                self._running = False
                if mine == self._asked:
                    self._error = error
                self._condition.notify_all()

    def _check(self, mine: int) -> None:
        with self._condition:
            if self._closed or mine != self._asked:
                raise Superseded


def _close(reference: weakref.ref[LatestWins[Any]]) -> None:
    worker = reference()
    if worker is not None:
        worker.close()


def headless() -> bool:
    """Whether nobody watches (`AME_HEADLESS=1`: tests, nbval, nbconvert), so that waiting holds nothing back."""
    return os.environ.get("AME_HEADLESS", "") not in ("", "0")
