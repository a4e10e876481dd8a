"""LiveRun: students that learn in a thread of their own while a person watches and steers."""

from __future__ import annotations

import asyncio
import os
import weakref
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from ame_explore.ame import AMEError, check_choice, check_number
from ame_explore.analysis.projection.teacher_axes import MOST_IMAGES
from ame_explore.data import PairedData
from ame_explore.data.pairs import check_data
from ame_explore.models import check_default_dtype
from ame_explore.settings import Value
from ame_explore.tasks import headless, wait_for
from ame_explore.training import Recipe, Stage
from ame_explore.widgets.lab import dials
from ame_explore.widgets.lab.engine import MOST_ARMS, Engine
from ame_explore.widgets.lab.exercise import Exercise, Sabotage, exercise_from
from ame_explore.widgets.lab.live_result import ArmResult, LiveResult, Recipes, arms_of, two_students
from ame_explore.widgets.lab.probe import Probe, probe_from, probes_token, split_token
from ame_explore.widgets.lab.probe_table import table_of
from ame_explore.widgets.lab.selection import selected
from ame_explore.widgets.lab.snapshot import scene_of, snapshot
from ame_explore.widgets.lab.worker import Viewer
from ame_explore.widgets.runtime.messages import LabState, Panel

if TYPE_CHECKING:
    import pandas as pd


