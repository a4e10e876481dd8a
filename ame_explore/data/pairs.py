"""Labelled images with class texts, and image and text features with their pairing.

`PairedData` holds images, labels, class texts, the base/new split of the classes, and which part of the experiment
may learn from which image. `PairedFeatures` holds the features that a model computed. Both validate themselves when
constructed, so other modules need not check again.
"""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Literal

import torch
from torch import Tensor

from ame_explore.ame import AMEError, check_choice, check_number, shown
from ame_explore.arguments import is_dense
from ame_explore.data.atomic_files import digest
from ame_explore.data.checks import check_finite, check_images, check_texts, check_whole, describe
from ame_explore.data.files.fields import MOST_ID, Fields, assemble, number_of
from ame_explore.data.files.read import parts_of, read_parts
from ame_explore.data.splits import SPLITS, check_splits
from ame_explore.registry import data_sets
from ame_explore.streams import torch_stream

Classes = Literal["all", "base", "new"]
CLASSES = ("all", "base", "new")

NOT_KNOWN = "not known"
"""In the table of who has seen what: data that came without models does not tell what they were trained on."""

PLAIN: Mapping[str, str | int] = {"text_tower": "teacher"}
"""What a setting must be where it cannot be used; 0 for all others."""

_DISTILLATION, _REHEARSAL = "distillation", "distillation, rehearsal"
_PARTS = (
    ("teacher pretraining", "pretrain", "yes", "teacher"),
    ("student backbone", "backbone", "yes", "student backbone, before distillation"),
    (_DISTILLATION, "distill", "no", "student, with the teacher's answers in place of labels"),
    ("test", "test", "for scoring only", "neither teacher nor student"),
)


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class PairedData:
    """Images with class texts, a base/new split of the classes, and four disjoint splits of the images.

    Attributes:
        name: "digits", "scenes", or the user's own.
        images: (N, channels, height, width) float32 in [0, 1], clean: ambiguity 0, noise 0.
        labels: (N,) int64 in [0, C).
        class_texts: C texts, one per class.
        base_classes: the classes that a student may train on. If empty: the first ceil(C/2) classes, as in PromptKD's
            protocol (Li et al. 2024).
        splits: maps "pretrain" (the teacher trains on it), "backbone" (the student's backbone), "distill" (the
            student) and "test" (no model trains on it) to (n,) int64 indices into images; disjoint, none empty.
        draw: function of (indices, ambiguity) that returns each image blended toward a neighbouring class, halfway
            at ambiguity 1. None if this data has no ambiguous images.
        neighbours: int64, the class that ambiguity blends toward: (C,) for each class, or (N,) for each image.
        captions: N texts, one per image. None: each image gets the text of its class.
        sources: for each split, where its images come from, such as the designer of emoji or the writers of digits;
            None if all have one source.
        notes: sentences on what was assumed or left out when the data was read; reports repeat them.
        show_images: whether a lab's map begins with points drawn as their images, which are worth seeing small.

    Raises:
        AMEError: if shapes or dtypes are wrong, values are NaN or infinite, pixels lie outside [0, 1], labels exceed
            the class texts, or splits overlap, are empty or point outside the images.
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
    sources: Mapping[str, str] | None = None
    notes: tuple[str, ...] = ()
    show_images: bool = False
    how_to_make: ClassVar[str] = (
        "name a registered data set by Recipe.for_data(...), or read stored features with FeatureData.from_files"
    )
    _needed: ClassVar[tuple[str, ...]] = SPLITS  # the splits that must not be empty

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name.strip():
            raise AMEError(f"name must be a non-blank string, got {describe(self.name)}.")
        self._check_images()
        for name in ("class_texts", "captions"):
            if isinstance(getattr(self, name), list):
                object.__setattr__(self, name, tuple(getattr(self, name)))
        check_texts("class_texts", self.class_texts)
        self._check_labels()
        check_splits(self.splits, len(self.images), needed=self._needed)
        object.__setattr__(self, "splits", {name: self.splits[name] for name in SPLITS})
        self._settle_base_classes()
        self._check_neighbours()
        if self.sources is not None and (not isinstance(self.sources, Mapping) or set(self.sources) != set(SPLITS)):
            raise AMEError(f"sources must name {', '.join(SPLITS)} in a dict, got {shown(self.sources)}.")
        if self.captions is None:
            texts = tuple(self.class_texts[label] for label in self.labels.tolist())
            object.__setattr__(self, "captions", texts)
        else:
            check_texts("captions", self.captions, size=len(self.images))

    def _check_images(self) -> None:
        check_images("images", self.images)

    def _check_labels(self) -> None:
        known = self.num_classes
        whole = isinstance(self.labels, Tensor) and self.labels.dtype == torch.int64 and is_dense(self.labels)
        if whole and self.labels.numel() > 0:
            highest = int(self.labels.max())
            if highest >= known:
                raise AMEError(
                    f"class_texts: the class list is shorter than the labels: got {known} texts, but labels "
                    f"up to {highest}: give one text per class, at least {highest + 1}."
                )
        check_whole("labels", self.labels, size=len(self.images), high=known, what="the number of class texts")

    def _settle_base_classes(self) -> None:
        if not isinstance(self.base_classes, (tuple, list, range)):
            raise AMEError(f"base_classes must be a tuple of whole numbers, got {shown(self.base_classes)}.")
        base = tuple(self.base_classes) or tuple(range((self.num_classes + 1) // 2))
        whole = all(type(label) is int and 0 <= label < self.num_classes for label in base)
        if not whole or len(set(base)) != len(base):
            raise AMEError(
                f"base_classes must be different whole numbers in [0, {self.num_classes - 1}], got {base!r}: "
                "leave them out to use the first half."
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

    @property
    def defaults(self) -> dict[str, Any]:
        """The settings that `Recipe.for_data` gives a run on this data, where they differ from the usual defaults."""
        return {}

    @property
    def seen(self) -> Mapping[str, Tensor] | None:
        """Indices of the images that "teacher" and "backbone" were trained on; None if that is not known."""
        return {"teacher": self.splits["pretrain"], "backbone": self.splits["backbone"]}

    @property
    def feature_widths(self) -> tuple[int, int] | None:
        """Widths of the student's and the teacher's stored features; None if there are images, which have pixels."""
        return None

    @cached_property
    def digest(self) -> str:
        """SHA-256 (64 hex digits) of everything that decides what a run sees.

        It covers name, images, labels, texts, captions, base classes, splits and neighbours, but not `draw`, which is
        code. It is computed on first use and cached, so do not modify the tensors afterwards.
        """
        return digest(*self._content())

    def _content(self) -> tuple[dict[str, Tensor], dict[str, str]]:
        """The tensors and the words that `digest` covers."""
        tensors = {"images": self.images, "labels": self.labels}
        tensors |= {f"split.{name}": index for name, index in self.splits.items()}
        if self.neighbours is not None:
            tensors["neighbours"] = self.neighbours
        words = {"name": self.name, "base_classes": self.base_classes, "captions": self.captions}
        words |= {"class_texts": self.class_texts}
        return tensors, {key: json.dumps(value) for key, value in words.items()}

    @cached_property
    def no_captions(self) -> str | None:
        """Why no text tower can learn from the captions; None if they say more than the class texts."""
        pairs = zip(self.captions or (), self.labels.tolist(), strict=True)
        same = all(caption == self.class_texts[label] for caption, label in pairs)
        return "each image's caption is the text of its class" if same else None

    @property
    def cannot(self) -> Mapping[str, str]:
        """Settings of a recipe that must keep their default on this data, and why."""
        found = {} if self.draw is not None else {"ambiguity": "this data was given no draw function"}
        return found if self.no_captions is None else {**found, "text_tower": self.no_captions}

    def check_settings(self, **settings: Any) -> None:
        """Check that this data can do what some settings of a recipe ask for.

        Args:
            settings: values by the names of settings; settings that do not concern the data are ignored.

        Raises:
            AMEError: if it cannot.
        """
        check_plain(self.name, self.cannot, settings)

    def pictures(self, indices: Tensor, *, side: int = 32) -> Tensor | None:
        """Small pictures to show of the images at `indices`.

        Args:
            indices: (n,) int64 indices into images.
            side: pixels per side of pictures that are read from files; images in memory keep their size.

        Returns:
            (n, 1 or 3, height, width) float32 in [0, 1]; None if there are no pictures.

        Raises:
            AMEError: if an index is not that of an image.
        """
        check_whole("indices", indices, high=len(self.images), what="the number of images")
        return self.images[indices]

    def indices(self, split: str, classes: Classes = "all") -> Tensor:
        """Indices of the images in a split that belong to some classes.

        Args:
            split: one of `SPLITS`.
            classes: "all", "base" or "new".

        Returns:
            (n,) int64 indices into images, in the split's order.

        Raises:
            AMEError: if a name is unknown or no image matches.
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
        """Draw `k` images of each class, sorted by class and then in the order drawn.

        Draws with the same seed are nested: 4 shots are the first 4 of 16 shots, and the base classes get the same
        images whether `classes` is "base" or "all". Runs therefore differ only in the setting that was changed.

        Args:
            k: images per class; None for all in the split.
            seed: seed of the draw, a whole number >= 0: that of the generator that permutes each class.
            classes: which classes to draw from.
            split: which split to draw from.

        Returns:
            (k * number of classes,) int64 indices into images.

        Raises:
            AMEError: if a class has fewer than `k` images in the split, or an argument is invalid.
        """
        if k is not None and (type(k) is not int or k < 1):
            raise AMEError(
                f"shots must be a whole number >= 1, got {k!r}: ask for at least one image per class, or None for all."
            )
        check_number("seed", seed, low=0, high=2**63 - 1, whole=True)
        self.indices(split, classes)  # raises if there is nothing to draw from
        everything, wanted = self.splits[split], self._sorted(classes)
        generator = torch.Generator().manual_seed(seed)
        drawn: list[Tensor] = []
        for label in range(self.num_classes):
            members = everything[self.labels[everything] == label]
            order = torch.randperm(len(members), generator=generator)  # drawn even if unwanted, to keep draws nested
            if label not in wanted:
                continue
            if k is not None and len(members) < k:
                raise AMEError(
                    f"shots must be at most the number of images in every class, got {k}, but class {label} "
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
        """A copy of the images at `indices`, with ambiguity and noise applied.

        Args:
            indices: (n,) int64 indices into images.
            ambiguity: 0 gives the clean image, 1 an image halfway to its neighbouring class.
            noise: standard deviation, in pixel values, of Gaussian noise added before clipping to [0, 1].
            generator: random generator for the noise; None uses a fixed one, so each call adds the same noise.

        Returns:
            (n, channels, height, width) float32 in [0, 1].

        Raises:
            AMEError: if an argument is out of range, or this data cannot draw ambiguous images.
        """
        check_whole("indices", indices, high=len(self.images), what="the number of images")
        check_number("ambiguity", ambiguity, low=0.0, high=1.0)
        check_number("noise", noise, low=0.0)
        self.check_settings(ambiguity=ambiguity, noise=noise)
        if self.draw is None or ambiguity == 0:
            images = self.images.index_select(0, indices)
        else:
            images = self.draw(indices, float(ambiguity))
            check_images("the images that draw returned", images)
            expected = (len(indices), *self.image_shape)
            if images.shape != expected:
                raise AMEError(f"draw must return images of shape {expected}, got {tuple(images.shape)}.")
        if generator is not None and not isinstance(generator, torch.Generator):
            raise AMEError(f"generator must be a torch.Generator or None, got {shown(generator)}.")
        if noise > 0:
            generator = torch_stream("image noise", 0) if generator is None else generator
            images = (images + noise * torch.randn(images.shape, generator=generator)).clamp_(0.0, 1.0)
        return images

    def who_has_seen_what(
        self, *, shots: int | None = None, classes: Classes = "base", rehearsal: bool = False
    ) -> list[dict[str, str | int]]:
        """A table of which images and classes each part of the experiment sees, and whether it uses labels.

        Args:
            shots: images per class used for distillation; None for the whole split.
            classes: classes seen in distillation: "base" in the clean protocol, "all" in the transductive one.
            rehearsal: whether distillation also uses the backbone's images of the base classes, in a row of its own.

        Returns:
            One row per part, with the keys part, split, images (count), classes (count), which ("all", "base" or
            "new"), labels_used, seen_by, and source if the data has `sources`.

        Raises:
            AMEError: under the same conditions as `shots`.
        """
        parts = list(_PARTS)
        images = {part: self.splits[split] for part, split, _, _ in parts}
        images[_DISTILLATION] = self.shots(shots, seed=0, classes=classes)
        if rehearsal:
            parts.insert(-1, (_REHEARSAL, "backbone", "no", parts[-2][3]))
            images[_REHEARSAL] = self.indices("backbone", "base")
        return [
            {
                "part": part,
                "split": split,
                "images": len(images[part]),
                "classes": len(self.labels[images[part]].unique()),
                "which": {_DISTILLATION: classes, _REHEARSAL: "base"}.get(part, "all"),
                "labels_used": labels_used,
                "seen_by": seen_by,
                **({} if self.sources is None else {"source": self.sources[split]}),
            }
            for part, split, labels_used, seen_by in parts
        ]


def check_plain(name: str, cannot: Mapping[str, str], settings: Mapping[str, Any]) -> None:
    """Raise `AMEError` if a setting differs from its default where it cannot.

    Args:
        name: the name of the data.
        cannot: settings that must keep their default, and why.
        settings: values by name; other settings are ignored.
    """
    for setting, why in cannot.items():
        default = PLAIN.get(setting, 0)
        if settings.get(setting, default) != default:
            raise AMEError(f"{setting} must be {default!r} for {name!r}, got {settings[setting]!r}: {why}.")


def check_data(data: object) -> None:
    """Raise `AMEError` unless `data` is a `PairedData` (or None), for instance if it is a file's name."""
    if data is not None and not isinstance(data, PairedData):
        raise AMEError(
            f"data must be a PairedData or the name of a registered data set ({', '.join(data_sets)}), got "
            f"{describe(data)}: {PairedData.how_to_make}."
        )


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class PairedFeatures:
    """Image and text features, and which image belongs with which text.

    An image may have several texts (captions), and a text several images (a class text, for instance). Ids, labels,
    metadata and image paths have one value for each of the P pairs.

    Attributes:
        image: (N, D) floating point, finite.
        text: (M, Dt) floating point, finite; Dt may differ from D if a projection is applied later.
        pair_index: (P,) int64, the row of `text` in each pair. None: pair i is image i with text i.
        image_index: (P,) int64, the row of `image` in each pair. None: pair i has image i, so P = N.
        ids: (P,) int64 in [0, 2**53), which identify a pair at every step of a run. None: 0 ... P - 1.
        labels: (P,) int64 class of each pair, or None.
        texts: M texts, one per row of `text`. None: "text 0", "text 1", ...
        logit_scale: factor on cosine similarities before the softmax, as in CLIP (100 is CLIP's upper limit).
        metadata: maps a column name to P values (strings, numbers, booleans or None), used to form slices.
        image_paths: P paths of image files (None for a pair without one), or None.
        notes: sentences on what was assumed, corrected or dropped when the features were read; reports repeat them.
        assumed: which of "ids", "texts" and "logit_scale" were not given and have default values.

    Raises:
        AMEError: if shapes or dtypes are wrong, values are NaN or infinite, an index points outside its rows, or ids
            are out of range.
    """

    image: Tensor
    text: Tensor
    pair_index: Tensor = None  # type: ignore[assignment]  # __post_init__ replaces these None
    image_index: Tensor = None  # type: ignore[assignment]
    ids: Tensor = None  # type: ignore[assignment]
    labels: Tensor | None = None
    texts: tuple[str, ...] = None  # type: ignore[assignment]
    logit_scale: float = 100.0
    metadata: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    image_paths: tuple[str | None, ...] | None = None
    notes: tuple[str, ...] = ()
    assumed: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        one_row = "give one row per image or text, flattened or averaged over patches."
        check_finite("image", self.image, dimensions=2, shape="(N, D)", mend=one_row)
        check_finite("text", self.text, dimensions=2, shape="(M, Dt)", mend=one_row)
        images, texts = len(self.image), len(self.text)
        self._fill(images, texts)
        pairs = images if not isinstance(self.image_index, Tensor) else self.image_index.numel()
        check_whole("image_index", self.image_index, high=images, what="the number of image rows")
        check_whole("pair_index", self.pair_index, size=pairs, high=texts, what="the number of text rows")
        highest = 2**63 - 1
        check_whole("ids", self.ids, size=pairs, high=highest, what="the highest id")
        if int(self.ids.max()) >= MOST_ID:
            raise AMEError(
                f"ids must lie below 2**53 (browsers round larger numbers), got values up to {int(self.ids.max())}: "
                'number the pairs from 0, and keep these ids as strings in metadata["id"].'
            )
        if self.labels is not None:
            check_whole("labels", self.labels, size=pairs, high=highest, what="the highest label")
        check_texts("texts", self.texts, size=texts)
        check_number("logit_scale", self.logit_scale, above=0.0)
        if not isinstance(self.metadata, Mapping):
            raise AMEError(f"metadata must map names to {pairs} values, got {describe(self.metadata)}.")
        for name, values in self.metadata.items():
            if not isinstance(name, str) or not name.strip() or not hasattr(values, "__len__") or len(values) != pairs:
                raise AMEError(f"metadata must map names to {pairs} values, got {describe(values)} under {name!r}.")
        if self.image_paths is not None and (not isinstance(self.image_paths, tuple) or len(self.image_paths) != pairs):
            raise AMEError(
                f"image_paths must be a tuple of {pairs} paths, one per pair, got {shown(self.image_paths)}."
            )

    def _fill(self, images: int, texts: int) -> None:
        """Fill in defaults, and convert lists and one-element tensors to the declared types."""
        filled: dict[str, Any] = {}
        for name in ("notes", "assumed"):
            if not isinstance(getattr(self, name), (tuple, frozenset)):
                raise AMEError(f"{name} must be a tuple or frozenset of texts, got {shown(getattr(self, name))}.")
        assumed = set(self.assumed)
        if self.pair_index is None and self.image_index is None and images != texts:
            raise AMEError(
                f"there must be as many images as texts, got {images} and {texts}, because image i is paired with text "
                "i. Otherwise say which belong together with pairs=, see PairedFeatures.of."
            )
        if self.image_index is None:
            filled["image_index"] = torch.arange(images)
        if self.pair_index is None:
            filled["pair_index"] = torch.arange(texts)
        if self.ids is None:
            filled["ids"] = torch.arange(images if self.image_index is None else self.image_index.numel())
            assumed.add("ids")
        if self.texts is None:
            filled["texts"] = tuple(f"text {row}" for row in range(texts))
            assumed.add("texts")
        elif isinstance(self.texts, list):
            filled["texts"] = tuple(self.texts)
        if not isinstance(self.logit_scale, int | float):
            filled["logit_scale"] = number_of("logit_scale", self.logit_scale)
        for name, value in (filled | {"assumed": frozenset(assumed)}).items():
            object.__setattr__(self, name, value)

    @property
    def pairs(self) -> Tensor:
        """(P, 2) int64: the image's row and the text's row of each pair."""
        return torch.stack([self.image_index.cpu(), self.pair_index.cpu()], dim=1)

    @property
    def one_pair_an_image(self) -> bool:
        """Whether every image has exactly one pair: pair i has image i."""
        index = self.image_index.cpu()
        return len(index) == len(self.image) and bool((index == torch.arange(len(index))).all())

    @property
    def ids_of_texts(self) -> list[list[int]]:
        """For each text, the ids of its pairs."""
        owned: list[list[int]] = [[] for _ in self.texts]
        for id_, text in zip(self.ids.tolist(), self.pair_index.tolist(), strict=True):
            owned[text].append(id_)
        return owned

    def image_by_image(self) -> PairedFeatures:
        """A copy with one image row per pair: `image` has P rows, repeated for an image with several pairs."""
        if self.one_pair_an_image:
            return self
        index = self.image_index.to(self.image.device)
        return replace(self, image=self.image[index], image_index=torch.arange(len(index)))

    def take(self, rows: Any) -> PairedFeatures:
        """Only the pairs at `rows`, in that order, with their images and texts; they keep their ids.

        Args:
            rows: whole numbers in [0, P).

        Raises:
            AMEError: if there are none, or one is not a whole number in [0, P).
        """
        try:
            at = torch.as_tensor(rows).detach().cpu()
        except (TypeError, ValueError, RuntimeError) as error:
            raise AMEError(f"rows must be a list of whole numbers, got {shown(rows)}.") from error
        check_whole(
            "rows", at if at.is_floating_point() else at.long(), high=len(self.pairs), what="the number of pairs"
        )
        places, image, text = at.tolist(), self.image_index.cpu()[at], self.pair_index.cpu()[at]
        order: dict[int, int] = {}
        for row in image.tolist():
            order.setdefault(row, len(order))
        images, texts = torch.tensor(list(order), dtype=torch.int64), text.unique()
        return replace(
            self,
            image=self.image[images.to(self.image.device)],
            text=self.text[texts.to(self.text.device)],
            image_index=torch.tensor([order[row] for row in image.tolist()], dtype=torch.int64),
            pair_index=torch.searchsorted(texts, text),
            ids=self.ids.cpu()[at],
            labels=None if self.labels is None else self.labels.cpu()[at],
            texts=tuple(self.texts[row] for row in texts.tolist()),
            metadata={name: tuple(values[place] for place in places) for name, values in self.metadata.items()},
            image_paths=self.image_paths and tuple(self.image_paths[place] for place in places),
        )

    @classmethod
    def of(
        cls,
        image: Any,
        text: Any = None,
        *,
        pairs: Any = None,
        captions: Any = None,
        ids: Any = None,
        labels: Any = None,
        metadata: Any = None,
        images: Any = None,
        logit_scale: Any = None,
    ) -> PairedFeatures:
        """Make features from arrays or tensors of any kind.

        Rows that cannot be measured are left out, with a warning that lists them, as in `from_files`.

        Args:
            image: (N, D) image features; or, without `text`, an array (2, n, d) with images and then texts, a mapping
                with "image" and "text" (and the other names that a file may have), or a DataFrame with columns of
                lists.
            text: (M, Dt) text features.
            pairs: (m, 2) whole numbers, the image row and the text row of each pair, if an image has several texts;
                or (N,), the text row of each image. None: image i is paired with text i.
            captions: M texts, or a file of them.
            ids: whole numbers or strings that identify the pairs (or, with `pairs`, the images).
            labels: class numbers or names; None where one is missing.
            metadata: columns of values, as a mapping or a DataFrame, or a file of them.
            images: paths of the image files, or their folder.
            logit_scale: factor on cosines before the softmax, a number or a one-element tensor. None: 100, and a note
                says so.

        Raises:
            AMEError: if arguments do not fit together; the message names the argument.
        """
        return cls._made(
            assemble(
                parts_of(image, text),
                captions=captions,
                labels=labels,
                metadata=metadata,
                images=images,
                ids=ids,
                pairs=pairs,
                logit_scale=logit_scale,
            )
        )

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
        """Read features from .npy, .npz, .safetensors, .parquet, .csv or .jsonl files, or from a folder of shards.

        `ame_explore.data.files.load.read_features` describes what each file must contain. A `UserWarning` says what was
        corrected or left out; `notes` repeats it, together with what was assumed.

        Args:
            path: file or folder of features.
            text: second .npy file with the text features, if `path` has image features only.
            captions: one text per text feature, or a file of them.
            labels: class numbers or names of the pairs, or a file of them.
            metadata: columns with one value per pair, or a table file.
            images: paths of the image files, a file that lists them, or their folder.
            logit_scale: factor on cosines before the softmax. None: the file's own, else 100.
            encoding: encoding of text files.

        Raises:
            AMEError: if a file is missing, damaged or a pickle, or contents do not fit together.
        """
        parts = read_parts(Path(path), None if text is None else Path(text), encoding)
        beside = {"captions": captions, "labels": labels, "metadata": metadata, "images": images}
        return cls._made(assemble(parts, **beside, logit_scale=logit_scale, encoding=encoding))

    @classmethod
    def _made(cls, fields: Fields) -> PairedFeatures:
        for note in fields.mended:
            warnings.warn(note, stacklevel=3)
        return cls(**fields.values)

    def __repr__(self) -> str:
        several = "" if self.one_pair_an_image else f", {len(self.pair_index)} pairs"
        return f"PairedFeatures(image {tuple(self.image.shape)}, text {tuple(self.text.shape)}{several})"
