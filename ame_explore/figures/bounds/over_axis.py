"""Bounds over samples, omega or training: which follow the measured value, and which are vacuous."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from ame_explore.ame import AMEError
from ame_explore.analysis.bounds.terms import Bound
from ame_explore.arguments import checked
from ame_explore.figures.base.colors import GRID, INK, MEASURED, MUTED
from ame_explore.figures.base.style import (
    MEASURED_BAND,
    ArmStyle,
    Drawing,
    arm_styles,
    f32,
    finish,
    log_axis,
    plain,
    top_legend,
    wants_log,
)
from ame_explore.quantities import number, quantity

# what a Bound calls its quantity -> the quantity
BOUNDED = {"loss": quantity("expected_loss"), "gap": quantity("generalization_gap")}
TOP = 1.3  # of the axis: a value above it is drawn at the edge, where it is marked as off the scale


@checked
def bounds_over(
    x: Sequence[float],
    bounds: Mapping[str, Sequence[Bound]],
    *,
    over: str,
    measured: Sequence[tuple[float, float, float]] | None = None,
    title: str = "Which bound follows the measured value?",
) -> Drawing:
    """One line per bound over x: markers are filled where it applies, open where it is vacuous or violated.

    Args:
        x: (k,) finite, increasing numbers: samples, omega, or steps.
        bounds: name -> k bounds, all of the same quantity.
        over: what x is, with its unit.
        measured: k (value, low, high) of that quantity; low and high may be NaN.
        title: the headline.

    Returns:
        The figure and its sentence.

    Raises:
        AMEError: if there is nothing to draw, lengths differ, quantities differ, or x does not increase.
    """
    places = np.asarray(x, dtype=np.float64)
    if not bounds or places.ndim != 1 or len(places) == 0:
        raise AMEError("bounds and x must not be empty.")
    lengths = {name: len(each) for name, each in bounds.items()} | ({"measured": len(measured)} if measured else {})
    if set(lengths.values()) != {len(places)}:
        raise AMEError(f"bounds and measured must have one entry for each of the {len(places)} x, got {lengths}.")
    if not np.isfinite(places).all() or (np.diff(places) <= 0).any():
        raise AMEError("x must be finite and strictly increasing.")
    kinds = {bound.quantity for each in bounds.values() for bound in each}
    if len(kinds) > 1:
        raise AMEError("bounds must all be of the loss or all of the gap: draw them in two figures.")
    figure = go.Figure()
    if measured:
        rows = np.asarray(measured, dtype=np.float64)
        figure.add_traces(measured_traces(places, rows, size=10 if len(places) == 1 else 5))
    for (name, each), style in zip(bounds.items(), arm_styles(bounds).values(), strict=True):
        label = legend_name(each[0]) if name == each[0].name else name
        figure.add_trace(bound_trace(places, each, style, name=label))
    figure.add_hrect(y0=1, y1=TOP + 0.03, fillcolor=GRID, opacity=0.8, line_width=0, layer="below")
    figure.add_hline(y=1, line={"color": MUTED, "width": 1.5, "dash": "dot"})
    figure.add_annotation(
        x=0,
        xref="paper",
        xanchor="left",
        y=1.15,
        text="<b>VACUOUS</b>: says nothing",
        showarrow=False,
        font={"color": INK},
    )
    scale = log_axis(places.min(), places.max()) if wants_log(places, 8) else {}
    figure.update_xaxes(title_text=plain(over), **{**scale, **ticks_at(places)})
    quantity_title = BOUNDED["loss" if kinds == {"loss"} else "gap"].title
    lowest = min([0.0, *[low for row in measured or [] for low in row if math.isfinite(low)]])
    lines = math.ceil((len(bounds) + (measured is not None)) / 4)  # of the legend
    figure.update_yaxes(title_text=quantity_title, range=[lowest - 0.02, TOP + 0.03])
    finish(
        figure,
        title,
        "Filled: the bound applies. Open: vacuous, violated here, or not a bound.",
        height=490 + 30 * lines,
        top=100 + 30 * lines,
    )
    figure.update_layout(legend_traceorder="normal")
    top_legend(figure, above=10, item=44)
    return Drawing(figure, _sentence(places, bounds, over, measured))


def ticks_at(places: ArrayLike) -> dict[str, Any]:
    """Settings of an axis, with ticks at the computed positions if there are few."""
    values = np.asarray(places, dtype=np.float64)
    if len(values) > 8:
        return {}
    return {"tickvals": values.tolist(), "ticktext": [f"{value:g}".replace("-", "\u2212") for value in values]}


def legend_name(bound: Bound) -> str:
    """A bound's short name for a legend, marked if it is not a bound."""
    return bound.short + ("" if bound.is_bound else ": no bound")


