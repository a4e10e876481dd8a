"""The grid of a sweep: what it crosses, what it leaves out, and what it refuses."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from ame_explore.ame import AMEError
from ame_explore.training import Recipe
from ame_explore.training.sweeps.grid import AT_ONCE, SHIPPED, Grid, World, canonical, without_ame

FIXED = {"data": "digits", "host": "projector"}


def test_every_setting_meets_every_world_and_seed_once_beside_kd_alone() -> None:
    grid = Grid.of(
        {"seeds": 2, "teachers": 3, "splits": 2, "fixed": FIXED, "grid": {"omega": [1, 50], "kd_weight": [1, 9]}}
    )
    assert len(grid.recipes) == len(set(grid.recipes)) == 2 * 3 * 2 * (2 * 2 + 2)
    assert {r.omega for r in grid.recipes} == {0.0, 1.0, 50.0}
    assert len(grid.worlds) == 6 and grid.worlds[1] == World("digits", 0, 1)
    worlds = [World(r.data, r.data_seed, r.teacher_seed) for r in grid.recipes]
    assert worlds == sorted(worlds, key=grid.worlds.index)  # world by world


def test_paired_worlds_share_neither_teacher_nor_split() -> None:
    grid = Grid.of({"teachers": 3, "splits": 3, "paired": True, "fixed": FIXED})
    assert [(w.teacher_seed, w.data_seed) for w in grid.worlds] == [(0, 0), (1, 1), (2, 2)]


def test_settings_that_change_no_student_make_no_run_of_their_own() -> None:
    axes = {"omega": [0], "reading": ["rows", "spectral"], "manifold_dim": [8, 64], "tau": [1, 4]}
    assert len(Grid.of({"seeds": 1, "fixed": FIXED, "grid": axes}).recipes) == 1
    assert (
        len(Grid.of({"seeds": 1, "fixed": FIXED, "grid": {**axes, "kd": ["logits"]}}).recipes) == 2
    )  # tau counts here


def test_another_block_is_crossed_by_itself_and_replaces_what_is_fixed() -> None:
    grid = Grid.of(
        {"seeds": 1, "fixed": {**FIXED, "shots": 16}, "grid": {"omega": [1, 50]}, "also": [{"shots": [2, "none"]}]}
    )
    found = {(r.omega, r.shots) for r in grid.recipes}
    assert found == {(0.0, 16), (1.0, 16), (50.0, 16), (0.0, 2), (50.0, 2), (0.0, None), (50.0, None)}


def test_jobs_hold_every_run_once_and_only_runs_that_train_together() -> None:
    grid = Grid.of({"seeds": 9, "teachers": 2, "fixed": FIXED, "grid": {"omega": [1, 50, 70], "kd_weight": [1, 9]}})
    assert sorted(run for job in grid.jobs for run in job.runs) == list(range(len(grid.recipes)))
    assert max(len(job.runs) for job in grid.jobs) == AT_ONCE
    for job in grid.jobs:
        assert [grid.recipes[run] for run in job.runs] == list(job.recipes)
        alike = {dataclasses.replace(r, seed=0, omega=0.0, kd_weight=1.0) for r in job.recipes}
        assert len(alike) == 1
    assert {len(job.runs) for job in Grid.of({"fixed": {**FIXED, "noise": 0.1}}).jobs} == {1}  # it needs a loop


def test_a_recipe_and_its_canonical_form() -> None:
    own = Recipe(omega=0, reading="spectral", kd="logits", tau=3.0)
    assert canonical(own) == Recipe(omega=0.0, kd="logits", tau=3.0)
    assert without_ame(Recipe(reading="spectral")) == Recipe(omega=0.0)


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_grids_can_be_read_and_written(name: str) -> None:
    grid = Grid.read(name)
    assert Grid.of(grid.to_json()).recipes == grid.recipes and len(grid.recipes) > 100
    assert len({(w.teacher_seed, w.data_seed) for w in grid.worlds}) >= 4


def test_every_problem_is_told_at_once() -> None:
    bad = {
        "seeds": 0,
        "teachers": 2,
        "splits": 3,
        "paired": True,
        "omega": [1],
        "fixed": {"steps": "many", "hots": "x"},
        "grid": {"omega": [-1, 2, 2], "kd": ["featur"]},
        "also": [{"shots": []}],
    }
    with pytest.raises(AMEError) as caught:
        Grid.of(bad)
    told = str(caught.value)
    for part in ("steps must be a whole number", "did you mean 'shots'", "omega must be a number >= 0", "'feature'",
                 "also 1: shots must have at least one value", "seeds must be", "as many teachers as splits",
                 "'omega' is not a part of a grid: settings go into [fixed] or [grid]",
                 "9 settings cannot be used"):  # fmt: skip
        assert part in told, part


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"fixed": {"data": "digit"}}, "data must be registered, one of .*emoji.*, got 'digit'"),
        ({"fixed": FIXED, "grid": {"host": ["scratch"]}}, "grid: host is in .fixed. as well"),
        ({"fixed": FIXED, "grid": {"reading": ["rows", "predictive"], "scope": ["image"]}}, "scope"),
        ({"fixed": FIXED, "seeds": 9999, "teachers": 99}, "at most 200,000 runs"),
        ({"fixed": FIXED, "grid": {"seed": [1, 2]}}, "grid: use the count 'seeds' at the top for seed"),
        ({"grid": "omega"}, "grid must be a table of settings, got 'omega'"),
    ],
)
def test_grids_that_cannot_be(given: dict[str, object], message: str) -> None:
    with pytest.raises(AMEError, match=message):
        Grid.of(given)


def test_a_file_that_is_no_grid_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "grid.toml"
    with pytest.raises(AMEError, match=r"grid .*grid.toml cannot be read"):
        Grid.read(path)
    path.write_text("omega = [1,")
    with pytest.raises(AMEError, match="must be valid TOML, got an error"):
        Grid.read(path)
