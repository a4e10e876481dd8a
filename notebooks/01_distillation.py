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
# # Distillation: what a small student can take from its teacher
#
# The [tour](00_tour.ipynb) told the whole story once. This notebook looks at its middle part in detail: a small network, the *student*, learns from a larger one, the *teacher*. What exactly does it copy? What does it learn about classes of which it never saw an image? What changes when AME's entropy is added to the loss, and how strongly does each term pull?
#
# - **Aim:** say what a student copies at which temperature, what of it reaches new classes, and how strongly KD and AME pull.
# - **You need:** [`00_tour`](00_tour.ipynb).
# - **Time:** 30 minutes at your seat without the exercises; the cells compute for 30 s.
#
# Several cells ask you to **predict first**. Write your guess in place of `None` and run the cell: a wrong guess teaches more than a number read in passing. So run the cells one by one with **Shift + Enter**, not all at once: below some of them stands the answer. **View → Collapse All Code** hides the code.

# %%
import dataclasses
import tempfile
from pathlib import Path
from statistics import fmean

import torch

from ame_explore import Distillation, Recipe, check, figures
from ame_explore.analysis import paired_interval
from ame_explore.apps.demo import record_arms
from ame_explore.measures import predictive_entropy
from ame_explore.quantities import number, quantity
from ame_explore.training import Stage, facts
from ame_explore.training.evaluate import base_to_new
from ame_explore.training.losses import logits_kd
from ame_explore.training.replicas.recipes import distill_replicas
from ame_explore.widgets.notebook import browse, compare_guess, pictures, say, show, table
from ame_explore.widgets.runtime.cell_progress import cell_progress

torch.set_num_threads(1)  # tensors are tiny here: a second thread would only get in the way
SEEDS = 4  # every comparison below is repeated this often
check()

# %% [markdown]
# ## 1. Who is who, and who has seen what
#
# Both networks are small CLIPs: they turn an image and a text into *vectors* (lists of numbers) in one space, so that an image lies in the direction of its text. Closeness is the **cosine** of the angle between two vectors, and the text with the largest cosine is the answer.
#
# - The **teacher** was trained on emoji by Noto and Twemoji and on 3,061 pictures from four other sets, which are not part of the data here, with their names. It is frozen now.
# - The **student** has a smaller image network, its *backbone*, which is frozen, too. It was trained on a third of Twemoji's pictures. Only the *projector* on top learns: it maps the backbone's vectors into the teacher's space. Both use the teacher's texts. This is PromptKD's form (Li et al. 2024) without its prompts, which saves time. (In the tour all of the student's weights learned, which makes better students and takes ten times as long.)
#
# Both models come with the package.

# %%
# Shots are the images of each class to learn from; omega is the weight of AME.
RECIPE = Recipe(data="emoji", host="projector", shots=16, steps=100, learning_rate=1e-2)
PLAIN = dataclasses.replace(RECIPE, omega=0.0)
stage = Stage.for_recipe(RECIPE)
data = stage.data

columns = {"part": "part", "images": "images", "which": "classes", "labels_used": "labels used?", "seen_by": "seen by"}
seen = data.who_has_seen_what(shots=RECIPE.shots)
table([{title: row[name] for name, title in columns.items()} for row in seen])

# %% [markdown]
# The four parts share no image. The student learns only from unlabelled images of the 20 **base** classes. It meets the 20 **new** classes in the test. Base test images are classified among the base classes, new ones among the new, so guessing is right in 1 of 20 cases: that is the *chance level*. The **harmonic mean** $2BN/(B+N)$ of base accuracy $B$ and new accuracy $N$ is high only if both are.

# %%
known = facts(stage)  # reference scores and chance levels
scores, chance = known["reference_scores"], known["chance"]
accuracies = {
    "teacher": base_to_new(stage, stage.teacher_test_logits),
    "student's backbone, before": {name.removeprefix("backbone_"): score for name, score in scores.items()},
    "guessing": chance,
}
B, N = (accuracies["teacher"][name] for name in ("base_accuracy", "new_accuracy"))
assert abs(2 * B * N / (B + N) - accuracies["teacher"]["harmonic_mean"]) < 1e-9  # the formula above
columns = {"base accuracy": "base_accuracy", "new accuracy": "new_accuracy", "harmonic mean": "harmonic_mean"}
table([{"": who, **{title: number(of[name]) for title, name in columns.items()}} for who, of in accuracies.items()])

