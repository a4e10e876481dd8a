"""Exact nearest neighbours, computed in blocks on any device."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor

from ame_explore.ame import AMEError, check_number, unit_rows
from ame_explore.analysis.projection.rows import as_rows, metric_rows, pair_rows
from ame_explore.arguments import checked, usable_device
from ame_explore.data.files.boundary import check_memory
from ame_explore.data.pairs import PairedFeatures

_BUDGET = 2**24  # numbers held at once: 64 MB of float32
_SPARE = 3  # candidates beyond k, since rounding may swap rows at nearly the same distance


@checked
def knn(
    rows: Tensor | NDArray[Any],
    k: int,
    *,
    metric: str = "cosine",
    queries: Tensor | NDArray[Any] | None = None,
    device: str | torch.device | None = None,
) -> tuple[Tensor, Tensor]:
    """The k nearest rows of each query, nearest first, by exact brute-force search.

    A matrix product per block (centred, to limit cancellation) gives candidates. Their distances are then computed from
    differences in float64, so that equal rows have distance exactly 0. If rounding in the product leaves open whether
    a row beyond the candidates is nearer (near-duplicates), the query is repeated at higher precision.

    Args:
        rows: (n, D) rows to search.
        k: number of neighbours, in 1 ... n (n - 1 without queries).
        metric: "cosine" (1 - cos) or "euclidean".
        queries: (q, D); None: the rows themselves, each excluded from its own neighbours.
        device: device for the comparison; None: that of the rows.

    Returns:
        Row numbers (q, k) int64 and distances (q, k), on the CPU.

    Raises:
        AMEError: if `metric_rows` rejects the rows, k is out of range, or the queries have another width.
    """
    among = metric_rows("rows", rows, metric)
    asked = among if queries is None else metric_rows("queries", queries, metric).to(among.dtype)
    if asked.shape[1] != among.shape[1]:
        raise AMEError(f"queries must have {among.shape[1]} columns like the rows, got {asked.shape[1]}.")
    most = len(among) - (queries is None)
    check_number("k", k, low=1, high=max(1, most), whole=True)
    if most < 1:
        raise AMEError("rows must be at least 2 to have neighbours, got 1.")
    raw = as_rows("rows", rows)
    exact = Exact(raw, raw if queries is None else as_rows("queries", queries), unit=metric == "cosine")
    return nearest(among, None if queries is None else asked, k, metric=metric, device=device, exact=exact)


def nearest(
    among: Tensor,
    queries: Tensor | None,
    k: int,
    *,
    metric: str,
    device: str | torch.device | None = None,
    exact: Exact | None = None,
) -> tuple[Tensor, Tensor]:
    """`knn` without checks, on the output of `metric_rows`.

    Args:
        among: (n, D) rows to search.
        queries: (q, D); None: the rows themselves.
        k: number of neighbours.
        metric: "cosine" or "euclidean".
        device: device for the comparison; None: that of the rows.
        exact: rows and queries at full precision; None: those given.

    Returns:
        As `knn`.
    """
    asked, most = among if queries is None else queries, len(among) - (queries is None)
    dtype = among.dtype
    if device is not None:
        where = usable_device(device)
        among, asked = among.to(where), asked.to(where)
    exact = Exact(among, asked) if exact is None else exact.to(among.device)
    near, apart, sure = _nearest_by_product(among, asked, k, most, queries is None, exact)
    unsure = (~sure).nonzero()[:, 0]
    wide = exact.rows(torch.arange(len(among), device=among.device)) if len(unsure) else among
    if len(unsure) and dtype != exact.dtype:  # repeat only these queries at full precision
        again = _nearest_by_product(wide, exact.queries(unsure), k, most, queries is None, exact, unsure)
        near[unsure], apart[unsure], sure[unsure] = again
        unsure = (~sure).nonzero()[:, 0]
    if len(unsure):
        theirs = exact.queries(unsure)
        near[unsure], apart[unsure] = _nearest_by_difference(wide, theirs, unsure, k, queries is None)
    return near.cpu(), (apart.square() / 2 if metric == "cosine" else apart).to(dtype).cpu()


class Exact:
    """Rows and queries by number, in float64 (float32 on MPS, which has no float64).

    Args:
        among: (n, D) rows, in the precision given.
        asked: (q, D) queries, in the precision given.
        unit: scale to length 1 after the conversion to float64, so that near-duplicates keep their distance.
    """

    def __init__(self, among: Tensor, asked: Tensor, *, unit: bool = False) -> None:
        self._among, self._asked, self._unit = among, asked, unit
        self.dtype = torch.float32 if among.device.type == "mps" else torch.float64

    def to(self, device: torch.device) -> Exact:
        """The same on another device."""
        return Exact(self._among.to(device), self._asked.to(device), unit=self._unit)

    def rows(self, at: Tensor) -> Tensor:
        """Rows (..., D) with the numbers `at` (...)."""
        return self._wide(self._among[at])

    def queries(self, at: Tensor) -> Tensor:
        """Queries (..., D) with the numbers `at` (...)."""
        return self._wide(self._asked[at])

    def _wide(self, rows: Tensor) -> Tensor:
        rows = rows.to(self.dtype)
        return unit_rows(rows) if self._unit else rows


def _nearest_by_product(
    among: Tensor, asked: Tensor, k: int, most: int, to_themselves: bool, exact: Exact, number: Tensor | None = None
) -> tuple[Tensor, Tensor, Tensor]:
    """Row numbers and distances (q, k), and whether they are proven, (q,).

    Candidates come from a product in the rows' dtype, distances from differences. A result is proven if no row beyond
    the candidates can be nearer than the k-th, given a bound on the product's rounding. `number` (q,) holds the numbers
    of the queries.
    """
    number = torch.arange(len(asked), device=asked.device) if number is None else number
    centre = among.mean(0)
    centred, queries = among - centre, asked - centre
    squares = centred.square().sum(1)
    wide = min(k + _SPARE, most)
    # Candidates are compared in float64, with four tensors of their size in between.
    size = max(1, _BUDGET // max(len(among), 8 * wide * among.shape[1]))
    eps = float(torch.finfo(among.dtype).eps)
    largest = squares.amax() + eps * among.square().sum(1).amax()  # rows were rounded before they were centred
    found = []
    for start in range(0, len(asked), size):
        block, own = queries[start : start + size], number[start : start + size]
        score = torch.addmm(squares, block, centred.T, alpha=-2)
        if to_themselves:
            score[torch.arange(len(block), device=block.device), own] = torch.inf
        candidates = score.topk(wide, dim=1, largest=False)
        near = candidates.indices.sort(dim=1).values  # in a tie, the lowest row number comes first
        apart = torch.linalg.vector_norm(exact.queries(own)[:, None] - exact.rows(near), dim=2)
        apart, order = apart.sort(dim=1, stable=True)
        mine, kth = block.square().sum(1), apart[:, k - 1]
        error = 4 * eps * among.shape[1] ** 0.5 * (mine + largest)
        error = error + 4 * eps * kth.to(error.dtype) * among.square().sum(1).amax().sqrt()
        beyond = candidates.values[:, -1] + mine - error
        sure = (beyond > kth.square()) | (kth == 0) | (wide == most)
        found.append((near.gather(1, order)[:, :k], apart[:, :k], sure))
    near, apart, sure = (torch.cat(parts) for parts in zip(*found, strict=True))
    return near, apart, sure


def _nearest_by_difference(
    rows: Tensor, queries: Tensor, number: Tensor, k: int, to_themselves: bool
) -> tuple[Tensor, Tensor]:
    """Row numbers and distances (q, k) of the queries from all differences: slow but exact."""
    found = []
    for start in range(0, len(queries), size := max(1, _BUDGET // len(rows))):
        own = number[start : start + size]
        distance = torch.cdist(queries[start : start + size], rows, compute_mode="donot_use_mm_for_euclid_dist")
        if to_themselves:
            distance[torch.arange(len(own), device=own.device), own] = torch.inf
        nearest = distance.sort(dim=1, stable=True)
        found.append((nearest.indices[:, :k], nearest.values[:, :k]))
    near, apart = (torch.cat(parts) for parts in zip(*found, strict=True))
    return near, apart


@dataclass(frozen=True, eq=False)
class TrueNeighbours:
    """Nearest rows in the original space for each row of `pair_rows` (N images, then M texts).

    A modality with too few rows is padded with -1 and NaN.

    Attributes:
        within: (N + M, k) row numbers in the same modality; a row is not its own neighbour.
        within_cosine: (N + M, k) their cosines.
        across: (N + M, k) row numbers in the other modality.
        across_cosine: (N + M, k) their cosines.
    """

    within: Tensor
    within_cosine: Tensor
    across: Tensor
    across_cosine: Tensor


@checked
def true_neighbours(features: PairedFeatures, k: int = 5, *, device: str | None = None) -> TrueNeighbours:
    """The exact k nearest rows of each image and text by cosine, within its modality and in the other.

    Args:
        features: images and texts of one width.
        k: number of neighbours.
        device: device for the comparison; None: that of the features.

    Returns:
        The neighbours.

    Raises:
        AMEError: if `pair_rows` rejects the features or k < 1.
    """
    check_number("k", k, low=1, whole=True)
    rows, count = pair_rows(features), len(features.image)
    check_memory("so many neighbours", 2 * (8 + rows.element_size()) * len(rows) * k)
    image, text = rows[:count], rows[count:]
    sides = []
    for own, other, own_start, other_start in ((image, text, 0, count), (text, image, count, 0)):
        near = _some(own, None, k, device, own_start)
        sides.append((*near, *_some(other, own, k, device, other_start)))
    within, within_cosine, across, across_cosine = (torch.cat(parts) for parts in zip(*sides, strict=True))
    return TrueNeighbours(within, within_cosine, across, across_cosine)


def _some(rows: Tensor, queries: Tensor | None, k: int, device: str | None, start: int) -> tuple[Tensor, Tensor]:
    """`knn` padded with -1 and NaN to k neighbours; row numbers count from `start`."""
    there = min(k, len(rows) - (queries is None))
    asked = len(rows if queries is None else queries)
    indices = torch.full((asked, k), -1, dtype=torch.int64)
    cosines = torch.full((asked, k), torch.nan, dtype=rows.dtype)
    if there:
        found, distances = knn(rows, there, queries=queries, device=device)
        indices[:, :there], cosines[:, :there] = found + start, 1 - distances
    return indices, cosines
