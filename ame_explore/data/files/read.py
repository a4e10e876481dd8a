"""What the files of features hold, before anything is made of it: arrays, and columns of words and numbers.

Every reader ends in an `AMEError` that names the file; none loads a pickle.
"""

from __future__ import annotations

import csv
import json
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ame_explore.ame import AMEError
from ame_explore.data.atomic_files import load_tensors

_PICKLED = (".pkl", ".pickle", ".pt", ".pth", ".bin", ".joblib", ".ckpt")
KINDS = (".npy", ".npz", ".safetensors", ".parquet", ".csv")
# What stands for a missing number in a column of numbers; among words these are words.
_NO_NUMBER = frozenset({"NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "-nan", "NULL", "null", "None"})
# Names that exports of the usual tools give to the two sides, after lower-casing.
_SIDES = {
    "image": ("image", "images", "image_features", "image_embeds", "image_embedding", "img"),
    "text": ("text", "texts", "text_features", "text_embeds", "text_embedding", "txt"),
}


@dataclass(frozen=True, eq=False)
class Parts:
    """Arrays (`image` and `text` always) and columns of a file of features."""

    arrays: dict[str, NDArray[Any]]
    columns: dict[str, list[Any]] = field(default_factory=dict)


def read_parts(path: Path, text: Path | None, encoding: str = "utf-8") -> Parts:
    """Read a file of features, or two .npy files of one side each; `encoding` is that of a .csv."""
    kind = path.suffix.lower()
    if text is not None:
        sides = {name: _read_npy(side) for name, side in (("image", path), ("text", text))}
        for name, array in sides.items():
            if array.ndim != 2:
                raise AMEError(f"{path if name == 'image' else text} must have shape (rows, width), got {array.shape}.")
        return Parts(sides)
    if kind == ".npy":
        array = _read_npy(path)
        if array.ndim != 3 or array.shape[0] != 2:
            raise AMEError(
                f"{path} must have shape (2, n, d), images and then texts, got {array.shape}: or give images and texts "
                "in two files of shape (n, d)."
            )
        return Parts({"image": array[0], "text": array[1]})
    if kind in (".npz", ".safetensors"):
        return _sided(path, _read_npz(path) if kind == ".npz" else _read_safetensors(path))
    if kind in (".parquet", ".csv"):
        return _from_table(path, read_table(path, encoding))
    if kind in _PICKLED:
        raise AMEError(
            f"{path} is a pickle by its name, which can run code when it is loaded, and is refused: save the two "
            'tensors with safetensors.torch.save_file({"image": ..., "text": ...}, "features.safetensors").'
        )
    raise AMEError(f"{path} must end in one of {', '.join(KINDS)}, got {kind or 'no ending'}.")


def _read_npy(path: Path) -> NDArray[Any]:
    _check_there(path)
    try:
        array = np.load(path, allow_pickle=False)
    except (ValueError, OSError, EOFError) as error:
        raise AMEError(_damaged(path, error)) from error
    if not isinstance(array, np.ndarray):
        array.close()
        raise AMEError(f"{path} is an .npz archive by its content: rename it.")
    return array


def _read_npz(path: Path) -> dict[str, NDArray[Any]]:
    _check_there(path)
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (ValueError, OSError, EOFError, KeyError, AttributeError, zipfile.BadZipFile, zlib.error) as error:
        raise AMEError(_damaged(path, error)) from error


def _damaged(path: Path, error: Exception) -> str:
    if "pickle" in str(error).lower():
        return (
            f"{path} holds Python objects (an object array or a pickle), which can run code when they are loaded, "
            f"and is "
            "refused: save arrays of numbers, for instance np.save(path, np.stack([image, text]).astype(np.float32))."
        )
    return f"{path} is damaged, or not what its ending says ({error}): save it again."


def _read_safetensors(path: Path) -> dict[str, NDArray[Any]]:
    tensors, words = load_tensors(path, checked=False)
    arrays = {
        name: (tensor.float() if tensor.is_floating_point() and tensor.itemsize < 4 else tensor).numpy()
        for name, tensor in tensors.items()
    }
    for name in ("captions", "logit_scale"):
        if name in words:
            try:
                arrays.setdefault(name, np.asarray(json.loads(words[name])))
            except ValueError as error:
                raise AMEError(f"{path}: its metadata {name!r} must be JSON ({error}).") from error
    return arrays


def _sided(path: Path, arrays: Mapping[str, NDArray[Any]]) -> Parts:
    """Arrays under the names that we use; vectors of words become columns."""
    by_name = {name.lower(): array for name, array in arrays.items()}
    found: dict[str, NDArray[Any]] = {}
    for side, names in _SIDES.items():
        matching = [name for name in names if name in by_name and by_name[name].ndim == 2]
        if not matching:
            raise AMEError(f"{path} must hold matrices 'image' and 'text', got {', '.join(arrays) or 'nothing'}.")
        found[side] = by_name.pop(matching[0])
    columns = {}
    for name, array in by_name.items():
        if name in ("pair_index", "ids", "labels", "logit_scale"):
            found[name] = array
        elif array.ndim == 1 and array.dtype.kind in "UiufbS":
            columns[name] = [value.decode() if isinstance(value, bytes) else value for value in array.tolist()]
    return Parts(found, columns)


def read_table(path: Path, encoding: str) -> dict[str, list[Any]]:
    """Columns of a .csv or .parquet file by name; missing values become None."""
    import pandas as pd

    _check_there(path)
    kind = path.suffix.lower()
    try:
        if kind == ".parquet":
            frame = pd.read_parquet(path)
        elif kind in (".csv", ".tsv"):
            # A word such as "None" or "NA" is a word: only an empty cell is missing.
            sep = "\t" if kind == ".tsv" else _separator(path, encoding)
            frame = pd.read_csv(path, encoding=encoding, sep=sep, keep_default_na=False, na_values=[""])
            if not isinstance(frame.index, pd.RangeIndex):  # pandas takes the surplus of the first row for an index
                raise AMEError(_surplus(path, encoding, sep))
        else:
            raise AMEError(f"{path} must be a .csv or .parquet table, got {kind or 'no ending'}.")
    except ImportError as error:
        raise AMEError(f"{path} needs pyarrow to be read: run `python -m pip install pyarrow`.") from error
    except UnicodeDecodeError as error:
        raise AMEError(_not_text(path, encoding, error)) from error
    except (ValueError, OSError) as error:  # pandas' and pyarrow's own errors are of these two kinds
        if isinstance(error, AMEError):
            raise
        if kind != ".parquet" and re.search(r"Expected \d+ fields in line \d+, saw", str(error)):
            raise AMEError(_surplus(path, encoding, sep)) from error
        raise AMEError(f"{path} cannot be read as {kind} ({str(error).splitlines()[0][:200]}).") from error
    if frame.columns.duplicated().any():
        raise AMEError(f"{path} must have different column names, got {list(frame.columns)}.")
    return {str(name): _values(column.tolist(), kind != ".parquet") for name, column in frame.items()}


def _separator(path: Path, encoding: str) -> str:
    """What stands between the names of a .csv: a comma, or the semicolon or tab of many spreadsheets."""
    names = {sep: len(next(_lines(path, encoding, sep), (0, []))[1]) for sep in (",", ";", "\t")}
    return max(names, key=lambda sep: names[sep])  # the comma among equals


def _lines(path: Path, encoding: str, sep: str) -> Iterator[tuple[int, list[str]]]:
    """Number of the line on which each row of a table ends, and its cells."""
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(file, delimiter=sep)
        try:
            yield from ((reader.line_num, row) for row in reader if row)
        except csv.Error:
            return  # pandas says what is wrong


def _surplus(path: Path, encoding: str, sep: str) -> str:
    lines = list(_lines(path, encoding, sep))
    names = lines[0][1] if lines else []
    line, row = next(((line, row) for line, row in lines if len(row) > len(names)), (0, []))
    called = {",": "commas", ";": "semicolons", "\t": "tabs"}[sep]
    return (
        f"{path} must have {_cells(len(names))} in each line, as many as its first, got {len(row)} in line {line}: put "
        f'a text that holds {called} in double quotes, "like{sep} this".'
    )


def _cells(count: int) -> str:
    return f"{count} {'cell' if count == 1 else 'cells'}"


def _values(cells: list[Any], from_words: bool) -> list[Any]:
    """A column's cells, None where missing; numbers stay whole beside missing ones, which pandas makes floats of."""
    values = [None if _missing(value) else value for value in cells]
    known = [value for value in values if value is not None]
    if from_words and any(isinstance(value, str) and value in _NO_NUMBER for value in known):
        try:
            numbers = [None if value is None or value in _NO_NUMBER else float(value) for value in values]
        except ValueError:
            return values
        known = [value for value in numbers if value is not None]
        if not known:
            return values
        values = numbers
    if len(known) < len(values) and all(isinstance(value, float) and value.is_integer() for value in known):
        return [None if value is None else int(value) for value in values]
    return values


def _missing(value: Any) -> bool:
    """Whether a table's cell is empty; a cell may also hold a list, which has no truth of its own."""
    import pandas as pd

    return bool(pd.api.types.is_scalar(value) and pd.isna(value))


def _from_table(path: Path, columns: dict[str, list[Any]]) -> Parts:
    """Features from list columns, or from numbered columns such as image_0, image_1, ..."""
    arrays: dict[str, NDArray[Any]] = {}
    left = dict(columns)
    for side, names in _SIDES.items():
        listed = [
            name
            for name in columns
            if name.lower() in names and columns[name] and isinstance(columns[name][0], list | tuple | np.ndarray)
        ]
        numbered = {
            int(match[2]): name for name in columns if (match := re.fullmatch(rf"({side})_(\d+)", name.lower()))
        }
        try:
            if listed:
                arrays[side] = np.asarray(np.stack([np.asarray(row, dtype=np.float64) for row in left.pop(listed[0])]))
            elif numbered and sorted(numbered) == list(range(len(numbered))):
                arrays[side] = np.array(
                    [left.pop(numbered[place]) for place in range(len(numbered))], dtype=np.float64
                ).T
            else:
                raise AMEError(
                    f"{path} must hold a column {side!r} of lists of numbers, or columns {side}_0, {side}_1, ... "
                    f"without a gap, got {', '.join(list(columns)[:12])}."
                )
        except (TypeError, ValueError) as error:
            if isinstance(error, AMEError):
                raise
            raise AMEError(f"{path}: the {side} features must be lists of numbers of one length ({error}).") from error
        arrays[side] = arrays[side].astype(np.float32)
    return Parts(arrays, left)


def read_column(path: Path, names: Sequence[str], encoding: str) -> list[Any]:
    """One list: lines of .txt, a JSON list, a vector in .npy, or the first of a table's columns among `names`."""
    kind = path.suffix.lower()
    if kind in (".csv", ".tsv", ".parquet"):
        columns = read_table(path, encoding)
        for name in columns:
            if name.lower() in names:
                return columns[name]
        if len(columns) == 1:
            return next(iter(columns.values()))
        raise AMEError(f"{path} must have a column {names[0]!r}, got {', '.join(columns)}.")
    if kind == ".npy":
        return _read_npy(path).tolist()
    _check_there(path)
    if kind in _PICKLED:
        raise AMEError(f"{path} is a pickle by its name and is refused: save a .txt with one a line, or a .json list.")
    try:
        words = path.read_bytes().decode(encoding)
    except UnicodeDecodeError as error:
        raise AMEError(_not_text(path, encoding, error)) from error
    except OSError as error:
        raise AMEError(f"{path} cannot be read ({error.strerror or error}).") from error
    if kind == ".json":
        try:
            values = json.loads(words)
        except ValueError as error:
            raise AMEError(f"{path} must be JSON ({error}).") from error
        if not isinstance(values, list):
            raise AMEError(f"{path} must hold a list, got {type(values).__name__}.")
        return values
    # Not splitlines: a caption may hold one of Unicode's rarer line separators.
    return words.removeprefix("\ufeff").replace("\r\n", "\n").removesuffix("\n").split("\n")


def _not_text(path: Path, encoding: str, error: UnicodeDecodeError) -> str:
    line = 1 + bytes(error.object[: error.start]).count(b"\n")
    return (
        f"{path} is not {encoding.upper()}: its byte {error.start} (line {line}) cannot be read. Save it as UTF-8, or "
        "name its encoding, for instance latin-1."
    )


def _check_there(path: Path) -> None:
    if not path.exists():
        raise AMEError(f"{path} does not exist.")
    if path.is_dir():
        raise AMEError(f"{path} is a folder: expected a file.")
