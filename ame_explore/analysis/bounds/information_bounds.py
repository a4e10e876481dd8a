"""Information bounds, in expectation over samples: Xu and Raginsky, CMI, the repaired Corollary 2, and the paper's.

Each is |E gap| <= sqrt(2 s^2 I) with I in nats. They hold on average over samples and the learner's
randomness, and say nothing about one trained student.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from ame_explore.ame import AMEError, check_choice, check_number
from ame_explore.analysis.bounds.protocol import EXACT, IID
from ame_explore.analysis.bounds.terms import IN_UNIT_INTERVAL, Assumption, Bound, Premise, Term, stack
from ame_explore.arguments import checked
from ame_explore.registry import readings

_SHANNON = Premise("delta is the Shannon entropy of a discrete random M", "delta is M's Shannon entropy")
SIGMA = 0.5  # of a loss in [0, 1], by Hoeffding's lemma
_NOT_SAID = (IID.judged("not checked", "It is not known how the samples were drawn."),)


@checked
def xu_raginsky(
    information: float,
    n: int,
    *,
    sigma: float = SIGMA,
    exact: bool = False,
    assumptions: Sequence[Assumption] = (),
) -> Bound:
    """|E gap| <= sqrt(2 sigma^2 I(S;W) / n) (Xu and Raginsky 2017, Theorem 1).

    If the weights are real numbers determined by the sample, I(S;W) and the bound are infinite.

    Args:
        information: I(S;W) in nats; may be infinite.
        n: samples.
        sigma: the loss is sigma-sub-Gaussian for any fixed weights; 1/2 for losses in [0, 1].
        exact: whether the information was computed, as in the known world, rather than estimated.
        assumptions: what is known about the protocol; by default "not checked".

    Returns:
        The bound of the expected gap.

    Raises:
        AMEError: if information is below 0, n is below 1, or sigma is not > 0.
    """
    _check(information=information, n=n, sigma=sigma)
    value = sigma * math.sqrt(2 * information / n)
    return Bound(
        name="Xu and Raginsky",
        value=value,
        quantity="gap",
        kind="in expectation",
        n=n,
        confidence=None,
        terms=(*stack([("I(S;W)", information, "nats", "information", value)]), Term("sigma", sigma, "loss")),
        assumptions=(_sub_gaussian(sigma), _exactness(exact), *(assumptions or _NOT_SAID)),
        source="Xu and Raginsky 2017, Theorem 1",
    )


@checked
def cmi(information: float, n: int, *, exact: bool = False, assumptions: Sequence[Assumption] = ()) -> Bound:
    """|E gap| <= sqrt(2 I(W;J|Z~) / n) (Steinke and Zakynthinou 2020), for losses in [0, 1].

    Fair coins J choose which image of each of the n pairs Z~ is trained on. Derivation of the constant: for fixed Z~,
    the test loss minus the training loss is (1/n) sum_i R_i (l_i0 - l_i1) with fair signs R_i, so
    (1/sqrt(n))-sub-Gaussian; then as in Xu and Raginsky, and Jensen's inequality over Z~. The information is at most n
    ln 2, the bound 1.18.

    Args:
        information: I(W;J|Z~) in nats.
        n: pairs, which is the size of the training sample.
        exact: as in `xu_raginsky`.
        assumptions: as in `xu_raginsky`.

    Returns:
        The bound of the expected gap.

    Raises:
        AMEError: if information is below 0, or n is below 1.
    """
    _check(information=information, n=n)
    value = math.sqrt(2 * information / n)
    return Bound(
        name="CMI",
        value=value,
        quantity="gap",
        kind="in expectation",
        n=n,
        confidence=None,
        terms=(
            *stack([("I(W;J|Z~)", information, "nats", "information", value)]),
            Term("n ln 2, its maximum", n * math.log(2), "nats"),
        ),
        assumptions=(
            IN_UNIT_INTERVAL.judged("not checked", "Only the information was given."),
            _exactness(exact),
            *(assumptions or _NOT_SAID),
        ),
        source="Steinke and Zakynthinou 2020; the constant derived in `cmi`",
    )


@checked
def repaired_corollary(
    *,
    entropy: float,
    information: float,
    n: int,
    sigma: float = SIGMA,
    exact: bool = False,
    assumptions: Sequence[Assumption] = (),
) -> Bound:
    """|E gap| <= sqrt(2 sigma^2 (H(M) + I(theta;S|M)) / n), for a discrete M: a repair of the paper's Corollary 2.

    Derivation: I(theta;S) <= I(theta,M;S) = I(M;S) + I(theta;S|M) <= H(M) + I(theta;S|M), then Xu and Raginsky. It is
    never below their bound. H(M) is the Shannon entropy of M as a random variable, over samples and learner, in nats,
    not the entropy of the softmax over the rows of one M, which AME minimizes; for that one see `paper_terms`.

    Args:
        entropy: Shannon H(M) in nats.
        information: I(theta;S|M) in nats.
        n: samples.
        sigma: as in `xu_raginsky`.
        exact: as in `xu_raginsky`.
        assumptions: as in `xu_raginsky`.

    Returns:
        The bound of the expected gap.

    Raises:
        AMEError: if entropy or information is below 0, n is below 1, or sigma is not > 0.
    """
    _check(entropy=entropy, information=information, n=n, sigma=sigma)
    partial, value = (sigma * math.sqrt(2 * nats / n) for nats in (entropy, entropy + information))
    return Bound(
        name="Corollary 2, repaired",
        value=value,
        quantity="gap",
        kind="in expectation",
        n=n,
        confidence=None,
        terms=(
            *stack(
                [
                    ("Shannon H(M)", entropy, "nats", "information", partial),
                    ("I(theta;S|M)", information, "nats", "information", value),
                ]
            ),
            Term("sigma", sigma, "loss"),
        ),
        assumptions=(
            _sub_gaussian(sigma),
            _exactness(exact),
            Assumption("M is discrete", "holds" if exact else "not checked", _discrete(exact)),
            *(assumptions or _NOT_SAID),
        ),
        source="derived from Xu and Raginsky 2017, Theorem 1, by the chain rule",
    )


@checked
def paper_terms(
    delta: float,
    n: int,
    *,
    epsilon: float | None = None,
    reading: str = "rows",
    sigma: float = SIGMA,
) -> Bound:
    """The measured delta = H(M) and epsilon = I(theta;S|M) of the paper, in the formula of the repaired bound.

    Not a bound: the trained H belongs to a softmax over the rows of one M. Scaling the rows moves it between 0 and
    ln(rows), but does not change predictions, gap or information (for numbers see `known_world.parting`).

    Args:
        delta: the trained H(M), in nats.
        n: samples.
        epsilon: I(theta;S|M) in nats if it can be computed (a small discrete problem); otherwise None, and the value is
            NaN.
        reading: the entropy term's reading, as `AMELoss` names it.
        sigma: as in `xu_raginsky`.

    Returns:
        The terms and their value, of kind "not a bound".

    Raises:
        AMEError: if delta or epsilon is below 0, n is below 1, or the reading is unknown or not an entropy.
    """
    check_choice("reading", reading, [name for name, each in readings.items() if each.is_entropy])
    _check(delta=delta, n=n, sigma=sigma)
    if epsilon is not None:
        _check(epsilon=epsilon)
    known = math.nan if epsilon is None else epsilon
    first, value = sigma * math.sqrt(2 * delta / n), sigma * math.sqrt(2 * (delta + known) / n)
    return Bound(
        name="The paper's delta and epsilon",
        value=value,
        quantity="gap",
        kind="not a bound",
        n=n,
        confidence=None,
        terms=(
            Term(
                "delta, the trained H",
                delta,
                "nats",
                first,
                f"Reading {reading!r}: the entropy of one M, not of M's distribution.",
            ),
            Term(
                "epsilon = I(theta;S|M)",
                known,
                "nats",
                None if epsilon is None else value - first,
                ""
                if epsilon is not None
                else "Not computed: outside a small discrete world no estimate of it can be trusted.",
            ),
        ),
        assumptions=(
            _SHANNON.judged(
                "violated here",
                "It is the entropy of weights within one M: scaling the rows changes it, but not what M tells.",
            ),
            Assumption(
                "epsilon is known",
                "not checked" if epsilon is None else "holds",
                "It was not computed." if epsilon is None else "It was computed for this problem.",
            ),
        ),
        source="Corollary 2 of the resubmission, as its reviews quote it; not derived there",
        form="paper's delta alone",
    )


def _check(*, n: int | None = None, sigma: float | None = None, **nats: float) -> None:
    for name, value in nats.items():
        if value != math.inf:
            check_number(name, value, low=0.0)
        if name == "delta" and math.isinf(value):
            raise AMEError("delta must be finite, got inf: the entropy of a softmax over finitely many rows is finite.")
    if n is not None:
        check_number("n", n, low=1, whole=True)
    if sigma is not None:
        check_number("sigma", sigma, above=0.0)


def _sub_gaussian(sigma: float) -> Assumption:
    fixed = Premise(f"the loss is {sigma:g}-sub-Gaussian for fixed weights", "loss sub-Gaussian")
    if sigma == SIGMA:
        return fixed.judged("holds", "This is true of every loss in [0, 1] (Hoeffding's lemma).")
    return fixed.judged("not checked", f"sigma = {sigma:g} was given and not checked.")


def _exactness(exact: bool) -> Assumption:
    if exact:
        return EXACT.judged("holds", "Computed by enumeration.")
    return EXACT.judged("not checked", "It was given as a number; an estimate can be too low or too high.")


def _discrete(exact: bool) -> str:
    return (
        "Its values were enumerated." if exact else "The features of a network are real numbers, so H(M) is infinite."
    )
