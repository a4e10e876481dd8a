"""A Plotly figure in JupyterLab that changes while it is looked at, and hands its selection to Python."""

from __future__ import annotations

import time
from typing import Any

import pytest
from PIL import Image

from ame_explore.widgets.explorer.pair_html import verdict_html
from ame_explore.widgets.runtime.channel import bundle

SETUP = """
import threading, time
import numpy as np
import plotly.graph_objects as go
from ame_explore.figures import Drawing
from ame_explore.widgets.runtime.figure_view import FigureView
from IPython.display import display

rng, drawn = np.random.default_rng(0), {}

def drawing(n, count=300):
    x, y = drawn[n] = rng.normal(size=(2, count)).astype("float32")
    ids = (np.arange(count) + 1000).reshape(-1, 1)
    figure = go.Figure(go.Scatter(x=x, y=y, mode="markers", customdata=ids))
    figure.update_layout(title=f"frame {n}", dragmode="select")
    return Drawing(figure, f"This is frame {n}.")

picked = []
view = FigureView(drawing(0), height=360)
view.on_select(picked.append)
view
"""
AGAIN = "other = FigureView(drawing(100), height=300)\nother"
PLAIN = "from ame_explore.widgets.notebook import show\nshow(drawing(200))"  # drawn by JupyterLab itself


STORM = """
def storm():
    for n in range(1, 601):
        view.show(drawing(n))
        time.sleep(0.005)
thread = threading.Thread(target=storm); thread.start()
"""


@pytest.fixture(scope="module")
def notebook(module_notebook):
    """One page for the tests of this module: two views and a plain figure. It is loaded anew, so that it has no
    plotly.js yet.
    """
    opened = module_notebook("figures", [SETUP, AGAIN, PLAIN], (1280, 1500))
    opened.open()
    opened.run_all()
    for cell in (0, 1):
        opened.output(cell).locator("[data-testid=figure-plot] .scatterlayer .point").first.wait_for(timeout=90_000)
    return opened


def test_figures_are_drawn_with_one_plotly_for_the_page(notebook):
    """Two views: small when they open, plotly.js sent once, each with its figure and its sentence."""
    for cell, number in ((0, 0), (1, 100)):
        assert notebook.output(cell).locator("[data-testid=figure-sentence]").inner_text() == f"This is frame {number}."
        assert notebook.output(cell).locator(".point").count() == 300
    notebook.screenshot("two-views")
    assert 0 < notebook.largest("comm_open") < 200_000
    libraries = [size for kind, size in notebook.received if kind == "comm_msg" and size > 1_000_000]
    assert len(libraries) == 1


def test_a_plain_figure_follows_the_theme_of_the_page(notebook):
    """Its paper is white, and nearly black in the dark theme, where its words are light."""
    figure = notebook.output(2).locator(".jp-RenderedPlotly .plot-container")
    figure.locator(".point").first.wait_for()

    def lightest_and_paper(theme):
        notebook.command("apputils:change-theme", {"theme": f"JupyterLab {theme}"})
        notebook.page.wait_for_timeout(500)
        picture = Image.open(notebook.screenshot(f"plain-{theme}", figure)).convert("L")
        return picture.getextrema()[1], picture.getpixel((3, 3))

    light, dark = lightest_and_paper("Light"), lightest_and_paper("Dark")
    notebook.command("apputils:change-theme", {"theme": "JupyterLab Light"})
    assert light == (255, 255)
    assert dark[0] > 180 and dark[1] < 40


