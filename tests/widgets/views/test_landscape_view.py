"""Live landscapes: coarse first, cancelled when asked, kept with the run, and never silent about an error."""

from __future__ import annotations

import threading

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from ame_explore.ame import AMEError
from ame_explore.analysis.landscapes.directions import line_between, random_slice
from ame_explore.analysis.landscapes.evaluators import Evaluator, Objective
from ame_explore.analysis.landscapes.feature_space import Surroundings, feature_field
from ame_explore.analysis.landscapes.readouts import Classification
from ame_explore.analysis.landscapes.scan import Landscape
from ame_explore.data import PairedFeatures
from ame_explore.figures.base.style import plain
from ame_explore.training import Run
from ame_explore.widgets.views import landscape_view
from ame_explore.widgets.views.field_view import FieldView
from ame_explore.widgets.views.landscape_view import LandscapeView


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def student(seed: int = 0) -> nn.Module:
    module = nn.Sequential(nn.Linear(5, 6), nn.ReLU(), nn.Linear(6, 3))
    with torch.no_grad():
        for weight in module.parameters():
            weight.copy_(torch.randn(weight.shape, generator=generator(seed)))
    return module


def evaluator(measure=None, slice_=None) -> Evaluator:
    inputs = torch.randn(20, 5, generator=generator(5))
    labels = torch.randint(0, 3, (20,), generator=generator(6))
    module = student()
    measure = measure or Classification(labels)
    return Evaluator(Objective(module, inputs, measure), slice_ or random_slice(module, seed=1), chunk=9)


@pytest.fixture(autouse=True)
def nobody_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AME_HEADLESS", "1")


def status(view: LandscapeView) -> str:
    return str(view._status.value)


def test_it_ends_with_every_point_and_keeps_it_with_the_run(tmp_path) -> None:
    with Run.recorder(tmp_path / "run") as record:
        record.log(losses={"total": 1.0})
    run = Run.open(tmp_path / "run")
    view = LandscapeView(evaluator(), grid=17, run=run, keep="random")
    found = view.result(timeout=30)
    assert found.finished and view.finished and "Kept in the run" in status(view)
    assert torch.equal(Landscape.of(run, "random").values["loss"], found.values["loss"])
    again = LandscapeView(evaluator(), grid=17, run=run, keep="random")
    assert not again._worker.busy and again.result().finished and "Read from the run" in status(again)


def test_the_coarse_picture_is_drawn_before_the_fine_one(monkeypatch) -> None:
    drawn = []
    inner = landscape_view.landscape
    monkeypatch.setattr(
        landscape_view,
        "landscape",
        lambda picture, **rest: drawn.append((picture.level, int(picture.known.sum()))) or inner(picture, **rest),
    )
    view = LandscapeView(evaluator(), grid=31)
    view.result(timeout=30)
    assert drawn[0] == (1, 81) and drawn[-1] == (3, 961)


def test_cancel_stops_and_leaves_what_is_there(monkeypatch) -> None:
    monkeypatch.setattr(landscape_view, "_FRAME", 0.0)
    reached, go_on = threading.Event(), threading.Event()
    inner = LandscapeView._show

    def show(self, picture) -> None:
        inner(self, picture)
        if picture.level == 1:
            reached.set()
            go_on.wait(10)

    monkeypatch.setattr(LandscapeView, "_show", show)
    view = LandscapeView(evaluator(), grid=31)
    assert reached.wait(10)
    view.cancel()
    go_on.set()
    found = view.result(timeout=10)
    assert not found.finished and found.level == 1 and "Stopped at" in status(view)
    assert view._cancel.disabled


def test_a_long_one_says_its_time_and_waits_to_be_started(monkeypatch) -> None:
    monkeypatch.delenv("AME_HEADLESS")
    slow = evaluator()
    slow._seconds = 1.0  # a point, as if timed
    view = LandscapeView(slow, grid=11)
    assert view.seconds == 121 and "2.0 min" in status(view)
    assert view._task.state == "waiting" and not view._start.disabled and view.result() is None
    view._start.click()
    view._task.wait(20)
    assert view.finished
    idle = LandscapeView(slow, grid=11)
    idle.cancel()
    idle.start()
    assert not idle._worker.busy and "Not started" in status(idle)


def test_an_error_of_the_worker_is_said_and_raised_again() -> None:
    calls = []

    def measure(output):
        calls.append(1)
        if len(calls) > 60:
            raise ZeroDivisionError("nothing left")
        return {"loss": output.square().sum()}

    broken = evaluator(measure)
    broken.method, broken.chunk = "loop", 9
    view = LandscapeView(broken, grid=17)
    with pytest.raises(ZeroDivisionError, match="nothing left"):
        view.result(timeout=20)
    assert "nothing left" in status(view)


def test_a_line_is_drawn_too_and_half_an_order_to_keep_is_refused() -> None:
    line = line_between(student(), student(0).state_dict(), student(1).state_dict())
    view = LandscapeView(evaluator(slice_=line), grid=21, low=0.0, names=["loss"])
    assert view.result(timeout=20).finished and "barrier" in view._view._newest["sentence"]
    with pytest.raises(AMEError, match="together"):
        LandscapeView(evaluator(), keep="random")


@pytest.fixture
def field_view() -> FieldView:
    rows = F.normalize(torch.randn(30, 6, generator=generator()))
    away = torch.randn(26, 6, generator=generator(9))

    def features_at(ambiguity: float) -> PairedFeatures:
        if ambiguity > 0.95:
            raise ValueError("too far")
        return PairedFeatures(
            image=F.normalize(rows[4:] + ambiguity * away),
            text=rows[:4],
            pair_index=torch.arange(26) % 4,
            ids=torch.arange(26) + 100,
            texts=("a red dog", "a blue dog", "a red cat", "<i>a cat"),
        )

    def pictures_at(ids: torch.Tensor, ambiguity: float) -> torch.Tensor:
        return torch.full((len(ids), 1, 4, 4), ambiguity)

    field = feature_field(*rows[4:7], Surroundings(rows[:4], 20.0), grid=7)
    return FieldView(field, features_at, pictures_at, k=3)


def test_a_click_on_a_place_shows_who_lives_there(field_view: FieldView) -> None:
    corner = field_view.field.corners[1]
    column = int((field_view.field.x - corner[0]).abs().argmin())
    row = int((field_view.field.y - corner[1]).abs().argmin())
    field_view._view._handle({"type": "place", "place": row * 7 + column})
    x, y = float(field_view.field.x[column]), float(field_view.field.y[row])
    places = field_view.field.samples_at(field_view.features.image, x, y, 3)
    assert list(field_view.selected) == (places + 100).tolist()
    assert field_view._gallery.value.count("<img") == 3
    field_view._view._handle({"type": "select", "ids": [103]})
    assert field_view.selected == (103,) and plain("<i>a cat") in field_view._gallery.value
    field_view.click(())
    assert field_view.selected == (103,)


def test_the_dial_moves_the_samples_and_an_error_leaves_them(field_view: FieldView) -> None:
    before = field_view.features.image
    for wanted in (0.1, 0.3, 0.5):
        field_view._dial.value = wanted
    field_view.wait()
    assert field_view.ambiguity == 0.5 and not torch.equal(field_view.features.image, before)
    kept = field_view.features
    field_view.turn(1.0)
    field_view.wait()
    assert field_view.features is kept and "too far" in field_view._gallery.value
