"""Is this machine ready? Versions, device, kernel and front end, ten steps of the lab, and minutes for each notebook.

`ame-explore check` prints the answer, and `ame_explore.check()` shows a few lines of it in a notebook. Nothing here
needs torch until the steps are timed, so a broken installation is still reported in words.
"""

from __future__ import annotations

import importlib.metadata
import json
import math
import os
import platform
import re
import sys
import time
import tomllib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

if TYPE_CHECKING:
    from ame_explore.tasks import Progress

State = Literal["fine", "look", "stop"]

STEPS = 10  # steps that are timed
_SPEED = Path(__file__).with_name("reference_speed.json")  # `.ci/notebooks.py --times` writes it
_SECONDS = re.compile(r"the cells compute for (\d+) s\b")  # in the first cell of a notebook
_LEAST_MEMORY = 3.0  # GB: a kernel with a lab and a browser need about that much (our choice)
_LONG_LAB = 120.0  # seconds: a lab that plays longer than this is worth shortening (our choice)
_LONG_NOTEBOOK = 5.0  # minutes, likewise
_GOAL = 60.0  # seconds that a shortened lab should play
_KERNEL_FAULT = SpecifierSet(">=7.0,<7.4")  # https://github.com/ipython/ipykernel/issues/1554


@dataclass(frozen=True)
class Point:
    """One thing that was checked.

    Attributes:
        what: its name, such as "Python" or "kernel".
        found: what is here, such as a version.
        state: "fine", "look" (works, with a drawback) or "stop" (the notebooks cannot run).
        told: what is wrong and how to mend it; empty if nothing is.
    """

    what: str
    found: str
    state: State = "fine"
    told: str = ""


