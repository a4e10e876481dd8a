"""explore() in JupyterLab: one selection for map, table and pair, filters and colours, and the page's theme."""

from __future__ import annotations

import pytest

SETUP = """
import torch
from ame_explore import PairedFeatures, explore

generator = torch.Generator().manual_seed(0)
text = torch.randn(300, 8, generator=generator)
image = text + 0.8 * torch.randn(300, 8, generator=generator) + 2
words = tuple(f"<b>caption</b> {row} " + "that goes on and on " * 12 for row in range(300))
place = tuple(f"<i>place {row % 12}</i>" for row in range(300))
pairs = PairedFeatures(image=image, text=text, ids=torch.arange(300) + 500, texts=words, metadata={"place": place})
other = PairedFeatures(image=text + 2, text=text, ids=torch.arange(300) + 500, texts=words)
explorer = explore(pairs, other, umap=False)
explorer
"""
ROOT = "document.querySelector('[data-testid=explorer]')"


@pytest.fixture(scope="module")
def notebook(module_notebook):
    opened = module_notebook("explorer", [SETUP], (1440, 1600))
    opened.run_all()
    opened.page.locator("[data-testid=explorer][data-drawn]").wait_for(timeout=90_000)
    opened.page.locator("[data-testid=figure-view][data-drawn]").wait_for(timeout=90_000)
    opened.page.wait_for_selector("[data-testid=pair-table] [data-row]")
    return opened


def selected(notebook, count):
    notebook.page.wait_for_function(
        f"() => {ROOT}.dataset.selected === '{count}' && {ROOT}.dataset.painted === '{count}'"
    )


def test_the_choices_and_the_search_are_not_cut(notebook):
    page = notebook.page
    assert page.locator("[data-testid=search]").bounding_box()["width"] > 160  # "words in captions"
    spare = """select => {
        const look = getComputedStyle(select), pen = document.createElement("canvas").getContext("2d");
        pen.font = look.font;
        return select.clientWidth - parseFloat(look.paddingLeft) - parseFloat(look.paddingRight)
            - pen.measureText(select.selectedOptions[0].textContent).width;
    }"""
    assert page.locator("[data-testid=picture] option:checked").inner_text() == "PCA, both in one frame"
    assert page.locator("[data-testid=picture]").evaluate(spare) > 15  # of which its arrow takes some


def test_a_lasso_lights_the_table_and_the_margins(notebook):
    page = notebook.page
    page.locator("[data-testid=pair-map]").scroll_into_view_if_needed()
    area = page.locator("[data-testid=pair-map]").bounding_box()
    corners = [(area["x"] + x * area["width"], area["y"] + y * area["height"]) for x, y in
               ((0.01, 0.01), (0.99, 0.01), (0.99, 0.99), (0.01, 0.99), (0.01, 0.03))]  # fmt: skip
    page.mouse.move(*corners[0])
    page.mouse.down()
    for corner in corners[1:]:
        page.mouse.move(*corner, steps=3)
    page.mouse.up()
    selected(notebook, 300)
    page.wait_for_function("() => document.querySelector('[data-testid=figure-view]').dataset.selected === '300'")
    notebook.wait_for_python("print(len(explorer.selection))", "300")
    page.wait_for_timeout(500)  # nothing that is sent in answer may take the selection back
    assert notebook.python("print(len(explorer.selection))") == "300"
    assert page.locator("[data-testid=pair-table] .ame-chosen").count() > 5
    assert page.locator("[data-testid=pair-grid] button").count() == 60
    notebook.python("explorer.select([])")
    selected(notebook, 0)
    assert page.locator("[data-testid=pair-table] .ame-chosen").count() == 0


def test_keys_go_through_the_pairs_in_the_order_of_the_table(notebook):
    page = notebook.page
    page.locator("[data-testid=pair-table]").focus()
    page.keyboard.press("ArrowDown")
    first = notebook.python("print(explorer.suspects['id'][0])")
    page.wait_for_selector(f"[data-testid=pair-title]:has-text('pair {first}')")
    assert page.locator(".ame-pair .ame-own").inner_text().startswith("<b>caption</b>")
    for _ in range(12):  # below what was in sight
        page.keyboard.press("ArrowDown")
    last = notebook.python("print(explorer.view.ids[explorer.view.rows[12]])")
    page.wait_for_selector(f"[data-testid=pair-title]:has-text('pair {last}')")
    row = page.locator("[data-testid=pair-table] .ame-active")
    row.wait_for()
    table, line = page.locator("[data-testid=pair-table]").bounding_box(), row.bounding_box()
    assert table["y"] <= line["y"] and line["y"] + line["height"] <= table["y"] + table["height"] + 1
    notebook.screenshot("pair")


