"""Figures: results in, a `Drawing` (a plotly Figure and its sentence in words) out; and reports that hold them
offline.
"""

from __future__ import annotations

from ame_explore.figures.bounds import bound_inspector
from ame_explore.figures.bounds_arms import bounds_beside, bounds_paired
from ame_explore.figures.bounds_over import bounds_over
from ame_explore.figures.comparison import comparison
from ame_explore.figures.entropy import entropy
from ame_explore.figures.gap import gap_decomposition, gap_over
from ame_explore.figures.jitter import jitter_maps
from ame_explore.figures.landscape import landscape
from ame_explore.figures.landscape_data import data_field, geodesics
from ame_explore.figures.landscape_line import landscape_line
from ame_explore.figures.landscape_scores import omega_push, score_planes, simplex
from ame_explore.figures.lens import lens_maps
from ame_explore.figures.losses import losses
from ame_explore.figures.manifold import manifold
from ame_explore.figures.map import pair_map
from ame_explore.figures.models import model_maps
from ame_explore.figures.over_training import snapshot_map
from ame_explore.figures.sanity import sanity
from ame_explore.figures.style import Drawing

__all__ = [
    "Drawing",
    "bound_inspector",
    "bounds_beside",
    "bounds_over",
    "bounds_paired",
    "comparison",
    "data_field",
    "entropy",
    "gap_decomposition",
    "gap_over",
    "geodesics",
    "jitter_maps",
    "landscape",
    "landscape_line",
    "lens_maps",
    "losses",
    "manifold",
    "model_maps",
    "omega_push",
    "pair_map",
    "sanity",
    "score_planes",
    "simplex",
    "snapshot_map",
]
