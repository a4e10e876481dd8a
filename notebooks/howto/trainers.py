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
# # AME in your own training code
#
# `AMELoss` is a module that returns ω·H. Three things go wrong with it in real trainers, all of them silently: its projections are in no optimizer, each process of several has an entropy of its own, and the projections minimize the term without the student. This page shows what to write, and how to see that it works.
#
# What was run for this page, each with small random models on a CPU: a plain loop, DistributedDataParallel on 2 and 3 gloo processes, Hugging Face `Trainer` (transformers 5.23, accelerate 1.15; alone and under `torchrun` with 2 processes), the losses of open_clip 3.3, Lightning 2.6, and torchdistill 1.1.5. PromptKD is not on PyPI: its lines below are untried. No GPU was at hand.
#
# ## A plain loop

# %%
import torch
from torch import nn

from ame_explore import AMELoss

generator = torch.Generator().manual_seed(0)
texts, images, teacher = (torch.randn(n, 16, generator=generator) for n in (10, 64, 64))
student = nn.Linear(16, 16)
ame = AMELoss(image_dim=16, text_dim=16, omega=0.5)
optimizer = torch.optim.AdamW([*student.parameters(), *ame.parameters()], lr=1e-2)  # both

for step in range(20):
    features = student(images)
    kd = (features - teacher).square().mean()
    if step % 5 == 0:
        print(step, ame.push(kd=kd, image=features, text=texts))
    optimizer.zero_grad()
    (kd + ame(image=features, text=texts)).backward()
    optimizer.step()

# %% [markdown]
# `push` is the norm of each term's gradient at the student's features. A loss curve does not show it. If H falls to nearly 0 while the push is below 1 % of KD's, a warning says that the projections have minimized the term by themselves. If H stays at its largest value for 200 calls, another one says that the term does nothing. Each comes once.
#
# More arguments of a call: `pairs=` (the index of each image's text), `text_ids=` (texts of one id count once, for batches with duplicate captions), and `temperature=` (a number or a tensor such as `1 / logit_scale`; it passes a gradient unless you detach it). Image features may be vectors (B, D), tokens (B, N, D) or maps (B, D, h, w).
#
# ## Trainers whose models return their loss
#
# `attach` makes the loss a part of the model and adds the term inside its forward. Everything that takes the model's parameters then also trains, saves, moves and synchronizes the projections: optimizers, checkpoints, DistributedDataParallel, bfloat16.

# %%
from ame_explore import attach


