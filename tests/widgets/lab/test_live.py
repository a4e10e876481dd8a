"""LiveRun: commands, states, errors, threads. (What arms and forks do is in test_live_arms.py.)"""

import asyncio
import gc
import subprocess
import sys
import threading
import time
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from ame_explore.ame import AMEError
from ame_explore.data import FeatureData
from ame_explore.training import Distillation, Recipe, Run
from ame_explore.widgets import LiveRun
from ame_explore.widgets.lab import arms, engine, worker

QUICK = Recipe(host="projector", steps=30, batch_size=8, shots=2)
PAIR = {"KD": Recipe(host="projector", steps=30, batch_size=8, shots=2, omega=0.0), "KD + AME": QUICK}
LONG = Recipe(host="projector", steps=100_000, batch_size=8, shots=2)
WAIT = 60


@pytest.fixture(autouse=True)
def watched(monkeypatch):
    """As in a notebook that somebody watches; tests of the other case set the variable."""
    monkeypatch.setenv("AME_HEADLESS", "0")


def labs():
    return [thread for thread in threading.enumerate() if thread.name == "ame_explore lab"]


def until(condition):
    deadline = time.monotonic() + WAIT
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.002)


def test_it_trains_what_distillation_trains(stage):
    with LiveRun(PAIR, stage=stage) as live:
        live.play()
        live.wait(WAIT)
        result = live.result()
    assert result.finished and live.state == "closed"
    for name, recipe in PAIR.items():
        alone = [step.losses["total"] for step in Distillation(recipe, stage=stage) if step.index]
        assert result.arms[name].losses["total"].tolist() == alone
        assert result.arms[name].metrics.index.tolist() == [0, 20, 30]


def test_a_result_comes_at_once_and_says_that_it_is_unfinished(stage):
    with LiveRun(QUICK, stage=stage) as live:
        live.step(3)
        live.settle(WAIT)
        started = time.monotonic()
        result = live.result(timeout=WAIT)
        assert time.monotonic() - started < WAIT / 2
        assert not result.finished and result.state == "paused" and "unfinished" in repr(result)
        assert result.arms["KD + AME"].step == 3 and len(result.arms["KD + AME"].losses) == 3


def test_without_a_watcher_the_result_plays_and_waits(stage, monkeypatch):
    monkeypatch.setenv("AME_HEADLESS", "1")
    with LiveRun(QUICK, stage=stage, predict=True) as live:
        assert live.result(timeout=WAIT).finished
        live.reset()
        assert live.result(timeout=WAIT).finished
    with LiveRun(LONG, stage=stage) as live, pytest.raises(TimeoutError, match="did not end"):
        live.result(timeout=0.2)


def test_an_awaited_end(stage):
    with LiveRun(QUICK, stage=stage) as live:
        live.play()
        assert asyncio.run(asyncio.wait_for(live.done(), WAIT)).finished


def test_play_pause_step_and_epoch(stage):
    with LiveRun(LONG, stage=stage) as live:
        live.play()
        until(lambda: live.view().step > 5)
        live.pause()
        live.settle(WAIT)
        here = live.view().step
        assert live.state == "paused"
        live.step()
        live.settle(WAIT)
        assert live.view().step == here + 1 and live.state == "paused"
        live.step(unit="epoch")
        live.settle(WAIT)
        per_epoch = 2 * 5 // 8  # ten shots in batches of eight
        assert live.view().step == here + 1 + per_epoch and live.state == "paused"
        live.reset()
        live.settle(WAIT)
        assert live.view().step == 0 and live.state == "paused"


def test_a_speed_is_kept(stage):
    with LiveRun(LONG, stage=stage) as live:
        live.settle(WAIT)
        live.speed(20)
        started = time.monotonic()
        live.play()
        until(lambda: live.view().step >= 5)
        assert time.monotonic() - started >= 4 / 20
        live.speed(None)
        until(lambda: live.view().step > 60)


def test_fifty_presses_of_play_and_pause_leave_it_as_the_last_one_says(stage):
    with LiveRun(LONG, stage=stage) as live:
        for _ in range(25):
            live.play()
            live.pause()
        live.settle(WAIT)
        here = live.view().step
        assert live.state == "paused" and live.view().step == here
        live.play()
        until(lambda: live.view().step > here)


