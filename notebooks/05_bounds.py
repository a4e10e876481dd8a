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
# # Bounds: what a theorem promises, beside what is measured
#
# The paper behind AME claims “a tighter generalization error bound”. This notebook asks what that means, and whether it is true. You will compare every term of several bounds with the quantity that they bound, first in a tiny world where all answers are exact, then on real distilled students. At the end you can say in one sentence what the paper's theorem shows and what it does not.
#
# - **Aim:** say what the paper's theorem shows and what it does not, and know which bounds can be trusted here.
# - **You need:** [`00_tour`](00_tour.ipynb); [`03_entropy`](03_entropy.ipynb) for the two entropies.
# - **Time:** 40 minutes at your seat without the exercises; the cells compute for 45 s.
#
# A few terms first.
#
# - The **loss** here is 1 for a wrong answer and 0 for a right one, so a mean loss is an error rate. The **training loss** is the mean over the images that a student learned from, the **expected loss** the mean over all images there could be.
# - The **gap** is expected loss − training loss: how much worse a student is on new images than on its own.
# - A **bound** is a number that the expected loss (or the gap) cannot exceed, under **assumptions**, often only “with probability 95%” or “on average over samples”.
# - A bound of 1 or more on such a loss says nothing at all, because no loss exceeds 1. It is called **vacuous**.
#
# Choose **Run → Run All Cells** and read along.

# %%
import dataclasses
import math

import torch

from ame_explore import Recipe, check, figures
from ame_explore.analysis.bounds import (
    coin_students,
    draw_sample,
    know,
    know_supersample,
    parting,
    small_world,
    students_bounds,
    study_bounds,
)
from ame_explore.training import Stage
from ame_explore.widgets.notebook import browse, say, show, table
from ame_explore.widgets.views.bounds_view import BoundsView

torch.set_num_threads(1)  # tensors are tiny here: a second thread would only get in the way

SEEDS = 4  # students for each arm and setting; more seeds, narrower intervals
check()

# %% [markdown]
# ## 1. A world in which every answer is known
#
# The world has three images, two classes with a fifth of the labels wrong, and eight rules, one for each way to label the images. A learner sees a sample of n labelled images and draws a rule at random, preferring rules that make few errors on the sample; **beta** sets how strongly. There are so few samples that all of them can be listed. So the gap, and every term of every bound, is computed exactly.
#
# - **Xu and Raginsky (2017):** |gap| ≤ √(I(S;W) / 2n), on average. *I(S;W)* is how much, in nats, the rule reveals about the sample. A learner that remembers little cannot overfit much.
# - **Corollary 2, repaired:** |gap| ≤ √((H(M) + I(θ;S|M)) / 2n), what remains of the paper's Corollary 2 when it is derived with care. *H(M)* is the **Shannon entropy** of the manifold M: how uncertain M is before the sample is drawn. Since I(S;W) ≤ H(M) + I(θ;S|M), the bound holds, and is **never tighter than Xu and Raginsky's**.
# - **As published:** the same formula with a different entropy under the same letter, the one that AME trains: that of a softmax over the rows of *one* M.
#
# Move **beta**: the gap and Xu and Raginsky's bound rise together, while the repaired bound hardly moves. Then move the **scale of M's rows**, which multiplies every row by a number. The rows carry exactly the same information as before, so the gap, the information and Shannon's H(M) stay the same. The trained entropy does not.

# %%
WORLD = small_world()
NS = (1, 2, 3, 4)


def world_drawing(beta, scale):
    """The bounds of the known world over n."""
    known = [know(WORLD, n, beta, scale=scale) for n in NS]
    drawn = {
        "Xu and Raginsky": [each.xu_raginsky for each in known],
        "Corollary 2, repaired": [each.repaired for each in known],
        "as published: no bound": [each.as_published for each in known],
    }
    exact = [(each.gap, each.gap, each.gap) for each in known]
    title = f"The known world: beta = {beta:g}, rows times {scale:g}"
    return figures.bounds_over(NS, drawn, over="sample size n", measured=exact, title=title)


