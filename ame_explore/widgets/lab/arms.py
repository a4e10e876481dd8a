"""One arm of a lab: a distillation with its history, which can be looked at again and forked."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from torch import Tensor

from ame_explore.ame import AMEError
from ame_explore.analysis.diagnosis.diagnose import Finding, diagnose
from ame_explore.measures.calibration import accuracy
from ame_explore.registry import readings
from ame_explore.settings import Value
from ame_explore.training import Distillation, Recipe, Recorder, Run, Stage
from ame_explore.widgets.lab.student_picture import Canvas, Picture
from ame_explore.widgets.lab.timeline import Timeline, history_of

METRICS_EVERY = 20  # steps (our choice): measuring the test split costs about as much as five steps
USUAL_ANSWERS = 2_000_000  # test images times classes up to which that holds (our choice)
SHARES_EVERY = 5
RECORD_EVERY = 100  # steps between the states in the Run on disk (0.5 MB each with digits)
MOST_RECORDED = 400  # the most states in a Run: with more than 40,000 steps they are further apart
PICTURES_EVERY = METRICS_EVERY  # steps between a Run's features, which a replay shows (metrics need them anyway)
MOST_PICTURES = 100  # with more, features are further apart, but never further than the states


class Students(Protocol):
    """What the panels that ask students read from an `Engine`."""

    @property
    def arms(self) -> tuple[Arm, ...]: ...
    @property
    def canvas(self) -> Canvas | None: ...
    @property
    def whole(self) -> Mapping[str, Picture]: ...
    @property
    def scrubbed(self) -> int | None: ...
    @property
    def state(self) -> str: ...


class Arm:
    """A student in training. Only the worker thread may use it, but other threads may read its `Timeline`.

    Args:
        name: the name of the arm.
        recipe: the recipe of the run.
        stage: data and models, shared with the other arms.
        canvas: what is drawn, shared with the other arms.
        metrics_every: steps between measurements of the metrics; None: 20, and more if the test split has more than two
            million answers (images times classes), so that measuring takes a constant share of the time.
        parent: the arm that it is a fork of; None: it is not a fork.
        fork_step: the step at which it was forked.
    """

    def __init__(
        self,
        name: str,
        recipe: Recipe,
        stage: Stage,
        canvas: Canvas,
        *,
        metrics_every: int | None = None,
        parent: Arm | None = None,
        fork_step: int | None = None,
    ) -> None:
        self.name, self.canvas, self._metrics_every = name, canvas, metrics_every
        self.parent = None if parent is None else parent.name
        self.fork_step = fork_step
        self.error: str | None = None
        rarer = max(1, math.ceil(stage.teacher_test_logits.numel() / USUAL_ANSWERS))
        self._record_every = RECORD_EVERY * max(1, math.ceil(recipe.steps / (RECORD_EVERY * MOST_RECORDED)))
        self.distillation = Distillation(
            recipe,
            stage=stage,
            shares_every=SHARES_EVERY,
            metrics_every=METRICS_EVERY * rarer if metrics_every is None else metrics_every,
            features_every=min(
                self._record_every * rarer,
                PICTURES_EVERY * max(rarer, math.ceil(recipe.steps / (PICTURES_EVERY * MOST_PICTURES))),
            ),
        )
        self.timeline = Timeline(recipe.steps)
        self.recorder: Recorder | None = None
        self._newest: Picture | None = None
        self.hits: tuple[int, tuple[Tensor, Tensor]] | None = None  # step, and `Evaluation.newest_hits` at it
        self._measured: tuple[int, Tensor, Tensor] | None = None  # step, and the features that its metrics came from
        self._token: tuple[Recipe, str] | None = None
        self._found: tuple[object, tuple[Finding, ...]] = (None, ())
        self._teacher_error = 1 - accuracy(stage.teacher_test_logits, stage.test_labels)

    @property
    def index(self) -> int:
        """Steps done."""
        return self.distillation.index

    @property
    def recipe(self) -> Recipe:
        """The recipe, including the steering so far."""
        return self.distillation.recipe

    @property
    def token(self) -> str:
        """The recipe, including the steering so far, as a token."""
        if self._token is None or self._token[0] is not self.recipe:
            self._token = self.recipe, self.recipe.token()
        return self._token[1]

    def reading_at(self, step: int) -> str:
        """The reading that H was measured with at a step."""
        return self.recipe.at(step - 1).reading

    @property
    def finished(self) -> bool:
        """Whether all steps are done."""
        return self.timeline.head >= self.distillation.recipe.steps

    @property
    def steps_per_epoch(self) -> int:
        """Minibatches in a pass over the shots."""
        rows = self.distillation.rows_in_a_pass
        return max(rows // min(self.recipe.batch_size, rows), 1)

    def advance(self) -> None:
        """Train one step; the first call gives step 0.

        Raises:
            Exception: if `Distillation` raises it.
        """
        step = next(self.distillation)
        extra: dict[str, float] = {}
        newest, texts = self.distillation.evaluation.newest, self.distillation.evaluation.newest_texts
        self._measured = (step.index, newest, texts) if step.metrics and newest is not None else None
        if step.metrics and self.distillation.evaluation.newest_hits is not None:
            self.hits = step.index, self.distillation.evaluation.newest_hits
        if step.metrics and readings[self.distillation.settings.reading].counts == "rows":
            extra["rows_that_count"] = math.exp(min(step.metrics["H"], 50.0))
        self.timeline.record(step, extra)
        if self.timeline.due(step.index):
            self.timeline.keep(step.index, self.distillation.state_dict(frozen=False))
        if self.recorder is not None and not self.recorder.closed:
            due = step.index % self._record_every == 0 or step.index == self.recipe.steps
            self.recorder.log(
                step.index,
                losses={**step.losses, **step.shares},
                metrics={**step.metrics, **extra},
                features=step.features,
                state=self.distillation.state_dict() if due else None,
            )
            if self.finished:
                self.recorder.close()

    def set(self, field: str, value: Value) -> None:
        """Turn a dial from the next step on.

        Args:
            field: the dial.
            value: its new value.

        Raises:
            AMEError: if the arm has finished or the recipe refuses the value; then nothing changes.
        """
        if self.finished:
            raise AMEError(f"{self.name} has finished: reset it, or fork it from an earlier step, to turn {field}.")
        self.distillation.set(field, value)
        self.error = None
        if self.recorder is not None and not self.recorder.closed:
            self.recorder.note(token=self.recipe.token())

    def draw(self, step: int, most: int | None = None) -> Picture:
        """Draw the current student.

        Args:
            step: the step that it has reached.
            most: how many of the canvas's images are enough; None: all. A picture that already exists may have more.
        """
        enough = len(self.canvas.ids) if most is None else min(most, len(self.canvas.ids))
        if self._newest is None or self._newest.step != step or len(self._newest.points) < enough:
            if self._measured is not None and self._measured[0] == step:
                self._newest = self.canvas.draw_measured(*self._measured[1:], step, most)
            else:
                self._newest = self.canvas.draw(self.distillation.student, step, most)
        return self._newest

    def picture(self, step: int | None = None, most: int | None = None) -> Picture:
        """Draw the student at a recorded step, by training again from the nearest checkpoint.

        Args:
            step: the recorded step; None: the newest.
            most: see `draw`; an earlier step is always drawn with all images.
        """
        if step is None or step == self.timeline.head:
            return self.draw(self.timeline.head, most)
        with self.back_at(step):
            return self.canvas.draw(self.distillation.student, step)

    @contextmanager
    def back_at(self, step: int) -> Iterator[None]:
        """Go back to a recorded step within the block, by training again from the nearest checkpoint.

        Args:
            step: the step.
        """
        now = self.distillation.state_dict()
        try:
            _run_to(self.distillation, self._whole(self.timeline.nearest(step)), step)
            yield
        finally:
            self.distillation.load_state_dict(now)

    def fork(self, name: str, step: int, field: str | None, value: Value) -> Arm:
        """A new arm that shares the past up to `step` and has one dial turned there.

        It keeps the later steering of this arm, except for that dial. Without a change it repeats this arm exactly.

        Args:
            name: the name of the new arm.
            step: the recorded step at which it starts.
            field: the dial to turn; None: none.
            value: the dial's value.

        Raises:
            AMEError: if the step was not recorded or the change is refused.
        """
        self.timeline.check(step)
        recipe = self.forked_recipe(step, field, value)
        arm = Arm(
            name,
            recipe,
            self.distillation.stage,
            self.canvas,
            metrics_every=self._metrics_every,
            parent=self,
            fork_step=step,
        )
        arm.timeline = self.timeline.until(step)
        _run_to(arm.distillation, self._whole(self.timeline.nearest(step)), step)
        arm.timeline.keep(step, arm.distillation.state_dict(frozen=False))
        return arm

    def forked_recipe(self, step: int, field: str | None, value: Value) -> Recipe:
        """The recipe of a fork; the arguments are those of `fork`.

        Raises:
            AMEError: if the change is refused.
        """
        if field is None:
            return self.recipe
        events = tuple(event for event in self.recipe.events if event.step <= step or event.field != field)
        return dataclasses.replace(self.recipe, events=events).with_event(step, field, value)

    def record_to(self, folder: Path, facts: Mapping[str, Any], past: Arm | None = None) -> None:
        """Record a Run from here on.

        Args:
            folder: where the Run is written; an earlier Run there is replaced.
            facts: notes to store in it.
            past: the arm whose record is copied into it first.
        """
        # Not durable: waiting for a busy disk would delay the training and the response to pause.
        recorder = Run.recorder(
            folder, recipe=self.recipe.to_dict(), overwrite=True, flush_every=RECORD_EVERY, durable=False
        )
        recorder.note(**facts, arm=self.name, token=self.recipe.token(), parent=self.parent, fork_step=self.fork_step)
        self.recorder = recorder
        if past is None or past.recorder is None:
            return
        past.recorder.flush()
        before = Run.open(past.recorder.path)
        for step in range(self.timeline.head + 1):
            metrics = self.timeline.metrics.get(step, {})
            features = before.features(step) if step in before.feature_steps else None
            state = before.state(step) if step in before.state_steps else None
            recorder.log(step, losses=self.timeline.at(step), metrics=metrics, features=features, state=state)
        if self.finished:
            recorder.close()

    def close(self) -> None:
        """Close its record."""
        if self.recorder is not None and not self.recorder.closed:
            self.recorder.close("finished" if self.finished else "failed" if self.error else "interrupted")

    def findings(self, until: int | None = None) -> tuple[Finding, ...]:
        """The diagnosis up to a step."""
        head = self.timeline.head if until is None else min(until, self.timeline.head)
        key = head, self.token, self.error
        if self._found[0] != key:
            self._found = key, self._diagnosed(head)
        return self._found[1]

    def _diagnosed(self, head: int) -> tuple[Finding, ...]:
        found = diagnose(
            history_of(
                self.name,
                self.timeline,
                head,
                self.recipe,
                rows_in_a_pass=self.distillation.rows_in_a_pass,
                width=self.distillation.ame.manifold.manifold_dim,
                classes=self.distillation.stage.data.num_classes,
                teacher_error=self._teacher_error,
            )
        )
        if self.error is None:
            return found
        return (Finding("alarm", "stopped", f"{self.name} stopped: {self.error}"), *found)

    def _whole(self, step: int) -> dict[str, Tensor]:
        state = self.distillation.state_dict()
        frozen = {name: value for name, value in state.items() if self.distillation.is_frozen(name)}
        return {**frozen, **self.timeline.checkpoints[step]}


def _run_to(distillation: Distillation, state: Mapping[str, Tensor], step: int) -> None:
    """Train from a checkpoint to `step`, exactly as the first time."""
    distillation.load_state_dict(state)
    distillation._started = True  # step 0 was yielded before the checkpoint was made
    while distillation.index < step:
        next(distillation)


def folder_name(name: str) -> str:
    """`name` in a form that can name a folder."""
    spelled = name.lower().replace("ω", "omega").replace("τ", "tau")
    return re.sub(r"[^a-z0-9]+", "-", spelled).strip("-") or "arm"
