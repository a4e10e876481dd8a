"""The arguments of public functions, checked against their annotations before anything is computed."""

from __future__ import annotations

import collections.abc
import functools
import inspect
import math
import types
import typing
from collections.abc import Callable
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

    What fits only in kind is converted: numpy's numbers to Python's, a series or a one-dimensional array to a list, an
    array or table of numbers to a tensor. Tensors must be dense, real and hold data. The elements of lists, tuples and
    dicts are checked too; what an annotation cannot say (a range, a shape, finite values) is left to the function. A
    class can say in an attribute `how_to_make` how to get one of its objects, for the message.

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

        def plain(name: str, value: Any) -> Any:
            if name not in hints:
                return value  # Python itself refuses an unknown name
            if type(value) in sure[name] and (type(value) is not int or -_MOST_INT <= value < _MOST_INT):
                return value
            try:
                return _fit(name, value, hints[name])
            except _Misfit as misfit:
                must, came = _words(misfit.hint), _came(misfit.value)
                if ArrayLike in (misfit.hint, *typing.get_args(misfit.hint)):
                    came = odd_row(misfit.value) or came
                raise AMEError(f"{misfit.path} must be {must}, got {came}: {_mend(misfit.hint) or see}.") from None

        given = [plain(name, value) for name, value in zip(names, args, strict=False)]
        named = {name: plain(name, value) for name, value in kwargs.items()}
        return function(*given, *args[len(given) :], **named)  # type: ignore[arg-type]

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


class _Misfit(Exception):
    """A part of a value that does not fit its annotation: its path, itself, and the annotation."""

    def __init__(self, path: str, value: Any, hint: Any) -> None:
        super().__init__(path)
        self.path, self.value, self.hint = path, value, hint


def _fit(path: str, value: Any, hint: Any, *, convert: bool = True) -> Any:
    """A value as its annotation wants it: the value itself, or what it converts to without loss.

    Numpy's numbers become Python's, series and views of dicts become lists, and where a tensor is wanted, an array or
    table of numbers becomes one.

    Args:
        path: name of the value in messages.
        value: the value.
        hint: the annotation.
        convert: False takes only what fits as it is.

    Raises:
        _Misfit: for the first part that does not fit.
    """
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if hint in (Any, object) or isinstance(hint, TypeVar):
        return _python(value)
    if origin in _UNION and hint != ArrayLike:
        return _fit_union(path, value, hint, convert)
    if origin is collections.abc.Mapping:
        return _fit_mapping(path, value, hint, convert)
    if origin in (tuple, *_LISTS):
        return _fit_list(path, value, hint, convert)
    if hint == ArrayLike:
        fits = _is_numbers(value)
    elif getattr(hint, "_is_protocol", False):
        fits = all(hasattr(value, name) for name in vars(hint) if not name.startswith("_") or name == "__call__")
    elif origin is typing.Literal:
        fits = any(type(value) is type(each) and value == each for each in inner)
    elif origin is collections.abc.Callable or hint is Callable:
        fits = callable(value)
    elif hint is Tensor and convert and (array := _numbers_of(value)) is not None:
        return torch.from_numpy(array)
    else:
        fits = _is_a(value, origin or (type(None) if hint is None else hint))
    if not fits:
        raise _Misfit(path, value, hint)
    return _python(value)


def _fit_union(path: str, value: Any, hint: Any, convert: bool) -> Any:
    """Convert only what fits none of the alternatives as it is.

    Of the misfits, the one inside the only alternative whose outer kind fits tells most.
    """
    if type(value) is np.ndarray and _takes_arrays(hint):
        return value
    found: list[_Misfit] = []
    for may in (False, True) if convert else (False,):
        found = []
        for each in typing.get_args(hint):
            try:
                return _fit(path, value, each, convert=may)
            except _Misfit as misfit:
                found.append(misfit)
    inside = [misfit for misfit in found if misfit.path != path]
    raise inside[0] if len(inside) == 1 else _Misfit(path, value, hint)


@functools.cache
def _takes_arrays(union: Any) -> bool:
    return any(typing.get_origin(each) is np.ndarray for each in typing.get_args(union))


def _fit_mapping(path: str, value: Any, hint: Any, convert: bool) -> Any:
    of_key, of_part = typing.get_args(hint)
    is_one = isinstance(value, collections.abc.Mapping)
    if not is_one and not (convert and isinstance(value, torch.nn.ParameterDict)):
        raise _Misfit(path, value, hint)
    try:  # without the paths of its parts, whose words take longer than the checks
        plain = {
            _fit("", key, of_key, convert=convert): _fit("", part, of_part, convert=convert)
            for key, part in value.items()
        }
    except _Misfit:
        plain = {
            _fit(f"a key of {path}", key, of_key, convert=convert): _fit(
                f"{path}[{shown(key)}]", part, of_part, convert=convert
            )
            for key, part in value.items()
        }
    same = is_one and all(a is b for a, b in zip(plain.values(), value.values(), strict=True))
    return value if same and all(a is b for a, b in zip(plain, value, strict=True)) else plain


