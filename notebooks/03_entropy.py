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
# # Entropy: four quantities with one name, and what ω = 50 does to one of them
#
# In discussions of AME the word *entropy* means at least four different things, and it is easy to mistake one for another. This notebook computes each on the same features, asks which of the numbers can be trusted, and then follows the one that AME trains, the **entropy over the rows of the shared manifold**. It shows three things:
#
# 1. On rows of length 1 the **width** d of the manifold decides what ω = 50 can do: next to nothing at d = 512.
# 2. On raw rows the same term moves the weight **into a few rows, and in the end into one**.
# 3. **Predictive entropy**, which the paper's abstract mentions, is a different quantity with a different effect.
#
# - **Aim:** tell four entropies apart, and predict from width and normalization what ω = 50 does.
# - **You need:** [`00_tour`](00_tour.ipynb), and what a softmax is ([`01_distillation`](01_distillation.ipynb), section 2).
# - **Time:** 30 minutes at your seat without the exercises; the cells compute for 30 s.
#
# Each claim is shown by a figure from a run in this notebook. Choose **Run → Run All Cells** and read along.

# %%
import dataclasses
import math

import torch
from torch.nn import functional as F

from ame_explore import Distillation, Recipe, check, figures
from ame_explore.analysis import effective_push, sanity_strip, score_plane
from ame_explore.measures import (
    gram_matrix,
    kozachenko_leonenko,
    matrix_renyi_entropy,
    predictive_entropies,
    row_softmax_entropy,
)
from ame_explore.quantities import number
from ame_explore.training import Stage
from ame_explore.widgets.notebook import say, show, table

torch.set_num_threads(1)  # tensors are tiny here: a second thread would only get in the way
check()

# %% [markdown]
# ## One student, four entropies
#
# A student learns from its teacher, with eight emoji of each base class. Then four entropies are measured on its features of the test images. There are n rows of width d, and C classes:
#
# | entropy | of what | range | what makes it small |
# |---|---|---|---|
# | **softmax over rows** | weights softmax(s) over all rows of M, where s is the row's mean | 0 to log n | one row far above the others |
# | **predictive** | the answer for one image, over classes; averaged | 0 to log C | confident answers, right or wrong |
# | **von Neumann** | the eigenvalues of the rows' Gram matrix | 0 to log min(n, d) | all rows along one direction |
# | **differential** | the density from which the rows come | any, also below 0 | rows close together; it changes with units |

# %%
base = Recipe(data="emoji", host="projector", shots=8, steps=100, learning_rate=1e-2, omega=0.0)
stage = Stage.for_recipe(base)  # the teacher comes with the package
student = Distillation(base, stage=stage)
for _ in student:
    pass
features = student.evaluation.features()
clean = features.ids < len(stage.data.images)  # without the ambiguous test images that follow them
texts, images = features.text, features.image[clean]
logits = features.logit_scale * images @ texts.T

s = torch.cat([texts, images]).double().mean(1)  # softmax over rows: each row's score is its mean
p = s.softmax(0)
rows = -(p * p.log()).sum()
q = logits.double().softmax(1)  # predictive: each image's probabilities of the classes
answers = -(q * q.clamp_min(1e-300).log()).sum(1).mean()
eigenvalues = torch.linalg.eigvalsh(gram_matrix(images))  # von Neumann: they sum to 1
directions = -(eigenvalues.clamp_min(1e-300) * eigenvalues.clamp_min(1e-300).log()).sum()
density = kozachenko_leonenko(images, k=3)  # differential: from the distances to the third neighbour

torch.testing.assert_close(rows, row_softmax_entropy(torch.cat([texts, images])).value, check_dtype=False)
torch.testing.assert_close(answers, predictive_entropies(logits).mean, check_dtype=False)
torch.testing.assert_close(
    directions, matrix_renyi_entropy(gram_matrix(images)), check_dtype=False, rtol=1e-4, atol=1e-4
)

