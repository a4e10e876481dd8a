"""The arguments of public functions, checked against their annotations before anything is computed."""

from __future__ import annotations

import collections.abc
import functools
import inspect
import math
import types
import typing
from collections.abc import Callable, Iterator
from numbers import Integral, Real
from typing import Any, ParamSpec, TypeVar

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from ame_explore.ame import AMEError, shown

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")

_UNION = (typing.Union, types.UnionType)
_LISTS = (collections.abc.Sequence, collections.abc.Collection, collections.abc.Iterable, list)
_UNSIZED = (collections.abc.Iterator, collections.abc.Mapping)  # of a dict, its keys
_MOST_INT = 2**63
_KINDS = {
    bool: "True or False",
    int: "a whole number",
    float: "a number",
    str: "a text",
    Tensor: "a dense, real tensor with data",
    type(None): "None",
}


def checked(function: Callable[P, R]) -> Callable[P, R]:
    """A decorator: arguments that do not fit their annotations are refused before the function runs.

    Numbers may be numpy's (the function gets Python's), a list may be any sequence or a one-dimensional array, and
    tensors must be dense, real and hold data. The elements of lists, tuples and dicts are checked too; what an
    annotation cannot say (a range, a shape, finite values) is left to the function. A class can say in an attribute
    `how_to_make` how to get one of its objects, for the message.

    Args:
        function: the function. What its annotations name must be imported for more than type checkers.

    Returns:
        The function, which raises `AMEError` with the argument's name, what it must be, and what came.
    """
    see = f"see help({function.__qualname__.removesuffix('.__init__')})"
    names = tuple(inspect.signature(function).parameters)
    hints: dict[str, Any] = {}  # resolved at the first call: an annotation may name what its module defines below
    sure: dict[str, frozenset[type]] = {}  # types that fit without a closer look, since some functions are called often

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        if len(hints) < len(names):  # several threads may come here at once, and all write the same
            found = _hints(function)
            sure.update({name: _sure(found.get(name)) for name in names})
            hints.update({name: found.get(name, Any) for name in names})
        for name, value in (*zip(names, args, strict=False), *kwargs.items()):
            if name not in hints:
                continue  # Python itself refuses an unknown name
            if type(value) in sure[name] and (type(value) is not int or -_MOST_INT <= value < _MOST_INT):
                continue
            for path, part, hint in _misfits(name, value, hints[name]):
                raise AMEError(f"{path} must be {_words(hint)}, got {_came(part)}: {_mend(hint) or see}.")
        plain = {name: _python(value) for name, value in kwargs.items()}
        return function(*(_python(value) for value in args), **plain)

    return call


def checked_init(kind: type[T]) -> type[T]:
    """`checked` for a class: the arguments of its constructor.

    Args:
        kind: the class.
    """
    kind.__init__ = checked(kind.__init__)  # type: ignore[method-assign]
    return kind


def _hints(function: Callable[..., Any]) -> dict[str, Any]:
    """The annotation of each parameter that has one, but for *args and **kwargs."""
    inner = inspect.unwrap(function)
    found: dict[str, Any] = {}
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            hint = parameter.annotation
            found[name] = eval(hint, inner.__globals__) if isinstance(hint, str) else hint
            if hint is parameter.empty:
                found[name] = Any
    return found


def _sure(hint: Any) -> frozenset[type]:
    """Types whose values all fit an annotation, whole numbers up to 64 bits."""
    if typing.get_origin(hint) in _UNION:
        return frozenset().union(*(_sure(each) for each in typing.get_args(hint)))
    if hint is float:
        return frozenset({int, float})
    plain = isinstance(hint, type) and typing.get_origin(hint) is None and hint is not Tensor
    return frozenset({type(None) if hint is None else hint}) if plain or hint is None else frozenset()


