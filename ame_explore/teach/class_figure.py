"""The figure of a class's predictions: how many chose each option, all sketches, and what happened."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from ame_explore.figures.base.colors import INK, MUTED, OKABE_ITO
from ame_explore.figures.base.style import Drawing, f32, finish, plain

_CHOSEN, _HAPPENED = OKABE_ITO[0], OKABE_ITO[1]
_ROW = 34  # pixels of a bar
_BETWEEN = 74  # pixels between two panels


@dataclass(frozen=True)
class ClassAnswers:
    """What the figure shows.

    Attributes:
        told: the arm that the questions are about.
        learners: how many learners.
        counts: question -> option -> number of learners.
        sketches: sketched curves, at evenly spaced steps.
        truth: question -> the option that was right, for "sketch" the measured curve; empty if not known.
        notes: what was left out, a sentence each.
    """

    told: str
    learners: int
    counts: Mapping[str, Mapping[str, int]]
    sketches: Sequence[Sequence[float]]
    truth: Mapping[str, Any]
    notes: Sequence[str]


def draw_class(given: ClassAnswers) -> Drawing:
    """Bars for each question, with what happened marked in colour and words, and below them the sketches.

    Args:
        given: the answers.
    """
    names = list(given.counts)
    titles = [_question(name, given.told) for name in names]
    sketched = bool(given.sketches) or "sketch" in given.truth
    if sketched:
        titles.append(f"Accuracy of {given.told} on new classes, sketched")
    heights = [_ROW * len(given.counts[name]) for name in names] + ([240] if sketched else [])
    inner = sum(heights) + _BETWEEN * (len(heights) - 1)
    figure = make_subplots(
        len(heights),
        1,
        row_heights=heights,
        vertical_spacing=_BETWEEN / inner if len(heights) > 1 else 0,
        subplot_titles=[f"<b>{plain(title)}</b>" for title in titles],
    )
    most = max((count for counts in given.counts.values() for count in counts.values()), default=1)
    for row, name in enumerate(names, start=1):
        _bars(figure, row, given.counts[name], given.truth.get(name), most)
    if sketched:
        _sketches(figure, len(heights), given.sketches, given.truth.get("sketch"))
    for title in figure.layout.annotations[: len(titles)]:
        title.update(x=0, xanchor="left", xref="paper", font={"size": 16, "color": INK})
    subtitle = "Orange and ✓: what happened." if given.truth else "What happened is not known yet."
    subtitle += f" {len(given.notes)} {'notes' if len(given.notes) > 1 else 'note'} below." if given.notes else ""
    people = "1 learner" if given.learners == 1 else f"{given.learners} learners"
    finish(figure, f"What {people} predicted", subtitle, height=inner + 130 + 64, top=130, bottom=64)
    figure.update_layout(showlegend=False, bargap=0.25)
    return Drawing(figure, _sentence(given))


def _question(name: str, told: str) -> str:
    words = {
        "H": f"Over the run, the entropy H of {told} …",
        "new_accuracy": f"Over the run, the accuracy of {told} on new classes …",
        "better": "The higher harmonic mean at the end is that of …",
    }
    return words.get(name, name)


def _bars(figure: go.Figure, row: int, counts: Mapping[str, int], truth: str | None, most: int) -> None:
    options = list(counts)
    right = [option == truth for option in options]
    labels = [
        f"{counts[option]} ✓ happened" if hit else str(counts[option])
        for option, hit in zip(options, right, strict=True)
    ]
    figure.add_trace(
        go.Bar(
            x=f32([counts[option] for option in options]),
            y=[plain(option) for option in options],
            orientation="h",
            marker={"color": [_HAPPENED if hit else _CHOSEN for hit in right]},
            text=labels,
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{y}: %{x}<extra></extra>",
        ),
        row=row,
        col=1,
    )
    figure.update_yaxes(autorange="reversed", showgrid=False, row=row, col=1)
    figure.update_xaxes(range=[0, 1.25 * max(most, 1)], showgrid=False, showticklabels=False, row=row, col=1)
    figure.update_xaxes(showline=False, ticks="", row=row, col=1)


def _sketches(figure: go.Figure, row: int, sketches: Sequence[Sequence[float]], truth: Sequence[float] | None) -> None:
    def line(values: Sequence[float], name: str, **style: Any) -> None:
        share = f32(np.linspace(0, 100, len(values)))
        shown = f"{name}: %{{y:.2f}}<extra></extra>"
        trace = go.Scatter(x=share, y=f32(values), mode="lines", line=style, hovertemplate=shown)
        figure.add_trace(trace, row=row, col=1)

    for one in sketches:
        line(one, "a learner", color="rgba(0, 114, 178, 0.3)", width=1.5)
    if len(sketches) > 2:
        line([statistics.median(at) for at in zip(*sketches, strict=True)], "median", color=_CHOSEN, width=4)
    if truth is not None:
        line(truth, "what happened", color=_HAPPENED, width=4, dash="dash")
        figure.add_annotation(
            x=100, y=truth[-1], text="✓ happened", font={"color": _HAPPENED, "size": 15}, showarrow=False,
            xanchor="right", yshift=16, row=row, col=1,
        )  # fmt: skip
    figure.update_yaxes(range=[0, 1], title="accuracy", row=row, col=1)
    figure.update_xaxes(title="percent of the run", range=[0, 100], tickfont={"color": MUTED}, row=row, col=1)


def _sentence(given: ClassAnswers) -> str:
    """The numbers of the figure in words."""
    words = []
    for name, counts in given.counts.items():
        answered = sum(counts.values())
        chosen = ", ".join(f"{option} {count}" for option, count in counts.items())
        end = ""
        if name in given.truth and answered:
            end = f"; what happened: {given.truth[name]}, which {counts[given.truth[name]]} of {answered} said"
        words.append(f"{_question(name, given.told)} {chosen}{end}.")
    if given.sketches and "sketch" in given.truth:
        off = statistics.fmean(
            abs(a - b) for one in given.sketches for a, b in zip(one, given.truth["sketch"], strict=True)
        )
        words.append(f"{len(given.sketches)} sketches were off by {off:.2f} on average.")
    return " ".join(words)
