"""Lint, format, types, spelling, and the pairing of the notebooks, as pre-commit checks them."""

from __future__ import annotations

import ast
import importlib.util
import itertools
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import nbformat
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]


SPELLING = "codespell_lib README.md CHANGELOG.md .ci .github ame_explore notebooks"


@pytest.mark.parametrize("command", ["ruff check", "ruff format --check", "mypy", SPELLING])
def test_gate(command: str) -> None:
    run = subprocess.run(
        [sys.executable, "-m", *command.split()],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    if run.returncode != 0:
        pytest.fail(f"{command}\n{run.stdout}{run.stderr}", pytrace=False)


# Filled in while a file is read, or while a browser answers.
MUTABLE = {"data/files/feature_fields.py", "data/files/fields.py", "widgets/runtime/channel.py"}


def frozen_dataclasses(source: str) -> dict[str, bool]:
    """Name of each dataclass in a module -> whether its fields are fixed."""
    found = {}
    for node in ast.walk(ast.parse(source)):
        for decorator in node.decorator_list if isinstance(node, ast.ClassDef) else ():
            called = isinstance(decorator, ast.Call)
            if ast.unparse(decorator.func if called else decorator).split(".")[-1] == "dataclass":
                options = {option.arg: ast.unparse(option.value) for option in decorator.keywords} if called else {}
                found[node.name] = options.get("frozen") == "True"
    return found


@pytest.mark.parametrize("path", sorted((ROOT / "ame_explore").rglob("*.py")), ids=lambda path: path.stem)
def test_results_cannot_be_changed(path: Path) -> None:
    found = frozen_dataclasses(path.read_text(encoding="utf-8"))
    if path.relative_to(ROOT / "ame_explore").as_posix() in MUTABLE:
        assert not all(found.values()), "no longer an exception: take it out of MUTABLE"
    else:
        assert all(found.values()), [name for name, frozen in found.items() if not frozen]


def test_the_check_sees_a_dataclass_that_can_be_changed() -> None:
    decorators = {"A": "dataclass", "B": "dataclasses.dataclass(frozen=False)", "C": "dataclass(frozen=True, eq=False)"}
    source = "".join(f"@{decorator}\nclass {name}: ...\n" for name, decorator in decorators.items())
    assert frozen_dataclasses(source) == {"A": False, "B": False, "C": True}


def test_pre_commit_fetches_nothing() -> None:
    configuration = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert [repository["repo"] for repository in configuration["repos"]] == ["local"]
    assert {hook["language"] for hook in configuration["repos"][0]["hooks"]} == {"system"}


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("notebooks_tool", ROOT / ".ci" / "notebooks.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_notebooks_are_paired_and_stripped(tool: ModuleType) -> None:
    assert not [problem for name in tool.names() for problem in tool.problems(name)]


SCRIPT = """# %% [markdown]
# # A title
#
# - **Aim:** to be checked.
# - **You need:** nothing.
# - **Time:** a minute; the cells compute for 100 s.

# %%
x = 2

# %% tags=["keep-output"]
print(x + 1)

# %% [markdown]
# ## Where to go next
"""


@pytest.fixture
def folder(tool: ModuleType, tmp_path: Path) -> Path:
    """A folder with one good pair, 00_trial, whose last cell keeps its output."""
    (tmp_path / "00_trial.py").write_text(SCRIPT.replace("100 s", "5 s"))
    tool.sync("00_trial", tmp_path)
    store(tmp_path, outputs=[nbformat.v4.new_output("stream", text="3\n")], execution_count=2)
    assert tool.problems("00_trial", tmp_path) == []
    return tmp_path


def store(folder: Path, cell: int = 2, **changes: object) -> None:
    """Change one cell of the stored 00_trial.ipynb."""
    path = folder / "00_trial.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[cell].update(changes)
    nbformat.write(notebook, path)


def test_sync_strips_all_but_the_kept_outputs(tool: ModuleType, folder: Path) -> None:
    clean = (folder / "00_trial.ipynb").read_bytes()
    output = nbformat.v4.new_output("stream", text="leftover")
    store(folder, cell=1, outputs=[output], execution_count=7, metadata={"scrolled": True})
    path = folder / "00_trial.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {}}
    nbformat.write(notebook, path)
    assert len(tool.problems("00_trial", folder)) == 2
    assert tool.sync("00_trial", folder)
    assert path.read_bytes() == clean
    assert not tool.sync("00_trial", folder)


def test_times_are_measured_into_the_head(tool: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "00_trial.py").write_text(SCRIPT)
    tool.sync("00_trial", tmp_path)
    assert [problem for problem in tool.problems("00_trial", tmp_path) if "more than 90" in problem]
    assert tool.sync("00_trial", tmp_path, times=True)
    assert tool.problems("00_trial", tmp_path) == []
    stored = nbformat.read(tmp_path / "00_trial.ipynb", as_version=4)
    assert 5 <= tool.told_seconds(stored) < 60
    assert "compute for 100 s" not in (tmp_path / "00_trial.py").read_text()
    assert stored.cells[2].outputs[0].text == "3\n"


@pytest.mark.parametrize(("seconds", "told"), [(0.2, 5), (7.4, 5), (7.6, 10), (88, 90)])
def test_times_are_rounded(tool: ModuleType, seconds: float, told: int) -> None:
    assert tool.rounded(seconds) == told


@pytest.mark.parametrize("part", ["**Aim:**", "**You need:**", "**Time:**", "the cells compute for", "## Where to go"])
def test_a_notebook_of_the_course_has_a_frame(tool: ModuleType, folder: Path, part: str) -> None:
    script = folder / "00_trial.py"
    script.write_text(script.read_text().replace(part, "nothing"))
    tool.sync("00_trial", folder)
    assert len(tool.problems("00_trial", folder)) == 1


def test_the_course_fits_into_its_time_and_is_listed(tool: ModuleType) -> None:
    names = [name for name in tool.names() if tool.COURSE.match(name)]
    course = [nbformat.read(tool.FOLDER / f"{name}.ipynb", as_version=4) for name in names]
    assert sum(tool.told_seconds(notebook) for notebook in course) <= tool.MOST_OF_ALL
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in names if f"| `{name}` |" not in readme] == []
    for before, after in itertools.pairwise(names):  # each ends with the next
        end = course[names.index(before)].cells[-1].source
        assert f"[`{after}`]({after}.ipynb)" in end, before


def test_newer_half_wins(tool: ModuleType, folder: Path) -> None:
    script, stored = folder / "00_trial.py", folder / "00_trial.ipynb"
    store(folder, cell=1, source="x = 3")
    os.utime(script, (1, 1))
    tool.sync("00_trial", folder)
    assert "x = 3" in script.read_text()
    assert tool.problems("00_trial", folder) == []
    script.write_text(SCRIPT.replace("x = 2", "x = 4"))
    os.utime(stored, (1, 1))
    tool.sync("00_trial", folder)
    assert "x = 4" in stored.read_text()


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"source": "print(x)"}, "different sources"),
        ({"outputs": []}, "no stored output"),
        ({"execution_count": None}, "no stored output"),
        ({"metadata": {}}, "no tag keep-output"),
        (
            {"outputs": [nbformat.v4.new_output("error", ename="E", evalue="", traceback=[])]},
            "not stand still",
        ),
        (
            {"outputs": [nbformat.v4.new_output("display_data", {"application/vnd.plotly.v1+json": {}})]},
            "not stand still",
        ),
        ({"metadata": {"tags": ["keep-output"], "collapsed": True}}, "metadata"),
    ],
)
def test_problems_are_seen(tool: ModuleType, folder: Path, changes: dict, problem: str) -> None:
    store(folder, **changes)
    assert any(problem in found for found in tool.problems("00_trial", folder))


def test_a_missing_half_is_seen(tool: ModuleType, folder: Path) -> None:
    (folder / "00_trial.ipynb").unlink()
    assert tool.problems("00_trial", folder) == ["00_trial.ipynb is missing"]


def test_a_changed_cell_loses_its_stored_output(tool: ModuleType, folder: Path) -> None:
    (folder / "00_trial.py").write_text(SCRIPT.replace("x + 1", "x + 5"))
    os.utime(folder / "00_trial.ipynb", (1, 1))
    tool.sync("00_trial", folder)
    assert any("no stored output" in found for found in tool.problems("00_trial", folder))
