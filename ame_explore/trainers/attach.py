"""Add AME's term to the loss that a model's own forward returns."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from torch import Tensor, nn

from ame_explore.ame import AMEError, AMELoss, shown, warn_outside

Source = str | Callable[[Any, Mapping[str, Any]], Any]
M = TypeVar("M", bound=nn.Module)

warn_outside(__file__)


def attach(
    model: M,
    ame: AMELoss,
    *,
    image: Source,
    text: Source | Tensor,
    pairs: Source | None = None,
    text_ids: Source | None = None,
    into: str | int | None = "loss",
    name: str = "ame",
) -> M:
    """Make `ame` a part of a model, and add its term to the loss that the model's forward returns.

    Call it before the optimizer is built and before DistributedDataParallel wraps the model: a trainer that takes
    `model.parameters()` then trains, saves, moves and synchronizes AME's projections with the rest. It works with any
    trainer whose models return their loss, such as Hugging Face's.

    >>> attach(clip, AMELoss(image_dim=512, text_dim=512), image="image_embeds", text="text_embeds")  # doctest: +SKIP

    Each source is one of:

    - a name: of a field of what forward returns; else of a submodule, whose output is taken; else of an argument of
      forward;
    - a function (what forward returned, its arguments by name) -> the tensor; a function with a name, not a lambda,
      if the model is to be pickled;
    - for `text`: a (C, D) tensor, the same class texts in every call. It moves with the model, and is not saved.

    A call whose loss is missing or None, as in inference, is left as it is. In evaluation the loss includes the term.

    Args:
        model: any module; it is changed in place.
        ame: the term; its parameters become the model's, under `name`.
        image: where the image features come from, see `AMELoss.forward` for their shape.
        text: where the text features come from.
        pairs: where the index of each image's text comes from, for readings that need it.
        text_ids: where the texts' ids come from, to merge duplicate captions.
        into: the field of what forward returns that holds the loss; a number for a tuple; None where forward returns
            the loss itself.
        name: the attribute of the model that holds `ame`.

    Returns:
        The model.

    Raises:
        AMEError: if an argument has the wrong type, or the model already has an attribute of this name or is wrapped;
            in a call of the model, if a source or the loss is not found.
    """
    if not isinstance(model, nn.Module):
        raise AMEError(f"model must be a torch module, got {shown(model)}.")
    if not isinstance(ame, AMELoss):
        raise AMEError(f"ame must be an AMELoss, got {shown(ame)}.")
    if hasattr(model, name):
        raise AMEError(f"name must be new to the model, got {name!r}, which it already has: choose another name.")
    if isinstance(model, (nn.DataParallel, nn.parallel.DistributedDataParallel)):
        raise AMEError(
            f"model must be given before it is wrapped, got {type(model).__name__}: attach first, then wrap it."
        )
    if into is not None and not isinstance(into, (str, int)):
        raise AMEError(f"into must be the name or the number of the loss, or None, got {shown(into)}.")
    sources: dict[str, Any] = {"image": image, "text": text, "pairs": pairs, "text_ids": text_ids}
    for argument, source in sources.items():
        if isinstance(source, Tensor) and argument == "text":
            if not ame.manifold.fits_text(source):
                ame.manifold.check_text(source)
        elif not (
            isinstance(source, str) or callable(source) or (source is None and argument in ("pairs", "text_ids"))
        ):
            raise AMEError(f"{argument} must be a name or a function, got {shown(source)}.")
    seen, modules = _Seen(), dict(model.named_modules())
    for argument, source in sources.items():
        if isinstance(source, Tensor):
            model.register_buffer(f"{name}_text", source.detach(), persistent=False)
            sources[argument] = _Buffer(f"{name}_text")
        elif isinstance(source, str) and source and source in modules:
            modules[source].register_forward_hook(_Capture(seen, source))
    setattr(model, name, ame)
    model.register_forward_hook(_Add(name, sources, into, seen), with_kwargs=True)
    return model


class _Seen:
    """Outputs of submodules in the current call, apart for each thread, since DataParallel runs copies in threads."""

    def __init__(self) -> None:
        self._found: dict[tuple[int, str], Any] = {}

    def __reduce__(self) -> tuple[type[_Seen], tuple[()]]:
        return type(self), ()

    def put(self, name: str, value: Any) -> None:
        self._found[threading.get_ident(), name] = value

    def take(self, name: str) -> Any:
        return self._found.pop((threading.get_ident(), name), None)


class _Capture:
    """A forward hook that keeps a submodule's output for the hook on the model."""

    def __init__(self, seen: _Seen, name: str) -> None:
        self._seen, self._name = seen, name

    def __call__(self, module: nn.Module, args: Any, output: Any) -> None:
        self._seen.put(self._name, output)


