"""Two arms' bounds beside each other and their paired differences."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from ame_explore.ame import AMEError
from ame_explore.analysis import bounds
from ame_explore.analysis.bounds import BoundStudy, StudentBounds
from ame_explore.analysis.bounds.terms import THEIR_LOSS, Term
from ame_explore.figures import bound_inspector, bounds_beside, bounds_paired
from ame_explore.figures.bounds.over_axis import TOP
from ame_explore.training import Recipe

X = (16.0, 64.0, 256.0)


def student(loss: float, n: int, seed: int, delta: float) -> StudentBounds:
    """The seeds move the two arms by unlike amounts: equal differences would leave the interval undefined."""
    shift = seed * (1 if loss < 0.2 else 2)
    wrong = np.arange(100) < round(100 * loss) + shift
    found = {
        "Test set (Hoeffding)": bounds.hoeffding(wrong),
        **{
            f"PAC-Bayes-kl, prior: {prior}": dataclasses.replace(
                bounds.pac_bayes_kl(loss + 0.001 * shift, kl, n), name=f"PAC-Bayes-kl, prior: {prior}", prior=prior
            )
            for prior, kl in (("initialization", 500.0), ("held-out data", 5.0))
        },
        "The paper's delta and epsilon": bounds.paper_terms(delta + 0.01 * shift, n),
    }
    return StudentBounds(Recipe(), n, seed, bounds.true_gap(train_losses=[0.0, 0.1], test_losses=wrong), delta, found)


def study(seeds: int = 3) -> BoundStudy:
    """The other arm is worse by 0.2, and its delta smaller by 2."""
    arms = {"KD": (0.1, 4.0), "KD + AME": (0.3, 2.0)}
    students = {
        arm: tuple(tuple(student(loss, int(n), seed, delta) for seed in range(seeds)) for n in X)
        for arm, (loss, delta) in arms.items()
    }
    return BoundStudy("n", X, students, {})


def sizes(node: Any, key: str = "") -> list[float]:
    if isinstance(node, dict):
        own = [node["size"]] if "size" in node and "font" in key else []
        return own + [size for name, value in node.items() for size in sizes(value, name)]
    return [size for value in node for size in sizes(value, key)] if isinstance(node, list) else []


def test_a_panel_an_arm_with_means_over_seeds() -> None:
    found = study()
    drawing = bounds_beside(found)
    for arm, axis in (("KD", "x"), ("KD + AME", "x2")):
        lines = {trace.name: trace for trace in drawing.figure.data if trace.xaxis == axis and trace.name}
        line = lines["Hoeffding"]
        assert line.y.tolist() == pytest.approx(found.values("Test set (Hoeffding)", arm).mean(axis=1), abs=1e-6)
        assert all(color != "white" for color in lines["PAC-Bayes-kl, prior: held-out data"].marker.color[1:])
        empty = lines["PAC-Bayes-kl, prior: initialization"]
        assert empty.marker.color[0] == "white" and max(empty.y) <= TOP
        measured = [each.mean for each in found.measured("loss", arm)]
        assert lines["measured"].y.tolist() == pytest.approx(measured, abs=1e-6)
    assert "KD + AME, from training images n 16 to 256: measured 0.320" in drawing.sentence
    assert drawing.figure.layout.xaxis.type == "log"


def test_two_priors_of_a_form_look_alike_but_for_the_dash() -> None:
    lines = {trace.name: trace for trace in bounds_beside(study()).figure.data if trace.name}
    first, second = lines["PAC-Bayes-kl, prior: initialization"], lines["PAC-Bayes-kl, prior: held-out data"]
    assert first.line.color == second.line.color != lines["Hoeffding"].line.color
    assert (first.line.dash, second.line.dash) == ("dot", "solid")


def test_the_papers_term_is_never_filled() -> None:
    drawing = bounds_beside(study(), quantity="gap")
    paper = [trace for trace in drawing.figure.data if "paper" in (trace.name or "")]
    assert paper and all(color == "white" for trace in paper for color in trace.marker.color)
    assert "(not a bound)" in drawing.sentence


def test_a_cell_for_each_bound_and_place() -> None:
    found = study()
    drawing = bounds_paired(found)
    cells = drawing.figure.data[0]
    rows = ["measured loss", "measured gap", *found.names]
    assert len(cells.z) == len(rows) * len(X)
    said = {(int(y), int(x)): (z, text) for x, y, z, text in zip(cells.x, cells.y, cells.z, cells.text, strict=True)}
    # the losses differ by 0.20, 0.21 and 0.22: 0.01 t / sqrt(3) with t = 4.303
    assert said[0, 0] == (1, "\u25b2 +0.210 \u00b1 0.025")
    paper = rows.index("The paper's delta and epsilon")
    assert said[paper, 0][0] == -1 and said[paper, 0][1].startswith("\u25bc \u2212")
    labels = drawing.figure.layout.yaxis.ticktext
    assert "not a bound" in labels[paper] and "VACUOUS" not in labels[rows.index("Test set (Hoeffding)")]
    assert "lower at 3 of 3" in drawing.sentence and "higher at 3 of 3" in drawing.sentence


def test_one_seed_has_no_interval() -> None:
    drawing = bounds_paired(study(seeds=1))
    cells = drawing.figure.data[0]
    assert set(cells.z) == {0} and not any("\u00b1" in text for text in cells.text)
    assert "not decided at 3 of 3" in drawing.sentence and "one seed" in drawing.sentence
    assert "3 paired seeds" in bounds_paired(study()).sentence


def test_inspector_shows_the_other_arm_and_the_posteriors_own_loss() -> None:
    kl = bounds.pac_bayes_kl(0.1, 5.0, 64)
    marked = bounds.Bound(**{**vars(kl), "terms": (*kl.terms, Term(THEIR_LOSS, 0.17, "loss", role="measured"))})
    test_set = bounds.hoeffding(np.zeros(50))
    values = {kl.name: 0.42, test_set.name: 0.3, "other": 0.1}
    drawing = bound_inspector([test_set, marked], beside=("KD", values))
    diamonds = next(trace for trace in drawing.figure.data if "the same for KD" in (trace.name or ""))
    assert diamonds.x.tolist() == pytest.approx([0.3, 0.42]) and diamonds.y[1] == pytest.approx(1 - 0.42)
    mark = next(trace for trace in drawing.figure.data if "drawn weights" in (trace.name or ""))
    assert mark.x.tolist() == pytest.approx([0.17])
    assert f"Test set (Hoeffding), {test_set.value:.3f} (KD: 0.300)" in drawing.sentence  # the tightest


@pytest.mark.parametrize("draw", [bounds_beside, bounds_paired, lambda s: bounds_beside(s, quantity="gap")])
def test_house_rules(draw: Any) -> None:
    drawing = draw(study())
    assert min(sizes(drawing.figure.to_plotly_json())) >= 14
    assert all(axis.title.text for axis in drawing.figure.select_xaxes())
    assert drawing.title and drawing.sentence.endswith(".")
    shown = [trace.name for trace in drawing.figure.data if trace.name and trace.showlegend is not False]
    assert len(shown) == len(set(shown))


def test_bad_input() -> None:
    with pytest.raises(AMEError, match="quantity must be one of"):
        bounds_beside(study(), quantity="risk")
