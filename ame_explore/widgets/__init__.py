"""Live widgets for notebooks, each loaded when it is first asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ame_explore.widgets.explorer.explorer import Explorer, explore
    from ame_explore.widgets.lab.cockpit import Cockpit
    from ame_explore.widgets.lab.exercise import Answers, Exercise
    from ame_explore.widgets.lab.lab import Lab
    from ame_explore.widgets.lab.live import LiveRun
    from ame_explore.widgets.lab.live_result import LiveResult
    from ame_explore.widgets.runtime.figure_view import FigureView
    from ame_explore.widgets.views.bounds_view import BoundsView
    from ame_explore.widgets.views.field_view import FieldView
    from ame_explore.widgets.views.landscape_view import LandscapeView
    from ame_explore.widgets.views.registered import RegisteredView, ViewedArm, show_view
    from ame_explore.widgets.views.steering_panel import SteeringPanel

# Eagerly, because the module has the function's name and would hide it once it is imported.
from ame_explore.widgets.lab.lab import lab

_MODULE_OF = {
    "Answers": "lab.exercise",
    "BoundsView": "views.bounds_view",
    "Cockpit": "lab.cockpit",
    "Exercise": "lab.exercise",
    "Explorer": "explorer.explorer",
    "FieldView": "views.field_view",
    "FigureView": "runtime.figure_view",
    "Lab": "lab.lab",
    "LandscapeView": "views.landscape_view",
    "LiveResult": "lab.live_result",
    "LiveRun": "lab.live",
    "RegisteredView": "views.registered",
    "SteeringPanel": "views.steering_panel",
    "ViewedArm": "views.registered",
    "explore": "explorer.explorer",
    "show_view": "views.registered",
}

__all__ = [
    "Answers",
    "BoundsView",
    "Cockpit",
    "Exercise",
    "Explorer",
    "FieldView",
    "FigureView",
    "Lab",
    "LandscapeView",
    "LiveResult",
    "LiveRun",
    "RegisteredView",
    "SteeringPanel",
    "ViewedArm",
    "explore",
    "lab",
    "show_view",
]


def __getattr__(name: str) -> object:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
    globals()[name] = value
    return value