def _fit_list(path: str, value: Any, hint: Any, convert: bool) -> Any:
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    fixed = origin is tuple and Ellipsis not in inner
    parts: Any
    plain: Any
    if origin is collections.abc.Iterable and isinstance(value, _UNSIZED):
        return value
    if isinstance(value, (collections.abc.Sequence, collections.abc.Set)) and not isinstance(value, (str, bytes)):
        parts = value
    elif convert and (listed := _listed(value, inner, fixed)) is not None:
        parts = listed
    else:
        raise _Misfit(path, value, hint)
    if fixed:
        if len(parts) != len(inner):
            raise _Misfit(path, value, hint)
        plain = [_fit(f"{path}[{place}]", part, inner[place], convert=convert) for place, part in enumerate(parts)]
    elif _all_sure(parts, inner[0]):
        plain = parts
    else:
        plain = [_fit(f"{path}[{place}]", part, inner[0], convert=convert) for place, part in enumerate(parts)]
    if parts is value and (plain is parts or all(a is b for a, b in zip(plain, parts, strict=True))):
        return value
    return tuple(plain) if origin is tuple else plain


def _listed(value: Any, inner: tuple[Any, ...], fixed: bool) -> list[Any] | None:
    """The parts of an array, a stack of tensors, a series, a module list or a view of a dict; None for all else."""
    if isinstance(value, (np.ndarray, Tensor)):
        of_tensors = any(Tensor in (typing.get_args(each) or (each,)) for each in inner)
        if value.ndim == 0 or (isinstance(value, Tensor) and not is_dense(value)):
            return None
        if of_tensors and (fixed or value.ndim > 2):
            return list(value)
        return value.tolist() if value.ndim == 1 and not of_tensors else None
    views = (collections.abc.ValuesView, collections.abc.KeysView, torch.nn.ModuleList, torch.nn.ParameterList)
    if isinstance(value, views):
        return list(value)
    if getattr(value, "ndim", None) == 1 and hasattr(value, "tolist") and hasattr(value, "__len__"):
        return list(value.tolist())
    return None


def _all_sure(parts: Any, hint: Any) -> bool:
    """Whether all parts fit by their types alone, which is fast for a million of them."""
    kinds = set(map(type, parts))
    if not kinds <= _sure(hint):
        return False
    return int not in kinds or -_MOST_INT <= min(filter(_is_int, parts)) <= max(filter(_is_int, parts)) < _MOST_INT


def _is_int(value: Any) -> bool:
    return type(value) is int


def _numbers_of(value: Any) -> NDArray[Any] | None:
    """An array, table or series of numbers as an array that torch can read, masked values as NaN; None for all else."""
    if isinstance(value, np.ndarray):
        array = value
    elif getattr(value, "ndim", 0) and hasattr(value, "to_numpy"):
        array = value.to_numpy()
    else:
        return None
    if array.dtype.kind not in "fiub" or array.ndim == 0:
        return None
    array = unmasked(array)
    kind, size = array.dtype.kind, array.dtype.itemsize
    wanted = array.dtype.newbyteorder("=")
    if (kind == "u" and size == 8) or (kind == "f" and size > 8):  # torch has no such type
        wanted = np.dtype(np.float64)
    elif kind == "u" and size > 1:
        wanted = np.dtype(np.int64)
    plain = np.ascontiguousarray(array, dtype=wanted)
    return plain if plain.flags.writeable else plain.copy()


def unmasked(value: Any) -> NDArray[Any]:
    """`np.asarray`, but NaN stands for masked values, where numpy would give what lies under the mask.

    Args:
        value: what numpy can read.
    """
    if np.ma.is_masked(value):
        return np.ma.filled(value.astype(np.float64), np.nan)
    return np.asarray(value)


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
        array = unmasked(value)
        if array.dtype.kind in "fiubOUS":
            return np.asarray(array, dtype=np.float64)
        problem = f"their type is {array.dtype}"
    except (TypeError, ValueError, OverflowError, RuntimeError) as error:
        odd = odd_row(value)
        problem = f"got {odd}" if odd else str(error)
    raise AMEError(f"{name} must be {what}: {problem[:200]}.")


def odd_row(rows: object) -> str:
    """The first row that keeps a table from being one of numbers, such as "None in row 1"; "" if none is known.

    Args:
        rows: a list of rows, or a two-dimensional array of objects.
    """
    if not isinstance(rows, (list, tuple, np.ndarray)):
        return ""
    if isinstance(rows, np.ndarray) and rows.ndim == 2:
        bad = ((place, cell) for place, row in enumerate(rows) for cell in row if not isinstance(cell, Real))
        return next((f"{shown(cell)} in row {place}" for place, cell in bad), "")
    widths = [len(row) if isinstance(row, (list, tuple, np.ndarray, Tensor)) else None for row in rows]
    known = [width for width in widths if width is not None]
    usual = max(set(known), key=known.count, default=None)
    for place, (row, width) in enumerate(zip(rows, widths, strict=True)):
        if known and width is None:
            return f"{shown(row)} in row {place}"
        if width != usual:
            return f"{width} numbers in row {place} and {usual} in most rows"
    return ""


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
