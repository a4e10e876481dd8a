"""The sanity strip: an estimate beside a control with a known value, so that a reader sees bias before concluding."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from ame_explore.ame import AMEError
from ame_explore.analysis.estimators.sanity import SanityStrip
from ame_explore.arguments import checked
from ame_explore.figures.base.colors import INK, MUTED, OKABE_ITO
from ame_explore.figures.base.style import ArmStyle, Drawing, f32, finish, log_axis, panel_grid, plain, top_legend
from ame_explore.quantities import number

_DATA = ArmStyle(OKABE_ITO[0], "solid", "circle")
_CONTROL = ArmStyle(OKABE_ITO[1], "dash", "diamond")
_BIAS = "#a34700"  # the control's colour, dark enough for text
_NAMES = {
    "data": "your data",
    "control": "control, estimated",
    "truth": "control, true value",
    "cap": "cap of the method",
}
_ORDER = [_NAMES["data"], _NAMES["control"], _NAMES["truth"], "bias", _NAMES["cap"]]
_AXES = {"n": "samples n", "k": "neighbour k", "width": "kernel width"}
_PANEL, _GAP = 300, 128  # pixels: a panel's height, and the space between two rows of panels

Array = NDArray[np.float64]


@checked
def sanity(
    strips: SanityStrip | Sequence[SanityStrip], *, title: str = "Can these estimates be trusted at this size?"
) -> Drawing:
    """One small panel per strip: the estimate on the data, the estimate on the control, and the control's true value.

    The filled gap between the control and its true value is the method's bias; its size at the last setting is written
    above the panel. Whiskers and band are one standard deviation over draws. A cap (for example log n) is drawn if it
    is near.

    Args:
        strips: one or more, from `analysis.sanity_strip`; drawn in this order, three per row.
        title: the headline.

    Raises:
        AMEError: if there is no strip.
    """
    shown = [strips] if isinstance(strips, SanityStrip) else list(strips)
    if not shown:
        raise AMEError("strips must hold at least one SanityStrip, got none.")
    titles = [_heading(strip) for strip in shown]
    figure, places, inner = panel_grid(titles, side=_PANEL, between=_GAP, horizontal_spacing=0.085)
    figure.update_annotations(font={"size": 16}, yshift=6)
    for strip, where in zip(shown, places, strict=True):
        _draw(figure, strip, where["row"], where["col"])
    named: set[str] = set()
    for trace in figure.data:
        if trace.showlegend is None:
            trace.showlegend = trace.name not in named
            trace.legendrank = 1 + _ORDER.index(trace.name)
            named.add(trace.name)
    words = "Filled gap: the method's bias on a control with a known value. Whiskers, bands: one standard deviation."
    finish(figure, title, words, height=inner + 172 + 78, top=172)
    top_legend(figure, above=58, item=44)
    return Drawing(figure, " ".join(_sentence(strip) for strip in shown))


def _heading(strip: SanityStrip) -> str:
    quantity = plain(_capitalized(strip.quantity).replace(" on mutual information", ""))
    bias = f"<span style='font-size: 15px; color: {_BIAS}'>{_bias_words(strip)}</span>"
    return f"<b>{quantity}</b><br>{bias}"


def _bias_words(strip: SanityStrip) -> str:
    """The bias at the largest n; for k and width, at the first and the last setting."""
    first, last = (_signed(float(strip.bias[end])) for end in (0, -1))
    if strip.vary != "n" and len(strip.settings) > 1:
        low, high = (_setting(strip, end) for end in (0, -1))
        return f"bias {first} at {strip.vary} = {low}, {last} at {high}"
    at = f"{strip.vary} = {_setting(strip, -1)}"
    return f"bias {last} at {at}" if _is_seen(strip) else f"no bias seen at {at}"


def _is_seen(strip: SanityStrip) -> bool:
    """Whether the bias at the last setting exceeds twice its standard error; with one draw, always."""
    error = float(strip.bias_error[-1])
    return not math.isfinite(error) or abs(float(strip.bias[-1])) > 2 * error


def _signed(value: float) -> str:
    return number(value, 2, signed=True, fine=abs(value) >= 0.001)


def _setting(strip: SanityStrip, place: int) -> str:
    return f"{strip.settings[place]:.3g}" if strip.vary == "width" else f"{strip.settings[place]:.0f}"


def _draw(figure: go.Figure, strip: SanityStrip, row: int, column: int) -> None:
    where = {"row": row, "col": column}
    estimate, control = strip.estimate.mean(axis=1), strip.control.mean(axis=1)
    low, high, capped = _limits(strip, estimate, control)
    x, truth = strip.settings, np.clip(strip.truth, None, high + (high - low))
    traces = [_outline(x, truth, control, "bias", _CONTROL.faint(0.22))]
    if strip.estimate.shape[1] > 1:
        spread = strip.estimate.std(axis=1, ddof=1)
        traces.append(_outline(x, estimate - spread, estimate + spread, _NAMES["data"], _DATA.faint(0.18)))
    if capped:
        traces.append(_line(x, strip.cap, _NAMES["cap"], MUTED, "dot", strip))
    traces.append(_line(x, truth, _NAMES["truth"], INK, "solid", strip))
    traces.append(_points(x, control, strip.control, _NAMES["control"], _CONTROL, strip))
    traces.append(_points(x, estimate, strip.estimate[:, :1], _NAMES["data"], _DATA, strip))
    for trace in traces:
        figure.add_trace(trace, **where)
    reach = math.log10(x[-1] / x[0]) if len(x) > 1 else 1.0
    first, last = math.log10(x[0]) - 0.05 * reach, math.log10(x[-1]) + 0.06 * reach
    facts = ", ".join(filter(None, [f"n = {strip.n}" if strip.vary != "n" else "", f"d = {strip.d}", strip.held]))
    title = f"{_AXES[strip.vary]} <span style='font-size: 14px; color: {MUTED}'>({facts})</span>"
    figure.update_xaxes(title_text=title, **log_axis(x[0], x[-1]), range=[first, last], **where)
    if strip.vary == "k":
        figure.update_xaxes(tickvals=f32(x), ticktext=[f"{k:.0f}" for k in x], **where)
    figure.update_yaxes(title_text=strip.unit, range=[low, high], nticks=6, **where)


def _limits(strip: SanityStrip, estimate: Array, control: Array) -> tuple[float, float, bool]:
    """The range of y, and whether the cap lies within or near it.

    If the cap limits an estimate, a true value far above it would flatten everything else, so it may lie outside.
    """
    drawn = np.concatenate([strip.estimate.ravel(), strip.control.ravel()])
    low, high = float(min(drawn.min(), strip.truth.min())), float(drawn.max())
    top = float(strip.truth.max())
    nearest = float(strip.cap.min())
    near = max(high, min(top, nearest))
    capped = math.isfinite(nearest) and nearest <= near + 0.35 * (near - low)
    if top > nearest and top > high + 0.6 * (high - low):
        high = max(high, min(float(strip.cap.max()), high + 0.6 * (high - low)))
    else:
        high = max(high, top)
    if capped:
        high = max(high, nearest)
    margin = 0.08 * (high - low) or 0.5 * max(abs(high), 1e-3)
    return low - margin, high + margin, capped


def _outline(x: Array, one: Array, other: Array, name: str, fill: str) -> go.Scatter:
    """The area between two curves."""
    return go.Scatter(
        x=f32(np.concatenate([x, x[::-1]])),
        y=f32(np.concatenate([one, other[::-1]])),
        fill="toself",
        fillcolor=fill,
        mode="none",
        hoverinfo="skip",
        name=name,
        legendgroup=name,
        showlegend=None if name == "bias" else False,
    )


def _line(x: Array, y: Array, name: str, color: str, dash: str, strip: SanityStrip) -> go.Scatter:
    return go.Scatter(
        x=f32(x),
        y=f32(y),
        mode="lines",
        line={"color": color, "dash": dash, "width": 2},
        name=name,
        legendgroup=name,
        hovertemplate=f"{strip.vary} = %{{x:.4~g}}: %{{y:.4~g}} {strip.unit}",
    )


def _points(x: Array, mean: Array, draws: Array, name: str, style: ArmStyle, strip: SanityStrip) -> go.Scatter:
    what = f"<br>of {plain(strip.control_words)}" if style is _CONTROL else ""
    whiskers = draws.std(axis=1, ddof=1) if draws.shape[1] > 1 else np.zeros(len(x))
    return go.Scatter(
        x=f32(x),
        y=f32(mean),
        error_y={"type": "data", "array": f32(whiskers), "thickness": 1.5, "width": 4, "visible": bool(whiskers.any())},
        mode="lines+markers",
        line={"color": style.color, "dash": style.dash, "width": 2.5},
        marker={"symbol": style.symbol, "size": 8},
        name=name,
        legendgroup=name,
        hovertemplate=f"{strip.vary} = %{{x:.4~g}}: %{{y:.4~g}} {strip.unit}{what}",
    )


def _sentence(strip: SanityStrip) -> str:
    ends = (-1,) if strip.vary == "n" or len(strip.settings) == 1 else (0, -1)
    means = [strip.estimate.mean(axis=1), strip.control.mean(axis=1), strip.truth]
    found, said, true = (_span(values, ends) for values in means)
    at = f"{strip.vary} = {' to '.join(_setting(strip, end) for end in ends)}"
    verdict = f"{_bias_words(strip)}" if _is_seen(strip) or len(ends) > 1 else "no bias is seen beyond the noise"
    return (
        f"{_capitalized(strip.quantity)} at {at}: {found} {strip.unit} in the data; for {strip.control_words} "
        f"the estimate is {said} and the true value {true}: {verdict}."
    )


def _span(values: Array, ends: tuple[int, ...]) -> str:
    return " to ".join(dict.fromkeys(number(float(values[end]), 2, fine=True) for end in ends))


def _capitalized(words: str) -> str:
    return words[:1].upper() + words[1:]
