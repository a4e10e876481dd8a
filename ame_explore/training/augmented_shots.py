"""Several augmented views of each shot, drawn once per run; teacher and student see the same views."""

from __future__ import annotations

import torch
from torch import Tensor

from ame_explore.models import Student
from ame_explore.models.augmentation import Augmentation
from ame_explore.streams import torch_stream
from ame_explore.training.recipe import Recipe
from ame_explore.training.stage import Stage

_MOST_VIEWS, _FEWEST_VIEWS, _MOST_ROWS = 16, 2, 4096


def views_of(shots: int) -> int:
    """How many views each of `shots` images gets: 16, or fewer where that makes more than 4,096 rows (our choice).

    Views are drawn once instead of at every step, so that the teacher answers each of them once: a step then costs what
    it costs without augmentation, and many students can train together.

    Args:
        shots: the number of images.
    """
    return max(_FEWEST_VIEWS, min(_MOST_VIEWS, _MOST_ROWS // shots))


def rows_in_a_pass(recipe: Recipe, shots: int) -> int:
    """Rows of one pass over the shots: each shot once, or each of its views if the run starts with augmentation.

    Args:
        recipe: the run's recipe; only its initial augmentation counts.
        shots: the number of images.
    """
    return shots * (views_of(shots) if recipe.augment > 0 else 1)


@torch.no_grad()
def augmented_shots(
    student: Student, stage: Stage, shots: Tensor, settings: Recipe, seed: int
) -> tuple[Tensor, Tensor]:
    """All views of the shots, as the student's inputs and as the teacher's features.

    Args:
        student: its `prepare` is applied.
        stage: data and teacher.
        shots: (n,) int64 indices of the images.
        settings: ambiguity and strength of the augmentation.
        seed: the recipe's seed; the views depend on nothing else of the recipe.

    Returns:
        Inputs (V n, ...) and unit features (V n, D), view by view: row v n + i is view v of shot i.
    """
    views, answers = stage.kept(
        ("augmented shots", settings.ambiguity, settings.augment, seed, shots.numpy().tobytes()),
        lambda: _drawn(stage, shots, settings, seed),
    )
    return torch.cat([student.prepare(view) for view in views.split(len(shots))]), answers


def _drawn(stage: Stage, shots: Tensor, settings: Recipe, seed: int) -> tuple[Tensor, Tensor]:
    images = stage.data.images_at(shots, ambiguity=settings.ambiguity)
    change, generator = Augmentation.of_strength(settings.augment), torch_stream("augmented shots", seed)
    views = [change(images, generator).to(stage.device) for _ in range(views_of(len(shots)))]
    return torch.cat(views), torch.cat([stage.teacher_features(view) for view in views])
