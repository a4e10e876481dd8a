"""Pairs one by one and as a whole: held against the whole matrix, the measures, and real features."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from torch.nn.functional import normalize

from ame_explore import measures
from ame_explore.ame import AMEError
from ame_explore.analysis.pairs import set_measures as joint
from ame_explore.analysis.pairs import similarities as crossing
from ame_explore.analysis.pairs import suspects as findings
from ame_explore.analysis.pairs.exploration import MEASURES, explore_features
from ame_explore.analysis.pairs.maps import mapped_rows
from ame_explore.analysis.pairs.pair_changes import compare_pairs
from ame_explore.analysis.pairs.pair_measures import pair_measures, relational_agreement
from ame_explore.data import PairedFeatures

REAL = Path(__file__).resolve().parents[4] / "shared" / "data" / "clip_coco500.npy"
needs_real = pytest.mark.skipif(not REAL.is_file(), reason=f"{REAL.name}, which is no part of the project, is absent")


def paired(
    n: int = 60, width: int = 16, *, texts: int | None = None, noise: float = 0.6, seed: int = 0
) -> PairedFeatures:
    """Images near their texts; with fewer texts than images these share them, and have labels."""
    generator = torch.Generator().manual_seed(seed)
    m = n if texts is None else texts
    text = torch.randn(m, width, generator=generator)
    pairs = torch.arange(n) % m
    image = 3 * (text[pairs] + noise * torch.randn(n, width, generator=generator)) + 0.5
    words = tuple(f"text {row}" for row in range(m))
    labels = None if texts is None else pairs
    return PairedFeatures(
        image=image, text=text, pair_index=pairs, ids=torch.arange(n) + 7, labels=labels, texts=words, logit_scale=12.0
    )


def reference(features: PairedFeatures, k: int) -> dict[str, torch.Tensor]:
    """All of a `Crossing` from the whole matrix in float64."""
    pairs = features.pair_index
    scores = normalize(features.image.double()) @ normalize(features.text.double()).T
    right = pairs[:, None] == torch.arange(len(features.text))
    wrong, own = scores.masked_fill(right, -math.inf), scores[right]
    best = scores.masked_fill(~right, -math.inf).amax(0)
    z = features.logit_scale * scores
    found = {"cosine": own}
    for name, axis, limit in (("images", 1, own[:, None]), ("texts", 0, best[None])):
        logs = z.log_softmax(axis)
        found[f"{name}.greater"] = (wrong > limit + 1e-12).sum(axis)
        found[f"{name}.wrong"], found[f"{name}.wrong_at"] = wrong.max(axis)
        found[f"{name}.entropy"] = -(logs.exp() * logs).sum(axis)
        found[f"{name}.occurrence"] = torch.bincount(scores.topk(k, axis).indices.ravel(), minlength=scores.shape[axis])
    return found


@pytest.mark.parametrize("texts", [None, 9])
@pytest.mark.parametrize("double", [True, False])
@pytest.mark.parametrize("logit_scale", [12.0, 400.0])
def test_one_pass_is_the_whole_matrix(
    texts: int | None, double: bool, logit_scale: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In small strips and tiles, in float64 and in float32 with its doubtful places looked at again."""
    monkeypatch.setattr(crossing, "_EXACT_BELOW", 10**9 if double else 0)
    monkeypatch.setattr(crossing, "_STRIP", 16)
    monkeypatch.setattr(crossing, "_TILE", 32)
    monkeypatch.setattr(crossing, "_CHUNK", 2)
    features = dataclasses.replace(paired(150, texts=texts), logit_scale=logit_scale)
    f = features
    found = crossing.cross(image=f.image, text=f.text, pairs=f.pairs, logit_scale=logit_scale, k=3)
    for name, expected in reference(features, 3).items():
        side, _, part = name.rpartition(".")
        value = getattr(getattr(found, side), part) if side else getattr(found, part)
        if value.is_floating_point():
            # float32: a cosine errs by 1e-6, an entropy of up to 5 nats by logit_scale times that
            close = 1e-10 if double else 2e-6 * (logit_scale if part == "entropy" else 1)
            torch.testing.assert_close(value, expected, atol=close, rtol=0)
        else:
            assert torch.equal(value, expected), name


