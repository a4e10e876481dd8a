"""Nearest neighbours, exact and in blocks, on whatever device the rows are to be compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from numpy.typing import NDArray
from torch import Tensor

from ame_explore.ame import AMEError, check_number
from ame_explore.analysis.projection.rows import metric_rows, pair_rows

if TYPE_CHECKING:
    from ame_explore.data.pairs import PairedFeatures

_BUDGET = 2**24  # numbers held at once: 64 MB of float32
_SPARE = 3  # candidates beyond k, since a product's rounding may swap rows that are nearly as far


def knn(
    rows: Tensor | NDArray[Any],
    k: int,
    *,
    metric: str = "cosine",
    queries: Tensor | NDArray[Any] | None = None,
    device: str | torch.device | None = None,
) -> tuple[Tensor, Tensor]:
    """The k nearest rows of each query, nearest first: brute force by one matrix product a block, nothing approximated.

    Candidates come from the product (centred, so that little cancels); their distances are then taken from the
    differences themselves, so that equal rows lie at exactly 0.

    Args:
        rows: (n, D) to look among.
        k: how many, in 1 ... n (n - 1 without queries).
        metric: "cosine" (1 - cos) or "euclidean".
        queries: (q, D); None: the rows themselves, none of which is its own neighbour.
        device: where to compare; None: where the rows are.

    Returns:
        Row numbers (q, k) int64 and distances (q, k), on the CPU.

    Raises:
        AMEError: as `metric_rows`; k out of range; queries of another width.
    """
    among = metric_rows("rows", rows, metric)
    asked = among if queries is None else metric_rows("queries", queries, metric).to(among.dtype)
    if asked.shape[1] != among.shape[1]:
        raise AMEError(f"queries must have {among.shape[1]} columns, as the rows have, got {asked.shape[1]}.")
    most = len(among) - (queries is None)
    check_number("k", k, low=1, high=max(1, most), whole=True)
    if most < 1:
        raise AMEError("rows must be at least 2 for one to be the neighbour of another, got 1.")
    return nearest(among, None if queries is None else asked, k, metric=metric, device=device)


def nearest(
    among: Tensor, queries: Tensor | None, k: int, *, metric: str, device: str | torch.device | None = None
) -> tuple[Tensor, Tensor]:
    """`knn` of what `metric_rows` has made: nothing is checked."""
    asked, most = among if queries is None else queries, len(among) - (queries is None)
    if device is not None:
        among, asked = among.to(device), asked.to(device)
    centre = among.mean(0)
    among, asked = among - centre, asked - centre
    squares = among.square().sum(1)
    wide = min(k + _SPARE, most)
    size = max(1, _BUDGET // max(len(among), wide * among.shape[1]))
    indices, distances = [], []
    for start in range(0, len(asked), size):
        block = asked[start : start + size]
        score = torch.addmm(squares, block, among.T, alpha=-2)
        if queries is None:
            own = torch.arange(len(block), device=block.device)
            score[own, own + start] = torch.inf
        near = score.topk(wide, dim=1, largest=False).indices
        apart = torch.linalg.vector_norm(block[:, None] - among[near], dim=2)
        apart, order = apart.sort(dim=1, stable=True)
        indices.append(near.gather(1, order)[:, :k].cpu())
        distances.append((apart[:, :k].square() / 2 if metric == "cosine" else apart[:, :k]).cpu())
    return torch.cat(indices), torch.cat(distances)


@dataclass(frozen=True, eq=False)
class TrueNeighbours:
    """Nearest rows in the original space, for every row of `pair_rows`: N images, then M texts.

    Attributes:
        within: (N + M, k) row numbers of the same modality; a row is not its own neighbour.
        within_cosine: (N + M, k) their cosines.
        across: (N + M, k) row numbers of the other modality.
        across_cosine: (N + M, k) their cosines.

    A modality with fewer rows than k gives -1 and NaN for those it lacks.
    """

    within: Tensor
    within_cosine: Tensor
    across: Tensor
    across_cosine: Tensor


def true_neighbours(features: PairedFeatures, k: int = 5, *, device: str | None = None) -> TrueNeighbours:
    """The k nearest by cosine of each image and text, within its modality and across, exact.

    Raises:
        AMEError: as `pair_rows`; k below 1.
    """
    check_number("k", k, low=1, whole=True)
    rows, count = pair_rows(features), len(features.image)
    image, text = rows[:count], rows[count:]
    sides = []
    for own, other, own_start, other_start in ((image, text, 0, count), (text, image, count, 0)):
        near = _some(own, None, k, device, own_start)
        sides.append((*near, *_some(other, own, k, device, other_start)))
    within, within_cosine, across, across_cosine = (torch.cat(parts) for parts in zip(*sides, strict=True))
    return TrueNeighbours(within, within_cosine, across, across_cosine)


def _some(rows: Tensor, queries: Tensor | None, k: int, device: str | None, start: int) -> tuple[Tensor, Tensor]:
    """`knn` with as many neighbours as there are, filled up with -1 and NaN; row numbers counted from `start`."""
    there = min(k, len(rows) - (queries is None))
    asked = len(rows if queries is None else queries)
    indices = torch.full((asked, k), -1, dtype=torch.int64)
    cosines = torch.full((asked, k), torch.nan, dtype=rows.dtype)
    if there:
        found, distances = knn(rows, there, queries=queries, device=device)
        indices[:, :there], cosines[:, :there] = found + start, 1 - distances
    return indices, cosines
