"""The section of exercises in the notebooks: made from the one source, and it runs as it stands, stubs and all."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import jupytext
import nbformat
import pytest
from typer.testing import CliRunner

from ame_explore import teach
from ame_explore.apps import cli
from ame_explore.data.sets.emoji import emoji_set
from ame_explore.models.emoji_weights import emoji_recipe
from ame_explore.teach.exercise_section import TAG, teachers_version, with_exercises

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
NOTEBOOKS = sorted({each.notebook for each in teach.exercises.values()})


def cells(notebook: Any) -> list[tuple[str, str, bool]]:
    """(type, source, whether it belongs to the section) of every cell."""
    return [(c.cell_type, c.source, TAG in c.metadata.get("tags", [])) for c in notebook.cells]


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_the_section_is_that_of_the_source(name: str) -> None:
    stored = jupytext.read(FOLDER / f"{name}.py", fmt="py:percent")
    assert cells(stored) == cells(with_exercises(stored, name)), "run python .ci/exercises.py"
    assert any(own for _, _, own in cells(stored))


def defined(sources: list[str]) -> set[str]:
    """The names that code defines at its top level, imports apart."""
    found: set[str] = set()
    for node in ast.parse("\n".join(sources)).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        else:
            stored = (each for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store))
            found |= {each.id for each in stored}
    return found


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_exercises_change_no_name_of_the_notebook(name: str) -> None:
    """A slider's callback would find another value behind its name."""
    code = [c for c in cells(jupytext.read(FOLDER / f"{name}.py", fmt="py:percent")) if c[0] == "code"]
    mine, others = ([source for _, source, own in code if own is each] for each in (True, False))
    assert defined(mine) & defined(others) == set()


@pytest.mark.parametrize("teacher", [False, True])
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_the_section_runs_by_itself(name: str, teacher: bool) -> None:
    """The learner's stubs are all "not yet", the teacher's solutions all right, and nothing is needed from outside."""
    empty = nbformat.v4.new_notebook()
    names: dict[str, Any] = {"__name__": "__main__"}
    verdicts = []
    for cell in with_exercises(empty, name, teacher=teacher).cells:
        if cell.cell_type == "code":
            tree = ast.parse(cell.source)
            last = tree.body.pop() if cell.source.splitlines()[-1].startswith("teach.check(") else None
            exec(compile(tree, "<cell>", "exec"), names)
            if isinstance(last, ast.Expr):
                verdicts.append(eval(compile(ast.Expression(last.value), "<cell>", "eval"), names))
    assert len(verdicts) == sum(each.notebook == name for each in teach.exercises.values())
    assert all(verdict.right == teacher for verdict in verdicts), verdicts


def test_writing_again_changes_nothing_and_the_place_is_kept() -> None:
    new = nbformat.v4.new_markdown_cell, nbformat.v4.new_code_cell
    ending = new[0]("## Where to go next\n\n- there")
    plain = nbformat.v4.new_notebook(cells=[new[0]("# Title"), new[1]("x = 1"), ending])
    once = with_exercises(plain, "00_tour")
    twice = with_exercises(once, "00_tour")
    assert cells(once) == cells(twice)
    kinds = [own for *_, own in cells(once)]
    assert kinds == [*sorted(kinds[:-1]), False] and len(kinds) > 6  # after the text, before where to go next
    assert cells(plain) == [c for c in cells(once) if not c[2]]
    assert len({cell.id for cell in once.cells}) == len(once.cells)
    assert cells(with_exercises(once, "no_such_notebook")) == cells(plain)
    nbformat.validate(once)


def test_learner_and_teacher_get_what_they_should() -> None:
    empty = nbformat.v4.new_notebook()
    learner, teacher = (
        "\n".join(cell.source for cell in with_exercises(empty, "01_distillation", teacher=each).cells)
        for each in (False, True)
    )
    each = teach.find("kd_loss")
    assert f"*{each.kind} · {each.minutes} minutes · medium*" in learner
    assert "return ...  # your line" in learner and "<summary>Solution</summary>" in learner
    assert each.notes.split(".")[0] not in learner.replace("\n", " ")
    assert "return ...  # your line" not in teacher and each.notes.split(".")[0] in teacher
    assert all(hint in teacher and hint not in learner for hint in each.hints)
    assert all(words.lower() in teacher.lower() for _, words in each.wrong)


def test_other_files_are_left_as_they_are() -> None:
    assert teachers_version(Path("pictures/a.png"), b"\x89") == b"\x89"
    assert teachers_version(Path("howto/page.ipynb"), b"{}") == b"{}"


def test_the_command_writes_the_teachers_version_and_keeps_what_is_there(tmp_path: Path) -> None:
    kept = tmp_path / "00_tour.ipynb"
    kept.write_text("mine")
    result = CliRunner().invoke(cli.app, ["teach", str(tmp_path)])
    assert result.exit_code == 0, result.output
    assert kept.read_text() == "mine" and "00_tour.ipynb" in result.output
    written = json.loads((tmp_path / "05_bounds.ipynb").read_text(encoding="utf-8"))
    text = "".join("".join(cell["source"]) for cell in written["cells"])
    assert "the teacher's version" in text and "For the teacher." in text


def test_what_the_croissants_exercise_says_of_the_models() -> None:
    each = teach.find("croissant")
    assert 1500 < len(emoji_set()) < 1700 and "some 1,600 names" in each.why
    steps = [emoji_recipe(who)["training"]["steps"] for who in ("student", "teacher")]
    assert steps == [600, 7000] and "for 600 steps in place of 7,000" in " ".join(each.prompt.split())
