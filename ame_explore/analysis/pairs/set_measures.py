"""Measures of two sets of features as a whole, computed in blocks so that memory does not grow with the rows.

They equal those of `ame_explore.measures.alignment` (tests compare the two). For many rows, a mean over pairs of rows
is estimated from a sample and carries its standard error.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from ame_explore.ame import unit_rows
from ame_explore.measures import uniformity
from ame_explore.measures._checks import as_matrix, as_unit_rows
from ame_explore.streams import stream_seed

ALL_PAIRS_UP_TO = 4000  # rows, which have 8 million pairs
_SAMPLED_PAIRS = 200_000
_BLOCK = 8192
_GATHER = 50_000


@dataclass(frozen=True)
class Estimate:
    """A measured number.

    Attributes:
        value: the number; None where undefined.
        standard_error: 0 if nothing was sampled.
    """

    value: float | None
    standard_error: float = 0.0


@torch.no_grad()
def joint_measures(*, image: Tensor, text: Tensor, pairs: Tensor, seed: int = 0) -> dict[str, Estimate]:
    """Gap, uniformity, spectrum and CKA.

    Args:
        image: (N, D).
        text: (M, Dt). If Dt is not D, measures that compare images with texts row by row are None.
        pairs: (P, 2) int64, row of the image and row of the text of each pair.
        seed: seed of the sampled pairs.

    Returns:
        Name -> estimate:

        - modality_gap
        - uniformity_image, uniformity_text: t = 2, over i < j; exact up to 4,000 rows, else from 200,000 random pairs
        - von_neumann: nats; all rows together, unit rows, not centred
        - effective_rank_singular, effective_rank_squared: the same rows
        - cka: linear, centred, rows not normalized

    Raises:
        AMEError: if a row is all zeros.
    """
    found = {"modality_gap": Estimate(None), "von_neumann": Estimate(None)}
    found |= {"effective_rank_singular": Estimate(None), "effective_rank_squared": Estimate(None)}
    found["uniformity_image"] = uniformity_estimate(image, seed=stream_seed("uniformity of images", seed))
    found["uniformity_text"] = uniformity_estimate(text, seed=stream_seed("uniformity of texts", seed))
    found["cka"] = Estimate(_cka(image, text, pairs))
    if image.shape[1] == text.shape[1]:
        found["modality_gap"] = Estimate(float((mean_direction(image) - mean_direction(text)).norm()))
        found |= {name: Estimate(value) for name, value in spectrum(_gram(image, text)).items()}
    return found


def mean_direction(rows: Tensor) -> Tensor:
    """Mean of the rows after scaling each to unit length: (D,) float64."""
    total: Tensor | float = 0.0
    for block in _blocks(rows):
        total = total + as_unit_rows("rows", block).sum(0)
    assert isinstance(total, Tensor)
    return total / len(rows)


def mean_cosine(rows: Tensor) -> float | None:
    """Mean cosine between two different rows, `(|sum of unit rows|^2 - n) / (n (n - 1))`; None for fewer than two."""
    n = len(rows)
    if n < 2:
        return None
    return float(((n * mean_direction(rows)).square().sum() - n) / (n * (n - 1)))


def spectrum(gram: Tensor) -> dict[str, float]:
    """Von Neumann entropy and effective ranks of rows X.

    Effective rank: exp of the entropy of the normalized singular values (Roy and Vetterli 2007), or of their squares.

    Args:
        gram: X^T X or X X^T, float64.

    Returns:
        "von_neumann" (nats), "effective_rank_singular" and "effective_rank_squared".
    """
    values = torch.linalg.eigvalsh(gram)
    # The square root would magnify eigenvalues that are 0 except for rounding.
    values = torch.where(values > len(values) * 2.0**-52 * values[-1], values, torch.zeros_like(values))

    def entropy(weights: Tensor) -> float:
        return max(0.0, float(torch.special.entr(weights / weights.sum()).sum()))

    squared = entropy(values)
    return {
        "von_neumann": squared,
        "effective_rank_singular": math.exp(entropy(values.sqrt())),
        "effective_rank_squared": math.exp(squared),
    }


def uniformity_estimate(rows: Tensor, *, t: float = 2.0, seed: int = 0) -> Estimate:
    """Uniformity of unit rows, `log E_{i<j} exp(-t |x_i - x_j|^2)`: exact up to 4,000 rows, else from random pairs.

    Args:
        rows: (n, D), of any length.
        t: factor in the exponent, > 0.
        seed: seed of the random pairs.

    Returns:
        The value, None for fewer than two rows, and its standard error: that of the mean of exp(...) over independent
        pairs, propagated through the logarithm.
    """
    n = len(rows)
    if n < 2:
        return Estimate(None)
    if n <= ALL_PAIRS_UP_TO:
        return Estimate(uniformity(rows, t))
    generator = torch.Generator().manual_seed(seed)
    powers = []
    for start in range(0, _SAMPLED_PAIRS, _GATHER):
        count = min(_GATHER, _SAMPLED_PAIRS - start)
        first = torch.randint(n, (count,), generator=generator)
        second = (first + torch.randint(1, n, (count,), generator=generator)) % n  # never the same row
        for one, other in zip(first.split(_BLOCK), second.split(_BLOCK), strict=True):
            a, b = (unit_rows(rows[at.to(rows.device)].float()) for at in (one, other))
            powers.append((-t * (2 - 2 * (a * b).sum(1).double()).clamp_min(0)).exp().cpu())
    power = torch.cat(powers)
    mean = float(power.mean())
    return Estimate(math.log(mean), float(power.std()) / math.sqrt(len(power)) / mean)


@torch.no_grad()
def sampled_cosines(
    *, image: Tensor, text: Tensor, pairs: Tensor, most: int = 20_000, seed: int = 0
) -> dict[str, Tensor]:
    """Sample cosines within and across the two sides, which show the cones and the gap between them.

    Args:
        image: (N, D).
        text: (M, Dt).
        pairs: (P, 2) int64, row of the image and row of the text of each pair.
        most: the most cosines of each kind.
        seed: seed of the sample.

    Returns:
        Kind -> (at most `most`,) float64: "two images" and "two texts" (different rows), "image and a wrong text",
        "image and its own text". Rows are drawn with replacement, pairs without. Kinds that do not exist are left out.
    """
    generator = torch.Generator().manual_seed(seed)
    n, m = len(image), len(text)

    def cosines(x: Tensor, at: Tensor, y: Tensor, other: Tensor) -> Tensor:
        a, b = (
            as_unit_rows("rows", as_matrix("rows", rows[index.to(rows.device)]))
            for rows, index in ((x, at), (y, other))
        )
        return (a * b).sum(1).cpu()

    found = {}
    for name, rows in (("two images", image), ("two texts", text)):
        if len(rows) > 1:
            first = torch.randint(len(rows), (most,), generator=generator)
            second = (first + torch.randint(1, len(rows), (most,), generator=generator)) % len(rows)
            found[name] = cosines(rows, first, rows, second)
    if image.shape[1] == text.shape[1]:
        right = set(map(tuple, pairs.tolist()))
        drawn = torch.randint(n, (most,), generator=generator), torch.randint(m, (most,), generator=generator)
        wrong = torch.tensor([pair not in right for pair in zip(*(side.tolist() for side in drawn), strict=True)])
        if bool(wrong.any()):
            found["image and a wrong text"] = cosines(image, drawn[0][wrong], text, drawn[1][wrong])
        every = pairs[torch.randperm(len(pairs), generator=generator)[:most]]
        found["image and its own text"] = cosines(image, every[:, 0], text, every[:, 1])
    return found


def _blocks(rows: Tensor, index: Tensor | None = None) -> Iterator[Tensor]:
    for part in (torch.arange(len(rows)) if index is None else index).split(_BLOCK):
        yield as_matrix("rows", rows[part.to(rows.device)])


def _gram(image: Tensor, text: Tensor) -> Tensor:
    """X^T X (D, D) of all unit rows X, or X X^T if that is smaller: their nonzero eigenvalues are the same."""
    if len(image) + len(text) <= image.shape[1]:
        units = torch.cat([as_unit_rows("rows", as_matrix("rows", rows)) for rows in (image, text)])
        return units @ units.T
    total: Tensor | float = 0.0
    for rows in (image, text):
        for block in _blocks(rows):
            units = as_unit_rows("rows", block)
            total = total + units.T @ units
    assert isinstance(total, Tensor)
    return total


def _cka(image: Tensor, text: Tensor, pairs: Tensor) -> float | None:
    """||Y^T X||_F^2 / (||X^T X||_F ||Y^T Y||_F), columns centred; None if all rows of a side are equal."""
    n = len(pairs)
    if n < 2:
        return None
    sides = [(image, pairs[:, 0]), (text, pairs[:, 1])]
    shifts = [as_matrix("rows", rows[at[:1].to(rows.device)]) for rows, at in sides]
    largest = [
        max(float((block - shift).abs().max()) for block in _blocks(rows, at))
        for (rows, at), shift in zip(sides, shifts, strict=True)
    ]
    if 0.0 in largest:
        return None
    if n <= min(image.shape[1], text.shape[1]):  # Gram matrices are smaller here and give the same three norms
        kernels = []
        for (rows, at), shift, scale in zip(sides, shifts, largest, strict=True):
            centred = (as_matrix("rows", rows[at.to(rows.device)]) - shift) / scale
            centred = centred - centred.mean(0)
            kernels.append(centred @ centred.T)
        a, b = kernels
        return float((a * b).sum() / (a.norm() * b.norm()))
    sums: list[Tensor | float] = [0.0, 0.0]
    products: list[Tensor | float] = [0.0, 0.0, 0.0]
    for block_x, block_y in zip(_blocks(*sides[0]), _blocks(*sides[1]), strict=True):
        a, b = (block_x - shifts[0]) / largest[0], (block_y - shifts[1]) / largest[1]
        sums = [sums[0] + a.sum(0), sums[1] + b.sum(0)]
        products = [products[0] + a.T @ a, products[1] + b.T @ b, products[2] + a.T @ b]
    x, y = (torch.as_tensor(total) for total in sums)
    xx, yy, xy = (
        product - torch.outer(left, right) / n
        for product, left, right in zip(products, (x, y, x), (x, y, y), strict=True)
    )
    return float(xy.square().sum() / (xx.norm() * yy.norm()))
