"""What the report's figures and tables have in common: each pair under one id, in both models' pictures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray

from ame_explore.analysis.pairs.comparison import PairChanges
from ame_explore.analysis.pairs.exploration import Exploration
from ame_explore.data.pairs import PairedFeatures
from ame_explore.figures.base.thumbnails import Thumbnails, thumbnails
from ame_explore.quantities import quantity
from ame_explore.reports.page import Linked
from ame_explore.reports.pair_tables import LISTED


@dataclass(frozen=True, eq=False)
class SecondIds:
    """What the page calls the second model's pairs: as the first calls them, whatever their order in either file.

    Attributes:
        side: the second model.
        ids: (n,) the first's id of each of its pairs; of those that the first lacks, one that the first has not.
        matched: (n,) whether the first has the pair.
    """

    side: Exploration
    ids: NDArray[np.int64]
    matched: NDArray[np.bool_]

    @classmethod
    def of(cls, first: Exploration, side: Exploration, changes: PairChanges) -> SecondIds:
        """From the pairs that `compare_pairs(first, side)` matched."""
        own, taken = side.features.ids.numpy(), first.features.ids.numpy()
        ids, matched = own.copy(), np.zeros(len(own), dtype=bool)
        rows = changes.table["other_row"].to_numpy()
        ids[rows], matched[rows] = changes.table["id"].to_numpy(), True
        if np.isin(ids[~matched], taken).any():  # both are called by their rows
            ids[~matched] = 1 + taken.max() + np.arange((~matched).sum())
        return cls(side, ids, matched)

    @property
    def features(self) -> PairedFeatures:
        """Its features with these ids."""
        return replace(self.side.features, ids=torch.from_numpy(self.ids))

    def called(self) -> dict[int, str]:
        """What the reader knows the pairs by that the first lacks, where that is not their id."""
        words = self.side.features.metadata.get("id")
        alone = np.flatnonzero(~self.matched).tolist()
        return {} if words is None else {int(self.ids[row]): str(words[row]) for row in alone}


def listed_pictures(side: Exploration) -> Thumbnails:
    """Of all pairs that a table lists, and of the first 200."""
    listed = pd.concat([side.suspects[:LISTED], side.ambiguous[:LISTED]])["row"].tolist()
    return thumbnails(side.features, [*dict.fromkeys([*listed, *range(min(200, len(side.pairs)))])])


def linked_pairs(side: Exploration, pictures: Thumbnails, second: SecondIds | None) -> Linked:
    """The first model's pairs, and what their figures and tables, and the second's figures, call them."""
    table, features = side.pairs, side.features
    names = ["cosine", "rank_i2t", "rank_t2i", "margin_i2t", "entropy_i2t"] if side.measured.comparable else []
    columns: dict[str, Sequence[Any]] = {"text": table["caption"].tolist()}
    if features.labels is not None:
        columns["label"] = [str(value) for value in table["label"]]
    for name in [*names, "suspicion"]:
        columns[quantity(name).short] = [
            None if isinstance(value, float) and not math.isfinite(value) else value for value in table[name].tolist()
        ]
    return Linked(
        ids=table["id"].tolist(),
        columns=columns,
        what=("pair", "pairs"),
        pictures=pictures.found,
        of=side.name if second else "",
        others=second.side.name if second else "",
        called=second.called() if second else {},
    )
