"""The parts that a recipe names, made on a stage: random streams, shots, the student, the AME term, the loss."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from ame_explore.ame import AMELoss
from ame_explore.models import Student
from ame_explore.models.convolutional import ConvCLIP
from ame_explore.registry import hosts, kd_losses, readings
from ame_explore.training.recipe import Recipe
from ame_explore.training.stage import Stage

# One stream a purpose, so that recipes that differ in AME alone share weights, shots and batches.
STREAMS = ("weights", "ame", "batches", "noise")


def stream(recipe: Recipe, purpose: str) -> torch.Generator:
    """The random stream of `recipe` for one of `STREAMS`, at its beginning.

    These seeds never change: they decide the bits of every recipe. Whatever else is random takes a named stream
    (`ame_explore.streams`).
    """
    return torch.Generator().manual_seed(len(STREAMS) * recipe.seed + STREAMS.index(purpose))


def shots_of(recipe: Recipe, stage: Stage) -> Tensor:
    """The images (n,) int64 that the student distils from."""
    classes = "all" if recipe.protocol == "transductive" else "base"
    return stage.data.shots(recipe.shots, seed=recipe.seed, classes=classes)  # type: ignore[arg-type]


def student_of(recipe: Recipe, stage: Stage) -> Student:
    """The untrained student."""
    generator = stream(recipe, "weights")
    texts = stage.data.class_texts
    if isinstance(stage.teacher, ConvCLIP):  # reads free text; a SmallCLIP knows the words of class texts alone
        texts = tuple(dict.fromkeys((*texts, *(stage.data.captions or ()))))
    made = Student.for_teacher(stage.backbone, stage.teacher, recipe.host, generator=generator, texts=texts)
    return made.to(stage.device)


def is_frozen(name: str, recipe: Recipe) -> bool:
    """Whether training leaves the tensor of this name in a run's state as it is."""
    part, _, rest = name.partition(".")
    return part == "student" and hosts[recipe.host].is_frozen(rest)


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
    """The recipe's temperature; where it names none, a softmax over cosines takes the teacher's."""
    if recipe.temperature is None and readings[recipe.reading].follows_logit_scale:
        return 1 / stage.logit_scale
    return recipe.temperature


def kd_of(recipe: Recipe, stage: Stage, features: Tensor, teacher_features: Tensor) -> Tensor:
    """The distillation loss, before `kd_weight`, of the student's features (B, D): unit rows if `recipe.normalized`."""
    loss = kd_losses[recipe.kd]
    student, teacher = features, teacher_features
    if loss.on == "logits":
        student, teacher = stage.logits(features), stage.logits(teacher_features)
        if recipe.kd_classes == "base":
            student, teacher = student[:, stage.base], teacher[:, stage.base]
    known = {"texts": stage.text_features, "logit_scale": stage.logit_scale}
    settings = {name: known[name] if name in known else getattr(recipe, name) for name in loss.options}
    result: Tensor = loss.function(student, teacher, **settings)
    return result


@dataclass(frozen=True, eq=False)
class LossTerms:
    """The loss of one batch and what it is made of.

    Attributes:
        features: (B, D) of the student as the losses see them: unit rows, unless `recipe.normalized` is False.
        kd: the distillation loss times its weight, a scalar.
        entropy: H, a scalar; None where there is no AME term.
        ame: omega times H; None likewise.
    """

    features: Tensor
    kd: Tensor
    entropy: Tensor | None
    ame: Tensor | None

    @property
    def total(self) -> Tensor:
        """What is minimized."""
        return self.kd if self.ame is None else self.kd + self.ame


def loss_of(
    recipe: Recipe,
    stage: Stage,
    ame: AMELoss | None,
    raw: Tensor,
    teacher_features: Tensor,
    *,
    kd_weight: float | Tensor | None = None,
    omega: float | Tensor | None = None,
    texts: Tensor | None = None,
) -> LossTerms:
    """What a run of `recipe` minimizes on one batch: the one place where it is written.

    Args:
        recipe: the settings in force. stage: data and teacher.
        ame: the entropy term; None leaves it out.
        raw: (B, D) the student's projected features.
        teacher_features: (B, D) unit features that the teacher has of the same images.
        kd_weight, omega: in place of the recipe's and of `ame`'s.
        texts: (C, D) in place of the stage's, for AME.
    """
    features = F.normalize(raw, dim=1) if recipe.normalized else raw
    kd = (recipe.kd_weight if kd_weight is None else kd_weight) * kd_of(recipe, stage, features, teacher_features)
    if ame is None:
        return LossTerms(features, kd, None, None)
    seen = features if recipe.ame_input == "unit" else raw
    pairs = stage.logits(teacher_features).argmax(1)
    entropy = ame.entropy(image=seen, text=stage.text_features if texts is None else texts, pairs=pairs)
    return LossTerms(features, kd, entropy, (ame.omega if omega is None else omega) * entropy)
