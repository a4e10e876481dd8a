"""A small discrete world: finitely many images, labels and rules, and a Gibbs learner among the rules.

The learner draws w with P(w | S) proportional to prior(w) exp(-beta L^_S(w)), L^_S(w) its mean loss on the sample S.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ame_explore.ame import AMEError, check_number
from ame_explore.arguments import checked
from ame_explore.data.files.boundary import check_memory


@dataclass(frozen=True, eq=False)
class World:
    """The probabilities, rules and manifold of a small discrete world.

    Attributes:
        image_chances: (X,) probabilities of the images.
        label_chances: (X, Y) probabilities of the labels of each image.
        rules: (K, X) whole numbers: the label that hypothesis w gives to image x.
        prior: (K,) probabilities, all above 0: what the Gibbs learner starts from.
        image_rows: (K, X, d) row of the manifold for image x under hypothesis w.
        text_rows: (Y, d) rows of the class texts.

    Raises:
        AMEError: if probabilities are negative or do not sum to 1, shapes do not match, or a rule gives no label.
    """

    image_chances: NDArray[np.float64]
    label_chances: NDArray[np.float64]
    rules: NDArray[np.int64]
    prior: NDArray[np.float64]
    image_rows: NDArray[np.float64]
    text_rows: NDArray[np.float64]

    def __post_init__(self) -> None:
        images, labels = self.label_chances.shape
        hypotheses, d = len(self.prior), self.text_rows.shape[-1]
        wanted = {
            "image_chances": (images,),
            "rules": (hypotheses, images),
            "image_rows": (hypotheses, images, d),
            "text_rows": (labels, d),
        }
        for name, shape in wanted.items():
            if getattr(self, name).shape != shape:
                raise AMEError(f"{name} must have shape {shape}, got {getattr(self, name).shape}.")
        for name, chances in (("image_chances", self.image_chances), ("prior", self.prior)):
            if chances.min() < 0 or not math.isclose(chances.sum(), 1.0, abs_tol=1e-9):
                raise AMEError(f"{name} must be probabilities that sum to 1, got a sum of {chances.sum():g}.")
        if self.label_chances.min() < 0 or not np.allclose(self.label_chances.sum(axis=1), 1.0, atol=1e-9):
            raise AMEError("label_chances must be probabilities that sum to 1 for each image.")
        if self.prior.min() <= 0:
            raise AMEError("prior must be > 0 for each hypothesis: leave out hypotheses that cannot be learned.")
        if self.rules.min() < 0 or self.rules.max() >= labels:
            raise AMEError(f"rules must name labels 0 ... {labels - 1}, got {self.rules.min()} to {self.rules.max()}.")

    @property
    def pair_chances(self) -> NDArray[np.float64]:
        """(Z,) probabilities of z = (x, y), z = x * Y + y."""
        return (self.image_chances[:, None] * self.label_chances).ravel()

    @property
    def losses(self) -> NDArray[np.float64]:
        """(K, Z) loss of hypothesis w on z: 1 for an error, else 0."""
        labels = np.arange(self.label_chances.shape[1])
        wrong: NDArray[np.bool_] = (self.rules[:, :, None] != labels).reshape(len(self.prior), -1)
        return wrong.astype(np.float64)

    def log_posterior(self, samples: NDArray[np.int64], beta: float) -> NDArray[np.float64]:
        """The Gibbs learner's ln P(w | S).

        Args:
            samples: (N, n) numbers z of the pairs, see `pair_chances`.
            beta: inverse temperature.

        Returns:
            (N, K) log probabilities.
        """
        scores: NDArray[np.float64] = np.log(self.prior) - beta * self.losses[:, samples].mean(axis=2).T
        scores -= scores.max(axis=1, keepdims=True)
        scores = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        return scores


@checked
def small_world(*, noise: float = 0.2, images: int = 3, blind: int = 1, width: int = 4, seed: int = 0) -> World:
    """A world of equally likely images, two labels with a share `noise` wrong, all rules, and a random manifold.

    An image's row is the mean of its rule's text row and a random row of its own.

    Args:
        noise: share of wrong labels.
        images: how many, from 1 to 6; there are 2^images rules.
        blind: how many images have the same row under every rule, so that M does not show their learned labels.
        width: features of a row.
        seed: the seed of the rows.

    Returns:
        The world.

    Raises:
        AMEError: if noise is outside [0, 1], images outside 1 ... 6, blind outside 0 ... images, or width is below 1.
    """
    check_number("noise", noise, low=0.0, high=1.0)
    check_number("images", images, low=1, high=6, whole=True)
    check_number("blind", blind, low=0, high=images, whole=True)
    check_number("width", width, low=1, whole=True)
    check_number("seed", seed, low=0, whole=True)
    check_memory("rows of this width", 32 * (2**images + 2) * images * width)
    rules = (np.arange(2**images)[:, None] >> np.arange(images)) & 1
    truth = np.arange(images) % 2
    label_chances = np.where(truth[:, None] == np.arange(2), 1 - noise, noise)
    generator = np.random.default_rng(seed)
    text_rows = generator.normal(size=(2, width))
    said = np.where(np.arange(images) < blind, 0, rules)
    image_rows = (text_rows[said] + generator.normal(size=(images, width))) / 2
    share = np.full(images, 1 / images)
    return World(share, label_chances, rules, np.full(2**images, 1 / 2**images), image_rows, text_rows)
