"""A module's values at many points of a line or plane in its weights, as fast as its form allows.

Three methods give the same values:

- chain: for a chain of linear layers and pointwise functions. All points of a chunk at once, samples along the last
  axis, so that products are wide and the softmax runs over contiguous samples.
- vmap: for any module that `torch.func` can batch.
- loop: for any module; the weights of a private copy are set point by point.

On a CPU, chunks go to as many threads as torch has, each on one core with its own copy of the module. Threads do not
wait for each other within a chunk; on a busy machine such waiting costs more than splitting an operation gains.

The output of a linear or convolution layer whose input is the same at every point (usually the first layer) is affine
in the coordinates. Two or three products (one at the origin, one per direction) therefore serve all points.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Mapping
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import vmap

from ame_explore.ame import AMEError, check_choice, check_finite, check_number
from ame_explore.analysis.landscapes.chains import Chain
from ame_explore.analysis.landscapes.directions import Slice
from ame_explore.analysis.landscapes.module_copies import Inputs, Read, Walker, moved, tensors_in
from ame_explore.analysis.landscapes.shared_layers import AFFINE_LAYERS
from ame_explore.arguments import checked, checked_init
from ame_explore.models import one_thread
from ame_explore.tasks import run_together

METHODS = ("auto", "chain", "vmap", "loop")
_WORKING_BYTES = 2**21  # of a chunk's widest activations: about what a core's cache holds (our choice, measured)
_MOST_BYTES = 2**28  # of a chunk's weights
_MOST_POINTS = 2**20  # in a chunk
_MOST_THREADS = 8  # each has its own activations
_A_LOT = 3e-4  # seconds per point above which Python's overhead does not matter (our choice)
_A_CALL = 0.1  # seconds of work in `step` points


@checked_init
@dataclass(frozen=True, eq=False)
class Objective:
    """What is computed at each point: measure(module(inputs)), a dict of scalars.

    Attributes:
        module: the module, in the mode (train or eval) in which it is evaluated; it is copied, never changed.
        inputs: what the module is called with: a tensor, samples along the first axis; a tuple or list of arguments; or
            a mapping of arguments by name, as tokenizers return.
        measure: a function from the module's output to names and 0-dim tensors. If it has the attribute
            `batched = True`, it is called with outputs that have more leading axes and returns tensors of those axes,
            as the functions in `readouts` do. An attribute `reading` names the reading of AME that gives its "H".
    """

    module: nn.Module
    inputs: Inputs
    measure: Read


@checked_init
class Evaluator:
    r"""Values of an objective on a slice; built once, called many times.

    Dropout and the like draw the same random numbers at each point and do not change the global random state.

    Args:
        objective: what to compute.
        slice\_: the line or plane.
        method: one of "auto", "chain", "vmap", "loop"; "auto" takes the chain if the module is one, else the faster of
            the other two, timed on a few points.
        chunk: points at a time; None: chosen from the size of activations, or by timing.
        share: False recomputes layers with a fixed input at every point (for comparison).

    Attributes:
        method: the method in use.
        chunk: points at a time.
        threads: threads in use.
        shared: names of the layers whose output is affine in the coordinates.
        names: names of the values.
        origin: name -> value at the origin.
        reading: the reading of AME that gives the value "H"; "" if there is none.

    Raises:
        AMEError: if inputs or values at the origin are not finite, a value is not a scalar, the slice has names that
            the module lacks, or the method does not work for this module.
    """

    def __init__(
        self, objective: Objective, slice_: Slice, *, method: str = "auto", chunk: int | None = None, share: bool = True
    ) -> None:
        check_choice("method", method, METHODS)
        if chunk is not None:
            check_number("chunk", chunk, low=1, high=_MOST_POINTS, whole=True)
        own = dict(objective.module.named_parameters()) | dict(objective.module.named_buffers())
        unknown = sorted(set(slice_.origin) - set(own))
        if unknown:
            raise AMEError(f"slice_ must move tensors of the module, got {unknown[0]!r}, which it does not have.")
        moving = {name: own[name] for name in slice_.origin}
        reference = next(iter(moving.values()))
        self._measure, self.slice = objective.measure, slice_
        self.reading = str(getattr(objective.measure, "reading", ""))
        self._device, self._dtype = reference.device, reference.dtype
        inputs = moved(objective.inputs, self._device)
        found = list(tensors_in(inputs))
        if not found:
            kind = type(inputs).__name__
            raise AMEError(f"inputs must be a tensor, or a tuple, list or mapping that holds one, got {kind}.")
        for each in found:
            check_finite("inputs", each)
        # (1 + dims, numel) a tensor: what the row (1, x, y) is multiplied with
        basis = {name: slice_.basis(name, t.dtype).to(self._device) for name, t in moving.items()}
        with torch.no_grad(), one_thread():
            chain = method in ("auto", "chain") and share and isinstance(inputs, Tensor)
            self._chain = Chain.of(copy.deepcopy(objective.module), inputs, basis) if chain else None
            walker = Walker(objective.module, inputs, basis, share=share and self._chain is None)
            origin = walker.one_by_one(self._rows(torch.zeros(1, slice_.dims, dtype=torch.float64)), self._read)
        self.origin = {name: float(value) for name, value in origin.items()}
        bad = [name for name, value in self.origin.items() if value - value != 0]
        if bad:
            raise AMEError(f"the value {bad[0]!r} at the origin must be finite, got {self.origin[bad[0]]}.")
        self.names = tuple(self.origin)
        self.shared = tuple(walker.shared) if self._chain is None else (self._chain.layers[0][0].removesuffix("."),)
        if method == "chain" and self._chain is None:
            raise AMEError("method='chain' needs a chain of linear layers and pointwise functions: use 'auto'.")
        self._walkers, self._cut = [walker], chunk is not None
        self.method, self.chunk, self.threads, self._seconds = self._choose(method, chunk)

    @checked
    def __call__(self, coordinates: Tensor) -> dict[str, Tensor]:
        """The values at some points.

        Args:
            coordinates: (P, dims).

        Returns:
            name -> (P,) float64 on the CPU.

        Raises:
            AMEError: if the coordinates have another shape or are not finite.
        """
        if coordinates.ndim != 2 or coordinates.shape[1] != self.slice.dims or not len(coordinates):
            raise AMEError(
                f"coordinates must have shape (P, {self.slice.dims}), P >= 1, got {tuple(coordinates.shape)}."
            )
        check_finite("coordinates", coordinates)
        return self._run(self.method, coordinates, self.chunk, self.threads)

    @property
    def seconds_per_point(self) -> float:
        """Seconds per point, timed on a few chunks when first asked for."""
        if self._seconds is None:
            self._seconds = self._time(self.method, self.chunk, self.threads)
        return self._seconds

    @property
    def step(self) -> int:
        """Points per call that allow a caller to stop in between: the given chunk for each thread, or else the points
        that take about a tenth of a second.
        """
        at_once = self.chunk * self.threads
        if self._cut:
            return at_once
        return at_once * max(1, int(_A_CALL / max(self.seconds_per_point, 1e-9)) // at_once)

    def predict(self, points: int) -> float:
        """Predicted seconds for a number of points.

        Args:
            points: the number of points.
        """
        return points * self.seconds_per_point

    def _run(self, method: str, coordinates: Tensor, chunk: int, threads: int) -> dict[str, Tensor]:
        parts = coordinates.split(chunk)
        threads = min(threads, len(parts))
        if threads == 1 and self._device.type != "cpu":
            found = [self._work(method, part, self._walkers[0]) for part in parts]
        else:
            with one_thread():
                found = self._together(method, parts, threads)
        return {name: torch.cat([part[name] for part in found]) for name in self.names}

    def _together(self, method: str, parts: tuple[Tensor, ...], threads: int) -> list[dict[str, Tensor]]:
        if threads == 1:
            return [self._work(method, part, self._walkers[0]) for part in parts]
        self._walkers += [self._walkers[0].copied() for _ in range(threads - len(self._walkers))]
        free: SimpleQueue[Walker] = SimpleQueue()
        for walker in self._walkers:
            free.put(walker)

        def work(part: Tensor) -> dict[str, Tensor]:
            walker = free.get()
            try:
                return self._work(method, part, walker)
            finally:
                free.put(walker)

        jobs = [lambda _, part=part: work(part) for part in parts]
        return run_together(jobs, threads=threads, what="evaluating points", of=len(parts))

    @torch.inference_mode()
    def _work(self, method: str, coordinates: Tensor, walker: Walker) -> dict[str, Tensor]:
        rows = self._rows(coordinates)
        batched = bool(getattr(self._measure, "batched", False))
        values: Mapping[str, Tensor]
        if method == "loop":
            values = walker.one_by_one(rows, self._measure if batched else self._read, batched=batched)
        elif method == "vmap":
            values = walker.all_at_once(rows, self._measure if batched else self._read, batched=batched)
        else:
            assert self._chain is not None
            outputs = self._chain(rows, walker.room)
            values = self._measure(outputs) if batched else vmap(self._read)(outputs)
        # copied: a value may be a view of the output, whose memory the next chunk reuses
        return {name: value.to("cpu", torch.float64, copy=True) for name, value in values.items()}

    def _choose(self, method: str, chunk: int | None) -> tuple[str, int, int, float | None]:
        most = min(torch.get_num_threads(), _MOST_THREADS)
        if self._device.type != "cpu" or self._walkers[0].random:  # all threads would draw from one generator
            most = 1
        if self._chain is not None and method in ("auto", "chain"):
            size = chunk or self._chunk_of_a_chain(self._chain)
            return "chain", size, most, None
        best: tuple[float, str, int] | None = None
        for name in (("loop",) if self._has_slow_batches() else ("loop", "vmap")) if method == "auto" else (method,):
            for size in [chunk] if chunk else self._chunks(name):
                try:
                    seconds = self._time(name, size, 1)
                except AMEError:
                    raise
                except RuntimeError as error:
                    # what torch cannot batch: in-place statistics, random numbers, control flow on values
                    if method != "auto" or name != "vmap":
                        raise AMEError(
                            f"method={name!r} does not work for this module ({error}): use 'auto'."
                        ) from error
                    break
                if best is not None and seconds >= best[0]:
                    break  # this size is no faster: larger ones are not tried
                best = (seconds, name, size)
        assert best is not None  # the loop always works, or has raised
        seconds, name, size = best
        if seconds > _A_LOT:
            return name, size, most, None
        if most > 1:
            together = self._time(name, size, most)
            if together < 1.1 * seconds:  # else threads block each other, usually in Python itself
                return name, size, most, together
        return name, size, 1, seconds

    def _has_slow_batches(self) -> bool:
        """A batched convolution runs as a grouped one, on a CPU 1 to 6 times slower than one by one (measured)."""
        walker = self._walkers[0]
        parts = dict(walker.module.named_modules())
        moved = {name.rpartition(".")[0] for name in walker.own} - set(walker.shared)
        return self._device.type == "cpu" and any(type(parts[name]) in AFFINE_LAYERS[1:] for name in moved)

    def _chunk_of_a_chain(self, chain: Chain) -> int:
        size = _WORKING_BYTES // max(1, chain.bytes_per_point) if self._device.type == "cpu" else 1024
        return max(1, min(size, self._most_points(), 1024))

    def _chunks(self, method: str) -> list[int]:
        sizes = [8] if method == "loop" else [8, 32] if self._device.type == "cpu" else [64, 512]
        return sorted({max(1, min(size, self._most_points())) for size in sizes})

    def _most_points(self) -> int:
        weights = sum(t.shape[1] * t.element_size() for t in self._walkers[0].basis.values())
        return max(1, _MOST_BYTES // max(1, weights))

    def _time(self, method: str, size: int, threads: int) -> float:
        """Seconds per point, with one chunk for each thread."""
        points = torch.zeros(size * threads, self.slice.dims, dtype=torch.float64)
        taken = []
        for _ in range(2):  # the first pays for allocation and dispatch
            started = time.perf_counter()
            self._run(method, points, size, threads)  # its copy to the CPU waits for the device
            taken.append(time.perf_counter() - started)
        return min(taken) / len(points)

    def _rows(self, coordinates: Tensor) -> Tensor:
        ones = torch.ones(len(coordinates), 1, dtype=torch.float64)
        return torch.cat([ones, coordinates.double().cpu()], dim=1).to(self._device, self._dtype)

    def _read(self, output: Any) -> dict[str, Tensor]:
        values = dict(self._measure(output))
        if not values:
            raise AMEError("measure must return at least one named value, got none.")
        for name, value in values.items():
            if not isinstance(value, Tensor) or value.ndim:
                kind = f"shape {tuple(value.shape)}" if isinstance(value, Tensor) else type(value).__name__
                raise AMEError(f"measure must return 0-dim tensors, got {kind} for {name!r}.")
        return values
