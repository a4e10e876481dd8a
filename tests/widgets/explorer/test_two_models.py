"""Two and more models in an explorer: what broke and healed, both maps, and the sheets of findings."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
import torch

from ame_explore import Distillation, PairedFeatures, Recipe, explore
from ame_explore.ame import AMEError
from ame_explore.analysis.pairs.slice_finder import worst_slices
from ame_explore.analysis.statistics import paired_proportion_interval

N, HOSTILE = 60, "<img src=x onerror=alert(1)>"
WRONG_A, WRONG_B = {3, 4, 5}, {5, 6}


def model(wrong: set[int], order: torch.Tensor | None = None, width: int = 24) -> PairedFeatures:
    """Images near their own texts, but for those of `wrong`, which lie at the next pair's text."""
    generator = torch.Generator().manual_seed(0)
    text = torch.nn.functional.normalize(torch.randn(N, width, generator=generator), dim=1)
    near = torch.tensor([(row + 1) % N if row in wrong else row for row in range(N)])
    image = text[near] + 0.05 * torch.randn(N, width, generator=generator) + 0.1
    words = tuple(f"{HOSTILE} {row}" for row in range(N))
    place = tuple("sea" if row < 10 else "land" for row in range(N))
    made = PairedFeatures(image=image, text=text, ids=torch.arange(N) + 100, texts=words, metadata={"place": place})
    return made if order is None else made.take(order.tolist())


@pytest.fixture(scope="module")
def back() -> torch.Tensor:
    return torch.arange(N - 1, -1, -1)


@pytest.fixture
def explorer(back):
    order_of = model(WRONG_B, back)
    found = explore(model(WRONG_A), order_of, umap=False)
    assert found.widget.children
    return found


def page_of(explorer):
    return {name: body for name, (_, body) in explorer._panel.workbench._retained.items()}


def texts(page) -> list[list[str]]:
    return [[cell["text"] for cell in line] for line in page["sheets"]["open"]["lines"]]


def test_broken_and_healed_pairs_are_a_column_and_a_click_away(explorer) -> None:
    words = explorer.view.columns["image finds text"]
    found = {word: {row for row in range(N) if words.text(row) == word} for word in words.words}
    assert found["healed"] == WRONG_A - WRONG_B and found["broke"] == WRONG_B - WRONG_A
    assert found["in neither"] == WRONG_A & WRONG_B and len(found["in both"]) == N - 4
    bench = explorer._panel.workbench
    bench._handle({"type": "sheet", "name": "changes"})
    line = texts(page_of(explorer))[0]
    assert line[:5] == ["image finds text", "1", "2", str(N - 4), "1"]
    hits = [np.array([row not in wrong for row in range(N)], dtype=float) for wrong in (WRONG_B, WRONG_A)]
    interval = paired_proportion_interval(*hits)
    change = explorer._two.changes.intervals["R@1_i2t"]
    assert (change.mean, change.low, change.high) == pytest.approx((interval.mean, interval.low, interval.high))
    assert "over 60 images" in line[5]
    bench._handle({"type": "entry", "name": "changes", "line": 0, "place": 2})
    assert set(explorer.view.rows) == {3, 4} and page_of(explorer)["shown"]["chips"][0]["count"] == 2
    bench._handle({"type": "entry", "name": "slices", "line": 0, "place": 1})  # of a sheet that is not open
    bench._handle({"type": "entry", "name": "changes", "line": 0, "place": 99})
    assert set(explorer.view.rows) == {3, 4}
    bench._handle({"type": "sheet", "name": ""})
    assert page_of(explorer)["sheets"]["open"] is None
    slices = worst_slices(explorer.exploration, explorer.view.columns)
    assert not set(slices["column"]) & {"image finds text", "text finds image", "image moved"}


