"""Trustworthiness and continuity, true neighbours, and what chance moves."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ame_explore.ame import AMEError
from ame_explore.analysis.projection import align_pictures, fit_pca, measure_lens, seed_jitter, true_neighbours
from ame_explore.data import PairedFeatures


def cloud(n: int, d: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def pairs(n: int = 12, m: int = 12, d: int = 5) -> PairedFeatures:
    return PairedFeatures(
        image=cloud(n, d),
        text=cloud(m, d, 1),
        pair_index=torch.arange(n) % m,
        ids=torch.arange(n),
        texts=tuple(f"t{i}" for i in range(m)),
    )


@given(st.integers(4, 60), st.integers(1, 12), st.integers(0, 50))
@settings(deadline=None, max_examples=40)
def test_agrees_with_scikit_learn(n: int, k: int, seed: int) -> None:
    manifold = pytest.importorskip("sklearn.manifold")
    rows, points = cloud(n, 5, seed), cloud(n, 2, seed + 1)
    k = min(k, (n - 1) // 2)
    lens = measure_lens(rows=rows, points=points, k=k, metric="euclidean")
    assert lens.trustworthiness == pytest.approx(manifold.trustworthiness(rows, points, n_neighbors=k), abs=1e-12)
    assert lens.continuity == pytest.approx(manifold.trustworthiness(points, rows, n_neighbors=k), abs=1e-12)
    assert lens.row_trustworthiness.shape == (n,) and lens.trustworthiness_error == 0.0
    cosine = measure_lens(rows=rows, points=points, k=k)
    theirs = manifold.trustworthiness(rows, points, n_neighbors=k, metric="cosine")
    assert cosine.trustworthiness == pytest.approx(theirs, abs=1e-12)


def test_the_picture_of_itself_is_perfect_and_of_noise_is_chance() -> None:
    points = cloud(300, 2)
    whole = measure_lens(rows=points, points=3 * points + 1, metric="euclidean")
    assert whole.trustworthiness == whole.continuity == 1.0 and not whole.misplaced.any()
    noise = measure_lens(rows=points, points=cloud(300, 2, 9), metric="euclidean")
    # the mean of 300 rows, each the mean of 15 ranks with deviation 0.3
    assert noise.trustworthiness == pytest.approx(0.5, abs=0.03)
    assert noise.misplaced.all()


def test_one_point_that_is_torn_away_is_the_one_found() -> None:
    points = cloud(200, 2)
    picture = points.clone()
    picture[7] = torch.tensor([100.0, 0.0])
    lens = measure_lens(rows=points, points=picture, metric="euclidean", k=10)
    assert lens.misplaced.nonzero().flatten().tolist() == [7]
    assert int(lens.row_continuity.argmin()) == 7 or int(lens.row_trustworthiness.argmin()) == 7


def test_blocks_change_nothing_and_a_sample_is_within_its_error(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = cloud(900, 6)
    points = fit_pca(rows, metric="euclidean").points
    exact = measure_lens(rows=rows, points=points, metric="euclidean")
    monkeypatch.setattr("ame_explore.analysis.projection.lens._BUDGET", 10_000)
    assert torch.equal(
        measure_lens(rows=rows, points=points, metric="euclidean").row_trustworthiness, exact.row_trustworthiness
    )
    monkeypatch.setattr("ame_explore.analysis.projection.lens._EXACT_UP_TO", 100)
    sampled = measure_lens(rows=rows, points=points, metric="euclidean", sample=300)
    assert len(sampled.rows) == 300 and "±" in sampled.words and "300 of 900" in sampled.words
    assert abs(sampled.trustworthiness - exact.trustworthiness) < 4 * sampled.trustworthiness_error
    assert torch.allclose(sampled.row_continuity, exact.row_continuity[sampled.rows], atol=1e-6)
    assert not sampled.misplaced[~torch.isin(torch.arange(900), sampled.rows)].any()


@pytest.mark.parametrize(
    ("rows", "points", "words"),
    [
        (cloud(3, 2), cloud(3, 2), "at least 4"),
        (cloud(9, 2), cloud(8, 2), "one point per row, got 8 for 9"),
        (cloud(9, 2), torch.full((9, 2), torch.nan), "points must be finite"),
        (torch.zeros(9, 2), cloud(9, 2), "no row of zeros"),
    ],
)
def test_bad_input_is_named(rows: torch.Tensor, points: torch.Tensor, words: str) -> None:
    with pytest.raises(AMEError, match=words):
        measure_lens(rows=rows, points=points)


def test_ties_count_as_chance() -> None:
    """All points in one place: every rank is uniform on 1 ... n - 1, so the mean of max(0, rank - k) is known."""
    n, k = 100, 15
    chance = 1 - ((n - 1 - k) * (n - k) / 2 / (n - 1)) / ((2 * n - 3 * k - 1) / 2)
    rows = cloud(n, 6)
    for picture in (torch.ones(n, 2) * 3.3, torch.zeros(n, 2)):
        lens = measure_lens(rows=rows, points=picture, k=k)
        assert lens.continuity == pytest.approx(chance, abs=1e-12)
        assert lens.trustworthiness == pytest.approx(chance, abs=1e-7)  # a mean over all others of what sums alike
    turned = measure_lens(rows=torch.ones(n, 3), points=cloud(n, 2), k=k, metric="euclidean")
    assert turned.trustworthiness == pytest.approx(chance, abs=1e-12)


def test_ties_are_the_mean_of_breaking_them_at_random() -> None:
    """Sixty points in twelve places, against the mean over pictures in which a little noise parts them."""
    rows = cloud(60, 4)
    places = cloud(12, 2, 3)[torch.arange(60) % 12]
    exact = measure_lens(rows=rows, points=places, k=5, metric="euclidean")
    broken = [
        measure_lens(rows=rows, points=places + 1e-7 * cloud(60, 2, s), k=5, metric="euclidean") for s in range(200)
    ]
    for name in ("trustworthiness", "continuity"):
        values = torch.tensor([getattr(lens, name) for lens in broken], dtype=torch.float64)
        assert abs(getattr(exact, name) - values.mean()) < 5 * values.std() / len(values) ** 0.5


def test_true_neighbours_within_and_across() -> None:
    features = pairs()
    near = true_neighbours(features, k=3)
    image, text = (torch.nn.functional.normalize(side) for side in (features.image, features.text))
    across = image @ text.T
    assert torch.equal(near.across[:12], across.topk(3).indices + 12)
    assert torch.allclose(near.across_cosine[12:], across.T.topk(3).values)
    within = (text @ text.T).fill_diagonal_(-2)
    assert torch.equal(near.within[12:], within.topk(3).indices + 12)
    few = true_neighbours(pairs(6, 1), k=3)
    assert few.across[:6, 0].tolist() == [6] * 6 and (few.across[:6, 1:] == -1).all()
    assert (few.within[6] == -1).all() and few.within_cosine[6].isnan().all()


def test_jitter_takes_off_what_is_no_difference() -> None:
    points = cloud(50, 2).numpy()
    angle = np.array([[0.0, -2.0], [2.0, 0.0]])
    mirrored = points @ angle * [1, -1] + 7
    jitter = align_pictures([points, mirrored], (0, 1))
    assert np.allclose(jitter.spread, 0, atol=1e-9) and np.allclose(jitter.residuals, 0, atol=1e-9)
    moved = points.copy()
    moved[3] += 2
    spread = align_pictures([points, points, moved], (0, 1, 2)).spread
    assert spread.argmax() == 3 and np.median(spread) < 0.1 * spread[3]


def test_seeds_of_a_pca_start_differ_less_than_random_starts() -> None:
    strip = torch.linspace(0, 20, 80, dtype=torch.float64)[:, None] * torch.eye(6)[0] + 0.3 * cloud(80, 6)
    fixed = seed_jitter(strip, (0, 1, 2), init="pca", epochs=50, metric="euclidean")
    free = seed_jitter(strip, (0, 1, 2), epochs=50, metric="euclidean")
    assert fixed.pictures.shape == (3, 80, 2) and fixed.residuals[0] == pytest.approx(0, abs=1e-9)
    assert np.median(fixed.spread) < np.median(free.spread)
    assert "3 seeds from the same PCA start" in fixed.words
    for seeds in ((0,), (1, 1)):
        with pytest.raises(AMEError, match="two or more different"):
            seed_jitter(strip, seeds)
