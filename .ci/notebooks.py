"""Keep each notebooks/NN_name.py (percent format) and its .ipynb the same, and the .ipynb free of leftovers.

    python .ci/notebooks.py              bring every pair together (where they differ, the newer file wins)
    python .ci/notebooks.py --execute    the same, and run the notebooks to store the outputs that are kept
    python .ci/notebooks.py --times      the same, and write the measured seconds into the heads of the course; of all
                                           notebooks together, also the speed of this machine, for `ame-explore check`
    python .ci/notebooks.py --check      change nothing; list what is wrong and exit with 1
    ... NAME ...                           only these, e.g. 00_tour or notebooks/00_tour.py

Only code cells tagged `keep-output` (`# %% tags=["keep-output"]` in the .py) keep their outputs; those must
be text or still pictures that come out the same every time, for nbval compares the text. Of the other cells
the stills remain (SVG with a sentence, as figures, labs and explorers give them), so that a page that runs
no script shows something of every figure. All else is stripped: outputs, execution counts, widget state. A
cell without an execution count is run by nbval, and not compared.

The notebooks of the course (NN_name) say in their first cell their aim, what the reader needs, the time at the seat and
the measured seconds that the cells compute, and have a section "Where to go next". Each may compute for 90 s, all
for 360 s.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import jupytext
import nbformat
from jupytext.config import load_jupytext_config
from nbformat import NotebookNode

try:
    import resource
except ImportError:  # Windows: the time in all is told
    resource = None  # type: ignore[assignment]

FOLDER = Path(__file__).resolve().parents[1] / "notebooks"
SPEED = FOLDER.parent / "ame_explore" / "apps" / "reference_speed.json"
KEEP = "keep-output"
STILL = {"text/plain", "text/html", "text/markdown", "text/latex", "image/png", "image/svg+xml"}
SVG = "image/svg+xml"
LARGEST = 100_000  # bytes of one still that is stored
COURSE = re.compile(r"\d\d_")  # how the names of the course's notebooks begin
HEAD = ("**Aim:**", "**You need:**", "**Time:**")
NEXT = "## Where to go next"
SECONDS = re.compile(r"(?<=the cells compute for )\d+(?= s\b)")
MOST, MOST_OF_ALL = 90, 360  # seconds of computing
METADATA = {
    "jupytext": {"formats": "ipynb,py:percent"},
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def names(folder: Path = FOLDER) -> list[str]:
    """All notebooks in `folder` and below it, of either half: paths without their endings, as "howto/reading"."""
    halves = [path for kind in ("*.py", "*.ipynb") for path in folder.rglob(kind)]
    found = {path.relative_to(folder).with_suffix("") for path in halves if path.stem != "conftest"}
    return sorted(path.as_posix() for path in found if ".ipynb_checkpoints" not in path.parts)


def sources(notebook: NotebookNode) -> list[tuple[str, str, list[str]]]:
    """(cell type, source, tags) of every cell: what the two halves share."""
    return [(cell.cell_type, cell.source.strip("\n"), cell.metadata.get("tags", [])) for cell in notebook.cells]


def clean(notebook: NotebookNode, outputs: dict[str, list] | None = None) -> NotebookNode:
    """A copy of `notebook` in the one form that is stored.

    Args:
        outputs: source -> outputs, for the cells tagged `keep-output`; None takes the cells' own.
    """
    fresh = nbformat.v4.new_notebook(metadata=nbformat.from_dict(METADATA))
    for index, (kind, source, tags) in enumerate(sources(notebook)):
        cell = getattr(nbformat.v4, f"new_{kind}_cell")(source, id=f"cell-{index:03d}")
        if tags:
            cell.metadata["tags"] = tags
        if kind == "code" and KEEP in tags:
            own = notebook.cells[index].get("outputs", []) if outputs is None else outputs.get(source, [])
            cell.outputs = [_still(output, index) for output in own]
            cell.execution_count = index if cell.outputs else None
        elif kind == "code":
            own = notebook.cells[index].get("outputs", []) if outputs is None else outputs.get(source, [])
            cell.outputs = [shown for output in own for shown in _picture(output)]
        fresh.cells.append(cell)
    return fresh


def _still(output: NotebookNode, count: int) -> NotebookNode:
    output = nbformat.from_dict(output)
    if output.output_type == "execute_result":
        output.execution_count = count
    return output


def _picture(output: NotebookNode) -> list[NotebookNode]:
    """The still of an output and its sentence, without what only a kernel or a script can show, if it has one."""
    data = output.get("data", {})
    if SVG not in data or len("".join(data[SVG])) > LARGEST:
        return []
    kept = {kind: data[kind] for kind in (SVG, "text/plain") if kind in data}
    return [nbformat.v4.new_output("display_data", data=kept)]


def sync(name: str, folder: Path = FOLDER, *, execute: bool = False, times: bool = False) -> bool:
    """Bring the two halves of one notebook together and strip it; True if a file was changed.

    Args:
        name: path in `folder` without ending.
        folder: the folder with the notebooks.
        execute: run it, and store the outputs that are kept.
        times: run it, and write the seconds that it took into its head, if that has a place for them.
    """
    script, stored = folder / f"{name}.py", folder / f"{name}.ipynb"
    before = [path.read_bytes() if path.exists() else b"" for path in (script, stored)]
    old = nbformat.read(stored, as_version=4) if stored.exists() else None
    new = jupytext.read(script, fmt="py:percent") if script.exists() else old
    if old is not None and new is not old and sources(old) != sources(new):
        new = old if stored.stat().st_mtime > script.stat().st_mtime else new
    assert new is not None
    if new is old:
        jupytext.write(clean(old), script, fmt="py:percent", config=load_jupytext_config(str(script)))
    kept = {cell.source.strip("\n"): cell.get("outputs", []) for cell in old.cells} if old is not None else {}
    new = clean(new, kept)
    if execute or times:
        began, used = time.perf_counter(), _processor_seconds()
        new = clean(_executed(new, stored.parent))
        whole, used = time.perf_counter() - began, _processor_seconds() - used
        seconds = min(whole, used or whole)  # on a busy machine a notebook waits, which is not its own time
        print(f"{name}: {seconds:.0f} s of computing, {whole:.0f} s in all")
        if times and SECONDS.search(new.cells[0].source):
            told = str(rounded(seconds))
            new.cells[0].source = SECONDS.sub(told, new.cells[0].source, count=1)
            script.write_text(SECONDS.sub(told, script.read_text(encoding="utf-8"), count=1), encoding="utf-8")
    nbformat.write(new, stored)
    os.utime(script)  # jupytext in JupyterLab refuses a notebook that is newer than its script
    return before != [path.read_bytes() for path in (script, stored)]


def step_seconds() -> float:
    """Seconds of a step of the default lab on this machine now; a process of its own leaves nothing loaded here."""
    code = "from ame_explore.apps.preflight import step_seconds; print(step_seconds())"
    return float(subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.PIPE, text=True).stdout)


def _processor_seconds() -> float:
    """Seconds that the ended kernels of this process, and their children, spent on processors."""
    if resource is None:
        return 0.0
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def rounded(seconds: float) -> int:
    """Seconds as a head tells them: whole multiples of 5, so that two measurements rarely differ."""
    return max(5, 5 * round(seconds / 5))


def told_seconds(notebook: NotebookNode) -> int | None:
    """The seconds of computing that a notebook's head tells, or None."""
    found = SECONDS.search(notebook.cells[0].source) if notebook.cells else None
    return int(found.group()) if found else None


