"""What a LiveRun shows at one moment: the frame, and the scene behind it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from ame_explore.analysis.diagnosis.diagnose import Finding, together, waiting
from ame_explore.quantities import units
from ame_explore.training import references
from ame_explore.widgets.lab import dials
from ame_explore.widgets.lab.breaking import broken_in
from ame_explore.widgets.lab.engine import Engine
from ame_explore.widgets.lab.state import arm_state, caption_at, delta, recorded, verdict
from ame_explore.widgets.lab.timeline import MOVING_POINTS, POINTS
from ame_explore.widgets.lab.turns import to_lose
from ame_explore.widgets.lab.worker import explained
from ame_explore.widgets.runtime.messages import BreakState, LabState, Panel, PredictionState
from ame_explore.widgets.runtime.messages import Finding as FindingState


def scene_of(engine: Engine) -> dict[str, Any] | None:
    """The parts of the view that do not change from frame to frame; None while the lab is preparing."""
    canvas, stage = engine.canvas, engine.stage
    if canvas is None or stage is None:
        return None
    kept = [picture for picture in engine.whole.values() if picture.step == 0]
    return {
        "ids": canvas.ids.astype(np.int32),
        "labels": canvas.labels.astype(np.int32),
        "base": np.isin(np.arange(stage.data.num_classes), stage.data.base_classes).astype(np.uint8),
        "class_names": list(canvas.class_names),
        "captions": list(canvas.captions),
        "thumbnails": canvas.thumbnails(),
        "show_images": stage.data.show_images,
        "extent": canvas.extent(*kept),
        "sampled": stage.sampled,
        "references": references(stage, engine.facts["reference_scores"]),
    }


def snapshot(engine: Engine, *, show: Iterable[Panel] | None = None, lock: Iterable[str] = ()) -> LabState:
    """The frame of this moment; see `LiveRun.view` for the arguments."""
    arms, shown, scrubbed = engine.arms, engine.shown, engine.scrubbed
    # When an earlier step is being looked at, everything is shown as it was then.
    recipes = {arm.name: arm.recipe.at(arm.index if scrubbed is None else scrubbed) for arm in arms} or engine.base
    broken = engine.broken if scrubbed is None else broken_in(recipes.values())
    begun = {arm.name: arm.recipe for arm in arms} or engine.base
    lock, head = list(lock), min((max(arm.timeline.head, 0) for arm in arms), default=0)
    step = head if scrubbed is None else scrubbed
    given = () if engine._given is None else (engine._given.name,)
    cannot = {} if engine.stage is None else engine.stage.cannot
    first = arms[0].timeline if arms else None
    points = MOVING_POINTS if engine.state == "playing" else POINTS
    hides, family = engine.hides, engine.families
    share = None if engine.canvas is None else float(engine.canvas.basis.explained_variance_ratio.sum())
    return LabState(
        state=engine.state,
        error=None if engine.error is None else explained(engine.error),
        note=engine.note,
        progress=engine.progress,
        step=step,
        steps=max((recipe.steps for recipe in recipes.values()), default=0),
        epoch=0 if first is None else int(first.epochs[min(step, first.head)]),
        steps_per_epoch=arms[0].steps_per_epoch if arms else None,
        speed=engine.speed,
        scrubbed=scrubbed,
        recorded_steps=recorded([arm.timeline for arm in arms]),
        units=units([recipe.reading for recipe in recipes.values()], kds=[recipe.kd for recipe in recipes.values()]),
        arms=[
            arm_state(arm, shown.get(arm.name), scrubbed, points, hides=hides, family=family.get(arm.name, ""))
            for arm in arms
        ],
        dials=[] if hides else dials.described(recipes, begun, engine.pending, given, lock, cannot),
        delta=delta(arms, scrubbed, engine.stepped),
        diagnosis=[] if hides else _diagnosis(engine),
        verdict=verdict(arms, engine.difference) if scrubbed is None else None,
        breaks=[
            BreakState(
                switch=one.switch,
                label=one.label,
                help=one.help,
                on=one.switch in broken,
                resets=one.needs_reset,
            )
            for one in (() if hides else dials.BREAKS)
        ],
        prediction=_prediction(engine),
        exercise=None if engine.exercise is None else engine.exercise.state(),
        selection=list(engine.selection),
        said=engine.said,
        show=None if show is None else list(show),
        locked=lock,
        caption=None if scrubbed is None else caption_at(arms, scrubbed),
        to_lose=to_lose(arms, engine.base),
        explained="" if share is None else f"{share:.0%} of the variance of the teacher's features in two axes",
    )


def _diagnosis(engine: Engine) -> list[FindingState]:
    arms = engine.arms
    findings = together({arm.name: arm.findings(engine.scrubbed) for arm in arms}) if arms else _waiting(engine)
    return [
        FindingState(level=found.level, text=found.text, advice=found.advice, sensitivity=found.sensitivity)
        for found in findings
    ]


def _waiting(engine: Engine) -> tuple[Finding, ...]:
    """What the diagnosis says before there is a run."""
    return waiting(
        "" if engine.progress is None else engine.progress["text"], ended=engine.state in ("failed", "closed")
    )


def _prediction(engine: Engine) -> PredictionState | None:
    asked = engine.prediction
    if asked is None:
        return None
    return PredictionState(
        questions=asked.questions,
        answers=asked.answers,
        outcome=asked.outcome(
            {arm.name: arm.timeline for arm in engine.arms},
            {arm.name: arm.reading_at(arm.timeline.head) for arm in engine.arms},
            engine.difference,
        ),
        waiting=not asked.answered,
    )
