import dataclasses
import json
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from ame_explore.ame import READINGS, AMEError
from ame_explore.data import PairedData, digits
from ame_explore.models import Pretraining, pretrain
from ame_explore.registry import hosts, kd_losses
from ame_explore.settings import STEERABLE
from ame_explore.training import (
    Distillation,
    Evaluation,
    Event,
    Recipe,
    Run,
    Stage,
    chance,
    distill,
    facts,
    reference_scores,
)
from ame_explore.training.evaluate import base_to_new
from ame_explore.training.losses import feature_kd, logits_kd, promptkd_loss
from ame_explore.training.parts import kd_of

# a projector on a barely trained backbone: every path of the loop, in milliseconds a step
QUICK = Recipe(host="projector", steps=12, batch_size=8, shots=2)


@pytest.fixture(scope="module")
def stage():
    data = digits()
    teacher = pretrain(data, Pretraining(steps=60))
    backbone = pretrain(data, Pretraining(size="student", split="backbone", shift=1.0, steps=30))
    return Stage(data, teacher, backbone)


def weights(distillation):
    return torch.cat([p.detach().flatten() for p in distillation.student.trainable_parameters()])


def run(recipe, stage, **options):
    distillation = Distillation(recipe, stage=stage, **options)
    return distillation, list(distillation)


# --- recipes


def test_a_recipe_survives_its_token_and_its_dictionary():
    recipe = dataclasses.replace(QUICK, omega=0.5, data_digest="0123456789abcdef").with_event(4, "omega", 3.0)
    recipe = recipe.with_event(4, "reading", "predictive").with_event(2, "tau", 2.0)
    assert Recipe.from_token(recipe.token()) == recipe
    assert Recipe.from_dict(json.loads(json.dumps(recipe.to_dict()))) == recipe
    assert recipe.events == (Event(2, "tau", 2.0), Event(4, "omega", 3.0), Event(4, "reading", "predictive"))
    assert len(Recipe().token()) < 24 and len(recipe.token()) < 300
    assert "\n" not in recipe.token() and " " not in recipe.token()


@given(
    omega=st.none() | st.floats(0, 1e6),
    shots=st.none() | st.integers(1, 10**6),
    reading=st.sampled_from(tuple(READINGS)),
    kd=st.sampled_from(kd_losses.names()),
    seed=st.integers(0, 2**60),
    turns=st.lists(st.tuples(st.integers(0, 200), st.floats(0, 100)), max_size=6),
)
def test_any_recipe_survives_its_token(omega, shots, reading, kd, seed, turns):
    recipe = Recipe(omega=omega, shots=shots, reading=reading, kd=kd, seed=seed)
    for step, value in turns:
        recipe = recipe.with_event(step, "omega", value)
    again = Recipe.from_token(recipe.token())
    assert again == recipe and hash(again) == hash(recipe)
    assert [event.step for event in again.events] == sorted(step for step, _ in turns)


@given(st.text(max_size=60), st.integers(0, 40))
@settings(max_examples=200)
def test_damaged_tokens_are_refused_or_recipes(text, cut):
    token = dataclasses.replace(QUICK, omega=7.5).token()
    for bad in (text, "ame1:" + text, token[:cut], token[: cut + 5] + "A" + token[cut + 6 :]):
        try:
            recipe = Recipe.from_token(bad)
        except AMEError:
            continue
        assert recipe == dataclasses.replace(QUICK, omega=7.5)  # a change that changed nothing


def test_a_token_of_a_newer_version_or_a_bomb_is_refused():
    import base64
    import zlib

    for fields, message in (
        (b'{"warp": 9}', "unknown|known fields only, got warp"),
        (b'"' + b"a" * (1 << 24) + b'"', "token must be complete"),
        (b"[1]", "token must hold a recipe"),
        (b'{"events": [1]}', "events must be"),
        (b'{"omega": -1}', "omega must be"),
    ):
        token = "ame1:" + base64.urlsafe_b64encode(zlib.compress(fields)).decode()
        with pytest.raises(AMEError, match=message):
            Recipe.from_token(token)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("data", ""),
        ("shots", 0),
        ("shots", 2.5),
        ("steps", 0),
        ("batch_size", 1),
        ("ambiguity", 1.5),
        ("noise", -0.1),
        ("tau", 0),
        ("tau", math.inf),
        ("omega", -1),
        ("omega", math.nan),
        ("kd_weight", -1),
        ("label_smoothing", 2),
        ("learning_rate", 0),
        ("reading", "row"),
        ("kd", "mse"),
        ("host", "lora"),
        ("protocol", "fair"),
        ("optimizer", "lion"),
        ("schedule", "step"),
        ("seed", -1),
        ("temperature", 0),
        ("random_texts", 1),
        ("events", [("omega", 1)]),
        ("events", (Event(5, "omega", 1.0), Event(3, "omega", 1.0))),
        ("events", (Event(999, "omega", 1.0),)),
        ("events", (Event(1, "host", "scratch"),)),
        ("events", (Event(1, "omega", -1.0),)),
    ],
)
def test_bad_recipes(field, value):
    with pytest.raises(AMEError, match=rf"{field}|omega|field|step"):
        Recipe(**{field: value})


