"""README's Python runs as it stands; its numbers on demo and diagnosis are those that `.ci/figures.py` measured."""

import dataclasses
import importlib.util
import json
import re
import time
from pathlib import Path

import numpy as np
import pytest
import torch

from ame_explore.models.cache import pretrained

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)


def test_there_are_blocks_to_run():
    assert len(BLOCKS) == 7


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_python_blocks_run(block, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    generator = torch.Generator().manual_seed(0)
    given = {
        "kd_loss": torch.tensor(1.0),
        "text_features": torch.randn(10, 768, generator=generator),
        "image_features": torch.randn(4, 512, generator=generator),
        "loader": [(None, None)] * 3,
        "loss": 1.0,
        "kd": 0.5,
        "accuracy": 0.9,
    }
    if "features.npz" in block:
        text = torch.randn(4, 8, generator=generator)
        parts = {"class_text": text, "labels": torch.arange(64) % 4}
        parts |= {"teacher_image": text.repeat(16, 1), "student_image": torch.randn(64, 6, generator=generator)}
        np.savez("features.npz", **{name: part.numpy() for name, part in parts.items()})
    monkeypatch.setenv("AME_HEADLESS", "0")  # else labs and views compute to their ends, as they do in the notebooks
    if "PairedData(" in block:  # images of noise, whose teacher need not be good

        def few_steps(data, how, **options):
            return pretrained(data, dataclasses.replace(how, steps=5), **options)

        monkeypatch.setattr("ame_explore.models.choice.pretrained", few_steps)
    exec(compile(block, "README.md", "exec"), given)
    if "loss" in given and isinstance(given["loss"], torch.Tensor):
        assert given["loss"] > given["kd_loss"]
    if "last" in given:
        assert 0 <= float(capsys.readouterr().out) <= 1
    if "distillation" in given:
        from ame_explore import Recipe

        value, token = capsys.readouterr().out.split()
        assert 0 <= float(value) <= 1
        assert Recipe.from_token(token) == given["distillation"].recipe
        assert [event.field for event in given["distillation"].recipe.events] == ["omega"]
    if "landscape" in given:
        for view in (given["landscape"], given["bounds"]):
            until = time.monotonic() + 300
            while view.result() is None:  # raises what went wrong
                assert time.monotonic() < until
                time.sleep(0.05)
            view.close()
    elif "ame_explore" in given:
        live = given["lab"].live
        live.step(3)
        live.settle(300)
        assert [arm.step for arm in live.result().arms.values()] == [3, 3] and live.view().state == "paused"
        given["lab"].close()
    elif "run" in given:
        assert (tmp_path / "mine.html").stat().st_size > 1e6
        assert list(given["run"].losses["total"]) == [1.0] * 3 and given["run"].status == "finished"


def test_pictures_are_there():
    for path in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", README):
        assert (Path(__file__).parents[1] / path).is_file(), path


@pytest.fixture(scope="module")
def figures():
    spec = importlib.util.spec_from_file_location("figures", Path(__file__).parents[1] / ".ci" / "figures.py")
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    return tool


def test_the_numbers_are_those_that_were_measured(figures):
    told = figures.lines(json.loads(figures.FILE.read_text(encoding="utf-8")))
    assert len(told) > 20
    assert [line for line in told if line not in README] == []
