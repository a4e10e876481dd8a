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
# # A tour: a teacher, a student, and an entropy between them
#
# A small network, the *student*, learns from a larger one, the *teacher*, with only a handful of pictures. A paper proposes to help it with one more term in the loss, called **AME** (Aligned Manifold Entropy). Does it help? You will see how AME works, watch it during training, and read the answer from a table that is computed while you read.
#
# - **Aim:** know what AME is, see what it does to a student, and read from an interval whether it helped.
# - **You need:** nothing beyond “a network is trained by making a number, the *loss*, small”. Nothing is downloaded, and no graphics card is needed.
# - **Time:** 30 minutes at your seat without the exercises; the cells compute for 45 s.
#
# Choose **Run → Run All Cells** now and read along. The code is short and yours to change, but you can follow without it: **View → Collapse All Code** hides it.

# %%
import dataclasses
import math
import tempfile
from pathlib import Path
from statistics import fmean

import torch
from torch import nn
from torch.nn import functional as F

from ame_explore import AMELoss, Distillation, Recipe, check, figures, lab, row_entropy
from ame_explore.analysis import mean_interval, paired_interval
from ame_explore.apps.demo import record_arms
from ame_explore.data.sets.emoji import DESIGNERS, emoji_set
from ame_explore.measures import predictive_entropy
from ame_explore.quantities import number, quantity
from ame_explore.reports.demo_results import verdict_sentence
from ame_explore.training import Stage, facts
from ame_explore.widgets.notebook import browse, pictures, say, show, table
from ame_explore.widgets.runtime.cell_progress import cell_progress

check()

# %% [markdown]
# ## 1. Images and words in one space
#
# A **vision-language model** has two networks. One reads an image, the other a text, and both return a list of numbers, a *vector*, of the same length. Training pulls the vector of an image towards that of its own text and away from the other texts. Images and words then share one space, where closeness means “these belong together”. CLIP (Radford et al. 2021) is the best-known model of this kind.
#
# Our images are emoji. Unicode gives each one a name, and three designers have drawn them all, each in a style of their own:

# %%
emoji = emoji_set()
some = ["fox", "croissant", "cactus", "bicycle", "pizza", "rocket"]
places = torch.tensor([emoji.names.index(name) for name in some])
for key, designer in DESIGNERS.items():
    pictures(emoji.images(key, places, side=24), [f"{name}\n({designer})" for name in some])
say(f"Six of the **{len(emoji):,}** emoji, by each of three designers, 24 × 24 pixels each.")

# %% [markdown]
# A small CLIP is our **teacher**. It was trained on the pictures of Noto and Twemoji and on 3,061 more from four other sets, and comes with this package. It has never seen a picture by Fluent, so those are its exam. Closeness is measured by the **cosine** of the angle between two vectors: 1 if they point the same way, 0 at a right angle, −1 if they are opposite. To name a picture, the teacher compares it with all names, not only with those above, and takes the name with the largest cosine. Here are its first three choices, with cosines:

# %%
RECIPE = Recipe.for_data("emoji", steps=80)  # all that decides a run; what it says is explained below
stage = Stage.for_recipe(RECIPE)  # the data, the teacher, and the network that the student starts from
data, known = stage.data, facts(stage)
unseen = emoji.images("fluent", side=24)
name_features = stage.teacher.encode_text(emoji.names)
image_features = torch.cat([stage.teacher_features(part) for part in unseen.split(256)])
cosines = image_features @ name_features.T  # of vectors of length 1, the cosine is the sum of products
best = cosines.topk(5)
captions = []
for place in places:
    named = zip(best.indices[place, :3], best.values[place, :3], strict=True)
    captions.append("\n".join(f"{'✓ ' * (k == place)}{emoji.names[k]} {cosine:.2f}" for k, cosine in named))
pictures(unseen[places], captions, width=170, columns=6)
hits = best.indices == torch.arange(len(emoji))[:, None]
first, five = hits[:, 0].double().mean(), hits.any(1).double().mean()
assert first > 0.4 and five > 0.6  # among 1,594 names
say(
    f"The first choice is right for {hits[places, 0].sum()} of these {len(some)}, and for **{first:.0%}** of all "
    f"{len(emoji):,} pictures by Fluent. The right name is among the first five for {five:.0%}. "
    f"Guessing would be right once in {len(emoji):,} pictures."
)

# %% [markdown]
# The same space works the other way round: type a text, and the closest pictures come up. No emoji has one of these texts as its name. Words that the teacher has never read are listed, because it cannot know what they mean. Change the texts and try your own.

