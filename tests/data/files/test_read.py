"""Features from files: every kind that is read, and what is refused with which words."""

from __future__ import annotations

import json
import math
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors.numpy import save_file

from ame_explore.ame import AMEError
from ame_explore.data import PairedFeatures

N, D = 6, 4
IMAGE, TEXT = np.random.default_rng(0).standard_normal((2, N, D)).astype(np.float32)
CAPTIONS = [f"caption {row}" for row in range(N)]


def npy(folder: Path) -> Path:
    np.save(folder / "f.npy", np.stack([IMAGE, TEXT]))
    return folder / "f.npy"


def npz(folder: Path) -> Path:
    np.savez(folder / "f.npz", image=IMAGE, text=TEXT)
    return folder / "f.npz"


def safetensors(folder: Path) -> Path:
    save_file({"image": IMAGE, "text": TEXT}, folder / "f.safetensors")
    return folder / "f.safetensors"


def parquet(folder: Path) -> Path:
    pytest.importorskip("pyarrow", reason="pyarrow, which reads parquet, is not installed")
    pd.DataFrame({"image": list(IMAGE), "text": list(TEXT)}).to_parquet(folder / "f.parquet")
    return folder / "f.parquet"


def csv(folder: Path) -> Path:
    columns = {f"{side}_{i}": rows[:, i] for side, rows in (("image", IMAGE), ("text", TEXT)) for i in range(D)}
    pd.DataFrame(columns).to_csv(folder / "f.csv", index=False)
    return folder / "f.csv"


@pytest.mark.parametrize("kind", [npy, npz, safetensors, parquet, csv])
def test_all_kinds_hold_the_same(kind: Callable[[Path], Path], tmp_path: Path) -> None:
    features = PairedFeatures.from_files(kind(tmp_path), captions=CAPTIONS, logit_scale=20.0)
    np.testing.assert_allclose(features.image.numpy(), IMAGE, rtol=1e-6)
    np.testing.assert_allclose(features.text.numpy(), TEXT, rtol=1e-6)
    assert features.texts == tuple(CAPTIONS)
    assert features.pair_index.tolist() == features.ids.tolist() == list(range(N))
    assert (features.logit_scale, features.notes) == (20.0, ())


def test_two_files_of_one_side_each(tmp_path: Path) -> None:
    np.save(tmp_path / "i.npy", IMAGE)
    np.save(tmp_path / "t.npy", TEXT[:, :3])
    features = PairedFeatures.from_files(tmp_path / "i.npy", tmp_path / "t.npy")
    assert features.text.shape == (N, 3)


def test_what_is_assumed_stands_in_the_notes(tmp_path: Path) -> None:
    features = PairedFeatures.from_files(npy(tmp_path))
    assert features.logit_scale == 100.0 and features.texts[2] == "text 2"
    assert any("is assumed" in note for note in features.notes)


def test_an_archive_may_hold_pairing_ids_labels_captions_and_scale(tmp_path: Path) -> None:
    path = tmp_path / "f.npz"
    pairs, ids = np.array([1, 0, 1, 0, 1, 1]), np.arange(N) + 50
    np.savez(
        path, image=IMAGE, text=TEXT[:2], pair_index=pairs, ids=ids, labels=pairs, captions=["a", "b"], logit_scale=7.0
    )
    features = PairedFeatures.from_files(path)
    assert features.pair_index.tolist() == pairs.tolist() and features.ids.tolist() == ids.tolist()
    assert features.labels is not None and features.labels.tolist() == pairs.tolist()
    assert (features.texts, features.logit_scale) == (("a", "b"), 7.0)


@pytest.mark.parametrize("ending", ["txt", "json", "csv", "parquet"])
def test_captions_from_files(ending: str, tmp_path: Path) -> None:
    words = ["plain", "<b>bold</b>", "naïve 図", "a, b", 'say "x"', "=1+1"]
    path = tmp_path / f"captions.{ending}"
    if ending == "txt":
        path.write_bytes(("\ufeff" + "\r\n".join(words) + "\r\n").encode())
    elif ending == "json":
        path.write_text(json.dumps(words))
    elif ending == "csv":
        pd.DataFrame({"row": range(N), "caption": words}).to_csv(path, index=False)
    else:
        pytest.importorskip("pyarrow", reason="pyarrow, which reads parquet, is not installed")
        pd.DataFrame({"caption": words}).to_parquet(path)
    assert PairedFeatures.from_files(npy(tmp_path), captions=path).texts == tuple(words)


