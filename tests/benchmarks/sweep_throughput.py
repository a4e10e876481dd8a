"""A sweep against a plain loop over the same runs, on stored features: 2 processes against one thread."""

from __future__ import annotations

import os
import tempfile
import time

import torch
from harness import Figure, where

from ame_explore.data import FeatureData
from ame_explore.training import Distillation, Stage
from ame_explore.training.sweeps import Grid, sweep

WIDTH, CLASSES, IMAGES, WORKERS = 48, 10, 1000, 2


def sweep_throughput(*, smoke: bool) -> Figure:
    """Seconds a run, the start of the processes and the writing of results included; the loop is timed on a sample."""
    data, sample = features(), 2 if smoke else 8
    fixed = {"steps": 4 if smoke else 200, "shots": 16, "batch_size": 32}
    axes = {"omega": [1, 10, 50], "kd_weight": [1, 100]}
    grid = Grid.of({"seeds": 2 if smoke else 64, "fixed": fixed, "grid": axes}, data=data)
    started = _clocks()
    with tempfile.TemporaryDirectory() as folder:
        sweep(grid, out=folder, executor="processes", workers=WORKERS, data=data, rehearse_first=False)
    ours, ours_cpu = ((_clocks() - started) / len(grid.recipes)).tolist()
    stage = Stage.for_recipe(grid.recipes[0], data=data)
    chosen = grid.recipes[:: max(1, len(grid.recipes) // sample)][:sample]
    started = _clocks()
    for recipe in chosen:
        for _ in Distillation(recipe, stage=stage, metrics_every=recipe.steps, shares_every=recipe.steps):
            pass
    peer, peer_cpu = ((_clocks() - started) / len(chosen)).tolist()
    note = (
        f"{len(grid.recipes)} runs of {fixed['steps']} steps on {WORKERS} processes, their start included, against a "
        f"loop over {len(chosen)} of them; {ours_cpu:.3f} CPU seconds a run against {peer_cpu:.3f}, so {WORKERS} free "
        f"cores allow a ratio of {WORKERS * peer_cpu / ours_cpu:.1f}; {where()}"
    )
    return Figure("sweep", ours, peer, peer / ours, "s a run", note)


def _clocks() -> torch.Tensor:
    """Seconds on the wall, and CPU seconds of this process and of those that it has waited for."""
    return torch.tensor([time.perf_counter(), sum(os.times()[:4])], dtype=torch.float64)


def features() -> FeatureData:
    """Features of a teacher and a student for ten classes."""
    generator = torch.Generator().manual_seed(0)
    labels = torch.arange(IMAGES) % CLASSES
    text, other = (torch.randn(CLASSES, WIDTH, generator=generator) for _ in range(2))
    parts = {
        "teacher_image": text[labels] + torch.randn(IMAGES, WIDTH, generator=generator),
        "student_image": other[labels] + torch.randn(IMAGES, WIDTH, generator=generator),
        "class_text": text,
        "student_text": other,
        "labels": labels,
        "logit_scale": 20.0,
    }
    return FeatureData.of(parts, name="benchmark")
