"""Two towers that train within a minute: a small residual CNN for images, and a mean of word embeddings.

For a thousand small pictures, a convolutional tower is the better teacher: after a minute on one core, the transformers
of `ame_explore.models.towers` name 3 % of emoji in an unseen style, these towers a third.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ame_explore.ame import AMEError, check_choice, check_number, initialize
from ame_explore.models.clip import CONTEXT, JointSpace, SmallCLIP
from ame_explore.models.stored import StoredCLIP, StoredTower
from ame_explore.models.tokenizer import WordTokenizer
from ame_explore.models.towers import ImageTower


@dataclass(frozen=True)
class ConvSize:
    """Sizes of a `ConvCLIP`.

    Attributes:
        width: channels of the first stage; the second stage has twice as many, the third four times as many.
        blocks: number of residual blocks in each of the three stages.
        word_width: width of the word embeddings.
        embed_dim: width of the joint space.

    Raises:
        AMEError: if a size is out of range.
    """

    width: int
    blocks: tuple[int, int, int]
    word_width: int
    embed_dim: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "blocks", tuple(self.blocks))  # JSON gives a list
        for name, value in (("width", self.width), ("word_width", self.word_width), ("embed_dim", self.embed_dim)):
            check_number(name, value, low=1, whole=True)
        if len(self.blocks) != 3 or not all(type(count) is int and count >= 0 for count in self.blocks):
            raise AMEError(f"blocks must be three whole numbers >= 0, got {self.blocks!r}.")


CONV_SIZES: Mapping[str, ConvSize] = {
    "teacher": ConvSize(width=40, blocks=(0, 1, 1), word_width=96, embed_dim=96),
    "quick": ConvSize(width=24, blocks=(0, 0, 1), word_width=96, embed_dim=96),
    "student": ConvSize(width=24, blocks=(0, 0, 0), word_width=64, embed_dim=64),
}


class ResidualBlock(nn.Module):
    """relu(x + two 3x3 convolutions of x), each with batch norm (He et al. 2016): (B, W, h, w) -> (B, W, h, w).

    The last norm starts at zero, so that the block starts as the identity (Goyal et al. 2017).

    Args:
        width: W.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.first_norm = nn.BatchNorm2d(width)
        self.second = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.second_norm = nn.BatchNorm2d(width)

    def forward(self, x: Tensor) -> Tensor:
        """(B, W, h, w) -> (B, W, h, w)."""
        changed = torch.relu(self.first_norm(self.first(x)))
        return torch.relu(x + self.second_norm(self.second(changed)))


