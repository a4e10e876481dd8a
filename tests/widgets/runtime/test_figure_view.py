"""FigureView without a browser: what it would send, and what it makes of what a page says."""

from __future__ import annotations

import gzip
import json
from importlib import resources
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from ame_explore.ame import AMEError
from ame_explore.figures.base.style import Drawing
from ame_explore.widgets.runtime.figure_view import FigureView


def wired(view: FigureView) -> list[tuple[dict[str, Any], list[bytes]]]:
    """The messages to a page that has just opened the view."""
    sent: list[tuple[dict[str, Any], list[bytes]]] = []
    view.send = lambda content, buffers=None: sent.append((json.loads(json.dumps(content)), buffers or []))
    say(view, "ready")
    return sent


def say(view: FigureView, kind: str, **rest: Any) -> None:
    content = {"type": kind, "page": "p", "t": 0.0, **rest}
    view._handle_msg({"content": {"data": {"method": "custom", "content": content}}, "buffers": []})


def points(n: int = 40) -> go.Figure:
    return go.Figure(go.Scatter(x=np.arange(n, dtype=np.float32), y=np.ones(n, np.float32), customdata=np.arange(n)))


def test_a_drawing_travels_as_numbers_in_buffers_with_its_sentence() -> None:
    sent = wired(FigureView(Drawing(points(), "Forty points on a line."), height=300))
    frame, buffers = next(message for message in sent if message[0]["type"] == "frame")
    x = frame["figure"]["data"][0]["x"]
    assert (x["dtype"], x["shape"]) == ("f4", [40])
    assert np.array_equal(np.frombuffer(buffers[x["buffer"]], "<f4"), np.arange(40))
    assert frame["sentence"] == "Forty points on a line." and frame["height"] == 300


def test_what_is_no_flat_number_travels_as_plotly_would_write_it() -> None:
    figure = go.Figure(
        [
            go.Heatmap(z=np.arange(36, dtype=np.float64).reshape(6, 6)),
            go.Scatter(x=np.array(["2026-01-01", "2026-01-02"], "datetime64[ns]"), y=[1.0, float("nan")]),
            go.Bar(x=["a", "b"], y=[1, 2], text=np.array(["<i>x</i>", None], dtype=object)),
        ]
    )
    sent = wired(FigureView(figure))
    heat, dates, bars = next(header for header, _ in sent if header["type"] == "frame")["figure"]["data"]
    assert heat["z"]["shape"] == [6, 6] and heat["z"]["dtype"] == "f4"
    assert [day[:10] for day in dates["x"]] == ["2026-01-01", "2026-01-02"] and dates["y"] == [1.0, None]
    assert bars["text"] == ["<i>x</i>", None]


def test_height_is_the_figures_own_unless_given() -> None:
    figure = points().update_layout(height=411)
    assert next(h for h, _ in wired(FigureView(figure)) if h["type"] == "frame")["height"] == 411


def test_plotly_js_comes_on_request_from_plotlys_own_file() -> None:
    view = FigureView(points())
    sent = wired(view)
    assert not any(header["type"] == "library" for header, _ in sent)
    say(view, "need", what="plotly")
    _, buffers = next(message for message in sent if message[0]["type"] == "library")
    own = (resources.files("plotly") / "package_data" / "plotly.min.js").read_bytes()
    assert gzip.decompress(buffers[0]) == own


def test_a_view_opens_with_little() -> None:
    state = FigureView(points(5000)).get_state()
    assert len(json.dumps(state, default=str)) < 50_000


def test_the_readers_selection_reaches_python() -> None:
    view, got = FigureView(points()), []
    view.on_select(got.append)
    wired(view)
    say(view, "select", ids=[3, 5])
    assert view.selection == (3, 5) and got == [(3, 5)]
    say(view, "select", ids=[])
    assert view.selection == () and got[-1] == ()


def test_python_selects_without_an_echo_and_sends_no_figure_for_it() -> None:
    view, got = FigureView(points()), []
    view.on_select(got.append)
    sent = wired(view)
    say(view, "ack", n=1, drawn=True)
    frames = sum(header["type"] == "frame" for header, _ in sent)
    view.select(np.array([7]))
    assert sent[-1][0]["type"] == "selection" and sent[-1][0]["selection"] == [7] and sent[-1][1] == []
    assert got == [] and view.selection == (7,)
    assert sum(header["type"] == "frame" for header, _ in sent) == frames
    view.show(points(60))
    assert sent[-1][0]["figure"]["data"][0]["x"]["shape"] == [60] and view.selection == (7,)


def test_a_page_that_comes_later_is_told_of_the_newest_selection() -> None:
    view = FigureView(points())
    wired(view)
    view.select([1])
    say(view, "select", ids=[2, 3])
    assert [h["selection"] for h, _ in wired(view) if h["type"] == "selection"] == [[2, 3]]


def test_an_empty_view_waits_and_selects() -> None:
    view = FigureView()
    sent = wired(view)
    view.select([1])
    assert not any(header["type"] == "frame" for header, _ in sent)
    view.show(points())
    assert {"frame", "selection"} <= {header["type"] for header, _ in sent}


def test_only_figures_are_shown_and_the_last_stays() -> None:
    view = FigureView(points())
    with pytest.raises(AMEError, match="drawing must be a Drawing or a Plotly figure, got dict"):
        view.show({"data": []})  # type: ignore[arg-type]
    assert any(header["type"] == "frame" for header, _ in wired(view))
