"""Measures of features: how well images and texts align, and how the rows fill their space.

All measures except `linear_cka` and `effective_rank` scale rows to unit length first, as a cosine does.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from ame_explore.ame import AMEError, as_number, as_whole, check_choice, shown, spectral_entropy
from ame_explore.measures._checks import as_index, as_matrix, as_unit_rows, near_one, same_columns, same_rows

_BLOCK = 1024  # rows of a similarity matrix held at once: 10,000 columns are then 80 MB
_TIE = 1e-12  # cosines that differ by less are tied: float64 rounding of a product over 4,096 features stays below


def modality_gap(image: Tensor, text: Tensor) -> float:
    """|| mean_i x_i - mean_j y_j ||, the distance between the centroids of unit rows (Liang et al. 2022).

    Args:
        image: (N, D) features, of any length.
        text: (M, D) features, of any length.

    Returns:
        A length in [0, 2], without unit.

    Raises:
        AMEError: if a shape or type is wrong, widths differ, there is no row, a row is all zeros, or a value is not
            finite.
    """
    x, y = as_matrix("image", image), as_matrix("text", text)
    same_columns("image", x, "text", y)
    return float((as_unit_rows("image", x).mean(dim=0) - as_unit_rows("text", y).mean(dim=0)).norm())


def alignment(x: Tensor, y: Tensor) -> float:
    """E || x_i - y_i ||^2 over pairs of unit rows (Wang and Isola 2020, alpha = 2); equals 2 - 2 E cos(x_i, y_i).

    Args:
        x: (N, D), say the images.
        y: (N, D), row i the partner of row i of x; for class texts pass `text[pair_index]`.

    Returns:
        A squared length in [0, 4], without unit; 0 if all pairs coincide.

    Raises:
        AMEError: if shapes are wrong or differ, there is no row, a row is all zeros, or a value is not finite.
    """
    a, b = as_matrix("x", x), as_matrix("y", y)
    same_rows("x", a, "y", b)
    same_columns("x", a, "y", b)
    return float((as_unit_rows("x", a) - as_unit_rows("y", b)).square().sum(dim=1).mean())


def uniformity(x: Tensor, t: float = 2.0) -> float:
    """log E_{i<j} exp(-t || x_i - x_j ||^2) over pairs of different unit rows (Wang and Isola 2020).

    Rows are scaled to unit length here, because the value would go to minus infinity with their length.

    Args:
        x: (N, D) with N >= 2.
        t: sharpness of the kernel, in (0, 1e300]; 2 in the paper.

    Returns:
        A value in [-4 t, 0]: 0 if all rows coincide, and lower the more evenly they cover the sphere.

    Raises:
        AMEError: if a shape or type is wrong, there are fewer than two rows, a row is all zeros, a value is not finite,
            or t <= 0.
    """
    t = as_number("t", t, above=0.0, high=1e300)
    rows = as_unit_rows("x", as_matrix("x", x, rows=2))
    n = rows.shape[0]
    blocks = []
    for start in range(0, n, _BLOCK):
        block = rows[start : start + _BLOCK]
        squared = (2 - 2 * block @ rows[start:].T).clamp_min(0)
        above = torch.triu(torch.ones_like(squared, dtype=torch.bool), diagonal=1)
        blocks.append(torch.logsumexp(-t * squared[above], dim=0))
    return float(torch.logsumexp(torch.stack(blocks), dim=0)) - math.log(n * (n - 1) / 2)


def linear_cka(x: Tensor, y: Tensor) -> float:
    """||Y^T X||_F^2 / (||X^T X||_F ||Y^T Y||_F) of centred columns (Kornblith et al. 2019, the biased estimator).

    Rotating or rescaling either side does not change it; rows are not scaled to unit length. This estimator needs only
    two rows (the unbiased one divides by N - 3), but for N << D it is near 1 for any rows.

    Args:
        x: (N, Dx) with N >= 2.
        y: (N, Dy), row i the partner of row i of x.

    Returns:
        A share in [0, 1].

    Raises:
        AMEError: if a shape or type is wrong, N differs, there are fewer than two rows, a value is not finite, or all
            rows of one side are equal (0 / 0).
    """
    a, b = as_matrix("x", x, rows=2), as_matrix("y", y, rows=2)
    same_rows("x", a, "y", b)
    a, b = _centred("x", a), _centred("y", b)
    if a.shape[0] <= min(a.shape[1], b.shape[1]):  # the Gram matrices are the smaller way to the same three norms
        kernel_a, kernel_b = a @ a.T, b @ b.T
        cross = (kernel_a * kernel_b).sum()
        return float(cross / (kernel_a.norm() * kernel_b.norm()))
    return float((b.T @ a).square().sum() / ((a.T @ a).norm() * (b.T @ b).norm()))


def _centred(name: str, matrix: Tensor) -> Tensor:
    """Columns with mean 0 and largest entry 1; the first row is subtracted first, so that equal rows give exactly 0."""
    matrix, _ = near_one(matrix)
    shifted = matrix - matrix[0]
    largest = shifted.abs().max()
    if float(largest) == 0:
        raise AMEError(f"{name} must have rows that differ, got {matrix.shape[0]} equal rows: CKA is 0 / 0 there.")
    shifted = shifted / largest
    return shifted - shifted.mean(dim=0)


@dataclass(frozen=True)
class Retrieval:
    """Recall at k in both directions: k -> share of queries whose partner is among the k nearest.

    Attributes:
        image_to_text: images are the queries.
        text_to_image: texts are the queries.
    """

    image_to_text: dict[int, float]
    text_to_image: dict[int, float]


def retrieval_at_k(
    *, image: Tensor, text: Tensor, pair_index: Tensor, ks: Sequence[int] = (1, 5, 10), ties: str = "expected"
) -> Retrieval:
    """R@k by cosine: a query is a hit at k if fewer than k wrong rows are nearer than its nearest partner.

    From image to text, the partner of image i is text `pair_index[i]`. From text to image, the partners of text j are
    all images that point to it, and the nearest one counts; texts without an image are not queries.

    Args:
        image: (N, D).
        text: (M, D).
        pair_index: (N,) whole numbers in [0, M).
        ks: cut-offs, each >= 1.
        ties: "expected" is the chance of a hit if tied rows are ordered at random; "strict" counts only strictly
            nearer rows, so a model that returns the same vector for everything scores 1.

    Returns:
        A `Retrieval` with shares in [0, 1]; chance at k is about k / M and k / N.

    Raises:
        AMEError: if a shape or type is wrong, widths differ, there is no row, a row is all zeros, a value is not
            finite, an index is outside the texts, or k < 1.
    """
    check_choice("ties", ties, ("strict", "expected"))
    try:
        cuts = [as_whole("ks", k, low=1) for k in ks]
    except TypeError as error:
        raise AMEError(f"ks must be whole numbers, say (1, 5, 10), got {shown(ks)}.") from error
    if not cuts:
        raise AMEError("ks must name at least one cut-off, got none.")
    x, y = as_matrix("image", image), as_matrix("text", text)
    same_columns("image", x, "text", y)
    x, y = as_unit_rows("image", x), as_unit_rows("text", y)
    pairs = as_index("pair_index", pair_index, length=x.shape[0], below=y.shape[0], of="texts").to(x.device)
    asked = torch.unique(pairs)
    columns = torch.arange(y.shape[0], device=x.device)
    to_text = _hits(x, y, lambda rows: pairs[rows, None] == columns, cuts, ties)
    to_image = _hits(y[asked], x, lambda rows: asked[rows, None] == pairs, cuts, ties)
    return Retrieval(to_text, to_image)


def _hits(
    queries: Tensor, targets: Tensor, partners: Callable[[slice], Tensor], cuts: Sequence[int], ties: str
) -> dict[int, float]:
    """Mean over queries of the (chance of a) hit at each k; `partners` gives a block's mask of right targets."""
    found = dict.fromkeys(cuts, 0.0)
    for start in range(0, queries.shape[0], _BLOCK):
        rows = slice(start, start + _BLOCK)
        similarity, right = queries[rows] @ targets.T, partners(rows)
        own = similarity.masked_fill(~right, -math.inf).amax(dim=1, keepdim=True)
        nearer = (~right & (similarity > own + _TIE)).sum(dim=1)
        tied_right = (right & (similarity >= own - _TIE)).sum(dim=1)
        tied_wrong = (~right & ((similarity - own).abs() <= _TIE)).sum(dim=1) if ties == "expected" else None
        for k in cuts:
            if tied_wrong is None:
                found[k] += float((nearer < k).sum())
            else:
                found[k] += float(chance_of_hit(k - nearer, tied_right, tied_wrong).sum())
    return {k: total / queries.shape[0] for k, total in found.items()}


