"""One HTML page that needs nothing else: text, tables and figures, with plotly.js inside it once.

The page's own policy forbids it to load anything from anywhere, so it shows the same on a train, in ten years, and
behind a firewall.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, StrictUndefined
from plotly.offline import get_plotlyjs

from ame_explore.ame import AMEError
from ame_explore.data.storage import write_atomically
from ame_explore.figures.style import Drawing


@dataclass(frozen=True)
class Cell:
    """A table cell: what stands in it, a smaller line below, and its tone ("good", "bad", "even" or "")."""

    text: str
    note: str = ""
    tone: str = ""

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Table:
    """A table with its caption; the first cell of a row is the row's header.

    Attributes:
        caption: what the table shows.
        head: the columns' headers.
        rows: as many cells a row as there are headers; text or `Cell`.
        numeric: places of the columns that are aligned to the right.
        note: a line below.
        folded: whether it opens only on a click.
    """

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str | Cell]]
    numeric: frozenset[int] = frozenset()
    note: str = ""
    folded: bool = False
    kind = "table"

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.head):
                raise AMEError(f"rows of {self.caption!r} must have {len(self.head)} cells, got {len(row)}: {row[:1]}.")


@dataclass(frozen=True)
class Terms:
    """Words and their meanings, folded away until wanted."""

    caption: str
    meanings: Mapping[str, str]
    kind = "terms"


@dataclass(frozen=True)
class Code:
    """Something to type, kept as it is."""

    text: str
    kind = "code"


@dataclass(frozen=True)
class Section:
    """A heading, paragraphs below it, then tables, terms, code and drawings in their order."""

    title: str
    text: Sequence[str] = ()
    parts: Sequence[Table | Terms | Code | Drawing] = ()


def write_report(
    path: str | os.PathLike[str],
    *,
    title: str,
    verdict: str,
    sections: Sequence[Section],
    subtitle: str = "",
    facts: Sequence[str] = (),
) -> Path:
    """Write a page to `path`, whole or not at all: about 4.9 MB, nearly all of it plotly.js.

    Args:
        path: of the file; parent folders are made, and an earlier file is replaced.
        title: the page's heading and the window's title.
        verdict: the answer in one sentence, at the top.
        sections: what follows. All text is escaped: nothing in it is read as HTML.
        subtitle: a line below the title.
        facts: short statements in a row above the verdict.

    Returns:
        `path` as a `Path`.

    Raises:
        AMEError: title or verdict is blank.
        OSError: the file cannot be written.
    """
    for name, value in (("title", title), ("verdict", verdict)):
        if not isinstance(value, str) or not value.strip():
            raise AMEError(f"{name} must be a non-blank string, got {value!r}.")
    source = files("ame_explore.figures").joinpath("templates/report.html.j2").read_text(encoding="utf-8")
    template = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    ).from_string(source)
    page = template.render(
        title=title,
        subtitle=subtitle,
        facts=facts,
        verdict=verdict,
        sections=sections,
        figure_json=_figure_json,
        plotly_js=get_plotlyjs(),
        has_figures=any(isinstance(part, Drawing) for section in sections for part in section.parts),
    )
    target = Path(path)
    write_atomically(target, page.encode("utf-8"))
    return target


def _figure_json(drawing: Drawing) -> str:
    """The figure as JSON that cannot end the script element it stands in."""
    text = drawing.figure.to_json()
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
