"""UMAP (McInnes, Healy and Melville 2018) by umap-learn, with its slow parts replaced.

The neighbour graph is exact and computed in torch, the initial layout comes from PCA, and the number of epochs is what
trustworthiness needs (`default_epochs`). Memberships and layout are umap-learn's and always run on the CPU.
"""

from __future__ import annotations

import functools
import importlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ame_explore.ame import AMEError, check_choice, check_number
from ame_explore.analysis.projection.neighbours import nearest
from ame_explore.analysis.projection.placement import place
from ame_explore.analysis.projection.projection import Array, Projection
from ame_explore.analysis.projection.rows import metric_rows
from ame_explore.arguments import checked, usable_device
from ame_explore.tasks import Progress

LEAST_ROWS = 5  # fewer rows have no meaningful neighbourhoods
# numba's parallel functions must not run in two threads at once: its portable threading layer would end the process
_ONE_AT_A_TIME = threading.RLock()


def default_epochs(n: int) -> int:
    """Epochs for n rows: 300 for few rows, falling to 100 from 4,000 on.

    Our choice, from measurements; umap-learn takes 500 up to 10,000 rows.
    """
    return int(np.clip(400_000 / max(n, 1), 100, 300))


@checked
def fit_umap(
    rows: Tensor | NDArray[Any],
    *,
    metric: str = "cosine",
    neighbours: int = 15,
    min_dist: float = 0.1,
    epochs: int | None = None,
    seed: int = 0,
    init: str | Array = "pca",
    device: str | torch.device | None = None,
    precomputed: tuple[Tensor | NDArray[Any], Tensor | NDArray[Any]] | None = None,
    most: int = 20_000,
    progress: Progress | None = None,
) -> Projection:
    """Fit a UMAP picture in the calling thread; `project` does it in the background.

    The same rows, arguments and seed give the same picture on one machine.

    Args:
        rows: (n, D), n >= 5.
        metric: "cosine" or "euclidean".
        neighbours: number of neighbours of each row, without itself; capped at n - 1.
        min_dist: smallest distance between points, in units of the picture.
        epochs: passes over the graph; None: `default_epochs`.
        seed: seed of the negative samples and of a random start.
        init: "pca", "random", or initial positions (n, 2).
        device: device for the neighbour search; None: CUDA if available, else the CPU. The layout always runs on the
            CPU.
        precomputed: row numbers (n, k) and distances (n, k) of each row's neighbours, nearest first, as from `knn`, or
            as from umap-learn with the row itself in the first column. `metric` and `neighbours` then only affect the
            placement of other rows. None: computed here, exactly.
        most: if there are more rows than this, the map is fitted to that many random rows and the others are placed in
            it (`place`); `words` says so.
        progress: called at every epoch with percent; an exception from it ends the fit.

    Returns:
        The picture.

    Raises:
        AMEError: if there are fewer than five rows, all rows are equal, a value is NaN or infinite, a row is all zeros
            with "cosine", an argument is out of range, or the precomputed neighbours do not match the n rows.
    """
    _check(neighbours, min_dist, epochs, seed, most)
    matrix = metric_rows("rows", rows, metric)
    n = len(matrix)
    if n < LEAST_ROWS:
        raise AMEError(f"rows must be at least {LEAST_ROWS} for UMAP, got {n}: use PCA, which needs only two.")
    known = None if precomputed is None else _precomputed(precomputed, n, most)
    told = Told(progress)
    rng = np.random.default_rng(seed)
    chosen = np.sort(rng.choice(n, most, replace=False)) if n > most else np.arange(n)
    part = matrix[torch.from_numpy(chosen)] if n > most else matrix
    start = _start(part, chosen, init, rng)
    k = min(neighbours, len(part) - 1)
    count = default_epochs(len(part)) if epochs is None else epochs
    where = usable_device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
    if known is None:
        told(0.02, f"finding {k} neighbours of {len(part):,} points")
        known = nearest(part, None, k, metric=metric, device=where)
    told(0.1, "laying out")
    points = _lay_out(*known, start, min_dist=min_dist, epochs=count, seed=seed, told=told.within(0.1))

    def placer(other: Tensor | NDArray[Any]) -> Array:
        return place(other, fitted_rows=part, fitted_points=points, neighbours=k, metric=metric, device=where)

    given = f"{metric}, {k} neighbours" if precomputed is None else f"{known[0].shape[1]} precomputed neighbours"
    words = f"UMAP ({given}, {count} epochs, seed {seed})"
    if n > most:
        rest = np.setdiff1d(np.arange(n), chosen)
        everything = np.empty((n, 2))
        everything[chosen] = points
        told(0.9, f"placing {len(rest):,} more")
        everything[rest] = placer(matrix[torch.from_numpy(rest)])
        return Projection(
            "umap",
            everything,
            f"{words} fitted to {most:,} of {n:,} points drawn at random; the others are placed by their neighbours.",
            placer,
        )
    return Projection("umap", points, f"{words}: it shows neighbours; distances between islands mean nothing.", placer)


