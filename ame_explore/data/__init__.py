"""Data sets, paired features, and the splits that say which part may learn from which image."""

from __future__ import annotations

from ame_explore.ame import AMEError, shown
from ame_explore.data.feature_data import FeatureData
from ame_explore.data.pairs import CLASSES, PairedData, PairedFeatures
from ame_explore.data.sets.digits import digits
from ame_explore.data.sets.emoji import emoji
from ame_explore.data.sets.scenes import scenes
from ame_explore.data.splits import SPLITS, stratified_splits
from ame_explore.registry import data_sets

__all__ = [
    "CLASSES",
    "SPLITS",
    "FeatureData",
    "PairedData",
    "PairedFeatures",
    "digits",
    "emoji",
    "load",
    "scenes",
    "stratified_splits",
]


def load(name: str, *, seed: int = 0, **options: object) -> PairedData:
    """Load a data set: "digits", "scenes", "emoji", or one registered with `ame_explore.registry.data_set`.

    Args:
        name: name of the data set.
        seed: seed of its splits and of anything drawn at random.
        options: options of that data set, for instance `size_words=True` for scenes.

    Raises:
        AMEError: if the name or an option is unknown, an option is out of range, or the registered function does not
            return a PairedData of this name.
    """
    if not isinstance(name, str) or name not in data_sets:
        known_names = " or ".join(map(repr, data_sets))
        raise AMEError(
            f"data must be {known_names}, got {shown(name)}: pass your own PairedData to Distillation(data=...)."
        )
    source = data_sets[name]
    unknown = sorted(set(options) - set(source.options))
    if unknown:
        takes = f"it takes {', '.join(source.options)}" if source.options else "it takes only seed"
        raise AMEError(f"{name!r} does not have the options {', '.join(unknown)}: {takes}.")
    made = source.function(seed=seed, **options)
    if not isinstance(made, PairedData):
        raise AMEError(f"the data set {name!r} must return a PairedData, got {type(made).__name__}.")
    if made.name != name:
        raise AMEError(f"the data set {name!r} must return data of its own name, got PairedData(name={made.name!r}).")
    return made
