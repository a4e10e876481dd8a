"""Encode and decode a Run's safetensors files: rows of a log, and features."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import math
import numbers
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ame_explore.ame import AMEError
from ame_explore.data.atomic_files import digest, plain_tensors, tensors_from_bytes, tensors_to_bytes
from ame_explore.data.pairs import PairedFeatures
from ame_explore.training.record.layout import json_from_bytes, numbered, readable

Row = tuple[int, dict[str, Any], dict[str, Any]]


def scalars(kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Convert values to floats, or to copies if they are tensors on an accelerator.

    Args:
        kind: "losses" or "metrics", for the error.
        values: maps names to numbers.

    Raises:
        AMEError: if `values` does not map non-empty strings to numbers.
    """
    if type(values) is not dict and not isinstance(values, Mapping):
        raise AMEError(f"{kind} must map names to numbers, got {type(values).__name__}: write {kind}={{'total': ...}}.")
    return {
        name: value if type(value) is float and _plain_name(name) else _scalar(kind, name, value)
        for name, value in values.items()
    }


def _plain_name(name: object) -> bool:
    """Whether it is a non-empty string that UTF-8 can hold (no lone surrogate)."""
    return type(name) is str and bool(name) and (name.isascii() or readable(name) == name)


def _scalar(kind: str, name: object, value: Any) -> float | Tensor:
    if not isinstance(name, str) or not name or not _plain_name(str(name)):
        raise AMEError(f"{kind} must have non-empty strings as names, got {name!r}.")
    if isinstance(value, Tensor):
        if value.numel() == 1 and not value.is_complex() and not value.is_meta:
            # .item() waits for the accelerator: keep a copy and read it when rows are written.
            return float(value.item()) if value.is_cpu else value.detach().clone()
        got = f"a tensor of shape {tuple(value.shape)} and dtype {value.dtype}"
    elif isinstance(value, np.ndarray) and value.size == 1 and value.dtype.kind in "fiub":
        return float(value.item())
    elif isinstance(value, (numbers.Real, np.bool_)):
        with contextlib.suppress(OverflowError):
            return float(value)
        got = "a number too large for a float"
    else:
        got = f"{type(value).__name__} {value!r}"[:80]
    raise AMEError(f"{kind}[{name!r}] must be a number or a tensor with one element, got {got}: log a mean.")


def rows_to_bytes(rows: Sequence[Row]) -> bytes:
    """Encode a shard of the log.

    It holds the steps (n,) int64 of all rows. For losses and for metrics, it holds the steps (m,) int64 of the rows
    that have any, and their values (m, columns) float64, NaN if a column was not logged.

    Args:
        rows: steps with their losses and metrics.
    """
    tensors = {"steps": torch.tensor([row[0] for row in rows], dtype=torch.int64)}
    columns: dict[str, list[str]] = {}
    logged = {"losses": [(step, values) for step, values, _ in rows if values]}
    logged["metrics"] = [(step, values) for step, _, values in rows if values]
    for kind, used in logged.items():
        names = list(dict.fromkeys(name for _, values in used for name in values))
        table = [[values.get(name, math.nan) for name in names] for _, values in used]
        tensors[f"{kind}.steps"] = torch.tensor([step for step, _ in used], dtype=torch.int64)
        tensors[f"{kind}.values"] = torch.tensor(table, dtype=torch.float64).reshape(len(used), len(names))
        columns[kind] = names
    return tensors_to_bytes(tensors, {"columns": json.dumps(columns)})


