"""Turn the content of a source into the arguments of `PairedFeatures`.

This settles which pairs there are and what each is called, and records what was corrected or left out.
"""

from __future__ import annotations

import math
import os
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from ame_explore.ame import AMEError, check_number
from ame_explore.arguments import odd_row
from ame_explore.data.checks import is_missing
from ame_explore.data.files.boundary import check_memory, shown_path
from ame_explore.data.files.raster import is_raster, raster_files
from ame_explore.data.files.read import (
    CAPTION,
    ID,
    IMAGE_PATH,
    LABEL,
    Parts,
    check_encoding,
    is_path,
    read_column,
    read_json,
    read_table,
    to_array,
)
from ame_explore.streams import torch_stream

MOST_ID = 2**53  # browsers round whole numbers from here on
DEFAULT_LOGIT_SCALE = 100.0
# Field that was not given -> the note that says what is assumed; ids that default to row numbers need none.
ASSUMED = {
    "texts": "No captions were given: texts are named by their row.",
    "logit_scale": (
        f"logit_scale was not given: {DEFAULT_LOGIT_SCALE:g}, CLIP's upper limit, is assumed. "
        "Every entropy depends on it."
    ),
}
_SURROGATE = re.compile("[\ud800-\udfff]")  # half a character, from a truncated JSON escape; UTF-8 cannot encode it
_MOST_REPEATS = 20  # most equal image rows that are read as one image with several captions: our choice
_LISTED = 40  # runs of rows that a note lists
_NEAR = 1e-3  # distance of unit rows: half precision and other batch sizes change features by less
_AHEAD = 16  # neighbours along a direction that are compared
_MANY_ALIKE = 0.5  # share of repeated rows above which a note asks whether that was intended


@dataclass(eq=False)
class Fields:
    """The arguments of `PairedFeatures`, and how they came about.

    Attributes:
        values: keyword arguments of `PairedFeatures`.
        mended: one sentence, with a count, for each kind of correction.
        given: what the user passed besides the source: "captions", "labels", "images", and metadata columns as
            "metadata.NAME".
    """

    values: dict[str, Any]
    mended: tuple[str, ...]
    given: frozenset[str]


@dataclass(eq=False)
class _Told:
    mended: list[str] = field(default_factory=list)
    noted: list[str] = field(default_factory=list)
    assumed: set[str] = field(default_factory=set)


@dataclass(eq=False)
class Pairing:
    """Which image belongs with which text.

    Attributes:
        image: (P,) the image row of each pair.
        text: (P,) its text row.
        images: number of image rows.
        by_image: whether columns may have one value per image.
    """

    image: NDArray[np.int64]
    text: NDArray[np.int64]
    images: int
    by_image: bool = False

    def __len__(self) -> int:
        return len(self.image)

    def spread(self, name: str, values: Sequence[Any]) -> list[Any]:
        """One value per pair, from values per pair or, with a pair table, per image.

        Args:
            name: what the values are, for the error.
            values: the values.

        Raises:
            AMEError: if their number fits neither.
        """
        if self.by_image and len(values) == self.images:
            return [values[row] for row in self.image.tolist()]
        if len(values) == len(self):
            return list(values)
        beside = f" (or {self.images}, one per image)" if self.by_image else ""
        raise AMEError(f"{name} must have {len(self)} values, one per pair{beside}, got {len(values)}.")


