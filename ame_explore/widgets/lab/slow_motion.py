"""One training step in slow motion: what `training.take_apart` finds, on the map and in words."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ame_explore.ame import AMEError
from ame_explore.models import one_thread
from ame_explore.quantities import number, quantity, significant
from ame_explore.registry import readings
from ame_explore.training import OneStep, take_apart
from ame_explore.widgets.lab.arms import Arm, Students
from ame_explore.widgets.lab.atlas import MOST_TILES, atlas
from ame_explore.widgets.lab.student_picture import Canvas
from ame_explore.widgets.runtime.messages import CompetingRows, OneStepArm, OneStepState

PARTS = ("teacher", "student", "kd", "rows", "ame", "optimizer")
DEAD = 0.01  # of KD's pull: a smaller push changes next to nothing (as in the diagnosis)
_MOST_KEY = 64  # characters
_DECIDED = 0.05  # of its range above the least value: H is solved (our choice)


class OneStepView:
    """Takes the next step of an `Engine`'s arms apart on request. Only its worker may call it.

    Attributes:
        last: the last answer.
        on_state: called with each answer.
    """

    def __init__(self) -> None:
        self.last: OneStepState | None = None
        self.on_state: Callable[[OneStepState], None] | None = None
        self._kept: dict[str, tuple[object, OneStep]] = {}  # arm -> its state, and the step from there

    @one_thread()
    def take_apart(self, engine: Students, place: Any, key: Any) -> None:
        """Take apart the step that follows the moment that is shown, and answer with it.

        Args:
            engine: the engine.
            place: index in the minibatch of the image to show; anything but an index means the first.
            key: the text of the request, which the answer repeats.
        """
        error = None
        try:
            self.last = self._state(engine, place)
        except AMEError as refused:
            error = str(refused)
        except Exception as failed:  # a user's own model or loss can fail here; the run goes on without this panel
            error = f"The step could not be taken apart ({type(failed).__name__}: {failed})."
        if error is not None:
            self.last = _nothing(error)
        assert self.last is not None
        self.last["key"] = key[:_MOST_KEY] if isinstance(key, str) else ""
        if self.on_state is not None:
            self.on_state(self.last)

    def _state(self, engine: Students, place: Any) -> OneStepState:
        canvas = engine.canvas
        if canvas is None or not engine.arms:
            raise AMEError("The lab is still preparing: wait a moment.")
        if engine.state == "playing":
            raise AMEError("Pause first: while the run plays, each step is over too soon to look at.")
        parts = {arm.name: self._parts(engine, arm) for arm in engine.arms if not _at_the_end(engine, arm)}
        if not parts:
            raise AMEError("There is no next step: the run has finished. Go back to an earlier step.")
        self._kept = {name: one for name, one in self._kept.items() if name in parts}
        first = next(iter(parts.values()))
        chosen = place if type(place) is int and 0 <= place < len(first.images) else 0
        data = canvas.stage.data
        labels = data.labels[first.images]
        captions = data.captions or [canvas.class_names[label] for label in range(len(canvas.class_names))]
        named = first.images if data.captions else labels
        pictures = data.pictures(first.images[:MOST_TILES])
        return OneStepState(
            key="",
            error=None,
            ids=first.images.numpy().astype(np.int32),
            labels=labels.numpy().astype(np.int32),
            captions=[captions[index] for index in named.tolist()],
            pictures=None if pictures is None else atlas(_bytes(pictures)),
            place=chosen,
            arms=[_arm_state(name, one, canvas, chosen) for name, one in parts.items()],
        )

    def _parts(self, engine: Students, arm: Arm) -> OneStep:
        step = _shown(engine, arm)
        mark = (id(arm), step, arm.token)
        if arm.name not in self._kept or self._kept[arm.name][0] != mark:
            if step == arm.timeline.head:
                found = take_apart(arm.distillation)
            else:
                with arm.back_at(step):
                    found = take_apart(arm.distillation)
            self._kept[arm.name] = mark, found
        return self._kept[arm.name][1]


def _shown(engine: Students, arm: Arm) -> int:
    """The step of an arm that is looked at."""
    return arm.timeline.head if engine.scrubbed is None else min(engine.scrubbed, arm.timeline.head)


def _at_the_end(engine: Students, arm: Arm) -> bool:
    return arm.error is not None or _shown(engine, arm) >= arm.recipe.steps


def _nothing(error: str) -> OneStepState:
    none = np.zeros(0, np.int32)
    return OneStepState(key="", error=error, ids=none, labels=none, captions=[], pictures=None, place=0, arms=[])


def _bytes(pictures: Tensor) -> NDArray[np.uint8]:
    """(N, c, h, w) in [0, 1] -> (N, h, w, c)."""
    return (pictures.movedim(1, -1) * 255).round().to(torch.uint8).numpy()


def _arm_state(name: str, parts: OneStep, canvas: Canvas, place: int) -> OneStepArm:
    here = slice(place, place + 1)
    pull, push = parts.pull[here], parts.push[here]
    turned = {"pull": parts.turning(parts.pull)[here], "push": parts.turning(parts.push)[here]}
    moved = parts.after[here] - parts.before[here]
    on_map = {key: canvas.turn(one)[0] for key, one in turned.items()}
    norms = {"kd": pull, "ame": push, "kd_all": parts.pull, "ame_all": parts.push}
    cosines = {
        "kd_ame": _cosine(pull, push),
        "step_kd": _cosine(moved, turned["pull"]),
        "step_ame": _cosine(moved, turned["push"]),
    }
    shares = {"teacher": parts.teacher_shares, "before": parts.shares_before, "after": parts.shares_after}
    lengths = {key: float(one.norm()) for key, one in norms.items()}
    return OneStepArm(
        name=name,
        step=parts.step,
        before=canvas.place(parts.before[here])[0],
        after=canvas.place(parts.after[here])[0],
        teacher=canvas.place(parts.teacher[here])[0],
        pull=on_map["pull"],
        push=on_map["push"],
        seen_pull=_seen(on_map["pull"], turned["pull"]),
        seen_push=_seen(on_map["push"], turned["push"]),
        shares={key: one[place].cpu().numpy() for key, one in shares.items()},
        norms=lengths,
        cosines=cosines,
        rows=_rows(parts, place),
        said=_said(parts, canvas, place, lengths, cosines),
    )


def _cosine(a: Tensor, b: Tensor) -> float | None:
    """The cosine of two vectors (1, D); None if one is 0."""
    lengths = float(a.norm()) * float(b.norm())
    return None if lengths == 0 or not math.isfinite(lengths) else float((a * b).sum()) / lengths


def _seen(on_map: NDArray[np.float32], vector: Tensor) -> float:
    """The share of a vector's squared length that lies in the map's plane."""
    whole = float(vector.square().sum())
    return float(np.square(on_map).sum()) / whole if whole > 0 else 0.0


def _rows(parts: OneStep, place: int) -> CompetingRows | None:
    found = parts.competition
    if found is None:
        return None
    group = 0 if len(found.p) == 1 else place
    p, after, push = (part[group].cpu().numpy() for part in (found.p, found.p_after, found.push))
    images = len(p) - found.texts
    each = images // len(parts.images) if found.over == "rows" else images
    first = found.texts + (place * each if found.over == "rows" else 0)
    mine = list(range(first, first + each)) if images else []
    level = math.exp(-float(found.entropy[group]))
    return CompetingRows(over=found.over, p=p, after=after, push=push, texts=found.texts, mine=mine, level=level)


# In words


def _said(
    parts: OneStep,
    canvas: Canvas,
    place: int,
    norms: dict[str, float],
    cosines: dict[str, float | None],
) -> dict[str, str]:
    """A sentence for each of `PARTS`."""
    names = canvas.class_names
    teacher, before, after = (
        (names[int(shares[place].argmax())], float(shares[place].max()))
        for shares in (parts.teacher_shares, parts.shares_before, parts.shares_after)
    )
    agree = "the same answer" if teacher[0] == before[0] else "another answer than the teacher's"
    return {
        "teacher": f"The teacher says “{teacher[0]}” ({teacher[1]:.0%}). KD wants the student's features there.",
        "student": f"The student says “{before[0]}” ({before[1]:.0%}): {agree}.",
        "kd": (
            f"KD pulls this image's features with {significant(norms['kd'], 2)} (the norm of its gradient), those of "
            f"the whole minibatch with {significant(norms['kd_all'], 2)}."
        ),
        "rows": _of_rows(parts, names, place),
        "ame": _of_push(parts, norms, cosines),
        "optimizer": _of_optimizer(parts, cosines, before, after),
    }


def _of_rows(parts: OneStep, names: Sequence[str], place: int) -> str:
    found = parts.competition
    if found is None:
        label = readings[parts.reading].label
        return f"The reading “{label}” is not the entropy of one softmax over rows or texts: there are no bars to draw."
    group = 0 if len(found.p) == 1 else place
    p, push = found.p[group], found.push[group]
    best = int(p.argmax())
    what = {"rows": "rows of M", "rows of an image": "rows of this image's M", "texts": "texts"}[found.over]
    whole = found.texts == len(names)
    who = (
        (f"the text “{names[best]}”" if whole else f"text {best + 1}")
        if best < found.texts
        else f"image {best - found.texts + 1} of the minibatch"
    )
    leads = f"{who[0].upper()}{who[1:]} leads with p = {significant(float(p[best]), 2)}."
    if parts.omega == 0:
        return f"{len(p)} {what} share one softmax. {leads} ω is 0 here, so nothing pushes them."
    rising = int((push > 0).sum())
    level = significant(math.exp(-float(found.entropy[group])), 2)
    return (
        f"{len(p)} {what} compete for one softmax. {leads} Only those above exp(−H) = {level} are pushed up "
        f"({rising}); all others are pushed down, by as much in total."
    )


def _of_push(parts: OneStep, norms: dict[str, float], cosines: dict[str, float | None]) -> str:
    if parts.omega == 0:
        return "ω is 0: AME pushes nothing here."
    if norms["ame_all"] == 0 and not _solved(parts):
        return "No push of AME reaches the student: its gradient goes to AME's own projections only."
    share = norms["ame"] / norms["kd"] if norms["kd"] else math.inf
    share_all = norms["ame_all"] / norms["kd_all"] if norms["kd_all"] else math.inf
    text = (
        f"AME pushes this image with {significant(norms['ame'], 2)}, {_times(share)} KD's pull (over the minibatch: "
        f"{_times(share_all)} it)"
    )
    text += f", at a cosine of {number(cosines['kd_ame'], 2)} to it." if cosines["kd_ame"] is not None else "."
    if share_all >= DEAD:
        return text
    if _solved(parts):
        h = quantity("H", [parts.reading])
        return (
            f"{text} The push is dead: H is {h.with_unit(parts.losses['H'])} of at most {number(parts.largest, 2)}, so "
            "nothing is left to decide and no row is pushed any more."
        )
    return f"{text} That is next to nothing."


def _times(share: float) -> str:
    return f"{significant(100 * share, 2)} % of" if share < 1 else f"{significant(share, 2)} times"


def _solved(parts: OneStep) -> bool:
    """Whether H is near its least value."""
    span = parts.largest - parts.least
    return math.isfinite(span) and span > 0 and parts.losses["H"] - parts.least < _DECIDED * span


def _of_optimizer(
    parts: OneStep,
    cosines: dict[str, float | None],
    before: tuple[str, float],
    after: tuple[str, float],
) -> str:
    turned = [
        f"{number(cosines[key], 2)} with {'KD’s pull' if key == 'step_kd' else 'AME’s push'}"
        for key in ("step_kd", "step_ame")
        if cosines[key] is not None
    ]
    text = "The optimizer moves the weights, which all images share"
    text += f": the move of this image has a cosine of {' and of '.join(turned)}." if turned else "."
    text += (
        f" It now says “{after[0]}” ({after[1]:.0%}; before {before[1]:.0%})."
        if after[0] == before[0]
        else (f" It now says “{after[0]}” ({after[1]:.0%}) instead of “{before[0]}”.")
    )
    h = quantity("H", [parts.reading])
    change = parts.losses_after["H"] - parts.losses["H"]
    if parts.omega > 0 and parts.moved["projections"] > 0:
        text += (
            f" H of the minibatch changed by {h.text(change, signed=True)}: AME’s projections alone would have changed "
            f"it by {h.text(parts.by_projections, signed=True)}, the student alone by "
            f"{h.text(parts.by_student, signed=True)}."
        )
    return text
