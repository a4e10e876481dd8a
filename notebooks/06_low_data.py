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
# # Few images, unclear images: is this where AME helps?
#
# AME was proposed for one situation: few images to learn from, some of which the model is unsure about. This notebook makes both dials visible, the number of **shots** and the **ambiguity**, and then measures whether AME helps at any position of them.
#
# - **Aim:** see what one, four and sixteen shots are worth, where ambiguity is real, and read from intervals whether AME changes either.
# - **You need:** [`00_tour`](00_tour.ipynb); [`01_distillation`](01_distillation.ipynb) helps.
# - **Time:** 25 minutes at your seat without the exercises; the cells compute for 35 s.

# %%
import tempfile
from pathlib import Path

import torch

from ame_explore import Recipe, check, figures
from ame_explore.analysis.evidence import Evidence
from ame_explore.data.sets.emoji import emoji_set
from ame_explore.figures.sweeps.changes import changes_over
from ame_explore.measures import predictive_entropy
from ame_explore.models.emoji_confusions import confused_pairs
from ame_explore.quantities import number, quantity
from ame_explore.training import Stage
from ame_explore.training.sweeps.execute import sweep
from ame_explore.training.sweeps.folder import read_sweep
from ame_explore.widgets.notebook import pictures, say, show, table
from ame_explore.widgets.runtime.cell_progress import cell_progress

check()

# %% [markdown]
# ## 1. Few: the shots
#
# The **shots** are the images of each *base* class that a student learns from. Here is the class “a mammal” at 1, 4 and 16 shots.

# %%
stage = Stage.for_recipe(Recipe.for_data("emoji"))
data = stage.data
base = data.class_texts.index("a mammal")
for shots in (1, 4, 16):
    chosen = data.shots(shots, seed=0)
    mine = chosen[data.labels[chosen] == base]
    say(f"“a mammal” at {shots} shot{'s' * (shots > 1)}: {len(mine)} of {len(chosen)} images that the student sees.")
    pictures(data.images[mine], [data.captions[row] for row in mine.tolist()], size=48)

# %% [markdown]
# One shot says little about a class. And it matters *which* shot it is: that is why every result below is repeated with other shots.
#
# ## 2. Unclear: where ambiguity is real
#
# Some pictures are hard for everybody. The teacher reads a picture and gives each of the 1,594 names a probability. For two emoji $a$ and $b$, how probable is the name of $b$ for a picture of $a$, and the other way round? The mean of both says how much the teacher confuses them:

# %%
emoji = emoji_set()
fluent = emoji.images("fluent", side=24)
pairs = confused_pairs(stage.teacher, emoji, fluent, count=12)
a, b = pairs[0].first, pairs[0].second
two = torch.tensor([a, b])
z = stage.teacher.logit_scale * stage.teacher.encode_image(fluent[two]) @ stage.teacher.encode_text(emoji.names).T
p = z.softmax(1)
assert abs((p[0, b] + p[1, a]) / 2 - pairs[0].probability) < 1e-4  # the mean of both, for the first pair
show(figures.confusions(pairs, fluent))
named = {frozenset(pair.names) for pair in pairs}
assert {frozenset({"speedboat", "motor boat"}), frozenset({"rose", "boxing glove"})} <= named

# %% [markdown]
# Some of these pairs differ in a detail that 24 × 24 pixels hardly show, such as speedboat and motor boat; no term in a loss can bring back what is not in the picture. Others, such as rose and boxing glove, are mistakes of this teacher, which it makes with confidence. A mean near 0.5 can come from one direction alone: sure of the wrong name for one picture, and of the right name for the other.
#
# The **ambiguity** dial makes such cases on purpose. It blends a picture with the most similar picture of another class, up to half and half. Beside it stands how unsure the teacher becomes: the entropy $H = -\sum_c p_c \log p_c$ of its 40 probabilities $p = \text{softmax}(z)$.

