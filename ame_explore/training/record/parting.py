"""Where two runs or two recipes differ: the settings, and the first step and term with different values."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ame_explore.ame import AMEError, check_number
from ame_explore.arguments import checked
from ame_explore.training.recipe import Recipe
from ame_explore.training.record.run import Run

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Change:
    """A value that differs.

    Attributes:
        name: the setting, or "event 3" for the third event.
        a: the first side's value; None if it has none.
        b: the second side's value; None if it has none.
    """

    name: str
    a: Any
    b: Any


@dataclass(frozen=True)
class Parting:
    """The first step and term at which two runs differ.

    Attributes:
        step: the step.
        kind: "losses" or "metrics".
        term: the column.
        a: the first run's value; None if it logged none.
        b: the second run's value; None if it logged none.
        shared: how many steps with values of this kind come before; the two agree on them.
    """

    step: int
    kind: str
    term: str
    a: float | None
    b: float | None
    shared: int


@checked
def recipe_changes(a: Mapping[str, Any], b: Mapping[str, Any]) -> list[Change]:
    """The settings that differ between two recipes, and the first event that does.

    Args:
        a: `Recipe.to_dict()`, or the recipe that another training loop recorded.
        b: the other one, likewise.

    Returns:
        The settings in their order, then the first event that differs; empty if the recipes are the same.
    """
    found = []
    for name in dict.fromkeys([*a, *b]):
        one, other = a.get(name), b.get(name)
        if name == "events":
            continue
        if one != other:
            found.append(Change(name, one, other))
    mine, theirs = list(a.get("events") or ()), list(b.get("events") or ())
    for place in range(max(len(mine), len(theirs))):
        pair = [each[place] if place < len(each) else None for each in (mine, theirs)]
        if pair[0] != pair[1]:
            found.append(Change(f"event {place + 1}", *pair))
            break  # later events may differ only because they are shifted
    return found


@checked
def first_parting(a: Run, b: Run, *, tolerance: float = 0.0) -> Parting | None:
    """The first step and term at which two runs recorded different values.

    Within a step losses come before metrics, and terms in the order in which they were first logged, so that the
    first difference is nearest to its cause.

    Args:
        a: a run.
        b: the other run.
        tolerance: values differ if they are further apart than this share of the larger one; 0 compares every bit.

    Returns:
        None if all recorded losses and metrics agree.

    Raises:
        AMEError: if the tolerance is negative or not finite.
    """
    check_number("tolerance", tolerance, low=0.0)
    found = [_parting(getattr(a, kind), getattr(b, kind), kind, tolerance) for kind in ("losses", "metrics")]
    return min((each for each in found if each is not None), key=lambda parting: parting.step, default=None)


def _parting(a: pd.DataFrame, b: pd.DataFrame, kind: str, tolerance: float) -> Parting | None:
    """The first difference of one kind."""
    steps = a.index.union(b.index)
    names = list(dict.fromkeys([*a.columns, *b.columns]))
    one, other = (each.reindex(index=steps, columns=names).to_numpy(np.float64) for each in (a, b))
    larger = np.maximum(np.abs(one), np.abs(other))
    with np.errstate(invalid="ignore"):
        apart = np.abs(one - other) > tolerance * larger
    apart = np.where(np.isfinite(one) & np.isfinite(other), apart, one != other)
    apart &= ~(np.isnan(one) & np.isnan(other))
    rows = np.flatnonzero(apart.any(axis=1))
    if not len(rows):
        return None
    row = int(rows[0])
    column = int(apart[row].argmax())
    values = [None if np.isnan(each[row, column]) else float(each[row, column]) for each in (one, other)]
    return Parting(int(steps[row]), kind, names[column], values[0], values[1], row)


def opened(name: str, given: str | os.PathLike[str]) -> Run | Recipe:
    """Open the run or recipe that a person named.

    Args:
        name: what messages call it.
        given: a recipe token, or the path of a run's folder or packed file.

    Raises:
        AMEError: if it is neither, or damaged.
    """
    text = os.fspath(given)
    if text.startswith("ame1:"):
        return Recipe.from_token(text)
    if not Path(text).exists():
        raise AMEError(
            f"{name} must be a recipe token (ame1:...) or the folder or packed file of a run, but {text[:200]} does "
            "not exist."
        )
    return Run.open(text)
