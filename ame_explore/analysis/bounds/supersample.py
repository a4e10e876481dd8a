"""CMI's setting with many trained students: what their losses reveal about the coins that chose the training data.

A supersample has n pairs of images. Each draw tosses n fair coins, trains one student on the chosen half, and records
the losses on all 2n images. f-CMI (Harutyunyan et al. 2021, as their code has it) for each supersample z~:

    |E gap| <= (1/n) sum_i sqrt(2 I(F_i; J_i | Z~ = z~)), averaged over supersamples,

with F_i the student's output on pair i. (Of the gap's part i, R_i (l_i0 - l_i1) with a fair sign R_i lies in [-1, 1]
and has mean 0 where F_i and J_i are independent, so it is 1-sub-Gaussian there: Xu and Raginsky's step for one pair.)
Over pairs of 0/1 losses (Hellstrom and Durisi 2022) it has 4 outcomes; losses follow from predictions, so this bound is
never above that over predictions. The information is estimated by plug-in over draws, which errs upwards: if there is
no information, 2 N times the estimate of a pair with K outcomes follows a chi-squared law with K - 1 degrees of freedom
(Wilks 1938, with a fair coin on the other side). The estimate is then (K-1)/(2N) nats too high on average (Miller
1955), and the pair's bound sqrt(2 I) has the mean E chi_(K-1) / sqrt(N). This is the bias of the bound if losses reveal
nothing about the coins; single values lie on both sides of it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ame_explore.ame import AMEError
from ame_explore.analysis.bounds.protocol import EXACT, IID, UNSEEN
from ame_explore.analysis.bounds.terms import Assumption, Bound, Premise, Term, as_losses, loss_range
from ame_explore.analysis.statistics import MeanInterval, mean_interval
from ame_explore.arguments import as_array, checked
from ame_explore.quantities import number

BIAS = "bias of the plug-in"
CLEAR = Premise("the value is well above the plug-in's bias", "well above its bias")
_SHAPE = "(supersamples, draws, n, 2)"
_NOT_SAID = (
    IID.judged("not checked", "It is not known how the supersample was drawn."),
    UNSEEN.judged("not checked", "The ids of the images that teacher and backbone were trained on were not given."),
)
_MOST_KINDS = 16  # outcomes that are counted as they come; numbers of more are made dense first
_UNFAIR = 1e-3  # significance level of the test for unfair coins (our choice)


@checked
def supersample_gap(*, losses: Any, coins: Any, confidence: float = 0.95) -> MeanInterval:
    """The measured expected gap: mean loss on the half left out minus on the half trained on.

    The interval is Student's t over supersamples. With one supersample it is over the draws, and holds for
    this supersample only.

    Args:
        losses: (supersamples, draws, n, 2) in [0, 1], of every student on every image of its supersample.
        coins: (supersamples, draws, n), each 0 or 1: the column of the pair that was trained on.
        confidence: in (0, 1).

    Returns:
        The mean gap with its interval.

    Raises:
        AMEError: if shapes differ from these, a loss is outside [0, 1], a coin is not 0 or 1, or there are fewer than
            two draws.
    """
    values, tosses = _checked(losses, coins)
    trained = np.take_along_axis(values, tosses[..., None], axis=3)[..., 0]
    gaps = (values.sum(axis=3) - 2 * trained).mean(axis=2)
    return mean_interval(gaps[0] if len(gaps) == 1 else gaps.mean(axis=1), confidence)


@checked
def pair_information(*, outcomes: Any, coins: NDArray[np.int64]) -> tuple[NDArray[np.float64], ...]:
    """I(F_i; J_i) of every pair in nats, by plug-in over draws.

    Args:
        outcomes: (supersamples, draws, n) whole numbers: the outcome F_i.
        coins: (supersamples, draws, n) of 0 and 1.

    Returns:
        three arrays (supersamples, n): the plug-in estimate; the same with the Miller-Madow correction of each entropy,
        not below 0; and the mean of the pair's bound if there is no information, E chi_((K-1)(C-1)) / sqrt(N),
        for the K outcomes and C sides that occurred.

    Raises:
        AMEError: if shapes differ, an axis is empty, an outcome is not whole, or a coin is not 0 or 1.
    """
    tosses, found = as_array("coins", coins), as_array("outcomes", outcomes, "whole numbers")
    if tosses.ndim != 3 or found.shape != tosses.shape or not tosses.size or not np.isin(tosses, (0, 1)).all():
        raise AMEError(
            "outcomes and coins must both have the shape (supersamples, draws, n), with coins of 0 and 1, "
            f"got shapes {found.shape} and {tosses.shape}."
        )
    if not (found == found.round()).all():
        raise AMEError("outcomes must be whole numbers: the number of each outcome.")
    codes: NDArray[Any] = found
    coins = tosses.astype(np.int64)
    sets, draws, n = coins.shape
    if codes.min() < 0 or codes.max() >= _MOST_KINDS:
        codes = np.unique(codes, return_inverse=True)[1].reshape(coins.shape)
    codes = codes.astype(np.int64)
    kinds = int(codes.max()) + 1
    pair = (np.arange(sets)[:, None] * n + np.arange(n))[:, None, :]
    table = np.bincount(((pair * kinds + codes) * 2 + coins).ravel(), minlength=sets * n * kinds * 2)
    joint = table.reshape(sets, n, kinds, 2)
    both, one, side = joint.reshape(sets, n, -1), joint.sum(axis=3), joint.sum(axis=2)
    seen_both, seen_one, seen_side = ((counts > 0).sum(axis=2) for counts in (both, one, side))
    plug_in = _entropy(one, draws) + _entropy(side, draws) - _entropy(both, draws)
    plug_in = np.where(plug_in < 1e-12, 0.0, plug_in)  # rounding of three sums of order 1
    correction = ((seen_one - 1) + (seen_side - 1) - (seen_both - 1)) / (2 * draws)
    bias = mean_chi((seen_one - 1) * (seen_side - 1)) / math.sqrt(draws)
    return plug_in, np.maximum(0.0, plug_in + correction), bias


def mean_chi(degrees: Any) -> NDArray[np.float64]:
    """The mean of the chi distribution, sqrt(2) Gamma((k + 1) / 2) / Gamma(k / 2); 0 for k = 0.

    Args:
        degrees: degrees of freedom k, any shape, whole numbers >= 0.
    """
    from scipy.special import gammaln

    k = np.asarray(degrees, dtype=np.float64)
    safe = np.maximum(k, 1.0)
    mean: NDArray[np.float64] = np.where(k > 0, math.sqrt(2) * np.exp(gammaln((safe + 1) / 2) - gammaln(safe / 2)), 0.0)
    return mean


@checked
def f_cmi(*, losses: Any, coins: Any, predictions: Any = None, assumptions: Sequence[Assumption] = ()) -> Bound:
    """The f-CMI bound on the expected gap, as plug-in, with its bias and its corrected value beside it.

    The value is always the plug-in one. Its bias is its mean if there is no information; the value "with
    Miller-Madow" corrects the bias of each entropy to first order, and can be too low or too high.

    Args:
        losses: as in `supersample_gap`; 0 or 1 unless predictions are given.
        coins: as in `supersample_gap`.
        predictions: (supersamples, draws, n, 2) whole numbers, the predicted classes; None to use the pairs of losses.
        assumptions: what is known about the protocol; by default the usual ones, "not checked".

    Returns:
        The bound of the expected gap.

    Raises:
        AMEError: as in `supersample_gap`, and if losses are not 0 or 1 and predictions are not given, or predictions
            have another shape or are not whole.
    """
    values, tosses = _checked(losses, coins)
    outcomes = _loss_pairs(values) if predictions is None else _prediction_pairs(predictions, values.shape)
    sets, draws, n = tosses.shape
    plug_in, corrected, biases = pair_information(outcomes=outcomes, coins=tosses)
    per_set = np.sqrt(2 * plug_in).mean(axis=1)
    value, bias = float(per_set.mean()), float(biases.mean())
    spread = mean_interval(per_set) if sets > 1 else None
    kinds = 4 if predictions is None else int(np.unique(predictions).size) ** 2
    what = "loss pairs" if predictions is None else "prediction pairs"
    return Bound(
        name=f"f-CMI over {what}",
        value=value,
        quantity="gap",
        kind="in expectation",
        n=n,
        confidence=None,
        terms=(
            Term(
                BIAS,
                bias,
                "loss",
                min(value, bias),
                "The plug-in estimate's mean if there were no information, for the outcomes that occurred.",
                role="bias of the estimate",
                short="bias",
            ),
            Term("above the bias", max(0.0, value - bias), "loss", max(0.0, value - bias), role="information"),
            Term(
                "with Miller-Madow",
                float(np.sqrt(2 * corrected).mean()),
                "loss",
                None,
                "The bias-corrected estimate, not part of the sum.",
            ),
            Term(f"mean I(F_i;J_i) of {what}", float(plug_in.mean()), "nats"),
            Term("bias if every outcome occurs", float(mean_chi(kinds - 1)) / math.sqrt(draws), "loss"),
            Term("half width of 95% over supersamples", spread.half_width if spread else math.nan, "loss"),
            Term("supersamples", sets, "samples"),
            Term("coin draws a supersample", draws, "draws"),
        ),
        assumptions=(
            loss_range(values),
            _fair(tosses),
            _above_bias(value, bias, draws),
            EXACT.judged(
                "not checked",
                f"A plug-in estimate over {draws} draws: too high on average, though a single one may be too low.",
            ),
            *(assumptions or _NOT_SAID),
        ),
        source="Harutyunyan et al. 2021" + ("; Hellstrom and Durisi 2022" if predictions is None else ""),
    )


def _checked(losses: Any, coins: Any) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    values = as_losses("losses", losses, shape=_SHAPE)
    tosses = as_array("coins", coins)
    if values.shape[3] != 2 or tosses.shape != values.shape[:3]:
        raise AMEError(
            f"losses must have shape {_SHAPE} and coins (supersamples, draws, n), got {values.shape} and "
            f"{tosses.shape}."
        )
    if not np.isin(tosses, (0, 1)).all():
        raise AMEError("coins must each be 0 or 1: the column of the pair that was trained on.")
    if values.shape[1] < 2:
        raise AMEError(
            "draws must be >= 2, got 1: one coin draw cannot show what the losses reveal about the coins; use hundreds."
        )
    return values, tosses.astype(np.int64)


def _loss_pairs(values: NDArray[np.float64]) -> NDArray[np.int64]:
    if not ((values == 0) | (values == 1)).all():
        raise AMEError("losses must each be 0 or 1 for pairs of losses: pass predictions for other losses in [0, 1].")
    return (2 * values[..., 0] + values[..., 1]).astype(np.int64)


def _prediction_pairs(predictions: Any, shape: tuple[int, ...]) -> NDArray[np.int64]:
    said = as_array("predictions", predictions, "whole numbers")
    is_tensor = hasattr(predictions, "is_floating_point")
    whole = not predictions.is_floating_point() if is_tensor else np.asarray(predictions).dtype.kind in "iu"
    if said.shape != shape or not whole:  # floats are losses, given by mistake
        raise AMEError(f"predictions must be whole numbers with the losses' shape {shape}, got shape {said.shape}.")
    _, codes = np.unique(said, return_inverse=True)
    codes = codes.reshape(shape)
    return codes[..., 0] * (int(codes.max()) + 1) + codes[..., 1]


def _entropy(counts: NDArray[np.int64], total: int) -> Any:
    """Entropy in nats of counts along the last axis."""
    shares = counts / total
    return -(shares * np.log(np.where(shares > 0, shares, 1.0))).sum(axis=-1)


def _fair(coins: NDArray[np.int64]) -> Assumption:
    from scipy.stats import binomtest

    name = "the coins are fair"
    sets, draws, n = coins.shape
    ones = coins.sum(axis=1).ravel()
    worst = ones[np.abs(ones - draws / 2).argmax()]
    overall = binomtest(int(ones.sum()), coins.size).pvalue
    single = min(1.0, binomtest(int(worst), draws).pvalue * sets * n)
    words = (
        f"{ones.sum()} of {coins.size} are 1 (p = {overall:.2g}); the most uneven pair has {worst} of {draws} "
        f"(p = {single:.2g} among {sets * n}). Independence is not tested."
    )
    return Assumption(name, "violated here" if min(overall, single) < _UNFAIR else "holds", words)


def _above_bias(value: float, bias: float, draws: int) -> Assumption:
    words = (
        f"The estimate is {number(value)}; without information it would be {number(bias)} on average at {draws} draws. "
        "At least twice that is required (our choice)."
    )
    return CLEAR.judged("holds" if value >= 2 * bias else "violated here", words)
