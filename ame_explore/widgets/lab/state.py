"""The arms, table rows and sentences of a `messages.LabState`, which is what a cockpit shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np

from ame_explore.analysis.statistics import PairedInterval, paired_harmonic_interval
from ame_explore.quantities import NOTHING, UNDECIDED, ordered, quantity, significant
from ame_explore.training import Recipe
from ame_explore.widgets.lab.arms import Arm
from ame_explore.widgets.lab.student_picture import Picture
from ame_explore.widgets.lab.timeline import POINTS, Series, Timeline
from ame_explore.widgets.lab.turns import turns
from ame_explore.widgets.runtime.messages import ArmState, Change, Delta, Manifold, Verdict
from ame_explore.widgets.runtime.messages import Series as Curve


class ShownArm(Protocol):
    """What views read from an arm, which is in training or recorded."""

    @property
    def name(self) -> str: ...
    @property
    def parent(self) -> str | None: ...
    @property
    def fork_step(self) -> int | None: ...
    @property
    def error(self) -> str | None: ...
    @property
    def timeline(self) -> Timeline: ...
    @property
    def recipe(self) -> Recipe: ...
    @property
    def token(self) -> str: ...
    @property
    def finished(self) -> bool: ...
    def reading_at(self, step: int) -> str: ...


def arm_state(
    arm: ShownArm,
    picture: Picture | None,
    until: int | None,
    points: int = POINTS,
    *,
    hides: bool = False,
    family: str = "",
) -> ArmState:
    """One arm for a frame.

    Args:
        arm: the arm.
        picture: what to draw of it; None: nothing.
        until: the step that is being looked at; None: the newest. The curves always go to the newest.
        points: the most points of a curve.
        hides: leave out what would show its recipe.
        family: see `messages.ArmState`.
    """
    manifold = None
    if picture is not None:
        manifold = Manifold(
            step=picture.step,
            points=picture.points,
            anchors=picture.anchors,
            prediction=picture.prediction,
            entropy=picture.entropy,
        )
    head = arm.timeline.head
    label = arm.name if arm.parent is None else f"{arm.name}: a fork of {arm.parent} at step {arm.fork_step}"
    return ArmState(
        name=arm.name,
        label=label,
        step=max(head, 0) if until is None else min(until, head),
        recipe_token="" if hides else arm.token,
        finished=arm.finished,
        parent=arm.parent,
        fork_step=arm.fork_step,
        family=family,
        error=arm.error,
        manifold=manifold,
        series=_plain(arm.timeline.series(points=points)),
        turns=[] if hides else turns(arm.recipe, max(head, 0)),
    )


def _plain(series: Series) -> dict[str, Curve]:
    return {name: Curve(x=x, y=y) for name, (x, y) in series.items() if len(x)}


def delta(arms: Sequence[ShownArm], until: int | None, stepped: Mapping[str, tuple[Picture, Picture]]) -> Delta:
    """What the last step changed: one row per quantity, one column per arm.

    The rows are the recorded quantities that are declared for a group of curves, so that a new quantity appears by
    itself. Below them are those that the last step did not measure, under a row that says between which steps they
    changed.

    Args:
        arms: the arms.
        until: the step that is being looked at; None: the newest.
        stepped: the arms' pictures before and after the last step, if a single step was the last command.
    """
    heads = [arm.timeline.head if until is None else min(until, arm.timeline.head) for arm in arms]
    readings = [arm.reading_at(head) for arm, head in zip(arms, heads, strict=True)]
    losses = ordered({name for arm in arms for name in arm.timeline.loss_values(0)})
    metrics = ordered({name for arm in arms for name in arm.timeline.metric_values(0)} - set(losses))
    rows: list[list[str | Change]] = []
    older: dict[str, list[list[str | Change]]] = {}  # by the steps of their change
    for name in [*losses, *metrics]:
        what = quantity(name, readings)
        columns = [arm.timeline.last(name, head) for arm, head in zip(arms, heads, strict=True)]
        spans = [tuple(steps.tolist()) for steps, _ in columns]
        if not what.group or not any(spans):
            continue
        row: list[str | Change] = [what.title, *(_cell(*values.tolist()) for _, values in columns)]
        newest = all(span in ((), (1,), (head - 1, head)) for span, head in zip(spans, heads, strict=True))
        (rows if newest else older.setdefault(_between({span for span in spans if span}), [])).append(row)
    for steps, block in older.items():
        rows += [[steps], *block]
    known = all(
        arm.name in stepped and stepped[arm.name][1].step == head for arm, head in zip(arms, heads, strict=True)
    )
    if until is None and stepped and known:
        pairs = [stepped[arm.name] for arm in arms]
        changed = [int((before.prediction != after.prediction).sum()) for before, after in pairs]
        turned = [float(np.arccos(np.clip((b.features * a.features).sum(1), -1, 1)).mean()) for b, a in pairs]
        entropies = [(float(b.entropy.mean()), float(a.entropy.mean())) for b, a in pairs]
        rows.append([f"the {len(pairs[0][0].prediction)} drawn images, in this step"])
        rows.append([quantity("answers_changed").title, *(quantity("answers_changed").text(n) for n in changed)])
        rows.append([quantity("features_turned").title, *(significant(np.degrees(angle)) for angle in turned)])
        rows.append([quantity("predictive_entropy").title, *(_cell(b, a) for b, a in entropies)])
    return Delta(columns=["", *(arm.name for arm in arms)], rows=rows)


def _between(spans: set[tuple[int, ...]]) -> str:
    """The steps of the last two measurements, in words; there may be only one, and arms may have different steps."""
    if len(spans) > 1:
        return "at the last checkpoints of each"
    (steps,) = spans
    return f"from step {steps[0]} to {steps[1]}" if len(steps) == 2 else f"at step {steps[0]}"


def _cell(*values: float) -> str | Change:
    if not values:
        return "–"
    if len(values) == 1:
        return significant(values[0])
    change = values[1] - values[0]
    if abs(change) < 1e-5 * max(abs(values[0]), 1e-2):  # rounding
        return Change(value=significant(values[1]), trend="same", by="")
    return Change(value=significant(values[1]), trend="up" if change > 0 else "down", by=significant(abs(change), 2))


def difference(arms: Sequence[Arm]) -> PairedInterval | None:
    """The harmonic mean of the second arm minus that of the first, at their last measurement, with its interval.

    The interval is over the test images, so it says nothing about other seeds.

    Args:
        arms: the arms.

    Returns:
        None with fewer than two arms, or if they were not measured at the same step.
    """
    if len(arms) < 2 or arms[0].hits is None or arms[1].hits is None or arms[0].hits[0] != arms[1].hits[0]:
        return None
    before, after = ([side.numpy() for side in hits] for _, hits in (arms[0].hits, arms[1].hits))
    return paired_harmonic_interval((after[0], after[1]), (before[0], before[1]))


def verdict(arms: Sequence[Arm], interval: PairedInterval | None) -> Verdict | None:
    """What a difference between the first two arms amounts to, in words.

    Args:
        arms: the arms.
        interval: what `difference` returns for them.
    """
    if interval is None:
        return None
    first, second = arms[0], arms[1]
    what = quantity("harmonic_mean")
    change = f"{what.text(interval.mean, signed=True)} {what.limits_text(interval)}".strip()
    if interval.defined:
        found = NOTHING if interval.verdict == NOTHING else f"{second.name} {interval.verdict}"
        text = f"{found}: {change}"
    elif interval.mean == 0:
        found = text = "same answers"
    else:
        found, text = UNDECIDED, f"{UNDECIDED}: {change}"
    details = (
        f"{second.name} minus {first.name} at step {second.timeline.head}, on the same {interval.n:,} test images. The "
        "interval says how much other test images could change this at 95 %; another seed can change it more."
    )
    return Verdict(term="harmonic_mean", short=found, text=text, details=details)


def sentence(arms: Sequence[Arm], step: int) -> str:
    """The metrics at `step` in one sentence, for readers who cannot see the curves."""
    parts = []
    for arm in arms:
        metrics = arm.timeline.metrics.get(step)
        if metrics is None:
            continue
        entropy = arm.timeline.at(step).get("H")
        words = f"{arm.name}: base accuracy {metrics['base_accuracy']:.0%}, new {metrics['new_accuracy']:.0%}"
        parts.append(
            words + ("" if entropy is None else f", H {quantity('H', [arm.reading_at(step)]).with_unit(entropy)}")
        )
    steps = max((arm.recipe.steps for arm in arms), default=0)
    return f"Step {step} of {steps}. " + "; ".join(parts) + "."


def caption_at(arms: Sequence[Arm], step: int) -> str:
    """The sentence of the last step up to `step` at which all arms were measured."""
    measured = [{place for place in arm.timeline.metrics if place <= step} for arm in arms]
    common = set.intersection(*measured) if measured else set()
    return sentence(arms, max(common)) if common else ""


def recorded(timelines: Sequence[Timeline]) -> list[int]:
    """The steps that a reader can go back to, thinned to what a slider can show; the newest is always among them."""
    head = max((timeline.head for timeline in timelines), default=-1)
    stride = -(-(head + 1) // POINTS) or 1
    steps = list(range(0, head + 1, stride))
    return steps if not steps or steps[-1] == head else [*steps, head]
