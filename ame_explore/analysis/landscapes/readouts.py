"""What is read from a student at each point of a landscape, for many points at once."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor
from torch.func import vmap
from torch.nn import functional as F

from ame_explore.ame import AMEError, AMELoss
from ame_explore.analysis.landscapes.evaluators import Objective
from ame_explore.models import one_thread
from ame_explore.training.distill import Distillation
from ame_explore.training.losses import PROMPTKD_WEIGHT, feature_kd, logits_kd
from ame_explore.training.stage import Stage


def log_softmax(logits: Tensor) -> Tensor:
    """Over the last axis of (..., N, C); taken with samples contiguous, which for few classes is far faster."""
    return logits.mT.contiguous().log_softmax(-2).mT


@dataclass(frozen=True, eq=False)
class Classification:
    """Logits (..., N, C) -> "loss" (mean cross-entropy, nats), "predictive_entropy" (nats) and "accuracy" ([0, 1]).

    Attributes: labels: (N,) int64. only: names to compute; the rest is left out.
    """

    batched: ClassVar[bool] = True
    labels: Tensor
    only: tuple[str, ...] = ("loss", "predictive_entropy", "accuracy")

    def __call__(self, logits: Tensor) -> dict[str, Tensor]:
        """Tensors (...)."""
        log_p = log_softmax(logits)
        found = {}
        if "loss" in self.only:
            at = self.labels[:, None].expand(*log_p.shape[:-1], 1)
            found["loss"] = -log_p.gather(-1, at).mean((-2, -1))
        if "predictive_entropy" in self.only:
            found["predictive_entropy"] = -(log_p.exp() * log_p).sum(-1).mean(-1)
        if "accuracy" in self.only:
            found["accuracy"] = (log_p.argmax(-1) == self.labels).float().mean(-1)
        return found


@dataclass(frozen=True, eq=False)
class DistillationReadout:
    """The student's features (..., N, D) -> what a run of `Distillation` minimizes and reports, on these images.

    loss: kd + omega H, as in training, over these images as one batch; kd; H (nats, or the reading's unit);
    predictive_entropy (nats, over all classes at the teacher's logit scale); accuracy (over all classes).

    AME's own projections stay as they are. Attributes: stage: of the run. ame: the loss. teacher_features: (N, D).
    labels: (N,) int64. kd: feature_kd or a function of logits. ame_input: "unit" or "raw".
    """

    batched: ClassVar[bool] = True
    stage: Stage
    ame: AMELoss
    teacher_features: Tensor
    labels: Tensor
    kd: Callable[[Tensor, Tensor], Tensor]
    ame_input: str

    def __call__(self, features: Tensor) -> Mapping[str, Tensor]:
        """Tensors (...)."""
        if features.ndim > 2:
            return vmap(self._one)(features)
        return self._one(features)

    def _one(self, raw: Tensor) -> dict[str, Tensor]:
        features = F.normalize(raw, dim=1)
        kd = self.kd(features, self.teacher_features)
        ame_in = features if self.ame_input == "unit" else raw
        pairs = self.stage.logits(self.teacher_features).argmax(1)
        entropy = self.ame.entropy(self.stage.text_features, ame_in, pairs)
        seen = Classification(self.labels, ("predictive_entropy", "accuracy"))(self.stage.logits(features))
        return {"loss": kd + self.ame.omega * entropy, "kd": kd, "H": entropy, **seen}


@torch.no_grad()
@one_thread()
def distillation_objective(distillation: Distillation, indices: Tensor | None = None) -> Objective:
    """The objective of a run's student as it is now: names in recorded states carry the prefix "student.".

    Args:
        indices: images of the stage's data; None: the test split, where H and predictive_entropy at the origin are
            those of `Distillation.metrics`.

    The student is read in evaluation mode, as the metrics are (the training mode would let batch norm see the batch).
    """
    stage = distillation.stage
    indices = stage.test if indices is None else indices
    images = stage.data.images_at(indices)
    settings = distillation.recipe.at(max(distillation.index - 1, 0))
    base = stage.base
    if settings.faults:
        raise AMEError(
            f"distillation must be whole, got one with {', '.join(settings.faults)} in force: its loss is not the one "
            "that is drawn here."
        )

    def kd(features: Tensor, teacher: Tensor) -> Tensor:
        if settings.kd == "feature":
            return feature_kd(features, teacher)
        ours, theirs = stage.logits(features), stage.logits(teacher)
        if settings.kd_classes == "base":
            ours, theirs = ours[:, base], theirs[:, base]
        weight = PROMPTKD_WEIGHT / ours.shape[1] if settings.kd == "promptkd" else 1.0
        return weight * logits_kd(ours, theirs, settings.tau, settings.label_smoothing)

    readout = DistillationReadout(
        stage,
        distillation.ame,
        stage.teacher_features(images),
        stage.data.labels[indices].to(stage.device),
        kd,
        settings.ame_input,
    )
    frozen = copy.deepcopy(distillation.student).eval()
    return Objective(frozen, frozen.prepare(images.to(stage.device)), readout)
