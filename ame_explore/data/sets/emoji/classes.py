"""Forty kinds of emoji as classes, for distillation and tests."""

from __future__ import annotations

from collections.abc import Mapping

import torch

from ame_explore.ame import check_choice, check_number
from ame_explore.data.pairs import PairedData
from ame_explore.data.sets.digits import Blend
from ame_explore.data.sets.emoji.likeness import likeness, partners
from ame_explore.data.sets.emoji.pictures import DESIGNERS, GROUND, emoji_set
from ame_explore.registry import data_set

BASE_TEXTS: Mapping[str, str] = {
    "animal-mammal": "a mammal",
    "transport-ground": "a land vehicle",
    "sky & weather": "the sky or weather",
    "clothing": "a piece of clothing",
    "person-sport": "a person doing sport",
    "food-prepared": "a cooked meal",
    "time": "a clock",
    "place-building": "a building",
    "face-concerned": "a worried face",
    "tool": "a tool or weapon",
    "heart": "a heart",
    "household": "a household item",
    "game": "a game or toy",
    "sport": "sports equipment",
    "geometric": "a colored shape",
    "person-role": "a person with a job",
    "person-gesture": "a person making a gesture",
    "av-symbol": "a media button",
    "alphanum": "a letter sign",
    "office": "an office supply",
}
NEW_TEXTS: Mapping[str, str] = {
    "person-fantasy": "a fantasy creature",
    "animal-bird": "a bird",
    "animal-marine": "a sea animal",
    "animal-bug": "an insect",
    "food-fruit": "a fruit",
    "food-vegetable": "a vegetable",
    "food-sweet": "a dessert",
    "food-asian": "an Asian dish",
    "drink": "a drink",
    "plant-other": "a green plant",
    "face-smiling": "a smiling face",
    "arrow": "an arrow sign",
    "event": "a celebration",
    "book-paper": "a book or paper",
    "light & video": "a lamp or camera",
    "computer": "a computer device",
    "transport-air": "an aircraft",
    "mail": "a mail item",
    "musical-instrument": "a musical instrument",
    "body-parts": "a part of the body",
}
CLASS_TEXTS: Mapping[str, str] = {**BASE_TEXTS, **NEW_TEXTS}
"""Subgroup -> our text for it. Base classes have at least 23 concepts, so that 16 shots leave some for the test."""

BASE_SHOTS, NEW_SHOTS = 16, 4
"""Pictures of each base and new class in the distillation split; all others of the designer are the test split."""


def class_caption(subgroup: str) -> str:
    """The text of a subgroup: its class text, or its own name, as "hand fingers open"."""
    return CLASS_TEXTS.get(subgroup, " ".join(subgroup.replace("-", " ").replace("&", " ").split()))


DEFAULTS = {
    "host": "finetune",
    "mixing": 0.5,
    "shots": 16,
    "augment": 1.0,
    "batch_size": 64,
    "steps": 240,
    "learning_rate": 1.6e-3,
}
"""Settings of a run on emoji. Loss, rate, steps, mixing and augmentation were chosen with KD alone on pictures by a
fourth designer, EmojiOne, which the package does not hold, with a teacher that had learned from Noto and Twemoji alone;
16 shots are our choice.
"""

_NOTE = (
    "The teacher that ships with the package (teacher_seed=0) has also learned from 3,061 pictures of these emoji from "
    "four more sets (Noto v1, FxEmojis, EmojiOne 2 and Streamline), which are not among the images here."
)


@data_set(
    help="Emoji of forty kinds, drawn by three designers.",
    defaults=DEFAULTS,
    models="ame_explore.models.emoji_weights:emoji_models",
)
def emoji(*, seed: int = 0, designer: str = "fluent", side: int = 24, ground: float = GROUND) -> PairedData:
    """Forty subgroups as classes, twenty of them base; captions are the emoji's names.

    The student is distilled and tested on pictures by one designer, which neither the teacher nor the backbone has
    seen. The backbone learns from one third of the second designer's pictures, the teacher from all other pictures of
    the other two designers, and the shipped teacher also from four sets of pictures that the package does not hold.
    Distillation and test share no concept.

    Teacher and backbone also learn from emoji outside these classes (see `EmojiSet`), which are not in this data.

    Ambiguity blends a picture with that of the most similar concept, as the shipped teacher sees it, that is of another
    class but of the same side of the base/new split, the same split and the same designer.

    Args:
        seed: seed of the choice of concepts for distillation and test.
        designer: designer of the pictures for distillation and test; the shipped teacher has not seen "fluent".
        side: pixels per side, 8 to 32.
        ground: grey level that the pictures are laid on.

    Raises:
        AMEError: if the designer is unknown or a number is out of range.
    """
    check_number("seed", seed, low=0, high=2**63 - 1, whole=True)
    check_choice("designer", designer, DESIGNERS)
    everything = emoji_set()
    first, second = (name for name in DESIGNERS if name != designer)
    subgroups = list(CLASS_TEXTS)
    concepts = everything.of_subgroups(subgroups)
    labels = torch.tensor([subgroups.index(everything.subgroups[concept]) for concept in concepts.tolist()])
    in_backbone = torch.isin(concepts, everything.backbone_concepts)
    shots = _shots(labels, len(BASE_TEXTS), seed)
    count = len(concepts)
    place = torch.arange(count)
    splits = {
        "pretrain": torch.cat([place, count + place[~in_backbone]]),
        "backbone": count + place[in_backbone],
        "distill": 2 * count + place[shots],
        "test": 2 * count + place[~shots],
    }
    is_base = labels < len(BASE_TEXTS)
    # The pictures of one designer at a time, so that a blend stays in one style.
    parts = [place, *(part for name, part in splits.items() if name != "pretrain"), count + place[~in_backbone]]
    partner = partners(likeness(), concepts.repeat(3), labels.repeat(3), is_base.repeat(3), parts)
    designers = (first, second, designer)
    names = tuple(everything.names[concept] for concept in concepts.tolist())
    images = torch.cat([everything.images(one, concepts, side=side, ground=ground) for one in designers])
    called = {one: one.capitalize() for one in designers}
    drawn = {
        "pretrain": f"drawn by {called[first]} and {called[second]}",
        "backbone": f"drawn by {called[second]}",
        "distill": f"drawn by {called[designer]}",
        "test": f"drawn by {called[designer]}, other concepts",
    }
    return PairedData(
        name="emoji",
        images=images,
        labels=labels.repeat(3),
        class_texts=tuple(CLASS_TEXTS.values()),
        base_classes=tuple(range(len(BASE_TEXTS))),
        splits=splits,
        draw=Blend(images, partner),
        neighbours=labels.repeat(3)[partner],
        captions=names * 3,
        sources=drawn,
        show_images=True,
        notes=(_NOTE,) if designer == "fluent" else (),  # the shipped teacher's exam
    )


def _shots(labels: torch.Tensor, base: int, seed: int) -> torch.Tensor:
    """(n,) bool: which concepts are for distillation, drawn class by class."""
    generator = torch.Generator().manual_seed(seed)
    chosen = torch.zeros(len(labels), dtype=torch.bool)
    for label in labels.unique().tolist():
        members = torch.where(labels == label)[0]
        order = torch.randperm(len(members), generator=generator)
        chosen[members[order[: BASE_SHOTS if label < base else NEW_SHOTS]]] = True
    return chosen
