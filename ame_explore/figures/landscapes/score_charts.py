"""Entropy as a function of the rows' scores: on the simplex, on planes, and what omega can do at a given width."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from ame_explore.ame import AMEError, check_number
from ame_explore.analysis.landscapes.score_space import Push, ScorePlane, largest_deficit, simplex_field
from ame_explore.arguments import checked
from ame_explore.figures.base.colors import INK, MUTED
from ame_explore.figures.base.style import Drawing, arm_styles, f32, finish, log_axis, plain, top_legend
from ame_explore.quantities import number

_HEIGHT = math.sqrt(3) / 2
_SCALE = "Viridis"
_ARROW, _EDGE = "white", "rgba(0,0,0,0.45)"
_SIDE = 580  # pixels: side of the triangle

Array = NDArray[np.float64]


@checked
def simplex(
    *, resolution: int = 60, arrows: int = 14, title: str = "Three rows: H is a hill, and descent leaves its top"
) -> Drawing:
    """H over the weights of three rows, with arrows in the direction of descent and borders between the three outcomes.

    A point stands for the weights p = softmax(s); in a corner one row has all the weight. Arrows show how p moves when
    the scores follow -dH/ds; their length is proportional to the square root of the speed, so that slow motion shows.

    Args:
        resolution: points along a side.
        arrows: arrows along a side.
        title: the headline.

    Raises:
        AMEError: if `resolution` or `arrows` is below 3.
    """
    check_number("resolution", resolution, low=3, whole=True)
    check_number("arrows", arrows, low=3, whole=True)
    field, sparse = simplex_field(resolution), simplex_field(arrows)
    x, y = _corners_to_plane(field.weights.numpy())
    figure = go.Figure()
    width = _SIDE / (resolution - 1)  # from point to point
    figure.add_trace(
        go.Scatter(
            x=f32(x),
            y=f32(y),
            mode="markers",
            marker={
                "symbol": "hexagon",
                "size": width * 2.1 / math.sqrt(3),  # hexagons that just close the gaps between them
                "color": f32(field.entropy.numpy()),
                "colorscale": _SCALE,
                "cmin": 0,
                "cmax": math.log(3),
                "colorbar": {
                    "title": {"text": "H (nats)", "side": "top", "font": {"size": 15}},
                    "orientation": "h",
                    "x": 0.5,
                    "xanchor": "center",
                    "y": 0.998,  # at 1 plotly would push the headline out of the figure
                    "yanchor": "bottom",
                    "lenmode": "pixels",
                    "len": 420,
                    "thickness": 12,
                    "outlinewidth": 0,
                },
            },
            customdata=f32(field.weights.numpy()).reshape(-1, 3),
            hovertemplate="p = (%{customdata[0]:.2f}, %{customdata[1]:.2f}, %{customdata[2]:.2f})"
            "<br>H = %{marker.color:.3f} nats<extra></extra>",
            showlegend=False,
        )
    )
    borders = np.array([[1, 1, 1], [1, 1, 0], [np.nan] * 3, [1, 1, 1], [1, 0, 1], [np.nan] * 3, [1, 1, 1], [0, 1, 1]])
    bx, by = _corners_to_plane(borders / borders.sum(1, keepdims=True))
    line = {"color": INK, "width": 2, "dash": "dash"}
    figure.add_trace(go.Scatter(x=f32(bx), y=f32(by), mode="lines", line=line, hoverinfo="skip", showlegend=False))
    start, flow = (np.stack(_corners_to_plane(t.numpy()), 1) for t in (sparse.weights, sparse.flow))
    figure.add_traces(_arrows(start, flow, 0.9 / arrows))
    names = ("row 1 takes all", "row 2 takes all", "row 3 takes all")
    for place, (name, up) in enumerate(zip(names, (-22, -22, 20), strict=True)):
        cx, cy = _corners_to_plane(np.eye(3)[place][None])
        figure.add_annotation(x=float(cx[0]), y=float(cy[0]), text=f"<b>{name}</b>", showarrow=False, yshift=up)
    figure.update_xaxes(visible=False, range=[-0.12, 1.12])
    figure.update_yaxes(visible=False, range=[-0.08, _HEIGHT + 0.07], scaleanchor="x")
    words = "Arrows: how the weights move when the scores descend H. Dashed: where two rows tie for the largest weight."
    finish(figure, title, words, height=round(_SIDE * (_HEIGHT + 0.15)) + 150 + 10, top=150, bottom=10)
    sentence = (
        f"H is largest, log 3 = {math.log(3):.3f} nats, where the three rows weigh the same, and 0 in the corners. "
        "Descent keeps the order of the scores, so in each of the three equal regions the row that leads at the start "
        "ends with all the weight. Only exact ties stop earlier, at log 2 = 0.693 nats for two rows."
    )
    return Drawing(figure, sentence)


@checked
def score_planes(
    planes: Mapping[str, ScorePlane],
    *,
    axes: tuple[str, str] = ("along u", "along v"),
    title: str = "The slope of H over the rows' scores",
) -> Drawing:
    """log n - H over planes through n scores, one panel per plane, with arrows in the direction of descent of H.

    Descent of H is ascent of log n - H. Each panel has its own colour scale, and arrows scaled to its steepest slope,
    which is written above it. A dashed line encloses the points where one row has more than half the weight.

    Args:
        planes: name -> plane.
        axes: names of u and v.
        title: the headline.

    Raises:
        AMEError: if `planes` is empty.
    """
    if not planes:
        raise AMEError("planes must hold at least one ScorePlane, got none.")
    heads = []
    for name, plane in planes.items():
        steepest = number(float(plane.slope.norm(dim=-1).max()), fine=True)
        heads.append(f"<b>{plain(name)}</b><br><span style='font-size: 14px'>steepest slope {steepest}</span>")
    figure = make_subplots(1, len(planes), subplot_titles=heads, horizontal_spacing=0.16 if len(planes) > 1 else 0)
    for place, plane in enumerate(planes.values()):
        heat = _draw_plane(figure, plane, place + 1, axes)
        right = figure.layout["xaxis" if place == 0 else f"xaxis{place + 1}"].domain[1]
        heat.colorbar = {
            "title": {"text": "nats", "font": {"size": 14}},
            "x": right + 0.006,
            "thickness": 10,
            "nticks": 4,
            "outlinewidth": 0,
            "exponentformat": "power",
            "tickfont": {"size": 14},
        }
    words = (
        "log n \u2212 H in nats; 0: all rows weigh the same. Arrows: descent of H. Dashed: one row has half the weight."
    )
    finish(figure, title, words, height=520, top=150, bottom=70)
    figure.update_layout(margin_r=84, showlegend=False)
    parts = [
        f"{name}: log n \u2212 H reaches {number(float(plane.deficit.max()), fine=True)} nats, and the largest weight "
        f"of a row is {number(float(plane.top_weight.max()), fine=True)}"
        for name, plane in planes.items()
    ]
    return Drawing(figure, "; ".join(parts) + ".")


@checked
def omega_push(
    pushes: Mapping[str, Sequence[Push]],
    *,
    reference: float | None = None,
    reference_name: str = "KD",
    title: str = "The width decides what omega can do",
) -> Drawing:
    """Left: the most that omega (log n - H) can reach with unit rows, by width. Right: the gradient of omega H.

    Args:
        pushes: name -> results of `effective_push` for rows of several widths, for example "unit rows", "raw rows".
        reference: norm of another term's gradient at the same rows, drawn as a line on the right; None: no line.
        reference_name: name of that term.
        title: the headline.

    Raises:
        AMEError: if there is no push, the pushes differ in omega, or `reference` is not above 0.
    """
    if reference is not None:
        check_number("reference", reference, above=0)
    found = [push for some in pushes.values() for push in some]
    omegas = sorted({push.omega for push in found})
    if len(omegas) != 1:
        raise AMEError(f"pushes must share one omega, got {omegas or 'none'}.")
    omega, rows = omegas[0], max(push.rows for push in found)
    widths = sorted({push.width for push in found})
    curve = np.unique(np.geomspace(widths[0], widths[-1], 60).round().astype(int))
    figure = make_subplots(
        1,
        2,
        subplot_titles=[
            f"<b>{omega:g} (log n \u2212 H): limit and actual</b>",
            f"<b>the gradient of {omega:g} H at the rows</b>",
        ],
        horizontal_spacing=0.12,
    )
    most = go.Scatter(
        x=f32(curve),
        y=f32([omega * largest_deficit(rows, int(d)) for d in curve]),
        mode="lines",
        line={"color": INK, "width": 2.5},
        name="limit for unit rows",
        hovertemplate="d = %{x}: at most %{y:.2g} nats",
    )
    figure.add_trace(most, row=1, col=1)
    for name, style in arm_styles(pushes).items():
        some = sorted(pushes[name], key=lambda push: push.width)
        for column, values in ((1, [push.omega * push.deficit for push in some]), (2, [p.gradient_norm for p in some])):
            trace = go.Scatter(
                x=f32([push.width for push in some]),
                y=f32(values),
                mode="lines+markers",
                line={"color": style.color, "dash": style.dash, "width": 2.5},
                marker={"symbol": style.symbol, "size": 10},
                name=plain(name),
                legendgroup=plain(name),
                showlegend=column == 1,
                hovertemplate="d = %{x}: %{y:.2g}",
            )
            figure.add_trace(trace, row=1, col=column)
    if reference is not None:
        figure.add_hline(y=reference, line={"color": MUTED, "dash": "dot", "width": 2}, row=1, col=2)
        figure.add_annotation(
            x=math.log10(widths[-1]), y=math.log10(reference), 
            text=f"{plain(reference_name)}: {number(reference, fine=True)}",
            xanchor="right", yanchor="bottom", showarrow=False, font={"color": MUTED, "size": 15}, row=1, col=2,
        )  # fmt: skip
    for column in (1, 2):
        traces = [t for t in figure.data if (t.xaxis or "x") == ("x" if column == 1 else "x2")]
        drawn = np.concatenate([t.y for t in traces] + ([[reference]] if reference and column == 2 else []))
        drawn = drawn[drawn > 0]
        figure.update_yaxes(
            title_text="nats" if column == 1 else "norm",
            **log_axis(float(drawn.min()), float(drawn.max())),
            row=1,
            col=column,
        )
        figure.update_xaxes(
            type="log",
            tickvals=widths,
            ticktext=[str(d) for d in widths],
            title_text="width d of the rows",
            row=1,
            col=column,
        )
    finish(figure, title, f"{rows} rows, omega = {omega:g}. Both axes are logarithmic.", height=520, top=170)
    top_legend(figure, item=44)
    limits = ", ".join(f"{number(omega * largest_deficit(rows, d), fine=True)} at d = {d}" for d in widths)
    sentence = f"With unit rows, {omega:g} (log n \u2212 H) can reach at most, in nats: {limits}."
    for name in pushes:
        ends = [min(pushes[name], key=lambda p: p.width), max(pushes[name], key=lambda p: p.width)]
        norms = " and ".join(f"{number(push.gradient_norm, fine=True)} at d = {push.width}" for push in ends)
        sentence += f" The gradient's norm is {norms} ({name})."
    if reference is not None:
        sentence += f" The gradient of {reference_name} has norm {number(reference, fine=True)}."
    return Drawing(figure, sentence)


def _draw_plane(figure: go.Figure, plane: ScorePlane, column: int, axes: tuple[str, str]) -> go.Heatmap:
    """Draw log n - H, the line of half the weight and the arrows; return the heat map as part of the figure."""
    x, y = plane.x.numpy(), plane.y.numpy()
    grid_x, grid_y = np.meshgrid(x, y)
    flat = {"x": f32(grid_x), "y": f32(grid_y)}
    figure.add_trace(
        go.Heatmap(
            **flat,
            z=f32(plane.deficit.numpy()),
            customdata=f32(plane.top_weight.numpy()),
            colorscale=_SCALE,
            hovertemplate="log n \u2212 H = %{z:.3g} nats<br>largest weight %{customdata:.2f}<extra></extra>",
        ),
        row=1,
        col=column,
    )
    heat = figure.data[-1]
    half = go.Contour(
        **flat,
        z=f32(plane.top_weight.numpy()),
        contours={"coloring": "none", "start": 0.5, "end": 0.5, "size": 1},
        line={"color": "white", "width": 2, "dash": "dash"},
        showscale=False,
        hoverinfo="skip",
    )
    figure.add_trace(half, row=1, col=column)
    every = max(1, len(x) // 11)
    take = np.s_[every // 2 :: every]
    start = np.stack([grid_x[take, take].ravel(), grid_y[take, take].ravel()], 1)
    down = -plane.slope.numpy()[take, take].reshape(-1, 2)
    figure.add_traces(_arrows(start, down, 0.85 * every * float(x[1] - x[0])), rows=1, cols=column)
    title = {"row": 1, "col": column}
    figure.update_xaxes(title_text=plain(axes[0]), showgrid=False, nticks=5, range=[x[0], x[-1]], **title)
    figure.update_yaxes(
        title_text=plain(axes[1]) if column == 1 else "", showgrid=False, nticks=5, range=[y[0], y[-1]], **title
    )
    return heat


def _corners_to_plane(weights: Array) -> tuple[Array, Array]:
    """Weights or their changes (M, 3) -> x, y in an equilateral triangle of side 1."""
    return weights[:, 1] + 0.5 * weights[:, 2], _HEIGHT * weights[:, 2]


def _arrows(start: Array, vectors: Array, longest: float) -> list[go.Scatter]:
    """Arrows centred at `start` (M, 2), white with a dark edge so that they show on any colour.

    Their length is proportional to the square root of the vectors' length.
    """
    speed = np.linalg.norm(vectors, axis=1)
    keep = speed > 1e-4 * max(float(speed.max()), 1e-300)
    start, vectors, speed = start[keep], vectors[keep], speed[keep]
    if not len(start):
        return []
    unit = vectors / speed[:, None]
    length = longest * np.sqrt(speed / speed.max())[:, None]
    tail, tip = start - unit * length / 2, start + unit * length / 2
    side = np.stack([-unit[:, 1], unit[:, 0]], 1)
    left, right = (tip - 0.35 * length * (unit + turn * 0.6 * side) for turn in (1, -1))
    gap = np.full_like(tip, np.nan)
    strokes = np.stack([tail, tip, gap, left, tip, right, gap], 1).reshape(-1, 2)
    common = {"x": f32(strokes[:, 0]), "y": f32(strokes[:, 1]), "mode": "lines", "hoverinfo": "skip"}
    lines = ({"color": _EDGE, "width": 4}, {"color": _ARROW, "width": 1.8})
    return [go.Scatter(**common, line=line, showlegend=False) for line in lines]