@dataclass(frozen=True)
class Preflight:
    """What `check` found. A notebook shows it in short, `print` at length, and `to_json` is for programs.

    Attributes:
        points: what was checked, in order.
        step_seconds: seconds that one step of the default lab takes here (both students); None if it could not run.
        reference_seconds: the same on the machine where the notebooks were timed.
        notebooks: notebook -> predicted minutes to run all its cells here; empty if steps could not be timed.
        advice: what to scale down, a sentence each.
    """

    points: tuple[Point, ...]
    step_seconds: float | None
    reference_seconds: float
    notebooks: Mapping[str, float]
    advice: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing stops the notebooks."""
        return all(point.state != "stop" for point in self.points)

    def to_json(self) -> dict[str, Any]:
        """Everything, as JSON can hold it."""
        return {**asdict(self), "notebooks": dict(self.notebooks), "ok": self.ok}

    def __str__(self) -> str:
        marks = {"fine": "ok   ", "look": "look ", "stop": "STOP "}
        shown = [point for point in self.points if point.what not in _dependency_names() or point.state != "fine"]
        fine = len(self.points) - len(shown)
        width = max(len(point.what) for point in shown)
        lines = []
        for point in shown:
            lines.append(f"{marks[point.state]} {point.what:<{width}}  {point.found}".rstrip())
            lines += [f"{'':<{width + 8}}{point.told}"] if point.told else []
        if fine:
            lines.append(f"{marks['fine']} {'packages':<{width}}  {fine} of {fine + _bad(shown)} in tested versions")
        if self.step_seconds is not None:
            speed = f"{1000 * self.step_seconds:.0f} ms a step of the lab (two students)"
            lines.append(f"{marks['fine']} {'speed':<{width}}  {speed}, {_times(self)}")
        if self.notebooks:
            lines += ["", "Minutes to run all cells here, predicted from that speed:"]
            name_width = max(map(len, self.notebooks))
            lines += [f"  {name:<{name_width}}  {minutes:5.1f}" for name, minutes in self.notebooks.items()]
        lines += ["", *self.advice] if self.advice else []
        return "\n".join([*lines, "", self._end])

    def __repr__(self) -> str:
        facts = [f"Python {one.found}" if one.what == "Python" else one.found for one in self.points if _in_short(one)]
        lines = [f"{self._end.removesuffix('.')}: {'; '.join(facts)}."]
        lines += [f"{one.what} ({one.found}): {one.told}" for one in self.points if one.state != "fine"]
        here = this_notebook()
        minutes = {name: each for name, each in self.notebooks.items() if here in (None, name)} or self.notebooks
        if minutes:
            each = ", ".join(f"{name} {spent:.1f}" for name, spent in minutes.items())
            lines.append(f"Minutes to run all cells, predicted: {each} ({_times(self)}).")
        return "\n".join([*lines, *self.advice])

    @property
    def _end(self) -> str:
        stops = [point.what for point in self.points if point.state == "stop"]
        return "This machine is ready." if not stops else f"Not ready: mend {', '.join(stops)} first."


def check(*, timed: bool = True, progress: Progress | None = None) -> Preflight:
    """Check that this machine has all that the notebooks need, and predict how long they take.

    Args:
        timed: time ten steps of the default lab; without this there are no predicted minutes.
        progress: called with what is being checked.

    Returns:
        What was found. Printed, it says in plain words what is wrong and how to mend it.
    """
    say = progress or (lambda what, done, of: None)
    say("checking versions", 0, 1)
    points = [_python(), *_dependencies(), _kernel(), _front_end(), _disk()]
    seconds: float | None = None
    if not any(point.state == "stop" for point in points if point.what in {"Python", *_dependency_names()}):
        say("checking the device", 0, 1)
        try:
            points.append(_device())
            seconds = step_seconds(progress=progress) if timed else None
        except Exception as error:  # whatever is broken is reported, beside the other points
            told = f"{STEPS} steps of the lab failed ({type(error).__name__}: {error}). Install the package again."
            points.append(Point("lab", "does not run", "stop", told))
    reference, minutes = reference_seconds(), {}
    if seconds is not None:
        minutes = {name: round(spent * seconds / reference / 60, 2) for name, spent in notebook_seconds().items()}
    return Preflight(
        points=tuple(points),
        step_seconds=seconds,
        reference_seconds=reference,
        notebooks=minutes,
        advice=tuple(scale_down(seconds, minutes)),
    )


def step_seconds(steps: int = STEPS, *, progress: Progress | None = None) -> float:
    """Time the default lab's two students: their losses and gradients, which are nearly all of a step. Like the lab, it
    uses one thread.

    Args:
        steps: how many steps are timed, after the first.
        progress: called with the steps done.

    Returns:
        Seconds a step, for both students together. The median is taken, so that one busy moment does not count.
    """
    from dataclasses import replace
    from statistics import median

    from ame_explore.models import usual_torch
    from ame_explore.training import Recipe, Stage
    from ame_explore.training.parts import ame_of, loss_of, shots_of, student_of

    recipe = Recipe.for_data()
    stage = Stage.for_recipe(recipe, progress=progress)
    images = stage.data.images[shots_of(recipe, stage)[: recipe.batch_size]]
    taught = stage.teacher_features(images)
    arms = [(one, student_of(one, stage).train(), ame_of(one, stage)) for one in (replace(recipe, omega=0.0), recipe)]
    spent = []
    with usual_torch():
        for step in range(steps + 1):
            if progress is not None:
                progress("timing steps of the lab", step, steps)
            began = time.perf_counter()
            for one, student, ame in arms:
                raw, learns = student(student.prepare(images)), one.effective_omega > 0
                loss_of(one, stage, ame, raw=raw, teacher_features=taught, ame_learns=learns).total.backward()
            spent.append(time.perf_counter() - began)
    return median(spent[1:])


def scale_down(seconds: float | None, minutes: Mapping[str, float]) -> list[str]:
    """What to scale down on a slow machine, a sentence each; empty if it is fast enough.

    Args:
        seconds: seconds a step of the default lab; None: not known.
        minutes: notebook -> predicted minutes.
    """
    if seconds is None:
        return []
    from ame_explore.training import Recipe

    found = []
    whole = Recipe.for_data().steps
    if seconds * whole > _LONG_LAB:
        steps = max(10, 10 * math.floor(_GOAL / seconds / 10))
        found.append(
            f"The default lab plays for about {seconds * whole / 60:.0f} minutes here. For about one minute, open "
            f'lab({{"KD": Recipe.for_data(steps={steps}, omega=0), "KD + AME": Recipe.for_data(steps={steps})}}).'
        )
    slow = [name for name, each in minutes.items() if each > _LONG_NOTEBOOK]
    if slow:
        found.append(
            f"Run {', '.join(slow)} before the class, or with fewer steps (steps=...) and seeds than in the cells."
        )
    if found:
        found.append(
            "Close other programs and other notebooks' kernels, plug in the power supply, and open one lab at a time. "
            "`ame-explore demo --seeds 2` is a shorter demo."
        )
    return found


def front_end() -> str:
    """The program that shows this kernel's output: "JupyterLab", "Notebook", "JupyterHub", "VS Code", "Colab",
    "marimo", "Jupyter" if it is not known which, "IPython" in a terminal, or "none" (a script, a shell, a test).
    """
    marimo = sys.modules.get("marimo")
    if marimo is not None and marimo.running_in_notebook():
        return "marimo"
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is None or os.environ.get("AME_HEADLESS", "") not in ("", "0"):
        return "none"
    if "google.colab" in sys.modules:
        return "Colab"
    if "__vsc_ipynb_file__" in shell.user_ns or "VSCODE_PID" in os.environ:
        return "VS Code"
    if not hasattr(shell, "kernel"):
        return "IPython"
    return _server_of(_parents())


def _server_of(commands: Iterable[str]) -> str:
    """The Jupyter program that the command lines of a kernel's parents name."""
    known = {
        "jupyterhub-singleuser": "JupyterHub",
        "jupyter-lab": "JupyterLab",
        "jupyterlab": "JupyterLab",
        "ame-explore": "JupyterLab",
        "ame_explore": "JupyterLab",
        "jupyter-notebook": "Notebook",
    }
    for command in commands:
        for part, name in known.items():
            if part in command:
                return name
    return "Jupyter"


