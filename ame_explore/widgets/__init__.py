"""Live widgets for notebooks, each loaded when it is first asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ame_explore.widgets.bounds_view import BoundsView
    from ame_explore.widgets.cockpit import Cockpit
    from ame_explore.widgets.explorer import Explorer, explore
    from ame_explore.widgets.field_view import FieldView
    from ame_explore.widgets.figure_view import FigureView
    from ame_explore.widgets.lab import Lab
    from ame_explore.widgets.landscape_view import LandscapeView
    from ame_explore.widgets.live import LiveRun
    from ame_explore.widgets.results import LiveResult

# Eagerly, because the module has the function's name and would hide it once it is imported.
from ame_explore.widgets.lab import lab

_MODULE_OF = {
    "BoundsView": "bounds_view",
    "Cockpit": "cockpit",
    "Explorer": "explorer",
    "FieldView": "field_view",
    "FigureView": "figure_view",
    "Lab": "lab",
    "LandscapeView": "landscape_view",
    "LiveResult": "results",
    "LiveRun": "live",
    "explore": "explorer",
}

__all__ = [
    "BoundsView",
    "Cockpit",
    "Explorer",
    "FieldView",
    "FigureView",
    "Lab",
    "LandscapeView",
    "LiveResult",
    "LiveRun",
    "explore",
    "lab",
]


def __getattr__(name: str) -> object:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
    globals()[name] = value
    return value
