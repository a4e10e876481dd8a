"""A student of the feature-space host as one vector of weights, and Gaussians around it, for PAC-Bayes.

At inference, BatchNorm is an affine map with running statistics, which depend on the training images just as weights
do. A KL over the weights alone would not count them. So BatchNorm is folded into the
convolution before it (exactly the same function), and prior and posterior are over the folded weights.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from ame_explore.ame import AMEError, check_number

_EPS = 1e-5  # BatchNorm's own


@dataclass(frozen=True, eq=False)
class FoldedProjector:
    """output(relu(input(x))) with BatchNorm folded into `input`: all that the feature-space host learned.

    Attributes:
        vector: (D,) float64: input weights and bias, output weights and bias, in this order.
        width_in: features of the backbone.
        width_hidden: hidden units of the projector.
        width_out: outputs of the projector.
    """

    vector: Tensor
    width_in: int
    width_hidden: int
    width_out: int

    @classmethod
    def of(cls, weights: Mapping[str, Tensor], prefix: str = "student.projector.") -> FoldedProjector:
        """Fold a projector.

        Args:
            weights: weights and BatchNorm statistics by name, as in `DistilledReplicas.weights`.
            prefix: what the projector's names begin with.

        Returns:
            The folded projector.

        Raises:
            AMEError: if a part of the projector is missing.
        """
        parts = {name.removeprefix(prefix): w.double() for name, w in weights.items() if name.startswith(prefix)}
        needed = [f"{layer}.{what}" for layer in ("input", "norm", "output") for what in ("weight", "bias")]
        missing = [name for name in (*needed, "norm.running_mean", "norm.running_var") if name not in parts]
        if missing:
            raise AMEError(
                f"weights must hold a projector's parts under {prefix!r}, got none for {', '.join(missing)}: PAC-Bayes "
                "is for the host 'projector', which learns nothing else."
            )
        scale = parts["norm.weight"] / (parts["norm.running_var"] + _EPS).sqrt()
        first, last = parts["input.weight"].flatten(1), parts["output.weight"].flatten(1)
        bias = (parts["input.bias"] - parts["norm.running_mean"]) * scale + parts["norm.bias"]
        flat = [first * scale[:, None], bias, last, parts["output.bias"]]
        return cls(torch.cat([part.flatten() for part in flat]), first.shape[1], first.shape[0], last.shape[0])

    def scales(self) -> Tensor:
        """(D,) root mean square of the weights of each layer, for all weights and biases of that layer.

        Layers differ in the size of their weights, so standard deviations are given as shares of it.
        """
        first, hidden = self.width_in * self.width_hidden, self.width_hidden
        last = self.width_hidden * self.width_out
        sizes = [self.vector[:first], self.vector[first + hidden : first + hidden + last]]
        of_layer = torch.stack([part.square().mean().sqrt() for part in sizes])
        return of_layer.repeat_interleave(torch.tensor([first + hidden, last + self.width_out]))

    def outputs(self, features: Tensor, *, vectors: Tensor | None = None, at_once: int = 64) -> Tensor:
        """Unit outputs of one or more weight vectors, in float32.

        Args:
            features: (N, width_in) backbone features.
            vectors: (m, D) weight vectors; by default `vector` alone, m = 1.
            at_once: how many weight vectors to compute at once, at least 1.

        Returns:
            (m, N, width_out) unit vectors.

        Raises:
            AMEError: if at_once is below 1.
        """
        check_number("at_once", at_once, low=1, whole=True)
        found = []
        for some in (self.vector[None] if vectors is None else vectors).float().split(at_once):
            shapes = (self.width_in * self.width_hidden, self.width_hidden, self.width_hidden * self.width_out)
            first, bias, last, end = some.split([*shapes, self.width_out], dim=1)
            first = first.view(-1, self.width_hidden, self.width_in)
            last = last.view(-1, self.width_out, self.width_hidden)
            shown = features.float().expand(len(some), -1, -1)
            hidden = torch.relu(torch.baddbmm(bias[:, None], shown, first.mT))
            found.append(F.normalize(torch.baddbmm(end[:, None], hidden, last.mT), dim=2))
        return torch.cat(found)
