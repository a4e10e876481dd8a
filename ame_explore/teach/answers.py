"""Reading a learner's answer: whatever it is, what does not fit is said in words."""

from __future__ import annotations

import functools
import itertools
import math
import traceback
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from ame_explore.ame import AMEError, python_number, shown
from ame_explore.arguments import checked

UNFINISHED = "there is no answer yet: put yours in place of `...`."


class NotYet(AMEError):
    """An answer is not right yet; the text names the property that it breaks, and not how to get it right."""


def require(holds: object, words: str) -> None:
    """Require a property of an answer.

    Args:
        holds: whether it holds: a bool, or a tensor with one.
        words: the property and what was seen, as a sentence.

    Raises:
        NotYet: if it does not hold.
    """
    if not bool(holds):
        raise NotYet(words)


def unfinished(value: object) -> bool:
    """Whether this is the placeholder of a stub, or nothing at all.

    Args:
        value: an answer, or what a learner's function returned.
    """
    return value is None or value is ...


@checked
def function(answer: Any, name: str) -> Callable[..., Any]:
    """A learner's function, made safe to call.

    The returned function hands copies of tensors in, so that in-place changes do no harm (gradients pass through the
    copies), and turns an error inside the learner's function into `NotYet`, with the line where it arose.

    Args:
        answer: what the learner gave.
        name: how the function is called in messages.

    Raises:
        NotYet: if it is no function.
    """
    if unfinished(answer):
        raise NotYet(UNFINISHED)
    if not callable(answer):
        raise NotYet(f"`{name}` must be a function, but it is {shown(answer)}.")
    inner = answer
    if isinstance(inner, _Safe):
        return inner

    def call(*args: Any) -> Any:
        copies = [x.clone() if isinstance(x, Tensor) else x for x in args]
        try:
            value = inner(*copies)
        except NotYet:
            raise
        except (Exception, SystemExit) as error:
            raise NotYet(f"`{name}` stops with {in_words(error)}{_line(error, inner)}.") from None
        if unfinished(value):
            raise NotYet(UNFINISHED if value is ... else f"`{name}` returns nothing: is the word `return` missing?")
        return value

    return _Safe(call)


class _Safe:
    """A function that `function` made safe."""

    def __init__(self, call: Callable[..., Any]) -> None:
        self._call = call
        functools.update_wrapper(self, call)

    def __call__(self, *args: Any) -> Any:
        return self._call(*args)


def in_words(error: BaseException) -> str:
    """An error as "a ValueError (its first line)", at most 160 letters.

    Args:
        error: the error.
    """
    try:
        lines = str(error).strip().splitlines()
    except Exception:  # a learner's own error class may fail to be written
        lines = []
    kind = type(error).__name__
    article = "an" if kind[0] in "AEIOU" else "a"
    return f"{article} {kind} ({lines[0][:160]})" if lines else f"{article} {kind}"


def _line(error: BaseException, inner: object) -> str:
    """The line of the learner's own code where an error arose, if it is known."""
    code = getattr(inner, "__code__", None)
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame.lineno for frame in frames if code is not None and frame.filename == code.co_filename]
    return f", in line {own[-1]} of its cell" if own else ""


@checked
def number(value: Any, what: str) -> float:
    """A learner's value as a finite number.

    Args:
        value: a Python or numpy number, or a tensor with one element.
        what: what it is called in messages, such as "the loss".

    Raises:
        NotYet: if it is not one finite number.
    """
    if unfinished(value):
        raise NotYet(UNFINISHED)
    if isinstance(value, Tensor) and value.numel() == 1:
        value = value.detach().reshape(())
    found = python_number(value)
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise NotYet(f"{what} must be one number, but it is {shown(value)}.")
    try:
        finite = float(found)
    except OverflowError:
        finite = math.inf
    if not math.isfinite(finite):
        raise NotYet(f"{what} must be finite, but it is {finite}.")
    return finite


@checked
def array(value: Any, shape: tuple[int, ...], what: str) -> Tensor:
    """A learner's value as a float64 tensor.

    Args:
        value: a tensor, a numpy array, or nested lists of numbers.
        shape: the shape that it must have.
        what: what it is called in messages.

    Returns:
        The tensor, float64, detached.

    Raises:
        NotYet: if it has another shape, is not numeric, or is not finite.
    """
    if unfinished(value):
        raise NotYet(UNFINISHED)
    try:
        found = value if isinstance(value, Tensor) else torch.tensor(value, dtype=torch.float64)
        found = found.detach().to("cpu", torch.float64)
    except Exception:  # a learner's object may raise anything when it is read
        raise NotYet(f"{what} must be a tensor of numbers, but it is {shown(value)}.") from None
    if tuple(found.shape) != tuple(shape):
        raise NotYet(f"{what} must have the shape {tuple(shape)}, but it has {tuple(found.shape)}.")
    if not bool(found.isfinite().all()):
        raise NotYet(f"{what} must be finite, but it holds NaN or infinity.")
    return found


@checked
def whole_numbers(value: Any, what: str, most: int = 1000) -> list[int]:
    """A learner's list of whole numbers.

    Args:
        value: what the learner gave.
        what: what it is called in messages.
        most: the most numbers that are read, so that an endless sequence ends.

    Raises:
        NotYet: if it is no sequence of whole numbers.
    """
    if unfinished(value):
        raise NotYet(UNFINISHED)
    try:
        given = list(itertools.islice(value, most))
        found = [int(each) for each in given]
        if isinstance(value, str) or not all(float(each) == number for each, number in zip(given, found, strict=True)):
            raise ValueError
    except Exception:  # a learner's object may raise anything when it is read
        raise NotYet(f"{what} must be a list of whole numbers, but it is {shown(value)}.") from None
    return found


@checked
def choice(value: Any, choices: Sequence[str], what: str) -> str:
    """A learner's value as one of some choices; upper and lower case do not matter.

    Args:
        value: what the learner gave.
        choices: the choices.
        what: what it is called in messages.

    Raises:
        NotYet: if it is none of them.
    """
    if unfinished(value):
        raise NotYet(UNFINISHED)
    if isinstance(value, str):
        for each in choices:
            if each.lower() == value.strip().lower():
                return each
    raise NotYet(f"{what} must be one of {', '.join(map(repr, choices))}, but it is {shown(value)}.")


@checked
def fields(value: Any, names: Sequence[str], what: str) -> dict[str, Any]:
    """A learner's plan as a dict that has all of these keys, each filled in.

    Args:
        value: what the learner gave.
        names: the keys that it must have.
        what: what it is called in messages.

    Raises:
        NotYet: if it is no dict, lacks a key, or one is not filled in.
    """
    if unfinished(value):
        raise NotYet(UNFINISHED)
    if not isinstance(value, Mapping):
        raise NotYet(f"{what} must be a dict, but it is {shown(value)}.")
    missing = [name for name in names if name not in value]
    if missing:
        raise NotYet(f"{what} lacks {', '.join(map(repr, missing))}.")
    if any(unfinished(value[name]) for name in names):
        raise NotYet(UNFINISHED)
    return dict(value)
