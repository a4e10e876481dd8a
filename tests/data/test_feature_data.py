"""Stored features as data: every source gives the same, bad rows and bad parts are named, and pixels are refused."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from ame_explore.ame import AMEError
from ame_explore.data import FeatureData, PairedData
from ame_explore.data.pairs import NOT_KNOWN

COUNT, CLASSES, TEACHER, STUDENT = 48, 4, 6, 5
NAMES = ["cat", "dog", "tree", "car"]


def parts(**changes: Any) -> dict[str, Any]:
    """Features of 48 images of four classes, those of a class near its text."""
    generator = torch.Generator().manual_seed(0)
    labels = torch.arange(COUNT) % CLASSES
    text, student_text = (torch.randn(CLASSES, width, generator=generator) for width in (TEACHER, STUDENT))
    made = {
        "teacher_image": text[labels] + 0.3 * torch.randn(COUNT, TEACHER, generator=generator),
        "student_image": student_text[labels] + 0.5 * torch.randn(COUNT, STUDENT, generator=generator),
        "class_text": text,
        "student_text": student_text,
        "labels": labels,
        "class_names": NAMES,
        "base_classes": [1, 3],
        "logit_scale": 20.0,
        "split": ["test" if row % 3 == 0 else "distill" for row in range(COUNT)],
    }
    return {name: value for name, value in {**made, **changes}.items() if value is not None}


def of(**changes: Any) -> FeatureData:
    return FeatureData.of(parts(**changes), name="mine")


def quietly(**changes: Any) -> FeatureData:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return of(**changes)


def changed(tensor: Tensor, rows: int | list[int], value: float) -> Tensor:
    copy = tensor.clone()
    copy[rows] = value
    return copy


def per_row(made: dict[str, Any]) -> dict[str, Any]:
    """As columns of a table: the parts of the classes stand in each row."""
    labels = made["labels"].tolist()
    return {
        "teacher_image": [row.tolist() for row in made["teacher_image"]],
        "student_image": [row.tolist() for row in made["student_image"]],
        "class_text": [made["class_text"][label].tolist() for label in labels],
        "student_text": [made["student_text"][label].tolist() for label in labels],
        "label": labels,
        "class_name": [NAMES[label] for label in labels],
        "split": made["split"],
    }


def test_rows_hold_the_students_features_and_then_the_teachers() -> None:
    data, given = of(), parts()
    assert isinstance(data, PairedData) and data.images.shape == (COUNT, STUDENT + TEACHER, 1, 1)
    assert torch.equal(data.student_image, given["student_image"])
    assert torch.equal(data.teacher_image, given["teacher_image"])
    assert (data.class_texts, data.base_classes, data.new_classes) == (tuple(NAMES), (1, 3), (0, 2))
    assert torch.equal(data.rows, torch.arange(COUNT)) and data.notes == ()
    assert data.splits["test"].tolist() == list(range(0, COUNT, 3)) and len(data.splits["pretrain"]) == 0
    assert repr(data) == (
        "FeatureData('mine': features of 48 images (student 5, teacher 6), 4 classes; distill 32, test 16)"
    )


def write_npz(path: Path) -> None:
    np.savez(path, **{key: np.asarray(value) for key, value in parts().items()})


def write_safetensors(path: Path) -> None:
    tensors = {key: value for key, value in parts().items() if isinstance(value, Tensor)}
    words = {key: json.dumps(value) for key, value in parts().items() if not isinstance(value, Tensor)}
    save_file(tensors, path, metadata=words)


def write_parquet(path: Path) -> None:
    pd.DataFrame(per_row(parts())).to_parquet(path)


def write_jsonl(path: Path) -> None:
    pd.DataFrame(per_row(parts())).to_json(path, orient="records", lines=True, double_precision=15)


def write_csv(path: Path) -> None:
    pd.DataFrame(per_row(parts())).to_csv(path, index=False)


@pytest.mark.parametrize("write", [write_npz, write_safetensors, write_parquet, write_jsonl, write_csv])
def test_every_format_gives_the_same_data(write: Any, tmp_path: Path) -> None:
    path = tmp_path / f"mine.{write.__name__.removeprefix('write_')}"
    write(path)
    table = path.suffix not in (".npz", ".safetensors")
    beside = {"base_classes": [1, 3], "logit_scale": 20.0} if table else {}
    found = FeatureData.from_files(path, **beside)
    assert found.name == "mine" and found.digest == of().digest


@pytest.mark.parametrize("ending", ["npz", "safetensors"])
def test_what_is_saved_is_read_again(ending: str, tmp_path: Path) -> None:
    data = of(captions=[f"picture {row}" for row in range(COUNT)], split=None)
    found = FeatureData.from_files(data.save(tmp_path / f"mine.{ending}"))
    assert found.digest == data.digest and found.captions == data.captions
    with pytest.raises(AMEError, match=r"path must end in \.npz or \.safetensors"):
        data.save(tmp_path / "mine.pt")


def test_arrays_tables_and_a_second_source_of_classes_give_the_same_data(tmp_path: Path) -> None:
    arrays = {key: value.numpy() if isinstance(value, Tensor) else value for key, value in parts().items()}
    frame = pd.DataFrame(per_row(parts()))
    rows = frame[["teacher_image", "student_image", "label", "split"]]
    classes = pd.DataFrame(
        {
            "class_text": [row.tolist() for row in parts()["class_text"]],
            "student_text": [row.tolist() for row in parts()["student_text"]],
            "class_name": NAMES,
            "base": [False, True, False, True],
        }
    )
    rows.to_parquet(tmp_path / "rows.parquet")
    classes.to_parquet(tmp_path / "classes.parquet")
    found = [
        FeatureData.of(**arrays, name="mine"),
        FeatureData.of(frame, name="mine", base_classes=["dog", "car"], logit_scale=torch.tensor(20.0)),
        FeatureData.of(rows, classes=classes, name="mine", logit_scale=20),
        FeatureData.from_files(
            tmp_path / "rows.parquet", classes=tmp_path / "classes.parquet", name="mine", logit_scale=20
        ),
    ]
    assert {data.digest for data in found} == {of().digest}


def test_names_of_parts_may_be_in_any_case(tmp_path: Path) -> None:
    np.savez(tmp_path / "mine.npz", **{key.upper(): np.asarray(value) for key, value in parts().items()})
    assert FeatureData.from_files(tmp_path / "mine.npz").digest == of().digest
    frame = pd.DataFrame({key.title(): value for key, value in per_row(parts()).items()})
    assert FeatureData.of(frame, name="mine", base_classes=[1, 3], logit_scale=20).digest == of().digest


def test_labels_may_be_names() -> None:
    assert of(labels=[NAMES[label] for label in parts()["labels"].tolist()]).digest == of().digest
    frame = pd.DataFrame({**per_row(parts()), "label": [NAMES[label] for label in parts()["labels"].tolist()]})
    data = FeatureData.of(frame.drop(columns="class_name"), logit_scale=20)
    assert data.class_texts == ("car", "cat", "dog", "tree")
    assert torch.equal(data.class_features[1], parts()["class_text"][0])
    ordered = FeatureData.of(frame, class_names=NAMES, name="mine", base_classes=[1, 3], logit_scale=20)
    assert ordered.digest == of().digest


def test_the_default_split_halves_each_class_by_seed() -> None:
    data, other = of(split=None), FeatureData.of(parts(split=None), name="mine", seed=1)
    for name in ("distill", "test"):
        assert torch.bincount(data.labels[data.splits[name]]).tolist() == [6] * CLASSES
    assert not torch.equal(data.splits["test"], other.splits["test"])
    assert torch.equal(data.splits["test"], of(split=None).splits["test"])
    assert any("half of each class" in note for note in data.notes)


def test_the_digest_covers_the_class_vectors_and_the_scale() -> None:
    others = [
        {"class_text": 2 * parts()["class_text"]},
        {"student_text": None},
        {"logit_scale": 21.0},
        {"teacher_image": changed(parts()["teacher_image"], 0, 1.0)},
    ]
    assert len({of().digest, *(of(**other).digest for other in others)}) == 5


def test_unusable_rows_are_left_out_and_counted() -> None:
    given = parts()
    with pytest.warns(UserWarning) as told:
        data = of(
            teacher_image=changed(given["teacher_image"], [3, 4], float("nan")),
            student_image=changed(given["student_image"], [4, 9], 0.0),
            labels=[None if row == 20 else row % CLASSES for row in range(COUNT)],
        )
    assert [str(one.message) for one in told] == list(data.notes)
    assert data.notes == (
        "teacher_image: 2 of 48 rows have NaN or infinite values: rows 3-4.",
        "student_image: 2 of 48 rows have only zeros, so no direction: rows 4, 9.",
        "labels: 1 of 48 labels is missing: row 20. 4 images are left out.",
    )
    kept = [row for row in range(COUNT) if row not in (3, 4, 9, 20)]
    assert data.rows is not None and data.rows.tolist() == kept
    assert torch.equal(data.teacher_image, given["teacher_image"][kept])
    assert data.labels.tolist() == [row % CLASSES for row in kept]
    assert [kept[row] for row in data.splits["test"].tolist()] == [row for row in kept if row % 3 == 0]


def test_masked_values_are_not_known() -> None:
    image = np.ma.masked_array(parts()["teacher_image"].numpy(), mask=False)
    image[3, 0] = np.ma.masked
    assert (
        quietly(teacher_image=image).notes[0]
        == "teacher_image: 1 of 48 rows has NaN or infinite values: row 3. 1 image is left out."
    )


def test_a_misspelt_part_is_named() -> None:
    with pytest.raises(AMEError, match="there is no part 'student_texts': did you mean student_text"):
        FeatureData.of(parts(), student_texts=torch.ones(4, 3))
    with pytest.raises(AMEError, match="there is no part 'colour': parts are teacher_image"):
        FeatureData.of(parts(), colour="red")
    with pytest.warns(UserWarning, match="ignored 'captoins', which is no part: did you mean captions"):
        FeatureData.of({**parts(), "captoins": ["a"] * COUNT, "width": [1] * COUNT})


def test_a_class_without_a_usable_text_goes_with_its_images() -> None:
    data = quietly(class_text=changed(parts()["class_text"], 1, float("inf")))
    assert data.class_texts == ("cat", "tree", "car") and data.base_classes == (2,)
    assert len(data.images) == 36 and data.labels.unique().tolist() == [0, 1, 2]
    assert "1 of 4 rows has no direction" in data.notes[0] and "1 class is left out" in data.notes[0]
    empty = quietly(teacher_image=changed(parts()["teacher_image"], list(range(0, COUNT, 4)), 0.0))
    assert empty.class_texts == ("dog", "tree", "car") and empty.base_classes == (0, 2)


def test_an_unusable_student_text_costs_the_zero_shot_score_alone() -> None:
    data = quietly(student_text=changed(parts()["student_text"], 0, float("nan")))
    assert data.student_class_features is None and len(data.images) == COUNT and "student_text is left" in data.notes[0]


def test_half_precision_and_numbers_beyond_float32() -> None:
    halved = of(teacher_image=parts()["teacher_image"].bfloat16(), student_image=parts()["student_image"].half())
    assert halved.images.dtype == torch.float32 and len(halved.images) == COUNT
    large = changed(parts()["teacher_image"].double(), 2, 1e300)
    assert len(quietly(teacher_image=large).images) == COUNT - 1


def test_equal_names_get_their_row() -> None:
    data = quietly(class_names=["cat", "missile", "tree", "missile"])
    assert data.class_texts == ("cat", "missile", "tree", "missile (3)")
    assert "1 name occurs more than once" in data.notes[0]


def test_missing_parts_are_assumed_with_a_note() -> None:
    data = of(class_names=None, base_classes=None, logit_scale=None, student_text=None)
    assert data.class_texts == ("class 0", "class 1", "class 2", "class 3") and data.base_classes == (0, 1)
    assert data.logit_scale == 100 and any("logit_scale was not given" in note for note in data.notes)


SHORT = parts()["labels"][:-1]
REFUSED = {
    "no teacher": ({"teacher_image": None}, r"must hold .* got student_image.*: add teacher_image"),
    "no labels": ({"labels": None}, "add labels"),
    "rows": (
        {"student_image": parts()["student_image"][:-1]},
        "student_image must have a row for each .* 48 .* 47",
    ),
    "one dimension": ({"teacher_image": torch.ones(COUNT)}, r"teacher_image must be features, .*shape \(rows, width\)"),
    "text width": ({"class_text": torch.ones(CLASSES, 5)}, "class_text must have the width of teacher_image, 6, got 5"),
    "student width": ({"student_text": torch.ones(CLASSES, 6)}, "student_text must have the width of student_image, 5"),
    "student rows": ({"student_text": torch.ones(3, STUDENT)}, "student_text must have 4 rows, one for each class"),
    "texts as words": ({"class_text": np.array([NAMES])}, "class_text must be features.*put names into class_names"),
    "complex": (
        {"teacher_image": np.ones((COUNT, TEACHER), complex)},
        "teacher_image must be features, real numbers .*got complex128",
    ),
    "label count": ({"labels": SHORT}, "labels must have 48 values, one for each row of teacher_image, got 47"),
    "label beyond": ({"labels": changed(parts()["labels"], 7, 4)}, r"labels must lie in \[0, 3\].* got 4 in row 7"),
    "label huge": ({"labels": [2**60] * COUNT}, "labels must be row numbers of class_text"),
    "label fraction": ({"labels": [0.5] * COUNT}, "labels must be row numbers of class_text, .* got 0.5 in row 0"),
    "label name": ({"labels": ["cow"] * COUNT}, "labels must be among the 4 class_names, got 'cow' in row 0"),
    "names without order": ({"labels": ["cat"] * COUNT, "class_names": None}, "class_names must name the rows"),
    "empty class": ({"labels": parts()["labels"] % 3}, r"labels must name each of the 4 classes .* first 3 \('car'\)"),
    "name count": ({"class_names": NAMES[:3]}, "class_names must have 4 names, one for each row of class_text, got 3"),
    "name blank": ({"class_names": ["a", " ", "c", "d"]}, "class_names must be texts that are not blank"),
    "base beyond": ({"base_classes": [0, 4]}, "base_classes must be different numbers from 0 to 3 .*got 4: number"),
    "base twice": ({"base_classes": [1, 1]}, "base_classes must be different"),
    "base unknown": ({"base_classes": ["cow"]}, "base_classes must be .*class_names.*got 'cow'"),
    "base all": ({"base_classes": [0, 1, 2, 3]}, "base_classes must hold some of the 4 classes but not all, got 4"),
    "base none": ({"base_classes": []}, "base_classes must hold some of the 4 classes but not all, got 0"),
    "split count": ({"split": ["test"]}, "split must have 48 values, one for each row of teacher_image, got 1"),
    "split word": ({"split": ["val"] * COUNT}, "split must be 'distill' .*or 'test'.*got 'val' in row 0"),
    "split empty": ({"split": ["test"] * COUNT}, "split must leave images for .*got none for distill"),
    "scale": ({"logit_scale": -1.0}, "logit_scale must be"),
    "scales": ({"logit_scale": [1.0, 2.0]}, "logit_scale must be one number"),
    "captions without pairs": ({"caption_text": torch.ones(9, TEACHER)}, "caption_text needs pairs: pairs say which"),
    "student's captions alone": (
        {"student_caption_text": torch.ones(9, STUDENT)},
        "caption_text is missing: student_caption_text needs",
    ),
    "width of captions": (
        {
            "caption_text": torch.ones(COUNT, TEACHER + 1),
            "student_caption_text": torch.ones(COUNT, STUDENT),
            "pairs": torch.arange(COUNT),
        },
        "caption_text must have the width of the same model's images, 6, got 7",
    ),
    "count of captions": (
        {
            "caption_text": torch.ones(COUNT, TEACHER),
            "student_caption_text": torch.ones(COUNT - 1, STUDENT),
            "pairs": torch.arange(COUNT),
        },
        "student_caption_text must have 48 rows, one for each caption, got 47",
    ),
    "caption count": ({"captions": ["one"]}, "captions must be 48, one for each row of teacher_image, got 1"),
    "path count": ({"image_path": ["one.png"]}, "image_path must have 48 paths"),
    "all rows": ({"teacher_image": torch.zeros(COUNT, TEACHER)}, "48 of 48 rows have only zeros.*No image is left"),
    "part twice": ({"label": parts()["labels"]}, "must hold labels once"),
}


@pytest.mark.parametrize(("changes", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_refuses(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(AMEError, match=message):
        quietly(**changes)


def test_refuses_other_things() -> None:
    with pytest.raises(AMEError, match=r"two images or more where there is no split.*first 3"):
        of(
            split=None,
            **{key: parts()[key][[0, 1, 2, 4, 5, 6, 3]] for key in ("teacher_image", "student_image", "labels")},
        )
    with pytest.raises(AMEError, match="data must be a mapping of names to arrays, or a DataFrame, got str"):
        FeatureData.of("features.npz")
    with pytest.raises(AMEError, match="both hold class_text"):
        FeatureData.of(parts(), classes={"class_text": parts()["class_text"]})
    with pytest.raises(AMEError, match="numbers up to 999,999,999,999 for 48 images"):
        FeatureData.of(pd.DataFrame({**per_row(parts()), "label": [10**12 - 1] * COUNT}))
    with pytest.raises(AMEError, match="seed must be"):
        FeatureData.of(parts(), seed=-1)
    frame = pd.DataFrame(per_row(parts()))
    frame.at[5, "class_text"] = [0.5] * TEACHER
    with pytest.raises(AMEError, match="class_text must be the same in all rows of a class, got another in row 5"):
        FeatureData.of(frame)


def test_refuses_files(tmp_path: Path) -> None:
    for name, message in (
        ("features.pt", "is a pickle"),
        ("features.npy", r"must end in \.npz"),
        ("none.npz", "does not exist"),
    ):
        (tmp_path / name).touch() if name != "none.npz" else None
        with pytest.raises(AMEError, match=message):
            FeatureData.from_files(tmp_path / name)
    with pytest.raises(AMEError, match="is a folder"):
        FeatureData.from_files(tmp_path)
    (tmp_path / "bad.npz").write_bytes(b"PK damaged")
    (tmp_path / "bad.safetensors").write_bytes(b"damaged")
    for name in ("bad.npz", "bad.safetensors"):
        with pytest.raises(AMEError, match="damaged"):
            FeatureData.from_files(tmp_path / name)
    np.savez(tmp_path / "objects.npz", **{**parts(), "labels": np.array([{}] * COUNT, dtype=object)})
    with pytest.raises(AMEError, match="labels is refused: it holds Python objects"):
        FeatureData.from_files(tmp_path / "objects.npz")
    pd.DataFrame({**per_row(parts()), "teacher_image": ["word"] * COUNT}).to_parquet(tmp_path / "words.parquet")
    with pytest.raises(AMEError, match="teacher_image must be a column of lists of numbers, got"):
        FeatureData.from_files(tmp_path / "words.parquet")


def test_each_caption_is_a_class_where_there_are_no_labels() -> None:
    data = of(labels=None, pairs=parts()["labels"], captions=NAMES, class_names=None)
    assert data.class_texts == tuple(NAMES) and torch.equal(data.labels, parts()["labels"])
    assert data.captions is not None and data.captions[1] == "dog"
    table = torch.stack([torch.arange(COUNT), parts()["labels"]], 1)
    assert of(labels=None, pairs=table, captions=NAMES, class_names=None).digest == data.digest
    with pytest.raises(AMEError, match=r"pairs must give each image one caption.*got 2 captions for image row 0"):
        of(labels=None, pairs=torch.cat([table, table[:1]]))


def test_with_labels_a_class_gets_the_mean_of_its_captions() -> None:
    generator = torch.Generator().manual_seed(1)
    captions = torch.randn(COUNT + 1, TEACHER, generator=generator)
    table = torch.stack([torch.arange(COUNT), torch.arange(COUNT)], 1)
    table = torch.cat([table, torch.tensor([[1, COUNT]])])
    words = [f"caption {row}" for row in range(COUNT + 1)]
    data = of(class_text=captions, student_text=None, pairs=table, captions=words)
    mine = [row for row in range(COUNT) if row % CLASSES == 1 and row % 3] + [COUNT]  # image 1 has a second caption
    unit = torch.nn.functional.normalize(captions[mine].double(), dim=1).sum(0)
    torch.testing.assert_close(data.class_features[1], torch.nn.functional.normalize(unit, dim=0).float())
    assert data.captions == tuple(words[:COUNT])


def test_pixels_are_refused() -> None:
    data = of()
    for name in ("noise", "ambiguity"):
        with pytest.raises(AMEError, match=f"{name} must be 0 for 'mine', got 0.5: stored features"):
            data.images_at(torch.arange(3), **{name: 0.5})
    with pytest.raises(AMEError, match="augment must be 0"):
        data.check_settings(augment=0.5)
    assert torch.equal(data.images_at(torch.tensor([2, 1])), data.images[[2, 1]])


def test_what_the_models_have_seen_is_not_known() -> None:
    rows = {row["split"]: row for row in of().who_has_seen_what(shots=2)}
    assert rows["pretrain"]["images"] == rows["backbone"]["classes"] == NOT_KNOWN
    assert (rows["distill"]["images"], rows["test"]["images"]) == (4, 16)
    assert of().seen is None and of().feature_widths == (of().student_width, of().teacher_width)
    whole = [("pretrain", "backbone", "distill", "test")[row // 4 % 4] for row in range(COUNT)]
    known = of(split=whole)
    assert known.seen is not None and len(known.seen["teacher"]) == 12
    assert all(row["images"] != NOT_KNOWN for row in known.who_has_seen_what(shots=2))


def test_default_settings_fit_the_images_there_are() -> None:
    assert of().defaults == {"host": "projector"}
    few = ["test" if row >= 12 else "distill" for row in range(COUNT)]
    assert of(split=few).defaults == {"host": "projector", "shots": 3}


def test_a_file_outside_the_folder_is_not_looked_for(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "there.png").write_bytes(b"x")
    told = []
    for name in ("../there.png", "../nowhere.png"):
        with pytest.warns(UserWarning, match="image_path: ") as warned:
            FeatureData.of(parts(image_path=[name] * COUNT), images=tmp_path / "in")
        told.append([str(one.message) for one in warned])
    assert told[0] == told[1] and "lie outside" in told[0][0]


def test_image_files_become_pictures(tmp_path: Path) -> None:
    pil = pytest.importorskip("PIL.Image")
    (tmp_path / "in").mkdir()
    for row in range(COUNT):
        pil.new("RGB", (30, 20), (5 * row, 0, 0)).save(tmp_path / "in" / f"{row}.png")
    (tmp_path / "in" / "7.png").write_bytes(b"\x89PNG broken")
    (tmp_path / "in" / "8.png").unlink()
    pil.new("RGB", (9, 9)).save(tmp_path / "outside.png")
    names = [f"{row}.png" for row in range(COUNT)]
    names[9] = "../outside.png"
    np.savez(tmp_path / "mine.npz", **parts(), image_path=np.array(names))
    with pytest.warns(UserWarning, match="image_path: 1 file"):
        data = FeatureData.from_files(tmp_path / "mine.npz", images=tmp_path / "in")
    assert data.image_paths is not None and [data.image_paths[row] is None for row in (7, 8, 9)] == [False, True, True]
    shown = data.pictures(torch.tensor([6, 7, 8, 9]), side=8)
    assert shown is not None and shown.shape == (4, 3, 8, 8)
    assert shown[0, 0].unique().tolist() == pytest.approx([30 / 255])
    assert (shown[1:] == 128 / 255).all()
    assert of().pictures(torch.arange(2)) is None
