"""What was turned, what a reset would drop, and what was broken at a step that is looked back at."""

import dataclasses

import pytest

from ame_explore.training import Recipe
from ame_explore.widgets import LiveRun
from ame_explore.widgets.lab.breaking import broken_in
from ame_explore.widgets.lab.dials import BREAKS
from ame_explore.widgets.lab.turns import MOST_TURNS, turns

QUICK = Recipe(host="projector", steps=30, batch_size=8, shots=2)
WAIT = 60


@pytest.fixture(autouse=True)
def watched(monkeypatch):
    monkeypatch.setenv("AME_HEADLESS", "0")


def test_turns_are_the_last_of_each_step_and_dial():
    recipe = QUICK.with_event(3, "omega", 2.0).with_event(3, "omega", 4.0).with_event(5, "reading", "spectral")
    assert turns(recipe, 4) == [{"step": 3, "field": "omega", "text": "ω 4", "redefines": False}]
    assert turns(recipe, 30)[1] == {"step": 5, "field": "reading", "text": "reading spectral", "redefines": True}
    for step in range(6, 6 + MOST_TURNS):  # the newest of many
        recipe = dataclasses.replace(recipe, steps=200).with_event(step, "tau", float(step))
    assert [one["step"] for one in turns(recipe, 200)] == list(range(6, 6 + MOST_TURNS))


def test_what_a_reset_would_drop(stage):
    """Nothing at first, nor for a dial turned before the first step, which stays; then forks and turned dials."""
    with LiveRun({"KD": dataclasses.replace(QUICK, omega=0.0), "KD + AME": QUICK}, stage=stage) as live:
        live.set("omega", 3.0)
        live.settle(WAIT)
        assert live.view().to_lose == ""
        live.step(4)
        live.set("learning_rate", 2e-3)  # in both arms, but one dial
        live.settle(WAIT)
        assert live.view().to_lose == "1 turned dial"
        live.fork(step=2)
        live.fork(step=2, field="omega", value=1.0)
        live.settle(WAIT)
        assert live.view().to_lose == "2 forks and 1 turned dial"
        live.reset()
        live.settle(WAIT)
        assert live.view().to_lose == ""
        assert live.recipes["KD + AME"].at(0).omega == 3.0
        live.restore(QUICK.with_event(4, "omega", 9.0).token())
        live.step(6)
        live.settle(WAIT)
        assert live.view().to_lose == ""  # the steering of the token comes back with a reset


def test_looking_back_shows_dials_and_switches_as_they_were(stage):
    with LiveRun(QUICK, stage=stage) as live:
        live.step(5)
        live.set("omega", 2.0)
        live.break_it("teacher_noise")
        live.step(5)
        live.settle(WAIT)

        def seen():
            view = live.view()
            dial = next(one for one in view.dials if one["field"] == "omega")
            return dial["value"], [one["switch"] for one in view.breaks if one["on"]]

        assert seen() == (2.0, ["teacher_noise"]) and live.view().caption is None
        live.scrub(3)
        live.settle(WAIT)
        assert seen() == (QUICK.effective_omega, [])
        assert live.view().caption.startswith("Step 0 of 30.")
        live.scrub(None)
        live.settle(WAIT)
        assert seen() == (2.0, ["teacher_noise"]) and live.view().caption is None


@pytest.mark.parametrize("kd", ["feature", "logits"])
@pytest.mark.parametrize("one", BREAKS, ids=lambda one: one.switch)
def test_a_switch_is_seen_in_the_recipe_that_it_broke(one, kd):
    recipe = dataclasses.replace(QUICK, kd=kd)
    assert broken_in([recipe]) == set()
    assert one.switch in broken_in([recipe, dataclasses.replace(recipe, **one.turns_of(recipe))])


@pytest.mark.parametrize("reading", ["spectral", "alignment"])
def test_a_reading_without_a_softmax_has_no_wrong_temperature(stage, reading):
    with LiveRun(dataclasses.replace(QUICK, reading=reading), stage=stage) as live:
        live.break_it("wrong_temperature")
        live.settle(WAIT)
        assert "nothing to act on" in live.view().note
        assert not any(one["on"] for one in live.view().breaks) and live.view().to_lose == ""