def assemble(
    parts: Parts,
    *,
    captions: Any = None,
    labels: Any = None,
    metadata: Any = None,
    images: Any = None,
    ids: Any = None,
    pairs: Any = None,
    logit_scale: Any = None,
    encoding: str = "utf-8",
) -> Fields:
    """Check the parts of a source and combine them with what the user passed besides it.

    Args:
        parts: content of the source.
        captions: see `ame_explore.data.files.load.read_features`, as for all other arguments not listed here.
        labels: class numbers or names.
        metadata: columns of values.
        images: image files.
        ids: one per pair (or per image), replacing those of the source.
        pairs: (m, 2) or (N,), replacing those of the source, see `ame_explore.data.pairs.PairedFeatures.of`.
        logit_scale: factor on cosines before the softmax.
        encoding: encoding of text files.

    Raises:
        AMEError: under the same conditions as `read_features`.
    """
    check_encoding(encoding)
    told = _Told(noted=list(parts.notes))
    arrays = dict(parts.arrays)
    if pairs is not None:
        given_pairs = to_array("pairs", pairs)
        arrays["pairs" if given_pairs.ndim == 2 else "pair_index"] = given_pairs
    if ids is not None:
        arrays["ids"] = to_array("ids", ids)
    image, bad_image = _matrix("image", arrays["image"], told)
    text, bad_text = _matrix("text", arrays["text"], told)
    beside = _columns(metadata, encoding)
    columns = {**parts.columns, **beside}
    coco = _coco(captions, encoding)
    if coco is not None:
        captions = _use_coco(coco, arrays, columns, len(image), len(text), told)
    own_ids = arrays.get("ids")
    found_ids = _vector("ids", own_ids) if own_ids is not None else _pop(columns, ID)
    where = pairing_of(arrays, len(image), len(text))
    source_rows = {"image": np.arange(len(image)), "text": np.arange(len(text))}
    if where is None:
        first, where = _unfolded(image, text, found_ids, told)
        if len(first) < len(image):
            source_rows["image"], image = first, image[torch.from_numpy(first)]
            bad_image = _bad_rows(image)
    for name in list(columns):
        source = f"{_source(metadata)}metadata column {name!r}" if name in beside else f"column {name!r}"
        try:
            columns[name] = columns[name] if name in (*CAPTION, *IMAGE_PATH) else where.spread(source, columns[name])
        except AMEError as error:
            if name in beside:
                raise
            told.noted.append(f"{error} It is left out.")
            del columns[name]
    texts = _texts(_given(captions, columns, CAPTION, encoding), where, len(text), _source(captions), told)
    named = _given(labels, columns, LABEL, encoding)
    if named is None and "labels" in arrays:
        named = _vector("labels", arrays["labels"])
    codes, names = _labels(named, where, _source(labels), told)
    if names is not None:
        columns["label"] = names
    numbers = _ids(found_ids, where, columns, told)
    paths = _image_paths(images, columns, where, encoding, told)  # takes its column out of the metadata
    kept = _kept(where, {"image": bad_image, "text": bad_text}, source_rows, told)
    at = kept.pairs.tolist()
    values = {
        "image": image[kept.images],
        "text": text[kept.texts],
        "image_index": kept.image_index,
        "pair_index": kept.text_index,
        "ids": numbers[kept.pairs],
        "labels": None if codes is None else codes[kept.pairs],
        "texts": tuple(texts[row] for row in kept.texts.tolist()),
        "logit_scale": _scale(logit_scale, arrays.get("logit_scale"), told),
        "metadata": {name: tuple(cells[row] for row in at) for name, cells in columns.items()},
        "image_paths": None if paths is None else tuple(paths[row] for row in at),
        "assumed": frozenset(told.assumed),
    }
    sentences = [sentence for name, sentence in ASSUMED.items() if name in told.assumed]
    values["notes"] = (*told.mended, *told.noted, *sentences)
    arguments = {"captions": captions, "labels": labels, "images": images}
    given = {name for name, value in arguments.items() if value is not None}
    return Fields(values, tuple(told.mended), frozenset(given | {f"metadata.{name}" for name in beside}))


def _source(given: Any) -> str:
    """The file name with which an error begins."""
    return f"{shown_path(given)}: " if is_path(given) else ""


# rows


