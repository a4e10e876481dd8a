"""Features that a model made elsewhere: files in, checked `PairedFeatures` out, and never a pickle.

| file | what it holds |
|---|---|
| .npy | (2, n, d): images, then texts; or (n, d) images, with the texts in a second file |
| .npz, .safetensors | `image` (n, d), `text` (m, dt); and `pair_index`, `ids`, `labels`, `captions`, `logit_scale` |
| .parquet | columns `image` and `text` of lists of numbers; any other column is metadata |
| .csv | columns `image_0` ... and `text_0` ...; any other column is metadata |

Among metadata the columns `caption` (or `text` where that is no feature, `title`), `label` (or `class`), `id` and
`image_path` (or `path`, `file`, `filename`) are taken for what they say.
"""

from __future__ import annotations

import codecs
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ame_explore.ame import AMEError, check_number
from ame_explore.data.files.read import Parts, read_column, read_parts, read_table
from ame_explore.data.pairs import MOST_ID, PairedFeatures

PathLike = str | os.PathLike[str]
DEFAULT_LOGIT_SCALE = 100.0
CAPTION = ("caption", "captions", "text", "title")
LABEL = ("label", "labels", "class", "category")
IMAGE_PATH = ("image_path", "path", "file", "filename", "file_name", "filepath")
ID = ("id", "ids", "image_id")
_SURROGATE = re.compile("[\ud800-\udfff]")  # half a letter, as a cut JSON escape leaves: no file can hold it


@dataclass(frozen=True, eq=False)
class ReadFeatures:
    """What was read, and what had to be mended on the way (each a sentence with a count).

    Attributes:
        features: what was read.
        mended: sentences.
        own_ids: whether the file of the features has ids itself.
        given: what came beside that file: "captions", "labels", "images", and metadata's columns as "metadata.NAME".
    """

    features: PairedFeatures
    mended: tuple[str, ...]
    own_ids: bool = False
    given: frozenset[str] = frozenset()


@dataclass(eq=False)
class _Told:
    assumed: list[str] = field(default_factory=list)
    mended: list[str] = field(default_factory=list)


def read_features(
    path: PathLike,
    text: PathLike | None = None,
    *,
    captions: PathLike | Sequence[str] | None = None,
    labels: PathLike | Sequence[Any] | None = None,
    metadata: PathLike | Mapping[str, Sequence[Any]] | None = None,
    images: PathLike | Sequence[str] | None = None,
    logit_scale: float | None = None,
    encoding: str = "utf-8",
) -> ReadFeatures:
    """Read features, and the words and columns that belong to them.

    Args:
        path: .npy, .npz, .safetensors, .parquet or .csv, see the table above.
        text: a second .npy (m, d) with the texts, where `path` holds images alone.
        captions: M texts, or a file of them: .txt (one a line), .json (a list), or a column of .csv, .parquet.
        labels: N classes, whole numbers or names, or a file of them (.npy too).
        metadata: columns of N values each, or a .csv or .parquet of them.
        images: N paths of the images' files, or a file that lists them, or the folder in which those of the metadata
            lie.
        logit_scale: factor on cosines before the softmax. None: the file's own, else 100, which a note says.
        encoding: of text files.

    Returns:
        `ReadFeatures`; ids are the file's if they are different whole numbers below 2**53, else row numbers, and the
            metadata's column "id" keeps the file's, by which `ame_explore.data.files.match` matches pairs.

    Raises:
        AMEError: a file that is missing, damaged, pickled or not text; another number of rows, captions or labels than
            belongs; NaN, infinity or a row of zeros, with the first rows that have them.
    """
    try:
        codecs.lookup(encoding)
    except LookupError as error:
        raise AMEError(
            f"encoding must be one that Python knows, such as utf-8 or latin-1, got {encoding!r}."
        ) from error
    parts = read_parts(Path(path), None if text is None else Path(text), encoding)
    told = _Told()
    image, words = (_matrix(name, parts.arrays[name], told) for name in ("image", "text"))
    count = len(image)
    pair_index = _pairing(parts, count, len(words))
    beside = _columns(metadata, encoding)
    columns = {**parts.columns, **beside}
    found = _given(captions, columns, CAPTION, encoding)
    for name, values in columns.items():
        source = _source(metadata) if name in beside else ""
        _check_length(f"{source}metadata column {name!r}", values, count, "rows of images")
    texts = _texts(found, len(words), _source(captions), told)
    named = _given(labels, columns, LABEL, encoding)
    codes, names = _labels(named if named is not None else parts.arrays.get("labels"), count, _source(labels), told)
    if names is not None:
        columns["label"] = names
    ids = _ids(parts.arrays.get("ids", _pop(columns, ID)), count, columns, told)
    paths = _image_paths(images, columns, count, encoding, told)  # takes its column out of the metadata
    features = PairedFeatures(
        image=image,
        text=words,
        pair_index=pair_index,
        ids=ids,
        labels=codes,
        texts=texts,
        logit_scale=_scale(logit_scale, parts, told),
        metadata={name: tuple(values) for name, values in columns.items()},
        image_paths=paths,
        notes=(*told.mended, *told.assumed),
    )
    own_ids = "ids" in parts.arrays or any(name in parts.columns for name in ID)
    arguments = {"captions": captions, "labels": labels, "images": images}
    given = {name for name, value in arguments.items() if value is not None}
    given |= {f"metadata.{name}" for name in beside}
    return ReadFeatures(features, tuple(told.mended), own_ids, frozenset(given))


