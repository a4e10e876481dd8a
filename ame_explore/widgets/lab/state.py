"""What a cockpit shows, as one value; and the rows and sentences in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ame_explore.quantities import quantity, significant
from ame_explore.widgets.lab.arms import Arm
from ame_explore.widgets.lab.picture import Picture
from ame_explore.widgets.lab.steering import turns
from ame_explore.widgets.lab.timeline import POINTS, Series, Timeline

STATES = ("preparing", "paused", "playing", "finished", "failed", "closed")
_LOSSES = ("total", "kd", "ame", "H", "share.ame")
_METRICS = ("base_accuracy", "new_accuracy", "harmonic_mean", "predictive_entropy", "cosine_with_text")
Cell = str | dict[str, float | None]


@dataclass(frozen=True)
class ArmState:
    """One arm; manifold: points (N, 2), anchors (C, 2), prediction (N,), entropy (N,), or None before the first."""

    name: str
    label: str
    step: int
    recipe_token: str
    finished: bool
    parent: str | None
    fork_step: int | None
    error: str | None
    manifold: dict[str, Any] | None
    series: dict[str, dict[str, Any]]
    turns: list[dict[str, Any]]


@dataclass(frozen=True)
class LabState:
    """A consistent snapshot of a LiveRun; the fields are those of a frame for the browser.

    Attributes:
        state: one of `STATES`. error: what stopped it, or the last command that could not be followed. note: likewise,
            for what did not stop it. progress: {"text", "done", "of"} while preparing.
        step: of the slowest arm, or the scrubbed one. scrubbed: the recorded step that is looked at, None at the head.
        difference: {"of": [treated, reference], "series": ...}, the second arm minus the first.
        caption: of the step that is looked back at; None at the head, where the last of `said` is it.
        to_lose: what a reset would drop, in words; empty for nothing.
    """

    state: str
    error: str | None = None
    note: str | None = None
    progress: dict[str, Any] | None = None
    step: int = 0
    steps: int = 0
    epoch: int = 0
    steps_per_epoch: int | None = None
    speed: float | None = None
    scrubbed: int | None = None
    recorded_steps: list[int] = field(default_factory=list)
    arms: list[ArmState] = field(default_factory=list)
    dials: list[dict[str, Any]] = field(default_factory=list)
    delta: dict[str, Any] = field(default_factory=lambda: {"columns": [], "rows": []})
    diagnosis: list[dict[str, str]] = field(default_factory=list)
    breaks: list[dict[str, Any]] = field(default_factory=list)
    prediction: dict[str, Any] | None = None
    selection: list[int] = field(default_factory=list)
    said: list[dict[str, Any]] = field(default_factory=list)
    show: list[str] | None = None
    locked: list[str] = field(default_factory=list)
    difference: dict[str, Any] | None = None
    explained: str = ""
    caption: str | None = None
    to_lose: str = ""

    def body(self) -> dict[str, Any]:
        """The fields as a mapping, arrays as they are."""
        return dict(vars(self))


def arm_state(arm: Arm, picture: Picture | None, until: int | None, points: int = POINTS) -> ArmState:
    """One arm for a frame, its curves whole (of at most `points` points), its picture the one that is given."""
    manifold = None
    if picture is not None:
        manifold = {name: getattr(picture, name) for name in ("points", "anchors", "prediction", "entropy")}
        manifold["step"] = picture.step
    head = arm.timeline.head
    label = arm.name if arm.parent is None else f"{arm.name}: a fork of {arm.parent} at step {arm.fork_step}"
    return ArmState(
        name=arm.name,
        label=label,
        step=max(head, 0) if until is None else min(until, head),
        recipe_token=arm.token,
        finished=arm.finished,
        parent=arm.parent,
        fork_step=arm.fork_step,
        error=arm.error,
        manifold=manifold,
        series=_plain(arm.timeline.series(points=points)),
        turns=turns(arm.recipe, max(head, 0)),
    )


def _plain(series: Series) -> dict[str, dict[str, Any]]:
    return {name: {"x": x, "y": y} for name, (x, y) in series.items() if len(x)}


def difference(treated: Arm, reference: Arm) -> dict[str, Any]:
    """The first arm minus the second, at the steps where both were measured."""
    found = {}
    pairs = [(arm.timeline.loss_values(), arm.timeline.metric_values()) for arm in (treated, reference)]
    for kind, names in ((0, ("kd", "H")), (1, _METRICS)):
        for name in names:
            ours, theirs = pairs[0][kind].get(name), pairs[1][kind].get(name)
            if ours is None or theirs is None:
                continue
            steps, mine, other = np.intersect1d(ours[0], theirs[0], assume_unique=True, return_indices=True)
            stride = -(-len(steps) // POINTS) or 1
            y = (ours[1][mine] - theirs[1][other]).astype(np.float32)
            found[name] = {"x": steps[::stride].astype(np.int32), "y": y[::stride]}
    return {"of": [treated.name, reference.name], "series": found}


def delta(arms: Sequence[Arm], until: int | None, stepped: Mapping[str, tuple[Picture, Picture]]) -> dict[str, Any]:
    """What the last step changed: one row per quantity, one column per arm.

    A cell is text, or {"value", "change"}: numbers, the change None where there is none. Quantities that are not
    measured at every step stand below a row of its own that names the steps between which they changed.

    Args:
        arms: the arms.
        until: the step that is looked back at; None at the head.
        stepped: pictures of the arms before and after a single step, where such a step was the last thing done.
    """
    heads = {arm.name: arm.timeline.head if until is None else min(until, arm.timeline.head) for arm in arms}
    rows: list[list[Cell]] = []
    for names, every in ((_LOSSES[:-1], True), (_LOSSES[-1:], False), (_METRICS, False)):
        ends = {name: [arm.timeline.last(name, heads[arm.name]) for arm in arms] for name in names}
        block: list[list[Cell]] = [
            [quantity(name).title, *(_cell(*values.tolist()) for _, values in columns)]
            for name, columns in ends.items()
            if any(len(values) for _, values in columns)
        ]
        spans = {tuple(steps.tolist()) for columns in ends.values() for steps, _ in columns if len(steps)}
        if block and not every:
            if len(spans) == 1:
                (steps,) = spans
                rows.append([f"from step {steps[0]} to {steps[1]}" if len(steps) == 2 else f"at step {steps[0]}"])
            else:
                rows.append(["at the last checkpoints of each"])
        rows += block
    known = all(arm.name in stepped and stepped[arm.name][1].step == heads[arm.name] for arm in arms)
    if until is None and stepped and known:
        pairs = [stepped[arm.name] for arm in arms]
        changed = [int((before.prediction != after.prediction).sum()) for before, after in pairs]
        turned = [float(np.arccos(np.clip((b.features * a.features).sum(1), -1, 1)).mean()) for b, a in pairs]
        entropies = [(float(b.entropy.mean()), float(a.entropy.mean())) for b, a in pairs]
        rows.append([f"the {len(pairs[0][0].prediction)} drawn images, in this step"])
        rows.append(["answers changed", *(str(n) for n in changed)])
        rows.append(["features turned by", *(f"{significant(np.degrees(angle))}°" for angle in turned)])
        rows.append(["predictive entropy now", *(_cell(b, a) for b, a in entropies)])
    return {"columns": ["", *(arm.name for arm in arms)], "rows": rows}


def _cell(*values: float) -> Cell:
    if not values:
        return "–"
    if len(values) == 1:
        return {"value": values[0], "change": None}
    change = values[1] - values[0]
    rounding = 1e-5 * max(abs(values[0]), 1e-2)
    return {"value": values[1], "change": 0.0 if abs(change) < rounding else change}


def sentence(arms: Sequence[Arm], step: int) -> str:
    """A checkpoint in one sentence, for who cannot see the curves."""
    parts = []
    for arm in arms:
        metrics = arm.timeline.metrics.get(step)
        if metrics is None:
            continue
        entropy = arm.timeline.at(step).get("H")
        words = f"{arm.name}: base accuracy {metrics['base_accuracy']:.0%}, new {metrics['new_accuracy']:.0%}"
        parts.append(words + ("" if entropy is None else f", H {quantity('H').with_unit(entropy)}"))
    steps = max((arm.recipe.steps for arm in arms), default=0)
    return f"Step {step} of {steps}. " + "; ".join(parts) + "."


def caption_at(arms: Sequence[Arm], step: int) -> str:
    """The sentence of the last checkpoint that all arms had by `step`."""
    measured = [{place for place in arm.timeline.metrics if place <= step} for arm in arms]
    common = set.intersection(*measured) if measured else set()
    return sentence(arms, max(common)) if common else ""


def recorded(timelines: Sequence[Timeline]) -> list[int]:
    """The steps that can be gone back to, thinned to what a slider can show; the newest is always there."""
    head = max((timeline.head for timeline in timelines), default=-1)
    stride = -(-(head + 1) // POINTS) or 1
    steps = list(range(0, head + 1, stride))
    return steps if not steps or steps[-1] == head else [*steps, head]