def _matrix(name: str, value: NDArray[Any], told: _Told) -> tuple[Tensor, dict[str, Tensor]]:
    """The features, and for each defect which rows have it."""
    if value.ndim != 2 or 0 in value.shape:
        raise AMEError(f"{name} features must have shape (rows, width), none of them 0, got {value.shape}.")
    if value.dtype.kind in "iub":
        told.mended.append(f"{name} features were integers ({value.dtype}) and were read as float32.")
        value = value.astype(np.float32)
    if value.dtype.kind != "f":
        raise AMEError(
            f"{name} features must be real numbers, got {(value.dtype.kind == 'O' and odd_row(value)) or value.dtype}."
        )
    if value.dtype.itemsize not in (4, 8):
        check_memory(f"{name} features", 4 * value.size)
        value = value.astype(np.float32 if value.dtype.itemsize < 4 else np.float64)
    matrix = torch.from_numpy(np.ascontiguousarray(value, dtype=value.dtype.newbyteorder("=")))
    return matrix, _bad_rows(matrix)


def _bad_rows(matrix: Tensor) -> dict[str, Tensor]:
    return {
        "NaN or infinite values": ~torch.isfinite(matrix).all(dim=1),
        "only zeros, so no direction": ~(matrix != 0).any(dim=1),
    }


@dataclass(eq=False)
class _Kept:
    images: Tensor
    texts: Tensor
    pairs: Tensor
    image_index: Tensor
    text_index: Tensor


def _kept(
    where: Pairing,
    bad: Mapping[str, Mapping[str, Tensor]],
    source_rows: Mapping[str, NDArray[np.int64]],
    told: _Told,
) -> _Kept:
    """The rows and pairs that can be measured; `told` gets a sentence that lists the rows left out.

    Raises:
        AMEError: if nothing is left.
    """
    rows = {"image": torch.from_numpy(where.image), "text": torch.from_numpy(where.text)}
    good = torch.ones(len(where), dtype=torch.bool)
    kept: dict[str, Tensor] = {}
    said = []
    for side, reasons in bad.items():
        wrong = torch.stack(list(reasons.values())).any(0)
        for reason, mask in reasons.items():
            if bool(mask.any()):
                which = source_rows[side][mask.numpy()].tolist()
                have = "has" if len(which) == 1 else "have"
                said.append(
                    f"{side} features: {len(which):,} of {len(mask):,} rows {have} {reason}: "
                    f"{'row' if len(which) == 1 else 'rows'} {listed_rows(which)}."
                )
        good &= ~wrong[rows[side]]
        kept[side] = ~wrong
    if said:
        lost = int((~good).sum())
        if lost == len(good):
            raise AMEError(f"{' '.join(said)} No pair is left: fix the program that made the features.")
        told.mended += said[:-1]
        told.mended.append(f"{said[-1]} {many(lost, 'pair is', 'pairs are')} left out.")
    index, chosen = {}, {}
    for side, at in rows.items():
        partnered = torch.zeros(len(kept[side]), dtype=torch.bool)
        partnered[at] = True
        still = torch.zeros_like(partnered)
        still[at[good]] = True
        mask = kept[side] & (still | ~partnered)  # drop rows that lost their last partner too
        place = torch.cumsum(mask, 0) - 1
        index[side], chosen[side] = place[at[good]], mask.nonzero()[:, 0]
    return _Kept(chosen["image"], chosen["text"], good.nonzero()[:, 0], index["image"], index["text"])


# pairs


