"""Many students at once against a plain loop over them: batch 32, Adam, 2 threads for both."""

from __future__ import annotations

import copy
from collections.abc import Callable

import torch
from harness import Figure, seconds_in_turn, where
from torch import Tensor, nn
from torch.nn import functional as F

from ame_explore.models import Projector
from ame_explore.training.replicas.train import train_replicas

BATCH, POOL, CLASSES = 32, 256, 10
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
Loss = Callable[..., Tensor]


def replicas_5k_32(*, smoke: bool) -> Figure:
    """32 students of 5,000 parameters."""
    return compare("replicas_5k_32", 4 if smoke else 32, (48, 64, 64), smoke)


def replicas_5k_128(*, smoke: bool) -> Figure:
    """128 students of 5,000 parameters."""
    return compare("replicas_5k_128", 8 if smoke else 128, (48, 64, 64), smoke)


def replicas_tiny_128(*, smoke: bool) -> Figure:
    """128 students of fewer than 1,000 parameters."""
    return compare("replicas_tiny_128", 8 if smoke else 128, (20, 16, 32), smoke)


def compare(name: str, count: int, widths: tuple[int, int, int], smoke: bool) -> Figure:
    """Two forms of student on stored features; the figure is of the one that gains less.

    "projector": the feature-space host, PromptKD's projector (widths[0] to the same) with feature KD. "mlp": widths[1]
    inputs, widths[2] hidden units, 10 classes, logits KD. Whole trainings are timed, stacking and batches included.
    """
    rounds, steps = (2, 2) if smoke else (7, 20)
    ratios, seconds, sizes = {}, {}, {}
    for form in ("projector", "mlp"):
        generator = torch.Generator().manual_seed(0)
        students, pool, loss = projectors(count, widths[0], generator)
        if form == "mlp":
            students, pool, loss = mlps(count, widths[1], widths[2], generator)
        times = seconds_in_turn(
            {
                "ours": lambda s=students, f=loss, p=pool: train_replicas(s, f, p, steps=steps, batch_size=BATCH),
                "loop": lambda s=students, f=loss, p=pool: loop(s, f, p, steps),
            },
            rounds=rounds,
        )
        seconds[form] = {who: taken / steps / count for who, taken in times.items()}
        ratios[form] = times["loop"] / times["ours"]
        sizes[form] = sum(parameter.numel() for parameter in students[0].parameters())
    worst = min(ratios, key=lambda form: ratios[form])
    both = ", ".join(f"{form} ({sizes[form]} parameters) {ratio:.2f}" for form, ratio in ratios.items())
    note = (
        f"{count} students at once against a loop over them; {steps} steps, batch {BATCH}, fused Adam; the lesser of: "
        f"{both}; {where()}"
    )
    return Figure(name, seconds[worst]["ours"], seconds[worst]["loop"], ratios[worst], "s a student's step", note)


def loop(students: list[nn.Module], loss: Loss, pool: list[Tensor], steps: int) -> None:
    """What one would write without `train_replicas`, one student after the other."""
    for seed, student in enumerate(students):
        student = copy.deepcopy(student).train()
        optimizer = torch.optim.AdamW(student.parameters(), lr=1e-3, weight_decay=0, fused=True)
        generator, order = torch.Generator().manual_seed(seed), torch.empty(0)
        for _ in range(steps):
            if len(order) < BATCH:
                order = torch.randperm(POOL, generator=generator)
            places, order = order[:BATCH].to(DEVICE), order[BATCH:]
            optimizer.zero_grad(set_to_none=True)
            loss(student, *(part[places] for part in pool)).backward()
            optimizer.step()


def projectors(count: int, width: int, generator: torch.Generator) -> tuple[list[nn.Module], list[Tensor], Loss]:
    """Students, pool and loss of the feature-space host."""

    def loss(model: nn.Module, x: Tensor, target: Tensor) -> Tensor:
        return 1 - F.cosine_similarity(model(x), target, dim=1).mean()

    pool = [torch.randn(POOL, width, generator=generator).to(DEVICE) for _ in range(2)]
    return [Projector(width, width).to(DEVICE) for _ in range(count)], pool, loss


def mlps(count: int, width: int, hidden: int, generator: torch.Generator) -> tuple[list[nn.Module], list[Tensor], Loss]:
    """Students, pool and loss of a classifier on features."""

    def loss(model: nn.Module, x: Tensor, target: Tensor) -> Tensor:
        return -(target * model(x).log_softmax(1)).sum(1).mean()

    students: list[nn.Module] = [
        nn.Sequential(nn.Linear(width, hidden), nn.ReLU(), nn.Linear(hidden, CLASSES)).to(DEVICE) for _ in range(count)
    ]
    images = torch.randn(POOL, width, generator=generator).to(DEVICE)
    return students, [images, torch.randn(POOL, CLASSES, generator=generator).softmax(1).to(DEVICE)], loss
