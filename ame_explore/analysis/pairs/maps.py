"""Maps of explored pairs: which pairs are drawn, and their projections."""

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

MAPPED = 4000  # pairs on a map: what a browser can draw interactively without a graphics card
PCA, UMAP, CLOSED = "PCA", "UMAP", "gap closed"
SHARED = "one frame"  # of two models
_LEAST_FOR_LENS = 50  # rows
_NEIGHBOURS = 5
_PLACED = 50_000  # rows that are placed at once


def mapped_rows(explored: Exploration, most: int | None = None) -> NDArray[np.int64]:
    """Rows of the pairs on a map: all of them, or the most suspect and a random sample of the rest.

    Args:
        explored: the pairs.
        most: the most pairs to draw; None: 4,000.

    Returns:
        (p,) int64 rows, ascending.
    """
    most = MAPPED if most is None else most
    count = len(explored.pairs)
    if count <= most:
        return np.arange(count)
    suspects = explored.suspects["row"].to_numpy()[:most]
    rest = np.ones(count, dtype=bool)
    rest[suspects] = False
    drawn = np.random.default_rng(0).choice(np.flatnonzero(rest), most - len(suspects), replace=False)
    return np.sort(np.concatenate([suspects, drawn]))


def mapped_words(drawn: int, every: int) -> str:
    """A sentence on which pairs are drawn; "" if all are.

    Args:
        drawn: number of pairs on the map.
        every: number of all pairs.

    Returns:
        The sentence.
    """
    return f"{drawn:,} of {every:,} pairs are drawn: the most suspect, and a random sample of the rest." * (
        drawn < every
    )


