"""Files as people have them, and files that are odd or hostile: features, or one `AMEError` that names the file."""

from __future__ import annotations

import csv as csv_module
import io
import json
import os
import struct
import threading
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from PIL import Image

from ame_explore.ame import AMEError
from ame_explore.analysis import Classification, Evaluator, Landscape, Objective, random_slice
from ame_explore.analysis.landscapes.scan import landscape
from ame_explore.data import FeatureData, PairedFeatures
from ame_explore.data.files import boundary
from ame_explore.data.files.load import read_features
from ame_explore.figures.base import thumbnails as pictures
from ame_explore.figures.base.thumbnails import thumbnails
from ame_explore.training import Run

N, D = 6, 4
IMAGE, TEXT = np.random.default_rng(0).standard_normal((2, N, D)).astype(np.float32)
CAPTIONS = [f"caption {row}" for row in range(N)]
DAMAGED = 300 if os.environ.get("AME_MANY") else 100  # files of each kind


def same(features: PairedFeatures) -> bool:
    return np.allclose(features.image, IMAGE, atol=1e-6) and np.allclose(features.text, TEXT, atol=1e-6)


# What people have


@pytest.mark.parametrize("names", [("img_emb", "text_emb"), ("image_embeddings", "text_embeddings"), ("IMG", "txt")])
def test_names_of_the_usual_tools(names: tuple[str, str], tmp_path: Path) -> None:
    np.savez(tmp_path / "f.npz", **{names[0]: IMAGE, names[1]: TEXT})
    assert same(PairedFeatures.from_files(tmp_path / "f.npz"))


@pytest.mark.parametrize("flat", [True, False])
def test_shards_of_clip_retrieval_are_one_set(flat: bool, tmp_path: Path) -> None:
    for shard, rows in enumerate((slice(0, 2), slice(2, 5), slice(5, 6))):
        number = shard + 9  # 10 comes after 9, though not by its letters
        table = pd.DataFrame({"caption": CAPTIONS[rows], "year": range(N)[rows]})
        for kind, write in (
            ("img_emb", lambda path, rows=rows: np.save(path, IMAGE[rows])),
            ("text_emb", lambda path, rows=rows: np.save(path, TEXT[rows])),
            ("metadata", lambda path, table=table: table.to_parquet(path)),
        ):
            folder = tmp_path if flat else tmp_path / kind
            folder.mkdir(exist_ok=True)
            write(folder / f"{kind}_{number}.{'parquet' if kind == 'metadata' else 'npy'}")
    features = PairedFeatures.from_files(tmp_path)
    assert same(features) and features.texts == tuple(CAPTIONS) and features.metadata["year"] == tuple(range(N))
    next(tmp_path.rglob("text_emb_10.npy")).unlink()
    with pytest.raises(AMEError, match="same shards for image and text, but 10 is in only one of them"):
        PairedFeatures.from_files(tmp_path)


def test_a_folder_without_features_says_what_it_expects(tmp_path: Path) -> None:
    with pytest.raises(AMEError, match=r"is a folder: expected a file, or a folder with img_emb_0\.npy"):
        PairedFeatures.from_files(tmp_path)


def test_json_lines_hold_captions_or_all(tmp_path: Path) -> None:
    np.save(tmp_path / "f.npy", np.stack([IMAGE, TEXT]))
    lines = [json.dumps({"image_id": row, "caption": words}) for row, words in enumerate(CAPTIONS)]
    (tmp_path / "c.jsonl").write_text("\n".join(lines) + "\n")
    (tmp_path / "plain.jsonl").write_text("\n".join(map(json.dumps, CAPTIONS)))
    for name in ("c.jsonl", "plain.jsonl"):
        features = PairedFeatures.from_files(tmp_path / "f.npy", captions=tmp_path / name)
        assert features.texts == tuple(CAPTIONS)
    rows = [
        {"image": i.tolist(), "text": t.tolist(), "caption": c} for i, t, c in zip(IMAGE, TEXT, CAPTIONS, strict=True)
    ]
    (tmp_path / "all.jsonl").write_text("\n".join(map(json.dumps, rows)))
    features = PairedFeatures.from_files(tmp_path / "all.jsonl")
    assert same(features) and features.texts == tuple(CAPTIONS)
    (tmp_path / "bad.jsonl").write_text('"a"\n{nope\n')
    with pytest.raises(AMEError, match="in each line, got an error in line 2"):
        PairedFeatures.from_files(tmp_path / "f.npy", captions=tmp_path / "bad.jsonl")


