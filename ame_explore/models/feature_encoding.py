"""Stored features of two models in one call: `encode_features`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from ame_explore.ame import AMEError
from ame_explore.data import FeatureData
from ame_explore.models.encoders import Encoder, Images, encode
from ame_explore.tasks import Progress


def encode_features(
    *,
    teacher: str | os.PathLike[str] | Encoder,
    student: str | os.PathLike[str] | Encoder,
    images: Images,
    class_texts: Sequence[str],
    labels: Sequence[int] | Tensor,
    captions: Sequence[str] | None = None,
    pairs: Sequence[int] | Tensor | None = None,
    name: str = "features",
    library: str | None = None,
    student_library: str | None = None,
    batch_size: int = 32,
    device: str | None = None,
    local_only: bool = False,
    progress: Progress | bool = True,
    **parts: Any,
) -> FeatureData:
    """Compute the features of a teacher and a student, to distil on.

    Args:
        teacher: the model that teaches, as `encode` takes it.
        student: the backbone of the student, likewise. An `Encoder` without `texts` serves too; its zero-shot score is
            then not known.
        images: N PIL images or file paths; paths are kept for thumbnails.
        class_texts: C texts, such as "a photo of a cat".
        labels: N numbers in [0, C), the class of each image.
        captions: M texts about single images, from which the student's text tower can learn (`text_tower="student"`).
        pairs: (m, 2) image row and caption row, or (N,) the caption row of each image; None: image i has caption i.
        name: by which recipes refer to the data.
        library: the library of the teacher, see `encode`.
        student_library: the library of the student; None: the same.
        batch_size: number of images or texts at a time.
        device: see `encode`.
        local_only: use only local files, never the hub.
        progress: see `encode`.
        parts: further parts for `FeatureData.of`, such as split, base_classes or class_names.

    Raises:
        AMEError: under the same conditions as `encode` and `FeatureData.of`.
    """
    numbers = torch.as_tensor(labels)
    if numbers.shape != (len(images),) or numbers.is_floating_point() or numbers.is_complex():
        raise AMEError(f"labels must be {len(images):,} whole numbers, one for each image, got {tuple(numbers.shape)}.")
    beyond = (numbers < 0) | (numbers >= len(class_texts))
    if bool(beyond.any()):
        raise AMEError(
            f"labels must lie in [0, {len(class_texts) - 1}], since there are {len(class_texts):,} class_texts, got "
            f"{int(numbers[beyond][0])}."
        )
    words = list(captions or ())
    if words and pairs is None and len(words) != len(images):
        raise AMEError(
            f"captions must be one for each of the {len(images):,} images, got {len(words):,}: say by pairs which "
            "belong together."
        )
    reads_text = isinstance(student, str | os.PathLike) or hasattr(student, "texts")
    common: dict[str, Any] = {
        "pair_index": numbers.long(),
        "batch_size": batch_size,
        "device": device,
        "local_only": local_only,
        "progress": progress,
    }
    texts, count = [*class_texts, *words], len(class_texts)
    taught = encode(teacher, images, texts, library=library, **common)
    model = student if reads_text else _WithoutTexts(student)  # type: ignore[arg-type]
    own = encode(model, images, texts, library=student_library or library, **common)
    found: dict[str, Any] = {
        "teacher_image": taught.image,
        "student_image": own.image,
        "class_text": taught.text[:count],
        "student_text": own.text[:count] if reads_text else None,
        "labels": numbers,
        "class_names": list(taught.texts[:count]),
        "logit_scale": None if taught.notes else taught.logit_scale,
        "image_path": taught.image_paths,
    }
    if words:
        found |= {"caption_text": taught.text[count:], "captions": words}
        found["student_caption_text"] = own.text[count:] if reads_text else None
        found["pairs"] = torch.arange(len(words)) if pairs is None else pairs
    return FeatureData.of({**found, **parts}, name=name)


class _WithoutTexts:
    """An encoder of images alone, with zeros in place of text features."""

    logit_scale: float | None = None

    def __init__(self, encoder: Encoder) -> None:
        self.images = encoder.images

    def texts(self, batch: list[str]) -> Tensor:
        """(n, 1) zeros."""
        return torch.zeros(len(batch), 1)
