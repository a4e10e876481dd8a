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
# # Landscapes: a walk through what a student minimizes
#
# A loss is a landscape over more dimensions than anyone can see. But one can look at slices of it, along a line or a plane. There are three kinds of slices:
#
# 1. through the **weights** of a student: where training went, and what lies between a student with AME and one without;
# 2. through the **features**: on the way from an image to its caption and to another image, where do answers become uncertain?
# 3. through the **scores** of the rows; these are in [Entropy](03_entropy.ipynb).
#
# - **Aim:** read a slice of a landscape, know what it hides, and find where in the features answers become uncertain.
# - **You need:** [`01_distillation`](01_distillation.ipynb) and [`03_entropy`](03_entropy.ipynb).
# - **Time:** 30 minutes at your seat without the exercises; the cells compute for 30 s.
#
# Each picture is coarse at first and gets finer while you look. Choose **Run → Run All Cells** and read along.

# %%
import dataclasses
import tempfile
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

from ame_explore import AMELoss, Distillation, Recipe, Run, check, digits, figures
from ame_explore.ame import initialize
from ame_explore.analysis import (
    Classification,
    Evaluator,
    Objective,
    Surroundings,
    barrier,
    distillation_objective,
    feature_field,
    geodesic,
    line_between,
    plane_through,
    random_slice,
    trajectory_slice,
)
from ame_explore.analysis.landscapes.scan import frame
from ame_explore.analysis.landscapes.scan import landscape as evaluate
from ame_explore.data import PairedFeatures
from ame_explore.training import Stage
from ame_explore.widgets.notebook import say, show
from ame_explore.widgets.views.field_view import FieldView
from ame_explore.widgets.views.landscape_view import LandscapeView

torch.set_num_threads(1)  # tensors are tiny here: a second thread would only get in the way
check()

# %% [markdown]
# ## Two students, recorded
#
# Both start from the same weights, with the same teacher and the same few images. One minimizes KD, the other KD plus 50 times the entropy of the rows of M, on raw rows (the reading in the reviews). Every fifth step their weights are recorded in a Run.

# %%
folder = Path(tempfile.mkdtemp())
base = Recipe(data="emoji", host="projector", shots=16, steps=100, learning_rate=1e-2)
arms = {"KD": dataclasses.replace(base, omega=0.0), "KD + AME": dataclasses.replace(base, omega=50.0)}
stage = Stage.for_recipe(base)  # the teacher comes with the package
trained, runs = {}, {}
for arm, recipe in arms.items():
    trained[arm] = Distillation(recipe, stage=stage)
    with Run.recorder(folder / arm.replace(" ", ""), recipe=recipe.to_dict()) as record:
        for step in trained[arm]:
            state = trained[arm].state_dict() if step.index % 5 == 0 else None
            record.log(step.index, losses=step.losses, metrics=step.metrics, state=state)
    runs[arm] = Run.open(folder / arm.replace(" ", ""))
runs["KD + AME"]

# %% [markdown]
# ## Where training went
#
# The recorded weights are points in a space of thousands of dimensions. Their two principal directions span the plane in which training moved most. The line above the figure says how much of the motion lies in this plane; the rest cannot be seen here.
#
# Loss, KD, H, predictive entropy and accuracy are evaluated on the test images at every point of a grid. The time this takes is estimated first.

# %%
run = runs["KD + AME"]
objective = distillation_objective(trained["KD + AME"])
states = [run.state(step) for step in run.state_steps]
plane = trajectory_slice(objective.module, states, steps=run.state_steps, prefix="student.")
low, high = frame(plane.path)
evaluator = Evaluator(objective, plane)
view = LandscapeView(evaluator, grid=25, low=low, high=high, run=run, keep="trajectory")
view

# %%
print(f"The plane holds {sum(plane.explained):.1%} of the squared motion: {plane.explained[0]:.1%} along its first")
print(f"direction, {plane.explained[1]:.1%} along its second.")
newest = view.result()  # of what is known so far