def coco(path: Path, each: int) -> Path:
    """COCO's caption file of three images, in an order of its own."""
    ids = [139, 285, 632]
    annotations = [
        {"image_id": ids[(row // each) % 3], "id": 900 + row, "caption": f"{ids[(row // each) % 3]}: {row % each}"}
        for row in range(3 * each)
    ]
    images = [{"id": id_, "file_name": f"{id_:012}.jpg"} for id_ in ids]
    path.write_text(json.dumps({"info": {}, "images": images, "annotations": annotations}))
    return path


def test_cocos_captions_pair_images_with_their_captions(tmp_path: Path) -> None:
    np.savez(tmp_path / "f.npz", image=IMAGE[:3], text=TEXT)
    features = PairedFeatures.from_files(tmp_path / "f.npz", captions=coco(tmp_path / "c.json", 2))
    assert features.pairs.tolist() == [[0, 0], [0, 1], [1, 2], [1, 3], [2, 4], [2, 5]]
    assert features.texts[3] == "285: 1" and features.metadata["id"] == (139, 139, 285, 285, 632, 632)
    np.savez(tmp_path / "one.npz", image=IMAGE[:3], text=TEXT[:3], ids=[632, 139, 285])
    one = PairedFeatures.from_files(tmp_path / "one.npz", captions=tmp_path / "c.json")
    assert one.texts == ("632: 0", "139: 0", "285: 0") and any("first of each image" in note for note in one.notes)
    np.savez(tmp_path / "none.npz", image=IMAGE[:4], text=TEXT[:4])
    with pytest.raises(AMEError, match=r"captions must be 4.*got 6 for 3 images.*save `ids`"):
        PairedFeatures.from_files(tmp_path / "none.npz", captions=tmp_path / "c.json")


def test_cells_of_a_csv_may_spell_lists(tmp_path: Path) -> None:
    rows = {"image": [json.dumps(row.tolist()) for row in IMAGE], "text": [str(row) for row in TEXT.round(4)]}
    pd.DataFrame(rows | {"caption": CAPTIONS}).to_csv(tmp_path / "f.csv", index=False)
    features = PairedFeatures.from_files(tmp_path / "f.csv")
    assert np.allclose(features.image, IMAGE, atol=1e-6) and np.allclose(features.text, TEXT, atol=1e-4)
    assert features.texts == tuple(CAPTIONS)


@pytest.mark.parametrize(
    "kind",
    [
        pa.list_(pa.float32()),
        pa.list_(pa.float64()),
        pa.large_list(pa.float32()),
        pa.list_(pa.float32(), D),
        pa.list_(pa.float16()),
    ],
    ids=str,
)
def test_lists_of_any_width_type_in_parquet_with_nulls_named_by_row(kind: pa.DataType, tmp_path: Path) -> None:
    if pa.types.is_fixed_size_list(kind) and int(pa.__version__.split(".")[0]) < 26:
        pytest.skip("pyarrow before 26 cannot read missing lists of a fixed size")
    half = kind.value_type == pa.float16()
    image = [None if row in (0, 3) else [np.float16(v) if half else float(v) for v in IMAGE[row]] for row in range(N)]
    text = [[np.float16(v) if half else float(v) for v in row] for row in TEXT]
    if not half:
        text[5][1] = None
    table = pa.table({"image": pa.array(image, type=kind), "text": pa.array(text, type=kind)})
    pq.write_table(table, tmp_path / "f.parquet", row_group_size=4)
    with pytest.warns(UserWarning) as told:
        features = PairedFeatures.from_files(tmp_path / "f.parquet")
    said = " ".join(str(one.message) for one in told)
    assert "image features: 2 of 6 rows have NaN or infinite values: rows 0, 3." in said
    kept = [1, 2, 4, 5] if half else [1, 2, 4]
    assert features.ids.tolist() == kept and ("row 5." in said) == (not half)
    assert np.allclose(features.image, IMAGE[kept], atol=1e-2 if half else 1e-6)


def test_lists_of_two_lengths_are_refused_with_their_row(tmp_path: Path) -> None:
    ragged = [list(map(float, row)) for row in IMAGE]
    ragged[4] = ragged[4][:2]
    pq.write_table(pa.table({"image": ragged, "text": [list(map(float, row)) for row in TEXT]}), tmp_path / "f.parquet")
    with pytest.raises(AMEError, match="lists of one length, got 4 numbers in most rows and 2 in row 4"):
        PairedFeatures.from_files(tmp_path / "f.parquet")


def test_a_pair_table_comes_from_npz_safetensors_and_memory(tmp_path: Path) -> None:
    from safetensors.numpy import save_file

    pairs = np.array([[0, 5], [0, 1], [2, 0], [1, 2], [1, 3], [2, 4]])
    ids, year = [10, 11, 12], [2001, 2002, 2003]
    arrays = {"image": IMAGE[:3], "text": TEXT, "pairs": pairs, "ids": np.array(ids), "year": np.array(year)}
    np.savez(tmp_path / "f.npz", **arrays)
    save_file(arrays, tmp_path / "f.safetensors")
    found = [PairedFeatures.from_files(tmp_path / name) for name in ("f.npz", "f.safetensors")]
    found.append(PairedFeatures.of(IMAGE[:3], TEXT, pairs=pairs.tolist(), ids=ids, metadata={"year": year}))
    for features in found:
        assert features.pairs.tolist() == pairs.tolist() and repr(features).endswith("6 pairs)")
        assert features.metadata["year"] == tuple(
            year[image] for image in pairs[:, 0]
        )  # one an image, said of each pair
        assert features.metadata["id"] == (10, 10, 12, 11, 11, 12)
    part = found[0].take([3, 0])
    assert part.pairs.tolist() == [[0, 0], [1, 1]] and part.ids.tolist() == [3, 0]
    np.testing.assert_array_equal(part.image, IMAGE[[1, 0]])
    np.testing.assert_array_equal(part.text, TEXT[[2, 5]])


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        ([[0, 6]], r"within the rows of 6 images and 6 texts, got \[0, 6\] in row 0"),
        ([[0, 0], [-1, 0]], r"got \[-1, 0\] in row 1"),
        ([[0.5, 1]], "pairs must be whole numbers"),
        ([[0, 1, 2]], r"shape \(m, 2\)"),
        (np.zeros((0, 2), int), r"shape \(m, 2\)"),
        ([[0, 1], [2]], "pairs must be an array"),
    ],
)
def test_pair_tables_that_cannot_be_meant(pairs: Any, message: str) -> None:
    with pytest.raises(AMEError, match=message):
        PairedFeatures.of(IMAGE, TEXT, pairs=pairs)


# Pictures


def picture(path: Path, size: tuple[int, int] = (8, 8), kind: str = "PNG") -> str:
    Image.new("RGB", size, (200, 30, 30)).save(path, kind)
    return path.name


def test_a_folder_of_images_without_a_list_is_taken_by_name(tmp_path: Path) -> None:
    for name in "fbdace":
        picture(tmp_path / f"{name}.png")
    (tmp_path / "notes.txt").write_text("no picture")
    features = PairedFeatures.of(IMAGE, TEXT, images=tmp_path)
    assert [Path(path).name for path in features.image_paths or ()] == [f"{name}.png" for name in "abcdef"]
    picture(tmp_path / "g.png")
    with pytest.raises(AMEError, match="images must have 6 values, one per pair, got 7"):
        PairedFeatures.of(IMAGE, TEXT, images=tmp_path)


def test_no_file_outside_the_given_folder_is_read(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    secret = tmp_path / "secret.png"
    picture(secret)
    picture(inside / "a.png")
    os.symlink(secret, inside / "link.png")
    names = ["a.png", "../secret.png", str(secret), "link.png", "absent.png", "a\0.png"]
    with pytest.warns(UserWarning) as told:
        features = PairedFeatures.of(IMAGE, TEXT, metadata={"image_path": names}, images=inside)
    said = [str(one.message) for one in told]
    assert any(line.startswith("3 image files lie outside") for line in said)
    assert any(line.startswith("2 image files are missing") for line in said)
    assert list(thumbnails(features, range(N)).found) == [0]
    unasked = PairedFeatures.of(IMAGE, TEXT, metadata={"image_path": names})
    assert unasked.image_paths is None and any("give images=FOLDER" in note for note in unasked.notes)


def test_pictures_are_known_by_content_and_none_starts_a_program(tmp_path: Path) -> None:
    trap = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n(touched) print\n"
    (tmp_path / "0.png").write_bytes(trap)
    picture(tmp_path / "1.png", kind="GIF")  # by its content
    paths = [str(tmp_path / f"{row}.png") for row in range(N)]
    with pytest.warns(UserWarning, match="1 image file cannot be read, of row 0"):
        features = PairedFeatures.of(IMAGE, TEXT, images=paths)
    found = thumbnails(features, range(N))
    assert list(found.found) == [1] and found.broken == (0,)


def test_pixels_have_a_budget_and_a_file_is_opened_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "_BUDGET", 1000)
    monkeypatch.setattr(pictures, "_LARGEST", 700)
    for name, size in {"big": (30, 30), "a": (20, 30), "b": (20, 20), "c": (20, 20)}.items():
        picture(tmp_path / f"{name}.png", size)
    names = ["big.png", "a.png", "a.png", "b.png", "c.png", "a.png"]
    features = PairedFeatures.of(IMAGE, TEXT, metadata={"path": names}, images=tmp_path)
    found = thumbnails(features, range(N))
    assert list(found.found) == [1, 2, 3, 5] and found.left_out == 2


# Odd and hostile


def header(shape: Any, dtype: str = "<f4") -> bytes:
    text = f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape!r}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text.encode()


def sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.write(header((2, 10**10, 1)))
        file.truncate(40 * 10**9)


def zipped(path: Path, **members: bytes) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)


def encrypted(path: Path) -> None:
    np.savez(path, image=IMAGE, text=TEXT)
    data = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(mark, at + 4)
    path.write_bytes(data)


def foreign(path: Path) -> None:
    np.savez(path, image=IMAGE, text=TEXT)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("readme.txt", "hello")


def null_metadata(path: Path) -> None:
    layout = {"__metadata__": None}
    for place, name in enumerate(("image", "text")):
        layout[name] = {"dtype": "F32", "shape": [N, D], "data_offsets": [place * 96, place * 96 + 96]}  # type: ignore[assignment]
    head = json.dumps(layout).encode()
    path.write_bytes(struct.pack("<Q", len(head)) + head + IMAGE.tobytes() + TEXT.tobytes())


def missing_index(path: Path) -> None:
    table = pa.table({"image": [list(map(float, r)) for r in IMAGE], "text": [list(map(float, r)) for r in TEXT]})
    note = json.dumps({"index_columns": ["absent"], "columns": [], "pandas_version": "2"}).encode()
    pq.write_table(table.replace_schema_metadata({b"pandas": note}), path)


def save(**arrays: Any) -> Callable[[Path], None]:
    return lambda path: np.savez(path, **{"image": IMAGE, "text": TEXT, **arrays})


