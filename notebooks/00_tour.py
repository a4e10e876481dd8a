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
# # A tour: a teacher, a student, and an entropy between them
#
# A small network, the *student*, learns from a larger one, the *teacher*, with only a handful of pictures. A paper proposes to help it with one more term in the loss, called **AME** (Aligned Manifold Entropy). Does it help? You will see how AME works, watch it during training, and read the answer from a table that is computed while you read.
#
# You need no background beyond “a network is trained by making a number, the *loss*, small”. Reading takes about ten minutes. Choose **Run → Run All Cells** now and read along. Nothing is downloaded and no graphics card is needed; the first run also trains the teacher and keeps it for later runs. The code is short and yours to change, but you can follow without it: **View → Collapse All Code** hides it.

# %%
import dataclasses
import tempfile
from pathlib import Path

import plotly.express as px
import plotly.graph_objects as go
import plotly.io
import torch
from IPython.display import HTML, Markdown, display
from ipywidgets import IntProgress, Output, SelectionSlider, VBox
from plotly.subplots import make_subplots
from torch import nn
from torch.nn import functional as F

from ame_explore import AMELoss, Distillation, Recipe, Run, digits, lab, row_entropy
from ame_explore.analysis import PCAProjection, mean_interval, paired_interval
from ame_explore.apps.demo import record_run
from ame_explore.figures import Drawing, comparison, entropy, manifold
from ame_explore.figures.base.labels import palette, place_labels
from ame_explore.figures.base.style import INK, MUTED, arm_styles, finish, top_legend
from ame_explore.figures.base.thumbnails import png_uri
from ame_explore.measures import predictive_entropy
from ame_explore.quantities import number, quantity
from ame_explore.reports.demo_report import verdict_sentence
from ame_explore.training import Stage, facts

torch.set_num_threads(1)  # tensors are tiny here: a second thread would only get in the way
plotly.io.renderers.default = "plotly_mimetype"  # figures as data, not each with its own copy of plotly

# %% [markdown]
# The next cell holds four small helpers: for pictures, for a figure and the sentence that describes it, for a table and for a progress bar. None of them is about machine learning.

# %%
SEEDS = 5  # every comparison below is repeated this often


def pictures(images, captions, columns, sentence):
    """Images (n, 1, S, S) in rows of `columns`, ink dark, each below its caption; and below all, what they show."""
    pixels = (255 * (1 - images.movedim(1, -1))).round().to(torch.uint8)
    pixels = pixels.repeat_interleave(12, 1).repeat_interleave(12, 2).numpy()  # large without a blur
    side, width = (96, 180) if columns <= 5 else (72, 80)
    cells = [
        f"<figure style='display:inline-block; width:{width}px; margin:8px 6px; text-align:center'>"
        f"<figcaption>{caption}</figcaption><img src='{png_uri(one)}' alt='{caption}' width='{side}'></figure>"
        for one, caption in zip(pixels, captions, strict=True)
    ]
    lines = ["".join(cells[at : at + columns]) for at in range(0, len(cells), columns)]
    display(HTML("".join(f"<div>{line}</div>" for line in lines)), Markdown(f"*{sentence}*"))


def show(figure, sentence):
    """A figure, and below it in words what it shows."""
    display(Drawing(figure, sentence), Markdown(f"*{sentence}*"))


def table(rows):
    """A list of {column: cell} as a table."""
    lines = [list(rows[0]), ["---"] * len(rows[0]), *[map(str, row.values()) for row in rows]]
    display(Markdown("\n".join(f"| {' | '.join(line)} |" for line in lines)))


def progress_bar():
    """Show a bar and return the function that moves it: progress(what, done, of)."""
    bar = IntProgress(layout={"width": "480px"}, style={"description_width": "200px"})
    display(bar)

    def progress(what, done, of):
        bar.description, bar.max, bar.value = what, of, done

    return progress


# %% [markdown]
# ## 1. Images and words in one space
#
# A **vision-language model** has two networks. One reads an image, the other a text, and both return a list of numbers, a *vector*, of the same length. Training pulls the vector of an image towards that of its own text and away from the other texts. Images and words then share one space, where closeness means “these belong together”. CLIP (Radford et al. 2021) is the best-known model of this kind.
#
# Our images are real: 1,797 handwritten digits of 8 × 8 pixels, with a text for each of the ten classes.