# %% [markdown]
# When the last point has been evaluated, the landscape is saved in the Run: it is part of the Run when you pack it, and can be read again without evaluating anything. **Run All** reaches this cell before the view above has finished: run the cell again when the view says *Kept in the run*.

# %%
print("kept in the run:", ", ".join(run.landscape_names) or "nothing yet, the landscape is still being evaluated")

# %% [markdown]
# ## The plane through both students
#
# Three points span a plane: here the untrained student and the two trained ones. Do the two trained students lie in the same valley?

# %%
start, kd, ame = runs["KD"].state(0), runs["KD"].state(100), runs["KD + AME"].state(100)
through = plane_through(objective.module, start, kd, ame, prefix="student.")
three = evaluate(Evaluator(objective, through), grid=25, low=-0.3, high=1.3)
show(figures.landscape(three, names=["kd", "H", "accuracy"], labels=["untrained", "KD", "KD + AME"]))
assert float(three.values["H"].max()) < 1e-3

# %% [markdown]
# Both trained students stand on low ground of KD. $H$ is next to 0 all over this plane: AME's own projections hold it down, wherever the student is.
#
# ## Is there a barrier between them?
#
# On the straight line between the two trained students, how far does KD rise above the line between its values at the ends? That is the *barrier*. If it is nearly 0, the two are *linearly mode-connected*: they lie in one valley.

# %%
between = evaluate(Evaluator(objective, line_between(objective.module, kd, ame, prefix="student.")), grid=41, low=0.0)
show(figures.landscape_line(between, ends=("KD", "KD + AME"), names=["kd", "H", "accuracy"]))
found = barrier(between, "kd")
say(f"Barrier of KD on the way: **{found.height:.4f}**, between ends of {found.start:.3f} and {found.end:.3f}.")
assert found.height < 0.1 * max(found.start, found.end) < 0.1 * 0.5 * float(three.values["kd"].max())

# %% [markdown]
# A teacher usually has another architecture than its student, and then no line of weights joins them. If both have the same architecture, one does. Here a small network, the teacher, learns labels from features. Another, with the same architecture but other initial weights, learns the teacher's answers. The line leads from student to teacher.

# %%
features = stage.teacher_features(stage.data.images[stage.test])
labels = stage.data.labels[stage.test]


def learn(network, inputs, answers, *, seed, rate, steps):
    """Train a network, whose weights begin with `seed`, to give `answers` (classes, or their probabilities)."""
    initialize(network, torch.Generator().manual_seed(seed))
    optimizer = torch.optim.Adam(network.parameters(), rate)
    for _ in range(steps):
        optimizer.zero_grad()
        F.cross_entropy(network(inputs), answers).backward()
        optimizer.step()
    return network


def head():
    """A small network from features to classes."""
    return nn.Sequential(nn.Linear(features.shape[1], 48), nn.ReLU(), nn.Linear(48, stage.data.num_classes))


# %%
teacher = learn(head(), features, labels, seed=0, rate=0.01, steps=100)
pupil = learn(head(), features, teacher(features).detach().softmax(1), seed=1, rate=0.01, steps=100)
joined = line_between(pupil, pupil.state_dict(), teacher.state_dict())
line = evaluate(Evaluator(Objective(pupil, features, Classification(labels)), joined), grid=41, low=0.0)
show(figures.landscape_line(line, ends=("student", "teacher"), title="From a student to a teacher of the same form"))
for name in ("loss", "predictive_entropy"):
    start, *_, end = line.values[name].tolist()
    assert line.values[name][20] > max(start, end), name

# %% [markdown]
# Both give similar answers, yet halfway between their weights the loss is higher than at both ends and the answers are less certain: the student copied the function, not the weights. Between KD and KD + AME, which started from the same weights, KD hardly rises above the line between its ends, as the barrier above says.