def _source(given: Any) -> str:
    """The file that an error is about."""
    return f"{given}: " if isinstance(given, str | os.PathLike) else ""


def _matrix(name: str, value: NDArray[Any], told: _Told) -> Tensor:
    if value.ndim != 2 or 0 in value.shape:
        raise AMEError(f"{name} features must have shape (rows, width), none of them 0, got {value.shape}.")
    if value.dtype.kind in "iub":
        told.mended.append(f"{name} features were whole numbers ({value.dtype}): read as float32.")
        value = value.astype(np.float32)
    if value.dtype.kind != "f":
        raise AMEError(f"{name} features must be real numbers, got {value.dtype}.")
    if value.dtype.itemsize not in (4, 8):
        value = value.astype(np.float32 if value.dtype.itemsize < 4 else np.float64)
    matrix = torch.from_numpy(np.ascontiguousarray(value, dtype=value.dtype.newbyteorder("=")))
    for what, bad in (
        ("NaN or infinite values", ~torch.isfinite(matrix).all(dim=1)),
        ("only zeros, and so no direction", ~(matrix != 0).any(dim=1)),
    ):
        if bool(bad.any()):
            rows = bad.nonzero()[:, 0].tolist()
            some = f"{len(rows)} of {len(matrix)} rows {'has' if len(rows) == 1 else 'have'} {what}"
            raise AMEError(
                f"{name} features: {some}, first {_listed(rows)}: leave these pairs out, or mend what made them."
            )
    return matrix


def _pairing(parts: Parts, images: int, texts: int) -> Tensor:
    given = parts.arrays.get("pair_index")
    if given is None:
        if images != texts:
            raise AMEError(
                f"images and texts must be as many, got {images} and {texts}: row i belongs to row i. Where they are "
                "not, give `pair_index` (n,) in an .npz or .safetensors file: the text's row for each image."
            )
        return torch.arange(images)
    if given.dtype.kind not in "iu" or given.shape != (images,):
        raise AMEError(f"pair_index must be {images} whole numbers, got {given.dtype} of shape {given.shape}.")
    return torch.from_numpy(given.astype(np.int64))


def _columns(metadata: PathLike | Mapping[str, Sequence[Any]] | None, encoding: str) -> dict[str, list[Any]]:
    if metadata is None:
        return {}
    if isinstance(metadata, str | os.PathLike):
        return read_table(Path(metadata), encoding)
    return {str(name): list(values) for name, values in metadata.items()}


def _given(
    given: PathLike | Sequence[Any] | None, columns: dict[str, list[Any]], names: Sequence[str], encoding: str
) -> list[Any] | None:
    """What was given under its own name, else the column that is called so (which then is metadata no more)."""
    if isinstance(given, str | os.PathLike):
        return read_column(Path(given), names, encoding)
    if given is not None:
        return list(given)
    return _pop(columns, names)


def _pop(columns: dict[str, list[Any]], names: Sequence[str]) -> list[Any] | None:
    for name in names:
        if name in columns:
            return columns.pop(name)
    return None


def _texts(found: list[Any] | None, texts: int, source: str, told: _Told) -> tuple[str, ...]:
    if found is None:
        told.assumed.append("No captions were given: texts are called by their row.")
        return tuple(f"text {row}" for row in range(texts))
    if len(found) != texts:
        raise AMEError(f"{source}captions must be {texts}, one a row of the text features, got {len(found)}.")
    for row, value in enumerate(found):
        if isinstance(value, list | tuple | dict | np.ndarray):
            raise AMEError(
                f"{source}captions must be one text each, got a {type(value).__name__} in row {row}: take one of them, "
                "or give every text features of its own, and `pair_index`."
            )
    words = ["" if value is None or value != value else str(value).strip() for value in found]
    broken = [row for row, word in enumerate(words) if _SURROGATE.search(word)]
    if broken:
        held = _many(len(broken), "caption holds", "captions hold")
        told.mended.append(f"{held} broken letters, first {_listed(broken)}: shown as “\ufffd”.")
        words = [_SURROGATE.sub("\ufffd", word) for word in words]
    blank = [row for row, word in enumerate(words) if not word]
    if blank:
        are = _many(len(blank), "caption is", "captions are")
        told.mended.append(f"{are} blank, first {_listed(blank)}: shown as “(blank)”.")
    return tuple(word or "(blank)" for word in words)