class ConvTower(nn.Module):
    """A convolutional image tower: images (B, channels, S, S) -> features (B, embed_dim), not normalized.

    Each of the three stages halves the side. The resulting map, with an eighth of the side, is flattened rather than
    averaged, since the positions of its parts matter in an emoji (our choice).

    Args:
        image_size: S, a multiple of 8.
        channels: number of channels of the images.
        width: see `ConvSize`.
        blocks: see `ConvSize`.
        embed_dim: see `ConvSize`.
    """

    def __init__(
        self, *, image_size: int, channels: int, width: int, blocks: tuple[int, int, int], embed_dim: int
    ) -> None:
        super().__init__()
        self.width, self.image_shape = width, (channels, image_size, image_size)
        layers: list[nn.Module] = []
        before = channels
        for stage, count in enumerate(blocks):
            after, kernel = width * 2**stage, 5 if stage == 0 else 3
            layers.append(nn.Conv2d(before, after, kernel, stride=2, padding=kernel // 2, bias=False))
            layers += [nn.BatchNorm2d(after), nn.ReLU()]
            layers += [ResidualBlock(after) for _ in range(count)]
            before = after
        self.stages = nn.Sequential(*layers)
        self.output = nn.Linear(before * (image_size // 8) ** 2, embed_dim)

    def forward(self, images: Tensor) -> Tensor:
        """(B, channels, S, S) -> (B, embed_dim)."""
        features: Tensor = self.output(self.stages(images.contiguous(memory_format=torch.channels_last)).flatten(1))
        return features


class WordTower(nn.Module):
    """A mean over words and an MLP: token indices (N, L), 0 is padding and 1 unknown -> (N, embed_dim), not normalized.

    Each word's embedding is multiplied by 1 + a learned vector for its position, so that "left arrow curving right" and
    "right arrow curving left" differ (our choice). Unknown words are ignored.

    Args:
        vocabulary_size: number of words, with padding and unknown.
        context: most words in a text.
        width: width of the word embeddings.
        embed_dim: width of the features.
    """

    def __init__(self, *, vocabulary_size: int, context: int, width: int, embed_dim: int) -> None:
        super().__init__()
        # Drawing from a normal distribution on the meta device would import torch's compiler, which takes seconds.
        self.words = nn.Embedding.from_pretrained(torch.empty(vocabulary_size, width), freeze=False)
        self.positions = nn.Parameter(torch.empty(context, width))
        self.norm = nn.LayerNorm(width)
        self.hidden = nn.Linear(width, 2 * width)
        self.output = nn.Linear(2 * width, embed_dim)

    def draw_parameters(self, generator: torch.Generator) -> None:
        """Set positions to zero."""
        nn.init.zeros_(self.positions)

    def forward(self, tokens: Tensor) -> Tensor:
        """(N, L) int64 with L <= context -> (N, embed_dim)."""
        known = (tokens > 1).to(self.positions.dtype)[..., None]
        words = self.words(tokens) * (1 + self.positions[: tokens.shape[1]]) * known
        mean = words.sum(1) / known.sum(1).clamp(min=1)
        features: Tensor = self.output(F.gelu(self.hidden(self.norm(mean))))
        return features


class ConvCLIP(JointSpace):
    """A `ConvTower` and a `WordTower` with a joint space.

    Args:
        tokenizer: the words that the text tower knows.
        image_shape: (channels, S, S), S a multiple of 8.
        size: "teacher", "quick" (half the arithmetic, for a teacher trained while the user waits), "student", or your
            own `ConvSize`.
        generator: random generator for the initial weights.

    Raises:
        AMEError: if the size is unknown or the images do not fit.
    """

    reads_text: ClassVar[bool] = True
    reads_captions: ClassVar[bool] = True
    image_tower: ConvTower

    def __init__(
        self,
        tokenizer: WordTokenizer,
        image_shape: tuple[int, int, int],
        size: str | ConvSize = "teacher",
        *,
        generator: torch.Generator,
    ) -> None:
        super().__init__()
        if not isinstance(size, ConvSize):
            check_choice("size", size, CONV_SIZES)
            size = CONV_SIZES[size]
        channels, height, width = image_shape
        if height != width or height % 8:
            raise AMEError(f"image_shape must be square with a side divisible by 8, got {image_shape}.")
        self.tokenizer, self.size = tokenizer, size
        with torch.device("meta"):
            self.image_tower = ConvTower(
                image_size=height,
                channels=channels,
                width=size.width,
                blocks=size.blocks,
                embed_dim=size.embed_dim,
            )
            self.text_tower = WordTower(
                vocabulary_size=len(tokenizer.vocabulary),
                context=CONTEXT,
                width=size.word_width,
                embed_dim=size.embed_dim,
            )
        initialize(self, generator)
        for part in self.modules():
            if isinstance(part, ResidualBlock):
                nn.init.zeros_(part.second_norm.weight)
        self.image_tower.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.log_logit_scale = nn.Parameter(torch.tensor(math.log(1 / 0.07)))

    @property
    def embed_dim(self) -> int:
        """Width of the joint space."""
        return self.size.embed_dim

    def text_inputs(self, texts: Sequence[str]) -> Tensor:
        """The input of the text tower: word indices (N, L). Unknown words are ignored; `tokenizer.unknown` lists them.

        Args:
            texts: N texts of at most 16 words.

        Raises:
            AMEError: if a text is longer, or has no known word.
        """
        tokens = super().text_inputs(texts)
        empty = [text for text, row in zip(texts, tokens, strict=True) if not bool((row > 1).any())]
        if empty:
            names = ", ".join(map(repr, self.tokenizer.unknown(empty)[:8]))
            raise AMEError(
                f"texts must hold at least one word that the model knows, got {empty[0]!r}: it does not know {names}."
            )
        return tokens


Tower: TypeAlias = ImageTower | ConvTower | StoredTower
"""The image towers that a student can have."""
TwoTowers: TypeAlias = SmallCLIP | ConvCLIP | StoredCLIP
"""The models that can be a teacher or a student's backbone."""
