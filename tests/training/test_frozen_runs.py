"""What recipes gave when they were first written down: the losses of their last step.

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
    "rows": ({}, 0.976101, 2.89005),
    "predictive": ({"reading": "predictive"}, 0.987485, 0.0425057),
    "spectral": ({"reading": "spectral"}, 0.999047, 1.06173),
    "random_direction": ({"reading": "random_direction"}, 0.976158, 2.89022),
    "score_variance": ({"reading": "score_variance"}, 0.976101, -0.000326101),
    "alignment": ({"reading": "alignment"}, 1.01738, 0.650582),
    "logits": (
        {"kd": "logits", "kd_classes": "base", "tau": 2.0, "label_smoothing": 0.1, "kd_weight": 0.7},
        0.179603,
        2.89006,
    ),
    "promptkd": ({"kd": "promptkd", "kd_classes": "base", "tau": 2.0, "kd_weight": 0.7}, 39.0234, 2.89006),
    "not normalized": ({"normalized": False}, 0.882499, 2.88932),
    "prompts": ({"host": "promptkd", "reading": "spectral"}, 1.0068, 1.06883),
    "scratch": ({"host": "scratch", "reading": "spectral"}, 0.647193, 0.737179),
    "one image": ({"scope": "image"}, 0.976154, 2.39779),
    "own texts": ({"text_rows": "paired", "random_texts": True}, 0.9761, 2.77225),
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
