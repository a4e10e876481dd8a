"""What one arm has been through: numbers of every step, and checkpoints to go back to."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from ame_explore.ame import AMEError
from ame_explore.training import Step
from ame_explore.widgets.picture import Picture

if TYPE_CHECKING:
    import pandas as pd

POINTS = 500  # of a curve at most: more than a screen has pixels for
MOST_CHECKPOINTS = 64
CHECKPOINT_EVERY = 10  # steps, doubled whenever there are too many

Series = dict[str, tuple[NDArray[np.int32], NDArray[np.float32]]]


class Timeline:
    """The steps 0 ... `head` of one run.

    One thread writes; others may read at any time, since what lies at or before `head` no longer changes.

    Attributes:
        steps: of the whole run. head: the last step recorded, -1 before the first.
        metrics: step -> metrics. checkpoints: step -> what `Distillation.load_state_dict` needs, frozen weights left
            out. pictures: step -> `Picture`. epochs: (steps + 1,).
    """

    def __init__(self, steps: int) -> None:
        self.steps, self.head = steps, -1
        self.metrics: dict[int, dict[str, float]] = {}
        self.checkpoints: dict[int, dict[str, Tensor]] = {}
        self.pictures: dict[int, Picture] = {}
        self.epochs = np.zeros(steps + 1, np.int64)
        self.every = CHECKPOINT_EVERY
        self._values: dict[str, NDArray[np.float64]] = {}

    def record(self, step: Step, metrics: Mapping[str, float]) -> None:
        """Append `step`; `metrics` beyond its own."""
        for name, value in {**step.losses, **step.shares}.items():
            if name not in self._values:
                self._values = {**self._values, name: np.full(self.steps + 1, math.nan)}
            self._values[name][step.index] = value
        self.epochs[step.index] = step.epoch
        if step.metrics:
            self.metrics = {**self.metrics, step.index: {**step.metrics, **metrics}}
        self.head = step.index

    def keep(self, step: int, state: Mapping[str, Tensor], picture: Picture | None = None) -> None:
        """Keep a checkpoint of `step`, and thin the older ones where there are too many; step 0 always stays."""
        kept = {**self.checkpoints, step: dict(state)}
        pictures = dict(self.pictures) if picture is None else {**self.pictures, step: picture}
        if len(kept) > MOST_CHECKPOINTS:
            self.every *= 2
            kept = {place: value for place, value in kept.items() if place % self.every == 0 or place == step}
            pictures = {place: value for place, value in pictures.items() if place % self.every == 0 or place == step}
        self.checkpoints, self.pictures = kept, pictures

    def due(self, step: int) -> bool:
        """Whether a checkpoint is to be kept at `step`."""
        return step % self.every == 0 or step == self.steps

    def nearest(self, step: int) -> int:
        """The last step with a checkpoint at or before `step`. Raises `AMEError` for one that was not recorded."""
        self.check(step)
        return max(place for place in self.checkpoints if place <= step)

    def check(self, step: int) -> None:
        """Raise `AMEError` unless `step` was recorded."""
        if type(step) is not int or not 0 <= step <= self.head:
            raise AMEError(f"step must be one that was recorded, a whole number from 0 to {self.head}, got {step!r}.")

    def until(self, step: int) -> Timeline:
        """A timeline of its own that shares the past up to `step`."""
        self.check(step)
        copy = Timeline(self.steps)
        copy.head, copy.every, copy.epochs = step, self.every, self.epochs.copy()
        for name, values in self._values.items():
            copy._values[name] = values.copy()
            copy._values[name][step + 1 :] = math.nan
        copy.metrics = {place: value for place, value in self.metrics.items() if place <= step}
        copy.checkpoints = {place: value for place, value in self.checkpoints.items() if place <= step}
        copy.pictures = {place: value for place, value in self.pictures.items() if place <= step}
        return copy

    def at(self, step: int) -> dict[str, float]:
        """The losses and shares of one step."""
        found = {name: float(values[step]) for name, values in self._values.items()}
        return {name: value for name, value in found.items() if not math.isnan(value)}

    def series(self, until: int | None = None, points: int = POINTS) -> Series:
        """Term or metric -> (steps int32, values float32), at most `points` of each, the last one always there."""
        head = self.head if until is None else min(until, self.head)
        found: Series = {}
        for name, values in self._values.items():
            where = np.flatnonzero(~np.isnan(values[: head + 1]))
            found[name] = _thinned(where, values[where], points)
        for name, (steps, values) in self.metric_values(head).items():
            known = f"{name} (test)" if name in self._values else name
            found[known] = _thinned(steps, values, points)
        return found

    def loss_values(self, until: int | None = None) -> dict[str, tuple[NDArray[Any], NDArray[np.float64]]]:
        """Loss or share -> (steps, values) up to a step, NaN left out."""
        head = self.head if until is None else min(until, self.head)
        found = {}
        for name, values in self._values.items():
            where = np.flatnonzero(~np.isnan(values[: head + 1]))
            found[name] = where, values[where]
        return found

    def metric_values(self, until: int | None = None) -> dict[str, tuple[NDArray[Any], NDArray[np.float64]]]:
        """Metric -> (steps, values) up to a step."""
        head = self.head if until is None else min(until, self.head)
        known = [(step, values) for step, values in self.metrics.items() if step <= head]
        names = dict.fromkeys(name for _, values in known for name in values)
        found = {}
        for name in names:
            pairs = [(step, values[name]) for step, values in known if name in values]
            found[name] = np.array([step for step, _ in pairs]), np.array([value for _, value in pairs])
        return found

    def frames(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Losses and metrics as `Run` gives them: a row for each step at which there are any."""
        import pandas as pd

        head = self.head
        losses = pd.DataFrame({name: values[1 : head + 1] for name, values in self._values.items()})
        losses.index = pd.Index(np.arange(1, len(losses) + 1), name="step")
        known = {step: values for step, values in self.metrics.items() if step <= head}
        metrics = pd.DataFrame(list(known.values()), index=pd.Index(list(known), name="step", dtype="int64"))
        return losses, metrics


def _thinned(
    steps: NDArray[Any], values: NDArray[np.float64], points: int
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Every k-th of them and the last: a growing curve keeps the points that it had."""
    stride = -(-len(steps) // max(points - 1, 1)) or 1
    where = np.arange(0, len(steps), stride)
    if len(steps) and where[-1] != len(steps) - 1:
        where = np.append(where, len(steps) - 1)
    return steps[where].astype(np.int32), values[where].astype(np.float32)
