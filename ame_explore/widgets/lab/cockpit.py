"""The cockpit: every view and control of a live run in one widget. It only draws, and trains nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, get_type_hints

import traitlets

from ame_explore.ame import AMEError, check_choice
from ame_explore.figures.base.labels import palette
from ame_explore.quantities import for_browser
from ame_explore.widgets.lab.arrangement import Show, arrangement_of, checked, names_of, opened_first
from ame_explore.widgets.runtime.channel import Channel, bundle
from ame_explore.widgets.runtime.messages import COMMANDS, PANELS, LabState, Panel, Scene

_MOVING = ("playing", "preparing")
# Defaults for the parts of a scene that are not given.
_SCENE: dict[str, Any] = {
    "base": None,
    "captions": (),
    "thumbnails": None,
    "show_images": False,
    "extent": None,
    "sampled": "",
    "references": {},
}


def check_images(images: bool | None) -> None:
    """Check the argument `images` of a cockpit.

    Raises:
        AMEError: if it is neither a bool nor None.
    """
    if images is not None and not isinstance(images, bool):
        raise AMEError(f"images must be True, False or None, got {images!r}: None leaves it to the data.")


class Cockpit(Channel):
    """Transport, dials and live views of one or more arms, drawn from a `messages.Scene` and a `LabState` per frame.

    Args:
        show: names of the panels to show, from `PANELS`; None: all. A mapping of places ("left", "below" and "right" of
            the maps) to names also says where each panel is; the first of a place is open.
        lock: names of commands to refuse, from `COMMANDS`; their controls are greyed out. To lock a dial, set its own
            "locked" in the frame.
        images: whether the map draws its points as their images; None: as the scene says.

    Attributes:
        images: as the argument; the button "Images" of the maps changes it.
        arrangement: place -> names of its panels, as `show` or the reader has arranged them.
        opened: place -> name of the panel whose tab the reader has opened.

    Raises:
        AMEError: if a name is unknown, or `images` is neither a bool nor None.
    """

    _esm = bundle("cockpit.js")
    _css = bundle("cockpit.css")
    quantities = traitlets.Dict().tag(sync=True)  # as `quantities.for_browser` gives them
    images = traitlets.Bool(None, allow_none=True).tag(sync=True)
    arrangement = traitlets.Dict().tag(sync=True)  # a `messages.Arrangement`
    opened = traitlets.Dict().tag(sync=True)

    def __init__(self, *, show: Show | None = None, lock: Collection[str] = (), images: bool | None = None) -> None:
        names = names_of(show)
        for name in names or ():
            check_choice("show", name, PANELS)
        for name in lock:
            check_choice("lock", name, COMMANDS)
        check_images(images)
        self._shown = None if names is None else [name for name in PANELS if name in names]
        self._locked = sorted(lock)
        self._followers: list[Callable[[str, dict[str, Any]], None]] = []
        super().__init__(quantities=for_browser(), images=images, arrangement=arrangement_of(show))
        self.on_message(self._handle)

    @traitlets.validate("arrangement")
    def _valid_arrangement(self, proposal: Any) -> Any:
        try:
            return checked(proposal["value"])
        except (AMEError, TypeError):  # a page can send anything
            return self.arrangement or arrangement_of(None)

    @property
    def shown(self) -> list[Panel] | None:
        """The panels that are shown; None: all."""
        return self._shown

    @property
    def arranged(self) -> dict[str, list[str]]:
        """The arrangement in the form of the argument `show`, the open panel of each place first."""
        return opened_first(self.arrangement, self.opened)

    def scene(self, body: Mapping[str, Any]) -> None:
        """Send the part of the view that stays the same during a run.

        Args:
            body: fields of `messages.Scene`, except "short" and "colors", which follow from the class names. "ids",
                "labels" and "class_names" must be given.

        Raises:
            AMEError: if one of these three is missing, or a scene has no field of a given name.
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
        """Send the current state of the run; a newer state replaces one that was not sent yet.

        Args:
            state: what the cockpit draws.
            paced: see `Channel.publish`.
        """
        locked = sorted({*self._locked, *state.locked})
        body = {**vars(state), "show": self._shown, "locked": locked}
        self.publish(body, still=state.state not in _MOVING, paced=paced)

    def on_command(self, callback: Callable[[str, dict[str, Any]], None]) -> None:
        """Call `callback(name, args)`, in any thread, for each command of the reader (one of `COMMANDS`)."""
        self._followers.append(callback)

    def _handle(self, message: dict[str, Any]) -> None:
        name, args = message.get("name"), message.get("args")
        if message.get("type") != "command" or name not in COMMANDS or name in self._locked:
            return
        for callback in tuple(self._followers):
            callback(str(name), dict(args) if isinstance(args, dict) else {})
