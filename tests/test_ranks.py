"""H over the rows of several processes: value and averaged gradients are those of one process with the whole batch."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import ranks
import torch
from torch import distributed

from ame_explore.ame import READINGS, AMEError, AMELoss

HERE = Path(__file__).parent
pytestmark = pytest.mark.skipif(
    not (distributed.is_available() and distributed.is_gloo_available()), reason="needs torch.distributed with gloo"
)


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What each of three ranks found; the first two are a group of their own as well."""
    folder, script = tmp_path_factory.mktemp("ranks"), str(HERE / "ranks.py")
    paths = [folder / f"{rank}.json" for rank in range(3)]
    processes = [
        subprocess.Popen([sys.executable, script, str(rank), str(folder / "store"), str(path)])
        for rank, path in enumerate(paths)
    ]
    try:
        for process in processes:
            process.wait(timeout=300)
    finally:
        for process in processes:
            process.kill()
    found = [json.loads(path.read_text()) for path in paths]
    for answer in found:
        assert "error" not in answer, answer["error"]
    return found


@pytest.mark.parametrize("world", [2, 3])
def test_value_and_gradients_are_those_of_one_process(answers: list[dict[str, Any]], world: int) -> None:
    READINGS["centred"] = ranks.own_reading()
    try:
        wanted = set(ranks.cases(world))
    finally:
        del READINGS["centred"]
    for answer in answers[:world]:
        found = answer["cases"][str(world)]
        assert set(found) == wanted
        # float64, sums over at most 45 rows in another order
        assert {name: off for name, off in found.items() if not off < 1e-11} == {}


def test_a_model_with_the_term_attached_trains_alike_under_ddp(answers: list[dict[str, Any]]) -> None:
    for answer in answers:
        assert answer["attached"] < 1e-12


def test_ranks_that_do_not_fit_together_are_told_on_each(answers: list[dict[str, Any]]) -> None:
    for answer in answers:
        told = answer["refused"]
        assert told["texts"].startswith("gather='images' needs the same class texts on every rank, got 2, 3, 4 texts")
        assert told["readings"].startswith("the ranks must have the same AMELoss")
        assert told["positions"] == "image must have as many positions on every rank, got 3, 4, 5."


def test_copies_keep_a_group_of_their_own(answers: list[dict[str, Any]]) -> None:
    for answer in answers[:2]:
        assert answer["copied"] < 1e-13


def test_without_gather_several_ranks_are_warned_once(answers: list[dict[str, Any]]) -> None:
    for answer in answers:
        without, with_images = answer["warned"]
        assert len(without) == 1 and "on 3 ranks with gather='none'" in without[0]
        assert with_images == []


def test_one_process_needs_no_group() -> None:
    image, text = ranks.randn(3, ranks.WIDTH, seed=1), ranks.randn(4, ranks.WIDTH, seed=2)
    plain, gathers = ranks.ame(), ranks.ame(gather="pairs")
    assert torch.equal(plain(image=image, text=text), gathers(image=image, text=text))
    again = pickle.loads(pickle.dumps(gathers))
    assert again.gather == "pairs" and again(image=image, text=text) == plain(image=image, text=text)
    gathers.load_state_dict(plain.state_dict())  # where it trains is no part of what was trained
    assert gathers(image=image, text=text) == plain(image=image, text=text)


@pytest.mark.parametrize(
    ("options", "message"),
    [({"gather": "all"}, "gather must be one of 'none', 'images', 'pairs'"), ({"group": 2}, "group must be a torch.d")],
)
def test_bad_gather(options: dict[str, Any], message: str) -> None:
    with pytest.raises(AMEError, match=message):
        AMELoss(image_dim=4, text_dim=4, **options)
