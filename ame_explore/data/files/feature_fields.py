"""Turn stored features of a teacher and a student into the arguments of `ame_explore.data.FeatureData`.

This settles which class each image has, which images are for distillation and which for the test, and what the class
vectors are, and it records what was left out or assumed.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ame_explore.ame import AMEError
from ame_explore.arguments import odd_row
from ame_explore.data.checks import is_missing
from ame_explore.data.files.boundary import check_memory
from ame_explore.data.files.fields import (
    ASSUMED,
    DEFAULT_LOGIT_SCALE,
    MOST_ID,
    listed_rows,
    logit_scale_of,
    many,
    pairing_of,
    unreadable,
)
from ame_explore.data.files.read import IMAGE_PATH, LABEL, to_array
from ame_explore.data.splits import SPLITS
from ame_explore.streams import torch_stream

MATRICES = ("teacher_image", "student_image", "class_text", "student_text", "caption_text", "student_caption_text")
OTHERS = ("labels", "class_names", "base_classes", "logit_scale", "split", "image_path", "captions", "pairs")
OF_CLASSES = ("class_text", "student_text", "class_names")  # in a table: repeated in each row of the class
_ALIASES = {
    **dict.fromkeys(LABEL, "labels"),
    **dict.fromkeys(IMAGE_PATH, "image_path"),
    "image_paths": "image_path",
    "caption": "captions",
    "class_name": "class_names",
    "base": "base_classes",
    "splits": "split",
}
_SPLIT_NAMES = {**{name: name for name in SPLITS}, "train": "distill", "unused": "", "": ""}
_SPLIT_NUMBERS = {0: "distill", 1: "test"}
NO_LENGTH = 1e-12  # of a row: below it, torch's normalization gives no unit vector


@dataclass(eq=False)
class FeatureFields:
    """The arguments of `FeatureData`, and what was corrected.

    Attributes:
        values: keyword arguments, except the name.
        mended: one sentence, with a count, for each kind of row that was left out or changed.
    """

    values: dict[str, Any]
    mended: tuple[str, ...]


@dataclass(eq=False)
class _Classes:
    """What is known of the classes: (C, Dt) and (C, Ds) or None, and C names."""

    text: Tensor
    student_text: Tensor | None
    names: list[str]


@dataclass(eq=False)
class _Told:
    mended: list[str] = field(default_factory=list)
    noted: list[str] = field(default_factory=list)


def canonical(where: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The parts that were given, by the names of `MATRICES` and `OTHERS`; unknown names are kept.

    Args:
        where: name of the source, for errors.
        given: parts by name, in any case; None stands for a part that is not there.

    Raises:
        AMEError: if a part is given twice.
    """
    found: dict[str, Any] = {}
    for name, value in given.items():
        known = _ALIASES.get(str(name).lower(), str(name).lower())
        if value is None:
            continue
        if known in found:
            raise AMEError(f"{where} must hold {known} once, got it again as {name!r}: leave one of them out.")
        found[known] = value
    return found


