"""The layout of a Run on disk: its files, its JSON, and reading it from a folder or a zip.

A Run is a folder, or the same files in one uncompressed zip:

    run.json                       format, version, id, recipe, metadata, the versions it was made with; like all JSON
                                   here, with a checksum of the rest of its content (since version 2)
    facts.json                     the facts passed to `Recorder.note`
    status.json                    how it ended, how much was logged; missing before the end and after a crash
    steering.json                  knobs, and the requests taken from a person with their outcomes, see `steering`
    log-000000.safetensors         up to ROWS_PER_SHARD calls of `Recorder.log`: steps, losses, metrics
    features-000100.safetensors    features at step 100, without their text
    text-<hash>.safetensors        text features and texts, stored once for all steps that share them
    state-000100.safetensors       tensors of a checkpoint at step 100
    landscape-<name>.safetensors   a landscape stored with the run, at any time (`Run.keep_landscape`)

While a loop takes requests, they come in `requests.jsonl`, which is not part of the Run.

`encoding` describes the content of the safetensors files. Only files with these names are read, so a zip entry cannot
point outside the zip.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
import zipfile
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from ame_explore.ame import AMEError, shown

FORMAT, VERSION = "ame_explore run", 2
HEAD, FACTS, STATUS, STEERING = "run.json", "facts.json", "status.json", "steering.json"
REQUESTS = "requests.jsonl"
ROWS_PER_SHARD = 1000
PACK_COMMENT = "{} files of an ame_explore run"
HINT = "Open what is left of this Run with Run.open(path, skip_damaged=True)."

_SEAL = "ame_explore.sha256"

_NUMBERED = re.compile(r"(log|features|state)-(\d{6,})\.safetensors", re.ASCII)
_TEXT = re.compile(r"text-[0-9a-f]{32}\.safetensors", re.ASCII)
_LANDSCAPE = re.compile(r"landscape-([a-z0-9][a-z0-9_-]{0,63})\.safetensors", re.ASCII)
_TEMPORARY = re.compile(r"\.(.+)\.[0-9a-f]{12}\.tmp", re.ASCII)


def numbered(kind: str, number: int) -> str:
    """The file name for a kind ("log", "features" or "state") and the number of a shard or step."""
    return f"{kind}-{number:06d}.safetensors"


def numbers(names: Collection[str], kind: str) -> list[int]:
    """The numbers of the files of `kind` among `names`, ascending."""
    found = (_NUMBERED.fullmatch(name) for name in names)
    return sorted(int(match[2]) for match in found if match and match[1] == kind)


def is_ours(name: str) -> bool:
    """Whether a file of this name belongs to a Run."""
    patterns = (_NUMBERED, _TEXT, _LANDSCAPE)
    return name in (HEAD, FACTS, STATUS, STEERING) or any(pattern.fullmatch(name) for pattern in patterns)


def landscape_file(name: str) -> str:
    """The file name of a landscape.

    Args:
        name: name of the landscape.

    Raises:
        AMEError: if the name is too long or has other characters than a-z, 0-9, "-" and "_".
    """
    if not isinstance(name, str) or not _LANDSCAPE.fullmatch(f"landscape-{name}.safetensors"):
        raise AMEError(
            "name must be up to 64 of a-z, 0-9, '-' and '_', beginning with a letter or digit, "
            f"got {shown(name)}: write for instance 'random-plane'."
        )
    return f"landscape-{name}.safetensors"


def landscapes(names: Collection[str]) -> list[str]:
    """The names of the landscapes among the files `names`, sorted."""
    found = (_LANDSCAPE.fullmatch(name) for name in names)
    return sorted(match[1] for match in found if match)


def is_left_over(name: str) -> bool:
    """Whether a file of this name is a temporary file of a Run, left behind by a killed process, or holds requests."""
    match = _TEMPORARY.fullmatch(name)
    return name == REQUESTS or bool(match and is_ours(match[1]))


class Folder:
    """The files of a Run in a folder.

    Args:
        path: the folder.
    """

    problems: Sequence[str] = ()

    def __init__(self, path: Path) -> None:
        self.path = path

    def names(self) -> frozenset[str]:
        """The names of the Run's files that exist; other files are ignored.

        Raises:
            AMEError: if the folder cannot be read.
        """
        try:
            return frozenset(entry.name for entry in self.path.iterdir() if is_ours(entry.name))
        except OSError as error:
            raise AMEError(f"{self.path} cannot be read: {error.strerror}.") from error

    def where(self, name: str) -> str:
        """The file's name for an error message."""
        return str(self.path / name)

    def read(self, name: str) -> bytes:
        """The bytes of one file.

        Raises:
            AMEError: if it is missing or unreadable.
        """
        try:
            return (self.path / name).read_bytes()
        except OSError as error:
            raise AMEError(f"{self.where(name)} cannot be read: {error.strerror}.") from error


