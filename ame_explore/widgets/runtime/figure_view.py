"""A Plotly figure that can change many times per second without a queue, and that sends its selection to Python."""

from __future__ import annotations

import base64
import gzip
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.utils import PlotlyJSONEncoder

from ame_explore.ame import AMEError
from ame_explore.figures import Drawing
from ame_explore.figures.base.still import still
from ame_explore.widgets.runtime.channel import Channel, bundle
from ame_explore.widgets.runtime.messages import FigureFrame
from ame_explore.widgets.runtime.stills import show as display_with_still
from ame_explore.widgets.runtime.stills import still_bundle


@cache
def _plotly_js() -> bytes:
    """plotly.js from the plotly package, compressed from 4.8 MB to 1.5 MB."""
    return gzip.compress((resources.files("plotly") / "package_data" / "plotly.min.js").read_bytes(), 6)


def _leaves(value: Any) -> Any:
    """A figure's tree for `pack`: large numeric arrays stay arrays, and Plotly's encoder converts everything else."""
    if isinstance(value, dict) and "bdata" in value:  # plotly's base64 arrays, which are a third larger
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
    """The ids in a page's message; None if it is not a list of whole numbers."""
    if not isinstance(sent, list) or not all(type(one) in (int, float) and one == one // 1 for one in sent):
        return None
    return tuple(int(one) for one in sent)


def with_still(bundle: Any, view: FigureView) -> Any:
    """The mime bundle of a widget, with a still of what one of its views shows now.

    Args:
        bundle: the widget's.
        view: the view.
    """
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    if data is not None and view._drawn is not None:
        figure, sentence = view._drawn
        with suppress(Exception):  # of a figure that is not ours, nothing is promised
            data["image/svg+xml"] = still(figure, sentence)
            data["text/plain"] = sentence or data.get("text/plain", "")
    return bundle


class FigureView(Channel):
    """A live view of a Plotly figure: `show` replaces it from any thread, and only the newest is drawn.

    On a page with a dark theme the figure has dark colours. The sentence of a `Drawing` stands below the figure and is
    read by screen readers. plotly.js is loaded from the plotly package, once per page, when the first view asks for it:
    no network is needed, and a view opens with a few kilobytes. Arrays are sent as float32 and int32.

    A selection dims the traces with `meta` {"role": "segments"} (three points per pair, in the order of the second
    trace after it), and draws the segments of the selected pairs in the trace between.

    Args:
        drawing: a `Drawing` or a Plotly figure; None shows nothing yet.
        height: in CSS pixels; None: the figure's own.

    Raises:
        AMEError: if `drawing` is neither a drawing nor a figure.
    """

    _esm = bundle("figure.js")
    _css = bundle("figure.css")

    def __init__(self, drawing: Drawing | go.Figure | None = None, *, height: int | None = None) -> None:
        self._height = height
        self._drawn: tuple[go.Figure, str] | None = None
        self._saved: Any = None  # the display of the still, once a notebook shows the view
        self._selected: tuple[int, ...] = ()
        self._followers: list[Callable[[tuple[int, ...]], None]] = []
        self._place_followers: list[Callable[[int], None]] = []
        self._state = threading.Lock()
        super().__init__()
        self.on_message(self._handle)
        if drawing is not None:
            self.show(drawing)

    def show(self, drawing: Drawing | go.Figure) -> None:
        """Replace the figure. The reader's zoom is kept while `layout.uirevision` stays the same ("live" if unset).

        Args:
            drawing: a `Drawing` or a Plotly figure.

        Raises:
            AMEError: if it is neither.
        """
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
            self._drawn = figure, sentence
            self.publish(shown)

    def _repr_mimebundle_(self, **options: Any) -> Any:
        """The widget, and for a page without a kernel a still of what it shows now."""
        return with_still(super()._repr_mimebundle_(**options), self)

    def _ipython_display_(self) -> None:
        self.display_in(super()._repr_mimebundle_())

    def display_in(self, bundle: Any) -> None:
        """Show a widget that holds this view, and in a notebook a still below it, which a page with the view hides.

        Args:
            bundle: the widget's mime bundle.
        """
        self._saved = display_with_still(bundle, self._picture)

    def renew_still(self) -> None:
        """Draw the still again. A saved notebook keeps it."""
        if self._saved is not None:
            with suppress(Exception):  # a failed still must not cost the view
                self._saved.update(still_bundle(*self._picture()), raw=True)

    def _picture(self) -> tuple[str, str]:
        if self._drawn is None:
            raise AMEError("nothing is drawn yet.")
        figure, sentence = self._drawn
        return still(figure, sentence), sentence

    def on_select(self, callback: Callable[[tuple[int, ...]], None]) -> None:
        """Be told when the reader selects points by lasso, box or click.

        The id of point i is `customdata[i]`, one id or a list, if its trace has customdata, and otherwise i itself.

        Args:
            callback: called with the ids of the selected points, () when the reader clears the selection.
        """
        self._followers.append(callback)

    def on_place(self, callback: Callable[[int], None]) -> None:
        """Call `callback(place)` when the reader clicks into a trace with `meta` {"role": "places"}, whose `customdata`
        numbers the places. Such a click selects no point.
        """
        self._place_followers.append(callback)

    @property
    def selection(self) -> tuple[int, ...]:
        """The ids of the selected points."""
        return self._selected

    def select(self, ids: Iterable[int]) -> None:
        """Mark the points with these ids, as if the reader had selected them; callbacks are not called."""
        with self._state:
            self._selected = tuple(int(number) for number in ids)
            self._tell_selection()

    def _tell_selection(self) -> None:
        """Send only the selection: a figure with many points is too large to send and draw again each time."""
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
                self._tell_selection()  # to other pages, and to those that open later
            for callback in tuple(self._followers):
                callback(ids)
