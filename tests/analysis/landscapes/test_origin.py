"""A landscape's value at the origin is the loss that training computes, for every registered part, weight and dial.

The reference is a step of `Distillation` itself: its batch is all shots, and its student is kept in evaluation mode.
"""

import copy
import itertools

import pytest
import torch

from ame_explore.ame import AMEError
from ame_explore.analysis.landscapes.directions import random_slice
from ame_explore.analysis.landscapes.evaluators import Evaluator
from ame_explore.analysis.landscapes.readouts import distillation_objective
from ame_explore.data import digits
from ame_explore.models import SmallCLIP
from ame_explore.registry import hosts, kd_loss, kd_losses, readings
from ame_explore.training import Distillation, Recipe, Stage

QUICK = {"data": "digits", "shots": 2, "batch_size": 10, "steps": 3, "host": "projector"}
# each loss and each reading at least once: the two terms do not know of each other
PARTS = {
    f"{kd}, {reading}, {weight:g}": {"kd": kd, "reading": reading, "kd_weight": weight}
    for kd, reading, weight in zip(
        kd_losses.names(), itertools.cycle(readings.names()), itertools.cycle([1.0, 0.2, 5.0]), strict=False
    )
}
LOGITS = {"kd": "logits", "tau": 3.0}
DIALS = {
    "omega": {"omega": 3.0},
    "omega 0": {"omega": 0.0},
    "kd_weight 0.2": {"kd_weight": 0.2},
    "kd_weight 5": {"kd_weight": 5.0},
    "tau": LOGITS,
    "label smoothing": {**LOGITS, "label_smoothing": 0.3},
    "student tau": {**LOGITS, "student_tau": 0.5},
    "temperature": {"temperature": 0.05},
    "base classes": {**LOGITS, "kd_classes": "base"},
    "not normalized": {"normalized": False},
    "raw features": {"ame_input": "raw"},
    "own texts": {"text_rows": "paired"},
    "one image": {"scope": "image"},
    "random texts": {"random_texts": True},
    "unit rows": {"normalize": "unit"},
    "host's features": {"projection": "host", "reading": "predictive"},
    **{f"host {name}": {"host": name} for name in hosts.names()},
}


@pytest.fixture(scope="module")
def stage():
    data = digits()
    made = [
        SmallCLIP.for_data(data, size, generator=torch.Generator().manual_seed(seed))
        for seed, size in ((1, "teacher"), (2, "student"))
    ]
    return Stage(data, *made)


def both(stage, settings):
    """The landscape's values at the origin, and what the next training step says of the same weights and images."""
    distillation = Distillation(Recipe(**{**QUICK, **settings}), stage=stage, metrics_every=3)
    next(distillation)  # step 0 learns nothing
    next(distillation)
    assert len(distillation.shots) == 10
    there = Evaluator(
        distillation_objective(distillation, distillation.shots),
        random_slice(copy.deepcopy(distillation.student), seed=0),
        method="loop",
        chunk=1,
    )
    distillation.student.train = lambda mode=True: torch.nn.Module.train(distillation.student, False)
    step = next(distillation)
    return there.origin, step.losses


@pytest.mark.parametrize("settings", [*PARTS.values(), *DIALS.values()], ids=[*PARTS, *DIALS])
def test_the_value_at_the_origin_is_the_loss_of_training(stage, settings):
    origin, losses = both(stage, settings)
    assert origin["loss"] == pytest.approx(losses["total"], rel=1e-5)
    assert origin["kd"] == pytest.approx(losses["kd"], rel=1e-5, abs=1e-7)
    assert origin["H"] == pytest.approx(losses["H"], rel=1e-5, abs=1e-7)


def test_dials_that_were_turned_count(stage):
    distillation = Distillation(Recipe(**QUICK), stage=stage, metrics_every=3)
    next(distillation)
    plane = random_slice(copy.deepcopy(distillation.student), seed=0)
    before = Evaluator(distillation_objective(distillation), plane, method="loop", chunk=1).origin
    distillation.set("kd_weight", 5.0)
    next(distillation)
    after = Evaluator(distillation_objective(distillation), plane, method="loop", chunk=1).origin
    assert after["kd"] > 3 * before["kd"]


def test_a_new_loss_is_drawn_and_not_another(stage):
    @kd_loss("squared_test", on="features")
    def squared(student, teacher):
        """Mean squared distance."""
        return (student - teacher).square().sum(1).mean()

    try:
        origin, losses = both(stage, {"kd": "squared_test", "omega": 0.0})
        assert origin["loss"] == pytest.approx(losses["total"], rel=1e-5)
        feature, _ = both(stage, {"kd": "feature", "omega": 0.0})
        # of unit rows: |s - t|^2 = 2 - 2 cos; the students differ by a step, and the losses by a factor of two
        assert origin["loss"] > 1.5 * feature["loss"]
    finally:
        kd_losses.remove("squared_test")


@pytest.mark.parametrize("fault", [{"shuffled_pairs": True}, {"duplicates": 2}, {"teacher_noise": 0.5}])
def test_faults_of_the_batch_are_refused(stage, fault):
    distillation = Distillation(Recipe(**QUICK, **fault), stage=stage, metrics_every=3)
    with pytest.raises(AMEError, match=next(iter(fault))):
        distillation_objective(distillation)
