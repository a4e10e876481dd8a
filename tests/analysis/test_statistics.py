"""The intervals against scipy's, against simulated coverage, and by how they must change with their input."""

import math
from dataclasses import FrozenInstanceError

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from ame_explore.ame import AMEError
from ame_explore.analysis.statistics import MeanInterval, PairedInterval, mean_interval, paired_interval

# A sum of n float64 terms errs by at most n rounding units; the samples here are of order 1 and n <= 50.
CLOSE = 50 * np.finfo(np.float64).eps * 10

arms = st.integers(2, 12).flatmap(
    lambda n: st.tuples(*[st.lists(st.floats(-1, 1, width=32), min_size=n, max_size=n)] * 2)
)


@pytest.mark.parametrize("n", [2, 5, 50])
@pytest.mark.parametrize("confidence", [0.5, 0.95, 0.999])
def test_paired_interval_is_that_of_scipy(n: int, confidence: float) -> None:
    generator = np.random.default_rng(n)
    a, b = generator.normal(0.1, 1, n), generator.normal(0, 1, n)
    ours = paired_interval(a, b, confidence)
    theirs = stats.ttest_rel(a, b).confidence_interval(confidence)
    scale = max(abs(theirs.low), abs(theirs.high))
    assert ours.low == pytest.approx(theirs.low, abs=CLOSE * scale)
    assert ours.high == pytest.approx(theirs.high, abs=CLOSE * scale)
    assert ours.mean == pytest.approx((a - b).mean(), abs=CLOSE)
    assert (ours.n, ours.confidence) == (n, confidence)


def test_mean_interval_is_that_of_scipy() -> None:
    values = np.random.default_rng(0).normal(3, 2, 7)
    ours = mean_interval(values, 0.9)
    theirs = stats.ttest_1samp(values, 0).confidence_interval(0.9)
    assert ours.low == pytest.approx(theirs.low, rel=CLOSE)
    assert ours.high == pytest.approx(theirs.high, rel=CLOSE)
    assert ours.half_width == pytest.approx((theirs.high - theirs.low) / 2, rel=CLOSE)


def test_mean_interval_by_hand() -> None:
    # mean 2, s = 1, n = 3, and the t quantile at 0.975 with 2 degrees of freedom is 4.30265273 (tables)
    interval = mean_interval([1.0, 2.0, 3.0])
    assert interval.mean == 2.0
    assert interval.half_width == pytest.approx(4.30265273 / math.sqrt(3), abs=1e-8)


@pytest.mark.parametrize("confidence", [0.8, 0.95])
def test_intervals_hold_the_truth_as_often_as_they_say(confidence: float) -> None:
    generator = np.random.default_rng(7)
    repeats, n, truth = 3000, 5, 0.3
    seeds = generator.normal(0, 10, (repeats, n))  # what a seed does to both arms, far above the difference
    a = seeds + truth + generator.normal(0, 1, (repeats, n))
    b = seeds + generator.normal(0, 1, (repeats, n))
    intervals = [paired_interval(a[k], b[k], confidence) for k in range(repeats)]
    held = sum(interval.low <= truth <= interval.high for interval in intervals)
    # held is binomial if the intervals are right: outside these limits once in a million seeds
    low, high = stats.binom.interval(1 - 1e-6, repeats, confidence)
    assert low <= held <= high
    # the normal quantile in place of Student's, the likely mistake, would fall outside
    wrong = stats.norm.ppf((1 + confidence) / 2) / stats.t.ppf((1 + confidence) / 2, n - 1)
    held_by_wrong = sum(abs(interval.mean - truth) <= wrong * interval.half_width for interval in intervals)
    assert held_by_wrong < low


@pytest.mark.parametrize(
    ("a", "b", "verdict"),
    [
        ([1.0, 1.1, 0.9], [0.0, 0.0, 0.0], "better"),
        ([0.0, 0.0, 0.0], [1.0, 1.1, 0.9], "worse"),
        ([1.0, -1.0, 0.1], [0.0, 0.0, 0.0], "no difference seen"),
        ([0.5, 0.25], [0.5, 0.25], "no difference seen"),
        ([0.5, 0.75], [0.25, 0.5], "better"),  # the same difference every time: an interval of width 0
    ],
)
def test_verdict(a: list[float], b: list[float], verdict: str) -> None:
    assert paired_interval(a, b).verdict == verdict