# %% [markdown]
# ## Random directions, and a network of convolutions
#
# Here is another network, of convolutions, that learns handwritten digits; their images of 8 × 8 pixels are quick to evaluate. Random directions, scaled filter by filter to the length of the weights, show how wide the valley is. A plane takes longer for a convolutional network. So the time is **estimated from a few points before the evaluation starts**; above ten seconds the view waits for you to press *Start*. *Cancel* stops at any time and keeps the points evaluated so far.

# %%
cnn = nn.Sequential(
    nn.Conv2d(1, 8, 3, padding=1), nn.GroupNorm(2, 8), nn.ReLU(), nn.Conv2d(8, 16, 3, stride=2, padding=1),
    nn.GroupNorm(4, 16), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, 10),
)  # fmt: skip
written = digits()
images, numerals = (of[written.indices("test")] for of in (written.images, written.labels))
learn(cnn, images, numerals, seed=0, rate=0.02, steps=60)
around = Evaluator(Objective(cnn, images, Classification(numerals)), random_slice(cnn, seed=0))
cnn_view = LandscapeView(around, grid=25, names=["loss", "predictive_entropy", "accuracy"])
print(f"predicted: {'less than' if cnn_view.seconds < 30 else 'more than'} 30 seconds")
cnn_view

# %%
cnn_landscape = cnn_view.result()  # of what is known so far

# %% [markdown]
# Loss and predictive entropy are two landscapes, not one: away from the student's weights, answers can be confident and wrong.
#
# ## Through the features: from an image to its caption, and to another image
#
# Features of images and texts lie on one sphere. On the great circle from an image to the text of its class, answers should change little; on the way to an image of another class, they must become uncertain somewhere. That place is the **ridge**. H of the rows, one of which is the moving point, is drawn beside it. Note the scale of its axis.

# %%
where, samples, classes = stage.test, features, labels  # of the teacher
width = samples.shape[1]
loss = AMELoss(image_dim=width, text_dim=width, manifold_dim=64, generator=torch.Generator().manual_seed(0))
surroundings = Surroundings(stage.text_features, stage.logit_scale, loss, samples[:20])
names = [stage.data.captions[index] for index in where.tolist()]
corners = ("fox", "hamburger", "rocket")
fox, hamburger, rocket = (names.index(name) for name in corners)
ways = {
    "fox to its caption": geodesic(samples[fox], stage.text_features[classes[fox]], surroundings),
    "fox to hamburger": geodesic(samples[fox], samples[hamburger], surroundings),
}
show(figures.geodesics(ways, texts=stage.data.class_texts))
along = ways["fox to hamburger"]
assert len(ways["fox to its caption"].nearest.unique()) == 1
assert 0.2 < along.ridge < 0.8 and float(along.H.max() - along.H.min()) < 1e-4

# %% [markdown]
# On the way to its own caption the fox stays a mammal. On the way to the hamburger the answers are least certain near the middle. $H$ does not notice: it stays the same to four digits.
#
# ## Who lives on a ridge?
#
# Here is a plane through a fox, a hamburger and a rocket, with predictive entropy as its height. **Click** a place: the samples nearest to it appear below. Then change the **ambiguity**: every image is blended part of the way towards one that the teacher easily takes it for, and the samples move.

# %%
field = feature_field(samples[fox], samples[hamburger], samples[rocket], surroundings, grid=41)


def features_at(ambiguity):
    """The teacher's features of the test images at this ambiguity."""
    drawn = stage.teacher_features(stage.data.images_at(where, ambiguity=ambiguity))
    texts = stage.text_features
    facts = {"ids": where, "labels": classes, "texts": stage.data.class_texts, "logit_scale": stage.logit_scale}
    return PairedFeatures(image=drawn, text=texts, pair_index=classes, **facts)


def pictures_at(ids, ambiguity):
    """The images with these ids."""
    return stage.data.images_at(ids, ambiguity=ambiguity)


field_view = FieldView(field, features_at, pictures_at, corners=corners)
field_view

