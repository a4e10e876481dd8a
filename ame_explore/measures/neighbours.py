"""Differential entropy and mutual information from nearest-neighbour distances: no kernel, no bins, one number k.

Both look the neighbours up exactly, a block of rows against all others, on the input's device.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from ame_explore.ame import AMEError, check_number
from ame_explore.measures._checks import as_batch, rounding, same_rows
from ame_explore.measures.information import InformationEstimate, standard_error

_BUDGET = 2**23  # distances held at once: 64 MB
_PRODUCT_ABOVE = 32  # columns from which distances by a matrix product are the faster ones, 10 times at 512


@dataclass(frozen=True, eq=False)
class EntropyEstimate:
    """A differential entropy in nats: of a density, so it may be negative, and changes with the unit of the data.

    Attributes:
        value: (...) the estimate; -inf where the sample shows that there is no density.
        standard_error: (...) standard deviation of the mean of the n terms as if they were independent; it knows
            nothing of bias. NaN where the value is -inf.
        n, d, k: samples, dimensions, and which neighbour was used.
    """

    value: Tensor
    standard_error: Tensor
    n: int
    d: int
    k: int


def kozachenko_leonenko(x: Tensor, k: int = 3) -> EntropyEstimate:
    """h = psi(n) - psi(k) + log V_d + (d / n) sum_i log r_i, r_i the Euclidean distance to the k-th neighbour and V_d
    the volume of the unit ball (Kozachenko and Leonenko 1987; k-th neighbour: Kraskov et al. 2004, eq. 20).

    Assumes independent samples of a density that is nearly constant over a ball with k of them. Known failure: that
    ball grows with d, and the bias with it: for Gaussians and n = 500 it is within 0.03 nats at d = 2, and 0.8 nats
    too high at d = 16 (look at the sanity strip). The smaller k, the less bias and the more spread. Flat
    data (strongly correlated columns) are overestimated by much more: whiten, and add the log determinant back.

    Args:
        x: (..., n, d) with n > k and n > d.
        k: which neighbour, >= 1; 3 is our choice.

    Returns:
        `EntropyEstimate`. Its value is -inf where k + 1 rows coincide (an atom) and where the rows lie in a lower
        plane (singular covariance, up to the rounding of the dtype given). It is differentiable in x: neighbours are
        held fixed, which is exact where none swap.

    Raises:
        AMEError: wrong shape or type, NaN or infinity, n <= k, n <= d (any n points lie in a plane of n - 1
            dimensions, and whether there is a density cannot be told), k < 1.
    """
    check_number("k", k, low=1, whole=True)
    rows = as_batch("x", x)
    n, d = rows.shape[-2:]
    _check_enough(n, k)
    if n <= d:
        raise AMEError(f"x must have more rows than columns, got {n} of {d}: project to fewer dimensions (PCA) first.")
    batch = rows.reshape(-1, n, d)
    with torch.no_grad():
        kth = torch.cat([block.topk(k, -1, largest=False).indices[..., -1] for (block,) in _blocks(batch)], 1)
    neighbour = batch.gather(1, kth[..., None].expand(-1, -1, d))
    # `where` on both sides: the distance of coinciding points has no gradient
    apart = (batch != neighbour).any(-1)
    distance = torch.where(apart[..., None], batch - neighbour, 1.0).norm(dim=-1)
    terms = d * torch.where(apart, distance.log(), -math.inf).reshape(rows.shape[:-1])
    ball = d / 2 * math.log(math.pi) - math.lgamma(1 + d / 2)
    value = terms.mean(-1) + ball + _psi(n) - _psi(k)
    value = torch.where(_is_singular(rows, rounding(x)), -math.inf, value)
    spread = standard_error(terms)
    return EntropyEstimate(value, torch.where(value.isfinite(), spread, math.nan), n, d, k)


def ksg_information(x: Tensor, y: Tensor, k: int = 3) -> InformationEstimate:
    """I = psi(k) + psi(n) - <psi(n_x + 1) + psi(n_y + 1)>, the first estimator of Kraskov, Stoegbauer and Grassberger
    (2004, eq. 8).

    r_i is the distance to the k-th neighbour under max(|x - x'|, |y - y'|), and n_x, n_y count the other rows strictly
    nearer than r_i in x and in y alone. The two norms are Euclidean (the paper leaves them free), so that each side may
    be rotated; a common scale of either changes the estimate, though not I: standardize first.

    Assumes independent pairs of a joint density. Known failure: it cannot exceed psi(n) - psi(k), about log(n / k), and
    lies low well before, so strong dependence (y = f(x), where I is infinite) reads as a finite number; in many
    dimensions it falls towards 0.

    Args:
        x: (..., n, dx); y: (..., n, dy), row i beside row i of x.
        k: which neighbour, >= 1; 3 is our choice.

    Returns:
        `InformationEstimate` with that cap. It counts, so no gradient flows.

    Raises:
        AMEError: wrong shape or type, NaN or infinity, different batch or rows, n <= k, k < 1, k + 1 pairs that
            coincide (an atom: the distance is 0).
    """
    check_number("k", k, low=1, whole=True)
    first, second = as_batch("x", x).detach(), as_batch("y", y).detach()
    same_rows("x", first, "y", second)
    shape, n = first.shape[:-1], first.shape[-2]
    _check_enough(n, k)
    terms = []
    for near_x, near_y in _blocks(*(side.reshape(-1, n, side.shape[-1]) for side in (first, second))):
        radius = torch.maximum(near_x, near_y).topk(k, -1, largest=False).values[..., -1:]
        if bool((radius == 0).any()):
            raise AMEError(
                f"x and y must come from a joint density, got at least {k + 1} pairs that coincide: count them as "
                "discrete, or raise k above their number."
            )
        counts = [(near < radius).sum(-1).to(first.dtype) for near in (near_x, near_y)]
        terms.append(_psi(k) + _psi(n) - torch.digamma(counts[0] + 1) - torch.digamma(counts[1] + 1))
    each = torch.cat(terms, 1).reshape(shape)
    return InformationEstimate(each.mean(-1), standard_error(each), _psi(n) - _psi(k), n)


def _check_enough(n: int, k: int) -> None:
    if n <= k:
        raise AMEError(f"k must be less than the number of rows, got k = {k} for {n}: a row has n - 1 neighbours.")


def _blocks(*sides: Tensor) -> Iterator[tuple[Tensor, ...]]:
    """For blocks of rows, their distances (B, block, n) to all rows in each side (B, n, d); infinite to themselves."""
    batch, n = sides[0].shape[:2]
    size = max(1, _BUDGET // (batch * n))
    centred = [side - side.mean(1, keepdim=True) for side in sides]
    twins = [_twins(side) if side.shape[-1] > _PRODUCT_ABOVE else None for side in sides]
    for start in range(0, n, size):
        stop = min(n, start + size)
        itself = torch.arange(start, stop, device=sides[0].device)
        found = []
        for side, twin in zip(centred, twins, strict=True):
            mode = "donot_use_mm_for_euclid_dist" if twin is None else "use_mm_for_euclid_dist"
            distance = torch.cdist(side[:, start:stop], side, compute_mode=mode)
            if twin is not None:  # a product leaves equal rows a rounding error apart
                distance = distance.masked_fill(twin[:, start:stop, None] == twin[:, None], 0.0)
            distance[:, itself - start, itself] = math.inf
            found.append(distance)
        yield tuple(found)


def _twins(side: Tensor) -> Tensor:
    """(B, n, d) -> (B, n) numbers that equal rows share."""
    return torch.unique(side.flatten(0, 1), dim=0, return_inverse=True)[1].reshape(side.shape[:2])


def _is_singular(rows: Tensor, eps: float) -> Tensor:
    """(..., n, d) -> (...): whether the centred rows span fewer than d dimensions, up to the rounding of their input.

    Columns are brought to unit deviation first, so that their units do not matter. Rounding moves each entry by up to
    eps / 2 of its size, and a matrix of such errors has singular values below its bound times sqrt(n) + sqrt(d).
    """
    rows = rows.detach()
    n, d = rows.shape[-2:]
    centred = rows - rows.mean(-2, keepdim=True)
    deviation = centred.square().mean(-2, keepdim=True).sqrt()
    largest = rows.abs().amax(-2, keepdim=True)
    constant = (deviation <= eps * largest).any(-1).squeeze(-1)
    deviation = torch.where(deviation > 0, deviation, 1.0)
    error = eps * (largest / deviation).amax((-2, -1)) * (math.sqrt(n) + math.sqrt(d))
    return constant | (torch.linalg.svdvals(centred / deviation)[..., -1] <= error)


def _psi(n: int) -> float:
    return float(torch.digamma(torch.tensor(float(n), dtype=torch.float64)))
