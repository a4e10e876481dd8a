"""Figures of students' answers, scores and curves, and maps that draw the images."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from ame_explore import AMEError, PairedFeatures
from ame_explore.figures import PictureMaps, answers, curves, scores


def test_answers_are_the_softmax_at_each_temperature() -> None:
    z = torch.tensor([0.0, 2.0, 1.0])
    drawing = answers(z, ["a fox", "a cat", "a cow"], temperatures=[1, 4], most=2)
    for bar, tau in zip(drawing.figure.data, (1, 4), strict=True):
        p = (z / tau).softmax(0)
        np.testing.assert_allclose(bar.x, [p[1], p[2]], rtol=1e-6)
        assert list(bar.y) == ["cat", "cow"]
    uniform = answers(torch.zeros(4), ["p", "q", "r", "s"])
    assert f"{math.log(4):.2f} nats at τ = 1" in uniform.sentence
    for wrong in ({"temperatures": [0.0]}, {"temperatures": []}, {"most": 0}):
        with pytest.raises(AMEError):
            answers(z, ["x", "y", "z"], **wrong)  # type: ignore[arg-type]
    with pytest.raises(AMEError, match="logits must be finite, one for each of 2"):
        answers(z, ["x", "y"])


def test_scores_have_students_interval_and_levels() -> None:
    arms = {"KD": {"new_accuracy": [0.4, 0.5, 0.6]}, "KD + AME": {"new_accuracy": [0.3, 0.3, 0.6]}}
    drawing = scores(arms, ["new_accuracy"], levels={"chance": 0.05, "teacher": 0.9})
    (trace,) = drawing.figure.data
    np.testing.assert_allclose(trace.x, [0.5, 0.4])
    half = 4.302653 * 0.1 / math.sqrt(3)  # t of 2 degrees of freedom at 97.5 %
    assert trace.error_x.array[0] == pytest.approx(half, rel=1e-5)
    assert "0.500 ± 0.248 (KD)" in drawing.sentence and "0.050 (chance); 0.900 (teacher)" in drawing.sentence
    assert {line.x0 for line in drawing.figure.layout.shapes} == {0.05, 0.9}
    one = scores({"KD": {"new_accuracy": [0.4]}}, ["new_accuracy"])
    assert "One of the seeds" in one.figure.layout.title.subtitle.text
    assert "over 3 splits" in scores(arms, ["new_accuracy"], over="splits").figure.layout.title.subtitle.text
    with pytest.raises(AMEError, match="KD lacks ece"):
        scores(arms, ["ece"])


def test_curves_draw_what_each_arm_has() -> None:
    arms = {
        "KD": {0: {"harmonic_mean": 0.1, "kd": 2.0}, 10: {"harmonic_mean": 0.4}, 5: {"kd": 1.0}},
        "KD + AME": {0: {"kd": 100.0}},
    }
    drawing = curves(arms, ["kd", "harmonic_mean"], title="Two", turns={5: "ω: 0 → 50"})
    lines = {(line.name, line.xaxis): (list(line.x), list(line.y)) for line in drawing.figure.data}
    assert lines["KD", "x"] == ([0, 5], [2.0, 1.0]) and lines["KD + AME", "x"] == ([0], [100.0])
    assert lines["KD", "x2"][0] == [0, 10]
    assert drawing.figure.layout.yaxis.type == "log" and drawing.figure.layout.yaxis2.type is None
    assert "2 to 1 (KD), 100" in drawing.sentence.replace(".00", "")
    with pytest.raises(AMEError, match="none of ece"):
        curves(arms, ["ece"], title="Nothing")


def features(shift: float) -> PairedFeatures:
    text = torch.eye(3)
    image = torch.nn.functional.normalize(torch.eye(3)[[0, 1, 2, 2]] + shift * torch.eye(3)[[1, 1, 2, 2]], dim=1)
    pairs = torch.tensor([0, 1, 2, 2])
    ids = torch.tensor([4, 5, 6, 9])
    return PairedFeatures(image=image, text=text, pair_index=pairs, ids=ids, texts=("a fox", "a cow", "a cat"))


def test_maps_of_pictures_share_their_axes() -> None:
    arms = {"KD": {0: features(3.0), 7: features(0.0)}, "KD + AME": {0: features(3.0), 7: features(2.0)}}
    maps = PictureMaps.of(arms, torch.rand(4, 3, 5, 5))
    before, after = maps.at(0), maps.at(7)
    assert maps.steps == [0, 7]
    assert before.figure.layout.xaxis.range == after.figure.layout.xaxis.range
    assert len(after.figure.layout.images) == 8
    assert "100% (KD), 75% (KD + AME)" in after.sentence and "75% (KD), 75%" in before.sentence
    for image in after.figure.layout.images:
        assert maps.low[0] <= image.x <= maps.high[0] and maps.low[1] <= image.y <= maps.high[1]
    with pytest.raises(AMEError, match="step must be one of"):
        maps.at(3)
    with pytest.raises(AMEError, match="images must be the 4"):
        PictureMaps.of(arms, torch.rand(2, 3, 5, 5))
    with pytest.raises(AMEError, match="same steps"):
        PictureMaps.of({"KD": arms["KD"], "other": {0: features(0.0)}}, torch.rand(4, 3, 5, 5))
