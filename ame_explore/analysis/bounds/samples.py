"""Split the images: for distillation, for the test-set bounds, and for measuring the gap."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from ame_explore.ame import AMEError, check_choice, check_number
from ame_explore.analysis.bounds.held_out import APART
from ame_explore.analysis.bounds.protocol import prior_independent, protocol_assumptions
from ame_explore.analysis.bounds.terms import Assumption
from ame_explore.arguments import checked
from ame_explore.streams import torch_stream
from ame_explore.training import Stage

PROTOCOLS = ("random", "shots")
FEWEST = 8  # images in a sample: half of them make a prior, and BatchNorm needs two
TEST_SET = 100  # images for the test-set bounds (our choice)
FEWEST_OF_TRUTH = 100


@dataclass(frozen=True, eq=False)
class Sample:
    """The images of one seed, disjoint, as places in the stage's data.

    Attributes:
        train: (n,) images that the student is distilled from; the first `prior_size` make the held-out prior.
        test_set: (m,) for the test-set bounds, used for nothing else.
        truth: (k,) the rest, on which the gap is measured.
        prior_size: n // 2.
        assumptions: whether the samples are independent, of one distribution, and unseen by teacher and backbone.
        of_test_set: the same for the test set's images.
    """

    train: Tensor
    test_set: Tensor
    truth: Tensor
    prior_size: int
    assumptions: tuple[Assumption, ...]
    of_test_set: tuple[Assumption, ...]
    _stage: Stage

    def prior_assumptions(self, *, held_out: bool) -> tuple[Assumption, ...]:
        """The assumptions for a prior from held-out data, or from the initialization with the backbone's statistics."""
        seen = self._stage.data.seen
        backbone = None if seen is None else seen["backbone"]
        known = self.train[: self.prior_size] if held_out else backbone
        return (
            *self.assumptions,
            prior_independent(prior_samples=known, samples=self.train[self.prior_size :] if held_out else self.train),
        )


@checked
def largest_sample(stage: Stage) -> int:
    """The largest random sample that leaves enough images for the test-set bounds and for measuring the gap."""
    return len(unseen(stage)) - TEST_SET - FEWEST_OF_TRUTH


def unseen(stage: Stage) -> Tensor:
    """The images that neither teacher nor backbone was trained on as far as the data tells, ascending."""
    return torch.cat([stage.data.indices("distill"), stage.data.indices("test")]).sort().values


@checked
def draw_sample(stage: Stage, n: int, *, seed: int, protocol: str = "random") -> Sample:
    """Draw n images to distil from, and the images to test on.

    Args:
        stage: data and models.
        n: images to distil from. For "shots" a multiple of the number of base classes.
        seed: the seed of the draw.
        protocol: "random": from all unseen images regardless of class, so that the bounds can apply. "shots": the same
            number of each base class, tested on all classes (base-to-new, the usual protocol of distillation).

    Returns:
        The disjoint sets of images and their assumptions.

    Raises:
        AMEError: if n is below 8 or too large for the data, the protocol is unknown, or n for "shots" is not a multiple
            of the number of base classes.
    """
    check_choice("protocol", protocol, PROTOCOLS)
    check_number("n", n, low=FEWEST, whole=True)
    generator = torch_stream("samples of bounds", seed)
    data, classes = stage.data, list(range(stage.data.num_classes))
    shots = None
    if protocol == "random":
        if n > largest_sample(stage):
            raise AMEError(
                f"n must be at most {largest_sample(stage)}, got {n}: of {len(unseen(stage))} unseen images, "
                f"{TEST_SET} are kept for the test set and at least {FEWEST_OF_TRUTH} for measuring the gap."
            )
        pool = unseen(stage)[torch.randperm(len(unseen(stage)), generator=generator)]
        train, test_set, truth = pool[:n], pool[n : n + TEST_SET], pool[n + TEST_SET :]
        trained = classes
    else:
        shots, rest = divmod(n, len(stage.base))
        if rest:
            raise AMEError(
                f"n must be a multiple of {len(stage.base)}, the number of base classes, for shots, got {n}."
            )
        train = data.shots(shots, seed=seed, classes="base")
        train = train[torch.randperm(len(train), generator=generator)]
        pool = stage.test[torch.randperm(len(stage.test), generator=generator)]
        test_set, truth = pool[:TEST_SET], pool[TEST_SET:]
        trained = stage.base.tolist()
    said = protocol_assumptions(
        shots=shots,
        drawn_at_random=shots is None,
        train_classes=trained,
        test_classes=classes,
        seen=data.seen,
        samples=train,
    )
    apart = APART.judged("holds", f"These {len(test_set)} images were not used for training or for any choice.")
    drawn = protocol_assumptions(drawn_at_random=True)[0]
    return Sample(train, test_set, truth, n // 2, said, (drawn, apart), stage)
