"""Explore image and text features in a notebook: map, margins and lists that share one selection."""

from __future__ import annotations

import os
import threading
import warnings
import weakref
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property
from pathlib import Path
from typing import Any

import ipywidgets
import pandas as pd

from ame_explore.ame import AMEError
from ame_explore.analysis.pairs.comparison import named_as_first
from ame_explore.analysis.pairs.export import export_pairs
from ame_explore.analysis.pairs.maps import PairMaps
from ame_explore.analysis.pairs.service import Explored, explore_sources
from ame_explore.analysis.projection import Projection
from ame_explore.data.files.read import is_path
from ame_explore.figures.base.style import Drawing
from ame_explore.figures.maps.explored_map import CLASS, explored_map
from ame_explore.reports.pair_words import measures_table, verdict
from ame_explore.reports.pairs_report import exploration_report
from ame_explore.tasks import Progress, weakly
from ame_explore.widgets.explorer.panel import ExplorerPanel
from ame_explore.widgets.explorer.pinning import pin_pairs
from ame_explore.widgets.runtime.lifetime import hold_while_shown, let_go
from ame_explore.widgets.runtime.telling import telling

_TOLD_ABOVE, _TOLD_BYTES = 4000, 1 << 26  # pairs, and bytes of a file, above which measuring takes long enough to tell
# What a pinned test does not say when it reads the file again: with one of these the features are saved beside it.
_NOT_REPEATED = frozenset({"text", "metadata", "encoding"})


def explore(
    data: Any,
    other: Any = None,
    *,
    name: str | None = None,
    umap: bool = True,
    device: str | None = None,
    **reading: Any,
) -> Explorer:
    """Measure features and show them: the last line of a notebook's cell, or `display(explore(data))`.

    Above 4,000 pairs a bar says what is being measured, in the cell or on stderr; 100,000 pairs take minutes. An
    interrupt (the notebook's stop button, Ctrl-C) ends it and leaves nothing half done.

    Args:
        data: `PairedFeatures`, a file, an array or tensor (2, n, d), a mapping or a DataFrame (see
            `ame_explore.data.files.load.read_features`); or images alone, (n, d).
        other: the same pairs under another model, to compare by `.changes`, in the maps and in the report; or the texts
            (m, d), where `data` holds images alone.
        name: what to call `data`; None: the file's name.
        umap: fit UMAP in the background, and show it when it is ready. The first picture is PCA's.
        device: where to compare images and texts; None: where the features lie.
        reading: what `read_features` takes beside: text, captions, labels, metadata, images, logit_scale, encoding;
            the first five describe the rows of `data`, and go to the same pairs of `other`.

    Raises:
        AMEError: what `read_features` and `explore_features` refuse.
    """
    if _rows_alone(data) and _rows_alone(other):
        reading, other = {"text": other, **reading}, None
    sources = [data] if other is None else [data, other]
    explored = explore_sources(sources, names=[name], device=device, telling=_telling, **reading)
    repeatable = is_path(data) and not _NOT_REPEATED & set(reading)
    return Explorer(explored, umap=umap, source=str(data) if repeatable else None)


def _rows_alone(data: Any) -> bool:
    """Whether this is a matrix of rows in memory: one side of the pairs."""
    return not isinstance(data, pd.DataFrame) and getattr(data, "ndim", 0) == 2


def _telling(words: str, pairs: int, size: int) -> AbstractContextManager[Progress | None]:
    """A bar where there is enough to read or measure for it to be worth one."""
    return telling(words) if pairs > _TOLD_ABOVE or size > _TOLD_BYTES else nullcontext()


