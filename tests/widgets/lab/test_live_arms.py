"""Arms: going back, forking, breaking, selecting, and what a frame says of them."""

import base64
import dataclasses
import io
import math

import numpy as np
import pytest
import torch
from PIL import Image
from torch.nn import functional as F

from ame_explore.ame import AMEError
from ame_explore.figures.base.thumbnails import png_uri
from ame_explore.training import Distillation, Recipe
from ame_explore.widgets import LiveRun
from ame_explore.widgets.lab.dials import BREAKS, concerned
from ame_explore.widgets.lab.live_result import arms_of
from ame_explore.widgets.lab.student_picture import Canvas
from ame_explore.widgets.lab.timeline import MOST_CHECKPOINTS, Timeline

QUICK = Recipe(host="projector", steps=30, batch_size=8, shots=2)
PAIR = {"KD": Recipe(host="projector", steps=30, batch_size=8, shots=2, omega=0.0), "KD + AME": QUICK}
WAIT = 60


@pytest.fixture(autouse=True)
def watched(monkeypatch):
    monkeypatch.setenv("AME_HEADLESS", "0")


def finish(live):
    live.play()
    live.wait(WAIT)
    return live.result()


def learned(live, name):
    arm = next(arm for arm in live._engine.arms if arm.name == name)
    state = arm.distillation.state_dict()
    return {key: value for key, value in state.items() if not key.startswith("batches.order")}


HOSTS = {
    "projector": QUICK,
    "promptkd": Recipe(steps=20, batch_size=8, shots=2, noise=0.1),
    "scratch": Recipe(host="scratch", steps=20, batch_size=8, shots=2, optimizer="sgd", learning_rate=0.01),
}


@pytest.mark.parametrize("recipe", HOSTS.values(), ids=HOSTS.keys())
@pytest.mark.parametrize("step", [0, 17])
def test_a_fork_without_a_change_goes_on_exactly_as_its_parent_did(stage, recipe, step):
    with LiveRun({"parent": recipe}, stage=stage) as live:
        live.step(5)
        live.settle(WAIT)
        live.set("omega", 4.0)
        parent = finish(live).arms["parent"]
        name = live.fork(step=step)
        fork = finish(live).arms[name]
        assert fork.finished and fork.losses.equals(parent.losses) and fork.metrics.equals(parent.metrics)
        ours, theirs = learned(live, name), learned(live, "parent")
        assert ours.keys() == theirs.keys() and all(torch.equal(ours[key], theirs[key]) for key in ours)


def test_a_fork_with_a_change_is_the_run_with_that_event(stage):
    with LiveRun(PAIR, stage=stage) as live:
        finish(live)
        name = live.fork(step=13, field="omega", value=0.5)
        result = finish(live)
        assert result.arms[name].recipe.events[-1].step == 13 and result.arms["KD + AME"].recipe.events == ()
        alone = [s.losses["total"] for s in Distillation(QUICK.with_event(13, "omega", 0.5), stage=stage) if s.index]
        assert result.arms[name].losses["total"].tolist() == alone
        shared = result.arms["KD + AME"].losses["total"].tolist()
        assert alone[:13] == shared[:13] and alone[13] != shared[13]
        state = next(arm for arm in live.view().arms if arm.name == name)
        assert (state.parent, state.fork_step) == ("KD + AME", 13)
        live.reset()
        live.settle(WAIT)
        assert [arm.name for arm in live.view().arms] == ["KD", "KD + AME"]


def test_a_fork_catches_up_before_the_others_go_on(stage):
    with LiveRun(PAIR, stage=stage) as live:
        live.step(12)
        live.settle(WAIT)
        name = live.fork(step=4)
        live.step(3)
        live.settle(WAIT)
        assert {arm.name: arm.step for arm in live.view().arms} == {"KD": 12, "KD + AME": 12, name: 7}
        live.step(6)
        live.settle(WAIT)
        assert {arm.step for arm in live.view().arms} == {13}


