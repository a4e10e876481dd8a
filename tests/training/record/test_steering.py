"""Steering a foreign loop: requests are checked, done between two steps, and stored with their outcome."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from ame_explore import AMELoss
from ame_explore.ame import AMEError
from ame_explore.training import Knob, Recorder, RecordWarning, Remote, Run, Steering
from ame_explore.training.record import layout as storage
from ame_explore.training.record import steering as steering_module


class Loop:
    """A training loop as people write them: one knob of each kind."""

    def __init__(self) -> None:
        self.model = nn.Linear(2, 1)
        self.ame = AMELoss(image_dim=2, text_dim=2, omega=0.5)
        self.optimizer = torch.optim.SGD(
            [{"params": [self.model.weight], "lr": 0.1}, {"params": [self.model.bias], "lr": 0.01}]
        )
        self.every, self.frozen, self.mode, self.saved = 5, False, "fast", []

    def steering(self, **changes: Any) -> Steering:
        knobs = {
            "omega": Knob.of(self.ame, "omega", low=0, high=100),
            "lr": Knob.of(self.optimizer, "lr", low=0, high=1),
            "every": Knob.of(self, "every", low=1, whole=True),
            "frozen": Knob.of(self, "frozen"),
            "mode": Knob.of(self, "mode", choices=("fast", "slow")),
        }
        return Steering(**{"knobs": knobs, "checkpoint": self.save, **changes})

    def save(self, step: int) -> str:
        self.saved.append(step)
        return f"step-{step}.pt"


@pytest.fixture
def loop() -> Loop:
    return Loop()


def asked(path: Path, **request: Any) -> None:
    with open(path / storage.REQUESTS, "a", encoding="utf-8") as file:
        file.write(json.dumps(request) + "\n")


def last(path: Path) -> dict[str, Any]:
    return dict(Run.open(path).requests.iloc[-1])


@contextlib.contextmanager
def running(path: Path, steering: Steering, *, steps: int = 100_000) -> Iterator[Recorder]:
    """A loop in a thread, which ends with the block."""
    stop, errors = threading.Event(), []
    record = Run.recorder(path, steer=steering, durable=False)

    def work() -> None:
        try:
            for _ in range(steps):
                if stop.is_set():
                    break
                record.log(losses={"total": 1.0})
                time.sleep(0.002)
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield record
    finally:
        stop.set()
        record.close()  # which also ends a pause
        thread.join(10)
    assert not thread.is_alive() and not errors


def test_a_value_is_set_between_two_steps_and_stored_with_its_step(tmp_path: Path, loop: Loop) -> None:
    with Run.recorder(tmp_path / "run", steer=loop.steering()) as record:
        record.log(losses={"total": 1.0})
        number = Remote(tmp_path / "run").set("omega", 3)
        assert loop.ame.omega == 0.5  # not before the loop is ready for it
        record.log(losses={"total": 1.0})
        assert loop.ame.omega == 3.0
        record.log(losses={"total": 1.0})
    run = Run.open(tmp_path / "run")
    assert len(run.requests) == 1 and run.requests["id"][0] == number
    row = run.requests.iloc[0]
    assert (row["step"], row["do"], row["name"], row["value"], row["outcome"]) == (1, "set", "omega", 3, "applied")
    assert row["told"] == "omega was 0.5 and is 3.0." and abs(row["at"] - time.time()) < 60
    assert run.status == "finished" and run.losses["total"].tolist() == [1.0] * 3


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({"do": "set", "name": "omega", "value": -1}, "omega must be a finite number >= 0 and <= 100, got -1"),
        ({"do": "set", "name": "omega", "value": 1e9}, "omega must be a finite number >= 0 and <= 100"),
        ({"do": "set", "name": "omega", "value": "much"}, "omega must be a finite number"),
        ({"do": "set", "name": "omega", "value": None}, "omega must be a finite number"),
        ({"do": "set", "name": "omega", "value": float("nan")}, "omega must be a finite number"),
        ({"do": "set", "name": "omega", "value": True}, "omega must be a finite number"),
        ({"do": "set", "name": "omega"}, "omega must be a finite number"),
        ({"do": "set", "name": "every", "value": 2.5}, "every must be a whole number"),
        ({"do": "set", "name": "frozen", "value": 1}, "frozen must be one of True, False"),
        ({"do": "set", "name": "mode", "value": "fats"}, "did you mean 'fast'"),
        ({"do": "set", "name": "omga", "value": 1}, "name must be one of 'omega', 'lr', 'every', 'frozen', 'mode'"),
        ({"do": "set", "name": ["omega"], "value": 1}, "name must be one of"),
        ({"do": "explode"}, "do must be one of 'set', 'pause'"),
        ({"do": None}, "do must be one of"),
        ({}, "do must be one of"),
        ({"do": "branch", "name": "../elsewhere"}, "name must be up to 40 letters"),
        ({"do": "branch"}, "name must be up to 40 letters"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence_and_changes_nothing(
    tmp_path: Path, loop: Loop, request_: dict[str, Any], words: str
) -> None:
    steering = loop.steering()
    before = {name: knob.get() for name, knob in steering.knobs.items()}
    with Run.recorder(tmp_path / "run", steer=steering) as record:
        asked(tmp_path / "run", **request_)
        record.log(losses={"total": 1.0})
    row = last(tmp_path / "run")
    assert row["outcome"] == "refused" and words in row["told"]
    assert {name: knob.get() for name, knob in steering.knobs.items()} == before
    assert os.listdir(tmp_path) == ["run"] and not loop.saved


@pytest.mark.parametrize("line", [b"nonsense", b"[1, 2]", b"\xff\xfe", b'{"do": ', b"[" * 100_000, b"x" * 200_000])
def test_lines_that_are_no_request_are_refused_and_the_next_one_is_taken(
    tmp_path: Path, loop: Loop, line: bytes
) -> None:
    with Run.recorder(tmp_path / "run", steer=loop.steering()) as record:
        (tmp_path / "run" / storage.REQUESTS).write_bytes(line + b'\n{"do": "set", "name": "omega", "value": 2}\n')
        for _ in range(5):  # of a long line, a part at a time
            record.log(losses={"total": 1.0})
    requests = Run.open(tmp_path / "run").requests
    assert requests["outcome"].tolist()[0] == "refused" and "must be JSON" in requests["told"][0]
    assert requests["outcome"].tolist()[-1] == "applied" and loop.ame.omega == 2.0


def test_a_line_that_is_still_being_written_waits(tmp_path: Path, loop: Loop) -> None:
    box = tmp_path / "run" / storage.REQUESTS
    with Run.recorder(tmp_path / "run", steer=loop.steering()) as record:
        box.write_bytes(b'{"do": "set", "name": "ome')
        record.log(losses={"total": 1.0})
        assert loop.ame.omega == 0.5
        with box.open("ab") as file:
            file.write(b'ga", "value": 4}\n')
        record.log(losses={"total": 1.0})
        assert loop.ame.omega == 4.0
    assert len(Run.open(tmp_path / "run").requests) == 1


def test_groups_of_an_optimizer_keep_their_ratio(loop: Loop) -> None:
    knob = loop.steering().knobs["lr"]
    knob.set(0.5)
    assert [group["lr"] for group in loop.optimizer.param_groups] == pytest.approx([0.5, 0.05])
    knob.set(0.0)
    knob.set(0.2)
    assert [group["lr"] for group in loop.optimizer.param_groups] == [0.2, 0.2]
    capturable = torch.optim.Adam(loop.model.parameters(), lr=torch.tensor(0.25), capturable=False)
    knob = Knob.of(capturable, "lr")
    knob.set(0.125)
    assert knob.get() == 0.125 and isinstance(capturable.param_groups[0]["lr"], torch.Tensor)


def test_a_setter_or_a_checkpoint_that_raises_does_not_end_the_loop(tmp_path: Path, loop: Loop) -> None:
    def fail(*_: object) -> None:
        raise KeyError("no disk")

    broken = Knob(get=lambda: 1.0, set=fail)
    silent = Knob(get=lambda: 1.0, set=lambda value: None)
    steering = Steering(knobs={"broken": broken, "silent": silent}, checkpoint=fail)
    with Run.recorder(tmp_path / "run", steer=steering) as record:
        for request in (
            {"do": "set", "name": "broken", "value": 2},
            {"do": "checkpoint"},
            {"do": "branch", "name": "b"},
            {"do": "set", "name": "silent", "value": 2},
        ):
            asked(tmp_path / "run", **request)
        record.log(losses={"total": 1.0})
        record.log(losses={"total": 1.0})
    run = Run.open(tmp_path / "run")
    assert run.requests["outcome"].tolist() == ["refused"] * 3 + ["applied"]
    assert "KeyError: 'no disk'. broken is 1.0" in run.requests["told"][0]
    assert "is 1.0, not 2: the loop did not keep the new value" in run.requests["told"][3]
    assert run.steps == [0, 1] and not (tmp_path / "run-b").exists()


def test_a_value_that_can_no_longer_be_read_does_not_end_the_loop(tmp_path: Path) -> None:
    values = [1.0]
    with Run.recorder(tmp_path / "run", steer=Steering(knobs={"x": Knob(get=lambda: values[0], set=print)})) as record:
        values.clear()
        asked(tmp_path / "run", do="set", name="x", value=2)
        record.log(losses={"total": 1.0})
        record.flush()
    assert "IndexError" in last(tmp_path / "run")["told"]
    assert json.loads((tmp_path / "run" / storage.STEERING).read_text())["knobs"]["x"]["value"] is None


def test_pause_step_and_resume(tmp_path: Path, loop: Loop, capsys: pytest.CaptureFixture[str]) -> None:
    with running(tmp_path / "run", loop.steering()) as record:
        remote = Remote(tmp_path / "run")
        found = remote.outcome(remote.pause())
        assert found is not None and found["outcome"] == "applied"
        step = record.last_step
        time.sleep(0.1)
        assert record.last_step == step and remote.state()["paused"]
        assert Run.open(tmp_path / "run").steps[-1] == step  # all that was logged is there to be read
        assert remote.outcome(remote.set("omega", 7)) and loop.ame.omega == 7.0  # also while it waits
        assert remote.outcome(remote.step())
        until(lambda: remote.state()["step"] == step + 1 and remote.state()["paused"])
        time.sleep(0.05)
        assert record.last_step == step + 1
        remote.resume()
        until(lambda: (record.last_step or 0) > step + 5)
        assert not remote.state()["paused"]
    assert f"paused after step {step}, until somebody resumes it" in capsys.readouterr().err
    assert Run.open(tmp_path / "run").requests["do"].tolist() == ["pause", "set", "step", "resume"]


def test_closing_ends_a_pause(tmp_path: Path, loop: Loop) -> None:
    with running(tmp_path / "run", loop.steering()):
        remote = Remote(tmp_path / "run")
        assert remote.outcome(remote.pause())
    assert Run.open(tmp_path / "run").status == "finished" and not Remote(tmp_path / "run").state()["open"]
    with pytest.raises(AMEError, match="takes no more requests"):
        remote.resume()


def test_the_loop_itself_can_pause(tmp_path: Path, loop: Loop) -> None:
    with Run.recorder(tmp_path / "run", steer=True) as record:
        thread = threading.Timer(0.3, lambda: Remote(tmp_path / "run").resume())
        thread.start()
        started = time.monotonic()
        record.pause()
        assert time.monotonic() - started > 0.2
        thread.join()
    with Run.recorder(tmp_path / "plain") as record, pytest.warns(RecordWarning, match="nobody could resume"):
        record.pause()


PAUSED = """
import sys
from ame_explore.training import Run
with Run.recorder(sys.argv[1], steer=True) as record:
    record.log(losses={"total": 1.0})
    record.pause()
