"""Controls: distributions that resemble given data and have a known entropy or information."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from ame_explore.ame import AMEError
from ame_explore.measures.known import dirichlet_entropy

Parts = tuple[Tensor, ...]  # x, or x and y, row beside row
Draw = Callable[[int, np.random.Generator], Parts]  # draws a given number of rows


def matching_concentration(entropy: float, classes: int) -> float:
    """The concentration of a symmetric Dirichlet distribution with a given mean entropy.

    Args:
        entropy: mean entropy, nats.
        classes: number of classes.

    Returns:
        The concentration, clipped to [exp(-6), exp(8)].
    """
    from scipy.optimize import brentq

    low, high = -6.0, 8.0
    ends = [dirichlet_entropy(math.exp(end), classes) for end in (low, high)]
    if not ends[0] < entropy < ends[1]:
        return math.exp(low if entropy <= ends[0] else high)
    return math.exp(brentq(lambda log: dirichlet_entropy(math.exp(log), classes) - entropy, low, high))


def gaussian(variances: Tensor) -> Draw:
    """Independent Gaussian columns with given variances; the estimators that use them are invariant to rotation."""
    scale = variances.clamp_min(0).sqrt().numpy()

    def draw(n: int, generator: np.random.Generator) -> Parts:
        return (torch.from_numpy(generator.standard_normal((n, len(scale))) * scale),)

    return draw


def correlation(information: float, pairs: int) -> float:
    """The correlation within independent Gaussian coordinate pairs that gives a total mutual information.

    Args:
        information: total mutual information, nats.
        pairs: number of coordinate pairs.

    Returns:
        sqrt(1 - exp(-2 information / pairs)).
    """
    return math.sqrt(-math.expm1(-2 * information / pairs))


def correlated(left: int, right: int, information: float) -> Draw:
    """Standard Gaussians x and y with given widths and mutual information, correlated coordinate by coordinate.

    Args:
        left: width of x.
        right: width of y.
        information: mutual information, nats.

    Returns:
        Draws of (x, y).
    """
    pairs = min(left, right)
    rho = correlation(information, pairs)

    def draw(n: int, generator: np.random.Generator) -> Parts:
        x, y = generator.standard_normal((n, left)), generator.standard_normal((n, right))
        y[:, :pairs] = rho * x[:, :pairs] + math.sqrt(1 - rho**2) * y[:, :pairs]
        return torch.from_numpy(x), torch.from_numpy(y)

    return draw


def variances(x: Tensor) -> Tensor:
    """Eigenvalues of the covariance, without those that are 0.

    Args:
        x: (n, d).

    Returns:
        (r,) float64, r <= d.

    Raises:
        AMEError: if all rows are equal.
    """
    found = torch.linalg.svdvals(x - x.mean(0)).square() / (len(x) - 1)
    kept: Tensor = found[found > found.max() * len(x) * torch.finfo(found.dtype).eps]
    if len(kept) == 0:
        raise AMEError("x must have rows that differ, got equal rows, whose covariance is 0.")
    return kept


def dirichlet(concentration: float, classes: int) -> Draw:
    """Logits whose softmax follows a symmetric Dirichlet distribution.

    Args:
        concentration: the concentration of the distribution, > 0.
        classes: number of classes.

    Returns:
        Draws of (n, classes) logits.
    """

    def draw(n: int, generator: np.random.Generator) -> Parts:
        # The log of a Gamma(a) variate, from Gamma(a + 1) and a uniform one: Gamma(a) itself underflows for small a.
        shape = (n, classes)
        logits = np.log(generator.gamma(concentration + 1, size=shape))
        return (torch.from_numpy(logits - generator.standard_exponential(size=shape) / concentration),)

    return draw
