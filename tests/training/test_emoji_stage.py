"""Distillation on emoji: convolutional models, a fine-tuned tower, shots changed at every step."""

from __future__ import annotations

import dataclasses

import pytest
import torch

from ame_explore.ame import AMEError
from ame_explore.data import emoji
from ame_explore.data.sets.emoji import emoji_set
from ame_explore.models.convolutional import ConvCLIP
from ame_explore.models.emoji import emoji_tokenizer
from ame_explore.models.emoji_weights import emoji_models
from ame_explore.training import Distillation, Recipe, Stage

QUICK = Recipe(data="emoji", host="finetune", omega=0.0, steps=3, shots=1, batch_size=8)


@pytest.fixture(scope="module")
def stage() -> Stage:
    """Untrained models: what is tested is the path, not what is learned."""
    tokenizer = emoji_tokenizer(emoji_set())
    teacher, backbone = (
        ConvCLIP(tokenizer, (3, 24, 24), size, generator=torch.Generator().manual_seed(0)).eval().requires_grad_(False)
        for size in ("quick", "student")
    )
    return Stage(emoji(), teacher, backbone)


def test_teacher_and_student_see_the_same_changed_shots(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    run = Distillation(dataclasses.replace(QUICK, augment=1.0), stage=stage, metrics_every=3)
    seen: dict[str, list[torch.Tensor]] = {"student": [], "teacher": []}
    teacher, prepare = stage.teacher_features, run.student.prepare
    monkeypatch.setattr(stage, "teacher_features", lambda images: seen["teacher"].append(images) or teacher(images))
    monkeypatch.setattr(run.student, "prepare", lambda images: seen["student"].append(images) or prepare(images))
    list(run)
    assert len(seen["student"]) == 3 and all(map(torch.equal, seen["student"], seen["teacher"]))
    shots = stage.data.images[run.shots]
    for batch in seen["student"]:
        assert batch.shape == (8, 3, 24, 24)
        assert not any(shot.equal(image) for image in batch for shot in shots)
    assert not seen["student"][0].equal(seen["student"][1])


def test_changed_shots_are_the_same_for_the_same_seed(stage: Stage) -> None:
    recipe = dataclasses.replace(QUICK, augment=1.5)
    losses = [[step.losses for step in Distillation(recipe, stage=stage)] for _ in range(2)]
    assert losses[0] == losses[1]
    assert losses[0] != [step.losses for step in Distillation(dataclasses.replace(recipe, seed=1), stage=stage)]
    assert losses[0] != [step.losses for step in Distillation(QUICK, stage=stage)]


def test_before_the_first_step_the_student_answers_as_its_texts_say(stage: Stage) -> None:
    """Step 0 of the aligned student is far above chance in agreement with its backbone where that is trained; here the
    models are untrained, and what must hold is that the map is the aligned one."""
    from ame_explore.models.text_alignment import text_aligned_map

    texts = tuple(dict.fromkeys((*stage.data.class_texts, *(stage.data.captions or ()))))
    wanted = text_aligned_map(stage.backbone.encode_text(texts), stage.teacher.encode_text(texts))
    run = Distillation(QUICK, stage=stage)
    torch.testing.assert_close(run.student.projector.weight.detach().T, wanted)


def test_data_whose_models_are_not_known() -> None:
    with pytest.raises(AMEError, match="own background"):
        emoji_models(emoji(ground=0.5))
    with pytest.raises(AMEError, match="own background"):
        emoji_models(emoji(side=32))


def test_shipped_models_teach_a_student_at_once() -> None:
    """The whole way that `Recipe(data="emoji")` takes, without training anything but the student."""
    steps = list(Distillation(dataclasses.replace(QUICK, steps=2, augment=1.0), metrics_every=2))
    assert 0.05 < steps[-1].metrics["harmonic_mean"] <= 1  # chance: 0.05