choices = {"beta": [0, 1, 2, 4, 8, 16, 32, 64], "rows times": [0.01, 0.1, 1.0, 10.0, 100.0]}
browse(world_drawing, choices, first=(16, 1.0))

# %% [markdown]
# The formulas above, for n = 4 and beta = 16, beside what the package computes from the list of all samples:

# %%
n, known = 4, know(WORLD, 4, 16.0)
xu_raginsky = math.sqrt(known.information / (2 * n))
repaired = math.sqrt((known.entropy + known.conditional) / (2 * n))
assert math.isclose(xu_raginsky, known.xu_raginsky.value) and math.isclose(repaired, known.repaired.value)
assert known.gap <= xu_raginsky <= repaired
print(f"gap {known.gap:.3f} <= Xu and Raginsky {xu_raginsky:.3f} <= Corollary 2, repaired {repaired:.3f}")

# %% [markdown]
# The same in numbers, for n = 4 and beta = 16. Only the trained H changes with the scale, and with it “as published”. At the last scale “as published” lies **below the gap**, so it is not a bound.

# %% tags=["keep-output"]
table(
    [
        {
            "rows times": f"{scale:g}",
            "gap": f"{each.gap:.3f}",
            "I(S;W)": f"{each.information:.3f}",
            "Shannon H(M)": f"{each.entropy:.3f}",
            "I(theta;S|M)": f"{each.conditional:.3f}",
            "repaired": f"{each.repaired.value:.3f}",
            "trained H": f"{each.trained_entropy:.3f}",
            "as published": f"{each.as_published.value:.3f}",
        }
        for scale, each in zip((0.01, 1.0, 10.0, 100.0), parting(WORLD, 4, 16.0), strict=True)
    ]
)

# %% [markdown]
# Here the two entropies differ. **Shannon's H(M)** belongs to the distribution of M over samples and learners; nobody can read it from one training run. **The trained H** belongs to the rows of one M and says how evenly the softmax of their scores is spread. Making the second small does not make the first small.
#
# One more kind of bound can be computed exactly here. In the **CMI setting** (Steinke and Zakynthinou 2020) there are n *pairs* of images, and a fair coin decides which one of each pair is used for training. If the student's errors reveal nothing about the coins, it does not overfit. **f-CMI** (Harutyunyan et al. 2021) measures this pair by pair, which makes it the only information bound here that can be computed for real networks, given enough students.

# %% tags=["keep-output"]
rows = []
for b in (0.0, 2.0, 8.0, 32.0):
    setting = know_supersample(WORLD, 2, b)
    known = know(WORLD, 2, b)
    rows.append(
        {
            "beta": f"{b:g}",
            "gap": f"{setting.gap:.3f}",
            "f-CMI": f"{setting.f_cmi:.3f}",
            "CMI": f"{setting.cmi.value:.3f}",
            "Xu and Raginsky": f"{known.xu_raginsky.value:.3f}",
            "Corollary 2, repaired": f"{known.repaired.value:.3f}",
        }
    )
table(rows)

# %% [markdown]
# Every bound holds. Xu and Raginsky's is the tightest here, where I(S;W) can be computed exactly. For a real network it cannot, and with real-valued weights it is usually infinite; that leaves f-CMI, which is never above CMI.
#
# ## 2. Real students
#
# Now the handwritten digits. A student learns from n images that neither the teacher nor the backbone has seen, drawn at random from all ten classes. 100 others are its test set, and the rest are used to measure the expected loss.
#
# Each bar is a bound, stacked from its terms. The green line is what was measured, the diamonds are plain KD. The assumptions are listed below each bar: ✓ holds, ? not checked, ✗ violated here.

# %%
RECIPE = Recipe(host="projector", steps=100)
stage = Stage.for_recipe(RECIPE)
arms = [dataclasses.replace(RECIPE, omega=0.0), RECIPE]  # KD, and KD + AME as reported: omega 50
sample = draw_sample(stage, 128, seed=0)
kd, ame = students_bounds(stage, arms, [sample, sample])
others = {name: bound.value for name, bound in kd.bounds.items()}
show(figures.bound_inspector(list(ame.bounds.values()), measured=ame.gap.measured, beside=("KD", others)))