# %% [markdown]
# ## 2. An answer has a temperature
#
# The teacher multiplies its 40 cosines by a factor that it has learned. These are its *logits* $z$. The **softmax** turns them into probabilities: raise $e$ to each, and divide by the sum. Before that, all logits can be divided by a **temperature** $\tau$ (tau; Hinton et al. 2015):
#
# $$p_c = \frac{e^{z_c/\tau}}{\sum_k e^{z_k/\tau}}$$
#
# The **entropy** $-\sum_c p_c \log p_c$ measures how spread out the probabilities are, in *nats* (the unit that goes with the natural logarithm). It is 0 when one answer has all the probability, and $\log 40 = 3.689$ when 40 answers share it equally. A small example with three answers:

# %% tags=["keep-output"]
logits = torch.tensor([[4.0, 2.0, 0.0]])
for tau in (0.5, 1, 4, 16):
    p = (logits / tau).softmax(1)[0]
    H = -(p * p.log()).sum()
    torch.testing.assert_close(H, predictive_entropy(logits / tau)[0], check_dtype=False)  # the package's own
    print(f"tau {tau:4}:  p = {p[0]:.2f} {p[1]:.2f} {p[2]:.2f}   entropy {H:.3f} nats")

# %% [markdown]
# Now the real teacher, on the test image that it is least sure of.

# %%
test = data.indices("test")
logits = stage.teacher_test_logits
hardest = int(predictive_entropy(logits).argmax())
row, z = int(test[hardest]), logits[hardest]
pictures(data.images[row][None], [f"{data.captions[row]}\nlabelled “{data.class_texts[data.labels[row]]}”"], width=300)
show(
    figures.answers(
        z, data.class_texts, temperatures=[0.5, 1, 4, 16], title="The teacher's answer at four temperatures"
    )
)

# %% [markdown]
# The same 40 numbers make a sure answer at a low temperature and an unsure one at a high temperature.
#
# **Predict first.** What will the entropy of this answer be at τ = 1000?

# %%
my_guess = None  # nats

compare_guess(my_guess, float(predictive_entropy(z[None] / 1000)), close=0.05)

# %% [markdown]
# **Move the slider.** A low temperature keeps only the winner. A high one also shows the small logits: what else the image resembles, and what it does not. That is what a student can learn beyond a label. At very high temperatures all answers look alike.


# %%
def at(tau):
    """The teacher's answer at one temperature."""
    return figures.answers(z, data.class_texts, temperatures=[tau])


browse(at, [0.1, 0.2, 0.5, 1, 2, 4, 8, 16, 32, 100], first=1, label="τ")

# %% [markdown]
# ## 3. What the student copies
#
# There are two things to copy from the teacher, and so two losses:
#
# - its **answers**: $\tau^2\,\mathrm{KL}(p^{\text{teacher}} \,\|\, p^{\text{student}})$, both at temperature $\tau$. The *KL divergence* $\sum_c p_c \log (p_c / q_c)$ measures how far the probabilities $q$ are from $p$, in nats; it is 0 only if they are equal. The answers can be taken over the 20 base texts or over all 40.
# - its **features**: $1 - \cos$ of the angle between the two networks' vectors of the same image. No text is needed.
#
# Why the factor $\tau^2$? A high temperature flattens the probabilities, and with them the gradient, the pull towards the teacher. Three logits show it:

# %% tags=["keep-output"]
teacher_logits = torch.tensor([[4.0, 2.0, 0.0]])
for tau in (1.0, 4.0, 16.0):
    student_logits = torch.tensor([[1.0, 2.0, 1.0]], requires_grad=True)
    p, q = (teacher_logits / tau).softmax(1), (student_logits / tau).softmax(1)
    loss = tau**2 * (p * (p / q).log()).sum(1).mean()  # tau^2 KL(p || q)
    assert loss.isclose(logits_kd(student=student_logits, teacher=teacher_logits, tau=tau))  # the package's own
    loss.backward()
    pull = student_logits.grad.norm()
    print(f"tau {tau:4.0f}:  gradient of KL {pull / tau**2:.4f}   of tau^2 KL {pull:.4f}")

# %% [markdown]
# With the factor the pull keeps about the same size, so temperatures can be compared.
#
# Now to the new classes. The student never sees their images. What could it still learn about them? Answers over the base texts say nothing about them. Answers over all texts say how much a mammal resembles a bird or an insect, if the temperature is high enough to show it. Features carry what the teacher sees in an image, whatever its class is called.
#
# **Predict first.** Which of these four will be best on new classes: **A** answers over the base texts at τ = 1, **B** answers over all texts at τ = 1, **C** answers over all texts at τ = 4, or **D** features?

