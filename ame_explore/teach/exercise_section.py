"""The section "Exercises" of a notebook, as the learner and the teacher see it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from ame_explore.teach.declare import DIFFICULTIES, Exercise, exercises
from ame_explore.teach.proof import SETUP, verdict_on

TAG = "exercise"  # of every cell that is written here, and of no other
_NEXT = "## Where to go next"  # the heading that the section stands before


def with_exercises(notebook: NotebookNode, name: str, *, teacher: bool = False) -> NotebookNode:
    """A notebook with its section of exercises written anew.

    Cells tagged `exercise` are replaced, in their place. If there are none, the section goes before the cell that says
    where to go next, or else to the end.

    Args:
        notebook: a notebook of format 4; it is not changed.
        name: its name without ending, such as "01_distillation".
        teacher: whether to write the teacher's version: solutions in the cells, notes, and what wrong answers are told.

    Returns:
        The new notebook; without exercises of that name it has no such section.
    """
    kept = [cell for cell in notebook.cells if TAG not in cell.metadata.get("tags", [])]
    mine = [each for each in exercises.values() if each.notebook == name]
    new = _section(mine, teacher=teacher) if mine else []
    first = next((i for i, cell in enumerate(notebook.cells) if TAG in cell.metadata.get("tags", [])), None)
    at = first if first is not None else next((i for i, cell in enumerate(kept) if _says_next(cell)), len(kept))
    fresh: NotebookNode = nbformat.from_dict({**notebook, "cells": [*kept[:at], *new, *kept[at:]]})
    for index, cell in enumerate(fresh.cells):
        cell["id"] = f"cell-{index:03d}"
    return fresh


def teachers_version(name: Path, content: bytes) -> bytes:
    """A file of the notebooks' folder as a teacher gets it.

    Args:
        name: its path in the folder.
        content: its content.

    Returns:
        For a notebook that has exercises, its teacher's version; any other file as it is.
    """
    stem = name.with_suffix("").as_posix()
    if name.suffix != ".ipynb" or all(each.notebook != stem for each in exercises.values()):
        return content
    notebook = nbformat.reads(content.decode("utf-8"), as_version=4)
    text: str = nbformat.writes(with_exercises(notebook, stem, teacher=True))
    return text.encode("utf-8")


def _says_next(cell: NotebookNode) -> bool:
    return cell.cell_type == "markdown" and str(cell.source).startswith(_NEXT)


def _section(mine: Iterable[Exercise], *, teacher: bool) -> list[NotebookNode]:
    mine = list(mine)
    cells = [_markdown(_introduction(mine, teacher=teacher)), _code(SETUP)]
    for place, each in enumerate(mine, start=1):
        facts = f"*{each.kind} · {_minutes(each.minutes)} · {DIFFICULTIES[each.difficulty]}*"
        cells.append(_markdown(f"### Exercise {place}: {each.title}\n\n{facts}\n\n{_flowing(each.prompt)}"))
        if teacher:
            cells.append(_markdown(_for_the_teacher(each)))
        code = each.code(each.solution) if teacher else each.start
        gap = "\n\n\n" if code.startswith("def ") or "\ndef " in code else "\n\n"
        cells.append(_code(f'{code}{gap}teach.check("{each.name}", {each.name})'))
        if each.run:
            cells.append(_code(_run_cell(each)))
        if not teacher:
            cells.append(_markdown(_folded(each)))
    return cells


def _run_cell(each: Exercise) -> str:
    """The code that shows what happens; it waits for a prediction, so that running all cells gives nothing away."""
    before, start, after = f"\n{each.run.strip()}".partition("\nhappened = ")
    shown = textwrap.indent(f"{start}{after}".strip("\n"), "    ")
    waits = f'if {each.name} is ...:\n    print("First write your prediction into the cell above.")\nelse:\n{shown}'
    return f"{before}\n{waits}".strip("\n") if start else each.run.strip("\n")


def _introduction(mine: list[Exercise], *, teacher: bool) -> str:
    minutes = _minutes(sum(each.minutes for each in mine))
    if teacher:
        rows = "\n".join(
            f"| {place} | {each.title} | {each.kind} | {each.minutes} | {DIFFICULTIES[each.difficulty]} |"
            for place, each in enumerate(mine, start=1)
        )
        return (
            f"## Exercises: the teacher's version\n\n{len(mine)} exercises, about {minutes} in all. The cells hold "
            "solutions; notes and the usual wrong answers stand above them.\n\n"
            f"| | exercise | kind | minutes | difficulty |\n|---|---|---|---|---|\n{rows}"
        )
    return (
        f"## Exercises\n\n{len(mine)} exercises, about {minutes} in all. Put your answer in place of `...`, or mend "
        "the code that stands there, and run the cell: the check says what is not right yet. Stuck? "
        f'`teach.hint("{mine[0].name}")` in a new cell gives a hint, and each further call one more. Solutions '
        "are folded below each exercise."
    )


def _for_the_teacher(each: Exercise) -> str:
    hints = "\n".join(f"{place}. {words}" for place, words in enumerate(each.hints, start=1))
    wrong = "\n".join(
        f"| `{_one_line(answer)}` | {_cell(verdict_on(each, answer).words)} |" for answer, _ in each.wrong
    )
    return (
        f"**For the teacher.** {_flowing(each.notes)}\n\n{_flowing(each.why)}\n\n"
        f"<details><summary>Hints, and what wrong answers are told</summary>\n\n{hints}\n\n"
        f"| answer | what the check says |\n|---|---|\n{wrong}\n\n</details>"
    )


def _folded(each: Exercise) -> str:
    return (
        f"<details><summary>Solution</summary>\n\n```python\n{each.code(each.solution)}\n```\n\n"
        f"{_flowing(each.why)}\n\n</details>"
    )


def _flowing(text: str) -> str:
    """Markdown with each paragraph on one line, as in the rest of the notebooks."""
    return "\n\n".join(" ".join(paragraph.split("\n")) for paragraph in text.strip().split("\n\n"))


def _one_line(answer: str) -> str:
    lines = [line.strip() for line in answer.strip().splitlines() if line.strip() and not line.strip().startswith('"')]
    return _cell("; ".join(lines))


def _cell(words: str) -> str:
    return words.replace("|", "\\|").replace("\n", " ")


def _minutes(count: int) -> str:
    return "1 minute" if count == 1 else f"{count} minutes"


def _markdown(source: str) -> NotebookNode:
    cell: NotebookNode = nbformat.v4.new_markdown_cell(source, metadata={"tags": [TAG]})
    return cell


def _code(source: str) -> NotebookNode:
    cell: NotebookNode = nbformat.v4.new_code_cell(source, metadata={"tags": [TAG]})
    return cell
