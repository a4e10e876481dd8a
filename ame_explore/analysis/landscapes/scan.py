"""Landscapes over a line or plane in the weights: coarse first, then finer, with a time foretold.

evaluator = Evaluator(Objective(student, inputs, Classification(labels, stage.logits)), random_slice(student, seed=0))
print(evaluator.predict(51 * 51), "seconds")
for picture in scan(evaluator, grid=51):  # the first is 9 x 9; leaving the loop, or closing, cancels
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
from ame_explore.data.atomic_files import load_tensors, save_tensors, tensors_from_bytes, tensors_to_bytes
from ame_explore.training.record.run import Run

_FORMAT = "ame_explore landscape 1"
_COARSE = 9


@dataclass(frozen=True, eq=False)
class Landscape:
    """Values on a grid, all of them or those known so far.

    Attributes:
        coordinates: one (n_k,) float64 ascending for each direction, x first.
        values: by name, float64 (n_y, n_x) for a plane, (n_x,) for a line; NaN where not known yet, or where the
            value itself is no number (`known` tells them apart).
        known: bool, of the same shape.
        origin: the values at the slice's origin.
        kind, path, steps, explained: of the slice.
        method: how it was evaluated. seconds: spent so far. seconds_left: foretold.
        level: grids finished: 1 is the 9 x 9 picture; 0 is none.
        parts: for each finished grid, the places along each direction that it holds.
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

    def __repr__(self) -> str:
        side = " x ".join(str(len(axis)) for axis in self.coordinates)
        known = "finished" if self.finished else f"{int(self.known.sum())} known"
        return f"<Landscape {self.kind}: {side} points, {known}; {', '.join(self.values)}>"

    @property
    def finished(self) -> bool:
        """Whether every point is known."""
        return bool(self.known.all())

    def finished_part(self) -> Landscape:
        """The finest grid that is finished, as a Landscape of its own; raises `AMEError` while there is none."""
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
        )

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write to one safetensors file, atomically."""
        save_tensors(path, *self._parts())

    def keep(self, run: Run, name: str) -> None:
        """Keep it with a run, in its folder and in every `Run.pack` from now on; see `Run.keep_landscape`."""
        run.keep_landscape(name, tensors_to_bytes(*self._parts()))

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Landscape:
        """Read what `save` wrote. Raises `AMEError` for a file that is missing, damaged, or something else."""
        return cls._whole(*load_tensors(path), where=str(path))

    @classmethod
    def of(cls, run: Run, name: str) -> Landscape:
        """Read what `keep` kept with a run, one of `run.landscape_names`. Errors as in `load`."""
        where = f"landscape {name!r} of {run.path}"
        return cls._whole(*tensors_from_bytes(run.landscape_bytes(name), where=where), where=where)

    def _parts(self) -> tuple[dict[str, Tensor], dict[str, str]]:
        tensors = {f"coordinates.{k}": axis for k, axis in enumerate(self.coordinates)}
        tensors |= {f"values.{name}": value for name, value in self.values.items()}
        tensors["known"] = self.known
        if self.path is not None:
            tensors["path"] = self.path
        facts = {
            name: getattr(self, name)
            for name in ("origin", "kind", "steps", "explained", "method", "seconds", "seconds_left", "level", "parts")
        }
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
        )


def scan(
    evaluator: Evaluator,
    *,
    grid: int = 31,
    low: float | tuple[float, ...] = -1.0,
    high: float | tuple[float, ...] = 1.0,
    show_every: float = 0.25,
) -> Iterator[Landscape]:
    """Evaluate on grid x grid points (a line: grid points); yields pictures, the last of them finished.

    Each grid is part of the next: 9 points a side, then 17, 33 ..., then all; no point is computed twice. A grid of an
    odd number of points, between ends of opposite sign and equal size, holds the origin. For a trajectory or states,
    `frame` gives ends that hold the path.

    Args:
        low, high: the ends, one for all directions or one each.
        show_every: seconds after which an unfinished picture is yielded, so that closing the generator takes effect.

    Raises `AMEError` for a grid below 2, ends that are not finite, or low >= high; at once, not at the first picture.
    """
    check_number("grid", grid, low=2, whole=True)
    check_number("show_every", show_every, low=0)
    dims = evaluator.slice.dims
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


def landscape(
    evaluator: Evaluator,
    *,
    grid: int = 31,
    low: float | tuple[float, ...] = -1.0,
    high: float | tuple[float, ...] = 1.0,
) -> Landscape:
    """The finished picture of `scan`, without those on the way."""
    *_, last = scan(evaluator, grid=grid, low=low, high=high, show_every=1e9)
    return last


def frame(path: Tensor, margin: float = 0.2) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """low and high for `scan` that hold a path (T, dims) with `margin` of its extent on each side.

    An extent of zero along a direction counts as the larger one. Raises `AMEError` for a path of one point.
    """
    low, high = path.amin(0), path.amax(0)
    extent = high - low
    if not float(extent.max()) > 0:
        raise AMEError("path must hold two different points, got one: choose low and high yourself.")
    extent = torch.where(extent > 0, extent, extent.max())
    middle, half = (low + high) / 2, extent * (0.5 + margin)
    return tuple((middle - half).tolist()), tuple((middle + half).tolist())


@dataclass(frozen=True)
class Barrier:
    """How much higher a value gets on the straight way between two states than the line between its ends.

    Attributes: height: max over the line of value - ((1 - t) value(0) + t value(1)), >= 0, in the value's unit
    (Frankle et al. 2020 take the mean of the ends; Entezari et al. 2022 this). at: the t where it is reached. start,
    end: the values at the states. points: how many t were looked at; between them it may be higher.
    """

    height: float
    at: float
    start: float
    end: float
    points: int


def barrier(line: Landscape, name: str) -> Barrier:
    """The barrier of a value that should be small (a loss) along a finished line from 0 to 1 (`line_between`).

    Raises `AMEError` for a plane, an unfinished or shorter line, an unknown name, and a value that is no number.
    """
    if len(line.coordinates) != 1 or not line.finished:
        raise AMEError("line must be a finished landscape of one direction: use line_between and landscape.")
    if name not in line.values:
        raise AMEError(f"name must be one of {', '.join(map(repr, line.values))}, got {name!r}.")
    t, value = line.coordinates[0], line.values[name]
    rounding = 1e-9  # of a grid that goes beyond both ends
    inside = (t >= -rounding) & (t <= 1 + rounding)
    t, value = t[inside].clamp(0, 1), value[inside]
    if len(t) < 2 or float(t[0]) > rounding or float(t[-1]) < 1 - rounding:
        raise AMEError("line must have points at 0 and at 1: use low=0, high=1.")
    check_finite(f"{name!r} along the line", value)
    above = value - ((1 - t) * value[0] + t * value[-1])
    place = int(above.argmax())
    return Barrier(float(above[place].clamp(min=0)), float(t[place]), float(value[0]), float(value[-1]), len(t))


def _levels(grid: int) -> list[list[int]]:
    """Places along a side: some 9 spread over it, then with those half way between, and so on, then all."""
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