def test_a_dial_acts_from_the_next_step_on_and_the_token_replays_it(stage):
    with LiveRun(PAIR, stage=stage) as live:
        live.step(4)
        live.settle(WAIT)
        live.set("omega", 2.0)
        live.set("tau", 3.0)
        live.step(2)
        live.settle(WAIT)
        live.set("reading", "predictive")
        live.play()
        live.wait(WAIT)
        result = live.result()
    ame = result.arms["KD + AME"]
    events = [(event.step, event.field, event.value) for event in ame.recipe.events]
    assert events == [(4, "omega", 2.0), (4, "tau", 3.0), (6, "reading", "predictive")]
    plain = [event.field for event in result.arms["KD"].recipe.events]
    assert plain == ["tau"], "an arm of plain KD has no omega to turn"
    weighs = (ame.losses["ame"] / ame.losses["H"]).tolist()
    assert weighs[:7] == pytest.approx([50] * 4 + [2] * 3, rel=1e-5)
    with LiveRun(ame.token, stage=stage) as again:
        again.play()
        again.wait(WAIT)
        assert again.result().arms["KD + AME"].losses.equals(ame.losses)


def test_a_dial_before_the_first_step_replays_as_it_ran(stage):
    with LiveRun({"KD + AME": PAIR["KD + AME"]}, stage=stage) as live:
        live.settle(WAIT)
        live.set("reading", "predictive")
        live.step(3)
        live.settle(WAIT)
        ran = live.result().arms["KD + AME"]
    with LiveRun(ran.token, stage=stage) as again:
        again.step(3)
        again.settle(WAIT)
        found = again.result().arms["KD + AME"]
    assert found.metrics.equals(ran.metrics) and found.losses.equals(ran.losses)
    assert "rows_that_count" in ran.metrics, "of step 0, which still had the reading rows"


def test_turning_a_dial_builds_no_loss(stage, monkeypatch):
    with LiveRun(PAIR, stage=stage) as live:
        live.step(2)
        live.settle(WAIT)
        monkeypatch.setattr("ame_explore.ame.AMELoss.__init__", lambda *_, **__: pytest.fail("a loss was built"))
        live.set("omega", 2.0)
        live.set("reading", "spectral")
        live.settle(WAIT)
        assert live.state == "paused" and live.view().note is None
        assert live.recipes["KD + AME"].at(2).reading == "spectral"


def test_dials_that_decide_the_data_wait_for_a_reset(stage):
    with LiveRun(PAIR, stage=stage) as live:
        live.step(2)
        live.settle(WAIT)
        live.set("shots", 3.0)
        live.set("seed", 5)
        live.settle(WAIT)
        assert {dial["field"] for dial in live.view().dials if dial["pending"]} == {"shots", "seed"}
        assert live.recipes["KD"].shots == 2
        live.reset()
        live.settle(WAIT)
        assert {recipe.shots for recipe in live.recipes.values()} == {3}
        assert live.recipes["KD"].seed == 5 and not any(dial["pending"] for dial in live.view().dials)
        live.play()
        live.wait(WAIT)
        losses = live.result().arms["KD"].losses["total"].tolist()
        assert losses == [s.losses["total"] for s in Distillation(live.recipes["KD"], stage=stage) if s.index]


def test_a_reset_that_cannot_be_costs_nothing(stage):
    with LiveRun(QUICK, stage=stage) as live:
        live.step(5)
        live.settle(WAIT)
        live.set("shots", 1000)
        live.reset()
        live.settle(WAIT)
        assert "shots must be at most" in live.view().note
        assert live.state == "paused" and live.view().step == 5 and live.recipes["KD + AME"].shots == 2
        live.play()
        live.wait(WAIT)
        assert live.result().finished


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("omega", -1.0, "omega must be"),
        ("omega", "much", "omega must be"),
        ("reading", "tea", "reading must be one of"),
        ("nonsense", 1, "not a setting of a run"),
        ("events", (), "not a setting of a run"),
    ],
)
def test_bad_turns_are_refused_at_once(stage, field, value, message):
    with LiveRun(QUICK, stage=stage) as live:
        live.settle(WAIT)
        before = live.recipes
        with pytest.raises(AMEError, match=message):
            live.set(field, value)
        live.settle(WAIT)
        assert live.recipes == before


