"""PairedData: what it refuses, its draws by seed, its dials, and what it says about itself."""

from __future__ import annotations

import dataclasses
from typing import Any

import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from ame_explore.ame import AMEError
from ame_explore.data import SPLITS, PairedData, PairedFeatures, digits, load

A_SPLIT = 5  # images of each class in each split of `made`


def towards_white(indices: Tensor, ambiguity: float) -> Tensor:
    return torch.full((len(indices), 1, 2, 2), ambiguity / 2)


def parts(num_classes: int = 4, a_split: int = A_SPLIT) -> dict[str, Any]:
    """The arguments of a small, valid PairedData: `a_split` images of each class in each split."""
    count = num_classes * a_split * len(SPLITS)
    images = torch.rand(count, 1, 2, 2, generator=torch.Generator().manual_seed(1))
    return {
        "name": "made",
        "images": images,
        "labels": torch.arange(count) % num_classes,
        "class_texts": tuple(f"a thing called {letter}" for letter in "abcdefghij"[:num_classes]),
        "splits": dict(zip(SPLITS, torch.arange(count).chunk(len(SPLITS)), strict=True)),
        "draw": towards_white,
        "neighbours": (torch.arange(num_classes) + 1) % num_classes,
    }


def made(**changes: Any) -> PairedData:
    return PairedData(**{**parts(), **changes})


def changed(tensor: Tensor, place: int, value: float) -> Tensor:
    copy = tensor.clone()
    copy.view(-1)[place] = value
    return copy


def split_changed(name: str, value: object) -> dict[str, object]:
    return {**parts()["splits"], name: value}


IMAGES, LABELS, INDEX = parts()["images"], parts()["labels"], parts()["splits"]["test"]

REFUSED = {
    "name": ({"name": " "}, "name must be a non-blank string"),
    "images, no tensor": ({"images": [[0.0]]}, r"images must be a torch tensor .*got list:.*as_tensor"),
    "images, bytes": ({"images": torch.zeros(80, 1, 2, 2, dtype=torch.uint8)}, r"images .*uint8 .*\.float\(\) / 255"),
    "images, float64": ({"images": IMAGES.double()}, "images must be float32, got a float64"),
    "images, flat": ({"images": IMAGES.flatten(1)}, r"images must .*\(N, channels, height, width\), got .*\(80, 4\)"),
    "images, none": ({"images": IMAGES[:0]}, "images must hold at least one row"),
    "images, no width": ({"images": IMAGES[..., :0]}, "images must hold .*no dimension of size 0"),
    "images, NaN": ({"images": changed(IMAGES, 7, float("nan"))}, "images must be finite, got 1 NaN or infinite"),
    "images, infinity": ({"images": changed(IMAGES, 7, float("inf"))}, "images must be finite"),
    "images, above 1": ({"images": IMAGES * 255}, r"images must lie in \[0, 1\], got values .*divide by"),
    "images, below 0": ({"images": changed(IMAGES, 7, -0.5)}, r"images must lie in \[0, 1\], got values from -0.5"),
    "labels, beyond the texts": (
        {"labels": changed(LABELS, 3, 4)},
        "class list is shorter than the labels: got 4 texts",
    ),
    "labels, negative": ({"labels": changed(LABELS, 3, -1)}, r"labels must lie in \[0, 3\]"),
    "labels, float": ({"labels": LABELS.float()}, "labels must be a one-dimensional int64 tensor, got a float32"),
    "labels, too few": ({"labels": LABELS[:-1]}, "labels must have 80 values, got 79"),
    "labels, none": ({"labels": LABELS[:0]}, "labels must have 80 values, got 0"),
    "labels, two-dimensional": ({"labels": LABELS[:, None]}, "labels must be a one-dimensional"),
    "class_texts, too few": ({"class_texts": ("a", "b")}, "class list is shorter than the labels: got 2 texts"),
    "class_texts, a string": ({"class_texts": "abcd"}, "class_texts must be a tuple of non-blank strings"),
    "class_texts, blank": ({"class_texts": ("a", "b", "c", " ")}, "class_texts must be a tuple of non-blank strings"),
    "class_texts, none": ({"class_texts": ()}, "class_texts must have at least one text"),
    "base_classes, unknown": ({"base_classes": (0, 4)}, r"base_classes must be different .*\[0, 3\], got \(0, 4\)"),
    "base_classes, twice": ({"base_classes": (1, 1)}, "base_classes must be different"),
    "base_classes, text": ({"base_classes": ("a",)}, "base_classes must be different whole numbers"),
    "splits, no mapping": ({"splits": [INDEX]}, "splits must have the names pretrain, backbone, distill, test"),
    "splits, a name too few": ({"splits": {"test": INDEX}}, "splits must have the names .*got test"),
    "splits, a name too many": ({"splits": split_changed("valid", INDEX)}, "and no others, got .*valid"),
    "splits, empty": ({"splits": split_changed("distill", INDEX[:0])}, r"splits\['distill'\] must not be empty"),
    "splits, overlap": ({"splits": split_changed("distill", INDEX)}, "image 60 in 'distill' and 'test'"),
    "splits, twice": ({"splits": split_changed("test", INDEX[[0, 0]])}, "image 60 in 'test' twice"),
    "splits, outside": ({"splits": split_changed("test", INDEX + 20)}, r"splits\['test'\] must lie in \[0, 79\]"),
    "splits, negative": ({"splits": split_changed("test", INDEX - 80)}, r"splits\['test'\] must lie in \[0, 79\]"),
    "splits, float": ({"splits": split_changed("test", INDEX.float())}, r"splits\['test'\] must be .*int64"),
    "splits, mask": ({"splits": split_changed("test", LABELS == 0)}, r"splits\['test'\] must be .*int64"),
    "neighbours, unknown class": ({"neighbours": torch.tensor([1, 2, 3, 4])}, r"neighbours must lie in \[0, 3\]"),
    "neighbours, too few": ({"neighbours": torch.tensor([1, 2, 3])}, "neighbours must have 4 values, got 3"),
    "neighbours, text": ({"neighbours": "next"}, "neighbours must be a one-dimensional int64 tensor, got str"),
    "captions, too few": ({"captions": ("one",)}, "captions must have 80 texts, got 1"),
    "captions, no strings": ({"captions": tuple(range(80))}, "captions must be a tuple of non-blank strings"),
}


