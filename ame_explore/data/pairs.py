"""Images with the texts of their classes, and features with the texts they belong to.

`PairedData` says which images exist, what their classes are called, which classes are base and which new, and
who may learn from which image. `PairedFeatures` says what a model made of them. Both check themselves when
they are made, so that every other room may rely on them.
"""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import torch
from torch import Tensor

from ame_explore.ame import AMEError, check_choice, check_number
from ame_explore.data.atomic_files import digest
from ame_explore.data.checks import check_finite, check_images, check_texts, check_whole, describe
from ame_explore.data.splits import SPLITS, check_splits
from ame_explore.streams import torch_stream

Classes = Literal["all", "base", "new"]
CLASSES = ("all", "base", "new")
MOST_ID = 2**53  # from here on a browser rounds whole numbers

_PARTS = (
    ("teacher pretraining", "pretrain", "yes", "teacher"),
    ("student backbone", "backbone", "yes", "student backbone, frozen before distillation"),
    ("distillation", "distill", "no", "student, with the teacher's answers in place of labels"),
    ("test", "test", "for scoring only", "neither teacher nor student"),
)


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class PairedData:
    """Images with class texts, a base/new split of the classes, and four disjoint splits of the images.

    Attributes:
        name: "digits", "scenes", or the user's own.
        images: (N, channels, height, width) float32 in [0, 1], clean: ambiguity 0, noise 0.
        labels: (N,) int64 in [0, C).
        class_texts: C texts, one a class.
        base_classes: the classes a student may train on. Left out: the first ceil(C/2), as in PromptKD's
            protocol (Li et al. 2024).
        splits: "pretrain" (the teacher's), "backbone" (the student backbone's), "distill" (the student's) and
            "test" (nobody's) -> (n,) int64 indices into images, disjoint, none empty.
        draw: (indices, ambiguity) -> images on the way to a neighbouring class, half way at ambiguity 1.
            None: this data has no ambiguous images.
        neighbours: int64, (C,) the class that each class becomes ambiguous with, or (N,) each image.
        captions: N texts, one an image. Left out or None: filled with the text of each image's class.

    Raises:
        AMEError: for wrong shapes or dtypes, NaN or infinity, pixels outside [0, 1], labels beyond the class
            texts, splits that overlap, are empty or point outside the images.
    """

    name: str
    images: Tensor
    labels: Tensor
    class_texts: tuple[str, ...]
    base_classes: tuple[int, ...] = ()
    splits: Mapping[str, Tensor]
    draw: Callable[[Tensor, float], Tensor] | None = None
    neighbours: Tensor | None = None
    captions: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name.strip():
            raise AMEError(f"name must be a non-blank string, got {describe(self.name)}.")
        check_images("images", self.images)
        for name in ("class_texts", "captions"):
            if isinstance(getattr(self, name), list):
                object.__setattr__(self, name, tuple(getattr(self, name)))
        check_texts("class_texts", self.class_texts)
        self._check_labels()
        check_splits(self.splits, len(self.images))
        object.__setattr__(self, "splits", {name: self.splits[name] for name in SPLITS})
        self._settle_base_classes()
        self._check_neighbours()
        if self.captions is None:
            texts = tuple(self.class_texts[label] for label in self.labels.tolist())
            object.__setattr__(self, "captions", texts)
        else:
            check_texts("captions", self.captions, size=len(self.images))

    def _check_labels(self) -> None:
        known = self.num_classes
        if isinstance(self.labels, Tensor) and self.labels.dtype == torch.int64 and self.labels.numel() > 0:
            highest = int(self.labels.max())
            if highest >= known:
                raise AMEError(
                    f"class_texts: the class list is shorter than the labels: got {known} texts, but labels "
                    f"up to {highest}: give one text a class, at least {highest + 1}."
                )
        check_whole("labels", self.labels, size=len(self.images), high=known, what="the number of class texts")

    def _settle_base_classes(self) -> None:
        base = tuple(self.base_classes) or tuple(range((self.num_classes + 1) // 2))
        whole = all(type(label) is int and 0 <= label < self.num_classes for label in base)
        if not whole or len(set(base)) != len(base):
            raise AMEError(
                f"base_classes must be different whole numbers in [0, {self.num_classes - 1}], got {base!r}: "
                "leave them out to have the first half."
            )
        object.__setattr__(self, "base_classes", base)

    def _check_neighbours(self) -> None:
        if self.neighbours is None:
            return
        one_an_image = isinstance(self.neighbours, Tensor) and self.neighbours.shape == self.labels.shape
        size = len(self.images) if one_an_image else self.num_classes
        what = "the number of classes"
        check_whole("neighbours", self.neighbours, size=size, high=self.num_classes, what=what)

    def __repr__(self) -> str:
        shape = "x".join(map(str, self.image_shape))
        parts = ", ".join(f"{name} {len(index)}" for name, index in self.splits.items())
        what = f"{len(self.images)} images {shape}, {self.num_classes} classes; {parts}"
        return f"PairedData({self.name!r}: {what})"

    @property
    def num_classes(self) -> int:
        """Number of classes C."""
        return len(self.class_texts)

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """(channels, height, width) of one image."""
        channels, height, width = self.images.shape[1:]
        return channels, height, width

    @property
    def new_classes(self) -> tuple[int, ...]:
        """The classes that are not base, in ascending order; empty when all classes are base."""
        return tuple(label for label in range(self.num_classes) if label not in self.base_classes)

    @cached_property
    def digest(self) -> str:
        """SHA-256 (64 hex digits) over everything that decides what a run sees.

        Covered are name, images, labels, texts, captions, base split, splits and neighbours; `draw` is code
        and is not. Computed at first use and kept, so the tensors must not be written to afterwards.
        """
        tensors = {"images": self.images, "labels": self.labels}
        tensors |= {f"split.{name}": index for name, index in self.splits.items()}
        if self.neighbours is not None:
            tensors["neighbours"] = self.neighbours
        words = {"name": self.name, "base_classes": self.base_classes, "captions": self.captions}
        words |= {"class_texts": self.class_texts}
        return digest(tensors, {key: json.dumps(value) for key, value in words.items()})

    def indices(self, split: str, classes: Classes = "all") -> Tensor:
        """(n,) int64 indices of the images of `split` whose class is among `classes`, in the split's order.

        Raises:
            AMEError: for an unknown name, or when no image is left.
        """
        check_choice("split", split, SPLITS)
        check_choice("classes", classes, CLASSES)
        found = self.splits[split]
        if classes != "all":
            found = found[torch.isin(self.labels[found], torch.tensor(self._sorted(classes)))]
        if found.numel() == 0:
            raise AMEError(f"split {split!r} of {self.name!r} holds no image of its {classes} classes.")
        return found.clone()

    def _sorted(self, classes: str) -> tuple[int, ...]:
        if classes == "all":
            return tuple(range(self.num_classes))
        return tuple(sorted(self.base_classes)) if classes == "base" else self.new_classes

    def shots(self, k: int | None, *, seed: int, classes: Classes = "base", split: str = "distill") -> Tensor:
        """`k` images of each class, sorted by class and then in the order drawn; the same for the same seed.

        With one seed the draws are nested: 4 shots are the first 4 of 16, and those of the base classes are
        the same whether `classes` is "base" or "all", so that runs differ only where they are said to.

        Args:
            k: images a class; None for all that the split has.
            seed: of the draw, a whole number >= 0.
            classes: which classes to draw from.
            split: where to draw from.

        Returns:
            (k * number of classes,) int64 indices into images.

        Raises:
            AMEError: when a class has fewer than `k` images in the split, or for a bad argument.
        """
        if k is not None and (type(k) is not int or k < 1):
            raise AMEError(
                f"shots must be a whole number >= 1, got {k!r}: ask for at least one image a class, or None for all."
            )
        check_number("seed", seed, low=0, high=2**63 - 1, whole=True)
        self.indices(split, classes)  # raises if there is nothing to draw from
        everything, wanted = self.splits[split], self._sorted(classes)
        generator = torch.Generator().manual_seed(seed)
        drawn: list[Tensor] = []
        for label in range(self.num_classes):
            members = everything[self.labels[everything] == label]
            order = torch.randperm(len(members), generator=generator)  # for every class, wanted or not
            if label not in wanted:
                continue
            if k is not None and len(members) < k:
                raise AMEError(
                    f"shots must be at most the images of every class, got {k}, but class {label} "
                    f"({self.class_texts[label]!r}) has {len(members)} in split {split!r}: "
                    "ask for fewer, or None for all."
                )
            drawn.append(members[order[:k]])
        return torch.cat(drawn)

    def images_at(
        self,
        indices: Tensor,
        *,
        ambiguity: float = 0.0,
        noise: float = 0.0,
        generator: torch.Generator | None = None,
    ) -> Tensor:
        """The images at `indices`, made ambiguous and noisy: a copy, free to be written to.

        Args:
            indices: (n,) int64 into images.
            ambiguity: 0 gives the clean image, 1 one that lies half way to its neighbouring class.
            noise: standard deviation, in pixel values, of Gaussian noise added before clipping to [0, 1].
            generator: of the noise; None: a new one with seed 0.

        Returns:
            (n, channels, height, width) float32 in [0, 1].

        Raises:
            AMEError: for indices or dials out of range, or ambiguity that this data cannot draw.
        """
        check_whole("indices", indices, high=len(self.images), what="the number of images")
        check_number("ambiguity", ambiguity, low=0.0, high=1.0)
        check_number("noise", noise, low=0.0)
        if ambiguity == 0:
            images = self.images.index_select(0, indices)
        elif self.draw is None:
            raise AMEError(f"ambiguity must be 0 for {self.name!r}, got {ambiguity!r}: this data was given no draw.")
        else:
            images = self.draw(indices, float(ambiguity))
            check_images("the images that draw returned", images)
            expected = (len(indices), *self.image_shape)
            if images.shape != expected:
                raise AMEError(f"draw must return images of shape {expected}, got {tuple(images.shape)}.")
        if noise > 0:
            generator = torch_stream("image noise", 0) if generator is None else generator
            images = (images + noise * torch.randn(images.shape, generator=generator)).clamp_(0.0, 1.0)
        return images

    def who_has_seen_what(self, *, shots: int | None = None, classes: Classes = "base") -> list[dict[str, str | int]]:
        """One row a part of the experiment: which images of which classes it sees, and whether with labels.

        Args:
            shots: images a class that distillation takes; None for all of its split.
            classes: what distillation sees: "base" in the clean protocol, "all" in the transductive one.

        Returns:
            Rows with the keys part, split, images (number), classes (number), which ("all", "base" or "new"),
            labels_used and seen_by.

        Raises:
            AMEError: as `shots` does.
        """
        whole = {split: self.splits[split] for split in SPLITS}
        whole["distill"] = self.shots(shots, seed=0, classes=classes)
        return [
            {
                "part": part,
                "split": split,
                "images": len(whole[split]),
                "classes": len(self.labels[whole[split]].unique()),
                "which": classes if split == "distill" else "all",
                "labels_used": labels_used,
                "seen_by": seen_by,
            }
            for part, split, labels_used, seen_by in _PARTS
        ]


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class PairedFeatures:
    """Image and text features with the pairing: one row of text for each image, which images may share.

    Attributes:
        image: (N, D) floating, finite.
        text: (M, Dt) floating, finite; Dt may differ from D before a projection brings both together.
        pair_index: (N,) int64, the row of `text` that belongs to each image.
        ids: (N,) int64 in [0, 2**53), which name an image through all steps of a run.
        labels: (N,) int64 class of each image, or None.
        texts: M texts, one a row of `text`.
        logit_scale: factor on cosine similarities before the softmax, as in CLIP (100 is CLIP's upper limit).
        metadata: column -> N values, one an image (strings, numbers, truth values or None), to slice by.
        image_paths: N paths of the images' files, or None.
        notes: what was assumed or mended when these were read, in sentences that a report repeats.

    Raises:
        AMEError: for wrong shapes or dtypes, NaN or infinity, a pair_index outside `text`, or ids out of range.
    """

    image: Tensor
    text: Tensor
    pair_index: Tensor
    ids: Tensor
    labels: Tensor | None = None
    texts: tuple[str, ...]
    logit_scale: float = 100.0
    metadata: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    image_paths: tuple[str, ...] | None = None
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        one_row = "give one row an image or text, flattened or averaged over patches."
        check_finite("image", self.image, dimensions=2, shape="(N, D)", mend=one_row)
        check_finite("text", self.text, dimensions=2, shape="(M, Dt)", mend=one_row)
        images, texts = len(self.image), len(self.text)
        check_whole("pair_index", self.pair_index, size=images, high=texts, what="the number of text rows")
        highest = 2**63 - 1
        check_whole("ids", self.ids, size=images, high=highest, what="the highest id")
        if int(self.ids.max()) >= MOST_ID:
            raise AMEError(
                f"ids must lie below 2**53 (a browser rounds greater numbers), got values up to {int(self.ids.max())}: "
                'number the pairs from 0, and keep these as words in metadata["id"].'
            )
        if self.labels is not None:
            check_whole("labels", self.labels, size=images, high=highest, what="the highest label")
        check_texts("texts", self.texts, size=texts)
        check_number("logit_scale", self.logit_scale, above=0.0)
        for name, values in self.metadata.items():
            if not isinstance(name, str) or not name.strip() or len(values) != images:
                raise AMEError(f"metadata must map names to {images} values, got {len(values)} under {name!r}.")
        if self.image_paths is not None and len(self.image_paths) != images:
            raise AMEError(f"image_paths must have {images} paths, one an image, got {len(self.image_paths)}.")

    @classmethod
    def from_files(
        cls,
        path: str | os.PathLike[str],
        text: str | os.PathLike[str] | None = None,
        *,
        captions: str | os.PathLike[str] | Sequence[str] | None = None,
        labels: str | os.PathLike[str] | Sequence[Any] | None = None,
        metadata: str | os.PathLike[str] | Mapping[str, Sequence[Any]] | None = None,
        images: str | os.PathLike[str] | Sequence[str] | None = None,
        logit_scale: float | None = None,
        encoding: str = "utf-8",
    ) -> PairedFeatures:
        """Features that a model made elsewhere, from .npy, .npz, .safetensors, .parquet or .csv.

        See `ame_explore.data.files.load.read_features`, which this calls, for what each file must hold. What had to be
        mended is warned of (`UserWarning`), and stands in `notes` beside what was assumed.

        Raises:
            AMEError: a file that is missing, damaged, pickled, or whose content does not fit together.
        """
        from ame_explore.data.files.load import read_features

        made = read_features(
            path,
            text,
            captions=captions,
            labels=labels,
            metadata=metadata,
            images=images,
            logit_scale=logit_scale,
            encoding=encoding,
        )
        for note in made.mended:
            warnings.warn(note, stacklevel=2)
        return made.features

    def __repr__(self) -> str:
        return f"PairedFeatures(image {tuple(self.image.shape)}, text {tuple(self.text.shape)})"
