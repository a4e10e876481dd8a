"""Thousands of random calls of the method and the measures: out comes a valid result, or one AMEError.

Every argument is drawn from what is right, what is nearly right, and what is of another kind altogether.
"""

import inspect
import random

import numpy as np
import pytest
import torch
from random_calls import MANY, choice, flag, index, maybe_tensor, number, outcome, several, told
from torch import Tensor

from ame_explore import ame, measures
from ame_explore.measures import entropy, known

CALLS = 500 if MANY else 250  # for each function


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
