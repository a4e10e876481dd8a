"""Predict, then run: questions before the run, and the comparison with the answers after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ame_explore.ame import AMEError, check_choice
from ame_explore.analysis.statistics import PairedInterval
from ame_explore.quantities import NOTHING, number, quantity
from ame_explore.widgets.lab.timeline import Timeline
from ame_explore.widgets.runtime.messages import Outcome, Question, SketchOf

RISES, STAYS, FALLS = "rises", "stays", "falls"
_PAST = {RISES: "rose", STAYS: "stayed", FALLS: "fell"}
_STAYS = {"H": 0.1, "new_accuracy": 0.03, "harmonic_mean": 0.01}  # unit of H; shares: no change (our choice)
_BY_CHANCE = 0.05  # of the harmonic mean: below, the outcome names chance as a reason (our choice)


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
            options = [*self.arms, "no difference"]
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

    @property
    def answered(self) -> bool:
        """Whether an answer was given, which unlocks play."""
        return bool(self.answers)

    def answer(self, answers: Mapping[str, Any]) -> None:
        """Store the answers.

        Args:
            answers: id of a question -> one of its options, or for a sketch two or more numbers, evenly spaced over the
                run. Questions may be left out.

        Raises:
            AMEError: if an answer is invalid, none is given, or answers were given before; then nothing is stored.
        """
        if self.answered:
            raise AMEError("answers were given already: they cannot change before a reset.")
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
                not known, and a difference below 0.01 is none.
        """
        if not all(name in timelines and timelines[name].head >= timelines[name].steps for name in self.arms):
            return {}
        told = self.arms[-1]
        ends = {name: _ends(timelines[name]) for name in self.arms}
        found: dict[str, Outcome] = {}
        for name, answer in self.answers.items():
            if name == "better":
                found[name] = self._better(answer, ends, difference)
            elif name == "sketch":
                steps, values = timelines[told].metric_values()["new_accuracy"]
                drawn = np.interp(steps, np.linspace(0, timelines[told].steps, len(answer)), answer)
                off = float(np.abs(drawn - values).mean())
                text = f"Your line was off by {number(off, 2)} on average."
                found[name] = {"text": text, "right": None}
            else:
                before, after = (end[name] for end in ends[told])
                change = after - before
                was = STAYS if abs(change) < _STAYS[name] else RISES if change > 0 else FALLS
                what = quantity(name, None if readings is None else [readings[told]])
                limit = f" within {_STAYS[name]:g} {what.unit}".rstrip() + " of that" if was == STAYS else ""
                rows = " over all test rows" if name == "H" else ""
                text = (
                    f"You said: it {answer}. The {what.label}{rows} was {what.with_unit(before)} at the start and "
                    f"{what.with_unit(after)} at the end: it {_PAST[was]}{limit}."
                )
                found[name] = {"text": text, "right": answer == was}
        return found

    @staticmethod
    def _better(
        answer: str,
        ends: Mapping[str, tuple[Mapping[str, float], Mapping[str, float]]],
        difference: PairedInterval | None,
    ) -> Outcome:
        last = {name: after["harmonic_mean"] for name, (_, after) in ends.items()}
        best = max(last, key=lambda name: last[name])
        spread = last[best] - sorted(last.values())[-2]
        judged = difference.verdict if difference is not None and difference.defined and len(last) == 2 else None
        none = spread < _STAYS["harmonic_mean"] if judged is None else judged == NOTHING
        was = "no difference" if none else best
        seen = ", ".join(f"{name} {quantity('harmonic_mean').text(value)}" for name, value in last.items())
        text = f"You said: {answer}. Harmonic means in this one seed: {seen}, so {was}."
        if judged == NOTHING:
            text += " The interval of their difference over the test images contains 0."
        if spread < _BY_CHANCE:
            text += " Another seed may well say otherwise: a difference this small can be chance."
        return {"text": text, "right": answer == was}


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
