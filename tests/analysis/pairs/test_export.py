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


def test_a_folder_for_fiftyone_is_what_its_importer_reads(tmp_path: Path) -> None:
    """Its `LegacyFiftyOneDatasetImporter`: samples.json with flat samples, no version in metadata.json."""
    names = ("<b>sea</b>", "=1+1", None, float("nan"), np.float64(2), 2**70) * (N // 6)
    features = dataclasses.replace(
        made(),
        labels=torch.arange(N) % 3,
        metadata={"pla.ce": names, "pla ce": ("x",) * N, "tags": tuple([["a", 1]] * N)},
        image_paths=(None, *(f"{row}.jpg" for row in range(1, N))),
    )
    with pytest.warns(UserWarning, match="1 pairs have no image file"):
        folder = export_pairs(features, tmp_path / "new" / "set", layout="fiftyone", rows=[0, 2, 1, 4, 6])
    assert "version" not in json.loads((folder / "metadata.json").read_text())
    samples = json.loads((folder / "samples.json").read_text())["samples"]
    assert [sample["pair_id"] for sample in samples] == [9, 8, 11, 13]
    first = samples[1]
    assert Path(first["filepath"]).is_absolute() and first["filepath"].endswith("1.jpg") and first["tags"] == []
    assert first["label"] == {"_cls": "Classification", "label": "1"} and first["caption"] == "text 1"
    assert first["meta_pla_ce"] == "=1+1" and first["meta_pla_ce_"] == "x" and first["meta_tags"] == ["a", 1]
    assert "meta_pla_ce" not in samples[0] and not {"id", "image_path"} & set(first)
    assert all(name.isidentifier() and not name.startswith("_") for sample in samples for name in sample)
    expected = places(features)[0][1]
    assert np.allclose([first["image_x"], first["image_y"]], expected, atol=1e-6)


def test_fiftyone_needs_image_files_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(AMEError, match="images' files"):
        export_pairs(dataclasses.replace(made(), image_paths=None), tmp_path / "set", layout="fiftyone")
    with pytest.raises(AMEError, match="none of these pairs"):
        export_pairs(dataclasses.replace(made(), image_paths=(None,) * N), tmp_path / "set", layout="fiftyone")
    (tmp_path / "file").touch()
    with pytest.raises(AMEError, match="must be a folder"):
        export_pairs(made(), tmp_path / "file", layout="fiftyone")
