"""Image files from outside: only raster formats, recognized by content rather than by file name."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from ame_explore.ame import AMEError
from ame_explore.data.files.boundary import reading, shown_path

if TYPE_CHECKING:
    from PIL import Image

# A fixed list, because PIL opens EPS by starting Ghostscript, and other formats may start programs too.
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "PPM")
ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".ppm", ".pgm")


def open_raster(path: str | os.PathLike[str]) -> Image.Image:
    """Open a raster image; its header is read now, its pixels on demand.

    Args:
        path: the image file.

    Raises:
        AMEError: if it is not an image in one of `FORMATS`, or cannot be opened.
    """
    from PIL import Image

    with reading(path), warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the caller checks the size
        if not os.path.isfile(path):
            raise AMEError(f"{shown_path(path)} is not a file.")
        return Image.open(path, formats=FORMATS)


def is_raster(path: str | os.PathLike[str]) -> bool:
    """Whether a file has the header of a raster image; its pixels are not read."""
    try:
        with open_raster(path):
            return True
    except AMEError:
        return False


def raster_files(folder: Path) -> tuple[str, ...]:
    """Names of the image files in a folder, sorted.

    Args:
        folder: where to look; subfolders are ignored.

    Raises:
        AMEError: if there are none, or the folder cannot be read.
    """
    with reading(folder):
        names = sorted(entry.name for entry in folder.iterdir() if entry.suffix.lower() in ENDINGS)
    if not names:
        raise AMEError(
            f"images is the folder {shown_path(folder)}, which has no image files ({', '.join(ENDINGS)}): give "
            "metadata with a column 'image_path', or a list of paths."
        )
    return tuple(names)
