"""Signed distances of six flat shapes: negative inside, 0 on the outline, positive outside.

Formulas after Inigo Quilez, "2D distance functions" (https://iquilezles.org/articles/distfunctions2d/).
Every shape has about radius 1 and an area between 1.5 and 2.4, so that how much of an image is coloured
hardly gives the shape away. All functions take and return tensors of one shape; coordinates are relative to
the shape's own centre and size.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor


def circle(x: Tensor, y: Tensor) -> Tensor:
    """Distance to a circle of radius 0.85."""
    return torch.hypot(x, y).sub_(0.85)


def ring(x: Tensor, y: Tensor) -> Tensor:
    """Distance to a ring between the radii 0.43 and 0.97."""
    return torch.hypot(x, y).sub_(0.70).abs_().sub_(0.27)


def square(x: Tensor, y: Tensor) -> Tensor:
    """Distance to a square with sides of 1.5."""
    return _box(x.abs(), y.abs(), 0.75, 0.75)


def cross(x: Tensor, y: Tensor) -> Tensor:
    """Distance to a plus with arms of width 0.66 that reach to 0.98 (inside, where arms meet, a bound)."""
    x, y = x.abs(), y.abs()
    return torch.minimum(_box(x, y, 0.98, 0.33), _box(x, y, 0.33, 0.98))


def triangle(x: Tensor, y: Tensor) -> Tensor:
    """Distance to an equilateral triangle with its corners at radius 1.1, one of them at negative y."""
    half, root = 1.1 * math.sqrt(3.0) / 2.0, math.sqrt(3.0)
    x, y = x.abs() - half, half / root - y
    over = x + root * y > 0
    x, y = torch.where(over, (x - root * y) / 2, x), torch.where(over, (-root * x - y) / 2, y)
    x = x - x.clamp(min=-2.0 * half, max=0.0)
    return -torch.hypot(x, y) * torch.sign(y)


def star(x: Tensor, y: Tensor) -> Tensor:
    """Distance to a five-pointed star with its points at radius 1.1, one of them at negative y."""
    radius, depth = 1.1, 0.45
    cos, sin = math.cos(math.pi / 5), math.sin(math.pi / 5)
    x, y = x.abs(), -y
    for side in (1.0, -1.0):  # fold the five points onto one
        past = (side * cos * x - sin * y).clamp_(min=0.0).mul_(2.0)
        x, y = x - side * cos * past, y + sin * past
    x, y = x.abs(), y - radius
    edge_x, edge_y = depth * sin, depth * cos - 1.0
    along = ((x * edge_x + y * edge_y) / (edge_x**2 + edge_y**2)).clamp_(0.0, radius)
    return torch.hypot(x - edge_x * along, y - edge_y * along) * torch.sign(y * edge_x - x * edge_y)


def _box(x: Tensor, y: Tensor, half_width: float, half_height: float) -> Tensor:
    x, y = x - half_width, y - half_height
    inside = torch.maximum(x, y).clamp_(max=0.0)
    return torch.hypot(x.clamp_(min=0.0), y.clamp_(min=0.0)).add_(inside)


SHAPES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "circle": circle,
    "star": star,
    "square": square,
    "cross": cross,
    "triangle": triangle,
    "ring": ring,
}
"""Name -> (x, y) -> distance. Neighbouring shapes (see scenes.py) are both in even or both in odd places."""
