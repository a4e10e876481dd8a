"""A JupyterLab, a browser and pages for the tests in this folder; none of it is started unless a test asks."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from platformdirs import user_cache_path

sys.path.insert(0, str(Path(__file__).parent))

from notebook_page import NAMES, QUIET, NotebookPage, find_chromium, notebook_page
from serving import Server, serve


def missing(reason: str) -> None:
    """Skip with the reason; in CI, fail."""
    if os.environ.get("CI", "").lower() in ("1", "true"):
        pytest.fail(f"{reason} (CI is set: these tests may not be skipped)", pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium. One for each module, for two drivers of Playwright cannot run at once."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("playwright is not installed: pip install -e '.[test]'")
    found = find_chromium()
    if found is None:
        missing(f"no browser here: install one of {', '.join(NAMES)}, or name one in CHROMIUM")
    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=found, args=list(QUIET))
        yield running
        running.close()


@pytest.fixture(scope="session")
def jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """JupyterLab with kernels of this environment."""
    with serve(tmp_path_factory.mktemp("jupyter")) as server:
        yield server


@pytest.fixture(scope="session")
def notebook7(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Notebook 7, likewise."""
    if find_spec("notebook") is None:
        missing("Notebook 7 is not installed: pip install -e '.[test]'")
    with serve(tmp_path_factory.mktemp("notebook7"), kind="notebook") as server:
        yield server


@pytest.fixture(scope="session")
def ipykernel_of() -> Callable[[str], Path]:
    """ipykernel_of(version): a folder with that version alone, installed by pip once and kept in the user's cache."""

    def folder(version: str) -> Path:
        kept = user_cache_path("ame_explore_tests") / f"ipykernel-{version}"
        if not kept.exists():
            kept.parent.mkdir(parents=True, exist_ok=True)
            with TemporaryDirectory(dir=kept.parent) as fresh:
                # nest-asyncio: what 6.31 needs and the newest does not
                wanted = (f"ipykernel=={version}", "nest-asyncio")
                command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", fresh, *wanted]
                done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
                if done.returncode != 0:
                    missing(f"ipykernel {version} could not be installed: {done.stderr.strip()[-300:]}")
                Path(fresh).replace(kept)
                Path(fresh).mkdir()
        return kept

    return folder


@pytest.fixture(scope="session")
def screenshots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pictures are kept: the folder named in AME_SCREENSHOTS, else a temporary one."""
    named = os.environ.get("AME_SCREENSHOTS")
    folder = Path(named) if named else tmp_path_factory.mktemp("screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def open_notebook(browser: Any, jupyter: Server, screenshots: Path) -> Iterator[Callable[..., NotebookPage]]:
    """open_notebook(name, cells, server=..., kernel=..., size=...): a page, checked and closed at the test's end."""
    pages: list[NotebookPage] = []
    with ExitStack() as stack:

        def opener(
            name: str,
            cells: list[str],
            *,
            server: Server = jupyter,
            kernel: str = "python3",
            size: tuple[int, int] = (1280, 900),
        ) -> NotebookPage:
            server.write(name, cells, kernel=kernel)
            pages.append(stack.enter_context(notebook_page(browser, server, name, screenshots, size=size)))
            return pages[-1]

        yield opener
        for page in pages:
            page.screenshot("end")
            page.server.stop_kernels(page.name)
    for page in pages:
        page.check()