class Explorer:
    """What was measured of features, and its views in a notebook. Made by `explore`.

    Attributes:
        exploration: all measures and findings; `.measures`, `.pairs`, `.suspects` and `.ambiguous` are its own.
        other: the exploration of the second features, or None.
    """

    def __init__(
        self,
        explored: Explored,
        *,
        umap: bool = True,
        source: str | None = None,
    ) -> None:
        let_go()
        self.exploration, self.other, self._source = explored.first, explored.second, source
        self._changes = explored.changes
        if self._changes is not None and self._changes.warning:
            warnings.warn(self._changes.warning, stacklevel=3)
        exploration = explored.first
        self.measures, self.pairs = exploration.measures, exploration.pairs
        self.suspects, self.ambiguous = exploration.suspects, exploration.ambiguous
        self._umap = umap and exploration.measured.comparable
        self._selected: tuple[int, ...] = ()
        self._place = {int(id_): row for row, id_ in enumerate(self.pairs["id"])}
        self._panel: ExplorerPanel | None = None
        self._closed = False
        self._making = threading.RLock()

    def __repr__(self) -> str:
        return f"Explorer of {self.exploration.name}: {len(self.pairs)} pairs\n{verdict(self.exploration)}"

    @property
    def changes(self) -> pd.DataFrame:
        """Pair by pair, what changed between the two features; `AMEError` where only one was given."""
        if self._changes is None:
            raise AMEError("changes need two sets of features: explore(a, b).")
        return self._changes.table

    @property
    def selection(self) -> pd.DataFrame:
        """The selected pairs, as rows of `.pairs`."""
        return self.pairs.iloc[[self._place[id_] for id_ in self._selected]].reset_index(drop=True)

    def select(self, ids: int | Iterable[int] | pd.DataFrame) -> None:
        """Select these pairs in all views: ids, or rows of one of the tables.

        Raises:
            AMEError: what is no id, or an id that no pair has.
        """
        self._choose(self._ids(ids))

    def pin(
        self,
        selection: int | Iterable[int] | pd.DataFrame | None = None,
        path: str | os.PathLike[str] = "test_pinned_pairs.py",
        *,
        measure: str = "rank",
        tolerance: float | None = None,
        worse_only: bool = False,
        overwrite: bool = False,
    ) -> Path:
        """Write a pytest file that asserts these pairs' ranks or entropies, so that a finding guards the next model.

        The test reads the features' own file, or the one named by the environment variable AME_PINNED_FEATURES; where
        they came from no single file, they are saved beside the test.

        Args:
            selection: ids, or rows of a table; None: what is selected now.
            path: of the file.
            measure: "rank" (both directions) or "entropy" (image to text, nats).
            tolerance: how far a value may move; None: 0 ranks, or 0.05 nats.
            worse_only: let ranks and entropies fall (get better) as far as they like.
            overwrite: replace an earlier file.

        Raises:
            AMEError: nothing selected, an unknown id or measure, widths that differ, a file that is there already.
        """
        ids = self._selected if selection is None else self._ids(selection)
        rows = self.pairs.iloc[[self._place[id_] for id_ in ids]]
        if "id" in self.exploration.features.metadata:
            warnings.warn(
                "ids are words, or repeat: the test finds the pairs by their row, so the next model's features must "
                "stand in the same order.",
                stacklevel=2,
            )
        return pin_pairs(
            path,
            rows,
            self.exploration,
            source=self._source,
            measure=measure,
            tolerance=tolerance,
            worse_only=worse_only,
            overwrite=overwrite,
        )

    def report(self, path: str | os.PathLike[str] = "report.html") -> Path:
        """Write the report that `ame-explore report` writes; parent folders are made.

        Raises:
            AMEError: the file cannot be written.
        """
        try:
            return exploration_report(path, self.exploration, self.other, self._changes, umap=self._umap)
        except OSError as error:
            raise AMEError(f"{path} cannot be written ({error.strerror or error}): name another place.") from error

    def export(self, path: str | os.PathLike[str], *, layout: str = "pairs") -> Path:
        """Write all pairs with their measures and places on the PCA map to .parquet or .csv, for larger viewers.

        layout: "pairs", a row a pair, or "points", a row for each image and each text; see
            `ame_explore.analysis.pairs.export.export_pairs`, which does this and raises what it refuses.
        """
        return export_pairs(self.exploration.features, path, self.pairs, layout=layout)

    @cached_property
    def _shown(self) -> tuple[PairMaps, ...]:
        """Maps of the models that have one, the first first; a pair has one id in all of them."""
        models = [self.exploration]
        if self.other is not None and self._changes is not None:
            models.append(named_as_first(self.exploration, self.other, self._changes))
        found = []
        for model in models:
            if model.measured.comparable:
                maps = PairMaps(model, umap=self._umap, on_umap=weakly(self._umap_ended))
                weakref.finalize(self, maps.close).atexit = False
                found.append(maps)
        return tuple(found)

    def _the_maps(self) -> PairMaps:
        if not self.exploration.measured.comparable:
            raise AMEError("images and texts of different widths share no space, and so no map.")
        return self._shown[0]

    def _umap_ended(self) -> None:
        with self._making:
            if self._panel is not None:
                self._panel.umap_ended()

    def projection(self, timeout: float | None = 300.0) -> Projection:
        """The projection that the map ends with (UMAP, or PCA without it), waiting up to `timeout` seconds for it.

        Raises:
            AMEError: it could not be fitted, for instance to fewer than five rows, or there is none: widths differ.
            TimedOut: it is not ready within `timeout` seconds.
        """
        return self._the_maps().projection(timeout)

    def map(self, color: str = CLASS, picture: str | None = None) -> Drawing:
        """One of the maps as a still figure.

        Args:
            color: "class or modality", "entropy (nats)", "cosine", "margin", or a column of the metadata.
            picture: "PCA", "UMAP" (until it is ready: PCA) or "gap closed"; None: UMAP once it is ready, else PCA.

        Raises:
            AMEError: an unknown colour or map; widths that differ.
        """
        maps = self._the_maps()
        return explored_map(maps, picture or maps.best, color)

    def _ids(self, selection: Any) -> tuple[int, ...]:
        expected = 'selection must be ids, which are whole numbers, or rows of a table with a column "id"'
        mend = "take them from the column id of .pairs, or hand over rows such as .suspects[:5]"
        if isinstance(selection, pd.DataFrame):
            if "id" not in selection:
                raise AMEError(f"{expected}, got a table of {', '.join(map(str, selection))}: {mend}.")
            selection = selection["id"]
        if isinstance(selection, str | bytes | os.PathLike):
            raise AMEError(f"{expected}, got {selection!r}: {mend}; a file is given as path=.")
        given = [value.item() if hasattr(value, "item") else value for value in _each(selection)]
        wrong = [value for value in given if not _whole(value)]
        if wrong:
            raise AMEError(f"{expected}, got {wrong[0]!r}: {mend}.")
        ids = tuple(dict.fromkeys(int(id_) for id_ in given))
        unknown = [id_ for id_ in ids if id_ not in self._place]
        if unknown:
            raise AMEError(f"selection must hold ids of these pairs, got {unknown[:5]}, which are none.")
        return ids

    def _choose(self, ids: Iterable[int]) -> None:
        self._selected = tuple(dict.fromkeys(id_ for id_ in ids if id_ in self._place))
        if self._panel is not None:
            self._panel.show(self._selected, self.selection)

    @property
    def widget(self) -> ipywidgets.VBox:
        """All views together; made at first use. Raises `AMEError` after `close`."""
        with self._making:
            if self._closed:
                raise AMEError("this explorer is closed, and its views are gone: call explore again to see them.")
            if self._panel is None:
                self._panel = ExplorerPanel(self.exploration, self._shown, weakly(self._choose))
                weakref.finalize(self, self._panel.close).atexit = False
                self._panel.show(self._selected, self.selection)
            return self._panel.widget

    def close(self) -> None:
        """Take the views from the page and stop preparing UMAP; measures and tables can still be read.

        An explorer that nobody holds and no page shows is closed by itself.
        """
        with self._making:
            self._closed, panel, self._panel = True, self._panel, None
        for maps in self.__dict__.get("_shown", ()):
            maps.close()
        if panel is not None:
            panel.close()

    def __enter__(self) -> Explorer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _repr_mimebundle_(self, **options: Any) -> Any:
        if self._closed:  # shown as text
            return {"text/plain": repr(self)}
        widget = self.widget
        assert self._panel is not None
        hold_while_shown(self, self._panel.views)
        return widget._repr_mimebundle_(**options)

    def measures_frame(self) -> pd.DataFrame:
        """The measures as a table with their names in words and what they mean, which a notebook shows uncut."""
        sides = {side.name: side for side in (self.exploration, self.other) if side is not None}
        table = measures_table(sides)
        rows = [list(map(str, row)) for row in table.rows]
        return _Uncut(pd.DataFrame(rows, columns=list(table.head)).set_index("measure"))


def _each(selection: Any) -> Iterable[Any]:
    try:
        return iter(selection)
    except TypeError:  # one alone; also a tensor or array of no dimensions
        return [selection]


def _whole(value: Any) -> bool:
    """Whether a value names a pair: a table that was joined to another may hold its ids as floats."""
    return (isinstance(value, int) and not isinstance(value, bool)) or (isinstance(value, float) and value.is_integer())


class _Uncut(pd.DataFrame):
    """A table whose words a notebook shows in full, where pandas cuts them after 50 letters."""

    @property
    def _constructor(self) -> type[pd.DataFrame]:
        return pd.DataFrame

    def _repr_html_(self) -> str:
        look = pd.DataFrame(self).style.set_properties(subset=[self.columns[-1]], **{"text-align": "left"})
        made: str = look.format(escape="html").format_index(escape="html", axis=1).to_html()
        return made
