"""The same map under several seeds: what stays in place comes from the data, what moves is chance."""

from __future__ import annotations

import numpy as np

from ame_explore.ame import AMEError, check_number
from ame_explore.analysis.projection import Jitter
from ame_explore.arguments import checked
from ame_explore.data.pairs import PairedFeatures
from ame_explore.figures.base.colors import MUTED
from ame_explore.figures.base.panels import close_panels, panels, same_frame
from ame_explore.figures.base.style import Drawing, f32, i32, ids_data, scatter_class
from ame_explore.figures.maps.map_parts import (
    CIRCLE,
    DIAMOND,
    IMAGE_COLOR,
    TEXT_COLOR,
    choose,
    class_colors,
    lay_legends,
    legend_mark,
    wrapped,
)
from ame_explore.quantities import number

_STEPS = 8  # shades of fading, one trace each: WebGL is slow when every point has its own opacity


@checked
def jitter_maps(
    jitter: Jitter,
    features: PairedFeatures,
    *,
    drawn: int = 2000,
    title: str = "The same map under other seeds",
) -> Drawing:
    """One panel per seed, all aligned to the first. Points that move a lot between seeds are faint in every panel.

    A point whose spread is a tenth of the map's radius is drawn half as strongly (our choice).

    Args:
        jitter: `seed_jitter(pair_rows(features))`.
        features: the images and texts it was computed from.
        drawn: the most pairs to draw.
        title: the headline.

    Raises:
        AMEError: if `jitter` does not hold one point per image and text.
    """
    check_number("drawn", drawn, low=1, whole=True)
    count, total = len(features.image), len(features.image) + len(features.texts)
    if jitter.pictures.shape[1] != total:
        raise AMEError(f"jitter must hold {total} points (images, then texts), got {jitter.pictures.shape[1]}.")
    shown, colors = choose(features, drawn), class_colors(features)
    rows = np.concatenate([shown.images, shown.texts + count])
    ids = [*shown.image_ids, *shown.text_ids]
    hues = np.concatenate([colors.image[shown.pairs], colors.text[shown.texts]])
    ink = 1 / (1 + jitter.spread[rows] / 0.1)
    step = np.minimum((ink * _STEPS).astype(np.int64), _STEPS - 1)
    details = [
        "the others are aligned to this one" if place == 0 else f"{residual:.0%} does not fit the first"
        for place, residual in enumerate(jitter.residuals)
    ]
    columns = min(3, len(jitter.seeds))
    figure, where = panels([f"seed {seed}" for seed in jitter.seeds], details, columns)
    kind = scatter_class(len(rows) * len(jitter.seeds))
    for place, points in enumerate(jitter.pictures):
        for shade in np.unique(step):
            own = step == shade
            some = rows[own]
            figure.add_trace(
                kind(
                    x=f32(points[some, 0]),
                    y=f32(points[some, 1]),
                    customdata=ids_data([ids[place] for place in np.flatnonzero(own)]),
                    text=[f"{number(value, 2)}" for value in jitter.spread[some]],
                    mode="markers",
                    marker={
                        "symbol": i32(np.where(some < count, CIRCLE, DIAMOND)),
                        "size": 6 if len(rows) < 1500 else 4,
                        "color": hues[own].tolist(),
                        "opacity": float(0.06 + 0.9 * (shade + 0.5) / _STEPS),
                    },
                    hovertemplate="%{customdata}<br>moves by %{text} of the radius<extra></extra>",
                    showlegend=False,
                ),
                **where[place],
            )
    grey = bool(colors.groups)
    figure.add_trace(legend_mark("image", CIRCLE, MUTED if grey else IMAGE_COLOR))
    figure.add_trace(legend_mark("text", DIAMOND, MUTED if grey else TEXT_COLOR))
    figure.add_traces([legend_mark(name, 1, color, legend="legend2") for name, color in colors.groups.items()])
    pairs = len(features.pair_index)
    thin = f"{len(shown.pairs):,} of {pairs:,} pairs are drawn." if len(shown.pairs) < pairs else ""
    subtitle, lines = wrapped(thin, jitter.words, "The fainter a point, the more it moves.")
    close_panels(figure, title, subtitle, lines, columns=columns, panel=300, legends=1 + bool(colors.groups))
    same_frame(figure, list(jitter.pictures))
    lay_legends(figure, 58)
    return Drawing(figure, f"The map of the same points under {jitter.words} {thin}".strip())
