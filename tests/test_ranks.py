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
def started(tmp_path_factory: pytest.TempPathFactory) -> dict[int, list[tuple[subprocess.Popen[bytes], Path]]]:
    """Groups of 2 and of 3 ranks, each of which runs all cases, at the same time."""
    found = {}
    for world in (2, 3):
        folder = tmp_path_factory.mktemp(f"ranks{world}")
        found[world] = [
            (
                subprocess.Popen(
                    [sys.executable, str(HERE / "ranks.py"), str(rank), str(world), str(folder / "store"), str(answer)]
                ),
                answer,
            )
            for rank in range(world)
            for answer in [folder / f"{rank}.json"]
        ]
    return found


@pytest.fixture(scope="module", params=[2, 3])
def answers(request: pytest.FixtureRequest, started: Any) -> list[dict[str, Any]]:
    found = []
    try:
        for process, path in started[request.param]:
            process.wait(timeout=180)
            found.append(json.loads(path.read_text()))
    finally:
        for process, _ in started[request.param]:
            process.kill()
    for answer in found:
        assert "error" not in answer, answer["error"]
    return found


def test_value_and_gradients_are_those_of_one_process(answers: list[dict[str, Any]]) -> None:
    READINGS["centred"] = ranks.own_reading()
    try:
        wanted = set(ranks.cases(len(answers)))
    finally:
        del READINGS["centred"]
    for answer in answers:
        assert set(answer["cases"]) == wanted
        # float64, sums over at most 45 rows in another order
        assert {name: off for name, off in answer["cases"].items() if not off < 1e-11} == {}


def test_a_model_with_the_term_attached_trains_alike_under_ddp(answers: list[dict[str, Any]]) -> None:
    for answer in answers:
        assert answer["attached"] < 1e-12


def test_ranks_that_do_not_fit_together_are_told_on_each(answers: list[dict[str, Any]]) -> None:
    counts = ", ".join(str(2 + rank) for rank in range(len(answers)))
    positions = ", ".join(str(3 + rank) for rank in range(len(answers)))
    for answer in answers:
        told = answer["refused"]
        assert told["texts"].startswith(f"gather='images' needs the same class texts on every rank, got {counts} texts")
        assert told["readings"].startswith("the ranks must have the same AMELoss")
        assert told["positions"] == f"image must have as many positions on every rank, got {positions}."


def test_a_group_of_its_own_is_kept_by_copies(answers: list[dict[str, Any]]) -> None:
    for answer in answers[:2]:
        wanted, got = answer["group"]
        assert got == pytest.approx(wanted, rel=1e-13)


def test_without_gather_several_ranks_are_warned_once(answers: list[dict[str, Any]]) -> None:
    for answer in answers:
        without, with_images = answer["warned"]
        assert len(without) == 1 and f"on {len(answers)} ranks with gather='none'" in without[0]
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