def lacking(notebook: NotebookNode) -> list[str]:
    """What a notebook of the course lacks of its frame, in words."""
    head = notebook.cells[0].source if notebook.cells else ""
    found = [f"its first cell has no {part}" for part in HEAD if part not in head]
    seconds = told_seconds(notebook)
    if seconds is None:
        found.append('its first cell does not say "the cells compute for N s"')
    elif seconds > MOST:
        found.append(f"its cells compute for {seconds} s, more than {MOST}")
    if not any(cell.source.startswith(NEXT) for cell in notebook.cells if cell.cell_type == "markdown"):
        found.append(f"no cell begins with {NEXT!r}")
    return found


def _executed(notebook: NotebookNode, folder: Path) -> NotebookNode:
    from nbclient import NotebookClient

    os.environ["AME_HEADLESS"] = "1"
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"
    client = NotebookClient(
        notebook,
        timeout=600,
        kernel_name="python3",
        coalesce_streams=True,
        resources={"metadata": {"path": folder}},
    )
    return client.execute()


def problems(name: str, folder: Path = FOLDER) -> list[str]:
    """What is wrong with one notebook, a sentence each; empty if nothing is."""
    script, stored = folder / f"{name}.py", folder / f"{name}.ipynb"
    missing = [path.name for path in (script, stored) if not path.exists()]
    if missing:
        return [f"{missing[0]} is missing"]
    notebook = nbformat.read(stored, as_version=4)
    found = [f"{stored.name}: {one}" for one in lacking(notebook)] if COURSE.match(name) else []
    if sources(jupytext.read(script, fmt="py:percent")) != sources(notebook):
        found.append(f"{script.name} and {stored.name} have different sources")
    if "widgets" in notebook.metadata:
        found.append(f"{stored.name} holds widget state (metadata.widgets)")
    for index, cell in enumerate(notebook.cells):
        where = f"{stored.name}, cell {index}"
        if cell.cell_type != "code":
            continue
        if KEEP not in cell.metadata.get("tags", []):
            if cell.execution_count is not None or any(_picture(output) != [output] for output in cell.outputs):
                found.append(f"{where} has stored output or an execution count but no tag {KEEP}")
        elif not cell.outputs or cell.execution_count is None:
            found.append(f"{where} is tagged {KEEP} and has no stored output: run .ci/notebooks.py --execute {name}")
        for output in cell.outputs:
            moving = sorted(set(output.get("data", {})) - STILL)
            if moving or output.output_type == "error":
                found.append(f"{where} keeps an output that does not stand still ({', '.join(moving) or 'an error'})")
    if not found and nbformat.writes(clean(notebook)).strip() != stored.read_text(encoding="utf-8").strip():
        found.append(f"{stored.name} has metadata that is not stored: run .ci/notebooks.py {name}")
    return found


