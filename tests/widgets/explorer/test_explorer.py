"""explore(): one selection for all views, and a selection that becomes a test."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import ipywidgets
import numpy as np
import pandas as pd
import pytest
import torch

from ame_explore import PairedFeatures, explore
from ame_explore.ame import AMEError
from ame_explore.analysis.pairs import maps as explorer_maps

N = 40


def features(noise: float = 0.6, *, texts: int = N, captions: tuple[str, ...] | None = None) -> PairedFeatures:
    generator = torch.Generator().manual_seed(0)
    text = torch.randn(texts, 12, generator=generator)
    pairs = torch.arange(N) % texts
    image = text[pairs] + noise * torch.randn(N, 12, generator=generator) + 1
    words = captions or tuple(f"text {row}" for row in range(texts))
    return PairedFeatures(
        image=image, text=text, pair_index=pairs, ids=torch.arange(N) + 100, texts=words, logit_scale=20.0
    )


def all_widgets(widget: Any) -> list[Any]:
    return [widget, *(one for child in getattr(widget, "children", ()) for one in all_widgets(child))]


def page_of(explorer: Any) -> dict[str, Any]:
    """What a page that opens now is told, by the type of message."""
    return {name: body for name, (_, body) in explorer._panel.workbench._retained.items()}


def test_a_selection_in_one_view_is_in_all() -> None:
    explorer = explore(features(), umap=False)
    assert explorer.widget.children
    bench, margin_view = explorer._panel.views
    bench._handle({"type": "step", "by": 1})  # the most suspect is the first of the table
    assert (
        explorer.selection["id"].tolist() == [explorer.suspects["id"][0]] == [page_of(explorer)["face"]["face"]["id"]]
    )
    bench._handle({"type": "select", "rows": [3, 20]})  # as the browser tells it
    assert explorer.selection["id"].tolist() == [103, 120] and margin_view.selection == (103, 120)
    assert len(page_of(explorer)["face"]["grid"]["pairs"]) == 2
    margin_view._handle({"type": "select", "ids": [104]})
    assert explorer.selection["id"].tolist() == [104] and page_of(explorer)["selection"]["rows"].tolist() == [4]
    explorer.select(explorer.pairs[:3])
    assert margin_view.selection == (100, 101, 102)


def test_a_text_that_images_share_stands_for_them() -> None:
    explorer = explore(features(texts=8), umap=False)
    assert explorer.widget.children
    (texts,) = (one for one in explorer.map().figure.data if one.name == "text" and one.customdata is not None)
    explorer._panel.views[0]._handle({"type": "select", "ids": texts.customdata[2]})
    assert explorer.selection["text"].unique().tolist() == [2] and len(explorer.selection) == 5


def test_captions_travel_as_text_and_html_widgets_hold_none() -> None:
    words = tuple(f"<img src=x onerror=alert({row})>" for row in range(N))
    explorer = explore(features(captions=words), umap=False)
    assert explorer.widget.children
    explorer.select([105])
    for part in all_widgets(explorer.widget):
        if isinstance(part, ipywidgets.HTML):
            assert "<img" not in part.value
    assert page_of(explorer)["face"]["face"]["captions"] == [words[5]]


def test_umap_replaces_the_first_picture_and_leaves_a_chosen_one() -> None:
    explorer, chosen = explore(features()), explore(features())
    for each in (explorer, chosen):
        assert each.widget.children
    bench = chosen._panel.workbench
    assert [name for name, _ in bench.pictures] == ["PCA", "UMAP", "gap closed"]
    assert bench.pictures[1][1] in ("UMAP (preparing…)", "UMAP")
    bench._handle({"type": "picture", "picture": "gap closed"})
    for each in (explorer, chosen):
        assert each.projection(timeout=120).method == "umap"
        each._umap_ended()  # as the worker does, which may come a moment later
        assert page_of(each)["places"]["pictures"][1] == {"name": "UMAP", "label": "UMAP"}
    assert "UMAP" in explorer.map("entropy (nats)").title and "PCA" in explorer.map(picture="PCA").title
    assert page_of(explorer)["places"]["picture"] == "UMAP"
    assert page_of(chosen)["places"]["picture"] == "gap closed"
    found = page_of(explorer)["places"]["image"]
    np.testing.assert_allclose(found, explorer.projection().points[:N], atol=1e-5)
    bench._handle({"type": "picture", "picture": "UMAP"})
    assert page_of(chosen)["places"]["picture"] == "UMAP"


def test_a_umap_that_fails_is_said_and_pca_stays() -> None:
    explorer = explore(features().take([0, 1]))  # too few rows for UMAP
    assert explorer.widget.children
    with pytest.raises(AMEError):
        explorer.projection(timeout=120)
    explorer._umap_ended()
    bench = explorer._panel.workbench
    assert bench.pictures[1] == ("UMAP", "UMAP (failed)") and bench.picture == "PCA"
    assert "No UMAP" in page_of(explorer)["places"]["words"]
    assert "the two axes explain" in page_of(explorer)["places"]["words"]


def test_the_pair_that_is_looked_at_is_told_with_its_picture_and_what_it_is_confused_with(tmp_path: Path) -> None:
    pil = pytest.importorskip("PIL.Image")
    pil.new("RGB", (1000, 500)).save(tmp_path / "0.png")
    (tmp_path / "1.png").write_bytes(b"no picture")
    paths = tuple(str(tmp_path / f"{row}.png") for row in range(N))
    explorer = explore(dataclasses.replace(features(), image_paths=paths), umap=False)
    assert explorer.widget.children
    explorer.select([100, 101])
    face, grid = (page_of(explorer)["face"][name] for name in ("face", "grid"))
    assert face["picture"].startswith("data:image/jpeg") and ("rank, image to text", "2") in face["figures"]
    assert [one["picture"] is None for one in grid["pairs"]] == [False, True]
    nearest = explorer.pairs["nearest_text"][0]
    wrong = face["groups"][0]["pairs"][0]
    assert wrong["caption"] == f"text {nearest}" and wrong["warn"] == (explorer.pairs["margin_i2t"][0] < 0)


def test_the_table_is_read_in_windows_of_the_order_that_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    explorer = explore(features(), umap=False)
    assert explorer.widget.children
    bench, told = explorer._panel.workbench, []
    monkeypatch.setattr(bench, "tell", lambda name, body: told.append((name, body)))
    bench._handle({"type": "sort", "column": "cosine", "descending": False})
    turn = page_of(explorer)["shown"]["turn"]
    bench._handle({"type": "rows", "turn": turn, "start": 35, "count": 60})
    bench._handle({"type": "rows", "turn": turn - 1, "start": 0, "count": 60})  # of the order before
    ((name, body),) = told
    order = explorer.pairs["cosine"].argsort(kind="stable")[35:].tolist()
    assert name == "rows" and [line["row"] for line in body["rows"]] == order
    assert body["rows"][0]["cells"][:2] == [str(100 + order[0]), f"text {order[0]}"]


def test_filters_from_a_page_combine_and_a_wrong_one_is_told() -> None:
    explorer = explore(dataclasses.replace(features(), metadata={"place": ("sea", "wood") * 20}), umap=False)
    assert explorer.widget.children
    bench = explorer._panel.workbench
    bench._handle({"type": "color", "column": "place"})
    bench._handle({"type": "legend", "code": 1})
    bench._handle({"type": "search", "text": "TEXT 1"})
    chips = page_of(explorer)["shown"]["chips"]
    assert [(chip["words"], chip["count"]) for chip in chips] == [("place: wood", 20), ("caption says “TEXT 1”", 13)]
    assert (
        set(explorer.view.rows)
        == {1, 11, 13, 15, 17, 19, 21, 31}
        == set(np.flatnonzero(page_of(explorer)["shown"]["mask"]))
    )
    bench._handle({"type": "search", "text": "nowhere"})
    assert page_of(explorer)["told"] == {"text": "No caption says “nowhere”.", "bad": True}
    bench._handle({"type": "keep", "condition": {"kind": "between", "column": "place", "low": 1.0}})
    assert page_of(explorer)["told"]["bad"] and "numbers or dates" in page_of(explorer)["told"]["text"]
    bench._handle({"type": "drop", "place": 0})
    assert len(explorer.view.rows) == 13


def test_a_filter_sends_the_first_rows_with_it_and_nothing_that_stays_as_it_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    explorer = explore(dataclasses.replace(features(), metadata={"place": ("sea", "wood") * 20}), umap=False)
    assert explorer.widget.children
    bench, sent = explorer._panel.workbench, []
    bench._handle({"type": "color", "column": "place"})
    bench._receive(None, {"type": "ready", "page": "mine", "t": 0.0}, [])
    monkeypatch.setattr(bench, "send", lambda content, buffers=None: sent.append(content))
    bench._handle({"type": "legend", "code": 1})
    assert [one["type"] for one in sent] == ["shown"]
    rows = sent[0]["rows"]
    assert [line["row"] for line in rows] == explorer.view.rows.tolist() and len(rows) == 20
    assert rows[0]["cells"][0] == str(100 + rows[0]["row"]) and "wood" in rows[0]["cells"]
    explorer.select([100])  # which is not shown now
    sent.clear()
    bench._handle({"type": "drop", "place": 0})
    assert [one["type"] for one in sent] == ["shown", "face"] and sent[1]["face"]["count"] == N
    sent.clear()
    bench._handle({"type": "look", "row": 0})  # at the same pair
    assert not sent


def test_no_image_is_read_again_while_a_pair_is_looked_at(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pil = pytest.importorskip("PIL.Image")
    for row in range(N):
        pil.new("RGB", (8, 8), (row, 0, 0)).save(tmp_path / f"{row}.png")
    paths = tuple(str(tmp_path / f"{row}.png") for row in range(N))
    explorer = explore(dataclasses.replace(features(), image_paths=paths), umap=False)
    assert explorer.widget.children
    explorer.select([100, 105])
    before = page_of(explorer)["face"]
    for path in paths:
        os.unlink(path)
    explorer.filter("cosine", low=-2.0)
    explorer.view.sort("cosine")
    now = page_of(explorer)["face"]
    assert now["face"]["picture"] == before["face"]["picture"] is not None
    assert now["face"]["groups"] == before["face"]["groups"] and now["grid"] == before["grid"]


def test_what_went_wrong_is_said_until_something_works() -> None:
    explorer = explore(dataclasses.replace(features(), metadata={"place": ("sea", "wood") * 20}), umap=False)
    assert explorer.widget.children
    bench = explorer._panel.workbench
    lost = {"text": "No caption says “nowhere”.", "bad": True}
    for mend in (
        lambda: bench._handle({"type": "color", "column": "place"}),
        lambda: bench._handle({"type": "picture", "picture": "gap closed"}),
        lambda: bench._handle({"type": "search", "text": ""}),  # the field was emptied
        lambda: explorer.select([103]),
    ):
        bench._handle({"type": "search", "text": "nowhere"})
        assert page_of(explorer)["told"] == lost
        bench._handle({"type": "rows", "turn": 0, "start": 0, "count": 9})  # what a page asks by itself mends nothing
        assert page_of(explorer)["told"] == lost
        mend()
        assert page_of(explorer)["told"] == {"text": "", "bad": False}
    explorer.filter("place", values=["sea"])
    explorer.filter(says="text 1")
    explorer.filter("cosine", low=2.0)
    none = page_of(explorer)["told"]
    assert none["bad"] and "No pair fulfils" in none["text"]
    bench._handle({"type": "color", "column": "place"})  # the filters are still there
    assert page_of(explorer)["told"] == none
    bench._handle({"type": "search", "text": "nowhere"})
    bench._handle({"type": "color", "column": "modality"})
    assert page_of(explorer)["told"] == none
    explorer.view.clear()
    assert page_of(explorer)["told"] == {"text": "", "bad": False}


def test_search_by_meaning_and_by_likeness() -> None:
    made = features()
    explorer = explore(made, umap=False, encode_text=lambda text: made.image[int(text)])
    assert explorer.widget.children and page_of(explorer)["facts"]["meaning"]
    bench = explorer._panel.workbench
    bench._handle({"type": "search", "text": "7", "meaning": True})
    assert explorer.view.rows[0] == 7 and explorer.view.state.color == "near “7”"
    assert explorer.view.frame()["near “7”"][7] == pytest.approx(1, abs=1e-6)
    bench._handle({"type": "search", "text": "no number", "meaning": True})
    assert "encode_text failed on 'no number'" in page_of(explorer)["told"]["text"]
    bench._handle({"type": "like", "row": 12, "space": "text"})
    assert explorer.view.rows[0] == 12 and explorer.view.shown["id"][0] == 112


def test_definitions_are_shown_uncut() -> None:
    shown = explore(features(), umap=False).measures_frame()._repr_html_()
    assert "..." not in shown and "(Liang et al. 2022)" in shown


def pytest_of(pytester: pytest.Pytester, path: Path, **environment: str) -> pytest.RunResult:
    """pytest on this file, in this process: another would import torch first."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        plugins = ("-p", "no:cacheprovider", "-p", "no:nbval", "-p", "no:timeout")
        return pytester.runpytest_inprocess("-q", *plugins, str(path))