def measured_traces(x: ArrayLike, rows: np.ndarray, *, size: int, first: bool | None = None) -> list[go.Scatter]:
    """The measured values as a line, with a band where every interval is known.

    Args:
        x: (k,) places.
        rows: (k, 3) values with the ends of their intervals.
        size: of the markers, pixels.
        first: of several panels, whether this is the first, which the legend names; None: there is one panel.
    """
    value, low, high = rows.T
    traces = []
    if np.isfinite(rows).all():
        edge = {"mode": "lines", "line": {"width": 0}, "showlegend": False, "hoverinfo": "skip"}
        traces += [
            go.Scatter(x=f32(x), y=f32(low), **edge),
            go.Scatter(x=f32(x), y=f32(high), fill="tonexty", fillcolor=MEASURED_BAND, **edge),
        ]
    line = go.Scatter(
        x=f32(x),
        y=f32(value),
        mode="lines+markers",
        line={"color": MEASURED, "width": 4},
        marker={"size": size},
        name="measured",
        **_grouped("measured", first),
        hovertemplate="measured %{y:.3f}<extra></extra>",
    )
    return [*traces, line]


def bound_trace(
    x: ArrayLike, bounds: Sequence[Bound], style: ArmStyle, *, name: str, first: bool | None = None
) -> go.Scatter:
    """A bound as a line: markers are filled where it applies.

    Args:
        x: (k,) places.
        bounds: k bounds.
        style: its colour, dash and symbol.
        name: in the legend.
        first: as in `measured_traces`.
    """
    return go.Scatter(
        x=f32(x),
        y=f32(np.minimum([bound.value for bound in bounds], TOP)),
        mode="lines+markers",
        name=plain(name),
        **_grouped(bounds[0].name, first),
        line={"color": style.color, "dash": style.dash, "width": 2.5},
        marker={
            "symbol": style.symbol,
            "size": 10,
            "color": [style.color if bound.applies else "white" for bound in bounds],
            "line": {"color": style.color, "width": 2},
        },
        text=[f"<b>{plain(bound.name)}</b> {number(bound.value)}<br>{plain(bound.verdict)}" for bound in bounds],
        hovertemplate="%{text}<extra></extra>",
    )


def _grouped(name: str, first: bool | None) -> dict[str, Any]:
    return {} if first is None else {"legendgroup": name, "showlegend": first}


def _sentence(
    x: np.ndarray,
    bounds: Mapping[str, Sequence[Bound]],
    over: str,
    measured: Sequence[tuple[float, float, float]] | None,
) -> str:
    """First and last values; bounds that are vacuous throughout are counted where there are many."""

    def ends(first: float, last: float) -> str:
        return number(first) if len(x) == 1 else f"{number(first)} to {number(last)}"

    parts = [f"At {over} {x[0]:g}:" if len(x) == 1 else f"From {over} {x[0]:g} to {x[-1]:g}:"]
    if measured:
        parts.append(f"measured {ends(measured[0][0], measured[-1][0])};")
    silent = 0
    for name, each in bounds.items():
        empty = sum(bound.vacuous for bound in each)
        if empty == len(each) and len(bounds) > 2:
            silent += 1
            continue
        words = f"{name} {ends(each[0].value, each[-1].value)}"
        words += f" (vacuous at {empty} of {len(each)})" if empty else ""
        words += "" if each[0].is_bound else " (not a bound)"
        parts.append(words + ";")
    parts += [f"{silent} of {len(bounds)} vacuous throughout;"] if silent else []
    return " ".join(parts).rstrip(";") + "."
