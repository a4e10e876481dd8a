"""What a minibatch is like, in numbers that a diagnosis reads.

All of it is measured on the tensors that the loss is given, so a fault in the user's own data shows as one that was
switched on does.
"""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import Tensor

from ame_explore.registry import kd_losses
from ame_explore.streams import torch_stream
from ame_explore.training.faults import repeated
from ame_explore.training.recipe import Recipe
from ame_explore.training.stage import Stage

_DIRECTIONS = 4  # two images that differ would have to agree along all of them
_ALIKE = 1e-5  # of the longest row: well above the rounding of a float32 scalar product
_AT_ONCE = 1024  # images


class BatchFacts:
    """Looks at minibatches of one run; what does not change between them is computed once.

    Args:
        stage: data and teacher. shots: images (n,) int64 that the student learns from.
    """

    def __init__(self, stage: Stage, shots: Tensor) -> None:
        self.stage, self.shots = stage, shots
        self._labels = stage.data.labels[shots]
        self._distinct_shots: int | None = None

    @torch.no_grad()
    def __call__(
        self, settings: Recipe, places: Tensor, inputs: Tensor, features: Tensor, teacher_features: Tensor
    ) -> dict[str, float]:
        """The facts, by name.

        Args:
            settings: in force. places: (B,) int64 in the shots, as they were drawn.
            inputs: (B, ...) what the student is shown. features, teacher_features: (B, D) as the losses get them.

        Returns:
            shots: n. distinct_shots: how many of them differ from all others, copies counted once.
            images: B. distinct: inputs, likewise. most_alike: how often the most frequent input stands there.
            fits: rows in which the teacher's answer is the image's label. fits_by_chance: the number to expect if the
            same answers stood in random order, sum_c n_c m_c / B for n_c labels and m_c answers of class c.
            fits_reordered: the most that any order of them could reach, sum_c min(n_c, m_c).
            shortest, longest: length of a row of `features`.
            With logits KD, teacher_spread, student_spread: the standard deviation over all classes of the logits that
            it compares, each divided by its temperature, mean over the batch.
        """
        stage = self.stage
        logits = stage.logits(teacher_features)
        labels = self._labels[repeated(places, settings.duplicates)].to(logits.device)  # of the image in each row
        wanted, given = (torch.bincount(one, minlength=logits.shape[1]) for one in (labels, logits.argmax(1)))
        alike = _counts(_sketch(inputs))
        shortest, longest = features.norm(dim=1).aminmax()
        found = {
            "images": torch.tensor(len(inputs)),
            "distinct": torch.tensor(len(alike)),
            "most_alike": alike.max(),
            "fits": (logits.argmax(1) == labels).sum(),
            "fits_by_chance": (wanted * given).sum() / len(labels),
            "fits_reordered": torch.minimum(wanted, given).sum(),
            "shortest": shortest,
            "longest": longest,
        }
        loss = kd_losses[settings.kd]
        if loss.on == "logits":
            tau = settings.tau if loss.uses("tau") else 1.0
            student_tau = tau if settings.student_tau is None or not loss.uses("student_tau") else settings.student_tau
            found["teacher_spread"] = (logits / tau).std(1).mean()
            found["student_spread"] = (stage.logits(features) / student_tau).std(1).mean()
        if self._distinct_shots is None:
            self._distinct_shots = distinct(stage.data.images, self.shots)
        told = {"shots": float(len(self.shots)), "distinct_shots": float(self._distinct_shots)}
        return told | {name: float(value) for name, value in found.items()}


@torch.no_grad()
def distinct(images: Tensor, places: Tensor) -> int:
    """How many of the images at `places` (n,) differ from all others, copies counted once."""
    return len(_counts(torch.cat([_sketch(images[part]) for part in places.split(_AT_ONCE)])))


def _sketch(rows: Tensor) -> Tensor:
    """(B, ...) -> (B, 5): scalar products with a few fixed directions, and the length."""
    flat = rows.detach().flatten(1).float()
    return torch.cat([flat @ _directions(flat.shape[1]).to(flat.device), flat.norm(dim=1, keepdim=True)], dim=1)


@lru_cache(maxsize=8)
def _directions(width: int) -> Tensor:
    return torch.randn(width, _DIRECTIONS, generator=torch_stream("sketch of rows", width))


def _counts(sketches: Tensor) -> Tensor:
    """How often each distinct row stands there; rows that are alike lie side by side once they are sorted."""
    ordered = sketches[sketches[:, 0].argsort()]
    near = _ALIKE * sketches[:, -1].max()
    other = ((ordered[1:] - ordered[:-1]).abs() > near).any(1)
    return torch.bincount(torch.cat([other.new_zeros(1), other]).cumsum(0))
