"""Random augmentation of small pictures: move, bend, mirror, recolour, blur."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from ame_explore.ame import check_number


@dataclass(frozen=True)
class Augmentation:
    """How strongly pictures are changed (our choice throughout); a strength of 0 changes nothing.

    Attributes:
        geometry: at 1, rotation by up to 15 degrees, scaling by up to 22 %, stretching by up to 12 %, and translation
            by up to 8 % of the side.
        bend: standard deviation of a smooth displacement field, in units of half a side.
        colour: standard deviation of the entries that are added to the identity to make a linear map of colours.
        blur: largest share of the blurred copy that is blended in, or subtracted to sharpen.

    Raises:
        AMEError: if a value is negative.
    """

    geometry: float = 0.8
    bend: float = 0.04
    colour: float = 0.18
    blur: float = 0.3

    def __post_init__(self) -> None:
        for name in ("geometry", "bend", "colour", "blur"):
            check_number(name, getattr(self, name), low=0)

    @classmethod
    def of_strength(cls, strength: float) -> Augmentation:
        """The default augmentation with all changes multiplied by `strength`."""
        whole = {name: strength * value for name, value in dataclasses.asdict(cls()).items()}
        return cls(**{**whole, "blur": min(whole["blur"], 1.0)})

    def __call__(
        self,
        images: Tensor,
        generator: torch.Generator,
        *,
        ground: float | None = None,
        mirrored: Tensor | None = None,
    ) -> Tensor:
        """Changed copies of images, each changed differently.

        Args:
            images: (B, channels, S, S) in [0, 1], pictures on a uniform background, on the CPU.
            generator: random generator, on the CPU.
            ground: grey level of the background, which is kept; None for the mean colour of each picture's corners.
            mirrored: (B,) bool, the pictures that may be mirrored, with probability 1/2; None for no picture.

        Returns:
            (B, channels, S, S) in [0, 1].
        """
        b, channels, side = len(images), images.shape[1], images.shape[-1]
        level: float | Tensor = images[:, :, :: side - 1, :: side - 1].mean((2, 3), True) if ground is None else ground

        def spread(*shape: int) -> Tensor:
            return 2 * torch.rand(*shape, generator=generator) - 1

        def normal(*shape: int) -> Tensor:
            return torch.randn(*shape, generator=generator)

        angle, scale = 0.26 * self.geometry * spread(b), (0.2 * self.geometry * spread(b)).exp()
        stretch, moved = (0.12 * self.geometry * spread(b)).exp(), 0.16 * self.geometry * spread(b, 2)
        cos, sin = scale * angle.cos(), scale * angle.sin()
        affine = torch.stack([cos * stretch, -sin, moved[:, 0], sin, cos / stretch, moved[:, 1]], dim=1).view(b, 2, 3)
        if mirrored is not None:
            affine[:, :, 0] *= torch.where(mirrored & (torch.rand(b, generator=generator) < 0.5), -1.0, 1.0)[:, None]
        grid = F.affine_grid(affine, [b, channels, side, side], align_corners=False)
        if self.bend:
            field = F.interpolate(self.bend * normal(b, 2, 4, 4), size=side, mode="bicubic", align_corners=True)
            grid = grid + field.permute(0, 2, 3, 1)
        ink = F.grid_sample(images - level, grid, padding_mode="zeros", align_corners=False)
        if self.colour:
            ink = torch.einsum("bij,bjhw->bihw", torch.eye(channels) + self.colour * normal(b, channels, channels), ink)
        if self.blur:
            ink = torch.lerp(ink, _blurred(ink), self.blur * spread(b, 1, 1, 1))
        return (ink + level).clamp(0, 1)


def _blurred(images: Tensor) -> Tensor:
    """Means over 3 x 3 pixels, zeros beyond the edge: `avg_pool2d` to the last bit, in a third of its time on a CPU.

    Args:
        images: (B, channels, height, width).

    Returns:
        The same shape.
    """
    height, width = images.shape[-2:]
    padded = F.pad(images, (1, 1, 1, 1))
    total = torch.zeros_like(images)
    for row in range(3):
        for column in range(3):
            total += padded[..., row : row + height, column : column + width]
    return total / 9
