"""Every exercise keeps its promises, and no answer of any kind ends in a traceback."""

from __future__ import annotations

import dataclasses
import math
import textwrap
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from ame_explore import teach
from ame_explore.ame import AMEError
from ame_explore.teach import checking, hints
from ame_explore.teach.answers import UNFINISHED

NAMES = tuple(teach.exercises)


@pytest.fixture(autouse=True)
def fresh_session() -> Iterator[None]:
    """No prediction and no hint given yet, and no exercise left behind."""
    known = set(teach.exercises)
    checking._PREDICTED.clear()
    hints._GIVEN.clear()
    yield
    for name in set(teach.exercises) - known:
        teach.exercises.remove(name)


@pytest.mark.parametrize("name", NAMES)
def test_stub_right_and_wrong_answers_get_what_they_should(name: str) -> None:
    teach.prove(name)


def test_each_notebook_has_three_to_five_and_all_kinds_occur() -> None:
    each = teach.exercises.values()
    notebooks = Counter(one.notebook for one in each)
    course = {path.stem for path in (Path(__file__).resolve().parents[2] / "notebooks").glob("[0-9][0-9]_*.py")}
    assert len(course) == 9 and course <= set(notebooks)
    assert all(3 <= count <= 5 for count in notebooks.values()), notebooks
    assert {one.kind for one in each} == set(teach.KINDS)


class Hostile:
    """Raises, whatever is asked of it."""

    def __getattribute__(self, name: str) -> Any:
        raise RuntimeError(f"no {name}")

    def __repr__(self) -> str:
        raise RuntimeError("no repr")

    def __bool__(self) -> bool:
        raise RuntimeError("no bool")

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("no eq")

    def __len__(self) -> int:
        raise RuntimeError("no len")

    def __iter__(self) -> Iterator[int]:
        raise RuntimeError("no iter")


def leave(*values: Any) -> None:
    raise SystemExit(3)


def endless(*values: Any) -> Any:
    return endless(*values)


ANSWERS = {
    "nothing": None,
    "the placeholder": ...,
    "a text": "a text",
    "a list": [1, [2], "x"],
    "a dict": {"texts": "x", "images": 3},
    "a class": int,
    "hostile": Hostile(),
    "huge": 10**5000,
    "an empty tensor": torch.empty(0),
    "a complex tensor": torch.ones(3, dtype=torch.complex64),
    "takes nothing": lambda: 1.0,
    "returns nothing": lambda *values: None,
    "returns the placeholder": lambda *values: ...,
    "returns nan": lambda *values: math.nan,
    "returns a nan tensor": lambda *values: torch.full((3, 3), math.nan),
    "returns a text": lambda *values: "x",
    "returns a hostile thing": lambda *values: Hostile(),
    "divides by zero": lambda *values: 1 / 0,
    "leaves": leave,
    "never ends": endless,
}


@pytest.mark.parametrize("name", NAMES)
def test_any_answer_gets_a_verdict_in_words(name: str) -> None:
    for what, answer in ANSWERS.items():
        verdict = teach.check(name, answer)
        assert not verdict.right, what
        assert verdict.words.endswith((".", "?")) and len(verdict.words) < 600, (what, verdict.words)
        assert "traceback" not in verdict.words.lower()


def test_a_placeholder_is_unfinished_everywhere() -> None:
    for name in NAMES:
        assert teach.check(name, ...).words == UNFINISHED[0].upper() + UNFINISHED[1:]


def test_an_error_inside_the_function_is_told_with_its_line() -> None:
    names: dict[str, Any] = {}
    exec(compile("def kd_loss(s, t, tau):\n    x = 2\n    return s.missing\n", "<cell>", "exec"), names)
    verdict = teach.check("kd_loss", names["kd_loss"])
    assert "an AttributeError" in verdict.words and "in line 3 of its cell" in verdict.words


def test_a_function_that_changes_its_arguments_does_no_harm() -> None:
    def effective_rows(M: torch.Tensor) -> torch.Tensor:
        M -= M.max()
        p = M.mean(1).softmax(0)
        return (-(p * p.log()).sum()).exp()

    assert teach.check("effective_rows", effective_rows).right


def test_a_check_leaves_random_numbers_as_they_were() -> None:
    torch.manual_seed(3)
    wanted = torch.rand(2)
    torch.manual_seed(3)
    teach.check("kd_loss", lambda s, t, tau: torch.rand(()))
    assert torch.equal(torch.rand(2), wanted)


@pytest.mark.parametrize(("name", "near"), [("kd_los", "kd_loss"), ("Harmonic mean", "harmonic_mean")])
def test_an_unknown_name_lists_the_nearest(name: str, near: str) -> None:
    for call in (lambda: teach.check(name, 1), lambda: teach.hint(name), lambda: teach.prove(name)):
        with pytest.raises(AMEError, match=f"nearest are '{near}'"):
            call()


@pytest.mark.parametrize("name", [None, 3, ["kd_loss"]])
def test_a_name_of_another_kind_is_one_error(name: Any) -> None:
    with pytest.raises(AMEError, match="name must be that of an exercise"):
        teach.find(name)


