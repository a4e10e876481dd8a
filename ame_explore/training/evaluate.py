"""Metrics of a student, reported next to the losses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from ame_explore.ame import AMELoss
from ame_explore.arguments import checked
from ame_explore.data import PairedFeatures
from ame_explore.measures.alignment import modality_gap
from ame_explore.measures.calibration import (
    accuracy,
    agreement,
    expected_calibration_error,
    harmonic_mean,
    predictive_entropy,
)
from ame_explore.models import Student, one_thread
from ame_explore.models.pretraining import shifted
from ame_explore.registry import readings
from ame_explore.training.stage import Stage

_AT_ONCE = 256  # images per forward pass, whose intermediate results fit into the cache


class Evaluation:
    """Scores a student on the test split of its stage.

    Args:
        stage: data and teacher.
        student: the student to score, whenever the evaluation is called.

    Attributes:
        stage: as given.
        student: as given.
        newest: (n, D) unit features of the test images at the last call, None before the first.
        newest_hits: for the base and for the new test images at the last call, whether each is classified right among
            the classes of its side; None before the first.
    """

    @one_thread()
    def __init__(self, stage: Stage, student: Student) -> None:
        self.stage, self.student = stage, student
        self.newest: Tensor | None = None
        self.newest_hits: tuple[Tensor, Tensor] | None = None
        self._newest_ambiguous: Tensor | None = None
        self._clean = student.prepare(stage.data.images[stage.test].to(stage.device))
        ambiguous = stage.ambiguous_test_images()
        self._ambiguous = None if ambiguous is None else student.prepare(ambiguous.to(stage.device))

    @torch.no_grad()
    @one_thread()
    def __call__(self, ame: AMELoss, ame_input: str = "unit") -> dict[str, float]:
        """Compute the metrics.

        Args:
            ame: the AME term, which gives H.
            ame_input: what AME sees: "unit" features, or "raw" ones before normalization.

        Returns:
            By name (accuracies are shares in [0, 1], entropies in nats):

            - base_accuracy: accuracy on base test images among the base classes; new_accuracy likewise for new ones;
              harmonic_mean of both
            - unsure_harmonic_mean: the same for the quarter of test images that the teacher is least sure of
            - ambiguous_base_accuracy and so on: the same for images at ambiguity 0.8, labelled with the nearer class
            - teacher_agreement: share of test images that student and teacher assign to the same of all classes
            - ece: expected calibration error with 15 bins, over all classes
            - predictive_entropy: mean over test images
            - H, H_deficit: AME over all class texts and test images (no H_deficit for a reading without a maximum)
            - modality_gap: distance between the centroids of image and text unit features
            - cosine_with_text: mean cosine of a test image with its class text
            - feature_norm: mean norm of the image features before normalization
        """
        stage = self.stage
        was_training = self.student.training
        self.student.eval()
        raw = self._of(self._clean)
        self.newest = features = F.normalize(raw, dim=1)
        logits = stage.logits(features)
        found = base_to_new(stage, logits)
        self.newest_hits = _base_to_new_hits(stage, logits)
        found["unsure_harmonic_mean"] = base_to_new(stage, logits, stage.unsure)["harmonic_mean"]
        if self._ambiguous is not None:
            self._newest_ambiguous = F.normalize(self._of(self._ambiguous), dim=1)
            ambiguous = base_to_new(stage, stage.logits(self._newest_ambiguous))
            found |= {f"ambiguous_{name}": value for name, value in ambiguous.items()}
        found["teacher_agreement"] = agreement(logits, stage.teacher_test_logits)
        found["ece"] = expected_calibration_error(logits.double().softmax(1), stage.test_labels)
        found["predictive_entropy"] = float(predictive_entropy(logits).mean())
        ame_in = features if ame_input == "unit" else raw
        pairs = stage.teacher_test_logits.argmax(1)
        found["H"] = float(ame.entropy(image=ame_in, text=stage.text_features, pairs=pairs))
        if readings[ame.reading].has_deficit:
            found["H_deficit"] = float(ame.deficit(image=ame_in, text=stage.text_features, pairs=pairs))
        found["modality_gap"] = modality_gap(features, stage.text_features)
        found["cosine_with_text"] = float((features * stage.text_features[stage.test_labels]).sum(1).mean())
        found["feature_norm"] = float(raw.norm(dim=1).mean())
        self.student.train(was_training)
        return found

    @torch.no_grad()
    @one_thread()
    def features(self, *, measured: bool = False) -> PairedFeatures:
        """The student's unit features of the test images, with the teacher's class vectors.

        Ids are the images' positions in the data. The ambiguous test images follow, with ids from `ambiguous_from_id`
        on.

        Args:
            measured: reuse the features of the last call that computed metrics; the student must not have changed.
        """
        stage = self.stage
        parts = [self.newest, self._newest_ambiguous] if measured and self.newest is not None else self._forward()
        sides = [part.cpu() for part in parts if part is not None]
        labels = stage.test_labels.cpu().repeat(len(sides))
        return PairedFeatures(
            image=torch.cat(sides),
            text=stage.text_features.cpu(),
            pair_index=labels,
            ids=torch.cat([stage.test + part * ambiguous_from_id(stage) for part in range(len(sides))]),
            labels=labels,
            texts=stage.data.class_texts,
            logit_scale=stage.logit_scale,
        )

    def _forward(self) -> list[Tensor]:
        was_training = self.student.training
        self.student.eval()
        parts = [self._clean] if self._ambiguous is None else [self._clean, self._ambiguous]
        found = [F.normalize(self._of(part), dim=1) for part in parts]
        self.student.train(was_training)
        return found

    def _of(self, prepared: Tensor) -> Tensor:
        return torch.cat([self.student(part) for part in prepared.split(_AT_ONCE)])


def base_to_new(stage: Stage, logits: Tensor, among: Tensor | None = None) -> dict[str, float]:
    """Base accuracy, new accuracy and their harmonic mean.

    Each side is scored only among its own classes, as in the protocol of CoOp and PromptKD.

    Args:
        stage: data with base and new classes.
        logits: (n, C) of the test images over all classes.
        among: (n,) bool, the test images that count, some of each side; None for all.
    """
    scores = []
    for classes in (stage.base, stage.new):
        mine = torch.isin(stage.test_labels, classes)
        mine = mine if among is None else mine & among
        place = torch.searchsorted(classes, stage.test_labels[mine])
        scores.append(accuracy(logits[mine][:, classes], place))
    base, new = scores
    return {"base_accuracy": base, "new_accuracy": new, "harmonic_mean": harmonic_mean(base, new)}


def _base_to_new_hits(stage: Stage, logits: Tensor) -> tuple[Tensor, Tensor]:
    """Whether each base and each new test image is classified right among the classes of its side."""
    found = []
    for classes in (stage.base, stage.new):
        mine = torch.isin(stage.test_labels, classes)
        place = torch.searchsorted(classes, stage.test_labels[mine])
        found.append((logits[mine][:, classes].argmax(1) == place.to(logits.device)).cpu())
    return found[0], found[1]


def ambiguous_from_id(stage: Stage) -> int:
    """First id of ambiguous images in a Run's features; subtracting it gives the id of the clean image."""
    return len(stage.data.images)


