"""Training a small CLIP from scratch: the teacher, and the backbone that a student brings along."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from ame_explore.ame import AMEError, check_choice, check_number
from ame_explore.data import SPLITS, PairedData
from ame_explore.models.clip import SIZES, SmallCLIP
from ame_explore.tasks import Progress

ARCHITECTURE = 1  # raised when a change of code makes stored weights wrong: part of the cache key


@dataclass(frozen=True)
class Pretraining:
    """How a `SmallCLIP` is trained.

    Attributes:
        size, split: which model on which images (all classes, with labels).
        shift: the domain that the images are moved into, in [0, 1] (`shifted`): 0 for the teacher; a student's backbone
            comes from elsewhere, as PromptKD's comes from web images (our choice: 1).
        steps, batch_size, learning_rate, weight_decay: AdamW with a one-cycle schedule (our choice).
        seed: of weights, batches and augmentation.
    """

    size: str = "teacher"
    split: str = "pretrain"
    shift: float = 0.0
    steps: int = 250
    batch_size: int = 96
    learning_rate: float = 2e-3
    weight_decay: float = 0.05
    seed: int = 0

    def __post_init__(self) -> None:
        check_choice("size", self.size, SIZES)
        check_choice("split", self.split, SPLITS)
        check_number("shift", self.shift, low=0, high=1)
        check_number("steps", self.steps, low=1, whole=True)
        check_number("batch_size", self.batch_size, low=2, whole=True)
        check_number("learning_rate", self.learning_rate, above=0)
        check_number("weight_decay", self.weight_decay, low=0)
        check_number("seed", self.seed, low=0, whole=True)

    @classmethod
    def teacher(cls, data: PairedData, *, seed: int = 0) -> Pretraining:
        """The teacher's: digits and other small images in 250 steps, larger ones in 350 (our choice)."""
        return cls(steps=250 if data.image_shape[1] <= 12 else 350, seed=seed)

    @classmethod
    def backbone(cls, data: PairedData, *, seed: int = 0) -> Pretraining:
        """The student backbone's: a smaller model, other images, another domain."""
        steps = 150 if data.image_shape[1] <= 12 else 300
        return cls(size="student", split="backbone", shift=1.0, steps=steps, seed=seed)

    @property
    def words(self) -> str:
        """What goes on while it is trained."""
        return "training the teacher" if self.size == "teacher" else "training the student's backbone"

    def key(self, data: PairedData) -> dict[str, object]:
        """All that decides the weights, for the cache."""
        return {"architecture": ARCHITECTURE, "data": data.digest, **dataclasses.asdict(self)}


def shifted(images: Tensor, amount: float) -> Tensor:
    """Move images (B, channels, S, S) into another domain: blurred and pale.

    The amount in [0, 1] blends from the image itself. Our choice: a shift that keeps shapes, loses contrast and detail,
    and leaves a backbone that is better than chance on unshifted images and far from the teacher.
    """
    if amount == 0:
        return images
    blurred = F.avg_pool2d(images, 3, stride=1, padding=1, count_include_pad=False)
    return torch.lerp(images, 0.2 + 0.6 * blurred, amount)


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Torch on one thread within the block: models this small gain nothing from more, and lose a lot on a busy machine.

    It also makes the numbers independent of how many threads the machine would use.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextlib.contextmanager
def usual_torch() -> Iterator[None]:
    """Torch as training needs it within the block, whatever the caller has set: on one thread, with gradients recorded
    and no inference mode.

    Raises:
        AMEError: if torch's default dtype is not float32: it is the whole process's, and cannot be set for a block.
    """
    check_default_dtype()
    with one_thread(), torch.inference_mode(False), torch.enable_grad():
        yield


def check_default_dtype() -> None:
    """Raise `AMEError` unless torch makes float32 tensors by default."""
    if (dtype := torch.get_default_dtype()) != torch.float32:
        raise AMEError(
            f"torch's default dtype must be float32 while a student trains, got {dtype}: "
            "call torch.set_default_dtype(torch.float32) first."
        )


@usual_torch()
def pretrain(data: PairedData, how: Pretraining, *, progress: Progress | None = None) -> SmallCLIP:
    """Train a `SmallCLIP` on one split of `data`; returned in evaluation mode, frozen.

    The loss is CLIP's, image to text and text to image, over the texts of the classes in the split; a text's target is
    spread over the images of its class in the batch (UniCL: Yang et al. 2022). Images are rotated, scaled and moved a
    little. The same weights every time on one machine. `progress` is called after each step; what it raises ends the
    training.
    """
    generator = torch.Generator().manual_seed(how.seed)
    model = SmallCLIP.for_data(data, how.size, generator=generator)
    indices = data.indices(how.split)
    images = shifted(data.images[indices], how.shift)
    present, labels = data.labels[indices].unique(return_inverse=True)
    texts = [data.class_texts[label] for label in present]  # a text without images would only be pushed away from all
    decayed = [p for p in model.parameters() if p.ndim > 1]
    rest = [p for p in model.parameters() if p.ndim <= 1]
    groups = [{"params": decayed, "weight_decay": how.weight_decay}, {"params": rest, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=how.learning_rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, how.learning_rate, total_steps=how.steps)
    for step in range(how.steps):
        batch = torch.randint(len(indices), (how.batch_size,), generator=generator)
        logits = model(augmented(images[batch], generator), texts)
        loss = contrastive_loss(logits, labels[batch])
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        schedule.step()
        if progress is not None:
            progress(how.words, step + 1, how.steps)
    return model.eval().requires_grad_(False)


def contrastive_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Both directions of CLIP's loss for logits (B, C) of images against class texts, in nats.

    Text to image, the classes that the batch holds share their probability among their images (UniCL, eq. 3-5).
    """
    image_to_text = F.cross_entropy(logits, labels)
    belongs = F.one_hot(labels, logits.shape[1]).to(logits.dtype)  # (B, C)
    counts = belongs.sum(0)
    per_text = -(belongs * logits.log_softmax(0)).sum(0) / counts.clamp(min=1)
    return (image_to_text + per_text[counts > 0].mean()) / 2


def augmented(images: Tensor, generator: torch.Generator) -> Tensor:
    """Each image rotated by up to 7 degrees, scaled by up to 9 % and moved by up to 10 % of its side (our choice)."""
    b = len(images)
    angle, scale, moved = (torch.rand(shape, generator=generator) - 0.5 for shape in ((b,), (b,), (b, 2)))
    angle, scale, moved = 0.245 * angle, 1 + 0.175 * scale, 0.21 * moved
    cos, sin = scale * angle.cos(), scale * angle.sin()
    affine = torch.stack([cos, -sin, moved[:, 0], sin, cos, moved[:, 1]], dim=1).view(b, 2, 3)
    grid = F.affine_grid(affine, list(images.shape), align_corners=False)
    return F.grid_sample(images, grid, padding_mode="border", align_corners=False)
