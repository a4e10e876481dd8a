"""Any quantities over training: a panel for each, and a line for each student."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from plotly.subplots import make_subplots

from ame_explore.ame import AMEError
from ame_explore.arguments import checked
from ame_explore.figures.base.colors import MUTED
from ame_explore.figures.base.style import Drawing, arm_styles, f32, finish, i32, log_axis, plain, top_legend, wants_log
from ame_explore.quantities import quantity, significant

_MARKED = 30  # points that are drawn as marks, too


@checked
def curves(
    arms: Mapping[str, Mapping[int, Mapping[str, float]]],
    names: Sequence[str],
    *,
    title: str,
    note: str = "One seed.",
    turns: Mapping[int, str] | None = None,
) -> Drawing:
    """One panel per quantity and one line per student; a quantity that spans a factor of 30 has a logarithmic axis.

    Args:
        arms: arm -> step -> quantity -> value; a step need not have every quantity.
        names: the quantities to draw.
        title: the headline.
        note: the line below it.
        turns: step -> what was changed after it, marked by a vertical line.

    Raises:
        AMEError: if a quantity has no value in any arm.
    """
    lines = {
        (arm, name): {step: values[name] for step, values in sorted(of.items()) if name in values}
        for arm, of in arms.items()
        for name in names
    }
    lines = {key: line for key, line in lines.items() if line}
    missing = [name for name in names if not any(name == drawn for _, drawn in lines)]
    if missing or not names:
        raise AMEError(f"names must be quantities with values in some arm, got none of {', '.join(missing) or 'them'}.")
    labels = {name: quantity(name).title for name in names}
    figure = make_subplots(1, len(names), subplot_titles=[f"<b>{plain(label)}</b>" for label in labels.values()])
    styles, shown = arm_styles(arms), set()
    for (arm, name), line in lines.items():
        style = styles[arm]
        figure.add_scatter(
            x=i32(list(line)),
            y=f32(list(line.values())),
            mode="lines+markers" if len(line) <= _MARKED else "lines",
            line={"color": style.color, "dash": style.dash, "width": 2.5},
            marker={"symbol": style.symbol, "size": 7},
            name=plain(arm),
            legendgroup=plain(arm),
            showlegend=arm not in shown,
            hovertemplate="step %{x}: %{y:.4~g}",
            row=1,
            col=list(names).index(name) + 1,
        )
        shown.add(arm)
    for column, name in enumerate(names, start=1):
        drawn = np.array([value for (_, of), line in lines.items() if of == name for value in line.values()])
        scale = log_axis(drawn.min(), drawn.max()) if wants_log(drawn) else {"rangemode": "tozero"}
        figure.update_yaxes(**scale, row=1, col=column)
    for step, words in (turns or {}).items():
        figure.add_vline(step, line={"dash": "dot", "color": MUTED}, annotation_text=plain(words))
    figure.update_xaxes(title="step")
    finish(figure, title, note, height=460, top=160)
    top_legend(figure, item=44)
    return Drawing(figure, " ".join(_sentence(name, labels[name], arms, lines) for name in names))


def _sentence(
    name: str,
    label: str,
    arms: Mapping[str, object],
    lines: Mapping[tuple[str, str], Mapping[int, float]],
) -> str:
    told = []
    for arm in arms:
        if (line := list(lines.get((arm, name), {}).values())) and len(line) > 1:
            told.append(f"{significant(line[0])} to {significant(line[-1])} ({arm})")
        elif line:
            told.append(f"{significant(line[0])} ({arm})")
    return f"{label[:1].upper()}{label[1:]}, from first to last: {', '.join(told)}."
