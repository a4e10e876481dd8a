"""Find emoji that a model confuses with each other: natural ambiguity, from faces to moons."""

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
    """Two concepts that a model confuses.

    Attributes:
        first: position of one in the emoji set.
        second: position of the other.
        names: their names.
        probability: mean of two probabilities among all names: of the second name for a picture of the first, and of
            the first name for a picture of the second.
    """

    first: int
    second: int
    names: tuple[str, str]
    probability: float


@torch.no_grad()
@one_thread()
def confused_pairs(model: ConvCLIP, emoji: EmojiSet, images: Tensor, *, count: int = 30) -> list[ConfusedPair]:
    """The pairs of concepts that `model` confuses most, worst first.

    Args:
        model: the model.
        emoji: the concepts and their names.
        images: (N, 3, S, S), one picture of each concept, by one designer.
        count: number of pairs.

    Raises:
        AMEError: if there is not one picture per concept, or `count` is below 1.
    """
    check_number("count", count, low=1, whole=True)
    if len(images) != len(emoji):
        raise AMEError(f"images must be one for each of the {len(emoji)} concepts, got {len(images)}.")
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
    """Unit features of each concept, averaged over designers.

    Args:
        model: the model.
        emoji: the concepts.
        designers: whose pictures to average.
        side: pixels per side.

    Returns:
        (N, D).
    """
    views = [
        torch.cat([model.encode_image(part) for part in emoji.images(one, side=side).split(256)]) for one in designers
    ]
    return F.normalize(torch.stack(views).mean(0), dim=1)
