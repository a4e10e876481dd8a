"""The four disjoint splits of a labelled data set."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import torch
from torch import Tensor

from ame_explore.ame import AMEError, check_number
from ame_explore.arguments import checked
from ame_explore.data.checks import check_whole, describe

SPLITS = ("pretrain", "backbone", "distill", "test")
"""In this order: what the teacher, the student's backbone and the student learn from, and what no model learns from."""

FEWEST_TO_DISTILL = 16
"""The distillation split gets at least this many images per class, if a quarter of the class suffices: 16 shots."""


@checked
def stratified_splits(labels: Tensor, fractions: Mapping[str, float], generator: torch.Generator) -> dict[str, Tensor]:
    """Split each class into the four `SPLITS` by (nearly) the given fractions.

    Args:
        labels: (N,) int64.
        fractions: share of each class for "pretrain", "backbone" and "distill"; "test" gets the rest.
        generator: random generator that assigns the images.

    Returns:
        For each split, sorted int64 indices into `labels`; disjoint, and together they cover all labels.

    Raises:
        AMEError: if labels are not whole numbers, a fraction is missing or outside [0, 1], or a class has too few
            images to give one to each split.
    """
    check_whole("labels", labels, high=2**63 - 1, what="the highest label")
    for name in SPLITS[:-1]:
        if name not in fractions:
            raise AMEError(f"fractions must hold {', '.join(map(repr, SPLITS[:-1]))}, got none for {name!r}.")
        check_number(f"fractions[{name!r}]", fractions[name], low=0, high=1)
    parts: dict[str, list[Tensor]] = {name: [] for name in SPLITS}
    for label in labels.unique().tolist():
        members = torch.where(labels == label)[0]
        members = members[torch.randperm(len(members), generator=generator)]
        sizes = [round(fractions[name] * len(members)) for name in SPLITS[:-1]]
        more = max(0, min(FEWEST_TO_DISTILL, len(members) // 4) - sizes[2])
        sizes = [sizes[0] - more, sizes[1], sizes[2] + more]
        sizes.append(len(members) - sum(sizes))
        if min(sizes) < 1:
            raise AMEError(
                f"class {label} has {len(members)} images, too few to give each of {', '.join(SPLITS)} one: "
                "ask for more images."
            )
        for name, part in zip(SPLITS, members.split(sizes), strict=True):
            parts[name].append(part)
    return {name: torch.cat(part).sort().values for name, part in parts.items()}


def spread_over_classes(indices: Tensor, labels: Tensor, most: int) -> Tensor:
    """At most `most` of `indices`, taken evenly over the labels, in ascending order.

    Args:
        indices: (n,) int64.
        labels: (n,) int64, the class of each.
        most: at least 1.
    """
    order = torch.argsort(labels, stable=True)
    if len(order) > most:
        order = order[torch.linspace(0, len(order) - 1, most).round().long().unique()]
    return indices[order].sort().values


def check_splits(splits: object, count: int, *, needed: Collection[str] = SPLITS) -> None:
    """Raise `AMEError` unless `splits` maps each of `SPLITS` to int64 indices below `count`, all disjoint.

    Args:
        splits: the splits.
        count: number of images.
        needed: the splits that must not be empty.

    Raises:
        AMEError: if the check fails.
    """
    if not isinstance(splits, Mapping) or set(splits) != set(SPLITS):
        got = ", ".join(map(str, splits)) if isinstance(splits, Mapping) else describe(splits)
        raise AMEError(
            f"splits must have the names {', '.join(SPLITS)} and no others, got {got}: "
            "make them with ame_explore.data.stratified_splits."
        )
    owners: dict[int, str] = {}
    for name in SPLITS:
        if name not in needed and isinstance(splits[name], Tensor) and splits[name].shape == (0,):
            continue
        check_whole(f"splits[{name!r}]", splits[name], high=count, what="the number of images")
        for index in splits[name].tolist():
            if index in owners:
                where = f"{name!r} twice" if owners[index] == name else f"{owners[index]!r} and {name!r}"
                raise AMEError(f"splits must not overlap, got image {index} in {where}: assign each image once.")
            owners[index] = name