def csv_with(names: list[str]) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        with path.open("w", newline="") as file:
            csv_module.writer(file).writerows(
                [names, *[[str(row + place) for place in range(len(names))] for row in range(3)]]
            )

    return write


# file -> what makes it, and a part of the message; None where it is to be read.
ODD: dict[str, tuple[Callable[[Path], object], str | None]] = {
    "huge.npy": (lambda path: path.write_bytes(header((2, 10**12, 1))), "header claims 8,000,000,000,000 bytes"),
    "huger.npy": (lambda path: path.write_bytes(header((2**70,))), "header claims"),
    "truth.npy": (lambda path: path.write_bytes(header((True, 6, 4)) + bytes(96)), "claims the shape"),
    "negative.npy": (lambda path: path.write_bytes(header((-1, 6, 4)) + bytes(96)), "claims the shape|damaged"),
    "sparse.npy": (sparse, "GiB of memory"),
    "text.npy": (lambda path: path.write_text("no array"), "its content is not that of an .npy file"),
    "foreign.npz": (foreign, None),
    "encrypted.npz": (encrypted, "is encrypted"),
    "plain.npz": (lambda path: path.write_bytes(b"PK\x03\x04 no archive"), "damaged"),
    "bomb.npz": (
        lambda path: zipped(path, **{"image.npy": header((10**9,)), "text.npy": header((3,))}),
        "header claims 4,000,000,000 bytes",
    ),
    "captions_0d.npz": (save(captions=np.array("one")), "captions must be one vector"),
    "captions_2d.npz": (save(captions=np.array([CAPTIONS, CAPTIONS])), "captions must be one vector"),
    "captions_bytes.npz": (save(captions=np.array(CAPTIONS).astype("S")), None),
    "labels_0d.npz": (save(labels=np.array(3)), "labels must be one vector"),
    "labels_2d.npz": (save(labels=np.ones((N, 2))), "labels must be one vector"),
    "labels_wide.npz": (save(labels=np.array([np.inf, 1e300, 1, 2, 3, -1])), None),
    "ids_structured.npz": (save(ids=np.zeros(N, dtype=[("a", "i4")])), "ids must be one vector"),
    "ids_wide.npz": (save(ids=np.array([np.inf, 1e300, -np.inf, 2, 3, -1])), None),
    "short_column.npz": (save(year=np.arange(N - 1)), None),
    "null.safetensors": (null_metadata, None),
    "missing_index.parquet": (missing_index, None),
    "short.csv": (lambda path: path.write_text('image,text\n"[0.1 0.2 ... 0.3]","[1 2]"\n'), "numpy cut short"),
    "twice.jsonl": (lambda path: path.write_text('{"image": [1], "image": [2]}'), "holds the name 'image' twice"),
    "deep.jsonl": (lambda path: path.write_text("[" * 100_000 + "]" * 100_000), "nested too deeply"),
    "twice.csv": (csv_with(["image_0", "image_0", "text_0"]), "different column names, got 'image_0'"),
    "collide.csv": (csv_with(["image_0", "image_1", "image_01", "text_0"]), "got 'image_1' and 'image_01'"),
    "long_name.csv": (csv_with(["image_" + "9" * 5000, "text_0"]), "must hold a column 'image'"),
    "empty.csv": (lambda path: path.write_text(""), "empty.csv"),
    "bytes.csv": (lambda path: path.write_bytes(bytes(range(256)) * 20), "bytes.csv"),
    "n" * 300 + ".npy": (lambda path: None, "File name too long"),
    "nul\0.npy": (lambda path: None, "cannot be read"),
    "no ending": (lambda path: path.write_text("x"), "must end in one of"),
}


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("name", ODD, ids=[name[:30].replace("\0", "0") for name in ODD])
def test_odd_files_are_read_or_refused_in_one_sentence(name: str, tmp_path: Path) -> None:
    make, message = ODD[name]
    path = tmp_path / name
    make(path)
    if message is None:
        features = PairedFeatures.from_files(path)
        assert same(features)
    else:
        with pytest.raises(AMEError, match=message):
            PairedFeatures.from_files(path)


