"""Sphinx configuration of the site: course, gallery, glossary, teacher's page, and API pages for every public name.

`python .ci/site.py` builds it with the outputs of all notebooks. `python -m sphinx -W --keep-going -b html .ci/docs
out/site` builds it without, in a minute. Either opens from its folder, without a network: out/site/index.html.
"""

from __future__ import annotations

import importlib
import inspect
import json
import os
import re
import sys
from pathlib import Path
from typing import Any

import plotly

import ame_explore

sys.path.insert(0, str(Path(__file__).parent))

from course_pages import write_course
from gallery_pages import write_gallery
from glossary_page import write_glossary
from public_names import own_names, public_modules

HERE = Path(__file__).parent
project = "ame_explore"
author = "The ame_explore contributors"
release = ame_explore.__version__
extensions = ["sphinx.ext.autodoc", "sphinx.ext.napoleon", "myst_parser", "mathml"]
html_math_renderer = "mathml"
html_theme = "furo"
html_title = f"ame_explore {release}"
html_static_path = ["static", str(Path(plotly.__file__).parent / "package_data" / "plotly.min.js")]
html_css_files = ["site.css"]
html_show_sourcelink = html_copy_source = False
exclude_patterns = ["_build", "gallery"]
myst_enable_extensions = ["colon_fence", "dollarmath", "substitution"]
myst_heading_anchors = 3
myst_dmath_double_inline = True
# The headings of a notebook's output may skip a level.
suppress_warnings = ["myst.header"]
default_role = "code"
autodoc_typehints = "description"
autodoc_member_order = "bysource"
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True
PAGES = HERE / "api"


def page(name: str, documented: dict[int, str]) -> str:
    """One page in reStructuredText; an object that an earlier page documents is linked, not repeated."""
    module = importlib.import_module(name)
    lines = [name, "=" * len(name), "", f".. automodule:: {name}", "   :no-members:", "   :no-index:", ""]
    for member in own_names(module):
        value = getattr(module, member)
        if inspect.ismodule(value):
            continue
        full = f"{name}.{member}"
        if id(value) in documented and (inspect.isclass(value) or inspect.isfunction(value)):
            lines += [f"- `{member}`: see :py:obj:`{documented[id(value)]}`", ""]
        elif inspect.isclass(value):
            documented[id(value)] = full
            lines += [f".. autoclass:: {full}", "   :members:", ""]
        elif inspect.isfunction(value):
            documented[id(value)] = full
            lines += [f".. autofunction:: {full}", ""]
        else:
            lines += [f".. autodata:: {full}", ""]
    return "\n".join(lines)


def write_pages() -> None:
    """Write a page for each public module, and the list of them."""
    PAGES.mkdir(exist_ok=True)
    for old in PAGES.glob("*.rst"):
        old.unlink()
    documented: dict[int, str] = {}
    names = public_modules()
    for name in names:
        (PAGES / f"{name}.rst").write_text(page(name, documented), encoding="utf-8")


def classroom() -> str:
    """The table of what a learner's kernel needs, from figures.json; how to measure it if that has not been done."""
    figures: dict[str, Any] = json.loads((HERE.parent / "figures.json").read_text(encoding="utf-8"))
    if "classroom" not in figures:
        return "Not measured yet for this version: run `python .ci/figures.py measure classroom`."
    kernels, playing = figures["classroom"]["notebooks"], figures["classroom"]["lab"]
    largest = max(kernels, key=lambda name: kernels[name]["peak_gb"])
    rows = [
        "| a kernel that | memory at its peak | CPU |",
        "|---|---|---|",
        *(
            f"| runs `{name}` | {kernels[name]['peak_gb']:.1f} GB | {kernels[name]['cpu_seconds']:.0f} s in all |"
            for name in dict.fromkeys(["00_tour", largest])
        ),
        f"| plays the default lab, in view | {playing['peak_gb']:.1f} GB | {playing['cores']:.1f} cores at play, "
        f"{playing['steps_per_second']:.0f} steps a second |",
    ]
    return "\n".join(rows)


write_pages()
executed = os.environ.get("AME_SITE_EXECUTED")  # a folder with executed notebooks, from .ci/site.py
write_course(HERE.parents[1] / "notebooks", Path(executed) if executed else None, HERE / "course")
write_gallery(HERE / "gallery.md")
write_glossary(HERE / "glossary.rst")
if executed and (Path(executed) / "site").is_dir():
    html_extra_path = [str(Path(executed) / "site")]  # replays
myst_substitutions = {"classroom": classroom()}


_CODE = re.compile(r"(``.*?``|`[^`]*`)")


def escape_marks(app: object, what: str, name: str, obj: object, options: object, lines: list[str]) -> None:
    """Docstrings are plain text with `code`, so bars and stars outside code are escaped."""
    if what == "data" and inspect.cleandoc(type(obj).__doc__ or "") == "\n".join(lines).strip():
        lines.clear()  # a dict or tuple without a docstring of its own would show that of its type
    for i, line in enumerate(lines):
        parts = _CODE.split(line)
        lines[i] = "".join(part if part.startswith("`") else re.sub(r"([|*])", r"\\\1", part) for part in parts)


def setup(app: object) -> None:
    """Connect the hook before napoleon reads the docstrings."""
    app.connect("autodoc-process-docstring", escape_marks, priority=400)  # type: ignore[attr-defined]
