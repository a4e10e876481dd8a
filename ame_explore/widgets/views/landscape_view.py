"""A landscape of the weights that appears coarse at first and gets finer while you watch: `LandscapeView`.

::

    view = LandscapeView(Evaluator(objective, random_slice(student, seed=0)), grid=51, run=run, keep="random")
    view            # the time is estimated first; 9 x 9 points at once, finer ones from a worker thread
    view.cancel()   # the picture so far stays
    view.result()   # the newest picture; raises an error of the worker
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ipywidgets

from ame_explore.ame import AMEError
from ame_explore.analysis.landscapes.evaluators import Evaluator
from ame_explore.analysis.landscapes.scan import Landscape, scan
from ame_explore.figures.base.style import Drawing, plain
from ame_explore.figures.landscapes.line import landscape_line
from ame_explore.figures.landscapes.plane import landscape
from ame_explore.models import one_thread
from ame_explore.tasks import Task, Worker, ended, headless
from ame_explore.training.record.run import Run
from ame_explore.widgets.runtime.figure_view import FigureView, with_still
from ame_explore.widgets.runtime.lifetime import close_widgets, parts

ASK_ABOVE = 10.0  # estimated seconds above which the view waits for the Start button (our choice)
_FRAME = 0.2  # seconds between two pictures


class LandscapeView(ipywidgets.VBox):  # type: ignore[misc]
    """A plane or line that a worker thread evaluates, drawn while it grows.

    Args:
        evaluator: the evaluator of the plane or line.
        grid: points per direction, as in `analysis.landscapes.scan.scan`.
        low: the lower limit of each direction, as in `scan`.
        high: the upper limit of each direction, as in `scan`.
        names: the quantities to draw, as in `figures.landscape`.
        labels: of the marked points, as in `figures.landscape`.
        run: save the finished landscape in this run (`Landscape.keep`), so that `Run.pack` includes it. If the run has
            one of this name already, it is drawn at once and nothing is evaluated.
        keep: the name of the landscape in the run.
        start: start at once; None: only if the estimated time is at most `ASK_ABOVE` seconds or AME_HEADLESS=1 is set.
            Otherwise a button starts it.

    Attributes:
        seconds: the estimated time for all points.
        landscape: the newest picture, or None.

    Raises:
        AMEError: if `scan` refuses the arguments, or only one of `run` and `keep` is given.
    """

    def __init__(
        self,
        evaluator: Evaluator,
        *,
        grid: int = 31,
        low: float | tuple[float, ...] = -1.0,
        high: float | tuple[float, ...] = 1.0,
        names: Sequence[str] | None = None,
        labels: Sequence[str] = (),
        run: Run | None = None,
        keep: str | None = None,
        start: bool | None = None,
    ) -> None:
        if (run is None) != (keep is None):
            raise AMEError(f"run and keep must be given together, got run={run!r} and keep={keep!r}.")
        self._pictures = scan(evaluator, grid=grid, low=low, high=high, show_every=_FRAME)
        self._names, self._labels, self._run, self._keep = names, labels, run, keep
        self.seconds = evaluator.predict(grid**evaluator.slice.dims)
        self.landscape: Landscape | None = None
        self._worker = Worker("ame_explore landscape")
        self._task: Task[None] = Task(self._work, name="the landscape", on_end=self._ended)
        self._begun, self._found = False, ""
        self._status = ipywidgets.HTML()
        self._start = ipywidgets.Button(description="Start", tooltip="Evaluate the points of this landscape")
        self._cancel = ipywidgets.Button(
            description="Cancel", tooltip="Stop and keep the picture so far", disabled=True
        )
        self._view = FigureView()
        self._start.on_click(lambda _: self.start())
        self._cancel.on_click(lambda _: self.cancel())
        self._bar = ipywidgets.HBox([self._start, self._cancel, self._status])
        super().__init__([self._bar])
        side = " \u00d7 ".join([str(grid)] * evaluator.slice.dims)
        self._say(f"{side} points will take about {_seconds(self.seconds)}.")
        if run is not None and keep in run.landscape_names:
            self._show(Landscape.of(run, str(keep)))
            self._found = f"Read from the run, where it is kept as “{keep}”."
            ended(self._task, None)
        elif start or (start is None and (self.seconds <= ASK_ABOVE or headless())):
            self.start()

    def _repr_mimebundle_(self, **options: Any) -> Any:
        return with_still(super()._repr_mimebundle_(**options), self._view)

    def _ipython_display_(self) -> None:
        self._view.display_in(super()._repr_mimebundle_())

    def start(self) -> None:
        """Start the evaluation, unless it has started."""
        if self._begun or self._task.ended:
            return
        self._begun = True
        self._start.disabled, self._cancel.disabled = True, False
        self._worker.submit(self._task)

    def cancel(self) -> None:
        """Stop after the current chunk of points; the picture so far stays."""
        self._task.cancel()

    @property
    def finished(self) -> bool:
        """Whether every point has been evaluated."""
        return self.landscape is not None and self.landscape.finished

    def result(self, timeout: float = 60.0) -> Landscape | None:
        """The newest picture, whose `finished` says whether it is complete; None before the first.

        This waits for the end only with AME_HEADLESS=1, because a cell that waits blocks the updates in the browser.

        Args:
            timeout: the most seconds to wait.

        Raises:
            TimedOut: if it is not done within `timeout` seconds.
            Exception: the error that stopped the evaluation, if there was one.
        """
        self._task.settle(timeout)
        return self.landscape

    def close(self) -> None:
        """Cancel and remove the view from the page."""
        if hasattr(self, "_worker"):  # ipywidgets also closes a widget whose __init__ raised an error
            self._worker.close()
            close_widgets(self._view, *parts(self))
        super().close()

    def _work(self, task: Task[None]) -> None:
        with one_thread():
            for picture in self._pictures:
                task.check()
                self._show(picture)
        assert self.landscape is not None
        self._found = f"{self.landscape.known.numel()} points in {_seconds(self.landscape.seconds)}."
        if self._run is not None:
            self.landscape.keep(self._run, str(self._keep))
            self._found += f" Kept in the run as “{self._keep}”."

    def _ended(self, task: Task[None]) -> None:
        if task.state == "done":
            self._say(self._found)
        elif task.state == "failed":
            self._say(f"Stopped by an error: {task.error}")
        elif self._begun:
            self._say(f"Stopped at {0 if self.landscape is None else int(self.landscape.known.sum())} points.")
        else:
            self._say("Not started.")
        self._start.disabled = self._cancel.disabled = True
        self._view.renew_still()

    def _show(self, picture: Landscape) -> None:
        self.landscape = picture
        if not picture.level:
            return self._say_left(f"About {_seconds(picture.seconds_left)} left.")
        self._view.show(self._drawing(picture))
        self.children = [self._bar, self._view]
        if not picture.finished:
            done = int(picture.known.sum())
            self._say_left(f"{done} of {picture.known.numel()} points, about {_seconds(picture.seconds_left)} left.")

    def _drawing(self, picture: Landscape) -> Drawing:
        if len(picture.coordinates) == 1:
            line = picture if picture.finished else picture.finished_part()
            return landscape_line(line, names=self._names)
        drawing = landscape(picture, names=self._names, labels=self._labels)
        drawing.figure.update_layout(uirevision="live")
        return drawing

    def _say(self, text: str) -> None:
        self._status.value = f"<span role='status' aria-live='polite'>{plain(text)}</span>"

    def _say_left(self, text: str) -> None:
        if not self._task.ended:  # it may have been cancelled during the drawing
            self._say(text)


def _seconds(value: float) -> str:
    return f"{value:.2g} s" if value < 90 else f"{value / 60:.1f} min"
