"""The bound inspector: the terms of each bound, whether it holds here, and the measured value that it bounds."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from ame_explore.ame import AMEError
from ame_explore.analysis.bounds.terms import Assumption, Bound, Term
from ame_explore.arguments import checked
from ame_explore.figures.base.colors import BAD, DOUBTFUL, GOOD, GRID, INK, MEASURED, MUTED
from ame_explore.figures.base.style import MEASURED_BAND, Drawing, f32, finish, i32, plain, top_legend
from ame_explore.figures.bounds.marks import END, draw_diamonds, draw_posteriors
from ame_explore.figures.bounds.over_axis import BOUNDED
from ame_explore.quantities import number

Measured = Mapping[str, tuple[float, float, float]]  # "loss" or "gap" -> (value, low, high)

_ROW = 118  # pixels a bound: a bar and two lines of lights
_BETWEEN = 104  # pixels between two panels
_VALUES = 210  # pixels right of the panels, for values
_LINE = 88  # characters of lights a line
_PANELS = {kind: f"bounds of the {each.label}" for kind, each in BOUNDED.items()}
_LIGHTS = {"holds": ("\u2713", GOOD), "not checked": ("?", DOUBTFUL), "violated here": ("\u2717", BAD)}
# role -> colour, colour of the text on it, pattern
_ROLES = {
    "observed loss": ("#b4b4b4", INK, ""),
    "confidence": ("#E69F00", INK, "/"),
    "draws of weights": ("#56B4E9", INK, "."),
    "bias of the estimate": ("#CC79A7", INK, "x"),
    "information": ("#0072B2", "white", ""),
    "other": ("#8c8c8c", "white", "-"),
    "not a bound": ("#d0d0d0", INK, "\\"),
}


@checked
def bound_inspector(
    bounds: Sequence[Bound],
    *,
    measured: Measured | None = None,
    beside: tuple[str, Mapping[str, float]] | None = None,
    title: str = "Which bound says something here?",
) -> Drawing:
    """One bar per bound with its terms stacked, a line for the measured value, and lights for the assumptions.

    Bounds of the loss and of the gap have a panel each, with the values in a column at the right. A bound above 1 says
    nothing, and is marked VACUOUS.

    Args:
        bounds: at least one, in display order.
        measured: "loss" and "gap" -> (value, low, high), as in `Gap.measured`; either may be missing.
        beside: another arm's name, and its values by the name of the bound, drawn as open diamonds.
        title: the headline.

    Returns:
        The figure and its sentence.

    Raises:
        AMEError: if there is no bound, or `measured` has a key other than "loss" and "gap".
    """
    if not bounds:
        raise AMEError("bounds must hold at least one Bound, got none.")
    truth = dict(measured or {})
    if not set(truth) <= set(_PANELS):
        raise AMEError(f"measured must name 'loss' or 'gap', got {', '.join(map(repr, truth))}.")
    panels = {kind: [bound for bound in bounds if bound.quantity == kind] for kind in _PANELS}
    panels = {kind: found for kind, found in panels.items() if found}
    inner = _ROW * len(bounds) + _BETWEEN * (len(panels) - 1)
    figure = make_subplots(
        len(panels), 1, row_heights=[len(found) for found in panels.values()], vertical_spacing=_BETWEEN / inner
    )
    named: set[str] = set()
    for row, (kind, found) in enumerate(panels.items(), start=1):
        for place, bound in enumerate(found):
            for trace in _bar(bound, place):
                trace.showlegend = trace.name not in named
                named.add(str(trace.name))
                figure.add_trace(trace, row=row, col=1)
            _words(figure, bound, place, row)
        draw_posteriors(figure, found, row, first="posterior" not in named)
        named |= {"posterior"} if any(bound.measured is not None for bound in found) else set()
        if beside is not None:
            draw_diamonds(figure, found, beside, row, first=row == 1)
        if all(trace.yaxis != f"y{row}".removesuffix("1") for trace in figure.data):  # plotly draws no shape on nothing
            figure.add_trace(go.Bar(x=f32([0]), y=i32([0]), showlegend=False, hoverinfo="skip"), row=row, col=1)
        _ground(figure, row, truth.get(kind))
        _axes(figure, found, row, _PANELS[kind])
    shown = {str(trace.name) for trace in figure.data if trace.name}
    top = 142 + 23 * len(shown)  # beside the long names of bounds, the legend may have one column
    words = "Bars: terms in the order in which they are added. Line and band: the measured value and its interval."
    finish(figure, title, words, height=inner + top + 78, top=top)
    figure.update_layout(barmode="overlay", bargap=0, legend={"traceorder": "normal"}, margin_r=_VALUES)
    top_legend(figure, above=30)
    return Drawing(figure, _sentence(bounds, truth, beside))


def _bar(bound: Bound, place: int) -> list[go.Bar]:
    """A trace for each term that adds to the bound, cut off at the end of the axis."""
    traces, reached = [], 0.0
    for term in bound.terms:
        if term.adds is None or not term.adds > 0:
            continue
        start, reached = reached, reached + term.adds
        length = min(END, reached) - min(END, start)
        if length <= 0:
            continue
        role = term.role if bound.is_bound else "not a bound"
        color, ink, pattern = _ROLES[role]
        traces.append(
            go.Bar(
                x=f32([length]),
                base=f32([start]),
                y=f32([place - 0.24]),
                width=0.34,
                orientation="h",
                marker={
                    "color": color,
                    "line": {"color": "white", "width": 2},
                    "pattern": {
                        "shape": pattern,
                        "fillmode": "overlay",
                        "fgcolor": "white",
                        "size": 10,
                        "solidity": 0.15,
                    },
                },
                name=role,
                legendgroup=role,
                text=[_inside(term, length)],
                textposition="inside",
                insidetextanchor="middle",
                textangle=0,
                constraintext="none",
                textfont={"size": 14, "color": ink},
                hovertemplate=f"{_hover(bound, term)}<extra></extra>",
            )
        )
    return traces


def _inside(term: Term, length: float) -> str:
    """The term's name and what it adds, as far as they fit at about 75 characters a unit."""
    room, adds = length * 75, number(term.adds or 0.0)
    full = f"{plain(term.short)} {adds}"
    return full if len(term.short) + 6 < room else adds if room > 6 else ""


