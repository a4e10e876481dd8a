"""PCA at once, UMAP when it is ready: one worker thread for all that is slow to import, to compile and to fit."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import Any

from numpy.typing import NDArray
from torch import Tensor

from ame_explore.ame import AMEError, check_choice
from ame_explore.analysis.projection import umap as umap_fit
from ame_explore.analysis.projection.projection import Array, Projection, fit_pca
from ame_explore.tasks import Task, Worker, ended

METHODS = ("pca", "umap")
_HEAD_START = 0.5  # seconds

_worker = Worker("ame_explore projections")
_lock = threading.Lock()
_warm: Task[None] | None = None


class ProjectionHandle(Task[Projection]):
    """A projection that is under way. What it shows is always whole: PCA first, then what was asked for."""

    def __init__(
        self,
        first: Projection,
        work: Callable[[Task[Projection]], Projection],
        on_end: Callable[[ProjectionHandle], object] | None = None,
    ) -> None:
        super().__init__(work, name="the projection", on_end=on_end)
        self._first = first

    @property
    def current(self) -> Projection:
        """The best picture so far."""
        return self.now or self._first


def project(
    rows: Tensor | NDArray[Any],
    method: str = "umap",
    *,
    metric: str = "cosine",
    on_end: Callable[[ProjectionHandle], object] | None = None,
    **options: Any,
) -> ProjectionHandle:
    """A picture of rows (n, D): its PCA is there when this returns, UMAP follows from the background.

    Args:
        rows: (n, D); for images and texts together, `pair_rows(features)`.
        method: "pca" or "umap".
        metric: "cosine" or "euclidean".
        on_end: called once with the handle when the fit has ended, well or not: by the worker thread, by the thread
            that cancels, or before this returns for "pca".
        options: of `fit_umap`: neighbours, min_dist, epochs, seed, device and so on.

    Returns:
        A task whose result is the picture that was asked for, and whose `current` is the best so far.

    Raises:
        AMEError: if PCA cannot draw the rows: not a matrix, NaN or infinity, fewer than two rows, all rows equal, a
            row of zeros under "cosine". What only UMAP refuses (fewer than five rows, a wrong option) becomes the
            task's `error`, and the PCA picture stands.
    """
    check_choice("method", method, METHODS)
    first = fit_pca(rows, metric=metric)

    def fit(task: Task[Projection]) -> Projection:
        if "umap" not in sys.modules:  # the first picture comes first: imports would take turns with its drawing
            task.sleep(_HEAD_START)
        try:
            return umap_fit.fit_umap(rows, metric=metric, progress=task, **options)
        except AMEError:
            raise
        except Exception as wrong:
            raise AMEError(f"UMAP failed ({type(wrong).__name__}: {wrong}): the PCA picture stands.") from wrong

    handle = ProjectionHandle(first, fit, on_end)
    if method == "pca":
        ended(handle, first)
    else:
        _worker.submit(handle)
    return handle


def warm_up() -> Task[None]:
    """Import umap-learn and have it compiled in the background, once a process (about 15 s; a fit waits for it).

    Returns:
        A task that is done when it is, with the error of an installation that lacks umap-learn.
    """
    global _warm
    with _lock:
        if _warm is None:
            _warm = _worker.submit(Task(umap_fit.compile_umap, name="UMAP"))
        return _warm


__all__ = ["Array", "ProjectionHandle", "project", "warm_up"]
