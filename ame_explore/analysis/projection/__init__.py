"""Projections to two dimensions, and how far they can be trusted.

PCA at once and UMAP in the background (`project`), positions for new points, two models or many training steps in one
frozen basis, trustworthiness and continuity, true neighbours, and how much chance moves points. umap-learn is imported
only when a UMAP is fitted.
"""

from __future__ import annotations

from ame_explore.analysis.projection.background import ProjectionHandle, project, warm_up
from ame_explore.analysis.projection.jitter import Jitter, align_pictures, seed_jitter
from ame_explore.analysis.projection.lens import Lens, measure_lens
from ame_explore.analysis.projection.model_maps import MatchedModels, match_models
from ame_explore.analysis.projection.neighbours import TrueNeighbours, knn, true_neighbours
from ame_explore.analysis.projection.pca import PCAProjection
from ame_explore.analysis.projection.placement import place
from ame_explore.analysis.projection.procrustes import Procrustes, procrustes
from ame_explore.analysis.projection.projection import Projection, fit_pca
from ame_explore.analysis.projection.rows import centred_pairs, pair_rows
from ame_explore.analysis.projection.snapshot_maps import SnapshotMaps, project_snapshots
from ame_explore.analysis.projection.teacher_axes import axes_fact, axes_of, teacher_axes
from ame_explore.analysis.projection.umap import fit_umap

__all__ = [
    "Jitter",
    "Lens",
    "MatchedModels",
    "PCAProjection",
    "Procrustes",
    "Projection",
    "ProjectionHandle",
    "SnapshotMaps",
    "TrueNeighbours",
    "align_pictures",
    "axes_fact",
    "axes_of",
    "centred_pairs",
    "fit_pca",
    "fit_umap",
    "knn",
    "match_models",
    "measure_lens",
    "pair_rows",
    "place",
    "procrustes",
    "project",
    "project_snapshots",
    "seed_jitter",
    "teacher_axes",
    "true_neighbours",
    "warm_up",
]
