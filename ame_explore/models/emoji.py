"""Training a `ConvCLIP` on emoji: the teacher, and the student's backbone."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor
from torch.nn import functional as F

from ame_explore.ame import check_choice, check_number
from ame_explore.data.sets.emoji import CLASS_TEXTS, DESIGNERS, GROUND, EmojiSet
from ame_explore.data.sets.emoji.classes import class_caption
from ame_explore.models.augmentation import Augmentation
from ame_explore.models.convolutional import CONV_SIZES, ConvCLIP
from ame_explore.models.optimizers import AdamW
from ame_explore.models.pretraining import one_thread, usual_torch
from ame_explore.models.tokenizer import WordTokenizer
from ame_explore.tasks import Progress

# Words in names of pictures that would mean something else if mirrored.
_HANDED = re.compile(
    r"""\b(left|right|leftwards|rightwards|up|down|arrow|clockwise|counterclockwise|clock|o'clock|thirty|button|letters?|
    input|keycap|slash|sign|symbol|mark|number|quarter|crescent|gibbous)\b""",
    re.VERBOSE,
)
_HANDED_GROUPS = frozenset({"Symbols", "Flags"})
_AVERAGE_FROM = 0.3  # of the steps: earlier weights are too far from the last ones


@dataclass(frozen=True)
class EmojiTraining:
    """How a `ConvCLIP` is trained on emoji.

    Attributes:
        size: "teacher", "quick" or "student".
        designer: the designer whose pictures are held out for distillation and tests.
        side: pixels per side.
        steps: optimizer steps (AdamW; warm-up over a tenth of the steps, then a cosine schedule).
        batch_size: pictures per step.
        learning_rate: the peak.
        weight_decay: of weight matrices only.
        smoothing: label smoothing.
        blend: share of pictures that are blended with another designer's picture of the same concept.
        captions: weight of the loss over random captions (class texts, names with keywords, keywords) relative to the
            loss over all names.
        average: decay per step of an exponential moving average of the weights, which becomes the model; 0 keeps the
            last weights.
        augmentation: augmentation of the pictures.
        seed: seed of weights, batches and augmentation.

    Raises:
        AMEError: if a value is out of range.
    """

    size: str = "teacher"
    designer: str = "fluent"
    side: int = 24
    steps: int = 3000
    batch_size: int = 256
    learning_rate: float = 6e-3
    weight_decay: float = 0.05
    smoothing: float = 0.0
    blend: float = 0.2
    captions: float = 0.5
    average: float = 0.995
    augmentation: Augmentation = field(default_factory=Augmentation)
    seed: int = 0

    def __post_init__(self) -> None:
        check_choice("size", self.size, CONV_SIZES)
        check_choice("designer", self.designer, DESIGNERS)
        check_number("side", self.side, low=8, high=32, whole=True)
        check_number("steps", self.steps, low=1, whole=True)
        check_number("batch_size", self.batch_size, low=2, whole=True)
        check_number("learning_rate", self.learning_rate, above=0)
        check_number("weight_decay", self.weight_decay, low=0)
        for name in ("smoothing", "blend", "average"):
            check_number(name, getattr(self, name), low=0, high=1)
        check_number("captions", self.captions, low=0)
        check_number("seed", self.seed, low=0, whole=True)

    @property
    def words(self) -> str:
        """The label of a progress bar."""
        return f"training the {'student backbone' if self.size == 'student' else 'teacher'} on emoji"


LIVE = EmojiTraining(
    size="quick", batch_size=128, average=0.98, augmentation=Augmentation(geometry=0.5, bend=0.0, blur=0.0)
)
"""For `train_on_emoji(..., seconds=60)`: small batches, weak augmentation and a short average suit some thousand steps.
Batch size and average were first compared on Fluent's pictures, all else on EmojiOne's.
"""


def emoji_tokenizer(emoji: EmojiSet) -> WordTokenizer:
    """A tokenizer for all words in names, keywords and class texts."""
    keywords = (keyword for own in emoji.keywords for keyword in own)
    return WordTokenizer.from_texts([*emoji.names, *keywords, *map(class_caption, emoji.subgroups)])


def pictures_of(emoji: EmojiSet, how: EmojiTraining) -> tuple[Tensor, Tensor]:
    """The pictures that the teacher or the backbone learns from.

    The backbone gets a third of the second designer's pictures; the teacher gets all others of the two designers that
    are not held out.

    Args:
        emoji: the emoji.
        how: says which model, designer and side.

    Returns:
        Pictures (n, 3, side, side) and their concepts (n,).
    """
    first, second = (name for name in DESIGNERS if name != how.designer)
    everything, backbone = torch.arange(len(emoji)), emoji.backbone_concepts
    if how.size == "student":
        return emoji.images(second, backbone, side=how.side), backbone
    others = everything[~torch.isin(everything, backbone)]
    images = [emoji.images(first, side=how.side), emoji.images(second, others, side=how.side)]
    return torch.cat(images), torch.cat([everything, others])


@usual_torch()
def train_on_emoji(
    emoji: EmojiSet,
    how: EmojiTraining,
    *,
    pictures: tuple[Tensor, Tensor] | None = None,
    seconds: float | None = None,
    progress: Progress | None = None,
) -> ConvCLIP:
    """Train a `ConvCLIP` on emoji.

    The loss of a picture is the cross-entropy of its concept's name among the names of all trained concepts, plus
    CLIP's loss in both directions against captions drawn at random in each step, where the target of a caption is
    spread over its pictures (UniCL: Yang et al. 2022). Half of the captions are class texts, so that the model learns
    the classes.

    Args:
        emoji: pictures, names and keywords.
        how: sizes, schedule, losses.
        pictures: images (n, 3, side, side) and their concepts (n,); None for `pictures_of`.
        seconds: length of the schedule in seconds, above 0, in place of `how.steps`; results are then not reproducible.
            `LIVE` suits a minute.
        progress: called after each step, with the steps or the whole seconds that are done; an exception that it raises
            ends the training.

    Returns:
        The model in evaluation mode, frozen.

    Raises:
        AMEError: if torch's default dtype is not float32, or `seconds` is not above 0.
    """
    if seconds is not None:
        check_number("seconds", seconds, above=0)
    generator = torch.Generator().manual_seed(how.seed)
    model = ConvCLIP(emoji_tokenizer(emoji), (3, how.side, how.side), how.size, generator=generator)
    images, concepts = pictures_of(emoji, how) if pictures is None else pictures
    learned, place = concepts.unique(return_inverse=True)
    by_concept = place.argsort(stable=True)
    count = torch.bincount(place)
    start = count.cumsum(0) - count
    mirrored = torch.tensor([_may_be_mirrored(emoji, int(concept)) for concept in concepts])
    names = model.tokenizer.encode([emoji.names[concept] for concept in learned])
    captions = _Captions(emoji, model.tokenizer, learned)
    decayed = [p for p in model.parameters() if p.ndim > 1]
    rest = [p for p in model.parameters() if p.ndim <= 1]
    groups = [{"params": decayed, "weight_decay": how.weight_decay}, {"params": rest, "weight_decay": 0.0}]
    optimizer = AdamW(groups, lr=how.learning_rate, fused=True)
    parameters = [*decayed, *rest]
    mean: list[Tensor] | None = None

    def batch() -> tuple[Tensor, Tensor]:
        # All concepts are equally likely, whatever their number of pictures.
        target = torch.randint(len(learned), (how.batch_size,), generator=generator)
        which = two_of(count[target], torch.randint(2**20, (how.batch_size,), generator=generator))
        chosen, other = (by_concept[start[target] + one] for one in which)
        weight = torch.rand(how.batch_size, 1, 1, 1, generator=generator)
        weight = weight * (torch.rand(how.batch_size, 1, 1, 1, generator=generator) < how.blend)
        blended = torch.lerp(images[chosen], images[other], weight)
        return how.augmentation(blended, generator, ground=GROUND, mirrored=mirrored[chosen]), target

    model.train()
    step, done, started = 0, 0.0, time.monotonic()
    while done < 1:
        inputs, target = batch()
        features, scale = model.encode_image(inputs), model.logit_scale
        loss = F.cross_entropy(scale * features @ model.encode_tokens(names).mT, target, label_smoothing=how.smoothing)
        if how.captions:
            tokens, which = captions.draw(target, generator)
            logits = scale * features @ model.encode_tokens(tokens).mT
            loss = loss + how.captions * both_ways(logits, which, how.smoothing)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        for group in optimizer.param_groups:
            group["lr"] = how.learning_rate * _schedule(done)
        optimizer.step()
        step += 1
        done = step / how.steps if seconds is None else (time.monotonic() - started) / seconds
        if how.average and done > _AVERAGE_FROM:
            if mean is None:
                mean = [p.detach().clone() for p in parameters]
            torch._foreach_lerp_(mean, [p.detach() for p in parameters], 1 - how.average)
        if progress is not None:
            if seconds is None:
                progress(how.words, step, how.steps)
            else:
                progress(how.words, int(min(done, 1) * math.ceil(seconds)), math.ceil(seconds))
    if mean is not None:
        with torch.no_grad():
            for parameter, value in zip(parameters, mean, strict=True):
                parameter.copy_(value)
        _settle_norms(model, batch)
    return model.eval().requires_grad_(False)


def two_of(count: Tensor, number: Tensor) -> tuple[Tensor, Tensor]:
    """Two different places among `count`, or the same one twice if there is only one, from one random number for both.

    Args:
        count: (B,) at least 1.
        number: (B,) whole numbers, uniform over a range that is much larger than the counts squared.

    Returns:
        (B,) and (B,), from 0 to `count` - 1.
    """
    apart = 1 + number // count % (count - 1).clamp(min=1)
    return number % count, (number + apart) % count


def both_ways(logits: Tensor, which: Tensor, smoothing: float) -> Tensor:
    """CLIP's loss, image to text plus text to image, in nats. A text's target is spread over its images (UniCL).

    Args:
        logits: (B, T).
        which: (B,) the text of each image; every text has at least one image.
        smoothing: label smoothing from image to text.
    """
    belongs = F.one_hot(which, logits.shape[1]).to(logits.dtype)
    per_text = -(belongs * logits.log_softmax(0)).sum(0) / belongs.sum(0)
    return F.cross_entropy(logits, which, label_smoothing=smoothing) + per_text.mean()


def _schedule(done: float) -> float:
    return done / 0.1 + 1e-3 if done < 0.1 else 0.5 * (1 + math.cos(math.pi * (done - 0.1) / 0.9))


def _may_be_mirrored(emoji: EmojiSet, concept: int) -> bool:
    return emoji.groups[concept] not in _HANDED_GROUPS and _HANDED.search(emoji.names[concept].lower()) is None


@torch.no_grad()
def _settle_norms(model: ConvCLIP, batch: Callable[[], tuple[Tensor, Tensor]], batches: int = 30) -> None:
    """Recompute BatchNorm statistics for the averaged weights, since they differ from those of the last weights."""
    norms = [part for part in model.modules() if isinstance(part, torch.nn.BatchNorm2d)]
    momentum = [norm.momentum for norm in norms]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # a plain mean over batches
    for _ in range(batches):
        model.encode_image(batch()[0])
    for norm, before in zip(norms, momentum, strict=True):
        norm.momentum = before


class _Captions:
    """Captions drawn for concepts: half class texts, a quarter names with keywords, a quarter keywords."""

    def __init__(self, emoji: EmojiSet, tokenizer: WordTokenizer, learned: Tensor) -> None:
        chosen = learned.tolist()

        def rows(texts: list[str]) -> list[list[int]]:
            return [[index for index in row if index] for row in tokenizer.encode(texts).tolist()]

        self._names = rows([emoji.names[concept] for concept in chosen])
        self._classes = rows([class_caption(emoji.subgroups[concept]) for concept in chosen])
        spoken = [[word for word in emoji.keywords[one] if any(map(str.isalnum, word))] for one in chosen]  # not "!"
        self._keywords = [rows(own) if own else [] for own in spoken]

    def draw(self, places: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Different captions (T, L) for these concepts (B,), and the caption of each (B,)."""
        kinds, orders = torch.rand(len(places), 2, generator=generator).T.tolist()
        rows = [
            self._one(place, kind, order) for place, kind, order in zip(places.tolist(), kinds, orders, strict=True)
        ]
        longest = max(map(len, rows))
        padded = torch.tensor([row + [0] * (longest - len(row)) for row in rows])
        captions, which = padded.unique(dim=0, return_inverse=True)
        return captions, which

    def _one(self, place: int, kind: float, order: float) -> list[int]:
        keywords = self._keywords[place]
        if kind < 0.5:
            return self._classes[place]
        if not keywords:
            return self._names[place]
        start, count = int(order * len(keywords)), 1 + int(order * 7919) % 3
        picked = [word for offset in range(count) for word in keywords[(start + offset) % len(keywords)]]
        return ((self._names[place] if kind < 0.75 else []) + picked)[:16]