def test_hints_come_one_by_one_and_end() -> None:
    exercise = teach.find("kd_loss")
    given = [teach.hint("kd_loss") for _ in range(len(exercise.hints) + 2)]
    assert [each.words for each in given[: len(exercise.hints)]] == list(exercise.hints)
    assert given[-1].heading == given[-2].heading == "No more hints"
    assert teach.hint("kd_loss", 1).words == exercise.hints[0]
    with pytest.raises(AMEError, match="number must be"):
        teach.hint("kd_loss", 9)


def test_the_first_prediction_that_can_be_read_is_kept() -> None:
    for answer in (..., "in the middle", "On the higher peak", "between the peaks"):
        teach.check("one_peak", answer)
    teach.check("pull_ratio", torch.tensor(2))
    teach.check("kd_loss", lambda s, t, tau: 1)
    assert teach.predictions() == {"one_peak": "on the higher peak", "pull_ratio": 2.0}


def test_proofs_are_no_predictions() -> None:
    teach.prove("pull_ratio")
    assert teach.predictions() == {}


def test_a_verdict_says_everything_in_words_and_escapes_them() -> None:
    right, wrong = checking.Verdict("a", True, "good."), checking.Verdict("a", False, "`x < 1` is <b>not</b> it.")
    assert bool(right) and not bool(wrong)
    assert repr(right) == "✓ Right (a): good."
    page = wrong._repr_html_()
    assert "role='status'" in page and "Not yet" in page and "<code>x &lt; 1</code>" in page and "<b>" not in page
    assert "color: inherit" in page and "#" not in page.replace("&#", "")  # only the page's own colours


def own(**changes: Any) -> dict[str, Any]:
    """An exercise as a teacher writes it in a cell."""
    facts: dict[str, Any] = {
        "notebook": "00_tour",
        "title": "Double a number",
        "kind": "write the missing line",
        "minutes": 1,
        "difficulty": 1,
        "prompt": "Complete the function.",
        "stub": "def double(x):\n    return ...  # your line",
        "solution": "2 * x",
        "why": "Twice.",
        "also": ["x + x"],
        "wrong": [("x", "must be 6"), ("x**2", "must be 6"), ("'6'", "one number")],
        "hints": ["What is twice 3?"],
        "notes": "A warm-up.",
    }
    return facts | changes


def check_double(answer: object) -> None:
    found = teach.number(teach.function(answer, "double")(3), "double(3)")
    teach.require(found == 6, f"double(3) must be 6, not {found:g}.")


def test_a_teacher_adds_an_exercise_in_one_place() -> None:
    teach.exercise("double", **own())(check_double)
    teach.exercise("double", **own(minutes=2))(check_double)  # the cell runs again
    teach.prove("double")
    assert teach.find("double").minutes == 2
    assert teach.check("double", lambda x: x * 2).right


def test_the_example_of_the_rooms_docstring() -> None:
    _, _, example = (teach.__doc__ or "").partition("see `ame_explore.registry`)::")
    code, _, _ = example.partition("Why not")
    exec(textwrap.dedent(code), {"teach": teach})
    assert teach.find("double").minutes == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"stub": "def double(x):\n    return 2 * x"}, "stub of 'double' must not pass"),
        ({"solution": "3 * x"}, "a right answer of 'double' must pass"),
        ({"also": ["x + 1"]}, "a right answer of 'double' must pass"),
        ({"wrong": [("2 * x", "must be 6"), ("x", "must be 6"), ("x**2", "must be 6")]}, "a wrong answer"),
        ({"wrong": [("x", "no such words"), ("-x", "must be 6"), ("x**2", "must be 6")]}, "must get 'no such words'"),
        ({"wrong": [("x", "must be 6")]}, "needs 3 wrong answers"),
        ({"hints": ["Try 2 * x.", "Twice."]}, "contains its solution"),
        ({"notes": ""}, "needs notes"),
    ],
)
def test_a_proof_names_the_promise_that_is_broken(changes: dict[str, Any], words: str) -> None:
    teach.exercise("double", **own(**changes))(check_double)
    with pytest.raises(AMEError, match=words.replace("*", r"\*")):
        teach.prove("double")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kind": "guess"}, "kind of the exercise"),
        ({"minutes": 0}, "minutes of the exercise"),
        ({"difficulty": 4}, "difficulty of the exercise"),
        ({"prompt": " "}, "prompt of the exercise"),
        ({"stub": "def other(x):\n    return ..."}, "must define double"),
        ({"kind": "predict, then run"}, "run of the exercise"),
        ({"run": "outcome = 3"}, "run of the exercise"),
    ],
)
def test_a_wrong_declaration_is_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(AMEError, match=words):
        teach.exercise("double", **own(**changes))(check_double)


def test_an_answer_stands_in_place_of_the_dots() -> None:
    each = dataclasses.replace(teach.find("kd_loss"))
    assert each.code("1 + 1").endswith("    return 1 + 1")
    assert each.code("def kd_loss(a):\n    return a\n") == "def kd_loss(a):\n    return a"