def test_a_pinned_selection_guards_the_next_model(tmp_path: Path, pytester: pytest.Pytester) -> None:
    """Passes on the features it was made of, fails on a model that lost the pairs, by way of the environment."""
    now = features(0.2)
    explorer = explore(now, umap=False)
    explorer.select([101, 107])
    path = explorer.pin(path=tmp_path / "test_pairs.py")
    assert (tmp_path / "test_pairs.safetensors").is_file()
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:nbval", path.name]
    alone = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert alone.returncode == 0 and "2 passed" in alone.stdout, alone.stdout
    lost = now.image.flip(0)
    np.savez(tmp_path / "next.npz", image=lost.numpy(), text=now.text.numpy(), ids=now.ids.numpy())
    found = pytest_of(pytester, path, AME_PINNED_FEATURES=str(tmp_path / "next.npz"))
    assert found.ret == 1 and "pair 101" in found.stdout.str() and "was 1, is" in found.stdout.str()
    some = {name: getattr(now, name)[:5].numpy() for name in ("image", "text", "ids")}
    np.savez(tmp_path / "some.npz", **some)  # pair 107 is not there
    told = pytest_of(pytester, path, AME_PINNED_FEATURES=str(tmp_path / "some.npz")).stdout.str()
    assert "1 failed, 1 passed" in told and "KeyError" not in told
    assert "pair 107 (text 7) is not in" in told and "which has 5 pairs" in told