@pytest.mark.parametrize("double", [True, False])
def test_a_rank_among_ties_is_the_expected_one(double: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crossing, "_EXACT_BELOW", 10**9 if double else 0)
    features = paired(40)
    text = features.text.clone()
    text[20:] = text[:20]
    image = text * torch.linspace(0.1, 9, 40)[:, None]  # every image is exactly its text, which is there twice
    found = pair_measures(dataclasses.replace(features, image=image, text=text))
    assert (found.table["rank_i2t"] == 1.5).all() and (found.table["rank_t2i"] == 1.5).all()
    assert found.table["margin_i2t"].abs().max() < 1e-6
    assert found.recall["R@1_i2t"] == found.recall["R@1_t2i"] == 0.5 and found.recall["R@5_i2t"] == 1.0
    assert found.tied == {"i2t": 1.0, "t2i": 1.0}


@pytest.mark.parametrize("gathered", [0, 10**9])
@pytest.mark.parametrize("double", [True, False])
def test_constant_features_find_by_chance_and_are_called_collapsed(
    double: bool, gathered: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crossing, "_EXACT_BELOW", 10**9 if double else 0)
    monkeypatch.setattr(crossing, "_GATHERED", gathered)
    v, w = torch.randn(2, 64, generator=torch.Generator().manual_seed(0))
    n = 500
    explored = explore_features(PairedFeatures(image=v.repeat(n, 1), text=w.repeat(n, 1)))
    for k in (1, 5, 10):
        assert explored.measures[f"R@{k}_i2t"] == pytest.approx(k / n)
        assert explored.measures[f"R@{k}_t2i"] == pytest.approx(k / n)
    assert (explored.pairs["rank_i2t"] == (n + 1) / 2).all()
    assert explored.collapsed == ("image", "text") == tuple(explored.to_json()["collapsed"])


def several_captions(images: int = 100, each: int = 5, noise: float = 1.5) -> PairedFeatures:
    """Each image with several captions near it, in any order."""
    generator = torch.Generator().manual_seed(3)
    image = torch.randn(images, 12, generator=generator)
    owner = torch.arange(images).repeat_interleave(each)[torch.randperm(images * each, generator=generator)]
    text = image[owner] + noise * torch.randn(len(owner), 12, generator=generator)
    pairs = torch.stack([owner, torch.arange(len(owner))], dim=1)
    return PairedFeatures.of(image, text, pairs=pairs, logit_scale=20.0)


def standard_recall(features: PairedFeatures, k: int) -> tuple[float, float]:
    """By sorting: an image counts if any of its captions is among the k nearest, a caption if its image is."""
    x, y = (rows.double().numpy() for rows in (features.image, features.text))
    scores = (x / np.linalg.norm(x, axis=1)[:, None]) @ (y / np.linalg.norm(y, axis=1)[:, None]).T
    owner = np.empty(len(y), dtype=int)
    owner[features.pairs[:, 1]] = features.pairs[:, 0]
    to_text = [(owner[np.argsort(-row)[:k]] == i).any() for i, row in enumerate(scores)]
    to_image = [owner[j] in np.argsort(-column)[:k] for j, column in enumerate(scores.T)]
    return float(np.mean(to_text)), float(np.mean(to_image))


@pytest.mark.parametrize("double", [True, False])
def test_an_image_is_found_if_any_of_its_captions_is(double: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crossing, "_EXACT_BELOW", 10**9 if double else 0)
    monkeypatch.setattr(crossing, "_STRIP", 16)
    monkeypatch.setattr(crossing, "_TILE", 32)
    features = several_captions()
    found = pair_measures(features)
    for k in (1, 5, 10):
        expected = standard_recall(features, k)
        assert found.recall[f"R@{k}_i2t"] == pytest.approx(expected[0])
        assert found.recall[f"R@{k}_t2i"] == pytest.approx(expected[1])
    x, y = (normalize(rows.double()) for rows in (features.image, features.text))
    table = found.table
    for row in (0, 77, 499):  # a caption's rank is among the captions of other images alone
        image, text = features.pairs[row].tolist()
        others = features.pairs[features.pairs[:, 0] != image, 1]
        assert table["rank_i2t"][row] == 1 + int((y[others] @ x[image] > y[text] @ x[image] + 1e-12).sum())
        assert table["rank_t2i"][row] == 1 + int((x @ y[text] > y[text] @ x[image] + 1e-12).sum())
    assert len(table) == 500 and table["image"].nunique() == 100