# %%
of_name = {data.captions[row]: row for row in stage.test.tolist()}
dials = [0.0, 0.3, 0.6, 0.8, 1.0]
for name in ("fox", "penguin"):
    row = of_name[name]
    blends = torch.cat([data.images_at(torch.tensor([row]), ambiguity=dial) for dial in dials])
    z = stage.logits(stage.teacher_features(blends)).double()
    p = z.softmax(1)
    H = -(p * p.log()).sum(1)
    torch.testing.assert_close(H, predictive_entropy(z))  # the package's own
    said = [data.class_texts[answer] for answer in p.argmax(1).tolist()]
    pictures(
        blends, [f"ambiguity {d:g}\nH = {h:.2f}\n{text}" for d, h, text in zip(dials, H, said, strict=True)], columns=5
    )

# %% [markdown]
# For a single picture the entropy can rise or fall: the teacher may be unsure of the clear picture, or sure of a blend. On average over all test images:

# %%
every = {dial: stage.logits(stage.teacher_features(data.images_at(stage.test, ambiguity=dial))) for dial in dials}
unsure = [float(predictive_entropy(z).mean()) for z in every.values()]
right = [float((z.argmax(1) == stage.test_labels).double().mean()) for z in every.values()]
table(
    [
        {"ambiguity": d, "entropy (nats), mean": number(h, 2), "right": f"{r:.0%}"}
        for d, h, r in zip(dials, unsure, right, strict=True)
    ]
)
assert unsure == sorted(unsure) and right == sorted(right, reverse=True)

# %% [markdown]
# On average, then, the teacher becomes less sure and less often right with every step of the dial.
#
# ## 3. What shots are worth, by plain distillation
#
# Students learn from 1, 4 and 16 shots, without AME. Everything is repeated in four *splits*, each with other images as shots and other images in the test. The grid is all that the sweep needs to know.

# %%
GRID = {"seeds": 1, "splits": 4, "fixed": {"data": "emoji", "steps": 80}, "grid": {"omega": [0], "shots": [1, 4, 16]}}
folder = tempfile.TemporaryDirectory(prefix="ame_low_data_")
with cell_progress("Sweep") as progress:
    swept = sweep(GRID, out=Path(folder.name), executor="threads", rehearse_first=False, progress=progress)
kd = swept.table.groupby("shots")["harmonic_mean"]
arms = {f"{shots:.0f} shot{'s' * (shots > 1)}": {"harmonic_mean": list(of)} for shots, of in kd}
levels = {"chance": 0.05, "the backbone, before": swept.table["backbone_harmonic_mean"].mean()}
show(
    figures.scores(
        arms, ["harmonic_mean"], levels=levels, over="splits", title="Plain distillation: what shots are worth"
    )
)
assert kd.mean()[16] > kd.mean()[1] and kd.mean()[16] > levels["the backbone, before"]

# %% [markdown]
# More shots make better students. With 16 shots a student is better than the backbone it started from. Note the width of the intervals, too: it says how much depends on which images are drawn.
#
# ## 4. Does AME help when data are few?
#
# The same with AME takes longer than you want to wait, so its table lies beside this notebook (`evidence/grid.toml` holds the grid and the command that made it; [`07_evidence`](07_evidence.ipynb) shows all of it). There are two readings of the entropy: the one of the quoted formula (`rows`, with the reported weight ω = 50), and the entropy of the answers, of which the abstract speaks (`predictive`). The change is against plain KD, split by split, with the same shots and the same batches, and all intervals in the figure hold at once. (The figure calls a split with its teacher a *world*.)

# %%
evidence = Evidence(read_sweep(Path("evidence")))
chosen = [c for c in evidence.conditions if set(c.unusual) <= {"shots", "reading", "projection", "omega"}]
chosen = [c for c in chosen if (c.recipe.reading, c.recipe.omega) in {("rows", 50), ("predictive", 0.3)}]
METRICS = ["harmonic_mean", "unsure_harmonic_mean", "ambiguous_harmonic_mean"]
found = evidence.joint(dict.fromkeys(METRICS, chosen))
lines = {
    metric: {
        f"{name}, ω = {omega:g}": [e for e in effects if e.condition.recipe.reading == name]
        for name, omega in (("rows", 50), ("predictive", 0.3))
    }
    for metric, effects in found.items()
}
show(changes_over("shots", lines, title="AME at 1, 4 and 16 shots"))

