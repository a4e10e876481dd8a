"""A still has every mark where the figure has it, and text in it is text."""

from __future__ import annotations

import base64
import io
import re
from xml.etree import ElementTree

import numpy as np
import plotly.graph_objects as go
import pytest
from PIL import Image

from ame_explore.figures.base.colors import DARK_PAPER, GRID, INK, ON_DARK
from ame_explore.figures.base.still import MOST_MARKS, still
from ame_explore.figures.base.style import finish, plain

SVG = "{http://www.w3.org/2000/svg}"
BOX = (84.0, 876.0, 110.0, 442.0)  # left, right, top, bottom of `finish`'s panel, 900 wide and 520 high


def drawn(*traces: go.Scatter, **layout: object) -> tuple[str, ElementTree.Element]:
    figure = finish(go.Figure(list(traces)), "A <title>", "and a subtitle")
    figure.update_layout(**layout)
    text = still(figure, "What it shows.")
    return text, ElementTree.fromstring(text)


def paths(root: ElementTree.Element, **attributes: str) -> list[str]:
    return [
        str(path.get("d"))
        for path in root.iter(f"{SVG}path")
        if all(path.get(name.replace("_", "-")) == value for name, value in attributes.items())
    ]


def test_lines_and_marks_are_where_the_axes_put_them() -> None:
    trace = go.Scatter(
        x=[0, 10, 5], y=[1, 100, 10], mode="lines+markers", line={"color": "#123456"}, marker={"size": 8}
    )
    _, root = drawn(trace, xaxis={"range": [0, 10]}, yaxis={"type": "log", "range": [0, 2]})
    left, right, top, bottom = BOX
    places = [(left, bottom), (right, top), ((left + right) / 2, (top + bottom) / 2)]
    line, marks = paths(root, stroke="#123456")
    assert [tuple(map(float, one.split())) for one in re.split("[ML]", line)[1:]] == places
    assert [tuple(map(float, one.split())) for one in re.findall(r"M([\d.]+ [\d.]+)h0", marks)] == places


def test_a_picture_that_is_drawn_twice_is_stored_once() -> None:
    file = io.BytesIO()
    Image.new("RGB", (4, 4), "red").save(file, "png")
    look = {"source": f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}", "xref": "x", "yref": "y"}
    images = [{**look, "x": at, "y": 1.0, "sizex": 0.5, "sizey": 0.5} for at in (0.0, 1.0)]
    text, root = drawn(go.Scatter(x=[0, 2], y=[0, 2]), images=images)
    (image,) = root.iter(f"{SVG}image")
    first, second = root.iter(f"{SVG}use")
    assert first.get("href") == second.get("href") == f"#{image.get('id')}" and text.count(look["source"]) == 1
    assert first.get("y") == second.get("y") and first.get("x") != second.get("x")


def test_on_a_dark_page_paper_and_ink_change_and_marks_keep_their_hue() -> None:
    _, root = drawn(go.Scatter(x=[0, 1], y=[0, 1], line={"color": "#D55E00"}))
    style = root.find(f"{SVG}style")
    assert style is not None and style.text is not None and style.text.startswith("@media(prefers-color-scheme:dark){")
    for light, dark in {"#fff": DARK_PAPER, **ON_DARK}.items():
        assert f'[fill="{light}"]{{fill:{dark}}}' in style.text
    used = {each.get(what) for each in root.iter() for what in ("fill", "stroke")}
    assert {"#fff", INK, GRID, "#D55E00"} <= used and "#D55E00" not in style.text


def test_names_of_users_are_written_as_they_stand() -> None:
    names = ["<b>a fox</b>", "R&amp;D & <i>a cat</i>", "%{x} &lt;b&gt;"]
    shown = [plain(name) for name in names]
    traces = [go.Scatter(x=[0], y=[0], name=name, mode="markers") for name in shown]
    text, root = drawn(*traces, title_text=shown[0], showlegend=True, annotations=[{"text": shown[1], "x": 0, "y": 0}])
    written = {"".join(each.itertext()): each.get("font-weight") for each in root.iter(f"{SVG}text")}
    assert {*names} <= set(written) and written[names[1]] == "400" == written[names[2]]
    assert "\u200b" not in text


def test_a_missing_value_is_a_gap_and_a_reversed_axis_is_reversed() -> None:
    trace = go.Scatter(x=[0, 1, 2, 3], y=[0, float("nan"), 3, 0], mode="lines", line={"color": "#123456"})
    _, root = drawn(trace, xaxis={"range": [3, 0]}, yaxis={"range": [0, 3]})
    left, right, top, bottom = BOX
    (line,) = paths(root, stroke="#123456")
    third = left + (right - left) / 3
    assert line == f"M{right:.1f} {bottom:.1f}M{third:.1f} {top:.1f}L{left:.1f} {bottom:.1f}"


