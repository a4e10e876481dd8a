"""The public interface: which modules have API pages, and which of their names are public."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import pkgutil
from types import ModuleType

ROOMS = ("trainers", "data", "models", "measures", "training", "analysis", "figures", "reports", "widgets", "teach")
OUTSIDE = ("ame", "registry", "settings", "quantities", "tasks", "testing")


def public_modules() -> list[str]:
    """The package, every sub-package of a room with an `__all__`, and the public modules outside the rooms."""
    found = ["ame_explore"]
    for room in ROOMS:
        module = importlib.import_module(f"ame_explore.{room}")
        inner = [m.name for m in pkgutil.iter_modules(module.__path__, f"{module.__name__}.") if m.ispkg]
        found += [name for name in [module.__name__, *inner] if getattr(importlib.import_module(name), "__all__", None)]
    return found + [f"ame_explore.{name}" for name in OUTSIDE if importlib.util.find_spec(f"ame_explore.{name}")]


def own_names(module: ModuleType) -> list[str]:
    """The public names of a module: its `__all__`, or the public functions and classes that it defines."""
    listed = getattr(module, "__all__", None)
    if listed is not None:
        return [name for name in listed if not name.startswith("__")]
    return [
        name
        for name, value in vars(module).items()
        if not name.startswith("_")
        and (inspect.isclass(value) or inspect.isfunction(value))
        and value.__module__ == module.__name__
    ]