def _misfits(path: str, value: Any, hint: Any) -> Iterator[tuple[str, Any, Any]]:
    """(path, value, annotation) of every part of a value that does not fit, the first one first."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if hint == ArrayLike:
        fits = _is_numbers(value)
    elif hint in (Any, object) or isinstance(hint, TypeVar):
        fits = True
    elif getattr(hint, "_is_protocol", False):
        fits = all(hasattr(value, name) for name in vars(hint) if not name.startswith("_") or name == "__call__")
    elif origin in _UNION:
        fits = any(next(_misfits(path, value, each), None) is None for each in inner)
        if not fits:
            yield from _deepest(path, value, inner)
    elif origin is typing.Literal:
        fits = any(type(value) is type(each) and value == each for each in inner)
    elif origin in (tuple, *_LISTS):
        fits = _is_list(value, inner) or (origin is collections.abc.Iterable and isinstance(value, _UNSIZED))
        if fits and origin is tuple and Ellipsis not in inner:
            fits = len(value) == len(inner)
            for place, each in enumerate(inner if fits else ()):
                yield from _misfits(f"{path}[{place}]", value[place], each)
        elif fits and isinstance(value, collections.abc.Collection) and not isinstance(value, (np.ndarray, Tensor)):
            for place, part in enumerate(value):
                yield from _misfits(f"{path}[{place}]", part, inner[0])
    elif origin is collections.abc.Mapping:
        fits = isinstance(value, collections.abc.Mapping)
        for key, part in value.items() if fits else ():
            yield from _misfits(f"a key of {path}", key, inner[0])
            yield from _misfits(f"{path}[{shown(key)}]", part, inner[1])
    elif origin is collections.abc.Callable or hint is Callable:
        fits = callable(value)
    else:
        fits = _is_a(value, origin or (type(None) if hint is None else hint))
    if not fits:
        yield path, value, hint


def _deepest(path: str, value: Any, hints: tuple[Any, ...]) -> Iterator[tuple[str, Any, Any]]:
    """Of a union, the element that does not fit in the one alternative whose outer kind does."""
    found = [next(_misfits(path, value, each)) for each in hints]
    inside = [misfit for misfit in found if misfit[0] != path]
    if len(inside) == 1:
        yield inside[0]


def _is_a(value: Any, kind: Any) -> bool:
    if kind is bool:
        return isinstance(value, (bool, np.bool_))
    if kind in (int, float):
        whole = Integral if kind is int else Real
        return isinstance(value, whole) and not isinstance(value, bool) and _is_sized(value, kind)
    if kind is Tensor:
        return isinstance(value, Tensor) and is_dense(value)
    return isinstance(value, kind) if isinstance(kind, type) else True


def as_array(name: str, value: Any, what: str = "numbers") -> NDArray[np.float64]:
    """A number, array, tensor or (nested) list as a float64 array.

    Args:
        name: name of the argument, for the message.
        value: the value.
        what: what it must hold, for the message.

    Raises:
        AMEError: if it does not hold real numbers, or the lengths of its lists differ.
    """
    if value is None or (isinstance(value, Tensor) and not is_dense(value)):
        raise AMEError(f"{name} must be {what}, got {_came(value)}.")
    try:
        if isinstance(value, Tensor):
            value = value.detach().cpu().double()
        array = np.asarray(value)
        if array.dtype.kind in "fiubOUS":
            return np.asarray(array, dtype=np.float64)
        problem = f"their type is {array.dtype}"
    except (TypeError, ValueError, OverflowError, RuntimeError) as error:
        problem = str(error)
    raise AMEError(f"{name} must be {what}: {problem[:200]}.")


def usable_device(device: object) -> torch.device:
    """A device by its name, once it is certain that torch can use it.

    Args:
        device: a name, for example "cpu" or "cuda:1", or torch's device.

    Raises:
        AMEError: if torch cannot use it.
    """
    try:
        if isinstance(device, (str, torch.device)):
            torch.empty(1, device=device)
            return torch.device(device)
    except (RuntimeError, AssertionError, ValueError):
        pass
    there = ["cpu", *(f"cuda:{index}" for index in range(torch.cuda.device_count()))]
    there += ["mps"] if torch.backends.mps.is_available() else []
    raise AMEError(f"device must be one that torch can use here ({', '.join(there)}), got {shown(device)}.")


def _is_sized(value: Any, kind: type) -> bool:
    """Whether a number can be held in 64 bits."""
    try:
        return -_MOST_INT <= value < _MOST_INT if kind is int else isinstance(float(value), float)
    except OverflowError:
        return False


def is_dense(value: Tensor) -> bool:
    """Whether a tensor is strided, real, and holds data."""
    return value.layout == torch.strided and not value.is_meta and not value.is_complex()


def _is_numbers(value: Any) -> bool:
    """Whether a value can be read as an array of real numbers."""
    if isinstance(value, Tensor):
        return is_dense(value)
    try:
        return bool(np.asarray(value).dtype.kind in "fiub")
    except (TypeError, ValueError, RuntimeError, OverflowError):
        return False


def _is_list(value: Any, inner: tuple[Any, ...]) -> bool:
    """Whether a value is a sequence or set of parts; an array only where its parts are numbers."""
    if isinstance(value, (np.ndarray, Tensor)):
        kinds = {each for hint in inner for each in (typing.get_args(hint) or (hint,))}
        return value.ndim == 1 and bool(kinds & {int, float, bool, Any}) and _is_numbers(value)
    if isinstance(value, (str, bytes, collections.abc.Mapping)):
        return False
    return isinstance(value, (collections.abc.Sequence, collections.abc.Set))


def _words(hint: Any) -> str:
    """An annotation in words."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if hint == ArrayLike or origin is np.ndarray:
        return "an array of numbers"
    if origin in _UNION:
        return " or ".join(dict.fromkeys(_words(each) for each in inner))
    if origin is typing.Literal:
        return f"one of {', '.join(map(repr, inner))}"
    if origin is tuple and Ellipsis not in inner:
        return f"a tuple of {len(inner)} ({', '.join(_words(each) for each in inner)})"
    if origin in (tuple, *_LISTS):
        return f"a list of {_plural(inner[0])}"
    if origin is collections.abc.Mapping:
        return f"a dict of {_plural(inner[0])} to {_plural(inner[1])}"
    if origin is collections.abc.Callable:
        return "a function"
    if hint in _KINDS:
        return _KINDS[hint]
    name = getattr(hint, "__name__", str(hint))
    return f"{'an' if name[0] in 'AEIO' else 'a'} {name}"


def _python(value: Any) -> Any:
    """A numpy number as Python's; anything else as it is."""
    return value.item() if isinstance(value, (np.integer, np.floating, np.bool_)) else value


def _mend(hint: Any) -> str:
    """How to make what was expected, if its class says so by an attribute `how_to_make`."""
    each = (hint, *typing.get_args(hint))
    return next((kind.how_to_make for kind in each if isinstance(getattr(kind, "how_to_make", None), str)), "")


def _plural(hint: Any) -> str:
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in _UNION:
        return " or ".join(dict.fromkeys(_plural(each) for each in inner))
    if origin in _LISTS or (origin is tuple and Ellipsis in inner):
        return f"lists of {_plural(inner[0])}"
    if hint == ArrayLike or origin is np.ndarray:
        return "arrays of numbers"
    one = {int: "whole numbers", float: "numbers", str: "texts", Tensor: "dense, real tensors", Any: "anything"}
    if hint in one:
        return one[hint]
    return f"{hint.__name__}s" if isinstance(hint, type) and hint not in _KINDS else _words(hint)


def _came(value: Any) -> str:
    if isinstance(value, Tensor) and not is_dense(value):
        return f"{shown(value)}, layout {value.layout}, on {value.device}"
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return shown(value)
