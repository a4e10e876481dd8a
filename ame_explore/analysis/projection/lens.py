"""How far a picture can be believed: trustworthiness and continuity, of the whole and of every point.

Venna and Kaski 2001, "Neighborhood preservation in nonlinear projection methods"; Kaski et al. 2003. Trustworthiness
falls with points that the picture draws near though they are far; continuity with points that it tears apart though
they are near.
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

_BUDGET = 2**23  # distances held at once, float64: 64 MB
_EXACT_UP_TO = 4096  # rows
MISPLACED_BELOW = 0.8


@dataclass(frozen=True, eq=False)
class Lens:
    """What a picture keeps of who is near whom.

    Attributes:
        trustworthiness, continuity: in [0, 1], 1 where all k neighbours are kept; about 0.5 for a random picture.
        trustworthiness_error, continuity_error: standard errors of the mean over the sampled rows, with the
            correction for drawing without replacement; 0.0 where all rows were measured.
        k: neighbours looked at.
        n: rows of the picture.
        rows: (m,) int64, the rows that were measured.
        row_trustworthiness, row_continuity: (m,) float64, theirs alone; the means over them are the two above.
        misplaced: (n,) bool, measured rows of which one of the two is below 0.8 (our choice).
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
        """The numbers as a caption has them."""
        parts = []
        for name in ("trustworthiness", "continuity"):
            value, error = getattr(self, name), getattr(self, f"{name}_error")
            parts.append(f"{name} {value:.3f}" + (f" ± {error:.3f}" if error else ""))
        sampled = f", measured at {len(self.rows):,} of {self.n:,} points" if len(self.rows) < self.n else ""
        return f"{', '.join(parts)} ({self.k} neighbours{sampled})"


def measure_lens(
    rows: Tensor | NDArray[Any],
    points: Tensor | NDArray[Any],
    *,
    k: int = 15,
    metric: str = "cosine",
    sample: int = 2000,
    seed: int = 0,
    device: str | torch.device | None = None,
) -> Lens:
    """Trustworthiness and continuity of a picture, a block of rows at a time.

    T_i = 1 - 2 / (k (2n - 3k - 1)) sum_{j in U_i} (r(i, j) - k): U_i are the k nearest of i in the picture that are not
    among its k nearest rows, r(i, j) the rank of j by distance from i in the rows. Continuity is the same with rows and
    picture exchanged. Ties count as what breaking them at random gives on average, in ranks and in who is among the k
    nearest: a picture with all points in one place is as good as a random one, about 0.5 (scikit-learn breaks ties by
    its sort).

    Args:
        rows: (n, D), the original space.
        points: (n, 2), the picture.
        k: neighbours, made smaller where there are few rows: the formula needs k < n / 2.
        metric: of the rows, "cosine" or "euclidean"; the picture's is Euclidean.
        sample: above 4,096 rows, that many are drawn at random and measured against all.
        seed: of the sample.
        device: where to compare; None: the CPU.

    Raises:
        AMEError: if there are fewer than 4 rows, another number of places than of rows, NaN or infinity, k < 1, or a
            row of zeros under "cosine".
    """
    check_number("k", k, low=1, whole=True)
    check_number("sample", sample, low=2, whole=True)
    original = metric_rows("rows", rows, metric, least=4)
    picture = as_rows("points", points)
    n = len(original)
    if len(picture) != n:
        raise AMEError(f"points must be one place a row, got {len(picture)} for {n} rows.")
    k = min(k, (n - 1) // 2)
    measured = torch.arange(n)
    if n > _EXACT_UP_TO:
        measured = torch.randperm(n, generator=torch.Generator().manual_seed(seed))[:sample].sort().values
    precise = torch.float64 if n <= _EXACT_UP_TO else torch.float32
    spaces = [side.to(device=device or "cpu", dtype=precise) for side in (original, picture)]
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
    """Rows of a space by their different places: equal rows then have equal distances, to the last bit.

    Attributes:
        places: (p, d) different rows.
        of_row: (n,) the place of each row.
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
    """How far beyond rank k, by the distances `there`, the k nearest by the distances `here` lie: one sum per row."""
    ordered = there.sort(dim=1).values
    nearest = here.topk(k + 1, dim=1, largest=False)
    found = _beyond(ordered, there.gather(1, nearest.indices[:, :k]), k).sum(1)
    edge = nearest.values[:, k - 1]
    tied = (nearest.values[:, k] == edge).nonzero()[:, 0]
    if len(tied):  # which of those at the edge are among the k nearest is chance: each counts with its share
        inside, at_edge = (compare(here[tied], edge[tied, None]) for compare in (torch.lt, torch.eq))
        share = (k - inside.sum(1, keepdim=True)) / at_edge.sum(1, keepdim=True)
        found[tied] = ((inside + at_edge * share) * _beyond(ordered[tied], there[tied], k)).sum(1)
    return found


def _beyond(ordered: Tensor, values: Tensor, k: int) -> Tensor:
    """Mean of max(0, rank - k) with ties broken at random: (m, j) float64, of values among sorted distances (m, n).

    A value that ties with t - 1 others has each of the ranks low ... low + t - 1 alike.
    """
    low = torch.searchsorted(ordered, values) + 1
    high = torch.searchsorted(ordered, values, right=True)
    first = torch.clamp_min(low, k + 1)
    count = (high - first + 1).clamp_min(0)
    return (count * (first + high - 2 * k)).double() / 2 / (high - low + 1)


def _standard_error(values: Tensor, n: int) -> float:
    m = len(values)
    return float(values.std() / math.sqrt(m) * math.sqrt(1 - m / n)) if m < n else 0.0
