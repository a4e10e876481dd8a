"""Analysis: recorded arrays in, results out. Nothing here draws, and scipy and scikit-learn are imported where they
are used.
"""

from __future__ import annotations

from ame_explore.analysis import bounds
from ame_explore.analysis.bounds import Bound
from ame_explore.analysis.estimators.sanity import SanityStrip, sanity_strip
from ame_explore.analysis.landscapes.directions import (
    Slice,
    line_between,
    plane_through,
    random_slice,
    trajectory_slice,
)
from ame_explore.analysis.landscapes.evaluators import Evaluator, Objective
from ame_explore.analysis.landscapes.feature_space import Surroundings, feature_field, geodesic
from ame_explore.analysis.landscapes.readouts import Classification, distillation_objective
from ame_explore.analysis.landscapes.scan import Landscape, barrier, scan
from ame_explore.analysis.landscapes.score_space import effective_push, score_plane, simplex_field
from ame_explore.analysis.projection import PCAProjection
from ame_explore.analysis.statistics import (
    MeanInterval,
    PairedInterval,
    corrected,
    mean_interval,
    paired_harmonic_interval,
    paired_interval,
    paired_proportion_interval,
    proportion_interval,
)

__all__ = [
    "Bound",
    "Classification",
    "Evaluator",
    "Landscape",
    "MeanInterval",
    "Objective",
    "PCAProjection",
    "PairedInterval",
    "SanityStrip",
    "Slice",
    "Surroundings",
    "barrier",
    "bounds",
    "corrected",
    "distillation_objective",
    "effective_push",
    "feature_field",
    "geodesic",
    "line_between",
    "mean_interval",
    "paired_harmonic_interval",
    "paired_interval",
    "paired_proportion_interval",
    "plane_through",
    "proportion_interval",
    "random_slice",
    "sanity_strip",
    "scan",
    "score_plane",
    "simplex_field",
    "trajectory_slice",
]
