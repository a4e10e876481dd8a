# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Add a data set
#
# A **data set** is a function of a seed that returns a `PairedData`: images, their labels, a text for each class, and four disjoint splits (for the teacher, the backbone, the student and the test). Pixels lie in [0, 1]; height and width are equal. The data set has the name of the function.

# %%
import torch

from ame_explore.data import PairedData, stratified_splits
from ame_explore.registry import data_set
from ame_explore.testing import check_data_set

WORDS = ("upper left", "upper right", "lower left", "lower right", "middle", "ring")


@data_set()
def spots(*, seed=0):
    """A bright spot in one of six places of a noisy 8 x 8 image."""
    generator = torch.Generator().manual_seed(seed)
    labels = torch.arange(600) % 6
    y, x = torch.meshgrid(torch.linspace(-1, 1, 8), torch.linspace(-1, 1, 8), indexing="ij")
    centres = torch.tensor([[-0.5, -0.5], [-0.5, 0.5], [0.5, -0.5], [0.5, 0.5], [0.0, 0.0], [0.0, 0.0]])[labels]
    centres = centres + 0.15 * torch.randn(600, 2, generator=generator)
    distance = ((y - centres[:, 0, None, None]) ** 2 + (x - centres[:, 1, None, None]) ** 2).sqrt()
    distance[labels == 5] = (distance[labels == 5] - 0.8).abs()
    images = (-8 * distance.square()).exp() + 0.15 * torch.randn(600, 8, 8, generator=generator)
    return PairedData(
        name="spots",
        images=images.clamp(0, 1)[:, None],
        labels=labels,
        class_texts=tuple(f"a spot in the {word}" if word != "ring" else "a ring" for word in WORDS),
        splits=stratified_splits(labels, {"pretrain": 0.45, "backbone": 0.2, "distill": 0.16}, generator),
    )


check_data_set("spots")

# %% [markdown]
# The data set can now be chosen in `Recipe(data=...)`, in the lab and with `load`. The first time, a teacher is trained on it and cached.

# %%
import ame_explore
from ame_explore import Recipe, figures
from ame_explore.data import load
from ame_explore.widgets.notebook import show

data = load("spots")
assert data.num_classes == 6
data

# %%
lab = ame_explore.lab({"KD": Recipe(data="spots", host="projector", steps=40, omega=0.0)})
lab

# %%
result = lab.result(timeout=240)
assert "spots" in {dial["field"]: dial for dial in lab.live.view().dials}["data"]["choices"]
run = result.arms["KD"].run
show(figures.manifold(run))
