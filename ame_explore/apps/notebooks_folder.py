"""Where the notebooks are: `notebooks/` of a checkout, or the copy that a built wheel carries."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


def checkout_notebooks() -> Path | None:
    """The folder `notebooks/` of the checkout that this package runs from, or None for an installed wheel."""
    root = _PACKAGE.parent
    is_checkout = (root / "pyproject.toml").is_file() and (root / "notebooks").is_dir()
    return root / "notebooks" if is_checkout else None


def packaged_notebooks() -> Path:
    """The folder with the notebooks that came with this package; nothing is written to it.

    Raises:
        AMEError: if the installation has no notebooks.
    """
    folder = checkout_notebooks() or _PACKAGE / "_notebooks"
    if not folder.is_dir():
        from ame_explore.ame import AMEError

        raise AMEError(f"the notebooks are missing from this installation ({folder}): install the package again.")
    return folder


@dataclass(frozen=True)
class Copied:
    """What `copy_notebooks` did, as paths relative to the target folder."""

    target: Path
    written: tuple[str, ...]
    changed: tuple[str, ...]  # existed with other content, and were kept


def copy_notebooks(target: Path, change: Callable[[Path, bytes], bytes] | None = None) -> Copied:
    """Copy the packaged notebooks that `target` lacks; existing files are never overwritten.

    Args:
        target: a folder, created if missing.
        change: makes the content to write from a file's name and content; None copies it.

    Raises:
        AMEError: if `target` is a file, or cannot be written to.
    """
    source = packaged_notebooks()
    written, changed = [], []
    try:
        for file in sorted(path for path in source.rglob("*") if path.is_file()):
            name = file.relative_to(source)
            if file.suffix == ".py" and file.with_suffix(".ipynb").exists():  # the notebook's source, for diffs
                continue
            if any(part.startswith(".") or part == "__pycache__" for part in name.parts):
                continue
            content, copy = file.read_bytes(), target / name
            if change is not None:
                content = change(name, content)
            if not copy.exists():
                copy.parent.mkdir(parents=True, exist_ok=True)
                _write_whole(copy, content)
                written.append(name.as_posix())
            elif copy.read_bytes() != content:
                changed.append(name.as_posix())
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        from ame_explore.ame import AMEError

        raise AMEError(
            f"dir must be a folder that can be written to, got {str(target)!r} ({error.strerror}): "
            "give another with --dir."
        ) from error
    return Copied(target, tuple(written), tuple(changed))


def find_notebook(folder: Path, name: str) -> str:
    """The path in `folder` of the notebook that `name` means.

    Args:
        folder: the folder with the notebooks.
        name: its name, or the beginning of its name: "00_tour.ipynb", "00_tour", "00", "howto/reading".

    Raises:
        AMEError: if `name` matches no notebook, or more than one.
    """
    paths = [path.relative_to(folder) for path in folder.rglob("*.ipynb")]
    known = sorted(path.as_posix() for path in paths if not any(part.startswith(".") for part in path.parts))

    def spellings(file: str) -> tuple[str, str]:
        return file, file.rpartition("/")[2]

    exact = [
        file for file in known if name.removesuffix(".ipynb") in (s.removesuffix(".ipynb") for s in spellings(file))
    ]
    found = exact or [file for file in known if name and any(s.startswith(name) for s in spellings(file))]
    if len(found) != 1:
        from ame_explore.ame import AMEError

        choices = ", ".join(file.removesuffix(".ipynb") for file in known) or "none"
        raise AMEError(f"notebook must name one notebook in {folder}, got {name!r}: choose from {choices}.")
    return found[0]


def _write_whole(path: Path, content: bytes) -> None:
    """Write through a temporary file, so that an interrupted copy leaves no partial notebook."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    finally:
        Path(temporary).unlink(missing_ok=True)  # it is there only if something failed
