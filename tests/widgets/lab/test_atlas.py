"""The atlas of a map: every tile is its picture, in order, small, and within its limits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

import ame_explore
from ame_explore.ame import AMEError
from ame_explore.data import load
from ame_explore.data.pairs import PairedData
from ame_explore.training import Recipe, Stage
from ame_explore.widgets.lab.atlas import MOST_SIDE, MOST_TILES, atlas, tile_side
from ame_explore.widgets.lab.cockpit import Cockpit
from ame_explore.widgets.lab.student_picture import Canvas
from ame_explore.widgets.runtime.messages import Atlas

Tiles = Callable[[Atlas], NDArray[np.uint8]]


@pytest.mark.parametrize(("count", "height", "width"), [(1, 8, 8), (3, 5, 7), (60, 24, 24), (101, 32, 16)])
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_a_tile_is_its_picture_pixel_for_pixel(
    count: int, height: int, width: int, channels: int, tiles: Tiles
) -> None:
    pictures = np.random.default_rng(0).integers(0, 256, (count, height, width, channels), dtype=np.uint8)
    expected = pictures if channels == 3 else np.repeat(pictures[..., :1], 3, axis=3)
    np.testing.assert_array_equal(tiles(atlas(pictures)), expected)


def test_an_atlas_ends_after_so_many_tiles(tiles: Tiles) -> None:
    pictures = np.zeros((MOST_TILES + 5, 8, 8, 1), dtype=np.uint8)
    pictures[MOST_TILES - 1], pictures[MOST_TILES] = 200, 100
    made = atlas(pictures)
    assert made["count"] == MOST_TILES and made["file"].dtype == np.uint8
    assert tiles(made)[-1].min() == 200


@pytest.mark.parametrize("count", [1, 4, 600, 1000, MOST_TILES])
def test_the_side_of_a_tile_keeps_the_sheet_within_two_million_pixels(count: int) -> None:
    side = tile_side(count)
    assert 32 <= side <= MOST_SIDE and side**2 * count <= 1 << 21


def test_large_pictures_are_averaged_and_keep_their_shape(tiles: Tiles) -> None:
    pictures = np.zeros((2, 256, 128, 3), dtype=np.uint8)
    pictures[0, :128] = 80, 120, 160
    pictures[1, ::2] = 100  # stripes: their mean is 50
    made = atlas(pictures)
    assert (made["height"], made["width"]) == (64, 32)
    cut = tiles(made)
    assert cut[0, :32].reshape(-1, 3).tolist() == [[80, 120, 160]] * 1024 and cut[0, 32:].max() == 0
    assert cut[1].min() == cut[1].max() == 50


def test_the_canvas_makes_one_atlas_of_its_images_in_its_order(stage: Stage, tiles: Tiles) -> None:
    canvas = Canvas(stage, drawn=60)
    made = canvas.thumbnails()
    assert made is not None and canvas.thumbnails() is made
    images = stage.data.images[torch.from_numpy(canvas.ids)]
    expected = (images * 255).round().to(torch.uint8).movedim(1, -1).expand(-1, -1, -1, 3).numpy()
    np.testing.assert_array_equal(tiles(made), expected)


def test_the_data_says_whether_its_images_are_worth_seeing() -> None:
    shown = {name: load(name).show_images for name in ("digits", "scenes", "emoji")}
    assert shown == {"digits": False, "scenes": True, "emoji": True}
    assert PairedData.__dataclass_fields__["show_images"].default is False


@pytest.mark.parametrize("images", [None, True, False])
def test_a_lab_is_told_whether_to_begin_with_images(
    images: bool | None, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AME_HEADLESS", "0")
    lab = ame_explore.lab(Recipe(steps=2), stage=stage, images=images)
    try:
        lab.live.settle(60)
        scene = lab.live.scene()
        assert lab.cockpit.images is images and scene is not None and scene["show_images"] is False
    finally:
        lab.close()


@pytest.mark.parametrize("images", [1, "yes", 0.5])
def test_images_is_yes_no_or_none(images: Any) -> None:
    for make in (Cockpit, ame_explore.lab):
        with pytest.raises(AMEError, match="images must be True, False or None, got"):
            make(images=images)
