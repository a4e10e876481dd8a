"""The batches of each replica, and how many replicas fit in memory."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from ame_explore.ame import AMEError, check_number

_UNKNOWN_MEMORY = 4 << 30  # bytes, if the system does not report free memory


@dataclass(frozen=True, eq=False)
class Plan:
    """The batches of R replicas.

    Attributes:
        subsets: R tensors of positions in the pool.
        sizes: R batch sizes.
        seeds: R seeds for the order of batches.
        steps: number of batches per replica.
    """

    subsets: tuple[Tensor, ...]
    sizes: tuple[int, ...]
    seeds: tuple[int, ...]
    steps: int

    @classmethod
    def make(cls, subsets: Sequence[Tensor], steps: int, batch_size: int | None, seeds: Sequence[int] | None) -> Plan:
        """Make a plan.

        Args:
            subsets: R tensors of positions in the pool.
            steps: number of batches per replica.
            batch_size: at most the size of a subset, to which it is reduced; None for whole subsets.
            seeds: R seeds; None for 0 to R - 1.

        Raises:
            AMEError: if `batch_size` or a seed is out of range, or the number of seeds is wrong.
        """
        if batch_size is not None:
            check_number("batch_size", batch_size, low=1, whole=True)
        sizes = tuple(len(subset) if batch_size is None else min(batch_size, len(subset)) for subset in subsets)
        seeds = tuple(range(len(subsets))) if seeds is None else tuple(seeds)
        if len(seeds) != len(subsets):
            raise AMEError(f"seeds must be one per replica, {len(subsets)}, got {len(seeds)}.")
        for seed in seeds:
            check_number("seeds", seed, low=0, whole=True)
        return cls(tuple(subsets), sizes, seeds, steps)

    def places(self, chunk: Sequence[int]) -> Tensor:
        """Draw the batches, in the same way as `Distillation`.

        Each epoch has a new order and drops its last batch if that is not full.

        Args:
            chunk: numbers of replicas with the same batch size.

        Returns:
            Positions in the pool, (steps, len(chunk), batch).
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
        """Cut a list of replicas into chunks that train together.

        Args:
            order: numbers of replicas, sorted by batch size.
            chunk_size: most replicas in a chunk.

        Yields:
            Replicas with the same batch size.
        """
        chunk: list[int] = []
        for index in order:
            if chunk and (len(chunk) == chunk_size or self.sizes[index] != self.sizes[chunk[0]]):
                yield chunk
                chunk = []
            chunk.append(index)
        if chunk:
            yield chunk


def check_subsets(train_on: Tensor | Sequence[Tensor] | None, pool: int, count: int) -> list[Tensor]:
    """Convert `train_on` of `train_replicas` to one tensor of positions per replica.

    Args:
        train_on: see `train_replicas`.
        pool: number of entries in the pool.
        count: number of replicas.

    Raises:
        AMEError: if shapes or types are wrong, a replica has no entries, or a position is out of range.
    """
    if train_on is None:
        return [torch.arange(pool)] * count
    if isinstance(train_on, Tensor) and train_on.dtype == torch.bool and tuple(train_on.shape) != (count, pool):
        raise AMEError(f"train_on must be of shape ({count}, {pool}) as a mask, got {tuple(train_on.shape)}.")
    if len(train_on) != count:
        raise AMEError(f"train_on must have one entry per replica, {count}, got {len(train_on)}.")
    subsets = []
    for index, entry in enumerate(train_on):
        if not isinstance(entry, Tensor) or entry.ndim != 1 or entry.is_floating_point():
            raise AMEError(
                f"train_on must be a bool tensor (R, N) or R tensors of positions, got {type(entry).__name__}."
            )
        if entry.dtype == torch.bool and len(entry) != pool:
            raise AMEError(f"train_on must have a mark for each of {pool} entries, got {len(entry)}.")
        subset = (entry.nonzero()[:, 0] if entry.dtype == torch.bool else entry).cpu().long()
        if not len(subset):
            raise AMEError(f"train_on must give every replica at least one entry, got none for replica {index}.")
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
    """A list with one finite number per replica.

    Args:
        name: name of the argument, for the error.
        values: one number for all replicas, or one for each.
        count: number of replicas.
        low: smallest allowed value.
        above: exclusive lower limit.

    Raises:
        AMEError: if a number is out of range, or there are too many or too few.
    """
    listed = values.tolist() if isinstance(values, Tensor) else values
    listed = [listed] * count if isinstance(listed, (int, float)) else list(listed)
    if len(listed) != count:
        raise AMEError(f"{name} must be one number for all or one per replica, {count}, got {len(listed)}.")
    for value in listed:
        check_number(name, value, low=low, above=above)
    return listed


def affordable(bytes_a_replica: int, device: torch.device) -> int:
    """Number of replicas that fit in half of the device's free memory, at least 1."""
    return max(1, _free_memory(device) // 2 // max(bytes_a_replica, 1))


def _free_memory(device: torch.device) -> int:
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    names = getattr(os, "sysconf_names", {})
    if device.type == "cpu" and "SC_AVPHYS_PAGES" in names:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return _UNKNOWN_MEMORY
