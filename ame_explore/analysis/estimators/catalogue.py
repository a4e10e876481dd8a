"""The estimators available to a sanity strip, each with its control."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from ame_explore.ame import AMEError, check_choice, check_number, unit_rows
from ame_explore.analysis.estimators import controls
from ame_explore.analysis.estimators.controls import Parts
from ame_explore.measures import entropy as measured
from ame_explore.measures import known


@dataclass(frozen=True)
class Options:
    """Options of the estimators; see `ame_explore.analysis.estimators.sanity.sanity_strip`."""

    k: int = 3
    alpha: float = 1.0
    kernel: str = "cosine"
    width: float | None = None
    t: float = 1.0
    anisotropy: float = 0.0
    of: str = "singular"
    logit_scale: float = 100.0

    @property
    def known_width(self) -> float:
        """The width, once `read_options` has set it."""
        assert self.width is not None
        return self.width


@dataclass(frozen=True, eq=False)
class Case:
    """An estimator on given data, and its control.

    Attributes:
        quantity: what is estimated, in words.
        control_words: the control, in words.
        estimate: the estimator, applied to rows of the data.
        draw: draws a given number of rows of the control.
        truth: the true value for the control.
        unit: unit of the estimate.
        least: the fewest rows that the estimator needs.
        cap: the largest possible estimate for a given number of rows.
        control_estimate: the estimator for the control; None: `estimate`.
    """

    quantity: str
    control_words: str
    estimate: Callable[[Parts, Options], float]
    draw: controls.Draw
    truth: Callable[[Options], float]
    unit: str = "nats"
    least: Callable[[Options], int] = lambda options: 2
    cap: Callable[[int, Options], float] = lambda n, options: math.inf
    control_estimate: Callable[[Parts, Options], float] | None = None

    def estimate_control(self, parts: Parts, options: Options) -> float:
        """The same estimator on a draw of the control."""
        return (self.control_estimate or self.estimate)(parts, options)


@dataclass(frozen=True)
class Estimator:
    """How an estimator is judged, and the options that it reads; any other is an error, so that none is ignored.

    Attributes:
        case: makes its `Case` from the data and the options.
        reads: the names of its options.
    """

    case: Callable[[Parts, Options], Case]
    reads: tuple[str, ...]


def read_options(estimator: str, vary: str, x: Tensor, given: Mapping[str, Any]) -> Options:
    """Check options, and set a required width that was not given to the median distance of `x`.

    Args:
        estimator: its name.
        vary: "n", "k" or "width".
        x: (n, d) rows.
        given: options by name.

    Returns:
        All options.

    Raises:
        AMEError: if the estimator does not have an option, an option is invalid, or the estimator cannot vary `vary`.
    """
    reads = CASES[estimator].reads
    unknown = [name for name in given if name not in reads]
    if unknown:
        raise AMEError(f"{unknown[0]} is not an option of {estimator!r}, which takes {', '.join(reads) or 'none'}.")
    options = Options(**given)
    if vary == "width" and "kernel" in reads and "kernel" not in given:
        options = replace(options, kernel="gaussian")
    check_number("k", options.k, low=1, whole=True)
    check_number("logit_scale", options.logit_scale, above=0.0)
    check_choice("kernel", options.kernel, ("cosine", "gaussian"))
    has_width = "width" in reads and ("kernel" not in reads or options.kernel == "gaussian")
    if (vary == "k" and "k" not in reads) or (vary == "width" and not has_width):
        raise AMEError(f"vary={vary!r} has no meaning for {estimator!r} with these options: use vary='n'.")
    if not has_width and options.width is not None:
        raise AMEError("width has no meaning for kernel='cosine': leave it out, or use kernel='gaussian'.")
    if has_width and options.width is None:
        width = float(measured.median_distance(x))
        if width == 0:
            raise AMEError("width cannot be the median distance, which is 0 for these rows: pass a width.")
        options = replace(options, width=width)
    return options


def held_words(estimator: str, vary: str, options: Options) -> str:
    """The options held fixed, such as "k = 3", without those named in the quantity or at a trivial default.

    Args:
        estimator: its name.
        vary: what varies.
        options: the options in force.

    Returns:
        The words; "" if there is nothing to say.
    """
    unsaid = {vary, "alpha", "kernel", "of", "logit_scale", *(() if options.anisotropy else ("anisotropy",))}
    held = {name: getattr(options, name) for name in CASES[estimator].reads if name not in unsaid}
    return ", ".join(f"{name} = {value:.3g}" for name, value in held.items() if value is not None)


def _kozachenko_leonenko(data: Parts, options: Options) -> Case:
    (x,) = data

    def estimate(parts: Parts, now: Options) -> float:
        return float(measured.kozachenko_leonenko(parts[0], now.k).value)

    _finite(estimate(data, options), "the rows coincide or lie in a lower-dimensional plane: project them first (PCA)")
    covariance = torch.atleast_2d(torch.cov(x.T))
    return Case(
        quantity="Kozachenko-Leonenko entropy",
        control_words="a Gaussian of the same covariance",
        estimate=estimate,
        draw=controls.gaussian(torch.linalg.eigvalsh(covariance)),
        truth=lambda now: float(known.gaussian_entropy(covariance)),
        least=lambda now: max(now.k, x.shape[1]) + 2,
    )


def _ksg(data: Parts, options: Options) -> Case:
    def estimate(parts: Parts, now: Options) -> float:
        return float(measured.ksg_information(parts[0], parts[1], now.k).value)

    target = max(0.0, estimate(data, options))
    return Case(
        quantity="KSG mutual information",
        control_words="correlated Gaussians with the information estimated from the data",
        estimate=estimate,
        draw=controls.correlated(data[0].shape[1], data[1].shape[1], target),
        truth=lambda now: target,
        least=lambda now: now.k + 2,
        cap=lambda n, now: float(torch.digamma(torch.tensor([n, now.k], dtype=torch.float64)).diff().neg()),
    )


def _infonce(data: Parts, options: Options) -> Case:
    if data[0].shape[1] != data[1].shape[1]:
        raise AMEError(f"x and y must have equally many columns, got {[side.shape[1] for side in data]}.")

    def bound(scores: Tensor) -> float:
        return float(measured.infonce_bound(scores).value)

    def estimate(parts: Parts, now: Options) -> float:
        x, y = (unit_rows(side) for side in parts)
        return bound(now.logit_scale * x @ y.T)

    target = max(0.0, estimate(data, options))
    columns = data[0].shape[1]
    draw, rho = controls.correlated(columns, columns, target), controls.correlation(target, columns)

    def critic(parts: Parts, now: Options) -> float:
        """log p(x, y) / (p(x) p(y)) up to a constant, which does not change the bound."""
        x, y = parts
        squares = x.square().sum(1)[:, None] + y.square().sum(1)
        return bound((rho * x @ y.T - rho**2 * squares / 2) / (1 - rho**2))

    return Case(
        quantity="InfoNCE bound on mutual information",
        control_words="correlated Gaussians with the optimal critic and the information bounded from the data",
        estimate=estimate,
        draw=draw,
        truth=lambda now: target,
        cap=lambda n, now: math.log(n),
        control_estimate=critic,
    )


def _matrix_renyi(data: Parts, options: Options) -> Case:
    def estimate(parts: Parts, now: Options) -> float:
        gram = measured.gram_matrix(parts[0], kernel=now.kernel, width=now.width)
        return float(measured.matrix_renyi_entropy(gram, now.alpha))

    name = "von Neumann entropy" if options.alpha == 1 else f"matrix Rényi entropy of order {options.alpha:g}"
    if options.kernel == "gaussian":
        variances = controls.variances(data[0])
        return Case(
            quantity=f"{name}, Gaussian kernel",
            control_words="a Gaussian of the same covariance",
            estimate=estimate,
            draw=controls.gaussian(variances),
            truth=lambda now: float(known.gaussian_kernel_entropy(variances, now.known_width, now.alpha)),
            cap=lambda n, now: math.log(n),
        )
    columns = data[0].shape[1]
    rank = min(columns, max(1, round(math.exp(estimate(data, options)))))
    return Case(
        quantity=f"{name} of cosines",
        control_words=f"rows spread evenly over {rank} dimension{'s' if rank > 1 else ''}",
        estimate=estimate,
        draw=controls.gaussian(torch.ones(rank, dtype=torch.float64)),
        truth=lambda now: math.log(rank),
        cap=lambda n, now: math.log(min(n, columns)),
    )


def _diffusion(data: Parts, options: Options) -> Case:
    def estimate(parts: Parts, now: Options) -> float:
        return float(measured.diffusion_spectral_entropy(parts[0], width=now.width, t=now.t, anisotropy=now.anisotropy))

    variances = controls.variances(data[0])
    return Case(
        quantity="diffusion spectral entropy",
        control_words="a Gaussian of the same covariance",
        estimate=estimate,
        draw=controls.gaussian(variances),
        truth=lambda now: float(
            known.gaussian_diffusion_entropy(variances, now.known_width, t=now.t, anisotropy=now.anisotropy)
        ),
        cap=lambda n, now: math.log(n),
    )


def _effective_rank(data: Parts, options: Options) -> Case:
    def estimate(parts: Parts, now: Options) -> float:
        return measured.effective_rank(parts[0], of=now.of)

    columns = data[0].shape[1]
    rank = min(columns, max(1, round(estimate(data, options))))
    return Case(
        quantity=f"effective rank over {'squared ' if options.of == 'squared' else ''}singular values",
        control_words=f"rows spread evenly over {rank} dimension{'s' if rank > 1 else ''}",
        unit="dimensions",
        estimate=estimate,
        draw=controls.gaussian(torch.ones(rank, dtype=torch.float64)),
        truth=lambda now: float(rank),
        cap=lambda n, now: float(min(n, columns)),
    )


def _row_softmax(data: Parts, options: Options) -> Case:
    variance = float(data[0].mean(1).var(correction=0))
    return Case(
        quantity="row softmax: log n − H",
        control_words="Gaussian row scores of the same variance",
        estimate=lambda parts, now: float(measured.row_softmax_entropy(parts[0]).deficit),
        draw=controls.gaussian(torch.tensor([variance], dtype=torch.float64)),
        truth=lambda now: variance / 2,
        cap=lambda n, now: math.log(n),
    )


def _predictive(data: Parts, options: Options) -> Case:
    def estimate(parts: Parts, now: Options) -> float:
        return float(measured.predictive_entropies(parts[0]).mean)

    classes = data[0].shape[1]
    if classes < 2:
        raise AMEError("x must hold logits of two or more classes, got one column, whose entropy is 0.")
    target = estimate(data, options)
    concentration = controls.matching_concentration(target, classes)

    return Case(
        quantity="mean predictive entropy",
        control_words="Dirichlet answers with the data's mean entropy",
        estimate=estimate,
        draw=controls.dirichlet(concentration, classes),
        truth=lambda now: known.dirichlet_entropy(concentration, classes),
        cap=lambda n, now: math.log(classes),
    )


def _finite(value: float, why: str) -> None:
    if not math.isfinite(value):
        raise AMEError(f"x gives an estimate of {value}, for which there is no control: {why}.")


CASES: Mapping[str, Estimator] = {
    "kozachenko-leonenko": Estimator(_kozachenko_leonenko, ("k",)),
    "ksg": Estimator(_ksg, ("k",)),
    "infonce": Estimator(_infonce, ("logit_scale",)),
    "matrix-renyi": Estimator(_matrix_renyi, ("alpha", "kernel", "width")),
    "diffusion": Estimator(_diffusion, ("width", "t", "anisotropy")),
    "effective-rank": Estimator(_effective_rank, ("of",)),
    "row-softmax": Estimator(_row_softmax, ()),
    "predictive": Estimator(_predictive, ()),
}