@pytest.mark.parametrize(("changes", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_refuses(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(AMEError, match=message):
        made(**changes)


def test_says_what_it_holds() -> None:
    data = made()
    assert repr(data) == (
        "PairedData('made': 80 images 1x2x2, 4 classes; pretrain 20, backbone 20, distill 20, test 20)"
    )
    assert (data.num_classes, data.image_shape) == (4, (1, 2, 2))


@pytest.mark.parametrize("num_classes", [1, 2, 3, 4, 5])
def test_first_half_of_the_classes_is_base(num_classes: int) -> None:
    data = PairedData(**parts(num_classes))
    assert data.base_classes == tuple(range((num_classes + 1) // 2))
    assert data.base_classes + data.new_classes == tuple(range(num_classes))


def test_captions_fall_back_to_the_texts_of_the_classes() -> None:
    assert made().captions == tuple(parts()["class_texts"][label] for label in LABELS.tolist())
    own = tuple(f"caption {number}" for number in range(80))
    assert made(captions=own).captions == own


def test_neighbours_may_belong_to_images() -> None:
    assert made(neighbours=(LABELS + 2) % 4).neighbours is not None


def test_indices_keep_to_the_split_and_the_side() -> None:
    data = made(base_classes=(3, 1))
    for split in SPLITS:
        base, new = data.indices(split, "base"), data.indices(split, "new")
        assert set(data.labels[base].tolist()) == {1, 3}
        assert set(data.labels[new].tolist()) == {0, 2}
        assert torch.cat([base, new]).sort().values.equal(data.splits[split])
        assert data.indices(split).equal(data.splits[split])


def test_indices_are_a_copy() -> None:
    data = made()
    data.indices("test").zero_()
    assert data.indices("test").equal(INDEX)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("train", "all"), "split must be one of 'pretrain'.*got 'train'"),
        (("test", "old"), "classes must be one of 'all', 'base', 'new', got 'old'"),
    ],
)
def test_indices_refuse_unknown_names(arguments: tuple[Any, Any], message: str) -> None:
    with pytest.raises(AMEError, match=message):
        made().indices(*arguments)


def test_indices_refuse_to_be_none() -> None:
    all_base = made(base_classes=(0, 1, 2, 3))
    assert all_base.new_classes == ()
    with pytest.raises(AMEError, match="split 'test' of 'made' holds no image of its new classes"):
        all_base.indices("test", "new")


@given(
    k=st.integers(1, A_SPLIT),
    seed=st.integers(0, 2**63 - 1),
    classes=st.sampled_from(["all", "base", "new"]),
    split=st.sampled_from(SPLITS),
    base=st.lists(st.integers(0, 3), min_size=1, max_size=3, unique=True),
)
def test_shots(k: int, seed: int, classes: Any, split: str, base: list[int]) -> None:
    data = made(base_classes=tuple(base))
    state = torch.get_rng_state()
    shots = data.shots(k, seed=seed, classes=classes, split=split)
    assert shots.equal(data.shots(k, seed=seed, classes=classes, split=split))
    assert torch.get_rng_state().equal(state)
    wanted = {"all": range(4), "base": sorted(base), "new": data.new_classes}[classes]
    assert data.labels[shots].tolist() == [label for label in wanted for _ in range(k)]
    assert len(shots.unique()) == len(shots)
    assert set(shots.tolist()) <= set(data.splits[split].tolist())
    # Nested in k, and the same whatever other classes are drawn.
    every = data.shots(None, seed=seed, classes=classes, split=split)
    assert every.view(-1, A_SPLIT)[:, :k].flatten().equal(shots)
    whole = data.shots(k, seed=seed, classes="all", split=split)
    assert whole[torch.isin(data.labels[whole], torch.tensor(wanted))].equal(shots)


def test_other_seeds_draw_other_shots() -> None:
    data = digits()
    draws = {tuple(data.shots(4, seed=seed).tolist()) for seed in range(20)}
    assert len(draws) == 20  # two equal draws of 4 from 21, five times, have a chance below 1e-18


@pytest.mark.parametrize("k", [0, -1, 1.0, True, "4"])
def test_shots_refuse_what_is_no_count(k: Any) -> None:
    with pytest.raises(AMEError, match="shots must be a whole number >= 1, got"):
        made().shots(k, seed=0)


@pytest.mark.parametrize("seed", [-1, 0.5, None, 2**63])
def test_shots_refuse_what_is_no_seed(seed: Any) -> None:
    with pytest.raises(AMEError, match="seed must be a whole number"):
        made().shots(1, seed=seed)


def test_shots_refuse_more_than_a_class_has() -> None:
    with pytest.raises(AMEError, match=r"got 6, but class 0 \('a thing called a'\) has 5 in split 'distill'"):
        made().shots(6, seed=0)


def test_shots_refuse_a_wanted_class_without_images() -> None:
    splits = split_changed("distill", torch.tensor([40, 44, 48]))  # of class 0 alone
    assert len(made(splits=splits).shots(None, seed=0)) == 3
    with pytest.raises(AMEError, match=r"got 2, but class 1 .* has 0 in split 'distill'"):
        made(splits=splits).shots(2, seed=0)


def test_clean_images_are_copies() -> None:
    data = made()
    images = data.images_at(INDEX)
    assert images.equal(IMAGES[INDEX])
    images.zero_()
    assert data.images_at(INDEX).equal(IMAGES[INDEX])


def test_ambiguous_images_come_from_draw() -> None:
    assert made().images_at(INDEX, ambiguity=1).equal(torch.full((20, 1, 2, 2), 0.5))
    assert made().images_at(INDEX, ambiguity=0).equal(IMAGES[INDEX])


@given(
    noise=st.floats(0.0, 10.0),
    ambiguity=st.floats(0.0, 1.0),
    seed=st.integers(0, 2**31),
)
def test_noise_stays_in_range_and_follows_its_generator(noise: float, ambiguity: float, seed: int) -> None:
    data = made()
    state = torch.get_rng_state()

    def drawn() -> Tensor:
        generator = torch.Generator().manual_seed(seed)
        return data.images_at(INDEX, ambiguity=ambiguity, noise=noise, generator=generator)

    images = drawn()
    assert images.dtype == torch.float32
    assert images.shape == (20, 1, 2, 2)
    assert 0.0 <= float(images.min()) <= float(images.max()) <= 1.0
    assert images.equal(drawn())
    assert torch.get_rng_state().equal(state)


def test_noise_has_the_deviation_asked_for() -> None:
    count = 20_000
    grey = PairedData(
        **{
            **parts(1),
            "images": torch.full((count, 1, 1, 1), 0.5),
            "labels": torch.zeros(count, dtype=torch.int64),
        }
    )
    noise = grey.images_at(torch.arange(count), noise=0.1) - 0.5  # 0.5 is 5 deviations away: hardly any is clipped
    # The standard errors are 0.1 / sqrt(n) and 0.1 / sqrt(2n); 5 of them are never exceeded by chance.
    assert abs(float(noise.mean())) < 5 * 0.1 / count**0.5
    assert abs(float(noise.std()) - 0.1) < 5 * 0.1 / (2 * count) ** 0.5


def test_noise_without_a_generator_is_the_same_each_time_and_no_other_stream() -> None:
    noisy = made().images_at(INDEX, noise=0.2)
    assert made().images_at(INDEX, noise=0.2).equal(noisy)
    assert not made().images_at(INDEX, noise=0.2, generator=torch.Generator().manual_seed(0)).equal(noisy)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"ambiguity": 1.5}, "ambiguity must be a finite number >= 0 and <= 1, got 1.5"),
        ({"ambiguity": float("nan")}, "ambiguity must be"),
        ({"noise": -0.1}, "noise must be a finite number >= 0, got -0.1"),
        ({"noise": float("inf")}, "noise must be"),
        ({"indices": torch.tensor([80])}, r"indices must lie in \[0, 79\]"),
        ({"indices": torch.tensor([-1])}, r"indices must lie in \[0, 79\]"),
        ({"indices": INDEX[:0]}, "indices must not be empty"),
        ({"indices": [0, 1]}, "indices must be a one-dimensional int64 tensor, got list"),
        ({"indices": LABELS == 0}, "indices must be a one-dimensional int64 tensor, got a bool"),
    ],
)
def test_images_at_refuses(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(AMEError, match=message):
        made().images_at(**{"indices": INDEX, **arguments})


def test_ambiguity_needs_draw() -> None:
    with pytest.raises(
        AMEError, match=r"ambiguity must be 0 for 'made', got 0\.5: this data was given no draw function"
    ):
        made(draw=None, neighbours=None).images_at(INDEX, ambiguity=0.5)


@pytest.mark.parametrize(
    ("drawn", "message"),
    [
        (torch.zeros(20, 1, 3, 3), r"draw must return images of shape \(20, 1, 2, 2\), got \(20, 1, 3, 3\)"),
        (torch.full((20, 1, 2, 2), 2.0), r"draw returned must lie in \[0, 1\]"),
        (torch.full((20, 1, 2, 2), float("nan")), "draw returned must be finite"),
        (None, "draw returned must be a torch tensor"),
    ],
)
def test_what_draw_returns_is_checked(drawn: Any, message: str) -> None:
    with pytest.raises(AMEError, match=message):
        made(draw=lambda indices, ambiguity: drawn).images_at(INDEX, ambiguity=0.5)


def test_digest_is_that_of_the_content() -> None:
    assert made().digest == made().digest
    assert len(made().digest) == 64
    assert made(draw=None).digest == made().digest
    assert made(splits=dict(reversed(parts()["splits"].items()))).digest == made().digest


CHANGES = {
    "name": {"name": "other"},
    "a pixel": {"images": changed(IMAGES, 0, 0.123)},
    "two labels": {"labels": LABELS[[1, 0, *range(2, 80)]]},
    "a text": {"class_texts": ("x", *parts()["class_texts"][1:])},
    "base classes": {"base_classes": (0, 2)},
    "captions": {"captions": tuple(f"caption {number}" for number in range(80))},
    "a split": {"splits": split_changed("test", INDEX[1:])},
    "a split's order": {"splits": split_changed("test", INDEX.flip(0))},
    "neighbours": {"neighbours": torch.tensor([2, 3, 0, 1])},
    "no neighbours": {"neighbours": None},
    "the shape": {"images": IMAGES.view(80, 1, 4, 1)},
}


@pytest.mark.parametrize("changes", CHANGES.values(), ids=CHANGES.keys())
def test_digest_tells_apart(changes: dict[str, Any]) -> None:
    assert made(**changes).digest != made().digest


def test_digest_is_kept() -> None:
    data = made()
    assert data.digest is data.digest


def test_fields_cannot_be_set() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        made().name = "other"  # type: ignore[misc]


def test_who_has_seen_what() -> None:
    rows = made().who_has_seen_what()
    assert [row["part"] for row in rows] == ["teacher pretraining", "student backbone", "distillation", "test"]
    assert [row["split"] for row in rows] == list(SPLITS)
    assert [row["images"] for row in rows] == [20, 20, 10, 20]
    assert [row["classes"] for row in rows] == [4, 4, 2, 4]
    assert [row["which"] for row in rows] == ["all", "all", "base", "all"]
    assert [row["labels_used"] for row in rows] == ["yes", "yes", "no", "for scoring only"]
    assert all(isinstance(row["seen_by"], str) for row in rows)


def test_who_has_seen_what_names_the_sources() -> None:
    """Emoji: no designer of the test has drawn for teacher or backbone."""
    source = {row["split"]: str(row["source"]) for row in load("emoji").who_has_seen_what()}
    assert "Fluent" in source["test"] and "Fluent" in source["distill"]
    assert "Fluent" not in source["pretrain"] + source["backbone"] and "Twemoji" in source["backbone"]
    assert not any("source" in row for row in made().who_has_seen_what())
    with pytest.raises(AMEError, match="sources must name pretrain"):
        dataclasses.replace(made(), sources={"test": "here"})


def test_who_has_seen_what_of_a_run() -> None:
    assert made().who_has_seen_what(shots=3)[2]["images"] == 6
    transductive = made().who_has_seen_what(shots=3, classes="all")[2]
    assert (transductive["images"], transductive["classes"], transductive["which"]) == (12, 4, "all")
    again = made().who_has_seen_what(shots=3, rehearsal=True)
    assert [row["part"] for row in again[2:]] == ["distillation", "distillation, rehearsal", "test"]
    assert (again[3]["split"], again[3]["which"], again[3]["labels_used"]) == ("backbone", "base", "no")
    assert again[3]["images"] == len(made().indices("backbone", "base")) and again[3]["seen_by"] == again[2]["seen_by"]
    with pytest.raises(AMEError, match="got 6, but class 0"):
        made().who_has_seen_what(shots=6)


@given(
    num_classes=st.integers(1, 6),
    size=st.integers(1, 3),
    channels=st.integers(1, 3),
    order=st.randoms(use_true_random=False),
)
def test_any_disjoint_splits_are_taken(num_classes: int, size: int, channels: int, order: Any) -> None:
    count = 4 * num_classes
    index = list(range(count))
    order.shuffle(index)
    data = PairedData(
        name="any",
        images=torch.zeros(count, channels, size, size + 1),
        labels=torch.arange(count) % num_classes,
        class_texts=("text",) * num_classes,
        splits=dict(zip(SPLITS, torch.tensor(index).chunk(4), strict=True)),
    )
    assert data.image_shape == (channels, size, size + 1)
    assert sum(len(data.indices(split)) for split in SPLITS) == count
    # One image that moves into a second split is found wherever it is.
    first, second = order.sample(SPLITS, 2)
    shared = {**data.splits, second: torch.cat([data.splits[second], data.splits[first][:1]])}
    with pytest.raises(AMEError, match="splits must not overlap"):
        dataclasses.replace(data, splits=shared)


@pytest.mark.parametrize("dtype", ["Int64", "string"])
def test_pandas_own_missing_value_is_missing(dtype):
    x = torch.eye(3)
    labels = pd.array([0, 0, None] if dtype == "Int64" else ["a", "a", None], dtype=dtype)
    with pytest.warns(UserWarning, match="1 label is missing, of row 2"):
        assert PairedFeatures.of(x, x, labels=labels).image.equal(x)
    captions = pd.array(["one", "two", None], dtype="string")
    with pytest.warns(UserWarning, match="1 caption is blank"):
        assert PairedFeatures.of(x, x, captions=captions).texts == ("one", "two", "(blank)")