# --- losses


def test_logits_kd_is_tau_squared_kl():
    g = torch.Generator().manual_seed(0)
    student, teacher = (torch.randn(6, 5, generator=g, dtype=torch.float64) for _ in range(2))
    for tau in (0.5, 1.0, 4.0):
        kl = torch.nn.functional.kl_div(
            (student / tau).log_softmax(1), (teacher / tau).softmax(1), reduction="batchmean"
        )
        assert logits_kd(student=student, teacher=teacher, tau=tau).item() == pytest.approx(
            tau**2 * kl.item(), rel=1e-12
        )
    assert promptkd_loss(student=student, teacher=teacher).item() == pytest.approx(
        200 * logits_kd(student=student, teacher=teacher).item(), rel=1e-12
    )
    smoothed = 0.9 * teacher.softmax(1) + 0.02
    kl = (smoothed * (smoothed.log() - student.log_softmax(1))).sum(1).mean()
    assert logits_kd(student=student, teacher=teacher, label_smoothing=0.1).item() == pytest.approx(
        kl.item(), rel=1e-12
    )
    assert logits_kd(student=teacher, teacher=teacher).item() == pytest.approx(0, abs=1e-14)
    assert logits_kd(student=student, teacher=torch.tensor([[0.0, -1e9, 0, 0, 0]], dtype=torch.float64)).isfinite()


def test_feature_kd_is_one_minus_the_cosine():
    x = torch.eye(3)
    assert feature_kd(student=x, teacher=x).item() == pytest.approx(0, abs=1e-6)
    assert feature_kd(student=x, teacher=x.roll(1, 0) * 5).item() == pytest.approx(1, abs=1e-6)
    assert feature_kd(student=x, teacher=-x).item() == pytest.approx(2, abs=1e-6)


@pytest.mark.parametrize("kd", ["logits", "promptkd"])
def test_base_classes_alone_are_distilled_where_the_recipe_says_so(stage, kd):
    generator = torch.Generator().manual_seed(0)
    student, teacher = F.normalize(torch.randn(2, 6, stage.text_features.shape[1], generator=generator), dim=2)
    function = {"logits": logits_kd, "promptkd": promptkd_loss}[kd]
    for classes, columns in (("all", torch.arange(10)), ("base", torch.tensor(stage.data.base_classes))):
        recipe = dataclasses.replace(QUICK, kd=kd, kd_classes=classes, tau=2.0)
        wanted = function(student=stage.logits(student)[:, columns], teacher=stage.logits(teacher)[:, columns], tau=2.0)
        assert kd_of(recipe, stage, features=student, teacher_features=teacher).item() == pytest.approx(
            wanted.item(), rel=1e-5
        )


# --- the loop


def test_the_steps_of_a_run(stage):
    distillation, steps = run(QUICK, stage, shares_every=3, metrics_every=5, features_every=6)
    assert distillation.stage is stage and [step.index for step in steps] == list(range(13))
    assert steps[0].losses == {} and steps[0].metrics and steps[0].features is not None
    assert [step.index for step in steps if step.metrics] == [0, 5, 10, 12]
    assert [step.index for step in steps if step.features] == [0, 6, 12]
    assert [step.index for step in steps if step.shares] == [3, 6, 9, 12]
    for step in steps[1:]:
        losses = step.losses
        assert losses["total"] == pytest.approx(losses["kd"] + losses["ame"], rel=1e-6)
        assert losses["ame"] == pytest.approx(50 * losses["H"], rel=1e-6)
    assert steps[3].shares["share.kd"] + steps[3].shares["share.ame"] == pytest.approx(1)
    assert [step.epoch for step in steps] == list(range(13))  # 10 images, batches of 8: one a pass
    assert steps[-1].learning_rate < steps[1].learning_rate == QUICK.learning_rate
    with pytest.raises(StopIteration):
        next(distillation)
    with pytest.raises(dataclasses.FrozenInstanceError):
        steps[0].index = 3


