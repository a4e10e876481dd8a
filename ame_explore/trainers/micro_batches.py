"""H over a batch that is trained in micro-batches."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from ame_explore.ame import AMEError, AMELoss, shown, warn_outside

warn_outside(__file__)


class WholeBatch:
    """AME's term for a batch that is too large for one pass: H over all its rows, with the exact gradient.

    Adding `ame(...)` in each micro-batch gives another loss: the mean of the entropies of small manifolds. Here the
    features of all micro-batches are computed first, without a graph. Then each micro-batch is computed again, with a
    graph, and takes its part of the gradient (the gradient cache of Gao et al. 2021, arXiv 2101.06983)::

        with torch.no_grad():
            features = [student(images) for images in micro_batches]
        terms = WholeBatch(ame, image=features, text=class_texts)
        for place, images in enumerate(micro_batches):
            again = student(images)
            (kd(again) / len(micro_batches) + terms(place, image=again)).backward()

    The terms add up to omega * H, and their gradients to its gradient, at the features and at AME's projections. The
    student must give the same features both times: the same dropout, and no batch normalization in training mode.

    Args:
        ame: the term.
        image: the image features of each micro-batch, as `AMELoss.forward` takes them.
        text: (C, D) class texts of the whole batch; or a tensor of captions for each micro-batch.
        pairs: as in `AMELoss.forward`, for the whole batch.
        text_ids: as in `AMELoss.forward`, for the whole batch.

    Attributes:
        value: omega * H of the whole batch, a scalar without a graph.

    Raises:
        AMEError: if there are no micro-batches, or `text` has not one part for each of them.
    """

    def __init__(
        self,
        ame: AMELoss,
        *,
        image: Sequence[Tensor],
        text: Tensor | Sequence[Tensor],
        pairs: Tensor | None = None,
        text_ids: Tensor | None = None,
    ) -> None:
        if not isinstance(ame, AMELoss):
            raise AMEError(f"ame must be an AMELoss, got {shown(ame)}.")
        if isinstance(image, Tensor) or not image:
            raise AMEError(f"image must be the features of each micro-batch, at least one, got {shown(image)}.")
        self._split = not isinstance(text, Tensor)
        if self._split and len(text) != len(image):
            raise AMEError(f"text must have one part for each of {len(image)} micro-batches, got {len(text)}.")
        images = [part.detach().requires_grad_() for part in image]
        texts = [part.detach().requires_grad_() for part in ([text] if isinstance(text, Tensor) else text)]
        self._weights = [weight for weight in ame.parameters() if weight.requires_grad]
        wanted = [*images, *texts, *self._weights]
        with torch.enable_grad():
            value = ame(image=torch.cat(images), text=torch.cat(texts), pairs=pairs, text_ids=text_ids)
            found = torch.autograd.grad(value, wanted, allow_unused=True)
        gradients = [torch.zeros_like(x) if g is None else g for x, g in zip(wanted, found, strict=True)]
        self.value = value.detach()
        self._images = gradients[: len(images)]
        self._texts = gradients[len(images) : len(images) + len(texts)]
        self._of_weights = gradients[len(images) + len(texts) :]

    def __len__(self) -> int:
        """Number of micro-batches."""
        return len(self._images)

    def __call__(self, place: int, *, image: Tensor, text: Tensor | None = None) -> Tensor:
        """The part of the term that belongs to one micro-batch.

        Args:
            place: the number of the micro-batch, from 0.
            image: its image features, with their graph.
            text: its text features, or the class texts, with their graph; None if texts do not learn.

        Returns:
            A scalar of value omega * H / (number of micro-batches), to be added to the loss of the micro-batch.

        Raises:
            AMEError: if there is no such micro-batch, or its shapes have changed.
        """
        if not 0 <= place < len(self):
            raise AMEError(f"place must be between 0 and {len(self) - 1}, got {shown(place)}.")
        part = 1 / len(self)
        pairs = [(image, self._images[place], 1.0)]
        pairs += [(weight, gradient, part) for weight, gradient in zip(self._weights, self._of_weights, strict=True)]
        if text is not None:
            own = self._texts[place if self._split else 0]
            pairs.append((text, own, 1.0 if self._split else part))
        total: Tensor = self.value * part
        for x, gradient, factor in pairs:
            if x.shape != gradient.shape:
                raise AMEError(
                    f"features must have the shape of the first pass, {tuple(gradient.shape)}, got {shown(x)}."
                )
            linear = (x * gradient).sum() * factor
            total = total + (linear - linear.detach())  # the value stays, the gradient is the cached one
        return total
