# ---
# jupyter:
#   jupytext:
#     cell_metadata_filter: tags,-all
#     formats: ipynb,py:percent
#     notebook_metadata_filter: -jupytext.text_representation.jupytext_version
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
# - **Time:** 30 minutes at your seat without the exercises; the cells compute for 20 s.

# %%
import dataclasses
import tempfile
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from ame_explore import Distillation, Recipe, check, explore, figures
from ame_explore.analysis.pairs.gap import gap_measures
from ame_explore.analysis.projection import pair_rows, project_snapshots
from ame_explore.figures.pairs.overview import cosines, margins
from ame_explore.training import Stage
from ame_explore.widgets.notebook import show

torch.set_num_threads(1)  # tensors are tiny here: a second thread would only get in the way
check()

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
explorer = explore({"after 80 steps": after, "before training": before}, umap=True)
show(cosines(explorer.exploration))

# %%
show(cosines(explorer.other))  # the same before training
start = F.normalize(before.image, dim=1), F.normalize(before.text, dim=1)
assert gap < (start[0].mean(0) - start[1].mean(0)).norm()
assert own.mean() > max(cosine.mean(), (start[0] * start[1][before.pair_index]).sum(1).mean())

# %% [markdown]
# Before training the gap was wider. Training has brought images nearer to their own texts, and the two centres nearer to each other; a gap remains.
#
# Here are the measures side by side. **R@1** is the share of images whose nearest text is their own. Compare it with the gap: the two need not change together.

# %%
measures = explorer.measures_frame()
assert abs((cosine.argmax(1) == after.pair_index).double().mean() - explorer.measures["R@1_i2t"]) < 0.02
measures

# %% [markdown]
# ## The map, and what it hides
#
# The next cell opens four views that share one selection. Draw a lasso in the map, click a point in the plot of margins, or choose from the list: the other views follow. (A *margin* says how much nearer an image is to its own text than to any other; more on that below.) The map starts with **PCA**, the two directions along which the features vary most, and changes to **UMAP**, which keeps neighbours together, as soon as that is ready. The buttons above the map switch between them, or close the gap. Selected pairs and their connecting lines are highlighted. Both methods must misplace some points, because the plane has two dimensions and the features have many; distances between islands of a UMAP map mean nothing.

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
# A point in the plane has neighbours, and so has the same row among the features. The **lens** colours each point by how many of its neighbours are the same in both. Read nothing into places where the points are hollow: those are misplaced.

# %%
show(explorer.lens())

# %% [markdown]
# Every map misplaces some of its points: a map shows where to look, and the features decide.
#
# UMAP begins with random numbers, its *seed*. The same pairs under three seeds: what stays together in all three is in the data, the rest is chance.

# %%
show(explorer.jitter())

# %% [markdown]
# Tell others only of groups that stay together under every seed.
#
# ## Before and after, in one frame
#
# On the left the features after learning, on the right those from before it, turned so that the two agree as well as they can. A pair has the same colour in both panels; ringed are the images that moved the farthest.

# %%
show(explorer.in_one_frame())

# %% [markdown]
# Many images have moved a long way, and few stay where they were: training changed how the student sees single images, not only how far apart the two sides lie.
#
# ## The gap, taken apart
#
# The distance between the two centres is one number among several. Beside it stand how near pairs are, how evenly each side is spread, and how well partners find each other. A gap alone says nothing about the last.

# %%
show(explorer.gap())

# %% [markdown]
# The gap has nearly halved and pairs are nearer, while images find their own text hardly more often.
#
# How did it come about? We kept the features every 20 steps. First the map, with axes that stand still: move the slider, and what moves has moved. Then the measures over the steps.

# %%
series = list(snapshots.values())
over_training = project_snapshots([pair_rows(features) for features in series])
show(figures.snapshot_map(over_training, series, list(snapshots)))

# %%
gaps = {step: gap_measures(features) for step, features in snapshots.items()}
show(figures.gap_over(gaps))
width = {step: of["modality_gap"] for step, of in gaps.items()}
assert width[0] - width[20] > 0.9 * (width[0] - width[80]) and 0.4 < width[80] / width[0] < 0.65
assert abs(gaps[80]["R@1_i2t"] - gaps[0]["R@1_i2t"]) < 0.1

