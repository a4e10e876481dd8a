"""Rendered scenes: one shape in one colour on a textured ground, with true scenes between two classes.

A scene is a handful of numbers (`SceneParameters`), an image is what `render` makes of them. So ambiguity
does not blend two pictures: it moves the outline (its signed distance) and the colour towards those of the
neighbouring class.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

import torch
from torch import Tensor

from ame_explore.ame import AMEError, check_number
from ame_explore.data.pairs import PairedData
from ame_explore.data.sets.signed_distance import SHAPES
from ame_explore.data.splits import stratified_splits
from ame_explore.registry import data_set

PAINTS: dict[str, tuple[float, float, float]] = {
    "red": (0.90, 0.16, 0.16),
    "blue": (0.16, 0.42, 0.96),
    "yellow": (0.97, 0.86, 0.16),
    "purple": (0.66, 0.26, 0.84),
    "green": (0.14, 0.72, 0.28),
    "white": (0.95, 0.95, 0.93),
}
"""Name -> sRGB in [0, 1]. Halfway between neighbours (see `scenes`) there is none of the other colours."""
SIZES: dict[str, tuple[float, float]] = {"small": (0.32, 0.44), "large": (0.60, 0.78)}
"""Name -> range of the radius, in half images, with a gap, so that the word is always clear."""
ANY_SIZE = (0.42, 0.78)
IMAGES_A_CLASS = 300
FRACTIONS = {"pretrain": 0.60, "backbone": 0.15, "distill": 0.08}
"""Shares of each class in the splits (our choice): 180, 45 and 24 images of 300; the other 51 are the test split."""
_WAVES = 3
# Pixels rendered at once: fewer than 2**15, from where on torch gives an operation to several threads. So a
# chunk stays in the cache and waits for no core that another process holds. For the same reason the loop in
# `render` uses index_select and no indexing, matrix product, sine or round, which take threads at any size.
_PIXELS = 2**15 - 1

_NEXT_SHAPE = {"circle": "triangle", "triangle": "square", "square": "circle"}
_NEXT_SHAPE |= {"star": "cross", "cross": "ring", "ring": "cross"}
_NEXT_PAINT = {"red": "yellow", "yellow": "green", "green": "yellow"}
_NEXT_PAINT |= {"blue": "purple", "purple": "white", "white": "purple"}


@dataclass(frozen=True, eq=False)
class SceneParameters:
    """The parameters of B images. Lengths are in half images, x to the right and y down, the centre is (0, 0).

    Attributes:
        shape, next_shape: (B,) int64 places in `SHAPES`: the shape, and the shape that ambiguity leads to.
        paint, next_paint: (B,) int64 places in `PAINTS`, likewise.
        center: (B, 2), the centre of the shape.
        radius: (B,), the radius of the shape.
        angle: (B,), the rotation of the shape in radians.
        tint: (B, 3) added to the colour, before and after ambiguity.
        ground: (B, 3) colour of the ground.
        slope: (B, 2), how much lighter the ground gets along x and along y.
        waves: (B, waves, 4) texture of the ground: wave number along x and along y, phase, height.
    """

    shape: Tensor
    next_shape: Tensor
    paint: Tensor
    next_paint: Tensor
    center: Tensor
    radius: Tensor
    angle: Tensor
    tint: Tensor
    ground: Tensor
    slope: Tensor
    waves: Tensor

    def __len__(self) -> int:
        return len(self.shape)

    def __getitem__(self, which: Tensor | slice) -> SceneParameters:
        return SceneParameters(**{field.name: getattr(self, field.name)[which] for field in fields(self)})


@dataclass(frozen=True, eq=False)
class Redraw:
    """Draws scenes anew from their parameters: `PairedData.draw` of the scenes."""

    parameters: SceneParameters
    image_size: int

    def __call__(self, indices: Tensor, ambiguity: float) -> Tensor:
        """(n, 3, image_size, image_size) images at `ambiguity` in [0, 1]."""
        return render(self.parameters[indices], ambiguity=ambiguity, image_size=self.image_size)


@data_set(help="Scenes drawn by rule: a shape in a colour on a textured ground, of 36 classes or 72.")
def scenes(
    *, seed: int = 0, num_images: int | None = None, size_words: bool = False, image_size: int = 24
) -> PairedData:
    """Scenes with the texts "a red circle" ..., or "a small red circle" ... with `size_words`.

    Classes are 6 shapes x 6 colours = 36, or 72 with two sizes. The base classes are the even fields of a
    checkerboard of shape and colour: every word occurs in base and in new classes, and a new class is an
    unseen pair of known words. Ambiguity leads to a class that differs in the shape alone (half of the
    classes) or in the colour alone, and that is on the same side of the base/new split: an ambiguous base
    image shows no new class, and both classes that it lies between are candidates when base or new accuracy
    is taken. (Our choice.)

    Args:
        seed: seed of the scenes and the splits.
        num_images: total number of images; class sizes differ by at most one. None: 300 per class.
        size_words: whether the texts name the size.
        image_size: height and width, in pixels.

    Raises:
        AMEError: if an argument is out of range, or there are too few images for one of each class in each split.
    """
    check_number("seed", seed, low=0, high=2**63 - 1, whole=True)
    check_number("image_size", image_size, low=8, high=512, whole=True)
    if not isinstance(size_words, bool):
        raise AMEError(f"size_words must be True or False, got {size_words!r}.")
    sizes: tuple[str | None, ...] = tuple(SIZES) if size_words else (None,)
    classes = [(size, shape, paint) for size in sizes for shape in SHAPES for paint in PAINTS]
    num_images = IMAGES_A_CLASS * len(classes) if num_images is None else num_images
    check_number("num_images", num_images, low=8 * len(classes), whole=True)

    shape_names, paint_names = tuple(SHAPES), tuple(PAINTS)
    neighbours = torch.tensor([classes.index(_neighbour(*words)) for words in classes])
    shape_of = torch.tensor([shape_names.index(shape) for _, shape, _ in classes])
    paint_of = torch.tensor([paint_names.index(paint) for _, _, paint in classes])
    radius_of = torch.tensor([SIZES[size] if size else ANY_SIZE for size, _, _ in classes])

    generator = torch.Generator().manual_seed(seed)
    labels = torch.arange(num_images) % len(classes)
    near = neighbours[labels]
    parameters = place(
        shape_of[labels],
        paint_of[labels],
        next_shape=shape_of[near],
        next_paint=paint_of[near],
        radius=radius_of[labels],
        generator=generator,
    )
    return PairedData(
        name="scenes",
        images=render(parameters, image_size=image_size),
        labels=labels,
        class_texts=tuple(" ".join(filter(None, ("a", size, paint, shape))) for size, shape, paint in classes),
        base_classes=tuple(torch.where((shape_of + paint_of) % 2 == 0)[0].tolist()),
        splits=stratified_splits(labels, FRACTIONS, generator),
        draw=Redraw(parameters, image_size),
        neighbours=neighbours,
        show_images=True,
    )


def _neighbour(size: str | None, shape: str, paint: str) -> tuple[str | None, str, str]:
    # Shape and colour take turns within either side of the checkerboard, and for each word: half of each.
    row, column = tuple(SHAPES).index(shape), tuple(PAINTS).index(paint)
    if (row + row // 2 + column // 2) % 2 == 0:
        return size, _NEXT_SHAPE[shape], paint
    return size, shape, _NEXT_PAINT[paint]


def place(
    shape: Tensor,
    paint: Tensor,
    *,
    next_shape: Tensor,
    next_paint: Tensor,
    radius: Tensor,
    generator: torch.Generator,
) -> SceneParameters:
    """Draw what the class leaves open: position, rotation, size, shade of the colour, and the ground.

    Args:
        shape, paint, next_shape, next_paint: (B,) int64, as in `SceneParameters`.
        radius: (B, 2) lowest and highest radius, in half images.
        generator: of all that is drawn.
    """
    count = len(shape)

    def uniform(*size: int, low: float, high: float) -> Tensor:
        return torch.rand(count, *size, generator=generator) * (high - low) + low

    # Only uniform numbers are drawn: unlike Gaussian ones they are the same bits on every platform.
    size = torch.lerp(radius[:, 0], radius[:, 1], uniform(low=0.0, high=1.0))
    direction = uniform(_WAVES, low=0.0, high=2 * math.pi)
    frequency = uniform(_WAVES, low=3.0, high=14.0)
    phase = uniform(_WAVES, low=0.0, high=2 * math.pi)
    height = uniform(_WAVES, low=0.01, high=0.07)
    lightness = uniform(1, low=0.10, high=0.42)
    return SceneParameters(
        shape=shape,
        next_shape=next_shape,
        paint=paint,
        next_paint=next_paint,
        center=uniform(2, low=-1.0, high=1.0) * (1.0 - 1.1 * size)[:, None],
        radius=size,
        angle=uniform(low=0.0, high=2 * math.pi),
        tint=uniform(3, low=-0.07, high=0.07),
        ground=lightness + uniform(3, low=-0.07, high=0.07),
        slope=uniform(2, low=-0.12, high=0.12),
        waves=torch.stack([frequency * direction.cos(), frequency * direction.sin(), phase, height], dim=-1),
    )


def render(parameters: SceneParameters, *, ambiguity: float = 0.0, image_size: int = 24) -> Tensor:
    """Images of scenes, anti-aliased, in steps of 1/255 as in an image file.

    With t = ambiguity / 2 the outline is where (1 - t) d + t d' = 0, for the signed distances d of the
    shape and d' of the shape that ambiguity leads to, and the colour is (1 - t) c + t c': at ambiguity 1
    both classes have the same share. (Our choice.)

    Args:
        parameters: of B scenes.
        ambiguity: in [0, 1].
        image_size: height and width, in pixels.

    Returns:
        (B, 3, image_size, image_size) float32 in [0, 1].

    Raises:
        AMEError: for no scenes, or arguments out of range.
    """
    check_number("ambiguity", ambiguity, low=0.0, high=1.0)
    check_number("image_size", image_size, low=8, high=512, whole=True)
    if len(parameters) == 0:
        raise AMEError("parameters must hold at least one scene, got none.")
    grid = (torch.arange(image_size) + 0.5) * (2.0 / image_size) - 1.0
    palette = torch.tensor(list(PAINTS.values()))
    own, other = (palette.index_select(0, paint) for paint in (parameters.paint, parameters.next_paint))
    paints = torch.lerp(own, other, ambiguity / 2) + parameters.tint
    axes = torch.stack([parameters.angle.cos(), parameters.angle.sin()], dim=1) / parameters.radius[:, None]
    ripples = _ripples(parameters.waves, grid)

    images = torch.empty(len(parameters), 3, image_size, image_size)
    chunk = max(1, _PIXELS // image_size**2)
    for start in range(0, len(parameters), chunk):
        part = slice(start, start + chunk)
        scene = parameters[part]
        x, y = grid - scene.center[:, :1], grid - scene.center[:, 1:]  # (b, width) and (b, height)
        cover = _cover(scene, x, y, axes[part], ambiguity / 2)
        light = 1.0 - 0.12 * (x[:, None, :] + y[:, :, None]) / scene.radius[:, None, None]  # from upper left
        texture = _texture(scene.slope[..., None] * grid, *(ripple[part] for ripple in ripples))
        for channel in range(3):
            front = light * paints[part, channel, None, None]
            ground = texture + scene.ground[:, channel, None, None]
            shade = torch.lerp(ground, front, cover).clamp_(0.0, 1.0)
            # Whole steps also hide the last bit, in which platforms differ, from the digest of the data.
            images[part, channel] = shade.mul_(255.0).add_(0.5).to(torch.uint8)
    return images.div_(255.0)


def _cover(scene: SceneParameters, x: Tensor, y: Tensor, axes: Tensor, share: float) -> Tensor:
    """(b, height, width): how much of each pixel lies within the outline, from 0 to 1."""
    cos, sin = axes[:, :1], axes[:, 1:]
    u = (cos * x)[:, None, :] + (sin * y)[:, :, None]  # in the shape's own frame: upright, radius 1
    v = (cos * y)[:, :, None] - (sin * x)[:, None, :]
    distance = _distances(scene.shape, u, v)
    if share > 0:
        differs = torch.where(scene.shape != scene.next_shape)[0]
        next_shape, *where = (part.index_select(0, differs) for part in (scene.next_shape, u, v))
        beyond = torch.lerp(distance.index_select(0, differs), _distances(next_shape, *where), share)
        distance.index_copy_(0, differs, beyond)
    pixels = scene.radius * (x.shape[1] / 2)
    return distance.mul_(-pixels[:, None, None]).add_(0.5).clamp_(0.0, 1.0)


def _distances(shape: Tensor, u: Tensor, v: Tensor) -> Tensor:
    distance = torch.empty_like(u)
    for number, signed_distance in enumerate(SHAPES.values()):
        members = torch.where(shape == number)[0]
        if len(members):
            near = signed_distance(u.index_select(0, members), v.index_select(0, members))
            distance.index_copy_(0, members, near)
    return distance


def _ripples(waves: Tensor, grid: Tensor) -> tuple[Tensor, Tensor]:
    """Factors (B, 2 waves, size) in x and in y of the waves: sin(a + b) = sin a cos b + cos a sin b."""
    along_x, along_y, phase, height = waves[..., None].unbind(dim=2)  # each (B, waves, 1)
    a, b = along_x * grid, along_y * grid + phase
    return torch.cat([a.sin(), a.cos()], dim=1), torch.cat([height * b.cos(), height * b.sin()], dim=1)


def _texture(slope: Tensor, in_x: Tensor, in_y: Tensor) -> Tensor:
    """(b, height, width): the slopes (b, 2, size) along x and y, and the sum of products of the ripples."""
    texture = slope[:, 0, None, :] + slope[:, 1, :, None]
    for wave in range(in_x.shape[1]):
        texture.addcmul_(in_x[:, wave, None, :], in_y[:, wave, :, None])
    return texture