def test_an_interval_that_ends_at_zero_holds_it() -> None:
    assert paired_interval([0.0, 0.0, 0.0], [0.0, 0.0, 0.0]) == PairedInterval(
        0.0, 0.0, 0.0, 3, 0.95, "no difference seen"
    )


def test_one_seed_has_no_interval() -> None:
    paired = paired_interval([0.75], [0.5])
    assert (paired.mean, paired.n, paired.verdict) == (0.25, 1, "one seed: no interval")
    assert math.isnan(paired.low) and math.isnan(paired.high)
    single = mean_interval([0.75])
    assert single.mean == 0.75 and math.isnan(single.low) and math.isnan(single.half_width)


@given(arms)
def test_swapping_the_arms_mirrors_the_interval(pair: tuple[list[float], list[float]]) -> None:
    a, b = pair
    one, other = paired_interval(a, b), paired_interval(b, a)
    assert (one.mean, one.low, one.high) == (-other.mean, -other.high, -other.low)
    swapped = {"better": "worse", "worse": "better"}
    assert other.verdict == swapped.get(one.verdict, one.verdict)


@given(arms, st.permutations(range(12)))
def test_the_order_of_the_seeds_does_not_matter(pair: tuple[list[float], list[float]], order: list[int]) -> None:
    a, b = (np.array(arm) for arm in pair)
    order = [k for k in order if k < len(a)]
    one, other = paired_interval(a, b), paired_interval(a[order], b[order])
    # Summed in another order: rounding of values up to 2, times the largest t quantile (12.7 at n = 2).
    assert (one.low, one.high) == pytest.approx((other.low, other.high), abs=1e-12)


@given(arms)
def test_more_confidence_is_wider(pair: tuple[list[float], list[float]]) -> None:
    narrow, wide = paired_interval(*pair, 0.8), paired_interval(*pair, 0.99)
    assert wide.low <= narrow.low <= narrow.mean <= narrow.high <= wide.high


def test_any_kind_of_sequence() -> None:
    a, b = [0.5, 0.75, 0.875], [0.25, 0.75, 0.5]
    expected = paired_interval(a, b)
    assert paired_interval(np.array(a), tuple(b)) == expected
    assert paired_interval(torch.tensor(a, requires_grad=True), torch.tensor(b)) == expected
    assert paired_interval(pd.Series(a), pd.Series(b)) == expected


def test_results_are_frozen_and_named() -> None:
    interval = mean_interval([1.0, 2.0])
    assert isinstance(interval, MeanInterval)
    with pytest.raises(FrozenInstanceError):
        interval.mean = 0.0  # type: ignore[misc]


@pytest.mark.parametrize(
    ("a", "b", "message"),
    [
        ([1.0, 2.0], [1.0], "a and b must be paired seed by seed, got 2 and 1 values"),
        ([], [], "a must be one number a seed, at least one"),
        ([1.0, 2.0], [1.0, math.nan], r"b must be finite, got nan at position 1 \(1 of 2"),
        ([math.inf, 2.0], [1.0, 1.0], "a must be finite, got inf at position 0"),
        ([[1.0, 2.0]], [1.0], r"a must be one number a seed, at least one, got shape \(1, 2\)"),
        (["high"], [1.0], "a must be numbers, one a seed"),
        (1.0, 2.0, r"a must be one number a seed, at least one, got shape \(\)"),
    ],
)
def test_bad_input(a: list[float], b: list[float], message: str) -> None:
    with pytest.raises(AMEError, match=message):
        paired_interval(a, b)


@pytest.mark.parametrize("confidence", [0, 1, 95, -0.5, math.nan, "95%"])
def test_bad_confidence(confidence: float) -> None:
    with pytest.raises(AMEError, match="confidence must be a"):
        mean_interval([1.0, 2.0], confidence)


def test_series_of_different_seeds_are_not_paired() -> None:
    a, b = pd.Series([1.0, 2.0], index=[0, 1]), pd.Series([1.0, 2.0], index=[1, 0])
    with pytest.raises(AMEError, match="a and b must have the same index"):
        paired_interval(a, b)
