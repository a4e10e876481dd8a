"""All settings of a run as one immutable value, which can also be written as a short string."""

from __future__ import annotations

import dataclasses
import functools
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

from ame_explore import settings
from ame_explore.ame import AMEError, as_whole, python_number, shown
from ame_explore.arguments import checked
from ame_explore.data import PairedData
from ame_explore.registry import data_sets
from ame_explore.settings import SETTINGS, STEERABLE, Settings, Value
from ame_explore.tokens import packed, unpacked

TOKEN_PREFIX = "ame1:"  # raise the number when a default changes, since tokens leave defaults out
MOST_EVENTS = 20_000  # hours of turning dials
KD_ARM, AME_ARM = "KD", "KD + AME"  # how arms without and with AME are named where nobody names them


@dataclass(frozen=True)
class Event:
    """A setting that was changed during a run.

    Attributes:
        step: number of optimizer steps after which it changed.
        field: the setting.
        value: its new value.
    """

    step: int
    field: str
    value: Value


@dataclass(frozen=True, kw_only=True)
class Recipe(Settings):
    __doc__ = f"""All settings of a distillation: equal recipes give the same run, bit for bit, on one machine.

{settings.docs()}

Attributes:
    events: the settings that were changed during the run, in the order of their steps.

Raises:
    AMEError: if names are unknown, values out of range or settings contradict each other; one error lists all problems.
"""

    events: tuple[Event, ...] = ()

    def __post_init__(self) -> None:
        found, problems = settings.examine({name: getattr(self, name) for name in SETTINGS})
        events = self.events
        if not isinstance(events, tuple) or not all(isinstance(event, Event) for event in events):
            problems.append(f"events must be a tuple of Event, got {shown(events)}.")
        elif len(events) > MOST_EVENTS:
            problems.append(f"events must be at most {MOST_EVENTS}, got {len(events)}.")
        elif events and not problems:
            events, problems = _examine_events(found, events)
        settings.refuse(problems)
        for name, value in {**found, "events": events}.items():
            object.__setattr__(self, name, value)

    @classmethod
    @checked
    def for_data(cls, data: PairedData | str | None = None, **changes: Any) -> Recipe:
        """A recipe with the default settings of some data, such as a host that fits it.

        Args:
            data: your own data, or the name of a registered data set; None for `settings.FIRST_DATA`, as the demo and
                the lab take it.
            changes: settings that differ from these defaults.

        Raises:
            AMEError: if a setting is unknown or its value invalid.
        """
        data = settings.FIRST_DATA if data is None else data
        name = data if isinstance(data, str) else data.name
        registered = data_sets.get(name)
        defaults = {} if registered is None else dict(registered.defaults)
        if isinstance(data, PairedData):
            defaults |= data.defaults
        return cls(**{"data": name, **defaults, **changes})

    def with_event(self, step: int, field: str, value: Value) -> Recipe:
        """A copy of this recipe with a dial turned after `step` steps (and after earlier events of the same step).

        Args:
            step: number of optimizer steps before the change.
            field: name of the setting.
            value: its new value.

        Raises:
            AMEError: if the setting cannot change mid-run, the value is invalid, or the step is out of range.
        """
        (event,), problems = _examine_events(vars(self), [Event(step, field, value)])
        settings.refuse(problems)
        if len(self.events) >= MOST_EVENTS:
            raise AMEError(f"events must be at most {MOST_EVENTS}, and there are that many already: start a new run.")
        place = bisect_right(self.events, event.step, key=_step)
        recipe = self._with(events=(*self.events[:place], event, *self.events[place:]))
        starts, in_force = self._in_force
        kept = bisect_left(starts, event.step)
        again = recipe.events[bisect_left(recipe.events, event.step, key=_step) :]
        recipe.__dict__["_in_force"] = _turn(starts[:kept], in_force[:kept], again)
        return recipe

    def at(self, step: int) -> Recipe:
        """The settings in force after `step` optimizer steps, as a recipe without events; -1 gives the initial ones."""
        step = as_whole("step", step)
        starts, in_force = self._in_force
        return in_force[max(bisect_right(starts, step) - 1, 0)]

    @cached_property
    def _in_force(self) -> tuple[list[int], list[Recipe]]:
        """Steps after which settings change, ascending from -1, and the settings in force from each on."""
        return _turn([-1], [self._with(events=())], self.events)

    def _with(self, **changed: Any) -> Recipe:
        """A copy with other values, without validating them."""
        other = object.__new__(Recipe)
        other.__dict__.update({name: self.__dict__[name] for name in _FIELDS}, **changed)
        return other

    def to_dict(self) -> dict[str, Any]:
        """All fields, as JSON can hold them."""
        events = [[event.step, event.field, event.value] for event in self.events]
        return {**{name: getattr(self, name) for name in SETTINGS}, "events": events}

    @classmethod
    @checked
    def from_dict(cls, values: Mapping[str, Any]) -> Recipe:
        """The recipe from what `to_dict` returned.

        Args:
            values: maps field names to values; missing fields get their defaults.

        Raises:
            AMEError: if a field is unknown or its value invalid.
        """
        unknown = sorted(str(name) for name in values if name not in _FIELDS)
        if unknown:
            raise AMEError(
                f"recipe must have known fields only, got {', '.join(unknown)}: it may come from a newer version."
            )
        try:
            events = tuple(Event(*event) for event in values.get("events", ()))
        except TypeError as error:
            raise AMEError(f"events must be [step, field, value] each, got {shown(values['events'])}.") from error
        return cls(**{**values, "events": events})

    def token(self) -> str:
        """A short string that holds the whole recipe with its events: "ame1:" and base64 of the non-default values."""
        default: dict[str, Any] = {name: one.default for name, one in SETTINGS.items()} | {"events": []}
        changed = {name: value for name, value in self.to_dict().items() if value != default[name]}
        return packed(changed, TOKEN_PREFIX, sort_keys=True)

    @classmethod
    def from_token(cls, token: str) -> Recipe:
        """The recipe in a token.

        Args:
            token: what `token()` returned.

        Raises:
            AMEError: if the token is truncated, mistyped or of another version.
        """
        values = unpacked(token, TOKEN_PREFIX)
        if not isinstance(values, dict):
            raise AMEError(f"token must hold a recipe, got {shown(token)}.")
        return cls.from_dict(values)


