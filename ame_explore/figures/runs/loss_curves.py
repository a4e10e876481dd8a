"""Loss terms over training, and each term's share of the gradient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from ame_explore.ame import AMEError
from ame_explore.arguments import checked
from ame_explore.figures.base.style import Drawing, arm_styles, finish, log_axis, plain, top_legend, wants_log
from ame_explore.figures.runs.given import Runs, arms_of
from ame_explore.figures.runs.series import Band, band, band_traces, columns_of, seeds_words
from ame_explore.quantities import declared, quantity, significant

if TYPE_CHECKING:
    from ame_explore.training.record.run import Run

_SHARE = "share."
_MOST_TERMS = 4  # panels side by side that can still be read


@checked
def losses(runs: Runs, *, title: str = "What the students minimize, step by step") -> Drawing:
    """One panel per loss term, and one line per arm (the mean over its runs) in a band from lowest to highest.

    Terms are the columns of `Run.losses` without a dot in their names that are not declared as metrics ("H" is one).
    Columns "share.<term>" are shares of the gradient and are drawn below, except "share.kd", which is the rest. A term
    that is 0 throughout an arm is not drawn there.

    Args:
        runs: a Run, a list of them, or arm -> its runs, one per seed (`arms_of`).
        title: the headline.

    Raises:
        AMEError: if none of the runs recorded a loss.
    """
    runs = arms_of(runs)
    tables = {arm: [run.losses for run in seeds] for arm, seeds in runs.items()}
    columns = columns_of([table for seeds in tables.values() for table in seeds])
    terms = sorted((name for name in columns if "." not in name and _is_term(name)), key=lambda name: name != "total")
    if not terms:
        raise AMEError(f"runs must hold a run with a recorded loss, got none in the arms {list(runs)}.")
    shares = [name for name in columns if name.startswith(_SHARE) and name != f"{_SHARE}kd"]

    bands = {(arm, name): band(seeds, name) for arm, seeds in tables.items() for name in [*terms, *shares]}
    # An arm without AME may record its term as 0 throughout: a line there would only hide the others.
    drawn = {key: found for key, found in bands.items() if found is not None and found.high.any() | found.low.any()}
    terms = [name for name in terms if any(name == term for _, term in drawn)]
    shares = [name for name in shares if any(name == share for _, share in drawn)]
    if len(terms) == 2 and terms[0] == "total":
        terms = terms[1:]  # a single term is its own total
    terms = terms[:_MOST_TERMS]
    drawn = {(arm, name): found for (arm, name), found in drawn.items() if name in terms or name in shares}
    figure = _frame(terms, shares)
    _draw(figure, runs, drawn, terms, shares)
    _scale(figure, drawn, terms, shares)
    finish(figure, title, seeds_words(found.seeds for found in drawn.values()), height=740 if shares else 480, top=150)
    top_legend(figure, item=44)
    return Drawing(figure, _sentence(list(runs), drawn, terms, shares))


def _is_term(name: str) -> bool:
    """Whether a column is a term of the loss: declared as one, or not declared at all."""
    return name not in declared() or quantity(name).group == "loss"


def _share_label(name: str) -> str:
    """What the share in column "share.<term>" is a share of."""
    return quantity(name.removeprefix(_SHARE)).label


def _frame(terms: Sequence[str], shares: Sequence[str]) -> go.Figure:
    names = [f"<b>{plain(quantity(name).label)}</b>" for name in terms]
    if not shares:
        return make_subplots(1, len(terms), subplot_titles=names, horizontal_spacing=0.09)
    below = " and ".join(plain(_share_label(name)) for name in shares)
    return make_subplots(
        2,
        len(terms),
        specs=[[{}] * len(terms), [{"colspan": len(terms)}, *[None] * (len(terms) - 1)]],
        subplot_titles=[*names, f"<b>share of the gradient from: {below}</b>"],
        row_heights=[0.58, 0.42],
        horizontal_spacing=0.09,
        vertical_spacing=0.2,
    )


def _draw(
    figure: go.Figure,
    runs: Mapping[str, Sequence[Run]],
    drawn: Mapping[tuple[str, str], Band],
    terms: Sequence[str],
    shares: Sequence[str],
) -> None:
    styles = arm_styles(runs)
    named: set[str] = set()
    for (arm, name), found in drawn.items():
        row, column = (2, 1) if name in shares else (1, terms.index(name) + 1)
        for trace in band_traces(found, plain(arm), styles[arm]):
            figure.add_trace(trace, row=row, col=column)
        figure.data[-1].showlegend = arm not in named
        named.add(arm)


def _scale(
    figure: go.Figure, drawn: Mapping[tuple[str, str], Band], terms: Sequence[str], shares: Sequence[str]
) -> None:
    for place, term in enumerate(terms):
        limits = [limit for (_, name), b in drawn.items() if name == term for limit in (b.low.min(), b.high.max())]
        scale = log_axis(min(limits), max(limits)) if wants_log(limits) else {}
        figure.update_yaxes(**scale, row=1, col=place + 1)
        figure.update_xaxes(title_text="step", row=1, col=place + 1)
    figure.update_yaxes(title_text="loss", row=1, col=1)
    if shares:
        figure.update_yaxes(title_text="share of gradient", tickformat="~%", rangemode="tozero", row=2, col=1)
        figure.update_xaxes(title_text="step", row=2, col=1)


def _sentence(
    arms: Sequence[str], drawn: Mapping[tuple[str, str], Band], terms: Sequence[str], shares: Sequence[str]
) -> str:
    parts = []
    for term in [name for name in terms if name != "total"] or terms:
        means = {arm: drawn[arm, term].mean for arm in arms if (arm, term) in drawn}
        ends = [f"{significant(mean[0], 4)} to {significant(mean[-1], 4)} ({arm})" for arm, mean in means.items()]
        parts.append(f"{quantity(term).label}: {', '.join(ends)}")
    seeds = max(found.seeds for found in drawn.values())
    lead = f"Mean over {seeds} seeds" if seeds > 1 else "One seed"
    told = "; ".join(parts)
    text = f"{lead}, from the first to the last recorded step. {told[:1].upper()}{told[1:]}."
    for share in shares:
        pushes = [
            f"{significant(100 * float(drawn[arm, share].mean.mean()), 2)}% ({arm})"
            for arm in arms
            if (arm, share) in drawn
        ]
        text += f" On average the {_share_label(share)} makes up {', '.join(pushes)} of the gradient."
    return text
