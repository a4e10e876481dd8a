"""Real handwritten digits, 8x8: scikit-learn's copy of the UCI set (Alpaydin and Kaynak 1998).

They ship inside scikit-learn, so nothing is downloaded: 1,797 images of ten classes, about 180 each.

The images come from forms that each ask one writer for the same 130 digits, and lie in the file form by form
(`FORMS`). Splits take whole forms, so that no model is tested on the handwriting that it learned from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from ame_explore.ame import check_number
from ame_explore.data.pairs import PairedData
from ame_explore.registry import data_set

CLASS_TEXTS = tuple(
    f"a handwritten {word}" for word in ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
)
FORMS = (0, 130, 256, 386, 516, 646, 776, 906, 1029, 1157, 1287, 1415, 1545, 1667)
"""The first image of each form. The order of the labels shows them: each form begins 0 1 2 ... 9 three times, and in
some of them a few digits are missing. UCI names 13 writers, so one of them may have filled in two forms."""
FORMS_OF_SPLIT = {"pretrain": 6, "backbone": 2, "distill": 2, "test": 4}
"""Forms in each split (our choice): about 78, 26, 25 and 51 images of each class."""


_SOURCES = {
    "pretrain": f"{FORMS_OF_SPLIT['pretrain']} forms, each of one writer",
    "backbone": f"blurred and pale, of {FORMS_OF_SPLIT['backbone']} other forms",
    "distill": f"{FORMS_OF_SPLIT['distill']} other forms",
    "test": f"{FORMS_OF_SPLIT['test']} other forms",
}
_NOTE = (
    "Digits are split by whole forms of the file, each filled in by one writer, so that no model is tested on "
    "handwriting that it learned from. There may be one exception: the file has 14 forms, and UCI names 13 writers."
)


@dataclass(frozen=True, eq=False)
class Blend:
    """Draws ambiguous images as a pixel blend of an image with a partner: (1 - a/2) image + (a/2) partner.

    Attributes:
        images: (N, channels, height, width) in [0, 1].
        partners: (N,) int64, the image that each image is blended with.
    """

    images: Tensor
    partners: Tensor

    def __call__(self, indices: Tensor, ambiguity: float) -> Tensor:
        """(n, channels, height, width) images at `ambiguity` in [0, 1]; at 1 both halves weigh the same."""
        own, partner = (self.images.index_select(0, which) for which in (indices, self.partners[indices]))
        return torch.lerp(own, partner, ambiguity / 2)


@data_set(help="Real handwritten digits, 8 by 8 pixels, of ten classes.")
def digits(*, seed: int = 0) -> PairedData:
    """The digits with the texts "a handwritten zero" ... "a handwritten nine"; base classes are 0 to 4.

    Ambiguity blends an image's pixels with those of an image of the neighbouring class, which comes from
    the same split, so that the splits stay disjoint at every ambiguity. The neighbour is the class whose
    mean image (over the pretraining split) lies nearest, among the classes of the same side of the base/new
    split: an ambiguous base image shows no new class, and both classes that it lies between are candidates
    when base or new accuracy is taken. (Our choice. At few shots, a blend still shows pixels of an image
    outside the shots.)

    Args:
        seed: decides which forms are in which split, and the partners; the images are the same for all seeds.

    Raises:
        AMEError: if the seed is not a whole number >= 0.
    """
    check_number("seed", seed, low=0, high=2**63 - 1, whole=True)
    from sklearn.datasets import load_digits  # importing the package must not import scikit-learn

    bunch = load_digits()
    images = torch.from_numpy(bunch.images).float().div_(16.0).unsqueeze(1)
    labels = torch.from_numpy(bunch.target).long()
    generator = torch.Generator().manual_seed(seed)
    splits = _whole_forms(len(labels), generator)
    half = len(CLASS_TEXTS) // 2
    shown = splits["pretrain"]  # the test images must not decide anything
    neighbours = nearest_classes(images[shown], labels[shown], sides=torch.arange(len(CLASS_TEXTS)) >= half)
    return PairedData(
        name="digits",
        images=images,
        labels=labels,
        class_texts=CLASS_TEXTS,
        base_classes=tuple(range(half)),
        splits=splits,
        draw=Blend(images, _draw_partners(labels, neighbours, splits, generator)),
        neighbours=neighbours,
        sources=_SOURCES,
        notes=(_NOTE,),
    )


def _whole_forms(count: int, generator: torch.Generator) -> dict[str, Tensor]:
    """Splits of `count` images that hold whole forms, drawn by the generator."""
    ends = (*FORMS[1:], count)
    forms = [torch.arange(start, end) for start, end in zip(FORMS, ends, strict=True)]
    order, splits = torch.randperm(len(forms), generator=generator).tolist(), {}
    for name, many in FORMS_OF_SPLIT.items():
        splits[name] = torch.cat([forms[form] for form in sorted(order[:many])])
        order = order[many:]
    return splits


def nearest_classes(images: Tensor, labels: Tensor, *, sides: Tensor) -> Tensor:
    """For each class the class of the same side whose mean image is nearest in Euclidean distance.

    Args:
        images: (N, channels, height, width).
        labels: (N,) int64 in [0, C), with at least one image per class.
        sides: (C,) which side of the base/new split each class is on, with at least two classes per side.

    Returns:
        (C,) int64.
    """
    means = torch.stack([images[labels == label].double().mean(dim=0).flatten() for label in range(len(sides))])
    distances = torch.cdist(means, means).fill_diagonal_(torch.inf)
    return distances.masked_fill(sides[:, None] != sides[None, :], torch.inf).argmin(dim=1)


def _draw_partners(
    labels: Tensor, neighbours: Tensor, splits: Mapping[str, Tensor], generator: torch.Generator
) -> Tensor:
    partners = torch.empty_like(labels)
    for members in splits.values():
        for label, neighbour in enumerate(neighbours.tolist()):
            own = members[labels[members] == label]
            candidates = members[labels[members] == neighbour]
            chosen = torch.randint(len(candidates), (len(own),), generator=generator)
            partners[own] = candidates[chosen]
    return partners