# %%
n, C, d = len(texts) + len(images), len(texts), images.shape[1]
measured = [
    (f"softmax over the {n} rows", f"{rows:.6f}", f"log n = {math.log(n):.6f}"),
    ("predictive, mean over the images", f"{answers:.3f}", f"log C = {math.log(C):.3f}"),
    ("von Neumann, of the images' Gram matrix", f"{directions:.3f}", f"log d = {math.log(d):.3f}"),
    ("differential (Kozachenko–Leonenko, k = 3)", f"{float(density.value):.1f}", "–"),
]
table([dict(zip(("entropy", "nats", "the most it can be"), row, strict=True)) for row in measured])
assert math.log(n) - rows < 1e-3

# %% [markdown]
# These four numbers measure four different things. The first already equals its maximum to three digits or more: remember that.
#
# ## Which of them can be trusted?
#
# Beside each estimate stands a **control**: data of the same size and width whose true value is known. The difference between the estimate for the control and its true value is the bias of the method. Look at it before you conclude anything from the number.

# %%
strips = [
    sanity_strip(images, estimator="kozachenko-leonenko", repeats=3, max_rows=400),
    sanity_strip(images, estimator="matrix-renyi", repeats=3, max_rows=400),
    sanity_strip(logits, estimator="predictive", repeats=3, max_rows=400),
]
show(figures.sanity(strips))

# %% [markdown]
# A few hundred features are too few to estimate their density in so many dimensions, but enough for the entropies of spectra and of answers. From here on this notebook uses only entropies that are computed exactly.
#
# ## The entropy that AME trains
#
# M holds texts and images as rows; s is each row's mean; p = softmax(s); H is the entropy of p. Making H small **moves scores apart**: rows with a high score rise, and the others fall (you will find the gradient yourself in exercise 4). With three rows the whole landscape fits in a triangle.

# %%
show(figures.simplex())

# %% [markdown]
# H is a hill. At its top all rows have the same weight, and from every starting point descent leads to the corner of the row that was ahead. H does not know which image belongs to which text.
#
# How steep is it where a real student stands? Here is a plane through the row scores of *our* student, in which the scores of two rows vary, one along each axis. It is drawn twice. On the left the window is eight units wide to each side, as raw rows allow, whose scores have no bound. On the right it is as wide as rows of length 1 allow: ±d^(−1/2), the largest mean that such a row can have.


# %%
def two_rows(scores, span):
    """The plane in which the first two scores move."""
    u, v = torch.eye(len(scores), dtype=torch.float64)[:2]
    return score_plane(scores, u=u, v=v, span=span)


def state_of(run):
    """Rows M of a run over all class texts and test images, as its AME sees them, (n, d)."""
    run.student.eval()
    with torch.no_grad():
        raw = run.student(run.student.prepare(stage.data.images[stage.test]))
        seen = F.normalize(raw, dim=1) if run.recipe.ame_input == "unit" else raw
        found = run.ame.manifold.rows(image=seen, text=stage.text_features)
    run.student.train()
    return found.double()


unit = torch.cat([texts, images]).double()
d = unit.shape[1]
planes = {"raw rows": two_rows(unit.mean(1), 8.0), f"unit rows, d = {d}": two_rows(unit.mean(1), d**-0.5)}
show(figures.score_planes(planes, axes=("change of the score of row 1", "change of the score of row 2")))

# %% [markdown]
# Note the scales. The right panel is the middle of the left one: the same hill, seen so close to its top that it is flat.
#
# ## The width decides what ω = 50 does on unit rows
#
# A unit row of width d has |s| ≤ d^(−1/2). So log n − H cannot exceed about 1/(2d), whatever is learned. The left panel shows that limit times 50, and what four *trained* manifolds reached. The right panel shows how strongly the term pulls at its own rows, and how strongly it would pull without normalization.


