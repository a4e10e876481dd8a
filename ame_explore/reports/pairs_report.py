"""The report on explored features: one page, offline, in which a choice made anywhere is seen everywhere."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor

from ame_explore.ame import AMEError
from ame_explore.analysis.pairs.exploration import Exploration, PairChanges, rows_of, texts_of
from ame_explore.analysis.projection import centred_pairs, measure_lens, pair_rows, project, true_neighbours
from ame_explore.data.pairs import PairedFeatures
from ame_explore.figures.base.style import Drawing, plain
from ame_explore.figures.base.thumbnails import Thumbnails
from ame_explore.figures.maps.map_parts import ids_of_texts
from ame_explore.figures.maps.pair_map import pair_map
from ame_explore.figures.pairs.overview import changed, cosines, margins
from ame_explore.reports.linked import SecondIds, linked_pairs, listed_pictures
from ame_explore.reports.page import Code, Section, write_report
from ame_explore.reports.pair_tables import duplicates, hubs, moves, pair_table, slices
from ame_explore.reports.pair_words import TERMS, compared_verdict, left_out_words, measures_table, verdict
from ame_explore.tasks import Progress

MAPPED = 4000  # pairs on a map; of more, a random sample
UMAP_UP_TO = 4000  # pairs of which UMAP is drawn beside PCA, about 2 to 15 s


def exploration_report(
    path: str | os.PathLike[str],
    explored: Exploration,
    other: Exploration | None = None,
    changes: PairChanges | None = None,
    *,
    umap: bool = True,
    command: str = "",
    progress: Progress | None = None,
) -> Path:
    """Write the report on one set of features, or on two of the same pairs, to `path`.

    Args:
        path: of the HTML file, written whole or not at all; an earlier one is replaced.
        explored: what was measured; tables of single pairs are its.
        other: the second set of features, with `changes` from `compare_pairs(explored, other)`.
        umap: draw UMAP beside PCA (of up to 4,000 pairs).
        command: the command line that makes this report again.
        progress: called as (what, done, of).

    Raises:
        AMEError: one of `other` and `changes` without the other.
        OSError: the file cannot be written.
    """
    if (other is None) != (changes is None):
        raise AMEError("other and changes belong together: give both, or none.")
    sides = {side.name: side for side in (explored, other) if side is not None}
    pictures = listed_pictures(explored)
    second = None if other is None or changes is None else SecondIds.of(explored, other, changes)
    sections = [_measures(sides, changes)]
    if other is not None and changes is not None and changes.intervals:
        sections.append(
            Section("What changed", _CHANGED, [changed(changes, (explored.name, other.name)), moves(changes)])
        )
    sections += [
        _where(sides, umap, progress, second),
        *_of(explored.name, sides, [*_pairs(explored), *duplicates(explored), *hubs(explored), *slices(explored)]),
        _notes(sides, changes, command, pictures),
    ]
    title = f"{explored.name} against {other.name}" if other else f"Images and texts of {explored.name}"
    return write_report(
        path,
        title=title,
        subtitle="The shared manifold of images and texts, pair by pair",
        facts=_facts(sides),
        verdict=verdict(explored) if other is None or changes is None else compared_verdict(explored, other, changes),
        sections=[section for section in sections if section.parts or section.text],
        linked=linked_pairs(explored, pictures, second),
    )


_CHANGED = (
    "The same pairs under both models. An interval is over pairs: it says how precisely the mean change is known for "
    "pairs like these, and nothing about what another training seed would give.",
)


def _facts(sides: Mapping[str, Exploration]) -> list[str]:
    """Sizes, widths and logit scales; where two models differ, each with its model's name."""
    found = []
    for name, side in sides.items():
        features = side.features
        assumed = "logit_scale" in features.assumed
        facts = (
            f"{len(features.image):,} images, {len(features.text):,} texts",
            f"width {features.image.shape[1]}" + ("" if side.measured.comparable else f" and {features.text.shape[1]}"),
            f"logit scale {features.logit_scale:g}" + (" (assumed)" if assumed else ""),
        )
        found.append([(name, fact) for fact in facts])
    told: list[str] = []
    for same in zip(*found, strict=True):
        words = {fact for _, fact in same}
        told += words if len(words) == 1 else [f"{name}: {fact}" for name, fact in same]
    return told


def _of(name: str, sides: Mapping[str, Exploration], sections: Sequence[Section]) -> list[Section]:
    """Sections on one of two models, which say so, as their figures do."""
    if len(sides) == 1:
        return list(sections)
    for drawing in (part for each in sections for part in each.parts if isinstance(part, Drawing)):
        _named(drawing, name, sides)
    return [replace(each, title=f"{each.title}: {name}") for each in sections]


def _measures(sides: Mapping[str, Exploration], changes: PairChanges | None) -> Section:
    return Section("What was measured", (), [measures_table(sides, changes), TERMS])