# %%
data = digits()
test = data.indices("test")
one_each = torch.stack([test[data.labels[test] == label][0] for label in range(data.num_classes)])

told = f"One image of each of the {data.num_classes} classes, out of {len(data.images)}, below its text."
pictures(data.images[one_each], [f"“{text}”" for text in data.class_texts], 5, told)

# %% [markdown]
# A small CLIP, trained on such images, is our **teacher**. The first time, this cell trains it and a still smaller network for the student; a bar shows the progress. After that, both come from a cache on disk.

# %%
RECIPE = Recipe(host="projector", shots=4, steps=100)  # all that decides a run; what it says is explained below
progress = progress_bar()
stage = Stage.for_recipe(RECIPE, progress=progress)
progress("ready", 1, 1)

# %% [markdown]
# Closeness is measured by the **cosine** of the angle between two vectors: 1 if they point the same way, 0 at a right angle, −1 if they are opposite. To name a digit, the teacher compares the image with all ten texts and takes the text with the largest cosine.

# %%
cosines = stage.teacher_features(data.images[one_each]) @ stage.text_features.T
names = palette(data.class_texts).names
axes = {"x": "text: a handwritten ...", "y": "image of a ...", "color": "cosine"}
figure = px.imshow(cosines, x=names, y=names, labels=axes, color_continuous_scale="Blues", aspect="auto")
answers = cosines.argmax(1)  # the text that the teacher takes, for each image
text = [["" if k != at else f"{c:.2f}" for k, c in enumerate(row)] for at, row in zip(answers, cosines, strict=True)]
figure.update_traces(text=text, texttemplate="%{text}", textfont_size=16, xgap=2, ygap=2)
subtitle = "The ten images above, as the teacher sees them. The number is the largest cosine of each row: the answer."
finish(figure, "Every image against every text", subtitle, height=500)

known = facts(stage)  # reference scores and chance levels, measured once
teacher = known["reference_scores"]["teacher_test_accuracy"]
right = int((answers == data.labels[one_each]).sum())
show(
    figure,
    f"In {right} of these 10 rows the answer stands in the column of the right text. Over all {len(test)} test "
    f"images, which the teacher has never seen, it is right on {teacher:.1%}.",
)

# %% [markdown]
# ## 2. What distillation is
#
# A good teacher is large, and often too slow for everyday use. **Knowledge distillation** (KD; Hinton et al. 2015) trains a small student to do what the teacher does. The student gets images *without labels*: it learns only from the teacher's output for each image.
#
# Our student follows PromptKD (Li et al. 2024). It has a small image network of its own, the *backbone*, which stays frozen. Only a *projector* on top learns: a small network that maps the backbone's vectors into the teacher's space, so that the student can use the teacher's texts. (PromptKD also learns some extra inputs, called prompts. We leave them out here to save time; `host="promptkd"` adds them.)
#
# The backbone was trained on other images, namely blurred, pale digits, so it needs help with these.

# %%
student = Distillation(RECIPE, stage=stage).student


def count(parameters):
    """How many numbers there are to learn, as text."""
    return f"{sum(p.numel() for p in parameters):,}"


tower = stage.teacher.image_tower
table(
    [
        {"image network": "teacher", "weights": count(tower.parameters()), "of these learn in distillation": "none"},
        {
            "image network": "student",
            "weights": count(student.parameters()),
            "of these learn in distillation": count(student.trainable_parameters()),
        },
    ]
)

# %% [markdown]
# What a score is worth depends on who has seen which images. The four parts below share no image. During distillation the student sees only images of the **base** classes, zero to four. It meets the **new** classes, five to nine, for the first time in the test. (PromptKD itself also shows the student unlabelled images of the new classes, which flatters its score on them.)

# %%
columns = {"part": "part", "images": "images", "which": "classes", "labels_used": "labels used?", "seen_by": "seen by"}
seen = data.who_has_seen_what(shots=RECIPE.shots)
table([{title: row[name] for name, title in columns.items()} for row in seen])

# %% [markdown]
# ## 3. Why few and ambiguous images are hard
#
# The student learns from these images alone: four images, or *shots*, of each base class.

# %%
shots = data.shots(RECIPE.shots, seed=0)
told = f"{len(shots)} images; the names are for you, the student is not told them."
pictures(data.images[shots], [names[c] for c in data.labels[shots].tolist()], 10, told)

