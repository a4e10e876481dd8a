"""A run as one value, and as one short string."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

from ame_explore import settings
from ame_explore.ame import AMEError, python_number, shown
from ame_explore.settings import SETTINGS, STEERABLE, Settings, Value

TOKEN_PREFIX = "ame1:"  # raised with every change of a default: a token leaves defaults out
MOST_EVENTS = 20_000  # hours of turning a dial
_LONGEST_RECIPE = 1 << 20  # bytes; a token may not unpack to more


@dataclass(frozen=True)
class Event:
    """A dial that was turned: after `step` optimizer steps, `field` became `value`."""

    step: int
    field: str
    value: Value


@dataclass(frozen=True, kw_only=True)
class Recipe(Settings):
    __doc__ = f"""All that decides a distillation: two equal recipes give the same run, bit for bit, on one machine.

{settings.docs()}

events: the dials that were turned while it ran, in the order of their steps.

Raises:
    AMEError: for unknown names, values out of range and settings that contradict each other; one error lists them all.
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

    def with_event(self, step: int, field: str, value: Value) -> Recipe:
        """This recipe with a dial turned after `step` steps (after those turned at the same step already).

        Raises:
            AMEError: for a dial that cannot be turned mid-run, a value that it cannot have, or a step out of range.
        """
        (event,), problems = _examine_events(vars(self), [Event(step, field, value)])
        settings.refuse(problems)
        if len(self.events) >= MOST_EVENTS:
            raise AMEError(f"events must be at most {MOST_EVENTS}, and there are as many already: start anew.")
        place = bisect_right(self.events, event.step, key=_step)
        recipe = self._with(events=(*self.events[:place], event, *self.events[place:]))
        starts, in_force = self._in_force
        kept = bisect_left(starts, event.step)
        again = recipe.events[bisect_left(recipe.events, event.step, key=_step) :]
        recipe.__dict__["_in_force"] = _turn(starts[:kept], in_force[:kept], again)
        return recipe

    def at(self, step: int) -> Recipe:
        """The settings in force for optimizer step `step` + 1, without events; with -1 those before all events."""
        starts, in_force = self._in_force
        return in_force[max(bisect_right(starts, step) - 1, 0)]

    @cached_property
    def _in_force(self) -> tuple[list[int], list[Recipe]]:
        """Steps after which other settings are in force, ascending from -1, and those settings."""
        return _turn([-1], [self._with(events=())], self.events)

    def _with(self, **changed: Any) -> Recipe:
        """This recipe with other values, which are known to be right."""
        other = object.__new__(Recipe)
        other.__dict__.update({name: self.__dict__[name] for name in _FIELDS}, **changed)
        return other

    def to_dict(self) -> dict[str, Any]:
        """Every field, as JSON takes it."""
        events = [[event.step, event.field, event.value] for event in self.events]
        return {**{name: getattr(self, name) for name in SETTINGS}, "events": events}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Recipe:
        """The recipe that `to_dict` wrote; fields left out have their defaults. Raises `AMEError` for unknown ones."""
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
        """A short string that holds the whole recipe, steering included: 'ame1:' and base64 of what is not default."""
        default: dict[str, Any] = {name: one.default for name, one in SETTINGS.items()} | {"events": []}
        changed = {name: value for name, value in self.to_dict().items() if value != default[name]}
        packed = zlib.compress(json.dumps(changed, separators=(",", ":"), sort_keys=True).encode(), 9)
        return TOKEN_PREFIX + base64.urlsafe_b64encode(packed).decode().rstrip("=")

    @classmethod
    def from_token(cls, token: str) -> Recipe:
        """The recipe in `token`. Raises `AMEError` for a token that is cut, mistyped, or of another version."""
        if not isinstance(token, str) or not token.strip().startswith(TOKEN_PREFIX):
            raise AMEError(f"token must begin with {TOKEN_PREFIX!r}, got {shown(token)}.")
        body = token.strip()[len(TOKEN_PREFIX) :]
        try:
            unpacker = zlib.decompressobj()
            packed = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
            text = unpacker.decompress(packed, _LONGEST_RECIPE)
            if not unpacker.eof:
                raise ValueError("incomplete")
            values = json.loads(text)
        except (ValueError, RecursionError, zlib.error, binascii.Error) as error:
            raise AMEError(
                f"token must be whole, got {shown(token)}: a part is missing or mistyped; copy it again."
            ) from error
        if not isinstance(values, dict):
            raise AMEError(f"token must hold a recipe, got {shown(token)}.")
        return cls.from_dict(values)


_FIELDS = tuple(one.name for one in fields(Recipe))


def _step(event: Event) -> int:
    return event.step


def _examine_events(values: Mapping[str, Any], events: Sequence[Event]) -> tuple[tuple[Event, ...], list[str]]:
    """Events as a recipe with these settings keeps them, and what is wrong with them."""
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
    """The settings in force after more events, which come at or after the last of `starts`."""
    for event in events:
        now = in_force[-1]._with(**{event.field: event.value})
        if starts[-1] == event.step:
            in_force[-1] = now
        else:
            starts.append(event.step)
            in_force.append(now)
    return starts, in_force
