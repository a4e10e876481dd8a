"""Entropies of a spectrum: matrix-based Renyi (von Neumann at order 1) and diffusion spectral entropy.

They describe how the eigenvalues of a kernel matrix are spread, and need no density; none of them is the entropy of
the distribution that the rows were drawn from. All are in nats, batched over leading axes, computed in float64 on the
input's device, and differentiable in rows and matrices. Divide by log 2 for bits.
"""

from __future__ import annotations

import torch
from torch import Tensor

from ame_explore.ame import AMEError, as_number, check_choice, check_finite
from ame_explore.measures._checks import as_batch, as_square, as_unit_rows, near_one, rounding

KERNELS = ("cosine", "gaussian", "linear")
_EXACT = "donot_use_mm_for_euclid_dist"  # equal rows are then at distance 0, not at the rounding error of a product


def gram_matrix(rows: Tensor, *, kernel: str = "cosine", width: float | None = None) -> Tensor:
    """A = K / tr K, the trace-normalized Gram matrix of the rows (Sanchez Giraldo et al. 2015).

    Args:
        rows: (..., n, d).
        kernel: "cosine", x.y / (|x| |y|); "gaussian", exp(-|x - y|^2 / (2 width^2)); "linear", x.y, whose diagonal is
            not constant, so that long rows weigh more. Rows are not centred.
        width: of the Gaussian, > 0; None takes `median_distance` for each batch element (our choice), held constant
            under differentiation. The other kernels have none.

    Returns:
        (..., n, n) float64, symmetric, positive semidefinite, of trace 1.

    Raises:
        AMEError: if a shape or type is wrong, a value is not finite, a row is all zeros under "cosine" or every row
            under "linear", the kernel is unknown, a width is not > 0 or given without the Gaussian kernel, or the
            median distance is 0.
    """
    check_choice("kernel", kernel, KERNELS)
    x = as_batch("rows", rows)
    if kernel == "gaussian":
        affinity = _gaussian(x, width)
        return affinity / affinity.shape[-1]
    if width is not None:
        raise AMEError(f"width has no meaning for kernel={kernel!r}, got {width!r}: leave it out, or say 'gaussian'.")
    if kernel == "cosine":
        x = as_unit_rows("rows", x, "leave it out, or use another kernel")
    elif bool((x.detach() == 0).all((-2, -1)).any()):
        raise AMEError(f"rows must have an entry other than 0 for kernel={kernel!r}, got zeros.")
    else:
        x, _ = near_one(x)
    product = x @ x.mT
    return product / product.diagonal(dim1=-2, dim2=-1).sum(-1)[..., None, None]


def median_distance(rows: Tensor) -> Tensor:
    """Median Euclidean distance between different rows, the usual first guess at a kernel width.

    Args:
        rows: (..., n, d), n >= 2.

    Returns:
        (...), in the unit of the rows, without gradient; 0 where half of the pairs or more coincide.

    Raises:
        AMEError: if a shape or type is wrong, there are fewer than two rows, or a value is not finite.
    """
    x, exponent = near_one(as_batch("rows", rows, rows=2).detach())
    n = x.shape[-2]
    above = torch.triu_indices(n, n, 1, device=x.device)
    median = torch.cdist(x, x, compute_mode=_EXACT)[..., above[0], above[1]].median(-1).values
    distance = median * torch.exp2(exponent[..., 0, 0])
    check_finite("the median distance", distance, "scale the rows down")
    return distance


def matrix_renyi_entropy(gram: Tensor, alpha: float = 1.0) -> Tensor:
    """S_alpha(A) = log(sum_i l_i^alpha) / (1 - alpha) over the eigenvalues of A = K / tr K; at alpha = 1 its limit
    -sum_i l_i log l_i, the von Neumann entropy (Sanchez Giraldo et al. 2015, "Measures of Entropy from Data Using
    Infinitely Divisible Kernels").

    Any diagonal is allowed: the trace is divided out here. (At order 2, -log(|K|_F^2 / n^2) is right for a unit
    diagonal only; this is -log(|K|_F^2 / (tr K)^2).) Eigenvalues below n * eps * the largest, eps of the dtype given,
    are rounding, and count as 0.

    Known failure: it depends on the kernel and its width as much as on the rows (width -> 0 gives log n, width ->
    infinity 0); with n rows it cannot exceed log n, so high ranks are underestimated; orders below 1 are dominated by
    the smallest eigenvalues, hence by noise.

    Args:
        gram: (..., n, n) symmetric positive semidefinite, say from `gram_matrix`.
        alpha: order, > 0.

    Returns:
        (...) float64 nats in [0, log rank]; log r for r equal eigenvalues, non-increasing in alpha. Differentiable.

    Raises:
        AMEError: if the matrix is not square, symmetric and positive semidefinite, its trace is 0, a value is not
            finite, or alpha <= 0.
    """
    alpha = as_number("alpha", alpha, above=0.0)
    return _renyi(_spectrum("gram", gram), alpha)


