"""Chains of linear layers and pointwise functions, evaluated for many weights at once, samples along the last axis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.func import functional_call

from ame_explore.analysis.landscapes.directions import tensor_at
from ame_explore.models import Projector, Student
from ame_explore.models.hosts import Pointwise

_POINTWISE = (nn.ReLU, nn.GELU, nn.Tanh, nn.SiLU, nn.Sigmoid, nn.ELU, nn.LeakyReLU, nn.Softplus)
_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d)


@dataclass(frozen=True, eq=False)
class Chain:
    """A module that is such a chain.

    Attributes:
        layers: (prefix of the tensors' names, layer) in order; the first is linear.
        first: (1 + dims, width, N) output of the first layer at the origin and along each direction.
        basis: (1 + dims, numel) all tensors that move in later layers, one after another.
        moved: names of these tensors.
        fixed: the module's own tensors.
        bytes_per_point: size of the widest activations.
    """

    layers: tuple[tuple[str, nn.Module], ...]
    first: Tensor
    basis: Tensor
    moved: tuple[str, ...]
    fixed: Mapping[str, Tensor]
    bytes_per_point: int

    @classmethod
    def of(cls, module: nn.Module, inputs: Tensor, basis: Mapping[str, Tensor]) -> Chain | None:
        """The module as a chain, or None if it is not one.

        The chain is read from the module's parts and compared with the module's own output at one point.

        Args:
            module: the module.
            inputs: (N, width) what it is called with.
            basis: name -> (1 + dims, numel) of the tensors that move, at the origin and along each direction.
        """
        layers = tuple(_parts("", module))
        own = [id(tensor) for _, layer in layers for tensor in layer.parameters()]
        if len(set(own)) < len(own):
            return None  # a layer that is used twice, or tied weights
        if inputs.ndim != 2 or not layers or not _is_linear(layers[0][1]) or not all(_fits(part) for _, part in layers):
            return None
        fixed = {**dict(module.named_parameters()), **dict(module.named_buffers())}
        name, layer = layers[0]
        outputs = []
        rows = len(next(iter(basis.values())))
        for k in range(rows):
            weight, bias = (_of_basis(f"{name}{part}", getattr(layer, part), basis, k) for part in ("weight", "bias"))
            product = weight.flatten(1) @ inputs.mT  # type: ignore[union-attr]
            outputs.append(product if bias is None else product + bias[:, None])
        widest = max(len(fixed[f"{name}weight"]) for name, part in layers if _is_linear(part))
        moved = tuple(key for key in basis if not key.startswith(name))
        later = (
            torch.cat([basis[key].to(outputs[0]) for key in moved], dim=1) if moved else outputs[0].new_zeros(rows, 0)
        )
        width = widest * len(inputs) * inputs.element_size()
        chain = cls(layers, torch.stack(outputs), later, moved, fixed, width)
        return chain if chain._agrees(module, inputs, basis) else None

    def __call__(self, rows: Tensor, room: dict[str, Tensor]) -> Tensor:
        """The chain's output at P points.

        Args:
            rows: (P, 1 + dims) rows (1, coordinates).
            room: memory for the widest tensors, kept between calls: the next call overwrites the output of this one.

        Returns:
            (P, N, width of the last layer), a transposed view.
        """
        h = _kept(room, "", self.first, len(rows), *self.first.shape[1:])
        at, flat = self.first.flatten(1), h.view(len(rows), -1)
        torch.addcmul(at[0], rows[:, 1:2], at[1], out=flat)  # a product of three rows is slower
        for k in range(2, rows.shape[1]):
            flat.addcmul_(rows[:, k : k + 1], at[k])
        sizes = [self.fixed[name].numel() for name in self.moved]
        found = (rows @ self.basis).split(sizes, dim=1) if sizes else ()
        weights = {
            name: tensor_at(name, part).unflatten(1, self.fixed[name].shape)
            for name, part in zip(self.moved, found, strict=True)
        }
        for name, layer in self.layers[1:]:
            if isinstance(layer, nn.ReLU):
                h = h.relu_()
            elif isinstance(layer, _POINTWISE):
                h = layer(h)
            elif isinstance(layer, _NORMS):
                mean, var = (self._get(f"{name}{part}", weights) for part in ("running_mean", "running_var"))
                scale, shift = (self._get(f"{name}{part}", weights) for part in ("weight", "bias"))
                factor = (var + layer.eps).rsqrt() * scale
                h = torch.addcmul((shift - mean * factor)[..., None], h, factor[..., None])
            else:
                weight = self._get(f"{name}weight", weights).flatten(2).expand(len(rows), -1, -1)
                out = _kept(room, name, h, len(rows), weight.shape[1], h.shape[2])
                if layer.bias is None:
                    h = torch.bmm(weight, h, out=out)
                else:
                    h = torch.baddbmm(self._get(f"{name}bias", weights)[..., None], weight, h, out=out)
        return h.mT

    def _get(self, name: str, weights: Mapping[str, Tensor]) -> Tensor:
        return weights[name] if name in weights else self.fixed[name][None]

    def _agrees(self, module: nn.Module, inputs: Tensor, basis: Mapping[str, Tensor]) -> bool:
        row = torch.tensor([[1.0, 0.3, -0.2][: len(next(iter(basis.values())))]]).to(self.first)
        weights = {name: tensor_at(name, row @ b).view(1, *self.fixed[name].shape) for name, b in basis.items()}
        with torch.no_grad():
            ours = self(row, {})[0]
            theirs = functional_call(module, {name: w[0] for name, w in weights.items()}, (inputs,))
        if not isinstance(theirs, Tensor) or ours.shape != theirs.shape:
            return False
        tolerance = 1e3 * torch.finfo(ours.dtype).eps * float(theirs.abs().max())
        return bool((ours - theirs).abs().max() <= tolerance)


def _kept(room: dict[str, Tensor], name: str, like: Tensor, rows: int, *shape: int) -> Tensor:
    """A tensor (rows, *shape) from `room`: allocating it anew would cost more than the products."""
    if name not in room or len(room[name]) < rows:
        room[name] = like.new_empty(rows, *shape)
    return room[name][:rows]


def _parts(prefix: str, module: nn.Module) -> Iterator[tuple[str, nn.Module]]:
    """The leaves in the order of the forward pass, with the prefix of their parameters' names."""
    if type(module) is nn.Sequential:
        for name, part in module._modules.items():  # named_children omits a layer that occurs a second time
            assert part is not None
            yield from _parts(f"{prefix}{name}.", part)
    elif isinstance(module, Student) and module.forward_is is not None:
        yield from _parts(f"{prefix}{module.forward_is}.", getattr(module, module.forward_is))
    elif type(module) is Projector:
        yield f"{prefix}input.", module.input
        yield f"{prefix}norm.", module.norm
        yield f"{prefix}relu.", nn.ReLU()
        yield f"{prefix}output.", module.output
    elif not isinstance(module, nn.Identity) and not (isinstance(module, nn.Dropout) and not module.training):
        yield prefix, module


def _is_linear(layer: nn.Module) -> bool:
    if isinstance(layer, nn.Conv2d) and type(layer) in (nn.Conv2d, Pointwise):
        return layer.kernel_size == (1, 1) and layer.groups == 1 and layer.padding == (0, 0)
    return type(layer) is nn.Linear


def _fits(layer: nn.Module) -> bool:
    if isinstance(layer, _NORMS):
        return not layer.training and layer.running_mean is not None and layer.affine
    return isinstance(layer, _POINTWISE) or _is_linear(layer)


def _of_basis(name: str, own: Tensor | None, basis: Mapping[str, Tensor], k: int) -> Tensor | None:
    if own is None:
        return None
    if name in basis:
        return basis[name][k].view(own.shape)
    return own.detach() if k == 0 else torch.zeros_like(own)
