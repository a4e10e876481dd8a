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
import math
import warnings
from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

DEFAULT_OMEGA = {
    "rows": 50.0,  # as reported
    "predictive": 0.3,
    "spectral": 1.0,
    "random_direction": 50.0,
    "score_variance": 50.0,
    "alignment": 1.0,
}
READINGS = tuple(DEFAULT_OMEGA)
UNTEMPERED = ("spectral", "alignment")  # readings without a softmax
_SCORE_READINGS = ("rows", "random_direction", "score_variance")
_CALLS_BEFORE_WARNING = 200


class AMEError(ValueError):
    """What was given cannot be used: the message names the argument, what came, and what was expected."""


def check_choice(name: str, value: object, choices: Iterable[str]) -> None:
    """Raise `AMEError` unless `value` is one of `choices`."""
    known = tuple(choices)
    if value not in known:
        near = difflib.get_close_matches(str(value).lower(), known, n=1)
        hint = f": did you mean {near[0]!r}?" if near else "."
        raise AMEError(f"{name} must be one of {', '.join(map(repr, known))}, got {value!r}{hint}")


def check_number(
    name: str,
    value: object,
    *,
    low: float = -math.inf,
    high: float = math.inf,
    above: float = -math.inf,
    whole: bool = False,
) -> None:
    """Raise `AMEError` unless `value` is a finite number (a whole one if asked) in [low, high] and > above."""
    if isinstance(value, int if whole else (int, float)) and not isinstance(value, bool):
        number = float(value)
        if math.isfinite(number) and low <= number <= high and number > above:
            return
    limits = [f"> {above:g}"] if above > -math.inf else []
    limits += [f">= {low:g}"] if low > -math.inf else []
    limits += [f"<= {high:g}"] if high < math.inf else []
    kind = "a whole number" if whole else "a finite number"
    raise AMEError(f"{name} must be {' '.join([kind, ' and '.join(limits)]).strip()}, got {value!r}.")


def check_options(*, reading: str, projection: str, gradient: str, text_rows: str, scope: str) -> None:
    """Raise `AMEError` for options of `AMELoss` that have no meaning together."""
    if projection == "host" and gradient == "projections":
        raise AMEError("gradient='projections' with projection='host' leaves nothing to learn: use 'student'.")
    if scope == "image" and reading in ("predictive", "alignment"):
        raise AMEError(
            f"scope='image' has no meaning for reading={reading!r}, which is per image already: use 'batch'."
        )
    if text_rows == "paired" and reading in ("predictive", "alignment"):
        raise AMEError(f"text_rows='paired' has no meaning for reading={reading!r}: use text_rows='all'.")


def row_entropy(scores: Tensor, dim: int = -1) -> Tensor:
    """Entropy of softmax(scores) along `dim`, in nats: H = -sum_t p_t log p_t.

    Shapes: scores `(..., n)` -> `(...)`. Its gradient is dH/ds_t = -p_t (log p_t + H). Computed from log-softmax in
    float64 (float32 where the device has no float64) and returned in float64 for float64 scores, else in float32.
    Raises `AMEError` for scores that are not floating, have no rows, or are not finite (the last in eager mode only).
    """
    log_p = _log_softmax(scores, dim)
    return -(log_p.exp() * log_p).sum(dim).to(_result_dtype(scores))


def row_entropy_deficit(scores: Tensor, dim: int = -1) -> Tensor:
    """log n - H(softmax(scores)) along `dim`, in nats: how far the rows are from equal weight.

    Equals KL(p || uniform), about Var(s)/2 for small scores. Subtracting before rounding keeps digits that
    `row_entropy` loses in float32: unit-norm rows have deficits of 1e-4 to 2e-6. Shapes, dtypes and errors as in
    `row_entropy`.
    """
    log_p = _log_softmax(scores, dim)
    return (log_p.exp() * (log_p + math.log(scores.shape[dim]))).sum(dim).to(_result_dtype(scores))


