"""Export pairs as a table for other programs, such as viewers of millions of points or spreadsheets."""

from __future__ import annotations

import io
import json
import math
import os
import re
import warnings
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

LAYOUTS = ("pairs", "points", "fiftyone")
_FITTED = 20_000  # rows to which PCA is fitted; the others are projected with it
_BLOCK = 50_000
# A spreadsheet may read a formula at the start of a cell, after invisible characters, and after a character that it
# takes for a cell separator, whichever separator this file uses.
_BEGINS = "[=+@\uff1d\uff0b\uff20\uff0d\u2212\\-]"
_UNSEEN = (
    r"[\s\x00-\x1f\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u2028-\u202f"
    r"\u205f-\u206f\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0]"
)
_FORMULA = re.compile(f"(^|[;\t\r\n|])({_UNSEEN}*{_BEGINS})")


def export_pairs(
    features: PairedFeatures,
    path: str | os.PathLike[str],
    pairs: pd.DataFrame | None = None,
    *,
    layout: str = "pairs",
    rows: Sequence[int] | NDArray[np.int64] | None = None,
) -> Path:
    """Write pairs with their positions on a PCA map to .parquet or .csv; a million pairs take about a minute.

    The columns are those of `pairs` (else id, caption, label and cosine), the metadata as `meta_...`, image_path if
    known, and the map. In the layout "pairs", the map is image_x, image_y, text_x and text_y. In the layout "points",
    each pair has one row for its image and one for its text, with modality ("image" or "text"), x and y; this is for
    viewers that draw each row as a point: `embedding-atlas points.parquet --x x --y y --text caption`. In a .csv, a
    quote is put before any text that a spreadsheet would run as a formula. The layout "fiftyone" writes a folder that
    `fiftyone.Dataset.from_dir(dataset_dir=path, dataset_type=fiftyone.types.FiftyOneDataset)` reads: one sample per
    pair, with the path of its image and the columns as fields (the id is pair_id, the label a Classification); pairs
    without an image file are left out with a warning. It is the JSON form without a version (samples.json and
    metadata.json), which FiftyOne's importer still reads (`LegacyFiftyOneDatasetImporter` in fiftyone 1.x).

    Args:
        features: images and texts. Different widths have no map, so only the layout "pairs" is possible.
        path: ends in .parquet or .csv, or is a folder for the layout "fiftyone". Parent folders are created; an
            existing file is replaced atomically.
        pairs: measures of each pair, `Exploration.pairs`; None: only id, caption, label and cosine.
        layout: "pairs", "points" or "fiftyone".
        rows: rows of the pairs to write, in this order; None: all. The map is always that of all pairs.

    Returns:
        The path written.

    Raises:
        AMEError: if the path has another ending, the layout is unknown or needs a map or image files that do not
            exist, or the file cannot be written.
    """
    target = Path(path)
    kind = target.suffix.lower()
    check_choice("layout", layout, LAYOUTS)
    if layout == "fiftyone":
        if features.image_paths is None:
            raise AMEError("layout='fiftyone' needs the images' files: pass images=[...] to explore.")
        if target.is_file():
            raise AMEError(f"path must be a folder for layout='fiftyone', got the file {target}.")
    else:
        check_choice("path's ending", kind, (".parquet", ".csv"))
    comparable = features.image.shape[1] == features.text.shape[1]
    if layout == "points" and not comparable:
        raise AMEError("layout='points' needs a map, but images and texts have different widths: use 'pairs'.")
    table = _columns(features, comparable) if pairs is None else pairs
    table = table.assign(**{f"meta_{name}": _one_kind(values) for name, values in features.metadata.items()})
    if features.image_paths is not None:
        table = table.assign(image_path=list(features.image_paths))
    if comparable:
        image, text = places(features)
        image, text = image[features.image_index.numpy()], text[features.pair_index.numpy()]
        if layout != "points":
            table = table.assign(image_x=image[:, 0], image_y=image[:, 1], text_x=text[:, 0], text_y=text[:, 1])
        else:
            at_rows = slice(None) if rows is None else np.asarray(rows, dtype=np.int64)
            sides = (("image", image[at_rows]), ("text", text[at_rows]))
            table = table.iloc[at_rows]
            table = pd.concat(
                [table.assign(modality=name, x=at[:, 0], y=at[:, 1]) for name, at in sides], ignore_index=True
            )
    if rows is not None and layout != "points":
        table = table.iloc[np.asarray(rows, dtype=np.int64)]
    if layout == "fiftyone":
        _write_fiftyone(target, table)
        return target
    held = io.BytesIO()
    if kind == ".parquet":
        table = table.assign(label=table["label"].astype("string")) if table["label"].dtype == object else table
        table.to_parquet(held, index=False)
    else:
        plain_texts(table).to_csv(held, index=False)
    try:
        write_atomically(target, held.getvalue())
    except OSError as error:
        raise AMEError(f"{target} cannot be written ({error.strerror or error}): choose another path.") from error
    return target


