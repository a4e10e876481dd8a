"""Intervals over seeds: what a difference between two arms, or the mean of one, is known to within.

Both are Student's t intervals for a mean (Student, "The Probable Error of a Mean", Biometrika 6, 1908):
mean ± t * s / sqrt(n), with s the standard deviation with n - 1 and t the quantile of Student's distribution
with n - 1 degrees of freedom. For two arms they are taken over the differences a_k - b_k seed by seed, so
that what a seed does to both arms (its images, its initial weights) drops out.

Assumptions: the seeds are independent draws, and the values (for two arms: the differences) are roughly
normal. The interval speaks of other seeds of the same experiment, not of other data.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ame_explore.ame import AMEError, check_number

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

Verdict = Literal["better", "worse", "no difference seen", "one seed: no interval"]


@dataclass(frozen=True)
class MeanInterval:
    """A mean with its confidence interval, in the units of the values.

    Attributes:
        mean: of the values.
        low: lower end, NaN for one value.
        high: upper end, NaN for one value.
        n: number of values.
        confidence: in (0, 1).
    """

    mean: float
    low: float
    high: float
    n: int
    confidence: float

    @property
    def half_width(self) -> float:
        """Half the width of the interval, the x of "mean ± x"; NaN for one value."""
        return (self.high - self.low) / 2


@dataclass(frozen=True)
class PairedInterval(MeanInterval):
    """The mean of a - b over paired seeds with its confidence interval, and what it says of a.

    Attributes:
        verdict: "better" if the interval lies above 0, "worse" if below, "no difference seen" if it holds 0
            (which does not show that there is none), or "one seed: no interval".
    """

    verdict: Verdict


def mean_interval(values: ArrayLike | Sequence[float], confidence: float = 0.95) -> MeanInterval:
    """Student's t interval for the mean of one arm over seeds.

    Args:
        values: (n,) finite numbers, one a seed; n = 1 gives no interval (NaN).
        confidence: the share of such intervals that hold the true mean, in (0, 1).

    Raises:
        AMEError: for no values, NaN or infinity, values of more dimensions, or a confidence outside (0, 1).
    """
    return MeanInterval(*_interval(_numbers("values", values), confidence))


def paired_interval(
    a: ArrayLike | Sequence[float], b: ArrayLike | Sequence[float], confidence: float = 0.95
) -> PairedInterval:
    """Student's t interval for the mean of a - b over paired seeds.

    The verdict takes higher values to be better; where lower is better, as for a loss, hand in b and a. It is
    for one
    comparison: of twenty at 95%, one excludes 0 by chance.

    Args:
        a: (n,) finite numbers, one a seed.
        b: (n,) finite numbers of the same seeds in the same order.
        confidence: as in `mean_interval`.

    Raises:
        AMEError: as in `mean_interval`, for different lengths, and for two pandas Series with different
            indexes.
    """
    first, second = _numbers("a", a), _numbers("b", b)
    if len(first) != len(second):
        raise AMEError(f"a and b must be paired seed by seed, got {len(first)} and {len(second)} values.")
    indexes: list[Any] = [getattr(arm, "index", None) for arm in (a, b)]
    if all(hasattr(index, "equals") for index in indexes) and not indexes[0].equals(indexes[1]):
        raise AMEError("a and b must have the same index: they are paired by position, sort both by seed.")
    mean, low, high, n, confidence = _interval(first - second, confidence)
    verdict: Verdict = "no difference seen"
    if n == 1:
        verdict = "one seed: no interval"
    elif low > 0:
        verdict = "better"
    elif high < 0:
        verdict = "worse"
    return PairedInterval(mean, low, high, n, confidence, verdict)


def _interval(values: np.ndarray, confidence: float) -> tuple[float, float, float, int, float]:
    check_number("confidence", confidence, above=0.0)
    if confidence >= 1:
        raise AMEError(f"confidence must be a number in (0, 1), got {confidence!r}: 0.95 stands for 95%.")
    n, mean = len(values), float(values.mean())
    if n == 1:
        return mean, math.nan, math.nan, n, confidence
    from scipy.stats import t

    half = float(t.ppf((1 + confidence) / 2, n - 1) * values.std(ddof=1) / math.sqrt(n))
    return mean, mean - half, mean + half, n, confidence


def _numbers(name: str, values: Any) -> np.ndarray:
    try:
        numbers = np.asarray(values.detach().cpu() if hasattr(values, "detach") else values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise AMEError(f"{name} must be numbers, one a seed: {error}.") from error
    if numbers.ndim != 1 or len(numbers) == 0:
        raise AMEError(f"{name} must be one number a seed, at least one, got shape {numbers.shape}.")
    if not np.isfinite(numbers).all():
        at = np.flatnonzero(~np.isfinite(numbers)).tolist()
        raise AMEError(
            f"{name} must be finite, got {numbers[at[0]]} at position {at[0]} "
            f"({len(at)} of {len(numbers)} are not): a run that diverged has no value to average."
        )
    return numbers
