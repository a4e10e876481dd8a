"""The lab on one screen: what matters lies within the box that a notebook leaves it, in a page without a kernel.

A lab in this process makes the messages, and the page draws them with the bundle that a notebook would load.
"""

from __future__ import annotations

import base64
import json
import time
from importlib import resources

import pytest

from ame_explore import Recipe, lab
from ame_explore.data import digits
from ame_explore.models import Pretraining, pretrain
from ame_explore.training import Stage

HOST = "http://lab.test/"
PAGE = """<!doctype html><html><head><meta charset="utf-8"><link rel="stylesheet" href="cockpit.css">
<style>body { margin: 0 }</style></head><body><div id="box"></div><script type="module">
import make from "./cockpit.js";
const handlers = {}, bytes = text => new DataView(Uint8Array.from(atob(text), one => one.charCodeAt(0)).buffer);
window.sent = [];
const call = (name, ...given) => (handlers[name] ?? []).forEach(each => each(...given));
const model = {get: name => traits[name], set: (name, value) => { traits[name] = value; call("change:" + name); },
    save_changes() {}, on: (name, each) => (handlers[name] ??= []).push(each), off() {},
    send: message => sent.push(message)};
const {traits, messages} = MADE;
window.traits = traits;
window.feed = change => messages.forEach(([content, buffers]) => {
    if (content.type === "frame")
        Object.assign(content, change, {time: Date.now() / 1000, n: window.n = (window.n ?? 0) + 1, heard: {}});
    call("msg:custom", content, buffers.map(bytes));
});
const widget = make();
widget.initialize({model});
widget.render({el: document.getElementById("box")});
window.ready = true;
</script></body></html>"""
# What has to be in view while it plays.
NEEDED = ("play", "step", "scrubber", "manifold-0", "manifold-1", "chart-harmonic_mean", "chart-H", "first-finding",
          "caption", "dial-omega", "dial-learning_rate")  # fmt: skip
BOXES = """names => Object.fromEntries(names.map(name => {
    const box = document.querySelector(`[data-testid="${name}"]`).getBoundingClientRect();
    return [name, [box.left, box.top, box.right, box.bottom]];
}))"""


@pytest.fixture(scope="module")
def stage():
    data = digits()
    backbone = pretrain(data, Pretraining(size="student", split="backbone", shift=1.0, steps=5))
    return Stage(data, pretrain(data, Pretraining(steps=5)), backbone)


@pytest.fixture(scope="module")
def made(stage):
    """made(show): what a lab of two arms sends after two steps, and the traits of its cockpit."""
    arms = {name: Recipe(host="projector", steps=30, batch_size=8, shots=2, omega=omega) for name, omega in
            (("KD", 0.0), ("KD + AME", 5.0))}  # fmt: skip

    def of(show=None):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("AME_HEADLESS", "0")
            opened = lab(arms, stage=stage, show=show)
        sent = []
        opened.cockpit.send = lambda content, buffers=None: sent.append(
            [json.loads(json.dumps(content)), [base64.b64encode(bytes(one)).decode() for one in buffers or ()]]
        )
        opened.live.step(2)
        opened.live.settle(60)
        say = {"type": "away", "page": "p", "t": 0.0, "left": False}
        for kind in ("ready", "away", "ready"):  # the second time the newest frame comes
            opened.cockpit._receive(None, {**say, "type": kind, "have": {}}, [])
            time.sleep(0.1)
            opened.live.settle(60)
        opened.close()
        kept = {content["type"]: [content, buffers] for content, buffers in sent}
        cockpit = opened.cockpit
        traits = {"quantities": cockpit.quantities, "images": None, "arrangement": cockpit.arrangement, "opened": {}}
        return {"traits": traits, "messages": [kept["scene"], kept["frame"]]}

    return of


@pytest.fixture(scope="module")
def everything(made):
    return made()


@pytest.fixture
def still(browser):
    """still(made, size): the page with that lab drawn in a window of this size."""
    contexts = []

    def open_(what, size):
        contexts.append(browser.new_context(viewport={"width": size[0], "height": size[1]}))
        page = contexts[-1].new_page()
        bundles = resources.files("ame_explore.widgets") / "js" / "bundles"
        text = json.dumps(what).replace("</", "<\\/")

        def answer(route):
            name = route.request.url.removeprefix(HOST)
            if name:
                return route.fulfill(path=str(bundles / name))
            return route.fulfill(body=PAGE.replace("MADE", text), content_type="text/html")

        page.route(f"{HOST}**", answer)
        page.goto(HOST)
        page.wait_for_function("() => window.ready")
        feed(page)
        return page

    yield open_
    for one in contexts:
        one.close()


def feed(page, **change):
    """The newest frame once more, with other values of some fields."""
    n = page.evaluate("change => { feed(change); return window.n; }", change)
    page.wait_for_function("n => document.querySelector('[data-testid=lab]').dataset.frame === String(n)", arg=n)
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def part(page, name):
    return page.locator(f"[data-testid='{name}']")


