"""What only a browser can show of the report on features: one selection everywhere, offline, and captions as text."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from ame_explore.analysis.pairs.exploration import explore_features
from ame_explore.analysis.pairs.pair_changes import compare_pairs
from ame_explore.data import PairedFeatures
from ame_explore.reports.pairs_report import exploration_report

N = 60
CHANGED, CONES, MAP, MARGINS = "Cosine of every pair", "Two cones", "Seen along two axes", "Who finds whom"
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


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of two models: "few" lacks the last ten of the pairs of "more"."""
    generator = torch.Generator().manual_seed(0)
    text = torch.randn(N, 12, generator=generator)
    features = PairedFeatures(
        image=text + 1.2 * torch.randn(N, 12, generator=generator) + 1,
        text=text,
        pair_index=torch.arange(N),
        ids=torch.arange(N) + 500,
        texts=tuple(f"a caption of {row}" for row in range(N)),
    )
    noisy = features.image + torch.randn(N, 12, generator=generator)
    more = explore_features(features, name="more")
    few = explore_features(replace(features, image=noisy).take(range(N - 10)), name="few")
    path = tmp_path_factory.mktemp("compared") / "report.html"
    return exploration_report(path, few, more, compare_pairs(few, more), umap=False)


@contextmanager
def opened(browser: Any, report: Path) -> Iterator[Any]:
    """The page, drawn, with nothing asked of the network and no complaint by its end."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, offline=True)
    page = context.new_page()
    complaints: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(report.as_uri())
    page.wait_for_selector("html[data-linked]", timeout=60_000)
    yield page
    assert complaints == []
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    context.close()


@pytest.fixture(scope="module")
def one_page(browser: Any, report: Path) -> Iterator[Any]:
    with opened(browser, report) as page:
        yield page


@pytest.fixture(scope="module")
def page_of_two(browser: Any, compared: Path) -> Iterator[Any]:
    with opened(browser, compared) as page:
        yield page


def cleared(page: Any) -> Any:
    """The page, opened once for all tests (drawing it takes seconds), with nothing selected."""
    page.mouse.move(0, 0)
    clear = page.get_by_role("button", name="Clear")
    if clear.is_enabled():
        clear.click()
    page.wait_for_function("document.querySelectorAll('tr.chosen, .selectionlayer path').length === 0", timeout=5000)
    return page


@pytest.fixture
def page(one_page: Any) -> Any:
    return cleared(one_page)


@pytest.fixture
def two(page_of_two: Any) -> Any:
    return cleared(page_of_two)


@pytest.fixture(scope="module")
def reordered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of two models whose ids are words, images and texts in another order, and each with a pair of its own."""
    generator = torch.Generator().manual_seed(0)
    text = torch.randn(20, 12, generator=generator)
    owner = torch.arange(N) % 20
    features = PairedFeatures(
        image=text[owner] + 1.2 * torch.randn(N, 12, generator=generator) + 1,
        text=text,
        pair_index=owner,
        ids=torch.arange(N),
        texts=tuple(f"a caption of {row}" for row in range(20)),
        metadata={"id": tuple(f"photo {row}" for row in range(N))},
    )
    turned = replace(features, text=text.flip(0), texts=features.texts[::-1], pair_index=19 - owner)
    first = features.take(range(N - 1))
    second = replace(turned.take(range(N - 1, 0, -1)), ids=torch.arange(N - 1))  # as a file of words is read
    a, b = explore_features(first, name="a"), explore_features(second, name="b")
    path = tmp_path_factory.mktemp("reordered") / "report.html"
    return exploration_report(path, a, b, compare_pairs(a, b), umap=False)


def place(page: Any, title: str, model: str = "") -> int:
    """Where the figure of that title, and of that model of two, stands among all figures of the page."""
    titles = page.evaluate("[...document.querySelectorAll('.plot')].map((plot) => plot.getAttribute('aria-label'))")
    (found,) = [at for at, words in enumerate(titles) if words.startswith(title) and words.endswith(model)]
    return int(found)


def selected(page: Any, *titles: str) -> list[int]:
    """How many points are selected in the figures of these titles."""
    every = page.evaluate("""() => [...document.querySelectorAll('.plot')].map((plot) =>
        plot.data.map((trace) => trace.selectedpoints?.length ?? 0).reduce((a, b) => a + b, 0))""")
    return [every[place(page, title)] for title in titles]


