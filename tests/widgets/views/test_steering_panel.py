"""The steering panel: what it shows of a run that is being recorded, and what it asks of the loop."""

from __future__ import annotations

import gc
import json
import time
import weakref
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import nn

from ame_explore import AMELoss
from ame_explore.ame import AMEError
from ame_explore.training import Knob, Recorder, Run, Steering
from ame_explore.training.record import layout as storage
from ame_explore.widgets import SteeringPanel
from ame_explore.widgets.views import steering_panel


class Loop:
    """What the knobs of the tests turn."""

    def __init__(self) -> None:
        self.ame = AMELoss(image_dim=2, text_dim=2, omega=0.5)
        self.optimizer = torch.optim.SGD(nn.Linear(1, 1).parameters(), lr=0.1)
        self.every, self.frozen, self.mode = 5, False, "fast"

    def steering(self) -> Steering:
        knobs = {
            "omega": Knob.of(self.ame, "omega", low=0, high=100),
            "lr": Knob.of(self.optimizer, "lr", low=0),
            "every": Knob.of(self, "every", high=9, whole=True),
            "frozen": Knob.of(self, "frozen"),
            "mode": Knob.of(self, "mode", choices=("fast", "slow")),
        }
        return Steering(knobs=knobs, checkpoint=lambda step: f"step-{step}.pt")