def test_colours_legend_and_chips(notebook):
    page = notebook.page
    page.locator("[data-testid=color]").select_option("place")
    page.wait_for_selector("[data-testid=legend] .ame-key >> nth=8")
    assert page.locator("[data-testid=legend]").inner_text().count("<i>place") == 8
    page.locator("[data-testid=legend] .ame-key", has_text="other").click()
    page.wait_for_selector("[data-testid=count]:has-text('100 of 300 pairs')")
    page.locator("[data-testid=search]").fill("caption</b> 1")
    page.keyboard.press("Enter")
    page.wait_for_selector(".ame-chip >> nth=1")
    some = int(notebook.python("print(len(explorer.view.rows))"))
    assert 0 < some < 100
    page.wait_for_function(f"() => document.querySelector('[data-testid=pair-table]').ariaRowCount === '{some + 1}'")
    page.wait_for_function("() => +document.querySelector('[data-testid=pair-table]').dataset.drawn > 3")
    page.locator("[data-filter=cosine]").click()
    page.locator("[data-testid=filter-window] input").first.fill("0.5")
    page.keyboard.press("Enter")
    page.wait_for_selector(".ame-chip >> nth=2")
    notebook.screenshot("filtered")
    page.get_by_role("button", name="remove all").click()
    page.wait_for_selector("[data-testid=count]:has-text('300 pairs')")
    assert (
        page.evaluate("() => document.querySelectorAll('.ame-explorer i, .ame-explorer td b, .ame-own b').length") == 0
    )


def test_the_map_and_table_follow_the_theme_of_the_page(notebook):
    page = notebook.page
    corner = """() => [...document.querySelector('.ame-points').getContext('2d').getImageData(2, 2, 1, 1).data]"""
    assert page.evaluate(corner)[:3] == [255, 255, 255]
    notebook.command("apputils:change-theme", {"theme": "JupyterLab Dark"})
    page.wait_for_function(f"() => ({corner})()[0] === 17")
    assert (
        page.evaluate(
            "() => getComputedStyle(document.querySelector('.ame-explorer')).getPropertyValue('--ame-paper')"
        ).strip()
        == "#111"
    )
    # The figure follows, and its titles do not lie over each other.
    page.wait_for_function(
        """() => {
            const plot = document.querySelector(".js-plotly-plot");
            const [title, below] = [".gtitle", ".gtitle-subtitle"].map(one => plot.querySelector(one)?.getBBox());
            return plot.layout.paper_bgcolor === "#111111" && title && below && below.y > title.y + title.height / 2;
        }"""
    )
    assert page.locator("[data-testid=pair-table] [data-row]").count() > 5
    notebook.screenshot("dark")
    notebook.command("apputils:change-theme", {"theme": "JupyterLab Light"})
    page.wait_for_function(f"() => ({corner})()[0] === 255")


def test_what_healed_is_a_click_away_in_both_maps_and_saved_as_an_image(notebook):
    page = notebook.page
    inked = """(name) => {
        const canvas = document.querySelector(`[data-testid=${name}]`).parentElement.querySelector(".ame-points");
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        let count = 0;
        for (let i = 0; i < data.length; i += 4) if (Math.max(data[i], data[i + 1], data[i + 2])
            - Math.min(data[i], data[i + 1], data[i + 2]) > 60) count++;
        return count;
    }"""
    page.locator("[data-testid=color]").select_option("modality")
    page.wait_for_function(f"() => ({inked})('pair-map') > 500 && ({inked})('pair-map-beside') > 500")
    before = page.evaluate(inked, "pair-map-beside")
    page.locator("[data-tab=changes]").click()
    healed = page.locator("[data-testid=sheet] tbody tr").first.locator("td").nth(2)
    count = healed.inner_text()
    assert 0 < int(count) < 300
    healed.get_by_role("button").click()
    page.wait_for_selector(f"[data-testid=count]:has-text('{count} of 300 pairs')")
    page.wait_for_function(f"() => ({inked})('pair-map-beside') < {before} * 0.9")
    with page.expect_download() as saved:
        page.locator("[data-testid=png]").click()
    assert saved.value.suggested_filename == "features.png"
    with open(saved.value.path(), "rb") as file:
        assert file.read(8) == b"\x89PNG\r\n\x1a\n"
    notebook.screenshot("changes")
    page.locator("[data-tab=pairs]").click()
    page.wait_for_function("() => +document.querySelector('[data-testid=pair-table]').dataset.drawn > 0")
    cut = """() => [...document.querySelectorAll('.ame-table-head button[data-sort]')]
        .filter((one) => one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1)
        .map((one) => one.textContent)"""
    assert page.evaluate(cut) == []
    notebook.python("explorer.view.clear()")
    page.wait_for_selector("[data-testid=count]:has-text('300 pairs')")