# %%
def follow(every=10, **changes):
    """Train with `base` changed; the run, and {step: values} with losses, metrics and the rows' weights."""
    run, seen = Distillation(dataclasses.replace(base, **changes), stage=stage, metrics_every=20), {}
    for step in run:
        if step.index % every == 0:
            s = state_of(run).mean(1)
            p = s.softmax(0)
            seen[step.index] = {**step.losses, **step.shares, **step.metrics, "heaviest_row": float(p.max())}
            seen[step.index]["rows_that_count"] = float((-(p * s.log_softmax(0)).sum()).exp())  # exp(H)
    return run, seen


widths = (16, 32, 64, 512)
by_width = {d: follow(omega=50.0, normalize="unit", manifold_dim=d) for d in widths}
pushes = {"trained unit rows": [], "the same rows, 3 times as long, not normalized": []}
for run, _ in by_width.values():
    found = state_of(run)
    pushes["trained unit rows"].append(effective_push(found, 50.0, normalize="unit"))
    pushes["the same rows, 3 times as long, not normalized"].append(effective_push(3 * found, 50.0, normalize="none"))
show(figures.omega_push(pushes))

# %% [markdown]
# The wider the rows, the lower the ceiling, and no training lifts it. Without normalization the same rows would be pulled many times as hard.
#
# What reaches the student? At its projected features the pull of 50 H can be compared with that of KD, in the same unit, at each step.

# %%
arms = {f"d = {d}": by_width[d][1] for d in (16, 64, 512)} | {"KD alone": follow()[1]}
show(
    figures.curves(
        arms, ["share.ame", "harmonic_mean"], title="The same ω = 50 at three widths", note="Unit rows. One seed."
    )
)
share = {d: [values["share.ame"] for values in by_width[d][1].values() if "share.ame" in values] for d in widths}
share = {d: sum(of) / len(of) for d, of in share.items()}
say(", ".join(f"d = {d}: **{share[d]:.1%}** of the pull is AME's" for d in widths) + ", on average over training.")
assert share[16] > share[64] > share[512]

# %% [markdown]
# So a statement such as “ω = 50” means nothing without the width and the normalization. At d = 512 the run with AME is practically the run without it.
#
# ## Raw rows collapse to one
#
# Without normalization the scores have no bound. Then the rich get richer: the row with the largest mean gets the most weight, the most weight gives the steepest slope, and H reaches its minimum of 0 with **one** row. The effective number of rows is exp(H): n when all weigh the same, 1 at the end.

# %%
long = {"omega": 50.0, "steps": 300, "schedule": "constant", "learning_rate": 3e-3}
collapse = {
    "raw rows": follow(ame_input="raw", **long)[1],
    "unit rows, d = 64": follow(normalize="unit", **long)[1],
}
panels = ["rows_that_count", "heaviest_row", "harmonic_mean"]
show(figures.curves(collapse, panels, title="ω = 50 on raw rows: one row takes the weight"))
raw, unit_rows = (list(seen.values())[-1] for seen in collapse.values())
assert raw["heaviest_row"] > 0.5 and unit_rows["rows_that_count"] > 0.9 * n
say(
    f"Of {n} rows, {number(raw['rows_that_count'], 1)} are left in effect on raw rows, and the heaviest holds "
    f"{raw['heaviest_row']:.0%} of the weight; on unit rows {unit_rows['rows_that_count']:.0f} are left."
)

# %% [markdown]
# Which row wins does not matter to H: it only asks that one of them does. In the triangle above there are three regions, one for each row that can win; here there are as many as there are rows.
#
# ## What predictive entropy does instead
#
# Predictive entropy is taken over the **classes**, for each image separately, from its similarities to the texts. It does not make rows compete. It makes answers more confident, each in the class that is already ahead, whether that is the right one or not. Watch both entropies and the accuracy.

