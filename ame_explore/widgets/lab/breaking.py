"""The break-it switches of a lab: which are on, what they turn, and what mends it."""

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
    """What the switches turned in each arm, so that switching off gives back what was there.

    A switch is on while something that it turned is still in force, whoever turned it; a dial that was moved since is
    not its own any more.
    """

    def __init__(self) -> None:
        self._turned: dict[str, dict[str, dict[str, _Turned]]] = {}  # switch -> arm -> field

    def on(self, recipes: Mapping[str, Recipe]) -> set[str]:
        """The switches that are on, given the settings in force."""
        mine = {switch for switch in self._turned if any(self._mended(switch, recipes).values())}
        return mine | broken_in(recipes.values())

    def turns(self, switch: str, on: bool, recipes: Mapping[str, Recipe]) -> Turns:
        """What switching it on or off turns, given the settings in force; empty where there is nothing to turn."""
        return self._broken(switch, recipes) if on else self._mended(switch, recipes)

    def note(self, switch: str, turns: Turns, recipes: Mapping[str, Recipe]) -> None:
        """Keep what `turns` take the place of, for mending."""
        for arm, fields in turns.items():
            for field, value in fields.items():
                kept = self._turned.setdefault(switch, {}).setdefault(arm, {})
                kept[field] = _Turned(getattr(recipes[arm], field), value)

    def fork(self, parent: str, fork: str) -> None:
        """A fork is mended as its parent is."""
        for arms in self._turned.values():
            if parent in arms:
                arms[fork] = dict(arms[parent])

    def begin(self) -> None:
        """The runs begin anew by their recipes, of which a switch that resets has become a part."""
        self._turned = {switch: arms for switch, arms in self._turned.items() if BREAK_OF[switch].needs_reset}

    def clear(self) -> None:
        """Other recipes: nothing is known of them."""
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
            if not known and switch in broken_in([recipe]):  # as a recipe that came so: to what a recipe has else
                found[arm] = {name: getattr(Recipe(), name) for name in BREAK_OF[switch].turns_of(recipe)}
        return found


def broken_in(recipes: Iterable[Recipe]) -> set[str]:
    """The switches whose settings one of `recipes` has in full."""
    found = set()
    for recipe in recipes:
        for one in BREAKS:
            wanted = one.turns_of(recipe)
            if wanted and all(getattr(recipe, field) == value for field, value in wanted.items()):
                found.add(one.switch)
    return found
