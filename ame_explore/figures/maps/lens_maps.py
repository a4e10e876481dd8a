"""Projections of the same rows side by side, with how far each of their points can be trusted."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ame_explore.ame import AMEError, check_number
from ame_explore.analysis.projection import Lens, Projection, TrueNeighbours, measure_lens, pair_rows
from ame_explore.arguments import checked
from ame_explore.data.pairs import PairedFeatures
from ame_explore.figures.base.colors import MUTED
from ame_explore.figures.base.panels import close_panels, panels
from ame_explore.figures.base.style import Drawing, f32, i32, ids_data, scatter_class
from ame_explore.figures.maps.map_parts import (
    CIRCLE,
    DIAMOND,
    HOVER_UP_TO,
    OPEN,
    check_neighbours,
    choose,
    hover_texts,
    lay_legends,
    legend_mark,
    places_of,
    wrapped,
)
from ame_explore.quantities import number


@checked
def lens_maps(
    features: PairedFeatures,
    projections: Mapping[str, Projection],
    lenses: Mapping[str, Lens] | None = None,
    *,
    neighbours: TrueNeighbours | None = None,
    drawn: int = 4000,
    title: str = "How far each picture can be believed",
) -> Drawing:
    """One panel per projection: the darker a point, the fewer of its neighbours on the map are its true neighbours.

    Colour is the lower of a point's trustworthiness and continuity; points below 0.8 are hollow. If a lens was measured
    on a sample, only the sampled points are drawn.

    Args:
        features: images and texts of one width.
        projections: name -> projection of `pair_rows(features)`.
        lenses: name -> its lens; None: measured here, with 15 neighbours.
        neighbours: `true_neighbours(features)`, shown on hover.
        drawn: the most pairs to draw.
        title: the headline.

    Raises:
        AMEError: if there is no projection, a projection or lens has the wrong number of rows, or a name has no lens.
    """
    check_number("drawn", drawn, low=1, whole=True)
    if not projections:
        raise AMEError("projections must hold at least one, got none.")
    count, total = len(features.image), len(features.image) + len(features.texts)
    if lenses is None:
        rows = pair_rows(features)
        lenses = {name: measure_lens(rows=rows, points=places_of(each, total)) for name, each in projections.items()}
    check_neighbours(neighbours, total)
    missing = [name for name in projections if name not in lenses or lenses[name].n != total]
    if missing:
        raise AMEError(f"lenses must hold one over all {total} images and texts for {missing[0]!r}.")
    details = [
        f"trustworthiness {number(lenses[name].trustworthiness)}, continuity {number(lenses[name].continuity)}"
        for name in projections
    ]
    columns = min(3, len(projections))
    figure, where = panels(list(projections), details, columns)
    shown = choose(features, drawn)
    rows_drawn = np.concatenate([shown.images, shown.texts + count])
    ids = [*shown.image_ids, *shown.text_ids]
    kind = scatter_class(len(rows_drawn) * len(projections))
    for place, (name, projection) in enumerate(projections.items()):
        lens, points = lenses[name], places_of(projection, total)
        belief = np.full(total, np.nan)
        belief[lens.rows.numpy()] = np.minimum(lens.row_trustworthiness.numpy(), lens.row_continuity.numpy())
        keep = np.isfinite(belief[rows_drawn])
        order = np.argsort(-belief[rows_drawn][keep], kind="stable")  # the worst on top
        rows = rows_drawn[keep][order]
        base = np.where(rows < count, CIRCLE, DIAMOND)
        hover = hover_texts(features, rows, neighbours, lens) if len(rows) <= HOVER_UP_TO else None
        figure.add_trace(
            kind(
                x=f32(points[rows, 0]),
                y=f32(points[rows, 1]),
                customdata=ids_data([ids[place] for place in np.flatnonzero(keep)[order]]),
                mode="markers",
                name=name,
                showlegend=False,
                text=hover,
                hovertemplate=f"{'%{text}' if hover else '%{customdata}'}<extra></extra>",
                marker={
                    "symbol": i32(base + OPEN * lens.misplaced.numpy()[rows]),
                    "size": 8 if len(rows) < 1500 else 5,
                    "color": f32(belief[rows]),
                    "coloraxis": "coloraxis",
                    "line": {"width": f32(1.2 * lens.misplaced.numpy()[rows])},
                },
            ),
            **where[place],
        )
    figure.add_traces(
        [
            legend_mark("image", CIRCLE, MUTED),
            legend_mark("text", DIAMOND, MUTED),
            legend_mark("hollow: misplaced", CIRCLE + OPEN, MUTED),
        ]
    )
    any_lens = next(iter(lenses.values()))
    sampled = ""
    if len(any_lens.rows) < total:
        sampled = f"Measured at {len(any_lens.rows):,} of {total:,} points; only those are drawn."
    subtitle, lines = wrapped(
        f"Over {any_lens.k} neighbours. 1: all neighbours are kept; about 0.5: no better than chance.", sampled
    )
    close_panels(figure, title, subtitle, lines, columns=columns)
    bar = {
        "title": {"text": "trustworthiness or continuity,<br>the lesser of the two", "side": "right"},
        "thickness": 14,
        "len": 0.8,
    }
    figure.update_layout(coloraxis={"colorscale": "Cividis", "cmin": 0.5, "cmax": 1, "colorbar": bar})
    lay_legends(figure, 58)
    told = [f"{name}: {lenses[name].words}, {int(lenses[name].misplaced.sum()):,} misplaced" for name in projections]
    return Drawing(figure, f"How far each picture keeps who is near whom. {'; '.join(told)}.")
