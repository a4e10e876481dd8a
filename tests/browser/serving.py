"""A JupyterLab or Notebook 7 of the tests' own: free port, empty folders, no token, kernels to choose from."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

# What JupyterLab would fetch from the network or ask the user about.
SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": True,
    },
    "@jupyterlab/docmanager-extension:plugin": {"autosave": False},
    "@jupyterlab/apputils-extension:kernels-settings": {"showStatusBarItem": True},
    # Outputs far below the window are part of the page at once: a test scrolls to what it looks at.
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},
}
MODULES = {"lab": "jupyterlab", "notebook": "notebook"}
FLAGS = {
    "lab": ("--LabApp.expose_app_in_browser=True", "--LabApp.news_url=", "--LabApp.extension_manager=readonly"),
    "notebook": ("--JupyterNotebookApp.expose_app_in_browser=True",),
}


@dataclass(frozen=True)
class Server:
    """A running server.

    Attributes:
        url: of its root, ending in "/". root: the folder that it serves. kind: "lab" or "notebook".
        kernels: the folder of its kernel specifications. runtime: of the connection files. log: its output.
    """

    url: str
    root: Path
    kind: str
    kernels: Path
    runtime: Path
    log: Path

    def add_kernel(self, name: str, first: Path | None = None) -> None:
        """Offer a kernel of this interpreter, with the folder `first` before all else on its path."""
        specification = {
            "argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            "display_name": name,
            "language": "python",
            "env": {} if first is None else {"PYTHONPATH": str(first)},
        }
        (self.kernels / name).mkdir(parents=True, exist_ok=True)
        (self.kernels / name / "kernel.json").write_text(json.dumps(specification), encoding="utf-8")

    def write(self, name: str, cells: list[str], *, kernel: str = "python3") -> str:
        """Write `name`.ipynb with these code cells and return its address in the browser."""
        notebook = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(source) for source in cells],
            metadata={"kernelspec": {"name": kernel, "display_name": kernel, "language": "python"}},
        )
        nbformat.write(notebook, self.root / f"{name}.ipynb")
        return self.address(name)

    def address(self, name: str) -> str:
        """Of a notebook in `root`; in JupyterLab each has a workspace of its own: no other test's tab opens."""
        place = f"lab/workspaces/{name}/tree/{name}.ipynb?reset" if self.kind == "lab" else f"notebooks/{name}.ipynb"
        return self.url + place

    def ask(self, path: str, *, method: str = "GET", content: object = None) -> Any:
        """A call of Jupyter's REST interface."""
        request = urllib.request.Request(
            self.url + path, method=method, data=None if content is None else json.dumps(content).encode()
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def stop_kernels(self, *names: str) -> None:
        """End the kernels of these notebooks, or all, so that no test pays for another's."""
        sessions = self.ask("api/sessions")
        ended = [each for each in sessions if not names or Path(each["path"]).stem in names]
        for kernel in {session["kernel"]["id"] for session in ended}:  # several may have one
            self.ask(f"api/kernels/{kernel}", method="DELETE")


@contextmanager
def serve(folder: Path, *, kind: str = "lab") -> Iterator[Server]:
    """Run JupyterLab ("lab") or Notebook 7 ("notebook") in `folder` until the block ends, and leave no process behind.

    Its kernel "python3" is this interpreter with what is installed beside it.

    Raises `RuntimeError`, with the end of the log, when the server does not answer within 90 s.
    """
    root, log = folder / "root", folder / "server.log"
    for name in ("root", "config", "data", "runtime", "ipython", "workspaces", "settings"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    overrides = folder / "config" / "labconfig" / "default_setting_overrides.json"
    overrides.parent.mkdir(exist_ok=True)
    overrides.write_text(json.dumps(SETTINGS), encoding="utf-8")
    environment = os.environ | {
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
        "IPYTHONDIR": str(folder / "ipython"),
    }
    environment.pop("AME_HEADLESS", None)  # a person is watching
    kernels, runtime = folder / "data" / "kernels", folder / "runtime"
    server = Server(f"http://127.0.0.1:{free_port()}/", root, kind, kernels, runtime, log)
    server.add_kernel("python3")
    port = urllib.parse.urlsplit(server.url).port
    command = [
        *(sys.executable, "-m", MODULES[kind], "--allow-root", "--no-browser"),
        *("--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}", "--ServerApp.port_retries=0"),
        *("--IdentityProvider.token=", "--ServerApp.password=", "--ServerApp.disable_check_xsrf=True"),
        *(f"--ServerApp.root_dir={root}", "--ServerApp.terminals_enabled=False", *FLAGS[kind]),
    ]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=root, env=environment, stdout=output, stderr=output, start_new_session=True
        )
    try:
        wait_for(server, process)
        yield server
    finally:
        end(process)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(server: Server, process: subprocess.Popen[bytes], seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        try:
            server.ask("api/status")
        except OSError:
            time.sleep(0.1)
        else:
            return
    end(process)
    told = server.log.read_text(encoding="utf-8", errors="replace")[-3000:]
    raise RuntimeError(f"no {server.kind} server within {seconds} s:\n{told}")


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask the server to end, which ends its kernels too; after 15 s all that is left of its session is killed."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
