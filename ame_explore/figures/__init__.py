"""Figures: results in, a `Drawing` (a plotly Figure and its sentence in words) out; and reports that hold them
offline.
"""

from __future__ import annotations

from ame_explore.figures.bounds import bound_inspector
from ame_explore.figures.bounds_over import bounds_over
from ame_explore.figures.comparison import comparison
from ame_explore.figures.entropy import entropy
from ame_explore.figures.losses import losses
from ame_explore.figures.manifold import manifold
from ame_explore.figures.sanity import sanity
from ame_explore.figures.style import Drawing

__all__ = ["Drawing", "bound_inspector", "bounds_over", "comparison", "entropy", "losses", "manifold", "sanity"]