def rows_from_bytes(data: bytes, *, where: str) -> tuple[dict[str, Tensor], dict[str, list[str]]]:
    """Decode a shard of the log, see `rows_to_bytes`.

    Args:
        data: the bytes.
        where: name of the file, for the error.

    Returns:
        The tensors, and the column names under "losses" and "metrics".

    Raises:
        AMEError: if the shard is damaged.
    """
    tensors, metadata = tensors_from_bytes(data, where=where)
    columns = json_from_bytes(metadata.get("columns", "").encode(), where=where)
    if not all(isinstance(names, list) and all(isinstance(one, str) for one in names) for names in columns.values()):
        raise AMEError(f"{where} is damaged: its column names are not strings.")
    columns = {kind: [readable(name) for name in names] for kind, names in columns.items()}
    shapes = {name: tuple(tensor.shape) for name, tensor in tensors.items()}
    for kind in ("losses", "metrics"):
        expected = (*shapes.get(f"{kind}.steps", ()), len(columns.get(kind, ())))
        if shapes.get(f"{kind}.values") != expected or "steps" not in shapes:
            raise AMEError(f"{where} is damaged: it is not a log of a Run.")
    return tensors, columns


def rows_of(tensors: Mapping[str, Tensor], columns: Mapping[str, Sequence[str]]) -> list[Row]:
    """The rows that `rows_to_bytes` was given, with NaN if a column was not logged.

    Args:
        tensors: as `rows_from_bytes` returns them.
        columns: likewise.
    """
    tables: list[dict[int, dict[str, Any]]] = []
    for kind in ("losses", "metrics"):
        steps, values = tensors[f"{kind}.steps"].tolist(), tensors[f"{kind}.values"].tolist()
        tables.append(
            {step: dict(zip(columns[kind], row, strict=True)) for step, row in zip(steps, values, strict=True)}
        )
    losses, metrics = tables
    return [(step, losses.get(step, {}), metrics.get(step, {})) for step in tensors["steps"].tolist()]


def features_to_files(step: int, features: PairedFeatures, known: Collection[str]) -> dict[str, bytes]:
    """Encode features as files. Text features and texts go to a file that is named by their hash.

    Args:
        step: the step of the features.
        features: the features.
        known: names of text files that exist already; they are left out.

    Returns:
        Names and contents of the files, in the order in which to write them.

    Raises:
        AMEError: if `features` are not `PairedFeatures`, or are no longer valid, for example because of NaN.
    """
    if not isinstance(features, PairedFeatures):
        raise AMEError(
            f"features must be PairedFeatures, got {type(features).__name__}: "
            "make them with PairedFeatures.of(image, text)."
        )
    names = ["image", "text", "pair_index", "ids", "labels"]
    names += [] if features.one_pair_an_image else ["image_index"]
    given = {name: getattr(features, name) for name in names}
    plain = plain_tensors({name: tensor for name, tensor in given.items() if tensor is not None})
    # replace() validates again: a tensor may have been modified since.
    dataclasses.replace(features, **plain)  # type: ignore[arg-type]
    text, texts = {"text": plain.pop("text")}, {"texts": json.dumps(features.texts)}
    name = f"text-{digest(text, texts)[:32]}.safetensors"
    metadata = {"text_file": name, "logit_scale": repr(float(features.logit_scale))}
    files = {} if name in known else {name: tensors_to_bytes(text, texts)}
    return {**files, numbered("features", step): tensors_to_bytes(plain, metadata)}


def features_from_files(name: str, read: Callable[[str], bytes], *, where: Callable[[str], str]) -> PairedFeatures:
    """Decode features from the file `name` and the text file that it refers to.

    Args:
        name: name of the features file.
        read: returns the bytes of a file.
        where: returns the path of a file, for the error.

    Raises:
        AMEError: if a file is missing or damaged.
    """
    tensors, metadata = tensors_from_bytes(read(name), where=where(name))
    text_file = metadata.get("text_file", "")
    text, texts = tensors_from_bytes(read(text_file), where=where(text_file))
    try:
        return PairedFeatures(
            **tensors,  # type: ignore[arg-type]
            **text,  # type: ignore[arg-type]
            texts=tuple(json.loads(texts["texts"])),
            logit_scale=float(metadata["logit_scale"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise AMEError(f"{where(name)} is damaged: it does not hold features of a Run ({error}).") from error
