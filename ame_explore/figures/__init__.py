"""Figures: results in, a `Drawing` (a plotly Figure and its sentence in words) out; and reports that hold them
offline.
"""

from __future__ import annotations

from ame_explore.figures.comparison import comparison
from ame_explore.figures.entropy import entropy
from ame_explore.figures.losses import losses
from ame_explore.figures.manifold import manifold
from ame_explore.figures.style import Drawing

__all__ = ["Drawing", "comparison", "entropy", "losses", "manifold"]