# %%
my_guess = None  # "A", "B", "C" or "D"

# %%
ARMS = {
    "A: answers, base texts, τ = 1": {"kd": "logits", "kd_classes": "base"},
    "B: answers, all texts, τ = 1": {"kd": "logits"},
    "C: answers, all texts, τ = 4": {"kd": "logits", "tau": 4.0},
    "D: features": {"kd": "feature"},
}


copied = {}  # arm -> the numbers of the last step, for each seed
for arm, settings in ARMS.items():
    recipes = [dataclasses.replace(PLAIN, **settings, seed=seed) for seed in range(SEEDS)]
    with cell_progress(f"Training {arm[0]}") as progress:
        copied[arm] = distill_replicas(recipes, stage=stage, progress=progress).metrics  # all seeds at once

# %% [markdown]
# Each arm was trained with the same *seeds*, which decide the images, the initial weights and the order of the images. We show the mean over seeds with its **95% confidence interval**: a range made so that about 95 of 100 such ranges contain the true mean.

# %%
values = {arm: {name: [of[name] for of in seeds] for name in seeds[0]} for arm, seeds in copied.items()}
levels = {"chance": chance["new_accuracy"], "backbone, new classes": scores["backbone_new_accuracy"]}
show(figures.scores(values, ["base_accuracy", "new_accuracy"], levels=levels, title="What reaches which classes"))

# %%
news = {arm: fmean(of["new_accuracy"]) for arm, of in values.items()}
say(
    f"Highest mean on new classes: **{max(news, key=news.get)}**. You said {my_guess or 'nothing yet: put a letter in place of None above'}."
)
assert min(news, key=news.get).startswith("A") and max(news.values()) < scores["backbone_new_accuracy"]
shown = ("harmonic_mean", "base_accuracy", "new_accuracy", "teacher_agreement")
some = {arm: {name: of[name] for name in shown} for arm, of in values.items()}
show(figures.comparison(some, reference="A: answers, base texts, τ = 1", title="Against A, seed by seed"))

# %% [markdown]
# Answers over the base texts alone teach the least about the new classes. Answers over all texts, and features, carry something of them. Now look at the dotted line of the backbone, the small CLIP *before* distillation: no student here knows the new classes as well as its backbone did. Learning from base classes can destroy knowledge of the others.
#
# ## 4. With AME, and who pulls how strongly
#
# AME adds $\omega\,H(M)$ to the loss (Cao and Ou 2025, as the public reviews quote it). Two small networks, the *projections*, bring class texts and images of a batch into one table $M$, with one row for each. The mean of each row is its score; the softmax over the scores of *all rows* gives weights that sum to 1, and $H$ is their entropy. A small $H$ means that few rows outscore the rest. The reported weight is $\omega = 50$.
#
# A loss moves a student only by its **gradient**, the direction and strength in which it pulls. So we measure at the student's features: how strongly does KD pull there, and how strongly does AME? The *share* of AME is its strength divided by the sum of both.
#
# **Predict first.** At $\omega = 50$, what share of the pull is AME's in the very first batches? And in the last ones?

# %%
my_first, my_last = None, None  # shares between 0 and 1

# %%
OMEGAS = [0.0, 1.0, 50.0]
arms = {"KD" if omega == 0 else f"ω = {omega:g}": dataclasses.replace(RECIPE, omega=omega) for omega in OMEGAS}
arms["ω = 50, projections fixed"] = dataclasses.replace(RECIPE, gradient="student")
folder = tempfile.TemporaryDirectory(prefix="ame_distillation_")
with cell_progress("Training") as progress:
    runs = record_arms(arms, range(SEEDS), stage=stage, folder=Path(folder.name), facts=known, progress=progress)

# %%
show(figures.losses({arm: runs[arm] for arm in ("KD", "ω = 1", "ω = 50")}))
for at in (1, -1):
    assert fmean(r.losses["ame"].iloc[at] for r in runs["ω = 50"]) > fmean(r.losses["kd"].iloc[at] for r in runs["KD"])

# %% [markdown]
# At ω = 50 the entropy term is the larger number at the first step and at the last. That does not make it the stronger pull: the table has its share of the gradient.

