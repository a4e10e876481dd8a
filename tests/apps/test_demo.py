import dataclasses
import io
import json
import os
import re
import signal
import subprocess
import sys
import time

import pytest
import torch
from rich.console import Console

from ame_explore.ame import AMEError
from ame_explore.apps.cli import main
from ame_explore.apps.demo import command, demo_arms, record_arms, run_demo, slug
from ame_explore.apps.terminal import show
from ame_explore.arguments import usable_device
from ame_explore.registry import kd_losses
from ame_explore.training import Distillation, Recipe, Run, Stage, facts

QUICK = Recipe(host="projector", steps=20, shots=2, batch_size=8)


@pytest.fixture(scope="module", autouse=True)
def three_losses():
    """Of all KD losses three, since `baselines` trains an arm with each on every seed."""
    with pytest.MonkeyPatch.context() as patch:
        kept = {name: kd_losses[name] for name in ("feature", "logits", "promptkd")}
        patch.setattr("ame_explore.apps.demo.kd_losses", kept)
        yield


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    seen = []
    result = run_demo(
        QUICK,
        seeds=3,
        weaker=(0.1,),
        baselines=True,
        out=tmp_path_factory.mktemp("demo") / "out",
        progress=lambda *x: seen.append(x),
    )
    return result, seen


def test_everything_named_is_written(demo):
    result, seen = demo
    assert sorted(path.name for path in result.folder.iterdir()) == ["report.html", "runs", "summary.json"]
    arms = demo_arms(QUICK, weaker=(0.1,), baselines=True)
    assert len(list((result.folder / "runs").iterdir())) == 3 * len(arms)
    summary = json.loads((result.folder / "summary.json").read_text())
    assert summary["seeds"] == [0, 1, 2] and summary["shots"] == 2 and summary["data"] == "digits"
    assert set(summary["arms"]) == set(arms) > {"KD", "KD + AME", "KD + AME, omega 5", "KD (logit distance)"}
    assert all(len(values) == 3 for metrics in summary["arms"].values() for values in metrics.values())
    html = result.report.read_text()
    assert "https://" not in html.split("<script", 1)[0] and len(html) > 3e6  # plotly.js is inside
    assert summary["verdict"].splitlines()[0] in html.replace("&#43;", "+")
    students = [x for x in seen if x[0] == "distilling the students"]
    steps = 3 * len(arms) * QUICK.steps
    assert students[-1] == ("distilling the students", steps, steps) and [x[1] for x in students] == sorted(
        x[1] for x in students
    )


def test_the_teacher_is_good_enough(demo):
    result, _ = demo
    assert result.summary["teacher"]["test_accuracy"] >= 0.92


def test_what_an_interval_counts_is_said(demo):
    notes = " ".join(demo[0].summary["notes"])
    assert "Intervals count 3 seeds of the student" in notes and "one teacher and one split of the data" in notes
    assert f"weight of KD is {QUICK.kd_weight:g} beside omega {QUICK.effective_omega:g}" in notes


def test_the_numbers_are_those_of_the_runs(demo):
    result, _ = demo
    run = Run.open(result.folder / "runs" / "kd-ame-seed1")
    assert run.status == "finished" and run.facts["arm"] == "KD + AME"
    assert result.summary["arms"]["KD + AME"]["new_accuracy"][1] == run.metrics["new_accuracy"].iloc[-1]
    other, after = result.summary["before"], sum(result.summary["arms"]["KD"]["new_accuracy"]) / 3
    assert other["new_accuracy"] == result.summary["teacher"]["backbone_new_accuracy"]
    assert result.summary["verdict"].startswith("KD against the backbone before distillation: ") and after < 1
    differences = [
        a - b
        for a, b in zip(result.summary["arms"]["KD + AME"]["ece"], result.summary["arms"]["KD"]["ece"], strict=True)
    ]
    assert result.summary["comparisons"]["KD + AME"]["ece"]["mean"] == pytest.approx(sum(differences) / 3)
    recipe = Recipe.from_token(run.facts["token"])
    assert recipe == Recipe.from_dict(run.recipe) and recipe.seed == 1
    *_, last = Distillation(recipe)
    assert last.metrics == pytest.approx(dict(run.metrics.iloc[-1]), rel=1e-6)