# %% [markdown]
# How to read it:
#
# - The **test-set bounds** are the honest baseline: set 100 images aside, count errors, add a margin for chance. No other bound comes near them here.
# - **PAC-Bayes** bounds the loss of a student whose weights are perturbed by noise; the vertical mark is the measured loss of such students. The bound grows with the distance from the trained weights to a *prior* that was fixed before. From the **initialization** that distance is far too large for n images, and the bound is vacuous. From a prior learned on **held-out data**, half of the sample, it is shorter, but then only the other half counts as the sample.
# - **The paper's delta and epsilon**: delta is measured, epsilon = I(θ;S|M) cannot be measured for such a network, and the formula is not a bound.
#
# In practice students learn from *k shots a class* of the *base* classes and are tested on new classes too. Then two assumptions break, and no bound that needs them says anything:

# %% tags=["keep-output"]
shots = draw_sample(stage, 20, seed=0, protocol="shots")
for assumption in shots.assumptions:
    print(f"{assumption.state:13}  {assumption.name}\n               {assumption.test}")

# %% [markdown]
# ## 3. Is it tighter?
#
# Here are KD and KD + AME over the number of training images. For each seed, both arms share images, initial weights and the order of batches.

# %%
over_n = study_bounds(stage, RECIPE, "n", (16, 64, 256), seeds=SEEDS, draws=30)
show(figures.bounds_beside(over_n))

# %% [markdown]
# More images make both students better, and the test-set bounds follow the measured loss down. Bounds at the top of a panel say nothing.
#
# Next is the difference over paired seeds, with its 95% interval. The two rows on top show the change of the measured loss and gap. Which bounds change in the same direction? A blue cell in the last row means that the published formula calls AME *tighter*.

# %%
show(figures.bounds_paired(over_n))
kd_loss, ame_loss = ([each.mean for each in over_n.measured("loss", arm)] for arm in over_n.arms)
delta = next(name for name in over_n.names if "delta" in name)
assert all(ours > plain for plain, ours in zip(kd_loss, ame_loss, strict=True))
assert kd_loss[0] > kd_loss[-1] and ame_loss[0] > ame_loss[-1]  # more images, better students
assert "lower" in [change.verdict for change in over_n.paired(delta)]
lower = [name for name in over_n.names if "lower" in [change.verdict for change in over_n.paired(name)]]
assert all(name == delta or over_n.empty(name, "KD + AME") for name in lower)

# %% [markdown]
# With AME the measured loss is higher at every n, and no bound below 1 is tighter. Only the published formula says the opposite.
#
# Over omega, at a tenth of the reported value and at the reported value:

# %%
over_omega = study_bounds(stage, RECIPE, "omega", (5.0, 50.0), n=64, seeds=SEEDS, draws=30)
show(figures.bounds_paired(over_omega, title="Does more AME make the bounds tighter?"))
lower = [name for name in over_omega.names if "lower" in [change.verdict for change in over_omega.paired(name)]]
assert all("delta" in name or over_omega.empty(name, "KD + AME") for name in lower) and lower

# %% [markdown]
# At both weights, too, no bound below 1 is tighter. Again only the published formula calls AME tighter.
#
# And over the number of training steps, at a constant learning rate:

# %%
steady = dataclasses.replace(RECIPE, schedule="constant")
over_steps = study_bounds(stage, steady, "steps", (10, 30, 100), n=64, seeds=3, draws=30)
show(figures.bounds_beside(over_steps, title="Which bound follows the loss while the student learns?"))

# %% [markdown]
# A small gap does not make a good student. A student that learns nothing has no gap at all, and a bound on the *gap* rewards that. This is why the measured loss is shown beside it.
#
# ## 4. f-CMI: hundreds of students for one number
#
# We toss the coins of 64 pairs 100 times, train a student for each toss, and estimate how much the students' errors reveal about the coins. Even if they revealed nothing, the estimate from so few tosses would be above zero: this is its **bias**, which is part of the bar. (With `supersamples=5, draws=400` this takes half a minute, and the bias is half as large.)

