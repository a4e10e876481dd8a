"""Entropy and information estimators: known answers over many draws, second implementations, invariances, bad input.

A mean over R draws is held to its truth within 4 standard errors of that mean (a chance of 6e-5) plus the named order
of the estimator's own bias.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import numpy as np
import pytest
import scipy.spatial
import scipy.special
import scipy.stats
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from ame_explore.ame import AMEError, row_entropy, spectral_entropy
from ame_explore.measures import effective_rank, predictive_entropy, von_neumann_entropy
from ame_explore.measures.entropy import (
    diffusion_spectral_entropy,
    gram_matrix,
    infonce_bound,
    kozachenko_leonenko,
    ksg_information,
    matrix_renyi_entropy,
    matrix_renyi_joint_entropy,
    matrix_renyi_mutual_information,
    median_distance,
    predictive_entropies,
    row_softmax_entropy,
)
from ame_explore.measures.known import (
    dirichlet_entropy,
    gaussian_diffusion_entropy,
    gaussian_entropy,
    gaussian_kernel_entropy,
)

ORDERS = (0.3, 0.5, 1 - 1e-9, 1.0, 1 + 1e-9, 1.49, 1.51, 2.0, 7.0)
seeds = st.integers(0, 10_000)
few = settings(max_examples=15)


def draws(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def rotation(d: int, seed: int) -> Tensor:
    return torch.linalg.qr(draws(d, d, seed=seed + 77)).Q


def correlated(rho: float, *shape: int, seed: int = 0) -> tuple[Tensor, Tensor]:
    x = draws(*shape, seed=seed)
    return x, rho * x + math.sqrt(1 - rho**2) * draws(*shape, seed=seed + 1)


def assert_mean(values: Tensor, truth: float, bias: float = 0.0) -> None:
    error = float(values.std()) / math.sqrt(len(values))
    assert abs(float(values.mean()) - truth) <= 4 * error + bias


# --- row softmax


def test_row_softmax_is_the_methods_own_and_log_n_for_equal_rows() -> None:
    rows = draws(3, 9, 5)
    found = row_softmax_entropy(rows)
    assert torch.equal(found.value, row_entropy(rows.mean(-1)))
    assert torch.allclose(found.deficit, math.log(9) - found.value, atol=1e-14)
    assert (found.cap, found.n, found.d) == (math.log(9), 9, 5)
    equal = row_softmax_entropy(torch.ones(7, 4))
    assert equal.value.dtype == torch.float64
    assert float(equal.value) == pytest.approx(math.log(7), abs=1e-15)
    assert float(equal.deficit) == pytest.approx(0, abs=1e-15)


def test_row_softmax_of_gaussian_scores() -> None:
    """log n - H tends to half the scores' variance; numerator and denominator of H are means, so the bias is of order
    Var(e^s) / n = (e^(2 v) - e^v) / n.
    """
    variance = 0.5
    rows = math.sqrt(variance) * draws(300, 400, 1).expand(-1, -1, 3)
    bias = (math.exp(2 * variance) - math.exp(variance)) / 400
    assert_mean(row_softmax_entropy(rows).deficit, variance / 2, bias)


@few
@given(seeds)
def test_row_softmax_sees_row_means_alone(seed: int) -> None:
    """Unchanged by a shift of all scores, by permuting rows, by permuting features within each row."""
    rows = draws(8, 6, seed=seed)
    value = float(row_softmax_entropy(rows).value)
    generator = torch.Generator().manual_seed(seed)
    inside = torch.stack([row[torch.randperm(6, generator=generator)] for row in rows])
    for other in (rows + 3.0, rows[torch.randperm(8, generator=generator)], inside):
        assert float(row_softmax_entropy(other).value) == pytest.approx(value, abs=1e-13)
    assert 0 <= value <= math.log(8) + 1e-15


def test_unit_rows_hold_it_at_log_n() -> None:
    """|s_t| <= d^(-1/2), so the deficit is at most Var / 2 <= 1 / (2 d) to leading order."""
    for d in (8, 128):
        rows = torch.nn.functional.normalize(draws(50, 20, d), dim=-1)
        assert float(row_softmax_entropy(rows).deficit.max()) < 0.5 / d * math.exp(2 / math.sqrt(d))


# --- predictive


def test_predictive_entropies_are_means_of_the_measured_one() -> None:
    logits, labels = 3 * draws(40, 5), torch.arange(40) % 4
    found = predictive_entropies(logits, labels)
    each = scipy.stats.entropy(scipy.special.softmax(logits.numpy(), axis=1), axis=1)
    assert torch.equal(found.per_sample, predictive_entropy(logits))
    assert np.allclose(found.per_sample, each, atol=1e-14)
    assert float(found.mean) == pytest.approx(each.mean(), abs=1e-14)
    assert float(found.standard_error) == pytest.approx(each.std(ddof=1) / math.sqrt(40), abs=1e-14)
    assert found.per_class is not None and found.class_counts is not None
    assert np.allclose(found.per_class[:4], [each[labels == c].mean() for c in range(4)], atol=1e-14)
    assert math.isnan(found.per_class[4]) and found.class_counts.tolist() == [10, 10, 10, 10, 0]


def test_predictive_entropies_in_batches_and_without_labels() -> None:
    logits = draws(2, 3, 10, 4)
    found = predictive_entropies(logits, torch.arange(10) % 4)
    one = predictive_entropies(logits[1, 2], torch.arange(10) % 4)
    assert found.per_class is not None and found.per_class.shape == (2, 3, 4)
    assert torch.allclose(found.per_class[1, 2], one.per_class, atol=1e-15)  # type: ignore[arg-type]
    assert float(found.mean[1, 2]) == pytest.approx(float(one.mean), abs=1e-15)
    bare = predictive_entropies(torch.zeros(1, 4))
    assert bare.per_class is None and math.isnan(bare.standard_error)
    assert float(bare.mean) == pytest.approx(bare.cap, abs=1e-15)


def test_predictive_entropy_of_dirichlet_answers() -> None:
    shares = torch.from_numpy(np.random.default_rng(0).dirichlet([0.5] * 6, size=(200, 30)))
    found = predictive_entropies(shares.log())
    assert_mean(found.mean, dirichlet_entropy(0.5, 6))
    # Its standard error is what its spread over draws is: a chi-square of 199 over 30 means of variances.
    assert float(found.mean.std() / found.standard_error.mean()) == pytest.approx(
        1, abs=4 / math.sqrt(2 * 199) + 1 / 30
    )


# --- spectra


@pytest.mark.parametrize("alpha", ORDERS)
def test_renyi_of_r_equal_eigenvalues(alpha: float) -> None:
    for r in (1, 3, 8):
        rows = torch.eye(8, dtype=torch.float64)[:r].repeat(3, 1)
        assert float(matrix_renyi_entropy(gram_matrix(rows), alpha)) == pytest.approx(math.log(r), abs=1e-13)


@pytest.mark.parametrize("alpha", ORDERS)
def test_renyi_against_its_formula_in_numpy(alpha: float) -> None:
    gram = gram_matrix(draws(7, 20, seed=2))
    shares = np.linalg.eigvalsh(gram.numpy())
    shares = shares / shares.sum()
    if abs(alpha - 1) < 1e-6:
        expected, tolerance = scipy.stats.entropy(shares), 1e-8  # |dS/dalpha| = Var(log l) / 2, here below 1
    else:
        expected, tolerance = math.log((shares**alpha).sum()) / (1 - alpha), 1e-12
    assert float(matrix_renyi_entropy(gram, alpha)) == pytest.approx(expected, abs=tolerance)


def test_renyi_is_right_for_any_diagonal() -> None:
    """-log(|K|_F^2 / n^2), as written for unit diagonals, is wrong for this one."""
    rows = draws(6, 4, seed=3) * torch.arange(1, 7)[:, None]
    kernel = rows @ rows.T
    expected = -math.log(float(kernel.square().sum() / kernel.trace() ** 2))
    assert float(matrix_renyi_entropy(kernel, 2.0)) == pytest.approx(expected, abs=1e-13)
    assert float(matrix_renyi_entropy(gram_matrix(rows, kernel="linear"), 2.0)) == pytest.approx(expected, abs=1e-13)
    assert abs(expected + math.log(float(kernel.square().sum()) / 36)) > 1


@pytest.mark.parametrize("kernel", ["cosine", "gaussian", "linear"])
def test_gram_matrices_have_trace_1(kernel: str) -> None:
    gram = gram_matrix(3 * draws(2, 6, 4), kernel=kernel)
    assert torch.allclose(gram.diagonal(dim1=1, dim2=2).sum(1), torch.ones(2, dtype=torch.float64), atol=1e-14)
    if kernel != "linear":
        assert torch.allclose(gram.diagonal(dim1=1, dim2=2), torch.full((2, 6), 1 / 6, dtype=torch.float64), atol=1e-14)


def test_von_neumann_agrees_with_the_three_others_here() -> None:
    rows = draws(4, 12, 5)
    found = matrix_renyi_entropy(gram_matrix(rows))
    assert torch.allclose(found, spectral_entropy(rows), atol=1e-13)
    assert float(found[0]) == pytest.approx(von_neumann_entropy(rows[0]), abs=1e-13)
    unit = torch.nn.functional.normalize(rows[0], dim=-1)
    assert math.exp(float(found[0])) == pytest.approx(effective_rank(unit, of="squared"), rel=1e-12)


def test_renyi_of_rows_spread_evenly_over_r_dimensions() -> None:
    """Order 2: E tr A^2 = 1/n + (1 - 1/n) / r exactly. Order 1: log r - (r - 1) / (2 n), the next order (r / n)^2."""
    n, r = 150, 4
    gram = gram_matrix(torch.cat([draws(100, n, r), torch.zeros(100, n, 3)], -1))
    assert_mean((-matrix_renyi_entropy(gram, 2.0)).exp(), 1 / n + (1 - 1 / n) / r)
    assert_mean(matrix_renyi_entropy(gram), math.log(r) - (r - 1) / (2 * n), (r / n) ** 2)


@pytest.mark.parametrize(
    ("estimate", "truth"),
    [
        (
            lambda x: matrix_renyi_entropy(gram_matrix(x, kernel="gaussian", width=1.0)),
            gaussian_kernel_entropy(torch.ones(1), 1.0),
        ),
        (
            lambda x: matrix_renyi_entropy(gram_matrix(x, kernel="gaussian", width=1.0), 3.0),
            gaussian_kernel_entropy(torch.ones(1), 1.0, 3.0),
        ),
        (
            lambda x: diffusion_spectral_entropy(x, width=1.0, t=2.0),
            gaussian_diffusion_entropy(torch.ones(1), 1.0, 2.0),
        ),
    ],
)
def test_kernel_spectra_of_gaussians(estimate: Callable[[Tensor], Tensor], truth: Tensor) -> None:
    """The bias is of order 1 / n, which 4/3 at 4 n less 1/3 at n cancels; what is left is of order 1 / n^1.5."""
    small, large = estimate(draws(200, 40, 1, seed=4)), estimate(draws(60, 160, 1, seed=5))
    error = math.sqrt(16 / 9 * float(large.var()) / 60 + float(small.var()) / 9 / 200)
    assert abs(float(4 * large.mean() - small.mean()) / 3 - float(truth)) <= 4 * error + 40**-1.5


@pytest.mark.parametrize(("width", "t", "anisotropy"), [(1.0, 1.0, 0.0), (0.7, 2.0, 0.5), (1.5, 1.0, 1.0)])
def test_known_spectra_against_quadrature(width: float, t: float, anisotropy: float) -> None:
    """The operators on a grid over fifteen deviations (eigenfunction i reaches out to 2 sqrt(i) of them); the
    trapezoidal rule converges exponentially here.
    """
    s = 1.3
    grid = torch.linspace(-20, 20, 401, dtype=torch.float64)
    weight = torch.exp(-(grid**2) / (2 * s**2))
    weight = weight / weight.sum()
    kernel = torch.exp(-((grid[:, None] - grid) ** 2) / (2 * width**2))
    gram = weight.sqrt()[:, None] * kernel * weight.sqrt()
    for alpha in (0.7, 1.0, 2.0):
        known = float(gaussian_kernel_entropy(torch.tensor([s**2]), width, alpha))
        assert float(matrix_renyi_entropy(gram, alpha)) == pytest.approx(known, abs=1e-7)
    density = kernel @ weight
    kernel = kernel / (density[:, None] * density) ** anisotropy
    scale = weight.sqrt() / (kernel @ weight).sqrt()
    shares = torch.linalg.eigvalsh(scale[:, None] * kernel * scale).abs().numpy() ** t
    known = float(gaussian_diffusion_entropy(torch.tensor([s**2]), width, t, anisotropy))
    assert scipy.stats.entropy(shares) == pytest.approx(known, abs=1e-5)


@few
@given(seeds, st.sampled_from(["cosine", "gaussian", "linear"]), st.sampled_from([0.5, 1.0, 2.0]))
def test_spectra_are_invariant(seed: int, kernel: str, alpha: float) -> None:
    """Under rotation, under one scale of all (the median width grows with it), under permutation of the rows."""
    rows = draws(9, 4, seed=seed)
    value = float(matrix_renyi_entropy(gram_matrix(rows, kernel=kernel), alpha))
    dse = float(diffusion_spectral_entropy(rows))
    order = torch.randperm(9, generator=torch.Generator().manual_seed(seed))
    for other in (rows @ rotation(4, seed), 1e-3 * rows, rows[order]):
        assert float(matrix_renyi_entropy(gram_matrix(other, kernel=kernel), alpha)) == pytest.approx(value, abs=1e-7)
        assert float(diffusion_spectral_entropy(other)) == pytest.approx(dse, abs=1e-10)
    assert -1e-12 <= value <= math.log(9) + 1e-12


@few
@given(seeds)
def test_renyi_falls_with_its_order_and_the_joint_is_above_the_marginals(seed: int) -> None:
    first, second = gram_matrix(draws(6, 2, seed=seed)), gram_matrix(draws(6, 3, seed=seed + 1))
    values = [float(matrix_renyi_entropy(first, alpha)) for alpha in sorted(ORDERS)]
    assert all(a >= b - 1e-8 for a, b in itertools.pairwise(values))
    for alpha in (0.5, 1.0, 2.0):
        joint = matrix_renyi_joint_entropy(first, second, alpha=alpha)
        assert float(joint) >= max(float(matrix_renyi_entropy(g, alpha)) for g in (first, second)) - 1e-12
    assert float(matrix_renyi_mutual_information(first, second)) >= -1e-12


def test_mutual_information_between_spectra() -> None:
    groups = gram_matrix(torch.eye(3, dtype=torch.float64).repeat(4, 1))
    constant = gram_matrix(torch.ones(12, 2))
    other = gram_matrix(torch.eye(4, dtype=torch.float64).repeat_interleave(3, 0))
    for alpha in (0.5, 1.0, 2.0):
        information = [float(matrix_renyi_mutual_information(groups, g, alpha)) for g in (groups, constant, other)]
        assert information == pytest.approx([math.log(3), 0, 0], abs=1e-12)
    joint = matrix_renyi_joint_entropy(groups, other, constant)
    assert float(joint) == pytest.approx(math.log(12), abs=1e-12)


def test_every_renyi_measure_has_order_1_unless_told_otherwise() -> None:
    first, second = gram_matrix(draws(6, 3, seed=40)), gram_matrix(draws(6, 2, seed=41))
    product = first * second
    one, other, both = (
        scipy.stats.entropy(np.linalg.eigvalsh(gram.numpy()).clip(0))
        for gram in (first, second, product / product.trace())
    )
    assert float(matrix_renyi_entropy(first)) == pytest.approx(one, abs=1e-12)
    assert float(matrix_renyi_joint_entropy(first, second)) == pytest.approx(both, abs=1e-12)
    assert float(matrix_renyi_mutual_information(first, second)) == pytest.approx(one + other - both, abs=1e-12)


def test_mutual_information_above_order_1_can_be_negative() -> None:
    """As its docstring says: it is returned, not hidden."""
    lowest = min(
        float(
            matrix_renyi_mutual_information(gram_matrix(draws(4, 2, seed=s)), gram_matrix(draws(4, 2, seed=s + 1)), 5.0)
        )
        for s in range(100)
    )
    assert -0.3 < lowest < -0.01


def test_diffusion_against_the_released_formula() -> None:
    """G, then g^-1/2 G g^-1/2, |eigenvalues|^t over their sum, -sum p log2 p, here in nats."""
    rows = draws(30, 3, seed=6)
    distance = np.linalg.norm(rows.numpy()[:, None] - rows.numpy(), axis=-1)
    kernel = np.exp(-(distance**2) / (2 * 1.5**2)) / (1.5 * math.sqrt(2 * math.pi))
    scale = kernel.sum(1) ** -0.5
    shares = np.abs(np.linalg.eigvalsh(scale[:, None] * kernel * scale)) ** 2
    expected = scipy.stats.entropy(shares)
    assert float(diffusion_spectral_entropy(rows, width=1.5, t=2.0)) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("anisotropy", [0.0, 0.5, 1.0])
def test_diffusion_known_answers(anisotropy: float) -> None:
    groups = 100 * torch.eye(4, dtype=torch.float64).repeat(5, 1)
    assert float(diffusion_spectral_entropy(groups, width=1.0, anisotropy=anisotropy)) == pytest.approx(math.log(4))
    rows = draws(15, 2, seed=7)
    narrow, wide = (float(diffusion_spectral_entropy(rows, width=w, anisotropy=anisotropy)) for w in (1e-4, 1e5))
    assert narrow == pytest.approx(math.log(15)) and wide == pytest.approx(0, abs=1e-6)
    assert float(diffusion_spectral_entropy(torch.ones(5, 2), width=1.0)) == pytest.approx(0, abs=1e-12)


def test_median_distance() -> None:
    assert float(median_distance(torch.tensor([[0.0], [1.0], [4.0]]))) == 3.0
    assert median_distance(draws(2, 5, 3)).shape == (2,)


@pytest.mark.parametrize("alpha", [0.5, 1.0, 2.0])
def test_spectra_are_differentiable(alpha: float) -> None:
    rows = draws(4, 6, seed=8).requires_grad_()
    assert torch.autograd.gradcheck(lambda x: matrix_renyi_entropy(gram_matrix(x), alpha), rows)
    other = gram_matrix(draws(4, 6, seed=9))
    assert torch.autograd.gradcheck(lambda x: matrix_renyi_mutual_information(gram_matrix(x), other, alpha), rows)
    assert torch.autograd.gradcheck(lambda x: diffusion_spectral_entropy(x, width=1.0, anisotropy=0.5), rows)
    flat = torch.ones(4, 6, dtype=torch.float64, requires_grad=True)  # eigenvalues of 0 and equal ones
    matrix_renyi_entropy(gram_matrix(flat), alpha).backward()
    assert flat.grad is not None and bool(flat.grad.isfinite().all())


def test_float32_noise_is_not_counted() -> None:
    """A rank of 2 computed in float32 has eigenvalues of 1e-8 in place of zeros; at order 0.1 each would weigh 0.2."""
    rows = torch.nn.functional.normalize(draws(60, 2, seed=10), dim=1)
    found = float(matrix_renyi_entropy(rows.float() @ rows.float().T, 0.1))
    assert found == pytest.approx(float(matrix_renyi_entropy(rows @ rows.T, 0.1)), abs=1e-5)


# --- neighbours


@pytest.mark.parametrize(("d", "k"), [(1, 1), (1, 3), (2, 3), (3, 4)])
def test_kozachenko_leonenko_of_gaussians(d: int, k: int) -> None:
    """Its bias is of the order of a ball's squared radius, (k / n)^(2 / d), and in the tails, where a Gaussian's
    balls are as wide as the tail, of their mass (k / n) log(n / k).
    """
    n = 400
    bias = max((k / n) ** (2 / d), k / n * math.log(n / k))
    mix = 2 * rotation(d, seed=11)
    found = kozachenko_leonenko(draws(60, n, d, seed=d) @ mix.T, k)
    assert_mean(found.value, float(gaussian_entropy(mix @ mix.T)), bias)
    assert (found.n, found.d, found.k) == (n, d, k)
    # Balls overlap, so the terms are not quite independent: within a third, beside the spread's own error of 1 / 11.
    assert float(found.value.std() / found.standard_error.mean()) == pytest.approx(1, abs=0.33 + 4 / math.sqrt(2 * 59))


def test_kozachenko_leonenko_of_uniform_and_exponential() -> None:
    generator = torch.Generator().manual_seed(0)
    uniform = torch.rand(80, 500, 1, generator=generator, dtype=torch.float64)
    assert_mean(kozachenko_leonenko(5 * uniform, 2).value, math.log(5), 2 / 500)
    assert_mean(kozachenko_leonenko(-(1 - uniform).log(), 2).value, 1.0, 2 / 500)


@pytest.mark.parametrize(("d", "k"), [(1, 1), (3, 4), (40, 2)])
def test_kozachenko_leonenko_against_a_tree(d: int, k: int) -> None:
    """d = 40 takes the other way to the distances, by a product."""
    x = (draws(150, d, seed=12) + 5).numpy()
    distance = scipy.spatial.KDTree(x).query(x, k=k + 1)[0][:, -1]
    ball = math.pi ** (d / 2) / math.gamma(1 + d / 2)
    expected = scipy.special.digamma(150) - scipy.special.digamma(k) + math.log(ball) + d * np.log(distance).mean()
    assert float(kozachenko_leonenko(torch.from_numpy(x), k).value) == pytest.approx(expected, abs=1e-10)


def test_kozachenko_leonenko_against_scipys_spacings() -> None:
    """Vasicek's estimator with its window m = sqrt(n) + 1/2 has a bias of order m / n, and lies low."""
    x = draws(60, 500, 1, seed=13)
    theirs = torch.from_numpy(scipy.stats.differential_entropy(x[..., 0].numpy(), axis=-1, method="vasicek"))
    assert_mean(kozachenko_leonenko(x).value - theirs, 0.0, 3 / 500 + 2 * math.sqrt(500) / 500)


