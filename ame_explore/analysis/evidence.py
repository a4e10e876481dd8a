"""What a sweep says: the paired change of every setting against KD alone, over teachers, splits and seeds."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ame_explore.ame import AMEError
from ame_explore.analysis.statistics import corrected
from ame_explore.analysis.worlds import WorldInterval, world_interval
from ame_explore.arguments import checked
from ame_explore.settings import SETTINGS, Value
from ame_explore.training.recipe import Recipe
from ame_explore.training.sweeps.folder import Sweep
from ame_explore.training.sweeps.grid import canonical, without_ame

if TYPE_CHECKING:
    import pandas as pd

Outcome = Literal["helps", "harms", "collapses", "no difference seen", "not decided"]
CHANCE = ("seed", "teacher_seed", "data_seed")  # what varies by chance
_FIRST = ("data", "host", "reading", "projection", "omega", "kd", "kd_weight", "shots")  # in names of conditions
_SETTINGS = (*_FIRST, *(name for name in SETTINGS if name not in (*_FIRST, *CHANCE, "data_digest")))
_ALWAYS = ("reading", "omega", "kd_weight")  # in names of conditions
_OF_THE_READING = ("H", "H_deficit")
_DEFINES_H = tuple(name for name, one in SETTINGS.items() if one.group == "ame" and name not in ("omega", "gradient"))
COLLAPSE = 0.5  # of KD's score: a mean that falls below it has collapsed (our choice, as in the demo)


@dataclass(frozen=True, eq=False)
class Condition:
    """One setting of the sweep and the runs that it is compared with, paired by teacher, split and seed.

    Attributes:
        recipe: its settings; seeds are the first run's.
        varied: those of its settings that differ within the sweep.
        unusual: those of them that few other conditions have.
        rows: its runs.
        against: the paired runs of the reference, in the same order.
    """

    recipe: Recipe
    varied: Mapping[str, Value]
    unusual: Mapping[str, Value]
    rows: pd.DataFrame = field(repr=False)
    against: pd.DataFrame = field(repr=False)

    @property
    def name(self) -> str:
        """The settings that tell it from most others, as "rows, ω 50, KD × 100, shots 4"."""
        return named(self.told)

    @property
    def told(self) -> Mapping[str, Value]:
        """The settings in its name: reading, omega and weight of KD, and whatever is unusual."""
        return {n: v for n, v in self.varied.items() if n in _ALWAYS or n in self.unusual}

    @property
    def same_entropy(self) -> bool:
        """Whether its H is defined as that of its reference, so that the two can be compared."""
        other = _recipe(self.against)
        return all(getattr(self.recipe, name) == getattr(other, name) for name in _DEFINES_H)


@dataclass(frozen=True)
class Effect:
    """The change of one metric under one condition.

    Attributes:
        condition: the condition.
        interval: the interval of the change, corrected for all effects that were asked for together.
        before: mean of the reference.
        after: mean of the condition.
        left_out: pairs without a value, such as runs that diverged.
    """

    condition: Condition
    interval: WorldInterval
    before: float
    after: float
    left_out: int

    @property
    def outcome(self) -> Outcome:
        """What AME did to a score of which more is better."""
        if self.after < COLLAPSE * self.before:
            return "collapses"
        words: dict[str, Outcome] = {"higher": "helps", "lower": "harms"}
        return words.get(self.interval.verdict, self.interval.verdict)  # type: ignore[arg-type]


@dataclass(frozen=True, eq=False)
class Evidence:
    """A sweep as conditions, each with its reference.

    Attributes:
        sweep: the sweep.
    """

    sweep: Sweep

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        """Every setting that has a reference, in the sweep's order.

        With AME the reference is KD alone; for label smoothing without AME it is the same without label smoothing.
        """
        groups = self._groups
        found_all = []
        for key, rows in groups.items():
            recipe = _recipe(rows)
            other = _reference(recipe)
            found = None if other is None else groups.get(_key(other))
            if found is None:
                continue
            index = rows.index.intersection(found.index)
            if len(index):
                mine = {name: value for name, value in zip(_SETTINGS, key, strict=True) if name in self.varied}
                found_all.append((recipe, mine, rows.loc[index], found.loc[index]))
        usual = {}
        for name in self.varied:
            values = [mine[name] for _, mine, _, _ in found_all]
            usual[name] = max(dict.fromkeys(values), key=values.count, default=None)
        return tuple(
            Condition(recipe, mine, {n: v for n, v in mine.items() if v != usual[n]}, rows, against)
            for recipe, mine, rows, against in found_all
        )

    @cached_property
    def varied(self) -> tuple[str, ...]:
        """The settings that differ between runs, in the order of their declarations."""
        keys = list(self._groups)
        return tuple(name for place, name in enumerate(_SETTINGS) if len({key[place] for key in keys}) > 1)

    @cached_property
    def metrics(self) -> tuple[str, ...]:
        """The columns that are metrics of a student."""
        names = [name for name in self.sweep.table.columns if name not in SETTINGS]
        other = ("run", "diverged", "seconds")
        return tuple(
            n for n in names if n not in other and not n.startswith(("chance_", "teacher_harmonic", "backbone_"))
        )

    @cached_property
    def worlds(self) -> tuple[int, int, int]:
        """How many teachers, splits and seeds the runs have."""
        teachers, splits, seeds = (self.sweep.table[name].nunique() for name in ("teacher_seed", "data_seed", "seed"))
        return int(teachers), int(splits), int(seeds)

    def effects(
        self, metric: str, conditions: Sequence[Condition] | None = None, *, confidence: float = 0.95
    ) -> list[Effect]:
        """The change of a metric under conditions, corrected for their number.

        Args:
            metric: one of `metrics`.
            conditions: the conditions; None for all.
            confidence: that all intervals hold at once.

        Raises:
            AMEError: if the metric is unknown.
        """
        chosen = self.conditions if conditions is None else conditions
        return self.joint({metric: chosen}, confidence=confidence)[metric]

    def joint(self, asked: Mapping[str, Sequence[Condition]], *, confidence: float = 0.95) -> dict[str, list[Effect]]:
        """The changes of several metrics under conditions, all corrected together.

        H and its deficit are left out where the reference's H is another entropy.

        Args:
            asked: metric -> conditions.
            confidence: that all intervals hold at once.

        Raises:
            AMEError: if a metric is unknown.
        """
        found: dict[str, tuple[str, Effect]] = {}
        for metric, conditions in asked.items():
            if metric not in self.metrics:
                raise AMEError(f"metric must be one of the sweep's, {', '.join(self.metrics)}; got {metric!r}.")
            for place, condition in enumerate(conditions):
                if metric in _OF_THE_READING and not condition.same_entropy:
                    continue
                if (made := _effect(condition, metric, confidence)) is not None:
                    found[f"{place} {metric}"] = metric, made
        together = corrected({name: effect.interval for name, (_, effect) in found.items()})
        told: dict[str, list[Effect]] = {metric: [] for metric in asked}
        for name, (metric, effect) in found.items():
            told[metric].append(replace(effect, interval=together[name]))  # type: ignore[arg-type]
        return told

    def lines(self, axis: str, conditions: Sequence[Condition] | None = None) -> dict[str, list[Condition]]:
        """Conditions that differ in one setting only, ordered by it.

        Args:
            axis: the setting.
            conditions: the conditions; None for all.

        Returns:
            Name of the other settings -> conditions with at least two values of `axis`, the longest lines first.
        """
        found: dict[tuple[Any, ...], list[Condition]] = {}
        for condition in self.conditions if conditions is None else conditions:
            others = tuple((name, value) for name, value in condition.varied.items() if name != axis)
            found.setdefault(others, []).append(condition)
        kept = [
            (dict(others), members) for others, members in found.items() if len(members) > 1 and axis in self.varied
        ]
        kept.sort(key=lambda each: -len(each[1]))
        differing = {name for name in self.varied if len({others.get(name) for others, _ in kept}) > 1}
        return {
            named({n: v for n, v in others.items() if n in differing}) or "all": sorted(
                members, key=lambda one: _order(one.varied[axis])
            )
            for others, members in kept
        }

    @cached_property
    def _groups(self) -> dict[tuple[Value, ...], pd.DataFrame]:
        table = self.sweep.table
        keys: dict[tuple[Value, ...], list[int]] = {}
        columns = [[_value(name, value) for value in table[name]] for name in _SETTINGS]
        for place, key in enumerate(zip(*columns, strict=True)):
            keys.setdefault(key, []).append(place)
        return {key: table.iloc[places].set_index(list(CHANCE), drop=False) for key, places in keys.items()}


@checked
def named(settings: Mapping[str, Any]) -> str:
    """Settings in a few words: "rows, ω 50, KD × 100".

    Args:
        settings: setting -> value.
    """
    return ", ".join(_told(name, value) for name, value in settings.items())


def _told(name: str, value: Value) -> str:
    setting = SETTINGS[name]
    if isinstance(value, bool):
        return f"{'' if value else 'no '}{setting.label}"
    shown = setting.label_of(value)
    return shown if name in ("reading", "data") else f"{setting.short} {shown}"


def tell_apart(conditions: Iterable[Condition]) -> list[str]:
    """A name for each condition that leaves out what all of them share.

    Args:
        conditions: the conditions.
    """
    several = list(conditions)
    names = {name for each in several for name in each.told}
    shared = {name for name in names if len({each.varied[name] for each in several}) == 1}
    return [named({n: v for n, v in each.told.items() if n not in shared}) or each.name for each in several]


def in_order(values: Iterable[Value]) -> list[Value]:
    """Each value once: numbers in their order, then names, then None (all shots, a default).

    Args:
        values: values of one setting.
    """
    return sorted(dict.fromkeys(values), key=_order)


def _effect(condition: Condition, metric: str, confidence: float) -> Effect | None:
    a, b = (side[metric].to_numpy(dtype=np.float64) for side in (condition.rows, condition.against))
    there = np.isfinite(a) & np.isfinite(b)
    if not there.any():
        return None
    teachers, splits = (condition.rows[name].to_numpy()[there] for name in ("teacher_seed", "data_seed"))
    interval = world_interval(a[there], b[there], teachers=teachers, splits=splits, confidence=confidence)
    return Effect(condition, interval, float(b[there].mean()), float(a[there].mean()), int((~there).sum()))


def _reference(recipe: Recipe) -> Recipe | None:
    if recipe.effective_omega > 0:
        return without_ame(recipe)
    return canonical(replace(recipe, label_smoothing=0.0)) if recipe.label_smoothing > 0 else None


def _recipe(rows: pd.DataFrame) -> Recipe:
    first = rows.iloc[0]
    values = {name: _value(name, first[name]) for name in (*_SETTINGS, *CHANCE)}
    return Recipe(**values)  # type: ignore[arg-type]


def _key(recipe: Recipe) -> tuple[Value, ...]:
    return tuple(getattr(recipe, name) for name in _SETTINGS)


def _value(name: str, value: Any) -> Value:
    """A value of the table as a recipe holds it: pandas writes None as NaN."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    return SETTINGS[name].problem(value)[0]


def _order(value: Value) -> tuple[int, float | str]:
    """Numbers in their order, None (all shots, a default) last."""
    if value is None:
        return 2, 0.0
    return (1, str(value)) if isinstance(value, str) else (0, float(value))
