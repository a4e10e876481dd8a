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
# # Your own model: from a file of features to a finding, a test, and a distillation
#
# Everything in this course works on the features of your own models. You need no training code and no graphics card for it, only a file: your model has turned each image and each text into a vector, and you have saved them.
#
# - **Aim:** take features from a file, find the pairs that the model gets wrong, pin what must not break, distil one model into another, and steer that in the lab.
# - **You need:** [`00_tour`](00_tour.ipynb) and [`02_manifold`](02_manifold.ipynb). Features of your own are welcome; the notebook makes some that you can replace.
# - **Time:** 30 minutes at your seat without the exercises; the cells compute for 40 s.

# %%
import tempfile
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from ame_explore import FeatureData, Recipe, check, explore, figures, lab
from ame_explore.analysis.evidence import Evidence
from ame_explore.figures.pairs.overview import margins
from ame_explore.figures.sweeps.changes import changes_by_setting
from ame_explore.training import Stage, facts
from ame_explore.training.sweeps.execute import sweep
from ame_explore.widgets.notebook import say, show, table
from ame_explore.widgets.runtime.cell_progress import cell_progress

torch.set_num_threads(1)  # tensors are tiny here: a second thread would only get in the way
folder = Path(tempfile.mkdtemp(prefix="ame_own_"))
check()

# %% [markdown]
# ## 1. Features in a file
#
# Two models that come with this package play the part of yours: a good one, the *teacher*, and a small one, the *student*. Both read emoji by a designer whose pictures they have never seen. As with your own models, everything starts from files: we write their features to files here, and afterwards read nothing else.

# %%
models = Stage.for_recipe(Recipe.for_data("emoji"))
emoji = models.data
rows = torch.cat([emoji.indices("distill"), emoji.indices("test")])  # images to learn from, and to test on
captions = [emoji.captions[row] for row in rows.tolist()]
paths = [str(folder / "images" / f"{row}.png") for row in rows.tolist()]
(folder / "images").mkdir()
for path, pixels in zip(paths, (255 * emoji.images[rows]).round().byte().movedim(1, -1).numpy(), strict=True):
    Image.fromarray(pixels).save(path)

teacher_image, teacher_text = models.teacher.encode_image(emoji.images[rows]), models.teacher.encode_text(captions)
student_image, student_text = models.backbone.encode_image(emoji.images[rows]), models.backbone.encode_text(captions)
np.savez(folder / "teacher.npz", image=teacher_image, text=teacher_text, ids=rows)  # ids say which pairs are the same
np.savez(folder / "student.npz", image=student_image, text=student_text, ids=rows)
(folder / "captions.txt").write_text("\n".join(captions))
say(
    f"{len(rows)} images. The teacher gives vectors of length {teacher_image.shape[1]}, the student of {student_image.shape[1]}."
)

# %% [markdown]
# With a model of transformers or open_clip, from a folder or a hub, this is one call instead (it needs `pip install "ame_explore[clip]"`):
#
# ```python
# features = ame_explore.encode("openai/clip-vit-base-patch32", image_files, captions)
# ```
#
# ## 2. A finding
#
# `explore` opens four views that share one selection: select points, and see which pairs they are. Here are the teacher's features of the images and of their names.

# %%
beside = {"captions": folder / "captions.txt", "images": paths, "logit_scale": models.logit_scale}
explorer = explore(folder / "teacher.npz", folder / "student.npz", umap=False, **beside)
explorer

# %% [markdown]
# A pair's **margin** is its cosine minus that of the nearest wrong partner. Below zero, the model prefers a wrong one.

# %%
show(margins(explorer.exploration))

# %% [markdown]
# Pairs with a low margin are worth a look: the model is wrong about them, or the pair itself is. Here are the five most suspect. Both files hold the same pairs, so the student's rank can stand beside the teacher's (rank 1 is right).

# %%
suspects = explorer.suspects[:5]
explorer.select(suspects)
chosen = explorer.selection[["id", "caption", "cosine", "margin_i2t", "rank_i2t"]]
chosen.assign(rank_i2t_of_student=chosen["id"].map(explorer.other.pairs.set_index("id")["rank_i2t"]))

# %%
better = (explorer.exploration.pairs["rank_i2t"] <= explorer.other.pairs["rank_i2t"]).mean()
say(f"For **{better:.0%}** of the images the teacher ranks the right name at least as high as the student does.")
assert better > 0.5

# %% [markdown]
# The teacher knows more names than the student. How much of that can the student learn from it? Before we ask, we write the finding down in two forms that outlive this notebook.
#
# ## 3. A report, and a test
#
# The report is one file that opens offline, with the same views. From a terminal: `ame-explore report teacher.npz student.npz --captions captions.txt`.

# %%
report = explorer.report(folder / "report.html")
print(f"{report.name}: {report.stat().st_size / 1e6:.0f} MB")

# %% [markdown]
# And some pairs should never get worse. `pin` writes them into a pytest file, which your next model has to pass: `AME_PINNED_FEATURES=new.npz python -m pytest test_pinned.py`.

