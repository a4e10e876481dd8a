"""Sweeps: a grid of settings, crossed with teachers, splits and seeds, run to a table that survives a kill."""

from ame_explore.training.sweeps.folder import Sweep, read_sweep
from ame_explore.training.sweeps.grid import Grid
from ame_explore.training.sweeps.run import Rehearsal, rehearse, sweep

__all__ = ["Grid", "Rehearsal", "Sweep", "read_sweep", "rehearse", "sweep"]
