"""The small discrete world: exact answers against each other, against Monte Carlo, and against the bounds."""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ame_explore.ame import AMEError
from ame_explore.analysis.bounds import (
    World,
    f_cmi,
    know,
    know_supersample,
    parting,
    small_world,
    supersample_gap,
)

CLOSE = 1e-10
temperatures = st.one_of(st.just(0.0), st.floats(1e-3, 1e4))
worlds = st.builds(
    small_world,
    noise=st.floats(0, 1),
    images=st.integers(1, 2),
    blind=st.integers(0, 1),
    width=st.integers(1, 3),
    seed=st.integers(0, 50),
)


def entropy(chances: dict[Any, float]) -> float:
    return -sum(p * math.log(p) for p in chances.values() if p > 0)


def by_loop(world: World, n: int, beta: float) -> tuple[float, float, float, float]:
    """gap, I(S;W), H(M), I(W;S|M), with a dictionary for every distribution and M as the bytes of its rows."""
    tables: dict[str, dict[Any, float]] = {
        name: defaultdict(float) for name in ("S", "W", "M", "SW", "SM", "WM", "SWM")
    }
    gap = 0.0
    kinds, labels = world.pair_chances, world.label_chances.shape[1]
    for sample in itertools.product(range(len(kinds)), repeat=n):
        chance = math.prod(kinds[z] for z in sample)
        scores = [
            p * math.exp(-beta * np.mean([world.losses[w, z] for z in sample])) for w, p in enumerate(world.prior)
        ]
        for w, score in enumerate(scores):
            p = chance * score / sum(scores)
            rows = [world.text_rows] + [world.image_rows[w, z // labels][None] for z in sample]
            m = np.concatenate(rows).tobytes()
            for name, key in zip(tables, (sample, w, m, (sample, w), (sample, m), (w, m), (sample, w, m)), strict=True):
                tables[name][key] += p
            gap += p * float(world.losses[w] @ kinds - np.mean([world.losses[w, z] for z in sample]))
    h = {name: entropy(table) for name, table in tables.items()}
    return gap, h["S"] + h["W"] - h["SW"], h["M"], h["WM"] + h["SM"] - h["M"] - h["SWM"]


@pytest.mark.parametrize("blind", [0, 1, 2])
@pytest.mark.parametrize("beta", [0.0, 3.0, 40.0])
def test_enumeration_against_a_plain_loop(beta: float, blind: int) -> None:
    world = small_world(images=2, blind=blind, noise=0.3)
    known = know(world, 3, beta)
    loop = by_loop(world, 3, beta)
    assert (known.gap, known.information, known.entropy, known.conditional) == pytest.approx(loop, abs=CLOSE)
    assert known.loss - known.train_loss == pytest.approx(known.gap, abs=CLOSE)
    assert known.rows == 2 + 3


def test_rows_of_a_small_world_lie_between_their_text_and_noise() -> None:
    """Half of the text's row and half of a standard normal: a deviation of 1/2 in each of 20,000 features."""
    world = small_world(images=3, blind=1, width=20_000, noise=0.1)
    rules = np.array([[(rule >> image) & 1 for image in range(3)] for rule in range(8)])
    said = np.where(np.arange(3) < 1, 0, rules)
    apart = world.image_rows - world.text_rows[said] / 2
    assert apart.mean() == pytest.approx(0, abs=5 * 0.5 / math.sqrt(apart.size))
    assert apart.std() == pytest.approx(0.5, rel=5 / math.sqrt(2 * apart.size))
    assert np.abs(apart.reshape(24, -1).std(1) - 0.5).max() < 5 * 0.5 / math.sqrt(2 * 20_000)
    assert world.label_chances.tolist() == [[0.9, 0.1], [0.1, 0.9], [0.9, 0.1]]


@given(worlds, st.integers(1, 3), st.floats(1e-3, 1e4))
def test_gibbs_identity(world: World, n: int, beta: float) -> None:
    """E gap = (I(S;W) + lautum information) / beta, exactly (Aminian et al. 2021)."""
    known = know(world, n, beta)
    # the divergences are sums of logarithms of up to beta: so is their rounding, which is then divided by beta
    assert known.gap == pytest.approx((known.information + known.lautum) / beta, abs=1e-12 * (1 + 1 / beta))


@given(worlds, st.integers(1, 3), temperatures)
def test_every_bound_holds_at_every_temperature(world: World, n: int, beta: float) -> None:
    known = know(world, n, beta)
    assert abs(known.gap) <= known.xu_raginsky.value + 1e-7  # a root of rounding
    assert known.xu_raginsky.value <= known.repaired.value + 1e-7  # the repair cannot be the tighter of the two
    assert 0 <= known.conditional <= math.log(len(world.prior)) + CLOSE
    assert 0 <= known.trained_entropy <= math.log(known.rows) + 1e-6
    assert known.gap >= -CLOSE  # of a Gibbs learner


@settings(max_examples=25)
@given(worlds, st.integers(1, 2), temperatures)
def test_supersample_against_sample(world: World, n: int, beta: float) -> None:
    setting, known = know_supersample(world, n, beta), know(world, n, beta)
    assert setting.gap == pytest.approx(known.gap, abs=CLOSE)
    assert abs(setting.gap) <= setting.f_cmi + 1e-7
    assert setting.f_cmi <= setting.cmi.value + 1e-7  # data processing and independent coins
    assert setting.information <= min(known.information, n * math.log(2)) + CLOSE  # CMI <= I(S;W)


def test_cold_and_hot() -> None:
    hot = know(small_world(), 3, 0.0)
    assert hot.information == pytest.approx(0, abs=CLOSE) and hot.gap == pytest.approx(0, abs=CLOSE)
    # without noise and with every rule allowed a cold learner reads off the labels of the images it saw
    cold = know(small_world(noise=0.0), 3, 1e4)
    assert cold.train_loss == pytest.approx(0, abs=CLOSE)
    unseen = (2 / 3) ** 3  # of an image in three draws of three images; it is then right by half
    assert cold.gap == pytest.approx(unseen / 2, abs=CLOSE)
    # each image seen fixes one bit of the rule, ln 2 of the prior's three
    assert cold.information == pytest.approx(3 * (1 - unseen) * math.log(2) - prior_shift(unseen), abs=CLOSE)


def prior_shift(unseen: float) -> float:
    """KL(P_W || prior) for the learner above: W is nearer to the truth than the prior, on all images together."""
    # P(W = w): by how many of three images w differs from the truth; all of those must be unseen
    chances = {0: 0.0, 1: 0.0, 2: 0.0, 3: 0.0}
    for sample in itertools.product(range(3), repeat=3):
        hidden = 3 - len(set(sample))
        for wrong in range(hidden + 1):
            chances[wrong] += math.comb(hidden, wrong) / 2**hidden / 27
    each = {k: p / math.comb(3, k) for k, p in chances.items()}
    return sum(math.comb(3, k) * p * math.log(p * 8) for k, p in each.items() if p > 0)


def test_where_the_trained_entropy_parts_from_shannons() -> None:
    """Scaling M's rows moves the trained entropy from ln(rows) to 0 and the published formula to below the gap."""
    known = parting(small_world(), 4, 16.0)
    for name in ("gap", "information", "entropy", "conditional"):
        assert len({getattr(each, name) for each in known}) == 1
    trained = [each.trained_entropy for each in known]
    assert trained[0] == pytest.approx(math.log(6), abs=1e-3) and trained[-1] < 1e-3
    assert trained == sorted(trained, reverse=True)
    assert all(each.repaired.value > each.gap for each in known)
    assert known[0].as_published.value > known[0].gap > known[-1].as_published.value > 0
    assert all(each.as_published.kind == "not a bound" for each in known)
    assert known[0].repaired.verdict == "holds" and known[0].xu_raginsky.verdict == "holds"


def test_the_last_word_of_the_conditional_term() -> None:
    """Where M shows every rule it leaves nothing to tell of S, and the more the more images are blind to the rule."""
    left = [know(small_world(blind=blind), 3, 16.0) for blind in range(4)]
    terms = [each.conditional for each in left]
    assert terms[0] == pytest.approx(0, abs=CLOSE)
    assert terms == sorted(terms) and terms[1] > 0.1
    # with all rows blind M shows the images and is a function of S: then I(W;S|M) = I(W;S) - I(W;M)
    assert left[3].information - left[3].entropy <= terms[3] <= left[3].information


def draw_supersamples(world: World, n: int, beta: float, *, supersamples: int, draws: int, seed: int) -> Any:
    """Learners of CMI's setting: losses (supersamples, draws, n, 2) and coins (supersamples, draws, n)."""
    generator = np.random.default_rng(seed)
    pairs = generator.choice(len(world.pair_chances), (supersamples, n, 2), p=world.pair_chances)
    coins = generator.integers(0, 2, (supersamples, draws, n))
    every = np.broadcast_to(pairs[:, None], (supersamples, draws, n, 2))
    samples = np.take_along_axis(every, coins[..., None], axis=3)[..., 0].reshape(-1, n)
    heights = np.exp(world.log_posterior(samples, beta)).cumsum(axis=1)
    chosen = (generator.random((len(samples), 1)) * heights[:, -1:] < heights).argmax(axis=1)
    return world.losses[chosen.reshape(supersamples, draws, 1, 1), every], coins


def test_enumeration_against_monte_carlo() -> None:
    world, n, beta = small_world(images=2, noise=0.25), 3, 6.0
    exact = know_supersample(world, n, beta)
    losses, coins = draw_supersamples(world, n, beta, supersamples=400, draws=1000, seed=7)
    gap = supersample_gap(losses=losses, coins=coins, confidence=1 - 1e-6)
    assert gap.low < exact.gap < gap.high
    bound = f_cmi(losses=losses, coins=coins)
    wide = 2.5 * bound.term("half width of 95% over supersamples").value  # five standard errors
    # the plug-in lies up to its bias too high, and is not to lie too low
    assert exact.f_cmi - wide < bound.value < exact.f_cmi + wide + bound.term("bias of the plug-in").value
    assert losses.shape == (400, 1000, 3, 2) and set(np.unique(losses)) == {0.0, 1.0}


WORLD = small_world()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"prior": np.full(7, 1 / 7)}, r"rules must have shape \(7, 3\), got \(8, 3\)"),
        ({"prior": np.full(8, 0.2)}, "prior must be probabilities that sum to 1, got a sum of 1.6"),
        ({"prior": np.eye(8)[0]}, "prior must be > 0"),
        ({"image_chances": np.ones(3)}, "image_chances must be probabilities"),
        ({"label_chances": np.ones((3, 2))}, "label_chances must be probabilities"),
        ({"rules": np.full((8, 3), 2)}, "rules must name labels 0 ... 1, got 2 to 2"),
        ({"text_rows": np.zeros((3, 4))}, r"text_rows must have shape \(2, 4\)"),
    ],
)
def test_bad_worlds(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(AMEError, match=message):
        replace(WORLD, **changes)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: know(WORLD, 0, 1.0), "n must be a whole number >= 1, got 0"),
        (lambda: know(WORLD, 20, 1.0), "n must be smaller, got 20"),
        (lambda: know(WORLD, 2, -1.0), "beta must be a finite number >= 0"),
        (lambda: know(WORLD, 2, 1.0, scale=0.0), "scale must be a finite number > 0"),
        (lambda: know_supersample(WORLD, 0, 1.0), "n must be a whole number >= 1, got 0"),
        (lambda: know_supersample(WORLD, 6, 1.0), "too many to enumerate"),
        (lambda: small_world(images=7), "images must be a whole number >= 1 and <= 6"),
        (lambda: small_world(blind=4), "blind must be a whole number >= 0 and <= 3"),
        (lambda: small_world(noise=1.5), "noise must be a finite number"),
    ],
)
def test_bad_input(call: Any, message: str) -> None:
    with pytest.raises(AMEError, match=message):
        call()
