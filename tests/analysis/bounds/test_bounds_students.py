"""Bounds on real distilled students: what is counted, what is flagged, and that they stand beside the truth."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from ame_explore import registry
from ame_explore.ame import AMEError
from ame_explore.analysis.bounds import (
    Bound,
    FoldedProjector,
    cmi,
    coin_students,
    draw_sample,
    gaussian_kl,
    largest_sample,
    students_bounds,
    study_bounds,
)
from ame_explore.analysis.bounds.bound_inputs import Posterior
from ame_explore.analysis.bounds.samples import unseen
from ame_explore.analysis.bounds.students import PRIORS, bound_by
from ame_explore.analysis.bounds.terms import THEIR_LOSS
from ame_explore.data import digits
from ame_explore.models import Pretraining, pretrain
from ame_explore.training import Recipe, Stage, distill_replicas
from ame_explore.training.parts import student_of

QUICK = Recipe(host="projector", steps=40, batch_size=16, learning_rate=3e-3)


@pytest.fixture(scope="module")
def stage() -> Stage:
    data = digits()
    teacher = pretrain(data, Pretraining(steps=80))
    backbone = pretrain(data, Pretraining(size="student", split="backbone", shift=1.0, steps=40))
    return Stage(data, teacher, backbone)


def state_of(bound: Any, words: str) -> str:
    return next(each.state for each in bound.assumptions if words in each.name)


# --- folding


def test_folding_is_the_same_function(stage: Stage) -> None:
    weights = distill_replicas([QUICK], stage=stage, measure=False, dtype=torch.float64).weights[0]
    student = student_of(QUICK, stage).double().eval()
    own = {name.removeprefix("student."): value for name, value in weights.items() if name.startswith("student.")}
    student.load_state_dict(own, strict=False)
    shown = student_of(QUICK, stage).prepare(stage.data.images[:50])
    with torch.no_grad():
        theirs = F.normalize(student(shown.double()), dim=1)
    folded = FoldedProjector.of(weights)
    assert torch.allclose(folded.outputs(shown)[0].double(), theirs, atol=1e-5)  # float32 of unit vectors
    both = folded.outputs(shown, vectors=torch.stack([folded.vector, 0 * folded.vector + 1]), at_once=1)
    assert torch.equal(both[0], folded.outputs(shown)[0]) and not torch.allclose(both[1], both[0])
    # the statistics count: with others, KL is another number
    moved = dict(weights) | {"student.projector.norm.running_mean": weights["student.projector.norm.running_mean"] + 1}
    assert gaussian_kl(mean_q=FoldedProjector.of(moved).vector, std_q=1.0, mean_p=folded.vector, std_p=1.0) > 1


def test_scales_are_each_layers_own(stage: Stage) -> None:
    folded = FoldedProjector.of(distill_replicas([QUICK], stage=stage, measure=False).weights[0])
    scales, first = folded.scales(), folded.width_in * folded.width_hidden
    assert scales.shape == folded.vector.shape and len(scales.unique()) == 2
    assert scales[0] == pytest.approx(float(folded.vector[:first].square().mean().sqrt()))


def test_folding_needs_a_projector() -> None:
    with pytest.raises(AMEError, match="weights must hold a projector's parts"):
        FoldedProjector.of({"student.projector.weight": torch.zeros(2, 2)})


# --- samples


@pytest.mark.parametrize(("protocol", "n"), [("random", 64), ("shots", 20)])
def test_samples_are_disjoint_and_unseen(stage: Stage, protocol: str, n: int) -> None:
    sample = draw_sample(stage, n, seed=3, protocol=protocol)
    parts = [set(part.tolist()) for part in (sample.train, sample.test_set, sample.truth)]
    assert len(parts[0]) == n and len(parts[1]) == 100 and len(parts[2]) >= 100
    assert sum(map(len, parts)) == len(parts[0] | parts[1] | parts[2])
    assert (parts[0] | parts[1] | parts[2]) <= set(unseen(stage).tolist())
    states = [each.state for each in sample.assumptions]
    assert states == (["holds"] * 3 if protocol == "random" else ["violated here", "violated here", "holds"])
    again, other = (draw_sample(stage, n, seed=seed, protocol=protocol) for seed in (3, 4))
    assert torch.equal(again.train, sample.train) and not torch.equal(other.train, sample.train)


def test_a_prior_that_has_seen_its_samples_is_flagged(stage: Stage) -> None:
    sample = draw_sample(stage, 20, seed=0)
    assert sample.prior_assumptions(held_out=True)[-1].state == "holds"
    assert sample.prior_assumptions(held_out=False)[-1].state == "holds"
    whole = dataclasses.replace(sample, prior_size=0)
    leaky = dataclasses.replace(sample, train=torch.cat([sample.train, sample.train[:3]]))
    assert whole.prior_assumptions(held_out=True)[-1].state == "holds"  # made from nothing
    assert leaky.prior_assumptions(held_out=True)[-1].state == "violated here"


# --- all bounds of a student


def test_every_bound_of_a_student(stage: Stage) -> None:
    sample = draw_sample(stage, 120, seed=1)
    told: list[tuple[str, int, int]] = []
    recipes = [dataclasses.replace(QUICK, omega=omega, seed=1) for omega in (0.0, 5.0)]
    kd, ame = students_bounds(stage, recipes, [sample, sample], draws=60, progress=lambda *args: told.append(args))
    assert told[-1][0] == "bounds" and told[0][0] == "replicas"
    assert kd.gap.n_test == len(sample.truth) and kd.n == 120 and list(kd.bounds) == list(ame.bounds)
    assert kd.gap.train_loss < kd.gap.test_loss
    for name, bound in kd.bounds.items():
        assert bound.name == name
        if bound.kind == "not a bound":
            continue
        assert bound.confidence == pytest.approx(0.95) and not bound.violated and not bound.unchecked, bound.unchecked
        assert sum(term.adds for term in bound.terms if term.adds is not None) == pytest.approx(bound.value)
        if "prior" in name:
            # what PAC-Bayes speaks of is measured: 400 images and 50 draws, far below the slack of the bound
            assert bound.term(THEIR_LOSS).value < bound.value
            assert bound.n == (120 if PRIORS[0] in name else 60)
            assert state_of(bound, "spreads") == "holds"
    kl, pinsker = (
        kd.bounds[f"{form}, prior: {PRIORS[1]}"].value for form in ("PAC-Bayes-kl", "PAC-Bayes (McAllester)")
    )
    assert kl <= pinsker
    # the posterior lies around the student, not around noise, whose loss would be 0.9
    assert kd.bounds[f"PAC-Bayes-kl, prior: {PRIORS[0]}"].term(THEIR_LOSS).value < 0.8
    near, far = (kd.bounds[f"PAC-Bayes-kl, prior: {kind}"].term("KL(Q||P)").value for kind in reversed(PRIORS))
    assert near < far  # a student of half of the sample is nearer than an untrained one
    paper = kd.bounds["The paper's delta and epsilon"]
    assert paper.verdict == "not a bound" and math.isnan(paper.value) and paper.violated
    assert paper.terms[0].value == pytest.approx(kd.trained_entropy)
    largest = math.log(120 + 10)  # over as many rows
    assert largest - ame.trained_entropy > 100 * (largest - kd.trained_entropy) > 0  # omega = 5 lowers it, KD hardly


def test_shots_are_flagged_on_every_bound_of_the_student(stage: Stage) -> None:
    (found,) = students_bounds(stage, [QUICK], [draw_sample(stage, 20, seed=0, protocol="shots")], draws=5)
    for name, bound in found.bounds.items():
        assert (len(bound.violated) == 2) == name.startswith("PAC-Bayes"), name
    assert not found.bounds["Test set (Hoeffding)"].violated  # its own images are drawn at random


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"host": "promptkd"}, "must use the host 'projector'"),
        ({"learning_rate": 1e15, "steps": 3}, "must not make a student diverge"),
    ],
)
def test_students_that_have_no_bounds(stage: Stage, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(AMEError, match=message):
        students_bounds(stage, [dataclasses.replace(QUICK, **changes)], [draw_sample(stage, 8, seed=0)], draws=2)


# --- coin draws


def test_f_cmi_bounds_the_measured_expected_gap_of_real_students(stage: Stage) -> None:
    found = coin_students(stage, dataclasses.replace(QUICK, omega=0.0), n=32, supersamples=3, draws=80)
    bound, gap = found.bound, found.gap
    half = bound.term("half width of 95% over supersamples").value
    assert found.follows and gap.low <= bound.value + half
    assert gap.mean > 0.03 and bound.value > gap.mean  # there is something to bound
    assert bound.term("bias if every outcome occurs").value == pytest.approx(2 * math.sqrt(2 / math.pi / 80))
    assert bound.term("with Miller-Madow").value < bound.value
    assert state_of(bound, "independent draws") == state_of(bound, "have not seen") == "holds"
    assert found.values("f-CMI over loss pairs").mean() == pytest.approx(bound.value)
    known = found.bounds["f-CMI over loss pairs"]
    assert list(found.bounds) == [known.name] and known.terms == bound.terms and "coins" in known.help
    # far from empty: a bound of a third of this size would be below the measured mean
    assert gap.mean > bound.value / 3


def test_coins_and_images_are_paired_between_arms(stage: Stage) -> None:
    few: dict[str, Any] = {"n": 8, "supersamples": 2, "draws": 3, "seed": 5}
    arms = [coin_students(stage, dataclasses.replace(QUICK, omega=w, steps=3), **few) for w in (0.0, 5.0, 0.0)]
    assert (arms[0].images == arms[1].images).all() and (arms[0].coins == arms[1].coins).all()
    assert (arms[0].losses == arms[2].losses).all()
    assert len(np.unique(arms[0].images[0])) == 16


def test_a_coin_student_is_a_distillation_of_its_half(stage: Stage) -> None:
    recipe = dataclasses.replace(QUICK, omega=0.0, steps=10)
    found = coin_students(stage, recipe, n=8, supersamples=1, draws=2, seed=5)
    # one supersample has no interval over supersamples: its mean is compared
    leaky = np.zeros_like(found.losses)
    leaky[..., 1] = 1  # all wrong on the images that were not trained on, and coins that tell nothing
    assert not dataclasses.replace(found, losses=leaky, coins=np.zeros_like(found.coins)).follows
    assert dataclasses.replace(found, losses=np.zeros_like(found.losses)).follows
    for draw in range(2):
        places = np.take_along_axis(found.images[0], found.coins[0, draw][:, None], axis=1)[:, 0]
        alone = distill_replicas([recipe], stage=stage, train_on=[torch.from_numpy(places)])
        shown = torch.from_numpy(found.images[0]).flatten()
        wrong = alone.logits(stage.data.images[shown])[0].argmax(1) != stage.data.labels[shown]
        assert (wrong.numpy().reshape(8, 2) != found.losses[0, draw]).sum() <= 1  # a tie may fall to either side


def test_a_registered_bound_over_supersamples_is_computed_with_the_others(stage: Stage) -> None:
    recipe = dataclasses.replace(QUICK, omega=0.0, steps=3)
    found = coin_students(stage, recipe, n=8, supersamples=2, draws=3)

    @registry.bound("the most that n pairs can tell", label="ceiling", per="supersamples")
    def ceiling(draws: Any) -> Bound:
        """sqrt(2 ln 2), whatever the losses."""
        return cmi(draws.coins.shape[2] * math.log(2), draws.coins.shape[2], assumptions=draws.assumptions)

    @registry.bound("never", per="supersamples")
    def never(draws: Any) -> None:
        """It does not apply."""

    try:
        again = dataclasses.replace(found)
        assert list(again.bounds) == ["f-CMI over loss pairs", "the most that n pairs can tell"]
        bound = again.bounds["the most that n pairs can tell"]
        assert bound.value == pytest.approx(math.sqrt(2 * math.log(2))) and bound.form == "ceiling"
        assert bound.help == "sqrt(2 ln 2), whatever the losses."
        assert again.values(bound.name).tolist() == pytest.approx([bound.value] * 2)
    finally:
        registry.bounds.remove("the most that n pairs can tell")
        registry.bounds.remove("never")


def test_coin_students_end_when_told(stage: Stage) -> None:
    def stop(what: str, done: int, of: int) -> None:
        assert of == 2 * 4 * QUICK.steps
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        coin_students(stage, QUICK, n=8, supersamples=2, draws=4, progress=stop)


# --- studies


@pytest.fixture(scope="module")
def study(stage: Stage) -> Any:
    recipe = dataclasses.replace(QUICK, omega=50.0)
    return study_bounds(stage, recipe, "n", (16, 100), seeds=3, coins=(2, 12), draws=20)


def test_a_study_pairs_its_arms(study: Any) -> None:
    for kd, ame in zip(study.students["KD"], study.students["KD + AME"], strict=True):
        assert [each.n for each in kd] == [each.n for each in ame] and [each.seed for each in kd] == [0, 1, 2]
        assert all(a.recipe == dataclasses.replace(b.recipe, omega=0.0) for a, b in zip(kd, ame, strict=True))
    for name in study.names:
        paired = study.paired(name)
        difference = study.values(name, "KD + AME") - study.values(name, "KD")
        assert [each.mean for each in paired] == pytest.approx(difference.mean(axis=1).tolist())
    loss = study.paired_measured("loss")[0]
    means = [study.measured("loss", arm)[0].mean for arm in study.arms]
    assert loss.mean == pytest.approx(means[1] - means[0])
    assert study.values("f-CMI over loss pairs", "KD").shape == (2, 2)
    assert study.bound("f-CMI over loss pairs", "KD", 1).n == 100
    assert [study.over(name) for name in ("Test set (Hoeffding)", "f-CMI over loss pairs")] == [
        "paired seeds",
        "supersamples",
    ]
    assert study.empty("The paper's delta and epsilon", "KD") and not study.empty("Test set (Hoeffding)", "KD")
    assert "over training images n" in study.sentence and "measured gap" in study.sentence


def test_the_papers_delta_falls_and_no_bound_follows_it(study: Any) -> None:
    """With omega its part falls in every seed, which is what the published formula calls tighter."""
    parts = [study.values("The paper's delta and epsilon", arm) for arm in study.arms]
    assert (parts[1] < 0.995 * parts[0]).all()
    assert all(each.verdict != "lower" for each in study.paired("Test set (Clopper-Pearson)"))


def test_over_omega_and_over_training(stage: Stage) -> None:
    over = study_bounds(stage, QUICK, "omega", (0.0, 5.0), n=16, seeds=2, draws=5)
    assert [row[0].recipe.omega for row in over.students["KD + AME"]] == [0.0, 5.0]
    assert over.students["KD"][0] == over.students["KD"][1]  # trained once
    assert over.paired_measured("loss")[0].mean == 0.0
    steps = study_bounds(stage, dataclasses.replace(QUICK, schedule="constant"), "steps", (2, 9), seeds=1, draws=5)
    assert [row[0].recipe.steps for row in steps.students["KD"]] == [2, 9]
    assert steps.paired("Test set (Hoeffding)")[0].verdict == "not decided"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda s: draw_sample(s, 4, seed=0), "n must be a whole number >= 8"),
        (lambda s: draw_sample(s, largest_sample(s) + 1, seed=0), "n must be at most"),
        (lambda s: draw_sample(s, 22, seed=0, protocol="shots"), "n must be a multiple of 5"),
        (lambda s: draw_sample(s, 20, seed=0, protocol="best"), "protocol must be one of"),
        (lambda s: students_bounds(s, [], []), "at least one"),
        (lambda s: students_bounds(s, [QUICK], [draw_sample(s, 8, seed=0)], delta=1.0), "delta must be"),
        (lambda s: students_bounds(s, [QUICK], [draw_sample(s, 8, seed=0)], draws=0), "draws must be"),
        (lambda s: coin_students(s, QUICK, n=1), "n must be a whole number >= 2"),
        (lambda s: coin_students(s, QUICK, n=9999), "n must be at most"),
        (lambda s: coin_students(s, QUICK, draws=1), "draws must be a whole number >= 2"),
        (lambda s: coin_students(s, QUICK, supersamples=0), "supersamples must be"),
        (lambda s: study_bounds(s, QUICK, "epochs", (1,)), "axis must be one of"),
        (lambda s: study_bounds(s, QUICK, "n", (16, 16)), "x must have at least one entry"),
        (lambda s: study_bounds(s, QUICK, "n", ()), "x must have at least one entry"),
        (lambda s: study_bounds(s, QUICK, "steps", (1.5,)), "x must be a whole number"),
        (lambda s: study_bounds(s, QUICK, "omega", (-1.0,)), "omega must be"),
        (lambda s: study_bounds(s, QUICK, "n", (16,), seeds=0), "seeds must be"),
    ],
)
def test_bad_input(stage: Stage, call: Any, message: str) -> None:
    with pytest.raises(AMEError, match=message):
        call(stage)


def test_a_rule_that_gives_nan_for_a_posterior_is_refused() -> None:
    posterior = Posterior(torch.full((50,), 0.1, dtype=torch.float64), 3.0, 40, 0.05, PRIORS[0])
    catoni = registry.bounds["PAC-Bayes (Catoni)"]
    assert math.isfinite(bound_by(catoni, posterior).value)
    mine = registry.BoundRule(
        name="mine",
        help="NaN on purpose.",
        per="posterior",
        function=lambda given: dataclasses.replace(catoni.function(given), value=math.nan),
    )
    with pytest.raises(AMEError, match="the bound 'mine' must have a number as its value, got NaN for KL = 3, n = 40"):
        bound_by(mine, posterior)
