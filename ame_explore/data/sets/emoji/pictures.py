"""The pictures and words of the emoji data set, as they lie in the package."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

from ame_explore.ame import AMEError, check_choice, check_number

FOLDER = Path(__file__).parent
CONCEPTS_FILE = "concepts.json"
SIDE = 32
"""Pixels per side."""
COLUMNS = 40
"""Pictures per row of a sheet."""
DESIGNERS: Mapping[str, str] = {"noto": "Noto", "twemoji": "Twemoji", "fluent": "Fluent"}
"""Key and name of each designer: Google, Twitter and Microsoft."""
GROUND = 1.0
"""The grey level that pictures are laid on. White hides fewest: 17 of 4,782 pictures differ from it by less than
0.06, against 41 for a light grey of 0.88, because many pictures are grey and few are white up to their edges."""
DIGEST = "281a7189a143ea985580937e837ae428be5530dab77f4eede4ca992db8507198"
"""SHA-256 of words and decoded pixels, see `content_digest`."""
BACKBONE_SHARE = 3
"""One concept in three is a backbone concept: only the student's backbone learns from its Twemoji picture."""


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class EmojiSet:
    """All concepts with their pictures.

    Attributes:
        symbols: N emoji as text, in the order of CLDR.
        names: N distinct names, for instance "smiling face with heart-eyes"; no two have the same words in one order.
        keywords: N tuples of keywords, the name not among them.
        groups, subgroups: N names from Unicode's taxonomy, for instance "Animals & Nature" and "animal-bird".
        pictures: (designers, N, 4, 32, 32) uint8, red, green, blue and opacity.

    Raises:
        AMEError: if words and pictures do not fit, a name occurs twice, or a designer has no picture of a concept.
    """

    symbols: tuple[str, ...]
    names: tuple[str, ...]
    keywords: tuple[tuple[str, ...], ...]
    groups: tuple[str, ...]
    subgroups: tuple[str, ...]
    pictures: Tensor

    def __post_init__(self) -> None:
        count = len(self.names)
        for name in ("symbols", "keywords", "groups", "subgroups"):
            if len(getattr(self, name)) != count:
                raise AMEError(f"{name} must be one for each of the {count:,} names, got {len(getattr(self, name)):,}.")
        if len(set(self.names)) < count:
            raise AMEError("names must differ, since a model finds pictures by their names.")
        shape = (len(DESIGNERS), count, 4, SIDE, SIDE)
        if self.pictures.shape != shape or self.pictures.dtype != torch.uint8:
            kind = str(self.pictures.dtype).removeprefix("torch.")
            raise AMEError(f"pictures must be uint8 {shape}, got {kind} {tuple(self.pictures.shape)}.")
        for designer, pictures in zip(DESIGNERS.values(), self.pictures, strict=True):
            blank = (pictures[:, 3].flatten(1).amax(1) == 0).nonzero()[:, 0].tolist()
            if blank:
                raise AMEError(
                    f"pictures must show each concept in each style, got {len(blank):,} blank by {designer}, first "
                    f"{self.names[blank[0]]!r}: leave out concepts that a designer did not draw."
                )

    def __len__(self) -> int:
        """The number of concepts N."""
        return len(self.names)

    def __repr__(self) -> str:
        return f"EmojiSet({len(self)} concepts, {len(set(self.subgroups))} subgroups, designers {', '.join(DESIGNERS)})"

    def layers(self, designer: str, concepts: Tensor | None = None, *, side: int = SIDE) -> Tensor:
        """Pictures (n, 4, side, side) float32 in [0, 1]: colours times opacity, and opacity.

        Args:
            designer: "noto", "twemoji" or "fluent".
            concepts: (n,) int64; None for all.
            side: pixels per side, 8 to 32.

        Raises:
            AMEError: if the designer is unknown or the side is out of range.
        """
        check_choice("designer", designer, DESIGNERS)
        check_number("side", side, low=8, high=SIDE, whole=True)
        chosen = self.pictures[list(DESIGNERS).index(designer)]
        pictures = (chosen if concepts is None else chosen[concepts]).float() / 255
        pictures[:, :3] *= pictures[:, 3:]
        if side < SIDE:
            pictures = F.interpolate(pictures, size=side, mode="bilinear", antialias=True)
        return pictures

    def images(
        self, designer: str, concepts: Tensor | None = None, *, side: int = SIDE, ground: float = GROUND
    ) -> Tensor:
        """Pictures (n, 3, side, side) float32 in [0, 1], laid on a grey ground.

        Args:
            designer: "noto", "twemoji" or "fluent".
            concepts: (n,) int64; None for all.
            side: pixels per side, 8 to 32.
            ground: grey level of the ground, in [0, 1].

        Raises:
            AMEError: if the designer is unknown or the side is out of range.
        """
        check_number("ground", ground, low=0, high=1)
        return on_ground(self.layers(designer, concepts, side=side), ground)

    def of_subgroups(self, subgroups: Sequence[str]) -> Tensor:
        """The concepts (n,) int64 of any of these subgroups, ascending."""
        return torch.tensor([index for index, name in enumerate(self.subgroups) if name in set(subgroups)])

    @cached_property
    def backbone_concepts(self) -> Tensor:
        """(N // 3,) int64, ascending: the concepts whose Twemoji picture only the student's backbone learns from."""
        order = torch.randperm(len(self), generator=torch.Generator().manual_seed(0))
        return order[: len(self) // BACKBONE_SHARE].sort().values

    def recombined(self, count: int = 150, *, seed: int = 0) -> Tensor:
        """Concepts (count,) int64, ascending, whose names recombine the words of other names.

        Such a name has at least two words, and each of them occurs in at least two names that are not chosen. So a
        teacher that never saw the concept can still read its name, such as "cat with tears of joy" from cats and tears.

        Args:
            count: how many.
            seed: seed of the choice.

        Raises:
            AMEError: if there are fewer such concepts.
        """
        check_number("count", count, low=1, whole=True)
        words = [set(name.lower().split()) for name in self.names]
        seen: dict[str, int] = {}
        for word in (word for own in words for word in own):
            seen[word] = seen.get(word, 0) + 1
        chosen: list[int] = []
        for concept in torch.randperm(len(self), generator=torch.Generator().manual_seed(seed)).tolist():
            own = words[concept]
            if len(chosen) < count and len(own) >= 2 and all(seen[word] >= 3 for word in own):
                chosen.append(concept)
                for word in own:
                    seen[word] -= 1
        if len(chosen) < count:
            raise AMEError(f"count must be at most {len(chosen)} at seed {seed}, got {count}: ask for fewer.")
        return torch.tensor(sorted(chosen))


def on_ground(layers: Tensor, ground: float | Tensor) -> Tensor:
    """Pictures (n, 4, h, w) as `EmojiSet.layers` gives them -> (n, 3, h, w) on a ground; a number, or (n, 3, 1, 1)."""
    return layers[:, :3] + ground * (1 - layers[:, 3:])


def sheet_file(designer: str) -> str:
    """The file that holds all pictures of a designer."""
    return f"{designer}.webp"


def content_digest(concepts: Sequence[Mapping[str, object]], pixels: bytes) -> str:
    """SHA-256 (64 hex digits) over the words and the decoded RGBA pixels, so that the image encoder does not matter."""
    words = json.dumps(concepts, ensure_ascii=True, sort_keys=True)
    return hashlib.sha256(words.encode() + b"\0" + pixels).hexdigest()


@lru_cache(maxsize=1)
def emoji_set() -> EmojiSet:
    """The data set that ships with the package, read once and kept: its tensors must not be written to.

    Raises:
        AMEError: if a file is missing, damaged, or of another version.
    """
    import numpy as np
    from PIL import Image  # importing the package must not import either

    try:
        concepts = json.loads((FOLDER / CONCEPTS_FILE).read_text(encoding="utf-8"))
        sheets = []
        for designer in DESIGNERS:
            with Image.open(FOLDER / sheet_file(designer)) as sheet:
                pixels = np.asarray(sheet.convert("RGBA"))
            cells = pixels.reshape(-1, SIDE, COLUMNS, SIDE, 4).swapaxes(1, 2).reshape(-1, SIDE, SIDE, 4)
            if len(cells) < len(concepts):
                raise ValueError(f"{sheet_file(designer)} has {len(cells):,} of {len(concepts):,} pictures")
            sheets.append(cells[: len(concepts)])
        pictures = np.stack(sheets)
        found = content_digest(concepts, pictures.tobytes())
    except (OSError, ValueError) as error:
        raise AMEError(f"the emoji data set cannot be read ({error}): install the package again.") from error
    if found != DIGEST:
        raise AMEError(
            f"the emoji data set must have digest {DIGEST[:16]}, got {found[:16]}: install the package again."
        )
    return EmojiSet(
        symbols=tuple(concept["emoji"] for concept in concepts),
        names=tuple(concept["name"] for concept in concepts),
        keywords=tuple(tuple(concept["keywords"]) for concept in concepts),
        groups=tuple(concept["group"] for concept in concepts),
        subgroups=tuple(concept["subgroup"] for concept in concepts),
        pictures=torch.from_numpy(pictures.transpose(0, 1, 4, 2, 3).copy()),
    )
