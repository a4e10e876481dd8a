"""Columns of any kind, conditions that combine, the order of pairs, and what surrounds one pair."""

from __future__ import annotations

import datetime
import math

import numpy as np
import pytest
import torch

from ame_explore.ame import AMEError
from ame_explore.analysis.pairs.columns import OTHER, UNKNOWN, coloring, column_of, columns_of
from ame_explore.analysis.pairs.conditions import (
    Among,
    Between,
    OneOf,
    Says,
    condition_from_json,
    condition_to_json,
)
from ame_explore.analysis.pairs.exploration import Exploration, explore_features
from ame_explore.analysis.pairs.nearness import Nearness
from ame_explore.analysis.pairs.pair_view import PairView
from ame_explore.data import PairedFeatures

N = 60


@pytest.fixture(scope="module")
def explored() -> Exploration:
    generator = torch.Generator().manual_seed(0)
    text = torch.randn(N, 8, generator=generator)
    image = text + 0.8 * torch.randn(N, 8, generator=generator) + 1
    metadata = {
        "place": tuple(["sea", "wood", "town"][row % 3] if row % 10 else None for row in range(N)),
        "day": tuple(f"2024-03-{1 + row % 28:02d}" for row in range(N)),
        "size": tuple(float(row) if row else math.inf for row in range(N)),
        "flag": tuple(row % 2 == 0 for row in range(N)),
        "tags": tuple(["a"] for _ in range(N)),
        "cosine": tuple(range(N)),
    }
    words = tuple(f"a {'dog' if row % 4 == 0 else 'cat'} number {row}" for row in range(N))
    features = PairedFeatures(image=image, text=text, ids=torch.arange(N) + 100, texts=words, metadata=metadata)
    return explore_features(features)


def test_each_column_has_its_kind_and_a_bad_one_is_left_out_by_name(explored: Exploration) -> None:
    columns = columns_of(explored.pairs)
    kinds = {name: columns[name].kind for name in ("caption", "place", "day", "size", "flag", "suspicion")}
    assert kinds == {
        "caption": "text", "place": "category", "day": "date", "size": "number", "flag": "category",
        "suspicion": "number",
    }  # fmt: skip
    assert columns["meta_cosine"].text(7) == "7" and columns["cosine"].kind == "number"
    assert list(columns.left_out) == ["tags"] and "lists" in columns.left_out["tags"]
    assert not columns["size"].known[0]  # infinite
    assert columns["day"].text(3) == "2024-03-04" and columns["place"].text(0) == ""
    with pytest.raises(AMEError, match=r"'tags'.*lists"):
        columns["tags"]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["1", "2.5", None], "number"),
        ([datetime.date(2024, 1, 2), None], "date"),
        (["2024-01-02", "no date"], "category"),
        ([1, "a"], "category"),
        ([True, None], "category"),
        ([f"word {row}" for row in range(40)], "text"),
        ([10**400, 1], "category"),
    ],
)
def test_kinds_of_columns(values, kind) -> None:
    assert column_of("x", values).kind == kind


@pytest.mark.parametrize("values", [[], [None, math.nan], [[1], [2]], [np.ones(2)]])
def test_a_column_that_cannot_be_used_names_itself(values) -> None:
    with pytest.raises(AMEError, match="'x'"):
        column_of("x", values)


def test_an_outlier_does_not_use_up_the_scale() -> None:
    found = coloring(column_of("x", [*range(99), 1e9, None]))
    assert found.high < 100 and (found.below, found.above, found.unknown) == (2, 2, 1)
    assert found.codes[-1] == 255 and found.codes[98] == found.codes[99] == 254
    assert len(set(found.codes[:99].tolist())) > 90


def test_a_scale_of_days_ends_at_days() -> None:
    days = [datetime.date(2021, 1, 1) + datetime.timedelta(days=37 * row % 101) for row in range(60)]
    column = column_of("day", [*days, None])
    found = coloring(column)
    ends = [column.end_text(end) for end in (found.low, found.high)]
    assert set(ends) <= {day.isoformat() for day in days} and found.below > 0 and found.above > 0


def test_words_of_a_category_are_ordered_by_how_many_pairs_have_them() -> None:
    said = ["b"] * 3 + ["a"] * 3 + ["C"] * 5 + [None] + ["d"]
    column = column_of("x", said)
    assert column.words == ("C", "a", "b", "d") and column.values.dtype == np.int32
    assert [column.text(row) for row in range(len(said))] == [word or "" for word in said]


def test_of_many_categories_the_largest_are_named_and_the_rest_are_other() -> None:
    words = [f"w{row}" for row in range(15) for _ in range(20 - row)] + [None]
    found = coloring(column_of("x", words))
    assert found.names == (*(f"w{row}" for row in range(8)), OTHER, UNKNOWN)
    assert found.counts == (*range(20, 12, -1), sum(range(6, 13)), 1) and sum(found.counts) == len(words)
    nine = coloring(column_of("x", [f"w{row}" for row in range(9)]))
    assert OTHER not in nine.names and len(nine.names) == 9