# %%
instead = {
    "KD": arms["KD alone"],
    "KD + 0.03 predictive": follow(reading="predictive", projection="host", omega=0.03)[1],
    "KD + 0.3 predictive": follow(reading="predictive", projection="host", omega=0.3)[1],
}
panels = ["predictive_entropy", "rows_that_count", "harmonic_mean"]
show(figures.curves(instead, panels, title="Sure answers, and no row collapses"))
sure = [list(seen.values())[-1]["predictive_entropy"] for seen in instead.values()]
assert sure[0] > sure[1] > sure[2]
ends = [list(seen.values())[-1]["harmonic_mean"] for seen in instead.values()]
assert ends[0] > max(ends[1:])
assert all(list(seen.values())[-1]["rows_that_count"] > 0.9 * n for seen in instead.values())

# %% [markdown]
# The rows stay as they are, and the answers become more confident, and more so with the larger weight. That does not make them better: in the last panel, both students end below plain KD. So the reading of “entropy” and its weight matter as much as any other choice here, and their effect has to be measured, with several seeds and intervals, in the setting where they will be used.

# %% [markdown] tags=["exercise"]
# ## Exercises
#
# 5 exercises, about 31 minutes in all. Put your answer in place of `...`, or mend the code that stands there, and run the cell: the check says what is not right yet. Stuck? `teach.hint("effective_rows")` in a new cell gives a hint, and each further call one more. Solutions are folded below each exercise.

# %% tags=["exercise"]
import math

import torch
from torch.nn import functional as F

from ame_explore import Recipe, teach

# %% [markdown] tags=["exercise"]
# ### Exercise 1: How many rows are left?
#
# *write the missing line · 5 minutes · easy*
#
# The effective number of rows of $M$ is $e^{H(M)}$: $n$ if all rows weigh the same, 1 if one row has all the weight. Write it, from the matrix: a row's score is its mean, and the softmax runs over the rows.


# %% tags=["exercise"]
def effective_rows(M):
    """exp(H) of the softmax over the row means of M, (rows, columns)."""
    p = M.mean(1).softmax(0)
    return ...  # your line


teach.check("effective_rows", effective_rows)

# %% [markdown] tags=["exercise"]
# <details><summary>Solution</summary>
#
# ```python
# def effective_rows(M):
#     """exp(H) of the softmax over the row means of M, (rows, columns)."""
#     p = M.mean(1).softmax(0)
#     return (-(p * p.log()).sum()).exp()
# ```
#
# Entropy in nats is a logarithm, so its exponential counts: $k$ rows that share the weight equally have $H = \log k$, and $e^H = k$.
#
# </details>

# %% [markdown] tags=["exercise"]
# ### Exercise 2: What can ω = 50 do on unit rows?
#
# *predict, then run · 5 minutes · hard*
#
# The rows of $M$ have length 1 and 512 columns; there are 42 of them. Then no score (the mean of a row) can be larger than $512^{-1/2}$ or smaller than $-512^{-1/2}$. How large can $50\,(\log 42 - H(M))$ become, in nats, if all rows may be chosen freely? Within a factor of 1.5 is good enough.

# %% tags=["exercise"]
unit_push = ...  # nats

teach.check("unit_push", unit_push)

# %% tags=["exercise"]
import math

import torch

from ame_explore import row_entropy


def experiment():
    n, limit = 42, 512**-0.5
    reached = []
    for above in range(n + 1):  # so many rows at the upper limit, the others at the lower one
        scores = torch.full((n,), -limit, dtype=torch.float64)
        scores[:above] = limit
        reached.append(50 * (math.log(n) - float(row_entropy(scores))))
    most = max(reached)
    print(f"scores up to {limit:.4f}: at most {most:.4f} nats, with {reached.index(most)} of {n} rows on top")
    return most


if unit_push is ...:
    print("First write your prediction into the cell above.")
else:
    happened = experiment()


# %% [markdown] tags=["exercise"]
# <details><summary>Solution</summary>
#
# ```python
# unit_push = 0.05
# ```
#
# Near equal weights $\log n - H \approx \mathrm{Var}(s)/2$. Scores between $-a$ and $a$ have a variance of at most $a^2 = 1/d$, so $50 \cdot \frac{1}{2d} \approx 0.05$ nats. Whatever the projections learn, the term can hardly move.
#
# </details>

