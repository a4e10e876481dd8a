"""What AME costs: one training step of PromptKD's host with and without it, at real CLIP size."""

from __future__ import annotations

from collections.abc import Callable

import torch
from harness import Figure, seconds_in_turn, where
from torch import Tensor
from torch.nn import functional as F

from ame_explore import AMELoss
from ame_explore.models import Projector
from ame_explore.models.hosts import PromptStudent
from ame_explore.models.towers import ImageTower
from ame_explore.training.losses import logits_kd

READINGS = ("rows", "predictive")
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


def vit_b16(layers: int, generator: torch.Generator) -> ImageTower:
    """A ViT-B/16 of so many layers, with random weights."""
    tower = ImageTower(
        image_size=224,
        channels=3,
        patch=16,
        width=768,
        layers=layers,
        heads=12,
        embed_dim=512,
        stem="patch",
        mlp_ratio=4,
    )
    tower.draw_parameters(generator)
    return tower


def ame_step(*, smoke: bool) -> Figure:
    """ViT-B/16 with prompts and projector, random weights: images in, one SGD step out."""
    layers, rounds = (2, 2) if smoke else (12, 5)
    classes, teacher_dim, batch = (50 if smoke else 1000), 768, 4
    generator = torch.Generator().manual_seed(0)
    tower = vit_b16(layers, generator)
    images = torch.rand(batch, 3, 224, 224, generator=generator).to(DEVICE)
    steps = {}
    for reading in (None, *READINGS):
        student = PromptStudent(tower, teacher_dim, prompts=4).to(DEVICE)
        parameters = student.trainable_parameters()
        steps[reading or "kd"] = step_of(
            lambda student=student: student(student.prepare(images)), parameters, reading, classes, teacher_dim, batch
        )
    note = f"KD against KD + AME; ViT-B/16 ({layers} layers), C = {classes}, D = {teacher_dim}, B = {batch}"
    return lesser("ame_step", seconds_in_turn(steps, rounds=rounds), note)


def ame_step_features(*, smoke: bool) -> Figure:
    """The projector alone on stored features, where AME's projection of all class texts weighs most."""
    return _on_features("ame_step_features", batch=4, smoke=smoke)


def ame_step_features_256(*, smoke: bool) -> Figure:
    """The same with a batch as stored features have it."""
    return _on_features("ame_step_features_256", batch=8 if smoke else 256, smoke=smoke)


def _on_features(name: str, *, batch: int, smoke: bool) -> Figure:
    rounds, repeats = (2, 2) if smoke else (15, 10 if batch < 100 else 2)
    classes, teacher_dim = (50 if smoke else 1000), 768
    features = torch.randn(batch, 512, generator=torch.Generator().manual_seed(0)).to(DEVICE)
    steps = {}
    for reading in (None, *READINGS):
        projector = Projector(512, teacher_dim).to(DEVICE)
        steps[reading or "kd"] = step_of(
            lambda projector=projector: projector(features),
            list(projector.parameters()),
            reading,
            classes,
            teacher_dim,
            batch,
        )
    # what no implementation can avoid: the text MLP's first layer, forward and weight gradient, for every class
    texts, hidden = (torch.randn(classes, width, device=DEVICE) for width in (teacher_dim, 256))
    weight = torch.randn(256, teacher_dim, device=DEVICE)
    steps["bare"] = lambda: (texts @ weight.T, hidden.T @ texts)
    seconds = seconds_in_turn(steps, rounds=rounds, repeats=repeats, warmup=3)
    ceiling = seconds["kd"] / (seconds["kd"] + seconds["bare"])
    note = (
        f"KD against KD + AME on stored features; projector alone, C = {classes}, D = {teacher_dim}, B = {batch}; the "
        f"two matrix products of the text MLP's first layer allow {ceiling:.3f} at most"
    )
    return lesser(name, seconds, note)


def step_of(
    forward: Callable[[], Tensor],
    parameters: list[torch.nn.Parameter],
    reading: str | None,
    classes: int,
    dim: int,
    batch: int,
) -> Callable[[], None]:
    """One SGD step of PromptKD's loss, with AME's term if a reading is named."""
    generator = torch.Generator().manual_seed(1)
    texts = F.normalize(torch.randn(classes, dim, generator=generator), dim=1).to(DEVICE)
    teacher_logits = (100 * F.normalize(torch.randn(batch, dim, generator=generator), dim=1)).to(DEVICE) @ texts.T
    ame = None if reading is None else AMELoss(image_dim=dim, text_dim=dim, reading=reading).to(DEVICE)
    learned = [*parameters, *(ame.parameters() if ame is not None else ())]
    optimizer = torch.optim.SGD(learned, lr=0.005, momentum=0.9, weight_decay=5e-4)

    def step() -> None:
        features = F.normalize(forward(), dim=1)
        loss = logits_kd(student=100 * features @ texts.T, teacher=teacher_logits)
        if ame is not None:
            loss = loss + ame(image=features, text=texts)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()

    return step


def lesser(name: str, seconds: dict[str, float], note: str) -> Figure:
    """The figure of the reading that costs more, both ratios in the note."""
    ratios = {reading: seconds["kd"] / seconds[reading] for reading in READINGS}
    worst = min(ratios, key=lambda reading: ratios[reading])
    both = ", ".join(f"{reading} {ratio:.3f}" for reading, ratio in ratios.items())
    told = f"{note}; the lesser of: {both}; {where()}"
    return Figure(name, seconds[worst], seconds["kd"], ratios[worst], "s a step", told)
