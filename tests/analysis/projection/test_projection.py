from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ame_explore.ame import AMEError
from ame_explore.analysis import PCAProjection


def cloud(n: int = 200, d: int = 6, seed: int = 0) -> np.ndarray:
    """Points with standard deviations d, d - 1, ... 1 along rotated axes, away from the origin."""
    rng = np.random.default_rng(seed)
    axes = np.linalg.qr(rng.normal(size=(d, d)))[0]
    return rng.normal(size=(n, d)) * np.arange(d, 0, -1) @ axes + 10


@given(st.integers(2, 30), st.integers(1, 10), st.integers(0, 1000))
@settings(deadline=None)
def test_against_the_eigenvectors_of_the_covariance(n: int, d: int, seed: int) -> None:
    rows = cloud(n, d, seed)
    dims = min(n, d, 2)
    basis = PCAProjection.fit(rows, dims)
    assert np.allclose(basis.components @ basis.components.T, np.eye(dims), atol=1e-12)
    covariance = np.cov(rows.T, bias=True).reshape(d, d)
    values = np.sort(np.linalg.eigvalsh(covariance))[::-1]
    assert np.allclose(basis.explained_variance_ratio, values[:dims] / values.sum(), atol=1e-12)
    drawn = basis.transform(rows)
    assert np.allclose(drawn.mean(axis=0), 0, atol=1e-12 * np.abs(rows).max())
    assert np.allclose(drawn.var(axis=0), values[:dims], rtol=1e-9, atol=1e-12 * values[0])


def test_agrees_with_scikit_learn_up_to_sign() -> None:
    decomposition = pytest.importorskip("sklearn.decomposition")
    rows = cloud()
    theirs = decomposition.PCA(3, svd_solver="full").fit(rows)
    ours = PCAProjection.fit(rows, 3)
    assert np.allclose(np.abs(ours.components), np.abs(theirs.components_), atol=1e-12)
    assert np.allclose(ours.explained_variance_ratio, theirs.explained_variance_ratio_, atol=1e-12)


def test_the_picture_does_not_flip() -> None:
    """Rows in another order, or mirrored through their centre, change the bare singular vectors' signs at random."""
    rows = cloud()
    basis = PCAProjection.fit(rows)
    for other in (rows[::-1], 2 * rows.mean(axis=0) - rows, rows.astype(np.float32)):
        again = PCAProjection.fit(other)
        # Rounding to float32 (6e-8) moves a component by that over the relative gap of the variances (about 0.3).
        assert np.allclose(again.components, basis.components, atol=1e-5)
    assert (basis.components[np.arange(2), np.abs(basis.components).argmax(axis=1)] > 0).all()


def test_one_frozen_basis_serves_other_rows() -> None:
    rows = cloud()
    basis = PCAProjection.fit(rows)
    moved = rows + basis.components[0] * 5
    assert np.allclose(basis.transform(moved) - basis.transform(rows), [5, 0], atol=1e-12)
    with pytest.raises(dataclasses.FrozenInstanceError):
        basis.mean = rows[0]  # type: ignore[misc]


def test_tensors_of_any_float_type_and_no_gradient() -> None:
    rows = torch.from_numpy(cloud()).requires_grad_()
    basis = PCAProjection.fit(rows)
    assert np.array_equal(basis.transform(rows), basis.transform(rows.detach().numpy()))
    assert basis.transform(rows.bfloat16()).dtype == np.float64


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: PCAProjection.fit(np.ones((5, 3))), "rows must differ, got 5 equal"),
        (lambda: PCAProjection.fit(np.ones((1, 3)), 1), r"at least 2 .*\(1, 3\)"),
        (lambda: PCAProjection.fit(cloud(4, 3), 4), r"hold 4 dimensions.*\(4, 3\)"),
        (lambda: PCAProjection.fit(cloud(4, 3), 0), "dims .*0"),
        (lambda: PCAProjection.fit(np.ones(3)), r"rows .*\(3,\)"),
        (lambda: PCAProjection.fit(np.array([["a"]])), "rows must be a real matrix"),
        (lambda: PCAProjection.fit(np.array([[1.0, 2.0], [np.nan, 0.0]])), "rows must be finite.*row 1"),
        (lambda: PCAProjection.fit(cloud(d=3)).transform(np.ones((2, 4))), "x must have 3 columns.*got 4"),
    ],
)
def test_bad_input_is_named(call, words: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(AMEError, match=words):
        call()
