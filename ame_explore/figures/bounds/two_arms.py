"""Bounds of two arms side by side over samples, omega or training, and their paired differences."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from ame_explore.ame import AMEError, check_choice
from ame_explore.analysis.bounds.study import AXES, BoundStudy
from ame_explore.analysis.statistics import VERDICTS, PairedInterval
from ame_explore.arguments import checked
from ame_explore.figures.base.colors import GRID, INK, MUTED
from ame_explore.figures.base.style import (
    ArmStyle,
    Drawing,
    arm_styles,
    f32,
    finish,
    log_axis,
    plain,
    top_legend,
    wants_log,
)
from ame_explore.figures.bounds.over_axis import BOUNDED, TOP, bound_trace, legend_name, measured_traces, ticks_at
from ame_explore.quantities import NOTHING, UNDECIDED, number

# the other arm's value against the reference's -> sign, value on the colour scale, colour of the cell
_VERDICTS = {
    "lower": ("\u25bc", -1, "#cfe6f5"),
    "higher": ("\u25b2", 1, "#fbd9c4"),
    NOTHING: ("=", 0, "#f3f3f3"),
    UNDECIDED: ("?", 0, "#f3f3f3"),
}


@dataclass(frozen=True)
class _Row:
    """One row of `bounds_paired`: what is compared, its intervals over seeds or supersamples, a note on the bound."""

    name: str
    label: str
    intervals: Sequence[PairedInterval]
    measured: bool = False
    note: str = ""
    over: str = "paired seeds"

    @property
    def heading(self) -> str:
        """The label as the axis shows it."""
        words = f"<b>{plain(self.label)}</b>" if self.measured else plain(self.label)
        small = f"<br><span style='font-size:14px;color:#5a5a5a'>{self.note}</span>" if self.note else ""
        return words + small


@checked
def bounds_beside(study: BoundStudy, *, quantity: str = "loss", title: str = "") -> Drawing:
    """One panel per arm: each bound's mean over seeds, filled where it applies, and the measured value.

    Args:
        study: a study over one or more seeds.
        quantity: "loss" (test set, PAC-Bayes) or "gap" (f-CMI, and the paper's formula with delta alone).
        title: the headline.

    Returns:
        The figure and its sentence.

    Raises:
        AMEError: if the quantity is unknown, or the study has no bound of it.
    """
    check_choice("quantity", quantity, BOUNDED)
    names = [name for name in study.names if study.bound(name, study.arms[0]).quantity == quantity]
    if not names:
        raise AMEError(f"study must hold a bound of the {quantity}, got {', '.join(study.names)}.")
    figure = make_subplots(
        1,
        len(study.arms),
        shared_yaxes=True,
        subplot_titles=[f"<b>{plain(arm)}</b>" for arm in study.arms],
        horizontal_spacing=0.04,
    )
    lowest = 0.0
    for column, arm in enumerate(study.arms, start=1):
        lowest = min(lowest, _draw_measured(figure, study, quantity, arm, column))
        for name, style in _styles(study, names).items():
            _draw_bound(figure, study, name, arm, style, column)
        figure.add_hrect(
            y0=1, y1=TOP + 0.03, fillcolor=GRID, opacity=0.8, line_width=0, layer="below", row=1, col=column
        )
        figure.add_hline(y=1, line={"color": MUTED, "width": 1.5, "dash": "dot"}, row=1, col=column)
        figure.add_annotation(
            x=0.02,
            xref="x domain" if column == 1 else f"x{column} domain",
            xanchor="left",
            y=1.075,
            yref="y",
            text="<b>VACUOUS</b>: says nothing",
            showarrow=False,
            font={"color": INK, "size": 15},
        )
    scale = log_axis(min(study.x), max(study.x)) if wants_log(study.x, 8) else {}
    figure.update_xaxes(title_text=AXES[study.axis], **{**scale, **ticks_at(study.x)})
    figure.update_yaxes(range=[lowest - 0.02, TOP + 0.03])
    figure.update_yaxes(title_text=BOUNDED[quantity].title, row=1, col=1)
    rows = math.ceil((len(names) + 1) / 3)
    finish(
        figure,
        title or f"Which bound follows the measured {quantity}?",
        f"Means over {_seeds(study)}. Filled: the bound applies. Open: vacuous, violated here, or not a bound.",
        height=520 + 26 * rows,
        top=120 + 26 * rows,
    )
    figure.update_layout(legend_traceorder="normal")
    top_legend(figure, above=36, item=44)
    return Drawing(figure, _beside_sentence(study, names, quantity))


@checked
def bounds_paired(study: BoundStudy, *, title: str = "Does AME make the bounds tighter?") -> Drawing:
    """One cell per bound and x: the change from the reference to the other arm, with its 95% interval over seeds.

    A bound that is vacuous in the other arm keeps its cell, because the published formula is about that change; its
    label says so.

    Args:
        study: a study over one or more seeds; one seed gives no intervals.
        title: the headline.

    Returns:
        The figure and its sentence.

    Raises:
        AMEError: if the study has one arm.
    """
    if len(study.arms) < 2:
        raise AMEError(f"study must hold two arms, got {', '.join(map(repr, study.arms))}: draw it with bounds_beside.")
    reference, other = study.arms[0], study.arms[1]
    rows = _rows(study, other)
    places, heights, colors, texts, hovers = [], [], [], [], []
    for height, row in enumerate(rows):
        for place, interval in enumerate(row.intervals):
            sign, color, _ = _VERDICTS[interval.verdict]
            places.append(place)
            heights.append(height)
            colors.append(color)
            texts.append(_cell(sign, interval))
            hovers.append(
                f"<b>{plain(row.name)}</b><br>{AXES[study.axis]} = {study.x[place]:g}<br>{plain(other)} \u2212 "
                f"{plain(reference)}: {BOUNDED['loss'].change_text(interval, row.over)}"
            )
    figure = go.Figure(
        go.Heatmap(
            x=f32(places),
            y=f32(heights),
            z=f32(colors),
            text=texts,
            customdata=hovers,
            texttemplate="%{text}",
            textfont={"size": 14, "color": INK},
            hovertemplate="%{customdata}<extra></extra>",
            colorscale=[[0, _VERDICTS["lower"][2]], [0.5, _VERDICTS[NOTHING][2]], [1, _VERDICTS["higher"][2]]],
            zmin=-1,
            zmax=1,
            xgap=3,
            ygap=3,
            showscale=False,
        )
    )
    figure.update_yaxes(
        tickvals=list(range(len(rows))),
        ticktext=[row.heading for row in rows],
        range=[len(rows) - 0.5, -0.5],
        showgrid=False,
        ticks="",
    )
    figure.update_xaxes(
        tickvals=list(range(len(study.x))),
        ticktext=[f"{each:g}" for each in study.x],
        title_text=AXES[study.axis],
        showgrid=False,
    )
    words = (
        f"{plain(other)} \u2212 {plain(reference)}, mean and 95% interval over {_seeds(study)}.<br>"
        "\u25bc lower (for a bound: tighter), \u25b2 higher, = no difference seen, ? not decided."
    )
    finish(figure, title, words, height=170 + 44 * len(rows), top=104)
    return Drawing(figure, _paired_sentence(study, rows))


def _seeds(study: BoundStudy) -> str:
    """The number of seeds, in words."""
    seeds = len(study.students[study.arms[0]][0])
    return "one seed" if seeds == 1 else f"{seeds} paired seeds"


def _rows(study: BoundStudy, other: str) -> list[_Row]:
    rows = [
        _Row(f"measured {what}", f"measured {what}", study.paired_measured(what, other), measured=True)
        for what in ("loss", "gap")
    ]
    for name in study.names:
        bound, note = study.bound(name, other), ""
        if not bound.is_bound:
            note = "not a bound"
        elif study.empty(name, other):
            note = "VACUOUS at every x"
        rows.append(_Row(name, bound.short, study.paired(name, other), note=note, over=study.over(name)))
    return rows


def _draw_measured(figure: go.Figure, study: BoundStudy, quantity: str, arm: str, column: int) -> float:
    """Draws the band, and returns its lowest value."""
    kind = "expected gap" if quantity == "gap" and study.coins else quantity
    found = study.measured(kind, arm)
    values = np.array([[each.mean, each.low, each.high] for each in found])
    values = values.clip(0 if quantity == "loss" else -1, 1)  # no loss lies outside, though a t interval may
    traces = measured_traces(study.x, values, size=4, first=column == 1)
    figure.add_traces(traces, rows=[1] * len(traces), cols=[column] * len(traces))
    return float(np.nanmin(values))


def _draw_bound(figure: go.Figure, study: BoundStudy, name: str, arm: str, style: ArmStyle, column: int) -> None:
    means = study.values(name, arm).mean(axis=1)
    bounds = [replace(study.bound(name, arm, place), value=float(mean)) for place, mean in enumerate(means)]
    trace = bound_trace(study.x, bounds, style, name=legend_name(bounds[0]), first=column == 1)
    figure.add_trace(trace, row=1, col=column)


def _styles(study: BoundStudy, names: Sequence[str]) -> dict[str, ArmStyle]:
    """Colour and marker by the form of the bound; of several priors, the first is dotted."""
    found = {name: study.bound(name, study.arms[0]) for name in names}
    looks = arm_styles(dict.fromkeys(bound.form for bound in found.values()))
    priors = list(dict.fromkeys(bound.prior for bound in found.values() if bound.prior))
    dotted = priors[0] if len(priors) > 1 else None
    return {
        name: replace(looks[bound.form], dash="dot" if bound.prior == dotted else "solid")
        for name, bound in found.items()
    }


def _cell(sign: str, interval: PairedInterval) -> str:
    mean = number(interval.mean, signed=True)
    return f"{sign} {mean} \u00b1 {number(interval.half_width)}" if interval.defined else mean


def _paired_sentence(study: BoundStudy, rows: Sequence[_Row]) -> str:
    """Verdicts for measured values and bounds; bounds that say nothing are only counted."""
    other, words, empty = study.arms[1], [], 0
    for row in rows:
        bound = None if row.measured else study.bound(row.name, other)
        if bound is not None and bound.is_bound and study.empty(row.name, other):
            empty += 1
            continue
        said = [interval.verdict for interval in row.intervals]
        parts = [f"{verdict} at {said.count(verdict)} of {len(said)}" for verdict in VERDICTS if verdict in said]
        note = "" if bound is None or bound.is_bound else " (not a bound)"
        words.append(f"{row.label}{note} {', '.join(parts)}")
    rest = f" {empty} bound{'s say' if empty > 1 else ' says'} nothing at any x." if empty else ""
    lead = f"{other} against {study.arms[0]}, over {AXES[study.axis]}, {_seeds(study)}"
    return f"{lead}: {'; '.join(words)}.{rest}"


def _beside_sentence(study: BoundStudy, names: list[str], quantity: str) -> str:
    """For each arm: the measured value, the tightest bound that is not vacuous everywhere, and how many are."""
    parts = []
    for arm in study.arms:
        kind = "expected gap" if quantity == "gap" and study.coins else quantity
        found = study.measured(kind, arm)
        words = f"{arm}, from {AXES[study.axis]} {study.x[0]:g} to {study.x[-1]:g}: measured "
        words += f"{number(found[0].mean)} to {number(found[-1].mean)}"
        some = [name for name in names if not study.empty(name, arm)]
        if some:
            values = {name: study.values(name, arm).mean(axis=1) for name in some}
            best = min(some, key=lambda name: float(values[name].mean()))
            ends = f"{number(values[best][0])} to {number(values[best][-1])}"
            words += f", tightest bound {ends} ({study.bound(best, arm).short})"
        no_bounds = [bound for name in names if not (bound := study.bound(name, arm)).is_bound]
        empty = len(names) - len(some) - len(no_bounds)
        words += f"; {empty} of {len(names)} vacuous throughout" if empty else ""
        words += "".join(f"; {bound.short} (not a bound)" for bound in no_bounds)
        parts.append(words + ".")
    return " ".join(parts)
