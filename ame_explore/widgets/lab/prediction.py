"""Predict, then run: questions before the run, and the comparison with the answers after it."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ame_explore.ame import AMEError, check_choice
from ame_explore.analysis.statistics import PairedInterval
from ame_explore.quantities import NOTHING, number, quantity
from ame_explore.training import Recipe
from ame_explore.widgets.lab.timeline import Timeline
from ame_explore.widgets.runtime.messages import Outcome, Question, SketchOf

RISES, STAYS, FALLS = "rises", "stays", "falls"
NO_DIFFERENCE = "no difference"
_PAST = {RISES: "rose", STAYS: "stayed", FALLS: "fell"}
_STAYS = {"H": 0.1, "new_accuracy": 0.03, "harmonic_mean": 0.01}  # smaller changes count as none (our choice)
_POINTS = 16  # of the curve that sketches are compared with
_BY_CHANCE = 0.05  # of the harmonic mean: the outcome says that smaller differences can be chance (our choice)


@dataclass(frozen=True)
class Predicted:
    """What a reader predicted, and what happened.

    Attributes:
        arms: the names of the arms.
        options: id of a question -> its options; empty for the sketch.
        answers: id of a question -> the reader's answer; unanswered ones are left out.
        truth: id of a question -> the right answer, for the sketch the values that were measured at evenly spaced
            steps; empty before the end of the run.
        run: eight hexadecimal digits that tell the arms' recipes at the start from others.
        ticket: three random bytes that tell this reader's answers from another's.
    """

    arms: tuple[str, ...]
    options: Mapping[str, tuple[str, ...]]
    answers: Mapping[str, Any]
    truth: Mapping[str, Any]
    run: str
    ticket: bytes


class Prediction:
    """Questions about the arms, the reader's answers, and the outcome.

    Each arm's last metrics are compared with its first. Answers cannot be changed once they are given.

    Args:
        arms: the names of the arms at the start.
    """

    def __init__(self, arms: Sequence[str]) -> None:
        self.arms = tuple(arms)
        told = self.arms[-1]
        self.questions: list[Question] = [
            {"id": "H", "text": f"Over the run, the entropy H of {told} …", "options": [RISES, STAYS, FALLS]},
            {
                "id": "new_accuracy",
                "text": f"Over the run, the accuracy of {told} on new classes …",
                "options": [RISES, STAYS, FALLS],
            },
        ]
        if len(self.arms) > 1:
            options = [*self.arms, NO_DIFFERENCE]
            text = "The higher harmonic mean of base and new accuracy at the end will be that of …"
            self.questions.append({"id": "better", "text": text, "options": options})
        self.questions.append(
            {
                "id": "sketch",
                "text": f"Sketch the accuracy of {told} on new classes from the first step to the last.",
                "sketch": SketchOf(term="new_accuracy", low=0.0, high=1.0),
            }
        )
        self.answers: dict[str, Any] = {}
        self._ticket = secrets.token_bytes(3)

    @property
    def answered(self) -> bool:
        """Whether an answer was given, which unlocks play."""
        return bool(self.answers)

    def answer(self, answers: Mapping[str, Any]) -> None:
        """Store the reader's answers.

        Args:
            answers: id of a question -> one of its options, or for a sketch two or more numbers, evenly spaced over the
                run. Questions may be left out.

        Raises:
            AMEError: if an answer is invalid, none is given, or answers were given before; then nothing is stored.
        """
        if self.answered:
            raise AMEError("answers were already given: they cannot change before a reset.")
        of = {question["id"]: question for question in self.questions}
        kept: dict[str, Any] = {}
        for name, answer in answers.items():
            check_choice("answers: id", name, of)
            if answer is None or answer == "" or answer == []:
                continue
            if "options" in of[name]:
                check_choice(f"answers[{name!r}]", answer, of[name]["options"])
                kept[name] = answer
            else:
                kept[name] = _sketch(name, answer)
        if not kept:
            raise AMEError("answers must hold at least one, got none: choose an option, or draw a line.")
        self.answers = kept

    def outcome(
        self,
        timelines: Mapping[str, Timeline],
        readings: Mapping[str, str] | None = None,
        difference: PairedInterval | None = None,
    ) -> dict[str, Outcome]:
        """Whether each answer was right, once all arms have finished; for a sketch "right" is None.

        Args:
            timelines: arm -> its history.
            readings: arm -> the reading of its H; None: not known.
            difference: between the harmonic means of the first two arms, with its interval over the test images; None:
                not known, so that a difference below 0.01 counts as none.
        """
        if not self._finished(timelines):
            return {}
        told = self.arms[-1]
        ends = {name: _ends(timelines[name]) for name in self.arms}
        found: dict[str, Outcome] = {}
        for name, answer in self.answers.items():
            was = self._truth_of(name, timelines, difference)
            if name == "better":
                found[name] = self._better(answer, was, ends, difference)
            elif name == "sketch":
                steps, values = timelines[told].metric_values()["new_accuracy"]
                drawn = np.interp(steps, np.linspace(0, timelines[told].steps, len(answer)), answer)
                off = float(np.abs(drawn - values).mean())
                text = f"Your line was off by {number(off, 2)} on average."
                found[name] = {"text": text, "right": None}
            else:
                before, after = (end[name] for end in ends[told])
                what = quantity(name, None if readings is None else [readings[told]])
                limit = f" within {_STAYS[name]:g} {what.unit}".rstrip() + " of that" if was == STAYS else ""
                rows = " over all test rows" if name == "H" else ""
                text = (
                    f"You said: it {answer}. The {what.label}{rows} was {what.with_unit(before)} at the start and "
                    f"{what.with_unit(after)} at the end: it {_PAST[was]}{limit}."
                )
                found[name] = {"text": text, "right": answer == was}
        return found

    def truth(self, timelines: Mapping[str, Timeline], difference: PairedInterval | None = None) -> dict[str, Any]:
        """The right answer to each question, once all arms have finished; empty before that.

        Args:
            timelines: arm -> its history.
            difference: see `outcome`.

        Returns:
            id of a question -> one of its options, or for the sketch the measured values at evenly spaced steps.
        """
        if not self._finished(timelines):
            return {}
        return {question["id"]: self._truth_of(question["id"], timelines, difference) for question in self.questions}

    def _truth_of(self, name: str, timelines: Mapping[str, Timeline], difference: PairedInterval | None) -> Any:
        told = timelines[self.arms[-1]]
        if name == "sketch":
            steps, values = told.metric_values()["new_accuracy"]
            return np.interp(np.linspace(0, told.steps, _POINTS), steps, values).tolist()
        if name == "better":
            return _best({arm: _ends(timelines[arm])[1]["harmonic_mean"] for arm in self.arms}, difference)
        before, after = (end[name] for end in _ends(told))
        change = after - before
        return STAYS if abs(change) < _STAYS[name] else RISES if change > 0 else FALLS

    def predicted(
        self,
        recipes: Mapping[str, Recipe],
        timelines: Mapping[str, Timeline],
        difference: PairedInterval | None = None,
    ) -> Predicted:
        """The answers so far and what happened, as values that do not change.

        Args:
            recipes: arm -> its recipe at the start.
            timelines: arm -> its history.
            difference: see `outcome`.
        """
        truth = self.truth(timelines, difference)
        run = hashlib.sha256(repr([(arm, recipes[arm].token()) for arm in self.arms]).encode()).hexdigest()[:8]
        return Predicted(self.arms, self.options_of(self.arms), dict(self.answers), truth, run, self._ticket)

    @classmethod
    def options_of(cls, arms: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """id of each question about these arms -> its options; empty for the sketch.

        Args:
            arms: the names of the arms at the start.
        """
        return {question["id"]: tuple(question.get("options", ())) for question in cls(arms).questions}

    def _finished(self, timelines: Mapping[str, Timeline]) -> bool:
        return all(name in timelines and timelines[name].head >= timelines[name].steps for name in self.arms)

    @staticmethod
    def _better(
        answer: str,
        was: str,
        ends: Mapping[str, tuple[Mapping[str, float], Mapping[str, float]]],
        difference: PairedInterval | None,
    ) -> Outcome:
        last = {name: after["harmonic_mean"] for name, (_, after) in ends.items()}
        seen = ", ".join(f"{name} {quantity('harmonic_mean').text(value)}" for name, value in last.items())
        text = f"You said: {answer}. Harmonic means in this one seed: {seen}, so {was}."
        if _judged(last, difference) == NOTHING:
            text += " The interval of their difference over the test images contains 0."
        if _spread(last) < _BY_CHANCE:
            text += " Another seed may well say otherwise: a difference this small can be chance."
        return {"text": text, "right": answer == was}


def _best(last: Mapping[str, float], difference: PairedInterval | None) -> str:
    """The arm with the highest harmonic mean, or `NO_DIFFERENCE`."""
    judged = _judged(last, difference)
    none = _spread(last) < _STAYS["harmonic_mean"] if judged is None else judged == NOTHING
    return NO_DIFFERENCE if none else max(last, key=lambda name: last[name])


def _judged(last: Mapping[str, float], difference: PairedInterval | None) -> str | None:
    """The verdict of the interval over the test images, if there is one of these arms."""
    return difference.verdict if difference is not None and difference.defined and len(last) == 2 else None


def _spread(last: Mapping[str, float]) -> float:
    first, second = sorted(last.values())[-2:]
    return second - first


def _ends(timeline: Timeline) -> tuple[Mapping[str, float], Mapping[str, float]]:
    steps = sorted(timeline.metrics)
    return timeline.metrics[steps[0]], timeline.metrics[steps[-1]]


def _sketch(name: str, answer: Any) -> list[float]:
    numbers = (int, float)
    if (
        not isinstance(answer, (list, tuple))
        or len(answer) < 2
        or not all(isinstance(y, numbers) and np.isfinite(y) for y in answer)
    ):
        raise AMEError(f"answers[{name!r}] must be two or more numbers, evenly spaced over the run, got {answer!r}.")
    return [float(y) for y in answer]
