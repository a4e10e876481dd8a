"""Entropy over the shared manifold: along great circles from sample to sample, and on planes through three points.

Points lie on the unit sphere of the joint space of images and texts. Predictive entropy at x is the entropy of
softmax(logit_scale * x . texts), in nats. H is the entropy of an `AMELoss` over the class texts, some fixed images, and
x, in the unit of its reading.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass

import torch
from torch import Tensor

from ame_explore.ame import AMEError, AMELoss, check_finite, check_number, row_entropy, unit_rows
from ame_explore.arguments import checked, checked_init
from ame_explore.data.files.boundary import check_memory
from ame_explore.measures._checks import as_unit_rows

_ALMOST = 1e-6  # radians; closer to equal or opposite, a great circle is not determined in float32 features


@checked_init
@dataclass(frozen=True, eq=False)
class Surroundings:
    """What stays fixed while a point moves.

    Attributes:
        texts: (C, D) class texts; scaled to unit rows.
        logit_scale: factor on cosines, > 0.
        ame: the loss that gives H, copied and evaluated in float64; None: no H is computed. If it has its own
            projections, they must take features of width D. The reading "alignment" and paired texts are refused,
            because a moving point has no text of its own.
        images: (K, D) images in M beside the moving point; scaled to unit rows. None: only the point.

    Raises:
        AMEError: if a shape is wrong, a value is not finite, a row is zero, `logit_scale` is not above 0, or `ame`
            needs pairs.
    """

    texts: Tensor
    logit_scale: float = 100.0
    ame: AMELoss | None = None
    images: Tensor | None = None

    def __post_init__(self) -> None:
        check_number("logit_scale", self.logit_scale, above=0)
        object.__setattr__(self, "texts", _unit_rows("texts", self.texts))
        if self.images is not None:
            object.__setattr__(self, "images", _unit_rows("images", self.images, self.texts.shape[1]))
        if self.ame is not None and self.ame.needs_pairs:
            raise AMEError(
                "ame must not need pairs (reading='alignment', text_rows='paired'): a moving point has no text."
            )
        if self.ame is not None:  # H changes by less than float32 resolves
            object.__setattr__(self, "ame", copy.deepcopy(self.ame).double())

    @property
    def reading(self) -> str:
        """The reading that gives H; "" without an `AMELoss`."""
        return "" if self.ame is None else self.ame.reading

    @checked
    @torch.no_grad()
    def read(self, points: Tensor) -> tuple[Tensor, Tensor, Tensor | None]:
        """Read values at some points.

        Args:
            points: (P, D), used as given, without normalization.

        Returns:
            Predictive entropy (P,), the nearest text (P,) int64, and H (P,) or None.
        """
        if points.ndim != 2 or points.shape[1] != self.texts.shape[1] or not len(points):
            raise AMEError(f"points must be (P, {self.texts.shape[1]}) with P >= 1, got shape {tuple(points.shape)}.")
        check_finite("points", points)
        points = points.detach().cpu().double()
        logits = self.logit_scale * points @ self.texts.mT
        entropy = row_entropy(logits, 1)
        if self.ame is None:
            return entropy, logits.argmax(1), None
        ame, stay = self.ame, self.images
        where = next((p.device for p in ame.parameters()), points.device)
        texts = self.texts.to(where)
        rows = [x[None] if stay is None else torch.cat([stay, x[None]]) for x in points]
        h = torch.stack([ame.entropy(image=images.to(where), text=texts).double().cpu() for images in rows])
        return entropy, logits.argmax(1), h


@dataclass(frozen=True, eq=False)
class Geodesic:
    """Readings along the great circle from a (t = 0) to b (t = 1).

    Attributes:
        t: (P,) float64.
        points: (P, D) unit rows.
        predictive_entropy: (P,) nats.
        H: (P,) in the unit of the reading, or None.
        nearest: (P,) int64, the text with the largest cosine.
        angle: angle between a and b, radians.
        ridge: the t where predictive entropy is largest.
        reading: the reading that gives H; "" without H.
    """

    t: Tensor
    points: Tensor
    predictive_entropy: Tensor
    H: Tensor | None
    nearest: Tensor
    angle: float
    ridge: float
    reading: str = ""


@dataclass(frozen=True, eq=False)
class FeatureField:
    """Readings over the plane through three points.

    Attributes:
        x: (grid,) float64, distance in feature space from the first point towards the second.
        y: (grid,) float64, distance at right angles to x.
        corners: (3, 2) the three points.
        predictive_entropy: (grid, grid) nats, rows along y.
        nearest: (grid, grid) int64, the text with the largest cosine.
        H: (grid, grid) in the unit of the reading, or None.
        base: (D,) first point.
        axes: (2, D) orthonormal.
        reading: the reading that gives H; "" without H.
    """

    x: Tensor
    y: Tensor
    corners: Tensor
    predictive_entropy: Tensor
    nearest: Tensor
    H: Tensor | None
    base: Tensor
    axes: Tensor
    reading: str = ""

    @checked
    def project(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Project features onto the plane.

        Args:
            features: (N, D); scaled to unit rows.

        Returns:
            Coordinates (N, 2), and distances (N,) from the plane.

        Raises:
            AMEError: if the shape is wrong, a value is not finite, or a row is zero.
        """
        moved = _unit_rows("features", features, len(self.base)) - self.base
        flat = moved @ self.axes.mT
        return flat, (moved - flat @ self.axes).norm(dim=1)

    @checked
    def samples_at(self, features: Tensor, x: float, y: float, k: int = 9) -> Tensor:
        """The samples nearest to the point drawn at (x, y), by cosine in the full space.

        Args:
            features: (N, D); scaled to unit rows.
            x: first coordinate in the plane.
            y: second coordinate.
            k: how many.

        Returns:
            (k,) row numbers, the nearest first.

        Raises:
            AMEError: as in `project`; if `k` is below 1.
        """
        rows = _unit_rows("features", features, len(self.base))
        check_number("k", k, low=1, whole=True)
        point = self.base + x * self.axes[0] + y * self.axes[1]
        return (rows @ point).topk(min(k, len(rows))).indices


