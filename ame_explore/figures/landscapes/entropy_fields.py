"""Entropy over the shared manifold: along paths between samples, and over planes through three samples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
import torch
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from ame_explore.ame import AMEError, check_choice
from ame_explore.analysis.landscapes.feature_space import FeatureField, Geodesic
from ame_explore.arguments import checked
from ame_explore.data.pairs import PairedFeatures
from ame_explore.figures.base.colors import INK
from ame_explore.figures.base.labels import short_names
from ame_explore.figures.base.style import PLACES, Drawing, arm_styles, f32, finish, i32, id_array, plain, top_legend
from ame_explore.figures.landscapes.corner_names import SIDE, SIZE, place_names
from ame_explore.quantities import number, quantity

_SCALE = "Viridis"
# what a field or a path holds -> the quantity
_QUANTITIES = {"predictive_entropy": quantity("predictive_entropy"), "H": quantity("H (this point)")}

Array = NDArray[np.float64]


@checked
def geodesics(
    ways: Mapping[str, Geodesic],
    *,
    texts: Sequence[str] = (),
    title: str = "Entropy along the path between two samples",
) -> Drawing:
    """Predictive entropy, and H if it was computed, along great circles, with a mark at each ridge.

    Args:
        ways: name -> result of `analysis.geodesic`, for example "image to its caption", "image to image".
        texts: the classes' texts, to name the regions in which the two ends and the ridge lie.
        title: the headline.

    Raises:
        AMEError: if `ways` is empty, or there are fewer texts than classes.
    """
    if not ways:
        raise AMEError("ways must hold at least one Geodesic, got none.")
    readings = ["predictive_entropy", *(["H"] if all(way.H is not None for way in ways.values()) else [])]
    figure = make_subplots(
        1, len(readings), subplot_titles=[f"<b>{_along(r)}</b>" for r in readings], horizontal_spacing=0.11
    )
    names = _named(texts, max(int(way.nearest.max()) for way in ways.values()))
    units = {reading: _unit(reading, [way.reading for way in ways.values()]) for reading in readings}
    for name, style in arm_styles(ways).items():
        way = ways[name]
        for column, reading in enumerate(readings, 1):
            values = getattr(way, reading).numpy()
            values = values - values[0] if reading == "H" else values
            nearest = [plain(names[k]) if names else str(k) for k in way.nearest.tolist()]
            trace = go.Scatter(
                x=f32(way.t.numpy()),
                y=f32(values),
                mode="lines",
                line={"color": style.color, "dash": style.dash, "width": 2.5},
                name=plain(name),
                legendgroup=plain(name),
                showlegend=column == 1,
                text=nearest,
                hovertemplate=f"t = %{{x:.2f}}: {_with('%{y:.4g}', units[reading])}, nearest text: %{{text}}",
            )
            figure.add_trace(trace, row=1, col=column)
            top = int(way.predictive_entropy.argmax())
            mark = go.Scatter(
                x=f32(way.t[top : top + 1].numpy()),
                y=f32(values[top : top + 1]),
                mode="markers",
                marker={"symbol": style.symbol, "size": 11, "color": style.color, "line": {"color": INK, "width": 1.5}},
                legendgroup=plain(name),
                showlegend=False,
                hoverinfo="skip",
            )
            figure.add_trace(mark, row=1, col=column)
    figure.update_xaxes(tickvals=[0, 0.5, 1], ticktext=["from", "halfway", "to"], range=[-0.03, 1.03])
    figure.update_xaxes(title_text="along the path")
    figure.update_yaxes(title_text=units["predictive_entropy"], col=1)
    if len(readings) > 1:
        figure.update_yaxes(title_text=units["H"] or "H", exponentformat="power", nticks=6, row=1, col=2)
    words = "Along great circles of unit features. Marks: the ridge, where predictive entropy is largest."
    finish(figure, title, words, height=520, top=160)
    top_legend(figure, item=44)
    parts = []
    for name, way in ways.items():
        top = int(way.predictive_entropy.argmax())
        most = _with(number(float(way.predictive_entropy[top]), fine=True), units["predictive_entropy"])
        what = _QUANTITIES["predictive_entropy"].label
        part = f"{name} ({way.angle:.2f} rad): {what} reaches {most} at t = {way.ridge:.2f}"
        if names:
            here = [names[int(way.nearest[k])] for k in (0, top, -1)]
            part += f", from “{here[0]}” via “{here[1]}” to “{here[2]}”"
        if way.H is not None:
            span = number(float(way.H.max() - way.H.min()), fine=True)
            unit = _unit("H", [way.reading])
            part += f"; H stays within {_with(span, unit)} of {number(float(way.H[0]))}"
        parts.append(part)
    return Drawing(figure, ". ".join(parts) + ".")


@checked
def data_field(
    field: FeatureField,
    *,
    reading: str = "predictive_entropy",
    corners: Sequence[str] = ("a", "b", "c"),
    texts: Sequence[str] = (),
    features: PairedFeatures | None = None,
    nearest: int = 150,
    selected: Sequence[int] = (),
    clickable: bool = False,
    title: str = "Where predictions are uncertain, on a plane through three points",
) -> Drawing:
    """A reading over the plane, with dashed borders between the regions of texts, and the samples near the plane.

    Args:
        field: the plane and its readings.
        reading: "predictive_entropy" or "H".
        corners: names of the three points.
        texts: the classes' texts, to name the regions.
        features: samples to draw, projected onto the plane; None draws no samples.
        nearest: how many samples to draw, nearest to the plane first.
        selected: ids of samples to draw large, whatever their distance.
        clickable: make every grid point clickable, in a trace with `meta` {"role": "places"} whose customdata is
            row * columns + column.
        title: the headline.

    Raises:
        AMEError: if the reading is unknown, the field does not hold it, there are too few texts, or the corners are not
            three.
    """
    check_choice("reading", reading, _QUANTITIES)
    values = getattr(field, reading)
    if values is None:
        raise AMEError("field must hold H: give its Surroundings an AMELoss.")
    unit = _unit(reading, [field.reading])
    x, y = field.x.numpy(), field.y.numpy()
    if len(corners) != len(field.corners):
        raise AMEError(f"corners must name the {len(field.corners)} points of the plane, got {len(corners)} names.")
    last = int(field.nearest.max())
    names = _named(texts, last) or [f"text {k}" for k in range(last + 1)]
    lowest, above = (float(values.min()), " above the minimum") if reading == "H" else (0.0, "")
    figure = go.Figure()
    figure.add_trace(
        go.Heatmap(
            x=f32(x),
            y=f32(y),
            z=(values - lowest).float().numpy(),  # H differs in its seventh digit, beyond float32
            colorscale=_SCALE,
            zsmooth="best" if len(x) > 20 else False,
            hovertemplate=_with("%{z:.3g}", unit) + above + "<extra></extra>",
            colorbar=_bar_above(_QUANTITIES[reading].label + above, unit),
        )
    )
    for owner in field.nearest.unique().tolist():
        border = go.Contour(
            x=f32(x),
            y=f32(y),
            z=(field.nearest == owner).to(torch.uint8).numpy(),
            contours={"coloring": "none", "start": 0.5, "end": 0.5, "size": 1},
            line={"color": "white", "width": 1.5, "dash": "dash", "smoothing": 1.3},
            showscale=False,
            hoverinfo="skip",
        )
        figure.add_trace(border)
    if clickable:
        figure.add_trace(_places(field, values, names, unit))
    drawn = 0 if features is None else _draw_samples(figure, field, features, nearest, selected, names)
    corner = field.corners.numpy()
    figure.add_trace(
        go.Scatter(
            x=f32(corner[:, 0]),
            y=f32(corner[:, 1]),
            mode="markers",
            marker={"symbol": "star", "size": 17, "color": "white", "line": {"color": INK, "width": 1.5}},
            unselected={"marker": {"opacity": 1}},  # they stay visible, whatever is selected
            hoverinfo="skip",
            showlegend=False,
        )
    )
    for words, (cx, cy), corner_name in place_names(field, corners, names):
        look = {"bgcolor": "rgba(0,0,0,0.7)", "borderpad": 3} if corner_name else {}
        shadow = {} if corner_name else {"shadow": "0 0 3px black, 0 0 3px black, 0 0 4px black"}
        text = f"<b>{plain(words)}</b>" if corner_name else f"<i>{plain(words)}</i>"
        font = {"color": "white", "size": SIZE, **shadow}
        figure.add_annotation(x=cx, y=cy, text=text, showarrow=False, font=font, **look)
    limits = {"showgrid": False, "zeroline": False, "nticks": 6, "constrain": "domain"}
    figure.update_xaxes(title_text="distance in the plane, first axis", range=[float(x[0]), float(x[-1])], **limits)
    figure.update_yaxes(title_text="second axis", range=[float(y[0]), float(y[-1])], scaleanchor="x", **limits)
    words = f"Bright: {_QUANTITIES[reading].label} is high. Dashed: the nearest text changes. "
    words += f"Dots: the {drawn} nearest samples." if drawn else ""
    finish(figure, title, words, height=SIDE + 150 + 70, top=150, bottom=70)
    figure.update_layout(uirevision="live", showlegend=False)
    low, high = (number(float(value), fine=True) for value in (values.min(), values.max()))
    ridge = names[int(field.nearest.flatten()[int(values.argmax())])]
    sentence = (
        f"Over the plane, {_QUANTITIES[reading].label} lies between {low} and {_with(high, unit)}, and is highest "
        f"where the nearest text is “{ridge}”. The plane crosses the regions of {len(field.nearest.unique())} texts."
    )
    return Drawing(figure, sentence)


def _named(texts: Sequence[str], last: int) -> list[str]:
    """Short names of the classes' texts; empty if there are none."""
    if texts and len(texts) <= last:
        raise AMEError(f"texts must hold a text for each class, {last + 1} or more, got {len(texts)}.")
    return short_names(texts) if texts else []