@pytest.mark.parametrize("compared", [0, 10**9])
def test_ranks_of_shared_texts_are_of_each_pair(compared: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each image of a class is ranked by itself, so that rank 1 and a negative margin never stand together."""
    monkeypatch.setattr(crossing, "_COMPARED", compared)
    features = paired(90, texts=6, noise=2.0)
    table = pair_measures(features).table
    assert ((table["rank_t2i"] == 1) == (table["margin_t2i"] > 0)).all() and (table["rank_t2i"] > 1).any()
    scores = normalize(features.image.double()) @ normalize(features.text.double()).T
    for row in (0, 41, 89):
        text = int(features.pair_index[row])
        wrong = scores[features.pair_index != text, text]
        assert table["rank_t2i"][row] == 1 + int((wrong > scores[row, text]).sum())


def test_repeated_images_are_read_as_one_image_with_its_captions(tmp_path: Path) -> None:
    """100 images with 5 captions, each image stored 5 times: row by row R@1 is a fifth of the standard."""
    features = several_captions()
    repeated = features.image[features.image_index]
    np.save(tmp_path / "f.npy", torch.stack([repeated, features.text]).numpy())
    standard = explore_features(features)
    found = explore_features(PairedFeatures.from_files(tmp_path / "f.npy", logit_scale=20.0))
    assert len(found.features.image) == 100 and any("100 images with 500 texts" in note for note in found.notes)
    for name, value in standard.measures.items():
        assert found.measures[name] == pytest.approx(value, abs=1e-6), name
    by_row = PairedFeatures(image=repeated, text=features.text)
    assert explore_features(by_row).measures["R@1_i2t"] == pytest.approx(standard.measures["R@1_i2t"] / 5)
    assert any("exactly as near" in note for note in explore_features(by_row).notes)


@needs_real
def test_known_recall_of_real_images_repeated() -> None:
    """100 of the 500 real images, each beside five captions: its own and four of the others."""
    image, text = (torch.from_numpy(side) for side in np.load(REAL))
    owner = torch.arange(500) % 100
    features = PairedFeatures.of(image[:100], text, pairs=torch.stack([owner, torch.arange(500)], 1))
    found = pair_measures(features).recall
    assert (found["R@1_i2t"], found["R@1_t2i"]) == pytest.approx(standard_recall(features, 1))


def test_ranks_agree_with_retrieval() -> None:
    features = paired(80, texts=11)
    found = pair_measures(features)
    expected = measures.retrieval_at_k(image=features.image, text=features.text, pair_index=features.pair_index)
    for k in (1, 5, 10):
        assert found.recall[f"R@{k}_i2t"] == pytest.approx(expected.image_to_text[k])
        assert found.recall[f"R@{k}_t2i"] == pytest.approx(expected.text_to_image[k])


@given(seed=st.integers(0, 99), shift=st.integers(1, 30))
def test_order_of_the_pairs_does_not_matter(seed: int, shift: int) -> None:
    features = paired(31, seed=seed)
    order = (torch.arange(31) + shift) % 31
    a = pair_measures(features).table.set_index("id")
    b = pair_measures(features.take(order)).table.set_index("id").loc[a.index]
    for name in ("cosine", "rank_i2t", "rank_t2i", "margin_t2i", "entropy_i2t", "suspicion"):
        np.testing.assert_allclose(a[name], b[name], atol=1e-12)


@pytest.mark.parametrize(("n", "width"), [(200, 16), (10, 40)])
def test_blocks_agree_with_the_measures(n: int, width: int) -> None:
    features = paired(n, width)
    x, y = features.image, features.text
    rows = torch.cat([normalize(x.double()), normalize(y.double())])
    expected = {
        "modality_gap": measures.modality_gap(x, y),
        "uniformity_image": measures.uniformity(x),
        "uniformity_text": measures.uniformity(y),
        "von_neumann": measures.von_neumann_entropy(rows),
        "effective_rank_singular": measures.effective_rank(rows),
        "effective_rank_squared": measures.effective_rank(rows, of="squared"),
        "cka": measures.linear_cka(x, y),
    }
    found = joint.joint_measures(image=x, text=y, pairs=features.pairs)
    for name, value in expected.items():
        # Squaring the singular values halves their digits: 1e-8 of the largest, times the number of them.
        assert found[name].value == pytest.approx(value, rel=1e-6), name


def test_sampled_uniformity_covers_the_exact_one(monkeypatch: pytest.MonkeyPatch) -> None:
    features = paired(1500)
    exact = measures.uniformity(features.image)
    monkeypatch.setattr(joint, "ALL_PAIRS_UP_TO", 100)
    monkeypatch.setattr(joint, "_SAMPLED_PAIRS", 60_000)
    apart = []
    for seed in range(20):
        found = joint.uniformity_estimate(features.image, seed=seed)
        assert found.value is not None and 0 < found.standard_error < 0.05
        apart.append((found.value - exact) / found.standard_error)
    apart_by_2 = joint.uniformity_estimate(torch.eye(101))  # squared, any two rows; no row is paired with itself
    assert apart_by_2.value == pytest.approx(-4) and apart_by_2.standard_error < 1e-6
    assert np.abs(apart).max() < 4.0 and 0.5 < np.std(apart) < 1.6  # 20 draws of a standard normal, nearly


@needs_real
def test_known_values_of_real_features() -> None:
    """From shared/data/README.md, computed there independently in float64."""
    found = explore_features(PairedFeatures.from_files(REAL)).to_json()
    known = {
        "modality_gap": 0.85135,
        "pair_cosine": 0.30992,
        "R@1_i2t": 0.552,
        "R@5_i2t": 0.808,
        "R@10_i2t": 0.892,
        "R@1_t2i": 0.506,
        "R@5_t2i": 0.766,
        "R@10_t2i": 0.862,
        "alignment": 1.38016,
        "uniformity_image": -1.79453,
        "uniformity_text": -1.84091,
        "von_neumann": 3.3901,
        "cka": 0.6362,
    }
    for name, value in known.items():
        assert found[name] == pytest.approx(value, abs=1e-4), name
    assert found["effective_rank_squared"] == pytest.approx(math.exp(found["von_neumann"]), rel=1e-6)


@needs_real
@pytest.mark.parametrize("seed", range(5))
def test_swapped_captions_are_among_the_first_suspects(seed: int) -> None:
    features = PairedFeatures.from_files(REAL)
    rows = torch.from_numpy(np.random.default_rng(seed).choice(500, 10, replace=False))
    text = features.text.clone()
    text[rows] = features.text[rows.roll(1)]
    suspects = findings.suspects(pair_measures(dataclasses.replace(features, text=text)), 20)
    assert len(set(suspects["row"]) & set(rows.tolist())) >= 7


def swapped(features: PairedFeatures, rows: list[int]) -> PairedFeatures:
    text = features.text.clone()
    text[rows] = features.text[rows[1:] + rows[:1]]
    return dataclasses.replace(features, text=text)


def test_suspects_without_a_common_space() -> None:
    """Text features turned into another, wider space: no cosine is left, and swapped captions are found."""
    features = swapped(paired(200, 24, noise=0.3), [3, 50, 120, 177])
    turn = torch.randn(24, 40, generator=torch.Generator().manual_seed(5))
    explored = explore_features(dataclasses.replace(features, text=features.text @ turn))
    assert {3, 50, 120, 177} <= set(explored.suspects["row"][:8])
    assert {name for name, value in explored.measures.items() if value is None} == {
        *(f"R@{k}_{way}" for k in (1, 5, 10) for way in ("i2t", "t2i")),
        *(
            "modality_gap",
            "pair_cosine",
            "alignment",
            "von_neumann",
            "effective_rank_singular",
            "effective_rank_squared",
        ),
    }
    assert any("different widths" in note for note in explored.notes)


def test_agreement_of_relations_is_one_for_a_rotation() -> None:
    x = paired(50).image
    turn = torch.linalg.qr(torch.randn(16, 16, generator=torch.Generator().manual_seed(1)))[0]
    np.testing.assert_allclose(relational_agreement(x, x @ turn), 1.0, atol=1e-4)


@pytest.mark.parametrize(("n", "block"), [(50, 7), (50, 1024), (2, 1024)])
def test_agreement_of_relations_is_a_correlation_over_the_other_rows(
    n: int, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ame_explore.analysis.pairs.pair_measures._BLOCK", block)
    features = paired(n)
    found = relational_agreement(features.image, features.text)
    cosines = []
    for rows in (features.image.double().numpy(), features.text.double().numpy()):
        unit = normalize(torch.from_numpy(rows - rows.mean(0))).numpy()
        cosines.append(unit @ unit.T - unit.mean(0) @ unit.T)
    for row in range(n):
        others = np.arange(n) != row
        expected = np.corrcoef(*(side[row, others] for side in cosines))[0, 1] if n > 2 else 0.0
        assert found[row] == pytest.approx(expected, abs=1e-12)


def test_hubness_is_the_skewness_of_the_occurrences() -> None:
    counts = np.array([0, 1, 1, 2, 9, 30, 0, 4])
    assert findings.hubness(counts) == pytest.approx(stats.skew(counts), rel=1e-12)
    assert math.isnan(findings.hubness(np.array([3, 3, 3]))) and math.isnan(findings.hubness(np.array([3])))


def test_ambiguous_pairs_are_close_calls() -> None:
    features = paired(100, noise=1.2)
    found = findings.ambiguous(features, pair_measures(features))
    assert len(found) and found["entropy_i2t"].is_monotonic_decreasing
    assert (features.logit_scale * found["margin_i2t"].abs()).max() <= math.log(10)


def test_a_planted_hub_is_found() -> None:
    features = paired(120, 64)
    text = features.text.clone()
    text[5] = normalize(features.image.mean(0), dim=0) * 8 + 0.1 * text[5]
    explored = explore_features(dataclasses.replace(features, image=features.image + 4, text=text))
    assert explored.text_hubs["row"][0] == 5 and explored.text_hubs["times"][0] > 60
    assert explored.hubness[0] > 1


def test_duplicates_are_grouped() -> None:
    features = paired(30)
    image, text, words = features.image.clone(), features.text.clone(), list(features.texts)
    image[[4, 9]] = 2 * image[1]
    text[20] = text[2]
    words[7] = "  TEXT 6 "
    found, how = findings.duplicates(dataclasses.replace(features, image=image, text=text, texts=tuple(words)))
    groups = {(line["kind"], line["rows"]) for line in found.to_dict("records")}
    assert groups == {("same image features", (1, 4, 9)), ("same text features", (2, 20)), ("same caption", (6, 7))}
    assert "0.99" in how


def test_slices_by_words_numbers_and_labels() -> None:
    features = paired(80, texts=4, noise=2.0)
    metadata = {"source": tuple("web" if i % 3 else "book" for i in range(80)), "size": tuple(i / 7 for i in range(80))}
    metadata["name"] = tuple(f"only {i}" for i in range(80))
    metadata["tags"] = tuple(np.array(["a", "b"]) for _ in range(80))  # as parquet's lists are read
    features = dataclasses.replace(features, metadata=metadata)
    table, _ = findings.slices(features, pair_measures(features))
    assert table.groupby("column").size().to_dict() == {"source": 2, "size": 4, "label": 4}
    assert (table.groupby("column")["pairs"].sum() == 80).all()
    means = table[table["column"] == "source"]
    total = (means["R@1_i2t"] * means["pairs"]).sum() / 80
    assert total == pytest.approx(pair_measures(features).recall["R@1_i2t"])
    book = [i for i in range(80) if i % 3 == 0]
    for name in ("cosine", "entropy_i2t"):  # means have Student's t interval, held here against scipy's
        values = pair_measures(features).table[name].to_numpy()[book]
        wanted = stats.t.interval(0.95, len(book) - 1, values.mean(), stats.sem(values))
        line = means[means["value"] == "book"].iloc[0]
        assert (line[f"{name}_low"], line[f"{name}_high"]) == pytest.approx(wanted, rel=1e-9)
    three = features.take([0, 1, 2])
    few, _ = findings.slices(three, pair_measures(three))
    assert few["cosine_low"][few["pairs"] == 1].isna().all() and few.columns.equals(table.columns)


def test_missing_values_are_a_slice_of_their_own() -> None:
    features = paired(80)
    metadata: dict[str, tuple[Any, ...]] = {
        "year": (2001, None, 2003, 2004) * 20,
        "size": tuple(math.nan if i < 20 else i / 7 for i in range(80)),
        "nothing": (None,) * 80,
    }
    table, _ = findings.slices(dataclasses.replace(features, metadata=metadata), pair_measures(features))
    assert set(table["value"][table["column"] == "year"]) == {"2001", "2003", "2004", "(missing)"}
    assert (table["column"] == "size").sum() == 5 and "nothing" not in set(table["column"])
    assert table["pairs"][table["value"] == "(missing)"].tolist() == [20, 20]


def test_a_column_that_cannot_be_used_costs_itself_alone() -> None:
    class Odd:
        def __hash__(self) -> int:
            raise RuntimeError("no hash")

    features = paired(80)
    metadata: dict[str, tuple[Any, ...]] = {
        "size": (math.inf, -math.inf, *(i / 7 for i in range(78))),
        "odd": (Odd(),) * 80,
        "huge": (10**400,) * 79 + (1,),
        "year": (2001, 2002) * 40,
    }
    explored = explore_features(dataclasses.replace(features, metadata=metadata))
    sliced = explored.slices.groupby("column").size().to_dict()
    assert sliced["year"] == 2 and sliced["size"] == 5 and "odd" not in sliced
    assert explored.slices["pairs"][explored.slices["value"] == "(infinite)"].tolist() == [2]
    assert any("'odd' makes no slices" in note for note in explored.notes)


def test_measures_json_has_the_names_that_were_agreed() -> None:
    features = dataclasses.replace(paired(40, texts=8), metadata={"id": tuple(f"w{i}" for i in range(40))})
    found = explore_features(features).to_json()
    assert list(found)[: len(MEASURES)] == list(MEASURES)
    for kind in ("mismatched_pairs", "ambiguous"):
        assert all(line["id"] == line["row"] + 7 and line["name"] == f"w{line['row']}" for line in found[kind])
    assert all(set(hub["ids"]) == {7 + hub["row"] + 8 * i for i in range(5)} for hub in found["hubs_text"])
    assert all(hub["ids"] == [hub["row"] + 7] for hub in found["hubs_image"])
    scores = [line["suspicion"] for line in found["mismatched_pairs"]]
    assert scores == sorted(scores, reverse=True)


def test_wide_features_are_measured_by_their_rows() -> None:
    """Ten thousand columns and a hundred rows: no matrix of columns by columns is made."""
    features = paired(30, 10_000)
    rows = torch.cat([normalize(features.image.double()), normalize(features.text.double())])
    found = joint.joint_measures(image=features.image, text=features.text, pairs=features.pairs)
    assert found["von_neumann"].value == pytest.approx(measures.von_neumann_entropy(rows), rel=1e-9)
    assert found["cka"].value == pytest.approx(measures.linear_cka(features.image, features.text), rel=1e-9)


def test_memory_is_asked_for_before_it_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two copies of all rows and three of the smaller Gram matrix, in float64."""
    asked: list[int] = []
    monkeypatch.setattr("ame_explore.analysis.pairs.exploration.check_memory", lambda what, size: asked.append(size))
    explore_features(paired(60, 16, texts=9))
    explore_features(paired(6, 40))
    assert asked == [8 * (2 * (60 + 9) * 16 + 3 * 16**2), 8 * (2 * (6 + 6) * 40 + 3 * 12**2)]


def test_comparison_matches_by_id() -> None:
    a = paired(50)
    b = dataclasses.replace(a, image=a.image + 0.1).take(torch.arange(49, 9, -1))
    changes = compare_pairs(explore_features(a, name="a"), explore_features(b, name="b"))
    assert len(changes.table) == 40 and changes.left_out == 10
    assert (changes.table["row"] == 49 - changes.table["other_row"]).all()
    same = compare_pairs(explore_features(a), explore_features(a))
    assert same.table["cosine_change"].abs().max() == 0 and same.intervals["R@1_i2t"].verdict == "no difference seen"


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "one pair": ({"n": 1}, "at least two pairs, got one"),
}


