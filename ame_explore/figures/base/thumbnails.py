"""Small pictures as data URIs, to embed in a page."""

from __future__ import annotations

import base64
import io
import os
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from ame_explore.ame import AMEError
from ame_explore.data.files.boundary import reading
from ame_explore.data.files.raster import open_raster
from ame_explore.data.pairs import PairedFeatures

SIZE = (96, 72)
_LARGEST, _BUDGET = 100 * 10**6, 500 * 10**6  # pixels of one image, and of all on a page


def png_uri(pixels: NDArray[np.uint8]) -> str:
    """Pixels as a lossless data URI.

    Args:
        pixels: (h, w, c), c = 3 for RGB or 1 for grey; of any other c, only channel 0 is shown.
    """
    shown = pixels if pixels.shape[2] == 3 else pixels[:, :, 0]
    return _uri(Image.fromarray(np.ascontiguousarray(shown)), "png")


def png_uris(images: Tensor, *, times: int = 1) -> list[str]:
    """Images as lossless data URIs.

    Args:
        images: (n, 3, S, S) or (n, 1, S, S) in [0, 1].
        times: how many pixels wide and high each pixel is drawn.

    Raises:
        AMEError: if the images have another shape.
    """
    if images.ndim != 4 or images.shape[1] not in (1, 3):
        raise AMEError(f"images must be (n, 3, S, S) or (n, 1, S, S), got {tuple(images.shape)}.")
    pixels = (255 * images.clamp(0, 1)).round().to(torch.uint8).movedim(1, -1)
    return [png_uri(one) for one in pixels.repeat_interleave(times, 1).repeat_interleave(times, 2).cpu().numpy()]


@dataclass(frozen=True)
class Thumbnails:
    """Small pictures.

    Attributes:
        found: id -> data URI (JPEG).
        broken: rows whose image file exists but cannot be read.
        left_out: how many were not made because the budget was used up.
        why: why they were left out, in words.
    """

    found: dict[int, str]
    broken: tuple[int, ...] = ()
    left_out: int = 0
    why: str = ""


def thumbnails(features: PairedFeatures, rows: Sequence[int], size: tuple[int, int] = SIZE) -> Thumbnails:
    """Pictures of the rows whose image file exists and can be read.

    A file is opened once, however many pairs use it. At most 500 million pixels are decoded for one page (about 10 s),
    and an image of more than 100 million pixels is left out.

    Args:
        features: pairs; without image paths there are no pictures.
        rows: row numbers of the pairs.
        size: the most pixels, width and height.
    """
    if features.image_paths is None:
        return Thumbnails({})
    made, broken, left_out = {}, [], 0
    known: dict[str, str | None] = {}  # path -> picture, None if it cannot be read
    spent = 0
    for row in rows:
        path = features.image_paths[row]
        if path is None or not os.path.isfile(path):
            continue
        if path not in known:
            try:
                with open_raster(path) as image, reading(path):
                    image.draft("RGB", size)  # a JPEG is decoded small
                    pixels = image.width * image.height
                    if pixels > _LARGEST or spent + pixels > _BUDGET:
                        left_out += 1
                        continue
                    spent += pixels
                    small = image.convert("RGB")
                    small.thumbnail(size)
                    known[path] = _uri(small, "jpeg", quality=80)
            except AMEError:
                known[path] = None
        picture = known[path]
        if picture is None:
            broken.append(row)  # the page shows the pair without a picture
        else:
            made[int(features.ids[row])] = picture
    why = (
        f"a page decodes at most {_BUDGET // 10**6:,} million pixels in all and {_LARGEST // 10**6:,} million per image"
    )
    return Thumbnails(made, tuple(broken), left_out, why)


def _uri(image: Image.Image, kind: str, **how: int) -> str:
    file = io.BytesIO()
    image.save(file, kind, **how)
    return f"data:image/{kind};base64,{base64.b64encode(file.getvalue()).decode()}"