def slerp(a: Tensor, b: Tensor, t: Tensor) -> Tensor:
    """Points on the great circle from one direction to another.

    With unit vectors a and b and their angle w: (sin((1 - t) w) a + sin(t w) b) / sin(w) (Shoemake 1985).

    Args:
        a: (D,) start, of any length.
        b: (D,) end, of any length.
        t: (P,) positions, 0 at a and 1 at b.

    Returns:
        (P, D) float64 unit rows.

    Raises:
        AMEError: if a point is zero or not finite, or the directions are equal (no great circle is determined) or
            opposite (infinitely many are).
    """
    ends = _unit_rows("a and b", _stacked(a=a, b=b))
    # atan2 keeps the digits that acos loses near 0 and pi
    angle = 2 * torch.atan2((ends[0] - ends[1]).norm(), (ends[0] + ends[1]).norm())
    if float(angle) < _ALMOST:
        raise AMEError("a and b must differ in direction, got equal ones: there is no path between them.")
    if float(angle) > torch.pi - _ALMOST:
        raise AMEError("a and b must not be opposite: infinitely many great circles join them.")
    t = t.double()[:, None]
    return (torch.sin((1 - t) * angle) * ends[0] + torch.sin(t * angle) * ends[1]) / torch.sin(angle)


@checked
def geodesic(a: Tensor, b: Tensor, surroundings: Surroundings, *, points: int = 65) -> Geodesic:
    """Readings along the great circle from one point to another, for example from an image to its caption.

    Args:
        a: (D,) start.
        b: (D,) end.
        surroundings: what stays fixed.
        points: number of points, both ends included.

    Raises:
        AMEError: as in `slerp`; if `points` is below 2.
    """
    check_number("points", points, low=2, whole=True)
    check_memory("so many points", 32 * points * sum(surroundings.texts.shape))
    t = torch.linspace(0, 1, points, dtype=torch.float64)
    there = slerp(a, b, t)
    entropy, nearest, h = surroundings.read(there)
    angle = 2 * torch.atan2((there[0] - there[-1]).norm(), (there[0] + there[-1]).norm())
    return Geodesic(t, there, entropy, h, nearest, float(angle), float(t[entropy.argmax()]), surroundings.reading)


