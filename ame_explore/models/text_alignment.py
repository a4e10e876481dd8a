"""Initialize a student's head from texts: a linear map from the backbone's space to the teacher's."""

from __future__ import annotations

import torch
from torch import Tensor, linalg

from ame_explore.ame import AMEError, check_number


def text_aligned_map(backbone_texts: Tensor, teacher_texts: Tensor, ridge: float = 1.0) -> Tensor:
    """Fit a linear map from the backbone's to the teacher's features of the same texts, by ridge regression.

    M = (B^T B + ridge I)^-1 B^T T. A head that starts from M maps into the teacher's space before it has seen an image,
    and keeps what the backbone knows about classes without shots (our choice; linear maps between embedding spaces:
    Mikolov et al. 2013, "Exploiting similarities among languages").

    Args:
        backbone_texts: (N, D) unit features.
        teacher_texts: (N, E) unit features of the same texts.
        ridge: weight of the penalty on squared entries of the map.

    Returns:
        The map (D, E): features (n, D) @ map lie in the teacher's space, not normalized.

    Raises:
        AMEError: if the numbers of texts differ, or `ridge` is not positive.
    """
    if backbone_texts.ndim != 2 or teacher_texts.ndim != 2 or len(backbone_texts) != len(teacher_texts):
        raise AMEError(
            "backbone_texts and teacher_texts must be (N, D) and (N, E) of the same texts, got "
            f"{tuple(backbone_texts.shape)} and {tuple(teacher_texts.shape)}."
        )
    check_number("ridge", ridge, above=0)
    backbone, teacher = backbone_texts.double(), teacher_texts.double()
    gram = backbone.mT @ backbone + ridge * torch.eye(backbone.shape[1], dtype=torch.float64, device=backbone.device)
    solution: Tensor = linalg.solve(gram, backbone.mT @ teacher)
    return solution.to(backbone_texts.dtype)
