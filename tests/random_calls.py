"""Random calls: arguments that are right, nearly right, or of another kind, and what may come of them."""

from __future__ import annotations

import collections.abc
import dataclasses
import inspect
import math
import os
import random
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from ame_explore import ame
from ame_explore.figures import Drawing

MANY = bool(os.environ.get("AME_MANY"))  # thousands of calls in place of some


def tensor(r: random.Random) -> Tensor:
    """A tensor that a measure may or may not be able to read."""
    shape = r.choice(
        [(), (1,), (3,), (4,), (0,), (5, 3), (5, 3), (5, 3), (6, 2), (4, 4), (4, 4), (1, 3), (5, 1), (0, 3)]
    )
    shape = r.choice([shape] * 4 + [(2, 5, 3), (2, 4, 4), (2, 0, 3), (5, 0), (5, 3, 2, 2), (40, 2), (30, 40)])
    generator = torch.Generator().manual_seed(r.randrange(2**31))
    x = torch.randn(shape, generator=generator, dtype=torch.float64)
    kind = r.random()
    if kind < 0.1:
        x = x * 10.0 ** r.choice([-320, -300, -160, -20, 20, 160, 300])
    elif kind < 0.15:
        x = x.clone().fill_(r.choice([0.0, 1.0, -1.0, 1e308, math.nan, math.inf]))
    elif kind < 0.2 and x.numel():
        x.view(-1)[r.randrange(x.numel())] = r.choice([math.nan, math.inf, -math.inf, 0.0, 1e308])
    elif kind < 0.25:
        x = x.round()
    elif kind < 0.35 and x.ndim >= 2 and 0 not in shape:
        x = r.choice(
            [lambda: x.softmax(-1), lambda: x @ x.mT, lambda: torch.eye(4), lambda: x - x, lambda: x[:1] + x * 0]
        )()
    x = x.to(
        r.choice([torch.float64] * 4 + [torch.float32] * 6 + [torch.float16, torch.bfloat16, torch.bool, torch.int64])
    )
    kind = r.random()
    if kind < 0.03:
        return x.to(torch.complex64)
    if kind < 0.06:
        return x.to("meta")
    if kind < 0.09:
        return x.to_sparse()
    if kind < 0.12 and x.is_floating_point():
        return x.requires_grad_()
    if kind < 0.15:
        with torch.inference_mode():
            return x * 1
    return x


def index(r: random.Random) -> object:
    n = r.choice([5, 5, 5, 4, 6, 3, 0])
    return r.choice(
        [
            torch.arange(n),
            torch.arange(n) % 3,
            torch.arange(n).int(),
            torch.zeros(n, dtype=torch.uint8),
            torch.arange(n) - 1,
            torch.full((n,), 2**40),
            torch.arange(float(n)),
            torch.ones(n, dtype=torch.bool),
            torch.arange(n, device="meta"),
            torch.arange(n).to_sparse(),
            torch.arange(n)[:, None],
            list(range(n)),
            None,
        ]
    )


def number(r: random.Random) -> object:
    wild = [0, -1, 2.5, 1e300, 1e-300, 5e-324, 10**400, math.nan, math.inf, True, None, "1", 1j, [1], 2**63]
    typed = [
        np.float32(0.5),
        np.int64(2),
        torch.tensor(0.5),
        torch.tensor(3),
        np.array(2),
        np.array([1.0, 2.0]),
        np.nan,
    ]
    return r.choice([1, 2, 3, 0.5, 1.0, 1.5, *wild, *typed, torch.tensor([1.0, 2.0]), torch.tensor(1.0, device="meta")])


def flag(r: random.Random) -> object:
    return r.choice([True, False, False, 1, None, "yes"])


def others(r: random.Random) -> object:
    return r.choice([None, "features", [[1.0]], np.ones((5, 3)), {}, 3.0, torch.Size((2,)), object()])


