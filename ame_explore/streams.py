"""Random streams by name: one seed serves many purposes, and each purpose draws its own numbers.

Seeding `torch.Generator` with the same seed for two purposes would give the same numbers twice: noise added to weights
would then repeat the draws that initialized them. A run's streams (see `ame_explore.training.parts.stream`) are older
than this module and keep their own seeds, so that recipes give the same results as before.
"""

from __future__ import annotations

import numpy as np
import torch

from ame_explore.ame import check_number


def stream_seed(purpose: str, seed: int) -> int:
    """A 63-bit seed for one purpose, from NumPy's SeedSequence.

    Args:
        purpose: the name of the stream.
        seed: the seed that all purposes share.

    Raises:
        AMEError: if the seed is not a whole number of at least 0.
    """
    check_number("seed", seed, low=0, whole=True)
    sequence = np.random.SeedSequence(seed, spawn_key=tuple(purpose.encode()))
    return int(sequence.generate_state(1, np.uint64)[0] >> 1)


def torch_stream(purpose: str, seed: int, *, device: torch.device | str = "cpu") -> torch.Generator:
    """A new torch generator for one purpose.

    Args:
        purpose: the name of the stream.
        seed: the seed that all purposes share.
        device: the device of the generator.
    """
    return torch.Generator(device=device).manual_seed(stream_seed(purpose, seed))
