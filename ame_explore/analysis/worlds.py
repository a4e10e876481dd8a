"""A paired change over several teachers, splits and seeds, with an interval that counts every level of chance.

Seeds that share a teacher and a split are not independent: the change of one world (a teacher and a split) is its mean
over seeds, and the interval is over worlds. What seeds add to the spread is contained in the spread of these means.

Teachers and splits are crossed, so worlds that share a teacher, or a split, are not independent either. With T teachers
and S splits and the usual mean squares of a two-way table of world means (teachers, splits, rest), the variance of the
grand mean in the random-effects model is estimated by (MS_T + MS_S - MS_rest) / (T S), with Satterthwaite's degrees of
freedom (Satterthwaite, "An approximate distribution of estimates of variance components", Biometrics Bulletin 2,
1946; Searle, Casella and McCulloch, "Variance Components", 1992). It is never taken to be smaller than MS_T / (T S) or
MS_S / (T S), whichever is larger: then that mean square with its own degrees of freedom is used (our choice, which
makes the interval wider). With one teacher or one split, this is Student's t over the other. Where each teacher met one
split only, worlds share nothing, and the interval is Student's t over them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ame_explore.ame import AMEError, check_number
from ame_explore.analysis.statistics import (
    SATTERTHWAITE,
    STUDENT,
    PairedInterval,
    _check_confidence,
    _numbers,
    _pair,
    _rounding,
    _student,
    _t_quantile,
)
from ame_explore.arguments import checked

Over = Literal["teachers and splits", "teachers", "splits", "seeds"]
POWER = 0.8  # the usual chance to see an effect (Cohen, "Statistical Power Analysis", 1988)


@dataclass(frozen=True, kw_only=True)
class WorldInterval(PairedInterval):
    """The mean of a - b over worlds with its confidence interval.

    `n` is the number of worlds (of seeds, if there is one world).

    Attributes:
        over: what the interval is over; it says nothing about what is not named.
        freedom: degrees of freedom.
        error: standard error of the mean.
        spread: standard deviation of a single difference: of one seed in one world.
        seeds: number of pairs.
    """

    over: Over
    freedom: float
    error: float
    spread: float
    seeds: int

    @property
    def degrees(self) -> float:
        """Degrees of freedom of the t interval."""
        return self.freedom

    @property
    def effect_size(self) -> float:
        """The mean divided by the spread of single differences (Cohen's d_z); NaN without spread."""
        return self.mean / self.spread if self.spread > 0 else math.nan

    def smallest_effect(self, power: float = POWER) -> float:
        """The smallest true change that an interval like this one excludes 0 for with some probability.

        (t_{1 - alpha/2m} + t_{power}) standard errors, with alpha = 1 - confidence and m the number of comparisons: the
        usual approximation of the noncentral t.

        Args:
            power: the probability, in [0.5, 1).

        Returns:
            In the units of the values; NaN if there is no interval.
        """
        check_number("power", power, low=0.5, high=1)
        if not self.defined or power >= 1:
            return math.nan
        tail = (1 - self.confidence) / 2 / self.comparisons
        return (_t_quantile(power, self.freedom) - _t_quantile(tail, self.freedom)) * self.error


@checked
def world_interval(
    a: ArrayLike,
    b: ArrayLike,
    *,
    teachers: ArrayLike,
    splits: ArrayLike,
    confidence: float = 0.95,
) -> WorldInterval:
    """The interval of a - b over worlds, from values paired within each world.

    Args:
        a: (n,) finite numbers, one per teacher, split and seed.
        b: (n,) finite numbers of the same teachers, splits and seeds in the same order.
        teachers: (n,) the teacher of each pair.
        splits: (n,) the split of each pair.
        confidence: the share of such intervals that contain the true mean, in (0, 1).

    Returns:
        The mean over worlds (each world counts the same, whatever its number of seeds) and its interval. With one world
        the interval is over its seeds, and says so. Where not every teacher met every split, the interval is over
        whichever of the two has fewer levels, at least two.

    Raises:
        AMEError: if there are no values, one is not finite, lengths differ, or `confidence` is outside (0, 1).
    """
    first, second = _pair(a, b)
    difference, rounding = first - second, _rounding(np.stack([first, second]))
    of_teacher, of_split = (np.unique(_labels(name, each, len(first)), return_inverse=True)[1] for name, each in
                            (("teachers", teachers), ("splits", splits)))  # fmt: skip
    _check_confidence(confidence)
    count_t, count_s = int(of_teacher.max()) + 1, int(of_split.max()) + 1
    cells = np.full((count_t, count_s), np.nan)
    for t, s in {*zip(of_teacher.tolist(), of_split.tolist(), strict=True)}:
        cells[t, s] = difference[(of_teacher == t) & (of_split == s)].mean()
    spread = float(difference.std(ddof=1)) if len(difference) > 1 else math.nan
    known = {"spread": spread, "seeds": len(difference)}
    worlds = cells[np.isfinite(cells)]
    if len(worlds) == 1:
        return _one_way(difference, rounding, confidence, "seeds", **known)  # type: ignore[arg-type]
    met = np.isfinite(cells)
    if (met.sum(0) == 1).all() and (met.sum(1) == 1).all():
        return _one_way(worlds, rounding, confidence, "teachers and splits", **known)  # type: ignore[arg-type]
    if np.isnan(cells).any() or min(cells.shape) < 2:
        by_teacher = count_s < 2 or 2 <= count_t <= count_s
        means = np.nanmean(cells, axis=1 if by_teacher else 0)
        found = _one_way(means, rounding, confidence, "teachers" if by_teacher else "splits", **known)  # type: ignore[arg-type]
        return found
    return _two_way(cells, rounding, confidence, spread, len(difference))


def _one_way(
    means: NDArray[np.float64], rounding: float, confidence: float, over: Over, *, spread: float, seeds: int
) -> WorldInterval:
    mean, low, high, n, _ = _student(means, rounding, confidence)
    error = float(means.std(ddof=1)) / math.sqrt(n) if n > 1 else math.nan
    return WorldInterval(
        mean, low, high, n, confidence, STUDENT, over=over, freedom=n - 1, error=error, spread=spread, seeds=seeds
    )


def _two_way(
    cells: NDArray[np.float64], rounding: float, confidence: float, spread: float, seeds: int
) -> WorldInterval:
    count_t, count_s = cells.shape
    mean = float(cells.mean())
    rows, columns = cells.mean(1) - mean, cells.mean(0) - mean
    rest = cells - mean - rows[:, None] - columns[None, :]
    free = np.array([count_t - 1, count_s - 1, (count_t - 1) * (count_s - 1)], dtype=np.float64)
    squares = np.array([count_s * (rows**2).sum(), count_t * (columns**2).sum(), (rest**2).sum()]) / free
    larger = int(np.argmax(squares[:2]))
    total = squares[0] + squares[1] - squares[2]
    if total > squares[larger]:
        freedom, method = float(total**2 / (squares**2 / free).sum()), SATTERTHWAITE
    else:
        total, freedom, method = squares[larger], float(free[larger]), STUDENT
    flat = _student(cells.ravel(), rounding, confidence)
    error = math.sqrt(total / cells.size)
    half = math.nan if math.isnan(flat[1]) else _t_quantile((1 + confidence) / 2, freedom) * error
    return WorldInterval(
        mean, mean - half, mean + half, cells.size, confidence, method,
        over="teachers and splits", freedom=freedom, error=error, spread=spread, seeds=seeds,
    )  # fmt: skip


def _labels(name: str, values: ArrayLike, count: int) -> NDArray[np.float64]:
    found = _numbers(name, values)
    if len(found) != count:
        raise AMEError(f"{name} must name one per pair, {count}, got {len(found)}.")
    return found
