"""A text tower that a student trains beside its image tower (CLIP-KD: Yang et al., CVPR 2024, arXiv 2307.12732)."""

from __future__ import annotations

import copy
from collections.abc import Mapping

import torch
from torch import Tensor, linalg, nn
from torch.func import functional_call
from torch.nn import functional as F

from ame_explore.ame import AMEError


def mixed(trained: nn.Module, initial: nn.Module, share: Tensor) -> dict[str, Tensor]:
    """The weights initial + share (trained - initial), by name (WiSE-FT: Wortsman et al., CVPR 2022, equation 1).

    Args:
        trained: a module.
        initial: a copy of it before training.
        share: a scalar in [0, 1].
    """
    before: Mapping[str, Tensor] = dict(initial.named_parameters())
    return {name: torch.lerp(before[name], value, share) for name, value in trained.named_parameters()}


def rotation(*, backbone_texts: Tensor, teacher_texts: Tensor) -> Tensor:
    """The rotation that brings the backbone's text features nearest to the teacher's (Schönemann 1966).

    Where the teacher's space is at least as wide, it keeps all cosines: if images and texts are both rotated, the
    backbone's answers do not change.

    Args:
        backbone_texts: (T, D) the backbone's unit features of some texts.
        teacher_texts: (T, E) the teacher's unit features of the same texts.

    Returns:
        (D, E) with orthonormal rows (columns, if D > E), which minimizes |backbone_texts @ map - teacher_texts|.

    Raises:
        AMEError: if the numbers of texts differ.
    """
    if backbone_texts.ndim != 2 or teacher_texts.ndim != 2 or len(backbone_texts) != len(teacher_texts):
        raise AMEError(
            "backbone_texts and teacher_texts must be (T, D) and (T, E) of the same texts, got "
            f"{tuple(backbone_texts.shape)} and {tuple(teacher_texts.shape)}."
        )
    left, _, right = linalg.svd(backbone_texts.double().mT @ teacher_texts.double(), full_matrices=False)
    found: Tensor = left @ right
    return found.to(backbone_texts.dtype)


class TextSide(nn.Module):
    """A pretrained text tower that is trained further, and a linear map from its unit features to the teacher's space.

    The map starts as `rotation`. Outside training the weights may be mixed with the initial ones, as those of the host
    "finetune".

    Args:
        tower: the backbone's text tower; it is copied.
        backbone_texts: (T, D) the backbone's unit features of texts, to fit the map.
        teacher_texts: (T, E) the teacher's unit features of the same texts.

    Attributes:
        tower: the copy.
        projector: the map.
        initial: both before training.
        mixing: a scalar in [0, 1]; 1 takes the trained weights.
    """

    mixing: Tensor

    def __init__(self, tower: nn.Module, backbone_texts: Tensor, teacher_texts: Tensor) -> None:
        super().__init__()
        self.tower = copy.deepcopy(tower).requires_grad_(True)
        with torch.no_grad():
            weight = rotation(backbone_texts=backbone_texts, teacher_texts=teacher_texts).mT.contiguous()
        self.projector = nn.Linear(weight.shape[1], weight.shape[0], bias=False, device="meta")
        self.projector.weight = nn.Parameter(weight)
        parts = {"tower": self.tower, "projector": self.projector}
        self.initial = nn.ModuleDict({name: copy.deepcopy(part) for name, part in parts.items()}).requires_grad_(False)
        self.register_buffer("mixing", torch.ones(()))

    def forward(self, inputs: Tensor) -> Tensor:
        """Inputs of the tower (T, ...) -> features (T, E), not normalized."""
        if self.training:
            mapped: Tensor = self.projector(F.normalize(self.tower(inputs), dim=-1))
            return mapped
        own = (mixed(getattr(self, name), self.initial[name], self.mixing) for name in ("tower", "projector"))
        tower, projector = own
        features = F.normalize(functional_call(self.tower, tower, (inputs,)), dim=-1)
        mapped = functional_call(self.projector, projector, (features,))
        return mapped
