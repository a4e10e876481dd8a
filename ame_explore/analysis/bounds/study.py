"""Bounds along an axis (samples, omega, training), for two arms, with paired intervals over seeds."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ame_explore.ame import AMEError, check_choice, check_number
from ame_explore.analysis.bounds.coin_students import CoinStudents, coin_students
from ame_explore.analysis.bounds.samples import draw_sample
from ame_explore.analysis.bounds.students import StudentBounds, students_bounds
from ame_explore.analysis.bounds.terms import Bound
from ame_explore.analysis.statistics import VERDICTS, MeanInterval, PairedInterval, mean_interval, paired_interval
from ame_explore.arguments import checked
from ame_explore.tasks import Progress
from ame_explore.training import Recipe, Stage
from ame_explore.training.recipe import AME_ARM, KD_ARM, arms_with_and_without_ame

AXES = {"n": "training images n", "omega": "omega", "steps": "training steps"}


@dataclass(frozen=True, eq=False)
class BoundStudy:
    """Bounds and measured values of two arms along an axis.

    Attributes:
        axis: "n", "omega" or "steps".
        x: (k,) its values, increasing.
        students: arm -> k tuples with one student per seed; both arms share sample, initial weights and batches.
        coins: arm -> k entries with the students of coin draws; empty if bounds over supersamples were left out.
    """

    axis: str
    x: tuple[float, ...]
    students: Mapping[str, tuple[tuple[StudentBounds, ...], ...]]
    coins: Mapping[str, tuple[CoinStudents, ...]]

    @property
    def arms(self) -> tuple[str, ...]:
        """The names of the arms, the reference first."""
        return tuple(self.students)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the bounds; those over supersamples come last, if they were computed."""
        first = next(iter(self.students.values()))[0][0].bounds
        return (*first, *self._of_coins)

    @property
    def _of_coins(self) -> tuple[str, ...]:
        return tuple(next(iter(self.coins.values()))[0].bounds) if self.coins else ()

    def over(self, name: str) -> str:
        """What the values of a bound are averaged over: "paired seeds" or "supersamples"."""
        check_choice("name", name, self.names)
        return "supersamples" if name in self._of_coins else "paired seeds"

    def bound(self, name: str, arm: str, place: int = 0, seed: int = 0) -> Bound:
        """One student's bound.

        Args:
            name: one of `names`.
            arm: one of `arms`.
            place: index of the x value.
            seed: index of the student; ignored for a bound over supersamples.

        Raises:
            AMEError: if the name or the arm is unknown.
        """
        check_choice("name", name, self.names)
        check_choice("arm", arm, self.arms)
        found = self.coins[arm][place] if name in self._of_coins else self.students[arm][place][seed]
        return found.bounds[name]

    def values(self, name: str, arm: str) -> NDArray[np.float64]:
        """The values of a bound.

        Args:
            name: one of `names`.
            arm: one of `arms`.

        Returns:
            (k, seeds); for a bound over supersamples (k, supersamples).
        """
        check_choice("name", name, self.names)
        check_choice("arm", arm, self.arms)
        if name in self._of_coins:
            return np.array([each.values(name) for each in self.coins[arm]])
        found = [[_value(student.bounds[name]) for student in row] for row in self.students[arm]]
        return np.array(found)

    def measured(self, quantity: str, arm: str) -> list[MeanInterval]:
        """Intervals of a measured mean.

        Args:
            quantity: "loss" or "gap", over seeds; or "expected gap", over supersamples.
            arm: one of `arms`.

        Returns:
            k intervals.
        """
        check_choice("quantity", quantity, ("loss", "gap", "expected gap"))
        if quantity == "expected gap":
            return [each.gap for each in self.coins[arm]]
        return [mean_interval([_measured(each, quantity) for each in row]) for row in self.students[arm]]

    def paired(self, name: str, other: str = AME_ARM) -> list[PairedInterval]:
        """Intervals of another arm's bound minus the reference's, over paired seeds; "lower" is tighter.

        Args:
            name: one of `names`.
            other: the other arm.

        Returns:
            k intervals.
        """
        both = [self.values(name, arm) for arm in (other, self.arms[0])]
        return [paired_interval(a, b) for a, b in zip(*both, strict=True)]

    def paired_measured(self, quantity: str, other: str = AME_ARM) -> list[PairedInterval]:
        """Intervals of another arm's measured value minus the reference's, over paired seeds.

        Args:
            quantity: "loss", "gap" or "expected gap", as in `measured`.
            other: the other arm.

        Returns:
            k intervals.
        """
        both = [
            np.array([[_measured(each, quantity) for each in row] for row in self.students[arm]])
            for arm in (other, self.arms[0])
        ]
        return [paired_interval(a, b) for a, b in zip(*both, strict=True)]

    @property
    def sentence(self) -> str:
        """How often the other arm's measured loss, gap and bounds are lower or higher than the reference's."""
        other = self.arms[1]
        found = {f"measured {quantity}": self.paired_measured(quantity, other) for quantity in ("loss", "gap")}
        words = [f"{name}: {_counted(intervals)}" for name, intervals in found.items()]
        for name in self.names:
            note = " (says nothing at any x)" if self.empty(name, other) else ""
            words.append(f"{name}: {_counted(self.paired(name, other))}{note}")
        seeds = len(self.students[other][0])
        lead = (
            f"{other} against {self.arms[0]}, over {AXES[self.axis]}, {seeds} paired seed{'s' if seeds > 1 else ''}. "
        )
        return lead + "; ".join(words) + "."

    def empty(self, name: str, arm: str) -> bool:
        """Whether a bound says nothing at any x: vacuous for every seed, or no bound at all.

        Args:
            name: one of `names`.
            arm: one of `arms`.
        """
        rows = range(len(self.x))
        seeds = range(1 if name in self._of_coins else len(self.students[arm][0]))
        found = [self.bound(name, arm, place, seed) for place in rows for seed in seeds]
        return all(each.vacuous or not each.is_bound for each in found)


