"""Ours against a peer, in turn and in one run: machines are noisy, ratios less so."""

from __future__ import annotations

import dataclasses
import gc
import statistics
import time
from collections.abc import Callable

import torch


class Unavailable(Exception):
    """A figure cannot be measured here, e.g. without a browser; the message says why."""


@dataclasses.dataclass(frozen=True)
class Figure:
    """One line of the benchmark.

    Attributes:
        name: of the figure. ours, peer: medians, in `unit`. ratio: how many times better than the peer; above 1: ahead.
        unit: of ours and peer. note: what was compared, and where.
    """

    name: str
    ours: float
    peer: float
    ratio: float
    unit: str
    note: str


def seconds_in_turn(
    work: dict[str, Callable[[], object]], *, rounds: int, warmup: int = 1, repeats: int = 1
) -> dict[str, float]:
    """Median seconds of one call of each, timed A B C A B C ... for `rounds` rounds after `warmup` uncounted ones.

    `repeats` calls are timed together, for work that is too short for one.
    """
    taken: dict[str, list[float]] = {name: [] for name in work}
    gc.collect()
    gc.disable()
    try:
        for turn in range(warmup + rounds):
            for name, call in work.items():
                _wait_for_device()
                started = time.perf_counter()
                for _ in range(repeats):
                    call()
                _wait_for_device()
                if turn >= warmup:
                    taken[name].append((time.perf_counter() - started) / repeats)
    finally:
        gc.enable()
    return {name: statistics.median(times) for name, times in taken.items()}


def where() -> str:
    """The device and threads that a figure was measured with, for its note."""
    device = torch.cuda.get_device_name() if torch.cuda.is_available() else f"CPU, {torch.get_num_threads()} threads"
    return f"torch {torch.__version__}, {device}"


def _wait_for_device() -> None:
    if torch.cuda.is_available():
        torch.cuda.synchronize()