# %%
for typed in ["a sad cat", "blue shape", "music", "fire truck", "a xylophone"]:
    assert typed not in emoji.names
    nearest = (image_features @ stage.teacher.encode_text([typed])[0]).topk(6)
    unknown = stage.teacher.tokenizer.unknown([typed])
    say(f"“{typed}”" + (f" (not known to the teacher: {', '.join(unknown)})" if unknown else ""))
    captions = [f"{emoji.names[k]}\n{cosine:.2f}" for k, cosine in zip(nearest.indices, nearest.values, strict=True)]
    pictures(unseen[nearest.indices], captions, size=48)

# %% [markdown]
# What comes up is often right and sometimes far off: all that the teacher has to go by is closeness.
#
# ## 2. What distillation is
#
# A good teacher is large, and often too slow for everyday use. **Knowledge distillation** (KD; Hinton et al. 2015) trains a small student to do what the teacher does. The student gets images *without labels*: it learns only from the teacher's output for each image. Here it learns to give each image the vector that the teacher gives it, so it can use the teacher's texts.
#
# For the exam we sort the emoji into 40 classes, each with a text such as “a mammal”. During distillation the student sees only pictures of the 20 **base** classes. It meets the 20 **new** classes for the first time in the test. One test picture of each:

# %%
test, labels = data.indices("test"), data.labels
one_each = torch.stack([test[labels[test] == label][0] for label in range(data.num_classes)])
for side, classes in {"Base": data.base_classes, "New": data.new_classes}.items():
    say(f"**{side} classes**")
    texts = [data.class_texts[c] for c in classes]
    pictures(data.images[one_each[list(classes)]], texts, size=48, width=90, columns=10)

# %% [markdown]
# What a score is worth depends on who has seen which images. The four parts below share no image, and only the last two are Fluent's. (The teacher's pictures from the four other sets are not among them.) (PromptKD, Li et al. 2024, whose split into base and new classes we follow, also shows the student unlabelled images of the new classes, which flatters its score on them.)

# %%
seen = data.who_has_seen_what(shots=RECIPE.shots)
columns = ("part", "images", "which", "source", "labels_used", "seen_by")
table([{name.replace("which", "classes").replace("_", " "): row[name] for name in columns} for row in seen])
sizes = [sum(p.numel() for p in model.image_tower.parameters()) for model in (stage.teacher, stage.backbone)]
say("The teacher's image network has {:,} weights, the student's {:,}.".format(*sizes))

# %% [markdown]
# The student starts from a small network that was trained before, its *backbone*, and all its weights go on learning. Few pictures could spoil what the backbone already knew, so the student that is tested has weights halfway between the backbone's and the trained ones (`mixing=0.5`; this is WiSE-FT, Wortsman et al. 2022).
#
# ## 3. Why few and ambiguous images are hard
#
# The student learns from these images alone: 16 images, or *shots*, of each base class, in slightly changed views (turned, shifted, recoloured). Here are those of two classes:

# %%
shots = data.shots(RECIPE.shots, seed=0)
for text in ("a mammal", "a cooked meal"):
    mine = shots[labels[shots] == data.class_texts.index(text)]
    say(f"“{text}”: {len(mine)} of the {len(shots)} shots. The student is not told the names.")
    pictures(data.images[mine], [data.captions[i] for i in mine], size=48)

# %% [markdown]
# With so few images, each one counts, and some are hard to read. We can make images harder on purpose: *ambiguity* blends an image with a similar one of another class, up to half and half.

# %%
dials = [0.0, 0.25, 0.5, 0.75, 1.0]
of_name = {data.captions[i]: i for i in test.tolist()}
for name in ("fox", "penguin", "cactus"):
    blends = torch.cat([data.images_at(torch.tensor([of_name[name]]), ambiguity=dial) for dial in dials])
    captions = [f"{name}\nambiguity {dial:g}" for dial in dials]
    captions[-1] += f":\nhalf {data.class_texts[data.neighbours[of_name[name]]]}"
    pictures(blends, captions, width=130, columns=5)

# %% [markdown]
# How unsure is the teacher of such images? Its 40 cosines with the class texts, times a factor that the teacher has learned, become 40 probabilities (by the *softmax*: raise *e* to each of them, then divide by the sum). The **entropy**, $H = -\sum_i p_i \log p_i$, measures how spread out the probabilities are. It is 0 if one of them is 1, and it is largest, $\log 40 \approx 3.69$, if all are equal. With the natural logarithm its unit is the **nat**.