def test_unused_arrays_are_not_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    np.savez_compressed(tmp_path / "f.npz", image=IMAGE, text=TEXT, hidden=np.zeros((3000, 30_000), np.float32))
    monkeypatch.setattr(boundary, "memory_budget", lambda: 10**7)  # of 360 MB
    assert same(PairedFeatures.from_files(tmp_path / "f.npz"))


def test_what_is_no_regular_file_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.npy")
    os.symlink("/dev/zero", tmp_path / "zero.csv")
    for name in ("pipe.npy", "zero.csv"):
        with pytest.raises(AMEError, match="not a regular file but a pipe or a device"):
            PairedFeatures.from_files(tmp_path / name)
        for argument in ("captions", "labels", "metadata", "images"):
            with pytest.raises(AMEError, match="not a regular file"):
                PairedFeatures.of(IMAGE, TEXT, **{argument: tmp_path / name})
    assert threading.active_count() < 50


def test_a_name_that_is_no_utf8_can_be_shown(tmp_path: Path) -> None:
    path = os.path.join(os.fsencode(tmp_path), b"f\xff.npy")
    with open(path, "wb") as file:
        np.save(file, np.stack([IMAGE, TEXT]))
    assert same(read_features(os.fsdecode(path)).features)
    with pytest.raises(AMEError) as refused:
        read_features(os.fsdecode(path) + ".npz")
    str(refused.value).encode()  # could not be printed with the lone surrogate that stands for the byte


