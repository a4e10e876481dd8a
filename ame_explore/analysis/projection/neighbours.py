"""Nearest neighbours, exact and in blocks, on whatever device the rows are to be compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from numpy.typing import NDArray
from torch import Tensor

from ame_explore.ame import AMEError, check_number, unit_rows
from ame_explore.analysis.projection.rows import as_rows, metric_rows, pair_rows

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
    differences themselves in float64, so that equal rows lie at exactly 0. Where the product's rounding leaves in doubt
    whether a row beyond the candidates is nearer (near-duplicates), the row is looked up again with more digits.

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
    """`knn` of what `metric_rows` has made: nothing is checked.

    `exact` gives rows by number, and queries by number, in float64 with all their digits; None: those of `among`.
    """
    asked, most = among if queries is None else queries, len(among) - (queries is None)
    dtype = among.dtype
    if device is not None:
        among, asked = among.to(device), asked.to(device)
    exact = Exact(among, asked) if exact is None else exact.to(among.device)
    near, apart, sure = _nearest_by_product(among, asked, k, most, queries is None, exact)
    unsure = (~sure).nonzero()[:, 0]
    wide = exact.rows(torch.arange(len(among), device=among.device)) if len(unsure) else among
    if len(unsure) and dtype != exact.dtype:  # the same once more with all digits, for those rows alone
        again = _nearest_by_product(wide, exact.queries(unsure), k, most, queries is None, exact, unsure)
        near[unsure], apart[unsure], sure[unsure] = again
        unsure = (~sure).nonzero()[:, 0]
    if len(unsure):
        theirs = exact.queries(unsure)
        near[unsure], apart[unsure] = _nearest_by_difference(wide, theirs, unsure, k, queries is None)
    return near.cpu(), (apart.square() / 2 if metric == "cosine" else apart).to(dtype).cpu()


class Exact:
    """Rows and queries by number, with all the digits that were given (float32 on MPS, which has no float64).

    With `unit` they are scaled to length 1 after the digits were added, so that near-duplicates keep their distance.
    """

    def __init__(self, among: Tensor, asked: Tensor, *, unit: bool = False) -> None:
        self._among, self._asked, self._unit = among, asked, unit
        self.dtype = torch.float32 if among.device.type == "mps" else torch.float64

    def to(self, device: torch.device) -> Exact:
        """On another device."""
        return Exact(self._among.to(device), self._asked.to(device), unit=self._unit)

    def rows(self, at: Tensor) -> Tensor:
        """(..., D) of the numbers (...)."""
        return self._wide(self._among[at])

    def queries(self, at: Tensor) -> Tensor:
        """(..., D) of the numbers (...)."""
        return self._wide(self._asked[at])

    def _wide(self, rows: Tensor) -> Tensor:
        rows = rows.to(self.dtype)
        return unit_rows(rows) if self._unit else rows


def _nearest_by_product(
    among: Tensor, asked: Tensor, k: int, most: int, to_themselves: bool, exact: Exact, number: Tensor | None = None
) -> tuple[Tensor, Tensor, Tensor]:
    """Row numbers and distances (q, k), and whether they are proven, (q,).

    Candidates by a product in the rows' dtype, their distances from the differences. Proven: no row beyond the
    candidates can be nearer than the k-th, given what the product's rounding can be; `number` (q,) of the queries.
    """
    number = torch.arange(len(asked), device=asked.device) if number is None else number
    centre = among.mean(0)
    centred, queries = among - centre, asked - centre
    squares = centred.square().sum(1)
    wide = min(k + _SPARE, most)
    size = max(1, _BUDGET // max(len(among), wide * among.shape[1]))
    eps = float(torch.finfo(among.dtype).eps)
    largest = squares.amax() + eps * among.square().sum(1).amax()  # rows were rounded before they were centred
    found = []
    for start in range(0, len(asked), size):
        block, own = queries[start : start + size], number[start : start + size]
        score = torch.addmm(squares, block, centred.T, alpha=-2)
        if to_themselves:
            score[torch.arange(len(block), device=block.device), own] = torch.inf
        candidates = score.topk(wide, dim=1, largest=False)
        near = candidates.indices.sort(dim=1).values  # of equally near ones the first
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
    """Row numbers and distances (q, k) of the queries from all differences: slow and certain."""
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
