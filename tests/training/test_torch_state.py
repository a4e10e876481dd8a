"""Whatever state of torch the caller has set, training works as usual or says what it needs in one error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import torch

from ame_explore.ame import AMEError
from ame_explore.data import digits
from ame_explore.models import Pretraining, pretrain
from ame_explore.training import Distillation, Recipe, Stage
from ame_explore.widgets import LiveRun

QUICK = Recipe(host="projector", steps=4, batch_size=8, shots=2)


@contextmanager
def default_dtype(dtype: torch.dtype) -> Iterator[None]:
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        yield
    finally:
        torch.set_default_dtype(before)


def stage() -> Stage:
    data = digits()
    teacher = pretrain(data, Pretraining(steps=3))
    return Stage(data, teacher, pretrain(data, Pretraining(size="student", split="backbone", steps=3)))


def losses(here: Stage) -> list[float]:
    """Of a run with its state taken and put back on the way."""
    run = Distillation(QUICK, stage=here, metrics_every=2)
    seen = [next(run).losses.get("total", 0.0) for _ in range(3)]
    run.load_state_dict(run.state_dict())
    return seen + [step.losses["total"] for step in run]


@pytest.fixture(scope="module")
def usual() -> tuple[Stage, list[float]]:
    made = stage()
    return made, losses(made)


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_training_learns_the_same_where_the_caller_records_no_gradients(usual, mode) -> None:
    with mode():
        made = stage()
        assert losses(made) == usual[1]
    assert losses(made) == usual[1], "what was made there serves outside"


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_a_lab_made_there_learns_the_same(mode, usual, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AME_HEADLESS", "1")
    with mode():
        made = stage()
        with LiveRun(QUICK, stage=made) as live:
            found = live.result(60).arms["KD + AME"].losses["total"].tolist()
    assert found == usual[1][1:]


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16])
def test_another_default_dtype_is_named(usual, dtype: torch.dtype) -> None:
    run = Distillation(QUICK, stage=usual[0])
    next(run)
    with default_dtype(dtype):
        for attempt in (
            stage,
            lambda: Stage.for_recipe(QUICK),
            lambda: Distillation(QUICK, stage=usual[0]),
            lambda: next(run),
            lambda: LiveRun(QUICK, stage=usual[0]),
        ):
            with pytest.raises(AMEError, match=f"default dtype must be float32 .*{dtype}.*set_default_dtype"):
                attempt()
    assert [step.losses["total"] for step in run] == usual[1][1:], "and it goes on"
