"""One style for every figure: colour-blind-safe colours, and type that is legible from the back of a room.

Colour is never the only cue: arms also differ in dash and marker, base and new classes in the marker's fill.
"""

from __future__ import annotations

import contextlib
import html
import json
import math
import os
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray
from plotly.subplots import make_subplots

from ame_explore.ame import check_number
from ame_explore.figures.base.colors import DASHES, FONT, GRID, INK, MUTED, OKABE_ITO, SYMBOLS
from ame_explore.figures.base.still import still

_LEAST_PICTURE, _HIGHEST = 40, 100_000  # pixels
WEBGL_ABOVE = 5000  # points per figure: SVG is slow above, and a page holds only about 8 WebGL figures


_PLOTLY = "application/vnd.plotly.v1+json"
_DATA_RENDERERS = ("plotly_mimetype", "jupyterlab", "nteract", "vscode")
# Kernels of which Plotly has other renderers, and a reader's choice of one.
_OTHERS = (
    "PLOTLY_RENDERER", "COLAB_NOTEBOOK_ID", "COCALC_PROJECT_ID", "DATABRICKS_RUNTIME_VERSION", "KAGGLE_KERNEL_RUN_TYPE",
)  # fmt: skip


@dataclass(frozen=True)
class Drawing:
    """A figure and its sentence.

    Attributes:
        figure: the plotly figure.
        sentence: what the figure shows, in words, with its main numbers.
    """

    figure: go.Figure
    sentence: str
    kind = "drawing"  # the name of this kind of page part

    @property
    def title(self) -> str:
        """The figure's headline, as a reader sees it."""
        return html.unescape(str(self.figure.layout.title.text)).replace("\u200b", "")

    def _repr_mimebundle_(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """A notebook shows the figure, and where no script runs a still of it; the sentence is for screen readers and
        for places that show only text.
        """
        if not _front_end_draws_data():
            return {**self.figure._repr_mimebundle_(*args, **kwargs), "text/plain": self.sentence}
        # No upload button: a stray click must not send data off the machine.
        data = {**json.loads(self.figure.to_json()), "config": {"showSendToCloud": False}}
        bundle: dict[str, Any] = {_PLOTLY: data, "text/plain": self.sentence}
        with contextlib.suppress(Exception):  # of a figure that is not ours, nothing is promised
            bundle["image/svg+xml"] = still(self.figure, self.sentence)
        return bundle


def _front_end_draws_data() -> bool:
    """Whether the front end draws a figure from its data, as Jupyter's do.

    Plotly's renderers know it, too, but they import nbformat and its checks of addresses, which takes seconds.
    """
    if (chosen := sys.modules.get("plotly.io._renderers")) is not None:  # perhaps by the reader
        return any(name in _DATA_RENDERERS for name in str(chosen.renderers.default).split("+"))
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    return type(shell).__module__.startswith("ipykernel.") and not any(name in os.environ for name in _OTHERS)


@dataclass(frozen=True)
class ArmStyle:
    """How one arm of an experiment looks in every figure.

    Attributes:
        color: "#rrggbb".
        dash: plotly's dash pattern.
        symbol: plotly's marker symbol.
    """

    color: str
    dash: str
    symbol: str

    def faint(self, opacity: float) -> str:
        """The colour as rgba(), for bands and fills.

        Args:
            opacity: in [0, 1].
        """
        red, green, blue = (int(self.color[i : i + 2], 16) for i in (1, 3, 5))
        return f"rgba({red}, {green}, {blue}, {opacity:g})"


_INTERPRETED = re.compile(r"<(?=[/a-zA-Z])|&(?=#?\w+;)|%(?={)")

MEASURED_BAND = ArmStyle(OKABE_ITO[2], "solid", "circle").faint(0.2)


def arm_styles(arms: Iterable[str]) -> dict[str, ArmStyle]:
    """A style for each arm, by position; the first arm is the reference.

    Args:
        arms: names of the arms.
    """
    return {
        arm: ArmStyle(OKABE_ITO[i % len(OKABE_ITO)], DASHES[i % len(DASHES)], SYMBOLS[i % len(SYMBOLS)])
        for i, arm in enumerate(arms)
    }


def plain(text: str) -> str:
    """Escape a text so that plotly draws it literally: labels interpret some HTML, and hover texts interpret `%{...}`.

    A space of no width breaks up tags and entities as well, because plotly reads what a legend shows a second time.

    Args:
        text: the text.
    """
    return html.escape(_INTERPRETED.sub("\\g<0>\u200b", " ".join(str(text).split())), quote=False)


def f32(values: ArrayLike) -> NDArray[np.float32]:
    """A flat float32 array: plotly sends one-dimensional float32 and int32 as binary, four times smaller than text."""
    return np.ascontiguousarray(values, dtype=np.float32).ravel()


def i32(values: ArrayLike) -> NDArray[np.int32]:
    """A flat int32 array; see `f32`."""
    return np.ascontiguousarray(values, dtype=np.int32).ravel()


# What a page does with a trace while points are selected (`meta`, read by widgets/js/src/selection.js): the segments of
# all pairs fade, those of selected points are highlighted, and places can be clicked but not selected.
SEGMENTS, LIT, PLACES = {"role": "segments"}, {"role": "lit"}, {"role": "places"}


def ids_data(of_points: Sequence[Sequence[int]]) -> NDArray[np.int32] | NDArray[np.int64] | list[int | list[int]]:
    """The `customdata` of points that stand for one or more ids each.

    Args:
        of_points: the ids of each point.
    """
    if all(len(ids) == 1 for ids in of_points):
        return id_array([ids[0] for ids in of_points])
    return [ids[0] if len(ids) == 1 else list(ids) for ids in of_points]


def id_array(values: ArrayLike) -> NDArray[np.int32] | NDArray[np.int64]:
    """Ids, flat: int32 if it holds them all, else int64, which is sent as text and is exact below 2^53."""
    whole = np.ascontiguousarray(values, dtype=np.int64).ravel()
    narrow = whole.astype(np.int32)
    return narrow if np.array_equal(narrow, whole) else whole


def wants_log(values: ArrayLike, factor: float = 30.0) -> bool:
    """Whether positive values span so wide a range that a linear axis would flatten most of them.

    Args:
        values: any shape; values that are not finite are ignored.
        factor: the ratio of largest to smallest above which the answer is yes.
    """
    finite = np.asarray(values, dtype=np.float64)
    finite = finite[np.isfinite(finite)]
    return finite.size > 0 and finite.min() > 0 and finite.max() / finite.min() > factor


def log_axis(low: float, high: float) -> dict[str, Any]:
    """Settings of a logarithmic axis, with ticks at 1, 2 and 5 if it spans few decades, else at powers of ten.

    Plotly's own ticks between the powers are too small to read from a distance.

    Args:
        low: smallest value shown, > 0.
        high: largest value shown.
    """
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    digits = (1, 2, 5) if len(decades) <= 4 else (1,)
    values = [digit * 10.0**decade for decade in decades for digit in digits]
    return {"type": "log", "tickvals": values, "ticktext": [f"{value:g}".replace("-", "\u2212") for value in values]}


def scatter_class(points: int) -> type[Any]:
    """The trace type for a figure: SVG is sharper and prints well, WebGL stays fast with many points.

    Args:
        points: number of points in the figure.
    """
    kind: type[Any] = go.Scattergl if points > WEBGL_ABOVE else go.Scatter
    return kind


def panel_grid(
    titles: Sequence[str], *, side: int, between: int, horizontal_spacing: float, columns: int = 3
) -> tuple[go.Figure, list[dict[str, int]], int]:
    """An empty figure with a panel per title, in rows of panels of one height.

    Args:
        titles: HTML above each panel.
        side: height of a panel, pixels.
        between: space between two rows of panels, pixels.
        horizontal_spacing: space between two columns, as a share of the width.
        columns: the most panels in a row.

    Returns:
        The figure, the row and column of each panel, and the height of all rows with the spaces between them, pixels.
    """
    across = min(columns, len(titles))
    down = math.ceil(len(titles) / across)
    height = down * side + (down - 1) * between
    figure = make_subplots(
        down,
        across,
        subplot_titles=titles,
        horizontal_spacing=horizontal_spacing if across > 1 else 0,
        vertical_spacing=between / height if down > 1 else 0,
    )
    return figure, [{"row": place // across + 1, "col": place % across + 1} for place in range(len(titles))], height


def finish(
    figure: go.Figure, title: str, subtitle: str = "", *, height: int = 520, top: int = 110, bottom: int = 78
) -> go.Figure:
    """Set a figure's title, template and size.

    Args:
        figure: the figure.
        title: the headline.
        subtitle: the line below it.
        height: pixels, enough for both margins and a picture between them.
        top: upper margin, pixels.
        bottom: lower margin, pixels.

    Returns:
        The same figure.

    Raises:
        AMEError: if the height leaves no room for a picture.
    """
    check_number("height", height, low=top + bottom + _LEAST_PICTURE, high=_HIGHEST)
    figure.update_layout(template=TEMPLATE, height=height, margin={"l": 84, "r": 24, "t": top, "b": bottom})
    figure.update_layout(title={"text": title, "subtitle": {"text": subtitle}})
    return figure


_NARROW = 820  # pixels: a figure on a page beside a table of contents


def legend_room(figure: go.Figure, *, above: int, item: int = 30, legend: str = "legend") -> None:
    """Make the figure higher if its legend would otherwise reach the subtitle.

    Args:
        figure: the figure, sized, with its traces.
        above: distance of the legend from the panels, pixels.
        item: width of a line sample, pixels.
        legend: which of the figure's legends.
    """
    shown = [each for each in figure.data if each.name and each.showlegend is not False]
    names = {str(each.name) for each in shown if (each.legend or "legend") == legend}
    if not names:
        return
    widths = [item + 15 + 8 * len(name) for name in names]
    margin = figure.layout.margin
    room = _NARROW - margin.l - margin.r
    rows = 1 if sum(widths) <= room else math.ceil(len(widths) / max(1, room // max(widths)))
    lines = 1 + str(figure.layout.title.subtitle.text).count("<br>")
    missing = 56 + 20 * lines + 24 * rows + above - margin.t
    if missing > 0:
        figure.update_layout(height=figure.layout.height + missing, margin_t=margin.t + missing)


def top_legend(figure: go.Figure, *, above: int = 34, item: int = 30) -> None:
    """Put the legend above the panels and their titles, on a figure that `finish` has sized.

    Where its rows would reach the subtitle on a page of a book's width, the figure grows by what is missing.

    Args:
        figure: the figure.
        above: distance from the panels, pixels.
        item: width of a line sample, pixels: 44 shows a dash pattern, 30 is plotly's minimum.
    """
    legend_room(figure, above=above, item=item)
    margin = figure.layout.margin
    inner = figure.layout.height - margin.t - margin.b
    place = {
        "orientation": "h",
        "x": 0,
        "xanchor": "left",
        "y": 1 + above / inner,
        "yanchor": "bottom",
        "itemwidth": item,
    }
    figure.update_layout(legend=place)


_AXIS = {
    "showgrid": True,
    "gridcolor": GRID,
    "zeroline": False,
    "linecolor": "#8a8a8a",
    "showline": True,
    "ticks": "outside",
    "tickcolor": "#8a8a8a",
    "ticklen": 5,
    "tickfont": {"size": 14},
    "title": {"font": {"size": 16}, "standoff": 12},
    "automargin": True,
}

TEMPLATE = go.layout.Template(
    layout={
        "font": {"family": FONT, "size": 15, "color": INK},
        "paper_bgcolor": "white",
        "plot_bgcolor": "white",
        "colorway": list(OKABE_ITO),
        "title": {
            "x": 0,
            "xref": "container",
            "xanchor": "left",
            "pad": {"l": 8},
            "y": 0.98,
            "yanchor": "top",
            "font": {"size": 21, "weight": 600},
            "subtitle": {"font": {"size": 15, "color": MUTED}},
        },
        "xaxis": _AXIS,
        "yaxis": _AXIS,
        "legend": {"font": {"size": 15}, "bgcolor": "rgba(255,255,255,0.85)", "itemsizing": "constant"},
        "hoverlabel": {"font": {"size": 15, "family": FONT}, "align": "left"},
        "annotationdefaults": {"font": {"size": 16}},
        "hovermode": "closest",
        "autotypenumbers": "strict",
    }
)