def test_a_row_selects_in_every_view(page: Any) -> None:
    page.locator("tr[data-ids]").nth(6).click()
    assert page.locator("#panel output").inner_text() == "1 pair selected."
    assert selected(page, CONES, MAP, MARGINS) == [
        0,
        2,
        1,
    ]  # the cones have no points; on the map an image and its text
    assert page.locator("tr.chosen").count() >= 1
    page.locator("tr[data-ids]").nth(7).click(modifiers=["Shift"])
    assert page.locator("#panel output").inner_text() == "2 pairs selected."
    page.get_by_role("button", name="Clear").click()
    assert selected(page, CONES, MAP, MARGINS) == [0, 0, 0] and page.locator("tr.chosen").count() == 0


ROLES = """(figure) => document.querySelectorAll('.plot')[figure]._fullData.filter((trace) => trace.visible === true)
    .map((trace) => [trace.meta?.role ?? trace.name, trace.opacity, trace.x?.length])"""


def test_a_chosen_pair_is_lit_in_each_picture_of_the_map(browser: Any, report: Path) -> None:
    with opened(browser, report) as page:
        lit_in_each_picture(page)


def lit_in_each_picture(page: Any) -> None:
    page.locator("tr[data-ids]").nth(6).click()
    for picture in (None, "gap closed"):
        if picture is not None:
            page.locator(".plot").nth(place(page, MAP)).locator(".updatemenu-button", has_text=picture).click()
            page.wait_for_timeout(300)
        roles = {role: (opacity, length) for role, opacity, length in page.evaluate(ROLES, place(page, MAP))}
        assert roles["segments"][0] < 0.5 and roles["lit"] == (1, 3)
        assert selected(page, MAP)[0] >= 2
    page.get_by_role("button", name="Clear").click()
    assert {role: opacity for role, opacity, _ in page.evaluate(ROLES, place(page, MAP))}["segments"] == 1


def test_the_keyboard_selects_too(page: Any) -> None:
    page.locator("tr[data-ids]").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.documentElement.dataset.chosen == 1")


def count_of(page: Any) -> int:
    return int(page.evaluate("document.documentElement.dataset.chosen"))


def lasso(
    page: Any, title: str = MARGINS, model: str = "", *, start: float = 0, right: float = 0.5, shift: bool = False
) -> tuple[int, int, int]:
    """A part of a figure in a lasso: how many pairs are chosen, then the figure's left and middle in pixels."""
    figure = place(page, title, model)
    plot = page.locator(".plot").nth(figure)
    plot.scroll_into_view_if_needed()
    page.evaluate(f"Plotly.relayout(document.querySelectorAll('.plot')[{figure}], {{dragmode: 'lasso'}})")
    box = plot.locator(".nsewdrag").first.bounding_box()
    left, top, width, height = box["x"] + 2, box["y"] + 2, box["width"] - 4, box["height"] - 4
    if shift:
        page.keyboard.down("Shift")
    page.mouse.move(left + start * width, top)
    page.mouse.down()
    for x, y in ((right, 0), (right, 1), (start, 1), (start, 0)):
        page.mouse.move(left + x * width, top + y * height, steps=4)
    page.evaluate("delete document.documentElement.dataset.chosen")  # to see the new one come
    page.mouse.up()
    if shift:
        page.keyboard.up("Shift")
    page.wait_for_function("document.documentElement.dataset.chosen > 0")
    return count_of(page), int(left), int(top + height / 2)


def drag(page: Any, x: int, y: int, *, by: int) -> None:
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + by, y + 40, steps=3)
    page.mouse.up()


def test_a_lasso_selects_in_the_other_views_and_tables(page: Any) -> None:
    count, _, _ = lasso(page)
    assert selected(page, MAP, MARGINS) == [2 * count, count] and 0 < count < N
    assert page.locator("#panel tbody tr").count() == min(count, 50)


def test_an_outline_is_moved(page: Any) -> None:
    """Plotly tells of a moved outline whenever it draws, which once went round for ever."""
    count, left, middle = lasso(page)
    drag(page, left + 60, middle, by=300)
    page.wait_for_function(f"document.documentElement.dataset.chosen != {count}")
    moved = count_of(page)
    assert selected(page, MAP, MARGINS) == [2 * moved, moved] and moved > 0
    assert page.locator("#panel tbody tr").count() == min(moved, 50)


def test_zooming_begins_within_an_outline_too(browser: Any, report: Path) -> None:
    with opened(browser, report) as page:
        zoom_within_an_outline(page)


def zoom_within_an_outline(page: Any) -> None:
    count, left, middle = lasso(page)
    margins = place(page, MARGINS)
    page.locator(".plot").nth(margins).locator(".modebar-btn[data-val=zoom]").click()
    ranges = f"document.querySelectorAll('.plot')[{margins}]._fullLayout.xaxis.range"
    whole = page.evaluate(ranges)
    drag(page, left + 60, middle, by=200)
    page.wait_for_function(f"{ranges}[1] < {whole[1]}")
    assert page.evaluate("document.documentElement.dataset.chosen") == str(count)