def _labels(found: Any, images: int, source: str, told: _Told) -> tuple[Tensor | None, list[str] | None]:
    """Class numbers, and names where the labels were words."""
    if found is None:
        return None, None
    values = list(found)
    _check_length(f"{source}labels", values, images, "rows of images")
    missing = [row for row, value in enumerate(values) if value is None or value != value]
    if missing:
        raise AMEError(
            f"{source}labels must be known for every image, got {len(missing)} missing, first {_listed(missing)}."
        )
    names = None
    try:
        whole = [int(value) for value in values]
        numeric = all(float(value) == number >= 0 for value, number in zip(values, whole, strict=True))
    except (TypeError, ValueError):
        numeric = False
    if not numeric:
        names = [_SURROGATE.sub("\ufffd", str(value)) for value in values]
        known = {name: number for number, name in enumerate(sorted(set(names)))}
        whole = [known[name] for name in names]
    if len(set(whole)) == 1:
        told.mended.append("All images have one label: slices by label show nothing.")
    return torch.tensor(whole, dtype=torch.int64), names


def _ids(found: Any, images: int, columns: dict[str, list[Any]], told: _Told) -> Tensor:
    rows = torch.arange(images)
    if found is None:
        return rows
    # A missing cell or a calculation makes floats of whole numbers.
    values = [int(value) if isinstance(value, float) and value.is_integer() else value for value in found]
    _check_length("ids", values, images, "rows of images")
    whole = all(isinstance(value, int | np.integer) and 0 <= value < MOST_ID for value in values)
    again = images - len(set(values))
    if whole and not again:
        return torch.tensor([int(value) for value in values], dtype=torch.int64)
    columns["id"] = values
    if not again:
        told.assumed.append(
            f"ids are not all whole numbers below 2^53 (the first is {values[0]!r}): pairs are called "
            "by their row, and matched with another model's by these ids."
        )
    if again:
        occur = _many(again, "id occurs", "ids occur")
        told.mended.append(f"{occur} more than once: pairs are called by their row, ids kept as metadata.")
    return rows


def _scale(given: float | None, parts: Parts, told: _Told) -> float:
    if given is not None:
        check_number("logit_scale", given, above=0.0)
        return float(given)
    stored = parts.arrays.get("logit_scale")
    if stored is not None:
        if stored.size != 1 or stored.dtype.kind not in "fiu":
            raise AMEError(f"logit_scale in the file must be one number, got {stored.dtype} of shape {stored.shape}.")
        return float(stored.reshape(()))
    told.assumed.append(
        f"logit_scale was not given: {DEFAULT_LOGIT_SCALE:g} is assumed, CLIP's upper limit. Every entropy depends "
        f"on it."
    )
    return DEFAULT_LOGIT_SCALE


def _image_paths(
    given: PathLike | Sequence[str] | None, columns: dict[str, list[Any]], images: int, encoding: str, told: _Told
) -> tuple[str, ...] | None:
    folder, source = Path("."), _source(given)
    named = not (isinstance(given, str | os.PathLike) and Path(given).is_dir())
    if isinstance(given, str | os.PathLike) and not named:
        folder, given = Path(given), None
    elif isinstance(given, str | os.PathLike):
        folder = Path(given).parent
    found = _given(given, columns, IMAGE_PATH, encoding)
    if found is None and not named:
        raise AMEError(
            f"images is the folder {folder}, but nothing says which file is whose: give metadata with a column "
            f"{IMAGE_PATH[0]!r}, or a file that lists the paths in the order of the rows."
        )
    if found is None:
        return None
    _check_length(f"{source}images", found, images, "rows of images")
    paths = tuple(str(folder / str(name)) for name in found)
    missing = [row for row, path in enumerate(paths) if not Path(path).is_file()]
    if missing:
        are = _many(len(missing), "image file is", "image files are")
        told.mended.append(f"{are} missing, {_rows(missing)}: shown without.")
    absent = set(missing)
    broken = [row for row, path in enumerate(paths) if row not in absent and not _opens(path)]
    if broken:
        are = _many(len(broken), "image file", "image files")
        told.mended.append(f"{are} cannot be read, {_rows(broken)}: shown without.")
    return paths


def _opens(path: str) -> bool:
    """Whether a file begins as an image does; its pixels are read only where they are shown."""
    from PIL import Image

    try:
        with Image.open(path):
            return True
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return False


def _rows(rows: Sequence[int]) -> str:
    return f"{'of' if len(rows) == 1 else 'first of'} row {_listed(rows)}"


def _many(count: int, one: str, several: str) -> str:
    return f"{count:,} {one if count == 1 else several}"


def _check_length(name: str, values: Sequence[Any], size: int, of: str) -> None:
    if len(values) != size:
        raise AMEError(f"{name} must be {size}, as many as {of}, got {len(values)}.")


def _listed(rows: Sequence[int], most: int = 5) -> str:
    return ", ".join(map(str, rows[:most])) + (" ..." if len(rows) > most else "")
