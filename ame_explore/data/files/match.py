"""Which pairs of two models are the same, and words given for one carried over to the other."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import torch

from ame_explore.ame import AMEError
from ame_explore.data.files.load import CAPTION, ID, IMAGE_PATH, LABEL, ReadFeatures
from ame_explore.data.pairs import PairedFeatures


def pair_names(name: str, features: PairedFeatures) -> list[str]:
    """What each pair is called in every file: its id, a word where the file has words.

    Pairs of one id, as an image with five captions has them, are told apart by their captions.

    Args:
        name: of the features, for the error.

    Raises:
        AMEError: ids that are missing, or that repeat where no captions tell the pairs apart.
    """
    given = features.metadata.get("id")
    ids = features.ids.tolist() if given is None else given
    missing = sum(value is None or value != value for value in ids)
    if missing:
        raise AMEError(f"ids of {name!r} must be known to match pairs by them, got {missing} missing: fill them in.")
    names = [str(value) for value in ids]
    if len(set(names)) == len(names):
        return names
    twice = Counter(names).most_common(1)[0][0]
    if any(text != f"text {row}" for row, text in enumerate(features.texts)):  # not called by their row
        texts = [features.texts[row] for row in features.pair_index.tolist()]
        names = [f"{id_}: {text}" for id_, text in zip(names, texts, strict=True)]
    again = len(names) - len(set(names))
    if again:
        raise AMEError(
            f"ids of {name!r} must differ to match pairs by them, got {again} again, first {twice!r}: give every pair "
            "an id of its own, or captions that tell pairs of one id apart."
        )
    return names


def carry_words(a: ReadFeatures, b: ReadFeatures, names: tuple[str, str]) -> ReadFeatures:
    """`b` with the captions, labels, metadata and image paths that were given beside `a`'s file, pair by pair.

    Pairs are matched by their ids; where neither file has any, row i of both is one pair. Pairs that `b` alone has
    keep their own caption, and have no label, metadata or image.

    Args:
        a: read with the words.
        b: read without them.
        names: what to call the two, in errors and notes.

    Raises:
        AMEError: ids that repeat or are missing, no pair in common, or ids given for fewer rows than `b` has.
    """

    def given(argument: str, columns: tuple[str, ...] = ()) -> bool:
        return argument in a.given or any(f"metadata.{column}" in a.given for column in columns)

    if not a.given:
        return b
    first, second = a.features, b.features
    changed: dict[str, Any] = {}
    if a.own_ids or b.own_ids:
        rows = {pair: row for row, pair in enumerate(pair_names(names[0], first))}
        place = [rows.get(pair, -1) for pair in pair_names(names[1], second)]
    else:
        place = [row if row < len(first.image) else -1 for row in range(len(second.image))]
        if given("", ID):
            if -1 in place:
                raise AMEError(
                    f"metadata must have an id for every pair, got {len(first.image)} for the {len(place)} of "
                    f"{names[1]!r}, which has no ids of its own: save it with ids."
                )
            changed["ids"] = first.ids[torch.tensor(place)]
    extra = place.count(-1)
    if extra == len(place):
        raise AMEError(
            f"{names[1]!r} must have ids of {names[0]!r} to be given its captions, labels, metadata or images, got "
            "none: save both with the same ids."
        )

    def taken(values: Any) -> tuple[Any, ...]:
        return tuple(values[row] if row >= 0 else None for row in place)

    columns = dict(second.metadata)
    own = {name for name in first.metadata if f"metadata.{name}" in a.given} - {"id"}
    columns |= {name: taken(first.metadata[name]) for name in own}
    if "ids" in changed and "id" in first.metadata:
        columns["id"] = taken(first.metadata["id"])
    if given("captions", CAPTION):
        texts = list(second.texts)
        for row, text in zip(place, second.pair_index.tolist(), strict=True):
            if row >= 0:
                texts[text] = first.texts[int(first.pair_index[row])]
        changed["texts"] = tuple(texts)
    if given("labels", LABEL) and first.labels is not None:
        # Labels are whole numbers for every image: where some have none, their names alone say which.
        changed["labels"] = None if extra else first.labels[torch.tensor(place)]
        columns.pop("label", None)
        if extra or "label" in first.metadata:
            columns["label"] = taken(first.metadata.get("label", first.labels.tolist()))
    if given("images", IMAGE_PATH) and first.image_paths is not None and not extra:
        changed["image_paths"] = taken(first.image_paths)
    notes = second.notes
    if "texts" in changed:
        notes = tuple(note for note in notes if not note.startswith("No captions were given"))
    if extra:
        are = "pair that only it has has" if extra == 1 else "pairs that only it has have"
        notes = (*notes, f"{extra:,} {are} no words of {names[0]}.")
    return replace(b, features=replace(second, metadata=columns, notes=notes, **changed))