# %% [markdown]
# With so few images, each one counts, and some are hard to read. We can make images harder on purpose: *ambiguity* blends an image with one of a similar class, up to half and half.

# %%
dials = [0.0, 0.25, 0.5, 0.75, 1.0]
chosen = one_each[[1, 3, 9]]
blends = torch.stack([data.images_at(chosen, ambiguity=dial) for dial in dials], dim=1).flatten(0, 1)
captions = [f"{names[c]}, ambiguity {dial:g}" for c in data.labels[chosen].tolist() for dial in dials]
partners = ", ".join(f"{names[c]} with {names[data.neighbours[c]]}" for c in data.labels[chosen].tolist())
pictures(blends, captions, 5, f"Blended: {partners}. At 1 both weigh the same.")

# %% [markdown]
# How unsure is the teacher of such images? Its ten cosines, times a factor that the teacher has learned, become ten probabilities (by the *softmax*: raise *e* to each of them, then divide by the sum). The **entropy**, $H = -\sum_i p_i \log p_i$, measures how spread out the probabilities are. It is 0 if one of them is 1, and it is largest, $\log 10 \approx 2.30$, if all ten are equal. With the natural logarithm its unit is the **nat**.

# %%
levels = torch.linspace(0, 1, 6).tolist()
unsure, correct = [], []
for level in levels:
    answers = stage.logits(stage.teacher_features(data.images_at(test, ambiguity=level)))
    unsure.append(float(predictive_entropy(answers).mean()))
    correct.append(float((answers.argmax(1) == data.labels[test]).double().mean()))

figure = make_subplots(
    1, 2, subplot_titles=["<b>entropy of the answers</b>", "<b>right answers</b>"], horizontal_spacing=0.14
)
figure.add_trace(go.Scatter(x=levels, y=unsure, mode="lines+markers", line_width=3), row=1, col=1)
figure.add_trace(go.Scatter(x=levels, y=correct, mode="lines+markers", line_width=3), row=1, col=2)
finish(figure, "The teacher on ambiguous images", f"Mean over {len(test)} test images.", height=420, top=120)
figure.update_layout(showlegend=False)
figure.update_xaxes(title="ambiguity")
figure.update_yaxes(title="nats", rangemode="tozero", row=1, col=1)
figure.update_yaxes(title="share right", tickformat=".0%", range=[0, 1.03], row=1, col=2)
show(
    figure,
    f"From clear to half-and-half images the entropy goes from {unsure[0]:.2f} to {unsure[-1]:.2f} nats, and the share of right "
    f"answers from {correct[0]:.0%} to {correct[-1]:.0%}.",
)

# %% [markdown]
# Now the other half of the question, *few*. We train students on 1, 4 and 16 shots, by plain distillation, and test them. A result with few shots depends a lot on *which* shots. So each student is trained five times, with five *seeds*, and we show the mean with its **95% confidence interval**: a range made so that about 95 of 100 such ranges contain the true mean.
#
# Base images are classified among the five base classes and new images among the five new ones. Guessing would be right in 1 of 5 cases, which is the *chance level*. The **harmonic mean** $2BN/(B+N)$ combines base accuracy $B$ and new accuracy $N$; it is high only if both are.

# %%
PLAIN = dataclasses.replace(RECIPE, omega=0.0)  # omega is the weight of AME's term: none yet


def last_metrics(recipe, seed):
    """Train one student and give the numbers of its last step."""
    *_, last = Distillation(dataclasses.replace(recipe, seed=seed), stage=stage, metrics_every=recipe.steps)
    return last.metrics


shot_counts, by_shots, progress = [1, 4, 16], {}, progress_bar()
for k in shot_counts:
    recipe = dataclasses.replace(PLAIN, shots=k)
    by_shots[k] = [last_metrics(recipe, seed) for seed in range(SEEDS)]
    progress("students", len(by_shots), len(shot_counts))

# %%
figure, told = go.Figure(), []
for name, style in arm_styles(["base_accuracy", "new_accuracy"]).items():
    intervals = [mean_interval([metrics[name] for metrics in by_shots[k]]) for k in shot_counts]
    label = quantity(name).label
    figure.add_scatter(
        x=[str(k) for k in shot_counts],
        y=[i.mean for i in intervals],
        error_y={"array": [i.half_width for i in intervals], "thickness": 2, "width": 7},
        line={"color": style.color, "dash": style.dash, "width": 3},
        marker={"symbol": style.symbol, "size": 11},
        name=label,
    )
    told.append(f"{label} {', '.join(number(i.mean, 2) for i in intervals)}")
