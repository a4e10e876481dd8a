"""Common mistakes in practice, which a recipe can make on purpose (see "Faults" in `Recipe`).

They draw no random numbers from the streams of the run, so a run with a fault sees the same minibatches as one without.
"""

from __future__ import annotations

import torch
from torch import Tensor

from ame_explore.training.recipe import Recipe
from ame_explore.training.stage import Stage

_FIRST_SEED = 1 << 40  # far from the seeds in `parts`, which count up from 0


def repeated(rows: Tensor, times: int) -> Tensor:
    """Repeat the first ceil(B / times) rows until there are B again.

    Args:
        rows: (B, ...).
        times: how often each row appears.

    Returns:
        (B, ...).
    """
    kept = -(-len(rows) // times)
    return rows[torch.arange(len(rows), device=rows.device) % kept]


class WrongAnswers:
    """Label noise for a student without labels: the teacher sees an image of another class in place of some shots.

    The affected shots and their replacements are drawn once from `seed`; shots that are wrong at a share of 0.1 are
    also wrong at 0.2.

    Args:
        stage: data and teacher.
        shots: (n,) int64 indices of the images.
        seed: the recipe's seed.
    """

    def __init__(self, stage: Stage, shots: Tensor, seed: int) -> None:
        generator = torch.Generator().manual_seed(_FIRST_SEED + seed)
        self.stage, self.shots = stage, shots
        self.rank = torch.rand(len(shots), generator=generator)  # a shot is wrong if its rank is below the share
        order = torch.randperm(len(shots), generator=generator)
        labels = stage.data.labels[shots]
        taken = []
        for place, label in enumerate(labels.tolist()):
            others = order[labels[order] != label]
            taken.append(int(others[place % len(others)]) if len(others) else place)
        self.taken_for = torch.tensor(taken)

    def __call__(self, teacher_features: Tensor, places: Tensor, settings: Recipe) -> Tensor:
        """Replace the teacher's features of the wrong shots.

        Args:
            teacher_features: (B, D).
            places: (B,) positions in the shots.
            settings: the settings in force.

        Returns:
            (B, D).
        """
        wrong = self.rank[places] < settings.teacher_noise
        if not bool(wrong.any()):
            return teacher_features
        others = self.shots[self.taken_for[places[wrong]]]
        images = self.stage.data.images_at(others, ambiguity=settings.ambiguity)
        changed = teacher_features.clone()
        changed[wrong.to(changed.device)] = self.stage.teacher_features(images)
        return changed
