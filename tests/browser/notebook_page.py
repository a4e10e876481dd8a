"""A notebook in a real browser, driven through the page: cells, kernels, screenshots, complaints of the console."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from serving import Server

NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # Nothing but the server of the test can be reached: what the page needs, it has to have.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
# What JupyterLab and Notebook themselves say on the console of a healthy page.
KNOWN = re.compile(
    r"Failed to load resource: .* 404 .*(/api/contents/|/api/workspaces|favicon)"
    r"|GPU stall due to ReadPixels|Could not restore the debugger state"
    r"|uncaught: Cannot read properties of undefined \(reading 'schema'\)(?s:.)*/static/notebook/notebook_core"  # 7.6
    # anywidget, when the machine is busy: the channel mends it (test_a_model_that_anywidget_gave_up_still_hears).
    r"|uncaught: \[anywidget\] Failed to initialize model"
)
# A kernel without the labs, widgets and names of a test; what it has imported and prepared stays.
EMPTIED = """
import gc, ipywidgets
for one in [one for one in gc.get_objects() if type(one).__name__ == "LiveRun"]:
    one.close()
ipywidgets.Widget.close_all()
get_ipython().run_line_magic("reset", "-sf")
"""


def find_chromium() -> str | None:
    """The browser named in CHROMIUM, else the first one on the path."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


