"""Which teacher and which student's backbone belong to some data."""

from __future__ import annotations

from ame_explore.data import FeatureData, PairedData
from ame_explore.models.cache import pretrained
from ame_explore.models.convolutional import TwoTowers
from ame_explore.models.emoji_weights import emoji_models
from ame_explore.models.pretraining import Pretraining
from ame_explore.models.stored import stored_models
from ame_explore.tasks import Progress


def models_for(data: PairedData, *, seed: int = 0, progress: Progress | None = None) -> tuple[TwoTowers, TwoTowers]:
    """Teacher and student's backbone for some data, frozen.

    Stored features bring their own; `emoji` has convolutional models, which ship with the package for seed 0. For all
    other data two `SmallCLIP` are read from the cache, or trained and cached.

    Args:
        data: the data.
        seed: seed of models that are trained.
        progress: called while a model trains.

    Raises:
        AMEError: if the data does not suit the models.
    """
    if isinstance(data, FeatureData):
        return stored_models(data)
    if data.name == "emoji":
        return emoji_models(data, seed=seed, progress=progress)
    teacher = pretrained(data, Pretraining.teacher(data, seed=seed), progress=progress)
    return teacher, pretrained(data, Pretraining.backbone(data, seed=seed), progress=progress)