def assemble_features(
    where: str,
    rows: Mapping[str, Any],
    *,
    table: bool = False,
    parts: Mapping[str, Any] | None = None,
    classes: Mapping[str, Any] | None = None,
    folder: Path | None = None,
    seed: int = 0,
) -> FeatureFields:
    """Check the parts of stored features and settle what is left open.

    Args:
        where: name of the source, for errors.
        rows: parts by name, see `ame_explore.data.FeatureData`.
        table: whether `rows` are columns, so that parts of classes have a value for each image.
        parts: parts that the user passed besides, which replace those of the source.
        classes: parts of the classes that come from a source of their own.
        folder: the folder that image paths are relative to; files outside it are never read. None: paths may lie
            anywhere.
        seed: seed of the default split.

    Raises:
        AMEError: if a part is missing or parts do not fit together; the message names the part.
    """
    told = _Told()
    own, beside = canonical(where, rows), canonical("the arguments", parts or {})
    values = {**own, **beside}
    per_row = [name for name in OF_CLASSES if table and name in own and name not in beside]
    for name, value in canonical("classes", classes or {}).items():
        if name in values:
            raise AMEError(f"{where} and classes both hold {name}: give it once.")
        values[name] = value
    unknown = [name for name in values if name not in (*MATRICES, *OTHERS)]
    meant = {name: get_close_matches(name, (*MATRICES, *OTHERS), n=1, cutoff=0.75) for name in unknown}
    for name in unknown:
        if name in beside:
            hint = f"did you mean {meant[name][0]}?" if meant[name] else f"parts are {', '.join((*MATRICES, *OTHERS))}."
            raise AMEError(f"there is no part {name!r}: {hint}")
        if meant[name] and meant[name][0] not in values:
            told.mended.append(f"{where}: ignored {name!r}, which is no part: did you mean {meant[name][0]}?")
    if unknown:
        told.noted.append(f"{where}: ignored unknown parts: {', '.join(unknown)[:300]}.")
    missing = [name for name in ("teacher_image", "student_image", "class_text") if name not in values]
    if "labels" not in values and "pairs" not in values:
        missing.append("labels")
    if missing:
        raise AMEError(
            f"{where} must hold teacher_image (n, Dt), student_image (n, Ds), class_text (C, Dt) and labels (n,), got "
            f"{', '.join(values)[:300] or 'nothing'}: add {' and '.join(missing)}."
        )
    teacher, student = (_matrix(name, values[name]) for name in ("teacher_image", "student_image"))
    count, values["class_text"] = len(teacher), _matrix("class_text", values["class_text"])
    _check_captions(values)
    if len(student) != count:
        raise AMEError(
            f"student_image must have a row for each of the {count:,} rows of teacher_image, got {len(student):,}: "
            "encode the same images with both models, in the same order."
        )
    labels, names, pairs = _labels(values, per_row, count)
    check_classes_have_images(labels, names)
    good = _usable(teacher, student, labels, told)
    split = _split(values.get("split"), labels, good, names, seed, told)
    known = _classes(values, per_row, labels, names, pairs, split, teacher.shape[1], student.shape[1], told)
    labels, kept, good = _kept(labels, good, known, told)
    base = _base_classes(values.get("base_classes"), names, kept, told)
    at = good.nonzero()[:, 0]
    captions = _captions(values.get("captions"), pairs, count)
    of_captions = _caption_features(values, pairs, at, teacher.shape[1], student.shape[1], told)
    paths = _paths(values.get("image_path"), count, folder, told)
    images = torch.empty(len(at), student.shape[1] + teacher.shape[1], 1, 1)
    images[:, : student.shape[1], 0, 0] = student[at]
    images[:, student.shape[1] :, 0, 0] = teacher[at]
    scale, note = logit_scale_of(None, values.get("logit_scale"))
    told.mended += [note] if note else []
    told.noted += [ASSUMED["logit_scale"]] if scale is None else []
    place = torch.full((count,), -1)
    place[at] = torch.arange(len(at))
    chosen = kept.nonzero()[:, 0]
    result = {
        "images": images,
        "student_width": student.shape[1],
        "labels": labels[at],
        "class_texts": _distinct([known.names[row] for row in chosen.tolist()], told),
        "class_features": known.text[chosen],
        "student_class_features": None if known.student_text is None else known.student_text[chosen],
        "logit_scale": DEFAULT_LOGIT_SCALE if scale is None else scale,
        "base_classes": base,
        "splits": {name: place[index][place[index] >= 0] for name, index in split.items()},
        "captions": None if captions is None else tuple(captions[row] for row in at.tolist()),
        **of_captions,
        "image_paths": None if paths is None else tuple(paths[row] for row in at.tolist()),
        "rows": at,
    }
    result["notes"] = (*told.mended, *told.noted)
    return FeatureFields(result, tuple(told.mended))


# rows


