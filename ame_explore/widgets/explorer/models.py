"""The one or two models that an explorer shows, in which the same pair has the same id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import torch

from ame_explore.analysis.pairs.comparison import PairChanges, ids_in_first
from ame_explore.analysis.pairs.exploration import Exploration
from ame_explore.analysis.pairs.maps import PairMaps


@dataclass(frozen=True, eq=False)
class ShownModel:
    """A model, and what the views call its pairs and shared texts.

    Attributes:
        explored: what was measured; the second's pairs have the first's ids.
        first_text: what its rows of texts are counted from in the ids of shared texts.
        sharing: id of a text that several pairs share (minus its row minus 1) -> the ids of those.
        maps: its maps.
    """

    explored: Exploration
    first_text: int
    sharing: Mapping[int, list[int]] = field(default_factory=dict)
    maps: PairMaps | None = None


def shown_models(
    first: Exploration, second: Exploration | None = None, changes: PairChanges | None = None
) -> tuple[ShownModel, ...]:
    """The first, and the second where there is one, its pairs called as the first calls them."""
    found = [ShownModel(first, 0, _sharing(first, 0))]
    if second is not None and changes is not None:
        ids, _ = ids_in_first(first, second, changes)
        named = replace(second, features=replace(second.features, ids=torch.from_numpy(ids)))
        past = len(first.features.text)
        found.append(ShownModel(named, past, _sharing(named, past)))
    return tuple(found)


def _sharing(explored: Exploration, past: int) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for id_, text in zip(explored.features.ids.tolist(), explored.features.pair_index.tolist(), strict=True):
        found.setdefault(-(past + text + 1), []).append(id_)
    return {mark: ids for mark, ids in found.items() if len(ids) > 1}
