"""Layers whose input is the same at every point of a slice, and so need not be computed at each.

The output of such a linear or convolution layer (usually the first) is affine in the coordinates. If a group norm
follows it, the norm's variance over each group is a quadratic form of them and needs no pass over activations.
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

from ame_explore.models.hosts import Pointwise

AFFINE_LAYERS = (nn.Linear, nn.Conv1d, nn.Conv2d, nn.Conv3d, Pointwise)


@dataclass(frozen=True, eq=False)
class Norm:
    """A group norm that follows a shared layer and is its only reader.

    Attributes:
        name: the norm's name.
        layer: the norm.
        centred: (1 + dims, N, C, ...), the shared layer's outputs, each group centred.
        spread: (1 + dims, 1 + dims, N, groups), mean products of these over a group.
    """

    name: str
    layer: nn.GroupNorm
    centred: Tensor
    spread: Tensor

    @classmethod
    def of(cls, name: str, layer: nn.GroupNorm, stack: Tensor) -> Norm:
        """The norm after a shared layer; sums are taken in float64.

        Args:
            name: the norm's name.
            layer: the norm.
            stack: (1 + dims, N, C, ...) the shared layer's outputs.
        """
        grouped = stack.double().view(*stack.shape[:2], layer.num_groups, -1)
        grouped = grouped - grouped.mean(-1, keepdim=True)
        spread = torch.einsum("ingk,jngk->ijng", grouped, grouped) / grouped.shape[-1]
        return cls(name, layer, grouped.view(stack.shape).to(stack.dtype), spread.to(stack.dtype))

    def of_layer(self, layer: nn.Module) -> Norm:
        """The same, for a copy of the layer."""
        assert isinstance(layer, nn.GroupNorm)
        return dataclasses.replace(self, layer=layer)

    def scales(self, rows: Tensor, weight: Tensor | None) -> Tensor:
        """The factor of each channel at some points.

        Args:
            rows: (P, 1 + dims) rows (1, coordinates).
            weight: the norm's weight, (P, C) or (C,), or None.

        Returns:
            (P, N, C, 1, ...).
        """
        products = (rows[:, :, None] * rows[:, None, :]).flatten(1)
        variance = (products @ self.spread.flatten(0, 1).flatten(1)).clamp_(min=0)
        factor = variance.add_(self.layer.eps).rsqrt_().view(len(rows), *self.spread.shape[2:])
        factor = factor.repeat_interleave(self.layer.num_channels // self.layer.num_groups, dim=2)
        if weight is not None:
            factor = factor * weight.view(-1, 1, self.layer.num_channels)
        return factor.view(*factor.shape, *[1] * (self.centred.ndim - 3))

    def apply(self, centred: Tensor, scale: Tensor) -> None:
        """Turn centred values into the norm's output, in place.

        Args:
            centred: (N, C, ...).
            scale: one point's `scales`.
        """
        centred.mul_(scale)
        if self.layer.bias is not None:
            centred.add_(self.layer.bias.view(-1, *[1] * (centred.ndim - 2)))


def quicker(module: nn.Module) -> dict[str, Callable[[Tensor], Tensor]]:
    """Replacement forwards with less memory traffic on a CPU: ReLU in place, and global average pooling as a product.

    ReLU in place is correct only if nothing else reads its input: the caller must check that the module's output does
    not change.

    Args:
        module: the module whose parts may be replaced.

    Returns:
        name of a part -> its replacement forward.
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
        module: the module.
        basis: name -> (1 + dims, numel) of the tensors that move, at the origin and along each direction.
        run: runs a forward pass.
        move: sets the weights of point 0, the origin, or 1, which differ in each coordinate.

    Returns:
        name of a layer -> (1 + dims, ...) its output at the origin and along each direction; and name of a layer ->
        the norm after it.
    """
    layers = {
        name: layer
        for name, layer in module.named_modules()
        if type(layer) in AFFINE_LAYERS
        and not (layer._forward_hooks or layer._forward_pre_hooks)  # they may change what goes in or comes out
        and any(f"{name}.{part}".lstrip(".") in basis for part in ("weight", "bias"))
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
    # The module may call a layer with other weights than its own, as the fine-tuned host does with mixed ones.
    shared = {name: stack for name, stack in shared.items() if _alike(stack[0], given[name][0])}
    followed = {}
    for name, stack in shared.items():
        for norm, inputs in readers.items():
            if len(inputs) == 2 and inputs[0] is given[name][0] and stack.shape[2] == norms[norm].num_channels:
                followed[name] = Norm.of(norm, norms[norm], stack)
    return shared, followed


def _alike(ours: Tensor, theirs: Tensor) -> bool:
    """Whether two outputs are equal up to rounding."""
    close = 1e3 * torch.finfo(theirs.dtype).eps * float(theirs.abs().max())
    return ours.shape == theirs.shape and bool((ours - theirs).abs().max() <= close)


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
    """Within this context, named parts of a module use other forwards.

    Args:
        module: the module.
        forwards: name of a part -> its forward.
    """
    parts = {name: module.get_submodule(name) for name in forwards}
    try:
        for name, part in parts.items():
            part.forward = forwards[name]
        yield
    finally:
        for part in parts.values():
            part.__dict__.pop("forward", None)
