"""The cockpit: every view and control of a live run in one widget. It draws what it is given and knows no training."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

import traitlets

from ame_explore.ame import AMEError, check_choice
from ame_explore.figures.base.labels import palette
from ame_explore.quantities import for_browser
from ame_explore.widgets.runtime.channel import Channel, join_sources

PANELS = (
    "transport",
    "timeline",
    "manifold",
    "charts",
    "dials",
    "breaks",
    "diagnosis",
    "delta",
    "predict",
    "selection",
    "recipe",
)
COMMANDS = (
    "play",
    "pause",
    "step",
    "epoch",
    "reset",
    "speed",
    "set",
    "scrub",
    "fork",
    "select",
    "predict",
    "break",
    "restore",
)
_MOVING = ("playing", "preparing")
_SOURCES = (
    "channel.js",
    "numbers.js",
    "words.js",
    "marks.js",
    "manifold.js",
    "pane.js",
    "chart.js",
    "charts.js",
    "transport.js",
    "dials.js",
    "panels.js",
    "lab.js",
)


class Cockpit(Channel):
    """Transport, dials and live views of one or more arms; see `scene` and `frame` for what it draws.

    show: names of the panels to show, of `PANELS`; None for all. lock: names of commands that are refused, of
    `COMMANDS` (their controls are greyed out); a dial is locked by its own "locked" in the frame.
    Raises `AMEError` for unknown names.
    """

    _esm = join_sources(*_SOURCES)
    _css = join_sources("lab.css", "views.css")
    quantities = traitlets.Dict().tag(sync=True)  # as `quantities.for_browser` gives them

    def __init__(self, *, show: Collection[str] | None = None, lock: Collection[str] = ()) -> None:
        for name in show or ():
            check_choice("show", name, PANELS)
        for name in lock:
            check_choice("lock", name, COMMANDS)
        self._shown = None if show is None else [name for name in PANELS if name in set(show)]
        self._locked = sorted(lock)
        self._followers: list[Callable[[str, dict[str, Any]], None]] = []
        super().__init__(quantities=for_browser())
        self.on_message(self._handle)

    def scene(self, body: Mapping[str, Any]) -> None:
        """What stays while a run goes on: the images that are drawn and the classes.

        ids, labels: int (N,). class_names: C strings. captions: N strings, optional. base: bool (C,), optional, which
        classes are base. thumbnails: uint8 (N, h, w, c), optional. extent: (x0, x1, y0, y1) of the frozen axes; None
        takes them from the first frame. chance: {term: level}, drawn into the curves.
        Classes get the colours of the figures. Raises `AMEError` where ids or labels are missing.
        """
        for name in ("ids", "labels", "class_names"):
            if name not in body:
                raise AMEError(f"body must hold 'ids', 'labels' and 'class_names', got {', '.join(sorted(body))}.")
        look = palette([str(name) for name in body["class_names"]])
        self.retain("scene", {"short": list(look.names), "colors": list(look.colors), **body})

    def frame(self, body: Mapping[str, Any], *, paced: bool = False) -> None:
        """The state of the run now; the newest wins, and `paced` says who asks for the next (`Channel.publish`).

        state ("preparing", "paused", "playing", "finished", "failed", "closed"), step, steps; and whatever there is of
        epoch, error, progress {text, done, of}, speed, rate (steps per second), scrubbed, recorded_steps, arms, dials,
        delta, diagnosis, breaks, prediction, selection, said and locked (commands and dials that are refused).
        An arm is a mapping with name, label, step, recipe_token, parent, fork_step, manifold {points (N, 2), anchors
        (C, 2), prediction (N,), entropy (N,)} and series {term: {x, y}}. What is not given is not shown.
        """
        moving = body.get("state") in _MOVING
        locked = sorted({*self._locked, *body.get("locked", ())})
        self.publish({**body, "moving": moving, "show": self._shown, "locked": locked}, still=not moving, paced=paced)

    def on_command(self, callback: Callable[[str, dict[str, Any]], None]) -> None:
        """Have `callback(name, args)` called for each command of the reader, one of `COMMANDS`, in any thread."""
        self._followers.append(callback)

    def _handle(self, message: dict[str, Any]) -> None:
        name, args = message.get("name"), message.get("args")
        if message.get("type") != "command" or name not in COMMANDS or name in self._locked:
            return
        for callback in tuple(self._followers):
            callback(str(name), dict(args) if isinstance(args, dict) else {})