def spectral_entropy(rows: Tensor) -> Tensor:
    """Von Neumann entropy of the trace-normalized Gram matrix of the unit rows, in nats.

    S = -sum_i l_i log l_i over the eigenvalues of K / n, K the cosines of the n rows (matrix-based Renyi entropy at
    alpha -> 1: Sanchez Giraldo et al. 2015). Shapes: rows `(..., n, d)` -> `(...)`; 0 <= S <= log min(n, d). The
    smaller of the Gram and the covariance matrix is decomposed (same non-zero spectrum). Eigenvalues below
    max(n, d) * eps of their largest are zero in exact arithmetic; they count, and pass, nothing. A row of zeros counts
    as zero.
    """
    with _no_autocast(rows):
        unit = F.normalize(_precise(rows), dim=-1)
        n, d = unit.shape[-2:]
        gram = unit @ unit.mT if n <= d else unit.mT @ unit
        eigenvalues = torch.linalg.eigvalsh(gram / n)
        floor = eigenvalues[..., -1:] * max(n, d) * torch.finfo(eigenvalues.dtype).eps
        # `where` on both sides: log of a rounded-down zero would put NaN into the gradient of the branch not taken
        positive = torch.where(eigenvalues > floor, eigenvalues, 1.0)
        return -(positive * positive.log()).sum(-1).to(_result_dtype(rows))


