"""Distributions that resemble some data, can be drawn afresh, and whose entropy or information is written down."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from ame_explore.ame import AMEError
from ame_explore.measures.known import dirichlet_entropy

Parts = tuple[Tensor, ...]  # x, or x and y, row beside row
Draw = Callable[[int, np.random.Generator], Parts]  # so many rows of it


def matching_concentration(entropy: float, classes: int) -> float:
    """The Dirichlet concentration whose mean entropy this is, kept within what can be drawn."""
    from scipy.optimize import brentq

    low, high = -6.0, 8.0
    ends = [dirichlet_entropy(math.exp(end), classes) for end in (low, high)]
    if not ends[0] < entropy < ends[1]:
        return math.exp(low if entropy <= ends[0] else high)
    return math.exp(brentq(lambda log: dirichlet_entropy(math.exp(log), classes) - entropy, low, high))


def gaussian(variances: Tensor) -> Draw:
    """Independent Gaussian columns of these variances: no estimator here that uses it sees a rotation."""
    scale = variances.clamp_min(0).sqrt().numpy()

    def draw(n: int, generator: np.random.Generator) -> Parts:
        return (torch.from_numpy(generator.standard_normal((n, len(scale))) * scale),)

    return draw


def correlation(information: float, pairs: int) -> float:
    """The correlation of each of so many independent pairs of coordinates that hold this information together."""
    return math.sqrt(-math.expm1(-2 * information / pairs))


def correlated(left: int, right: int, information: float) -> Draw:
    """Standard Gaussians of these widths, paired coordinate by coordinate as far as both reach."""
    pairs = min(left, right)
    rho = correlation(information, pairs)

    def draw(n: int, generator: np.random.Generator) -> Parts:
        x, y = generator.standard_normal((n, left)), generator.standard_normal((n, right))
        y[:, :pairs] = rho * x[:, :pairs] + math.sqrt(1 - rho**2) * y[:, :pairs]
        return torch.from_numpy(x), torch.from_numpy(y)

    return draw


def variances(x: Tensor) -> Tensor:
    """Eigenvalues of the covariance, without the directions in which nothing varies."""
    found = torch.linalg.svdvals(x - x.mean(0)).square() / (len(x) - 1)
    kept: Tensor = found[found > found.max() * len(x) * torch.finfo(found.dtype).eps]
    if len(kept) == 0:
        raise AMEError("x must have rows that differ: a control of the same covariance has nothing to vary.")
    return kept


def dirichlet(concentration: float, classes: int) -> Draw:
    """Logits whose softmax is a symmetric Dirichlet variate."""

    def draw(n: int, generator: np.random.Generator) -> Parts:
        # The log of a Gamma(a) variate, from Gamma(a + 1) and a uniform one: for small a it would itself underflow.
        shape = (n, classes)
        logits = np.log(generator.gamma(concentration + 1, size=shape))
        return (torch.from_numpy(logits - generator.standard_exponential(size=shape) / concentration),)

    return draw
