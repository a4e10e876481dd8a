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
# # The shared manifold: images and texts in one space, and your own features
#
# Models such as CLIP turn an image into a list of numbers, its *features*, and a text into another list of the same length, so that an image and a text that belong together point in nearly the same direction. The **cosine** of the angle between them measures this: 1 is the same direction, 0 a right angle. This notebook shows what such a space looks like, which pairs in it deserve a second look, and how to do the same with features of your own.
#
# - **Aim:** read a map of images and texts without being misled by it, and find the pairs that deserve a second look.
# - **You need:** [`00_tour`](00_tour.ipynb).
# - **Time:** 30 minutes at your seat; the cells compute for 40 s.

# %%
import dataclasses
import tempfile
from pathlib import Path

import numpy as np
import plotly.io
import torch
from torch.nn import functional as F

from ame_explore import Distillation, Recipe, explore, figures
from ame_explore.analysis.pairs.gap import gap_measures
from ame_explore.analysis.projection import pair_rows, project_snapshots
from ame_explore.figures.pairs.overview import cosines, margins
from ame_explore.training import Stage
from ame_explore.widgets.notebook import show

torch.set_num_threads(1)  # tensors are tiny here: a second thread would only get in the way
plotly.io.renderers.default = "plotly_mimetype"  # figures as data, not each with its own copy of plotly

# %% [markdown]
# ## Features to look at
#
# A small student learns from its teacher for 80 steps, on sixteen emoji of each base class, without AME. Then it reads emoji that it has never seen, of ten kinds. The texts are the teacher's, one for each kind (“a mammal”, “a clock” …), so many images share one text. We keep the student's features of these images every 20 steps.

# %%
RECIPE = Recipe.for_data("emoji", steps=80, omega=0.0)
KINDS = ["a mammal", "a land vehicle", "a cooked meal", "a heart", "a clock"]  # base classes
KINDS += ["a bird", "a fruit", "a smiling face", "a green plant", "an insect"]  # new classes
stage = Stage.for_recipe(RECIPE)
texts = stage.data.class_texts
chosen = torch.where(torch.isin(stage.test_labels, torch.tensor([texts.index(kind) for kind in KINDS])))[0]

snapshots = {}
for step in Distillation(RECIPE, stage=stage, features_every=20):
    if step.features is not None:
        snapshots[step.index] = step.features.take(chosen)
before, after = snapshots[0], snapshots[80]
after

# %% [markdown]
# ## Two cones?
#
# Draw two images at random, or two texts, or an image and a text, and note their cosine. In most models of this kind two images are far nearer to each other than an image is to its own text: images lie in one narrow cone and texts in another. The distance between the centres of the two cones is the **modality gap**. Did training close it here? The cosine of two rows is their product, divided by their lengths:

# %%
image, text = F.normalize(after.image, dim=1), F.normalize(after.text, dim=1)
cosine = image @ text.T  # of all images with all texts
own = cosine.gather(1, after.pair_index[:, None])
gap = (image.mean(0) - text.mean(0)).norm()
print(f"an image and its own text {own.mean():.2f}, any image and any text {cosine.mean():.2f}, gap {gap:.2f}")

# %%
explorer = explore(after, before, name="after 80 steps", umap=True)
show(cosines(explorer.exploration))

# %%
show(cosines(explorer.other))

# %% [markdown]
# Here are the measures side by side. **R@1** is the share of images whose nearest text is their own. Compare it with the gap: the two need not change together.

# %%
measures = explorer.measures_frame()
measures

# %% [markdown]
# ## The map, and what it hides
#
# The next cell opens four views that share one selection. Draw a lasso in the map, click a point in the plot of margins, or choose from the list: the other views follow. The map starts with **PCA**, the two directions along which the features vary most, and changes to **UMAP**, which keeps neighbours together, as soon as that is ready. The buttons above the map switch between them, or close the gap. Selected pairs and their connecting lines are highlighted. Both methods must misplace some points, because the plane has two dimensions and the features have many; distances between islands of a UMAP map mean nothing.

# %%
explorer

# %% [markdown]
# Your selection is available as a table in the next cell. When all cells run in one go nothing is selected yet, so here we select the most suspect pairs.

# %%
explorer.select(explorer.suspects[:5])
explorer.selection[["id", "caption", "cosine", "rank_i2t", "margin_i2t", "entropy_i2t"]]

# %% [markdown]
# ## How far can you believe the map?
#
# A point in the plane has neighbours, and so has the same row among the features. The **lens** colours each point by how many of its neighbours are the same in both. Read nothing into places where the points are dark.

# %%
show(explorer.lens())

# %% [markdown]
# UMAP begins with random numbers, its *seed*. The same pairs under three seeds: what stays together in all three is in the data, the rest is chance.

# %%
show(explorer.jitter())

# %% [markdown]
# ## Before and after, in one frame
#
# On the left the features after learning, on the right those from before it, turned so that the two agree as well as they can. A pair has the same colour in both panels; ringed are the images that moved the farthest.

# %%
show(explorer.in_one_frame())

# %% [markdown]
# ## The gap, taken apart
#
# The distance between the two centres is one number among several. Beside it stand how near pairs are, how evenly each side is spread, and how well partners find each other. A gap alone says nothing about the last.

