"""Bounds of two arms beside each other over samples, omega or training, and their paired differences."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from ame_explore.ame import AMEError, check_choice
from ame_explore.analysis.bounds.study import AXES, BoundStudy
from ame_explore.analysis.bounds.terms import VACUOUS_FROM
from ame_explore.analysis.statistics import PairedInterval
from ame_explore.figures.base.style import (
    GRID,
    INK,
    MUTED,
    ArmStyle,
    Drawing,
    arm_styles,
    f32,
    finish,
    log_axis,
    number,
    plain,
    top_legend,
    wants_log,
)
from ame_explore.figures.bounds.curves import TOP, short_name, ticks_at

_TRUTH = "#00714f"
_SIDES = {"loss": "expected loss", "gap": "gap (expected loss \u2212 training loss)"}
# what the other arm's value is against the reference's -> sign, colour of the cell
_VERDICTS = {"better": ("\u25bc", "#cfe6f5"), "worse": ("\u25b2", "#fbd9c4")}
_NONE = ("=", "#f3f3f3")


def bounds_beside(study: BoundStudy, *, quantity: str = "loss", title: str = "") -> Drawing:
    """A panel an arm: each bound's mean over seeds, filled where it applies, and the measured band with its interval.

    Args:
        study: of one seed or more.
        quantity: "loss" (test set, PAC-Bayes) or "gap" (f-CMI, and what the paper's delta alone would give).
        title: the headline.

    Raises:
        AMEError: an unknown quantity, or a study that has no bound of it.
    """
    check_choice("quantity", quantity, _SIDES)
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
        for name, style in _styles(names).items():
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
    figure.update_yaxes(title_text=_SIDES[quantity], row=1, col=1)
    rows = math.ceil((len(names) + 1) / 3)
    finish(
        figure,
        title or f"Which bound follows the measured {quantity}?",
        "Means over seeds. Filled: it applies. Open: vacuous, violated here, or not a bound.",
        height=520 + 26 * rows,
        top=120 + 26 * rows,
    )
    figure.update_layout(legend_traceorder="normal")
    top_legend(figure, above=36, item=44)
    return Drawing(figure, _beside_sentence(study, names, quantity))


def bounds_paired(study: BoundStudy, *, title: str = "Does AME make the bounds tighter?") -> Drawing:
    """A cell for each bound and x: the change from the reference to the other arm, with its 95% interval over seeds.

    A bound that says nothing in the other arm keeps its cell, for the published formula promises just that; its name
    says so.

    Args:
        study: of one seed or more; of one there are no intervals.
        title: the headline.
    """
    rows = ["measured loss", "measured gap", *study.names]
    reference, other = study.arms[0], study.arms[1]
    found = {name: study.paired(name, other) for name in rows}
    places, heights, colors, texts, hovers = [], [], [], [], []
    for height, name in enumerate(rows):
        for place, interval in enumerate(found[name]):
            sign, _ = _VERDICTS.get(interval.verdict, _NONE)
            places.append(place)
            heights.append(height)
            colors.append(["better", "worse"].index(interval.verdict) * 2 - 1 if interval.verdict in _VERDICTS else 0)
            texts.append(_cell(sign, interval))
            hovers.append(
                f"<b>{plain(name)}</b><br>{AXES[study.axis]} = {study.x[place]:g}<br>{plain(other)} \u2212 "
                f"{plain(reference)}: {number(-interval.mean, signed=True)} [{number(-interval.high, signed=True)}, "
                f"{number(-interval.low, signed=True)}], {interval.n} pairs"
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
            colorscale=[[0, _VERDICTS["better"][1]], [0.5, _NONE[1]], [1, _VERDICTS["worse"][1]]],
            zmin=-1,
            zmax=1,
            xgap=3,
            ygap=3,
            showscale=False,
        )
    )
    labels = [_row_label(study, name, other) for name in rows]
    figure.update_yaxes(
        tickvals=list(range(len(rows))), ticktext=labels, range=[len(rows) - 0.5, -0.5], showgrid=False, ticks=""
    )
    figure.update_xaxes(
        tickvals=list(range(len(study.x))),
        ticktext=[f"{each:g}" for each in study.x],
        title_text=AXES[study.axis],
        showgrid=False,
    )
    words = (
        f"{plain(other)} \u2212 {plain(reference)}, mean and 95% over paired seeds. \u25bc lower (for a bound: tighter)"
        ", \u25b2 higher, = no difference seen."
    )
    finish(figure, title, words, height=150 + 44 * len(rows), top=84)
    return Drawing(figure, _paired_sentence(study, found))


def _draw_measured(figure: go.Figure, study: BoundStudy, quantity: str, arm: str, column: int) -> float:
    """Draws the band, and returns its lowest value."""
    kind = "expected gap" if quantity == "gap" and study.coins else quantity
    found = study.measured(kind, arm)
    values = np.array([[each.mean, each.low, each.high] for each in found])
    values = values.clip(0 if quantity == "loss" else -1, 1)  # no loss lies outside, though a t interval may
    if np.isfinite(values).all():
        edge = {"mode": "lines", "line": {"width": 0}, "showlegend": False, "hoverinfo": "skip"}
        figure.add_trace(go.Scatter(x=f32(study.x), y=f32(values[:, 1]), **edge), row=1, col=column)
        band = {"fill": "tonexty", "fillcolor": "rgba(0,158,115,0.2)"}
        figure.add_trace(go.Scatter(x=f32(study.x), y=f32(values[:, 2]), **band, **edge), row=1, col=column)
    figure.add_trace(
        go.Scatter(
            x=f32(study.x),
            y=f32(values[:, 0]),
            mode="lines+markers",
            line={"color": _TRUTH, "width": 4},
            marker={"size": 4},
            name="measured",
            legendgroup="measured",
            showlegend=column == 1,
            hovertemplate="measured %{y:.3f}<extra></extra>",
        ),
        row=1,
        col=column,
    )
    return float(np.nanmin(values))


def _draw_bound(figure: go.Figure, study: BoundStudy, name: str, arm: str, style: ArmStyle, column: int) -> None:
    values = study.values(name, arm).mean(axis=1)
    one = [study.bound(name, arm, place) for place in range(len(study.x))]
    sound = [
        value < VACUOUS_FROM and bound.kind != "not a bound" and not bound.violated
        for value, bound in zip(values, one, strict=True)
    ]
    figure.add_trace(
        go.Scatter(
            x=f32(study.x),
            y=f32(np.minimum(values, TOP)),
            mode="lines+markers",
            name=plain(short_name(name)),
            legendgroup=name,
            showlegend=column == 1,
            line={"color": style.color, "dash": style.dash, "width": 2.5},
            marker={
                "symbol": style.symbol,
                "size": 10,
                "color": [style.color if good else "white" for good in sound],
                "line": {"color": style.color, "width": 2},
            },
            text=[
                f"<b>{plain(name)}</b> {number(value)}<br>{plain(bound.verdict)}"
                for value, bound in zip(values, one, strict=True)
            ],
            hovertemplate="%{text}<extra></extra>",
        ),
        row=1,
        col=column,
    )


def _styles(names: Sequence[str]) -> dict[str, ArmStyle]:
    """Colour and marker by the form of the bound; the two priors of a form differ in dash."""
    forms = {name: name.partition(", prior")[0] for name in names}
    looks = arm_styles(dict.fromkeys(forms.values()))
    return {
        name: replace(looks[form], dash="dot" if name.endswith("initialization") else "solid")
        for name, form in forms.items()
    }


def _row_label(study: BoundStudy, name: str, other: str) -> str:
    if name.startswith("measured"):
        return f"<b>{name}</b>"
    note = ""
    if study.bound(name, other).kind == "not a bound":
        note = "not a bound"
    elif study.empty(name, other):
        note = "VACUOUS at every x"
    small = f"<br><span style='font-size:14px;color:#5a5a5a'>{note}</span>" if note else ""
    return plain(short_name(name).replace(": no bound", "")) + small


def _cell(sign: str, interval: PairedInterval) -> str:
    if math.isnan(interval.half_width):
        return number(-interval.mean, signed=True)
    return f"{sign} {number(-interval.mean, signed=True)} \u00b1 {number(interval.half_width)}"


def _paired_sentence(study: BoundStudy, found: Mapping[str, Sequence[PairedInterval]]) -> str:
    """What the measured values and the bounds that say something do; those that say nothing are counted."""
    other, words = study.arms[1], []
    empty = [n for n in study.names if study.empty(n, other) and study.bound(n, other).kind != "not a bound"]
    for name, intervals in found.items():
        if name in empty:
            continue
        said = [interval.verdict for interval in intervals]
        counts = {"lower": said.count("better"), "higher": said.count("worse")}
        parts = [f"{what} at {count} of {len(said)}" for what, count in counts.items() if count]
        note = " (not a bound)" if name in study.names and study.bound(name, other).kind == "not a bound" else ""
        label = short_name(name).removesuffix(": no bound") + note
        words.append(f"{label} {', '.join(parts) or 'no difference seen'}")
    rest = f" {len(empty)} bounds say nothing at any place." if empty else ""
    return f"{other} against {study.arms[0]}, over {AXES[study.axis]}: {'; '.join(words)}.{rest}"


def _beside_sentence(study: BoundStudy, names: list[str], quantity: str) -> str:
    """The measured value, the tightest bound that says something somewhere, and how many say nothing, an arm each."""
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
            words += f", tightest bound {number(values[best][0])} to {number(values[best][-1])} ({short_name(best)})"
        no_bounds = [name for name in names if study.bound(name, arm).kind == "not a bound"]
        empty = len(names) - len(some) - len(no_bounds)
        words += f"; {empty} of {len(names)} vacuous throughout" if empty else ""
        words += "".join(f"; {short_name(name).removesuffix(': no bound')} (not a bound)" for name in no_bounds)
        parts.append(words + ".")
    return " ".join(parts)
