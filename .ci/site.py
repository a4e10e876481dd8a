"""Build the site, warnings as errors: run all notebooks, then Sphinx. It opens from its folder, without a network.

    python .ci/site.py             # into out/site; some six minutes, or one if no notebook and no code has changed
    python .ci/site.py NAME ...    # run only these notebooks anew; others are taken as they were run last
    python .ci/site.py --stored    # run none: cells have only the outputs that are stored

Executed notebooks are kept in out/executed; one is run again when it or the package has changed. What a lab of theirs
recorded becomes a replay, a page of its own that the notebook's page shows.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = ROOT / "notebooks"
OUT, KEPT = ROOT / "out" / "site", ROOT / "out" / "executed"
sys.path.insert(0, str(ROOT / ".ci" / "docs"))

from course_pages import REPLAY, names  # noqa: E402

# Run in a notebook's kernel at its end: replays of its labs, and the names of these.
REPLAYS = """
from pathlib import Path
from ame_explore.widgets.lab.lab import Lab
from ame_explore.widgets.replay.html_file import replay_page
for name, each in list(globals().items()):
    if isinstance(each, Lab) and not name.startswith("_"):
        runs = {{arm: found.run for arm, found in each.result(timeout=300).arms.items()}}
        Path({folder!r}).mkdir(parents=True, exist_ok=True)
        replay_page(Path({folder!r}) / ({start!r} + name + ".html"), runs)
        print(name)
"""


def package_hash() -> str:
    """A hash of all that the notebooks' outputs depend on beside themselves: the package's files."""
    files = [path for path in sorted((ROOT / "ame_explore").rglob("*")) if path.is_file()]
    kept = [path for path in files if "__pycache__" not in path.parts and "js" not in path.parts]
    whole = hashlib.sha256()
    for path in kept:
        whole.update(f"{path.relative_to(ROOT)}\n".encode() + path.read_bytes())
    return whole.hexdigest()


def execute(name: str) -> None:
    """Run one notebook and keep it with its outputs, and a replay of each of its labs."""
    path = NOTEBOOKS / f"{name}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    start = name.replace("/", "-") + "-"
    code = REPLAYS.format(folder=str(KEPT / "site" / "replays"), start=start)
    notebook.cells.append(nbformat.v4.new_code_cell(code))
    os.environ |= {"AME_HEADLESS": "1", "JUPYTER_PREFER_ENV_PATH": "1"}
    where = {"metadata": {"path": path.parent}}
    NotebookClient(notebook, timeout=600, kernel_name="python3", coalesce_streams=True, resources=where).execute()
    ending = notebook.cells.pop().outputs
    labs = "".join(output.get("text", "") for output in ending if output.get("name") == "stdout")
    for cell in notebook.cells:
        if cell.cell_type == "code" and (shown := cell.source.strip().rpartition("\n")[2]) in labs.split():
            cell.metadata[REPLAY] = f"replays/{start}{shown}.html"
    target = KEPT / f"{name}.ipynb"
    target.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, target)


def main() -> int:
    """The command line; see the head of this file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--stored", action="store_true")
    chosen = parser.parse_args()
    environment = dict(os.environ)
    if not chosen.stored:
        package = package_hash()
        for name in names(NOTEBOOKS):
            mark = KEPT / f"{name}.hash"
            now = hashlib.sha256((NOTEBOOKS / f"{name}.ipynb").read_bytes()).hexdigest() + package
            same = mark.exists() and mark.read_text(encoding="ascii") == now
            if name in chosen.names or not (same or chosen.names):
                print(f"running {name}", file=sys.stderr, flush=True)
                execute(name)
                mark.write_text(now, encoding="ascii")
        environment["AME_SITE_EXECUTED"] = str(KEPT)
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-E", "-b", "html", ".ci/docs", str(OUT)]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=False)
    if done.returncode == 0:
        print(f"Open {OUT / 'index.html'}")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
