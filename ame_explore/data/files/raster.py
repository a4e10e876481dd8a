"""Image files of others: opened by their content, raster formats only, and no more pixels than a page can need."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from ame_explore.ame import AMEError
from ame_explore.data.files.boundary import reading, shown_path

if TYPE_CHECKING:
    from PIL import Image

# By content: PIL opens an EPS by starting Ghostscript, and other formats may start programs too.
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "PPM")
ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".ppm", ".pgm")


def open_raster(path: str | os.PathLike[str]) -> Image.Image:
    """A raster image, its header read and its pixels not yet.

    Raises:
        AMEError: no image of one of `FORMATS`, or one that cannot be opened.
    """
    from PIL import Image

    with reading(path), warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the caller counts pixels
        if not os.path.isfile(path):
            raise AMEError(f"{shown_path(path)} is no file.")
        return Image.open(path, formats=FORMATS)


def is_raster(path: str | os.PathLike[str]) -> bool:
    """Whether a file begins as a raster image does; its pixels are read only where they are shown."""
    try:
        with open_raster(path):
            return True
    except AMEError:
        return False


def raster_files(folder: Path) -> tuple[str, ...]:
    """Names of the image files in a folder, sorted.

    Raises:
        AMEError: there are none, or the folder cannot be read.
    """
    with reading(folder):
        names = sorted(entry.name for entry in folder.iterdir() if entry.suffix.lower() in ENDINGS)
    if not names:
        raise AMEError(
            f"images is the folder {shown_path(folder)}, but it holds no image file ({', '.join(ENDINGS)}), and "
            "nothing says which file is whose: give metadata with a column 'image_path', or a list of paths."
        )
    return tuple(names)
