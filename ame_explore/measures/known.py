"""Known answers: entropies and information of distributions in closed form, in nats.

The tests compare estimators in `measures` with them, and the sanity strip draws them next to an estimate.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from ame_explore.ame import AMEError, as_number, as_whole, has_values, shown
from ame_explore.measures._checks import as_square


def gaussian_entropy(covariance: Tensor) -> Tensor:
    """h = (1/2) log((2 pi e)^d det C), the differential entropy of a Gaussian (Cover and Thomas 2006, theorem 8.4.1).

    Args:
        covariance: (..., d, d) symmetric positive semidefinite.

    Returns:
        (...) float64 nats; -inf for a singular covariance, which has no density. Differentiable where it is regular.

    Raises:
        AMEError: if the matrix is not square, symmetric and positive semidefinite, or a value is not finite.
    """
    d = covariance.shape[-1] if isinstance(covariance, Tensor) and covariance.ndim else 0
    return (d * math.log(2 * math.pi * math.e) + _log_determinant("covariance", covariance)) / 2


def gaussian_kernel_entropy(variances: Tensor, width: float, alpha: float = 1.0) -> Tensor:
    """The limit of `matrix_renyi_entropy` of a Gaussian kernel for Gaussian rows as n grows.

    In one dimension the kernel's eigenvalues under the Gaussian are (1 - b) b^i, i = 0, 1, ... (Zhu et al. 1997;
    Rasmussen and Williams 2006, section 4.3.1): with u = 1 / (4 s^2), v = 1 / (2 width^2), b = v / (u + v +
    sqrt(u^2 + 2 u v)). Dimensions multiply, so entropies of that geometric distribution add.

    Args:
        variances: (..., d) > 0, the eigenvalues of the covariance.
        width: width of the kernel, > 0.
        alpha: order, > 0.

    Returns:
        (...) float64 nats.

    Raises:
        AMEError: if a variance, width or order is not > 0.
    """
    alpha, r = as_number("alpha", alpha, above=0.0), _relative_width(variances, width)
    # with r = width / s: u / v = r^2 / 2 and 1 - b = w / (1 + w), w = u / v + sqrt((u / v)^2 + 2 u / v)
    w = r * (r / 2 + (r.square() / 4 + 1).sqrt())
    return _geometric_entropy(w / (1 + w), alpha).sum(-1)


def gaussian_diffusion_entropy(variances: Tensor, width: float, t: float = 1.0, anisotropy: float = 0.0) -> Tensor:
    """The limit of `diffusion_spectral_entropy` for Gaussian rows as n grows (our derivation).

    In one dimension, dividing by g^anisotropy leaves a Gaussian weight of precision 1 / w^2 = 1 / s^2 - anisotropy /
    (s^2 + width^2); one step then contracts by b = w^2 / (w^2 + width^2), and an autoregression with that coefficient
    has the eigenvalues b^i (Mehler). Powers of t give b^(t i), a geometric distribution once normalized.

    Args:
        variances: (..., d) > 0, the eigenvalues of the covariance.
        width: width of the Gaussian, > 0.
        t: diffusion time, > 0.
        anisotropy: in [0, 1].

    Returns:
        (...) float64 nats.

    Raises:
        AMEError: if a variance, width or t is not > 0, or anisotropy is outside [0, 1].
    """
    t, anisotropy = as_number("t", t, above=0.0), as_number("anisotropy", anisotropy, low=0.0, high=1.0)
    squared = _relative_width(variances, width).square()
    # in units of s^2: w^2 = (1 + r^2) / (1 + r^2 - anisotropy), and 1 - b = r^2 / (w^2 + r^2)
    weight = (1 + squared) / ((1 - anisotropy) + squared)
    # 1 - b^t, which is at least the smallest number (its entropy is then large and finite)
    rest = -torch.expm1(t * torch.log1p(-squared / (weight + squared)))
    return _geometric_entropy(rest.clamp_min(torch.finfo(rest.dtype).tiny), 1.0).sum(-1)


def dirichlet_entropy(concentration: float, classes: int) -> float:
    """Mean entropy of symmetric Dirichlet probabilities, psi(C a + 1) - psi(a + 1) (Wolpert and Wolf 1995).

    Args:
        concentration: a > 0; small values give certain answers, large values uniform ones.
        classes: C in [2, 1e15].

    Returns:
        Nats in (0, log C).

    Raises:
        AMEError: if a is not > 0, or C < 2.
    """
    concentration = min(
        as_number("concentration", concentration, above=0.0), 1e15
    )  # beyond this the value is log C to the last digit
    classes = as_whole("classes", classes, low=2, high=10**15)
    arguments = torch.tensor([classes * concentration + 1, concentration + 1], dtype=torch.float64, device="cpu")
    return float(torch.digamma(arguments).diff().neg())


def _geometric_entropy(rest: Tensor, alpha: float) -> Tensor:
    """Renyi entropy of (1 - b) b^i, i = 0, 1, ..., for b in (0, 1), given 1 - b: it keeps its digits near 0."""
    log_b = torch.log1p(-rest.clamp_max(1 - 2.0**-53))
    if alpha == 1:
        return -rest.log() - log_b.exp() * log_b / rest
    powered = -torch.expm1(alpha * log_b)  # 1 - b^alpha
    log_powered = powered.clamp_min(torch.finfo(rest.dtype).tiny).log()
    return alpha / (1 - alpha) * rest.log() - log_powered / (1 - alpha)


def _relative_width(variances: Tensor, width: float) -> Tensor:
    """width / s of each direction, within 1e-75 to 1e75, beyond which no entropy changes in float64 but by its log."""
    width = as_number("width", width, above=0.0)
    try:
        variance = torch.as_tensor(variances, dtype=torch.float64)
    except (TypeError, ValueError, RuntimeError) as error:
        raise AMEError(f"variances must be numbers, got {shown(variances)}.") from error
    if variance.layout != torch.strided or not has_values(variance) or variance.numel() == 0:
        raise AMEError(f"variances must be at least one number, got {shown(variances)}.")
    if not bool((variance.isfinite() & (variance > 0)).all()):
        raise AMEError("variances must be finite and > 0: leave out the directions in which nothing varies.")
    return (width / variance.sqrt()).clamp(1e-75, 1e75)


def _log_determinant(name: str, covariance: Tensor) -> Tensor:
    """-inf for a singular matrix, judged in the units of its own diagonal, so that small variances are not zeros."""
    matrix = as_square(name, covariance)
    d = matrix.shape[-1]
    variances = matrix.diagonal(dim1=-2, dim2=-1)
    if bool((variances < 0).any()):
        raise AMEError(f"{name} must be positive semidefinite, got a variance of {float(variances.min()):.4g}.")
    flat = (variances == 0).any(-1)
    deviation = torch.where(variances > 0, variances, 1.0).sqrt()
    eigenvalues = torch.linalg.eigvalsh(matrix / deviation[..., :, None] / deviation[..., None, :])
    floor = 8 * d * torch.finfo(matrix.dtype).eps * eigenvalues.detach().amax(-1, keepdim=True)
    if bool((eigenvalues < -floor).any()):
        raise AMEError(f"{name} must be positive semidefinite, got a correlation matrix with an eigenvalue below 0.")
    regular = eigenvalues > floor
    logs = torch.where(regular, eigenvalues, 1.0).log().sum(-1) + 2 * deviation.log().sum(-1)
    return torch.where(regular.all(-1) & ~flat, logs, -math.inf)