guess = known["chance"]["new_accuracy"]
figure.add_hline(
    guess, line={"dash": "dot", "color": MUTED}, annotation_text="chance", annotation_position="bottom right"
)
subtitle = f"Mean and 95% interval over {SEEDS} seeds, plain distillation."
finish(figure, "Accuracy by number of shots", subtitle, height=460, top=130)
top_legend(figure, above=6, item=44)
figure.update_xaxes(title="shots a class", type="category")
figure.update_yaxes(title="share right", range=[0, 1.05], tickformat=".0%")
show(figure, f"Mean with {', '.join(map(str, shot_counts))} shots: {'; '.join(told)}. Chance is {guess:.2f}.")

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
    weights = torch.tensor(scores).softmax(0)
    shown = " ".join(f"{p:.2f}" for p in weights)
    print(f"{name:18} weights {shown}   H = {row_entropy(torch.tensor(scores)):.3f} nats")

# %% [markdown]
# $H$ is largest, $\log 4 = 1.386$, if all rows have the same score. It becomes small as one row outscores all others. So the term makes the rows compete.
#
# What was reported? According to the reviews, with 16 shots the harmonic mean, averaged over eleven data sets, rose from 77.40 to 80.19, while on ImageNet it fell from 73.90 to 73.00. Each number is a mean of three seeds, reported without a standard deviation. Let us look for ourselves.
#
# ## 5. Watch students learn
#
# We compare two *arms*: plain KD, and KD + AME with $\omega = 50$. Both arms use the same five seeds. Within a seed they have the same shots, the same initial weights and the same batches, and differ only in AME. Such *paired* runs can be compared seed by seed. Each run is recorded on disk during training.

# %%
arms = {"KD": PLAIN, "KD + AME": RECIPE}
folder = tempfile.TemporaryDirectory(prefix="ame_tour_")
runs = {arm: [] for arm in arms}
progress = progress_bar()
for seed in range(SEEDS):
    for arm, recipe in arms.items():
        distillation = Distillation(dataclasses.replace(recipe, seed=seed), stage=stage, features_every=10)
        path = Path(folder.name) / f"{arm}, seed {seed}"
        record_run(distillation, path, known)
        runs[arm].append(Run.open(path))
        progress("students", sum(map(len, runs.values())), SEEDS * len(arms))

# %% [markdown]
# **Move the slider** below to go through the training of the first seed. Every mark is a test image where the student puts it, every star a class text. This space has 64 dimensions. The picture shows two of them, the directions along which the points at the end of training vary most (found by *principal component analysis*, PCA). These two axes stay fixed, so any movement in the picture is movement of the features. This is the space in which the student answers; AME projects it once more to make the table $M$.

# %%
steps = runs["KD"][0].feature_steps
snapshots = {arm: {step: of[0].features(step) for step in steps} for arm, of in runs.items()}
end = snapshots["KD + AME"][steps[-1]]
clear = end.ids < known["ambiguous_from_id"]  # the ambiguous test images are left out here
ends = [snapshots[arm][steps[-1]].image[clear] for arm in arms]
basis = PCAProjection.fit(torch.cat([*ends, end.text]))
stars, colors, labels = basis.transform(end.text), palette(data.class_texts).colors, end.labels[clear].tolist()
every = torch.cat([*(features.image[clear] for of in snapshots.values() for features in of.values()), end.text])
low, high = basis.transform(every).min(0) - 0.08, basis.transform(every).max(0) + 0.08
sides = place_labels(420 * (stars - low) / (high - low), names, size=15, panel=420)  # names beside their stars
marks = {
    "color": [colors[c] for c in labels],
    "symbol": ["circle" if c in data.base_classes else "diamond-open" for c in labels],
    "size": 6,
    "opacity": 0.75,
}
star = {"symbol": "star", "size": 16, "color": colors, "line": {"color": INK, "width": 1.4}}


