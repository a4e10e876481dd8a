"""torch's own optimizers, without their import of torch's compiler.

torch 2.6 and later import `torch._dynamo` when the first optimizer is made, although only compiled code needs it. That
takes longer than the first steps of a small student, in every kernel. The methods below are torch's own, taken out of
the wrappers that ask for the import: values, states and hooks are the same.
"""

from __future__ import annotations

import inspect
from typing import Any, TypeVar

import torch
from torch.optim import Optimizer

Kind = TypeVar("Kind", bound=type[Optimizer])
_WRAPPED = ("add_param_group", "load_state_dict", "state_dict", "zero_grad")


def _without_compiler(kind: Kind) -> Kind:
    """A subclass of an optimizer that never imports the compiler."""
    methods: dict[str, Any] = {name: inspect.unwrap(getattr(kind, name)) for name in _WRAPPED}
    methods["step"] = torch.no_grad()(inspect.unwrap(kind.step))
    return type(kind.__name__, (kind,), methods)  # type: ignore[return-value]


AdamW = _without_compiler(torch.optim.AdamW)
SGD = _without_compiler(torch.optim.SGD)
