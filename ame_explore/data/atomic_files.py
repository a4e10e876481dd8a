"""Atomic file writes, and tensor files with a checksum.

Tensors are stored as safetensors (https://github.com/huggingface/safetensors), never as pickle. safetensors detects a
truncated file but not a changed byte, so `tensors_to_bytes` adds a SHA-256 of the content to the file's metadata and
`tensors_from_bytes` verifies it (our choice). Files from other programs have no checksum; read them with
`checked=False`.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import secrets
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from ame_explore.ame import AMEError

_DIGEST_KEY = "ame_explore.sha256"
_REPLACE_TRIES = 6


def write_atomically(path: str | os.PathLike[str], data: bytes, *, durable: bool = True) -> None:
    """Write `data` atomically: if the process dies, `path` has either its old content or all of `data`.

    Args:
        path: the file; missing parent folders are created.
        data: the new content.
        durable: also survive a power loss, see `atomic_file`.

    Raises:
        OSError: if the file cannot be written (no permission, disk full); it names the file.
    """
    with atomic_file(path, durable=durable) as file:
        file.write(data)


@contextlib.contextmanager
def atomic_file(path: str | os.PathLike[str], *, durable: bool = True) -> Iterator[BinaryIO]:
    """A temporary binary file that is renamed to `path` when the block ends, and deleted if the block raises.

    If `path` is a symbolic link, the file it points to is replaced. Only regular files are replaced: a pipe or a
    character device (/dev/null, /dev/stdout) gets the whole content when the block ends, and a block device, a socket
    or a folder is refused.

    Args:
        path: the file; missing parent folders are created.
        durable: fsync the file before the rename and the folder after it. False does not wait for the disk, and a
            power loss may lose the file.

    Raises:
        OSError: if it cannot be written, or is a pipe without a reader; it names `path`.
    """
    target = Path(path)
    if is_stream(target):
        with tempfile.TemporaryFile() as file:
            yield file
            file.seek(0)
            _write_through(target, file)
        return
    if target.is_symlink():
        target = Path(os.path.realpath(target))
    temporary = target.with_name(temporary_name(target.name))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with open(temporary, "xb") as file:
            yield file
            if durable:
                file.flush()
                os.fsync(file.fileno())
        _replace(temporary, target)
    except OSError as error:
        if error.errno is None or error.filename not in (None, temporary):
            raise
        raise OSError(error.errno, f"cannot write: {error.strerror}", str(target)) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
    if durable:
        _sync_folder(target.parent)


def is_stream(path: Path) -> bool:
    """Whether `path` must be written into rather than replaced: a pipe or a character device.

    Args:
        path: what may be there; it need not exist.

    Raises:
        OSError: if it can be neither written into nor replaced: a folder, a block device, a socket.
    """
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return False
    if stat.S_ISREG(mode):
        # A link such as /dev/stdout leads to a file that another process has open: replacing it would cut that off.
        return path.is_symlink() and any(part in ("/dev", "/proc") for part in map(str, path.absolute().parents))
    if stat.S_ISFIFO(mode) or stat.S_ISCHR(mode):
        return True
    kind = "a folder" if stat.S_ISDIR(mode) else "a socket" if stat.S_ISSOCK(mode) else "a block device"
    raise OSError(errno.EINVAL, f"cannot write: it is {kind}, not a file", str(path))


def _write_through(target: Path, source: BinaryIO) -> None:
    try:
        # Without O_NONBLOCK, opening a pipe that nobody reads would wait forever instead of raising ENXIO.
        handle = os.open(target, os.O_WRONLY | getattr(os, "O_NONBLOCK", 0))
        os.set_blocking(handle, True)
        with open(handle, "wb") as file:
            shutil.copyfileobj(source, file)
    except OSError as error:
        nobody = "nobody reads this pipe" if error.errno == errno.ENXIO else error.strerror
        raise OSError(error.errno, f"cannot write: {nobody}", str(target)) from error


def temporary_name(name: str) -> str:
    """The name that `atomic_file` gives `name` until it is complete: `.name.<12 hex digits>.tmp`."""
    return f".{name}.{secrets.token_hex(6)}.tmp"


def _replace(source: Path, target: Path) -> None:
    # Windows refuses the rename for some milliseconds while a reader or a virus scanner has the target open.
    for attempt in range(_REPLACE_TRIES):
        try:
            return os.replace(source, target)
        except PermissionError:
            if attempt == _REPLACE_TRIES - 1:
                raise
            time.sleep(0.01 * 2**attempt)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows cannot open a folder
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        # Some network file systems cannot fsync a folder; the file itself is already on disk.
        with contextlib.suppress(OSError):
            os.fsync(handle)
    finally:
        os.close(handle)


def save_tensors(
    path: str | os.PathLike[str], tensors: Mapping[str, Tensor], metadata: Mapping[str, str] | None = None
) -> None:
    """Write named tensors and metadata to one safetensors file, atomically.

    Args:
        path: the file; missing parent folders are created.
        tensors: any names (except safetensors' own `__metadata__`), shapes, dtypes and devices; gradients are not
            stored, and tensors that share memory (tied weights) are stored separately.
        metadata: maps strings to strings.

    Raises:
        AMEError: if a value is not a dense tensor, or a name or metadata value is not a string.
        OSError: if the file cannot be written.
    """
    write_atomically(path, tensors_to_bytes(tensors, metadata))


def load_tensors(path: str | os.PathLike[str], *, checked: bool = True) -> tuple[dict[str, Tensor], dict[str, str]]:
    """The tensors (on the CPU) and the metadata of a safetensors file.

    Args:
        path: the file.
        checked: True requires the checksum that `save_tensors` writes; False also reads files of other programs.

    Raises:
        AMEError: if the file is missing, truncated, not a safetensors file, or does not match its checksum.
    """
    try:
        data = Path(path).read_bytes()
    except FileNotFoundError:
        raise AMEError(f"{path} does not exist: expected a safetensors file.") from None
    except OSError as error:
        raise AMEError(f"{path} cannot be read: {error.strerror}.") from error
    return tensors_from_bytes(data, where=str(path), checked=checked)


def tensors_to_bytes(tensors: Mapping[str, Tensor], metadata: Mapping[str, str] | None = None) -> bytes:
    """The content of the file that `save_tensors` writes; equal tensors give equal bytes.

    Args:
        tensors: named tensors, see `save_tensors`.
        metadata: maps strings to strings.

    Raises:
        AMEError: if a value is not a dense tensor, or a name or metadata value is not a string.
    """
    facts = dict(metadata or {})
    if not all(isinstance(item, str) for pair in facts.items() for item in pair):
        raise AMEError(f"metadata must map strings to strings, got {facts!r}.")
    plain = plain_tensors(tensors)
    try:
        data = save(plain, metadata={**facts, _DIGEST_KEY: digest(plain, facts)})
    except (SafetensorError, ValueError, RuntimeError, KeyError) as error:
        raise AMEError(f"tensors cannot be stored as safetensors: {error}.") from error
    # safetensors writes the metadata in an order that differs between processes: sort it.
    end = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:end])
    header["__metadata__"] = dict(sorted(header["__metadata__"].items()))
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    return b"".join([len(text).to_bytes(8, "little"), text, memoryview(data)[end:]])


def tensors_from_bytes(data: bytes, *, where: str, checked: bool = True) -> tuple[dict[str, Tensor], dict[str, str]]:
    """The tensors and metadata in the bytes of a safetensors file.

    Args:
        data: the bytes.
        where: name of the file, for the error.
        checked: as in `load_tensors`.

    Raises:
        AMEError: if the bytes are not a safetensors file, or do not match their checksum.
    """
    try:
        tensors = load(data)
        length = int.from_bytes(data[:8], "little")
        metadata: dict[str, str] = json.loads(data[8 : 8 + length]).get("__metadata__") or {}  # null is allowed
    except Exception as error:  # whatever damaged bytes make safetensors raise
        raise AMEError(f"{where} is damaged or not a safetensors file ({error}).") from error
    expected = metadata.pop(_DIGEST_KEY, None)
    if expected is None and checked:
        raise AMEError(f"{where} is damaged, or was not written by ame_explore: it carries no checksum.")
    if expected is not None and expected != digest(tensors, metadata):
        raise AMEError(f"{where} is damaged: its content does not match the checksum written with it.")
    return tensors, metadata


def plain_tensors(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors detached, on the CPU and contiguous, without shared memory.

    Args:
        tensors: named tensors.

    Raises:
        AMEError: if a name is reserved or not a string, or a value is not a dense tensor with data.
    """
    plain: dict[str, Tensor] = {}
    seen: set[int] = set()
    for name, tensor in tensors.items():
        if not isinstance(name, str) or name == "__metadata__":
            raise AMEError(f"tensors must have strings as names, other than '__metadata__', got {name!r}.")
        if not isinstance(tensor, Tensor):
            raise AMEError(
                f"tensors[{name!r}] must be a torch.Tensor, got {type(tensor).__name__}: only tensors can be stored."
            )
        if tensor.layout != torch.strided or tensor.is_meta or tensor.is_quantized:
            raise AMEError(
                f"tensors[{name!r}] must be a dense tensor with data, got {tensor.layout} on {tensor.device}."
            )
        value = tensor.detach().resolve_conj().resolve_neg().cpu().contiguous()
        storage = value.untyped_storage().data_ptr()
        plain[name] = value.clone() if storage in seen else value
        seen.add(storage)
    return plain


def digest(tensors: Mapping[str, Tensor], metadata: Mapping[str, str] | None = None) -> str:
    """SHA-256 (64 hex digits) of tensors and metadata.

    Args:
        tensors: dense CPU tensors; their names, dtypes, shapes and bytes count.
        metadata: maps strings to strings.
    """
    total = hashlib.sha256(json.dumps(sorted((metadata or {}).items())).encode())
    for name in sorted(tensors):
        tensor = tensors[name].detach().contiguous()
        total.update(json.dumps([name, str(tensor.dtype), list(tensor.shape)]).encode())
        total.update(tensor.reshape(-1).view(torch.uint8).numpy().data)
    return total.hexdigest()
