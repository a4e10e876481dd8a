"""Figures of explored features: the cones and the gap, the margins, and what changed between two models."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from torch import Tensor

from ame_explore.ame import AMEError
from ame_explore.analysis.pairs.exploration import Exploration
from ame_explore.analysis.pairs.pair_changes import PairChanges
from ame_explore.analysis.pairs.set_measures import sampled_cosines
from ame_explore.arguments import checked
from ame_explore.figures.base.colors import GRID, INK, MUTED, OKABE_ITO
from ame_explore.figures.base.style import WEBGL_ABOVE, Drawing, f32, finish, id_array, plain, scatter_class, top_legend
from ame_explore.figures.maps.map_parts import trace_class
from ame_explore.quantities import number, quantity

DRAWN = 8_000  # pairs in a figure of margins: a lasso then works without a graphics card too
_BINS = 90
_LONG = 110  # characters of a caption in a hover text
# Kind of cosine -> colour and dash.
_KINDS = {
    "two images": (OKABE_ITO[0], "solid"),
    "two texts": (OKABE_ITO[1], "dash"),
    "image and a wrong text": (MUTED, "dot"),
    "image and its own text": (OKABE_ITO[2], "solid"),
}


@checked
def cosines(explored: Exploration) -> Drawing:
    """Histograms of cosines: two images, two texts, an image and a wrong text, and an image and its own text.

    If the first two lie to the right of the last two, images and texts form two separate cones (Liang et al. 2022).
    Each histogram has up to 20,000 random pairs of rows.
    """
    features = explored.features
    found = sampled_cosines(image=features.image, text=features.text, pairs=features.pairs)
    lowest = min(float(values.min()) for values in found.values())
    edges = np.linspace(min(lowest, 0.0) - 0.02, 1.0, _BINS + 1)
    figure = go.Figure()
    for name, values in found.items():
        color, dash = _KINDS[name]
        share = np.histogram(values.numpy(), edges)[0] / len(values)
        figure.add_trace(
            go.Scatter(
                x=f32((edges[1:] + edges[:-1]) / 2),
                y=f32(share),
                mode="lines",
                line={"color": color, "dash": dash, "width": 3, "shape": "spline", "smoothing": 0.4},
                fill="tozeroy",
                fillcolor=_faint(color),
                name=f"{name}, mean {number(float(values.mean()), 2)}",
                hovertemplate=f"{name}<br>cosine %{{x:.2f}}: %{{y:.1%}} of pairs<extra></extra>",
            )
        )
    finish(figure, "Two cones and the gap", "Cosines of pairs of rows, random pairs of each kind", height=500, top=134)
    figure.update_xaxes(title_text="cosine (1: the same direction, 0: at right angles)")
    figure.update_yaxes(title_text="share of pairs", tickformat=".0%", rangemode="tozero")
    top_legend(figure, above=14, item=44)
    return Drawing(figure, cones_sentence(found, explored.measures["modality_gap"]))


def cones_sentence(found: Mapping[str, Tensor], gap: float | None) -> str:
    """What the mean cosines of the four kinds say about the cones, followed by the modality gap.

    The gap is reported separately: it can be large although the images and texts of pairs are near each other.

    Args:
        found: kind -> cosines, from `sampled_cosines`.
        gap: the modality gap; None if it is not defined.
    """
    means = {name: float(values.mean()) for name, values in found.items()}
    words = "; ".join(f"{name}: {number(mean, 2)}" for name, mean in means.items())
    if "image and a wrong text" not in means or "two images" not in means or gap is None:
        return f"Mean cosines: {words}."
    own, alike = means["image and its own text"], (means["two images"], means["two texts"])
    if own < min(alike):
        verdict = (
            "two unrelated images, and two unrelated texts, are nearer to each other than an image to its own text"
        )
    elif own > max(alike):
        verdict = "an image is nearer to its own text than two images or two texts are to each other"
    else:
        verdict = (
            "an image is nearer to its own text than the rows of one side are to each other, but not than those of the "
            "other side"
        )
    apart = quantity("modality_gap").text(gap)
    return f"Mean cosines: {words}. So {verdict}; the centres of the two sides lie {apart} apart."


@checked
def margins(explored: Exploration) -> Drawing:
    """Every pair by its two margins, coloured by predictive entropy; look at the lower left first.

    Raises:
        AMEError: if images and texts differ in width, or there is no wrong partner to compare with.
    """
    features, table = explored.features, explored.pairs
    if not explored.measured.comparable:
        raise AMEError("margins need images and texts of one width.")
    x, y = (table[f"margin_{way}"].to_numpy() for way in ("i2t", "t2i"))
    known = np.isfinite(x) & np.isfinite(y)
    if not known.any():
        raise AMEError("margins need a wrong text and a wrong image to compare with.")
    entropy = table["entropy_i2t"].to_numpy()
    both, neither = (float(sides[known].mean()) for sides in ((x > 0) & (y > 0), (x < 0) & (y < 0)))
    measured = int(known.sum())
    thin = ""
    if measured > DRAWN:
        kept = np.zeros(len(table), dtype=bool)
        kept[np.random.default_rng(0).choice(np.flatnonzero(known), DRAWN, replace=False)] = True
        kept[explored.suspects["row"]] = True
        known &= kept
        thin = f" The figure shows {DRAWN:,} of them, chosen at random, and the most suspect."
    few = len(table) <= WEBGL_ABOVE
    figure = go.Figure(
        trace_class(int(known.sum()))(
            x=f32(x[known]),
            y=f32(y[known]),
            mode="markers",
            customdata=id_array(table["id"][known]),
            text=captions(table["caption"][known]) if few else None,
            marker={
                "size": 8 if len(table) < 2000 else 5 if few else 3,
                "color": f32(entropy[known]),
                "colorscale": "Viridis",
                "reversescale": True,
                "opacity": 0.85 if few else 0.6,
                "line": {"width": 0.5 if few else 0, "color": "white"},
                "colorbar": {"title": {"text": "entropy<br>(nats)", "font": {"size": 15}}, "thickness": 16, "len": 0.8},
            },
            hovertemplate="pair %{customdata}<br>margin %{x:.3f} to texts, %{y:.3f} to images"
            + ("<br>%{text}<extra></extra>" if few else "<extra></extra>"),
        )
    )
    low, high = min(x[known].min(), y[known].min(), 0.0), max(x[known].max(), y[known].max(), 0.0)
    span = high - low + 1e-9
    reach = [low - 0.06 * span, high + 0.12 * span]
    upright = [low - 0.12 * span, reach[1]]  # room for a line of text below the lowest point
    finish(figure, "Who finds whom", "Margin: cosine of the pair minus that of the nearest wrong partner", height=620)
    line = {"color": "#8a8a8a", "width": 2}
    figure.add_shape(type="line", layer="below", line=line, x0=0, x1=0, y0=upright[0], y1=upright[1])
    figure.add_shape(type="line", layer="below", line=line, x0=reach[0], x1=reach[1], y0=0, y1=0)
    for words, xa, ya, xanchor, yanchor in (
        ("each finds the other", 1, 1, "right", "top"),
        ("a wrong text and a wrong image are nearer", 0, 0, "left", "bottom"),
    ):
        figure.add_annotation(
            text=words, x=xa, y=ya, xref="paper", yref="paper", xanchor=xanchor, yanchor=yanchor, showarrow=False,
            font={"size": 15, "color": INK}, bgcolor="rgba(255,255,255,0.85)",
        )  # fmt: skip
    figure.update_xaxes(title_text="margin among texts (image looks for its text)", range=reach, gridcolor=GRID)
    figure.update_yaxes(title_text="margin among images (text looks for its image)", range=upright)
    mean = float(entropy.mean())
    sentence = (
        f"In {both:.0%} of {measured:,} pairs image and text find each other first, and in {neither:.0%} both find "
        f"something else nearer ({explored.chance_suspect:.0%} if images and texts had nothing in common). Look first "
        "at those farthest to the lower left. Colour is the predictive entropy of the image over all "
        f"{len(features.text):,} texts at logit scale {features.logit_scale:g}; its mean is "
        f"{quantity('entropy_i2t').with_unit(mean)}, as uncertain as {number(math.exp(mean), 1)} equally likely texts."
    )
    return Drawing(figure, sentence + thin)


@checked
def changed(changes: PairChanges, names: tuple[str, str]) -> Drawing:
    """Every pair's cosine under one model against that under the other.

    Args:
        changes: from `compare_pairs`.
        names: names of the two models.
    """
    table = changes.table
    before, after = table["rank_i2t_a"].to_numpy(), table["rank_i2t_b"].to_numpy()
    kinds = (  # a tie for first place has a rank above 1, and does not count as found
        ("found by both", (before == 1) & (after == 1), MUTED, "circle"),
        ("found by neither", (before > 1) & (after > 1), OKABE_ITO[3], "x"),
        (f"found by {names[0]} only", (before == 1) & (after > 1), OKABE_ITO[1], "diamond"),
        (f"found by {names[1]} only", (before > 1) & (after == 1), OKABE_ITO[0], "square"),
    )
    figure = go.Figure()
    mark, few = scatter_class(len(table)), len(table) <= WEBGL_ABOVE
    for name, rows, color, symbol in kinds:
        if not rows.any():
            continue
        figure.add_trace(
            mark(
                x=f32(table["cosine_a"][rows]),
                y=f32(table["cosine_b"][rows]),
                mode="markers",
                customdata=id_array(table["id"][rows]),
                text=captions(table["caption"][rows]) if few else None,
                name=f"{plain(name)} ({int(rows.sum()):,})",
                marker={"color": color, "symbol": symbol, "size": 7 if few else 4, "opacity": 0.75},
                hovertemplate="pair %{customdata}: %{x:.3f}, then %{y:.3f}"
                + ("<br>%{text}<extra></extra>" if few else "<extra></extra>"),
            )
        )
    values = table[["cosine_a", "cosine_b"]].to_numpy()
    ends = [float(values.min()), float(values.max())]
    line = {"color": "#8a8a8a", "width": 2, "dash": "dot"}
    figure.add_shape(type="line", x0=ends[0], y0=ends[0], x1=ends[1], y1=ends[1], line=line, layer="below")
    finish(
        figure,
        f"Cosine of every pair, {plain(names[0])} and {plain(names[1])}",
        "Colour and shape: which model ranks the image's own text first. On the dotted line nothing changed",
        height=620,
        top=134,
    )
    figure.update_xaxes(title_text=f"cosine under {plain(names[0])}")
    figure.update_yaxes(title_text=f"cosine under {plain(names[1])}")
    top_legend(figure, above=14)
    won, lost = (int(kinds[place][1].sum()) for place in (3, 2))
    moved = changes.intervals.get("cosine")
    change = "" if moved is None else quantity("cosine").change_text(moved, "pairs")
    mean = f" The mean change of the cosine is {change}." if change else ""
    sentence = (
        f"Of {len(table):,} pairs that both have, {won:,} find their own text only under {names[1]}, and {lost:,} only "
        f"under {names[0]}.{mean}"
    )
    return Drawing(figure, sentence)


def captions(values: pd.Series | list[str]) -> list[str]:
    """Captions for hover texts: shortened, wrapped into lines, and escaped."""
    made = []
    for value in values:
        words = value if len(value) <= _LONG else value[: _LONG - 1] + "…"
        lines, line = [], ""
        for word in words.split():
            if line and len(line) + len(word) > 56:
                lines.append(line)
                line = ""
            line = f"{line} {word}".strip()
        made.append("<br>".join(plain(part) for part in [*lines, line]))
    return made


def _faint(color: str) -> str:
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, 0.10)"
