"""Where floating point once decided the value of a measure: edges, ties, near-duplicates, and sizes far from 1."""

import math

import pytest
import torch

from ame_explore.ame import AMEError, row_entropy, row_entropy_deficit, spectral_entropy, unit_rows
from ame_explore.measures import (
    diffusion_spectral_entropy,
    effective_rank,
    expected_calibration_error,
    gram_matrix,
    harmonic_mean,
    infonce_bound,
    kozachenko_leonenko,
    ksg_information,
    linear_cka,
    matrix_renyi_entropy,
    median_distance,
    predictive_entropy,
    uniformity,
    von_neumann_entropy,
)
from ame_explore.measures._checks import near_one
from ame_explore.measures.known import dirichlet_entropy, gaussian_diffusion_entropy, gaussian_kernel_entropy


def draws(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


# --- edges of bins


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_confidences_on_an_edge_lie_below_it(dtype: torch.dtype) -> None:
    # 0.6 is right and 0.55 wrong: both in (2/5, 3/5], where the mean accuracy is 0.5 and the confidence 0.575
    probabilities = torch.tensor([[0.6, 0.4], [0.55, 0.45]], dtype=dtype)
    found = expected_calibration_error(probabilities, torch.tensor([0, 1]), bins=5)
    assert found == pytest.approx(0.075, abs=4 * torch.finfo(dtype).eps)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16, torch.float16])
