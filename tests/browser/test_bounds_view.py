"""The bound inspector in JupyterLab: a reader moves n, the page follows, and no cell is held up meanwhile."""

from __future__ import annotations

import pytest

SETUP = """
import torch
from ame_explore.data import digits
from ame_explore.models import Pretraining, pretrain
from ame_explore.training import Recipe, Stage
from ame_explore.widgets.views.bounds_view import BoundsView

torch.set_num_threads(1)
data = digits()
stage = Stage(
    data,
    pretrain(data, Pretraining(steps=40)),
    pretrain(data, Pretraining(size="student", split="backbone", shift=1.0, steps=20)),
)
view = BoundsView(
    stage, Recipe(host="projector", steps=20, batch_size=8), sizes=(8, 32), n=32, coins=(1, 10), draws=20
)
view
"""
LONG = "view._recipe = Recipe(host='projector', steps=20_000); view._known.clear()"


@pytest.fixture(scope="module")
def notebook(module_notebook):
    """One page with one view."""
    opened = module_notebook("bounds", [SETUP], (1280, 1800))
    opened.run_all()
    opened.output(0).locator("text=Measured loss:").first.wait_for(timeout=90_000)
    return opened


def test_a_reader_moves_n_and_the_bounds_follow(notebook):
    output = notebook.output(0)
    output.locator("text=KD + AME: n = 32, omega = 50").first.wait_for()
    notebook.screenshot("first", output)
    output.locator("[role=slider]").first.focus()
    notebook.page.keyboard.press("ArrowLeft")
    output.locator("text=KD + AME: n = 8, omega = 50").first.wait_for(timeout=60_000)
    over_n = output.get_by_test_id("figure-view").nth(1)
    over_n.scroll_into_view_if_needed()  # what is far below the window is not sent
    over_n.locator("text=From training images n 8 to 32").wait_for(timeout=60_000)
    notebook.screenshot("moved", output)


def test_no_cell_waits_for_the_training(notebook):
    notebook.python(LONG)
    notebook.output(0).locator("[role=slider]").first.focus()
    notebook.page.keyboard.press("ArrowRight")
    notebook.output(0).locator("text=training two students").first.wait_for(timeout=60_000)
    assert notebook.python("print(view.busy, view.result() is not None)", timeout=20_000) == "True True"
    notebook.python("view._recipe = Recipe(host='projector', steps=5)")
    notebook.page.keyboard.press("ArrowLeft")  # ends it
    notebook.output(0).locator("text=KD + AME: n = 8, omega = 50").first.wait_for(timeout=60_000)
    notebook.python("view.close()", timeout=20_000)