# %%
rows, unsure = [], []
for dial in dials:
    answers = stage.logits(stage.teacher_features(data.images_at(test, ambiguity=dial)))
    p = answers.double().softmax(1)
    H = -(p * p.log()).sum(1)  # the formula above, for each image
    torch.testing.assert_close(H, predictive_entropy(answers), check_dtype=False)
    right = (answers.argmax(1) == labels[test]).double().mean()
    rows.append({"ambiguity": dial, "entropy (nats), mean": number(H.mean().item(), 2), "right": f"{right:.0%}"})
    unsure.append(H.mean().item())
table(rows)
assert unsure == sorted(unsure)

# %% [markdown]
# The more ambiguous the images, the less sure the teacher is, and the less often it is right.
#
# Now the other half of the question, *few*. We train students on 1 and on 16 shots, by plain distillation, and test them. A result with few shots depends a lot on *which* shots. So each student is trained several times, with other *seeds* (three for one shot, five for sixteen), and we show the mean with its **95% confidence interval**: a range made so that about 95 of 100 such ranges contain the true mean. To save your time we take 80 steps; `ame-explore demo` takes three times as many.
#
# Base images are classified among the 20 base classes and new images among the 20 new ones. Guessing would be right in 1 of 20 cases, which is the *chance level*. The **harmonic mean** $2BN/(B+N)$ combines base accuracy $B$ and new accuracy $N$; it is high only if both are.

# %%
SEEDS = 5  # every comparison below is repeated this often
PLAIN = dataclasses.replace(RECIPE, omega=0.0)  # omega is the weight of AME's term: none yet
folder = tempfile.TemporaryDirectory(prefix="ame_tour_")


def train(arms, seeds=range(SEEDS), **every):
    """Train a student for each recipe and seed, and record it on disk: {arm: its Runs}."""
    with cell_progress("Training") as progress:
        path = Path(folder.name) / "_".join(every)
        return record_arms(arms, seeds, stage=stage, folder=path, facts=known, progress=progress, **every)


def last_metrics(runs):
    """The numbers of the last step, a list over seeds for each metric."""
    return {name: [float(run.metrics[name].iloc[-1]) for run in runs] for name in runs[0].metrics}


OFTEN = {"features_every": 10, "metrics_every": 10}  # one student is recorded often, to watch it later
one_shot = train({"1": dataclasses.replace(PLAIN, shots=1)}, range(3))
watched, others = train({"KD": PLAIN}, [0], **OFTEN), train({"KD": PLAIN}, range(1, SEEDS))
by_shots = one_shot | {"16": watched["KD"] + others["KD"]}

# %%
scores = {f"{k} shots" if k != "1" else "1 shot": last_metrics(runs) for k, runs in by_shots.items()}
before = {name.removeprefix("backbone_"): score for name, score in known["reference_scores"].items()}
levels = {"chance": known["chance"]["harmonic_mean"], "the backbone, before": before["harmonic_mean"]}
show(figures.scores(scores, ["harmonic_mean"], levels=levels, title="Students of plain distillation"))
few, many = (fmean(scores[name]["harmonic_mean"]) for name in ("1 shot", "16 shots"))
assert many > max(few, before["harmonic_mean"])

# %% [markdown]
# Distillation helps: with 16 shots the student is better than the backbone it started from. With one shot there is less to learn from: the mean is lower, and the result depends much more on which pictures they were.

# %% [markdown]
# ## 4. What AME adds
#
# The authors of AME (Cao and Ou 2025) start from this observation: models are very uncertain about ambiguous images, and such images distil badly when data are few. Their remedy is one more term in the loss, as the public reviews of the work quote it:
#
# $$\text{loss} = \underbrace{\text{KD}}_{\text{do as the teacher does}} + \;\omega\, H(M), \qquad H(M) = -\sum_t p_t \log p_t, \qquad p = \text{softmax}(s), \qquad s_t = \text{mean of row } t \text{ of } M$$
#
# Read it from right to left. $M$ is a table of numbers, called the **shared manifold**. It has one row for each text and one for each image of the batch (the few images of one training step). Two small networks, the *projections*, bring all rows to one width; they are trained together with the student. Each row is summarized by one number, its *score* $s_t$: the mean of its entries. The softmax turns scores into weights $p_t$ that sum to 1. $H$ is the entropy of these weights, and $\omega$ (omega) is the weight of the term in the loss; the reported value is 50.
#
# What happens when this $H$ is made small? Four rows are enough to see it:

# %% tags=["keep-output"]
examples = {"all rows alike": [0.0, 0, 0, 0], "one row ahead": [2.0, 0, 0, 0], "one row far ahead": [9.0, 0, 0, 0]}
for name, scores in examples.items():
    s = torch.tensor(scores, dtype=torch.float64)
    p = s.softmax(0)
    H = -(p * p.log()).sum()
    assert H.isclose(row_entropy(s))  # the package's own
    print(f"{name:18} weights {' '.join(f'{weight:.2f}' for weight in p)}   H = {H:.3f} nats")

# %% [markdown]
# $H$ is largest, $\log 4 = 1.386$, if all rows have the same score. It becomes small as one row outscores all others. So the term makes the rows compete.
#
# What was reported? According to the reviews, with 16 shots the harmonic mean, averaged over eleven data sets, rose from 77.40 to 80.19, while on ImageNet it fell from 73.90 to 73.00. Each number is a mean of three seeds, reported without a standard deviation. Let us look for ourselves.
#
# ## 5. Watch students learn
#
# We compare two *arms*: plain KD, and KD + AME with $\omega = 50$. Both arms use the same five seeds. Within a seed they have the same shots, the same initial weights and the same batches, and differ only in AME. Such *paired* runs can be compared seed by seed. Plain KD has been trained above, so only KD + AME is left to train.

# %%
arms = {"KD": PLAIN, "KD + AME": RECIPE}
assert RECIPE.effective_omega == 50
watched |= train({"KD + AME": RECIPE}, [0], **OFTEN)
others |= train({"KD + AME": RECIPE}, range(1, SEEDS))
runs = {arm: watched[arm] + others[arm] for arm in arms}

# %% [markdown]
# **Move the slider** below to go through the training of the first seed. You see test pictures of ten classes where the student puts them, and the texts of these classes as stars. The space has 96 dimensions. The map shows two of them, the directions along which these ten texts differ most (found by *principal component analysis*, PCA). The texts and these two axes stay fixed, so any movement on the map is movement of the student's image vectors. This is the space in which the student answers; AME projects it once more to make the table $M$.

# %%
BASE = ["a mammal", "a land vehicle", "a cooked meal", "a heart", "a clock"]
NEW = ["a bird", "a fruit", "a smiling face", "a green plant", "an insect"]
SHOWN = sorted(data.class_texts.index(text) for text in BASE + NEW)


def of_classes(features, classes, most=1000):
    """The clear test images of these classes, at most so many of each, with the classes' texts."""
    clear = features.ids < known["ambiguous_from_id"]
    part = features.take(torch.cat([torch.where(clear & (features.labels == c))[0][:most] for c in classes]))
    return dataclasses.replace(part, labels=part.pair_index)


steps = watched["KD"][0].feature_steps
snapshots = {arm: {step: run.features(step) for step in steps} for arm, (run,) in watched.items()}
moving = {arm: {step: of_classes(features, SHOWN, 5) for step, features in of.items()} for arm, of in snapshots.items()}
maps = figures.PictureMaps.of(moving, data.images[moving["KD"][0].ids])
browse(maps.at, steps, label="step")

# %%
cosine_with_text = {step: float((of.image * of.text[of.pair_index]).sum(1).mean()) for step, of in moving["KD"].items()}
say(
    f"Plain KD: the mean cosine of a picture with its own text is {cosine_with_text[0]:.2f} before and {cosine_with_text[steps[-1]]:.2f} after."
)
assert cosine_with_text[steps[-1]] > cosine_with_text[0]

# %% [markdown]
# Training brings pictures nearer to the star of their class. Where a picture stays among the wrong stars, look at it: it is often one that you might get wrong, too.
#
# Before and after, now with all test images of the five base classes, to compare at leisure. These axes are fitted to the images as well:

# %%
drawn = {"before training": snapshots["KD"][0], **{arm: snapshots[arm][steps[-1]] for arm in arms}}
drawn = {name: of_classes(f, SHOWN[: len(BASE)]) for name, f in drawn.items()}
show(figures.manifold(drawn, fit_on=list(arms)))
nearness = {name: float((of.image * of.text[of.pair_index]).sum(1).mean()) for name, of in drawn.items()}
assert nearness["before training"] == min(nearness.values())

# %% [markdown]
# Both students bring the images of the base classes nearer to their texts than they were, with AME and without.
#
# Now the entropy. There are two, and they are easily confused. On the left is the entropy of the manifold, $H(M)$, which AME minimizes, drawn as its distance *below its maximum* $\log n$ for $n$ rows. On the right is the entropy of the student's answers: how unsure it is of each test image.

# %%
show(figures.entropy(watched))
deficit = watched["KD + AME"][0].metrics["H_deficit"].dropna()
assert deficit.iloc[-1] > deficit.iloc[0]  # AME lowers its own entropy