# %%
tossed = coin_students(stage, arms[0], n=64, supersamples=3, draws=100)
gap = (tossed.gap.mean, tossed.gap.low, tossed.gap.high)
show(figures.bound_inspector([tossed.bound], measured={"gap": gap}, title="f-CMI of plain KD, n = 64"))
say(f"f-CMI bounds the measured expected gap here: **{'yes' if tossed.follows else 'no'}**.")

# %% [markdown]
# ## 5. Your turn
#
# Move **n** and **omega**. Each move trains two students, then 120 for f-CMI, in the background; you can move on at any time. The second figure keeps every n that you have visited.
#
# Before you move, predict: which bound follows the measured loss when n grows? Which one stays vacuous whatever you do? What does omega do to the paper's delta, and what to the measured loss?

# %%
view = BoundsView(stage, RECIPE, n=64, omega=50.0, coins=(2, 60), draws=30)
view

# %%
at = view.result(timeout=120)

# %% [markdown]
# ## 6. In one sentence
#
# Try it yourself first. Then open ours.
#
# <details><summary>Our sentence</summary>
#
# *With H(M) read as the Shannon entropy of a discrete manifold, the theorem shows that a learner whose manifold and weights carry little information about the sample has a small gap on average. But it is never tighter than the bound it follows from, it says nothing about a single student, and the entropy that AME minimizes is a different one: when it decreases, neither the measured loss nor any valid bound decreases with it.*
#
# </details>

# %% [markdown] tags=["exercise"]
# ## Exercises
#
# 4 exercises, about 23 minutes in all. Put your answer in place of `...`, or mend the code that stands there, and run the cell: the check says what is not right yet. Stuck? `teach.hint("mcallester")` in a new cell gives a hint, and each further call one more. Solutions are folded below each exercise.

# %% tags=["exercise"]
import math

import torch
from torch.nn import functional as F

from ame_explore import Recipe, teach

# %% [markdown] tags=["exercise"]
# ### Exercise 1: McAllester's bound, by hand
#
# *write the missing line · 5 minutes · medium*
#
# With probability $1 - \delta$ over the sample of $n$ images, for all $Q$ at once (McAllester 1999, with Maurer's constant):
#
# $$L(Q) \;\le\; \hat L(Q) + \sqrt{\frac{\mathrm{KL}(Q \,\|\, P) + \log(2\sqrt n / \delta)}{2n}}$$
#
# Write it, and see what each term costs.


# %% tags=["exercise"]
def mcallester(train_loss, kl, n, delta):
    """Bound on the expected loss: kl in nats, n images, with probability 1 - delta."""
    return ...  # your line


teach.check("mcallester", mcallester)

# %% [markdown] tags=["exercise"]
# <details><summary>Solution</summary>
#
# ```python
# def mcallester(train_loss, kl, n, delta):
#     """Bound on the expected loss: kl in nats, n images, with probability 1 - delta."""
#     return train_loss + math.sqrt((kl + math.log(2 * math.sqrt(n) / delta)) / (2 * n))
# ```
#
# Being sure costs little: delta stands inside a logarithm. The KL divergence costs one for one, and both are divided by the number of images.
#
# </details>

# %% [markdown] tags=["exercise"]
# ### Exercise 2: When does the bound begin to speak?
#
# *predict, then run · 4 minutes · medium*
#
# A student has a training loss of 0, and the KL divergence from its prior is 500 nats. From how many images $n$ on is McAllester's bound below 1, at $\delta = 0.05$? (No loss exceeds 1, so above that it says nothing.) Within ten percent is good enough.

# %% tags=["exercise"]
first_useful_n = ...  # images

teach.check("first_useful_n", first_useful_n)

# %% tags=["exercise"]
import math


