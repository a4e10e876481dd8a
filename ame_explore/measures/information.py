"""Mutual information: every estimate comes with its uncertainty and the largest value that the method can report for
that sample size.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from ame_explore.ame import AMEError, check_choice, check_finite
from ame_explore.measures._checks import as_batch


@dataclass(frozen=True, eq=False)
class InformationEstimate:
    """Mutual information in nats, and how far to trust it.

    Attributes:
        value: (...) the estimate; noise can make it negative.
        standard_error: (...) standard deviation of the mean of the n terms, as if they were independent; it does
            not include bias. NaN for one sample.
        cap: the largest value that this method can give for n samples, whatever the truth.
        n: samples.
    """

    value: Tensor
    standard_error: Tensor
    cap: float
    n: int

    @property
    def share_of_cap(self) -> Tensor:
        """value / cap, (...): near 1, the value reflects n rather than the data."""
        return self.value / self.cap


def infonce_bound(scores: Tensor, *, direction: str = "both") -> InformationEstimate:
    """I(X; Y) >= log N - L_InfoNCE = mean_i [s_ii - log((1/N) sum_j exp s_ij)] (van den Oord et al. 2018; with
    all N in the mean: Poole et al. 2019).

    The cap is log N: 4.16 nats for N = 64. Assumes N independent pairs and a critic that was not fitted on them; the
    bound holds in expectation over batches. Known failure: for N <= exp(I) it reports about log N; a class text that
    occurs in several columns is its own false negative; a critic trained on these pairs breaks the bound. With the
    perfect critic log p(y|x)/p(y) it is too low by about chi^2 / (2 N) (our expansion, chi^2 that of the joint against
    the product).

    Args:
        scores: (..., N, N), entry i, j the critic of x_i with y_j, as it enters the softmax: logit scale times cosine.
        direction: "rows" (each x among all y, as above), "columns" (each y among all x), or "both", their mean, as
            CLIP trains: a lower bound too.

    Returns:
        `InformationEstimate`; its value (...) is float64 and differentiable, its cap log N.

    Raises:
        AMEError: if a shape or type is wrong, the matrix is not square, there are fewer than two pairs, a value is not
            finite, or the direction is unknown.
    """
    check_choice("direction", direction, ("rows", "columns", "both"))
    critic = as_batch("scores", scores, rows=2)
    n = critic.shape[-1]
    if critic.shape[-2] != n:
        raise AMEError(
            f"scores must be square, one column for each row's partner, got {tuple(critic.shape)}: "
            "index the texts by pair_index first."
        )
    own = critic.diagonal(dim1=-2, dim2=-1)
    sides = {"rows": (-1,), "columns": (-2,), "both": (-1, -2)}[direction]
    terms = torch.stack([own - torch.logsumexp(critic, side) for side in sides]).mean(0) + math.log(n)
    check_finite("the differences of scores", terms, "the scores are too large")
    return InformationEstimate(terms.mean(-1), standard_error(terms), math.log(n), n)


def standard_error(terms: Tensor) -> Tensor:
    """Standard deviation of the mean over the last axis, (..., n) -> (...), detached; NaN for one term."""
    n = terms.shape[-1]
    if n == 1:
        return terms.new_full(terms.shape[:-1], math.nan)
    return terms.detach().std(-1) / math.sqrt(n)