@torch.no_grad()
@one_thread()
def name_recall(
    model: ConvCLIP, emoji: EmojiSet, images: Tensor, concepts: Tensor, *, at: tuple[int, ...] = (1, 5)
) -> dict[int, float]:
    """Share of pictures whose own name is among the k nearest of all names.

    Args:
        model: the model.
        emoji: the names.
        images: (n, 3, side, side).
        concepts: (n,) the concept of each picture.
        at: values of k.

    Returns:
        The share for each k.
    """
    texts = model.encode_text(emoji.names)
    features = torch.cat([model.encode_image(part) for part in images.split(256)])
    scores = features @ texts.mT
    rank = (scores > scores.gather(1, concepts[:, None])).sum(1)
    return {k: float((rank < k).double().mean()) for k in at}


@torch.no_grad()
@one_thread()
def class_accuracy(model: ConvCLIP, emoji: EmojiSet, images: Tensor, concepts: Tensor) -> float:
    """Accuracy among the class texts, on the pictures that belong to one of the forty classes.

    Args:
        model: the model.
        emoji: the concepts.
        images: (n, 3, side, side).
        concepts: (n,) the concept of each picture.
    """
    subgroups = list(CLASS_TEXTS)
    inside = torch.tensor([emoji.subgroups[concept] in CLASS_TEXTS for concept in concepts.tolist()])
    labels = torch.tensor([subgroups.index(emoji.subgroups[concept]) for concept in concepts[inside].tolist()])
    texts = model.encode_text(list(CLASS_TEXTS.values()))
    features = torch.cat([model.encode_image(part) for part in images[inside].split(256)])
    return float(((features @ texts.mT).argmax(1) == labels).double().mean())
