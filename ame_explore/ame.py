"""AME (Aligned Manifold Entropy): an entropy term for distilling vision-language models.

Source: G. Cao and Y. Ou, "AME: Aligned Manifold Entropy for Robust Vision-Language Distillation", arXiv 2508.08644
(abstract), and the equations that the public reviews of its resubmission (ICLR 2026, withdrawn) quote: the
projected text and image embeddings are stacked as the rows of one matrix M, a row's score s_t is its mean over
features, p = softmax(s) over the rows, H(M) = -sum_t p_t log p_t, and omega * H(M) is added to the loss. What the
sources leave open is an option here, and its default is marked "our choice".

This file needs torch alone and can be copied into another project. Entropies are in nats.
"""

from __future__ import annotations

import difflib
import functools
import inspect
import json
import math
import re
import sys
import warnings
import weakref
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import torch
from torch import Tensor, distributed, nn
from torch.nn import functional as F

_MOST_WEIGHTS = 2**30  # 4 GB in float32: refused before memory is asked for
_STEPS_BEFORE_WARNING = 10  # of the host's optimizer: enough for a GradScaler that skips its first ones
_CALLS_BEFORE_WARNING = 200  # where the host's parameters cannot be seen
_CALLS_BETWEEN_LOOKS = 25  # at the value of H, for which a GPU is waited for
_SOLVED, _FLAT = 0.01, 0.999  # shares of H's range: below, the term is minimized; above, it has not begun to move
_NO_PUSH = 0.01  # of the gradient of KD

_TOO_LARGE = "the features or the projections are too large, or the temperature is too small"

_P = ParamSpec("_P")
_R = TypeVar("_R")
_M = TypeVar("_M", bound=nn.Module)


class AMEError(ValueError):
    """What was given cannot be used: the message names the argument, what came, and what was expected."""


def check_choice(name: str, value: object, choices: Iterable[object]) -> None:
    """Check that a value is one of some choices.

    Args:
        name: the argument, for the message.
        value: the value.
        choices: what it may be.

    Raises:
        AMEError: if it is none of them; the message names the nearest.
    """
    known = tuple(choices)
    if not any(isinstance(value, type(choice)) and value == choice for choice in known):
        near = difflib.get_close_matches(value.lower(), map(str, known), n=1) if isinstance(value, str) else []
        hint = f": did you mean {near[0]!r}?" if near else "."
        raise AMEError(f"{name} must be one of {', '.join(map(repr, known))}, got {shown(value)}{hint}")


def check_number(
    name: str,
    value: object,
    *,
    low: float = -math.inf,
    high: float = math.inf,
    above: float = -math.inf,
    whole: bool = False,
) -> None:
    """Check that a value is a finite number within limits.

    Only Python's own numbers pass, so that they can be stored and compared; `as_number` and `as_whole` also take 0-d
    tensors and numpy numbers, and convert them.

    Args:
        name: the argument, for the message.
        value: the value.
        low: the smallest allowed number.
        high: the largest allowed number.
        above: a number that the value must exceed.
        whole: whether it must be a whole number.

    Raises:
        AMEError: if it is not such a number.
    """
    if isinstance(value, int if whole else (int, float)) and not isinstance(value, bool):
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if math.isfinite(number) and low <= value <= high and value > above:
            return
    limits = [f"> {above:g}"] if above > -math.inf else []
    limits += [f">= {low:g}"] if low > -math.inf else []
    limits += [f"<= {high:g}"] if high < math.inf else []
    kind = "a whole number" if whole else "a finite number"
    raise AMEError(f"{name} must be {' '.join([kind, ' and '.join(limits)]).strip()}, got {shown(value)}.")


def as_number(
    name: str, value: Any, *, low: float = -math.inf, high: float = math.inf, above: float = -math.inf
) -> float:
    """Convert a Python or numpy number or a 0-d tensor to a float.

    Args:
        name: the argument, for the message.
        value: the value.
        low: the smallest allowed number.
        high: the largest allowed number.
        above: a number that the value must exceed.

    Raises:
        AMEError: as in `check_number`.
    """
    value = python_number(value)
    check_number(name, value, low=low, high=high, above=above)
    return float(value)


def as_whole(name: str, value: Any, *, low: float = -math.inf, high: float = math.inf) -> int:
    """Convert a whole Python or numpy number or a 0-d tensor to an int.

    Args:
        name: the argument, for the message.
        value: the value.
        low: the smallest allowed number.
        high: the largest allowed number.

    Raises:
        AMEError: as in `check_number`.
    """
    value = python_number(value)
    check_number(name, value, low=low, high=high, whole=True)
    return int(value)


def python_number(value: Any) -> Any:
    """A 0-d tensor or a numpy number as Python's own; anything else as it came."""
    if isinstance(value, Tensor):
        return value.item() if value.ndim == 0 and has_values(value) else value
    return value.item() if getattr(value, "ndim", None) == 0 and hasattr(value, "item") else value


def shown(value: object) -> str:
    """`value` for an error message: a tensor by dtype and shape, anything else by at most 80 letters of its repr."""
    try:
        if isinstance(value, Tensor):
            return f"a {str(value.dtype).removeprefix('torch.')} tensor of shape {tuple(value.shape)}"
        text = repr(value)
    except Exception:  # Python 3.11 has no repr of integers of 5,000 digits, and a nested tensor has no shape
        text = f"a value of type {type(value).__name__}"
    return text if len(text) <= 80 else f"{text[:77]}..."


def has_values(*tensors: Tensor) -> bool:
    """Whether values may be looked at: not on the meta device, nor while compiling, nor inside vmap or grad."""
    return not torch.compiler.is_compiling() and not any(
        t.device.type == "meta" or torch._C._functorch.is_functorch_wrapped_tensor(t) for t in tensors
    )


def check_finite(name: str, x: Tensor, hint: str = "look for them upstream") -> None:
    """Check that a tensor holds neither NaN nor infinity.

    Args:
        name: the argument, for the message.
        x: the tensor.
        hint: the end of the message: what to do.

    Raises:
        AMEError: if it holds any; the message says how many, and the first row with one.
    """
    # a finite sum proves finite terms and is cheaper; only an infinite one (perhaps overflowed) needs the closer look
    if (x.is_floating_point() or x.is_complex()) and not math.isfinite(abs(x.detach().sum())):
        bad = ~x.detach().isfinite()
        if bool(bad.any()):
            first = tuple(bad.nonzero()[0].tolist())
            where = "" if x.ndim == 0 else f", first in row {first[0]}" if x.ndim <= 2 else f", first at index {first}"
            count = f"{int(bad.sum())} NaN or infinite of {x.numel()} values"
            raise AMEError(f"{name} must be finite, got {count}{where}: {hint}.")


def unit_rows(rows: Tensor) -> Tensor:
    """Scale rows to length 1; a row of zeros stays, and passes no gradient.

    Rows are first scaled by a power of two, which rounds nothing, so that squares neither overflow nor underflow: a
    row's length does not matter, from 1e-300 to 1e300 in float64.

    Args:
        rows: (..., d).

    Returns:
        (..., d), of the same dtype.
    """
    limit = math.log2(torch.finfo(rows.dtype).max) - 2
    exponent = rows.detach().abs().amax(-1, keepdim=True).log2().floor().clamp(-limit, limit)
    scaled = rows * torch.exp2(-exponent)
    length = scaled.norm(dim=-1, keepdim=True)
    return scaled / torch.where(length > 0, length, math.inf)


def entropy_of_log(log_p: Tensor, dim: int = -1) -> Tensor:
    """-sum p log p in nats, without checks and in the dtype of the input; log p = -inf counts as 0.

    Args:
        log_p: log-probabilities, (..., n).
        dim: the axis to sum over.
    """
    return -(log_p.exp() * log_p.clamp_min(torch.finfo(log_p.dtype).min)).sum(dim)


def check_options(*, reading: str, projection: str, gradient: str, text_rows: str, scope: str) -> None:
    """Check that options of `AMELoss` have a meaning together.

    Args:
        reading: the name of a reading.
        projection: "own" or "host".
        gradient: "both", "student" or "projections".
        text_rows: "all" or "paired".
        scope: "batch" or "image".

    Raises:
        AMEError: if they do not.
    """
    if projection == "host" and gradient == "projections":
        raise AMEError("gradient='projections' with projection='host' leaves nothing to learn: use 'student'.")
    per_image = reading in READINGS and READINGS[reading].per_image
    if scope == "image" and per_image:
        raise AMEError(
            f"scope='image' has no meaning for reading={reading!r}, which is per image already: use 'batch'."
        )
    if text_rows == "paired" and per_image:
        raise AMEError(f"text_rows='paired' has no meaning for reading={reading!r}: use text_rows='all'.")


def row_entropy(scores: Tensor, dim: int = -1) -> Tensor:
    """Entropy of softmax(scores) along `dim`, in nats: H = -sum_t p_t log p_t.

    Its gradient is dH/ds_t = -p_t (log p_t + H). It is computed from log-softmax in float64 (float32 where the device
    has no float64).

    Args:
        scores: floating, (..., n) with the n rows along `dim`.
        dim: the axis of the rows.

    Returns:
        (...), float64 for float64 scores, else float32.

    Raises:
        AMEError: if scores are not floating, have no rows, or are not finite (the last in eager mode only).
    """
    return entropy_of_log(_log_softmax(scores, dim), dim).to(_result_dtype(scores))


