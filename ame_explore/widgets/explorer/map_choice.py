"""The maps of explored pairs, of which one is shown: PCA at once, UMAP from the background, and the gap closed."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from ame_explore.ame import AMEError, check_choice
from ame_explore.analysis.pairs.exploration import Exploration, rows_of, texts_of
from ame_explore.analysis.projection import Projection, ProjectionHandle, centred_pairs, pair_rows, project
from ame_explore.data.pairs import PairedFeatures
from ame_explore.figures.base.style import Drawing
from ame_explore.figures.maps.map_parts import ids_of_texts
from ame_explore.figures.maps.pair_map import pair_map
from ame_explore.reports.pairs_report import MAPPED

PCA, UMAP, CLOSED = "PCA", "UMAP", "gap closed"
COLORS = {"class or modality": None, "entropy (nats)": "entropy_i2t", "cosine": "cosine", "margin": "margin_i2t"}


class PairMaps:
    """Maps of at most 4,000 pairs: all, or the most suspect and a random sample of the rest.

    Attributes:
        features: the pairs on the map.
        pictures: the names of the maps that there are or will be, of "PCA", "UMAP" and "gap closed".
    """

    def __init__(self, explored: Exploration, *, umap: bool, on_umap: Callable[[], object]) -> None:
        self._explored = explored
        self.features, self._text_ids = _drawn(explored)
        rows = pair_rows(self.features)
        self._handles: dict[str, ProjectionHandle] = {PCA: project(rows, method="pca")}
        if umap:
            self._handles[UMAP] = project(rows, method="umap", on_end=lambda handle: on_umap())
        with contextlib.suppress(AMEError):  # one class, or equal images: with the gap closed nothing is left of a side
            self._centred = centred_pairs(self.features)
            self._handles[CLOSED] = project(pair_rows(self._centred), method="pca")
        self.pictures = tuple(self._handles)

    def close(self) -> None:
        """Stop preparing UMAP."""
        if UMAP in self._handles:
            self._handles[UMAP].cancel()

    @property
    def best(self) -> str:
        """UMAP once it is ready, else PCA."""
        return UMAP if self.state(UMAP) == "done" else PCA

    def state(self, picture: str) -> str:
        """The state of its task (`Task.state`); "absent" for one that was not asked for."""
        return self._handles[picture].state if picture in self._handles else "absent"

    def why_not(self) -> str:
        """Why there is no UMAP, where it failed."""
        handle = self._handles.get(UMAP)
        return "" if handle is None or handle.error is None else str(handle.error)

    def projection(self, timeout: float | None) -> Projection:
        """UMAP, or PCA without it, waiting for it; see `ProjectionHandle.result`."""
        return self._handles[UMAP if UMAP in self._handles else PCA].result(timeout)

    def draw(self, picture: str, color: str) -> Drawing:
        """One of the maps, coloured; in place of a UMAP that is not ready, PCA.

        Raises:
            AMEError: an unknown map or colour.
        """
        check_choice("picture", picture, self.pictures)
        check_choice("color", color, COLORS)
        column, values = COLORS[color], None
        if column is not None:
            values = self._explored.pairs.set_index("id").loc[self.features.ids.tolist(), column].to_numpy()
        if picture == UMAP and self.state(UMAP) != "done":
            picture = PCA
        closed = picture == CLOSED
        drawing = pair_map(
            self._centred if closed else self.features,
            self._handles[picture].current,
            values=values,
            values_label=color,
            drawn=MAPPED,
            text_ids=self._text_ids,
            height=640,
            title=f"{self._explored.name}: images and texts by {'PCA, gap closed' if closed else picture}",
        )
        drawing.figure.update_layout(dragmode="lasso", uirevision=picture)
        said = [drawing.sentence]
        some, every = len(self.features.image), len(self._explored.features.image)
        if closed:
            said.insert(0, "Each modality's centroid is taken off, which closes the gap, and rows are of unit length.")
        if some < every:
            part = f"{some:,} of {every:,} pairs are drawn: the most suspect, and a random sample of the rest."
            said.insert(0, part)
        return Drawing(drawing.figure, " ".join(said))


def _drawn(explored: Exploration) -> tuple[PairedFeatures, list[list[int]]]:
    """The pairs on the map, and for each of their texts the ids of all its images, drawn or not."""
    features = explored.features
    if len(features.image) <= MAPPED:
        return features, ids_of_texts(features)
    suspects = explored.suspects["row"].tolist()
    rest = explored.pairs["row"].sample(MAPPED, random_state=0).tolist()
    known = set(suspects)
    rest = [row for row in rest if row not in known]
    rows = sorted([*suspects, *rest[: MAPPED - len(suspects)]])
    every = ids_of_texts(features)
    return rows_of(features, rows), [every[text] for text in texts_of(features, rows).tolist()]
