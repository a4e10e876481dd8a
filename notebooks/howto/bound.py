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
# # Add a bound
#
# A **bound** says how large the loss of a student can be, with its terms and its assumptions. The function receives an `Evidence` (the student's losses on its training and test images, δ, the entropy that was trained) and returns a `Bound`, or None if it does not apply. With `per="posterior"` it receives a `Posterior` instead (losses of sampled weights, KL to the prior), and is called for each prior and spread. With `per="supersamples"` it receives `CoinDraws`, the errors of many students that differ in the images that coins chose for them, and bounds the gap on average, as f-CMI does.
#
# The example is Bernstein's inequality with the empirical variance (Maurer and Pontil 2009, Theorem 4), which is tighter than Hoeffding's when errors are rare.

# %%
import math

from ame_explore.analysis.bounds import Assumption, Bound, Term
from ame_explore.registry import bound
from ame_explore.testing import check_bound


@bound("Test set (Bernstein)")
def bernstein(evidence):
    """Mean + sqrt(2 V ln(2/delta) / m) + 7 ln(2/delta) / (3 (m - 1)), V the variance of the m test losses."""
    losses, log_term = evidence.test_losses.double(), math.log(2 / evidence.delta)
    mean, m = float(losses.mean()), len(losses)
    spread = math.sqrt(2 * float(losses.var()) * log_term / m)
    rest = 7 * log_term / (3 * (m - 1))
    return Bound(
        name="Bernstein",
        value=mean + spread + rest,
        quantity="loss",
        kind="with probability",
        n=m,
        confidence=1 - evidence.delta,
        terms=(
            Term("test loss", mean, "loss", mean, role="observed loss"),
            Term("margin by the variance", spread, "loss", spread, role="confidence"),
            Term("margin by the range", rest, "loss", rest, role="confidence"),
        ),
        assumptions=(Assumption("the loss lies in [0, 1]", "holds", "It is 0 or 1."), *evidence.of_test_set),
        source="Maurer and Pontil 2009, Theorem 4",
    )


# %% [markdown]
# The check draws samples from known loss distributions and counts how often the expected loss exceeds the bound. It must not do so more often than δ allows.

# %%
check_bound("Test set (Bernstein)")

# %% [markdown]
# Train a student and evaluate every registered bound on it, including this one:

# %%
from ame_explore import Recipe, figures
from ame_explore.analysis.bounds import draw_sample, students_bounds
from ame_explore.training import Stage
from ame_explore.widgets.notebook import show

recipe = Recipe(host="projector", steps=40)
stage = Stage.for_recipe(recipe)
(found,) = students_bounds(stage, [recipe], [draw_sample(stage, 64, seed=0)], draws=20)
assert "Test set (Bernstein)" in found.bounds
show(figures.bound_inspector(list(found.bounds.values()), measured=dict(found.gap.measured)))