@few
@given(seeds, st.floats(0.01, 100), st.integers(1, 4))
def test_kozachenko_leonenko_is_equivariant(seed: int, scale: float, d: int) -> None:
    """Unchanged by rotation, translation and permutation; a scale a adds d log a."""
    x = draws(30, d, seed=seed)
    value = float(kozachenko_leonenko(x).value)
    order = torch.randperm(30, generator=torch.Generator().manual_seed(seed))
    assert float(kozachenko_leonenko(x @ rotation(d, seed) + 4).value) == pytest.approx(value, abs=1e-10)
    assert float(kozachenko_leonenko(x[order]).value) == pytest.approx(value, abs=1e-12)
    assert float(kozachenko_leonenko(scale * x).value) == pytest.approx(value + d * math.log(scale), abs=1e-10)


@pytest.mark.parametrize("d", [3, 40])
def test_no_density_is_minus_infinity(d: int) -> None:
    x = draws(60, d, seed=14)
    twins = torch.cat([x, x[:1]])
    assert float(kozachenko_leonenko(twins, 1).value) == -math.inf
    assert math.isfinite(kozachenko_leonenko(twins, 2).value)  # one pair of twins has two neighbours apart
    assert float(kozachenko_leonenko(torch.ones(60, d)).value) == -math.inf
    found = kozachenko_leonenko(torch.stack([x, x.clone().index_fill_(1, torch.tensor([0]), 2.0)]))
    assert math.isfinite(found.value[0]) and float(found.value[1]) == -math.inf
    assert math.isfinite(found.standard_error[0]) and math.isnan(found.standard_error[1])
    plane = torch.cat([x[:, 1:], x[:, 1:2] - 3 * x[:, 2:3] + 1], 1)
    assert float(kozachenko_leonenko(plane).value) == -math.inf
    assert float(kozachenko_leonenko(plane.float()).value) == -math.inf
    assert math.isfinite(kozachenko_leonenko(x.float() * torch.logspace(-9, 9, d)).value)  # units are no singularity


