"""Changes against KD alone in a sweep: over one setting, or one row per setting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from ame_explore.ame import AMEError
from ame_explore.analysis.evidence import Effect, in_order, tell_apart
from ame_explore.arguments import checked
from ame_explore.figures.base.colors import INK
from ame_explore.figures.base.style import Drawing, arm_styles, f32, finish, plain, top_legend
from ame_explore.quantities import NOTHING, UNDECIDED, number, quantity, significant
from ame_explore.settings import SETTINGS

_WIDE = 3  # panels side by side


@checked
def changes_over(
    axis: str, metrics: Mapping[str, Mapping[str, Sequence[Effect]]], *, title: str, note: str = ""
) -> Drawing:
    """One panel per metric: its change against KD alone over one setting, with intervals; one line per other setting.

    Args:
        axis: the setting.
        metrics: metric -> name of a line -> its effects.
        title: the headline.
        note: what the reader should know besides.

    Raises:
        AMEError: if there is nothing to draw.
    """
    shown = {name: lines for name, lines in metrics.items() if any(lines.values())}
    if not shown:
        raise AMEError("metrics must hold at least one effect, got none.")
    values = in_order(
        effect.condition.varied.get(axis) for lines in shown.values() for each in lines.values() for effect in each
    )
    places = {value: place for place, value in enumerate(values)}
    names = list(dict.fromkeys(line for lines in shown.values() for line in lines))
    styles = arm_styles(["KD alone", *names])
    columns = min(_WIDE, len(shown))
    rows = -(-len(shown) // columns)
    titles = [plain(quantity(name).title) for name in shown]
    figure = make_subplots(rows, columns, subplot_titles=titles, horizontal_spacing=0.09, vertical_spacing=0.32 / rows)
    for number_, (name, lines) in enumerate(shown.items()):
        row, column = number_ // columns + 1, number_ % columns + 1
        for lane, (line, given) in enumerate(lines.items()):
            effects = sorted(given, key=lambda effect: places[effect.condition.varied.get(axis)])
            shift = (lane - (len(lines) - 1) / 2) * 0.5 / max(1, len(lines))
            style = styles[line]
            clear = [effect.interval.verdict in ("higher", "lower") for effect in effects]
            figure.add_trace(
                go.Scatter(
                    x=f32([places[effect.condition.varied.get(axis)] + shift for effect in effects]),
                    y=f32([effect.interval.mean for effect in effects]),
                    error_y={"type": "data", "array": f32([_half(effect) for effect in effects]), "width": 5,
                             "color": style.color, "thickness": 2},
                    mode="lines+markers",
                    line={"color": style.color, "dash": style.dash, "width": 2},
                    marker={"symbol": style.symbol, "size": 10, "line": {"color": style.color, "width": 2},
                            "color": [style.color if each else "white" for each in clear]},
                    name=plain(line),
                    legendgroup=plain(line),
                    showlegend=number_ == 0,
                    text=[_hover(effect) for effect in effects],
                    hovertemplate="%{text}<extra></extra>",
                ),
                row=row, col=column,
            )  # fmt: skip
        figure.update_xaxes(
            title_text=plain(SETTINGS[axis].label), tickvals=list(places.values()), 
            ticktext=[plain(SETTINGS[axis].label_of(v)) for v in places],
            range=[-0.5, len(places) - 0.5], showgrid=False, row=row, col=column,
        )  # fmt: skip
        drawn = [effect for effects in lines.values() for effect in effects]
        figure.update_yaxes(title_text="change" if column == 1 else "", **_axis(name, drawn), row=row, col=column)
    above = 126 + 26 * -(-sum(len(line) + 8 for line in names) // 120)
    finish(figure, title, note or _correction(_all(shown)), height=above + 90 + 330 * rows, top=above)
    if len(names) > 1:
        top_legend(figure, above=34)
    else:
        figure.update_layout(showlegend=False)
    return Drawing(
        figure, " ".join(in_words(name, [e for each in lines.values() for e in each]) for name, lines in shown.items())
    )


@checked
def changes_by_setting(metric: str, effects: Sequence[Effect], *, title: str, most: int = 40) -> Drawing:
    """One row per setting: the mean change of a metric against KD alone, with its interval.

    Args:
        metric: the metric of the effects.
        effects: the effects.
        title: the headline.
        most: rows at most; of more, those with the largest changes are drawn.

    Raises:
        AMEError: if there is no effect.
    """
    if not effects:
        raise AMEError("effects must hold at least one, got none.")
    names = dict(zip(map(id, effects), tell_apart([effect.condition for effect in effects]), strict=True))
    drawn = sorted(effects, key=lambda effect: -abs(effect.interval.mean))[:most]
    drawn = sorted(drawn, key=lambda effect: effect.interval.mean)
    style = arm_styles(["KD alone", "AME"])["AME"]
    figure = go.Figure(
        go.Scatter(
            x=f32([effect.interval.mean for effect in drawn]),
            y=list(range(len(drawn))),
            error_x={"type": "data", "array": f32([_half(effect) for effect in drawn]), "width": 5, "thickness": 2,
                     "color": style.color},
            mode="markers",
            marker={"size": 11, "symbol": style.symbol, "line": {"color": style.color, "width": 2},
                    "color": [style.color if e.interval.verdict in ("higher", "lower") else "white" for e in drawn]},
            text=[_hover(effect) for effect in drawn],
            hovertemplate="%{text}<extra></extra>",
        )
    )  # fmt: skip
    figure.update_yaxes(
        tickvals=list(range(len(drawn))), ticktext=[plain(names[id(effect)]) for effect in drawn], showgrid=False,
        range=[-0.6, len(drawn) - 0.4],
    )  # fmt: skip
    figure.update_xaxes(title_text=f"change in {plain(quantity(metric).title)}", **_axis(metric, drawn))
    words = _correction(effects) + (f" The {most} largest of {len(effects)}." if len(effects) > most else "")
    finish(figure, title, words, height=230 + 26 * len(drawn))
    return Drawing(figure, in_words(metric, effects))


def in_words(metric: str, effects: Sequence[Effect]) -> str:
    """The effects of one metric in a sentence or two: how many changed which way, the largest, and what could be seen.

    Args:
        metric: the metric of the effects.
        effects: the effects, corrected together.
    """
    what = quantity(metric)
    by_verdict: dict[str, list[Effect]] = {}
    for effect in effects:
        by_verdict.setdefault(what.verdict(effect.interval), []).append(effect)
    told = [counted(metric, effects)]
    names = dict(zip(map(id, effects), tell_apart([effect.condition for effect in effects]), strict=True))
    for verdict, found in by_verdict.items():
        if verdict not in ("better", "worse", "higher", "lower"):
            continue
        largest = max(found, key=lambda effect: abs(effect.interval.mean))
        at = f" at {names[id(largest)]}" if len(effects) > 1 else ""
        told.append(f"Largest, {verdict}: {what.change_text(largest.interval, 'worlds')}{at}.")
    smallest = sorted(each for effect in effects if (each := effect.interval.smallest_effect()) == each)
    if smallest:
        middle = significant(smallest[len(smallest) // 2], 2)
        told.append(f"In half of the settings, a change of {middle} would have been seen in 80% of such sweeps.")
    return " ".join(told)


def _all(metrics: Mapping[str, Mapping[str, Sequence[Effect]]]) -> list[Effect]:
    return [effect for lines in metrics.values() for each in lines.values() for effect in each]


def _correction(effects: Sequence[Effect]) -> str:
    first = effects[0].interval
    return (
        f"Mean and {first.confidence:.0%} interval over {first.n} {'worlds' if first.over != 'seeds' else 'seeds'}, "
        f"corrected for {first.comparisons} comparisons; filled where it excludes 0."
    )


def _axis(metric: str, effects: Sequence[Effect]) -> dict[str, Any]:
    """Settings of an axis of changes; a share cannot change by more than 1, whatever its interval says."""
    most = max(abs(effect.interval.mean) + _half(effect) for effect in effects)
    cut = {"range": [-1.05, 1.05]} if quantity(metric).limits == (0.0, 1.0) and most > 1 else {}
    return {
        "zeroline": True,
        "zerolinecolor": INK,
        "zerolinewidth": 2,
        "rangemode": "tozero",
        "tickformat": "~g",
        **cut,
    }


def counted(metric: str, effects: Sequence[Effect]) -> str:
    """How many effects went which way, as "Harmonic mean: worse in 3, no difference seen in 15 of 18 settings."

    Args:
        metric: the metric of the effects.
        effects: the effects, corrected together.
    """
    what, found = quantity(metric), dict.fromkeys(("better", "higher", "worse", "lower", NOTHING, UNDECIDED), 0)
    for effect in effects:
        found[what.verdict(effect.interval)] += 1
    told = ", ".join(f"{verdict} in {count}" for verdict, count in found.items() if count)
    return f"{_upper(what.label)}: {told} of {len(effects)} {'setting' if len(effects) == 1 else 'settings'}."


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _half(effect: Effect) -> float:
    return effect.interval.half_width if effect.interval.defined else 0.0


def _hover(effect: Effect) -> str:
    change = number(effect.interval.mean, 4, signed=True)
    ends = f"[{number(effect.interval.low, 4, signed=True)}, {number(effect.interval.high, 4, signed=True)}]"
    size = significant(effect.interval.effect_size, 2, signed=True)
    return (
        f"<b>{plain(effect.condition.name)}</b><br>KD alone {significant(effect.before, 3)}, with AME "
        f"{significant(effect.after, 3)}<br>{change} {ends}<br>effect size {size}"
    )