def test_bad_arguments_are_refused_at_once(stage):
    other = Recipe(host="projector", steps=30, batch_size=8, shots=3)
    with pytest.raises(AMEError, match="same minibatches, but shots is 2"):
        LiveRun({"a": QUICK, "b": other}, stage=stage)
    with pytest.raises(AMEError, match="token must begin"):
        LiveRun("nonsense")
    with pytest.raises(AMEError, match="recipes must map names"):
        LiveRun({})
    with pytest.raises(AMEError, match="recipe must be a Recipe"):
        LiveRun(3)
    with LiveRun(QUICK, stage=stage) as live:
        live.settle(WAIT)
        for call in (lambda: live.step(0), lambda: live.step(unit="mile"), lambda: live.speed(0.0)):
            with pytest.raises(AMEError):
                call()
        with pytest.raises(AMEError, match="from 0 to 0, got 7"):
            live.fork(step=7)
        with pytest.raises(AMEError, match="arm must be one of"):
            live.set("omega", 1.0, arm="nobody")
        with pytest.raises(AMEError, match="token must begin"):
            live.restore("nonsense")


def test_what_the_worker_raises_is_shown_and_raised_again(stage):
    with LiveRun(PAIR, stage=stage) as live:
        live.step(2)
        live.settle(WAIT)

        def fails():
            raise RuntimeError("the disk is on fire")

        live._engine.arms[1].advance = fails
        live.play()
        live.wait(WAIT)
        state = live.view()
        assert state.state == "failed" and "the disk is on fire" in state.error
        assert "in ame_explore/widgets/lab/engine.py, line " in state.error, "the last place of ours on the way"
        for _ in range(2):
            with pytest.raises(RuntimeError, match="on fire"):
                live.result()
        live.reset()
        live.play()
        live.wait(WAIT)
        assert live.result().finished, "a reset begins anew"


def test_one_arm_that_diverges_leaves_the_other_to_go_on(stage):
    with LiveRun(PAIR, stage=stage) as live:
        live.step(2)
        live.settle(WAIT)
        live.set("learning_rate", 1e15, arm="KD + AME")
        live.play()
        live.wait(WAIT)
        assert live.state == "failed" and "KD + AME stopped" in live.view().diagnosis[-1]["text"] + str(
            [one["text"] for one in live.view().diagnosis]
        )
        with pytest.raises(AMEError):
            live.result()
        live.play()
        live.wait(WAIT)
        arms = {arm.name: arm.finished for arm in live.view().arms}
        assert arms == {"KD": True, "KD + AME": False}


def test_an_error_in_the_preparation_is_raised(stage):
    with LiveRun(Recipe(data="no such data")) as live:
        live.wait(WAIT)
        assert live.view().state == "failed"
        with pytest.raises(AMEError, match="no such data"):
            live.result()
        live.play()
        live.settle(WAIT)
        assert "no student yet" in live.view().note


def test_a_callback_that_raises_is_an_error_of_the_lab_and_ends_nothing(stage):
    with LiveRun(QUICK, stage=stage) as live:
        live.settle(WAIT)
        calls = []

        def bad():
            calls.append(1)
            if len(calls) == 1:
                raise ValueError("cannot draw")

        live.subscribe(bad)
        live.wait(WAIT)
        with pytest.raises(ValueError, match="cannot draw"):
            live.result()
        live.reset()
        live.play()
        live.wait(WAIT)
        assert live.result().finished


def test_an_interrupted_wait_breaks_nothing(stage, monkeypatch):
    with LiveRun(LONG, stage=stage) as live:
        live.play()
        until(lambda: live.view().step > 2)
        changed = live._engine.changed
        wait = changed.wait
        main = threading.current_thread()

        def interrupted(timeout=None):
            if threading.current_thread() is main:
                raise KeyboardInterrupt
            return wait(timeout)

        monkeypatch.setattr(changed, "wait", interrupted)
        with pytest.raises(KeyboardInterrupt):
            live.wait(WAIT)
        monkeypatch.undo()
        here = live.view().step
        until(lambda: live.view().step > here)
        live.pause()
        live.settle(WAIT)
        assert live.state == "paused"


def test_no_thread_is_left(stage):
    before = len(labs())
    live = LiveRun(LONG, stage=stage)
    live.play()
    live.close()
    live.close()
    assert len(labs()) == before and live.state == "closed"
    with pytest.raises(AMEError, match="closed"):
        live.play()
    assert live.result().arms.keys() <= {"KD + AME"}

    class Watcher:
        def __init__(self, run):
            self.run = run
            run.subscribe(self.look)

        def look(self):
            self.run.view()

    watcher = Watcher(LiveRun(LONG, stage=stage))
    watcher.run.play()
    del watcher
    gc.collect()
    until(lambda: len(labs()) == before)