def picture(step):
    """Both students' spaces after that many steps, in the same two dimensions."""
    figure = make_subplots(1, 2, subplot_titles=[f"<b>{arm}, step {step}</b>" for arm in arms], horizontal_spacing=0.03)
    for column, arm in enumerate(arms, start=1):
        points, place = basis.transform(snapshots[arm][step].image[clear]), {"row": 1, "col": column}
        hover = {"text": [names[c] for c in labels], "hoverinfo": "text"}
        figure.add_scatter(x=points[:, 0], y=points[:, 1], mode="markers", marker=marks, **hover, **place)
        figure.add_scatter(x=stars[:, 0], y=stars[:, 1], mode="markers+text", marker=star, text=names, **place)
    figure.update_traces(textposition=sides, textfont={"size": 15, "weight": 600}, selector={"mode": "markers+text"})
    title = "Discs: images of base classes. Open diamonds: of new ones. Stars: the class texts, in the same colours."
    finish(figure, "The student's space", title, height=560, top=120, bottom=50).update_layout(showlegend=False)
    figure.update_xaxes(range=[low[0], high[0]], title="first axis").update_yaxes(range=[low[1], high[1]])
    figure.update_yaxes(title="second axis", col=1).update_yaxes(showticklabels=False, col=2)
    return Drawing(figure, f"The student's space after {step} steps.")


def redraw(change):
    """Put the picture of the step that was chosen in place of the one before."""
    canvas.outputs = ()
    canvas.append_display_data(picture(change["new"]))


slider = SelectionSlider(options=steps, description="step", layout={"width": "600px"})
canvas = Output(layout={"min_height": "580px"})
slider.observe(redraw, "value")
slider.value = steps[-1]
VBox([slider, canvas])

# %% [markdown]
# The same before and after, to compare at leisure:

# %%
drawing = manifold(
    {"before training": snapshots["KD"][0], **{arm: snapshots[arm][steps[-1]] for arm in arms}},
    fit_on=list(arms),
    base_classes=known["base_classes"],
    ambiguous_from_id=known["ambiguous_from_id"],
    max_images=150,
)
show(drawing.figure, drawing.sentence)

# %% [markdown]
# Now the entropy. There are two, and they are easily confused. On the left is the entropy of the manifold, $H(M)$, which AME minimizes, drawn as its distance *below its maximum* $\log n$ for $n$ rows. On the right is the entropy of the student's answers: how unsure it is of each test image.

# %%
drawing = entropy(runs)
show(drawing.figure, drawing.sentence)

# %% [markdown]
# ## 6. Did it help?
#
# The table compares the arms seed by seed. “Change” is KD + AME minus KD. If its 95% interval contains 0, we have *not seen a difference*, which does not prove that there is none. “Before” is the student's backbone by itself, as the small CLIP it came from, with its own texts. “Ambiguous” test images are blended with an ambiguity of 0.8. The *calibration error* is the distance between how sure the student is and how often it is right.

# %%
last = {
    arm: {name: [float(run.metrics[name].iloc[-1]) for run in of] for name in of[0].metrics} for arm, of in runs.items()
}
scores = known["reference_scores"]


def mean(values):
    """Of one number a seed."""
    return sum(values) / len(values)


def change_words(interval):
    """'+0.012 [−0.003, +0.027] over 5 seeds'"""
    return quantity("harmonic_mean").change_text(interval)


rows = []
for name in ("base_accuracy", "new_accuracy", "harmonic_mean", "ambiguous_harmonic_mean", "teacher_agreement", "ece"):
    change = paired_interval(last["KD + AME"][name], last["KD"][name])
    rows.append(
        {
            "mean over seeds of": quantity(name).label,
            "chance": number(known["chance"].get(name, float("nan")), 2),
            "before": number(scores.get(f"backbone_{name}", float("nan"))),
            **{arm: number(mean(last[arm][name])) for arm in arms},
            "change [95% interval]": change_words(change),
            "verdict": quantity(name).verdict(change),
        }
    )
table(rows)
display(Markdown(f"**{verdict_sentence(last, reference='KD')}**"))

base, new, both = (mean(last["KD"][name]) for name in ("base_accuracy", "new_accuracy", "harmonic_mean"))
order = "below" if both < scores["backbone_harmonic_mean"] else "above"
display(
    Markdown(
        f"Mind the column “before”, too. Plain KD ends {order} what the backbone had by itself: a harmonic mean of {both:.3f} "
        f"against {scores['backbone_harmonic_mean']:.3f}. On base classes, of which the student saw images, accuracy went from "
        f"{scores['backbone_base_accuracy']:.2f} to {base:.2f}, on new ones from {scores['backbone_new_accuracy']:.2f} to {new:.2f}."
    )
)

