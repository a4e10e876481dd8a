"""The inputs of a bound: the data of one distilled student, of a Gaussian posterior around it, or of coin draws."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from ame_explore.analysis.bounds.terms import Assumption


@dataclass(frozen=True, eq=False)
class Evidence:
    """What is known about one student. Losses are 1 for a wrong answer among all classes, else 0.

    Attributes:
        train_losses: (n,) on the images that it was distilled from.
        test_losses: (m,) on images that were not used for any choice.
        delta: in (0, 1), the share of cases in which the bound may fail.
        trained_entropy: the H that AME minimizes, over the class texts and the n training images, in the unit of the
            reading; NaN where it is not known.
        reading: the reading of the entropy term that H uses.
        of_samples: what is known about how the n images were drawn.
        of_test_set: what is known about how the m images were drawn.
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
        losses: (draws,) for each draw of weights from Q, its mean loss over those n images.
        kl: KL(Q || P), nats.
        n: images that the bound counts.
        delta: this posterior's share of delta, which must also cover the draws of weights.
        prior: what P was made from.
        assumptions: what is known about the images and the prior.
    """

    losses: Tensor
    kl: float
    n: int
    delta: float
    prior: str
    assumptions: tuple[Assumption, ...] = ()


@dataclass(frozen=True, eq=False)
class CoinDraws:
    """The errors of many students in CMI's setting: each learned from a half of its supersample that coins chose.

    Attributes:
        losses: (supersamples, draws, n, 2) of each student on both images of each pair, 1 for a wrong class, else 0.
        coins: (supersamples, draws, n), the column of each pair that the student was trained on.
        assumptions: what is known about how the images were drawn.
    """

    losses: NDArray[np.float64]
    coins: NDArray[np.int64]
    assumptions: tuple[Assumption, ...] = ()

    def supersample(self, which: int) -> CoinDraws:
        """The draws of one supersample alone."""
        one = slice(which, which + 1)
        return CoinDraws(self.losses[one], self.coins[one], self.assumptions)
