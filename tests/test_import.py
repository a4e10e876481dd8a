"""What importing the package loads, and that each room imports only from rooms to its left."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import ame_explore

PACKAGE = Path(ame_explore.__file__).parent
FILES = sorted(path for path in PACKAGE.rglob("*.py") if "_notebooks" not in path.parts)

# Left to right: each may import those before it. A new module or folder of the package gets its place here.
ROOMS = [
    "ame",
    "trainers",
    "arguments",
    "streams",
    "tokens",
    "tasks",
    "progress_bars",
    "registry",
    "quantities",
    "data",
    "models",
    "measures",
    "settings",
    "training",
    "analysis",
    "figures",
    "reports",
    "widgets",
    "testing",
    "teach",
]
ORDER = [*ROOMS, "apps", "__main__"]
# Library -> the leftmost room that may import it, even inside a function.
FIRST_USER = {"plotly": "figures", "ipywidgets": "widgets", "anywidget": "widgets", "IPython": "widgets"}
HEAVY = {"umap", "plotly", "sklearn", "ipywidgets", "anywidget"}


def place(path: Path) -> str:
    """The room of a file: the first part of its path inside the package."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(source: str, parts: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    """(absolute dotted name, line) of all that a module imports, inside functions too.

    Args:
        parts: the module's package as dotted parts, e.g. ("ame_explore", "data").
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = list(parts[: len(parts) - node.level + 1]) if node.level else []
            base += node.module.split(".") if node.module else []
            for alias in node.names:
                name = ame_explore._MODULE_OF.get(alias.name) if base == ["ame_explore"] else None
                yield ".".join([*base, name or alias.name]), node.lineno


def imports_of(path: Path) -> Iterator[tuple[str, int]]:
    """`imports` of one file of the package."""
    return imports(path.read_text(encoding="utf-8"), ("ame_explore", *path.relative_to(PACKAGE).parts[:-1]))


def wrong_imports(room: str, found: Iterator[tuple[str, int]]) -> list[str]:
    """The imports that a module of `room` may not have."""
    wrong = []
    for name, line in found:
        top, _, rest = name.partition(".")
        inner = rest.split(".")[0]
        if top == "ame_explore" and inner in ORDER and ORDER.index(inner) > ORDER.index(room):
            wrong.append(f"line {line}: {name} is to the right of {room}")
        if top in FIRST_USER and ORDER.index(room) < ORDER.index(FIRST_USER[top]):
            wrong.append(f"line {line}: {top} may be imported from {FIRST_USER[top]} on only")
    return wrong


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_imports_go_leftwards(path: Path) -> None:
    if path == PACKAGE / "__init__.py":
        return  # its imports of all rooms are for type checkers; what it loads is tested below
    assert place(path) in ORDER, f"{place(path)} has no place yet: add it to ORDER in {Path(__file__).name}"
    assert not wrong_imports(place(path), imports_of(path))


@pytest.mark.parametrize(
    "source",
    [
        "import ame_explore.figures",
        "from ame_explore.figures import curves",
        "from ame_explore import Distillation",
        "from ..training import run",
        "from .. import training",
        "def f():\n    import plotly.graph_objects as go",
        "from ipywidgets import HBox",
    ],
)
def test_the_check_sees_a_wrong_import(source: str) -> None:
    assert wrong_imports("data", imports(source, ("ame_explore", "data")))


def test_no_modules_import_each_other_in_a_circle() -> None:
    names = {".".join(("ame_explore", *path.relative_to(PACKAGE).with_suffix("").parts)): path for path in FILES}
    needs = {
        name: {full if full in names else full.rpartition(".")[0] for full, _ in imports_of(path)} & set(names)
        for name, path in names.items()
    }
    assert any(needs.values())
    list(TopologicalSorter(needs).static_order())  # CycleError names the circle


def test_the_method_imports_torch_and_the_standard_library_alone() -> None:
    loaded = {name.split(".")[0] for name, _ in imports_of(PACKAGE / "ame.py")}
    assert "torch" in loaded
    assert loaded - {"torch"} <= sys.stdlib_module_names


def loaded_after(code: str) -> set[str]:
    """The top-level modules in sys.modules after `code` has run in a new interpreter."""
    code += "\nimport sys\nprint(*{name.split('.')[0] for name in sys.modules})"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300, check=False)
    assert run.returncode == 0, run.stderr
    return set(run.stdout.split())


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert not loaded_after("import ame_explore; dir(ame_explore)") & {
        *HEAVY,
        "torch",
        "numpy",
        "pandas",
        "scipy",
    }


def test_the_command_line_is_light() -> None:
    assert not loaded_after("import ame_explore.apps.cli") & {*HEAVY, "torch", "numpy", "jupyterlab"}


def test_rooms_load_nothing_heavy() -> None:
    """From left to right in one process: the first room that loads something heavy is named beside it."""
    code = f"""
import importlib, pkgutil, sys
for room in ("ame", "data", "models", "measures", "training"):
    room = importlib.import_module("ame_explore." + room)
    for module in pkgutil.walk_packages(getattr(room, "__path__", []), room.__name__ + "."):
        importlib.import_module(module.name)
    heavy = {HEAVY} & sys.modules.keys()
    if heavy:
        sys.exit(f"{{room.__name__}} loads {{heavy}}")
"""
    assert "torch" in loaded_after(code)


@pytest.mark.parametrize("name", ame_explore.__all__)
def test_public_names_resolve(name: str) -> None:
    assert getattr(ame_explore, name) is not None
    assert name in dir(ame_explore)


def test_type_checkers_see_the_same_names() -> None:
    found = imports_of(PACKAGE / "__init__.py")
    typed = {name.split(".")[-1]: name.split(".")[1] for name, _ in found if name.startswith("ame_explore.")}
    assert typed == {name: module.split(".")[0] for name, module in ame_explore._MODULE_OF.items()}
    assert {*typed, "__version__"} == set(ame_explore.__all__)


def test_unknown_names_are_attribute_errors() -> None:
    with pytest.raises(AttributeError, match=r"ame_explore.*no attribute 'nonsense'"):
        ame_explore.nonsense  # noqa: B018
