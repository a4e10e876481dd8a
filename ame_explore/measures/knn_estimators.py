"""Differential entropy and mutual information from nearest-neighbour distances: no kernel, no bins, one number k.

Both look the neighbours up exactly, a block of rows against all others, on the input's device.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from ame_explore.ame import AMEError, as_whole
from ame_explore.measures._checks import as_batch, near_one, rounding, same_rows
from ame_explore.measures.information import InformationEstimate, standard_error

_BUDGET = 2**23  # distances held at once: 64 MB
_PRODUCT_ABOVE = 32  # columns from which distances by a matrix product are the faster ones, 10 times at 512
_NEAR = 1e-5  # below this share of the rows' own size a product's distance has lost digits: taken from the difference
_TIED = 0.01  # share of tied rows that is put up with: float32 draws tie by chance in less


@dataclass(frozen=True, eq=False)
class EntropyEstimate:
    """A differential entropy in nats: of a density, so it may be negative, and changes with the unit of the data.

    Attributes:
        value: (...) the estimate; -inf where the sample shows that there is no density.
        standard_error: (...) standard deviation of the mean of the n terms as if they were independent; it knows
            nothing of bias. NaN where the value is -inf.
        n: number of samples.
        d: number of dimensions.
        k: which neighbour was used.
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
        AMEError: if the shape or type is wrong, a value NaN or infinite, n <= k, n <= d (any n points lie in a plane of
            n - 1 dimensions, and whether there is a density cannot be told), k < 1, or more than 1 % of the rows (and
            more than a pair) are tied, as rounded or repeated values are: they have no density.
    """
    k = as_whole("k", k, low=1)
    given = as_batch("x", x)
    rows, exponent = near_one(given)
    n, d = rows.shape[-2:]
    _check_enough(n, k)
    if n <= d:
        raise AMEError(f"x must have more rows than columns, got {n} of {d}: project to fewer dimensions (PCA) first.")
    batch = rows.reshape(-1, n, d)
    places, ties = [], []
    with torch.no_grad():
        repeated = _repeated(batch)
        for (block,) in _blocks(batch):
            nearest = block.topk(k, -1, largest=False)
            places.append(nearest.indices[..., -1])
            ties.append(_several_at(nearest.values[..., -1:], repeated, block))
    kth, tied = torch.cat(places, 1), torch.cat(ties, 1) | repeated
    neighbour = batch.gather(1, kth[..., None].expand(-1, -1, d))
    # `where` on both sides: the distance of coinciding points has no gradient
    apart = (batch != neighbour).any(-1)
    distance = torch.where(apart[..., None], batch - neighbour, 1.0).norm(dim=-1)
    terms = d * torch.where(apart, distance.log(), -math.inf).reshape(rows.shape[:-1])
    terms = terms + d * math.log(2) * exponent[..., 0]
    ball = d / 2 * math.log(math.pi) - math.lgamma(1 + d / 2)
    value = terms.mean(-1) + ball + _psi(n) - _psi(k)
    value = torch.where(_is_singular(rows, rounding(x)), -math.inf, value)
    _check_ties("x", tied.reshape(rows.shape[:-1]) & value.isfinite()[..., None])
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
        x: (..., n, dx).
        y: (..., n, dy); row i belongs to row i of x.
        k: which neighbour, >= 1; 3 is our choice.

    Returns:
        `InformationEstimate` with that cap. It counts, so no gradient flows.

    Raises:
        AMEError: if the shape or type is wrong, a value NaN or infinite, batch or rows differ, n <= k, k < 1, k + 1
            pairs coincide (an atom: the distance is 0), or more than 1 % of the rows (and more than a pair) are tied in
            x or in y, as rounded or repeated values are: counts of nearer rows then mean nothing.
    """
    k = as_whole("k", k, low=1)
    first, second = as_batch("x", x).detach(), as_batch("y", y).detach()
    same_rows("x", first, "y", second)
    shape, n = first.shape[:-1], first.shape[-2]
    _check_enough(n, k)
    terms, ties = [], []
    sides = [side.reshape(-1, n, side.shape[-1]) for side in _on_one_scale(first, second)]
    repeated = _repeated(*sides)
    for near_x, near_y in _blocks(*sides):
        radius = torch.maximum(near_x, near_y).topk(k, -1, largest=False).values[..., -1:]
        if bool((radius == 0).any()):
            raise AMEError(
                f"x and y must come from a joint density, got at least {k + 1} pairs that coincide: count them as "
                "discrete, or raise k above their number."
            )
        ties.append(_several_at(radius, repeated, near_x, near_y))
        counts = [(near < radius).sum(-1).to(first.dtype) for near in (near_x, near_y)]
        terms.append(_psi(k) + _psi(n) - torch.digamma(counts[0] + 1) - torch.digamma(counts[1] + 1))
    _check_ties("x and y", (torch.cat(ties, 1) | repeated).reshape(shape))
    each = torch.cat(terms, 1).reshape(shape)
    return InformationEstimate(each.mean(-1), standard_error(each), _psi(n) - _psi(k), n)


