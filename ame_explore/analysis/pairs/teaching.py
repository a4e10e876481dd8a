"""From explored pairs to data for a distillation: some pairs are left out, or they alone are what a student learns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ame_explore.ame import AMEError, check_choice
from ame_explore.analysis.pairs.columns import Column
from ame_explore.analysis.pairs.exploration import Exploration
from ame_explore.analysis.pairs.pair_changes import PairChanges
from ame_explore.data import FeatureData

USES = ("left out", "distill")


def teaching_data(
    teacher: Exploration,
    rows: NDArray[np.int64],
    *,
    use: str = "left out",
    classes: Column | None = None,
    base_classes: Sequence[str] | None = None,
    student: Any = None,
    other: tuple[Exploration, PairChanges] | None = None,
    seed: int = 0,
    name: str = "explored",
) -> FeatureData:
    """Make data for a distillation from explored features.

    Args:
        teacher: the explored features: the teacher's.
        rows: rows of pairs.
        use: "left out": the student never sees these pairs, in distillation or test. "distill": it learns from these
            alone, and all others are for the test.
        classes: the class of each pair; pairs without one are left out. None: each text that several images share.
        base_classes: names of the classes that the student learns from; None: with "distill" and some classes outside
            `rows` those in it, else the first half.
        student: (N, Ds) the student's features of the teacher's images; None: those of `other`, else the teacher's
            own, from which a projector learns anew.
        other: a second model of the same pairs, with `compare_pairs(teacher, other)`: the student.
        seed: seed of the split into distillation and test.
        name: by which recipes refer to the data.

    Returns:
        The data, for `Distillation(data=...)` and `lab(data=...)`.

    Raises:
        AMEError: if image and text widths differ, a class cannot be learned and tested, or `FeatureData.of` refuses
            the parts.
    """
    check_choice("use", use, USES)
    features = teacher.features
    if not teacher.measured.comparable:
        raise AMEError("images and texts of different widths share no space, so there is no teacher to distil.")
    count = len(teacher.pairs)
    codes, names = _classes(teacher, classes)
    usable = codes >= 0
    images = features.image.detach().cpu()[features.image_index.cpu()]
    if student is not None:
        given = torch.as_tensor(student).detach().cpu()
        if given.ndim != 2 or len(given) != len(features.image):
            raise AMEError(
                f"student must be ({len(features.image)}, width), one row an image, got {tuple(given.shape)}."
            )
        learned = given[features.image_index.cpu()]
    elif other is not None:
        second, changes = other
        at = np.full(count, -1)
        at[changes.table["row"].to_numpy()] = changes.table["other_row"].to_numpy()
        usable &= at >= 0
        learned = second.features.image.detach().cpu()[second.features.image_index.cpu()[at.clip(min=0)]]
    else:
        learned = images
    chosen = np.isin(np.arange(count), rows)
    # an image with several texts is one image to learn from
    usable &= ~teacher.pairs["image"].duplicated().to_numpy()
    if use == "left out":
        usable &= ~chosen
    kept = np.flatnonzero(usable)
    if use == "distill" and not chosen[kept].any():
        raise AMEError("no pair of the selection has a class: select others, or name another column of classes.")
    present = np.unique(codes[kept])
    place = np.full(len(names), -1)
    place[present] = np.arange(len(present))
    parts: dict[str, Any] = {
        "teacher_image": images[kept],
        "student_image": learned[kept],
        "class_text": _class_texts(teacher, codes, present),
        "class_names": [names[one] for one in present],
        "labels": place[codes[kept]],
        "logit_scale": features.logit_scale,
        "captions": [str(one) for one in teacher.pairs["caption"].iloc[kept]],
    }
    if features.image_paths is not None:
        parts["image_path"] = [features.image_paths[row] or "" for row in kept.tolist()]
    if use == "distill":
        parts["split"] = np.where(chosen[kept], "distill", "test").tolist()
        inside = np.unique(codes[kept][chosen[kept]])
        if base_classes is None and len(inside) < len(present):
            base_classes = [names[one] for one in inside]
    if base_classes is not None:
        parts["base_classes"] = list(base_classes)
    return FeatureData.of(parts, name=name, seed=seed)


def _classes(teacher: Exploration, column: Column | None) -> tuple[NDArray[np.int64], list[str]]:
    """The class of each pair, -1 without one, and the classes' names."""
    if column is not None:
        if column.kind != "category":
            raise AMEError(f"classes must be a column with few words, got {column.name!r}: name another.")
        return column.values.astype(np.int64), list(column.words)
    texts = teacher.pairs["text"].to_numpy(np.int64)
    if len(np.unique(texts)) == len(texts):
        raise AMEError("each image has its own text, so there are no classes: name a column of classes.")
    found, codes = np.unique(texts, return_inverse=True)
    return codes, [str(teacher.features.texts[one]) for one in found]


def _class_texts(teacher: Exploration, codes: NDArray[np.int64], present: NDArray[np.int64]) -> torch.Tensor:
    """(C, D) mean direction of the texts of each class's pairs."""
    text = torch.nn.functional.normalize(teacher.features.text.detach().cpu().double(), dim=1)
    of_pairs = text[teacher.features.pair_index.cpu()]
    means = [of_pairs[np.flatnonzero(codes == one)].mean(0) for one in present]
    return torch.nn.functional.normalize(torch.stack(means), dim=1).float()
