"""What is seen of a live view where no kernel or script runs, and what marimo is given to show."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import anywidget
import plotly.graph_objects as go
import pytest
import torch

import ame_explore
from ame_explore.data import PairedFeatures
from ame_explore.figures import Drawing
from ame_explore.training import Recipe
from ame_explore.widgets import FigureView
from ame_explore.widgets.runtime import stills

VIEW = "application/vnd.jupyter.widget-view+json"
SVG = "image/svg+xml"


class Outputs:
    """The outputs of a cell, with those that were updated in place; called as `IPython.display.display`."""

    def __init__(self) -> None:
        self.shown: list[dict[str, Any]] = []

    def __call__(self, data: dict[str, Any], *, raw: bool, **_: Any) -> Any:
        assert raw
        place = len(self.shown)
        self.shown.append(data)
        return SimpleNamespace(update=lambda data, raw: self.shown.__setitem__(place, data))


@pytest.fixture
def outputs(monkeypatch: pytest.MonkeyPatch) -> Outputs:
    """A cell of a notebook."""
    found = Outputs()
    monkeypatch.setattr("IPython.display.display", found)
    monkeypatch.setattr(stills, "in_notebook", lambda: True)
    return found


def some_pairs() -> PairedFeatures:
    generator = torch.Generator().manual_seed(0)
    return PairedFeatures(image=torch.randn(40, 6, generator=generator), text=torch.randn(40, 6, generator=generator))


def test_a_lab_leaves_a_still_of_its_end(stage: Any, outputs: Outputs) -> None:
    made = ame_explore.lab(Recipe(data="digits", host="projector", steps=3, batch_size=8, shots=2), stage=stage)
    made._ipython_display_()
    view, first = outputs.shown
    assert VIEW in view and SVG not in view
    made.live.play(unasked=True)
    made.live.wait(60)
    made.result()
    made.close()
    still = outputs.shown[1]
    assert len(outputs.shown) == 2 and still != first
    assert "Step 3 of 3." in still["text/plain"] and len(still[SVG]) < 100_000
    root = ElementTree.fromstring(still[SVG])
    assert root.get("class") == stills.MARK
    texts = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"KD + AME", "teacher", "chance", "harmonic mean"} <= set(texts)


def test_an_explorer_leaves_a_still_of_its_map(outputs: Outputs) -> None:
    with ame_explore.explore(some_pairs(), umap=False) as explorer:
        explorer._ipython_display_()
    view, still = outputs.shown
    assert VIEW in view and "modality gap" in still["text/plain"]
    assert still[SVG].count("h0") >= 40  # every image is there


def test_outside_a_notebook_there_is_no_second_output(outputs: Outputs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stills, "in_notebook", lambda: False)
    with ame_explore.explore(some_pairs(), umap=False) as explorer:
        explorer._ipython_display_()
    assert len(outputs.shown) == 1


def test_a_still_that_cannot_be_drawn_costs_nothing(outputs: Outputs) -> None:
    def fails() -> tuple[str, str]:
        raise ValueError("no picture")

    assert stills.show({VIEW: {}}, fails) is not None and outputs.shown[1] == {"text/plain": ""}


def test_a_view_that_is_drawn_later_leaves_its_still_then(outputs: Outputs) -> None:
    view = FigureView()
    view._ipython_display_()
    assert VIEW in outputs.shown[0] and outputs.shown[1] == {"text/plain": ""}
    view.show(Drawing(go.Figure(go.Scatter(y=[1, 2])), "Two points."))
    view.renew_still()
    assert len(outputs.shown) == 2 and outputs.shown[1]["text/plain"] == "Two points."
    assert ElementTree.fromstring(outputs.shown[1][SVG]).get("class") == stills.MARK


def test_a_figure_view_is_a_still_of_what_it_shows_now() -> None:
    view = FigureView(Drawing(go.Figure(go.Scatter(y=[1, 2])), "Two points."))
    view.show(Drawing(go.Figure(go.Scatter(y=[1, 2, 3], mode="markers")), "Three points."))
    bundle = view._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    assert VIEW in data and data["text/plain"] == "Three points." and data[SVG].count("h0") == 3


def test_marimo_is_given_anywidgets_alone(stage: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """marimo refuses boxes of ipywidgets; the rest was tried by hand in marimo 0.25."""
    monkeypatch.setitem(sys.modules, "marimo", SimpleNamespace(vstack=list, Html=lambda text: ("html", text)))
    made = ame_explore.lab(Recipe(data="digits", host="projector", steps=3, batch_size=8, shots=2), stage=stage)
    assert made._display_()[0] is made.cockpit and isinstance(made.cockpit, anywidget.AnyWidget)
    made.close()
    with ame_explore.explore(some_pairs(), umap=False) as explorer:
        (kind, words), *views = explorer._display_()
        assert kind == "html" and "modality gap" in words
        assert views and all(isinstance(view, anywidget.AnyWidget) for view in views)
    assert explorer._display_() == repr(explorer)
