"""The dials and the break-it switches of a lab: names, ranges, and a short help text for each."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ame_explore import settings
from ame_explore.ame import AMEError, check_choice
from ame_explore.registry import kd_losses, readings
from ame_explore.settings import DIALS, SETTINGS, STEERABLE, Setting, Value
from ame_explore.training import Recipe
from ame_explore.widgets.runtime.messages import DialFacts, DialState

LOCK_STEP = tuple(name for name, one in SETTINGS.items() if one.shared)
_SCRATCH = "omega50_from_scratch"


@dataclass(frozen=True)
class Break:
    """One way to break a run.

    Attributes:
        switch: its name in code.
        label: its name for readers.
        help: what it does, for readers.
        turns: field -> value while it is on.
    """

    switch: str
    label: str
    help: str
    turns: Mapping[str, Any] = field(default_factory=dict)

    @property
    def needs_reset(self) -> bool:
        """Whether it takes effect only after a reset."""
        return any(name not in STEERABLE for name in self.turns)

    def turns_of(self, recipe: Recipe) -> dict[str, Any]:
        """The settings that it changes in `recipe`; empty if it has nothing to act on."""
        plain = recipe.effective_omega == 0
        if self.switch == "wrong_temperature":
            tempered = kd_losses[recipe.kd].uses("student_tau")
            found: dict[str, Any] = {"student_tau": 20.0 * recipe.tau} if tempered else {}
            if plain or not readings[recipe.reading].tempered:
                return found
            return {**found, "temperature": WRONG_TEMPERATURE}
        if self.switch == _SCRATCH and plain:
            return {name: self.turns[name] for name in ("host", "learning_rate")}
        return dict(self.turns)


WRONG_TEMPERATURE = 0.02

BREAKS = (
    Break(
        "wrong_temperature",
        "wrong temperature",
        f"AME's softmax gets temperature {WRONG_TEMPERATURE} instead of 1; in logits KD the student's τ is 20 times "
        "the teacher's. Feature KD and readings without a softmax are not affected.",
        {"temperature": WRONG_TEMPERATURE, "student_tau": 20.0},
    ),
    Break(
        "shuffled_pairs",
        "shuffled pairs",
        "Each image gets the teacher's answer to another image of its batch.",
        {"shuffled_pairs": True},
    ),
    Break(
        "missing_normalization",
        "missing normalization",
        "The student's features are not normalized, neither in KD nor in AME.",
        {"normalized": False},
    ),
    Break(
        _SCRATCH,
        "ω = 50 from scratch",
        "Resets: no pretrained backbone, raw output, learning rate 0.01.",
        {"host": "scratch", "omega": 50.0, "reading": "rows", "ame_input": "raw", "learning_rate": 0.01},
    ),
    Break(
        "duplicated_rows",
        "duplicated rows",
        "Every image appears twice in its batch, so no image's row of M can win alone; a text's row still can.",
        {"duplicates": 2},
    ),
    Break(
        "teacher_noise",
        "label noise in the teacher",
        "For 40 % of the shots the teacher gives the answer for another class.",
        {"teacher_noise": 0.4},
    ),
)
BREAK_OF = {one.switch: one for one in BREAKS}


def concerned(field: str, recipes: Mapping[str, Recipe], arm: str | None) -> list[str]:
    """The arms that a change of a dial concerns.

    Args:
        field: the dial.
        recipes: arm -> recipe.
        arm: the arm that was named; None: for AME's dials the arms with AME (all, if there are none), for others all.

    Raises:
        AMEError: if the arm is unknown.
    """
    if arm is not None:
        check_choice("arm", arm, recipes)
        return [arm]
    if field in SETTINGS and SETTINGS[field].group == "ame":  # has no effect in an arm of plain KD
        with_ame = [name for name, recipe in recipes.items() if recipe.effective_omega > 0]
        return with_ame or list(recipes)
    return list(recipes)


def checked(recipe: Recipe, step: int, field: str, value: Any) -> Value:
    """Check a new value for a dial.

    Args:
        recipe: the recipe to change.
        step: the step at which the change is made.
        field: the dial.
        value: the new value.

    Returns:
        The value as the recipe stores it.

    Raises:
        AMEError: if the recipe refuses it.
    """
    if field == "data_digest":
        raise AMEError("field must not be 'data_digest': it follows from the data.")
    kept: Value = settings.check(field, value)
    if field in STEERABLE:
        recipe.with_event(min(step, recipe.steps), field, kept)
    else:
        replaced(recipe, {field: kept})
    return kept


def turned(field: str, value: Any) -> str:
    """A dial and its value in a few characters, such as "ω 0.5"."""
    return SETTINGS[field].told(value)


def replaced(recipe: Recipe, fields: Mapping[str, Any]) -> Recipe:
    """`recipe` with other fields; events beyond the end of a shorter run and the digest of other data are left out."""
    if "data" in fields or "data_seed" in fields:
        fields = {"data_digest": None, **fields}
    steps = fields.get("steps", recipe.steps)
    events = tuple(event for event in recipe.events if not isinstance(steps, int) or event.step <= steps)
    return dataclasses.replace(recipe, **{"events": events, **fields})


def with_seeds(recipes: Mapping[str, Recipe], seeds: int) -> dict[str, Recipe]:
    """Every arm with several seeds, counted up from its own: all arms with the first seed, then with the next.

    Args:
        recipes: arm -> recipe.
        seeds: how many; 1 leaves the arms as they are.
    """
    if seeds == 1:
        return dict(recipes)
    return {
        f"{name} · seed {recipe.seed + number}": dataclasses.replace(recipe, seed=recipe.seed + number)
        for number in range(seeds)
        for name, recipe in recipes.items()
    }


def families(recipes: Mapping[str, Recipe]) -> dict[str, str]:
    """arm -> the first arm that differs from it in nothing but the seed; empty if all have the same seed.

    Args:
        recipes: arm -> recipe.
    """
    if len(_seeds(recipes)) < 2:
        return {}
    first: dict[Recipe, str] = {}
    return {name: first.setdefault(_seedless(recipe), name) for name, recipe in recipes.items()}


def lock_step(recipes: Mapping[str, Recipe]) -> None:
    """Check that all arms learn from the same minibatches, or that every seed has the same arms.

    Raises:
        AMEError: if they do not.
    """
    first, *others = recipes.items()
    sides = [Counter(_seedless(one) for one in recipes.values() if one.seed == seed) for seed in _seeds(recipes)]
    paired = all(side == sides[0] for side in sides)
    for name, recipe in others:
        for each in LOCK_STEP:
            if getattr(recipe, each) != getattr(first[1], each) and not (each == "seed" and paired):
                raise AMEError(
                    f"arms must learn from the same minibatches, but {each} is {getattr(first[1], each)!r} in "
                    f"{first[0]!r} and {getattr(recipe, each)!r} in {name!r}: make them equal, or open two labs."
                )


def _seedless(recipe: Recipe) -> Recipe:
    return dataclasses.replace(recipe, seed=0)


def _seeds(recipes: Mapping[str, Recipe]) -> list[int]:
    return list(dict.fromkeys(recipe.seed for recipe in recipes.values()))


def described(
    recipes: Mapping[str, Recipe],
    begun: Mapping[str, Recipe],
    pending: Mapping[str, Mapping[str, Any]],
    data: Sequence[str],
    lock: Sequence[str],
    cannot: Mapping[str, str] | None = None,
) -> list[DialState]:
    """The dials for the cockpit.

    Args:
        recipes: arm -> settings to show.
        begun: arm -> the recipe it began with.
        pending: arm -> field -> value that waits for a reset.
        data: names of data sets to offer beside the registered ones.
        lock: names of dials to lock; "dials" locks all.
        cannot: dial -> why it does nothing on this data; None: all dials act.
    """
    found = []
    for dial in (SETTINGS[name] for name in DIALS):
        concerns = concerned(dial.name, begun, None)
        values = {name: _value(recipe, dial.name, pending.get(name, {})) for name, recipe in recipes.items()}
        given = data if dial.name == "data" else ()
        parts = dial.registered
        refused = (cannot or {}).get(dial.name)
        turned_arms = [recipes[name] for name in concerns if name in recipes]
        idle = refused or _idle(dial, turned_arms)
        found.append(
            DialState(
                **of_setting(dial),
                choices=list(dict.fromkeys([*given, *dial.names])),
                labels={name: part.label for name, part in parts.items()},
                helps={name: part.help for name, part in parts.items()},
                value=values[concerns[0]],
                values=values,
                concerns=concerns,
                idle=idle,
                inert=refused is not None or (idle is not None and not _measures(dial, turned_arms)),
                pending=any(dial.name in pending.get(name, {}) for name in concerns),
                locked=dial.name in lock or "dials" in lock,
            )
        )
    return found


def of_setting(one: Setting) -> DialFacts:
    """What a page needs to know about a setting to draw its dial."""
    low, high = one.slider or (None, None)
    return DialFacts(
        field=one.name,
        label=one.label,
        kind="switch" if one.kind is bool else "choice" if one.kind is str else "number",
        help=one.help,
        low=low,
        high=high,
        scale=one.scale,
        whole=one.whole,
        step=1 if one.whole else None,
        unit=one.unit,
        optional=one.optional,
        none=one.none,
        steerable=one.steerable,
    )


def _idle(dial: Setting, recipes: Sequence[Recipe]) -> str | None:
    """Why the dial has no effect in any of these recipes; None if it has an effect in one."""
    reasons = [dial.acts(recipe) for recipe in recipes]
    return reasons[0] if reasons and all(reasons) else None


def _measures(dial: Setting, recipes: Sequence[Recipe]) -> bool:
    """Whether the dial changes the measured H of one of these recipes, even where ω is 0."""
    return dial.redefines and any(dial.acts(dataclasses.replace(recipe, omega=1.0)) is None for recipe in recipes)


def _value(recipe: Recipe, field: str, waiting: Mapping[str, Any]) -> Any:
    value = waiting.get(field, getattr(recipe, field))
    return recipe.effective_omega if field == "omega" and value is None else value
