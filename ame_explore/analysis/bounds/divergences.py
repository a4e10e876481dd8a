"""Divergences in nats: of two coins, of two Gaussians, and the inverse of the first."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ame_explore.ame import AMEError, check_number
from ame_explore.arguments import as_array, checked


def binary_kl(q: float, p: float) -> float:
    """kl(q || p) = q ln(q/p) + (1 - q) ln((1 - q)/(1 - p)), for two coins.

    Args:
        q: chance of the first coin, in [0, 1].
        p: chance of the second coin, in [0, 1].

    Returns:
        The divergence in nats; infinite if p is 0 or 1 and q is not.

    Raises:
        AMEError: if a chance is outside [0, 1].
    """
    check_number("q", q, low=0.0, high=1.0)
    check_number("p", p, low=0.0, high=1.0)
    if (p == 0 and q > 0) or (p == 1 and q < 1):
        return math.inf
    heads = q * _log_ratio(q, p, q - p) if q > 0 else 0.0
    tails = (1 - q) * _log_ratio(1 - q, 1 - p, p - q) if q < 1 else 0.0
    return max(0.0, heads + tails)


def _log_ratio(a: float, b: float, difference: float) -> float:
    """ln(a/b) for positive numbers with that difference; log1p keeps the digits that a ratio near 1 loses."""
    if abs(difference) < 0.5 * a:
        return -math.log1p(-difference / a)
    return math.log(a) - math.log(b)


@checked
def kl_inverse(q: float, budget: float) -> float:
    """The largest p in [q, 1] with kl(q || p) <= budget, by bisection, rounded up.

    The value is never below the true one: a p counts as within the budget unless its divergence exceeds it by more than
    the rounding error of that divergence. It is above the true value by about 1e-15 where the budget is of order 1, by
    up to about 1e-15 / (p - q) for small budgets.

    Args:
        q: in [0, 1].
        budget: in nats, >= 0; infinite gives 1.

    Returns:
        p, in [q, 1].

    Raises:
        AMEError: if q is outside [0, 1], or the budget is below 0 or NaN.
    """
    check_number("q", q, low=0.0, high=1.0)
    if not budget >= 0:
        raise AMEError(f"budget must be a number >= 0 in nats, got {budget!r}.")
    if budget == 0:
        return float(q)
    if q == 1 or math.isinf(budget):
        return 1.0
    if q == 0:
        return min(1.0, math.nextafter(-math.expm1(-budget), 2.0))
    low, high = float(q), 1.0
    while True:
        middle = (low + high) / 2
        if not low < middle < high:
            return high
        if binary_kl(q, middle) - _rounding(q, middle) <= budget:
            low = middle
        else:
            high = middle


def _rounding(q: float, p: float) -> float:
    """A bound for the rounding error of `binary_kl(q, p)`, 0 < q < p < 1.

    Both terms are some units in the last place of their own size; they cancel where p is near q, so their sum is not.
    """
    eps = 2.0**-52
    error = 0.0
    for a, b in ((q, p), (1 - q, 1 - p)):
        term = a * abs(_log_ratio(a, b, a - b))
        error += 4 * eps * term
        if abs(a - b) >= 0.5 * a:  # a difference of logarithms, each rounded by itself
            error += eps * a * (abs(math.log(a)) + abs(math.log(b)) + 2)
    return error


@checked
def gaussian_kl(*, mean_q: Any, std_q: Any, mean_p: Any, std_p: Any) -> float:
    """KL(Q || P) in nats between Gaussians with independent coordinates, in float64.

    sum_j ln(s_p/s_q) + (s_q^2 + (m_q - m_p)^2) / (2 s_p^2) - 1/2, with standard deviations s, not variances.

    Args:
        mean_q: any shape: the posterior's centre, e.g. the trained weights.
        std_q: its standard deviations: the same shape, or one number for all.
        mean_p: the prior's centre, e.g. the initial weights; of the shape of mean_q.
        std_p: its standard deviations, as std_q.

    Returns:
        The divergence in nats.

    Raises:
        AMEError: if shapes differ, there are no weights, or a standard deviation is not positive and finite.
    """
    q, p = _finite("mean_q", mean_q), _finite("mean_p", mean_p)
    if q.shape != p.shape:
        raise AMEError(
            f"mean_q and mean_p must have the same shape, got {q.shape} and {p.shape}: are they from the same model?"
        )
    if q.size == 0:
        raise AMEError(f"mean_q must hold at least one weight, got shape {q.shape}.")
    deviations = []
    for name, value in (("std_q", std_q), ("std_p", std_p)):
        std = _finite(name, value)
        if std.shape not in ((), q.shape):
            raise AMEError(f"{name} must be one number or have the shape {q.shape} of the means, got {std.shape}.")
        if std.min() <= 0:
            raise AMEError(f"{name} must be > 0, got {std.min():g}: it is a standard deviation, not its logarithm.")
        deviations.append(np.broadcast_to(std, q.shape))
    ratio = deviations[0] / deviations[1]
    squares = ((q - p) / deviations[1]) ** 2
    found = float((0.5 * (ratio**2 - 1) - np.log(ratio) + 0.5 * squares).sum())
    if math.isnan(found):
        raise AMEError("std_q and std_p must be of comparable size, got a ratio beyond float64: rescale the weights.")
    return found


def _finite(name: str, value: Any) -> NDArray[np.float64]:
    array = as_array(name, value)
    if not np.isfinite(array).all():
        raise AMEError(f"{name} must be finite, got {array[~np.isfinite(array)].ravel()[0]}.")
    return array
