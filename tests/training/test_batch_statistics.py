"""What is noted of a minibatch: known answers, and what a run of whole and broken recipes notes."""

import dataclasses

import pytest
import torch
from torch.nn import functional as F

from ame_explore.data import digits
from ame_explore.models import Pretraining, pretrain
from ame_explore.training import Distillation, Recipe, Stage
from ame_explore.training.batch_statistics import BatchFacts, distinct

QUICK = Recipe(host="projector", steps=10, batch_size=16, shots=4, kd="logits", tau=2.0)


@pytest.fixture(scope="module")
def stage():
    data = digits()
    teacher = pretrain(data, Pretraining(steps=60))
    backbone = pretrain(data, Pretraining(size="student", split="backbone", shift=1.0, steps=10))
    return Stage(data, teacher, backbone)


@pytest.mark.parametrize("shape", [(3,), (1, 8, 8), (17, 32)])
@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e4])
def test_copies_are_counted_and_near_misses_are_not(shape, scale):
    rows = scale * torch.randn(6, *shape, generator=torch.Generator().manual_seed(0))
    assert distinct(rows, torch.tensor([0, 1, 2, 3, 4, 5])) == 6
    assert distinct(rows, torch.tensor([0, 1, 0, 3, 1, 1, 0])) == 3
    assert distinct(rows, torch.tensor([2])) == 1
    assert distinct(torch.cat([rows, rows * (1 + 1e-7)]), torch.arange(12)) == 6, "rounding makes no other image"
    assert distinct(torch.cat([rows, rows * (1 + 1e-3)]), torch.arange(12)) == 12
    assert distinct(torch.zeros(4, *shape), torch.arange(4)) == 1


def test_many_images_are_counted_part_by_part():
    rows = torch.randn(1500, 5, generator=torch.Generator().manual_seed(1))
    assert distinct(rows, torch.cat([torch.arange(1500), torch.arange(1500)])) == 1500


def test_facts_have_the_values_that_were_worked_out_by_hand(stage):
    shots = torch.tensor([int((stage.data.labels == label).nonzero()[0]) for label in (0, 0, 1, 2)])
    facts = BatchFacts(stage, shots)
    # the teacher says 0, 1, 0, 0 of images labelled 0, 0, 1, 2
    said = stage.text_features[torch.tensor([0, 1, 0, 0])]
    rows = torch.eye(4, stage.text_features.shape[1]) * torch.tensor([[1.0], [2.0], [3.0], [0.5]])
    found = facts(QUICK, torch.arange(4), torch.tensor([[1.0, 2], [1, 2], [1, 3], [1, 2]]), rows, said)
    assert (found["images"], found["distinct"], found["most_alike"]) == (4, 2, 3)
    assert found["fits"] == 1 and found["fits_by_chance"] == (2 * 3 + 1 * 1) / 4 and found["fits_reordered"] == 3
    assert (found["shortest"], found["longest"]) == (0.5, 3.0)
    assert (found["shots"], found["distinct_shots"]) == (4, 3), "the two of label 0 are one image"
    logits = stage.logit_scale * said @ stage.text_features.T
    assert found["teacher_spread"] == pytest.approx(float((logits / 2).std(1).mean()), rel=1e-5)
    assert found["student_spread"] == pytest.approx(float((stage.logits(rows) / 2).std(1).mean()), rel=1e-5)
    plain = facts(dataclasses.replace(QUICK, kd="feature"), torch.arange(4), rows, rows, said)
    assert "teacher_spread" not in plain


def test_each_fault_moves_its_own_number(stage):
    def noted(**faults):
        *_, last = Distillation(dataclasses.replace(QUICK, **faults), stage=stage)
        return last.batch

    whole = noted()
    assert whole["images"] == whole["distinct"] == 16 and whole["shots"] == whole["distinct_shots"] == 20
    assert whole["shortest"] == pytest.approx(1, abs=1e-5) and whole["longest"] == pytest.approx(1, abs=1e-5)
    assert noted(duplicates=2)["distinct"] == 8 and noted(duplicates=2)["most_alike"] == 2
    assert noted(normalized=False)["longest"] > 1.1
    assert noted(teacher_noise=0.6)["fits"] < whole["fits"] - 4
    shuffled = noted(shuffled_pairs=True)
    assert shuffled["fits"] < whole["fits"] / 2 and shuffled["fits_reordered"] >= whole["fits"]
    wrong = noted(student_tau=40.0)
    assert wrong["student_spread"] / wrong["teacher_spread"] < whole["student_spread"] / whole["teacher_spread"] / 4


def test_they_are_due_with_the_shares_and_change_nothing(stage):
    steps = list(Distillation(QUICK, stage=stage, shares_every=4))
    assert [step.index for step in steps if step.batch] == [4, 8]
    never = list(Distillation(QUICK, stage=stage, shares_every=100))
    assert [step.losses for step in steps] == [step.losses for step in never]


def test_noise_on_images_makes_them_no_copies(stage):
    *_, last = Distillation(dataclasses.replace(QUICK, noise=0.1, duplicates=2), stage=stage)
    assert last.batch["distinct"] == 8, "a batch's copies are made after the noise"
    features = F.normalize(torch.randn(2, stage.text_features.shape[1], generator=torch.Generator().manual_seed(0)))
    inputs = torch.rand(2, 1, 8, 8, generator=torch.Generator().manual_seed(1))
    found = BatchFacts(stage, torch.tensor([3, 3]))(QUICK, torch.arange(2), inputs, features, features)
    assert found["distinct"] == 2 and found["distinct_shots"] == 1
