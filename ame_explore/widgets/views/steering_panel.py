"""A panel that shows a run while it is recorded, and steers its training loop: `SteeringPanel`.

::

    SteeringPanel("runs/clip")   # in a notebook; the loop records with Run.recorder("runs/clip", steer=...)
"""

from __future__ import annotations

import os
import threading
import time
import weakref
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import ipywidgets

from ame_explore.ame import AMEError, python_number
from ame_explore.arguments import checked_init
from ame_explore.figures.base.style import plain
from ame_explore.figures.runs.loss_curves import losses
from ame_explore.tasks import Task, Worker
from ame_explore.training.record.run import Run
from ame_explore.training.record.steering import Remote
from ame_explore.widgets.runtime.figure_view import FigureView, with_still
from ame_explore.widgets.runtime.lifetime import UNSEEN, close_widgets, parts

LOOK_EVERY = 0.5  # seconds between two looks at the run's folder (our choice)
_SHARE = 0.1  # of the time that looking may take, for long runs
_SHOWN = 8  # newest requests in the list
_PATIENCE = 5.0  # seconds after which a request that waits is explained


@checked_init
class SteeringPanel(ipywidgets.VBox):  # type: ignore[misc]
    """The losses of a run that is being recorded, its knobs, and what was asked of it.

    It reads and writes files in the run's folder only, so the loop may run in another process or notebook. In the
    notebook of the panel itself a running cell blocks the buttons, unless the loop has a thread of its own.

    A value is sent when you press Enter. The loop decides: the list below says what was applied at which step, or why
    it was refused. To look again after the page was closed, show the panel again.

    Args:
        path: the run's folder.

    Attributes:
        remote: the `Remote` that the panel asks with.

    Raises:
        AMEError: if the run does not take requests.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.remote = Remote(path)
        self._waiting: dict[str, tuple[str, float]] = {}  # request -> what was asked, and when
        self._shown: dict[str, Any] = {}  # knob -> the value of the loop that its widget shows
        self._drawn = -2
        self._note = ""
        self._lock = threading.RLock()  # a button's callback and the worker thread both look
        self._worker = Worker("ame_explore steering panel")
        self._status, self._list = ipywidgets.HTML(), ipywidgets.HTML()
        self._go = _button("Pause", "Wait after the step that is running", self._pause_or_go)
        self._once = _button("Step", "Do one step and wait again", lambda: self._ask("a step", self.remote.step))
        self._save = _button(
            "Checkpoint", "Save a checkpoint", lambda: self._ask("a checkpoint", self.remote.checkpoint)
        )
        self._name = ipywidgets.Text(
            placeholder="name", description="branch", layout={"width": "220px"}, style={"description_width": "50px"}
        )
        self._fork = _button("Branch", "Save a checkpoint, and begin the record of a branch", self._branch)
        state = self.remote.state()
        self._knobs = {name: _widget(name, knob) for name, knob in state["knobs"].items()}
        for name, widget in self._knobs.items():
            widget.observe(partial(self._turned, name), names="value")
        self._view = FigureView(height=400)
        buttons = ipywidgets.HBox([self._go, self._once, self._save, self._name, self._fork])
        rows = [
            ipywidgets.HBox([widget, ipywidgets.HTML(f"<small>{_limits(state['knobs'][name])}</small>")])
            for name, widget in self._knobs.items()
        ]
        super().__init__([self._status, buttons, *rows, self._list, self._view])
        self.look()
        self._follow()

    def _repr_mimebundle_(self, **options: Any) -> Any:
        self._follow()
        return with_still(super()._repr_mimebundle_(**options), self._view)

    def _ipython_display_(self) -> None:
        self._view.display_in(super()._repr_mimebundle_())

    def look(self) -> bool:
        """Read the run's folder now and show what has changed; the panel does this by itself while it is shown.

        Returns:
            Whether the loop still takes requests.
        """
        with self._lock:
            return self._look()

    def close(self) -> None:
        """Stop looking, and remove the panel from the page. The loop goes on."""
        if hasattr(self, "_worker"):  # ipywidgets also closes a widget whose __init__ raised an error
            self._worker.close()
            close_widgets(self._view, *parts(self))
        super().close()

    def _look(self) -> bool:
        state = self.remote.state()
        answered = {one["id"] for one in state["requests"]}
        self._waiting = {number: asked for number, asked in self._waiting.items() if number not in answered}
        waiting = {asked for asked, _ in self._waiting.values()}
        for name, widget in self._knobs.items():
            knob = state["knobs"].get(name, {})
            value = knob.get("value")
            # A value that was refused, or that the loop changed, is shown; one that is still on its way stays.
            if value is not None and name not in waiting and widget.value != value:
                self._shown[name] = value
                widget.value = value
        paused, is_open = state["paused"], state["open"]
        for widget in (*self._knobs.values(), self._go):
            widget.disabled = not is_open
        self._once.disabled = not (is_open and paused)
        self._save.disabled = self._fork.disabled = self._name.disabled = not (is_open and state["checkpoints"])
        self._go.description = "Resume" if paused else "Pause"
        self._status.value = f"<b role='status' aria-live='polite'>{plain(self._words(state))}</b>"
        self._list.value = _table(state["requests"])
        if state["step"] != self._drawn:
            with suppress(AMEError):  # no loss was recorded yet, or a file is just being replaced
                run = Run.open(self.remote.path)
                self._view.show(losses({self.remote.path.name: [run]}, title=f"{self.remote.path.name}, as recorded"))
                self._drawn = state["step"]
        return bool(is_open)

    def _words(self, state: dict[str, Any]) -> str:
        if not state["open"]:
            words = "This run has ended."
        elif state["step"] < 0:
            words = "No step yet."
        else:
            words = f"{'Paused after' if state['paused'] else 'Running, last seen at'} step {state['step']}."
        if self._waiting and state["open"]:
            asked = ", ".join(dict.fromkeys(asked for asked, _ in self._waiting.values()))
            words += f" Asked for: {asked}."
            if time.monotonic() - min(when for _, when in self._waiting.values()) > _PATIENCE:
                words += " The loop takes requests when it calls log; is it still running?"
        return f"{words} {self._note}".strip()

    def _follow(self) -> None:
        """Look again and again in a thread, unless that is done already."""
        if not self._worker.busy:
            self._worker.submit(Task(partial(_follow, weakref.ref(self)), name="the panel"))

    def _ask(self, what: str, ask: Callable[[], str]) -> None:
        with self._lock:
            try:
                self._waiting[ask()] = what, time.monotonic()
                self._note = ""
            except (AMEError, OSError) as error:
                self._note = str(error)
            with suppress(AMEError, OSError):
                self.look()

    def _pause_or_go(self) -> None:
        if self._go.description == "Resume":
            self._ask("to go on", self.remote.resume)
        else:
            self._ask("a pause", self.remote.pause)

    def _checkpoint(self) -> None:
        self._ask("a checkpoint", self.remote.checkpoint)

    def _branch(self) -> None:
        self._ask("a branch", lambda: self.remote.branch(self._name.value.strip()))

    def _turned(self, name: str, change: Any) -> None:
        if change["new"] != self._shown.get(name):
            self._shown[name] = None
            self._ask(name, lambda: self.remote.set(name, python_number(change["new"])))


def _follow(panel_of: Callable[[], SteeringPanel | None], task: Task[None]) -> None:
    """Look while the panel exists, is not forgotten by all pages, and the run takes requests."""
    while (panel := panel_of()) is not None and panel._view.left_for < UNSEEN:
        started = time.monotonic()
        with suppress(AMEError, OSError):
            if not panel.look():
                return
        took = time.monotonic() - started
        del panel
        task.sleep(max(LOOK_EVERY, took / _SHARE))


def _button(name: str, tip: str, pressed: Callable[[], object]) -> ipywidgets.Button:
    button = ipywidgets.Button(description=name, tooltip=tip, layout={"width": "auto"})
    button.on_click(lambda _: pressed())
    return button


def _widget(name: str, knob: dict[str, Any]) -> Any:
    value, look = knob["value"], {"description": name, "style": {"description_width": "120px"}}
    if knob["choices"]:
        return ipywidgets.Dropdown(options=knob["choices"], value=value, **look)
    if isinstance(value, bool):
        return ipywidgets.Checkbox(value=value, indent=False, **look)
    kind = ipywidgets.IntText if knob["whole"] else ipywidgets.FloatText
    return kind(value=0 if value is None else value, continuous_update=False, **look)


def _limits(knob: dict[str, Any]) -> str:
    low, high = (None if knob[side] is None else f"{knob[side]:g}" for side in ("low", "high"))
    if knob["choices"] or (low is None and high is None):
        return ""
    return f"{low} to {high}" if low and high else f"at least {low}" if low else f"at most {high}"


def _table(requests: list[dict[str, Any]]) -> str:
    if not requests:
        return "<small>Nothing was asked yet.</small>"
    rows = "".join(
        f"<tr><td>{one['step']}</td><td>{plain(_asked(one))}</td><td><b>{plain(one['outcome'])}</b></td>"
        f"<td>{plain(one['told'])}</td></tr>"
        for one in reversed(requests[-_SHOWN:])
    )
    more = f"<small>{len(requests)} requests, the newest {_SHOWN} are shown.</small>" if len(requests) > _SHOWN else ""
    head = "<tr><th>step</th><th>asked</th><th>outcome</th><th>what was done, or why not</th></tr>"
    table = f"<table style='border-spacing: 12px 2px; text-align: left'>{head}{rows}</table>"
    return table + more


def _asked(one: dict[str, Any]) -> str:
    value = f" = {one['value']}" if one["value"] is not None else ""
    return f"{one['do']} {one['name']}{value}".strip()
