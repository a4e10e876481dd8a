"""One optimizer step of many replicas in a vectorized pass, or of a single module."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Protocol

import torch
from torch import Tensor, nn
from torch.func import functional_call, vmap
from torch.nn.attention import SDPBackend, sdpa_kernel

from ame_explore.ame import AMEError
from ame_explore.models.optimizers import SGD, AdamW

# loss(model, *batch, **settings) -> scalar, for one replica
Loss = Any


@dataclass(frozen=True, eq=False)
class Stack:
    """Parameters and buffers of R modules, by name.

    Attributes:
        learned: trainable parameters, (R, ...).
        carried: buffers, and frozen parameters that differ between modules, (R, ...).
        shared: frozen parameters that are the same in all modules, without the dimension R.
    """

    learned: dict[str, Tensor]
    carried: dict[str, Tensor]
    shared: dict[str, Tensor]

    @classmethod
    def of(cls, modules: Sequence[nn.Module]) -> Stack:
        """Copy the values of modules with the same architecture.

        Args:
            modules: R modules.

        Raises:
            AMEError: if there are none, they differ in more than values, or nothing is trainable.
        """
        if not len(modules):
            raise AMEError("modules must not be empty: give one module per replica.")
        different = {id(module): module for module in modules}  # thousands of replicas may start from one module
        state_of = {key: dict(each.named_parameters()) | dict(each.named_buffers()) for key, each in different.items()}
        states = [state_of[id(module)] for module in modules]
        first = [(name, value.shape, value.dtype, value.requires_grad) for name, value in states[0].items()]
        for key, module in different.items():
            state = state_of[key]
            found = [(name, value.shape, value.dtype, value.requires_grad) for name, value in state.items()]
            if type(module) is not type(modules[0]) or found != first:
                index = next(index for index, each in enumerate(modules) if each is module)
                raise AMEError(
                    f"modules must have the same architecture, got another at {index}: parameters and buffers need "
                    "the same names, shapes and dtypes; train others in a separate call."
                )
        frozen = {name for name, value in modules[0].named_parameters() if not value.requires_grad}
        shared = {name for name in frozen if all(torch.equal(s[name], states[0][name]) for s in state_of.values())}
        stacked = {name: torch.stack([s[name].detach() for s in states]) for name in states[0] if name not in shared}
        learned = {name for name, value in modules[0].named_parameters() if value.requires_grad}
        if not learned:
            raise AMEError("modules must have a parameter with requires_grad=True, got none: nothing would learn.")
        return cls(
            learned={name: value for name, value in stacked.items() if name in learned},
            carried={name: value for name, value in stacked.items() if name not in learned},
            shared={name: states[0][name].detach().clone() for name in shared},
        )

    def of_replicas(self, where: Tensor) -> Stack:
        """Copies of the values of the replicas numbered `where`."""
        chosen = [{name: v[where.to(v.device)] for name, v in part.items()} for part in (self.learned, self.carried)]
        return Stack(chosen[0], chosen[1], self.shared)

    def put(self, where: Tensor, other: Stack) -> None:
        """Set the values of the replicas numbered `where` to those of `other`."""
        for mine, theirs in ((self.learned, other.learned), (self.carried, other.carried)):
            for name, value in mine.items():
                value[where.to(value.device)] = theirs[name].detach()

    def state(self) -> dict[str, Tensor]:
        """All values, (R, ...); shared ones are expanded without copying."""
        count = len(next(iter(self.learned.values())))
        return {
            **self.learned,
            **self.carried,
            **{name: value.expand(count, *value.shape) for name, value in self.shared.items()},
        }

    @property
    def like(self) -> Tensor:
        """A learned tensor, for its device and dtype."""
        return next(iter(self.learned.values()))


class Learner(Protocol):
    """Replicas in training; `stack` holds their current values."""

    stack: Stack

    def step(self, batch: Sequence[Tensor], settings: Mapping[str, Tensor], factor: float) -> Tensor:
        """Take one optimizer step.

        Args:
            batch: tensors (R, B, ...).
            settings: tensors (R, ...) by name.
            factor: multiplies the learning rates.

        Returns:
            The losses (R,).
        """

    def stop(self, stopped: Tensor) -> None:
        """Freeze the replicas marked in `stopped` (R,) bool from now on."""


class Together:
    """All replicas in one vectorized pass."""

    def __init__(
        self, template: nn.Module, loss: Loss, stack: Stack, rates: list[float], decays: list[float], optimizer: str
    ) -> None:
        self.stack, self._stopped = stack, torch.zeros(0, dtype=torch.bool)
        self._apply = vectorized(batchable(template).train(), loss, stack.shared)
        self._leaves = [value.requires_grad_() for value in stack.learned.values()]
        # One group per run of replicas with the same rate and decay; its parameters are views of slices of the stacks.
        groups, self._slices, self._rates, start = [], [], [], 0
        for (rate, decay), run in groupby(zip(rates, decays, strict=True)):
            part = slice(start, start + len(list(run)))
            groups.append({"params": [v.detach()[part] for v in self._leaves], "lr": rate, "weight_decay": decay})
            self._slices.append(part)
            self._rates.append(rate)
            start = part.stop
        self._optimizer = make_optimizer(optimizer, groups)

    def step(self, batch: Sequence[Tensor], settings: Mapping[str, Tensor], factor: float) -> Tensor:
        with batchable_attention():
            losses: Tensor = self._apply(self.stack.learned, self.stack.carried, tuple(batch), dict(settings))
            # No replica's loss depends on another's weights, so the gradient of the sum is each replica's own.
            gradients = torch.autograd.grad(losses.sum(), self._leaves, allow_unused=True)
        # Fused optimizers assume the same memory layout of weights and gradients; vmap may return transposed views.
        gradients = tuple(None if g is None else g.contiguous() for g in gradients)
        if len(self._stopped):
            gradients = tuple(None if g is None else masked(g, self._stopped) for g in gradients)
        for part, rate, group in zip(self._slices, self._rates, self._optimizer.param_groups, strict=True):
            group["lr"] = rate * factor
            for parameter, gradient in zip(group["params"], gradients, strict=True):
                parameter.grad = None if gradient is None else gradient[part]
        self._optimizer.step()
        if len(self._stopped):
            self.stop(self._stopped)
        return losses.detach()

    @torch.no_grad()
    def stop(self, stopped: Tensor) -> None:
        # Zero weights keep NaN out of every layer.
        self._stopped = stopped.to(self._leaves[0].device)
        for leaf in self._leaves:
            leaf[self._stopped] = 0


class Alone:
    """A single replica in an ordinary training loop."""

    def __init__(
        self, template: nn.Module, loss: Loss, stack: Stack, rates: list[float], decays: list[float], optimizer: str
    ) -> None:
        self._module, self._loss, self._stopped = copy.deepcopy(template).train(), loss, False
        self._module.load_state_dict({name: value[0] for name, value in stack.state().items()}, strict=False)
        named = dict(self._module.named_parameters()) | dict(self._module.named_buffers())
        self.stack = Stack(
            {name: named[name].detach()[None] for name in stack.learned},
            {name: named[name].detach()[None] for name in stack.carried},
            stack.shared,
        )
        self._rate = rates[0]
        parameters = [parameter for parameter in self._module.parameters() if parameter.requires_grad]
        groups = [{"params": parameters, "lr": rates[0], "weight_decay": decays[0]}]
        self._optimizer = make_optimizer(optimizer, groups)

    def step(self, batch: Sequence[Tensor], settings: Mapping[str, Tensor], factor: float) -> Tensor:
        if self._stopped:
            return torch.full((1,), torch.nan)
        loss = self._loss(self._module, *(x[0] for x in batch), **{name: value[0] for name, value in settings.items()})
        self._optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self._optimizer.param_groups[0]["lr"] = self._rate * factor
        self._optimizer.step()
        detached: Tensor = loss.detach()
        return detached[None]

    def stop(self, stopped: Tensor) -> None:
        self._stopped = bool(stopped.any())


def vectorized(template: nn.Module, loss: Loss, shared: Mapping[str, Tensor]) -> Any:
    """Vectorize the loss over replicas.

    Args:
        template: a module of the architecture.
        loss: loss of one replica.
        shared: values that all replicas have in common.

    Returns:
        A function of (learned, carried, batch, settings), all stacked, that returns the losses (R,). BatchNorm writes
        into `carried`.
    """
    model = _WithLoss(template, loss)

    def one(
        learned: dict[str, Tensor], carried: dict[str, Tensor], batch: tuple[Tensor, ...], settings: dict[str, Tensor]
    ) -> Tensor:
        values = {f"model.{name}": value for name, value in {**shared, **learned, **carried}.items()}
        result: Tensor = functional_call(model, values, batch, settings)
        return result

    return vmap(one)


def saved_bytes(
    template: nn.Module, loss: Loss, stack: Stack, batch: tuple[Tensor, ...], settings: dict[str, Tensor]
) -> int:
    """Bytes needed to train one replica: weights, gradient and moments, and twice what autograd saves.

    Args:
        template: a module of the architecture.
        loss: loss of one replica.
        stack: values of the replicas.
        batch: one replica's batch.
        settings: one replica's settings.
    """
    one = {name: value[0].clone() for name, value in {**stack.learned, **stack.carried}.items()}
    for name in stack.learned:
        one[name].requires_grad_()
    kept: dict[int, int] = {}

    def keep(x: Tensor) -> Tensor:
        kept[x.data_ptr()] = x.numel() * x.element_size()
        return x

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda x: x):
        values = {f"model.{name}": value for name, value in {**stack.shared, **one}.items()}
        functional_call(_WithLoss(template, loss), values, batch, settings)
    weights = sum(value[0].numel() * value.element_size() for value in stack.learned.values())
    return int(5 * weights + 2 * sum(kept.values()) + sum(x.numel() * x.element_size() for x in batch))


def make_optimizer(name: str, groups: list[dict[str, Any]]) -> torch.optim.Optimizer:
    """A torch optimizer: "adamw", or "sgd" with momentum 0.9."""
    device = groups[0]["params"][0].device.type
    if name == "sgd":
        return SGD(groups, momentum=0.9)
    return AdamW(groups, fused=device in ("cpu", "cuda"))


def masked(x: Tensor, rows: Tensor) -> Tensor:
    """A copy of `x` with zeros in the marked rows."""
    return x.masked_fill(rows.view(-1, *[1] * (x.ndim - 1)), 0)


def batchable(module: nn.Module) -> nn.Module:
    """A copy whose 1x1 convolutions are matrix products, since vmap turns convolutions into slow grouped ones."""
    module = copy.deepcopy(module)
    for part in module.modules():
        pointwise = type(part) is nn.Conv2d and part.kernel_size == (1, 1) and part.stride == (1, 1)
        if pointwise and part.groups == 1 and part.padding in ((0, 0), "valid", "same"):
            part.__class__ = _PointwiseConv2d
    return module


@contextmanager
def batchable_attention() -> Iterator[None]:
    """Context with unfused attention, since the fused CPU kernel has no batching rule."""
    with sdpa_kernel(SDPBackend.MATH):
        yield


class _PointwiseConv2d(nn.Conv2d):
    def forward(self, x: Tensor) -> Tensor:
        b, _, h, w = x.shape
        rows, weight = x.movedim(1, -1).reshape(b * h * w, -1), self.weight.flatten(1).mT
        rows = rows @ weight if self.bias is None else torch.addmm(self.bias, rows, weight)
        return rows.view(b, h, w, -1).movedim(-1, 1)


class _WithLoss(nn.Module):
    def __init__(self, model: nn.Module, loss: Loss) -> None:
        super().__init__()
        self.model, self._loss = model, loss

    def forward(self, *batch: Tensor, **settings: Tensor) -> Tensor:
        result: Tensor = self._loss(self.model, *batch, **settings)
        return result
