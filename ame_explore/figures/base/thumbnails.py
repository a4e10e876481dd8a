"""Small pictures, as text that a page can hold."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ame_explore.data.pairs import PairedFeatures

SIZE = (96, 72)


def png_uri(pixels: NDArray[np.uint8]) -> str:
    """Pixels (h, w, c), c = 1 (grey) or 3 (RGB), as a data URI that keeps every pixel; of another c, channel 0."""
    shown = pixels if pixels.shape[2] == 3 else pixels[:, :, 0]
    return _uri(Image.fromarray(np.ascontiguousarray(shown)), "png")


@dataclass(frozen=True)
class Thumbnails:
    """Small pictures.

    Attributes:
        found: id -> data URI (JPEG, at most 96 x 72).
        broken: rows whose image file is there and cannot be read.
    """

    found: dict[int, str]
    broken: tuple[int, ...]


def thumbnails(features: PairedFeatures, rows: Sequence[int]) -> Thumbnails:
    """Pictures of those of `rows` whose image file is there and can be read; none where no paths are known."""
    if features.image_paths is None:
        return Thumbnails({}, ())
    made, broken = {}, []
    for row in rows:
        path = Path(features.image_paths[row])
        if not path.is_file():
            continue
        try:
            with Image.open(path) as image:
                image.draft("RGB", SIZE)
                small = image.convert("RGB")
                small.thumbnail(SIZE)
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
            broken.append(row)
            continue  # no picture: the page shows the pair without
        made[int(features.ids[row])] = _uri(small, "jpeg", quality=80)
    return Thumbnails(made, tuple(broken))


def _uri(image: Image.Image, kind: str, **how: int) -> str:
    file = io.BytesIO()
    image.save(file, kind, **how)
    return f"data:image/{kind};base64,{base64.b64encode(file.getvalue()).decode()}"
