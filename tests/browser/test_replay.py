"""The page of a replay, opened from a folder: it plays by itself, without a network and without a complaint."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from ame_explore.data import PairedFeatures
from ame_explore.training import Run
from ame_explore.widgets.replay.html_file import replay_page

CLASSES = ("a cat", "a dog", "<b>a fox</b>", "a hen")


@pytest.fixture(scope="module")
def replay(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("replay")
    for place, arm in enumerate(("KD", "KD + AME")):
        generator = torch.Generator().manual_seed(place)
        text, labels = torch.eye(8)[:4], torch.arange(40) % 4
        start, end = torch.randn(40, 8, generator=generator), text[labels]
        with Run.recorder(folder / str(place)) as record:
            record.note(arm=arm, base_classes=[0, 1], references={"harmonic_mean": {"teacher": 0.9, "chance": 0.25}})
            for step in range(21):
                image = torch.lerp(start, end, step / 20)
                features = PairedFeatures(image=image, text=text, pair_index=labels, labels=labels, texts=CLASSES)
                record.log(
                    step,
                    losses={"total": 2.0 / (1 + step), "kd": 1.0 / (1 + step), "H": 4.0 - 0.1 * step},
                    metrics={"harmonic_mean": 0.3 + 0.02 * step},
                    features=features if step % 10 == 0 else None,
                )
    return replay_page(folder / "replay.html", [folder / "0", folder / "1"]).path


@pytest.mark.parametrize(("size", "scheme"), [((1440, 900), "light"), ((390, 844), "dark")])
def test_it_plays_offline_from_a_folder(
    browser: Any, replay: Path, screenshots: Path, size: tuple[int, int], scheme: str
) -> None:
    """Play, scrub, select with the pointer, keys; nothing is asked of a network, nothing is wider than the window."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, offline=True, color_scheme=scheme, reduced_motion="reduce"
    )
    page = context.new_page()
    complaints: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(replay.as_uri())
    lab = page.locator("[data-testid=lab]")
    page.wait_for_selector("[data-testid=lab][data-step='0']")
    assert lab.get_attribute("data-theme") == scheme
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("[data-testid=speed]").select_option("4")
    page.locator("[data-testid=play]").click()
    page.wait_for_selector("[data-testid=lab][data-state=finished][data-step='20']", timeout=30_000)
    assert "harmonic mean 0.700" in page.locator("[data-testid=caption]").inner_text()
    lab.focus()
    page.keyboard.press("r")
    page.keyboard.press("]")
    page.wait_for_selector("[data-testid=lab][data-step='1'][data-state=paused]")
    # The selection is one for both maps: a click on an image's point in the first is seen in the table of both.
    first = page.locator("[data-testid=manifold-0]")
    first.focus()
    page.keyboard.press("n")
    page.keyboard.press("Enter")
    page.locator("[data-testid=tab-selection]").click()
    page.wait_for_selector("[data-testid=selection] tbody tr")
    assert page.locator("[data-testid=selection] tbody tr").count() == 1
    page.locator("[data-testid=tab-diagnosis]").click()
    assert page.locator("[data-testid=diagnosis] li").count() >= 1
    assert page.locator("[data-testid=fork]").is_visible() is False
    lacking = page.locator("#lacking")
    lacking.scroll_into_view_if_needed()
    assert "minibatches are not recorded" in lacking.inner_text()
    assert page.locator("b", has_text="a fox").count() == 0  # a class name is text
    page.screenshot(path=screenshots / f"replay-{size[0]}-{scheme}.png")
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    assert complaints == []
    context.close()