def test_looking_back_changes_nothing(stage):
    with LiveRun(PAIR, stage=stage) as live:
        live.step(3)
        live.settle(WAIT)
        live.scrub(None)
        live.settle(WAIT)
        then = {arm.name: arm.manifold for arm in live.view().arms}
        live.step(20)
        live.settle(WAIT)
        live.scrub(3)
        live.settle(WAIT)
        state = live.view()
        assert state.scrubbed == 3 and state.step == 3 and state.state == "paused"
        for arm in state.arms:
            for part in ("points", "prediction", "entropy"):
                np.testing.assert_array_equal(arm.manifold[part], then[arm.name][part])
        told = {row[0]: row[1:] for row in state.delta["rows"]}
        assert all(isinstance(cell, str) for cell in told["base accuracy"]), "a metric of a later step"
        assert all(isinstance(cell, dict) for cell in told["distillation loss (KD)"])
        result = finish(live)
        for name, recipe in PAIR.items():
            alone = [s.losses["total"] for s in Distillation(recipe, stage=stage) if s.index]
            assert result.arms[name].losses["total"].tolist() == alone
        live.scrub(99)
        live.settle(WAIT)
        assert "from 0 to 30, got 99" in live.view().note


def test_a_fork_begins_where_one_looks(stage):
    with LiveRun(QUICK, stage=stage) as live:
        live.step(9)
        live.settle(WAIT)
        live.scrub(5)
        name = live.fork(field="omega", value=1)
        live.settle(WAIT)
        assert name.endswith("from 5") and live.view().arms[-1].step == 5 and live.view().scrubbed is None


def test_arms_and_names_of_forks_are_checked(stage):
    with LiveRun(QUICK, stage=stage) as live:
        live.settle(WAIT)
        with pytest.raises(AMEError, match="name must be new"):
            live.fork(step=0, name="KD + AME")
        with pytest.raises(AMEError, match="omega must be"):
            live.fork(step=0, field="omega", value=-1)
        with pytest.raises(AMEError, match="mid-run"):
            live.fork(step=0, field="host", value="scratch")
        names = [live.fork(step=0) for _ in range(2)]
        live.settle(WAIT)
        assert len({"KD + AME", *names} & set(live.recipes)) == 2, "the second had the name of the first"
        for _ in range(6):
            live.settle(WAIT)
            live.fork(step=0)
        live.settle(WAIT)
        assert len(live.recipes) == 6 and "at most 6 arms" in live.view().note


def test_arms_without_recipes_are_the_defaults_of_the_data():
    assert arms_of(None, None) == arms_of(None, "emoji")
    assert arms_of(None, "digits")["KD + AME"] == Recipe()
    assert arms_of(None, "emoji") == {
        "KD": Recipe.for_data("emoji", omega=0.0),
        "KD + AME": Recipe.for_data("emoji"),
    }
    with pytest.raises(AMEError, match=r"registered data set .*digits"):
        arms_of(None, "digit")
    with pytest.raises(AMEError, match="data must be a PairedData if recipes are given"):
        LiveRun(Recipe(), data="digits")


def test_dials_concern_whom_they_should():
    assert concerned("omega", PAIR, None) == ["KD + AME"]
    assert concerned("omega", {"KD": PAIR["KD"]}, None) == ["KD"]
    assert concerned("tau", PAIR, None) == ["KD", "KD + AME"]
    assert concerned("omega", PAIR, "KD") == ["KD"]


@pytest.mark.parametrize("how", BREAKS, ids=lambda how: how.switch)
def test_breaking_changes_the_training_and_mending_ends_it(stage, how):
    pair = {name: dataclasses.replace(recipe, steps=14) for name, recipe in PAIR.items()}
    with LiveRun(pair, stage=stage) as live:
        whole = finish(live).arms["KD + AME"].losses["total"].tolist()
        live.reset()
        live.step(3)
        live.settle(WAIT)
        live.break_it(how.switch)
        live.settle(WAIT)
        assert [one["on"] for one in live.view().breaks if one["switch"] == how.switch] == [True], live.view().note
        live.step(8)
        live.settle(WAIT)
        live.break_it(how.switch, on=False)
        live.settle(WAIT)
        assert not any(one["on"] for one in live.view().breaks)
        assert live.recipes["KD + AME"].at(11).faults == ()
        broken = finish(live).arms["KD + AME"]
        again = Distillation(Recipe.from_token(broken.token), stage=stage)
        assert [step.losses["total"] for step in again if step.index] == broken.losses["total"].tolist()
    if how.needs_reset:
        assert broken.losses["total"].tolist() == whole, "mended by a reset"
    else:
        assert broken.losses["total"].tolist()[:3] == whole[:3] and broken.losses["total"].tolist()[3] != whole[3]


