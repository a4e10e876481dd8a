"""The probes of a lab, in its worker's thread: the current probe, the kept ones, and the walk between two."""

from __future__ import annotations

import copy
import math
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Literal

import torch

from ame_explore.ame import AMEError
from ame_explore.models import Student
from ame_explore.widgets.lab.arms import Students
from ame_explore.widgets.lab.probe import MOST_KEPT, MOST_NAME, Probe, probe_of, probes_token, split_token
from ame_explore.widgets.lab.probe_answers import Model, Prober, pixels_of
from ame_explore.widgets.runtime.messages import KeptProbe, Picked, ProbeState, ProbeWorld, Walk

ACTIONS = ("ask", "clear", "keep", "forget", "rename", "walk", "add", "pick")
APART = 0.25  # seconds between answers that no one asked for
CURRENT = ""  # the name of the probe that is being drawn or typed
_MOST_ASKER = 64  # characters of a page's name


class Probing:
    """The current probe, the kept ones and the walk of an `Engine`. Only its worker may call `follow` and `state`.

    An error never leaves `follow`: the panel shows it, and training goes on.

    Attributes:
        kept: the kept probes by name.
        waiting: requests that were not followed yet; any thread may append to them.
        last: the last answers.
        on_state: called with each `messages.ProbeState` that answers an action.
        on_picked: called with the pixels of an image that the learner wants to draw on.
    """

    def __init__(self) -> None:
        self.current: Probe | None = None
        self.kept: dict[str, Probe] = {}
        self.waiting: deque[dict[str, Any]] = deque()
        self.last: ProbeState | None = None
        self.on_state: Callable[[ProbeState], None] | None = None
        self.on_picked: Callable[[Picked], None] | None = None
        self._between: tuple[str, str] | None = None
        self._error: str | None = None
        self._asked: tuple[str, int] = ("", 0)
        self._prober: Prober | None = None
        self._seen: object = None
        self._told = -math.inf  # when
        self._earlier: dict[tuple[int, int], Student] = {}

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show."""
        return self.current is None and not self.kept and self._error is None

    def prober(self, engine: Students) -> Prober:
        """The prober of the engine's canvas.

        Raises:
            AMEError: if nothing is prepared yet.
        """
        if engine.canvas is None:
            raise AMEError("The lab is still preparing: wait a moment.")
        if self._prober is None or self._prober.canvas is not engine.canvas:
            self._prober = Prober(engine.canvas)
            self._earlier.clear()
            self._drop_misfits()
        return self._prober

    def _drop_misfits(self) -> None:
        """Forget probes that do not fit the new data."""
        assert self._prober is not None
        for name, probe in list(self.kept.items()):
            try:
                self._prober.world.check(probe)
            except AMEError:
                del self.kept[name]
        try:
            if self.current is not None:
                self._prober.world.check(self.current)
        except AMEError:
            self.current = None

    def world(self, engine: Students) -> ProbeWorld:
        """What a page must know to offer probes."""
        world = self.prober(engine).world
        return ProbeWorld(
            shape=None if world.image_shape is None else list(world.image_shape),
            ground=[int(value) for value in world.ground],
            reads_text=world.reads_text,
            cannot=world.cannot,
        )

    def serve(self, engine: Students) -> None:
        """Follow the waiting requests; of several questions about a probe in a row, only the last.

        Args:
            engine: the engine.
        """
        while self.waiting:
            asked = self.waiting.popleft()
            following = self.waiting[0] if self.waiting else {}
            if not asked.get("action") == following.get("action") == "ask":
                self.follow(engine, asked)

    def follow(self, engine: Students, arguments: Mapping[str, Any]) -> None:
        """Do what a page or a script asks for.

        Args:
            engine: the engine.
            arguments: "action", one of `ACTIONS`, with its arguments; see `messages.ProbeArgs`.
        """
        by, n = arguments.get("by"), arguments.get("n")
        if isinstance(by, str) and type(n) is int and abs(n) < 1 << 31:
            self._asked = by[:_MOST_ASKER], n
        self._error = None
        try:
            self._act(engine, arguments)
        except AMEError as error:
            self._error = str(error)
        except Exception:  # a page can send anything, and a user's own model can fail on a strange image
            self._error = "This probe could not be followed; the run goes on."
        self._tell(engine)

    def _tell(self, engine: Students) -> None:
        self._told = time.monotonic()
        state = self.state(engine)
        self.last = state or self.last
        if self.on_state is not None and state is not None:
            self.on_state(state)

    def _act(self, engine: Students, arguments: Mapping[str, Any]) -> None:
        action, name = arguments.get("action"), arguments.get("name")
        prober = self.prober(engine)
        if action == "ask":
            self.current = None
            self.current = self._checked(prober, probe_of(arguments.get("probe")))
        elif action == "clear":
            self.current = None
            self._end_walk(CURRENT)
        elif action == "keep":
            probe = probe_of(arguments.get("probe"))
            self._keep({self._new_name(name, probe): self._checked(prober, probe)})
        elif action == "add":
            token = arguments.get("token")
            found = split_token(token)[1] if isinstance(token, str) else {}
            if not found:
                raise AMEError("The token holds no probes: it must contain “probes1:”.")
            self._keep({key: self._checked(prober, probe) for key, probe in found.items()})
        elif action in ("forget", "rename"):
            if name not in self.kept:
                raise AMEError("There is no kept probe of this name.")
            if action == "forget":
                del self.kept[name]
                self._end_walk(name)
            else:
                new = self._new_name(arguments.get("to"), self.kept[name])
                self.kept = {new if key == name else key: probe for key, probe in self.kept.items()}
                if self._between is not None:
                    first, second = (new if end == name else end for end in self._between)
                    self._between = first, second
        elif action == "walk":
            ends = arguments.get("between")
            if ends is None:
                self._between = None
                return
            if not isinstance(ends, (list, tuple)) or len(ends) != 2 or not all(isinstance(end, str) for end in ends):
                raise AMEError("A walk must go between two probes.")
            if ends[0] == ends[1]:
                raise AMEError("A walk needs two different probes: keep one, and draw or keep another.")
            for end in ends:
                self._at(end)
            self._between = ends[0], ends[1]
        elif action == "pick":
            if self.on_picked is not None:
                id_ = arguments.get("id")
                whole = int(id_) if type(id_) is int or (isinstance(id_, float) and id_.is_integer()) else -1
                pixels = pixels_of(prober.world, whole)
                role: Literal["first", "second"] = "second" if arguments.get("role") == "second" else "first"
                self.on_picked(Picked(by=self._asked[0], id=whole, role=role, pixels=pixels))
        else:
            raise AMEError(f"A probe can do one of {', '.join(ACTIONS)}.")

    def _checked(self, prober: Prober, probe: Probe) -> Probe:
        prober.world.check(probe)
        prober.features(prober.teacher, [probe])  # raises what the text tower refuses
        return probe

    def _keep(self, probes: Mapping[str, Probe]) -> None:
        kept = {**self.kept, **{name: probe.named(name) for name, probe in probes.items()}}
        if len(kept) > MOST_KEPT:
            raise AMEError(f"At most {MOST_KEPT} probes can be kept: forget one first.")
        self.kept = kept

    def _new_name(self, name: Any, probe: Probe) -> str:
        given = name.strip()[:MOST_NAME] if isinstance(name, str) else ""
        if given:
            return given
        told = probe.text.strip()[:MOST_NAME] if probe.kind == "text" else "probe"
        chosen, number = told, 2
        while chosen in self.kept:
            chosen, number = f"{told[: MOST_NAME - 4]} {number}", number + 1
        return chosen

    def _end_walk(self, name: str) -> None:
        if self._between is not None and name in self._between:
            self._between = None

    def _at(self, name: str) -> Probe:
        probe = self.current if name == CURRENT else self.kept.get(name)
        if probe is None:
            raise AMEError(
                "Draw or type something first: one end of the walk is what you put in now."
                if name == CURRENT
                else "One end of the walk is no longer kept."
            )
        return probe

    # What is shown

    def models(self, engine: Students) -> list[Model]:
        """The teacher and the arms, at the step that is being looked at."""
        prober = self.prober(engine)
        found = [prober.teacher]
        for arm in engine.arms:
            picture = engine.whole.get(arm.name)
            step = arm.timeline.head if engine.scrubbed is None else min(engine.scrubbed, arm.timeline.head)
            if picture is None:  # a fork that was not drawn in full yet
                picture = arm.draw(arm.timeline.head)
            student = arm.distillation.student
            if step != arm.timeline.head:
                key = id(arm), step
                if key not in self._earlier:
                    self._earlier = {k: one for k, one in self._earlier.items() if k[1] == step}
                    with arm.back_at(step):
                        self._earlier[key] = copy.deepcopy(student)
                student = self._earlier[key]
            images = torch.from_numpy(picture.features).to(prober.stage.device)
            found.append(Model(arm.name, step, student, images))
        return found

    def follow_training(self, engine: Students) -> None:
        """Answer again if there is a probe and the students have moved since."""
        if engine.state == "playing" and time.monotonic() - self._told < APART:
            return  # `serve` answers a learner who draws
        if engine.arms and not self.empty and self._seen != self._mark(engine):
            self._tell(engine)

    def _mark(self, engine: Students) -> object:
        arms = [(arm.name, arm.index) for arm in engine.arms]
        return arms, engine.scrubbed, id(engine.canvas), {name: one.step for name, one in engine.whole.items()}

    def state(self, engine: Students) -> ProbeState | None:
        """The answers now; None before anything is prepared."""
        try:
            return self._state(engine)
        except Exception as error:  # as in `follow`
            self.current, self._between = None, None
            told = str(error) if isinstance(error, AMEError) else "The models could not answer this probe."
            by, n = self._asked
            return ProbeState(by=by, n=n, error=told, remark="", kind=None, answers=[], kept=[], walk=None, token="")

    def _state(self, engine: Students) -> ProbeState | None:
        if not engine.arms:
            return None
        self._seen = self._mark(engine)
        prober, models, probe = self.prober(engine), self.models(engine), self.current
        names = list(self.kept)
        marks = prober.marks([self.kept[name] for name in names], models)
        walk = None
        if self._between is not None and all(end == CURRENT or end in self.kept for end in self._between):
            first, second = self._between
            if self.current is not None or CURRENT not in self._between:
                try:
                    paths = prober.walk(self._at(first), self._at(second), models)
                    walk = Walk(first=first, second=second, paths=paths)
                except AMEError as error:
                    self._between, self._error = None, str(error)
        by, n = self._asked
        return ProbeState(
            by=by,
            n=n,
            error=self._error,
            remark="" if probe is None else prober.world.remark(probe),
            kind=None if probe is None else probe.kind,
            answers=[] if probe is None else prober.answers(probe, models),
            kept=[
                KeptProbe(
                    name=name,
                    kind=self.kept[name].kind,
                    text=self.kept[name].text,
                    id=self.kept[name].id,
                    pixels=self.kept[name].pixels,
                    marks=of_model,
                )
                for name, of_model in zip(names, marks, strict=True)
            ],
            walk=walk,
            token=probes_token(self.kept),
        )
