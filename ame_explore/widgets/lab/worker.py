"""The thread of a LiveRun: it follows commands between steps, and tells who watches within a share of its time.

Nothing here is called from another thread but `put`, `wake`, `stop`, and the reading of what is published.
"""

from __future__ import annotations

import contextlib
import inspect
import queue
import threading
import time
import traceback
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ame_explore.ame import AMEError
from ame_explore.models import one_thread
from ame_explore.tasks import Cancelled, start_thread
from ame_explore.widgets.lab.bursts import Command, collapsed
from ame_explore.widgets.runtime.messages import Progress, Said, State

DRAWING_SHARE = 0.12  # of the worker's time while it trains
MOST_FRAMES = 30  # a second
# At full speed the page's own drawing competes with the training, wherever cores are few: fewer frames then.
FULL_SPEED_FRAMES = 3
CATCH_UP = 0.2  # seconds that a run with a speed may be behind and make good
_PACKAGE = Path(__file__).parents[2]
_SAID = 20


class Viewer:
    """Who watches: `callback()` when something changed, asked first whether it can take a frame."""

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
    """An error in words for the reader, and where in this package it came from unless it is the reader's own."""
    text = str(error) or type(error).__name__
    if isinstance(error, AMEError):
        return text
    steps = [step for step in traceback.extract_tb(error.__traceback__) if str(_PACKAGE) in step.filename]
    if not steps:
        return text
    place = Path(steps[-1].filename).relative_to(_PACKAGE.parent).as_posix()
    return f"{type(error).__name__}: {text} (in {place}, line {steps[-1].lineno}, {steps[-1].name})"


def _weak(function: Callable[..., Any]) -> Callable[[], Callable[..., Any] | None]:
    """A bound method is held weakly: else the worker would keep its LiveRun alive through whoever watches it."""
    return weakref.WeakMethod(function) if inspect.ismethod(function) else lambda: function


class Worker:
    """The thread: commands between steps, errors, and who watches. A subclass trains.

    Attributes:
        state: "preparing", "paused", "playing", "finished", "failed" or "closed". error: what stopped it. note: why the
            last command was refused. progress: of the preparation. speed: steps a second, None: free.
        said: the last sentences, with numbers. version: goes up with every change. changed: notified of each.
        drawing_seconds: spent on views.
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
        self._left = 0  # ticks until it pauses by itself, 0: it does not
        self._next_tick = self._next_frame = 0.0
        self._commands: queue.SimpleQueue[Command | None] = queue.SimpleQueue()
        self._waiting = 0
        self.thread: threading.Thread | None = None

    # Of the subclass

    def begin(self) -> None:
        """Prepare."""
        raise NotImplementedError

    def tick(self) -> None:
        """Train a step."""
        raise NotImplementedError

    def refresh(self) -> None:
        """Draw what views show."""
        raise NotImplementedError

    def due(self, late: float) -> bool:
        """Whether a frame may be drawn now while it trains; `late`: seconds since one was due."""
        return late >= 0

    def end(self) -> None:
        """Close what is open."""
        raise NotImplementedError

    # From other threads

    def start(self) -> None:
        """Begin."""
        self.thread = start_thread(self._run, name="ame_explore lab", stop=self.stop)

    def put(self, command: str, /, **arguments: Any) -> None:
        """Have a command followed between two steps."""
        if self.stopping:
            raise AMEError(f"{command}: this lab is closed: make another.")
        with self.changed:
            self._waiting += 1
        self._commands.put((command, arguments))

    def wake(self) -> None:
        """Have a look whether somebody can take a frame."""
        self._commands.put(None)

    def stop(self) -> None:
        """Have the thread end after what it is doing. Returns at once."""
        self.stopping = True
        self.wake()

    def join(self) -> None:
        """Wait for the end of the thread (unless this is the thread)."""
        if self.thread is not None and threading.current_thread() is not self.thread:
            self.thread.join()

    @property
    def ended(self) -> bool:
        """Whether there is nothing left to follow and nothing to train."""
        return self._waiting == 0 and self.state in ("finished", "failed", "closed")

    @property
    def settled(self) -> bool:
        """Whether every command was followed; a run that plays goes on."""
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
                with contextlib.suppress(Exception):  # nobody is left to be told
                    viewer.show(self.version)

    def _guarded(self, action: Callable[..., None], *arguments: Any) -> None:
        try:
            action(*arguments)
        except Cancelled:
            return
        except Exception as error:  # whatever it is, it is shown, and raised by result()
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
        if wait:  # of a run with a speed: what it would have slept through is free for drawing
            self._next_frame -= (time.monotonic() - asleep) * (1 / DRAWING_SHARE - 1)
        taken = [first]
        with contextlib.suppress(queue.Empty):
            while True:
                taken.append(self._commands.get_nowait())
        commands = [command for command in taken if command is not None]
        kept = collapsed(commands)
        with self.changed:
            self._waiting -= len(commands) - len(kept)
        for name, arguments in kept:
            try:
                if not self.stopping:
                    self._follow(name, arguments)
            finally:
                with self.changed:
                    self._waiting -= 1
                self._touch()

    def _follow(self, name: str, arguments: dict[str, Any]) -> None:
        self.note = None
        try:
            getattr(self, f"do_{name}")(**arguments)
        except AMEError as error:  # bad input costs nothing that is there
            self.note = str(error)
            self._say(f"Not done: {error}")
        except Cancelled:
            return
        except Exception as error:
            self._fail(error)

    def _touch(self) -> None:
        with self.changed:
            self.version += 1
            self.changed.notify_all()

    def _say(self, text: str) -> None:
        number = self.said[-1]["id"] + 1 if self.said else 1
        self.said = [*self.said, Said(id=number, text=text)][-_SAID:]

    def _present(self) -> None:
        """Tell who watches and can take a frame, within the share of time that drawing may have."""
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
