"""PairedFeatures: what it takes and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ame_explore.ame import AMEError
from ame_explore.data import PairedFeatures


def parts(images: int = 6, texts: int = 4, width: int = 5, text_width: int = 3) -> dict[str, Any]:
    generator = torch.Generator().manual_seed(0)
    return {
        "image": torch.randn(images, width, generator=generator),
        "text": torch.randn(texts, text_width, generator=generator),
        "pair_index": torch.arange(images) % texts,
        "ids": torch.arange(images) + 100,
        "labels": torch.arange(images) % 2,
        "texts": tuple(f"text {number}" for number in range(texts)),
    }


REFUSED = {
    "image, no tensor": ({"image": [[1.0]]}, r"image must be a torch tensor .*got list.*as_tensor"),
    "image, whole numbers": ({"image": torch.ones(6, 5).long()}, r"image must be a floating .*int64"),
    "image, a map": ({"image": torch.ones(6, 5, 2, 2)}, r"image must .*\(N, D\), got .*\(6, 5, 2, 2\)"),
    "image, none": ({"image": torch.ones(0, 5)}, "image must hold at least one row"),
    "image, no width": ({"image": torch.ones(6, 0)}, "image must hold .*no dimension of size 0"),
    "image, NaN": ({"image": torch.full((6, 5), float("nan"))}, "image must be finite, got 30 NaN"),
    "text, infinity": ({"text": torch.full((4, 3), float("-inf"))}, "text must be finite, got 12 NaN or infinite"),
    "text, one vector": ({"text": torch.ones(3)}, r"text must .*\(M, Dt\), got .*\(3,\)"),
    "pair_index, outside": ({"pair_index": torch.full((6,), 4)}, r"pair_index must lie in \[0, 3\] .*is 4"),
    "pair_index, negative": ({"pair_index": torch.full((6,), -1)}, r"pair_index must lie in \[0, 3\]"),
    "pair_index, too few": ({"pair_index": torch.zeros(5).long()}, "pair_index must have 6 values, got 5"),
    "pair_index, float": ({"pair_index": torch.zeros(6)}, "pair_index must be .*int64"),
    "ids, int32": ({"ids": torch.zeros(6, dtype=torch.int32)}, "ids must be .*int64 tensor, got a int32"),
    "ids, negative": ({"ids": torch.full((6,), -1)}, "ids must lie in"),
    "ids, too many": ({"ids": torch.arange(7)}, "ids must have 6 values, got 7"),
    "labels, too few": ({"labels": torch.zeros(2).long()}, "labels must have 6 values, got 2"),
    "labels, negative": ({"labels": torch.full((6,), -1)}, "labels must lie in"),
    "texts, too few": ({"texts": ("a",)}, "texts must have 4 texts, got 1"),
    "texts, a number": ({"texts": ["a", "b", "c", 4]}, "texts must be a tuple"),
    "image, sparse": ({"image": torch.ones(6, 5).to_sparse()}, "image must be a dense tensor"),
    "image, without data": ({"image": torch.ones(6, 5, device="meta")}, "image must be a dense tensor.*meta"),
    "image_index, outside": ({"image_index": torch.full((6,), 6)}, r"image_index must lie in \[0, 5\]"),
    "nothing says who belongs to whom": ({"pair_index": None}, "as many images as texts, got 6 and 4"),
    "logit_scale, two numbers": ({"logit_scale": torch.ones(2)}, "logit_scale must be one number"),
    "metadata, a number": ({"metadata": {"year": 3}}, "metadata must map names to 6 values, got int 3"),
    "logit_scale, zero": ({"logit_scale": 0.0}, "logit_scale must be a finite number > 0, got 0.0"),
    "logit_scale, NaN": ({"logit_scale": float("nan")}, "logit_scale must be"),
}


@pytest.mark.parametrize(("changes", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_refuses(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(AMEError, match=message):
        PairedFeatures(**{**parts(), **changes})


@given(
    images=st.integers(1, 5),
    texts=st.integers(1, 5),
    width=st.integers(1, 4),
    text_width=st.integers(1, 4),
    dtype=st.sampled_from([torch.float16, torch.bfloat16, torch.float32, torch.float64]),
    labelled=st.booleans(),
)
def test_takes_any_pairing(
    images: int, texts: int, width: int, text_width: int, dtype: torch.dtype, labelled: bool
) -> None:
    given_ = parts(images, texts, width, text_width)
    given_["image"] = given_["image"].to(dtype)
    given_["labels"] = given_["labels"] if labelled else None
    features = PairedFeatures(**given_)
    assert features.text[features.pair_index].shape == (images, text_width)
    assert features.logit_scale == 100.0
    assert repr(features) == f"PairedFeatures(image {(images, width)}, text {(texts, text_width)})"
