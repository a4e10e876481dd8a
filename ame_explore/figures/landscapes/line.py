"""Values along a line in weight space, from one student to another, and the barrier between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from ame_explore.ame import AMEError
from ame_explore.analysis.landscapes.scan import Landscape, barrier
from ame_explore.arguments import checked
from ame_explore.figures.base.style import Drawing, arm_styles, f32, finish, panel_grid, plain, top_legend
from ame_explore.figures.landscapes.plane import value_names, value_title
from ame_explore.quantities import number, quantity

_PANEL, _BETWEEN = 240, 110  # pixels: a panel's height, and the space between two rows of panels


@checked
def landscape_line(
    lines: Landscape | Mapping[str, Landscape],
    *,
    ends: tuple[str, str] = ("start", "end"),
    names: Sequence[str] | None = None,
    title: str = "On the straight line between two students",
) -> Drawing:
    """Values along lines in weight space, one panel per value; if a line covers 0 to 1, the sentence gives its barrier.

    Args:
        lines: one line, or name -> line (for example one per seed), all with the same values.
        ends: names of the points at t = 0 and t = 1.
        names: the values to draw; None: all.
        title: the headline.

    Raises:
        AMEError: if there is no line, a landscape is a plane, or a line lacks one of `names`.
    """
    many = {"": lines} if isinstance(lines, Landscape) else dict(lines)
    if not many or any(len(line.coordinates) != 1 for line in many.values()):
        raise AMEError("lines must hold at least one landscape, each of one direction: draw a plane with landscape.")
    shown = value_names(next(iter(many.values())), names)
    for line in many.values():
        value_names(line, shown)
    titles = [f"<b>{value_title(name, (line.reading for line in many.values()))}</b>" for name in shown]
    figure, places, inner = panel_grid(titles, side=_PANEL, between=_BETWEEN, horizontal_spacing=0.075)
    styles = arm_styles(many)
    for place, (name, where) in enumerate(zip(shown, places, strict=True)):
        for arm, line in many.items():
            t, value = line.coordinates[0].numpy(), line.values[name].numpy()
            trace = go.Scatter(
                x=f32(t),
                y=f32(value),
                mode="lines",
                line={"color": styles[arm].color, "dash": styles[arm].dash, "width": 2.5},
                name=plain(arm),
                legendgroup=plain(arm),
                showlegend=place == 0 and len(many) > 1,
                hovertemplate="%{y:.4g} at t = %{x:.2f}",
            )
            figure.add_trace(trace, **where)
            at = [int(np.abs(t - end).argmin()) for end in (0, 1) if t[0] <= end <= t[-1]]
            marks = go.Scatter(
                x=f32(t[at]),
                y=f32(value[at]),
                mode="markers",
                marker={"size": 9, "color": styles[arm].color, "symbol": styles[arm].symbol},
                showlegend=False,
                hoverinfo="skip",
            )
            figure.add_trace(marks, **where)
        figure.update_xaxes(tickvals=[0, 0.5, 1], ticktext=[plain(ends[0]), "halfway", plain(ends[1])], **where)
        figure.update_yaxes(nticks=6, tickformat="~g", **where)
    words = f"t = 0: {plain(ends[0])}; t = 1: {plain(ends[1])}. Weights lie on the straight line through both."
    finish(figure, title, words, height=inner + 150 + 60, top=150, bottom=60)
    if len(many) > 1:
        top_legend(figure, item=44)
    parts = [_line_sentence(arm, line, shown) for arm, line in many.items()]
    return Drawing(figure, " ".join(filter(None, parts)))


def _line_sentence(arm: str, line: Landscape, names: Sequence[str]) -> str:
    words = []
    for name in names:
        try:
            found = barrier(line, name)
        except AMEError:
            continue
        if name in ("loss", "kd"):
            ends = f"(ends {number(found.start, fine=True)} and {number(found.end, fine=True)})"
            height = f"a barrier of {number(found.height, fine=True)} at t = {found.at:.2f}"
            words.append(f"{quantity(name).short} has {height if found.height else 'no barrier'} {ends}")
        else:
            value = line.values[name]
            words.append(
                f"{quantity(name).short} goes from {number(found.start, fine=True)} to "
                f"{number(found.end, fine=True)}, between {number(float(value.min()), fine=True)} and "
                f"{number(float(value.max()), fine=True)}"
            )
    if not words:
        return ""
    sentence = "; ".join(words) + "."
    return f"{arm}: {sentence}" if arm else sentence[:1].upper() + sentence[1:]
