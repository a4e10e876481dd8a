"""What only a browser can show of the report on features: one selection everywhere, offline, and captions as text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from ame_explore.analysis.exploration import explore_features
from ame_explore.data import PairedFeatures
from ame_explore.figures.exploration_report import exploration_report

N = 60
EVIL = (
    '<script>document.title = "run"</script>',
    "<img src=x onerror=\"document.title='run'\">",
    '</script><script>document.title="run"</script>',
    "<b>bold</b> &amp; %{x} ${1+1} {{ 7*7 }}",
)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    generator = torch.Generator().manual_seed(0)
    text = torch.randn(N, 12, generator=generator)
    image = text + 1.5 * torch.randn(N, 12, generator=generator) + 1
    words = tuple(EVIL[row] if row < len(EVIL) else f"a caption of {row}" for row in range(N))
    image[: len(EVIL)] = -text[: len(EVIL)]  # so that they head the list of suspects
    features = PairedFeatures(
        image=image,
        text=text,
        pair_index=torch.arange(N),
        ids=torch.arange(N) + 500,
        labels=torch.arange(N) % 2,
        texts=words,
        metadata={"<i>place</i>": tuple(("<u>sea</u>", "land")[row % 2] for row in range(N))},
    )
    path = tmp_path_factory.mktemp("exploration") / "report.html"
    return exploration_report(path, explore_features(features, name="<s>mine</s>"), umap=False)


@pytest.fixture
def page(browser: Any, report: Path) -> Iterator[Any]:
    """The page, drawn, with nothing asked of the network and no complaint by its end."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, offline=True)
    opened = context.new_page()
    complaints: list[str] = []
    asked: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto(report.as_uri())
    opened.wait_for_selector("html[data-linked='2']", timeout=60_000)
    yield opened
    assert complaints == []
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    context.close()


SELECTED = """() => [...document.querySelectorAll('.plot')].map(plot =>
    plot.data.map(trace => trace.selectedpoints?.length ?? 0).reduce((a, b) => a + b, 0))"""


def test_a_row_selects_in_every_view(page: Any) -> None:
    page.locator("tr[data-ids]").nth(6).click()
    assert page.locator("#panel output").inner_text() == "1 pair selected."
    cones, pca, margins = page.evaluate(SELECTED)
    assert (cones, pca, margins) == (0, 2, 1)  # the cones have no points; on the map an image and its text
    assert page.locator("tr.chosen").count() >= 1
    page.locator("tr[data-ids]").nth(7).click(modifiers=["Shift"])
    assert page.locator("#panel output").inner_text() == "2 pairs selected."
    page.get_by_role("button", name="Clear").click()
    assert page.evaluate(SELECTED) == [0, 0, 0] and page.locator("tr.chosen").count() == 0


ROLES = """() => document.querySelectorAll('.plot')[1]._fullData.filter((trace) => trace.visible === true)
    .map((trace) => [trace.meta?.role ?? trace.name, trace.opacity, trace.x?.length])"""


def test_a_chosen_pair_is_lit_in_each_picture_of_the_map(page: Any) -> None:
    page.locator("tr[data-ids]").nth(6).click()
    for picture in (None, "gap closed"):
        if picture is not None:
            page.locator(".plot").nth(1).locator(".updatemenu-button", has_text=picture).click()
            page.wait_for_timeout(300)
        roles = {role: (opacity, length) for role, opacity, length in page.evaluate(ROLES)}
        assert roles["segments"][0] < 0.5 and roles["lit"] == (1, 3)
        assert page.evaluate(SELECTED)[1] >= 2
    page.get_by_role("button", name="Clear").click()
    assert {role: opacity for role, opacity, _ in page.evaluate(ROLES)}["segments"] == 1


def test_the_keyboard_selects_too(page: Any) -> None:
    page.locator("tr[data-ids]").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.documentElement.dataset.chosen == 1")


