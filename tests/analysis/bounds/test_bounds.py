"""The bounds one by one: divergences and their inverse, known answers, terms, assumptions, and bad input."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import FrozenInstanceError
from decimal import Decimal, localcontext
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, special, stats

from ame_explore.ame import AMEError
from ame_explore.analysis import bounds
from ame_explore.analysis.bounds import Assumption, Bound, binary_kl, gaussian_kl, kl_inverse
from ame_explore.analysis.bounds.divergences import _rounding

CLOSE = 1e-12
SHARED = {"kl": 3.0, "n": 64, "delta": 0.05}
PAC: dict[str, Callable[..., Bound]] = {
    "kl": bounds.pac_bayes_kl,
    "mcallester": bounds.mcallester,
    "catoni": lambda *args, **kwargs: bounds.catoni(*args, lam=1.5, **kwargs),
}
pac = pytest.mark.parametrize("bound", PAC.values(), ids=PAC.keys())


def decimal_inverse(q: float, budget: float) -> Decimal:
    """The inverse of the binary kl by bisection in 60 digits, to 2^-100."""
    with localcontext() as context:
        context.prec = 60
        exact, limit = Decimal(q), Decimal(budget)
        low, high = exact, Decimal(1)
        for _ in range(100):
            middle = (low + high) / 2
            kl = exact * (exact / middle).ln() if q else Decimal(0)
            kl += (1 - exact) * ((1 - exact) / (1 - middle)).ln()
            low, high = (middle, high) if kl <= limit else (low, middle)
        return low


@pytest.mark.parametrize("q", [0.0, 1e-12, 0.001, 0.1, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("budget", [1e-9, 1e-4, 0.01, 0.3, 2.0, 20.0])
def test_kl_inverse_against_a_table_and_a_second_method(q: float, budget: float) -> None:
    ours = kl_inverse(q, budget)
    # In float64 kl(q||p) is known to about eps (p - q): over its slope (p - q)/(p (1 - p)) that is eps p (1 - p) in p.
    assert ours == pytest.approx(float(decimal_inverse(q, budget)), abs=1e-14)

    def above(p: float) -> float:
        return float(special.rel_entr(q, p) + special.rel_entr(1 - q, 1 - p)) - budget

    if (
        above(1 - 1e-15) > 0
    ):  # brentq needs a change of sign; its own kl cancels, to eps over the slope at small budgets
        theirs = optimize.brentq(above, q, 1 - 1e-15, xtol=1e-15)
        slope = (theirs - q) / (theirs * (1 - theirs))
        assert ours == pytest.approx(theirs, abs=4e-16 / slope + 1e-14)


def test_kl_inverse_is_never_rounded_down() -> None:
    """Against 60 digits, with small budgets and chances near 0 and 1: never below, and above by rounding alone."""
    generator = np.random.default_rng(0)
    for kind in range(150):
        u, small = generator.random(), 10 ** generator.uniform(-12, 0)
        q = (u, small, 1 - small)[kind % 3]
        budget = 10 ** generator.uniform(-14, 1.5)
        ours, exact = Decimal(kl_inverse(q, budget)), decimal_inverse(q, budget)
        assert ours >= exact
        assert ours - exact < Decimal("2e-15")


@pytest.mark.parametrize("size", [1e-200, 1e-30, 1e-3, 0.3])
def test_the_rounding_of_binary_kl_is_within_its_bound(size: float) -> None:
    """Against 400 digits: where q and p are tiny, the logarithms are large and nearly cancel."""
    generator = np.random.default_rng(1)
    with localcontext() as context:
        context.prec = 400
        for factor in (1.1, 1.6, 2.0, 3.0, 9.0, 0.3, 0.05) * 30:
            q = size * generator.uniform(0.1, 1)
            p = min(q * factor, 0.999)
            a, b = Decimal(q), Decimal(p)
            exact = a * (a / b).ln() + (1 - a) * ((1 - a) / (1 - b)).ln()
            assert abs(Decimal(binary_kl(q, p)) - exact) <= Decimal(_rounding(q, p))


@given(st.floats(0, 1), st.floats(0, 40))
def test_kl_inverse_lies_between_its_argument_and_one(q: float, budget: float) -> None:
    assert q <= kl_inverse(q, budget) <= 1


@given(st.floats(0, 1), st.floats(0, 1))
def test_binary_kl(q: float, p: float) -> None:
    theirs = float(special.rel_entr(q, p) + special.rel_entr(1 - q, 1 - p))
    ours = binary_kl(q, p)
    assert ours >= 2 * (p - q) ** 2 - CLOSE  # Pinsker
    if math.isfinite(theirs):
        assert ours == pytest.approx(theirs, rel=1e-9, abs=1e-12)


def test_binary_kl_at_the_corners() -> None:
    assert binary_kl(0.0, 0.0) == binary_kl(1.0, 1.0) == 0.0
    assert binary_kl(0.0, 1.0) == binary_kl(1.0, 0.0) == binary_kl(0.5, 1.0) == math.inf
    assert binary_kl(0.0, 0.25) == pytest.approx(math.log(4 / 3), rel=CLOSE)
    assert kl_inverse(0.3, math.inf) == kl_inverse(1.0, 0.1) == 1.0
    assert kl_inverse(0.3, 0.0) == 0.3
    assert kl_inverse(0.0, math.log(4 / 3)) == pytest.approx(0.25, rel=CLOSE)


def test_gaussian_kl_is_that_of_torch() -> None:
    generator = torch.Generator().manual_seed(0)
    means = torch.randn(2, 3, 4, generator=generator, dtype=torch.float64)
    stds = torch.rand(2, 3, 4, generator=generator, dtype=torch.float64) + 0.1
    q, p = (torch.distributions.Normal(means[k], stds[k]) for k in (0, 1))
    theirs = float(torch.distributions.kl_divergence(q, p).sum())
    assert gaussian_kl(mean_q=means[0], std_q=stds[0], mean_p=means[1], std_p=stds[1]) == pytest.approx(
        theirs, rel=CLOSE
    )
    # a variance where the standard deviation belongs is another number
    assert abs(gaussian_kl(mean_q=means[0], std_q=stds[0] ** 2, mean_p=means[1], std_p=stds[1] ** 2) - theirs) > 1


def test_gaussian_kl_by_hand() -> None:
    assert gaussian_kl(mean_q=[1.0, 2.0], std_q=0.5, mean_p=[1.0, 2.0], std_p=0.5) == 0.0
    assert gaussian_kl(mean_q=[1.0], std_q=2.0, mean_p=[0.0], std_p=2.0) == pytest.approx(1 / 8)  # (m/s)^2 / 2
    assert gaussian_kl(mean_q=[0.0], std_q=2.0, mean_p=[0.0], std_p=1.0) == pytest.approx(4 / 2 - 1 / 2 - math.log(2))
    assert gaussian_kl(mean_q=torch.ones(7, requires_grad=True), std_q=1.0, mean_p=np.zeros(7), std_p=1.0) == 3.5


@pytest.mark.parametrize("n", [*range(1, 40), 100, 1000])
def test_maurers_constant_covers_every_n(n: int) -> None:
    """E exp(n kl(mean || p)) = sum_k C(n,k) (k/n)^k (1-k/n)^(n-k) <= 2 sqrt(n), with equality at n = 1."""
    k = np.arange(n + 1)
    moment = stats.binom.pmf(k, n, k / n).sum()
    assert moment <= 2 * math.sqrt(n) * (1 + CLOSE)
    if n == 1:
        assert moment == pytest.approx(2, rel=CLOSE)


def test_pac_bayes_by_hand() -> None:
    loss, kl, n, delta = 0.1, 3.0, 64, 0.05
    nats = (3.0 + math.log(16 / 0.05)) / 64  # 2 sqrt(64) = 16
    assert bounds.pac_bayes_kl(loss, kl, n, delta=delta).value == pytest.approx(
        float(decimal_inverse(loss, nats)), abs=1e-13
    )
    assert bounds.mcallester(loss, kl, n, delta=delta).value == pytest.approx(loss + math.sqrt(nats / 2), rel=CLOSE)
    expected = (1 - math.exp(-1.5 * loss - (3.0 + math.log(20)) / 64)) / (1 - math.exp(-1.5))
    assert bounds.catoni(loss, kl, n, lam=1.5, delta=delta).value == pytest.approx(expected, rel=CLOSE)


@pac
def test_one_sample_is_enough_to_be_vacuous_but_defined(bound: Callable[..., Bound]) -> None:
    """Peers divide by n - 1, and by zero for one sample or one batch."""
    one = bound(0.0, 0.0, 1)
    assert math.isfinite(one.value) and one.value > 0.9
    assert bound(1.0, 5.0, 1).vacuous


@given(st.floats(0, 1), st.floats(0, 50), st.integers(1, 10_000), st.floats(0.001, 0.9))
def test_pac_bayes_grows_with_what_it_should(loss: float, kl: float, n: int, delta: float) -> None:
    for bound in PAC.values():
        value = bound(loss, kl, n, delta=delta).value
        assert value >= loss - CLOSE
        assert bound(loss, kl + 1, n, delta=delta).value >= value
        assert bound(loss, kl, n, delta=delta / 2).value >= value
        assert bound(min(1.0, loss + 0.01), kl, n, delta=delta).value >= value
    kl_form, pinsker = (bound(loss, kl, n, delta=delta).value for bound in (PAC["kl"], PAC["mcallester"]))
    assert kl_form <= pinsker + CLOSE


@pac
@given(st.integers(1, 40), st.floats(0.01, 0.5))
def test_draws_of_weights_cost_their_share(bound: Callable[..., Bound], draws: int, delta: float) -> None:
    losses = np.linspace(0, 0.5, draws)
    sampled, exact = bound(losses, 3.0, 64, delta=delta), bound(float(losses.mean()), 3.0, 64, delta=delta)
    assert sampled.value > exact.value
    assert sampled.term("draws of weights").value == draws
    assert sampled.term("delta of the draws").value == pytest.approx(0.2 * delta)
    upper = bounds.monte_carlo_loss(losses, delta=0.2 * delta)
    assert sampled.term("margin for the draws of weights").value == upper.upper - upper.mean
    # what the draws leave of delta goes into the bound at the raised loss
    assert sampled.value == bound(upper.upper, 3.0, 64, delta=delta - 0.2 * delta).value


def test_draw_weights() -> None:
    mean, std = torch.tensor([1.0, -2.0], dtype=torch.float64), torch.tensor([0.1, 3.0], dtype=torch.float64)
    state = torch.get_rng_state()
    draws = bounds.draw_weights(mean=mean, std=std, draws=40_000, generator=torch.Generator().manual_seed(1))
    assert draws.shape == (40_000, 2) and torch.equal(state, torch.get_rng_state())
    # five standard errors: of a mean s/sqrt(m), of a standard deviation s/sqrt(2m)
    assert ((draws.mean(0) - mean).abs() < 5 * std / 200).all()
    assert ((draws.std(0) - std).abs() < 5 * std / 280).all()


@pytest.mark.parametrize(("errors", "n"), [(0, 1), (1, 1), (0, 20), (3, 20), (20, 20), (7, 1000)])
@pytest.mark.parametrize("delta", [0.01, 0.05, 0.4])
def test_clopper_pearson_is_that_of_scipy(errors: int, n: int, delta: float) -> None:
    losses = np.arange(n) < errors
    theirs = stats.binomtest(errors, n, alternative="less").proportion_ci(1 - delta, method="exact").high
    assert bounds.clopper_pearson(losses, delta=delta).value == pytest.approx(theirs, abs=1e-10)  # their root finder's
    two_sided = stats.binomtest(errors, n).proportion_ci(1 - delta, method="exact")
    gap = bounds.true_gap(train_losses=[0.25, 0.75], test_losses=losses, delta=delta)
    assert (gap.test_low, gap.test_high) == pytest.approx((two_sided.low, two_sided.high), abs=1e-10)
    assert (gap.low, gap.high) == pytest.approx((two_sided.low - 0.5, two_sided.high - 0.5), abs=1e-10)
    assert gap.value == pytest.approx(errors / n - 0.5) and gap.method == "Clopper-Pearson"


def test_hoeffding_by_hand() -> None:
    bound = bounds.hoeffding([0.5, 0.25, 0.0, 0.25], delta=math.exp(-2))
    assert bound.value == pytest.approx(0.25 + math.sqrt(2 / 8))
    gap = bounds.true_gap(train_losses=[0.0], test_losses=[0.5, 0.25, 0.0, 0.25], delta=2 * math.exp(-2))
    assert (gap.low, gap.high) == pytest.approx((0.0, 0.75)) and gap.method == "Hoeffding"
    assert "0.250 on the test images (4) and 0.000 on the training images (1)" in gap.sentence


def test_information_by_hand() -> None:
    assert bounds.xu_raginsky(0.5, 4).value == pytest.approx(0.25)
    assert bounds.xu_raginsky(0.5, 4, sigma=1.0).value == pytest.approx(0.5)
    assert bounds.xu_raginsky(math.inf, 4).vacuous
    assert bounds.cmi(2.0, 4).value == pytest.approx(1.0) and bounds.cmi(2.0, 4).vacuous
    assert bounds.cmi(7 * math.log(2), 7).value == pytest.approx(math.sqrt(2 * math.log(2)))
    assert bounds.repaired_corollary(entropy=0.3, information=0.2, n=4).value == pytest.approx(0.25)
    assert bounds.repaired_corollary(entropy=math.inf, information=0.2, n=4).value == math.inf


def test_the_papers_terms_are_flagged() -> None:
    without = bounds.paper_terms(4.0, 16)
    assert without.kind == "not a bound" and math.isnan(without.value) and not without.vacuous
    assert without.verdict == "not a bound" and "not a bound, and it has no value" in without.sentence
    assert without.violated and without.unchecked
    known = bounds.paper_terms(4.0, 16, epsilon=4.0)
    assert known.value == pytest.approx(0.5) and known.verdict == "not a bound"
    assert "not a bound; its terms give 0.500" in known.sentence


def every_bound() -> dict[str, Bound]:
    losses, coins = np.zeros((2, 4, 3, 2)), np.arange(24).reshape(2, 4, 3) % 2
    found = {name: bound(0.1, **SHARED) for name, bound in PAC.items()}
    found |= {f"{name}, drawn": bound(np.full(50, 0.1), **SHARED) for name, bound in PAC.items()}
    return found | {
        "hoeffding": bounds.hoeffding([0.0, 1.0, 0.5]),
        "clopper_pearson": bounds.clopper_pearson([0.0, 1.0, 0.0]),
        "xu_raginsky": bounds.xu_raginsky(0.2, 5),
        "infinite": bounds.xu_raginsky(math.inf, 5),
        "repaired": bounds.repaired_corollary(entropy=0.2, information=0.1, n=5, exact=True),
        "repaired, infinite": bounds.repaired_corollary(entropy=math.inf, information=0.1, n=5),
        "cmi": bounds.cmi(0.2, 5),
        "f_cmi": bounds.f_cmi(losses=losses, coins=coins),
        "paper": bounds.paper_terms(0.3, 5, epsilon=0.1),
    }


@pytest.mark.parametrize(("name", "bound"), every_bound().items())
def test_every_bound_tells_all(name: str, bound: Bound) -> None:
    parts = [term.adds for term in bound.terms if term.adds is not None]
    assert sum(parts) == pytest.approx(bound.value, rel=CLOSE, abs=CLOSE)
    assert all(part >= 0 for part in parts)
    assert bound.assumptions and bound.source and bound.name in bound.sentence
    assert (bound.confidence is None) == (bound.kind != "with probability")
    assert bound.vacuous == (round(bound.value, 3) >= 1 if math.isfinite(bound.value) else bound.value > 1)
    assert bound.vacuous == ("VACUOUS" in bound.sentence)
    for each in (*bound.violated, *bound.unchecked):
        assert each.name in bound.sentence
    assert ("drawn from the posterior" in bound.sentence) == bound.name.startswith("PAC-Bayes")
    with pytest.raises(FrozenInstanceError):
        bound.value = 0.0  # type: ignore[misc]


def test_the_kl_form_is_vacuous_where_three_decimals_show_one() -> None:
    """It never reaches 1, and 0.9999 tells nobody anything."""
    bound = bounds.pac_bayes_kl(0.5, 600.0, 100)
    assert 0.9995 <= bound.value < 1 and bound.vacuous and bound.verdict == "VACUOUS"
    assert not bounds.pac_bayes_kl(0.5, 1.0, 100).vacuous


def test_a_vacuous_bound_says_so() -> None:
    bound = bounds.mcallester(0.5, 100.0, 10)
    assert bound.vacuous and bound.value > 1 and "VACUOUS: no loss in [0, 1] can exceed 1" in bound.sentence
    assert bound.verdict == "VACUOUS"
    fine = bounds.hoeffding(np.zeros(1000), assumptions=[Assumption("all", "holds", "By construction.")])
    assert fine.verdict == "holds" and "With probability 0.95, the expected loss is at most 0.039" in fine.sentence


def test_shots_and_new_classes_and_seen_images() -> None:
    iid, same, unseen = bounds.protocol_assumptions(
        shots=2,
        train_classes=range(5),
        test_classes=range(5, 10),
        seen={"teacher": torch.tensor([1, 2, 3]), "backbone": [8, 9]},
        samples=np.array([[3, 4], [5, 2]]),
    )
    assert [each.state for each in (iid, same, unseen)] == ["violated here"] * 3
    chance = math.factorial(10) / 2**5 / 5**10  # of exactly two of each of five classes in ten draws
    assert f"{chance:.2g}" in iid.test
    assert "5 of 5 test classes" in same.test and "base-to-new" in same.test
    assert unseen.test == "Of the 4 samples, the teacher saw 2."
    bound = bounds.pac_bayes_kl(0.1, 1.0, 10, assumptions=(iid, same, unseen))
    assert bound.verdict == "an assumption is violated here" and "exactly 2 images" in bound.sentence


def test_a_clean_protocol_holds_and_a_silent_one_is_not_checked() -> None:
    clean = bounds.protocol_assumptions(
        drawn_at_random=True, train_classes=[1, 0], test_classes=[0, 1], seen={"teacher": [7]}, samples=[1, 2]
    )
    assert [each.state for each in clean] == ["holds"] * 3
    assert [each.state for each in bounds.protocol_assumptions()] == ["not checked"] * 3
    part = bounds.protocol_assumptions(train_classes=range(4), test_classes=range(2))[1]
    assert part.state == "violated here" and "2 of 4 training classes" in part.test


@pytest.mark.parametrize(
    ("prior", "samples", "state"),
    [
        ([], None, "holds"),
        ([1, 2], [3, 4], "holds"),
        ([1, 2], [2, 3], "violated here"),
        (None, [1], "not checked"),
        ([1, 2], None, "not checked"),
    ],
)
def test_prior(prior: Any, samples: Any, state: str) -> None:
    assert bounds.prior_independent(prior_samples=prior, samples=samples).state == state


def test_assumptions_say_what_decided() -> None:
    with pytest.raises(AMEError, match="test must be a sentence"):
        Assumption("all is well", "holds", " ")
    with pytest.raises(AMEError, match="state must be one of"):
        Assumption("all is well", "surely", "I think so.")  # type: ignore[arg-type]


BAD: list[tuple[Callable[[], object], str]] = [
    (lambda: bounds.pac_bayes_kl(0.1, 1.0, 0), "n must be a whole number >= 1, got 0"),
    (lambda: bounds.mcallester(0.1, 1.0, -3), "n must be a whole number >= 1, got -3"),
    (lambda: bounds.catoni(0.1, 1.0, 0, lam=1.0), "n must be a whole number >= 1"),
    (lambda: bounds.catoni(0.1, 1.0, 5, lam=0.0), "lam must be a finite number > 0"),
    (lambda: bounds.xu_raginsky(0.1, 0), "n must be a whole number >= 1"),
    (lambda: bounds.cmi(0.1, 0), "n must be a whole number >= 1"),
    (lambda: bounds.paper_terms(1.0, 0), "n must be a whole number >= 1"),
    (lambda: bounds.hoeffding([]), r"test_losses must have shape \(n,\) and no empty axis, got \(0,\)"),
    (lambda: bounds.clopper_pearson([]), "test_losses must have shape"),
    (lambda: bounds.true_gap(train_losses=[], test_losses=[0.0]), "train_losses must have shape"),
    (lambda: bounds.hoeffding([0.5, 1.5, -1.0]), r"test_losses must lie in \[0, 1\], got 1.5 \(2 of 3 do not\)"),
    (lambda: bounds.hoeffding([math.nan]), r"test_losses must lie in \[0, 1\], got nan"),
    (lambda: bounds.hoeffding(["high"]), "test_losses must be numbers"),
    (lambda: bounds.clopper_pearson([0.5]), "use hoeffding"),
    (lambda: bounds.pac_bayes_kl(1.2, 1.0, 5), r"empirical_loss must lie in \[0, 1\], got 1.2"),
    (lambda: bounds.pac_bayes_kl([0.1, 2.0], 1.0, 5), r"losses must lie in \[0, 1\], got 2"),
    (lambda: bounds.pac_bayes_kl(0.1, -1.0, 5), "kl must be a finite number >= 0"),
    (lambda: bounds.pac_bayes_kl(0.1, math.inf, 5), "kl must be a finite number >= 0"),
    (lambda: bounds.pac_bayes_kl([0.1], 1.0, 5, draws_share=1.0), r"draws_share must be a number in \(0, 1\)"),
    (lambda: bounds.xu_raginsky(-0.1, 5), "information must be a finite number >= 0"),
    (lambda: bounds.xu_raginsky(math.nan, 5), "information must be a finite number >= 0"),
    (lambda: bounds.xu_raginsky(0.1, 5, sigma=0.0), "sigma must be a finite number > 0"),
    (lambda: bounds.paper_terms(math.inf, 5), "delta must be finite"),
    (lambda: bounds.paper_terms(1.0, 5, reading="roes"), "reading must be one of"),
    (
        lambda: gaussian_kl(mean_q=[1.0], std_q=1.0, mean_p=[1.0, 2.0], std_p=1.0),
        r"mean_q and mean_p must have the same shape, got \(1,\) and \(2,\)",
    ),
    (
        lambda: gaussian_kl(mean_q=[1.0, 2.0], std_q=[1.0], mean_p=[1.0, 2.0], std_p=1.0),
        r"std_q must be one number or have the shape \(2,\)",
    ),
    (lambda: gaussian_kl(mean_q=[1.0], std_q=0.0, mean_p=[1.0], std_p=1.0), "std_q must be > 0, got 0"),
    (
        lambda: gaussian_kl(mean_q=[1.0], std_q=1.0, mean_p=[1.0], std_p=-3.0),
        "std_p must be > 0, got -3: it is a standard deviation",
    ),
    (lambda: gaussian_kl(mean_q=[], std_q=1.0, mean_p=[], std_p=1.0), "mean_q must hold at least one weight"),
    (lambda: gaussian_kl(mean_q=[math.nan], std_q=1.0, mean_p=[1.0], std_p=1.0), "mean_q must be finite"),
    (lambda: bounds.monte_carlo_loss([], delta=0.1), "losses must have shape"),
    (lambda: bounds.protocol_assumptions(shots=0), "shots must be a whole number >= 1"),
    (lambda: bounds.protocol_assumptions(shots=1, drawn_at_random=True), "shots must be None for a sample drawn"),
    (lambda: kl_inverse(0.5, -1.0), "budget must be a number >= 0"),
    (lambda: kl_inverse(1.5, 1.0), "q must be a finite number"),
    (lambda: bounds.hoeffding([0.1]).term("sigma"), "name must be one of"),
]


@pytest.mark.parametrize(("call", "message"), BAD)
def test_bad_input(call: Callable[[], object], message: str) -> None:
    with pytest.raises(AMEError, match=message):
        call()


@pytest.mark.parametrize("delta", [0.0, 1.0, -0.1, 5, math.nan, "5%", True])
def test_bad_delta(delta: Any) -> None:
    calls: list[Callable[[], object]] = [
        lambda: bounds.hoeffding([0.1], delta=delta),
        lambda: bounds.clopper_pearson([0.0], delta=delta),
        lambda: bounds.true_gap(train_losses=[0.1], test_losses=[0.1], delta=delta),
        lambda: bounds.monte_carlo_loss([0.1], delta=delta),
        *(lambda bound=bound: bound(0.1, 1.0, 5, delta=delta) for bound in PAC.values()),
    ]
    for call in calls:
        with pytest.raises(AMEError, match="delta must be a"):
            call()


@pytest.mark.parametrize("std", [0.0, -1.0, torch.ones(3)])
def test_bad_draws_of_weights(std: Any) -> None:
    with pytest.raises(AMEError, match="std must be > 0 and one number or of the shape"):
        bounds.draw_weights(mean=torch.zeros(2), std=std, draws=3, generator=torch.Generator())
    with pytest.raises(AMEError, match="draws must be a whole number >= 1"):
        bounds.draw_weights(mean=torch.zeros(2), std=1.0, draws=0, generator=torch.Generator())
