"""Which teacher and which student's backbone belong to some data."""

from __future__ import annotations

from ame_explore.data import FeatureData, PairedData
from ame_explore.models.cache import pretrained
from ame_explore.models.convolutional import TwoTowers
from ame_explore.models.pretraining import Pretraining
from ame_explore.models.stored import stored_models
from ame_explore.registry import data_sets
from ame_explore.tasks import Progress


def models_for(data: PairedData, *, seed: int = 0, progress: Progress | None = None) -> tuple[TwoTowers, TwoTowers]:
    """Teacher and student's backbone for some data, frozen.

    Stored features bring their own, and so does a data set that is registered with `models`, such as `emoji`, whose
    models ship with the package for seed 0. For all other data two `SmallCLIP` are read from the cache, or trained and
    cached.

    Args:
        data: the data.
        seed: seed of models that are trained.
        progress: called while a model trains.

    Raises:
        AMEError: if the data does not suit the models.
    """
    if isinstance(data, FeatureData):
        return stored_models(data)
    part = data_sets.get(data.name)
    if part is not None and (own := part.own_models()) is not None:
        teacher, backbone = own(data, seed=seed, progress=progress)
        return teacher, backbone
    teacher = pretrained(data, Pretraining.teacher(data, seed=seed), progress=progress)
    return teacher, pretrained(data, Pretraining.backbone(data, seed=seed), progress=progress)