def _matrix(name: str, value: Any) -> Tensor:
    """(rows, width) float32."""
    array = to_array(name, value)
    if array.ndim != 2 or 0 in array.shape or array.dtype.kind not in "fiu":
        if array.dtype.kind == "O" and (odd := odd_row(array)):
            raise AMEError(f"{name} must be features, real numbers of shape (rows, width), got {odd}.")
        words = array.dtype.kind in "USO" and name in OF_CLASSES
        raise AMEError(
            f"{name} must be features, real numbers of shape (rows, width) with none of them 0, got {array.dtype} of "
            f"shape {array.shape}: {'put names into class_names.' if words else 'give one row of numbers each.'}"
        )
    if array.dtype != np.float32:
        check_memory(name, 4 * array.size)
        with np.errstate(over="ignore"):  # a number beyond float32 becomes infinite, and its row is left out
            array = array.astype(np.float32)
    return torch.from_numpy(np.ascontiguousarray(array))


def _has_direction(matrix: Tensor) -> tuple[Tensor, Tensor]:
    """Which rows are finite, and which of those have a length that can be normalized."""
    norm = matrix.norm(dim=1)  # NaN or infinite if an element is
    finite = norm.isfinite()
    return finite, norm > NO_LENGTH


def _usable(teacher: Tensor, student: Tensor, labels: Tensor, told: _Told) -> Tensor:
    """(n,) which images can be used; a note lists the others."""
    good = labels >= 0
    said = []
    for name, matrix in (("teacher_image", teacher), ("student_image", student)):
        finite, long = _has_direction(matrix)
        for reason, mask in (("NaN or infinite values", ~finite), ("only zeros, so no direction", finite & ~long)):
            if bool(mask.any()):
                said.append(f"{name}: {_these(mask, 'rows')} {reason}: {_listed(mask)}.")
        good &= finite & long
    if bool((labels < 0).any()):
        said.append(f"labels: {_these(labels < 0, 'labels', 'is', 'are')} missing: {_listed(labels < 0)}.")
    if said:
        if not bool(good.any()):
            raise AMEError(f"{' '.join(said)} No image is left: fix the program that made the features.")
        lost = int((~good).sum())
        told.mended += said[:-1]
        told.mended.append(f"{said[-1]} {many(lost, 'image is', 'images are')} left out.")
    return good


# classes


def _labels(values: Mapping[str, Any], per_row: Sequence[str], count: int) -> tuple[Tensor, list[str], Any]:
    """The class of each image (n,), -1 where it is missing; the names of the classes; and the pairs, or None."""
    texts = len(values["class_text"])
    pairs = None
    if "pairs" in values:
        array, rows = to_array("pairs", values["pairs"]), len(values.get("caption_text", values["class_text"]))
        pairs = pairing_of({"pairs" if array.ndim == 2 else "pair_index": array}, count, rows)
    names = None if "class_names" in per_row else _names("class_names", values.get("class_names"))
    if "labels" not in values:
        assert pairs is not None
        return _labels_of_pairs(pairs.image, pairs.text, count), _caption_names(values, names, texts), pairs
    cells = [None if _missing(cell) else cell for cell in _cells("labels", values["labels"])]
    if len(cells) != count:
        raise AMEError(
            f"labels must have {count:,} values, one for each row of teacher_image, got {len(cells):,}: give one label "
            "for each image, in the same order."
        )
    known = [cell for cell in cells if cell is not None]
    if known and all(isinstance(cell, str) for cell in known):
        if names is None:
            if "class_text" not in per_row:
                raise AMEError(
                    f"labels are names, such as {known[0]!r:.60}, so class_names must name the rows of class_text in "
                    "their order: add class_names, or give labels as row numbers."
                )
            names = sorted(set(known))
        number = {name: place for place, name in enumerate(names)}
        strange = [(row, cell) for row, cell in enumerate(cells) if cell is not None and cell not in number]
        if strange:
            raise AMEError(
                f"labels must be among the {len(names):,} class_names, got {strange[0][1]!r:.60} in row "
                f"{strange[0][0]:,}: add it to class_names, or correct the label."
            )
        numbers = [-1 if cell is None else number[cell] for cell in cells]
    else:
        numbers = [-1 if cell is None else _whole(cell, row) for row, cell in enumerate(cells)]
    labels = torch.tensor(numbers)
    of = texts
    if "class_text" in per_row or (pairs is not None and "caption_text" not in values):
        of = len(names) if names is not None else int(labels.max()) + 1
    if of > count:
        raise AMEError(
            f"labels must number the classes from 0, with an image for each, got numbers up to {of - 1:,} for "
            f"{count:,} images."
        )
    beyond = (labels >= of).nonzero()[:, 0].tolist()
    if beyond:
        whose = "class_names" if pairs is not None or "class_text" in per_row else "class_text"
        raise AMEError(
            f"labels must lie in [0, {of - 1}], since {whose} has {of:,} rows, got {int(labels[beyond[0]])} in row "
            f"{beyond[0]:,}: number the classes from 0, and give one row for each."
        )
    if "class_names" in per_row:
        names = _reduced("class_names", _cells("class_names", values["class_names"]), labels, of)
    if names is not None and len(names) != of:
        raise AMEError(
            f"class_names must have {of:,} names, one for each row of class_text, got {len(names):,}: give both in "
            "the same order."
        )
    return labels, names or [f"class {row}" for row in range(of)], pairs