def test_features_too_large_to_measure_are_refused_before(monkeypatch: pytest.MonkeyPatch) -> None:
    from ame_explore.analysis.pairs import exploration

    monkeypatch.setattr(boundary, "memory_budget", lambda: 10**4)
    with pytest.raises(AMEError, match="measuring these features needs"):
        exploration.explore_features(PairedFeatures(image=np_tensor(IMAGE), text=np_tensor(TEXT)))


def np_tensor(array: np.ndarray) -> Any:
    import torch

    return torch.from_numpy(array).repeat(1, 40)


# Any bytes


def seeds(folder: Path) -> list[Path]:
    """A small valid file of each kind."""
    from safetensors.numpy import save_file

    np.save(folder / "f.npy", np.stack([IMAGE, TEXT]))
    np.savez(folder / "f.npz", image=IMAGE, text=TEXT, captions=CAPTIONS, ids=np.arange(N))
    save_file({"image": IMAGE, "text": TEXT}, folder / "f.safetensors", {"captions": json.dumps(CAPTIONS)})
    rows = {"image": IMAGE.tolist(), "text": TEXT.tolist(), "caption": CAPTIONS, "label": list("aabbcc")}
    pd.DataFrame(rows).to_parquet(folder / "f.parquet")
    pd.DataFrame(rows).to_csv(folder / "f.csv", index=False)
    pd.DataFrame(rows).to_json(folder / "f.jsonl", orient="records", lines=True)
    return sorted(folder.iterdir())


def damaged(data: bytes, random: np.random.Generator) -> bytes:
    """Bytes changed, cut, doubled, put in, or of another file's kind."""
    made = bytearray(data)
    for _ in range(int(random.integers(1, 6))):
        at = int(random.integers(0, max(1, len(made))))
        match int(random.integers(0, 6)):
            case 0:
                made[at : at + 1] = random.bytes(1)
            case 1:
                del made[at:]
            case 2:
                made[at:at] = made[at : at + int(random.integers(1, 60))]
            case 3:
                made[at:at] = random.choice([b"\x00", b"\xff\xfe", b"NaN", b"1e999", b'"', b"[", b"\n,", b"\x93NUMPY"])
            case 4:
                made[at : at + 8] = struct.pack("<q", int(random.choice([-1, 0, 2**31, 2**62])))
            case _:
                made[at:at] = b"9" * int(random.integers(1, 40))
    return bytes(made)


@pytest.mark.parametrize("seed", range(6))
def test_damaged_files_give_features_or_an_ame_error(seed: int, tmp_path: Path) -> None:
    """Each kind damaged many times: what comes back checks itself, and all else is one `AMEError`."""
    source = tmp_path / "whole"
    source.mkdir()
    path = seeds(source)[seed]
    whole, random = path.read_bytes(), np.random.default_rng(seed)
    read = 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(DAMAGED):
            target = tmp_path / path.name
            target.write_bytes(damaged(whole, random))
            try:
                features = read_features(target).features
            except AMEError as error:
                str(error).encode()
                continue
            read += 1
            assert features.image.isfinite().all() and len(features.ids) == len(features.pairs)
    assert read < DAMAGED  # some damage was seen


