"""Measures of logits or probabilities: how often a classifier is right, and how well it knows when it is."""

from __future__ import annotations

import torch
from torch import Tensor

from ame_explore.ame import AMEError, as_number, as_whole, row_entropy
from ame_explore.measures._checks import as_index, as_matrix, same_columns, same_rows

_AT_ONCE = 256  # rows, whose intermediate results fit into the cache


def accuracy(logits: Tensor, labels: Tensor) -> float:
    """Share of rows whose largest logit is at the label; of k tied largest logits, each counts 1/k.

    A tie is worth what a random choice among the tied classes gets on average, so equal logits are at chance.

    Args:
        logits: (N, C), in any monotone unit. For base accuracy pass only the columns of the base classes, and labels
            that index these columns, as in the base-to-new protocol.
        labels: (N,) whole numbers in [0, C).

    Returns:
        A share in [0, 1]; chance is 1 / C for balanced classes.

    Raises:
        AMEError: if a shape or type is wrong, there is no row, a value is not finite, or a label is outside the
            classes.
    """
    scores = as_matrix("logits", logits)
    target = as_index("labels", labels, length=scores.shape[0], below=scores.shape[1], of="classes")
    return float(shares_right(scores, target.to(scores.device)).mean())


def shares_right(scores: Tensor, target: Tensor) -> Tensor:
    """1 where the target's score is the largest of its row, 1/k where it is one of k tied ones, else 0.

    Args:
        scores: (..., C).
        target: (...) int64, on the device of the scores.

    Returns:
        (...) float64.
    """
    top = _largest(scores)
    return top.gather(-1, target[..., None])[..., 0].double() / top.sum(dim=-1)


def _largest(scores: Tensor) -> Tensor:
    """Where the rows of (..., C) are largest, ties included."""
    return scores == scores.amax(dim=-1, keepdim=True)


def harmonic_mean(base: float, new: float) -> float:
    """HM = 2 B N / (B + N) of base and new accuracy, 0 if both are 0 (the summary used by CoOp and PromptKD).

    Args:
        base: accuracy on base classes, a share in [0, 1].
        new: accuracy on new classes, a share in [0, 1].

    Returns:
        A share in [0, 1], at most twice the smaller of the two.

    Raises:
        AMEError: if one of them is not in [0, 1].
    """
    low, high = sorted((as_number("base", base, low=0.0, high=1.0), as_number("new", new, low=0.0, high=1.0)))
    return 2.0 * low * (high / (low + high)) if high > 0 else 0.0  # the quotient first: a product could underflow


def expected_calibration_error(probabilities: Tensor, labels: Tensor, bins: int = 15) -> float:
    """ECE = sum_m (n_m / N) |accuracy_m - confidence_m| over equal-width bins of confidence (Guo et al. 2017, eq. 3).

    Bin m holds the confidences in ((m - 1) / bins, m / bins], as in the paper, so a confidence of exactly 1 lies in
    the last bin. An edge is the number nearest to m / bins in the dtype of the probabilities: 0.6 lies in the third of
    five bins in float32 and in float64. Confidence is the largest probability of a row; the row is accurate if that
    is the probability of its label. Ties count as in `accuracy`.

    Args:
        probabilities: (N, C), rows that sum to 1 (softmax of the logits, not the logits).
        labels: (N,) whole numbers in [0, C).
        bins: number of bins, in [1, 1e6]; 15 in the paper.

    Returns:
        A share in [0, 1]; 0 is perfectly calibrated. With few rows it is biased upwards.

    Raises:
        AMEError: if a shape or type is wrong, there is no row, a row is not a distribution of probabilities, a label is
            outside the classes, or bins is out of range.
    """
    bins = as_whole("bins", bins, low=1, high=10**6)
    shares = as_matrix("probabilities", probabilities)
    target = as_index("labels", labels, length=shares.shape[0], below=shares.shape[1], of="classes").to(shares.device)
    # The tolerance is the possible error of a softmax in bfloat16 (8 bits).
    if float(shares.min()) < 0 or float((shares.sum(dim=1) - 1).abs().max()) > 2**-7:
        raise AMEError(
            "probabilities must be rows >= 0 that sum to 1, got values from "
            f"{float(shares.min()):.4g} to {float(shares.max()):.4g}: give logits.softmax(dim=1), not the logits."
        )
    confidence = shares.amax(dim=1)
    given = probabilities.dtype if probabilities.is_floating_point() else torch.float64
    edges = (torch.arange(1, bins, dtype=torch.float64, device=shares.device) / bins).to(given).to(shares.dtype)
    which = torch.bucketize(confidence, edges)
    # Within a bin the two means have one count, so its weight n_m / N leaves a sum of differences over N.
    surplus = shares_right(shares, target) - confidence
    sums = torch.zeros(bins, dtype=torch.float64, device=shares.device).index_add_(0, which, surplus)
    return float(sums.abs().sum() / shares.shape[0])


def predictive_entropy(logits: Tensor) -> Tensor:
    """H_i = -sum_c p_ic log p_ic with p_i = softmax(logits_i): how unsure the classifier is of each row, in nats.

    Args:
        logits: (N, C). Scale matters: pass the similarities times the logit scale, as they enter the softmax.

    Returns:
        (N,) float64 in [0, log C]; exactly log C for equal logits up to rounding, and finite for logits of any size.

    Raises:
        AMEError: if a shape or type is wrong, there is no row, or a value is not finite.
    """
    return torch.cat([row_entropy(part, dim=1) for part in as_matrix("logits", logits).split(_AT_ONCE)])


def agreement(logits_a: Tensor, logits_b: Tensor) -> float:
    """Share of rows on which two classifiers name the same class (Stanton et al. 2021 call it top-1 agreement).

    Where logits tie, it is the chance of naming the same class if each picks one of its tied classes at random.

    Args:
        logits_a: (N, C), say the student's.
        logits_b: (N, C), say the teacher's, over the same classes in the same order.

    Returns:
        A share in [0, 1]. Two classifiers also agree if they make the same mistake.

    Raises:
        AMEError: if shapes are wrong or differ, there is no row, or a value is not finite.
    """
    a, b = as_matrix("logits_a", logits_a), as_matrix("logits_b", logits_b)
    same_rows("logits_a", a, "logits_b", b)
    same_columns("logits_a", a, "logits_b", b)
    first, second = _largest(a), _largest(b).to(a.device)
    return float(((first & second).sum(dim=1).double() / (first.sum(dim=1) * second.sum(dim=1))).mean())