def _labels_of_pairs(image: NDArray[np.int64], text: NDArray[np.int64], count: int) -> Tensor:
    """Each image's one caption as its class."""
    often = np.bincount(image, minlength=count)
    wrong = np.flatnonzero(often != 1)
    if len(wrong):
        raise AMEError(
            "pairs must give each image one caption where there are no labels, since each caption is then a class; got "
            f"{often[wrong[0]]} captions for image row {wrong[0]:,} ({many(len(wrong), 'such row', 'such rows')}): "
            "add labels, and each class gets the mean of its captions."
        )
    labels = torch.empty(count, dtype=torch.int64)
    labels[torch.from_numpy(image)] = torch.from_numpy(text)
    return labels


def _caption_names(values: Mapping[str, Any], names: list[str] | None, texts: int) -> list[str]:
    found = names or _names("captions", values.get("captions"))
    if found is not None and len(found) != texts:
        raise AMEError(f"captions must be {texts:,}, one for each row of class_text, got {len(found):,}.")
    return found or [f"text {row}" for row in range(texts)]


def check_classes_have_images(labels: Tensor, names: Sequence[str]) -> None:
    """Check that every class has an image.

    Args:
        labels: (n,) the class of each image; negative where it is missing.
        names: C names.

    Raises:
        AMEError: if one has none.
    """
    empty = (torch.bincount(labels[labels >= 0], minlength=len(names)) == 0).nonzero()[:, 0].tolist()
    if empty:
        raise AMEError(
            f"labels must name each of the {len(names):,} classes of class_text, got no image of "
            f"{many(len(empty), 'class', 'classes')}, first {empty[0]} ({names[empty[0]]!r:.60}): add images, or take "
            "the class out of class_text and class_names and number the labels anew."
        )


def _classes(
    values: Mapping[str, Any],
    per_row: Sequence[str],
    labels: Tensor,
    names: list[str],
    pairs: Any,
    split: Mapping[str, Tensor],
    teacher_width: int,
    student_width: int,
    told: _Told,
) -> _Classes:
    """The class vectors of teacher and student."""
    found: dict[str, Tensor | None] = {}
    for name, image, width in (
        ("class_text", "teacher_image", teacher_width),
        ("student_text", "student_image", student_width),
    ):
        if name not in values:
            found[name] = None
            continue
        matrix = _matrix(name, values[name])
        if matrix.shape[1] != width:
            raise AMEError(
                f"{name} must have the width of {image}, {width}, got {matrix.shape[1]}: take both from one model's "
                "joint space, after its projections."
            )
        if name in per_row:
            found[name] = _reduced_rows(name, matrix, labels, len(names))
        elif pairs is not None and "caption_text" not in values:
            _check_count(name, matrix, len(values["class_text"]), "caption")
            by_class = "labels" in values
            found[name] = _mean_texts(matrix, pairs, labels, split["distill"], len(names)) if by_class else matrix
        else:
            _check_count(name, matrix, len(names), "class")
            found[name] = matrix
    text, student_text = found["class_text"], found["student_text"]
    assert text is not None
    if student_text is not None:
        finite, long = _has_direction(student_text)
        if not bool((finite & long).all()):
            told.mended.append(
                f"student_text: {_these(~(finite & long), 'rows')} no direction (NaN, infinite or only "
                "zeros): student_text is left out, so the student's own zero-shot score is not known."
            )
            student_text = None
    return _Classes(text, student_text, names)


