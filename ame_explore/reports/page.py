"""One HTML page that needs nothing else: text, tables and figures, with plotly.js inside it once.

The page's own policy forbids it to load anything from anywhere, so it shows the same on a train, in ten years, and
behind a firewall.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, StrictUndefined
from plotly.offline import get_plotlyjs

from ame_explore.ame import AMEError
from ame_explore.data.atomic_files import write_atomically
from ame_explore.figures.base.style import Drawing


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
        ids: for each row the ids that it stands for, where the page links tables and figures; () for none.
    """

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str | Cell]]
    numeric: frozenset[int] = frozenset()
    note: str = ""
    folded: bool = False
    ids: Sequence[Sequence[int]] = ()
    kind = "table"

    def __post_init__(self) -> None:
        if self.ids and len(self.ids) != len(self.rows):
            raise AMEError(f"ids of {self.caption!r} must be {len(self.rows)}, one entry a row, got {len(self.ids)}.")
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
class Linked:
    """What a page shows of the things that its figures and tables have in common, once they are chosen.

    A choice in one figure (lasso, box, click) or table is shown in all others and in a panel of its own. Figures take
    part by `customdata` (an id of each point, or a list of several), tables by `ids`.

    Attributes:
        ids: one whole number a thing, in their order.
        columns: name -> a value a thing (text or number), shown in the panel; all as text, never as HTML.
        what: what to call one and several, for instance ("pair", "pairs").
        pictures: id -> data URI of a small picture.
        of: whose the columns are, where figures show others' too.
        others: who else has ids in figures, that are none of these.
        called: what to call those, where not by their ids.
    """

    ids: Sequence[int]
    columns: Mapping[str, Sequence[str | float | int | None]]
    what: tuple[str, str] = ("row", "rows")
    pictures: Mapping[int, str] = field(default_factory=dict)
    of: str = ""
    others: str = ""
    called: Mapping[int, str] = field(default_factory=dict)


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
    linked: Linked | None = None,
) -> Path:
    """Write a page to `path`, whole or not at all: about 4.9 MB, nearly all of it plotly.js.

    Args:
        path: of the file; parent folders are made, and an earlier file is replaced.
        title: the page's heading and the window's title.
        verdict: the answer in one sentence, at the top.
        sections: what follows. All text is escaped: nothing in it is read as HTML.
        subtitle: a line below the title.
        facts: short statements in a row above the verdict.
        linked: what its figures and tables have in common, to choose in one and see in all.

    Returns:
        `path` as a `Path`.

    Raises:
        AMEError: title or verdict is blank.
        OSError: the file cannot be written.
    """
    for name, value in (("title", title), ("verdict", verdict)):
        if not isinstance(value, str) or not value.strip():
            raise AMEError(f"{name} must be a non-blank string, got {value!r}.")
    templates = files("ame_explore.reports").joinpath("templates")
    source, style, script = (
        templates.joinpath(f"report.{kind}").read_text(encoding="utf-8") for kind in ("html.j2", "css", "js")
    )
    drawings = [part for section in sections for part in section.parts if isinstance(part, Drawing)]
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
        linked=None if linked is None else _script_json(_linked_json(linked)),
        style=style,
        scripts=[get_plotlyjs(), script] if drawings else [script] if linked else [],
    )
    target = Path(path)
    write_atomically(target, page.encode("utf-8"))
    return target


def _figure_json(drawing: Drawing) -> str:
    return _script_json(drawing.figure.to_json())


def _linked_json(linked: Linked) -> str:
    """Ids, columns and pictures; numbers to four significant digits, which is all that the panel shows."""
    rounded = {
        name: [float(f"{value:.4g}") if isinstance(value, float) else value for value in values]
        for name, values in linked.columns.items()
    }
    whole: dict[str, object] = {"ids": list(linked.ids), "columns": rounded, "what": linked.what}
    whole |= {
        "pictures": dict(linked.pictures),
        "of": linked.of,
        "others": linked.others,
        "called": dict(linked.called),
    }
    return json.dumps(whole, allow_nan=False, separators=(",", ":"), ensure_ascii=False)


def _script_json(text: str) -> str:
    """JSON that cannot end the script element it stands in; a lone surrogate becomes JSON's own escape."""
    text = text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
