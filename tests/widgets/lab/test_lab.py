"""`lab`: what comes from the page is done, and what it may not do is refused."""

import dataclasses
import sys
import threading
import time

import numpy as np
import pytest

import ame_explore
from ame_explore.ame import AMEError
from ame_explore.training import Recipe
from ame_explore.widgets import Lab, LiveRun
from ame_explore.widgets.lab.lab_token import WholeLab
from ame_explore.widgets.runtime.channel import pack

QUICK = Recipe(host="projector", steps=30, batch_size=8, shots=2)
PAIR = {"KD": Recipe(host="projector", steps=30, batch_size=8, shots=2, omega=0.0), "KD + AME": QUICK}
WAIT = 60


@pytest.fixture(autouse=True)
def watched(monkeypatch):
    monkeypatch.setenv("AME_HEADLESS", "0")


@pytest.fixture
def opened(stage):
    """A function that opens a lab, which is closed after the test."""
    labs = []

    def open_(recipe=PAIR, **options):
        labs.append(ame_explore.lab(recipe, stage=stage, **options))
        labs[-1].live.settle(WAIT)
        return labs[-1]

    yield open_
    for one in labs:
        one.close()


def press(lab, name, **args):
    """As the page says it."""
    lab.cockpit._receive(None, {"type": "command", "name": name, "args": args, "page": "p"}, [])
    lab.live.settle(WAIT)
    return lab.live.view()


def test_the_whole_lab_is_shared_with_a_page_and_restored_in_another(opened):
    lab, other = opened(), opened(QUICK.token())
    told = []
    lab.cockpit.send = lambda content, buffers=None: told.append(content)
    press(lab, "step")
    press(lab, "set", field="omega", value=3.5, arm="KD")
    lab.cockpit.arrangement = {"left": ["charts"], "below": ["dials"], "right": []}
    lab.probe(int(lab.live._engine.canvas.ids[0]), "mine")
    lab.live.settle(WAIT)
    press(lab, "share")
    (token,) = [one["token"] for one in told if one["type"] == "shared"]
    assert token == lab.token
    press(other, "restore", token=f" {token}\n")
    assert other.live.view().note is None and other.live.recipes == lab.live.recipes
    assert other.arrangement == lab.arrangement and list(other.live.kept_probes) == ["mine"]
    before = other.live.recipes
    for options in ({"lock": ["speed"]}, {"show": ["manifold", "recipe"]}, {"exercise": "sabotage"}, {"predict": True}):
        refused = opened(**options)
        note = press(other, "restore", token=refused.token).note
        assert "open it in a cell" in note and other.live.recipes == before
    for wrong in (token[:-9], "lab1:", "lab1:????", 7):
        assert press(other, "restore", token=wrong).note and other.live.recipes == before
    unequal = {"A": QUICK, "B": dataclasses.replace(QUICK, batch_size=4)}
    assert "same minibatches" in press(other, "restore", token=WholeLab(recipes=unequal, probes={}).token()).note


def test_every_command_of_the_page_is_done(opened):
    lab = opened()
    assert press(lab, "step").step == 1
    assert press(lab, "epoch").step == 2
    dials = {dial["field"]: dial for dial in press(lab, "set", field="omega", value=2, arm=None).dials}
    assert dials["omega"]["value"] == 2
    assert press(lab, "set", field="omega", value=3.5, arm="KD").note is None
    assert lab.live.recipes["KD"].at(2).omega == 3.5 and lab.live.recipes["KD + AME"].at(2).omega == 2
    assert press(lab, "speed", value=500).speed == 500
    assert press(lab, "scrub", step=1).scrubbed == 1
    assert press(lab, "scrub", step=None).scrubbed is None
    assert [arm.fork_step for arm in press(lab, "fork", step=1, field="tau", value=2, arm=None).arms] == [None, None, 1]
    some = lab.live._engine.canvas.ids[:2].tolist()
    assert press(lab, "select", ids=some).selection == some and lab.selection["id"].unique().tolist() == some
    assert [one["on"] for one in press(lab, "break", switch="shuffled_pairs", on=True).breaks].count(True) == 1
    press(lab, "play")
    lab.live.wait(WAIT)
    assert lab.result().finished
    assert press(lab, "reset").state == "paused"
    assert [arm.name for arm in press(lab, "restore", token=QUICK.token()).arms] == ["KD + AME"]
    press(lab, "play")
    assert press(lab, "pause").state in ("paused", "finished")


