"""The phase diagram of a sweep: weight of KD against omega, and what AME did in each cell."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from ame_explore.ame import AMEError
from ame_explore.analysis.evidence import Effect, in_order
from ame_explore.arguments import checked
from ame_explore.figures.base.colors import INK
from ame_explore.figures.base.style import Drawing, finish, plain
from ame_explore.quantities import number, quantity, significant

# Orange for harm, blue for help: Okabe and Ito's colours, which every colour vision tells apart.
_SCALE = [[0.0, "#b34700"], [0.25, "#e8a06a"], [0.5, "#f7f7f7"], [0.75, "#7fb8dc"], [1.0, "#0060a0"]]
_MARKS = {"helps": "▲ helps", "harms": "▼ harms", "collapses": "✕ collapses", "not decided": "? not decided"}
_ROOM = 30  # pixels of a row


@checked
def phase_diagram(
    panels: Mapping[str, Sequence[Effect]],
    *,
    metric: str = "harmonic_mean",
    title: str = "Where AME does nothing, helps, harms or collapses",
) -> Drawing:
    """One panel per reading: weight of KD across, omega upwards, the mean change against KD alone in colour.

    A mark says whether the interval, corrected for all cells, excludes 0 ("helps", "harms"), or whether the mean fell
    below half of KD's ("collapses").

    Args:
        panels: name of a reading -> the effects of `metric` at several omega and weights of KD.
        metric: the metric of the effects, of which more is better.
        title: the headline.

    Raises:
        AMEError: if there is no effect.
    """
    shown = {name: list(effects) for name, effects in panels.items() if effects}
    if not shown:
        raise AMEError("panels must hold at least one effect, got none.")
    everything = [effect for effects in shown.values() for effect in effects]
    span = max(abs(effect.interval.mean) for effect in everything) or 1.0
    figure = make_subplots(1, len(shown), subplot_titles=[plain(name) for name in shown], horizontal_spacing=0.09)
    most = 1
    for column, effects in enumerate(shown.values(), start=1):
        weights = in_order(effect.condition.recipe.kd_weight for effect in effects)
        omegas = in_order(effect.condition.recipe.effective_omega for effect in effects)
        most = max(most, len(omegas))
        z, words = np.full((len(omegas), len(weights)), np.nan), np.full((len(omegas), len(weights)), "", object)
        hover = words.copy()
        for effect in effects:
            recipe = effect.condition.recipe
            place = omegas.index(recipe.effective_omega), weights.index(recipe.kd_weight)
            z[place] = effect.interval.mean
            mark = _MARKS.get(effect.outcome, "·")
            words[place] = f"{number(effect.interval.mean, 3, signed=True)}<br>{mark}"
            what = quantity(metric)
            hover[place] = (
                f"<b>{plain(effect.condition.name)}</b><br>{plain(what.label)}: KD alone {what.text(effect.before)}, "
                f"with AME {what.text(effect.after)}<br>{what.change_text(effect.interval, 'worlds')}"
            )
        figure.add_trace(
            go.Heatmap(
                z=z,
                x=[f"{weight:g}" for weight in weights],
                y=[f"{omega:g}" for omega in omegas],
                text=words,
                texttemplate="%{text}",
                textfont={"size": 14},
                customdata=hover,
                hovertemplate="%{customdata}<extra></extra>",
                zmin=-span,
                zmax=span,
                colorscale=_SCALE,
                xgap=2,
                ygap=2,
                showscale=column == len(shown),
                colorbar={"title": {"text": f"change in<br>{quantity(metric).short}"}, "tickformat": "+.2~f"},
            ),
            row=1,
            col=column,
        )
        figure.update_xaxes(title_text="weight of KD", type="category", showgrid=False, row=1, col=column)
        figure.update_yaxes(title_text="ω" if column == 1 else "", type="category", showgrid=False, row=1, col=column)
    finish(
        figure,
        title,
        f"Mean change in {quantity(metric).label} against KD alone. A mark: the interval, corrected for all "
        f"{everything[0].interval.comparisons} cells, excludes 0; · no difference seen.",
        height=max(420, 200 + 2 * _ROOM * most),
        top=130,
    )
    figure.update_annotations(font={"size": 16, "color": INK})
    return Drawing(figure, _sentence(shown))


def _sentence(panels: Mapping[str, Sequence[Effect]]) -> str:
    parts = []
    for name, effects in panels.items():
        counts = {outcome: 0 for outcome in ("helps", "no difference seen", "harms", "collapses", "not decided")}
        for effect in effects:
            counts[effect.outcome] += 1
        told = ", ".join(f"{outcome} in {count}" for outcome, count in counts.items() if count)
        lost = [
            effect.condition.recipe.effective_omega / effect.condition.recipe.kd_weight
            for effect in effects
            if effect.outcome == "collapses" and effect.condition.recipe.kd_weight > 0
        ]
        least = (
            f"; collapse begins at ω / KD weight {significant(min(lost), 2)}"
            if lost and math.isfinite(min(lost))
            else ""
        )
        parts.append(f"{name}, {len(effects)} cells: {told}{least}.")
    return " ".join(parts)
