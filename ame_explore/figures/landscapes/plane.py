"""Maps of planes in a student's weight space, with the path that training took."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from ame_explore.ame import AMEError, check_number
from ame_explore.analysis.landscapes.scan import Landscape
from ame_explore.arguments import checked
from ame_explore.figures.base.colors import INK
from ame_explore.figures.base.style import Drawing, f32, finish, panel_grid, plain
from ame_explore.quantities import number, quantity

LOW_IS_DARK = "Viridis"  # even steps of lightness; reads in grey and for colour-blind viewers
_PANEL, _BETWEEN = 300, 110  # pixels: a panel's side, and the space between two rows of panels
_MOST_STATES = 3  # the most given states that are drawn with names

Array = NDArray[np.float64]


@checked
def landscape(
    picture: Landscape,
    *,
    names: Sequence[str] | None = None,
    labels: Sequence[str] = (),
    clip: float | None = 0.98,
    title: str = "",
) -> Drawing:
    """A plane with the training path, or the states that define it; one panel per value, dark is low.

    Args:
        picture: a plane, finished or not; points not yet computed stay white.
        names: the values to draw, in this order; None: all.
        labels: names of the states that define the plane ("KD", "KD + AME", ...).
        clip: quantile of the known values at which the colour scale ends, since the edge of a plane is often far
            higher than its interesting part; None: the maximum.
        title: the headline; "" names the kind of plane.

    Raises:
        AMEError: if `picture` is a line, lacks one of `names`, or has no known point, or `clip` is outside [0, 1].
    """
    if len(picture.coordinates) != 2:
        raise AMEError("picture must be a plane, got a line: draw it with landscape_line.")
    if clip is not None:
        check_number("clip", clip, low=0, high=1)
    shown = value_names(picture, names)
    whole, picture = picture, picture if picture.finished or not picture.level else picture.finished_part()
    titles = [f"<b>{value_title(name, [picture.reading])}</b>" for name in shown]
    figure, places, inner = panel_grid(titles, side=_PANEL, between=_BETWEEN, horizontal_spacing=0.115)
    below = {where["col"]: place for place, where in enumerate(places)}  # the lowest panel of each column
    for place, (name, where) in enumerate(zip(shown, places, strict=True)):
        figure.add_trace(_map(picture, name, clip), **where)
        figure.add_trace(_contours(picture, name, clip), **where)
        for trace in _path(picture, labels, first=place == 0):
            figure.add_trace(trace, **where)
        _axes(figure, picture, where, lowest=below[where["col"]] == place)
    # Each panel has its own colour bar, at its right.
    for place, trace in enumerate(t for t in figure.data if t.type == "heatmap"):
        axis = figure.layout["yaxis" if place == 0 else f"yaxis{place + 1}"]
        right = figure.layout["xaxis" if place == 0 else f"xaxis{place + 1}"].domain[1]
        bottom, top = axis.domain
        trace.colorbar = {
            "x": right + 0.006,
            "y": (bottom + top) / 2,
            "len": top - bottom,
            "lenmode": "fraction",
            "thickness": 10,
            "tickfont": {"size": 14},
            "nticks": 5,
            "outlinewidth": 0,
        }
    finish(figure, title or _headline(picture), _subtitle(whole, picture), height=inner + 138 + 74, top=138, bottom=74)
    figure.update_layout(margin_r=76, showlegend=False)
    return Drawing(figure, _sentence(picture, shown))


def value_names(picture: Landscape, names: Sequence[str] | None) -> list[str]:
    """The names of the values to draw.

    Args:
        picture: the landscape.
        names: the values wanted; None: all.

    Raises:
        AMEError: if the landscape lacks one of them, or no point is known yet.
    """
    shown = list(picture.values) if names is None else list(names)
    unknown = [name for name in shown if name not in picture.values]
    if unknown or not shown:
        there = ", ".join(map(repr, picture.values))
        raise AMEError(f"names must be values of the landscape, one or more of {there}; got {unknown or shown}.")
    if not bool(picture.known.any()):
        raise AMEError("picture must have a known point, got none: wait for the first picture of a scan.")
    return shown


def value_title(name: str, readings: Iterable[str]) -> str:
    """A value's name and unit, for a panel's title.

    Args:
        name: name of the value.
        readings: the readings of the landscapes in this panel; "" for one that is not known.
    """
    unit = quantity(name, list(filter(None, readings)) or None).unit  # loss and KD have none: it depends on the recipe
    words = plain(quantity(name).short)
    words = words[:1].upper() + words[1:]
    return f"{words} <span style='font-weight: 400; font-size: 14px'>({unit})</span>" if unit else words


def _limits(values: Array, clip: float | None) -> tuple[float, float]:
    finite = values[np.isfinite(values)]
    if not len(finite):
        return 0.0, 1.0
    low, high = float(finite.min()), float(finite.max() if clip is None else np.quantile(finite, clip))
    return (low, high) if high > low else (low - 0.5, low + 0.5)


def _flat(picture: Landscape, name: str) -> tuple[Array, Array, Array]:
    """x, y and z of every point as flat arrays, which plotly can send as binary."""
    x, y = (axis.numpy() for axis in picture.coordinates)
    grid_x, grid_y = np.meshgrid(x, y)
    return grid_x.ravel(), grid_y.ravel(), picture.values[name].numpy().ravel()


def _map(picture: Landscape, name: str, clip: float | None) -> go.Heatmap:
    x, y, z = _flat(picture, name)
    low, high = _limits(z, clip if quantity(name).limits is None else None)
    return go.Heatmap(
        x=f32(x),
        y=f32(y),
        z=f32(z),
        zmin=low,
        zmax=high,
        colorscale=LOW_IS_DARK,
        hovertemplate=f"{plain(quantity(name).short)} %{{z:.4g}}<br>at (%{{x:.2f}}, %{{y:.2f}})<extra></extra>",
        hoverongaps=False,
    )


def _contours(picture: Landscape, name: str, clip: float | None) -> go.Contour:
    x, y, z = _flat(picture, name)
    low, high = _limits(z, clip if quantity(name).limits is None else None)
    step = (high - low) / 9
    return go.Contour(
        x=f32(x),
        y=f32(y),
        z=f32(z),
        contours={"coloring": "none", "start": low + step, "end": high - step / 2, "size": step},
        line={"width": 0.7, "color": "rgba(255,255,255,0.65)"},
        showscale=False,
        hoverinfo="skip",
    )


def _path(picture: Landscape, labels: Sequence[str], *, first: bool) -> list[go.Scatter]:
    """The trajectory in white on black with its two ends, or the states that define a plane, with their names."""
    if picture.path is None:
        return [_dots(np.zeros((1, 2)), ["the student"] if first else [""], 1.0)]
    path, middle = picture.path.numpy(), float(picture.coordinates[0].mean())
    if picture.kind == "states":
        names = [*labels, *[f"state {k + 1}" for k in range(len(labels), len(path))]]
        return [_dots(path, names if len(path) <= _MOST_STATES else [""] * len(path), middle)]
    hover = [f"step {step}" for step in picture.steps]
    common = {"x": f32(path[:, 0]), "y": f32(path[:, 1]), "hovertext": hover, "hoverinfo": "text"}
    halo = go.Scatter(**common, mode="lines", line={"color": "rgba(0,0,0,0.75)", "width": 5})
    line = go.Scatter(
        **common,
        mode="lines+markers",
        line={"color": "white", "width": 2.2},
        marker={"size": 5, "color": "white", "line": {"color": INK, "width": 1}},
    )
    ends = _dots(
        path[[0, -1]], [f"step {picture.steps[0]}", f"step {picture.steps[-1]}"] if first else ["", ""], middle
    )
    return [halo, line, ends]


def _dots(points: Array, names: Sequence[str], middle: float) -> go.Scatter:
    """Dots for students, with names in white with a shadow, readable on any colour."""
    return go.Scatter(
        x=f32(points[:, 0]),
        y=f32(points[:, 1]),
        mode="markers+text",
        text=[f" <b>{plain(name)}</b> " if name else "" for name in names],
        textposition=["top right" if x < middle else "bottom left" for x in points[:, 0]],
        textfont={"size": 14, "color": "white", "shadow": "0 0 3px black, 0 0 3px black, 0 0 4px black"},
        marker={"size": 10, "color": "white", "line": {"color": INK, "width": 1.5}},
        hoverinfo="skip",
    )


def _axes(figure: go.Figure, picture: Landscape, where: dict[str, int], *, lowest: bool) -> None:
    x, y = (axis.numpy() for axis in picture.coordinates)
    shares = [f" ({share:.0%} of the motion)" for share in picture.explained] or ["", ""]
    for update, axis, number_, share, titled in (
        (figure.update_xaxes, x, 1, shares[0], lowest),
        (figure.update_yaxes, y, 2, shares[1], where["col"] == 1),
    ):
        update(
            range=[float(axis[0]), float(axis[-1])],
            title_text=f"direction {number_}{share}" if titled else "",
            title_font_size=14,
            nticks=5,
            showgrid=False,
            **where,
        )


def _headline(picture: Landscape) -> str:
    return {
        "random": "A plane of two random directions through the student",
        "trajectory": "The plane in which training moved most",
        "states": "The plane through three students",
    }.get(picture.kind, "A plane in the student's weights")


def _subtitle(whole: Landscape, picture: Landscape) -> str:
    side = " \u00d7 ".join(str(len(axis)) for axis in picture.coordinates)
    words = f"{side} points; dark is low; each panel has its own scale."
    if picture.explained:
        words = f"The plane captures {sum(picture.explained):.0%} of the weights' motion. {words}"
    if not whole.finished:
        left = f", {whole.seconds_left:.1f} s left" if whole.seconds_left >= 0.1 else ""
        words += f" So far {int(whole.known.sum())} of {whole.known.numel()}{left}."
    return words


def _sentence(picture: Landscape, names: Sequence[str]) -> str:
    parts = []
    for name in names:
        values = picture.values[name][picture.known]
        finite = values[values.isfinite()]
        if not len(finite):
            parts.append(f"{quantity(name).short} is not a number anywhere")
            continue
        at = f"{number(picture.origin[name], fine=True)} at the origin"
        low, high = (number(float(v), fine=True) for v in (finite.min(), finite.max()))
        parts.append(f"{quantity(name).short} {at}, from {low} to {high} over the plane")
    words = "; ".join(parts) + "."
    words = words[:1].upper() + words[1:]
    if picture.explained:
        a, b = (f"{share:.1%}" for share in picture.explained)
        words += f" The two directions capture {a} and {b} of the squared motion about the last state."
    return words