class _Buffer:
    """A source: a buffer of the model."""

    def __init__(self, name: str) -> None:
        self.name = name


class _Add:
    """The forward hook that adds the term."""

    def __init__(self, name: str, sources: Mapping[str, Any], into: str | int | None, seen: _Seen) -> None:
        self._name, self._sources, self._into, self._seen = name, sources, into, seen

    def __call__(self, model: nn.Module, args: tuple[Any, ...], kwargs: Mapping[str, Any], output: Any) -> Any:
        captured = {s: self._seen.take(s) for s in self._sources.values() if isinstance(s, str)}
        loss = _field(output, self._into, None) if self._into is not None else output
        if loss is None:
            return None
        if not isinstance(loss, Tensor) or loss.numel() != 1:
            raise AMEError(
                f"into={self._into!r} must be the loss, a scalar, but what forward returned has {shown(loss)}."
            )
        inputs = _Inputs(model, args, kwargs)
        found = {
            argument: self._find(model, argument, source, output, captured, inputs)
            for argument, source in self._sources.items()
            if source is not None
        }
        term = getattr(model, self._name)(**found)
        return _with_field(output, self._into, loss + term.to(loss.device))

    def _find(
        self, model: nn.Module, argument: str, source: Any, output: Any, captured: Mapping[str, Any], inputs: _Inputs
    ) -> Tensor:
        if isinstance(source, _Buffer):
            value = getattr(model, source.name)
        elif isinstance(source, str):
            value = _field(output, source, None)
            value = captured[source] if value is None else value
            value = inputs.named().get(source) if value is None else value
        else:
            value = source(output, inputs.named())
        if not isinstance(value, Tensor):
            what = f"{argument}={source!r}" if isinstance(source, str) else f"the function given as {argument}"
            has = f" Forward returned the fields {', '.join(output.keys())}." if isinstance(output, Mapping) else ""
            raise AMEError(f"{what} must lead to a tensor, got {shown(value)}.{has}")
        return value


class _Inputs:
    """The arguments of one call of forward, bound to their names only when needed."""

    def __init__(self, model: nn.Module, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        self._model, self._args, self._kwargs = model, args, kwargs

    def named(self) -> dict[str, Any]:
        bound = inspect.signature(self._model.forward).bind(*self._args, **self._kwargs)
        rest = next((p.name for p in bound.signature.parameters.values() if p.kind is p.VAR_KEYWORD), None)
        named = dict(bound.arguments)
        return named | named.pop(rest, {}) if rest else named


def _field(output: Any, name: str | int, default: Any) -> Any:
    if isinstance(name, int):
        return output[name] if isinstance(output, (tuple, list)) and -len(output) <= name < len(output) else default
    if isinstance(output, Mapping):
        return output.get(name, default)
    return default if isinstance(output, Tensor) else getattr(output, name, default)


def _with_field(output: Any, name: str | int | None, value: Tensor) -> Any:
    if name is None:
        return value
    if isinstance(name, int):
        changed = [*output]
        changed[name] = value
        return type(output)(changed)
    if isinstance(output, Mapping):
        output[name] = value  # type: ignore[index]
    elif isinstance(output, tuple):
        return output._replace(**{name: value})  # type: ignore[attr-defined]
    else:
        setattr(output, name, value)
    return output
