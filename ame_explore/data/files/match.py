"""Match the pairs of two models, and carry captions, labels and metadata from one to the other."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

import torch

from ame_explore.ame import AMEError
from ame_explore.arguments import checked
from ame_explore.data.checks import is_missing
from ame_explore.data.files.fields import ASSUMED
from ame_explore.data.files.load import ReadFeatures
from ame_explore.data.files.read import CAPTION, LABEL
from ame_explore.data.pairs import PairedFeatures

BY_ROW = (
    "Nothing names the pairs of both, neither ids nor captions that occur once each, so row i of {a} is compared with "
    "row i of {b}. If the two files are in different orders, every comparison of pairs is wrong: save both with `ids`."
)


def pair_names(name: str, features: PairedFeatures) -> list[str]:
    """The name by which each pair can be matched across files: its id as a string.

    Pairs that share an id, such as an image with five captions, are distinguished by their captions.

    Args:
        name: name of the features, for the error.
        features: the pairs to name.

    Returns:
        P different names.

    Raises:
        AMEError: if ids are missing, or repeat and captions do not distinguish the pairs.
    """
    given = features.metadata.get("id")
    ids = features.ids.tolist() if given is None else given
    missing = sum(map(is_missing, ids))
    if missing:
        raise AMEError(f"ids of {name!r} must be known to match pairs by them, got {missing} missing: fill them in.")
    names = [str(value) for value in ids]
    if len(set(names)) == len(names):
        return names
    twice = Counter(names).most_common(1)[0][0]
    if "texts" not in features.assumed:
        names = [f"{id_}: {text}" for id_, text in zip(names, _captions(features), strict=True)]
    again = len(names) - len(set(names))
    if again:
        raise AMEError(
            f"ids of {name!r} must differ to match pairs by them, got {again} repeats, first {twice!r}: give every "
            "pair its own id, or captions that distinguish pairs with the same id."
        )
    return names


def _captions(features: PairedFeatures) -> list[str]:
    """The text of each pair."""
    return [features.texts[row] for row in features.pair_index.tolist()]


@dataclass(frozen=True)
class PairMatch:
    """Which pairs of two sets of features are the same.

    Attributes:
        first: rows of the matched pairs in the first features, in their order.
        second: rows of the same pairs in the second features.
        by: what the match is based on: "id", "caption" or "row".
        warning: the caveat of a match by row; "" otherwise.
    """

    first: tuple[int, ...]
    second: tuple[int, ...]
    by: str
    warning: str = ""


@checked
def match_pairs(
    a: PairedFeatures, b: PairedFeatures, names: tuple[str, str] = ("the first", "the second")
) -> PairMatch:
    """Match pairs by id if both have ids; else by captions that are unique in both; else by row.

    Args:
        a: features of the first model.
        b: features of the second model for the same pairs, in any order.
        names: what to call the two in messages.

    Raises:
        AMEError: if both have ids and share fewer than two, or ids are missing or repeat.
    """
    if ("ids" not in a.assumed and "ids" not in b.assumed) or (_named(a) and _named(b)):
        keys = pair_names(names[0], a), pair_names(names[1], b)
        match = _common(*keys, "id")
        if len(match.first) < 2:
            raise AMEError(
                f"{names[0]!r} and {names[1]!r} must have at least two ids in common, got {len(match.first)}: the "
                f"first has {keys[0][0]!r} ..., the second {keys[1][0]!r} ...: save both with the same ids."
            )
        return match
    if "texts" not in a.assumed and "texts" not in b.assumed:
        match = _common(_once(_captions(a)), _once(_captions(b)), "caption")
        if len(match.first) >= 2 and len(match.first) >= min(len(a.pair_index), len(b.pair_index)) / 2:
            return match
    rows_a, rows_b = (_rows(side) if _named(side) else list(map(str, side.ids.tolist())) for side in (a, b))
    match = _common(rows_a, rows_b, "row")
    return replace(match, warning=BY_ROW.format(a=names[0], b=names[1]))


def _named(features: PairedFeatures) -> bool:
    """Whether the source came with ids, as numbers or as strings in the metadata."""
    return "ids" not in features.assumed or "id" in features.metadata


def _rows(features: PairedFeatures) -> list[str]:
    return list(map(str, range(len(features.pair_index))))


def _once(words: list[str]) -> list[str | None]:
    """`words`, with None in place of those that occur more than once."""
    count = Counter(words)
    return [word if count[word] == 1 else None for word in words]


def _common(first: Any, second: Any, by: str) -> PairMatch:
    place = {name: row for row, name in enumerate(second) if name is not None}
    both = [(row, place[name]) for row, name in enumerate(first) if name in place]
    return PairMatch(tuple(row for row, _ in both), tuple(row for _, row in both), by)


def carry_words(a: ReadFeatures, b: ReadFeatures, names: tuple[str, str], match: PairMatch) -> ReadFeatures:
    """Copy the captions, labels, metadata and image paths that the user gave for `a` to the matching pairs of `b`.

    Pairs that only `b` has keep their own caption, and get no label, metadata or image.

    Args:
        a: features that the captions and columns were given with.
        b: features that receive them.
        names: what to call the two in notes.
        match: which of their pairs are the same.
    """

    def given(argument: str, columns: tuple[str, ...] = ()) -> bool:
        return argument in a.given or any(f"metadata.{column}" in a.given for column in columns)

    if not a.given:
        return b
    first, second = a.features, b.features
    changed: dict[str, Any] = {}
    place = [-1] * len(second.pair_index)
    for row, other in zip(match.first, match.second, strict=True):
        place[other] = row
    extra = place.count(-1)

    def taken(values: Any) -> tuple[Any, ...]:
        return tuple(values[row] if row >= 0 else None for row in place)

    columns = dict(second.metadata)
    own = {name for name in first.metadata if f"metadata.{name}" in a.given} - {"id"}
    columns |= {name: taken(first.metadata[name]) for name in own}
    notes = second.notes
    if given("captions", CAPTION):
        texts = list(second.texts)
        for row, text in zip(place, second.pair_index.tolist(), strict=True):
            if row >= 0:
                texts[text] = first.texts[int(first.pair_index[row])]
        changed["texts"] = tuple(texts)
        changed["assumed"] = second.assumed - {"texts"}
        notes = tuple(note for note in notes if note != ASSUMED["texts"])
    if given("labels", LABEL) and (first.labels is not None or "label" in first.metadata):
        # The label tensor needs a number for every pair; if some have none, only the metadata column can hold them.
        changed["labels"] = None if first.labels is None or extra else first.labels[torch.tensor(place)]
        columns.pop("label", None)
        if changed["labels"] is None or "label" in first.metadata:
            of = first.metadata.get("label", () if first.labels is None else first.labels.tolist())
            columns["label"] = taken(of)
    if given("images") and first.image_paths is not None:
        changed["image_paths"] = taken(first.image_paths)
    if extra:
        which = "1 pair is" if extra == 1 else f"{extra:,} pairs are"
        notes = (*notes, f"{which} not in {names[0]}, and took nothing from it.")
    return replace(b, features=replace(second, metadata=columns, notes=notes, **changed))
