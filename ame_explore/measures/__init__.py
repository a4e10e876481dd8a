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

__all__ = [
    "Retrieval",
    "accuracy",
    "agreement",
    "alignment",
    "effective_rank",
    "expected_calibration_error",
    "harmonic_mean",
    "linear_cka",
    "modality_gap",
    "predictive_entropy",
    "retrieval_at_k",
    "uniformity",
    "von_neumann_entropy",
]
