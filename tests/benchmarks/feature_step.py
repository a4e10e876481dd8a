"""Own features at real size: a step of `Distillation` with KD and AME against KD alone, written plainly in torch."""

from __future__ import annotations

import torch
from harness import Figure, seconds_in_turn, where
from torch.nn import functional as F

from ame_explore.data import FeatureData
from ame_explore.models import Projector, usual_torch
from ame_explore.training import Distillation, Recipe, Stage


def feature_step(*, smoke: bool) -> Figure:
    """One AdamW step on stored features: C = 1,000, D = 768, B = 256, one thread; as `Recipe` has it by default."""
    classes, width, own, batch = (20, 32, 16, 32) if smoke else (1000, 768, 512, 256)
    rounds, repeats, each = (2, 2, 6) if smoke else (5, 6, 6)  # images of a class
    generator = torch.Generator().manual_seed(0)
    labels = torch.arange(classes).repeat_interleave(each)
    text = torch.randn(classes, width, generator=generator)
    teacher = text[labels] + torch.randn(len(labels), width, generator=generator)
    data = FeatureData.of(
        name="mine",
        teacher_image=teacher,
        student_image=torch.randn(len(labels), own, generator=generator),
        class_text=text,
        labels=labels,
        logit_scale=100.0,
    )
    recipe = Recipe.for_data(data, shots=2, batch_size=batch, steps=1_000_000)
    run = Distillation(recipe, stage=Stage.for_recipe(recipe, data=data), metrics_every=1_000_000)
    next(run)  # step 0: metrics

    projector = Projector(own, width)
    optimizer = torch.optim.AdamW(projector.parameters(), lr=1e-3, fused=True)
    inputs, targets = data.student_image[run.shots], F.normalize(data.teacher_image[run.shots], dim=1)

    @usual_torch()
    def plain() -> None:
        rows = torch.randperm(len(inputs))[:batch]
        features = F.normalize(projector(inputs[rows]), dim=1)
        loss = (1 - (features * targets[rows]).sum(1)).mean()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()

    seconds = seconds_in_turn({"ours": lambda: next(run), "plain": plain}, rounds=rounds, repeats=repeats, warmup=1)
    note = (
        f"a step of Distillation with KD + AME (rows), gradient shares every 5 steps, against KD alone in plain torch; "
        f"stored features, C = {classes}, D = {width}, Ds = {own}, B = {batch}, one thread; {where()}"
    )
    return Figure(
        "feature_step", seconds["ours"], seconds["plain"], seconds["plain"] / seconds["ours"], "s a step", note
    )
