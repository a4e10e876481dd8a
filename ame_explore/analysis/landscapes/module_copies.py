"""A private copy of a module, evaluated at one point of a slice after another, or at many at once."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call, vmap

from ame_explore.analysis.landscapes.directions import tensor_at
from ame_explore.analysis.landscapes.shared_layers import Norm, find_shared, quicker, standing_in

Read = Callable[[Any], Mapping[str, Tensor]]
Inputs = Any  # a tensor, a sequence of arguments, or a mapping of arguments by name


def arguments(inputs: Inputs) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Positional and named arguments of a call: a mapping gives names, a tuple or list gives positions."""
    if isinstance(inputs, Mapping):
        return (), {str(name): value for name, value in inputs.items()}
    return (tuple(inputs), {}) if isinstance(inputs, tuple | list) else ((inputs,), {})


def tensors_in(inputs: Inputs) -> Iterator[Tensor]:
    """All tensors of a batch, at any depth."""
    if isinstance(inputs, Tensor):
        yield inputs
    elif isinstance(inputs, Mapping | tuple | list):
        for each in inputs.values() if isinstance(inputs, Mapping) else inputs:
            yield from tensors_in(each)


def moved(inputs: Inputs, device: torch.device) -> Inputs:
    """A batch with its tensors on `device`; mappings become dicts, sequences tuples."""
    if isinstance(inputs, Tensor):
        return inputs.to(device)
    if isinstance(inputs, Mapping):
        return {name: moved(value, device) for name, value in inputs.items()}
    return tuple(moved(each, device) for each in inputs) if isinstance(inputs, tuple | list) else inputs


