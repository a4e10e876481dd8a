"""The entropy as a function of the row scores: H(softmax(s)), its gradient, and how the rows' width limits it.

With p = softmax(s): dH/ds_t = -p_t (log p_t + H) = -p_t (s_t - sum_j p_j s_j), which sums to 0 over the rows. Entropies
are in nats.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from ame_explore.ame import (
    AMEError,
    check_choice,
    check_finite,
    check_number,
    row_entropy,
    row_entropy_deficit,
)
from ame_explore.arguments import checked
from ame_explore.data.files.boundary import check_memory
from ame_explore.measures._checks import as_unit_rows


@dataclass(frozen=True, eq=False)
class SimplexField:
    """H over the weights of three rows.

    Attributes:
        weights: (M, 3) float64, p, positive.
        entropy: (M,) nats.
        gradient: (M, 3), dH/ds at s = log p.
        flow: (M, 3), the velocity of p when s follows -dH/ds: (diag(p) - p p^T)(-dH/ds); sums to 0.
        collapse: (M,) int64, the row on which descent ends. Descent keeps the order of the scores, so it is the largest
            one; -1 where the largest are tied (the tied rows end with equal weight).
    """

    weights: Tensor
    entropy: Tensor
    gradient: Tensor
    flow: Tensor
    collapse: Tensor


@dataclass(frozen=True, eq=False)
class ScorePlane:
    """H on a plane through n row scores: s(x, y) = scores + x u + y v.

    Attributes:
        x: (grid,) float64.
        y: (grid,) float64.
        entropy: (grid, grid) nats, rows along y.
        deficit: (grid, grid), log n - H.
        slope: (grid, grid, 2), dH/dx and dH/dy; descent goes against it.
        top: (grid, grid) int64, the row with the largest weight.
        top_weight: (grid, grid), its weight p.
    """

    x: Tensor
    y: Tensor
    entropy: Tensor
    deficit: Tensor
    slope: Tensor
    top: Tensor
    top_weight: Tensor


@dataclass(frozen=True)
class Push:
    """How strongly omega H(M) acts on rows M of width d.

    Attributes:
        rows: n.
        width: d.
        omega: the factor on H.
        deficit: log n - H, nats.
        score_range: largest minus smallest score.
        gradient_norm: Frobenius norm of omega dH/dM at the given M, through the normalization.
        reach: omega times the largest deficit that unit rows of this width can have (inf without normalization, since
            scores are then unbounded).
    """

    rows: int
    width: int
    omega: float
    deficit: float
    score_range: float
    gradient_norm: float
    reach: float


def entropy_gradient(scores: Tensor) -> tuple[Tensor, Tensor]:
    """H and its gradient dH/ds in closed form.

    Args:
        scores: (..., n).

    Returns:
        H (...,) and dH/ds (..., n), float64.

    Raises:
        AMEError: if a score is not finite.
    """
    scores = _finite("scores", scores)
    log_p, entropy = scores.log_softmax(-1), row_entropy(scores)
    return entropy, -log_p.exp() * (log_p + entropy[..., None])


@checked
def simplex_field(resolution: int = 24) -> SimplexField:
    """The field at the interior points p = (i, j, k) / resolution, i + j + k = resolution, all >= 1.

    Args:
        resolution: steps along a side.

    Raises:
        AMEError: if `resolution` is below 3.
    """
    check_number("resolution", resolution, low=3, whole=True)
    check_memory("a field of this resolution", 300 * resolution**2)
    whole = [(i, j, resolution - i - j) for i in range(1, resolution) for j in range(1, resolution - i)]
    counts = torch.tensor(whole, dtype=torch.int64)
    p = counts.double() / resolution
    entropy, gradient = entropy_gradient(p.log())
    flow = -(p * gradient - p * (p * gradient).sum(-1, keepdim=True))
    largest = counts.amax(-1, keepdim=True)
    collapse = torch.where((counts == largest).sum(-1) > 1, -1, counts.argmax(-1))
    return SimplexField(p, entropy, gradient, flow, collapse)


@checked
def score_plane(
    scores: Tensor, *, u: Tensor, v: Tensor, grid: int = 31, span: float = 1.0, normalize: bool = False
) -> ScorePlane:
    """H over scores + x u + y v.

    A direction that moves all scores equally is allowed: H is flat along it.

    Args:
        scores: (n,), the point at x = y = 0.
        u: (n,), direction of x.
        v: (n,), direction of y.
        grid: points per side.
        span: x and y lie in [-span, span].
        normalize: scale u and v to length 1 first.

    Raises:
        AMEError: if shapes differ, n < 2, a value is not finite, a direction is zero, the directions are parallel,
            `grid` is below 2, or `span` is not above 0.
    """
    check_number("grid", grid, low=2, whole=True)
    check_number("span", span, above=0)
    s, u, v = _finite("scores", scores), _finite("u", u), _finite("v", v)
    if s.ndim != 1 or len(s) < 2 or u.shape != s.shape or v.shape != s.shape:
        raise AMEError(
            "scores, u and v must have one shape (n,) with n >= 2, "
            f"got {tuple(s.shape)}, {tuple(u.shape)} and {tuple(v.shape)}."
        )
    check_memory("a plane of this grid", 64 * grid**2 * len(s))
    _check_spread(u, v)
    if normalize:
        u, v = u / u.norm(), v / v.norm()
    x = torch.linspace(-span, span, grid, dtype=torch.float64)
    there = s + x[None, :, None] * u + x[:, None, None] * v
    entropy, gradient = entropy_gradient(there)
    weight, top = there.softmax(-1).max(-1)
    slope = torch.stack([gradient @ u, gradient @ v], dim=-1)
    return ScorePlane(x, x.clone(), entropy, row_entropy_deficit(there), slope, top, weight)


def largest_deficit(rows: int, width: int) -> float:
    """The largest log n - H that unit rows can have, in nats; exact, and about 1 / (2 d).

    Each score lies within d^(-1/2) of 0 by Cauchy-Schwarz. The deficit is quasi-convex in each score (it falls below
    s_bar and rises above it), so it is largest with every score at one end of its range: k rows up and n - k down, with
    the best k.

    Args:
        rows: n.
        width: d.

    Raises:
        AMEError: if either is not a whole number of at least 1.
    """
    check_number("rows", rows, low=1, whole=True)
    check_number("width", width, low=1, whole=True)
    if rows == 1:
        return 0.0
    k = torch.arange(1, rows, dtype=torch.float64)
    gap = 2 * width**-0.5
    up = k / (k + (rows - k) * math.exp(-gap))  # total weight of the rows that are up
    kl = up * (up * rows / k).log() + (1 - up) * ((1 - up) * rows / (rows - k)).log()
    return float(kl.max())


@checked
def effective_push(rows: Tensor, omega: float = 50.0, *, normalize: str = "unit") -> Push:
    """How strongly omega H(M) acts on given rows, with or without row normalization.

    With unit rows r = M_t / ||M_t||, the gradient at M_t is dH/ds_t (I - r r^T) 1 / (d ||M_t||), where 1 is the vector
    of ones; without normalization it is dH/ds_t 1 / d.

    Args:
        rows: (n, d), M.
        omega: the factor on H.
        normalize: "unit" or "none".

    Raises:
        AMEError: if the shape is wrong, a value is not finite, a row is zero under "unit", or `omega` is negative.
    """
    check_choice("normalize", normalize, ("none", "unit"))
    check_number("omega", omega, low=0)
    m = _finite("rows", rows)
    if m.ndim != 2 or 0 in m.shape:
        raise AMEError(f"rows must have shape (n, d), got {tuple(rows.shape)}.")
    n, d = m.shape
    lengths = m.norm(dim=1, keepdim=True)
    unit = as_unit_rows("rows", m, "leave it out, or use normalize='none'") if normalize == "unit" else m
    scores = unit.mean(1)
    _, slope = entropy_gradient(scores)
    direction = torch.full_like(m, 1 / d)
    if normalize == "unit":
        direction = (direction - unit * scores[:, None]) / lengths
    return Push(
        rows=n,
        width=d,
        omega=float(omega),
        deficit=float(row_entropy_deficit(scores)),
        score_range=float(scores.max() - scores.min()),
        gradient_norm=float(omega * (slope[:, None] * direction).norm()),
        reach=omega * largest_deficit(n, d) if normalize == "unit" else math.inf,
    )


def _finite(name: str, value: Tensor) -> Tensor:
    value = value.detach().cpu().double()
    check_finite(name, value)
    return value


def _check_spread(u: Tensor, v: Tensor) -> None:
    if not float(u.norm()) > 0 or not float(v.norm()) > 0:
        raise AMEError("u and v must not be zero, got a direction of zeros.")
    if 1 - float(F.cosine_similarity(u, v, dim=0)) ** 2 < 1e-10:
        raise AMEError("u and v must span a plane, got parallel directions.")