def chance_of_hit(places: Tensor, right: Tensor, wrong: Tensor) -> Tensor:
    """Chance of a right row among the first places of a shuffled tie: 1 - C(wrong, places) / C(right + wrong, places).

    Args:
        places: (n,) places that the tied rows can fill.
        right: (n,) tied rows that are right.
        wrong: (n,) tied rows that are wrong.

    Returns:
        (n,) float64 in [0, 1].
    """
    free = places.clamp_min(0).double()
    right, wrong = right.double(), wrong.double()
    can_miss = free <= wrong
    free = torch.minimum(free, wrong)
    log_miss = (
        torch.lgamma(wrong + 1)
        - torch.lgamma(wrong - free + 1)
        - torch.lgamma(right + wrong + 1)
        + torch.lgamma(right + wrong - free + 1)
    )
    return torch.where(can_miss, -torch.expm1(log_miss), torch.ones_like(free))


def effective_rank(x: Tensor, of: str = "singular") -> float:
    """exp(-sum q_i log q_i) with q the normalized spectrum of x, rows as they are (Roy and Vetterli 2007).

    Args:
        x: (N, D), neither centred nor scaled here; do so first if you need it.
        of: "singular" normalizes the singular values, as in the paper; "squared" their squares (the eigenvalues of
            x^T x). The second is never larger; say which one you show.

    Returns:
        A number of dimensions in [1, min(N, D)].

    Raises:
        AMEError: if a shape or type is wrong, there is no row, a value is not finite, all entries are 0, or `of` is
            unknown.
    """
    check_choice("of", of, ("singular", "squared"))
    rows = as_matrix("x", x)
    largest = rows.abs().max()
    if float(largest) == 0:
        raise AMEError("x must have an entry other than 0, got all zeros: its spectrum cannot be normalized.")
    spectrum = torch.linalg.svdvals(rows / largest)
    spectrum = spectrum if of == "singular" else spectrum.square()
    return math.exp(float(torch.special.entr(spectrum / spectrum.sum()).sum()))


def von_neumann_entropy(rows: Tensor) -> float:
    """-tr(A log A) of A = K / tr K, K the Gram matrix of unit rows, not centred, in nats.

    The matrix-based Renyi entropy at alpha -> 1 (Sanchez Giraldo et al. 2015), and the log of `effective_rank(unit
    rows, of="squared")`.

    Args:
        rows: (N, D), of any length; they are scaled to unit length, so that the diagonal of A is 1 / N.

    Returns:
        Nats in [0, log min(N, D)]: 0 if all rows are parallel, log r for r equal eigenvalues.

    Raises:
        AMEError: if a shape or type is wrong, there is no row, a row is all zeros, or a value is not finite.
    """
    return max(0.0, float(spectral_entropy(as_unit_rows("rows", as_matrix("rows", rows)))))
