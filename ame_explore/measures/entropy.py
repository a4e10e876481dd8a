"""Four kinds of entropy that matter for this method. None of them estimates another; all are in nats.

| kind | of what | range | here |
|---|---|---|---|
| row softmax H(M), what AME minimizes | softmax over the n rows' mean scores | 0 ... log n | `row_softmax_entropy` |
| predictive | softmax over C classes, an image at a time | 0 ... log C | `predictive_entropies` |
| spectral: von Neumann, matrix Renyi | eigenvalues of a kernel matrix | 0 ... log n | `matrix_renyi_entropy` |
| spectral: of a diffusion | eigenvalues of its transition matrix | 0 ... log n | `diffusion_spectral_entropy` |
| differential | density that the rows are drawn from | -inf ... inf | `kozachenko_leonenko` |

`effective_rank` is the exponential of a spectral entropy, over singular values or over their squares: say which.
Mutual information: `ksg_information`, `infonce_bound`, and between spectra `matrix_renyi_mutual_information`. Known
answers to test them against are in `known`. All can be imported from here; all except `effective_rank` accept stacks of
matrices (leading axes) and run on the device of their input.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from ame_explore.ame import row_entropy, row_entropy_deficit
from ame_explore.measures._checks import as_batch, as_index
from ame_explore.measures.alignment import effective_rank, von_neumann_entropy
from ame_explore.measures.calibration import predictive_entropy
from ame_explore.measures.information import InformationEstimate, infonce_bound, standard_error
from ame_explore.measures.knn_estimators import EntropyEstimate, kozachenko_leonenko, ksg_information
from ame_explore.measures.spectral import (
    diffusion_spectral_entropy,
    gram_matrix,
    matrix_renyi_entropy,
    matrix_renyi_joint_entropy,
    matrix_renyi_mutual_information,
    median_distance,
)

__all__ = [
    "EntropyEstimate",
    "InformationEstimate",
    "PredictiveEntropy",
    "RowEntropy",
    "diffusion_spectral_entropy",
    "effective_rank",
    "gram_matrix",
    "infonce_bound",
    "kozachenko_leonenko",
    "ksg_information",
    "matrix_renyi_entropy",
    "matrix_renyi_joint_entropy",
    "matrix_renyi_mutual_information",
    "median_distance",
    "predictive_entropies",
    "predictive_entropy",
    "row_entropy",
    "row_softmax_entropy",
    "von_neumann_entropy",
]


@dataclass(frozen=True, eq=False)
class RowEntropy:
    """H(M) and how far it lies below its maximum.

    Attributes:
        value: (...) H in nats.
        deficit: (...) cap - H, computed before rounding: for unit rows it is 1e-4 to 2e-6 nats.
        cap: log n.
        n: number of rows.
        d: their width, which decides how far H can move.
    """

    value: Tensor
    deficit: Tensor
    cap: float
    n: int
    d: int


def row_softmax_entropy(rows: Tensor) -> RowEntropy:
    """H(M) = -sum_t p_t log p_t, p = softmax over the rows of their means over features: what AME minimizes (public
    reviews of the resubmission of arXiv 2508.08644; `row_entropy` is the method's own function).

    It depends on each row's mean alone. Known failure: read as an entropy of the data. It says nothing about pairing or
    spread in other directions, and unit rows keep it near log n, the nearer the wider they are.

    Args:
        rows: (..., n, d), the rows of M, which are not scaled to unit length.

    Returns:
        `RowEntropy`, float64, differentiable, its value in [0, log n].

    Raises:
        AMEError: if a shape or type is wrong, or a value is not finite.
    """
    matrix = as_batch("rows", rows)
    scores = matrix.mean(-1)
    n, d = matrix.shape[-2:]
    return RowEntropy(row_entropy(scores), row_entropy_deficit(scores), math.log(n), n, d)


@dataclass(frozen=True, eq=False)
class PredictiveEntropy:
    """How uncertain a classifier is: over all samples, for each sample, and for each class.

    Attributes:
        mean: (...) nats.
        standard_error: (...) of the mean, over samples; NaN for one sample.
        per_sample: (..., N) nats.
        per_class: (..., C) mean over the samples of each label, NaN for a class without samples; None without labels.
        class_counts: (C,) samples of each label; None without labels.
        cap: log C.
    """

    mean: Tensor
    standard_error: Tensor
    per_sample: Tensor
    per_class: Tensor | None
    class_counts: Tensor | None
    cap: float


def predictive_entropies(logits: Tensor, labels: Tensor | None = None) -> PredictiveEntropy:
    """H_i = -sum_c p_ic log p_ic, p_i = softmax(logits_i), its mean over samples and within classes (Shannon 1948).

    The mean over independent samples is unbiased, and its standard error is valid. It describes the classifier's
    answers, not the labels. Known failure: certain but wrong answers give 0 nats. The scale matters, so pass logits
    with their logit scale. No gradient flows: as a loss, use `row_entropy(logits).mean()`.

    Args:
        logits: (..., N, C).
        labels: (N,) whole numbers in [0, C), one for all batch elements.

    Returns:
        `PredictiveEntropy`, float64, all values in [0, log C].

    Raises:
        AMEError: if a shape or type is wrong, a value is not finite, or a label is outside the classes.
    """
    scores = as_batch("logits", logits)
    n, classes = scores.shape[-2:]
    each = predictive_entropy(scores.reshape(-1, classes)).reshape(scores.shape[:-1])
    per_class, counts = None, None
    if labels is not None:
        target = as_index("labels", labels, length=n, below=classes, of="classes").to(each.device)
        counts = torch.bincount(target, minlength=classes)
        sums = each.new_zeros(*each.shape[:-1], classes).index_add_(-1, target, each)
        per_class = torch.where(counts > 0, sums / counts.clamp_min(1), math.nan)
    return PredictiveEntropy(each.mean(-1), standard_error(each), each, per_class, counts, math.log(classes))
