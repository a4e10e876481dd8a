"""A small discrete world in which every term of every information bound is computed exactly, by enumeration.

Finitely many images x, labels y and hypotheses w (each a rule x -> y); a sample S of n independent pairs z = (x, y);
and a Gibbs learner, P(w | S) proportional to prior(w) exp(-beta L^_S(w)). All samples are enumerated, in order, so
I(S;W), the gap, and for the manifold M of the learned rule and its sample H(M) and I(W;S|M), are sums, not estimates.

They are checked against a known answer: for this learner E gap = (I(S;W) + lautum information) / beta (Aminian et al.
2021; by derivation: ln P(w|S) differs between the joint and the product distribution only through -beta L^_S(w)).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ame_explore.ame import AMEError, check_number, row_entropy
from ame_explore.analysis.bounds.gibbs_world import World
from ame_explore.analysis.bounds.information_bounds import cmi, paper_terms, repaired_corollary, xu_raginsky
from ame_explore.analysis.bounds.protocol import IID
from ame_explore.analysis.bounds.terms import Bound
from ame_explore.arguments import checked

MOST_CELLS = 4_000_000  # numbers in the largest table that is enumerated: about 30 MB (our choice)
_MOST_SAMPLES = 30  # per case: 2^30 and more are too many for any world
_DRAWN = (IID.judged("holds", "All samples are enumerated, with the probabilities of independent draws."),)


@dataclass(frozen=True)
class Known:
    """Gap, losses and information (in nats) of one setting, exact up to rounding.

    Attributes:
        n: size of the sample.
        beta: inverse temperature of the learner.
        gap: E[L(W) - L^_S(W)].
        train_loss: E L^_S(W).
        loss: E L(W).
        information: I(S;W).
        lautum: lautum information, KL(P_S P_W || P_SW).
        entropy: Shannon H(M), over samples and learner.
        conditional: I(W;S|M).
        trained_entropy: mean over samples and learner of the entropy of the softmax over M's rows: what AME minimizes.
        rows: number of rows of one M: the class texts and the n images.
    """

    n: int
    beta: float
    gap: float
    train_loss: float
    loss: float
    information: float
    lautum: float
    entropy: float
    conditional: float
    trained_entropy: float
    rows: int

    @property
    def xu_raginsky(self) -> Bound:
        """The bound by I(S;W)."""
        return xu_raginsky(self.information, self.n, exact=True, assumptions=_DRAWN)

    @property
    def repaired(self) -> Bound:
        """The repaired Corollary 2, by the Shannon entropy of M."""
        return repaired_corollary(
            entropy=self.entropy, information=self.conditional, n=self.n, exact=True, assumptions=_DRAWN
        )

    @property
    def as_published(self) -> Bound:
        """The same formula with the trained entropy: not a bound."""
        return paper_terms(self.trained_entropy, self.n, epsilon=self.conditional)


@checked
def know(world: World, n: int, beta: float, *, scale: float = 1.0) -> Known:
    """Compute gap, losses and information exactly, for n samples and a Gibbs learner at inverse temperature beta.

    Args:
        world: the world.
        n: size of the sample; (X*Y)^n samples are enumerated.
        beta: >= 0; 0 learns nothing, large values minimize the training loss.
        scale: > 0, a factor on all rows of M: it changes the trained entropy and nothing else.

    Returns:
        The exact values.

    Raises:
        AMEError: if n is below 1, beta is below 0, scale is not > 0, or more than `MOST_CELLS` numbers are needed.
    """
    check_number("beta", beta, low=0.0)
    check_number("scale", scale, above=0.0)
    from scipy.special import logsumexp

    samples = _all_samples(world, n, len(world.prior))
    chances = world.pair_chances[samples].prod(axis=1)
    samples, chances = samples[chances > 0], chances[chances > 0]
    log_posterior = world.log_posterior(samples, beta)
    joint = chances[:, None] * np.exp(log_posterior)
    marginal = joint.sum(axis=0)
    train = world.losses[:, samples].mean(axis=2).T
    loss = float(marginal @ (world.losses @ world.pair_chances))
    train_loss = float((joint * train).sum())
    # its mean is I(S;W) under the joint, minus the lautum information under the product of the marginals
    ratio = log_posterior - logsumexp(log_posterior + np.log(chances)[:, None], axis=0)
    scores, manifold = _manifolds(world, samples)
    by_m = np.bincount(manifold.ravel(), joint.ravel())
    with_w = np.bincount((manifold * len(marginal) + np.arange(len(marginal))).ravel(), joint.ravel())
    with_s = np.bincount((manifold + (manifold.max() + 1) * np.arange(len(samples))[:, None]).ravel(), joint.ravel())
    conditional = _entropy(with_w) + _entropy(with_s) - _entropy(by_m) - _entropy(joint)
    trained = row_entropy(torch.from_numpy(scale * scores)).numpy()
    return Known(
        n=n,
        beta=beta,
        gap=loss - train_loss,
        train_loss=train_loss,
        loss=loss,
        information=max(0.0, float((joint * ratio).sum())),
        lautum=max(0.0, float(-(chances[:, None] * marginal * ratio).sum())),
        entropy=max(0.0, _entropy(by_m)),
        conditional=max(0.0, conditional),
        trained_entropy=float((joint * trained).sum()),
        rows=scores.shape[2],
    )


@checked
def parting(world: World, n: int, beta: float, scales: Sequence[float] = (0.01, 1.0, 10.0, 100.0)) -> list[Known]:
    """The same world with M's rows scaled: where the trained entropy parts from the Shannon entropy.

    Scaling only renames the values of M: gap, I(S;W), H(M) and I(W;S|M) do not change. The trained entropy goes from
    ln(rows) towards 0, so the published formula can take any value in between, even below the gap if M determines S.

    Args:
        world: as in `know`.
        n: as in `know`.
        beta: as in `know`.
        scales: factors on the rows of M.

    Returns:
        The exact values for each scale.

    Raises:
        AMEError: as in `know`.
    """
    return [know(world, n, beta, scale=scale) for scale in scales]


@dataclass(frozen=True)
class KnownSupersample:
    """Exact gap and information in CMI's setting.

    Attributes:
        gap: E[L(W) - L^_S(W)].
        cmi: the bound by I(W;J|Z~).
        information: I(W;J|Z~) in nats.
        f_cmi: mean over supersamples of (1/n) sum_i sqrt(2 I(F_i;J_i|Z~=z~)) over pairs of losses.
    """

    gap: float
    cmi: Bound
    information: float
    f_cmi: float


@checked
def know_supersample(world: World, n: int, beta: float) -> KnownSupersample:
    """Enumerate all supersamples of n pairs and all 2^n coins.

    Args:
        world: as in `know`.
        n: pairs of a supersample.
        beta: as in `know`.

    Returns:
        The exact gap, information and bounds.

    Raises:
        AMEError: as in `know`.
    """
    check_number("beta", beta, low=0.0)
    _all_samples(world, n, 1)  # refuses a large n before 2^n coins are made
    coins = (np.arange(2**n)[:, None] >> np.arange(n)) & 1
    pairs = _all_samples(world, 2 * n, len(coins) * len(world.prior)).reshape(-1, n, 2)
    chances = world.pair_chances[pairs].prod(axis=(1, 2))
    each = [np.exp(world.log_posterior(pairs[:, np.arange(n), toss], beta)) for toss in coins]
    learned = np.stack(each, axis=1)  # (Z~, J, K)
    information = float(chances @ (_entropies(learned.mean(axis=1)) - _entropies(learned).mean(axis=1)))
    losses = world.losses[:, pairs]  # (K, Z~, n, 2)
    outcomes = (2 * losses[..., 0] + losses[..., 1]).astype(np.int64)
    bound, gap = 0.0, 0.0
    for i in range(n):
        sides = np.stack([learned[:, coins[:, i] == side].mean(axis=1) for side in (0, 1)])  # P(w | J_i, z~)
        found = outcomes[:, :, i].T
        told = np.stack([(sides * (found == kind)).sum(axis=2) for kind in range(4)], axis=2)
        nats = np.maximum(0.0, _entropies(told.mean(axis=0)) - _entropies(told).mean(axis=0))
        bound += float(chances @ np.sqrt(2 * nats)) / n
        left_out = losses[:, :, i, 1].T - losses[:, :, i, 0].T  # of column 1 over column 0, for J_i = 0
        gap += float(chances @ ((sides[0] - sides[1]) * left_out).sum(axis=1)) / (2 * n)
    information = max(0.0, information)
    return KnownSupersample(gap, cmi(information, n, exact=True, assumptions=_DRAWN), information, bound)


def _all_samples(world: World, n: int, times: int) -> NDArray[np.int64]:
    check_number("n", n, low=1, whole=True)
    kinds = len(world.pair_chances)
    if n > _MOST_SAMPLES or kinds**n * times * n > MOST_CELLS:
        raise AMEError(
            f"n must be smaller, got {n}: {kinds}^{n} samples with {times} cases each are too many to enumerate."
        )
    return np.indices((kinds,) * n).reshape(n, -1).T


def _manifolds(world: World, samples: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Row scores (N, K, Y + n) of each M and a number (N, K) that is the same for the same M."""
    hypotheses, images, d = world.image_rows.shape
    _, kinds = np.unique(world.image_rows.reshape(-1, d), axis=0, return_inverse=True)
    kinds = kinds.reshape(hypotheses, images)[:, samples // world.label_chances.shape[1]]  # (K, N, n)
    base = int(kinds.max()) + 1
    numbers = (kinds * base ** np.arange(samples.shape[1])).sum(axis=2).T
    _, numbers = np.unique(numbers, return_inverse=True)
    seen = world.image_rows.mean(axis=2)[:, samples // world.label_chances.shape[1]].transpose(1, 0, 2)
    texts = np.broadcast_to(world.text_rows.mean(axis=1), (*seen.shape[:2], len(world.text_rows)))
    return np.concatenate([texts, seen], axis=2), numbers.reshape(len(samples), hypotheses)


def _entropy(chances: NDArray[Any]) -> float:
    return float(_entropies(chances.ravel()))


def _entropies(chances: NDArray[np.float64]) -> NDArray[np.float64]:
    """Entropy in nats along the last axis; 0 ln 0 = 0."""
    found: NDArray[np.float64] = -(chances * np.log(np.where(chances > 0, chances, 1.0))).sum(axis=-1)
    return found
