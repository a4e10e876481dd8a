"""Writing a Run: what `log` takes and refuses, what is on disk when, and what outlives the process."""

import contextlib
import json
import math
import os
import shutil
import signal
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from ame_explore.ame import AMEError
from ame_explore.data.pairs import PairedFeatures
from ame_explore.training.record import layout as storage
from ame_explore.training.record import recorder as recorder_module
from ame_explore.training.record.recorder import RecordWarning
from ame_explore.training.record.run import Recorder, Run


def some_features(seed: int = 0, **changes: object) -> PairedFeatures:
    generator = torch.Generator().manual_seed(seed)
    parts = {
        "image": torch.randn(4, 3, generator=generator),
        "text": torch.ones(2, 3),
        "pair_index": torch.tensor([0, 1, 1, 0]),
        "ids": torch.arange(4),
        "labels": torch.tensor([0, 1, 1, 0]),
        "texts": ("a handwritten one", "a handwritten two"),
    }
    return PairedFeatures(**{**parts, **changes})  # type: ignore[arg-type]


def files(path: Path) -> set[str]:
    return set(os.listdir(path))


def test_a_foreign_loop(tmp_path: Path) -> None:
    weight = torch.nn.Parameter(torch.tensor([2.0]))
    with Run.recorder(tmp_path / "run", metadata={"model": "ViT-B-32"}) as record:
        for step in range(3):
            loss = (weight * step).sum()
            record.log(losses={"total": loss, "kd": loss.item() / 2}, metrics={"accuracy": np.float32(0.5)})
    run = Run.open(tmp_path / "run")
    assert run.losses["total"].tolist() == [0.0, 2.0, 4.0]
    assert run.losses["kd"].tolist() == [0.0, 1.0, 2.0]
    assert run.metrics["accuracy"].tolist() == [0.5] * 3
    assert (run.status, run.recipe, run.metadata) == ("finished", None, {"model": "ViT-B-32"})


@pytest.mark.parametrize(
    "value",
    [
        2,
        2.0,
        True + 1,
        np.float64(2),
        np.int32(2),
        np.array(2.0),
        np.array([[2.0]]),
        torch.tensor(2.0),
        torch.tensor([[2]]),
        torch.tensor(2.0, dtype=torch.bfloat16),
        torch.tensor(2.0, requires_grad=True),
    ],
)
def test_numbers_of_any_kind(tmp_path: Path, value: float) -> None:
    with Run.recorder(tmp_path / "run") as record:
        record.log(losses={"total": value})
    assert Run.open(tmp_path / "run").losses["total"].tolist() == [2.0]


@pytest.mark.parametrize(
    ("losses", "message"),
    [
        (0.5, "losses must map names to numbers, got float: write losses="),
        ({"total": "0.5"}, r"losses\['total'\] must be a number or a tensor with one element, got str '0.5'"),
        ({"total": object()}, r"losses\['total'\] must be a number .* got object"),
        ({"total": torch.ones(2)}, r"losses\['total'\] .* got a tensor of shape \(2,\)"),
        ({"total": torch.ones(0)}, r"losses\['total'\] .* got a tensor of shape \(0,\)"),
        ({"total": torch.ones(1, dtype=torch.complex64)}, r"losses\['total'\] .*complex64"),
        ({"total": torch.ones(1, device="meta")}, r"losses\['total'\] .* got a tensor"),
        ({"total": np.ones(2)}, r"losses\['total'\] must be a number"),
        ({"total": 1 + 2j}, r"losses\['total'\] must be a number .* got complex"),
        ({"total": 10**400}, r"losses\['total'\] .* too large"),
        ({"": 1.0}, "losses must have non-empty strings as names, got ''"),
    ],
)
def test_what_is_no_number_is_left_out_and_stops_nothing(tmp_path: Path, losses: object, message: str) -> None:
    with Run.recorder(tmp_path / "run") as record:
        record.log(losses={"total": 1.0})
        with pytest.warns(RecordWarning, match=message):
            record.log(losses=losses)  # type: ignore[arg-type]
        with pytest.warns(RecordWarning, match=message.replace("losses", "metrics")):
            record.log(losses={"total": 2.0}, metrics=losses)  # type: ignore[arg-type]
        record.log(losses=losses, metrics=losses)  # type: ignore[arg-type]
        record.log(losses={"total": 3.0})
    run = Run.open(tmp_path / "run")
    assert run.losses["total"].to_dict() == {0: 1.0, 2: 2.0, 4: 3.0} and run.steps == list(range(5))
    assert len(run.warnings) == 2, "once for each kind"