class SharedManifold(nn.Module):
    """The reconfigured shared manifold: text and image features, projected and stacked as the rows of one matrix M.

    Text goes through an MLP, images through a 1x1 convolution (both from the reviews). Our choices: one hidden layer of
    `hidden_dim` units with GELU; `manifold_dim`; no normalization of rows; one row an image.

    Args:
        text_dim, image_dim: widths of the incoming features.
        manifold_dim: width of M's rows. With unit rows |s_t| <= manifold_dim ** -0.5, so it sets how far H can move.
        hidden_dim: hidden units of the text MLP.
        projection: "own" (the two projections) or "host" (no parameters: M holds the features themselves, which must
            then be of one width; `manifold_dim` and `hidden_dim` are not used).
        normalize: "none", "unit" (L2 norm 1 a row), or "layer" (LayerNorm without affine, under which every score is 0
            and the gradient of `rows` vanishes: here to be shown, not to be used).
        image_rows: "mean" (one row an image: the mean over positions) or "patches" (a row for each position).
        generator: for the initial weights; None draws from torch's global generator.

    Raises `AMEError` for sizes below 1, unknown names, and unequal widths with projection="host".
    """

    def __init__(
        self,
        text_dim: int,
        image_dim: int,
        manifold_dim: int = 128,
        *,
        hidden_dim: int = 256,
        projection: str = "own",
        normalize: str = "none",
        image_rows: str = "mean",
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        sizes = {
            "text_dim": text_dim,
            "image_dim": image_dim,
            "manifold_dim": manifold_dim,
            "hidden_dim": hidden_dim,
        }
        for name, size in sizes.items():
            check_number(name, size, low=1, whole=True)
        check_choice("projection", projection, ("own", "host"))
        check_choice("normalize", normalize, ("none", "unit", "layer"))
        check_choice("image_rows", image_rows, ("mean", "patches"))
        if projection == "host" and text_dim != image_dim:
            raise AMEError(
                f"projection='host' needs text_dim == image_dim, got {text_dim} and {image_dim}: "
                "project one side first, or use projection='own'."
            )
        self.text_dim, self.image_dim = text_dim, image_dim
        self.manifold_dim = manifold_dim if projection == "own" else image_dim
        self.projection, self.normalize, self.image_rows = projection, normalize, image_rows
        if projection == "own":
            device = None if generator is None else "meta"
            self.text_hidden = nn.Linear(text_dim, hidden_dim, device=device)
            self.text_output = nn.Linear(hidden_dim, manifold_dim, device=device)
            self.image_projection = nn.Conv2d(image_dim, manifold_dim, 1, device=device)
            if generator is not None:
                initialize(self, generator)

    def project_text(self, text_features: Tensor) -> Tensor:
        """(C, text_dim) -> (C, manifold_dim), normalized as asked."""
        hidden = self._hidden(text_features)
        return self._normalize(hidden if self.projection == "host" else self.text_output(hidden))

    def project_image(self, image_features: Tensor) -> Tensor:
        """(B, image_dim) or (B, image_dim, h, w) -> (B, P, manifold_dim), P = 1 or, for patches, h * w."""
        x = self._positions(image_features)
        if self.projection == "own":
            x = F.linear(x, self.image_projection.weight.flatten(1), self.image_projection.bias)
        return self._normalize(x)

    def rows(self, text_features: Tensor, image_features: Tensor) -> Tensor:
        """M, texts above images: (C + B * P, manifold_dim)."""
        return torch.cat([self.project_text(text_features), self.project_image(image_features).flatten(0, 1)])

    def scores(
        self, text_features: Tensor, image_features: Tensor, direction: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Row scores of the texts (C,) and of the images (B, P): each row's mean over features.

        `direction` (manifold_dim,) replaces the mean by another fixed direction. Without normalization the scores are
        linear in the last layer, so M itself is never formed.
        """
        if self.normalize != "none":
            text, image = self.project_text(text_features), self.project_image(image_features)
            with _no_autocast(text):
                v = self._direction(direction, text)
                return text @ v, image @ v
        hidden, positions = self._hidden(text_features), self._positions(image_features)
        with _no_autocast(hidden):
            hidden, positions = _wide(hidden), _wide(positions)
            v = self._direction(direction, hidden)
            if self.projection == "host":
                return hidden @ v, positions @ v
            text_weight, image_weight = (
                _wide(self.text_output.weight),
                _wide(self.image_projection.weight).flatten(1),
            )
            assert self.image_projection.bias is not None  # for the type checker: the layer is built with one
            text_bias, image_bias = _wide(self.text_output.bias), _wide(self.image_projection.bias)
            return hidden @ (v @ text_weight) + v @ text_bias, positions @ (v @ image_weight) + v @ image_bias

    def extra_repr(self) -> str:
        """Show what the sub-modules' own lines do not."""
        return f"projection={self.projection!r}, normalize={self.normalize!r}, image_rows={self.image_rows!r}"

    def _direction(self, direction: Tensor | None, like: Tensor) -> Tensor:
        return like.new_full((self.manifold_dim,), 1.0 / self.manifold_dim) if direction is None else direction.to(like)

    def _hidden(self, text_features: Tensor) -> Tensor:
        if text_features.ndim != 2 or text_features.shape[1] != self.text_dim or not len(text_features):
            raise AMEError(_shape_message("text_features", f"(C, {self.text_dim}) with C >= 1", text_features))
        text_features = self._to_weights(text_features)
        return text_features if self.projection == "host" else F.gelu(self.text_hidden(text_features))

    def _positions(self, image_features: Tensor) -> Tensor:
        shape = image_features.shape
        if image_features.ndim not in (2, 4) or shape[1] != self.image_dim or 0 in shape:
            wanted = f"(B, {self.image_dim}) or (B, {self.image_dim}, h, w) with B >= 1"
            raise AMEError(_shape_message("image_features", wanted, image_features))
        image_features = self._to_weights(image_features)
        if image_features.ndim == 2:
            return image_features[:, None]
        positions = image_features.flatten(2).mT
        return positions.mean(1, keepdim=True) if self.image_rows == "mean" else positions

    def _to_weights(self, x: Tensor) -> Tensor:
        if not x.is_floating_point():
            raise AMEError(f"features must be floating-point tensors, got {x.dtype}: convert them with .float().")
        if self.projection == "host" or torch.is_autocast_enabled(x.device.type):
            return x
        return x.to(self.text_hidden.weight.dtype)

    def _normalize(self, rows: Tensor) -> Tensor:
        if self.normalize == "none":
            return rows
        rows = _wide(rows)
        return F.normalize(rows, dim=-1) if self.normalize == "unit" else F.layer_norm(rows, rows.shape[-1:])


class AMELoss(nn.Module):
    """omega * H: the term that AME adds to a distillation loss.

    >>> ame = AMELoss(text_dim=768, image_dim=512)  # and add ame.parameters() to the optimizer
    >>> loss = kd_loss + ame(text_features, image_features)  # doctest: +SKIP

    Readings of the entropy (the sources fix none of them beyond "rows"):
        rows: H of the softmax over all rows of M, as the reviews quote it. It sees a row only through its mean over
            features, so it holds no pairing and no cosine: alignment does not follow from it.
        predictive: mean over images of H(softmax(cosines to the class texts / temperature)).
        spectral: von Neumann entropy of M's unit rows (`spectral_entropy`).
        random_direction: `rows` with the mean replaced by a fixed random direction of norm d ** -0.5 (control).
        score_variance: -Var(s) / 2, the small-score limit of H - log n; unbounded below unless scores are (control).
        alignment: mean squared distance of each image's unit row and the unit row of its text (control; needs `pairs`).

    Args (beyond those of `SharedManifold`, which are passed on):
        reading: one of the names above.
        omega: weight of the term, >= 0. None: 50 for `rows` (as reported); our choice: 50 for the other readings of row
            scores, 0.3 for `predictive`, 1 for `spectral` and `alignment`.
        temperature: divides scores or cosines before the softmax. None (our choice): 1 for row scores; for `predictive`
            0.01 with projection="host" (CLIP's logit scale of 100) and 0.07 with "own" (where CLIP's training starts).
        text_rows: "all" class texts, or "paired": one row for each image's text (needs `pairs`). Our choice: "all".
        scope: "batch" (one M) or "image" (one M for each image, H averaged); row scores and `spectral` only.
            Our choice: "batch".
        gradient: who learns from the term: "both", "student" (the projections stay as they were drawn and ask for no
            gradient), or "projections" (features are detached). Our choice: "both".
        random_texts: replace the class texts by fixed random unit vectors (control: what is left of an effect does
            not come from the texts).
        check_values: look for NaN and infinity in eager mode (on a GPU this waits for the device).

    Raises `AMEError` for unknown names, values out of range, and combinations in which nothing would learn.
    """

    def __init__(
        self,
        text_dim: int,
        image_dim: int,
        manifold_dim: int = 128,
        *,
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
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        check_choice("reading", reading, READINGS)
        check_choice("text_rows", text_rows, ("all", "paired"))
        check_choice("scope", scope, ("batch", "image"))
        check_choice("gradient", gradient, ("both", "student", "projections"))
        check_options(reading=reading, projection=projection, gradient=gradient, text_rows=text_rows, scope=scope)
        self.manifold = SharedManifold(
            text_dim,
            image_dim,
            manifold_dim,
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
        self.reading = reading
        self.omega = omega  # type: ignore[assignment]
        self.temperature = temperature  # type: ignore[assignment]
        width = self.manifold.manifold_dim
        direction = torch.randn(width, generator=generator)
        self.direction: Tensor
        self.register_buffer("direction", F.normalize(direction, dim=0) * width**-0.5)
        self._texts_seed = int(torch.randint(2**62, (), generator=generator))
        self._random_texts: Tensor | None = None
        self._calls, self._first_version = 0, 0

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
    def omega(self) -> float:
        """Weight of the term; setting None gives the reading's default."""
        return DEFAULT_OMEGA[self._reading] if self._omega is None else self._omega

    @omega.setter
    def omega(self, value: float | None) -> None:
        if value is not None:
            check_number("omega", value, low=0)
        self._omega = value

    @property
    def temperature(self) -> float:
        """Divides scores or cosines before the softmax; setting None gives the reading's default."""
        if self._temperature is not None:
            return self._temperature
        if self._reading != "predictive":
            return 1.0
        return 0.01 if self.manifold.projection == "host" else 0.07

    @temperature.setter
    def temperature(self, value: float | None) -> None:
        if value is not None:
            check_number("temperature", value, above=0)
        self._temperature = value

    def forward(self, text_features: Tensor, image_features: Tensor, pairs: Tensor | None = None) -> Tensor:
        """The scalar omega * H, to be added to a loss.

        Shapes: text_features (C, text_dim); image_features (B, image_dim) or (B, image_dim, h, w); pairs (B,) int, the
        index of each image's text, read by `alignment` and text_rows="paired" alone. Features are cast to the dtype
        of the projections (outside autocast). Raises `AMEError` for wrong shapes, empty batches, missing or impossible
        pairs and, in eager mode, NaN or infinity.
        """
        entropy = self.entropy(text_features, image_features, pairs)
        if self.manifold.projection == "own" and self.gradient != "student":
            self._warn_if_projections_never_move(image_features)
        return self.omega * entropy

    def entropy(self, text_features: Tensor, image_features: Tensor, pairs: Tensor | None = None) -> Tensor:
        """H itself, a scalar in nats (`alignment`: a squared distance). Arguments and errors as in `forward`."""
        return self._measure(text_features, image_features, pairs, deficit=False)

    def deficit(self, text_features: Tensor, image_features: Tensor, pairs: Tensor | None = None) -> Tensor:
        """The largest H possible minus H, in nats, computed without losing digits for row scores and `predictive`.

        The largest H is log n over n rows, log C for `predictive`, log min(n, d) for `spectral`, and 0 for
        `score_variance`.
        Raises `AMEError` for `alignment`, which is no entropy; else as in `forward`.
        """
        return self._measure(text_features, image_features, pairs, deficit=True)

    def extra_repr(self) -> str:
        """One line with what decides the value."""
        weights = f"omega={self.omega:g}, temperature={self.temperature:g}"
        return f"reading={self.reading!r}, {weights}, gradient={self.gradient!r}"

    def _measure(self, text: Tensor, image: Tensor, pairs: Tensor | None, *, deficit: bool) -> Tensor:
        checked = self.check_values and _is_eager(text, image)
        if checked:
            _check_finite("text_features", text)
            _check_finite("image_features", image)
        if self.gradient == "projections":
            text, image = text.detach(), image.detach()
        if self.random_texts:
            text = self._fixed_texts(text)
        if self.reading == "alignment" or self.text_rows == "paired":
            pairs = self._check_pairs(pairs, text, image, values=checked)
            text = text[pairs] if self.text_rows == "paired" else text
        if self.reading in _SCORE_READINGS:
            return self._of_scores(text, image, deficit)
        if self.reading == "spectral":
            return self._of_spectrum(text, image, deficit)
        text_rows, image_rows = self.manifold.project_text(text), self.manifold.project_image(image)
        with _no_autocast(text_rows):
            text_rows = F.normalize(_wide(text_rows), dim=-1)
            image_rows = F.normalize(_wide(image_rows), dim=-1)
            if self.reading == "predictive":
                logits = image_rows @ text_rows.mT / self.temperature
                return (row_entropy_deficit if deficit else row_entropy)(logits).mean()
            if deficit:
                raise AMEError("deficit is not defined for reading='alignment', which is a distance and no entropy.")
            return (image_rows - text_rows[pairs][:, None]).square().sum(-1).mean()

    def _of_scores(self, text: Tensor, image: Tensor, deficit: bool) -> Tensor:
        direction = self.direction if self.reading == "random_direction" else None
        text_scores, image_scores = self.manifold.scores(text, image, direction)
        if self.scope == "image":
            scores = torch.cat([text_scores.expand(len(image_scores), -1), image_scores], dim=1)
        else:
            scores = torch.cat([text_scores, image_scores.flatten()])
        scores = scores / self.temperature
        if self.reading == "score_variance":
            half_variance = _precise(scores).var(-1, correction=0).mean().to(_result_dtype(scores)) / 2
            return half_variance if deficit else -half_variance
        return (row_entropy_deficit if deficit else row_entropy)(scores).mean()

    def _of_spectrum(self, text: Tensor, image: Tensor, deficit: bool) -> Tensor:
        text_rows, image_rows = self.manifold.project_text(text), self.manifold.project_image(image)
        if self.scope == "image":
            rows = torch.cat([text_rows.expand(len(image_rows), -1, -1), image_rows], dim=1)
        else:
            rows = torch.cat([text_rows, image_rows.flatten(0, 1)])
        entropy = spectral_entropy(rows).mean()
        return math.log(min(rows.shape[-2:])) - entropy if deficit else entropy

    def _check_pairs(self, pairs: Tensor | None, text: Tensor, image: Tensor, *, values: bool) -> Tensor:
        wanted = f"({len(image)},) whole numbers, the index of each image's text"
        if pairs is None:
            who = "reading='alignment'" if self.reading == "alignment" else "text_rows='paired'"
            raise AMEError(f"pairs is missing: {who} needs pairs of shape {wanted} (labels, or the teacher's argmax).")
        if pairs.shape != image.shape[:1] or pairs.is_floating_point() or pairs.dtype == torch.bool:
            raise AMEError(f"pairs must be of shape {wanted}, got {pairs.dtype} of shape {tuple(pairs.shape)}.")
        if values and len(pairs) and not 0 <= int(pairs.min()) <= int(pairs.max()) < len(text):
            raise AMEError(
                f"pairs must lie in [0, {len(text) - 1}] for {len(text)} class texts, "
                f"got {int(pairs.min())} to {int(pairs.max())}: the class list is shorter than the labels."
            )
        return pairs

    def _fixed_texts(self, text: Tensor) -> Tensor:
        """(C, text_dim) random unit rows, drawn once from a seed of this loss and kept (call once before compiling)."""
        if self._random_texts is None or self._random_texts.shape != text.shape:
            generator = torch.Generator().manual_seed(self._texts_seed)
            self._random_texts = F.normalize(torch.randn(tuple(text.shape), generator=generator), dim=-1)
        self._random_texts = self._random_texts.to(text)
        return self._random_texts

    def _warn_if_projections_never_move(self, image: Tensor) -> None:
        if self._calls > _CALLS_BEFORE_WARNING or not (self.training and torch.is_grad_enabled() and _is_eager(image)):
            return
        version = self.manifold.image_projection.weight._version
        if self._calls == 0:
            self._first_version = version
        elif self._calls == _CALLS_BEFORE_WARNING and version == self._first_version:
            warnings.warn(
                f"AMELoss was called {_CALLS_BEFORE_WARNING} times and its projections never changed: add "
                "ame.parameters() to the optimizer, or say gradient='student' to keep them as they are.",
                stacklevel=4,
            )
        self._calls += 1


def initialize(module: nn.Module, generator: torch.Generator) -> None:
    """Draw every weight in `module` anew from `generator`, by torch's own default rules, in place.

    Modules built on the meta device are moved to the CPU first, so that building and drawing leave torch's global
    random state alone. A module with bare parameters says in `draw_parameters(generator)` how they are drawn.
    """
    if any(parameter.is_meta for parameter in module.parameters()):
        module.to_empty(device="cpu")
    for part in module.modules():
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
    if not scores.is_floating_point() or scores.ndim == 0 or scores.shape[dim] == 0:
        raise AMEError(_shape_message("scores", "floating, of shape (..., n) with n >= 1", scores))
    if _is_eager(scores):
        _check_finite("scores", scores)
    return F.log_softmax(_precise(scores), dim=dim)


def _precise(x: Tensor) -> Tensor:
    return x.to(torch.float32 if x.device.type == "mps" else torch.float64)


def _wide(x: Tensor) -> Tensor:
    """At least float32: what is done in half precision is the projections alone."""
    return x if x.dtype == torch.float64 else x.float()


def _result_dtype(x: Tensor) -> torch.dtype:
    return torch.float64 if x.dtype == torch.float64 else torch.float32


def _no_autocast(x: Tensor) -> torch.autocast:
    return torch.autocast(x.device.type, enabled=False)


def _is_eager(*tensors: Tensor) -> bool:
    """Whether values may be looked at: not while compiling, nor inside vmap or grad, nor on the meta device."""
    return not torch.compiler.is_compiling() and not any(
        t.device.type == "meta" or torch._C._functorch.is_functorch_wrapped_tensor(t) for t in tensors
    )


def _check_finite(name: str, x: Tensor) -> None:
    # a finite sum proves finite terms and is cheaper; only an infinite one (perhaps overflowed) needs the closer look
    if x.is_floating_point() and not math.isfinite(x.detach().sum()) and not x.isfinite().all():
        bad = int((~x.isfinite()).sum())
        raise AMEError(
            f"{name} must be finite, got {bad} NaN or infinite of {x.numel()} values: look for them upstream."
        )


def _shape_message(name: str, wanted: str, x: Tensor) -> str:
    return f"{name} must be {wanted}, got {x.dtype} of shape {tuple(x.shape)}."
