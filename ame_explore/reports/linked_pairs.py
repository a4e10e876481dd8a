"""The pairs that a report's figures and tables share, with one id per pair for both models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ame_explore.analysis.pairs.exploration import Exploration, plain_number
from ame_explore.analysis.pairs.pair_changes import PairChanges, ids_in_first
from ame_explore.figures.base.thumbnails import Thumbnails, thumbnails
from ame_explore.quantities import quantity
from ame_explore.reports.page import Linked
from ame_explore.reports.pair_tables import LISTED

_METADATA, _LONG = 6, 80  # the most metadata columns in the panel, and characters of a value


@dataclass(frozen=True, eq=False)
class SecondIds:
    """The page's ids of the second model's pairs: the first model's ids, whatever the order in either file.

    Attributes:
        side: the second model.
        ids: (n,) the first model's id of each pair; a new id for a pair that the first model lacks.
        matched: (n,) whether the first model has the pair.
    """

    side: Exploration
    ids: NDArray[np.int64]
    matched: NDArray[np.bool_]

    @classmethod
    def of(cls, first: Exploration, side: Exploration, changes: PairChanges) -> SecondIds:
        """Take the ids from the pairs that `compare_pairs(first, side)` matched.

        Args:
            first: the first model.
            side: the second model.
            changes: `compare_pairs(first, side)`.
        """
        ids, matched = ids_in_first(first, side, changes)
        return cls(side, ids, matched)

    def called(self) -> dict[int, str]:
        """Id -> the user's own id, for the pairs that the first model lacks; empty if the metadata has no ids."""
        words = self.side.features.metadata.get("id")
        alone = np.flatnonzero(~self.matched).tolist()
        return {} if words is None else {int(self.ids[row]): str(words[row]) for row in alone}


def listed_pictures(side: Exploration) -> Thumbnails:
    """Thumbnails of the pairs that a table lists and of the first 200, as far as the pixel budget allows."""
    listed = pd.concat([side.suspects[:LISTED], side.ambiguous[:LISTED]])["row"].tolist()
    return thumbnails(side.features, [*dict.fromkeys([*listed, *range(min(200, len(side.pairs)))])])


def linked_pairs(side: Exploration, pictures: Thumbnails, second: SecondIds | None) -> Linked:
    """The first model's pairs as the page's linked items.

    Args:
        side: the first model.
        pictures: thumbnails of its pairs.
        second: ids of the second model's pairs; None: there is only one model.
    """
    table = side.pairs
    names = ["cosine", "rank_i2t", "rank_t2i", "margin_i2t", "entropy_i2t"] if side.measured.comparable else []
    columns: dict[str, Sequence[Any]] = {"text": table["caption"].tolist()}
    if table["label"].notna().any():
        columns["label"] = [None if value is None else str(value) for value in table["label"]]
    quantities = {quantity(name).short: name for name in [*names, "suspicion"]}
    for column, name in quantities.items():
        columns[column] = [plain_number(value) for value in table[name].tolist()]
    given = [name for name in table if name.startswith("meta_") and name != "meta_label"][:_METADATA]
    for name in given:
        shown = [None if value is None or value != value else str(value)[:_LONG] for value in table[name].tolist()]
        columns[name.removeprefix("meta_")] = shown
    return Linked(
        ids=table["id"].tolist(),
        columns=columns,
        quantities=quantities,
        what=("pair", "pairs"),
        pictures=pictures.found,
        of=side.name if second else "",
        others=second.side.name if second else "",
        called=second.called() if second else {},
    )
