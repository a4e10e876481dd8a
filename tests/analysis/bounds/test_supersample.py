"""f-CMI and CMI from arrays of losses over coin draws."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from ame_explore.ame import AMEError
from ame_explore.analysis.bounds import f_cmi, pair_information, supersample_gap
from ame_explore.analysis.bounds.terms import Bound


def memorizer(
    *, supersamples: int, draws: int, n: int, cells: int, seed: int, noise: float = 0.5
) -> tuple[np.ndarray, np.ndarray]:
    """Losses and coins of a learner that looks its images up and says 0 of those it has not seen (ties go to 1)."""
    generator = np.random.default_rng(seed)
    images = generator.integers(0, cells, (supersamples, 1, n, 2))
    labels = (generator.random(images.shape) < noise).astype(np.int64)
    coins = generator.integers(0, 2, (supersamples, draws, n))
    images, labels = (np.broadcast_to(each, (*coins.shape, 2)) for each in (images, labels))
    seen, said = (np.take_along_axis(each, coins[..., None], axis=3)[..., 0] for each in (images, labels))
    same = images[..., None] == seen[:, :, None, None, :]  # (k, N, n, 2, n)
    ones = (same * said[:, :, None, None, :]).sum(axis=4)
    guess = (2 * ones >= same.sum(axis=4)) & (same.sum(axis=4) > 0)
    return (guess != labels).astype(np.float64), coins


def entropy(*chances: float) -> float:
    return -sum(p * math.log(p) for p in chances if p > 0)


@pytest.mark.parametrize("cells", [4, 30, 10_000])
def test_f_cmi_bounds_the_measured_gap(cells: int) -> None:
    losses, coins = memorizer(supersamples=6, draws=300, n=12, cells=cells, seed=cells)
    bound, gap = f_cmi(losses=losses, coins=coins), supersample_gap(losses=losses, coins=coins)
    half = bound.term("half width of 95% over supersamples").value
    assert gap.mean - gap.half_width < bound.value + half
    # more than the interval asks for: the plug-in errs upwards, and here it is far above its bias
    assert bound.value > gap.mean > 0
    assert "the information is exact, not an estimate" in {each.name for each in bound.unchecked}
    assert bound.n == 12 and bound.term("coin draws a supersample").value == 300
    assert bound.value > 2 * bound.term("bias of the plug-in").value


def test_memorizer_by_hand() -> None:
    """Where all images differ, a pair tells its coin (ln 2) unless both of its labels are what is said of strangers."""
    losses, coins = memorizer(supersamples=40, draws=400, n=10, cells=10**9, seed=3)
    bound, gap = f_cmi(losses=losses, coins=coins), supersample_gap(losses=losses, coins=coins)
    tells = (losses.max(axis=(1, 3)) > 0).mean()  # share of pairs that err in some draw
    # Of the empirical coins: H(J) lies below ln 2 by about 1/(2N), so each root below sqrt(2 ln 2) by about 1e-3
    assert bound.value == pytest.approx(tells * math.sqrt(2 * math.log(2)), abs=2e-3)
    assert tells == pytest.approx(3 / 4, abs=5 * math.sqrt(3 / 16 / 400))
    assert gap.low < 0.5 < gap.high


def leaky(strength: float, *, draws: int, n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Students that err on one of each pair, on the one left out with probability (1 + strength) / 2."""
    generator = np.random.default_rng(seed)
    coins = generator.integers(0, 2, (1, draws, n))
    wrong = np.where(generator.random(coins.shape) < (1 + strength) / 2, 1 - coins, coins)
    return (wrong[..., None] == np.arange(2)).astype(np.float64), coins


def test_where_the_bound_is_tight_a_wrong_constant_shows() -> None:
    """For a weak leak sqrt(2 I) and the gap agree to second order: I = ln 2 - h((1 + s)/2) = s^2/2 + s^4/12 + ..."""
    losses, coins = leaky(0.3, draws=20_000, n=20, seed=0)
    bound, gap = f_cmi(losses=losses, coins=coins), supersample_gap(losses=losses, coins=coins)
    exact = math.sqrt(2 * (math.log(2) - entropy(0.65, 0.35)))
    assert exact == pytest.approx(0.3, rel=0.02)
    # one pair's estimate has about the standard error 1/sqrt(N) = 0.007, the mean of 20 a standard error of 0.0016
    assert bound.value == pytest.approx(exact, abs=5 * 0.0016)
    assert bound.value >= gap.mean - 1e-3
    for mutant in (bound.value / math.sqrt(2), bound.value / math.sqrt(20)):  # sqrt(I), or a 1/n inside the root
        assert mutant < gap.low


