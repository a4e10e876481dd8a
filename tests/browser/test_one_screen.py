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
from ame_explore.widgets import Exercise

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
traits.call = call;
const onDemand = ["one_step"]; // sent by `answer`, when a page has asked
window.answer = change => messages.filter(([{type}]) => onDemand.includes(type)).forEach(([content, buffers]) =>
    call("msg:custom", {...content, ...change}, buffers.map(bytes)));
window.feed = change => messages.filter(([{type}]) => !onDemand.includes(type)).forEach(([content, buffers]) => {
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

    def of(show=None, exercise=None):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("AME_HEADLESS", "0")
            opened = lab(arms, stage=stage, show=show, exercise=exercise)
        sent = []
        opened.cockpit.send = lambda content, buffers=None: sent.append(
            [json.loads(json.dumps(content)), [base64.b64encode(bytes(one)).decode() for one in buffers or ()]]
        )
        opened.live.step(2)
        opened.live.settle(60)
        if exercise is None:
            opened.live.take_apart(2)
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
        return {"traits": traits, "messages": [kept[name] for name in ("scene", "one_step", "frame") if name in kept]}

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


@pytest.mark.parametrize("size", [(1008, 779), (848, 599), (1000, 700), (1440, 860), (758, 479), (506, 479)])
def test_all_that_matters_is_in_view_and_stays_there_while_it_plays(still, everything, size):
    """1008 x 779 is JupyterLab's output in a window of 1440 x 900 beside the file browser, 848 x 599 in 1280 x 720.

    With the browser's zoom at 150 % the first is 506 x 479, or 758 x 479 without the file browser: there the caption
    has no room, and beside the file browser the dials are a tab.
    """
    page = still(everything, size)
    without = {"first-finding"} if size[0] >= 1300 else {"caption"} if size[1] < 500 else set()
    without |= {"dial-omega", "dial-learning_rate"} if size[0] < 700 else set()
    needed = [name for name in NEEDED if name not in without] + ["diagnosis"] * (size[0] >= 1300)
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
    assert arranged["left"] == ["predict", "exercise", "dials", "breaks", "delta"] and all(
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


def test_the_whole_lab_is_copied_when_its_token_comes(still, everything):
    page = still(everything, (1008, 779))
    part(page, "tab-recipe").click()
    page.evaluate("() => traits.call('msg:custom', {type: 'shared', token: 'lab1:unasked'}, [])")
    assert part(page, "lab-token").input_value() == ""  # another page has asked
    part(page, "copy-lab").click()
    assert page.evaluate("() => sent.filter(one => one.name === 'share').length") == 1
    page.evaluate("() => traits.call('msg:custom', {type: 'shared', token: 'lab1:mine'}, [])")
    assert part(page, "lab-token").input_value() == "lab1:mine"
    part(page, "copy-lab").get_by_text("Copied").wait_for()


def test_at_150_percent_the_dials_are_a_tab_and_questions_come_first(still, made):
    page = still(made(), (506, 479))
    assert part(page, "dock-left").is_hidden() and part(page, "chart-H").is_visible()
    part(page, "tab-dials").click()
    assert part(page, "dial-omega").is_visible() and part(page, "chart-H").is_hidden()
    page = still(made(exercise=Exercise(fault="shuffled_pairs", arm="KD")), (506, 479))
    assert part(page, "exercise").is_visible()
    part(page, "tab-charts").click()
    assert part(page, "chart-H").is_visible()


# The share of pixels of each map's layer of the step that are not empty.
STEPPED = """() => [...document.querySelectorAll("canvas.ame-step-layer")].map(layer => {
    const {data} = layer.getContext("2d").getImageData(0, 0, layer.width, layer.height);
    return data.filter((value, i) => i % 4 === 3 && value > 200).length / (data.length / 4);
})"""
ASKED = "() => sent.filter(one => one.name === 'take_apart').map(one => one.args)"


@pytest.mark.parametrize("size", [(1008, 779), (848, 599), (1440, 860)])
def test_one_step_is_told_part_by_part_on_one_screen(still, everything, size):
    page = still(everything, size)
    assert page.evaluate(ASKED) == []  # nothing is asked for before the tab is opened
    part(page, "tab-one_step").click()
    (asked,) = page.evaluate(ASKED)
    assert asked["place"] == 0 and "Taking the next step apart" in part(page, "step-told").inner_text()
    page.evaluate("key => answer({key})", asked["key"])
    state = next(content for content, _ in everything["messages"] if content["type"] == "one_step")
    arm = state["arms"][1]
    seen = []
    for _ in range(6):
        name = part(page, "one-step").get_attribute("data-part")
        assert part(page, "step-told").inner_text() == arm["said"][name]
        page.wait_for_timeout(600)  # the arrow has grown
        seen.append(page.evaluate(STEPPED)[1])
        part(page, "step-next").click()
    assert part(page, "one-step").get_attribute("data-part") == "teacher"  # round
    assert all(0 < share < 0.2 for share in seen) and len(set(seen)) == 6  # each part has its own marks
    assert page.evaluate("() => document.documentElement.scrollHeight") <= size[1]
    part(page, "step-arm").select_option("KD")
    part(page, "step-parts").locator("button").nth(4).click()
    assert part(page, "step-told").inner_text() == "ω is 0: AME pushes nothing here."
    part(page, "one-step").locator(".ame-step-batch button").nth(5).click()
    assert page.evaluate(ASKED)[-1] == {"place": 5, "key": asked["key"]}
    part(page, "step-loop").click()
    assert part(page, "step-loop").get_attribute("aria-pressed") == "true"
    feed(page, state="playing", step=3)
    assert part(page, "step-told").inner_text().startswith("Pause") and page.evaluate(STEPPED)[1] == 0
    feed(page, state="paused", step=3)
    assert page.evaluate(ASKED)[-1]["key"] != asked["key"]  # another step, another question
    part(page, "tab-diagnosis" if size[0] >= 1300 else "tab-charts").click()
    assert len(page.evaluate(ASKED)) == 3 and page.evaluate(STEPPED)[1] == 0


def test_all_students_are_laid_into_one_map_and_apart_again(still, everything):
    page = still(everything, (1008, 779))
    part(page, "overlay").click()
    box = part(page, "manifold-0").bounding_box()
    assert box["width"] > 600 and part(page, "manifold-1").count() == 0
    assert "KD and KD + AME" in part(page, "manifold-0").get_attribute("aria-label")
    part(page, "manifold-0").focus()
    page.keyboard.press("n")
    page.keyboard.press("o")
    assert part(page, "manifold-1").is_visible() and part(page, "overlay").get_attribute("aria-pressed") == "false"


def test_an_exercise_shows_questions_and_no_panel_that_gives_it_away(still, made):
    exercise = Exercise(fault="shuffled_pairs", arm="KD", questions={"Why?": []}, minutes=5)
    page = still(made(exercise=exercise), (1008, 779))
    hidden = ("dials", "breaks", "diagnosis", "recipe", "one_step")
    assert all(part(page, f"tab-{name}").count() == 0 for name in hidden) and part(page, "first-finding").is_hidden()
    assert part(page, "exercise").is_visible() and "left" in part(page, "exercise-clock").inner_text()
    part(page, "answer-who").get_by_text("KD + AME").click()
    part(page, "answer-Why?").fill("the curve")
    part(page, "exercise-answer").click()
    told = page.evaluate("() => sent.filter(one => one.name === 'answer').map(one => one.args.answers)")
    assert told == [{"who": "KD + AME", "Why?": "the curve"}]
    shown = page.evaluate("() => document.querySelector('[data-testid=lab]').textContent")
    assert "shuffled pairs" in shown and "KD was sabotaged" not in shown  # as one of the possible answers
