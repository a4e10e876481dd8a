"""Figures: results in, a `Drawing` (a plotly Figure and its sentence in words) out; and reports that hold them
offline.
"""

from __future__ import annotations

from ame_explore.figures.base.style import Drawing
from ame_explore.figures.bounds.inspector import bound_inspector
from ame_explore.figures.bounds.over_axis import bounds_over
from ame_explore.figures.bounds.two_arms import bounds_beside, bounds_paired
from ame_explore.figures.landscapes.entropy_fields import data_field, geodesics
from ame_explore.figures.landscapes.line import landscape_line
from ame_explore.figures.landscapes.plane import landscape
from ame_explore.figures.landscapes.score_charts import omega_push, score_planes, simplex
from ame_explore.figures.maps.jitter_maps import jitter_maps
from ame_explore.figures.maps.lens_maps import lens_maps
from ame_explore.figures.maps.model_pair import model_maps
from ame_explore.figures.maps.over_training import snapshot_map
from ame_explore.figures.maps.pair_map import pair_map
from ame_explore.figures.maps.picture_map import PictureMaps
from ame_explore.figures.pairs.confusions import confusions
from ame_explore.figures.pairs.gap_decomposition import gap_decomposition, gap_over
from ame_explore.figures.runs.answer_bars import answers
from ame_explore.figures.runs.comparison import comparison
from ame_explore.figures.runs.curves import curves
from ame_explore.figures.runs.entropy_curves import entropy
from ame_explore.figures.runs.loss_curves import losses
from ame_explore.figures.runs.manifold import manifold
from ame_explore.figures.runs.scores import scores
from ame_explore.figures.sanity_strip import sanity

__all__ = [
    "Drawing",
    "PictureMaps",
    "answers",
    "bound_inspector",
    "bounds_beside",
    "bounds_over",
    "bounds_paired",
    "comparison",
    "confusions",
    "curves",
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
    "scores",
    "simplex",
    "snapshot_map",
]
