"""Landscapes in the weights, 31 x 31 points: against loss-landscapes, and against a loop that sets weights in place.

Each has the same student, samples, directions and points; that the values are equal to 1e-4 is asserted. Ours is timed
with all it prepares: copying the student, finding what can be shared, choosing a method and a chunk.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable

import torch
from harness import Figure, seconds_in_turn, where
from torch import Tensor, nn
from torch.nn import functional as F

from ame_explore.analysis.landscapes.directions import Slice, plane_through
from ame_explore.analysis.landscapes.evaluators import Evaluator, Objective
from ame_explore.analysis.landscapes.readouts import Classification

CLASSES, SAMPLES = 10, 256
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


def landscape_mlp_vs_loss_landscapes(*, smoke: bool) -> Figure:
    """The MLP against `loss_landscapes.planar_interpolation`."""
    import loss_landscapes
    from loss_landscapes.metrics import Loss

    grid, rounds = sizes(smoke)
    student, inputs, labels = mlp()
    plane, ends = plane_and_ends(student)
    # The package walks the plane as a snake, whose even rows hold steps 1 ... grid and odd ones 0 ... grid - 1.
    walk = [(i / grid, (j + 1 - i % 2) / grid) for i in range(grid) for j in range(grid)]
    points = torch.tensor(walk, dtype=torch.float64)
    metric = Loss(F.cross_entropy, inputs, labels)

    def peer() -> Tensor:
        found = loss_landscapes.planar_interpolation(student, *ends, metric, grid, deepcopy_model=True)
        return torch.from_numpy(found).flatten()

    figure = "landscape_mlp_vs_loss_landscapes"
    return compared(figure, peer, student, inputs, labels, plane, points, rounds, "planar_interpolation of the package")


def landscape_mlp_vs_inplace(*, smoke: bool) -> Figure:
    """The MLP against the loop."""
    return against_loop("landscape_mlp_vs_inplace", mlp(), smoke)


def landscape_cnn_vs_inplace(*, smoke: bool) -> Figure:
    """A small CNN with GroupNorm against the loop."""
    return against_loop("landscape_cnn_vs_inplace", cnn(), smoke)


def against_loop(name: str, problem: tuple[nn.Sequential, Tensor, Tensor], smoke: bool) -> Figure:
    student, inputs, labels = problem
    grid, rounds = sizes(smoke)
    plane, _ = plane_and_ends(student)
    side = torch.linspace(-1, 1, grid, dtype=torch.float64)
    points = torch.cartesian_prod(side, side).flip(1)  # x fastest, as in a scan
    own = dict(copy.deepcopy(student).named_parameters())
    worker = copy.deepcopy(student).requires_grad_(False)
    moved = dict(worker.named_parameters())

    @torch.no_grad()
    def peer() -> Tensor:
        found = []
        for x, y in points.tolist():
            for key, weight in moved.items():
                torch.add(own[key], plane.axes[0][key], alpha=x, out=weight)
                weight.add_(plane.axes[1][key], alpha=y)
            found.append(F.cross_entropy(worker(inputs), labels))
        return torch.stack(found).cpu().double()

    return compared(name, peer, student, inputs, labels, plane, points, rounds, "weights set in place, point by point")


def compared(
    name: str,
    peer: Callable[[], Tensor],
    student: nn.Sequential,
    inputs: Tensor,
    labels: Tensor,
    plane: Slice,
    points: Tensor,
    rounds: int,
    against: str,
) -> Figure:
    methods = []

    def ours() -> Tensor:
        evaluator = Evaluator(Objective(student, inputs, Classification(labels, ("loss",))), plane)
        methods.append(evaluator.method)
        return evaluator(points)["loss"]

    difference = float((ours() - peer()).abs().max())
    assert difference < 1e-4, f"values differ by {difference}"
    seconds = seconds_in_turn(
        {"ours": ours, "peer": peer, "bare": bare_products(student, inputs, len(points))}, rounds=rounds
    )
    ratio = seconds["peer"] / seconds["ours"]
    size = sum(weight.numel() for weight in student.parameters())
    note = (
        f"{against}; {len(points)} points, {len(inputs)} samples, {size} parameters, method {methods[-1]}; "
        f"values equal to {difference:.1e}; bare products of the same sizes at every point, none shared, take "
        f"{seconds['bare'] / seconds['ours']:.2f} of our time; {where()}"
    )
    return Figure(name, seconds["ours"], seconds["peer"], ratio, "s a landscape", note)


def bare_products(student: nn.Sequential, inputs: Tensor, points: int) -> Callable[[], object]:
    """The matrix products and convolutions alone, without bias, as often as there are points."""
    calls: list[Callable[[], object]] = []
    x = inputs
    with torch.no_grad():
        for layer in student:
            if isinstance(layer, nn.Linear):
                out = x.new_empty(len(x), layer.out_features)
                calls.append(functools.partial(torch.mm, x, layer.weight.detach().mT, out=out))
            elif isinstance(layer, nn.Conv2d):
                weight = layer.weight.detach()
                calls.append(functools.partial(F.conv2d, x, weight, stride=layer.stride, padding=layer.padding))
            x = layer(x)

    def work() -> None:
        for _ in range(points):
            for call in calls:
                call()

    return work


def sizes(smoke: bool) -> tuple[int, int]:
    """Points a side, and rounds."""
    return (5, 1) if smoke else (31, 7)


def plane_and_ends(student: nn.Module) -> tuple[Slice, list[nn.Module]]:
    """The plane from the student to two others, a fifth of its weights' scale away, and these."""
    generator = torch.Generator().manual_seed(1)
    ends = [copy.deepcopy(student) for _ in range(2)]
    with torch.no_grad():
        for end in ends:
            for weight in end.parameters():
                noise = torch.randn(weight.shape, generator=generator).to(weight)
                weight.add_(noise * (0.2 * weight.square().mean().sqrt()))
    return plane_through(student, student.state_dict(), *(end.state_dict() for end in ends)), ends


def mlp() -> tuple[nn.Sequential, Tensor, Tensor]:
    """A student over features: 64 -> 48 -> 32 -> 10, 5,018 parameters."""
    layers = [nn.Linear(64, 48), nn.ReLU(), nn.Linear(48, 32), nn.ReLU(), nn.Linear(32, CLASSES)]
    return problem(layers, (64,))


def cnn() -> tuple[nn.Sequential, Tensor, Tensor]:
    """A student over 8 x 8 images, 5,226 parameters."""
    layers = [
        nn.Conv2d(1, 16, 3, padding=1),
        nn.GroupNorm(4, 16),
        nn.ReLU(),
        nn.Conv2d(16, 32, 3, stride=2, padding=1),
        nn.GroupNorm(4, 32),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(32, CLASSES),
    ]
    return problem(layers, (1, 8, 8))


def problem(layers: list[nn.Module], shape: tuple[int, ...]) -> tuple[nn.Sequential, Tensor, Tensor]:
    from ame_explore.ame import initialize

    generator = torch.Generator().manual_seed(0)
    student = nn.Sequential(*layers)
    initialize(student, generator)
    inputs = torch.randn(SAMPLES, *shape, generator=generator)
    labels = torch.randint(0, CLASSES, (SAMPLES,), generator=generator)
    return student.to(DEVICE), inputs.to(DEVICE), labels.to(DEVICE)