class LiveRun:
    """One or more students ("arms") that learn in one worker thread, on the same minibatches, in lock-step.

    Commands do not wait; the worker follows them between two steps. (A cell that waits would block the messages of the
    page.)

        live = LiveRun({"KD": Recipe(omega=0.0), "KD + AME": Recipe()})
        live.play()
        live.set("omega", 5.0)
        live.result()

    Args:
        recipes: arm -> Recipe or token; a single Recipe or token makes one arm; None: KD and KD + AME.
        stage: data and models made before; None: the worker makes them or reads them from the cache. If
            your own data has a large test split, students are then scored on a sample of it: at most two million
            answers (test images times classes), and at least as many images as are drawn. `Stage.sampled` names the
            sample. For scores on all of it, give `Stage.for_recipe(recipe, data=...)`.
        data: your own data, which the recipes name; or, if `recipes` is None, the name of a data set.
        record: a folder in which each arm records a Run; an earlier Run of an arm of the same name is replaced. None: a
            temporary folder.
        drawn: the most test images that the maps draw.
        metrics_every: steps between measurements of the metrics; None: 20, and more if the test split has more than two
            million answers (images times classes).
        predict: ask for a prediction before the run, and lock play until there is an answer.
        exercise: sabotage one of the arms and hide how; "sabotage" or an `Exercise`. With `recipes` None there are two
            equal students of KD + AME.
        seeds: how many seeds of each arm to train, side by side.

    Raises:
        AMEError: if the recipes do not share data, shots, seed and batch size, or an argument is out of range.
    """

    def __init__(
        self,
        recipes: Recipes = None,
        *,
        stage: Stage | None = None,
        data: PairedData | str | None = None,
        record: str | os.PathLike[str] | None = None,
        drawn: int = MOST_IMAGES,
        metrics_every: int | None = None,
        predict: bool = False,
        exercise: Exercise | str | None = None,
        seeds: int = 1,
    ) -> None:
        check_default_dtype()
        named, data = (data, None) if isinstance(data, str) else (None, data)
        check_data(data)
        check_number("drawn", drawn, low=2, whole=True)
        if metrics_every is not None:
            check_number("metrics_every", metrics_every, low=1, whole=True)
        recipes, probes = _with_probes(recipes)
        folder = None if record is None else Path(record)
        if folder is not None and folder.exists() and not folder.is_dir():
            raise AMEError(f"record must be a folder, got the file {folder}: choose another path.")
        check_number("seeds", seeds, low=1, high=MOST_ARMS, whole=True)
        own = named or (data if stage is None else stage.data)
        sabotage = None
        if exercise is not None:
            if seeds > 1:
                raise AMEError(f"seeds must be 1 in an exercise, got {seeds}: leave seeds out.")
            healthy = two_students(own) if recipes is None else arms_of(recipes, own)
            sabotage = Sabotage(exercise_from(exercise), healthy)
            arms = sabotage.recipes()
        else:
            arms = dials.with_seeds(arms_of(recipes, own), seeds)
            if seeds > 1 and len(arms) > MOST_ARMS:
                raise AMEError(f"a lab holds at most {MOST_ARMS} arms: {seeds} seeds of each would be {len(arms)}.")
        self._engine = Engine(
            arms,
            stage=stage,
            data=data,
            record=folder,
            drawn=drawn,
            metrics_every=metrics_every,
            predict=predict,
            exercise=sabotage,
        )
        self._look: int | None = None
        weakref.finalize(self, self._engine.stop).atexit = False  # at exit, `start_thread` stops it
        self._engine.start()
        self._add(probes)

    def __repr__(self) -> str:
        arms = ", ".join(f"{arm.name} at {max(arm.timeline.head, 0)}" for arm in self._engine.arms)
        return f"<LiveRun {self.state}: {arms or 'no arm yet'}>"

    # Transport

    @property
    def state(self) -> str:
        """ "preparing", "paused", "playing", "finished", "failed" or "closed"."""
        return self._engine.state

    def play(self, *, unasked: bool = False) -> None:
        """Train on, at full speed or at the speed that was set.

        Args:
            unasked: play even if the lab still waits for a prediction.
        """
        self._look = None
        self._engine.put("play", force=unasked)

    def pause(self) -> None:
        """Stop after the current step."""
        self._engine.put("pause")

    def step(self, count: int = 1, *, unit: str = "step") -> None:
        """Train for a number of steps, then pause.

        Args:
            count: how many units.
            unit: "step" for minibatches, "epoch" for passes over the shots.

        Raises:
            AMEError: if `count` is not a positive whole number or `unit` is unknown.
        """
        check_number("count", count, low=1, whole=True)
        check_choice("unit", unit, ("step", "epoch"))
        self._engine.put("step", count=count, unit=unit)

    def reset(self) -> None:
        """Return to step 0 with the original recipes; steering is undone and forks are dropped.

        Dials that wait for a reset (data, shots, seed, ...) take effect: the worker prepares again. A dial that was
        turned before the first step keeps its value.
        """
        self._look = None
        self._engine.put("reset")

    def speed(self, steps_per_second: float | None) -> None:
        """Limit the speed of training.

        Args:
            steps_per_second: the most steps per second; None: full speed.

        Raises:
            AMEError: if it is not above 0.
        """
        if steps_per_second is not None:
            check_number("steps_per_second", steps_per_second, above=0)
        self._engine.put("speed", value=steps_per_second)

    # Steering

    @property
    def recipes(self) -> dict[str, Recipe]:
        """The arms' recipes, including the steering so far; while an exercise hides its fault, without it."""
        arms = self._engine.arms
        if self.hides and self._engine.exercise is not None:
            return dict(self._engine.exercise.healthy)
        return {arm.name: arm.recipe for arm in arms} if arms else dict(self._engine.base)

    def set(self, field: str, value: Value, arm: str | None = None) -> None:
        """Turn a dial. It takes effect at the next step, as an event of the recipe, or at the next reset if the data
        depends on it.

        Args:
            field: a field of the recipe.
            value: a value that the recipe accepts for it.
            arm: the arm to change. None: for omega, reading and temperature the arms that began with AME (all arms, if
                none did), for other dials all arms. Fields that arms must share to see the same minibatches always
                change in all of them.

        Raises:
            AMEError: if the recipe refuses the value, or the arm is unknown; then nothing changes.
        """
        self._check_open("set")
        arms = dials.concerned(field, self.recipes, arm)
        steps = {one.name: one.index for one in self._engine.arms}
        for name in arms:
            value = dials.checked(self.recipes[name], steps.get(name, 0), field, value)
        if field == "seed" and self._engine.families:
            raise AMEError("seed cannot be set in a lab that trains several seeds: open a new lab.")
        if field in dials.LOCK_STEP:
            arms = list(self.recipes)
        self._engine.put("set", field=field, value=value, arms=arms)

    def break_it(self, switch: str, on: bool = True) -> None:
        """Break the runs on purpose, or mend them; it acts on all arms.

        Args:
            switch: "wrong_temperature", "shuffled_pairs", "missing_normalization", "omega50_from_scratch" (which
                resets), "duplicated_rows" or "teacher_noise".
            on: True breaks the runs, False mends them.

        Raises:
            AMEError: if the switch is unknown.
        """
        self._check_open("break_it")
        check_choice("switch", switch, dials.BREAK_OF)
        self._engine.put("break", switch=switch, on=bool(on))

    def scrub(self, step: int | None) -> None:
        """Look at a recorded step (None: return to the newest). The run pauses; nothing that was trained is lost."""
        self._engine.put("scrub", step=step)
        self._look = step

    def fork(
        self,
        step: int | None = None,
        field: str | None = None,
        value: Value = None,
        arm: str | None = None,
        name: str | None = None,
        *,
        play: bool = False,
    ) -> str:
        """Start a new arm at a recorded step, with at most one dial turned; both branches go on.

        Args:
            step: the recorded step; None: the one that is being looked at, or else the newest.
            field: the dial to turn; None: none, so the fork repeats its parent exactly.
            value: the dial's value in the fork.
            arm: the parent; None: the newest arm that `set(field, ...)` would change.
            name: the name of the new arm; None: the change and its step, such as "ω 0.5 from 20".
            play: start training as soon as the fork is made.

        Returns:
            The name of the new arm.

        Raises:
            AMEError: if the step was not recorded, the change is refused, or the name is taken.
        """
        self._check_open("fork")
        engine = self._engine
        if not engine.arms:
            raise AMEError("fork: there is no arm yet; wait until the lab is prepared.")
        concerned = list(self.recipes) if field is None else dials.concerned(field, self.recipes, arm)
        if arm is not None:
            check_choice("arm", arm, [one.name for one in engine.arms])
        parent = next(one for one in engine.arms if one.name == (arm or concerned[-1]))
        if step is None:
            step = parent.timeline.head if self._look is None else min(self._look, parent.timeline.head)
        parent.timeline.check(step)
        if field is not None:
            value = dials.checked(parent.recipe, step, field, value)
        parent.forked_recipe(step, field, value)
        told = f"{parent.name} from {step}" if field is None else dials.turned(field, value) + f" from {step}"
        chosen, number = name or told, 2
        while name is None and chosen in self.recipes:
            chosen, number = f"{told} ({number})", number + 1
        if chosen in self.recipes:
            raise AMEError(f"name must be new, got {chosen!r}, which an arm already has: choose another name.")
        engine.put("fork", arm=parent.name, step=step, field=field, value=value, name=chosen, play=bool(play))
        self._look = None
        return chosen

    def restore(self, token: str | Mapping[str, Recipe]) -> None:
        """Start over with the run in a token, steering included, or with several arms.

        Probes in the token join the kept ones; a token of probes alone leaves the run as it is.

        Args:
            token: a recipe's token, with or without probes, or probes alone; or a mapping of names to recipes.

        Raises:
            AMEError: if the token is damaged, or arms do not share their minibatches.
        """
        self._check_open("restore")
        recipe, probes = _with_probes(token)
        if recipe:
            arms = arms_of(recipe, self._engine._given)
            dials.lock_step(arms)
            self._engine.put("restore", recipes=arms)
        self._add(probes)

    def _add(self, probes: Mapping[str, Probe]) -> None:
        if probes:
            self._engine.ask({"action": "add", "token": probes_token(probes)})

    def predict(self, answers: Mapping[str, Any]) -> None:
        """Answer the questions of a lab that asks for a prediction; this unlocks play."""
        self._engine.put("predict", answers=dict(answers))

    # An exercise

    @property
    def exercise(self) -> Exercise | None:
        """The exercise, without its fault; None: there is none."""
        return None if self._engine.exercise is None else self._engine.exercise.exercise

    @property
    def healthy(self) -> dict[str, Recipe]:
        """The arms' recipes before one of them was sabotaged."""
        return self.recipes if self._engine.exercise is None else dict(self._engine.exercise.healthy)

    @property
    def hides(self) -> bool:
        """Whether an exercise hides its fault, the recipes and the diagnosis."""
        return self._engine.hides

    def answer(self, answers: Mapping[str, Any]) -> None:
        """Answer the questions of an exercise.

        Args:
            answers: "who", "what", or the text of one of the teacher's questions -> answer. Any may be left out.
        """
        self._engine.put("answer", answers=dict(answers))

    def reveal(self) -> None:
        """Show the fault of an exercise, and the recipes and the diagnosis that it hides."""
        self._engine.put("reveal")

    def _check_open(self, what: str) -> None:
        if self.hides:
            raise AMEError(f"{what}: the exercise hides what this would show or change: answer or reveal it first.")

    # Probes

    def probe(self, what: Any, name: str | None = None) -> None:
        """Put something of your own into the shared space; `probes` and the lab's panel show where it lands.

        Args:
            what: a text such as "a sad cat"; an image (channels, height, width) with values in [0, 1], of the data's
                size; or the index of an image in the data.
            name: keep it under this name, as one of at most 12; None: it is the current probe until the next one.

        Raises:
            AMEError: if `what` is none of these, or has NaN or values outside [0, 1]. Problems that only the lab can
                notice, such as unknown words, appear in its panel.
        """
        plain = probe_from(what).plain()
        asked = {"action": "ask", "probe": plain} if name is None else {"action": "keep", "name": name, "probe": plain}
        self._engine.ask(asked)

    @property
    def kept_probes(self) -> dict[str, Probe]:
        """The kept probes by name."""
        return dict(self._engine.probing.kept)

    def keep_probes(self, probes: Mapping[str, Probe]) -> None:
        """Keep these probes by name, beside those that are already kept."""
        self._add(probes)

    def ask_probe(self, asked: Mapping[str, Any]) -> None:
        """Do what a page asks of the probes, see `messages.ProbeArgs`; the panel shows errors."""
        self._engine.ask(asked)

    @property
    def probes(self) -> pd.DataFrame:
        """A row for each probe and model: probe, kind, model, step, answer, share, entropy (nats), as last shown.

        The current probe's name is "". Its answer is the class text with the largest share.
        """
        return table_of(self._engine.probing, self._engine.stage)

    # One step

    def take_apart(self, place: int | None = None, *, key: str = "") -> None:
        """Take apart the step that follows the moment that is shown. The run must be paused, and does not change.

        The lab's panel "One step" shows the result. `training.take_apart` gives the numbers without a lab.

        Args:
            place: index in the minibatch of the image to show; None: the first.
            key: any text; the answer repeats it.
        """
        self._check_open("take_apart")
        self._engine.put("take_apart", place=place, key=key)

    # Selection

    def select(self, ids: Iterable[int]) -> None:
        """Select images; those that are not drawn are ignored.

        Args:
            ids: indices of the images in the data.

        Raises:
            AMEError: if an id is not a whole number.
        """
        chosen = tuple(_id(one) for one in ids)
        self._engine.put("select", ids=chosen)
        self._engine.selection = self._engine.drawn(chosen)  # so that reading the selection right away gives these

    @property
    def selection(self) -> pd.DataFrame:
        """A row for each selected image and arm.

        The columns are arm, id, caption, label, prediction (both class texts), right, entropy (nats), base (whether its
        class is a base class), step, and thumbnail (PNG in a data URI).

        The values are those of the last picture, at the step in its column. Reading this during training asks for a new
        picture, which the next read returns.
        """
        engine = self._engine
        if engine.scrubbed is None and engine.arms and not engine.stopping:
            engine.put("refresh")
        return selected(engine)

    # The end

    def result(self, timeout: float | None = None) -> LiveResult:
        """The results so far, without waiting; `LiveResult.finished` says whether the run has ended.

        With AME_HEADLESS=1 this plays the run, even if a question is open, and waits for the end.

        Args:
            timeout: the most seconds to wait with AME_HEADLESS=1; None: no limit.

        Raises:
            TimedOut: if the run does not end within `timeout` seconds.
            Exception: the error that stopped the worker, if there was one.
        """
        if headless() and self.state != "closed":
            if not self._engine.ended:
                self.play(unasked=True)
            self.wait(timeout)
        return self.so_far()

    def so_far(self) -> LiveResult:
        """The results so far, without waiting, even in a headless run.

        Raises:
            Exception: the error that stopped the worker, if there was one.
        """
        engine = self._engine
        if engine.error is not None and engine.state in ("failed", "closed"):
            raise engine.error
        arms = {}
        for arm in engine.arms:
            losses, metrics = arm.timeline.frames()
            folder = None if arm.recorder is None else arm.recorder.path
            head = max(arm.timeline.head, 0)
            recipe = arm.recipe
            if self.hides and engine.exercise is not None:
                recipe, folder = engine.exercise.healthy[arm.name], None
            arms[arm.name] = ArmResult(arm.name, recipe, head, arm.finished, losses, metrics, folder)
        finished = bool(arms) and all(arm.finished for arm in arms.values())
        answers = None if engine.exercise is None else engine.exercise.answers
        asked = engine.prediction
        timelines = {arm.name: arm.timeline for arm in engine.arms}
        predicted = None if asked is None else asked.predicted(engine.base, timelines, engine.difference)
        return LiveResult(finished, engine.state, arms, predicted, answers, engine.scratch)

    def wait(self, timeout: float | None = None) -> None:
        """Wait in a script until nothing is left to train; a paused run never ends. In a cell, `await live.done()`.

        Ctrl-C ends only the waiting, not the run.

        Args:
            timeout: the most seconds to wait; None: no limit.

        Raises:
            TimedOut: if the run does not end within `timeout` seconds.
        """
        self._wait(lambda: self._engine.ended, timeout, "end")

    def settle(self, timeout: float | None = None) -> None:
        """Wait in a script until the worker has followed all commands so far.

        Args:
            timeout: the most seconds to wait; None: no limit.

        Raises:
            TimedOut: if that takes longer than `timeout` seconds.
        """
        self._wait(lambda: self._engine.settled, timeout, "follow its commands")

    def _wait(self, reached: Callable[[], bool], timeout: float | None, what: str) -> None:
        wait_for(self._engine.changed, reached, timeout, lambda: f"the lab, which is {self.state}, did not {what}")

    async def done(self) -> LiveResult:
        """Wait for the end of the run with `await`, without blocking the page's messages (ipykernel 7 and newer)."""
        while not self._engine.ended:
            await asyncio.sleep(0.05)
        return self.result()

    def close(self) -> None:
        """End the thread and close the records; the results can still be read."""
        self._engine.stop()
        self._engine.join()

    def __enter__(self) -> LiveRun:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    # For views

    def subscribe(self, callback: Callable[[], None], *, wants: Callable[[], bool] | None = None) -> None:
        """Have the worker call `callback()` when something has changed.

        During training, drawing and callbacks get a fixed share of the worker's time.

        Args:
            callback: a function without arguments; bound methods are held weakly.
            wants: says whether the view can take a frame now; None: always.
        """
        self._engine.viewers.append(Viewer(callback, wants))
        self._engine.wake()

    def complain(self, text: str) -> None:
        """Show `text` as the reason why a command was refused."""
        if not self._engine.stopping:
            self._engine.put("complain", text=text)

    def wake(self) -> None:
        """Tell the worker that a view can take a frame."""
        self._engine.wake()

    @property
    def asks(self) -> bool:
        """Whether the lab asks for a prediction before the run."""
        return self._engine.prediction is not None

    @property
    def scene_number(self) -> int:
        """A number that increases whenever other images are drawn."""
        return self._engine.scene

    def scene(self) -> dict[str, Any] | None:
        """The parts of the view that do not change from frame to frame; None while the lab is preparing."""
        return scene_of(self._engine)

    def on_probe(self, state: Callable[[Any], None], picked: Callable[[Any], None]) -> None:
        """Have the worker pass on what probes answer.

        Args:
            state: called with each `messages.ProbeState`.
            picked: called with each `messages.Picked`.
        """
        self._engine.probing.on_state, self._engine.probing.on_picked = state, picked

    def on_one_step(self, callback: Callable[[Any], None]) -> None:
        """Have the worker call `callback` with each `messages.OneStepState` that was asked for."""
        self._engine.one_step.on_state = callback

    def probe_world(self) -> dict[str, Any]:
        """What probes this run accepts (`messages.ProbeWorld`); only the worker may call it, when there is a scene."""
        return dict(self._engine.probing.world(self._engine))

    def follow_probes(self) -> None:
        """Answer the probes again if the students have moved; only the worker may call it."""
        self._engine.probing.follow_training(self._engine)

    def view(self, *, show: Iterable[Panel] | None = None, lock: Iterable[str] = ()) -> LabState:
        """A snapshot for a cockpit.

        Args:
            show: the panels to show; None: all.
            lock: the controls that the reader cannot use.
        """
        return snapshot(self._engine, show=show, lock=lock)


def _with_probes(recipes: Any) -> tuple[Any, dict[str, Probe]]:
    """What was given, without the probes that a token may hold, and the probes; None for a token of probes alone."""
    if not isinstance(recipes, str):
        return recipes, {}
    token, probes = split_token(recipes)
    return token or (None if probes else recipes), probes


def _id(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        raise AMEError(f"ids must be whole numbers, got {value!r}: give indices of images in the data.") from None