def test_a_student_learns(stage):
    recipe = Recipe(host="projector", omega=0.0, steps=120, shots=8)
    _, steps = run(recipe, stage)
    assert steps[-1].metrics["base_accuracy"] > 0.6 > 0.5 > steps[0].metrics["base_accuracy"]
    assert steps[-1].losses["kd"] < 0.3 * steps[1].losses["kd"]


@pytest.mark.parametrize("host", hosts.names())
def test_the_same_recipe_is_the_same_run_bit_for_bit(stage, host):
    recipe = dataclasses.replace(QUICK, host=host, steps=6, noise=0.05, reading="predictive")
    (one, steps), (other, again) = run(recipe, stage), run(recipe, stage)
    assert torch.equal(weights(one), weights(other))
    assert [step.losses for step in steps] == [step.losses for step in again]
    assert steps[-1].metrics == again[-1].metrics
    third, _ = run(dataclasses.replace(recipe, seed=1), stage)
    assert not torch.equal(weights(one), weights(third))


def test_the_number_of_threads_changes_nothing(stage):
    before = torch.get_num_threads()
    runs = []
    try:
        for threads in (1, 3):
            torch.set_num_threads(threads)
            distillation, steps = run(dataclasses.replace(QUICK, host="promptkd"), stage)
            runs.append((weights(distillation), steps[-1].metrics))
            assert Evaluation(stage, distillation.student)(distillation.ame) == steps[-1].metrics
            assert torch.get_num_threads() == threads
    finally:
        torch.set_num_threads(before)
    assert torch.equal(runs[0][0], runs[1][0]) and runs[0][1] == runs[1][1]


def test_the_global_random_state_is_left_alone(stage):
    before = torch.get_rng_state()
    run(dataclasses.replace(QUICK, noise=0.1, random_texts=True), stage)
    assert torch.equal(torch.get_rng_state(), before)


def test_arms_share_weights_shots_and_batches(stage):
    plain = Distillation(dataclasses.replace(QUICK, omega=0.0), stage=stage)
    treated = Distillation(dataclasses.replace(QUICK, reading="spectral"), stage=stage)
    assert torch.equal(weights(plain), weights(treated)) and torch.equal(plain.shots, treated.shots)
    assert all(torch.equal(plain._next_batch(), treated._next_batch()) for _ in range(9))


@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize("projection", ["own", "host"])
def test_every_reading_trains(stage, reading, projection):
    recipe = dataclasses.replace(QUICK, reading=reading, projection=projection, normalize="unit", steps=4)
    distillation, steps = run(recipe, stage)
    assert all(math.isfinite(value) for step in steps for value in {**step.losses, **step.metrics}.values())
    assert ("H_deficit" in steps[-1].metrics) == (reading != "alignment")
    if projection == "own":
        assert any(p.grad is not None and p.grad.abs().max() > 0 for p in distillation.ame.parameters())


@pytest.mark.parametrize(
    ("kd", "kd_classes"), [(kd, "base" if one.on == "logits" else "all") for kd, one in kd_losses.items()]
)
def test_every_kd_trains(stage, kd, kd_classes):
    whole = {"optimizer": "sgd", "omega": 0.0, "batch_size": 256}  # all shots in each step: losses can be compared
    _, steps = run(dataclasses.replace(QUICK, kd=kd, kd_classes=kd_classes, **whole), stage)
    assert steps[-1].losses["kd"] < steps[1].losses["kd"]


def test_omega_zero_is_plain_kd_whatever_the_reading(stage):
    one, _ = run(dataclasses.replace(QUICK, omega=0.0), stage)
    other, _ = run(dataclasses.replace(QUICK, omega=0.0, reading="predictive"), stage)
    assert torch.equal(weights(one), weights(other))