def _hover(bound: Bound, term: Term) -> str:
    unit = f" {term.unit}" if term.unit not in ("", "loss") else ""
    lines = [f"<b>{plain(bound.name)}</b>", plain(bound.help), f"{plain(term.name)} = {number(term.value)}{unit}"]
    lines += [f"adds {number(term.adds or 0.0)} to the bound", f"<i>{plain(term.note)}</i>" if term.note else ""]
    return "<br>".join(line for line in lines if line)


def _words(figure: go.Figure, bound: Bound, place: int, row: int) -> None:
    """The value, in a column of its own right of the panel, and the lights below the bar."""
    loud = bound.vacuous or not bound.is_bound
    if not bound.is_bound:
        verdict = "NOT A BOUND" + ("" if math.isnan(bound.value) else f" {number(bound.value)}")
    else:
        size = number(bound.value) if math.isfinite(bound.value) else "infinite"
        verdict = f"VACUOUS {size}" if bound.vacuous else f"\u2264 {size}"
        verdict += "<br>if it applied" if bound.violated else ""
    figure.add_annotation(
        x=1,
        xref=f"x{row if row > 1 else ''} domain",
        xanchor="left",
        xshift=10,
        y=place - 0.24,
        yref=f"y{row if row > 1 else ''}",
        text=f"<b>{verdict}</b>",
        showarrow=False,
        font={"size": 16, "color": "white" if loud else INK},
        bgcolor=BAD if loud else "rgba(0,0,0,0)",
        borderpad=3,
    )
    figure.add_annotation(
        x=0,
        y=place,
        text=_lights(bound.assumptions),
        showarrow=False,
        align="left",
        xanchor="left",
        yanchor="top",
        font={"size": 14, "color": INK},
        bgcolor="rgba(255,255,255,0.85)",
        borderpad=1,
        row=row,
        col=1,
    )


