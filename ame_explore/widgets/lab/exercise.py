"""An exercise in a lab: one student is sabotaged, and the fault stays hidden until the learner has answered."""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ame_explore.ame import AMEError, check_choice, check_number, python_number, shown
from ame_explore.tokens import packed, unpacked
from ame_explore.training import Recipe
from ame_explore.widgets.lab.dials import BREAK_OF, replaced
from ame_explore.widgets.runtime.messages import ExerciseState, Outcome, Question

REFUSED = ("set", "break", "fork", "restore", "take_apart")  # commands that show or change what is hidden
WHO, WHAT = "who", "what"
ANSWERS_PREFIX = "answers1:"
MOST_QUESTIONS = 12
MOST_TEXT = 2000  # characters of an answer
_MOST_QUESTION = 400
_LARGEST_SEAL = 1 << 62

Questions = Sequence[str] | Mapping[str, Sequence[str]]


@dataclass(frozen=True, kw_only=True)
class Exercise:
    """“Which student was sabotaged, and how?”: an argument of `lab`.

    The fault is drawn with a number, the seal; neither the token nor the page holds the fault itself. It is one of the
    break-it switches that act on every student, so that it does not tell by itself which student is sabotaged.

    Attributes:
        fault: the switch, such as "shuffled_pairs"; None: drawn by the seal.
        arm: the sabotaged student; None: drawn by the seal.
        questions: a teacher's own questions, asked beside the two of the exercise. A sequence asks for free text; a
            mapping gives each question its options, and free text if there are none. All may be left open.
        minutes: the learner's time, on a clock that runs down; later answers are marked as late. None: the clock runs
            up, without a limit.
        reveals: whether the fault is shown once the learner has answered. If not, the teacher calls `Lab.reveal`.
        seal: the number that decides what is drawn; None: chosen at random, so that it fits `fault` and `arm`.

    Raises:
        AMEError: if an argument has the wrong type or is out of range.
    """

    fault: str | None = field(default=None, repr=False)
    arm: str | None = field(default=None, repr=False)
    questions: Questions = ()
    minutes: float | None = None
    reveals: bool = True
    seal: int | None = None

    def __post_init__(self) -> None:
        if self.fault is not None:
            check_choice("fault", self.fault, BREAK_OF)
        if self.arm is not None and not isinstance(self.arm, str):
            raise AMEError(f"arm must be the name of an arm, got {shown(self.arm)}.")
        if self.minutes is not None:
            check_number("minutes", self.minutes, above=0, high=24 * 60)
        if not isinstance(self.reveals, bool):
            raise AMEError(f"reveals must be True or False, got {shown(self.reveals)}.")
        if self.seal is not None:
            check_number("seal", self.seal, low=0, high=_LARGEST_SEAL, whole=True)
        if self.seal is not None and (self.fault, self.arm) != (None, None):
            raise AMEError("seal decides fault and arm: give either the seal, or fault and arm.")
        self.asked()

    def asked(self) -> list[tuple[str, list[str]]]:
        """The teacher's questions with their options; without options, a question asks for free text.

        Raises:
            AMEError: if `questions` has the wrong form, or holds too many or too long texts.
        """
        given = self.questions
        if isinstance(given, str) or not isinstance(given, (Sequence, Mapping)):
            raise AMEError(f"questions must be texts, or texts with their options, got {shown(given)}.")
        found = []
        for text in given:
            options = given[text] if isinstance(given, Mapping) else ()
            each = [text, *options] if isinstance(options, Sequence) and not isinstance(options, str) else [None]
            if not all(isinstance(one, str) and one.strip() and len(one) <= _MOST_QUESTION for one in each):
                raise AMEError(
                    f"questions must be texts of at most {_MOST_QUESTION} characters, whose options are texts too, got "
                    f"{shown(text)}: {shown(options)}."
                )
            found.append((text, list(options)))
        if len(found) > MOST_QUESTIONS:
            raise AMEError(f"questions must be at most {MOST_QUESTIONS}, got {len(found)}.")
        return found

    def plain(self) -> dict[str, Any]:
        """What a token holds of it: the seal, which must have been chosen, stands for fault and arm."""
        return {
            "questions": self.asked(),
            "minutes": self.minutes,
            "reveals": self.reveals,
            "seal": self.seal,
        }


def exercise_of(given: Any) -> Exercise:
    """The exercise in a token.

    Args:
        given: what `Exercise.plain` returned.

    Raises:
        AMEError: if it is not of this form.
    """
    try:
        questions = {text: options for text, options in given["questions"]}
        minutes, seal = given["minutes"], python_number(given["seal"])
        return Exercise(questions=questions, minutes=minutes, reveals=given["reveals"], seal=seal)
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, AMEError):
            raise
        raise AMEError("token: the exercise in it is damaged or incomplete; copy it again.") from error