def test_the_pair_is_shown_under_both_models(explorer, back) -> None:
    broken, other = 6, N - 1 - 6  # a row of the first model, and of the second
    explorer.select(broken + 100)
    figures = dict(page_of(explorer)["face"]["face"]["figures"])
    assert figures["model"] == "features → other"
    before, after = explorer.pairs.iloc[broken], explorer.other.pairs.iloc[other]
    assert before["rank_i2t"] == 1 and after["rank_i2t"] > 1 and after["id"] == broken + 100
    assert figures["rank, image to text"] == f"1 → {after['rank_i2t']:.0f}"
    assert figures["cosine"] == f"{before['cosine']:.3f} → {after['cosine']:.3f}"
    alone = explore(model(WRONG_A), model(WRONG_B).take(range(40)), umap=False)
    assert alone.widget.children
    alone.select(150)  # which the second model lacks
    figures = dict(page_of(alone)["face"]["face"]["figures"])
    assert "model" not in figures and "→" not in figures["cosine"]


def test_two_maps_in_one_frame_or_each_its_own(explorer, back) -> None:
    places = page_of(explorer)["places"]
    assert places["model"] == "" and places["shared"] and places["picture"] == "one frame"
    assert places["beside"]["model"] == "other"
    matched = explorer._two.matched
    np.testing.assert_allclose(places["image"], matched.teacher_points[:N], atol=1e-5)
    np.testing.assert_allclose(places["beside"]["image"], matched.student_points[:N], atol=1e-5)
    moved = explorer.view.columns["image moved"].values
    np.testing.assert_allclose(moved, matched.moved[:N].numpy(), atol=1e-6)
    assert set(np.argsort(-moved)[:3]) == {3, 4, 6}
    bench = explorer._panel.workbench
    bench._handle({"type": "picture", "picture": "PCA"})
    places = page_of(explorer)["places"]
    assert not places["shared"]
    own = explorer._shown[1].all_places("PCA")[0][back.numpy()]
    np.testing.assert_allclose(places["beside"]["image"], own, atol=1e-5)
    bench._handle({"type": "model", "model": "other"})
    places = page_of(explorer)["places"]
    assert places["beside"] is None and places["model"] == "other"
    np.testing.assert_allclose(places["image"], own, atol=1e-5)
    bench._handle({"type": "model", "model": "nothing"})
    assert page_of(explorer)["places"]["model"] == "other"


def test_sheets_of_slices_trust_and_gap(explorer) -> None:
    bench = explorer._panel.workbench
    names = [tab["name"] for tab in page_of(explorer)["sheets"]["tabs"]]
    assert names[:1] == ["changes"] and {"slices", "trust", "gap"} <= set(names) and "models" not in names
    bench._handle({"type": "sheet", "name": "slices", "choice": "margin_i2t"})
    sheet, found = page_of(explorer)["sheets"]["open"], explorer.worst_slices("margin_i2t")
    assert sheet["choice"] == "margin_i2t" and len(sheet["lines"]) == len(found)
    bench._handle({"type": "entry", "name": "slices", "line": 0, "place": 1})
    assert set(explorer.view.rows) == set(found["rows"][0])
    bench._handle({"type": "sheet", "name": "gap"})
    line = next(line for line in texts(page_of(explorer)) if line[0] == "modality gap")
    assert line[1] == f"{explorer.measures['modality_gap']:.3f}"
    bench._handle({"type": "sheet", "name": "trust"})
    explorer._trusting.wait(60)
    lens = explorer._shown[0].lens("PCA")
    lines = texts(page_of(explorer))
    assert [line[:2] for line in lines] == [["features", "PCA"], ["other", "PCA"]]
    assert lines[0][2] == f"{lens.trustworthiness:.3f}"
    bad = lens.misplaced.numpy()
    assert lines[0][4] == str(int((bad[:N] | bad[N:]).sum()))
    bench._handle({"type": "sheet", "name": "nothing"})
    assert page_of(explorer)["sheets"]["open"]["name"] == "trust"