def test_a_warning_points_at_the_line_that_called(tmp_path: Path) -> None:
    with Run.recorder(tmp_path / "run") as record:
        with pytest.warns(RecordWarning) as told:
            record.log(losses={"total": "much"})  # type: ignore[dict-item]
            record.note(where={"out": tmp_path})
            record.log(-1)
        lines = Path(__file__).read_text(encoding="utf-8").splitlines()
        for warning, call in zip(told, ("record.log(losses", "record.note(where", "record.log(-1"), strict=True):
            assert warning.filename == __file__ and lines[warning.lineno - 1].strip().startswith(call)


def test_none_and_odd_names_are_recorded_as_they_can_be(tmp_path: Path) -> None:
    with Run.recorder(tmp_path / "run") as record:
        record.log(losses={"total": 1.0}, metrics=None)  # nothing is due at this step
        with pytest.warns(RecordWarning, match=r"metrics\['accuracy'\] is None: recorded as NaN"):
            record.log(losses={"total": 2.0, "kd": math.nan}, metrics={"accuracy": None, "loss": 0.5})
        with pytest.warns(RecordWarning, match="which is not text"):
            record.log(losses={"to\udc80tal": 3.0, "kd": 1.0})
        with pytest.warns(RecordWarning, match="the name 7, which is not text"):
            record.log(losses={7: 4.0})  # type: ignore[dict-item]
    run = Run.open(tmp_path / "run")
    assert list(run.losses.columns) == ["total", "kd", r"to\udc80tal", "7"] and "7" in repr(run.losses)
    assert run.losses["kd"].dropna().to_dict() == {2: 1.0} and run.losses["7"].dropna().to_dict() == {3: 4.0}
    assert run.metrics["loss"].to_dict() == {1: 0.5} and math.isnan(run.metrics["accuracy"][1])


def test_a_diverging_run_stays_visible(tmp_path: Path) -> None:
    values = [1.0, math.inf, math.nan, -math.inf]
    with Run.recorder(tmp_path / "run") as record:
        for value in values:
            record.log(losses={"total": torch.tensor(value)}, metrics={"ece": value})
    run = Run.open(tmp_path / "run")
    for column in (run.losses["total"], run.metrics["ece"]):
        assert np.array_equal(column.to_numpy(), values, equal_nan=True)


class Elsewhere(torch.Tensor):
    """A tensor that says it is not on the CPU, as those of an accelerator do."""

    is_cpu = False


def test_tensors_of_an_accelerator_are_copied_and_read_later(tmp_path: Path) -> None:
    running = torch.ones(1).as_subclass(Elsewhere)
    with Run.recorder(tmp_path / "run") as record:
        for _ in range(3):
            record.log(losses={"total": running})
            running.mul_(2)
    assert Run.open(tmp_path / "run").losses["total"].tolist() == [1.0, 2.0, 4.0]


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_a_loop_on_a_gpu(tmp_path: Path) -> None:
    features = some_features()
    moved = {name: getattr(features, name).cuda() for name in ("image", "text", "pair_index", "ids", "labels")}
    running = torch.ones(1, device="cuda")
    with Run.recorder(tmp_path / "run") as record:
        record.log(losses={"total": running}, features=some_features(**moved), state={"w": running})
        running.mul_(2)
        record.log(losses={"total": running})
    run = Run.open(tmp_path / "run")
    assert run.losses["total"].tolist() == [1.0, 2.0]
    assert torch.equal(run.features(0).image, features.image) and not run.state(0)["w"].is_cuda


