"""Live landscapes in JupyterLab: one gets finer and is cancelled, the other answers to a click and to its dial."""

from __future__ import annotations

import pytest

PARAMETERS = """
import torch
from torch import nn

from ame_explore.analysis import Evaluator, Objective, Classification, random_slice
from ame_explore.widgets.views.landscape_view import LandscapeView

torch.set_num_threads(1)
seeded = torch.Generator().manual_seed(0)
module = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 3))
with torch.no_grad():
    for weight in module.parameters():
        weight.copy_(torch.randn(weight.shape, generator=seeded))
inputs = torch.randn(4096, 8, generator=seeded)
labels = torch.randint(0, 3, (4096,), generator=seeded)
around = Evaluator(Objective(module, inputs, Classification(labels)), random_slice(module, seed=0))
view = LandscapeView(around, grid=257, start=False)
view
"""
FEATURES = """
from torch.nn import functional as F

from ame_explore import AMELoss, PairedFeatures
from ame_explore.analysis.landscapes.feature_space import Surroundings, feature_field
from ame_explore.widgets.views.field_view import FieldView

texts = F.normalize(torch.randn(3, 8, generator=seeded), dim=1)
kinds = torch.arange(90) % 3
near = F.normalize(texts[kinds] + 0.2 * torch.randn(90, 8, generator=seeded), dim=1)
far = texts[(kinds + 1) % 3]


def features_at(ambiguity):
    image = F.normalize((1 - ambiguity / 2) * near + ambiguity / 2 * far, dim=1)
    return PairedFeatures(image=image, text=texts, pair_index=kinds, ids=torch.arange(90), texts=("a", "b", "c"))


def pictures_at(ids, ambiguity):
    return torch.full((len(ids), 1, 4, 4), 0.5)


ame = AMELoss(image_dim=8, text_dim=8, manifold_dim=4, generator=seeded)
field = feature_field(*texts, Surroundings(texts, 10.0, ame, near[:9]), grid=21)
features = FieldView(field, features_at, pictures_at)
features
"""


@pytest.fixture(scope="module")
def notebook(module_notebook):
    """One page with both views."""
    opened = module_notebook("landscapes", [PARAMETERS, FEATURES], (1280, 1900))
    opened.run_all()
    return opened


def test_a_landscape_waits_for_start_and_gets_finer_until_it_is_cancelled(notebook):
    output = notebook.output(0)
    output.locator("text=257 × 257 points will take about").first.wait_for(timeout=60_000)
    output.get_by_role("button", name="Start").click()
    output.locator("text=of 66049 points").first.wait_for(timeout=60_000)
    output.locator(".js-plotly-plot").first.wait_for(timeout=60_000)
    notebook.screenshot("refining", output)
    output.get_by_role("button", name="Cancel").click()
    output.locator("text=Stopped at").first.wait_for(timeout=60_000)
    known = int(notebook.python("print(int(view.result().known.sum()))"))
    assert 81 <= known < 257**2
    # A cancelled task ends at once; its worker stops when the chunk that it was computing is ready.
    assert notebook.python("view._worker.close(60); print(view._worker.busy)", timeout=90_000) == "False"


def test_a_click_shows_who_lives_there_and_the_dial_moves_them(notebook):
    output = notebook.output(1)
    plot = output.locator(".js-plotly-plot .nsewdrag").first
    plot.wait_for(timeout=60_000)
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    notebook.page.mouse.click(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.55)
    output.locator("figcaption").first.wait_for(timeout=30_000)
    assert int(notebook.python("print(len(features.selected))")) >= 1
    notebook.screenshot("clicked", output)
    before = notebook.python("print(features.features.image.sum().item())")
    output.locator("[role=slider]").first.focus()
    notebook.page.keyboard.press("End")
    notebook.python("features.wait(20)", timeout=20_000)
    assert notebook.python("print(features.ambiguity)") == "1.0"
    assert notebook.python("print(features.features.image.sum().item())") != before
    notebook.screenshot("moved", output)
