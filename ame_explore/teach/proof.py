"""Proof that an exercise works: its stub, its right answers and its wrong answers get what they should."""

from __future__ import annotations

import contextlib
import io
from typing import Any

from ame_explore.ame import AMEError
from ame_explore.teach.answers import UNFINISHED
from ame_explore.teach.checking import Verdict, judge, outcome
from ame_explore.teach.declare import FEWEST_WRONG, Exercise, find

SETUP = "import math\n\nimport torch\nfrom torch.nn import functional as F\n\nfrom ame_explore import Recipe, teach"
_PROBLEM = "The check cannot use this answer"


def prove(name: str) -> None:
    """Check that an exercise keeps its promises.

    - The stub does not pass; if it has `...` to fill in, the message asks for an answer.
    - The solution and every further right answer pass.
    - At least three wrong answers, each with the message that names the property it breaks.
    - No message and no hint but the last contains the solution.
    - What happens in the code after a prediction passes as a prediction.
    - There are hints and notes.

    Args:
        name: the exercise's name.

    Raises:
        AMEError: if it does not; the error says which promise is broken, by which answer.
    """
    asked = find(name)
    lacking = [field for field in ("hints", "notes", "why") if not getattr(asked, field)]
    if lacking:
        raise AMEError(f"the exercise {name!r} needs {' and '.join(lacking)}.")
    if len(asked.wrong) < FEWEST_WRONG:
        raise AMEError(f"the exercise {name!r} needs {FEWEST_WRONG} wrong answers, got {len(asked.wrong)}.")
    first = verdict_on(asked, asked.stub)
    told = [first.words]
    if first.right or ("..." in asked.stub and UNFINISHED[1:] not in first.words):
        raise AMEError(f"the stub of {name!r} must not pass and must be called unfinished, got: {first!r}.")
    for answer in (asked.solution, *asked.also):
        found = verdict_on(asked, answer)
        if not found.right:
            raise AMEError(f"a right answer of {name!r} must pass, got: {found!r}, for:\n{asked.code(answer)}")
    for answer, words in asked.wrong:
        found = verdict_on(asked, answer)
        if found.right or words.lower() not in found.words.lower():
            raise AMEError(f"a wrong answer of {name!r} must get {words!r}, got: {found!r}, for:\n{asked.code(answer)}")
        told.append(found.words)
    if any(words.startswith(_PROBLEM) for words in told):
        raise AMEError(f"the check of {name!r} must read every wrong answer that it declares, got: {told}.")
    secret = asked.solution.strip().strip("\"'")
    if not asked.is_prediction and any(secret in words for words in (*told, *asked.hints[:-1])):
        raise AMEError(f"a message or an early hint of {name!r} contains its solution.")
    if asked.is_prediction and not judge(asked, outcome(asked)).right:
        raise AMEError(f"what happens in the run of {name!r} must pass as a prediction, got {outcome(asked)!r}.")


def verdict_on(asked: Exercise, answer: str) -> Verdict:
    """What the check says to an answer, as in the cell of a notebook.

    Args:
        asked: the exercise.
        answer: code, as in `Exercise.code`.
    """
    names: dict[str, Any] = {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(f"{SETUP}\n{asked.code(answer)}", f"<answer to {asked.name}>", "exec"), names)
    return judge(asked, names[asked.name])
