"""torchdistill with AME by its YAML alone, on a small random teacher and student."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

yaml = pytest.importorskip("yaml")
try:
    importlib.import_module("torchdistill.core.distillation")
except Exception as error:  # not installed, or with a torchvision that does not fit this torch
    pytest.skip(f"torchdistill, which the test extra lacks, cannot be imported: {error}", allow_module_level=True)

CONFIG = """
dependencies:
  - name: 'ame_explore.trainers.torchdistill'
train:
  num_epochs: 1
  train_data_loader:
    dataset_id: 'some'
    kwargs: {batch_size: 4}
  teacher:
    forward_proc: 'forward_batch_only'
    forward_hook: {input: [], output: ['fc']}
    requires_grad: False
  student:
    auxiliary_model_wrapper:
      key: 'Student4AME'
      kwargs:
        image: 'body'
        texts: 'TEXTS'
        ame: {image_dim: 6, omega: 2.0, manifold_dim: 5}
    forward_proc: 'forward_batch_only'
    forward_hook: {input: [], output: ['student_model.fc', 'ame']}
  optimizer:
    key: 'SGD'
    kwargs: {lr: 0.1}
  criterion:
    key: 'WeightedSumLoss'
    kwargs:
      sub_terms:
        kd:
          criterion:
            key: 'KDLoss'
            kwargs:
              student_module_path: 'student_model.fc'
              student_module_io: 'output'
              teacher_module_path: 'fc'
              teacher_module_io: 'output'
              temperature: 1.0
              alpha: 0.0
              beta: 1.0
          weight: 1.0
        ame:
          criterion: {key: 'AMETerm', kwargs: {}}
          weight: 1.0
"""


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.body, self.fc = nn.Linear(8, 6), nn.Linear(6, 3)

    def forward(self, x: Tensor) -> Tensor:
        logits: Tensor = self.fc(self.body(x))
        return logits


class Some(torch.utils.data.Dataset[tuple[Tensor, int]]):
    def __len__(self) -> int:
        return 8

    def __getitem__(self, place: int) -> tuple[Tensor, int]:
        return torch.randn(8, generator=torch.Generator().manual_seed(place)), place % 3


def test_the_term_is_in_the_loss_and_the_projections_are_in_the_optimizer(tmp_path: Path) -> None:
    from torch.nn import functional as F
    from torchdistill.common.main_util import import_dependencies
    from torchdistill.core.distillation import get_distillation_box

    torch.save(torch.randn(3, 6, generator=torch.Generator().manual_seed(1)), tmp_path / "texts.pt")
    config = yaml.safe_load(CONFIG.replace("TEXTS", str(tmp_path / "texts.pt")))
    config["train"]["train_data_loader"]["sampler"] = {"class_or_func": torch.utils.data.SequentialSampler}
    import_dependencies(config["dependencies"])
    torch.manual_seed(0)
    teacher, student = Net(), Net()
    box = get_distillation_box(
        teacher, student, {"some": Some()}, config["train"], torch.device("cpu"), None, False, 1.0
    )
    box.pre_epoch_process(epoch=0)
    ame, before = box.student_model.ame, [p.clone() for p in box.student_model.ame.parameters()]
    for batch, labels, supp in box.train_data_loader:
        features = student.body(batch)
        target, logits = teacher(batch).softmax(1), student.fc(features).log_softmax(1)
        wanted = F.kl_div(logits, target, reduction="batchmean") + ame(image=features, text=box.student_model.texts)
        loss = box.forward_process(batch, labels, supp)
        assert loss.item() == pytest.approx(wanted.item(), rel=1e-5)
        box.post_forward_process(loss=loss)
    assert all(not torch.equal(one, other) for one, other in zip(before, ame.parameters(), strict=True))