def _parents() -> list[str]:
    """Command lines of this process's parents, the nearest first; only the program and its first argument."""
    with suppress(Exception):  # psutil comes with ipykernel; a process may be gone or not ours to look at
        import psutil

        return [" ".join(parent.cmdline()[:3]) for parent in psutil.Process().parents()]
    return []


def _python() -> Point:
    wanted, here = _declared()[0], platform.python_version()
    if SpecifierSet(wanted).contains(here, prereleases=True):
        return Point("Python", f"{here} on {platform.system()} {platform.machine()}")
    told = f"Python {wanted} is needed: make a new environment with it and install the package there."
    return Point("Python", here, "stop", told)


def declared_dependencies() -> list[Requirement]:
    """What the package declares that it needs on this system; extras are left out."""
    return _declared()[1]


def _declared() -> tuple[str, list[Requirement]]:
    """The range of Python versions and the dependencies that the package declares."""
    checkout = Path(__file__).resolve().parents[2] / "pyproject.toml"
    if checkout.is_file():
        project = tomllib.loads(checkout.read_text(encoding="utf-8"))["project"]
        python, lines = project["requires-python"], project["dependencies"]
    else:
        facts = importlib.metadata.metadata("ame_explore")
        python, lines = facts["Requires-Python"], facts.get_all("Requires-Dist") or []
    wanted = [Requirement(line) for line in lines]
    return python, [one for one in wanted if one.marker is None or one.marker.evaluate({"extra": ""})]


def _dependency_names() -> set[str]:
    return {one.name for one in _declared()[1]}


def _bad(points: Iterable[Point]) -> int:
    names = _dependency_names()
    return sum(point.what in names for point in points)


def _dependencies() -> list[Point]:
    return [_dependency(one) for one in _declared()[1]]


def _dependency(wanted: Requirement) -> Point:
    """Whether a dependency is here, and in a version that the package declares."""
    install = f'"{Path(sys.executable)}" -m pip install "{wanted}"'
    try:
        here = importlib.metadata.version(wanted.name)
    except importlib.metadata.PackageNotFoundError:
        return Point(wanted.name, "missing", "stop", f"Run: {install}")
    if wanted.specifier.contains(here, prereleases=True):
        return Point(wanted.name, here)
    least = SpecifierSet(",".join(str(part) for part in wanted.specifier if part.operator == ">="))
    if least.contains(here, prereleases=True):
        return Point(
            wanted.name, here, "look", f"Newer than what was tested ({wanted.specifier}). To change it: {install}"
        )
    return Point(wanted.name, here, "stop", f"Too old ({wanted.specifier} is needed). Run: {install}")


def _kernel() -> Point:
    """Whether Jupyter starts a kernel of this Python."""
    try:
        from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

        version = importlib.metadata.version("ipykernel")
        try:
            spec = KernelSpecManager().get_kernel_spec("python3")
        except NoSuchKernel:
            told = f'Jupyter finds no kernel "python3". Run: "{sys.executable}" -m ipykernel install --sys-prefix'
            return Point("kernel", "missing", "stop", told)
    except ImportError as error:
        return Point("kernel", "missing", "stop", f"Run: {sys.executable} -m pip install ipykernel ({error})")
    program = spec.argv[0]  # "python" without a path means this one
    found = f"python3 (ipykernel {version})"
    inside = "IPython" in sys.modules and hasattr(sys.modules["IPython"].get_ipython(), "kernel")
    if not inside and os.path.isabs(program) and not _same_python(program):
        told = f"Jupyter would start another Python ({program}). `ame-explore lab` starts this one."
        return Point("kernel", found, "look", told)
    if _KERNEL_FAULT.contains(version):
        told = (
            "This ipykernel can leave a cell waiting (its issue 1554): upgrade it to 7.4, or use Reconnect to Kernel."
        )
        return Point("kernel", found, "look", told)
    return Point("kernel", found)


def _same_python(program: str) -> bool:
    """Whether a program is a Python of this environment; environments share one binary, so links are not followed."""
    return Path(program).parent.resolve() == Path(sys.executable).parent.resolve()


