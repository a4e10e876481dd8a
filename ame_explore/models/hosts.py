"""Hosts: the kinds of student that can be distilled.

"promptkd" follows PromptKD (Li et al., CVPR 2024, arXiv 2403.02781): a frozen backbone with deep visual prompts, and a
projector into the teacher's space, where the teacher's text features serve as class vectors. "projector" has no
prompts, so the backbone runs only once and training is fast. "scratch" trains a whole student-sized tower from random
weights, and "finetune" trains the pretrained tower further.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import ClassVar, TypeVar

import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn import functional as F

from ame_explore.ame import AMEError, check_number, initialize
from ame_explore.models.convolutional import Tower, TwoTowers
from ame_explore.models.text_alignment import text_aligned_map
from ame_explore.models.text_side import TextSide, mixed
from ame_explore.models.towers import ImageTower
from ame_explore.registry import host, hosts
from ame_explore.streams import torch_stream

M = TypeVar("M", bound=nn.Module)


class Pointwise(nn.Conv2d):
    """A 1x1 convolution. Of a single pixel it is a matrix product, which a CPU does more than twice as fast."""

    def forward(self, input: Tensor) -> Tensor:
        """Maps (B, D, h, w) to (B, output, h, w)."""
        if input.shape[2:] != (1, 1):
            return super().forward(input)
        # flattened, not indexed: the gradient of an index is written into zeros
        return F.linear(input.flatten(1), self.weight.flatten(1), self.bias)[:, :, None, None]


class Projector(nn.Module):
    """PromptKD's projector: 1x1 convolution, batch norm, ReLU, 1x1 convolution. Features (B, D) -> (B, output_dim).

    A map (B, D, h, w) gives (B, output_dim, h, w). PromptKD's sizes are 512 -> 768 -> 768.

    Args:
        input_dim: D.
        output_dim: width of the output and of the hidden layer.
    """

    def __init__(self, input_dim: int, output_dim: int) -> None:
        super().__init__()
        self.input = Pointwise(input_dim, output_dim, 1)
        self.norm = nn.BatchNorm2d(output_dim)
        self.output = Pointwise(output_dim, output_dim, 1)

    def forward(self, features: Tensor) -> Tensor:
        """Features (B, output_dim), not normalized: AME may need the raw features, the losses normalize them."""
        maps = features if features.ndim == 4 else features[:, :, None, None]
        projected: Tensor = self.output(torch.relu(self.norm(self.input(maps))))
        return projected if features.ndim == 4 else projected.flatten(1)


class Student(nn.Module):
    """A student around an image tower: `prepare` is the part that is never trained, `forward` the trained part.

    This is the base class of all hosts. To write your own host, make a subclass with a `projector` and register it with
    `ame_explore.registry.host`; if it trains more than the projector, also override `prepare` and `forward`.

    Args:
        tower: the student's image tower; it is copied.
        output_dim: width of the teacher's joint space.
        learns: whether the copy of the tower is trained; otherwise it is frozen.

    Attributes:
        backbone: the copy of the tower.
        projector: maps its features into the teacher's space; a subclass makes it.
        text_side: the text tower that it trains too; None if the teacher's texts serve as class vectors.
        host: the name under which it is registered.
        forward_is: the name of the part that `forward` consists of; None if it does more than call one part.

    Raises:
        AMEError: if `output_dim` is below 1.
    """

    forward_is: ClassVar[str | None] = None
    host: str = ""
    backbone: Tower
    projector: nn.Module

    def __init__(self, tower: Tower, output_dim: int, *, learns: bool = False) -> None:
        super().__init__()
        check_number("output_dim", output_dim, low=1, whole=True)
        self.backbone = copy.deepcopy(tower).requires_grad_(learns)
        self.text_side: TextSide | None = None

    def __call__(self, prepared: Tensor, *texts: Tensor) -> Tensor:
        """Apply `forward`, and the text side to texts.

        Args:
            prepared: (B, ...) the output of `prepare`.
            texts: inputs (T, ...) of the text side, any number of them.

        Returns:
            Features (B, output_dim), followed by the rows of the texts, in their order; not normalized.

        Raises:
            AMEError: if there are texts, but no text side.
        """
        features: Tensor = super().__call__(prepared)
        if not texts:
            return features
        if self.text_side is None:
            raise AMEError("texts must be left out: this student has no text tower of its own.")
        return torch.cat([features, *(self.text_side(each) for each in texts)])

    @classmethod
    def of_host(cls, name: str, tower: Tower, output_dim: int, *, generator: torch.Generator | None = None) -> Student:
        """Make a student by the name of its host.

        Args:
            name: name of a registered host.
            tower: the student's image tower.
            output_dim: width of the teacher's joint space.
            generator: random generator for the initial weights; None for torch's global one.

        Raises:
            AMEError: if there is no such host, or it does not make a `Student`.
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
        """Make a student with the backbone's image tower and features in the teacher's space.

        Args:
            backbone: model whose image tower is used.
            teacher: model whose space is used.
            host: name of the host.
            generator: random generator for the initial weights.
            texts: the class texts, for hosts that start from the backbone's own answers; empty to skip this.

        Raises:
            AMEError: under the same conditions as `of_host`.
        """
        made = cls.of_host(host, backbone.image_tower, teacher.embed_dim, generator=generator)
        if texts and type(made).align is not Student.align:
            with torch.no_grad():
                made.align(backbone_texts=backbone.encode_text(texts), teacher_texts=teacher.encode_text(texts))
        return made

    def align(self, *, backbone_texts: Tensor, teacher_texts: Tensor) -> None:
        """Initialize the map into the teacher's space from texts. Hosts with random initial weights do nothing.

        Args:
            backbone_texts: (C, D) the backbone's features of the class texts.
            teacher_texts: (C, E) the teacher's features of the same texts.
        """

    def start_from(self, weight: Tensor) -> None:
        """Set the initial map into the teacher's space. Hosts with random initial weights do nothing.

        Args:
            weight: (output_dim, width) of a linear map from unit features.
        """

    def mix(self, share: float) -> None:
        """Mix the trained weights with the initial ones outside training. Hosts that start at random do nothing.

        Args:
            share: the recipe's `mixing`.
        """

    @property
    def width(self) -> int:
        """Width of the tower's features."""
        return self.backbone.output.out_features

    def trainable_parameters(self) -> list[nn.Parameter]:
        """The parameters for the optimizer."""
        return [parameter for parameter in self.parameters() if parameter.requires_grad]

    def check_images(self, images: Tensor) -> None:
        """Raise `AMEError` unless `images` have the tower's shape."""
        if images.ndim != 4 or tuple(images.shape[1:]) != self.backbone.image_shape:
            wanted = ", ".join(map(str, self.backbone.image_shape))
            raise AMEError(f"images must be of shape (B, {wanted}), got {tuple(images.shape)}.")

    def prepare(self, images: Tensor) -> Tensor:
        """The part of the forward pass that is never trained, without gradient: the tower's features (B, width)."""
        self.check_images(images)
        with torch.no_grad():
            features: Tensor = self.backbone(images)
        return features

    def forward(self, prepared: Tensor) -> Tensor:
        """The output of `prepare` -> features in the teacher's space (B, output_dim), not normalized."""
        features: Tensor = self.projector(prepared)
        return features


