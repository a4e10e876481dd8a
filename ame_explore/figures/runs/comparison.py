"""The paired change of each metric against the reference arm, with its interval: does it exceed the noise?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from ame_explore.ame import AMEError, check_choice
from ame_explore.analysis import PairedInterval, corrected, paired_interval
from ame_explore.arguments import checked
from ame_explore.figures.base.colors import INK
from ame_explore.figures.base.style import ArmStyle, Drawing, arm_styles, f32, finish, plain, top_legend
from ame_explore.figures.runs.given import arms_of, hold_runs
from ame_explore.quantities import NOTHING, UNDECIDED, number, ordered, quantity
from ame_explore.training.record.run import Run

Values = Mapping[str, Mapping[str, Sequence[float]]]  # arm -> metric -> one value per seed

# Their changes differ in size from all others, and the entropy view shows them.
_ELSEWHERE = ("H", "H_deficit")
_BETWEEN = 92  # pixels between two panels: ticks, axis title, space


def changes(arms: Values, *, reference: str, confidence: float = 0.95) -> dict[str, dict[str, PairedInterval]]:
    """The interval of (arm - reference) over paired seeds, for every other arm and every metric that both have.

    Metrics come in the order of their declarations, undeclared ones last. A metric that is not finite in some seed is
    left out.

    Args:
        arms: arm -> metric -> one value per seed.
        reference: the arm that the others are compared with.
        confidence: confidence of each single interval, in (0, 1).

    Returns:
        arm -> metric -> interval.

    Raises:
        AMEError: if `reference` is not an arm, or the arms have different numbers of seeds.
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


def correction_words(found: Mapping[str, Mapping[str, PairedInterval]]) -> str:
    """How many verdicts remain if all intervals must hold at once (Bonferroni).

    Args:
        found: arm -> metric -> interval, from `changes`.
    """
    single = {f"{arm}/{name}": interval for arm, table in found.items() for name, interval in table.items()}
    together = corrected(single)
    clear = [name for name, interval in single.items() if interval.verdict in ("higher", "lower")]
    kept = [name for name in clear if together[name].verdict == single[name].verdict]
    return (
        f"Taken one by one, {len(clear)} of {len(single)} intervals exclude 0; {len(kept)} still do when all "
        f"{len(single)} must hold at once (Bonferroni)."
    )


@checked
def comparison(
    arms: Values | Mapping[str, Run | Sequence[Run]],
    *,
    reference: str,
    chance: Mapping[str, float] | None = None,
    confidence: float = 0.95,
    title: str = "Does the difference exceed the noise?",
) -> Drawing:
    """One row per metric: each seed's paired change as a faint dot, their mean with its interval, and a line at 0.

    A mean is filled if its interval excludes 0, else open. Metrics with another unit have a panel of their own.

    Args:
        arms: arm -> its Runs, whose last metrics are compared; or arm -> metric -> one value per seed. Seeds come in
            the same order in every arm.
        reference: the arm that the others are compared with.
        chance: metric -> chance level, for the labels.
        confidence: confidence of each single interval, in (0, 1).
        title: the headline.

    Raises:
        AMEError: as in `changes`, and if nothing is left to compare.
    """
    arms = _last_metrics(arms)
    found = changes(arms, reference=reference, confidence=confidence)
    names = ordered({name: None for table in found.values() for name in table if name not in _ELSEWHERE})
    if not names:
        held = "; ".join(f"{arm!r} has {', '.join(map(str, values)) or 'none'}" for arm, values in arms.items())
        raise AMEError(
            f"arms must have a metric in common with {reference!r}, finite in every seed and other than "
            f"{' and '.join(_ELSEWHERE)} (which figures.entropy shows): {held}."
        )
    units = dict.fromkeys(quantity(name).unit for name in names)
    panels = [[name for name in names if quantity(name).unit == unit] for unit in sorted(units)]
    others = [arm for arm in arms if arm != reference]
    line = 46 + 18 * (len(others) - 1)  # pixels per metric
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
    seeds = max(interval.n for table in found.values() for interval in table.values())
    words = (
        f"Mean change and {confidence:.0%} interval over {seeds} paired seeds, filled where it excludes 0. "
        "Faint: each seed."
    )
    if seeds == 1:
        words = "One seed: there is no interval, and the change may be noise."
    finish(figure, title, words, height=inner + top + 78, top=top)
    if len(others) > 1:
        top_legend(figure, above=8)
    else:
        figure.update_layout(showlegend=False)
    return Drawing(figure, _sentence(found, names, reference))


def _last_metrics(arms: Any) -> Values:
    """The last value of each metric in each run, if Runs are given."""
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
    whiskers = [interval.half_width if interval.defined else 0.0 for interval in intervals]
    fills = [style.color if interval.verdict in ("higher", "lower") else "white" for interval in intervals]
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
    unit = quantity(panel[0]).unit or "share, 0 to 1"
    zero = {"zeroline": True, "zerolinecolor": INK, "zerolinewidth": 2, "rangemode": "tozero"}
    words = f"change against {plain(reference)} ({unit})"
    figure.update_xaxes(title_text=words, tickformat="~g", **zero, row=row, col=1)


def _hover(arm: str, name: str, interval: PairedInterval) -> str:
    what = quantity(name)
    return f"<b>{plain(what.title)}</b>, {plain(arm)}<br>{what.change_text(interval)}<br>{what.verdict(interval)}"


def _label(name: str, chance: Mapping[str, float]) -> str:
    what = quantity(name)
    notes = [f"chance {number(chance[name], 2)}"] if name in chance else []
    notes += ["lower is better"] if what.better == "lower" else []
    below = f"<br><span style='font-size:14px;color:#5a5a5a'>{', '.join(notes)}</span>" if notes else ""
    return f"{plain(what.label)}{below}"


def _sentence(found: Mapping[str, Mapping[str, PairedInterval]], names: Sequence[str], reference: str) -> str:
    parts = []
    for arm, table in found.items():
        by_verdict: dict[str, list[str]] = {}
        for name in names:
            if name in table:
                by_verdict.setdefault(quantity(name).verdict(table[name]), []).append(quantity(name).label)
        unclear, undecided = by_verdict.pop(NOTHING, []), by_verdict.pop(UNDECIDED, [])
        told = [f"{verdict}: {', '.join(labels)}" for verdict, labels in by_verdict.items()]
        if unclear:
            told.append(f"{NOTHING} in {'the other' if told else 'any of'} {len(unclear)}")
        if undecided:
            told.append(f"{UNDECIDED} (no interval): {', '.join(undecided)}")
        seeds = max(interval.n for interval in table.values())
        parts.append(f"{arm} against {reference}, {seeds} paired seed{'s' if seeds > 1 else ''}: {'; '.join(told)}.")
    return " ".join(parts)
