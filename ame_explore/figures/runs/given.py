"""The arguments that figures of runs take: one Run, several, or arms by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ame_explore.ame import AMEError
from ame_explore.training.record.run import Run

if TYPE_CHECKING:
    from ame_explore.data.pairs import PairedFeatures

Runs = Run | Sequence[Run] | Mapping[str, Run | Sequence[Run]]


def arms_of(runs: Runs, name: str = "runs") -> dict[str, list[Run]]:
    """Arm -> its runs, one per seed.

    Runs without an arm's name are named by the fact "arm", or else by their folder; runs with the same name are seeds
    of one arm.

    Args:
        runs: a Run, a list of Runs, or a dict of names to one or more Runs.
        name: name of the argument, for error messages.

    Raises:
        AMEError: if it is none of these, or empty.
    """
    if isinstance(runs, Mapping):
        arms = {str(arm): _listed(given, f"{name}[{arm!r}]") for arm, given in runs.items()}
    else:
        arms = {}
        for run in _listed(runs, name):
            arms.setdefault(str(run.facts.get("arm") or run.path.stem), []).append(run)
    if not arms:
        raise AMEError(f"{name} must hold at least one Run, got none.")
    return arms


def hold_runs(given: Any) -> bool:
    """Whether an argument holds Runs: one, a list, or a dict of names to them.

    Args:
        given: anything.
    """
    if isinstance(given, Mapping):
        given = next(iter(given.values()), None)
    if isinstance(given, Sequence) and not isinstance(given, str):
        given = next(iter(given), None)
    return isinstance(given, Run)


def check_features(arms: Mapping[str, Sequence[Run]], name: str) -> None:
    """Raise `AMEError` unless the first run of every arm recorded features."""
    for arm, seeds in arms.items():
        if not seeds[0].feature_steps:
            raise AMEError(f"{name} must hold runs with features, got none in {arm!r}: record.log(features=...).")


def first_and_last_features(runs: Runs, name: str) -> dict[str, PairedFeatures]:
    """The features to draw: the first and last of a single run, or the last of each arm's first run.

    Args:
        runs: a Run, a list of them, or arm -> its runs.
        name: name of the argument, for error messages.

    Returns:
        panel name -> features.

    Raises:
        AMEError: as in `arms_of`; if a run recorded no features.
    """
    arms = arms_of(runs, name)
    check_features(arms, name)
    if len(arms) > 1:
        return {arm: seeds[0].features(seeds[0].feature_steps[-1]) for arm, seeds in arms.items()}
    run = next(iter(arms.values()))[0]
    steps = dict.fromkeys((run.feature_steps[0], run.feature_steps[-1]))
    return {f"step {step}": run.features(step) for step in steps}


def fact_of(runs: Runs, fact: str) -> Any:
    """A fact of the first run that has it, or None.

    Args:
        runs: a Run, a list of them, or arm -> its runs.
        fact: name of the fact.
    """
    every = (run for seeds in arms_of(runs).values() for run in seeds)
    return next((run.facts[fact] for run in every if fact in run.facts), None)


def readings_of(recipes: Iterable[Mapping[str, Any] | None]) -> list[str] | None:
    """The readings of the entropy that runs used, with those that a dial was turned to; None if none is known.

    Args:
        recipes: what the runs recorded as their recipe, if anything.
    """
    used: dict[str, None] = {}
    for recipe in filter(None, recipes):
        turned = [one for one in recipe.get("events") or () if isinstance(one, list) and len(one) == 3]
        named = [recipe.get("reading"), *(value for _, field, value in turned if field == "reading")]
        used.update(dict.fromkeys(str(name) for name in named if name is not None))
    return list(used) or None


def _listed(given: Any, name: str) -> list[Run]:
    runs = [given] if isinstance(given, Run) else given
    if not isinstance(runs, Sequence) or isinstance(runs, str) or not all(isinstance(run, Run) for run in runs):
        kind = type(given).__name__
        wrong = next((type(one).__name__ for one in runs if not isinstance(one, Run)), kind) if kind == "list" else kind
        raise AMEError(f"{name} must be a Run, a list of Runs or a dict of names to them, got {wrong}: use Run.open.")
    return list(runs)
