"""The gallery: each figure beside the lines that make it. Building the page runs every example."""

from __future__ import annotations

import ast
import json
import os
from pathlib import Path
from typing import Any

from course_pages import FENCE, plot, plot_scripts

EXAMPLES = Path(__file__).parent / "gallery"
BEGIN = "begin.py"  # what all examples begin with


def examples() -> list[Path]:
    """The examples, in order."""
    return sorted(path for path in EXAMPLES.glob("*.py") if path.name != BEGIN)


def begin() -> dict[str, Any]:
    """The names that `begin.py` defines."""
    found: dict[str, Any] = {}
    exec(compile((EXAMPLES / BEGIN).read_text(encoding="utf-8"), BEGIN, "exec"), found)
    return found


def run(example: Path, names: dict[str, Any]) -> Any:
    """Run one example and return its `drawing`.

    Args:
        example: the file.
        names: from `begin`; the example cannot change them for others.
    """
    held = dict(names)
    exec(compile(example.read_text(encoding="utf-8"), example.name, "exec"), held)
    return held["drawing"]


def title_and_code(example: Path) -> tuple[str, str]:
    """An example's docstring, which is its title, and its lines below that."""
    source = example.read_text(encoding="utf-8")
    title = ast.get_docstring(ast.parse(source))
    assert title, f"{example.name} needs a docstring, which is its title"
    return title.splitlines()[0].rstrip("."), source.split('"""', 2)[2].strip()


def write_gallery(target: Path) -> None:
    """Run every example and write the page."""
    os.environ.setdefault("AME_HEADLESS", "1")
    names = begin()
    _, first = title_and_code(EXAMPLES / BEGIN)
    parts = [
        "# Gallery",
        "Each figure below is made by the lines beneath it, and is a `Drawing`: a Plotly figure (`drawing.figure`) and "
        "a sentence that says what it shows (`drawing.sentence`). All examples begin with",
        _code(first),
    ]
    for example in examples():
        title, code = title_and_code(example)
        drawing = run(example, names)
        figure = json.loads(drawing.figure.to_json())
        figure = f"{FENCE}{{raw}} html\n{plot(figure, drawing.sentence)}\n{FENCE}"
        parts += [f"## {title}", figure, f"*{drawing.sentence.replace('*', '')}*", _code(code)]
    parts.append(f"{FENCE}{{raw}} html\n{plot_scripts('')}\n{FENCE}")
    target.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def _code(source: str) -> str:
    return f"{FENCE}{{code-block}} python\n{source}\n{FENCE}"
