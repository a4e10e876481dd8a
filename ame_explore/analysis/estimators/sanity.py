"""The sanity strip: an estimate against sample size, k or kernel width, next to a control with a known true value.

An estimator's bias depends on n, d and the distribution, and cannot be seen on the data themselves. So we also run the
estimator on draws from a known distribution with the same n and d that resembles the data: an error there is likely
here too. A strip can show that an estimate is not trustworthy, never that it is: data near a curve or in clusters have
a different bias from a Gaussian that fills all d dimensions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ame_explore.ame import AMEError, check_choice, check_number
from ame_explore.analysis.estimators.catalogue import CASES, Case, Options, held_words, read_options
from ame_explore.arguments import checked
from ame_explore.data.files.boundary import check_memory
from ame_explore.measures._checks import as_batch, same_rows

ESTIMATORS = tuple(CASES)
VARIED = ("n", "k", "width")
_KS = (1, 2, 3, 5, 8, 12, 20)
_POINTS = 7

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class SanityStrip:
    """One estimator at P settings, on the data and on a control with a known true value.

    Attributes:
        estimator: one of `ESTIMATORS`.
        quantity: what it estimates, in words.
        unit: "nats" or "dimensions".
        vary: "n", "k" or "width".
        settings: (P,) values of n, k or width, ascending.
        estimate: estimates on the data. If n varies, (P, repeats) on random subsets drawn without replacement; they
            overlap, so their spread falls to 0 as n approaches all rows. If k or width varies, (P, 1) on all rows.
        control: (P, repeats) estimates on independent draws of the control.
        truth: (P,) the control's true value.
        cap: (P,) the largest possible estimate; infinite if there is no limit.
        control_words: the control, in words.
        n: number of rows used (the most, if n varies).
        d: number of columns of x.
        held: what was held fixed, in words.
    """

    estimator: str
    quantity: str
    unit: str
    vary: str
    settings: Array
    estimate: Array
    control: Array
    truth: Array
    cap: Array
    control_words: str
    n: int
    d: int
    held: str

    @property
    def bias(self) -> Array:
        """Mean of the control's estimates minus the true value, (P,)."""
        bias: Array = self.control.mean(axis=1) - self.truth
        return bias

    @property
    def bias_error(self) -> Array:
        """Standard error of `bias` over the draws, (P,); NaN for one draw."""
        draws = self.control.shape[1]
        if draws == 1:
            return np.full(len(self.settings), np.nan)
        return np.asarray(self.control.std(axis=1, ddof=1) / np.sqrt(draws))