class Pack:
    """The files of a Run in a zip, read in memory. A folder that was zipped by hand works too.

    Args:
        path: the zip.

    Raises:
        AMEError: if it is damaged, not a zip, or holds several Runs.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with zipfile.ZipFile(path) as pack:
                members, comment = pack.namelist(), pack.comment.decode("ascii", "replace")
        except Exception as error:  # zipfile raises half a dozen kinds on damaged bytes
            raise AMEError(f"{path} is not a packed Run, or it is damaged ({error}).") from error
        heads = [name.removesuffix(HEAD) for name in members if name.rpartition("/")[2] == HEAD]
        if len(heads) > 1:
            raise AMEError(f"{path} holds {len(heads)} Runs: unpack it and open one of them.")
        self._prefix = heads[0] if heads else ""
        inside = [name.removeprefix(self._prefix) for name in members if name.startswith(self._prefix)]
        self._names = frozenset(filter(is_ours, inside))
        # Without the count, a file whose name in the zip is damaged would be missing unnoticed.
        stated = re.fullmatch(PACK_COMMENT.format(r"(\d+)"), comment)
        whole = stated is None or int(stated[1]) == len(self._names)
        self.problems = [] if whole else [f"{path} is damaged: it no longer has its {comment}."]

    def names(self) -> frozenset[str]:
        """The names of the Run's files that exist; other files are ignored."""
        return self._names

    def where(self, name: str) -> str:
        """The file's name for an error message."""
        return f"{self.path}:{name}"

    def read(self, name: str) -> bytes:
        """The bytes of one file.

        Raises:
            AMEError: if it is missing or damaged.
        """
        try:
            with zipfile.ZipFile(self.path) as pack:
                return pack.read(self._prefix + name)
        except Exception as error:  # as above
            raise AMEError(f"{self.where(name)} is missing or damaged ({error}).") from error


def json_bytes(name: str, value: object, *, exact: bool) -> bytes:
    """`value` as JSON; numpy and torch numbers become plain numbers, tuples become lists.

    Args:
        name: name of the argument, for the error.
        value: None, strings, numbers, and lists and dicts of them.
        exact: True refuses what JSON cannot express: NaN, infinity, and numbers as keys. False converts them to null
            and to strings.

    Raises:
        AMEError: if JSON cannot hold the value.
    """
    try:
        text = json.dumps(_plain(name, value, exact), indent=1, allow_nan=False, ensure_ascii=False) + "\n"
    except RecursionError:
        raise AMEError(f"{name} is nested too deeply for JSON: flatten it.") from None
    # A lone surrogate, which UTF-8 cannot encode, becomes a JSON escape.
    return text.encode(errors="backslashreplace")


def sealed_bytes(name: str, value: Mapping[str, Any], *, exact: bool) -> bytes:
    """Like `json_bytes`, with a checksum that `unsealed` verifies.

    Args:
        name: see `json_bytes`.
        value: see `json_bytes`.
        exact: see `json_bytes`.

    Raises:
        AMEError: if JSON cannot hold the value.
    """
    plain = json.loads(json_bytes(name, value, exact=exact))
    return json_bytes(name, {**plain, _SEAL: _digest(plain)}, exact=exact)


def unsealed(data: bytes, *, where: str, required: bool = True) -> dict[str, Any]:
    """The value that `sealed_bytes` encoded, without the checksum.

    Args:
        data: what `sealed_bytes` returned.
        where: name of the file, for the error.
        required: whether there must be a checksum (version 1 had none).

    Raises:
        AMEError: if the data is damaged.
    """
    value = json_from_bytes(data, where=where)
    seal = value.pop(_SEAL, None)
    if (seal is not None or required) and seal != _digest(value):
        raise AMEError(f"{where} is damaged: its content does not match the checksum written with it.")
    return value