def experiment():
    def margin(n, kl=500.0, delta=0.05):
        return math.sqrt((kl + math.log(2 * math.sqrt(n) / delta)) / (2 * n))

    least = next(n for n in range(1, 10_000) if margin(n) < 1)
    for n in (16, 128, least, 1000):
        print(f"n = {n:4}: expected loss <= {margin(n):.3f}")
    return least


if first_useful_n is ...:
    print("First write your prediction into the cell above.")
else:
    happened = experiment()


# %% [markdown] tags=["exercise"]
# <details><summary>Solution</summary>
#
# ```python
# first_useful_n = 254
# ```
#
# $\sqrt{\mathrm{KL}/2n} < 1$ needs $n > \mathrm{KL}/2 = 250$; the logarithm adds a few. Before that, a good student and a bad one get the same message. A vacuous bound is not bad news about a student: it is no news.
#
# </details>

# %% [markdown] tags=["exercise"]
# ### Exercise 3: The best of many on one test set
#
# *find the fault · 8 minutes · hard*
#
# Somebody trains many students, keeps the one with the fewest errors on the $n$ test images, and reports Hoeffding's test-set bound for it, at $\delta = 0.05$. Among 200 students who all just guess, the reported bound is nearly always below their true loss of 0.5. So it is no bound. Why? Mend it, with the same test images.


# %% tags=["exercise"]
def best_of_many(errors, n, delta):
    """Bound on the loss of the student with the fewest errors; errors: a list, wrong of n for each student."""
    return min(errors) / n + math.sqrt(math.log(1 / delta) / (2 * n))


teach.check("best_of_many", best_of_many)

# %% [markdown] tags=["exercise"]
# <details><summary>Solution</summary>
#
# ```python
# def best_of_many(errors, n, delta):
#     """Bound on the loss of the student with the fewest errors; errors: a list, wrong of n for each student."""
#     return min(errors) / n + math.sqrt(math.log(len(errors) / delta) / (2 * n))
# ```
#
# Hoeffding's bound fails with probability delta for *one* student who was fixed before. Whoever picks the luckiest of m looks where it fails. If each of the m bounds may fail with probability delta / m only, then all hold together with probability 1 − delta (the union bound), so the chosen one does, too.
#
# </details>

# %% [markdown] tags=["exercise"]
# ### Exercise 4: Plan a bound that holds
#
# *design the experiment · 6 minutes · medium*
#
# You want to report a PAC-Bayes bound for a distilled student, at $\delta = 0.05$ and without paying more than that. Choose how the data come about, so that every assumption of the bound holds.

# %% tags=["exercise"]
valid_plan = {
    "images": ...,  # "drawn at random" or "16 of each class"
    "bound speaks of": ...,  # "images of the same classes" or "images of new classes"
    "teacher was trained on": ...,  # "other images" or "the student's images"
    "prior was made from": ...,  # "other images" or "the student's images"
    "omega was chosen": ...,  # "before" or "by the smallest bound"
}

teach.check("valid_plan", valid_plan)

# %% [markdown] tags=["exercise"]
# <details><summary>Solution</summary>
#
# ```python
# valid_plan = {
#     "images": "drawn at random",
#     "bound speaks of": "images of the same classes",
#     "teacher was trained on": "other images",
#     "prior was made from": "other images",
#     "omega was chosen": "before",
# }
# ```
#
# The bound needs independent draws from the distribution that it speaks of, a prior that is fixed before the sample is seen, and a loss that does not depend on the sample through the teacher's training. Choosing the smallest of several bounds needs a share of delta for each.
#
# </details>

# %% [markdown]
# ## Where to go next
#
# - **[`06_low_data`](06_low_data.ipynb)** is the next step: few images, ambiguous images, and whether AME helps there.
# - Change `RECIPE` to `Recipe(host="projector", steps=100, reading="predictive", projection="host")`, another reading of the entropy, and run section 3 again.
# - Raise `SEEDS` to 10. Which cells keep their colour?
# - `bound.terms` and `bound.assumptions` hold every number behind a bar, and `bound.source` says where it comes from: try `ame.bounds["PAC-Bayes-kl, prior: held-out data"]`.
