"""Arguments are checked against annotations: what fits passes, and what does not is named."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
import pandas as pd
import pytest
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor, nn

from ame_explore.ame import AMEError
from ame_explore.arguments import as_array, checked, checked_init, usable_device


def test_a_class_says_how_to_make_its_objects() -> None:
    class Made:
        how_to_make: ClassVar[str] = "call make()"

    @checked
    def take(one: Any, several: Any) -> None: ...

    take.__wrapped__.__annotations__ |= {"one": Made | None, "several": list[Made]}
    with pytest.raises(AMEError, match=r"one must be a Made or None, got 3: call make\(\)\."):
        take(3, [])
    with pytest.raises(AMEError, match=r"several\[0\] must be a Made, got 3: call make\(\)\."):
        take(None, [3])


@dataclass
class Thing:
    size: int = 0


@checked
def take(
    number: float = 0.0,
    whole: int = 0,
    switch: bool = False,
    words: str = "",
    tensor: Tensor | None = None,
    array: NDArray[Any] | None = None,
    numbers: ArrayLike = (),
    many: Sequence[float] = (),
    things: Sequence[Thing] = (),
    named: Mapping[str, Thing | Sequence[Thing]] | None = None,
    three: tuple[str, str, float] | None = None,
    state: Literal["on", "off"] = "on",
    names: Iterable[str] = (),
    work: Callable[[int], int] | None = None,
    anything: Any = None,
    tensors: Sequence[Tensor] = (),
    pair: tuple[Tensor, Tensor] | None = None,
    layers: Sequence[nn.Module] = (),
    weights: Mapping[str, Tensor] | None = None,
) -> str:
    """What is taken."""
    return "taken"


@pytest.mark.parametrize(
    "given",
    [
        {"number": 1},
        {"number": np.float32(1)},
        {"whole": np.int64(3)},
        {"switch": np.True_},
        {"tensor": torch.ones(2)},
        {"tensor": np.ones((2, 2), dtype=">f4")},
        {"tensor": pd.DataFrame({"a": [1.0], "b": [2.0]})},
        {"array": np.ones(2)},
        {"numbers": 3},
        {"numbers": [[1, 2], [3, 4]]},
        {"many": [1, 2.5]},
        {"many": np.ones(3)},
        {"many": torch.ones(3)},
        {"many": range(3)},
        {"many": [np.float32(1), np.int64(2)]},
        {"many": pd.Series([1, 2])},
        {"many": {"a": 1.0}.values()},
        {"names": pd.Index(["a", "b"])},
        {"tensors": torch.ones(3, 2, 2)},
        {"pair": np.ones((2, 3))},
        {"layers": nn.ModuleList([nn.Identity()])},
        {"weights": nn.ParameterDict({"a": torch.ones(2)})},
        {"things": [Thing(), Thing()]},
        {"named": {"a": Thing(), "b": [Thing()]}},
        {"three": ["a", "b", 1]},
        {"state": "off"},
        {"names": iter(["a"])},
        {"names": {"a": 1}},
        {"work": len},
        {"anything": object()},
    ],
)
def test_what_fits_is_taken(given: dict[str, Any]) -> None:
    assert take(**given) == "taken"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"number": "1"}, "number must be a number, got '1': see help(take)."),
        ({"number": True}, "number must be a number, got True"),
        ({"number": 1j}, "number must be a number"),
        ({"number": 10**400}, "number must be a number"),
        ({"whole": 1.0}, "whole must be a whole number, got 1.0"),
        ({"whole": 2**63}, "whole must be a whole number"),
        ({"switch": 1}, "switch must be True or False, got 1"),
        ({"words": b"a"}, "words must be a text, got b'a'"),
        (
            {"tensor": torch.ones(2, device="meta")},
            "tensor must be a dense, real tensor with data or None, got a float32",
        ),
        ({"tensor": torch.ones(2).to_sparse()}, "layout torch.sparse_coo, on cpu"),
        ({"tensor": torch.ones(2) * 1j}, "tensor must be a dense, real tensor with data or None"),
        ({"tensor": [1.0]}, "tensor must be a dense, real tensor with data or None, got [1.0]"),
        ({"array": [1.0]}, "array must be an array of numbers or None, got [1.0]"),
        ({"numbers": ["a"]}, "numbers must be an array of numbers, got ['a']"),
        ({"numbers": [[1, 2], None]}, "numbers must be an array of numbers, got None in row 1"),
        ({"numbers": [[1], [1, 2], [1, 2]]}, "got 1 numbers in row 0 and 2 in most rows"),
        ({"tensor": np.array(["a"])}, "tensor must be a dense, real tensor with data or None, got"),
        ({"tensor": np.float32(1)}, "tensor must be a dense, real tensor with data or None, got"),
        ({"tensors": torch.ones(2, 2)}, "tensors must be a list of dense, real tensors, got"),
        ({"many": torch.tensor([True])}, "many[0] must be a number, got True"),
        ({"many": [True]}, "many[0] must be a number, got True"),
        ({"many": "abc"}, "many must be a list of numbers, got 'abc'"),
        ({"many": [1, None]}, "many[1] must be a number, got None"),
        ({"many": np.ones((2, 2))}, "many must be a list of numbers"),
        ({"things": Thing()}, "things must be a list of Things, got Thing(size=0)"),
        ({"things": [Thing(), 3]}, "things[1] must be a Thing, got 3"),
        ({"named": {"a": [Thing(), "b"]}}, "named['a'][1] must be a Thing, got 'b'"),
        ({"named": {1: Thing()}}, "a key of named must be a text, got 1"),
        (
            {"named": [Thing()]},
            "named must be a dict of texts to Things or lists of Things or None, got",
        ),
        ({"three": ("a", "b")}, "three must be a tuple of 3 (a text, a text, a number)"),
        ({"three": ("a", "b", "c")}, "three[2] must be a number, got 'c'"),
        ({"state": "in between"}, "state must be one of 'on', 'off', got 'in between'"),
        ({"names": 3}, "names must be a list of texts, got 3"),
        ({"names": ["a", 3]}, "names[1] must be a text, got 3"),
        ({"work": 3}, "work must be a function or None, got 3"),
    ],
)
def test_what_does_not_fit_is_named(given: dict[str, Any], message: str) -> None:
    with pytest.raises(AMEError) as refused:
        take(**given)
    assert message in str(refused.value)


def test_a_call_that_does_not_fit_the_signature_stays_pythons_own_error() -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument 'nonsense'"):
        take(nonsense=1)


def test_a_constructor_is_checked_and_named() -> None:
    kind = checked_init(Thing)
    assert kind(3).size == 3
    with pytest.raises(AMEError, match=r"size must be a whole number, got 'a': see help\(Thing\)"):
        kind("a")


def test_numbers_of_any_library_become_an_array() -> None:
    for given in ([1, 2], (1.0, 2.0), np.array([1, 2]), torch.tensor([1, 2]), torch.tensor([1.0, 2.0]).bfloat16()):
        assert as_array("x", given).tolist() == [1.0, 2.0]
    assert as_array("x", torch.ones(2, requires_grad=True)).dtype == np.float64
    for given in ("a", [[1], [1, 2]], [1j], None, torch.ones(2, device="meta"), [10**400], object()):
        with pytest.raises(AMEError, match=r"^x must be numbers"):
            as_array("x", given)


@pytest.mark.parametrize("name", ["nonsense", "cuda:99", "meta device", 3, None, b"cpu"])
def test_a_device_that_is_none_is_refused_with_those_that_are_there(name: object) -> None:
    assert usable_device("cpu") == torch.device("cpu")
    with pytest.raises(AMEError, match=r"^device must be one that torch can use here \(cpu"):
        usable_device(name)


def test_a_function_gets_pythons_numbers_for_numpys() -> None:
    @checked
    def kinds(a: float, b: int, c: bool) -> list[type]:
        return [type(a), type(b), type(c)]

    assert kinds(np.float32(0.5), np.int64(2), c=np.bool_(True)) == [float, int, bool]


def test_what_comes_in_another_form_is_converted() -> None:
    @checked
    def given(
        seeds: Sequence[int] = (), pair: tuple[float, float] = (0, 0), rows: Tensor | None = None, numbers: Any = None
    ) -> Any:
        return seeds, pair, rows, numbers

    assert [type(each) for each in given(seeds=[np.int64(1), 2])[0]] == [int, int]
    assert given(seeds=np.array([1, 2]))[0] == [1, 2]
    assert given(pair=np.array([1.5, 2]))[1] == (1.5, 2.0)
    rows = given(rows=np.ma.masked_array([[1.0, 2.0]], mask=[[False, True]]))[2]
    assert rows.dtype == torch.float64 and rows[0, 0] == 1 and rows[0, 1].isnan()
    assert given(rows=np.array([[1, 2]], dtype=np.uint16))[2].dtype == torch.int64
    same = [1, 2]
    assert given(seeds=same)[0] is same
    masked = as_array("x", np.ma.masked_array([1, 2], mask=[False, True]))
    assert masked[0] == 1 and np.isnan(masked[1])


def test_first_calls_from_several_threads_see_all_annotations() -> None:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(100):

            @checked
            def add(a: int, b: int = 0) -> int:
                return a + b

            with ThreadPoolExecutor(4) as pool:
                assert list(pool.map(add, range(8), range(8))) == [2 * n for n in range(8)]
    finally:
        sys.setswitchinterval(before)
