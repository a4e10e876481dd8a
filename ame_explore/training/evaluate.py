"""Metrics of a student, reported next to the losses."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from ame_explore.ame import AMELoss
from ame_explore.arguments import checked
from ame_explore.data import PairedFeatures
from ame_explore.measures.alignment import modality_gap, retrieval_at_k
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
from ame_explore.training.captions import recombined
from ame_explore.training.stage import Stage

_MOST_RETRIEVED = 1000
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
        newest_texts: (C, D) the unit class vectors at the last call.
        newest_hits: for the base and for the new test images at the last call, whether each is classified right among
            the classes of its side; None before the first.
    """

    @one_thread()
    def __init__(self, stage: Stage, student: Student) -> None:
        self.stage, self.student = stage, student
        self.newest: Tensor | None = None
        self.newest_texts = stage.text_features
        self._retrieval = Retrieved.of(stage)
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
            - R@1_i2t, R@1_t2i, recombined_recall, where images have captions: see `Retrieved`
            - unsure_harmonic_mean: the same for the quarter of test images that the teacher is least sure of
            - ambiguous_base_accuracy and so on: the same for images at ambiguity 0.8, labelled with the nearer class
            - teacher_agreement: share of test images that student and teacher assign to the same of all classes
            - ece: expected calibration error with 15 bins, over all classes
            - predictive_entropy: mean over test images
            - H, H_deficit: AME over the class texts and test images (no H_deficit for a reading without a maximum)
            - modality_gap: distance between the centroids of image and text unit features
            - cosine_with_text: mean cosine of a test image with its class text
            - feature_norm: mean norm of the image features before normalization
        """
        stage = self.stage
        was_training = self.student.training
        self.student.eval()
        raw = self._of(self._clean)
        self.newest = features = F.normalize(raw, dim=1)
        self.newest_texts = texts = class_vectors(stage, self.student)
        logits = stage.logits(features, texts=texts)
        found = base_to_new(stage, logits)
        self.newest_hits = _base_to_new_hits(stage, logits)
        found["unsure_harmonic_mean"] = base_to_new(stage, logits, stage.unsure)["harmonic_mean"]
        if self._ambiguous is not None:
            self._newest_ambiguous = F.normalize(self._of(self._ambiguous), dim=1)
            ambiguous = base_to_new(stage, stage.logits(self._newest_ambiguous, texts=texts))
            found |= {f"ambiguous_{name}": value for name, value in ambiguous.items()}
        found["teacher_agreement"] = agreement(logits, stage.teacher_test_logits)
        found["ece"] = expected_calibration_error(logits.double().softmax(1), stage.test_labels)
        found["predictive_entropy"] = float(predictive_entropy(logits).mean())
        ame_in = features if ame_input == "unit" else raw
        pairs = stage.teacher_test_logits.argmax(1)
        found["H"] = float(ame.entropy(image=ame_in, text=texts, pairs=pairs))
        if readings[ame.reading].has_deficit:
            found["H_deficit"] = float(ame.deficit(image=ame_in, text=texts, pairs=pairs))
        found["modality_gap"] = modality_gap(features, texts)
        found["cosine_with_text"] = float((features * texts[stage.test_labels]).sum(1).mean())
        found["feature_norm"] = float(raw.norm(dim=1).mean())
        if self._retrieval is not None:
            found |= self._retrieval(features, self._retrieval.captions(self.student))
        self.student.train(was_training)
        return found

    @torch.no_grad()
    @one_thread()
    def features(self, *, measured: bool = False) -> PairedFeatures:
        """The student's unit features of the test images, with the class vectors that it is tested with.

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
            text=self.newest_texts.cpu(),
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
        self.newest_texts = class_vectors(self.stage, self.student)
        self.student.train(was_training)
        return found

    def _of(self, prepared: Tensor) -> Tensor:
        return torch.cat([self.student(part) for part in prepared.split(_AT_ONCE)])


@torch.no_grad()
def class_vectors(stage: Stage, student: Student) -> Tensor:
    """The unit text features (C, D) by which a student classifies: the teacher's, or those of its own text tower."""
    if student.text_side is None or stage.captions is None:
        return stage.text_features
    return F.normalize(student.text_side(stage.captions.class_inputs), dim=1)


