"""The captions of a stage's images, as teacher and backbone read them."""

from __future__ import annotations

import re
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from ame_explore.data import FeatureData, PairedData
from ame_explore.models.convolutional import TwoTowers

_WORD = re.compile(r"[^\W_]+")
# words that name no part
_LITTLE = frozenset({"a", "an", "and", "at", "for", "in", "of", "on", "or", "the", "to", "with", "without"})


@dataclass(frozen=True, eq=False)
class Captions:
    """M captions, and those of each image.

    Attributes:
        texts: M different texts; for stored features one per row, which may repeat.
        teacher: (M, D) the teacher's unit features.
        inputs: (M, ...) the inputs of the backbone's text tower.
        class_inputs: (C, ...) those of the class texts.
        table: (N, K) int64, the captions of each image; a row with fewer than K repeats its own.
    """

    texts: tuple[str, ...]
    teacher: Tensor
    inputs: Tensor
    class_inputs: Tensor
    table: Tensor

    def of(self, images: Tensor, turn: int = 0) -> Tensor:
        """One caption (n,) int64 per image: its first one, then its next one with each turn.

        Args:
            images: (n,) int64 indices of images.
            turn: counts passes over the images.
        """
        return self.table[images, turn % self.table.shape[1]]


@torch.no_grad()
def captions_of(data: PairedData, teacher: TwoTowers, backbone: TwoTowers) -> Captions | None:
    """The captions of some data; None if its captions are its class texts, or a model cannot read them.

    Args:
        data: images with captions, or stored features of both.
        teacher: the teacher.
        backbone: the backbone.
    """
    if data.no_captions is not None or not backbone.reads_text:
        return None
    class_inputs = backbone.text_inputs(data.class_texts)
    if isinstance(data, FeatureData):
        assert data.caption_features is not None and data.student_caption_features is not None  # no_captions is None
        assert data.caption_table is not None
        features = F.normalize(data.caption_features.to(class_inputs.device), dim=1)
        own = data.student_caption_features.to(class_inputs.device)
        return Captions(data.caption_texts, features, own, class_inputs, data.caption_table)
    if not (teacher.reads_captions and backbone.reads_captions):
        return None
    captions = data.captions or ()
    number = {text: row for row, text in enumerate(dict.fromkeys(captions))}
    texts = tuple(number)
    table = torch.tensor([number[text] for text in captions])[:, None]
    return Captions(texts, teacher.encode_text(texts), backbone.text_inputs(texts), class_inputs, table)


def recombined(names: tuple[str, ...] | list[str], known: tuple[str, ...] | list[str]) -> list[bool]:
    """Which names recombine parts that are known from other names, such as "cat face with heart-eyes".

    A name counts if it is not itself known, has two different words or more, and each of them occurs in some known
    name. Words such as "with" and "of" do not count. (Our choice; the rule reads names alone.)

    Args:
        names: the names in question.
        known: names whose images a model has learned from.
    """
    whole, parts = set(known), {word for name in known for word in _parts(name)}
    return [name not in whole and len(own := _parts(name)) >= 2 and own <= parts for name in names]


def _parts(name: str) -> set[str]:
    return set(_WORD.findall(name.lower())) - _LITTLE
