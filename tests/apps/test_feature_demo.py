"""`ame-explore demo --features FILE`."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from typer.testing import CliRunner

from ame_explore.ame import AMEError
from ame_explore.apps import cli, terminal
from ame_explore.apps.demo import run_demo
from ame_explore.data import FeatureData
from ame_explore.registry import data_sets
from ame_explore.training import Recipe


@pytest.fixture
def parts() -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    labels, text = torch.arange(64) % 4, torch.randn(4, 12, generator=generator)
    teacher = text[labels] + 0.3 * torch.randn(64, 12, generator=generator)
    teacher[3] = float("nan")
    student = torch.randn(64, 8, generator=generator)
    return {"teacher_image": teacher, "student_image": student, "class_text": text, "labels": labels}


def shell(*arguments: object) -> Any:
    return CliRunner().invoke(cli.app, ["demo", *map(str, arguments)], env={"COLUMNS": "200"}, catch_exceptions=True)


def test_the_demo_runs_on_a_file_of_features(parts: dict[str, torch.Tensor], tmp_path: Path) -> None:
    path, out = tmp_path / "mine.safetensors", tmp_path / "out"
    save_file(parts, path)
    done = shell("--features", path, "--seeds", 2, "--steps", 5, "--shots", 2, "--out", out)
    assert done.exit_code == 0, done.output
    summary = json.loads((out / "summary.json").read_text())
    recipe = Recipe.from_dict(
        {k: v for k, v in summary["recipes"]["KD + AME"].items() if k != "token"} | {"omega": None}
    )
    assert (recipe.data, recipe.host, recipe.shots) == ("mine", "projector", 2)
    assert summary["command"].startswith(f"ame-explore demo --seeds 2 --features {path} --recipe ame1:")
    assert set(summary["teacher"]) == {"test_accuracy", "teacher_harmonic_mean"}
    notes = " ".join(summary["notes"])
    assert "Features of your own models, 8 wide for the student and 12 for the teacher" in notes
    assert "there is no student_text" in notes and "1 of 64 rows has NaN" in notes and "small CLIP" not in notes
    assert "1 of 64 rows has NaN" in done.output
    html = (out / "report.html").read_text()
    assert "Teacher and backbone may have seen any of them" in html and "The four parts share no image" not in html
    again = shell(*summary["command"].split()[2:], "--out", tmp_path / "again")
    assert again.exit_code == 0, again.output
    assert json.loads((tmp_path / "again" / "summary.json").read_text())["arms"] == summary["arms"]


def test_a_linear_student_is_said_to_be_one(parts: dict[str, torch.Tensor], tmp_path: Path) -> None:
    data = FeatureData.of({**parts, "teacher_image": parts["teacher_image"].nan_to_num(1.0)}, name="mine")
    recipe = Recipe.for_data(data, host="finetune", steps=2, shots=2)
    notes = " ".join(run_demo(recipe, data=data, seeds=1, out=tmp_path).summary["notes"])
    assert "Since features are stored, the host 'finetune' trains no tower" in notes


def test_default_settings_come_from_the_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    seen: list[Recipe] = []
    monkeypatch.setattr(terminal, "demo_in_terminal", lambda recipe, **_: seen.append(recipe) or True)
    assert shell("--data", "emoji").exit_code == shell("--data", "emoji", "--host", "scratch").exit_code == 0
    assert shell().exit_code == 0
    own = Recipe(data="emoji", **data_sets["emoji"].defaults)
    assert own.host == "finetune" and seen == [own, dataclasses.replace(own, host="scratch"), own]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--features", "none.npz"), "none.npz does not exist"),
        (("--features", "none.npz", "--data", "digits"), "--features already gives the data, got --data as well"),
        (("--classes", "none.npz"), "--classes needs --features"),
        (("--features", "model.pt"), "model.pt is refused: by its name it is a pickle"),
    ],
)
def test_refuses(arguments: tuple[str, ...], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = shell(*arguments)
    assert isinstance(done.exception, AMEError) and message in str(done.exception)
