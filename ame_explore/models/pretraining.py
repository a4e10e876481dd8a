"""Training a small CLIP from scratch: the teacher, and the student's backbone."""

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
from ame_explore.models.optimizers import AdamW
from ame_explore.tasks import Progress

ARCHITECTURE = 1  # part of the cache key; raise it when a code change makes stored weights wrong


@dataclass(frozen=True)
class Pretraining:
    """How a `SmallCLIP` is trained.

    Attributes:
        size: "teacher" or "student".
        split: the images to train on (all classes, with labels).
        shift: domain shift of the images, in [0, 1] (see `shifted`): 0 for the teacher; 1 for a student's backbone (our
            choice), since PromptKD's backbone comes from another domain too, web images.
        steps: optimizer steps (AdamW with a one-cycle schedule, our choice).
        batch_size: images per step.
        learning_rate: the peak.
        weight_decay: of weight matrices only.
        seed: seed of weights, batches and augmentation.

    Raises:
        AMEError: if a value is out of range.
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
        """Settings for the teacher: 250 steps for small images such as digits, 350 for larger ones (our choice).

        Args:
            data: the data to train on.
            seed: the seed of the weights and batches.
        """
        return cls(steps=250 if data.image_shape[1] <= 12 else 350, seed=seed)

    @classmethod
    def backbone(cls, data: PairedData, *, seed: int = 0) -> Pretraining:
        """Settings for the student's backbone: a smaller model, other images, another domain.

        Args:
            data: the data to train on.
            seed: the seed of the weights and batches.
        """
        steps = 150 if data.image_shape[1] <= 12 else 300
        return cls(size="student", split="backbone", shift=1.0, steps=steps, seed=seed)

    @property
    def words(self) -> str:
        """The label of a progress bar."""
        return "training the teacher" if self.size == "teacher" else "training the student's backbone"

    def key(self, data: PairedData) -> dict[str, object]:
        """Everything that determines the weights; the key in the cache."""
        return {"architecture": ARCHITECTURE, "data": data.digest, **dataclasses.asdict(self)}


def shifted(images: Tensor, amount: float) -> Tensor:
    """Move images into another domain, blurred and pale.

    Our choice: the shift keeps shapes but loses contrast and detail, so that a backbone trained on it is better than
    chance on unshifted images, but far from the teacher.

    Args:
        images: (B, channels, S, S).
        amount: blends from the original (0) to the shifted image (1).
    """
    if amount == 0:
        return images
    blurred = F.avg_pool2d(images, 3, stride=1, padding=1, count_include_pad=False)
    return torch.lerp(images, 0.2 + 0.6 * blurred, amount)


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Context in which torch uses one thread.

    Models this small gain nothing from more threads, and lose a lot on a busy machine. Results also no longer depend on
    the number of threads.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextlib.contextmanager
def usual_torch() -> Iterator[None]:
    """Context for training, whatever the caller has set: one thread, gradients enabled, no inference mode.

    Raises:
        AMEError: if torch's default dtype, which is global to the process, is not float32.
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
    """Train a `SmallCLIP` on one split of `data`.

    The loss is CLIP's, image to text and text to image, over the texts of the classes in the split; a text's target is
    spread over the images of its class in the batch (UniCL: Yang et al. 2022). Images are slightly rotated, scaled and
    shifted. On one machine, the weights are the same every time.

    Args:
        data: images and class texts.
        how: size, split and schedule.
        progress: called after each step; an exception that it raises ends the training.

    Returns:
        The model in evaluation mode, frozen.

    Raises:
        AMEError: if torch's default dtype is not float32.
    """
    generator = torch.Generator().manual_seed(how.seed)
    model = SmallCLIP.for_data(data, how.size, generator=generator)
    indices = data.indices(how.split)
    images = shifted(data.images[indices], how.shift)
    present, labels = data.labels[indices].unique(return_inverse=True)
    texts = [
        data.class_texts[label] for label in present
    ]  # a text without images would only be pushed away from all images
    decayed = [p for p in model.parameters() if p.ndim > 1]
    rest = [p for p in model.parameters() if p.ndim <= 1]
    groups = [{"params": decayed, "weight_decay": how.weight_decay}, {"params": rest, "weight_decay": 0.0}]
    optimizer = AdamW(groups, lr=how.learning_rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, how.learning_rate, total_steps=how.steps)
    for step in range(how.steps):
        batch = torch.randint(len(indices), (how.batch_size,), generator=generator)
        logits = model(augmented(images[batch], generator), texts)
        loss = contrastive_loss(logits, labels[batch])
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        schedule.step()
        if progress is not None:
            progress(how.words, step + 1, how.steps)
    return model.eval().requires_grad_(False)


def contrastive_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Mean of both directions of CLIP's loss, in nats.

    From text to image, the target of each class in the batch is spread evenly over its images (UniCL, eq. 3-5).

    Args:
        logits: (B, C) of images against class texts.
        labels: (B,) the class of each image.
    """
    image_to_text = F.cross_entropy(logits, labels)
    belongs = F.one_hot(labels, logits.shape[1]).to(logits.dtype)  # (B, C)
    counts = belongs.sum(0)
    per_text = -(belongs * logits.log_softmax(0)).sum(0) / counts.clamp(min=1)
    return (image_to_text + per_text[counts > 0].mean()) / 2


def augmented(images: Tensor, generator: torch.Generator) -> Tensor:
    """Rotate each image by up to 7 degrees, scale it by up to 9 % and move it by up to 10 % of its side (our choice).

    Args:
        images: (B, channels, S, S).
        generator: random generator.
    """
    b = len(images)
    angle, scale, moved = (torch.rand(shape, generator=generator) - 0.5 for shape in ((b,), (b,), (b, 2)))
    angle, scale, moved = 0.245 * angle, 1 + 0.175 * scale, 0.21 * moved
    cos, sin = scale * angle.cos(), scale * angle.sin()
    affine = torch.stack([cos, -sin, moved[:, 0], sin, cos, moved[:, 1]], dim=1).view(b, 2, 3)
    grid = F.affine_grid(affine, list(images.shape), align_corners=False)
    return F.grid_sample(images, grid, padding_mode="border", align_corners=False)
