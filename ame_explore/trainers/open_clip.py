"""AME beside the losses of open_clip."""

from __future__ import annotations

import inspect
from typing import Any

from torch import Tensor, nn

from ame_explore.ame import AMEError, AMELoss, as_whole, shown, warn_outside

warn_outside(__file__)


class WithAME(nn.Module):
    """One of open_clip's losses plus AME's term, called like that loss and with a result of the same form.

    For ClipLoss, SigLipLoss, CoCaLoss, DistillClipLoss and others whose forward has `image_features` and
    `text_features`. open_clip builds its loss after the optimizer, which only gets the model's parameters. So make
    `ame` a part of the model first, or its projections never learn::

        model.ame = AMELoss(image_dim=512, text_dim=512, gather="pairs")  # before the optimizer, and before DDP
        ...
        loss = WithAME(create_loss(args), model.ame)

    The term is computed from this rank's features before the loss gathers any, so it does not depend on `local_loss`
    and `gather_with_grad`; `AMELoss(gather="pairs")` computes H over the pairs of all ranks.

    Micro-batches: with `--accum-freq N` open_clip calls the loss N times with the features of the whole batch, each
    time with a graph for another part. So H covers the whole batch, and the student's gradient is exact. AME's
    projections, however, would receive their full gradient in each of the N calls; `accum_freq=N` divides it by N.

    Args:
        loss: the loss of open_clip.
        ame: the term.
        image: the argument of the loss that holds the student's image features.
        text: the argument that holds the texts; "dist_text_features" for the teacher's, with DistillClipLoss.
        accum_freq: open_clip's `--accum-freq`.

    Raises:
        AMEError: if the loss has no such arguments.
    """

    def __init__(
        self,
        loss: nn.Module,
        ame: AMELoss,
        *,
        image: str = "image_features",
        text: str = "text_features",
        accum_freq: int = 1,
    ) -> None:
        super().__init__()
        if not isinstance(loss, nn.Module) or not isinstance(ame, AMELoss):
            raise AMEError(f"loss must be a loss module and ame an AMELoss, got {shown(loss)} and {shown(ame)}.")
        self._signature = inspect.signature(loss.forward)
        for argument, name in (("image", image), ("text", text)):
            if name not in self._signature.parameters:
                known = ", ".join(self._signature.parameters)
                raise AMEError(f"{argument} must be an argument of {type(loss).__name__}, {known}, got {name!r}.")
        self.loss, self.ame = loss, ame
        self._image, self._text = image, text
        self.accum_freq = as_whole("accum_freq", accum_freq, low=1)
        if self.accum_freq > 1:
            for weight in ame.parameters():
                if weight.requires_grad:
                    weight.register_hook(lambda gradient: gradient / self.accum_freq)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """The loss with the term.

        Args:
            *args: as the loss takes them.
            **kwargs: as the loss takes them.

        Returns:
            With output_dict=True the loss's dict with "ame_loss" beside its own terms; else the sum, or, where the
            loss returns a tuple of terms, the tuple with the term at its end.
        """
        given = self._signature.bind(*args, **kwargs).arguments
        losses = self.loss(*args, **kwargs)
        term: Tensor = self.ame(image=given[self._image], text=given[self._text])
        if isinstance(losses, dict):
            return {**losses, "ame_loss": term}
        return (*losses, term) if isinstance(losses, tuple) else losses + term
