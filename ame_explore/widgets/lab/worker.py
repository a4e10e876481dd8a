"""The thread of a LiveRun: it follows commands between steps, and updates its viewers within a share of its time.

Other threads may only call `start`, `put`, `wake`, `stop` and `join`, and read the public attributes.
"""

from __future__ import annotations

import contextlib
import inspect
import queue
import threading
import time
import traceback
import weakref
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ame_explore.ame import AMEError
from ame_explore.models import one_thread
from ame_explore.tasks import Cancelled, start_thread
from ame_explore.widgets.lab.coalescing import Command, coalesced
from ame_explore.widgets.runtime.messages import Progress, Said, State

DRAWING_SHARE = 0.12  # of the worker's time during training
MOST_FRAMES = 30  # per second
# With few cores, the page's own drawing competes with training at full speed, so there are fewer frames.
FULL_SPEED_FRAMES = 3
CATCH_UP = 0.2  # the most seconds of delay that a run with a set speed catches up
_PACKAGE = Path(__file__).parents[2]
_SAID = 20
_ANSWERED_APART = ("probe", "take_apart")  # commands that are answered by a message of their own


class Viewer:
    """A view of the worker: `callback()` is called after a change, if `wants()` says that it can take a frame."""

    def __init__(self, callback: Callable[[], None], wants: Callable[[], bool] | None) -> None:
        self._callback = _weak(callback)
        self._wants = None if wants is None else _weak(wants)
        self.seen = -1

    @property
    def gone(self) -> bool:
        return self._callback() is None

    def hungry(self, version: int) -> bool:
        wants = None if self._wants is None else self._wants()
        return self.seen < version and (wants is None or bool(wants()))

    def show(self, version: int) -> None:
        self.seen = version
        callback = self._callback()
        if callback is not None:
            callback()


def explained(error: BaseException) -> str:
    """An error as text, with its place in this package if it was raised there (but not for an `AMEError`)."""
    text = str(error) or type(error).__name__
    if isinstance(error, AMEError):
        return text
    steps = [step for step in traceback.extract_tb(error.__traceback__) if str(_PACKAGE) in step.filename]
    if not steps:
        return text
    place = Path(steps[-1].filename).relative_to(_PACKAGE.parent).as_posix()
    return f"{type(error).__name__}: {text} (in {place}, line {steps[-1].lineno}, {steps[-1].name})"


def _weak(function: Callable[..., Any]) -> Callable[[], Callable[..., Any] | None]:
    """Hold a bound method weakly, or the worker would keep its LiveRun alive through the viewers."""
    return weakref.WeakMethod(function) if inspect.ismethod(function) else lambda: function