def test_kozachenko_leonenko_is_differentiable() -> None:
    x = draws(2, 8, 2, seed=15).requires_grad_()
    assert torch.autograd.gradcheck(lambda x: kozachenko_leonenko(x, 2).value, x, eps=1e-7)
    twins = torch.cat([x[0], x[0, :1]]).detach().requires_grad_()
    kozachenko_leonenko(twins, 2).value.backward()
    assert twins.grad is not None and bool(twins.grad.isfinite().all())


@pytest.mark.parametrize("rho", [0.0, 0.5, 0.9, 0.99])
def test_ksg_of_correlated_gaussians(rho: float) -> None:
    """Its bias is of order k / n where the dependence is far from the cap (Kraskov et al. 2004, figure 4)."""
    found = ksg_information(*correlated(rho, 60, 300, 1, seed=16))
    assert_mean(found.value, -0.5 * math.log(1 - rho**2), 3 / 300)
    assert float(found.value.std() / found.standard_error.mean()) == pytest.approx(1, abs=0.4 + 4 / math.sqrt(2 * 59))


def test_ksg_against_scikit_learn() -> None:
    from sklearn.feature_selection import mutual_info_regression

    for rho in (0.6, 0.95):
        x, y = correlated(rho, 200, 1, seed=17)
        x, y = (side / side.std(correction=0) for side in (x, y))  # as it does itself
        theirs = mutual_info_regression(x.numpy(), y[:, 0].numpy(), n_neighbors=4, random_state=0)[0]
        # Its jitter of 1e-10 may swap a count or two: each moves the mean by at most psi(2) - psi(1) = 1 over n.
        assert float(ksg_information(x, y, 4).value) == pytest.approx(theirs, abs=2 / 200)


