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
# # Add a distillation loss
#
# A **KD loss** compares the student's output with the teacher's. It takes `student` and `teacher` by name: with `on="features"` unit image features (B, D), with `on="logits"` the logits (B, C) over the class texts. It requests anything else by parameter name, too: `tau`, `student_tau`, `label_smoothing`, `normalized`, `texts` (the class vectors) or `logit_scale`. The dial of a setting that the loss does not request says that it has no effect.

# %%
from ame_explore.registry import kd_loss
from ame_explore.testing import check_kd_loss


@kd_loss(on="logits", unit="nats")
def reverse_kl(student, teacher, tau):
    """KL(student || teacher) at temperature tau, mean over images: it seeks a mode of the teacher's answers."""
    log_p, log_q = (student / tau).log_softmax(1), (teacher / tau).log_softmax(1)
    return (log_p.exp() * (log_p - log_q)).sum(1).mean()


check_kd_loss("reverse_kl")

# %% [markdown]
# Compare it with a built-in loss, from the same initial weights and on the same minibatches:

# %%
import ame_explore
from ame_explore import Recipe

quick = {"host": "projector", "steps": 40, "omega": 0.0, "tau": 2.0}
lab = ame_explore.lab({kd: Recipe(kd=kd, **quick) for kd in ("logits", "reverse_kl")})
lab

# %%
result = lab.result(timeout=240)
assert result.finished

# %% [markdown]
# A landscape draws the run's own loss: at its origin it equals the training loss.

# %%
from ame_explore import Distillation, figures
from ame_explore.analysis.landscapes.directions import random_slice
from ame_explore.analysis.landscapes.evaluators import Evaluator
from ame_explore.analysis.landscapes.readouts import distillation_objective
from ame_explore.analysis.landscapes.scan import landscape
from ame_explore.widgets.notebook import show

show(figures.losses({name: [arm.run] for name, arm in result.arms.items()}))

# %%
distillation = Distillation(Recipe(kd="reverse_kl", **quick))
*_, last = distillation
objective = distillation_objective(distillation, distillation.shots)
evaluator = Evaluator(objective, random_slice(distillation.student, seed=0))
show(figures.landscape(landscape(evaluator, grid=9), names=["loss", "accuracy"]))