# %%
shares = {arm: [run.losses["share.ame"].dropna() for run in of] for arm, of in runs.items()}
ends = {arm: [float(run.metrics["harmonic_mean"].iloc[-1]) for run in of] for arm, of in runs.items()}
compare_guess(my_first, fmean(share.iloc[0] for share in shares["ω = 50"]), close=0.05)
compare_guess(my_last, fmean(share.iloc[-1] for share in shares["ω = 50"]), close=0.1)

rows = []
for arm, of in runs.items():
    change = paired_interval(ends[arm], ends["KD"])
    rows.append(
        {
            "": arm,
            "AME's share, first": f"{fmean(share.iloc[0] for share in shares[arm]):.1%}",
            "last": f"{fmean(share.iloc[-1] for share in shares[arm]):.1%}",
            "H below its maximum (nats)": number(fmean(run.metrics["H_deficit"].iloc[-1] for run in of), fine=True),
            "mean of harmonic means": number(fmean(ends[arm])),
            "change against KD [95% interval]": quantity("harmonic_mean").change_text(change) if arm != "KD" else "–",
            "verdict": quantity("harmonic_mean").verdict(change) if arm != "KD" else "–",
        }
    )
table(rows)
verdicts = [row["verdict"] for row in rows[1:]]
told = ", ".join(f"**{verdicts.count(one)} {one}**" for one in ("better", "worse", "no difference seen"))
say(f"Of {len(verdicts)} arms with AME, against KD: {told}, in this one setting.")

# %% [markdown]
# Compare the last two rows. The weight $\omega$ is the same. In one of them the projections are trained, in the other they keep their initial weights. A trained projection may stretch the rows, and with them the scores and their pull on the student, so the weight alone does not say how strong a term is. That is why this package shows shares. Then look down the column of $H$: how large must $\omega$ be for $H$ to fall? Trained projections can lower $H$ by themselves, without any change in the student.
#
# ## 5. Steer a run, and share it
#
# A run can be steered during training: `Distillation.set` changes a dial from the next step on. Here plain KD runs for 20 steps, and then AME is switched on at full weight.

# %%
steered = Distillation(PLAIN, stage=stage, metrics_every=10)
first = []
for step in steered:
    first.append(step)
    if step.index == 20:
        steered.set("omega", 50.0)
token = steered.recipe.token()
print(token)

# %% [markdown]
# This short text describes the whole run: data, models, losses, seeds, and the dial that you changed. Send it to somebody, and they get the same run. On the same machine it is equal in every digit, as the next cell checks.

# %%
recipe = Recipe.from_token(token)
again = list(Distillation(recipe, stage=stage, metrics_every=10))
assert recipe == steered.recipe
assert [step.losses for step in again] == [step.losses for step in first]
assert [step.metrics for step in again] == [step.metrics for step in first]
print("turned:", *[f"after step {event.step}, {event.field} = {event.value}" for event in recipe.events])
print(f"{len(again)} steps, every loss and every metric equal")

# %%
plain = list(Distillation(PLAIN, stage=stage, metrics_every=10))
traces = {"KD": plain, "KD, then AME after step 20": again}
arms = {arm: {step.index: step.metrics for step in of if step.metrics} for arm, of in traces.items()}
show(figures.curves(arms, ["harmonic_mean"], title="One run, steered", turns={20: "ω: 0 → 50"}))

# %% [markdown]
# Both runs are the same up to step 20; one seed shows how steering works, not whether AME helps. Other dials are `reading`, `temperature`, `kd_weight`, `tau`, `label_smoothing`, `learning_rate`, `ambiguity` and `noise`.

# %% [markdown] tags=["exercise"]
# ## Exercises
#
# 5 exercises, about 27 minutes in all. Put your answer in place of `...`, or mend the code that stands there, and run the cell: the check says what is not right yet. Stuck? `teach.hint("pull_ratio")` in a new cell gives a hint, and each further call one more. Solutions are folded below each exercise.

# %% tags=["exercise"]
import math

import torch
from torch.nn import functional as F

from ame_explore import Recipe, teach

# %% [markdown] tags=["exercise"]
# ### Exercise 1: How fast does a pull fade?
#
# *predict, then run · 4 minutes · medium*
#
# Take $\mathrm{KL}(p^{\text{teacher}} \,\|\, p^{\text{student}})$ at temperature $\tau$, this time *without* the factor $\tau^2$. Its gradient at the student's logits is $(q - p)/\tau$, where $p$ and $q$ are the two softmaxes at $\tau$.
#
# How many times weaker does the gradient become when $\tau$ goes from 10 to 20? Predict, check, and run the second cell.

