"""How far a picture can be trusted: trustworthiness and continuity, of the whole picture and of each point.

Venna and Kaski 2001, "Neighborhood preservation in nonlinear projection methods"; Kaski et al. 2003. Trustworthiness is
low if points that are far apart are drawn close together, continuity if neighbours are drawn far apart.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor

from ame_explore.ame import AMEError, check_number
from ame_explore.analysis.projection.rows import as_rows, metric_rows
from ame_explore.arguments import checked, usable_device

_BUDGET = 2**21  # distances held at once, float64: 16 MB, some ten times over
_EXACT_UP_TO = 4096  # rows
_PRECISE_UP_TO = 2**26  # values, 512 MB in float64
MISPLACED_BELOW = 0.8


@dataclass(frozen=True, eq=False)
class Lens:
    """How well a picture preserves neighbourhoods.

    Attributes:
        trustworthiness: in [0, 1]; 1 if all k neighbours are kept, about 0.5 for a random picture.
        continuity: the same scale.
        trustworthiness_error: standard error of the mean over the sampled rows, corrected for drawing without
            replacement; 0.0 if all rows were measured.
        continuity_error: the same for continuity.
        k: number of neighbours.
        n: number of rows of the picture.
        rows: (m,) int64, the rows measured.
        row_trustworthiness: (m,) float64, trustworthiness of each measured row; its mean is `trustworthiness`.
        row_continuity: (m,) float64, continuity of each measured row; its mean is `continuity`.
        misplaced: (n,) bool, measured rows with either value below 0.8 (our choice).
    """

    trustworthiness: float
    continuity: float
    trustworthiness_error: float
    continuity_error: float
    k: int
    n: int
    rows: Tensor
    row_trustworthiness: Tensor
    row_continuity: Tensor
    misplaced: Tensor

    @property
    def words(self) -> str:
        """The numbers as a caption."""
        parts = []
        for name in ("trustworthiness", "continuity"):
            value, error = getattr(self, name), getattr(self, f"{name}_error")
            parts.append(f"{name} {value:.3f}" + (f" ± {error:.3f}" if error else ""))
        sampled = f", measured at {len(self.rows):,} of {self.n:,} points" if len(self.rows) < self.n else ""
        return f"{', '.join(parts)} ({self.k} neighbours{sampled})"


@checked
def measure_lens(
    *,
    rows: Tensor | NDArray[Any],
    points: Tensor | NDArray[Any],
    k: int = 15,
    metric: str = "cosine",
    sample: int = 2000,
    seed: int = 0,
    device: str | torch.device | None = None,
) -> Lens:
    """Trustworthiness and continuity of a picture, computed in blocks of rows.

    T_i = 1 - 2 / (k (2n - 3k - 1)) sum_{j in U_i} (r(i, j) - k), where U_i are the k nearest points of i in the picture
    that are not among its k nearest rows, and r(i, j) is the rank of j by distance from i among the rows. Continuity is
    the same with rows and picture exchanged. Ties count with their expectation under random tie-breaking, both in the
    ranks and in the choice of the k nearest. So a picture with all points in one place scores like a random one, about
    0.5 (scikit-learn breaks ties by sort order).

    Args:
        rows: (n, D), the original space.
        points: (n, 2), the picture.
        k: number of neighbours, reduced for few rows: the formula needs k < n / 2.
        metric: metric of the rows, "cosine" or "euclidean"; the picture's is Euclidean.
        sample: above 4,096 rows, the number of random rows that are measured against all.
        seed: seed of the sample. (Above 67 million values distances are computed in float32, so the order among
            near-duplicates is that of rounding.)
        device: device for the comparison; None: the CPU.

    Returns:
        Both measures, for the picture and for each measured row.

    Raises:
        AMEError: if there are fewer than 4 rows, the number of points differs, a value is NaN or infinite, k < 1, or a
            row is all zeros with "cosine".
    """
    check_number("k", k, low=1, whole=True)
    check_number("sample", sample, low=2, whole=True)
    original = metric_rows("rows", rows, metric, least=4)
    picture = as_rows("points", points)
    n = len(original)
    if len(picture) != n:
        raise AMEError(f"points must hold one point per row, got {len(picture)} for {n} rows.")
    k = min(k, (n - 1) // 2)
    measured = torch.arange(n)
    if n > _EXACT_UP_TO:
        measured = torch.randperm(n, generator=torch.Generator().manual_seed(seed))[:sample].sort().values
    precise = torch.float64 if original.numel() <= _PRECISE_UP_TO else torch.float32
    where = torch.device("cpu") if device is None else usable_device(device)
    spaces = [side.to(device=where, dtype=precise) for side in (original, picture)]
    places = [_Places.of(side - side.mean(0)) for side in spaces]
    size = max(1, _BUDGET // n)
    blocks = [_rows_of(places, block.to(spaces[0].device), k) for block in measured.split(size)]
    trust, continuity = (torch.cat(parts).cpu() for parts in zip(*blocks, strict=True))
    worst = k * (2 * n - 3 * k - 1) / 2
    trust, continuity = 1 - trust / worst, 1 - continuity / worst
    misplaced = torch.zeros(n, dtype=torch.bool)
    misplaced[measured] = (trust < MISPLACED_BELOW) | (continuity < MISPLACED_BELOW)
    return Lens(
        trustworthiness=float(trust.mean()),
        continuity=float(continuity.mean()),
        trustworthiness_error=_standard_error(trust, n),
        continuity_error=_standard_error(continuity, n),
        k=k,
        n=n,
        rows=measured,
        row_trustworthiness=trust,
        row_continuity=continuity,
        misplaced=misplaced,
    )


@dataclass(frozen=True, eq=False)
class _Places:
    """Rows of a space as indices into its distinct rows, so that equal rows have exactly equal distances.

    Attributes:
        places: (p, d) distinct rows.
        of_row: (n,) index of each row into `places`.
    """

    places: Tensor
    of_row: Tensor

    @classmethod
    def of(cls, rows: Tensor) -> _Places:
        places, of_row = torch.unique(rows, dim=0, return_inverse=True)
        return (
            cls(places, of_row) if len(places) < len(rows) else cls(rows, torch.arange(len(rows), device=rows.device))
        )

    def distances(self, block: Tensor) -> Tensor:
        """(m, n) squared distances, less each row's own square, of these rows to all; infinite to themselves."""
        squares = self.places.square().sum(1)
        squared = torch.addmm(squares, self.places[self.of_row[block]], self.places.T, alpha=-2)
        if len(self.places) < len(self.of_row):
            squared = squared[:, self.of_row]
        squared[torch.arange(len(block), device=block.device), block] = math.inf
        return squared