def test_arms_differ_in_what_they_are_named_for():
    arms = demo_arms(QUICK, baselines=True)
    assert arms["KD + AME"] == QUICK and arms["KD"] == dataclasses.replace(QUICK, omega=0.0)
    assert arms["KD (logit distance)"].kd == "logits"
    assert arms["KD (logit distance, label smoothing 0.1)"].label_smoothing == 0.1
    assert demo_arms(dataclasses.replace(QUICK, kd="logits"), baselines=True)["KD (feature distance)"].kd == "feature"
    assert all(arm.omega == 0 for name, arm in arms.items() if name != "KD + AME")
    with pytest.raises(AMEError, match="omega must be > 0"):
        demo_arms(dataclasses.replace(QUICK, omega=0.0))
    assert slug("KD (logit distance, label smoothing 0.1)") == "kd-logit-distance-label-smoothing-0-1"
    assert Recipe.from_token(command(QUICK, 3).split()[-1]) == QUICK
    weaker = demo_arms(QUICK, weaker=(0.1, 0.01))
    assert list(weaker) == ["KD", "KD + AME", "KD + AME, omega 5", "KD + AME, omega 0.5"]
    assert weaker["KD + AME, omega 0.5"] == dataclasses.replace(QUICK, omega=0.5)
    assert command(Recipe.for_data(), 5) == "ame-explore demo --seeds 5"
    assert "--weaker none" in command(QUICK, 5, weaker=()) and "--weaker 0.5" in command(QUICK, 5, weaker=(0.5,))
    for field, value in (("omega", 3.0), ("reading", "spectral")):
        with pytest.raises(AMEError, match=f"recipe must not change {field} during the run"):
            demo_arms(QUICK.with_event(5, field, value))
    close = demo_arms(QUICK, weaker=(0.1234567, 0.12345678))
    assert list(close)[2:] == ["KD + AME, omega 6.172835", "KD + AME, omega 6.172839"]
    assert "--weaker 0.1234567" in command(QUICK, 5, weaker=(0.1234567,))
    for shares in ((0.1, 0.1), (1.0,), (0.0,), 0.1, None):
        with pytest.raises(AMEError, match="weaker must"):
            demo_arms(QUICK, weaker=shares)


def test_a_second_demo_replaces_the_first_and_spares_what_is_not_its_own(tmp_path):
    recipe = dataclasses.replace(QUICK, steps=3)
    first = run_demo(recipe, seeds=1, weaker=(), out=tmp_path)
    (tmp_path / "mine.txt").write_text("keep")
    second = run_demo(dataclasses.replace(recipe, omega=1.0), seeds=1, weaker=(), out=tmp_path)
    assert (tmp_path / "mine.txt").read_text() == "keep"
    assert Run.open(tmp_path / "runs" / "kd-ame-seed0").recipe["omega"] == 1.0
    assert first.summary["comparisons"]["KD + AME"]["H"]["low"] is None  # one seed has no interval
    assert second.summary["recipes"]["KD + AME"]["omega"] == 1.0


def test_one_folder_holds_one_experiment(tmp_path):
    recipe = dataclasses.replace(QUICK, steps=3)
    run_demo(recipe, seeds=2, weaker=(), out=tmp_path)
    (tmp_path / "runs" / "kd-ame-seed1" / "notes.txt").write_text("mine")
    with Run.recorder(tmp_path / "runs" / "foreign") as record:
        record.log(losses={"total": 1.0})
    run_demo(dataclasses.replace(recipe, seed=7), seeds=1, weaker=(), out=tmp_path)
    left = {path.name for path in (tmp_path / "runs").iterdir()}
    assert left == {"kd-seed7", "kd-ame-seed7", "foreign", "kd-ame-seed1"}
    assert (tmp_path / "runs" / "kd-ame-seed1" / "notes.txt").read_text() == "mine"


def test_controls_are_named_as_such():
    assert list(demo_arms(dataclasses.replace(QUICK, reading="alignment"))) == ["KD", "KD + alignment (control)"]
    assert "KD + AME (spectral)" in demo_arms(dataclasses.replace(QUICK, reading="spectral"))


