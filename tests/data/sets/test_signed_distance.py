"""Signed distances against polygons measured edge by edge, in float64."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from ame_explore.data.sets.signed_distance import SHAPES

GRID = torch.linspace(-1.6, 1.6, 81, dtype=torch.float64)
Y, X = (part.reshape(-1) for part in torch.meshgrid(GRID + 1e-3, GRID + 2e-3, indexing="ij"))


def polygon_distance(corners: list[tuple[float, float]]) -> Tensor:
    """Signed distance of the points (X, Y) to a closed polygon: nearest edge, and the parity of crossings."""
    points = torch.stack([X, Y], dim=1)
    start = torch.tensor(corners, dtype=torch.float64)
    edge = start.roll(-1, 0) - start
    to_start = points[:, None] - start
    along = ((to_start * edge).sum(-1) / (edge * edge).sum(-1)).clamp(0, 1)
    nearest = (to_start - along[..., None] * edge).norm(dim=-1).min(dim=1).values
    end = start + edge
    straddles = (start[:, 1] > Y[:, None]) != (end[:, 1] > Y[:, None])
    crossing = start[:, 0] + (Y[:, None] - start[:, 1]) / torch.where(edge[:, 1] == 0, 1.0, edge[:, 1]) * edge[:, 0]
    inside = (straddles & (X[:, None] < crossing)).sum(dim=1) % 2 == 1
    return torch.where(inside, -nearest, nearest)


def on_circle(radius: float, count: int, turn: float = 0.0) -> list[tuple[float, float]]:
    angles = [turn + 2 * math.pi * step / count for step in range(count)]
    return [(radius * math.sin(angle), -radius * math.cos(angle)) for angle in angles]


def star_corners() -> list[tuple[float, float]]:
    """Tips at radius 1.1, dents where the edges of the formula, direction (depth sin, depth cos - 1), meet."""
    depth, sin, cos = 0.45, math.sin(math.pi / 5), math.cos(math.pi / 5)
    edge = (depth * sin, depth * cos - 1.0)
    reach = 1.1  # along the edge in units of its own length, which brings it to the ray at 36 degrees
    dent = math.hypot(edge[0] * reach, 1.1 + edge[1] * reach)
    tips, dents = on_circle(1.1, 5), on_circle(dent, 5, math.pi / 5)
    return [corner for pair in zip(tips, dents, strict=True) for corner in pair]


POLYGONS = {
    "square": [(-0.75, -0.75), (0.75, -0.75), (0.75, 0.75), (-0.75, 0.75)],
    "triangle": on_circle(1.1, 3),
    "star": star_corners(),
    "cross": [
        (x * sign_x, y * sign_y)
        for sign_x, sign_y, corner in (
            (1, -1, [(0.33, 0.98), (0.33, 0.33), (0.98, 0.33)]),
            (1, 1, [(0.98, 0.33), (0.33, 0.33), (0.33, 0.98)]),
            (-1, 1, [(0.33, 0.98), (0.33, 0.33), (0.98, 0.33)]),
            (-1, -1, [(0.98, 0.33), (0.33, 0.33), (0.33, 0.98)]),
        )
        for x, y in corner
    ],
}


@pytest.mark.parametrize("name", ["square", "triangle", "star"])
def test_polygons(name: str) -> None:
    expected = polygon_distance(POLYGONS[name])
    assert bool((expected < 0).any()) and bool((expected > 0).any())
    assert torch.allclose(SHAPES[name](X, Y), expected, rtol=0, atol=1e-12)


def test_cross_is_exact_outside_and_a_bound_inside() -> None:
    expected, got = polygon_distance(POLYGONS["cross"]), SHAPES["cross"](X, Y)
    outside = expected > 0
    assert torch.allclose(got[outside], expected[outside], rtol=0, atol=1e-12)
    assert bool((got[~outside] < 0).all())
    assert bool((got[~outside] >= expected[~outside] - 1e-12).all())


def test_circle_and_ring() -> None:
    radius = (X**2 + Y**2).sqrt()
    assert torch.allclose(SHAPES["circle"](X, Y), radius - 0.85, rtol=0, atol=1e-12)
    assert torch.allclose(SHAPES["ring"](X, Y), torch.maximum(radius - 0.97, 0.43 - radius), rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", SHAPES)
def test_shapes_are_alike_in_size(name: str) -> None:
    inside = SHAPES[name](X, Y) < 0
    cell = float(GRID[1] - GRID[0]) ** 2
    assert 1.5 <= float(inside.sum()) * cell <= 2.4
    assert float(torch.hypot(X, Y)[inside].max()) <= 1.1


@pytest.mark.parametrize("name", SHAPES)
def test_coordinates_are_left_alone(name: str) -> None:
    x, y = X.clone(), Y.clone()
    SHAPES[name](x, y)
    assert x.equal(X) and y.equal(Y)
