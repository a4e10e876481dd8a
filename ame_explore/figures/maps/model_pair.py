"""Teacher and student side by side: the same pairs in one fixed basis."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import plotly.graph_objects as go

from ame_explore.ame import AMEError, check_number
from ame_explore.analysis.projection import MatchedModels
from ame_explore.arguments import checked
from ame_explore.figures.base.colors import INK, MUTED
from ame_explore.figures.base.labels import place_labels
from ame_explore.figures.base.panels import close_panels, panels, same_frame
from ame_explore.figures.base.style import Drawing, f32, id_array, scatter_class
from ame_explore.figures.maps.map_parts import (
    CIRCLE,
    DIAMOND,
    HOVER_UP_TO,
    IMAGE_COLOR,
    TEXT_COLOR,
    choose,
    class_colors,
    lay_legends,
    legend_mark,
    segments,
    short,
    text_marks,
    wrapped,
)
from ame_explore.measures import alignment
from ame_explore.quantities import number

_PANEL = 460  # pixels a side


@checked
def model_maps(
    matched: MatchedModels,
    *,
    names: tuple[str, str] = ("teacher", "student"),
    selected: Collection[int] = (),
    farthest: int = 5,
    drawn: int = 2000,
    title: str = "Two models, the same pairs",
) -> Drawing:
    """Two panels with the same axes; a pair has the same colour and id in both.

    Rings mark the selected pairs, or else those whose image lies farthest from its position in the other model.

    Args:
        matched: from `match_models`.
        names: names of the two models.
        selected: ids to ring.
        farthest: how many pairs to ring if none are selected.
        drawn: the most pairs to draw per panel.
        title: the headline.

    Raises:
        AMEError: if `selected` holds an id that the models do not share, or `drawn` or `farthest` is out of range.
    """
    check_number("drawn", drawn, low=1, whole=True)
    check_number("farthest", farthest, low=0, whole=True)
    features, count = matched.teacher, len(matched.teacher.image)
    ids = features.ids.numpy()
    if set(selected) - set(ids.tolist()):
        raise AMEError("selected must hold ids that both models have.")
    moved = matched.moved.numpy()
    if selected:
        ringed = np.flatnonzero(np.isin(ids, sorted(selected)))
    else:
        ringed = np.argsort(-moved[:count], kind="stable")[:farthest]
    shown, colors = choose(features, drawn, ids[ringed].tolist()), class_colors(features)
    details = [
        f"gap {number(gap)}, cosine of a pair {number(1 - alignment(side.image, side.text) / 2)}"
        for side, gap in zip((matched.teacher, matched.student), matched.gaps, strict=True)
    ]
    figure, where = panels(names, details, 2)
    pictures = (matched.teacher_points, matched.student_points)
    kind = scatter_class(4 * len(shown.pairs))
    size, few = 7 if len(shown.pairs) < 800 else 5, len(set(features.texts))
    said = len(shown.pairs) * 4 <= HOVER_UP_TO
    for place, points in enumerate(pictures):
        x, y = segments(points[shown.pairs], points[count + shown.pairs])
        line = {"color": f"rgba(90, 90, 90, {np.clip(120 / len(shown.pairs), 0.04, 0.35):.2f})", "width": 1}
        figure.add_trace(kind(x=x, y=y, mode="lines", line=line, hoverinfo="skip", showlegend=False), **where[place])
        for name, symbol, rows, hues in (
            ("image", CIRCLE, shown.pairs, colors.image[shown.pairs]),
            ("text", DIAMOND, count + shown.pairs, colors.text[shown.pairs]),
        ):
            text = [f"{short(features.texts[row % count])}<br>apart {number(moved[row], 2)}" for row in rows.tolist()]
            figure.add_trace(
                kind(
                    x=f32(points[rows, 0]),
                    y=f32(points[rows, 1]),
                    customdata=id_array(ids[shown.pairs]),
                    text=text if said else None,
                    hovertemplate=f"<b>{name} %{{customdata}}</b>{'<br>%{text}' if said else ''}<extra></extra>",
                    mode="markers",
                    name=name,
                    showlegend=False,
                    marker={
                        "symbol": symbol,
                        **(text_marks(few, size) if name == "text" else {"size": size}),
                        "opacity": 0.75,
                        "color": hues.tolist() if colors.groups else (IMAGE_COLOR if name == "image" else TEXT_COLOR),
                    },
                ),
                **where[place],
            )
        figure.add_trace(_rings(points, ringed, ids), **where[place])
    grey = bool(colors.groups)
    figure.add_trace(legend_mark("image", CIRCLE, MUTED if grey else IMAGE_COLOR))
    figure.add_trace(legend_mark("text", DIAMOND, MUTED if grey else TEXT_COLOR))
    if len(ringed):
        told = "selected" if selected else "farthest from the other model"
        figure.add_trace(legend_mark(f"ring: {told}", CIRCLE + 100, INK))
    figure.add_traces([legend_mark(name, 1, color, legend="legend2") for name, color in colors.groups.items()])
    thin = f"{len(shown.pairs):,} of {count:,} pairs are drawn." if len(shown.pairs) < count else ""
    subtitle, lines = wrapped(thin, matched.words)
    close_panels(figure, title, subtitle, lines, columns=2, panel=_PANEL, legends=1 + bool(colors.groups))
    same_frame(figure, pictures)
    figure.update_xaxes(matches="x", col=2)
    figure.update_yaxes(matches="y", scaleanchor=None, col=2)  # plotly allows one constraint per axis
    lay_legends(figure, 58)
    dropped = f" {matched.dropped:,} pairs that only one model holds are left out." if matched.dropped else ""
    median = number(float(np.median(moved[:count])), 2)
    return Drawing(
        figure,
        f"{count:,} pairs as two models see them: {names[0]} has {details[0]}, {names[1]} {details[1]}. "
        f"{matched.words} Half of the images lie within {median} of where the other model has them "
        f"(0 to 2).{dropped}",
    )


def _rings(points: np.ndarray, pairs: np.ndarray, ids: np.ndarray) -> go.Scatter:
    low, high = points.min(axis=0), points.max(axis=0)
    names = [str(each) for each in ids[pairs].tolist()]
    pixels = (points[pairs] - low) * (_PANEL / max(float((high - low).max()), 1e-12))
    sides = place_labels(pixels, names, size=14, panel=_PANEL) if len(names) else []
    return go.Scatter(
        x=f32(points[pairs, 0]),
        y=f32(points[pairs, 1]),
        customdata=id_array(ids[pairs]),
        text=names,
        mode="markers+text",
        textposition=sides,
        textfont={"size": 14, "color": INK, "shadow": "0 0 3px white, 0 0 3px white, 0 0 4px white"},
        marker={"symbol": CIRCLE + 100, "size": 15, "color": INK, "line": {"width": 2}},
        hoverinfo="skip",
        showlegend=False,
        name="ringed",
    )