# %% [markdown]
# AME does lower its own entropy, that of the manifold. The entropy of the answers is another quantity, and need not follow.
#
# ## 6. Did it help?
#
# First in pictures: what the first seed's students say, among all 40 class texts, to one test picture of each of the ten classes.

# %%
answers = {"backbone": stage.backbone(data.images[test], data.class_texts).argmax(1)}
for arm, of in snapshots.items():
    answers[arm] = stage.logits(of[steps[-1]].image[: len(test)]).argmax(1)
assert torch.equal(snapshots["KD"][0].ids[: len(test)], test)
chosen = [int(torch.where(labels[test] == c)[0][4]) for c in SHOWN]  # the fifth; take others, too
captions = []
for at in chosen:
    lines = [f"{data.captions[test[at]]}: {data.class_texts[labels[test[at]]]}"]
    for who, said in answers.items():
        lines.append(f"{'✓' if said[at] == labels[test[at]] else '✗'} {who}: {data.class_texts[said[at]]}")
    captions.append("\n".join(lines))
pictures(data.images[test[chosen]], captions, width=220, columns=5)
right = ", ".join(f"{who} {(said == labels[test]).double().mean():.0%}" for who, said in answers.items())
say(f"Right on all {len(test)} test pictures, among 40 texts: {right}.")

# %% [markdown]
# Ten pictures prove nothing, nor does one seed. The table has all test pictures and all seeds, and compares the arms seed by seed. “Change” is KD + AME minus KD. If its 95% interval contains 0, we have *not seen a difference*, which does not prove that there is none. “Before” is the student's backbone by itself, with its own texts. “Ambiguous” test images are blended with an ambiguity of 0.8. *Agreement* with the teacher is how often both give the same answer. The *calibration error* is the distance between how sure the student is and how often it is right.

# %%
last = {arm: last_metrics(of) for arm, of in runs.items()}

rows = []
for name in ("base_accuracy", "new_accuracy", "harmonic_mean", "ambiguous_harmonic_mean", "teacher_agreement", "ece"):
    change = paired_interval(last["KD + AME"][name], last["KD"][name])
    told = {"chance": number(known["chance"].get(name), 2), "before": number(before.get(name))}
    told |= {arm: number(fmean(last[arm][name])) for arm in arms}
    told |= {"change [95% interval]": quantity(name).change_text(change)}
    rows.append({"mean over seeds of": quantity(name).label, **told})
table(rows)
sentences = verdict_sentence(last, reference="KD", before=before).splitlines()
say("So, what distillation added, and then what AME did:\n\n" + "\n".join(f"- **{line}**" for line in sentences))

# %% [markdown]
# The same as a picture. Faint dots are single seeds. The large mark is their mean; it is filled if its interval excludes 0.

# %%
shown = ("harmonic_mean", "base_accuracy", "new_accuracy", "ambiguous_harmonic_mean")
values = {arm: {name: last[arm][name] for name in shown} for arm in arms}
show(figures.comparison(values, reference="KD", chance=known["chance"]))

# %% [markdown]
# This is one setting: small networks, 24 × 24 emoji, one teacher, and a weight that was reported for much larger models. It is not a verdict on the paper. It is a measurement that you can repeat, change, and disagree with.
#
# ## 7. What is not known
#
# This package was built from the paper's abstract and from the public reviews of a resubmission, which quote its equations. They leave much open: how deep the projections are, whether rows are normalized, whether $H$ is taken over the batch or for each image, and even *which* entropy is meant. The abstract speaks of “high predictive uncertainty”, but the quoted formula contains no prediction. So the package offers several **readings** and says which of its defaults are its own choice. [`07_evidence`](07_evidence.ipynb) compares them with each other, with other weights, and with *controls* that replace the texts with random vectors.
#
# ## 8. The shortest proof that this $H$ cannot align
#
# The name says *aligned*. An image is aligned with its text if their vectors point the same way. Can the $H$ of the quoted formula achieve that? Take two texts, and two images that lie exactly on them. Then move each image's numbers to other places in its row:

# %% tags=["keep-output"]
texts = torch.tensor([[4.0, 2.0, 0.0, 0.0], [0.0, 0.0, 3.0, 1.0]])
on_their_texts, moved = texts.clone(), texts.roll(2, dims=1)
for name, images in (("images on their texts", on_their_texts), ("numbers moved in the rows", moved)):
    M = torch.cat([texts, images])  # a row for each text, and a row for each image
    cosine = F.cosine_similarity(images, texts).mean()
    print(f"{name:26} cosine with own text {cosine:.2f}   H = {row_entropy(M.mean(1)):.4f} nats")

