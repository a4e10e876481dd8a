"""What the cells of a notebook show, as the front end gets it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import plotly.graph_objects as go
import pytest
import torch

from ame_explore import AMEError
from ame_explore.figures import Drawing
from ame_explore.widgets.notebook import browse, pictures, show, table


@pytest.fixture
def displayed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    import IPython.display

    found: list[Any] = []
    monkeypatch.setattr(IPython.display, "display", lambda *shown: found.extend(shown))
    yield found


def test_a_figure_has_its_sentence_below(displayed: list[Any]) -> None:
    drawing = Drawing(go.Figure(), "Nothing < *nothing* happens.")
    show(drawing)
    assert displayed[0] is drawing
    assert displayed[1].data.endswith("<em>Nothing &lt; *nothing* happens.</em>")


def test_a_table_is_markdown_whatever_its_cells_hold(displayed: list[Any]) -> None:
    table([{"a": 1, "b|c": "x|y"}, {"a": None, "b|c": "two\nlines"}])
    assert displayed[0].data.split("\n") == [r"| a | b\|c |", "| --- | --- |", r"| 1 | x\|y |", "| None | two lines |"]


@pytest.mark.parametrize("rows", [[], [{"a": 1}, {"b": 1}]])
def test_rows_without_common_columns_are_refused(rows: list[dict[str, int]]) -> None:
    with pytest.raises(AMEError, match="same columns"):
        table(rows)


def test_pictures_have_captions_that_cannot_be_markup(displayed: list[Any]) -> None:
    pictures(torch.rand(2, 3, 4, 4), ["<b>one</b>\ntwo", "x"], size=20, columns=2)
    page = displayed[0].data
    assert page.count("data:image/png;base64,") == 2
    assert "&lt;b&gt;one&lt;/b&gt;<br>two" in page and "<b>" not in page
    with pytest.raises(AMEError, match="captions must be one for each of the 1 images, got 2"):
        pictures(torch.rand(1, 1, 4, 4), ["x", "y"])
    with pytest.raises(AMEError, match="images must be"):
        pictures(torch.rand(4, 4), ["x"])


def test_a_slider_draws_the_chosen_value() -> None:
    drawn: list[int] = []

    def draw(value: int) -> Drawing:
        drawn.append(value)
        return Drawing(go.Figure(), f"at {value}")

    box = browse(draw, [1, 2, 3], label="step")
    slider, canvas, _ = box.children
    assert drawn == [3]
    slider.value = 2
    assert drawn == [3, 2] and len(canvas.outputs) == 1
    assert canvas.outputs[0]["data"]["text/plain"] == "at 2"
    with pytest.raises(AMEError, match="choices must be"):
        browse(draw, [1, 2], label="step", first=3)