@pytest.mark.parametrize("argument", ["captions", "labels", "metadata", "images"])
def test_damaged_files_of_words_give_features_or_an_ame_error(argument: str, tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    buffer = io.StringIO()
    pd.DataFrame({"caption": CAPTIONS, "label": list("aabbcc"), "image_path": ["0.png"] * N}).to_csv(
        buffer, index=False
    )
    whole = {
        "w.csv": buffer.getvalue().encode(),
        "w.json": json.dumps(CAPTIONS).encode(),
        "w.txt": "\n".join(CAPTIONS).encode(),
        "w.jsonl": "\n".join(json.dumps({"caption": words}) for words in CAPTIONS).encode(),
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, data in whole.items():
            for _ in range(DAMAGED // 4):
                (tmp_path / name).write_bytes(damaged(data, random))
                try:
                    PairedFeatures.of(IMAGE, TEXT, **{argument: tmp_path / name})
                except AMEError as error:
                    str(error).encode()


def landscape_file(folder: Path) -> Path:
    module = torch.nn.Linear(2, 2)
    objective = Objective(module, torch.randn(4, 2), Classification(torch.tensor([0, 1, 0, 1])))
    landscape(Evaluator(objective, random_slice(module, seed=0), method="loop"), grid=3).save(folder / "l.safetensors")
    return folder / "l.safetensors"


def run_file(folder: Path) -> Path:
    with Run.recorder(folder / "run") as record:
        for step in range(3):
            record.log(step, losses={"total": 1.0}, features=PairedFeatures.of(IMAGE, TEXT) if step == 2 else None)
    return Run.open(folder / "run").pack(folder / "run.zip")


def feature_data_file(folder: Path) -> Path:
    labels = torch.arange(48) % 3
    rows = torch.randn(48, 4, generator=torch.Generator().manual_seed(0))
    parts = {
        "teacher_image": rows,
        "student_image": rows,
        "class_text": rows[:3],
        "labels": labels,
        "logit_scale": 20.0,
    }
    return FeatureData.of(parts).save(folder / "f.safetensors")


def read_whole(path: Path) -> None:
    run = Run.open(path)
    assert len(run.losses) == 3 and len(run.features(2).ids) == N and run.facts == {}


@pytest.mark.parametrize(
    ("make", "read"),
    [(landscape_file, Landscape.load), (run_file, read_whole), (feature_data_file, FeatureData.from_files)],
)
def test_damaged_files_of_our_own_are_read_whole_or_refused(make: Any, read: Any, tmp_path: Path) -> None:
    """Landscapes, packed Runs and stored data."""
    folder = tmp_path / "whole"
    folder.mkdir()
    path = make(folder)
    read(path)
    whole, random = path.read_bytes(), np.random.default_rng(3)
    for _ in range(DAMAGED):
        target = tmp_path / path.name
        target.write_bytes(damaged(whole, random))
        try:
            read(target)
        except AMEError as error:
            str(error).encode()


def test_cells_may_hold_pythons_and_numpys_numbers(tmp_path: Path) -> None:
    rows = [[0.5, 1.0], [2.0, -3.0]]
    for words in (str(rows[0]), str(tuple(rows[0])), "[np.float64(0.5), np.float32(1.0)]"):
        file = tmp_path / "f.csv"
        pd.DataFrame({"image": [words, str(rows[1])], "text": list(map(str, rows))}).to_csv(file)
        assert PairedFeatures.from_files(file).image.tolist() == rows


def test_one_image_encoded_in_two_batches_is_noticed() -> None:
    generator = torch.Generator().manual_seed(0)
    image = torch.randn(40, 16, generator=generator).repeat_interleave(3, 0)
    image = image + 1e-6 * torch.randn(image.shape, generator=generator)
    text = torch.randn(120, 16, generator=generator)
    with pytest.warns(UserWarning, match="120 of 120 image rows differ from another row by less than 0.001"):
        features = PairedFeatures.of(image, text)
    assert features.image.shape == (120, 16)
    apart = PairedFeatures.of(torch.randn(120, 16, generator=generator), text)
    assert not any("differ" in note for note in apart.notes)
