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
from ame_explore.analysis.statistics import (
    MeanInterval,
    PairedInterval,
    corrected,
    mean_interval,
    paired_harmonic_interval,
    paired_interval,
    paired_proportion_interval,
    proportion_interval,
)

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


def covered(lows: np.ndarray, highs: np.ndarray, truth: float) -> int:
    """How many of the intervals hold the truth."""
    return int(((lows <= truth) & (truth <= highs)).sum())


@pytest.mark.parametrize(("n", "chance"), [(5, 0.9), (20, 0.95), (20, 0.98), (200, 0.5)])
def test_intervals_of_shares_hold_the_chance_as_often_as_they_say(n: int, chance: float) -> None:
    generator, repeats = np.random.default_rng(n), 2000
    hits = generator.random((repeats, n)) < chance
    by_count = {k: proportion_interval(np.arange(n) < k) for k in np.unique(hits.sum(axis=1))}
    intervals = [by_count[k] for k in hits.sum(axis=1)]
    held = covered(np.array([i.low for i in intervals]), np.array([i.high for i in intervals]), chance)
    assert held >= stats.binom.ppf(1e-6, repeats, 0.95)
    if n <= 20:  # the t interval over zeros and ones, the likely mistake, falls far short
        spread = hits.std(axis=1, ddof=1) * stats.t.ppf(0.975, n - 1) / math.sqrt(n)
        mean = hits.mean(axis=1)
        assert covered(mean - spread, mean + spread, chance) < 0.7 * repeats


@pytest.mark.parametrize(
    ("n", "gained", "lost"), [(20, 0.1, 0.1), (20, 0.2, 0.0), (50, 0.02, 0.05), (500, 0.004, 0.0), (500, 0.02, 0.01)]
)
def test_intervals_of_paired_shares_hold_the_change_as_often_as_they_say(n: int, gained: float, lost: float) -> None:
    generator, repeats = np.random.default_rng(n), 2000
    drawn = generator.random((repeats, n))
    after, before = drawn < gained, (drawn >= gained) & (drawn < gained + lost)
    intervals = [paired_proportion_interval(a, b) for a, b in zip(after, before, strict=True)]
    held = covered(np.array([i.low for i in intervals]), np.array([i.high for i in intervals]), gained - lost)
    # The docstring claims 0.92 at the least.
    assert held >= stats.binom.ppf(1e-6, repeats, 0.92)


def test_corrected_intervals_hold_all_at_once() -> None:
    generator, repeats, m, n = np.random.default_rng(3), 400, 10, 5
    values = generator.normal(0, 1, (repeats, m, n))
    together, alone = 0, 0
    for row in values:
        single = {str(k): paired_interval(row[k], np.zeros(n)) for k in range(m)}
        alone += all(interval.verdict == "no difference seen" for interval in single.values())
        together += all(interval.verdict == "no difference seen" for interval in corrected(single).values())
    assert together >= stats.binom.ppf(1e-6, repeats, 0.95)
    assert alone < 0.7 * repeats  # 0.95^10 = 0.60


def test_what_student_s_interval_does_not_cover() -> None:
    """The shares that the docstring states for skewed values and rare collapses, n = 5."""
    generator, repeats, n = np.random.default_rng(11), 3000, 5
    skewed = generator.lognormal(0, 1, (repeats, n))
    collapsed = generator.random((repeats, n)) < 0.1
    rare = np.where(collapsed, 0.1, generator.normal(0.7, 0.01, (repeats, n)))
    for values, truth, stated in ((skewed, math.exp(0.5), 0.82), (rare, 0.9 * 0.7 + 0.1 * 0.1, 0.41)):
        intervals = [mean_interval(row) for row in values]
        held = covered(np.array([i.low for i in intervals]), np.array([i.high for i in intervals]), truth)
        low, high = stats.binom.interval(1 - 1e-6, repeats, stated)
        assert low <= held <= high


