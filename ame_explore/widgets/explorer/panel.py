"""The explorer's views in a notebook: a map, margins, lists and the selected pairs, with one selection for all."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import ipywidgets
import pandas as pd

from ame_explore.analysis.pairs.exploration import Exploration
from ame_explore.analysis.pairs.maps import UMAP, PairMaps
from ame_explore.figures.base.style import Drawing
from ame_explore.figures.base.thumbnails import thumbnails
from ame_explore.figures.maps.explored_map import colorings, explored_map
from ame_explore.figures.pairs.overview import cosines, margins
from ame_explore.reports.pair_words import verdict
from ame_explore.widgets.explorer.pair_html import SHOWN, hub_options, pair_options, selection_html, verdict_html
from ame_explore.widgets.runtime.figure_view import FigureView
from ame_explore.widgets.runtime.lifetime import close_widgets

_ROW = {"flex_flow": "row wrap", "align_items": "center", "margin": "6px 4px 0"}
_WIDE = {"width": "auto", "margin": "2px 4px"}  # 100% and a margin would be wider than the cell


class ExplorerPanel:
    """All views of an explorer, with their controls.

    Args:
        explored: what the views show.
        models: the maps of each model; empty if image and text widths differ.
        choose: called with the ids that the reader selects.

    Attributes:
        widget: all views together.
        views: the figures that share the selection.
        said: the selected pairs as HTML.
        model: the choice of the model; None if there is only one, or no map.
        color: the choice of the map's colour; None if there is no map.
        picture: the choice of the map; None if there is no map.
        chooser: the list of pairs.
    """

    def __init__(
        self, explored: Exploration, models: Sequence[PairMaps], choose: Callable[[Iterable[int]], object]
    ) -> None:
        self._explored, self._tell = explored, choose
        self._models = {maps.explored.name: maps for maps in models}
        self._maps: PairMaps | None = models[0] if models else None  # of the model that is shown
        self._quiet = False  # while a control is set from here
        self._own_choice = False  # whether the reader has chosen a map; then UMAP does not replace it
        self._from: FigureView | ipywidgets.SelectMultiple | None = None
        self._lists: dict[str, pd.DataFrame | None] = {
            "most suspect": explored.suspects,
            "most ambiguous": explored.ambiguous,
            "hubs among texts": None if len(explored.text_hubs) else explored.text_hubs,
        }
        self.said = ipywidgets.HTML()
        self.views: list[FigureView] = []
        self.color: ipywidgets.Dropdown | None = None
        self.picture: ipywidgets.ToggleButtons | None = None
        self.model: ipywidgets.ToggleButtons | None = None
        self.widget = ipywidgets.VBox(
            [
                ipywidgets.HTML(verdict_html(verdict(explored))),
                *self._figures(),
                *self._listing(),
                self.said,
            ]
        )
        self.show([], explored.pairs[:0])

    def _figures(self) -> list[Any]:
        if self._maps is None:
            self.views = [FigureView(cosines(self._explored))]
            return list(self.views)
        maps = self._maps
        self.picture = ipywidgets.ToggleButtons(
            options=self._pictures(), value=maps.best, style={"button_width": "auto"}
        )
        self.color = ipywidgets.Dropdown(options=colorings(maps.explored), layout={"width": "180px"})
        self._note = ipywidgets.HTML()
        self.views = [FigureView(self._map(maps.best, self.color.value))]
        if self._explored.pairs["margin_i2t"].notna().any():  # of one class there is no wrong text to compare with
            self.views.append(FigureView(margins(self._explored)))
        for view in self.views:
            view.on_select(lambda ids, view=view: self._chosen(ids, view))  # type: ignore[misc]
        self.picture.observe(self._another_picture, "value")
        self.color.observe(self._redraw, "value")
        self.umap_ended()  # it may have been ready before the view was there
        first, *rest = self.views
        controls = [ipywidgets.Label("map"), self.picture, ipywidgets.Label("colour"), self.color]
        if len(self._models) > 1:
            self.model = ipywidgets.ToggleButtons(options=list(self._models), style={"button_width": "auto"})
            self.model.observe(self._another_model, "value")
            controls = [ipywidgets.Label("model"), self.model, *controls]
        return [ipywidgets.HBox(controls, layout=_ROW), self._note, first, *rest]

    def _listing(self) -> list[Any]:
        names = [name for name, table in self._lists.items() if table is None or len(table)]
        kind = ipywidgets.ToggleButtons(options=names, style={"button_width": "auto"})
        self.chooser = ipywidgets.SelectMultiple(rows=10, layout=_WIDE)

        def fill(*_: Any) -> None:
            table = self._lists[kind.value]
            options = pair_options(table) if table is not None else hub_options(self._explored.text_hubs, self._pairs)
            with self._silently():
                self.chooser.value = ()
                self.chooser.options = options

        kind.observe(fill, "value")
        self.chooser.observe(self._listed, "value")
        fill()
        return [ipywidgets.HBox([ipywidgets.Label("list"), kind], layout=_ROW), self.chooser]

    @property
    def _pairs(self) -> pd.DataFrame:
        return self._explored.pairs

    def show(self, ids: Sequence[int], rows: pd.DataFrame) -> None:
        """Show pairs as selected in all views except the one in which the reader selected them.

        Args:
            ids: of the pairs.
            rows: the same pairs as rows of `Exploration.pairs`.
        """
        wanted = set(ids)
        for view in self.views:
            if view is not self._from:
                view.select(ids)
        if self.chooser is not self._from:
            whole = [own for _, own in self.chooser.options if own and wanted.issuperset(own)]
            with self._silently():
                self.chooser.value = tuple(dict.fromkeys(whole))
        features = self._explored.features
        places = rows["row"].tolist()[:SHOWN]
        self.said.value = selection_html(rows, thumbnails(features, places).found)

    def close(self) -> None:
        """Remove all views from the page."""
        close_widgets(self.widget)

    def umap_ended(self) -> None:
        """Show the state of UMAP after it has ended, and its map unless the reader has chosen another."""
        if self._maps is None or self.picture is None or UMAP not in self._maps.pictures:
            return
        state = self._maps.state(UMAP)
        value = UMAP if state == "done" and not self._own_choice else self.picture.value
        changed = value != self.picture.value
        with self._silently():  # setting the options selects the first one
            self.picture.options = self._pictures()
            self.picture.value = value
        self._say_why()
        if changed or value == UMAP:
            self._redraw()

    def _pictures(self) -> list[tuple[str, str]]:
        assert self._maps is not None
        more = {
            "waiting": "UMAP (preparing…)",
            "running": "UMAP (preparing…)",
            "failed": "UMAP (failed)",
            "cancelled": "UMAP (cancelled)",
        }
        state = self._maps.state(UMAP)
        return [(more.get(state, name) if name == UMAP else name, name) for name in self._maps.pictures]

    def _map(self, picture: str, color: str) -> Drawing:
        assert self._maps is not None
        return explored_map(self._maps, picture, color)

    def _another_model(self, change: dict[str, Any]) -> None:
        self._maps = self._models[change["new"]]
        assert self.picture is not None and self.color is not None
        shown, color = self.picture.value, self.color.value
        choices = colorings(self._maps.explored)
        with self._silently():
            self.picture.options = self._pictures()
            self.picture.value = shown if shown in self._maps.pictures else self._maps.best
            self.color.options = choices
            self.color.value = color if color in choices else choices[0]
        self._say_why()
        self._redraw()

    def _another_picture(self, *_: Any) -> None:
        if not self._quiet:
            self._own_choice = True
            self._say_why()
            self._redraw()

    def _say_why(self) -> None:
        """Say why PCA is shown instead of UMAP."""
        assert self._maps is not None and self.picture is not None
        state = self._maps.state(UMAP)
        words = ""
        if state == "failed":
            words = f"No UMAP: {self._maps.why_not()}"
        elif self.picture.value == UMAP and state in ("waiting", "running"):
            words = "UMAP is being prepared and will appear when it is ready; until then this is PCA."
        self._note.value = html.escape(words)
        self._note.layout.display = None if words else "none"

    def _redraw(self, *_: Any) -> None:
        if not self._quiet and self._maps is not None and self.picture and self.color is not None and self.views:
            self.views[0].show(self._map(self.picture.value, self.color.value))

    def _listed(self, change: dict[str, Any]) -> None:
        if not self._quiet:
            self._chosen([id_ for ids in change["new"] for id_ in ids], self.chooser)

    def _chosen(self, ids: Iterable[int], where: FigureView | ipywidgets.SelectMultiple) -> None:
        self._from = where
        try:
            self._tell(ids)
        finally:
            self._from = None

    def _silently(self) -> _Quiet:
        return _Quiet(self)


class _Quiet:
    def __init__(self, panel: ExplorerPanel) -> None:
        self._panel = panel

    def __enter__(self) -> None:
        self._panel._quiet = True

    def __exit__(self, *_: object) -> None:
        self._panel._quiet = False