def test_steps_count_on_from_the_last(tmp_path: Path) -> None:
    with Run.recorder(tmp_path / "run") as record:
        assert record.last_step is None
        record.log(losses={"total": 0.0})
        record.log(10, losses={"total": 1.0})
        record.log(losses={"total": 2.0})
        record.log(np.int64(20), losses={"total": 3.0})  # type: ignore[arg-type]
        record.log(torch.tensor(30), losses={"total": 4.0})  # type: ignore[arg-type]
        record.log(1e15, losses={"total": 5.0})  # type: ignore[arg-type]
        assert record.last_step == 10**15
    run = Run.open(tmp_path / "run")
    assert run.losses.index.tolist() == run.steps == [0, 10, 11, 20, 30, 10**15]
    assert run.losses.index.dtype == np.int64


@pytest.mark.parametrize("step", [4, -1, 2**63, 6.5, "7", None])
def test_a_step_that_is_none_is_counted_on(tmp_path: Path, step: object) -> None:
    with Run.recorder(tmp_path / "run") as record:
        record.log(5, losses={"total": 1.0})
        if step is None:
            record.log(step, losses={"total": 2.0})
        else:
            with pytest.warns(RecordWarning, match="step must be a whole number from 6 on, got .* recorded as step 6"):
                record.log(step, losses={"total": 2.0})  # type: ignore[arg-type]
        record.log(7.0, losses={"total": 3.0})  # type: ignore[arg-type]
    assert Run.open(tmp_path / "run").losses["total"].to_dict() == {5: 1.0, 6: 2.0, 7: 3.0}


def test_a_second_log_at_one_step_adds_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "ROWS_PER_SHARD", 3)
    with Run.recorder(tmp_path / "run", flush_every=1) as record:
        for step in range(7):
            record.log(step, losses={"total": float(step), "kd": 0.0})
            record.log(step, losses={"kd": 1.0}, metrics={"accuracy": step / 10})
    run = Run.open(tmp_path / "run")
    assert run.steps == list(range(7)) and run.losses["total"].tolist() == [float(step) for step in range(7)]
    assert run.losses["kd"].tolist() == [1.0] * 7 and run.metrics["accuracy"][6] == 0.6
    assert run.status == "finished" and run.warnings == ()


def test_losses_in_the_place_of_the_step_are_told_where_they_belong(tmp_path: Path) -> None:
    with (
        Run.recorder(tmp_path / "run") as record,
        pytest.raises(AMEError, match=r"step must be .* got a dict: write record.log\(losses="),
    ):
        record.log({"total": 1.0})  # type: ignore[arg-type]


def test_a_run_is_continued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "ROWS_PER_SHARD", 4)
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    for path, stops in ((whole, [11]), (parts, [3, 4, 8, 11])):
        before = 0
        for stop in stops:
            with Run.recorder(path, append=True, recipe={"tau": 2}, flush_every=2) as record:
                assert record.last_step == (before - 1 if before else None)
                record.note(**{f"until{stop}": True})
                for step in range(before, stop):
                    record.log(step, losses={"total": float(step)}, features=some_features() if step % 5 == 0 else None)
            before = stop
    one, other = Run.open(whole), Run.open(parts)
    assert other.losses.equals(one.losses) and other.feature_steps == one.feature_steps == [0, 5, 10]
    assert set(other.facts) == {"until3", "until4", "until8", "until11"} and other.recipe == {"tau": 2}
    logs = [name for name in files(whole) if name.startswith("log-")]
    assert all((whole / name).read_bytes() == (parts / name).read_bytes() for name in logs) and len(logs) == 3