# %% tags=["exercise"]
pull_ratio = ...  # strength at tau = 10, divided by that at tau = 20

teach.check("pull_ratio", pull_ratio)

# %% tags=["exercise"]
import torch


def experiment():
    teacher, pulls = torch.tensor([4.0, 2.0, 0.0]), {}
    for tau in (10.0, 20.0):
        student = torch.zeros(3, requires_grad=True)
        p, log_q = (teacher / tau).softmax(0), (student / tau).log_softmax(0)
        (p * (p.log() - log_q)).sum().backward()
        pulls[tau] = float(student.grad.norm())
        print(f"tau = {tau:g}: gradient {pulls[tau]:.5f}")
    return pulls[10.0] / pulls[20.0]


if pull_ratio is ...:
    print("First write your prediction into the cell above.")
else:
    happened = experiment()
    print(f"{happened:.2f} times weaker")


# %% [markdown] tags=["exercise"]
# <details><summary>Solution</summary>
#
# ```python
# pull_ratio = 4
# ```
#
# One factor of $1/\tau$ is in the formula, by the chain rule. The other is in the difference $q - p$: both softmaxes come nearer to uniform as $1/\tau$. Together that is $1/\tau^2$, which the factor $\tau^2$ makes up for.
#
# </details>

# %% [markdown] tags=["exercise"]
# ### Exercise 2: Write the loss on answers
#
# *write the missing line · 8 minutes · medium*
#
# Write the loss on answers, $\tau^2\,\mathrm{KL}(p^{\text{teacher}} \,\|\, p^{\text{student}})$, both at temperature $\tau$: a sum over classes, then a mean over images, in nats. `softmax(1)` and `log_softmax(1)` of a tensor of shape (images, classes) are all you need, or take torch's own KL divergence.


# %% tags=["exercise"]
def kd_loss(student_logits, teacher_logits, tau):
    """tau^2 KL(teacher || student), mean over images, in nats; both (images, classes)."""
    log_q, log_p = (student_logits / tau).log_softmax(1), (teacher_logits / tau).log_softmax(1)
    return ...  # your line


teach.check("kd_loss", kd_loss)

# %% [markdown] tags=["exercise"]
# <details><summary>Solution</summary>
#
# ```python
# def kd_loss(student_logits, teacher_logits, tau):
#     """tau^2 KL(teacher || student), mean over images, in nats; both (images, classes)."""
#     log_q, log_p = (student_logits / tau).log_softmax(1), (teacher_logits / tau).log_softmax(1)
#     return tau**2 * (log_p.exp() * (log_p - log_q)).sum(1).mean()
# ```
#
# The first distribution of a KL divergence does the weighting, here the teacher's. Torch's `F.kl_div` takes the student's log-probabilities *first* and the teacher's second; its `"batchmean"` sums over classes and takes the mean over images, while its default `"mean"` also divides by the number of classes.
#
# </details>

# %% [markdown] tags=["exercise"]
# ### Exercise 3: The loss on features has a fault
#
# *find the fault · 5 minutes · easy*
#
# This should be the loss on features, $1 - \cos$ of the angle between the two networks' vectors of an image, as a mean over images. A student trained with it grew ever longer vectors, and the loss fell below zero. Find the fault and mend it.


# %% tags=["exercise"]
def feature_kd(student, teacher):
    """1 - cosine of student and teacher, mean over images; both (images, features)."""
    return (1 - (student * teacher).sum(1)).mean()


teach.check("feature_kd", feature_kd)

# %% [markdown] tags=["exercise"]
# <details><summary>Solution</summary>
#
# ```python
# def feature_kd(student, teacher):
#     """1 - cosine of student and teacher, mean over images; both (images, features)."""
#     return (1 - F.cosine_similarity(student, teacher, dim=1)).mean()
# ```
#
# A dot product is a cosine only for vectors of length 1. Without dividing by the lengths the loss can be lowered for ever by growing them, and says nothing about directions.
#
# </details>

# %% [markdown] tags=["exercise"]
# ### Exercise 4: Which way round is KL?
#
# *predict, then run · 5 minutes · medium*
#
# The teacher believes in two answers at once: its distribution on a line has a higher peak at −3 and a lower one at +3. The student can only draw *one* bell curve, whose centre and width it may choose. It minimizes $\mathrm{KL}(p^{\text{teacher}} \,\|\, p^{\text{student}})$, the direction of the loss above.
#
# Where will the student put the centre of its curve?