# %%
best = explorer.exploration.pairs.sort_values("margin_i2t", ascending=False)[:3]
pinned = explorer.pin(best, folder / "test_pinned.py", worse_only=True)
print(pinned.read_text()[:160])

# %% [markdown]
# ## 4. A distillation
#
# Now we write one file with both models' features of the same images, the class of each image, and a vector for the text of each class. That is all that a distillation needs: a *projector* learns to bring the student's vectors to the teacher's. Half of the classes are *base* classes, from which it learns; the others are *new*.

# %%
np.savez(
    folder / "mine.npz",
    teacher_image=teacher_image,
    student_image=student_image,
    class_text=models.text_features,
    student_text=models.backbone.encode_text(emoji.class_texts),
    class_names=emoji.class_texts,
    labels=emoji.labels[rows],
    base_classes=emoji.base_classes,
    split=["distill"] * len(emoji.indices("distill")) + ["test"] * len(emoji.indices("test")),
    logit_scale=models.logit_scale,
    image_path=paths,
)
mine = FeatureData.from_files(folder / "mine.npz")
mine

# %% [markdown]
# Does AME help *here*? A sweep trains plain KD and KD + AME on the same seeds and compares them seed by seed. ω is the weight of AME's term; 50 is the reported one.

# %%
GRID = {
    "seeds": 8,
    "fixed": {"shots": 16, "steps": 200, "learning_rate": 0.01},
    "grid": {"omega": [0.5, 5, 50], "kd_weight": [1, 100]},
}
with cell_progress("Sweep") as progress:
    swept = sweep(GRID, data=mine, out=folder / "sweep", executor="serial", rehearse_first=False, progress=progress)
evidence = Evidence(swept)
effects = evidence.effects("harmonic_mean")
show(changes_by_setting("harmonic_mean", effects, title="Does AME help on my features?"))

# %% [markdown]
# Every interval here is corrected for the number of settings. One that contains 0 means that no difference was seen, not that there is none. The weight of KD matters as much as that of AME: only their ratio says how hard AME pushes.
#
# The change alone does not say whether the student is any good. Beside it stand the student's own score before it learned anything from the teacher, and the teacher's:

# %%
known = facts(Stage.for_recipe(Recipe.for_data(mine), data=mine))
kd = swept.table[swept.table["omega"] == 0]
arms = {
    f"KD, weight {weight:g}": {"harmonic_mean": list(of["harmonic_mean"])} for weight, of in kd.groupby("kd_weight")
}
levels = {
    name.split("_")[0]: known["reference_scores"][name] for name in ("backbone_harmonic_mean", "teacher_harmonic_mean")
}
show(figures.scores(arms, ["harmonic_mean"], levels=levels, title="Where plain KD ends"))
above = kd["harmonic_mean"].mean() > levels["backbone"]
say(f"On average plain KD ends **{'above' if above else 'below'}** the student's own score.")

# %% [markdown]
# A projector that learns from 16 images of each base class can lose what the student knew about the new ones. If yours ends below its backbone, no term beside KD will tell you much: look for a setting in which distillation itself helps first (more images, other steps, or a student that is fine-tuned, as in the tour).

# %% [markdown]
# ## 5. The lab, on your features
#
# The live lab takes the file as it is, with your images as the points of its maps. Press **play**, turn ω while it runs, and see whether the diagnosis finds something.

# %%
arms = {"KD": Recipe.for_data(mine, omega=0.0, steps=150), "KD + AME": Recipe.for_data(mine, steps=150)}
live = lab(arms, data=mine)
live

# %% [markdown]
# The last cell collects the result. **Run All** ran it before you could press play; run it again afterwards.

# %%
live.live.settle(timeout=60)  # until the lab has prepared, a moment
outcome = live.result(timeout=120)
table(
    [
        {"arm": arm.name, "step": f"{arm.step} of {arm.recipe.steps}", "recipe": f"`{arm.token}`"}
        for arm in outcome.arms.values()
    ]
)

# %% [markdown] tags=["exercise"]
# ## Exercises
#
# 3 exercises, about 16 minutes in all. Put your answer in place of `...`, or mend the code that stands there, and run the cell: the check says what is not right yet. Stuck? `teach.hint("rows_left")` in a new cell gives a hint, and each further call one more. Solutions are folded below each exercise.

# %% tags=["exercise"]
import math

import torch
from torch.nn import functional as F

from ame_explore import Recipe, teach

# %% [markdown] tags=["exercise"]
# ### Exercise 1: Which rows can a student learn from?
#
# *predict, then run · 4 minutes · medium*
#
# A file holds both models' features of 20 images. Rows 0 to 4 are of class 0, rows 5 to 9 of class 1, and so on for four classes; of each class the first three rows are for distillation and the other two for the test. Classes 0 and 1 are the base classes. Five rows are unusual:
#
# - row 0: the student's features are all zeros;
#
# - row 1: one of the teacher's features is NaN;
#
# - row 5: one of the teacher's features is zero, the others are not;
#
# - row 12: the teacher's features are all zeros;
#
# - row 19: the label is missing.
#
# `FeatureData` leaves out what it cannot use. From how many images will the student learn if it may take all that are left of the base classes?

