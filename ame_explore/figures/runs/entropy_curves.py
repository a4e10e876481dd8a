"""Two entropies that are easily confused: of the manifold, which AME minimizes, and of predictions."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go
import torch
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from ame_explore.ame import AMEError, unit_rows
from ame_explore.arguments import checked
from ame_explore.data.pairs import PairedFeatures
from ame_explore.figures.base.style import (
    ArmStyle,
    Drawing,
    arm_styles,
    f32,
    finish,
    log_axis,
    plain,
    top_legend,
    wants_log,
)
from ame_explore.figures.runs.given import Runs, arms_of, readings_of
from ame_explore.figures.runs.series import Band, band, band_traces, seeds_words
from ame_explore.measures import predictive_entropy
from ame_explore.quantities import number, quantity

if TYPE_CHECKING:
    from ame_explore.training.record.run import Run

_DEFICIT = "H_deficit"
_QUANTILES = 201  # points per curve, for any number of images
_GROUP_WORDS = {"base": "base classes", "new": "new classes", "ambiguous": "ambiguous", "all": "all images"}


@checked
def entropy(
    runs: Runs,
    *,
    base_classes: Collection[int] | None = None,
    title: str = "Two entropies: of the manifold, and of the predictions",
) -> Drawing:
    """Left: how far H falls below its maximum during training. Right: how uncertain predictions are at the end.

    The left panel shows the metric "H_deficit" (in the unit of H), a line and a band per arm, on a log axis if it spans
    decades. Readings without a largest value have none: the figure says which arms it leaves out of this panel.
    The right panels show, for each group of test images, the share whose predictive entropy is at most a given value
    (the empirical distribution, which needs no bins), over the last features of all seeds. Predictions are the softmax
    of logit scale times cosine over all class texts. The fact "base_classes" lists the base classes, and rows with an
    id of "ambiguous_from_id" or more are ambiguous images; without these facts all images form one group.

    Args:
        runs: a Run, a list of them, or arm -> its runs, one per seed (`arms_of`).
        base_classes: the base classes; None: from the fact.
        title: the headline.

    Raises:
        AMEError: if the runs hold neither the metric nor features.
    """
    runs = arms_of(runs)
    deficits = {arm: band([run.metrics for run in seeds], _DEFICIT) for arm, seeds in runs.items()}
    drawn = {arm: found for arm, found in deficits.items() if found is not None}
    answers = {arm: pooled for arm, seeds in runs.items() if (pooled := answer_entropies(seeds, base_classes))}
    if not drawn and not answers:
        raise AMEError(
            f"runs must hold the metric {_DEFICIT!r} (its maximum minus H) or features, got neither in the "
            f"arms {list(runs)}: record.log(metrics={{{_DEFICIT!r}: ...}}, features=...)."
        )
    groups = list({group: None for pooled in answers.values() for group in pooled})
    names = ["<b>manifold: H below its maximum</b>"] if drawn else []
    names += [f"<b>{_GROUP_WORDS[group]}</b>" for group in groups]
    figure = make_subplots(
        1,
        len(names),
        subplot_titles=names,
        column_widths=[*([1.7] if drawn else []), *[1.0] * len(groups)],
        horizontal_spacing=0.1 if len(names) < 4 else 0.085,
    )
    styles = arm_styles(runs)
    unit = quantity(_DEFICIT, readings_of(run.recipe for arm in drawn for run in runs[arm])).unit
    if drawn:
        _draw_deficits(figure, drawn, styles, unit)
    for place, group in enumerate(groups):
        column = place + 1 + bool(drawn)
        _draw_answers(
            figure, {arm: pooled[group] for arm, pooled in answers.items() if group in pooled}, styles, column
        )
    most = max((float(values.max()) for pooled in answers.values() for values in pooled.values()), default=0.0)
    for place in range(len(groups)):
        where = {"row": 1, "col": place + 1 + bool(drawn)}
        figure.update_yaxes(**({"showticklabels": False} if place else {"title_text": "share of test images"}), **where)
        figure.update_xaxes(range=[0, 1.03 * max(most, 1e-6)], **where)
    named: set[str] = set()
    for trace in figure.data:
        if trace.showlegend is None:
            trace.showlegend = trace.name not in named
            named.add(trace.name)
    words = seeds_words(len(seeds) for seeds in runs.values())
    words += " Right: curves further up and left are more certain." if groups else ""
    absent = [arm for arm, seeds in runs.items() if arm not in drawn and any("H" in run.metrics for run in seeds)]
    has = "its reading has" if len(absent) == 1 else "their readings have"
    left_out = f"No curve of H for {' and '.join(absent)}: {has} no largest value." if absent else ""
    words += f"<br>{plain(left_out)}" if absent else ""
    note = 24 if absent else 0  # pixels of a second line
    finish(figure, title, words, height=520 + note, top=150 + note)
    top_legend(figure, item=44)
    return Drawing(figure, " ".join(filter(None, [_sentence(drawn, answers, unit), left_out])))


def answer_entropies(
    runs: Sequence[Run], base_classes: Collection[int] | None = None
) -> dict[str, NDArray[np.float64]]:
    """Predictive entropy in nats of each test image, by group, from the last features of all runs.

    Args:
        runs: the runs of one arm.
        base_classes: the base classes; None: from each run's facts.

    Returns:
        group ("base", "new", "ambiguous" or "all") -> values; groups without images are left out.

    Raises:
        AMEError: if images and texts are not in one space.
    """
    pooled: dict[str, list[NDArray[np.float64]]] = {}
    for run in runs:
        if not run.feature_steps:
            continue
        features = run.features(run.feature_steps[-1]).image_by_image()
        values = predictive_entropy(logits_of(features)).numpy()
        base = run.facts.get("base_classes") if base_classes is None else base_classes
        for name, chosen in _groups(features, base, run.facts.get("ambiguous_from_id")).items():
            pooled.setdefault(name, []).append(values[chosen])
    return {name: np.concatenate(parts) for name, parts in pooled.items() if sum(map(len, parts))}


def logits_of(features: PairedFeatures) -> torch.Tensor:
    """Logit scale times cosine of each image with each text.

    Args:
        features: N images and M texts.

    Returns:
        (N, M) float64.

    Raises:
        AMEError: if images and texts are not in one space.
    """
    widths = features.image.shape[1], features.text.shape[1]
    if widths[0] != widths[1]:
        raise AMEError(
            f"features must hold images and texts in one space, got widths {widths}: record the projected ones."
        )
    image, text = unit_rows(features.image.double()), unit_rows(features.text.double())
    return features.logit_scale * image @ text.T


def _groups(
    features: PairedFeatures, base: Collection[int] | None, ambiguous_from_id: int | None
) -> dict[str, NDArray[np.bool_]]:
    ids = features.ids.numpy()
    ambiguous = np.zeros(len(ids), dtype=bool) if ambiguous_from_id is None else ids >= ambiguous_from_id
    if base is None:
        return {"all": ~ambiguous, "ambiguous": ambiguous}
    labels = (features.pair_index if features.labels is None else features.labels).numpy()
    is_base = np.isin(labels, list(base))
    return {"base": is_base & ~ambiguous, "new": ~is_base & ~ambiguous, "ambiguous": ambiguous}


def _draw_deficits(figure: go.Figure, drawn: Mapping[str, Band], styles: Mapping[str, ArmStyle], unit: str) -> None:
    for arm, found in drawn.items():
        for trace in band_traces(found, plain(arm), styles[arm], unit=unit):
            figure.add_trace(trace, row=1, col=1)
    limits = [limit for found in drawn.values() for limit in (found.low.min(), found.high.max())]
    scale = log_axis(min(limits), max(limits)) if wants_log(limits, 10) else {"rangemode": "tozero"}
    figure.update_yaxes(title_text=f"max \u2212 H{f' ({unit})' if unit else ''}", **scale, row=1, col=1)
    figure.update_xaxes(title_text="step", row=1, col=1)


def _draw_answers(
    figure: go.Figure, pooled: Mapping[str, NDArray[np.float64]], styles: Mapping[str, ArmStyle], column: int
) -> None:
    shares = np.linspace(0, 1, _QUANTILES)
    for arm, values in pooled.items():
        trace = go.Scatter(
            x=f32(np.quantile(values, shares)),
            y=f32(shares),
            mode="lines",
            line={"color": styles[arm].color, "dash": styles[arm].dash, "width": 2.5},
            name=plain(arm),
            legendgroup=plain(arm),
            hovertemplate="%{y:.0%} of the predictions have at most %{x:.3f} nats",
        )
        figure.add_trace(trace, row=1, col=column)
    figure.update_xaxes(title_text="entropy (nats)", nticks=6, row=1, col=column)
    figure.update_yaxes(range=[0, 1.02], tickformat="~%", row=1, col=column)


def _sentence(drawn: Mapping[str, Band], answers: Mapping[str, Mapping[str, NDArray[np.float64]]], unit: str) -> str:
    parts = []
    if drawn:
        ends = [f"{number(float(found.mean[-1]), fine=True)} ({arm})" for arm, found in drawn.items()]
        parts.append(
            f"At the last step H lies below its maximum by{f', in {unit}' if unit else ''}: {', '.join(ends)}."
        )
    if answers:
        means = [
            f"{arm}: " + ", ".join(f"{number(float(values.mean()), 2)} ({group})" for group, values in groups.items())
            for arm, groups in answers.items()
        ]
        parts.append(f"Mean predictive entropy in nats: {'; '.join(means)}.")
        parts.append("0 nats is full certainty, and a prediction can be certain and wrong.")
    return " ".join(parts)
