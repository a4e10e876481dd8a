"""The check of a machine: what stops, what is only told, minutes that follow from the speed, and exit codes."""

from __future__ import annotations

import dataclasses
import importlib.metadata
import json
import os
import re
import subprocess
import sys
from types import SimpleNamespace

import jupyter_client.kernelspec
import pytest
import torch
from packaging.requirements import Requirement
from typer.testing import CliRunner

import ame_explore
from ame_explore.apps import cli, preflight
from ame_explore.apps.preflight import Point, Preflight, check, scale_down
from ame_explore.training import Recipe
from ame_explore.widgets.lab.live_result import arms_of

REFERENCE = preflight.reference_seconds()
TOLD = preflight.notebook_seconds()


def point(found: Preflight, what: str) -> Point:
    (one,) = [each for each in found.points if each.what == what]
    return one


def test_steps_are_timed_with_one_thread_as_the_lab_takes_them() -> None:
    before, seen = torch.get_num_threads(), []
    torch.set_num_threads(2)
    try:
        preflight.step_seconds(1, progress=lambda what, done, of: seen.append((what, torch.get_num_threads())))
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
    assert [threads for what, threads in seen if what == "timing steps of the lab"] == [1, 1]


def test_this_machine_is_ready_and_every_dependency_is_looked_at() -> None:
    found = ame_explore.check(timed=False)
    assert found.ok and str(found).endswith("This machine is ready.")
    declared = preflight._declared()[1]
    assert {one.name for one in declared} >= {"torch", "anywidget", "ipykernel", "packaging"}
    assert point(found, "torch").found == importlib.metadata.version("torch")
    assert f"packages   {len(declared)} of {len(declared)} in tested versions" in str(found)
    assert not found.notebooks and found.step_seconds is None
    assert "cache" in str(found) and "cache" not in repr(found)


def test_a_notebook_gets_a_few_lines_of_which_one_is_about_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight, "step_seconds", lambda *, progress: REFERENCE)
    found = check()
    ready, minutes = repr(found).splitlines()
    assert ready.startswith("This machine is ready: Python 3.") and "core" in ready
    assert all(f"{name} {seconds / 60:.1f}" in minutes for name, seconds in TOLD.items())
    monkeypatch.setenv("JPY_SESSION_NAME", "/somewhere/course/05_bounds.ipynb")
    spent = f"{TOLD['05_bounds'] / 60:.1f}"
    wanted = f"predicted: 05_bounds {spent} (as fast as the machine where the notebooks were timed)."
    assert repr(found).splitlines() == [ready, f"Minutes to run all cells, {wanted}"]
    monkeypatch.setenv("JPY_SESSION_NAME", "/somewhere/my_own.ipynb")
    assert repr(found).splitlines() == [ready, minutes]
    wrong = dataclasses.replace(found, points=(*found.points, Point("kernel", "missing", "stop", "Run: this.")))
    assert repr(wrong).startswith("Not ready: mend kernel first: ") and "kernel (missing): Run: this." in repr(wrong)


TRAINED = """
import dataclasses, sys, ame_explore
from ame_explore.models import Pretraining, pretrain
from ame_explore.training import Distillation, Recipe, Stage, distill_replicas
assert ame_explore.check().step_seconds > 0
pretrain(ame_explore.digits(), Pretraining(steps=1))
stage = Stage.for_recipe(Recipe.for_data())
for optimizer in ("adamw", "sgd"):
    recipe = dataclasses.replace(Recipe.for_data(), steps=1, optimizer=optimizer)
    assert len(list(Distillation(recipe, stage=stage))) == 2
    assert len(distill_replicas([recipe, recipe], stage=stage)) == 2
print([name for name in ("torch._dynamo", "sympy") if name in sys.modules])
"""


def test_neither_the_check_nor_training_imports_torchs_compiler() -> None:
    """Which takes longer than all else that is looked at, and than the first steps."""
    done = subprocess.run([sys.executable, "-c", TRAINED], capture_output=True, text=True, check=True, env=os.environ)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("here", "state", "told"),
    [
        (None, "stop", 'pip install "safetensors'),
        ("0.1", "stop", "Too old"),
        ("0.5", "fine", ""),
        ("99.0", "look", "Newer than what was tested"),
    ],
)
def test_a_dependency_in_another_version(
    monkeypatch: pytest.MonkeyPatch, here: str | None, state: str, told: str
) -> None:
    usual = importlib.metadata.version

    def version(name: str) -> str:
        if name != "safetensors":
            return usual(name)
        if here is None:
            raise importlib.metadata.PackageNotFoundError(name)
        return here

    monkeypatch.setattr(importlib.metadata, "version", version)
    found = check(timed=False)
    assert (point(found, "safetensors").state, found.ok) == (state, state != "stop")
    assert told in point(found, "safetensors").told and point(found, "safetensors").told in str(found)
    if state == "stop":
        assert str(found).endswith("Not ready: mend safetensors first.")
        result = CliRunner().invoke(cli.app, ["check"])
        assert result.exit_code == 1 and "STOP  safetensors" in result.stdout


def test_extras_are_no_dependencies(monkeypatch: pytest.MonkeyPatch) -> None:
    """As an installed wheel declares them: with a marker."""
    facts = {"Requires-Python": ">=3.11", "Requires-Dist": ["torch>=2", 'sphinx>=9; extra == "docs"']}
    monkeypatch.setattr(preflight.Path, "is_file", lambda self: False)
    monkeypatch.setattr(importlib.metadata, "metadata", lambda name: _Facts(facts))
    assert preflight._declared() == (">=3.11", [Requirement("torch>=2")])


class _Facts(dict):
    get_all = dict.get


