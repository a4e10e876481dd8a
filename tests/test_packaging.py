"""The files that install the package agree, and a built wheel holds all that is needed at run time."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
INSTALL = "python3 -m venv .venv && .venv/bin/pip install -c constraints.txt -e "
README_COMMANDS = [
    INSTALL + ". && .venv/bin/ame-explore demo",
    INSTALL + '".[test]" && .venv/bin/python -m pytest',
]


def requirements() -> list[Requirement]:
    """All that `pip install -e ".[test]"` asks for by name."""
    return [Requirement(line) for line in PROJECT["dependencies"] + PROJECT["optional-dependencies"]["test"]]


def pin_lines() -> list[str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def pins() -> dict[str, Version]:
    """Canonical name -> pinned version."""
    split = [line.split("==") for line in pin_lines()]
    return {canonicalize_name(name): Version(version) for name, version in split}


def conda() -> dict:
    return yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))


def test_pins_are_plain() -> None:
    """Names and public versions only: nothing local to a machine or a build."""
    for line in pin_lines():
        assert re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][0-9A-Za-z.]*", line), line
    assert len(pins()) == len(pin_lines())
    assert not [name for name in pins() if name.startswith(("nvidia-", "cuda-", "triton")) or name == "ame-explore"]


@pytest.mark.parametrize("requirement", requirements(), ids=str)
def test_every_dependency_has_a_range_and_a_pin_inside_it(requirement: Requirement) -> None:
    operators = {part.operator for part in requirement.specifier}
    assert ">=" in operators and (operators & {"<", "<="} or requirement.name == "packaging")
    pinned = pins()[canonicalize_name(requirement.name)]
    assert requirement.specifier.contains(pinned), f"{requirement} against the pin {pinned}"


def test_torch_is_pinned_to_the_tested_version() -> None:
    assert pins()["torch"] == Version("2.13.0")


def test_environment_yml_agrees() -> None:
    environment = conda()
    assert environment["channels"] == ["conda-forge"]
    plain = [item for item in environment["dependencies"] if isinstance(item, str)]
    (by_pip,) = [item["pip"] for item in environment["dependencies"] if isinstance(item, dict)]
    assert by_pip == ["-c constraints.txt", "-e ."]
    versions = dict(item.split("=", 1) for item in plain if "=" in item)
    python = versions.pop("python")
    assert SpecifierSet(PROJECT["requires-python"]).contains(f"{python}.0")
    assert f"Programming Language :: Python :: {python}" in PROJECT["classifiers"]
    for name, version in versions.items():
        assert pins()[canonicalize_name(name)] == Version(version), f"{name} in environment.yml"
    assert {re.split("[=<>]", item)[0] for item in plain} <= {"python", "pip", *pins()}


def fenced(language: str) -> list[str]:
    """The lines of README.md in fences of one language."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


@pytest.mark.parametrize("command", README_COMMANDS, ids=["demo", "tests"])
def test_readme_has_the_commands(command: str) -> None:
    assert fenced("sh").count(command) == 1
    assert len([line for line in fenced("sh") if shlex.split(command)[-1] in line]) == 1


def test_readme_has_the_windows_forms() -> None:
    forms = [line for line in fenced("powershell") if "-c constraints.txt" in line]
    assert len(forms) == len(README_COMMANDS)
    for line, command in zip(forms, README_COMMANDS, strict=True):
        assert line.split()[-1] == command.split()[-1]
        assert ("[test]" in line) == ("[test]" in command)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    run = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stderr
    (path,) = folder.glob("*.whl")
    return zipfile.ZipFile(path)


def files_below(folder: Path) -> set[str]:
    parts = {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}
    passing = ("__pycache__", ".ipynb_checkpoints", ".DS_Store")
    return {path.as_posix() for path in parts if not set(path.parts) & set(passing)}


def test_wheel_holds_the_package_and_the_notebooks(wheel: zipfile.ZipFile) -> None:
    held = set(wheel.namelist())
    wanted = {f"ame_explore/{name}" for name in files_below(ROOT / "ame_explore")}
    wanted |= {f"ame_explore/_notebooks/{name}" for name in files_below(ROOT / "notebooks")}
    sources, bundles = "ame_explore/widgets/js/", "ame_explore/widgets/js/bundles/"
    wanted = {name for name in wanted if not name.startswith(sources) or name.startswith(bundles)}
    assert {"ame_explore/py.typed", f"{bundles}cockpit.js"} <= wanted
    assert wanted == {name for name in held if name.startswith("ame_explore/")}


def test_wheel_metadata(wheel: zipfile.ZipFile) -> None:
    def read(end: str) -> str:
        (name,) = [name for name in wheel.namelist() if name.endswith(end)]
        return wheel.read(name).decode()

    assert "ame-explore = ame_explore.apps.cli:main" in read(".dist-info/entry_points.txt")
    assert "License-Expression: Apache-2.0 AND CC-BY-4.0 AND MIT AND Unicode-3.0" in read(".dist-info/METADATA")
    assert "Apache License" in read("/licenses/LICENSE")
    assert "Twitter, Inc and other contributors" in read("/licenses/ame_explore/data/sets/emoji/NOTICES.md")


def test_sdist_holds_all_that_the_repository_holds() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout, so it is not known what belongs to the repository")
    build = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]
    tops = {line.split("/")[0] for line in listed.stdout.splitlines()}
    assert tops - {".gitignore"} == set(build["targets"]["sdist"]["only-include"])  # hatchling adds .gitignore


def test_ci_runs_the_readme_command() -> None:
    """.ci/run's own extraction, run by itself, yields exactly the test command."""
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    (extraction,) = re.findall(r"< <\((awk .*README\.md)\)", script)
    run = subprocess.run(["bash", "-c", extraction], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.splitlines() == [README_COMMANDS[1]]
