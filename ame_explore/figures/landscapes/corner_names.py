"""Placement of the names of corners and regions on a plane through features."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from ame_explore.analysis.landscapes.feature_space import FeatureField

SIDE = 560  # pixels per side of the field, used to place names; the field is smaller on a narrow page
SIZE = 15  # pixels, of names

Array = NDArray[np.float64]


def place_names(
    field: FeatureField, corners: Sequence[str], names: Sequence[str]
) -> list[tuple[str, tuple[float, float], bool]]:
    """Place a name at each corner, and in each region that is large enough and has room.

    A corner's name goes above or below its star (beside it if there is no room). A region's name goes as near to the
    region's centre as it can without overlapping another name or leaving the panel.

    Args:
        field: the plane.
        corners: names of its corners.
        names: names of the classes, whose regions these are.

    Returns:
        (words, centre, whether it names a corner) for each name.
    """
    low = np.array([float(field.x[0]), float(field.y[0])])
    unit = (np.array([float(field.x[-1]), float(field.y[-1])]) - low) / SIDE  # a pixel, in units of the plane
    stars = field.corners.numpy()
    taken = [np.concatenate([(star - low) / unit - 12, (star - low) / unit + 12]) for star in stars]
    found = []

    def free(middle: Array, half: Array) -> Array | None:
        """The box around `middle` (pixels), or None if it overlaps another name or leaves the panel."""
        box = np.concatenate([middle - half, middle + half])
        inside = bool((box[:2] >= 2).all() and (box[2:] <= SIDE - 2).all())
        apart = all((box[2:] <= other[:2]).any() or (box[:2] >= other[2:]).any() for other in taken)
        return box if inside and apart else None

    def put(words: str, middles: Array, of_corner: bool) -> None:
        half = np.array([0.31 * SIZE * len(words) + 4, 0.75 * SIZE])
        boxes = ((middle, free(middle, half)) for middle in middles)
        middle, box = next(((m, b) for m, b in boxes if b is not None), (middles[0], None))
        if box is not None or of_corner:
            taken.append(np.concatenate([middle - half, middle + half]))
            x, y = low + middle * unit
            found.append((words, (float(x), float(y)), of_corner))

    sides = np.array([[0, -24], [0, 24], [0, -34], [0, 34], [64, 0], [-64, 0]], dtype=np.float64)
    for words, star in zip(corners, stars, strict=True):
        put(words, (star - low) / unit + sides, True)
    owners, counts = field.nearest.unique(return_counts=True)
    for owner in owners[counts.argsort(descending=True)].tolist():
        rows, columns = (field.nearest == owner).nonzero(as_tuple=True)
        if len(rows) >= 0.03 * field.nearest.numel():
            points = (torch.stack([field.x[columns], field.y[rows]], 1).numpy() - low) / unit
            order = np.linalg.norm(points - points.mean(0), axis=1).argsort()
            put(names[owner], points[order], False)
    return found
