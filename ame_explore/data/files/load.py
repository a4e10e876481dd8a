"""Features that a model made elsewhere: files and arrays in, checked `PairedFeatures` out, and never a pickle.

| source | what it holds |
|---|---|
| .npy | (2, n, d): images, then texts; or (n, d) images, with the texts in a second file |
| .npz, .safetensors | `image` (n, d), `text` (m, dt); `pairs` (p, 2) or `pair_index`; `ids`, `labels`, `captions`, `logit_scale` |
| .parquet, .jsonl | columns `image` and `text` of lists of numbers; any other column is metadata |
| .csv | columns `image_0` ... and `text_0` ..., or cells such as "[0.1, 0.2]"; any other column is metadata |
| a folder | `img_emb_0.npy` ..., `text_emb_0.npy` ... and `metadata_0.parquet` ..., as clip-retrieval writes them |
| in memory | an array (2, n, d), a mapping by the names above, a DataFrame |

Names of the usual tools are known too (`image_embeddings`, `text_embeds`, `img_emb` and their like). Among metadata the
columns `caption` (or `text` where that is no feature, `title`), `label` (or `class`), `id` and `image_path` (or `path`,
`file`, `filename`) are taken for what they say.
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
    """What was read, and what had to be mended on the way (each a sentence with a count).

    Attributes:
        features: what was read.
        mended: sentences.
        given: what came beside that source: "captions", "labels", "images", and metadata's columns as "metadata.NAME".
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
    """Read features, and the words and columns that belong to them.

    Rows of NaN, infinity or zeros cannot be compared: their pairs are left out, and `mended` names the rows.

    Args:
        data: `PairedFeatures`, or a source of the table above.
        text: a second .npy or array (m, d) with the texts, where `data` holds images alone.
        captions: M texts, or a file of them: .txt (one a line), .json (a list, or COCO's captions), .jsonl, or a column
            of .csv or .parquet.
        labels: a class for each pair, whole numbers or names, or a file of them (.npy too).
        metadata: columns with a value for each pair (with a pair table: or for each image), or a table's file.
        images: paths of the images' files, or a file that lists them, or the folder in which those of the metadata
            lie; a folder without a list is taken in the order of its files' names. No file outside that folder is read.
        logit_scale: factor on cosines before the softmax. None: the file's own, else 100, which a note says.
        encoding: of text files.

    Returns:
        `ReadFeatures`; ids are the file's if they are different whole numbers below 2**53, else row numbers, and the
            metadata's column "id" keeps the file's, by which `ame_explore.data.files.match` matches pairs.

    Raises:
        AMEError: a file that is missing, damaged, pickled or not text; another number of rows, captions or labels than
            belongs; no pair that could be measured.
    """
    beside = {"captions": captions, "labels": labels, "metadata": metadata, "images": images}
    if isinstance(data, PairedFeatures):
        named = [
            name for name, value in (beside | {"text": text, "logit_scale": logit_scale}).items() if value is not None
        ]
        if named:
            raise AMEError(
                f"{named[0]} cannot be given beside PairedFeatures, which hold it: make others with replace."
            )
        return ReadFeatures(data)
    if is_path(data):
        parts = read_parts(Path(data), Path(text) if is_path(text) else None, encoding)
    else:
        parts = parts_of(data, text)
    fields = assemble(parts, **beside, logit_scale=logit_scale, encoding=encoding)
    return ReadFeatures(PairedFeatures(**fields.values), fields.mended, fields.given)
