"""Rendered scenes: their classes and splits, and what lies between two of them."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ame_explore.ame import AMEError
from ame_explore.data import SPLITS, PairedData, load, scenes
from ame_explore.data.sets.scenes import ANY_SIZE, PAINTS, SIZES, Redraw, SceneParameters, place, render
from ame_explore.data.sets.signed_distance import SHAPES

STEP = 1 / 255
PAIRS = torch.cartesian_prod(torch.arange(6), torch.arange(6))  # every shape with every paint


@pytest.fixture(scope="module")
def data() -> PairedData:
    return scenes(num_images=36 * 100)


def placed(
    shape: torch.Tensor, paint: torch.Tensor, next_shape: torch.Tensor, next_paint: torch.Tensor, seed: int = 0
) -> SceneParameters:
    return place(
        shape,
        paint,
        next_shape=next_shape,
        next_paint=next_paint,
        radius=torch.tensor([ANY_SIZE]).expand(len(shape), 2),
        generator=torch.Generator().manual_seed(seed),
    )


def test_default_is_enough_for_16_shots_of_every_class() -> None:
    data = scenes()
    assert data.images.shape == (10_800, 3, 24, 24)
    counts = {name: torch.bincount(data.labels[index], minlength=36) for name, index in data.splits.items()}
    assert {name: count.unique().tolist() for name, count in counts.items()} == {
        "pretrain": [180],
        "backbone": [45],
        "distill": [24],
        "test": [51],
    }
    assert len(data.shots(16, seed=0)) == 16 * 18


def test_class_texts(data: PairedData) -> None:
    assert len(set(data.class_texts)) == 36
    assert {text.split()[2] for text in data.class_texts} == set(SHAPES)
    assert {text.split()[1] for text in data.class_texts} == set(PAINTS)
    assert data.class_texts[0] == "a red circle"
    assert data.captions is not None and data.captions[36] == "a red circle"


def test_class_texts_with_sizes() -> None:
    data = scenes(num_images=72 * 12, size_words=True)
    assert len(set(data.class_texts)) == 72
    assert data.class_texts[0] == "a small red circle"
    assert data.class_texts[36] == "a large red circle"
    assert isinstance(data.draw, Redraw)
    for size, text in enumerate(SIZES):
        low, high = SIZES[text]
        radius = data.draw.parameters.radius[data.labels // 36 == size]
        assert low <= float(radius.min()) <= float(radius.max()) <= high


@pytest.mark.parametrize("size_words", [False, True])
def test_every_word_is_in_base_and_in_new(size_words: bool) -> None:
    data = scenes(num_images=72 * 8, size_words=size_words)
    assert len(data.base_classes) == len(data.new_classes) == data.num_classes // 2
    words = {word for text in data.class_texts for word in text.split()}
    for side in (data.base_classes, data.new_classes):
        assert {word for label in side for word in data.class_texts[label].split()} == words


@pytest.mark.parametrize("size_words", [False, True])
def test_neighbours_differ_in_one_word_and_stay_on_their_side(size_words: bool) -> None:
    data = scenes(num_images=72 * 8, size_words=size_words)
    assert data.neighbours is not None
    changed: dict[bool, list[int]] = {True: [], False: []}
    for label, neighbour in enumerate(data.neighbours.tolist()):
        assert (label in data.base_classes) == (neighbour in data.base_classes)
        own, other = data.class_texts[label].split(), data.class_texts[neighbour].split()
        places = [number - len(own) for number, word in enumerate(own) if word != other[number]]
        assert places in ([-1], [-2])  # the shape or the colour
        changed[label in data.base_classes].append(places[0])
    for side in changed.values():
        assert side.count(-1) == side.count(-2) == data.num_classes // 4


def test_half_way_colours_are_no_third_colour(data: PairedData) -> None:
    palette = torch.tensor(list(PAINTS.values()))
    assert data.neighbours is not None
    for label, neighbour in enumerate(data.neighbours.tolist()):
        own, other = label % 6, neighbour % 6
        half = (palette[own] + palette[other]) / 2
        assert set((palette - half).norm(dim=1).argsort()[:2].tolist()) >= {own, other} or own == other


def test_splits(data: PairedData) -> None:
    assert sum(len(index) for index in data.splits.values()) == len(data.images)
    for split in SPLITS:
        assert len(torch.bincount(data.labels[data.splits[split]], minlength=36).unique()) == 1


def test_uneven_numbers_give_uneven_classes_by_one() -> None:
    counts = torch.bincount(scenes(num_images=36 * 8 + 5).labels)
    assert sorted(set(counts.tolist())) == [8, 9]


def test_same_seed_same_bits_and_global_state_is_left_alone() -> None:
    state = torch.get_rng_state()
    first, again, other = (scenes(num_images=36 * 8, seed=seed) for seed in (3, 3, 4))
    assert torch.get_rng_state().equal(state)
    assert first.images.equal(again.images)
    assert first.digest == again.digest != other.digest


def test_digest_is_the_same_in_another_process() -> None:
    code = "from ame_explore.data import scenes; print(scenes(num_images=288).digest)"
    environment = {**os.environ, "PYTHONHASHSEED": "7", "OMP_NUM_THREADS": "1"}
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[3],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    assert run.stdout.strip() == scenes(num_images=288).digest


def test_pixels_are_bytes_over_255(data: PairedData) -> None:
    assert data.images.dtype == torch.float32
    assert data.images.equal(data.images.mul(255).round().div(255))
    # Shapes stand out: no image is one flat colour.
    assert float(data.images.flatten(1).std(dim=1).min()) > 0.02


def test_draw_without_ambiguity_is_the_image(data: PairedData) -> None:
    assert data.draw is not None
    index = torch.arange(0, 3600, 7)
    again = data.draw(index, 0.0)
    # Chunks of another size may round the last bit otherwise: a pixel between two bytes then takes the other.
    assert float((again - data.images[index]).abs().max()) <= STEP + 1e-6
    assert float((again != data.images[index]).double().mean()) < 1e-3


def test_distance_to_the_clean_image_grows_with_ambiguity(data: PairedData) -> None:
    index = torch.arange(360)
    steps = [data.images_at(index, ambiguity=step / 4) - data.images[index] for step in range(5)]
    lengths = torch.stack([step.flatten(1).norm(dim=1) for step in steps])
    # Each pixel moves one way only, up to the bytes that it is rounded to: half a step on either side of 1,728 pixels.
    assert float(lengths.diff(dim=0).min()) > -STEP * 1728**0.5
    assert bool((lengths[-1] > lengths[0] + 0.1).all())
    for before, after in pairwise(steps):
        assert float((before.abs() - after.abs()).max()) <= STEP + 1e-6


@given(
    pair=st.tuples(st.integers(0, 35), st.integers(0, 35)),
    seed=st.integers(0, 2**31),
    image_size=st.sampled_from([12, 24, 33]),
)
def test_full_ambiguity_is_the_same_from_both_sides(pair: tuple[int, int], seed: int, image_size: int) -> None:
    own, other = PAIRS[[pair[0]]], PAIRS[[pair[1]]]
    there = placed(own[:, 0], own[:, 1], other[:, 0], other[:, 1], seed)
    back = placed(other[:, 0], other[:, 1], own[:, 0], own[:, 1], seed)
    half, turned = (render(side, ambiguity=1.0, image_size=image_size) for side in (there, back))
    assert float((half - turned).abs().max()) <= STEP + 1e-6


def test_between_two_colours_lies_their_mean() -> None:
    shape, paint = PAIRS.unbind(dim=1)
    other = (paint + 1) % 6
    scene = placed(shape, paint, shape, other)
    ends = (render(scene), render(placed(shape, other, shape, paint)))
    half = render(scene, ambiguity=1.0)
    unclipped = (ends[0] < 1) & (ends[1] < 1) & (ends[0] > 0) & (ends[1] > 0)
    # Three roundings by half a step at most, two of them halved.
    assert float((half - (ends[0] + ends[1]) / 2)[unclipped].abs().max()) <= STEP + 1e-6


def test_between_two_shapes_lies_neither() -> None:
    shape = torch.arange(6).repeat_interleave(6)
    other = torch.arange(6).repeat(6)
    differ = shape != other
    shape, other = shape[differ], other[differ]
    paint = torch.full_like(shape, 2)
    own = render(placed(shape, paint, other, paint))
    end = render(placed(other, paint, shape, paint))
    half = render(placed(shape, paint, other, paint), ambiguity=1.0)
    whole = (own - end).flatten(1).norm(dim=1)
    for side in (own, end):
        assert bool(((half - side).flatten(1).norm(dim=1) > 0.05 * whole).all())
        assert bool(((half - side).flatten(1).norm(dim=1) < whole).all())


def test_shapes_keep_their_share_of_the_image_at_any_size() -> None:
    shape, paint = PAIRS.unbind(dim=1)
    scene = placed(shape, paint, shape, paint)
    small, large = render(scene, image_size=24), render(scene, image_size=96)
    pooled = torch.nn.functional.avg_pool2d(large, 4)
    # The same picture: anti-aliasing differs along outlines alone, the waves are at most 24 pixels long.
    assert float((small - pooled).abs().mean()) < 0.01


def test_paint_is_seen_in_the_middle_of_a_circle() -> None:
    paint = torch.arange(6)
    circle = torch.zeros_like(paint)
    scene = placed(circle, paint, circle, paint)
    image = render(scene, image_size=96)
    column, row = (((scene.center + 1) * 48).long().clamp(0, 95)).unbind(dim=1)
    middle = image[torch.arange(6), :, row, column]
    palette = torch.tensor(list(PAINTS.values()))
    assert (middle[:, None] - palette).norm(dim=2).argmin(dim=1).equal(paint)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"seed": -1}, "seed must be"),
        ({"num_images": 100}, "num_images must be a whole number >= 288, got 100"),
        ({"num_images": 3600.0}, "num_images must be"),
        ({"image_size": 4}, "image_size must be a whole number >= 8"),
        ({"size_words": "yes"}, "size_words must be True or False, got 'yes'"),
    ],
)
def test_refuses(options: dict[str, Any], message: str) -> None:
    with pytest.raises(AMEError, match=message):
        scenes(**options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"ambiguity": -0.1}, "ambiguity must be"),
        ({"image_size": 0}, "image_size must be"),
        ({"parameters": slice(0, 0)}, "parameters must hold at least one scene"),
    ],
)
def test_render_refuses(data: PairedData, options: dict[str, Any], message: str) -> None:
    assert isinstance(data.draw, Redraw)
    parameters = data.draw.parameters[options.pop("parameters", slice(0, 3))]
    with pytest.raises(AMEError, match=message):
        render(parameters, **options)


def test_load() -> None:
    assert load("scenes", seed=2, num_images=36 * 8).digest == scenes(seed=2, num_images=36 * 8).digest
    assert load("digits").name == "digits"


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("cifar", {}, r"data must be .*'digits'.*'scenes'.*, got 'cifar'"),
        ("digits", {"size_words": True}, "options size_words: it takes only seed"),
        ("scenes", {"size": 3}, "options size: it takes num_images, size_words, image_size"),
        ("digits", {"seed": "0"}, "seed must be"),
    ],
)
def test_load_refuses(name: str, options: dict[str, Any], message: str) -> None:
    with pytest.raises(AMEError, match=message):
        load(name, **options)
