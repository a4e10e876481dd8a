"""Thousands of random calls of the method and the measures: out comes a valid result, or one AMEError.

Every argument is drawn from what is right, what is nearly right, and what is of another kind altogether.
"""

import dataclasses
import inspect
import math
import random
import warnings

import numpy as np
import pytest
import torch
from torch import Tensor

from ame_explore import ame, measures
from ame_explore.measures import entropy, known

CALLS = 250  # for each function


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


DRAWS = {
    "bins": number,
    "base": number,
    "new": number,
    "t": number,
    "k": number,
    "alpha": number,
    "width": lambda r: r.choice([None, None, number(r)]),
    "anisotropy": number,
    "concentration": number,
    "classes": number,
    "split": number,
    "dim": lambda r: r.choice([-1, -1, 0, 1, 7, None, "0"]),
    "labels": index,
    "probabilities": lambda r: r.choice([torch.ones(5, 4) / 4, torch.eye(5), maybe_tensor(r)]),
    "pair_index": index,
    "ks": several,
    "of": choice("singular", "squared"),
    "ties": choice("strict", "expected"),
    "kernel": choice(*measures.spectral.KERNELS),
    "direction": choice("rows", "columns", "both"),
}
FUNCTIONS = {
    name: getattr(room, name)
    for room, names in (
        (measures, [name for name in measures.__all__ if name[0].islower()]),
        (known, [name for name in vars(known) if name.startswith(("gaussian_", "dirichlet_"))]),
        (ame, ["row_entropy", "row_entropy_deficit", "spectral_entropy"]),
    )
    for name in names
}


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


def outcome(call, describe: str) -> str:
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
    assert is_valid(value), f"{describe}: {value}"
    return "valid"


def told(named: dict[str, object]) -> str:
    return ", ".join(f"{name}={ame.shown(value)}" for name, value in named.items())


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_functions(name: str) -> None:
    function, r = FUNCTIONS[name], random.Random(name)
    found = set()
    for number_of_call in range(CALLS):
        args, named = [], {}
        for parameter in inspect.signature(function).parameters.values():
            if parameter.kind is parameter.VAR_POSITIONAL:
                args = [maybe_tensor(r) for _ in range(r.choice([0, 1, 2, 2, 3]))]
            elif parameter.default is parameter.empty or r.random() < 0.4:
                named[parameter.name] = DRAWS.get(parameter.name, maybe_tensor)(r)
        if len(named) > 1 and r.random() < 0.6:  # most two-sided calls fit together
            sides = [key for key, value in named.items() if isinstance(value, Tensor) and key not in DRAWS]
            named |= dict.fromkeys(sides, named[sides[0]]) if sides else {}
        shown = ", ".join(ame.shown(arg) for arg in args)
        found.add(
            outcome(lambda a=args, n=named: function(*a, **n), f"call {number_of_call}: {name}({shown} {told(named)})")
        )
    assert found == {"valid", "refused"}


AME_DRAWS = {
    "image_dim": lambda r: r.choice([3, 3, 3, 3, np.int64(3), torch.tensor(3), number(r)]),
    "text_dim": lambda r: r.choice([3, 3, 3, 3, 2, number(r)]),
    "manifold_dim": lambda r: r.choice([4, 4, 4, 1, number(r)]),
    "hidden_dim": lambda r: r.choice([4, 4, 4, 1, number(r)]),
    "reading": choice(*ame.READINGS),
    "omega": lambda r: r.choice([None, 1.0, 0, number(r)]),
    "temperature": lambda r: r.choice([None, 1.0, number(r)]),
    "projection": choice("own", "host"),
    "normalize": choice("none", "unit", "layer"),
    "image_rows": choice("mean", "patches"),
    "text_rows": choice("all", "paired"),
    "scope": choice("batch", "image"),
    "gradient": choice("both", "student", "projections"),
    "random_texts": flag,
    "check_values": flag,
    "generator": lambda r: r.choice([torch.Generator().manual_seed(r.randrange(99)), None, 3]),
}


@pytest.mark.parametrize("seed", range(5))
def test_ame(seed: int) -> None:
    r, found = random.Random(seed), set()
    torch.manual_seed(seed)
    for number_of_call in range(2 * CALLS):
        options = {n: draw(r) for n, draw in AME_DRAWS.items() if n in ("image_dim", "text_dim") or r.random() < 0.15}
        features = {name: maybe_tensor(r) if r.random() < 0.3 else torch.randn(5, 3) for name in ("image", "text")}
        features |= {"pairs": index(r) if r.random() < 0.5 else torch.arange(5) % 3}
        features |= {"text_ids": index(r)} if r.random() < 0.3 else {}
        method = r.choice(["forward", "entropy", "deficit"])
        moved = r.choice(["cpu"] * 8 + ["meta", "double", "half"])

        def call(options=options, features=features, method=method, moved=moved) -> object:
            loss = ame.AMELoss(**options)
            loss = loss.to("meta") if moved == "meta" else getattr(loss, moved)()
            value = loss(**features) if method == "forward" else getattr(loss, method)(**features)
            if not value.is_meta:
                if value.requires_grad:
                    value.backward()
                assert value.shape == (), value.shape
                return value.detach() if loss.check_values else None
            return None

        found.add(outcome(call, f"call {number_of_call}: AMELoss({told(options)}).{moved}.{method}({told(features)})"))
    assert found == {"valid", "refused"}


def test_everything_public_is_drawn() -> None:
    """A measure that is added is called here too."""
    assert {name for name in entropy.__all__ if name[0].islower()} <= set(FUNCTIONS) | {"row_entropy"}
    assert {"retrieval_at_k", "gaussian_kernel_entropy", "spectral_entropy"} <= set(FUNCTIONS)