# %% [markdown]
# The images went from perfectly aligned to not aligned at all, and $H$ did not change. It sees a row only through its mean, and a mean does not depend on the order of the numbers. A term that gives both cases the same value cannot prefer one of them. The next cell does the same with all texts and test images of a student that you have just trained by plain KD:

# %%
ending = snapshots["KD"][steps[-1]]
pairs, number_of_texts = ending.pair_index[: len(test)], len(ending.text)


def own_cosine(M):
    """Mean cosine of the row of an image with the row of its text; texts stand above images."""
    return float(F.cosine_similarity(M[number_of_texts:], M[pairs]).mean())


student = torch.cat([ending.text, ending.image[: len(test)]]).double()
order = torch.rand(student.shape, generator=torch.Generator().manual_seed(0)).argsort(1)
shuffled = student.gather(1, order)  # each row's numbers in an order of its own
rows = []
for name, M in {"as trained": student, "numbers shuffled in every row": shuffled}.items():
    told = {"cosine with own text": number(own_cosine(M)), "H (nats)": number(float(row_entropy(M.mean(1))), 9)}
    rows.append({"rows": name, **told})
table(rows)
torch.testing.assert_close(row_entropy(student.mean(1)), row_entropy(shuffled.mean(1)))

# %% [markdown]
# So this $H$ does not ask for alignment; the KD term does. But perhaps images and texts become aligned as a side effect, when the projections learn to lower $H$ in their own table $M$? Here is that table before and after training with AME, for all five seeds. A cosine of 1 means aligned, −1 opposite.

# %%
trained, rows = Distillation(RECIPE, stage=stage), []
for step in (steps[0], steps[-1]):
    cosines, entropies = [], []
    for run in runs["KD + AME"]:
        trained.load_state_dict(run.state(step))  # students and projections as they were at that step
        with torch.no_grad():
            M = trained.ame.manifold.rows(image=run.features(step).image[: len(test)], text=ending.text).double()
        cosines.append(own_cosine(M))
        entropies.append(float(row_entropy(M.mean(1))))
    told = [mean_interval(values) for values in (cosines, entropies)]
    words = [f"{number(i.mean)} ± {number(i.half_width)}" for i in told]
    rows.append({"AME's own table M": f"step {step}", "cosine with own text": words[0], "H (nats)": words[1]})
table(rows)
assert max(cosines) < 0  # what is said below, at the last step and for every seed

# %% [markdown]
# Each is a mean over seeds ± half of its 95% interval. After training, images point away from their own texts in $M$: for this $H$, an image and its text are rivals like any two rows.
#
# ## 9. AME in your own training loop
#
# It takes two lines: create the term, and add it to your loss. (Also give its parameters to the optimizer, because its projections are trained too.) Here the features are random numbers; put your own in their place. You have to find the weight that suits your model: start small, and watch `ame_term.entropy(...)`. $e^H$ is the effective number of rows of $M$ that share the softmax's weight.

# %%
torch.manual_seed(0)
text_features, images = torch.randn(10, 512), torch.randn(32, 768)
teacher_features, projector = torch.randn(32, 512), nn.Linear(768, 512)

ame_term = AMELoss(image_dim=512, text_dim=512, omega=0.1)  # the first line
optimizer = torch.optim.AdamW([*projector.parameters(), *ame_term.parameters()], lr=1e-3)
for step in range(21):
    image_features = projector(images)
    kd_term = 1 - F.cosine_similarity(image_features, teacher_features).mean()
    loss = kd_term + ame_term(image=image_features, text=text_features)  # the second line
    if step % 5 == 0:
        H = ame_term.entropy(image=image_features, text=text_features).item()
        print(f"step {step:2}: KD {kd_term.item():.3f}, H {H:.3f} nats, rows that count {math.exp(H):.1f} of 42")
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
assert math.exp(H) < 1.5

# %% [markdown]
# Within 20 steps a single row counts, although the weight is small. AME's own projections have minimized $H$ by themselves. (A loss moves weights by its *gradient*, the direction and strength in which it pulls; AdamW, the optimizer, takes steps of about the same size whether the pull is strong or weak.) So a low $H$ does not yet tell what AME does to the student. `ame_term.push(...)` does: it is the length of the term's gradient at the image features, to be compared with that of KD.
#
# ## 10. Your turn: a live lab
#
# So far you have looked at finished runs. In the lab below two students learn while you watch, plain KD and KD + AME, on the same images in the same order. Press **play**: every dot is a test image, every star a class text, and since the two axes stay fixed, a dot that moves shows that the student has learned.
#
# - **Steer.** Change ω during training. The new value takes effect at the next step.
# - **Break it.** Switch on *ω = 50 from scratch* and press play: the diagnosis describes what you see, with the effective number of rows of $M$, $e^H$. Or try shuffled pairs, or a teacher that errs.
# - **Go back and fork.** Move the slider to an earlier step, choose a dial and a value, press *fork*: both branches go on side by side.
# - **Share it.** The line that begins with `ame1:` is the whole run, including your changes to the dials. `lab("ame1:…")` in another notebook gives the same curves.

