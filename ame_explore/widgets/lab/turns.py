"""Dials that were turned during training, in words, for the time line, for looking back and before a reset."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ame_explore.settings import SETTINGS
from ame_explore.training import Recipe
from ame_explore.widgets.lab.arms import Arm
from ame_explore.widgets.lab.dials import turned
from ame_explore.widgets.runtime.messages import Turn

MOST_TURNS = 40  # the most that are drawn for an arm: dragging a slider makes many


def turns(recipe: Recipe, until: int) -> list[Turn]:
    """The dials of `recipe` turned up to step `until`, in order; for each step and dial only the last turn."""
    last = {(event.step, event.field): event for event in recipe.events if event.step <= until}
    kept = sorted(last.values(), key=lambda event: event.step)[-MOST_TURNS:]
    return [
        Turn(
            step=one.step,
            field=one.field,
            text=turned(one.field, one.value),
            redefines=SETTINGS[one.field].redefines,  # the curve is broken here
        )
        for one in kept
    ]


def to_lose(arms: Iterable[Arm], base: Mapping[str, Recipe]) -> str:
    """What starting over would lose, such as "1 fork and 2 turned dials"; empty if nothing."""
    arms = list(arms)
    forks = sum(arm.parent is not None for arm in arms)
    steered = {
        (event.step, event.field)
        for arm in arms
        if arm.name in base
        for event in arm.recipe.events
        if event.step > 0 and event not in base[arm.name].events
    }
    counts = ((forks, "fork"), (len(steered), "turned dial"))
    return " and ".join(f"{count} {name}{'s' if count > 1 else ''}" for count, name in counts if count)
