"""Sweeps: a grid of settings, crossed with teachers, splits and seeds, run to a table that survives a kill."""

from ame_explore.training.sweeps.execute import Rehearsal, rehearse, sweep
from ame_explore.training.sweeps.folder import Sweep, read_sweep
from ame_explore.training.sweeps.grid import Grid

__all__ = ["Grid", "Rehearsal", "Sweep", "read_sweep", "rehearse", "sweep"]
