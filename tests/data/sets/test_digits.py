"""The real digits: their splits, their neighbours, and the blend between two of them."""

from __future__ import annotations

import pytest
import torch
from sklearn.datasets import load_digits

from ame_explore.ame import AMEError
from ame_explore.data import PairedData, digits
from ame_explore.data.sets.digits import FORMS, FORMS_OF_SPLIT, Blend, nearest_classes


@pytest.fixture(scope="module")
def data() -> PairedData:
    return digits()


def test_are_the_real_ones(data: PairedData) -> None:
    bunch = load_digits()
    assert data.image_shape == (1, 8, 8)
    assert data.images.double().mul(16).squeeze(1).equal(torch.from_numpy(bunch.images))
    assert data.labels.equal(torch.from_numpy(bunch.target))
    assert float(data.images.max()) == 1.0
    assert data.class_texts[3] == "a handwritten three"
    assert data.base_classes == (0, 1, 2, 3, 4)
    assert data.new_classes == (5, 6, 7, 8, 9)


def test_forms_begin_where_the_digits_are_counted() -> None:
    """Each form asks for 0 to 9 three times and then for the same digits in one order; some digits are missing."""
    labels = load_digits().target.tolist()
    asked = labels[:130]
    assert asked[:30] == 3 * list(range(10))
    for start, end in zip(FORMS, (*FORMS[1:], 1797), strict=True):
        count, other = end - start, int(start == 256)  # in that form, one label is another
        assert 122 <= count <= 130 and common(asked, labels[start:end]) == count - other


def common(one: list[int], other: list[int]) -> int:
    """Length of the longest common subsequence."""
    row = [0] * (len(other) + 1)
    for a in one:
        before = row
        row = [0]
        for place, b in enumerate(other):
            row.append(before[place] + 1 if a == b else max(before[place + 1], row[place]))
    return row[-1]


@pytest.mark.parametrize("seed", range(5))
def test_splits_hold_whole_forms(seed: int) -> None:
    data = digits(seed=seed)
    form = torch.bucketize(torch.arange(1797), torch.tensor(FORMS), right=True) - 1
    found = {split: set(form[index].tolist()) for split, index in data.splits.items()}
    assert {split: len(forms) for split, forms in found.items()} == FORMS_OF_SPLIT
    assert len(set().union(*found.values())) == 14  # no form is in two splits
    assert torch.cat(list(data.splits.values())).sort().values.equal(torch.arange(1797))
    assert len(data.shots(16, seed=0, classes="all")) == 160
    assert data.who_has_seen_what(shots=4)[0]["source"] == "6 forms, each of one writer"


def test_seed_decides_splits_alone(data: PairedData) -> None:
    again, other = digits(seed=0), digits(seed=1)
    assert again.digest == data.digest
    assert other.digest != data.digest
    assert other.images.equal(data.images)
    assert not other.splits["test"].equal(data.splits["test"])


def test_neighbours_stay_on_their_side(data: PairedData) -> None:
    assert data.neighbours is not None
    for label, neighbour in enumerate(data.neighbours.tolist()):
        assert neighbour != label
        assert (neighbour in data.base_classes) == (label in data.base_classes)


def test_nearest_classes_by_hand() -> None:
    images = torch.tensor([0.0, 0.2, 0.9, 1.0, 0.15]).view(5, 1, 1, 1)
    labels = torch.arange(5)
    sides = torch.tensor([False, False, False, True, True])
    assert nearest_classes(images, labels, sides=sides).tolist() == [1, 0, 1, 4, 3]
    assert nearest_classes(images, labels, sides=torch.zeros(5)).tolist() == [4, 4, 3, 2, 1]


def test_partners_come_from_the_neighbour_in_the_same_split(data: PairedData) -> None:
    assert isinstance(data.draw, Blend) and data.neighbours is not None
    partners = data.draw.partners
    assert data.labels[partners].equal(data.neighbours[data.labels])
    for index in data.splits.values():
        assert bool(torch.isin(partners[index], index).all())


def test_no_split_shows_pixels_of_another(data: PairedData) -> None:
    # Every image outside the split is made black: what the split shows at full ambiguity stays as it was.
    assert isinstance(data.draw, Blend)
    for index in data.splits.values():
        alone = torch.zeros_like(data.images)
        alone[index] = data.images[index]
        assert Blend(alone, data.draw.partners)(index, 1.0).equal(data.draw(index, 1.0))


def test_no_ambiguity_is_the_clean_image(data: PairedData) -> None:
    assert data.draw is not None
    index = torch.arange(len(data.images))
    assert data.draw(index, 0.0).equal(data.images)
    assert data.images_at(index).equal(data.images)


def test_full_ambiguity_is_half_way_and_symmetric(data: PairedData) -> None:
    assert isinstance(data.draw, Blend)
    index = torch.arange(len(data.images))
    partners = data.draw.partners
    half = data.images_at(index, ambiguity=1.0)
    # Pixels are multiples of 1/16, so that halves are exact in float32.
    assert half.equal((data.images + data.images[partners]) / 2)
    both = torch.cat([data.images, data.images[partners]])
    other_way = Blend(both, torch.cat([index + len(index), index]))(index + len(index), 1.0)
    assert half.equal(other_way)


def test_distance_to_the_clean_image_grows_with_ambiguity(data: PairedData) -> None:
    index = data.splits["test"]
    steps = [data.images_at(index, ambiguity=step / 8) - data.images[index] for step in range(9)]
    lengths = torch.stack([step.flatten(1).norm(dim=1) for step in steps])
    assert bool((lengths.diff(dim=0) > 0).all())
    # A straight way: at ambiguity a the length is a times that at 1, up to float32's rounding of 64 pixels.
    expected = torch.arange(9)[:, None] / 8 * lengths[-1]
    assert torch.allclose(lengths, expected, rtol=1e-5, atol=1e-6)


def test_refuses_a_bad_seed() -> None:
    with pytest.raises(AMEError, match="seed must be a whole number >= 0"):
        digits(seed=-1)
