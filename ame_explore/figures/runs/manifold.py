"""The shared manifold of images and texts, on one fixed pair of axes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import cast

import numpy as np
import plotly.graph_objects as go
import torch
from numpy.typing import NDArray
from torch import Tensor

from ame_explore.ame import AMEError, check_choice, check_number, unit_rows
from ame_explore.analysis import PCAProjection
from ame_explore.analysis.projection import axes_of
from ame_explore.arguments import checked
from ame_explore.data.pairs import PairedFeatures
from ame_explore.figures.base.colors import INK, MUTED
from ame_explore.figures.base.labels import Palette, palette, place_labels
from ame_explore.figures.base.style import Drawing, f32, finish, id_array, panel_grid, plain, scatter_class, top_legend
from ame_explore.figures.runs.given import Runs, fact_of, first_and_last_features, hold_runs
from ame_explore.measures import alignment, modality_gap
from ame_explore.quantities import number

_PANEL = 360  # pixels per side, used to place names; the figure itself adapts to the width of the page
_NARROW = 720  # pixels of all panels beside each other on a small screen, where names must not touch either
_BETWEEN = 130  # pixels between two rows of panels: ticks, axis title, and the lower panels' names
_MOST_NAMES = 16  # the most stars with names: more would hide the points


@dataclass(frozen=True, eq=False)
class _Panel:
    """What one panel draws; rows of images are those chosen for drawing."""

    name: str
    subtitle: str
    image: NDArray[np.float64]  # (n, 2)
    text: NDArray[np.float64]  # (M, 2)
    labels: NDArray[np.int64]  # (n,)
    ids: NDArray[np.int64]  # (n,)
    text_labels: NDArray[np.int64]  # (M,); -1 for a text without images
    all_texts: bool


@checked
def manifold(
    snapshots: Mapping[str, PairedFeatures] | Runs,
    *,
    fit_on: Collection[str] | None = None,
    base_classes: Collection[int] | None = None,
    ambiguous_from_id: int | None = None,
    axes: PCAProjection | None = None,
    max_images: int = 600,
    title: str = "Where images and their class texts lie",
) -> Drawing:
    """Panels side by side in one PCA basis, fitted once on unit rows: a point that moves has really changed.

    Images are small marks coloured by class, filled for base classes and open for new ones; texts are stars with
    their names. The line below a panel's name gives the modality gap and the mean cosine of images with their texts,
    both over all dimensions and all images.

    Args:
        snapshots: panel name -> features, images and texts in one space (D equal to Dt). Or Runs: one run gives its
            first and last features, several arms give the last of each; base_classes and ambiguous_from_id then come
            from their facts.
        fit_on: the panels whose images and texts fit the basis; None: all. If an untrained student is left out, the
            axes show how classes differ rather than how far training moved.
        base_classes: the classes whose images the student may see; None draws all classes alike.
        ambiguous_from_id: rows with this id or a higher one are ambiguous images, and are left out here.
        axes: the frame to draw in, such as `analysis.projection.teacher_axes` of a stage, which the lab's map has too;
            None: that of the runs, if they have noted one (fact "map_axes") and `fit_on` is None, else it is fitted.
        max_images: the most images to draw per panel, chosen evenly over the classes; if there are more texts than
            that, only the texts of these images are drawn.
        title: the headline.

    Raises:
        AMEError: if there is no snapshot, `fit_on` has an unknown name, widths differ, no image is left, all features
            are equal, or `max_images` is below 1.
    """
    check_number("max_images", max_images, low=1, whole=True)
    if hold_runs(snapshots):
        runs = cast("Runs", snapshots)
        base_classes = fact_of(runs, "base_classes") if base_classes is None else base_classes
        ambiguous_from_id = ambiguous_from_id or fact_of(runs, "ambiguous_from_id")
        if axes is None and fit_on is None:
            axes = axes_of(fact_of(runs, "map_axes"))
        snapshots = first_and_last_features(runs, "snapshots")
    snapshots = cast("Mapping[str, PairedFeatures]", snapshots)
    if not snapshots:
        raise AMEError("snapshots must hold at least one PairedFeatures, got none.")
    if fit_on is not None and not fit_on:
        raise AMEError("fit_on must name at least one panel, got none: None fits the basis on all.")
    for name in fit_on or ():
        check_choice("fit_on", name, snapshots)
    _check_widths(snapshots)
    kept = {name: _without(features.image_by_image(), ambiguous_from_id) for name, features in snapshots.items()}
    fitted = [kept[name] for name in (kept if fit_on is None else fit_on)]
    width = fitted[0].image.shape[1]
    if axes is not None and axes.components.shape != (2, width):
        raise AMEError(f"axes must be two axes of width {width}, as the features, got shape {axes.components.shape}.")
    basis = axes or PCAProjection.fit(
        torch.cat([_unit(rows) for features in fitted for rows in (features.image, features.text)])
    )
    panels = [_panel(name, features, basis, max_images) for name, features in kept.items()]
    looks = palette(_class_names(next(iter(kept.values())), panels))
    base = None if base_classes is None else frozenset(base_classes)

    titles = [f"<b>{plain(p.name)}</b><br><span style='font-size:14px'>{p.subtitle}</span>" for p in panels]
    figure, places, inner = panel_grid(titles, side=_PANEL, between=_BETWEEN, horizontal_spacing=0.03)
    center, half = _square(panels)
    side = min(_PANEL, _NARROW / max(each["col"] for each in places))
    mark = scatter_class(sum(len(panel.ids) for panel in panels))
    for place, (panel, where) in enumerate(zip(panels, places, strict=True)):
        for trace in _images(panel, looks, base, mark, in_legend=place == 0):
            figure.add_trace(trace, **where)
        figure.add_trace(_texts(panel, looks, base, center, half, side), **where)
    _axes(figure, basis, center, half)
    _explain_marks(figure, base, "class text" if panels[0].all_texts else "text")
    drawn, known = len(panels[0].ids), len(next(iter(kept.values())).ids)
    sample = (
        f"{drawn} of {known} images drawn{'' if panels[0].all_texts else ', with their texts'}. "
        if drawn < known
        else ""
    )
    left_out = [name for name in kept if fit_on is not None and name not in fit_on]
    basis_words = f", fitted without “{plain('”, “'.join(left_out))}”" if left_out else ""
    words = f"{sample}Features of unit length in one frozen PCA basis{basis_words}."
    if axes is not None:
        words = f"{sample}Features of unit length along the teacher's two main axes, as on the lab's map."
    finish(figure, title, words, height=inner + 216 + 70, top=216, bottom=70)
    _lay_legends(figure)
    return Drawing(figure, _sentence(kept, basis, "the teacher's" if axes is not None else "the"))


def _check_widths(snapshots: Mapping[str, PairedFeatures]) -> None:
    widths = sorted({rows.shape[1] for f in snapshots.values() for rows in (f.image, f.text)})
    if len(widths) > 1:
        raise AMEError(
            f"snapshots must hold images and texts in one space, got widths {widths}: record the projected features."
        )
    if widths[0] < 2:
        raise AMEError("snapshots must hold features of two dimensions or more, got one: there is no plane to draw.")


def _without(features: PairedFeatures, ambiguous_from_id: int | None) -> PairedFeatures:
    if ambiguous_from_id is None:
        return features
    keep = features.ids < ambiguous_from_id
    if not bool(keep.any()):
        raise AMEError(f"ambiguous_from_id must leave an image, got {ambiguous_from_id} and no id below it.")
    return PairedFeatures(
        image=features.image[keep],
        text=features.text,
        pair_index=features.pair_index[keep],
        ids=features.ids[keep],
        labels=None if features.labels is None else features.labels[keep],
        texts=features.texts,
        logit_scale=features.logit_scale,
    )


def _unit(rows: Tensor) -> Tensor:
    return unit_rows(rows.detach().cpu().double())


def _panel(name: str, features: PairedFeatures, basis: PCAProjection, max_images: int) -> _Panel:
    pairs = features.pair_index.numpy()
    labels = pairs if features.labels is None else features.labels.numpy()
    text_labels = np.full(len(features.texts), -1)
    text_labels[pairs] = labels
    order = np.lexsort((features.ids.numpy(), labels))
    take = order[np.unique(np.linspace(0, len(order) - 1, min(max_images, len(order))).round().astype(np.int64))]
    all_texts = len(features.texts) <= max_images
    stars = np.arange(len(features.texts)) if all_texts else np.unique(pairs[take])
    cosine = 1 - alignment(features.image, features.text[features.pair_index]) / 2
    gap = modality_gap(features.image, features.text)
    return _Panel(
        name=name,
        subtitle=f"gap {number(gap, 2)}, cosine {number(cosine, 2)}",
        image=basis.transform(_unit(features.image[torch.from_numpy(take)])),
        text=basis.transform(_unit(features.text[torch.from_numpy(stars)])),
        labels=labels[take],
        ids=features.ids.numpy()[take],
        text_labels=text_labels[stars],
        all_texts=all_texts,
    )


def _class_names(features: PairedFeatures, panels: list[_Panel]) -> list[str]:
    """Class texts if there is one text per class, else numbers."""
    count = 1 + int(max(max(panel.labels.max(), panel.text_labels.max()) for panel in panels))
    if features.labels is None or torch.equal(features.labels, features.pair_index):
        return list(features.texts)
    return [f"class {label}" for label in range(count)]


def _square(panels: list[_Panel]) -> tuple[NDArray[np.float64], float]:
    """Centre and half side of one square for all panels, so that lengths are comparable between panels."""
    points = np.concatenate([rows for panel in panels for rows in (panel.image, panel.text)])
    low, high = points.min(axis=0), points.max(axis=0)
    return (low + high) / 2, 0.56 * float((high - low).max())


def _images(
    panel: _Panel, looks: Palette, base: frozenset[int] | None, mark: type[go.Scatter], *, in_legend: bool
) -> list[go.Scatter]:
    traces = []
    for label in np.unique(panel.labels):
        rows = panel.labels == label
        seen = base is None or int(label) in base
        kind = "" if base is None else ", base class" if seen else ", new class"
        group = looks.groups[label]
        traces.append(
            mark(
                x=f32(panel.image[rows, 0]),
                y=f32(panel.image[rows, 1]),
                customdata=id_array(panel.ids[rows]),
                mode="markers",
                name=plain(group),
                legendgroup=plain(group),
                showlegend=in_legend and looks.one_color_a_class,
                marker={
                    "symbol": "circle" if seen else "diamond-open",
                    "size": 7 if seen else 8,
                    "color": looks.colors[label],
                    "opacity": 0.75 if seen else 0.9,
                    "line": {"width": 0 if seen else 1.5},
                },
                hovertemplate=f"<b>{plain(looks.names[label])}</b>{kind}<br>image %{{customdata}}<extra></extra>",
            )
        )
    if in_legend and not looks.one_color_a_class and len(set(looks.groups)) > 1:
        traces += [_swatch(group, color) for group, color in dict(zip(looks.groups, looks.colors, strict=True)).items()]
    return traces


def _swatch(group: str, color: str) -> go.Scatter:
    """A legend entry for a colour that several classes share."""
    marker = {"symbol": "square", "size": 11, "color": color}
    return go.Scatter(x=[None], y=[None], mode="markers", name=plain(group), legendgroup=plain(group), marker=marker)


def _texts(
    panel: _Panel, looks: Palette, base: frozenset[int] | None, center: NDArray[np.float64], half: float, side: float
) -> go.Scatter:
    """All texts of a panel, `side` pixels wide, in one trace that the legend does not hide: they are the landmarks."""
    few = len(panel.text) <= _MOST_NAMES
    labels = panel.text_labels.tolist()
    own = panel.all_texts and len(looks.names) == len(panel.text)
    names = [
        plain(looks.names[i]) if own else plain(looks.names[label]) if label >= 0 else ""
        for i, label in enumerate(labels)
    ]
    classes = list(range(len(labels))) if own else labels
    pixels = (panel.text - center + half) * (side / (2 * half))
    return go.Scatter(
        x=f32(panel.text[:, 0]),
        y=f32(panel.text[:, 1]),
        mode="markers+text" if few else "markers",
        text=names,
        textposition=place_labels(pixels, names, size=15, panel=side) if few else "top center",
        textfont={"size": 15, "color": INK, "weight": 600, "shadow": "0 0 3px white, 0 0 3px white, 0 0 4px white"},
        cliponaxis=False,
        marker={
            "symbol": ["star" if base is None or label in base else "star-open" for label in classes],
            "size": 17 if few else 12,
            "color": [looks.colors[label] if label >= 0 else MUTED for label in classes],
            "line": {"color": INK, "width": 1.4},
        },
        name="class text",
        showlegend=False,
        hovertemplate="text: <b>%{text}</b><extra></extra>",
    )


def _axes(figure: go.Figure, basis: PCAProjection, center: NDArray[np.float64], half: float) -> None:
    first, second = basis.explained_variance_ratio
    limits = [[float(c - half), float(c + half)] for c in center]
    # Square panels at any width: domains shrink, ranges stay.
    figure.update_xaxes(
        range=limits[0], constrain="domain", title_text=f"first axis ({first:.0%} of variance)", nticks=6
    )
    figure.update_yaxes(range=limits[1], constrain="domain", constraintoward="top", nticks=6)
    for place, axis in enumerate(figure.select_yaxes()):
        axis.update(scaleanchor=f"x{place + 1 if place else ''}", showticklabels=place == 0)
    figure.update_yaxes(title_text=f"second axis ({second:.0%} of variance)", col=1)


def _explain_marks(figure: go.Figure, base: frozenset[int] | None, star: str) -> None:
    """The second legend, in grey: what the shapes mean. The first explains the colours."""
    marks = [("image", "circle"), (star, "star")]
    if base is not None:
        marks = [
            ("image of a base class", "circle"),
            ("image of a new class", "diamond-open"),
            ("text of a base class", "star"),
            ("text of a new class", "star-open"),
        ]
    for name, symbol in marks:
        look = {"symbol": symbol, "color": MUTED, "size": 10, "line": {"width": 1.5, "color": MUTED}}
        figure.add_trace(go.Scatter(x=[None], y=[None], mode="markers", name=name, marker=look, legend="legend2"))


def _lay_legends(figure: go.Figure) -> None:
    """Colours in the upper line, shapes in the lower one, both above the panels' titles."""
    top_legend(figure, above=86)
    inner = figure.layout.height - figure.layout.margin.t - figure.layout.margin.b
    shapes = figure.layout.legend.to_plotly_json() | {"y": 1 + 52 / inner, "itemclick": False, "itemdoubleclick": False}
    figure.update_layout(legend2=shapes)


def _sentence(snapshots: Mapping[str, PairedFeatures], basis: PCAProjection, whose: str) -> str:
    cosines = {name: number(1 - alignment(f.image, f.text[f.pair_index]) / 2, 2) for name, f in snapshots.items()}
    listed = ", ".join(f"{value} ({name})" for name, value in cosines.items())
    return (
        "Each mark is a test image, each star the text of a class; the plane holds "
        f"{basis.explained_variance_ratio.sum():.0%} of {whose} variance, so marks that touch here may still be apart. "
        f"Mean cosine of an image with its own text: {listed}."
    )
