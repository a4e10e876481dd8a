"""The entropy over the row scores: H(softmax(s)), its slope in closed form, and what the rows' width leaves of it.

With p = softmax(s): dH/ds_t = -p_t (log p_t + H) = -p_t (s_t - sum_j p_j s_j), which sums to 0 over the rows. Entropies
in nats.
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
from ame_explore.measures._checks import as_unit_rows


@dataclass(frozen=True, eq=False)
class SimplexField:
    """H over the weights of three rows.

    Attributes: weights: (M, 3) float64, p, positive. entropy: (M,). gradient: (M, 3), dH/ds at s = log p. flow: (M, 3),
    how fast p moves when s follows -dH/ds: (diag(p) - p p^T)(-dH/ds); it sums to 0. collapse: (M,) int64, the row that
    descent ends on: descent keeps the order of the scores, so it is the largest; -1 where the largest are tied (there
    the tied rows end at equal weight).
    """

    weights: Tensor
    entropy: Tensor
    gradient: Tensor
    flow: Tensor
    collapse: Tensor


@dataclass(frozen=True, eq=False)
class ScorePlane:
    """H on a plane through n row scores: s(x, y) = scores + x u + y v.

    Attributes: x, y: (grid,) float64. entropy, deficit (log n - H): (grid, grid), rows along y. slope: (grid, grid, 2),
    dH/dx and dH/dy; descent goes against it. top: (grid, grid) int64, the row of largest weight. top_weight: its p.
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
    """What omega H(M) does to rows M of width d, in numbers.

    Attributes: rows, width: n and d. omega. deficit: log n - H, nats. score_range: largest minus smallest score.
    gradient_norm: Frobenius norm of omega dH/dM, with M as given, through the normalization. reach: omega times the
    largest deficit that unit rows of this width can have (inf without normalization: any score can be had).
    """

    rows: int
    width: int
    omega: float
    deficit: float
    score_range: float
    gradient_norm: float
    reach: float


def entropy_gradient(scores: Tensor) -> tuple[Tensor, Tensor]:
    """H (...,) and dH/ds (..., n) of scores (..., n), float64, in closed form."""
    scores = _finite("scores", scores)
    log_p, entropy = scores.log_softmax(-1), row_entropy(scores)
    return entropy, -log_p.exp() * (log_p + entropy[..., None])


def simplex_field(resolution: int = 24) -> SimplexField:
    """The field at the interior points p = (i, j, k) / resolution, i + j + k = resolution, all >= 1."""
    check_number("resolution", resolution, low=3, whole=True)
    whole = [(i, j, resolution - i - j) for i in range(1, resolution) for j in range(1, resolution - i)]
    counts = torch.tensor(whole, dtype=torch.int64)
    p = counts.double() / resolution
    entropy, gradient = entropy_gradient(p.log())
    flow = -(p * gradient - p * (p * gradient).sum(-1, keepdim=True))
    largest = counts.amax(-1, keepdim=True)
    collapse = torch.where((counts == largest).sum(-1) > 1, -1, counts.argmax(-1))
    return SimplexField(p, entropy, gradient, flow, collapse)


def score_plane(
    scores: Tensor, u: Tensor, v: Tensor, *, grid: int = 31, span: float = 1.0, normalize: bool = False
) -> ScorePlane:
    """H over scores + x u + y v, x and y in [-span, span].

    Args:
        scores, u, v: (n,), any real type.
        normalize: scale u and v to length 1 first.

    Raises `AMEError` for shapes that differ, n < 2, NaN, and directions of length zero or parallel. A direction that
    moves all scores alike (multiples of the ones) is allowed: H is flat along it.
    """
    check_number("grid", grid, low=2, whole=True)
    check_number("span", span, above=0)
    s, u, v = _finite("scores", scores), _finite("u", u), _finite("v", v)
    if s.ndim != 1 or len(s) < 2 or u.shape != s.shape or v.shape != s.shape:
        raise AMEError(
            "scores, u and v must have one shape (n,) with n >= 2, "
            f"got {tuple(s.shape)}, {tuple(u.shape)} and {tuple(v.shape)}."
        )
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
    """The most that log n - H can be over n unit rows of width d, nats; exact.

    |s_t| <= d^(-1/2) by Cauchy-Schwarz. The deficit is quasi-convex in each score (it falls below s_bar and rises above
    it), so it is largest with every score at an end: k rows up and n - k down, the best k of n. About 1 / (2 d).
    """
    check_number("rows", rows, low=1, whole=True)
    check_number("width", width, low=1, whole=True)
    if rows == 1:
        return 0.0
    k = torch.arange(1, rows, dtype=torch.float64)
    gap = 2 * width**-0.5
    up = k / (k + (rows - k) * math.exp(-gap))  # weight of all the rows that are up
    kl = up * (up * rows / k).log() + (1 - up) * ((1 - up) * rows / (rows - k)).log()
    return float(kl.max())


def effective_push(rows: Tensor, omega: float = 50.0, *, normalize: str = "unit") -> Push:
    """What omega H(M) does at these rows M (n, d), with and without row normalization; see `Push`.

    With unit rows r = M_t / ||M_t|| the slope reaches M_t as (I - r r^T) 1 / (d ||M_t||) times dH/ds_t, without
    normalization as 1 / d times it, the ones.
    Raises `AMEError` for a wrong shape, NaN, rows of zeros under "unit", and a negative omega.
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
