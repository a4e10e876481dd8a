"""The baseline: bounds on the loss from a test set, and the measured generalization gap."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ame_explore.ame import AMEError
from ame_explore.analysis.bounds.protocol import IID
from ame_explore.analysis.bounds.terms import (
    Assumption,
    Bound,
    Premise,
    Quantity,
    Term,
    as_losses,
    check_delta,
    loss_range,
    stack,
)
from ame_explore.arguments import checked

APART = Premise("the test set was used for nothing else", "test set used for nothing else")
_NOT_SAID = (
    IID.judged("not checked", "It is not known how the test images were drawn."),
    APART.judged("not checked", "It must not have been used to choose weights, omega or the time to stop."),
)


@dataclass(frozen=True)
class Gap:
    """The gap between expected and training loss of one student, with its interval.

    Attributes:
        value: mean test loss minus mean training loss.
        low: lower end of the two-sided interval of the gap.
        high: upper end of that interval.
        train_loss: mean over the training sample, known exactly.
        test_loss: mean over the test set.
        test_low: lower end of the interval of the expected loss.
        test_high: upper end of that interval.
        n_train: number of training losses.
        n_test: number of test losses.
        confidence: 1 - delta, of the intervals.
        method: "Clopper-Pearson" (losses of 0 and 1) or "Hoeffding".
    """

    value: float
    low: float
    high: float
    train_loss: float
    test_loss: float
    test_low: float
    test_high: float
    n_train: int
    n_test: int
    confidence: float
    method: str

    @property
    def measured(self) -> dict[Quantity, tuple[float, float, float]]:
        """(value, low, high) of the expected loss and of the gap, as `bound_inspector` takes them."""
        return {"loss": (self.test_loss, self.test_low, self.test_high), "gap": (self.value, self.low, self.high)}

    @property
    def sentence(self) -> str:
        """The gap in words."""
        return (
            f"The gap is {self.value:.3f} ({self.confidence:.0%} interval {self.low:.3f} to {self.high:.3f}): "
            f"the loss is {self.test_loss:.3f} on the test images ({self.n_test}) "
            f"and {self.train_loss:.3f} on the training images ({self.n_train})."
        )


@checked
def true_gap(*, train_losses: Any, test_losses: Any, delta: float = 0.05) -> Gap:
    """The gap of one student, with an interval that is valid for a test set of any size.

    The interval is that of the expected loss (Clopper and Pearson 1934 where all test losses are 0 or 1, otherwise
    Hoeffding 1963, delta/2 on each side), shifted by the training loss.

    Args:
        train_losses: (n,) losses in [0, 1] on the training sample.
        test_losses: (m,) losses in [0, 1] on images that were not used for any choice.
        delta: the probability that the interval misses the gap.

    Returns:
        The gap and its interval.

    Raises:
        AMEError: if there are no losses, a loss is outside [0, 1], or delta is outside (0, 1).
    """
    check_delta("delta", delta)
    train = as_losses("train_losses", train_losses, shape="(n,)")
    test = as_losses("test_losses", test_losses, shape="(m,)")
    mean, n, trained = float(test.mean()), test.size, float(train.mean())
    if ((test == 0) | (test == 1)).all():
        errors, method = round(test.sum()), "Clopper-Pearson"
        low, high = 1 - _clopper_pearson(n - errors, n, delta / 2), _clopper_pearson(errors, n, delta / 2)
    else:
        margin, method = _hoeffding(n, delta / 2), "Hoeffding"
        low, high = max(0.0, mean - margin), min(1.0, mean + margin)
    return Gap(
        mean - trained, low - trained, high - trained, trained, mean, low, high, train.size, n, 1 - delta, method
    )


@checked
def hoeffding(test_losses: Any, *, delta: float = 0.05, assumptions: Sequence[Assumption] = ()) -> Bound:
    """L <= mean + sqrt(ln(1/delta) / (2n)) with probability 1 - delta (Hoeffding 1963, Theorem 1).

    Args:
        test_losses: (n,) losses in [0, 1] on images that were not used for any choice.
        delta: in (0, 1).
        assumptions: what is known about the protocol; by default the usual ones, "not checked".

    Returns:
        The bound of the expected loss.

    Raises:
        AMEError: if there are no losses, a loss is outside [0, 1], or delta is outside (0, 1).
    """
    check_delta("delta", delta)
    losses = as_losses("test_losses", test_losses, shape="(n,)")
    mean, margin = float(losses.mean()), _hoeffding(losses.size, delta)
    terms = stack(
        [
            ("test loss", mean, "loss", "observed loss", mean),
            ("Hoeffding's margin", margin, "loss", "confidence", mean + margin),
        ]
    )
    return Bound(
        name="Test set (Hoeffding)",
        value=mean + margin,
        quantity="loss",
        kind="with probability",
        n=losses.size,
        confidence=1 - delta,
        terms=(*terms, Term("ln(1/delta)", math.log(1 / delta), "nats")),
        assumptions=(loss_range(losses), *(assumptions or _NOT_SAID)),
        source="Hoeffding 1963, Theorem 1",
        form="Hoeffding",
    )


@checked
def clopper_pearson(test_losses: Any, *, delta: float = 0.05, assumptions: Sequence[Assumption] = ()) -> Bound:
    """The exact binomial upper limit: the error rate p at which `errors` or fewer of n have probability delta.

    It is the 1 - delta quantile of Beta(errors + 1, n - errors) (Clopper and Pearson 1934), for losses of 0 and 1.

    Args:
        test_losses: (n,) losses, each 0 or 1.
        delta: in (0, 1).
        assumptions: as in `hoeffding`.

    Returns:
        The bound of the expected loss.

    Raises:
        AMEError: as in `hoeffding`, and if a loss is neither 0 nor 1.
    """
    check_delta("delta", delta)
    losses = as_losses("test_losses", test_losses, shape="(n,)")
    if not ((losses == 0) | (losses == 1)).all():
        raise AMEError("test_losses must each be 0 or 1 for Clopper-Pearson: use hoeffding for other losses in [0, 1].")
    errors, n = round(losses.sum()), losses.size
    mean, value = errors / n, _clopper_pearson(errors, n, delta)
    terms = stack(
        [
            ("test loss", mean, "loss", "observed loss", mean),
            ("exact binomial margin", value - mean, "loss", "confidence", value),
        ]
    )
    return Bound(
        name="Test set (Clopper-Pearson)",
        value=value,
        quantity="loss",
        kind="with probability",
        n=n,
        confidence=1 - delta,
        terms=(*terms, Term("errors", errors, "samples")),
        assumptions=(
            Assumption("the loss is 0 or 1", "holds", f"{errors} of {n} are 1, all others 0."),
            *(assumptions or _NOT_SAID),
        ),
        source="Clopper and Pearson 1934",
        form="Clopper-Pearson",
    )


def _hoeffding(n: int, delta: float) -> float:
    return math.sqrt(math.log(1 / delta) / (2 * n))


def _clopper_pearson(errors: int, n: int, delta: float) -> float:
    from scipy.stats import beta

    return 1.0 if errors == n else float(beta.isf(delta, errors + 1, n - errors))
