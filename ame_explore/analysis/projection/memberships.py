"""UMAP's fuzzy memberships, computed for all neighbours at once."""

from __future__ import annotations

import math

import torch
from torch import Tensor

_HALVINGS = 40


def memberships(distances: Tensor) -> Tensor:
    """Fuzzy memberships of the neighbours of each row (McInnes et al. 2018, Eq. 3).

    w_ij = exp(-max(0, d_ij - rho_i) / sigma_i), with sigma_i such that sum_j w_ij = log2 k. rho_i is the distance to
    the nearest neighbour that does not coincide with the row. As in umap-learn, k counts the row itself (one more than
    the columns of `distances`), and sigma_i is at least 0.001 of a mean distance.

    Args:
        distances: (n, k - 1) distances to the neighbours of each row, without the row itself, ascending.

    Returns:
        (n, k - 1) in [0, 1]; the nearest neighbour has 1.
    """
    target = math.log2(distances.shape[1] + 1)
    rho = distances.masked_fill(distances <= 0, math.inf).amin(1, keepdim=True)
    rho = torch.where(rho.isfinite(), rho, 0.0)
    beyond = (distances - rho).clamp_min(0)
    low = torch.zeros_like(rho)
    high = beyond.amax(1, keepdim=True).clamp_min(torch.finfo(distances.dtype).tiny) * 2.0**10
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        too_wide = (-beyond / middle).exp().sum(1, keepdim=True) > target
        high, low = torch.where(too_wide, middle, high), torch.where(too_wide, low, middle)
    scale = torch.where(rho > 0, distances.mean(1, keepdim=True), distances.mean())
    sigma = torch.maximum(high, 1e-3 * scale).clamp_min(torch.finfo(distances.dtype).tiny)
    return (-beyond / sigma).exp()
