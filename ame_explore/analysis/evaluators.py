"""A module's values at many points of a line or plane in its weights, as fast as its form allows.

Three methods, equal in value:
    chain: for a chain of linear layers and pointwise functions. All points of a chunk at once, samples along the last
        axis, so that products are wide and the softmax runs over contiguous samples.
    vmap: any module that `torch.func` can batch.
    loop: any module at all; the weights of a private copy are set point by point.
On a CPU a chain runs on one thread, the others on one or all, whichever was faster on a few points.
In each, a linear or convolution layer whose input does not depend on where in the plane one stands (the first layer,
as a rule) is never multiplied anew: what it gives is affine in the coordinates, so that two or three products (one at
the origin, one a direction) serve all points.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call, vmap

from ame_explore.ame import AMEError, check_choice, check_number
from ame_explore.analysis.chains import Chain
from ame_explore.analysis.directions import Slice, tensor_at
from ame_explore.analysis.sharing import AFFINE_LAYERS, Norm, find_shared, quicker, standing_in
from ame_explore.models import one_thread

METHODS = ("auto", "chain", "vmap", "loop")
Measure = Callable[[Any], Mapping[str, Tensor]]
_WORKING_BYTES = 2**21  # of a chunk's widest activations: what caches hold (our choice)
_MOST_BYTES = 2**28  # of a chunk's weights


@dataclass(frozen=True, eq=False)
class Objective:
    """What is read at each point: measure(module(inputs)), a dict of scalars.

    Attributes:
        module: in the mode (train or eval) in which it is to be read; it is copied, never changed.
        inputs: the first argument of the module, samples along the first axis.
        measure: the module's output -> names and 0-dim tensors. One with the attribute `batched = True` is called with
            outputs of more leading axes, and returns tensors of those; `readouts` has such ones.
    """

    module: nn.Module
    inputs: Tensor
    measure: Measure


class Evaluator:
    """Values of an objective on a slice; made once, asked many times.

    Args:
        method: one of "auto", "chain", "vmap", "loop"; "auto" takes the chain if there is one, else the faster of the
            other two, timed on a few points.
        chunk: points at a time; None times some.
        share: False recomputes layers with a fixed input at every point (to compare with).

    Attributes: method, chunk, shared (names of the layers that are affine in the coordinates), names (of the values),
    origin (values at the origin, float), seconds_per_point (as timed on a chunk).

    Dropout and the like draw the same numbers at each point, and leave the global random state alone.

    Raises `AMEError` for inputs or values at the origin that are not finite, values that are no scalars, names in the
    slice that the module lacks, and a method that this module does not allow.
    """

    def __init__(
        self, objective: Objective, slice_: Slice, *, method: str = "auto", chunk: int | None = None, share: bool = True
    ) -> None:
        check_choice("method", method, METHODS)
        if chunk is not None:
            check_number("chunk", chunk, low=1, whole=True)
        self._module = copy.deepcopy(objective.module).requires_grad_(False)
        self._measure, self.slice = objective.measure, slice_
        own = dict(self._module.named_parameters()) | dict(self._module.named_buffers())
        unknown = sorted(set(slice_.origin) - set(own))
        if unknown:
            raise AMEError(f"slice_ must move tensors of the module, got {unknown[0]!r}, which it does not have.")
        self._own = {name: own[name] for name in slice_.origin}
        reference = next(iter(self._own.values()))
        self._device, self._dtype = reference.device, reference.dtype
        self._inputs = objective.inputs.to(self._device)
        if self._inputs.is_floating_point() and not bool(self._inputs.isfinite().all()):
            raise AMEError("inputs must be finite, got NaN or infinity: look for them upstream.")
        # (1 + dims, numel) a tensor: what the row (1, x, y) is multiplied with
        self._basis = {name: slice_.basis(name, t.dtype).to(self._device) for name, t in self._own.items()}
        self._alone = True
        with torch.no_grad(), one_thread():
            self._shared: dict[str, Tensor] = {}
            self._norms: dict[str, Norm] = {}
            self._quicker: dict[str, Callable[[Tensor], Tensor]] = {}
            if share:
                self._find_shared()
            origin = self._loop(torch.zeros(1, slice_.dims, dtype=torch.float64))
        self.origin = {name: float(value) for name, value in origin.items()}
        bad = [name for name, value in self.origin.items() if value - value != 0]
        if bad:
            raise AMEError(f"the value {bad[0]!r} at the origin must be finite, got {self.origin[bad[0]]}.")
        self.names, self.shared = tuple(self.origin), tuple(self._shared)
        with one_thread():
            chain = method in ("auto", "chain") and share
            self._chain = Chain.of(self._module, self._inputs, self._basis) if chain else None
        if method == "chain" and self._chain is None:
            raise AMEError("method='chain' needs a chain of linear layers and pointwise functions: use 'auto'.")
        self.method, self.chunk, self.seconds_per_point = self._choose(method, chunk)

    def __call__(self, coordinates: Tensor) -> dict[str, Tensor]:
        """Values (P,) float64 on the CPU, by name, at coordinates (P, dims)."""
        if coordinates.ndim != 2 or coordinates.shape[1] != self.slice.dims:
            raise AMEError(f"coordinates must have shape (P, {self.slice.dims}), got {tuple(coordinates.shape)}.")
        if not bool(coordinates.isfinite().all()):
            raise AMEError("coordinates must be finite, got NaN or infinity.")
        parts = [self._run(self.method, part) for part in coordinates.split(self.chunk)]
        return {name: torch.cat([part[name] for part in parts]) for name in self.names}

    def predict(self, points: int) -> float:
        """Seconds that so many points will take, from the chunk that was timed."""
        return points * self.seconds_per_point

    def _run(self, method: str, coordinates: Tensor) -> dict[str, Tensor]:
        with torch.inference_mode(), one_thread() if self._alone else nullcontext():
            work = {"chain": self._chained, "vmap": self._vmapped, "loop": self._loop}[method]
            return {name: value.double().cpu() for name, value in work(coordinates).items()}

    def _choose(self, method: str, chunk: int | None) -> tuple[str, int, float]:
        tried = ("chain",) if self._chain is not None else ("loop",) if self._has_slow_batches() else ("loop", "vmap")
        best: tuple[float, str, int] | None = None
        for name in tried if method == "auto" else (method,):
            for size in [chunk] if chunk else self._chunks(name):
                try:
                    seconds = self._time(name, size) / size
                except AMEError:
                    raise
                except RuntimeError as error:
                    # what torch cannot batch: in-place statistics, random numbers, values that are looked at
                    if method != "auto" or name != "vmap":
                        raise AMEError(
                            f"method={name!r} does not work for this module ({error}): use 'auto'."
                        ) from error
                    break
                if best is not None and seconds >= best[0]:
                    break  # larger chunks are not tried: this is not the module for them
                best = (seconds, name, size)
        assert best is not None  # the loop always works, or has raised
        seconds, name, size = best
        if self._device.type == "cpu" and torch.get_num_threads() > 1 and name != "chain":
            # On a busy machine threads that wait for each other lose far more than they win on an idle one: they must
            # be ahead by a third (our choice). The chunks of a chain are cut for one core's cache.
            self._alone = False
            together = self._time(name, size) / size
            self._alone = together > 0.75 * seconds
            seconds = seconds if self._alone else together
        if name == "loop" and not chunk:  # about a tenth of a second, so that a scan can be left in between
            size = min(64, max(1, int(0.1 / seconds)), self._most_points())
        return name, size, seconds

    def _has_slow_batches(self) -> bool:
        """A batched convolution is a grouped one, which on a CPU is slower than one by one (measured, 1 to 6 times)."""
        parts = dict(self._module.named_modules())
        moved = {name.rpartition(".")[0] for name in self._own} - set(self._shared)
        return self._device.type == "cpu" and any(type(parts[name]) in AFFINE_LAYERS[1:] for name in moved)

    def _chunks(self, method: str) -> list[int]:
        on_cpu = self._device.type == "cpu"
        if method == "loop":
            return [8]
        if self._chain is not None and method == "chain":
            sizes = [_WORKING_BYTES // max(1, self._chain.bytes_per_point) if on_cpu else 1024]
        else:
            sizes = [8, 32] if on_cpu else [64, 512]
        return sorted({max(1, min(size, self._most_points(), 1024)) for size in sizes})

    def _most_points(self) -> int:
        weights = sum(t.shape[1] * t.element_size() for t in self._basis.values())
        return max(1, _MOST_BYTES // max(1, weights))

    def _time(self, method: str, size: int) -> float:
        points = torch.zeros(size, self.slice.dims, dtype=torch.float64)
        taken = []
        for _ in range(2):  # the first pays for allocation and dispatch
            started = time.perf_counter()
            self._run(method, points)  # its copy to the CPU waits for the device
            taken.append(time.perf_counter() - started)
        return min(taken)

    def _rows(self, coordinates: Tensor) -> Tensor:
        ones = torch.ones(len(coordinates), 1, dtype=torch.float64)
        return torch.cat([ones, coordinates.double().cpu()], dim=1).to(self._device, self._dtype)

    def _weights(self, rows: Tensor) -> dict[str, Tensor]:
        """(P, ...) a tensor that moves."""
        return {
            name: tensor_at(name, rows @ basis).view(len(rows), *self._own[name].shape)
            for name, basis in self._basis.items()
        }

    def _chained(self, coordinates: Tensor) -> Mapping[str, Tensor]:
        assert self._chain is not None
        rows = self._rows(coordinates)
        return self._read_all(self._chain(rows, self._weights(rows)))

    def _read_all(self, outputs: Tensor) -> Mapping[str, Tensor]:
        if getattr(self._measure, "batched", False):
            return self._measure(outputs)
        return vmap(self._read)(outputs)

    def _vmapped(self, coordinates: Tensor) -> Mapping[str, Tensor]:
        rows = self._rows(coordinates)
        given = {name: (rows @ s.flatten(1)).view(-1, *s.shape[1:]) for name, s in self._shared.items()}

        def at(weights: dict[str, Tensor], given: dict[str, Tensor]) -> Any:
            with standing_in(self._module, {name: _returning(value) for name, value in given.items()}):
                return functional_call(self._module, weights, (self._inputs,))

        if getattr(self._measure, "batched", False):
            return self._measure(vmap(at)(self._weights(rows), given))
        return vmap(lambda weights, given: self._read(at(weights, given)))(self._weights(rows), given)

    def _loop(
        self, coordinates: Tensor, read: Callable[[Any], Mapping[str, Tensor]] | None = None
    ) -> Mapping[str, Tensor]:
        read = self._read if read is None else read
        rows = self._rows(coordinates)
        weights = self._weights(rows)
        found: dict[str, list[Tensor]] = {}
        stacks = {name: self._norms[name].centred if name in self._norms else s for name, s in self._shared.items()}
        scales = {
            name: n.scales(rows, weights.get(f"{n.name}.weight", n.layer.weight)) for name, n in self._norms.items()
        }
        buffers = {name: torch.empty_like(s[0]) for name, s in stacks.items()}
        rests = {name: torch.empty_like(s[0]) for name, s in stacks.items()}
        forwards = self._quicker | {name: _returning(value) for name, value in buffers.items()}
        forwards |= {norm.name: _returning(buffers[name]) for name, norm in self._norms.items()}
        rest_of: list[float] | None = None
        with standing_in(self._module, forwards), self._same_random_numbers() as restart:
            for point, row in enumerate(rows.tolist()):
                for name, tensor in self._own.items():
                    tensor.data = weights[name][point]
                if row[2:] != rest_of:  # the same along a row of the grid: it saves half the traffic to memory
                    rest_of = row[2:]
                    for name, stack in stacks.items():
                        rest = rests[name].copy_(stack[0])
                        for c, part in zip(rest_of, stack[2:], strict=True):
                            rest.add_(part, alpha=c)
                for name, stack in stacks.items():
                    torch.add(rests[name], stack[1], alpha=row[1], out=buffers[name])
                for name, norm in self._norms.items():
                    norm.apply(buffers[name], scales[name][point])
                restart()
                for name, value in read(self._module(self._inputs)).items():
                    found.setdefault(name, []).append(value)
        return {name: torch.stack(values) for name, values in found.items()}

    def _read(self, output: Any) -> dict[str, Tensor]:
        values = dict(self._measure(output))
        if not values:
            raise AMEError("measure must return at least one named value, got none.")
        for name, value in values.items():
            if not isinstance(value, Tensor) or value.ndim:
                kind = f"shape {tuple(value.shape)}" if isinstance(value, Tensor) else type(value).__name__
                raise AMEError(f"measure must return 0-dim tensors, got {kind} for {name!r}.")
        return values

    @contextmanager
    def _same_random_numbers(self) -> Iterator[Callable[[], object]]:
        if not any(part.training for part in self._module.modules()):
            yield lambda: None
            return
        on_gpu = self._device.type == "cuda"
        with torch.random.fork_rng(devices=[self._device] if on_gpu else []):
            cpu = torch.random.default_generator.manual_seed
            yield (lambda: torch.manual_seed(0)) if on_gpu else (lambda: cpu(0))

    def _find_shared(self) -> None:
        """Layers, and further shortcuts of the loop as far as the module gives the same with them."""
        places = torch.tensor([[0.0] * self.slice.dims, [0.7, -0.4][: self.slice.dims]])
        rows = self._rows(places)
        outputs: list[Any] = []

        def move(place: int) -> None:
            for name, tensor in self._weights(rows[place][None]).items():
                self._own[name].data = tensor[0]

        def run() -> None:
            with self._same_random_numbers() as restart:
                restart()
                outputs.append(self._module(self._inputs))

        self._shared, norms = find_shared(self._module, self._basis, run, move)
        wanted = outputs[1].clone() if isinstance(outputs[1], Tensor) else None
        quick = quicker(self._module) if self._device.type == "cpu" else {}
        for self._norms, self._quicker in ((norms, quick), (norms, {}), ({}, quick), ({}, {})):
            if not (self._norms or self._quicker):
                return
            if wanted is None:
                continue
            ours = self._loop(places[1:], lambda output: {"": output})[""][0]
            if ours.shape == wanted.shape and bool((ours - wanted).abs().max() <= _rounding(wanted)):
                return


def _returning(value: Tensor) -> Callable[[Tensor], Tensor]:
    return lambda x: value


def _rounding(output: Tensor) -> float:
    """How far apart sums in another order may be, after some layers."""
    return 1e3 * torch.finfo(output.dtype).eps * float(output.abs().max())
