"""Random streams by name: one seed serves many purposes, and no two of them draw the same numbers.

`torch.Generator().manual_seed(seed)` for two purposes gives one stream twice: noise that is added to weights then
follows the weights' own first draws. A run's streams (see `ame_explore.training.parts.stream`) are older than this
module and keep their seeds, so that recipes keep their bits.
"""

from __future__ import annotations

import numpy as np
import torch


def stream_seed(purpose: str, seed: int) -> int:
    """A seed of 63 bits for one purpose, from numpy's SeedSequence over `seed` and the bytes of the name."""
    sequence = np.random.SeedSequence(seed, spawn_key=tuple(purpose.encode()))
    return int(sequence.generate_state(1, np.uint64)[0] >> 1)


def torch_stream(purpose: str, seed: int, *, device: torch.device | str = "cpu") -> torch.Generator:
    """torch's generator for one purpose, at the beginning of its stream."""
    return torch.Generator(device=device).manual_seed(stream_seed(purpose, seed))


def numpy_stream(purpose: str, seed: int) -> np.random.Generator:
    """numpy's generator for one purpose, at the beginning of its stream."""
    return np.random.default_rng(stream_seed(purpose, seed))