def _check_captions(values: dict[str, Any]) -> None:
    """Check that features of captions come with pairs and labels."""
    if "caption_text" not in values:
        if "student_caption_text" in values:
            raise AMEError("caption_text is missing: student_caption_text needs the teacher's features beside it.")
        return
    missing = [name for name in ("pairs", "labels") if name not in values]
    if missing:
        raise AMEError(
            f"caption_text needs {' and '.join(missing)}: pairs say which image has which caption, and labels which "
            "class of class_text."
        )
    values["caption_text"] = _matrix("caption_text", values["caption_text"])


def _caption_features(
    values: Mapping[str, Any], pairs: Any, images: Tensor, teacher_width: int, student_width: int, told: _Told
) -> dict[str, Any]:
    """Features of the captions by both models, and the captions of each usable image; empty if they are not known."""
    own = ("caption_text", "student_caption_text")
    names = own if "caption_text" in values else ("class_text", "student_text")
    if pairs is None or any(name not in values for name in names):
        return {}
    found = []
    for name, width in zip(names, (teacher_width, student_width), strict=True):
        matrix = _matrix(name, values[name])
        if matrix.shape[1] != width:
            raise AMEError(f"{name} must have the width of the same model's images, {width}, got {matrix.shape[1]}.")
        found.append(matrix)
    _check_count(names[1], found[1], len(found[0]), "caption")
    good = torch.stack([torch.stack(_has_direction(matrix)).all(0) for matrix in found]).all(0)
    place = {row: index for index, row in enumerate(images.tolist())}
    of_image: list[list[int]] = [[] for _ in place]
    for image, text in zip(pairs.image.tolist(), pairs.text.tolist(), strict=True):
        if image in place and bool(good[text]):
            of_image[place[image]].append(text)
    without = sum(not own for own in of_image)
    if without:
        told.noted.append(
            f"pairs: {many(without, 'image has', 'images have')} no usable caption, so text_tower='student' cannot be "
            "used."
        )
        return {}
    used = sorted({text for own in of_image for text in own})
    number = {text: row for row, text in enumerate(used)}
    most = max(map(len, of_image))
    table = torch.tensor([[number[own[turn % len(own)]] for turn in range(most)] for own in of_image])
    features, of_student = (matrix[used] for matrix in found)
    return {"caption_features": features, "student_caption_features": of_student, "caption_table": table}


def _check_count(name: str, matrix: Tensor, wanted: int, what: str) -> None:
    if len(matrix) != wanted:
        raise AMEError(
            f"{name} must have {wanted:,} rows, one for each {what}, got {len(matrix):,}: add or remove rows."
        )


def _mean_texts(texts: Tensor, pairs: Any, labels: Tensor, distill: Tensor, count: int) -> Tensor:
    """The mean of the unit features of the captions of each class, as CLIP averages prompts (Radford et al. 2021).

    Only captions of images for distillation count (our choice: a test caption would leak test data); a class
    without any takes those of all its images.
    """
    image, text = torch.from_numpy(pairs.image), torch.from_numpy(pairs.text)
    finite, long = _has_direction(texts)
    ours = (labels[image] >= 0) & (finite & long)[text]
    first = ours & torch.isin(image, distill)
    served = torch.zeros(count, dtype=torch.bool)
    served[labels[image[first]]] = True
    counted = torch.where(served[labels[image].clamp(min=0)], first, ours)
    unit = torch.nn.functional.normalize(texts[text[counted]].double(), dim=1)
    total = torch.zeros(count, texts.shape[1], dtype=torch.float64).index_add_(0, labels[image[counted]], unit)
    return torch.nn.functional.normalize(total, dim=1).float()