def test_a_row_takes_the_place_of_a_lasso(page: Any) -> None:
    """Its outline goes too: plotly would mark the points within it again."""
    lasso(page)
    page.locator("tr[data-ids]").nth(6).click()
    page.wait_for_function("document.documentElement.dataset.chosen == 1")
    assert selected(page, CONES, MAP, MARGINS) == [0, 2, 1]
    assert page.locator(".plot").nth(place(page, MARGINS)).locator(".selectionlayer path").count() == 0


def test_what_the_legend_hides_comes_back_as_things_then_are(two: Any) -> None:
    legend = two.locator(".plot").first.locator(".legendtoggle")
    lit = """() => document.querySelectorAll('.plot')[0]._fullData.map((trace) => trace.selectedpoints?.length)"""

    def toggle(visible: str) -> None:
        legend.nth(0).click()
        two.wait_for_function(f"document.querySelectorAll('.plot')[0]._fullData[0].visible === {visible}")

    lasso(two, CHANGED, right=1)
    every = two.evaluate(lit)
    assert sum(every) == N - 10 and every[0] > 1
    toggle("'legendonly'")
    two.locator("tr[data-ids]").last.click()
    two.wait_for_function("document.documentElement.dataset.chosen == 1")
    toggle("true")
    assert sum(two.evaluate(lit)) == 1
    toggle("'legendonly'")
    lasso(two, CHANGED, right=1)
    two.wait_for_function(f"document.documentElement.dataset.chosen == {N - 10 - every[0]}")
    assert two.evaluate(lit) == [0, *every[1:]]
    toggle("true")
    two.wait_for_timeout(300)
    assert sum(two.evaluate(lit)) == count_of(two)


AT = """([figure, id]) => {
    const plot = document.querySelectorAll('.plot')[figure];
    const ids = (one) => one.visible === true ? [...one.customdata ?? []].map((given) => [given].flat().join()) : [];
    const trace = plot._fullData.find((one) => ids(one).includes(String(id)));
    const point = ids(trace).indexOf(String(id));
    const area = plot.querySelector('.nsewdrag').getBoundingClientRect();
    const { xaxis, yaxis } = plot._fullLayout;
    return [area.left + xaxis.d2p(trace.x[point]), area.top + yaxis.d2p(trace.y[point])];
}"""


def click_point(page: Any, figure: int, id_: int | list[int]) -> None:
    page.locator(".plot").nth(figure).scroll_into_view_if_needed()
    x, y = page.evaluate(AT, [figure, id_])
    page.mouse.move(x, y, steps=3)
    page.wait_for_timeout(200)
    page.mouse.click(x, y)


def test_pairs_of_the_second_model_alone_are_named_and_leave_the_selection(two: Any) -> None:
    said = two.locator("#panel output")
    more = place(two, MAP, "more")
    click_point(two, more, 500)  # an image that both have
    two.wait_for_function("document.documentElement.dataset.chosen == 1")
    click_point(two, more, 500 + N - 1)
    words = f"1 pair selected, as few has it.\nThe pair {500 + N - 1} is only in more, and not listed here."
    two.wait_for_function("words => document.querySelector('#panel output').innerText === words", arg=words)
    assert len(two.evaluate(CHOSEN, more)) == 2 and two.locator("#panel tbody tr").count() == 1
    lasso(two, MAP, "more", right=1)
    two.wait_for_function(f"document.documentElement.dataset.chosen == {N - 10}")
    assert said.inner_text().startswith(
        f"{N - 10} pairs selected, as few has them.\n10 more are only in more, and not listed here.\n"
    )
    two.get_by_role("button", name="Clear").click()
    assert said.inner_text().startswith("No pair selected.") and "only in" not in said.inner_text()


CHOSEN = """(figure) => document.querySelectorAll('.plot')[figure]._fullData.filter((trace) => trace.visible === true)
    .flatMap((trace) => [...trace.selectedpoints ?? []].map((point) => trace.text[point].split('<br>')[0]))"""