# %%
show(explorer.gap())

# %% [markdown]
# How did it come about? We kept the features every 20 steps. First the map, with axes that stand still: move the slider, and what moves has moved. Then the measures over the steps.

# %%
series = list(snapshots.values())
over_training = project_snapshots([pair_rows(features) for features in series])
show(figures.snapshot_map(over_training, series, list(snapshots)))

# %%
gaps = {step: gap_measures(features) for step, features in snapshots.items()}
show(figures.gap_over(gaps))

# %% [markdown]
# ## Which pairs deserve a second look?
#
# A pair's **margin** is its cosine minus that of the nearest wrong partner: below zero, a wrong partner is nearer. Two kinds of pairs are worth looking at. If both margins are far below zero, image and text probably do not belong together: a *mismatch*. If the margin is near zero and the **predictive entropy** is high, the model cannot decide: an *ambiguous* sample, such as a moon with a face, which is half a moon and half a face. AME was made for the second kind.

# %%
show(margins(explorer.exploration))

# %% [markdown]
# Does the list of suspects find wrong pairs? Here is a test with a known answer: give ten images the text of another kind, and count how many of them are among the first twenty suspects. (On 500 real CLIP pairs, over 50 such draws, 9.7 of the ten were found on average, and never fewer than 8.)

# %%
spoiled = np.random.default_rng(0).choice(len(after.image), 10, replace=False)
wrong = after.pair_index.clone()
wrong[spoiled] = (wrong[spoiled] + 3) % len(after.texts)
checked = explore(dataclasses.replace(after, pair_index=wrong, labels=None), umap=False)
found = set(checked.suspects["id"][:20]) & set(after.ids[spoiled].tolist())
print(f"{len(found)} of 10 spoiled pairs are among the first 20 of {len(checked.pairs)} suspects")
assert len(found) > 2  # chance: one

# %% [markdown]
# Fewer than ten? Then look at the others among the twenty. They are images that the student gets wrong anyway: a suspect is a reason to look, not a proof, and the list is only as good as the model.
#
# ## Bring your own
#
# Save your model's features as one `.npy` of shape `(2, n, d)`, images first and texts second, and pass its file name to `explore`. You can add captions, labels and a table of metadata; `.npz`, `.safetensors`, `.parquet` and `.csv` are read too (see `help(PairedFeatures.from_files)`), pickles never are. Here ten texts belong to many images, so we save an `.npz` with a `pair_index`: the row of the text for each image.

# %%
folder = Path(tempfile.mkdtemp())
np.savez(folder / "features.npz", image=after.image, text=after.text, pair_index=after.pair_index)
mine = explore(folder / "features.npz", captions=after.texts, logit_scale=after.logit_scale, umap=False)
print(mine)

# %% [markdown]
# The same from a terminal: a page that opens offline and whose views share one selection, with the numbers and the suspects as files:
#
# ```sh
# ame-explore report features.npy --captions captions.txt --labels labels.txt --json measures.json --suspects suspects.csv
# ame-explore report old.npy new.npy        # two checkpoints of the same pairs
# ```
#
# Very many pairs? Measuring 100,000 takes minutes, with a progress bar. With a million pairs, comparing all of them with each other takes too long, but you can still look at them: `ame_explore.analysis.pairs.export.export_pairs(features, "points.parquet", layout="points")` writes a table with a position for each point, to open in a viewer for large maps such as embedding-atlas.
#
# No features yet? With `pip install "ame_explore[clip]"`, `encode` makes them with a CLIP or SigLIP of transformers, or a model of open_clip, from a folder or a name on the hub:
#
# ```python
# features = ame_explore.encode("openai/clip-vit-base-patch32", ["cat.jpg", "dog.jpg"], ["a cat", "a dog"])
# ```
#
# ## A finding becomes a test
#
# You can pin a pair that your model gets right and the next model must not lose: `pin` writes a small pytest file that checks the ranks (or entropies) of those pairs within a tolerance. Run it on the next model's features with `AME_PINNED_FEATURES=new.npy python -m pytest test_pinned.py`.

# %%
best = mine.pairs.sort_values("margin_i2t", ascending=False)[:3]
print(mine.pin(best, folder / "test_pinned.py", measure="entropy").read_text()[:420])

# %% [markdown]
# ## Questions to try
#
# - Choose *entropy* as the map's colour. Where are the images that the model is unsure of: at the borders between classes, or anywhere?
# - Compare the map before and after learning: `explore(before)`. What moved, images or texts, and why only these?
# - Divide the logit scale by ten (`dataclasses.replace(after, logit_scale=...)`). Which measures change, and which cannot?
#
# The last cell waits for the UMAP that may still be running in the background, so that an error in it is seen.

# %%
assert explorer.projection(timeout=300).method == "umap"

# %% [markdown]
# ## Where to go next
#
# - **[`03_entropy`](03_entropy.ipynb)** is the next step: four quantities that are called entropy, and what AME's does.
# - [`08_your_own_model`](08_your_own_model.ipynb) does the same with two models' features from files, and distils one into the other.
