"""explore() in JupyterLab: maps to choose from, one selection for all views, lit pairs, and the page's theme."""

from __future__ import annotations

import pytest
from notebook_page import notebook_page

SETUP = """
import torch
from ame_explore import PairedFeatures, explore

generator = torch.Generator().manual_seed(0)
text = torch.randn(60, 8, generator=generator)
image = text + 0.8 * torch.randn(60, 8, generator=generator) + 2
words = tuple(f"caption {row} " + "that goes on and on " * 12 for row in range(60))
pairs = PairedFeatures(image=image, text=text, pair_index=torch.arange(60), ids=torch.arange(60) + 500, texts=words)
explorer = explore(pairs, umap=False)
explorer
"""
MAP = "document.querySelectorAll('.js-plotly-plot')[0]"
ROLES = f"""() => Object.fromEntries(
    {MAP}.data.filter((trace) => trace.meta || trace.customdata).map((trace) =>
    [trace.meta?.role ?? trace.name, [trace.opacity ?? 1, trace.selectedpoints?.length ?? 0, trace.x?.length ?? 0]]))"""


@pytest.fixture(scope="module")
def notebook(browser, jupyter, screenshots):
    jupyter.write("explorer", [SETUP])
    with notebook_page(browser, jupyter, "explorer", screenshots, size=(1440, 2400)) as opened:
        opened.run_all()
        opened.page.locator("[data-testid=figure-view][data-drawn]").nth(1).wait_for(timeout=90_000)
        yield opened
        opened.check()
    jupyter.stop_kernels("explorer")


def headline(notebook, words):
    notebook.page.wait_for_function(f"() => {MAP}.layout.title.text.endsWith('{words}')")


def test_another_colour_leaves_the_chosen_map(notebook):
    headline(notebook, "by PCA")
    notebook.page.get_by_role("button", name="gap closed").click()
    headline(notebook, "gap closed")
    notebook.page.locator(".jp-OutputArea select").first.select_option("entropy (nats)")
    notebook.page.wait_for_function(f"() => {MAP}.data.some((trace) => trace.marker?.colorbar)")
    headline(notebook, "gap closed")
    notebook.page.get_by_role("button", name="PCA").click()
    headline(notebook, "by PCA")


def drag(page, *path):
    """Along these places of the map, as shares of its width and height."""
    page.evaluate(f"() => window.scrollTo(0, {MAP}.getBoundingClientRect().top)")
    area = page.locator("[data-testid=figure-plot]").nth(0).locator(".nsewdrag").bounding_box()
    places = [(area["x"] + 4 + x * (area["width"] - 8), area["y"] + 4 + y * (area["height"] - 8)) for x, y in path]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=3)
    page.mouse.up()


def test_a_listed_pair_lights_up_and_a_lasso_takes_its_place(notebook):
    page = notebook.page
    page.locator("select[multiple] option").nth(2).click()
    page.wait_for_function("() => document.querySelector('[data-testid=figure-view]').dataset.selected === '1'")
    assert page.evaluate(ROLES)["segments"][0] < 0.5 and page.evaluate(ROLES)["segments"][1] == 0
    assert page.evaluate(ROLES)["lit"][2] == 3  # image, text, and the gap after them
    assert page.evaluate(ROLES)["image"][1] == page.evaluate(ROLES)["text"][1] == 1
    notebook.screenshot("listed")
    drag(page, (0, 0), (1, 0), (1, 1), (0, 1), (0, 0.02))
    every = (
        "() => [...document.querySelectorAll('[data-testid=figure-view]')].every((v) => v.dataset.selected === '60')"
    )
    page.wait_for_function(every)
    page.wait_for_timeout(500)  # nothing that is drawn in answer may take the selection back
    assert notebook.python("print(len(explorer.selection))") == "60"
    assert page.evaluate(ROLES)["lit"][2] == 180
    assert int(notebook.python("print(len(explorer._panel.chooser.index))")) == 60  # the list shows what is selected
    notebook.python("explorer.select([])")
    page.wait_for_function("() => document.querySelector('[data-testid=figure-view]').dataset.selected === '0'")
    assert page.evaluate(ROLES)["segments"][0] == 1 and page.evaluate(ROLES)["lit"][2] == 0
    assert page.evaluate("() => document.querySelector('select[multiple]').selectedOptions.length") == 0


def test_an_outline_is_moved_and_zoomed_into(notebook):
    page = notebook.page
    left_half = (0, 0), (0.4, 0), (0.4, 1), (0, 1), (0, 0.02)
    drag(page, *left_half)
    selected = "() => +document.querySelector('[data-testid=figure-view]').dataset.selected"
    page.wait_for_function(selected)
    outline = page.evaluate(f"() => {MAP}.layout.selections[0].path")
    inside = "print(*sorted(explorer.selection.id))"
    first = notebook.python(inside)
    drag(page, (0.1, 0.5), (0.65, 0.5))
    page.wait_for_function(f"() => {MAP}.layout.selections[0].path !== {outline!r}")
    page.wait_for_timeout(500)
    moved = notebook.python(inside)
    assert moved != first
    assert page.evaluate(selected) == len(moved.split()) > 0
    page.locator("[data-testid=figure-plot]").nth(0).locator(".modebar-btn[data-val=zoom]").click()
    whole = page.evaluate(f"() => {MAP}._fullLayout.xaxis.range")
    drag(page, (0.7, 0.4), (0.8, 0.6))
    page.wait_for_function(f"() => {MAP}._fullLayout.xaxis.range[0] > {whole[0]}")
    page.locator("[data-testid=figure-plot]").nth(0).locator(".modebar-btn[data-val=lasso]").click()
    notebook.python("explorer.select([])")
    page.wait_for_function("() => document.querySelector('[data-testid=figure-view]').dataset.selected === '0'")


def test_nothing_scrolls_sideways(notebook):
    notebook.python("explorer.select(explorer.pairs[:3])")
    notebook.page.wait_for_selector("text=3 pairs selected")
    wide = """() => [...document.querySelectorAll('.jp-OutputArea-output, .jp-OutputArea-output *')]
        .filter((part) => part.scrollWidth > part.clientWidth + 1)
        .filter((part) => /auto|scroll/.test(getComputedStyle(part).overflowX))
        .filter((part) => part.clientWidth > 0).map((part) => part.className)"""
    assert notebook.page.evaluate(wide) == []
    notebook.screenshot("selected")


def test_figures_follow_the_theme_of_the_page(notebook):
    paper = f"() => {MAP}._fullLayout.paper_bgcolor"
    assert notebook.page.evaluate(paper) == "white"
    notebook.command("apputils:change-theme", {"theme": "JupyterLab Dark"})
    notebook.page.wait_for_function(f"() => {MAP}._fullLayout.paper_bgcolor === '#111111'")
    assert notebook.page.evaluate(f"() => {MAP}._fullLayout.font.color") == "#ececec"
    notebook.screenshot("dark")
    notebook.command("apputils:change-theme", {"theme": "JupyterLab Light"})
    notebook.page.wait_for_function(f"() => {MAP}._fullLayout.paper_bgcolor === 'white'")
