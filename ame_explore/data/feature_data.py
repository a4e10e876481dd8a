"""Stored features of a teacher and a student as data to distil on: `FeatureData`."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from ame_explore.ame import AMEError, check_number
from ame_explore.arguments import checked
from ame_explore.data.atomic_files import atomic_file, save_tensors
from ame_explore.data.checks import check_finite, check_whole, describe
from ame_explore.data.files.feature_fields import MATRICES, OTHERS, assemble_features, check_classes_have_images
from ame_explore.data.files.raster import open_raster
from ame_explore.data.files.read import named_table, read_named, table_columns
from ame_explore.data.pairs import NOT_KNOWN, Classes, PairedData
from ame_explore.data.splits import SPLITS

if TYPE_CHECKING:
    from PIL.Image import Image

_LARGEST, _BUDGET = 100 * 10**6, 2000 * 10**6  # pixels of an image file that is still read, and of all (about 15 s)
_GREY = 0.5  # shown where an image file is missing or broken
_NO_PIXELS = {
    "ambiguity": "stored features cannot be blended as pictures can",
    "noise": "stored features have no pixels to add noise to",
    "augment": "stored features have no pixels to augment",
}


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class FeatureData(PairedData):
    """Features of your own teacher and student for the same images, in place of images and models.

    Make it with `of` or `from_files`; everything that takes a `PairedData` then takes it too. An "image" is a row with
    the student's features before the teacher's; the stage's models (`ame_explore.models.stored`) read their part of it.

    Attributes:
        images: (N, Ds + Dt, 1, 1) float32, the student's features and then the teacher's.
        student_width: Ds.
        class_features: (C, Dt), the teacher's features of the class texts.
        student_class_features: (C, Ds), the student's, or None: its zero-shot score is then not known.
        logit_scale: the teacher's factor on cosines.
        caption_features: (M, Dt), the teacher's features of the images' captions, or None: not known.
        student_caption_features: (M, Ds), the student's of the same captions, or None.
        caption_table: (N, K) int64, the captions of each image; a row with fewer than K repeats its own. None without
            captions.
        image_paths: N paths of image files, None for an image without one; or None.
        rows: (N,) int64, the row of each image in the source; rows that could not be used are left out.

    Raises:
        AMEError: under the same conditions as `PairedData`, except that pixels do not exist and the splits "pretrain"
            and "backbone" may be empty; if widths do not fit, a class has no image, or all classes are base.
    """

    student_width: int
    class_features: Tensor
    student_class_features: Tensor | None = None
    logit_scale: float = 100.0
    caption_features: Tensor | None = None
    student_caption_features: Tensor | None = None
    caption_table: Tensor | None = None
    image_paths: tuple[str | None, ...] | None = None
    rows: Tensor | None = None
    _needed: ClassVar[tuple[str, ...]] = ("distill", "test")

    def __post_init__(self) -> None:
        super().__post_init__()
        check_number("logit_scale", self.logit_scale, above=0)
        check_classes_have_images(self.labels, self.class_texts)
        if len(set(self.class_texts)) < len(self.class_texts):
            raise AMEError("class_texts must differ, since models look their features up by the text.")
        if not self.new_classes:
            raise AMEError(
                f"base_classes must leave at least one of the {self.num_classes} classes out, got all: the student "
                "learns from base classes and is tested on new ones too."
            )

    def _check_images(self) -> None:
        mend = "make it with FeatureData.of or FeatureData.from_files."
        check_finite("images", self.images, dimensions=4, shape="(N, Ds + Dt, 1, 1)", mend=mend)
        width = self.images.shape[1]
        if self.images.dtype != torch.float32 or self.images.shape[2:] != (1, 1):
            raise AMEError(f"images must be float32 (N, Ds + Dt, 1, 1), got {describe(self.images)}: {mend}")
        check_number("student_width", self.student_width, low=1, high=width - 1, whole=True)
        captions = 0 if self.caption_features is None else len(self.caption_features)
        for name, rows, wanted in (
            ("class_features", len(self.class_texts), self.teacher_width),
            ("student_class_features", len(self.class_texts), self.student_width),
            ("caption_features", captions, self.teacher_width),
            ("student_caption_features", captions, self.student_width),
        ):
            value = getattr(self, name)
            if value is None and name != "class_features":
                continue
            check_finite(name, value, dimensions=2, shape="(rows, width)", mend=mend)
            if value.shape != (rows, wanted):
                raise AMEError(f"{name} must have shape {(rows, wanted)}, got {tuple(value.shape)}.")
        if captions:
            table = self.caption_table
            if not isinstance(table, Tensor) or table.ndim != 2 or len(table) != len(self.images):
                raise AMEError(f"caption_table must be int64 ({len(self.images)}, K), got {describe(table)}: {mend}")
            check_whole("caption_table", table.flatten(), high=captions, what="the number of captions")

    def __repr__(self) -> str:
        parts = ", ".join(f"{name} {len(index)}" for name, index in self.splits.items() if len(index))
        widths = f"student {self.student_width}, teacher {self.teacher_width}"
        what = f"features of {len(self.images)} images ({widths}), {self.num_classes} classes; {parts}"
        return f"FeatureData({self.name!r}: {what})"

    @property
    def teacher_width(self) -> int:
        """Dt."""
        return self.images.shape[1] - self.student_width

    @property
    def feature_widths(self) -> tuple[int, int]:
        """(Ds, Dt)."""
        return self.student_width, self.teacher_width

    @property
    def student_image(self) -> Tensor:
        """(N, Ds), the student's image features."""
        return self.images[:, : self.student_width, 0, 0]

    @property
    def teacher_image(self) -> Tensor:
        """(N, Dt), the teacher's image features."""
        return self.images[:, self.student_width :, 0, 0]

    @property
    def defaults(self) -> dict[str, Any]:
        """The host "projector", since prompts need a network; and fewer shots where a base class has less than four."""
        members = torch.bincount(self.labels[self.splits["distill"]], minlength=self.num_classes)
        fewest = int(members[list(self.base_classes)].min())
        return {"host": "projector", **({"shots": fewest} if 0 < fewest < 4 else {})}

    @property
    def seen(self) -> Mapping[str, Tensor] | None:
        """As for `PairedData`; None unless the splits name what both models were trained on."""
        known = len(self.splits["pretrain"]) and len(self.splits["backbone"])
        return super().seen if known else None

    def _content(self) -> tuple[dict[str, Tensor], dict[str, str]]:
        tensors, words = super()._content()
        tensors["class_features"] = self.class_features
        if self.student_class_features is not None:
            tensors["student_class_features"] = self.student_class_features
        if self.caption_features is not None and self.caption_table is not None:
            tensors |= {"caption_features": self.caption_features, "caption_table": self.caption_table}
            if self.student_caption_features is not None:
                tensors["student_caption_features"] = self.student_caption_features
        return tensors, {**words, "student_width": str(self.student_width), "logit_scale": repr(self.logit_scale)}

    @property
    def cannot(self) -> Mapping[str, str]:
        """Ambiguity, noise and augmentation, which need pixels, and a text tower where captions have no features."""
        return _NO_PIXELS if self.no_captions is None else {**_NO_PIXELS, "text_tower": self.no_captions}

    @property
    def no_captions(self) -> str | None:
        """Why no text tower can learn from captions; None if both models' features of them are known."""
        known = (self.caption_features, self.student_caption_features, self.student_class_features)
        if any(each is None for each in known):
            return "stored features need both models' features of the captions (class_text, student_text) and pairs"
        return None

    @property
    def caption_texts(self) -> tuple[str, ...]:
        """M texts, one for each row of `caption_features`; "(blank)" for a caption that is no image's first."""
        found = ["(blank)"] * (0 if self.caption_features is None else len(self.caption_features))
        if self.caption_table is not None and self.captions is not None:
            for row, text in zip(self.caption_table[:, 0].tolist(), self.captions, strict=True):
                found[row] = text
        return tuple(found)

    def who_has_seen_what(
        self, *, shots: int | None = None, classes: Classes = "base", rehearsal: bool = False
    ) -> list[dict[str, str | int]]:
        """As `PairedData.who_has_seen_what`; what the models were trained on is "not known" unless splits name it.

        Args:
            shots: images per class used for distillation; None for the whole split.
            classes: classes seen in distillation, "base" or "all".
            rehearsal: as in `PairedData.who_has_seen_what`.

        Returns:
            One row per part.

        Raises:
            AMEError: under the same conditions as `shots`.
        """
        rows = super().who_has_seen_what(shots=shots, classes=classes, rehearsal=rehearsal)
        for row in rows:
            if not len(self.splits[str(row["split"])]):
                row |= dict.fromkeys(("images", "classes", "which", "labels_used"), NOT_KNOWN)
            elif row["split"] == "test" and self.seen is None:
                row["seen_by"] = "not the student; teacher and backbone: not known"
        return rows

    def pictures(self, indices: Tensor, *, side: int = 32) -> Tensor | None:
        """Small pictures of images whose files can be read, cropped to squares; grey for the others.

        At most 2,000 million pixels are decoded, and no file with more than 100 million.

        Args:
            indices: (n,) int64 indices into images.
            side: pixels per side.

        Returns:
            (n, 3, side, side) float32 in [0, 1]; None if no paths were given.
        """
        if self.image_paths is None:
            return None
        made = np.full((len(indices), side, side, 3), round(255 * _GREY), dtype=np.uint8)
        known: dict[str, int] = {}
        spent = 0
        for place, index in enumerate(indices.tolist()):
            path = self.image_paths[index]
            if path is None:
                continue
            if path in known:
                made[place] = made[known[path]]
                continue
            try:
                with open_raster(path) as image:
                    pixels = image.width * image.height
                    if pixels <= _LARGEST and spent + pixels <= _BUDGET:
                        spent += pixels
                        made[place] = _small(image, side)
            except (AMEError, OSError, ValueError, SyntaxError):  # what PIL raises for a broken file
                pass
            known[path] = place
        return torch.from_numpy(made).movedim(-1, 1).float() / 255

    @classmethod
    @checked
    def of(
        cls,
        data: Any = None,
        *,
        name: str = "features",
        classes: Any = None,
        images: str | os.PathLike[str] | None = None,
        seed: int = 0,
        **parts: Any,
    ) -> FeatureData:
        """Make it from arrays or tensors, a mapping of names to them, or a DataFrame.

        Rows with NaN, infinite values or only zeros, and rows without a label, are left out with a warning that counts
        them. The parts:

        - teacher_image (n, Dt), student_image (n, Ds): features of the same images.
        - class_text (C, Dt): the teacher's features of a text for each class.
        - labels: n row numbers of class_text, or names in class_names.
        - class_names: C names. Left out: "class 0", ...
        - base_classes: numbers or names of the classes that the student may train on. Left out: the first half.
        - split: n values, "distill" (or "train", 0) or "test" (1); also "pretrain" and "backbone" for images that
          teacher and student are known to have been trained on, and "unused". Left out: half of each class, drawn at
          random by `seed`, is for distillation and half for the test (our choice).
        - logit_scale: the teacher's factor on cosines. Left out: 100, CLIP's upper limit.
        - student_text (C, Ds): the student's features of the class texts, for its zero-shot score.
        - captions: n texts, one for each image.
        - image_path: n paths of image files, for thumbnails.
        - pairs, if class_text and student_text hold one row for each caption instead: (m, 2) image row and caption
          row, or (n,) the caption row of each image. With labels, a class gets the mean direction of the captions of
          its images for distillation; without, each caption is a class. `captions` then has one text for each caption.
          With student_text, the student's text tower can learn too (the setting text_tower).
        - caption_text (M, Dt), student_caption_text (M, Ds): features of captions beside those of class texts; `pairs`
          then gives rows of caption_text, and labels are needed.

        In a DataFrame every part has a value for each row: class_text and student_text repeat the features of the
        row's class. Alternatively `classes` holds the parts of the classes.

        Args:
            data: mapping of parts, or a DataFrame.
            name: by which recipes refer to the data.
            classes: mapping or DataFrame with the parts of the classes.
            images: the folder that image_path is relative to; files outside it are not read. None: paths as they are.
            seed: seed of the default split.
            parts: parts by name; they replace those of `data`.

        Raises:
            AMEError: if a part is missing or parts do not fit together; the message names the part.
        """
        rows, table = _given("data", data)
        return cls._made(name, "data", rows, table, parts, _given("classes", classes)[0], images, seed)

    @classmethod
    @checked
    def from_files(
        cls,
        path: str | os.PathLike[str],
        *,
        name: str | None = None,
        classes: str | os.PathLike[str] | None = None,
        images: str | os.PathLike[str] | None = None,
        seed: int = 0,
        encoding: str = "utf-8",
        **parts: Any,
    ) -> FeatureData:
        """Read it from .npz, .safetensors, .parquet, .csv or .jsonl files. Pickles are refused.

        The parts have the names that `of` lists; the tables are like its DataFrame. A safetensors file holds texts as
        JSON in its metadata.

        Args:
            path: the file.
            name: by which recipes refer to the data; None: the file's name without ending.
            classes: a second file with the parts of the classes.
            images: the folder that image_path is relative to; files outside it are not read. None: the file's folder.
            seed: seed of the default split.
            encoding: encoding of text files.
            parts: parts by name; they replace those of the file.

        Raises:
            AMEError: if a file is missing, damaged or a pickle, or parts do not fit together.
        """
        file = Path(path)
        rows, table = read_named(file, matrices=MATRICES, others=OTHERS, encoding=encoding)
        of_classes: dict[str, Any] = {}
        if classes is not None:
            of_classes, _ = read_named(Path(classes), matrices=MATRICES, others=OTHERS, encoding=encoding)
        folder = file.parent if images is None else images
        return cls._made(name or file.stem, file.name, rows, table, parts, of_classes, folder, seed)

    @classmethod
    def _made(
        cls,
        name: str,
        where: str,
        rows: Mapping[str, Any],
        table: bool,
        parts: Mapping[str, Any],
        classes: Mapping[str, Any],
        folder: str | os.PathLike[str] | None,
        seed: int,
    ) -> FeatureData:
        check_number("seed", seed, low=0, high=2**63 - 1, whole=True)
        inside = None if folder is None else Path(folder)
        fields = assemble_features(where, rows, table=table, parts=parts, classes=classes, folder=inside, seed=seed)
        for note in fields.mended:
            warnings.warn(note, stacklevel=3)
        return cls(name=name, show_images=fields.values["image_paths"] is not None, **fields.values)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write it to an .npz or .safetensors file, which `from_files` reads.

        Args:
            path: the file; an earlier one is replaced.

        Returns:
            The path.

        Raises:
            AMEError: if the ending is another one.
            OSError: if the file cannot be written.
        """
        file = Path(path)
        split = np.full(len(self.images), "unused", dtype="<U8")
        for name in SPLITS:
            split[self.splits[name].numpy()] = name
        tensors = {
            "teacher_image": self.teacher_image.contiguous(),
            "student_image": self.student_image.contiguous(),
            "class_text": self.class_features,
            "labels": self.labels,
            "base_classes": torch.tensor(self.base_classes),
            "logit_scale": torch.tensor(self.logit_scale, dtype=torch.float64),
        }
        if self.student_class_features is not None:
            tensors["student_text"] = self.student_class_features
        captions = self.captions or ()
        if self.caption_features is not None and self.caption_table is not None:
            tensors["caption_text"] = self.caption_features
            if self.student_caption_features is not None:
                tensors["student_caption_text"] = self.student_caption_features
            tensors["pairs"], captions = _pairs_of(self.caption_table), self.caption_texts
        words = {"class_names": list(self.class_texts), "split": split.tolist(), "captions": list(captions)}
        if self.image_paths is not None:
            words["image_path"] = [os.path.abspath(one) if one else "" for one in self.image_paths]
        if file.suffix.lower() == ".safetensors":
            save_tensors(file, tensors, {key: json.dumps(value) for key, value in words.items()})
        elif file.suffix.lower() == ".npz":
            arrays = {key: tensor.numpy() for key, tensor in tensors.items()}
            with atomic_file(file) as out:
                np.savez(out, **arrays, **{key: np.array(value) for key, value in words.items()})  # type: ignore[arg-type]
        else:
            raise AMEError(f"path must end in .npz or .safetensors, got {file.name!r}.")
        return file


def _pairs_of(table: Tensor) -> Tensor:
    """(m, 2) image and caption, without the captions that a row repeats."""
    images = torch.arange(len(table))[:, None].expand_as(table)
    pairs = torch.stack([images.flatten(), table.flatten()], dim=1).tolist()
    return torch.tensor(list(dict.fromkeys(map(tuple, pairs))))


def _given(what: str, data: Any) -> tuple[dict[str, Any], bool]:
    """Parts by name from a mapping or a DataFrame, and whether it is a table."""
    if data is None:
        return {}, False
    if isinstance(data, Mapping):
        return {str(key): value for key, value in data.items()}, False
    import pandas as pd

    if isinstance(data, pd.DataFrame):
        return named_table(what, table_columns(data), MATRICES), True
    raise AMEError(
        f"{what} must be a mapping of names to arrays, or a DataFrame, got {describe(data)}: "
        "read a file with FeatureData.from_files."
    )


def _small(image: Image, side: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """(side, side, 3), the middle of the image."""
    from PIL import ImageOps

    image.draft("RGB", (2 * side, 2 * side))  # a JPEG is decoded small
    return np.asarray(ImageOps.fit(image.convert("RGB"), (side, side)), dtype=np.uint8)
