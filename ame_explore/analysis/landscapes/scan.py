"""Landscapes over a line or plane in the weights: coarse first, then finer, with the time left.

Example::

    evaluator = Evaluator(Objective(student, inputs, Classification(labels)), random_slice(student, seed=0))
    print(evaluator.predict(51 * 51), "seconds")
    for picture in scan(evaluator, grid=51):  # the first is 9 x 9; leaving the loop cancels
        if picture.level:
            draw(picture.finished_part())
    picture.keep(run, "random")  # and Landscape.of(run, "random") reads it
"""

from __future__ import annotations

import itertools
import json
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from ame_explore.ame import AMEError, check_finite, check_number
from ame_explore.analysis.landscapes.evaluators import Evaluator
from ame_explore.arguments import checked
from ame_explore.data.atomic_files import load_tensors, save_tensors, tensors_from_bytes, tensors_to_bytes
from ame_explore.data.files.boundary import check_memory
from ame_explore.training.record.run import Run

_FORMAT = "ame_explore landscape 1"
_COARSE = 9


@dataclass(frozen=True, eq=False)
class Landscape:
    """Values on a grid: all of them, or those known so far.

    Attributes:
        coordinates: one ascending (n_k,) float64 for each direction, x first.
        values: name -> float64 (n_y, n_x) for a plane, (n_x,) for a line; NaN where not known yet, or where the
            value itself is NaN (`known` tells them apart).
        known: bool, of the same shape.
        origin: name -> value at the slice's origin.
        kind: the slice's kind.
        path: the slice's path, or None.
        steps: labels of the path's points.
        explained: the slice's shares of the squared motion.
        method: the evaluator's method.
        seconds: time spent so far.
        seconds_left: predicted time until all points are known.
        level: number of finished grids; 1 is the 9 x 9 grid, 0 is none.
        parts: for each grid, the indices along each direction that it holds.
        reading: the reading of AME that gives the value "H"; "" if there is none.
    """

    coordinates: tuple[Tensor, ...]
    values: Mapping[str, Tensor]
    known: Tensor
    origin: Mapping[str, float]
    kind: str
    path: Tensor | None
    steps: tuple[int, ...]
    explained: tuple[float, ...]
    method: str
    seconds: float
    seconds_left: float
    level: int
    parts: tuple[tuple[tuple[int, ...], ...], ...]
    reading: str = ""

    def __repr__(self) -> str:
        side = " x ".join(str(len(axis)) for axis in self.coordinates)
        known = "finished" if self.finished else f"{int(self.known.sum())} known"
        return f"<Landscape {self.kind}: {side} points, {known}; {', '.join(self.values)}>"

    @property
    def finished(self) -> bool:
        """Whether every point is known."""
        return bool(self.known.all())

    def finished_part(self) -> Landscape:
        """The finest finished grid, as a Landscape of its own.

        Raises:
            AMEError: if no grid is finished yet.
        """
        if not self.level:
            raise AMEError("no grid is finished yet: wait for a picture with level >= 1.")
        places = [torch.tensor(part) for part in self.parts[self.level - 1]]
        x = places[0]

        def cut(values: Tensor) -> Tensor:
            return values[x] if len(places) == 1 else values[places[1]][:, x]

        return Landscape(
            tuple(axis[place] for axis, place in zip(self.coordinates, places, strict=True)),
            {name: cut(value) for name, value in self.values.items()},
            cut(self.known),
            self.origin,
            self.kind,
            self.path,
            self.steps,
            self.explained,
            self.method,
            self.seconds,
            self.seconds_left,
            1,
            (tuple(tuple(range(len(place))) for place in places),),
            self.reading,
        )

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write to one safetensors file, atomically.

        Args:
            path: the file.
        """
        save_tensors(path, *self._parts())

    def keep(self, run: Run, name: str) -> None:
        """Store it in a run's folder, and in every later `Run.pack`; see `Run.keep_landscape`.

        Args:
            run: the run.
            name: the landscape's name there.
        """
        run.keep_landscape(name, tensors_to_bytes(*self._parts()))

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Landscape:
        """Read what `save` wrote.

        Args:
            path: the file.

        Raises:
            AMEError: if the file is missing, damaged, or not a landscape.
        """
        return cls._whole(*load_tensors(path), where=str(path))

    @classmethod
    @checked
    def of(cls, run: Run, name: str) -> Landscape:
        """Read what `keep` stored with a run.

        Args:
            run: the run.
            name: one of `run.landscape_names`.

        Raises:
            AMEError: as in `load`.
        """
        where = f"landscape {name!r} of {run.path}"
        return cls._whole(*tensors_from_bytes(run.landscape_bytes(name), where=where), where=where)

    def _parts(self) -> tuple[dict[str, Tensor], dict[str, str]]:
        tensors = {f"coordinates.{k}": axis for k, axis in enumerate(self.coordinates)}
        tensors |= {f"values.{name}": value for name, value in self.values.items()}
        tensors["known"] = self.known
        if self.path is not None:
            tensors["path"] = self.path
        names = (
            "origin",
            "kind",
            "steps",
            "explained",
            "method",
            "seconds",
            "seconds_left",
            "level",
            "parts",
            "reading",
        )
        facts = {name: getattr(self, name) for name in names}
        return tensors, {"format": _FORMAT, "facts": json.dumps(facts)}

    @classmethod
    def _whole(cls, tensors: Mapping[str, Tensor], metadata: Mapping[str, str], *, where: str) -> Landscape:
        if metadata.get("format") != _FORMAT:
            raise AMEError(f"{where} must be a landscape, got format {metadata.get('format')!r}, expected {_FORMAT!r}.")
        facts = json.loads(metadata["facts"])
        axes = sorted(name for name in tensors if name.startswith("coordinates."))
        return cls(
            coordinates=tuple(tensors[name] for name in axes),
            values={name: tensors[f"values.{name}"] for name in facts["origin"]},
            known=tensors["known"],
            path=tensors.get("path"),
            origin=facts["origin"],
            kind=facts["kind"],
            steps=tuple(facts["steps"]),
            explained=tuple(facts["explained"]),
            method=facts["method"],
            seconds=facts["seconds"],
            seconds_left=facts["seconds_left"],
            level=facts["level"],
            parts=tuple(tuple(tuple(place) for place in part) for part in facts["parts"]),
            reading=facts.get("reading", ""),  # missing in landscapes of older versions
        )


@checked
def scan(
    evaluator: Evaluator,
    *,
    grid: int = 31,
    low: float | tuple[float, ...] = -1.0,
    high: float | tuple[float, ...] = 1.0,
    show_every: float = 0.25,
) -> Iterator[Landscape]:
    """Evaluate on grid x grid points (a line: grid points), from coarse to fine.

    Each grid is part of the next: 9 points a side, then 17, 33 ..., then all; no point is computed twice. A grid with
    an odd number of points and ends of opposite sign and equal size holds the origin. For a trajectory or states,
    `frame` gives ends that enclose the path.

    Args:
        evaluator: gives the values.
        grid: points per side.
        low: lower end, one number for all directions or one for each.
        high: upper end, likewise.
        show_every: seconds after which an unfinished picture is yielded, so that a caller can close the generator.

    Returns:
        An iterator over pictures; the last one is finished.

    Raises:
        AMEError: at once, if `grid` is below 2, an end is not finite, `low` is not below `high`, or `show_every` is
            negative.
    """
    check_number("grid", grid, low=2, whole=True)
    check_number("show_every", show_every, low=0)
    dims = evaluator.slice.dims
    check_memory("a landscape of this grid", 8 * (len(evaluator.names) + 4) * grid**dims)
    lows, highs = _ends("low", low, dims), _ends("high", high, dims)
    if any(a >= b for a, b in zip(lows, highs, strict=True)):
        raise AMEError(f"low must be below high, got {low} and {high}.")
    axes = tuple(torch.linspace(a, b, grid, dtype=torch.float64) for a, b in zip(lows, highs, strict=True))
    return _scan(evaluator, axes, grid, show_every)


def _scan(evaluator: Evaluator, axes: tuple[Tensor, ...], grid: int, show_every: float) -> Iterator[Landscape]:
    slice_, dims = evaluator.slice, len(axes)
    shape = (grid,) * dims
    points = torch.cartesian_prod(*reversed(axes)).view(-1, dims).flip(1)  # (n, dims), x fastest
    values = {name: torch.full((grid**dims,), torch.nan, dtype=torch.float64) for name in evaluator.names}
    known = torch.zeros(grid**dims, dtype=torch.bool)
    levels = _levels(grid)
    parts = tuple((tuple(level),) * dims for level in levels)
    spent = 0.0

    def picture(level: int) -> Landscape:
        done = int(known.sum())
        each = spent / done if done else evaluator.seconds_per_point
        return Landscape(
            axes,
            {name: value.view(shape).clone() for name, value in values.items()},
            known.view(shape).clone(),
            evaluator.origin,
            slice_.kind,
            slice_.path,
            slice_.steps,
            slice_.explained,
            evaluator.method,
            spent,
            each * (len(known) - done),
            level,
            parts,
            evaluator.reading,
        )

    shown = 0.0
    for number, level in enumerate(levels, 1):
        inside = torch.zeros(grid, dtype=torch.bool)
        inside[level] = True
        wanted = inside if dims == 1 else (inside[:, None] & inside[None, :]).flatten()
        places = (wanted & ~known).nonzero()[:, 0]
        for some in places.split(evaluator.step):
            if (
                spent > shown and spent - shown >= show_every
            ):  # not at the end: the finished picture of the grid comes there
                shown = spent
                yield picture(number - 1)
            started = time.perf_counter()
            for name, value in evaluator(points[some]).items():
                values[name][some] = value
            known[some] = True
            spent += time.perf_counter() - started
        shown = spent
        yield picture(number)


@checked
def landscape(
    evaluator: Evaluator,
    *,
    grid: int = 31,
    low: float | tuple[float, ...] = -1.0,
    high: float | tuple[float, ...] = 1.0,
) -> Landscape:
    """The finished picture of `scan`, without the intermediate ones.

    Args:
        evaluator: gives the values.
        grid: points per side.
        low: lower end, one number for all directions or one for each.
        high: upper end, likewise.

    Raises:
        AMEError: as in `scan`.
    """
    *_, last = scan(evaluator, grid=grid, low=low, high=high, show_every=1e9)
    return last


@checked
def frame(path: Tensor, margin: float = 0.2) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Ends for `scan` that enclose a path.

    Args:
        path: (T, dims).
        margin: margin on each side, as a fraction of the path's extent; along a direction of extent zero, of the
            largest extent.

    Returns:
        low and high.

    Raises:
        AMEError: if all points of the path are equal, or it is not a finite matrix.
    """
    check_number("margin", margin, low=0)
    if path.ndim != 2 or 0 in path.shape:
        raise AMEError(f"path must have shape (T, dims), got {tuple(path.shape)}.")
    path = path.detach().double()
    check_finite("path", path)
    low, high = path.amin(0), path.amax(0)
    extent = high - low
    if not float(extent.max()) > 0:
        raise AMEError("path must hold two different points, got one: choose low and high yourself.")
    extent = torch.where(extent > 0, extent, extent.max())
    middle, half = (low + high) / 2, extent * (0.5 + margin)
    return tuple((middle - half).tolist()), tuple((middle + half).tolist())


