"""The history of one arm: numbers of every step, and checkpoints to go back to."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from ame_explore.ame import AMEError
from ame_explore.analysis.diagnosis.history import History
from ame_explore.training import Recipe, Run, Step

if TYPE_CHECKING:
    import pandas as pd

POINTS = 500  # the most points of a curve: a screen cannot show more
MOVING_POINTS = 160  # the most during training, when every frame sends all of them again
MOST_CHECKPOINTS = 64
CHECKPOINT_EVERY = 10  # steps; doubled whenever there are too many checkpoints

# Losses of a minibatch with the same name as a metric of all test rows; the two must never be confused.
_OF_BOTH = ("H",)

Values = dict[str, tuple[NDArray[np.int32], NDArray[np.float64]]]
Series = dict[str, tuple[NDArray[np.int32], NDArray[np.float32]]]


class Column:
    """One number over the steps at which it was measured. It only grows; its entries never change.

    One thread appends; others may read at any time.
    """

    def __init__(self) -> None:
        self._count = 0
        self._data = np.zeros(64, np.int32), np.zeros(64, np.float64)

    def append(self, step: int, value: float) -> None:
        steps, values = self._data
        if self._count == len(steps):
            self._data = np.resize(steps, 2 * len(steps)), np.resize(values, 2 * len(values))
            steps, values = self._data
        steps[self._count], values[self._count] = step, value
        self._count += 1  # last, so that readers see only complete entries

    def until(self, step: int) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
        """(steps, values) up to `step`, as views that must not be written to."""
        count = self._count  # before the arrays, which another thread may replace with longer ones
        steps, values = self._data
        end = int(np.searchsorted(steps[:count], step, side="right"))
        return steps[:end], values[:end]

    @classmethod
    def of(cls, values: pd.Series) -> Column:
        """The numbers of a column of `Run.losses` or `Run.metrics`; those that are not finite are left out."""
        known = values[np.isfinite(values)]
        column = cls()
        if len(known):
            column._data = known.index.to_numpy(np.int32), known.to_numpy(np.float64)
            column._count = len(known)
        return column

    def copied(self, step: int) -> Column:
        """An independent copy up to `step`."""
        copy = Column()
        steps, values = self.until(step)
        if len(steps):
            copy._data, copy._count = (steps.copy(), values.copy()), len(steps)
        return copy


Columns = dict[str, Column]


class Timeline:
    """The steps 0 ... `head` of one run.

    One thread writes; others may read at any time, because entries up to `head` no longer change.

    Attributes:
        steps: number of steps of the whole run.
        head: the last recorded step, -1 before the first.
        metrics: step -> metrics.
        checkpoints: step -> state for `Distillation.load_state_dict`, without the frozen weights.
        epochs: (steps + 1,), the epoch of each step.
        every: steps between checkpoints.
    """

    def __init__(self, steps: int) -> None:
        self.steps, self.head = steps, -1
        self.metrics: dict[int, dict[str, float]] = {}
        self.checkpoints: dict[int, dict[str, Tensor]] = {}
        self.epochs = np.zeros(steps + 1, np.int64)
        self.every = CHECKPOINT_EVERY
        self._losses: Columns = {}
        self._measured: Columns = {}
        self._batches: Columns = {}

    @classmethod
    def of(cls, run: Run, steps: int | None = None) -> Timeline:
        """The timeline of a recorded run; it has no checkpoints, and no epochs.

        Args:
            run: the run.
            steps: number of steps of the whole run; None: up to its last step.

        Raises:
            AMEError: if its log is damaged.
        """
        logged = run.steps
        found = cls(0)
        found.steps, found.head = max([steps or 0, *logged[-1:]]), logged[-1] if logged else -1
        losses, metrics = run.losses, run.metrics
        found._losses = {name: Column.of(losses[name]) for name in losses}
        found._measured = {name: Column.of(metrics[name]) for name in metrics}
        for name, column in found._measured.items():
            for step, value in zip(*(part.tolist() for part in column.until(found.head)), strict=True):
                found.metrics.setdefault(step, {})[name] = value
        found.metrics = dict(sorted(found.metrics.items()))
        return found

    def record(self, step: Step, metrics: Mapping[str, float]) -> None:
        """Append a step.

        Args:
            step: the step.
            metrics: further metrics; used only if the step has metrics of its own.
        """
        self._losses = _longer(self._losses, step.index, {**step.losses, **step.shares})
        self.epochs[step.index] = step.epoch
        if step.metrics:
            found = {**step.metrics, **metrics}
            self.metrics = {**self.metrics, step.index: found}
            self._measured = _longer(self._measured, step.index, found)
        if step.batch:
            self._batches = _longer(self._batches, step.index, step.batch)
        self.head = step.index

    def keep(self, step: int, state: Mapping[str, Tensor]) -> None:
        """Keep a checkpoint, and thin out the older ones if there are too many; step 0 always stays.

        Args:
            step: the step of the checkpoint.
            state: see `checkpoints`.
        """
        kept = {**self.checkpoints, step: dict(state)}
        if len(kept) > MOST_CHECKPOINTS:
            self.every *= 2
            kept = {place: value for place, value in kept.items() if place % self.every == 0 or place == step}
        self.checkpoints = kept

    def due(self, step: int) -> bool:
        """Whether a checkpoint should be kept at `step`."""
        return step % self.every == 0 or step == self.steps

    def nearest(self, step: int) -> int:
        """The last step with a checkpoint at or before `step`.

        Raises:
            AMEError: if `step` was not recorded.
        """
        self.check(step)
        return max(place for place in self.checkpoints if place <= step)

    def check(self, step: int) -> None:
        """Check that `step` was recorded.

        Raises:
            AMEError: if it was not.
        """
        if type(step) is not int or not 0 <= step <= self.head:
            raise AMEError(f"step must be a recorded one, a whole number from 0 to {self.head}, got {step!r}.")

    def until(self, step: int) -> Timeline:
        """A new timeline with the same past up to `step`.

        Raises:
            AMEError: if `step` was not recorded.
        """
        self.check(step)
        copy = Timeline(self.steps)
        copy.head, copy.every, copy.epochs = step, self.every, self.epochs.copy()
        copy._losses = {name: column.copied(step) for name, column in self._losses.items()}
        copy._measured = {name: column.copied(step) for name, column in self._measured.items()}
        copy._batches = {name: column.copied(step) for name, column in self._batches.items()}
        copy.metrics = {place: value for place, value in self.metrics.items() if place <= step}
        copy.checkpoints = {place: value for place, value in self.checkpoints.items() if place <= step}
        return copy

    def at(self, step: int) -> dict[str, float]:
        """The losses and shares of one step."""
        ends = {name: column.until(step) for name, column in self._losses.items()}
        return {name: float(values[-1]) for name, (steps, values) in ends.items() if len(steps) and steps[-1] == step}

    def series(self, until: int | None = None, points: int = POINTS) -> Series:
        """The curves to draw.

        Args:
            until: the last step; None: the newest.
            points: the most points of a curve; its last point is always kept.

        Returns:
            Loss, share or metric -> (steps int32, values float32). A metric with the name of a loss gets " (test)".
        """
        found = {name: _thinned(*column, points) for name, column in self.loss_values(until).items()}
        for name, column in self.metric_values(until).items():
            found[f"{name} (test)" if name in _OF_BOTH else name] = _thinned(*column, points)
        return found

    def loss_values(self, until: int | None = None) -> Values:
        """Loss or share -> (steps, values) up to a step, read-only."""
        head = self.head if until is None else min(until, self.head)
        return {name: column.until(head) for name, column in self._losses.items()}

    def metric_values(self, until: int | None = None) -> Values:
        """Metric -> (steps, values) up to a step, read-only."""
        head = self.head if until is None else min(until, self.head)
        return {name: column.until(head) for name, column in self._measured.items()}

    def batch_values(self, until: int | None = None) -> Values:
        """Quantity of the minibatches (`Step.batch`) -> (steps, values) up to a step, read-only; they are not drawn."""
        head = self.head if until is None else min(until, self.head)
        return {name: column.until(head) for name, column in self._batches.items()}

    def last(self, name: str, until: int | None = None) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
        """(steps, values) of the last two measurements, or fewer if there are fewer.

        Args:
            name: a loss, share or metric; if a loss and a metric share the name, the loss.
            until: the last step to consider; None: the newest.
        """
        measured = None if name in _OF_BOTH else self._measured.get(name)
        column = self._losses.get(name) or measured or Column()
        steps, values = column.until(self.head if until is None else min(until, self.head))
        return steps[-2:], values[-2:]

    def frames(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Losses and metrics in the form of `Run.losses` and `Run.metrics`: one row per measured step."""
        import pandas as pd

        head = self.head
        index = pd.RangeIndex(1, max(head, 0) + 1, name="step")
        columns = self.loss_values(head)
        losses = pd.DataFrame({name: pd.Series(y, x).reindex(index) for name, (x, y) in columns.items()}, index=index)
        known = {step: values for step, values in self.metrics.items() if step <= head}
        metrics = pd.DataFrame(list(known.values()), index=pd.Index(list(known), name="step", dtype="int64"))
        return losses, metrics