@pytest.mark.parametrize("back", [0, 3, 4, 6, 9])
def test_a_loop_that_resumes_from_an_earlier_step_takes_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, back: int
) -> None:
    monkeypatch.setattr(storage, "ROWS_PER_SHARD", 4)
    with Run.recorder(tmp_path / "run") as record:
        for step in range(10):
            record.log(step, losses={"total": float(step)}, state={"w": torch.ones(1)} if step % 3 == 0 else None)
    with Run.recorder(tmp_path / "run", append=True) as record:
        with pytest.warns(RecordWarning, match=f"steps {back} to 9 were removed"):
            record.log(back, losses={"total": -1.0})
        assert Run.open(tmp_path / "run").status == "unfinished"
        record.log(losses={"total": -2.0})
    run = Run.open(tmp_path / "run")
    assert run.steps == list(range(back + 2)) and run.losses["total"].tolist()[back:] == [-1.0, -2.0]
    assert run.state_steps == [step for step in (0, 3, 6, 9) if step < back]
    assert len(list(tmp_path.glob("run/log-*"))) == (back + 2 + 3) // 4


def test_what_cannot_be_continued_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(AMEError, match="exclude each other"):
        Run.recorder(tmp_path / "run", append=True, overwrite=True)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thesis.txt").write_text("mine")
    with pytest.raises(AMEError, match="not a Run"):
        Run.recorder(tmp_path / "other", append=True)
    with Run.recorder(tmp_path / "run", recipe={"tau": 2}) as record:
        record.log()
    with pytest.warns(RecordWarning, match="another recipe"):
        Run.recorder(tmp_path / "run", append=True, recipe={"tau": 3}).close()
    assert Run.open(tmp_path / "run").recipe == {"tau": 2}


def test_rows_reach_the_disk_when_due(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def on_disk() -> list[int]:
        return Run.open(tmp_path / "run").steps

    record = Run.recorder(tmp_path / "run", flush_every=3)
    for _ in range(5):
        record.log(losses={"total": 1.0})
    assert on_disk() == [0, 1, 2]
    record.log(losses={"total": 1.0}, features=some_features())
    assert on_disk() == [0, 1, 2, 3, 4, 5]
    record.log(losses={"total": 1.0}, state={"w": torch.ones(1)})
    assert on_disk()[-1] == 6
    record.log(losses={"total": 1.0})
    assert on_disk()[-1] == 6
    monkeypatch.setattr(recorder_module, "FLUSH_SECONDS", 0.0)
    record.log(losses={"total": 1.0})
    assert on_disk()[-1] == 8
    record.close()


def test_shards_do_not_depend_on_when_rows_were_flushed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "ROWS_PER_SHARD", 10)
    contents = []
    for flush_every in (1, 4, 1000):
        path = tmp_path / f"run{flush_every}"
        with Run.recorder(path, flush_every=flush_every) as record:
            for step in range(27):
                record.log(losses={"total": step / 3})
        contents.append({name: (path / name).read_bytes() for name in files(path) if name.startswith("log-")})
    assert contents[0] == contents[1] == contents[2]
    assert sorted(contents[0]) == [storage.numbered("log", shard) for shard in range(3)]
    assert Run.open(tmp_path / "run1").losses["total"].tolist() == [step / 3 for step in range(27)]


def test_text_is_stored_once_while_it_does_not_change(tmp_path: Path) -> None:
    with Run.recorder(tmp_path / "run") as record:
        for step in range(4):
            record.log(features=some_features(step))
        record.log(features=some_features(text=torch.zeros(2, 3)))
        record.log(features=some_features(texts=("one", "two")))
    kinds = [name.partition("-")[0] for name in files(tmp_path / "run")]
    assert (kinds.count("text"), kinds.count("features")) == (3, 6)
    run = Run.open(tmp_path / "run")
    assert torch.equal(run.features(3).text, torch.ones(2, 3))
    assert torch.equal(run.features(4).text, torch.zeros(2, 3))
    assert run.features(5).texts == ("one", "two")


def test_bad_features_are_left_out_and_stop_nothing(tmp_path: Path) -> None:
    spoilt = some_features()
    spoilt.image[1, 1] = math.nan
    path = tmp_path / "run"
    with Run.recorder(path) as record:
        record.log(losses={"total": 1.0}, features=some_features())
        with pytest.warns(RecordWarning, match="image must be finite, got 1 NaN"):
            record.log(losses={"total": 2.0}, features=spoilt, state={"w": torch.ones(1)})
    for given, message in [
        ({"features": spoilt.image}, "features must be PairedFeatures, got Tensor: make them with"),
        ({"state": {"lr": 0.1}}, r"tensors\['lr'\] must be a torch.Tensor, got float"),
        ({"state": torch.ones(1)}, "state must be a dict of tensors, got Tensor"),
    ]:
        with Run.recorder(path, append=True) as record, pytest.warns(RecordWarning, match=message):
            record.log(losses={"total": 3.0}, **given)
    run = Run.open(path)
    assert run.losses["total"].tolist() == [1.0, 2.0, 3.0, 3.0, 3.0]
    assert (run.feature_steps, run.state_steps) == ([0], [1])


