"""A GPU gives what the CPU gives: steps of distillation, replicas and landscapes, with every reading; and its memory.

Readings by themselves are compared in test_ame.py. Where there is no GPU, all of this is skipped.
"""

from __future__ import annotations

import pytest
import torch
from torch import nn

from ame_explore.ame import READINGS, AMELoss, initialize
from ame_explore.analysis.landscapes.directions import random_slice
from ame_explore.analysis.landscapes.evaluators import Evaluator, Objective
from ame_explore.analysis.landscapes.readouts import Classification, distillation_objective
from ame_explore.analysis.landscapes.scan import landscape
from ame_explore.data import FeatureData
from ame_explore.training import Distillation, Recipe, Stage, distill_replicas

GPU = "cuda"
pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU, and torch sees none here")
STEPS = 5


@pytest.mark.parametrize("reading", READINGS)
def test_distillation(small_data: FeatureData, reading: str) -> None:
    recipe = Recipe.for_data(small_data, reading=reading, steps=STEPS)
    found = []
    for device in ("cpu", GPU):
        stage = Stage.for_recipe(recipe, data=small_data, device=device)
        *_, last = Distillation(recipe, stage=stage)
        found.append({**last.losses, **last.metrics})
    for name, value in found[0].items():
        assert found[1][name] == pytest.approx(value, rel=1e-3, abs=1e-3), name


@pytest.mark.parametrize("reading", READINGS)
def test_replicas(small_data: FeatureData, reading: str) -> None:
    recipes = [Recipe.for_data(small_data, reading=reading, steps=STEPS, seed=seed) for seed in range(4)]
    cpu, gpu = (
        distill_replicas(recipes, stage=Stage.for_recipe(recipes[0], data=small_data, device=device))
        for device in ("cpu", GPU)
    )
    for one, other in zip(cpu.losses, gpu.losses, strict=True):
        assert torch.allclose(one, other.cpu(), rtol=1e-3, atol=1e-4)


def test_a_landscape_of_a_classifier() -> None:
    generator = torch.Generator().manual_seed(0)
    module = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 4))
    initialize(module, generator)
    inputs, labels = torch.randn(64, 6, generator=generator), torch.arange(64) % 4
    found = []
    for device in ("cpu", GPU):
        objective = Objective(module.to(device), inputs.to(device), Classification(labels.to(device)))
        found.append(landscape(Evaluator(objective, random_slice(objective.module, seed=0)), grid=7))
    for name, values in found[0].values.items():
        assert torch.allclose(values, found[1].values[name].cpu(), rtol=1e-4, atol=1e-5), name


@pytest.mark.parametrize("reading", READINGS)
def test_a_landscape_of_a_distillation(small_data: FeatureData, reading: str) -> None:
    recipe = Recipe.for_data(small_data, reading=reading, steps=STEPS)
    found = []
    for device in ("cpu", GPU):
        run = Distillation(recipe, stage=Stage.for_recipe(recipe, data=small_data, device=device))
        for _ in run:
            pass
        objective = distillation_objective(run)
        found.append(landscape(Evaluator(objective, random_slice(objective.module, seed=0)), grid=5))
    for name, values in found[0].values.items():
        assert torch.allclose(values, found[1].values[name].cpu(), rtol=1e-2, atol=1e-3), name


@pytest.mark.parametrize("reading", READINGS)
def test_peak_memory(reading: str) -> None:
    """A term needs some copies of what it is computed from, and never a matrix of rows by rows where rows are many."""
    images, texts, width, hidden = 256, 1000, 768, 256
    image = torch.randn(images, width, device=GPU, requires_grad=True)
    text = torch.randn(texts, width, device=GPU)
    term = AMELoss(image_dim=width, text_dim=width, reading=reading).to(GPU)
    term(image=image, text=text, pairs=torch.arange(images, device=GPU)).backward()  # libraries take their workspace
    torch.cuda.reset_peak_memory_stats()
    before = torch.cuda.memory_allocated()
    term(image=image, text=text, pairs=torch.arange(images, device=GPU)).backward()
    taken = torch.cuda.max_memory_allocated() - before
    given = 8 * ((images + texts) * (width + hidden) + images * texts)  # float64 of features, hidden units and cosines
    assert taken < 4 * given, f"{taken / 2**20:.0f} MiB beside {given / 2**20:.0f} MiB of features"
