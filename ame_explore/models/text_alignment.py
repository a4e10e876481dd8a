"""A student's head that is right before the first step: from the backbone's space to the teacher's, by texts alone."""

from __future__ import annotations

import torch
from torch import Tensor, linalg

from ame_explore.ame import AMEError, check_number


def text_aligned_map(backbone_texts: Tensor, teacher_texts: Tensor, ridge: float = 1.0) -> Tensor:
    """The linear map that takes the backbone's features of some texts nearest to the teacher's features of the same.

    M = (B^T B + ridge I)^-1 B^T T, ridge regression. A head that starts so speaks the teacher's language from the first
    step on, without a single image: what the backbone knew of classes that no shot shows is kept (our choice; linear
    maps between embedding spaces: Mikolov et al. 2013, "Exploiting similarities among languages").

    Args:
        backbone_texts: (N, D) unit features.
        teacher_texts: (N, E) unit features of the same texts.
        ridge: weight of the squared entries of the map.

    Returns:
        (D, E): features (n, D) @ map are in the teacher's space, not normalized.

    Raises:
        AMEError: if the numbers of texts differ, or ridge is not positive.
    """
    if backbone_texts.ndim != 2 or teacher_texts.ndim != 2 or len(backbone_texts) != len(teacher_texts):
        raise AMEError(
            "backbone_texts and teacher_texts must be (N, D) and (N, E) of the same texts, got "
            f"{tuple(backbone_texts.shape)} and {tuple(teacher_texts.shape)}."
        )
    check_number("ridge", ridge, above=0)
    backbone, teacher = backbone_texts.double(), teacher_texts.double()
    gram = backbone.mT @ backbone + ridge * torch.eye(backbone.shape[1], dtype=torch.float64, device=backbone.device)
    return linalg.solve(gram, backbone.mT @ teacher).to(backbone_texts.dtype)