def _lights(assumptions: Sequence[Assumption]) -> str:
    """Symbol, colour and words for each assumption, the most serious first, in lines of about `_LINE` characters."""
    order = list(_LIGHTS)[::-1]
    lines: list[list[str]] = [[]]
    room = _LINE
    for each in sorted(assumptions, key=lambda each: order.index(each.state)):
        words = textwrap.shorten(each.short, 44, placeholder=" \u2026")
        symbol, color = _LIGHTS[each.state]
        if room < len(words) and lines[-1]:
            lines.append([])
            room = _LINE
        room -= len(words) + 6
        heavy = ("<b>", "</b>") if each.state == "violated here" else ("", "")
        lines[-1].append(f'<span style="color:{color}"><b>{symbol}</b> {heavy[0]}{plain(words)}{heavy[1]}</span>')
    return "<br>".join("&nbsp;&nbsp;&nbsp;&nbsp;".join(line) for line in lines)


def _ground(figure: go.Figure, row: int, truth: tuple[float, float, float] | None) -> None:
    """Draw the region above 1, where a bound says nothing, and the measured value."""
    figure.add_vrect(x0=1, x1=END, fillcolor=GRID, opacity=0.8, line_width=0, layer="below", row=row, col=1)
    figure.add_vline(x=1, line={"color": MUTED, "width": 1.5, "dash": "dot"}, row=row, col=1)
    if truth is None:
        return
    value, low, high = truth
    if math.isfinite(low) and math.isfinite(high):
        figure.add_vrect(x0=low, x1=high, fillcolor=MEASURED_BAND, line_width=0, row=row, col=1)
    figure.add_vline(x=value, line={"color": MEASURED, "width": 3}, row=row, col=1)
    interval = f" [{number(low)}, {number(high)}]" if math.isfinite(low) else ""
    figure.add_annotation(
        x=value,
        y=1,
        yref="y domain" if row == 1 else f"y{row} domain",
        xref="x" if row == 1 else f"x{row}",
        text=f"<b>measured {number(value)}</b>{interval}",
        showarrow=False,
        xanchor="left" if value < 0.6 else "right",
        yanchor="bottom",
        font={"size": 15, "color": MEASURED},
    )


def _axes(figure: go.Figure, bounds: Sequence[Bound], row: int, words: str) -> None:
    figure.update_yaxes(
        tickvals=f32(range(len(bounds))) - 0.24,
        ticktext=[_label(bound) for bound in bounds],
        range=[len(bounds) - 0.5, -0.5],
        showgrid=False,
        ticks="",
        row=row,
        col=1,
    )
    figure.update_xaxes(
        title_text=f"{words}; above 1 a bound says nothing", range=[-0.004, END], tickformat="~g", row=row, col=1
    )


def _label(bound: Bound) -> str:
    how = {"with probability": f"with {bound.confidence or 0:.0%}", "in expectation": "on average"}
    lines = textwrap.wrap(bound.name, 22, break_on_hyphens=False)
    detail = f"n = {bound.n}, {how[bound.kind]}" if bound.kind in how else f"n = {bound.n}"
    return "<br>".join([f"<b>{plain(line)}</b>" for line in lines] + [detail])


def _sentence(bounds: Sequence[Bound], truth: Measured, beside: tuple[str, Mapping[str, float]] | None) -> str:
    """What was measured, the tightest bound that says something, and how many do not: the rest is in the figure."""
    parts = [f"The measured {kind} is {number(value)}." for kind, (value, _, _) in truth.items()]
    for kind in _PANELS:
        here = [bound for bound in bounds if bound.quantity == kind]
        sound = [each for each in here if each.applies]
        if sound:
            best = min(sound, key=lambda each: each.value)
            other = math.nan if beside is None else beside[1].get(best.name, math.nan)
            against = f" ({beside[0]}: {number(other)})" if beside is not None and math.isfinite(other) else ""
            state = "" if best.verdict == "holds" else f"; {best.verdict}"
            words = (
                f"The tightest bound of the {kind} that says something is {best.name}, {number(best.value)}{against}"
            )
            parts.append(f"{words}{state}.")
    whole = {
        "VACUOUS": sum(bound.vacuous and bound.is_bound for bound in bounds),
        "violated here": sum(bool(bound.violated) and bound.is_bound for bound in bounds),
        "not a bound": sum(not bound.is_bound for bound in bounds),
    }
    told = [f"{count} {what}" for what, count in whole.items() if count]
    parts += [f"Of {len(bounds)} in all: {', '.join(told)}."] if told else []
    return " ".join(parts)