class PairMaps:
    """Maps of at most 4,000 pairs: PCA at once, UMAP computed in the background, and PCA with the gap closed.

    Attributes:
        explored: all pairs, measured.
        rows: (p,) rows of the pairs on the map.
        features: the features of the pairs on the map.
        pictures: names of the available or pending maps, out of "PCA", "UMAP" and "gap closed".
    """

    def __init__(
        self, explored: Exploration, *, umap: bool = True, on_umap: Callable[[], object] | None = None
    ) -> None:
        """Start the projections.

        Args:
            explored: the pairs.
            umap: whether to compute a UMAP.
            on_umap: called when UMAP is ready or has failed.

        Raises:
            AMEError: if images and texts have different widths and so share no space.
        """
        self.explored = explored
        self.rows = rows = mapped_rows(explored)
        self.features = explored.features
        if len(rows) < len(explored.pairs):
            self.features = explored.features.take(rows)
        self._rows = pair_rows(self.features)
        self._handles: dict[str, ProjectionHandle] = {PCA: project(self._rows, method="pca")}
        if umap:
            told = None if on_umap is None else (lambda handle: on_umap())
            self._handles[UMAP] = project(self._rows, method="umap", on_end=told)
        self.closed_features = None
        with contextlib.suppress(AMEError):  # with one class or equal images, closing the gap leaves nothing of a side
            self.closed_features = centred_pairs(self.features)
        self.pictures = (*self._handles, *([CLOSED] if self.closed_features is not None else []))

    def close(self) -> None:
        """Stop computing UMAP."""
        if UMAP in self._handles:
            self._handles[UMAP].cancel()

    @cached_property
    def text_ids(self) -> list[list[int]]:
        """For each text on the map, the ids of all its pairs, drawn or not."""
        every = self.explored.features.ids_of_texts
        if len(self.rows) == len(self.explored.pairs):
            return every
        return [every[text] for text in self.explored.features.pair_index.cpu()[self.rows].unique().tolist()]

    @cached_property
    def _closed(self) -> ProjectionHandle:
        assert self.closed_features is not None
        return project(pair_rows(self.closed_features), method="pca")

    def _handle(self, picture: str) -> ProjectionHandle:
        return self._closed if picture == CLOSED and CLOSED in self.pictures else self._handles[picture]

    @property
    def best(self) -> str:
        """Name of the best map available: UMAP once it is ready, else PCA."""
        return UMAP if self.state(UMAP) == "done" else PCA

    @property
    def words(self) -> str:
        """Which pairs are drawn; "" if all are."""
        return mapped_words(len(self.features.pair_index), len(self.explored.pairs))

    def state(self, picture: str) -> str:
        """State of a map's task (`Task.state`); "absent" if it was not requested."""
        return self._handle(picture).state if picture in self.pictures else "absent"

    def why_not(self) -> str:
        """Why UMAP failed; "" if it did not."""
        handle = self._handles.get(UMAP)
        return "" if handle is None or handle.error is None else str(handle.error)

    def current(self, picture: str) -> Projection:
        """A map as it is now; PCA while UMAP is not ready."""
        return self._handle(PCA if picture == UMAP and self.state(UMAP) != "done" else picture).current

    def projection(self, timeout: float | None = None, picture: str | None = None) -> Projection:
        """Wait for a map.

        Args:
            timeout: seconds to wait; None: no limit.
            picture: its name; None: UMAP, or PCA if there is no UMAP.

        Returns:
            The map.

        Raises:
            TimedOut: if it is not ready in time.
            AMEError: if the projection failed or was cancelled.
        """
        return self._handle(picture or (UMAP if UMAP in self._handles else PCA)).result(timeout)

    def all_places(self, picture: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Positions of all images and all texts on a map as it is now.

        PCA places every row. On the other maps the rows of pairs that are not drawn have no position.

        Args:
            picture: name of the map; for UMAP that is not ready, the positions are those of PCA.

        Returns:
            (N, 2) for the images and (M, 2) for the texts; NaN without a position.
        """
        projection = self.current(picture)
        whole = self.explored.features
        sides = (whole.image, whole.text)
        if len(self.rows) == len(self.explored.pairs):
            images = len(self.features.image)
            return projection.points[:images], projection.points[images:]
        if projection.method == "pca" and picture != CLOSED:
            image, text = (np.concatenate([projection.place(part) for part in rows.split(_PLACED)]) for rows in sides)
            return image, text
        image, text = (np.full((len(rows), 2), np.nan) for rows in sides)
        drawn = torch.from_numpy(self.rows)
        # `PairedFeatures.take` keeps the images in the order of their pairs, and the texts in their own order
        images_of = list(dict.fromkeys(whole.image_index.cpu()[drawn].tolist()))
        image[images_of] = projection.points[: len(images_of)]
        text[whole.pair_index.cpu()[drawn].unique().numpy()] = projection.points[len(images_of) :]
        return image, text

    def closed(self, picture: str) -> Projection | None:
        """The map with the gap closed, by the method `picture` ("PCA" or "UMAP"); None if closing it leaves nothing."""
        if self.closed_features is None:
            return None
        if picture == PCA:
            return self.projection(picture=CLOSED)
        return project(pair_rows(self.closed_features), method="umap").result()

    @cached_property
    def neighbours(self) -> TrueNeighbours | None:
        """The nearest rows of each row in the original space; None for few rows."""
        k = min(_NEIGHBOURS, len(self.features.image) - 1, len(self.features.text) - 1)
        return true_neighbours(self.features, k) if k > 0 and len(self._rows) > 20 else None

    def jitter(self, seeds: Sequence[int] = (0, 1, 2), progress: Progress | None = None) -> Jitter:
        """UMAP of the same pairs from random starts with several seeds, each aligned with the first.

        Args:
            seeds: two or more different seeds.
            progress: called as (what, done, of).

        Returns:
            The aligned maps and how far points move between them.

        Raises:
            AMEError: as `seed_jitter`.
        """
        return seed_jitter(self._rows, seeds, progress=progress)

    def lens(self, picture: str) -> Lens | None:
        """Wait for a map and measure how far it can be trusted; None for few rows."""
        if len(self._rows) <= _LEAST_FOR_LENS:
            return None
        return measure_lens(rows=self._rows, points=self.projection(picture=picture).points)


def matched_maps(first: Exploration, second: Exploration, changes: PairChanges) -> MatchedModels:
    """Draw the common pairs of two models in one frame, with the second rotated onto the first.

    Args:
        first: the first model's pairs; only those of `mapped_rows` are drawn.
        second: the second model's pairs.
        changes: `compare_pairs(first, second)`.

    Returns:
        Both models in one frame.

    Raises:
        AMEError: if the models share fewer than two pairs, or images and texts of a model differ in width.
    """
    wanted = set(mapped_rows(first).tolist())
    both = [line for line in zip(changes.table["row"], changes.table["other_row"], strict=True) if line[0] in wanted]
    sides = (first, named_as_first(first, second, changes))
    # pairs are matched by id here, so names in the metadata must not interfere
    one, other = (
        replace(side.features.take([line[place] for line in both]), metadata={}) for place, side in enumerate(sides)
    )
    return match_models(teacher=one, student=other, align=True)