def arms_with_and_without_ame(recipe: Recipe) -> dict[str, Recipe]:
    """The two arms that are compared most often: the recipe with omega 0, called "KD", and itself, called "KD + AME".

    Args:
        recipe: recipe of the arm with AME.
    """
    return {KD_ARM: dataclasses.replace(recipe, omega=0.0), AME_ARM: recipe}


_FIELDS = tuple(one.name for one in fields(Recipe))


def _known_first(init: Callable[..., None]) -> Callable[..., None]:
    """The constructor; its error lists unknown settings and wrong values together."""

    @functools.wraps(init)
    def make(self: Recipe, **values: Any) -> None:
        if any(name not in _FIELDS for name in values):
            settings.refuse(settings.examine({name: each for name, each in values.items() if name != "events"})[1])
        init(self, **values)

    return make


Recipe.__init__ = _known_first(Recipe.__init__)  # type: ignore[method-assign]


def _step(event: Event) -> int:
    return event.step


def _examine_events(values: Mapping[str, Any], events: Sequence[Event]) -> tuple[tuple[Event, ...], list[str]]:
    """The events in the form that a recipe stores, and a list of problems with them."""
    found, problems, last = [], [], 0
    for event in events:
        step, value = python_number(event.step), event.value
        if type(step) is int and last <= step <= values["steps"]:
            last = step
        else:
            wanted = f"a whole number from {last} to {values['steps']}"
            problems.append(f"events: step must be {wanted}, got {shown(event.step)}.")
        if event.field not in STEERABLE:
            problems.append(
                f"field must be a dial that can be turned mid-run, one of {', '.join(STEERABLE)}; "
                f"got {shown(event.field)}."
            )
        else:
            value, problem = SETTINGS[event.field].problem(value)
            if not problem and event.field in settings.TOGETHER:
                problem = settings.contradicting({**values, event.field: value})
            problems += [problem] if problem else []
        found.append(event if value is event.value and step is event.step else Event(step, event.field, value))
    return tuple(found), problems


def _turn(starts: list[int], in_force: list[Recipe], events: Sequence[Event]) -> tuple[list[int], list[Recipe]]:
    """Extend the settings in force by more events, which come at or after the last of `starts`."""
    for event in events:
        now = in_force[-1]._with(**{event.field: event.value})
        if starts[-1] == event.step:
            in_force[-1] = now
        else:
            starts.append(event.step)
            in_force.append(now)
    return starts, in_force