def matrix_renyi_joint_entropy(*grams: Tensor, alpha: float = 1.0) -> Tensor:
    """S_alpha(A1 o A2 o ... / tr(...)), o the entrywise (Hadamard) product: two or more views of the same n samples
    (Sanchez Giraldo et al. 2015; several views: Yu et al. 2019).

    With constant diagonals (cosine, Gaussian) it is at least the entropy of each view, at any order.

    Args:
        *grams: two or more (..., n, n) of the same shape, one per view; row i of each is sample i.
        alpha: order, > 0.

    Returns:
        (...) float64 nats in [0, log n]. Differentiable.

    Raises:
        AMEError: as in `matrix_renyi_entropy`, for each view; if there are fewer than two views, or shapes differ.
    """
    alpha = as_number("alpha", alpha, above=0.0)
    joint = _joint_spectrum(grams)
    for place, gram in enumerate(grams):
        _spectrum(f"grams[{place}]", gram.detach())  # a product of two indefinite ones could pass
    return _renyi(joint, alpha)


def matrix_renyi_mutual_information(first: Tensor, second: Tensor, alpha: float = 1.0) -> Tensor:
    """I_alpha = S_alpha(A) + S_alpha(B) - S_alpha(A o B / tr(A o B)) (Sanchez Giraldo et al. 2015; Yu et al. 2019).

    Needs constant diagonals: otherwise the joint weighs the samples differently from its marginals, and the difference
    has no meaning. Then I >= 0 at alpha = 1 (A o B has the spectrum of a separable state with marginals
    A and B: subadditivity); above order 1 negative values occur (-0.13 nats among random ones of order 5), and are
    returned as they are.

    Known failure: it is no estimate of Shannon's information between the variables. It saturates as the joint
    approaches log n: independent views of high rank already give I = S(A) + S(B) - log n > 0.

    Args:
        first: (..., n, n), constant diagonal ("cosine" or "gaussian").
        second: (..., n, n), of the same samples in the same order.
        alpha: order, > 0.

    Returns:
        (...) float64 nats, at most min(S(A), S(B)). Differentiable.

    Raises:
        AMEError: as in `matrix_renyi_joint_entropy`; if a diagonal is not constant.
    """
    alpha = as_number("alpha", alpha, above=0.0)
    for name, gram in (("first", first), ("second", second)):
        diagonal = as_square(name, gram).detach().diagonal(dim1=-2, dim2=-1)
        mean = diagonal.mean(-1, keepdim=True)
        if bool(((diagonal - mean).abs() > 1000 * rounding(gram) * mean.abs()).any()):
            raise AMEError(
                f"{name} must have a constant diagonal, got {float(diagonal.min()):.4g} to "
                f"{float(diagonal.max()):.4g}: use the cosine or the Gaussian kernel."
            )
    marginals = _renyi(_spectrum("first", first), alpha) + _renyi(_spectrum("second", second), alpha)
    return marginals - _renyi(_joint_spectrum((first, second)), alpha)


def diffusion_spectral_entropy(
    rows: Tensor, *, width: float | None = None, t: float = 1.0, anisotropy: float = 0.0
) -> Tensor:
    """DSE = -sum_i q_i log q_i, q_i = |l_i|^t / sum_j |l_j|^t, over the eigenvalues of the diffusion matrix P = D^-1 K
    (Liao et al. 2023, arXiv 2312.04823).

    G_ij = exp(-|x_i - x_j|^2 / (2 width^2)), K_ij = G_ij / (g_i g_j)^anisotropy with g = G 1, D = diag(K 1). The
    eigenvalues are those of the symmetric D^-1/2 K D^-1/2. The authors' released code decomposes g^-1/2 G g^-1/2,
    which is this with anisotropy = 0, keeps the trivial eigenvalue 1 (its first versions dropped it), and takes log2:
    the default here is that, in nats. anisotropy = 1/2 or 1 divides out the density of the samples (Coifman and
    Lafon 2006).

    Known failure: width and t decide the value (width -> 0 gives log n, width -> infinity 0), so numbers compare only
    at one width, n and t; it is capped by log n. A sample in a sparse tail is a group of its own, so at t = 1 the
    limit in n is approached slowly, and the more slowly the greater the anisotropy.

    Args:
        rows: (..., n, d).
        width: the width of the Gaussian, > 0; None takes `median_distance` (our choice; the authors use 10 by default).
        t: diffusion time, > 0.
        anisotropy: in [0, 1].

    Returns:
        (...) float64 nats in [0, log n]: 0 for equal rows, log r for r far groups of equal size. Differentiable.

    Raises:
        AMEError: if a shape or type is wrong, a value is not finite, width or t is not > 0, anisotropy is outside [0,
            1], or the median distance is 0.
    """
    t, anisotropy = as_number("t", t, above=0.0), as_number("anisotropy", anisotropy, low=0.0, high=1.0)
    kernel = _gaussian(as_batch("rows", rows), width)
    degree = kernel.sum(-1) ** -anisotropy
    kernel = kernel * degree[..., :, None] * degree[..., None, :]
    scale = kernel.sum(-1).rsqrt()
    symmetric = kernel * scale[..., :, None] * scale[..., None, :]
    eigenvalues = _eigenvalues("the diffusion matrix", symmetric, torch.finfo(symmetric.dtype).eps)
    # powers of the ratio to the largest, which is 1, so that not all of them underflow
    positive, noise = eigenvalues > 0, symmetric.shape[-1] * torch.finfo(symmetric.dtype).eps
    logs = torch.where(positive, eigenvalues, 1.0).log() - eigenvalues.amax(-1, keepdim=True).log()
    if t * noise > 1:  # equal eigenvalues differ only by rounding
        logs = torch.where(logs > -noise, 0.0, logs)
    powered = torch.where(positive, (t * logs).exp(), 0.0)
    return _renyi(powered / powered.sum(-1, keepdim=True), 1.0)


