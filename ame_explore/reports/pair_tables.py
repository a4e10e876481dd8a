"""The tables of the report on explored features, with the pair ids that each row stands for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from ame_explore.analysis.pairs.exploration import Exploration
from ame_explore.analysis.pairs.pair_changes import PairChanges
from ame_explore.analysis.pairs.regions import Regions
from ame_explore.analysis.pairs.suspects import confused_labels, slice_keys
from ame_explore.quantities import number, quantity
from ame_explore.reports.page import Cell, Section, Table
from ame_explore.reports.pair_words import CONFUSED

LISTED = 25  # the most pairs or groups in a table
_HUBS, _PER_COLUMN = 10, 12
_LONG = 160  # characters of a caption in a table
_LINKED_SLICE = 2000  # the most pairs that a click on a row selects


def pair_table(side: Exploration, table: pd.DataFrame, caption: str) -> Table:
    """A table of pairs with their text, the nearest wrong text, and their measures.

    Args:
        side: the model.
        table: rows of `side.pairs`, in the order to list them.
        caption: the table's caption.
    """
    texts, rows = side.features.texts, []
    shown = table[:LISTED]
    for line in shown.to_dict("records"):
        nearest = int(line["nearest_text"])
        row: list[str | Cell] = [str(int(line["id"])), _short(line["caption"])]
        if side.measured.comparable:
            row += [
                _short(texts[nearest]) if nearest >= 0 else "–",
                quantity("cosine").text(line["cosine"]),
                " / ".join(quantity(name).text(line[name]) for name in ("rank_i2t", "rank_t2i")),
                Cell(*(quantity(name).text(line[name], signed=True) for name in ("margin_i2t", "margin_t2i"))),
                quantity("entropy_i2t").text(line["entropy_i2t"]),
            ]
        row.append(quantity("suspicion").text(line["suspicion"]))
        rows.append(row)
    head = ["pair", "its text"]
    if side.measured.comparable:
        head += ["nearest wrong text", "cosine", "ranks", "margins", "entropy"]
    head.append("suspicion")
    more = f" The first {LISTED} of {len(table):,}." if len(table) > LISTED else ""
    return Table(
        caption,
        head,
        rows,
        numeric=frozenset(range(3 if side.measured.comparable else 2, len(head))),
        note=f"Ranks: image to text / text to image. Margins: image to text, below it text to image.{more}"
        if side.measured.comparable
        else more.strip(),
        ids=[(int(id_),) for id_ in shown["id"]],
    )


def moves(changes: PairChanges) -> Table:
    """The pairs whose cosine changed the most between two models."""
    table = changes.table.reindex(changes.table["cosine_change"].abs().sort_values(ascending=False).index)[:LISTED]
    rows = [
        [
            str(int(line["id"])),
            _short(line["caption"]),
            number(line["cosine_a"]),
            number(line["cosine_b"]),
            number(line["cosine_change"], signed=True),
            *(
                " → ".join(quantity(name).text(line[f"{name}_{side}"]) for side in "ab")
                for name in ("rank_i2t", "rank_t2i")
            ),
        ]
        for line in table.to_dict("records")
    ]
    head = ["pair", "its text", "cosine before", "after", "change", "rank, image to text", "rank, text to image"]
    ids = [(int(id_),) for id_ in table["id"]]
    return Table("Pairs that moved the most", head, rows, numeric=frozenset(range(2, 7)), ids=ids, folded=True)


def duplicates(side: Exploration) -> list[Section]:
    """The section on duplicates."""
    found = side.duplicates
    if found.empty:
        return [Section("Duplicates", (f"None found. {side.duplicates_words}",))]
    shown = found[:LISTED].to_dict("records")
    rows = [
        [
            group["kind"],
            str(group["size"]),
            _short(group["caption"]),
            number(group["cosine"]),
            _listed(group["ids"]),
        ]
        for group in shown
    ]
    text = (
        "Texts or images that occur more than once. They worsen each other's ranks although the model is not wrong, "
        "and in training they are false negatives.",
    )
    table = Table(
        f"{len(found):,} groups of duplicates",
        ["what", "how many", "first text", "least cosine", "pairs"],
        rows,
        numeric=frozenset({1, 3}),
        note=side.duplicates_words + (f" The {LISTED} largest are listed." if len(found) > LISTED else ""),
        ids=[group["ids"][:_LINKED_SLICE] for group in shown],
    )
    return [Section("Duplicates", text, [table])]


def hubs(side: Exploration) -> list[Section]:
    """The section on hubs, texts and images."""
    if not side.measured.comparable or not len(side.text_hubs):
        return []
    tables = []
    for found, what, others, skew in (
        (side.text_hubs, "text", "images", side.hubness[0]),
        (side.image_hubs, "image", "texts", side.hubness[1]),
    ):
        shown = found[:_HUBS].to_dict("records")
        tables.append(
            Table(
                f"{what.capitalize()}s that are most often among the {side.measured.k} nearest of {others}",
                ["pair" if what == "image" else "pairs", "its text", f"{others} it is near to", "share", "expected"],
                [
                    [
                        _listed(h["ids"], most=3),
                        _short(h["caption"]),
                        f"{h['times']:,}",
                        f"{h['share']:.1%}",
                        number(h["expected"], 1),
                    ]
                    for h in shown
                ],
                numeric=frozenset({2, 3, 4}),
                note=""
                if math.isnan(skew)
                else f"Hubness (skewness of all {what}s' counts): {quantity('hubness').text(skew)}.",
                ids=[h["ids"][:_LINKED_SLICE] for h in shown],
            )
        )
    text = (
        "Hubs are near everything: a text that is retrieved for many images, right or wrong, or an image that is "
        "retrieved for many texts. They are common in high dimensions, and they worsen the ranks of other rows.",
    )
    return [Section("Hubs", text, tables)]


def slices(side: Exploration) -> list[Section]:
    """The section on slices, one table for each column of metadata."""
    table = side.slices
    if table.empty or not side.measured.comparable:
        return []
    tables = []
    (keys, _), ids = slice_keys(side.features), side.pairs["id"].to_numpy()
    for column, part in table.groupby("column", sort=False):
        owners = {str(value): rows for value, rows in keys[str(column)].groupby(keys[str(column)]).indices.items()}
        shown = part[:_PER_COLUMN]
        rows: list[list[str | Cell]] = []
        for line in shown.to_dict("records"):
            cells = [
                Cell(quantity(name).text(line[name]), _interval(line[f"{name}_low"], line[f"{name}_high"]))
                for name in ("R@1_i2t", "R@1_t2i", "cosine", "entropy_i2t")
            ]
            rows.append([_short(line["value"]), f"{line['pairs']:,}", *cells])
        tables.append(
            Table(
                f"By {column}",
                [
                    str(column),
                    "pairs",
                    *(quantity(name).label for name in ("R@1_i2t", "R@1_t2i", "cosine")),
                    f"{quantity('entropy_i2t').short} (nats)",
                ],
                rows,
                numeric=frozenset(range(1, 6)),
                note=f"The {_PER_COLUMN} lowest of {len(part)}." if len(part) > _PER_COLUMN else "",
                ids=[tuple(ids[owners[value][:_LINKED_SLICE]].tolist()) for value in shown["value"]],
            )
        )
    text = (
        "One table per metadata column, one row per value, the lowest R@1 first. Below each number is its 95% interval "
        "over the slice's pairs (Clopper-Pearson for shares, Student's t for means). It holds for a single slice: the "
        "lowest of many is low partly by chance.",
    )
    return [Section("Slices", text, tables)]


def regions(side: Exploration, found: Regions | None) -> list[Section]:
    """The section on regions: their names, sizes and recall.

    Args:
        side: the model.
        found: its regions; None or without names: no section.
    """
    if found is None or not found.names:
        return []
    rows: list[list[str | Cell]] = []
    ids, shown = [], list(found.rows.items())[:LISTED]
    every = side.pairs["id"].to_numpy()
    for name, mine in shown:
        part = side.pairs.iloc[mine]
        cells: list[str | Cell] = [_short(name), f"{len(mine):,}", quantity("cosine").text(part["cosine"].mean())]
        if side.measured.comparable:
            cells += [
                quantity(f"R@1_{way}").text(float(side.measured.hits[way][mine].mean())) for way in ("i2t", "t2i")
            ]
        rows.append(cells)
        ids.append(tuple(every[mine[:_LINKED_SLICE]].tolist()))
    head = ["words that set it apart", "pairs", quantity("cosine").label]
    if side.measured.comparable:
        head += [quantity(name).label for name in ("R@1_i2t", "R@1_t2i")]
    table = Table("Regions", head, rows, numeric=frozenset(range(1, len(head))), ids=ids)
    return [Section("Regions", (found.words,), [table])]


def worst(side: Exploration, found: pd.DataFrame | None) -> list[Section]:
    """The section on the slices with the lowest recall, with corrected intervals.

    Args:
        side: the model.
        found: what `worst_slices` found; None or empty: no section.
    """
    if found is None or found.empty:
        return []
    bad = found[found["worse"]]
    count = found.attrs["candidates"]
    text = (
        f"{count:,} slices were compared with all other pairs by R@1, image to text: the values of columns, regions, "
        "and words in captions. Their 95% intervals hold for all of them together (Bonferroni). "
        f"{len(bad):,} {'is' if len(bad) == 1 else 'are'} worse than the other pairs by more than chance explains."
    )
    every, shown = side.pairs["id"].to_numpy(), found[:_PER_COLUMN]
    rows: list[list[str | Cell]] = [
        [
            _short(line["column"]),
            _short(line["value"]),
            f"{line['pairs']:,}",
            Cell(number(line["mean"]), _interval(line["low"], line["high"]), "bad" if line["worse"] else ""),
            number(line["elsewhere"]),
            "worse" if line["worse"] else "not decided",
        ]
        for line in shown.to_dict("records")
    ]
    ids = [tuple(every[list(mine[:_LINKED_SLICE])].tolist()) for mine in shown["rows"]]
    head = ["column", "value", "pairs", quantity("R@1_i2t").label, "elsewhere", "verdict"]
    return [
        Section(
            "Slices that are worse",
            (text,),
            [Table("The worst slices", head, rows, numeric=frozenset({2, 3, 4}), ids=ids)],
        )
    ]


def confused(side: Exploration) -> list[Section]:
    """The section on labels that are taken for others; none without such images."""
    found = confused_labels(side.measured)
    if found.empty:
        return []
    every, shown = side.pairs["id"].to_numpy(), found[:_PER_COLUMN]
    rows: list[list[str | Cell]] = [
        [
            _short(line["label"]),
            _short(line["taken_for"]),
            f"{line['times']:,} of {line['images']:,}",
            Cell(number(line["share"]), _interval(line["low"], line["high"])),
            f"{line['back']:,}",
        ]
        for line in shown.to_dict("records")
    ]
    ids = [tuple(every[list(mine[:_LINKED_SLICE])].tolist()) for mine in shown["rows"]]
    head = ["label", "taken for", "images", "share", "the other way"]
    table = Table("Labels that are confused", head, rows, numeric=frozenset({2, 3, 4}), ids=ids)
    return [Section("Labels that are confused", (CONFUSED,), [table])]


def _interval(low: float, high: float) -> str:
    return "" if math.isnan(low) else f"[{number(low)}, {number(high)}]"


def _short(text: Any) -> str:
    words = str(text)
    return words if len(words) <= _LONG else words[: _LONG - 1] + "…"


def _listed(ids: Sequence[int], most: int = 12) -> str:
    return ", ".join(map(str, ids[:most])) + (" …" if len(ids) > most else "") or "–"