def lasso(page: Any) -> tuple[int, int, int]:
    """The left half of the margins in a lasso: how many pairs that are, then its left, top and height in pixels."""
    plot = page.locator(".plot").nth(2)
    plot.scroll_into_view_if_needed()
    page.evaluate("Plotly.relayout(document.querySelectorAll('.plot')[2], {dragmode: 'lasso'})")
    box = plot.locator(".nsewdrag").first.bounding_box()
    left, top, width, height = box["x"] + 2, box["y"] + 2, box["width"] - 4, box["height"] - 4
    page.mouse.move(left, top)
    page.mouse.down()
    for x, y in ((0.5, 0), (0.5, 1), (0, 1), (0, 0)):
        page.mouse.move(left + x * width, top + y * height, steps=4)
    page.mouse.up()
    page.wait_for_function("document.documentElement.dataset.chosen > 0")
    return int(page.evaluate("document.documentElement.dataset.chosen")), int(left), int(top + height / 2)


def drag(page: Any, x: int, y: int, *, by: int) -> None:
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + by, y + 40, steps=3)
    page.mouse.up()


def test_a_lasso_selects_in_the_other_views_and_tables(page: Any) -> None:
    count, _, _ = lasso(page)
    _, pca, margins = page.evaluate(SELECTED)
    assert (pca, margins) == (2 * count, count) and 0 < count < N
    assert page.locator("#panel tbody tr").count() == min(count, 50)


def test_an_outline_is_moved(page: Any) -> None:
    """Plotly tells of a moved outline whenever it draws, which once went round for ever."""
    count, left, middle = lasso(page)
    drag(page, left + 60, middle, by=300)
    page.wait_for_function(f"document.documentElement.dataset.chosen != {count}")
    moved = int(page.evaluate("document.documentElement.dataset.chosen"))
    _, pca, margins = page.evaluate(SELECTED)
    assert (pca, margins) == (2 * moved, moved) and moved > 0
    assert page.locator("#panel tbody tr").count() == min(moved, 50)


def test_zooming_begins_within_an_outline_too(page: Any) -> None:
    count, left, middle = lasso(page)
    page.locator(".plot").nth(2).locator(".modebar-btn[data-val=zoom]").click()
    ranges = "document.querySelectorAll('.plot')[2]._fullLayout.xaxis.range"
    whole = page.evaluate(ranges)
    drag(page, left + 60, middle, by=200)
    page.wait_for_function(f"{ranges}[1] < {whole[1]}")
    assert page.evaluate("document.documentElement.dataset.chosen") == str(count)


def test_a_row_takes_the_place_of_a_lasso(page: Any) -> None:
    """Its outline goes too: plotly would mark the points within it again."""
    lasso(page)
    page.locator("tr[data-ids]").nth(6).click()
    page.wait_for_function("document.documentElement.dataset.chosen == 1")
    assert page.evaluate(SELECTED) == [0, 2, 1]
    assert page.locator(".plot").nth(2).locator(".selectionlayer path").count() == 0


def test_a_selection_is_saved_as_csv(page: Any) -> None:
    page.locator("tr[data-ids]").nth(0).click()
    with page.expect_download() as started:
        page.get_by_role("button", name="Save as CSV").click()
    lines = Path(started.value.path()).read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith('"id","text"') and len(lines) == 2 and lines[1].startswith("50")


def test_captions_are_shown_as_text_and_never_run(page: Any) -> None:
    """In tables, in the panel, in hover texts, in names of models and columns."""
    for row in range(5):
        page.locator("tr[data-ids]").nth(row).click(modifiers=["Shift"])
    shown = page.locator("main").inner_text() + page.locator("#panel").inner_text()
    assert all(shown.count(words) >= 2 for words in EVIL)
    assert "<u>sea</u>" in shown and "<i>place</i>" in shown
    plot = page.locator(".plot").nth(2)
    plot.scroll_into_view_if_needed()
    for place in range(N):
        page.evaluate(
            f"Plotly.Fx.hover(document.querySelectorAll('.plot')[2], [{{curveNumber: 0, pointNumber: {place}}}])"
        )
    page.wait_for_timeout(200)
    assert page.title() == "Images and texts of <s>mine</s>"
    assert (
        page.locator("main script, main img, #panel img, main b, main u, main i, main s").evaluate_all(
            "found => found.filter(one => one.type !== 'application/json').length"
        )
        == 0
    )


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_is_wider_than_the_window(browser: Any, report: Path, width: int) -> None:
    opened = browser.new_page(viewport={"width": width, "height": 900})
    opened.goto(report.as_uri())
    opened.wait_for_selector("html[data-linked='2']", timeout=60_000)
    opened.locator("tr[data-ids]").nth(0).click()
    assert opened.evaluate("document.documentElement.scrollWidth <= innerWidth")
    opened.close()
