"""Stratified splits: disjoint, whole, near their fractions, and enough for 16 shots."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ame_explore.ame import AMEError
from ame_explore.data.splits import FEWEST_TO_DISTILL, SPLITS, check_splits, stratified_splits

FRACTIONS = {"pretrain": 0.6, "backbone": 0.15, "distill": 0.08}


@given(sizes=st.lists(st.integers(8, 260), min_size=1, max_size=4), seed=st.integers(0, 2**31))
def test_splits_are_a_stratified_partition(sizes: list[int], seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    labels = torch.cat([torch.full((size,), label) for label, size in enumerate(sizes)])
    labels = labels[torch.randperm(len(labels), generator=generator)]
    splits = stratified_splits(labels, FRACTIONS, generator)
    check_splits(splits, len(labels))
    assert torch.cat(list(splits.values())).sort().values.equal(torch.arange(len(labels)))
    for label, size in enumerate(sizes):
        counts = {name: int((labels[index] == label).sum()) for name, index in splits.items()}
        assert counts["distill"] == max(round(0.08 * size), min(FEWEST_TO_DISTILL, size // 4))
        assert counts["backbone"] == round(0.15 * size)
        assert counts["pretrain"] == round(0.6 * size) - (counts["distill"] - round(0.08 * size))
        assert counts["test"] >= 1


def test_splits_follow_the_generator() -> None:
    labels = torch.arange(400) % 4

    def drawn(seed: int) -> dict[str, torch.Tensor]:
        return stratified_splits(labels, FRACTIONS, torch.Generator().manual_seed(seed))

    assert all(drawn(3)[name].equal(drawn(3)[name]) for name in SPLITS)
    assert not drawn(3)["test"].equal(drawn(4)["test"])


def test_too_few_images_are_refused() -> None:
    with pytest.raises(AMEError, match="class 1 has 3 images, too few to give each of pretrain"):
        stratified_splits(torch.tensor([0] * 20 + [1] * 3), FRACTIONS, torch.Generator())
