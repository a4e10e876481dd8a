"""The grid of a sweep: which settings are crossed, and the runs and jobs that follow from it.

A TOML file holds counts at the top (`seeds`, `teachers`, `splits`), single settings in `[fixed]`, and lists that are
crossed in `[grid]`. Further blocks `[[also]]`, each crossed on its own, save runs where a full cross is not needed; a
setting in such a block replaces the one in `[fixed]`. With `paired = true` there are as many teachers as splits, and
each teacher meets one split only: these worlds are independent, which gives the sharpest intervals for their number.

    seeds = 4
    teachers = 4
    splits = 4
    paired = true
    [fixed]
    data = "digits"
    host = "projector"
    [grid]
    omega = [0, 1, 50]
    kd_weight = [1, 100]
    [[also]]
    reading = ["predictive", "spectral"]

TOML has no null, so "none" stands for None (`shots = [4, "none"]`).
"""

from __future__ import annotations

import dataclasses
import itertools
import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

from ame_explore import settings
from ame_explore.ame import AMEError, python_number, shown
from ame_explore.arguments import checked
from ame_explore.data import PairedData
from ame_explore.registry import data_sets, hosts
from ame_explore.settings import SETTINGS, Value
from ame_explore.training.recipe import Recipe

COUNTS = ("seeds", "teachers", "splits")
_COUNTED = {"seed": "seeds", "teacher_seed": "teachers", "data_seed": "splits"}  # setting -> its count
_PARTS = (*COUNTS, "paired", "fixed", "grid", "also")
MOST_RUNS = 200_000
# Settings in which the runs of a job may differ, see `distill_replicas`; `shots` may change the batch size.
_FREE = {"seed": 0, "omega": None, "kd_weight": 1.0, "learning_rate": 1e-3, "weight_decay": 0.0}
AT_ONCE = 32  # runs of a job that trains together (our choice): most of the speed, and answers within seconds
SHIPPED = ("default", "emoji")


@dataclass(frozen=True)
class World:
    """One teacher and one split of the data: what is fixed while seeds vary."""

    data: str
    data_seed: int
    teacher_seed: int


@dataclass(frozen=True)
class Job:
    """Runs that one worker does together, and whose results are saved together.

    Attributes:
        runs: their numbers, in the order of `Grid.recipes`.
        recipes: their recipes, all of one world.
    """

    runs: tuple[int, ...]
    recipes: tuple[Recipe, ...]

    @property
    def world(self) -> World:
        """The world that the runs share."""
        return world_of(self.recipes[0])