def test_confused_labels_are_a_sheet_without_an_encoder() -> None:
    pairs = model(WRONG_A)
    label = tuple(HOSTILE if row < 5 else "b" for row in range(N))
    explorer = explore(dataclasses.replace(pairs, metadata={"label": label}), umap=False)
    assert explorer.widget.children
    assert "labels" in [tab["name"] for tab in page_of(explorer)["sheets"]["tabs"]]
    bench = explorer._panel.workbench
    bench._handle({"type": "sheet", "name": "labels"})
    lines = texts(page_of(explorer))  # of the wrong images only that of row 4 lies at a text of the other label
    assert len(lines) == 1 and lines[0][:4] == [HOSTILE, "b", "1", "5"] and lines[0][4].startswith("0.200 [")
    bench._handle({"type": "entry", "name": "labels", "line": 0, "place": 2})
    assert set(explorer.view.rows) == {4}
    none = explore(pairs, umap=False)
    assert none.widget.children and "labels" not in [tab["name"] for tab in page_of(none)["sheets"]["tabs"]]


def test_three_models_in_one_table_and_the_other_is_chosen() -> None:
    models = {"a": model(WRONG_A), "b": model(WRONG_B), "c": model(set(), width=30)}
    explorer = explore(models, umap=False)
    assert explorer.widget.children
    table = explorer.models.set_index(["model", "measure"])
    r1 = table.loc[("b", "R@1_i2t")]
    assert r1["value"] == pytest.approx(1 - 2 / N) and r1["low"] < r1["value"] < r1["high"]
    assert r1["change"] == pytest.approx(1 / N)
    alone = explorer._others["b"][1].intervals["R@1_i2t"]
    assert r1["change_low"] < alone.low and r1["change_high"] > alone.high  # of eight together
    assert np.isnan(table.loc[("a", "R@1_i2t"), "change"])
    bench = explorer._panel.workbench
    bench._handle({"type": "sheet", "name": "models"})
    assert [line[0] for line in texts(page_of(explorer))] == ["a", "b", "c"]
    bench._handle({"type": "sheet", "name": "changes", "choice": "c"})
    page = page_of(explorer)
    assert page["sheets"]["open"]["choice"] == "c" and page["places"]["models"] == ["a", "c"]
    assert page["places"]["beside"]["model"] == "c"
    assert set(explorer.view.columns["image finds text"].words) == {"in both", "healed"}
    explorer.compare("b")
    assert explorer.other.name == "b" and page_of(explorer)["places"]["models"] == ["a", "b"]
    with pytest.raises(AMEError, match="name must be"):
        explorer.compare("d")
    with pytest.raises(AMEError, match="names its models"):
        explore(models, model(set()))


def test_a_model_that_lacks_pairs_leaves_them_unknown() -> None:
    explorer = explore(model(WRONG_A), model(WRONG_B).take(range(40)), umap=False)
    assert explorer.widget.children
    assert explorer.view.columns["image finds text"].known.sum() == 40
    beside = page_of(explorer)["places"]["beside"]
    assert np.isfinite(beside["image"][:40]).all() and np.isnan(beside["image"][40:]).all()
    wide = dataclasses.replace(model(WRONG_B), image=torch.randn(N, 5, generator=torch.Generator().manual_seed(2)))
    other = explore(model(WRONG_A), wide, umap=False)  # whose images and texts cannot be compared
    assert other.widget.children and page_of(other)["places"]["beside"] is None
    assert isinstance(other.changes, pd.DataFrame)


def classed(noise: float, width: int = 12) -> PairedFeatures:
    generator = torch.Generator().manual_seed(3)
    text = torch.nn.functional.normalize(torch.randn(6, width, generator=generator), dim=1)
    label = torch.arange(96) % 6
    image = text[label] + noise * torch.randn(96, width, generator=generator)
    words = tuple(f"{HOSTILE} {row}" for row in range(6))
    return PairedFeatures(image=image, text=text, pair_index=label, texts=words, ids=torch.arange(96) + 100)