def row_entropy_deficit(scores: Tensor, dim: int = -1) -> Tensor:
    """log n - H(softmax(scores)) along `dim`, in nats: how far the rows are from equal weight.

    Equals KL(p || uniform), about Var(s)/2 for small scores. Subtracting before rounding keeps digits that
    `row_entropy` loses in float32: unit-norm rows have deficits of 1e-4 to 2e-6.

    Args:
        scores: as in `row_entropy`.
        dim: the axis of the rows.

    Returns:
        As in `row_entropy`.

    Raises:
        AMEError: as in `row_entropy`.
    """
    log_p = _log_softmax(scores, dim)
    relative = log_p.clamp_min(torch.finfo(log_p.dtype).min) + math.log(scores.shape[dim])
    return (log_p.exp() * relative).sum(dim).to(_result_dtype(scores))


def spectral_entropy(rows: Tensor) -> Tensor:
    """Von Neumann entropy of the trace-normalized Gram matrix of the unit rows, in nats.

    S = -sum_i l_i log l_i over the eigenvalues of K / n, K the cosines of the n rows (matrix-based Renyi entropy at
    alpha -> 1: Sanchez Giraldo et al. 2015). 0 <= S <= log min(n, d). The smaller of the Gram and the covariance matrix
    is decomposed (same non-zero spectrum). Eigenvalues below max(n, d) * eps of their largest are zero in exact
    arithmetic; they add nothing to S or its gradient. A row of zeros counts as zero; the length of any other does not
    matter.

    Args:
        rows: floating, (..., n, d).

    Returns:
        (...), float64 for float64 rows, else float32.

    Raises:
        AMEError: if rows are not floating, of another shape, empty, or not finite (the last in eager mode only).
    """
    if not _is_dense(rows) or not rows.is_floating_point() or rows.ndim < 2 or 0 in rows.shape:
        raise AMEError(_shape_message("rows", "floating, of shape (..., n, d) with n >= 1 and d >= 1", rows))
    if has_values(rows):
        check_finite("rows", rows)
    return _spectral_entropy(rows)


def _spectral_entropy(*parts: Tensor) -> Tensor:
    """`spectral_entropy` of the rows of all parts, (..., n_i, d). A part that asks for no gradient costs none."""
    with _no_autocast(parts[0]):
        unit = [unit_rows(_precise(part)) for part in parts]
        n, d = sum(part.shape[-2] for part in unit), unit[0].shape[-1]
        if n <= d:
            together = torch.cat(unit, -2)
            gram = together @ together.mT
        else:
            gram = unit[0].mT @ unit[0]
            for part in unit[1:]:
                gram = gram + part.mT @ part
        eigenvalues = torch.linalg.eigvalsh(gram / n)
        floor = eigenvalues[..., -1:] * max(n, d) * torch.finfo(eigenvalues.dtype).eps
        # `where` on both sides: log of a rounded-down zero would put NaN into the gradient of the branch not taken
        positive = torch.where(eigenvalues > floor, eigenvalues, 1.0)
        return (
            -(positive * positive.log())
            .sum(-1)
            .to(torch.promote_types(_result_dtype(parts[0]), _result_dtype(parts[-1])))
        )


def features_by_name(
    call: Callable[Concatenate[_M, _P], _R],
) -> Callable[Concatenate[_M, _P], _R]:
    """Refuse features by position, where image and text of equal width could be swapped in silence."""

    @functools.wraps(call)
    def named(self: _M, *args: _P.args, **kwargs: _P.kwargs) -> _R:
        if args:
            where = type(self).__name__ + ("" if call.__name__ == "forward" else f".{call.__name__}")
            raise AMEError(f"{where} takes its features by name: call it with image=... and text=....")
        return call(self, **kwargs)  # type: ignore[call-arg]

    return named  # type: ignore[return-value]