def test_folders_that_are_somebody_elses_are_refused(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(AMEError, match="out must be a folder, got the file"):
        run_demo(QUICK, seeds=1, out=tmp_path / "file")
    foreign = tmp_path / "out" / "runs" / "kd-seed0"
    foreign.mkdir(parents=True)
    (foreign / "thesis.tex").write_text("years of work")
    with pytest.raises(AMEError):
        run_demo(QUICK, seeds=1, out=tmp_path / "out")
    assert (foreign / "thesis.tex").read_text() == "years of work"
    assert not (tmp_path / "out" / "report.html").exists()
    for seeds in (0, 1.5):
        with pytest.raises(AMEError, match="seeds must be a whole number >= 1"):
            run_demo(QUICK, seeds=seeds, out=tmp_path / "new")


def test_the_table_fits_a_terminal_of_80_columns(demo):
    result, _ = demo
    console = Console(width=80, record=True, file=io.StringIO())
    show(result, console)
    text = console.export_text()
    tables = text.split("Teacher:")[0]
    assert "…" not in tables and max(map(len, tables.splitlines())) <= 80
    assert "harmonic mean" in tables and "0.200" in tables  # chance stands beside
    assert "95% interval" in tables and "KD + AME against KD" in text and "summary.json" in text


def test_threads_are_given_back(tmp_path):
    before = torch.get_num_threads()
    with pytest.raises(AMEError):
        run_demo(dataclasses.replace(QUICK, shots=999), seeds=1, out=tmp_path)
    assert torch.get_num_threads() == before


def test_a_device_that_is_not_there():
    usable_device("cpu")
    for device in ("cuda:99", "abacus"):
        with pytest.raises(AMEError, match="device must be one that torch can use here"):
            usable_device(device)


# --- from the shell


PROGRESS = re.compile(r"\[\d+ s\] |ame-explore: loading")


def shell(*arguments, **options):
    return subprocess.run(
        [sys.executable, "-m", "ame_explore", "demo", *arguments],
        capture_output=True,
        text=True,
        timeout=300,
        **options,
    )


def test_the_command_trains_prints_and_writes(tmp_path):
    done = shell(
        "--data", "digits", "--seeds", "2", "--weaker", "none", "--shots", "1", "--steps", "5",
        "--reading", "predictive", "--out", "here", cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert re.search(r"^\[\d+ s\] distilling the students: \d+ of 20$", done.stderr, re.MULTILINE), "without a terminal"
    assert "KD + AME (predictive) against KD" in done.stdout and "held-out test images right" in done.stdout
    assert (tmp_path / "here" / "report.html").exists()
    recipe = json.loads((tmp_path / "here" / "summary.json").read_text())["recipes"]["KD + AME (predictive)"]
    assert recipe["reading"] == "predictive" and recipe["shots"] == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--data", "mnist"], "'scenes', got 'mnist'"),
        (["--reading", "spectrl"], "did you mean 'spectral'?"),
        (["--recipe", Recipe().token(), "--omega", "3"], "recipe already holds all settings, got --omega"),
        (["--out", "/dev/null/x"], "out must be a folder"),
        (["--omega", "-1"], "omega must be a number >= 0, or None, got -1"),
        (["--shots", "0"], "shots must be a whole number from 1 to 1000000, or None, got 0"),
        (["--shots", "500"], "shots must be at most the number of images in every class"),
        (["--seeds", "0"], "seeds must be"),
        (["--weaker", "0.1;0.2"], "weaker must be numbers with commas between them"),
        (["--recipe", "ame1:xyz"], "token must be complete"),
        (["--device", "cuda:99"], "device must be one that torch can use here"),
    ],
)
def test_bad_arguments_are_one_line_and_leave_nothing(tmp_path, monkeypatch, capsys, arguments, message):
    """In this process; that a process of its own does the same is for test_cli to say."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["ame-explore", "demo", "--out", "here", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    told = capsys.readouterr().err
    assert ended.value.code == 2 and message in told and "Traceback" not in told
    said = [line for line in told.strip().splitlines() if not PROGRESS.match(line)]
    assert len(said) == 1 and message in said[0]
    assert not (tmp_path / "here" / "report.html").exists()


@pytest.mark.skipif(os.name == "nt", reason="sends SIGINT as a POSIX terminal does")
def test_ctrl_c_leaves_whole_runs_and_no_report(tmp_path):
    process = subprocess.Popen(
        [*(sys.executable, "-m", "ame_explore", "demo", "--data", "digits"), *("--steps", "50000", "--out", "out")],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    run_json = tmp_path / "out" / "runs" / "kd-seed0" / "run.json"
    deadline = time.monotonic() + 240
    while not run_json.exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.1)
    time.sleep(1.0)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 130 and "Interrupted. No Run was finished" in output and "Traceback" not in errors
    assert Run.open(run_json.parent).status == "interrupted"
    assert not (tmp_path / "out" / "report.html").exists()


def test_arms_that_would_share_a_folder_are_refused(tmp_path):
    with pytest.raises(AMEError, match="differ in letters or digits"):
        record_arms({"KD+AME": QUICK, "KD + AME": QUICK}, [0], stage=None, folder=tmp_path, facts={})
    assert not list(tmp_path.iterdir())


def test_each_student_is_recorded_under_its_arm_and_seed(tmp_path):
    stage, recipe = Stage.for_recipe(QUICK), dataclasses.replace(QUICK, steps=4)
    arms = {"KD": dataclasses.replace(recipe, omega=0.0), "longer": dataclasses.replace(recipe, steps=6)}
    seen = []
    runs = record_arms(
        arms, [3, 1], stage=stage, folder=tmp_path, facts=facts(stage), progress=lambda *x: seen.append(x)
    )
    assert {arm: [(run.recipe["seed"], run.recipe["steps"]) for run in of] for arm, of in runs.items()} == {
        "KD": [(3, 4), (1, 4)],
        "longer": [(3, 6), (1, 6)],
    }
    assert all(run.facts["arm"] == arm for arm, of in runs.items() for run in of)
    assert runs["longer"][0].feature_steps == [0, 6] and list(runs["KD"][0].metrics.index) == [0, 4]
    assert seen[-1] == ("distilling the students", 20, 20)
