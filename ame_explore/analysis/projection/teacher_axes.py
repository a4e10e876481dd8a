"""The two axes of a run's maps: fitted once on the teacher, so that all motion is learning."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ame_explore.ame import check_number
from ame_explore.analysis.projection.pca import PCAProjection
from ame_explore.arguments import checked
from ame_explore.models import one_thread
from ame_explore.training import Stage

DRAWN = 1000  # the most images of a map (our choice)


@checked
def drawn_images(stage: Stage, most: int = DRAWN) -> Tensor:
    """The test images that a map of this stage draws.

    Args:
        stage: data and models.
        most: the most images.

    Returns:
        Their indices in the data, int64, spread evenly over the classes, and so is every initial part of them.

    Raises:
        AMEError: if `most` is below 1.
    """
    check_number("most", most, low=1, whole=True)
    labels = stage.data.labels
    ids = evenly(stage.test, labels[stage.test], most)
    return ids[class_by_class(labels[ids])]


@checked
@one_thread()
def teacher_axes(stage: Stage, ids: Tensor | None = None) -> PCAProjection:
    """The principal components of the teacher's unit features of some images and of all class texts.

    Args:
        stage: data and models.
        ids: (n,) int64 indices of the images in the data; None: those of `drawn_images`.
    """
    ids = drawn_images(stage) if ids is None else ids
    return PCAProjection.fit(torch.cat([stage.teacher_features(stage.data.images[ids]), stage.text_features]))


def axes_fact(basis: PCAProjection) -> dict[str, list[Any]]:
    """A basis in the form in which a Run records it as its fact "axes".

    Args:
        basis: the basis.
    """
    return {
        "mean": basis.mean.tolist(),
        "components": basis.components.tolist(),
        "explained": basis.explained_variance_ratio.tolist(),
    }


def axes_of_fact(fact: Mapping[str, Any] | None, width: int) -> PCAProjection | None:
    """The basis in a Run's fact "axes"; None if there is none, or it is not of features of this width.

    Args:
        fact: what `axes_fact` gave.
        width: number of columns of the features.
    """
    try:
        parts = [np.asarray((fact or {})[name], np.float64) for name in ("mean", "components", "explained")]
    except (KeyError, TypeError, ValueError):
        return None
    if [part.shape for part in parts] != [(width,), (2, width), (2,)] or not all(np.isfinite(p).all() for p in parts):
        return None
    return PCAProjection(*parts)


def evenly(indices: Tensor, labels: Tensor, most: int) -> Tensor:
    """At most `most` of `indices`, taken evenly over the labels, in ascending order.

    Args:
        indices: (n,) int64.
        labels: (n,) int64, of these.
        most: how many at most.
    """
    order = torch.argsort(labels, stable=True)
    if len(order) > most:
        order = order[torch.linspace(0, len(order) - 1, most).round().long().unique()]
    return indices[order].sort().values


def class_by_class(labels: Tensor) -> Tensor:
    """An order in which the classes alternate, so that every initial part is spread over them.

    Args:
        labels: (n,) int64.
    """
    turn = torch.zeros(len(labels), dtype=torch.long)
    for label in labels.unique():
        where = labels == label
        turn[where] = torch.arange(int(where.sum()))
    return torch.argsort(turn * (int(labels.max()) + 1) + labels, stable=True)
