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
# # Add a host
#
# A **host** is the architecture of the student: which part of it is frozen, and which part learns. It is a subclass of `Student`. The base class copies the image tower and freezes it. `prepare` is the part of the forward pass that never learns (by default the tower's features, computed once), `forward` the part that does (by default `self.projector`). Draw new weights from the generator, so that a seed always gives the same student.

# %%
from torch import nn

from ame_explore.models import Student
from ame_explore.models.hosts import drawn
from ame_explore.registry import host
from ame_explore.testing import check_host


@host(label="linear probe")
class linear(Student):
    """A frozen tower and one linear layer."""

    forward_is = "projector"  # nothing else happens in forward, so that landscapes may compute it in one go

    def __init__(self, tower, output_dim, *, generator=None):
        super().__init__(tower, output_dim)
        self.projector = drawn(lambda: nn.Linear(self.width, output_dim), generator)


check_host("linear")

# %% [markdown]
# Compare it with the projector of PromptKD, which has a hidden layer:

# %%
import ame_explore
from ame_explore import Recipe, figures
from ame_explore.widgets.notebook import show

lab = ame_explore.lab({host: Recipe(host=host, steps=40, omega=0.0) for host in ("projector", "linear")})
lab

# %%
result = lab.result(timeout=240)
assert "linear" in {dial["field"]: dial for dial in lab.live.view().dials}["host"]["choices"]
{name: round(float(arm.metrics["harmonic_mean"].iloc[-1]), 2) for name, arm in result.arms.items()}

# %%
show(figures.losses({name: [arm.run] for name, arm in result.arms.items()}))