def _reduced_rows(name: str, matrix: Tensor, labels: Tensor, count: int) -> Tensor:
    """One row for each class, from one for each image: rows of a class must be equal, apart from missing ones."""
    finite, long = _has_direction(matrix)
    usable = (finite & long & (labels >= 0)).nonzero()[:, 0]
    first = torch.full((count,), -1)
    first[labels[usable.flip(0)]] = usable.flip(0)
    differ = (matrix[usable] != matrix[first[labels[usable]]]).any(1)
    if bool(differ.any()):
        row = int(usable[differ.nonzero()[0, 0]])
        raise AMEError(
            f"{name} must be the same in all rows of a class, got another in row {row:,} than in row "
            f"{int(first[labels[row]]):,}, both of class {int(labels[row])}: repeat the class's features in each row."
        )
    made = torch.zeros(count, matrix.shape[1])
    made[first >= 0] = matrix[first[first >= 0]]
    return made


def _reduced(name: str, cells: Sequence[Any], labels: Tensor, count: int) -> list[str]:
    found: dict[int, str] = {}
    for row, (label, cell) in enumerate(zip(labels.tolist(), cells, strict=True)):
        if label >= 0 and not _missing(cell) and found.setdefault(label, str(cell)) != str(cell):
            raise AMEError(
                f"{name} must be the same in all rows of a class, got {found[label]!r:.60} and {str(cell)!r:.60} (row "
                f"{row:,}) for class {label}."
            )
    return [found.get(row, f"class {row}") for row in range(count)]


def _kept(labels: Tensor, good: Tensor, known: _Classes, told: _Told) -> tuple[Tensor, Tensor, Tensor]:
    """Labels among the classes that are kept, which classes those are (C,), and which images are kept (n,)."""
    finite, long = _has_direction(known.text)
    has_text = finite & long
    full = torch.bincount(labels[good], minlength=len(known.names)) > 0
    textless, empty = ~has_text, has_text & ~full
    if bool(textless.any()):
        told.mended.append(
            f"class_text: {_these(textless, 'rows')} no direction (NaN, infinite or only zeros): "
            f"{_listed(textless)}. {many(int(textless.sum()), 'class is', 'classes are')} left out, with the images."
        )
    if bool(empty.any()):
        told.mended.append(f"labels: {_these(empty, 'classes')} no usable image left, and go.")
    kept = has_text & full
    if int(kept.sum()) < 2:
        raise AMEError(
            f"{' '.join(told.mended)} There must be at least two classes, one base and one new, got "
            f"{int(kept.sum())}: fix the program that made the features, or give more classes.".strip()
        )
    good = good & kept[labels.clamp(min=0)]
    number = torch.cumsum(kept, 0) - 1
    return torch.where(good, number[labels.clamp(min=0)], -1), kept, good


def _base_classes(given: Any, names: Sequence[str], kept: Tensor, told: _Told) -> tuple[int, ...]:
    """The base classes among those that are kept; empty for the default."""
    if given is None:
        return ()
    cells, count = _cells("base_classes", given), len(names)
    if len(cells) == count and all(isinstance(cell, bool) for cell in cells):
        cells = [row for row, cell in enumerate(cells) if cell]
    number = {name: row for row, name in enumerate(names)}
    found = []
    for cell in cells:
        row = number.get(cell) if isinstance(cell, str) else int(cell) if _is_whole(cell) else None
        if row is None or not 0 <= row < count or row in found:
            raise AMEError(
                f"base_classes must be different numbers from 0 to {count - 1} (or class_names), got {cell!r:.60}: "
                "number the classes as the rows of class_text, or leave base_classes out to use the first half."
            )
        found.append(row)
    left = [row for row in found if bool(kept[row])]
    if not left or len(left) == int(kept.sum()):
        raise AMEError(
            f"base_classes must hold some of the {int(kept.sum()):,} classes but not all, got {len(left):,}: the "
            "student learns from base classes and is tested on new ones too."
        )
    place = torch.cumsum(kept, 0) - 1
    return tuple(int(place[row]) for row in left)