# %% [markdown]
# The left panel is the question of this notebook. The other two ask it again for images that are hard: *unsure* are the quarter of the test images of which the teacher is least sure, chosen before any student was trained, and *ambiguous* are test images blended with an ambiguity of 0.8. In one sentence:

# %%
what = quantity("harmonic_mean")
verdicts = [what.verdict(effect.interval) for effects in found.values() for effect in effects]
counts = ", ".join(f"**{kind} in {verdicts.count(kind)}**" for kind in ("better", "worse", "no difference seen"))
say(f"Of {len(verdicts)} comparisons, with AME: {counts}.")
assert "better" not in verdicts
verdict_of = {}
for effect in found["harmonic_mean"]:
    recipe = effect.condition.recipe
    verdict_of[recipe.reading, recipe.shots] = what.verdict(effect.interval)
assert verdict_of.pop(("predictive", 1)) == "no difference seen" and set(verdict_of.values()) == {"worse"}

# %% [markdown]
# So here AME does not help where data are few or images unclear, neither with the reported weight nor with the reading of the abstract at its default weight in this package. With the reading `rows` the student is worse at every number of shots, and with `predictive` at 4 and 16. At 1 shot the changes with `predictive` differ so much from split to split that five splits cannot tell, once all comparisons of the figure are counted. That is one small world and two weights; smaller weights do less, as the next notebook shows.
#
# Few splits see only large effects. How large would an effect have to be for this sweep to see it? The **smallest effect** is the true change that such a sweep would show in 80% of cases.

# %%
table(
    [
        {
            "setting": f"{effect.condition.recipe.reading}, shots: {effect.condition.recipe.shots}",
            "plain KD": number(effect.before),
            "change with AME": f"{what.text(effect.interval.mean, signed=True)} {what.limits_text(effect.interval)}",
            "smallest effect it could see": number(effect.interval.smallest_effect()),
        }
        for effect in sorted(found["harmonic_mean"], key=lambda e: e.condition.recipe.shots)
    ]
)

# %% [markdown]
# A smaller effect may well be there, and we would have missed it.

# %% [markdown] tags=["exercise"]
# ## Exercises
#
# 3 exercises, about 19 minutes in all. Put your answer in place of `...`, or mend the code that stands there, and run the cell: the check says what is not right yet. Stuck? `teach.hint("unpaired_noise")` in a new cell gives a hint, and each further call one more. Solutions are folded below each exercise.

# %% tags=["exercise"]
import math

import torch
from torch.nn import functional as F

from ame_explore import Recipe, teach

# %% [markdown] tags=["exercise"]
# ### Exercise 1: What if each student drew its own shots?
#
# *predict, then run · 4 minutes · medium*
#
# With one shot a lot depends on which image is drawn: from split to split the score of *every* student moves up and down together, with a standard deviation of 0.03. In addition each training run has noise of its own, with a standard deviation of 0.01. You measure the mean change with AME over five splits.
#
# How many times as much does that mean scatter if the two students of a comparison use *different* splits, instead of the same ones? Within 15 percent is good enough.

# %% tags=["exercise"]
unpaired_noise = ...  # scatter with different splits, divided by scatter with the same splits

teach.check("unpaired_noise", unpaired_noise)

# %% tags=["exercise"]
import torch


def experiment():
    torch.manual_seed(0)
    sweeps, splits = 20_000, 5

    def scores(luck):
        return luck + 0.01 * torch.randn(sweeps, splits)

    def luck():
        return 0.03 * torch.randn(sweeps, splits)

    shared = luck()
    same = (scores(shared) - scores(shared)).mean(1).std()
    different = (scores(luck()) - scores(luck())).mean(1).std()
    print(f"the mean change scatters by {same:.4f} with the same splits, by {different:.4f} with different ones")
    return float(different / same)


