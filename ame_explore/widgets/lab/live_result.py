"""The recipes that a LiveRun accepts, and its results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ame_explore.ame import AMEError
from ame_explore.data import PairedData
from ame_explore.data.pairs import check_data
from ame_explore.quantities import quantity
from ame_explore.registry import data_sets
from ame_explore.training import Recipe, Run
from ame_explore.training.recipe import AME_ARM, KD_ARM, arms_with_and_without_ame
from ame_explore.widgets.lab.exercise import Answers
from ame_explore.widgets.lab.prediction import Predicted

if TYPE_CHECKING:
    import pandas as pd

Recipes = Recipe | str | Mapping[str, Recipe | str] | None


@dataclass(frozen=True)
class ArmResult:
    """The result of one arm.

    Attributes:
        name: the name of the arm.
        recipe: the recipe with the steering; without the fault while an exercise hides it.
        step: the last step done.
        finished: whether that is the last step of the run.
        losses: in the form of `Run.losses`.
        metrics: in the form of `Run.metrics`.
        folder: the folder of its record; None if nothing was recorded yet, or an exercise hides it.
    """

    name: str
    recipe: Recipe
    step: int
    finished: bool
    losses: pd.DataFrame = field(repr=False)
    metrics: pd.DataFrame = field(repr=False)
    folder: Path | None = field(repr=False)

    @property
    def token(self) -> str:
        """The recipe as a short string."""
        return self.recipe.token()

    @property
    def run(self) -> Run:
        """The record on disk, for the figures; for an unfinished arm, as of its last pause.

        Raises:
            AMEError: if nothing was recorded yet.
        """
        if self.folder is None:
            raise AMEError("run: nothing was recorded yet, or the exercise hides it until it is answered.")
        return Run.open(self.folder)


@dataclass(frozen=True)
class LiveResult:
    """The results of a LiveRun so far.

    Attributes:
        finished: whether every arm reached its end.
        state: the state of the lab; see `LiveRun.state`.
        arms: the arms' results by name.
        prediction: what the reader predicted and what happened; None if the lab did not ask.
        answers: the learner's answers to an exercise, with their token; None without an exercise or answers.
    """

    finished: bool
    state: str
    arms: Mapping[str, ArmResult]
    prediction: Predicted | None = field(default=None, repr=False)
    answers: Answers | None = None
    _kept: Any = field(default=None, repr=False, compare=False)  # keeps the temporary folder alive

    def __repr__(self) -> str:
        told = []
        for arm in self.arms.values():
            last = arm.metrics["harmonic_mean"].iloc[-1] if len(arm.metrics) else float("nan")
            score = quantity("harmonic_mean")
            told.append(f"{arm.name}: step {arm.step} of {arm.recipe.steps}, {score.label} {score.text(last)}")
        return f"<LiveResult {'finished' if self.finished else f'unfinished ({self.state})'}; {'; '.join(told)}>"


def arms_of(recipes: Recipes, data: PairedData | str | None) -> dict[str, Recipe]:
    """Names and recipes of the arms.

    Args:
        recipes: see `lab`.
        data: your own data or the name of a data set, used if `recipes` is None.

    Raises:
        AMEError: if `recipes` is neither a recipe, a token nor a mapping of names to them, or if `data` is a name that
            is not registered or is given together with recipes.
    """
    if isinstance(data, str):
        if data not in data_sets:
            check_data(data)
        if recipes is not None:
            raise AMEError(
                "data must be a PairedData if recipes are given, since recipes name their data sets, "
                f"got {data!r}: leave it out."
            )
    if recipes is None:
        return arms_with_and_without_ame(Recipe.for_data(data))
    if not isinstance(recipes, Mapping):
        recipe = _recipe(recipes)
        return {KD_ARM if recipe.effective_omega == 0 else AME_ARM: recipe}
    if not recipes or not all(isinstance(name, str) and name.strip() for name in recipes):
        raise AMEError(f"recipes must map names to recipes, at least one, got {dict(recipes)!r}.")
    return {name: _recipe(recipe) for name, recipe in recipes.items()}


def two_students(data: PairedData | str | None) -> dict[str, Recipe]:
    """Two equal students of KD + AME, for an exercise.

    Args:
        data: your own data or the name of a data set.

    Raises:
        AMEError: if `data` names a data set that is not registered.
    """
    plain = arms_of(None, data)[AME_ARM]
    return {"Student A": plain, "Student B": plain}


def _recipe(value: Recipe | str) -> Recipe:
    if isinstance(value, Recipe):
        return value
    if isinstance(value, str):
        return Recipe.from_token(value)
    raise AMEError(f"recipe must be a Recipe, a token or a mapping of names to them, got {type(value).__name__}.")
