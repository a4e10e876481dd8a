"""The cockpit: every view and control of a live run in one widget. It draws what it is given and knows no training."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, get_type_hints

import traitlets

from ame_explore.ame import AMEError, check_choice
from ame_explore.figures.base.labels import palette
from ame_explore.quantities import for_browser
from ame_explore.widgets.runtime.channel import Channel, bundle
from ame_explore.widgets.runtime.messages import COMMANDS, PANELS, LabState, Scene

_MOVING = ("playing", "preparing")
# Of a scene, where it is not given.
_SCENE: dict[str, Any] = {"base": None, "captions": (), "thumbnails": None, "extent": None, "chance": {}}


class Cockpit(Channel):
    """Transport, dials and live views of one or more arms: it draws a `messages.Scene` and `LabState`s.

    show: names of the panels to show, of `PANELS`; None for all. lock: names of commands that are refused, of
    `COMMANDS` (their controls are greyed out); a dial is locked by its own "locked" in the frame.
    Raises `AMEError` for unknown names.
    """

    _esm = bundle("cockpit.js")
    _css = bundle("cockpit.css")
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
        """What stays while a run goes on: `messages.Scene`, but for what the figures say of the classes.

        ids, labels and class_names must be given.

        Raises:
            AMEError: one of them is missing, or something is given that a scene does not have.
        """
        for name in ("ids", "labels", "class_names"):
            if name not in body:
                raise AMEError(f"body must hold 'ids', 'labels' and 'class_names', got {', '.join(sorted(body))}.")
        given = get_type_hints(Scene).keys() - {"short", "colors"}
        for name in body:
            check_choice("body", name, sorted(given))
        look = palette([str(name) for name in body["class_names"]])
        self.retain("scene", {**_SCENE, **body, "short": look.names, "colors": look.colors})

    def frame(self, state: LabState, *, paced: bool = False) -> None:
        """The state of the run now; the newest wins, and `paced` says who asks for the next (`Channel.publish`)."""
        locked = sorted({*self._locked, *state.locked})
        body = {**vars(state), "show": self._shown, "locked": locked}
        self.publish(body, still=state.state not in _MOVING, paced=paced)

    def on_command(self, callback: Callable[[str, dict[str, Any]], None]) -> None:
        """Have `callback(name, args)` called for each command of the reader, one of `COMMANDS`, in any thread."""
        self._followers.append(callback)

    def _handle(self, message: dict[str, Any]) -> None:
        name, args = message.get("name"), message.get("args")
        if message.get("type") != "command" or name not in COMMANDS or name in self._locked:
            return
        for callback in tuple(self._followers):
            callback(str(name), dict(args) if isinstance(args, dict) else {})
