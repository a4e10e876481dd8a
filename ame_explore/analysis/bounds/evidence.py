"""What a bound is given: what is known of one distilled student, and of one Gaussian posterior around it."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from ame_explore.analysis.bounds.terms import Assumption


@dataclass(frozen=True, eq=False)
class Evidence:
    """What is known of one student. Losses are 1 for a wrong answer among all classes, else 0.

    Attributes:
        train_losses: (n,) on the images that it was distilled from.
        test_losses: (m,) on images that no choice has looked at.
        delta: in (0, 1), the share of cases in which the bound may fail.
        trained_entropy: the H that AME minimizes, over the class texts and the n training images, in the unit of the
            reading; NaN where it is not known.
        reading: of that H.
        of_samples: what is known of how the n images were drawn.
        of_test_set: what is known of how the m images were drawn.
    """

    train_losses: Tensor
    test_losses: Tensor
    delta: float
    trained_entropy: float
    reading: str
    of_samples: tuple[Assumption, ...] = ()
    of_test_set: tuple[Assumption, ...] = ()

    @property
    def n(self) -> int:
        """Training images."""
        return len(self.train_losses)


@dataclass(frozen=True, eq=False)
class Posterior:
    """A Gaussian Q around a student's weights, beside a prior P of the same standard deviations.

    Attributes:
        losses: (draws,) for each draw of weights from Q, its mean loss over the n images that count.
        kl: KL(Q || P), nats.
        n: images that count.
        delta: this posterior's share of it; the draws must be paid from it as well.
        prior: what P was made from.
        assumptions: what is known of the images and of the prior.
    """

    losses: Tensor
    kl: float
    n: int
    delta: float
    prior: str
    assumptions: tuple[Assumption, ...] = ()