def test_shares_by_hand() -> None:
    # 5 of 5: the lower end is the p with p^5 = 0.025
    five = proportion_interval([1, 1, 1, 1, 1])
    assert five.low == pytest.approx(0.025**0.2, abs=1e-9) and five.high == 1.0 and five.mean == 1.0
    assert five.n == 5 and five.defined
    none = proportion_interval(np.zeros(20, dtype=bool))
    assert none.low == 0.0 and none.high == pytest.approx(1 - 0.025 ** (1 / 20), abs=1e-9)
    # 6 gained and 2 lost of 10: (7 - 3)/12 -+ 1.959964 sqrt(10 - 16/12)/12
    change = paired_proportion_interval([1] * 6 + [0] * 4, [0] * 6 + [1, 1, 0, 0])
    half = 1.959963985 * math.sqrt(10 - 16 / 12) / 12
    assert change.mean == pytest.approx(0.4)
    assert (change.low, change.high) == pytest.approx((4 / 12 - half, 4 / 12 + half), abs=1e-8)
    for k in range(8):  # scipy's, at whole counts; a hit by chance lies between
        exact = stats.binomtest(k, 7).proportion_ci(0.9, method="exact")
        ours = proportion_interval(np.arange(7) < k, 0.9)
        assert (ours.low, ours.high) == pytest.approx((exact.low, exact.high), abs=1e-9)
    tied = proportion_interval([1, 1, 0.5, 0])
    assert (
        tied.mean == 0.625 and proportion_interval([1, 1, 0, 0]).low < tied.low < proportion_interval([1, 1, 1, 0]).low
    )
    same = paired_proportion_interval([1, 0, 1], [1, 0, 1])
    assert same.mean == 0.0 and same.low == pytest.approx(-same.high) and same.high > 0


@pytest.mark.parametrize(
    ("a", "b", "verdict"),
    [
        ([1.0, 1.1, 0.9], [0.0, 0.0, 0.0], "higher"),
        ([0.0, 0.0, 0.0], [1.0, 1.1, 0.9], "lower"),
        ([1.0, -1.0, 0.1], [0.0, 0.0, 0.0], "no difference seen"),
        ([0.5, 0.25], [0.5, 0.25], "not decided"),
        ([0.5, 0.75], [0.25, 0.5], "not decided"),  # the same difference every time
        ([0.1, 0.2, 0.3], [0.0, 0.1, 0.2], "not decided"),  # the same but for rounding
        ([0.75], [0.5], "not decided"),
    ],
)
def test_verdict(a: list[float], b: list[float], verdict: str) -> None:
    assert paired_interval(a, b).verdict == verdict


def test_an_interval_that_ends_at_zero_holds_it() -> None:
    assert PairedInterval(0.5, 0.0, 1.0, 3, 0.95).verdict == "no difference seen"


def test_no_verdict_without_a_width() -> None:
    for low, high in ((0.1, 0.1), (math.nan, math.nan), (0.0, 0.0), (-math.inf, math.inf)):
        assert PairedInterval(0.1, low, high, 3, 0.95).verdict == "not decided"


@pytest.mark.parametrize(("a", "b"), [([0.75], [0.5]), ([0.5, 0.75], [0.25, 0.5]), ([0.0, 0.0], [0.0, 0.0])])
def test_one_seed_or_equal_differences_have_no_interval(a: list[float], b: list[float]) -> None:
    paired = paired_interval(a, b)
    assert paired.mean == a[0] - b[0] and paired.n == len(a) and not paired.defined and paired.few
    assert math.isnan(paired.low) and math.isnan(paired.high) and math.isnan(paired.half_width)
    single = mean_interval([a[0]] * len(a))
    assert single.mean == a[0] and math.isnan(single.low) and math.isnan(single.half_width)


def test_correcting_widens_by_the_right_quantile() -> None:
    first, second = paired_interval([1.0, 2.0, 4.0], [0.0, 0.0, 0.0]), paired_interval([0.5], [0.25])
    both = corrected({"first": first, "second": second})
    anew = paired_interval([1.0, 2.0, 4.0], [0.0, 0.0, 0.0], 0.975)  # 1 - 0.05 / 2
    assert (both["first"].low, both["first"].high) == pytest.approx((anew.low, anew.high), rel=1e-12)
    assert (both["first"].comparisons, both["first"].confidence, both["first"].n) == (2, 0.95, 3)
    assert both["second"].verdict == "not decided" and both["second"].comparisons == 2
    assert corrected({}) == {}
    share = paired_proportion_interval([1] * 9 + [0], [0] * 9 + [1])
    wide = corrected({"share": share, "other": share})["share"]
    assert wide.half_width / share.half_width == pytest.approx(stats.norm.isf(0.0125) / stats.norm.isf(0.025))
    with pytest.raises(AMEError, match="must not be corrected yet, got 'first'"):
        corrected(both)
    with pytest.raises(AMEError, match="must share one confidence"):
        corrected({"first": first, "other": anew})


@pytest.mark.parametrize("hits", [[1.5, 1.0], [2, 1], [-1, 0]])
def test_shares_are_of_hits_and_misses(hits: list[float]) -> None:
    with pytest.raises(AMEError, match="hits must be hits and misses, 1 and 0"):
        proportion_interval(hits)
    with pytest.raises(AMEError, match="1 and 0"):
        paired_proportion_interval(hits, [0, 1])


