"""What a learner costs: seconds, peak memory and CPU of a kernel that runs a notebook, and of a lab at play in a page.

    python tests/benchmarks/classroom.py notebooks/00_tour.ipynb
    python tests/benchmarks/classroom.py                           # a lab at play

Each prints one line of JSON. `python .ci/figures.py measure classroom` measures all, for the teacher's page.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
import psutil
from nbclient import NotebookClient

LAB = """
import resource, time
import ame_explore
from ame_explore import Recipe
plain = Recipe.for_data(steps=100_000, schedule="constant", omega=0.0)
shown = ame_explore.lab({"KD": plain, "KD + AME": Recipe.for_data(steps=100_000, schedule="constant")})
shown
"""
NOW = """print(
    shown.live.view().step, time.perf_counter(), time.process_time(),
    resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
)"""


def notebook_cost(path: Path, *, cell_timeout: int = 600) -> dict[str, float]:
    """Run a notebook in a kernel of its own, as a learner does for the first time: nothing is in the cache.

    Args:
        path: the notebook. Its kernel runs in its folder.
        cell_timeout: seconds.

    Returns:
        seconds (without starting the kernel), peak_gb (resident memory of the kernel) and cpu_seconds.
    """
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook, timeout=cell_timeout, kernel_name="python3", resources={"metadata": {"path": path.parent}}
    )
    with TemporaryDirectory() as cache:
        environment = {**os.environ, "AME_HEADLESS": "1", "AME_EXPLORE_CACHE": cache, "JUPYTER_PREFER_ENV_PATH": "1"}
        with client.setup_kernel(env=environment):
            kernel = psutil.Process(client.km.provisioner.pid)
            began, before = time.perf_counter(), sum(kernel.cpu_times()[:2])
            for index, cell in enumerate(notebook.cells):
                client.execute_cell(cell, index)
            return {
                "seconds": round(time.perf_counter() - began, 1),
                "peak_gb": _peak_gb(kernel.pid),
                "cpu_seconds": round(sum(kernel.cpu_times()[:2]) - before, 1),
            }


def _peak_gb(process: int) -> float:
    """The most resident memory that a process has had, in GB (Linux)."""
    for line in Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return round(int(line.split()[1]) * 1024 / 1e9, 2)
    raise RuntimeError(f"/proc/{process}/status has no VmHWM")


def lab_at_play(seconds: float) -> dict[str, float]:
    """Play the default lab in JupyterLab, in view of a page, at full speed.

    Args:
        seconds: how long.

    Returns:
        peak_gb of its kernel, cores (CPU seconds a second) and steps_per_second.

    Raises:
        Unavailable: without a browser.
    """
    from live import page

    with page("classroom", [LAB]) as notebook:
        lab = notebook.page.locator("[data-testid=lab]")
        lab.scroll_into_view_if_needed()
        notebook.page.locator("[data-testid=lab][data-state=paused]").wait_for()
        notebook.page.locator("[data-testid=play]").click()
        notebook.page.locator("[data-testid=lab][data-state=playing]").wait_for()
        step, wall, cpu, _ = map(float, notebook.python(NOW).split())
        notebook.page.wait_for_timeout(1000 * seconds)
        later, end, spent, peak = map(float, notebook.python(NOW).split())
    return {
        "peak_gb": round(peak * 1024 / 1e9, 2),
        "cores": round((spent - cpu) / (end - wall), 2),
        "steps_per_second": round((later - step) / (end - wall), 1),
    }


def main() -> None:
    """Measure the notebook that is named, or a lab."""
    if len(sys.argv) > 1:
        print(json.dumps(notebook_cost(Path(sys.argv[1]).resolve())))
    else:
        print(json.dumps(lab_at_play(30.0)))


if __name__ == "__main__":
    main()
