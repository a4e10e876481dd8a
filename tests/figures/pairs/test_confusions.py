"""Confused concepts as pictures side by side."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
import torch
from PIL import Image

from ame_explore.ame import AMEError
from ame_explore.figures import confusions
from ame_explore.figures.base.style import plain
from ame_explore.models.emoji_confusions import ConfusedPair

PAIRS = [
    ConfusedPair(2, 0, ("old woman", "<b>baby</b> angel"), 0.5),
    ConfusedPair(1, 2, ("a name of far more than forty-four characters", "lungs"), 0.25),
]


def test_each_pair_has_its_two_pictures_its_names_and_its_bar() -> None:
    images = torch.rand(3, 3, 6, 6, generator=torch.Generator().manual_seed(0))
    drawn = confusions(PAIRS, images)
    (bar,) = drawn.figure.data
    assert np.allclose(bar.x, [0.5, 0.25]) and list(bar.y) == [0, 1]
    shown = drawn.figure.layout.images
    assert [(one.y, one.x < other.x) for one, other in zip(shown[::2], shown[1::2], strict=True)] == [
        (0, True),
        (1, True),
    ]
    for one, concept in zip(shown, (2, 0, 1, 2), strict=True):
        pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(one.source.split(",")[1]))))
        assert np.array_equal(pixels, (images[concept] * 255).round().byte().permute(1, 2, 0).numpy())
    first, second = drawn.figure.layout.yaxis.ticktext
    assert first == plain("old woman / <b>baby</b> angel") and len(second) == 44 and second.endswith("…")
    assert drawn.sentence.startswith("The most confused of 2 pairs: old woman and <b>baby</b> angel") and "0.50" in (
        drawn.sentence
    )


def test_bad_input() -> None:
    with pytest.raises(AMEError, match="pairs must hold at least one"):
        confusions([], torch.zeros(3, 3, 6, 6))
    with pytest.raises(AMEError, match="images must be"):
        confusions(PAIRS, torch.zeros(2, 3, 6, 6))
