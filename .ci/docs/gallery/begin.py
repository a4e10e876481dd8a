"""Two students, with and without AME, on two seeds."""

from pathlib import Path
from tempfile import mkdtemp

import torch

from ame_explore import Recipe, figures
from ame_explore.apps.demo import demo_arms, record_arms
from ame_explore.training import Stage

recipe = Recipe.for_data("emoji", steps=10)
stage = Stage.for_recipe(recipe)
runs = record_arms(demo_arms(recipe, weaker=()), range(2), stage=stage, folder=Path(mkdtemp()), facts={})
features = runs["KD"][0].features(10)  # of the test images and class texts, at the last step
