"""Tables for other programs: whole, placed on one map, and readable without this package."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from ame_explore.ame import AMEError
from ame_explore.analysis.pairs import export as exporting
from ame_explore.analysis.pairs.export import export_pairs, places, plain_texts
from ame_explore.analysis.projection import fit_pca, pair_rows
from ame_explore.data.pairs import PairedFeatures

N = 30


def made(texts: int = N) -> PairedFeatures:
    generator = torch.Generator().manual_seed(0)
    text = torch.randn(texts, 6, generator=generator)
    pairs = torch.arange(N) % texts
    return PairedFeatures(
        image=text[pairs] + 0.5 * torch.randn(N, 6, generator=generator) + 1,
        text=text,
        pair_index=pairs,
        ids=torch.arange(N) + 7,
        texts=tuple(f"text {row}" for row in range(texts)),
        metadata={"place": ("sea", "land") * (N // 2)},
        image_paths=tuple(f"{row}.jpg" for row in range(N)),
    )


def test_a_row_a_point_holds_image_and_text_of_each_pair(tmp_path: Path) -> None:
    features = made(10)
    table = pd.read_parquet(export_pairs(features, tmp_path / "new" / "points.parquet", layout="points"))
    assert table["modality"].tolist() == ["image"] * N + ["text"] * N
    expected = fit_pca(pair_rows(features)).points
    assert np.allclose(table[["x", "y"]][:N], expected[:N], atol=1e-5)
    assert np.allclose(table[["x", "y"]][N:], expected[N:][features.pair_index], atol=1e-5)
    assert table["id"][N:].tolist() == features.ids.tolist() and table["caption"][N] == "text 0"
    assert {"meta_place", "image_path"} <= set(table.columns)
    cosine = torch.cosine_similarity(features.image, features.text[features.pair_index])
    assert np.allclose(table["cosine"][:N], cosine, atol=1e-6)


def test_many_rows_are_placed_by_what_some_were_fitted_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "_FITTED", 40)
    monkeypatch.setattr(exporting, "_BLOCK", 7)
    image, text = places(made())
    whole = fit_pca(pair_rows(made())).points
    for axis in (0, 1):
        found = np.concatenate([image, text])[:, axis]
        assert image.shape == text.shape == (N, 2)
        assert abs(np.corrcoef(found, whole[:, axis])[0, 1]) > 0.9  # of 60 rows 40 were seen


def test_a_text_that_a_spreadsheet_would_run_is_quoted_in_csv_alone(tmp_path: Path) -> None:
    texts = ("=cmd|calc", "-1 degree", "a = b", *(f"text {row}" for row in range(3, N)))
    metadata = {"note": ("@sum", None, *("plain",) * (N - 2)), "low": (-1.5,) * N}
    features = dataclasses.replace(made(), texts=texts, metadata=metadata)
    table = pd.read_csv(export_pairs(features, tmp_path / "p.csv"))
    assert table["caption"][:3].tolist() == ["'=cmd|calc", "'-1 degree", "a = b"]
    assert table["meta_note"][0] == "'@sum" and pd.isna(table["meta_note"][1]) and table["meta_low"][0] == -1.5
    assert pd.read_parquet(export_pairs(features, tmp_path / "p.parquet"))["caption"][0] == "=cmd|calc"


# Cells and what is written; the JavaScript of the report is held to the same list.
CELLS = json.loads(Path(__file__).with_name("formula_cells.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("cell", "written"), CELLS)
def test_wherever_a_formula_may_begin_there_is_a_quote(cell: str, written: str) -> None:
    table = plain_texts(pd.DataFrame({"caption": [cell], cell: [1.0]}))
    assert table.iloc[0, 0] == written and list(table.columns) == ["caption", written]


def test_a_label_of_any_kind_can_be_written(tmp_path: Path) -> None:
    for labels in (None, torch.arange(N) % 3):
        path = export_pairs(dataclasses.replace(made(), labels=labels), tmp_path / "p.parquet")
        assert len(pd.read_parquet(path)) == N


def test_widths_that_differ_have_pairs_and_no_points(tmp_path: Path) -> None:
    features = dataclasses.replace(made(), text=torch.ones(N, 4))
    assert "image_x" not in pd.read_csv(export_pairs(features, tmp_path / "p.csv")).columns
    with pytest.raises(AMEError, match="use 'pairs'"):
        export_pairs(features, tmp_path / "q.csv", layout="points")


def test_what_cannot_be_written_is_told_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(AMEError, match=r"p\.csv cannot be written"):
        export_pairs(made(), tmp_path / "file" / "p.csv")
    with pytest.raises(AMEError, match="layout must be"):
        export_pairs(made(), tmp_path / "p.csv", layout="rows")