# %%
live = lab({arm: dataclasses.replace(recipe, steps=60) for arm, recipe in arms.items()}, stage=stage)
live

# %% [markdown]
# The next cell shows the lab's results so far, finished or not, and each run as a recipe that you can copy. **Run All** ran it before you could press play, so run it again when the students have learned something.

# %%
live.live.settle(timeout=60)  # until the lab has prepared, a moment
outcome = live.result(timeout=120)
table(
    [
        {
            "arm": arm.name,
            "step": f"{arm.step} of {arm.recipe.steps}",
            "harmonic mean": f"{arm.metrics['harmonic_mean'].iloc[-1]:.3f}" if len(arm.metrics) else "–",
            "recipe": f"`{arm.token}`",
        }
        for arm in outcome.arms.values()
    ]
)
if not outcome.finished:
    say("Not at the end yet. Press **play** in the lab above, then run this cell again.")

# %% [markdown]
# Images that you select in the lab, by a click or with the lasso, are the rows of a table in Python: `live.selection`, with caption, prediction, entropy and a thumbnail.

# %% [markdown] tags=["exercise"]
# ## Exercises
#
# 4 exercises, about 19 minutes in all. Put your answer in place of `...`, or mend the code that stands there, and run the cell: the check says what is not right yet. Stuck? `teach.hint("croissant")` in a new cell gives a hint, and each further call one more. Solutions are folded below each exercise.

# %% tags=["exercise"]
import math

import torch
from torch.nn import functional as F

from ame_explore import Recipe, teach

# %% [markdown] tags=["exercise"]
# ### Exercise 1: Who gets the croissant?
#
# *predict, then run · 3 minutes · easy*
#
# The teacher sees the croissant as Fluent drew it, and of all emoji names “croissant” comes first. Now the student's *backbone*, before any distillation: a smaller network, trained on a third of Twemoji's pictures, for 600 steps in place of 7,000. Where does “croissant” come in its list?

# %% tags=["exercise"]
croissant = ...  # "first", "among the first ten", "among the first hundred" or "later"

teach.check("croissant", croissant)

# %% tags=["exercise"]
import torch

from ame_explore.data.sets.emoji import emoji_set
from ame_explore.models.emoji_weights import emoji_model


def experiment():
    known, ranks = emoji_set(), []
    place = known.names.index("croissant")
    croissant_image = known.images("fluent", torch.tensor([place]), side=24)
    for who in ("teacher", "student"):
        network = emoji_model(who)
        with torch.no_grad():
            similar = network.encode_text(known.names) @ network.encode_image(croissant_image)[0]
        ranks.append(int((similar > similar[place]).sum()) + 1)
        first = ", ".join(known.names[k] for k in similar.topk(3).indices)
        print(f"{who}: croissant is number {ranks[-1]} of {len(known)}; the first three are {first}")
    limits = {1: "first", 10: "among the first ten", 100: "among the first hundred", len(known): "later"}
    return next(words for limit, words in limits.items() if ranks[-1] <= limit)


if croissant is ...:
    print("First write your prediction into the cell above.")
else:
    happened = experiment()
    print(happened)


# %% [markdown] tags=["exercise"]
# <details><summary>Solution</summary>
#
# ```python
# croissant = "later"
# ```
#
# There are some 1,600 names. The backbone is a poor judge of single names, and yet, asked to choose among twenty broad classes, it is right several times as often as chance (section 3). How good a network is depends on the question.
#
# </details>

# %% [markdown] tags=["exercise"]
# ### Exercise 2: H of a table, in one line
#
# *write the missing line · 5 minutes · easy*
#
# Write $H(M)$ as section 4 describes it: each row's score is its mean, the softmax over the rows makes weights $p$ of the scores, and $H = -\sum_t p_t \log p_t$, in nats. The first two steps are there.


# %% tags=["exercise"]
def manifold_entropy(M):
    """Entropy, in nats, of the softmax over the scores of the rows of M, (rows, columns)."""
    scores = M.mean(1)
    p = scores.softmax(0)
    return ...  # your line