def test_conditions_combine_and_come_back_from_json(explored: Exploration) -> None:
    view = PairView(explored)
    view.keep(Between("size", 10, 50))
    view.keep(OneOf("place", ("sea", None)))
    view.keep(Says("DOG number"))
    rows = set(view.rows.tolist())
    assert rows == {row for row in range(10, 51) if (row % 10 == 0 or row % 3 == 0) and row % 4 == 0}
    view.keep(Between("size", 10, 30))  # in place of the other range
    assert len(view.state.conditions) == 3 and max(view.rows) <= 30
    view.keep(Among("the first", (100, 112, 999)))
    assert view.rows.tolist() == [12]
    for condition in view.state.conditions:
        assert condition_from_json(condition_to_json(condition)) == condition
        assert condition.words(view.columns)
    view.drop(0)
    view.clear()
    assert len(view.rows) == N


@pytest.mark.parametrize(
    "said",
    [None, {}, {"kind": "x"}, {"kind": "between"}, {"kind": "between", "column": "a", "low": "1"},
     {"kind": "one of", "column": "a", "values": []}, {"kind": "one of", "column": "a", "values": [1]},
     {"kind": "says", "text": " "}, {"kind": "among", "name": "x", "ids": [1.5]}, {"kind": ["says"]},
     {"kind": "between", "column": "a", "high": float("nan")}],
)  # fmt: skip
def test_a_condition_of_the_wrong_form_is_refused(said) -> None:
    with pytest.raises(AMEError, match="condition"):
        condition_from_json(said)


def test_the_order_puts_unknown_last_both_ways(explored: Exploration) -> None:
    view = PairView(explored)
    view.sort("size", descending=False)
    assert view.rows[[0, -1]].tolist() == [1, 0]
    view.sort("size", descending=True)
    assert view.rows[[0, -1]].tolist() == [N - 1, 0]
    view.sort("place", descending=False)
    assert [view.columns["place"].text(row) for row in view.rows[[0, 30, 50, -1]]] == ["sea", "town", "wood", ""]


def test_followers_notes_and_the_frame(explored: Exploration) -> None:
    view, told = PairView(explored), []
    view.on_change(told.append)
    view.select([101, 5, 103])
    view.note(103, " look again ")
    view.add_column(column_of("mine", [row % 2 for row in range(N)]))
    view.color("mine")
    assert told == ["selected", "notes", "columns", "shown", "color"]
    assert view.state.selected == (101, 103) and view.coloring is not None
    frame = view.frame()
    assert frame["note"][3] == "look again" and frame["mine"].tolist()[:3] == [0, 1, 0]
    assert "place" not in frame and frame["meta_place"][1] == "wood"
    with pytest.raises(AMEError, match="color must be"):
        view.color("caption")
    with pytest.raises(AMEError, match="60 values"):
        view.add_column(column_of("short", [1, 2]))


def test_what_surrounds_a_pair_is_what_the_table_measured(explored: Exploration) -> None:
    near = Nearness(explored)
    table = explored.pairs
    for row in (0, 7, 31):
        found = near.surroundings(row)
        assert found.wrong_texts[0].row == table["nearest_text"][row]
        assert found.wrong_texts[0].margin == pytest.approx(table["margin_i2t"][row], abs=1e-6)
        assert found.wrong_images[0].margin == pytest.approx(table["margin_t2i"][row], abs=1e-6)
        assert row not in {one.row for one in found.near_images}


def test_a_neighbour_that_only_the_map_shows_has_its_true_rank(explored: Exploration) -> None:
    near = Nearness(explored)
    cosines = near.cosines(explored.features.image[0], "image")
    far = int(cosines.argmin())
    places = np.random.default_rng(0).normal(size=(N, 2)) + 10
    places[0], places[far] = (0, 0), (0.1, 0)
    found = near.surroundings(0, (places, places))
    assert found.map_images[0].row == far and found.map_images[0].true_rank == N - 1
    assert near.like([3], "image").argmax() == 3 and near.like([3, 4]).shape == (N,)
    assert near.like([3], "image")[5] == pytest.approx(float(torch.cosine_similarity(
        explored.features.image[3], explored.features.image[5], dim=0)), abs=1e-6)  # fmt: skip
    with pytest.raises(AMEError, match="width"):
        near.meaning([1.0, 2.0])


def test_an_image_with_several_texts_has_them_all_and_none_is_wrong() -> None:
    generator = torch.Generator().manual_seed(1)
    image, text = torch.randn(4, 6, generator=generator), torch.randn(8, 6, generator=generator)
    features = PairedFeatures(
        image=image, text=text, image_index=torch.arange(8) // 2, pair_index=torch.arange(8), texts=tuple("abcdefgh")
    )
    found = Nearness(explore_features(features)).surroundings(2)
    assert found.captions == ("c", "d")
    assert not {2, 3} & {one.row for one in found.wrong_texts} and len(found.wrong_images) == 3