def import_umap(told: Told) -> Any:
    """Import umap-learn's functions (a few seconds the first time), with points between imports where it may stop.

    Args:
        told: called between the imports; an exception from it stops them.

    Returns:
        The module `umap.umap_`.
    """
    for name in ("scipy.optimize", "scipy.sparse.csgraph", "sklearn.decomposition", "numba", "pynndescent"):
        importlib.import_module(name)
        told(0.0, "loading UMAP: a few seconds the first time")
    umap = importlib.import_module("umap.umap_")
    _keep_compiled()
    return umap


@functools.cache
def _keep_compiled() -> None:
    """Let numba keep on disk what it compiles of umap-learn, so that only the first process of a machine compiles.

    umap-learn asks for that for one function only; the others take about ten seconds in every process. Where numba
    finds no folder that it may write to, each process compiles.
    """
    from numba.core.dispatcher import Dispatcher

    for name in ("umap.utils", "umap.layouts", "umap.umap_", "umap.aligned_umap"):
        for function in vars(importlib.import_module(name)).values():
            if isinstance(function, Dispatcher) and function.py_func.__module__ == name:
                with suppress(RuntimeError):  # no such folder
                    function.enable_caching()


def compile_umap(progress: Progress | None = None) -> None:
    """Import umap-learn and let numba compile what a fit needs, or read what an earlier process compiled."""
    rows = torch.randn(32, 4, generator=torch.Generator().manual_seed(0))
    fit_umap(rows, epochs=2, metric="euclidean", device="cpu", progress=progress)


def curve(min_dist: float) -> tuple[float, float]:
    """Fit a and b of 1 / (1 + a x^(2b)), the similarity of points at distance x, as umap-learn does (spread 1)."""
    from scipy.optimize import curve_fit

    x = np.linspace(0, 3, 300)
    wanted = np.where(x < min_dist, 1.0, np.exp(-(x - min_dist)))
    (a, b), _ = curve_fit(lambda x, a, b: 1 / (1 + a * x ** (2 * b)), x, wanted)
    return float(a), float(b)


class Told:
    """Reports the progress of one part of the work in percent of the whole.

    Args:
        progress: what to call; None: nothing.
        low: share of the whole at which the part begins.
    """

    def __init__(self, progress: Progress | None, low: float = 0.0) -> None:
        self.progress, self.low = progress, low

    def __call__(self, share: float, words: str) -> None:
        if self.progress is not None:
            self.progress(words, min(100, int(100 * (self.low + (1 - self.low) * share))), 100)

    def within(self, low: float) -> Told:
        """The same for a part that begins at `low`."""
        return Told(self.progress, low)


@contextmanager
def epochs_told(layouts: Any, told: Told) -> Iterator[None]:
    """Make umap-learn's loops report each epoch, so that they can stop between epochs.

    Stopping from its own progress bar is not safe: an exception raised while tqdm writes leaves tqdm's lock held, and
    the next bar in the process would wait forever.

    Args:
        layouts: the module `umap.layouts`, patched inside the context.
        told: called at each epoch; an exception from it stops the loop.
    """
    bar = layouts.tqdm

    def epochs(iterable: Any, *args: Any, **kwds: Any) -> Any:
        if threading.get_ident() != ours:
            return bar(iterable, *args, **kwds)
        return told_each(iterable)

    def told_each(iterable: Any) -> Iterator[Any]:
        for n in iterable:
            told(0.8 * n / max(1, len(iterable)), "laying out")
            yield n

    ours = threading.get_ident()
    layouts.tqdm = epochs
    try:
        yield
    finally:
        layouts.tqdm = bar