def on(live):
    return [one["switch"] for one in live.view().breaks if one["on"]]


def test_a_fork_of_a_broken_run_is_mended_with_it(stage):
    with LiveRun(QUICK, stage=stage) as live:
        live.step(2)
        live.break_it("shuffled_pairs")
        live.step(3)
        live.settle(WAIT)
        fork = live.fork(field="omega", value=1.0)
        live.break_it("shuffled_pairs", on=False)
        live.step()
        live.settle(WAIT)
        assert on(live) == []
        assert [recipe.at(6).shuffled_pairs for recipe in live.recipes.values()] == [False, False], fork


def test_a_reset_keeps_a_switch_that_is_part_of_the_recipe_and_it_can_be_mended(stage):
    recipe = Recipe(steps=30, shots=2, batch_size=8, learning_rate=0.002)
    with LiveRun(recipe, stage=stage) as live:
        live.set("seed", 5)
        live.break_it("omega50_from_scratch")
        live.reset()
        live.settle(WAIT)
        assert on(live) == ["omega50_from_scratch"]
        (broken,) = live.recipes.values()
        assert (broken.host, broken.omega, broken.seed) == ("scratch", 50.0, 5), "what waited for a reset came with it"
        live.break_it("omega50_from_scratch", on=False)
        live.settle(WAIT)
        (mended,) = live.recipes.values()
        assert on(live) == [] and mended == dataclasses.replace(recipe, seed=5, data_digest=mended.data_digest)


def test_a_dial_that_was_turned_since_is_not_the_switchs_any_more(stage):
    with LiveRun(QUICK, stage=stage) as live:
        live.break_it("wrong_temperature")
        live.step()
        live.set("temperature", 1.0)
        live.settle(WAIT)
        assert on(live) == []
        live.break_it("wrong_temperature", on=False)
        live.settle(WAIT)
        assert next(iter(live.recipes.values())).at(1).temperature == 1.0


def test_a_broken_recipe_that_was_restored_can_be_mended(stage):
    with LiveRun(QUICK, stage=stage) as live:
        live.restore(dataclasses.replace(QUICK, duplicates=2).token())
        live.settle(WAIT)
        assert on(live) == ["duplicated_rows"]
        live.break_it("duplicated_rows", on=False)
        live.settle(WAIT)
        assert on(live) == [] and next(iter(live.recipes.values())).at(0).duplicates == 1


def test_dials_are_told_arm_by_arm(stage):
    with LiveRun(PAIR, stage=stage) as live:
        live.step(2)
        live.set("omega", 7.0, arm="KD")
        live.settle(WAIT)
        fork = live.fork(field="omega", value=0.5)
        live.settle(WAIT)
        omega = next(dial for dial in live.view().dials if dial["field"] == "omega")
        began = PAIR["KD + AME"].effective_omega
        assert omega["values"] == {"KD": 7.0, "KD + AME": began, fork: 0.5}
        assert omega["concerns"] == ["KD + AME", fork] and omega["value"] == began


def test_a_fork_that_cannot_be_does_not_play(stage):
    with LiveRun(QUICK, stage=stage) as live:
        live.step()
        live.settle(WAIT)
        for value in range(1, 6):
            live.fork(field="omega", value=float(value))
        live.fork(field="omega", value=9.0, play=True)
        live.settle(WAIT)
        assert live.state == "paused" and "at most 6 arms" in live.view().note and live.view().step == 1


def test_entropy_of_a_batch_and_of_all_rows_are_two_numbers(stage):
    with LiveRun(QUICK, stage=stage) as live:
        live.settle(WAIT)
        (arm,) = live.view().arms
        assert "H" not in arm.series and len(arm.series["H (test)"]["x"]) == 1
        assert not any(row[0] == "entropy H (nats)" for row in live.view().delta["rows"])
        live.step()
        live.settle(WAIT)
        (arm,) = live.view().arms
        assert arm.series["H"]["x"].tolist() == [1] and live.view().said[-1]["text"] == "Step 1."


def test_a_break_that_has_nothing_to_act_on_says_so(stage):
    with LiveRun(PAIR["KD"], stage=stage) as live:
        live.step()
        live.break_it("wrong_temperature")
        live.settle(WAIT)
        assert "nothing to act on" in live.view().note and not any(one["on"] for one in live.view().breaks)
        with pytest.raises(AMEError, match="switch must be one of"):
            live.break_it("the bank")