def _digest(value: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def readable(text: str) -> str:
    """`text` with lone surrogates, which UTF-8 cannot encode, written as escapes."""
    return text.encode("utf-8", "backslashreplace").decode()


def _plain(name: str, value: object, exact: bool) -> object:
    if isinstance(value, Mapping):
        wrong = [key for key in value if not isinstance(key, str if exact else (str, int))]
        if wrong:
            raise AMEError(f"{name} must have strings as keys, got {wrong[0]!r}.")
        inner = {key: f"{name}[{key!r}]" if name else str(key) for key in value}
        return {str(key): _plain(inner[key], item, exact) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(f"{name}[{index}]", item, exact) for index, item in enumerate(value)]
    if hasattr(value, "tolist") and hasattr(value, "dtype"):  # numpy and torch, arrays too
        return _plain(name, value.tolist(), exact)
    if isinstance(value, float) and not math.isfinite(value):
        if exact:
            raise AMEError(f"{name} must be finite, got {value!r}: JSON holds no NaN and no infinity.")
        return None
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    raise AMEError(
        f"{name} must be a string, a number, a bool, None, or a list or dict of them, "
        f"got {type(value).__name__}: convert it, for instance with str(...)."
    )


def json_from_bytes(data: bytes, *, where: str) -> dict[str, Any]:
    """The JSON object in `data`.

    Args:
        data: JSON.
        where: name of the file, for the error.

    Raises:
        AMEError: if it is not a JSON object.
    """
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise AMEError(f"{where} is damaged: it is not JSON ({error}).") from error
    if not isinstance(value, dict):
        raise AMEError(f"{where} is damaged: expected a JSON object, got {type(value).__name__}.")
    return value


def read_head(files: Folder | Pack, *, lenient: bool = False) -> dict[str, Any]:
    """The content of run.json.

    Args:
        files: the Run.
        lenient: if run.json is damaged, return the same keys with empty values instead of raising.

    Raises:
        AMEError: if this is not a Run, or one of a newer version; or, unless `lenient`, if run.json is damaged.
    """
    where = files.where(HEAD)
    if HEAD not in files.names():
        raise AMEError(f"{files.path} is not a Run: it has no {HEAD}.")
    empty = {"format": FORMAT, "version": VERSION, "recipe": None, "metadata": {}, "made_with": {}}
    try:
        data = files.read(HEAD)
        head = json_from_bytes(data, where=where)
    except AMEError as error:
        if lenient:
            return empty
        raise AMEError(f"{error} {HINT}") from error
    if head.get("format") != FORMAT:
        raise AMEError(f"{where} does not belong to a Run: its format is {head.get('format')!r}, expected {FORMAT!r}.")
    version = head.get("version")
    if not isinstance(version, int) or version > VERSION:
        raise AMEError(
            f"{where} must have a version up to {VERSION}, got {version!r}: "
            "it was written by a newer ame_explore; upgrade to open it."
        )
    try:
        head = {**empty, **unsealed(data, where=where, required=needs_seals(head))}
        for name, kind in (("recipe", (dict, type(None))), ("metadata", dict), ("made_with", dict)):
            if not isinstance(head[name], kind):
                raise AMEError(f"{where} is damaged: {name} is {head[name]!r:.80}.")
    except AMEError as error:
        if lenient:
            return empty
        raise AMEError(f"{error} {HINT}") from error
    return head


def needs_seals(head: Mapping[str, Any]) -> bool:
    """Whether the JSON of this Run must carry checksums."""
    return bool(head["version"] >= 2)


_ENDED: dict[str, Any] = {
    "status": str,
    "steps": int,
    "last_step": (int, type(None)),
    "log_shards": int,
    "error": (str, type(None)),
}


def check_end(end: Mapping[str, Any], *, where: str) -> None:
    """Check the content of status.json.

    Args:
        end: the content; empty if there is no such file.
        where: name of the file, for the error.

    Raises:
        AMEError: if a value is missing or of another type.
    """
    wrong = [name for name, kind in _ENDED.items() if end and not isinstance(end.get(name), kind)]
    if wrong:
        raise AMEError(f"{where} is damaged: {wrong[0]} is {end.get(wrong[0])!r}.")


def holds_run(path: Path) -> bool:
    """Whether `path` is a folder with anything in it except left-over temporary files."""
    return path.is_dir() and any(not is_left_over(entry.name) for entry in path.iterdir())


def make_room(path: Path, *, overwrite: bool) -> None:
    """Create the folder, or remove the Run that is in it.

    Args:
        path: the folder.
        overwrite: whether a Run may be removed.

    Raises:
        AMEError: if `path` is a file, or holds a Run that must not be removed or anything else.
    """
    if path.exists() and not path.is_dir():
        raise AMEError(f"path must be a folder or not exist yet, got the file {path}: choose another path.")
    path.mkdir(parents=True, exist_ok=True)
    entries = list(path.iterdir())
    if any(not is_left_over(entry.name) for entry in entries):
        if not overwrite:
            raise AMEError(
                f"path must be an empty or new folder, got {path}, which holds {len(entries)} files: "
                "choose another path, or replace the Run with overwrite=True."
            )
        try:
            read_head(Folder(path))
        except AMEError as error:
            raise AMEError(
                f"overwrite=True only replaces a Run, and this is not one: {error} Nothing was removed."
            ) from None
    # The status goes first and the head last, so that a process killed in between leaves an unfinished Run.
    order = {STATUS: 0, HEAD: 2}
    for entry in sorted(entries, key=lambda entry: order.get(entry.name, 1)):
        if is_ours(entry.name) or is_left_over(entry.name):
            entry.unlink()
