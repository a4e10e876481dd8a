"""Training over time: the same rows at several steps in one picture with fixed axes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ame_explore.ame import AMEError, check_choice, check_number
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
from ame_explore.arguments import checked
from ame_explore.tasks import Progress

METHODS = ("pca", "umap", "aligned-umap")


@dataclass(frozen=True, eq=False)
class SnapshotMaps:
    """Pictures of the same rows at s steps.

    Attributes:
        method: "pca", "umap" or "aligned-umap".
        points: (s, n, 2) float64.
        words: what motion between two pictures means, for captions.
        kept: (s,) share of the k nearest rows that were also among the k nearest one snapshot earlier, in the original
            space; NaN for the first. It shows how much there was to move.
    """

    method: str
    points: Array
    words: str
    kept: Array


@checked
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
    """Project the same rows at several training steps into one picture.

    Args:
        snapshots: two or more (n, D), oldest first; row i is the same sample in all.
        method: one of

            - "pca": one basis fitted to the rows of all snapshots, so motion is motion along its axes
            - "umap": one map fitted to the rows of all snapshots, so a row that moves to where another was gets the
              same position
            - "aligned-umap": umap-learn's AlignedUMAP, one map per snapshot, tied to those before and after; slow
              (about 10 s for 8 snapshots of 400 rows on 2 cores)
        metric: "cosine" or "euclidean".
        neighbours: as in `fit_umap`.
        epochs: as in `fit_umap`, except that AlignedUMAP takes its own 200 epochs for None.
        seed: as in `fit_umap`.
        progress: as in `fit_umap`.

    Returns:
        The pictures.

    Raises:
        AMEError: if there are fewer than two snapshots or their shapes differ, and as in `fit_umap`.
    """
    check_choice("method", method, METHODS)
    check_number("neighbours", neighbours, low=1, whole=True)
    if len(snapshots) < 2:
        raise AMEError(f"snapshots must be two or more, got {len(snapshots)}: use project for one.")
    rows = [metric_rows(f"snapshots[{place}]", each, metric, least=2) for place, each in enumerate(snapshots)]
    shapes = {tuple(each.shape) for each in rows}
    if len(shapes) > 1:
        raise AMEError(f"snapshots must have one shape (n, D), got {sorted(shapes)}: row i is the same sample in all.")
    count = len(rows[0])
    if method == "aligned-umap":
        points = _aligned(rows, min(neighbours, count - 1), epochs, seed, Told(progress))
        words = "AlignedUMAP: one map per step, tied to those before and after; only slow, common motion is smoothed."
    else:
        everything = torch.cat([each.to(rows[0].dtype) for each in rows])
        if method == "pca":
            picture = fit_pca(everything, metric="euclidean")
        else:
            picture = fit_umap(
                everything, metric="euclidean", neighbours=neighbours, epochs=epochs, seed=seed, progress=progress
            )
        points = picture.points.reshape(len(rows), count, 2)
        words = f"One fixed picture for all steps. {picture.words}"
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
    turn = procrustes(source=maps[0], target=first)  # one rotation for all, so that the first map resembles its PCA
    return np.stack([turn.transform(each).numpy() for each in maps])


def _kept(rows: list[Tensor], k: int) -> Array:
    shares, before = [np.nan], knn(rows[0], k, metric="euclidean")[0]
    for each in rows[1:]:
        now = knn(each, k, metric="euclidean")[0]
        shares.append(float((now[:, :, None] == before[:, None]).any(2).double().mean()))
        before = now
    return np.array(shares)