def test_omega_50_from_scratch_ends_with_one_row_and_the_diagnosis_says_so(stage):
    recipe = Recipe(steps=60, shots=2, batch_size=16)
    with LiveRun({"KD": dataclasses.replace(recipe, omega=0.0), "KD + AME": recipe}, stage=stage) as live:
        live.break_it("omega50_from_scratch")
        result = finish(live)
        assert math.exp(result.arms["KD + AME"].losses["H"].iloc[-1]) < 3
        found = [one["text"] for one in live.view().diagnosis if "collapse" in one["text"]]
        assert len(found) == 1 and "KD + AME" in found[0] and "still count" in found[0]


def test_a_token_restores_a_run_in_place(stage):
    token = QUICK.with_event(4, "omega", 1.0).token()
    with LiveRun(PAIR, stage=stage) as live:
        live.restore(token)
        result = finish(live)
    alone = [s.losses["total"] for s in Distillation(Recipe.from_token(token), stage=stage) if s.index]
    assert list(result.arms) == ["KD + AME"] and result.arms["KD + AME"].losses["total"].tolist() == alone


def test_selected_images_are_rows_with_what_is_known_of_them(stage):
    with LiveRun(PAIR, stage=stage, drawn=50) as live:
        live.settle(WAIT)
        ids = live._engine.canvas.ids.tolist()
        live.select([ids[7], ids[3], ids[7], 10**6])
        live.step(2)
        live.settle(WAIT)
        frame = live.selection
    assert frame["id"].tolist() == [ids[7], ids[7], ids[3], ids[3]] and set(frame["step"]) == {2}
    data = stage.data
    student = Distillation(PAIR["KD"], stage=stage)
    for _ in range(3):
        next(student)
    student.student.eval()
    with torch.no_grad():
        raw = student.student(student.student.prepare(data.images[[ids[7]]]))
        p = stage.logits(F.normalize(raw, dim=1)).softmax(1)[0]
    row = frame.iloc[0]
    assert row["arm"] == "KD" and row["label"] == row["caption"] == data.class_texts[data.labels[ids[7]]]
    assert row["prediction"] == data.class_texts[int(p.argmax())]
    assert row["right"] == (row["label"] == row["prediction"])
    assert row["entropy"] == pytest.approx(float(-(p * p.log()).sum()), abs=1e-5)
    assert row["thumbnail"].startswith("data:image/png;base64,")


def test_thumbnails_are_pngs_of_the_images():
    rng = np.random.default_rng(0)
    for channels, mode in ((1, "L"), (3, "RGB")):
        pixels = rng.integers(0, 256, (5, 7, channels), dtype=np.uint8)
        seen = Image.open(io.BytesIO(base64.b64decode(png_uri(pixels).partition(",")[2])))
        assert seen.mode == mode
        np.testing.assert_array_equal(np.asarray(seen).reshape(pixels.shape), pixels)


def test_the_canvas_is_the_same_for_every_student_and_holds_them_all(stage):
    canvas = Canvas(stage, drawn=60)
    assert len(canvas.ids) == 60 and set(canvas.ids) <= set(stage.test.tolist())
    assert np.bincount(canvas.labels).min() >= 4, "taken evenly over ten classes"
    arm = Distillation(QUICK, stage=stage)
    next(arm)
    before = canvas.draw(arm.student, 0)
    for _ in range(5):
        next(arm)
    after = canvas.draw(arm.student, 5)
    np.testing.assert_array_equal(before.anchors, after.anchors)
    expected = canvas.basis.transform(torch.from_numpy(after.features))
    np.testing.assert_allclose(after.points, expected, atol=2e-6)
    assert np.abs(after.points - before.points).max() > 1e-3
    x0, x1, y0, y1 = canvas.extent(before, after)
    for picture in (before, after):
        assert (picture.points > [x0, y0]).all() and (picture.points < [x1, y1]).all()
    raw = base64.b64decode(canvas.thumbnail(0).partition(",")[2])
    assert raw[:8] == b"\x89PNG\r\n\x1a\n" and canvas.thumbnails()["count"] == 60