@few
@given(seeds)
def test_ksg_is_invariant(seed: int) -> None:
    """Under a rotation of either side, a common scale, permutation, exchange of the sides."""
    x, y = correlated(0.7, 40, 2, seed=seed)
    value = float(ksg_information(x, y).value)
    order = torch.randperm(40, generator=torch.Generator().manual_seed(seed))
    for a, b in ((x @ rotation(2, seed), y), (x, y @ rotation(2, seed + 1) - 3), (7 * x, 7 * y), (x[order], y[order])):
        assert float(ksg_information(a, b).value) == pytest.approx(value, abs=1e-12)
    assert float(ksg_information(y, x).value) == pytest.approx(value, abs=1e-12)


def test_ksg_cannot_exceed_its_cap() -> None:
    """y = x has infinite information; the estimate is exactly the cap, psi(n) - psi(k)."""
    x = draws(3, 100, 1, seed=18)
    found = ksg_information(x, x, 2)
    assert found.cap == pytest.approx(scipy.special.digamma(100) - scipy.special.digamma(2), abs=1e-13)
    assert torch.allclose(found.value, torch.tensor(found.cap, dtype=torch.float64), atol=1e-12)
    assert torch.allclose(found.share_of_cap, torch.ones(3, dtype=torch.float64), atol=1e-12)
    nothing = ksg_information(x, torch.ones(3, 100, 1))
    assert torch.allclose(nothing.value, torch.zeros(3, dtype=torch.float64), atol=1e-12)


