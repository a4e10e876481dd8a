"""The map's points as images: the button, the key, zooming, selection, and more points than images."""

from __future__ import annotations

import pytest
from lab_page import Lab

SIZE = (1440, 900)
SETUP = '''
import numpy as np
from ame_explore.widgets.lab.atlas import atlas
from ame_explore.widgets.lab.cockpit import Cockpit
from ame_explore.widgets.runtime.messages import ArmState, LabState, Manifold

def opened(count, thumbnails=None, **options):
    """A cockpit of `count` points on a grid; the first `thumbnails` (None: all) have pictures, of one colour each."""
    columns = int(np.ceil(count ** 0.5))
    points = np.stack(np.divmod(np.arange(count), columns)[::-1], 1).astype("float32")
    labels = (np.arange(count) % 3).astype("int32")
    hues = np.array([[230, 20, 20], [20, 200, 20], [20, 20, 230]], dtype="uint8")
    pictures = np.broadcast_to(hues[labels][:, None, None], (count, 16, 16, 3))[:thumbnails]
    names = ["red", "green", "blue"]
    cockpit = Cockpit(show=["manifold", "selection"], **options)
    cockpit.scene({
        "ids": np.arange(count, dtype="int32"), "labels": labels, "base": np.array([1, 1, 0], dtype="uint8"),
        "class_names": names, "captions": [f"{names[label]} {i}" for i, label in enumerate(labels)],
        "extent": [-1.0, columns, -1.0, columns], "thumbnails": atlas(pictures), "show_images": True,
    })
    anchors = np.array([[0.5, -0.5], [1.5, -0.5], [2.5, -0.5]], dtype="float32")
    manifold = Manifold(step=1, points=points, anchors=anchors, prediction=labels, entropy=np.zeros(count, "float32"))
    cockpit.frame(LabState(state="paused", step=1, steps=9, arms=[ArmState("KD", "KD", 1, manifold=manifold)]))
    chosen = []
    cockpit.on_command(lambda name, args: chosen.append((name, args)))
    return cockpit, chosen
'''
DRAWN = "(root, wanted) => root.querySelector('[data-testid=manifold-0]')?.dataset.points === wanted"
# The share of a map's pixels that are nearly this colour.
SHARE = """([place, colour]) => {
    const canvas = document.querySelectorAll("[data-testid=lab]")[place].querySelector("canvas.ame-points");
    const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let found = 0;
    for (let i = 0; i < data.length; i += 4)
        found += Number(colour.every((value, c) => Math.abs(data[i + c] - value) < 12));
    return found / (data.length / 4);
}"""
RED = [230, 20, 20]


@pytest.fixture
def few(open_notebook, request):
    """A lab of a hundred images."""
    notebook = open_notebook(request.node.name, [SETUP, "cockpit, chosen = opened(100)\ncockpit"], size=SIZE)
    notebook.run_all()
    lab = Lab(notebook)
    lab.until(DRAWN, "images")
    lab.look_at()
    return lab


def share(lab: Lab, colour: list[int]) -> float:
    return float(lab.page.evaluate(SHARE, [lab.place, colour]))


def test_the_button_and_the_key_switch_between_images_and_dots(few):
    lab, button = few, few.part("images")
    assert button.inner_text() == "Images" and button.get_attribute("aria-pressed") == "true"
    as_images = share(lab, RED)
    assert as_images > 0.01
    assert 0 < lab.notebook.largest("comm_open") < 200_000
    lab.notebook.screenshot("images", lab.root)
    button.focus()
    lab.page.keyboard.press("Enter")
    lab.until(DRAWN, "dots")
    assert button.get_attribute("aria-pressed") == "false" and share(lab, RED) < 0.1 * as_images
    assert lab.notebook.python("print(cockpit.images)") == "False"
    lab.part("manifold-0").focus()
    lab.page.keyboard.press("i")
    lab.until(DRAWN, "images")
    assert lab.notebook.python("print(cockpit.images)") == "True"
    lab.notebook.python("cockpit.images = False")
    lab.until(DRAWN, "dots")
    assert lab.complaints() == []


def test_far_away_images_are_dots_and_near_they_are_large(few):
    lab = few
    lab.part("manifold-0").focus()
    for _ in range(16):
        lab.page.keyboard.press("-")
    lab.until(DRAWN, "dots")
    assert "100 images, as dots until you zoom in" in lab.root.inner_text()
    assert lab.part("images").get_attribute("aria-pressed") == "true", "the reader's choice stays"
    for _ in range(20):
        lab.page.keyboard.press("+")
    lab.until(DRAWN, "images")
    assert "as dots" not in lab.root.inner_text()
    lab.notebook.screenshot("near", lab.root)


def test_a_click_and_a_lasso_select_images_and_dim_the_others(few):
    lab, mouse = few, few.page.mouse
    box = lab.part("manifold-0").bounding_box()
    # Image 54 is at (4, 5), in axes from -1 to 10 that fit the panel's shorter side, with 4 % around them.
    k = min(box["width"], box["height"]) / (11 * 1.04)
    x, y = box["x"] + box["width"] / 2 + (4 - 4.5) * k, box["y"] + box["height"] / 2 - (5 - 4.5) * k
    mouse.move(x + 2, y + 2)
    lab.part("tip-0").wait_for()
    assert "image 54" in lab.part("tip-0").inner_text()
    before = share(lab, RED)
    mouse.down()
    mouse.up()
    assert lab.notebook.python("print(chosen[-1])") == "('select', {'ids': [54]})"
    assert 0 < share(lab, RED) < 0.3 * before, "the others are dimmed"
    mouse.move(x - 0.5 * k, y + 0.5 * k)
    mouse.down()
    for across, up in ((1.5, -0.5), (1.5, 1.5), (-0.5, 1.5), (-0.5, -0.4)):
        mouse.move(x + across * k, y - up * k, steps=3)
    mouse.up()
    assert lab.notebook.python("print(sorted(chosen[-1][1]['ids']))") == "[54, 55, 64, 65]"
    lab.notebook.screenshot("lasso", lab.root)


def test_too_many_in_view_and_more_points_than_images(open_notebook):
    cells = [SETUP, "many, _ = opened(2500)\nmany", "some, _ = opened(100, thumbnails=30)\nsome"]
    notebook = open_notebook("many-images", cells, size=SIZE)
    notebook.run_all()
    many, some = Lab(notebook), Lab(notebook, 1)
    many.look_at()
    many.until("(root) => root.querySelector('[data-testid=images]')?.getAttribute('aria-pressed') === 'true'", None)
    many.until(DRAWN, "dots")
    many.part("manifold-0").focus()
    for _ in range(5):
        notebook.page.keyboard.press("+")
    many.until(DRAWN, "images")
    notebook.screenshot("many", many.root)
    some.look_at()
    some.until(DRAWN, "images")
    red, green = share(some, RED), share(some, [20, 200, 20])
    assert red > 0.002 and 0.8 < red / green < 1.25, "ten images of each class; the others are dots"