@pytest.mark.parametrize("bins", [3, 5, 7, 10, 15, 20, 49, 100])
def test_every_edge_belongs_to_the_bin_below(bins: int, dtype: torch.dtype) -> None:
    """On the edge and half a bin lower, right and wrong: one bin, whose error is |1/2 - mean confidence|."""
    for m in range(bins // 2 + 2, bins + 1):
        edge, inside = m / bins, (m - 0.5) / bins
        probabilities = torch.tensor([[edge, 1 - edge], [inside, 1 - inside]], dtype=torch.float64).to(dtype)
        wanted = abs(0.5 - float(probabilities[:, 0].double().mean()))
        found = expected_calibration_error(probabilities, torch.tensor([0, 1]), bins=bins)
        assert found == pytest.approx(wanted, abs=1e-12), m


# --- ties


def test_tied_data_are_refused_by_the_neighbour_estimators() -> None:
    x, y = draws(2000, 1, seed=1), draws(2000, 1, seed=2)
    rounded = (x * 16).round() / 16
    with pytest.raises(AMEError, match=r"x and y must be drawn from a density, got 199\d of 2000 rows tied"):
        ksg_information(rounded, y)
    with pytest.raises(AMEError, match="rows tied"):
        ksg_information(y, rounded)
    twice = torch.cat([x[:1000], x[:1000]]), torch.cat([y[:1000], y[:1000]])
    for k in (2, 3):
        with pytest.raises(AMEError, match="got 2000 of 2000 rows tied"):
            ksg_information(*twice, k)
        with pytest.raises(AMEError, match="x must be drawn from a density, got 2000 of 2000 rows tied"):
            kozachenko_leonenko(twice[0], k)
    grid = torch.cat([rounded, (y * 16).round() / 16], 1)
    with pytest.raises(AMEError, match="rows tied"):
        kozachenko_leonenko((grid * 16).round(), 40)
    assert float(kozachenko_leonenko(rounded).value) == -math.inf  # atoms of more than three


def test_a_grid_without_repetitions_is_seen_by_its_equal_distances() -> None:
    a = torch.arange(40.0)
    grid = torch.cartesian_prod(a, a)[torch.randperm(1600, generator=torch.Generator().manual_seed(3))[:900]]
    with pytest.raises(AMEError, match="rows tied"):
        kozachenko_leonenko(grid, 3)
    with pytest.raises(AMEError, match="rows tied"):
        ksg_information(grid[:, :1] + 0.01 * grid[:, 1:], grid[:, 1:])


def test_a_few_ties_are_put_up_with() -> None:
    x, y = draws(400, 2, seed=4), draws(400, 2, seed=5)
    for count in (1, 2):  # 2 and 4 rows of 400, and those whose neighbours they are
        some = x.clone()
        some[:count] = x[count : 2 * count]
        assert math.isfinite(kozachenko_leonenko(some).value)
        assert abs(float(ksg_information(some, y).value)) < 0.15
    for dtype in (torch.float32, torch.float64):
        assert math.isfinite(kozachenko_leonenko(draws(3000, 1, seed=6).to(dtype)).value)


# --- near-duplicates


@pytest.mark.parametrize("radius", [1e-3, 1e-7, 1e-9, 1e-11])
def test_near_duplicates_beyond_the_digits_of_a_product(radius: float) -> None:
    """Clusters in many columns, where distances come from a matrix product: known answer by scaling the inside."""
    centres, inside = draws(6, 1, 64, seed=7), draws(6, 30, 64, seed=8)
    # the third neighbour lies within the cluster, so that every log distance moves by log(radius) and the rest stays
    found = kozachenko_leonenko((centres + radius * inside).reshape(-1, 64))
    near = kozachenko_leonenko((centres + 1e-2 * inside).reshape(-1, 64))
    change = float(found.value - near.value) / 64
    assert change == pytest.approx(math.log(radius / 1e-2), abs=1e-4)
    side = (centres + radius * inside).reshape(-1, 64)
    other = (centres.flip(0) + radius * draws(6, 30, 64, seed=9)).reshape(-1, 64)
    few = ksg_information(side[:, :8], other[:, :8]), ksg_information(side, other)
    assert all(math.isfinite(each.value) for each in few)
    padded = torch.cat([side[:, :8], torch.zeros(180, 60)], 1), torch.cat([other[:, :8], torch.zeros(180, 60)], 1)
    assert float(ksg_information(*padded).value) == pytest.approx(float(few[0].value), abs=1e-12)


# --- sizes


SIZES = [2.0**-1000, 1e-160, 1e-13, 1.0, 1e160, 2.0**1000]


@pytest.mark.parametrize("size", SIZES)
def test_matrices_are_scaled_by_a_power_of_two_and_zeros_are_left(size: float) -> None:
    batch = torch.stack([draws(5, 3, seed=30) * size, torch.zeros(5, 3)])
    scaled, exponent = near_one(batch)
    assert exponent.shape == (2, 1, 1) and exponent[1] == 0 and (scaled[1] == 0).all()
    assert 1 <= float(scaled[0].abs().max()) < 2 and exponent[0] == exponent[0].round()
    assert torch.equal(scaled * torch.exp2(exponent), batch)


@pytest.mark.parametrize("size", SIZES)
def test_the_length_of_rows_does_not_matter(size: float) -> None:
    x = draws(12, 6, seed=10)
    y = x * size
    assert float(spectral_entropy(y)) == pytest.approx(float(spectral_entropy(x)), abs=1e-13)
    assert von_neumann_entropy(y) == pytest.approx(von_neumann_entropy(x), abs=1e-13)
    assert effective_rank(y) == pytest.approx(effective_rank(x), rel=1e-13)
    assert uniformity(y) == pytest.approx(uniformity(x), abs=1e-13)
    assert linear_cka(y, x.flip(1) + 1) == pytest.approx(linear_cka(x, x.flip(1) + 1), abs=1e-13)
    assert torch.allclose(gram_matrix(y), gram_matrix(x), rtol=0, atol=1e-14)
    for kernel in ("gaussian", "linear"):
        assert torch.allclose(gram_matrix(y, kernel=kernel), gram_matrix(x, kernel=kernel), rtol=0, atol=1e-13)
    width = float(median_distance(x)) * size
    assert float(median_distance(y)) == pytest.approx(width, rel=1e-13)
    assert torch.allclose(diffusion_spectral_entropy(y), diffusion_spectral_entropy(x), rtol=0, atol=1e-12)
    assert torch.allclose(unit_rows(y), unit_rows(x), rtol=0, atol=1e-15)


def test_rows_of_length_1e_13_have_the_entropy_of_their_directions() -> None:
    rows = torch.eye(6).double()[[0, 1, 2, 3, 4, 5]]
    rows = rows + 0.3 * draws(6, 6, seed=11)
    wanted = float(spectral_entropy(rows))
    assert wanted > 1.5
    assert float(spectral_entropy(rows * 1e-13)) == pytest.approx(wanted, abs=1e-13)
    assert float(spectral_entropy((rows * 1e-13).float())) == pytest.approx(wanted, abs=1e-6)
    mixed = rows * torch.logspace(-200, 200, 6, dtype=torch.float64)[:, None]
    assert float(spectral_entropy(mixed)) == pytest.approx(wanted, abs=1e-13)


def test_the_gradient_of_unit_rows_is_that_of_the_formula() -> None:
    x = draws(4, 3, seed=12).requires_grad_()
    assert torch.autograd.gradcheck(unit_rows, x)
    tiny = (x.detach() * 1e-200).requires_grad_()
    weight = draws(4, 3, seed=13)
    (unit_rows(x) * weight).sum().backward()
    (unit_rows(tiny) * weight).sum().backward()
    assert torch.allclose(tiny.grad * 1e-200, x.grad, rtol=1e-13)
    zero = torch.zeros(2, 3, dtype=torch.float64, requires_grad=True)
    unit_rows(zero).sum().backward()
    assert (unit_rows(zero) == 0).all() and (zero.grad == 0).all()
    half = torch.full((2, 3), 6e-8, dtype=torch.float16)
    assert torch.allclose(unit_rows(half).float(), torch.full((2, 3), 3**-0.5), atol=1e-3)


@pytest.mark.parametrize("size", [1e-160, 1e160])
def test_estimators_from_neighbours_at_any_size(size: float) -> None:
    x = draws(300, 2, seed=14)
    y = 0.8 * x + 0.6 * draws(300, 2, seed=15)
    assert float(ksg_information(x * size, y * size).value) == float(ksg_information(x, y).value)
    moved = kozachenko_leonenko(x).value + 2 * math.log(size)
    assert float(kozachenko_leonenko(x * size).value) == pytest.approx(float(moved), rel=1e-13)
    # beside an enormous side the other never decides which pairs are near, and nothing becomes NaN
    assert math.isfinite(ksg_information(x * size, y).value)


def test_long_diffusion_ends_in_the_groups_that_never_meet() -> None:
    x = torch.cat([draws(5, 2, seed=16), draws(5, 2, seed=17) + 1e3, draws(5, 2, seed=18) - 1e3])
    for t in (1e4, 1e16, 1e300):
        for anisotropy in (0.0, 0.5, 1.0):
            found = diffusion_spectral_entropy(x, width=1.0, t=t, anisotropy=anisotropy)
            assert float(found) == pytest.approx(math.log(3), abs=1e-9)
    assert float(diffusion_spectral_entropy(draws(9, 2, seed=19), t=1e300, anisotropy=1)) == pytest.approx(0, abs=1e-12)


def test_extreme_widths_have_their_limits() -> None:
    x = draws(7, 3, seed=20)
    for width, limit in ((5e-324, math.log(7)), (1e-200, math.log(7)), (1e200, 0.0), (1.7e308, 0.0)):
        assert float(diffusion_spectral_entropy(x, width=width)) == pytest.approx(limit, abs=1e-9)
        gram = gram_matrix(x, kernel="gaussian", width=width)
        assert float(matrix_renyi_entropy(gram)) == pytest.approx(limit, abs=1e-9)


def test_orders_without_end_give_the_min_entropy() -> None:
    shares = torch.tensor([0.5, 0.3, 0.2], dtype=torch.float64)
    for alpha in (1e3, 1e300, 1.7e308):
        wanted = math.log(2) * (1 + 1 / (alpha - 1))
        assert float(matrix_renyi_entropy(torch.diag(shares), alpha)) == pytest.approx(wanted, rel=1e-12)
    many = torch.diag(torch.full((30,), 1 / 30, dtype=torch.float64))
    assert float(matrix_renyi_entropy(many, 1.7e308)) == pytest.approx(math.log(30), rel=1e-12)


def test_known_answers_at_their_ends() -> None:
    one = torch.tensor([1.0])
    # 1 - b is proportional to the width of the kernel, and to its square for diffusion
    for f, power in ((gaussian_kernel_entropy, 1), (gaussian_diffusion_entropy, 2)):
        assert float(f(one, 1e200)) == pytest.approx(0, abs=1e-12)
        narrow = [float(f(one, width)) for width in (1e-3, 1e-4)]
        assert narrow[1] - narrow[0] == pytest.approx(power * math.log(10), abs=1e-3)
        assert f(one, 5e-324).isfinite()
        # in units of the deviation: nothing but the ratio counts
        assert float(f(one.double() * 1e-200, 1e-100)) == pytest.approx(float(f(one, 1.0)), rel=1e-12)
    for anisotropy in (0.0, 0.3, 1.0):  # as the derivation has it, in plain arithmetic
        variance, width, t = 0.7, 0.9, 2.5
        weight = 1 / (1 / variance - anisotropy / (variance + width**2))
        b = (weight / (weight + width**2)) ** t
        plain = -math.log(1 - b) - b * math.log(b) / (1 - b)
        found = gaussian_diffusion_entropy(torch.tensor([variance], dtype=torch.float64), width, t, anisotropy)
        assert float(found) == pytest.approx(plain, rel=1e-12)
    assert dirichlet_entropy(1e300, 5) == pytest.approx(math.log(5), abs=1e-12)
    assert harmonic_mean(torch.tensor(0.5), 1) == pytest.approx(2 / 3)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_mirror_images_may_differ_by_rounding_and_no_more(dtype: torch.dtype) -> None:
    """A product over n columns rounds by up to n eps of the largest entry; what differs by more is another matrix."""
    n, eps = 64, torch.finfo(dtype).eps
    gram = torch.eye(n, dtype=dtype)
    for asymmetry, fits in ((0.75 * n * eps, True), (1.5 * n * eps, False)):
        gram[5, 9] = asymmetry
        if fits:
            assert float(matrix_renyi_entropy(gram)) == pytest.approx(math.log(n), abs=1e-9)
        else:
            with pytest.raises(AMEError, match="gram must be symmetric"):
                matrix_renyi_entropy(gram)


def test_scores_of_any_size_have_an_entropy() -> None:
    sizes = [[1.7e308, -1.7e308, -1.7e308], [1.7e308, 1.7e308, -1.7e308]]
    scores = torch.tensor(sizes, dtype=torch.float64, requires_grad=True)
    found = row_entropy(scores)
    assert found.tolist() == pytest.approx([0.0, math.log(2)], abs=1e-12)
    assert row_entropy_deficit(scores).tolist() == pytest.approx([math.log(3), math.log(1.5)], abs=1e-12)
    assert predictive_entropy(scores).tolist() == found.tolist()
    found.sum().backward()
    assert scores.grad is not None and bool(scores.grad.isfinite().all())
    with pytest.raises(AMEError, match="differences of scores must be finite"):
        infonce_bound(torch.tensor([[-1.7e308, 1.7e308], [1.7e308, -1.7e308]], dtype=torch.float64))


# --- what cannot be measured


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (torch.ones(4, 3, device="meta"), "with values, got one on meta"),
        (torch.ones(4, 3).to_sparse(), r"got a sparse_coo one: convert it with \.to_dense"),
        (torch.nested.nested_tensor([torch.ones(2), torch.ones(3)], layout=torch.jagged), "got a nested one"),
        (torch.nested.nested_tensor([torch.ones(2), torch.ones(3)], layout=torch.strided), "got a nested one"),
        (torch.ones(4, 3, dtype=torch.complex64), "got a complex tensor"),
        ([[1.0, 2.0]], "got list"),
    ],
)
def test_tensors_without_numbers_to_read(value: object, words: str) -> None:
    for measure in (von_neumann_entropy, effective_rank, kozachenko_leonenko, gram_matrix, predictive_entropy):
        with pytest.raises(AMEError, match=words):
            measure(value)  # type: ignore[operator]
