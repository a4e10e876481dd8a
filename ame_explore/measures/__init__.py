"""Measures: from features, logits or probabilities to numbers. Torch in, floats (or a float64 tensor) out."""

from __future__ import annotations

from ame_explore.measures.alignment import (
    Retrieval,
    alignment,
    effective_rank,
    linear_cka,
    modality_gap,
    retrieval_at_k,
    uniformity,
    von_neumann_entropy,
)
from ame_explore.measures.calibration import (
    accuracy,
    agreement,
    expected_calibration_error,
    harmonic_mean,
    predictive_entropy,
)
from ame_explore.measures.entropy import (
    EntropyEstimate,
    InformationEstimate,
    PredictiveEntropy,
    RowEntropy,
    diffusion_spectral_entropy,
    gram_matrix,
    infonce_bound,
    kozachenko_leonenko,
    ksg_information,
    matrix_renyi_entropy,
    matrix_renyi_joint_entropy,
    matrix_renyi_mutual_information,
    median_distance,
    predictive_entropies,
    row_softmax_entropy,
)

__all__ = [
    "EntropyEstimate",
    "InformationEstimate",
    "PredictiveEntropy",
    "Retrieval",
    "RowEntropy",
    "accuracy",
    "agreement",
    "alignment",
    "diffusion_spectral_entropy",
    "effective_rank",
    "expected_calibration_error",
    "gram_matrix",
    "harmonic_mean",
    "infonce_bound",
    "kozachenko_leonenko",
    "ksg_information",
    "linear_cka",
    "matrix_renyi_entropy",
    "matrix_renyi_joint_entropy",
    "matrix_renyi_mutual_information",
    "median_distance",
    "modality_gap",
    "predictive_entropies",
    "predictive_entropy",
    "retrieval_at_k",
    "row_softmax_entropy",
    "uniformity",
    "von_neumann_entropy",
]