def test_the_interpreter_ends_with_a_lab_that_plays():
    code = (
        "from ame_explore.training import Recipe, Stage\n"
        "from ame_explore.data import digits\n"
        "from ame_explore.models import Pretraining, pretrain\n"
        "from ame_explore.widgets import LiveRun\n"
        "data = digits()\n"
        "teacher = pretrain(data, Pretraining(steps=2))\n"
        "backbone = pretrain(data, Pretraining(size='student', split='backbone', steps=2))\n"
        "live = LiveRun(Recipe(host='projector', steps=100000), stage=Stage(data, teacher, backbone))\n"
        "live.play()\nlive.settle(60)\nprint(live.state)\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)
    assert (run.returncode, run.stdout, run.stderr) == (0, "playing\n", "")


def test_a_teacher_in_training_can_be_left(tmp_path, monkeypatch):
    monkeypatch.setenv("AME_EXPLORE_CACHE", str(tmp_path))
    live = LiveRun(Recipe(host="projector"))
    seen = []
    live.subscribe(lambda: seen.append(live.view()))
    until(lambda: any(state.progress and state.progress["of"] > 1 for state in seen))
    assert seen[-1].state == "preparing" and "teacher" in seen[-1].progress["text"]
    started = time.monotonic()
    live.close()
    assert time.monotonic() - started < WAIT / 2 and live.state == "closed"


def test_two_labs_at_once_do_not_hear_of_each_other(stage):
    with LiveRun(QUICK, stage=stage) as one, LiveRun(QUICK, stage=stage) as two:
        one.play()
        two.play()
        one.wait(WAIT)
        two.wait(WAIT)
        losses = [run.result().arms["KD + AME"].losses for run in (one, two)]
    alone = [step.losses["total"] for step in Distillation(QUICK, stage=stage) if step.index]
    assert losses[0].equals(losses[1]) and losses[0]["total"].tolist() == alone


def test_a_view_is_told_and_only_when_it_can_take_a_frame(stage):
    with LiveRun(QUICK, stage=stage) as live:
        live.settle(WAIT)
        free, told = [False], []
        live.subscribe(lambda: told.append(live.view()), wants=lambda: free[0])
        live.step()
        live.settle(WAIT)
        assert not told
        free[0] = True
        live.wake()
        until(lambda: told)
        assert told[-1].step == 1 and told[-1].arms[0].manifold["step"] == 1


def test_drawing_has_its_share_of_the_time_and_no_more(stage, monkeypatch):
    """On a clock of our own: a step takes 30 ms of it, a frame 60."""
    now = [0.0]
    for module in (worker, engine):
        monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: now[0]))
    with LiveRun(LONG, stage=stage) as live:
        live.settle(WAIT)
        arm, frames = live._engine.arms[0], []
        advance = arm.advance

        def step():
            now[0] += 0.03
            advance()

        def frame():
            now[0] += 0.06
            frames.append(live.view().step)

        arm.advance = step
        live.subscribe(frame)
        live.play()
        until(lambda: len(frames) > 12)
        live.pause()
        live.settle(WAIT)
        while_playing = [b - a for a, b in pairwise(frames[3:12])]
    # 0.06 s of 0.06 / 0.12 s: the rest is for steps of 0.03 s
    assert all(abs(steps - (0.06 / 0.12 - 0.06) / 0.03) <= 1 for steps in while_playing), while_playing


def test_the_time_that_a_slow_run_sleeps_is_free_for_drawing(stage):
    """Drawing has 12 % of the time; of a run with a speed nearly every step is drawn all the same."""
    with LiveRun(LONG, stage=stage) as live:
        live.settle(WAIT)
        steps = []

        def frame():
            time.sleep(0.02)  # of the 0.1 s between two steps: more than the share
            steps.append(live.view().step)

        live.speed(10)
        live.play()
        until(lambda: live.view().step > 2)
        live.subscribe(frame)
        until(lambda: len(steps) > 20)
        live.pause()
        live.settle(WAIT)
    least = min(after - before for before, after in zip(steps, steps[5:], strict=False))  # other work may come between
    assert least <= 7, steps  # by the share alone it would be every other step, or fewer


