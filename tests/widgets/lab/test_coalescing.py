"""Commands in a burst: what is superseded is left out, and the run comes to the same."""

from __future__ import annotations

import dataclasses
import random
import time

import pytest

from ame_explore.ame import AMEError
from ame_explore.training import Recipe
from ame_explore.widgets import LiveRun
from ame_explore.widgets.lab import worker
from ame_explore.widgets.lab.coalescing import coalesced

QUICK = Recipe(host="projector", steps=30, batch_size=8, shots=2)
ARMS = ["KD + AME"]
WAIT = 60


@pytest.fixture(autouse=True)
def watched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AME_HEADLESS", "0")


def turn(value: float) -> tuple:
    return ("set", {"field": "omega", "value": value, "arms": ARMS})


STEP, PLAY, PAUSE, RESET = ("step", {"count": 1, "unit": "step"}), ("play", {}), ("pause", {}), ("reset", {})
SCRUB, BACK = ("scrub", {"step": 1}), ("scrub", {"step": None})


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ([turn(1), turn(2), turn(3)], [turn(3)]),
        ([turn(1), STEP, turn(2)], [turn(1), STEP, turn(2)]),
        ([turn(1), RESET, turn(2), RESET], [turn(1), RESET, turn(2), RESET]),
        ([turn(1), RESET, turn(2), RESET, STEP, turn(3), RESET, PLAY], [turn(1), RESET, turn(3), RESET, PLAY]),
        ([RESET, PLAY, RESET, STEP, RESET], [RESET]),
        ([PLAY, PAUSE, PLAY, PAUSE], [PAUSE]),
        ([PLAY, STEP], [STEP]),
        ([SCRUB, PAUSE], [SCRUB, PAUSE]),
        ([SCRUB, BACK, SCRUB], [SCRUB]),
        ([SCRUB, PLAY], [PLAY]),
        ([STEP, STEP, STEP], [("step", {"count": 3, "unit": "step", "last": 1})]),
        ([("predict", {"answers": {}}), PLAY], [("predict", {"answers": {}}), PLAY]),
        ([PLAY, ("predict", {"answers": {}}), PLAY], [PLAY, ("predict", {"answers": {}}), PLAY]),
        ([turn(1), ("restore", {"recipes": {}})], [("restore", {"recipes": {}})]),
    ],
)
def test_what_a_later_command_supersedes_is_left_out(given: list, kept: list) -> None:
    assert coalesced(given) == kept


def follow(live: LiveRun, commands: list) -> tuple:
    """What a lab comes to with these, whatever is coalesced."""
    for name, arguments in commands:
        live._engine.put(name, **arguments)
    live.settle(WAIT)
    view = live.view()
    live.step(1)
    live.settle(WAIT)
    arm = live._engine.arms[0]
    return (
        view.state,
        view.step,
        view.scrubbed,
        view.speed,
        sorted(live._engine.breaking.on(live._engine._in_force)),
        (
            [dataclasses.replace(arm.recipe.at(step), events=()) for step in range(arm.index + 1)],
            live.recipes.keys(),
            live._engine.pending,
            arm.timeline.at(arm.index),
            list(live.selection["id"]),
        ),
    )


@pytest.mark.parametrize("seed", range(3))
def test_the_run_comes_to_the_same_with_and_without(stage, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    draw = random.Random(seed)
    choices = [
        *[turn(value) for value in (1.0, 2.0, 5.0)],
        ("set", {"field": "shots", "value": 3, "arms": ARMS}),
        ("break", {"switch": "shuffled_pairs", "on": True}),
        ("break", {"switch": "shuffled_pairs", "on": False}),
        ("select", {"ids": (1, 2)}),
        ("select", {"ids": (3,)}),
        ("speed", {"value": 50.0}),
        ("speed", {"value": None}),
        *[STEP, PAUSE, SCRUB, BACK, RESET],
    ]
    commands = draw.choices(choices, weights=[3] * 3 + [1] * 2 + [3] * 9 + [1], k=40)
    burst = [("pause", {}), *commands]
    with LiveRun({"KD + AME": QUICK}, stage=stage) as live:
        live.settle(WAIT)
        together = follow(live, burst)
    monkeypatch.setattr(worker, "coalesced", list)
    with LiveRun({"KD + AME": QUICK}, stage=stage) as live:
        live.settle(WAIT)
        assert follow(live, burst) == together


def test_ten_thousand_commands_are_followed_at_once(stage) -> None:
    draw = random.Random(0)
    with LiveRun({"KD + AME": QUICK}, stage=stage) as live:
        live.step(2)
        live.settle(WAIT)
        put = live._engine.put
        for _ in range(1250):
            put(*("set",), field="omega", value=draw.random(), arms=ARMS)
            put("scrub", step=draw.randint(0, 2))
            put("select", ids=(draw.randint(0, 9),))
            put("play")
            put("reset")
            put("speed", value=None)
            put("complain", text="x")
            put("pause")
        started = time.monotonic()
        live.settle(WAIT)
        assert time.monotonic() - started < WAIT / 2 and live.state == "paused"


def test_a_fork_of_an_arm_that_is_none_is_refused(stage) -> None:
    with LiveRun(QUICK, stage=stage) as live:
        live.step(1)
        live.settle(WAIT)
        with pytest.raises(AMEError, match="arm must be one of 'KD \\+ AME', got 'typo'"):
            live.fork(0, arm="typo")


def test_the_selection_is_there_at_once_and_waits_for_nothing(stage) -> None:
    with LiveRun({"KD + AME": QUICK}, stage=stage) as live:
        live.settle(WAIT)
        chosen = live._engine.canvas.ids[:2].tolist()
        live.select([*chosen, 10**9])
        assert live.selection["id"].tolist() == chosen
        live.step(3)
        live.settle(WAIT)
        assert live.selection["step"].tolist() == [3, 3], "a run that stands is drawn where it stands"
        for wrong in (["x"], [None], [float("inf")]):
            with pytest.raises(AMEError, match="ids must be whole numbers"):
                live.select(wrong)
    assert live.selection["id"].tolist() == chosen, "and can be read when it is closed"
