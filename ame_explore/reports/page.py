"""A self-contained HTML page: text, tables and figures, with one copy of plotly.js inside.

The page's content security policy forbids loading anything, so it looks the same offline, behind a firewall, and in
ten years.
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
from ame_explore.quantities import quantity


@dataclass(frozen=True)
class Cell:
    """A table cell.

    Attributes:
        text: its text.
        note: a smaller line below.
        tone: "good", "bad", "even" or "".
    """

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
        rows: text or `Cell`; each row has as many as `head`.
        numeric: indices of the columns that are aligned to the right.
        note: a line below the table.
        folded: whether the table is hidden until clicked.
        ids: for each row, the ids that it stands for on a page with linked tables and figures; (): none.

    Raises:
        AMEError: if there are not as many ids as rows, or a row has not as many cells as `head`.
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
            raise AMEError(f"ids of {self.caption!r} must be {len(self.rows)}, one for each row, got {len(self.ids)}.")
        for row in self.rows:
            if len(row) != len(self.head):
                name = f" in the row {str(row[0])!r}" if row else ""
                raise AMEError(f"rows of {self.caption!r} must have {len(self.head)} cells, got {len(row)}{name}.")


@dataclass(frozen=True)
class Terms:
    """Terms and their meanings, hidden until clicked.

    Attributes:
        caption: what to click.
        meanings: term -> meaning.
    """

    caption: str
    meanings: Mapping[str, str]
    kind = "terms"


@dataclass(frozen=True)
class Code:
    """A command or code, shown verbatim.

    Attributes:
        text: the command or code.
    """

    text: str
    kind = "code"


@dataclass(frozen=True)
class Linked:
    """The items that a page's figures and tables have in common, and what a panel shows of the selected ones.

    A selection in one figure (lasso, box, click) or table shows in all others and in the panel. Figures take part
    through `customdata` (the id of each point, or a list of ids), tables through `ids`.

    Attributes:
        ids: one whole number per item.
        columns: name -> one value per item (text or number), shown in the panel as text, never as HTML.
        quantities: name of a column -> the declared quantity that it holds, which says how its numbers are written.
        what: singular and plural name of an item, for example ("pair", "pairs").
        pictures: id -> data URI of a small picture.
        of: the model that the columns belong to, if figures show a second model too.
        others: the second model, whose figures may hold ids that are not in `ids`.
        called: id -> name, for ids of the second model that are shown by name.
    """

    ids: Sequence[int]
    columns: Mapping[str, Sequence[str | float | int | None]]
    what: tuple[str, str] = ("row", "rows")
    pictures: Mapping[int, str] = field(default_factory=dict)
    of: str = ""
    others: str = ""
    called: Mapping[int, str] = field(default_factory=dict)
    quantities: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Section:
    """A heading with what follows it.

    Attributes:
        title: the heading.
        text: paragraphs.
        parts: tables, terms, code and drawings below them, in this order.
    """

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
    """Write a page to `path` atomically. With figures it takes about 4.9 MB, nearly all of it plotly.js.

    All text is escaped, never read as HTML.

    Args:
        path: the file; parent folders are created, and an earlier file is replaced.
        title: the page's heading and the window's title.
        verdict: the answer, at the top; each line is a paragraph.
        sections: the rest of the page.
        subtitle: a line below the title.
        facts: short statements in a row above the verdict.
        linked: the items that figures and tables share, so that a selection in one shows in all.

    Returns:
        `path` as a `Path`.

    Raises:
        AMEError: if title or verdict is blank.
        OSError: if the file cannot be written.
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
    """The linked items as JSON; numbers have four significant digits, as in the panel."""
    rounded = {
        name: [float(f"{value:.4g}") if isinstance(value, float) else value for value in values]
        for name, values in linked.columns.items()
    }
    whole: dict[str, object] = {"ids": list(linked.ids), "columns": rounded, "what": linked.what}
    known = {column: quantity(name) for column, name in linked.quantities.items()}
    whole |= {
        "formats": {column: {"decimals": each.decimals, "fine": each.fine} for column, each in known.items()},
        "pictures": dict(linked.pictures),
        "of": linked.of,
        "others": linked.others,
        "called": dict(linked.called),
    }
    return json.dumps(whole, allow_nan=False, separators=(",", ":"), ensure_ascii=False)


def _script_json(text: str) -> str:
    """JSON that cannot close the script element around it; lone surrogates become JSON escapes."""
    text = text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
