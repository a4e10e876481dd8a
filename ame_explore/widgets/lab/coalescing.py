"""Drop commands that a later one supersedes, when they arrive faster than the worker can follow them.

A moving slider, a key that is held down or a script in a loop can send thousands of commands between two steps. The run
ends in the same state with and without the dropped commands.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

Command = tuple[str, dict[str, Any]]

_ANEW = ("reset", "restore")
_LOST = ("play", "pause", "step", "scrub", "fork")  # they have no effect on a run that then starts over
_LAST_COUNTS = ("speed", "select", "complain", "refresh", "take_apart", "probe")  # one "probe" serves all that wait
_TRANSPORT, _SCRUB = ("transport",), ("scrub",)
Key = tuple[Hashable, ...]


def coalesced(commands: Sequence[Command]) -> list[Command]:
    """The commands that still matter, in order; consecutive steps are merged into one command with their sum.

    It goes from the last command to the first, and remembers what the later ones decide.
    """
    kept: list[Command] = []
    decided: set[Key] = set()
    anew, turned = "", False  # the next later command that starts over; whether a dial is turned before it
    first = next((place for place, (name, _) in enumerate(commands) if name in _ANEW), len(commands))
    for place in reversed(range(len(commands))):
        name, arguments = commands[place]
        key = _decides(name, arguments)
        # Between the first and the last command that starts over, the run stays at step 0.
        lost = anew and (name in _LOST or (name == "reset" and (place > first or not turned)))
        lost = lost or (anew == "restore" and name in ("set", "break", "reset"))
        if lost or (key is not None and key in decided):
            continue
        if _is_step(name, arguments) and kept and _is_step(*kept[-1]):
            then = kept[-1][1]
            last = then.get("last", then["count"])
            kept[-1] = "step", {**then, "count": arguments["count"] + then["count"], "last": last}
            continue
        kept.append((name, arguments))
        if name in _ANEW:
            anew, turned = name, False
        turned = turned or name in ("set", "break")
        # Earlier turns of a dial matter if something happens in between.
        barrier = {"set": ("break",)}.get(name, ("set", "break") if name in ("step", "fork", "break", *_ANEW) else ())
        if name in ("fork", "predict", *_ANEW):
            barrier = (*barrier, "transport", "scrub")
        decided = {one for one in decided if one[0] not in barrier}
        if key is not None:
            decided.add(key)
        if name in ("play", "step"):
            decided |= {_TRANSPORT, _SCRUB}
    return kept[::-1]


def _decides(name: str, arguments: dict[str, Any]) -> Key | None:
    """A key for commands of which only the last matters; None if each one matters."""
    if name in ("play", "pause") or (name == "step" and arguments.get("unit") == "epoch"):
        return _TRANSPORT
    if name == "set":
        return ("set", arguments["field"], tuple(arguments["arms"]))
    if name == "break":
        return ("break", arguments["switch"])
    return (name,) if name in ("scrub", *_LAST_COUNTS) else None


def _is_step(name: str, arguments: dict[str, Any]) -> bool:
    return name == "step" and arguments.get("unit") == "step"