def _draw_samples(
    figure: go.Figure,
    field: FeatureField,
    features: PairedFeatures,
    nearest: int,
    selected: Sequence[int],
    names: Sequence[str],
) -> int:
    features = features.image_by_image()
    flat, distance = field.project(features.image)
    inside = (flat >= torch.stack([field.x[0], field.y[0]])).all(1) & (
        flat <= torch.stack([field.x[-1], field.y[-1]])
    ).all(1)
    wanted = torch.isin(features.ids, torch.tensor(list(selected), dtype=torch.int64))
    order = distance.argsort()
    order = order[inside[order]]
    near = torch.arange(len(order)) < nearest
    take = order[near | wanted[order]]  # selected samples are drawn at any distance
    ids, chosen = features.ids[take], wanted[take]
    labels = features.pair_index if features.labels is None else features.labels
    figure.add_trace(
        go.Scatter(
            x=f32(flat[take, 0].numpy()),
            y=f32(flat[take, 1].numpy()),
            mode="markers",
            marker={
                "size": f32(torch.where(chosen, 13.0, 6.5).numpy()),
                "color": ["#E69F00" if one else "rgba(255,255,255,0.85)" for one in chosen.tolist()],
                "line": {"color": INK, "width": 1},
                "opacity": 1,
            },
            customdata=id_array(ids.numpy()),
            hovertext=[
                f"{plain(names[label]) if label < len(names) else label}, {far:.2f} from the plane"
                for label, far in zip(labels[take].tolist(), distance[take].tolist(), strict=True)
            ],
            hoverinfo="text",
            showlegend=False,
        )
    )
    return int(near.sum())


