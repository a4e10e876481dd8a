"""The live inspector and the thread behind it: latest wins, nothing blocks, errors are told."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ame_explore.ame import AMEError
from ame_explore.data import digits
from ame_explore.models import Pretraining, pretrain
from ame_explore.training import Recipe, Stage
from ame_explore.widgets.views import bounds_view
from ame_explore.widgets.views.bounds_view import BoundsView

QUICK = Recipe(host="projector", steps=10, batch_size=8)


@pytest.fixture(scope="module")
def stage() -> Stage:
    data = digits()
    teacher = pretrain(data, Pretraining(steps=20))
    backbone = pretrain(data, Pretraining(size="student", split="backbone", shift=1.0, steps=10))
    return Stage(data, teacher, backbone)


@pytest.fixture
def make(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., BoundsView]]:
    monkeypatch.setenv("AME_HEADLESS", "1")
    made: list[BoundsView] = []

    def view(recipe: Recipe = QUICK, **options: Any) -> BoundsView:
        made.append(BoundsView(stage, recipe, **{"sizes": (8, 16), "n": 16, "coins": (1, 4), "draws": 10, **options}))
        return made[-1]

    yield view
    for each in made:
        each.close()


def test_headless_it_trains_and_shows_everything(make: Callable[..., BoundsView]) -> None:
    view = make()
    at = view.result(60)
    assert at is not None and (at.n, at.omega) == (16, 50.0) and at.coins is not None
    assert len(at.bounds) == len(at.ame.bounds) + 1 and at.coins.losses.shape == (1, 4, 16, 2)
    assert "Measured loss" in view.status.value and 'aria-live="polite"' in view.status.value
    shown = view.inspector._newest
    assert shown is not None and "measured gap is" in shown["sentence"]
    rows = shown["figure"]["layout"]["yaxis2"]["ticktext"]
    assert any("f-CMI" in row for row in rows)
    assert any("the same for KD" in trace.get("name", "") for trace in shown["figure"]["data"])


def test_moving_a_slider_trains_there_and_keeps_what_was_trained(make: Callable[..., BoundsView]) -> None:
    view = make()
    first = view.result(60)
    view.n.value = 8
    second = view.result(60)
    assert second is not None and second.n == 8 and second.kd.n == 8
    view.omega.value = 0.0
    third = view.result(60)
    assert third is not None and third.kd.gap.value == third.ame.gap.value  # omega 0 is KD
    view.n.value, view.omega.value = 16, 50.0
    assert view.result(60) is first
    newest = view.over_n._newest
    assert newest is not None and "From training images n 8 to 16" in newest["sentence"]


def test_a_move_ends_the_training_of_the_old_place(make: Callable[..., BoundsView]) -> None:
    """A training of 20,000 steps would take minutes."""
    long = dataclasses.replace(QUICK, steps=20_000)
    view = make(long, coins=None)
    deadline = time.monotonic() + 30
    while "training two students" not in view.status.value and time.monotonic() < deadline:
        time.sleep(0.01)
    view._recipe = QUICK
    view.n.value = 8
    at = view.result(60)
    assert at is not None and at.n == 8 and list(view._known) == [(8, 50.0)]


def test_where_somebody_watches_nothing_blocks(
    make: Callable[..., BoundsView], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AME_HEADLESS", "")
    view = make(dataclasses.replace(QUICK, steps=20_000))
    started = time.monotonic()
    assert view.result() is None and view.busy
    assert time.monotonic() - started < 5  # not the minutes that the training takes
    view.close()
    assert not view.busy


def test_what_fails_is_told_and_can_be_left(make: Callable[..., BoundsView], monkeypatch: pytest.MonkeyPatch) -> None:
    view = make()
    view.result(60)

    def broken(*args: Any, **options: Any) -> None:
        raise AMEError("recipes must give students <that> do not diverge.")

    with monkeypatch.context() as patch:
        patch.setattr(bounds_view, "students_bounds", broken)
        view.n.value = 8
        with pytest.raises(AMEError, match="do not diverge"):
            view.result(60)
        assert "The training failed" in view.status.value and "&lt;that&gt;" in view.status.value
    view.n.value = 16
    assert view.result(60) is not None


def test_headless_waiting_has_an_end(make: Callable[..., BoundsView]) -> None:
    with pytest.raises(AMEError, match=r"the training was not ready within 0\.05 s"):
        make(dataclasses.replace(QUICK, steps=20_000)).result(0.05)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n": 7}, "n must be one of 8, 16, got 7"),
        ({"omega": 3.0}, "omega must be one of"),
        ({"sizes": ()}, "n must be"),
    ],
)
def test_bad_input(make: Callable[..., BoundsView], options: dict[str, Any], message: str) -> None:
    with pytest.raises(AMEError, match=message):
        make(**options)
