"""A run's map in a figure lies in the frame of the lab's map."""

import json

import numpy as np
import pytest

from ame_explore.ame import AMEError
from ame_explore.analysis.projection import axes_fact, axes_of, teacher_axes
from ame_explore.figures import manifold
from ame_explore.training import Recipe
from ame_explore.widgets import LiveRun

QUICK = Recipe(host="projector", steps=4, batch_size=8, shots=2)
WAIT = 60


def test_the_figure_of_a_run_puts_images_where_the_lab_s_map_does(stage, monkeypatch):
    monkeypatch.setenv("AME_HEADLESS", "0")
    with LiveRun(QUICK, stage=stage, drawn=2000) as live:
        live.play()
        live.wait(WAIT)
        run = live.result().arms["KD + AME"].run
        canvas, shown = live._engine.canvas, live._engine.whole["KD + AME"]
        basis = teacher_axes(stage, stage.test)
    np.testing.assert_allclose(basis.components, canvas.basis.components, atol=1e-6)  # float32 features
    drawn = manifold(run, max_images=40)
    place = {one: row for row, one in enumerate(canvas.ids.tolist())}
    last = [trace for trace in drawn.figure.data if trace.xaxis == "x2" and trace.customdata is not None]
    found = {int(i): (x, y) for t in last for i, x, y in zip(np.ravel(t.customdata), t.x, t.y, strict=True)}
    assert len(found) == 40
    for id_, point in found.items():
        np.testing.assert_allclose(point, shown.points[place[id_]], atol=1e-4)
    assert "as on the lab's map" in drawn.figure.layout.title.subtitle.text
    fitted = manifold(run, max_images=40, fit_on=list(drawn_panels(drawn)))
    assert "as on the lab's map" not in fitted.figure.layout.title.subtitle.text


def drawn_panels(drawing):
    """The names of a figure's panels."""
    return [note.text.split("</b>")[0].removeprefix("<b>") for note in drawing.figure.layout.annotations[:2]]


def test_axes_survive_as_a_fact_and_wrong_ones_are_refused(stage):
    axes = teacher_axes(stage)
    again = axes_of(json.loads(json.dumps(axes_fact(axes))))
    np.testing.assert_allclose(again.components, axes.components, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(again.mean, axes.mean, rtol=1e-6, atol=1e-9)
    assert axes_of(None) is None
    for wrong in ({}, {"mean": [1.0], "components": [[1.0]], "explained_variance_ratio": [1.0]}):
        with pytest.raises(AMEError, match="map_axes"):
            axes_of(wrong)
