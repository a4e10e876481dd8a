"""Training over time: the same rows at several steps, in one picture whose axes do not move."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ame_explore.ame import AMEError, check_choice
from ame_explore.analysis.projection.neighbours import knn
from ame_explore.analysis.projection.procrustes import procrustes
from ame_explore.analysis.projection.projection import Array, fit_pca
from ame_explore.analysis.projection.rows import metric_rows
from ame_explore.analysis.projection.umap import (
    _ONE_AT_A_TIME,
    LEAST_ROWS,
    Told,
    epochs_told,
    fit_umap,
    import_umap,
)
from ame_explore.tasks import Progress

METHODS = ("pca", "umap", "aligned-umap")


@dataclass(frozen=True, eq=False)
class SnapshotMaps:
    """Pictures of the same rows at s steps.

    Attributes:
        method: "pca", "umap" or "aligned-umap".
        points: (s, n, 2) float64.
        words: what motion between two of them means.
        kept: (s,) share of each snapshot's k nearest rows that were among the k nearest one snapshot before, in the
            original space (NaN for the first): how much there was to move.
    """

    method: str
    points: Array
    words: str
    kept: Array


def project_snapshots(
    snapshots: Sequence[Tensor | NDArray[Any]],
    method: str = "pca",
    *,
    metric: str = "cosine",
    neighbours: int = 15,
    epochs: int | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> SnapshotMaps:
    """Row i of every snapshot is the same sample, drawn at each step.

    Args:
        snapshots: two or more (n, D), oldest first.
        method: "pca": one basis, fitted on the rows of all snapshots together: a motion is a motion along its axes.
            "umap": one map, fitted on the rows of all snapshots together: a row that comes to lie where another lay
            gets the same place. "aligned-umap": umap-learn's AlignedUMAP, a map for each, held to its neighbours in
            time; slow (about 10 s for 8 snapshots of 400 rows on 2 cores).
        metric: "cosine" or "euclidean".
        neighbours, epochs, seed: as in `fit_umap`; AlignedUMAP takes its own 200 epochs where none are given.
        progress: as in `fit_umap`.

    Raises:
        AMEError: as `fit_umap`; fewer than two snapshots, or not all of one shape.
    """
    check_choice("method", method, METHODS)
    if len(snapshots) < 2:
        raise AMEError(f"snapshots must be two or more, got {len(snapshots)}: use project for one.")
    rows = [metric_rows(f"snapshots[{place}]", each, metric, least=2) for place, each in enumerate(snapshots)]
    shapes = {tuple(each.shape) for each in rows}
    if len(shapes) > 1:
        raise AMEError(f"snapshots must have one shape (n, D), got {sorted(shapes)}: row i is the same sample in all.")
    count = len(rows[0])
    if method == "aligned-umap":
        points = _aligned(rows, min(neighbours, count - 1), epochs, seed, Told(progress))
        words = "AlignedUMAP: a map a step, each held to those before and after; only slow, common motion is smoothed."
    else:
        everything = torch.cat([each.to(rows[0].dtype) for each in rows])
        if method == "pca":
            picture = fit_pca(everything, metric="euclidean")
        else:
            picture = fit_umap(
                everything, metric="euclidean", neighbours=neighbours, epochs=epochs, seed=seed, progress=progress
            )
        points = picture.points.reshape(len(rows), count, 2)
        words = f"One frozen picture of all steps together. {picture.words}"
    return SnapshotMaps(method, points, words, _kept(rows, min(neighbours, count - 1)))


def _aligned(rows: list[Tensor], k: int, epochs: int | None, seed: int, told: Told) -> Array:
    count = len(rows[0])
    if count < LEAST_ROWS:
        raise AMEError(f"snapshots must have at least {LEAST_ROWS} rows for UMAP, got {count}.")
    with _ONE_AT_A_TIME:
        import_umap(told)
        from umap import AlignedUMAP, layouts

        same = {row: row for row in range(count)}
        model = AlignedUMAP(n_neighbors=max(2, k), n_epochs=epochs, random_state=seed, transform_seed=seed)
        with epochs_told(layouts, told):
            found = model.fit([each.numpy() for each in rows], relations=[same] * (len(rows) - 1)).embeddings_
    maps = [np.asarray(each, dtype=np.float64) for each in found]
    first = fit_pca(rows[0], metric="euclidean").points
    turn = procrustes(maps[0], first)  # one turn for all, so that the start looks as its PCA does
    return np.stack([turn.transform(each).numpy() for each in maps])


def _kept(rows: list[Tensor], k: int) -> Array:
    shares, before = [np.nan], knn(rows[0], k, metric="euclidean")[0]
    for each in rows[1:]:
        now = knn(each, k, metric="euclidean")[0]
        shares.append(float((now[:, :, None] == before[:, None]).any(2).double().mean()))
        before = now
    return np.array(shares)