# %% [markdown]
# Nearly all of the change in the gap happens within the first 20 steps. At the end the gap is about half as wide as at the start, and yet hardly more images find their own text first (R@1, image to text). A small gap and a good retrieval are two things.
#
# ## Which pairs deserve a second look?
#
# A pair's **margin** is its cosine minus that of the nearest wrong partner: below zero, a wrong partner is nearer. Two kinds of pairs are worth looking at. If both margins are far below zero, image and text probably do not belong together: a *mismatch*. If the margin is near zero and the **predictive entropy** (that of the model's answer, as in the tour) is high, the model cannot decide: an *ambiguous* sample, such as a moon with a face, which is half a moon and half a face. AME was made for the second kind.

# %%
show(margins(explorer.exploration))
assert ((explorer.pairs[["margin_i2t", "margin_t2i"]] > 0).all(axis=1)).mean() < 0.25

# %% [markdown]
# Only a small part of the pairs is clear from both sides; the lower left corner is the place to begin.
#
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
# Save your model's features as one `.npy` of shape `(2, n, d)`, images first and texts second, and pass its file name to `explore`. You can add captions, labels and a table of metadata; `.npz`, `.safetensors`, `.parquet` and `.csv` are read too (see `help(after.from_files)`), pickles never are. Here ten texts belong to many images, so we save an `.npz` with a `pair_index`: the row of the text for each image.

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
# - Divide the logit scale, by which cosines are multiplied before the softmax, by ten (`dataclasses.replace(after, logit_scale=...)`). Which measures change, and which cannot?
#
# The last cell waits for the UMAP that may still be running in the background, so that an error in it is seen.

# %%
assert explorer.projection(timeout=300).method == "umap"

# %% [markdown] tags=["exercise"]
# ## Exercises
#
# 4 exercises, about 22 minutes in all. Put your answer in place of `...`, or mend the code that stands there, and run the cell: the check says what is not right yet. Stuck? `teach.hint("cosine_table")` in a new cell gives a hint, and each further call one more. Solutions are folded below each exercise.

# %% tags=["exercise"]
import math

import torch
from torch.nn import functional as F

from ame_explore import Recipe, teach

# %% [markdown] tags=["exercise"]
# ### Exercise 1: Every image with every text
#
# *write the missing line · 4 minutes · easy*
#
# Write the table of all cosines: row $i$, column $j$ holds the cosine of image $i$ and text $j$. There may be more images than texts. All measures of this notebook begin with this table.


# %% tags=["exercise"]
def cosine_table(images, texts):
    """Cosines of images (n, d) and texts (m, d): a tensor of shape (n, m)."""
    return ...  # your line


teach.check("cosine_table", cosine_table)

# %% [markdown] tags=["exercise"]
# <details><summary>Solution</summary>
#
# ```python
# def cosine_table(images, texts):
#     """Cosines of images (n, d) and texts (m, d): a tensor of shape (n, m)."""
#     return F.normalize(images, dim=1) @ F.normalize(texts, dim=1).T
# ```
#
# Divide each row by its length, then one matrix product gives all dot products at once. `F.cosine_similarity` can do it, too, if the shapes are set up so that every image meets every text.
#
# </details>

# %% [markdown] tags=["exercise"]
# ### Exercise 2: The gap between two cones
#
# *write the missing line · 5 minutes · medium*
#
# The **modality gap** (Liang et al. 2022) is the distance between two centres: the mean of the image vectors and the mean of the text vectors, each vector brought to length 1 before. Write it.


# %% tags=["exercise"]
def modality_gap(images, texts):
    """Distance between the centres of the unit vectors; images (n, d), texts (m, d)."""
    return ...  # your line


teach.check("modality_gap", modality_gap)

