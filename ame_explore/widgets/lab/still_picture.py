"""A still picture of a lab, with its maps and its headline curve, for pages where no script runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from ame_explore.figures.base.colors import INK, MUTED
from ame_explore.figures.base.labels import palette
from ame_explore.figures.base.still import still
from ame_explore.figures.base.style import arm_styles, finish, plain
from ame_explore.quantities import quantity
from ame_explore.widgets.runtime.messages import LabState

_TERM = "harmonic_mean"  # the headline
_MOST = 600  # images in a map
_MAPS = 3  # arms with a map: with more, maps would be too small
_NAMED = 12  # class texts with names


def lab_still(scene: Mapping[str, Any] | None, state: LabState) -> tuple[str, str]:
    """Draw a still picture of a lab.

    Args:
        scene: what `LiveRun.scene` returns.
        state: what is shown.

    Returns:
        The SVG, and a sentence that says what it shows.
    """
    shown = [arm for arm in state.arms if arm.manifold is not None][:_MAPS]
    words = _words(state)
    if scene is None or not shown:
        figure = finish(go.Figure(), "Lab", height=240)
        figure.update_xaxes(visible=False).update_yaxes(visible=False)
        figure.add_annotation(text=plain(words), x=0.5, y=0.5, xref="paper", yref="paper", showarrow=False)
        return still(figure, words), words
    columns = len(shown) + 1
    names = [f"<b>{plain(arm.name)}</b>" for arm in shown]
    figure = make_subplots(
        1, columns, subplot_titles=[*names, f"<b>{quantity(_TERM).short}</b>"], horizontal_spacing=0.04
    )
    look = palette([str(name) for name in scene["class_names"]])
    labels, base = np.asarray(scene["labels"]), scene.get("base")
    x0, x1, y0, y1 = scene["extent"]
    for column, arm in enumerate(shown, 1):
        assert arm.manifold is not None
        points, anchors = np.asarray(arm.manifold["points"]), np.asarray(arm.manifold["anchors"])
        drawn = min(len(points), _MOST)
        known = np.ones(len(look.names)) if base is None else base
        symbols = ["circle" if known[label] else "circle-open" for label in labels[:drawn]]
        colors = [look.colors[label] for label in labels[:drawn]]
        figure.add_trace(
            go.Scatter(
                x=points[:drawn, 0],
                y=points[:drawn, 1],
                mode="markers",
                marker={"size": 5, "color": colors, "symbol": symbols, "opacity": 0.8},
                showlegend=False,
            ),
            row=1,
            col=column,
        )
        few = len(anchors) <= _NAMED
        figure.add_trace(
            go.Scatter(
                x=anchors[:, 0],
                y=anchors[:, 1],
                mode="markers+text" if few else "markers",
                text=[plain(name) for name in look.names] if few else None,
                textposition="top center",
                marker={"size": 11, "symbol": "star", "color": list(look.colors), "line": {"color": INK, "width": 1}},
                showlegend=False,
            ),
            row=1,
            col=column,
        )
        figure.update_xaxes(range=[x0, x1], showticklabels=False, showgrid=False, row=1, col=column)
        figure.update_yaxes(range=[y0, y1], showticklabels=False, showgrid=False, row=1, col=column)
    for arm_name, style in arm_styles([arm.name for arm in state.arms]).items():
        series = next(arm for arm in state.arms if arm.name == arm_name).series.get(_TERM)
        if series is not None:
            figure.add_trace(
                go.Scatter(
                    x=series["x"],
                    y=series["y"],
                    mode="lines",
                    name=plain(arm_name),
                    line={"color": style.color, "dash": style.dash, "width": 2.5},
                    showlegend=True,
                ),
                row=1,
                col=columns,
            )
    figure.update_xaxes(range=[0, max(1, state.steps)], title_text="step", row=1, col=columns)
    figure.update_yaxes(range=[0, 1], row=1, col=columns)
    for name, value in scene.get("references", {}).get(_TERM, {}).items():
        figure.add_hline(y=value, line={"color": MUTED, "width": 1, "dash": "dot"}, row=1, col=columns)
        figure.add_annotation(
            text=plain(name), x=state.steps or 1, y=value, xanchor="right", yanchor="bottom", showarrow=False,
            font={"size": 12, "color": MUTED}, row=1, col=columns,
        )  # fmt: skip
    finish(figure, "Lab", plain(words), height=430, top=130, bottom=60)
    figure.update_layout(legend={"orientation": "h", "y": -0.16, "yanchor": "top"}, margin={"l": 24})
    return still(figure, words), words


def _words(state: LabState) -> str:
    """What the picture shows, in a sentence."""
    told = state.caption or (state.said[-1]["text"] if state.said else "")
    if not state.arms:
        return told or "A live lab. Run this cell to open it."
    found = next((one["text"] for one in state.diagnosis), "")
    return " ".join(part for part in (told, found) if part) or f"Step {state.step} of {state.steps}."
