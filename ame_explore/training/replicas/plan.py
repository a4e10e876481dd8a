"""What each of many replicas learns from, step by step, and how many fit in memory."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from ame_explore.ame import AMEError, check_number

_UNKNOWN_MEMORY = 4 << 30  # bytes, where the system does not tell what is free


@dataclass(frozen=True, eq=False)
class Plan:
    """The batches of R replicas.

    Attributes:
        subsets: R tensors of places in the pool. sizes: batch sizes. seeds: of the order of batches.
        steps: how many batches each.
    """

    subsets: tuple[Tensor, ...]
    sizes: tuple[int, ...]
    seeds: tuple[int, ...]
    steps: int

    @classmethod
    def make(cls, subsets: Sequence[Tensor], steps: int, batch_size: int | None, seeds: Sequence[int] | None) -> Plan:
        """Batches of `batch_size` (None: all of a subset), no larger than the subset."""
        if batch_size is not None:
            check_number("batch_size", batch_size, low=1, whole=True)
        sizes = tuple(len(subset) if batch_size is None else min(batch_size, len(subset)) for subset in subsets)
        seeds = tuple(range(len(subsets))) if seeds is None else tuple(seeds)
        if len(seeds) != len(subsets):
            raise AMEError(f"seeds must be one a replica, {len(subsets)}, got {len(seeds)}.")
        for seed in seeds:
            check_number("seeds", seed, low=0, whole=True)
        return cls(tuple(subsets), sizes, seeds, steps)

    def places(self, chunk: Sequence[int]) -> Tensor:
        """Places in the pool (steps, len(chunk), batch): each epoch in a new order, a last batch not full left out.

        The replicas of a chunk have one batch size. The draws are those of `Distillation`.
        """
        rows = []
        for index in chunk:
            subset, size = self.subsets[index], self.sizes[index]
            a_pass = len(subset) // size * size
            epochs = -(-self.steps * size // a_pass)
            generator = torch.Generator().manual_seed(self.seeds[index])
            drawn = [torch.randperm(len(subset), generator=generator)[:a_pass] for _ in range(epochs)]
            rows.append(subset[torch.cat(drawn)[: self.steps * size]].view(self.steps, size))
        return torch.stack(rows, dim=1)

    def chunks(self, order: Sequence[int], chunk_size: int) -> Iterator[list[int]]:
        """`order`, in which batch sizes ascend, cut where they change and at `chunk_size`."""
        chunk: list[int] = []
        for index in order:
            if chunk and (len(chunk) == chunk_size or self.sizes[index] != self.sizes[chunk[0]]):
                yield chunk
                chunk = []
            chunk.append(index)
        if chunk:
            yield chunk


def check_subsets(train_on: Tensor | Sequence[Tensor] | None, pool: int, count: int) -> list[Tensor]:
    """`train_on` of `train_replicas` as `count` tensors of places in a pool of `pool` entries."""
    if train_on is None:
        return [torch.arange(pool)] * count
    if isinstance(train_on, Tensor) and train_on.dtype == torch.bool and tuple(train_on.shape) != (count, pool):
        raise AMEError(f"train_on must be of shape ({count}, {pool}) as a mask, got {tuple(train_on.shape)}.")
    if len(train_on) != count:
        raise AMEError(f"train_on must have an entry a replica, {count}, got {len(train_on)}.")
    subsets = []
    for index, entry in enumerate(train_on):
        if not isinstance(entry, Tensor) or entry.ndim != 1 or entry.is_floating_point():
            raise AMEError(f"train_on must be a bool tensor (R, N) or R tensors of places, got {type(entry).__name__}.")
        if entry.dtype == torch.bool and len(entry) != pool:
            raise AMEError(f"train_on must have a mark for each of {pool} entries, got {len(entry)}.")
        subset = (entry.nonzero()[:, 0] if entry.dtype == torch.bool else entry).cpu().long()
        if not len(subset):
            raise AMEError(f"train_on must leave every replica an entry to learn from, got none for replica {index}.")
        if not 0 <= int(subset.min()) <= int(subset.max()) < pool:
            raise AMEError(
                f"train_on must lie in [0, {pool - 1}], got {int(subset.min())} to {int(subset.max())} for "
                f"replica {index}."
            )
        subsets.append(subset)
    return subsets


def per_replica(
    name: str,
    values: float | Sequence[float] | Tensor,
    count: int,
    *,
    low: float = -float("inf"),
    above: float = -float("inf"),
) -> list[float]:
    """One finite number a replica, from one for all or a sequence."""
    listed = values.tolist() if isinstance(values, Tensor) else values
    listed = [listed] * count if isinstance(listed, (int, float)) else list(listed)
    if len(listed) != count:
        raise AMEError(f"{name} must be one for all or one a replica, {count}, got {len(listed)}.")
    for value in listed:
        check_number(name, value, low=low, above=above)
    return listed


def affordable(bytes_a_replica: int, device: torch.device) -> int:
    """Replicas that fit in half of the device's free memory, at least 1."""
    return max(1, _free_memory(device) // 2 // max(bytes_a_replica, 1))


def _free_memory(device: torch.device) -> int:
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    names = getattr(os, "sysconf_names", {})
    if device.type == "cpu" and "SC_AVPHYS_PAGES" in names:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return _UNKNOWN_MEMORY