def test_another_python_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight.platform, "python_version", lambda: "3.9.2")
    found = check()
    assert point(found, "Python").state == "stop" and not found.ok and found.step_seconds is None


def test_a_kernel_that_is_missing_or_starts_another_python(monkeypatch: pytest.MonkeyPatch) -> None:
    manager = jupyter_client.kernelspec.KernelSpecManager
    spec = SimpleNamespace(argv=["/somewhere/else/bin/python", "-m", "ipykernel_launcher"])
    monkeypatch.setattr(manager, "get_kernel_spec", lambda self, name: spec)
    found = preflight._kernel()
    assert found.state == "look" and "/somewhere/else/bin/python" in found.told

    def none(self: object, name: str) -> None:
        raise jupyter_client.kernelspec.NoSuchKernel(name)

    monkeypatch.setattr(manager, "get_kernel_spec", none)
    found = preflight._kernel()
    assert found.state == "stop" and "ipykernel install" in found.told


def test_the_ipykernel_that_can_leave_a_cell_waiting_is_named() -> None:
    told = {version: version in preflight._KERNEL_FAULT for version in ("6.31.0", "7.0.0", "7.3.1", "7.4.0")}
    assert told == {"6.31.0": False, "7.0.0": True, "7.3.1": True, "7.4.0": False}


def shell(**more: object) -> SimpleNamespace:
    return SimpleNamespace(get_ipython=lambda: SimpleNamespace(**{"user_ns": {}, **more}))


@pytest.mark.parametrize(
    ("modules", "parents", "expected"),
    [
        ({"IPython": None}, [], "none"),
        ({"IPython": shell()}, [], "IPython"),
        (
            {"IPython": shell(kernel=1)},
            ["python -m ipykernel", "python /venv/bin/jupyter-lab --no-browser"],
            "JupyterLab",
        ),
        ({"IPython": shell(kernel=1)}, ["/usr/bin/python3 /usr/bin/jupyter-notebook"], "Notebook"),
        ({"IPython": shell(kernel=1)}, ["python jupyterhub-singleuser", "jupyter-lab"], "JupyterHub"),
        ({"IPython": shell(kernel=1)}, ["python /venv/bin/ame-explore lab"], "JupyterLab"),
        ({"IPython": shell(kernel=1)}, ["some program"], "Jupyter"),
        ({"IPython": shell(kernel=1, user_ns={"__vsc_ipynb_file__": "a.ipynb"})}, ["jupyter-lab"], "VS Code"),
        ({"IPython": shell(kernel=1), "google.colab": 1}, [], "Colab"),
        ({"marimo": SimpleNamespace(running_in_notebook=lambda: True)}, [], "marimo"),
    ],
)
def test_the_front_end(
    monkeypatch: pytest.MonkeyPatch, modules: dict[str, object], parents: list[str], expected: str
) -> None:
    for name in ("IPython", "google.colab", "marimo"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    for name, module in modules.items():
        if module is not None:
            monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setattr(preflight, "_parents", lambda: parents)
    monkeypatch.delenv("AME_HEADLESS", raising=False)
    monkeypatch.delenv("VSCODE_PID", raising=False)
    assert preflight.front_end() == expected


def test_a_front_end_without_the_widgets_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert preflight._front_end().state == "fine"
    monkeypatch.setattr(preflight, "_jupyter_path", lambda: ["/nowhere"])
    found = preflight._front_end()
    assert found.state == "look" and "anywidget" in found.told and "stay blank" in found.told


def test_a_cache_that_cannot_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AME_EXPLORE_CACHE", "/proc/nothing")
    found = preflight._disk()
    assert found.state == "look" and "AME_EXPLORE_CACHE" in found.told


@pytest.mark.parametrize("factor", [0.5, 1.0, 3.0])
def test_minutes_follow_the_speed(monkeypatch: pytest.MonkeyPatch, factor: float) -> None:
    here = factor * REFERENCE
    monkeypatch.setattr(preflight, "step_seconds", lambda *, progress: here)
    found = check()
    wanted = {name: seconds * factor / 60 for name, seconds in TOLD.items()}
    assert found.notebooks == pytest.approx(wanted, abs=0.0051) and len(wanted) >= 6
    words = {0.5: "2.0 times as fast", 1.0: "as fast as the machine where", 3.0: "3.0 times as slow"}[factor]
    assert words in str(found)


def test_a_slow_machine_is_told_what_to_scale_down() -> None:
    assert scale_down(0.02, {"00_tour": 1.0}) == []
    lab, notebooks, _ = scale_down(2.0, {"00_tour": 1.0, "05_bounds": 9.0})
    assert "05_bounds" in notebooks and "00_tour" not in notebooks
    (code,) = re.findall(r"open lab\((.*)\)\.$", lab)
    arms = eval(code, {"Recipe": Recipe})
    usual = arms_of(None, None)
    assert {name: one.effective_omega for name, one in arms.items()} == {
        name: one.effective_omega for name, one in usual.items()
    }
    assert {one.steps for one in arms.values()} == {30}  # 60 s at 2 s a step


def test_the_command_times_real_steps_and_prints_json() -> None:
    result = CliRunner().invoke(cli.app, ["check", "--json"])
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["ok"] and 0 < found["step_seconds"] < 60
    factor = found["step_seconds"] / REFERENCE
    assert found["notebooks"]["00_tour"] == pytest.approx(TOLD["00_tour"] * factor / 60, abs=0.0051)
    assert "timing steps of the lab" in result.stderr


def test_a_broken_torch_is_told_in_words() -> None:
    code = "import sys; sys.modules['torch'] = None; sys.argv = ['', 'check']; "
    code += "from ame_explore.apps.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=os.environ)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "STOP  lab" in done.stdout and "Not ready: mend lab first." in done.stdout
