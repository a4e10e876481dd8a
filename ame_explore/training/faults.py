"""Mistakes that are made in practice, to be shown on purpose: what they do to a batch.

A recipe turns them on (`Recipe`, "Faults"). None of them takes a random number from the streams that a whole run
uses, so a run with a fault sees the same minibatches as one without.
"""

from __future__ import annotations

import torch
from torch import Tensor

from ame_explore.training.recipe import Recipe
from ame_explore.training.stage import Stage

_FIRST_SEED = 1 << 40  # apart from the streams of `parts`, which count up from 0


def repeated(rows: Tensor, times: int) -> Tensor:
    """(B, ...) -> (B, ...): the first ceil(B / times) rows, over and over."""
    kept = -(-len(rows) // times)
    return rows[torch.arange(len(rows), device=rows.device) % kept]


class WrongAnswers:
    """A teacher that takes some shots for an image of another class: label noise, as a student without labels meets it.

    Which shots, and for which image each is taken, is drawn once from `seed`; shots that are wrong at a share of 0.1
    are wrong at 0.2 too.

    Args:
        stage: data and teacher. shots: images (n,) int64. seed: of the recipe.
    """

    def __init__(self, stage: Stage, shots: Tensor, seed: int) -> None:
        generator = torch.Generator().manual_seed(_FIRST_SEED + seed)
        self.stage, self.shots = stage, shots
        self.rank = torch.rand(len(shots), generator=generator)  # wrong where it lies below the share
        order = torch.randperm(len(shots), generator=generator)
        labels = stage.data.labels[shots]
        taken = []
        for place, label in enumerate(labels.tolist()):
            others = order[labels[order] != label]
            taken.append(int(others[place % len(others)]) if len(others) else place)
        self.taken_for = torch.tensor(taken)

    def __call__(self, teacher_features: Tensor, places: Tensor, settings: Recipe) -> Tensor:
        """`teacher_features` (B, D) of the shots at `places` (B,), those of the wrong ones replaced."""
        wrong = self.rank[places] < settings.teacher_noise
        if not bool(wrong.any()):
            return teacher_features
        others = self.shots[self.taken_for[places[wrong]]]
        images = self.stage.data.images_at(others, ambiguity=settings.ambiguity)
        changed = teacher_features.clone()
        changed[wrong.to(changed.device)] = self.stage.teacher_features(images)
        return changed
