"""The explorer's lists and tables as text and HTML; everything that comes from the data is escaped."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

import pandas as pd

from ame_explore.quantities import quantity

LISTED, SHOWN = 100, 30
_CAPTION = 90  # characters of a caption in a list
_METADATA = 6  # columns of metadata beside the measures of the selected pairs
_QUANTITIES = ("cosine", "rank_i2t", "rank_t2i", "margin_i2t", "margin_t2i", "entropy_i2t", "suspicion")
_TITLES = {"id": "pair", "caption": "its text", **{name: quantity(name).title for name in _QUANTITIES}}
_STYLE = """<style>
.ame-pairs { color: var(--jp-ui-font-color1, #1a1a1a); line-height: 1.4; }
.ame-pairs table { border-collapse: collapse; width: 100%; font-size: 14px; }
.ame-pairs th, .ame-pairs td { padding: 3px 12px 3px 0; text-align: right; vertical-align: top; }
.ame-pairs th { font-weight: 600; border-bottom: 1px solid var(--jp-border-color1, #8a8a8a); vertical-align: bottom; }
.ame-pairs .words { text-align: left; width: 45%; overflow-wrap: anywhere; }
.ame-pairs .picture { text-align: left; width: 108px; }
.ame-pairs td { white-space: nowrap; font-variant-numeric: tabular-nums; }
.ame-pairs td.words { white-space: normal; }
.ame-pairs img { display: block; }
</style>"""


def verdict_html(text: str) -> str:
    """The verdict as HTML, one paragraph per line of `text`."""
    lines = "".join(f"<p style='margin: 2px 0'><b>{html.escape(line)}</b></p>" for line in text.splitlines())
    return f"{_STYLE}<div class='ame-pairs'>{lines}</div>"


def selection_html(table: pd.DataFrame, pictures: Mapping[int, str]) -> str:
    """The selected pairs as an HTML table.

    Args:
        table: rows of `Exploration.pairs`.
        pictures: id -> data URI of a small image.
    """
    if table.empty:
        text = "Nothing selected: draw a lasso, click a point, or choose in the list (with Ctrl or Shift, several)."
        return f"{_STYLE}<div class='ame-pairs'><p>{text}</p></div>"
    shown = table[:SHOWN]
    meta = {name: name.removeprefix("meta_") for name in shown if name.startswith("meta_")}
    titles = _TITLES | dict(list(meta.items())[:_METADATA])
    columns = [name for name in titles if name in ("id", "caption") or _says_something(shown[name])]
    kinds = {name: " class='words'" if name == "caption" else "" for name in columns}
    head = "".join(f"<th{kinds[name]}>{html.escape(titles[name])}</th>" for name in columns)
    head = "<th class='picture'>image</th>" * bool(pictures) + head
    rows = ""
    for line in shown.to_dict("records"):
        image = ""
        if pictures:
            found = pictures.get(int(line["id"]))
            small = f"<img src='{found}' alt=''>" if found else "–"
            image = f"<td class='picture'>{small}</td>"
        cells = "".join(f"<td{kinds[name]}>{html.escape(_cell(name, line[name]))}</td>" for name in columns)
        rows += f"<tr>{image}{cells}</tr>"
    few = f", the first {SHOWN} listed; all in <code>.selection</code>" if len(table) > SHOWN else ""
    count = f"{len(table):,} {'pair' if len(table) == 1 else 'pairs'} selected{few}."
    body = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return f"{_STYLE}<div class='ame-pairs'><p>{count}</p>{body}</div>"


def pair_options(table: pd.DataFrame) -> list[tuple[str, tuple[int, ...]]]:
    """The lines of a list of pairs, each with its id."""
    found: list[tuple[str, tuple[int, ...]]] = []
    for line in table[:LISTED].to_dict("records"):
        numbers = f"cosine {_cell('cosine', line['cosine'])}, rank {_cell('rank_i2t', line['rank_i2t'])}"
        if line["rank_i2t"] != line["rank_i2t"]:  # NaN: widths differ
            numbers = f"suspicion {_cell('suspicion', line['suspicion'])}"
        found.append((f"{line['id']} ({numbers}): {_cut(line['caption'])}", (int(line["id"]),)))
    return found


def hub_options(hubs: pd.DataFrame, pairs: pd.DataFrame) -> list[tuple[str, tuple[int, ...]]]:
    """The lines of a list of texts that are near many images.

    Args:
        hubs: rows of `Exploration.text_hubs`.
        pairs: `Exploration.pairs`.

    Returns:
        Each line with the ids of the text's own images.
    """
    of_text = pairs.groupby("text")["id"].apply(list).to_dict()
    found: list[tuple[str, tuple[int, ...]]] = []
    for line in hubs.to_dict("records"):
        found.append((f"near to {line['times']:,} images: {_cut(line['caption'])}", (*of_text.get(line["row"], ()),)))
    return found


def _says_something(values: pd.Series) -> bool:
    return bool(values.notna().any())


def _cut(caption: str) -> str:
    words = " ".join(caption.split())
    return words if len(words) <= _CAPTION else words[: _CAPTION - 1] + "…"


def _cell(name: str, value: Any) -> str:
    if name in _QUANTITIES:
        return quantity(name).text(value)
    return "–" if value is None else _cut(str(value)) if name.startswith("meta_") else str(value)