def pairing_of(arrays: Mapping[str, NDArray[Any]], images: int, texts: int) -> Pairing | None:
    """The pairs that were given.

    Args:
        arrays: with `pairs` (m, 2), or `pair_index` (n,), or neither.
        images: number of image rows.
        texts: number of text rows.

    Returns:
        The pairs; None if neither was given, so that image i is paired with text i.

    Raises:
        AMEError: if both are given, an array has another shape, a row does not exist, or neither is given and the
            numbers of rows differ.
    """
    table, index = arrays.get("pairs"), arrays.get("pair_index")
    if table is not None and index is not None:
        raise AMEError("pairs and pair_index have the same meaning: give only one of them.")
    if table is not None:
        if table.ndim != 2 or table.shape[1] != 2 or not len(table) or not _whole(table):
            raise AMEError(
                "pairs must be whole numbers of shape (m, 2), an image row and a text row each, "
                f"got {table.dtype} of shape {table.shape}."
            )
        rows = _in_range("pairs", table, np.array([images, texts]))
        return Pairing(rows[:, 0], rows[:, 1], images, by_image=True)
    if index is not None:
        if not _whole(index) or index.shape != (images,):
            raise AMEError(f"pair_index must be {images} whole numbers, got {index.dtype} of shape {index.shape}.")
        return Pairing(np.arange(images), _in_range("pair_index", index, np.array(texts)), images)
    if images != texts:
        raise AMEError(
            f"there must be as many images as texts, got {images} and {texts}, because image i is paired with text i. "
            "Otherwise, in an .npz or .safetensors file, give `pairs` (m, 2), the image row and the text row of each "
            "pair, or `pair_index` (n,), the text row of each image."
        )
    return None


def _whole(array: NDArray[Any]) -> bool:
    if array.dtype.kind in "iu":
        return True
    return array.dtype.kind == "f" and bool(np.isfinite(array).all() and (array == np.floor(array)).all())


def _in_range(name: str, rows: NDArray[Any], high: NDArray[Any]) -> NDArray[np.int64]:
    outside = (rows < 0) | (rows >= high)
    if outside.any():
        first = int(np.flatnonzero(outside.reshape(len(rows), -1).any(1))[0])
        raise AMEError(
            f"{name} must lie within the rows of {' images and '.join(map(str, np.atleast_1d(high)))} texts, got "
            f"{np.asarray(rows[first]).tolist()} in row {first}."
        )
    found: NDArray[np.int64] = rows.astype(np.int64)
    return found


def _unfolded(image: Tensor, text: Tensor, ids: Any, told: _Told) -> tuple[NDArray[np.int64], Pairing]:
    """Pair image i with text i, merging equal image rows if they are one image repeated for each of its captions.

    Returns:
        The image rows to keep, and the pairs.
    """
    n = len(image)
    whole = Pairing(np.arange(n), np.arange(n), n)
    first, group = first_of_equal_rows(image)
    texts_differ = len(first) < n and len(first_of_equal_rows(text)[0]) > len(first)
    sizes = np.bincount(group)
    if ids is not None:
        known: dict[str, int] = {}
        named = len(ids) == n and len(set(map(str, ids))) == len(first)
        meant = named and all(known.setdefault(str(id_), g) == g for id_, g in zip(ids, group.tolist(), strict=True))
    else:
        meant = sizes.min() >= 2 and sizes.max() <= _MOST_REPEATS
    if meant and texts_differ and len(first) >= 2:
        told.noted.append(
            f"{n:,} image rows hold only {len(first):,} different ones, repeated for each of their captions. They were "
            f"read as {len(first):,} images with {n:,} texts; retrieval succeeds if any caption of an image is found. "
            "To be explicit, save each image once, with `pairs` (m, 2)."
        )
        return first, Pairing(group, np.arange(n), len(first))
    close = _near_copies(image)
    if close >= max(2, _MANY_ALIKE * n) > n - len(first):
        told.mended.append(
            f"{close:,} of {n:,} image rows differ from another row by less than {_NEAR:g} of their length. If they "
            "are one image encoded several times, save each image once, with `pairs` (m, 2): otherwise finding another "
            "copy counts as wrong."
        )
    if n - len(first) >= max(2, _MANY_ALIKE * n):
        told.mended.append(
            f"{n - len(first):,} of {n:,} image rows repeat another row, so they tie with each other. If they are "
            "images with several captions, save each image once, with `pairs` (m, 2)."
        )
    return np.arange(n), whole