@pytest.mark.parametrize("size", [(1008, 779), (848, 599), (1000, 700), (1440, 860)])
def test_all_that_matters_is_in_view_and_stays_there_while_it_plays(still, everything, size):
    """1008 x 779 is JupyterLab's output in a window of 1440 x 900 beside the file browser, 848 x 599 in 1280 x 720."""
    page = still(everything, size)
    needed = [name for name in NEEDED if name != "first-finding" or size[0] < 1300] + ["diagnosis"] * (size[0] >= 1300)
    before = page.evaluate(BOXES, needed)
    for name, (left, top, right, bottom) in before.items():
        assert right - left > 8 and bottom - top > 8, f"{name} has no size"
        assert left >= 0 and top >= 0 and right <= size[0] and bottom <= size[1], f"{name} lies outside"
    assert page.evaluate("() => document.documentElement.scrollHeight") <= size[1]
    loud = [{"level": "alarm", "text": "x" * 900, "advice": "y" * 300, "sensitivity": "z" * 300}] * 6
    feed(page, state="playing", diagnosis=loud, caption="a long sentence " * 40)
    after = page.evaluate(BOXES, needed)
    for name, (left, top, right, bottom) in after.items():
        assert (top, bottom) == (before[name][1], before[name][3]) or name == "diagnosis", f"{name} has moved"
        assert left >= 0 and right <= size[0], f"{name} lies outside"


def test_without_dials_the_maps_have_the_whole_width(still, made):
    page = still(made(["transport", "manifold", "charts", "diagnosis"]), (1008, 779))
    assert part(page, "dock-left").is_hidden()
    box = part(page, "manifold-0").bounding_box()
    assert box["x"] < 40 and part(page, "manifold-1").bounding_box()["x"] > 480


def test_panels_are_opened_moved_and_remembered(still, everything):
    page = still(everything, (1008, 779))
    part(page, "tab-charts").focus()
    page.keyboard.press("ArrowRight")
    assert part(page, "diagnosis").is_visible() and part(page, "chart-H").is_hidden()
    assert part(page, "first-finding").is_hidden()  # the whole diagnosis is open
    part(page, "arrange-panels").click()
    part(page, "place-delta").select_option("left")
    part(page, "place-recipe").select_option("")
    page.keyboard.press("Escape")
    part(page, "tab-delta").click()
    assert part(page, "dock-left").locator("[data-testid=delta]").is_visible()
    assert part(page, "tab-recipe").count() == 0
    arranged, opened = page.evaluate("() => [traits.arrangement, traits.opened]")
    assert arranged["left"] == ["predict", "dials", "breaks", "delta"] and all(
        "recipe" not in one for one in arranged.values()
    )
    assert opened == {"below": "diagnosis", "left": "delta"}


def test_a_presenter_fills_the_browser_with_larger_type(still, everything):
    page = still(everything, (1440, 900))
    small = part(page, "step").bounding_box()["height"]
    part(page, "play").focus()
    page.keyboard.press("p")
    feed(page)
    box = part(page, "lab").bounding_box()
    assert [round(box[name]) for name in ("x", "y", "width", "height")] == [0, 0, 1440, 900]
    assert part(page, "step").bounding_box()["height"] >= 1.4 * small
    for name, (left, top, right, bottom) in page.evaluate(BOXES, list(NEEDED)).items():
        assert left >= 0 and top >= 0 and right <= 1440 and bottom <= 900, f"{name} lies outside"
    page.keyboard.press("Escape")
    feed(page)
    assert part(page, "step").bounding_box()["height"] == small


def test_the_headline_is_drawn_beside_what_it_is_to_be_compared_with(still, everything):
    page = still(everything, (1008, 779))
    said = part(page, "chart-harmonic_mean").get_attribute("aria-label")
    assert all(f"{name} 0." in said for name in ("teacher", "backbone", "chance"))
    verdict = {"term": "harmonic_mean", "text": "no difference seen: +0.010 [-0.020, +0.040]", "details": "How."}
    feed(page, verdict=verdict)
    assert part(page, "verdict-harmonic_mean").inner_text() == verdict["text"]
    assert part(page, "verdict-H").inner_text() == ""


def test_the_keys_work_after_the_control_in_focus_has_gone(still, everything):
    """Reset disables its own button while the lab prepares: the focus must not fall to the page."""
    page = still(everything, (1008, 779))
    part(page, "reset").focus()
    feed(page, state="preparing")
    assert page.evaluate("() => document.activeElement.dataset.testid") == "lab"
    feed(page, state="paused")
    page.keyboard.press("s")
    assert page.evaluate("() => sent.filter(one => one.type === 'command').map(one => one.name)") == ["step"]


def test_a_refused_token_is_told_beside_its_button(still, everything):
    page = still(everything, (1008, 779))
    part(page, "tab-recipe").click()
    part(page, "restore-token").fill("ame1:nonsense")
    part(page, "restore").click()
    if part(page, "drop").is_visible():
        part(page, "drop").click()
    feed(page, note="token must be complete.")
    told, button = part(page, "restore-refused"), part(page, "restore")
    assert told.inner_text() == "token must be complete."
    assert 0 <= told.bounding_box()["y"] - button.bounding_box()["y"] < 60
    part(page, "restore-token").fill("ame1:other")
    assert told.is_hidden()