def test_neighbours_in_blocks_and_batches_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    x, y = correlated(0.5, 2, 3, 50, 2, seed=19)
    whole = kozachenko_leonenko(x).value, ksg_information(x, y).value
    monkeypatch.setattr("ame_explore.measures.knn_estimators._BUDGET", 2 * 3 * 50 * 7)
    assert torch.equal(kozachenko_leonenko(x).value, whole[0])
    assert torch.equal(ksg_information(x, y).value, whole[1])
    assert float(whole[0][1, 2]) == pytest.approx(float(kozachenko_leonenko(x[1, 2]).value), abs=1e-12)
    assert float(whole[1][1, 2]) == pytest.approx(float(ksg_information(x[1, 2], y[1, 2]).value), abs=1e-12)


# --- InfoNCE


def perfect_critic(rho: float, x: Tensor, y: Tensor) -> Tensor:
    """log p(y | x) / p(y) of standard Gaussians (..., n)."""
    a, b = x[..., :, None], y[..., None, :]
    return -0.5 * math.log(1 - rho**2) - (rho**2 * (a**2 + b**2) - 2 * rho * a * b) / (2 * (1 - rho**2))


@pytest.mark.parametrize("direction", ["rows", "columns", "both"])
def test_infonce_of_correlated_gaussians(direction: str) -> None:
    """Under the perfect critic it lies low by chi^2 / (2 N), chi^2 = rho^2 / (1 - rho^2), up to (chi^2 / N)^2."""
    rho, n = 0.6, 100
    found = infonce_bound(perfect_critic(rho, *correlated(rho, 300, n, seed=20)), direction=direction)
    chi = rho**2 / (1 - rho**2)
    assert_mean(found.value, -0.5 * math.log(1 - rho**2) - chi / (2 * n), (chi / n) ** 2)
    # The terms share their negatives: within a tenth, beside the spread's own error.
    spread = float(found.value.std() / found.standard_error.mean())
    assert spread == pytest.approx(1, abs=0.1 + 4 / math.sqrt(2 * 299))


