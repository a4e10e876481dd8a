"""Lightning in three lines: the term in a LightningModule, trained, saved and resumed by the real Trainer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader

from ame_explore.ame import AMELoss

lightning = pytest.importorskip("lightning", reason="Lightning is not in the test extra")
WIDTH = 6


def randn(*shape: int, seed: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def module() -> Any:
    class Student(lightning.LightningModule):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.layer = nn.Linear(WIDTH, WIDTH)
            self.register_buffer("texts", randn(4, WIDTH, seed=1))
            self.ame = AMELoss(image_dim=WIDTH, text_dim=WIDTH, omega=2.0)

        def training_step(self, batch: Tensor, index: int) -> Tensor:
            features = self.layer(batch)
            term: Tensor = self.ame(image=features, text=self.texts)
            return (features - batch).square().mean() + term

        def configure_optimizers(self) -> torch.optim.Optimizer:
            return torch.optim.AdamW(self.parameters(), lr=1e-2)

    torch.manual_seed(0)
    return Student()


def trainer(folder: Path, epochs: int) -> Any:
    return lightning.Trainer(
        max_epochs=epochs, accelerator="cpu", devices=1, logger=False, enable_progress_bar=False,
        enable_model_summary=False, default_root_dir=folder,
    )  # fmt: skip


def test_it_trains_saves_and_resumes(tmp_path: Path) -> None:
    loader = DataLoader(list(randn(16, WIDTH, seed=2)), batch_size=4)
    model = module()
    before = {name: weight.clone() for name, weight in model.ame.named_parameters()}
    whole = trainer(tmp_path, 2)
    whole.fit(model, loader)
    assert all(not torch.equal(before[name], weight) for name, weight in model.ame.named_parameters())
    first = trainer(tmp_path, 1)
    half = module()
    first.fit(half, loader)
    first.save_checkpoint(tmp_path / "half.ckpt")
    again = module()
    trainer(tmp_path, 2).fit(again, loader, ckpt_path=tmp_path / "half.ckpt")
    for name, weight in model.named_parameters():
        assert torch.equal(weight, dict(again.named_parameters())[name])
