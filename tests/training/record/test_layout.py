"""The names of a Run's files, and JSON that comes back as it went in."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ame_explore.ame import AMEError
from ame_explore.data.atomic_files import temporary_name
from ame_explore.training.record.layout import (
    Folder,
    Pack,
    is_left_over,
    is_ours,
    json_bytes,
    json_from_bytes,
    numbered,
    numbers,
)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(st.text(), json_values, max_size=4))
def test_json_comes_back_exactly(value: dict) -> None:
    assert json_from_bytes(json_bytes("recipe", value, exact=True), where="recipe.json") == value


@given(st.text(st.characters(codec=None, categories=None), max_size=5))
def test_any_text_comes_back(text: str) -> None:
    assert json_from_bytes(json_bytes("", {text: text}, exact=True), where="x") == {text: text}


def test_numbers_of_numpy_and_torch() -> None:
    value = {
        "np": np.float32(0.5),
        "array": np.arange(3),
        "flag": np.bool_(True),
        "tensor": torch.eye(2),
        "pair": (1, 2.5),
        3: math.inf,
        "inner": [np.nan, torch.tensor(math.nan)],
    }
    assert json.loads(json_bytes("facts", value, exact=False)) == {
        "np": 0.5,
        "array": [0, 1, 2],
        "flag": True,
        "tensor": [[1.0, 0.0], [0.0, 1.0]],
        "pair": [1, 2.5],
        "3": None,
        "inner": [None, None],
    }


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"a": [1, math.nan]}, r"recipe\['a'\]\[1\] must be finite, got nan"),
        ({"a": {1: 2}}, r"recipe\['a'\] must have strings as keys, got 1"),
        ({"a": {2}}, r"recipe\['a'\] must be a string, .* got set: convert it"),
        ({"a": b"x"}, r"recipe\['a'\] must be a string, .* got bytes"),
    ],
)
def test_what_json_cannot_hold(value: object, message: str) -> None:
    with pytest.raises(AMEError, match=message):
        json_bytes("recipe", value, exact=True)


@given(st.sampled_from(["log", "features", "state"]), st.integers(0, 10**12))
def test_names_carry_their_number(kind: str, number: int) -> None:
    name = numbered(kind, number)
    assert is_ours(name) and not is_left_over(name)
    assert numbers([name, "run.json", "notes.txt"], kind) == [number]
    assert is_left_over(temporary_name(name)) and not is_ours(temporary_name(name))


@pytest.mark.parametrize(
    "name",
    [
        "notes.txt",
        "features.safetensors",
        "features-1.safetensors",
        "../log-000001.safetensors",
        "sub/log-000001.safetensors",
        "log-000001.safetensors.bak",
        "log-000001.safetensors\n",
        "log-٠٠٠٠٠١.safetensors",
        "text-xyz.safetensors",
        "run.json.bak",
        ".notes.txt.0123456789ab.tmp",
        "",
    ],
)
def test_names_that_are_not_ours(name: str) -> None:
    assert not is_ours(name) and not is_left_over(name)


def test_a_folder_and_a_pack_say_which_file_is_missing(tmp_path: Path) -> None:
    with pytest.raises(AMEError, match=r"log-000000\.safetensors cannot be read"):
        Folder(tmp_path).read("log-000000.safetensors")
    with pytest.raises(AMEError, match="none cannot be read"):
        Folder(tmp_path / "none").names()
    with pytest.raises(AMEError, match=r"none\.zip is not a packed Run"):
        Pack(tmp_path / "none.zip")