def exercise_from(given: Exercise | str) -> Exercise:
    """The exercise that an argument names.

    Args:
        given: an exercise, or "sabotage" for one with no further questions.

    Raises:
        AMEError: if it is anything else.
    """
    if isinstance(given, Exercise):
        return given
    check_choice("exercise", given, ("sabotage",))
    return Exercise()


def possible_faults(recipes: Mapping[str, Recipe]) -> tuple[str, ...]:
    """The switches that change every one of these recipes.

    Args:
        recipes: arm -> recipe.
    """
    return tuple(
        switch
        for switch, how in BREAK_OF.items()
        if all(
            any(getattr(recipe, name) != value for name, value in how.turns_of(recipe).items())
            for recipe in recipes.values()
        )
    )


def drawn(seal: int, arms: Sequence[str], faults: Sequence[str]) -> tuple[str, str]:
    """The sabotaged arm and the fault that a seal stands for.

    Args:
        seal: the seal of the exercise.
        arms: the names of the arms.
        faults: the switches to draw from.
    """
    digest = hashlib.sha256(json.dumps([seal, sorted(arms), sorted(faults)]).encode()).digest()
    whole = int.from_bytes(digest, "big")
    return sorted(arms)[whole % len(arms)], sorted(faults)[whole // len(arms) % len(faults)]


def sealed(exercise: Exercise, recipes: Mapping[str, Recipe]) -> Exercise:
    """The exercise with its seal chosen, and without a readable fault.

    Args:
        exercise: as the teacher gave it.
        recipes: arm -> healthy recipe.

    Raises:
        AMEError: if the arm is unknown, or the fault does not act on every arm.
    """
    faults, arms = possible_faults(recipes), list(recipes)
    if len(arms) < 2:
        raise AMEError(f"exercise needs two students or more, to sabotage one of them, got {len(arms)}: add a recipe.")
    if not faults:
        raise AMEError("exercise: no fault can act on all of these recipes: remove the faults that they already have.")
    if exercise.seal is not None:
        return exercise
    if exercise.arm is not None:
        check_choice("arm", exercise.arm, arms)
    if exercise.fault is not None and exercise.fault not in faults:
        raise AMEError(f"fault must act on every student, as {', '.join(faults)} do, got {exercise.fault!r}.")
    while True:
        seal = secrets.randbelow(_LARGEST_SEAL)
        arm, fault = drawn(seal, arms, faults)
        if exercise.arm in (None, arm) and exercise.fault in (None, fault):
            return Exercise(questions=exercise.questions, minutes=exercise.minutes, reveals=exercise.reveals, seal=seal)


@dataclass(frozen=True)
class Answers:
    """What a learner answered.

    Attributes:
        given: question -> answer; questions that were left open are missing.
        right: question -> whether the answer is right, for the two questions of the exercise.
        seconds: from the first step to the answers.
        late: whether that was more than the time given.
        seal: the seal of the exercise.
        arms: the students.
        faults: the faults among which one was drawn.
    """

    given: Mapping[str, str]
    right: Mapping[str, bool]
    seconds: float
    late: bool
    seal: int
    arms: tuple[str, ...]
    faults: tuple[str, ...]

    def token(self) -> str:
        """The answers as a short string: "answers1:" and base64."""
        body = [dict(self.given), round(self.seconds), self.late, self.seal, self.arms, self.faults]
        return packed(body, ANSWERS_PREFIX)

    @classmethod
    def from_token(cls, token: str) -> Answers:
        """The answers in a token; whether they are right is decided again.

        Args:
            token: what `token()` returned.

        Raises:
            AMEError: if the token is truncated or mistyped.
        """
        body = unpacked(token, ANSWERS_PREFIX)
        try:
            given, seconds, late, seal, arms, faults = body
            texts = [*given, *given.values(), *arms, *faults]
            if not arms or not faults or not all(isinstance(text, str) for text in texts) or type(seal) is not int:
                raise TypeError
            right = judged(given, *drawn(seal, arms, faults))
            return cls(given, right, float(seconds), bool(late), seal, tuple(arms), tuple(faults))
        except (TypeError, ValueError, AttributeError) as error:
            raise AMEError("token: these answers are damaged or incomplete; copy them again.") from error


def judged(given: Mapping[str, str], arm: str, fault: str) -> dict[str, bool]:
    """Whether the answers to the questions of the exercise are right; open ones are missing.

    Args:
        given: question -> answer.
        arm: the sabotaged arm.
        fault: the fault.
    """
    true = {WHO: arm, WHAT: BREAK_OF[fault].label if fault in BREAK_OF else fault}
    return {name: given[name] == wanted for name, wanted in true.items() if name in given}


class Sabotage:
    """An exercise under way. Only the worker of an `Engine` may change it.

    Args:
        exercise: the exercise.
        recipes: arm -> healthy recipe.

    Attributes:
        exercise: the exercise, sealed.
        healthy: arm -> healthy recipe.
        hidden: whether the fault is still hidden.
        answers: the learner's, once they are given.

    Raises:
        AMEError: see `sealed`.
    """

    def __init__(self, exercise: Exercise, recipes: Mapping[str, Recipe]) -> None:
        self.exercise, self.healthy = sealed(exercise, recipes), dict(recipes)
        self._faults = possible_faults(recipes)
        assert self.exercise.seal is not None
        self._arm, self._fault = drawn(self.exercise.seal, list(recipes), self._faults)
        self.hidden = True
        self.answers: Answers | None = None
        self._begun: float | None = None
        self._ended: float | None = None

    def __repr__(self) -> str:
        return f"<Sabotage {'hidden' if self.hidden else 'revealed'}>"

    def recipes(self) -> dict[str, Recipe]:
        """arm -> recipe, one of them sabotaged."""
        found = dict(self.healthy)
        found[self._arm] = replaced(found[self._arm], BREAK_OF[self._fault].turns_of(found[self._arm]))
        return found

    def begin(self) -> None:
        """Start the clock, unless it is running."""
        self._begun = time.monotonic() if self._begun is None else self._begun

    @property
    def seconds(self) -> float:
        """Seconds on the clock."""
        return 0.0 if self._begun is None else (self._ended or time.monotonic()) - self._begun

    @property
    def late(self) -> bool:
        """Whether the time is up."""
        limit = self.exercise.minutes
        return limit is not None and self.seconds > 60 * limit

    def questions(self) -> list[Question]:
        """The two questions of the exercise, and the teacher's."""
        labels = [how.label for how in BREAK_OF.values() if how.switch in self._faults]
        found: list[Question] = [
            {"id": WHO, "text": "Which student was sabotaged?", "options": list(self.healthy)},
            {"id": WHAT, "text": "How?", "options": labels},
        ]
        for text, options in self.exercise.asked():
            own: Question = {"id": text, "text": text}
            if options:
                own["options"] = options
            found.append(own)
        return found

    def answer(self, given: Mapping[str, Any]) -> None:
        """Take the learner's answers, which cannot be changed afterwards.

        Args:
            given: id of a question -> answer. Any may be left out.

        Raises:
            AMEError: if there are answers already, or one is invalid; then nothing changes.
        """
        if self.answers is not None:
            raise AMEError("answers were already given, and cannot be changed.")
        of = {question["id"]: question for question in self.questions()}
        kept: dict[str, str] = {}
        for name, answer in given.items():
            check_choice("answers: id", name, of)
            if answer is None or (isinstance(answer, str) and not answer.strip()):
                continue
            if not isinstance(answer, str) or len(answer) > MOST_TEXT:
                raise AMEError(
                    f"answers[{name!r}] must be a text of at most {MOST_TEXT} characters, got {shown(answer)}."
                )
            if "options" in of[name]:
                check_choice(f"answers[{name!r}]", answer, of[name]["options"])
            kept[name] = answer.strip()
        seal = self.exercise.seal
        assert seal is not None
        right = judged(kept, self._arm, self._fault)
        self.answers = Answers(kept, right, self.seconds, self.late, seal, tuple(self.healthy), self._faults)
        self._ended = time.monotonic()
        if self.exercise.reveals:
            self.reveal()

    def reveal(self) -> None:
        """Show the fault."""
        self.hidden = False

    def state(self) -> ExerciseState:
        """What is sent to the page."""
        answers = self.answers
        outcome: dict[str, Outcome] = {}
        told = ""
        if not self.hidden:
            how = BREAK_OF[self._fault]
            told = f"{self._arm} was sabotaged: {how.label}. {how.help}"
            for name, right in () if answers is None else answers.right.items():
                outcome[name] = {"text": "Right." if right else "Wrong.", "right": right}
        return ExerciseState(
            questions=self.questions(),
            answers={} if answers is None else dict(answers.given),
            outcome=outcome,
            hidden=self.hidden,
            given=answers is not None,
            told=told,
            token="" if answers is None else answers.token(),
            seconds=self.seconds,
            limit=None if self.exercise.minutes is None else 60 * self.exercise.minutes,
            running=self._begun is not None and self._ended is None,
        )
