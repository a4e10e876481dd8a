"""Initialize a student's head from class texts, so that it starts with its backbone's own answers."""

from __future__ import annotations

import torch
from torch import Tensor, linalg

from ame_explore.ame import AMEError, check_number


def text_aligned_map(*, backbone_texts: Tensor, teacher_texts: Tensor, ridge: float = 0.01) -> Tensor:
    """Fit a linear map into the teacher's space that keeps the backbone's logits, by ridge regression.

    M = B^T T (T^T T + ridge I)^-1 minimizes |B - T M^T|^2 + ridge |M|^2: features f mapped by M have about the cosines
    with the teacher's class texts, f M T^T, that f has with the backbone's, f B^T. With C <= E texts in general
    position and a small ridge they are the same (our choice). A map fitted from text to text, B M = T, would start
    below the backbone, since images lie in another region of both spaces than texts do.

    Args:
        backbone_texts: (C, D) the backbone's unit features of the class texts.
        teacher_texts: (C, E) the teacher's unit features of the same texts.
        ridge: weight of the penalty on squared entries of the map.

    Returns:
        The map (D, E): features (n, D) @ map lie in the teacher's space, not normalized.

    Raises:
        AMEError: if the numbers of texts differ, or `ridge` is not positive.
    """
    if backbone_texts.ndim != 2 or teacher_texts.ndim != 2 or len(backbone_texts) != len(teacher_texts):
        raise AMEError(
            "backbone_texts and teacher_texts must be (C, D) and (C, E) of the same texts, got "
            f"{tuple(backbone_texts.shape)} and {tuple(teacher_texts.shape)}."
        )
    check_number("ridge", ridge, above=0)
    backbone, teacher = backbone_texts.double(), teacher_texts.double()
    gram = teacher.mT @ teacher + ridge * torch.eye(teacher.shape[1], dtype=torch.float64, device=teacher.device)
    solution: Tensor = linalg.solve(gram, teacher.mT @ backbone).mT
    return solution.to(backbone_texts.dtype)
