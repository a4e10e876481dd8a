"""Regions, slices, classes, concepts and sessions of an explorer, from Python and as a page asks for them."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pandas as pd
import pytest
import torch

from ame_explore import PairedFeatures, explore
from ame_explore.ame import AMEError
from ame_explore.analysis.pairs.regions import name_groups

N, KINDS = 240, ("dog", "cat", "train")
HOSTILE = "<img src=x onerror=alert(1)>"


def vectors() -> torch.Tensor:
    return torch.linalg.qr(torch.randn(16, 16, generator=torch.Generator().manual_seed(1)))[0][:4]


@pytest.fixture(scope="module")
def data() -> PairedFeatures:
    """Three clear clusters named by their captions; the texts of pairs from the "attic" are noise."""
    generator = torch.Generator().manual_seed(0)
    kind = torch.arange(N) % 3
    centre = 3 * vectors()[kind]
    own = 0.7 * torch.randn(N, 16, generator=generator)
    image = centre + own + 0.1 * torch.randn(N, 16, generator=generator)
    text = centre + own + 0.1 * torch.randn(N, 16, generator=generator) + 2
    attic = torch.arange(N) % 8 == 5
    text[attic] = torch.randn(int(attic.sum()), 16, generator=generator) + 2
    words = tuple(f"the {KINDS[k]} seen {HOSTILE if k == 1 else 'well'} {row}" for row, k in enumerate(kind.tolist()))
    where = tuple("attic" if one else ("hall", "yard")[row % 2] for row, one in enumerate(attic.tolist()))
    metadata = {"label": tuple(KINDS[k] for k in kind.tolist()), "where": where}
    return PairedFeatures(image=image, text=text, ids=torch.arange(N) + 10, texts=words, metadata=metadata, labels=kind)


def encode(text: str) -> torch.Tensor:
    return vectors()[next((place for place, kind in enumerate(KINDS) if kind in text), 3)]


def page_of(explorer):
    return {name: body for name, (_, body) in explorer._panel.workbench._retained.items()}


def test_regions_are_the_clusters_and_named_by_their_words(data) -> None:
    explorer = explore(data, umap=False)
    assert explorer.widget.children
    explorer._panel.workbench._handle({"type": "regions"})
    column = explorer.view.columns["region"]
    assert explorer.view.state.color == "region" and len(page_of(explorer)["regions"]["regions"]) == len(column.words)
    known = column.known
    assert known.mean() > 0.5
    for place, name in enumerate(column.words):
        kinds = np.array(data.metadata["label"])[column.values == place]
        kind = max(KINDS, key=lambda one: (kinds == one).sum())
        assert (kinds == kind).mean() > 0.95 and kind in name
    other = explore(data.take(range(8)), umap=False)
    with pytest.raises(AMEError, match="at least 10"):
        other.regions()


def test_names_of_groups_leave_out_what_all_say() -> None:
    captions = ["the red dog runs"] * 6 + ["the red cat sleeps"] * 6 + ["the red bird sings"] * 6
    assert name_groups(captions, np.repeat([0, 1, -1], 6)) == ("dog, runs", "cat, sleeps")
    assert name_groups(["same"] * 8, np.repeat([0, 1], 4)) == ("region 1", "region 2")


def test_the_bad_slice_is_found_and_chance_is_not(data) -> None:
    explorer = explore(data, umap=False)
    found = explorer.worst_slices()
    assert (found["column"][0], found["value"][0]) == ("where", "attic") and found["worse"][0]
    assert set(found["rows"][0]) == {row for row in range(N) if row % 8 == 5}
    assert not found[found["column"].isin(["label"])]["worse"].any()
    one = found.iloc[0]
    assert one["low"] <= one["mean"] <= one["high"] < one["elsewhere"] and found.attrs["candidates"] == len(found)
    from ame_explore.analysis.statistics import proportion_interval

    hits = explorer.exploration.measured.hits["i2t"][list(one["rows"])]
    assert one["high"] == pytest.approx(proportion_interval(hits, 1 - 0.05 / len(found)).high)


def test_a_slice_of_most_pairs_is_not_worse_by_the_luck_of_the_few_others(data) -> None:
    """Its own interval lies below the others' share, but that share is uncertain too."""
    from ame_explore.analysis.pairs.columns import Columns, column_of
    from ame_explore.analysis.pairs.slice_finder import worst_slices
    from ame_explore.analysis.statistics import proportion_interval

    explored = explore(data, umap=False).exploration
    hits = np.zeros(N)
    most = np.arange(N) < 0.85 * N
    hits[most] = np.arange(most.sum()) % 3 == 0  # 33% of many
    hits[~most] = np.arange((~most).sum()) % 9 < 5  # 56% of few
    explored = dataclasses.replace(explored, measured=dataclasses.replace(explored.measured, hits={"i2t": hits}))
    column = column_of("place", np.where(most, "many", "few").tolist())
    found = worst_slices(explored, Columns({"place": column}, {})).set_index("value")
    alone = proportion_interval(hits[most], 1 - 0.05 / len(found))
    assert found.loc["many", "high"] == pytest.approx(alone.high) and alone.high < hits[~most].mean()
    assert not found.loc["many", "worse"]
    hits[~most] = 1.0
    assert worst_slices(explored, Columns({"place": column}, {})).set_index("value").loc["many", "worse"]