def _names(name: str, given: Any) -> list[str] | None:
    if given is None:
        return None
    cells = _cells(name, given)
    blank = [row for row, cell in enumerate(cells) if _missing(cell) or not isinstance(cell, str) or not cell.strip()]
    if blank:
        raise AMEError(f"{name} must be texts that are not blank, got {cells[blank[0]]!r:.60} in row {blank[0]:,}.")
    return [str(cell) for cell in cells]


def _distinct(names: list[str], told: _Told) -> tuple[str, ...]:
    """The names, with the row's number behind each that occurred before: a text must name one class."""
    seen: set[str] = set()
    found, again = [], 0
    for row, name in enumerate(names):
        again += name in seen
        found.append(f"{name} ({row})" if name in seen else name)
        seen.add(found[-1])
    if again:
        told.mended.append(
            f"class_names: {many(again, 'name occurs', 'names occur')} more than once; the row's number is added."
        )
    return tuple(found)


# splits, captions, pictures


def _split(given: Any, labels: Tensor, good: Tensor, names: Sequence[str], seed: int, told: _Told) -> dict[str, Tensor]:
    """Rows of each of `SPLITS`, ascending; of the usable images only."""
    if given is None:
        told.noted.append("split was not given: half of each class is for distillation, half for the test.")
        return _halves(labels, good, names, seed)
    cells = _cells("split", given)
    if len(cells) != len(labels):
        raise AMEError(
            f"split must have {len(labels):,} values, one for each row of teacher_image, got {len(cells):,}."
        )
    rows: dict[str, list[int]] = {name: [] for name in (*SPLITS, "")}
    for row, cell in enumerate(cells):
        name = _SPLIT_NUMBERS.get(int(cell)) if _is_whole(cell) else _SPLIT_NAMES.get("" if _missing(cell) else cell)
        if name is None:
            raise AMEError(
                f"split must be 'distill' (or 'train') or 'test', also 0 and 1, got {cell!r:.60} in row {row:,}; rows "
                "that 'pretrain' the teacher or made the 'backbone' may be named too, and rows that are 'unused'."
            )
        rows[name].append(row)
    found = {name: torch.tensor(rows[name], dtype=torch.int64) for name in SPLITS}
    found = {name: index[good[index]] for name, index in found.items()}
    empty = [name for name in ("distill", "test") if not len(found[name])]
    if empty:
        raise AMEError(
            f"split must leave images for distillation and for the test, got none for {' and '.join(empty)}: mark some "
            "rows 'distill' and others 'test', or leave split out."
        )
    return found


