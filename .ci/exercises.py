"""Write the section "Exercises" of every notebook from its one source, `ame_explore/teach/course/`.

    python .ci/exercises.py            write the sections, and bring .py and .ipynb together
    python .ci/exercises.py --check    change nothing; list the notebooks whose section differs, and exit with 1

Cells tagged `exercise` belong to this command: edit the source instead, and run it again.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys

import jupytext
from nbformat import NotebookNode

from ame_explore.teach import exercises
from ame_explore.teach.exercise_section import with_exercises
from notebooks import FOLDER, sources, sync


def _percent(notebook: NotebookNode) -> str:
    text = jupytext.writes(notebook, fmt="py:percent")
    return re.sub(r"^(\S.*)\n\n\n(?=# %% \[markdown\])", r"\1\n\n", text, flags=re.MULTILINE)  # as ruff wants it


def main() -> int:
    """The command line; see the head of this file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    stale = 0
    for name in sorted({each.notebook for each in exercises.values()}):
        script = FOLDER / f"{name}.py"
        if not script.is_file():
            continue
        old = jupytext.read(script, fmt="py:percent")
        new = with_exercises(old, name)
        if sources(old) == sources(new):
            continue
        stale += 1
        print(f"{name}: {'differs from its source' if check else 'written'}")
        if not check:
            header, body = (text.split("# ---\n", 2) for text in (script.read_text("utf-8"), _percent(new)))
            script.write_text("# ---\n".join([*header[:2], body[2]]), encoding="utf-8")
            subprocess.run([sys.executable, "-m", "ruff", "format", "-q", str(script)], check=True)
            sync(name)
    return int(check and stale > 0)


if __name__ == "__main__":
    sys.exit(main())
