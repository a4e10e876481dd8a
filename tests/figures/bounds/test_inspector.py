"""The figures of bounds: that they show every term, every assumption, and what is vacuous."""

from __future__ import annotations

import math
import re
from itertools import pairwise
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from ame_explore.ame import AMEError
from ame_explore.analysis import bounds
from ame_explore.analysis.bounds import Bound
from ame_explore.figures.bounds.inspector import END, bound_inspector
from ame_explore.figures.bounds.over_axis import TOP, bounds_over

TRUTH = {"loss": (0.2, 0.15, 0.25), "gap": (0.1, 0.05, 0.15)}


def some_bounds() -> list[Bound]:
    broken = bounds.protocol_assumptions(shots=4, train_classes=range(5), test_classes=range(10))
    known = bounds.know(bounds.small_world(images=2), 2, 4.0)
    return [
        bounds.hoeffding(np.zeros(50)),
        bounds.pac_bayes_kl(np.full(30, 0.1), 5.0, 64, assumptions=broken),
        bounds.mcallester(0.2, 900.0, 64),
        known.xu_raginsky,
        bounds.xu_raginsky(math.inf, 10),
        bounds.paper_terms(3.0, 64),
    ]


def words(figure: go.Figure) -> str:
    return " ".join(str(each.text) for each in figure.layout.annotations)


def sizes(node: Any, key: str = "") -> list[float]:
    if isinstance(node, dict):
        own = [node["size"]] if "size" in node and "font" in key else []
        return own + [size for name, value in node.items() for size in sizes(value, name)]
    return [size for value in node for size in sizes(value, key)] if isinstance(node, list) else []


def test_inspector_stacks_every_term_up_to_the_value() -> None:
    found = some_bounds()
    figure = bound_inspector(found, measured=TRUTH).figure
    for panel, axis in (("loss", "y"), ("gap", "y2")):
        for place, bound in enumerate(each for each in found if each.quantity == panel):
            bars = [t for t in figure.data if t.yaxis == axis and t.y[0] == pytest.approx(place - 0.24)]
            adds = [term.adds for term in bound.terms if term.adds]
            ends = [float(bar.base[0] + bar.x[0]) for bar in bars]
            assert max(ends) == pytest.approx(min(END, sum(adds)), abs=1e-5)
            assert float(bars[0].base[0]) == 0
            for left, right in pairwise(bars):  # each begins where the one before it ended
                assert float(left.base[0] + left.x[0]) == pytest.approx(float(right.base[0]), abs=1e-6)


def test_inspector_says_vacuous_violated_and_not_a_bound() -> None:
    drawing = bound_inspector(some_bounds(), measured=TRUTH)
    said = words(drawing.figure)
    assert said.count("VACUOUS") == 2 and "VACUOUS infinite" in said and "NOT A BOUND" in said
    assert "if it applied" in said
    assert "measured 0.200</b> [0.150, 0.250]" in said and "measured 0.100</b>" in said
    assert re.search("\u2717</b> <b>independent draws", said) and "\u2713</b> loss in [0, 1]" in said
    assert "?</b> independent prior" in said
    assert "VACUOUS" in drawing.sentence and "measured gap is 0.100" in drawing.sentence


def test_values_stand_right_of_the_bars() -> None:
    """Nothing lies on a bar's end: a value a bound, in a column beside the panel."""
    found = some_bounds()
    figure = bound_inspector(found, measured=TRUTH).figure
    values = [note for note in figure.layout.annotations if str(note.xref).endswith("domain")]
    assert len(values) == len(found)
    assert all(note.x == 1 and note.xanchor == "left" and note.xshift > 0 for note in values)
    assert figure.layout.margin.r >= 200


def test_every_assumption_has_a_light() -> None:
    bound = some_bounds()[1]
    lights = bound_inspector([bound]).figure.layout.annotations[1].text
    assert sum(lights.count(f"{mark}</b>") for mark in "\u2713?\u2717") == len(bound.assumptions)
    assert lights.index("\u2717") < lights.index("\u2713")  # the gravest first


def test_measured_is_drawn_in_its_own_panel() -> None:
    figure = bound_inspector(some_bounds(), measured=TRUTH).figure
    lines = {shape.x0: shape.xref for shape in figure.layout.shapes if shape.line.width == 3}
    assert lines == {0.2: "x", 0.1: "x2"}
    alone = bound_inspector([some_bounds()[5]], measured={"gap": (0.1, math.nan, math.nan)}).figure
    assert any(shape.line.width == 3 for shape in alone.layout.shapes)


def over_n() -> dict[str, list[Bound]]:
    sizes_of = (4, 16, 64)
    return {
        "kl": [bounds.pac_bayes_kl(0.1, 1.0, n) for n in sizes_of],
        "McAllester": [bounds.mcallester(0.1, 20.0, n) for n in sizes_of],
    }


def test_bounds_over_marks_what_is_empty() -> None:
    drawn = over_n()
    drawing = bounds_over([4, 16, 64], drawn, over="samples n", measured=[(0.2, 0.1, 0.3)] * 3)
    line = next(trace for trace in drawing.figure.data if trace.name == "McAllester")
    assert [color == "white" for color in line.marker.color] == [bound.vacuous for bound in drawn["McAllester"]]
    assert max(line.y) <= TOP and line.y[-1] == pytest.approx(drawn["McAllester"][-1].value)
    assert "vacuous at 1 of 3" in drawing.sentence and "measured 0.200 to 0.200" in drawing.sentence
    assert drawing.figure.layout.xaxis.type == "log"
    empty = {f"empty {k}": [bounds.mcallester(0.9, 900.0, n) for n in (4, 16, 64)] for k in range(2)}
    assert "2 of 4 vacuous throughout" in bounds_over([4, 16, 64], drawn | empty, over="n").sentence
    alone = bounds_over([4], {"kl": [drawn["kl"][0]]}, over="n", measured=[(0.2, 0.1, 0.3)])
    assert alone.sentence.startswith("At n 4: measured 0.200; kl ") and " to " not in alone.sentence


@pytest.mark.parametrize("which", ["inspector", "over"])
def test_house_rules(which: str) -> None:
    drawing = (
        bound_inspector(some_bounds(), measured=TRUTH)
        if which == "inspector"
        else bounds_over([4, 16, 64], over_n(), over="samples n")
    )
    plain = drawing.figure.to_plotly_json()
    assert min(sizes(plain)) >= 14
    assert all(axis.title.text for axis in drawing.figure.select_xaxes())
    assert drawing.title and drawing.sentence.endswith(".")
    shown = [trace.name for trace in drawing.figure.data if trace.showlegend is not False]
    assert len(shown) == len(set(shown))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: bound_inspector([]), "bounds must hold at least one Bound"),
        (lambda: bound_inspector(some_bounds(), measured={"risk": (0, 0, 0)}), "measured must name 'loss' or 'gap'"),
        (lambda: bounds_over([], {}, over="n"), "must not be empty"),
        (lambda: bounds_over([1, 2], over_n(), over="n"), "one entry for each of the 2 x"),
        (lambda: bounds_over([4, 16, 16], over_n(), over="n"), "x must be finite and strictly increasing"),
        (
            lambda: bounds_over([1], {"a": [some_bounds()[0]], "b": [some_bounds()[3]]}, over="n"),
            "draw them in two figures",
        ),
    ],
)
def test_bad_input(call: Any, message: str) -> None:
    with pytest.raises(AMEError, match=message):
        call()
