"""Rebuild the emoji data set from the npm packages it comes from: `python -m ame_explore.data.sets.emoji.build FOLDER`.

FOLDER holds the packages, or receives them from `npm pack`; each is checked by the SHA-512 that npm publishes. Needed
here alone: npm, and `pip install resvg_py==0.5.0`, which draws Fluent's vector images.

A concept is kept if all three designers drew it. Skin tones, components and country flags are left out.

With `--further` it writes FOLDER/further.safetensors instead: pictures of these concepts from four more sets. The
package does not hold them; its teacher learned from them.
"""

from __future__ import annotations

import argparse
import base64
import functools
import hashlib
import io
import json
import re
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from ame_explore.ame import AMEError
from ame_explore.data.atomic_files import save_tensors
from ame_explore.data.sets.emoji.pictures import (
    COLUMNS,
    CONCEPTS_FILE,
    DESIGNERS,
    DIGEST,
    FOLDER,
    SIDE,
    content_digest,
    emoji_set,
    sheet_file,
)

PACKAGES = {
    "emoji-datasource-google@16.0.0": (
        "ZRexfzs7MVoLnmzZmNsO4TKhnAJp5D++Vm6PpUpH/jEQQlemp3l88CjZ+DoZ2faM9R4QxZkOPJCoT8DlPhfQ3A=="
    ),
    "emoji-datasource-twitter@16.0.0": (
        "7F+uCuHH+7Qnrc15P5tnbvKkg9E6tlzi4MnT2uW1RlN4pLYTza6cP/dstIfSDMtpjFLWuZewWg8jBbuL2eyELQ=="
    ),
    "@iconify-json/fluent-emoji-flat@1.2.6": (
        "RY47RgPb47fYUiyrA64sIOL0+UU02s29sXpNBbIQRBUlPlfNFTKUmZDERGuxDs/7yNGWqQYvuaSYM1M4fRXlUw=="
    ),
    "cldr-annotations-full@48.2.0": (
        "DV7A+rEcgUSNTRsVGNGqBZRmAkGfwhGHO5Q1dRwzBoBnVrHWp804JP7/QJdEc66iHmx3+zLWVIMCFLm0lW7PUQ=="
    ),
    "cldr-annotations-derived-full@48.2.0": (
        "log62km+AOzI7n/NEuNNFV0mg9DWnt67EYCh1RwxZq9dyRuyteB586LT83Ke8TchEfnwI9cIk2P31zO4nTvZmw=="
    ),
}
# Licences: Apache-2.0, CC-BY 4.0 (the pictures; the package names that of the code), CC-BY 4.0, CC-BY 4.0. OpenMoji and
# EmojiOne 1 are left out because they are CC-BY-SA.
FURTHER = {
    "@iconify-json/noto-v1@1.2.5": (
        "/DsVMius69Q0fRS53z7QK1TROSuar606jiIx+laXtdsYGMXpf6LtHBx6CGfoo3UHHb/XpBsw+1L1x3eyPqMuVA=="
    ),
    "@iconify-json/fxemoji@1.2.2": (
        "UAasRaxzFUKfIGSmLwnoarsssA4LX0VLLuEmplIqM6ZNQqIQRtav8tZ4H1neTlBreXuMQyAifr5jP4kn78DpiQ=="
    ),
    "@iconify-json/emojione@1.2.3": (
        "T9+T3HIbJNLKKsmxYKlaYhvnHYkz/HNYTV7SHCXVZPfeUi4FqskY70YeN8yYAZT8cCv7w5vJxS4Q1m8zb9CMMg=="
    ),
    "@iconify-json/streamline-emojis@1.2.4": (
        "iNr9T9XuZVTyQPJO8ZlLxBzPkpi7qMl+z1l0C31vpEMqhPMelth3n7CeWQYtixdetDPdI81yeG4ROqjWpYJE6A=="
    ),
}
GOOGLE, TWITTER, FLUENT, NAMES, DERIVED_NAMES = PACKAGES
FURTHER_FILE = "further.safetensors"
LEFT_OUT = {"country-flag", "subdivision-flag", "skin-tone", "hair-style"}
# Two names that differ in a sign alone, which a tokenizer of words does not see.
SPELLED_OUT = {"keycap: #": "keycap: hash", "keycap: *": "keycap: asterisk"}


