"""The lifetime of a live view: it lives as long as a variable holds it or a page shows it.

ipywidgets keeps every widget in a registry until it is closed. So a widget's callbacks must hold its owner only weakly
(`tasks.weakly`), and the owner closes its widgets when it is garbage-collected.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable

import ipywidgets

from ame_explore.widgets.runtime.channel import Channel

UNSEEN = 60.0  # seconds without a view after which the owner is released

_lock = threading.Lock()
_held: dict[int, tuple[object, tuple[Channel, ...], float]] = {}  # id -> owner, its channels, when it was shown


def hold_while_shown(owner: object, channels: Iterable[Channel]) -> None:
    """Keep `owner` alive until no page has shown one of its channels for a minute.

    A cell that ends in `lab()` shows an object that no variable holds.

    Args:
        owner: an object that is being displayed.
        channels: its widgets.
    """
    let_go()
    with _lock:
        _held[id(owner)] = owner, tuple(channels), time.monotonic()


def let_go() -> None:
    """Release the owners that no page shows any more; call this when a new view is made."""
    now = time.monotonic()
    gone = []
    with _lock:
        for key, (_, channels, shown) in list(_held.items()):
            if any(channel.mounted for channel in channels):
                continue
            unseen = min([now - shown, *(channel.left_for for channel in channels if channel.left_for > 0)])
            if unseen > UNSEEN:
                gone.append(_held.pop(key))
    del gone  # outside the lock, because closing the owners may take some time


def close_widgets(*roots: ipywidgets.Widget) -> None:
    """Close widgets together with their children, layouts and styles."""
    waiting, seen = list(roots), set()
    while waiting:
        widget = waiting.pop()
        if id(widget) in seen or widget.comm is None:
            continue
        seen.add(id(widget))
        waiting.extend(parts(widget))
        widget.unobserve_all()
        widget.close()


def parts(widget: ipywidgets.Widget) -> list[ipywidgets.Widget]:
    """The children, layout and style of `widget`."""
    values = list(widget._trait_values.values())
    inner = [one for value in values for one in (value if isinstance(value, (list, tuple)) else (value,))]
    return [one for one in inner if isinstance(one, ipywidgets.Widget)]
