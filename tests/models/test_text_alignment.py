"""The map from a backbone's space to the teacher's."""

from __future__ import annotations

import pytest
import torch

from ame_explore.ame import AMEError
from ame_explore.models.text_alignment import text_aligned_map


def unit(n: int, d: int, seed: int) -> torch.Tensor:
    features = torch.randn(n, d, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return torch.nn.functional.normalize(features, dim=1)


def test_a_rotation_is_found() -> None:
    backbone = unit(200, 8, 0)
    rotation = torch.linalg.qr(torch.randn(8, 8, generator=torch.Generator().manual_seed(1), dtype=torch.float64))[0]
    torch.testing.assert_close(text_aligned_map(backbone, backbone @ rotation, ridge=1e-9), rotation)


def test_ridge_is_the_minimum_of_its_loss() -> None:
    """The gradient of |B M - T|^2 + ridge |M|^2 vanishes at the map that is given."""
    backbone, teacher = unit(50, 6, 0), unit(50, 9, 1)
    found = text_aligned_map(backbone, teacher, ridge=0.7).requires_grad_()
    (((backbone @ found - teacher) ** 2).sum() + 0.7 * (found**2).sum()).backward()
    assert found.shape == (6, 9)
    torch.testing.assert_close(found.grad, torch.zeros_like(found), atol=1e-12, rtol=0)


def test_bad_input() -> None:
    with pytest.raises(AMEError, match="same texts"):
        text_aligned_map(unit(5, 3, 0), unit(6, 3, 0))
    with pytest.raises(AMEError, match="ridge"):
        text_aligned_map(unit(5, 3, 0), unit(5, 3, 0), ridge=0)