class Package:
    """A file from `npm pack`, read in place."""

    def __init__(self, folder: Path, name: str) -> None:
        path = folder / (name.lstrip("@").replace("/", "-").replace("@", "-") + ".tgz")
        if not path.exists():
            subprocess.run(["npm", "pack", "--silent", name], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        found = base64.b64encode(hashlib.sha512(path.read_bytes()).digest()).decode()
        wanted = (PACKAGES | FURTHER)[name]
        if found != wanted:
            raise AMEError(f"{path.name} must have SHA-512 {wanted}, got {found}: delete it and run again.")
        with tarfile.open(path) as archive:
            members = (member for member in archive if re.search(r"\.json$|/img/\w+/64/", member.name))
            self._files = {member.name: archive.extractfile(member).read() for member in members}  # type: ignore[union-attr]

    def json(self, name: str) -> Any:
        """The parsed JSON file of this name."""
        return json.loads(self._files[f"package/{name}"])

    def image(self, name: str) -> Image.Image | None:
        """The image file of this name, RGBA, or None."""
        found = self._files.get(f"package/{name}")
        return None if found is None else Image.open(io.BytesIO(found)).convert("RGBA")


def code_points(text: str) -> str:
    """Hexadecimal code points, upper case, joined by "-", without variation selectors: the key that sources share."""
    return "-".join(part for part in text.upper().split("-") if part != "FE0F")


def build(folder: Path) -> tuple[list[dict[str, Any]], np.ndarray]:
    """The concepts in CLDR's order, and their images (styles, concepts, SIDE, SIDE, 4) uint8 RGBA."""
    load = functools.partial(Package, folder)
    google, twitter, fluent = load(GOOGLE), load(TWITTER), load(FLUENT)
    names: dict[str, Any] = load(NAMES).json("annotations/en/annotations.json")["annotations"]["annotations"]
    derived = load(DERIVED_NAMES).json("annotationsDerived/en/annotations.json")["annotationsDerived"]["annotations"]
    words = {text.replace("\ufe0f", ""): value for text, value in (names | derived).items()}
    icons = fluent.json("icons.json")
    icon_of = {code_points(key): value for key, value in fluent.json("chars.json").items()}
    concepts, images = [], []
    for entry in sorted(google.json("emoji.json"), key=lambda entry: entry["sort_order"]):
        key = code_points(entry["unified"])
        word = words.get("".join(chr(int(part, 16)) for part in key.split("-")))
        drawn = [
            google.image(f"img/google/64/{entry['image']}"),
            twitter.image(f"img/twitter/64/{entry['image']}"),
            _drawn(icons, icon_of[key]) if key in icon_of else None,
        ]
        if entry["subcategory"] in LEFT_OUT or word is None or None in drawn:
            continue
        name, *keywords = (text.replace("’", "'") for text in (word["tts"][0], *word.get("default", [])))
        name = SPELLED_OUT.get(name, name)
        concepts.append(
            {
                "emoji": "".join(chr(int(part, 16)) for part in entry["unified"].split("-")),
                "name": name,
                "keywords": [keyword for keyword in keywords if keyword != name],
                "group": entry["category"],
                "subgroup": entry["subcategory"],
            }
        )
        images.append([_shrunk(image) for image in drawn if image is not None])
    return concepts, np.array(images, dtype=np.uint8).swapaxes(0, 1)


def further(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """The pictures in `FURTHER`: images (n, SIDE, SIDE, 4) uint8 RGBA, and their concepts (n,) int64.

    Their icons have no code points, so they are found by the concept's name. Blank ones are left out.
    """
    emoji = emoji_set()
    images, concepts = [], []
    for package in FURTHER:
        icons = Package(folder, package).json("icons.json")
        named = {name.replace("-", ""): name for name in (*icons["icons"], *icons.get("aliases", {}))}
        for concept, name in enumerate(emoji.names):
            known = named.get(re.sub("[^a-z0-9]", "", name.lower().replace("&", "and")))
            image = None if known is None else _shrunk(_drawn(icons, known))
            if image is not None and image[..., 3].any():
                images.append(image)
                concepts.append(concept)
    return np.array(images, dtype=np.uint8), np.array(concepts, dtype=np.int64)


def _drawn(icons: dict[str, Any], name: str) -> Image.Image:
    """An icon of an icon set of Iconify, 64 pixels a side."""
    try:
        import resvg_py
    except ModuleNotFoundError as error:
        raise AMEError("resvg_py, which draws vector images, is missing: `pip install resvg_py==0.5.0`.") from error

    icon = icons["icons"][icons.get("aliases", {}).get(name, {}).get("parent", name)]
    width, height = (icon.get(side, icons.get(side, 16)) for side in ("width", "height"))
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="0 0 {width} {height}">{icon["body"]}</svg>'
    )
    drawn = bytes(resvg_py.svg_to_bytes(svg_string=svg, width=64, height=64))
    return Image.open(io.BytesIO(drawn)).convert("RGBA")


def _shrunk(image: Image.Image) -> np.ndarray:
    """64 to 32 pixels a side: means of four, colours weighed by their opacity. Nothing is cropped."""
    width, height = image.size
    if max(width, height) > 2 * SIDE:
        raise AMEError(f"images must be at most {2 * SIDE} pixels a side, got {width} x {height}.")
    square = Image.new("RGBA", (2 * SIDE, 2 * SIDE))
    square.paste(image, ((2 * SIDE - width) // 2, (2 * SIDE - height) // 2))  # a few lack a row or a column
    pixels = np.asarray(square, dtype=np.float64)
    opacity = pixels[..., 3:]
    weighed = np.concatenate([pixels[..., :3] * opacity, opacity], axis=2)
    sums = weighed.reshape(SIDE, 2, SIDE, 2, 4).sum(axis=(1, 3))
    colour = np.divide(sums[..., :3], sums[..., 3:], out=np.zeros((SIDE, SIDE, 3)), where=sums[..., 3:] > 0)
    whole = np.floor(np.concatenate([colour, sums[..., 3:] / 4], axis=2) + 0.5).astype(np.uint8)
    whole[whole[..., 3] == 0] = 0
    return whole


def sheet(images: np.ndarray) -> Image.Image:
    """Images (n, SIDE, SIDE, 4) in rows of `COLUMNS`, the last row filled with transparent ones."""
    rows = -(-len(images) // COLUMNS)
    cells = np.zeros((rows * COLUMNS, SIDE, SIDE, 4), np.uint8)
    cells[: len(images)] = images
    tiled = cells.reshape(rows, COLUMNS, SIDE, SIDE, 4).swapaxes(1, 2)
    return Image.fromarray(tiled.reshape(rows * SIDE, COLUMNS * SIDE, 4), "RGBA")


def main() -> None:
    """Write the sheets and the concepts into the package, and say whether the pixels are those that it expects."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where the npm packages are, or shall be")
    parser.add_argument("--further", action="store_true", help="gather pictures from further sets, for the teacher")
    asked = parser.parse_args()
    folder: Path = asked.folder
    folder.mkdir(parents=True, exist_ok=True)
    if asked.further:
        pictures, of = further(folder)
        path = folder / FURTHER_FILE
        save_tensors(path, {"pictures": torch.from_numpy(pictures), "concepts": torch.from_numpy(of)})
        print(f"{path}: {len(of):,} pictures from {len(FURTHER)} sets")
        return
    concepts, images = build(folder)
    for designer, one in zip(DESIGNERS, images, strict=True):
        sheet(one).save(FOLDER / sheet_file(designer), lossless=True, quality=100, method=6, exact=True)
    lines = ",\n".join(json.dumps(concept, ensure_ascii=False) for concept in concepts)
    (FOLDER / CONCEPTS_FILE).write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    digest = content_digest(concepts, images.tobytes())
    print(f"{len(concepts)} concepts of {len(images)} designers, digest {digest}, expected {DIGEST}")


if __name__ == "__main__":
    main()
