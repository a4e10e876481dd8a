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
# # Add a reading of the entropy
#
# A **reading** decides which entropy AME lowers. It is a function of `m`, one batch as rows of the shared manifold M. Use the form you need: `m.scores` (each row's mean, divided by the temperature), `m.logits` (cosines of images and texts, divided by the temperature), `m.rows`, `m.unit_image`, `m.unit_text`, `m.pairs`. Return one number, or a tensor, whose mean is taken. With R rows, B images, C texts and width d, scores are (R,), rows (R, d), logits (B, 1, C) and `unit_image` (B, 1, d); with `scope="image"` each image has rows of its own and scores are (B, R). So compute along the last dimension (`dim=-1`). Its docstring becomes its help.
#
# The arguments of the decorator tell the rest of the package about the reading: its default weight ω, its temperature, its unit (nats, unless you say otherwise; `unit=""` for a pure number), its largest value, when it has collapsed. `help(ame_explore.ame.Reading)` lists all of them.

# %%
import math

from ame_explore.registry import reading


@reading(
    default_omega=0.3,
    temperature={"own": 0.07, "host": 0.01},
    follows_logit_scale=True,
    largest=lambda rows, texts, width: math.log(texts),
    per_image=True,
    low_if_right=True,
    control=True,
)
def collision(m):
    """Rényi entropy of order 2 of each image's answer: -log sum p^2, nats."""
    return -m.logits.softmax(-1).square().sum(-1).log()


# %% [markdown]
# The check tests everything that a reading must satisfy (a finite scalar, a gradient, the declared range, ...) and names the first condition that fails. After a change, run the cell above again: it replaces the reading.

# %%
from ame_explore.testing import check_reading

check_reading("collision")

# %% [markdown]
# That is all. The reading can now be chosen in every recipe and dial of this session; `control=True` marks a comparison that is not meant to help, and the demo's table says so. Here it is trained in a lab, and the diagnosis covers it; choose another reading from its dial. The plain arm has `omega=0.0` and the same reading, so that both curves of H show the same entropy.

# %%
import dataclasses

import ame_explore
from ame_explore import Recipe

mine = Recipe(host="projector", steps=40, reading="collision", projection="host")
plain = dataclasses.replace(mine, omega=0.0)
lab = ame_explore.lab({"KD": plain, "KD + collision": mine})
lab

# %%
result = lab.result(timeout=240)
dials = {dial["field"]: dial for dial in lab.live.view().dials}
assert "collision" in dials["reading"]["choices"]
assert {arm.recipe.reading for arm in result.arms.values()} == {"collision"}
[finding["text"] for finding in lab.live.view().diagnosis]

# %% [markdown]
# Its loss curve, and the landscape around the student trained with it:

# %%

from ame_explore import Distillation, figures
from ame_explore.analysis.landscapes.directions import random_slice
from ame_explore.analysis.landscapes.evaluators import Evaluator
from ame_explore.analysis.landscapes.readouts import distillation_objective
from ame_explore.analysis.landscapes.scan import landscape
from ame_explore.widgets.notebook import show

show(figures.losses({name: [arm.run] for name, arm in result.arms.items()}))

# %%
distillation = Distillation(mine)
*_, last = distillation
objective = distillation_objective(distillation, distillation.shots)
picture = landscape(Evaluator(objective, random_slice(distillation.student, seed=0)), grid=9)
show(figures.landscape(picture, names=["loss", "H"]))

# %% [markdown]
# The bounds of a student trained with it, and the demo's table:

# %%
from ame_explore.analysis.bounds import draw_sample, students_bounds

(bounds,) = students_bounds(distillation.stage, [mine], [draw_sample(distillation.stage, 32, seed=0)], draws=20)
show(figures.bound_inspector(list(bounds.bounds.values()), measured=dict(bounds.gap.measured)))

# %%
from tempfile import TemporaryDirectory

from ame_explore.apps.demo import run_demo

with TemporaryDirectory() as folder:
    summary = run_demo(mine, seeds=1, out=folder).summary
assert "KD + collision (control)" in summary["arms"]
list(summary["arms"])