@dataclass(frozen=True)
class Barrier:
    """How far a value rises above linear interpolation on the straight line between two states.

    Attributes:
        height: max over t of value(t) - ((1 - t) value(0) + t value(1)), >= 0, in the value's unit. Source: Entezari
            et al. 2022; Frankle et al. 2020 subtract the mean of the ends instead.
        at: the t where it is reached.
        start: the value at t = 0.
        end: the value at t = 1.
        points: number of t evaluated; between them the value may be higher.
    """

    height: float
    at: float
    start: float
    end: float
    points: int


@checked
def barrier(line: Landscape, name: str) -> Barrier:
    """The barrier of a value that should be small (a loss) along a line between two states.

    Args:
        line: a finished line that covers 0 to 1 (`line_between`).
        name: name of the value.

    Raises:
        AMEError: if `line` is a plane, unfinished or shorter, the name is unknown, or a value is not finite.
    """
    if len(line.coordinates) != 1 or not line.finished:
        raise AMEError("line must be a finished landscape of one direction: use line_between and landscape.")
    if name not in line.values:
        raise AMEError(f"name must be one of {', '.join(map(repr, line.values))}, got {name!r}.")
    t, value = line.coordinates[0], line.values[name]
    rounding = 1e-9  # the grid may extend beyond both ends
    inside = (t >= -rounding) & (t <= 1 + rounding)
    t, value = t[inside].clamp(0, 1), value[inside]
    if len(t) < 2 or float(t[0]) > rounding or float(t[-1]) < 1 - rounding:
        raise AMEError("line must have points at 0 and at 1: use low=0, high=1.")
    check_finite(f"{name!r} along the line", value)
    above = value - ((1 - t) * value[0] + t * value[-1])
    place = int(above.argmax())
    return Barrier(float(above[place].clamp(min=0)), float(t[place]), float(value[0]), float(value[-1]), len(t))


def _levels(grid: int) -> list[list[int]]:
    """Indices along a side: 9 spread evenly, then also those halfway between, and so on, then all."""
    count, levels = _COARSE, []
    current = sorted({round(k * (grid - 1) / (count - 1)) for k in range(count)})
    while len(current) < grid:
        levels.append(current)
        between = {(a + b) // 2 for a, b in itertools.pairwise(current)}
        current = sorted({*current, *between})
    return [*levels, current]


def _ends(name: str, value: float | tuple[float, ...], dims: int) -> tuple[float, ...]:
    ends = tuple(value) if isinstance(value, (tuple, list)) else (value,) * dims
    if len(ends) != dims:
        raise AMEError(f"{name} must be one number or {dims}, got {len(ends)}.")
    for end in ends:
        check_number(name, end)
    return tuple(map(float, ends))
