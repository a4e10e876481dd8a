"""The probe in JupyterLab: draw with mouse and keys, type, pick and change, keep, walk, hand on."""

from __future__ import annotations

from typing import Any

from lab_page import SETUP, Lab

SIZE = (1440, 900)
TWO_ARMS = """
both = Recipe(data="emoji", host="projector", steps=50_000)
import dataclasses
shown = lab({"KD": dataclasses.replace(both, omega=0.0), "KD + AME": both})
shown
"""
ANSWERED = "(root, before) => root.querySelector('[data-testid=probe]').dataset.answered !== before"
# The share of the pixels of each map's layer of probes that are not empty.
MARKED = """() => [...document.querySelectorAll("canvas.ame-probe-layer")].map(layer => {
    const {data} = layer.getContext("2d").getImageData(0, 0, layer.width, layer.height);
    let found = 0;
    for (let i = 3; i < data.length; i += 4) found += Number(data[i] > 0);
    return found / (data.length / 4);
})"""


class Probe:
    """The panel; every action waits for its answer."""

    def __init__(self, lab: Lab) -> None:
        self.lab, self.root = lab, lab.part("probe")

    def after(self, act: Any) -> str:
        """The sentence that the panel says after an action was answered."""
        before = self.root.get_attribute("data-answered")
        act()
        self.lab.until(ANSWERED, before)
        self.lab.page.wait_for_timeout(100)
        return str(self.lab.part("probe-note").inner_text())

    def drawn(self) -> None:
        """A stroke of the mouse down the pad's middle."""
        self.lab.part("pad").scroll_into_view_if_needed()
        box = self.lab.part("pad").bounding_box()
        mouse = self.lab.page.mouse
        mouse.move(box["x"] + box["width"] / 2, box["y"] + 0.1 * box["height"])
        mouse.down()
        mouse.move(box["x"] + box["width"] / 2, box["y"] + 0.9 * box["height"], steps=4)
        mouse.up()


def test_a_learner_puts_something_of_their_own_into_the_space(open_notebook):
    notebook = open_notebook("probe", [SETUP, TWO_ARMS], size=SIZE)
    notebook.run_all()
    lab = Lab(notebook)
    lab.wait("paused", timeout=200_000)
    lab.open("probe")
    probe, page = Probe(lab), notebook.page
    probe.after(probe.drawn)
    # The first answer may be to the stroke's first pixel, from which nothing can be told.
    lab.until(
        "(root, told) => told.every((w) => root.querySelector('[data-testid=probe-answers]').innerText.includes(w))",
        ["teacher", "KD + AME", "predictive entropy (nats)", "nearest images"],
    )
    assert len(page.evaluate(MARKED)) == 2 and all(0 < share < 0.2 for share in page.evaluate(MARKED))

    lab.part("probe-name").fill("my line")
    probe.after(lambda: lab.press("keep-probe"))
    assert lab.part("kept-probes").locator("li").count() == 1
    for words in page.locator(".ame-probe-layer").evaluate_all("layers => layers.map(layer => layer.dataset.words)"):
        named = [word.split(": ")[1] for word in words.split("; ") if ": " in word]
        assert words.count("my drawing: ") == words.count("my line: ") == 1 and set(named) < set(words.split("; "))
    lab.open("recipe")
    lab.until("root => root.querySelector('[data-testid=recipe-token]').value.includes('+probes1:')", None)
    lab.open("probe")

    lab.press("probe-text-mode")
    note = probe.after(lambda: lab.part("probe-text").fill("a sad cat hurray"))
    assert "“hurray” is unknown to the teacher and ignored" in note
    assert "claims" in lab.part("probe-answers").inner_text()
    probe.after(lambda: lab.press("walk-start"))
    assert "KD + AME: " in lab.part("walk-words").inner_text() and lab.part("walk").is_visible()
    assert "none of these words" in probe.after(lambda: lab.part("probe-text").fill("xyzzy"))
    assert not lab.part("probe-answers").is_visible()

    lab.press("probe-image")
    probe.after(lambda: (lab.part("clear-pad").focus(), page.keyboard.press("Enter")))
    pad = lab.part("pad")
    pad.focus()
    page.keyboard.press("ArrowUp")
    probe.after(lambda: page.keyboard.press("Space"))  # the pen is down
    probe.after(lambda: page.keyboard.press("Shift+ArrowDown"))
    assert lab.part("probe-answers").is_visible() and lab.state == "paused"
    probe.after(lambda: page.keyboard.press("u"))  # undone: nothing is left
    assert not lab.part("probe-answers").is_visible()

    first = int(notebook.python("print(int(shown.live.scene()['ids'][0]))"))
    pixels = "pad => { const c = document.querySelector('.ame-pad-seen'); return c.toDataURL(); }"
    lab.part("pick-first").fill(str(first))
    probe.after(lambda: lab.part("pick-first").press("Enter"))
    picked = pad.evaluate(pixels)
    probe.after(lambda: lab.part("change-rotate").fill("90"))
    assert pad.evaluate(pixels) != picked

    lab.part("pick-second").fill(str(first + 1))
    probe.after(lambda: lab.part("pick-second").press("Enter"))
    probe.after(lambda: lab.part("change-share").fill("0.2"))
    lab.press("play")
    lab.wait("playing")
    moved = "(root, steps) => root.querySelector('[data-testid=probe]').dataset.steps !== steps"
    for _ in range(2):  # it follows training by itself
        lab.until(moved, probe.root.get_attribute("data-steps"))
    probe.after(lambda: lab.part("change-blur").fill("1"))
    lab.press("play")
    lab.wait("paused")
    lab.until(
        "(root, moved) => root.querySelector('[data-testid=probe]').dataset.steps.trim() === moved",
        f"{lab.step} {lab.step}",
    )
    found = [told for told in lab.complaints() if "probe" in told.lower() or "ame-pad" in told or "ame-sw" in told]
    assert found == []