@pytest.mark.parametrize(("options", "message"), REFUSED.values(), ids=REFUSED)
def test_refuses(options: dict[str, Any], message: str) -> None:
    with pytest.raises(AMEError, match=message):
        explore_features(paired(**options))


def test_a_row_of_zeros_is_refused() -> None:
    features = paired(5)
    image = features.image.clone()
    image[2] = 0
    with pytest.raises(AMEError, match="row of zeros"):
        explore_features(dataclasses.replace(features, image=image))


@pytest.mark.parametrize(
    "features", [paired(2), paired(6, texts=1), paired(12, texts=2)], ids=["two", "one text", "few"]
)
def test_the_smallest_sets_have_an_answer(features: PairedFeatures) -> None:
    found = explore_features(features).to_json()
    assert found["R@1_i2t"] is not None and 0 <= found["R@1_i2t"] <= 1
    assert len(found["mismatched_pairs"]) == len(features.image)


def test_a_map_that_cannot_hold_all_pairs_holds_all_suspects() -> None:
    """One choice of pairs for the report and the explorer."""
    explored = explore_features(swapped(paired(60), [5, 9, 41]))
    ranked = explored.suspects["row"].tolist()  # the most suspect first
    assert {5, 9, 41} <= set(ranked[:6])
    assert mapped_rows(explored, most=10).tolist() == sorted(ranked[:10])
    few = dataclasses.replace(explored, suspects=explored.suspects.iloc[:6])
    rows = mapped_rows(few, most=10).tolist()
    assert len(set(rows)) == 10 and set(ranked[:6]) <= set(rows)


