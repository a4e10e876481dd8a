"""The report on explored features: one offline page in which a selection shows in all figures and tables."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ame_explore.ame import AMEError
from ame_explore.analysis.pairs.columns import columns_of
from ame_explore.analysis.pairs.exploration import Exploration
from ame_explore.analysis.pairs.maps import PCA, UMAP, PairMaps, matched_maps
from ame_explore.analysis.pairs.pair_changes import PairChanges, named_as_first
from ame_explore.analysis.pairs.regions import find_regions
from ame_explore.analysis.pairs.slice_finder import worst_slices
from ame_explore.figures.base.style import Drawing, plain
from ame_explore.figures.base.thumbnails import Thumbnails
from ame_explore.figures.maps.explored_map import explored_map
from ame_explore.figures.maps.jitter_maps import jitter_maps
from ame_explore.figures.maps.lens_maps import lens_maps
from ame_explore.figures.maps.model_pair import model_maps
from ame_explore.figures.pairs.gap_decomposition import gap_decomposition
from ame_explore.figures.pairs.overview import changed, cosines, margins
from ame_explore.reports.linked_pairs import SecondIds, linked_pairs, listed_pictures
from ame_explore.reports.page import Code, Section, write_report
from ame_explore.reports.pair_tables import confused, duplicates, hubs, moves, pair_table, regions, slices, worst
from ame_explore.reports.pair_words import TERMS, compared_verdict, left_out_words, measures_table, verdict
from ame_explore.tasks import Progress

_LEAST_FOR_UMAP = 30  # rows
_LEAST_FOR_REGIONS = 100  # pairs
_JITTERED_UP_TO = 1000  # the most pairs for which UMAP is fitted under other seeds, which takes seconds


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
    """Write the report on one set of features, or on two sets of the same pairs, to `path`.

    Args:
        path: the HTML file, written atomically; an earlier one is replaced.
        explored: the measured features; tables of single pairs are about these.
        other: the second set of features, measured.
        changes: `compare_pairs(explored, other)`.
        umap: also draw UMAP, which takes 2 to 15 s. Maps show up to 4,000 pairs, the most suspect first.
        command: the command line that reproduces this report.
        progress: called as (what, done, of).

    Returns:
        `path` as a `Path`.

    Raises:
        AMEError: if only one of `other` and `changes` is given.
        OSError: if the file cannot be written.
    """
    if (other is None) != (changes is None):
        raise AMEError("other and changes belong together: give both or neither.")
    sides = {side.name: side for side in (explored, other) if side is not None}
    pictures = listed_pictures(explored)
    second, shown = None, dict(sides)
    if other is not None and changes is not None:
        second = SecondIds.of(explored, other, changes)
        shown[other.name] = named_as_first(explored, other, changes)
    sections = [_measures(sides, changes)]
    if other is not None and changes is not None and changes.intervals:
        sections.append(
            Section("What changed", _CHANGED, [changed(changes, (explored.name, other.name)), moves(changes)])
        )
    maps = _maps_of(shown, umap)
    sections += [
        _where(shown, maps, progress),
        _believed(shown, maps, progress),
        _gap(sides),
        *_in_one_frame(explored, other, changes),
        *_of(
            explored.name,
            sides,
            [*_pairs(explored), *duplicates(explored), *hubs(explored), *_found(explored), *slices(explored)],
        ),
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
    "The same pairs under both models. Intervals are over pairs: they say how precisely the mean change is known for "
    "pairs like these, and nothing about other training seeds.",
)


def _facts(sides: Mapping[str, Exploration]) -> list[str]:
    """Sizes, widths and logit scales; each with the model's name if the models differ."""
    found = []
    for name, side in sides.items():
        features = side.features
        assumed = "logit_scale" in features.assumed
        pairs = "" if features.one_pair_an_image else f", {len(side.pairs):,} pairs"
        facts = (
            f"{len(features.image):,} images, {len(features.text):,} texts{pairs}",
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
    """Sections about one model, with its name added to the titles of sections and figures if there are two."""
    if len(sides) == 1:
        return list(sections)
    for drawing in (part for each in sections for part in each.parts if isinstance(part, Drawing)):
        _named(drawing, name, sides)
    return [replace(each, title=f"{each.title}: {name}") for each in sections]


def _found(side: Exploration) -> list[Section]:
    """Named regions, and the slices that are worse than the rest."""
    columns, found = columns_of(side.pairs), None
    if len(side.pairs) >= _LEAST_FOR_REGIONS:
        found = find_regions(side.features)
        if found.names:
            columns = columns.with_column(found.column)
    slices_ = worst_slices(side, columns) if side.measured.comparable else None
    return [*regions(side, found), *worst(side, slices_), *confused(side)]


def _measures(sides: Mapping[str, Exploration], changes: PairChanges | None) -> Section:
    return Section("What was measured", (), [measures_table(sides, changes), TERMS])


def _where(sides: Mapping[str, Exploration], maps: Mapping[str, PairMaps], progress: Progress | None) -> Section:
    """The cones and the maps of each model."""
    parts: list[Any] = []
    for side in sides.values():
        parts.append(_named(cosines(side), side.name, sides))
        if side.name in maps:
            parts += [_named(drawing, side.name, sides) for drawing in _maps(maps[side.name], progress)]
    text: tuple[str, ...] = (
        "First without a map: the cosines between rows. In most such models images and texts form two narrow cones, "
        "and the gap between the cones says little about how well images find their texts (compare R@1).",
        "Then on maps. A map in two dimensions must misplace points: the most misplaced are hollow, and the text below "
        "each map says how far its neighbourhoods can be trusted. Only the axes of the first map have a meaning.",
    )
    if not any(side.measured.comparable for side in sides.values()):
        text = ("The cosines between rows. There is no map, since images and texts differ in width.",)
    return Section("Where images and texts lie", text, parts)


def _named(drawing: Drawing, name: str, sides: Mapping[str, Exploration]) -> Drawing:
    if len(sides) > 1:
        drawing.figure.update_layout(title_text=f"{drawing.figure.layout.title.text}: {plain(name)}")
    return drawing


def _maps_of(sides: Mapping[str, Exploration], umap: bool) -> dict[str, PairMaps]:
    """The maps of each model, if its features can be projected."""
    found = {}
    for name, side in sides.items():
        features = side.features
        if side.measured.comparable and min(features.image.shape[1], len(features.image)) >= 2:
            enough = len(features.image) + len(features.text) >= _LEAST_FOR_UMAP
            with contextlib.suppress(AMEError):  # all rows are equal: there is nothing to project
                found[name] = PairMaps(side, umap=umap and enough)
    return found


def _maps(maps: PairMaps, progress: Progress | None) -> list[Drawing]:
    """The maps by PCA and UMAP."""
    drawings: list[Drawing] = []
    for picture, title in ((PCA, "Seen along two axes (PCA)"), (UMAP, "Seen by neighbourhoods (UMAP)")):
        if picture not in maps.pictures:
            continue
        if progress is not None:
            progress(f"drawing the map by {picture}", 0, 1)
        with contextlib.suppress(AMEError):  # too few distinct rows for UMAP
            drawings.append(explored_map(maps, picture, measured=True, title=title, height=720))
        if progress is not None:
            progress(f"drawing the map by {picture}", 1, 1)
    return drawings


def _believed(sides: Mapping[str, Exploration], maps: Mapping[str, PairMaps], progress: Progress | None) -> Section:
    """How well each map keeps neighbourhoods, and how much it depends on the seed."""
    parts: list[Any] = []
    for name, each in maps.items():
        with contextlib.suppress(AMEError):
            lenses = {picture: each.lens(picture) for picture in (PCA, UMAP) if picture in each.pictures}
            known = {picture: lens for picture, lens in lenses.items() if lens is not None}
            if known:
                pictures = {picture: each.projection(picture=picture) for picture in known}
                drawing = lens_maps(each.features, pictures, known, neighbours=each.neighbours)
                parts.append(_named(drawing, name, sides))
            if UMAP in known and len(each.features.pair_index) <= _JITTERED_UP_TO:
                drawing = jitter_maps(each.jitter(progress=progress), each.features)
                parts.append(_named(drawing, name, sides))
    text = (
        "Each point is coloured by how many of its neighbours in all dimensions are its neighbours on the map. Do not "
        "interpret regions where the points are dark. UMAP draws the same pairs differently under other seeds: what "
        "stays together under all of them comes from the data, the rest is chance.",
    )
    return Section("How far to trust the maps", text if parts else (), parts)


def _gap(sides: Mapping[str, Exploration]) -> Section:
    """The modality gap, and the measures that it is often confused with."""
    if not any(side.measures["modality_gap"] is not None for side in sides.values()):
        return Section("The gap taken apart", (), [])
    text = (
        "The distance between the centres is one of several measures. Others are how near pairs are, how evenly images "
        "and texts are spread, and how well partners find each other. The gap alone says nothing about retrieval.",
    )
    drawing = gap_decomposition({name: side.measures for name, side in sides.items()})
    return Section("The gap taken apart", text, [drawing])


def _in_one_frame(first: Exploration, other: Exploration | None, changes: PairChanges | None) -> list[Section]:
    """Both models' pairs on the same axes."""
    if other is None or changes is None:
        return []
    try:
        drawing = model_maps(matched_maps(first, other, changes), names=(first.name, other.name))
    except AMEError:  # widths that differ within a model, or too few pairs in common
        return []
    text = ("The second model is rotated onto the first, so a pair that both see alike lies in the same place.",)
    return [Section("Two models in one frame", text, [drawing])]


def _pairs(side: Exploration) -> list[Section]:
    made = []
    if side.measured.comparable and side.pairs["margin_i2t"].notna().any():
        made.append(Section("Pair by pair", (), [margins(side)]))
    score = (
        "Sorted by suspicion: minus the mean of the pair's two margins. Look at the first ones: a caption may belong "
        "to another image, not describe its own, or be so general that others fit better. Only the order matters: both "
        f"margins would be negative in {side.chance_suspect:.0%} of pairs if images and texts had nothing in common."
        if side.measured.comparable
        else "Sorted by suspicion: minus the correlation between the similarities of an image to other images and "
        "those of its text to their texts, so \u22121 means full agreement."
    )
    made.append(Section("Probable mismatches", (score,), [pair_table(side, side.suspects, "The most suspect pairs")]))
    if side.measured.comparable:
        text = (
            "The model is unsure: at logit scale "
            f"{side.features.logit_scale:g} the probabilities of the image's own text and of the nearest wrong one "
            f"differ by less than a factor of ten. There are {len(side.ambiguous):,}"
            f"{'+' * (len(side.ambiguous) == 500)} such pairs, the most uncertain first. The paper behind this package "
            "calls such samples boundary-adjacent.",
        )
        parts = [pair_table(side, side.ambiguous, "The most ambiguous images")] if len(side.ambiguous) else []
        made.append(Section("Ambiguous samples", text, parts))
    return made


def _notes(
    sides: Mapping[str, Exploration], changes: PairChanges | None, command: str, pictures: Thumbnails
) -> Section:
    notes = [f"{side.name}: {note}" if len(sides) > 1 else note for side in sides.values() for note in side.notes]
    if pictures.left_out:
        notes.append(f"{pictures.left_out:,} more images are not shown: {pictures.why}.")
    if pictures.broken:
        few = ", ".join(map(str, pictures.broken[:5])) + (" ..." if len(pictures.broken) > 5 else "")
        notes.append(f"{len(pictures.broken)} images cannot be read and are not shown: rows {few}.")
    if changes is not None:
        notes.append(changes.warning or f"Pairs of the two models were matched by {changes.matched_by}.")
    if changes is not None and changes.left_out:
        notes.append(left_out_words(changes))
    parts = [Code(command)] if command else []
    return Section("Notes, and how to reproduce", [*notes, *(["This report was made by:"] if command else [])], parts)