@dataclass(frozen=True)
class Grid:
    """A grid of settings and the number of seeds, teachers and splits.

    KD alone (omega 0) is always run beside every setting, since every comparison needs it.

    Attributes:
        blocks: each maps a setting to its values, which are crossed.
        fixed: setting -> its value in all runs.
        seeds: number of seeds in each world, counted up from the seed in `fixed`.
        teachers: number of teachers (and backbones).
        splits: number of splits of the data.
        paired: whether each teacher meets one split only; otherwise teachers and splits are crossed.

    Raises:
        AMEError: if something is unknown, out of range or contradictory; one error lists all problems.
    """

    blocks: tuple[Mapping[str, tuple[Value, ...]], ...] = ({},)
    fixed: Mapping[str, Value] = field(default_factory=dict)
    seeds: int = 5
    teachers: int = 1
    splits: int = 1
    paired: bool = False

    def __post_init__(self) -> None:
        problems: list[str] = []
        for name in COUNTS:
            count = python_number(getattr(self, name))
            if type(count) is not int or not 1 <= count <= 10_000:
                problems.append(f"{name} must be a whole number from 1 to 10000, got {shown(count)}.")
        if not isinstance(self.paired, bool):
            problems.append(f"paired must be true or false, got {shown(self.paired)}.")
        elif self.paired and self.teachers != self.splits:
            problems.append(
                f"paired needs as many teachers as splits, got {self.teachers} teachers and {self.splits} splits."
            )
        for where, given in [("fixed", self.fixed), *((_block(i), block) for i, block in enumerate(self.blocks))]:
            counted = [name for name in given if name in _COUNTED and where != "fixed"]
            problems += [f"{where}: use the count {_COUNTED[name]!r} at the top for {name}." for name in counted]
            if where == "grid":
                problems += [f"{where}: {name} is in [fixed] as well." for name in given if name in self.fixed]
        if not problems:
            size = sum(_size(block) for block in self.blocks) * self.seeds * len(self._worlds())
            if size > MOST_RUNS:
                problems.append(f"the grid must have at most {MOST_RUNS:,} runs, got {size:,}: cross fewer values.")
        if not problems:
            for name in dict.fromkeys(str(given["data"]) for given in self._crossed() if "data" in given):
                if name not in data_sets and self._own is None:
                    known = ", ".join(data_sets)
                    problems.append(f"data must be registered, one of {known}, got {name!r}: pass your own as data=.")
        if self._own is not None and (self.teachers, self.splits) != (1, 1):
            problems.append(
                f"your own data has one teacher and one split, got teachers = {self.teachers} and splits = "
                f"{self.splits}: set both to 1, or run a sweep for each of your teachers."
            )
        if not problems:
            problems = list(dict.fromkeys(self._built[1]))
        settings.refuse(problems)

    _own: PairedData | None = field(default=None, repr=False)

    @classmethod
    @checked
    def of(cls, values: Mapping[str, Any], *, data: PairedData | None = None) -> Grid:
        """The grid from what a TOML file holds.

        Args:
            values: counts, "fixed", "grid" and "also".
            data: your own data, which all runs use; the grid must not name other data then.

        Raises:
            AMEError: if something is unknown, out of range or contradictory; one error lists all problems.
        """
        problems = []
        for name in values:
            if name not in _PARTS:
                hint = "settings go into [fixed] or [grid]" if name in SETTINGS else f"there are {', '.join(_PARTS)}"
                problems.append(f"{shown(name)} is not a part of a grid: {hint}.")
        fixed, grid, also = values.get("fixed", {}), values.get("grid", {}), values.get("also", [])
        blocks = [grid, *also] if isinstance(also, (list, tuple)) else [grid, also]
        parts = [("fixed", fixed), *((_block(i), block) for i, block in enumerate(blocks))]
        no_tables = [(where, part) for where, part in parts if not isinstance(part, Mapping)]
        if no_tables:  # they have no settings to check
            told = [f"{where} must be a table of settings, got {shown(part)}." for where, part in no_tables]
            settings.refuse([*problems, *told])
        read_fixed, found = _collected("fixed", {}, lambda: settings.parse_all(fixed))
        problems += found
        read_blocks = []
        for index, block in enumerate(blocks):
            axes, found = _collected(_block(index), {}, lambda block=block: settings.grid(block))
            problems += found
            read_blocks.append(axes)
        if data is not None:
            named = {
                str(name) for part in (read_fixed, *read_blocks) for name in _as_tuple(part.get("data", data.name))
            }
            if named != {data.name}:
                problems.append(f"data is given, {data.name!r}, so the grid must not name other data.")
            read_fixed = {**read_fixed, "data": data.name}
            read_blocks = [{name: axis for name, axis in block.items() if name != "data"} for block in read_blocks]
        counts = {name: values[name] for name in (*COUNTS, "paired") if name in values}
        made, found = _collected(
            "", None, lambda: cls(blocks=tuple(read_blocks), fixed=read_fixed, **counts, _own=data)
        )
        settings.refuse([*problems, *found])
        whole: Grid = made
        return whole

    @classmethod
    def read(cls, path: str | Path, *, data: PairedData | None = None) -> Grid:
        """Read a grid.

        Args:
            path: a TOML file, or the name of one that ships with the package: "default" or "emoji".
            data: your own data, see `of`.

        Raises:
            AMEError: if the file cannot be read or is not TOML, or as in `of`.
        """
        if str(path) in SHIPPED and not Path(path).exists():
            text = files("ame_explore.training.sweeps").joinpath("grids", f"{path}.toml").read_text(encoding="utf-8")
        else:
            try:
                text = Path(path).read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                why = getattr(error, "strerror", None) or "it is not UTF-8 text"
                raise AMEError(f"grid {path} cannot be read ({why}): name a TOML file, or {SHIPPED[0]!r}.") from error
        try:
            values = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise AMEError(f"grid {path} must be valid TOML, got an error: {error}.") from error
        return cls.of(values, data=data)

    @cached_property
    def recipes(self) -> tuple[Recipe, ...]:
        """Every run once, in the order of the table: world by world, then seed by seed, KD alone first."""
        return self._built[0]

    @cached_property
    def worlds(self) -> tuple[World, ...]:
        """The worlds, in the order of the table."""
        return tuple(dict.fromkeys(world_of(recipe) for recipe in self.recipes))

    @cached_property
    def jobs(self) -> tuple[Job, ...]:
        """The runs as jobs: those that can train together, at most 32 at a time; others one by one.

        The jobs depend on the grid alone, not on the executor or on what is done already: a run's rounding depends on
        how many train together, and a resumed sweep must give the same numbers.
        """
        alike: dict[Recipe, list[int]] = {}
        for number, recipe in enumerate(self.recipes):
            key = dataclasses.replace(recipe, **_FREE) if trains_together(recipe) else recipe  # type: ignore[arg-type]
            alike.setdefault(key, []).append(number)
        made = []
        for members in alike.values():
            for start in range(0, len(members), AT_ONCE):
                runs = tuple(members[start : start + AT_ONCE])
                made.append(Job(runs, tuple(self.recipes[number] for number in runs)))
        places = {world: place for place, world in enumerate(self.worlds)}
        return tuple(sorted(made, key=lambda job: (places[job.world], job.runs[0])))

    def to_json(self) -> dict[str, Any]:
        """The grid as JSON can hold it; `of` reads it again."""
        first, *also = [{name: list(map(_plain, axis)) for name, axis in block.items()} for block in self.blocks]
        fixed = {name: _plain(value) for name, value in self.fixed.items()}
        counts = {name: getattr(self, name) for name in (*COUNTS, "paired")}
        return {**counts, "fixed": fixed, "grid": first, "also": also}

    def _crossed(self) -> list[dict[str, Value]]:
        """The settings of every point of the grid, without seeds."""
        found: dict[str, dict[str, Value]] = {}
        for block in self.blocks:
            for values in itertools.product(*block.values()):
                given = {**self.fixed, **dict(zip(block, values, strict=True))}
                found.setdefault(json.dumps(given, sort_keys=True), given)
        return list(found.values())

    def _worlds(self) -> list[tuple[int, int]]:
        if self.paired:
            return [(place, place) for place in range(self.splits)]
        return list(itertools.product(range(self.splits), range(self.teachers)))

    @cached_property
    def _built(self) -> tuple[tuple[Recipe, ...], list[str]]:
        made: dict[Recipe, None] = {}
        problems: list[str] = []
        for given in self._crossed():
            known = {name: value for name, value in given.items() if name not in _COUNTED}
            data = self._own if self._own is not None else known.get("data")
            known.pop("data", None)
            try:
                recipe = Recipe.for_data(data, **known)  # type: ignore[arg-type]
            except AMEError as error:
                problems.append(str(error))
                continue
            for one in (without_ame(recipe), canonical(recipe)):
                made[one] = None
        first = {name: int(self.fixed.get(name) or 0) for name in _COUNTED}
        whole = []
        for split, teacher in self._worlds() if not problems else ():
            world: dict[str, Any] = {
                "data_seed": first["data_seed"] + split,
                "teacher_seed": first["teacher_seed"] + teacher,
            }
            for seed in range(first["seed"], first["seed"] + self.seeds):
                whole += [dataclasses.replace(recipe, seed=seed, **world) for recipe in made]
        names = list(dict.fromkeys(recipe.data for recipe in whole))
        return tuple(sorted(whole, key=lambda recipe: names.index(recipe.data))), problems


