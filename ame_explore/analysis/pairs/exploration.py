"""All that is measured of one set of paired features, or of two of the same pairs, in one result."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import torch

from ame_explore.ame import AMEError
from ame_explore.analysis.pairs import suspects as findings
from ame_explore.analysis.pairs.pair_measures import PairMeasures, pair_measures
from ame_explore.analysis.pairs.set_measures import joint_measures
from ame_explore.analysis.statistics import PairedInterval, paired_interval
from ame_explore.data.files.match import pair_names
from ame_explore.data.pairs import PairedFeatures
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
    "Images and texts have different widths, so no cosine between them exists: what needs one is left out, and "
    "mismatches are looked for by comparing how images lie among images with how their texts lie among texts."
)
_LISTED = 100  # suspects in measures.json


@dataclass(frozen=True, eq=False)
class Exploration:
    """What was measured of one set of features.

    Attributes:
        name: of the features, as a report calls them.
        features: what was measured.
        measures: `MEASURES` -> number, None where undefined; see `explore_features`.
        standard_errors: of the sampled ones.
        measured: the pairs one by one.
        suspects, ambiguous: rows of `measured.table` in their order.
        duplicates: groups, see `findings.duplicates`; duplicates_words: how they were looked for.
        text_hubs, image_hubs: see `findings.hubs`.
        slices: see `findings.slices`.
        notes: what a reader must know: what was assumed, mended, sampled or left out.
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
    notes: tuple[str, ...] = field(default=())

    @property
    def pairs(self) -> pd.DataFrame:
        """One row a pair, in the images' order; see `PairMeasures.table`."""
        return self.measured.table

    @cached_property
    def hubness(self) -> tuple[float, float]:
        """Skewness of the k-occurrences of texts and of images."""
        return findings.hubness(self.measured.text_occurrence), findings.hubness(self.measured.image_occurrence)

    def to_json(self) -> dict[str, Any]:
        """What measures.json holds: the measures by name, then the findings; NaN and infinity as None.

        `mismatched_pairs` lists the 100 most suspect, the most suspect first; "id" is the image's row number, counted
        from 0, and "given_id" its id where the file gave one. Ranks count from 1. Of two models the file has all this
        of the first, of each under "models", and `PairChanges.to_json` under "change".
        """
        columns = ["caption", "cosine", "rank_i2t", "rank_t2i", "margin_i2t", "margin_t2i", "suspicion"]

        def listed(table: pd.DataFrame, names: list[str]) -> list[dict[str, Any]]:
            rows = table[:_LISTED]
            given = (rows["row"] != rows["id"]).any() if "id" in rows else False
            lines = rows[["row", *(["id"] if given else []), *names]].rename(columns={"id": "given_id", "row": "id"})
            return [{key: plain_number(value) for key, value in line.items()} for line in lines.to_dict("records")]

        groups = self.duplicates[:_LISTED].to_dict("records")
        return {
            **self.measures,
            "standard_error": dict(self.standard_errors),
            "pairs": len(self.features.image),
            "logit_scale": self.features.logit_scale,
            "entropy_i2t": plain_number(float(self.pairs["entropy_i2t"].mean())),
            "entropy_t2i": plain_number(float(self.pairs["entropy_t2i"].mean())),
            "hubness_text": plain_number(self.hubness[0]),
            "hubness_image": plain_number(self.hubness[1]),
            "mismatched_pairs": listed(self.suspects, columns),
            "ambiguous": listed(self.ambiguous, ["caption", "entropy_i2t", "margin_i2t", "rank_i2t"]),
            "hubs_text": listed(self.text_hubs, ["times", "expected", "caption"]),
            "hubs_image": listed(self.image_hubs, ["times", "expected", "caption"]),
            "duplicates": [{key: plain_number(value) for key, value in group.items()} for group in groups],
            "notes": list(self.notes),
        }


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

    Measures, by their names: modality_gap; pair_cosine (mean); R@1_i2t ... R@10_t2i (a rank counts the strictly
    nearer); alignment (over pairs); uniformity_image, uniformity_text (t = 2, over i < j); von_neumann (nats; all rows
    together, unit length, not centred); effective_rank_singular, effective_rank_squared (the same rows); cka (linear,
    centred, rows as they are). Sources: `ame_explore.measures.alignment`.

    Args:
        features: at least two pairs.
        name: what to call them.
        k: of the k-occurrences.
        device: where to compare; None: where the features lie.
        seed: of what is sampled, which is only the uniformity of more than 4,000 rows.
        progress: called as (what, done, of).

    Raises:
        AMEError: fewer than two pairs, a row of zeros.
    """
    if not isinstance(features, PairedFeatures):
        raise AMEError(
            f"features must be PairedFeatures, got {type(features).__name__}: see PairedFeatures.from_files."
        )
    if len(features.image) < 2:
        raise AMEError("features must hold at least two pairs, got one: there is nothing to compare it with.")
    measured = pair_measures(features, k=k, device=device, progress=progress)
    if progress is not None:
        progress("measuring all rows together", 0, 1)
    joint = joint_measures(features.image, features.text, features.pair_index, seed=seed)
    cosine = float(measured.table["cosine"].mean()) if measured.comparable else None
    values: dict[str, float | None] = {name_: estimate.value for name_, estimate in joint.items()} | measured.recall
    values |= {"pair_cosine": cosine, "alignment": None if cosine is None else 2 - 2 * cosine}
    errors = {name_: e.standard_error for name_, e in joint.items() if e.standard_error > 0}
    repeated, words = findings.duplicates(features)
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
        slices=findings.slices(features, measured),
        notes=_notes(features, errors, measured.comparable),
    )


def _notes(features: PairedFeatures, errors: Mapping[str, float], comparable: bool) -> tuple[str, ...]:
    notes = list(features.notes)
    if not comparable:
        notes.append(WIDTHS_DIFFER)
    if errors:
        sampled = ", ".join(f"{name} ± {error:.1g}" for name, error in errors.items())
        notes.append(f"Estimated over 200,000 random pairs of rows, with their standard errors: {sampled}.")
    if len(features.text) == 1:
        notes.append("All images share one text: ranks, margins and entropies of images say nothing.")
    return tuple(notes)


@dataclass(frozen=True, eq=False)
class PairChanges:
    """Two sets of features of the same pairs, pair by pair.

    Attributes:
        table: DataFrame of the pairs that both have, in the first's order: row, other_row, id, caption, and for
            cosine, rank_i2t, rank_t2i, margin_i2t, entropy_i2t the values of both (`..._a`, `..._b`) and `..._change`
            (b - a).
        intervals: name -> mean of the paired change with its interval over pairs; of cosine, "R@1_i2t", "R@1_t2i",
            margin_i2t and entropy_i2t, as far as they are defined for both.
        left_out: pairs that only one of the two has.
    """

    table: pd.DataFrame
    intervals: Mapping[str, PairedInterval]
    left_out: int

    def to_json(self) -> dict[str, Any]:
        """What measures.json of two models holds under "change", second less first.

        "pairs" that both have, "left_out" (those of one alone), and under "intervals" each name of `intervals` with
        mean, low, high and confidence.
        """
        intervals = {
            name: {key: plain_number(getattr(change, key)) for key in ("mean", "low", "high", "confidence")}
            for name, change in self.intervals.items()
        }
        return {"pairs": len(self.table), "left_out": self.left_out, "intervals": intervals}


_CHANGING = ("cosine", "rank_i2t", "rank_t2i", "margin_i2t", "entropy_i2t")


def compare_pairs(a: Exploration, b: Exploration) -> PairChanges:
    """Match two explorations by the images' ids (see `pair_names`), and say of each pair what changed.

    Raises:
        AMEError: ids that repeat or are missing, or fewer than two ids in common.
    """
    first, second = (pair_names(side.name, side.features) for side in (a, b))
    mine = a.pairs[["row", "id", "caption", *_CHANGING]].assign(name=first)
    other = b.pairs[["row", *_CHANGING]].rename(columns={"row": "other_row"}).assign(name=second)
    table = mine.merge(other, on="name", suffixes=("_a", "_b")).drop(columns="name")
    if len(table) < 2:
        raise AMEError(
            f"{a.name!r} and {b.name!r} must have at least two ids in common, got {len(table)}: the first has "
            f"{first[0]!r} ..., the second {second[0]!r} ...: save both with the same ids."
        )
    for name in _CHANGING:
        table[f"{name}_change"] = table[f"{name}_b"] - table[f"{name}_a"]
    intervals = {}
    if a.measured.comparable and b.measured.comparable:
        values = {name: (table[f"{name}_a"], table[f"{name}_b"]) for name in ("cosine", "margin_i2t", "entropy_i2t")}
        values |= {f"R@1_{way}": (table[f"rank_{way}_a"] <= 1, table[f"rank_{way}_b"] <= 1) for way in ("i2t", "t2i")}
        for name, (first, second) in values.items():
            x, y = first.to_numpy(np.float64), second.to_numpy(np.float64)
            if np.isfinite(x).all() and np.isfinite(y).all():
                intervals[name] = paired_interval(y, x)
    return PairChanges(table, intervals, len(a.pairs) + len(b.pairs) - 2 * len(table))


def rows_of(features: PairedFeatures, rows: Any) -> PairedFeatures:
    """The pairs at `rows` alone, with the texts that they have; ids are kept."""
    take = torch.as_tensor(rows, dtype=torch.int64)
    used, at = texts_of(features, rows), take.tolist()
    paths = features.image_paths
    return PairedFeatures(
        image=features.image[take],
        text=features.text[used],
        pair_index=torch.searchsorted(used, features.pair_index[take]),
        ids=features.ids[take],
        labels=None if features.labels is None else features.labels[take],
        texts=tuple(features.texts[row] for row in used.tolist()),
        logit_scale=features.logit_scale,
        metadata={name: tuple(values[row] for row in at) for name, values in features.metadata.items()},
        image_paths=None if paths is None else tuple(paths[row] for row in at),
        notes=features.notes,
    )


def texts_of(features: PairedFeatures, rows: Any) -> torch.Tensor:
    """(m,) int64, the rows of the texts that the pairs at `rows` have, in the order in which `rows_of` keeps them."""
    return features.pair_index[torch.as_tensor(rows, dtype=torch.int64)].unique()


def plain_number(value: Any) -> Any:
    """`value` as JSON can say it: Python's own numbers, None for NaN and infinity, lists for tuples."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return [plain_number(part) for part in value] if isinstance(value, tuple) else value