"""


def test_ctrl_c_ends_a_pause(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", PAUSED, str(tmp_path / "run")], stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    assert "paused after step 0" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    assert "KeyboardInterrupt" in process.communicate(timeout=20)[1]
    run = Run.open(tmp_path / "run")
    assert (run.status, run.steps) == ("interrupted", [0]) and not Remote(tmp_path / "run").state()["open"]


def test_a_branch_can_be_continued_and_names_its_parent(tmp_path: Path, loop: Loop) -> None:
    path = tmp_path / "run"
    with Run.recorder(path, steer=loop.steering(), recipe={"omega": 0.5}, metadata={"model": "m"}) as record:
        record.note(chance=0.1)
        for step in range(3):
            if step == 2:
                asked(path, do="branch", name="low-omega")
            record.log(losses={"total": float(step)})
        record.log(losses={"total": 9.0})
        asked(path, do="branch", name="low-omega")
        record.log(losses={"total": 9.0})
    parent = Run.open(path)
    assert parent.requests["outcome"].tolist() == ["applied", "refused"] and "exists" in parent.requests["told"][1]
    assert f"Run.recorder({str(tmp_path / 'run-low-omega')!r}, append=True)" in parent.requests["told"][0]
    assert loop.saved == [2]
    branch = Run.open(tmp_path / "run-low-omega")
    assert (branch.status, branch.recipe, branch.facts) == ("unfinished", {"omega": 0.5}, {"chance": 0.1})
    told = branch.metadata["parent"]
    assert (told["name"], told["step"], told["checkpoint"]) == ("run", 2, "step-2.pt")
    assert branch.metadata["model"] == "m" and branch.losses["total"].tolist() == [0.0, 1.0, 2.0]
    with Run.recorder(tmp_path / "run-low-omega", append=True) as record:
        record.log(losses={"total": 5.0})
    assert Run.open(tmp_path / "run-low-omega").losses["total"].tolist() == [0.0, 1.0, 2.0, 5.0]


def test_a_run_that_is_continued_keeps_what_was_asked_before(tmp_path: Path, loop: Loop) -> None:
    for value in (1, 2):
        with Run.recorder(tmp_path / "run", steer=loop.steering(), append=True) as record:
            asked(tmp_path / "run", do="set", name="omega", value=value)
            record.log(losses={"total": 1.0})
            asked(tmp_path / "run", do="set", name="omega", value=50)  # nobody will take it
    run = Run.open(tmp_path / "run")
    assert run.requests["told"].tolist() == [
        "omega was 0.5 and is 1.0.",
        "The run has ended.",
        "omega was 1.0 and is 2.0.",
        "The run has ended.",
    ]
    assert Run.open(run.pack(tmp_path / "packed.zip")).requests.equals(run.requests)


def test_overwriting_starts_afresh(tmp_path: Path, loop: Loop) -> None:
    for _ in range(2):
        with Run.recorder(tmp_path / "run", steer=loop.steering(), overwrite=True) as record:
            asked(tmp_path / "run", do="set", name="omega", value=1)
            record.log(losses={"total": 1.0})
    assert len(Run.open(tmp_path / "run").requests) == 1
    with Run.recorder(tmp_path / "run", overwrite=True) as record:
        record.log(losses={"total": 1.0})
    assert Run.open(tmp_path / "run").requests.empty
    with pytest.raises(AMEError, match=r"Run.recorder\(..., steer=True\)"):
        Remote(tmp_path / "run")


def test_a_full_disk_stops_neither_the_loop_nor_the_steering(
    tmp_path: Path, loop: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Run.recorder(tmp_path / "run", steer=loop.steering()) as record:
        record.log(losses={"total": 1.0})

        def full(*_: object, **__: object) -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as broken, warnings.catch_warnings():
            warnings.simplefilter("ignore", RecordWarning)
            broken.setattr("ame_explore.training.record.recorder.write_atomically", full)
            asked(tmp_path / "run", do="set", name="omega", value=2)
            asked(tmp_path / "run", do="branch", name="b")
            record.log(losses={"total": 1.0})
        assert loop.ame.omega == 2.0
        record.log(losses={"total": 1.0})
    run = Run.open(tmp_path / "run")
    assert run.requests["outcome"].tolist() == ["applied", "refused"] and run.steps == [0, 1, 2]


def test_bad_knobs_are_refused_before_training(tmp_path: Path, loop: Loop) -> None:
    def unreadable() -> float:
        raise ValueError("gone")

    cases: list[tuple[Callable[[], object], str]] = [
        (lambda: Knob(get=lambda: 1, set=print, low=2, high=1), "low must be at most high"),
        (lambda: Knob.of(loop, "nothing"), "name must be an attribute of Loop, got 'nothing'"),
        (lambda: Knob.of(loop.optimizer, "rate"), "name must be in every parameter group"),
        (lambda: Steering(knobs={"a b": loop.steering().knobs["omega"]}), "knobs must have names"),
        (lambda: Steering(knobs={"x": Knob(get=unreadable, set=print)}), "cannot be read"),
        (lambda: Steering(knobs={"x": Knob(get=lambda: "text", set=print)}), "must have choices"),
        (lambda: Steering(knobs={"x": 3}), "knobs"),  # type: ignore[dict-item]
        (lambda: Run.recorder(tmp_path / "new", steer="yes"), "steer"),  # type: ignore[arg-type]
    ]
    for make, words in cases:
        with pytest.raises(AMEError, match=words):
            make()
    assert not (tmp_path / "new").exists()


def test_very_many_requests_are_taken_and_not_all_kept(
    tmp_path: Path, loop: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steering_module, "MOST_REQUESTS", 5)
    with Run.recorder(tmp_path / "run", steer=loop.steering()) as record:
        for value in range(8):
            asked(tmp_path / "run", do="set", name="omega", value=value)
        record.log(losses={"total": 1.0})
    assert len(Run.open(tmp_path / "run").requests) == 5 and loop.ame.omega == 7.0


def until(reached: Callable[[], bool], timeout: float = 10.0) -> None:
    end = time.monotonic() + timeout
    while not reached():
        assert time.monotonic() < end
        time.sleep(0.01)
