"""Live widgets for notebooks."""

from __future__ import annotations

from ame_explore.widgets.cockpit import Cockpit
from ame_explore.widgets.explorer import Explorer, explore
from ame_explore.widgets.lab import Lab, lab
from ame_explore.widgets.live import LiveRun
from ame_explore.widgets.results import LiveResult

__all__ = ["Cockpit", "Explorer", "Lab", "LiveResult", "LiveRun", "explore", "lab"]
