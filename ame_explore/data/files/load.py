"""Read features from files and arrays into checked `PairedFeatures`; pickles are refused.

| source | content |
|---|---|
| .npy | (2, n, d): images, then texts; or (n, d) images, with the texts in a second file |
| .npz, .safetensors | `image` (n, d), `text` (m, dt); `pairs` (p, 2) or `pair_index`; `ids`, `labels`, `captions`, `logit_scale` |
| .parquet, .jsonl | columns `image` and `text` with lists of numbers; any other column is metadata |
| .csv | columns `image_0` ... and `text_0` ..., or cells such as "[0.1, 0.2]"; any other column is metadata |
| a folder | `img_emb_0.npy` ..., `text_emb_0.npy` ... and `metadata_0.parquet` ..., as clip-retrieval writes them |
| in memory | an array (2, n, d), a mapping with the names above, a DataFrame |

The names that common tools use are recognized too (`image_embeddings`, `text_embeds`, `img_emb` and similar). The
metadata columns `caption` (or `title`, or `text` if that is not the features), `label` (or `class`), `id` and
`image_path` (or `path`, `file`, `filename`) are used as captions, labels, ids and image paths.
"""  # noqa: E501

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ame_explore.ame import AMEError
from ame_explore.data.files.fields import assemble
from ame_explore.data.files.read import is_path, parts_of, read_parts
from ame_explore.data.pairs import PairedFeatures

PathLike = str | os.PathLike[str]


@dataclass(frozen=True, eq=False)
class ReadFeatures:
    """The features that were read, and what was corrected.

    Attributes:
        features: the features.
        mended: one sentence, with a count, for each kind of correction.
        given: what the user passed besides the source: "captions", "labels", "images", and metadata columns as
            "metadata.NAME".
    """

    features: PairedFeatures
    mended: tuple[str, ...] = ()
    given: frozenset[str] = frozenset()


def read_features(
    data: Any,
    text: Any = None,
    *,
    captions: PathLike | Sequence[str] | None = None,
    labels: PathLike | Sequence[Any] | None = None,
    metadata: PathLike | Mapping[str, Sequence[Any]] | None = None,
    images: PathLike | Sequence[str] | None = None,
    logit_scale: Any = None,
    encoding: str = "utf-8",
) -> ReadFeatures:
    """Read features, together with their captions, labels and metadata.

    Rows that contain NaN or infinity, or only zeros, cannot be compared: their pairs are left out, and `mended` lists
    the rows.

    Args:
        data: `PairedFeatures`, or a source from the table above.
        text: a second .npy file or array (m, d) with the texts, if `data` has only the images.
        captions: M texts, or a file of them: .txt (one per line), .json (a list, or COCO captions), .jsonl, or a column
            of a .csv or .parquet file.
        labels: a class number or name for each pair, or a file of them (also .npy).
        metadata: columns with one value per pair (or, if `pairs` are given, per image), or a table file.
        images: paths of the image files, a file that lists them, or the folder that the metadata's paths are relative
            to. If the metadata has no paths, the folder's files are used in the order of their names. Files outside
            the folder are never read.
        logit_scale: factor on cosines before the softmax. None: the file's own, else 100, and a note says so.
        encoding: encoding of text files.

    Returns:
        `ReadFeatures`. Ids are the file's if they are different whole numbers below 2**53; otherwise they are row
        numbers, and the metadata column "id" keeps the file's ids, which `ame_explore.data.files.match` uses.

    Raises:
        AMEError: if a file is missing, damaged, a pickle or not text; if the numbers of rows, captions or labels do
            not fit; or if no pair can be measured.
    """
    beside = {"captions": captions, "labels": labels, "metadata": metadata, "images": images}
    if isinstance(data, PairedFeatures):
        named = [
            name for name, value in (beside | {"text": text, "logit_scale": logit_scale}).items() if value is not None
        ]
        if named:
            raise AMEError(
                f"{named[0]} cannot be given with PairedFeatures, which already have it: use dataclasses.replace."
            )
        return ReadFeatures(data)
    if is_path(data):
        parts = read_parts(Path(data), Path(text) if is_path(text) else None, encoding)
    else:
        parts = parts_of(data, text)
    fields = assemble(parts, **beside, logit_scale=logit_scale, encoding=encoding)
    return ReadFeatures(PairedFeatures(**fields.values), fields.mended, fields.given)
