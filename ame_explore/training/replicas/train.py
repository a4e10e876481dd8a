"""Train many small students at once: R modules that differ in weights, data and settings.

The weights are stacked, and `torch.func.vmap` runs one forward pass over the stack. A replica's loss depends only on
its own weights, so the gradient of the summed losses is each replica's own gradient. Adam and SGD are elementwise, so a
torch optimizer over (slices of) the stacks acts as each replica's own optimizer. Results equal those of a loop up to
rounding.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.func import functional_call, vmap

from ame_explore.ame import AMEError, check_choice, check_number
from ame_explore.arguments import checked
from ame_explore.streams import stream_seed
from ame_explore.tasks import Progress
from ame_explore.training.replicas.learners import (
    Alone,
    Learner,
    Stack,
    Together,
    batchable,
    batchable_attention,
    saved_bytes,
    vectorized,
)
from ame_explore.training.replicas.plan import Plan, affordable, check_subsets, per_replica

Loss = Callable[..., Tensor]


@dataclass(frozen=True, eq=False)
class Replicas:
    """R trained modules.

    Attributes:
        state: every parameter and buffer by its name in the module, (R, ...); frozen parameters that are the same in
            all replicas are expanded without copying. NaN for a replica that diverged.
        losses: (steps, R) training loss of each step; NaN after the step that diverged.
        diverged: (R,) int64, the step (from 1) at which a replica's loss was first not finite; 0 for never. That
            replica stops there; the others are not affected.
        together: False if a plain loop trained the replicas, for instance because a layer or the loss has no batching
            rule.
    """

    state: Mapping[str, Tensor]
    losses: Tensor
    diverged: Tensor
    together: bool
    _template: nn.Module = field(repr=False)

    def __len__(self) -> int:
        return len(self.diverged)

    def module(self, index: int) -> nn.Module:
        """A copy of one replica as an ordinary module in eval mode.

        Args:
            index: number of the replica, from 0.

        Raises:
            AMEError: if there is no such replica.
        """
        if not -len(self) <= index < len(self):
            raise AMEError(f"index must be below the number of replicas, {len(self)}, got {index}.")
        module = copy.deepcopy(self._template)
        # Not strict, since the extra state (settings) is the template's.
        module.load_state_dict({name: value[index] for name, value in self.state.items()}, strict=False)
        return module.eval()

    @torch.no_grad()
    def predict(self, *inputs: Tensor, chunk_size: int | None = None) -> Tensor:
        """Apply every replica, in eval mode, to the same inputs.

        Args:
            inputs: the arguments of a module, which returns (N, ...) for them.
            chunk_size: number of replicas at a time; None for all.

        Returns:
            (R, N, ...).

        Raises:
            AMEError: if `chunk_size` is not a whole number >= 1.
        """
        if chunk_size is not None:
            check_number("chunk_size", chunk_size, low=1, whole=True)
        if not self.together:
            return torch.stack([self.module(index)(*inputs) for index in range(len(self))])
        template = batchable(self._template).eval()
        apply = vmap(lambda state: functional_call(template, state, inputs), chunk_size=chunk_size)
        with batchable_attention():
            predictions: Tensor = apply(dict(self.state))
        return predictions


@checked
def train_replicas(
    modules: Sequence[nn.Module],
    loss: Loss,
    data: Sequence[Tensor],
    *,
    train_on: Tensor | Sequence[Tensor] | None = None,
    settings: Mapping[str, Tensor | Sequence[float]] | None = None,
    steps: int,
    batch_size: int | None = 32,
    learning_rate: float | Sequence[float] | Tensor = 1e-3,
    weight_decay: float | Sequence[float] | Tensor = 0.0,
    optimizer: str = "adamw",
    schedule: str = "constant",
    seeds: Sequence[int] | None = None,
    chunk_size: int | None = None,
    together: bool | None = None,
    progress: Progress | None = None,
) -> Replicas:
    """Train R modules of one architecture, each on its own part of a pool of data. The modules are not modified.

    >>> def loss(model, x, y):
    ...     return torch.nn.functional.cross_entropy(model(x), y)
    >>> students = [torch.nn.Linear(2, 3) for _ in range(4)]
    >>> pool = torch.randn(20, 2), torch.randint(3, (20,))
    >>> coins = torch.rand(4, 10) < 0.5  # which one of each pair is trained on
    >>> replicas = train_replicas(students, loss, pool, train_on=torch.cat([coins, ~coins], dim=1), steps=5)
    >>> replicas.predict(pool[0]).shape
    torch.Size([4, 20, 3])

    Args:
        modules: R modules whose parameters and buffers have the same names, shapes and dtypes; their values are the
            initial values. Parameters with requires_grad=False are not trained. Each replica has its own BatchNorm
            statistics.
        loss: `loss(model, *batch, **settings)` returns the scalar loss of one replica, a mean over the batch as in a
            loop. `model` and its parts can be called like the module.
        data: the pool that batches are drawn from: tensors with N entries each.
        train_on: the part of the pool that each replica learns from: a bool tensor (R, N), or R tensors of positions
            (whose order affects the batches drawn). None: all of it.
        settings: for each keyword of `loss`, values (R,) or (R, ...), one per replica, e.g. {"omega": omegas}. Floating
            values are converted to the modules' dtype.
        steps: number of optimizer steps.
        batch_size: entries per batch, drawn without replacement within an epoch; a last batch that is not full is
            dropped. Reduced to what a replica has, if that is less; replicas with different batch sizes train one after
            another. None: all of it.
        learning_rate: one for all replicas, or one per replica.
        weight_decay: one for all replicas, or one per replica.
        optimizer: "adamw" (fused; Adam if weight_decay is 0), or "sgd" with momentum 0.9.
        schedule: "constant", or "cosine" down to zero.
        seeds: one per replica, for its batches and for dropout (which needs a loop); torch's global random state is not
            changed. None: 0 to R - 1.
        chunk_size: number of replicas at a time. None: as many as fit in half of the free memory.
        together: False uses a plain loop, True raises instead of using one. None uses a loop if something cannot be
            vectorized.
        progress: called as `progress("replicas", done, of)` after each step, counting steps of all replicas. An
            exception that it raises, or Ctrl-C, ends the training; the modules are unchanged.

    Returns:
        The trained `Replicas`.

    Raises:
        AMEError: if there are no modules, they differ, data tensors have different lengths, a replica has nothing to
            learn from, or a value is out of range; with together=True, if something cannot be vectorized.
    """
    stack, count = Stack.of(modules), len(modules)
    check_number("steps", steps, low=1, whole=True)
    check_choice("optimizer", optimizer, ("adamw", "sgd"))
    check_choice("schedule", schedule, ("constant", "cosine"))
    if not data or any(len(pool) != len(data[0]) for pool in data) or not len(data[0]):
        raise AMEError(f"data must be tensors of the same number of entries >= 1, got {[len(pool) for pool in data]}.")
    plan = Plan.make(check_subsets(train_on, len(data[0]), count), steps, batch_size, seeds)
    rates = per_replica("learning_rate", learning_rate, count, above=0)
    decays = per_replica("weight_decay", weight_decay, count, low=0)
    extras = _settings(settings or {}, count, stack.like)
    template = copy.deepcopy(modules[0])
    # Adjacent replicas with the same learning rate share a slice of the stack in the optimizer.
    order = sorted(range(count), key=lambda index: (plan.sizes[index], rates[index], decays[index]))
    if together is not False:
        problem = _why_not_together(template, loss, stack, data, extras, plan, order[-1])
        if problem is not None and together:
            raise AMEError(f"together=True needs layers and a loss that vmap supports, got: {problem}") from problem
        together = problem is None
    if together and chunk_size is None:
        batch = tuple(pool[plan.subsets[order[-1]][: plan.sizes[order[-1]]].to(pool.device)] for pool in data)
        own = {name: value[order[-1]] for name, value in extras.items()}
        chunk_size = affordable(saved_bytes(batchable(template).train(), loss, stack, batch, own), stack.like.device)
    if chunk_size is not None:
        check_number("chunk_size", chunk_size, low=1, whole=True)
    losses = torch.full((steps, count), math.nan, dtype=stack.like.dtype)
    diverged, done = torch.zeros(count, dtype=torch.int64), 0
    for chunk in plan.chunks(order, chunk_size if together and chunk_size else 1):
        where = torch.tensor(chunk)
        kind: type[Together] | type[Alone] = Together if together else Alone
        learner: Learner = kind(
            template, loss, stack.of_replicas(where), [rates[i] for i in chunk], [decays[i] for i in chunk], optimizer
        )
        own = {name: value[where.to(value.device)] for name, value in extras.items()}
        places = plan.places(chunk)
        stopped = torch.zeros(len(chunk), dtype=torch.int64)
        with _own_randomness(plan.seeds[chunk[0]], stack.like.device):
            for step in range(steps):
                factor = 1.0 if schedule == "constant" else 0.5 * (1 + math.cos(math.pi * step / steps))
                found = learner.step([pool[places[step].to(pool.device)] for pool in data], own, factor).cpu()
                losses[step, where] = found.to(losses.dtype)
                bad = ~found.isfinite()
                if bad.any():
                    stopped[bad & (stopped == 0)] = step + 1
                    learner.stop(stopped > 0)
                done += len(chunk)
                if progress is not None:
                    progress("replicas", done, steps * count)
        stack.put(where, learner.stack)
        diverged[where] = stopped
    for index in diverged.nonzero()[:, 0].tolist():
        losses[int(diverged[index]) :, index] = math.nan
        for value in (*stack.learned.values(), *stack.carried.values()):
            if value.is_floating_point():
                value[index] = math.nan
    return Replicas(stack.state(), losses, diverged, bool(together), template.eval())


@contextmanager
def _own_randomness(seed: int, device: torch.device) -> Iterator[None]:
    """Seed torch's global generator, from which dropout draws, for one replica, and restore it afterwards."""
    with torch.random.fork_rng([device] if device.type == "cuda" else []):
        own = stream_seed("dropout", seed)
        torch.default_generator.manual_seed(own)
        if device.type == "cuda":
            with torch.cuda.device(device):
                torch.cuda.manual_seed(own)
        yield


