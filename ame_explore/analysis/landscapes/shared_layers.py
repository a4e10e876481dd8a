"""What every point of a slice has in common: layers whose input does not depend on where one stands.

Such a linear or convolution layer (the first one, as a rule) gives something affine in the coordinates. Where a group
norm follows it, the norm's variance over each group is a quadratic form of them: it costs no pass over activations.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call

AFFINE_LAYERS = (nn.Linear, nn.Conv1d, nn.Conv2d, nn.Conv3d)


@dataclass(frozen=True, eq=False)
class Norm:
    """A group norm that follows a shared layer and is its only reader.

    Attributes: name: of the norm. layer: it. centred: (1 + dims, N, C, ...), what the shared layer gives, each group
    centred. spread: (1 + dims, 1 + dims, N, groups), the mean products of these over a group.
    """

    name: str
    layer: nn.GroupNorm
    centred: Tensor
    spread: Tensor

    @classmethod
    def of(cls, name: str, layer: nn.GroupNorm, stack: Tensor) -> Norm:
        """From what the shared layer gives (1 + dims, N, C, ...); sums in float64."""
        grouped = stack.double().view(*stack.shape[:2], layer.num_groups, -1)
        grouped = grouped - grouped.mean(-1, keepdim=True)
        spread = torch.einsum("ingk,jngk->ijng", grouped, grouped) / grouped.shape[-1]
        return cls(name, layer, grouped.view(stack.shape).to(stack.dtype), spread.to(stack.dtype))

    def of_layer(self, layer: nn.Module) -> Norm:
        """The same, of a copy of the layer."""
        assert isinstance(layer, nn.GroupNorm)
        return dataclasses.replace(self, layer=layer)

    def scales(self, rows: Tensor, weight: Tensor | None) -> Tensor:
        """(P, N, C, 1 ...) what each channel is multiplied with at points with rows (P, 1 + dims).

        `weight`: the norm's, (P, C) or (C,), or None.
        """
        products = (rows[:, :, None] * rows[:, None, :]).flatten(1)
        variance = (products @ self.spread.flatten(0, 1).flatten(1)).clamp_(min=0)
        factor = variance.add_(self.layer.eps).rsqrt_().view(len(rows), *self.spread.shape[2:])
        factor = factor.repeat_interleave(self.layer.num_channels // self.layer.num_groups, dim=2)
        if weight is not None:
            factor = factor * weight.view(-1, 1, self.layer.num_channels)
        return factor.view(*factor.shape, *[1] * (self.centred.ndim - 3))

    def apply(self, centred: Tensor, scale: Tensor) -> None:
        """From what is centred (N, C, ...) the norm's output, in place, with one point's `scales`."""
        centred.mul_(scale)
        if self.layer.bias is not None:
            centred.add_(self.layer.bias.view(-1, *[1] * (centred.ndim - 2)))


def quicker(module: nn.Module) -> dict[str, Callable[[Tensor], Tensor]]:
    """Forwards that save a CPU passes over memory: ReLU in place, the mean over all places as a product.

    In place is right only where nobody else reads the input: the caller has to see that the module's output stays.
    """
    found: dict[str, Callable[[Tensor], Tensor]] = {}
    for name, part in module.named_modules():
        if type(part) is nn.ReLU:
            found[name] = torch.relu_
        elif type(part) is nn.AdaptiveAvgPool2d and part.output_size in (1, (1, 1)):
            found[name] = _mean_over_places
    return found


def _mean_over_places(x: Tensor) -> Tensor:
    places = x.shape[-2] * x.shape[-1]
    return (x.flatten(-2) @ x.new_full((places, 1), 1 / places))[..., None]


def find_shared(
    module: nn.Module, basis: Mapping[str, Tensor], run: Callable[[], object], move: Callable[[int], None]
) -> tuple[dict[str, Tensor], dict[str, Norm]]:
    """The shared layers of a module, and the norms that follow them.

    Args:
        basis: name -> (1 + dims, numel) the tensors that move, at the origin and along each direction.
        run: a forward pass. move: set the weights of place 0 or 1, two points that differ in each coordinate.

    Returns:
        name of a layer -> (1 + dims, ...) what it gives, affinely; and name of a layer -> the norm after it.
    """
    layers = {
        name: layer
        for name, layer in module.named_modules()
        if type(layer) in AFFINE_LAYERS and any(f"{name}.{part}".lstrip(".") in basis for part in ("weight", "bias"))
    }
    norms = {name: layer for name, layer in module.named_modules() if type(layer) is nn.GroupNorm}
    seen: dict[str, list[Tensor]] = {}
    given: dict[str, list[Tensor]] = {}
    readers: dict[str, list[Tensor]] = {}

    def note_layer(name: str) -> Callable[..., None]:
        def note(layer: nn.Module, args: tuple[Tensor, ...], output: Tensor) -> None:
            seen.setdefault(name, []).append(args[0].clone())
            given.setdefault(name, []).append(output)

        return note

    def note_norm(name: str) -> Callable[..., None]:
        return lambda layer, args: readers.setdefault(name, []).append(args[0])

    hooks = [layer.register_forward_hook(note_layer(name)) for name, layer in layers.items()]
    hooks += [layer.register_forward_pre_hook(note_norm(name)) for name, layer in norms.items()]
    try:
        for place in (0, 1):
            move(place)
            run()
    finally:
        for hook in hooks:
            hook.remove()
    shared = {
        name: _affine(name, layers[name], inputs[0], basis)
        for name, inputs in seen.items()
        if len(inputs) == 2 and torch.equal(*inputs)
    }
    followed = {}
    for name, stack in shared.items():
        for norm, inputs in readers.items():
            if len(inputs) == 2 and inputs[0] is given[name][0] and stack.shape[2] == norms[norm].num_channels:
                followed[name] = Norm.of(norm, norms[norm], stack)
    return shared, followed


def _affine(name: str, layer: nn.Module, inputs: Tensor, basis: Mapping[str, Tensor]) -> Tensor:
    parts = []
    for k in range(len(next(iter(basis.values())))):
        weights = {}
        for part, tensor in layer.named_parameters():
            full = f"{name}.{part}".lstrip(".")
            fixed = tensor if k == 0 else torch.zeros_like(tensor)
            weights[part] = basis[full][k].view_as(tensor) if full in basis else fixed
        parts.append(functional_call(layer, weights, (inputs,)))
    return torch.stack(parts)


@contextmanager
def standing_in(module: nn.Module, forwards: Mapping[str, Callable[[Tensor], Any]]) -> Iterator[None]:
    """While it lasts, the named parts of `module` compute what is given instead of their own."""
    parts = {name: module.get_submodule(name) for name in forwards}
    try:
        for name, part in parts.items():
            part.forward = forwards[name]
        yield
    finally:
        for part in parts.values():
            part.__dict__.pop("forward", None)
