"""`ame-explore sweep` on a file of features."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from typer.testing import CliRunner

from ame_explore.ame import AMEError
from ame_explore.apps import cli, sweep_terminal
from ame_explore.training.sweeps import Sweep, read_sweep

GRID = '[fixed]\nsteps = 2\nshots = 2\n[grid]\nomega = [1, 50]\nkd = ["feature", "logits", "promptkd"]\n'


@pytest.fixture
def given(tmp_path: Path) -> list[str]:
    """The arguments that name the grid, the features and the folder."""
    generator = torch.Generator().manual_seed(0)
    labels, text = torch.arange(64) % 4, torch.randn(4, 12, generator=generator)
    parts = {"class_text": text, "labels": labels, "student_image": torch.randn(64, 8, generator=generator)}
    parts["teacher_image"] = text[labels] + 0.3 * torch.randn(64, 12, generator=generator)
    save_file(parts, tmp_path / "mine.safetensors")
    (tmp_path / "grid.toml").write_text("seeds = 2\n" + GRID)
    features = ["--features", str(tmp_path / "mine.safetensors"), "--executor", "serial"]
    return [str(tmp_path / "grid.toml"), *features, "--out", str(tmp_path / "out")]


def shell(*arguments: str) -> Any:
    return CliRunner().invoke(cli.app, ["sweep", *arguments], env={"COLUMNS": "200"})


def test_the_plan_comes_first_and_ctrl_c_keeps_what_is_done(
    given: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    planned = shell(*given, "--dry-run")
    assert (
        planned.exit_code == 0 and "18 runs: 9 settings, 1 world (teacher and split), 2 seeds each." in planned.output
    )
    assert not (tmp_path / "out").exists()

    def stop(self: object, found: Sweep) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(sweep_terminal.FirstAnswers, "__call__", stop)
        stopped = shell(*given)
    done = len(read_sweep(tmp_path / "out").table)
    assert stopped.exit_code == 130 and 0 < done < 18
    assert f"Interrupted. {done} of 18 runs are saved" in stopped.output
    monkeypatch.setattr(sweep_terminal, "ANSWER_EVERY", 0.0)
    answers = sweep_terminal.FirstAnswers()
    answers._first, answers._began = 0, answers._began - 60.0  # as if the runs had taken a minute
    answers(read_sweep(tmp_path / "out"))
    told = capsys.readouterr().err
    assert f"{done} of 18 runs, about " in told and " left. Largest changes in harmonic mean so far:\n  " in told
    finished = shell(*given)
    assert finished.exit_code == 0, finished.output
    assert f"18 runs; {done} of them are done" in finished.output
    assert "results.parquet (18 runs)" in finished.output and "ame-explore evidence" in finished.output
    assert read_sweep(tmp_path / "out").complete


def test_a_grid_that_cannot_be_is_refused_before_anything_is_written(given: list[str], tmp_path: Path) -> None:
    (tmp_path / "grid.toml").write_text("seeds = 0\n" + GRID + "hots = [1]\n")
    refused = shell(*given)
    assert isinstance(refused.exception, AMEError) and "2 settings cannot be used" in str(refused.exception)
    assert not (tmp_path / "out").exists()