# %% [markdown]
# The same in static pictures: the plane, and where the samples lie when they are ambiguous.

# %%
texts = stage.data.class_texts
show(figures.data_field(field, texts=texts, corners=corners, features=features_at(0.0)))
title = "The same plane, the samples 0.9 of the way to ambiguity"
show(figures.data_field(field, texts=texts, corners=corners, features=features_at(0.9), title=title))


# %%
def unsure(found):
    """Mean predictive entropy of samples, nats."""
    return float(surroundings.read(F.normalize(found.image.double(), dim=1))[0].mean())


moved = {ambiguity: unsure(features_at(ambiguity)) for ambiguity in (0.0, 0.5, 0.9)}
words = ", ".join(f"{value:.2f} nats at {ambiguity}" for ambiguity, value in moved.items())
say(f"Mean predictive entropy of the test images by ambiguity: {words}.")
assert list(moved.values()) == sorted(moved.values())

# %% [markdown] tags=["exercise"]
# ## Exercises
#
# 4 exercises, about 27 minutes in all. Put your answer in place of `...`, or mend the code that stands there, and run the cell: the check says what is not right yet. Stuck? `teach.hint("filter_direction")` in a new cell gives a hint, and each further call one more. Solutions are folded below each exercise.

# %% tags=["exercise"]
import math

import torch
from torch.nn import functional as F

from ame_explore import Recipe, teach

# %% [markdown] tags=["exercise"]
# ### Exercise 1: Scale a direction, filter by filter
#
# *write the missing line · 8 minutes · medium*
#
# Random directions only show the width of a valley if their size fits the weights. **Filter normalization** (Li et al. 2018) scales each filter of the direction to the length of the same filter of the weights. Write it for the weights of a convolution, where dimension 0 counts the filters.


# %% tags=["exercise"]
def filter_direction(weights, direction):
    """direction with the filters' lengths of weights; both (filters, inputs, height, width)."""
    wanted = weights.flatten(1).norm(dim=1)
    has = direction.flatten(1).norm(dim=1)
    return ...  # your line


teach.check("filter_direction", filter_direction)

# %% [markdown] tags=["exercise"]
# <details><summary>Solution</summary>
#
# ```python
# def filter_direction(weights, direction):
#     """direction with the filters' lengths of weights; both (filters, inputs, height, width)."""
#     wanted = weights.flatten(1).norm(dim=1)
#     has = direction.flatten(1).norm(dim=1)
#     return direction * (wanted / has)[:, None, None, None]
# ```
#
# Each filter of the direction keeps where it points and gets a new length. Weights that are ten times as large then get steps that are ten times as large.
#
# </details>

# %% [markdown] tags=["exercise"]
# ### Exercise 2: Is a sharp valley sharp?
#
# *predict, then run · 5 minutes · medium*
#
# In a network of two layers with ReLU and no biases, multiply the first layer's weights by 10 and divide the second layer's by 10. The outputs stay the same for every input. Now take a random step away from the weights, first a *raw* one (random numbers of a fixed size), then one that is *normalized* filter by filter. In which plane does the valley look different from before?

# %% tags=["exercise"]
sharper = ...  # "the raw plane", "the normalized plane", "both" or "neither"

teach.check("sharper", sharper)

# %% tags=["exercise"]
import torch


