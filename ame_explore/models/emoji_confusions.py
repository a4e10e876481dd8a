"""Which emoji a model takes for one another: real ambiguity, from faces to moons."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from ame_explore.ame import AMEError, check_number
from ame_explore.data.sets.emoji import EmojiSet
from ame_explore.models.convolutional import ConvCLIP
from ame_explore.models.pretraining import one_thread


@dataclass(frozen=True)
class ConfusedPair:
    """Two concepts that a model takes for one another.

    Attributes:
        first, second: their places in the emoji set.
        names: of both.
        probability: the mean of the probability that the model gives the second name for a picture of the first, and
            the first name for one of the second, among all names.
    """

    first: int
    second: int
    names: tuple[str, str]
    probability: float


@torch.no_grad()
@one_thread()
def confused_pairs(model: ConvCLIP, emoji: EmojiSet, images: Tensor, *, count: int = 30) -> list[ConfusedPair]:
    """The pairs of concepts that `model` confuses most, the worst first.

    Args:
        model: reads the names and the pictures.
        emoji: names.
        images: (N, 3, S, S), one picture of each concept, of one designer.
        count: how many pairs.

    Raises:
        AMEError: if there is not one picture a concept.
    """
    check_number("count", count, low=1, whole=True)
    if len(images) != len(emoji):
        raise AMEError(f"images must be one of each of the {len(emoji)} concepts, got {len(images)}.")
    features = torch.cat([model.encode_image(part) for part in images.split(256)])
    probabilities = (model.logit_scale * features @ model.encode_text(emoji.names).mT).softmax(1)
    both = ((probabilities + probabilities.mT) / 2).triu(diagonal=1)
    worst = both.flatten().topk(count)
    found = []
    for value, index in zip(worst.values.tolist(), worst.indices.tolist(), strict=True):
        first, second = divmod(index, len(emoji))
        found.append(ConfusedPair(first, second, (emoji.names[first], emoji.names[second]), value))
    return found


@torch.no_grad()
@one_thread()
def emoji_likeness(model: ConvCLIP, emoji: EmojiSet, designers: tuple[str, ...], side: int) -> Tensor:
    """Each concept as `model` sees it: unit features (N, D), the mean over these designers' pictures."""
    views = [
        torch.cat([model.encode_image(part) for part in emoji.images(one, side=side).split(256)]) for one in designers
    ]
    return F.normalize(torch.stack(views).mean(0), dim=1)
