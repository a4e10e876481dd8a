"""From many dimensions to the two of a picture, and how far that picture can be believed.

PCA at once, UMAP from the background (`project`), places for new points, two models or many training steps in one
frozen basis, and the lens: trustworthiness, continuity, true neighbours, what chance moves. Nothing here imports
umap-learn before a fit asks for it.
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
    "true_neighbours",
    "warm_up",
]
