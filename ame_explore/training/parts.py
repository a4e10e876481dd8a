"""Make the parts of a run from a recipe and a stage: random streams, shots, student, AME term and loss."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, TypedDict

import torch
from torch import Tensor
from torch.nn import functional as F

from ame_explore.ame import AMEError, AMELoss
from ame_explore.data.pairs import Classes
from ame_explore.models import Student
from ame_explore.models.text_side import TextSide
from ame_explore.registry import Registry, data_sets, hosts, kd_losses, only_in_this_session, readings
from ame_explore.training.recipe import Recipe
from ame_explore.training.stage import Stage

# One stream per purpose, so that recipes that differ only in AME share weights, shots and batches.
STREAMS = ("weights", "ame", "batches", "noise")
_KINDS: dict[str, Registry[Any]] = {"data": data_sets, "kd": kd_losses, "host": hosts, "reading": readings}


def stream(recipe: Recipe, purpose: str) -> torch.Generator:
    """A new random generator for one of `STREAMS`.

    These seeds must never change, since every recipe's results depend on them. Other randomness uses named streams
    (`ame_explore.streams`). Only the shots come from a generator with the plain seed (see `PairedData.shots`), which is
    also the seed of the weights if it is 0. Shots are drawn as permutations, weights as uniform or normal numbers; a
    test shows that the two do not correlate.

    Args:
        recipe: its seed is used.
        purpose: one of `STREAMS`.
    """
    return torch.Generator().manual_seed(len(STREAMS) * recipe.seed + STREAMS.index(purpose))


def shots_of(recipe: Recipe, stage: Stage) -> Tensor:
    """Indices (n,) int64 of the images that the student learns from: shots, with "rehearsal" the backbone's after them.

    Args:
        recipe: its shots, seed and protocol are used.
        stage: holds the data.

    Raises:
        AMEError: if there are fewer images than shots, or it is not known what the backbone was trained on.
    """
    data = stage.data
    classes: Classes = "all" if recipe.protocol == "transductive" else "base"
    shots = data.shots(recipe.shots, seed=recipe.seed, classes=classes)
    if recipe.protocol != "rehearsal":
        return shots
    if not len(data.splits["backbone"]):
        raise AMEError(
            f"protocol must be 'clean' or 'transductive' for {data.name!r}, got 'rehearsal': the data does not say "
            "which images the student's backbone was trained on."
        )
    return torch.cat([shots, data.indices("backbone", "base")])


def student_of(recipe: Recipe, stage: Stage) -> Student:
    """The untrained student."""
    generator = stream(recipe, "weights")
    texts = stage.data.class_texts if stage.backbone.reads_text else ()
    made = Student.for_teacher(stage.backbone, stage.teacher, recipe.host, generator=generator, texts=texts)
    if recipe.learns_text:
        made.text_side = _text_side(stage)
        made.start_from(made.text_side.projector.weight)  # the same rotation on both sides keeps the backbone's answers
    made.mix(recipe.mixing)
    return made.to(stage.device)


def _text_side(stage: Stage) -> TextSide:
    """The backbone's text tower; its map is fitted on the class texts and the captions of the distillation split."""
    captions = stage.captions
    assert captions is not None  # checked when the run began
    rows = captions.table[stage.data.splits["distill"]].unique().to(stage.device)
    inputs = (captions.class_inputs, captions.inputs[rows])
    with torch.no_grad():
        own = torch.cat([F.normalize(stage.backbone.text_tower(each), dim=-1) for each in inputs])
    return TextSide(stage.backbone.text_tower, own, torch.cat([stage.text_features, captions.teacher[rows]]))


def is_frozen(name: str, recipe: Recipe) -> bool:
    """Whether training leaves the tensor of this name in a run's state unchanged."""
    part, _, rest = name.partition(".")
    if part == "student" and rest.startswith("text_side."):
        return rest.startswith(("text_side.initial.", "text_side.mixing"))
    return part == "student" and hosts[recipe.host].is_frozen(rest)


def ame_of(recipe: Recipe, stage: Stage) -> AMELoss:
    """The AME term, with untrained projections."""
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
    """The recipe's temperature; if it has none, a softmax over cosines uses the teacher's."""
    if recipe.temperature is None and readings[recipe.reading].follows_logit_scale:
        return 1 / stage.logit_scale
    return recipe.temperature


@dataclass(frozen=True, eq=False)
class CaptionBatch:
    """The captions of a batch of B images, each once.

    Attributes:
        student: (T, D) the student's features, not normalized.
        teacher: (T, D) the teacher's unit features.
        pairs: (B,) int64, the caption of each image.
    """

    student: Tensor
    teacher: Tensor
    pairs: Tensor


