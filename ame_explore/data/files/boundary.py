"""Reading files safely: whatever a reader raises becomes an `AMEError`.

Files are checked before they are opened (a pipe or a device may never end), and sizes before memory is allocated.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ame_explore.ame import AMEError

_WITHOUT_SYSCONF = 8 * 2**30  # bytes of memory assumed if the system does not report it (Windows)
_CGROUP_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def memory_budget() -> int:
    """Bytes that one file may need: half of the memory available to this process (our choice)."""
    try:
        limits = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    except (AttributeError, ValueError, OSError):
        limits = [_WITHOUT_SYSCONF]
    for name in _CGROUP_LIMITS:
        with suppress(OSError, ValueError):  # absent, or "max"
            limits.append(int(Path(name).read_text()))
    return min(limits) // 2


def check_memory(what: str, size: int) -> None:
    """Check that `size` bytes fit into `memory_budget()`.

    Args:
        what: what needs the memory; the message begins with it.
        size: bytes.

    Raises:
        AMEError: if they do not fit.
    """
    budget = memory_budget()
    if size > budget:
        raise AMEError(
            f"{what} needs {size / 2**30:,.1f} GiB of memory, but at most {budget / 2**30:,.1f} GiB (half of this "
            "machine's memory) may be used: take a part of it."
        )


def shown_path(path: str | os.PathLike[str]) -> str:
    """A printable path: bytes that are not UTF-8 become U+FFFD, the replacement character."""
    return os.fspath(path).encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def regular_file(path: str | os.PathLike[str]) -> Path:
    """Check that `path` is a regular file that fits into memory, and return it.

    Args:
        path: the file.

    Raises:
        AMEError: if it does not exist, cannot be accessed, is a folder, a pipe or a device, or is too large.
    """
    name = shown_path(path)
    try:
        info = os.stat(path)
    except FileNotFoundError as error:
        raise AMEError(f"{name} does not exist.") from error
    except (OSError, ValueError) as error:  # no permission, a name that is too long, a null character
        raise AMEError(f"{name[:300]} cannot be read ({getattr(error, 'strerror', None) or error}).") from error
    if stat.S_ISDIR(info.st_mode):
        raise AMEError(f"{name} is a folder: expected a file.")
    if not stat.S_ISREG(info.st_mode):
        raise AMEError(f"{name} is not a regular file but a pipe or a device: save the data to a file first.")
    check_memory(name, info.st_size)
    return Path(path)


@contextmanager
def reading(path: str | os.PathLike[str]) -> Iterator[None]:
    """Context in which any exception, except `AMEError` and interrupts, becomes an `AMEError` that names the file."""
    try:
        yield
    except AMEError:
        raise
    except ImportError as error:
        raise AMEError(
            f"{shown_path(path)} needs {error.name} to be read: install it, `pip install {error.name}`."
        ) from error
    except MemoryError as error:
        raise AMEError(f"{shown_path(path)} does not fit into memory: take a part of it.") from error
    except RecursionError as error:
        raise AMEError(f"{shown_path(path)} is nested too deeply to be read.") from error
    except UnicodeDecodeError as error:
        raise AMEError(_not_text(path, error)) from error
    except Exception as error:
        words = str(error).strip().splitlines()
        why = words[0][:200] if words else type(error).__name__
        raise AMEError(
            f"{shown_path(path)} is damaged, or its content does not match its extension ({why}): save it again."
        ) from error


def _not_text(path: str | os.PathLike[str], error: UnicodeDecodeError) -> str:
    line = 1 + bytes(error.object[: error.start]).count(b"\n")
    return (
        f"{shown_path(path)} is not {error.encoding.upper()}: its byte {error.start} (line {line}) cannot be read. "
        "Save it as UTF-8, or name its encoding, for instance latin-1."
    )
