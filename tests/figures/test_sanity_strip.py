"""The sanity strip, drawn: what is known, what is estimated, and the gap between the two."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from ame_explore.ame import AMEError
from ame_explore.analysis import SanityStrip
from ame_explore.figures import Drawing, sanity


def made(vary: str = "n", *, bias: float = 0.5, cap: float = np.inf, repeats: int = 4, **changes: Any) -> SanityStrip:
    """A strip whose control lies `bias` above its true value of 2, with a deviation of about 0.1."""
    settings = {"n": [10, 30, 100], "k": [1, 3, 8], "width": [0.5, 2.0, 8.0]}[vary]
    noise = 0.1 * np.linspace(-1, 1, repeats) if repeats > 1 else np.zeros(1)
    found = SanityStrip(
        estimator="kozachenko-leonenko",
        quantity="Kozachenko-Leonenko entropy",
        unit="nats",
        vary=vary,
        settings=np.array(settings, dtype=np.float64),
        estimate=np.array([[1.0], [1.2], [1.3]]) + (noise if vary == "n" else 0.0 * noise[:1]),
        control=2.0 + bias + noise * np.ones((3, 1)),
        truth=np.full(3, 2.0),
        cap=np.full(3, cap),
        control_words="a Gaussian of the same covariance",
        n=100,
        d=4,
        held="" if vary == "k" else "k = 3",
    )
    return replace(found, **changes)


def named(drawing: Drawing, name: str) -> list[Any]:
    return [trace for trace in drawing.figure.data if trace.name == name]


def font_sizes(node: Any, key: str = "") -> Iterator[float]:
    if isinstance(node, dict):
        for name, value in node.items():
            if name == "size" and "font" in key:
                yield value
            yield from font_sizes(value, name)
    elif isinstance(node, list):
        for value in node:
            yield from font_sizes(value, key)


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_house_rules(count: int) -> None:
    drawing = sanity([made(("n", "k", "width")[i % 3], cap=2.6) for i in range(count)])
    figure = drawing.figure
    assert drawing.title and drawing.sentence.endswith(".")
    plain_json = json.loads(figure.to_json())
    assert min(font_sizes(plain_json)) >= 14
    assert all(int(size) >= 14 for size in re.findall(r"font-size: *(\d+)", str(plain_json)))
    assert len(list(figure.select_xaxes(lambda axis: axis.title.text))) == count
    assert all(axis.title.text == "nats" for axis in figure.select_yaxes(lambda axis: axis.title.text))
    for trace in plain_json["data"]:
        assert trace["type"] == "scatter"
        assert all(trace[axis]["dtype"] == "f4" for axis in ("x", "y"))
    shown = [trace.name for trace in figure.data if trace.showlegend is not False]
    assert len(shown) == len(set(shown)) == 5


def test_it_draws_estimate_control_truth_and_the_gap() -> None:
    strip = made()
    drawing = sanity(strip)
    (truth,), (control,), (bias,) = (
        named(drawing, name) for name in ("control, true value", "control, estimated", "bias")
    )
    band, data = named(drawing, "your data")
    assert np.allclose(truth.y, 2) and np.allclose(control.y, 2.5) and np.allclose(data.y, [1, 1.2, 1.3])
    assert np.allclose(control.error_y.array, strip.control.std(axis=1, ddof=1))
    assert np.allclose(bias.y, [2, 2, 2, 2.5, 2.5, 2.5]) and bias.fill == "toself"
    assert np.allclose(bias.x, [10, 30, 100, 100, 30, 10])
    spread = strip.estimate.std(axis=1, ddof=1)
    assert np.allclose(band.y[:3], [1, 1.2, 1.3] - spread) and band.showlegend is False
    assert "bias +0.50 at n = 100" in drawing.figure.layout.annotations[0].text
    assert "(d = 4, k = 3)" in drawing.figure.layout.xaxis.title.text
    assert drawing.sentence == (
        "Kozachenko-Leonenko entropy at n = 100: 1.30 nats in the data; for a Gaussian of the same covariance "
        "the estimate is 2.50 and the true value 2.00: bias +0.50 at n = 100."
    )


def test_a_bias_within_its_noise_is_not_claimed() -> None:
    """0.05 against a standard error of 0.043 (0.086 deviation, four draws); with one draw it is shown as it is."""
    assert "no bias seen" in sanity(made(bias=0.05)).figure.layout.annotations[0].text
    assert "no bias is seen" in sanity(made(bias=0.05)).sentence
    one = sanity(made(bias=0.05, repeats=1))
    assert "bias +0.050" in one.figure.layout.annotations[0].text
    assert not named(one, "control, estimated")[0].error_y.visible
    assert len(named(one, "your data")) == 1


def test_k_and_width_say_both_ends() -> None:
    control = np.array([[2.1], [2.3], [2.9]]) + np.zeros((1, 4))
    for vary, ends in (("k", ("1", "8")), ("width", ("0.5", "8"))):
        drawing = sanity(made(vary, control=control))
        words = f"bias +0.10 at {vary} = {ends[0]}, +0.90 at {ends[1]}"
        assert words in drawing.figure.layout.annotations[0].text and words in drawing.sentence
        assert "1.00 to 1.30 nats in the data" in drawing.sentence and "the true value 2.00" in drawing.sentence
        assert len(named(drawing, "your data")) == 1  # all rows: there is no band
    assert list(sanity(made("k")).figure.layout.xaxis.ticktext) == ["1", "3", "8"]


def test_a_cap_is_drawn_where_it_is_near_and_holds_the_axis() -> None:
    """A true value far above the cap leaves the picture: it would flatten all that can be estimated."""
    assert not named(sanity(made()), "cap of the method") and not named(sanity(made(cap=50.0)), "cap of the method")
    near = sanity(made(cap=2.7))
    assert np.allclose(named(near, "cap of the method")[0].y, 2.7)
    assert near.figure.layout.yaxis.range[1] > 2.7
    far = sanity(made(cap=2.7, bias=0.1, truth=np.array([40.0, 5.0, 2.0])))
    assert 2.7 < far.figure.layout.yaxis.range[1] < 5
    assert far.figure.layout.yaxis.range[0] < 1.0


def test_panels_wrap_and_equal_values_have_room() -> None:
    assert len(sanity([made()] * 7).figure.layout.annotations) == 7
    assert sanity([made()] * 4).figure.layout.height > sanity([made()] * 3).figure.layout.height
    level = made(estimate=np.full((3, 1), 2.0), control=np.full((3, 2), 2.0))
    low, high = sanity(level).figure.layout.yaxis.range
    assert low < 2 < high
    single = replace(
        made(),
        settings=np.array([50.0]),
        estimate=np.ones((1, 4)),
        control=2 * np.ones((1, 4)),
        truth=np.ones(1),
        cap=np.ones(1),
    )
    assert isinstance(sanity(single).figure, go.Figure)


def test_words_are_never_read_as_html() -> None:
    drawn = sanity(made(quantity="<i>mine</i>", control_words="%{y}<b>", held="<u>k</u>")).figure.to_json()
    assert "<i>mine" not in drawn and "<u>" not in drawn and "%{y}<b>" not in drawn


def test_no_strip_is_an_error() -> None:
    with pytest.raises(AMEError, match="at least one SanityStrip, got none"):
        sanity([])