def test_bars_stand_side_by_side_on_zero() -> None:
    bars = [go.Bar(x=["a", "b"], y=values, name=name, marker={"color": color})
            for name, values, color in (("one", [1, 2], "#111111"), ("two", [-1, 1], "#222222"))]  # fmt: skip
    text, root = drawn(*bars, yaxis={"range": [-2, 2]})
    _, _, top, bottom = BOX
    unit = (bottom - top) / 4
    heights: dict[str | None, list[float]] = {"#111111": [], "#222222": []}
    for rect in root.iter(f"{SVG}rect"):
        if rect.get("fill") in heights and rect.get("width") != "14.0":  # the legend's
            heights[rect.get("fill")].append(float(rect.get("height", 0)))
    assert heights == {"#111111": [unit, 2 * unit], "#222222": [unit, unit]}
    assert ">a</text>" in text and ">two</text>" in text


@pytest.mark.parametrize("flat", [False, True])
def test_a_heat_map_has_its_first_row_at_the_bottom(flat: bool) -> None:
    z = np.array([[0.0, 1.0], [2.0, np.nan]])
    given = {"x": [0, 1, 0, 1], "y": [0, 0, 1, 1], "z": z.ravel()} if flat else {"z": z}
    _, root = drawn(go.Heatmap(**given, colorscale=[[0, "#000000"], [1, "#0000c8"]]))
    (image,) = root.iter(f"{SVG}image")
    pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(str(image.get("href")).split(",")[1]))))
    assert pixels[..., 2].tolist() == [[200, 0], [0, 100]] and pixels[..., 3].tolist() == [[255, 0], [255, 255]]


def test_a_contour_is_where_the_level_is_crossed() -> None:
    z = np.tile([0.0, 1.0], (2, 1))
    _, root = drawn(go.Contour(z=z, contours={"coloring": "none", "start": 0.25, "end": 0.25, "size": 1},
                               line={"color": "#123456"}))  # fmt: skip
    (line,) = paths(root, stroke="#123456")
    quarter = BOX[0] + (BOX[1] - BOX[0]) / 4
    assert [float(x) for x in re.findall(r"[ML]([\d.]+) ", line)] == [quarter, quarter]


def test_words_stay_words_and_colours_stay_colours() -> None:
    hostile = '"/><script>alert(1)</script>'
    text, root = drawn(
        go.Scatter(x=[0], y=[0], text=[hostile], mode="text", name=hostile, textfont={"color": "red"}),
        go.Scatter(x=[0, 1], y=[0, 1], name="b", line={"color": "rgb(1, 2, 3)"}),
        xaxis={"title": {"text": hostile}, "tickvals": [0], "ticktext": [hostile]},
    )
    assert not list(root.iter(f"{SVG}script")) and "<script" not in text
    assert 'stroke="rgb(1, 2, 3)"' in text and 'role="img"' in text and root.get("aria-label") == "What it shows."


def test_of_a_panels_title_only_its_name_is_bold_and_the_rest_smaller() -> None:
    note = {
        "text": "<b>gap</b><br><span style='font-size:11px'>of the centres</span>",
        "showarrow": False,
        "x": 0.5,
        "y": 1,
    }
    note |= {"xref": "paper", "yref": "paper"}
    _, root = drawn(go.Scatter(x=[0, 1], y=[0, 1]), annotations=[note])
    found = {text.text: (text.get("font-weight"), text.get("font-size")) for text in root.iter(f"{SVG}text")}
    assert found["gap"][0] == "600" and found["gap"][1] != "11" and found["of the centres"] == ("400", "11")


def test_a_bar_without_a_value_leaves_its_place_free() -> None:
    text, _ = drawn(go.Bar(x=[1.0, None, 3.0], y=[2, 1, 4], marker={"color": "#123456"}))
    assert text.count("#123456") == 2


def test_long_labels_of_rows_get_the_room_that_they_need() -> None:
    label = "ambiguous harmonic mean, 4 shots"
    _, root = drawn(go.Bar(x=[1, 2], y=[label, "b"], orientation="h"))
    (shown,) = [text for text in root.iter(f"{SVG}text") if text.text == label]
    assert shown.get("text-anchor") == "end" and float(shown.get("x", 0)) > 6.5 * len(label)


@pytest.mark.parametrize("anchor", ["bottom", "top"])
def test_a_legend_of_several_rows_is_read_from_the_top(anchor: str) -> None:
    names = [f"one of the names in a long legend, number {i}" for i in range(5)]
    lines = [go.Scatter(x=[0, 1], y=[i, i], name=name) for i, name in enumerate(names)]
    _, root = drawn(*lines, legend={"orientation": "h", "y": 1 if anchor == "bottom" else 0, "yanchor": anchor})
    shown = [text for text in root.iter(f"{SVG}text") if text.text in names]
    places = [(float(text.get("y", 0)), float(text.get("x", 0))) for text in shown]
    assert [text.text for text in shown] == names and places == sorted(places)
    rows = {y for y, _ in places}
    assert len(rows) > 1 and (max(rows) < BOX[2] if anchor == "bottom" else min(rows) > BOX[3])


def test_many_points_take_little_room() -> None:
    generator = np.random.default_rng(0)
    points = generator.normal(size=(100_000, 2))
    text, _ = drawn(go.Scattergl(x=points[:, 0], y=points[:, 1], mode="markers", marker={"size": 4}))
    assert text.count("h0") <= MOST_MARKS and len(text) < 80_000


def test_what_it_does_not_know_is_left_out() -> None:
    text, _ = drawn(go.Pie(values=[1, 2]), go.Scatter(), go.Heatmap(), go.Bar(x=[], y=[]))
    assert "nan" not in text
