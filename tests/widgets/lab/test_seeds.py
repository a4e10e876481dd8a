"""Several seeds of each arm, side by side."""

import dataclasses

import pytest

from ame_explore.ame import AMEError
from ame_explore.training import Distillation, Recipe
from ame_explore.widgets import LiveRun
from ame_explore.widgets.lab.dials import families, lock_step, with_seeds

ONE = Recipe(host="projector", steps=6, batch_size=8, shots=2, omega=5.0, seed=3)
PAIR = {"KD": dataclasses.replace(ONE, omega=0.0), "KD + AME": ONE}
WAIT = 60


def test_each_seed_is_the_run_of_that_seed_and_arms_know_their_family(stage, monkeypatch):
    monkeypatch.setenv("AME_HEADLESS", "0")
    with LiveRun(PAIR, stage=stage, seeds=2, drawn=40) as live:
        live.settle(WAIT)
        with pytest.raises(AMEError, match="several seeds"):
            live.set("seed", 5)
        live.play()
        live.wait(WAIT)
        arms = {arm.name: arm.family for arm in live.view().arms}
        result = live.result()
    names = ["KD · seed 3", "KD + AME · seed 3", "KD · seed 4", "KD + AME · seed 4"]
    assert arms == dict(zip(names, names[:2] * 2, strict=True))
    alone = [step.losses["total"] for step in Distillation(dataclasses.replace(ONE, seed=4), stage=stage) if step.index]
    assert result.arms["KD + AME · seed 4"].losses["total"].tolist() == alone
    with pytest.raises(AMEError, match="at most 6 arms"):
        LiveRun(PAIR, stage=stage, seeds=4)


def test_seeds_must_be_the_same_for_every_arm():
    assert with_seeds(PAIR, 1) == PAIR and families(PAIR) == {}
    lock_step(with_seeds(PAIR, 3))
    for wrong in (
        {"KD": PAIR["KD"], "AME": dataclasses.replace(ONE, seed=9)},
        dict(list(with_seeds(PAIR, 2).items())[:3]),
    ):
        with pytest.raises(AMEError, match="same minibatches, but seed"):
            lock_step(wrong)
