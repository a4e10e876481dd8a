"""Where two records part: the first step, and within it the term nearest to the cause."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ame_explore.ame import AMEError
from ame_explore.apps.cli import app
from ame_explore.training import Recipe, Run
from ame_explore.training.record.parting import Change, Parting, first_parting, opened, recipe_changes


def recorded(path: Path, rows: list[dict[str, float]], metrics: dict[int, float] | None = None) -> Run:
    with Run.recorder(path, durable=False) as record:
        for step, losses in enumerate(rows):
            found = {"accuracy": metrics[step]} if metrics and step in metrics else None
            record.log(step=step, losses=losses, metrics=found)
    return Run.open(path)


ROWS = [{"total": 3.0 - step / 10, "kd": 1.0, "H": 2.0 - step / 10} for step in range(6)]


def test_the_first_step_and_term_are_named(tmp_path: Path) -> None:
    changed = [dict(row) for row in ROWS]
    changed[4]["H"] += 1e-12
    changed[5]["kd"] = 7.0
    a, b = recorded(tmp_path / "a", ROWS), recorded(tmp_path / "b", changed)
    assert first_parting(a, recorded(tmp_path / "again", ROWS)) is None
    assert first_parting(a, b) == Parting(4, "losses", "H", ROWS[4]["H"], changed[4]["H"], 4)
    assert first_parting(a, b, tolerance=1e-9) == Parting(5, "losses", "kd", 1.0, 7.0, 5)
    for wrong in (-1.0, math.nan):
        with pytest.raises(AMEError, match="tolerance"):
            first_parting(a, b, tolerance=wrong)


def test_what_only_one_run_has_parts_them(tmp_path: Path) -> None:
    a, short = recorded(tmp_path / "a", ROWS, {2: 0.5, 4: 0.75}), recorded(tmp_path / "short", ROWS[:3], {2: 0.5})
    assert first_parting(a, short) == Parting(3, "losses", "total", ROWS[3]["total"], None, 3)
    other = recorded(tmp_path / "other", ROWS, {2: 0.25, 4: 0.75})
    assert first_parting(a, other) == Parting(2, "metrics", "accuracy", 0.5, 0.25, 0)
    lost = [dict(row) for row in ROWS]
    lost[1]["H"] = math.inf
    infinite = [recorded(tmp_path / name, lost) for name in "xy"]
    assert first_parting(*infinite) is None
    assert first_parting(a, infinite[0]) == Parting(1, "losses", "H", ROWS[1]["H"], math.inf, 1)


def test_settings_and_the_first_event_that_differs() -> None:
    a = Recipe(steps=20)
    b = Recipe(steps=20, omega=3.0).with_event(4, "omega", 1.0).with_event(9, "omega", 2.0)
    assert recipe_changes(a.to_dict(), a.to_dict()) == []
    changes = recipe_changes(a.to_dict(), b.to_dict())
    assert changes == [Change("omega", a.omega, 3.0), Change("event 1", None, [4, "omega", 1.0])]
    later = Recipe(steps=20, omega=3.0).with_event(4, "omega", 1.0).with_event(9, "omega", 5.0)
    assert recipe_changes(b.to_dict(), later.to_dict()) == [Change("event 2", [9, "omega", 2.0], [9, "omega", 5.0])]


def test_a_person_gives_a_token_or_a_path(tmp_path: Path) -> None:
    assert opened("A", Recipe(omega=3.0).token()) == Recipe(omega=3.0)
    assert isinstance(opened("A", recorded(tmp_path / "a", ROWS).path), Run)
    with pytest.raises(AMEError, match=r"B must be a recipe token \(ame1:...\) or the folder"):
        opened("B", "nowhere")


def test_the_command_tells_and_exits_as_diff_does(tmp_path: Path) -> None:
    run, shell = CliRunner(), ["diff"]
    recorded(tmp_path / "a", ROWS)
    recorded(tmp_path / "b", [*ROWS[:5], {**ROWS[5], "kd": 7.0}])
    a, b = str(tmp_path / "a"), str(tmp_path / "b")
    same = run.invoke(app, [*shell, a, a])
    assert (same.exit_code, same.output.splitlines()[-1]) == (0, "Runs: the same losses and metrics at 6 steps.")
    other = run.invoke(app, [*shell, a, b])
    assert other.exit_code == 1
    assert "differ at step 5: kd (losses) is 1.0 in A and 7.0 in B, after 5 steps" in " ".join(other.output.split())
    tokens = run.invoke(app, [*shell, Recipe().token(), Recipe(omega=3.0).token()])
    assert tokens.exit_code == 1 and "omega" in tokens.output and "3.0" in tokens.output
    with pytest.raises(AMEError, match="A must be a recipe token"):
        run.invoke(app, [*shell, "nowhere", a], catch_exceptions=False)
