"""Lines and planes in a module's weights: an origin, one or two directions, and the coordinates on them.

Random directions are normalized filter by filter (Li et al. 2018, "Visualizing the Loss Landscape of Neural Nets",
section 4). Otherwise a layer's scale, which a following normalization divides out, would decide how sharp a minimum
looks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ame_explore.ame import AMEError, as_whole, check_choice, check_finite, check_number
from ame_explore.arguments import checked, checked_init
from ame_explore.streams import torch_stream

State = Mapping[str, Tensor]
_GEOMETRIC, _LEAST = "running_var", 1e-30
_PARALLEL = 1e-10  # squared sine of the angle below which two directions count as one


@checked_init
@dataclass(frozen=True, eq=False)
class Slice:
    """The weights origin + sum_k c_k axes[k], for coordinates c: a line or a plane.

    A batch norm's running variance v moves geometrically, v prod_k ((v + axes[k]) / v)^c_k (our choice). It passes
    through every given state and stays positive beyond them, where a straight line would cross zero.

    Attributes:
        origin: the tensors that move, by their names in the module.
        axes: one or two directions, tensors of the same names and shapes.
        kind: "random", "trajectory", "states", or the caller's own word.
        path: (T, dims) float64 coordinates of recorded states (projected if they lie off the slice), or None.
        steps: labels of the T points of the path, for example training steps.
        explained: for a trajectory, the share of the squared motion about the origin along each axis, else empty.

    Raises:
        AMEError: if names or shapes differ, a value is not finite, a direction is zero, or two directions are parallel.
    """

    origin: State
    axes: tuple[State, ...]
    kind: str = "custom"
    path: Tensor | None = None
    steps: tuple[int, ...] = ()
    explained: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if len(self.axes) not in (1, 2):
            raise AMEError(f"axes must hold one direction (a line) or two (a plane), got {len(self.axes)}.")
        _check_state("origin", self.origin)
        for number, axis in enumerate(self.axes):
            _check_state(f"axes[{number}]", axis)
            _same_shapes(f"axes[{number}]", axis, self.origin)
        gram = self._gram()
        lengths = gram.diagonal().tolist()
        if min(lengths) <= 0:
            raise AMEError(
                f"axes[{lengths.index(min(lengths))}] must not be zero, got a direction of zeros: two states "
                "are equal, or no weight moves."
            )
        if len(self.axes) == 2:
            sine = float(1 - gram[0, 1] ** 2 / (gram[0, 0] * gram[1, 1]))
            if sine < _PARALLEL:
                raise AMEError(
                    "axes must span a plane, got two parallel directions: the states lie on one line, use line_between."
                )

    @property
    def dims(self) -> int:
        """1 for a line, 2 for a plane."""
        return len(self.axes)

    def state(self, *coordinates: float) -> dict[str, Tensor]:
        """The weights at one point, computed in float64 and rounded to the origin's dtype.

        Args:
            *coordinates: one number per direction.

        Returns:
            The tensors by name, shaped like the origin's.

        Raises:
            AMEError: if there are not `dims` coordinates.
        """
        if len(coordinates) != self.dims:
            raise AMEError(f"coordinates must be {self.dims} numbers, got {len(coordinates)}.")
        row = torch.tensor([1.0, *coordinates], dtype=torch.float64)
        moved = {}
        for name, start in self.origin.items():
            basis = self.basis(name, torch.float64)
            moved[name] = tensor_at(name, row.to(basis.device) @ basis).view(start.shape).to(start.dtype)
        return moved

    def basis(self, name: str, dtype: torch.dtype) -> Tensor:
        """The matrix that turns a row (1, coordinates) into one tensor's values, with `tensor_at`.

        Args:
            name: the tensor's name.
            dtype: type of the result.

        Returns:
            (1 + dims, numel): the origin, then each direction.
        """
        start, *moves = (state[name].double().flatten() for state in (self.origin, *self.axes))
        if name.endswith(_GEOMETRIC):
            ends = [(start + move).clamp(min=_LEAST).log() for move in moves]
            start = start.clamp(min=_LEAST).log()
            moves = [end - start for end in ends]
        return torch.stack([start, *moves]).to(dtype)

    @checked
    def coordinates(self, state: State) -> Tensor:
        """The point of the slice that is nearest to a state (Euclidean).

        Args:
            state: tensors by name; those that the slice does not move are ignored.

        Returns:
            (dims,) float64.

        Raises:
            AMEError: if a tensor of the slice is missing or has another shape.
        """
        moved = _difference(_pick("state", state, self.origin), self.origin)
        against = torch.tensor([_dot(axis, moved) for axis in self.axes], dtype=torch.float64)
        solved: Tensor = torch.linalg.solve(self._gram(), against)
        return solved

    def _gram(self) -> Tensor:
        rows = [[_dot(a, b) for b in self.axes] for a in self.axes]
        return torch.tensor(rows, dtype=torch.float64)


def tensor_at(name: str, product: Tensor) -> Tensor:
    """A tensor's values at some points.

    Args:
        name: the tensor's name.
        product: rows (1, coordinates) times the tensor's `Slice.basis`.
    """
    return product.exp() if name.endswith(_GEOMETRIC) else product


@checked
def random_slice(
    module: nn.Module, *, seed: int, dims: int = 2, normalize: str = "filter", vectors: str = "zero"
) -> Slice:
    """Gaussian directions about the module's weights; those with requires_grad=False do not move.

    A filter of zeros does not move under "filter": its norm is 0, and so is that of its direction.

    Args:
        module: its weights are the origin.
        seed: seed of the directions; the global random state does not change.
        dims: 1 or 2.
        normalize: "filter": every filter (first index of a tensor with two axes or more) has the norm of the module's
            own filter, so that coordinate 1 is a step as long as the weights. "none": plain Gaussian entries.
        vectors: what happens under "filter" to tensors with one axis or none (biases, and scale and shift of batch,
            group and layer norms): "zero", they do not move (Li et al.'s choice); "norm", each direction has the norm
            of the module's own tensor.

    Returns:
        The slice, with the module's weights at its origin.

    Raises:
        AMEError: if an option is unknown, or no weight moves.
    """
    check_number("dims", dims, low=1, high=2, whole=True)
    check_choice("normalize", normalize, ("filter", "none"))
    check_choice("vectors", vectors, ("zero", "norm"))
    origin = _moving(module)
    generator = torch_stream("landscape directions", seed)
    axes = []
    for _ in range(dims):
        axis = {}
        for name, weight in origin.items():
            drawn = torch.randn(weight.shape, generator=generator, dtype=torch.float64)
            if normalize == "filter":
                drawn = filter_normalized(drawn, weight.cpu(), vectors=vectors)
            axis[name] = drawn.to(weight)
        axes.append(axis)
    return Slice(origin, tuple(axes), "random")


def filter_normalized(direction: Tensor, weight: Tensor, *, vectors: str = "zero") -> Tensor:
    """`direction`, with each filter scaled to the norm of the weight's: d_i ||w_i|| / ||d_i||, 0 if either norm is 0.

    Args:
        direction: filters along the first axis.
        weight: a tensor of the same shape.
        vectors: "zero" or "norm", see `random_slice`.

    Returns:
        float64, of the same shape.
    """
    d, w = direction.double(), weight.double()
    if w.ndim <= 1:
        if vectors == "zero":
            return torch.zeros_like(d)
        d, w = d.reshape(1, -1), w.reshape(1, -1)
    norms, wanted = d.flatten(1).norm(dim=1), w.flatten(1).norm(dim=1)
    factor = torch.where(norms > 0, wanted / norms.where(norms > 0, 1.0), 0.0)
    return (d * factor.view(-1, *[1] * (d.ndim - 1))).reshape(direction.shape)


@checked
def trajectory_slice(
    module: nn.Module, states: Sequence[State], *, steps: Sequence[int] = (), prefix: str = "", dims: int = 2
) -> Slice:
    """The principal directions of a trajectory, about its last state, with the path projected on them.

    The directions are the leading right singular vectors of the rows state_t - state_last (Li et al. 2018, section 7,
    but not centred, our choice: of all planes through the last state, this one lies nearest to all states). They have
    length 1, so coordinates are Euclidean distances in weight space. Only parameters with requires_grad move; buffers
    (batch norm's statistics) keep the module's values, so load the last state into the module first.

    Args:
        module: names the parameters that move.
        states: two or more for a line, three or more for a plane, for example
            `[run.state(s) for s in run.state_steps]`.
        steps: labels of the states; empty: 0, 1, 2, ...
        prefix: prefix of the module's names in the states: "student." in a recorded Distillation.
        dims: 1 or 2.

    Returns:
        The slice, with the last state at its origin.

    Raises:
        AMEError: if names are missing, there are too few states, `steps` has another length, or the trajectory spans
            fewer than `dims` directions.
    """
    check_number("dims", dims, low=1, high=2, whole=True)
    if len(states) <= dims:
        raise AMEError(f"states must hold at least {dims + 1} for dims={dims}, got {len(states)}.")
    steps = [as_whole("steps", step) for step in steps]
    if steps and len(steps) != len(states):
        raise AMEError(f"steps must hold one step for each of the {len(states)} states, got {len(steps)}.")
    names = _moving(module)
    picked = [_pick(f"states[{t}]", state, names, prefix) for t, state in enumerate(states)]
    last = picked[-1]
    rows = torch.stack([_flat(_difference(state, last)) for state in picked])
    values, vectors = torch.linalg.eigh(rows @ rows.mT)  # (T, T): far smaller than the weights
    values, vectors = values.flip(0).clamp(min=0), vectors.flip(1)
    if not float(values[0]) > 0 or float(values[dims - 1]) < 1e-12 * float(values[0]):
        raise AMEError(f"states must span dims={dims} directions, but the trajectory spans only {dims - 1}.")
    axes = vectors[:, :dims].mT @ rows
    axes = torch.linalg.qr(axes.mT).Q.mT
    path = rows @ axes.mT
    signs = torch.where(path[0] < 0, -1.0, 1.0).double()  # the start on the positive side: pictures do not flip
    axes, path = axes * signs[:, None], path * signs
    shares = (path.square().sum(0) / rows.square().sum()).tolist()
    parts = tuple(_unflat(axis, last) for axis in axes)
    return Slice(last, parts, "trajectory", path, tuple(steps) or tuple(range(len(states))), tuple(shares))


@checked
def line_between(module: nn.Module, start: State, end: State, *, prefix: str = "") -> Slice:
    """The straight line from one state to another, for example from a KD student to an AME student.

    Floating-point buffers (batch norm's running statistics) move too, so that both ends are exactly the given states.

    Args:
        module: names the tensors that move.
        start: the state at 0.
        end: the state at 1.
        prefix: prefix of the module's names in the states.

    Raises:
        AMEError: if names are missing, shapes differ, a value is not finite, or the states are equal.
    """
    return _through(module, (start, end), prefix)


@checked
def plane_through(module: nn.Module, a: State, b: State, c: State, *, prefix: str = "") -> Slice:
    """The plane through three states; buffers move as in `line_between`.

    Args:
        module: names the tensors that move.
        a: the state at (0, 0).
        b: the state at (1, 0).
        c: the state at (0, 1).
        prefix: prefix of the module's names in the states.

    Raises:
        AMEError: as in `line_between`; if two states are equal, or all three lie on one line.
    """
    return _through(module, (a, b, c), prefix)


def _through(module: nn.Module, states: Sequence[State], prefix: str) -> Slice:
    names = _moving(module) | {name: b.detach() for name, b in module.named_buffers() if b.is_floating_point()}
    picked = [_pick(f"state {number + 1}", state, names, prefix) for number, state in enumerate(states)]
    for number, state in enumerate(picked):
        _check_state(f"state {number + 1}", state)
    axes = tuple(_difference(state, picked[0], keep_dtype=True) for state in picked[1:])
    path = torch.cat([torch.zeros(1, len(axes)), torch.eye(len(axes))]).double()
    return Slice(picked[0], axes, "states", path, tuple(range(len(picked))))


def _moving(module: nn.Module) -> dict[str, Tensor]:
    found = {name: p.detach().clone() for name, p in module.named_parameters() if p.requires_grad}
    if not found:
        raise AMEError("module must have parameters with requires_grad=True, got none: no weight can move.")
    return found


def _pick(what: str, state: State, like: State, prefix: str = "") -> dict[str, Tensor]:
    missing = [prefix + name for name in like if prefix + name not in state]
    if missing:
        raise AMEError(
            f"{what} must hold {missing[0]!r} (and {len(missing) - 1} more that are missing): does prefix={prefix!r} "
            "match the names in the state?"
        )
    picked = {name: state[prefix + name].detach().to(own) for name, own in like.items()}
    _same_shapes(what, picked, like)
    return picked


def _same_shapes(what: str, state: State, like: State) -> None:
    got, wanted = ({name: tuple(t.shape) for name, t in s.items()} for s in (state, like))
    if got != wanted:
        differ = sorted(name for name in {*got, *wanted} if got.get(name) != wanted.get(name))[0]
        raise AMEError(
            f"{what} must have the module's tensors, got {differ!r} of shape {got.get(differ)}, "
            f"expected {wanted.get(differ)}."
        )


def _check_state(what: str, state: State) -> None:
    for name, tensor in state.items():
        check_finite(f"{what}'s {name!r}", tensor, "find where training diverged")


def _difference(a: State, b: State, *, keep_dtype: bool = False) -> dict[str, Tensor]:
    return {
        name: (a[name].double() - b[name].double()).to(b[name].dtype if keep_dtype else torch.float64) for name in b
    }


def _dot(a: State, b: State) -> float:
    return sum(float((a[name].double() * b[name].double()).sum()) for name in a)


def _flat(state: State) -> Tensor:
    return torch.cat([tensor.double().cpu().flatten() for tensor in state.values()])


def _unflat(vector: Tensor, like: State) -> dict[str, Tensor]:
    parts = vector.split([tensor.numel() for tensor in like.values()])
    return {name: part.view(like[name].shape).to(like[name]) for part, name in zip(parts, like, strict=True)}