def main() -> int:
    """The command line; see the head of this file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--check", action="store_true")
    mode.add_argument("--execute", action="store_true")
    mode.add_argument("--times", action="store_true")
    chosen = parser.parse_args()
    by_name = {short: name for name in names() for short in (name, Path(name).name)}
    asked = [Path(name).with_suffix("").as_posix().removeprefix("notebooks/") for name in chosen.names]
    unknown = set(asked) - set(by_name)
    wanted = sorted({by_name[name] for name in asked if name in by_name}) or names()
    if unknown:
        parser.error(f"no such notebook: {', '.join(sorted(unknown))}; there are: {', '.join(names()) or 'none'}")
    failed = False
    speeds = [step_seconds()] if chosen.times else []
    for name in wanted:
        if not chosen.check and sync(name, execute=chosen.execute, times=chosen.times):
            print(f"{name}: updated")
        for problem in problems(name):
            failed = True
            print(problem, file=sys.stderr)
    if speeds and wanted == names():
        mean = (speeds[0] + step_seconds()) / 2
        SPEED.write_text(json.dumps({"step_seconds": round(mean, 4)}) + "\n", encoding="utf-8")
    course = [nbformat.read(FOLDER / f"{name}.ipynb", as_version=4) for name in names() if COURSE.match(name)]
    if (whole := sum(told_seconds(notebook) or 0 for notebook in course)) > MOST_OF_ALL:
        failed = True
        print(f"the notebooks of the course compute for {whole} s, more than {MOST_OF_ALL}", file=sys.stderr)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
