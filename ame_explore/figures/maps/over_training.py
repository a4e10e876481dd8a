"""The map over training: one fixed projection, and a scrubber through the steps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from ame_explore.ame import AMEError, check_number
from ame_explore.analysis.projection import SnapshotMaps
from ame_explore.arguments import checked
from ame_explore.data.pairs import PairedFeatures
from ame_explore.figures.base.colors import INK, MUTED
from ame_explore.figures.base.style import Drawing, f32, finish, ids_data, plain, scatter_class
from ame_explore.figures.maps.map_parts import (
    CIRCLE,
    DIAMOND,
    IMAGE_COLOR,
    TEXT_COLOR,
    bare_axes,
    choose,
    class_colors,
    lay_legends,
    legend_mark,
    segments,
    text_marks,
    wrapped,
)
from ame_explore.measures import modality_gap
from ame_explore.quantities import number


@checked
def snapshot_map(
    maps: SnapshotMaps,
    snapshots: Sequence[PairedFeatures],
    steps: Sequence[int],
    *,
    drawn: int = 1000,
    title: str = "Images and texts over training",
    height: int = 760,
) -> Drawing:
    """One map with a scrubber; the axes stay fixed, so points that move on the map have changed.

    Args:
        maps: `project_snapshots([pair_rows(f) for f in snapshots])`.
        snapshots: features of the same pairs, oldest first.
        steps: the step of each snapshot.
        drawn: the most pairs to draw.
        title: the headline.
        height: pixels.

    Raises:
        AMEError: if `maps`, `snapshots` and `steps` differ in length, or a map has the wrong number of points.
    """
    check_number("drawn", drawn, low=1, whole=True)
    if not len(maps.points) == len(snapshots) == len(steps):
        raise AMEError(
            "maps, snapshots and steps must have the same length, "
            f"got {len(maps.points)}, {len(snapshots)} and {len(steps)}."
        )
    features = snapshots[-1]
    count, total = len(features.image), len(features.image) + len(features.texts)
    if maps.points.shape[1] != total:
        raise AMEError(f"maps must hold {total} points (images, then texts), got {maps.points.shape[1]}.")
    shown, colors = choose(features, drawn), class_colors(features)
    partner = count + features.pair_index.numpy()[shown.pairs]
    pairs = len(features.pair_index)
    kind = scatter_class((len(shown.pairs) + len(shown.texts)) * len(steps))
    figure = go.Figure()
    grey = bool(colors.groups)
    line = {"color": f"rgba(90, 90, 90, {np.clip(120 / len(shown.pairs), 0.04, 0.35):.2f})", "width": 1}
    for place, points in enumerate(maps.points):
        x, y = segments(points[shown.images], points[partner])
        seen = {"showlegend": False, "visible": place == len(steps) - 1}
        figure.add_trace(kind(x=x, y=y, mode="lines", line=line, hoverinfo="skip", **seen))
        for name, symbol, rows, ids, hues in (
            ("image", CIRCLE, shown.images, shown.image_ids, colors.image[shown.pairs]),
            ("text", DIAMOND, count + shown.texts, shown.text_ids, colors.text[shown.texts]),
        ):
            plain_color = IMAGE_COLOR if name == "image" else TEXT_COLOR
            look = text_marks(len(shown.texts), 7) if name == "text" else {"size": 7}
            figure.add_trace(
                kind(
                    x=f32(points[rows, 0]),
                    y=f32(points[rows, 1]),
                    customdata=ids_data(ids),
                    mode="markers",
                    name=name,
                    marker={
                        "symbol": symbol,
                        **look,
                        "opacity": 0.8,
                        "color": hues.tolist() if grey else plain_color,
                    },
                    hovertemplate=f"{name} %{{customdata}}<extra></extra>",
                    **seen,
                )
            )
    legend = [
        legend_mark("image", CIRCLE, MUTED if grey else IMAGE_COLOR),
        legend_mark("text", DIAMOND, MUTED if grey else TEXT_COLOR),
        *(legend_mark(name, 1, color, legend="legend2") for name, color in colors.groups.items()),
    ]
    figure.add_traces(legend)
    gaps = [modality_gap(each.image, each.text) for each in snapshots]
    places = []
    for place, step in enumerate(steps):
        visible = [own == place for own in range(len(steps)) for _ in range(3)] + [True] * len(legend)
        label = f"{step} (gap {number(gaps[place], 2)})"
        places.append({"label": label, "method": "restyle", "args": [{"visible": visible}]})
    bare_axes(figure)
    low, high = maps.points.min((0, 1)), maps.points.max((0, 1))
    pad = 0.05 * (high - low)
    figure.update_xaxes(range=[float(low[0] - pad[0]), float(high[0] + pad[0])])
    figure.update_yaxes(range=[float(low[1] - pad[1]), float(high[1] + pad[1])])
    thin = f"{len(shown.pairs):,} of {pairs:,} pairs are drawn." if len(shown.pairs) < pairs else ""
    subtitle, lines = wrapped(thin, plain(maps.words))
    finish(figure, plain(title), subtitle, height=height, top=96 + 20 * lines + 28 * grey, bottom=120)
    figure.update_layout(
        margin={"l": 24, "r": 24},
        sliders=[
            {
                "active": len(steps) - 1,
                "steps": places,
                "currentvalue": {"prefix": "step ", "font": {"size": 16, "color": INK}},
                "pad": {"t": 20},
                "font": {
                    "size": 1,
                    "color": "white",
                },  # invisible: labels would overlap
                "ticklen": 4,
            }
        ],
    )
    lay_legends(figure, 6)
    moved = np.linalg.norm(np.diff(maps.points, axis=0), axis=2).mean(1)
    most = int(moved.argmax())
    return Drawing(
        figure,
        f"{len(shown.pairs):,} images and {len(shown.texts):,} texts at {len(steps)} steps, {steps[0]} to {steps[-1]}. "
        f"The modality gap goes from {number(gaps[0], 2)} to {number(gaps[-1], 2)}; the points move most between "
        f"steps {steps[most]} and {steps[most + 1]}. {maps.words} {thin}".strip(),
    )