def _unit(reading: str, readings: Sequence[str]) -> str:
    """The unit of what is drawn: of predictive entropy, or of H by these readings of AME; "" for a pure number."""
    return quantity(_QUANTITIES[reading].name, [each for each in readings if each] or None).unit


def _along(reading: str) -> str:
    change = ": change from t = 0" if reading == "H" else ""
    return _QUANTITIES[reading].label + change


def _with(value: str, unit: str) -> str:
    return f"{value} {unit}".rstrip()


def _bar_above(words: str, unit: str) -> dict[str, Any]:
    """A colour bar right above a square panel, whatever the width of the page."""
    return {
        "title": {"text": f"{words} ({unit})" if unit else words, "side": "top", "font": {"size": 15}},
        "orientation": "h",
        "x": 0.5,
        "xanchor": "center",
        "y": 0.998,  # at 1 plotly would push the headline out of the figure
        "yanchor": "bottom",
        "ypad": 6,
        "lenmode": "pixels",
        "len": 420,
        "thickness": 12,
        "nticks": 5,
        "tickangle": 0,
        "exponentformat": "power",
        "outlinewidth": 0,
    }


def _places(field: FeatureField, values: torch.Tensor, names: Sequence[str], unit: str) -> go.Scatter:
    """An invisible, clickable point at every grid position."""
    grid_x, grid_y = (flat.ravel() for flat in np.meshgrid(field.x.numpy(), field.y.numpy()))
    owners = [plain(names[k]) for k in field.nearest.flatten().tolist()]
    return go.Scatter(
        x=f32(grid_x),
        y=f32(grid_y),
        mode="markers",
        marker={"size": max(6, SIDE / len(field.x)), "color": "rgba(0,0,0,0)", "symbol": "square"},
        customdata=i32(np.arange(len(grid_x))),
        meta=PLACES,
        hovertext=[
            f"{_with(f'{value:.3g}', unit)}, nearest: {owner}"
            for value, owner in zip(values.flatten().tolist(), owners, strict=True)
        ],
        hoverinfo="text",
        showlegend=False,
    )
