"""Many small students at once: one vectorized training of R modules that differ in weights, data and settings.

The weights are stacked and `torch.func.vmap` carries one forward pass over the stack. A replica's loss reads its own
weights alone, so the gradient of the summed losses is each replica's own gradient; Adam and SGD are elementwise, so
torch's own optimizer over (slices of) the stacks is each replica's own optimizer. The numbers are those of a loop up
to the order in which sums are rounded.
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
        state: every parameter and buffer by its name in the module, (R, ...); parameters that are frozen and the same
            in all replicas are repeated without copying. NaN for a replica that diverged.
        losses: (steps, R) the training loss of each step; NaN from the step after the one that diverged.
        diverged: (R,) int64, the step (from 1) at which a replica's loss was first not finite; 0 for never. Such a
            replica stops there; the others do not notice.
        together: False where a layer or the loss had no batching rule and a plain loop trained them.
    """

    state: Mapping[str, Tensor]
    losses: Tensor
    diverged: Tensor
    together: bool
    _template: nn.Module = field(repr=False)

    def __len__(self) -> int:
        return len(self.diverged)

    def module(self, index: int) -> nn.Module:
        """Replica `index` as an ordinary module in eval mode (a copy)."""
        if not -len(self) <= index < len(self):
            raise AMEError(f"index must be below the number of replicas, {len(self)}, got {index}.")
        module = copy.deepcopy(self._template)
        # not strict: a module's settings (extra state) are the template's
        module.load_state_dict({name: value[index] for name, value in self.state.items()}, strict=False)
        return module.eval()

    @torch.no_grad()
    def predict(self, *inputs: Tensor, chunk_size: int | None = None) -> Tensor:
        """Every replica, in eval mode, on the same inputs: module(*inputs) of shape (N, ...) -> (R, N, ...).

        `chunk_size`: replicas at a time; None for all.
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
    """Train R modules of one architecture, each on its own part of one pool of data. The modules are not changed.

    >>> def loss(model, x, y):
    ...     return torch.nn.functional.cross_entropy(model(x), y)
    >>> students = [torch.nn.Linear(2, 3) for _ in range(4)]
    >>> pool = torch.randn(20, 2), torch.randint(3, (20,))
    >>> coins = torch.rand(4, 10) < 0.5  # which one of each pair is trained on
    >>> replicas = train_replicas(students, loss, pool, train_on=torch.cat([coins, ~coins], dim=1), steps=5)
    >>> replicas.predict(pool[0]).shape
    torch.Size([4, 20, 3])

    Args:
        modules: R of them, with the same parameters and buffers by name, shape and dtype; each brings its own initial
            values. Parameters that ask for no gradient stay as they are. BatchNorm's running statistics are each
            replica's own.
        loss: `loss(model, *batch, **settings)` -> scalar, for one replica: `model` is called as the module would be,
            its parts too. A mean over the batch, as in a loop.
        data: the pool, tensors of N entries each, that batches are taken from.
        train_on: what of the pool each replica learns from: a bool tensor (R, N), or R tensors of places (the order
            matters to the batches drawn). None: all of it.
        settings: for each keyword of `loss` a value a replica, (R,) or (R, ...), e.g. {"omega": omegas}; floating ones
            in the modules' dtype.
        steps: optimizer steps. batch_size: without replacement within an epoch, a last batch that is not full left out;
            no larger than what a replica has (replicas of other batch sizes train after one another). None: all of it.
        learning_rate, weight_decay: one for all, or one a replica. optimizer: "adamw" (fused; with weight_decay 0 it is
            Adam), or "sgd" with momentum 0.9. schedule: "constant", or "cosine" to zero.
        seeds: of each replica's batches, and of its dropout, for which a loop is used; torch's global random state is
            left alone. None: 0 to R - 1.
        chunk_size: replicas at a time. None: as many as fit in half of the free memory.
        together: False for a plain loop, True to refuse one. None: a loop where a layer does not batch.
        progress: `progress("replicas", done, of)` in replica-steps, a call a step. An exception from it, or Ctrl-C,
            ends the training and leaves the modules as they were.

    Raises `AMEError` for no modules, modules that differ, data of other lengths, a replica with nothing to learn from,
    values out of range; with together=True, for a layer without batching rule.
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
    # neighbours with one learning rate share a slice of the stack in the optimizer
    order = sorted(range(count), key=lambda index: (plan.sizes[index], rates[index], decays[index]))
    if together is not False:
        problem = _why_not_together(template, loss, stack, data, extras, plan, order[-1])
        if problem is not None and together:
            raise AMEError(f"together=True needs layers and a loss that batch, got: {problem}") from problem
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
    """Dropout draws from torch's global generator: give it a stream of the replica's own, and put it back after."""
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
            raise AMEError(f"settings: {name} must have an entry a replica, {count}, got {tuple(value.shape)}.")
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
    """What vmap refuses in a first pass over copies of one replica; None where it takes all."""
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
