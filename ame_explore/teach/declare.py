"""What an exercise is, and the registry of all exercises."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ame_explore.ame import AMEError, check_choice, check_number, shown
from ame_explore.arguments import checked_init
from ame_explore.registry import Registry

PREDICT = "predict, then run"
KINDS = (PREDICT, "write the missing line", "find the fault", "design the experiment")
DIFFICULTIES = {1: "easy", 2: "medium", 3: "hard"}
FEWEST_WRONG = 3  # typical wrong answers, each with its own message


@checked_init
@dataclass(frozen=True, kw_only=True)
class Exercise:
    """An exercise: all that learner, teacher and tests need.

    Its answer is the value of one variable, which has the exercise's name. The function checks it: function(answer)
    raises `NotYet` with the property that the answer breaks (see `require`), and may return a sentence to show with
    "Right". For a prediction it is function(answer, outcome); there, answers are read before, so the function gets one
    of `choices` or a finite number.

    Answers in `solution`, `also` and `wrong` are code: either all of it, or what stands in place of `...` in the stub.

    Attributes:
        name: its name, and that of the variable that holds the answer: a Python name.
        function: the check.
        notebook: the notebook it belongs to, such as "01_distillation".
        title: a short title.
        kind: one of `KINDS`.
        minutes: how long a learner needs, as a whole number.
        difficulty: 1 easy, 2 medium, 3 hard.
        prompt: the task, in Markdown.
        stub: the code that a learner starts from; `...` is what to fill in (or, to find a fault, the code that has it).
        solution: one right answer.
        why: why it is right, in Markdown, shown with the solution.
        also: further right answers.
        wrong: pairs of a typical wrong answer and a part of the message that it must get, at least three.
        hints: hints in order, each a sentence or two.
        notes: for the teacher: what learners get wrong, what to ask next.
        run: for a prediction: the code that a learner runs afterwards; it leaves what happens in `happened`.
        choices: for a prediction: what can be predicted; empty if that is a number.
    """

    name: str
    function: Callable[..., Any]
    notebook: str
    title: str
    kind: str
    minutes: int
    difficulty: int
    prompt: str
    stub: str
    solution: str
    why: str = ""
    also: Sequence[str] = ()
    wrong: Sequence[tuple[str, str]] = ()
    hints: Sequence[str] = ()
    notes: str = ""
    run: str = ""
    choices: Sequence[str] = ()

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", self.name):
            raise AMEError(
                f"name of an exercise must be a Python name of lower-case letters, digits and _, got {self.name!r}."
            )
        check_choice(f"kind of the exercise {self.name!r}", self.kind, KINDS)
        check_number(f"minutes of the exercise {self.name!r}", self.minutes, low=1, whole=True)
        check_choice(f"difficulty of the exercise {self.name!r}", self.difficulty, tuple(DIFFICULTIES))
        for field in ("notebook", "title", "prompt", "stub", "solution"):
            if not getattr(self, field).strip():
                raise AMEError(f"{field} of the exercise {self.name!r} must not be empty.")
        if not self._names_answer(self.stub):
            raise AMEError(
                f"stub of the exercise {self.name!r} must define {self.name}, the variable that holds the answer, "
                f"got {shown(self.stub)}."
            )
        if (self.kind == PREDICT) != bool(self.run.strip()):
            raise AMEError(
                f"run of the exercise {self.name!r} must be code if its kind is {PREDICT!r}, and empty otherwise."
            )

    def _names_answer(self, code: str) -> bool:
        return re.search(rf"^(def {self.name}\b|{self.name}\s*=[^=])", code, re.MULTILINE) is not None

    @property
    def is_prediction(self) -> bool:
        """Whether it asks for a prediction."""
        return self.kind == PREDICT

    @property
    def start(self) -> str:
        """The stub as a cell shows it, without blank lines around it."""
        return self.stub.strip("\n")

    def code(self, answer: str) -> str:
        """The whole code of an answer.

        Args:
            answer: all of it, or what stands in place of `...` in the stub.
        """
        if self._names_answer(answer):
            return answer.strip("\n")
        before, _, after = self.start.partition("...")
        comment = re.match(r"  #[^\n]*", after)  # it tells what to fill in
        return before + answer.strip() + after[comment.end() if comment else 0 :]


_MODULES = (  # in the order of the notebooks
    "nb00_tour",
    "nb01_distillation",
    "nb02_manifold",
    "nb03_entropy",
    "nb04_landscapes",
    "nb05_bounds",
    "nb06_low_data",
    "nb07_evidence",
    "nb08_your_own_model",
)

exercises: Registry[Exercise] = Registry(
    "exercise", Exercise, [f"ame_explore.teach.course.{module}" for module in _MODULES]
)
exercise = exercises.register


def find(name: str) -> Exercise:
    """The exercise of that name.

    Args:
        name: its name, such as "kd_loss".

    Raises:
        AMEError: if there is none; the error lists the nearest names.
    """
    found: Exercise | None = exercises.get(name) if isinstance(name, str) else None
    if found is None:
        near = difflib.get_close_matches(name.lower(), exercises, n=3, cutoff=0.4) if isinstance(name, str) else []
        nearest = f"the nearest are {', '.join(map(repr, near))}; " if near else ""
        raise AMEError(
            f"name must be that of an exercise, got {shown(name)}: {nearest}list(teach.exercises) has all names."
        )
    return found