def test_a_frame_holds_all_that_the_cockpit_draws(stage):
    with LiveRun(PAIR, stage=stage) as live:
        live.step(20)
        live.settle(WAIT)
        live.step()
        live.settle(WAIT)
        state, scene = live.view(lock=["omega"]), live.scene()
    assert (state.step, state.steps, state.epoch) == (21, 30, 21) and state.recorded_steps == list(range(22))
    n = len(scene["ids"])
    assert len(scene["labels"]) == len(scene["captions"]) == n and len(scene["base"]) == len(scene["class_names"]) == 10
    for arm in state.arms:
        assert arm.manifold["points"].shape == (n, 2) and arm.manifold["points"].dtype == np.float32
        assert arm.manifold["prediction"].dtype == np.int32 and arm.manifold["step"] == 21
        assert {"total", "kd", "ame", "H", "share.ame", "new_accuracy", "harmonic_mean"} <= arm.series.keys()
        assert all(len(line["x"]) == len(line["y"]) <= 500 for line in arm.series.values())
        assert Recipe.from_token(arm.recipe_token).steps == 30
    names = [row[0] for row in state.delta["rows"]]
    assert state.delta["columns"] == ["", "KD", "KD + AME"] and "answers changed" in names
    kd = {row[0]: row[1] for row in state.delta["rows"] if len(row) > 1}["distillation loss (KD)"]
    y = state.arms[0].series["kd"]["y"]
    assert float(kd["value"]) == pytest.approx(y[-1], rel=5e-3)
    assert kd["trend"] == ("up" if y[-1] > y[-2] else "down")
    assert float(kd["by"]) == pytest.approx(abs(y[-1] - y[-2]), rel=6e-2)
    assert ["from step 0 to 20"] in state.delta["rows"]
    assert [dial["field"] for dial in state.dials if dial["locked"]] == ["omega"]
    assert any("Step 20 of 30" in one["text"] for one in state.said)
    assert [one["id"] for one in state.said] == sorted({one["id"] for one in state.said})


def test_the_last_step_lists_what_was_recorded_and_is_declared_for_the_curves():
    from types import SimpleNamespace

    from ame_explore.quantities import _DECLARED, Quantity, declare
    from ame_explore.training import Step
    from ame_explore.widgets.lab.state import delta

    past = Timeline(9)
    for index in range(6):
        losses = {"kd": 0.5 - index / 100, "mine_each_step": float(index), "undeclared": 1.0} if index else {}
        metrics = {"harmonic_mean": index / 10, "mine_at_times": 2.0 * index} if index in (0, 4) else {}
        past.record(Step(index, 0, losses, {}, metrics, None, 0.1), {})
    arm = SimpleNamespace(name="KD", timeline=past, reading_at=lambda step: "rows")
    names = ("mine_each_step", "mine_at_times")
    try:
        for name, group in zip(names, ("loss", "entropy"), strict=True):
            declare(Quantity(name=name, label=name.replace("_", " "), unit="bits", group=group))
        rows, at_start = (delta([arm], until, {})["rows"] for until in (None, 0))
    finally:
        for name in names:
            _DECLARED.pop(name, None)
    assert [row[0] for row in rows] == [
        "distillation loss (KD)", "mine each step (bits)", "from step 0 to 4", "harmonic mean", "mine at times (bits)"
    ]  # fmt: skip
    assert rows[1][1] == {"value": "5.00", "trend": "up", "by": "1.0"}
    assert [row[0] for row in at_start] == ["at step 0", "harmonic mean", "mine at times (bits)"]


def test_a_long_past_keeps_few_checkpoints_and_few_points():
    from ame_explore.training import Step

    past = Timeline(5000)
    for index in range(3001):
        past.record(Step(index, 0, {"kd": float(index)} if index else {}, {}, {}, None, 0.1), {})
        if past.due(index):
            past.keep(index, {"at": torch.tensor(index)})
    assert len(past.checkpoints) <= MOST_CHECKPOINTS and 0 in past.checkpoints
    for step in (0, 7, 1234, 3000):
        nearest = past.nearest(step)
        assert nearest <= step < nearest + past.every and int(past.checkpoints[nearest]["at"]) == nearest
    x, y = past.series()["kd"]
    assert len(x) <= 500 and x[-1] == 3000 and (x == y).all()
    with pytest.raises(AMEError, match="from 0 to 3000, got 3001"):
        past.nearest(3001)
