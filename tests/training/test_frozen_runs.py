"""What recipes gave when the digits were first split by whole forms: the losses of their last step.

A change of these numbers is a change of what a token means. They are compared to rounding, which other machines do
otherwise; on one machine a recipe is the same bit for bit (test_distill.py). The teacher is untrained, so that nothing
but the recipe's own steps stands behind them.
"""

import pytest
import torch

from ame_explore.data import digits
from ame_explore.models import SmallCLIP
from ame_explore.training import Distillation, Recipe, Stage

QUICK = {"data": "digits", "shots": 2, "steps": 4, "batch_size": 8, "host": "projector"}
RECIPES: dict = {
    # settings, and of step 4: kd (times its weight), H
    "rows": ({}, 0.961297, 2.89004),
    "predictive": ({"reading": "predictive"}, 0.972613, 0.0470149),
    "spectral": ({"reading": "spectral"}, 0.990012, 1.05604),
    "random_direction": ({"reading": "random_direction"}, 0.961192, 2.89022),
    "score_variance": ({"reading": "score_variance"}, 0.961302, -0.000332112),
    "alignment": ({"reading": "alignment"}, 1.00455, 0.642792),
    "logits": (
        {"kd": "logits", "kd_classes": "base", "tau": 2.0, "label_smoothing": 0.1, "kd_weight": 0.7},
        0.136209,
        2.89004,
    ),
    "promptkd": ({"kd": "promptkd", "kd_classes": "base", "tau": 2.0, "kd_weight": 0.7}, 29.0868, 2.89005),
    "not normalized": ({"normalized": False}, 0.85426, 2.88949),
    "prompts": ({"host": "promptkd", "reading": "spectral"}, 0.988667, 1.04985),
    "scratch": ({"host": "scratch", "reading": "spectral"}, 0.671008, 0.734317),
    "one image": ({"scope": "image"}, 0.961199, 2.39779),
    "own texts": ({"text_rows": "paired", "random_texts": True}, 0.961311, 2.77224),
}


@pytest.fixture(scope="module")
def stage():
    data = digits()
    made = [
        SmallCLIP.for_data(data, size, generator=torch.Generator().manual_seed(seed))
        for seed, size in ((1, "teacher"), (2, "student"))
    ]
    return Stage(data, *made)


@pytest.mark.parametrize(("settings", "kd", "entropy"), RECIPES.values(), ids=RECIPES)
def test_a_recipe_gives_what_it_gave(stage, settings, kd, entropy):
    *_, last = Distillation(Recipe(**{**QUICK, **settings}), stage=stage, metrics_every=4)
    assert last.losses["kd"] == pytest.approx(kd, rel=1e-4)
    assert last.losses["H"] == pytest.approx(entropy, rel=1e-4, abs=1e-8)
