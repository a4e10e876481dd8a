"""The lab on stored features: two lines open it, image files become thumbnails, and faults are diagnosed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

import ame_explore
from ame_explore import FeatureData
from ame_explore.ame import AMEError
from ame_explore.data.pairs import PairedData
from ame_explore.training import Recipe, Stage
from ame_explore.widgets import LiveRun


def some(count: int = 96, **changes: Any) -> FeatureData:
    generator = torch.Generator().manual_seed(0)
    labels = torch.arange(count) % 4
    text = torch.randn(4, 12, generator=generator)
    parts = {
        "teacher_image": text[labels] + 0.3 * torch.randn(count, 12, generator=generator),
        "student_image": torch.randn(count, 8, generator=generator),
        "class_text": text,
        "labels": labels,
        "logit_scale": 20.0,
    }
    return FeatureData.of({**parts, **changes}, name="mine")


@pytest.fixture
def pictured(tmp_path: Path) -> FeatureData:
    """With image files, each of a colour of its own."""
    pil = pytest.importorskip("PIL.Image")
    paths = [tmp_path / f"{row}.png" for row in range(96)]
    for row, path in enumerate(paths):
        pil.new("RGB", (20, 30), (2 * row, 0, 100)).save(path)
    return some(image_path=[str(path) for path in paths])


def test_two_lines_open_a_lab_that_plays(
    pictured: FeatureData, tiles: Callable[[Any], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AME_HEADLESS", "1")
    lab = ame_explore.lab(data=pictured)
    try:
        result = lab.result(timeout=120)
        assert result.finished and set(result.arms) == {"KD", "KD + AME"}
        assert result.arms["KD"].recipe.host == "projector" and result.arms["KD"].recipe.data == "mine"
        scene = lab.live.scene()
        assert scene is not None and scene["show_images"] is True
        pictures = tiles(scene["thumbnails"])
        assert pictures.shape == (48, 32, 32, 3)
        assert [int(picture[0, 0, 0]) for picture in pictures] == [2 * row for row in scene["ids"].tolist()]
        lab.live.select(scene["ids"][:2].tolist())
        assert all(uri.startswith("data:image/png;base64,") for uri in lab.selection["thumbnail"])
        facts = result.arms["KD"].run.facts
        assert "backbone_harmonic_mean" not in facts["reference_scores"]
    finally:
        lab.close()


def test_without_image_files_there_are_no_thumbnails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AME_HEADLESS", "0")
    data = some()
    stage = Stage.for_recipe(Recipe.for_data(data), data=data)
    with LiveRun(stage=stage) as live:  # the recipe's defaults come from the stage's data
        live.settle(60)
        scene = live.scene()
        assert scene is not None and scene["thumbnails"] is None and scene["show_images"] is False
        live.select([int(scene["ids"][0])])
        assert set(live.selection["thumbnail"]) == {""}
        idle = {dial["field"]: dial["idle"] for dial in live.view().dials}
        assert all("stored features" in str(idle[name]) for name in ("noise", "ambiguity", "augment"))
        live.set("noise", 0.2)
        live.settle(60)
        assert live.view().note is not None and "stored features have no pixels" in live.view().note
        live.break_it("shuffled_pairs")
        live.step(20)
        live.settle(60)
        assert any("order" in finding["text"] and finding["level"] != "ok" for finding in live.view().diagnosis)


def test_a_file_is_no_data() -> None:
    for open_ in (ame_explore.lab, ame_explore.Distillation):
        with pytest.raises(AMEError, match=r"data must be a PairedData or .*, got .*'features.npz': .*from_files"):
            open_(data="features.npz")


def test_pictures_of_other_data_are_its_images(stage: Stage) -> None:
    data = stage.data
    assert type(data) is PairedData
    shown = data.pictures(torch.tensor([3, 1]))
    assert shown is not None and torch.equal(shown, data.images[[3, 1]])