def test_a_lab_that_was_taken_out_of_its_page_pauses_and_can_go_on(opened, monkeypatch):
    lab = opened(Recipe(host="projector", steps=100_000, batch_size=8, shots=2))
    page = {"page": "p", "t": 1.0}
    lab.cockpit._receive(None, {"type": "ready", **page}, [])
    lab.cockpit._receive(None, {"type": "away", "left": False, **page}, [])
    assert lab.cockpit.left_for == 0, "scrolled away: it is still there"
    press(lab, "play")
    lab.cockpit._receive(None, {"type": "away", "left": True, **page}, [])
    assert 0 < lab.cockpit.left_for < 30 and lab.live.state == "playing"
    monkeypatch.setattr(sys.modules["ame_explore.widgets.lab.lab"], "UNSEEN", 0.0)  # the function lab hides the module
    deadline = time.monotonic() + WAIT
    while lab.live.state == "playing":
        assert time.monotonic() < deadline, "it trains on for nobody"
        time.sleep(0.005)
    assert lab.live.state == "paused"
    lab.cockpit._receive(None, {"type": "ready", **page}, [])
    assert lab.cockpit.left_for == 0 and press(lab, "play").state == "playing"


def test_predictions_come_from_the_page_too(opened):
    lab = opened(predict=True)
    assert press(lab, "predict", answers={"H": "falls"}).prediction["waiting"] is False


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("set", {"field": "omega", "value": -1}),
        ("set", {"field": "omega"}),
        ("set", {"field": "omega", "value": {"a": 1}}),
        ("scrub", {"step": 7}),
        ("scrub", {"step": "x"}),
        ("fork", {"step": 9}),
        ("select", {"ids": "all of them"}),
        ("break", {"switch": "glass", "on": True}),
        ("restore", {"token": "ame1:AAAA"}),
        ("speed", {"value": -3}),
        ("predict", {"answers": {"H": "falls"}}),
    ],
)
def test_what_cannot_be_done_is_said_and_costs_nothing(opened, name, args):
    lab = opened(QUICK)
    press(lab, "step")
    before = lab.live.recipes
    state = press(lab, name, **args)
    assert state.note and state.state == "paused" and state.step == 1 and lab.live.recipes == before
    assert press(lab, "step").note is None, "and it goes on"


def test_a_teacher_locks_and_hides(opened):
    lab = opened(lock=["omega", "restore"], show=["manifold", "transport", "omega", "tau"])
    state = press(lab, "set", field="omega", value=3, arm=None)
    assert "omega is locked" in state.note and lab.live.recipes["KD + AME"].omega is None
    assert "omega is locked" in press(lab, "fork", step=0, field="omega", value=3, arm=None).note
    press(lab, "restore", token=QUICK.token())
    assert list(lab.live.recipes) == ["KD", "KD + AME"]
    assert press(lab, "set", field="tau", value=3, arm=None).note is None
    lab.live.set("omega", 3.0)
    lab.live.settle(WAIT)
    assert lab.live.recipes["KD + AME"].at(0).omega == 3.0, "code may"
    body = lab.cockpit._newest
    lab._changed()
    body = lab.cockpit._newest
    assert [(dial["field"], dial["locked"]) for dial in body["dials"]] == [("omega", True), ("tau", False)]
    assert body["show"] == ["transport", "manifold", "dials"] and body["locked"] == ["restore"]
    with pytest.raises(AMEError, match="show must be one of"):
        ame_explore.lab(QUICK, show=["everything"])
    with pytest.raises(AMEError, match="lock must be one of"):
        ame_explore.lab(QUICK, lock=["door"])


def test_frames_can_be_sent_as_they_are(opened):
    lab = opened()
    press(lab, "step")
    header, buffers = pack(lab.live.view())
    assert header["state"] == "paused" and len(header["arms"]) == 2 and header["arms"][0]["step"] == 1
    points = header["arms"][1]["manifold"]["points"]
    drawn = np.frombuffer(buffers[points["buffer"]], "<f4").reshape(points["shape"])
    np.testing.assert_array_equal(drawn, lab.live.view().arms[1].manifold["points"])
    header, _ = pack(lab.live.scene())
    assert header["thumbnails"]["file"]["dtype"] == "u1" and len(header["class_names"]) == 10


