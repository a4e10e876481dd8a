"""One step taken apart: its numbers are those of the step that follows, and the run does not notice."""

import dataclasses

import pytest
import torch

from ame_explore.ame import READINGS, AMEError
from ame_explore.data import digits
from ame_explore.models import Pretraining, pretrain
from ame_explore.training import Distillation, Recipe, Stage, take_apart

QUICK = Recipe(host="projector", steps=12, batch_size=8, shots=2, omega=5.0)


@pytest.fixture(scope="module")
def stage():
    data = digits()
    backbone = pretrain(data, Pretraining(size="student", split="backbone", shift=1.0, steps=2))
    return Stage(data, pretrain(data, Pretraining(steps=4)), backbone)


def run_of(stage, done=0, **changes):
    """A run after so many steps."""
    made = Distillation(dataclasses.replace(QUICK, **changes), stage=stage, shares_every=1)
    for _ in range(done + 1):
        next(made)
    return made


@pytest.mark.parametrize("changes", [{}, {"omega": 0.0}, {"optimizer": "sgd", "noise": 0.2}, {"reading": "predictive"}])
def test_a_run_that_is_taken_apart_is_the_same_run_bit_for_bit(stage, changes):
    plain, looked_at = run_of(stage, **changes), run_of(stage, **changes)
    for _ in range(4):
        parts = take_apart(looked_at)
        step = next(looked_at)
        assert step == next(plain)
        assert parts.step == step.index and dict(parts.losses) == dict(step.losses)
        assert float(parts.pull.norm()) == pytest.approx(step.shares["push.kd"], rel=1e-5)
        assert float(parts.push.norm()) == pytest.approx(step.shares["push.ame"], rel=1e-5, abs=1e-12)
    ours, theirs = plain.state_dict(), looked_at.state_dict()
    assert ours.keys() == theirs.keys() and all(torch.equal(ours[name], theirs[name]) for name in ours)


def test_torch_s_own_random_numbers_are_left_as_they_were(stage):
    run = run_of(stage)
    torch.manual_seed(3)
    take_apart(run)
    found = torch.rand(4)
    torch.manual_seed(3)
    assert torch.equal(found, torch.rand(4))


def test_before_and_after_are_what_the_student_gives_before_and_after_the_step(stage):
    run = run_of(stage, 2)
    parts = take_apart(run)
    for seen in (parts.before, parts.after):
        run.student.eval()
        with torch.no_grad():
            inputs = run.student.prepare(stage.data.images[parts.images])
            features = torch.nn.functional.normalize(run.student(inputs), dim=1)
        torch.testing.assert_close(seen, features)
        next(run)
    assert float((parts.before - parts.after).norm()) > 0


def test_rows_above_exp_of_minus_h_rise_and_all_others_sink(stage):
    parts = take_apart(run_of(stage, 3))
    found = parts.competition
    assert found.over == "rows" and found.p.shape == (1, 18) and found.texts == 10
    assert float(found.p.sum()) == pytest.approx(1, rel=1e-5)
    assert float(found.push.sum()) == pytest.approx(0, abs=1e-6 * float(found.push.abs().max()) * 18)
    p = found.p.double()
    h = -(p * p.log()).sum()
    assert float(found.entropy) == pytest.approx(float(h), rel=1e-4) == pytest.approx(parts.losses["H"], rel=1e-4)
    torch.testing.assert_close(found.push.double(), 5.0 * p * (p.log() + h), rtol=1e-3, atol=1e-6)
    clear = (p.log() + h).abs() > 1e-4
    assert bool(((found.push > 0) == (p > (-h).exp()))[clear].all())


@pytest.mark.parametrize(
    ("changes", "over", "shape"),
    [
        ({"reading": "predictive"}, "texts", (8, 10)),
        ({"scope": "image"}, "rows of an image", (8, 11)),
        ({"scope": "image", "text_rows": "paired"}, "rows of an image", (8, 2)),
        ({"text_rows": "paired"}, "rows", (1, 16)),
        ({"reading": "random_direction", "projection": "host"}, "rows", (1, 18)),
        ({"reading": "spectral"}, None, None),
        ({"reading": "alignment"}, "texts", None),
    ],
)
def test_every_reading_has_its_competition_or_none(stage, changes, over, shape):
    parts = take_apart(run_of(stage, 1, **changes))
    assert READINGS[parts.reading].name == changes.get("reading", "rows")
    if shape is None:
        assert parts.competition is None
        return
    found = parts.competition
    assert found.over == over and found.p.shape == found.push.shape == found.p_after.shape == shape
    assert torch.allclose(found.p.sum(1), torch.ones(len(found.p)), atol=1e-5)
    mean = float(found.entropy.mean())
    assert mean == pytest.approx(parts.losses["H"], rel=1e-3)


def test_own_projections_solve_h_alone_and_then_nothing_reaches_the_student(stage):
    """What docs call the term's weakness: with projections of its own, H falls without the student."""
    parts = take_apart(run_of(stage, 60, steps=200, omega=50.0, learning_rate=1e-2))
    assert parts.losses["H"] < 0.1 * parts.largest
    assert float(parts.push.norm()) < 0.05 * float(parts.pull.norm())
    early = take_apart(run_of(stage, 1, steps=200, omega=50.0, learning_rate=1e-2))
    assert early.by_projections < 0 and abs(early.by_projections) > abs(early.by_student)
    host = take_apart(run_of(stage, 1, projection="host"))
    assert host.by_projections == 0 and host.moved["projections"] == 0 < host.moved["student"]


def test_turning_is_how_unit_features_move(stage):
    parts = take_apart(run_of(stage, 1))
    raw = (parts.student * parts.length[:, None]).double()
    small = 1e-4 * parts.pull.double() / parts.pull.norm()
    there = torch.nn.functional.normalize(raw + small, dim=1) - torch.nn.functional.normalize(raw, dim=1)
    expected = parts.turning(small.float()).double()
    assert float((there - expected).norm() / there.norm()) < 1e-2


def test_a_finished_run_has_no_next_step(stage):
    with pytest.raises(AMEError, match="no next step"):
        take_apart(run_of(stage, 12))