# %% [markdown]
# The same as a picture. Faint dots are single seeds. The large mark is their mean; it is filled if its interval excludes 0.

# %%
shown = ("harmonic_mean", "base_accuracy", "new_accuracy", "ambiguous_harmonic_mean")
drawing = comparison(
    {arm: {name: last[arm][name] for name in shown} for arm in arms}, reference="KD", chance=known["chance"]
)
show(drawing.figure, drawing.sentence)

# %% [markdown]
# This is one setting: small networks, 8 × 8 digits, a manifold of 64 dimensions, and a weight that was reported for much larger models. It is not a verdict on the paper. It is a measurement that you can repeat, change, and disagree with.
#
# ## 7. What is not known
#
# This package was built from the paper's abstract and from the public reviews of a resubmission, which quote its equations. They leave much open: how deep the projections are, whether rows are normalized, whether $H$ is taken over the batch or for each image, and even *which* entropy is meant. The abstract speaks of “high predictive uncertainty”, but the quoted formula contains no prediction. So the package offers several **readings** and says which of its defaults are its own choice. Two of the rows below are *controls*. One replaces the texts with random vectors: an effect that remains cannot come from the texts. The other pulls every image straight towards the text that the teacher chooses: it shows what alignment itself would do.

# %%
READINGS = {
    "rows, ω = 50 (as reported)": {},
    "rows, ω = 1": {"omega": 1.0},
    "rows of the student's own features, no projections, ω = 50": {"projection": "host"},
    "control: rows, random vectors for texts, ω = 50": {"random_texts": True},
    "predictive: entropy of the student's answers, ω = 0.3": {"reading": "predictive", "projection": "host"},
    "predictive, ω = 0.03": {"reading": "predictive", "projection": "host", "omega": 0.03},
    "spectral: entropy of the spectrum of all rows, ω = 1": {"reading": "spectral"},
    "control: alignment, pulls images to their texts, ω = 1": {"reading": "alignment", "projection": "host"},
}
progress, by_reading = progress_bar(), {"rows, ω = 50 (as reported)": last["KD + AME"]["harmonic_mean"]}
for name, settings in list(READINGS.items())[1:]:
    recipe = dataclasses.replace(RECIPE, **settings)
    by_reading[name] = [last_metrics(recipe, seed)["harmonic_mean"] for seed in range(SEEDS)]
    progress("readings", len(by_reading), len(READINGS))

# %%
rows = []
for name, values in by_reading.items():
    change = paired_interval(values, last["KD"]["harmonic_mean"])
    verdict = quantity("harmonic_mean").verdict(change)
    told = {"harmonic mean": number(mean(values)), "change against KD [95% interval]": change_words(change)}
    rows.append({"reading": name, **told, "verdict": verdict})
table(rows)
verdicts = [row["verdict"] for row in rows]
display(
    Markdown(
        f"Of these {len(rows)}, **{verdicts.count('better')} better** than KD, **{verdicts.count('worse')} worse**, and "
        f"**{verdicts.count('no difference seen')} with no difference seen**. Where there is no difference, one interval in "
        "twenty still leaves out 0 by mere luck: a narrow “better” or “worse” is a reason to train more seeds, not a result."
    )
)

# %% [markdown]
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
pairs, number_of_texts = end.pair_index[clear], len(end.text)


def own_cosine(M):
    """Mean cosine of the row of an image with the row of its text; texts stand above images."""
    return float(F.cosine_similarity(M[number_of_texts:], M[pairs]).mean())


student = torch.cat([end.text, snapshots["KD"][steps[-1]].image[clear]]).double()
places = torch.rand(student.shape, generator=torch.Generator().manual_seed(0)).argsort(1)
shuffled = student.gather(1, places)  # each row's numbers in an order of its own
rows = []
for name, M in {"as trained": student, "numbers shuffled in every row": shuffled}.items():
    told = {
        "cosine with own text": f"{own_cosine(M):.3f}".replace("-", "−"),
        "H (nats)": f"{row_entropy(M.mean(1)):.9f}",
    }
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
            M = trained.ame.manifold.rows(image=run.features(step).image[clear], text=end.text).double()
        cosines.append(own_cosine(M))
        entropies.append(float(row_entropy(M.mean(1))))
    told = [mean_interval(values) for values in (cosines, entropies)]
    words = [f"{i.mean:.3f} ± {i.half_width:.3f}".replace("-", "−") for i in told]
    rows.append({"AME's own table M": f"step {step}", "cosine with own text": words[0], "H (nats)": words[1]})