def test_a_table_beside_the_features(tmp_path: Path) -> None:
    table = {
        "caption": CAPTIONS,
        "label": list("aabbcc"),
        "year": range(N),
        "image_path": [f"{i}.png" for i in range(N)],
    }
    pd.DataFrame(table).to_csv(tmp_path / "m.csv", index=False)
    (tmp_path / "0.png").write_bytes(b"no picture")
    with pytest.warns(UserWarning) as told:
        features = PairedFeatures.from_files(npy(tmp_path), metadata=tmp_path / "m.csv", images=tmp_path)
    assert [str(one.message) for one in told if issubclass(one.category, UserWarning)] == [
        "5 image files are missing, first of row 1, 2, 3, 4, 5: shown without image.",
        "1 image file cannot be read, of row 0: shown without image.",
    ]
    assert features.texts == tuple(CAPTIONS)
    assert features.labels is not None and features.labels.tolist() == [0, 0, 1, 1, 2, 2]
    assert features.metadata == {"year": tuple(range(N)), "label": tuple("aabbcc")}
    assert features.image_paths is not None and features.image_paths[0] == str(tmp_path / "0.png")


@pytest.mark.parametrize(
    ("ids", "kept", "message"),
    [
        ([5, 3, 1, 9, 8, 7], [5, 3, 1, 9, 8, 7], None),
        ([1, 1, 2, 3, 3, 3], list(range(N)), "3 ids occur more than once"),
        ([1, 1, 2, 3, 4, 5], list(range(N)), "1 id occurs more than once"),
    ],
)
def test_ids(ids: list[int], kept: list[int], message: str | None, tmp_path: Path) -> None:
    columns = {"id": ids}
    if message is None:
        features = PairedFeatures.from_files(npy(tmp_path), metadata=columns)
    else:
        with pytest.warns(UserWarning, match=message):
            features = PairedFeatures.from_files(npy(tmp_path), metadata=columns)
        assert features.metadata["id"] == tuple(ids)
    assert features.ids.tolist() == kept


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"captions": ["a", " ", "", "b", "c", "d"]}, "2 captions are blank, first 1, 2"),
        ({"labels": [3] * N}, "All images have the same label"),
        ({"labels": [1, None, 2, math.nan, 4, 5]}, "2 labels are missing, first of row 1, 3"),
        ({"logit_scale": math.log(100)}, "logit_scale is 4.6052, the logarithm of 100"),
        ({"captions": ["a", "b\ud800", "c", "d", "e", "f"]}, "1 caption has broken characters, first 1"),
    ],
)
def test_what_is_mended_is_warned_of(given: dict[str, Any], message: str, tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match=message):
        features = PairedFeatures.from_files(npy(tmp_path), **given)
    assert any(message in note for note in features.notes)


