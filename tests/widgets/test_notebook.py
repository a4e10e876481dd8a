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
    """What is displayed; in place of an output that is replaced, the new one."""
    import IPython.display

    found: list[Any] = []

    class Handle:
        def __init__(self) -> None:
            self.place = len(found) - 1

        def update(self, part: Any) -> None:
            found[self.place] = part

    def display(*shown: Any, display_id: bool = False) -> Handle | None:
        found.extend(shown)
        return Handle() if display_id else None

    monkeypatch.setattr(IPython.display, "display", display)
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


def test_a_slider_replaces_the_figure_and_its_sentence(displayed: list[Any]) -> None:
    drawn: list[int] = []

    def draw(value: int) -> Drawing:
        drawn.append(value)
        return Drawing(go.Figure(), f"at {value}")

    browse(draw, [1, 2, 3], label="step")
    assert drawn == [3] and displayed[0].description == "step" and displayed[1].sentence == "at 3"
    displayed[0].value = 2
    assert drawn == [3, 2] and len(displayed) == 3
    assert displayed[1].sentence == "at 2" and displayed[2].data.endswith("<em>at 2</em>")
    with pytest.raises(AMEError, match="choices must be"):
        browse(draw, [1, 2], label="step", first=3)


def test_several_sliders_draw_one_figure(displayed: list[Any]) -> None:
    def draw(beta: int, rows: float) -> Drawing:
        return Drawing(go.Figure(), f"{beta} and {rows}")

    choices = {"beta": [0, 1, 2], "rows": [0.5, 2.0]}
    browse(draw, choices, first=(1, 0.5))
    assert [each.description for each in displayed[:2]] == ["beta", "rows"] and displayed[2].sentence == "1 and 0.5"
    displayed[1].value = 2.0
    displayed[0].value = 0
    assert displayed[2].sentence == "0 and 2.0"
    for wrong in ((1,), (1, 3.0), (1, 0.5, 0.5)):
        with pytest.raises(AMEError, match="choices must be"):
            browse(draw, choices, first=wrong)
    with pytest.raises(AMEError, match="choices must be"):
        browse(draw, {"beta": [0, 1], "rows": []})