@pytest.mark.parametrize("optimizer", ["adamw", "sgd"])
@pytest.mark.parametrize("reading", ["rows", "spectral"])
def test_at_omega_zero_h_has_no_graph_and_the_run_keeps_its_bits(stage, monkeypatch, reading, optimizer):
    turns = (Event(3, "omega", 0.0), Event(9, "omega", 5.0))
    recipe = Recipe(steps=12, reading=reading, optimizer=optimizer, weight_decay=0.01, events=turns)
    graphs = []

    def loss_of(*args, **options):
        terms = usual(*args, **options)
        graphs.append(terms.entropy.requires_grad)
        return terms

    usual = distill.loss_of
    monkeypatch.setattr(distill, "loss_of", loss_of)
    found = {}
    for skips in (True, False):
        distillation = Distillation(recipe, stage=stage, metrics_every=6)
        steps = []
        for step in distillation:
            steps.append((step.losses, step.shares, step.metrics))
            if not skips:
                distillation._at_zero = None  # as if each were the first step at 0
        found[skips] = steps, distillation.state_dict()
    assert graphs == [True] * 4 + [False] * 5 + [True] * 3 + [True] * 12
    assert found[True][0] == found[False][0]
    for name, value in found[True][1].items():
        assert torch.equal(value, found[False][1][name]), name


def test_the_clean_protocol_never_sees_a_new_class(stage):
    clean = Distillation(QUICK, stage=stage)
    everyone = Distillation(dataclasses.replace(QUICK, protocol="transductive"), stage=stage)
    assert set(stage.data.labels[clean.shots].tolist()) == set(stage.data.base_classes)
    assert set(stage.data.labels[everyone.shots].tolist()) == set(range(10))
    assert set(clean.shots.tolist()) <= set(stage.data.splits["distill"].tolist())


# --- going back, and steering


@pytest.mark.parametrize("optimizer", ["adamw", "sgd"])
@pytest.mark.parametrize("noise", [0.0, 0.1])
def test_from_a_state_the_run_goes_on_bit_for_bit(stage, optimizer, noise):
    recipe = dataclasses.replace(QUICK, optimizer=optimizer, noise=noise)
    whole = Distillation(recipe, stage=stage)
    for step in whole:
        if step.index == 5:
            state = whole.state_dict()
    after = weights(whole)
    fresh = Distillation(recipe, stage=stage)
    fresh.load_state_dict(state)
    steps = list(fresh)
    assert [step.index for step in steps] == list(range(6, 13)) and torch.equal(weights(fresh), after)
    whole.load_state_dict(state)  # and back, in the run that went on
    assert [step.losses for step in whole] == [step.losses for step in steps] and torch.equal(weights(whole), after)
    assert all(isinstance(value, torch.Tensor) for value in state.values())


def test_a_state_from_before_the_first_step_starts_again(stage):
    distillation = Distillation(QUICK, stage=stage)
    state = distillation.state_dict()
    first = list(distillation)
    distillation.load_state_dict(state)
    again = list(distillation)
    assert len(distillation) == 0
    assert [step.index for step in again] == [step.index for step in first]
    assert again[-1].losses == first[-1].losses


def test_a_foreign_state_is_refused_and_changes_nothing(stage):
    distillation = Distillation(QUICK, stage=stage)
    next(distillation)
    before = weights(distillation)
    state = distillation.state_dict()
    other = Distillation(dataclasses.replace(QUICK, manifold_dim=8), stage=stage).state_dict()
    partial = {name: value for name, value in state.items() if name != "position"}
    beyond = {**state, "position": torch.tensor([99, 0, 0])}
    for bad in (other, partial, beyond, {}):
        with pytest.raises(AMEError, match="state must"):
            distillation.load_state_dict(bad)
        assert torch.equal(weights(distillation), before) and distillation.index == 0


def test_a_state_of_an_ame_term_with_other_options_is_refused_and_its_dials_stay(stage):
    distillation = Distillation(QUICK, stage=stage)
    next(distillation)
    before, ame = distillation.state_dict(), distillation.ame
    dials = ame.reading, ame.omega, ame.temperature
    other = dataclasses.replace(QUICK, scope="image", reading="spectral", omega=7.0, temperature=0.5)
    with pytest.raises(AMEError, match="the state was saved from an AMELoss with scope='image'"):
        distillation.load_state_dict(Distillation(other, stage=stage).state_dict())
    assert (ame.reading, ame.omega, ame.temperature) == dials == ("rows", 50, 1)
    assert all(torch.equal(value, before[name]) for name, value in distillation.state_dict().items())


