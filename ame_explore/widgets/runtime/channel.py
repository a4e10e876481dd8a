"""Binary frames for a browser that may be slower than Python: the latest wins, and one is in flight at a time.

A widget that sends every state fills the browser's queue, and pressing pause then takes effect seconds later. Here the
browser acknowledges each frame that it has drawn, and only then gets the newest state; states in between are never
sent. A page that has proved to be quick need not acknowledge every frame of a slow sequence: JupyterLab redraws its
toolbar for each message to the kernel, which costs as much as the frame itself.
"""

from __future__ import annotations

import dataclasses
import math
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import traitlets

from ame_explore.ame import AMEError
from ame_explore.widgets.runtime.messages import FrameHeader

SILENCE = 1.0  # seconds without an acknowledgement after which a page counts as away, until its next message
QUICK = 0.1  # seconds: a page that acknowledged within this time may get frames that need no acknowledgement
SPACED = 0.2  # seconds: the least time between such frames
UNASKED = 2.0  # seconds: after this an acknowledgement is needed again, in case the page has stalled
_WIRE = {"f": "f4", "i": "i4", "u": "i4", "b": "u1"}  # numpy's kind -> what travels
_NARROW = {"uint8": "u1", "int16": "i2"}


def bundle(name: str) -> str:
    """The text of a built JavaScript module or style sheet in widgets/js/bundles."""
    return (resources.files("ame_explore.widgets") / "js" / "bundles" / name).read_text(encoding="utf-8")


def _beyond_int32(value: np.ndarray) -> bool:
    return value.dtype.itemsize >= 4 and value.size > 0 and (value.min() < -(1 << 31) or value.max() >= 1 << 31)


def pack(tree: Any) -> tuple[Any, list[bytes]]:
    """Split a tree of plain values and arrays into a part for JSON and binary buffers.

    Each array becomes `{"buffer": i, "dtype": "f4" | "i4" | "i2" | "u1", "shape": [...]}` with its numbers,
    little-endian, in buffer i: uint8 and bool as u1, int16 as i2, other integers as i4 (or as a list if they do not
    fit), floats as f4. Dataclasses become objects, and numbers that are not finite become None.

    Args:
        tree: plain values, mappings, lists, dataclasses, paths and numpy arrays.

    Returns:
        The part for JSON, and the buffers.

    Raises:
        AMEError: if the tree holds anything else.
    """
    buffers: list[bytes] = []

    def plain(value: Any) -> Any:
        kind = type(value)
        if kind is str or kind is bool or kind is int or value is None:
            return value
        if kind is dict:
            return {str(key): plain(item) for key, item in value.items()}
        if kind is list:
            return [plain(item) for item in value]
        if isinstance(value, str):
            return value
        if isinstance(value, (int, np.integer)):
            return int(value)
        if isinstance(value, (float, np.floating)):
            return float(value) if math.isfinite(value) else None
        if isinstance(value, np.bool_):
            return bool(value)
        if isinstance(value, np.ndarray):
            return array(value)
        if isinstance(value, Mapping):
            return {str(key): plain(item) for key, item in value.items()}
        if isinstance(value, (list, tuple, set, frozenset, range)):
            return [plain(item) for item in value]
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
        if isinstance(value, Path):
            return str(value)
        raise AMEError(
            f"body must hold plain values, mappings, lists, dataclasses and numpy arrays, got {type(value).__name__}."
        )

    def array(value: np.ndarray) -> Any:
        if value.dtype.kind not in _WIRE or (value.dtype.kind in "iu" and _beyond_int32(value)):
            return plain(value.tolist())
        dtype = _NARROW.get(value.dtype.name) or _WIRE[value.dtype.kind]
        buffers.append(np.asarray(value, dtype=f"<{dtype}").tobytes())
        return {"buffer": len(buffers) - 1, "dtype": dtype, "shape": list(value.shape)}

    return plain(tree), buffers


def _number(value: Any) -> float:
    """A number that a page sent; 0 for anything else."""
    return float(value) if type(value) in (int, float) and abs(value) < 1e300 else 0.0


@dataclasses.dataclass
class Traffic:
    """Counts of the frames of a channel, and their ages.

    Attributes:
        published: frames published.
        sent: frames sent.
        acknowledged: frames acknowledged.
        stale: frames that arrived too late to be drawn.
        oldest_drawn: the largest age of a drawn frame, seconds.
        last_age: the age of the last drawn frame, seconds.
    """

    published: int = 0
    sent: int = 0
    acknowledged: int = 0
    stale: int = 0
    oldest_drawn: float = 0.0
    last_age: float = 0.0


