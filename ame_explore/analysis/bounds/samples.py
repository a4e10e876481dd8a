"""Which images a student is distilled from, which a test-set bound may use, and which stand for the truth."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from ame_explore.ame import AMEError, check_choice, check_number
from ame_explore.analysis.bounds.held_out import APART
from ame_explore.analysis.bounds.protocol import prior_independent, protocol_assumptions
from ame_explore.analysis.bounds.terms import Assumption
from ame_explore.streams import torch_stream
from ame_explore.training import Stage

PROTOCOLS = ("random", "shots")
FEWEST = 8  # images of a sample: half of them make a prior, and batch norm needs two
TEST_SET = 100  # images that are spent on the test-set bounds (our choice)
FEWEST_OF_TRUTH = 100


@dataclass(frozen=True, eq=False)
class Sample:
    """The images of one seed, disjoint, as places in the stage's data.

    Attributes:
        train: (n,) what the student is distilled from; the first `prior_size` make the held-out prior.
        test_set: (m,) for the test-set bounds, used for nothing else. truth: the rest, from which the gap is measured.
        prior_size: n // 2.
        assumptions: what the protocol does to independence, distribution, and what the teacher has seen.
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
        """What is known of the prior: from held-out data, or the initialization with the backbone's own statistics."""
        seen = self._stage.data.seen
        backbone = None if seen is None else seen["backbone"]
        known = self.train[: self.prior_size] if held_out else backbone
        return (*self.assumptions, prior_independent(known, self.train[self.prior_size :] if held_out else self.train))


def largest_sample(stage: Stage) -> int:
    """The largest n of a random sample that leaves enough for the test-set bounds and for the truth."""
    return len(unseen(stage)) - TEST_SET - FEWEST_OF_TRUTH


def unseen(stage: Stage) -> Tensor:
    """The images that neither teacher nor backbone was trained on as far as the data tells, ascending."""
    return torch.cat([stage.data.indices("distill"), stage.data.indices("test")]).sort().values


def draw_sample(stage: Stage, n: int, *, seed: int, protocol: str = "random") -> Sample:
    """n images to distil from, and what they are held against.

    Args:
        stage: data and models.
        n: images. For "shots" a multiple of the number of base classes.
        seed: another draw for each.
        protocol: "random": of all unseen images, whatever their class, so that the bounds may speak. "shots": n over
            the base classes, the same number of each, tested on all classes: base-to-new, as distillation is mostly
            measured.

    Raises:
        AMEError: n below 8 or too large for the data, an unknown protocol, or for "shots" an n that does not divide.
    """
    check_choice("protocol", protocol, PROTOCOLS)
    check_number("n", n, low=FEWEST, whole=True)
    generator = torch_stream("samples of bounds", seed)
    data, classes = stage.data, list(range(stage.data.num_classes))
    shots = None
    if protocol == "random":
        if n > largest_sample(stage):
            raise AMEError(
                f"n must be at most {largest_sample(stage)}, got {n}: {len(unseen(stage))} images are unseen, and "
                f"{TEST_SET} go into the test set, {FEWEST_OF_TRUTH} and more into the truth."
            )
        pool = unseen(stage)[torch.randperm(len(unseen(stage)), generator=generator)]
        train, test_set, truth = pool[:n], pool[n : n + TEST_SET], pool[n + TEST_SET :]
        trained = classes
    else:
        shots, rest = divmod(n, len(stage.base))
        if rest:
            raise AMEError(f"n must be a multiple of the {len(stage.base)} base classes for shots, got {n}.")
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
    apart = Assumption(APART, "holds", f"Neither training nor any choice has seen these {len(test_set)} images.")
    drawn = protocol_assumptions(drawn_at_random=True)[0]
    return Sample(train, test_set, truth, n // 2, said, (drawn, apart), stage)