class Worker(ABC):
    """The thread: it follows commands between steps, keeps errors and updates viewers. A subclass trains.

    Attributes:
        state: "preparing", "paused", "playing", "finished", "failed" or "closed".
        error: the error that stopped it, or None.
        note: why the last command was refused, or None.
        progress: the progress of the preparation.
        speed: steps per second; None: full speed.
        said: the last sentences, numbered.
        version: increases with every change.
        changed: notified of every change.
        drawing_seconds: time spent on views.
    """

    def __init__(self) -> None:
        self.state: State = "preparing"
        self.error: BaseException | None = None
        self.note: str | None = None
        self.progress: Progress | None = None
        self.speed: float | None = None
        self.said: list[Said] = []
        self.drawing_seconds = 0.0
        self.version = 0
        self.changed = threading.Condition()
        self.stopping = False
        self.viewers: list[Viewer] = []
        self._left = 0  # ticks until it pauses by itself; 0: it does not
        self._next_tick = self._next_frame = 0.0
        self._commands: queue.SimpleQueue[Command | None] = queue.SimpleQueue()
        self._waiting = 0
        self.thread: threading.Thread | None = None

    # What the subclass does

    @abstractmethod
    def begin(self) -> None:
        """Prepare."""

    @abstractmethod
    def tick(self) -> None:
        """Train a step."""

    @abstractmethod
    def refresh(self) -> None:
        """Draw what views show."""

    def due(self, late: float) -> bool:
        """Whether a frame may be drawn now during training; `late` is the number of seconds since one was due."""
        return late >= 0

    @abstractmethod
    def end(self) -> None:
        """Close what is open."""

    # From other threads

    def start(self) -> None:
        """Start the thread."""
        self.thread = start_thread(self._run, name="ame_explore lab", stop=self.stop)

    def put(self, command: str, /, **arguments: Any) -> None:
        """Queue a command, which the worker follows between two steps.

        Raises:
            AMEError: if the lab is closed.
        """
        if self.stopping:
            raise AMEError(f"{command}: this lab is closed; open a new one.")
        with self.changed:
            self._waiting += 1
        self._commands.put((command, arguments))

    def wake(self) -> None:
        """Make the worker check whether a viewer can take a frame."""
        self._commands.put(None)

    def stop(self) -> None:
        """Make the thread end after its current work; this does not wait for it."""
        self.stopping = True
        self.wake()

    def join(self) -> None:
        """Wait for the end of the thread (unless this is the thread)."""
        if self.thread is not None and threading.current_thread() is not self.thread:
            self.thread.join()

    @property
    def ended(self) -> bool:
        """Whether no command is left to follow and nothing is left to train."""
        return self._waiting == 0 and self.state in ("finished", "failed", "closed")

    @property
    def settled(self) -> bool:
        """Whether every command was followed; a playing run may still go on."""
        busy = self.state == "preparing" or self._left > 0
        return self.state == "closed" or (self._waiting == 0 and not busy)

    # The worker

    def _run(self) -> None:
        with one_thread():
            self._guarded(self.begin)
            while not self.stopping:
                self._guarded(self._turn)
            self._guarded(self.end)
            self.state = "closed"
            self._touch()
            for viewer in self.viewers:
                with contextlib.suppress(Exception):  # nobody is left to see an error
                    viewer.show(self.version)

    def _guarded(self, action: Callable[..., None], *arguments: Any) -> None:
        try:
            action(*arguments)
        except Cancelled:
            return
        except Exception as error:  # the lab shows it, and result() raises it
            self._fail(error)

    def _fail(self, error: BaseException) -> None:
        self.error, self.state, self.progress, self._left = error, "failed", None, 0
        self._say(f"Stopped by an error: {explained(error)}")
        self._touch()

    def _turn(self) -> None:
        self._serve()
        if self.stopping:
            return
        if self._training and time.monotonic() >= self._next_tick:
            if self.speed:
                self._next_tick = max(self._next_tick + 1 / self.speed, time.monotonic() - CATCH_UP)
            self.tick()
        self._present()

    @property
    def _training(self) -> bool:
        return self.state == "playing"

    def _serve(self) -> None:
        wait: float | None = None
        if self._training:
            wait = max(0.0, self._next_tick - time.monotonic())
        asleep = time.monotonic()
        first: Command | None = None
        with contextlib.suppress(queue.Empty):
            first = self._commands.get(timeout=wait) if wait != 0 else self._commands.get_nowait()
        if wait:  # a run with a set speed would only sleep: that time is free for drawing
            self._next_frame -= (time.monotonic() - asleep) * (1 / DRAWING_SHARE - 1)
        taken = [first]
        with contextlib.suppress(queue.Empty):
            while True:
                taken.append(self._commands.get_nowait())
        commands = [command for command in taken if command is not None]
        kept = coalesced(commands)
        with self.changed:
            self._waiting -= len(commands) - len(kept)
        for name, arguments in kept:
            try:
                if not self.stopping:
                    self._follow(name, arguments)
            finally:
                with self.changed:
                    self._waiting -= 1
                    self.version += name not in _ANSWERED_APART
                    self.changed.notify_all()

    def _follow(self, name: str, arguments: dict[str, Any]) -> None:
        self.note = None
        try:
            getattr(self, f"do_{name}")(**arguments)
        except AMEError as error:  # bad input must not stop the run
            self.note = str(error)
            self._say(f"Not done: {error}")
        except Cancelled:
            return
        except Exception as error:  # as in `_guarded`
            self._fail(error)

    def _touch(self) -> None:
        with self.changed:
            self.version += 1
            self.changed.notify_all()

    def _say(self, text: str) -> None:
        number = self.said[-1]["id"] + 1 if self.said else 1
        self.said = [*self.said, Said(id=number, text=text)][-_SAID:]

    def _present(self) -> None:
        """Update the viewers that can take a frame, within drawing's share of the time."""
        if self._training and not self.due(time.monotonic() - self._next_frame):
            return
        self.viewers = [viewer for viewer in self.viewers if not viewer.gone]
        hungry = [viewer for viewer in self.viewers if viewer.hungry(self.version)]
        if not hungry:
            return
        started = time.monotonic()
        self.refresh()
        for viewer in hungry:
            viewer.show(self.version)
        spent = time.monotonic() - started
        self.drawing_seconds += spent
        most = MOST_FRAMES if self.speed or not self._training else FULL_SPEED_FRAMES
        self._next_frame = started + max(spent / DRAWING_SHARE, 1 / most)

    def told(self, what: str, done: int, of: int) -> None:
        if self.stopping:
            raise Cancelled("the lab was closed.")
        self.progress = Progress(text=what, done=done, of=of)
        if time.monotonic() >= self._next_frame or done == of:
            self._next_frame = time.monotonic() + 0.1
            self._touch()
            for viewer in self.viewers:
                if viewer.hungry(self.version):
                    viewer.show(self.version)