# %% tags=["exercise"]
one_peak = ...  # "on the higher peak", "on the lower peak", "between the peaks" or "far outside"

teach.check("one_peak", one_peak)

# %% tags=["exercise"]
import torch


def experiment():
    x, centres, widths = torch.linspace(-6, 6, 121), torch.linspace(-5, 5, 101), torch.linspace(0.5, 4, 36)
    teacher = 0.6 * torch.exp(-((x + 3) ** 2)) + 0.4 * torch.exp(-((x - 3) ** 2))
    log_p = (teacher / teacher.sum()).log()
    log_q = (-(((x - centres[:, None, None]) / widths[:, None]) ** 2) / 2).log_softmax(-1)  # every centre and width
    chosen = []
    for name, a, b in (("KL(teacher || student)", log_p, log_q), ("KL(student || teacher)", log_q, log_p)):
        best = int((a.exp() * (a - b)).sum(-1).argmin())
        chosen.append(float(centres[best // len(widths)]))
        print(f"{name}: centre {chosen[-1]:+.1f}, width {widths[best % len(widths)]:.1f}")
    if abs(chosen[0]) < 2:
        return "between the peaks"
    if abs(chosen[0]) > 4:
        return "far outside"
    return "on the higher peak" if chosen[0] < 0 else "on the lower peak"


if one_peak is ...:
    print("First write your prediction into the cell above.")
else:
    happened = experiment()
    print(happened)

# %% [markdown] tags=["exercise"]
# <details><summary>Solution</summary>
#
# ```python
# one_peak = "between the peaks"
# ```
#
# $\mathrm{KL}(p \,\|\, q)$ is weighted by the teacher's $p$: it is very costly to give almost no probability to something that the teacher believes in. So the student covers both peaks, with a wide curve around the teacher's mean. The other direction, weighted by the student's $q$, is content with one peak; the second cell prints that, too.
#
# </details>

# %% [markdown] tags=["exercise"]
# ### Exercise 5: Choose a temperature, and report it fairly
#
# *design the experiment · 5 minutes · medium*
#
# You want to choose the best of five temperatures and then report how good the student is with it. You have validation images and test images, neither of which any student learns from, and as many seeds as you like (a seed decides shots, initial weights and the order of images). Plan it so that the reported mean and its 95% interval flatter nobody.

# %% tags=["exercise"]
fair_choice = {
    "choose on": ...,  # "validation images" or "test images"
    "report on": ...,  # the same two
    "seeds to choose": ...,  # whole numbers, as [0, 1, 2]
    "seeds to report": ...,
}

teach.check("fair_choice", fair_choice)

# %% [markdown] tags=["exercise"]
# <details><summary>Solution</summary>
#
# ```python
# fair_choice = {
#     "choose on": "validation images",
#     "report on": "test images",
#     "seeds to choose": [0, 1, 2],
#     "seeds to report": [3, 4, 5, 6, 7],
# }
# ```
#
# The best of five noisy numbers is too good on average, so whatever chose cannot report: neither images nor seeds. An interval from two seeds is nearly useless (its factor is 12.7, with five seeds 2.8).
#
# </details>

# %% [markdown]
# ## Where to go next
#
# - **[`02_manifold`](02_manifold.ipynb)** is the next step: what the space looks like in which a student answers.
# - Can you find settings with which the student is better on *new* classes than its backbone was, although it learns from base classes alone? Change `ARMS`. Dials worth a try: `kd`, `tau`, `kd_classes`, `steps`, `learning_rate`, `label_smoothing`, `host="promptkd"`. But beware: choosing the setting that does best on these test images is itself a way of fitting them. A fair test would need other images.
# - `ame-explore demo` in a terminal repeats the comparison with and without AME over paired seeds and writes a report. `ame-explore demo --recipe TOKEN` accepts a token such as the one above.
#
# **Sources.** Temperature and distillation: Hinton, Vinyals and Dean 2015, [arXiv 1503.02531](https://arxiv.org/abs/1503.02531). PromptKD: Li et al., CVPR 2024, [arXiv 2403.02781](https://arxiv.org/abs/2403.02781). AME: Cao and Ou 2025, [arXiv 2508.08644](https://arxiv.org/abs/2508.08644) (abstract), and the public reviews of a resubmission, which quote its equations.
