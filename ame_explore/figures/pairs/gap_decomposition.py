"""The modality gap taken apart, for several models side by side or over training."""

from __future__ import annotations

import math
from collections.abc import Mapping

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from ame_explore.ame import AMEError
from ame_explore.analysis.pairs.gap import GAP_MEASURES, gap_measures
from ame_explore.arguments import checked
from ame_explore.figures.base.colors import INK, MUTED
from ame_explore.figures.base.style import Drawing, arm_styles, f32, finish, plain, top_legend
from ame_explore.figures.runs.given import Runs, arms_of, check_features, hold_runs
from ame_explore.quantities import quantity

# What a value means, in the few words that fit above a panel; the full definition is in ame_explore.quantities.
_READ_AS = {
    "modality_gap": "distance of the centroids",
    "alignment": "squared distance of a pair",
    "uniformity_image": "lower is more evenly spread",
    "uniformity_text": "lower is more evenly spread",
    "effective_rank_singular": "dimensions in use",
    "cka": "1: same up to rotation",
    "R@1_i2t": "the true text comes first",
    "R@1_t2i": "the true image comes first",
}
Measures = Mapping[str, float | None]


@checked
def gap_decomposition(models: Mapping[str, Measures], *, title: str = "The modality gap, taken apart") -> Drawing:
    """One panel per measure, with a labelled bar for each model.

    Args:
        models: name -> measures, from `ame_explore.analysis.pairs.gap.gap_measures` or a measures.json.
        title: the headline.

    Raises:
        AMEError: if there is no model or more than six, or no model has any of the measures.
    """
    if not 1 <= len(models) <= 6:
        raise AMEError(f"models must be one to six, got {len(models)}.")
    names = [name for name in GAP_MEASURES if any(math.isfinite(_value(m, name)) for m in models.values())]
    if not names:
        raise AMEError(f"models must hold at least one of {', '.join(GAP_MEASURES)}, got none that is a number.")
    looks = arm_styles(models)
    figure = _grid(names)
    for place, name in enumerate(names):
        row, col = place // 4 + 1, place % 4 + 1
        values = [_value(measures, name) for measures in models.values()]
        figure.add_trace(
            go.Bar(
                x=[plain(model) for model in models],
                y=f32(values),
                text=[quantity(name).text(value) for value in values],
                textposition="outside",
                textfont={"size": 15, "color": INK},
                cliponaxis=False,
                marker={"color": [looks[model].color for model in models]},
                width=0.6,
                showlegend=False,
                hovertemplate=f"%{{x}}: %{{text}}<extra>{plain(quantity(name).short)}</extra>",
            ),
            row=row,
            col=col,
        )
        figure.update_yaxes(range=_range(name, values), row=row, col=col)
    figure.update_xaxes(showgrid=False, showticklabels=False, ticks="")
    figure.update_yaxes(nticks=4)
    lines = 1 + (len(names) - 1) // 4
    many = len(models) > 1
    if many:
        figure.add_traces([go.Bar(x=[None], y=[None], name=plain(m), marker={"color": looks[m].color}) for m in models])
    top = 168 if many else 138
    finish(figure, plain(title), _subtitle(models), height=top + 250 * lines, top=top, bottom=30)
    figure.update_layout(margin={"l": 60}, bargap=0.3)
    top_legend(figure, above=58)
    return Drawing(figure, _sentence(models, names))