table(rows)
assert max(cosines) < 0  # what is said below, at the last step and for every seed

# %% [markdown]
# Each is a mean over seeds ± half of its 95% interval. After training, images point away from their own texts in $M$: for this $H$, an image and its text are rivals like any two rows.
#
# ## 9. AME in your own training loop
#
# It takes two lines: create the term, and add it to your loss. (Also give its parameters to the optimizer, because its projections are trained too.) Here the features are random numbers; put your own in their place. You have to find the weight that suits your model: start small, and watch `ame_term.entropy(...)`. In this example it falls from 3.7 to nearly 0 within 20 steps: one row of $M$ has won.

# %%
torch.manual_seed(0)
text_features, images = torch.randn(10, 512), torch.randn(32, 768)
teacher_features, projector = torch.randn(32, 512), nn.Linear(768, 512)

ame_term = AMELoss(image_dim=512, text_dim=512, omega=0.1)  # the first line
optimizer = torch.optim.AdamW([*projector.parameters(), *ame_term.parameters()], lr=1e-3)
for _ in range(20):
    image_features = projector(images)
    kd_term = 1 - F.cosine_similarity(image_features, teacher_features).mean()
    loss = kd_term + ame_term(image=image_features, text=text_features)  # the second line
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(f"after 20 steps: KD {kd_term.item():.3f}, AME {(loss - kd_term).item():.3f}")

# %% [markdown]
# ## 10. Your turn: a live lab
#
# So far you have looked at finished runs. In the lab below two students learn while you watch, plain KD and KD + AME, on the same images in the same order. Press **play**: every dot is a test image, every star a class text, and since the two axes stay fixed, a dot that moves shows that the student has learned.
#
# - **Steer.** Change ω during training. The new value takes effect at the next step.
# - **Break it.** Switch on *ω = 50 from scratch* and press play: the diagnosis describes what you see, with the effective number of rows of $M$, $e^H$. Or try shuffled pairs, or a teacher that errs.
# - **Go back and fork.** Move the slider to an earlier step, choose a dial and a value, press *fork*: both branches go on side by side.
# - **Share it.** The line that begins with `ame1:` is the whole run, including your changes to the dials. `lab("ame1:…")` in another notebook gives the same curves.

# %%
live = lab({"KD": dataclasses.replace(RECIPE, omega=0.0), "KD + AME": RECIPE}, stage=stage)
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
    display(Markdown("Not at the end yet. Press **play** in the lab above, then run this cell again."))

# %% [markdown]
# Images that you select in the lab, by a click or with the lasso, are the rows of a table in Python: `live.selection`, with caption, prediction, entropy and a thumbnail.
#
# ## Where to go next
#
# - `ame-explore demo` in a terminal runs the comparison of section 6 with PromptKD's form of the student and longer training, and writes a report that you can share. Options choose other data (`--data scenes`), shots and readings.
# - [`01_distillation`](01_distillation.ipynb) goes into detail: temperature, what reaches new classes, how strongly each loss term pulls, and steering a run during training.
# - `ame-explore lab` opens these notebooks wherever the package is installed.
# - Change something here: `shots=16`, `omega=1.0`, `host="promptkd"` or `steps=300` in `RECIPE`, then **Run → Run All Cells**.
#
# **Sources.** AME: G. Cao and Y. Ou, [arXiv 2508.08644](https://arxiv.org/abs/2508.08644) (abstract), and the public reviews of a resubmission to ICLR 2026 (withdrawn), from which the formulas and the reported figures are taken. PromptKD: Li et al., CVPR 2024, [arXiv 2403.02781](https://arxiv.org/abs/2403.02781). Distillation: Hinton, Vinyals and Dean 2015, [arXiv 1503.02531](https://arxiv.org/abs/1503.02531). CLIP: Radford et al. 2021, [arXiv 2103.00020](https://arxiv.org/abs/2103.00020). Digits: Alpaydin and Kaynak 1998, the UCI repository, as shipped with scikit-learn.
