"""The same pairs in two files: matched by ids of any kind, and words that belong to one carried to the other."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch

from ame_explore.ame import AMEError
from ame_explore.analysis.pairs.exploration import explore_features
from ame_explore.analysis.pairs.pair_changes import compare_pairs
from ame_explore.analysis.projection import match_models
from ame_explore.data import PairedFeatures
from ame_explore.data.files.load import ReadFeatures, read_features
from ame_explore.data.files.match import carry_words, match_pairs, pair_names

N = 12
IMAGE, TEXT = np.random.default_rng(0).standard_normal((2, N, 4)).astype(np.float32)
BACK = list(range(N))[::-1]
CAPTIONS = tuple(f"caption {row}" for row in range(N))


def table(path: Path, ids: list[Any] | None, rows: list[int] | None = None, **columns: Any) -> Path:
    """A parquet file of these rows, in this order."""
    rows = list(range(N)) if rows is None else rows
    given = columns | ({} if ids is None else {"id": ids})
    frame = pd.DataFrame({"image": list(IMAGE), "text": list(TEXT), **given}).iloc[rows]
    frame.to_parquet(path)
    return path


IDS: dict[str, list[Any]] = {
    "words": [f"coco_{row:04}" for row in range(N)],
    "whole floats": [float(row) for row in range(N)],
    "floats": [row + 0.5 for row in range(N)],
    "numbers as words": [str(row) for row in range(N)],
    "below zero": [-row for row in range(N)],
    "more than a browser tells apart": [2**62 + row for row in range(N)],
}


@pytest.mark.parametrize("ids", IDS.values(), ids=IDS)
def test_the_same_pairs_in_another_order_are_unchanged(ids: list[Any], tmp_path: Path) -> None:
    files = table(tmp_path / "a.parquet", ids), table(tmp_path / "b.parquet", ids, BACK)
    a, b = (read_features(path).features for path in files)
    changes = compare_pairs(explore_features(a, name="a"), explore_features(b, name="b"))
    assert changes.left_out == 0 and changes.table["other_row"].tolist() == BACK
    assert changes.table["cosine_change"].abs().max() < 1e-6
    assert float(match_models(teacher=a, student=b).moved.max()) < 1e-5
    told = any("not all whole numbers" in note for note in a.notes)
    assert ("id" in a.metadata) == told == (ids != IDS["whole floats"])


def test_pairs_of_one_id_are_told_apart_by_their_captions_or_refused(tmp_path: Path) -> None:
    ids = [row // 2 for row in range(N)]
    files = [
        table(tmp_path / f"{name}.parquet", ids, rows, caption=CAPTIONS) for name, rows in (("a", None), ("b", BACK))
    ]
    a, b = (explore_features(read_features(path).features, name=path.stem) for path in files)
    assert compare_pairs(a, b).table["other_row"].tolist() == BACK
    bare = read_features(table(tmp_path / "c.parquet", ids)).features
    with pytest.raises(AMEError, match=r"ids of 'c' must differ .* got 6 repeats, first '0'.*captions"):
        match_pairs(bare, bare, ("c", "c"))
    missing = read_features(table(tmp_path / "d.parquet", [None, *IDS["words"][1:]])).features
    with pytest.raises(AMEError, match=r"ids of 'd' must be known .* got 1 missing"):
        pair_names("d", missing)


def test_ids_that_have_nothing_in_common_are_shown(tmp_path: Path) -> None:
    words, numbers = (
        read_features(table(tmp_path / f"{name}.parquet", IDS[name])).features for name in ("words", "numbers as words")
    )
    with pytest.raises(AMEError, match=r"in common, got 0: the first has 'coco_0000' \.\.\., the second '0'"):
        match_pairs(words, numbers)


def test_without_ids_captions_that_occur_once_name_the_pairs(tmp_path: Path) -> None:
    captions = [*CAPTIONS[:-2], "the same", "the same"]
    a, b = (
        read_features(table(tmp_path / f"{name}.parquet", None, rows, caption=captions)).features
        for name, rows in (("a", None), ("b", BACK))
    )
    match = match_pairs(a, b)
    assert (match.by, match.warning) == ("caption", "")
    assert match.first == tuple(range(N - 2)) and match.second == tuple(BACK[: N - 2])


def test_pairs_that_nothing_names_are_matched_by_row_with_a_warning(tmp_path: Path) -> None:
    a, b = (
        read_features(table(tmp_path / f"{name}.parquet", None, rows, **words)).features
        for name, rows, words in (("a", None, {"caption": ["one"] * N}), ("b", BACK, {}))
    )
    match = match_pairs(a, b, ("a", "b"))
    assert match.by == "row" and match.first == match.second == tuple(range(N))
    assert "row i of a is compared with row i of b" in match.warning and "different orders" in match.warning


def described(path: Path, **words: Any) -> ReadFeatures:
    return read_features(path, captions=CAPTIONS, labels=list("ab" * (N // 2)), **words)


def test_words_of_one_file_go_to_the_other_by_id(tmp_path: Path) -> None:
    metadata = {"year": range(N)}
    a = described(table(tmp_path / "a.parquet", IDS["words"]), metadata=metadata)
    b = read_features(table(tmp_path / "b.parquet", IDS["words"], BACK[2:], own=range(N)))
    made = carry_words(a, b, ("a", "b"), match_pairs(a.features, b.features)).features
    assert made.texts == CAPTIONS[::-1][2:] and made.metadata["year"] == tuple(BACK[2:])
    assert made.metadata["label"] == ("b", "a") * 5 and made.labels is not None and made.labels.tolist() == [1, 0] * 5
    assert made.metadata["own"] == tuple(BACK[2:]) and not any("No captions" in note for note in made.notes)


def test_pairs_that_only_the_other_has_get_no_words(tmp_path: Path) -> None:
    a = read_features(
        table(tmp_path / "a.parquet", IDS["words"], BACK[2:]), captions=CAPTIONS[:-2], labels=[1] * 5 + [2] * 5
    )
    b = read_features(table(tmp_path / "b.parquet", IDS["words"], caption=[f"own {row}" for row in range(N)]))
    made = carry_words(a, b, ("a", "b"), match_pairs(a.features, b.features)).features
    assert made.texts == (*CAPTIONS[:-2][::-1], "own 10", "own 11")
    assert made.labels is None and made.metadata["label"] == (2,) * 5 + (1,) * 5 + (None, None)
    assert made.notes[-1] == "2 pairs are not in a, and took nothing from it."


def test_words_for_rows_go_to_the_same_rows_where_nothing_names_the_pairs(tmp_path: Path) -> None:
    a = described(table(tmp_path / "a.parquet", None), metadata={"id": IDS["words"]})
    b = read_features(table(tmp_path / "b.parquet", None, list(range(8))))
    match = match_pairs(a.features, b.features)
    assert match.by == "row" and match.warning
    assert carry_words(a, b, ("a", "b"), match).features.texts == CAPTIONS[:8]


def test_shared_texts_and_images_paths_are_carried(tmp_path: Path) -> None:
    pairs = torch.arange(N) % 3
    shared = PairedFeatures(
        image=torch.from_numpy(IMAGE),
        text=torch.from_numpy(TEXT[:3]),
        pair_index=pairs,
        ids=torch.arange(N),
        texts=("t",) * 3,
    )
    paths = tuple(f"{row}.png" for row in range(N))
    words = dataclasses.replace(shared, texts=("x", "y", "z"), image_paths=paths)
    a = ReadFeatures(words, (), frozenset({"captions", "images"}))
    made = carry_words(a, ReadFeatures(shared), ("a", "b"), match_pairs(words, shared)).features
    assert made.texts == ("x", "y", "z") and made.image_paths == paths
