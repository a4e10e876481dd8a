"""The parts that a recipe names, made on a stage: random streams, shots, the student, the AME term, the KD loss."""

from __future__ import annotations

import torch
from torch import Tensor

from ame_explore.ame import AMELoss
from ame_explore.models import Student
from ame_explore.training.losses import feature_kd, logits_kd, promptkd_loss
from ame_explore.training.recipe import Recipe
from ame_explore.training.stage import Stage

# One stream a purpose, so that recipes that differ in AME alone share weights, shots and batches.
STREAMS = ("weights", "ame", "batches", "noise")


def stream(recipe: Recipe, purpose: str) -> torch.Generator:
    """The random stream of `recipe` for one of `STREAMS`, at its beginning."""
    return torch.Generator().manual_seed(len(STREAMS) * recipe.seed + STREAMS.index(purpose))


def shots_of(recipe: Recipe, stage: Stage) -> Tensor:
    """The images (n,) int64 that the student distils from."""
    classes = "all" if recipe.protocol == "transductive" else "base"
    return stage.data.shots(recipe.shots, seed=recipe.seed, classes=classes)  # type: ignore[arg-type]


def student_of(recipe: Recipe, stage: Stage) -> Student:
    """The untrained student."""
    generator = stream(recipe, "weights")
    return Student.for_teacher(stage.backbone, stage.teacher, recipe.host, generator=generator).to(stage.device)


def ame_of(recipe: Recipe, stage: Stage) -> AMELoss:
    """The AME term, its projections untrained."""
    width = stage.teacher.embed_dim
    return AMELoss(
        image_dim=width,
        text_dim=width,
        manifold_dim=recipe.manifold_dim,
        projection=recipe.projection,
        normalize=recipe.normalize,
        gradient=recipe.gradient,
        random_texts=recipe.random_texts,
        text_rows=recipe.text_rows,
        scope=recipe.scope,
        reading=recipe.reading,
        omega=recipe.omega,
        temperature=ame_temperature(recipe, stage),
        generator=stream(recipe, "ame"),
    ).to(stage.device)


def ame_temperature(recipe: Recipe, stage: Stage) -> float | None:
    """The recipe's temperature; where it names none, `predictive` takes the teacher's."""
    if recipe.temperature is None and recipe.reading == "predictive":
        return 1 / stage.logit_scale
    return recipe.temperature


def kd_of(recipe: Recipe, stage: Stage, features: Tensor, teacher_features: Tensor) -> Tensor:
    """The distillation loss of unit features (B, D), before `kd_weight`.

    Without normalization (`recipe.normalized` False) feature KD is 1 minus the scalar product, as it is written by whom
    forgets that a cosine needs unit features.
    """
    if recipe.kd == "feature":
        if not recipe.normalized:
            return 1 - (features * teacher_features).sum(1).mean()
        return feature_kd(features, teacher_features)
    student_logits, teacher_logits = stage.logits(features), stage.logits(teacher_features)
    if recipe.kd_classes == "base":
        student_logits, teacher_logits = student_logits[:, stage.base], teacher_logits[:, stage.base]
    loss = promptkd_loss if recipe.kd == "promptkd" else logits_kd
    return loss(student_logits, teacher_logits, recipe.tau, recipe.label_smoothing, recipe.student_tau)
