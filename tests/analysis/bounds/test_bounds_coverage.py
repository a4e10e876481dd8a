"""Each bound with confidence 1 - delta fails no more often than delta allows, and a wrong one would be found out.

Three tests of growing generality, each with mutants (formulas with a likely mistake) that it must catch:

1. One hypothesis, no choice, KL = 0: the worst failure rate over all expected losses, exactly. A bound that grows with
the
   errors fails for "k errors or fewer" where the expected loss lies just above its value at k errors.
2. 500 problems with many hypotheses and posteriors that are chosen after looking, by an adversary who knows the truth.
3. 500 problems with Gaussian posteriors over weights, the loss on the samples estimated by draws of weights.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
import torch
from scipy import stats

from ame_explore.analysis import bounds
from ame_explore.analysis.bounds import gaussian_kl, kl_inverse

DELTA = 0.1
PROBLEMS = 500
Limit = Callable[[float, float, int, float], float]  # mean loss, KL, n, delta -> value


def log_term(n: int, delta: float) -> float:
    return math.log(2 * math.sqrt(n) / delta)


def errors_of(mean: float, n: int) -> np.ndarray:
    return np.arange(n) < round(mean * n)


LIMITS: dict[str, Limit] = {
    "Hoeffding": lambda mean, kl, n, delta: bounds.hoeffding(errors_of(mean, n), delta=delta).value,
    "Clopper-Pearson": lambda mean, kl, n, delta: bounds.clopper_pearson(errors_of(mean, n), delta=delta).value,
    "PAC-Bayes-kl": lambda mean, kl, n, delta: bounds.pac_bayes_kl(mean, kl, n, delta=delta).value,
    "McAllester": lambda mean, kl, n, delta: bounds.mcallester(mean, kl, n, delta=delta).value,
    "Catoni": lambda mean, kl, n, delta: bounds.catoni(mean, kl, n, delta=delta, lam=1.0).value,
    "Catoni, steep": lambda mean, kl, n, delta: bounds.catoni(mean, kl, n, delta=delta, lam=30.0).value,
    "draws of weights": lambda mean, kl, n, delta: bounds.monte_carlo_loss(errors_of(mean, n), delta=delta).upper,
    "two-sided gap": lambda mean, kl, n, delta: (
        bounds.true_gap(train_losses=[0.0], test_losses=errors_of(mean, n), delta=2 * delta).high
    ),
}
# The first three of the PAC-Bayes mutants are wrong for one fixed hypothesis already.
MUTANTS: dict[str, Limit] = {
    "Hoeffding of n squared": lambda mean, kl, n, delta: mean + math.sqrt(math.log(1 / delta) / (2 * n**2)),
    "Hoeffding without the root": lambda mean, kl, n, delta: mean + math.log(1 / delta) / (2 * n),
    "Clopper-Pearson, one error less": lambda mean, kl, n, delta: float(
        stats.beta.isf(delta, max(mean * n, 1e-9), n - mean * n + 1)
    ),
    "Clopper-Pearson at 1.01 delta": lambda mean, kl, n, delta: LIMITS["Clopper-Pearson"](mean, kl, n, 1.01 * delta),
    "kl without ln(2 sqrt(n)/delta)": lambda mean, kl, n, delta: kl_inverse(mean, kl / n),
    "kl without 1/delta": lambda mean, kl, n, delta: kl_inverse(mean, (kl + math.log(2 * math.sqrt(n))) / n),
    "kl with n twice": lambda mean, kl, n, delta: kl_inverse(mean, (kl + log_term(n, delta)) / (4 * n)),
    "McAllester without the log term": lambda mean, kl, n, delta: mean + math.sqrt(kl / (2 * n)),
    "Catoni at 1.01 delta": lambda mean, kl, n, delta: LIMITS["Catoni, steep"](mean, kl, n, 1.01 * delta),
    "Catoni without 1/delta": lambda mean, kl, n, delta: LIMITS["Catoni"](mean, kl, n, 1 - 1e-9),
    "draws at 1.01 delta": lambda mean, kl, n, delta: LIMITS["draws of weights"](mean, kl, n, 1.01 * delta),
    "draws taken as they come": lambda mean, kl, n, delta: mean,
}


def worst_failure(limit: Limit, n: int, delta: float) -> float:
    """The largest chance, over all expected losses, that n samples give a value below it."""
    worst = 0.0
    for errors in range(n):
        value = limit(errors / n, 0.0, n, delta)
        if value < 1:  # a loss just above it is the worst for "so many errors or fewer"
            worst = max(worst, float(stats.binom.cdf(errors, n, min(1.0, value + 1e-12))))
    return worst


SIZES = (1, 2, 3, 8, 30, 100)


@pytest.mark.parametrize("limit", LIMITS.values(), ids=LIMITS.keys())
@pytest.mark.parametrize("delta", [0.01, 0.1, 0.45])
def test_one_hypothesis_exactly(limit: Limit, delta: float) -> None:
    assert max(worst_failure(limit, n, delta) for n in SIZES) <= delta * (1 + 1e-9)


@pytest.mark.parametrize("name", ["Clopper-Pearson", "Catoni, steep", "draws of weights"])
def test_the_sharp_ones_are_sharp(name: str) -> None:
    """At their edge they fail just as often as they may: there the test above sees one part in a hundred."""
    assert max(worst_failure(LIMITS[name], n, DELTA) for n in SIZES) == pytest.approx(DELTA, rel=1e-3)


@pytest.mark.parametrize("mutant", MUTANTS.values(), ids=MUTANTS.keys())
def test_mutants_fail_for_one_hypothesis(mutant: Limit) -> None:
    assert max(worst_failure(mutant, n, DELTA) for n in SIZES) > DELTA * (1 + 1e-9)


def test_two_sided_interval_exactly() -> None:
    """Both ends together miss no more often than delta, at expected losses just beyond either end."""
    for n in (1, 2, 5, 30):
        ends = [bounds.true_gap(train_losses=[0.0], test_losses=errors_of(k / n, n), delta=DELTA) for k in range(n + 1)]
        for loss in {end.high + 1e-12 for end in ends} | {end.low - 1e-12 for end in ends}:
            if 0 <= loss <= 1:
                missed = [k for k, end in enumerate(ends) if not end.low <= loss <= end.high]
                assert stats.binom.pmf(missed, n, loss).sum() <= DELTA * (1 + 1e-9)


def too_many(failures: int) -> bool:
    """Whether so many of the problems failing speaks against delta: at most one right bound in a thousand looks so."""
    return bool(stats.binomtest(failures, PROBLEMS, DELTA, alternative="greater").pvalue < 1e-3)


def failures_with_adversary(limit: Limit) -> int:
    """Of 500 problems, those in which some posterior has an expected loss above its limit.

    Hypotheses err independently of each other. In nine of ten problems they all have the expected loss at which so many
    of them are the most dangerous for this limit: just above its value at the worst number of errors. The adversary
    tries the prior itself (KL = 0), every single hypothesis (KL = ln K under a uniform prior), and the half that looks
    best.
    """
    generator = np.random.default_rng(11)
    known = cache(lambda mean, kl, n: limit(mean, kl, n, DELTA))

    @cache
    def edge(n: int, count: int) -> float:
        values = [min(1.0, known(k / n, math.log(count), n) + 1e-9) for k in range(n)]
        return max(values, key=lambda value: stats.binom.cdf(values.index(value), n, value) if value < 1 else 0.0)

    failed = 0
    for problem in range(PROBLEMS):
        n, count = int(generator.choice([1, 2, 5, 20, 60])), int(generator.choice([1, 10, 100, 1000]))
        losses = generator.uniform(0, 1, count) ** 2 if problem % 10 == 0 else np.full(count, edge(n, count))
        means = generator.binomial(n, losses) / n
        half = np.argsort(means - losses)[: max(1, count // 2)]
        found = losses.mean() > known(float(means.mean()), 0.0, n)
        found |= losses[half].mean() > known(float(means[half].mean()), math.log(count / len(half)), n)
        single = {float(mean): losses[means == mean].max() for mean in np.unique(means)}
        failed += found or any(loss > known(mean, math.log(count), n) for mean, loss in single.items())
    return failed


PAC = ("PAC-Bayes-kl", "McAllester", "Catoni", "Catoni, steep")
ADVERSARY_MUTANTS: dict[str, Limit] = {
    "kl without ln(2 sqrt(n)/delta)": MUTANTS["kl without ln(2 sqrt(n)/delta)"],
    "kl without KL": lambda mean, kl, n, delta: LIMITS["PAC-Bayes-kl"](mean, 0.0, n, delta),
    "McAllester without KL": lambda mean, kl, n, delta: LIMITS["McAllester"](mean, 0.0, n, delta),
    "McAllester without the log term": MUTANTS["McAllester without the log term"],
    "Catoni with half of KL": lambda mean, kl, n, delta: LIMITS["Catoni, steep"](mean, kl / 2, n, delta),
    "Catoni at three times delta": lambda mean, kl, n, delta: LIMITS["Catoni, steep"](mean, kl, n, 3 * delta),
    "a test-set bound on the samples trained on": lambda mean, kl, n, delta: kl_inverse(mean, math.log(1 / delta) / n),
}


@pytest.mark.parametrize("name", PAC)
def test_posteriors_chosen_by_an_adversary(name: str) -> None:
    assert not too_many(failures_with_adversary(LIMITS[name]))


@pytest.mark.parametrize("mutant", ADVERSARY_MUTANTS.values(), ids=ADVERSARY_MUTANTS.keys())
def test_the_adversary_finds_mutants(mutant: Limit) -> None:
    assert too_many(failures_with_adversary(mutant))


GAUSSIAN: dict[str, Callable[..., bounds.Bound]] = {
    "kl": bounds.pac_bayes_kl,
    "mcallester": bounds.mcallester,
    "catoni": lambda *args, **kwargs: bounds.catoni(*args, lam=1.0, **kwargs),
    "mutant without both": lambda losses, kl, n, delta: bounds.hoeffding(losses, delta=0.999999),
}


@pytest.fixture(scope="module")
def gaussian_problems() -> list[tuple[np.ndarray, float, int, float]]:
    """(losses of the draws, KL, n, expected loss of the posterior) of linear classifiers around trained weights.

    Twelve unit inputs in the plane with labels that are noise to a half, so that there is much to overfit.
    """
    generator = np.random.default_rng(5)
    torch_generator = torch.Generator().manual_seed(5)
    problems = []
    for _ in range(PROBLEMS):
        angles = generator.uniform(0, 2 * math.pi, 12)
        inputs = np.stack([np.cos(angles), np.sin(angles)], axis=1)
        chances = np.clip(generator.normal(0.5, 0.2, 12), 0, 1)  # of the label +1
        n = int(generator.choice([1, 3, 10, 40]))
        held_out = generator.integers(0, 12, n)  # half of the problems learn their prior from other samples
        drawn = generator.integers(0, 12, n)
        labels = np.where(generator.random((2, n)) < chances[[held_out, drawn]], 1.0, -1.0)
        prior = (inputs[held_out] * labels[0][:, None]).sum(axis=0) if generator.random() < 0.5 else np.zeros(2)
        mean, std = prior + (inputs[drawn] * labels[1][:, None]).sum(axis=0), float(generator.uniform(0.2, 2))
        # an error on (x, +1) has probability Phi(-m.x/s), as |x| = 1
        wrong = stats.norm.cdf(-(inputs @ mean) / std)
        expected = float((chances * wrong + (1 - chances) * (1 - wrong)).mean())
        weights = bounds.draw_weights(mean=torch.from_numpy(mean), std=std, draws=30, generator=torch_generator).numpy()
        losses = (weights @ inputs[drawn].T * labels[1] < 0).mean(axis=1)
        problems.append((losses, gaussian_kl(mean_q=mean, std_q=std, mean_p=prior, std_p=std), n, expected))
    return problems


@pytest.mark.parametrize("name", GAUSSIAN)
def test_gaussian_posteriors_with_draws(name: str, gaussian_problems: list) -> None:
    def value(losses: np.ndarray, kl: float, n: int) -> float:
        if name.startswith("mutant"):
            return float(losses.mean())
        return GAUSSIAN[name](losses, kl, n, delta=DELTA).value

    failed = sum(value(losses, kl, n) < expected for losses, kl, n, expected in gaussian_problems)
    assert too_many(failed) == name.startswith("mutant")