@checked
def sanity_strip(
    x: Tensor,
    y: Tensor | None = None,
    *,
    estimator: str,
    vary: str = "n",
    settings: Sequence[float] | None = None,
    repeats: int = 8,
    max_rows: int = 1000,
    seed: int = 0,
    **options: Any,
) -> SanityStrip:
    """Run an estimator over a range of settings, on the data and on its control.

    | estimator | x (and y) | control; what it shares with the data | true value |
    |---|---|---|---|
    | kozachenko-leonenko | rows | Gaussian; covariance | its entropy |
    | ksg | rows, their partners | correlated Gaussians; the data's own estimate | their information |
    | infonce | rows, their partners | correlated Gaussians, optimal critic; the same | their information |
    | matrix-renyi, kernel cosine | rows | rank r, evenly spread; r nearest exp of the estimate | log r |
    | matrix-renyi, kernel gaussian | rows | Gaussian; covariance | `gaussian_kernel_entropy` |
    | diffusion | rows | Gaussian; covariance | `gaussian_diffusion_entropy` |
    | effective-rank | rows | rank r, evenly spread; r nearest the estimate | r |
    | row-softmax (log n - H) | rows | Gaussian row scores; their variance | half the variance |
    | predictive | logits | Dirichlet answers; mean entropy | `dirichlet_entropy` |

    Args:
        x: (N, d).
        y: (N, dy), required by "ksg" and "infonce" and by no other.
        estimator: one of `ESTIMATORS`.
        vary: "n"; "k" (neighbour estimators); "width" (Gaussian kernels).
        settings: the values to use. None: sizes up to the number of rows used, k up to a quarter of it, or widths from
            1/8 to 8 times the median distance.
        repeats: number of subsets of the data and of draws of the control, >= 1.
        max_rows: the most rows to use, drawn at random.
        seed: seed of subsets and draws.
        **options: k (3), alpha (1.0), kernel ("cosine", or "gaussian" if the width varies), width (None: the median
            distance of the rows used, the same for all n), t (1.0), anisotropy (0.0), of ("singular"; effective rank),
            logit_scale (100.0).

    Returns:
        The estimates on the data and on the control.

    Raises:
        AMEError: if a name is unknown, or x, y, settings or options are invalid; if the estimator raises it; or if the
            estimate is not finite, so that no control exists.
    """
    check_choice("estimator", estimator, ESTIMATORS)
    check_choice("vary", vary, VARIED)
    check_number("repeats", repeats, low=1, whole=True)
    check_number("max_rows", max_rows, low=2, whole=True)
    check_number("seed", seed, low=0, whole=True)
    check_memory("so many repeats", 16 * _POINTS * repeats)
    generator = np.random.default_rng(seed)
    data = _rows(x, y, estimator, max_rows, generator)
    chosen = read_options(estimator, vary, data[0], options)
    case = CASES[estimator].case(data, chosen)
    n = len(data[0])
    values = _settings(settings, vary, n, case, chosen)
    columns = repeats if vary == "n" else 1
    found, control = np.empty((len(values), columns)), np.empty((len(values), repeats))
    truth, cap = np.empty(len(values)), np.empty(len(values))
    for place, value in enumerate(values):
        size = int(value) if vary == "n" else n
        now = _at(chosen, vary, value)
        for column in range(columns):
            rows = torch.from_numpy(generator.permutation(n)[:size]) if size < n else torch.arange(n)
            found[place, column] = case.estimate(tuple(side[rows] for side in data), now)
        for column in range(repeats):
            control[place, column] = case.estimate_control(case.draw(size, generator), now)
        truth[place], cap[place] = case.truth(now), case.cap(size, now)
    return SanityStrip(
        estimator=estimator,
        quantity=case.quantity,
        unit=case.unit,
        vary=vary,
        settings=values,
        estimate=found,
        control=control,
        truth=truth,
        cap=cap,
        control_words=case.control_words,
        n=n,
        d=data[0].shape[1],
        held=held_words(estimator, vary, chosen),
    )


def _at(options: Options, vary: str, value: float) -> Options:
    if vary == "k":
        return replace(options, k=int(value))
    return replace(options, width=float(value)) if vary == "width" else options


def _rows(
    x: Tensor, y: Tensor | None, estimator: str, max_rows: int, generator: np.random.Generator
) -> tuple[Tensor, ...]:
    """At most `max_rows` rows of the data, on the CPU."""
    pairs = estimator in ("ksg", "infonce")
    if pairs != (y is not None):
        raise AMEError(f"y must be {'given' if pairs else 'None'} for estimator={estimator!r}.")
    sides = [as_batch(name, side, rows=2) for name, side in (("x", x), ("y", y)) if side is not None]
    for name, side in zip("xy", sides, strict=False):
        if side.ndim != 2:
            raise AMEError(f"{name} must be one matrix (rows, columns), got shape {tuple(side.shape)}.")
    if pairs:
        same_rows("x", sides[0], "y", sides[1])
    n = sides[0].shape[0]
    kept = torch.from_numpy(np.sort(generator.permutation(n)[:max_rows])) if n > max_rows else torch.arange(n)
    return tuple(side.detach().cpu()[kept] for side in sides)


def _settings(given: Sequence[float] | None, vary: str, n: int, case: Case, options: Options) -> Array:
    """The checked values of what varies, ascending."""
    if given is None:
        if vary == "k":
            return np.array([k for k in _KS if k <= max(1, n // 4)], dtype=np.float64)
        if vary == "width":
            return np.asarray(options.known_width * np.geomspace(1 / 8, 8, 9))
        low = min(n, max(case.least(options), 8, n // 32))
        return np.unique(np.geomspace(low, n, _POINTS).round())
    values = [value.item() if hasattr(value, "item") else value for value in given]  # numpy's and torch's numbers
    if not values:
        raise AMEError("settings must hold at least one value, got none.")
    for value in values:
        if vary == "n":
            check_number("settings", value, low=case.least(options), high=n, whole=True)
        elif vary == "k":
            check_number("settings", value, low=1, high=n - 1, whole=True)
        else:
            check_number("settings", value, above=0.0)
    return np.unique(np.array(values, dtype=np.float64))