def _settings(settings: Mapping[str, Tensor | Sequence[float]], count: int, like: Tensor) -> dict[str, Tensor]:
    found = {}
    for name, values in settings.items():
        value = values if isinstance(values, Tensor) else torch.tensor(values, dtype=torch.float64)
        if value.ndim == 0 or len(value) != count:
            raise AMEError(f"settings: {name} must have one entry per replica, {count}, got {tuple(value.shape)}.")
        found[name] = value.to(like.device, like.dtype if value.is_floating_point() else value.dtype)
    return found


def _why_not_together(
    template: nn.Module,
    loss: Loss,
    stack: Stack,
    data: Sequence[Tensor],
    extras: Mapping[str, Tensor],
    plan: Plan,
    index: int,
) -> RuntimeError | None:
    """The error of vmap in a first pass over a copy of one replica; None if it works."""
    places = plan.subsets[index][None, : plan.sizes[index]]
    mine = stack.of_replicas(torch.tensor([index]))
    apply = vectorized(batchable(template).train(), loss, stack.shared)
    try:
        with torch.no_grad(), batchable_attention():
            batch = tuple(pool[places.to(pool.device)] for pool in data)
            apply(mine.learned, mine.carried, batch, {name: value[[index]] for name, value in extras.items()})
    except RuntimeError as problem:
        return problem
    return None