def _rows_of(spaces: list[_Places], block: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """Sum of max(0, rank - k) over the k nearest of the other space, for both directions: two (m,) float64."""
    original, picture = (side.distances(block) for side in spaces)
    return _too_far(original, picture, k), _too_far(picture, original, k)


def _too_far(there: Tensor, here: Tensor, k: int) -> Tensor:
    """Sum, per row, of how far the k nearest by `here` rank beyond k by `there`."""
    ordered = there.sort(dim=1).values
    nearest = here.topk(k + 1, dim=1, largest=False)
    found = _beyond(ordered, there.gather(1, nearest.indices[:, :k]), k).sum(1)
    edge = nearest.values[:, k - 1]
    tied = (nearest.values[:, k] == edge).nonzero()[:, 0]
    if len(tied):  # chance decides which rows at the edge are among the k nearest: each counts with its probability
        inside, at_edge = (compare(here[tied], edge[tied, None]) for compare in (torch.lt, torch.eq))
        share = (k - inside.sum(1, keepdim=True)) / at_edge.sum(1, keepdim=True)
        found[tied] = ((inside + at_edge * share) * _beyond(ordered[tied], there[tied], k)).sum(1)
    return found


def _beyond(ordered: Tensor, values: Tensor, k: int) -> Tensor:
    """Mean of max(0, rank - k) with ties broken at random: (m, j) float64, of values among sorted distances (m, n).

    A value tied with t - 1 others takes each of the ranks low ... low + t - 1 with equal probability.
    """
    low = torch.searchsorted(ordered, values) + 1
    high = torch.searchsorted(ordered, values, right=True)
    first = torch.clamp_min(low, k + 1)
    count = (high - first + 1).clamp_min(0)
    return (count * (first + high - 2 * k)).double() / 2 / (high - low + 1)


def _standard_error(values: Tensor, n: int) -> float:
    m = len(values)
    return float(values.std() / math.sqrt(m) * math.sqrt(1 - m / n)) if m < n else 0.0