def test_infonce_reports_its_cap_beyond_it() -> None:
    """I = 6.9 nats, N = 16: it says log 16 at most."""
    found = infonce_bound(perfect_critic(math.sqrt(1 - 1e-6), *correlated(math.sqrt(1 - 1e-6), 50, 16, seed=21)))
    assert found.cap == pytest.approx(math.log(16))
    assert bool((found.value <= found.cap).all()) and float(found.share_of_cap.mean()) > 0.97
    assert float(infonce_bound(torch.zeros(5, 5)).value) == pytest.approx(0, abs=1e-15)
    assert float(infonce_bound(1e4 * torch.eye(5)).value) == pytest.approx(math.log(5), abs=1e-12)


def test_infonce_is_log_n_less_the_cross_entropy() -> None:
    scores = 3 * draws(2, 9, 9, seed=22)
    for way, turned in (("rows", scores), ("columns", scores.mT)):
        loss = torch.stack([torch.nn.functional.cross_entropy(one, torch.arange(9)) for one in turned])
        assert torch.allclose(infonce_bound(scores, direction=way).value, math.log(9) - loss, atol=1e-13)
    shifted = scores + draws(2, 9, 1, seed=23)
    assert torch.allclose(
        infonce_bound(shifted, direction="rows").value, infonce_bound(scores, direction="rows").value, atol=1e-13
    )
    assert torch.autograd.gradcheck(lambda s: infonce_bound(s).value, scores.requires_grad_())


