"""Many small pictures in one image file, from which a page cuts tiles."""

from __future__ import annotations

import io
import math

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch.nn import functional as F

from ame_explore.widgets.runtime.messages import Atlas

MOST_TILES = 2000  # as many images as a map draws at once
MOST_SIDE = 64  # pixels of a tile: a map draws tiles of up to 48
_MOST_PIXELS = 1 << 21


def tile_side(count: int) -> int:
    """The most pixels per side of a tile in an atlas of `count` tiles (our choice: 2 million pixels in all)."""
    return min(MOST_SIDE, math.isqrt(_MOST_PIXELS // max(1, count)))


def atlas(pictures: NDArray[np.uint8]) -> Atlas:
    """The first 2,000 pictures as one image.

    Larger pictures than `tile_side` allows are shrunk by averaging; smaller ones keep every pixel.

    Args:
        pictures: (n, height, width, c), n of at least 1; c = 3 for RGB; of any other c, only channel 0 is shown.

    Returns:
        The tiles in order, row by row, in a lossless WebP file.
    """
    tiles = pictures[:MOST_TILES] if pictures.shape[3] == 3 else np.repeat(pictures[:MOST_TILES, :, :, :1], 3, axis=3)
    count, height, width, _ = tiles.shape
    side = tile_side(count)
    if max(height, width) > side:
        height, width = (max(1, round(length * side / max(height, width))) for length in (height, width))
        pixels = torch.from_numpy(tiles).movedim(-1, 1).float()
        small = F.interpolate(pixels, size=(height, width), mode="area")
        tiles = small.round().to(torch.uint8).movedim(1, -1).numpy()
    columns = math.ceil(math.sqrt(count))
    rows = math.ceil(count / columns)
    sheet = np.zeros((rows * columns, height, width, 3), dtype=np.uint8)
    sheet[:count] = tiles
    whole = sheet.reshape(rows, columns, height, width, 3).swapaxes(1, 2).reshape(rows * height, columns * width, 3)
    file = io.BytesIO()
    # Other methods take several times as long and make the file a tenth smaller.
    Image.fromarray(np.ascontiguousarray(whole)).save(file, "webp", lossless=True, method=0)
    content = np.frombuffer(file.getvalue(), dtype=np.uint8)
    return Atlas(file=content, count=count, columns=columns, width=width, height=height)