def world_of(recipe: Recipe) -> World:
    """The world of a recipe."""
    return World(recipe.data, recipe.data_seed, recipe.teacher_seed)


def canonical(recipe: Recipe) -> Recipe:
    """The recipe with every setting that has no effect on it at its default, and omega as a number.

    Two recipes that differ only in such settings are the same run.

    Args:
        recipe: a recipe without events.
    """
    recipe = dataclasses.replace(recipe, omega=float(recipe.effective_omega))
    idle = {name: one.default for name, one in SETTINGS.items() if name != "omega" and one.acts(recipe) is not None}
    return dataclasses.replace(recipe, **idle)  # type: ignore[arg-type]


def without_ame(recipe: Recipe) -> Recipe:
    """The same run with KD alone, as `canonical` writes it: what every run is compared with."""
    return canonical(dataclasses.replace(recipe, omega=0.0))


def trains_together(recipe: Recipe) -> bool:
    """Whether a run shares a job with others; augmented students, for example, gain nothing from that."""
    return hosts[recipe.host].batched and not (recipe.noise > 0 or recipe.faults or recipe.augment > 0)


def _collected(where: str, default: Any, read: Any) -> tuple[Any, list[str]]:
    """What `read` returns, or the default and the problems that it names."""
    try:
        return read(), []
    except AMEError as error:
        lines = str(error).split("\n- ")
        return default, [f"{where}: {line}" if where else line for line in (lines[1:] if len(lines) > 1 else lines)]


def _block(index: int) -> str:
    return "grid" if index == 0 else f"also {index}"


def _size(block: Mapping[str, Sequence[Value]]) -> int:
    size = 1
    for axis in block.values():
        size *= len(axis)
    return size


def _as_tuple(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def _plain(value: Value) -> Value:
    return "none" if value is None else value
