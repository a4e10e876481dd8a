"""Models that look features up: the towers, teacher and backbone of a `FeatureData`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ame_explore.ame import AMEError
from ame_explore.data import FeatureData


class StoredWidth(nn.Module):
    """Stands where other towers have their output layer, and tells its width.

    Args:
        out_features: width of the features.
    """

    def __init__(self, out_features: int) -> None:
        super().__init__()
        self.out_features = out_features


class StoredTower(nn.Module):
    """An image tower that takes its features out of the rows of a `FeatureData`: (B, Ds + Dt, 1, 1) -> (B, width).

    It has no parameters: on such data, hosts that train the whole tower train their linear map alone.

    Args:
        row_width: Ds + Dt.
        start: where in a row its features begin.
        width: number of its features.
    """

    def __init__(self, row_width: int, start: int, width: int) -> None:
        super().__init__()
        self.image_shape, self.width, self.start = (row_width, 1, 1), width, start
        self.output = StoredWidth(width)

    def forward(self, images: Tensor) -> Tensor:
        """(B, Ds + Dt, 1, 1) -> (B, width)."""
        return images[:, self.start : self.start + self.width, 0, 0]


class StoredTexts(nn.Module):
    """A text tower whose inputs are the stored features themselves: (N, width) -> (N, width). It has no parameters.

    Args:
        width: number of its features.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.output = StoredWidth(width)

    def forward(self, inputs: Tensor) -> Tensor:
        """(N, width) -> (N, width)."""
        return inputs


class StoredCLIP(nn.Module):
    """A teacher or backbone whose features are stored; it has the interface of `SmallCLIP`.

    Args:
        tower: where its image features are.
        texts: the texts that it knows, all different.
        text_features: (C, width) their features; None if they were not stored.
        logit_scale: its factor on cosines.
    """

    reads_captions: ClassVar[bool] = False  # captions' features lie in the data

    text_features: Tensor | None
    logit_scale: Tensor

    def __init__(
        self, tower: StoredTower, texts: Sequence[str], text_features: Tensor | None, logit_scale: float
    ) -> None:
        super().__init__()
        self.image_tower, self.text_tower = tower, StoredTexts(tower.width)
        self._row = {text: row for row, text in enumerate(texts)}
        self.register_buffer("text_features", text_features, persistent=False)
        self.register_buffer("logit_scale", torch.tensor(logit_scale), persistent=False)

    @property
    def reads_text(self) -> bool:
        """Whether text features were stored, without which there is no zero-shot score."""
        return self.text_features is not None

    @property
    def embed_dim(self) -> int:
        """Width of the joint space."""
        return self.image_tower.width

    def encode_image(self, images: Tensor) -> Tensor:
        """(B, Ds + Dt, 1, 1) -> unit features (B, width)."""
        return F.normalize(self.image_tower(images), dim=-1)

    def encode_text(self, texts: Sequence[str]) -> Tensor:
        """N texts, all of them class texts -> unit features (N, width).

        Args:
            texts: N class texts.

        Raises:
            AMEError: if another text is asked for, or no text features were stored.
        """
        return F.normalize(self.text_tower(self.text_inputs(texts)), dim=-1)

    def text_inputs(self, texts: Sequence[str]) -> Tensor:
        """The stored features (N, width) of class texts; arguments and errors as in `encode_text`."""
        if self.text_features is None:
            raise AMEError("student_text was not stored, so the student's backbone cannot read class texts.")
        strange = [text for text in texts if text not in self._row]
        if strange:
            raise AMEError(f"texts must be class texts whose features were stored, got {strange[0]!r:.60}.")
        rows = torch.tensor([self._row[text] for text in texts], device=self.text_features.device)
        return self.text_features[rows]

    def forward(self, images: Tensor, texts: Sequence[str]) -> Tensor:
        """Logits (B, N)."""
        return self.logit_scale * self.encode_image(images) @ self.encode_text(texts).mT


def stored_models(data: FeatureData) -> tuple[StoredCLIP, StoredCLIP]:
    """Teacher and student's backbone of stored features, frozen."""
    row, split = data.images.shape[1], data.student_width
    texts, scale = data.class_texts, data.logit_scale
    teacher = StoredCLIP(StoredTower(row, split, row - split), texts, data.class_features, scale)
    backbone = StoredCLIP(StoredTower(row, 0, split), texts, data.student_class_features, scale)
    return teacher.eval(), backbone.eval()