if unpaired_noise is ...:
    print("First write your prediction into the cell above.")
else:
    happened = experiment()
    print(f"{happened:.2f} times as much")


# %% [markdown] tags=["exercise"]
# <details><summary>Solution</summary>
#
# ```python
# unpaired_noise = math.sqrt(10)
# ```
#
# With the same split, its luck is in both scores and cancels in their difference: the variance of one change is $0.01^2 + 0.01^2$. With different splits nothing cancels, and it is $2\,(0.03^2 + 0.01^2)$, ten times as much. The standard deviation grows by $\sqrt{10} \approx 3.2$. To make up for that you would need ten times as many splits.
#
# </details>

# %% [markdown] tags=["exercise"]
# ### Exercise 2: An interval that shrinks for nothing
#
# *find the fault · 8 minutes · hard*
#
# Four splits, and three seeds in each: a table of twelve changes. Somebody takes the interval over all twelve. With more and more seeds in the same four splits it becomes as narrow as you like, although nobody has looked at a fifth split. But the interval should say what *other splits* would give. Find the fault and mend it. All splits have equally many seeds; `t` is already the right quantile, of Student's t with as many degrees of freedom as there are splits, minus one.


# %% tags=["exercise"]
def split_interval(changes, t):
    """Lower and upper end of the interval of the mean change; changes: a tensor (splits, seeds)."""
    values = changes.flatten()
    half = t * values.std() / math.sqrt(len(values))
    return values.mean() - half, values.mean() + half


teach.check("split_interval", split_interval)

# %% [markdown] tags=["exercise"]
# <details><summary>Solution</summary>
#
# ```python
# def split_interval(changes, t):
#     """Lower and upper end of the interval of the mean change; changes: a tensor (splits, seeds)."""
#     values = changes.mean(1)
#     half = t * values.std() / math.sqrt(len(values))
#     return values.mean() - half, values.mean() + half
# ```
#
# Seeds of one split share its shots and its test images, so they are not independent. The mean over the seeds of a split is one value, and an interval over splits counts as many values as there are splits. More seeds make each of them more exact, but only more splits say more about other splits.
#
# </details>

# %% [markdown] tags=["exercise"]
# ### Exercise 3: Ambiguous, and yet the teacher is sure
#
# *design the experiment · 7 minutes · medium*
#
# On average the teacher becomes less sure with every step of the ambiguity dial, but for a single picture its entropy may fall. Take three classes, and a teacher whose logits are linear in the pixels, so that the half-and-half blend of the pictures $a$ and $b$ has the logits $(z_a + z_b)/2$. Choose $z_a$ and $z_b$ such that the teacher
#
# - is right about both pictures ($a$ shows class 0, $b$ shows class 1),
#
# - is unsure of each of them: an entropy above 0.5 nats,
#
# - and is sure of the blend: an entropy below 0.05 nats.

# %% tags=["exercise"]
sure_blend = {
    "a": ...,  # three logits
    "b": ...,  # three logits
}

teach.check("sure_blend", sure_blend)

# %% [markdown] tags=["exercise"]
# <details><summary>Solution</summary>
#
# ```python
# sure_blend = {
#     "a": [20.0, -20.0, 19.9],
#     "b": [-20.0, 20.0, 19.9],
# }
# ```
#
# Picture a leaves the teacher undecided between 0 and 2, picture b between 1 and 2. In the blend the evidence for 0 and for 1 cancels, and what both pictures have in common is left: class 2, which neither of them shows. So an answer of low entropy does not prove that the picture is clear, and a loss that rewards low entropy cannot tell the difference.
#
# </details>

# %% [markdown]
# ## Where to go next
#
# - **[`07_evidence`](07_evidence.ipynb)** is the next step: every claim of the paper and every question of its reviewers.
# - Add AME to `GRID` and see for yourself: `"omega": [50]` (plain KD is run beside it). Or let the *shots* be ambiguous: `"ambiguity": [0.5]`.
# - The same grid as a file runs from a terminal, with a report: `ame-explore sweep grid.toml`, then `ame-explore evidence`.
