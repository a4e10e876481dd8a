"""Checking an answer, and keeping predictions."""

from __future__ import annotations

import contextlib
import io
from dataclasses import dataclass
from typing import Any

import torch

from ame_explore.teach.answers import UNFINISHED, NotYet, choice, in_words, number, unfinished
from ame_explore.teach.declare import Exercise, find
from ame_explore.teach.display import Box

_PREDICTED: dict[str, Any] = {}
_OUTCOMES: dict[str, Any] = {}  # code that was run -> what came out


@dataclass(frozen=True, repr=False)
class Verdict(Box):
    """What a check found.

    Attributes:
        exercise: the exercise's name.
        right: whether the answer is right.
        words: a sentence: what it means, or the property that the answer breaks.
    """

    exercise: str
    right: bool
    words: str

    @property
    def heading(self) -> str:
        """The first words: Right, or Not yet."""
        return "Right" if self.right else "Not yet"

    @property
    def mark(self) -> str:
        """A sign that goes with the heading."""
        return "✓" if self.right else "…"

    def __bool__(self) -> bool:
        return self.right


def check(name: str, answer: object) -> Verdict:
    """Check an answer.

    Nothing that the answer is or does raises an error here: the verdict says it in words.

    Args:
        name: the exercise's name.
        answer: the learner's answer: a value or a function.

    Returns:
        The verdict; a notebook shows it if it is the last line of a cell.

    Raises:
        AMEError: if there is no such exercise.
    """
    asked = find(name)
    if asked.is_prediction:
        with contextlib.suppress(NotYet, Exception):
            _PREDICTED.setdefault(asked.name, _prediction(asked, answer))
    return judge(asked, answer)


def judge(asked: Exercise, answer: object) -> Verdict:
    """What `check` returns, without keeping a prediction.

    Args:
        asked: the exercise.
        answer: the answer.
    """
    try:
        with torch.random.fork_rng(devices=[]):
            words = _checked(asked, answer)
    except NotYet as missing:
        return Verdict(asked.name, False, _sentence(str(missing)))
    except (Exception, SystemExit) as error:
        return Verdict(asked.name, False, f"The check cannot use this answer: it meets {in_words(error)}.")
    return Verdict(asked.name, True, _sentence(words or "every property holds."))


def _checked(asked: Exercise, answer: object) -> str | None:
    if unfinished(answer):
        raise NotYet(UNFINISHED)
    if asked.is_prediction:
        words: str | None = asked.function(_prediction(asked, answer), outcome(asked))
    else:
        words = asked.function(answer)
    return words


def _prediction(asked: Exercise, answer: object) -> Any:
    what = f"`{asked.name}`"
    return choice(answer, asked.choices, what) if asked.choices else number(answer, what)


def outcome(asked: Exercise) -> Any:
    """What happens in the code that follows a prediction; the code runs once a session, and prints nothing.

    Args:
        asked: a prediction.
    """
    if asked.run not in _OUTCOMES:
        names: dict[str, Any] = {"__name__": "__main__"}
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(asked.run, f"<run of {asked.name}>", "exec"), names)
        _OUTCOMES[asked.run] = names["happened"]
    return _OUTCOMES[asked.run]


def predictions() -> dict[str, Any]:
    """The predictions that were checked in this session: exercise -> the first answer that could be read.

    The first, because a prediction counts before its outcome is known. Values are one of the exercise's choices or a
    float.
    """
    return dict(_PREDICTED)


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