def _lay_out(
    near: Tensor, distance: Tensor, start: Array, *, min_dist: float, epochs: int, seed: int, told: Told
) -> Array:
    """umap-learn's memberships and layout, from initial positions (n, 2) and neighbours (n, k), rows excluded."""
    told(0.0, "loading UMAP: a few seconds the first time")
    with _ONE_AT_A_TIME:
        umap = import_umap(told)
        told(0.0, "loading UMAP: a few seconds the first time")
        n = len(start)
        indices = np.concatenate([np.arange(n)[:, None], near.numpy()], axis=1).astype(np.int32)
        distances = np.concatenate([np.zeros((n, 1)), distance.numpy()], axis=1).astype(np.float32)
        random = np.random.RandomState(seed)  # its own, not the global one
        k = indices.shape[1]
        graph, _, _ = umap.fuzzy_simplicial_set(start, k, random, "euclidean", {}, indices, distances)
        told(0.0, "laying out")
        a, b = curve(min_dist)
        with epochs_told(importlib.import_module("umap.layouts"), told):
            points, _ = umap.simplicial_set_embedding(
                start, graph, 2, 1.0, a, b, 1.0, 5, epochs, start.astype(np.float32), random, "euclidean", {}, False,
                {}, False,
            )  # fmt: skip
    return np.asarray(points, dtype=np.float64)


def _start(part: Tensor, chosen: NDArray[np.int64], init: str | Array, rng: np.random.Generator) -> Array:
    """Distinct initial positions (n, 2) with some extent along both axes, as umap-learn's rescaling needs."""
    pca = _two_axes(part, rng)
    if isinstance(init, str):
        check_choice("init", init, ("pca", "random"))
        places = pca if init == "pca" else rng.uniform(-10, 10, pca.shape)
    else:
        places = np.asarray(init, dtype=np.float64)
        if places.ndim != 2 or places.shape[1] != 2 or len(places) <= chosen[-1] or not np.isfinite(places).all():
            raise AMEError(f"init must be finite positions of shape (n, 2), one per row, got {places.shape}.")
        places = places[chosen]
    places = places - places.mean(0)
    places = places * (10 / max(np.abs(places).max(), 1e-300))
    apart: Array = places + rng.normal(scale=1e-4, size=places.shape)
    return apart


def _two_axes(part: Tensor, rng: np.random.Generator) -> Array:
    """Positions along the first two principal axes by subspace iteration (Halko et al. 2011), enough for a start."""
    centred = part - part[0]
    if not bool(centred.any()):
        raise AMEError(f"rows must differ, got {len(part)} equal rows: there is no variance to draw.")
    centred = centred - centred.mean(0)
    centred = centred / centred.abs().max()
    span = torch.from_numpy(rng.normal(size=(centred.shape[1], min(8, *centred.shape)))).to(centred)
    for _ in range(6):
        span = torch.linalg.qr(centred.T @ (centred @ span))[0]
    inner = centred @ span
    axes = span @ torch.linalg.eigh(inner.T @ inner)[1].flip(1)[:, :2]
    largest = axes.gather(0, axes.abs().argmax(0, keepdim=True))
    places = (centred @ (axes * torch.where(largest < 0, -1.0, 1.0))).double().cpu().numpy()
    return np.pad(places, ((0, 0), (0, 2 - places.shape[1])))


def _precomputed(given: Any, n: int, most: int) -> tuple[Tensor, Tensor]:
    """Checked row numbers and distances (n, k), rows themselves excluded."""
    if n > most:
        raise AMEError(f"precomputed must be None if only {most:,} of {n:,} rows are fitted: raise most.")
    try:
        near, distance = (torch.as_tensor(np.asarray(part)).cpu() for part in given)
    except (TypeError, ValueError) as error:
        raise AMEError(
            f"precomputed must be row numbers (n, k) and distances (n, k), got {type(given).__name__}."
        ) from error
    if near.ndim != 2 or near.shape != distance.shape or len(near) != n or near.is_floating_point():
        raise AMEError(
            f"precomputed must be row numbers ({n}, k) and distances ({n}, k), got {near.dtype} of shape "
            f"{tuple(near.shape)} and {tuple(distance.shape)}."
        )
    near, distance = near.long(), distance.double()
    if near.shape[1] and bool((near[:, 0] == torch.arange(n)).all()):
        near, distance = near[:, 1:], distance[:, 1:]
    wrong = bool((near < 0).any() or (near >= n).any() or (distance < 0).any() or not distance.isfinite().all())
    if near.shape[1] < 2 or wrong or bool((distance.diff(dim=1) < 0).any()):
        raise AMEError(
            f"precomputed must name at least two other rows for each, in [0, {n - 1}], with ascending distances >= 0."
        )
    return near, distance


def _check(neighbours: int, min_dist: float, epochs: int | None, seed: int, most: int) -> None:
    check_number("neighbours", neighbours, low=2, whole=True)
    check_number("min_dist", min_dist, low=0.0, high=1.0)
    if epochs is not None:
        check_number("epochs", epochs, low=1, whole=True)
    check_number("seed", seed, low=0, high=2**32 - 1, whole=True)
    check_number("most", most, low=LEAST_ROWS, whole=True)