def test_a_selection_becomes_data_for_a_distillation() -> None:
    teacher, student = classed(0.1), classed(0.5, 10)
    explorer = explore(teacher, student, umap=False)
    assert explorer.widget.children
    bad = [0, 7, 20]
    explorer.select([row + 100 for row in bad])
    left = explorer.feature_data()
    assert len(left.images) == 93 and left.feature_widths == (10, 12)
    kept = [row for row in range(96) if row not in bad]
    torch.testing.assert_close(left.teacher_image, teacher.image[kept])
    torch.testing.assert_close(left.student_image, student.image[kept])
    torch.testing.assert_close(left.class_features, teacher.text)
    assert left.labels.tolist() == [row % 6 for row in kept]
    some = [row for row in range(96) if row % 6 < 2 and row < 48]
    taught = explorer.feature_data([row + 100 for row in some], use="distill")
    assert taught.splits["distill"].tolist() == some and len(taught.splits["test"]) == 96 - len(some)
    assert taught.base_classes == (0, 1)
    *_, last = Distillation(Recipe.for_data(left, steps=2, batch_size=8), data=left)
    assert last.index == 2
    bench = explorer._panel.workbench
    bench._handle({"type": "sheet", "name": "distil", "choice": "left out"})
    sheet = page_of(explorer)["sheets"]["open"]
    assert "Distillation(data=data)" in sheet["code"] and "93 images" in sheet["words"][1]
    alone = explore(teacher, umap=False)
    torch.testing.assert_close(alone.feature_data([100]).student_image, alone.feature_data([100]).teacher_image)
    own = torch.randn(96, 5, generator=torch.Generator().manual_seed(1))
    assert alone.feature_data([100], student=own).feature_widths == (5, 12)
    for given, message in (
        ({"student": own[:3]}, "student must be"),
        ({"use": "both"}, "use must be"),
        ({"classes": "cosine"}, "few words"),
    ):
        with pytest.raises(AMEError, match=message):
            alone.feature_data([100], **given)
    with pytest.raises(AMEError, match="no classes"):
        explore(model(set()), umap=False).feature_data([100])


def test_classes_are_a_tab_and_the_cells_of_their_matrix_replace_each_other() -> None:
    explorer = explore(classed(0.5), umap=False)
    assert explorer.widget.children
    bench = explorer._panel.workbench
    bench._handle({"type": "sheet", "name": "classes"})
    page = page_of(explorer)
    assert page["sheets"]["open"]["asks"] == [] and page["cross"]["names"] == [f"{HOSTILE} {row}" for row in range(6)]
    found = explorer._classified
    nearest = torch.nn.functional.normalize(classed(0.5).image, dim=1) @ classed(0.5).text.T
    assert (found.predicted == nearest.argmax(1).numpy()).all()
    of, as_ = (int(one[0]) for one in np.nonzero(found.counts - np.diag(np.diag(found.counts))))
    for cell in ((0, 0), (of, as_)):
        bench._handle({"type": "cell", "of": cell[0], "as": cell[1]})
    assert len(explorer.view.rows) == found.counts[of, as_] and len(page_of(explorer)["shown"]["chips"]) == 1
    typed = explore(classed(0.1), umap=False, encode_text=lambda text: classed(0.1).text[int(text[-2])])
    assert typed.widget.children
    typed._panel.workbench._handle({"type": "classes", "text": "class 0, class 3"})
    sheet = page_of(typed)["sheets"]["open"]
    assert (
        sheet["name"] == "classes"
        and sheet["asks"][0]["value"] == "class 0, class 3"
        and "no column" in sheet["words"][0]
    )
    lone = explore(model(set()), umap=False)
    assert lone.widget.children
    assert "classes" not in [tab["name"] for tab in page_of(lone)["sheets"]["tabs"]]
