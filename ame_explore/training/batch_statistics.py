"""Facts about a minibatch, for the diagnosis.

They are measured on the tensors that the loss sees, so faults in a user's own data show up like those that a recipe
turns on.
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

_DIRECTIONS = 4  # two different images are mistaken for equal only if they agree along all of these
_ALIKE = 1e-5  # of the longest row: well above the rounding of a float32 scalar product
_AT_ONCE = 1024  # images


class BatchFacts:
    """Measures the minibatches of one run.

    Args:
        stage: data and teacher.
        shots: (n,) int64 indices of the images that the student learns from.
    """

    def __init__(self, stage: Stage, shots: Tensor) -> None:
        self.stage, self.shots = stage, shots
        self._labels = stage.data.labels[shots]
        self._distinct_shots: int | None = None

    @torch.no_grad()
    def __call__(
        self, settings: Recipe, places: Tensor, inputs: Tensor, features: Tensor, teacher_features: Tensor
    ) -> dict[str, float]:
        """Measure one minibatch.

        Args:
            settings: the settings in force.
            places: (B,) int64 positions in the shots, as drawn.
            inputs: (B, ...) what the student sees.
            features: (B, D) student features, as the losses get them.
            teacher_features: (B, D) teacher features, as the losses get them.

        Returns:
            By name:

            - shots: n; distinct_shots: number of different images among them
            - images: B; distinct: number of different inputs; most_alike: count of the most frequent input
            - fits: rows in which the teacher's answer is the image's label
            - fits_by_chance: expected fits if the same answers came in random order, sum_c n_c m_c / B for n_c labels
              and m_c answers of class c
            - fits_reordered: the most fits that any order could reach, sum_c min(n_c, m_c)
            - shortest, longest: smallest and largest norm of a row of `features`
            - teacher_spread, student_spread (only for a loss on logits over class texts): standard deviation over all
              classes of the logits divided by their temperature, mean over the batch
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
        if loss.on == "logits" and not settings.learns_text:
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
    """Number of different images among those at `places` (n,); copies count once."""
    return len(_counts(torch.cat([_sketch(images[part]) for part in places.split(_AT_ONCE)])))


def _sketch(rows: Tensor) -> Tensor:
    """(B, ...) -> (B, 5): scalar products with a few fixed directions, and the norm."""
    flat = rows.detach().flatten(1).float()
    return torch.cat([flat @ _directions(flat.shape[1]).to(flat.device), flat.norm(dim=1, keepdim=True)], dim=1)


@lru_cache(maxsize=8)
def _directions(width: int) -> Tensor:
    return torch.randn(width, _DIRECTIONS, generator=torch_stream("sketch of rows", width))


def _counts(sketches: Tensor) -> Tensor:
    """How often each distinct row occurs; sorting brings equal rows together."""
    ordered = sketches[sketches[:, 0].argsort()]
    near = _ALIKE * sketches[:, -1].max()
    other = ((ordered[1:] - ordered[:-1]).abs() > near).any(1)
    return torch.bincount(torch.cat([other.new_zeros(1), other]).cumsum(0))
