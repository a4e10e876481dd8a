"""A small two-tower CLIP, in teacher and student sizes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ame_explore.ame import AMEError, check_choice, initialize
from ame_explore.data import PairedData
from ame_explore.models.tokenizer import WordTokenizer
from ame_explore.models.towers import ImageTower, TextTower

SIZES: Mapping[str, Mapping[str, int]] = {
    "teacher": {"width": 64, "layers": 2, "heads": 4, "embed_dim": 64},
    "student": {"width": 32, "layers": 2, "heads": 2, "embed_dim": 32},
}
MAX_LOGIT_SCALE = 100.0  # CLIP's own limit
CONTEXT = 16  # words


class JointSpace(nn.Module):
    """What CLIPs of two towers share: logits = logit_scale * cos(image, text) (Radford et al. 2021, fig. 3)."""

    tokenizer: WordTokenizer
    image_tower: nn.Module
    text_tower: nn.Module
    log_logit_scale: nn.Parameter

    @property
    def logit_scale(self) -> Tensor:
        """The learned factor on cosines, at most 100."""
        return self.log_logit_scale.exp().clamp(max=MAX_LOGIT_SCALE)

    def encode_image(self, images: Tensor) -> Tensor:
        """(B, channels, S, S) -> unit features (B, embed_dim)."""
        return F.normalize(self.image_tower(images), dim=-1)

    def encode_text(self, texts: Sequence[str]) -> Tensor:
        """N texts -> unit features (N, embed_dim).

        Args:
            texts: N texts of at most 16 words.

        Raises:
            AMEError: if a text is longer or has no words that the model knows.
        """
        return self.encode_tokens(self.text_inputs(texts))

    def encode_tokens(self, tokens: Tensor) -> Tensor:
        """Word indices (N, L) from the tokenizer, L <= 16 -> unit features (N, embed_dim)."""
        return F.normalize(self.text_tower(tokens), dim=-1)

    def text_inputs(self, texts: Sequence[str]) -> Tensor:
        """The input of the text tower: word indices (N, L); arguments and errors as in `encode_text`."""
        tokens = self.tokenizer.encode(texts)
        if tokens.shape[1] > CONTEXT:
            raise AMEError(f"texts must have at most {CONTEXT} words, got one of {tokens.shape[1]}.")
        return tokens.to(self.log_logit_scale.device)

    def forward(self, images: Tensor, texts: Sequence[str]) -> Tensor:
        """Logits of every image with every text.

        Args:
            images: (B, channels, S, S).
            texts: N texts of at most 16 words.

        Returns:
            (B, N) cosines times the logit scale.

        Raises:
            AMEError: as in `encode_text`.
        """
        return self.logit_scale * self.encode_image(images) @ self.encode_text(texts).mT


class SmallCLIP(JointSpace):
    """An `ImageTower` and a `TextTower` with a joint space.

    Args:
        tokenizer: the words that the text tower knows.
        image_shape: (channels, S, S); patches have 2 pixels per side if S is at most 12, else 4 (our choice).
        size: "teacher" or "student".
        generator: random generator for the initial weights.

    Raises:
        AMEError: if the size is unknown, or the images are not square or not divisible into patches.
    """

    reads_text: ClassVar[bool] = True
    reads_captions: ClassVar[bool] = False  # it learns the class texts alone
    image_tower: ImageTower

    def __init__(
        self,
        tokenizer: WordTokenizer,
        image_shape: tuple[int, int, int],
        size: str = "teacher",
        *,
        generator: torch.Generator,
    ) -> None:
        super().__init__()
        check_choice("size", size, SIZES)
        channels, height, width = image_shape
        patch = 2 if height <= 12 else 4
        if height != width or height % patch:
            raise AMEError(f"image_shape must be square with a side divisible by {patch}, got {image_shape}.")
        self.tokenizer, self.size = tokenizer, size
        config = SIZES[size]
        with torch.device("meta"):
            self.image_tower = ImageTower(
                image_size=height,
                channels=channels,
                patch=patch,
                width=config["width"],
                layers=config["layers"],
                heads=config["heads"],
                embed_dim=config["embed_dim"],
            )
            self.text_tower = TextTower(
                vocabulary_size=len(tokenizer.vocabulary),
                context=CONTEXT,
                width=config["width"],
                layers=1,
                heads=config["heads"],
                embed_dim=config["embed_dim"],
            )
        initialize(self, generator)
        self.log_logit_scale = nn.Parameter(torch.tensor(math.log(1 / 0.07)))

    @classmethod
    def for_data(cls, data: PairedData, size: str, *, generator: torch.Generator) -> SmallCLIP:
        """An untrained model for some images and the words of their class texts.

        Args:
            data: the images and class texts.
            size: one of `SIZES`.
            generator: source of the initial weights.
        """
        return cls(WordTokenizer.from_texts(data.class_texts), data.image_shape, size, generator=generator)

    @property
    def embed_dim(self) -> int:
        """Width of the joint space."""
        return SIZES[self.size]["embed_dim"]