def test_a_first_look_is_exact_among_a_sample_of_all_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    from ame_explore.analysis.pairs import exploration

    monkeypatch.setattr(exploration, "FIRST_LOOK", 40)
    generator = torch.Generator().manual_seed(0)
    text = torch.randn(60, 6, generator=generator)
    owner = torch.arange(90).flip(0) % 60
    features = PairedFeatures(
        image=text[owner] + torch.randn(90, 6, generator=generator),
        text=text,
        pair_index=owner,
        ids=torch.arange(90) + 500,
        texts=tuple(f"text {row}" for row in range(60)),
        metadata={"place": tuple("abc"[row % 3] for row in range(90))},
    )
    found = exploration.first_look(features)
    assert found.sample is not None and len(found.pairs) == 90
    known = found.pairs["cosine"].notna().to_numpy()
    rows = np.flatnonzero(known)
    assert len(rows) == 40
    alone = exploration.explore_features(features.take(rows)).pairs
    for column in ("id", "caption", "meta_place", "cosine", "rank_i2t", "margin_t2i", "entropy_t2i", "suspicion"):
        assert found.pairs[column][known].tolist() == alone[column].tolist()
    right = [(f"text {row}", place) for row, place in zip(owner.tolist(), "abc" * 30, strict=True)]
    assert list(zip(found.pairs["caption"], found.pairs["meta_place"], strict=True)) == right
    cosines = torch.nn.functional.normalize(features.image, dim=1) @ torch.nn.functional.normalize(text, dim=1).T
    nearest = found.pairs["nearest_text"].to_numpy()[rows]
    assert torch.allclose(
        cosines[rows, nearest].double(),
        torch.from_numpy((found.pairs["cosine"] - found.pairs["margin_i2t"]).to_numpy()[rows]), atol=1e-6,
    )  # fmt: skip
    assert found.suspects["id"].tolist() == found.pairs.loc[found.suspects["row"], "id"].tolist()
    assert found.suspects["suspicion"].is_monotonic_decreasing and len(found.suspects) == 40
    assert found.text_hubs["caption"].tolist() == [features.texts[row] for row in found.text_hubs["row"]]
    assert found.measured.text_occurrence.sum() == found.sample.measured.text_occurrence.sum()
    with pytest.raises(AMEError, match="more than 40 pairs"):
        exploration.first_look(features.take(range(40)))


