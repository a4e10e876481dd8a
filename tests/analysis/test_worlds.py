"""Intervals over teachers, splits and seeds: by hand, and by simulation with planted effects and planted nulls."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import binom, t, ttest_1samp

from ame_explore.ame import AMEError
from ame_explore.analysis.statistics import corrected, paired_interval
from ame_explore.analysis.worlds import WorldInterval, world_interval

T, S, R = 4, 3, 5
TEACHERS, SPLITS = (part.ravel() for part in np.meshgrid(range(T), range(S), range(R), indexing="ij")[:2])
ZERO = np.zeros(T * S * R)


def differences(
    rng: np.random.Generator, *, effect: float = 0.0, teacher: float = 0.0, split: float = 0.0, world: float = 0.0
) -> np.ndarray:
    """T x S x R paired differences with a spread of 1 between seeds, and these spreads of the other levels."""
    found = effect + rng.normal(size=(T, S, R))
    found += (
        teacher * rng.normal(size=(T, 1, 1)) + split * rng.normal(size=(1, S, 1)) + world * rng.normal(size=(T, S, 1))
    )
    return found.ravel()


def interval_of(values: np.ndarray, **more: float) -> WorldInterval:
    return world_interval(values, ZERO, teachers=TEACHERS, splits=SPLITS, **more)


def test_one_teacher_gives_students_t_over_the_splits() -> None:
    values, splits = np.array([0.1, 0.3, 0.2, 0.6, 0.4, 0.5]), [0, 0, 1, 1, 2, 2]
    found = world_interval(values, np.zeros(6), teachers=[0] * 6, splits=splits)
    by_hand = ttest_1samp([0.2, 0.4, 0.45], 0).confidence_interval()
    assert (found.low, found.high) == pytest.approx((by_hand.low, by_hand.high), abs=1e-12)
    assert (found.over, found.n, found.seeds, found.freedom) == ("splits", 3, 6, 2)
    assert found.mean == pytest.approx(0.35) and found.effect_size == pytest.approx(0.35 / values.std(ddof=1))


def test_one_world_gives_the_interval_over_its_seeds() -> None:
    a, b = [0.5, 0.7, 0.6], [0.4, 0.4, 0.5]
    found, plain = world_interval(a, b, teachers=[3] * 3, splits=[1] * 3), paired_interval(a, b)
    assert (found.mean, found.low, found.high, found.n) == (plain.mean, plain.low, plain.high, plain.n)
    assert found.over == "seeds"


def test_two_ways_by_hand() -> None:
    cells = np.array([[1.0, 2.0, 4.0], [3.0, 5.0, 9.0]])
    teachers, splits = np.repeat([0, 1], 3), np.tile([0, 1, 2], 2)
    found = world_interval(cells.ravel(), np.zeros(6), teachers=teachers, splits=splits)
    # row means 7/3 and 17/3, column means 2, 7/2, 13/2, grand mean 4
    ms_t, ms_s, ms_rest = 3 * 2 * (5 / 3) ** 2 / 1, 2 * (4 + 0.25 + 6.25) / 2, 7 / 3 / 2
    total = ms_t + ms_s - ms_rest
    freedom = total**2 / (ms_t**2 + ms_s**2 / 2 + ms_rest**2 / 2)
    assert found.freedom == pytest.approx(freedom) and found.error == pytest.approx(math.sqrt(total / 6))
    assert found.high - found.mean == pytest.approx(t.ppf(0.975, freedom) * math.sqrt(total / 6))
    assert found.over == "teachers and splits"


def test_worlds_that_share_nothing_are_independent() -> None:
    found = world_interval([1.0, 2.0, 4.0, 5.0], np.zeros(4), teachers=[0, 1, 2, 2], splits=[2, 0, 1, 1])
    by_hand = ttest_1samp([1.0, 2.0, 4.5], 0).confidence_interval()
    assert (found.over, found.n) == ("teachers and splits", 3) and found.high == pytest.approx(by_hand.high)


def test_a_table_with_holes_is_read_by_the_level_with_fewer_values() -> None:
    found = world_interval([1.0, 2.0, 4.0, 4.5], np.zeros(4), teachers=[0, 0, 1, 1], splits=[0, 1, 2, 1])
    by_hand = ttest_1samp([1.5, 4.25], 0).confidence_interval()
    assert found.over == "teachers" and found.high == pytest.approx(by_hand.high)


@pytest.mark.parametrize(
    "levels", [{}, {"teacher": 1.0}, {"split": 1.0}, {"world": 1.0}, {"teacher": 1.0, "split": 1.0, "world": 0.5}]
)
def test_a_planted_null_is_seldom_found(levels: dict[str, float]) -> None:
    """False positives of a 95 % interval, whichever level the chance is in: at most 5 %, within binomial limits."""
    rng, trials = np.random.default_rng(0), 600
    wrong = sum(interval_of(differences(rng, **levels)).verdict != "no difference seen" for _ in range(trials))
    # Satterthwaite's approximation itself may err by a percent
    assert wrong <= binom.isf(1e-4, trials, 0.06), wrong / trials


def test_seeds_taken_as_independent_find_effects_that_are_not_there() -> None:
    """What the interval over worlds is for: over all pairs, the error is many times the promised 5 %."""
    rng, trials = np.random.default_rng(1), 300
    naive = sum(
        paired_interval(differences(rng, teacher=1.0, split=1.0), ZERO).verdict != "no difference seen"
        for _ in range(trials)
    )
    assert naive / trials > 0.3


def test_a_planted_effect_of_the_smallest_size_is_found_as_often_as_promised() -> None:
    """With 12 worlds of one teacher, an effect of `smallest_effect` in expectation is seen in 80 % of sweeps."""
    rng, trials, worlds, seeds = np.random.default_rng(2), 800, 12, 4
    splits = np.repeat(np.arange(worlds), seeds)
    error = math.sqrt((0.5**2 + 1 / seeds) / worlds)
    size = (t.isf(0.025, worlds - 1) + t.ppf(0.8, worlds - 1)) * error
    seen, promised = 0, []
    for _ in range(trials):
        values = size + (0.5 * rng.normal(size=(worlds, 1)) + rng.normal(size=(worlds, seeds))).ravel()
        found = world_interval(values, np.zeros(len(values)), teachers=np.zeros(len(values)), splits=splits)
        seen += found.verdict == "higher"
        promised.append(found.smallest_effect())
    low, high = binom.interval(1 - 1e-4, trials, 0.8)
    assert low - 0.02 * trials <= seen <= high + 0.02 * trials, seen / trials  # the t sum approximates a noncentral t
    assert np.mean(promised) == pytest.approx(size, rel=0.05)


def test_many_planted_nulls_are_seldom_found_once_corrected() -> None:
    """Twenty comparisons at once: without correction most sweeps find something, with it one in twenty."""
    rng, sweeps, m = np.random.default_rng(3), 60, 20
    splits = np.repeat(np.arange(12), 2)
    single = together = 0
    for _ in range(sweeps):
        values = (0.5 * rng.normal(size=(m, 12, 1)) + rng.normal(size=(m, 12, 2))).reshape(m, -1)
        found = {
            str(k): world_interval(each, 0 * each, teachers=0 * splits, splits=splits) for k, each in enumerate(values)
        }
        single += any(each.verdict != "no difference seen" for each in found.values())
        together += any(each.verdict != "no difference seen" for each in corrected(found).values())
    assert single / sweeps > 0.3
    assert together <= binom.isf(1e-4, sweeps, 0.05)


def test_a_corrected_interval_keeps_its_own_degrees_of_freedom() -> None:
    found = interval_of(differences(np.random.default_rng(4), teacher=1.0, split=1.0))
    wide = corrected({"a": found, "b": found})["a"]
    assert isinstance(wide, WorldInterval) and wide.comparisons == 2
    assert wide.high - wide.mean == pytest.approx(t.isf(0.0125, found.freedom) * found.error)
    assert wide.smallest_effect() > found.smallest_effect()


def test_equal_changes_give_no_interval() -> None:
    found = interval_of(np.full(T * S * R, 0.1))
    assert found.mean == pytest.approx(0.1) and not found.defined and math.isnan(found.smallest_effect())


def test_labels_of_another_length_are_refused() -> None:
    with pytest.raises(AMEError, match="teachers must name one per pair, 60, got 2"):
        world_interval(ZERO, ZERO, teachers=[0, 1], splits=SPLITS)