class Trap:
    """Would leave a trace if it were unpickled."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.write_text, (self.trace, "run")


def test_pickles_are_refused_and_never_loaded(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    objects = np.array([[Trap(trace)]] * 2, dtype=object)
    np.save(tmp_path / "objects.npy", objects, allow_pickle=True)
    np.savez(tmp_path / "objects.npz", image=objects, text=objects)
    for name in ("raw.npy", "raw.pkl", "raw.pt", "raw.safetensors", "raw.npz"):
        (tmp_path / name).write_bytes(pickle.dumps(Trap(trace)))
    for path in tmp_path.iterdir():
        with pytest.raises(AMEError, match=r"refused|damaged|not a safetensors"):
            PairedFeatures.from_files(path)
    assert not trace.exists()


@pytest.mark.parametrize("kind", [npy, npz, safetensors, parquet])
@pytest.mark.parametrize("share", [0.02, 0.5, 0.95])
def test_a_truncated_file_is_named(kind: Callable[[Path], Path], share: float, tmp_path: Path) -> None:
    path = kind(tmp_path)
    data = path.read_bytes()
    path.write_bytes(data[: int(share * len(data))])
    with pytest.raises(AMEError, match=rf"f\{path.suffix}"):
        PairedFeatures.from_files(path)


def changed(row: int, value: float) -> np.ndarray:
    features = np.stack([IMAGE, TEXT])
    features[1, row] = value
    return features


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.full((2, 6, 4), np.nan), "image features: 6 of 6 rows have NaN .* rows 0-5.*No pair is left"),
        (np.zeros((2, 0, 4), np.float32), r"must have shape \(rows, width\)"),
        (np.zeros((3, 6, 4), np.float32), r"must have shape \(2, n, d\).*got \(3, 6, 4\)"),
        (IMAGE, r"must have shape \(2, n, d\).*two files"),
        (np.stack([IMAGE, TEXT]).astype(complex), "must be real numbers, got complex"),
    ],
)
def test_bad_numbers(array: np.ndarray, message: str, tmp_path: Path) -> None:
    np.save(tmp_path / "bad.npy", array)
    with pytest.raises(AMEError, match=message):
        PairedFeatures.from_files(tmp_path / "bad.npy")


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([[1.0, 2.0], None, [3.0, 4.0]], "image must be an array of numbers, got None in row 1"),
        ([[1.0, 2.0], [3.0, None], [3.0, 4.0]], "image features must be real numbers, got None in row 1"),
        ([[1.0, 2.0], [3.0, 4.0], [5.0]], "image must be an array of numbers, got 1 numbers in row 2 and 2 in most"),
    ],
)
def test_a_row_that_is_none_or_too_short_is_named(rows: list[Any], message: str) -> None:
    with pytest.raises(AMEError, match=message):
        PairedFeatures.of({"image": rows, "text": np.ones((3, 2))})


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"captions": CAPTIONS[:-1]}, "captions must be 6, one per row of the text features, got 5"),
        ({"labels": [1, 2]}, "labels must have 6.*got 2"),
        ({"metadata": {"year": [1]}}, "metadata column 'year' must have 6.*got 1"),
        ({"captions": "absent.txt"}, "absent.txt does not exist"),
        ({"captions": "captions.pkl"}, "captions.pkl is refused: by its name it is a pickle"),
        ({"captions": [["one", "another"]] * N}, "captions must be one text each, got a list in row 0"),
        (
            {"captions": "captions.txt", "encoding": "klingon"},
            "encoding must be a text encoding that Python knows.*'klingon'",
        ),
        ({"encoding": "rot13"}, "encoding must be a text encoding that Python knows.*'rot13'"),
        ({"images": "."}, "which has no image files"),
        ({"logit_scale": -1.0}, "logit_scale must be"),
    ],
)
def test_what_does_not_fit(
    given: dict[str, Any], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "captions.pkl").write_bytes(pickle.dumps(CAPTIONS))
    with pytest.raises(AMEError, match=message):
        PairedFeatures.from_files(npy(tmp_path), **given)


@pytest.mark.parametrize(
    ("value", "why"), [(np.nan, "NaN or infinite values"), (-np.inf, "NaN or infinite"), (0.0, "only zeros")]
)
def test_rows_that_cannot_be_measured_are_left_out_and_named(value: float, why: str, tmp_path: Path) -> None:
    bad = changed(3, value)
    bad[0, 5] = value
    np.save(tmp_path / "bad.npy", bad)
    with pytest.warns(UserWarning, match=why) as told:
        features = PairedFeatures.from_files(tmp_path / "bad.npy", captions=CAPTIONS, metadata={"year": range(N)})
    said = [str(one.message) for one in told]
    assert any("image features: 1 of 6 rows has" in line and "row 5." in line for line in said)
    assert any("text features: 1 of 6 rows has" in line and "row 3. 2 pairs are left out" in line for line in said)
    assert features.ids.tolist() == [0, 1, 2, 4] == list(features.metadata["year"])  # the rows of the file
    assert features.texts == ("caption 0", "caption 1", "caption 2", "caption 4")
    np.testing.assert_array_equal(features.image.numpy(), IMAGE[[0, 1, 2, 4]])


def test_unequal_numbers_need_a_pairing(tmp_path: Path) -> None:
    np.savez(tmp_path / "f.npz", image=IMAGE, text=TEXT[:4])
    with pytest.raises(AMEError, match=r"as many images as texts, got 6 and 4.*pairs.*pair_index"):
        PairedFeatures.from_files(tmp_path / "f.npz")


@pytest.mark.parametrize("ending", ["txt", "csv"])
def test_captions_that_are_not_utf8(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"c.{ending}"
    path.write_bytes("\n".join(["caption", *CAPTIONS[1:5], "café"][: N if ending == "txt" else 7]).encode("latin-1"))
    with pytest.raises(AMEError, match=r"c\.\w+ is not UTF-8.*latin-1"):
        PairedFeatures.from_files(npy(tmp_path), captions=path)
    if ending == "txt":
        assert PairedFeatures.from_files(npy(tmp_path), captions=path, encoding="latin-1").texts[-1] == "café"


def test_features_in_a_table_of_another_encoding(tmp_path: Path) -> None:
    table = pd.read_csv(csv(tmp_path)).assign(caption=[f"café {row}" for row in range(N)])
    table.to_csv(tmp_path / "f.csv", index=False, encoding="latin-1")
    with pytest.raises(AMEError, match=r"f\.csv is not UTF-8"):
        PairedFeatures.from_files(tmp_path / "f.csv")
    assert PairedFeatures.from_files(tmp_path / "f.csv", encoding="latin-1").texts[0] == "café 0"


def test_a_table_may_hold_lists_and_gaps_in_its_metadata(tmp_path: Path) -> None:
    columns = {"tags": [None, *[["a", "b"]] * (N - 1)], "seen": [True, None] * 3, "day": [pd.Timestamp(0)] * N}
    pd.read_parquet(parquet(tmp_path)).assign(**columns).to_parquet(tmp_path / "f.parquet")
    read = PairedFeatures.from_files(tmp_path / "f.parquet").metadata
    assert read["tags"][0] is None and list(read["tags"][1]) == ["a", "b"]
    assert read["seen"] == (True, None) * 3


def test_half_and_big_endian_numbers_are_read(tmp_path: Path) -> None:
    for dtype in (np.float16, ">f4", np.float64):
        np.save(tmp_path / "f.npy", np.stack([IMAGE, TEXT]).astype(dtype))
        features = PairedFeatures.from_files(tmp_path / "f.npy")
        torch.testing.assert_close(features.image.float(), torch.from_numpy(IMAGE), atol=1e-2, rtol=0)


@pytest.mark.parametrize("sep", [",", ";", "\t"])
def test_tables_are_read_by_their_own_separator(sep: str, tmp_path: Path) -> None:
    words = ["a, b", "c; d", 'say "x"', "plain", "e\tf", "two\nlines"]
    pd.DataFrame({"caption": words, "label": list("aabbcc")}).to_csv(tmp_path / "c.csv", index=False, sep=sep)
    features = PairedFeatures.from_files(npy(tmp_path), captions=tmp_path / "c.csv", labels=tmp_path / "c.csv")
    assert features.texts == tuple(words) and features.metadata["label"] == tuple("aabbcc")
    pd.DataFrame({"caption": words}).to_csv(tmp_path / "one.csv", index=False)
    assert PairedFeatures.from_files(npy(tmp_path), captions=tmp_path / "one.csv").texts == tuple(words)


@pytest.mark.parametrize(
    ("head", "rows", "message"),
    [
        ("caption", ["a cat, red", *"bcdef"], "must have 1 cell in each line, as in its first line, got 2 in line 2"),
        (
            "caption",
            ["a cat", "b", "c, d, e", *"fgh"],
            "got 3 in line 4: put text that contains commas in double quotes",
        ),
        ("caption,label", ['"two\nlines",1', "a, b,2", "c,3"], "must have 2 cells .* got 3 in line 4"),
        ("caption;label", ["a;1", "b;c;2"], "got 3 in line 3: put text that contains semicolons"),
    ],
)
def test_a_surplus_comma_is_told_with_its_line(head: str, rows: list[str], message: str, tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("\n".join([head, *rows]) + "\n")
    with pytest.raises(AMEError, match=rf"c\.csv {message}" if message.startswith("must") else message):
        PairedFeatures.from_files(npy(tmp_path), captions=tmp_path / "c.csv")


def test_words_that_pandas_takes_for_missing_are_words(tmp_path: Path) -> None:
    words = ["NA", "None", "null", "nan", "n/a", "NULL"]
    table = {"caption": words, "label": words, "source": words, "year": ["2001", "", "NA", "2003", "nan", "2005"]}
    table |= {"price": ["1.5", "", "2", "3", "4", "5"], "place": ["sea", "", "land", "None", "sea", "sea"]}
    pd.DataFrame(table).to_csv(tmp_path / "m.csv", index=False)
    features = PairedFeatures.from_files(npy(tmp_path), metadata=tmp_path / "m.csv")
    assert features.texts == features.metadata["label"] == features.metadata["source"] == tuple(words)
    year = features.metadata["year"]
    assert year == (2001, None, None, 2003, None, 2005) and isinstance(year[0], int)
    assert features.metadata["price"] == (1.5, None, 2.0, 3.0, 4.0, 5.0)
    assert features.metadata["place"] == ("sea", None, "land", "None", "sea", "sea")


@pytest.mark.parametrize("argument", ["captions", "labels", "metadata", "images"])
def test_words_of_another_length_are_told_with_their_file(argument: str, tmp_path: Path) -> None:
    (tmp_path / "w.csv").write_text("one\n1\n2\n")
    with pytest.raises(AMEError, match=rf"w\.csv: .* must (be|have) {N}.*got 2"):
        PairedFeatures.from_files(npy(tmp_path), **{argument: tmp_path / "w.csv"})
