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
    """The models to show.

    Args:
        first: the first model.
        second: the second, if there is one; its pairs get the first's ids.
        changes: which pairs of the two belong together; None: only the first is shown.
    """
    found = [ShownModel(first)]
    if second is not None and changes is not None:
        ids, _ = ids_in_first(first, second, changes)
        found.append(ShownModel(replace(second, features=replace(second.features, ids=torch.from_numpy(ids)))))
    return tuple(found)
