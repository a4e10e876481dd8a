from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ame_explore.ame import AMEError
from ame_explore.measures import (
    accuracy,
    agreement,
    expected_calibration_error,
    harmonic_mean,
    predictive_entropy,
)


def some_logits(n: int = 40, c: int = 6, seed: int = 0, scale: float = 3.0) -> torch.Tensor:
    return scale * torch.randn(n, c, generator=torch.Generator().manual_seed(seed))


def test_accuracy_counts_hits() -> None:
    logits = torch.tensor([[2.0, 1.0], [0.0, 1.0], [5.0, 4.0], [0.0, 3.0]])
    assert accuracy(logits, torch.tensor([0, 1, 1, 1])) == 0.75


@pytest.mark.parametrize(
    ("base", "new", "expected"), [(0.8, 0.6, 0.96 / 1.4), (0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (1.0, 1.0, 1.0)]
)
def test_harmonic_mean_known_values(base: float, new: float, expected: float) -> None:
    assert harmonic_mean(base, new) == pytest.approx(expected, abs=1e-15)


@given(st.floats(0, 1), st.floats(0, 1))
def test_harmonic_mean_lies_between_the_two(base: float, new: float) -> None:
    value = harmonic_mean(base, new)
    # Four roundings of 1.1e-16 each; 2e-323 covers subnormal shares.
    assert min(base, new) * (1 - 1e-15) - 2e-323 <= value <= max(base, new) * (1 + 1e-15) + 2e-323
    assert value == harmonic_mean(new, base)


def test_ece_against_a_sum_written_out() -> None:
    probabilities = some_logits(500, 4).double().softmax(dim=1)
    labels = torch.randint(4, (500,), generator=torch.Generator().manual_seed(1))
    expected = 0.0
    confidence, predicted = probabilities.max(dim=1)
    for m in range(15):
        inside = (confidence > m / 15) & (confidence <= (m + 1) / 15)
        if inside.any():
            hit = (predicted == labels)[inside].double().mean()
            expected += float(inside.double().mean() * (hit - confidence[inside].mean()).abs())
    assert expected_calibration_error(probabilities, labels) == pytest.approx(expected, abs=1e-14)


def test_ece_confidence_of_one_lies_in_the_last_bin() -> None:
    certain = torch.eye(3)
    assert expected_calibration_error(certain, torch.arange(3)) == 0.0
    assert expected_calibration_error(certain, torch.tensor([1, 2, 0])) == 1.0


def test_ece_bins_are_closed_on_the_right() -> None:
    """0.5 (surplus +0.5, a hit) and 0.75 (a miss) share a bin of two only if 0.5 were in the upper one."""
    probabilities = torch.tensor([[0.5, 0.25, 0.25], [0.75, 0.25, 0.0]], dtype=torch.float64)
    labels = torch.tensor([0, 1])
    assert expected_calibration_error(probabilities, labels, bins=2) == pytest.approx((0.5 + 0.75) / 2, abs=1e-15)
    assert expected_calibration_error(probabilities, labels, bins=1) == pytest.approx(0.125, abs=1e-15)


def test_equal_logits_are_at_chance() -> None:
    collapsed = torch.zeros(12, 4)
    labels = torch.zeros(12, dtype=torch.int64)
    assert accuracy(collapsed, labels) == 1 / 4  # the first of the tied classes would be right each time
    assert agreement(collapsed, collapsed) == 1 / 4
    assert agreement(collapsed, torch.eye(4).repeat(3, 1)) == 1 / 4
    assert accuracy(torch.tensor([[1.0, 1.0, 0.0]]), torch.tensor([2])) == 0
    assert expected_calibration_error(collapsed.softmax(dim=1), labels) == 0.0


def test_ece_accepts_a_softmax_in_bfloat16() -> None:
    probabilities = some_logits(64, 100).bfloat16().softmax(dim=1)
    assert 0 <= expected_calibration_error(probabilities, torch.zeros(64, dtype=torch.int64)) <= 1


def test_predictive_entropy_known_values() -> None:
    logits = torch.tensor([[0.0, 0.0, 0.0, 0.0], [0.0, 0.0, -1e4, -1e4], [1e4, 0.0, 0.0, 0.0]])
    expected = torch.tensor([math.log(4), math.log(2), 0.0], dtype=torch.float64)
    torch.testing.assert_close(predictive_entropy(logits), expected, rtol=0, atol=1e-15)


@given(st.integers(1, 20), st.integers(1, 12), st.integers(0, 2**31 - 1), st.sampled_from([1e-4, 1.0, 1e4]))
@settings(deadline=None)
def test_predictive_entropy_stays_within_its_bounds(n: int, c: int, seed: int, scale: float) -> None:
    logits = some_logits(n, c, seed, scale)
    entropy = predictive_entropy(logits)
    assert entropy.shape == (n,) and entropy.dtype == torch.float64
    assert float(entropy.min()) >= 0 and float(entropy.max()) <= math.log(c) + 1e-14 * c
    shifted = predictive_entropy(logits.double() + 7.0)
    # A shift rounds logits of size L by L eps; dH/dlogit is at most about log C, times C entries.
    bound = c * (1 + math.log(c)) * 4 * 2.3e-16 * (7 + float(logits.abs().max())) + 1e-14
    torch.testing.assert_close(shifted, entropy, rtol=0, atol=bound)


def test_agreement_is_about_names_not_truth() -> None:
    a, b = some_logits(seed=1), some_logits(seed=2)
    assert agreement(a, 3 * a + 1) == 1.0
    assert agreement(a, -a) == 0.0
    assert agreement(a, b) == agreement(b, a) == float((a.argmax(1) == b.argmax(1)).double().mean())


def test_no_gradient_flows_and_nothing_is_changed() -> None:
    logits = some_logits().requires_grad_()
    before = logits.detach().clone()
    assert not predictive_entropy(logits).requires_grad
    assert torch.equal(logits.detach(), before)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: accuracy(torch.zeros(0, 3), torch.zeros(0, dtype=torch.int64)), r"logits .*\(0, 3\)"),
        (lambda: accuracy(torch.zeros(3), torch.zeros(3, dtype=torch.int64)), r"logits .*\(3,\)"),
        (lambda: accuracy(torch.zeros(2, 3), torch.zeros(3, dtype=torch.int64)), r"labels .*\(2,\).*\(3,\)"),
        (lambda: accuracy(torch.zeros(2, 3), torch.tensor([0, 3])), r"labels .*3 classes.*0 to 3"),
        (lambda: accuracy(torch.zeros(2, 3), torch.tensor([0.0, 1.0])), r"labels .*whole numbers.*float32"),
        (lambda: accuracy([[1.0]], torch.tensor([0])), r"logits .*torch.Tensor.*list"),
        (lambda: accuracy(torch.tensor([[0.0], [math.nan]]), torch.tensor([0, 0])), r"logits .*finite.*row 1"),
        (lambda: harmonic_mean(1.2, 0.5), r"base .*1.2"),
        (lambda: harmonic_mean(0.5, math.nan), r"new .*nan"),
        (lambda: expected_calibration_error(torch.zeros(2, 3), torch.tensor([0, 1])), r"probabilities .*softmax"),
        (lambda: expected_calibration_error(torch.eye(2), torch.tensor([0, 1]), bins=0), r"bins .*0"),
        (lambda: predictive_entropy(torch.tensor([[math.inf, 0.0]])), r"logits .*1 NaN or infinite"),
        (lambda: predictive_entropy(torch.zeros(2, 0)), r"logits .*\(2, 0\)"),
        (lambda: agreement(torch.zeros(2, 3), torch.zeros(2, 4)), r"columns, got 3 and 4"),
        (lambda: agreement(torch.zeros(2, 3), torch.zeros(3, 3)), r"rows, got .2, 3. and .3, 3."),
    ],
)
def test_bad_input_is_named(call, words: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(AMEError, match=words):
        call()