@given(arms)
def test_swapping_the_arms_mirrors_the_interval(pair: tuple[list[float], list[float]]) -> None:
    a, b = pair
    one, other = paired_interval(a, b), paired_interval(b, a)
    assert one.mean == -other.mean
    assert [one.low, one.high] == pytest.approx([-other.high, -other.low], abs=0, nan_ok=True)
    swapped = {"higher": "lower", "lower": "higher"}
    assert other.verdict == swapped.get(one.verdict, one.verdict)


@given(arms, st.permutations(range(12)))
def test_the_order_of_the_seeds_does_not_matter(pair: tuple[list[float], list[float]], order: list[int]) -> None:
    a, b = (np.array(arm) for arm in pair)
    order = [k for k in order if k < len(a)]
    one, other = paired_interval(a, b), paired_interval(a[order], b[order])
    # Summed in another order: rounding of values up to 2, times the largest t quantile (12.7 at n = 2).
    assert (one.low, one.high) == pytest.approx((other.low, other.high), abs=1e-12, nan_ok=True)


@given(arms)
def test_more_confidence_is_wider(pair: tuple[list[float], list[float]]) -> None:
    narrow, wide = paired_interval(*pair, 0.8), paired_interval(*pair, 0.99)
    assert narrow.defined == wide.defined
    assert not narrow.defined or wide.low <= narrow.low <= narrow.mean <= narrow.high <= wide.high


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
        ([], [], "a must be one number per seed, at least one"),
        ([1.0, 2.0], [1.0, math.nan], r"b must be finite, got nan at position 1 \(1 of 2"),
        ([math.inf, 2.0], [1.0, 1.0], "a must be finite, got inf at position 0"),
        ([[1.0, 2.0]], [1.0], r"a must be one number per seed, at least one, got shape \(1, 2\)"),
        (["high"], [1.0], "a must be numbers, one per seed"),
        (1.0, 2.0, r"a must be one number per seed, at least one, got shape \(\)"),
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


def test_a_change_of_a_share_stays_within_one():
    always, never = [1] * 5, [0] * 5
    assert paired_proportion_interval(always, never).high == 1.0
    assert paired_proportion_interval(never, always).low == -1.0


def test_the_interval_of_a_harmonic_mean_is_that_of_the_bootstrap():
    """The delta method against 4,000 resamples of the same items: equal means, ends within Monte Carlo error."""
    rng = np.random.default_rng(0)
    sizes, rates = (300, 200), ((0.6, 0.5), (0.35, 0.4))
    base, new = ([rng.random(n) < rate for rate in pair] for n, pair in zip(sizes, rates, strict=True))

    def harmonic(x, y):
        return 2 * x.mean(-1) * y.mean(-1) / (x.mean(-1) + y.mean(-1))

    found = paired_harmonic_interval((base[0], new[0]), (base[1], new[1]))
    assert found.mean == pytest.approx(harmonic(base[0], new[0]) - harmonic(base[1], new[1]))
    assert (found.n, found.method) == (500, "delta method")
    picks = [rng.integers(n, size=(4000, n)) for n in sizes]
    drawn = [harmonic(base[arm][picks[0]], new[arm][picks[1]]) for arm in (0, 1)]
    spread = (drawn[0] - drawn[1]).std()
    # the standard error of a standard deviation of 4,000 values is about 1.1 %; four of them, and the second order
    assert found.half_width == pytest.approx(1.96 * spread, rel=0.06)


def test_a_harmonic_mean_without_a_change_has_no_interval():
    hits = ([1, 0, 1], [0, 1])
    assert not paired_harmonic_interval(hits, hits).defined
    with pytest.raises(AMEError, match="a must be a tuple of 2"):
        paired_harmonic_interval([1, 0, 1], hits)


def test_equal_differences_of_float32_values_are_equal_but_for_rounding() -> None:
    b = np.array([0.1, 0.2, 0.7], dtype=np.float32)
    a = b + np.float32(0.01)
    assert np.ptp(a.astype(float) - b) > 0  # float32 rounds each sum in its own way
    for first, second in ((a, b), (a.tolist(), b.tolist()), (torch.from_numpy(a), torch.from_numpy(b))):
        assert not paired_interval(first, second).defined
        assert paired_interval(first, second).verdict == "not decided"
    assert paired_interval([0.1 + 1e-9, 0.2 + 2e-9, 0.7], [0.1, 0.2, 0.7]).defined  # float64 resolves these
