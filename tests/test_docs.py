"""The API pages build without a warning and show every public name; docstrings describe every argument."""

from __future__ import annotations

import dataclasses
import html
import importlib
import importlib.util
import inspect
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from torch import Tensor

from ame_explore import settings

ROOT = Path(__file__).resolve().parents[1]


def _public_names() -> ModuleType:
    spec = importlib.util.spec_from_file_location("public_names", ROOT / ".ci/docs/public_names.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


PUBLIC = _public_names()
ROOMS = PUBLIC.ROOMS


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built pages; any warning fails the build."""
    folder = tmp_path_factory.mktemp("docs")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", ".ci/docs", str(folder)]
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    run = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    if run.returncode != 0:
        pytest.fail(f"{' '.join(command)}\n{run.stdout}{run.stderr}", pytrace=False)
    return folder


def test_the_start_page_links_every_room(pages: Path) -> None:
    start = (pages / "index.html").read_text(encoding="utf-8")
    assert [room for room in ROOMS if f'href="api/ame_explore.{room}.html"' not in start] == []


def test_the_notices_that_licences_ask_for_are_shown(pages: Path) -> None:
    """Every line of them, on a page that the start page links."""
    assert 'href="licences.html"' in (pages / "index.html").read_text(encoding="utf-8")
    shown = html.unescape(re.sub(r"<[^>]+>", "", (pages / "licences.html").read_text(encoding="utf-8")))
    notices = (ROOT / "ame_explore/data/sets/emoji/NOTICES.md").read_text(encoding="utf-8")
    assert "Microsoft Corporation" in notices and [line for line in notices.splitlines() if line not in shown] == []


@pytest.mark.parametrize("module", ["ame_explore", *(f"ame_explore.{room}" for room in ROOMS)])
def test_every_public_name_is_on_the_page_of_its_room(pages: Path, module: str) -> None:
    """As an entry of its own, or as a link to the entry on another page."""
    page = (pages / "api" / f"{module}.html").read_text(encoding="utf-8")
    shown = set(re.findall(rf'id="{re.escape(module)}\.(\w+)"', page))
    shown |= set(re.findall(r'<span class="pre">(\w+)</span></code>: see <a ', page))
    names = importlib.import_module(module).__all__
    values = {name: getattr(importlib.import_module(module), name) for name in names if not name.startswith("__")}
    assert [name for name, value in values.items() if name not in shown and type(value).__name__ != "module"] == []


def described(text: str | None, *sections: str) -> set[str]:
    """The names that a Google docstring describes in these sections, each on a line of its own."""
    found: set[str] = set()
    for body in re.findall(
        rf"^(?:{'|'.join(map(re.escape, sections))}):\n((?:    .*\n|\n)+)", f"{inspect.cleandoc(text or '')}\n", re.M
    ):
        entries = re.findall(r"^    (\*{0,2}\w+)(?: \(.*\))?:", body.replace("\\", ""), re.MULTILINE)
        found |= {name.lstrip("*") for name in entries}
    return found


def not_described(function: Callable[..., Any], text: str | None = None) -> list[str]:
    """The arguments that the docstring leaves out. One line is enough for a function of one argument."""
    text = function.__doc__ if text is None else text
    names = [name for name in inspect.signature(function).parameters if name not in ("self", "cls") and name[0] != "_"]
    if len(names) == 1 and text and "\n\n" not in text:
        return []
    return [name for name in names if name not in described(text, "Args")]


def public_callables() -> Iterator[tuple[str, Callable[..., Any], str]]:
    """Every public function, constructor and method: where it is, itself, and its docstring."""
    seen: set[object] = set()
    for module in map(importlib.import_module, PUBLIC.public_modules()):
        for name in PUBLIC.own_names(module):
            value = getattr(module, name)
            if not (inspect.isfunction(value) or inspect.isclass(value)) or value in seen:
                continue
            seen.add(value)
            where = f"{value.__module__}.{name}"
            if inspect.isfunction(value):
                yield where, value, value.__doc__ or ""
                continue
            own = "__init__" in vars(value) and not dataclasses.is_dataclass(value)
            if own and not getattr(value, "_is_protocol", False):
                yield where, value.__init__, f"{inspect.cleandoc(value.__doc__ or '')}\n\n"  # never a single line
            for member, made in vars(value).items():
                method = made.__func__ if isinstance(made, classmethod | staticmethod) else made
                if not inspect.isfunction(method) or method.__name__ != member:  # the default of a field is no method
                    continue
                if member[0] != "_" or member == "__call__":
                    yield f"{where}.{member}", method, method.__doc__ or ""


def public_dataclasses() -> Iterator[type]:
    for module in map(importlib.import_module, PUBLIC.public_modules()):
        values = (getattr(module, name) for name in PUBLIC.own_names(module))
        yield from (value for value in values if inspect.isclass(value) and dataclasses.is_dataclass(value))


def test_every_public_callable_describes_every_argument() -> None:
    found = {where: not_described(function, text) for where, function, text in public_callables()}
    assert len(found) > 400
    assert {where: names for where, names in found.items() if names} == {}


def test_every_public_dataclass_describes_every_field() -> None:
    lacking = {}
    for kind in set(public_dataclasses()):
        shown = described(kind.__doc__, "Args", "Attributes")
        if kind is settings.Settings:
            shown = described(settings.docs(), *settings.GROUPS.values())
        fields = {field.name for field in dataclasses.fields(kind)} & set(inspect.get_annotations(kind))
        lacking[kind.__name__] = {field for field in fields - shown if field[0] != "_"}
    assert {name: fields for name, fields in lacking.items() if fields} == {}


# Names whose order is common: letters (a then b), and images before texts.
IN_ORDER = ["[a-z]", ".*_[a-z]", "first|second", "image|text"]
ARRAYS = r"(?!Callable|Mapping).*(Tensor|NDArray\[|ArrayLike)", r"PairedFeatures( \| None)?$"


def swappable(function: Callable[..., Any]) -> list[str]:
    """Names of arrays that are passed by position, and whose exchange nothing would notice.

    Labels and indices do not count: they hold whole numbers, so features in their place are refused.
    """
    parameters = inspect.signature(function).parameters.values()
    by_position = [each for each in parameters if each.kind is each.POSITIONAL_OR_KEYWORD]
    for kind in ARRAYS:
        names = [each.name for each in by_position if re.match(kind, str(each.annotation))]
        names = [name for name in names if name not in ("labels", "indices", "pairs")]
        ordered = any(all(re.fullmatch(pattern, name) for name in names) for pattern in IN_ORDER)
        if len(names) > 1 and not ordered:
            return names
    return []


def test_arrays_that_could_be_swapped_in_silence_are_passed_by_name() -> None:
    found = {where: swappable(function) for where, function, _ in public_callables()}
    assert {where: names for where, names in found.items() if names} == {}

    def in_order(x: Tensor, y: Tensor) -> None: ...

    def by_name(student: Tensor, *, teacher: Tensor | None) -> None: ...

    def silent(student: Tensor, teacher: Tensor | None) -> None: ...

    assert [swappable(each) for each in (in_order, by_name, silent)] == [[], [], ["student", "teacher"]]


def test_a_docstring_that_leaves_out_an_argument_is_noticed() -> None:
    def several(one: int, two: int) -> None:
        """Do it.

        Args:
            one: a number,
                two: lines of it.

        Returns:
            two: nothing.
        """

    def alone(one: int) -> None:
        """Do it with one."""

    def alone_and_long(one: int) -> None:
        """Do it.

        With one.
        """

    assert [not_described(each) for each in (several, alone, alone_and_long)] == [["two"], [], ["one"]]