# %% [markdown] tags=["exercise"]
# <details><summary>Solution</summary>
#
# ```python
# def modality_gap(images, texts):
#     """Distance between the centres of the unit vectors; images (n, d), texts (m, d)."""
#     return (F.normalize(images, dim=1).mean(0) - F.normalize(texts, dim=1).mean(0)).norm()
# ```
#
# First to length 1, then the mean, then the distance. The order matters: a mean of long and short vectors is pulled towards the long ones. No pair is looked at, so the gap says nothing about who belongs to whom.
#
# </details>

# %% [markdown] tags=["exercise"]
# ### Exercise 3: Move all images by the same vector
#
# *predict, then run · 5 minutes · hard*
#
# Add one and the same vector to *every* image. That opens a gap as wide as you like. Similarity is the dot product, without normalizing again. Which retrieval changes: for each image its best text (*image to text*), or for each text its best image (*text to image*)?

# %% tags=["exercise"]
shifted_recall = ...  # "image to text", "text to image", "both" or "neither"

teach.check("shifted_recall", shifted_recall)

# %% tags=["exercise"]
import torch


def experiment():
    generator = torch.Generator().manual_seed(0)
    texts = torch.randn(200, 16, generator=generator, dtype=torch.float64)
    images = texts + torch.randn(200, 16, generator=generator, dtype=torch.float64)
    moved = images + 3 * torch.randn(16, generator=generator, dtype=torch.float64)  # the same vector for every image
    before, after, own = images @ texts.T, moved @ texts.T, torch.arange(200)
    changed = []
    for name, over in {"image to text": 1, "text to image": 0}.items():
        recalls = [float((similar.argmax(over) == own).double().mean()) for similar in (before, after)]
        print(f"{name}: R@1 {recalls[0]:.3f} before, {recalls[1]:.3f} after")
        if not torch.equal(before.argmax(over), after.argmax(over)):
            changed.append(name)
    return "both" if len(changed) == 2 else changed[0] if changed else "neither"


if shifted_recall is ...:
    print("First write your prediction into the cell above.")
else:
    happened = experiment()
    print("changed:", happened)


# %% [markdown] tags=["exercise"]
# <details><summary>Solution</summary>
#
# ```python
# shifted_recall = "image to text"
# ```
#
# $(x_i + c) \cdot t_j = x_i \cdot t_j + c \cdot t_j$. For a given text the new part is the same for all images, so their ranking stays. For a given image it differs from text to text, and can change who wins. So a gap by itself need not hurt retrieval, and two directions of retrieval can tell different stories.
#
# </details>

# %% [markdown] tags=["exercise"]
# ### Exercise 4: Before and after, in one frame, has a fault
#
# *find the fault · 8 minutes · hard*
#
# To compare features before and after training, those from before are *turned* so that they agree with those from after as well as they can. Here somebody used least squares. The two spaces now always agree suspiciously well, even for features that have nothing to do with each other, and images that were far apart may come to lie close together.
#
# Return a matrix $R$ that turns, and does nothing else: `before @ R` must be as near to `after` as turning can bring it (orthogonal Procrustes, Schönemann 1966: with the singular value decomposition $B^\top A = U S V^\top$ it is $R = U V^\top$).


# %% tags=["exercise"]
def turn(before, after):
    """R (d, d) such that before @ R comes near to after; both (n, d)."""
    return torch.linalg.lstsq(before, after).solution


teach.check("turn", turn)

# %% [markdown] tags=["exercise"]
# <details><summary>Solution</summary>
#
# ```python
# def turn(before, after):
#     """R (d, d) such that before @ R comes near to after; both (n, d)."""
#     U, _, Vt = torch.linalg.svd(before.T @ after)
#     return U @ Vt
# ```
#
# Least squares may stretch, squash and shear. An orthogonal matrix keeps all lengths and angles, so what differs after turning has really changed.
#
# </details>

# %% [markdown]
# ## Where to go next
#
# - **[`03_entropy`](03_entropy.ipynb)** is the next step: four quantities that are called entropy, and what AME's does.
# - [`08_your_own_model`](08_your_own_model.ipynb) does the same with two models' features from files, and distils one into the other.