def _halves(labels: Tensor, good: Tensor, names: Sequence[str], seed: int) -> dict[str, Tensor]:
    generator = torch_stream("default split of stored features", seed)
    order = torch.randperm(len(labels), generator=generator)
    order = order[good[order]]
    order = order[torch.argsort(labels[order], stable=True)]
    counts = torch.bincount(labels[order], minlength=len(names))
    single = (counts == 1).nonzero()[:, 0].tolist()
    if single:
        raise AMEError(
            f"labels must give each class two images or more where there is no split, one to distil from and one to "
            f"test on, got {many(len(single), 'class', 'classes')} with one, first {single[0]} "
            f"({names[single[0]]!r:.60}): add images, or give split."
        )
    start = torch.cumsum(counts, 0) - counts
    place = torch.arange(len(order)) - start[labels[order]]
    first = place < (counts // 2)[labels[order]]
    none = torch.empty(0, dtype=torch.int64)
    return {
        "pretrain": none,
        "backbone": none,
        "distill": order[first].sort().values,
        "test": order[~first].sort().values,
    }


def _captions(given: Any, pairs: Any, count: int) -> list[str] | None:
    """The caption of each image, the first of its pairs where there are several; None where none were given."""
    if given is None:
        return None
    cells = ["(blank)" if _missing(cell) or not str(cell).strip() else str(cell) for cell in _cells("captions", given)]
    if pairs is None:
        if len(cells) != count:
            raise AMEError(
                f"captions must be {count:,}, one for each row of teacher_image, got {len(cells):,}: give pairs too if "
                "they belong to the rows of class_text."
            )
        return cells
    texts = int(pairs.text.max()) + 1
    if len(cells) < texts:
        raise AMEError(
            f"captions must be one for each row of class_text, got {len(cells):,} and pairs up to {texts - 1}."
        )
    found = ["(no caption)"] * count
    for image, text in zip(pairs.image[::-1].tolist(), pairs.text[::-1].tolist(), strict=True):
        found[image] = cells[text]
    return found


def _paths(given: Any, count: int, folder: Path | None, told: _Told) -> list[str | None] | None:
    """The image file of each image, None for one that is missing or lies outside the folder."""
    if given is None:
        return None
    cells = _cells("image_path", given)
    if len(cells) != count:
        raise AMEError(f"image_path must have {count:,} paths, one for each row of teacher_image, got {len(cells):,}.")
    inside = None if folder is None else Path(os.path.realpath(folder))
    found: list[str | None] = []
    wrong = {"missing": 0, "outside": 0}
    for cell in cells:
        path = None if _missing(cell) or not str(cell) else str(cell)
        if path is not None and folder is not None:
            path = os.path.join(folder, path)
        state = "missing" if path is None else unreadable(path, inside)
        if state:
            wrong[state] += 1
        found.append(None if state else path)
    if wrong["outside"]:
        told.mended.append(
            f"image_path: {many(wrong['outside'], 'file lies', 'files lie')} outside {folder} and "
            f"{'is' if wrong['outside'] == 1 else 'are'} not read: give images=FOLDER."
        )
    if wrong["missing"]:
        told.mended.append(
            f"image_path: {many(wrong['missing'], 'file is', 'files are')} missing: shown without image."
        )
    return found


# cells and words


def _cells(name: str, given: Any) -> list[Any]:
    if isinstance(given, str | bytes) or not hasattr(given, "__iter__"):
        raise AMEError(f"{name} must be a list of values, got {type(given).__name__} {given!r:.60}.")
    if isinstance(given, Tensor):
        given = to_array(name, given)
    cells = given.tolist() if hasattr(given, "tolist") else list(given)
    if not isinstance(cells, list) or any(isinstance(cell, list | tuple | dict) for cell in cells):
        raise AMEError(f"{name} must be one list of values, got {type(given).__name__} of several dimensions.")
    return [cell.decode("utf-8", "replace") if isinstance(cell, bytes) else cell for cell in cells]


def _missing(cell: Any) -> bool:
    return is_missing(cell) or (isinstance(cell, str) and cell == "")


def _is_whole(cell: Any) -> bool:
    if isinstance(cell, bool | np.bool_):
        return False
    return isinstance(cell, int | np.integer) or (isinstance(cell, float | np.floating) and float(cell).is_integer())


def _whole(cell: Any, row: int) -> int:
    if not _is_whole(cell) or not 0 <= cell < MOST_ID:
        raise AMEError(
            f"labels must be row numbers of class_text, or names in class_names, got {cell!r:.60} in row {row:,}: "
            "number the classes from 0; leave a label empty where it is not known."
        )
    return int(cell)


def _these(mask: Tensor, what: str, one: str = "has", several: str = "have") -> str:
    count = int(mask.sum())
    return f"{count:,} of {len(mask):,} {what} {one if count == 1 else several}"


def _listed(mask: Tensor) -> str:
    rows = mask.nonzero()[:, 0].tolist()
    return f"{'row' if len(rows) == 1 else 'rows'} {listed_rows(rows)}"
