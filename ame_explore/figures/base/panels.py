"""Small multiples of one map: the same points in panels side by side."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from ame_explore.figures.base.style import finish, plain
from ame_explore.figures.maps.map_parts import bare_axes

GAP = 64  # pixels between two rows of panels, for the lower panels' names


def panels(names: Sequence[str], details: Sequence[str], columns: int) -> tuple[go.Figure, list[dict[str, int]]]:
    """An empty figure with one panel per name.

    Args:
        names: names of the panels.
        details: a line below each name; "": none.
        columns: panels per row.

    Returns:
        The figure, and the row and column of each panel.
    """
    lines = math.ceil(len(names) / columns)
    titles = [
        f"<b>{plain(name)}</b>" + (f"<br><span style='font-size:14px'>{plain(detail)}</span>" if detail else "")
        for name, detail in zip(names, details, strict=True)
    ]
    figure = make_subplots(
        lines, columns, subplot_titles=titles, horizontal_spacing=0.02, vertical_spacing=0.16 if lines > 1 else 0
    )
    return figure, [{"row": place // columns + 1, "col": place % columns + 1} for place in range(len(names))]


def close_panels(
    figure: go.Figure,
    title: str,
    subtitle: str,
    subtitle_lines: int,
    *,
    columns: int,
    panel: int = 380,
    legends: int = 1,
) -> None:
    """Set title, size and bare axes of a figure of `panels`.

    Args:
        figure: the figure.
        title: the headline.
        subtitle: the text below it.
        subtitle_lines: its number of lines.
        columns: panels per row.
        panel: height of a panel, pixels.
        legends: lines of legends above the panels.
    """
    lines = math.ceil(len(list(figure.select_yaxes())) / columns)
    top = 120 + 28 * legends + 20 * subtitle_lines
    finish(figure, plain(title), subtitle, height=top + lines * panel + (lines - 1) * GAP + 24, top=top, bottom=24)
    figure.update_layout(margin={"l": 24, "r": 24})
    bare_axes(figure)


def same_frame(figure: go.Figure, pictures: Sequence[NDArray[np.float64]]) -> None:
    """Give all panels the same range, so that lengths can be compared between them.

    Args:
        figure: the figure.
        pictures: the (n, 2) points of each panel.
    """
    points = np.concatenate(list(pictures))
    low, high = points.min(axis=0), points.max(axis=0)
    pad = 0.05 * float((high - low).max() or 1.0)
    figure.update_xaxes(range=[float(low[0]) - pad, float(high[0]) + pad])
    figure.update_yaxes(range=[float(low[1]) - pad, float(high[1]) + pad])
