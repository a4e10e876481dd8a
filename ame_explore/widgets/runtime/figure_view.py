"""A Plotly figure that may change many times a second without a queue, and that hands its selection to Python."""

from __future__ import annotations

import base64
import gzip
import threading
from collections.abc import Callable, Iterable
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.utils import PlotlyJSONEncoder

from ame_explore.ame import AMEError
from ame_explore.figures import Drawing
from ame_explore.widgets.runtime.channel import Channel, bundle
from ame_explore.widgets.runtime.messages import FigureFrame


@cache
def _plotly_js() -> bytes:
    """plotly.js as the plotly package ships it, compressed: 4.8 MB become 1.5 MB."""
    return gzip.compress((resources.files("plotly") / "package_data" / "plotly.min.js").read_bytes(), 6)


def _leaves(value: Any) -> Any:
    """A figure's tree with its flat numeric arrays left as arrays, and all else as Plotly's own encoder writes it."""
    if isinstance(value, dict) and "bdata" in value:  # plotly's own way to pack an array into JSON, a third larger
        flat = np.frombuffer(base64.b64decode(value["bdata"]), value["dtype"])
        shape = value.get("shape")
        return _leaves(flat.reshape([int(side) for side in str(shape).split(",")]) if shape else flat)
    if isinstance(value, dict):
        return {key: _leaves(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        if value.dtype.kind in "iuf" and value.ndim in (1, 2) and value.size > 16:
            return value
        return _leaves(
            value.astype("datetime64[ms]").astype(str).tolist() if value.dtype.kind == "M" else value.tolist()
        )
    if isinstance(value, (list, tuple)):
        return [_leaves(item) for item in value]
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    return PlotlyJSONEncoder().default(value)


def _ids(sent: Any) -> tuple[int, ...] | None:
    """The ids in a page's message; None for anything else than a list of whole numbers."""
    if not isinstance(sent, list) or not all(type(one) in (int, float) and one == one // 1 for one in sent):
        return None
    return tuple(int(one) for one in sent)


class FigureView(Channel):
    """A live view of a Plotly figure: `show` replaces it from any thread, and only the newest is ever drawn.

    A page in a dark theme shows it in dark colours. A selection dims the traces with `meta` {"role": "segments"} (three
    places a pair, in the order of the second trace after), and draws those of the selected pairs in the trace between.
    plotly.js is loaded once for the page, when the first view asks for it, from the plotly package itself: no network,
    and a view opens with a few kilobytes. A `Drawing` shows its sentence below the figure, and a screen reader says it.

    drawing: a `Drawing` or a Plotly figure; None shows nothing yet. height: in CSS pixels; the figure's own if None.
    Arrays travel as float32 and int32. Raises `AMEError` for anything but a drawing or a figure.
    """

    _esm = bundle("figure.js")
    _css = bundle("figure.css")

    def __init__(self, drawing: Drawing | go.Figure | None = None, *, height: int | None = None) -> None:
        self._height = height
        self._selected: tuple[int, ...] = ()
        self._followers: list[Callable[[tuple[int, ...]], None]] = []
        self._place_followers: list[Callable[[int], None]] = []
        self._state = threading.Lock()
        super().__init__()
        self.on_message(self._handle)
        if drawing is not None:
            self.show(drawing)

    def show(self, drawing: Drawing | go.Figure) -> None:
        """Show this from now on. The reader's zoom stays while `layout.uirevision` does ("live" if unset)."""
        if isinstance(drawing, Drawing):
            figure, sentence = drawing.figure, drawing.sentence
        elif isinstance(drawing, go.Figure):
            figure, sentence = drawing, ""
        else:
            raise AMEError(f"drawing must be a Drawing or a Plotly figure, got {type(drawing).__name__}.")
        shown = FigureFrame(
            figure=_leaves(figure.to_plotly_json()),
            sentence=sentence,
            height=self._height or figure.layout.height or 520,
        )
        with self._state:
            self.publish(shown)

    def on_select(self, callback: Callable[[tuple[int, ...]], None]) -> None:
        """Have `callback(ids)` called when the reader selects points by lasso, box or click; () when they clear it.

        A point stands for the ids in `customdata[i]`, one or a list, where its trace has customdata, else for its place
        in the trace.
        """
        self._followers.append(callback)

    def on_place(self, callback: Callable[[int], None]) -> None:
        """Have `callback(place)` called when the reader clicks into a trace with `meta` {"role": "places"}: no point is
        selected, `customdata` numbers the places.
        """
        self._place_followers.append(callback)

    @property
    def selection(self) -> tuple[int, ...]:
        """The ids that are selected now."""
        return self._selected

    def select(self, ids: Iterable[int]) -> None:
        """Mark these points, as if the reader had selected them; callbacks are not called."""
        with self._state:
            self._selected = tuple(int(number) for number in ids)
            self._tell_selection()

    def _tell_selection(self) -> None:
        """By itself: a figure of many points weighs too much to be sent and drawn again for each selection."""
        self.retain("selection", {"selection": list(self._selected)})

    def _handle(self, message: dict[str, Any]) -> None:
        if message.get("type") == "need":
            self.tell("library", buffers=[_plotly_js()])
        elif message.get("type") == "place":
            for place_follower in tuple(self._place_followers):
                place_follower(int(message["place"]))
        elif message.get("type") == "select":
            ids = _ids(message.get("ids", []))
            if ids is None:
                return
            with self._state:
                self._selected = ids
                self._tell_selection()  # to other pages, and to those that come later
            for callback in tuple(self._followers):
                callback(ids)