@checked
def gap_over(
    steps: Mapping[int, Measures] | Mapping[str, Mapping[int, Measures]] | Runs,
    *,
    title: str = "The modality gap over training",
) -> Drawing:
    """One panel per measure, with a line over the steps for each arm, and one scrubber for all panels.

    Args:
        steps: step -> measures of a run, or arm -> step -> measures; or Runs: the features of each arm's first run are
            then measured here.
        title: the headline.

    Raises:
        AMEError: if a run recorded no features, there are fewer than two steps, or no step has any of the measures.
    """
    if hold_runs(steps):
        runs = arms_of(steps, "steps")  # type: ignore[arg-type]
        check_features(runs, "steps")
        steps = {
            arm: {step: gap_measures(seeds[0].features(step)) for step in seeds[0].feature_steps}
            for arm, seeds in runs.items()
        }
    arms = _arms(steps)  # type: ignore[arg-type]
    every = sorted({step for arm in arms.values() for step in arm})
    if len(every) < 2:
        raise AMEError(f"steps must be two or more, got {len(every)}: use gap_decomposition for one.")
    found = [measures for arm in arms.values() for measures in arm.values()]
    names = [name for name in GAP_MEASURES if any(math.isfinite(_value(measures, name)) for measures in found)]
    if not names:
        raise AMEError(f"steps must hold at least one of {', '.join(GAP_MEASURES)}, got none that is a number.")
    looks = arm_styles(arms)
    figure = _grid(names)
    dots = []
    for place, name in enumerate(names):
        where = {"row": place // 4 + 1, "col": place % 4 + 1}
        for arm, measured in arms.items():
            line = {"color": looks[arm].color, "dash": looks[arm].dash, "width": 2.5}
            values = [_value(measured[step], name) for step in sorted(measured)]
            figure.add_trace(
                go.Scatter(
                    x=f32(sorted(measured)),
                    y=f32(values),
                    mode="lines",
                    line=line,
                    name=plain(arm),
                    legendgroup=plain(arm),
                    showlegend=place == 0 and len(arms) > 1,
                    hovertemplate=f"{plain(arm)}, step %{{x}}: %{{y:.3f}}<extra></extra>",
                ),
                **where,
            )
        last_ones = [_value(measured.get(every[-1], {}), name) for measured in arms.values()]
        for (arm, last), below in zip(zip(arms, last_ones, strict=True), _below(last_ones), strict=True):
            dots.append((len(figure.data), arm, name))
            figure.add_trace(
                go.Scatter(
                    x=[every[-1]],
                    y=[last],
                    mode="markers+text",
                    text=[quantity(name).text(last)],
                    textposition=f"{'bottom' if below else 'top'} left",
                    textfont={"size": 14, "color": looks[arm].color, "shadow": "0 0 3px white, 0 0 3px white"},
                    cliponaxis=False,
                    marker={"size": 10, "color": looks[arm].color, "symbol": looks[arm].symbol},
                    showlegend=False,
                    hoverinfo="skip",
                ),
                **where,
            )
    figure.update_layout(sliders=[_scrubber(arms, every, dots)])
    figure.update_xaxes(range=[every[0], every[-1] + 0.02 * (every[-1] - every[0])], nticks=4)
    for place, name in enumerate(names):
        where = {"row": place // 4 + 1, "col": place % 4 + 1}
        figure.update_yaxes(range=_span([_value(measures, name) for measures in found]), nticks=5, **where)
    lines = 1 + (len(names) - 1) // 4
    finish(figure, plain(title), "Move the scrubber: the dots and their numbers follow.", height=290 + 250 * lines)
    figure.update_layout(margin={"l": 60, "t": 172, "b": 150}, height=332 + 250 * lines)
    figure.update_xaxes(title_text="step", title_standoff=4, row=lines)
    top_legend(figure, above=62, item=44)
    ends = ". ".join(
        f"{f'{arm}, from' if len(arms) > 1 else 'From'} step {every[0]} to step {every[-1]}: "
        + "; ".join(f"{quantity(n).short} {_written(m[min(m)], n)} to {_written(m[max(m)], n)}" for n in names)
        for arm, m in arms.items()
    )
    return Drawing(figure, f"{ends}.")


def _arms(
    steps: Mapping[int, Measures] | Mapping[str, Mapping[int, Measures]],
) -> dict[str, Mapping[int, Measures]]:
    if not steps:
        raise AMEError("steps must be two or more, got none.")
    if all(isinstance(key, str) for key in steps):
        return dict(steps)  # type: ignore[arg-type]
    return {"run": steps}  # type: ignore[dict-item]


def _scrubber(
    arms: Mapping[str, Mapping[int, Measures]], every: list[int], dots: list[tuple[int, str, str]]
) -> dict[str, object]:
    """A slider whose every place moves all dots; it needs no frames, which a live Plotly figure refuses."""
    places = []
    for step in every:
        at = [_value(arms[arm].get(step, {}), name) for _, arm, name in dots]
        moved = {
            "x": [[step] for _ in dots],
            "y": [[value if math.isfinite(value) else None] for value in at],
            "text": [[quantity(name).text(value)] for value, (_, _, name) in zip(at, dots, strict=True)],
            "textposition": _sides(dots, at, "right" if step < (every[0] + every[-1]) / 2 else "left"),
        }
        places.append({"label": f"{step}", "method": "restyle", "args": [moved, [trace for trace, _, _ in dots]]})
    return {
        "active": len(every) - 1,
        "steps": places,
        "currentvalue": {"prefix": "step ", "font": {"size": 16}},
        "pad": {"t": 44, "b": 4},
        "font": {"size": 13, "color": MUTED},
    }


def _below(values: list[float]) -> list[bool]:
    """Which numbers go below their dots: only the lowest of several, so that numbers of near dots do not overlap."""
    known = [value for value in values if math.isfinite(value)]
    least = values.index(min(known)) if len(known) > 1 else -1
    return [place == least for place in range(len(values))]


def _sides(dots: list[tuple[int, str, str]], values: list[float], side: str) -> list[str]:
    found = [""] * len(dots)
    for name in {name for _, _, name in dots}:
        own = [place for place, dot in enumerate(dots) if dot[2] == name]
        for place, below in zip(own, _below([values[place] for place in own]), strict=True):
            found[place] = f"{'bottom' if below else 'top'} {side}"
    return found


def _grid(names: list[str]) -> go.Figure:
    titles = [
        f"<b>{plain(quantity(name).short)}</b><br><span style='font-size:13px;color:{MUTED}'>{_READ_AS[name]}</span>"
        for name in names
    ]
    lines = 1 + (len(names) - 1) // 4
    return make_subplots(
        lines,
        min(4, len(names)),
        subplot_titles=titles,
        horizontal_spacing=0.07,
        vertical_spacing=0.24 if lines > 1 else 0,
    )


def _value(measures: Measures, name: str) -> float:
    value = measures.get(name)
    return math.nan if value is None else float(value)


def _written(measures: Measures, name: str) -> str:
    return quantity(name).text(_value(measures, name))


def _range(name: str, values: list[float]) -> list[float]:
    """The axis range of bars: from 0, with room for the number at the bar's end."""
    finite = [value for value in values if math.isfinite(value)] or [1.0]
    low, high = min(0.0, *finite), max(0.0, *finite)
    if quantity(name).limits == (0.0, 1.0):
        return [0.0, 1.15]
    return [1.22 * low, 1.22 * high] if high > low else [-1.0, 1.0]


def _span(values: list[float]) -> list[float]:
    """The axis range of lines, with room for numbers; never so narrow that a negligible change looks large."""
    finite = [value for value in values if math.isfinite(value)] or [0.0]
    low, high = min(finite), max(finite)
    least = 0.05 * max(abs(low), abs(high), 0.2)
    if high - low < least:
        low, high = (low + high - least) / 2, (low + high + least) / 2
    return [low - 0.22 * (high - low), high + 0.25 * (high - low)]


def _subtitle(models: Mapping[str, Measures]) -> str:
    return plain(next(iter(models))) if len(models) == 1 else "Several models on the same pairs, measure by measure."


def _sentence(models: Mapping[str, Measures], names: list[str]) -> str:
    told = [
        f"{model}: " + "; ".join(f"{quantity(name).short} {_written(measures, name)}" for name in names)
        for model, measures in models.items()
    ]
    return f"{'. '.join(told)}."