@checked
def feature_field(
    a: Tensor, b: Tensor, c: Tensor, surroundings: Surroundings, *, grid: int = 31, margin: float = 0.3
) -> FeatureField:
    """Readings over the plane through three points, each scaled to length 1.

    A point of the plane is scaled to length 1 before it is read (our choice: cosines depend only on direction), so the
    value at a corner is the sample's own. If 0 is a grid point, predictive entropy there is log C.

    Args:
        a: (D,) first point.
        b: (D,) second point.
        c: (D,) third point.
        surroundings: what stays fixed.
        grid: points per side.
        margin: margin on each side, as a multiple of the points' extent.

    Raises:
        AMEError: if two points are equal, all three lie on one line, or a point is zero or not finite; if `grid` is
            below 2 or `margin` below 0.
    """
    check_number("grid", grid, low=2, whole=True)
    check_number("margin", margin, low=0)
    check_memory("a field of this grid", 32 * grid**2 * sum(surroundings.texts.shape))
    ends = _unit_rows("a, b and c", _stacked(a=a, b=b, c=c))
    first, second = ends[1] - ends[0], ends[2] - ends[0]
    if not float(first.norm()) > _ALMOST or not float(second.norm()) > _ALMOST:
        raise AMEError("a, b and c must be three different points, got equal ones: they define no plane.")
    e1 = first / first.norm()
    rest = second - (second @ e1) * e1
    if float(rest.norm()) < _ALMOST * float(second.norm()):
        raise AMEError("a, b and c must span a plane, got two equal points or three on one line.")
    axes = torch.stack([e1, rest / rest.norm()])
    corners = (ends - ends[0]) @ axes.mT
    low, high = corners.amin(0), corners.amax(0)
    pad = margin * (high - low)
    x, y = (
        torch.linspace(float(p), float(q), grid, dtype=torch.float64)
        for p, q in zip(low - pad, high + pad, strict=True)
    )
    there = ends[0] + x[None, :, None] * axes[0] + y[:, None, None] * axes[1]
    entropy, nearest, h = surroundings.read(unit_rows(there.flatten(0, 1)))
    shape = (grid, grid)
    return FeatureField(
        x,
        y,
        corners,
        entropy.view(shape),
        nearest.view(shape),
        None if h is None else h.view(shape),
        ends[0],
        axes,
        surroundings.reading,
    )


def _stacked(**points: Tensor) -> Tensor:
    shapes = {tuple(point.shape) for point in points.values()}
    if len(shapes) > 1 or any(point.ndim != 1 for point in points.values()):
        got = ", ".join(str(tuple(point.shape)) for point in points.values())
        raise AMEError(f"{', '.join(points)} must be points of one width, each of shape (D,), got {got}.")
    return torch.stack([point.detach().cpu().double() for point in points.values()])


def _unit_rows(name: str, rows: Tensor, width: int | None = None) -> Tensor:
    if rows.ndim != 2 or 0 in rows.shape or (width is not None and rows.shape[1] != width):
        wanted = "D" if width is None else width
        raise AMEError(f"{name} must be rows of shape (n, {wanted}), got {tuple(rows.shape)}.")
    rows = rows.detach().cpu().double()
    check_finite(name, rows)
    return as_unit_rows(name, rows)
