"""Sphinx configuration: API pages for every public name, generated from the package at each build.

Build with `python -m sphinx -W --keep-going -b html .ci/docs out/docs` and open out/docs/index.html.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import pkgutil
import re
from pathlib import Path

import ame_explore

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
# The public interface: the package itself, and each room's own __all__.
ROOMS = ["trainers", "data", "models", "measures", "training", "analysis", "figures", "reports", "widgets", "teach"]
PAGES = Path(__file__).parent / "api"


def public_modules() -> list[str]:
    """The package, every sub-package with an `__all__`, and the public modules outside the rooms."""
    found = ["ame_explore"]
    for room in ROOMS:
        module = importlib.import_module(f"ame_explore.{room}")
        inner = [m.name for m in pkgutil.iter_modules(module.__path__, f"{module.__name__}.") if m.ispkg]
        found += [name for name in [module.__name__, *inner] if getattr(importlib.import_module(name), "__all__", None)]
    for name in ("ame", "registry", "settings", "quantities", "tasks", "testing"):
        if importlib.util.find_spec(f"ame_explore.{name}") is not None:
            found.append(f"ame_explore.{name}")
    return found


def own_names(module: object) -> list[str]:
    """The public names of a module: its `__all__`, or the public functions and classes that it defines."""
    listed = getattr(module, "__all__", None)
    if listed is not None:
        return [name for name in listed if not name.startswith("__")]
    return [
        name
        for name, value in vars(module).items()
        if not name.startswith("_")
        and (inspect.isclass(value) or inspect.isfunction(value))
        and value.__module__ == module.__name__  # type: ignore[attr-defined]
    ]


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
