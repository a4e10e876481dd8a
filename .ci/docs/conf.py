"""Sphinx configuration: API pages for every public name, generated from the package at each build.

Build with `python -m sphinx -W --keep-going -b html .ci/docs out/docs` and open out/docs/index.html.
"""

from __future__ import annotations

import importlib
import inspect
import re
import sys
from pathlib import Path

import ame_explore

sys.path.insert(0, str(Path(__file__).parent))
from public_names import own_names, public_modules

project = "ame_explore"
author = "The ame_explore contributors"
release = ame_explore.__version__
extensions = ["sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.mathjax"]
html_theme = "furo"
html_title = f"ame_explore {release}"
exclude_patterns = ["_build"]
default_role = "code"
autodoc_typehints = "description"
autodoc_member_order = "bysource"
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True
PAGES = Path(__file__).parent / "api"


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


write_pages()


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