def experiment():
    generator = torch.Generator().manual_seed(0)
    x, y = torch.randn(64, 8, generator=generator), torch.randn(64, 3, generator=generator)
    first, second = torch.randn(16, 8, generator=generator), torch.randn(3, 16, generator=generator)
    steps = [torch.randn(layer.shape, generator=generator) for layer in (first, second)]

    def loss(layers, normalized=None):
        moved = list(layers)
        if normalized is not None:
            for i, (layer, step) in enumerate(zip(layers, steps, strict=True)):
                lengths = layer.norm(dim=1, keepdim=True) / step.norm(dim=1, keepdim=True) if normalized else 1.0
                moved[i] = layer + 0.2 * lengths * step
        return float(((x @ moved[0].T).relu() @ moved[1].T - y).square().mean())

    networks = {"before": (first, second), "rescaled": (10 * first, second / 10)}
    different = []
    for plane, normalized in {"no step": None, "the raw plane": False, "the normalized plane": True}.items():
        found = {name: loss(layers, normalized) for name, layers in networks.items()}
        print(f"loss, {plane}: {', '.join(f'{name} {value:.3f}' for name, value in found.items())}")
        if abs(found["before"] - found["rescaled"]) > 0.01 * found["before"]:
            different.append(plane)
    return "both" if len(different) == 2 else different[0] if different else "neither"


if sharper is ...:
    print("First write your prediction into the cell above.")
else:
    happened = experiment()
    print("different:", happened)


# %% [markdown] tags=["exercise"]
# <details><summary>Solution</summary>
#
# ```python
# sharper = "the raw plane"
# ```
#
# The function is the same, so nothing about how well it generalizes can have changed. But a raw step of fixed size is now large for the second layer and small for the first (Dinh et al. 2017). A normalized step grows and shrinks with the weights. So widths of valleys can be compared between networks after normalization only, and then with care.
#
# </details>

# %% [markdown] tags=["exercise"]
# ### Exercise 3: A barrier where there is none
#
# *find the fault · 6 minutes · medium*
#
# The barrier on the way between two students is how far the loss rises *above the straight line between its values at the two ends*. This function finds a barrier even on a way that only goes steadily uphill. Mend it.


# %% tags=["exercise"]
def barrier_height(values):
    """Barrier of a loss on a way between two students; values (n,), at equal steps, both ends included."""
    return values.max() - values[0]


teach.check("barrier_height", barrier_height)

# %% [markdown] tags=["exercise"]
# <details><summary>Solution</summary>
#
# ```python
# def barrier_height(values):
#     """Barrier of a loss on a way between two students; values (n,), at equal steps, both ends included."""
#     line = values[0] + (values[-1] - values[0]) * torch.linspace(0, 1, len(values))
#     return (values - line).max()
# ```
#
# One end may simply be the better student. Measured from the line between both, a steady slope has no barrier, a valley has none either (the line is reached at the ends), and the result is the same in both directions.
#
# </details>

# %% [markdown] tags=["exercise"]
# ### Exercise 4: Walk on the sphere, at a steady pace
#
# *write the missing line · 8 minutes · hard*
#
# Features lie on a sphere, so the way from an image to its caption should, too. Write the point that lies a share $t$ of the way along the great circle from $a$ to $b$, both of length 1 and at an angle $\theta$ between them. The pace must be steady: half of the way is half of the angle.


# %% tags=["exercise"]
def great_circle(a, b, t):
    """The point a share t of the way from a to b along the sphere; a and b (d,), of length 1."""
    theta = (a @ b).arccos()
    return ...  # your line


teach.check("great_circle", great_circle)

# %% [markdown] tags=["exercise"]
# <details><summary>Solution</summary>
#
# ```python
# def great_circle(a, b, t):
#     """The point a share t of the way from a to b along the sphere; a and b (d,), of length 1."""
#     theta = (a @ b).arccos()
#     return ((1 - t) * theta).sin() / theta.sin() * a + (t * theta).sin() / theta.sin() * b
# ```
#
# This is spherical interpolation (Shoemake 1985). A straight line leaves the sphere. Bringing its points back to length 1 stays on the great circle, but is slow near the ends and fast in the middle.
#
# </details>

# %% [markdown]
# ## Where to go next
#
# - **[`05_bounds`](05_bounds.ipynb)** is the next step: what a theorem promises about a student, beside what is measured.
# - Draw the plane through the students for another reading (`reading="predictive", projection="host"`).
# - Use `vectors="norm"` in `random_slice`: biases and norms then move too.
# - Click the brightest place of the field: would you call its samples ambiguous?
