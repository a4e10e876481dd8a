"""Confidence intervals for a mean, a share, or the difference between two arms.

There are four kinds, one for each kind of data:

- Means over seeds, and paired differences over seeds: Student's t (Student, "The Probable Error of a Mean", Biometrika
  6, 1908), mean ± t s / sqrt(n), where s is the standard deviation with n - 1 and t the quantile of Student's
  distribution with n - 1 degrees of freedom. The values must be independent and roughly normal. For two arms the
  interval is over the differences a_k - b_k, so effects of a seed on both arms cancel.
- Shares of hits (0 or 1): Clopper and Pearson, Biometrika 26, 1934. Its coverage is never below its confidence, for
  any number of trials and any probability; a t interval over zeros and ones can cover as little as a third of the time.
- Changes of a share over the same items (hit or miss, before and after): the adjusted Wald interval of Bonett and
  Price, "Adjusted Wald confidence interval for a difference of binomial proportions based on paired data", Journal
  of Educational and Behavioral Statistics 37, 2012. At 95%, its coverage is at least 0.92, and 0.97 on average, for 10
  to 1,000 items of which 0 to 20 changed in each direction.
- Changes of a harmonic mean of two shares over the same items: the delta method (first-order propagation of the
  variance over items).

Limits of t intervals: with five seeds of a lognormal(0, 1) quantity, a "95%" interval contains the mean in 82% of
cases, and if one run in ten collapses, in about 41% (tests/analysis/test_statistics.py measures both). An interval over
seeds says what other seeds of the same experiment would give, and nothing about other data.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from ame_explore.ame import AMEError, check_number
from ame_explore.arguments import as_array, checked

Verdict = Literal["higher", "lower", "no difference seen", "not decided"]
VERDICTS: tuple[Verdict, ...] = ("higher", "lower", "no difference seen", "not decided")

STUDENT, CLOPPER_PEARSON, BONETT_PRICE = "Student's t", "Clopper-Pearson", "Bonett-Price"
SATTERTHWAITE = "t with Satterthwaite's degrees of freedom"  # see analysis.worlds
DELTA = "delta method"
FEW = 5  # with fewer values the spread itself is poorly known, which figures and reports point out
_ROUNDING = 8  # units in the last place of the largest value: smaller differences count as equal


@dataclass(frozen=True)
class MeanInterval:
    """A mean with its confidence interval, in the units of the values.

    Attributes:
        mean: the mean of the values.
        low: the lower end; NaN if there is no interval (see `defined`).
        high: the upper end; NaN if there is no interval.
        n: the number of values.
        confidence: in (0, 1). For intervals corrected together, the confidence that all of them hold.
        method: "Student's t", "Clopper-Pearson", "Bonett-Price" or "delta method".
    """

    mean: float
    low: float
    high: float
    n: int
    confidence: float
    method: str = STUDENT

    @property
    def defined(self) -> bool:
        """Whether there is an interval; a single value, or equal values, say nothing about the spread."""
        return math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high

    @property
    def degrees(self) -> float:
        """Degrees of freedom of a t interval."""
        return self.n - 1

    @property
    def few(self) -> bool:
        """Whether the mean is over fewer than five values, which should be shown with it."""
        return self.n < FEW

    @property
    def half_width(self) -> float:
        """Half the width of the interval, the x of "mean ± x"; NaN if there is no interval."""
        return (self.high - self.low) / 2


@dataclass(frozen=True)
class PairedInterval(MeanInterval):
    """The mean of a - b over pairs with its confidence interval.

    Attributes:
        comparisons: the number of comparisons that the interval is corrected for; 1 if uncorrected.
    """

    comparisons: int = 1

    @property
    def verdict(self) -> Verdict:
        """What the interval says about a against b.

        "higher" if it lies above 0, "lower" if it lies below, "no difference seen" if it contains 0 (which does not
        show that there is no difference), "not decided" if there is no interval.
        """
        if not self.defined:
            return "not decided"
        return "higher" if self.low > 0 else "lower" if self.high < 0 else "no difference seen"


def mean_interval(values: ArrayLike | Sequence[float], confidence: float = 0.95) -> MeanInterval:
    """Student's t interval for the mean of one arm over seeds.

    Args:
        values: (n,) finite numbers, one per seed. One value, or equal values, give no interval (NaN).
        confidence: the share of such intervals that contain the true mean, in (0, 1).

    Returns:
        The mean and its interval.

    Raises:
        AMEError: if there are no values, a value is NaN or infinite, `values` has more than one dimension, or
            `confidence` is outside (0, 1).
    """
    numbers = _numbers("values", values)
    return MeanInterval(*_student(numbers, _rounding(numbers), confidence))


def paired_interval(
    a: ArrayLike | Sequence[float], b: ArrayLike | Sequence[float], confidence: float = 0.95
) -> PairedInterval:
    """Student's t interval for the mean of a - b over paired seeds.

    The verdict is for a single comparison: at 95%, about one in twenty excludes 0 by chance. For several comparisons,
    use `corrected`.

    Args:
        a: (n,) finite numbers, one per seed.
        b: (n,) finite numbers of the same seeds in the same order.
        confidence: as in `mean_interval`.

    Returns:
        The mean difference and its interval. A single difference, or equal ones, give no interval: "not decided".

    Raises:
        AMEError: as in `mean_interval`, if the lengths differ, or if a and b are pandas Series with different indexes.
    """
    first, second = _pair(a, b)
    return PairedInterval(*_student(first - second, _rounding(np.stack([first, second])), confidence))


@checked
def proportion_interval(hits: ArrayLike | Sequence[float], confidence: float = 0.95) -> MeanInterval:
    """The Clopper-Pearson interval for a share of hits.

    Args:
        hits: (n,) of 0 and 1 (or False and True), one per independent trial; a fraction if a tie leaves a hit to
            chance.
        confidence: the share of such intervals that contain the true probability, at least; in (0, 1).

    Returns:
        The share of hits and its interval, whose width is never 0: 5 hits of 5 give [0.478, 1].

    Raises:
        AMEError: if there are no trials, a value is outside [0, 1], or `confidence` is outside (0, 1).
    """
    from scipy.stats import beta

    _check_confidence(confidence)
    numbers = _hits("hits", hits)
    n, count, tail = len(numbers), float(numbers.sum()), (1 - confidence) / 2
    low = float(beta.ppf(tail, count, n - count + 1)) if count > 0 else 0.0
    high = float(beta.isf(tail, count + 1, n - count)) if count < n else 1.0
    return MeanInterval(count / n, low, high, n, confidence, CLOPPER_PEARSON)


def paired_proportion_interval(
    a: ArrayLike | Sequence[float], b: ArrayLike | Sequence[float], confidence: float = 0.95
) -> PairedInterval:
    """The Bonett-Price interval for the change of a share over the same items, a - b.

    This is Wald's interval after adding one gained and one lost item, so its width is not 0 even if no item changed.
    Its centre is slightly closer to 0 than the mean, which stays the plain difference.

    Args:
        a: (n,) of 0 and 1, one per item; fractions as in `proportion_interval`.
        b: (n,) of the same items in the same order.
        confidence: as in `mean_interval`.

    Returns:
        The change of the share and its interval.

    Raises:
        AMEError: as in `proportion_interval`, and if the lengths differ.
    """
    _check_confidence(confidence)
    first, second = _pair(a, b)
    first, second = _hits("a", first), _hits("b", second)
    n, change = len(first) + 2, first - second
    gained, lost = float(change.clip(min=0).sum()) + 1, float(-change.clip(max=0).sum()) + 1
    centre = (gained - lost) / n
    half = NormalDist().inv_cdf((1 + confidence) / 2) * math.sqrt(gained + lost - (gained - lost) ** 2 / n) / n
    return PairedInterval(
        float(change.mean()), max(centre - half, -1.0), min(centre + half, 1.0), len(first), confidence, BONETT_PRICE
    )


@checked
def paired_harmonic_interval(
    a: tuple[ArrayLike, ArrayLike], b: tuple[ArrayLike, ArrayLike], confidence: float = 0.95
) -> PairedInterval:
    """The interval for the change of a harmonic mean of two shares over the same items, a - b, by the delta method.

    The harmonic mean h = 2xy / (x + y) has the derivatives 2y² / (x + y)² and 2x² / (x + y)², so the change of each
    item moves a's and b's h by known amounts, whose variance over the items gives the interval. It says how far other
    items of the same kind could lead, not other training runs.

    Args:
        a: two arrays of 0 and 1 (or False and True), the items of each share, such as the base and the new test images.
        b: the same items in the same order.
        confidence: as in `mean_interval`.

    Returns:
        The change and its interval; none (NaN) if no item changed, or if a harmonic mean is 0.

    Raises:
        AMEError: as in `proportion_interval`, and if the lengths differ.
    """
    _check_confidence(confidence)
    sides = [_pair(first, second) for first, second in zip(a, b, strict=True)]
    sides = [(_hits("a", first), _hits("b", second)) for first, second in sides]
    shares = [[float(side[arm].mean()) for side in sides] for arm in (0, 1)]
    means = [0.0 if x * y == 0 else 2 * x * y / (x + y) for x, y in shares]
    count, change, half = sum(len(side[0]) for side in sides), means[0] - means[1], math.nan
    if all(means):
        variance = 0.0
        for place, (first, second) in enumerate(sides):
            slopes = [2 * (share[1 - place] / sum(share)) ** 2 for share in shares]
            variance += float(np.var(slopes[0] * first - slopes[1] * second)) / len(first)
        half = NormalDist().inv_cdf((1 + confidence) / 2) * math.sqrt(variance)
        if all(np.array_equal(first, second) for first, second in sides):
            half = math.nan
    return PairedInterval(change, change - half, change + half, count, confidence, DELTA)


@checked
def corrected(intervals: Mapping[str, PairedInterval]) -> dict[str, PairedInterval]:
    """Widen intervals that are read together so that all of them hold at once (Bonferroni).

    Each of m intervals is recomputed at confidence 1 - (1 - confidence) / m. All m then hold together with at least
    `confidence`, whatever their dependence, so a remaining verdict is not explained by having made m comparisons.

    Args:
        intervals: name -> interval, all at one confidence and none corrected yet.

    Returns:
        name -> corrected interval. Undefined intervals count towards m and stay undefined.

    Raises:
        AMEError: if the confidences differ, or an interval has already been corrected.
    """
    if not intervals:
        return {}
    m, levels = len(intervals), {interval.confidence for interval in intervals.values()}
    if len(levels) > 1:
        raise AMEError(f"intervals must share one confidence, got {sorted(levels)}.")
    done = [name for name, interval in intervals.items() if interval.comparisons != 1]
    if done:
        raise AMEError(f"intervals must not be corrected yet, got {done[0]!r} corrected for several comparisons.")
    return {name: _widened(interval, m) for name, interval in intervals.items()}


def _widened(interval: PairedInterval, m: int) -> PairedInterval:
    if not interval.defined:
        return replace(interval, comparisons=m)
    tail = (1 - interval.confidence) / 2
    student = interval.method in (STUDENT, SATTERTHWAITE)
    wide, narrow = (
        _t_quantile(end, interval.degrees) if student else NormalDist().inv_cdf(end) for end in (tail / m, tail)
    )
    centre = (interval.low + interval.high) / 2
    half = wide / narrow * interval.half_width
    return replace(interval, low=centre - half, high=centre + half, comparisons=m)


def _t_quantile(probability: float, degrees: float) -> float:
    """The quantile of Student's distribution. This needs `scipy.special` alone: `scipy.stats` takes a second to import.

    Args:
        probability: in (0, 1).
        degrees: degrees of freedom, > 0.
    """
    from scipy.special import stdtrit

    return float(stdtrit(degrees, probability))


def _rounding(values: np.ndarray) -> float:
    """How much values may differ by rounding alone; values that float32 holds exactly were probably computed in it."""
    with np.errstate(over="ignore"):
        single = bool((values.astype(np.float32) == values).all())
    return float(_ROUNDING * np.finfo(np.float32 if single else np.float64).eps * np.abs(values).max())


def _student(values: np.ndarray, rounding: float, confidence: float) -> tuple[float, float, float, int, float]:
    """mean, low, high, n, confidence; values that differ by no more than `rounding` count as equal."""
    _check_confidence(confidence)
    n, mean = len(values), float(values.mean())
    if n == 1 or float(np.ptp(values)) <= rounding:
        return mean, math.nan, math.nan, n, confidence
    half = float(_t_quantile((1 + confidence) / 2, n - 1) * values.std(ddof=1) / math.sqrt(n))
    return mean, mean - half, mean + half, n, confidence


def _check_confidence(confidence: float) -> None:
    check_number("confidence", confidence, above=0.0)
    if confidence >= 1:
        raise AMEError(f"confidence must be a number in (0, 1), got {confidence!r}: use 0.95 for 95%.")


def _pair(a: Any, b: Any) -> tuple[np.ndarray, np.ndarray]:
    first, second = _numbers("a", a), _numbers("b", b)
    if len(first) != len(second):
        raise AMEError(f"a and b must be paired seed by seed, got {len(first)} and {len(second)} values.")
    indexes: list[Any] = [getattr(arm, "index", None) for arm in (a, b)]
    if all(hasattr(index, "equals") for index in indexes) and not indexes[0].equals(indexes[1]):
        raise AMEError("a and b must have the same index: they are paired by position, sort both by seed.")
    return first, second


def _hits(name: str, values: Any) -> np.ndarray:
    numbers = _numbers(name, values)
    other = numbers[(numbers < 0) | (numbers > 1)]
    if len(other):
        raise AMEError(
            f"{name} must be hits and misses, 1 and 0, got {other[0]:g}: use mean_interval for other values."
        )
    return numbers


def _numbers(name: str, values: Any) -> np.ndarray:
    numbers = as_array(name, values, "numbers, one per seed")
    if numbers.ndim != 1 or len(numbers) == 0:
        raise AMEError(f"{name} must be one number per seed, at least one, got shape {numbers.shape}.")
    if not np.isfinite(numbers).all():
        at = np.flatnonzero(~np.isfinite(numbers)).tolist()
        raise AMEError(
            f"{name} must be finite, got {numbers[at[0]]} at position {at[0]} "
            f"({len(at)} of {len(numbers)} are not): a run that diverged has no value to average."
        )
    return numbers
