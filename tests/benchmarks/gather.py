"""What it costs that H is over the rows of all ranks: a step of 2 gloo ranks with gather="images" against "none".

Run as a program, this file is one of the two ranks.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import torch
from ame_step import vit_b16
from harness import Figure, seconds_in_turn, where
from torch import Tensor, distributed, nn
from torch.nn import functional as F
from torch.nn.parallel import DistributedDataParallel

from ame_explore import AMELoss
from ame_explore.models import Projector
from ame_explore.models.hosts import PromptStudent
from ame_explore.training.losses import logits_kd

RANKS, WIDTH = 2, 768
# name -> reading, and whether the step is of stored features alone. "rows" sends scores, "spectral" rows of M
CASES = {"gather_rows": ("rows", False), "gather_spectral": ("spectral", False), "gather_features": ("rows", True)}


def gather_rows(*, smoke: bool) -> Figure:
    """Only the row scores travel."""
    return _figure("gather_rows", smoke=smoke)


def gather_spectral(*, smoke: bool) -> Figure:
    """The projected rows of the images travel, and so does their gradient."""
    return _figure("gather_spectral", smoke=smoke)


def gather_features(*, smoke: bool) -> Figure:
    """The row scores again, in the shortest step: a projector on stored features."""
    return _figure("gather_features", smoke=smoke)


def _figure(name: str, *, smoke: bool) -> Figure:
    reading, stored = CASES[name]
    layers, batch, classes = _sizes(smoke, stored)
    with tempfile.TemporaryDirectory() as folder:
        store, answer = Path(folder) / "store", Path(folder) / "answer"
        environment = os.environ | {"OMP_NUM_THREADS": "1"}
        ranks = [
            subprocess.Popen(
                [sys.executable, __file__, name, str(rank), str(store), str(answer), str(int(smoke))], env=environment
            )
            for rank in range(RANKS)
        ]
        codes = [rank.wait() for rank in ranks]
        if any(codes):
            raise RuntimeError(f"the ranks of {name} ended with {codes}")
        alone, gathered = map(float, answer.read_text().split())
    note = (
        f"gather='images' against 'none', reading {reading}, {RANKS} gloo ranks of one thread under "
        f"DistributedDataParallel; {'stored features' if stored else f'ViT-B/16 ({layers} layers) with prompts'} and "
        f"projector, B = {batch} a rank, C = {classes}, D = {WIDTH}; {where()}"
    )
    return Figure(name, gathered, alone, alone / gathered, "s a step", note)


def _sizes(smoke: bool, stored: bool) -> tuple[int, int, int]:
    """Layers, batch of a rank, classes."""
    return (1, 2, 20) if smoke else (0, 256, 1000) if stored else (4, 4, 1000)


class _Student(nn.Module):
    """A student with its loss inside, as DistributedDataParallel needs it."""

    def __init__(self, name: str, gather: str, *, smoke: bool) -> None:
        super().__init__()
        reading, stored = CASES[name]
        layers, batch, classes = _sizes(smoke, stored)
        generator = torch.Generator().manual_seed(0)
        self.student: Projector | PromptStudent
        if stored:
            self.student = Projector(512, WIDTH)
            self._build(reading, gather, batch, classes, generator)
            return
        tower = vit_b16(layers, generator)
        self.student = PromptStudent(tower, WIDTH, prompts=4)
        trained = set(map(id, self.student.trainable_parameters()))
        for weight in self.student.parameters():
            weight.requires_grad_(id(weight) in trained)
        self._build(reading, gather, batch, classes, generator)

    def _build(self, reading: str, gather: str, batch: int, classes: int, generator: torch.Generator) -> None:
        self.ame = AMELoss(image_dim=WIDTH, text_dim=WIDTH, reading=reading, gather=gather, generator=generator)
        self.texts = F.normalize(torch.randn(classes, WIDTH, generator=generator), dim=1)
        self.teacher = 100 * F.normalize(torch.randn(batch, WIDTH, generator=generator), dim=1) @ self.texts.T

    def forward(self, images: Tensor) -> Tensor:
        prepared = images if isinstance(self.student, Projector) else self.student.prepare(images)
        features = F.normalize(self.student(prepared), dim=1)
        kd = logits_kd(student=100 * features @ self.texts.T, teacher=self.teacher)
        term: Tensor = self.ame(image=features, text=self.texts)
        return kd + term


def _rank(name: str, rank: int, store: str, answer: Path, *, smoke: bool) -> None:
    torch.set_num_threads(1)
    distributed.init_process_group("gloo", init_method=f"file://{store}", rank=rank, world_size=RANKS)
    stored = CASES[name][1]
    shape = (512,) if stored else (3, 224, 224)
    images = torch.rand(_sizes(smoke, stored)[1], *shape, generator=torch.Generator().manual_seed(rank))
    steps = {}
    for gather in ("none", "images"):
        student = DistributedDataParallel(_Student(name, gather, smoke=smoke))
        optimizer = torch.optim.SGD([w for w in student.parameters() if w.requires_grad], lr=0.005, momentum=0.9)

        def step(student: DistributedDataParallel = student, optimizer: torch.optim.Optimizer = optimizer) -> None:
            optimizer.zero_grad(set_to_none=True)
            student(images).backward()
            optimizer.step()
            distributed.barrier()

        steps[gather] = step
    seconds = seconds_in_turn(steps, rounds=2 if smoke else 50 if stored else 15, warmup=2)
    if rank == 0:
        answer.write_text(f"{seconds['none']} {seconds['images']}")
    distributed.barrier()
    distributed.destroy_process_group()


if __name__ == "__main__":
    import warnings

    warnings.filterwarnings("ignore", message="AMELoss runs")
    _rank(sys.argv[1], int(sys.argv[2]), sys.argv[3], Path(sys.argv[4]), smoke=bool(int(sys.argv[5])))