class Channel(anywidget.AnyWidget):
    """Latest-wins, acknowledged frames to every browser page that shows this widget, and messages back from the pages.

    Every method may be called from any thread, and callbacks may be called in any thread: they must be quick and use
    their own locks. A subclass sets `_esm`, a bundle whose entry ends in `widget(...)` of js/src/channel.js.

    A page announces itself ("ready"), receives the retained messages and the newest frame, and acknowledges each frame
    that it has drawn. A hidden page says so ("away"). A page that is silent for `SILENCE` seconds gets nothing until
    its next message. The slowest active page sets the pace.

    Args:
        traits: initial values of the widget's traits.
    """

    own_id = traitlets.Unicode().tag(sync=True)  # by which a page finds the model behind anywidget's

    def __init__(self, **traits: Any) -> None:
        self._lock = threading.RLock()
        self._pages: dict[str, tuple[float, float]] = {}  # page -> (its clock, Python's) at its last message
        self._waiting: set[str] = set()  # pages that have not acknowledged the frame in flight
        self._mounted: set[str] = set()  # pages that hold a view, even if it is scrolled away or in a hidden tab
        self._left_at: float | None = None
        self._sent_at = self._asked_at = -math.inf  # times of the last frame, and of the last to be acknowledged
        self._quick = False  # whether the last acknowledgement was quick
        self._number = 0
        self._newest: dict[str, Any] | None = None
        self._unsent = False
        self._still, self._paced = True, False
        self._made = 0.0
        self._retained: dict[str, tuple[int, dict[str, Any]]] = {}
        self._demand: list[Callable[[], None]] = []
        self._handlers: list[Callable[[dict[str, Any]], None]] = []
        self.traffic = Traffic()
        own_id = uuid.uuid4().hex
        super().__init__(model_id=own_id, own_id=own_id, **traits)
        self.on_msg(self._receive)

    # From Python to the browser

    def publish(
        self, body: Mapping[str, Any], *, still: bool = True, made: float | None = None, paced: bool = False
    ) -> None:
        """Make `body` the newest frame. It is sent as soon as a page can take one, unless a newer one replaces it.

        Args:
            body: anything that `pack` accepts, without the keys of `messages.FrameHeader`. Its arrays must not change
                afterwards.
            still: whether this state lasts until the next `publish`, so that it can be sent again to a page that comes
                back. If not, `on_demand` asks for a new frame.
            made: when the state was taken, in the time of `time.time()`; None: now.
            paced: whether the publisher checks `wants_frame` by itself, so that not every moving frame needs an
                acknowledgement (those that are SPACED apart, to a page that was QUICK, need none).

        Raises:
            AMEError: if `pack` refuses the body.
        """
        with self._lock:
            self._newest, self._unsent, self._still = dict(body), True, still
            self._paced = paced and not still
            self._made = time.time() if made is None else made
            self.traffic.published += 1
            self._pump()

    def retain(self, name: str, body: Mapping[str, Any]) -> None:
        """Send `body` as a message of type `name` now, and to every page that opens later; the newest of a name counts.

        Use this for what changes rarely. The one-in-flight rule does not apply to these messages.

        Args:
            name: the type of the message.
            body: anything that `pack` accepts.

        Raises:
            AMEError: if `pack` refuses the body.
        """
        with self._lock:
            generation = self._retained[name][0] + 1 if name in self._retained else 1
            self._retained[name] = generation, dict(body)
            if self._pages:
                self._send_retained(name)

    def tell(self, name: str, body: Mapping[str, Any] | None = None, buffers: list[bytes] | None = None) -> None:
        """Send a message once, to the pages that are open now.

        Args:
            name: its type.
            body: anything that `pack` accepts.
            buffers: binary buffers that follow those of `body`.

        Raises:
            AMEError: if `pack` refuses the body.
        """
        header, packed = pack(body or {})
        self.send({**header, "type": name}, [*packed, *(buffers or [])])

    @property
    def wants_frame(self) -> bool:
        """Whether a page can see frames and none is in flight."""
        with self._lock:
            self._drop_silent()
            return bool(self._pages) and not self._waiting

    @property
    def mounted(self) -> bool:
        """Whether a page holds a view of this widget, even if it is scrolled away or in a hidden tab."""
        return bool(self._mounted)

    @property
    def left_for(self) -> float:
        """Seconds since the last view was removed from its page (its cell run again, its tab closed). 0 if a view is
        left, if there was none yet, or if the browser disappeared without a message.
        """
        left_at = self._left_at
        return 0.0 if left_at is None else time.monotonic() - left_at

    def on_demand(self, callback: Callable[[], None]) -> None:
        """Call `callback()` whenever a page can take a frame and none is ready.

        The callback should soon `publish` if there is something newer than the last frame; otherwise it need not do
        anything (a still frame is sent again automatically to a page that comes back).
        """
        self._demand.append(callback)

    def on_message(self, callback: Callable[[dict[str, Any]], None]) -> None:
        """Call `callback(message)` for each message of a page, except those of the channel itself."""
        self._handlers.append(callback)

    # From the browser to Python

    def _receive(self, _widget: Any, message: Any, _buffers: Any) -> None:
        if not isinstance(message, dict):
            return
        kind, page = message.get("type"), str(message.get("page", ""))
        if kind in ("ready", "ack", "ping"):
            self._heard(kind, page, message)
        elif kind == "away":
            with self._lock:
                self._pages.pop(page, None)
                self._waiting.discard(page)
                if message.get("left") and page in self._mounted:
                    self._mounted.discard(page)
                    self._left_at = None if self._mounted else time.monotonic()
                self._pump()
        else:
            for handler in tuple(self._handlers):
                handler(message)

    def _heard(self, kind: str, page: str, message: dict[str, Any]) -> None:
        with self._lock:
            known = page in self._pages
            self._quick = self._quick and known
            self._mounted.add(page)
            self._left_at = None
            self._pages[page] = _number(message.get("t")), time.time()
            if kind == "ack":
                self._acknowledged(page, message)
            else:
                told, heard = self._pages[page]
                self.tell("hello", {"page": page, "t": told, "time": heard})
                have = message.get("have")
                have = have if isinstance(have, dict) else {}
                for name, (generation, _) in self._retained.items():
                    if have.get(name) != generation:
                        self._send_retained(name)
                if (kind == "ready" or not known) and self._still and self._newest is not None:
                    self._send_again()
            self._pump()
            hungry = self.wants_frame and not (kind == "ping" and self._still and self._newest is not None)
        if hungry:
            for callback in tuple(self._demand):
                callback()

    def _acknowledged(self, page: str, message: dict[str, Any]) -> None:
        if message.get("n") == self._number and page in self._waiting:
            self._waiting.discard(page)
            self._quick = time.monotonic() - self._asked_at < QUICK
        self.traffic.acknowledged += 1
        age = _number(message.get("age_ms")) / 1000
        if message.get("stale"):
            self._quick = False
            self.traffic.stale += 1
            if self._still:
                self._send_again()
        else:
            self.traffic.last_age = age
            self.traffic.oldest_drawn = max(self.traffic.oldest_drawn, age)

    # With the lock held

    def _send_again(self) -> None:
        """Send the newest state once more, because it is still current."""
        self._unsent, self._made = True, time.time()

    def _drop_silent(self) -> None:
        if self._waiting and time.monotonic() - self._asked_at > SILENCE:
            for page in self._waiting:
                self._pages.pop(page, None)
            self._waiting.clear()

    def _pump(self) -> None:
        self._drop_silent()
        if not self._unsent or self._newest is None or not self._pages or self._waiting:
            return
        body, buffers = pack(self._newest)
        self._number += 1
        self._unsent = False
        now = time.monotonic()
        spaced = now - self._sent_at >= SPACED and now - self._asked_at < UNASKED
        ask = not (self._paced and self._quick and spaced)
        self._sent_at = now
        if ask:
            self._asked_at, self._waiting = now, set(self._pages)
        made = max(self._made, time.time()) if self._still else self._made
        self.traffic.sent += 1
        heard = dict(self._pages)
        moving = not self._still
        header = FrameHeader(type="frame", n=self._number, time=made, moving=moving, heard=heard, ask=ask)
        self.send({**body, **header}, buffers)

    def _send_retained(self, name: str) -> None:
        generation, body = self._retained[name]
        header, buffers = pack(body)
        self.send({**header, "type": name, "retained": generation}, buffers)

    def close(self) -> None:
        """Close the channel; pages keep their last frame."""
        if hasattr(self, "_lock"):  # ipywidgets also closes a widget whose __init__ raised an error
            with self._lock:
                self._pages.clear()
                self._waiting.clear()
        super().close()
