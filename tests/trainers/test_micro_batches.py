"""`WholeBatch`: micro-batches with the value and the gradients of the whole batch."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from ame_explore.ame import AMEError, AMELoss
from ame_explore.trainers import WholeBatch

WIDTH = 6


def randn(*shape: int, seed: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


class Towers(nn.Module):
    def __init__(self, reading: str) -> None:
        super().__init__()
        self.image, self.text = nn.Linear(WIDTH, WIDTH).double(), nn.Linear(WIDTH, WIDTH).double()
        for place, weight in enumerate(self.parameters()):
            weight.data = randn(*weight.shape, seed=place)
        self.ame = AMELoss(
            image_dim=WIDTH, text_dim=WIDTH, manifold_dim=5, reading=reading, generator=torch.Generator().manual_seed(1)
        ).double()


@pytest.mark.parametrize("reading", ["rows", "predictive", "spectral"])
@pytest.mark.parametrize("captions", [False, True])
def test_value_and_gradients_are_those_of_the_whole_batch(reading: str, captions: bool) -> None:
    images, texts = randn(7, WIDTH, seed=3), randn(7 if captions else 4, WIDTH, seed=4)
    whole, parts = Towers(reading), Towers(reading)
    wanted = whole.ame(image=whole.image(images), text=whole.text(texts))
    wanted.backward()
    cut, text_cut = images.split(3), texts.split(3)
    with torch.no_grad():
        features = [parts.image(x) for x in cut]
        text = [parts.text(x) for x in text_cut] if captions else parts.text(texts)
    terms = WholeBatch(parts.ame, image=features, text=text)
    assert len(terms) == 3 and terms.value.item() == pytest.approx(wanted.item(), rel=1e-12)
    total = 0.0
    for place, x in enumerate(cut):
        term = terms(place, image=parts.image(x), text=parts.text(text_cut[place] if captions else texts))
        term.backward()
        total += term.item()
    assert total == pytest.approx(wanted.item(), rel=1e-12)
    for one, other in zip(whole.parameters(), parts.parameters(), strict=True):
        if one.grad is not None:
            torch.testing.assert_close(other.grad, one.grad, rtol=1e-9, atol=1e-12)


def test_what_micro_batches_mean_without_it() -> None:
    """H over a micro-batch is that of a smaller M: at most the log of its own number of rows."""
    ame = Towers("rows").ame
    image, text = 1e-3 * randn(8, WIDTH, seed=1), 1e-3 * randn(2, WIDTH, seed=2)
    whole = ame.entropy(image=image, text=text).item()
    parts = [ame.entropy(image=part, text=text).item() for part in image.chunk(4)]
    assert whole > torch.tensor(9.0).log() and max(parts) <= torch.tensor(4.0).log() + 1e-6


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda ame, x: WholeBatch(ame, image=x, text=x), "image must be the features of each micro-batch"),
        (lambda ame, x: WholeBatch(ame, image=[], text=x), "at least one"),
        (lambda ame, x: WholeBatch(ame, image=[x, x], text=[x]), "text must have one part for each of 2 micro-batches"),
        (lambda ame, x: WholeBatch(ame, image=[x], text=x)(1, image=x), "place must be between 0 and 0, got 1"),
        (lambda ame, x: WholeBatch(ame, image=[x], text=x)(0, image=x[:2]), "must have the shape of the first pass"),
        (lambda ame, x: WholeBatch(nn.Linear(1, 1), image=[x], text=x), "ame must be an AMELoss"),
    ],
)
def test_bad_micro_batches(call: Any, message: str) -> None:
    with pytest.raises(AMEError, match=message):
        call(Towers("rows").ame, randn(3, WIDTH, seed=1))