def test_notes(tmp_path: Path) -> None:
    with Run.recorder(tmp_path / "run") as record:
        record.note(chance={"base": 0.2}, classes=("one", "zwölf"), spread=np.array([1, 2]))
        assert Run.open(tmp_path / "run").facts["chance"] == {"base": 0.2}
        record.note(teacher=torch.tensor(0.5), lost=math.nan, by_class={0: np.float32(0.5)}, chance=None)
        with pytest.warns(
            RecordWarning, match=r"facts\['where'\]\['out'\] must be a string, .* got PosixPath|WindowsPath"
        ):
            record.note(where={"out": tmp_path}, classes=("one", "zwölf"))
        nested: list[Any] = []
        for _ in range(100_000):
            nested = [nested]
        with pytest.warns(RecordWarning, match="nested too deeply for JSON"):
            record.note(nested=nested)
    assert Run.open(tmp_path / "run").facts == {
        "chance": None,
        "classes": ["one", "zwölf"],
        "spread": [1, 2],
        "teacher": 0.5,
        "lost": None,
        "by_class": {"0": 0.5},
    }


def test_values_that_raise_when_they_are_read_do_not_end_the_loop(tmp_path: Path) -> None:
    class Torn(dict):
        def items(self) -> Any:
            raise OSError("the connection is lost")

    class Secret:
        def __repr__(self) -> str:
            raise RuntimeError("no repr")

    with Run.recorder(tmp_path / "run") as record:
        record.log(losses={"total": 1.0})
        with pytest.warns(RecordWarning, match="losses cannot be read .OSError: the connection is lost"):
            record.log(losses=Torn(total=2.0), metrics={"accuracy": 0.5})
        with pytest.warns(RecordWarning, match="It is left out"):
            record.log(losses={"total": 3.0, "odd": Secret()})
    run = Run.open(tmp_path / "run")
    assert run.losses["total"].tolist() == [1.0, 3.0] and run.metrics["accuracy"].tolist() == [0.5]


def test_a_recorder_left_open_hands_over_to_the_one_that_continues(tmp_path: Path) -> None:
    first = Run.recorder(tmp_path / "run", overwrite=True)  # a cell that was run, and is run again
    for value in range(5):
        first.log(losses={"total": float(value)})
    with pytest.warns(RecordWarning, match="still open when another recorder continued it"):
        second = Run.recorder(tmp_path / "run", append=True)
    for value in (5.0, 6.0, 7.0):
        second.log(losses={"total": value})
    second.close()
    first.log(losses={"total": 9.0})
    first.flush()
    first.close()
    run = Run.open(tmp_path / "run")
    assert run.losses["total"].tolist() == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0] and run.status == "finished"


def test_nothing_is_taken_after_close(tmp_path: Path) -> None:
    with Run.recorder(tmp_path / "run") as record:
        record.log(losses={"total": 1.0})
    assert record.closed
    with pytest.warns(RecordWarning, match=r"log: the recorder of .*run is closed"):
        record.log(losses={"total": 2.0})
    record.note(a=1)
    record.close("failed")
    assert Run.open(tmp_path / "run").status == "finished" and Run.open(tmp_path / "run").facts == {}