@dataclass(frozen=True, eq=False)
class Retrieved:
    """Finds captions of test images, and images of captions, among at most 1,000 test images (our choice).

    Attributes:
        stage: data and models.
        rows: (m,) places in the test split, spread evenly.
        used: (T,) the captions of these images.
        pairs: (m,) the caption of each image, as a place in `used`.
        recombined: (m,) bool, images whose captions recombine known words, see `captions.recombined`; what student and
            backbone may have learned from is known: the captions of the splits "backbone" and "distill".
    """

    stage: Stage
    rows: Tensor
    used: Tensor
    pairs: Tensor
    recombined: Tensor

    @classmethod
    def of(cls, stage: Stage) -> Retrieved | None:
        """For a stage; None if its images have no captions."""
        captions = stage.captions
        if captions is None:
            return None
        rows = torch.linspace(0, len(stage.test) - 1, min(len(stage.test), _MOST_RETRIEVED)).round().long()
        used, pairs = captions.of(stage.test[rows]).unique(return_inverse=True)
        names = [captions.texts[row] for row in used.tolist()]
        marks = [False] * len(names)
        if stage.data.seen is not None:
            learned = torch.cat([stage.data.splits[name] for name in ("backbone", "distill")])
            marks = recombined(names, [captions.texts[row] for row in captions.table[learned].unique().tolist()])
        rows, used, pairs, found = (p.to(stage.device) for p in (rows, used, pairs, torch.tensor(marks)[pairs]))
        return cls(stage, rows, used, pairs, found)

    @torch.no_grad()
    def captions(self, student: Student) -> Tensor:
        """The unit features (T, D) of the captions by the student's text tower, or by the teacher's if it has none."""
        assert self.stage.captions is not None  # see `of`
        if student.text_side is None:
            return self.stage.captions.teacher[self.used]
        return F.normalize(student.text_side(self.stage.captions.inputs[self.used]), dim=1)

    def __call__(self, features: Tensor, texts: Tensor) -> dict[str, float]:
        """Recall at 1.

        Args:
            features: (n, D) image features of the test split.
            texts: (T, D) features of the captions.

        Returns:
            R@1_i2t and R@1_t2i; and recombined_recall, from image to caption among the recombined captions alone, if
            there are two or more. NaN if a row has no direction.
        """
        images = features[self.rows]
        found = dict.fromkeys(self.chance, math.nan)
        norms = torch.cat([images, texts]).norm(dim=1)
        if not bool((norms.isfinite() & (norms > 0)).all()):
            return found  # a student that collapsed has rows without direction, or that are not finite
        whole = retrieval_at_k(image=images, text=texts, pair_index=self.pairs, ks=(1,))
        found |= {"R@1_i2t": whole.image_to_text[1], "R@1_t2i": whole.text_to_image[1]}
        among, pairs = self.pairs[self.recombined].unique(return_inverse=True)
        if len(among) > 1:
            part = retrieval_at_k(image=images[self.recombined], text=texts[among], pair_index=pairs, ks=(1,))
            found["recombined_recall"] = part.image_to_text[1]
        return found

    @property
    def chance(self) -> dict[str, float]:
        """Expected scores of random guessing."""
        found = {"R@1_i2t": 1 / len(self.used), "R@1_t2i": 1 / len(self.rows)}
        among = len(self.pairs[self.recombined].unique())
        return found if among < 2 else {**found, "recombined_recall": 1 / among}


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
    """Facts recorded with a Run of this stage, with which figures distinguish base and new, ambiguous and clean, and
    draw what its curves are to be compared with."""
    scores = reference_scores(stage)
    return {
        "chance": chance(stage),
        "reference_scores": scores,
        "references": references(stage, scores),
        "base_classes": stage.base.tolist(),
        "ambiguous_from_id": ambiguous_from_id(stage),
        **({"sampled": stage.sampled} if stage.sampled else {}),
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
    retrieval = Retrieved.of(stage)
    found = {} if retrieval is None else retrieval.chance
    return {**sides, **unsure, **ambiguous, "teacher_agreement": 1 / stage.data.num_classes, **found}


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
    retrieval, captions = Retrieved.of(stage), stage.captions
    if retrieval is not None and captions is not None:
        images = stage.data.images[stage.test].to(stage.device)
        own = F.normalize(stage.backbone.text_tower(captions.inputs[retrieval.used]), dim=-1)
        taught = retrieval(stage.teacher_features(images), captions.teacher[retrieval.used])
        found |= {f"teacher_{name}": value for name, value in taught.items()}
        read = retrieval(stage.backbone.encode_image(images), own)
        found |= {f"backbone_{name}": value for name, value in read.items()}
    if not stage.backbone.reads_text:
        return found
    images = stage.data.images[stage.test].to(stage.device)
    backbone = base_to_new(stage, stage.backbone(images, texts))
    found |= {f"backbone_{name}": value for name, value in backbone.items()}
    if stage.data.feature_widths is None:
        found["shifted_backbone_accuracy"] = accuracy(stage.backbone(shifted(images, 1.0), texts), labels)
    return found
