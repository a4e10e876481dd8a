"""Data: what exists, what its classes are called, and who may learn from which image."""

from __future__ import annotations

from ame_explore.ame import AMEError
from ame_explore.data.pairs import CLASSES, PairedData, PairedFeatures
from ame_explore.data.sets.digits import digits
from ame_explore.data.sets.emoji import emoji
from ame_explore.data.sets.scenes import scenes
from ame_explore.data.splits import SPLITS, stratified_splits
from ame_explore.registry import data_sets

__all__ = [
    "CLASSES",
    "SPLITS",
    "PairedData",
    "PairedFeatures",
    "digits",
    "emoji",
    "load",
    "scenes",
    "stratified_splits",
]


def load(name: str, *, seed: int = 0, **options: object) -> PairedData:
    """The data set called `name`: "digits", "scenes", "emoji", or one registered by `ame_explore.registry.data_set`.

    Args:
        name: of the data set.
        seed: of its splits, and of what is drawn at random.
        options: as the function of that name takes them, for instance `size_words=True` for scenes.

    Raises:
        AMEError: for an unknown name, an option that this data does not have, or one out of range; or if the function
            returns something else than a PairedData of this name.
    """
    if name not in data_sets:
        known_names = " or ".join(map(repr, data_sets))
        raise AMEError(f"data must be {known_names}, got {name!r}: hand your own PairedData to Distillation(data=...).")
    source = data_sets[name]
    unknown = sorted(set(options) - set(source.options))
    if unknown:
        takes = f"it takes {', '.join(source.options)}" if source.options else "it takes none but seed"
        raise AMEError(f"options of {name!r} must be ones that it has, got {', '.join(unknown)}: {takes}.")
    made = source.function(seed=seed, **options)
    if not isinstance(made, PairedData):
        raise AMEError(f"the data set {name!r} must return a PairedData, got {type(made).__name__}.")
    if made.name != name:
        raise AMEError(f"the data set {name!r} must return data of its own name, got PairedData(name={made.name!r}).")
    return made