def test_entropies_are_pinned_within_a_tolerance(tmp_path: Path) -> None:
    np.save(tmp_path / "f.npy", torch.stack([features().image, features().text]).numpy())
    words = ['"""', "\\N{x} {0} %s", *(f"text {row}" for row in range(2, N))]
    explorer = explore(tmp_path / "f.npy", captions=words, logit_scale=20.0, umap=False)
    path = explorer.pin([0, 1], tmp_path / "test_more.py", measure="entropy", tolerance=0.01, worse_only=True)
    code = path.read_text()
    assert "f.npy" in code and "TOLERANCE = 0.01" in code and str(tmp_path) not in code
    compile(code, str(path), "exec")
    assert not (tmp_path / "test_more.safetensors").exists()


def test_a_pin_of_pairs_that_metadata_name_finds_them_again(tmp_path: Path, pytester: pytest.Pytester) -> None:
    np.save(tmp_path / "f.npy", torch.stack([features().image, features().text]).numpy())
    pd.DataFrame({"id": np.arange(N) + 500}).to_csv(tmp_path / "m.csv", index=False)
    explorer = explore(tmp_path / "f.npy", metadata=tmp_path / "m.csv", logit_scale=20.0, umap=False)
    pytest_of(pytester, explorer.pin([503], tmp_path / "test_named.py")).assert_outcomes(passed=1)


