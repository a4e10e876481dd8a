"""One step in slow motion: what the panel is sent, in words and on the map, and that the run does not notice."""

import numpy as np
import pytest
import torch

import ame_explore
from ame_explore.training import Recipe, take_apart
from ame_explore.widgets import LiveRun
from ame_explore.widgets.lab.slow_motion import PARTS
from ame_explore.widgets.runtime.channel import pack

QUICK = Recipe(host="projector", steps=30, batch_size=8, shots=2, omega=5.0)
PAIR = {"KD": Recipe(host="projector", steps=30, batch_size=8, shots=2, omega=0.0), "KD + AME": QUICK}
WAIT = 60


@pytest.fixture(autouse=True)
def watched(monkeypatch):
    monkeypatch.setenv("AME_HEADLESS", "0")


@pytest.fixture
def live(stage):
    with LiveRun(PAIR, stage=stage, drawn=60) as run:
        run.settle(WAIT)
        yield run


def asked(live, place=None, key="k"):
    """What the panel is told when it asks."""
    found = []
    live.on_one_step(found.append)
    live.take_apart(place, key=key)
    live.settle(WAIT)
    (state,) = found
    return state


def test_a_run_whose_steps_are_looked_at_is_the_same_run(stage):
    ends = []
    for looks in (False, True):
        with LiveRun(PAIR, stage=stage, drawn=60) as live:
            for _ in range(3):
                live.step(4)
                live.settle(WAIT)
                if looks:
                    assert asked(live)["error"] is None
                    live.scrub(2)
                    live.settle(WAIT)
                    assert asked(live)["arms"][0]["step"] == 3
                    live.scrub(None)
            live.play()
            live.wait(WAIT)
            ends.append(live.result())
    for name in PAIR:
        plain, looked_at = (end.arms[name] for end in ends)
        assert plain.losses.equals(looked_at.losses) and plain.metrics.equals(looked_at.metrics)
        ours, theirs = plain.run.state(30), looked_at.run.state(30)
        assert ours.keys() == theirs.keys() and all(torch.equal(ours[key], theirs[key]) for key in ours)


def test_it_shows_the_chosen_image_of_the_next_minibatch_on_the_map(live, stage):
    live.step(2)
    live.settle(WAIT)
    state = asked(live, 3)
    pack(state)
    assert (state["place"], state["key"], state["error"]) == (3, "k", None)
    assert state["pictures"]["count"] == len(state["ids"]) == len(state["captions"]) == 8
    assert [arm["name"] for arm in state["arms"]] == list(PAIR)
    arm, engine = state["arms"][1], live._engine
    parts = take_apart(engine.arms[1].distillation)
    assert state["ids"].tolist() == parts.images.tolist() and arm["step"] == 3
    canvas = engine.canvas
    np.testing.assert_array_equal(arm["before"], canvas.place(parts.before[3:4])[0])
    moved = parts.after[3].double().numpy() - parts.before[3].double().numpy()
    np.testing.assert_allclose(arm["after"] - arm["before"], moved @ canvas.basis.components.T, atol=1e-5)
    turned = parts.turning(parts.pull)[3].double().numpy()
    np.testing.assert_allclose(arm["pull"], turned @ canvas.basis.components.T, atol=1e-6)
    assert arm["seen_pull"] == pytest.approx(np.square(arm["pull"]).sum() / np.square(turned).sum(), rel=1e-3)
    assert arm["norms"]["kd"] == pytest.approx(float(parts.pull[3].norm()), rel=1e-5)
    cosine = torch.nn.functional.cosine_similarity(parts.pull[3], parts.push[3], dim=0)
    assert arm["cosines"]["kd_ame"] == pytest.approx(float(cosine), rel=1e-4)
    assert all(set(one["said"]) == set(PARTS) and all(one["said"].values()) for one in state["arms"])
    assert "ω is 0" in state["arms"][0]["said"]["ame"] and state["arms"][0]["cosines"]["kd_ame"] is None
    rows = arm["rows"]
    assert rows["over"] == "rows" and rows["texts"] == 10 and rows["mine"] == [13]
    assert f"({int((rows['push'] > 0).sum())})" in arm["said"]["rows"]


def test_it_says_by_itself_that_the_push_has_died(stage):
    recipe = Recipe(host="projector", steps=200, batch_size=8, shots=2, omega=50.0, learning_rate=1e-2)
    with LiveRun({"AME": recipe}, stage=stage, drawn=60) as live:
        live.step(1)
        live.settle(WAIT)
        early = asked(live)["arms"][0]["said"]
        live.step(150)
        live.settle(WAIT)
        late = asked(live)["arms"][0]["said"]
    assert "dead" not in early["ame"] and "projections alone" in early["optimizer"]
    assert "The push is dead: H is " in late["ame"]


def test_what_it_cannot_do_it_says_and_training_goes_on(live):
    assert asked(live, "first")["place"] == asked(live, 99)["place"] == asked(live, -1)["place"] == 0
    live.play()
    assert asked(live)["error"].startswith("Pause first") or live.state == "finished"
    live.wait(WAIT)
    assert "finished" in asked(live, key="z" * 1000)["error"]
    assert live._engine.one_step.last["key"] == "z" * 64
    live.scrub(29)
    live.settle(WAIT)
    assert asked(live)["arms"][0]["step"] == 30


def test_a_page_asks_and_gets_it_and_a_lab_that_is_not_asked_computes_and_sends_nothing(stage):
    lab = ame_explore.lab(PAIR, stage=stage)
    sent = []
    lab.cockpit.send = lambda content, buffers=None: sent.append(content)
    try:
        lab.cockpit._receive(None, {"type": "ready", "page": "p", "t": 0.0}, [])
        lab.live.step(3)
        lab.live.settle(WAIT)
        assert "one_step" not in [content["type"] for content in sent] and not lab.live._engine.one_step._kept
        ask = {"type": "command", "name": "take_apart", "args": {"place": 2.0, "key": "a"}, "page": "p"}
        lab.cockpit._receive(None, ask, [])
        lab.live.settle(WAIT)
        lab.cockpit._receive(None, {"type": "ready", "page": "p", "t": 0.0}, [])  # it may have been silent for too long
        (told,) = [content for content in sent if content["type"] == "one_step"][-1:]
        assert told["place"] == 2 and told["key"] == "a"
    finally:
        lab.close()
