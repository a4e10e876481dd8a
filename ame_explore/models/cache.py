"""A cache of pretrained models on disk."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import platformdirs
import torch
from torch import nn

from ame_explore.ame import AMEError
from ame_explore.data import PairedData
from ame_explore.data.atomic_files import load_tensors, save_tensors
from ame_explore.models.clip import SmallCLIP
from ame_explore.models.pretraining import Pretraining, pretrain
from ame_explore.tasks import Progress

Model = TypeVar("Model", bound=nn.Module)

PACKED = Path(__file__).resolve().parents[1] / "_models"  # trained models that a bundle's wheel carries; only read
_watched: list[set[Path]] = []


def cache_folder() -> Path:
    """The folder of cached models: AME_EXPLORE_CACHE from the environment ("~" allowed), else the user's cache folder.

    Raises:
        AMEError: if the variable refers to an unknown home folder.
    """
    given = os.environ.get("AME_EXPLORE_CACHE")
    try:
        return Path(given).expanduser() if given else Path(platformdirs.user_cache_dir("ame_explore"))
    except RuntimeError as error:
        raise AMEError(
            f"AME_EXPLORE_CACHE must be a folder, got {given!r}, whose home folder is not known ({error}): "
            "write the full path."
        ) from error


@contextlib.contextmanager
def files_used() -> Iterator[set[Path]]:
    """Context that collects the files of all models that are read or written in it."""
    used: set[Path] = set()
    _watched.append(used)
    try:
        yield used
    finally:
        _watched[:] = [one for one in _watched if one is not used]


def pretrained(
    data: PairedData,
    how: Pretraining,
    *,
    folder: Path | None = None,
    progress: Progress | None = None,
) -> SmallCLIP:
    """Read a pretrained model from the cache, or train and cache it.

    See `cached` for damaged files and folders that cannot be written.

    Args:
        data: images and class texts.
        how: how the model is trained.
        folder: the cache; None for `cache_folder()`.
        progress: called while the model trains.

    Raises:
        AMEError: if the model cannot be trained.
    """
    return cached(
        f"clip-{how.size}",
        json.dumps(how.key(data), sort_keys=True),
        lambda: SmallCLIP.for_data(data, how.size, generator=torch.Generator().manual_seed(how.seed)),
        lambda tell: pretrain(data, how, progress=tell),
        folder=folder,
        progress=progress,
    )


def cached(
    name: str,
    key: str,
    empty: Callable[[], Model],
    train: Callable[[Progress | None], Model],
    *,
    folder: Path | None = None,
    progress: Progress | None = None,
) -> Model:
    """Read a model from the cache or from those that a bundle carries, or train and cache it.

    If the file is damaged, a warning says so and the model is trained again. If the folder cannot be written, a warning
    says so and the model is not cached.

    Args:
        name: the beginning of the file name.
        key: everything that determines the weights, as text; the file name ends with its hash.
        empty: makes a model of the same sizes, whose weights are then read.
        train: trains the model; it is given the `Progress` to call.
        folder: the cache; None for `cache_folder()`.
        progress: called while the model trains.

    Returns:
        The model, in evaluation mode and frozen.
    """
    path = (folder or cache_folder()) / f"{name}-{hashlib.sha256(key.encode()).hexdigest()[:20]}.safetensors"
    packed = PACKED / path.name
    source = packed if folder is None and packed.exists() and not path.exists() else path
    model = _read(source, empty) if source.exists() else None
    if model is None:
        source = path
        model = train(None if progress is None else _once(progress))
        try:
            save_tensors(path, model.state_dict(), {"key": key})
        except OSError as error:
            warnings.warn(
                f"The trained model could not be cached: {error}. It will be trained again next time.", stacklevel=3
            )
    for used in _watched:
        used.add(source)
    return model.eval().requires_grad_(False)


def _once(progress: Progress) -> Progress:
    """Tell the user that this training will not be needed the next time."""
    return lambda what, done, of: progress(f"{what} (once, then cached)", done, of)


def _read(path: Path, empty: Callable[[], Model]) -> Model | None:
    """The cached model, or None, after a warning, if the file cannot be used."""
    try:
        tensors, _ = load_tensors(path)
        model = empty()
        model.load_state_dict(tensors)
    except (AMEError, OSError, RuntimeError) as error:
        warnings.warn(f"The cached model {path} cannot be used ({error}): training it again.", stacklevel=4)
        return None
    return model
