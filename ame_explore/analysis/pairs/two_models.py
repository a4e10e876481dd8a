"""A second model of the same pairs: what moved, which pairs broke or healed, and both models in one frame."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ame_explore.ame import AMEError
from ame_explore.analysis.pairs.columns import FINDS, MARGIN_CHANGE, MOVED, Column, column_of
from ame_explore.analysis.pairs.exploration import Exploration
from ame_explore.analysis.pairs.maps import PairMaps, matched_maps
from ame_explore.analysis.pairs.pair_changes import PairChanges, named_as_first
from ame_explore.analysis.projection import MatchedModels
from ame_explore.analysis.projection.rows import unit_rows
from ame_explore.analysis.statistics import PairedInterval

Places = tuple[NDArray[np.float64], NDArray[np.float64]]
TURNS = ("in both", "in neither", "broke", "healed")
"""Of a pair whose partner has rank 1 or not: in both models, in neither, only in the first, only in the second."""
_BLOCK = 8192  # rows turned at once, in float64


@dataclass(frozen=True, eq=False)
class Turned:
    """How often the own partner comes first, under two models.

    Attributes:
        column: the column that holds this of every pair.
        rows: a word of `TURNS` -> rows of the first model's pairs.
        interval: the change of R@1 with its interval (Bonett-Price), or None.
    """

    column: str
    rows: dict[str, NDArray[np.int64]]
    interval: PairedInterval | None


class TwoModels:
    """Two models of the same pairs, by the rows of the first.

    Args:
        first: the first model, measured.
        second: the second model, measured.
        changes: `compare_pairs(first, second)`.

    Attributes:
        first: as given.
        second: the second model, with the ids that the first has for the same pairs.
        changes: as given.
    """

    def __init__(self, first: Exploration, second: Exploration, changes: PairChanges) -> None:
        self.first, self.changes = first, changes
        self.second = named_as_first(first, second, changes)

    @cached_property
    def turned(self) -> tuple[Turned, ...]:
        """Which pairs broke and which healed, image to text and text to image."""
        table, found = self.changes.table, []
        for way, column in FINDS.items():
            before, after = (table[f"rank_{way}_{side}"].to_numpy(np.float64) for side in ("a", "b"))
            if not (np.isfinite(before) & np.isfinite(after)).any():
                continue
            known = np.isfinite(before) & np.isfinite(after)
            first, second = before == 1, after == 1
            rows = table["row"].to_numpy(np.int64)
            masks = (first & second, ~first & ~second, first & ~second, ~first & second)
            parts = {word: rows[mask & known] for word, mask in zip(TURNS, masks, strict=True)}
            found.append(Turned(column, parts, self.changes.intervals.get(f"R@1_{way}")))
        return tuple(found)

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """What changed, as columns of the first model's pairs; unknown for pairs that the second lacks."""
        count, made = len(self.first.pairs), []
        for one in self.turned:
            words: list[str | None] = [None] * count
            for word, rows in one.rows.items():
                for row in rows.tolist():
                    words[row] = word
            made.append(column_of(one.column, words))
        rows = self.changes.table["row"].to_numpy(np.int64)
        margin = self.changes.table["margin_i2t_change"].to_numpy(np.float64)
        if np.isfinite(margin).any():
            made.append(Column(MARGIN_CHANGE, MARGIN_CHANGE, "number", _spread(margin, rows, count)))
        if self.matched is not None:
            for name, moved in zip(MOVED, self._moved(self.matched), strict=True):
                made.append(Column(name, name, "number", _spread(moved, rows, count)))
        return tuple(made)

    @cached_property
    def matched(self) -> MatchedModels | None:
        """Both models in one frozen basis, the second rotated onto the first; None if they cannot be."""
        try:
            return matched_maps(self.first, self.second, self.changes)
        except AMEError:  # fewer than two common pairs, or widths that differ within a model
            return None

    def places(self) -> tuple[Places, Places] | None:
        """All images and texts of both models in the one frame, by the rows of the first.

        Returns:
            The first model's and the second's positions, each (N, 2) for images and (M, 2) for texts, NaN where the
            second model has no such row; None if there is no common frame.
        """
        if self.matched is None:
            return None
        basis, found = self.matched.basis, []
        for model in (self.first, self.second):
            sides = [
                np.concatenate([basis.transform(part) for part in self._in_frame(rows, model is self.second)])
                for rows in (model.features.image, model.features.text)
            ]
            found.append((sides[0], sides[1]))
        return found[0], in_rows_of(self.first, self.second, found[1])

    def aligned(self, maps: PairMaps, picture: str) -> Places:
        """A map of one of the two models by the rows of the first.

        Args:
            maps: the model's maps.
            picture: the map's name.

        Returns:
            (N, 2) for images and (M, 2) for texts; NaN without a position.
        """
        places = maps.all_places(picture)
        return places if maps.explored is self.first else in_rows_of(self.first, maps.explored, places)

    def _in_frame(self, rows: Tensor, second: bool) -> Iterator[Tensor]:
        """Unit rows in the first model's space, block by block."""
        assert self.matched is not None
        turn = self.matched.turn
        for part in rows.detach().cpu().split(_BLOCK):
            unit = unit_rows("rows", part).double()
            yield turn.transform(unit) if second and turn is not None else unit

    def _moved(self, matched: MatchedModels) -> Iterator[NDArray[np.float64]]:
        """How far each common pair's image, and its text, lies from where the first model has it, in [0, 2]."""
        rows, others = (torch.tensor(self.changes.table[name].tolist()) for name in ("row", "other_row"))
        for side, index in (("image", "image_index"), ("text", "pair_index")):
            picked = [
                getattr(model.features, side).detach().cpu()[getattr(model.features, index).cpu()[at]]
                for model, at in ((self.first, rows), (self.second, others))
            ]
            blocks = zip(self._in_frame(picked[0], False), self._in_frame(picked[1], True), strict=True)
            yield torch.cat([(one - other).norm(dim=1) for one, other in blocks]).numpy()


def in_rows_of(first: Exploration, own: Exploration, places: Places) -> Places:
    """Positions of another model's rows by the rows of the first, whose order may differ.

    Args:
        first: the first model.
        own: the model of the positions, with ids as in the first.
        places: positions of its images and its texts.

    Returns:
        (N, 2) for the first's images and (M, 2) for its texts; NaN where `own` lacks the pair.
    """
    place_of = {id_: row for row, id_ in enumerate(first.pairs["id"].tolist())}
    at = np.array([place_of.get(id_, -1) for id_ in own.features.ids.tolist()])
    mine, theirs = first.features, own.features
    found = []
    for side, (ours, others, rows) in enumerate(
        ((mine.image_index, theirs.image_index, mine.image), (mine.pair_index, theirs.pair_index, mine.text))
    ):
        spots = np.full((len(rows), 2), np.nan)
        spots[ours.cpu().numpy()[at[at >= 0]]] = places[side][others.cpu().numpy()[at >= 0]]
        found.append(spots)
    return found[0], found[1]


def _spread(values: NDArray[np.float64], rows: NDArray[np.int64], count: int) -> NDArray[np.float64]:
    found = np.full(count, np.nan)
    found[rows] = values
    return found
