"""What the diagnosis says while nothing can be played yet."""

import threading

import pytest

from ame_explore.ame import AMEError
from ame_explore.training import Recipe, Stage
from ame_explore.widgets import LiveRun

WAIT = 60


def test_the_diagnosis_names_what_is_waited_for(stage, monkeypatch):
    told, go = threading.Event(), threading.Event()

    def slow(recipe, *, data=None, progress=None, **more):
        progress("teacher", 1, 10)
        told.set()
        assert go.wait(WAIT)
        return stage

    monkeypatch.setenv("AME_HEADLESS", "0")
    monkeypatch.setattr(Stage, "for_recipe", slow)
    with LiveRun(Recipe(host="projector", steps=10, shots=2)) as live:
        assert told.wait(WAIT)
        (waiting,) = live.view().diagnosis
        doing = live.view().progress["text"]
        assert live.state == "preparing" and waiting["level"] == "ok"
        assert f"waiting for the preparation ({doing})" in waiting["text"] and "play" not in waiting["text"]
        go.set()
        live.settle(WAIT)
        assert [one["text"] for one in live.view().diagnosis] == ["No step has been taken yet."]


def test_a_preparation_that_failed_is_not_waited_for(monkeypatch):
    def none(*arguments, **more):
        raise AMEError("no teacher today.")

    monkeypatch.setenv("AME_HEADLESS", "0")
    monkeypatch.setattr(Stage, "for_recipe", none)
    with LiveRun(Recipe()) as live:
        with pytest.raises(AMEError, match="no teacher today"):
            live.result(live.settle(WAIT))
        assert [one["text"] for one in live.view().diagnosis] == ["Nothing to look at: no student was prepared."]