# --- known answers


def test_gaussian_known_answers() -> None:
    mix = draws(2, 3, 3, seed=24)
    covariance = mix @ mix.mT
    expected = [scipy.stats.multivariate_normal(cov=c.numpy()).entropy() for c in covariance]
    assert gaussian_entropy(covariance).tolist() == pytest.approx(expected, abs=1e-12)
    assert float(gaussian_entropy(1e-30 * torch.eye(2))) == pytest.approx(
        math.log(2 * math.pi * math.e) + math.log(1e-30)
    )
    assert float(gaussian_entropy(torch.ones(2, 2))) == -math.inf
    assert float(gaussian_entropy(torch.diag(torch.tensor([1.0, 0.0])))) == -math.inf


def test_geometric_and_dirichlet_known_answers() -> None:
    ratio = 1 / (2 + math.sqrt(3))  # s = 1 and width = sqrt(2) make u = v
    known = gaussian_kernel_entropy(torch.ones(3), math.sqrt(2))
    assert float(known) == pytest.approx(3 * scipy.stats.geom(1 - ratio).entropy(), abs=1e-9)
    near = gaussian_kernel_entropy(torch.ones(3), math.sqrt(2), 1 + 1e-6)
    assert float(near) == pytest.approx(float(known), abs=1e-4)
    assert dirichlet_entropy(1e6, 4) == pytest.approx(math.log(4), abs=1e-5)
    assert dirichlet_entropy(1.0, 2) == pytest.approx(0.5, abs=1e-14)  # p uniform: the integral of -2 p log p
    assert dirichlet_entropy(1.0, 10**15) == pytest.approx(15 * math.log(10) - 1 + np.euler_gamma, abs=1e-12)


# --- bad input

BATCH = draws(6, 2, seed=25)
NAN = BATCH.clone().index_fill_(0, torch.tensor([3]), math.nan)