def test_a_pin_without_ids_notices_another_order_by_the_captions(tmp_path: Path, pytester: pytest.Pytester) -> None:
    made, words = features(), np.array([f"a picture of {row}" for row in range(N)])
    for name, order in (("f", np.arange(N)), ("next", np.arange(N)[::-1])):
        parts = {"image": made.image.numpy()[order], "text": made.text.numpy()[order], "captions": words[order]}
        np.savez(tmp_path / f"{name}.npz", **parts)
    path = explore(tmp_path / "f.npz", logit_scale=20.0, umap=False).pin(
        [2], tmp_path / "test_order.py", measure="entropy", tolerance=0
    )
    pytest_of(pytester, path).assert_outcomes(passed=1)
    found = pytest_of(pytester, path, AME_PINNED_FEATURES=str(tmp_path / "next.npz"))
    found.stdout.fnmatch_lines("*is another pair (a picture of 37, not a picture of 2)*")


def test_ids_of_words_are_pinned_by_row_with_a_warning(tmp_path: Path) -> None:
    data = dataclasses.replace(features(), metadata={"id": tuple(f"coco_{row}" for row in range(N))})
    with pytest.warns(UserWarning, match="finds the pairs by their row"):
        explore(data, umap=False).pin([103], tmp_path / "test_named.py")