def _where(
    sides: Mapping[str, Exploration], umap: bool, progress: Progress | None, second: SecondIds | None
) -> Section:
    """The cones and the maps of each side."""
    parts: list[Any] = []
    for side in sides.values():
        parts.append(_named(cosines(side), side.name, sides))
        if side.measured.comparable and min(side.features.image.shape[1], len(side.features.image)) >= 2:
            features = side.features
            if second is not None and side is second.side:
                features = second.features
            parts += [_named(drawing, side.name, sides) for drawing in _maps(features, umap, progress)]
    text: tuple[str, ...] = (
        "First without a map: how near rows lie to each other. In most such models images and texts keep to two narrow "
        "cones, and the gap between them says little about how well images find their texts (compare R@1).",
        "Then in maps. A map in two dimensions must misplace points: those that it misplaces most are drawn hollow, and "
        "the words below each map say how far its neighbourhoods can be trusted. Only the axes of the first map have a "
        "meaning.",
    )
    if not any(side.measured.comparable for side in sides.values()):
        text = ("How near rows lie to each other. There is no map: two widths have no space in common.",)
    return Section("Where images and texts lie", text, parts)


def _named(drawing: Drawing, name: str, sides: Mapping[str, Exploration]) -> Drawing:
    if len(sides) > 1:
        drawing.figure.update_layout(title_text=f"{drawing.figure.layout.title.text}: {plain(name)}")
    return drawing


def _maps(every: PairedFeatures, umap: bool, progress: Progress | None) -> list[Drawing]:
    """PCA and UMAP."""
    features, text_ids = every, ids_of_texts(every)
    if len(every.image) > MAPPED:
        chosen = np.sort(np.random.default_rng(0).choice(len(every.image), MAPPED, replace=False))
        features = rows_of(every, chosen)
        text_ids = [text_ids[row] for row in texts_of(every, chosen).tolist()]
    rows, centred = pair_rows(features), _closed(features)
    k = min(5, len(features.image) - 1, len(features.text) - 1)
    near = true_neighbours(features, k) if k > 0 and len(rows) > 20 else None
    drawings = []
    for method, title in (("pca", "Seen along two axes (PCA)"), ("umap", "Seen by neighbourhoods (UMAP)")):
        if method == "umap" and (not umap or len(every.image) > UMAP_UP_TO or len(rows) < 30):
            continue
        if progress is not None:
            progress(f"drawing the map by {method.upper()}", 0, 1)
        try:
            picture = project(rows, method).result()
            closed = None if centred is None else project(centred, method).result()
            lens = measure_lens(rows, picture.points) if len(rows) > 50 else None
        except AMEError:
            continue  # rows of which there is no such picture: all equal, or too few
        drawing = pair_map(
            features,
            picture,
            lens=lens,
            neighbours=near,
            closed=closed,
            drawn=MAPPED,
            text_ids=text_ids,
            title=title,
        )
        sample = f" A random {MAPPED:,} of {len(every.image):,} pairs." if features is not every else ""
        drawings.append(Drawing(drawing.figure, drawing.sentence + sample))
        if progress is not None:
            progress(f"drawing the map by {method.upper()}", 1, 1)
    return drawings


def _closed(features: PairedFeatures) -> Tensor | None:
    """Rows with the gap closed; None where a side is one row or equal rows, as one class has: nothing is left of it."""
    try:
        return pair_rows(centred_pairs(features))
    except AMEError:
        return None


def _pairs(side: Exploration) -> list[Section]:
    made = []
    if side.measured.comparable and side.pairs["margin_i2t"].notna().any():
        made.append(Section("Pair by pair", (), [margins(side)]))
    score = (
        "Sorted by suspicion, minus the mean of the pair's two margins. Look at the first ones: a caption that belongs "
        "to another image, a picture that is not what its caption says, or a caption so general that others fit better. "
        f"The order is what counts: both margins would be negative in {side.chance_suspect:.0%} of pairs whose images "
        "and texts have nothing in common."
        if side.measured.comparable
        else "Sorted by how little the similarities of an image to other images agree with those of its text to their "
        "texts: suspicion is minus their correlation, \u22121 where they agree fully."
    )
    made.append(Section("Probable mismatches", (score,), [pair_table(side, side.suspects, "The most suspect pairs")]))
    if side.measured.comparable:
        text = (
            "The model hesitates: the image's own text and the nearest wrong one lie within a factor of ten in "
            f"probability at logit scale {side.features.logit_scale:g}. There are "
            f"{len(side.ambiguous):,}{'+' * (len(side.ambiguous) == 500)} such pairs, the most uncertain first; the "
            "paper behind this package calls such samples boundary-adjacent.",
        )
        parts = [pair_table(side, side.ambiguous, "The most ambiguous images")] if len(side.ambiguous) else []
        made.append(Section("Ambiguous samples", text, parts))
    return made


def _notes(
    sides: Mapping[str, Exploration], changes: PairChanges | None, command: str, pictures: Thumbnails
) -> Section:
    notes = [f"{side.name}: {note}" if len(sides) > 1 else note for side in sides.values() for note in side.notes]
    if pictures.broken:
        few = ", ".join(map(str, pictures.broken[:5])) + (" ..." if len(pictures.broken) > 5 else "")
        notes.append(f"Of the images shown, {len(pictures.broken)} cannot be read, first of row {few}: shown without.")
    if changes is not None and changes.left_out:
        notes.append(left_out_words(changes))
    parts = [Code(command)] if command else []
    return Section("To know, and to do it again", [*notes, *(["This report was made by:"] if command else [])], parts)
