"""Sheets of the explorer's page: small tables of findings, in which a click shows the pairs behind a number."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ame_explore.analysis.pairs.exploration import Exploration
from ame_explore.analysis.pairs.gap import GAP_MEASURES
from ame_explore.analysis.pairs.maps import PairMaps
from ame_explore.analysis.pairs.model_table import COMPARED
from ame_explore.analysis.pairs.slice_finder import MEASURED
from ame_explore.analysis.pairs.two_models import TwoModels
from ame_explore.analysis.projection import Jitter, Lens
from ame_explore.quantities import number, quantity
from ame_explore.reports.pair_words import CONFUSED, left_out_words
from ame_explore.widgets.runtime.messages import SheetFacts

_LISTED = 40  # lines of a sheet
_FARTHEST = 20  # pairs


@dataclass(frozen=True)
class Entry:
    """One cell of a sheet.

    Attributes:
        text: what it says.
        name: the name of the filter that a click sets; "" for a cell without a click.
        rows: rows of the pairs that a click shows.
        warn: whether it is a finding to look at.
    """

    text: str
    name: str = ""
    rows: tuple[int, ...] = ()
    warn: bool = False

    @classmethod
    def of_rows(cls, name: str, rows: ArrayLike, text: str = "", *, warn: bool = False) -> Entry:
        """A cell that shows some pairs; by default it says how many they are."""
        found = np.asarray(rows, dtype=np.int64)
        return cls(text or f"{len(found):,}", name, tuple(found.tolist()), warn)


@dataclass(frozen=True)
class Sheet:
    """A table of findings.

    Attributes:
        name: the name of its tab in messages.
        words: sentences above the table.
        head: the names of the columns.
        lines: the table.
        choosing: what the choices are of.
        choices: what the reader can choose, such as measures, each with its label.
        choice: the one that is shown.
        asks: inputs, each with its name, its label and what it holds.
        code: lines of Python to copy.
    """

    name: str
    words: Sequence[str] = ()
    head: Sequence[str] = ()
    lines: Sequence[Sequence[Entry]] = field(default=())
    choosing: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    choice: str = ""
    asks: Sequence[tuple[str, str, str]] = ()
    code: str = ""

    def to_page(self) -> SheetFacts:
        """What the page is told."""
        return SheetFacts(
            name=self.name,
            words=list(self.words),
            head=list(self.head),
            lines=[
                [{"text": one.text, "act": bool(one.name), "warn": one.warn} for one in line] for line in self.lines
            ],
            choosing=self.choosing,
            choices=[{"name": name, "label": label} for name, label in self.choices.items()],
            choice=self.choice,
            asks=[{"name": name, "label": label, "value": value} for name, label, value in self.asks],
            code=self.code,
        )


def changes_sheet(two: TwoModels, choices: Sequence[str] = ()) -> Sheet:
    """Which pairs broke and healed from the first model to the second, and which moved the farthest.

    Args:
        two: the models.
        choices: names of the models that the first can be compared with, if there are several.
    """
    before, after = two.first.name, two.second.name
    lines = []
    for one, way in zip(two.turned, ("R@1_i2t", "R@1_t2i"), strict=False):
        cells = [
            Entry.of_rows(f"{one.column}: {word}", one.rows[word], warn=word == "broke") if len(one.rows[word])
            else Entry("0")
            for word in ("broke", "healed", "in both", "in neither")
        ]  # fmt: skip
        over = "images" if way.endswith("i2t") else "texts"
        told = "" if one.interval is None else quantity(way).change_text(one.interval, over)
        lines.append([Entry(one.column), *cells, Entry(told)])
    for name in ("image moved", "text moved"):
        column = next((each for each in two.columns if each.name == name), None)
        if column is None:
            continue
        known = np.flatnonzero(column.known)
        far = known[np.argsort(-column.values[known], kind="stable")][:_FARTHEST]
        median = number(float(np.median(column.values[known])), 2)
        shown = Entry.of_rows(f"{name} the farthest", far, f"{len(far)} farthest")
        lines.append([Entry(name), shown, Entry(""), Entry(""), Entry(""), Entry(f"half by less than {median}")])
    words = [
        f"A pair broke if its own partner comes first under {before} but not under {after}; it healed if it is the "
        "other way round. A number shows these pairs; the table of pairs has the same as columns."
    ]
    if two.changes.left_out:
        words.append(left_out_words(two.changes))
    head = [f"{before} → {after}", "broke", "healed", "in both", "in neither", "change of R@1, with its 95% interval"]
    return Sheet(
        "changes",
        words,
        head,
        lines,
        choosing=f"{before} against",
        choices=dict(zip(choices, choices, strict=True)),
        choice=after if choices else "",
    )


def models_sheet(table: pd.DataFrame) -> Sheet:
    """All models, one line each, from `models_table`."""
    lines = []
    for model, part in table.groupby("model", sort=False):
        cells = [Entry(str(model))]
        for line in part.to_dict("records"):
            what = quantity("pair_cosine" if line["measure"] == "cosine" else str(line["measure"]))
            text = what.text(line["value"]) + _limits(line["low"], line["high"])
            if math.isfinite(line["change"]):
                text += f"; {what.text(line['change'], signed=True)}{_limits(line['change_low'], line['change_high'])}"
            cells.append(Entry(text))
        lines.append(cells)
    head = ["model", *(quantity("pair_cosine" if name == "cosine" else name).title for name in COMPARED)]
    words = (
        "Each value with its 95% interval over images, texts or pairs; after the semicolon its change against the "
        "first model, with intervals that hold for all models and measures at once (Bonferroni).",
    )
    return Sheet("models", words, head, lines)


def slices_sheet(found: pd.DataFrame, measure: str) -> Sheet:
    """The slices with the lowest recall or margin, from `worst_slices`."""
    what = quantity("pair_cosine" if measure == "cosine" else measure)
    lines = [
        [
            Entry(str(line["column"])),
            Entry.of_rows(f"{line['column']}: {line['value']}", line["rows"], str(line["value"])),
            Entry(f"{line['pairs']:,}"),
            Entry(what.text(line["mean"]) + _limits(line["low"], line["high"]), warn=bool(line["worse"])),
            Entry(what.text(line["elsewhere"])),
            Entry("worse" if line["worse"] else "not decided", warn=bool(line["worse"])),
        ]
        for line in found[:_LISTED].to_dict("records")
    ]
    words = [
        f"{found.attrs['candidates']:,} slices were compared with all other pairs: values of columns, named regions, "
        "and words in captions. Their intervals hold for all of them at once with 95% (Bonferroni).",
        "" if len(lines) else "No slice has enough pairs inside and outside.",
    ]
    head = ["column", "slice", "pairs", f"{what.title} [interval]", "elsewhere", "verdict"]
    titles = {name: quantity("pair_cosine" if name == "cosine" else name).title for name in MEASURED}
    return Sheet(
        "slices", [one for one in words if one], head, lines, choosing="lowest", choices=titles, choice=measure
    )


def labels_sheet(found: pd.DataFrame) -> Sheet:
    """The labels whose images find a text of another label first, from `confused_labels`."""
    lines = [
        [
            Entry(str(line["label"])),
            Entry(str(line["taken_for"])),
            Entry.of_rows(f"{line['label']} taken for {line['taken_for']}", line["rows"]),
            Entry(f"{line['images']:,}"),
            Entry(number(line["share"]) + _limits(line["low"], line["high"])),
            Entry(f"{line['back']:,}"),
        ]
        for line in found[:_LISTED].to_dict("records")
    ]
    words = (CONFUSED if lines else "No image finds a text of another label first.",)
    return Sheet(
        "labels", words, ["label", "taken for", "times", "of images", "share [interval]", "the other way"], lines
    )


def trust_sheet(lenses: Sequence[tuple[PairMaps, str, Lens]], jitters: Mapping[str, Jitter], asked: bool) -> Sheet:
    """How far the maps can be trusted.

    Args:
        lenses: maps with the name of the picture and its lens.
        jitters: model -> UMAP under several seeds.
        asked: whether the seeds were asked for.
    """
    lines = []
    for maps, picture, lens in lenses:
        bad = lens.misplaced.numpy()
        images, features = len(maps.features.image), maps.features
        pairs = bad[features.image_index.cpu().numpy()] | bad[images + features.pair_index.cpu().numpy()]
        rows = maps.rows[pairs]
        name = f"misplaced by {picture}: {maps.explored.name}"
        shares = [
            Entry(number(value, 3) + (f" ± {number(error, 3)}" if error else ""))
            for value, error in (
                (lens.trustworthiness, lens.trustworthiness_error),
                (lens.continuity, lens.continuity_error),
            )
        ]
        misplaced = Entry.of_rows(name, rows, warn=True) if len(rows) else Entry("0")
        lines.append([Entry(maps.explored.name), Entry(picture), *shares, misplaced])
    words = [
        "Trustworthiness is low if points that are far apart are drawn close together, continuity if neighbours are "
        "drawn far apart; a random map has 0.5. Misplaced pairs have a point below 0.8: read nothing into their place.",
        *(f"UMAP of {name}: {one.words}" for name, one in jitters.items()),
    ]
    if not lines:
        words = ["There are too few pairs to measure this."]
    head = ["model", "map", "trustworthiness", "continuity", "misplaced pairs"]
    choices = {"maps": "the maps", SEEDS: "the maps and three seeds of UMAP"}
    return Sheet("trust", words, head, lines, choosing="measure", choices=choices, choice=SEEDS if asked else "maps")


SEEDS = "seeds"


def gap_sheet(sides: Sequence[Exploration]) -> Sheet:
    """The modality gap taken apart, for each model."""
    lines = [
        [
            Entry(quantity(name).title),
            *(Entry(quantity(name).text(side.measures[name])) for side in sides),
            Entry(quantity(name).meaning),
        ]
        for name in GAP_MEASURES
    ]
    words = (
        "The distance between the centres of images and texts is one of several measures. The gap alone says nothing "
        "about retrieval: look at how near pairs are, how evenly each side is spread, and R@1.",
    )
    return Sheet("gap", words, ["measure", *(side.name for side in sides), "what it is"], lines)


def _limits(low: Any, high: Any) -> str:
    return f" [{number(low)}, {number(high)}]" if math.isfinite(low) and math.isfinite(high) else ""
