"""The one or two models that an explorer shows, in which the same pair has the same id."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch

from ame_explore.analysis.pairs.comparison import PairChanges, ids_in_first
from ame_explore.analysis.pairs.exploration import Exploration
from ame_explore.analysis.pairs.maps import PairMaps


@dataclass(frozen=True, eq=False)
class ShownModel:
    """A model as the views show it.

    Attributes:
        explored: what was measured; the second's pairs have the first's ids.
        maps: its maps.
    """

    explored: Exploration
    maps: PairMaps | None = None


def shown_models(
    first: Exploration, second: Exploration | None = None, changes: PairChanges | None = None
) -> tuple[ShownModel, ...]:
    """The first, and the second where there is one, its pairs called as the first calls them."""
    found = [ShownModel(first)]
    if second is not None and changes is not None:
        ids, _ = ids_in_first(first, second, changes)
        found.append(ShownModel(replace(second, features=replace(second.features, ids=torch.from_numpy(ids)))))
    return tuple(found)
