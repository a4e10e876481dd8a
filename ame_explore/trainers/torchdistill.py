"""AME in torchdistill through its YAML file alone: importing this module registers the parts.

Needs torchdistill. `Student4AME` puts AME's projections into the student, before torchdistill builds its optimizer from
it; `AMETerm` is the criterion that takes the term. In the YAML::

    dependencies:
      - name: 'ame_explore.trainers.torchdistill'
    ...
    train:
      student:
        auxiliary_model_wrapper:
          key: 'Student4AME'
          kwargs:
            image: 'avgpool'           # the submodule whose output (B, D), (B, N, D) or (B, D, h, w) is projected
            texts: 'class_texts.pt'    # a tensor (C, D'), written with torch.save
            ame: {image_dim: 512, omega: 0.1}
        forward_proc: 'forward_batch_only'
        forward_hook: {input: [], output: ['student_model', 'ame']}
      criterion:
        key: 'WeightedSumLoss'
        kwargs:
          sub_terms:
            kd: ...
            ame: {criterion: {key: 'AMETerm', kwargs: {}}, weight: 1.0}

The other terms find the student's own modules under 'student_model', such as 'student_model.fc'.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torchdistill.losses.registry import register_mid_level_loss
from torchdistill.models.registry import register_auxiliary_model_wrapper
from torchdistill.models.util import wrap_if_distributed
from torchdistill.models.wrapper import AuxiliaryModelWrapper

from ame_explore.ame import AMEError, AMELoss, shown, warn_outside

warn_outside(__file__)


@register_auxiliary_model_wrapper
class Student4AME(AuxiliaryModelWrapper):  # type: ignore[misc]
    """A student with AME's projections beside it; its forward returns what the student's own does.

    Args:
        student_model: the student.
        device: where it trains.
        device_ids: as torchdistill passes them.
        distributed: whether several processes train; `gather` in `ame` then decides whose rows H covers.
        image: the name of the student's submodule whose output is the image features.
        texts: a file with the (C, D') text features of the classes, read with torch.load.
        ame: the arguments of `AMELoss`; text_dim is that of the texts.

    Raises:
        AMEError: if the student has no such submodule, the file holds no matrix, or AMELoss refuses its arguments.
    """

    def __init__(
        self,
        student_model: nn.Module,
        device: torch.device,
        device_ids: list[int] | None,
        distributed: bool,
        image: str,
        texts: str,
        ame: dict[str, Any],
        **kwargs: Any,
    ) -> None:
        super().__init__()
        modules = dict(student_model.named_modules())
        if not image or image not in modules:
            raise AMEError(f"image must be the name of a submodule of the student, got {shown(image)}.")
        try:
            read = torch.load(Path(texts), map_location=device, weights_only=True)
        except Exception as error:  # a file can be missing, or broken in many ways
            raise AMEError(f"texts must be a file written with torch.save, got {texts!r}: {error}.") from error
        if not isinstance(read, Tensor) or read.ndim != 2:
            raise AMEError(f"texts must hold a matrix (C, D) of text features, got {shown(read)}.")
        modules[image].register_forward_hook(self._keep)
        self.student_model = wrap_if_distributed(student_model, device, device_ids, distributed)
        loss = AMELoss(**{"text_dim": read.shape[1], **ame}).to(device)
        self.ame = wrap_if_distributed(loss, device, device_ids, distributed) if loss._learns else loss
        self.register_buffer("texts", read, persistent=False)
        self._features: Tensor | None = None

    def _keep(self, module: nn.Module, args: Any, output: Any) -> None:
        self._features = output

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """The student's output; the term is the output of `ame`, which torchdistill's forward hook keeps."""
        answer = self.student_model(*args, **kwargs)
        features, self._features = self._features, None
        self.ame(image=features, text=self.texts)
        return answer


@register_mid_level_loss
class AMETerm(nn.Module):
    """omega * H, as `Student4AME` computed it in the current step.

    Args:
        module_path: the module whose output torchdistill's forward hook keeps; `ame` in the student.
        module_io: "output", what the hook keeps of it.
    """

    def __init__(self, module_path: str = "ame", module_io: str = "output", **kwargs: Any) -> None:
        super().__init__()
        self.module_path, self.module_io = module_path, module_io

    def forward(self, student_io_dict: Any, teacher_io_dict: Any = None, *args: Any, **kwargs: Any) -> Tensor:
        """The term, a scalar.

        Args:
            student_io_dict: what torchdistill's forward hooks kept from the student.
            teacher_io_dict: not used.
            *args: not used.
            **kwargs: not used.
        """
        term: Tensor = student_io_dict[self.module_path][self.module_io]
        return term