@checked
def facts(stage: Stage) -> dict[str, Any]:
    """Facts recorded with a Run of this stage, with which figures distinguish base and new, ambiguous and clean."""
    return {
        "chance": chance(stage),
        "reference_scores": reference_scores(stage),
        "base_classes": stage.base.tolist(),
        "ambiguous_from_id": ambiguous_from_id(stage),
    }


@checked
def references(stage: Stage, scores: Mapping[str, float] | None = None) -> dict[str, dict[str, float]]:
    """What the curves of a run are to be compared with, by metric.

    Args:
        stage: data and models.
        scores: what `reference_scores` returns for the stage; None: measured again.

    Returns:
        Metric -> "teacher", "backbone" (the student's backbone before distillation) and "chance", where known -> its
        score.
    """
    scores = reference_scores(stage) if scores is None else scores
    found = {name: {"chance": value} for name, value in chance(stage).items()}
    for name, value in base_to_new(stage, stage.teacher_test_logits).items():
        found[name] = {"teacher": value, **found[name]}
        if f"backbone_{name}" in scores:
            found[name]["backbone"] = scores[f"backbone_{name}"]
    return found


@checked
def chance(stage: Stage) -> dict[str, float]:
    """Expected scores of random guessing: among the classes of each side, and among all classes for agreement."""
    base, new = 1 / len(stage.base), 1 / len(stage.new)
    sides = {"base_accuracy": base, "new_accuracy": new, "harmonic_mean": harmonic_mean(base, new)}
    ambiguous = {f"ambiguous_{name}": value for name, value in sides.items()}
    unsure = {"unsure_harmonic_mean": sides["harmonic_mean"]}
    return {**sides, **unsure, **ambiguous, "teacher_agreement": 1 / stage.data.num_classes}


@checked
@torch.no_grad()
@one_thread()
def reference_scores(stage: Stage) -> dict[str, float]:
    """Zero-shot test scores of the teacher, and of the student's backbone before distillation.

    teacher_test_accuracy is over all classes; shifted_backbone_accuracy is measured in the backbone's own domain. A
    backbone that cannot read texts has no scores, and stored features have no shifted images: these are left out.

    Args:
        stage: data and models.
    """
    labels, texts = stage.test_labels, stage.data.class_texts
    teacher = base_to_new(stage, stage.teacher_test_logits)
    found = {
        "teacher_test_accuracy": accuracy(stage.teacher_test_logits, labels),
        "teacher_harmonic_mean": teacher["harmonic_mean"],
    }
    if not stage.backbone.reads_text:
        return found
    images = stage.data.images[stage.test].to(stage.device)
    backbone = base_to_new(stage, stage.backbone(images, texts))
    found |= {f"backbone_{name}": value for name, value in backbone.items()}
    if stage.data.feature_widths is None:
        found["shifted_backbone_accuracy"] = accuracy(stage.backbone(shifted(images, 1.0), texts), labels)
    return found
