"""Hosts: the students that distillation trains.

"promptkd" is PromptKD's form (Li et al., CVPR 2024, arXiv 2403.02781): a frozen backbone with deep visual prompts, and
a projector into the teacher's space, where the teacher's text features serve as class vectors. "projector" leaves the
prompts out, so that the backbone runs once and training is fast. "scratch" trains a student-sized tower whole, and
"finetune" lets the pretrained one learn on.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import ClassVar, TypeVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ame_explore.ame import AMEError, check_number, initialize
from ame_explore.models.convolutional import Tower, TwoTowers
from ame_explore.models.text_alignment import text_aligned_map
from ame_explore.models.towers import ImageTower
from ame_explore.registry import host, hosts

M = TypeVar("M", bound=nn.Module)


class Projector(nn.Module):
    """PromptKD's projector: 1x1 convolution, batch norm, ReLU, 1x1 convolution. Features (B, D) -> (B, output_dim).

    A map (B, D, h, w) gives (B, output_dim, h, w). PromptKD's sizes are 512 -> 768 -> 768.
    """

    def __init__(self, input_dim: int, output_dim: int) -> None:
        super().__init__()
        self.input = nn.Conv2d(input_dim, output_dim, 1)
        self.norm = nn.BatchNorm2d(output_dim)
        self.output = nn.Conv2d(output_dim, output_dim, 1)

    def forward(self, features: Tensor) -> Tensor:
        """Not normalized: the host divides by the norm, AME may want the features as they are."""
        maps = features if features.ndim == 4 else features[:, :, None, None]
        projected: Tensor = self.output(torch.relu(self.norm(self.input(maps))))
        return projected if features.ndim == 4 else projected[:, :, 0, 0]


class Student(nn.Module):
    """A student around an image tower: `prepare` is the part that never learns, the call the part that does.

    This is the base of all hosts. A host of your own is a subclass with a `projector` of its own, registered with
    `ame_explore.registry.host`; one that learns more than that overrides `prepare` and `forward` as well.

    Args:
        tower: the student's image tower; it is copied.
        output_dim: width of the teacher's joint space.
        learns: whether the copy of the tower learns; otherwise it is frozen.

    Attributes:
        backbone: the copy. projector: what brings its features into the teacher's space; a subclass makes it.
        host: the name that it was registered by.
        forward_is: the name of the one part that `forward` calls, and nothing else; None if there is no such part.

    Raises:
        AMEError: if output_dim is below 1.
    """

    forward_is: ClassVar[str | None] = None
    host: str = ""
    backbone: Tower
    projector: nn.Module

    def __init__(self, tower: Tower, output_dim: int, *, learns: bool = False) -> None:
        super().__init__()
        check_number("output_dim", output_dim, low=1, whole=True)
        self.backbone = copy.deepcopy(tower).requires_grad_(learns)

    @classmethod
    def of_host(cls, name: str, tower: Tower, output_dim: int, *, generator: torch.Generator | None = None) -> Student:
        """The student that the host of that name makes; `generator`: for the initial weights, None leaves torch's own.

        Raises:
            AMEError: if there is no such host, or if what it makes is no `Student`.
        """
        made = hosts[name].function(tower, output_dim, generator=generator)
        if not isinstance(made, Student):
            raise AMEError(f"the host {name!r} must make a Student (a subclass of it), got {type(made).__name__}.")
        made.host = name
        return made

    @classmethod
    def for_teacher(
        cls,
        backbone: TwoTowers,
        teacher: TwoTowers,
        host: str,
        *,
        generator: torch.Generator,
        texts: Sequence[str] = (),
    ) -> Student:
        """A student with `backbone`'s image tower that speaks in `teacher`'s space; `texts`: what both can read."""
        made = cls.of_host(host, backbone.image_tower, teacher.embed_dim, generator=generator)
        if texts and type(made).align is not Student.align:
            with torch.no_grad():
                made.align(backbone.encode_text(texts), teacher.encode_text(texts))
        return made

    def align(self, backbone_texts: Tensor, teacher_texts: Tensor) -> None:
        """Make ready for the teacher's space from what backbone and teacher make of the same texts, (N, D) and (N, E).

        A host that starts from random weights does nothing.
        """

    @property
    def width(self) -> int:
        """Of the tower's features."""
        return self.backbone.output.out_features

    def trainable_parameters(self) -> list[nn.Parameter]:
        """What an optimizer is given."""
        return [parameter for parameter in self.parameters() if parameter.requires_grad]

    def check_images(self, images: Tensor) -> None:
        """Raise `AMEError` unless `images` are of the tower's shape."""
        if images.ndim != 4 or tuple(images.shape[1:]) != self.backbone.image_shape:
            wanted = ", ".join(map(str, self.backbone.image_shape))
            raise AMEError(f"images must be of shape (B, {wanted}), got {tuple(images.shape)}.")

    def prepare(self, images: Tensor) -> Tensor:
        """The part of the forward pass that never learns, without gradient: the frozen tower's features (B, width)."""
        self.check_images(images)
        with torch.no_grad():
            features: Tensor = self.backbone(images)
        return features

    def forward(self, prepared: Tensor) -> Tensor:
        """What `prepare` returned -> features in the teacher's space (B, output_dim), not normalized."""
        features: Tensor = self.projector(prepared)
        return features


