"""The map from a backbone's space to the teacher's."""

from __future__ import annotations

import pytest
import torch

from ame_explore.ame import AMEError
from ame_explore.models.text_alignment import text_aligned_map


def unit(n: int, d: int, seed: int) -> torch.Tensor:
    features = torch.randn(n, d, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return torch.nn.functional.normalize(features, dim=1)


def test_the_backbones_logits_are_kept() -> None:
    """With fewer texts than dimensions and hardly any ridge, cosines with the texts are the backbone's own."""
    backbone, teacher, images = unit(7, 5, 0), unit(7, 9, 1), unit(30, 5, 2)
    found = images @ text_aligned_map(backbone_texts=backbone, teacher_texts=teacher, ridge=1e-9) @ teacher.mT
    torch.testing.assert_close(found, images @ backbone.mT, atol=1e-6, rtol=0)


def test_ridge_is_the_minimum_of_its_loss() -> None:
    """The gradient of |B - T M^T|^2 + ridge |M|^2 vanishes at the map that is given."""
    backbone, teacher = unit(50, 6, 0), unit(50, 9, 1)
    found = text_aligned_map(backbone_texts=backbone, teacher_texts=teacher, ridge=0.7).requires_grad_()
    (((backbone - teacher @ found.mT) ** 2).sum() + 0.7 * (found**2).sum()).backward()
    assert found.shape == (6, 9)
    torch.testing.assert_close(found.grad, torch.zeros_like(found), atol=1e-12, rtol=0)


def test_bad_input() -> None:
    with pytest.raises(AMEError, match="same texts"):
        text_aligned_map(backbone_texts=unit(5, 3, 0), teacher_texts=unit(6, 3, 0))
    with pytest.raises(AMEError, match="ridge"):
        text_aligned_map(backbone_texts=unit(5, 3, 0), teacher_texts=unit(5, 3, 0), ridge=0)
