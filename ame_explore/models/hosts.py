"""Hosts: the students that distillation trains.

"promptkd" is PromptKD's form (Li et al., CVPR 2024, arXiv 2403.02781): a frozen backbone with deep visual prompts, and
a projector into the teacher's space, where the teacher's text features serve as class vectors. "projector" leaves the
prompts out, so that the backbone runs once and training is fast. "scratch" trains a student-sized tower whole.
"""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn

from ame_explore.ame import AMEError, check_choice, check_number, initialize
from ame_explore.models.clip import SmallCLIP
from ame_explore.models.towers import ImageTower

HOSTS = ("promptkd", "projector", "scratch")


class Projector(nn.Module):
    """PromptKD's projector: 1x1 convolution, batch norm, ReLU, 1x1 convolution. Features (B, D) -> (B, output_dim).

    A map (B, D, h, w) gives (B, output_dim, h, w). PromptKD's sizes are 512 -> 768 -> 768.
    """

    def __init__(self, input_dim: int, output_dim: int) -> None:
        super().__init__()
        self.input = nn.Conv2d(input_dim, output_dim, 1)
        self.norm = nn.BatchNorm2d(output_dim)
        self.output = nn.Conv2d(output_dim, output_dim, 1)

    def forward(self, features: Tensor) -> Tensor:
        """Not normalized: the host divides by the norm, AME may want the features as they are."""
        maps = features if features.ndim == 4 else features[:, :, None, None]
        projected: Tensor = self.output(torch.relu(self.norm(self.input(maps))))
        return projected if features.ndim == 4 else projected[:, :, 0, 0]


class Student(nn.Module):
    """A host form around an image tower: `prepare` is the frozen part, the call the part that learns.

    Args:
        tower: the student's image tower; a copy of it is frozen, unless `host` is "scratch".
        output_dim: width of the teacher's joint space.
        host: "promptkd", "projector" or "scratch".
        prompts: visual prompt tokens a layer, in every layer of the tower up to the ninth (PromptKD: 4 tokens, 9
        layers).
        generator: for the initial weights; None leaves torch's own.

    Raises `AMEError` for unknown names and values out of range.
    """

    def __init__(
        self,
        tower: ImageTower,
        output_dim: int,
        *,
        host: str = "promptkd",
        prompts: int = 4,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        check_choice("host", host, HOSTS)
        check_number("prompts", prompts, low=1, whole=True)
        check_number("output_dim", output_dim, low=1, whole=True)
        self.host = host
        self.backbone = copy.deepcopy(tower)
        width = self.backbone.output.out_features
        device = None if generator is None else "meta"
        with torch.device(device or "cpu"):
            self.projector = Projector(width, output_dim) if host != "scratch" else nn.Linear(width, output_dim)
        if generator is not None:
            initialize(self.backbone if host == "scratch" else self.projector, generator)
            if host == "scratch":
                initialize(self.projector, generator)
        self.backbone.requires_grad_(host == "scratch")
        self.prompts: Tensor | None = None
        if host == "promptkd":
            shape = (min(len(self.backbone.blocks), 9), prompts, self.backbone.width)
            self.prompts = nn.Parameter(torch.randn(shape, generator=generator) * 0.02)

    @classmethod
    def for_teacher(cls, backbone: SmallCLIP, teacher: SmallCLIP, host: str, *, generator: torch.Generator) -> Student:
        """A student with `backbone`'s image tower that speaks in `teacher`'s space."""
        return cls(backbone.image_tower, teacher.embed_dim, host=host, generator=generator)

    def trainable_parameters(self) -> list[nn.Parameter]:
        """What an optimizer is given."""
        return [parameter for parameter in self.parameters() if parameter.requires_grad]

    def prepare(self, images: Tensor) -> Tensor:
        """The part of the forward pass that never learns, without gradient: tokens, features, or the images."""
        if images.ndim != 4 or tuple(images.shape[1:]) != self.backbone.image_shape:
            wanted = ", ".join(map(str, self.backbone.image_shape))
            raise AMEError(f"images must be of shape (B, {wanted}), got {tuple(images.shape)}.")
        if self.host == "scratch":
            return images
        with torch.no_grad():
            return self.backbone.tokens(images) if self.host == "promptkd" else self.backbone(images)

    def forward(self, prepared: Tensor) -> Tensor:
        """What `prepare` returned -> features in the teacher's space (B, output_dim), not normalized."""
        if self.host == "promptkd":
            prepared = self.backbone.from_tokens(prepared, self.prompts)
        elif self.host == "scratch":
            prepared = self.backbone(prepared)
        features: Tensor = self.projector(prepared)
        return features
