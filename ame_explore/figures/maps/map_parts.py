"""Parts that the maps of images and texts share: positions, marks, colours, segments, hover texts and bare axes."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from ame_explore.ame import AMEError
from ame_explore.analysis.pairs.columns import scale_ends
from ame_explore.analysis.pairs.pair_measures import label_names
from ame_explore.analysis.projection import Lens, Projection, TrueNeighbours
from ame_explore.arguments import as_array
from ame_explore.data.pairs import PairedFeatures
from ame_explore.figures.base.colors import INK, OKABE_ITO
from ame_explore.figures.base.labels import palette
from ame_explore.figures.base.style import f32, legend_room, plain, top_legend
from ame_explore.quantities import number

IMAGE_COLOR, TEXT_COLOR = OKABE_ITO[0], OKABE_ITO[1]
CIRCLE, DIAMOND, OPEN = 0, 2, 100  # plotly's symbol numbers: unlike names, they are sent as binary
MOST_COLORS = 10
SVG_UP_TO = 10_000  # points: without a graphics card, 4,000 WebGL segments take seconds per step of a lasso
HOVER_UP_TO = 6000  # points with a hover text, which takes more space than the point itself
_CAPTION = 60  # letters of a caption in a hover text


def places_of(picture: Projection | ArrayLike, count: int, name: str = "projection") -> NDArray[np.float64]:
    """Positions on a map.

    Args:
        picture: a projection, or its positions.
        count: how many there must be.
        name: what error messages call the picture.

    Returns:
        (count, 2) positions.

    Raises:
        AMEError: if the number of positions is not `count`, or one is not finite.
    """
    points = as_array(name, picture.points if isinstance(picture, Projection) else picture)
    if points.shape != (count, 2):
        raise AMEError(
            f"{name} must hold {count} places, one per row of pair_rows(features) (images, then texts), "
            f"got shape {points.shape}."
        )
    if not np.isfinite(points).all():
        raise AMEError(f"{name} must hold finite places, got NaN or infinity.")
    return points


def trace_class(points: int) -> type[Any]:
    """The trace type for a figure of that many points that supports a lasso."""
    kind: type[Any] = go.Scattergl if points > SVG_UP_TO else go.Scatter
    return kind


@dataclass(frozen=True, eq=False)
class Drawn:
    """Which pairs a map draws, in the order of the features.

    Attributes:
        pairs: (p,) indices of the pairs; each has a mark for its image.
        images: (p,) rows of their images; the marks of an image with several texts coincide.
        texts: (q,) rows of the texts.
        image_ids: the id of each pair, in a list of its own.
        text_ids: the ids of each text's pairs, drawn or not.
    """

    pairs: NDArray[np.int64]
    images: NDArray[np.int64]
    texts: NDArray[np.int64]
    image_ids: list[list[int]]
    text_ids: list[list[int]]


def choose(features: PairedFeatures, most: int, always: Sequence[int] = (), seed: int = 0) -> Drawn:
    """At most `most` pairs with their texts: those in `always`, and a random sample of the others.

    Args:
        features: the pairs to choose from.
        most: the most pairs.
        always: ids of pairs to keep.
        seed: seed of the sample.
    """
    ids, pair_index = features.ids.numpy(), features.pair_index.numpy()
    count, texts = len(ids), len(features.texts)
    pairs = np.arange(count)
    if count > most:
        wanted = np.flatnonzero(np.isin(ids, np.asarray(list(always), dtype=np.int64)))
        rest = np.setdiff1d(pairs, wanted)
        few = np.random.default_rng(seed).choice(rest, max(0, min(len(rest), most - len(wanted))), replace=False)
        pairs = np.sort(np.concatenate([wanted, few]))
    shown = np.unique(pair_index[pairs]) if count > most else np.arange(texts)
    owned = features.ids_of_texts
    return Drawn(
        pairs,
        features.image_index.numpy()[pairs],
        shown,
        [[one] for one in ids[pairs].tolist()],
        [owned[text] for text in shown.tolist()],
    )


def check_neighbours(neighbours: TrueNeighbours | None, total: int) -> None:
    """Raise `AMEError` unless these are neighbours of `total` rows."""
    if neighbours is not None and len(neighbours.within) != total:
        raise AMEError(
            f"neighbours must be those of all {total} images and texts, got {len(neighbours.within)} rows: "
            "make them with true_neighbours(features)."
        )


def segments(first: NDArray[np.float64], second: NDArray[np.float64]) -> tuple[NDArray[Any], NDArray[Any]]:
    """x and y of a line from each of the first positions to the second, separated by NaN."""
    gap = np.full(len(first), np.nan)
    return tuple(f32(np.stack([first[:, axis], second[:, axis], gap], axis=1)) for axis in (0, 1))  # type: ignore[return-value]


@dataclass(frozen=True, eq=False)
class Colors:
    """A colour for each pair's image and each text, with their legend.

    Attributes:
        image: (P,) colours.
        text: (M,) colours.
        groups: class name -> colour; empty if the colours distinguish images from texts.
        words: why classes are not coloured although the features have labels; else "".
    """

    image: NDArray[Any]
    text: NDArray[Any]
    groups: dict[str, str]
    words: str = ""


def class_colors(features: PairedFeatures) -> Colors:
    """One colour per class if there are at most ten; else one for images and one for texts.

    Pairs without a label form a class of their own.
    """
    count, texts = len(features.pair_index), len(features.texts)
    words = ""
    labels = label_names(features)
    known = [label for label in labels if label is not None]
    if known:
        named = features.labels if features.labels is not None and len(known) == count else None
        order = sorted(set(map(str, known))) if named is None else []
        place_of = {name: place for place, name in enumerate(order)}
        code = np.array([place_of.get(str(label), -1) for label in labels]) if named is None else named.numpy()
        classes, code = np.unique(code, return_inverse=True)
        if len(classes) > MOST_COLORS:
            words = f"Classes are not coloured: there are {len(classes):,}, more than {MOST_COLORS}."
        if 2 <= len(classes) <= MOST_COLORS:
            first = [int(np.flatnonzero(code == place)[0]) for place in range(len(classes))]
            names = ["no label" if labels[row] is None else str(labels[row]) for row in first]
            texts_of = [
                {features.texts[row] for row in features.pair_index.numpy()[code == c]} for c in range(len(classes))
            ]
            if all(name.lstrip("-").isdigit() for name in names):
                own = all(len(found) == 1 for found in texts_of)  # each class has one text: name it by that
                names = [found.pop() if own else f"class {name}" for found, name in zip(texts_of, names, strict=True)]
            looks = palette(names)
            hues = np.array(looks.colors, dtype=object)
            text = np.full(texts, "#717581", dtype=object)
            text[features.pair_index.numpy()] = hues[code]
            return Colors(hues[code], text, dict(zip(looks.names, looks.colors, strict=True)))
    image = np.full(count, IMAGE_COLOR, dtype=object)
    return Colors(image, np.full(texts, TEXT_COLOR, dtype=object), {}, words)


def shades_of(values: ArrayLike, count: int, label: str, features: PairedFeatures, shown: Drawn) -> dict[str, Any]:
    """Marker colours of images and texts from one number per pair; a text gets the mean over its pairs.

    Args:
        values: (P,) the numbers, NaN where unknown.
        count: P, the number of pairs.
        label: title of the colour bar.
        features: the pairs.
        shown: which of them are drawn.

    Raises:
        AMEError: if there is not one value per pair.
    """
    numbers = as_array("values", values)
    if numbers.shape != (count,):
        raise AMEError(f"values must hold one number per pair, {count} in all, got shape {numbers.shape}.")
    known = np.isfinite(numbers)
    pairs = features.pair_index.numpy()
    weight = np.bincount(pairs[known], minlength=len(features.texts))
    total = np.bincount(pairs[known], numbers[known], minlength=len(features.texts))
    of_text = np.divide(total, weight, out=np.full(len(weight), np.nan), where=weight > 0)
    low, high = scale_ends(numbers[known])
    scale = {"colorscale": "Viridis", "reversescale": True, "cmin": low, "cmax": high if high > low else low + 1}
    bar = {"title": {"text": plain(label), "side": "right"}, "thickness": 14, "len": 0.7}
    return {
        "image": {"color": f32(numbers[shown.pairs]), **scale, "colorbar": bar},
        "text": {"color": f32(of_text[shown.texts]), **scale},
    }


def short(text: str) -> str:
    """A caption for a hover text: escaped, and cut to 60 characters."""
    return plain(textwrap.shorten(str(text), _CAPTION, placeholder="…") or str(text)[:_CAPTION])


def hover_texts(
    features: PairedFeatures,
    rows: NDArray[np.int64],
    neighbours: TrueNeighbours | None,
    lens: Lens | None,
    pairs: NDArray[np.int64] | None = None,
) -> list[str]:
    """Hover texts for rows of `pair_rows`: what each row is, and its nearest neighbours in the original space.

    Args:
        features: the features of the rows.
        rows: row numbers.
        neighbours: the neighbours of all rows, or None.
        lens: the lens over all rows, or None.
        pairs: the pair that each image row stands for; None: the image's first pair.
    """
    count = len(features.image)
    names = label_names(features)
    pair_index, ids = features.pair_index.tolist(), features.ids.tolist()
    first: dict[int, int] = {}
    for pair, image in enumerate(features.image_index.tolist()):
        first.setdefault(image, pair)
    trust = {}
    if lens is not None:
        measured = zip(lens.rows.tolist(), lens.row_trustworthiness.tolist(), lens.row_continuity.tolist(), strict=True)
        trust = {row: (t, c) for row, t, c in measured}

    def name(row: int, pair: int | None = None) -> str:
        if row >= count:
            return f"text: {short(features.texts[row - count])}"
        pair = first.get(row) if pair is None else pair
        return "image of no pair" if pair is None else f"image {ids[pair]}: {short(features.texts[pair_index[pair]])}"

    said = []
    for row, pair in zip(rows.tolist(), [None] * len(rows) if pairs is None else pairs.tolist(), strict=True):
        lines = [f"<b>{name(row, pair)}</b>"]
        own = first.get(row) if pair is None else pair
        if row < count and own is not None and names[own] is not None:
            lines.append(f"class {plain(str(names[own]))}")
        if row in trust:
            lines.append(f"trustworthiness {number(trust[row][0], 2)}, continuity {number(trust[row][1], 2)}")
        if neighbours is not None:
            kinds = ("images", "texts") if row < count else ("texts", "images")
            for kind, near, cosine in (
                (kinds[0], neighbours.within[row], neighbours.within_cosine[row]),
                (kinds[1], neighbours.across[row], neighbours.across_cosine[row]),
            ):
                lines.append(f"<i>nearest {kind}, all dimensions</i>")
                found = [(n, c) for n, c in zip(near.tolist(), cosine.tolist(), strict=True) if n >= 0][:3]
                lines += [f"&nbsp;&nbsp;{number(c, 2)} {name(n)}" for n, c in found]
        said.append("<br>".join(lines))
    return said


def text_marks(texts: int, size: float) -> dict[str, Any]:
    """Size and outline of text marks: up to 20 texts are drawn large, as landmarks."""
    return {"size": 15, "line": {"width": 1.2, "color": INK}} if texts <= 20 else {"size": size}


def bare_axes(figure: go.Figure) -> None:
    """Axes of equal scale without numbers: positions on a map have no unit."""
    look = {"showticklabels": False, "ticks": "", "showgrid": False, "title": None, "mirror": True, "automargin": False}
    figure.update_xaxes(**look)
    figure.update_yaxes(**look)
    for axis in figure.select_yaxes():
        axis.update(scaleanchor=axis.anchor or "x")


def wrapped(*parts: str, width: int = 100) -> tuple[str, int]:
    """Sentences wrapped into the lines of a subtitle, and the number of lines."""
    lines = textwrap.wrap(" ".join(part for part in parts if part), width)
    return "<br>".join(lines), len(lines)


def lay_legends(figure: go.Figure, above: int) -> None:
    """Put the legend above the panels, with the colours on a line of their own above the shapes."""
    legend_room(figure, above=above + 28, legend="legend2")
    top_legend(figure, above=above)
    figure.update_layout(legend={"itemclick": False, "itemdoubleclick": False})  # there is no trace to hide
    inner = figure.layout.height - figure.layout.margin.t - figure.layout.margin.b
    higher = {"y": 1 + (above + 28) / inner}
    figure.update_layout(legend2=figure.layout.legend.to_plotly_json() | higher)


def legend_mark(name: str, symbol: int, color: str, **more: Any) -> go.Scatter:
    """A legend entry without a trace of its own."""
    mark = {"symbol": symbol, "color": color, "size": 11, "line": {"width": 1.5, "color": color}}
    return go.Scatter(x=[None], y=[None], mode="markers", name=plain(name), marker=mark, hoverinfo="skip", **more)