class NotebookPage:
    """One browser page with one notebook open.

    Attributes:
        page: Playwright's. complaints: errors of the console and uncaught ones. strangers: requests to other hosts.
        received: (time in ms, size in bytes, message type) of the kernel's messages, as they came over the wire.
    """

    def __init__(self, page: Any, server: Server, name: str, screenshots: Path) -> None:
        self.page, self.server, self.name, self.screenshots = page, server, name, screenshots
        self.complaints: list[str] = []
        self.strangers: list[str] = []
        self.received: list[tuple[str, int]] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self._complain(f"uncaught: {error}\n{error.stack}"))
        page.on("request", self._see)
        page.on("websocket", lambda socket: socket.on("framereceived", self._weigh))

    def open(self) -> None:
        """Load the page and wait until its kernel is idle."""
        self.page.goto(self.server.address(self.name))
        self.page.wait_for_function("() => window.jupyterapp !== undefined", timeout=90_000)
        self.page.evaluate("() => window.jupyterapp.restored")
        self.wait_for_kernel()
        if self.server.kind == "lab" and self.page.locator("#jp-left-stack").is_visible():
            self.command("application:toggle-left-area")

    def wait_for_kernel(self, timeout: float = 60_000) -> None:
        self.page.wait_for_selector(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell", timeout=timeout)
        self.page.wait_for_function(
            """() => {
                const panel = window.jupyterapp.shell.currentWidget;
                const kernel = panel?.sessionContext?.session?.kernel;
                return kernel?.connectionStatus === "connected" && kernel.status === "idle";
            }""",
            timeout=timeout,
        )

    def run_all(self, timeout: float = 120_000) -> None:
        """Run every cell, wait for the last, and fail with the traceback of a cell that raised."""
        self.command("notebook:run-all-cells", timeout=timeout)
        stderr = ".jp-RenderedText[data-mime-type='application/vnd.jupyter.stderr']"
        # The kernel's own warnings (of a task that ended with a page before) speak of tracebacks, too.
        raised = self.page.locator(stderr, has_text=re.compile(r"Traceback \(most recent call last\)"))
        if raised.count():
            raise AssertionError(f"a cell raised: {raised.first.inner_text()}")

    def command(self, name: str, arguments: dict[str, Any] | None = None, *, timeout: float = 60_000) -> None:
        """Execute one of JupyterLab's commands and wait for its end."""
        self.page.evaluate(
            """([name, given]) => {
                window.commandDone = false;
                window.jupyterapp.commands.execute(name, given ?? undefined)
                    .then(() => { window.commandDone = true; }, error => { window.commandDone = String(error); });
            }""",
            [name, arguments],
        )
        self.page.wait_for_function("() => window.commandDone !== false", timeout=timeout)
        done = self.page.evaluate("() => window.commandDone")
        if done is not True:
            raise AssertionError(f"{name}: {done}")

    def python(self, code: str, timeout: float = 30_000) -> str:
        """Run `code` in the kernel, outside the notebook, and return what it printed (or fail with its traceback).

        The notebook's own cells stay as they are; the order in which cells were run is kept.
        """
        return str(
            self.page.evaluate(
                """async ([code, limit]) => {
                    const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
                    const future = kernel.requestExecute({code, silent: false, store_history: false});
                    let printed = "";
                    future.onIOPub = message => {
                        const kind = message.header.msg_type;
                        if (kind === "stream") printed += message.content.text;
                    };
                    const busy = new Error("the kernel is busy: " + code);
                    const late = new Promise((_, no) => setTimeout(() => no(busy), limit));
                    const reply = await Promise.race([future.done, late]);
                    if (reply.content.status !== "ok") throw new Error(reply.content.traceback.join("\\n"));
                    return printed;
                }""",
                [code, timeout],
            )
        ).strip()

    def wait_for_python(self, code: str, wanted: str, timeout: float = 20.0) -> None:
        """Wait until the kernel prints `wanted`.

        JupyterLab sends what is done in a widget to a thread of its own there, which code that is run after it can
        overtake.
        """
        end = time.monotonic() + timeout
        while (said := self.python(code)) != wanted:
            assert time.monotonic() < end, f"{code} says {said!r}, not {wanted!r}"
            time.sleep(0.1)

    def close_tab(self) -> None:
        """Save the notebook and close its tab; the kernel goes on."""
        self.command("docmanager:save")
        # JupyterLab asks whether to save again where a still was redrawn in between.
        self.page.evaluate("() => void window.jupyterapp.commands.execute('application:close')")
        self.page.wait_for_function(
            """() => {
                document.querySelector(".jp-Dialog .jp-mod-accept")?.click();
                return !document.querySelector(".jp-NotebookPanel");
            }"""
        )

    def open_tab(self) -> None:
        """Open the notebook again, on the kernel that it had."""
        self.command("docmanager:open", {"path": f"{self.name}.ipynb"})
        self.wait_for_kernel()

    def turn_to(self, name: str) -> None:
        """Close the tab and open notebook `name` on the same kernel, emptied; what was heard before is forgotten."""
        self.python(EMPTIED)
        kernel = self.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.id")
        self.close_tab()
        self.name = name
        self.command("docmanager:open", {"path": f"{name}.ipynb", "factory": "Notebook", "kernel": {"id": kernel}})
        self.wait_for_kernel()
        for heard in (self.complaints, self.strangers, self.received):
            heard.clear()

    def output(self, cell: int) -> Any:
        """The output area of a code cell, as a Playwright locator."""
        cells = self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-CodeCell")
        return cells.nth(cell).locator(".jp-OutputArea")

    def screenshot(self, what: str, place: Any = None) -> Path:
        """Keep a picture of `place` (a locator) or of the window."""
        path = self.screenshots / f"{self.name}-{what}.png"
        (place if place is not None else self.page).screenshot(path=path)
        return path

    def largest(self, kind: str) -> int:
        """Bytes of the largest message of this type that came from the kernel; 0 if there was none."""
        return max((size for found, size in self.received if found == kind), default=0)

    def check(self) -> None:
        """Fail on what the console complained of and on requests to other hosts."""
        assert not self.complaints, "the browser's console complained:\n" + "\n".join(self.complaints)
        assert not self.strangers, "the page asked other hosts:\n" + "\n".join(self.strangers)

    def _hear(self, message: Any) -> None:
        told = f"{message.text} ({message.location.get('url', '')})"
        if message.type == "error":
            self._complain(told)

    def _complain(self, told: str) -> None:
        if not KNOWN.search(told):
            self.complaints.append(told)

    def _see(self, request: Any) -> None:
        if not request.url.startswith((self.server.url, "data:", "blob:", "chrome", "about:")):
            self.strangers.append(request.url)

    def _weigh(self, frame: Any) -> None:
        content = frame if isinstance(frame, bytes) else frame.encode()
        kind = re.search(rb'"msg_type": ?"(\w+)"', content[:4000])
        self.received.append((kind.group(1).decode() if kind else "", len(content)))


@contextmanager
def notebook_page(
    browser: Any, server: Server, name: str, screenshots: Path, *, size: tuple[int, int] = (1280, 900)
) -> Iterator[NotebookPage]:
    """Open `name`.ipynb in a fresh context of the browser."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]})
    opened = NotebookPage(context.new_page(), server, name, screenshots)
    try:
        opened.open()
        yield opened
    except BaseException:
        opened.screenshot("failed")
        raise
    finally:
        context.close()