def _front_end() -> Point:
    """The front end, or the ones that are installed, and whether they can show the widgets."""
    here = front_end()
    if here == "none":
        there = []
        for package, name in (("jupyterlab", "JupyterLab"), ("notebook", "Notebook"), ("marimo", "marimo")):
            with suppress(importlib.metadata.PackageNotFoundError):
                there.append(f"{name} {importlib.metadata.version(package)}")
        found = f"none here; installed: {', '.join(there) or 'none'}"
    else:
        found = here
    if here in ("VS Code", "Colab", "marimo"):
        told = "The course was tried in JupyterLab and Notebook 7 only: views may look different here."
        return Point("front end", found, "look", told)
    if here == "IPython":
        told = "A terminal shows no figures and no lab: start `ame-explore lab`."
        return Point("front end", found, "look", told)
    from_jupyter = [Path(part) for part in _jupyter_path()]
    needed = ("anywidget", "@jupyter-widgets/jupyterlab-manager")
    missing = [name for name in needed if not any((folder / name).is_dir() for folder in from_jupyter)]
    if missing and here in ("none", "JupyterLab", "Notebook"):
        lacks = " and ".join(missing)
        told = f"JupyterLab lacks {lacks}, so the lab would stay blank. Run: pip install anywidget ipywidgets"
        return Point("front end", found, "look", told)
    return Point("front end", found)


def _jupyter_path() -> list[str]:
    with suppress(ImportError):
        from jupyter_core.paths import jupyter_path

        return [str(one) for one in jupyter_path("labextensions")]
    return []


def _disk() -> Point:
    """Whether trained teachers can be kept for the next time."""
    import tempfile

    import platformdirs

    given = os.environ.get("AME_EXPLORE_CACHE")
    folder = Path(given).expanduser() if given else Path(platformdirs.user_cache_dir("ame_explore"))
    place = next(one for one in (folder, *folder.parents) if one.exists())
    try:
        tempfile.TemporaryFile(dir=place).close()
    except OSError as error:
        told = (
            f"Nothing can be written to {place} ({error.strerror or error}): models are trained again each time. "
            "Set AME_EXPLORE_CACHE to a folder that you can write to."
        )
        return Point("cache", str(folder), "look", told)
    return Point("cache", str(folder))


def _device() -> Point:
    """What computes, and how much memory there is."""
    import torch

    there = getattr(os, "sched_getaffinity", None)  # not on every system
    cores = len(there(0)) if there else os.cpu_count() or 1
    found = f"CPU with {cores} core{'s' if cores > 1 else ''}"
    if torch.cuda.is_available():
        found += f", and {torch.cuda.get_device_name()} (the notebooks use the CPU)"
    memory = _memory()
    if memory is None:
        return Point("device", found)
    found += f", {memory:.1f} GB of memory free"
    if memory < _LEAST_MEMORY:
        told = f"Little memory: a kernel and a browser need about {_LEAST_MEMORY:g} GB. Close other programs."
        return Point("device", found, "look", told)
    return Point("device", found)


def _memory() -> float | None:
    """Free memory in GB, or None if that is not known."""
    with suppress(Exception):  # psutil comes with ipykernel
        import psutil

        return float(psutil.virtual_memory().available) / 1e9
    return None


def notebook_seconds() -> dict[str, int]:
    """The measured seconds of each notebook, read from its first cell; notebooks without them are left out."""
    from ame_explore.apps.notebooks_folder import packaged_notebooks

    folder, found = packaged_notebooks(), {}
    for path in sorted(folder.rglob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        told = _SECONDS.search("".join(cells[0]["source"])) if cells else None
        if told and ".ipynb_checkpoints" not in path.parts:
            found[path.relative_to(folder).with_suffix("").as_posix()] = int(told[1])
    return found


def this_notebook() -> str | None:
    """The name of the notebook that runs in this kernel, such as "00_tour"; None if the front end does not say."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    told = os.environ.get("JPY_SESSION_NAME") or getattr(shell, "user_ns", {}).get("__vsc_ipynb_file__")
    return Path(str(told)).stem if told else None


def reference_seconds() -> float:
    """What `step_seconds` gave on the machine where the notebooks were timed, at that time."""
    return float(json.loads(_SPEED.read_text(encoding="utf-8"))["step_seconds"])


def _in_short(point: Point) -> bool:
    """Whether the short form in a notebook names a point that is fine."""
    return point.what in ("Python", "device") or (point.what == "front end" and front_end() != "none")


def _times(found: Preflight) -> str:
    """How the speed here compares with the machine that the notebooks were timed on."""
    assert found.step_seconds is not None
    ratio = found.step_seconds / found.reference_seconds
    if 0.8 <= ratio <= 1.25:
        return "as fast as the machine where the notebooks were timed"
    faster, times = ratio < 1, 1 / ratio if ratio < 1 else ratio
    return f"{times:.1f} times as {'fast' if faster else 'slow'} as the machine where the notebooks were timed"