def test_labels_are_confused_as_often_as_the_nearest_text_is_of_another() -> None:
    generator = torch.Generator().manual_seed(3)
    text = torch.randn(80, 4, generator=generator)
    image = text + 1.2 * torch.randn(80, 4, generator=generator)
    labels = torch.arange(80) % 3
    features = PairedFeatures(image=image, text=text, pair_index=torch.arange(80), labels=labels)
    found = findings.confused_labels(explore_features(features).measured)
    cosines = torch.nn.functional.normalize(image, dim=1) @ torch.nn.functional.normalize(text, dim=1).T
    taken = labels[cosines.argmax(1)]
    for line in found.to_dict("records"):
        mine = (labels == line["label"]) & (taken == line["taken_for"])
        assert line["times"] == int(mine.sum()) and line["rows"] == tuple(mine.nonzero()[:, 0].tolist())
        assert line["images"] == int((labels == line["label"]).sum())
        assert line["low"] < line["share"] < line["high"]
        assert line["back"] == int(((labels == line["taken_for"]) & (taken == line["label"])).sum())
    assert found["times"].sum() == int((taken != labels).sum()) > 5 and found["times"].is_monotonic_decreasing
    one = dataclasses.replace(features, labels=torch.zeros(80, dtype=torch.int64))
    assert findings.confused_labels(explore_features(one).measured).empty
    lists = dataclasses.replace(features, metadata={"label": tuple([row % 3] for row in range(80))})
    assert findings.confused_labels(explore_features(lists).measured).empty
