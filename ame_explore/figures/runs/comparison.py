"""The paired change of each metric against the reference arm, with its interval: does the difference exceed the
noise?
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from ame_explore.ame import AMEError, check_choice
from ame_explore.analysis import PairedInterval, paired_interval
from ame_explore.figures.base.style import INK, ArmStyle, Drawing, arm_styles, f32, finish, number, plain, top_legend
from ame_explore.figures.base.words import METRICS, NOTHING, metric_words, verdict_words
from ame_explore.figures.runs.given import arms_of, hold_runs
from ame_explore.training.record.run import Run

Values = Mapping[str, Mapping[str, Sequence[float]]]  # arm -> metric -> a value a seed

# Their changes are of another size than all else, and the entropy view shows them.
_ELSEWHERE = ("H", "H_deficit")
_BETWEEN = 92  # pixels between two panels: ticks, title of the axis, air


def changes(arms: Values, *, reference: str, confidence: float = 0.95) -> dict[str, dict[str, PairedInterval]]:
    """arm -> metric -> interval of (arm - reference) over paired seeds, for every other arm and every metric of both.

    Metrics come in the order of `METRICS`, those of a foreign loop last. A metric that is not finite in some seed is
    left out.

    Raises:
        AMEError: `reference` is no arm, or the arms have different numbers of seeds.
    """
    check_choice("reference", reference, arms)
    return {
        arm: {
            name: paired_interval(values[name], arms[reference][name], confidence)
            for name in ordered([name for name in values if name in arms[reference]])
            if np.isfinite([*values[name], *arms[reference][name]]).all() and len(values[name])
        }
        for arm, values in arms.items()
        if arm != reference
    }


def ordered(names: Sequence[str]) -> list[str]:
    """Metric names in the order of `METRICS`, unknown ones last and as they came."""
    known = list(METRICS)
    return sorted(names, key=lambda name: known.index(name) if name in known else len(known))


def comparison(
    arms: Values | Mapping[str, Run | Sequence[Run]],
    *,
    reference: str,
    chance: Mapping[str, float] | None = None,
    confidence: float = 0.95,
    title: str = "Does the difference exceed the noise?",
) -> Drawing:
    """One row a metric: each seed's paired change as a faint dot, their mean with its interval, and the line of no
    change.

    A mean is drawn filled where its interval excludes 0, open where it does not. Metrics in nats have a panel of
    their own.

    Args:
        arms: arm -> its Runs, of which the last metrics are taken; or arm -> metric -> one value a seed. Seeds come in
            the same order in every arm.
        reference: the arm that the others are compared with.
        chance: metric -> chance level, for the labels.
        confidence: of the intervals, in (0, 1).
        title: the headline.

    Raises:
        AMEError: as `changes`; or nothing is left to compare.
    """
    arms = _last_metrics(arms)
    found = changes(arms, reference=reference, confidence=confidence)
    names = ordered(list({name: None for table in found.values() for name in table if name not in _ELSEWHERE}))
    if not names:
        raise AMEError(f"arms must hold a metric that {reference!r} and another arm have in common, got {list(arms)}.")
    panels = [[n for n in names if not metric_words(n).unit], [n for n in names if metric_words(n).unit]]
    panels = [panel for panel in panels if panel]
    others = [arm for arm in arms if arm != reference]
    line = 46 + 18 * (len(others) - 1)  # pixels a metric
    inner = line * len(names) + _BETWEEN * (len(panels) - 1)
    apart = _BETWEEN / inner if len(panels) > 1 else 0
    figure = make_subplots(len(panels), 1, row_heights=[len(panel) for panel in panels], vertical_spacing=apart)
    styles = arm_styles([reference, *others])
    lanes = {arm: (i - (len(others) - 1) / 2) * 0.56 / max(1, len(others) - 1) for i, arm in enumerate(others)}
    for row, panel in enumerate(panels, start=1):
        for arm in others:
            here = {
                name: (place + lanes[arm], found[arm][name]) for place, name in enumerate(panel) if name in found[arm]
            }
            figure.add_trace(_every_seed(arm, here, arms, reference, styles[arm]), row=row, col=1)
            figure.add_trace(_means(arm, here, styles[arm], in_legend=row == 1), row=row, col=1)
        _axes(figure, panel, row, reference, chance or {})
    top = 130 if len(others) > 1 else 96
    words = (
        f"Dot and whisker: mean change and its {confidence:.0%} interval over paired seeds, filled where it excludes "
        "0. Faint: each seed."
    )
    if all(interval.n == 1 for table in found.values() for interval in table.values()):
        words = "One seed: there is no interval, and the change may be noise."
    finish(figure, title, words, height=inner + top + 78, top=top)
    if len(others) > 1:
        top_legend(figure, above=8)
    else:
        figure.update_layout(showlegend=False)
    return Drawing(figure, _sentence(found, names, reference))


def _last_metrics(arms: Any) -> Values:
    """The last value of each metric, run by run, where Runs are given."""
    if not hold_runs(arms):
        return arms  # type: ignore[no-any-return]
    tables = {arm: [run.metrics for run in seeds] for arm, seeds in arms_of(arms, "arms").items()}
    return {
        arm: {name: [float(one[name].iloc[-1]) for one in of] for name in of[0] if all(name in one for one in of)}
        for arm, of in tables.items()
    }


def _every_seed(
    arm: str, here: Mapping[str, tuple[float, PairedInterval]], arms: Values, reference: str, style: ArmStyle
) -> go.Scatter:
    """The change in each seed, a little below the means; `here` is metric -> (height, interval)."""
    changed = [a - b for name in here for a, b in zip(arms[arm][name], arms[reference][name], strict=True)]
    return go.Scatter(
        x=f32(changed),
        y=f32([height + 0.16 for height, interval in here.values() for _ in range(interval.n)]),
        mode="markers",
        marker={"color": style.color, "size": 6, "opacity": 0.4, "symbol": style.symbol},
        name=plain(arm),
        legendgroup=plain(arm),
        showlegend=False,
        hovertemplate="one seed: %{x:+.4f}<extra></extra>",
    )


def _means(
    arm: str, here: Mapping[str, tuple[float, PairedInterval]], style: ArmStyle, *, in_legend: bool
) -> go.Scatter:
    intervals = [interval for _, interval in here.values()]
    whiskers = [0.0 if math.isnan(interval.half_width) else interval.half_width for interval in intervals]
    fills = [style.color if interval.low > 0 or interval.high < 0 else "white" for interval in intervals]
    return go.Scatter(
        x=f32([interval.mean for interval in intervals]),
        y=f32([height for height, _ in here.values()]),
        error_x={"type": "data", "array": f32(whiskers), "thickness": 2.5, "width": 7, "color": style.color},
        mode="markers",
        marker={"color": fills, "size": 12, "symbol": style.symbol, "line": {"color": style.color, "width": 2.5}},
        name=plain(arm),
        legendgroup=plain(arm),
        showlegend=in_legend,
        text=[_hover(arm, name, interval) for name, (_, interval) in here.items()],
        hovertemplate="%{text}<extra></extra>",
    )


def _axes(figure: go.Figure, panel: Sequence[str], row: int, reference: str, chance: Mapping[str, float]) -> None:
    figure.update_yaxes(
        tickvals=list(range(len(panel))),
        ticktext=[_label(name, chance) for name in panel],
        range=[len(panel) - 0.5, -0.5],
        showgrid=False,
        ticks="",
        row=row,
        col=1,
    )
    unit = "nats" if metric_words(panel[0]).unit else "1 is the whole range"
    zero = {"zeroline": True, "zerolinecolor": INK, "zerolinewidth": 2, "rangemode": "tozero"}
    words = f"change against {plain(reference)} ({unit})"
    figure.update_xaxes(title_text=words, tickformat="~g", **zero, row=row, col=1)


def _hover(arm: str, name: str, interval: PairedInterval) -> str:
    low, high = number(interval.low, 4, signed=True), number(interval.high, 4, signed=True)
    words = metric_words(name).label_with_unit
    return (
        f"<b>{plain(words)}</b>, {plain(arm)}<br>{number(interval.mean, 4, signed=True)} [{low}, {high}], "
        f"{interval.n} seeds<br>{verdict_words(name, interval.low, interval.high)}"
    )


def _label(name: str, chance: Mapping[str, float]) -> str:
    words = metric_words(name)
    notes = [f"chance {chance[name]:.2f}"] if name in chance else []
    notes += ["lower is better"] if words.better < 0 else []
    below = f"<br><span style='font-size:14px;color:#5a5a5a'>{', '.join(notes)}</span>" if notes else ""
    return f"{plain(words.label)}{below}"


def _sentence(found: Mapping[str, Mapping[str, PairedInterval]], names: Sequence[str], reference: str) -> str:
    parts = []
    for arm, table in found.items():
        by_verdict: dict[str, list[str]] = {}
        for name in names:
            if name in table:
                verdict = verdict_words(name, table[name].low, table[name].high)
                by_verdict.setdefault(verdict, []).append(metric_words(name).label)
        unclear = by_verdict.pop(NOTHING, [])
        told = [f"{verdict}: {', '.join(labels)}" for verdict, labels in by_verdict.items()]
        if unclear:
            told.append(f"{NOTHING} in {'the other' if told else 'any of'} {len(unclear)}")
        parts.append(f"{arm} against {reference}: {'; '.join(told)}.")
    return " ".join(parts)