@pytest.mark.parametrize(
    "function",
    [
        row_softmax_entropy,
        predictive_entropies,
        gram_matrix,
        median_distance,
        matrix_renyi_entropy,
        diffusion_spectral_entropy,
        kozachenko_leonenko,
        lambda x: ksg_information(x, BATCH),
        infonce_bound,
    ],
)
def test_every_estimator_names_bad_input(function: Callable[[object], object]) -> None:
    with pytest.raises(AMEError, match=r"finite, got 2 NaN or infinite of 12 values, first in row 3"):
        function(NAN)
    with pytest.raises(AMEError, match=r"first at index \(1, 3, \d\)"):
        function(torch.stack([BATCH, NAN]))
    with pytest.raises(AMEError, match="list"):
        function([[1.0, 2.0]])
    for empty in (torch.ones(3), torch.ones(0, 2), torch.ones(0, 4, 2), torch.ones(4, 0)):
        with pytest.raises(AMEError, match="shape"):
            function(empty)
    with pytest.raises(AMEError, match="complex"):
        function(BATCH.to(torch.complex64))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: kozachenko_leonenko(BATCH, 6), r"k must be less .* k = 6 for 6"),
        (lambda: ksg_information(BATCH, BATCH, 6), r"k must be less .* k = 6 for 6"),
        (lambda: kozachenko_leonenko(BATCH, 0), r"k must be a whole number >= 1, got 0"),
        (lambda: ksg_information(BATCH, BATCH, True), "k must be a whole number"),
        (lambda: kozachenko_leonenko(BATCH.T, 1), "more rows than columns, got 2 of 6"),
        (lambda: ksg_information(BATCH, BATCH[:5]), "as many rows"),
        (lambda: ksg_information(torch.ones(6, 1), torch.ones(6, 1)), "at least 4 pairs that coincide"),
        (lambda: ksg_information(torch.zeros(6, 40), torch.zeros(6, 40)), "at least 4 pairs that coincide"),
        (lambda: infonce_bound(BATCH), r"square, .*\(6, 2\)"),
        (lambda: infonce_bound(torch.ones(1, 1)), "at least 2 rows"),
        (lambda: infonce_bound(torch.ones(2, 2), direction="up"), "direction .*'up'"),
        (lambda: gram_matrix(BATCH, kernel="rbf"), "kernel .*'rbf'"),
        (lambda: gram_matrix(BATCH, width=1.0), "width has no meaning"),
        (lambda: gram_matrix(BATCH, kernel="gaussian", width=0), "width must be .* > 0"),
        (lambda: gram_matrix(torch.ones(4, 2), kernel="gaussian"), "half of the pairs"),
        (lambda: gram_matrix(torch.eye(3)[:, :2]), "row of zeros"),
        (lambda: gram_matrix(torch.zeros(3, 2), kernel="linear"), "other than 0"),
        (lambda: matrix_renyi_entropy(torch.eye(3), 0), "alpha must be .* > 0"),
        (lambda: matrix_renyi_entropy(torch.eye(3), math.inf), "alpha must be a finite number"),
        (lambda: matrix_renyi_entropy(torch.zeros(3, 3)), "trace > 0"),
        (lambda: matrix_renyi_entropy(torch.diag(torch.tensor([1.0, -0.1]))), "positive semidefinite"),
        (lambda: matrix_renyi_entropy(torch.tensor([[1.0, 0.5], [0.2, 1.0]])), "symmetric"),
        (lambda: matrix_renyi_joint_entropy(torch.eye(3)), "two matrices or more, got 1"),
        (lambda: matrix_renyi_joint_entropy(torch.eye(3), torch.eye(4)), "one shape"),
        (lambda: matrix_renyi_joint_entropy(*[1 - 2 * torch.eye(2)] * 2), r"grams\[0\] must be positive"),
        (lambda: matrix_renyi_mutual_information(torch.eye(2), torch.diag(torch.tensor([1.0, 2.0]))), "constant"),
        (lambda: diffusion_spectral_entropy(BATCH, t=0), "t must be .* > 0"),
        (lambda: diffusion_spectral_entropy(BATCH, anisotropy=1.5), "anisotropy"),
        (lambda: diffusion_spectral_entropy(torch.ones(4, 2)), "half of the pairs"),
        (lambda: predictive_entropies(BATCH, torch.full((6,), 2)), "labels must lie in 0 ... 1"),
        (lambda: gaussian_entropy(-torch.eye(2)), "variance of -1"),
        (lambda: gaussian_entropy(torch.tensor([[1.0, 2.0], [2.0, 1.0]])), "positive semidefinite"),
        (lambda: gaussian_kernel_entropy(torch.zeros(2), 1.0), "variances"),
        (lambda: dirichlet_entropy(1.0, 1), "classes"),
        (lambda: dirichlet_entropy(1.0, 10**15 + 1), "classes"),
    ],
)
def test_bad_input(call: Callable[[], object], words: str) -> None:
    with pytest.raises(AMEError, match=words):
        call()


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_on_a_gpu_as_on_the_cpu() -> None:
    x, y = correlated(0.5, 2, 60, 3, seed=26)
    for function in (
        lambda x, y: matrix_renyi_entropy(gram_matrix(x, kernel="gaussian"), 1.5),
        lambda x, y: diffusion_spectral_entropy(x),
        lambda x, y: kozachenko_leonenko(x).value,
        lambda x, y: ksg_information(x, y).value,
        lambda x, y: infonce_bound(x @ y.mT).value,
        lambda x, y: row_softmax_entropy(x).value,
        lambda x, y: predictive_entropies(x, torch.arange(60) % 3).mean,
    ):
        found = function(x.cuda(), y.cuda())
        assert found.is_cuda and torch.allclose(found.cpu(), function(x, y), atol=1e-9)