class SharedManifold(nn.Module):
    """The reconfigured shared manifold: image and text features, projected and stacked as the rows of one matrix M.

    Text goes through an MLP, images through a 1x1 convolution (both from the reviews). Our choices: one hidden layer of
    `hidden_dim` units with GELU; `manifold_dim`; no normalization of rows; one row an image.

    Args:
        image_dim: width of the image features.
        text_dim: width of the text features.
        manifold_dim: width of M's rows. With unit rows |s_t| <= manifold_dim ** -0.5, so it sets how far H can move.
        hidden_dim: hidden units of the text MLP.
        projection: "own" (the two projections) or "host" (no parameters: M holds the features themselves, which must
            then be of one width; `manifold_dim` and `hidden_dim` are not used).
        normalize: "none", "unit" (L2 norm 1 a row), or "layer" (LayerNorm without affine, under which every score is 0
            and the gradient of `rows` vanishes: here to be shown, not to be used).
        image_rows: "mean" (one row an image: the mean over positions) or "patches" (a row for each position).
        generator: for the initial weights, which then lie on its device; None draws from torch's global generator, on
            the default device.

    Sizes may be Python or numpy numbers or 0-d tensors.

    Raises:
        AMEError: if a size is below 1, the weights would take more than 4 GB, a name is unknown, or widths differ with
            projection="host".
    """

    def __init__(
        self,
        *,
        image_dim: int,
        text_dim: int,
        manifold_dim: int = 128,
        hidden_dim: int = 256,
        projection: str = "own",
        normalize: str = "none",
        image_rows: str = "mean",
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        image_dim, text_dim = as_whole("image_dim", image_dim, low=1), as_whole("text_dim", text_dim, low=1)
        manifold_dim = as_whole("manifold_dim", manifold_dim, low=1)
        hidden_dim = as_whole("hidden_dim", hidden_dim, low=1)
        check_choice("projection", projection, ("own", "host"))
        check_choice("normalize", normalize, ("none", "unit", "layer"))
        check_choice("image_rows", image_rows, ("mean", "patches"))
        _check_generator(generator)
        if projection == "host" and text_dim != image_dim:
            raise AMEError(
                f"projection='host' needs image_dim == text_dim, got {image_dim} and {text_dim}: "
                "project one side first, or use projection='own'."
            )
        self.image_dim, self.text_dim = image_dim, text_dim
        self.manifold_dim = manifold_dim if projection == "own" else image_dim
        self.projection, self.normalize, self.image_rows = projection, normalize, image_rows
        if projection == "own":
            weights = text_dim * hidden_dim + (hidden_dim + image_dim) * manifold_dim
            if weights > _MOST_WEIGHTS:
                raise AMEError(
                    f"the projections must have at most 2**30 weights, got {weights:,}: choose smaller sizes."
                )
            device = None if generator is None else "meta"
            with torch.inference_mode(False):
                self.text_hidden = nn.Linear(text_dim, hidden_dim, device=device)
                self.text_output = nn.Linear(hidden_dim, manifold_dim, device=device)
                self.image_projection = nn.Conv2d(image_dim, manifold_dim, 1, device=device)
                if generator is not None:
                    initialize(self, generator)

    def project_image(self, image: Tensor) -> Tensor:
        """Image features -> (B, P, manifold_dim), P = 1 or, for patches, the number of positions.

        Args:
            image: (B, image_dim), tokens (B, N, image_dim) or a map (B, image_dim, h, w).
        """
        x = self._positions(image)
        if self.projection == "own":
            x = F.linear(x, self.image_projection.weight.flatten(1), self.image_projection.bias)
        return self._normalize(x)

    def project_text(self, text: Tensor) -> Tensor:
        """(C, text_dim) -> (C, manifold_dim), normalized as asked."""
        hidden = self._hidden(text)
        return self._normalize(hidden if self.projection == "host" else self.text_output(hidden))

    def check_image(self, image: Tensor) -> None:
        """Raise `AMEError` unless these are image features (values apart) that can be projected."""
        wanted = f"(B, {self.image_dim}), (B, N, {self.image_dim}) or (B, {self.image_dim}, h, w) with B >= 1"
        self._check("image", image, wanted)
        if not self.fits_image(image):
            raise AMEError(_shape_message("image", wanted, image))

    def check_text(self, text: Tensor) -> None:
        """Raise `AMEError` unless these are text features (values apart) that can be projected."""
        wanted = f"(C, {self.text_dim}) with C >= 1"
        self._check("text", text, wanted)
        if not self.fits_text(text):
            raise AMEError(_shape_message("text", wanted, text))

    def fits_image(self, image: Tensor) -> bool:
        """Whether a tensor has a shape of image features."""
        width = image.shape[2 if image.ndim == 3 else 1] if image.ndim in (2, 3, 4) else None
        return width == self.image_dim and 0 not in image.shape

    def positions(self, image: Tensor) -> int:
        """P, the number of rows that one image has in M."""
        if self.image_rows == "mean" or image.ndim == 2:
            return 1
        return image.shape[1] if image.ndim == 3 else image.shape[2:].numel()

    def fits_text(self, text: Tensor) -> bool:
        """Whether a tensor has the shape of text features."""
        return text.ndim == 2 and text.shape[1] == self.text_dim and len(text) > 0

    @features_by_name
    def rows(self, *, image: Tensor, text: Tensor) -> Tensor:
        """M, texts above images.

        Args:
            image: as in `project_image`.
            text: (C, text_dim).

        Returns:
            (C + B * P, manifold_dim).
        """
        return torch.cat([self.project_text(text), self.project_image(image).flatten(0, 1)])

    @features_by_name
    def scores(self, *, image: Tensor, text: Tensor, direction: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Row scores: each row's mean over features.

        Without normalization the scores are linear in the last layer, so M itself is never formed.

        Args:
            image: as in `project_image`.
            text: (C, text_dim).
            direction: (manifold_dim,), replaces the mean by the scalar product with it.

        Returns:
            The scores of the images, (B, P), and of the texts, (C,).
        """
        if direction is not None and tuple(direction.shape) != (self.manifold_dim,):
            raise AMEError(_shape_message("direction", f"of shape ({self.manifold_dim},)", direction))
        if self.normalize != "none":
            image_rows, text_rows = self.project_image(image), self.project_text(text)
            with _no_autocast(text_rows):
                v = self._direction(direction, text_rows)
                return image_rows @ v, text_rows @ v
        positions, hidden = self._positions(image), self._hidden(text)
        with _no_autocast(hidden):
            positions, hidden = _wide(positions), _wide(hidden)
            v = self._direction(direction, hidden)
            if self.projection == "host":
                return positions @ v, hidden @ v
            image_weight, text_weight = (
                _wide(self.image_projection.weight).flatten(1),
                _wide(self.text_output.weight),
            )
            assert self.image_projection.bias is not None  # for the type checker: the layer is built with one
            image_bias, text_bias = _wide(self.image_projection.bias), _wide(self.text_output.bias)
            return positions @ (v @ image_weight) + v @ image_bias, hidden @ (v @ text_weight) + v @ text_bias

    def extra_repr(self) -> str:
        """Show what the sub-modules' own lines do not."""
        return f"projection={self.projection!r}, normalize={self.normalize!r}, image_rows={self.image_rows!r}"

    def _direction(self, direction: Tensor | None, like: Tensor) -> Tensor:
        return like.new_full((self.manifold_dim,), 1.0 / self.manifold_dim) if direction is None else direction.to(like)

    def _positions(self, image: Tensor) -> Tensor:
        self.check_image(image)
        image = self._to_weights(image)
        if image.ndim == 2:
            return image[:, None]
        positions = image if image.ndim == 3 else image.flatten(2).mT
        return positions.mean(1, keepdim=True) if self.image_rows == "mean" else positions

    def _hidden(self, text: Tensor) -> Tensor:
        self.check_text(text)
        text = self._to_weights(text)
        return text if self.projection == "host" else F.gelu(self.text_hidden(text))

    def _check(self, name: str, x: Tensor, wanted: str) -> None:
        if not _is_dense(x):
            raise AMEError(_shape_message(name, f"a dense tensor {wanted}", x))
        if not x.is_floating_point():
            raise AMEError(f"{name} must be floating-point features, got {x.dtype}: convert them with .float().")
        if self.projection == "own" and x.device != (there := self.text_hidden.weight.device):
            what = (
                "load or initialize it first" if there.type == "meta" else f"move {name} to it with .to({str(there)!r})"
            )
            raise AMEError(f"{name} must be on the projections' device, got {x.device} beside {there}: {what}.")

    def _to_weights(self, x: Tensor) -> Tensor:
        if torch.is_grad_enabled() and not torch.compiler.is_compiling() and x.is_inference():
            x = x.clone()  # autograd cannot save a tensor that was made under inference_mode
        if self.projection == "host" or (not x.is_meta and torch.is_autocast_enabled(x.device.type)):
            return x
        return x.to(self.text_hidden.weight.dtype)

    def _normalize(self, rows: Tensor) -> Tensor:
        if self.normalize == "none":
            return rows
        rows = _wide(rows)
        return unit_rows(rows) if self.normalize == "unit" else F.layer_norm(rows, rows.shape[-1:])


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One reading of the entropy: what `AMELoss` computes, and all that others need to know of it.

    `READINGS` holds them by name. In this package `ame_explore.registry.reading` adds one; where this file stands
    alone, `READINGS["mine"] = Reading(name="mine", function=...)` does.

    Attributes:
        name: letters, digits, - and _.
        function: `Rows` -> H, a scalar, or a tensor of which the mean is taken.
        label: for a reader; left out, the name with spaces.
        help: one sentence; left out, the first line of the function's docstring.
        default_omega: weight of the term where none is given, >= 0.
        temperature: its default; a number, or one for each projection, {"own": ..., "host": ...}. None: there is no
            softmax, and a temperature changes nothing.
        follows_logit_scale: whether the softmax is over cosines, so that 1 / (the host's logit scale) is its natural
            temperature.
        unit: the unit of the value.
        least: the least value; -inf where there is none.
        largest: (rows of M, texts, width) -> the largest value; None: not known.
        deficit: `Rows` -> largest - H without losing digits, as `function`; None: by subtraction from `largest`.
        needs_pairs: whether it reads which text belongs to which image.
        per_image: whether it is a mean over images already, each beside all texts, so that scope="image" and
            text_rows="paired" have no meaning.
        sees_length: whether the length of a row decides its part in H.
        counts: what exp(H) is a number of: "rows" (copies of a row tie, so H cannot fall below the log of their
            number), "directions" (copies count once), or "" for neither.
        collapsed_below: the value below which H counts as collapsed; None: a tenth of the way from `least` up.
        collapse: how it gets there, as in "Entropy went down by ..."; "" where nothing more is known.
        low_if_right: whether a student that is right has a low value too, so that a low one alone is no fault.
        control: whether it is a control, included only for comparison.
        source: paper, or "our choice".

    Raises:
        AMEError: if a fact is out of range, or one is missing that others need.
    """

    name: str
    function: Callable[[Rows], Tensor]
    label: str = ""
    help: str = ""
    default_omega: float = 1.0
    temperature: float | Mapping[str, float] | None = None
    follows_logit_scale: bool = False
    unit: str = "nats"
    least: float = 0.0
    largest: Callable[[int, int, int], float] | None = None
    deficit: Callable[[Rows], Tensor] | None = None
    needs_pairs: bool = False
    per_image: bool = False
    sees_length: bool = False
    counts: str = ""
    collapsed_below: float | None = None
    collapse: str = ""
    low_if_right: bool = False
    control: bool = False
    source: str = "our choice"

    def __post_init__(self) -> None:
        introduce(self)
        for name in ("unit", "collapse", "source"):
            if not isinstance(getattr(self, name), str):
                raise AMEError(f"{name} of the reading {self.name!r} must be a text, got {shown(getattr(self, name))}.")
        for name in ("follows_logit_scale", "needs_pairs", "per_image", "sees_length", "low_if_right", "control"):
            if not isinstance(getattr(self, name), bool):
                raise AMEError(
                    f"{name} of the reading {self.name!r} must be True or False, got {shown(getattr(self, name))}."
                )
        for name in ("largest", "deficit"):
            if not (getattr(self, name) is None or callable(getattr(self, name))):
                raise AMEError(
                    f"{name} of the reading {self.name!r} must be a function or None, got {shown(getattr(self, name))}."
                )
        self._check_largest()
        check_number(f"default_omega of the reading {self.name!r}", self.default_omega, low=0)
        if isinstance(self.temperature, Mapping) and set(self.temperature) != {"own", "host"}:
            raise AMEError(
                f"temperature of the reading {self.name!r} must be a number, or one for 'own' and one for 'host', got "
                f"{dict(self.temperature)!r}."
            )
        for projection in ("own", "host"):
            if self.temperature is not None:
                value = self.temperature_with(projection)
                check_number(f"temperature of the reading {self.name!r} ({projection})", value, above=0)
        check_choice(f"counts of the reading {self.name!r}", self.counts, ("rows", "directions", ""))
        if self.least != -math.inf:
            check_number(f"least of the reading {self.name!r}", self.least)
        elif self.collapsed_below is None:
            raise AMEError(f"collapsed_below of the reading {self.name!r} must be given, since it has no least value.")
        if self.collapsed_below is not None:
            check_number(f"collapsed_below of the reading {self.name!r}", self.collapsed_below)

    def _check_largest(self) -> None:
        """Check that `largest` takes its arguments in the right order, since swapped ones would give a wrong bound."""
        if self.largest is None:
            return
        sizes = ("rows", "texts", "width")
        try:
            signature = inspect.signature(self.largest)
        except (TypeError, ValueError):  # some functions written in C have none
            return
        names = list(signature.parameters)
        wrong = any(name in sizes and place != sizes.index(name) for place, name in enumerate(names))
        try:
            signature.bind(*sizes)
        except TypeError:
            wrong = True
        if wrong:
            raise AMEError(
                f"largest of the reading {self.name!r} must take (rows, texts, width) in this order, got the arguments "
                f"{signature}: write, for example, largest=lambda rows, texts, width: math.log(rows)."
            )

    @property
    def tempered(self) -> bool:
        """Whether a temperature changes the value."""
        return self.temperature is not None

    @property
    def is_entropy(self) -> bool:
        """Whether the value is an entropy: in nats, and never below 0."""
        return self.unit == "nats" and self.least >= 0

    @property
    def has_deficit(self) -> bool:
        """Whether there is a largest value to fall short of."""
        return self.deficit is not None or (self.largest is not None and bool(self.unit))

    def temperature_with(self, projection: str) -> float:
        """The default with projection "own" or "host"; 1 where there is no softmax."""
        given = 1.0 if self.temperature is None else self.temperature
        return given[projection] if isinstance(given, Mapping) else given


def introduce(part: Any, *, free: bool = False) -> None:
    """Give a part that can be chosen by name its label and help, where they were left out.

    Args:
        part: a frozen dataclass with name, function, label and help.
        free: whether the name may be any text in one line: it is shown, and never typed.

    Raises:
        AMEError: if the name cannot be used, the function cannot be called, or there is no help.
    """
    name, function = part.name, part.function
    wanted = "text in one line" if free else "up to 40 letters, digits, - and _, a letter first"
    fits = isinstance(name, str) and (
        bool(name.strip()) and name.isprintable() if free else re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{0,39}", name)
    )
    if not fits:
        raise AMEError(f"name of a {type(part).__name__} must be {wanted}, got {shown(name)}.")
    if not callable(function):
        raise AMEError(f"function of {name!r} must be callable, got {shown(function)}.")
    words = getattr(function, "__doc__", None) or "" if isinstance(part.help, str) and not part.help else part.help
    if not isinstance(words, str) or not words.strip():
        raise AMEError(f"help of {name!r} must be a sentence: give it, or give the function a docstring.")
    object.__setattr__(part, "help", words.strip().splitlines()[0])
    if not isinstance(part.label, str) or (part.label and not (part.label.strip() and part.label.isprintable())):
        raise AMEError(f"label of {name!r} must be text in one line, got {shown(part.label)}.")
    object.__setattr__(part, "label", part.label or name.replace("_", " "))


class Rows:
    """One batch as a reading sees it: in the form that it asks for, each computed when it is asked for and then kept.

    With `AMELoss(gather=...)` on several ranks, B and C count the images and texts of all ranks; a reading that is a
    mean over images (`per_image`, or with scope="image") sees its own rank's images alone, beside the texts of all.

    Args:
        loss: the loss that the reading belongs to.
        image: the image features of this call.
        text: the text features of this call.
        pairs: (B,) int64, the index of each image's text, or None.
        temperature: for this call; None for the loss's own.
        checked: whether to look for NaN and infinity.
        images: number of images on all ranks; None: those of `image`.
        image_share: this rank's part of all images; None if they are not gathered.
        text_share: this rank's part of all texts; None if they are not gathered.

    Attributes:
        temperature: divides `scores` and `logits`.
        pairs: (B,) int64, the index of each image's text among `unit_text`; None where the reading does not need it.
    """

    def __init__(
        self,
        loss: AMELoss,
        image: Tensor,
        text: Tensor,
        pairs: Tensor | None,
        *,
        temperature: float | Tensor | None = None,
        checked: bool = False,
        images: int | None = None,
        image_share: _Share | None = None,
        text_share: _Share | None = None,
    ) -> None:
        self._loss, self._image, self._text, self._checked = loss, image, text, checked
        self._images = len(image) if images is None else images
        self._image_share, self._text_share = image_share, text_share
        self.temperature: float | Tensor = loss.temperature if temperature is None else temperature
        self.pairs = pairs
        if pairs is not None and text_share is not None:
            self.pairs = pairs + text_share.before
        if self.pairs is not None and image_share is not None:
            self.pairs = image_share.gather(self.pairs)
        self._image_rows: Tensor | None = None
        self._text_rows: Tensor | None = None
        self._device = image.device.type
        self._autocast = not image.is_meta and torch.is_autocast_enabled(self._device)

    @property
    def image(self) -> Tensor:
        """(B, P, width) the images' rows of M, P of each image."""
        if self._image_rows is None:
            with self._projecting():
                own = self._loss.manifold.project_image(self._image)
            self._image_rows = _gathered(own, self._image_share)
        return self._image_rows

    @property
    def text(self) -> Tensor:
        """(C, width) the texts' rows of M; with text_rows="paired" one for each image."""
        if self._text_rows is None:
            with self._projecting():
                own = self._loss.manifold.project_text(self._text)
            self._text_rows = _gathered(own, self._text_share)
        return self._text_rows

    @property
    def rows(self) -> Tensor:
        """M, texts above images: (n, width); with scope="image" one M for each image, (B, n, width)."""
        if self._loss.scope == "batch":
            return torch.cat([self.text, self.image.flatten(0, 1)])
        return torch.cat([self._beside(self.text, self.image), self.image], dim=1)

    @property
    def row_parts(self) -> tuple[Tensor, ...]:
        """The rows of M in parts, (..., n_i, width): with scope="batch" the texts and the images, else all."""
        parts = (self.text, self.image.flatten(0, 1)) if self._loss.scope == "batch" else (self.rows,)
        if has_values(*parts):  # also with check_values=False: LAPACK refuses NaN in words of its own
            for part in parts:
                check_finite("rows", part)
        return parts

    @property
    def unit_image(self) -> Tensor:
        """(B, P, width) the images' rows at length 1."""
        if self._checked:
            check_finite("the projected image", self.image, _TOO_LARGE)
        return unit_rows(_wide(self.image))

    @property
    def unit_text(self) -> Tensor:
        """(C, width) the texts' rows at length 1."""
        if self._checked:
            check_finite("the projected text", self.text, _TOO_LARGE)
        return unit_rows(_wide(self.text))

    @property
    def logits(self) -> Tensor:
        """(B, P, C) cosines of images and texts, divided by the temperature."""
        return self.unit_image @ self.unit_text.mT / self.temperature

    @property
    def scores(self) -> Tensor:
        """Each row's mean over features, divided by the temperature: (n,); with scope="image" (B, n).

        M itself is not formed for them.
        """
        return self.scores_along(None)

    def scores_along(self, direction: Tensor | None) -> Tensor:
        """As `scores`, with the mean replaced by the scalar product with a direction.

        Args:
            direction: (width,); None for the mean.
        """
        loss = self._loss
        with self._projecting():
            image, text = loss.manifold.scores(image=self._image, text=self._text, direction=direction)
        image, text = _gathered(image, self._image_share), _gathered(text, self._text_share)
        if loss.scope == "batch":
            scores = torch.cat([text, image.flatten()])
        else:
            scores = torch.cat([self._beside(text, image), image], dim=1)
        scores = scores / self.temperature
        if self._checked:
            check_finite("the row scores", scores, _TOO_LARGE)
        return scores

    @property
    def direction(self) -> Tensor:
        """(width,) a fixed random direction of length width ** -0.5, drawn with the loss."""
        if self._checked:
            self._loss._check_direction()
        return self._loss.direction

    @property
    def sizes(self) -> tuple[int, int, int]:
        """Rows of one M, texts, and the width of M."""
        texts = len(self._text) if self._text_share is None else self._text_share.all
        patches = self._loss.manifold.positions(self._image)
        alone = self._loss.scope == "image"
        beside = 1 if alone and self._loss.text_rows == "paired" else texts
        return beside + patches * (1 if alone else self._images), texts, self._loss.manifold.manifold_dim

    def _projecting(self) -> AbstractContextManager[object]:
        """The projections may run in half precision where the caller asked for it; what follows them does not."""
        return nullcontext() if self._device == "meta" else torch.autocast(self._device, enabled=self._autocast)

    def _beside(self, text: Tensor, image: Tensor) -> Tensor:
        """(B, ...) the texts that stand in the M of each image: its own, or all."""
        if self._loss.text_rows == "paired":
            return text[:, None]
        return text.expand(len(image), *text.shape)


class _AllRows(torch.autograd.Function):
    """The rows of all ranks in the order of ranks; the gradient of a rank's rows is the sum of all ranks' gradients.

    torch.distributed.nn has the same, deprecated since torch 2.13, for ranks with equally many rows.
    """

    @staticmethod
    def forward(ctx: Any, rows: Tensor, counts: Sequence[int], group: Any) -> Tensor:
        ctx.counts, ctx.group = counts, group
        padded = torch.cat([rows, rows.new_zeros(max(counts) - len(rows), *rows.shape[1:])]).contiguous()
        found = [torch.empty_like(padded) for _ in counts]
        distributed.all_gather(found, padded, group=group)
        return torch.cat([part[:count] for part, count in zip(found, counts, strict=True)])

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None]:
        total = gradient.clone(memory_format=torch.contiguous_format)
        distributed.all_reduce(total, group=ctx.group)
        return total.split(ctx.counts)[distributed.get_rank(ctx.group)], None, None


@dataclass(frozen=True)
class _Share:
    """Rows that are split over ranks: how many each rank has, and which are this rank's."""

    counts: tuple[int, ...]
    group: _Group

    @property
    def all(self) -> int:
        return sum(self.counts)

    @property
    def before(self) -> int:
        """Rows of the ranks before this one."""
        return sum(self.counts[: distributed.get_rank(self.group.handle)])

    def gather(self, rows: Tensor) -> Tensor:
        gathered: Tensor = _AllRows.apply(rows, self.counts, self.group.handle)  # type: ignore[no-untyped-call]
        return gathered

    def mean(self, value: Tensor, own: int) -> Tensor:
        """The mean over all rows of what is the mean `value` over this rank's `own` rows."""
        weighed = _Share((1,) * len(self.counts), self.group).gather((value * (own / self.all))[None])
        return weighed.sum()


@dataclass(frozen=True)
class _Group:
    """The process group of a loss. Copies of the loss share it; a pickle, which cannot hold it, has the default one."""

    handle: Any = None

    def __deepcopy__(self, memo: dict[int, Any]) -> _Group:
        return self

    def __reduce__(self) -> tuple[type[_Group], tuple[()]]:
        return type(self), ()

    @property
    def size(self) -> int:
        """Number of ranks, 1 where no processes run together."""
        if not (distributed.is_available() and distributed.is_initialized()):
            return 1
        ranks = distributed.get_world_size(self.handle)
        if ranks < 1:
            raise AMEError("group must hold this process: build AMELoss with a group that it belongs to.")
        return ranks

    def meet(self, *facts: int, device: torch.device) -> list[tuple[int, ...]]:
        """The whole numbers that each rank brings."""
        mine = torch.tensor(facts, device=device)
        found = [torch.empty_like(mine) for _ in range(self.size)]
        distributed.all_gather(found, mine, group=self.handle)
        return [tuple(one) for one in torch.stack(found).tolist()]


def _gathered(rows: Tensor, share: _Share | None) -> Tensor:
    return rows if share is None else share.gather(rows)


def _half_variance(m: Rows) -> Tensor:
    scores = m.scores
    return _precise(scores).var(-1, correction=0).mean().to(_result_dtype(scores)) / 2


def _row_count(rows: int, texts: int, width: int) -> float:
    return math.log(rows)


READINGS: dict[str, Reading] = {
    one.name: one
    for one in (
        Reading(
            name="rows",
            function=lambda m: row_entropy(m.scores),
            help="H of the softmax over the scores of all rows of M.",
            default_omega=50.0,
            temperature=1.0,
            largest=_row_count,
            deficit=lambda m: row_entropy_deficit(m.scores),
            sees_length=True,
            counts="rows",
            collapsed_below=math.log(3),
            collapse="letting one row win",
            source="the reviews of the resubmission, which quote it; omega as reported",
        ),
        Reading(
            name="predictive",
            function=lambda m: row_entropy(m.logits),
            help="Mean over images of H of the softmax over their cosines with the class texts.",
            default_omega=0.3,
            temperature={"own": 0.07, "host": 0.01},
            follows_logit_scale=True,
            largest=lambda rows, texts, width: math.log(texts),
            deficit=lambda m: row_entropy_deficit(m.logits),
            per_image=True,
            collapse="making each image sure of some text",
            low_if_right=True,
        ),
        Reading(
            name="spectral",
            function=lambda m: _spectral_entropy(*m.row_parts),
            help="Von Neumann entropy of the unit rows of M.",
            largest=lambda rows, texts, width: math.log(min(rows, width)),
            counts="directions",
            collapsed_below=math.log(3),
            collapse="turning all rows into a few directions",
            source="Sanchez Giraldo et al. 2015",
        ),
        Reading(
            name="random_direction",
            function=lambda m: row_entropy(m.scores_along(m.direction)),
            help="As rows, with the mean over features replaced by a fixed random direction.",
            default_omega=50.0,
            temperature=1.0,
            largest=_row_count,
            deficit=lambda m: row_entropy_deficit(m.scores_along(m.direction)),
            sees_length=True,
            counts="rows",
            collapsed_below=math.log(3),
            collapse="letting one row win",
            control=True,
        ),
        Reading(
            name="score_variance",
            function=lambda m: -_half_variance(m),
            help="-Var(scores) / 2, the small-score limit of H - log n; it has no least value.",
            default_omega=50.0,
            temperature=1.0,
            least=-math.inf,
            largest=lambda rows, texts, width: 0.0,
            deficit=_half_variance,
            sees_length=True,
            collapsed_below=-2.0,  # where `rows` would have lost as much
            collapse="spreading the scores, beyond where this stands for an entropy",
            control=True,
        ),
        Reading(
            name="alignment",
            function=lambda m: (m.unit_image - m.unit_text[m.pairs][:, None]).square().sum(-1),
            help="Mean squared distance of an image's unit row and its text's; no entropy.",
            unit="",
            largest=lambda rows, texts, width: 4.0,
            needs_pairs=True,
            per_image=True,
            collapsed_below=0.01,
            collapse="bringing all rows to one place",
            low_if_right=True,
            control=True,
        ),
    )
}


class AMELoss(nn.Module):
    """omega * H: the term that AME adds to a distillation loss.

    >>> ame = AMELoss(image_dim=512, text_dim=768)  # and add ame.parameters() to the optimizer
    >>> loss = kd_loss + ame(image=image_features, text=text_features)  # doctest: +SKIP

    Readings of the entropy (the sources fix none of them beyond `rows`; `Reading` says how to add one):

    - `rows`: H of the softmax over all rows of M, as the reviews quote it. It sees a row only through its mean over
      features, so it holds no pairing and no cosine: alignment does not follow from it.
    - `predictive`: mean over images of H(softmax(cosines to the class texts / temperature)).
    - `spectral`: von Neumann entropy of M's unit rows (`spectral_entropy`).
    - `random_direction`: `rows` with the mean replaced by a fixed random direction of norm d ** -0.5 (control).
    - `score_variance`: -Var(s) / 2, the small-score limit of H - log n; unbounded below unless scores are (control).
    - `alignment`: mean squared distance of each image's unit row and the unit row of its text (control; needs
      `pairs`).

    Args:
        image_dim: as in `SharedManifold`.
        text_dim: as in `SharedManifold`.
        manifold_dim: as in `SharedManifold`.
        projection: as in `SharedManifold`.
        hidden_dim: as in `SharedManifold`.
        normalize: as in `SharedManifold`.
        image_rows: as in `SharedManifold`.
        generator: as in `SharedManifold`.
        reading: one of the names above.
        omega: weight of the term, >= 0. None: 50 for `rows` (as reported); our choice: 50 for the other readings of row
            scores, 0.3 for `predictive`, 1 for `spectral` and `alignment`.
        temperature: divides scores or cosines before the softmax. None (our choice): 1 for row scores; for `predictive`
            0.01 with projection="host" (CLIP's logit scale of 100) and 0.07 with "own" (where CLIP's training starts).
        text_rows: "all" class texts, or "paired": one row for each image's text (needs `pairs`). Our choice: "all".
        scope: "batch" (one M) or "image" (one M for each image, H averaged; with "paired" texts it holds the image's
            own text alone); row scores and `spectral` only. Our choice: "batch".
        gradient: who learns from the term: "both", "student" (the projections stay as they were drawn and ask for no
            gradient), or "projections" (features are detached). Our choice: "both".
        random_texts: replace the class texts by fixed random unit vectors (control: what is left of an effect does
            not come from the texts).
        check_values: look for NaN and infinity in eager mode (on a GPU this waits for the device).
        gather: the rows that H is over where several processes train together (`torch.distributed`): "none" (those of
            each rank: another loss, and a warning says so), "images" (the images of all ranks; every rank has the same
            class texts), or "pairs" (images and texts of all ranks: captions are split with their images). `pairs`
            count among the rank's own texts. Our choice: "none".
        group: the process group of these ranks; None is the default group.

    omega and temperature may be Python or numpy numbers or 0-d tensors, whose value is taken once.

    With `gather`, the value on every rank is that of one process with the whole batch, whose parts may differ in size.
    So is the gradient once it is averaged over the ranks, as DistributedDataParallel does. Every rank must make the
    call, also `entropy` and `deficit`; of row scores only the scores travel, else the rows of M.

    The term is part of a loss at evaluation, too (an evaluation loss of a trainer, say): such losses of runs with
    another omega or reading cannot be compared. Choose models by a metric, or set `omega` to 0 while evaluating; the
    loss is then the one without AME. `entropy` gives H alone.

    State: all that decides the value is in `state_dict`: weights and `direction` as tensors, the settings and the seed
    of the random texts as one uint8 tensor of JSON (`_extra_state`), so that safetensors can hold it. Loading restores
    omega and temperature, as an optimizer's state restores its learning rate (with a warning where they were others),
    and refuses a state of other settings.

    Raises:
        AMEError: if a name is unknown, a value out of range, or nothing would learn from the combination.
    """

    def __init__(
        self,
        *,
        image_dim: int,
        text_dim: int,
        manifold_dim: int = 128,
        reading: str = "rows",
        omega: float | None = None,
        projection: str = "own",
        hidden_dim: int = 256,
        normalize: str = "none",
        image_rows: str = "mean",
        temperature: float | None = None,
        text_rows: str = "all",
        scope: str = "batch",
        gradient: str = "both",
        random_texts: bool = False,
        check_values: bool = True,
        gather: str = "none",
        group: Any = None,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        check_choice("reading", reading, READINGS)
        check_choice("text_rows", text_rows, ("all", "paired"))
        check_choice("scope", scope, ("batch", "image"))
        check_choice("gradient", gradient, ("both", "student", "projections"))
        check_choice("random_texts", random_texts, (True, False))
        check_choice("check_values", check_values, (True, False))
        check_choice("gather", gather, ("none", "images", "pairs"))
        _check_group(group)
        check_options(reading=reading, projection=projection, gradient=gradient, text_rows=text_rows, scope=scope)
        self.manifold = SharedManifold(
            image_dim=image_dim,
            text_dim=text_dim,
            manifold_dim=manifold_dim,
            hidden_dim=hidden_dim,
            projection=projection,
            normalize=normalize,
            image_rows=image_rows,
            generator=generator,
        )
        if gradient == "student":
            self.manifold.requires_grad_(False)
        self.text_rows, self.scope, self.gradient = text_rows, scope, gradient
        self.random_texts, self.check_values = random_texts, check_values
        self.gather, self._group = gather, _Group(group)
        self.reading = reading
        self.omega = omega
        self.temperature = temperature
        self.direction: Tensor
        with torch.inference_mode(False):
            device = None if generator is None else generator.device
            self.register_buffer("direction", torch.empty(self.manifold.manifold_dim, device=device))
            self.draw_parameters(generator)
        self._watch = _Watch()

    @torch.no_grad()
    def draw_parameters(self, generator: torch.Generator | None = None) -> None:
        """Draw `direction` and the seed of the random texts anew; `initialize` draws the projections as well.

        For a host that builds its model on the meta device and loads a checkpoint without this loss.

        Args:
            generator: source of the numbers; None: torch's global generator.
        """
        width, device = self.manifold.manifold_dim, self.direction.device if generator is None else generator.device
        direction = torch.randn(width, generator=generator, device=device, dtype=self.direction.dtype)
        self.direction.copy_(F.normalize(direction, dim=0) * width**-0.5)
        # on the CPU, also where the default device is meta: a seed must have a value
        seed = torch.randint(2**62, (), generator=generator, device="cpu" if generator is None else device)
        self._texts_seed = int(seed)
        self._random_texts: Tensor | None = None

    @property
    def reading(self) -> str:
        """The reading of the entropy; may be set between steps."""
        return self._reading

    @reading.setter
    def reading(self, value: str) -> None:
        check_choice("reading", value, READINGS)
        check_options(
            reading=value,
            projection=self.manifold.projection,
            gradient=self.gradient,
            text_rows=self.text_rows,
            scope=self.scope,
        )
        self._reading = value

    @property
    def needs_pairs(self) -> bool:
        """Whether it reads which text belongs to which image."""
        return READINGS[self._reading].needs_pairs or self.text_rows == "paired"

    @property
    def omega(self) -> float:
        """Weight of the term; setting None gives the reading's default."""
        return READINGS[self._reading].default_omega if self._omega is None else self._omega

    @omega.setter
    def omega(self, value: float | None) -> None:
        self._omega = None if value is None else as_number("omega", value, low=0)

    @property
    def temperature(self) -> float:
        """Divides scores or cosines before the softmax; setting None gives the reading's default."""
        if self._temperature is not None:
            return self._temperature
        return READINGS[self._reading].temperature_with(self.manifold.projection)

    @temperature.setter
    def temperature(self, value: float | None) -> None:
        self._temperature = None if value is None else as_number("temperature", value, above=0)

    @features_by_name
    def forward(
        self,
        *,
        image: Tensor,
        text: Tensor,
        pairs: Tensor | None = None,
        text_ids: Tensor | None = None,
        temperature: float | Tensor | None = None,
    ) -> Tensor:
        """The scalar omega * H, to be added to a loss. Features are cast to the projections' dtype (outside autocast).

        Args:
            image: (B, image_dim), tokens (B, N, image_dim) or a map (B, image_dim, h, w).
            text: (C, text_dim).
            pairs: (B,) whole numbers, the index of each image's text; read by `alignment` and text_rows="paired" alone.
            text_ids: (C,) whole numbers; texts of one id count as one text, whose features are those of the first. For
                batches in which a caption occurs more than once: else an image is unsure between equal texts, and an
                aligned model keeps H > 0. Cannot be used inside vmap.
            temperature: for this call, in place of the loss's own: a number, or a tensor of one element, such as
                1 / (the host's logit scale). It receives a gradient, by which the term can also sharpen the softmax;
                detach it where that is not meant.

        Raises:
            AMEError: if features come by position or in a wrong shape, batches are empty, pairs are missing or
                impossible, ranks disagree, or (in eager mode) a value is NaN or infinite.
        """
        entropy, rows = self._measure(image, text, pairs, text_ids, temperature)
        if self.training and torch.is_grad_enabled() and has_values(image):
            self._watch_call(image, text, entropy, rows)
        return self.omega * entropy

    @features_by_name
    def entropy(
        self,
        *,
        image: Tensor,
        text: Tensor,
        pairs: Tensor | None = None,
        text_ids: Tensor | None = None,
        temperature: float | Tensor | None = None,
    ) -> Tensor:
        """H itself, a scalar in nats (`alignment`: a squared distance).

        Args:
            image: as in `forward`.
            text: as in `forward`.
            pairs: as in `forward`.
            text_ids: as in `forward`.
            temperature: as in `forward`.

        Raises:
            AMEError: as in `forward`.
        """
        return self._measure(image, text, pairs, text_ids, temperature)[0]

    @features_by_name
    def deficit(
        self,
        *,
        image: Tensor,
        text: Tensor,
        pairs: Tensor | None = None,
        text_ids: Tensor | None = None,
        temperature: float | Tensor | None = None,
    ) -> Tensor:
        """The largest H possible minus H, in the unit of H; for row scores and `predictive` without losing digits.

        The largest H is log n over n rows, log C for `predictive`, log min(n, d) for `spectral`, and 0 for
        `score_variance` (`Reading.largest`).

        Args:
            image: as in `forward`.
            text: as in `forward`.
            pairs: as in `forward`.
            text_ids: as in `forward`.
            temperature: as in `forward`.

        Raises:
            AMEError: if the reading is `alignment`, which is no entropy; else as in `forward`.
        """
        return self._measure(image, text, pairs, text_ids, temperature, deficit=True)[0]

    @features_by_name
    def push(
        self,
        *,
        kd: Tensor,
        image: Tensor,
        text: Tensor,
        pairs: Tensor | None = None,
        text_ids: Tensor | None = None,
        temperature: float | Tensor | None = None,
    ) -> dict[str, float]:
        """How hard the term pushes the student's features, beside the rest of the loss.

        Call it now and then, before `backward`. It warns once if H is near its least value and the push is below 1 % of
        KD's: then the projections have minimized the term by themselves, and the student learns nothing from it.

        Args:
            kd: the rest of the loss, a scalar computed from `image`; its graph is kept.
            image: the student's features, as in `forward`; they must require a gradient.
            text: as in `forward`.
            pairs: as in `forward`.
            text_ids: as in `forward`.
            temperature: as in `forward`.

        Returns:
            "push.kd" and "push.ame": the norm of each term's gradient at `image` (with `gather`, at this rank's);
            "share.kd" and "share.ame": these divided by their sum. The names are those of `training.Step.shares`.

        Raises:
            AMEError: if `kd` is no scalar with a gradient at `image`; else as in `forward`.
        """
        if not isinstance(kd, Tensor) or kd.numel() != 1 or not kd.requires_grad:
            raise AMEError(f"kd must be the rest of the loss, a scalar with a gradient, got {shown(kd)}.")
        if not isinstance(image, Tensor) or not image.requires_grad:
            raise AMEError(
                f"image must require a gradient, got {shown(image)}: pass the student's features undetached."
            )
        with torch.enable_grad():
            entropy, rows = self._measure(image, text, pairs, text_ids, temperature)
        shares = gradient_shares({"kd": kd, "ame": self.omega * entropy}, image)
        if shares["push.kd"] == 0:
            raise AMEError(
                "kd must have a gradient at image, got none: pass as image the very tensor that kd was computed from."
            )
        if self._learns and self.omega > 0 and shares["push.ame"] < _NO_PUSH * shares["push.kd"]:
            self._watch.look_at_push(self._share_of_range(entropy, rows), shares)
        return shares

    def fixed_texts(self, text: Tensor) -> Tensor:
        """What random_texts=True puts in place of the texts: random unit rows, of the same shape, device and dtype.

        They are drawn in float32 from the seed of this loss and kept (call it once before compiling).

        Args:
            text: (C, text_dim).
        """
        kept = self._random_texts
        if kept is None or (kept.shape, kept.dtype, kept.device) != (text.shape, text.dtype, text.device):
            generator = torch.Generator().manual_seed(self._texts_seed)
            drawn = torch.randn(tuple(text.shape), generator=generator, dtype=torch.float32, device="cpu")
            with torch.inference_mode(False):
                self._random_texts = kept = F.normalize(drawn, dim=-1).to(text)
        return kept

    def get_extra_state(self) -> Tensor:
        """The settings and the seed of the random texts, as JSON in a uint8 tensor: see the class."""
        numbers = {"omega": self._omega, "temperature": self._temperature, "texts_seed": self._texts_seed}
        return torch.tensor(list(json.dumps(self._settings() | numbers).encode()), dtype=torch.uint8, device="cpu")

    def set_extra_state(self, state: Tensor) -> None:
        """Restore omega, temperature and the seed of the random texts.

        Args:
            state: what `get_extra_state` returned.

        Raises:
            AMEError: if the state is of other settings.
        """
        saved = settings_of(state)
        self._check_settings(saved)
        before = {"omega": self.omega, "temperature": self.temperature}
        self.omega, self.temperature = saved["omega"], saved["temperature"]
        self._texts_seed, self._random_texts = as_whole("texts_seed", saved["texts_seed"], low=0), None
        for name, value in before.items():
            if value != getattr(self, name):
                warnings.warn(
                    f"AMELoss had {name}={value:g} and now has {getattr(self, name):g}, as it was saved: set "
                    f"ame.{name} after loading to keep another value.",
                    stacklevel=_callers_level(),
                )

    def extra_repr(self) -> str:
        """One line with what decides the value."""
        weights = f"omega={self.omega:g}, temperature={self.temperature:g}"
        return f"reading={self.reading!r}, {weights}, gradient={self.gradient!r}"

    def _load_from_state_dict(self, state_dict: Mapping[str, Any], prefix: str, *args: Any) -> None:
        # before a single weight is overwritten
        if (state := state_dict.get(f"{prefix}_extra_state")) is not None:
            self._check_settings(settings_of(state))
        super()._load_from_state_dict(state_dict, prefix, *args)

    def _settings(self) -> dict[str, Any]:
        """What a state must share with the loss that it is loaded into."""
        own, manifold = ("reading", "text_rows", "scope", "gradient", "random_texts"), self.manifold
        sizes = {"image_dim": manifold.image_dim, "text_dim": manifold.text_dim, "manifold_dim": manifold.manifold_dim}
        if manifold.projection == "own":
            sizes["hidden_dim"] = manifold.text_hidden.out_features
        names = {name: getattr(manifold, name) for name in ("projection", "normalize", "image_rows")}
        return {name: getattr(self, name) for name in own} | names | sizes

    def _check_settings(self, saved: Mapping[str, Any]) -> None:
        mine = self._settings()
        others = [name for name in mine if saved.get(name, mine[name]) != mine[name]]
        if others:
            had = ", ".join(f"{name}={saved[name]!r}" for name in others)
            have = ", ".join(f"{name}={mine[name]!r}" for name in others)
            raise AMEError(
                f"the state was saved from an AMELoss with {had}, this one has {have}: build it as that one was."
            )

    @property
    def _learns(self) -> bool:
        """Whether there are projections that the term trains."""
        return self.manifold.projection == "own" and self.gradient != "student"

    def _watch_call(self, image: Tensor, text: Tensor, entropy: Tensor, rows: Rows) -> None:
        if self.gather == "none" and self._group.size > 1:
            self._watch.look_at_ranks(self._group.size)
        if self._learns:
            self._watch.look(self.manifold, image, text)
            if self.omega > 0 and self._watch.is_due():
                self._watch.look_at_entropy(self._share_of_range(entropy, rows))

    def _share_of_range(self, entropy: Tensor, rows: Rows) -> float | None:
        """How far H lies up from its least value; None where it has no range, or a low value is no fault."""
        reading = READINGS[self.reading]
        if not reading.is_entropy or reading.largest is None or reading.low_if_right:
            return None
        span = reading.largest(*rows.sizes) - reading.least
        return (float(entropy.detach()) - reading.least) / span if span > 0 else None

    def _measure(
        self,
        image: Tensor,
        text: Tensor,
        pairs: Tensor | None,
        text_ids: Tensor | None,
        temperature: float | Tensor | None,
        *,
        deficit: bool = False,
    ) -> tuple[Tensor, Rows]:
        self._check_features(image, text)
        if image.device != text.device:
            raise AMEError(f"image and text must be on one device, got {image.device} and {text.device}.")
        checked = self.check_values and has_values(image, text)
        if checked:
            check_finite("image", image)
            check_finite("text", text)
        if temperature is not None:
            temperature = _checked_temperature(temperature)
        if self.gradient == "projections":
            image, text = image.detach(), text.detach()
        images, texts = self._shares(image, text)
        if text_ids is not None:
            text_ids = _as_index("text_ids", text_ids, *_ids_wanted(text), text)
        if texts is not None and (text_ids is not None or self.random_texts):  # which look at all texts at once
            if pairs is not None:
                pairs = self._check_pairs(pairs, image, text) + texts.before
            text, text_ids = texts.gather(text), None if text_ids is None else texts.gather(text_ids)
            texts = None
        if text_ids is not None:
            text, pairs = self._merge_texts(text_ids, image, text, pairs)
        if self.random_texts:
            text = self.fixed_texts(text)
        reading = READINGS[self.reading]
        if self.needs_pairs:
            pairs = self._check_pairs(pairs, image, text)
        averages = reading.per_image or self.scope == "image"  # over images: those of other ranks are not needed
        if self.text_rows == "paired":
            text, pairs = text[pairs], torch.arange(len(image), device=text.device)
            texts = None if averages else images
        rows = Rows(
            self,
            image,
            text,
            pairs if reading.needs_pairs else None,
            temperature=temperature,
            checked=checked,
            images=None if images is None else images.all,
            image_share=None if averages else images,
            text_share=texts,
        )
        with _no_autocast(image):
            exact = reading.deficit if deficit else None
            value = _mean_of(reading, (exact or reading.function)(rows))
            if averages and images is not None:
                value = images.mean(value, len(image))
            if deficit and exact is None:
                if not reading.has_deficit or reading.largest is None:
                    raise AMEError(f"deficit is not defined for reading={self.reading!r}, which is no entropy.")
                value = reading.largest(*rows.sizes) - value
            return value, rows

    def _shares(self, image: Tensor, text: Tensor) -> tuple[_Share | None, _Share | None]:
        """Which part of all images, and of all texts, this rank has; None for what is not gathered."""
        if self.gather == "none" or self._group.size == 1:
            return None, None
        if not has_values(image, text):
            raise AMEError(f"gather={self.gather!r} cannot be used inside vmap, torch.compile or on the meta device.")
        settings = self._settings() | {"gather": self.gather, "dtypes": f"{image.dtype} {text.dtype}"}
        if self.random_texts:
            settings["texts_seed"] = self._texts_seed
        alike = zlib.crc32(json.dumps(settings).encode())
        place = self.manifold.positions(image)
        met = self._group.meet(len(image), len(text), place, alike, device=image.device)
        counts, texts, places, settings_of_each = zip(*met, strict=True)
        if len(set(settings_of_each)) > 1:
            raise AMEError(
                "the ranks must have the same AMELoss and dtypes: build it with the same settings and seed on each."
            )
        if len(set(places)) > 1:
            raise AMEError(f"image must have as many positions on every rank, got {', '.join(map(str, places))}.")
        if self.gather == "pairs":
            return _Share(counts, self._group), _Share(texts, self._group)
        if len(set(texts)) > 1:
            raise AMEError(
                f"gather='images' needs the same class texts on every rank, got {', '.join(map(str, texts))} texts: "
                "use gather='pairs' where captions are split with their images."
            )
        return _Share(counts, self._group), None

    def _check_features(self, image: Tensor, text: Tensor) -> None:
        """Each by itself; where a shape is wrong, the message shows both shapes."""
        manifold = self.manifold
        try:
            manifold.check_image(image)
            manifold.check_text(text)
        except AMEError as error:
            if not (isinstance(image, Tensor) and isinstance(text, Tensor)):
                raise
            if manifold.fits_image(image) and manifold.fits_text(text):
                raise
            swapped = manifold.fits_image(text) and manifold.fits_text(image)
            hint = ": they seem to be swapped" if swapped else ""
            shapes = f"image has shape {tuple(image.shape)} and text {tuple(text.shape)}"
            raise AMEError(f"{error} Together, {shapes}{hint}.") from None

    def _check_direction(self) -> None:
        length, wanted = float(self.direction.norm()), self.manifold.manifold_dim**-0.5
        if not abs(length - wanted) <= 0.1 * wanted:
            raise AMEError(
                f"direction must have length {wanted:.4g}, got {length:.4g}: it was neither drawn nor loaded (a model "
                "built on the meta device?). Load a state that holds it, or call ame.draw_parameters()."
            )

    def _check_pairs(self, pairs: Tensor | None, image: Tensor, text: Tensor) -> Tensor:
        wanted = f"of shape ({len(image)},), whole numbers, the index of each image's text"
        if pairs is None:
            who = f"reading={self.reading!r}" if READINGS[self.reading].needs_pairs else "text_rows='paired'"
            raise AMEError(f"pairs is missing: {who} needs pairs {wanted} (labels, or the teacher's argmax).")
        pairs = _as_index("pairs", pairs, wanted, image.shape[:1], text)
        looked_at = has_values(pairs) and (self.check_values or pairs.device.type == "cpu")  # where it costs nothing
        if looked_at and not 0 <= int(pairs.min()) <= int(pairs.max()) < len(text):
            raise AMEError(
                f"pairs must lie in [0, {len(text) - 1}] for {len(text)} class texts, "
                f"got {int(pairs.min())} to {int(pairs.max())}: the class list is shorter than the labels."
            )
        return pairs

    def _merge_texts(
        self, text_ids: Tensor, image: Tensor, text: Tensor, pairs: Tensor | None
    ) -> tuple[Tensor, Tensor | None]:
        """The first text of each id, and pairs that count among them."""
        if torch._C._functorch.is_functorch_wrapped_tensor(text_ids) or text_ids.is_meta:
            raise AMEError("text_ids must have values to look at: merge the texts before vmap or the meta device.")
        found, place = torch.unique(text_ids, return_inverse=True)
        at = torch.arange(len(text_ids), device=text.device)
        first = at.new_full((len(found),), len(text_ids)).scatter_reduce(0, place, at, "amin")
        if pairs is not None:
            pairs = place[self._check_pairs(pairs, image, text)]
        return text[first], pairs


def gradient_shares(terms: Mapping[str, Tensor], at: Tensor) -> dict[str, float]:
    """The norms of the gradients of some terms of a loss at a tensor, "push.NAME", and their shares, "share.NAME".

    Args:
        terms: scalars by name, whose graphs are kept.
        at: a tensor that they were computed from; a term that was not has the norm 0.
    """
    norms = {}
    for name, term in terms.items():
        gradient = (
            torch.autograd.grad(term, at, retain_graph=True, allow_unused=True)[0] if term.requires_grad else None
        )
        norms[name] = 0.0 if gradient is None else float(gradient.norm())
    whole = sum(norms.values()) or 1.0
    return {f"share.{name}": norm / whole for name, norm in norms.items()} | {
        f"push.{name}": norm for name, norm in norms.items()
    }


def _mean_of(reading: Reading, value: object) -> Tensor:
    if not isinstance(value, Tensor) or not value.is_floating_point():
        raise AMEError(f"the reading {reading.name!r} must return a floating-point tensor, got {shown(value)}.")
    return value.mean()


class _Watch:
    """Tells once, at the caller's line, that the projections do not learn, that they alone do, or that ranks differ."""

    def __init__(self) -> None:
        self._calls, self._told = 0, False
        self._told_ranks = self._told_solved = False
        self._looks, self._flat = 0, 0  # at H, and those of them that found it at its largest; -1: it has left
        self._versions: tuple[int, ...] = ()
        self._host: Callable[[], Tensor | None] = lambda: None
        self._host_version, self._host_steps = 0, 0

    def __reduce__(self) -> tuple[type[_Watch], tuple[()]]:
        return type(self), ()  # a copy starts anew

    def look(self, manifold: nn.Module, image: Tensor, text: Tensor) -> None:
        """At one call in training."""
        if self._told:
            return
        learning = [p for p in manifold.parameters() if p.requires_grad and not p.is_inference()]
        if not learning:
            if image.requires_grad or text.requires_grad:
                self._tell(
                    "AMELoss's projections are frozen (requires_grad is False), so only the features learn from the "
                    "term: say gradient='student' if that is meant, else call ame.manifold.requires_grad_(True) after "
                    "the host has frozen its parameters and before the optimizer is built."
                )
            return
        versions, host = tuple(p._version for p in learning), self._host()
        if self._calls == 0:
            self._versions = versions
            if (leaf := _trained_leaf(image)) is not None:
                self._host, self._host_version = weakref.ref(leaf), leaf._version
        elif versions != self._versions:
            self._told = True  # they learn: nothing to tell from here on
        elif host is not None and host._version != self._host_version:
            self._host_version, self._host_steps = host._version, self._host_steps + 1
        self._calls += 1
        if not self._told and (self._host_steps >= _STEPS_BEFORE_WARNING or self._calls > _CALLS_BEFORE_WARNING):
            since = f"in {self._host_steps} steps of the model's optimizer" if self._host_steps else "in as many calls"
            self._tell(
                f"AMELoss was called {self._calls - 1} times and its projections never changed {since}: they are in no "
                "optimizer, or the term is never added to the loss. Add ame.parameters() to the optimizer, or say "
                "gradient='student' to keep the projections as they are."
            )

    def look_at_ranks(self, ranks: int) -> None:
        """At one call in training, where several ranks train together."""
        if not self._told_ranks:
            self._told_ranks = True
            self._warn(
                f"AMELoss runs on {ranks} ranks with gather='none', so H is over each rank's rows alone, which is "
                "another loss than on one rank: say gather='images' where every rank has the same class texts, or "
                "gather='pairs' where captions are split with their images."
            )

    def is_due(self) -> bool:
        """Whether H is to be looked at in this call."""
        self._looks += 1
        return self._looks % _CALLS_BETWEEN_LOOKS == 0 and not self._told_solved

    def look_at_entropy(self, share: float | None) -> None:
        """At where H lies in its range, at some calls in training."""
        if share is None:
            return
        if share < _SOLVED:
            self._told_solved = True
            self._warn(
                f"AMELoss's H has fallen to {100 * share:.2g} % of its largest value, where its gradient is nearly 0. "
                "Its projections can get there by themselves, and the student then learns nothing from the term: see "
                "ame.push(kd=..., image=..., text=...), lower omega, or say gradient='student'."
            )
        elif share < _FLAT:
            self._flat = -1
        elif self._flat >= 0:
            self._flat += 1
            if self._flat * _CALLS_BETWEEN_LOOKS >= _CALLS_BEFORE_WARNING:
                self._flat = -1
                self._warn(
                    f"AMELoss's H stayed within 0.1 % of its largest value for {_CALLS_BEFORE_WARNING} calls, so the "
                    "term does nearly nothing: raise omega or the learning rate of ame.parameters(), or use "
                    "normalize='none', under which H can move further."
                )

    def look_at_push(self, share: float | None, shares: Mapping[str, float]) -> None:
        """At the gradient of the term, where it is far below that of KD."""
        if share is None or share >= _SOLVED or self._told_solved:
            return
        self._told_solved = True
        self._warn(
            f"AMELoss's projections have minimized the term by themselves: H is at {100 * share:.2g} % of its "
            f"largest value, and the gradient at the features has norm {shares['push.ame']:.2g}, beside "
            f"{shares['push.kd']:.2g} of KD. The student learns nothing from the term: lower omega or the learning "
            "rate of ame.parameters(), or say gradient='student'."
        )

    def _tell(self, message: str) -> None:
        self._told = True
        self._warn(message)

    def _warn(self, message: str) -> None:
        warnings.warn(message, stacklevel=_callers_level())


def _trained_leaf(x: Tensor, most: int = 2000) -> Tensor | None:
    """A parameter that `x` was computed from and that asks for a gradient, found within `most` steps of its graph."""
    waiting, seen = [x.grad_fn], set[Any]()
    while waiting and len(seen) < most:
        node = waiting.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        leaf = getattr(node, "variable", None)
        if isinstance(leaf, nn.Parameter):
            return leaf
        waiting.extend(before for before, _ in node.next_functions)
    return None


_LIBRARIES = str(Path(torch.__file__).parent.parent)  # site-packages: a trainer's frames are no lines of the caller's
_OWN_FILES = {__file__}


def warn_outside(file: str) -> None:
    """Let warnings about a loss never point into this file, but at its callers.

    Args:
        file: `__file__` of a module that calls losses for others.
    """
    _OWN_FILES.add(file)


def _callers_level() -> int:
    """The stacklevel, for `warnings.warn` in the calling function, of the first frame outside libraries and our files.

    Where all frames are those of libraries (a program that is installed), the first outside torch and our files.
    """
    torch_folder = str(Path(torch.__file__).parent)
    level, frame, fallback = 1, sys._getframe(1), 0
    while frame.f_back is not None:
        file = frame.f_code.co_filename
        if file not in _OWN_FILES and not file.startswith(_LIBRARIES):
            return level
        if not fallback and file not in _OWN_FILES and not file.startswith(torch_folder):
            fallback = level
        level, frame = level + 1, frame.f_back
    outermost = frame.f_code.co_filename
    return level if outermost not in _OWN_FILES and not outermost.startswith(_LIBRARIES) else fallback or level


def settings_of(state: Tensor) -> dict[str, Any]:
    """The settings of an `AMELoss`: reading, omega, temperature, sizes and the others.

    Args:
        state: the entry `_extra_state` of its `state_dict`.

    Raises:
        AMEError: if it holds no such settings.
    """
    try:
        found = json.loads(bytes(state.detach().cpu().tolist()))
    except (AttributeError, TypeError, ValueError, RuntimeError) as error:  # RuntimeError: of no values, or too deep
        raise AMEError(f"_extra_state must be the settings of an AMELoss, got {shown(state)}: {error}.") from error
    if not isinstance(found, dict) or not {"omega", "temperature", "texts_seed"} <= found.keys():
        raise AMEError(f"_extra_state must be the settings of an AMELoss, got {shown(found)}.")
    return found


def initialize(module: nn.Module, generator: torch.Generator) -> None:
    """Draw every weight of a module anew, by torch's own default rules, in place.

    Modules built on the meta device are moved to the generator's device first, so that building and drawing leave
    torch's global random state alone. A module with bare parameters or buffers says in `draw_parameters(generator)` how
    they are drawn.

    Args:
        module: the module.
        generator: source of the numbers.
    """
    for part in module.modules():
        # What `to_empty` does, without torch's compiler and sympy, whose import takes seconds.
        for name, tensor in (*part.named_parameters(recurse=False), *part.named_buffers(recurse=False)):
            if tensor.is_meta:
                empty = torch.empty_strided(tensor.size(), tensor.stride(), dtype=tensor.dtype, device=generator.device)
                setattr(part, name, nn.Parameter(empty) if isinstance(tensor, nn.Parameter) else empty)
        if isinstance(part, (nn.Linear, nn.Conv2d)):
            nn.init.kaiming_uniform_(part.weight, a=math.sqrt(5), generator=generator)
            if part.bias is not None:
                bound = part.weight[0].numel() ** -0.5
                nn.init.uniform_(part.bias, -bound, bound, generator=generator)
        elif isinstance(part, nn.Embedding):
            nn.init.normal_(part.weight, generator=generator)
        elif isinstance(part, (nn.LayerNorm, nn.GroupNorm, nn.BatchNorm2d)):
            part.reset_parameters()  # ones and zeros: nothing is drawn
        elif callable(draw := getattr(part, "draw_parameters", None)):
            draw(generator)


def _log_softmax(scores: Tensor, dim: int) -> Tensor:
    wanted = "floating, of shape (..., n) with n >= 1"
    if not _is_dense(scores) or not scores.is_floating_point():
        raise AMEError(_shape_message("scores", wanted, scores))
    if not isinstance(dim, int) or not -scores.ndim <= dim < scores.ndim or scores.shape[dim] == 0:
        raise AMEError(_shape_message("scores", f"{wanted} along dim={dim}", scores))
    if has_values(scores):
        check_finite("scores", scores)
    return F.log_softmax(_precise(scores), dim=dim)


def _precise(x: Tensor) -> Tensor:
    return x.to(torch.float32 if x.device.type == "mps" else torch.float64)


def _wide(x: Tensor) -> Tensor:
    """At least float32: what is done in half precision is the projections alone."""
    return x if x.dtype == torch.float64 else x.float()


def _result_dtype(x: Tensor) -> torch.dtype:
    return torch.float64 if x.dtype == torch.float64 else torch.float32


def _no_autocast(x: Tensor) -> AbstractContextManager[object]:
    return nullcontext() if x.is_meta else torch.autocast(x.device.type, enabled=False)


def _is_dense(x: object) -> bool:
    return isinstance(x, Tensor) and x.layout == torch.strided and not x.is_nested


def _as_index(name: str, value: Tensor, wanted: str, shape: torch.Size, like: Tensor) -> Tensor:
    """`value` as int64 on the device of `like`; `AMEError` unless it holds whole numbers in that shape."""
    if not _is_dense(value) or value.shape != shape or value.is_floating_point() or value.is_complex():
        raise AMEError(f"{name} must be {wanted}, got {shown(value)}.")
    if value.dtype == torch.bool or (value.is_meta and not like.is_meta):
        raise AMEError(f"{name} must be {wanted}, got {shown(value)} on {value.device}.")
    return value.to(like.device, torch.int64)


def _ids_wanted(text: Tensor) -> tuple[str, torch.Size]:
    return f"of shape ({len(text)},), whole numbers, one a text, equal for equal texts", text.shape[:1]


def _checked_temperature(value: object) -> float | Tensor:
    """The temperature of one call: a float, or a 0-d tensor with its gradient."""
    if not isinstance(value, Tensor):
        return as_number("temperature", value, above=0)
    if value.numel() != 1 or not value.is_floating_point():
        raise AMEError(f"temperature must be a number or a floating tensor of one element, got {shown(value)}.")
    if has_values(value) and not 0 < float(value.detach()) < math.inf:
        raise AMEError(f"temperature must be a finite number > 0, got {float(value.detach()):g}.")
    return value.reshape(())


def _check_group(group: object) -> None:
    if group is None:
        return
    if not distributed.is_available() or not isinstance(group, distributed.ProcessGroup):
        raise AMEError(f"group must be a torch.distributed process group or None, got {shown(group)}.")


def _check_generator(generator: object) -> None:
    if generator is not None and not isinstance(generator, torch.Generator):
        raise AMEError(f"generator must be a torch.Generator or None, got {shown(generator)}.")


def _shape_message(name: str, wanted: str, x: object) -> str:
    got = f"{x.dtype} of shape {tuple(x.shape)}" if isinstance(x, Tensor) else shown(x)
    return f"{name} must be {wanted}, got {got}."