def test_words_of_the_first_file_go_to_the_others_pairs_by_id(tmp_path: Path) -> None:
    now, ids = features(), np.arange(N) + 500
    image, text = now.image.numpy(), now.text.numpy()
    np.savez(tmp_path / "a.npz", image=image, text=text, ids=ids)
    np.savez(tmp_path / "b.npz", image=image[::-1], text=text[::-1], ids=ids[::-1])
    words = [f"caption {row}" for row in range(N)]
    explorer = explore(tmp_path / "a.npz", tmp_path / "b.npz", captions=words, logit_scale=20.0, umap=False)
    assert explorer.other is not None and list(explorer.other.features.texts) == words[::-1]
    assert explorer.changes["cosine_change"].abs().max() < 1e-6 and explorer.other.features.logit_scale == 20.0


@pytest.mark.parametrize("one", [103, np.int64(103), [103.0], torch.tensor([103]), np.array([103]), pd.Series([103])])
def test_ids_of_any_whole_kind_select(one: Any) -> None:
    explorer = explore(features(), umap=False)
    explorer.select(one)
    assert explorer.selection["id"].tolist() == [103]


def test_one_class_has_a_map_though_no_gap_can_be_closed() -> None:
    explorer = explore(features(texts=1), umap=False)
    assert explorer.widget.children and explorer.map().sentence


def test_a_map_of_some_pairs_says_of_how_many_and_calls_shared_texts_as_the_selection_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(explorer_maps, "MAPPED", 520)  # 500 suspects and 20 more
    generator = torch.Generator().manual_seed(0)
    text = torch.randn(400, 12, generator=generator)
    pairs = torch.randint(400, (800,), generator=generator)
    image = text[pairs] + 0.6 * torch.randn(800, 12, generator=generator)
    words = tuple(f"text {row}" for row in range(400))
    found = PairedFeatures(image=image, text=text, pair_index=pairs, ids=torch.arange(800) + 5, texts=words)
    explorer = explore(found, umap=False)
    drawing = explorer.map()
    assert drawing.sentence.startswith("520 of 800 pairs are drawn")
    drawn = explorer._shown[0].features
    assert len(drawn.text) < 400  # some text is on no image that is drawn
    (marks,) = (one for one in drawing.figure.data if one.name == "text" and one.customdata is not None)
    assert explorer.widget.children
    shared = [(place, ids) for place, ids in enumerate(marks.customdata) if isinstance(ids, list)]
    assert len(shared) > 50
    for place, ids in shared:
        explorer._panel.views[0]._handle({"type": "select", "ids": ids})
        assert set(explorer.selection["caption"]) == {drawn.texts[place]} and len(explorer.selection) == len(ids)


def test_two_models_and_exports(tmp_path: Path) -> None:
    explorer = explore(features(1.0), features(0.2), umap=False)
    assert explorer.changes["cosine_change"].mean() > 0
    assert "Pairs that moved the most" in explorer.report(tmp_path / "r.html").read_text(encoding="utf-8")
    table = pd.read_csv(explorer.export(tmp_path / "new" / "pairs.csv"))
    assert len(table) == N and {"image_x", "text_y", "suspicion"} <= set(table.columns)
    assert "modality gap" in explorer.measures_frame().index


REFUSED: dict[str, tuple[Any, str]] = {
    "unknown id": (lambda explorer, path: explorer.select([3]), r"got \[3\], which are none"),
    "a word": (lambda explorer, path: explorer.select("103"), r"must be ids.*got '103'"),
    "a word among": (lambda explorer, path: explorer.select(["a"]), r"must be ids.*got 'a'"),
    "a part": (lambda explorer, path: explorer.select([101.7]), r"must be ids.*got 101\.7"),
    "a mask": (
        lambda explorer, path: explorer.select(explorer.pairs["cosine"] < 0),
        r"got (True|False).*or pass rows",
    ),
    "another table": (lambda explorer, path: explorer.select(explorer.pairs[["cosine"]]), "got a table of cosine"),
    "none of these": (lambda explorer, path: explorer.select(3.5), r"must be ids.*got 3\.5"),
    "a file to pin": (lambda explorer, path: explorer.pin("x.py"), r"got 'x\.py'.*given as path="),
    "nothing selected": (lambda explorer, path: explorer.pin(path=path), "at least one pair, got none"),
    "no python": (lambda explorer, path: explorer.pin([100], path.with_suffix(".txt")), r"must end in \.py"),
    "measure": (lambda explorer, path: explorer.pin([100], path, measure="cosine"), "measure must be"),
    "tolerance": (lambda explorer, path: explorer.pin([100], path, tolerance=-1.0), "tolerance must be"),
    "no second": (lambda explorer, path: explorer.changes, "two sets of features"),
    "colour": (lambda explorer, path: explorer.map("red"), "color must be"),
    "map": (lambda explorer, path: explorer.map(picture="UMAP"), "picture must be"),
    "ending": (lambda explorer, path: explorer.export(path), "ending must be"),
}


