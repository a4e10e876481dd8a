"""Distillation on stored features: as with the models that made them, and without what features do not have."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import pytest
import torch

from ame_explore.ame import AMEError
from ame_explore.analysis.bounds import draw_sample, students_bounds
from ame_explore.analysis.bounds.protocol import PRIOR, UNSEEN
from ame_explore.analysis.landscapes.readouts import distillation_objective
from ame_explore.data import FeatureData, digits, load
from ame_explore.models import SmallCLIP, models_for
from ame_explore.models.stored import StoredCLIP
from ame_explore.registry import data_sets
from ame_explore.settings import SETTINGS
from ame_explore.training import Distillation, Recipe, Stage, distill_replicas, facts, reference_scores


def some(count: int = 240, *, seed: int = 0, **changes: Any) -> FeatureData:
    """Features of six classes; the student's are noisier than the teacher's."""
    generator = torch.Generator().manual_seed(seed)
    labels = torch.arange(count) % 6
    text, student_text = torch.randn(6, 12, generator=generator), torch.randn(6, 8, generator=generator)
    parts = {
        "teacher_image": text[labels] + 0.5 * torch.randn(count, 12, generator=generator),
        "student_image": student_text[labels] + 0.8 * torch.randn(count, 8, generator=generator),
        "class_text": text,
        "student_text": student_text,
        "labels": labels,
        "logit_scale": 20.0,
    }
    return FeatureData.of({**parts, **changes}, name="mine")


@pytest.fixture(scope="module")
def own() -> Stage:
    return Stage.for_recipe(Recipe.for_data(some()), data=some())


@pytest.fixture(scope="module")
def built_in() -> Stage:
    """Digits and untrained models: what is compared is the path, not what is learned."""
    data = digits()
    teacher, backbone = (
        SmallCLIP.for_data(data, size, generator=torch.Generator().manual_seed(1)).eval().requires_grad_(False)
        for size in ("teacher", "student")
    )
    return Stage(data, teacher, backbone)


@pytest.fixture(scope="module")
def stored(built_in: Stage) -> Stage:
    """The same models and images as stored features."""
    data = built_in.data
    split = ["unused"] * len(data.images)
    for name, index in data.splits.items():
        for row in index.tolist():
            split[row] = name
    with torch.no_grad():
        made = FeatureData.of(
            name="stored",
            teacher_image=built_in.teacher.image_tower(data.images),
            student_image=built_in.backbone.image_tower(data.images),
            class_text=built_in.text_features,
            student_text=built_in.backbone.encode_text(data.class_texts),
            class_names=data.class_texts,
            base_classes=data.base_classes,
            labels=data.labels,
            split=split,
            logit_scale=built_in.logit_scale,
        )
    return Stage.for_recipe(Recipe.for_data(made), data=made)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"kd": "logits", "tau": 2.0, "reading": "predictive", "projection": "host"},
        {"reading": "spectral", "omega": 1.0},
        {"text_rows": "paired"},
        {"reading": "alignment"},
        {"protocol": "transductive", "shots": None, "kd_classes": "base", "kd": "logits"},
        {"protocol": "rehearsal"},
    ],
)
def test_stored_features_give_the_losses_and_metrics_of_the_models_that_made_them(
    built_in: Stage, stored: Stage, settings: dict[str, Any]
) -> None:
    # Plain gradient steps: the gradient of the bias before a batch norm is 0 up to rounding, and Adam makes whole steps
    # of its rounding errors.
    recipe = Recipe(host="projector", steps=15, optimizer="sgd", **settings)
    a = list(Distillation(recipe, stage=built_in, metrics_every=5))
    b = list(Distillation(dataclasses.replace(recipe, data="stored"), stage=stored, metrics_every=5))
    for one, other in zip(a, b, strict=True):
        assert one.losses == pytest.approx(other.losses, rel=2e-5, abs=1e-6)
        assert one.batch == pytest.approx(other.batch, rel=1e-4, abs=1e-5)
        assert set(one.metrics) - set(other.metrics) == {name for name in one.metrics if name.startswith("ambiguous")}
        for name, value in other.metrics.items():
            assert one.metrics[name] == pytest.approx(value, rel=1e-4, abs=2e-6), name
    scores = reference_scores(stored)
    assert scores == pytest.approx({name: reference_scores(built_in)[name] for name in scores}, abs=1e-6)
    assert "backbone_harmonic_mean" in scores and "shifted_backbone_accuracy" not in scores


def test_adam_gives_the_same_losses(built_in: Stage, stored: Stage) -> None:
    recipe = Recipe(host="projector", steps=10)
    a, b = Distillation(recipe, stage=built_in), Distillation(dataclasses.replace(recipe, data="stored"), stage=stored)
    for one, other in zip(a, b, strict=True):
        assert one.losses == pytest.approx(other.losses, rel=1e-4)


def test_the_models_look_features_up(own: Stage) -> None:
    data = own.data
    assert isinstance(data, FeatureData) and isinstance(own.teacher, StoredCLIP)
    unit = torch.nn.functional.normalize
    rows = torch.tensor([5, 0])
    assert torch.equal(own.teacher.encode_image(data.images[rows]), unit(data.teacher_image[rows]))
    assert torch.equal(own.backbone.encode_image(data.images[rows]), unit(data.student_image[rows]))
    texts = [data.class_texts[4], data.class_texts[1]]
    assert torch.equal(own.teacher.encode_text(texts), unit(data.class_features[[4, 1]]))
    logits = own.teacher(data.images[rows], texts)
    torch.testing.assert_close(logits, 20 * unit(data.teacher_image[rows]) @ unit(data.class_features[[4, 1]]).mT)
    assert (own.teacher.embed_dim, own.backbone.embed_dim, own.logit_scale) == (12, 8, 20)
    with pytest.raises(AMEError, match="texts must be class texts whose features were stored, got 'a cow'"):
        own.teacher.encode_text(["a cow"])


def test_without_student_text_there_is_no_zero_shot_score() -> None:
    data = some(student_text=None)
    stage = Stage.for_recipe(Recipe.for_data(data), data=data)
    assert set(reference_scores(stage)) == {"teacher_test_accuracy", "teacher_harmonic_mean"}
    with pytest.raises(AMEError, match="student_text was not stored"):
        stage.backbone.encode_text(data.class_texts)
    for host in ("projector", "finetune", "scratch"):
        *_, last = Distillation(Recipe.for_data(data, host=host, steps=2), stage=stage)
        assert math.isfinite(last.losses["total"])


def test_a_linear_student_starts_from_the_backbones_own_answers(own: Stage) -> None:
    first = next(Distillation(Recipe.for_data(own.data, host="finetune"), stage=own))
    assert first.metrics["harmonic_mean"] > 0.5 > next(Distillation(stage=own)).metrics["harmonic_mean"]


def test_a_recipe_has_the_defaults_of_its_data() -> None:
    data = some()
    assert Recipe.for_data(data) == Recipe(data="mine", host="projector")
    assert Recipe.for_data(data, host="scratch", steps=5) == Recipe(data="mine", host="scratch", steps=5)
    assert Recipe.for_data("digits") == Recipe(data="digits")
    assert Recipe.for_data("emoji") == Recipe(data="emoji", **data_sets["emoji"].defaults)
    assert Recipe.for_data("mine") == Recipe(data="mine")
    assert Recipe.from_token(Recipe.for_data(data).token()) == Recipe.for_data(data)
    assert Recipe().host == SETTINGS["host"].default == "promptkd"
    run = Distillation(data=data)
    assert run.recipe == dataclasses.replace(Recipe.for_data(data), data_digest=data.digest[:16])
    with pytest.raises(AMEError, match=r"host must be one of"):
        Recipe.for_data(data, host="nobody")


def test_what_needs_pixels_is_refused_before_training(own: Stage) -> None:
    for name in ("noise", "ambiguity", "augment"):
        for recipe in (Recipe.for_data(own.data, **{name: 0.5}), Recipe.for_data(own.data).with_event(3, name, 0.5)):
            with pytest.raises(AMEError, match=f"{name} must be 0 for 'mine', got 0.5"):
                Distillation(recipe, stage=own)
        with pytest.raises(AMEError, match=f"{name} must be 0"):
            distill_replicas([Recipe.for_data(own.data, **{name: 0.5})], stage=own)
    run = Distillation(stage=own)
    with pytest.raises(AMEError, match="noise must be 0"):
        run.set("noise", 0.5)
    assert run.recipe.events == ()
    with pytest.raises(AMEError, match=r"'promptkd' needs a transformer .* use 'finetune' or 'projector'"):
        Distillation(Recipe.for_data(own.data, host="promptkd"), stage=own)
    with pytest.raises(AMEError, match="protocol must be 'clean' or 'transductive' for 'mine', got 'rehearsal'"):
        Distillation(Recipe.for_data(own.data, protocol="rehearsal"), stage=own)


def test_data_without_a_draw_function_is_refused_before_training(built_in: Stage) -> None:
    bare = dataclasses.replace(built_in.data, draw=None)
    stage = Stage(bare, built_in.teacher, built_in.backbone)
    with pytest.raises(AMEError, match=r"ambiguity must be 0 for 'digits', got 0\.5: this data was given no draw"):
        Distillation(Recipe(ambiguity=0.5), stage=stage)


def test_a_run_is_bound_to_its_data(own: Stage) -> None:
    run = Distillation(stage=own)
    again = Recipe.from_token(run.recipe.token())
    with pytest.raises(AMEError, match="the recipe was made with other data"):
        Stage.for_recipe(again, data=some(seed=1))
    assert Distillation(again, data=some()).recipe == run.recipe


def test_replicas_and_landscapes_take_stored_features(own: Stage) -> None:
    recipes = [Recipe.for_data(own.data, steps=6, seed=seed) for seed in (0, 1)]
    many = distill_replicas(recipes, stage=own)
    run = Distillation(recipes[0], stage=own, metrics_every=6)
    *_, last = run
    assert all(many.together)
    assert many.metrics[0]["harmonic_mean"] == pytest.approx(last.metrics["harmonic_mean"], abs=0.05)
    objective = distillation_objective(run)
    with torch.no_grad():
        found = objective.measure(objective.module(objective.inputs))
    assert float(found["H"]) == pytest.approx(last.metrics["H"], rel=1e-5)


def test_bounds_do_not_claim_that_the_models_have_not_seen_the_samples(own: Stage, stored: Stage) -> None:
    sample = draw_sample(own, 16, seed=0)
    states = {one.name: one.state for one in (*sample.assumptions, *sample.prior_assumptions(held_out=False))}
    assert states[UNSEEN.name] == states[PRIOR.name] == "not checked"
    (student,) = students_bounds(own, [Recipe.for_data(own.data, steps=10)], [sample], draws=5)
    assert all(math.isfinite(bound.value) for bound in student.bounds.values() if bound.is_bound)
    known = draw_sample(stored, 16, seed=0)
    states = {one.name: one.state for one in (*known.assumptions, *known.prior_assumptions(held_out=False))}
    assert states[UNSEEN.name] == states[PRIOR.name] == "holds"


def test_models_for_any_data(own: Stage) -> None:
    teacher, backbone = models_for(own.data)
    assert isinstance(teacher, StoredCLIP) and isinstance(backbone, StoredCLIP)
    assert not teacher.training and not list(teacher.parameters())
    shipped, _ = models_for(load("emoji"))
    assert type(shipped).__name__ == "ConvCLIP"


def test_a_stage_of_fewer_test_images_scores_everyone_on_the_same_ones(own: Stage):
    recipe = Recipe.for_data(some())
    few = Stage.for_recipe(recipe, data=some(), most_test=20)
    assert few.sampled == f"20 of {len(own.test)} test images" and own.sampled == ""
    assert len(few.test) == 20 and set(few.test.tolist()) < set(own.test.tolist())
    assert few.test_labels.tolist() == some().labels[few.test].tolist()
    counts = few.test_labels.bincount(minlength=few.data.num_classes)
    assert int(counts.max() - counts.min()) <= 1
    assert facts(few)["sampled"] == few.sampled and "sampled" not in facts(own)
    place = torch.searchsorted(own.test, few.test)
    assert torch.equal(few.teacher_test_logits, own.teacher_test_logits[place])
    assert Stage.for_recipe(recipe, data=some(), most_test=10**6).sampled == ""
    for most in (0, 1, 2.5):
        with pytest.raises(AMEError, match="most_test must"):
            Stage.for_recipe(recipe, data=some(), most_test=most)