@host("promptkd", label="prompts and projector", help="Visual prompts and a projector on a frozen backbone (PromptKD).")
class PromptStudent(Student):
    """A frozen tower with deep visual prompts, and a projector.

    Args:
        prompts: prompt tokens a layer, in every layer of the tower up to the ninth (PromptKD: 4 tokens, 9 layers).
        tower, output_dim, generator: as in `Student.of_host`.

    Raises:
        AMEError: if the tower is no transformer, or prompts is below 1.
    """

    backbone: ImageTower

    def __init__(
        self,
        tower: Tower,
        output_dim: int,
        *,
        prompts: int = 4,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__(tower, output_dim)
        check_number("prompts", prompts, low=1, whole=True)
        if not isinstance(tower, ImageTower):
            raise AMEError(
                f"the host 'promptkd' needs a transformer to put prompts into, got a {type(tower).__name__}: "
                "take 'finetune' or 'projector'."
            )
        self.projector = drawn(lambda: Projector(self.width, output_dim), generator)
        shape = (min(len(self.backbone.blocks), 9), prompts, self.backbone.width)
        self.prompts = nn.Parameter(torch.randn(shape, generator=generator) * 0.02)

    def prepare(self, images: Tensor) -> Tensor:
        """The frozen tower's tokens."""
        self.check_images(images)
        with torch.no_grad():
            return self.backbone.tokens(images)

    def forward(self, prepared: Tensor) -> Tensor:
        """Tokens through the layers with prompts, then the projector."""
        return super().forward(self.backbone.from_tokens(prepared, self.prompts))


@host("projector", help="A projector on a frozen backbone, which runs only once: fast.", folds=True)
class ProjectorStudent(Student):
    """A frozen tower and a projector. Arguments as in `Student.of_host`."""

    forward_is = "projector"

    def __init__(self, tower: Tower, output_dim: int, *, generator: torch.Generator | None = None) -> None:
        super().__init__(tower, output_dim)
        self.projector = drawn(lambda: Projector(self.width, output_dim), generator)


@host("scratch", label="from scratch", help="The whole tower learns, from random weights.", frozen=())
class ScratchStudent(Student):
    """A tower that learns whole, from random weights, and a linear projection. Arguments as in `Student.of_host`."""

    def __init__(self, tower: Tower, output_dim: int, *, generator: torch.Generator | None = None) -> None:
        super().__init__(tower, output_dim, learns=True)
        if generator is not None:
            initialize(self.backbone, generator)
        self.projector = drawn(lambda: nn.Linear(self.width, output_dim), generator)

    def prepare(self, images: Tensor) -> Tensor:
        """The images themselves."""
        self.check_images(images)
        return images

    def forward(self, prepared: Tensor) -> Tensor:
        """Images through the tower and the projection."""
        return super().forward(self.backbone(prepared))


@host(
    "finetune",
    label="fine-tuned",
    help="The whole tower learns on from its pretrained weights; a linear map starts from texts.",
    frozen=(),
)
class FinetuneStudent(Student):
    """A pretrained tower that learns on, and a linear map from its unit features to the teacher's space.

    The map starts as `text_aligned_map`, so that before the first step the student answers nearly as its backbone does.
    Batch norms of the tower keep the statistics of pretraining: a few shots give poor ones. Arguments as in
    `Student.of_host`.
    """

    projector: nn.Linear

    def __init__(self, tower: Tower, output_dim: int, *, generator: torch.Generator | None = None) -> None:
        super().__init__(tower, output_dim, learns=True)
        self.projector = drawn(lambda: nn.Linear(self.width, output_dim, bias=False), generator)

    def align(self, backbone_texts: Tensor, teacher_texts: Tensor) -> None:
        """Start the map where it takes the backbone's features of these texts nearest to the teacher's."""
        with torch.no_grad():
            self.projector.weight.copy_(text_aligned_map(backbone_texts, teacher_texts).mT)

    def train(self, mode: bool = True) -> FinetuneStudent:
        """As `nn.Module.train`, but for the tower's batch norms."""
        super().train(mode)
        for part in self.backbone.modules():
            if isinstance(part, nn.BatchNorm2d):
                part.eval()
        return self

    def prepare(self, images: Tensor) -> Tensor:
        """The images themselves."""
        self.check_images(images)
        return images

    def forward(self, prepared: Tensor) -> Tensor:
        """Images through the tower, to unit length, and through the map."""
        return super().forward(F.normalize(self.backbone(prepared), dim=1))


def drawn(make: Callable[[], M], generator: torch.Generator | None) -> M:
    """The module that `make` builds, its weights drawn from `generator` and torch's global random state left alone.

    Without a generator they are drawn as torch does.
    """
    with torch.device("cpu" if generator is None else "meta"):
        module = make()
    if generator is not None:
        initialize(module, generator)
    return module
