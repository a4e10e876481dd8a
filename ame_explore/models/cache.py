"""Pretrained models on disk: trained once, read back after."""

from __future__ import annotations

import hashlib
import json
import os
import warnings
from pathlib import Path

import platformdirs
import torch

from ame_explore.ame import AMEError
from ame_explore.data import PairedData
from ame_explore.data.atomic_files import load_tensors, save_tensors
from ame_explore.models.clip import SmallCLIP
from ame_explore.models.pretraining import Pretraining, pretrain
from ame_explore.tasks import Progress


def cache_folder() -> Path:
    """Where models are kept: the environment variable AME_EXPLORE_CACHE ("~" is the home folder), else the user's cache
    directory.
    """
    given = os.environ.get("AME_EXPLORE_CACHE")
    try:
        return Path(given).expanduser() if given else Path(platformdirs.user_cache_dir("ame_explore"))
    except RuntimeError as error:
        raise AMEError(
            f"AME_EXPLORE_CACHE must be a folder, got {given!r}, whose home folder is not known ({error}): "
            "write the whole path."
        ) from error


def pretrained(
    data: PairedData,
    how: Pretraining,
    *,
    folder: Path | None = None,
    progress: Progress | None = None,
) -> SmallCLIP:
    """The model that `how` gives on `data`: from the cache if it is there, else trained and put there.

    The file's name is a hash of all that decides its weights. A damaged file is trained anew, with a warning; a folder
    that cannot be written to costs the cache, not the model, with a warning too.
    """
    key = json.dumps(how.key(data), sort_keys=True)
    name = f"clip-{how.size}-{hashlib.sha256(key.encode()).hexdigest()[:20]}.safetensors"
    path = (folder or cache_folder()) / name
    if path.exists():
        try:
            return _read(path, data, how)
        except (AMEError, OSError, RuntimeError) as error:
            warnings.warn(f"The cached model {path} cannot be used ({error}): it is trained anew.", stacklevel=2)
    model = pretrain(data, how, progress=None if progress is None else _once(progress))
    try:
        save_tensors(path, model.state_dict(), {"key": key})
    except OSError as error:
        warnings.warn(f"The trained model could not be cached: {error}. It will be trained again.", stacklevel=2)
    return model


def _once(progress: Progress) -> Progress:
    """Whoever waits for a training learns that the next time there is none."""
    return lambda what, done, of: progress(f"{what} (once, then cached)", done, of)


def _read(path: Path, data: PairedData, how: Pretraining) -> SmallCLIP:
    tensors, _ = load_tensors(path)
    model = SmallCLIP.for_data(data, how.size, generator=torch.Generator().manual_seed(how.seed))
    model.load_state_dict(tensors)
    return model.eval().requires_grad_(False)
