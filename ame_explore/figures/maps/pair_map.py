"""One map of images and texts, with a segment from each image to its text."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from ame_explore.ame import AMEError, check_number
from ame_explore.analysis.projection import Lens, Projection, TrueNeighbours, fit_pca, pair_rows
from ame_explore.arguments import checked
from ame_explore.data.pairs import PairedFeatures
from ame_explore.figures.base.colors import INK, MUTED
from ame_explore.figures.base.style import LIT, SEGMENTS, Drawing, f32, finish, id_array, ids_data, plain
from ame_explore.figures.maps.map_parts import (
    CIRCLE,
    DIAMOND,
    HOVER_UP_TO,
    IMAGE_COLOR,
    OPEN,
    TEXT_COLOR,
    Colors,
    Drawn,
    bare_axes,
    check_neighbours,
    choose,
    class_colors,
    hover_texts,
    lay_legends,
    legend_mark,
    places_of,
    segments,
    shades_of,
    short,
    text_marks,
    trace_class,
    wrapped,
)
from ame_explore.measures import modality_gap
from ame_explore.quantities import number

_NAMED = 6  # the most chosen pairs whose captions are written on the map


@checked
def pair_map(
    features: PairedFeatures,
    projection: Projection | ArrayLike | None = None,
    *,
    lens: Lens | None = None,
    neighbours: TrueNeighbours | None = None,
    closed: Projection | ArrayLike | None = None,
    values: ArrayLike | None = None,
    values_label: str = "value",
    selected: Collection[int] = (),
    drawn: int = 4000,
    text_ids: Sequence[Sequence[int]] | None = None,
    title: str = "Images and texts in one map",
    height: int = 720,
) -> Drawing:
    """Images (circles) and texts (diamonds) in one space, with a segment from each image to its text.

    Colour is `values` if given, else the class if there are at most ten, else the modality. Points that the map
    misplaces are hollow.

    The traces "image" and "text" carry the pair's id as `customdata` (for a text that several images share: the list
    of their ids). Each "image" trace follows its segments, in the same order, and an empty trace in which a page draws
    the segments of chosen pairs (`meta` tells the two apart). Above 10,000 points the figure uses WebGL; above 6,000,
    hovering shows only the id.

    Args:
        features: images and texts of one width.
        projection: a projection of `pair_rows(features)`, or the positions (N + M, 2); None: PCA.
        lens: the lens of that projection over the same rows (by `measure_lens`).
        neighbours: `true_neighbours(features)`, shown on hover.
        closed: projection of `pair_rows(centred_pairs(features))`; if given, buttons switch between the two.
        values: (P,) a number for each pair, shown as colour; NaN if unknown.
        values_label: name and unit of the values.
        selected: ids of pairs to highlight; the others fade.
        drawn: the most pairs to draw. Of more pairs, a random sample and the selected ones are drawn, and the figure
            says so.
        text_ids: for each text, the ids of the pairs that it stands for, if `features` is a part of larger features;
            None: the ids of its pairs in `features`.
        title: the headline.
        height: pixels.

    Raises:
        AMEError: if images and texts differ in width, `projection`, `values` or `lens` has the wrong number of rows,
            `drawn` is below 1, or `selected` holds an unknown id.
    """
    check_number("drawn", drawn, low=1, whole=True)
    count, total = len(features.pair_index), len(features.image) + len(features.texts)
    if projection is None:
        projection = fit_pca(pair_rows(features))
    if lens is not None and lens.n != total:
        raise AMEError(f"lens must be measured over all {total} images and texts, got one over {lens.n} rows.")
    check_neighbours(neighbours, total)
    unknown = set(selected) - set(features.ids.tolist())
    if unknown:
        raise AMEError(f"selected must hold ids of these pairs, got {sorted(unknown)[:5]}, which are none.")
    shown = choose(features, drawn, tuple(selected))
    if text_ids is not None and len(text_ids) != len(features.texts):
        raise AMEError(f"text_ids must hold the ids of each of the {len(features.texts)} texts, got {len(text_ids)}.")
    if text_ids is not None:
        shown = replace(shown, text_ids=[list(text_ids[text]) for text in shown.texts.tolist()])
    colors = class_colors(features)
    shades = None if values is None else shades_of(values, count, values_label, features, shown)
    marks = _Marks(features, shown, colors, shades, lens, neighbours, frozenset(selected))
    figure = go.Figure()
    pictures = {"as it is": places_of(projection, total)}
    if closed is not None:
        pictures["gap closed"] = places_of(closed, total, "closed")
    sizes = []
    for place, points in enumerate(pictures.values()):
        before = len(figure.data)
        for trace in marks.traces(points, hollow=place == 0):
            trace.visible = place == 0
            figure.add_trace(trace)
        sizes.append(len(figure.data) - before)
    legend = _legend(colors, lens, shades is not None)
    figure.add_traces(legend)
    bare_axes(figure)
    thin = colors.words if shades is None else ""
    if len(shown.pairs) < count:
        thin = f"{len(shown.pairs):,} of {count:,} pairs are drawn, chosen at random. {thin}".strip()
    seen = "" if lens is None else f"The picture's {lens.words}."
    subtitle, lines = wrapped(thin, _words(projection), seen)
    if closed is not None:
        other, more = wrapped(thin, "Each modality's centroid is subtracted.", _words(closed))
        lines = max(lines, more)
        _buttons(figure, dict(zip(pictures, (subtitle, other), strict=True)), sizes, len(legend))
    finish(
        figure,
        plain(title),
        subtitle,
        height=height,
        top=96 + 20 * lines + 28 * (shades is None and bool(colors.groups)),
        bottom=24,
    )
    figure.update_layout(
        margin={"l": 24, "r": 24},
        uirevision=f"map-{getattr(projection, 'method', 'given')}",
        dragmode="pan" if not selected else "lasso",
        modebar={"add": ["lasso2d", "select2d"]},
    )
    lay_legends(figure, 6)
    return Drawing(figure, _sentence(features, lens, thin, len(shown.pairs), len(shown.texts)))


class _Marks:
    """Makes the traces of a map; everything that does not depend on positions is computed once."""

    def __init__(
        self,
        features: PairedFeatures,
        shown: Drawn,
        colors: Colors,
        shades: dict[str, Any] | None,
        lens: Lens | None,
        neighbours: TrueNeighbours | None,
        selected: frozenset[int],
    ) -> None:
        self.features, self.shown, self.selected = features, shown, selected
        count = len(features.image)
        self.rows = (shown.images, shown.texts + count)
        drawn = len(shown.pairs) + len(shown.texts)
        self.kind = trace_class(drawn)
        self.size = 9 if drawn < 1500 else 6 if drawn < 10_000 else 4
        hollow = np.zeros(count + len(features.texts), dtype=bool) if lens is None else lens.misplaced.numpy()
        self.hollow = [hollow[rows] for rows in self.rows]
        if shades is not None:
            self.colors = [shades["image"], shades["text"]]
        elif colors.groups:
            self.colors = [{"color": colors.image[shown.pairs].tolist()}, {"color": colors.text[shown.texts].tolist()}]
        else:
            self.colors = [{"color": IMAGE_COLOR}, {"color": TEXT_COLOR}]
        self.looks = [{"size": self.size}, text_marks(len(shown.texts), self.size)]
        self.ids = [ids_data(shown.image_ids), ids_data(shown.text_ids)]
        self.hover: list[list[str] | None] = [None, None]
        if drawn <= HOVER_UP_TO:
            self.hover = [
                hover_texts(features, rows, neighbours, lens, pairs)
                for rows, pairs in zip(self.rows, (shown.pairs, None), strict=True)
            ]

    def traces(self, points: NDArray[np.float64], *, hollow: bool) -> list[go.Scatter]:
        """Segments, images, texts, and the chosen pairs above them; `hollow`: draw misplaced points hollow."""
        faded = 0.18 if self.selected else 0.8
        ends = self._ends(self.shown.pairs)
        x, y = segments(points[ends[0]], points[ends[1]])
        strength = float(np.clip(90 / max(1, len(ends[0])), 0.02, 0.4)) * (0.4 if self.selected else 1)
        line = {"color": f"rgba(90, 90, 90, {strength:.2f})", "width": 1}
        still = {"mode": "lines", "hoverinfo": "skip", "showlegend": False}
        found = [
            self.kind(x=x, y=y, line=line, name="pair", meta=SEGMENTS, **still),
            self.kind(x=[], y=[], line={"color": INK, "width": 2}, name="chosen pair", meta=LIT, **still),
        ]
        for side, (name, base) in enumerate((("image", CIRCLE), ("text", DIAMOND))):
            rows, misplaced, hover = self.rows[side], self.hollow[side], self.hover[side]
            said = name if isinstance(self.ids[side], list) else f"{name} %{{customdata}}"
            found.append(
                self.kind(
                    x=f32(points[rows, 0]),
                    y=f32(points[rows, 1]),
                    customdata=self.ids[side],
                    mode="markers",
                    name=name,
                    showlegend=False,
                    marker={
                        # a list: plotly checks each symbol, and takes 20 times longer for a numpy number than an int
                        "symbol": (base + OPEN * misplaced).tolist() if hollow and misplaced.any() else base,
                        "opacity": faded,
                        **self.looks[side],
                        **self.colors[side],
                    },
                    text=hover,
                    hovertemplate=f"{'%{text}' if hover else said}<extra></extra>",
                )
            )
        return [*found, *self._chosen(points)]

    def _ends(self, pairs: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        features = self.features
        return features.image_index.numpy()[pairs], len(features.image) + features.pair_index.numpy()[pairs]

    def _chosen(self, points: NDArray[np.float64]) -> list[go.Scatter]:
        if not self.selected:
            return []
        pairs = np.flatnonzero(np.isin(self.features.ids.numpy(), sorted(self.selected)))
        image, text = self._ends(pairs)
        x, y = segments(points[image], points[text])
        found = [
            self.kind(
                x=x,
                y=y,
                mode="lines",
                line={"color": INK, "width": 2},
                hoverinfo="skip",
                showlegend=False,
                name="chosen",
            )
        ]
        middle = float(points[:, 0].min() + points[:, 0].max()) / 2
        captions = [short(self.features.texts[row - len(self.features.image)]) for row in text.tolist()]
        for symbol, rows, color, named in ((CIRCLE, image, IMAGE_COLOR, False), (DIAMOND, text, TEXT_COLOR, True)):
            label = named and len(pairs) <= _NAMED
            found.append(
                go.Scatter(
                    x=f32(points[rows, 0]),
                    y=f32(points[rows, 1]),
                    mode="markers+text" if label else "markers",
                    text=captions,
                    textposition=["top left" if x > middle else "top right" for x in points[rows, 0]],
                    cliponaxis=False,
                    textfont={"size": 14, "color": INK, "shadow": "0 0 3px white, 0 0 3px white, 0 0 4px white"},
                    customdata=id_array(self.features.ids.numpy()[pairs]),
                    marker={"symbol": symbol, "size": 14, "color": color, "line": {"color": INK, "width": 1.5}},
                    hovertemplate="<b>%{customdata}</b> %{text}<extra></extra>",
                    name="chosen",
                    showlegend=False,
                )
            )
        return found


def _legend(colors: Colors, lens: Lens | None, shaded: bool) -> list[go.Scatter]:
    grey = bool(colors.groups) or shaded
    found = [
        legend_mark("image", CIRCLE, MUTED if grey else IMAGE_COLOR),
        legend_mark("text", DIAMOND, MUTED if grey else TEXT_COLOR),
    ]
    if lens is not None:
        found.append(legend_mark("hollow: misplaced", CIRCLE + OPEN, MUTED))
    if not shaded:
        found += [legend_mark(name, 1, color, legend="legend2") for name, color in colors.groups.items()]
    return found


def _words(picture: Projection | ArrayLike) -> str:
    return plain(picture.words) if isinstance(picture, Projection) else ""


def _buttons(figure: go.Figure, subtitles: dict[str, str], sizes: list[int], always: int) -> None:
    """One button per map: it hides the traces of the other map and changes the subtitle."""
    buttons = []
    for place, (name, subtitle) in enumerate(subtitles.items()):
        visible = [own == place for own, size in enumerate(sizes) for _ in range(size)] + [True] * always
        again = {"xaxis.autorange": True, "yaxis.autorange": True, "title.subtitle.text": subtitle}
        buttons.append({"label": name, "method": "update", "args": [{"visible": visible}, again]})
    figure.update_layout(
        updatemenus=[
            {
                "type": "buttons",
                "direction": "right",
                "buttons": buttons,
                "active": 0,
                "x": 1,
                "xanchor": "right",
                "y": 1.01,
                "yanchor": "bottom",
                "showactive": True,
                "font": {"size": 15},
                "pad": {"b": 2},
            }
        ]
    )


def _sentence(features: PairedFeatures, lens: Lens | None, thin: str, pairs: int, texts: int) -> str:
    gap = modality_gap(features.image, features.text)
    words = [
        f"A map of {pairs:,} images (circles) and {texts:,} texts (diamonds), each image tied to its text.",
        thin,
        f"The centres of images and texts are {number(gap, 2)} apart in all dimensions (the modality gap).",
    ]
    if lens is not None:
        hollow, measured = int(lens.misplaced.sum()), len(lens.rows)
        words.append(
            f"Of {measured:,} points measured, {hollow:,} are hollow: the map misplaces them, so look at their true "
            f"neighbours ({lens.words})."
        )
    return " ".join(word for word in words if word)