def kd_of(
    recipe: Recipe,
    stage: Stage,
    *,
    features: Tensor,
    teacher_features: Tensor,
    captions: CaptionBatch | None = None,
) -> Tensor:
    """The distillation loss, before multiplication by `kd_weight`.

    With captions, it is the mean over both sides: of the loss on image features and the loss on text features, or of
    the losses on logits from image to text and from text to image, as in CLIP-KD's feature and relational distillation
    (Yang et al. 2024, who add where we take the mean).

    Args:
        recipe: the settings in force.
        stage: data and teacher.
        features: (B, D) student features, unit rows if `recipe.normalized`.
        teacher_features: (B, D) unit features of the teacher.
        captions: the batch's captions, `student` normalized like `features`; None for the class texts.
    """
    loss = kd_losses[recipe.kd]
    texts = stage.text_features if captions is None else captions.teacher
    known = {"texts": texts, "logit_scale": stage.logit_scale}
    settings = {name: known[name] if name in known else getattr(recipe, name) for name in loss.options}

    def of(student: Tensor, teacher: Tensor) -> Tensor:
        result: Tensor = loss.function(student=student, teacher=teacher, **settings)
        return result

    if captions is not None:
        sides = (features, teacher_features), (captions.student, captions.teacher)
        if loss.on == "logits":
            student, teacher = (
                stage.logits(features, texts=captions.student),
                stage.logits(teacher_features, texts=texts),
            )
            sides = (student, teacher), (student.mT, teacher.mT)
        return (of(*sides[0]) + of(*sides[1])) / 2
    student, teacher = features, teacher_features
    if loss.on == "logits":
        student, teacher = stage.logits(features), stage.logits(teacher_features)
        if recipe.kd_classes == "base":
            student, teacher = student[:, stage.base], teacher[:, stage.base]
    return of(student, teacher)


@dataclass(frozen=True, eq=False)
class LossTerms:
    """The loss of one batch and its terms.

    Attributes:
        features: (B, D) student features as the losses see them: unit rows, unless `recipe.normalized` is False.
        kd: the distillation loss times its weight, a scalar.
        entropy: H, a scalar; None without AME term.
        ame: omega times H; None without AME term.
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
    *,
    raw: Tensor,
    teacher_features: Tensor,
    kd_weight: float | Tensor | None = None,
    omega: float | Tensor | None = None,
    texts: Tensor | None = None,
    captions: CaptionBatch | None = None,
    ame_learns: bool = True,
) -> LossTerms:
    """The loss that a run of `recipe` minimizes on one batch; all training code uses this function.

    Args:
        recipe: the settings in force.
        stage: data and teacher.
        ame: the entropy term; None leaves it out.
        raw: (B, D) the student's projected features.
        teacher_features: (B, D) the teacher's unit features of the same images.
        kd_weight: replaces the recipe's weight.
        omega: replaces the weight of `ame`.
        texts: (C, D) text features for AME, replacing the stage's.
        captions: the batch's captions, if the student has a text tower of its own.
        ame_learns: False computes H without a graph for its gradient.
    """
    features = F.normalize(raw, dim=1) if recipe.normalized else raw
    unit = captions
    if captions is not None and recipe.normalized:
        unit = replace(captions, student=F.normalize(captions.student, dim=1))
    kd = kd_of(recipe, stage, features=features, teacher_features=teacher_features, captions=unit)
    kd = (recipe.kd_weight if kd_weight is None else kd_weight) * kd
    if ame is None:
        return LossTerms(features, kd, None, None)
    seen = (features, unit) if recipe.ame_input == "unit" else (raw, captions)
    with torch.set_grad_enabled(ame_learns and torch.is_grad_enabled()):
        entropy = ame.entropy(**ame_inputs(stage, ame, *seen, teacher_features, texts))
    return LossTerms(features, kd, entropy, (ame.omega if omega is None else omega) * entropy)


class AMEInputs(TypedDict):
    """The features of a batch that AME reads. pairs: (B,) int64, the text of each image, if the reading needs it."""

    image: Tensor
    text: Tensor
    pairs: Tensor | None


def ame_inputs(
    stage: Stage,
    ame: AMELoss,
    image: Tensor,
    captions: CaptionBatch | None,
    teacher_features: Tensor,
    texts: Tensor | None = None,
) -> AMEInputs:
    """What `ame` gets of a batch, as the arguments of its methods.

    Args:
        stage: data and teacher.
        ame: the entropy term.
        image: (B, D) the student's features in the form that the recipe's `ame_input` names.
        captions: the batch's captions in the same form; None for the class texts.
        teacher_features: (B, D) the teacher's unit features of the images.
        texts: (C, D) text features that replace the stage's.
    """
    if captions is not None:
        return AMEInputs(image=image, text=captions.student, pairs=captions.pairs if ame.needs_pairs else None)
    pairs = stage.logits(teacher_features).argmax(1) if ame.needs_pairs else None
    return AMEInputs(image=image, text=stage.text_features if texts is None else texts, pairs=pairs)


def session_parts(recipes: Iterable[Recipe]) -> list[str]:
    """The parts that recipes use and a new process does not know, such as "the reading 'mine'".

    Args:
        recipes: the recipes of the arms.
    """
    found: dict[str, None] = {}
    for recipe in recipes:
        turned = [(event.field, event.value) for event in recipe.events if event.field in _KINDS]
        for field, name in [*((field, getattr(recipe, field)) for field in _KINDS), *turned]:
            part = _KINDS[field].get(name)  # None: data that was passed in, not a registered data set
            if part is not None and only_in_this_session(part):
                found[f"the {_KINDS[field].kind} {name!r}"] = None
    return list(found)
