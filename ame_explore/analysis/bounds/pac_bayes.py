"""PAC-Bayes bounds for weights drawn at random around the trained ones, which grow with the distance from a prior.

With probability 1 - delta over n independent samples, for every posterior Q at once, for a prior P fixed before them
and a loss in [0, 1] (L^ the mean loss on the samples, L the expected one, both averaged over weights drawn from Q):

- kl form (Langford and Seeger 2001; Maurer 2004, Theorem 5): kl(L^(Q) || L(Q)) <= (KL(Q||P) + ln(2 sqrt(n)/delta)) / n.
  Maurer states n >= 8; the step that needs it, sum_k C(n,k) (k/n)^k (1-k/n)^(n-k) <= 2 sqrt(n), holds from n = 1 on.
- McAllester's form follows from it by Pinsker's inequality, kl(q||p) >= 2 (p - q)^2.
- Catoni 2007, for a lambda fixed before the samples:
  L(Q) <= [1 - exp(-lambda L^(Q) - (KL + ln(1/delta))/n)] / (1 - exp(-lambda)).
  Derivation: with f(p) = -ln(1 - p (1 - e^-lambda)), which is convex, E exp(n f(L(h)) - n lambda L^(h)) <= 1 for each
  h; average over P, Markov's inequality, change of measure to Q, Jensen's inequality.

L^(Q) is usually estimated by a mean over m draws of weights. That uses a share of delta: m draws give L^(Q) <= the
inverse of kl(mean || .) at ln(1/delta_mc)/m with probability 1 - delta_mc (Hoeffding 1963, Theorem 1; Langford and
Caruana 2002 take ln(2/delta_mc), for both sides). The two hold together with probability 1 - delta for delta = delta_mc
+ the rest.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ame_explore.ame import AMEError, check_number
from ame_explore.analysis.bounds.divergences import kl_inverse
from ame_explore.analysis.bounds.protocol import IID, PRIOR
from ame_explore.analysis.bounds.terms import (
    IN_UNIT_INTERVAL,
    Assumption,
    Bound,
    Premise,
    Role,
    Term,
    as_losses,
    check_delta,
    stack,
)
from ame_explore.arguments import checked
from ame_explore.data.files.boundary import check_memory

_NOT_SAID = (
    IID.judged("not checked", "It is not known how the samples were drawn."),
    PRIOR.judged("not checked", "It is not known what the prior was made from."),
)
KL_FORM = "PAC-Bayes-kl"
LAMBDA_FIXED = Premise("lambda was fixed before the samples were seen", "lambda fixed in advance")
_EXACT_LOSS = Premise("the posterior's loss on the samples is exact", "exact loss on the samples")
_DRAWS_COVERED = Premise("delta covers the draws of weights", "delta covers draws")
_Complexity = Callable[[float, float, float], float]  # mean loss, KL, delta -> value of the bound


@checked
def pac_bayes_kl(
    empirical_loss: Any,
    kl: float,
    n: int,
    *,
    delta: float = 0.05,
    draws_share: float = 0.2,
    assumptions: Sequence[Assumption] = (),
) -> Bound:
    """The kl form, inverted numerically: the tightest of the three for most losses.

    Args:
        empirical_loss: (m,) for m independent draws of weights from Q, each one's mean loss over the n samples; or a
            number: L^(Q) itself, if it is known exactly.
        kl: KL(Q || P) in nats, as from `gaussian_kl`.
        n: samples, without those used to make the prior.
        delta: in (0, 1), for the bound and the draws of weights together.
        draws_share: the part of delta used for the m draws, in (0, 1) (our choice: a fifth); unused if L^(Q) is exact.
        assumptions: what is known about the protocol and the prior (`protocol_assumptions`, `prior_independent`); by
            default the usual ones, "not checked".

    Returns:
        The bound of the expected loss of the posterior.

    Raises:
        AMEError: if n is below 1, the KL is below 0, a loss is outside [0, 1], or delta or the share is outside (0, 1).
    """

    def value(loss: float, kl: float, delta: float) -> float:
        return kl_inverse(loss, (kl + _log_term(n, delta)) / n)

    source = "Maurer 2004, Theorem 5; Langford and Seeger 2001"
    return _bound(KL_FORM, value, empirical_loss, kl, n, delta, draws_share, assumptions, source)


@checked
def mcallester(
    empirical_loss: Any,
    kl: float,
    n: int,
    *,
    delta: float = 0.05,
    draws_share: float = 0.2,
    assumptions: Sequence[Assumption] = (),
) -> Bound:
    """L^ + sqrt((KL + ln(2 sqrt(n)/delta)) / (2n)): the kl form by Pinsker's inequality, never below it.

    Args:
        empirical_loss: as in `pac_bayes_kl`.
        kl: KL(Q || P) in nats.
        n: samples, as in `pac_bayes_kl`.
        delta: in (0, 1).
        draws_share: as in `pac_bayes_kl`.
        assumptions: as in `pac_bayes_kl`.

    Returns:
        The bound of the expected loss of the posterior.

    Raises:
        AMEError: as in `pac_bayes_kl`.
    """

    def value(loss: float, kl: float, delta: float) -> float:
        return loss + math.sqrt((kl + _log_term(n, delta)) / (2 * n))

    source = "McAllester 2003, with Maurer's constant: PAC-Bayes-kl by Pinsker's inequality"
    bound = _bound("PAC-Bayes (McAllester)", value, empirical_loss, kl, n, delta, draws_share, assumptions, source)
    return replace(bound, form="McAllester", dominated_by=KL_FORM)


@checked
def catoni(
    empirical_loss: Any,
    kl: float,
    n: int,
    *,
    lam: float,
    delta: float = 0.05,
    draws_share: float = 0.2,
    assumptions: Sequence[Assumption] = (),
) -> Bound:
    """Catoni's form for a lambda that was fixed before the samples were seen.

    The best of several lambdas tried on the samples is a bound only at delta divided by their number.

    Args:
        empirical_loss: as in `pac_bayes_kl`.
        kl: KL(Q || P) in nats.
        n: samples, as in `pac_bayes_kl`.
        lam: lambda > 0, a pure number: small values suit large losses, large values suit losses near 0.
        delta: in (0, 1).
        draws_share: as in `pac_bayes_kl`.
        assumptions: as in `pac_bayes_kl`.

    Returns:
        The bound of the expected loss of the posterior.

    Raises:
        AMEError: as in `pac_bayes_kl`, and if lambda is not > 0.
    """
    check_number("lam", lam, above=0.0)

    def value(loss: float, kl: float, delta: float) -> float:
        return math.expm1(-lam * loss - (kl + math.log(1 / delta)) / n) / math.expm1(-lam)

    fixed = LAMBDA_FIXED.judged("not checked", f"lambda = {lam:g} was given; when it was chosen is not known.")
    said = (*(assumptions or _NOT_SAID), fixed)
    source = "Catoni 2007; derived in pac_bayes.py"
    bound = _bound("PAC-Bayes (Catoni)", value, empirical_loss, kl, n, delta, draws_share, said, source, ln="1/delta")
    return replace(bound, terms=(*bound.terms, Term("lambda", lam)), form="Catoni")


@dataclass(frozen=True)
class MonteCarloLoss:
    """A posterior's mean loss on the samples, estimated from m draws of weights.

    Attributes:
        mean: over the draws.
        upper: L^(Q) is at most this with probability 1 - delta over the draws.
        draws: m; 0 if the mean is exact.
        delta: the share of delta that the draws use; 0 if the mean is exact.
    """

    mean: float
    upper: float
    draws: int
    delta: float


@checked
def monte_carlo_loss(losses: Any, *, delta: float) -> MonteCarloLoss:
    """The mean over independent draws of weights, and an upper limit by the sample-convergence bound.

    Args:
        losses: (m,) mean loss over the samples, in [0, 1], for each draw of weights.
        delta: in (0, 1).

    Returns:
        The mean and its upper limit.

    Raises:
        AMEError: if there are no draws, a loss is outside [0, 1], or delta is outside (0, 1).
    """
    check_delta("delta", delta)
    values = as_losses("losses", losses, shape="(m,)")
    mean = float(values.mean())
    return MonteCarloLoss(mean, kl_inverse(mean, math.log(1 / delta) / values.size), values.size, delta)


@checked
def draw_weights(*, mean: Tensor, std: Tensor | float, draws: int, generator: torch.Generator) -> Tensor:
    """Draw independent weights from a Gaussian posterior.

    Args:
        mean: centre of the posterior, any shape.
        std: standard deviations > 0: one number, or of the shape of mean.
        draws: how many, at least 1.
        generator: source of the noise.

    Returns:
        `(draws, *mean.shape)` weights.

    Raises:
        AMEError: if draws is below 1, or std has another shape or is not > 0.
    """
    check_number("draws", draws, low=1, whole=True)
    check_memory("so many draws", 3 * mean.element_size() * mean.numel() * draws)
    if not mean.is_floating_point():
        raise AMEError(f"mean must be floating, got {mean.dtype}: convert it with .float().")
    spread = torch.as_tensor(std, dtype=mean.dtype, device=mean.device)
    if spread.shape not in (torch.Size(), mean.shape) or not bool((spread > 0).all()):
        raise AMEError(
            f"std must be > 0 and one number or of the shape {tuple(mean.shape)} of mean, got {tuple(spread.shape)}."
        )
    noise = torch.randn((draws, *mean.shape), generator=generator, dtype=mean.dtype, device=generator.device)
    return mean + spread * noise.to(mean.device)


def _log_term(n: int, delta: float) -> float:
    return math.log(2 * math.sqrt(n) / delta)


def _bound(
    name: str,
    value: _Complexity,
    empirical_loss: Any,
    kl: float,
    n: int,
    delta: float,
    share: float,
    assumptions: Sequence[Assumption],
    source: str,
    *,
    ln: str = "2 sqrt(n)/delta",
) -> Bound:
    check_number("n", n, low=1, whole=True)
    check_number("kl", kl, low=0.0)
    check_delta("delta", delta)
    check_delta("draws_share", share)
    if np.ndim(empirical_loss) == 0:
        exact = float(as_losses("empirical_loss", [empirical_loss], shape="(m,)")[0])
        loss = MonteCarloLoss(exact, exact, 0, 0.0)
        known = _EXACT_LOSS.judged("not checked", "It was given as one number.")
        rest = delta
    else:
        loss = monte_carlo_loss(empirical_loss, delta=share * delta)
        rest = delta - loss.delta
        known = _DRAWS_COVERED.judged(
            "holds",
            f"{loss.draws} draws use {loss.delta:.3g} of delta = {delta:g} and raise the loss on the samples by "
            f"{loss.upper - loss.mean:.3g}.",
        )
    confident = value(loss.upper, 0.0, rest)
    whole = value(loss.upper, kl, rest)
    log_term = _log_term(n, rest) if ln == "2 sqrt(n)/delta" else math.log(1 / rest)
    steps: list[tuple[str, float, str, Role, float]] = [
        ("loss on the samples", loss.mean, "loss", "observed loss", loss.mean)
    ]
    if loss.draws:
        margin = loss.upper - loss.mean
        steps.append(("margin for the draws of weights", margin, "loss", "draws of weights", loss.upper))
    steps.append((f"ln({ln})", log_term, "nats", "confidence", confident))
    steps.append(("KL(Q||P)", kl, "nats", "information", whole))
    summed = stack(steps)
    beside = [Term("draws of weights", loss.draws, "draws"), Term("delta of the draws", loss.delta, "probability")]
    return Bound(
        name=name,
        value=whole,
        quantity="loss",
        kind="with probability",
        n=n,
        confidence=1 - delta,
        terms=(replace(summed[0], short="loss"), *summed[1:], *(beside if loss.draws else ())),
        assumptions=(
            IN_UNIT_INTERVAL.judged("holds", f"Its mean over the samples is {loss.mean:.3g}."),
            known,
            *(assumptions or _NOT_SAID),
        ),
        source=source,
        whose="of weights drawn from the posterior for each prediction (not of the trained weights at its centre)",
    )