def choice(*names: str):
    return lambda r: r.choice([*names, *names, "nonsense", None, 3, torch.ones(2), np.array(["rows"])])


def maybe_tensor(r: random.Random) -> object:
    return others(r) if r.random() < 0.04 else tensor(r)


def several(r: random.Random) -> object:
    return r.choice(
        [(1,), (1, 2, 50), [3], (), None, 5, (0,), ("a",), (np.int64(2),), (torch.tensor(1),), (1e300,), (True,)]
    )


def is_valid(value: object, *, nan: bool = False) -> bool:
    """Numbers, none of them NaN (but where it is documented)."""
    if isinstance(value, Tensor):
        return nan or value.is_meta or not bool(value.isnan().any())
    if isinstance(value, dict):
        return all(is_valid(each) for each in value.values())
    if dataclasses.is_dataclass(value):
        documented = ("standard_error", "per_class")
        return all(is_valid(getattr(value, f.name), nan=f.name in documented) for f in dataclasses.fields(value))
    return value is None or isinstance(value, (bool, int)) or (isinstance(value, float) and not math.isnan(value))


def is_usable(value: object) -> bool:
    """A figure that a browser can read, with its sentence in words; any other result but a lone NaN."""
    if isinstance(value, Drawing):
        return bool(value.figure.to_json()) and bool(value.sentence.strip())
    return not (isinstance(value, float) and math.isnan(value))