def test_pairs_are_the_same_in_both_maps_whatever_their_order(browser: Any, reordered: Path) -> None:
    with opened(browser, reordered) as page:
        maps = [place(page, MAP, model) for model in ("a", "b")]
        for row in page.locator("tr[data-ids]:visible").all()[:6]:
            id_ = row.get_attribute("data-ids")
            if id_ == "0" or " " in id_:  # photo 0, which only "a" has, and texts of several images
                continue
            row.click()
            page.wait_for_function("document.documentElement.dataset.chosen == 1")
            a, b = (page.evaluate(CHOSEN, place) for place in maps)
            assert sorted(a) == sorted(b) and len(a) == 2 and f"a caption of {int(id_) % 20}" in a[0]
        first = """([figure, name]) => document.querySelectorAll('.plot')[figure]._fullData
            .find((one) => one.visible === true && one.name === name && one.customdata?.length).customdata[0]"""
        text = page.evaluate(first, [maps[1], "text"])
        click_point(page, maps[1], text)  # the second's first text: of photos 59, 39 and 19, the first of them its own
        page.wait_for_function("document.documentElement.dataset.chosen == 2")
        a, b = (set(page.evaluate(CHOSEN, place)) for place in maps)
        assert a == b and all("a caption of 19" in words for words in a)
        strange = page.evaluate(first, [maps[1], "image"])
        click_point(page, maps[1], strange)
        page.wait_for_function(
            "document.querySelector('#panel output').innerText.includes('pair photo 59 is only in b')"
        )


def test_shift_adds_an_outline_to_what_was_selected_elsewhere(two: Any) -> None:
    held = """(figure) => document.querySelectorAll('.plot')[figure]._fullData
        .flatMap((trace) => [...trace.selectedpoints ?? []].map((point) => trace.customdata[point]))"""
    lasso(two, MARGINS, right=0.4)
    changed, margins = place(two, CHANGED), place(two, MARGINS)
    left = set(two.evaluate(held, margins))
    row = two.locator("tr[data-ids]").last
    row.click()
    two.wait_for_function("document.documentElement.dataset.chosen == 1")
    count, _, _ = lasso(two, MARGINS, right=0.4, shift=True)
    assert count == len(left | {int(row.get_attribute("data-ids"))})
    assert selected(two, CHANGED, MARGINS) == [count, count]
    assert two.locator(".selectionlayer path").count() == 0
    count, _, _ = lasso(two, CHANGED)  # without Shift it begins anew
    below = set(two.evaluate(held, changed))
    assert len(below) == count and below - left and left - below
    count, _, _ = lasso(two, MARGINS, right=0.4, shift=True)
    two.wait_for_timeout(300)  # nothing that is drawn in answer may take it back
    assert count == len(below | left) == count_of(two)
    assert set(two.evaluate(held, changed)) == set(two.evaluate(held, margins)) == below | left
    fewer, _, _ = lasso(two, CHANGED, right=0.4)
    more, _, _ = lasso(
        two, CHANGED, start=0.45, right=0.8, shift=True
    )  # in one figure plotly adds, and keeps both outlines
    assert fewer < more and selected(two, CHANGED, MARGINS) == [more, more]
    assert two.evaluate(f"document.querySelectorAll('.plot')[{changed}].layout.selections.length") == 2


def test_how_to_click_within_an_outline_is_said_while_there_is_one(page: Any) -> None:
    said, hint = page.locator("#panel output"), "To click a point within the outline"
    lasso(page)
    assert hint in said.inner_text()
    margins = place(page, MARGINS)
    page.locator(".plot").nth(margins).locator(".modebar-btn[data-val=pan]").click()
    inside = page.evaluate(f"document.querySelectorAll('.plot')[{margins}].data[0].selectedpoints[0]")
    click_point(page, margins, 500 + inside)
    page.wait_for_function("document.documentElement.dataset.chosen == 1")
    assert said.inner_text() == "1 pair selected."


def test_a_long_caption_is_cut_in_the_panel(browser: Any, tmp_path: Path) -> None:
    generator = torch.Generator().manual_seed(0)
    image, text = (torch.randn(30, 6, generator=generator) for _ in range(2))
    words = ("word " * 600, *(f"a caption of {row}" for row in range(1, 30)))
    features = PairedFeatures(image=image, text=text, pair_index=torch.arange(30), ids=torch.arange(30), texts=words)
    path = exploration_report(tmp_path / "long.html", explore_features(features), umap=False)
    with opened(browser, path) as page:
        page.locator("tr[data-ids='0']").first.click()
        shown = page.locator("#panel td.words").inner_text()
        assert len(shown) <= 160 and shown.endswith("…")


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
    margins = place(page, MARGINS)
    plot = page.locator(".plot").nth(margins)
    plot.scroll_into_view_if_needed()
    for point in range(N):
        hovered = f"[{{curveNumber: 0, pointNumber: {point}}}]"
        page.evaluate(f"Plotly.Fx.hover(document.querySelectorAll('.plot')[{margins}], {hovered})")
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
    opened.wait_for_selector("html[data-linked]", timeout=60_000)
    opened.locator("tr[data-ids]").nth(0).click()
    assert opened.evaluate("document.documentElement.scrollWidth <= innerWidth")
    opened.close()