@pytest.mark.parametrize(
    ("error", "status", "shown"),
    [
        (KeyboardInterrupt(), "interrupted", "KeyboardInterrupt"),
        (SystemExit(1), "interrupted", "SystemExit: 1"),
        (RuntimeError("out of memory"), "failed", "RuntimeError: out of memory"),
    ],
)
def test_what_ends_the_loop_is_recorded(tmp_path: Path, error: BaseException, status: str, shown: str) -> None:
    with pytest.raises(type(error)), Run.recorder(tmp_path / "run") as record:
        record.log(losses={"total": 1.0})
        raise error
    run = Run.open(tmp_path / "run")
    assert (run.status, run.error, run.losses["total"].tolist()) == (status, shown, [1.0])


def test_an_error_of_the_loop_is_not_hidden_by_one_of_the_record(tmp_path: Path) -> None:
    with (
        pytest.warns(RecordWarning, match="not written: the end of the run"),
        pytest.raises(ZeroDivisionError),
        Run.recorder(tmp_path / "run") as record,
    ):
        record.log(losses={"total": 1.0})
        (tmp_path / "run" / storage.HEAD).unlink()
        _ = 1 / 0


def test_the_loop_goes_on_where_warnings_are_errors(tmp_path: Path) -> None:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("error")
        with Run.recorder(tmp_path / "run") as record:
            record.log(losses={"total": None, "kd": "much"}, state={"a": "no tensor"})  # type: ignore[dict-item]
            record.log(step=-3, losses={"total": 1.0})
            record.note(fact=object())
            shutil.rmtree(tmp_path / "run")
            record.log(losses={"total": 0.0}, features=some_features())
        record.log(losses={"total": 0.0})
    assert len(told) >= 6 and {one.filename for one in told} == {__file__}
    assert {one.category for one in told} == {RecordWarning}


@pytest.mark.parametrize("moment", ["fsync", "replace"])
def test_ctrl_c_while_a_file_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    original = getattr(os, moment)
    calls = 0

    def interrupted(*arguments: object) -> None:
        nonlocal calls
        calls += 1
        if calls == 10:
            raise KeyboardInterrupt
        original(*arguments)

    with pytest.raises(KeyboardInterrupt), Run.recorder(tmp_path / "run", flush_every=1) as record:
        monkeypatch.setattr(os, moment, interrupted)
        for step in range(100):
            record.log(losses={"total": float(step)})
    run = Run.open(tmp_path / "run")
    assert run.status == "interrupted"
    assert run.losses["total"].tolist() == [float(step) for step in range(len(run.steps))]
    assert record.last_step == run.steps[-1] and not any(name.endswith(".tmp") for name in files(run.path))


def test_a_full_disk_stops_nothing_and_rows_wait_for_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(recorder_module, "FLUSH_SECONDS", 0.0)
    monkeypatch.setattr(storage, "ROWS_PER_SHARD", 3)
    with Run.recorder(tmp_path / "run", flush_every=2) as record:
        record.log(losses={"total": 0.0})
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", full)
            with pytest.warns(RecordWarning, match="not written, kept in memory: steps. .*No space left"):
                for step in range(1, 8):
                    record.log(losses={"total": float(step)})
            with pytest.warns(RecordWarning, match="not written: features or state of step 8. .*No space left"):
                record.log(losses={"total": 8.0}, features=some_features())
            with pytest.warns(RecordWarning, match="not written: the facts"):
                record.note(chance=0.1)
            with pytest.warns(RecordWarning, match="not written: the end of the run"):
                record.close()
            assert not record.closed
        record.log(losses={"total": 9.0})
    run = Run.open(tmp_path / "run")
    assert run.losses["total"].to_dict() == {step: float(step) for step in range(10)}
    assert run.feature_steps == [] and run.facts == {"chance": 0.1} and run.status == "finished"
    assert any("No space left" in one for one in run.warnings)


@pytest.mark.parametrize("steps", [0, 2])
@pytest.mark.parametrize("ended", [True, False])
def test_a_run_is_continued_whether_or_not_it_ended(tmp_path: Path, steps: int, ended: bool) -> None:
    first = Run.recorder(tmp_path / "run", flush_every=1)
    for step in range(steps):
        first.log(losses={"total": float(step)})
    if ended:
        first.close()
    assert ("status.json" in files(tmp_path / "run")) == ended
    with contextlib.nullcontext() if ended else pytest.warns(RecordWarning, match="it was still open"):
        again = Run.recorder(tmp_path / "run", append=True)
    with again as record:
        assert "status.json" not in files(tmp_path / "run")
        assert record.last_step == (steps - 1 if steps else None)
        record.log(losses={"total": 5.0})
    run = Run.open(tmp_path / "run")
    assert run.steps == list(range(steps + 1)) and run.losses["total"].tolist() == [*map(float, range(steps)), 5.0]
    assert run.status == "finished"


