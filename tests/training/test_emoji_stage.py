"""Distillation on emoji: convolutional models, a fine-tuned tower, shots in several views."""

from __future__ import annotations

import dataclasses
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from ame_explore.ame import AMEError
from ame_explore.analysis import Evaluator, distillation_objective, random_slice
from ame_explore.data import emoji
from ame_explore.models.emoji_weights import emoji_models
from ame_explore.training import Distillation, Recipe, Stage
from ame_explore.training.augmented_shots import views_of
from ame_explore.training.evaluate import base_to_new, reference_scores
from ame_explore.training.parts import shots_of
from ame_explore.training.replicas.recipes import distill_replicas

QUICK = Recipe(data="emoji", host="finetune", omega=0.0, steps=3, shots=1, batch_size=8)


@pytest.fixture(scope="module")
def stage(emoji_stage: Stage) -> Stage:
    return emoji_stage


def test_teacher_and_student_see_the_same_views(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    run = Distillation(dataclasses.replace(QUICK, augment=1.0), stage=stage, metrics_every=3)
    seen: dict[str, list[torch.Tensor]] = {"student": [], "teacher": []}
    teacher, prepare = stage.teacher_features, run.student.prepare
    monkeypatch.setattr(stage, "teacher_features", lambda images: seen["teacher"].append(images) or teacher(images))
    monkeypatch.setattr(run.student, "prepare", lambda images: seen["student"].append(images) or prepare(images))
    list(run)
    assert len(seen["student"]) == 16 and all(map(torch.equal, seen["student"], seen["teacher"]))
    shots = stage.data.images[run.shots]
    for view in seen["student"]:
        assert view.shape == shots.shape and not any(map(torch.equal, view, shots))
        assert 0 < float((view - shots).abs().mean()) < 0.3  # the same pictures in the same order
    assert not seen["student"][0].equal(seen["student"][1])


def test_a_pass_holds_every_view_once(stage: Stage) -> None:
    recipe = dataclasses.replace(QUICK, augment=1.0, batch_size=64)
    run = Distillation(recipe, stage=stage)
    rows = torch.cat([run._next_batch() for _ in range(5)])
    assert run.rows_in_a_pass == 320 and rows.sort().values.equal(torch.arange(320))
    assert Distillation(QUICK, stage=stage).rows_in_a_pass == 20
    assert [views_of(count) for count in (1, 256, 320, 1000, 4000)] == [16, 16, 12, 4, 2]


def test_rehearsal_adds_the_base_pictures_of_the_backbone(stage: Stage) -> None:
    recipe = dataclasses.replace(QUICK, protocol="rehearsal")
    plain, more = shots_of(QUICK, stage), shots_of(recipe, stage)
    again = more[len(plain) :]
    assert more[: len(plain)].equal(plain) and again.equal(stage.data.indices("backbone", "base")) and len(again) > 50
    assert torch.isin(stage.data.labels[more], stage.base).all() and not torch.isin(more, stage.test).any()
    *_, last = Distillation(recipe, stage=stage)
    [together] = distill_replicas([recipe], stage=stage).metrics
    assert last.metrics["harmonic_mean"] == pytest.approx(together["harmonic_mean"], abs=1e-6)


def test_what_arms_share_is_made_once_and_holds_up_nobody_else(stage: Stage) -> None:
    both = threading.Barrier(2, timeout=20)
    with ThreadPoolExecutor(4) as pool:
        # Each of these two ends only if the other has begun.
        meeting = [pool.submit(stage.kept, key, both.wait) for key in ("one", "other")]
        assert {each.result() for each in meeting} == {0, 1}
        made: list[int] = []
        same = [pool.submit(stage.kept, "same", lambda: made.append(1) or len(made)) for _ in range(4)]
        assert [each.result() for each in same] == [1] * 4 and made == [1]
    with pytest.raises(ZeroDivisionError):
        stage.kept("fails", lambda: 1 / 0)
    assert stage.kept("fails", lambda: 7) == 7


def test_augmentation_is_turned_during_a_run(stage: Stage) -> None:
    """Off: the shots themselves. On: in each pass another view."""
    run = Distillation(QUICK, stage=stage)
    clean = [part.clone() for part in run._whole_batch(torch.arange(20))]
    run.set("augment", 1.0)
    run._turn(run.recipe.at(0))
    run._epoch = 1
    first = run._whole_batch(torch.arange(20))[0]
    run._epoch = 2
    second = run._whole_batch(torch.arange(20))[0]
    assert not first.equal(clean[0]) and not first.equal(second) and first.shape == clean[0].shape
    started = Distillation(dataclasses.replace(QUICK, augment=1.0), stage=stage)
    started.set("augment", 0.0)
    started._turn(started.recipe.at(0))
    again = started._whole_batch(torch.arange(40))
    assert again[0][:20].equal(clean[0]) and again[1][20:].equal(clean[1])


def test_views_are_the_same_for_the_same_seed(stage: Stage) -> None:
    recipe = dataclasses.replace(QUICK, augment=1.5)
    losses = [[step.losses for step in Distillation(recipe, stage=stage)] for _ in range(2)]
    assert losses[0] == losses[1]
    assert losses[0] != [step.losses for step in Distillation(dataclasses.replace(recipe, seed=1), stage=stage)]
    assert losses[0] != [step.losses for step in Distillation(QUICK, stage=stage)]


def test_mixing_changes_what_is_measured_and_not_what_is_learned(stage: Stage) -> None:
    mixed = dataclasses.replace(QUICK, mixing=0.5, learning_rate=1e-2)
    runs = [Distillation(recipe, stage=stage) for recipe in (mixed, dataclasses.replace(mixed, mixing=1.0))]
    for ours, theirs in zip(*runs, strict=True):
        assert ours.losses == theirs.losses
    assert runs[0].metrics() != runs[1].metrics()
    runs[0]._turn(runs[1].recipe)
    assert runs[0].metrics() == runs[1].metrics()
    trained, together = runs[0].student.state_dict(), distill_replicas([mixed, runs[1].recipe], stage=stage)
    assert all(trained[name].equal(value) for name, value in runs[1].student.state_dict().items())
    images = stage.data.images[stage.test[:40]]
    for share, logits in zip((0.5, 1.0), together.logits(images), strict=True):
        runs[0].student.eval().mix(share)
        with torch.no_grad():
            own = stage.logits(torch.nn.functional.normalize(runs[0].student(images), dim=1))
        torch.testing.assert_close(logits, own, atol=5e-3 * stage.logit_scale, rtol=0)
    assert together.metrics[0] != together.metrics[1]


def test_before_the_first_step_the_student_answers_as_its_backbone() -> None:
    """The shipped models: most answers are the backbone's own, and hardly fewer of them are right."""
    run = Distillation(QUICK)
    scores = reference_scores(run.stage)
    assert next(run).metrics["harmonic_mean"] > scores["backbone_harmonic_mean"] - 0.02
    images, texts = run.stage.data.images[run.stage.test], run.stage.data.class_texts
    run.student.eval()
    with torch.no_grad():
        mine = run.stage.logits(torch.nn.functional.normalize(run.student(images), dim=1))
        theirs = run.stage.backbone(images, texts)
    assert float((mine.argmax(1) == theirs.argmax(1)).float().mean()) > 0.8  # chance: 0.025


def test_data_whose_models_are_not_known() -> None:
    with pytest.raises(AMEError, match="own background"):
        emoji_models(emoji(ground=0.5))
    with pytest.raises(AMEError, match="own background"):
        emoji_models(emoji(side=32))


def test_shipped_models_teach_a_student_at_once() -> None:
    """The whole way that `Recipe(data="emoji")` takes, without training anything but the student."""
    steps = list(Distillation(dataclasses.replace(QUICK, steps=2, augment=1.0), metrics_every=2))
    assert 0.05 < steps[-1].metrics["harmonic_mean"] <= 1  # chance: 0.05


def test_the_teacher_is_least_sure_of_a_quarter_of_each_side(stage: Stage) -> None:
    """No other test image of that side has a larger entropy, and the score counts only these."""
    p = stage.teacher_test_logits.double().softmax(1)
    entropy = -(p * p.log()).sum(1)
    for classes in (stage.base, stage.new):
        side = torch.isin(stage.test_labels, classes)
        rest = side & ~stage.unsure
        assert int((side & stage.unsure).sum()) == -(-int(side.sum()) // 4)
        assert float(entropy[side & stage.unsure].min()) >= float(entropy[rest].max())
    right = torch.nn.functional.one_hot(stage.test_labels, stage.data.num_classes).float()
    wrong_when_sure = torch.where(stage.unsure[:, None], right, -right)
    assert base_to_new(stage, wrong_when_sure, stage.unsure)["harmonic_mean"] == 1
    assert base_to_new(stage, wrong_when_sure)["harmonic_mean"] < 0.3


def test_the_landscape_at_its_origin_is_that_of_the_mixed_student(stage: Stage) -> None:
    run = Distillation(dataclasses.replace(QUICK, mixing=0.5, learning_rate=3e-2), stage=stage)
    list(run)
    objective = distillation_objective(run)
    at_origin = Evaluator(objective, random_slice(objective.module, seed=0))(torch.zeros(1, 2))
    wanted = run.metrics()
    for name in ("predictive_entropy", "H"):
        # sums in another order: some hundred units of float32's rounding
        assert float(at_origin[name]) == pytest.approx(wanted[name], rel=1e-4), name


def test_replicas_with_faults_learn_from_the_images_they_are_given(stage: Stage) -> None:
    recipe = dataclasses.replace(QUICK, shuffled_pairs=True)
    images = stage.data.indices("distill", "base")[:60]
    found = distill_replicas([recipe], stage=stage, train_on=[images])
    assert not found.together[0] and found.losses[0].isfinite().all()


def test_the_landscape_before_the_first_step_knows_no_event(stage: Stage) -> None:
    plain = Distillation(QUICK, stage=stage)
    turned = Distillation(QUICK.with_event(0, "kd_weight", 5.0), stage=stage)
    found = []
    for run in (plain, turned):
        next(run)
        objective = distillation_objective(run)
        found.append(Evaluator(objective, random_slice(objective.module, seed=0))(torch.zeros(1, 2))["loss"])
    assert torch.equal(*found)


def test_a_convolutional_student_continues_from_a_state_bit_for_bit(stage: Stage) -> None:
    """Its weights lie in memory with channels last; so must the optimizer's moments, once loaded."""
    run = Distillation(dataclasses.replace(QUICK, steps=4), stage=stage)
    for _ in range(3):
        next(run)
    state = run.state_dict()
    rest = [step.losses for step in run]
    again = Distillation(run.recipe, stage=stage)
    again.load_state_dict(state)
    assert [step.losses for step in again] == rest and len(rest) == 2
    assert all(value.equal(again.state_dict()[name]) for name, value in run.state_dict().items())