def test_a_page_that_comes_is_given_the_scene_and_a_frame(opened):
    lab, sent = opened(), []

    def send(header, buffers=None):
        sent.append(header)
        if header["type"] == "frame":  # drawn, it says; not at once, as on a wire
            message = {"type": "ack", "n": header["n"], "page": "p", "drawn": True}
            threading.Timer(0.01, lab.cockpit._receive, (None, message, [])).start()

    lab.cockpit.send = send
    lab.cockpit._receive(None, {"type": "ready", "page": "p", "t": 0.0}, [])
    deadline = time.monotonic() + WAIT
    while not {"scene", "frame"} <= {header["type"] for header in sent}:
        assert time.monotonic() < deadline, sent
        time.sleep(0.002)


def test_without_a_watcher_a_lab_plays_by_itself(stage, monkeypatch):
    monkeypatch.setenv("AME_HEADLESS", "1")
    lab = ame_explore.lab(QUICK.token(), stage=stage, predict=True)
    assert isinstance(lab, Lab) and isinstance(lab.live, LiveRun)
    lab.live.wait(WAIT)
    assert lab.result(timeout=WAIT).finished
    lab.close()
    assert lab.live.state == "closed" and "closed" in repr(lab)


def test_it_is_shown_as_its_cockpit(opened):
    bundle = opened(QUICK)._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    assert "application/vnd.jupyter.widget-view+json" in data


def test_the_name_is_the_function_even_after_the_module_was_imported():
    import ame_explore.widgets.lab.lab

    assert callable(ame_explore.lab) and callable(ame_explore.widgets.lab)


def test_the_arrangement_of_a_lab_opens_another_that_looks_the_same(opened):
    show = {"left": ["charts", "omega"], "below": ["diagnosis"], "main": ["transport", "manifold"]}
    first = opened(show=show)
    assert first.cockpit._shown == ["transport", "manifold", "charts", "dials", "diagnosis"]
    assert first.arrangement == {
        "left": ["charts", "dials"], "below": ["diagnosis"], "right": [], "main": ["transport", "manifold", "omega"]
    }  # fmt: skip
    first.cockpit.opened = {"left": "dials"}
    second = opened(show=first.arrangement)
    assert second.cockpit.arrangement["left"] == ["dials", "charts"]
    assert second.cockpit._shown == first.cockpit._shown and second._dials == ["omega"]
    assert opened().arrangement["left"] == ["predict", "exercise", "dials", "breaks"]


@pytest.mark.parametrize("show", [["transport", "manifold"], {"left": ["dials"]}])
def test_the_form_that_unlocks_play_is_always_shown(opened, show):
    lab = opened(show=show, predict=True)
    assert "predict" in lab.cockpit._shown and lab.cockpit.arrangement["left"][0] == "predict"


def test_the_end_is_told_with_its_numbers(opened):
    lab = opened()
    lab.live.play()
    lab.live.wait(WAIT)
    last = lab.live.view().said[-1]["text"]
    assert last.startswith("Finished. Step 30 of 30. KD: base accuracy ") and "; KD + AME: " in last


def test_a_dial_that_cannot_act_is_inert_and_one_that_changes_what_is_measured_is_not(opened):
    dials = {one["field"]: one for one in opened({"KD": PAIR["KD"]}).live.view().dials}
    assert dials["tau"]["inert"] and "compares features" in dials["tau"]["idle"]
    assert dials["reading"]["idle"] and not dials["reading"]["inert"]
    assert not dials["learning_rate"]["inert"]


def test_the_difference_of_two_arms_is_judged_on_the_same_test_images(opened):
    """With the same recipe both arms give the same answers; the lines to compare with come with the scene."""
    lab = opened({"a": QUICK, "b": QUICK})
    verdict = lab.live.view().verdict
    assert verdict["term"] == "harmonic_mean" and verdict["text"] == "same answers"
    lines = lab.live.scene()["references"]["harmonic_mean"]
    assert list(lines) == ["teacher", "chance", "backbone"] and 0 < lines["chance"] < 1
    press(lab, "scrub", step=0)
    assert lab.live.view().verdict is None