def _gaussian(x: Tensor, width: float | None) -> Tensor:
    """(..., n, d) -> (..., n, n) with a diagonal of ones."""
    x, exponent = near_one(x)
    if width is None:
        chosen = median_distance(x)[..., None, None]
        if bool((chosen == 0).any()):
            raise AMEError(
                "width cannot be the median distance where half of the pairs or more coincide: give a width."
            )
    else:
        chosen = as_number("width", width, above=0.0) * torch.exp2(-exponent)
    # with a width that underflows or overflows, all rows are different, or all are the same
    scaled = x / chosen.clamp(1e-150, 1e150)
    return torch.exp(-torch.cdist(scaled, scaled, compute_mode=_EXACT).square() / 2)


def _joint_spectrum(grams: tuple[Tensor, ...]) -> Tensor:
    """Eigenvalues of the entrywise product over their sum; its zeros are judged by the least precise factor."""
    if len(grams) < 2:
        raise AMEError(f"grams must be two matrices or more, got {len(grams)}.")
    views = [as_square(f"grams[{place}]", gram) for place, gram in enumerate(grams)]
    if len({view.shape for view in views}) > 1:
        raise AMEError(f"grams must have one shape, got {[tuple(view.shape) for view in views]}: one row a sample.")
    product = torch.ones_like(views[0])
    for view in views:
        largest = view.detach().abs().amax((-2, -1), keepdim=True)  # a scale, so that many factors do not underflow
        product = product * (view / torch.where(largest > 0, largest, 1.0))
    return _eigenvalues("the product of grams", product, max(rounding(gram) for gram in grams))


def _spectrum(name: str, gram: Tensor) -> Tensor:
    return _eigenvalues(name, as_square(name, gram), rounding(gram))


def _eigenvalues(name: str, matrix: Tensor, eps: float) -> Tensor:
    """Eigenvalues of a symmetric matrix over their sum, (..., n); values that are 0 up to rounding become exactly 0."""
    size = matrix.detach().abs().amax((-2, -1), keepdim=True)
    if bool((size == 0).any()):
        raise AMEError(f"{name} must have a trace > 0, got all zeros: there is no spectrum to normalize.")
    eigenvalues = torch.linalg.eigvalsh(matrix / size)
    floor = eigenvalues.detach().abs().amax(-1, keepdim=True) * matrix.shape[-1] * eps
    if bool((eigenvalues < -floor).any()):
        raise AMEError(
            f"{name} must be positive semidefinite, got an eigenvalue of {float(eigenvalues.min()):.4g} times its "
            "largest entry: a Gram matrix has none below 0."
        )
    kept = torch.where(eigenvalues > floor, eigenvalues, 0.0)
    return kept / kept.sum(-1, keepdim=True)


def _renyi(shares: Tensor, alpha: float) -> Tensor:
    """Renyi entropy of shares (..., m) that sum to 1; zeros contribute neither value nor gradient."""
    positive = shares > 0
    # `where` on both sides: the log of a zero would put NaN into the gradient of the branch not taken
    log_shares = torch.where(positive, shares, 1.0).log()
    if alpha == 1:
        return -(shares * log_shares).sum(-1)
    if abs(alpha - 1) < 0.5:  # log(sum l^alpha) cancels near 1; with sum l = 1 it is log1p(sum l (l^(alpha-1) - 1))
        return torch.log1p((shares * torch.expm1((alpha - 1) * log_shares)).sum(-1)) / (1 - alpha)
    largest = log_shares.detach().masked_fill(~positive, -torch.inf).amax(-1, keepdim=True)
    rest = torch.where(positive, alpha * (log_shares - largest), -torch.inf)
    return torch.logsumexp(rest, -1) / (1 - alpha) + largest[..., 0] * (alpha / (1 - alpha))