teach.check("manifold_entropy", manifold_entropy)

# %% [markdown] tags=["exercise"]
# <details><summary>Solution</summary>
#
# ```python
# def manifold_entropy(M):
#     """Entropy, in nats, of the softmax over the scores of the rows of M, (rows, columns)."""
#     scores = M.mean(1)
#     p = scores.softmax(0)
#     return -(p * p.log()).sum()
# ```
#
# One number for the whole table. It depends on the rows' means alone, so the order of the numbers within a row cannot matter to it: that is the proof of section 8.
#
# </details>

# %% [markdown] tags=["exercise"]
# ### Exercise 3: A mean of 40% from two times 80%?
#
# *find the fault · 3 minutes · easy*
#
# This function should combine base and new accuracy to their harmonic mean. A student who is right on 80% of both gets 40%. Find the fault and mend it.


# %% tags=["exercise"]
def harmonic_mean(base, new):
    """The harmonic mean of two accuracies, each above 0 and up to 1."""
    return base * new / (base + new)


teach.check("harmonic_mean", harmonic_mean)

# %% [markdown] tags=["exercise"]
# <details><summary>Solution</summary>
#
# ```python
# def harmonic_mean(base, new):
#     """The harmonic mean of two accuracies, each above 0 and up to 1."""
#     return 2 * base * new / (base + new)
# ```
#
# Any mean of two equal numbers is that number. The harmonic mean stays near the smaller of two numbers: a student who knows the base classes perfectly and 10% of the new ones gets 18%, not 55%.
#
# </details>

# %% [markdown] tags=["exercise"]
# ### Exercise 4: Plan a comparison that can answer “does AME help?”
#
# *design the experiment · 8 minutes · medium*
#
# Plan three arms on the emoji: plain KD, KD + AME, and a control that tells whether an effect comes from the texts (section 7 has one; the setting `random_texts=True` makes it). Each arm is a pair of a recipe and the list of its seeds; `Recipe.for_data("emoji", omega=0.0)` is plain KD. The plan must be able to say, seed by seed and with an interval, what AME does, and nothing else may differ.

# %% tags=["exercise"]
fair_arms = {
    "KD": ...,  # a recipe and its seeds, as (Recipe.for_data("emoji", omega=0.0), [0])
    "KD + AME": ...,
    "control": ...,
}

teach.check("fair_arms", fair_arms)

# %% [markdown] tags=["exercise"]
# <details><summary>Solution</summary>
#
# ```python
# fair_arms = {
#     "KD": (Recipe.for_data("emoji", omega=0.0), range(5)),
#     "KD + AME": (Recipe.for_data("emoji", omega=50.0), range(5)),
#     "control": (Recipe.for_data("emoji", omega=50.0, random_texts=True), range(5)),
# }
# ```
#
# Arms that share their seeds share shots, initial weights and batches, so their difference is the term's. If the control does as well as KD + AME, the texts had no part in it. With five seeds a 95% interval is about 1.2 standard deviations to each side; with two it is nine.
#
# </details>

# %% [markdown]
# ## Where to go next
#
# - **[`01_distillation`](01_distillation.ipynb)** is the next step: temperature, what reaches new classes, how strongly each loss term pulls, and steering a run during training.
# - `ame-explore demo` in a terminal runs the comparison of section 6 with longer training and more weights of AME, and writes a report that you can share. Options choose other data (`--data digits`, `--data scenes`), shots and readings.
# - Change something here: `shots=4`, `omega=5.0`, `mixing=1.0` or `steps=240` in `RECIPE`, as in `Recipe.for_data("emoji", steps=240)`, then **Run → Run All Cells**.
#
# **Sources.** AME: G. Cao and Y. Ou, [arXiv 2508.08644](https://arxiv.org/abs/2508.08644) (abstract), and the public reviews of a resubmission to ICLR 2026 (withdrawn), from which the formulas and the reported figures are taken. PromptKD: Li et al., CVPR 2024, [arXiv 2403.02781](https://arxiv.org/abs/2403.02781). Distillation: Hinton, Vinyals and Dean 2015, [arXiv 1503.02531](https://arxiv.org/abs/1503.02531). CLIP: Radford et al. 2021, [arXiv 2103.00020](https://arxiv.org/abs/2103.00020). WiSE-FT: Wortsman et al., CVPR 2022, [arXiv 2109.01903](https://arxiv.org/abs/2109.01903). Emoji: names from Unicode CLDR; pictures from Google's Noto, Twitter's Twemoji and Microsoft's Fluent, under the licences in the package's `ame_explore/data/sets/emoji/NOTICES.md`.
