"""All measurements of one set of paired features in one result."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import torch

from ame_explore.ame import AMEError
from ame_explore.analysis.pairs import suspects as findings
from ame_explore.analysis.pairs.pair_measures import PairMeasures, pair_measures, pairs_frame
from ame_explore.analysis.pairs.set_measures import joint_measures, mean_cosine
from ame_explore.arguments import checked
from ame_explore.data.files.boundary import check_memory
from ame_explore.data.pairs import PairedFeatures
from ame_explore.streams import stream_seed
from ame_explore.tasks import Progress

MEASURES = (
    "modality_gap",
    "pair_cosine",
    "R@1_i2t",
    "R@5_i2t",
    "R@10_i2t",
    "R@1_t2i",
    "R@5_t2i",
    "R@10_t2i",
    "alignment",
    "uniformity_image",
    "uniformity_text",
    "von_neumann",
    "effective_rank_singular",
    "effective_rank_squared",
    "cka",
)
WIDTHS_DIFFER = (
    "Images and texts have different widths, so there is no cosine between them. Measures that need one are left out, "
    "and mismatches are found by comparing the similarities among images with those among their texts."
)
_LISTED = 100  # suspects in measures.json
COLLAPSED = 0.999  # a side counts as collapsed from this mean cosine between its rows on (our choice)


@dataclass(frozen=True, eq=False)
class Exploration:
    """The measurements of one set of features.

    Attributes:
        name: what a report calls the features.
        features: the features.
        measures: `MEASURES` -> number, None where undefined; see `explore_features`.
        standard_errors: standard errors of the measures that were sampled.
        measured: the measures of each pair.
        suspects: rows of `measured.table`, most suspect first.
        ambiguous: rows of `measured.table`, most ambiguous first.
        duplicates: groups of duplicates, see `suspects.duplicates`.
        duplicates_words: how duplicates were found, in words.
        text_hubs: see `suspects.hubs`.
        image_hubs: see `suspects.hubs`.
        slices: see `suspects.slices`.
        mean_cosines: "image" and "text" -> mean cosine between two different rows of that side; None for one row.
        chance_suspect: share of pairs with two negative margins if images and texts were unrelated (the base rate).
        notes: what a reader must know: what was assumed, repaired, sampled or left out.
        sample: if only a sample is measured yet, that sample by itself; see `first_look`.
    """

    name: str
    features: PairedFeatures
    measures: Mapping[str, float | None]
    standard_errors: Mapping[str, float]
    measured: PairMeasures
    suspects: pd.DataFrame
    ambiguous: pd.DataFrame
    duplicates: pd.DataFrame
    duplicates_words: str
    text_hubs: pd.DataFrame
    image_hubs: pd.DataFrame
    slices: pd.DataFrame
    mean_cosines: Mapping[str, float | None]
    chance_suspect: float
    notes: tuple[str, ...] = field(default=())
    sample: Exploration | None = None

    @property
    def pairs(self) -> pd.DataFrame:
        """One row per pair; see `PairMeasures.table`."""
        return self.measured.table

    @property
    def collapsed(self) -> tuple[str, ...]:
        """Which of "image" and "text" are collapsed: their rows have a mean cosine of at least 0.999."""
        return tuple(side for side, cosine in self.mean_cosines.items() if cosine is not None and cosine >= COLLAPSED)

    @cached_property
    def hubness(self) -> tuple[float, float]:
        """Skewness of the k-occurrences of texts, and of images."""
        return findings.hubness(self.measured.text_occurrence), findings.hubness(self.measured.image_occurrence)

    def to_json(self) -> dict[str, Any]:
        """The content of measures.json: the measures by name, then the findings; NaN and infinity become None.

        `mismatched_pairs` lists the 100 most suspect pairs, most suspect first. "row" is a pair's row, counted from 0,
        and "id" its id; if the source's ids are words, "id" is the row and "name" the word. Ranks count from 1.
        For two models, the file has all this for the first at the top level and for both under "models", with
        `PairChanges.to_json` under "change".
        """
        columns = ["caption", "cosine", "rank_i2t", "rank_t2i", "margin_i2t", "margin_t2i", "suspicion"]

        def listed(table: pd.DataFrame, names: list[str]) -> list[dict[str, Any]]:
            rows = table[:_LISTED].rename(columns={"meta_id": "name"})
            lines = rows[["id", "row", *(["name"] if "name" in rows else []), *names]].to_dict("records")
            return [{key: plain_number(value) for key, value in line.items()} for line in lines]

        hubs = [
            [{key: plain_number(value) for key, value in line.items()} for line in table.to_dict("records")]
            for table in (self.text_hubs, self.image_hubs)
        ]
        groups = self.duplicates[:_LISTED].to_dict("records")
        return {
            **self.measures,
            "standard_error": dict(self.standard_errors),
            "images": len(self.features.image),
            "texts": len(self.features.text),
            "pairs": len(self.pairs),
            "logit_scale": self.features.logit_scale,
            "entropy_i2t": plain_number(float(self.pairs["entropy_i2t"].mean())),
            "entropy_t2i": plain_number(float(self.pairs["entropy_t2i"].mean())),
            "hubness_text": plain_number(self.hubness[0]),
            "hubness_image": plain_number(self.hubness[1]),
            "collapsed": list(self.collapsed),
            "tied": {way: plain_number(share) for way, share in self.measured.tied.items()},
            "chance_suspect": plain_number(self.chance_suspect),
            "mismatched_pairs": listed(self.suspects, columns),
            "ambiguous": listed(self.ambiguous, ["caption", "entropy_i2t", "margin_i2t", "rank_i2t"]),
            "hubs_text": hubs[0],
            "hubs_image": hubs[1],
            "duplicates": [{key: plain_number(value) for key, value in group.items()} for group in groups],
            "notes": list(self.notes),
        }


@checked
def explore_features(
    features: PairedFeatures,
    *,
    name: str = "features",
    k: int = 10,
    device: str | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> Exploration:
    """Measure features as a whole and pair by pair.

    The measures, with sources in `ame_explore.measures.alignment`:

    - modality_gap
    - pair_cosine: mean over the pairs
    - R@1_i2t ... R@10_t2i: share of images with any of their texts among the k nearest, and of texts with any of
      their images; a tie counts with its chance
    - alignment: over the pairs
    - uniformity_image, uniformity_text: t = 2, over i < j
    - von_neumann: nats; all rows together, at unit length, not centred
    - effective_rank_singular, effective_rank_squared: the same rows
    - cka: linear, centred, rows not normalized

    Args:
        features: at least two pairs.
        name: what a report calls them.
        k: how many nearest rows count for the k-occurrences.
        device: device for the comparison; None: that of the features.
        seed: seed of the sample (only uniformity above 4,000 rows is sampled).
        progress: called as (what, done, of).

    Returns:
        All measurements.

    Raises:
        AMEError: if there are fewer than two pairs or a row is all zeros.
    """
    if not isinstance(features, PairedFeatures):
        raise AMEError(
            f"features must be PairedFeatures, got {type(features).__name__}: see PairedFeatures.of and .from_files."
        )
    if len(features.pair_index) < 2:
        raise AMEError("features must hold at least two pairs, got one: a single pair has nothing to compare with.")
    image, text = features.image, features.text
    # Unit rows in float64, and the smaller of the two Gram matrices of all of them.
    smaller = max(min(len(image) + len(text), image.shape[1]), min(len(image) + len(text), text.shape[1]))
    check_memory("measuring these features", 8 * (2 * (image.numel() + text.numel()) + 3 * smaller**2))
    measured = pair_measures(features, k=k, device=device, progress=progress)
    if progress is not None:
        progress("measuring all rows together", 0, 1)
    joint = joint_measures(image=features.image, text=features.text, pairs=features.pairs, seed=seed)
    similar = {"image": mean_cosine(image), "text": mean_cosine(text)}
    cosine = float(measured.table["cosine"].mean()) if measured.comparable else None
    values: dict[str, float | None] = {name_: estimate.value for name_, estimate in joint.items()} | measured.recall
    values |= {"pair_cosine": cosine, "alignment": None if cosine is None else 2 - 2 * cosine}
    errors = {name_: e.standard_error for name_, e in joint.items() if e.standard_error > 0}
    repeated, words = findings.duplicates(features)
    sliced, unsliced = findings.slices(features, measured)
    if progress is not None:
        progress("measuring all rows together", 1, 1)
    return Exploration(
        name=name,
        features=features,
        measures={name_: values[name_] for name_ in MEASURES},
        standard_errors=errors,
        measured=measured,
        suspects=findings.suspects(measured, 500),
        ambiguous=findings.ambiguous(features, measured, 500),
        duplicates=repeated,
        duplicates_words=words,
        text_hubs=findings.hubs(features, measured, "text"),
        image_hubs=findings.hubs(features, measured, "image"),
        slices=sliced,
        mean_cosines=similar,
        chance_suspect=findings.unmatched_share(len(image), len(text)),
        notes=(*_notes(features, errors, measured), *unsliced),
    )


FIRST_LOOK = 2000  # pairs, which take about a second (our choice)


@checked
def first_look(features: PairedFeatures, *, name: str = "features", k: int = 10, seed: int = 0) -> Exploration:
    """All pairs, of which 2,000 random ones are measured, exactly but only among themselves.

    Ranks and margins among fewer wrong partners are better than among all, and entropies lower; `sample` has the
    measures of the sample by itself. The others' are NaN.

    Args:
        features: more than 2,000 pairs of images and texts of one width.
        name: what a report calls them.
        k: see `explore_features`.
        seed: seed of the sample.

    Raises:
        AMEError: as `explore_features`, if there are too few pairs, or if widths differ.
    """
    count = len(features.pair_index)
    if count <= FIRST_LOOK or features.image.shape[1] != features.text.shape[1]:
        raise AMEError(f"features must hold more than {FIRST_LOOK:,} pairs of one width, got {count:,}: measure all.")
    generator = torch.Generator().manual_seed(stream_seed("first look", seed))
    at = torch.randperm(count, generator=generator)[:FIRST_LOOK].sort().values
    some = explore_features(features.take(at), name=name, k=k, seed=seed)
    rows, pairs = at.numpy(), features.pairs.cpu().numpy()
    table = pairs_frame(features)
    of = {}
    for place, side in enumerate(("image", "text")):
        of[side] = np.full(int(some.pairs[side].max()) + 1, -1)
        of[side][some.pairs[side]] = pairs[rows, place]
    for column in some.pairs.columns:
        if column not in table:
            values = some.pairs[column].to_numpy()
            if column in ("nearest_text", "nearest_image"):
                values = np.where(values < 0, -1, of[column.removeprefix("nearest_")][values])
                table[column] = -1
            else:
                table[column] = np.nan
            table.loc[rows, column] = values
    table = table[some.pairs.columns]
    counted = {side: np.zeros(len(getattr(features, side)), dtype=np.int64) for side in of}
    for side, counts in (("image", some.measured.image_occurrence), ("text", some.measured.text_occurrence)):
        counted[side][of[side]] = counts
    hits = {way: np.full(count, np.nan) for way in some.measured.hits}
    for way, values in some.measured.hits.items():
        hits[way][rows] = values
    measured = replace(
        some.measured, table=table, image_occurrence=counted["image"], text_occurrence=counted["text"], hits=hits
    )
    return replace(
        some,
        features=features,
        measured=measured,
        suspects=table.iloc[rows[some.suspects["row"]]].reset_index(drop=True),
        ambiguous=table.iloc[rows[some.ambiguous["row"]]].reset_index(drop=True),
        text_hubs=some.text_hubs.assign(row=of["text"][some.text_hubs["row"]]),
        image_hubs=some.image_hubs.assign(row=of["image"][some.image_hubs["row"]]),
        duplicates=some.duplicates.assign(rows=[tuple(rows[list(each)].tolist()) for each in some.duplicates["rows"]]),
        sample=some,
    )


def _notes(features: PairedFeatures, errors: Mapping[str, float], measured: PairMeasures) -> tuple[str, ...]:
    notes = list(features.notes)
    if not measured.comparable:
        notes.append(WIDTHS_DIFFER)
    for way, (one, other) in {"i2t": ("images", "text"), "t2i": ("texts", "image")}.items():
        share = measured.tied.get(way, 0.0)
        if share > 0:
            notes.append(
                f"{share:.1%} of {one} have a wrong {other} exactly as near as their own: ranks and R@k are "
                "expectations over a random order of the ties. If an image or text was saved several times, save it "
                "once and pass `pairs`."
            )
    if errors:
        sampled = ", ".join(f"{name} ± {error:.1g}" for name, error in errors.items())
        notes.append(f"Estimated from 200,000 random pairs of rows, with standard errors: {sampled}.")
    if len(features.text) == 1:
        notes.append("All images share one text: their ranks, margins and entropies are meaningless.")
    return tuple(notes)


def plain_number(value: Any) -> Any:
    """Convert a value for JSON: numpy numbers to Python's, NaN and infinity to None, tuples to lists."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return [plain_number(part) for part in value] if isinstance(value, tuple) else value