def _check_enough(n: int, k: int) -> None:
    if n <= k:
        raise AMEError(f"k must be less than the number of rows, got k = {k} for {n}: a row has n - 1 neighbours.")


def _on_one_scale(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Both divided by one power of two, which changes no order of distances, so that their squares do not overflow."""
    _, exponents_x = near_one(x)
    _, exponents_y = near_one(y)
    scale = torch.exp2(-torch.maximum(exponents_x, exponents_y))
    return x * scale, y * scale


def _repeated(*sides: Tensor) -> Tensor:
    """(B, n): whether a row occurs again within its batch element of a side (B, n, d).

    A constant side is no repetition: it tells nothing, and the counts of nearer rows say so.
    """
    found = torch.zeros(sides[0].shape[:2], dtype=torch.bool, device=sides[0].device)
    for side in sides:
        number = torch.arange(len(side), device=side.device, dtype=side.dtype)[:, None, None]
        rows = torch.cat([number.expand(-1, side.shape[1], 1), side], -1).flatten(0, 1)
        _, inverse, counts = torch.unique(rows, dim=0, return_inverse=True, return_counts=True)
        constant = (side == side[:, :1]).flatten(1).all(1, keepdim=True)
        found |= (counts[inverse] > 1).reshape(found.shape) & ~constant
    return found


def _several_at(radius: Tensor, repeated: Tensor, *sides: Tensor) -> Tensor:
    """(B, block): whether a row has several others at exactly `radius` (B, block, 1), as on a grid of rounded values.

    Rows that are `repeated` (B, n) are counted there already.
    """
    at = torch.stack([near == radius for near in sides]).any(0) & ~repeated[:, None]
    return at.sum(-1) > 1


def _check_ties(names: str, tied: Tensor) -> None:
    """Raise `AMEError` if more than 1 % of the rows of a batch element (..., n), and more than a pair, are tied."""
    n = tied.shape[-1]
    most = int(tied.sum(-1).max())
    if most > max(2, _TIED * n):
        raise AMEError(
            f"{names} must be drawn from a density, got {most} of {n} rows tied with others (rounded, discrete or "
            "repeated values): leave repeated rows out, treat discrete values as classes, or add noise of the size of "
            "the rounding."
        )


def _blocks(*sides: Tensor) -> Iterator[tuple[Tensor, ...]]:
    """For blocks of rows, their distances (B, block, n) to all rows in each side (B, n, d); infinite to themselves."""
    batch, n = sides[0].shape[:2]
    size = max(1, _BUDGET // (batch * n))
    centred = [side - side.mean(1, keepdim=True) for side in sides]
    for start in range(0, n, size):
        stop = min(n, start + size)
        itself = torch.arange(start, stop, device=sides[0].device)
        found = []
        for side, middle in zip(sides, centred, strict=True):
            if side.shape[-1] <= _PRODUCT_ABOVE:
                mode = "donot_use_mm_for_euclid_dist"
                distance = torch.cdist(side[:, start:stop].contiguous(), side.contiguous(), compute_mode=mode)
            else:
                distance = _by_product(side, middle, start, stop)
            distance[:, itself - start, itself] = math.inf
            found.append(distance)
        yield tuple(found)


def _by_product(side: Tensor, centred: Tensor, start: int, stop: int) -> Tensor:
    """Distances (B, stop - start, n) by a matrix product; those that it leaves without digits, from the differences."""
    distance = torch.cdist(centred[:, start:stop], centred, compute_mode="use_mm_for_euclid_dist")
    lengths = centred.norm(dim=-1)
    close = distance <= _NEAR * torch.maximum(lengths[:, start:stop, None], lengths[:, None])
    for part in close.nonzero().split(max(1, _BUDGET // side.shape[-1])):
        at, row, other = part.unbind(1)
        distance[at, row, other] = (side[at, row + start] - side[at, other]).norm(dim=-1)
    return distance


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
    dependent: Tensor = torch.linalg.svdvals(centred / deviation)[..., -1] <= error
    return constant | dependent


def _psi(n: int) -> float:
    return float(torch.digamma(torch.tensor(float(n), dtype=torch.float64, device="cpu")))