def test_a_folder_in_use_is_not_written_to(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    for overwrite, message in (
        (False, "path must be an empty or new folder"),
        (True, "overwrite=True only replaces a Run"),
    ):
        with pytest.raises(AMEError, match=message):
            Run.recorder(tmp_path, overwrite=overwrite)
    (tmp_path / "run.json").write_text('{"format": "another program", "version": 1}')
    with pytest.raises(AMEError, match=r"its format is 'another program'.* Nothing was removed"):
        Run.recorder(tmp_path, overwrite=True)
    with pytest.raises(AMEError, match=r"got the file .*notes\.txt"):
        Run.recorder(tmp_path / "notes.txt", overwrite=True)
    assert files(tmp_path) == {"notes.txt", "run.json"}


def test_overwrite_removes_the_run_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "run"
    with Run.recorder(path) as record:
        record.log(losses={"total": 1.0}, features=some_features(), state={"w": torch.ones(1)})
        record.note(a=1)
    (path / "report.html").write_text("mine")
    (path / "plots").mkdir()
    (path / ".run.json.0123456789ab.tmp").write_text("left by a killed process")
    with pytest.raises(AMEError, match="path must be an empty or new folder"):
        Run.recorder(path)
    assert Run.open(path).status == "finished"
    with Run.recorder(path, overwrite=True) as record:
        assert files(path) == {"run.json", "report.html", "plots"}
        record.log(losses={"kd": 2.0})
    run = Run.open(path)
    assert (list(run.losses.columns), run.feature_steps, run.facts) == (["kd"], [], {})


def test_a_recorder_whose_folder_was_taken_stops(tmp_path: Path) -> None:
    first = Run.recorder(tmp_path / "run")
    first.log(losses={"total": 1.0})
    with Run.recorder(tmp_path / "run", overwrite=True) as second:
        second.log(losses={"total": 2.0})
        with pytest.warns(RecordWarning, match="no longer holds this recorder's Run"):
            first.flush()
        for attempt in (lambda: first.note(a=1), lambda: first.log(features=some_features()), first.close):
            attempt()
        assert first.closed
    run = Run.open(tmp_path / "run")
    assert (run.losses["total"].tolist(), run.facts, run.feature_steps) == ([2.0], {}, [])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"flush_every": 0}, "flush_every must be a whole number"),
        ({"flush_every": 2.5}, "flush_every must be a whole number"),
        ({"recipe": "digits"}, "recipe must be a dict of texts to anything or None, got 'digits'"),
        ({"recipe": {"loss": {"tau": math.inf}}}, r"recipe\['loss'\]\['tau'\] must be finite, got inf"),
        ({"recipe": {"steps": {3: "tau"}}}, r"recipe\['steps'\] must have strings as keys, got 3"),
        ({"recipe": {"data": object()}}, r"recipe\['data'\] must be a string, .* got object"),
        ({"metadata": [1]}, r"metadata must be a dict of texts to anything or None, got \[1\]"),
    ],
)
def test_bad_arguments_leave_no_folder(tmp_path: Path, arguments: dict, message: str) -> None:
    with pytest.raises(AMEError, match=message):
        Run.recorder(tmp_path / "run", **arguments)
    assert not (tmp_path / "run").exists()


def test_status_must_be_known(tmp_path: Path) -> None:
    with Run.recorder(tmp_path / "run") as record, pytest.raises(AMEError, match="status must be one of"):
        record.close("done")


