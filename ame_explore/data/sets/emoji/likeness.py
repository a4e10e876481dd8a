"""Which emoji look alike, to choose what an ambiguous picture is blended with."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from ame_explore.ame import AMEError
from ame_explore.data.atomic_files import load_tensors, save_tensors
from ame_explore.data.sets.emoji.pictures import FOLDER

LIKENESS_FILE = FOLDER / "likeness.safetensors"


def store_likeness(features: Tensor, path: Path = LIKENESS_FILE) -> None:
    """Store unit features of the concepts in 8 bits, in 127ths of their largest entry.

    Args:
        features: (N, D).
        path: the file to write.
    """
    scale = 127 / features.abs().max()
    save_tensors(path, {"features": (features * scale).round().to(torch.int8)})


def likeness(path: Path = LIKENESS_FILE) -> Tensor:
    """(N, N) cosines between concepts as the shipped teacher sees them in the package's styles that it has seen.

    Raises:
        AMEError: if the file is missing or damaged.
    """
    tensors, _ = load_tensors(path)
    if set(tensors) != {"features"} or tensors["features"].ndim != 2:
        raise AMEError(f"{path} must hold features (N, D) alone, got {sorted(tensors)}.")
    features = torch.nn.functional.normalize(tensors["features"].float(), dim=1)
    return features @ features.mT


def partners(alike: Tensor, concepts: Tensor, labels: Tensor, sides: Tensor, parts: list[Tensor]) -> Tensor:
    """(n,) int64: for each picture, the picture that ambiguity blends it with.

    This is the picture of the most similar concept that is of another class, but of the same side of the base/new split
    and in the same part of the data: an ambiguous shot shows no test picture and no new class.

    Args:
        alike: (N, N) cosines between concepts.
        concepts: (n,) concept of each picture.
        labels: (n,) class of each picture.
        sides: (n,) bool, whether the class is a base class.
        parts: int64 places of the pictures that may be blended with one another; together all of them.
    """
    found = torch.empty_like(labels)
    for part in parts:
        own, classes, side = concepts[part], labels[part], sides[part]
        allowed = (classes[:, None] != classes[None, :]) & (side[:, None] == side[None, :])
        if not bool(allowed.any(dim=1).all()):
            raise AMEError(
                "every part must hold at least two classes of each side in it, so that pictures can be blended."
            )
        found[part] = part[alike[own][:, own].masked_fill(~allowed, -torch.inf).argmax(1)]
    return found