def test_a_turned_dial_acts_from_the_next_step_and_is_in_the_recipe(stage):
    steered = Distillation(QUICK, stage=stage)
    steps = []
    for step in steered:
        steps.append(step)
        if step.index == 4:
            steered.set("omega", 2.0)
        if step.index == 6:
            steered.set("reading", "predictive")
            steered.set("omega", None)
    weighs = [step.losses["ame"] / step.losses["H"] for step in steps[1:]]
    assert weighs == pytest.approx([50] * 4 + [2] * 2 + [0.3] * 6, rel=1e-5)
    again = Distillation(Recipe.from_token(steered.recipe.token()), stage=stage)
    assert [step.losses for step in again] == [step.losses for step in steps]
    assert torch.equal(weights(again), weights(steered))


@pytest.mark.parametrize("field", [field for field in STEERABLE if field != "mixing"])  # see test_emoji_stage
def test_every_dial_turns(stage, field):
    values = {"reading": "spectral", "ambiguity": 0.7, "noise": 0.1, "label_smoothing": 0.3, "tau": 4.0}
    values |= {"normalized": False, "shuffled_pairs": True, "duplicates": 2}
    value = values.get(field, 0.5)
    recipe = dataclasses.replace(QUICK, kd="logits", reading="predictive", steps=6)
    plain, _ = run(recipe, stage)
    steered = Distillation(recipe, stage=stage)
    for step in steered:
        if step.index == 2:
            steered.set(field, value)
    assert not torch.equal(weights(plain), weights(steered)), "the dial did nothing"


def test_a_dial_before_the_first_step_replays_as_it_ran(stage):
    """Step 0 is the student before any dial is turned: live, and in the replay of its token."""
    for field, value in (("reading", "predictive"), ("temperature", 0.1), ("normalized", False)):
        steered = Distillation(QUICK, stage=stage)
        steps = [next(steered)]
        steered.set(field, value)
        assert steered.settings == steered.recipe.at(-1) != steered.recipe.at(0)
        steps += list(steered)
        again = list(Distillation(Recipe.from_token(steered.recipe.token()), stage=stage))
        assert [(step.losses, step.metrics) for step in again] == [(step.losses, step.metrics) for step in steps]
        assert steered.settings == steered.recipe.at(0)
        other = next(Distillation(dataclasses.replace(QUICK, **{field: value}), stage=stage))
        assert other.metrics["H"] != steps[0].metrics["H"], "else this shows nothing"


def test_going_back_to_the_beginning_goes_back_before_the_first_dial(stage):
    distillation = Distillation(QUICK.with_event(0, "reading", "predictive"), stage=stage)
    state = distillation.state_dict()
    first = next(distillation)
    next(distillation)
    assert distillation.ame.reading == "predictive"
    distillation.load_state_dict(state)
    assert next(distillation).metrics == first.metrics and distillation.ame.reading == "rows"


def test_a_bad_turn_is_refused_and_changes_nothing(stage):
    distillation = Distillation(QUICK, stage=stage)
    next(distillation)
    for field, value in (("omega", -1), ("reading", "x"), ("host", "scratch"), ("tau", 0), ("steps", 5)):
        with pytest.raises(AMEError, match=field):
            distillation.set(field, value)
    assert distillation.recipe.events == ()


def test_going_back_before_an_event_meets_it_again(stage):
    distillation = Distillation(QUICK, stage=stage)
    states = {}
    for step in distillation:
        states[step.index] = distillation.state_dict()
        if step.index == 6:
            distillation.set("omega", 1.0)
    after = weights(distillation)
    distillation.load_state_dict(states[3])
    steps = list(distillation)
    assert [round(step.losses["ame"] / step.losses["H"]) for step in steps] == [50] * 3 + [1] * 6
    assert torch.equal(weights(distillation), after)


# --- evaluation


def test_a_perfect_student_scores_one(stage):
    logits = torch.nn.functional.one_hot(stage.test_labels, 10).float()
    assert base_to_new(stage, logits) == {"base_accuracy": 1, "new_accuracy": 1, "harmonic_mean": 1}
    wrong = torch.nn.functional.one_hot((stage.test_labels + 1) % 5 + 5 * (stage.test_labels >= 5), 10).float()
    assert base_to_new(stage, wrong)["harmonic_mean"] == 0
    levels = chance(stage)
    assert levels["base_accuracy"] == levels["new_accuracy"] == pytest.approx(levels["harmonic_mean"]) == 0.2
    guesses = torch.rand(200, len(stage.test), 10, generator=torch.Generator().manual_seed(0))
    found = torch.tensor([base_to_new(stage, guess)["base_accuracy"] for guess in guesses])
    assert abs(found.mean() - levels["base_accuracy"]) < 4 * found.std() / math.sqrt(200)