def test_repr_is_cheap_and_says_where_it_stands(tmp_path: Path) -> None:
    with Run.recorder(tmp_path / "run") as record:
        record.log(4)
        assert repr(record) == f"<Recorder {tmp_path / 'run'}: open, 1 steps, last 4>"
    assert "closed" in repr(record)


LOOP = """
import os, signal, sys, torch
from ame_explore.data.pairs import PairedFeatures
from ame_explore.training.record.run import Run

features = PairedFeatures(image=torch.ones(500, 64), text=torch.ones(2, 64), ids=torch.arange(500),
                          pair_index=torch.zeros(500).long(), texts=("one", "two"))
path, how = sys.argv[1:]
record = Run.recorder(path, recipe={"seed": 1}, flush_every=3, durable=how != "not durable")
record.note(chance=0.5)
if how == "between write and rename":
    replace, calls = os.replace, []
    def killed(source, target):
        calls.append(target)
        if len(calls) == 12:
            os.kill(os.getpid(), signal.SIGKILL)
        replace(source, target)
    os.replace = killed
for step in range(10**9):
    record.log(losses={"total": step / 8}, features=features if step % 5 == 0 else None)
    if how == "exit" and step == 7:
        sys.exit(0)
    print(step, flush=True)
"""


def loop(path: Path, how: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", LOOP, str(path), how]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3])


def check_prefix(run: Run) -> None:
    """What is there is whole, and the beginning of what the loop logged."""
    assert run.recipe == {"seed": 1} and run.facts == {"chance": 0.5}
    assert run.losses["total"].tolist() == [step / 8 for step in range(len(run.losses))]
    assert run.losses.index.tolist() == list(range(len(run.losses)))
    assert run.feature_steps == list(range(0, run.feature_steps[-1] + 1, 5))
    assert all(torch.equal(run.features(step).image, torch.ones(500, 64)) for step in run.feature_steps)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
@pytest.mark.parametrize(("after", "how"), [(8, ""), (31, ""), (31, "not durable")])
def test_a_killed_process_leaves_the_last_complete_record(tmp_path: Path, after: int, how: str) -> None:
    process = loop(tmp_path / "run", how)
    assert process.stdout is not None
    for line in process.stdout:
        if int(line) == after:
            break
    process.kill()
    logged = [int(line) for line in process.stdout.read().split("\n")[:-1]] or [after]
    assert process.wait() == -signal.SIGKILL
    process.stdout.close()
    run = Run.open(tmp_path / "run")
    check_prefix(run)
    assert run.status == "unfinished"
    # flush_every=3, so at most the last two calls that returned are missing; the one under way may be there
    assert logged[-1] - 2 <= run.steps[-1] <= logged[-1] + 1


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_a_process_killed_between_write_and_rename(tmp_path: Path) -> None:
    process = loop(tmp_path / "run", "between write and rename")
    output, _ = process.communicate()
    assert process.returncode == -signal.SIGKILL
    left = [name for name in files(tmp_path / "run") if name.endswith(".tmp")]
    assert len(left) == 1
    run = Run.open(tmp_path / "run")
    check_prefix(run)
    assert run.status == "unfinished" and run.steps[-1] >= len(output.split()) - 3
    with Run.recorder(tmp_path / "run", overwrite=True):
        assert files(tmp_path / "run") == {"run.json"}


def test_a_loop_that_forgets_to_close_loses_nothing(tmp_path: Path) -> None:
    process = loop(tmp_path / "run", "exit")
    process.communicate()
    assert process.returncode == 0
    run = Run.open(tmp_path / "run")
    check_prefix(run)
    assert (run.status, run.steps[-1]) == ("unfinished", 7)


def test_nothing_but_json_and_safetensors_is_written(tmp_path: Path) -> None:
    with Run.recorder(tmp_path / "run", recipe={"seed": 1}) as record:
        record.log(losses={"total": math.nan}, features=some_features(), state={"w": torch.ones(1)})
        record.note(lost=math.nan)
    assert isinstance(record, Recorder)

    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    for path in (tmp_path / "run").iterdir():
        assert path.suffix in (".json", ".safetensors")
        if path.suffix == ".json":
            json.loads(path.read_bytes(), parse_constant=refuse)