# %% [markdown] tags=["exercise"]
# ### Exercise 3: An entropy over the wrong things
#
# *find the fault · 5 minutes · medium*
#
# This should be the **predictive entropy**: how unsure the student is of each image, as a mean over images. For students who are completely sure of every image it stays high all the same. Find the fault and mend it.


# %% tags=["exercise"]
def answer_entropy(logits):
    """Mean over images of the entropy of the answers, in nats; logits (images, classes)."""
    p = logits.softmax(0)
    return -(p * p.log()).sum(0).mean()


teach.check("answer_entropy", answer_entropy)

# %% [markdown] tags=["exercise"]
# <details><summary>Solution</summary>
#
# ```python
# def answer_entropy(logits):
#     """Mean over images of the entropy of the answers, in nats; logits (images, classes)."""
#     p = logits.softmax(1)
#     return -(p * p.log()).sum(1).mean()
# ```
#
# One image's answer is one row; its probabilities over the *classes* sum to 1. The fault took the softmax over the images of a class, which makes images rivals, as H(M) does with the rows of M. Same formula, another quantity.
#
# </details>

# %% [markdown] tags=["exercise"]
# ### Exercise 4: Which rows does H push up?
#
# *write the missing line · 8 minutes · hard*
#
# Write the gradient of $H$ with respect to the scores $s$ (not with respect to the weights $p$), and look at its sign: which rows rise when $H$ is made smaller?


# %% tags=["exercise"]
def score_gradient(scores):
    """dH/ds of H = -sum p log p with p = softmax(scores), a tensor of shape (n,)."""
    p = scores.softmax(0)
    H = -(p * p.log()).sum()
    return ...  # your line


teach.check("score_gradient", score_gradient)

# %% [markdown] tags=["exercise"]
# <details><summary>Solution</summary>
#
# ```python
# def score_gradient(scores):
#     """dH/ds of H = -sum p log p with p = softmax(scores), a tensor of shape (n,)."""
#     p = scores.softmax(0)
#     H = -(p * p.log()).sum()
#     return -p * (p.log() + H)
# ```
#
# By the chain rule through the softmax, $\partial H/\partial s_t = -p_t(\log p_t + H) = -p_t (s_t - \bar s)$, with $\bar s = \sum_j p_j s_j$. Descent raises the rows above the weighted mean and lowers the others: the rich get richer.
#
# </details>

# %% [markdown] tags=["exercise"]
# ### Exercise 5: A low H that has nothing to do with alignment
#
# *design the experiment · 8 minutes · medium*
#
# Would a low $H(M)$ show that images and texts are aligned? Design a counterexample: three texts and six images, of any width, where image $i$ belongs to text $i \bmod 3$. The table $M$ of all nine rows must have $H(M) < 0.1$ nats, and yet *no* image may be nearest, by cosine, to its own text.

# %% tags=["exercise"]
low_but_lost = {
    "texts": ...,  # a tensor (3, d)
    "images": ...,  # a tensor (6, d)
}

teach.check("low_but_lost", low_but_lost)

# %% [markdown] tags=["exercise"]
# <details><summary>Solution</summary>
#
# ```python
# low_but_lost = {
#     "texts": torch.diag(torch.tensor([90.0, 1.0, 1.0])),
#     "images": torch.eye(3).roll(1, 0).repeat(2, 1),
# }
# ```
#
# $H$ needs one long row with a large mean, and any row will do. Who is near to whom is decided by directions, which a row mean does not see. So $H$ can be minimal while every image lies at a wrong text.
#
# </details>

# %% [markdown]
# ## Where to go next
#
# - **[`04_landscapes`](04_landscapes.ipynb)** is the next step: the same quantities as landscapes over weights and features.
# - Change `normalize` to `"layer"`: each row's mean is then 0, H is exactly log n, and its gradient is zero.
# - Give `follow` another `reading`: `"spectral"` is the von Neumann entropy of M. Which width makes ω = 50 pull as hard as KD?