class Walker:
    """A module's copy that moves over a slice; for one thread at a time, `copied` makes one for another thread.

    Args:
        module: the module; it is copied.
        inputs: what it is called with, see `arguments`.
        basis: name -> (1 + dims, numel) of the tensors that move, at the origin and along each direction.
        share: whether layers whose input is the same at every point are computed once.

    Attributes:
        module: the copy.
        own: name -> tensor of the copy that moves.
        inputs: as given.
        basis: as given.
        shared: outputs of shared layers, see `find_shared`.
        random: whether the module draws random numbers, from the one generator of the process.
        room: memory for a chain.
    """

    def __init__(self, module: nn.Module, inputs: Inputs, basis: Mapping[str, Tensor], *, share: bool) -> None:
        self.inputs, self.basis = inputs, basis
        self._args, self._kwargs = arguments(inputs)
        self._device = next(iter(basis.values())).device
        self.shared: dict[str, Tensor] = {}
        self._norms: dict[str, Norm] = {}
        self._quicker: dict[str, Callable[[Tensor], Tensor]] = {}
        self._take(copy.deepcopy(module).requires_grad_(False))
        self.room: dict[str, Tensor] = {}
        self.random = any(part.training for part in self.module.modules())
        with torch.no_grad():
            self.random = self.random and self._draws_random_numbers()
            if share:
                self._find_shared()

    def copied(self) -> Walker:
        """Another walker with its own module; data that is only read is shared."""
        other = copy.copy(self)
        other._take(copy.deepcopy(self.module))
        other.room = {}
        layers = dict(other.module.named_modules())
        other._norms = {place: norm.of_layer(layers[norm.name]) for place, norm in self._norms.items()}
        return other

    def weights(self, rows: Tensor) -> dict[str, Tensor]:
        """The tensors that move, (P, ...) each, at points with rows (1, coordinates), (P, 1 + dims)."""
        return {
            name: tensor_at(name, rows @ basis).view(len(rows), *self.own[name].shape)
            for name, basis in self.basis.items()
        }

    def all_at_once(self, rows: Tensor, read: Read, *, batched: bool) -> Mapping[str, Tensor]:
        """Values at all points in one batched call, if `torch.func.vmap` can batch the module.

        Args:
            rows: (P, 1 + dims) rows (1, coordinates).
            read: the module's output -> named values.
            batched: whether `read` takes outputs with a leading axis of points.

        Returns:
            name -> (P,).
        """
        given = {name: (rows @ s.flatten(1)).view(-1, *s.shape[1:]) for name, s in self.shared.items()}

        def at(weights: dict[str, Tensor], given: dict[str, Tensor]) -> Any:
            with standing_in(self.module, {name: _returning(value) for name, value in given.items()}):
                return functional_call(
                    self.module, self._everywhere(weights), self._args, self._kwargs, tie_weights=False
                )

        if batched:
            return read(vmap(at)(self.weights(rows), given))
        return vmap(lambda weights, given: read(at(weights, given)))(self.weights(rows), given)

    def one_by_one(self, rows: Tensor, read: Read, *, batched: bool = False) -> Mapping[str, Tensor]:
        """Values at all points, one forward pass per point, for any module.

        Args:
            rows: (P, 1 + dims) rows (1, coordinates).
            read: the module's output -> named values.
            batched: whether `read` takes outputs with a leading axis of points, and so is called once.

        Returns:
            name -> (P,).
        """
        weights = self.weights(rows)
        found: dict[str, list[Tensor]] = {}
        outputs: Tensor | None = None
        stacks = {name: self._norms[name].centred if name in self._norms else s for name, s in self.shared.items()}
        scales = {
            name: n.scales(rows, weights.get(f"{n.name}.weight", n.layer.weight)) for name, n in self._norms.items()
        }
        buffers = {name: torch.empty_like(s[0]) for name, s in stacks.items()}
        rests = {name: torch.empty_like(s[0]) for name, s in stacks.items()}
        forwards = self._quicker | {name: _returning(value) for name, value in buffers.items()}
        forwards |= {norm.name: _returning(buffers[name]) for name, norm in self._norms.items()}
        rest_of: list[float] | None = None
        with standing_in(self.module, forwards), self._same_random_numbers() as restart:
            for point, row in enumerate(rows.tolist()):
                for name, tensor in self.own.items():
                    tensor.data = weights[name][point]
                if row[2:] != rest_of:  # unchanged along a row of the grid: this halves the memory traffic
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
                output = self.module(*self._args, **self._kwargs)
                if batched and isinstance(output, Tensor):
                    outputs = output.new_empty(len(rows), *output.shape) if outputs is None else outputs
                    outputs[point] = output
                else:
                    for name, value in read(output).items():
                        found.setdefault(name, []).append(value)
        if outputs is not None:
            return read(outputs)
        return {name: torch.stack(values) for name, values in found.items()}

    def _take(self, module: nn.Module) -> None:
        self.module = module
        tensors = dict(module.named_parameters()) | dict(module.named_buffers())
        self.own = {name: tensors[name] for name in self.basis}
        # functional_call ties weights itself, but does not restore them if a module has several names
        places = [
            (f"{prefix}.{name}".lstrip("."), tensor)
            for prefix, part in module.named_modules()
            for name, tensor in (*part._parameters.items(), *part._buffers.items())
        ]
        self._places = {name: [place for place, t in places if t is tensor] for name, tensor in self.own.items()}

    def _everywhere(self, weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """The weights, under every name of a tied one."""
        return {place: weight for name, weight in weights.items() for place in self._places[name]}

    def _draws_random_numbers(self) -> bool:
        if self._device.type != "cpu":
            return True  # unknown: assume so
        with self._same_random_numbers() as restart:
            restart()
            before = torch.get_rng_state()
            self.module(*self._args, **self._kwargs)
            return not torch.equal(before, torch.get_rng_state())

    @contextmanager
    def _same_random_numbers(self) -> Iterator[Callable[[], object]]:
        if not self.random:
            yield lambda: None
            return
        device = self._device
        on_gpu = device.type == "cuda"
        with torch.random.fork_rng(devices=[device] if on_gpu else []):
            cpu = torch.default_generator.manual_seed
            yield (lambda: torch.manual_seed(0)) if on_gpu else (lambda: cpu(0))

    def _find_shared(self) -> None:
        """Find shared layers, and the further shortcuts of the loop that leave the module's output unchanged."""
        dims = len(next(iter(self.basis.values()))) - 1
        rows = torch.tensor([[1.0, 0.0, 0.0], [1.0, 0.7, -0.4]])[:, : 1 + dims]
        rows = rows.to(next(iter(self.basis.values())))
        outputs: list[Any] = []

        def move(place: int) -> None:
            for name, tensor in self.weights(rows[place][None]).items():
                self.own[name].data = tensor[0]

        def run() -> None:
            with self._same_random_numbers() as restart:
                restart()
                outputs.append(self.module(*self._args, **self._kwargs))

        self.shared, norms = find_shared(self.module, self.basis, run, move)
        wanted = outputs[1].clone() if isinstance(outputs[1], Tensor) else None
        quick = quicker(self.module) if self._device.type == "cpu" else {}
        for self._norms, self._quicker in ((norms, quick), (norms, {}), ({}, quick), ({}, {})):
            if not (self._norms or self._quicker):
                return
            if wanted is None:
                continue
            ours = self.one_by_one(rows[1:], lambda output: {"": output})[""][0]
            if ours.shape == wanted.shape and bool((ours - wanted).abs().max() <= _rounding(wanted)):
                return


def _returning(value: Tensor) -> Callable[[Tensor], Tensor]:
    return lambda x: value


def _rounding(output: Tensor) -> float:
    """How much outputs may differ after some layers if sums are taken in another order."""
    return 1e3 * torch.finfo(output.dtype).eps * float(output.abs().max())
