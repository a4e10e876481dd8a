"""The sanity strip's numbers: that controls have the answer they are said to have, and resemble the data."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from ame_explore.ame import AMEError
from ame_explore.analysis import SanityStrip, sanity_strip
from ame_explore.analysis.estimators.controls import correlated, dirichlet, gaussian, matching_concentration, variances
from ame_explore.analysis.estimators.sanity import ESTIMATORS
from ame_explore.measures import kozachenko_leonenko, ksg_information, predictive_entropies
from ame_explore.measures.known import dirichlet_entropy, gaussian_entropy

PAIRED = ("ksg", "infonce")


def rows(n: int = 120, d: int = 3, seed: int = 0) -> Tensor:
    scale = torch.linspace(0.5, 2, d, dtype=torch.float64)
    return scale * torch.randn(n, d, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def strip(estimator: str, **options: Any) -> SanityStrip:
    x = rows()
    y = x + 0.4 * rows(seed=1) if estimator in PAIRED else None
    options = {"repeats": 3, **({"logit_scale": 5.0} if estimator == "infonce" else {}), **options}
    return sanity_strip(x, y, estimator=estimator, **options)


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_every_estimator_has_a_strip(estimator: str) -> None:
    found = strip(estimator)
    points = len(found.settings)
    assert found.settings[-1] == found.n == 120 and (np.diff(found.settings) > 0).all()
    assert found.estimate.shape == found.control.shape == (points, 3)
    assert found.truth.shape == found.cap.shape == found.bias.shape == found.bias_error.shape == (points,)
    assert np.isfinite(found.estimate).all() and np.isfinite(found.control).all() and np.isfinite(found.truth).all()
    assert (found.control <= found.cap[:, None] + 1e-9).all() and (found.estimate <= found.cap[:, None] + 1e-9).all()
    assert np.allclose(found.bias, found.control.mean(1) - found.truth)
    assert (found.estimator, found.d, found.vary) == (estimator, 3, "n")
    assert np.ptp(found.estimate[-1]) < 1e-12  # all rows, whatever the subset


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_the_bias_falls_with_n(estimator: str) -> None:
    """At 8 times the rows it is smaller, or both are within 4 standard errors of nothing."""
    found = strip(estimator, settings=[15, 120], repeats=12)
    few, many = np.abs(found.bias)
    assert many < few or (np.abs(found.bias) < 4 * found.bias_error).all()


def test_it_is_the_estimator_itself() -> None:
    x = rows()
    y = x + 0.4 * rows(seed=1)
    assert strip("kozachenko-leonenko", k=5).estimate[-1, 0] == float(kozachenko_leonenko(x, 5).value)
    ksg = strip("ksg")
    assert ksg.estimate[-1, 0] == ksg.truth[-1] == float(ksg_information(x, y).value)
    found = strip("kozachenko-leonenko", vary="k", settings=np.array([7, 2]))
    assert found.settings.tolist() == [2, 7] and found.estimate.shape == (2, 1) and found.control.shape == (2, 3)
    assert found.estimate[:, 0].tolist() == [float(kozachenko_leonenko(x, k).value) for k in (2, 7)]
    assert found.truth[0] == pytest.approx(float(gaussian_entropy(torch.cov(x.T))), abs=1e-12)


def test_it_is_the_same_for_the_same_seed_and_leaves_the_global_state_alone() -> None:
    torch.manual_seed(0)
    state, numpys = torch.get_rng_state(), np.random.get_state()[1].copy()  # noqa: NPY002
    first, again, other = (strip("matrix-renyi", seed=seed, max_rows=50) for seed in (1, 1, 2))
    assert np.array_equal(first.control, again.control) and np.array_equal(first.estimate, again.estimate)
    assert not np.array_equal(first.control, other.control)
    assert first.n == 50
    assert torch.equal(torch.get_rng_state(), state)
    assert np.array_equal(np.random.get_state()[1], numpys)  # noqa: NPY002


def test_a_gaussian_is_its_own_control() -> None:
    """On Gaussian data the data's estimate is one more draw of the control, but for the covariance's own error.

    That error moves the entropy by sqrt(d / (2 n)) in one deviation.
    """
    found = sanity_strip(rows(300), estimator="kozachenko-leonenko", settings=[300], repeats=20)
    spread = math.hypot(float(found.control.std(ddof=1)), math.sqrt(3 / 600))
    assert abs(float(found.estimate[0, 0] - found.control.mean())) < 4 * spread


def test_widths_have_known_answers() -> None:
    """At widths of some deviations the bias is of order 1 / n; at narrow ones log n caps what grows without limit."""
    for estimator in ("matrix-renyi", "diffusion"):
        found = strip(estimator, vary="width", settings=[0.05, 6.0], repeats=8)
        assert abs(found.bias[1]) < 4 * found.bias_error[1] + 3 / 120
        assert found.truth[0] > found.cap[0] == pytest.approx(math.log(120)) and found.bias[0] < -2
        assert (np.diff(strip(estimator, vary="width").truth) < 0).all()
    assert "width" in strip("diffusion").held and strip("diffusion", t=2.0, anisotropy=0.5).held.endswith("= 0.5")


def test_ranks_resemble_the_data() -> None:
    flat = torch.cat([rows(100, 2), torch.zeros(100, 5)], 1)
    found = sanity_strip(flat, estimator="effective-rank", of="squared", repeats=2)
    assert found.unit == "dimensions" and found.truth[0] in (1.0, 2.0)
    assert "2 dimensions" in sanity_strip(flat, estimator="matrix-renyi", alpha=0.5, repeats=2).control_words
    assert "order 2" in strip("matrix-renyi", alpha=2.0).quantity


def test_controls_are_what_they_are_said_to_be() -> None:
    """Sample moments of 40,000 draws within 5 of their standard errors."""
    generator = np.random.default_rng(0)
    n = 40_000
    (x,) = gaussian(torch.tensor([4.0, 0.25], dtype=torch.float64))(n, generator)
    assert x.var(0).tolist() == pytest.approx([4.0, 0.25], rel=5 * math.sqrt(2 / n))
    a, b = correlated(3, 2, 0.8)(n, generator)
    rho = math.sqrt(1 - math.exp(-0.8))  # two pairs of 0.4 nats each: -log(1 - rho^2) / 2 = 0.4
    together = torch.corrcoef(torch.cat([a, b], 1).T)
    expected = torch.eye(5, dtype=torch.float64)
    expected[0, 3] = expected[3, 0] = expected[1, 4] = expected[4, 1] = rho
    assert torch.allclose(together, expected, atol=5 / math.sqrt(n))
    for concentration in (0.01, 2.0):
        (logits,) = dirichlet(concentration, 4)(n, generator)
        found = predictive_entropies(logits)
        assert abs(float(found.mean) - dirichlet_entropy(concentration, 4)) < 5 * float(found.standard_error)


def test_a_matching_concentration_is_found() -> None:
    for entropy in (0.05, 0.7, 1.3):
        assert dirichlet_entropy(matching_concentration(entropy, 4), 4) == pytest.approx(entropy, abs=1e-9)
    assert matching_concentration(0.0, 4) < 0.003 and matching_concentration(math.log(4), 4) > 1000


def test_variances_leave_flat_directions_out() -> None:
    x = torch.cat([rows(50, 2), torch.ones(50, 1)], 1)
    expected = torch.linalg.eigvalsh(torch.cov(x[:, :2].T)).flip(0)
    assert torch.allclose(variances(x), expected, atol=1e-12)


def test_float32_rows_with_gradients_are_taken() -> None:
    x = rows().float().requires_grad_()
    assert np.isfinite(sanity_strip(x, estimator="row-softmax", repeats=2).estimate).all()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"estimator": "mine"}, "estimator .*'mine'"),
        ({"vary": "d"}, "vary .*'d'"),
        ({"vary": "width"}, "vary='width' has no meaning"),
        ({"estimator": "effective-rank", "vary": "k"}, "vary='k' has no meaning"),
        ({"alpha": 2.0}, "alpha is not an option of 'kozachenko-leonenko', which takes k"),
        ({"estimator": "row-softmax", "k": 2}, "which takes none"),
        ({"k": 0}, "k must be"),
        ({"repeats": 0}, "repeats"),
        ({"seed": -1}, "seed"),
        ({"settings": []}, "at least one"),
        ({"settings": [3, 50]}, "settings must be .* >= 5"),
        ({"settings": [500]}, "settings must be .* <= 120"),
        ({"vary": "k", "settings": [120]}, "settings must be .* <= 119"),
        ({"estimator": "diffusion", "vary": "width", "settings": [0.0]}, "settings must be .* > 0"),
        ({"estimator": "matrix-renyi", "kernel": "linear"}, "kernel"),
        ({"estimator": "matrix-renyi", "width": 2.0}, "width has no meaning"),
        ({"estimator": "matrix-renyi", "alpha": 0.0}, "alpha"),
        ({"estimator": "ksg"}, "y must be given"),
        ({"y": rows()}, "y must be None"),
        ({"estimator": "ksg", "y": rows(60)}, "as many rows"),
        ({"estimator": "infonce", "y": rows(120, 2)}, "equally many columns"),
        ({"x": rows(5, 6)}, "more rows than columns"),
        ({"x": rows()[None]}, "one matrix"),
        ({"x": torch.ones(20, 2)}, "gives an estimate of -inf"),
        ({"x": torch.full((20, 2), math.nan)}, "finite"),
        ({"x": torch.ones(20, 2), "estimator": "diffusion"}, "median distance"),
        ({"x": torch.ones(20, 2), "estimator": "diffusion", "width": 1.0}, "rows that differ"),
        ({"x": rows(20, 1), "estimator": "predictive"}, "two or more classes"),
    ],
)
def test_bad_input(options: dict[str, Any], words: str) -> None:
    with pytest.raises(AMEError, match=words):
        sanity_strip(**{"x": rows(), "estimator": "kozachenko-leonenko", **options})