def history_of(
    name: str,
    timeline: Timeline,
    until: int,
    recipe: Recipe,
    *,
    rows_in_a_pass: int,
    width: int,
    classes: int,
    teacher_error: float | None,
) -> History:
    """What the diagnosis reads of a run up to a step.

    Args:
        name: name of the run.
        timeline: its numbers.
        until: the step.
        recipe: the recipe of the run, with the steering.
        rows_in_a_pass: rows of one pass over the shots.
        width: number of columns of AME's matrix.
        classes: number of classes.
        teacher_error: share of the test images that the teacher answers wrongly; None if unknown.
    """
    now = recipe.at(until - 1)
    batch = min(recipe.batch_size, rows_in_a_pass)
    texts = batch if recipe.text_rows == "paired" else classes
    alone = recipe.scope == "image"
    return History(
        name=name,
        losses={term: (x.astype(np.float64), y) for term, (x, y) in timeline.loss_values(until).items()},
        metrics={term: (x.astype(np.float64), y) for term, (x, y) in timeline.metric_values(until).items()},
        batches={term: (x.astype(np.float64), y) for term, (x, y) in timeline.batch_values(until).items()},
        reading=now.reading,
        omega=now.effective_omega,
        rows=1 + texts if alone else batch + texts,
        images=1 if alone else batch,
        width=width,
        classes=classes,
        teacher_error=teacher_error,
        ambiguity=now.ambiguity,
        noise=now.noise,
    )


def _longer(columns: Columns, step: int, found: Mapping[str, float]) -> Columns:
    """`columns` with the numbers of one more step; NaN is left out."""
    fresh = [name for name in found if name not in columns]
    if fresh:
        columns = {**columns, **{name: Column() for name in fresh}}
    for name, value in found.items():
        if not math.isnan(value):
            columns[name].append(step, value)
    return columns


def _thinned(
    steps: NDArray[Any], values: NDArray[np.float64], points: int
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Every k-th point and the last, so that a growing curve mostly keeps its points."""
    stride = -(-len(steps) // max(points - 1, 1)) or 1
    where = np.arange(0, len(steps), stride)
    if len(steps) and where[-1] != len(steps) - 1:
        where = np.append(where, len(steps) - 1)
    return steps[where].astype(np.int32), values[where].astype(np.float32)
