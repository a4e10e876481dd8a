"""Bounds over supersamples, such as f-CMI, on real students.

There are hundreds of coin draws per supersample, each with a student distilled from its half.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray

from ame_explore import registry
from ame_explore.ame import AMEError, check_choice, check_number
from ame_explore.analysis.bounds.bound_inputs import CoinDraws
from ame_explore.analysis.bounds.protocol import protocol_assumptions
from ame_explore.analysis.bounds.samples import unseen
from ame_explore.analysis.bounds.students import bound_by
from ame_explore.analysis.bounds.supersample import f_cmi, supersample_gap
from ame_explore.analysis.bounds.terms import Assumption, Bound
from ame_explore.analysis.statistics import MeanInterval
from ame_explore.arguments import checked
from ame_explore.models import one_thread
from ame_explore.streams import torch_stream
from ame_explore.tasks import Progress
from ame_explore.training import Recipe, Stage, distill_replicas


@dataclass(frozen=True, eq=False)
class CoinStudents:
    """The errors of the students of all coin draws.

    Attributes:
        recipe: of every student; within a supersample they share initial weights and batch order, and only the coins
            differ.
        images: (supersamples, n, 2) places in the stage's data.
        losses: (supersamples, draws, n, 2), 1 for a wrong class, else 0.
        coins: (supersamples, draws, n), the column of each pair that was trained on.
        assumptions: what is known about the protocol.
    """

    recipe: Recipe
    images: NDArray[np.int64]
    losses: NDArray[np.float64]
    coins: NDArray[np.int64]
    assumptions: tuple[Assumption, ...]

    @property
    def evidence(self) -> CoinDraws:
        """What bounds over supersamples are given."""
        return CoinDraws(self.losses, self.coins, self.assumptions)

    @cached_property
    def bounds(self) -> Mapping[str, Bound]:
        """The registered bounds over supersamples, by name; among them f-CMI."""
        found = {rule.name: bound_by(rule, self.evidence) for rule in _rules()}
        return {name: bound for name, bound in found.items() if bound is not None}

    @property
    def bound(self) -> Bound:
        """f-CMI over pairs of losses, with its bias beside it."""
        return f_cmi(losses=self.losses, coins=self.coins, assumptions=self.assumptions)

    @property
    def gap(self) -> MeanInterval:
        """The measured expected gap, with its interval over supersamples."""
        return supersample_gap(losses=self.losses, coins=self.coins)

    def values(self, name: str) -> NDArray[np.float64]:
        """(supersamples,) values of a bound in `bounds` for each supersample alone, for pairing with another arm's.

        Args:
            name: the bound; NaN where it does not apply to a supersample alone.

        Raises:
            AMEError: if there is no such bound.
        """
        check_choice("name", name, self.bounds)
        rule = registry.bounds[name]
        found = [bound_by(rule, self.evidence.supersample(which)) for which in range(len(self.losses))]
        return np.array([math.nan if each is None else each.value for each in found])

    @property
    def follows(self) -> bool:
        """Whether bound and measured gap are compatible: the gap's interval does not lie above the bound's."""
        half = self.bound.term("half width of 95% over supersamples").value
        low = self.gap.low if len(self.losses) > 1 else self.gap.mean
        return bool(low <= self.bound.value + (half if np.isfinite(half) else 0.0))


def _rules() -> list[registry.BoundRule]:
    return [rule for rule in registry.bounds.values() if rule.per == "supersamples"]


@checked
@one_thread()
def coin_students(
    stage: Stage,
    recipe: Recipe,
    *,
    n: int = 64,
    supersamples: int = 5,
    draws: int = 400,
    seed: int = 0,
    progress: Progress | None = None,
) -> CoinStudents:
    """Distil supersamples * draws students, and record their errors.

    Pairs are drawn at random from the images that neither teacher nor backbone has seen. The same seed gives the same
    images and coins to every recipe, so that two recipes are paired. On a CPU in one thread.

    Args:
        stage: data and models.
        recipe: the students' recipe; its shots and protocol are not used. A feature-space host is fastest.
        n: pairs, which is the size of the training sample; at least 2.
        supersamples: how many, at least 1.
        draws: coin draws per supersample, at least 2.
        seed: of images, coins, and (with the supersample's number) the students' weights and batches.
        progress: as in `train_replicas`; an exception from it ends the work.

    Returns:
        The losses and coins of all students.

    Raises:
        AMEError: if a number is out of range, there are too few unseen images, or a student diverged.
    """
    check_number("n", n, low=2, whole=True)
    check_number("supersamples", supersamples, low=1, whole=True)
    check_number("draws", draws, low=2, whole=True)
    pool = unseen(stage)
    if 2 * n > len(pool):
        raise AMEError(
            f"n must be at most {len(pool) // 2}, got {n}: {len(pool)} images are unseen, and a pair needs two."
        )
    generator = torch_stream("coin draws", seed)
    order = [pool[torch.randperm(len(pool), generator=generator)[: 2 * n]].view(n, 2) for _ in range(supersamples)]
    images = torch.stack(order)
    coins = torch.randint(0, 2, (supersamples, draws, n), generator=generator)
    losses, of = torch.empty(supersamples, draws, n, 2, dtype=torch.float64), supersamples * draws * recipe.steps
    for which, (pairs, tosses) in enumerate(zip(images, coins, strict=True)):
        chosen = pairs.expand(draws, n, 2).gather(2, tosses[..., None])[..., 0]
        own = dataclasses.replace(recipe, seed=recipe.seed + which)

        def tell(what: str, done: int, _of: int, before: int = which * draws * recipe.steps) -> None:
            if progress is not None:
                progress("students of coin draws", before + done, of)

        found = distill_replicas([own] * draws, stage=stage, train_on=list(chosen), measure=False, progress=tell)
        if any(found.diverged):
            raise AMEError(
                f"recipe must give students that do not diverge, got {sum(map(bool, found.diverged))} of {draws} that "
                "did: lower learning_rate or omega."
            )
        wrong = found.logits(stage.data.images[pairs.flatten()]).argmax(2).cpu() != stage.data.labels[pairs.flatten()]
        losses[which] = wrong.view(draws, n, 2)
    data = stage.data
    said = protocol_assumptions(
        drawn_at_random=True,
        train_classes=range(data.num_classes),
        test_classes=range(data.num_classes),
        seen=data.seen,
        samples=images,
    )
    return CoinStudents(recipe, images.numpy(), losses.numpy(), coins.numpy(), said)
