"""The API pages build without a warning, and show every public name."""

from __future__ import annotations

import html
import importlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = [
    "trainers",
    "data",
    "models",
    "measures",
    "training",
    "analysis",
    "figures",
    "reports",
    "widgets",
    "teach",
]


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
