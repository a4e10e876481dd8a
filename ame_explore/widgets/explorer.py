"""Explore image and text features in a notebook: map, margins and lists that share one selection."""

from __future__ import annotations

import contextlib
import html
import math
import os
from collections.abc import Iterable, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import ipywidgets
import pandas as pd

from ame_explore.ame import AMEError, check_choice
from ame_explore.analysis.exploration import Exploration, compare_pairs, explore_features, rows_of
from ame_explore.analysis.projection import Projection, ProjectionHandle, centred_pairs, pair_rows, project
from ame_explore.data.features import read_features
from ame_explore.data.pairs import PairedFeatures
from ame_explore.figures.exploration import cosines, margins
from ame_explore.figures.exploration_report import MAPPED, exploration_report
from ame_explore.figures.exploration_words import measures_table, verdict
from ame_explore.figures.map import pair_map
from ame_explore.figures.style import Drawing
from ame_explore.widgets.figure_view import FigureView
from ame_explore.widgets.pinning import pin_pairs

_COLORS = {"class or modality": None, "entropy (nats)": "entropy_i2t", "cosine": "cosine", "margin": "margin_i2t"}
_LISTED, _SHOWN = 100, 30
# What a pinned test does not say when it reads the file again: with one of these the features are saved beside it.
_NOT_REPEATED = frozenset({"text", "metadata", "encoding"})


def explore(
    data: PairedFeatures | str | os.PathLike[str],
    other: PairedFeatures | str | os.PathLike[str] | None = None,
    *,
    name: str | None = None,
    umap: bool = True,
    device: str | None = None,
    **reading: Any,
) -> Explorer:
    """Measure features and show them: the last line of a notebook's cell, or `display(explore(data))`.

    Args:
        data: `PairedFeatures`, or a file of them (see `PairedFeatures.from_files`).
        other: the same pairs under another model, to compare by `.changes` and in the report.
        name: what to call `data`; None: the file's name.
        umap: fit UMAP in the background, and show it when it is ready. The first picture is PCA's.
        device: where to compare images and texts; None: where the features lie.
        reading: with a file, what `PairedFeatures.from_files` takes: captions, labels, metadata, images, logit_scale.

    Raises:
        AMEError: what `from_files` and `explore_features` refuse.
    """
    features, source = _read(data, reading)
    called = name or (Path(source).stem if source else "features")
    explored = explore_features(features, name=called, device=device)
    second = None
    if other is not None:
        features, second_source = _read(other, reading)
        name_b = Path(second_source).stem if second_source else "other"
        second = explore_features(features, name=name_b if name_b != called else f"{name_b} (2)", device=device)
    return Explorer(explored, second, umap=umap, source=None if _NOT_REPEATED & set(reading) else source)


def _read(data: Any, reading: dict[str, Any]) -> tuple[PairedFeatures, str | None]:
    if isinstance(data, PairedFeatures):
        if reading:
            raise AMEError(f"{next(iter(reading))} is for files: PairedFeatures hold all that already.")
        return data, None
    if not isinstance(data, str | os.PathLike):
        raise AMEError(f"data must be PairedFeatures or a file of features, got {type(data).__name__}.")
    return read_features(data, **reading).features, str(data)