@host("promptkd", label="prompts and projector", help="Visual prompts and a projector on a frozen backbone (PromptKD).")
class PromptStudent(Student):
    """A frozen tower with deep visual prompts, and a projector.

    Args:
        tower: the student's image tower, a transformer.
        output_dim: width of the teacher's joint space.
        prompts: number of prompt tokens in each of the first nine layers (PromptKD: 4 tokens, 9 layers).
        generator: as in `Student.of_host`.

    Raises:
        AMEError: if the tower is not a transformer, or `prompts` is below 1.
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
                "use 'finetune' or 'projector'."
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
        """Apply the layers with prompts, then the projector."""
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
    """A whole tower trained from random weights, and a linear projection. Arguments as in `Student.of_host`."""

    def __init__(self, tower: Tower, output_dim: int, *, generator: torch.Generator | None = None) -> None:
        super().__init__(tower, output_dim, learns=True)
        if generator is not None:
            # A stream of its own: the tower may have been pretrained from the weights that `generator` would give.
            own = int(torch.randint(2**62, (), generator=generator))
            generator = torch_stream("scratch", own)
            initialize(self.backbone, generator)
        self.projector = drawn(lambda: nn.Linear(self.width, output_dim), generator)

    def prepare(self, images: Tensor) -> Tensor:
        """The images themselves."""
        self.check_images(images)
        return images

    def forward(self, prepared: Tensor) -> Tensor:
        """Apply the tower and the projection."""
        return super().forward(self.backbone(prepared))


@host(
    "finetune",
    label="fine-tuned",
    help="The pretrained tower is trained further; before training, the student answers roughly like its backbone.",
    frozen=("initial.backbone.", "mixing"),
    pretrained=True,
    batched=False,
)
class FinetuneStudent(Student):
    """A pretrained tower that is trained further, and a linear map from its unit features to the teacher's space.

    The map is initialized by `text_aligned_map`, so the untrained student answers roughly like its backbone. The
    tower's batch norms keep their statistics from pretraining, since a few shots give poor ones. Outside training, the
    weights are the line initial + mixing (trained - initial), as in WiSE-FT (Wortsman et al., "Robust fine-tuning of
    zero-shot models", CVPR 2022, equation 1): between both ends lie students that know what few shots teach and keep
    more of what the backbone knew. Arguments as in `Student.of_host`.

    Attributes:
        initial: the weights before training, named as in the student.
        mixing: a scalar in [0, 1]; 1 takes the trained weights.
    """

    projector: nn.Linear
    mixing: Tensor

    def __init__(self, tower: Tower, output_dim: int, *, generator: torch.Generator | None = None) -> None:
        super().__init__(tower, output_dim, learns=True)
        self.projector = drawn(lambda: nn.Linear(self.width, output_dim, bias=False), generator)
        parts = {"backbone": self.backbone, "projector": self.projector}
        self.initial = nn.ModuleDict({name: copy.deepcopy(part) for name, part in parts.items()}).requires_grad_(False)
        self.register_buffer("mixing", torch.ones(()))

    def align(self, *, backbone_texts: Tensor, teacher_texts: Tensor) -> None:
        """Initialize the map by `text_aligned_map`."""
        self.start_from(text_aligned_map(backbone_texts=backbone_texts, teacher_texts=teacher_texts).mT)

    def start_from(self, weight: Tensor) -> None:
        """Set the map's initial weight."""
        state = {"weight": weight}
        self.projector.load_state_dict(state)
        self.initial["projector"].load_state_dict(state)

    def mix(self, share: float) -> None:
        """Set `mixing`."""
        self.mixing.fill_(share)
        if self.text_side is not None:
            self.text_side.mixing.fill_(share)

    def train(self, mode: bool = True) -> FinetuneStudent:
        """Like `nn.Module.train`, except that the tower's batch norms stay in eval mode."""
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
        """Apply the tower, normalize, and apply the map; outside training, with mixed weights."""
        if self.training:
            return super().forward(F.normalize(self.backbone(prepared), dim=1))
        weights = {name: mixed(getattr(self, name), part, self.mixing) for name, part in self.initial.items()}
        features = functional_call(self.backbone, weights["backbone"], (prepared,))
        mapped: Tensor = functional_call(self.projector, weights["projector"], (F.normalize(features, dim=1),))
        return mapped


def drawn(make: Callable[[], M], generator: torch.Generator | None) -> M:
    """Build a module with weights drawn from a generator, without changing torch's global random state.

    Args:
        make: builds the module.
        generator: random generator; None for torch's global one.
    """
    with torch.device("cpu" if generator is None else "meta"):
        module = make()
    if generator is not None:
        initialize(module, generator)
    return module