class Student(nn.Module):
    """As models for Hugging Face's Trainer are: forward returns the loss and the features."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(16, 16)

    def forward(self, images, teacher):
        features = self.layer(images)
        return {"loss": (features - teacher).square().mean(), "image_embeds": features}


model = attach(Student(), AMELoss(image_dim=16, text_dim=16, omega=0.5), image="image_embeds", text=texts)
optimizer = torch.optim.AdamW(model.parameters())  # after attach
model(images, teacher)["loss"].backward()
assert all(weight.grad is not None for weight in model.ame.parameters())

# %% [markdown]
# For a `CLIPModel` of transformers:
#
# ```python
# model = CLIPModel.from_pretrained(...)
# attach(model, AMELoss(image_dim=512, text_dim=512, gather="pairs"), image="image_embeds", text="text_embeds")
# Trainer(model, ...).train()
# ```
#
# `image` and `text` name a field of what forward returns, a submodule, or an argument of forward; functions do the rest. The model that `from_pretrained` makes has no projections yet, so attach after loading; a trainer's own checkpoints hold them.
#
# ## Several processes
#
# Without more, H on each of several processes is over that process's rows, which is another loss. A warning says so. `AMELoss(gather="images")` is right where every process has the same class texts, `gather="pairs"` where captions are split with their images. Value and gradients are then those of one process with the whole batch, under the averaging of gradients that DistributedDataParallel does. Every process must make each call, at evaluation too.
#
# ## Micro-batches
#
# With gradient accumulation, adding `ame(...)` in each micro-batch gives the mean entropy of small manifolds: with 2 class texts and 2 images in each of 4 micro-batches it is at most log 4, while the whole batch could have log 10. `WholeBatch` has the whole batch's H and its exact gradient; the features are computed twice.

# %%
from ame_explore.trainers import WholeBatch

student, ame = nn.Linear(16, 16), AMELoss(image_dim=16, text_dim=16, omega=0.5)
parts, wanted = list(zip(images.split(16), teacher.split(16), strict=True)), ame(image=student(images), text=texts)
with torch.no_grad():
    features = [student(x) for x, _ in parts]
terms = WholeBatch(ame, image=features, text=texts)
for place, (x, target) in enumerate(parts):
    again = student(x)
    ((again - target).square().mean() / len(parts) + terms(place, image=again)).backward()
assert torch.allclose(terms.value, wanted, rtol=1e-5)

# %% [markdown]
# ## open_clip
#
# open_clip builds its loss after its optimizer, so the projections belong to the model. `WithAME` is called, and answers, as the loss that it wraps: `ClipLoss`, `SigLipLoss`, `CoCaLoss` or `DistillClipLoss`, with `output_dict`. It does not depend on `local_loss` and `gather_with_grad`.
#
# ```python
# model.ame = AMELoss(image_dim=512, text_dim=512, gather="pairs")  # before the optimizer, and before DDP
# ...
# loss = WithAME(create_loss(args), model.ame, accum_freq=args.accum_freq)
# ```
#
# With `--accum-freq`, open_clip calls the loss with the features of the whole batch, so H is the whole batch's. `accum_freq` divides the projections' gradient, which would otherwise count once for each part.
#
# ## Lightning
#
# ```python
# self.ame = AMELoss(image_dim=512, text_dim=512)               # in __init__
# term = self.ame(image=features, text=self.texts)              # in training_step
# return kd + term                                              # configure_optimizers takes self.parameters()
# ```
#
# ## torchdistill
#
# The YAML file is enough; `help(ame_explore.trainers.torchdistill)` shows all of it.
#
# ```yaml
# dependencies:
#   - name: 'ame_explore.trainers.torchdistill'
# train:
#   student:
#     auxiliary_model_wrapper:
#       key: 'Student4AME'
#       kwargs: {image: 'avgpool', texts: 'class_texts.pt', ame: {image_dim: 512, omega: 0.1}}
#     forward_proc: 'forward_batch_only'
#     forward_hook: {input: [], output: ['student_model', 'ame']}
#   criterion:
#     key: 'WeightedSumLoss'
#     kwargs:
#       sub_terms:
#         ame: {criterion: {key: 'AMETerm', kwargs: {}}, weight: 1.0}
# ```
#
# ## PromptKD (untried)
#
# PromptKD freezes every parameter without "VPT" in its name, so give the term such a name; otherwise a warning says that the projections are frozen. In `build_model`, before the parameters are frozen, and in `forward_backward`:
#
# ```python
# from ame_explore import AMELoss
# self.model.ame_VPT = AMELoss(image_dim=768, text_dim=768)      # build_model
# ...
# term = self.model.ame_VPT(image=image_ft, text=tea_text_features)
# loss = loss + term                                             # forward_backward
# ```
#
# ## Steer your own loop
#
# A loop that records itself can be steered by a person who looks at it: knobs that you name, pause, a single step, checkpoints and branches. `record.log` takes the requests, so nothing changes in the middle of a step.

# %%
import tempfile
from pathlib import Path

from ame_explore import Run
from ame_explore.training import Knob, Remote, Steering

folder = Path(tempfile.mkdtemp())


def save(step):
    torch.save(student.state_dict(), folder / f"step-{step}.pt")
    return f"step-{step}.pt"


ame = AMELoss(image_dim=16, text_dim=16, omega=0.5)
optimizer = torch.optim.AdamW([*student.parameters(), *ame.parameters()], lr=1e-2)
knobs = {"omega": Knob.of(ame, "omega", low=0, high=100), "lr": Knob.of(optimizer, "lr", low=0, high=1)}

with Run.recorder(folder / "clip", steer=Steering(knobs=knobs, checkpoint=save)) as record:
    for step in range(20):
        features = student(images)
        kd, term = (features - teacher).square().mean(), ame(image=features, text=texts)
        optimizer.zero_grad()
        (kd + term).backward()
        optimizer.step()
        if step == 5:  # what a person does while the loop runs
            remote = Remote(folder / "clip")
            remote.set("omega", 0.1)
            remote.set("omega", -1)
            remote.checkpoint()
        record.log(losses={"total": kd + term, "kd": kd, "ame": term})

requests = Run.open(folder / "clip").requests
assert ame.omega == 0.1 and (folder / "step-5.pt").exists()
assert list(requests["outcome"]) == ["applied", "refused", "applied"]
requests[["step", "do", "name", "value", "outcome", "told"]]

# %% [markdown]
# In another notebook, or another cell while the loop runs in a thread, the panel shows the losses, the knobs and what was asked:
#
# ```python
# from ame_explore.widgets import SteeringPanel
# SteeringPanel("runs/clip")
# ```
#
# A request is a line at the end of `requests.jsonl` in the run's folder, so a shell will do as well: `echo '{"do": "pause"}' >> runs/clip/requests.jsonl`. What cannot be done is refused with a sentence, and neither a bad value nor an exception in your own functions ends the loop. A branch saves a checkpoint and begins the record of a run that starts there: `Run.recorder("runs/clip-NAME", append=True)` continues it.
#
# A callback steers Hugging Face's Trainer or Lightning: call `record.log(step, losses=...)` at the end of a step. A learning rate scheduler overwrites `lr`, so give a `Knob(get=..., set=...)` that changes its base rate. With several processes only the one that records takes requests: broadcast the knobs' values.