def test_base_classes_in_any_order(stage):
    data = PairedData(
        **{
            field.name: getattr(stage.data, field.name)
            for field in dataclasses.fields(PairedData)
            if field.name != "base_classes"
        },
        base_classes=(9, 1, 4),
    )
    shuffled = Stage(data, stage.teacher, stage.backbone)
    logits = torch.nn.functional.one_hot(stage.test_labels, 10).float()
    assert base_to_new(shuffled, logits)["harmonic_mean"] == 1
    assert chance(shuffled)["base_accuracy"] == pytest.approx(1 / 3)


@pytest.mark.parametrize("metrics_every", [4, 3])  # features of a step with metrics, and of one without
def test_features_of_a_step_are_the_students_of_that_step(stage, metrics_every):
    distillation = Distillation(QUICK, stage=stage, metrics_every=metrics_every, features_every=4)
    for step in distillation:
        if step.features is not None:
            assert bool(step.metrics) == (metrics_every == 4 or step.index in (0, 12, QUICK.steps))
            fresh = Evaluation(stage, distillation.student).features()
            assert torch.equal(step.features.image, fresh.image) and torch.equal(step.features.ids, fresh.ids)
            assert len(fresh.image) == 2 * len(stage.test)  # the ambiguous images too


def test_evaluation_leaves_the_student_in_training_and_unchanged(stage):
    distillation = Distillation(QUICK, stage=stage)
    distillation.student.train()
    before = distillation.state_dict()
    metrics = distillation.metrics()
    after = distillation.state_dict()
    assert distillation.student.training and all(torch.equal(before[name], after[name]) for name in before)
    assert metrics == Evaluation(stage, distillation.student)(distillation.ame)
    assert set(chance(stage)) <= set(metrics)


def test_scores_to_compare_with(stage):
    scores = reference_scores(stage)
    assert scores["teacher_test_accuracy"] > scores["backbone_new_accuracy"] > 0
    assert all(0 <= value <= 1 for value in scores.values())


def test_the_data_must_be_the_recipes(stage):
    with pytest.raises(AMEError, match="stage must hold the recipe's data, 'scenes', got 'digits'"):
        Distillation(dataclasses.replace(QUICK, data="scenes"), stage=stage)
    with pytest.raises(AMEError, match="stage must hold"):
        Distillation(dataclasses.replace(QUICK, data_digest="0" * 16), stage=stage)
    with pytest.raises(AMEError, match="data_digest is 0000"):
        Stage.for_recipe(dataclasses.replace(QUICK, data_digest="0" * 16), data=stage.data)
    with pytest.raises(AMEError, match=r"recipe\.data must be the name of the given data"):
        Stage.for_recipe(dataclasses.replace(QUICK, data="mine"), data=stage.data)
    with pytest.raises(AMEError, match="shots must be"):
        Distillation(dataclasses.replace(QUICK, shots=1000), stage=stage)
    with pytest.raises(AMEError, match=r"data must be .*'digits'.*, got 'mnist'"):
        Stage.for_recipe(Recipe(data="mnist"))


def test_a_run_that_blows_up_says_so(stage):
    recipe = dataclasses.replace(
        QUICK, projection="host", ame_input="raw", reading="score_variance", learning_rate=1e15
    )
    with pytest.raises(AMEError, match=r"loss became|must be finite"):
        run(recipe, stage)


def test_a_recorded_run_goes_on_from_its_checkpoint(stage, tmp_path):
    distillation = Distillation(QUICK, stage=stage)
    with Run.recorder(tmp_path / "run", recipe=distillation.recipe.to_dict()) as record:
        for step in distillation:
            state = distillation.state_dict() if step.index == 8 else None
            record.log(
                step.index,
                losses={**step.losses, **step.shares},
                metrics=step.metrics,
                features=step.features,
                state=state,
            )
    read = Run.open(tmp_path / "run")
    recipe = Recipe.from_dict(read.recipe)
    assert recipe == distillation.recipe
    again = Distillation(recipe, stage=stage)
    again.load_state_dict(read.state(8))
    assert [step.losses["total"] for step in again] == pytest.approx(list(read.losses["total"].loc[9:]), rel=1e-6)
    assert torch.equal(weights(again), weights(distillation))
    assert read.features(12).image.shape == (2 * len(stage.test), stage.teacher.embed_dim)
    assert (read.features(12).ids >= facts(stage)["ambiguous_from_id"]).sum() == len(stage.test)