def test_a_selection_reaches_python_with_the_points_own_ids(notebook):
    notebook.python("view.show(drawing(0))")
    notebook.page.wait_for_selector("text=This is frame 0.")
    plot = notebook.output(0).locator("[data-testid=figure-plot]")
    plot.scroll_into_view_if_needed()
    area = plot.locator(".nsewdrag").bounding_box()
    mouse = notebook.page.mouse
    mouse.move(area["x"] + 5, area["y"] + 5)
    mouse.down()
    mouse.move(area["x"] + area["width"] / 2, area["y"] + area["height"] - 5, steps=8)
    mouse.up()
    plot.locator(".selectionlayer path").first.wait_for()
    notebook.wait_for_python("print(len(view.selection) > 50)", "True")
    chosen = notebook.python("print(*view.selection)").split()
    assert 50 < len(chosen) < 250 and all(1000 <= int(number) < 1300 for number in chosen)
    assert notebook.python("print(picked[-1] == view.selection)") == "True"
    middle = float(notebook.python("print(np.median(drawn[0][0][np.array(view.selection) - 1000]))"))
    assert middle < 0  # the left half was drawn over
    notebook.screenshot("selected")
    notebook.python("view.select([1002, 1004])")  # as another view would: the outline here is no longer the selection
    notebook.page.wait_for_function("() => !document.querySelector('.selectionlayer path')")
    marked = "() => document.querySelector('.js-plotly-plot')._fullData[0].selectedpoints.join()"
    assert notebook.page.evaluate(marked) == "2,4"
    notebook.python("view.select([])")
    notebook.page.wait_for_function(
        "() => document.querySelector('.js-plotly-plot')._fullData[0].selectedpoints === undefined"
    )


def test_a_storm_of_frames_leaves_no_queue(notebook):
    """A thread shows 600 frames in 3 s; the newest is on the page soon after the last, and few were ever sent."""
    before = int(notebook.python("print(view.traffic.sent)"))
    notebook.python(STORM)
    notebook.page.wait_for_function("() => document.body.innerText.includes('This is frame 600.')", timeout=60_000)
    assert 3 <= int(notebook.python("thread.join(); print(view.traffic.sent)")) - before < 600
    started = time.monotonic()
    notebook.page.wait_for_function("() => document.querySelector('.gtitle').textContent === 'frame 600'")
    assert time.monotonic() - started < 5  # the title is drawn with the sentence, not a queue later


def test_a_view_is_drawn_again_when_the_tab_comes_back(notebook):
    """What was shown while nobody looked is there on return, and after a reload of the page."""
    notebook.close_tab()
    notebook.open_tab()
    notebook.output(0).locator(".point").first.wait_for()
    notebook.python("view.show(drawing(8))")
    notebook.page.wait_for_selector("text=This is frame 8.")
    notebook.command("docmanager:save")
    notebook.page.reload()
    notebook.wait_for_kernel()
    notebook.page.wait_for_selector("text=This is frame 8.")
    notebook.output(0).locator(".point").first.wait_for()


def test_words_have_the_colour_of_a_page_without_the_themes_of_jupyter(browser: Any) -> None:
    words = "<div class='ame-figure'><p class='ame-figure-sentence'>a</p><p class='ame-figure-note'>b</p></div>"
    page = browser.new_page()
    page.set_content(
        f"<style>{bundle('figure.css')}</style><body style='background: #111; color: rgb(250, 250, 250)'>"
        + verdict_html("c")
        + words
    )
    found = page.evaluate("() => [...document.querySelectorAll('p')].map((one) => getComputedStyle(one).color)")
    assert found == ["rgb(250, 250, 250)"] * 3
    page.close()


def test_a_model_that_anywidget_gave_up_still_hears(open_notebook):
    """anywidget drops the messages of a model that a busy page took two seconds to open. Here its patience is 0."""
    notebook = open_notebook("given-up", [SETUP], size=(1280, 900))
    heard = []
    notebook.page.on("pageerror", lambda error: heard.append(str(error)))
    notebook.page.evaluate(
        "() => { window.patient = AbortSignal.timeout; AbortSignal.timeout = () => patient.call(AbortSignal, 0); }"
    )
    try:
        notebook.run_all()
        notebook.output(0).locator("[data-testid=figure-plot] .scatterlayer .point").first.wait_for(timeout=90_000)
    finally:  # other tests use this window
        notebook.page.evaluate("() => { AbortSignal.timeout = window.patient; }")
    assert any("Failed to initialize model" in told for told in heard)