def _counted(intervals: Sequence[PairedInterval]) -> str:
    """How many intervals have each verdict."""
    said = [each.verdict for each in intervals]
    parts = [f"{verdict} at {said.count(verdict)}" for verdict in VERDICTS if verdict in said]
    return f"{', '.join(parts)} of {len(said)}"


@checked
def study_bounds(
    stage: Stage,
    recipe: Recipe,
    axis: str,
    x: Sequence[float],
    *,
    n: int = 64,
    seeds: int = 5,
    protocol: str = "random",
    coins: tuple[int, int] | None = None,
    delta: float = 0.05,
    draws: int = 200,
    progress: Progress | None = None,
) -> BoundStudy:
    """Compare the bounds of KD and KD + AME over samples, omega or training.

    Args:
        stage: data and models.
        recipe: the recipe of the KD + AME arm, of host "projector" (see `students_bounds`); the KD arm has omega 0.
        axis: "n" (training images), "omega", or "steps" of training (use schedule="constant", so that a student of s
            steps equals a longer run after s steps).
        x: its values, increasing.
        n: training images, unless the axis is "n".
        seeds: students per arm and x, at least 1.
        protocol: "random" or "shots", see `draw_sample`.
        coins: (supersamples, draws) for f-CMI at every x; None to leave it out.
        delta: as in `students_bounds`.
        draws: as in `students_bounds`.
        progress: as in `students_bounds`.

    Returns:
        The study of both arms.

    Raises:
        AMEError: if a value is out of range, or x is not strictly increasing.
    """
    check_choice("axis", axis, AXES)
    check_number("seeds", seeds, low=1, whole=True)
    places = tuple(x)
    if not places or any(b <= a for a, b in pairwise(places)):
        raise AMEError(f"x must have at least one entry and be strictly increasing, got {places}.")
    made = {
        arm: [_at(of_arm, axis, each) for each in places] for arm, of_arm in arms_with_and_without_ame(recipe).items()
    }
    if axis == "omega":
        made[KD_ARM] = [arms_with_and_without_ame(recipe)[KD_ARM]] * len(places)
    sizes = [int(each) if axis == "n" else n for each in places]
    samples = {
        (size, seed): draw_sample(stage, size, seed=seed, protocol=protocol) for size in sizes for seed in range(seeds)
    }
    jobs = [(arm, place, seed) for arm in made for place in range(len(places)) for seed in range(seeds)]
    found = students_bounds(
        stage,
        [dataclasses.replace(made[arm][place], seed=recipe.seed + seed) for arm, place, seed in jobs],
        [samples[sizes[place], seed] for _, place, seed in jobs],
        delta=delta,
        draws=draws,
        progress=progress,
    )
    by_job = dict(zip(jobs, found, strict=True))
    tossed: dict[str, tuple[CoinStudents, ...]] = {}
    if coins is not None:
        known: dict[tuple[Recipe, int], CoinStudents] = {}
        for arm in made:
            for each, size in zip(made[arm], sizes, strict=True):
                if (each, size) not in known:
                    known[each, size] = coin_students(
                        stage, each, n=size, supersamples=coins[0], draws=coins[1], seed=recipe.seed, progress=progress
                    )
            tossed[arm] = tuple(known[each, size] for each, size in zip(made[arm], sizes, strict=True))
    students = {
        arm: tuple(tuple(by_job[arm, place, seed] for seed in range(seeds)) for place in range(len(places)))
        for arm in made
    }
    return BoundStudy(axis, tuple(float(each) for each in places), students, tossed)


def _at(recipe: Recipe, axis: str, value: float) -> Recipe:
    if axis == "n":
        check_number("x", value, low=1, whole=True)
        return recipe
    if axis == "steps":
        check_number("x", value, low=1, whole=True)
        return dataclasses.replace(recipe, steps=int(value))
    return dataclasses.replace(recipe, omega=float(value))


def _value(bound: Bound) -> float:
    """The value of a bound; for the paper's formula, the part from delta."""
    if math.isnan(bound.value):
        return sum(term.adds for term in bound.terms if term.adds is not None)
    return bound.value


def _measured(student: StudentBounds, quantity: str) -> float:
    check_choice("quantity", quantity, ("loss", "gap"))
    return student.gap.test_loss if quantity == "loss" else student.gap.value
