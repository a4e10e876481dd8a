"""PCA at once, UMAP when it is ready: one worker thread does the slow imports, compilation and fits."""

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
from ame_explore.arguments import checked
from ame_explore.tasks import Task, Worker, ended

METHODS = ("pca", "umap")
_HEAD_START = 0.5  # seconds

_worker = Worker("ame_explore projections")
_lock = threading.Lock()
_warm: Task[None] | None = None


class ProjectionHandle(Task[Projection]):
    """A projection in progress. `current` is always a complete picture: PCA first, then the requested one.

    Args:
        first: the PCA picture.
        work: computes the requested picture.
        on_end: called with this handle when the work has ended.
    """

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


@checked
def project(
    rows: Tensor | NDArray[Any],
    method: str = "umap",
    *,
    metric: str = "cosine",
    on_end: Callable[[ProjectionHandle], object] | None = None,
    **options: Any,
) -> ProjectionHandle:
    """Project rows to two dimensions: PCA is available on return, UMAP is computed in the background.

    Args:
        rows: (n, D); for images and texts together, `pair_rows(features)`.
        method: "pca" or "umap".
        metric: "cosine" or "euclidean".
        on_end: called once with the handle when the fit has succeeded or failed: from the worker thread, from the
            thread that cancels it, or before this function returns for "pca".
        **options: further arguments of `fit_umap`, such as neighbours, min_dist, epochs, seed and device.

    Returns:
        A task whose result is the requested picture and whose `current` is the best picture so far.

    Raises:
        AMEError: if PCA cannot draw the rows: not a matrix, NaN or infinity, fewer than two rows, all rows equal, or a
            row of zeros with "cosine". What only UMAP rejects (fewer than five rows, a wrong option) becomes the
            task's `error`, and the PCA picture remains.
    """
    check_choice("method", method, METHODS)
    first = fit_pca(rows, metric=metric)

    def fit(task: Task[Projection]) -> Projection:
        if "umap" not in sys.modules:  # let the PCA picture appear first; imports would slow its drawing
            task.sleep(_HEAD_START)
        try:
            return umap_fit.fit_umap(rows, metric=metric, progress=task, **options)
        except AMEError:
            raise
        except Exception as wrong:
            raise AMEError(f"UMAP failed ({type(wrong).__name__}: {wrong}): the PCA picture remains.") from wrong

    handle = ProjectionHandle(first, fit, on_end)
    if method == "pca":
        ended(handle, first)
    else:
        _worker.submit(handle)
    return handle


def warm_up() -> Task[None]:
    """Import and compile umap-learn in the background, once per process; a fit waits for it.

    This takes about 15 s the first time on a machine, and later the seconds that the import takes.

    Returns:
        The task. Its `error` is set if umap-learn cannot be imported.
    """
    global _warm
    with _lock:
        if _warm is None:
            _warm = _worker.submit(Task(umap_fit.compile_umap, name="UMAP"))
        return _warm


__all__ = ["Array", "ProjectionHandle", "project", "warm_up"]
