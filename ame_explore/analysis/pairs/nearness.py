"""How near pairs are to a pair, to several, or to a vector, in the full space; and what surrounds one pair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ame_explore.ame import AMEError, check_choice
from ame_explore.analysis.pairs.exploration import Exploration

Space = Literal["image", "text", "joint"]
SPACES: tuple[Space, ...] = ("image", "text", "joint")
LISTED = 5


@dataclass(frozen=True)
class Near:
    """Something near to a pair.

    Attributes:
        row: the row of a pair that it belongs to.
        cosine: the cosine of the pair's image or text with it.
        margin: cosine of the pair minus this one; negative if this is nearer than the pair's own. None where images are
            compared with images, or texts with texts.
        true_rank: for neighbours on a map, their rank in the full space, counted from 1; else None.
    """

    row: int
    cosine: float
    margin: float | None = None
    true_rank: int | None = None


@dataclass(frozen=True, eq=False)
class Surroundings:
    """What surrounds one pair.

    Attributes:
        row: the row of the pair.
        captions: all texts of its image, its own first.
        wrong_texts: the texts nearest to its image that are not its own.
        wrong_images: the images nearest to its text that are not its own.
        near_images: the images nearest to its image, in the full space.
        near_texts: the texts nearest to its text, in the full space.
        map_images: the images nearest to its image on the map, with their true ranks; empty without a map.
        map_texts: the texts nearest to its text on the map.
    """

    row: int
    captions: tuple[str, ...]
    wrong_texts: tuple[Near, ...] = ()
    wrong_images: tuple[Near, ...] = ()
    near_images: tuple[Near, ...] = ()
    near_texts: tuple[Near, ...] = ()
    map_images: tuple[Near, ...] = ()
    map_texts: tuple[Near, ...] = ()


class Nearness:
    """Cosines from pairs to all others, one query at a time: 100,000 pairs of width 512 take some 30 ms.

    Args:
        explored: the pairs.
    """

    def __init__(self, explored: Exploration) -> None:
        self._features = explored.features
        self._comparable = explored.measured.comparable
        self._image_of = explored.features.image_index.cpu().numpy()
        self._text_of = explored.features.pair_index.cpu().numpy()

    @cached_property
    def _lengths(self) -> tuple[Tensor, Tensor]:
        return self._features.image.float().norm(dim=1), self._features.text.float().norm(dim=1)

    @cached_property
    def _first_pairs(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """A pair of each image, and of each text; -1 for those without one."""
        found = []
        for of, rows in ((self._image_of, self._features.image), (self._text_of, self._features.text)):
            first = np.full(len(rows), -1)
            first[of[::-1]] = np.arange(len(of))[::-1]
            found.append(first)
        return found[0], found[1]

    def cosines(self, vector: Any, side: Literal["image", "text"]) -> NDArray[np.float64]:
        """Cosine of every image, or of every text, with a vector.

        Args:
            vector: (D,).
            side: "image" or "text".

        Returns:
            (N,) or (M,).

        Raises:
            AMEError: if the vector has another width, is all zeros or not finite.
        """
        rows, lengths = (
            (self._features.image, self._lengths[0]) if side == "image" else (self._features.text, self._lengths[1])
        )
        query = torch.as_tensor(vector).detach().to(rows.device, torch.float32).reshape(-1)
        if len(query) != rows.shape[1]:
            raise AMEError(f"vector must have {rows.shape[1]} numbers, the width of the {side}s, got {len(query)}.")
        length = float(query.norm())
        if not np.isfinite(length) or length == 0:
            raise AMEError("vector must be finite and not all zeros.")
        found: NDArray[np.float64] = ((rows.float() @ query) / (lengths * length)).double().cpu().numpy()
        return found

    def like(self, rows: Sequence[int], space: Space = "joint") -> NDArray[np.float64]:
        """How near every pair is to one pair, or to the middle of several.

        Args:
            rows: rows of the pairs to be near to.
            space: "image" or "text", the cosine among images or texts; "joint", the mean of both.

        Returns:
            (P,) cosines.

        Raises:
            AMEError: if the space is unknown or there are no rows.
        """
        check_choice("space", space, SPACES)
        if not len(rows):
            raise AMEError("rows must be at least one, got none.")
        at = np.asarray(rows, dtype=np.int64)
        found = np.zeros(len(self._image_of))
        sides = (("image", self._image_of), ("text", self._text_of))
        wanted = [side for side in sides if space in (side[0], "joint")]
        for side, of in wanted:
            every = self._features.image if side == "image" else self._features.text
            lengths = self._lengths[0 if side == "image" else 1]
            mine = torch.from_numpy(of[at])
            middle = (every[mine].float() / lengths[mine][:, None]).mean(0)
            found += self.cosines(middle, side)[of] / len(wanted)  # type: ignore[arg-type]
        return found

    def meaning(self, vector: Any) -> NDArray[np.float64]:
        """How near the image of every pair is to an encoded text.

        Args:
            vector: (D,) the text's features under the same model.

        Returns:
            (P,) cosines.

        Raises:
            AMEError: as `cosines`.
        """
        found: NDArray[np.float64] = self.cosines(vector, "image")[self._image_of]
        return found

    def surroundings(
        self,
        row: int,
        places: tuple[NDArray[Any], NDArray[Any]] | None = None,
        *,
        k: int = LISTED,
    ) -> Surroundings:
        """What surrounds one pair, in the full space and on a map.

        Args:
            row: the row of the pair.
            places: positions of all images (N, 2) and all texts (M, 2) on the map, NaN where not drawn; None: no map.
            k: how many of each to list.

        Returns:
            The nearest of everything.
        """
        features = self._features
        image, text = int(self._image_of[row]), int(self._text_of[row])
        mine = [int(one) for one in self._text_of[self._image_of == image] if one != text]
        partners = set(self._image_of[self._text_of == text].tolist())
        captions = tuple(features.texts[one] for one in (text, *mine))
        found: dict[str, Any] = {}
        if self._comparable:
            across = self.cosines(features.image[image], "text")
            own = float(across[text])
            found["wrong_texts"] = self._nearest(across, "text", {text, *mine}, k, own)
            across = self.cosines(features.text[text], "image")
            found["wrong_images"] = self._nearest(across, "image", partners, k, own)
        for side, at, query in (("image", image, features.image[image]), ("text", text, features.text[text])):
            within = self.cosines(query, side)  # type: ignore[arg-type]
            found[f"near_{side}s"] = self._nearest(within, side, {at}, k, None)
            if places is not None:
                spots = places[0 if side == "image" else 1]
                if np.isfinite(spots[at]).all():
                    apart = -np.square(spots - spots[at]).sum(1)
                    close = self._nearest(np.where(np.isfinite(apart), apart, -np.inf), side, {at}, k, None)
                    found[f"map_{side}s"] = tuple(self._ranked(one, within, at, side) for one in close)
        return Surroundings(row, captions, **found)

    def _nearest(
        self, values: NDArray[np.float64], side: str, without: set[int], k: int, own: float | None
    ) -> tuple[Near, ...]:
        pair_of = self._first_pairs[0 if side == "image" else 1]
        values = values.copy()
        values[list(without)] = -np.inf
        values[pair_of < 0] = -np.inf
        most = min(k, int(np.isfinite(values).sum()))
        if not most:
            return ()
        at = np.argpartition(-values, most - 1)[:most]
        at = at[np.argsort(-values[at], kind="stable")]
        return tuple(
            Near(int(pair_of[one]), float(values[one]), None if own is None else own - float(values[one])) for one in at
        )

    def _ranked(self, near: Near, within: NDArray[np.float64], me: int, side: str) -> Near:
        of = (self._image_of if side == "image" else self._text_of)[near.row]
        nearer = int((within > within[of]).sum()) - int(within[me] > within[of])
        return Near(near.row, float(within[of]), None, nearer + 1)
