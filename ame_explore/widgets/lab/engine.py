"""What the worker of a LiveRun does: arms that train in lock-step, and the commands."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ame_explore.ame import AMEError
from ame_explore.analysis.projection import axes_fact
from ame_explore.analysis.statistics import PairedInterval
from ame_explore.data import PairedData
from ame_explore.settings import SETTINGS, STEERABLE, Value
from ame_explore.training import Recipe, Stage, facts
from ame_explore.widgets.lab.arms import USUAL_ANSWERS, Arm, folder_name
from ame_explore.widgets.lab.breaking import Breaking
from ame_explore.widgets.lab.dials import BREAK_OF, families, lock_step, replaced
from ame_explore.widgets.lab.exercise import Sabotage
from ame_explore.widgets.lab.prediction import Prediction
from ame_explore.widgets.lab.probing import Probing
from ame_explore.widgets.lab.slow_motion import OneStepView
from ame_explore.widgets.lab.state import caption_at, difference, sentence
from ame_explore.widgets.lab.student_picture import MOVING, Canvas, Picture
from ame_explore.widgets.lab.temporary_folder import ScratchFolder
from ame_explore.widgets.lab.worker import Worker
from ame_explore.widgets.runtime.messages import Progress, State

MOST_ARMS = 6
SLOW = 5  # steps per second: up to this speed there is time to draw all images
SELDOM = 0.4  # seconds between two measurements: if they are further apart, frames do not wait for them
_STAGE_FIELDS = ("data", "data_seed", "teacher_seed")


class Engine(Worker):
    """State and worker of a `LiveRun`, which documents the arguments."""

    def __init__(
        self,
        recipes: Mapping[str, Recipe],
        *,
        stage: Stage | None,
        data: PairedData | None,
        record: Path | None,
        drawn: int,
        metrics_every: int | None = None,
        predict: bool = False,
        exercise: Sabotage | None = None,
    ) -> None:
        super().__init__()
        lock_step(recipes)
        self.base = dict(recipes)
        self.pending: dict[str, dict[str, Any]] = {}
        self.stage, self.scene = stage, 0
        self.canvas: Canvas | None = None
        self.arms: tuple[Arm, ...] = ()
        self.shown: dict[str, Picture] = {}
        self.whole: dict[str, Picture] = {}  # the last pictures that hold all drawn images
        self.stepped: dict[str, tuple[Picture, Picture]] = {}
        self.scrubbed: int | None = None
        self.breaking = Breaking()
        self.selection: tuple[int, ...] = ()
        self.prediction = Prediction(tuple(recipes)) if predict else None
        self.exercise = exercise
        self.difference: PairedInterval | None = None  # between the first two arms
        self.probing = Probing()
        self.one_step = OneStepView()
        self.families: dict[str, str] = {}  # see `dials.families`
        self._given = data
        self.facts: dict[str, Any] = {}
        self.scratch = ScratchFolder("ame_lab_") if record is None else None
        self.folder = self.scratch.path if self.scratch else record
        self._drawn, self._metrics_every = drawn, metrics_every
        # Whether the last step was measured, when the last measurement was, and the seconds between the last two.
        self._measured, self._measured_at, self._between = False, 0.0, 0.0
        # Whether measurements are too far apart for frames to wait for them. They must come twice as fast to change
        # this back, so that the number of images that are drawn does not flicker.
        self._seldom = False

    def begin(self) -> None:
        """Prepare the original recipes."""
        self._begin(self.base)

    def end(self) -> None:
        """Close the records."""
        for arm in self.arms:
            with contextlib.suppress(AMEError, OSError):  # the folder may be gone
                arm.close()

    def due(self, late: float) -> bool:
        """Whether to draw a frame now. At full speed, frames reuse the features of the nearest step with metrics, where
        the features of all test images are known."""
        between = self._apart
        self._seldom = between > (SELDOM / 2 if self._seldom else SELDOM)
        if self.speed or self._seldom:
            return super().due(late)
        return self._measured and late >= -between / 2

    @property
    def _apart(self) -> float:
        """Seconds between the most recent measurements."""
        return max(self._between, time.monotonic() - self._measured_at)

    def refresh(self, *, whole: bool = False) -> None:
        """Draw the arms as they are now, unless an earlier step is being looked at. Where drawing all images would slow
        down the training, only some are drawn, always the same ones."""
        if self.scrubbed is not None:
            return
        whole = whole or self.state != "playing" or (self.speed is not None and self.speed <= SLOW)
        whole = whole or (self._measured and not self.speed and not self._seldom)
        self._show({arm.name: arm.picture(most=None if whole else MOVING) for arm in self.arms})
        if not whole:  # a measured step has all images, but the number that is drawn should be steady
            self.shown = {name: picture.first(MOVING) for name, picture in self.shown.items()}

    def _show(self, pictures: dict[str, Picture]) -> None:
        self.shown = pictures
        if self.canvas is not None and all(len(one.points) == len(self.canvas.ids) for one in pictures.values()):
            self.whole = pictures

    # Preparing and training

    def _begin(self, recipes: Mapping[str, Recipe]) -> None:
        """Build data, models and arms again; if that fails, the old ones stay."""
        before, self.state = self.state, "preparing"
        self.progress = Progress(text="loading data and models", done=0, of=0)
        self._touch()
        self._present()
        try:
            first = next(iter(recipes.values()))
            old = next(iter(self.base.values()))
            stage, canvas = self.stage, self.canvas
            if stage is None or any(getattr(first, name) != getattr(old, name) for name in _STAGE_FIELDS):
                given = self._given if self._given is not None and self._given.name == first.data else None
                # Measuring all of a large test split would take longer than many steps.
                most = None if given is None else max(self._drawn, USUAL_ANSWERS // given.num_classes)
                stage, canvas = Stage.for_recipe(first, data=given, most_test=most, progress=self.told), None
            if canvas is None:
                canvas = Canvas(stage, self._drawn)
            arms = []
            for name, recipe in recipes.items():
                arm = Arm(name, recipe, stage, canvas, metrics_every=self._metrics_every)
                arm.advance()  # step 0
                arms.append(arm)
        except Exception:
            if self.arms:
                self.state = "paused" if before in ("playing", "preparing") else before
            self.progress = None
            raise
        for arm in self.arms:
            arm.close()
        if self.stage is not stage or not self.facts:
            self.facts = {**facts(stage), "map_axes": axes_fact(canvas.basis)}
        self.scene += canvas is not self.canvas
        self.stage, self.canvas, self.base, self.arms = stage, canvas, dict(recipes), tuple(arms)
        self.families = {} if self.exercise is not None else families(recipes)
        for arm in arms:
            self._record(arm)
        self.pending, self.stepped, self.scrubbed = {}, {}, None
        self.breaking.begin()
        known = set(canvas.ids.tolist())
        self.selection = tuple(one for one in self.selection if one in known)
        if self.prediction is not None:
            self.prediction = Prediction(tuple(recipes))
        self.progress, self.error, self.state, self._left = None, None, "paused", 0
        self.difference = difference(arms)
        self.refresh()
        measured_on = f" Scores are measured on {stage.sampled}, spread over the classes." if stage.sampled else ""
        self._say(sentence(arms, 0) + measured_on)
        self._touch()

    def _record(self, arm: Arm, past: Arm | None = None) -> None:
        assert self.folder is not None
        taken = {one.recorder.path.name for one in self.arms if one.recorder is not None and one is not arm}
        name = folder_name(arm.name)
        while name in taken:
            name += "-2"
        arm.record_to(self.folder / name, self.facts, past)
        if past is None and arm.recorder is not None:
            step = arm.timeline.head
            arm.recorder.log(
                step,
                metrics=arm.timeline.metrics.get(step, {}),
                features=arm.distillation.evaluation.features(),
                state=arm.distillation.state_dict(),
            )

    def tick(self) -> None:
        """Train one step of those unfinished arms that have done the fewest."""
        active = [arm for arm in self.arms if not arm.finished and arm.error is None]
        if active:
            lowest = min(arm.index for arm in active)
            for arm in active:
                if arm.index == lowest and not self.stopping:
                    self._advance(arm)
                    self.probing.serve(self)  # a learner who draws should not wait for the other arms
            measured = lowest + 1
            self._measured = self.state != "failed" and all(measured in arm.timeline.metrics for arm in active)
            if self._measured:
                now = time.monotonic()
                self._between, self._measured_at = now - self._measured_at, now
                self._say(sentence(self.arms, measured))
                self.difference = difference(self.arms)
        if self._left and self.state == "playing":
            self._left -= 1
            if not self._left:
                self._halt("paused")
        if self.state in ("playing", "paused") and all(arm.finished or arm.error for arm in self.arms):
            failed = any(arm.error for arm in self.arms)
            self._halt("failed" if failed else "finished")
            if not failed:
                self._say(f"Finished. {caption_at(self.arms, max(arm.index for arm in self.arms))}".strip())
        self._touch()

    def _advance(self, arm: Arm) -> None:
        try:
            arm.advance()
        except Exception as error:  # the cockpit shows it with the arm's name; the other arms can go on
            arm.error = str(error) or type(error).__name__
            self._fail(error)

    def _halt(self, state: State) -> None:
        self.state, self._left = state, 0
        self.refresh(whole=True)  # `LiveRun.selection` shows this when no view is open
        for arm in self.arms:
            if arm.recorder is not None and not arm.recorder.closed:
                arm.recorder.flush()

    def _check_ready(self) -> None:
        if not self.arms:
            raise AMEError("there is no student yet: the error above stopped the preparation.") from self.error

    # Commands

    def do_play(self, *, force: bool = False) -> None:
        self._check_ready()
        if self.prediction is not None and not self.prediction.answered and not force:
            raise AMEError("predict first: answering unlocks play.")
        self.scrubbed, self.stepped, self._left = None, {}, 0
        if any(not arm.finished and arm.error is None for arm in self.arms):
            self._start_clock()
            self.state, self._next_tick = "playing", time.monotonic()
            self._measured_at, self._between, self._seldom = self._next_tick, 0.0, False

    def do_pause(self) -> None:
        if self.state == "playing":
            self._halt("paused")
            self._say(f"Paused at step {min(arm.index for arm in self.arms)}.")

    def do_step(self, *, count: int = 1, unit: str = "step", last: int | None = None) -> None:
        """Train `count` units; `last` is the count of the last command when several were merged into this one."""
        self._check_ready()
        if self.prediction is not None and not self.prediction.answered:
            raise AMEError("predict first: answering unlocks the steps.")
        active = [arm for arm in self.arms if not arm.finished and arm.error is None]
        self.scrubbed = None
        if not active:
            return
        self._start_clock()
        if unit == "epoch":
            slow = min(active, key=lambda arm: arm.index)
            self._left = count * slow.steps_per_epoch - slow.index % slow.steps_per_epoch
            self.state, self.stepped, self._next_tick = "playing", {}, time.monotonic()
            return
        self._halt("paused")
        one = (last or count) == 1  # the change of a single step is shown
        said = len(self.said) and self.said[-1]["id"]
        for _ in range(count - one):
            self.tick()
        before = {arm.name: arm.picture() for arm in self.arms} if one else {}
        if one:
            self.tick()
        self.refresh()
        if said == self.said[-1]["id"]:  # no checkpoint was announced
            self._say(f"Step {min(arm.index for arm in self.arms)}.")
        self.stepped = {name: (before[name], self.shown[name]) for name in before}

    def do_speed(self, *, value: float | None) -> None:
        self.speed, self._next_tick = value, time.monotonic()

    def do_reset(self) -> None:
        recipes = self._renewed()
        self.pending = {}
        self._begin(recipes)

    def _renewed(self) -> dict[str, Recipe]:
        """The recipes with the dials that were waiting for a reset."""
        return {name: replaced(recipe, self.pending.get(name, {})) for name, recipe in self.base.items()}

    def do_restore(self, *, recipes: Mapping[str, Recipe]) -> None:
        self.pending = {}
        self._begin(recipes)
        self.breaking.clear()

    def do_set(self, *, field: str, value: Any, arms: list[str]) -> None:
        if field not in STEERABLE:
            for name in arms:
                self.pending.setdefault(name, {})[field] = value
            self._say(f"{SETTINGS[field].label}: {SETTINGS[field].label_of(value)} from the next reset on.")
            return
        self._check_ready()
        chosen = [arm for arm in self.arms if arm.name in arms]
        if not chosen:
            raise AMEError(f"{field} was not changed: there is no longer an arm {', '.join(arms)}.")
        self._turn_dials({arm: {field: value} for arm in chosen if not arm.finished} or {chosen[0]: {field: value}})
        for arm in chosen:
            if arm.index == 0 and arm.name in self.base:  # set before the first step: part of the original recipe
                self.base[arm.name] = replaced(self.base[arm.name], {field: value})
        begin = min(arm.index for arm in chosen) + 1
        self._say(f"{SETTINGS[field].label}: {SETTINGS[field].label_of(value)} from step {begin} on.")

    def _turn_dials(self, turns: Mapping[Arm, Mapping[str, Value]]) -> None:
        for arm, fields in turns.items():
            for field, value in fields.items():
                arm.set(field, value)
        if self.state == "failed" and not any(arm.error for arm in self.arms):
            self.state, self.error = "paused", None

    @property
    def _in_force(self) -> dict[str, Recipe]:
        """The current settings of the unfinished arms; if all have finished, of all."""
        going = [arm for arm in self.arms if not arm.finished] or self.arms
        return {arm.name: arm.recipe.at(arm.index) for arm in going}

    @property
    def broken(self) -> set[str]:
        """The break-it switches that are on."""
        return self.breaking.on(self._in_force)

    def do_break(self, *, switch: str, on: bool) -> None:
        self._check_ready()
        how, now = BREAK_OF[switch], self._in_force
        if on == (switch in self.broken):
            return
        if how.needs_reset:
            now = self._renewed()
            turns = self.breaking.turns(switch, on, now)
            self._begin({name: replaced(recipe, turns.get(name, {})) for name, recipe in now.items()})
        else:
            if all(arm.finished for arm in self.arms):
                raise AMEError(f"the run has finished: reset it, or fork it, to switch “{how.label}”.")
            turns = self.breaking.turns(switch, on, now)
            if not any(turns.values()):
                raise AMEError(f"“{how.label}” has nothing to act on here: {how.help}")
            self._turn_dials({arm: turns[arm.name] for arm in self.arms if turns.get(arm.name)})
        if on:
            self.breaking.note(switch, turns, now)
        self._say(f"{how.label}: {'on' if on else 'off'}.")

    def do_scrub(self, *, step: int | None) -> None:
        self._check_ready()
        if step is None:
            self.scrubbed = None
            self.refresh()
            return
        head = max(arm.timeline.head for arm in self.arms)
        if type(step) is not int or not 0 <= step <= head:
            raise AMEError(f"step must be a recorded one, from 0 to {head}, got {step!r}.")
        if self.state == "playing":
            self._halt("paused")
        self._show({arm.name: arm.picture(min(step, arm.timeline.head)) for arm in self.arms})
        self.scrubbed = step

    def do_fork(self, *, arm: str, step: int, field: str | None, value: Value, name: str, play: bool = False) -> None:
        self._check_ready()
        parents = [one for one in self.arms if one.name == arm]
        if not parents or any(one.name == name for one in self.arms):
            raise AMEError(f"arm must be an existing one, with a new name for its fork, got {arm!r} and {name!r}.")
        if len(self.arms) >= MOST_ARMS:
            raise AMEError(f"a lab holds at most {MOST_ARMS} arms: reset it to drop the forks.")
        fork = parents[0].fork(name, step, field, value)
        self._record(fork, parents[0])
        self.arms = (*self.arms, fork)
        self.breaking.fork(arm, name)
        if self.state in ("finished", "failed") and not fork.finished:
            self.state = "paused"
        self.scrubbed, self.stepped = None, {}
        self.refresh()
        self._say(f"{name} begins at step {step} of {arm}.")
        if play:
            self.do_play()

    def do_select(self, *, ids: tuple[int, ...]) -> None:
        self.selection = self.drawn(ids)

    def drawn(self, ids: tuple[int, ...]) -> tuple[int, ...]:
        """The `ids` that are drawn, without repetitions."""
        known = set() if self.canvas is None else set(self.canvas.ids.tolist())
        return tuple(dict.fromkeys(one for one in ids if one in known))

    def do_predict(self, *, answers: Mapping[str, Any]) -> None:
        if self.prediction is None:
            raise AMEError("answers: this lab asks no questions; open one with lab(..., predict=True).")
        self.prediction.answer(answers)
        self._say("Your answers are saved; play is unlocked.")

    def _start_clock(self) -> None:
        if self.exercise is not None:
            self.exercise.begin()

    def do_answer(self, *, answers: Mapping[str, Any]) -> None:
        if self.exercise is None:
            raise AMEError("answers: this lab has no exercise; open one with lab(exercise=...).")
        self.exercise.answer(answers)
        self._say("Your answers are saved.")
        if not self.exercise.hidden:
            self._say(self.exercise.state()["told"])

    def do_reveal(self) -> None:
        if self.exercise is not None and self.exercise.hidden:
            self.exercise.reveal()
            self._say(self.exercise.state()["told"])

    @property
    def hides(self) -> bool:
        """Whether an exercise hides recipes and diagnosis."""
        return self.exercise is not None and self.exercise.hidden

    def ask(self, asked: Mapping[str, Any]) -> None:
        """Ask about probes, from any thread; the answer comes after the step of one arm that is being trained.

        Args:
            asked: see `messages.ProbeArgs`.

        Raises:
            AMEError: if the lab is closed.
        """
        self.probing.waiting.append(dict(asked))
        self.put("probe")

    def do_probe(self) -> None:
        self.probing.serve(self)
        if self.state != "playing":  # the probe may have been answered during the steps before this command
            self.probing.follow_training(self)

    def do_take_apart(self, *, place: int | None, key: str = "") -> None:
        self.one_step.take_apart(self, place, key)

    def do_complain(self, *, text: str) -> None:
        raise AMEError(text)

    def do_refresh(self) -> None:
        self.refresh(whole=True)
