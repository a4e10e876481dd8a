"""How much chance moves a picture: the same rows with several seeds, aligned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from ame_explore.ame import AMEError, check_choice
from ame_explore.analysis.projection.procrustes import procrustes
from ame_explore.analysis.projection.projection import Array
from ame_explore.analysis.projection.rows import as_rows
from ame_explore.analysis.projection.umap import fit_umap
from ame_explore.arguments import checked
from ame_explore.tasks import Progress


@dataclass(frozen=True, eq=False)
class Jitter:
    """Aligned pictures of the same rows with several seeds.

    Attributes:
        pictures: (s, n, 2) positions, each picture rotated, mirrored, shifted and scaled as a whole onto the first.
        seeds: (s,) the seeds.
        spread: (n,) how far a point moves around its mean position: root mean square over the seeds, in units of the
            picture's radius (root mean square distance from its centre).
        residuals: (s,) the part that Procrustes could not align, relative to the size of the first picture.
        init: how each fit starts: "pca" (the seeds change only the negative samples) or "random".
    """

    pictures: Array
    seeds: tuple[int, ...]
    spread: Array
    residuals: Array
    init: str

    @property
    def words(self) -> str:
        """The result as a caption."""
        start = "the same PCA start" if self.init == "pca" else "random starts"
        return (
            f"{len(self.seeds)} seeds from {start}, aligned with the first: half of the points move by less than "
            f"{np.median(self.spread):.0%} of the picture's radius, one in twenty by more than "
            f"{np.quantile(self.spread, 0.95):.0%}."
        )


@checked
def seed_jitter(
    rows: Tensor | NDArray[Any],
    seeds: Sequence[int] = (0, 1, 2, 3, 4, 5),
    *,
    init: str = "random",
    progress: Progress | None = None,
    **options: Any,
) -> Jitter:
    """UMAP of the same rows with several seeds, aligned by Procrustes.

    Args:
        rows: (n, D).
        seeds: two or more different seeds.
        init: "random" shows everything that chance can move, above all whole islands; "pca" shows what it moves in the
            map that `project` draws.
        progress: as in `fit_umap`.
        **options: further arguments of `fit_umap`.

    Returns:
        The aligned pictures and how far each point moves.

    Raises:
        AMEError: if there are fewer than two seeds or a seed repeats, and as in `fit_umap`.
    """
    check_choice("init", init, ("pca", "random"))
    if len(seeds) < 2 or len(set(seeds)) < len(seeds):
        raise AMEError(f"seeds must be two or more different numbers, got {tuple(seeds)}.")
    pictures = []
    for place, seed in enumerate(seeds):

        def told(words: str, done: int, of: int, place: int = place) -> None:
            if progress is not None:
                progress(f"seed {place + 1} of {len(seeds)}: {words}", place * of + done, len(seeds) * of)

        pictures.append(fit_umap(rows, seed=seed, init=init, progress=told, **options).points)
    return align_pictures(pictures, seeds, init)


@checked
def align_pictures(pictures: Sequence[Array], seeds: Sequence[int], init: str = "random") -> Jitter:
    """Align pictures of the same rows with the first, by Procrustes with scale.

    Args:
        pictures: two or more (n, 2).
        seeds: the seed of each.
        init: how the fits started, "pca" or "random".

    Returns:
        The aligned pictures and how far each point moves.

    Raises:
        AMEError: if there is no picture, a picture has another shape or a value that is not finite, or there is not one
            seed for each.
    """
    if not pictures or len(seeds) != len(pictures):
        raise AMEError(f"pictures and seeds must be one or more and as many, got {len(pictures)} and {len(seeds)}.")
    pictures = [as_rows(f"pictures[{place}]", each).double().numpy() for place, each in enumerate(pictures)]
    shapes = sorted({each.shape for each in pictures})
    if len(shapes) > 1:
        raise AMEError(f"pictures must have one shape (n, 2), got {shapes[0]} and {shapes[-1]}.")
    first = pictures[0] - pictures[0].mean(0)
    fits = [procrustes(source=picture, target=first, scale=True) for picture in pictures]
    aligned = np.stack([fit.transform(picture).numpy() for fit, picture in zip(fits, pictures, strict=True)])
    radius = np.sqrt((first**2).sum(1).mean())
    spread = np.sqrt(((aligned - aligned.mean(0)) ** 2).sum(2).mean(0)) / radius
    return Jitter(aligned, tuple(seeds), spread, np.array([fit.residual for fit in fits]), init)