def _write_fiftyone(folder: Path, table: pd.DataFrame) -> None:
    """Write metadata.json and samples.json; see `export_pairs`."""
    shown = table[[isinstance(path, str) and path != "" for path in table["image_path"]]]
    if len(shown) < len(table):
        if not len(shown):
            raise AMEError("layout='fiftyone' needs the images' files, and none of these pairs has one.")
        warnings.warn(f"{len(table) - len(shown):,} pairs have no image file and are left out.", stacklevel=3)
    fields: dict[str, str] = {}
    for name in table.columns:
        if name not in ("image_path", "label"):
            field = "pair_id" if name == "id" else re.sub(r"\W", "_", str(name)).lstrip("_") or "column"
            while field in (*fields.values(), *_FIFTYONE_OWN):
                field += "_"
            fields[name] = field
    samples = []
    for line in shown.to_dict("records"):
        sample = {"filepath": os.path.abspath(line["image_path"]), "tags": []}
        for name, field in fields.items():
            value = _json_value(line[name])
            if value is not None:
                sample[field] = value
        label = _json_value(line["label"])
        if label is not None:
            sample["label"] = {"_cls": "Classification", "label": str(label)}
        samples.append(sample)
    try:
        for file, content in (("samples.json", {"samples": samples}), ("metadata.json", {"media_type": "image"})):
            write_atomically(folder / file, json.dumps(content, allow_nan=False).encode())
    except OSError as error:
        raise AMEError(f"{folder} cannot be written ({error.strerror or error}): choose another path.") from error


_FIFTYONE_OWN = ("id", "filepath", "filename", "tags", "metadata", "media_type", "label", "group", "frames")


def _json_value(value: Any) -> Any:
    """A cell for JSON: lists of plain values, numbers, booleans and words; None for what is missing or infinite."""
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [_json_value(one) for one in value]
    if isinstance(value, int) and abs(value) >= 2**63:
        return str(value)  # MongoDB has 64 bits
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return None if value is pd.NaT or value is pd.NA else str(value)


def _one_kind(values: Sequence[Any]) -> list[Any]:
    """A column of one type: parquet allows no mixed types, so mixed values become strings."""
    kinds = {type(value) for value in values if value is not None}
    if len(kinds) <= 1 or kinds <= {int, float} or kinds <= {list, np.ndarray}:
        return list(values)
    return [None if value is None else str(value) for value in values]


def plain_texts(table: pd.DataFrame) -> pd.DataFrame:
    """Put a quote before cells and column names that a spreadsheet would run as a formula, for a .csv."""
    made = table.copy(deep=False)
    for name, column in table.items():
        if not pd.api.types.is_numeric_dtype(column):
            made[name] = [_plain_text(cell) if isinstance(cell, str) else cell for cell in column.tolist()]
    return made.rename(columns=lambda name: _plain_text(name) if isinstance(name, str) else name)


def _plain_text(cell: str) -> str:
    """Quote one cell; a leading tab or carriage return may hide a formula, so it gets a quote as well."""
    quoted = _FORMULA.sub(r"\1'\2", cell)
    return f"'{quoted}" if quoted.startswith(("\t", "\r")) else quoted


def places(features: PairedFeatures) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Positions on one PCA map of unit rows, fitted to at most 20,000 of them.

    Args:
        features: images and texts of one width.

    Returns:
        (N, 2) float32 for the images and (M, 2) float32 for the texts.

    Raises:
        AMEError: if a row is all zeros, or all rows are equal.
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
    """The columns that need no comparison with wrong partners, which would take too long for a million pairs."""
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
