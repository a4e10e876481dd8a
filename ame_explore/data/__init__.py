"""Data: what exists, what its classes are called, and who may learn from which image."""

from __future__ import annotations

import inspect

from ame_explore.ame import AMEError
from ame_explore.data.pairs import CLASSES, PairedData, PairedFeatures
from ame_explore.data.sets.digits import digits
from ame_explore.data.sets.emoji import emoji
from ame_explore.data.sets.scenes import scenes
from ame_explore.data.splits import SPLITS, stratified_splits

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

_SOURCES = {"digits": digits, "scenes": scenes, "emoji": emoji}


def load(name: str, *, seed: int = 0, **options: object) -> PairedData:
    """The data set called `name`: "digits", "scenes" or "emoji".

    Args:
        name: of the data set.
        seed: of its splits, and of what is drawn at random.
        options: as the function of that name takes them, for instance `size_words=True` for scenes.

    Raises:
        AMEError: for an unknown name, an option that this data does not have, or one out of range.
    """
    if name not in _SOURCES:
        known_names = " or ".join(map(repr, _SOURCES))
        raise AMEError(f"data must be {known_names}, got {name!r}: hand your own PairedData to Distillation(data=...).")
    known = [option for option in inspect.signature(_SOURCES[name]).parameters if option != "seed"]
    unknown = sorted(set(options) - set(known))
    if unknown:
        takes = f"it takes {', '.join(known)}" if known else "it takes none but seed"
        raise AMEError(f"options of {name!r} must be ones that it has, got {', '.join(unknown)}: {takes}.")
    return _SOURCES[name](seed=seed, **options)  # type: ignore[operator]