def test_at_full_speed_all_images_are_drawn_as_they_were_measured(stage):
    with LiveRun(LONG, stage=stage, metrics_every=3) as live:
        live.settle(WAIT)
        seen = []
        live.subscribe(lambda: seen.append(live.view()))
        live.play()
        until(lambda: sum(state.state == "playing" and state.step > 2 for state in seen) > 2)
        live.pause()
        live.settle(WAIT)
        moving = [state for state in seen if state.state == "playing" and state.step > 2][:3]
        assert [state.step % 3 for state in moving] == [0, 0, 0]
        for state in moving:
            arm = state.arms[0]
            live.scrub(state.step)  # trained again, and drawn by a pass of its own
            live.settle(WAIT)
            again = live.view().arms[0]
            assert again.step == arm.step and len(arm.manifold["points"]) == len(live.scene()["ids"])
            # rounding in float32 apart: points are of unit vectors, logits are cosines times some tens
            np.testing.assert_allclose(arm.manifold["points"], again.manifold["points"], rtol=0, atol=1e-5)
            np.testing.assert_allclose(arm.manifold["entropy"], again.manifold["entropy"], rtol=1e-3, atol=1e-4)


def test_of_a_slow_run_in_motion_some_images_are_drawn_and_all_when_it_rests(stage, monkeypatch):
    monkeypatch.setattr(engine, "MOVING", 30)
    with LiveRun(LONG, stage=stage, drawn=80, metrics_every=LONG.steps) as live:
        live.settle(WAIT)
        seen = []
        live.subscribe(lambda: seen.append(live.view()))
        live.play()
        until(lambda: sum(state.state == "playing" and state.step > 2 for state in seen) > 2)
        live.pause()
        live.settle(WAIT)
        moving = [state for state in seen if state.state == "playing" and state.step > 2][:3]
        assert {len(state.arms[0].manifold[part]) for state in moving for part in ("points", "prediction")} == {30}
        live.select(live.scene()["ids"].tolist())
        assert len(live.selection) == 80 and len(live.view().arms[0].manifold["points"]) == 80
        labels = live.scene()["labels"][:30]
        assert [int((labels == label).sum()) for label in range(10)] == [3] * 10


def test_the_number_of_images_in_motion_is_steady_at_measured_steps_too(stage, monkeypatch):
    monkeypatch.setattr(engine, "MOVING", 30)
    with LiveRun(LONG, stage=stage, drawn=80, metrics_every=2) as live:
        live.settle(WAIT)
        seen = []
        live.subscribe(lambda: seen.append(live.view()))
        live.speed(20)
        live.play()
        until(lambda: len({state.step % 2 for state in seen if state.state == "playing" and state.step > 2}) == 2)
        live.pause()
        live.settle(WAIT)
        moving = [state for state in seen if state.state == "playing" and state.step > 2]
        assert {len(state.arms[0].manifold["points"]) for state in moving} == {30}


def test_at_full_speed_only_a_much_faster_pace_turns_to_all_images_again(stage, monkeypatch):
    with LiveRun(LONG, stage=stage) as live:
        live.settle(WAIT)
        now, paces = live._engine, iter([0.3, 0.5, 0.3, 0.25, 0.1, 0.3])  # seconds between two measurements
        monkeypatch.setattr(type(now), "_apart", property(lambda self: next(paces)))
        assert [(now.due(1.0), now._seldom)[1] for _ in range(6)] == [False, True, True, True, False, False]


def test_a_turned_dial_is_told_by_its_label(stage):
    with LiveRun(LONG, stage=stage) as live:
        live.settle(WAIT)
        live.set("omega", 20.0)
        live.set("shots", 2)
        live.settle(WAIT)
        told = [one["text"] for one in live.view().said]
        assert told[-2:] == ["ω, weight of H: 20 from step 1 on.", "shots a class: 2 from the next reset on."]


def test_every_run_is_recorded(stage, tmp_path):
    with LiveRun(PAIR, stage=stage, record=tmp_path) as live:
        live.step(6)
        live.settle(WAIT)
        live.set("omega", 3.0)
        name = live.fork(step=4, field="omega", value=1.0)
        live.play()
        live.wait(WAIT)
        result = live.result()
        runs = {arm: result.arms[arm].run for arm in result.arms}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kd", "kd-ame", "omega-1-from-4"]
    for arm, run in runs.items():
        assert run.status == "finished" and run.feature_steps == [0, 20, 30] and run.state_steps == [0, 30]
        assert run.losses["total"].tolist() == result.arms[arm].losses["total"].tolist()
        assert Recipe.from_token(run.facts["token"]) == result.arms[arm].recipe
        assert run.facts["arm"] == arm and run.metrics.index.tolist() == [0, 20, 30]
    assert runs[name].facts["fork_step"] == 4 and runs[name].facts["parent"] == "KD + AME"


