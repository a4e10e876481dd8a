"""A landscape in the weights that appears coarse and gets finer while one watches: `LandscapeView`.

view = LandscapeView(Evaluator(objective, random_slice(student, seed=0)), grid=51, run=run, keep="random")
view            # its time is foretold first; 9 x 9 points at once, finer ones from a worker thread
view.cancel()   # what is there stays
view.result()   # the newest picture; raises what the worker raised
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence

import ipywidgets

from ame_explore.ame import AMEError
from ame_explore.analysis.landscapes.evaluators import Evaluator
from ame_explore.analysis.landscapes.scan import Landscape, scan
from ame_explore.figures.base.style import Drawing, plain
from ame_explore.figures.landscapes.line import landscape_line
from ame_explore.figures.landscapes.plane import landscape
from ame_explore.models import one_thread
from ame_explore.training.record.run import Run
from ame_explore.widgets.runtime.figure_view import FigureView

ASK_ABOVE = 10.0  # seconds foretold beyond which a person is asked first (our choice)
_FRAME = 0.2  # seconds between two pictures


class LandscapeView(ipywidgets.VBox):
    """A plane or line that a worker thread evaluates, drawn as it grows.

    Args:
        evaluator: of the plane or line.
        grid, low, high: as in `analysis.landscape.scan`.
        names, labels: as in `figures.landscape`.
        run, keep: keep the finished landscape with this run under this name (`Landscape.keep`), so that `Run.pack` has
            it; an unfinished one is not kept. One that the run has already is drawn at once, and nothing is evaluated.
        start: begin at once; None: unless more than `ASK_ABOVE` seconds are foretold, when a button is there to begin
            with (without a browser, under AME_HEADLESS=1, it begins).

    Attributes: seconds: foretold for all points. landscape: the newest picture, or None.

    Raises `AMEError` for arguments that `scan` refuses, and `keep` without `run` or the other way round.
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
        self._stop, self._done = threading.Event(), threading.Event()
        self._lock = threading.Lock()
        self._worker: threading.Thread | None = None
        if (run is None) != (keep is None):
            raise AMEError(f"run and keep must be given together, got run={run!r} and keep={keep!r}.")
        self._pictures = scan(evaluator, grid=grid, low=low, high=high, show_every=_FRAME)
        self._names, self._labels, self._run, self._keep = names, labels, run, keep
        self.seconds = evaluator.predict(grid**evaluator.slice.dims)
        self.landscape: Landscape | None = None
        self._error: Exception | None = None
        self._status = ipywidgets.HTML()
        self._start = ipywidgets.Button(description="Start", tooltip="Evaluate the points of this landscape")
        self._cancel = ipywidgets.Button(description="Cancel", tooltip="Stop here: what is drawn stays", disabled=True)
        self._view = FigureView()
        self._start.on_click(lambda _: self.start())
        self._cancel.on_click(lambda _: self.cancel())
        self._bar = ipywidgets.HBox([self._start, self._cancel, self._status])
        super().__init__([self._bar])
        side = " \u00d7 ".join([str(grid)] * evaluator.slice.dims)
        self._say(f"{side} points will take about {_seconds(self.seconds)}.")
        if run is not None and keep in run.landscape_names:
            self._show(Landscape.of(run, str(keep)))
            self._end(f"Read from the run, where it is kept as “{keep}”.")
        elif start or (start is None and (self.seconds <= ASK_ABOVE or bool(os.environ.get("AME_HEADLESS")))):
            self.start()

    def start(self) -> None:
        """Begin, if it has not begun."""
        with self._lock:
            if self._worker is not None or self._done.is_set():
                return
            self._start.disabled, self._cancel.disabled = True, False
            self._worker = threading.Thread(target=self._work, name="landscape", daemon=True)
            self._worker.start()

    def cancel(self) -> None:
        """Stop after the chunk of points at hand; what is there stays."""
        self._stop.set()
        with self._lock:
            if self._worker is None and not self._done.is_set():
                self._end("Not begun.")

    @property
    def finished(self) -> bool:
        """Whether every point is known."""
        return self.landscape is not None and self.landscape.finished

    def result(self, timeout: float = 60.0) -> Landscape | None:
        """The newest picture, whose `finished` says whether it is whole; None before the first.

        A cell that waits holds back what the browser shows, so it waits for the end, at most `timeout` seconds, only
        where nobody watches (AME_HEADLESS=1). Raises again whatever the worker raised, and `AMEError` when headless
        and not done in time.
        """
        if os.environ.get("AME_HEADLESS") and not self._done.wait(timeout):
            raise AMEError(f"the landscape must be done within {timeout:g} s, got none: give a larger timeout.")
        if self._error is not None:
            raise self._error
        return self.landscape

    def close(self) -> None:
        """Cancel and take the view from the page."""
        self._stop.set()
        super().close()

    def _work(self) -> None:
        try:
            with one_thread():
                for picture in self._pictures:
                    self._show(picture)
                    if self._stop.is_set():
                        break
            assert self.landscape is not None
            if not self.landscape.finished:
                return self._end(f"Stopped at {int(self.landscape.known.sum())} points.")
            if self._run is not None:
                self.landscape.keep(self._run, str(self._keep))
            kept = f" Kept in the run as “{self._keep}”." if self._run is not None else ""
            self._end(f"{self.landscape.known.numel()} points in {_seconds(self.landscape.seconds)}.{kept}")
        except Exception as error:
            self._error = error
            self._end(f"Stopped by an error: {error}")

    def _show(self, picture: Landscape) -> None:
        self.landscape = picture
        if not picture.level:
            return self._say(f"About {_seconds(picture.seconds_left)} to go.")
        self._view.show(self._drawing(picture))
        self.children = [self._bar, self._view]
        if not picture.finished:
            done = int(picture.known.sum())
            self._say(f"{done} of {picture.known.numel()} points, about {_seconds(picture.seconds_left)} to go.")

    def _drawing(self, picture: Landscape) -> Drawing:
        if len(picture.coordinates) == 1:
            line = picture if picture.finished else picture.finished_part()
            return landscape_line(line, names=self._names)
        drawing = landscape(picture, names=self._names, labels=self._labels)
        drawing.figure.update_layout(uirevision="live")
        return drawing

    def _say(self, text: str) -> None:
        self._status.value = f"<span role='status' aria-live='polite'>{plain(text)}</span>"

    def _end(self, text: str) -> None:
        self._say(text)
        self._start.disabled = self._cancel.disabled = True
        self._done.set()


def _seconds(value: float) -> str:
    return f"{value:.2g} s" if value < 90 else f"{value / 60:.1f} min"
