"""Pairs as a table for other programs: viewers of millions of points, spreadsheets, notebooks without this package."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray

from ame_explore.ame import AMEError, check_choice
from ame_explore.analysis.pairs.pair_measures import label_names
from ame_explore.analysis.projection import fit_pca
from ame_explore.analysis.projection.rows import metric_rows
from ame_explore.data.atomic_files import write_atomically
from ame_explore.data.pairs import PairedFeatures

LAYOUTS = ("pairs", "points")
_FITTED = 20_000  # rows that PCA is fitted to; the others are placed by it
_BLOCK = 50_000
# Where a spreadsheet sees the beginning of a formula: at the beginning of a cell, after whatever it does not show, and
# after a character that it may take to separate cells, whatever separates them here.
_BEGINS = "[=+@\uff1d\uff0b\uff20\uff0d\u2212\\-]"
_UNSEEN = (
    r"[\s\x00-\x1f\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u2028-\u202f"
    r"\u205f-\u206f\u3000\ufe00-\ufe0f\ufeff]"
)
_FORMULA = re.compile(f"(^|[;\t\r\n|])({_UNSEEN}*{_BEGINS})")


def export_pairs(
    features: PairedFeatures,
    path: str | os.PathLike[str],
    pairs: pd.DataFrame | None = None,
    *,
    layout: str = "pairs",
) -> Path:
    """Write pairs with their places on a PCA map to .parquet or .csv; a million pairs take about a minute.

    Columns: those of `pairs` (else id, caption, label and cosine), the metadata as meta_..., image_path where known,
    and the map: in the layout "pairs" image_x, image_y, text_x, text_y; in "points" there is a row for each image and
    one for each pair's text, with modality ("image" or "text"), x and y. The second is for viewers that draw a row as a
    point, such as embedding-atlas: `embedding-atlas points.parquet --x x --y y --text caption`. In a .csv a text that a
    spreadsheet would run as a formula gets a quote before it.

    Args:
        features: images and texts; where their widths differ there is no map, and only "pairs" is known.
        path: ends in .parquet or .csv; parent folders are made, and an earlier file is replaced, whole or not at all.
        pairs: the measures of each, in the order of the images: `Exploration.pairs`.
        layout: "pairs" or "points".

    Raises:
        AMEError: another ending, an unknown layout, a layout that needs a map where there is none, a file that cannot
            be written.
    """
    target = Path(path)
    kind = target.suffix.lower()
    check_choice("path's ending", kind, (".parquet", ".csv"))
    check_choice("layout", layout, LAYOUTS)
    comparable = features.image.shape[1] == features.text.shape[1]
    if layout == "points" and not comparable:
        raise AMEError("layout='points' needs a map, and images and texts of different widths have none: use 'pairs'.")
    table = _columns(features, comparable) if pairs is None else pairs
    table = table.assign(**{f"meta_{name}": _one_kind(values) for name, values in features.metadata.items()})
    if features.image_paths is not None:
        table = table.assign(image_path=list(features.image_paths))
    if comparable:
        image, text = places(features)
        image, text = image[features.image_index.numpy()], text[features.pair_index.numpy()]
        if layout == "pairs":
            table = table.assign(image_x=image[:, 0], image_y=image[:, 1], text_x=text[:, 0], text_y=text[:, 1])
        else:
            sides = (("image", image), ("text", text))
            table = pd.concat(
                [table.assign(modality=name, x=at[:, 0], y=at[:, 1]) for name, at in sides], ignore_index=True
            )
    held = io.BytesIO()
    if kind == ".parquet":
        table = table.assign(label=table["label"].astype("string")) if table["label"].dtype == object else table
        table.to_parquet(held, index=False)
    else:
        plain_texts(table).to_csv(held, index=False)
    try:
        write_atomically(target, held.getvalue())
    except OSError as error:
        raise AMEError(f"{target} cannot be written ({error.strerror or error}): name another place.") from error
    return target


def _one_kind(values: Sequence[Any]) -> list[Any]:
    """A column as a file can hold it: values of several kinds, which a parquet column cannot have, become words."""
    kinds = {type(value) for value in values if value is not None}
    if len(kinds) <= 1 or kinds <= {int, float} or kinds <= {list, np.ndarray}:
        return list(values)
    return [None if value is None else str(value) for value in values]


def plain_texts(table: pd.DataFrame) -> pd.DataFrame:
    """For a .csv: in texts and names of columns, what a spreadsheet would run as a formula gets a quote before it."""
    made = table.copy(deep=False)
    for name, column in table.items():
        if not pd.api.types.is_numeric_dtype(column):
            made[name] = [_plain_text(cell) if isinstance(cell, str) else cell for cell in column.tolist()]
    return made.rename(columns=lambda name: _plain_text(name) if isinstance(name, str) else name)


def _plain_text(cell: str) -> str:
    """Tab and carriage return at the beginning may hide what follows, and get a quote as well."""
    quoted = _FORMULA.sub(r"\1'\2", cell)
    return f"'{quoted}" if quoted.startswith(("\t", "\r")) else quoted


def places(features: PairedFeatures) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Places (N, 2) of images and (M, 2) of texts on one PCA map of unit rows, fitted to at most 20,000 of them.

    Raises:
        AMEError: a row of zeros, which has no direction; rows that are all equal.
    """
    sides = (features.image, features.text)
    generator = torch.Generator().manual_seed(0)
    drawn = []
    for rows in sides:
        most = max(1, _FITTED * len(rows) // (len(sides[0]) + len(sides[1])))
        few = rows if len(rows) <= most else rows[torch.randperm(len(rows), generator=generator)[:most]]
        drawn.append(metric_rows("rows", few, "cosine"))
    picture = fit_pca(torch.cat(drawn))
    image, text = (
        np.concatenate([picture.place(block).astype(np.float32) for block in rows.split(_BLOCK)]) for rows in sides
    )
    return image, text


def _columns(features: PairedFeatures, comparable: bool) -> pd.DataFrame:
    """What needs no comparison with wrong partners, which for a million pairs are too many."""
    table = {
        "id": features.ids.numpy(),
        "caption": [features.texts[row] for row in features.pair_index.tolist()],
        "label": label_names(features),
    }
    if comparable:
        parts = features.pairs.split(_BLOCK)
        table["cosine"] = torch.cat(
            [torch.cosine_similarity(features.image[at[:, 0]], features.text[at[:, 1]]) for at in parts]
        ).numpy()
    return pd.DataFrame(table)