@given(
    st.integers(1, 3).flatmap(
        lambda n: st.integers(1, 8).flatmap(
            lambda m: arrays.arrays(np.int64, (1, 2 * m, n, 2), elements=st.integers(0, 1))
        )
    )
)
def test_plug_in_bounds_the_gap_of_its_own_draws(losses: np.ndarray) -> None:
    """With balanced coins the inequality holds for the empirical distribution itself, whatever the losses."""
    draws, n = losses.shape[1:3]
    coins = np.broadcast_to((np.arange(draws) % 2)[None, :, None], (1, draws, n))
    gap = supersample_gap(losses=losses, coins=coins).mean
    assert abs(gap) <= f_cmi(losses=losses, coins=coins).value + 1e-7  # a root of rounding


@pytest.mark.parametrize("kinds", [2, 3, 4])
def test_the_bias_is_what_the_plug_in_shows_without_any_information(kinds: int) -> None:
    """For K outcomes the mean of sqrt(2 I) over pairs is E chi_(K-1) / sqrt(N), known in closed form."""
    generator = np.random.default_rng(kinds)
    draws, pairs = 400, 3000
    outcomes, coins = generator.integers(0, kinds, (1, draws, pairs)), generator.integers(0, 2, (1, draws, pairs))
    plug_in, corrected, bias = pair_information(outcomes=outcomes, coins=coins)
    mean = math.sqrt(2) * math.gamma(kinds / 2) / math.gamma((kinds - 1) / 2)
    assert bias == pytest.approx(mean / math.sqrt(draws), rel=1e-12)
    # chi has a deviation of at most 1: the mean of 3,000 pairs is known to 1 / sqrt(3000 N), the law itself to 1/N
    shown = np.sqrt(2 * plug_in)
    assert shown.mean() == pytest.approx(mean / math.sqrt(draws), abs=5 / math.sqrt(pairs * draws) + 1 / draws**1.5)
    assert (shown < bias).mean() > 0.3  # it is no lower limit
    # 2 N I is chi-square with K - 1 degrees of freedom, whose mean is K - 1
    allowed = 5 * math.sqrt(2 * (kinds - 1) / pairs) / (2 * draws) + 2 / draws**2
    assert plug_in.mean() == pytest.approx((kinds - 1) / (2 * draws), abs=allowed)
    # K outcomes, 2 sides, 2 K cells: (K - 1) / (2N) is taken off, and what would be below 0 is 0
    assert corrected == pytest.approx(np.maximum(0, plug_in - (kinds - 1) / (2 * draws)), abs=1e-15)


def test_a_bound_without_any_information_says_that_it_is_bias() -> None:
    generator = np.random.default_rng(2)
    draws = 400
    losses = generator.integers(0, 2, (1, draws, 500, 2)).astype(np.float64)
    bound = f_cmi(losses=losses, coins=generator.integers(0, 2, (1, draws, 500)))
    bias = math.sqrt(2) * math.gamma(2) / math.gamma(1.5) / math.sqrt(draws)  # the mean of a chi of 3 degrees
    assert bound.value == pytest.approx(bias, rel=0.05)
    assert bound.term("bias of the plug-in").value == pytest.approx(bias, rel=1e-12)
    assert "the value is well above the plug-in's bias" in {each.name for each in bound.violated}
    assert bound.term("with Miller-Madow").value < bound.value  # beside it, never in its place
    assert bound.term("bias if every outcome occurs").value == pytest.approx(bias, rel=1e-12)


