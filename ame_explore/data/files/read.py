"""Read the raw content of feature sources: arrays, and columns of strings and numbers.

Sources are files, folders of shards as clip-retrieval writes them, and arrays, mappings and tables in memory. Readers
raise only `AMEError`, naming the source, and never load a pickle.
"""

from __future__ import annotations

import csv
import io
import json
import math
import os
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from ame_explore.ame import AMEError
from ame_explore.arguments import odd_row, unmasked
from ame_explore.data.atomic_files import load_tensors
from ame_explore.data.checks import is_missing
from ame_explore.data.files.boundary import check_memory, reading, regular_file, shown_path

_PICKLED = (".pkl", ".pickle", ".pt", ".pth", ".bin", ".joblib", ".ckpt")
_LINES = (".jsonl", ".ndjson")
KINDS = (".npy", ".npz", ".safetensors", ".parquet", ".csv", ".tsv", *_LINES)
# Spellings of a missing number; in a column of strings they are ordinary strings.
_NO_NUMBER = frozenset({"NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "-nan", "NULL", "null", "None"})
# Names that common tools give to the two sides, in lower case.
_SIDES = {
    side: (
        *(side, f"{side}s", f"{side}_features", f"{side}_embeds", f"{side}_embedding", f"{side}_embeddings"),
        *(short, f"{side}_emb", f"{short}_emb", f"{short}_embeds", f"{short}_embeddings", f"{short}_features"),
    )
    for side, short in (("image", "img"), ("text", "txt"))
}
_WHOLE = ("pairs", "pair_index", "ids", "labels", "logit_scale")  # arrays with a meaning of their own
CAPTION = ("caption", "captions", "text", "texts", "title")
LABEL = ("label", "labels", "class", "category")
IMAGE_PATH = ("image_path", "path", "file", "filename", "file_name", "filepath")
ID = ("id", "ids", "image_id")


@dataclass(frozen=True, eq=False)
class Parts:
    """The content of a source of features.

    Attributes:
        arrays: arrays by name, always with `image` and `text`.
        columns: columns of values by name.
        notes: sentences about what was ignored.
    """

    arrays: dict[str, NDArray[Any]]
    columns: dict[str, list[Any]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def read_parts(path: Path, text: Path | None, encoding: str = "utf-8") -> Parts:
    """Read a file or folder of features, or two .npy files with one side each.

    Args:
        path: file or folder.
        text: second .npy file with the texts, or None.
        encoding: encoding of text files.

    Raises:
        AMEError: if a file is missing, damaged, a pickle, or lacks the features.
    """
    kind = path.suffix.lower()
    if text is not None:
        return Parts({name: _matrix_file(side) for name, side in (("image", path), ("text", text))})
    with reading(path):
        if path.is_dir():
            return _shards(path, encoding)
    if kind == ".npy":
        array = read_npy(path)
        if array.ndim != 3 or array.shape[0] != 2:
            raise AMEError(
                f"{shown_path(path)} must have shape (2, n, d), images and then texts, got {array.shape}: "
                "otherwise give images and texts as two files of shape (n, d)."
            )
        return Parts({"image": array[0], "text": array[1]})
    if kind in (".npz", ".safetensors"):
        with reading(path):
            return sided(shown_path(path), _npz(path) if kind == ".npz" else _safetensors(path))
    if kind in KINDS:
        with reading(path):
            return from_table(shown_path(path), read_table(path, encoding))
    if kind in _PICKLED:
        raise AMEError(
            f"{shown_path(path)} is refused: by its name it is a pickle, which can run code when it is loaded. Save "
            'the two tensors with safetensors.torch.save_file({"image": ..., "text": ...}, "features.safetensors").'
        )
    regular_file(path)
    raise AMEError(f"{shown_path(path)} must end in one of {', '.join(KINDS)}, got {kind or 'no ending'}.")


def _matrix_file(path: Path) -> NDArray[Any]:
    array = read_npy(path)
    if array.ndim != 2:
        raise AMEError(f"{shown_path(path)} must have shape (rows, width), got {array.shape}.")
    return array


# numpy's own files


def read_npy(path: Path) -> NDArray[Any]:
    """The array of a .npy file; its header is checked against the file size before memory is allocated.

    Args:
        path: the file.

    Raises:
        AMEError: if it is missing, damaged or a pickle.
    """
    size = regular_file(path).stat().st_size
    with reading(path), path.open("rb") as file:
        return _npy(file, size, shown_path(path))


def _npy(file: IO[bytes], size: int, name: str) -> NDArray[Any]:
    """The array in a .npy file of `size` bytes."""
    magic = file.read(8)
    if magic[:6] != b"\x93NUMPY":
        if magic[:2] == b"PK":
            raise AMEError(f"{name} is an .npz archive by its content: rename it.")
        if magic[:1] == b"\x80":
            raise AMEError(f"{name} is refused: by its content it is a pickle, which can run code when it is loaded.")
        raise AMEError(f"{name} is damaged: its content is not that of an .npy file.")
    long = magic[6] > 1
    head = file.read(4 if long else 2)
    length = int.from_bytes(head, "little")
    if length > 65_536:  # headers of real arrays are some hundred bytes long
        raise AMEError(f"{name} is damaged: its header claims {length:,} bytes.")
    data = magic + head + file.read(length)
    header = io.BytesIO(data)
    version = np.lib.format.read_magic(header)
    read_header = np.lib.format.read_array_header_2_0 if version > (1, 0) else np.lib.format.read_array_header_1_0
    shape, _, dtype = read_header(header)
    if dtype.hasobject:
        raise AMEError(
            f"{name} is refused: it holds Python objects (an object array or a pickle), which can run code when they "
            "are loaded. Save arrays of numbers, as np.save(path, np.stack([image, text]).astype(np.float32)) does."
        )
    if any(isinstance(length, bool) or length < 0 for length in shape):
        raise AMEError(f"{name} is damaged: its header claims the shape {shape!r}.")
    needed = math.prod(shape) * dtype.itemsize
    if needed > size - len(data):
        raise AMEError(
            f"{name} is damaged: its header claims {needed:,} bytes of numbers, but it has "
            f"{max(0, size - len(data)):,}: save it again."
        )
    check_memory(name, needed)
    return np.lib.format.read_array(io.BytesIO(data + file.read(needed)), allow_pickle=False)


def _npz(path: Path, wanted: Callable[[str], bool] | None = None) -> dict[str, NDArray[Any]]:
    """The members of an .npz archive that may be of use here (by `wanted`, else `_wanted`); others are not read."""
    wanted = wanted or _wanted
    regular_file(path)
    found: dict[str, NDArray[Any]] = {}
    total = 0
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            if not member.filename.endswith(".npy"):
                continue
            name = member.filename.removesuffix(".npy")
            where = f"{shown_path(path)}: {name}"
            if member.flag_bits & 1:
                raise AMEError(f"{where} is encrypted: save it without a password.")
            if not wanted(name) and member.file_size > _LONGEST_COLUMN:
                continue
            total += member.file_size
            check_memory(shown_path(path), total)
            with archive.open(member) as file:
                found[name] = _npy(file, member.file_size, where)
    return found


_LONGEST_COLUMN = 2**28  # bytes; a larger array with an unknown name is not read as a metadata column


def _wanted(name: str) -> bool:
    known = (*_SIDES["image"], *_SIDES["text"], *_WHOLE, *CAPTION, *LABEL, *ID, *IMAGE_PATH)
    return name.lower() in known


def _safetensors(path: Path, in_words: Sequence[str] = ("captions", "logit_scale")) -> dict[str, Any]:
    """The tensors of a safetensors file, and those of its metadata that may hold JSON."""
    tensors, words = load_tensors(regular_file(path), checked=False)
    arrays: dict[str, Any] = {name: to_array(name, tensor) for name, tensor in tensors.items()}
    for name in in_words:
        if name in words:
            try:
                arrays.setdefault(name, json.loads(words[name]))
            except ValueError as error:
                raise AMEError(f"{shown_path(path)}: its metadata {name!r} must be JSON ({error}).") from error
    return arrays


# files with named parts


def read_named(
    path: Path, *, matrices: Sequence[str], others: Sequence[str], encoding: str = "utf-8"
) -> tuple[dict[str, Any], bool]:
    """Read the named parts of an .npz or .safetensors file, or the columns of a table.

    Args:
        path: the file.
        matrices: names of parts that hold features; in a table, columns of lists.
        others: names of all other parts that may be of use. In a safetensors file they may also be JSON in the
            metadata, since it cannot hold strings otherwise.
        encoding: encoding of text files.

    Returns:
        The parts by name: arrays and lists, unknown ones included; and whether the file is a table, in which each part
        has a value for each row.

    Raises:
        AMEError: if the file is missing, damaged, a pickle or of another kind, or a column of features does not hold
            numbers.
    """
    kind, name = path.suffix.lower(), shown_path(path)
    if kind in _PICKLED:
        raise AMEError(
            f"{name} is refused: by its name it is a pickle, which can run code when it is loaded. Save the tensors "
            "with safetensors.torch.save_file."
        )
    regular_file(path)
    known = {*matrices, *others}
    with reading(path):
        if kind == ".npz":
            return dict(_npz(path, lambda part: part.lower() in known)), False
        if kind == ".safetensors":
            return _safetensors(path, others), False
    if kind in (".parquet", ".csv", ".tsv", *_LINES):
        return named_table(name, read_table(path, encoding, matrices), matrices), True
    raise AMEError(f"{name} must end in .npz, .safetensors, .parquet, .csv or .jsonl, got {kind or 'no ending'}.")


def named_table(where: str, columns: Mapping[str, Any], matrices: Sequence[str]) -> dict[str, Any]:
    """The columns of a table, with those of features as matrices, NaN for missing rows.

    Features are a column of lists, of lists written as text, or numbered columns such as image_0, image_1, ...

    Args:
        where: name of the source, for errors.
        columns: lists by name.
        matrices: names of the columns of features.

    Raises:
        AMEError: if a column of features does not hold numbers, or two names differ by case alone.
    """
    left = {name.lower(): values for name, values in columns.items()}
    if len(left) < len(columns):
        raise AMEError(f"{where} must have column names that differ by more than case, got {', '.join(columns)[:300]}.")
    columns = dict(left)
    for name in matrices:
        if name not in left:
            if f"{name}_0" in left:
                left[name] = _numbered(where, name, (name,), columns, left)
        elif not isinstance(left[name], np.ndarray):
            matrix = _listed_rows(where, name, left[name])
            if matrix is None:
                raise AMEError(f"{where}: {name} must be a column of lists of numbers, got {left[name][:1]!r:.60}.")
            left[name] = matrix
    return left


def table_columns(table: Any) -> dict[str, list[Any]]:
    """The columns of a DataFrame as lists, None for missing cells.

    Args:
        table: the DataFrame.

    Raises:
        AMEError: if two columns have the same name.
    """
    named = {str(name): _cells(table.iloc[:, place], False) for place, name in enumerate(table.columns)}
    if len(named) < table.shape[1]:
        raise AMEError(f"data must have different column names, got {', '.join(map(str, table.columns))[:300]}.")
    return named


# arrays in memory


def to_array(name: str, value: Any) -> NDArray[Any]:
    """Convert a tensor, array, table or nested list to a numpy array.

    Args:
        name: name of the argument, for the error.
        value: what to convert.

    Raises:
        AMEError: if a tensor is sparse or has no data, or `value` cannot be an array.
    """
    import torch

    if isinstance(value, torch.Tensor):
        if value.layout != torch.strided or value.is_meta or value.is_quantized:
            raise AMEError(
                f"{name} must be a dense tensor with data, got one of layout {value.layout} on {value.device}: "
                "convert it with .to_dense()."
            )
        tensor = value.detach().cpu()
        return (tensor.float() if tensor.is_floating_point() and tensor.itemsize < 4 else tensor).numpy()
    try:
        array = unmasked(value)
    except Exception as error:  # lists of unequal lengths, objects with an __array__ that raises
        came = odd_row(value) or f"{type(value).__name__} ({error})"
        raise AMEError(f"{name} must be an array of numbers, got {came}.") from error
    return array


def parts_of(data: Any, text: Any = None) -> Parts:
    """The content of features in memory.

    Args:
        data: an array (2, n, d) with images and then texts, a mapping by name, or a DataFrame; with `text`, the image
            features (n, d).
        text: text features (m, dt), or None.

    Raises:
        AMEError: if the values are not numbers, or shape or names do not fit.
    """
    import pandas as pd
    import torch

    if text is not None:
        return Parts({"image": to_array("image", data), "text": to_array("text", text)})
    if isinstance(data, pd.DataFrame):
        return from_table("data", table_columns(data))
    if isinstance(data, Mapping):
        return sided("data", {str(name): value for name, value in data.items()})
    if not isinstance(data, torch.Tensor | np.ndarray) and not hasattr(data, "__array__"):
        raise AMEError(
            f"data must be PairedFeatures, a file, an array (2, n, d), a mapping or a table, got {type(data).__name__}."
        )
    array = to_array("data", data)
    if array.ndim != 3 or array.shape[0] != 2:
        raise AMEError(
            f"data must have shape (2, n, d), images and then texts, got {array.shape}: otherwise give images and "
            "texts as two arrays of shape (n, d)."
        )
    return Parts({"image": array[0], "text": array[1]})


def sided(where: str, given: Mapping[str, Any]) -> Parts:
    """Sort named arrays into the two sides, other known arrays, and columns (vectors); a note lists the rest.

    Args:
        where: name of the source, for errors.
        given: maps names to tensors, arrays or lists.

    Raises:
        AMEError: if a side is missing, names repeat, or a known name has the wrong shape.
    """
    by_name: dict[str, Any] = {}
    for name, value in given.items():
        if name.lower() in by_name:
            raise AMEError(f"{where} must have names that differ by more than case, got {name!r} twice.")
        by_name[name.lower()] = value
    arrays = {name: to_array(f"{where}: {name}", value) for name, value in by_name.items() if _wanted(name)}
    found: dict[str, NDArray[Any]] = {}
    for side, names in _SIDES.items():
        matching = [name for name in names if name in arrays and arrays[name].ndim == 2]
        if not matching:
            raise AMEError(f"{where} must hold matrices 'image' and 'text', got {', '.join(given)[:500] or 'nothing'}.")
        found[side] = arrays[matching[0]]
        del by_name[matching[0]]
    columns: dict[str, list[Any]] = {}
    passed_over = []
    for name, value in by_name.items():
        if name in _WHOLE:
            found[name] = arrays[name]
            continue
        array = arrays[name] if name in arrays else to_array(f"{where}: {name}", value)
        if array.ndim == 1 and array.dtype.kind in "UiufbSOM":
            columns[name] = [_word(cell) for cell in array.tolist()]
        elif name in (*CAPTION, *LABEL, *ID, *IMAGE_PATH):
            raise AMEError(f"{where}: {name} must be one vector, got {array.dtype} of shape {array.shape}.")
        else:
            passed_over.append(name)
    notes = (f"{where}: ignored unknown arrays: {', '.join(passed_over)[:300]}.",)
    return Parts(found, columns, notes if passed_over else ())


def _word(cell: Any) -> Any:
    return cell.decode("utf-8", "replace") if isinstance(cell, bytes) else cell


# tables


def read_table(path: Path, encoding: str, matrices: Sequence[str] = ()) -> dict[str, Any]:
    """The columns of a .csv, .tsv, .parquet or .jsonl file, by name.

    Args:
        path: the file.
        encoding: encoding of text files.
        matrices: names of columns of features; empty for the usual ones.

    Returns:
        Lists, with None for missing cells; a parquet column of features is a matrix.

    Raises:
        AMEError: if the file is missing, damaged or of another kind.
    """
    regular_file(path)
    kind, name = path.suffix.lower(), shown_path(path)
    with reading(path):
        if kind == ".parquet":
            return _parquet(path, matrices or (*_SIDES["image"], *_SIDES["text"]))
        if kind in (".csv", ".tsv"):
            return _csv(path, encoding)
        if kind in _LINES:
            return _records(name, _json_lines(path, encoding))
    raise AMEError(f"{name} must be a .csv, .tsv, .parquet or .jsonl table, got {kind or 'no ending'}.")


def _parquet(path: Path, matrices: Sequence[str]) -> dict[str, Any]:
    import pyarrow.parquet

    name = shown_path(path)
    with pyarrow.parquet.ParquetFile(path) as file:
        groups = (file.metadata.row_group(place).total_byte_size for place in range(file.metadata.num_row_groups))
        check_memory(name, sum(groups))
        table = file.read()
    names = table.column_names
    _check_names(name, names)
    columns: dict[str, Any] = {}
    for column in names:
        if re.fullmatch(r"__index_level_\d+__", column):  # pandas' row index
            continue
        values = table.column(column)
        matrix = None
        if column.lower() in matrices:
            matrix = _list_matrix(f"{name}: {column}", values)
        columns[column] = values.to_pylist() if matrix is None else matrix
    return columns


def _list_matrix(where: str, column: Any) -> NDArray[Any] | None:
    """A matrix from a column of any arrow list type, NaN for nulls; None if it does not hold lists of numbers."""
    import pyarrow as pa
    import pyarrow.compute as pc

    array = pa.concat_arrays(column.chunks) if column.num_chunks else column.combine_chunks()
    if isinstance(array, pa.ExtensionArray):
        array = array.storage
    kind = array.type
    if pa.types.is_list_view(kind) or pa.types.is_large_list_view(kind):
        array = array.cast(pa.large_list(kind.value_type))
        kind = array.type
    if not (pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)):
        return None
    inner = kind.value_type
    if not (pa.types.is_integer(inner) or pa.types.is_floating(inner) or pa.types.is_decimal(inner)):
        return None
    known = array.is_valid().to_numpy(zero_copy_only=False)
    lengths = pc.list_value_length(array).to_numpy(zero_copy_only=False)
    width = _width(where, [int(length) if there else None for length, there in zip(lengths, known, strict=True)])
    values = array.drop_null().flatten()
    if pa.types.is_integer(inner) or pa.types.is_decimal(inner):
        values = values.cast(pa.float64())
    numbers = values.to_numpy(zero_copy_only=False)
    matrix = np.full((len(array), width), np.nan, dtype=numbers.dtype)
    matrix[known] = numbers.reshape(-1, width)
    return matrix


def _width(where: str, lengths: Sequence[int | None]) -> int:
    """The common length of all rows that are not missing."""
    known = [length for length in lengths if length is not None]
    if not known:
        raise AMEError(f"{where} must hold lists of numbers, got none in any row.")
    width = max(set(known), key=known.count)
    other = [row for row, length in enumerate(lengths) if length is not None and length != width]
    if other:
        raise AMEError(
            f"{where} must hold lists of one length, got {width} numbers in most rows and {lengths[other[0]]} in row "
            f"{other[0]} ({len(other):,} rows differ)."
        )
    return width


def _csv(path: Path, encoding: str) -> dict[str, Any]:
    import pandas as pd

    name = shown_path(path)
    sep = "\t" if path.suffix.lower() == ".tsv" else _separator(path, encoding)
    head = next(_lines(path, encoding, sep), (0, []))[1]
    _check_names(name, [cell.removeprefix("\ufeff") for cell in head])
    try:
        # Only an empty cell is missing: a caption may be the word "None" or "NA".
        frame = pd.read_csv(path, encoding=encoding, sep=sep, keep_default_na=False, na_values=[""], low_memory=False)
    except pd.errors.ParserError as error:
        if re.search(r"Expected \d+ fields in line \d+, saw", str(error)):
            raise AMEError(_surplus(path, encoding, sep)) from error
        raise
    if not isinstance(frame.index, pd.RangeIndex):  # pandas uses extra cells in the first row as an index
        raise AMEError(_surplus(path, encoding, sep))
    return {str(column): _cells(cells, True) for column, cells in frame.items()}


def _check_names(where: str, names: Sequence[str]) -> None:
    again = [name for place, name in enumerate(names) if name in names[:place]] if len(set(names)) < len(names) else []
    if again:
        raise AMEError(f"{where} must have different column names, got {again[0][:100]!r} more than once.")


def _separator(path: Path, encoding: str) -> str:
    """The delimiter of a .csv: a comma, or a semicolon or tab as spreadsheets may write."""
    names = {sep: len(next(_lines(path, encoding, sep), (0, []))[1]) for sep in (",", ";", "\t")}
    return max(names, key=lambda sep: names[sep])  # a comma if tied


def _lines(path: Path, encoding: str, sep: str) -> Iterator[tuple[int, list[str]]]:
    """For each row of a table, the number of its last line, and its cells."""
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(file, delimiter=sep)
        try:
            yield from ((reader.line_num, row) for row in reader if row)
        except csv.Error:
            return  # pandas will report the error


def _surplus(path: Path, encoding: str, sep: str) -> str:
    lines = list(_lines(path, encoding, sep))
    names = lines[0][1] if lines else []
    line, row = next(((line, row) for line, row in lines if len(row) > len(names)), (0, []))
    called = {",": "commas", ";": "semicolons", "\t": "tabs"}[sep]
    cells = f"{len(names)} {'cell' if len(names) == 1 else 'cells'}"
    return (
        f"{shown_path(path)} must have {cells} in each line, as in its first line, got {len(row)} in line {line}: put "
        f'text that contains {called} in double quotes, "like{sep} this".'
    )


def _cells(column: Any, from_words: bool) -> list[Any]:
    """A column's cells, None if missing; restores whole numbers that pandas made floats because some are missing."""
    if column.dtype.kind in "iub":  # nothing is missing; this is quick for tables with very many columns
        whole: list[Any] = column.tolist()
        return whole
    values = [None if is_missing(value) else value for value in column.tolist()]
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


def from_table(where: str, columns: Mapping[str, Any]) -> Parts:
    """Features from columns of lists, columns of lists written as text, or numbered columns image_0, image_1, ...

    Args:
        where: name of the source, for errors.
        columns: the table's columns by name.

    Raises:
        AMEError: if a side is missing or does not hold numbers.
    """
    arrays: dict[str, NDArray[Any]] = {}
    left = dict(columns)
    for side, names in _SIDES.items():
        for name in sorted(columns, key=lambda name: _place(name.lower(), names)):
            if name.lower() not in names:
                continue
            matrix = (
                columns[name] if isinstance(columns[name], np.ndarray) else _listed_rows(where, name, columns[name])
            )
            if matrix is not None:
                arrays[side] = matrix
                del left[name]
                break
        else:
            arrays[side] = _numbered(where, side, names, columns, left)
    return Parts(arrays, {name: values if isinstance(values, list) else list(values) for name, values in left.items()})


def _place(name: str, names: Sequence[str]) -> int:
    return names.index(name) if name in names else len(names)


def _listed_rows(where: str, name: str, cells: Sequence[Any]) -> NDArray[Any] | None:
    """A matrix from cells with lists, arrays, or text such as "[0.1, 0.2]"; None if the first cell is none of these."""
    first = next((cell for cell in cells if cell is not None), None)
    if isinstance(first, str) and re.match(r"\s*[\[(].*\.\.\.", first, re.DOTALL):
        raise AMEError(
            f"{where}: {name} must hold whole lists, got {first.strip()[:40]!r}, which numpy cut short when it was "
            "printed: save the features as .npz or .parquet."
        )
    if not (isinstance(first, list | tuple | np.ndarray) or (isinstance(first, str) and _spelled(first) is not None)):
        return None
    rows: list[Any] = []
    for row, cell in enumerate(cells):
        listed = _spelled(cell) if isinstance(cell, str) else cell
        if listed is None and isinstance(cell, str):
            raise AMEError(f"{where}: {name} must be a list of numbers in each row, got {cell[:60]!r} in row {row}.")
        try:
            rows.append(None if listed is None else np.asarray(listed, dtype=np.float64))
        except (TypeError, ValueError) as error:
            raise AMEError(
                f"{where}: {name} must be a list of numbers in each row, got something else in row {row} ({error})."
            ) from error
    width = _width(f"{where}: {name}", [None if row is None else len(np.atleast_1d(row)) for row in rows])
    missing = np.full(width, np.nan)
    matrix = np.stack([missing if row is None else row for row in rows])
    return matrix.astype(np.float32) if matrix.ndim == 2 else matrix


def _spelled(cell: str) -> list[float] | None:
    """The numbers in text such as "[0.1, 0.2]", as JSON, Python or numpy prints them; None for other text."""
    words = re.sub(r"np\.float\d+\(([^()]*)\)", r"\1", cell.strip())
    if words.startswith("(") and words.endswith(")"):
        words = f"[{words[1:-1].rstrip(', ')}]"
    if not (words.startswith("[") and words.endswith("]")):
        return None
    try:
        return [math.nan if number == "null" else float(number) for number in re.split(r"[,\s]+", words[1:-1].strip())]
    except ValueError:
        return None


def _numbered(
    where: str, side: str, names: Sequence[str], columns: Mapping[str, Any], left: dict[str, Any]
) -> NDArray[Any]:
    for prefix in names:
        numbered: dict[int, str] = {}
        pattern = re.compile(rf"{re.escape(prefix)}_(\d{{1,7}})")
        for name in columns:
            match = pattern.fullmatch(name.lower())
            if match is None:
                continue
            number = int(match[1])
            if number in numbered:
                raise AMEError(f"{where} must not repeat column numbers, got {numbered[number]!r} and {name!r}.")
            numbered[number] = name
        if numbered and sorted(numbered) == list(range(len(numbered))):
            try:
                return np.array(
                    [np.array(left.pop(numbered[place]), dtype=np.float32) for place in range(len(numbered))]
                ).T
            except (TypeError, ValueError) as error:
                raise AMEError(f"{where}: the columns {prefix}_0, ... must hold numbers ({error}).") from error
    raise AMEError(
        f"{where} must hold a column {side!r} of lists of numbers, or columns {side}_0, {side}_1, ... without a gap, "
        f"got {', '.join(list(columns)[:12])[:500]}."
    )


# folders of shards


def _shards(folder: Path, encoding: str) -> Parts:
    """Read a folder from clip-retrieval: img_emb_0.npy ..., text_emb_0.npy ... and metadata_0.parquet ...

    The files may lie in the folder itself, or in img_emb/, text_emb/ and metadata/.
    """
    found: dict[str, dict[int, Path]] = {"image": {}, "text": {}, "metadata": {}}
    names = {"image": _SIDES["image"], "text": _SIDES["text"], "metadata": ("metadata",)}
    for path in sorted([*folder.glob("*.*"), *folder.glob("*/*.*")]):
        match = re.fullmatch(r"(\w+?)_(\d{1,9})", path.stem)
        for kind, known in names.items():
            ending = path.suffix.lower() == (".parquet" if kind == "metadata" else ".npy")
            if match and ending and match[1].lower() in known:
                found[kind][int(match[2])] = path
    shown = shown_path(folder)
    if not found["image"] or not found["text"]:
        raise AMEError(
            f"{shown} is a folder: expected a file, or a folder with img_emb_0.npy, text_emb_0.npy and optionally "
            "metadata_0.parquet, as clip-retrieval writes them."
        )
    for kind, paths in found.items():
        lacking = sorted(set(found["image"]) ^ set(paths)) if paths else []
        if lacking:
            raise AMEError(
                f"{shown} must have the same shards for image and {kind}, but {lacking[0]} is in only one of them."
            )
    total = sum(path.stat().st_size for paths in found.values() for path in paths.values())
    check_memory(shown, total)
    arrays = {}
    for side in ("image", "text"):
        shards = [_matrix_file(found[side][number]) for number in sorted(found[side])]
        if len({shard.shape[1] for shard in shards}) > 1:
            raise AMEError(
                f"{shown}: shards of {side}s must have one width, got {sorted({s.shape[1] for s in shards})}."
            )
        arrays[side] = np.concatenate(shards)
    columns: dict[str, list[Any]] = {}
    tables = [read_table(found["metadata"][number], encoding) for number in sorted(found["metadata"])]
    for name in dict.fromkeys(name for table in tables for name in table):
        columns[name] = []
        for table in tables:
            size = len(next(iter(table.values()), []))
            columns[name] += list(table.get(name, [None] * size))
    return Parts(arrays, columns)


# lists and JSON


def read_column(path: Path, names: Sequence[str], encoding: str) -> list[Any]:
    """One list of values from a file: lines of .txt, a JSON list, JSON lines, a vector in .npy, or a table's column.

    Args:
        path: the file.
        names: possible column names, the preferred one first.
        encoding: encoding of text files.

    Raises:
        AMEError: if the file is missing, damaged, a pickle, or has no such column.
    """
    kind, name = path.suffix.lower(), shown_path(path)
    if kind == ".npy":
        array = read_npy(path)
        if array.ndim != 1 or array.dtype.kind not in "UiufbSM":
            raise AMEError(f"{name} must hold one vector, got {array.dtype} of shape {array.shape}.")
        return [_word(cell) for cell in array.tolist()]
    if kind in _PICKLED:
        raise AMEError(
            f"{name} is refused: by its name it is a pickle. Save a .txt with one per line, or a .json list."
        )
    if kind in (".csv", ".tsv", ".parquet"):
        return _named_column(name, read_table(path, encoding), names)
    with reading(path):
        if kind in _LINES or kind == ".json":
            values = _json_lines(path, encoding) if kind in _LINES else read_json(path, encoding)
            if not isinstance(values, list):
                raise AMEError(f"{name} must hold a list, got {type(values).__name__}.")
            if values and all(isinstance(value, dict) for value in values):
                return _named_column(name, _records(name, values), names)
            return values
        # Not splitlines: a caption may contain one of Unicode's rarer line separators.
        return _text(path, encoding).replace("\r\n", "\n").removesuffix("\n").split("\n")


def _named_column(where: str, columns: Mapping[str, Any], names: Sequence[str]) -> list[Any]:
    for wanted in names:
        for name in columns:
            if name.lower() == wanted:
                return list(columns[name])
    if len(columns) == 1:
        return list(next(iter(columns.values())))
    raise AMEError(f"{where} must have a column {names[0]!r}, got {', '.join(columns)[:500]}.")


def read_json(path: Path, encoding: str) -> Any:
    """The content of a JSON file.

    Args:
        path: the file.
        encoding: its encoding.

    Raises:
        AMEError: if it is missing or not JSON.
    """
    text = _text(path, encoding)
    with reading(path):
        try:
            return json.loads(text, object_pairs_hook=_once)
        except ValueError as error:
            raise AMEError(f"{shown_path(path)} must be JSON ({error}).") from error


def _json_lines(path: Path, encoding: str) -> list[Any]:
    values = []
    for number, line in enumerate(_text(path, encoding).split("\n"), 1):
        if line.strip():
            try:
                values.append(json.loads(line, object_pairs_hook=_once))
            except ValueError as error:
                raise AMEError(
                    f"{shown_path(path)} must hold JSON in each line, got an error in line {number} ({error})."
                ) from error
    return values


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object; JSON allows a name twice, and Python would keep the last value in silence."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"an object holds the name {twice[:100]!r} twice")
    return found


def _records(where: str, values: Sequence[Any]) -> dict[str, list[Any]]:
    """Columns from a list of objects; None if an object lacks a name."""
    if not values or not all(isinstance(value, dict) for value in values):
        raise AMEError(f"{where} must hold a JSON object in each line, got something else.")
    names = dict.fromkeys(name for value in values for name in value)
    return {name: [value.get(name) for value in values] for name in names}


def _text(path: Path, encoding: str) -> str:
    with reading(path):
        return regular_file(path).read_bytes().decode(encoding).removeprefix("\ufeff")


def check_encoding(encoding: str) -> None:
    """Raise `AMEError` unless Python knows this text encoding."""
    try:
        b"".decode(encoding)
        "".encode(encoding)
    except (LookupError, ValueError, TypeError) as error:
        raise AMEError(
            f"encoding must be a text encoding that Python knows, such as utf-8 or latin-1, got {encoding!r}."
        ) from error


def is_path(value: Any) -> bool:
    """Whether a value is a path (a string or `os.PathLike`)."""
    return isinstance(value, str | os.PathLike)