@pytest.mark.parametrize(("act", "message"), REFUSED.values(), ids=REFUSED)
def test_refuses(act: Any, message: str, tmp_path: Path) -> None:
    with pytest.raises(AMEError, match=message):
        act(explore(features(), umap=False), tmp_path / "test_x.py")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("act", ["export", "report", "pin"])
def test_a_place_that_cannot_be_written_is_told(act: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    explorer = explore(features(), umap=False)
    explorer.select([100])
    given = {"export": "a.csv", "report": "a.html", "pin": "test_a.py"}[act]
    path = tmp_path / "file" / given
    with pytest.raises(AMEError, match="cannot be written"):
        explorer.pin(path=path) if act == "pin" else getattr(explorer, act)(path)


def test_an_earlier_test_is_kept(tmp_path: Path) -> None:
    explorer = explore(features(), umap=False)
    path = explorer.pin([100], tmp_path / "test_x.py")
    with pytest.raises(AMEError, match="exists already"):
        explorer.pin([101], path)
    assert "    101:" in explorer.pin([101], path, overwrite=True).read_text()


@pytest.mark.parametrize("data", [3, None, [1, 2], np.ones(4), torch.ones(3, 4, 5), {"image": np.ones((2, 3))}])
def test_what_cannot_be_explored(data: Any) -> None:
    with pytest.raises(AMEError, match="data must"):
        explore(data)


def test_arrays_tensors_mappings_and_tables_are_explored() -> None:
    made = features()
    image, text = made.image.numpy(), made.text.numpy()
    whole = {"image_embeddings": made.image, "text_embeddings": made.text, "captions": list(made.texts)}
    table = pd.DataFrame({"image": list(image), "text": list(text), "year": range(N)})
    expected = explore(made, umap=False).measures
    for given in (
        (np.stack([image, text]),),
        (torch.stack([made.image, made.text]),),
        (image, text),
        (made.image, made.text),
        (whole,),
        (table,),
    ):
        found = explore(*given, logit_scale=torch.tensor(20.0), umap=False)
        assert found.measures == pytest.approx(expected, abs=1e-6)
    assert found.selection.columns.tolist()[-1] == "meta_year"
    with pytest.raises(AMEError, match="labels cannot be given with PairedFeatures"):
        explore(made, labels=[1] * N)


def test_the_second_model_is_drawn_under_the_firsts_ids() -> None:
    """In another order, and by its own ids: a pair that is selected on one map is the same on the other."""
    first, back = features(1.0), torch.arange(N - 1, -1, -1)
    second = dataclasses.replace(features(0.2).take(back), ids=first.ids[back])
    explorer = explore(first, second, umap=False)
    assert explorer.widget.children
    bench = explorer._panel.workbench
    assert page_of(explorer)["places"]["models"] == ["features", "other"]
    bench._handle({"type": "picture", "picture": "PCA"})
    bench._handle({"type": "model", "model": "other"})
    assert page_of(explorer)["places"]["model"] == "other"
    drawn = explorer._shown[1].all_places("PCA")[0][back.numpy()]  # in the order of the first model
    np.testing.assert_allclose(page_of(explorer)["places"]["image"], drawn, atol=1e-6)
    bench._handle({"type": "select", "ids": [103]})
    assert explorer.selection["id"].tolist() == [103]


def test_lens_jitter_gap_and_one_frame_are_drawn_and_in_the_report(tmp_path: Path) -> None:
    first = features(0.3)
    explorer = explore(first, features(1.0))
    assert explorer.lens().sentence.startswith("How far each picture keeps who is near whom. PCA: trustworthiness")
    assert "3 seeds" in explorer.jitter().sentence and "2 seeds" in explorer.jitter((4, 5)).sentence
    assert f"{N} pairs as two models see them" in explorer.in_one_frame().sentence
    assert explorer.gap().sentence
    page = explorer.report(tmp_path / "r.html").read_text(encoding="utf-8")
    for title in ("How far to trust the maps", "The gap taken apart", "Two models in one frame"):
        assert title in page
    with pytest.raises(AMEError, match="needs two sets"):
        explore(first, umap=False).in_one_frame()


def test_pairs_are_coloured_by_columns_of_their_metadata() -> None:
    metadata = {
        "place": ("sea", "land", None, "sea") * (N // 4),
        "size": tuple(float(row) for row in range(N)),
        "name": tuple(f"only {row}" for row in range(N)),
    }
    explorer = explore(dataclasses.replace(features(), metadata=metadata), umap=False)
    assert explorer.map("size").figure.data and "sea" in {trace.name for trace in explorer.map("place").figure.data}
    with pytest.raises(AMEError, match="color must be"):
        explorer.map("name")  # nearly every pair has its own
    assert explorer.selection.columns.tolist()[-3:] == ["meta_place", "meta_size", "meta_name"]
    assert explorer.widget.children
    explorer.select([100])
    assert ("place", "sea") in [tuple(line) for line in page_of(explorer)["face"]["face"]["figures"]]


def test_a_map_of_many_categories_names_the_largest() -> None:
    words = (*(f"w{row % 11}" for row in range(N - 1)), None)
    explorer = explore(dataclasses.replace(features(), metadata={"kind": words}), umap=False)
    assert {"w0", "w5", "other", "no label"} <= {trace.name for trace in explorer.map("kind").figure.data}


def test_images_with_several_captions_are_explored_pinned_and_exported(
    tmp_path: Path, pytester: pytest.Pytester
) -> None:
    made = features()
    pairs = torch.stack([torch.arange(N) // 4, torch.arange(N)], dim=1)
    several = PairedFeatures.of(made.image[::4], made.text, pairs=pairs, logit_scale=20.0)
    explorer = explore(several, umap=False)
    assert len(explorer.pairs) == N and explorer.pairs["image"].nunique() == N // 4
    assert explorer.widget.children
    explorer._panel.views[0]._handle({"type": "select", "ids": [5, 6]})
    assert explorer.selection["image"].tolist() == [1, 1]
    path = explorer.pin(path=tmp_path / "test_several.py")
    assert pytest_of(pytester, path).ret == 0
    table = pd.read_csv(explorer.export(tmp_path / "p.csv"))
    assert table.groupby("image")["image_x"].nunique().eq(1).all() and len(table) == N
    assert "10 images, 40 texts, 40 pairs" in explorer.report(tmp_path / "r.html").read_text(encoding="utf-8")


def test_many_pairs_are_shown_at_once_and_measured_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    from ame_explore.analysis.pairs import exploration, service
    from ame_explore.widgets.explorer import explorer as module

    go_on = threading.Event()
    whole = service.explore_features

    def slowly(features: PairedFeatures, **more: Any) -> Any:
        assert go_on.wait(30)
        return whole(features, **more)

    monkeypatch.setattr(exploration, "FIRST_LOOK", 30)
    monkeypatch.setattr(module, "_AT_ONCE", 50)
    monkeypatch.setattr(service, "explore_features", slowly)
    generator = torch.Generator().manual_seed(0)
    image, text = (torch.randn(60, 6, generator=generator) for _ in range(2))
    with explore(PairedFeatures(image=image, text=text, pair_index=torch.arange(60)), umap=False) as shown:
        bench = shown.widget.children[1]
        assert "First look: 30 random pairs" in shown.widget.children[0].value
        assert bench._retained["shown"][1]["count"] == 60 and len(bench._retained["places"][1]["image"]) == 60
        shown.select([3, 4])
        assert len(shown.selection) == 2 and shown.view.explored.pairs["cosine"].notna().sum() == 30
        bench._handle({"type": "sheet", "name": "slices"})
        assert "when all pairs are measured" in bench._sheet.words[0]
        shown.view.note(3, "mine")
        go_on.set()
        assert shown.pairs["cosine"].notna().all()  # waits
        expected = whole(shown.exploration.features).pairs
        assert shown.pairs["rank_i2t"].tolist() == expected["rank_i2t"].tolist()
        assert shown.view.explored is shown.exploration and "ambiguous" in shown.view.columns
        assert "First look" not in shown.widget.children[0].value and "All 60 pairs are measured" in str(
            bench._retained["told"]
        )
        assert shown.view.state.notes == ((3, "mine"),) and shown.view.state.selected == (3, 4)