def test_predictions_tell_no_less_than_losses() -> None:
    losses, coins = memorizer(supersamples=3, draws=200, n=8, cells=6, seed=1)
    generator = np.random.default_rng(0)
    labels = generator.integers(0, 3, (3, 1, 8, 2))
    predictions = (labels + losses.astype(np.int64)) % 3
    # an error is always the same other class here: predictions and losses name each other
    assert f_cmi(losses=losses, coins=coins, predictions=predictions).value == pytest.approx(
        f_cmi(losses=losses, coins=coins).value, abs=1e-12
    )
    which = (
        labels + losses.astype(np.int64) * (1 + coins[..., None])
    ) % 3  # now the wrong class tells the coin as well
    assert f_cmi(losses=losses, coins=coins, predictions=which).value > f_cmi(losses=losses, coins=coins).value
    assert (
        f_cmi(losses=losses / 2, coins=coins, predictions=which + 1000).value
        == f_cmi(losses=losses, coins=coins, predictions=which).value
    )


def test_against_a_plain_loop() -> None:
    losses, coins = memorizer(supersamples=2, draws=50, n=4, cells=5, seed=9)
    total = 0.0
    for s in range(2):
        for i in range(4):
            table = np.zeros((4, 2))
            for d in range(50):
                table[int(2 * losses[s, d, i, 0] + losses[s, d, i, 1]), coins[s, d, i]] += 1 / 50
            product = table.sum(1, keepdims=True) * table.sum(0)
            nats = sum(p * math.log(p / q) for p, q in zip(table.ravel(), product.ravel(), strict=True) if p > 0)
            total += math.sqrt(2 * max(0.0, nats))
    assert f_cmi(losses=torch.from_numpy(losses), coins=torch.from_numpy(coins)).value == pytest.approx(
        total / 8, abs=1e-9
    )


def state_of(bound: Bound, name: str) -> str:
    return next(each.state for each in bound.assumptions if each.name == name)


def test_coins_are_held_to_account() -> None:
    losses, coins = leaky(0.5, draws=200, n=4, seed=1)
    assert state_of(f_cmi(losses=losses, coins=coins), "the coins are fair") == "holds"
    stuck = coins.copy()
    stuck[..., 2] = 1
    assert state_of(f_cmi(losses=losses, coins=stuck), "the coins are fair") == "violated here"
    assert state_of(f_cmi(losses=losses, coins=np.zeros_like(coins)), "the coins are fair") == "violated here"


def test_one_supersample_has_an_interval_over_draws_only() -> None:
    losses, coins = leaky(0.5, draws=100, n=4, seed=1)
    assert supersample_gap(losses=losses, coins=coins).n == 100
    assert math.isnan(f_cmi(losses=losses, coins=coins).term("half width of 95% over supersamples").value)


GOOD, COINS = np.zeros((1, 3, 2, 2)), np.array([[[0, 1], [1, 0], [1, 1]]])


@pytest.mark.parametrize(
    ("losses", "coins", "message"),
    [
        (GOOD[:, :1], COINS[:, :1], "draws must be >= 2, got 1: one coin draw"),
        (GOOD[..., 0], COINS, r"losses must have shape \(supersamples, draws, n, 2\)"),
        (GOOD[..., :1], COINS, r"and coins \(supersamples, draws, n\), got \(1, 3, 2, 1\)"),
        (GOOD, COINS[:, :2], r"got \(1, 3, 2, 2\) and \(1, 2, 2\)"),
        (GOOD[:, :, :0], COINS[:, :, :0], "no empty axis"),
        (GOOD + 2, COINS, r"losses must lie in \[0, 1\], got 2"),
        (GOOD, COINS * 2 - 1, "coins must each be 0 or 1"),
        (GOOD + 0.5, COINS, "losses must each be 0 or 1 for pairs of losses"),
    ],
)
def test_bad_input(losses: Any, coins: Any, message: str) -> None:
    with pytest.raises(AMEError, match=message):
        f_cmi(losses=losses, coins=coins)


@pytest.mark.parametrize("predictions", [GOOD, np.zeros((1, 3, 2), dtype=np.int64)])
def test_bad_predictions(predictions: Any) -> None:
    with pytest.raises(AMEError, match=r"predictions must be whole numbers with the losses' shape \(1, 3, 2, 2\)"):
        f_cmi(losses=GOOD, coins=COINS, predictions=predictions)