def _near_copies(rows: Tensor) -> int:
    """How many unit rows have another one nearer than `_NEAR`, as an image has that was encoded in two batches.

    Copies lie side by side along a random direction, so only neighbours in that order are compared, first in a few
    random directions. Where many rows lie between two copies, these are missed.
    """
    unit = F.normalize(rows.detach().cpu().float(), dim=1)
    directions = torch.randn(unit.shape[1], 8, generator=torch_stream("near copies", 0))
    seen = unit @ directions
    order = seen[:, 0].argsort()
    near = torch.zeros(len(unit), dtype=torch.bool)
    for ahead in range(1, 1 + min(_AHEAD, len(unit) - 1)):
        one, other = order[:-ahead], order[ahead:]
        # Each coordinate of the difference has the standard deviation of its length: this passes all but 1 in 10^9.
        candidates = (seen[one] - seen[other]).norm(dim=1) < 8 * _NEAR
        for first, second in zip(one[candidates].split(4096), other[candidates].split(4096), strict=True):
            close = (unit[first] - unit[second]).norm(dim=1) < _NEAR
            near[first[close]] = near[second[close]] = True
    return int(near.sum())


def first_of_equal_rows(rows: Tensor) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Group rows that are equal bit for bit.

    Args:
        rows: (n, D).

    Returns:
        The row number of the first row of each group, ascending, and the group of each row (n,).
    """
    places: dict[bytes, int] = {}
    first: list[int] = []
    group = np.empty(len(rows), dtype=np.int64)
    for row, values in enumerate(rows.detach().cpu().contiguous().view(torch.uint8).numpy()):
        key = values.tobytes()
        if key not in places:
            places[key] = len(first)
            first.append(row)
        group[row] = places[key]
    return np.array(first, dtype=np.int64), group


# COCO's captions


def _coco(captions: Any, encoding: str) -> dict[str, Any] | None:
    """The content of a COCO caption file (https://cocodataset.org/#format-data), if one was given."""
    if not is_path(captions) or Path(captions).suffix.lower() != ".json":
        return None
    whole = read_json(Path(captions), encoding)
    if not isinstance(whole, dict):
        return None
    annotations = whole.get("annotations")
    if not isinstance(annotations, list) or not all(isinstance(a, dict) and "caption" in a for a in annotations):
        raise AMEError(f"{shown_path(captions)} must hold a list or COCO captions, got an object without captions.")
    return whole


def _use_coco(
    coco: dict[str, Any],
    arrays: dict[str, NDArray[Any]],
    columns: dict[str, list[Any]],
    images: int,
    texts: int,
    told: _Told,
) -> list[Any]:
    """Captions in the order of the texts; if the counts match, also set which image each belongs to."""
    annotations = coco["annotations"]
    owners = [annotation.get("image_id") for annotation in annotations]
    images_of = coco.get("images")
    listed = images_of if isinstance(images_of, list) else []
    known = [entry.get("id") for entry in listed if isinstance(entry, dict)]
    if texts == len(annotations):
        place = {id_: row for row, id_ in enumerate(known)}
        paired = "pairs" in arrays or "pair_index" in arrays
        if images == len(known) and not paired and images != texts and all(owner in place for owner in owners):
            arrays["pairs"] = np.array([[place[owner], row] for row, owner in enumerate(owners)])
            arrays.setdefault("ids", np.array(known))
            if all("file_name" in entry for entry in listed):
                columns.setdefault("file_name", [entry["file_name"] for entry in listed])
        elif images == texts and "ids" not in arrays and not any(name in columns for name in ID):
            columns["id"] = owners
        return [annotation["caption"] for annotation in annotations]
    first: dict[Any, str] = {}
    for owner, annotation in zip(owners, annotations, strict=True):
        first.setdefault(owner, annotation["caption"])
    order = (
        arrays["ids"].tolist() if "ids" in arrays else next((columns[name] for name in ID if name in columns), known)
    )
    if images == texts == len(order) and all(id_ in first for id_ in order):
        told.noted.append(f"Only the first of each image's captions was used, out of COCO's {len(annotations):,}.")
        return [first[id_] for id_ in order]
    raise AMEError(
        f"captions must be {texts}, one per row of the text features, got {len(annotations)} for {len(known)} images "
        "in COCO's file: save `ids` (COCO's image ids) with the features, or give `pairs` and a list of captions."
    )


# words beside


def _columns(metadata: Any, encoding: str) -> dict[str, list[Any]]:
    import pandas as pd

    if metadata is None:
        return {}
    if is_path(metadata):
        return {name: list(values) for name, values in read_table(Path(metadata), encoding).items()}
    if isinstance(metadata, pd.DataFrame):
        cells = metadata.astype(object).where(metadata.notna(), None)
        return {str(name): cells.iloc[:, place].tolist() for place, name in enumerate(metadata.columns)}
    if not isinstance(metadata, Mapping):
        raise AMEError(f"metadata must be a file, a table, or names with lists, got {type(metadata).__name__}.")
    return {str(name): _listed(f"metadata column {name!r}", values) for name, values in metadata.items()}


def _listed(name: str, values: Any) -> list[Any]:
    if isinstance(values, Tensor):
        values = to_array(name, values)
    if hasattr(values, "tolist"):
        values = values.tolist()
    if isinstance(values, str | bytes) or not hasattr(values, "__iter__"):
        raise AMEError(f"{name} must be a list with a value for each pair, got {type(values).__name__}.")
    return list(values)


def _given(given: Any, columns: dict[str, list[Any]], names: Sequence[str], encoding: str) -> list[Any] | None:
    """The argument if it was given, else the first column with one of `names`, removed from `columns`."""
    if is_path(given):
        return read_column(Path(given), names, encoding)
    if given is not None:
        return _listed(names[0], given)
    return _pop(columns, names)


def _pop(columns: dict[str, list[Any]], names: Sequence[str]) -> list[Any] | None:
    for name in names:
        if name in columns:
            return columns.pop(name)
    return None


def _vector(name: str, value: NDArray[Any]) -> list[Any]:
    if value.ndim != 1 or value.dtype.kind not in "iufbUSO":
        raise AMEError(f"{name} must be one vector, got {value.dtype} of shape {value.shape}.")
    return [cell.decode("utf-8", "replace") if isinstance(cell, bytes) else cell for cell in value.tolist()]


def _texts(found: list[Any] | None, where: Pairing, texts: int, source: str, told: _Told) -> tuple[str, ...]:
    if found is None:
        told.assumed.add("texts")
        return tuple(f"text {row}" for row in range(texts))
    if len(found) == len(where) != texts:  # one caption per pair: a text shared by several pairs takes the first
        of_text = dict(zip(where.text[::-1].tolist(), reversed(found), strict=True))
        found = [of_text.get(row) for row in range(texts)]
    if len(found) != texts:
        raise AMEError(f"{source}captions must be {texts}, one per row of the text features, got {len(found)}.")
    for row, value in enumerate(found):
        if isinstance(value, list | tuple | dict | np.ndarray):
            raise AMEError(
                f"{source}captions must be one text each, got a {type(value).__name__} in row {row}: choose one of "
                "them, or give every text its own features, with `pairs`."
            )
    words = ["" if is_missing(value) else str(value).strip() for value in found]
    broken = [row for row, word in enumerate(words) if _SURROGATE.search(word)]
    if broken:
        held = many(len(broken), "caption has", "captions have")
        told.mended.append(f"{held} broken characters, first {_first(broken)}: shown as “\ufffd”.")
        words = [_SURROGATE.sub("\ufffd", word) for word in words]
    blank = [row for row, word in enumerate(words) if not word]
    if blank:
        are = many(len(blank), "caption is", "captions are")
        told.mended.append(f"{are} blank, first {_first(blank)}: shown as “(blank)”.")
    return tuple(word or "(blank)" for word in words)


def _labels(found: Any, where: Pairing, source: str, told: _Told) -> tuple[Tensor | None, list[Any] | None]:
    """Class numbers (P,), and names if the labels were strings. If some labels are missing, only the names."""
    if found is None:
        return None, None
    values = [None if is_missing(value) else value for value in where.spread(f"{source}labels", found)]
    missing = [row for row, value in enumerate(values) if value is None]
    known = [value for value in values if value is not None]
    if not known:
        told.mended.append("labels are missing for every pair, so there are none.")
        return None, None
    try:
        whole = [int(value) for value in known]
        numeric = all(
            float(value) == number and 0 <= number < MOST_ID for value, number in zip(known, whole, strict=True)
        )
    except (TypeError, ValueError, OverflowError):
        numeric = False
    words: list[Any] = [None if value is None else _SURROGATE.sub("\ufffd", str(value)) for value in values]
    if missing:
        are = many(len(missing), "label is", "labels are")
        told.mended.append(f"{are} missing, {_rows(missing)}: slices list these pairs as “(missing)”.")
        return None, [None if value is None else int(value) for value in values] if numeric else words
    if len(set(words)) == 1:
        told.mended.append("All images have the same label: slices by label show nothing.")
    if numeric:
        return torch.tensor(whole, dtype=torch.int64), None
    number = {name: place for place, name in enumerate(sorted(set(words)))}
    return torch.tensor([number[name] for name in words], dtype=torch.int64), words


def _ids(found: Any, where: Pairing, columns: dict[str, list[Any]], told: _Told) -> Tensor:
    """Ids (P,) of the pairs: the given numbers, else the rows; then the column "id" keeps what was given."""
    rows = torch.arange(len(where))
    if found is None:
        told.assumed.add("ids")
        return rows
    # A missing cell or a computation turns whole numbers into floats.
    whole = [int(value) if isinstance(value, float) and value.is_integer() else value for value in found]
    values = where.spread("ids", whole)
    again = len(values) - len(set(map(str, values)))
    if not again and all(isinstance(value, int | np.integer) and 0 <= value < MOST_ID for value in values):
        return torch.tensor([int(value) for value in values], dtype=torch.int64)
    columns["id"] = values
    if not again:
        told.noted.append(
            f"ids are not all whole numbers below 2^53 (the first is {values[0]!r:.60}): pairs are named by their "
            "row, and matched with another model's pairs by these ids."
        )
    elif where.images < len(where):
        told.noted.append("ids identify images, which have several texts: pairs are named by their row.")
    else:
        occur = many(again, "id occurs", "ids occur")
        told.mended.append(f"{occur} more than once: pairs are named by their row, and the ids kept as metadata.")
    return rows


def _scale(given: Any, stored: NDArray[Any] | None, told: _Told) -> float:
    value, note = logit_scale_of(given, stored)
    if value is None:
        told.assumed.add("logit_scale")
        return DEFAULT_LOGIT_SCALE
    told.mended += [note] if note else []
    return value


def logit_scale_of(given: Any, stored: Any) -> tuple[float | None, str]:
    """The factor on cosines that was given, and a note if it looks like a logarithm.

    Args:
        given: what the user passed, or None.
        stored: what the source holds, or None.

    Returns:
        The factor, None if neither is given; and the note, or "".

    Raises:
        AMEError: if it is not one positive number.
    """
    if given is None and stored is None:
        return None, ""
    value = number_of("logit_scale", stored if given is None else given)
    check_number("logit_scale", value, above=0.0)
    if abs(value - math.log(100)) >= 1e-3:
        return value, ""
    return value, (
        f"logit_scale is {value:.4f}, the logarithm of 100. Models store the logarithm; if that is what you "
        "passed, give its exponential, logit_scale.exp()."
    )


def number_of(name: str, value: Any) -> float:
    """A float from a number, or from a tensor or array of one element.

    Args:
        name: name of the argument, for the error.
        value: the number.

    Raises:
        AMEError: if it has another number of elements, or is not a real number.
    """
    array = to_array(name, value)
    if array.size != 1 or array.dtype.kind not in "fiu":
        raise AMEError(f"{name} must be one number, got {array.dtype} of shape {array.shape}.")
    return float(array.reshape(()))


# pictures


def _image_paths(
    given: Any, columns: dict[str, list[Any]], where: Pairing, encoding: str, told: _Told
) -> list[str | None] | None:
    """The image file of each of the P pairs, None if there is none that may be read.

    Files must lie inside the given folder, or the folder of the given list, so that a path in an untrusted table
    cannot read other files. Paths passed in memory may lie anywhere.
    """
    if given is None:
        named = next((name for name in IMAGE_PATH if name in columns), None)
        if named is not None:
            told.noted.append(f"The column {named!r} names image files: give images=FOLDER to show thumbnails.")
            columns[named] = where.spread(f"column {named!r}", columns[named])
        return None
    folder: Path | None = None
    source = _source(given)
    if is_path(given):
        path = Path(given)
        folder = path if _is_folder(path) else path.parent
        found = _pop(columns, IMAGE_PATH) if folder == path else read_column(path, IMAGE_PATH, encoding)
        if found is None:
            found = list(raster_files(path))
            told.noted.append(
                f"{shown_path(path)}: its {len(found):,} image files are used in the order of their names."
            )
    else:
        found = _listed("images", given)
    names = where.spread(f"{source}images", found)
    inside = None if folder is None else Path(os.path.realpath(folder))
    checked: dict[str, str] = {}  # path -> what is wrong with it
    paths: list[Any] = []
    rows = defaultdict(list)
    for row, name in enumerate(names):
        if not is_path(name):
            rows["missing"].append(row)
            paths.append(None)
            continue
        path_ = str(name) if folder is None else os.path.join(folder, name)
        if path_ not in checked:
            checked[path_] = _wrong_with(path_, inside)
        rows[checked[path_]].append(row)
        paths.append(path_ if checked[path_] != "outside" else None)
    for wrong, one, several in (
        ("missing", "image file is missing", "image files are missing"),
        ("outside", f"image file lies outside {folder}", f"image files lie outside {folder}"),
        ("broken", "image file cannot be read", "image files cannot be read"),
    ):
        if rows[wrong]:
            told.mended.append(f"{many(len(rows[wrong]), one, several)}, {_rows(rows[wrong])}: shown without image.")
    return paths


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _wrong_with(path: str, inside: Path | None) -> str:
    """ "missing", "outside" or "broken"; "" for an image file that may be read."""
    return unreadable(path, inside) or ("" if is_raster(path) else "broken")


def unreadable(path: str, inside: Path | None) -> str:
    """Why a file must not or cannot be read: "outside" the folder or "missing"; "" if it can be.

    Nothing outside the folder is looked at, so that an untrusted table cannot learn which files exist there.

    Args:
        path: the path of the file.
        inside: the folder, without symbolic links; None: files may lie anywhere.
    """
    try:
        real = Path(os.path.realpath(path))
        if inside is not None and not real.is_relative_to(inside):
            return "outside"
        return "" if real.is_file() else "missing"
    except (OSError, ValueError):  # a name that no file can have
        return "missing"


# words


def listed_rows(rows: Sequence[int]) -> str:
    """Row numbers as text, with consecutive rows as ranges: "3, 7-9"."""
    runs: list[list[int]] = []
    for row in rows:
        if runs and row == runs[-1][1] + 1:
            runs[-1][1] = row
        else:
            runs.append([row, row])
    words = ", ".join(str(low) if low == high else f"{low}-{high}" for low, high in runs[:_LISTED])
    return words + (f" and {sum(high - low + 1 for low, high in runs[_LISTED:]):,} more" if len(runs) > _LISTED else "")


def _rows(rows: Sequence[int]) -> str:
    return f"{'of' if len(rows) == 1 else 'first of'} row {_first(rows)}"


def many(count: int, one: str, several: str) -> str:
    """A count with its words: "1 file is", "2 files are"."""
    return f"{count:,} {one if count == 1 else several}"


def _first(rows: Sequence[int], most: int = 5) -> str:
    return ", ".join(map(str, rows[:most])) + (" ..." if len(rows) > most else "")
