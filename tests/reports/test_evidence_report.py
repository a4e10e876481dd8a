"""The evidence page on made-up sweeps: planted effects are found, nulls are not, and what was not varied stays open."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from ame_explore.ame import AMEError
from ame_explore.analysis.evidence import Evidence
from ame_explore.apps import cli
from ame_explore.figures.sweeps.changes import changes_over
from ame_explore.reports.evidence_report import ITEMS, evidence_report
from ame_explore.settings import SETTINGS
from ame_explore.training.sweeps.folder import Sweep, begin, locked, read_sweep, write_results
from ame_explore.training.sweeps.grid import Grid

METRICS = (
    "base_accuracy", "new_accuracy", "unsure_harmonic_mean", "ambiguous_harmonic_mean", "predictive_entropy", "ece",
    "H", "H_deficit", "cosine_with_text", "teacher_cka", "generalization_gap", "class_spread_between",
    "class_spread_within", "class_margin", "R@1_i2t", "R@1_t2i",
)  # fmt: skip
WIDE: dict[str, Any] = {
    "seeds": 2, "teachers": 8, "splits": 8, "paired": True,
    "fixed": {"data": "digits", "host": "projector"},
    "grid": {"omega": [1, 50], "kd_weight": [1, 100]},
    "also": [
        {"reading": ["predictive"], "projection": ["host"]},
        {"reading": ["alignment"]},
        {"shots": [1, "none"], "omega": [50]},
        {"normalize": ["unit"], "omega": [50]},
        {"kd": ["logits"], "omega": [50]},
    ],
}  # fmt: skip


def planted(recipe: Any) -> float:
    """The true change of the harmonic mean: AME helps in one reading, harms beside a light KD, and collapses raw."""
    if recipe.reading == "predictive":
        return 0.05
    if recipe.omega == 50.0 and recipe.kd_weight == 1.0:
        return -0.4 if recipe.shots is None else -0.1
    return 0.0


def made(folder: Path, grid: dict[str, Any], *, runs: int | None = None) -> Sweep:
    """A sweep with a spread of 0.05 between worlds, 0.02 of the changes, and 0.01 of the seeds."""
    read, rows = Grid.of(grid), []
    rng = np.random.default_rng(0)
    worlds = {world: 0.6 + 0.05 * rng.normal() for world in read.worlds}
    for number, recipe in enumerate(read.recipes):
        row = {name: getattr(recipe, name) for name in SETTINGS}
        world = next(w for w in worlds if (w.teacher_seed, w.data_seed) == (recipe.teacher_seed, recipe.data_seed))
        change = planted(recipe) + (0.005 * rng.normal() if recipe.omega else 0.0)
        row |= {"run": number, "harmonic_mean": worlds[world] + change + 0.002 * rng.normal()}
        row |= {name: float(rng.normal(0.5, 0.01)) for name in METRICS}
        row |= {"chance_harmonic_mean": 0.2, "backbone_harmonic_mean": 0.5, "diverged": 0, "seconds": 0.1}
        rows.append(row)
    with locked(folder):
        begin(folder, read, None)
        write_results(folder, rows[:runs])
    return read_sweep(folder)


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Sweep:
    return made(tmp_path_factory.mktemp("wide"), WIDE)


def test_planted_effects_are_found_and_nulls_are_not(wide: Sweep) -> None:
    evidence = Evidence(wide)
    found = {effect.condition.name: effect for effect in evidence.effects("harmonic_mean")}
    assert found["predictive, projection host, ω 0.3, KD × 1"].outcome == "helps"
    assert found["rows, ω 50, KD × 1"].outcome == "harms"
    assert found["rows, ω 50, KD × 1, shots all"].outcome == "collapses"
    for name in ("rows, ω 1, KD × 1", "rows, ω 50, KD × 100", "rows, ω 1, KD × 100", "alignment, ω 1, KD × 1"):
        assert found[name].outcome == "no difference seen", name
    effect = found["rows, ω 50, KD × 1"]
    assert effect.interval.comparisons == len(found) == len(evidence.conditions)
    assert effect.interval.low < -0.1 < effect.interval.high and effect.interval.n == 8
    assert effect.interval.seeds == 16 and effect.left_out == 0
    assert abs(effect.interval.mean) > effect.interval.smallest_effect()


def test_pairs_share_teacher_split_and_seed(wide: Sweep) -> None:
    for condition in Evidence(wide).conditions:
        for name in ("teacher_seed", "data_seed", "seed", "shots", "kd", "kd_weight"):
            mine, other = (side[name].fillna(-1).tolist() for side in (condition.rows, condition.against))
            assert mine == other, (condition.name, name)
        assert (condition.against["omega"] == 0).all()


def test_the_page_answers_everything_that_was_varied(wide: Sweep, tmp_path: Path) -> None:
    page = evidence_report(tmp_path / "e.html", wide, command="ame-explore evidence mine").read_text(encoding="utf-8")
    text = re.sub(r"<script.*?</script>|<[^>]+>", " ", page, flags=re.S)
    for item in ITEMS:
        assert item.title in page
    assert "Open:" not in text
    assert (
        "AME helps in 1 of 10 settings, most at predictive, projection host, ω 0.3, KD × 1: harmonic mean +0.0" in text
    )
    assert re.search(r"AME harms in 4 of 10 settings.*AME collapses in 1 of 10 settings", text, re.S)
    assert "On digits, KD alone against the backbone before distillation: better" in text
    reported = text[text.index("Reported, not measured") :]
    assert "80.19" in reported and "none of these numbers was measured here" in reported
    assert "80.19" not in text[: text.index("Reported, not measured")]
    assert "corrected for 10 comparisons" in text and "ame-explore evidence mine" in text


def test_what_a_sweep_does_not_vary_stays_open(tmp_path: Path) -> None:
    grid = {"seeds": 3, "fixed": {"data": "digits", "host": "projector"}, "grid": {"omega": [50]}}
    done = CliRunner().invoke(cli.app, ["evidence", str(tmp_path), "--out", str(tmp_path / "e.html")])
    assert done.exit_code == 1 and isinstance(done.exception, AMEError) and "has no sweep.json" in str(done.exception)
    made(tmp_path, grid, runs=5)
    done = CliRunner().invoke(cli.app, ["evidence", str(tmp_path), "--out", str(tmp_path / "e.html")])
    assert done.exit_code == 0, done.output
    text = (tmp_path / "e.html").read_text(encoding="utf-8")
    assert "The sweep is not finished" in text and "over 2 seeds" in text
    assert "Open: this sweep does not vary what the answer needs (shots)" in text
    assert "Open: this sweep does not vary what the answer needs (a control" in text


def test_a_sweep_with_nothing_to_compare_is_refused(tmp_path: Path) -> None:
    made(tmp_path, {"seeds": 2, "fixed": {"data": "digits", "omega": 0}})
    with pytest.raises(AMEError, match="at least one setting with AME"):
        evidence_report(tmp_path / "e.html", tmp_path)


def test_a_line_over_a_setting_goes_in_its_order(tmp_path: Path) -> None:
    """Whatever the order of the effects, or the line would go back and forth."""
    evidence = Evidence(made(tmp_path / "sweep", WIDE))
    effects = [e for e in evidence.effects("harmonic_mean") if set(e.condition.unusual) <= {"omega", "shots"}]
    effects = [e for e in effects if e.condition.recipe.omega == 50]
    assert len(effects) == 3
    for given in (effects, effects[::-1], effects[1:] + effects[:1]):
        (line,) = changes_over("shots", {"harmonic_mean": {"rows": given}}, title="Shots").figure.data
        assert list(line.x) == sorted(line.x)