@pytest.fixture(autouse=True)
def looks_when_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The thread does not look: the tests say when."""
    monkeypatch.setattr(steering_panel, "LOOK_EVERY", 600.0)


@pytest.fixture
def loop() -> Loop:
    return Loop()


@pytest.fixture
def record(tmp_path: Path, loop: Loop) -> Recorder:
    made = Run.recorder(tmp_path / "run", steer=loop.steering(), flush_every=1, durable=False)
    made.log(losses={"total": 2.0, "kd": 1.0})
    return made


def status(panel: SteeringPanel) -> str:
    return str(panel._status.value)


def test_it_shows_the_losses_the_knobs_and_their_limits(record: Recorder) -> None:
    panel = SteeringPanel(record.path)
    assert "Running, last seen at step 0." in status(panel) and "Nothing was asked yet" in panel._list.value
    assert {name: widget.value for name, widget in panel._knobs.items()} == {
        "omega": 0.5,
        "lr": 0.1,
        "every": 5,
        "frozen": False,
        "mode": "fast",
    }
    assert panel._view._drawn is not None and panel._view._drawn[0].data
    texts = [row.children[1].value for row in panel.children if len(getattr(row, "children", ())) == 2]
    assert texts == [f"<small>{limits}</small>" for limits in ("0 to 100", "at least 0", "at most 9", "", "")]
    panel.close()


def test_a_value_is_asked_for_and_its_outcome_shown(record: Recorder, loop: Loop) -> None:
    panel = SteeringPanel(record.path)
    panel._knobs["omega"].value = 3.0
    assert loop.ame.omega == 0.5 and "Asked for: omega." in status(panel)
    panel.look()
    assert panel._knobs["omega"].value == 3.0  # what is on its way stays
    record.log(losses={"total": 1.0})
    panel.look()
    assert loop.ame.omega == 3.0 and "Asked for" not in status(panel)
    assert "set omega = 3.0" in panel._list.value and "<b>applied</b>" in panel._list.value
    for name, value in (("every", 7), ("frozen", True), ("mode", "slow"), ("lr", 0.05)):
        panel._knobs[name].value = value
    record.log(losses={"total": 1.0})
    assert (loop.every, loop.frozen, loop.mode, loop.optimizer.param_groups[0]["lr"]) == (7, True, "slow", 0.05)
    panel.close()


def test_a_refused_value_goes_back_and_the_reason_is_shown(record: Recorder, loop: Loop) -> None:
    panel = SteeringPanel(record.path)
    panel._knobs["omega"].value = 1000.0
    record.log(losses={"total": 1.0})
    panel.look()
    assert loop.ame.omega == 0.5 and panel._knobs["omega"].value == 0.5
    assert "<b>refused</b>" in panel._list.value
    assert "omega must be a finite number &gt;= 0 and &lt;= 100, got 1000.0" in panel._list.value
    record.log(losses={"total": 1.0})
    assert len(Run.open(record.path).requests) == 1  # showing the old value asks for nothing
    panel.close()


def test_a_knob_that_the_loop_turns_itself_is_followed(record: Recorder, loop: Loop) -> None:
    panel = SteeringPanel(record.path)
    loop.ame.omega = 0.25
    record.log(losses={"total": 1.0})
    panel.look()
    assert panel._knobs["omega"].value == 0.25
    record.log(losses={"total": 1.0})
    assert Run.open(record.path).requests.empty
    panel.close()


def test_buttons(record: Recorder, loop: Loop) -> None:
    panel = SteeringPanel(record.path)
    assert panel._once.disabled and not panel._save.disabled
    panel._save.click()
    panel._fork.click()
    panel._name.value = "b"
    panel._fork.click()
    record.log(losses={"total": 1.0})
    panel.look()
    requests = Run.open(record.path).requests
    assert requests["do"].tolist() == ["checkpoint", "branch", "branch"]
    assert requests["outcome"].tolist() == ["applied", "refused", "applied"]
    assert "name must be up to 40 letters" in panel._list.value and "append=True" in panel._list.value
    assert Run.open(record.path.with_name("run-b")).metadata["parent"]["step"] == 1
    panel.close()


def test_a_run_that_has_ended_can_be_looked_at_and_no_longer_steered(record: Recorder) -> None:
    panel = SteeringPanel(record.path)
    record.close()
    panel._go.click()
    assert "This run has ended." in status(panel) and "takes no more requests" in status(panel)
    assert all(widget.disabled for widget in (*panel._knobs.values(), panel._go, panel._once, panel._save))
    panel.close()
    again = SteeringPanel(record.path)
    assert "This run has ended." in status(again)
    again.close()


def test_what_was_not_taken_for_a_while_is_explained(record: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steering_panel, "_PATIENCE", 0.0)
    panel = SteeringPanel(record.path)
    panel._go.click()
    panel.look()
    assert "Asked for: a pause. The loop takes requests when it calls log" in status(panel)
    panel.close()


def test_a_run_without_steering_is_refused(tmp_path: Path) -> None:
    with Run.recorder(tmp_path / "run") as record:
        record.log(losses={"total": 1.0})
    with pytest.raises(AMEError, match="steer=True"):
        SteeringPanel(tmp_path / "run")


def test_a_damaged_file_stops_nothing(record: Recorder) -> None:
    panel = SteeringPanel(record.path)
    (record.path / storage.STEERING).write_text(json.dumps({"open": True}))
    panel._go.click()
    assert "is damaged" in panel._note
    panel.close()


def test_it_looks_by_itself_until_the_run_ends(record: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steering_panel, "LOOK_EVERY", 0.02)
    panel = SteeringPanel(record.path)
    record.log(losses={"total": 1.0})
    until(lambda: "step 1" in status(panel))
    record.close()
    until(lambda: not panel._worker.busy)
    assert "This run has ended." in status(panel)
    panel.close()


def test_a_closed_panel_leaves_no_thread_and_no_object(record: Recorder) -> None:
    panel = SteeringPanel(record.path)
    gone, worker = weakref.ref(panel), panel._worker
    panel.close()
    assert not worker.busy
    del panel
    gc.collect()
    assert gone() is None
    record.log(losses={"total": 1.0})
    record.close()


def until(reached: Callable[[], bool], timeout: float = 10.0) -> None:
    end = time.monotonic() + timeout
    while not reached():
        assert time.monotonic() < end
        time.sleep(0.02)
