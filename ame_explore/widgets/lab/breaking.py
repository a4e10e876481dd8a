"""The break-it switches of a lab: which are on, which settings they change, and how to undo that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ame_explore.training import Recipe
from ame_explore.widgets.lab.dials import BREAK_OF, BREAKS

Turns = dict[str, dict[str, Any]]  # arm -> field -> value


@dataclass(frozen=True)
class _Turned:
    before: Any
    broken: Any


class Breaking:
    """What the switches changed in each arm, so that switching off restores the earlier values.

    A switch is on while any of its settings is in force, whoever set it. A dial that was moved since then no longer
    belongs to the switch.
    """

    def __init__(self) -> None:
        self._turned: dict[str, dict[str, dict[str, _Turned]]] = {}  # switch -> arm -> field

    def on(self, recipes: Mapping[str, Recipe]) -> set[str]:
        """The switches that are on, given the settings in force."""
        mine = {switch for switch in self._turned if any(self._mended(switch, recipes).values())}
        return mine | broken_in(recipes.values())

    def turns(self, switch: str, on: bool, recipes: Mapping[str, Recipe]) -> Turns:
        """The changes that switching it on or off makes to the settings in force.

        Args:
            switch: the name of the switch.
            on: whether it is switched on or off.
            recipes: arm -> settings in force.

        Returns:
            arm -> field -> new value; empty for an arm with nothing to change.
        """
        return self._broken(switch, recipes) if on else self._mended(switch, recipes)

    def note(self, switch: str, turns: Turns, recipes: Mapping[str, Recipe]) -> None:
        """Remember the values that `turns` replace, so that switching off can restore them.

        Args:
            switch: the switch that makes the changes.
            turns: as `turns` returned them.
            recipes: arm -> settings before the changes.
        """
        for arm, fields in turns.items():
            for field, value in fields.items():
                kept = self._turned.setdefault(switch, {}).setdefault(arm, {})
                kept[field] = _Turned(getattr(recipes[arm], field), value)

    def fork(self, parent: str, fork: str) -> None:
        """Let `fork` be mended in the same way as its parent."""
        for arms in self._turned.values():
            if parent in arms:
                arms[fork] = dict(arms[parent])

    def begin(self) -> None:
        """Start over: only switches that need a reset stay on, because the new recipes include their changes."""
        self._turned = {switch: arms for switch, arms in self._turned.items() if BREAK_OF[switch].needs_reset}

    def clear(self) -> None:
        """Forget all changes, because the recipes were replaced."""
        self._turned = {}

    @staticmethod
    def _broken(switch: str, recipes: Mapping[str, Recipe]) -> Turns:
        found: Turns = {}
        for arm, recipe in recipes.items():
            turns = BREAK_OF[switch].turns_of(recipe)
            found[arm] = {name: value for name, value in turns.items() if getattr(recipe, name) != value}
        return found

    def _mended(self, switch: str, recipes: Mapping[str, Recipe]) -> Turns:
        found: Turns = {}
        for arm, recipe in recipes.items():
            known = self._turned.get(switch, {}).get(arm, {})
            found[arm] = {name: one.before for name, one in known.items() if getattr(recipe, name) == one.broken}
            if not known and switch in broken_in([recipe]):  # the recipe was broken from the start: use the defaults
                found[arm] = {name: getattr(Recipe(), name) for name in BREAK_OF[switch].turns_of(recipe)}
        return found


def broken_in(recipes: Iterable[Recipe]) -> set[str]:
    """The switches of which at least one of `recipes` has all settings."""
    found = set()
    for recipe in recipes:
        for one in BREAKS:
            wanted = one.turns_of(recipe)
            if wanted and all(getattr(recipe, field) == value for field, value in wanted.items()):
                found.add(one.switch)
    return found
