"""Marks on the bars of the bound inspector: another arm's value, and the measured loss of the sampled weights."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from ame_explore.analysis.bounds.terms import Bound
from ame_explore.figures.base.colors import INK, MEASURED
from ame_explore.figures.base.style import f32, plain
from ame_explore.quantities import number

END = 1.16  # of the axis: beyond 1 a bound says nothing, and a bar is cut off at the end


def draw_posteriors(figure: go.Figure, bounds: Sequence[Bound], row: int, *, first: bool) -> None:
    """Mark the measured loss of weights sampled around the trained ones, which PAC-Bayes bounds are about."""
    here = [(place, value) for place, bound in enumerate(bounds) if (value := bound.measured) is not None]
    if not here:
        return
    mark = {"symbol": "line-ns-open", "size": 34, "color": MEASURED, "line": {"color": MEASURED, "width": 5}}
    figure.add_trace(
        go.Scatter(
            x=f32([value for _, value in here]),
            y=f32([place - 0.24 for place, _ in here]),
            mode="markers",
            marker=mark,
            name="measured for the drawn weights",
            showlegend=first,
            text=[f"measured loss of the drawn weights: {number(value)}" for _, value in here],
            hovertemplate="%{text}<extra></extra>",
        ),
        row=row,
        col=1,
    )


def draw_diamonds(
    figure: go.Figure, bounds: Sequence[Bound], beside: tuple[str, Mapping[str, float]], row: int, *, first: bool
) -> None:
    """Mark the other arm's value of each bound, at the end of the axis if it lies beyond."""
    arm, values = beside
    here = [
        (place, values[bound.name])
        for place, bound in enumerate(bounds)
        if math.isfinite(values.get(bound.name, math.nan))
    ]
    figure.add_trace(
        go.Scatter(
            x=f32([min(value, END - 0.01) for _, value in here]),
            y=f32([place - 0.42 for place, _ in here]),
            mode="markers",
            marker={
                "symbol": "diamond",
                "size": 15,
                "color": "white",
                "line": {"color": INK, "width": 2.5},
            },
            name=f"the same for {plain(arm)}",
            showlegend=first,
            text=[f"{plain(arm)}: {number(value)}" for _, value in here],
            hovertemplate="%{text}<extra></extra>",
        ),
        row=row,
        col=1,
    )
