"""Scores of several arms: the mean of each metric over seeds with its interval, beside levels worth knowing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from ame_explore.ame import AMEError
from ame_explore.analysis import MeanInterval, mean_interval
from ame_explore.arguments import checked
from ame_explore.figures.base.colors import MUTED
from ame_explore.figures.base.style import Drawing, arm_styles, f32, finish, plain, top_legend
from ame_explore.quantities import number, quantity

_LINE, _LEVELS = 58, 24  # pixels of an arm, and of a level's name


@checked
def scores(
    arms: Mapping[str, Mapping[str, Sequence[float]]],
    metrics: Sequence[str],
    *,
    levels: Mapping[str, float] | None = None,
    over: str = "seeds",
    confidence: float = 0.95,
    title: str = "What the students score",
) -> Drawing:
    """One row per arm: the mean of each metric over seeds with Student's t interval, and dotted lines at some levels.

    Args:
        arms: arm -> metric -> one value per seed (or split).
        metrics: the metrics to draw.
        levels: name -> a value to compare with, such as chance or the teacher's score.
        over: what the values of an arm differ in, in the plural.
        confidence: confidence of each interval, in (0, 1).
        title: the headline.

    Raises:
        AMEError: if there is no arm or no metric, or an arm lacks a metric.
    """
    if not arms or not metrics:
        raise AMEError(f"arms and metrics must hold at least one each, got {list(arms)} and {list(metrics)}.")
    lacking = [f"{arm} lacks {name}" for arm, of in arms.items() for name in metrics if not len(of.get(name, ()))]
    if lacking:
        raise AMEError(f"arms must have values of every metric, but {', '.join(lacking)}.")
    found = {name: {arm: mean_interval(of[name], confidence) for arm, of in arms.items()} for name in metrics}
    figure = go.Figure()
    lanes = {name: (lane - (len(metrics) - 1) / 2) * 0.3 for lane, name in enumerate(metrics)}
    for name, style in arm_styles(metrics).items():
        intervals = list(found[name].values())
        whiskers = [one.half_width if one.defined else 0.0 for one in intervals]
        figure.add_scatter(
            x=f32([one.mean for one in intervals]),
            y=f32([place + lanes[name] for place in range(len(arms))]),
            error_x={"array": f32(whiskers), "thickness": 2.5, "width": 7, "color": style.color},
            mode="markers",
            marker={"symbol": style.symbol, "size": 12, "color": style.color},
            name=plain(quantity(name).label),
            text=[f"<b>{plain(arm)}</b><br>{_told(one)}" for arm, one in found[name].items()],
            hovertemplate="%{text}<extra></extra>",
        )
    beside = dict(sorted((levels or {}).items(), key=lambda each: each[1]))
    for row, (words, level) in enumerate(beside.items()):
        figure.add_vline(level, line={"dash": "dot", "color": MUTED})
        figure.add_annotation(
            x=level, y=0, yref="paper", xanchor="left", yanchor="bottom", xshift=4,
            yshift=_LEVELS * (len(beside) - 1 - row) + 4, showarrow=False, font={"size": 14, "color": MUTED},
            text=f"{plain(words)} {number(level, 2)}",
        )  # fmt: skip
    below = 0.5 + len(beside) * _LEVELS / _LINE
    counts = [one.n for of in found.values() for one in of.values()]
    many = f"{max(counts)}" if min(counts) == max(counts) else f"{min(counts)} to {max(counts)}"
    words = f"Mean and {confidence:.0%} interval over {many} {over}."
    if max(counts) == 1:
        words = f"One of the {over}: no interval."
    top = 130 if len(metrics) > 1 else 96
    finish(figure, title, words, height=round(_LINE * (len(arms) - 0.5 + below)) + top + 78, top=top)
    if len(metrics) > 1:
        top_legend(figure, above=8)
    else:
        figure.update_layout(showlegend=False)
    units = dict.fromkeys(quantity(name).title for name in metrics)
    figure.update_xaxes(title=plain(", ".join(units)), rangemode="tozero", tickformat="~g")
    figure.update_yaxes(
        tickvals=list(range(len(arms))), ticktext=[plain(arm) for arm in arms], showgrid=False,
        range=[len(arms) - 1 + below, -0.5],
    )  # fmt: skip
    told = [
        f"{quantity(name).label}: {'; '.join(f'{_told(one)} ({arm})' for arm, one in of.items())}"
        for name, of in found.items()
    ]
    others = f" Beside them: {'; '.join(f'{number(level)} ({words})' for words, level in beside.items())}."
    return Drawing(figure, f"{'. '.join(one[:1].upper() + one[1:] for one in told)}.{others if beside else ''}")


def _told(interval: MeanInterval) -> str:
    return f"{number(interval.mean)} ± {number(interval.half_width)}" if interval.defined else number(interval.mean)
