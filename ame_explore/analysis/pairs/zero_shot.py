"""Zero-shot classification of explored images by class prompts, and directions between concepts."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor

from ame_explore.ame import AMEError, shown, unit_rows
from ame_explore.analysis.pairs.columns import Column
from ame_explore.analysis.statistics import MeanInterval, proportion_interval
from ame_explore.data.pairs import PairedFeatures

TEMPLATES = ("a photo of a {}.",)
"""The prompt of CLIP (Radford et al. 2021); several make an ensemble."""


@dataclass(frozen=True, eq=False)
class ZeroShot:
    """What class prompts say of the images.

    Attributes:
        names: the names of the C classes.
        predicted: (P,) class whose prompt is nearest to each pair's image.
        true: (P,) true class, -1 where unknown.
        margin: (P,) cosine with the true class minus the highest with another; negative if wrong, NaN if unknown.
        counts: (C, C) images by true (rows) and predicted class; an image with several captions counts once.
        accuracy: over all images with a known class.
        classes: DataFrame with class, images, accuracy, low and high (95%, Clopper-Pearson), and taken_for, the class
            that its images are most often mistaken for; the worst class first.
    """

    names: tuple[str, ...]
    predicted: NDArray[np.int64]
    true: NDArray[np.int64]
    margin: NDArray[np.float64]
    counts: NDArray[np.int64]
    accuracy: MeanInterval | None
    classes: pd.DataFrame

    @property
    def columns(self) -> tuple[Column, ...]:
        """The predictions and margins as columns."""
        order = np.argsort(-np.bincount(self.predicted, minlength=len(self.names)), kind="stable")
        place = np.empty(len(order), dtype=np.int32)
        place[order] = np.arange(len(order))
        words = tuple(self.names[one] for one in order)
        made = [Column("predicted class", "predicted class", "category", place[self.predicted], words)]
        if np.isfinite(self.margin).any():
            made.append(Column("class margin", "class margin", "number", self.margin))
        return tuple(made)

    def rows(self, of: int, as_: int) -> NDArray[np.int64]:
        """Rows of the pairs of a true class that are taken for another (or the same)."""
        return np.flatnonzero((self.true == of) & (self.predicted == as_))


def class_vectors(prompts: Mapping[str, Sequence[str]], encode: Callable[[str], Any], width: int) -> Tensor:
    """The mean of the unit features of each class's prompts, at unit length (prompt ensembling, Radford et al. 2021).

    Args:
        prompts: class name -> its prompts.
        encode: makes a vector of a text.
        width: the width of the images' features.

    Returns:
        (C, D).

    Raises:
        AMEError: if the encoder fails, or returns another width or zeros.
    """
    made = []
    for name, texts in prompts.items():
        rows = torch.stack([encoded(encode, text, width) for text in texts])
        made.append(unit_rows(unit_rows(rows).mean(0, keepdim=True))[0])
        if not bool(made[-1].isfinite().all()):
            raise AMEError(f"encode_text must return finite vectors that are not all zeros, for {name!r} it does not.")
    return torch.stack(made)


def encoded(encode: Callable[[str], Any], text: str, width: int) -> Tensor:
    """One text as a vector of this width.

    Raises:
        AMEError: if the encoder fails or returns something else.
    """
    try:
        vector = torch.as_tensor(encode(text)).detach().cpu().double().reshape(-1)
    except Exception as error:  # the encoder is the user's own
        raise AMEError(f"encode_text failed on {text!r}: {error or type(error).__name__}.") from error
    if len(vector) != width or not bool(vector.isfinite().all()) or not float(vector.norm()):
        raise AMEError(
            f"encode_text must return {width} finite numbers, not all zeros, for {text!r} it returned {len(vector)}."
        )
    return vector


def zero_shot(features: PairedFeatures, vectors: Tensor, names: Sequence[str], truth: Column | None = None) -> ZeroShot:
    """Classify every image by the nearest of C class vectors.

    Args:
        features: the pairs.
        vectors: (C, D) class vectors, of any length.
        names: the names of the classes, all different.
        truth: the true classes: words that are names of classes, or numbers that count them from 0; None: unknown.

    Returns:
        Predictions, and if the truth is known, accuracies and confusions.

    Raises:
        AMEError: if there are fewer than two classes, names repeat, widths differ, or no true class is among the names.
    """
    names = tuple(map(str, names))
    if len(names) < 2 or len(set(names)) < len(names):
        raise AMEError(f"classes must be at least two different names, got {shown(list(names))}.")
    if vectors.ndim != 2 or vectors.shape != (len(names), features.image.shape[1]):
        raise AMEError(
            f"class features must have the shape {(len(names), features.image.shape[1])}, got {tuple(vectors.shape)}."
        )
    image_of = features.image_index.cpu()
    units = torch.nn.functional.normalize(vectors.detach().cpu().double(), dim=1)
    cosines = (torch.nn.functional.normalize(features.image.detach().cpu().double(), dim=1) @ units.T)[image_of]
    predicted = cosines.argmax(1).numpy()
    true = np.full(len(image_of), -1) if truth is None else _true(truth, names)
    margin = np.full(len(image_of), np.nan)
    known = np.flatnonzero(true >= 0)
    own = cosines[torch.from_numpy(known), torch.from_numpy(true[known])]
    others = cosines[torch.from_numpy(known)].clone()
    others[torch.arange(len(known)), torch.from_numpy(true[known])] = -math.inf
    margin[known] = (own - others.max(1).values).numpy()
    first = np.unique(image_of.numpy(), return_index=True)[1]
    once = first[true[first] >= 0]
    counts = np.zeros((len(names), len(names)), dtype=np.int64)
    np.add.at(counts, (true[once], predicted[once]), 1)
    right = (true[once] == predicted[once]).astype(float)
    lines = []
    for place, name in enumerate(names):
        mine = right[true[once] == place]
        if not len(mine):
            continue
        found = proportion_interval(mine)
        wrong = counts[place].copy()
        wrong[place] = 0
        taken = names[int(wrong.argmax())] if wrong.any() else ""
        lines.append({"class": name, "images": len(mine), "accuracy": found.mean, "low": found.low, "high": found.high})
        lines[-1]["taken_for"] = taken
    classes = pd.DataFrame(lines, columns=["class", "images", "accuracy", "low", "high", "taken_for"])
    classes = classes.sort_values(["accuracy", "class"], kind="stable").reset_index(drop=True)
    accuracy = proportion_interval(right) if len(right) else None
    return ZeroShot(names, predicted, true, margin, counts, accuracy, classes)


def _true(truth: Column, names: Sequence[str]) -> NDArray[np.int64]:
    place = {name.casefold().strip(): at for at, name in enumerate(names)}
    if truth.numeric:
        words = [truth.text(row) for row in range(len(truth.values))]
    else:
        words = [truth.words[value] if value >= 0 else "" for value in truth.values.tolist()]
    found = np.array([place.get(word.casefold().strip(), -1) for word in words])
    if (found >= 0).any():
        return found
    numbered = [int(word) if word.isdigit() and int(word) < len(names) else -1 for word in words]
    if max(numbered, default=-1) < 0:
        few = ", ".join(list(dict.fromkeys(word for word in words if word))[:5])
        raise AMEError(
            f"classes must include the true ones of the column {truth.name!r}, got {shown(list(names))}, but the "
            f"column holds {few}."
        )
    return np.array(numbered)


def concept_column(features: PairedFeatures, direction: Any, name: str) -> Column:
    """The cosine of every image with a direction, as a column.

    Args:
        features: the pairs.
        direction: (D,), for instance one text's unit vector minus another's.
        name: the name of the column.

    Raises:
        AMEError: if the direction has another width, is all zeros or not finite.
    """
    width = features.image.shape[1]
    vector = torch.as_tensor(direction).detach().cpu().double().reshape(-1)
    if len(vector) != width or not bool(vector.isfinite().all()) or not float(vector.norm()):
        raise AMEError(f"direction must be {width} finite numbers that are not all zeros, got {shown(direction)}.")
    units = torch.nn.functional.normalize(features.image.detach().cpu().double(), dim=1)
    return Column(name, name, "number", (units @ (vector / vector.norm()))[features.image_index.cpu()].numpy())


def concept_places(features: PairedFeatures, direction: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A map with a direction as its horizontal axis; vertical is the main axis of what the direction leaves.

    Args:
        features: the pairs, of one width.
        direction: (D,), not all zeros.

    Returns:
        (N, 2) for the images and (M, 2) for the texts.
    """
    vector = torch.as_tensor(direction).detach().cpu().double().reshape(-1)
    vector = vector / vector.norm()
    sides = [
        torch.nn.functional.normalize(rows.detach().cpu().double(), dim=1) for rows in (features.image, features.text)
    ]
    along = [side @ vector for side in sides]
    rest = [side - one[:, None] * vector for side, one in zip(sides, along, strict=True)]
    middle = torch.cat(rest).mean(0)
    whole = torch.cat(rest) - middle
    axis = torch.linalg.eigh(whole.T @ whole)[1][:, -1]
    made = [torch.stack([one, (left - middle) @ axis], dim=1).numpy() for one, left in zip(along, rest, strict=True)]
    return made[0], made[1]