# %% tags=["exercise"]
rows_left = ...  # images

teach.check("rows_left", rows_left)

# %% tags=["exercise"]
import warnings

import torch

from ame_explore import FeatureData


def experiment():
    made = torch.Generator().manual_seed(0)
    teacher, student = torch.randn(20, 6, generator=made), torch.randn(20, 4, generator=made)
    labels = torch.arange(4).repeat_interleave(5).tolist()
    student[0] = 0
    teacher[1, 2] = torch.nan
    teacher[5, 0] = 0
    teacher[12] = 0
    labels[19] = None
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        data = FeatureData.of(
            teacher_image=teacher,
            student_image=student,
            class_text=torch.randn(4, 6, generator=made),
            labels=labels,
            base_classes=[0, 1],
            split=(["distill"] * 3 + ["test"] * 2) * 4,
        )
    for warning in told:
        print(warning.message)
    print(data)
    return len(data.shots(None, seed=0))


if rows_left is ...:
    print("First write your prediction into the cell above.")
else:
    happened = experiment()
    print(f"the student learns from {happened} images")


# %% [markdown] tags=["exercise"]
# <details><summary>Solution</summary>
#
# ```python
# rows_left = 4
# ```
#
# Of the six images for distillation in the base classes two are left out: a row of zeros has no direction, so it has no cosine with anything, and with a NaN nothing can be computed. A single zero among other numbers is a value like any other. If one of the two models lacks a row, the image is of no use, for the student learns from the *pair*. Rows 12 and 19 are left out as well, but the student would not have learned from them anyway: both belong to new classes, and the last one is for the test.
#
# </details>

# %% [markdown] tags=["exercise"]
# ### Exercise 2: The margin of a pair
#
# *write the missing line · 6 minutes · medium*
#
# A pair's margin is the cosine of its image with its own text, minus that with the nearest *wrong* text. Below zero the model prefers a wrong one, and such pairs are suspect. Image $i$ belongs to text $i$. Write the margins of all pairs.


# %% tags=["exercise"]
def pair_margins(image, text):
    """Margins (n,) of n pairs; image and text (n, d), pair i is row i of both."""
    cosines = F.normalize(image, dim=1) @ F.normalize(text, dim=1).T  # images down, texts across
    own = cosines.diagonal().clone()
    return ...  # your line


teach.check("pair_margins", pair_margins)

# %% [markdown] tags=["exercise"]
# <details><summary>Solution</summary>
#
# ```python
# def pair_margins(image, text):
#     """Margins (n,) of n pairs; image and text (n, d), pair i is row i of both."""
#     cosines = F.normalize(image, dim=1) @ F.normalize(text, dim=1).T  # images down, texts across
#     own = cosines.diagonal().clone()
#     return own - cosines.fill_diagonal_(-math.inf).max(1).values
# ```
#
# The own text must not compete with itself: with it among the candidates no margin is above zero. And what is put in its place must lie below every cosine, since all wrong texts may have negative ones.
#
# </details>

# %% [markdown] tags=["exercise"]
# ### Exercise 3: A perfect rank for a model that sees nothing
#
# *find the fault · 6 minutes · medium*
#
# This function gives the rank of each image's own text among all texts; 1 is right. A broken model turns every text into the same vector, so all cosines of an image are equal. Such a model cannot tell anything, and yet every one of its ranks is 1. Mend the function: among equal cosines the order is left to chance, and the rank should be what comes out *on average*.


# %% tags=["exercise"]
def expected_rank(cosines):
    """Rank (n,) of each image's own text; cosines (n, n), images down, texts across, own texts on the diagonal."""
    own = cosines.diagonal()[:, None]
    return 1 + (cosines > own).sum(1)


teach.check("expected_rank", expected_rank)

# %% [markdown] tags=["exercise"]
# <details><summary>Solution</summary>
#
# ```python
# def expected_rank(cosines):
#     """Rank (n,) of each image's own text; cosines (n, n), images down, texts across, own texts on the diagonal."""
#     own = cosines.diagonal()[:, None]
#     nearer, tied = (cosines > own).sum(1), (cosines == own).sum(1) - 1
#     return 1 + nearer + tied / 2
# ```
#
# In random order each rival with the same cosine is before the own text in half of the cases, so it counts one half. The own text equals itself and is no rival, hence the −1. For the broken model the rank becomes $(n + 1)/2$, which is that of guessing.
#
# </details>

# %% [markdown]
# ## Where to go next
#
# - Put the path of your own file in place of `mine.npz`; `help(FeatureData.of)` lists its parts, and tables work too.
# - From a terminal: `ame-explore demo --features mine.npz` writes the comparison as a report.
# - Your own loss, data set, student or bound: the pages in [`howto`](howto/reading.ipynb). Your own trainer: [`howto/trainers`](howto/trainers.ipynb).
