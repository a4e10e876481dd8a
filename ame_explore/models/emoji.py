"""Training a `ConvCLIP` on emoji: the teacher, and the backbone that a student brings along."""

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
from ame_explore.models.pretraining import one_thread, usual_torch
from ame_explore.models.tokenizer import WordTokenizer
from ame_explore.tasks import Progress

# Words of names whose picture means something else when it is mirrored.
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
        size: "teacher" or "student".
        designer: the one that is kept back for distillation and tests.
        side: pixels a side.
        steps, batch_size, learning_rate, weight_decay: AdamW, with a warm-up over a tenth of the steps and a cosine.
        smoothing: of the labels.
        blend: share of pictures that are blended with the same concept's by the other designer.
        captions: weight of the loss over drawn captions (class texts, names with keywords, keywords) beside that over
            all names.
        average: factor a step of an exponential mean of the weights, which is what is kept; 0 keeps the last weights.
        augmentation: of the pictures, new at every step.
        seed: of weights, batches and augmentation.
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
        """What goes on while it is trained."""
        return f"training the {'student backbone' if self.size == 'student' else 'teacher'} on emoji"


def emoji_tokenizer(emoji: EmojiSet) -> WordTokenizer:
    """All words of names, keywords and class texts."""
    keywords = (keyword for own in emoji.keywords for keyword in own)
    return WordTokenizer.from_texts([*emoji.names, *keywords, *map(class_caption, emoji.subgroups)])


def pictures_of(emoji: EmojiSet, how: EmojiTraining) -> tuple[Tensor, Tensor]:
    """The pictures (n, 3, side, side) that the teacher or the backbone learns from, and their concepts (n,).

    The teacher's: the first two designers' but the backbone's; the backbone's: a third of the second's.
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
    """Train a `ConvCLIP`; returned in evaluation mode, frozen.

    The loss of a picture is the cross-entropy of its concept among the names of all concepts that are learned, plus
    CLIP's loss in both directions against captions drawn anew at each step, where equal captions share their pictures
    (UniCL: Yang et al. 2022). Half of the captions are class texts, so that the classes of `emoji` are known by them.

    Args:
        emoji: pictures and words.
        how: sizes, schedule, losses.
        pictures: images (n, 3, side, side) and their concepts (n,); None for `pictures_of`.
        seconds: stop the schedule by the clock in place of by `how.steps` (then not reproducible).
        progress: called after each step; what it raises ends the training.
    """
    generator = torch.Generator().manual_seed(how.seed)
    model = ConvCLIP(emoji_tokenizer(emoji), (3, how.side, how.side), how.size, generator=generator)
    images, concepts = pictures_of(emoji, how) if pictures is None else pictures
    learned, place = concepts.unique(return_inverse=True)
    pictures_of_concept = _first_and_last(place, len(learned))
    mirrored = torch.tensor([_may_be_mirrored(emoji, int(concept)) for concept in concepts])
    names = model.tokenizer.encode([emoji.names[concept] for concept in learned])
    captions = _Captions(emoji, model.tokenizer, learned)
    decayed = [p for p in model.parameters() if p.ndim > 1]
    rest = [p for p in model.parameters() if p.ndim <= 1]
    groups = [{"params": decayed, "weight_decay": how.weight_decay}, {"params": rest, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=how.learning_rate, fused=True)
    parameters = [*decayed, *rest]
    mean: list[Tensor] | None = None

    def batch() -> tuple[Tensor, Tensor]:
        # Every concept is as likely as every other, however many pictures it has.
        target = torch.randint(len(learned), (how.batch_size,), generator=generator)
        side = torch.randint(2, (how.batch_size,), generator=generator)
        chosen, other = pictures_of_concept[side, target], pictures_of_concept[1 - side, target]
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
        loss.backward()  # type: ignore[no-untyped-call]
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
            progress(how.words, step, how.steps)
    if mean is not None:
        with torch.no_grad():
            for parameter, value in zip(parameters, mean, strict=True):
                parameter.copy_(value)
        _settle_norms(model, batch)
    return model.eval().requires_grad_(False)


def both_ways(logits: Tensor, which: Tensor, smoothing: float) -> Tensor:
    """CLIP's loss, image to text plus text to image, for logits (B, T) and each image's text (B,); nats.

    A text's target is spread over its images (UniCL); every text has one at least.
    """
    belongs = F.one_hot(which, logits.shape[1]).to(logits.dtype)
    per_text = -(belongs * logits.log_softmax(0)).sum(0) / belongs.sum(0)
    return F.cross_entropy(logits, which, label_smoothing=smoothing) + per_text.mean()


def _schedule(done: float) -> float:
    return done / 0.1 + 1e-3 if done < 0.1 else 0.5 * (1 + math.cos(math.pi * (done - 0.1) / 0.9))


def _may_be_mirrored(emoji: EmojiSet, concept: int) -> bool:
    return emoji.groups[concept] not in _HANDED_GROUPS and _HANDED.search(emoji.names[concept].lower()) is None


def _first_and_last(place: Tensor, count: int) -> Tensor:
    """(2, count): the first and the last picture of each concept, the same one where it has no other."""
    index = torch.arange(len(place))
    empty = torch.zeros(count, dtype=torch.int64)
    ends = (empty.scatter_reduce(0, place, index, which, include_self=False) for which in ("amin", "amax"))
    return torch.stack(list(ends))


@torch.no_grad()
def _settle_norms(model: ConvCLIP, batch: Callable[[], tuple[Tensor, Tensor]], batches: int = 30) -> None:
    """Batch norms learn their means anew: those of the last weights are not those of the mean weights."""
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
        """Distinct captions (T, L) for these concepts (B,), and which belongs to each (B,)."""
        kinds, orders = torch.rand(len(places), 2, generator=generator).T.tolist()
        rows = [
            self._one(place, kind, order) for place, kind, order in zip(places.tolist(), kinds, orders, strict=True)
        ]
        longest = max(map(len, rows))
        padded = torch.tensor([row + [0] * (longest - len(row)) for row in rows])
        return padded.unique(dim=0, return_inverse=True)

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
    """Share of pictures whose own name is among the k nearest of all names, for each k in `at`."""
    texts = model.encode_text(emoji.names)
    features = torch.cat([model.encode_image(part) for part in images.split(256)])
    scores = features @ texts.mT
    rank = (scores > scores.gather(1, concepts[:, None])).sum(1)
    return {k: float((rank < k).double().mean()) for k in at}


@torch.no_grad()
@one_thread()
def class_accuracy(model: ConvCLIP, emoji: EmojiSet, images: Tensor, concepts: Tensor) -> float:
    """Share of pictures of the forty classes that are nearest to the text of their class."""
    subgroups = list(CLASS_TEXTS)
    inside = torch.tensor([emoji.subgroups[concept] in CLASS_TEXTS for concept in concepts.tolist()])
    labels = torch.tensor([subgroups.index(emoji.subgroups[concept]) for concept in concepts[inside].tolist()])
    texts = model.encode_text(list(CLASS_TEXTS.values()))
    features = torch.cat([model.encode_image(part) for part in images[inside].split(256)])
    return float(((features @ texts.mT).argmax(1) == labels).double().mean())
