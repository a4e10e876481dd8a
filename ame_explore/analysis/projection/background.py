"""PCA at once, UMAP when it is ready: one worker thread for all that is slow to import, to compile and to fit."""

from __future__ import annotations

import atexit
import queue
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Literal

from numpy.typing import NDArray
from torch import Tensor

from ame_explore.ame import AMEError, check_choice
from ame_explore.analysis.projection import umap as umap_fit
from ame_explore.analysis.projection.picture import Array, Projection, fit_pca
from ame_explore.analysis.projection.umap import Cancelled

METHODS = ("pca", "umap")
State = Literal["fitting", "ready", "failed", "cancelled"]
Job = Callable[[], None]
_HEAD_START = 0.5  # seconds

_jobs: queue.SimpleQueue[Job] = queue.SimpleQueue()
_lock = threading.Lock()
_worker: threading.Thread | None = None
_warm: Future[None] | None = None


class ProjectionHandle:
    """A projection that is under way. What it shows is always whole: PCA first, then what was asked for.

    All methods may be called from any thread.
    """

    def __init__(self, first: Projection, on_ready: Callable[[ProjectionHandle], object] | None) -> None:
        self._current, self._on_ready = first, on_ready
        self._state: State = "fitting"
        self._error: Exception | None = None
        self._progress = (0.0, "waiting")
        self._stop, self._ended = threading.Event(), threading.Event()
        self._lock = threading.Lock()

    @property
    def current(self) -> Projection:
        """The best picture so far."""
        return self._current

    @property
    def state(self) -> State:
        """ "fitting", "ready", "failed" or "cancelled"."""
        return self._state

    @property
    def error(self) -> Exception | None:
        """What went wrong, if it did; also what `on_ready` raised."""
        return self._error

    @property
    def progress(self) -> tuple[float, str]:
        """A share in [0, 1], and what is being done."""
        return self._progress

    def result(self, timeout: float | None = None) -> Projection:
        """The projection that was asked for, waiting for it.

        Args:
            timeout: seconds to wait; None: as long as it takes.

        Raises:
            AMEError: the fit failed or was cancelled; `current` still holds the PCA picture.
            TimeoutError: not ready yet.
        """
        if not self._ended.wait(timeout):
            raise TimeoutError(f"the projection was not ready within {timeout} s: {self._progress[1]}.")
        if self._state != "ready" and self._error is not None:
            raise self._error
        return self._current

    def cancel(self) -> bool:
        """Ask it to stop, at the next epoch at the latest; False if it had ended already."""
        self._stop.set()
        return self._end("cancelled", error=Cancelled("the projection was cancelled: what was drawn before stands."))

    def _end(self, state: State, *, picture: Projection | None = None, error: Exception | None = None) -> bool:
        with self._lock:
            if self._state != "fitting":
                return False
            if picture is not None:
                self._current = picture
            self._error, self._state, self._progress = error, state, (1.0, state)
        self._ended.set()
        if self._on_ready is not None:
            try:
                self._on_ready(self)
            except Exception as raised:  # a callback's fault must not end the worker that others wait for
                self._error = self._error or raised
        return True

    def _fit(self, rows: Tensor | NDArray[Any], options: dict[str, Any]) -> None:
        if "umap" not in sys.modules:  # the first picture comes first: imports would take turns with its drawing
            umap_fit.closing.wait(_HEAD_START)
        if self._state != "fitting":
            return

        def progress(share: float, words: str) -> None:
            self._progress = (share, words)

        try:
            picture = umap_fit.fit_umap(rows, stop=self._stop, progress=progress, **options)
        except Cancelled as stopped:
            self._end("cancelled", error=stopped)
        except AMEError as wrong:
            self._end("failed", error=wrong)
        except Exception as wrong:
            error = AMEError(f"UMAP failed ({type(wrong).__name__}: {wrong}): the PCA picture stands.")
            error.__cause__ = wrong
            self._end("failed", error=error)
        else:
            self._end("ready", picture=picture)


def project(
    rows: Tensor | NDArray[Any],
    method: str = "umap",
    *,
    metric: str = "cosine",
    on_ready: Callable[[ProjectionHandle], object] | None = None,
    **options: Any,
) -> ProjectionHandle:
    """A picture of rows (n, D): its PCA is there when this returns, UMAP follows from the background.

    Args:
        rows: (n, D); for images and texts together, `pair_rows(features)`.
        method: "pca" or "umap".
        metric: "cosine" or "euclidean".
        on_ready: called once with the handle when the fit has ended, well or not: by the worker thread, by the thread
            that cancels, or before this returns for "pca".
        options: of `fit_umap`: neighbours, min_dist, epochs, seed, device and so on.

    Raises:
        AMEError: what PCA cannot draw: not a matrix, NaN or infinity, fewer than two rows, all rows equal, a row of
            zeros under "cosine". What only UMAP refuses (fewer than five rows, a wrong option) becomes the handle's
            `error`, and the PCA picture stands.
    """
    check_choice("method", method, METHODS)
    handle = ProjectionHandle(fit_pca(rows, metric=metric), on_ready)
    if method == "pca":
        handle._end("ready")
    else:
        _submit(lambda: handle._fit(rows, {"metric": metric, **options}))
    return handle


def warm_up() -> Future[None]:
    """Import umap-learn and have it compiled in the background, once a process (about 15 s; a fit waits for it).

    Returns:
        A future that is done when it is, with the error of an installation that lacks umap-learn.
    """
    global _warm
    with _lock:
        if _warm is not None:
            return _warm
        future = _warm = Future()

    def work() -> None:
        try:
            umap_fit.compile_umap()
        except Exception as wrong:
            future.set_exception(wrong)
        else:
            future.set_result(None)

    future.set_running_or_notify_cancel()
    _submit(work)
    return future


def _submit(job: Job) -> None:
    """Give the worker thread a job. It is a daemon, and told to stop when the process ends: none waits for a fit."""
    global _worker
    with _lock:
        if _worker is None or not _worker.is_alive():
            _worker = threading.Thread(target=_work, name="ame_explore-projections", daemon=True)
            _worker.start()
            atexit.register(_close, _worker)
    _jobs.put(job)


def _work() -> None:
    while not umap_fit.closing.is_set():
        _jobs.get()()


def _close(worker: threading.Thread) -> None:
    """Have the worker stop at its next step, and wait for that: the interpreter must not go away beneath torch."""
    umap_fit.closing.set()
    _jobs.put(lambda: None)
    worker.join()


__all__ = ["Array", "ProjectionHandle", "project", "warm_up"]