def outcome(call: Callable[[], object], describe: str, valid: Callable[[object], bool] = is_valid) -> str:
    """ "valid" or "refused"; whatever else comes fails the test with the call that did it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            value = call()
    except ame.AMEError as error:
        assert len(str(error)) < 1000, f"{describe}: an endless message"
        return "refused"
    except Exception as error:
        pytest.fail(f"{describe}: {type(error).__name__}: {error}", pytrace=False)
    assert valid(value), f"{describe}: {value}"
    return "valid"


def told(named: dict[str, object]) -> str:
    return ", ".join(f"{name}={ame.shown(value)}" for name, value in named.items())


WORDS = ("", " ", "nonsense", "H", "loss", "rows", "<b>&%{x}</b>", "\ud800", "x" * 300, "\x00", "nan", "1")


def nothing_like_it(r: random.Random) -> object:
    """A value of any kind."""
    kinds = (others, number, flag, several, maybe_tensor, index, lambda r: r.choice(WORDS))
    return r.choice([*kinds, lambda r: Path("nowhere"), lambda r: [None], lambda r: {"a": 1}, lambda r: b"x"])(r)


class Bending:
    """Changes right arguments into others that are nearly right.

    Args:
        pool: right and odd values of each kind, from which a value of that kind is exchanged for another.
    """

    def __init__(self, *pool: object) -> None:
        self.pool: dict[type, list[object]] = {}
        for value in pool:
            self.pool.setdefault(type(value), []).append(value)

    def bent(self, value: Any, r: random.Random) -> object:
        """Another value: of the same kind and odd, with a part missing or bent, or nothing like it."""
        if r.random() < 0.2:
            return nothing_like_it(r)
        if isinstance(value, bool):
            return flag(r)
        if isinstance(value, (int, float)):
            return number(r)
        if isinstance(value, str):
            return r.choice([*WORDS, value.upper(), f"{value}s", [value], value.encode()])
        if isinstance(value, Tensor):
            return self._array(value, r)
        if isinstance(value, np.ndarray):
            made = self._array(torch.from_numpy(value), r)
            return made.detach().numpy() if isinstance(made, Tensor) and _has_numpy(made) else made
        if isinstance(value, collections.abc.Mapping):
            return self._mapping(dict(value), r)
        if isinstance(value, (list, tuple)):
            return self._sequence(value, r)
        if type(value) in self.pool:
            return r.choice(self.pool[type(value)])
        return nothing_like_it(r)

    def arguments(self, function: Callable[..., Any], right: Mapping[str, Any], r: random.Random) -> dict[str, Any]:
        """The right arguments, most often with one or two of them bent, and some options drawn."""
        names = [
            name
            for name, parameter in inspect.signature(function).parameters.items()
            if parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY) and name != "progress"
        ]
        made = dict(right)
        for name in r.sample(names, min(len(names), r.choice([0, 1, 1, 1, 2]))):
            default = inspect.signature(function).parameters[name].default
            made[name] = self.bent(made.get(name, default), r)
        return made

    def _array(self, x: Tensor, r: random.Random) -> object:
        def one_changed(to: float) -> Tensor:
            changed = x.detach().clone()
            if changed.numel():
                changed.view(-1)[r.randrange(changed.numel())] = (
                    to if changed.is_floating_point() else r.choice([-1, 0, 99])
                )
            return changed

        changes: list[Callable[[], object]] = [
            lambda: one_changed(r.choice([math.nan, math.inf, -1.0, 0.0, 1e30])),
            lambda: x[:0] if x.ndim else x,
            lambda: x[:1] if x.ndim else x,
            lambda: x[..., :1] if x.ndim else x,
            lambda: x[:-1] if x.ndim else x,
            lambda: x[None],
            lambda: x.flatten(),
            lambda: x.mT if x.ndim > 1 else x,
            lambda: torch.cat([x, x]) if x.ndim else x,
            lambda: x * 0,
            lambda: x[:1].expand_as(x) if x.ndim and len(x) else x,
            lambda: x.double() * r.choice([1e300, 1e-300, 1e20, -1.0]),
            lambda: x.to(r.choice([torch.float64, torch.float32, torch.float16, torch.int64, torch.bool, torch.uint8])),
            lambda: x.to(r.choice([torch.complex64, torch.bfloat16])),
            lambda: x.to("meta"),
            lambda: x.to_sparse(),
            lambda: x.detach().float().requires_grad_(),
            lambda: x.tolist(),
            lambda: x.detach().numpy(),
            lambda: tensor(r),
            lambda: None,
        ]
        return r.choice(changes)()

    def _mapping(self, value: dict[Any, Any], r: random.Random) -> object:
        key = r.choice(list(value)) if value else "none"
        rest = {name: part for name, part in value.items() if name != key}
        changes: list[Callable[[], object]] = [
            lambda: {**value, key: self.bent(value.get(key), r)},
            lambda: {**value, key: self.bent(value.get(key), r)},
            lambda: {**value, key: self.bent(value.get(key), r)},
            lambda: rest,
            lambda: {},
            lambda: {**rest, r.choice(["other", 3, None, "", ("a", 1)]): value.get(key)},
            lambda: {**value, r.choice(["more", 7]): self.bent(value.get(key), r)},
            lambda: list(value.items()),
            lambda: list(value.values()),
            lambda: value.get(key),
        ]
        return r.choice(changes)()

    def _sequence(self, value: list[Any] | tuple[Any, ...], r: random.Random) -> object:
        place = r.randrange(len(value)) if value else 0
        kind = type(value) if type(value) in (list, tuple) else list
        changes: list[Callable[[], object]] = [
            lambda: kind([*value[:place], self.bent(value[place] if value else None, r), *value[place + 1 :]]),
            lambda: kind([*value[:place], self.bent(value[place] if value else None, r), *value[place + 1 :]]),
            lambda: kind(),
            lambda: value[:1],
            lambda: value[:-1],
            lambda: value[::-1],
            lambda: value + value,
            lambda: [*value],
            lambda: (*value,),
            lambda: {row: part for row, part in enumerate(value)},
            lambda: iter(value),
            lambda: value[0] if value else None,
        ]
        return r.choice(changes)()


def _has_numpy(x: Tensor) -> bool:
    return x.layout == torch.strided and not x.is_meta and x.dtype != torch.bfloat16
