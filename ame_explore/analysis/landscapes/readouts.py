"""The values read from a student at each point of a landscape, for many points at once."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor
from torch.func import vmap
from torch.nn import functional as F

from ame_explore.ame import AMEError, AMELoss, entropy_of_log
from ame_explore.analysis.landscapes.evaluators import Objective
from ame_explore.arguments import checked, checked_init
from ame_explore.measures.calibration import shares_right
from ame_explore.models import one_thread
from ame_explore.training.distill import Distillation
from ame_explore.training.parts import CaptionBatch, loss_of
from ame_explore.training.recipe import Recipe
from ame_explore.training.stage import Stage

_OF_THE_BATCH = ("shuffled_pairs", "duplicates", "teacher_noise")  # faults


def log_softmax(logits: Tensor) -> Tensor:
    """Log-softmax over the last axis of (..., N, C), with samples contiguous: far faster for few classes."""
    return logits.mT.contiguous().log_softmax(-2).mT


@checked_init
@dataclass(frozen=True, eq=False)
class Classification:
    """Logits (..., N, C) -> "loss" (mean cross-entropy, nats), "predictive_entropy" (nats) and "accuracy" ([0, 1]).

    Attributes:
        labels: (N,) int64.
        only: names of the values to compute.
    """

    batched: ClassVar[bool] = True
    labels: Tensor
    only: tuple[str, ...] = ("loss", "predictive_entropy", "accuracy")

    def __call__(self, logits: Tensor) -> dict[str, Tensor]:
        """Tensors (...)."""
        log_p = log_softmax(logits)
        at = self.labels[:, None].expand(*log_p.shape[:-1], 1)
        found = {}
        if "loss" in self.only:
            found["loss"] = -log_p.gather(-1, at).mean((-2, -1))
        if "predictive_entropy" in self.only:
            found["predictive_entropy"] = entropy_of_log(log_p).mean(-1)
        if "accuracy" in self.only:
            found["accuracy"] = shares_right(log_p, at[..., 0]).float().mean(-1)
        return found


@dataclass(frozen=True, eq=False)
class DistillationReadout:
    """The student's features (..., N, D) -> what a run of `Distillation` minimizes and reports, on these images.

    AME's own projections do not move. A student with a text tower of its own gives the rows of its images, then those
    of the captions, then those of the class texts. The values are:

    - loss: what training minimizes (`loss_of`), with these images as one batch;
    - kd: its distillation part, times kd_weight;
    - H: in the reading's unit;
    - predictive_entropy: nats, over all classes at the teacher's logit scale;
    - accuracy: over all classes.

    Attributes:
        settings: the settings in force.
        stage: the run's stage.
        ame: the entropy term.
        teacher_features: (N, D).
        labels: (N,) int64.
        captions: the teacher's features of the T captions and the caption of each image; None without a text tower.
    """

    batched: ClassVar[bool] = True
    settings: Recipe
    stage: Stage
    ame: AMELoss
    teacher_features: Tensor
    labels: Tensor
    captions: tuple[Tensor, Tensor] | None = None

    @property
    def reading(self) -> str:
        """The reading that gives H."""
        return self.ame.reading

    def __call__(self, features: Tensor) -> Mapping[str, Tensor]:
        """Tensors (...)."""
        if features.ndim > 2:
            return vmap(self._one)(features)
        return self._one(features)

    def _one(self, rows: Tensor) -> dict[str, Tensor]:
        raw, texts, captions = rows, None, None
        if self.captions is not None:
            teacher, pairs = self.captions
            sizes = [len(self.labels), len(teacher), len(rows) - len(self.labels) - len(teacher)]
            raw, own, texts = rows.split(sizes)
            captions, texts = CaptionBatch(own, teacher, pairs), F.normalize(texts, dim=1)
        terms = loss_of(
            self.settings, self.stage, self.ame, raw=raw, teacher_features=self.teacher_features, captions=captions
        )
        assert terms.entropy is not None
        logits = self.stage.logits(F.normalize(raw, dim=1), texts=texts)  # as for the metrics
        seen = Classification(self.labels, ("predictive_entropy", "accuracy"))(logits)
        return {"loss": terms.total, "kd": terms.kd, "H": terms.entropy, **seen}


@checked
@torch.no_grad()
@one_thread()
def distillation_objective(distillation: Distillation, indices: Tensor | None = None) -> Objective:
    """The objective of a run's student as it is now.

    Names in recorded states have the prefix "student.". The student is evaluated in evaluation mode, like the metrics:
    in training mode, batch norm would use the batch's own statistics.

    Args:
        distillation: the run.
        indices: images of the stage's data, read without faults; None: the test split, for which H and
            predictive_entropy at the origin are those of `Distillation.metrics`.

    Raises:
        AMEError: if a fault is in force that changes the batch rather than the loss.
    """
    stage = distillation.stage
    indices = stage.test if indices is None else indices
    images = stage.data.images_at(indices)
    settings = distillation.settings
    changed = [name for name in settings.faults if name in _OF_THE_BATCH]
    if changed:
        raise AMEError(
            f"distillation must have no fault that changes the batch, got {', '.join(changed)} in force: "
            "the landscape would show another loss than training minimizes."
        )
    frozen = copy.deepcopy(distillation.student).eval()
    prepared = frozen.prepare(images.to(stage.device))
    inputs: Tensor | tuple[Tensor, ...] = prepared
    captions = None
    if frozen.text_side is not None and stage.captions is not None:
        of = stage.captions
        used, pairs = (part.to(stage.device) for part in of.of(indices).unique(return_inverse=True))
        captions = of.teacher[used], pairs
        inputs = (prepared, of.inputs[used], of.class_inputs)
    readout = DistillationReadout(
        settings,
        stage,
        distillation.ame,
        stage.teacher_features(images),
        stage.data.labels[indices].to(stage.device),
        captions,
    )
    return Objective(frozen, inputs, readout)
