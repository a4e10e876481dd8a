"""Maps of explored pairs: one choice of which pairs are drawn, and the projections that draw them."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray

from ame_explore.ame import AMEError
from ame_explore.analysis.pairs.exploration import Exploration
from ame_explore.analysis.pairs.pair_changes import PairChanges, named_as_first
from ame_explore.analysis.projection import (
    Jitter,
    Lens,
    MatchedModels,
    Projection,
    ProjectionHandle,
    TrueNeighbours,
    centred_pairs,
    match_models,
    measure_lens,
    pair_rows,
    project,
    seed_jitter,
    true_neighbours,
)
from ame_explore.tasks import Progress

MAPPED = 4000  # pairs on a map: what a browser draws and answers to without a graphics card
PCA, UMAP, CLOSED = "PCA", "UMAP", "gap closed"
_LEAST_FOR_LENS = 50  # rows
_NEIGHBOURS = 5


def mapped_rows(explored: Exploration, most: int | None = None) -> NDArray[np.int64]:
    """Rows of the pairs on a map: all, or the most suspect and a random sample of the rest, in rising order.

    most: how many at most; None: 4,000.
    """
    most = MAPPED if most is None else most
    count = len(explored.pairs)
    if count <= most:
        return np.arange(count)
    suspects = explored.suspects["row"].to_numpy()[:most]
    rest = np.setdiff1d(np.arange(count), suspects)
    drawn = np.random.default_rng(0).choice(rest, most - len(suspects), replace=False)
    return np.sort(np.concatenate([suspects, drawn]))


def mapped_words(drawn: int, every: int) -> str:
    """Which pairs are drawn, where not all are; else ""."""
    return f"{drawn:,} of {every:,} pairs are drawn: the most suspect, and a random sample of the rest." * (
        drawn < every
    )


class PairMaps:
    """Maps of at most 4,000 pairs, of which one is shown: PCA at once, UMAP from the background, the gap closed.

    Attributes:
        explored: all pairs, as they were measured.
        rows: (p,) rows of the pairs on the map among all.
        features: the pairs on the map.
        text_ids: for each of their texts the ids of all its pairs, drawn or not.
        pictures: the names of the maps that there are or will be, of "PCA", "UMAP" and "gap closed".
    """

    def __init__(
        self, explored: Exploration, *, umap: bool = True, on_umap: Callable[[], object] | None = None
    ) -> None:
        """Start the projections.

        Args:
            explored: the pairs.
            umap: whether there is to be a UMAP.
            on_umap: called when UMAP is ready or has failed.

        Raises:
            AMEError: images and texts of different widths, which share no space.
        """
        self.explored = explored
        self.rows = rows = mapped_rows(explored)
        self.features = explored.features
        self.text_ids = explored.features.ids_of_texts
        if len(rows) < len(explored.pairs):
            self.features = explored.features.take(rows)
            kept = explored.features.pair_index[torch.from_numpy(rows)].unique().tolist()
            self.text_ids = [self.text_ids[text] for text in kept]
        self._rows = pair_rows(self.features)
        self._handles: dict[str, ProjectionHandle] = {PCA: project(self._rows, method="pca")}
        if umap:
            told = None if on_umap is None else (lambda handle: on_umap())
            self._handles[UMAP] = project(self._rows, method="umap", on_end=told)
        self.closed_features = None
        with contextlib.suppress(AMEError):  # one class, or equal images: with the gap closed nothing is left of a side
            self.closed_features = centred_pairs(self.features)
            self._handles[CLOSED] = project(pair_rows(self.closed_features), method="pca")
        self.pictures = tuple(self._handles)

    def close(self) -> None:
        """Stop preparing UMAP."""
        if UMAP in self._handles:
            self._handles[UMAP].cancel()

    @property
    def best(self) -> str:
        """UMAP once it is ready, else PCA."""
        return UMAP if self.state(UMAP) == "done" else PCA

    @property
    def words(self) -> str:
        """Which pairs are drawn, where not all are."""
        return mapped_words(len(self.features.pair_index), len(self.explored.pairs))

    def state(self, picture: str) -> str:
        """The state of its task (`Task.state`); "absent" for one that was not asked for."""
        return self._handles[picture].state if picture in self._handles else "absent"

    def why_not(self) -> str:
        """Why there is no UMAP, where it failed."""
        handle = self._handles.get(UMAP)
        return "" if handle is None or handle.error is None else str(handle.error)

    def current(self, picture: str) -> Projection:
        """What there is of a map now; in place of a UMAP that is not ready, PCA."""
        return self._handles[PCA if picture == UMAP and self.state(UMAP) != "done" else picture].current

    def projection(self, timeout: float | None = None, picture: str | None = None) -> Projection:
        """A map, waiting for it; None: UMAP, or PCA without it. See `Task.result`."""
        return self._handles[picture or (UMAP if UMAP in self._handles else PCA)].result(timeout)

    def closed(self, picture: str) -> Projection | None:
        """The map by the method of `picture` ("PCA" or "UMAP"), gap closed; None where nothing is left of it."""
        if self.closed_features is None:
            return None
        if picture == PCA:
            return self.projection(picture=CLOSED)
        return project(pair_rows(self.closed_features), method="umap").result()

    @cached_property
    def neighbours(self) -> TrueNeighbours | None:
        """The nearest of each row in all dimensions; None of few rows."""
        k = min(_NEIGHBOURS, len(self.features.image) - 1, len(self.features.text) - 1)
        return true_neighbours(self.features, k) if k > 0 and len(self._rows) > 20 else None

    def jitter(self, seeds: Sequence[int] = (0, 1, 2), progress: Progress | None = None) -> Jitter:
        """UMAP of the same pairs under several seeds from random starts, each laid on the first.

        Raises:
            AMEError: as `seed_jitter`.
        """
        return seed_jitter(self._rows, seeds, progress=progress)

    def lens(self, picture: str) -> Lens | None:
        """How far a map can be trusted, waiting for it; None of few rows."""
        if len(self._rows) <= _LEAST_FOR_LENS:
            return None
        return measure_lens(self._rows, self.projection(picture=picture).points)


def matched_maps(first: Exploration, second: Exploration, changes: PairChanges) -> MatchedModels:
    """The pairs that both models have in one frame, the second turned onto the first; at most those of `mapped_rows`.

    Raises:
        AMEError: as `match_models`: fewer than two pairs in common, widths that differ within a model.
    """
    wanted = set(mapped_rows(first).tolist())
    both = [line for line in zip(changes.table["row"], changes.table["other_row"], strict=True) if line[0] in wanted]
    sides = (first, named_as_first(first, second, changes))
    # ids name the pairs of both here, whatever words the sources have for them
    one, other = (
        replace(side.features.take([line[place] for line in both]), metadata={}) for place, side in enumerate(sides)
    )
    return match_models(one, other, align=True)