class Explorer:
    """What was measured of features, and its views in a notebook. Made by `explore`.

    Attributes:
        exploration: all measures and findings; `.measures`, `.pairs`, `.suspects` and `.ambiguous` are its own.
        other: the exploration of the second features, or None.
    """

    def __init__(
        self,
        exploration: Exploration,
        other: Exploration | None = None,
        *,
        umap: bool = True,
        source: str | None = None,
    ) -> None:
        self.exploration, self.other, self._source = exploration, other, source
        self.measures, self.pairs = exploration.measures, exploration.pairs
        self.suspects, self.ambiguous = exploration.suspects, exploration.ambiguous
        self._umap = umap and exploration.measured.comparable
        self._selected: tuple[int, ...] = ()
        self._place = {int(id_): row for row, id_ in enumerate(self.pairs["id"])}
        self._views: list[FigureView] = []

    def __repr__(self) -> str:
        return f"Explorer of {self.exploration.name}: {len(self.pairs)} pairs\n{verdict(self.exploration)}"

    @cached_property
    def changes(self) -> pd.DataFrame:
        """Pair by pair, what changed between the two features; `AMEError` where only one was given."""
        if self.other is None:
            raise AMEError("changes need two sets of features: explore(a, b).")
        return compare_pairs(self.exploration, self.other).table

    @property
    def selection(self) -> pd.DataFrame:
        """The selected pairs, as rows of `.pairs`."""
        return self.pairs.iloc[[self._place[id_] for id_ in self._selected]].reset_index(drop=True)

    def select(self, ids: Iterable[int] | pd.DataFrame) -> None:
        """Select these pairs in all views: ids, or rows of one of the tables.

        Raises:
            AMEError: an id that no pair has.
        """
        self._choose(self._ids(ids))

    def pin(
        self,
        selection: Iterable[int] | pd.DataFrame | None = None,
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
        """Write the report that `ame-explore report` writes."""
        changes = None if self.other is None else compare_pairs(self.exploration, self.other)
        return exploration_report(path, self.exploration, self.other, changes, umap=self._umap)

    def export(self, path: str | os.PathLike[str]) -> Path:
        """Write all pairs with their measures and places on the map to .parquet or .csv, for larger viewers.

        Columns are those of `.pairs`, the metadata, and image_x, image_y, text_x, text_y of the PCA map.
        """
        check_choice("path's ending", Path(path).suffix.lower(), (".parquet", ".csv"))
        features = self.exploration.features
        table = self.pairs.assign(**{f"meta_{name}": values for name, values in features.metadata.items()})
        if self.exploration.measured.comparable:
            places = project(pair_rows(features), method="pca").result().points
            image, text = places[: len(features.image)], places[len(features.image) :][table["text"]]
            table = table.assign(image_x=image[:, 0], image_y=image[:, 1], text_x=text[:, 0], text_y=text[:, 1])
        target = Path(path)
        if target.suffix.lower() == ".parquet":
            table.to_parquet(target, index=False)
        else:
            table.to_csv(target, index=False)
        return target

    @cached_property
    def _mapped(self) -> PairedFeatures:
        """The pairs on the map: all, or the most suspect and an even sample of the rest."""
        features = self.exploration.features
        if len(features.image) <= MAPPED:
            return features
        rows = self.suspects["row"].tolist()
        rest = self.pairs["row"].sample(MAPPED, random_state=0).tolist()
        return rows_of(features, sorted({*rows, *rest[: MAPPED - len(rows)]}))

    @cached_property
    def _handles(self) -> dict[str, ProjectionHandle]:
        method = "umap" if self._umap else "pca"
        rows = pair_rows(self._mapped)
        handles = {"as it is": project(rows, method=method, on_ready=lambda handle: self._redraw())}
        with contextlib.suppress(AMEError):  # one class, or equal images: with the gap closed nothing is left of a side
            handles["gap closed"] = project(pair_rows(centred_pairs(self._mapped)), method="pca")
        return handles

    def projection(self, timeout: float | None = 300.0) -> Projection:
        """The projection that the map ends with (UMAP, or PCA without it), waiting up to `timeout` seconds for it.

        Raises:
            AMEError: it could not be fitted, for instance to fewer than five rows.
            TimeoutError: it is not ready yet.
        """
        return self._handles["as it is"].result(timeout)

    def map(self, color: str = "class or modality") -> Drawing:
        """The map as it is now: PCA, or UMAP once it is ready."""
        check_choice("color", color, _COLORS)
        picture = self._handles["as it is"].current
        return self._map(picture, color)

    def _map(self, picture: Projection, color: str) -> Drawing:
        column, features = _COLORS[color], self._mapped
        values = None
        if column is not None:
            values = self.pairs.set_index("id").loc[features.ids.tolist(), column].to_numpy()
        centred = self._handles.get("gap closed")
        closed = centred.current if centred is not None and picture.method == "pca" else None
        drawing = pair_map(
            features, picture, closed=closed, values=values, values_label=color, drawn=MAPPED, height=640,
            title=f"{self.exploration.name}: images and texts by {picture.method.upper()}",
        )  # fmt: skip
        drawing.figure.update_layout(dragmode="lasso")
        some, every = len(features.image), len(self.exploration.features.image)
        if some < every:
            part = f"{some:,} of {every:,} pairs are drawn: the most suspect, and a random sample of the rest."
            return Drawing(drawing.figure, f"{part} {drawing.sentence}")
        return drawing

    def _ids(self, selection: Iterable[int] | pd.DataFrame) -> tuple[int, ...]:
        given = selection["id"] if isinstance(selection, pd.DataFrame) else selection
        ids = tuple(dict.fromkeys(int(id_) for id_ in given))
        unknown = [id_ for id_ in ids if id_ not in self._place]
        if unknown:
            raise AMEError(f"selection must hold ids of these pairs, got {unknown[:5]}, which are none.")
        return ids

    def _choose(self, ids: Sequence[int], but: FigureView | None = None) -> None:
        shared = {-(row + 1): ids_ for row, ids_ in self._sharing.items()}
        known = [one for id_ in ids for one in shared.get(id_, [id_]) if one in self._place]
        self._selected = tuple(dict.fromkeys(known))
        for view in self._views:
            if view is not but:
                view.select(self._selected)
        if self._views:
            self._said.value = self._selection_html()

    @cached_property
    def _sharing(self) -> dict[int, list[int]]:
        if len(self.exploration.features.text) == len(self.pairs):
            return {}
        return {int(row): part["id"].tolist() for row, part in self.pairs.groupby("text")}

    def _redraw(self, *_: Any) -> None:
        if self._views:
            self._views[0].show(self.map(self._color.value))

    @cached_property
    def widget(self) -> ipywidgets.VBox:
        """All views together; made at first use."""
        self._said = ipywidgets.HTML()
        lists = {"most suspect": self.suspects, "most ambiguous": self.ambiguous, "hubs among texts": None}
        kind = ipywidgets.ToggleButtons(options=[name for name, t in lists.items() if t is None or len(t)])
        chooser = ipywidgets.SelectMultiple(rows=10, layout={"width": "100%"}, description="")
        parts: list[Any] = [ipywidgets.HTML(_paragraphs(verdict(self.exploration)))]
        self._color = ipywidgets.Dropdown(options=list(_COLORS), description="colour")
        if self.exploration.measured.comparable:
            self._views = [FigureView(self.map())]
            if self.pairs["margin_i2t"].notna().any():  # of one class there is no wrong text to compare with
                self._views.append(FigureView(margins(self.exploration)))
            for view in self._views:
                view.on_select(partial(self._choose, but=view))
            self._color.observe(self._redraw, "value")
            parts += [self._color, *self._views]
            self._redraw()  # UMAP may have been ready before the view was there
        else:
            self._views = [FigureView(cosines(self.exploration))]
            parts += self._views

        def fill(*_: Any) -> None:
            table = lists[kind.value]
            chooser.options = self._hub_options() if table is None else self._pair_options(table)

        kind.observe(fill, "value")
        chooser.observe(lambda change: self._choose([i for ids in change["new"] for i in ids]), "value")
        fill()
        self._said.value = self._selection_html()
        return ipywidgets.VBox([*parts, kind, chooser, self._said])

    def _pair_options(self, table: pd.DataFrame) -> list[tuple[str, tuple[int, ...]]]:
        return [
            (
                f"{line['id']}: {line['caption'][:90]}  (cosine {line['cosine']:.3f}, rank {line['rank_i2t']})",
                (line["id"],),
            )
            for line in table[:_LISTED].to_dict("records")
        ]

    def _hub_options(self) -> list[tuple[str, tuple[int, ...]]]:
        of_text = self.pairs.groupby("text")["id"].apply(list).to_dict()
        return [
            (f"{line['caption'][:90]}  (near to {line['times']} images)", tuple(of_text.get(line["row"], ())))
            for line in self.exploration.text_hubs.to_dict("records")
        ]

    def _selection_html(self) -> str:
        """The selected pairs as a table; captions are escaped, so that nothing in them is read as HTML."""
        table = self.selection
        if table.empty:
            return "<p>Nothing selected: draw a lasso, click a point, or choose in the list.</p>"
        columns = ["id", "caption", "cosine", "rank_i2t", "rank_t2i", "margin_i2t", "entropy_i2t", "suspicion"]
        head = "".join(f"<th>{html.escape(name)}</th>" for name in columns)
        rows = "".join(
            "<tr>" + "".join(f"<td>{html.escape(_cell(value))}</td>" for value in line) + "</tr>"
            for line in table[columns][:_SHOWN].itertuples(index=False)
        )
        more = (
            f"<p>The first {_SHOWN} of {len(table)}; all in <code>.selection</code>.</p>" if len(table) > _SHOWN else ""
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{more}"

    def _repr_mimebundle_(self, **options: Any) -> Any:
        return self.widget._repr_mimebundle_(**options)

    def measures_frame(self) -> pd.DataFrame:
        """The measures as a table with their names in words and what they mean."""
        sides = {side.name: side for side in (self.exploration, self.other) if side is not None}
        table = measures_table(sides)
        return pd.DataFrame([list(map(str, row)) for row in table.rows], columns=list(table.head)).set_index("measure")


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return "–" if math.isnan(value) else f"{value:.3f}"
    return str(value)


def _paragraphs(text: str) -> str:
    return "".join(f"<p><b>{html.escape(line)}</b></p>" for line in text.splitlines())
