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


@pytest.fixture(scope="package")
def browser() -> Iterator[Any]:
    """Chromium, until the last test of this folder: while it runs, no other test could use asyncio."""
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


class Shared:
    """One window of JupyterLab with one kernel, for test after test: both take seconds to start."""

    def __init__(self, browser: Any, server: Server, screenshots: Path) -> None:
        self.browser, self.server, self.screenshots = browser, server, screenshots
        self.stack = ExitStack()
        self.window: NotebookPage | None = None

    def open(self, name: str, size: tuple[int, int]) -> NotebookPage:
        """The notebook in that window, in place of the one before, on the kernel as it was at first."""
        if self.window is None:
            made = notebook_page(self.browser, self.server, name, self.screenshots, size=size)
            self.window = self.stack.enter_context(made)
        else:
            self.window.page.set_viewport_size({"width": size[0], "height": size[1]})
            self.window.turn_to(name)
        return self.window

    def forget(self) -> None:
        """The next test gets a window and a kernel of its own: this one's may be in any state."""
        self.stack.close()
        self.server.stop_kernels()
        self.window = None


@pytest.fixture(scope="package")
def shared(browser: Any, jupyter: Server, screenshots: Path) -> Iterator[Shared]:
    """What `open_notebook` gives the tests of this folder in turn."""
    window = Shared(browser, jupyter, screenshots)
    yield window
    window.forget()


@pytest.fixture(scope="module")
def module_notebook(
    jupyter: Server, shared: Shared, request: pytest.FixtureRequest
) -> Iterator[Callable[..., NotebookPage]]:
    """module_notebook(name, cells, size): one notebook for all tests of a module, on the shared kernel.

    Without cells it is there already. It is checked at the module's end.
    """
    pages: list[NotebookPage] = []
    failed = request.session.testsfailed

    def opener(name: str, cells: list[str] | None, size: tuple[int, int]) -> NotebookPage:
        assert not pages, "a module has one such notebook"
        if cells is not None:
            jupyter.write(name, cells)
        pages.append(shared.open(name, size))
        return pages[0]

    yield opener
    for page in pages:
        page.screenshot("end")
    if request.session.testsfailed > failed:
        shared.forget()
    for page in pages:
        page.check()


@pytest.fixture
def open_notebook(
    browser: Any, jupyter: Server, screenshots: Path, shared: Shared, request: pytest.FixtureRequest
) -> Iterator[Callable[..., NotebookPage]]:
    """open_notebook(name, cells, server=..., kernel=..., size=...): a page, checked at the test's end.

    A test's first notebook is on the shared kernel, unless another kernel or server is asked for; the others have
    windows and kernels of their own.
    """
    pages: list[NotebookPage] = []
    failed = request.session.testsfailed
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
            if not pages and server is jupyter and kernel == "python3":
                pages.append(shared.open(name, size))
            else:
                pages.append(stack.enter_context(notebook_page(browser, server, name, screenshots, size=size)))
            return pages[-1]

        yield opener
        for page in pages:
            page.screenshot("end")
            if page is not shared.window:
                page.server.stop_kernels(page.name)
        if request.session.testsfailed > failed:
            shared.forget()
    for page in pages:
        page.check()
