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
# # Your own model: from a file of features to a finding, a test, and a distillation
#
# Everything in this course works on the features of your own models. You need no training code and no graphics card for it, only a file: your model has turned each image and each text into a vector, and you have saved them.
#
# - **Aim:** take features from a file, find the pairs that the model gets wrong, pin what must not break, distil one model into another, and steer that in the lab.
# - **You need:** [`00_tour`](00_tour.ipynb) and [`02_manifold`](02_manifold.ipynb). Features of your own are welcome; the notebook makes some that you can replace.
# - **Time:** 30 minutes at your seat; the cells compute for 40 s.

# %%
import tempfile
from pathlib import Path

import numpy as np
import plotly.io
import torch
from PIL import Image

from ame_explore import FeatureData, Recipe, explore, figures, lab
from ame_explore.analysis.evidence import Evidence
from ame_explore.figures.pairs.overview import margins
from ame_explore.figures.sweeps.changes import changes_by_setting
from ame_explore.training import Stage, facts
from ame_explore.training.sweeps.run import sweep
from ame_explore.widgets.notebook import say, show, table
from ame_explore.widgets.runtime.cell_progress import cell_progress

torch.set_num_threads(1)  # tensors are tiny here: a second thread would only get in the way
plotly.io.renderers.default = "plotly_mimetype"  # figures as data, not each with its own copy of plotly
folder = Path(tempfile.mkdtemp(prefix="ame_own_"))

# %% [markdown]
# ## 1. Features in a file
#
# Two models that come with this package play the part of yours: a good one, the *teacher*, and a small one, the *student*. Both read emoji by a designer whose pictures they have never seen. So that this is as it will be with your models, we write their features to files here and read nothing but the files afterwards.

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
np.savez(folder / "teacher.npz", image=teacher_image, text=teacher_text)
np.savez(folder / "student.npz", image=student_image, text=student_text)
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
# Pairs with a low margin are worth a look: the model is wrong about them, or the pair itself is. Here are the five most suspect, with the text that the model prefers. Both models see the same pairs, so the table has the student's rank beside the teacher's (rank 1 is right).

# %%
suspects = explorer.suspects[:5]
explorer.select(suspects)
explorer.selection[["id", "caption", "cosine", "rank_i2t", "margin_i2t"]]

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
# Now one file with both models' features of the same images, the class of each image, and a vector for the text of each class. That is all that a distillation needs: a *projector* learns to bring the student's vectors to the teacher's. Half of the classes are *base* classes, from which it learns; the others are *new*.

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
# The live lab takes the file as it is, with your images as the points of its maps. Press **play**, turn ω while it runs, and look whether the diagnosis finds something.

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

# %% [markdown]
# ## Where to go next
#
# - Put the path of your own file in place of `mine.npz`; `help(FeatureData.of)` lists its parts, and tables work too.
# - From a terminal: `ame-explore demo --features mine.npz` writes the comparison as a report.
# - Your own loss, data set, student or bound: the pages in [`howto`](howto/reading.ipynb). Your own trainer: [`howto/trainers`](howto/trainers.ipynb).
