"""A map of explored pairs, coloured by a measure or by a column of their metadata."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ame_explore.ame import AMEError, check_choice
from ame_explore.analysis.pairs.columns import coloring, column_of
from ame_explore.analysis.pairs.exploration import Exploration
from ame_explore.analysis.pairs.maps import CLOSED, PairMaps
from ame_explore.figures.base.style import Drawing
from ame_explore.figures.maps.pair_map import pair_map

CLASS = "class or modality"
_MEASURED = {"entropy (nats)": "entropy_i2t", "cosine": "cosine", "margin": "margin_i2t"}
_META = "meta_"


def colorings(explored: Exploration) -> tuple[str, ...]:
    """What the pairs can be coloured by: class, measures, and the metadata columns that colours can show."""
    columns = [name for name in explored.pairs if name.startswith(_META) and name != f"{_META}label"]
    return (
        CLASS,
        *_MEASURED,
        *(name.removeprefix(_META) for name in columns if _colors(explored.pairs[name]) is not None),
    )


def explored_map(
    maps: PairMaps,
    picture: str,
    color: str = CLASS,
    *,
    measured: bool = False,
    title: str | None = None,
    height: int = 640,
) -> Drawing:
    """Draw one of the maps, or PCA while UMAP is not ready.

    Args:
        maps: the maps of the pairs.
        picture: one of `maps.pictures`.
        color: one of `colorings(maps.explored)`.
        measured: wait for the map, measure how far it can be trusted (misplaced points are hollow), name true
            neighbours on hover, and add a button that closes the gap.
        title: the headline; None: the names of the features and the map.
        height: pixels.

    Raises:
        AMEError: if the map or the colour is unknown.
    """
    explored = maps.explored
    check_choice("picture", picture, maps.pictures)
    check_choice("color", color, colorings(explored))
    closed = picture == CLOSED
    features = maps.features
    if closed and maps.closed_features is not None:
        features = maps.closed_features
    values: NDArray[Any] | None = None
    if color != CLASS:
        column = explored.pairs[_MEASURED.get(color, f"{_META}{color}")].iloc[maps.rows]
        values = column.to_numpy(np.float64) if color in _MEASURED else _colors(column)
        if values is not None and values.dtype == object:  # few different words: draw them as classes
            features = replace(features, labels=None, metadata={**features.metadata, "label": tuple(values)})
            values = None
    drawing = pair_map(
        features,
        maps.projection(picture=picture) if measured else maps.current(picture),
        lens=maps.lens(picture) if measured else None,
        neighbours=maps.neighbours if measured else None,
        closed=maps.closed(picture) if measured else None,
        values=values,
        values_label=color,
        drawn=len(maps.rows),
        text_ids=maps.text_ids,
        title=title or f"{explored.name}: images and texts by {'PCA, gap closed' if closed else picture}",
        height=height,
    )
    drawing.figure.update_layout(dragmode="lasso", uirevision=picture)
    said = [drawing.sentence]
    if closed:
        said.insert(
            0, "Each modality's centroid is subtracted, which closes the gap, and rows are scaled to unit length."
        )
    return Drawing(drawing.figure, " ".join(word for word in (maps.words, *said) if word))


def _colors(column: pd.Series) -> NDArray[Any] | None:
    """Numbers to shade by (NaN where unknown), or words to colour by, rare ones as "other"; None for neither."""
    try:
        found = column_of(str(column.name), column.tolist())
    except AMEError:
        return None
    if found.numeric:
        return found.values if len(np.unique(found.values[found.known])) > 1 else None
    if found.kind == "text":
        return None
    made = coloring(found)
    words = np.array(made.names, dtype=object)[made.codes]
    words[~found.known] = None
    return words if len(made.names) > 1 else None