def test_of_unrelated_slices_hardly_ever_one_is_called_worse() -> None:
    """Made with twenty columns of chance, twenty times: all intervals hold at once in at least 95 % of them."""
    from ame_explore.analysis.pairs.columns import column_of
    from ame_explore.analysis.pairs.exploration import explore_features

    generator = torch.Generator().manual_seed(3)
    text = torch.randn(200, 8, generator=generator)
    explored = explore_features(PairedFeatures(image=text + torch.randn(200, 8, generator=generator), text=text))
    from ame_explore.analysis.pairs.columns import Columns, columns_of
    from ame_explore.analysis.pairs.slice_finder import worst_slices

    base, wrong = columns_of(explored.pairs), 0
    rng = np.random.default_rng(0)
    for _ in range(20):
        names = {f"c{place}": column_of(f"c{place}", rng.choice(["a", "b", "c"], 200).tolist()) for place in range(5)}
        wrong += bool(worst_slices(explored, Columns({**base, **names}))["worse"].any())
    assert wrong <= 4  # Binomial(20, 0.05) exceeds 4 with probability 0.003


def test_zero_shot_by_prompts_by_features_and_from_a_page(data) -> None:
    explorer = explore(data, umap=False, encode_text=encode)
    assert explorer.widget.children
    bench = explorer._panel.workbench
    bench._handle({"type": "classes", "text": "dog, cat, train, moon"})
    found = explorer._classified
    right = found.predicted == np.arange(N) % 3
    assert found.counts.sum() == N and found.accuracy.mean == pytest.approx(right.mean())
    assert found.counts[3].sum() == 0 and set(found.classes["class"]) == set(KINDS)
    assert ((found.margin > 0) == right).all()
    cross = page_of(explorer)["cross"]
    assert cross["names"] == ["dog", "cat", "train", "moon"] and cross["words"][3] == "no image"
    bench._handle({"type": "cell", "of": 1, "as": 1})
    assert set(explorer.view.rows) == set(np.flatnonzero((np.arange(N) % 3 == 1) & right))
    assert page_of(explorer)["shown"]["chips"][0]["words"] == "cat taken for cat"
    again = explorer.zero_shot(KINDS, features=vectors()[:3])
    assert (again.predicted == explorer.zero_shot({kind: [f"a {kind}", kind] for kind in KINDS}).predicted).all()
    bench._handle({"type": "classes", "text": "sun, moon"})
    assert "must include the true ones" in page_of(explorer)["told"]["text"]
    for classes in (["dog"], ["dog", "dog"]):
        with pytest.raises(AMEError, match="at least two different"):
            explorer.zero_shot(classes)
    with pytest.raises(AMEError, match="needs an encoder"):
        explore(data, umap=False).zero_shot(KINDS)


def test_a_concept_is_a_column_and_an_axis_of_the_map(data) -> None:
    explorer = explore(data, umap=False, encode_text=encode)
    assert explorer.widget.children
    explorer._panel.workbench._handle({"type": "concept", "text": "dog vs cat"})
    name = "“dog” vs “cat”"
    values = explorer.view.columns[name].values
    assert values[0::3].min() > values[1::3].max()
    places = page_of(explorer)["places"]
    np.testing.assert_allclose(places["image"][:, 0], values, atol=1e-6)
    assert places["picture"] == name
    mean = explorer.concept(range(10, 250, 3), range(11, 250, 3), name="means")
    assert np.corrcoef(mean, values)[0, 1] > 0.9
    explorer._panel.workbench._handle({"type": "concept", "text": "dog"})
    assert page_of(explorer)["told"]["bad"]
    with pytest.raises(AMEError, match="not all zeros"):
        explorer.concept("dog", "dog")


def test_a_session_comes_back_and_says_what_is_lost(data, tmp_path) -> None:
    explorer = explore(data, umap=False, encode_text=encode)
    explorer.regions()
    explorer.filter("where", values=["attic", "hall"])
    explorer.filter(says="dog")
    explorer.select([10, 13])
    explorer.note(13, HOSTILE)
    path = explorer.save(tmp_path / "s.json")
    other = explore(data, umap=False)
    other.load(path)
    assert other.view.state == explorer.view.state and other.view.columns["region"].words
    assert other.selection["id"].tolist() == [10, 13]
    third = explore(data, umap=False)
    with pytest.warns(UserWarning, match="no column 'region'"):
        third.restore(explorer.token())
    assert third.view.state.conditions == explorer.view.state.conditions
    with pytest.warns(UserWarning, match="not here"):
        explore(data.take(range(1, 30)), umap=False).load(path)
    for damaged in (explorer.token()[:-9], "x", "ame-view1:AAAA"):
        with pytest.raises(AMEError, match="token must"):
            third.restore(damaged)
    (tmp_path / "bad.json").write_text("{}")
    with pytest.raises(AMEError, match="session must"):
        third.load(tmp_path / "bad.json")
    broken = json.loads(path.read_text())
    broken["columns"]["region"]["values"] = ["x"]
    (tmp_path / "bad.json").write_text(json.dumps(broken))
    with pytest.warns(UserWarning, match="damaged"):
        third.load(tmp_path / "bad.json")


def test_what_is_shown_or_selected_is_exported_with_notes_and_columns(data, tmp_path) -> None:
    explorer = explore(data, umap=False)
    explorer.filter("where", values=["attic"])
    explorer.note(15, "=1+1")
    explorer.select([12, 10])
    table = pd.read_csv(explorer.export(tmp_path / "shown.csv", which="shown"))
    assert table["id"].tolist() == explorer.view.shown["id"].tolist() and len(table) == N // 8
    assert table.loc[table["id"] == 15, "note"].tolist() == ["'=1+1"]
    points = pd.read_parquet(explorer.export(tmp_path / "s.parquet", which="selection", layout="points"))
    assert points["id"].tolist() == [12, 10, 12, 10] and points["modality"].tolist() == ["image"] * 2 + ["text"] * 2
    explorer.select([])
    with pytest.raises(AMEError, match="leave a pair"):
        explorer.export(tmp_path / "none.csv", which="selection")
    with pytest.raises(AMEError, match="one of: low"):
        explorer.filter("where")
