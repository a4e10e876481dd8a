"""UMAP's layout in torch, for a CUDA device: every edge of the graph at every epoch, all at once.

umap-learn visits an edge as often as its membership says, one after the other, each seeing what the last one did. Here
every edge pulls at every epoch with its membership as weight, and its five negative samples push with the same weight:
the same force in expectation, as one sum a point. (cuML needs its own installation of some gigabytes, and TorchDR 0.5
imports matplotlib and faiss undeclared: this needs torch alone.) Runs on any device.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ame_explore.analysis.projection.memberships import memberships

_NEGATIVES = 5
_CLIP = 4.0


def lay_out(
    near: Tensor,
    distance: Tensor,
    start: NDArray[np.float64],
    *,
    min_dist: float,
    epochs: int,
    seed: int,
    device: torch.device,
    told: Callable[[float, str], None],
) -> NDArray[np.float64]:
    """Places (n, 2) from `start` (n, 2), each row's neighbours (n, k) and their distances.

    On the CPU the same seed gives the same places; on CUDA sums of atomic additions may differ in their last digits.
    """
    from ame_explore.analysis.projection.umap import curve

    a, b = curve(min_dist)
    n = len(start)
    head, tail, weight = (part.to(device) for part in symmetric_graph(near, distance))
    low, high = start.min(0), start.max(0)
    at = torch.from_numpy(10 * (start - low) / (high - low)).to(device=device, dtype=torch.float32)
    generator = torch.Generator(device=device).manual_seed(seed)
    for epoch in range(epochs):
        told(0.8 * epoch / epochs, "laying out")
        rate = 1 - epoch / epochs
        apart = at[head] - at[tail]
        squared = apart.square().sum(1)
        safe = squared.clamp_min(1e-12)
        pull = -2 * a * b * safe.pow(b - 1) / (1 + a * safe.pow(b))
        step = weight[:, None] * (pull[:, None] * apart).clamp(-_CLIP, _CLIP)
        move = torch.zeros_like(at).index_add_(0, head, step).index_add_(0, tail, -step)
        other = torch.randint(n, (_NEGATIVES, len(head)), generator=generator, device=device)
        apart = at[head] - at[other]
        squared = apart.square().sum(2)
        push = 2 * b / ((0.001 + squared) * (1 + a * squared.pow(b)))
        step = weight[:, None] * (push[..., None] * apart).clamp(-_CLIP, _CLIP).sum(0)
        at = at + rate * move.index_add_(0, head, step)
    return at.double().cpu().numpy()


def symmetric_graph(near: Tensor, distance: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Edges (head, tail, weight) of A + A^T - A o A^T over the memberships A, both directions of each edge."""
    n, k = near.shape
    head, tail = torch.arange(n).repeat_interleave(k), near.flatten()
    # A + A^T - A o A^T = 1 - (1 - A) o (1 - A^T): log(1 - A), summed over both directions of an edge
    missing = torch.log1p(-memberships(distance.double()).flatten().clamp_max(1 - 1e-12))
    edges, place = torch.unique(torch.cat([head * n + tail, tail * n + head]), return_inverse=True)
    summed = torch.zeros(len(edges), dtype=torch.float64).index_add_(0, place, torch.cat([missing, missing]))
    return edges // n, edges % n, -torch.expm1(summed).float()
