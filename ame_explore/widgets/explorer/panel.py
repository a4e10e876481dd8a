"""The explorer's views in a notebook: the verdict, the workbench and the margins, with one selection for all."""

from __future__ import annotations

from collections.abc import Sequence

import ipywidgets

from ame_explore.analysis.pairs.exploration import Exploration
from ame_explore.analysis.pairs.pair_view import PairView
from ame_explore.figures.pairs.overview import cosines, margins
from ame_explore.reports.pair_words import verdict
from ame_explore.tasks import weakly
from ame_explore.widgets.explorer.pair_html import verdict_html
from ame_explore.widgets.explorer.workbench import Workbench
from ame_explore.widgets.runtime.figure_view import FigureView
from ame_explore.widgets.runtime.lifetime import close_widgets


class ExplorerPanel:
    """All views of an explorer.

    Args:
        explored: what the views show.
        view: what is shown, selected and noted.
        workbench: the map, the pair that is looked at, and the table.

    Attributes:
        widget: all views together.
        views: the channels that share the selection: the workbench, then the figures.
        workbench: as given.
    """

    def __init__(self, explored: Exploration, view: PairView, workbench: Workbench) -> None:
        self._view, self.workbench = view, workbench
        self.figures: list[FigureView] = []
        if not explored.measured.comparable:
            self.figures.append(FigureView(cosines(explored)))
        elif explored.pairs["margin_i2t"].notna().any():  # of one class there is no wrong text to compare with
            self.figures.append(FigureView(margins(explored)))
        for figure in self.figures:
            figure.on_select(weakly(view.select))
        self.views: Sequence[Workbench | FigureView] = [workbench, *self.figures]
        self._verdict = ipywidgets.HTML(verdict_html(verdict(explored)))
        self.widget = ipywidgets.VBox([self._verdict, *self.views])
        view.on_change(weakly(self._changed))
        self._changed("selected")

    def _changed(self, what: str) -> None:
        self.workbench.changed(what)
        if what == "selected":
            for figure in self.figures:
                if tuple(figure.selection) != self._view.state.selected:
                    figure.select(self._view.state.selected)

    def measured(self, explored: Exploration) -> None:
        """Show the measures of all pairs in the place of a sample's.

        Args:
            explored: all pairs, measured.
        """
        self._verdict.value = verdict_html(verdict(explored))
        for figure in self.figures:
            figure.show(margins(explored))
            figure.select(self._view.state.selected)

    def close(self) -> None:
        """Remove all views from the page."""
        close_widgets(self.widget)