def test_a_large_test_split_is_measured_and_recorded_less_often(stage, tmp_path, monkeypatch):
    monkeypatch.setattr(arms, "USUAL_ANSWERS", stage.teacher_test_logits.numel() - 1)  # too large by one: half as often
    monkeypatch.setattr(arms, "METRICS_EVERY", 6)
    monkeypatch.setattr(arms, "PICTURES_EVERY", 6)
    with LiveRun({"KD": PAIR["KD"]}, stage=stage, record=tmp_path) as live:
        live.play()
        live.wait(WAIT)
        run = live.result().arms["KD"].run
    assert run.metrics.index.tolist() == run.feature_steps == [0, 12, 24, 30]


def test_of_a_large_test_split_a_stated_sample_is_measured_and_as_many_images_as_are_drawn(monkeypatch):
    monkeypatch.setattr(engine, "USUAL_ANSWERS", 7 * 6)
    rows = np.random.default_rng(0)
    labels = np.arange(240) % 6
    images, texts = rows.normal(size=(240, 9)), rows.normal(size=(6, 9))
    data = FeatureData.of(teacher_image=images, student_image=images, class_text=texts, labels=labels, name="mine")
    recipe, everything = Recipe.for_data(data, steps=3, batch_size=4, shots=2), len(data.splits["test"])
    with LiveRun(recipe, data=data, drawn=30) as live:
        live.settle(WAIT)
        scene, said = live.scene(), live.view().said
        result = live.result()
    assert len(scene["ids"]) == 30 < everything
    assert scene["sampled"] == f"30 of {everything} test images"
    assert any(f"Scores are measured on {scene['sampled']}, spread over the classes." in one["text"] for one in said)
    (arm,) = result.arms.values()
    assert arm.run.facts["sampled"] == scene["sampled"] and len(arm.run.features(0).image) == 30
    with LiveRun(recipe, data=data, drawn=everything + 5) as live:
        live.settle(WAIT)
        assert len(live.scene()["ids"]) == everything and live.scene()["sampled"] == ""


def test_a_long_run_records_features_and_states_further_apart(stage, tmp_path, monkeypatch):
    monkeypatch.setattr(arms, "RECORD_EVERY", 5)
    monkeypatch.setattr(arms, "MOST_RECORDED", 2)  # of 30 steps: each 15th
    with LiveRun({"KD": PAIR["KD"]}, stage=stage, record=tmp_path) as live:
        live.play()
        live.wait(WAIT)
        run = live.result().arms["KD"].run
    assert run.feature_steps == run.state_steps == [0, 15, 30] and len(run.losses) == 30


def test_the_temporary_record_lives_as_long_as_its_result(stage, monkeypatch):
    monkeypatch.setenv("AME_HEADLESS", "1")
    with LiveRun(QUICK, stage=stage) as live:
        result = live.result(WAIT)
    del live
    gc.collect()
    folder = result.arms["KD + AME"].folder
    assert isinstance(result.arms["KD + AME"].run, Run)
    del result
    gc.collect()
    assert not folder.exists()


def test_predict_then_run(stage):
    with LiveRun(PAIR, stage=stage, predict=True) as live:
        live.settle(WAIT)
        live.play()
        live.step()
        live.settle(WAIT)
        assert live.view().step == 0 and "predict first" in live.view().note
        live.predict({"H": "soars"})
        live.settle(WAIT)
        assert live.view().prediction["waiting"] and "answers['H']" in live.view().note
        live.predict({"H": "falls", "better": "KD", "sketch": [0.2, 0.2, 0.9]})
        live.play()
        live.wait(WAIT)
        asked = live.view().prediction
        first, last = (live.result().arms["KD + AME"].metrics["H"].iloc[place] for place in (0, -1))
        assert asked["outcome"]["H"]["right"] == (last - first < -0.1)
        assert f"{first:.3f}" in asked["outcome"]["H"]["text"] and f"{last:.3f}" in asked["outcome"]["H"]["text"]
        assert asked["outcome"]["sketch"]["right"] is None and "on average" in asked["outcome"]["sketch"]["text"]
        assert set(asked["outcome"]) == {"H", "better", "sketch"}
        live.predict({"H": "rises"})
        live.settle(WAIT)
        assert live.view().prediction["answers"]["H"] == "falls", "answers stand"


def test_torch_threads_of_the_caller_stay_as_they_are(stage):
    before = torch.get_num_threads()
    with LiveRun(QUICK, stage=stage) as live:
        live.play()
        live.wait(WAIT)
    assert torch.get_num_threads() == before
