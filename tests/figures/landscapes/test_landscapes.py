"""Figures of landscapes: what is drawn is what was computed, and the sentence says the same numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import nn

from ame_explore.ame import AMEError, AMELoss
from ame_explore.analysis.landscapes.directions import line_between, plane_through, random_slice, trajectory_slice
from ame_explore.analysis.landscapes.evaluators import Evaluator, Objective
from ame_explore.analysis.landscapes.feature_space import Surroundings, feature_field, geodesic
from ame_explore.analysis.landscapes.readouts import Classification
from ame_explore.analysis.landscapes.scan import landscape as evaluate
from ame_explore.analysis.landscapes.scan import scan
from ame_explore.analysis.landscapes.score_space import effective_push, largest_deficit, score_plane
from ame_explore.data import PairedFeatures
from ame_explore.figures import (
    Drawing,
    data_field,
    geodesics,
    landscape,
    landscape_line,
    omega_push,
    score_planes,
    simplex,
)
from ame_explore.figures.base.style import plain


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def student(seed: int = 0) -> nn.Module:
    module = nn.Sequential(nn.Linear(5, 6), nn.ReLU(), nn.Linear(6, 3))
    with torch.no_grad():
        for weight in module.parameters():
            weight.copy_(torch.randn(weight.shape, generator=generator(seed)))
    return module


def evaluator(slice_=None, seed: int = 0) -> Evaluator:
    inputs = torch.randn(20, 5, generator=generator(5))
    labels = torch.randint(0, 3, (20,), generator=generator(6))
    module = student(seed)
    return Evaluator(Objective(module, inputs, Classification(labels)), slice_ or random_slice(module, seed=1))


def of_kind(drawing: Drawing, kind: str) -> list:
    return [trace for trace in drawing.figure.data if trace.type == kind]


def small_arrays(drawing: Drawing) -> None:
    """Coordinates travel as binary: float32, and whole grids of a byte a place."""
    for trace in drawing.figure.data:
        for name in ("x", "y", "z"):
            value = getattr(trace, name, None)
            if isinstance(value, np.ndarray):
                assert value.dtype == np.float32 or value.dtype == np.uint8, (trace.type, name)


def test_a_plane_draws_each_value_where_it_was_found() -> None:
    picture = evaluate(evaluator(), grid=7)
    drawing = landscape(picture, clip=None)
    maps = of_kind(drawing, "heatmap")
    assert len(maps) == 3
    for trace, values in zip(maps, picture.values.values(), strict=True):
        np.testing.assert_allclose(trace.z.reshape(7, 7), values, rtol=1e-6)
        np.testing.assert_allclose(trace.x.reshape(7, 7)[0], picture.coordinates[0], rtol=1e-6)
        np.testing.assert_allclose(trace.y.reshape(7, 7)[:, 0], picture.coordinates[1], rtol=1e-6)
    assert f"{picture.origin['loss']:.3f}" in drawing.sentence
    small_arrays(drawing)


def test_an_unfinished_plane_draws_its_finest_whole_grid_and_says_how_much_is_to_come() -> None:
    first = next(iter(scan(evaluator(), grid=31, show_every=1e9)))
    drawing = landscape(first, names=["loss"])
    (only,) = of_kind(drawing, "heatmap")
    assert len(only.z) == 81 and np.isfinite(only.z).all()
    assert "81 of 961" in drawing.figure.layout.title.subtitle.text


def test_a_trajectory_draws_its_path_and_prints_how_much_of_the_motion_it_explains() -> None:
    module = student()
    plane = trajectory_slice(module, [student(k).state_dict() for k in (3, 2, 1, 0)], steps=[0, 10, 20, 30])
    drawing = landscape(evaluate(evaluator(plane), grid=5, low=-9.0, high=9.0), names=["loss"])
    path = next(trace for trace in of_kind(drawing, "scatter") if trace.hovertext is not None)
    np.testing.assert_allclose(np.stack([path.x, path.y], 1), plane.path, rtol=1e-5, atol=1e-5)
    assert list(path.hovertext) == ["step 0", "step 10", "step 20", "step 30"]
    assert f"{sum(plane.explained):.0%}" in drawing.figure.layout.title.subtitle.text
    assert f"{plane.explained[0]:.1%} and {plane.explained[1]:.1%}" in drawing.sentence


def test_states_carry_their_names_which_no_html_of_a_user_can_break() -> None:
    a, b, c = (student(k).state_dict() for k in (0, 1, 2))
    plane = plane_through(student(), a, b, c)
    drawing = landscape(evaluate(evaluator(plane), grid=5), names=["loss"], labels=["<b>x", "KD", "AME"])
    text = next(trace.text for trace in of_kind(drawing, "scatter") if trace.text is not None)
    assert plain("<b>x") in text[0] and "KD" in text[1]


def test_a_line_says_its_barrier() -> None:
    line = line_between(student(), student(0).state_dict(), student(1).state_dict())
    picture = evaluate(evaluator(line), grid=21, low=0.0)
    drawing = landscape_line({"seed 0": picture, "seed 1": picture}, ends=("KD", "AME"), names=["loss"])
    assert "barrier" in drawing.sentence and "seed 1" in drawing.sentence
    np.testing.assert_allclose(drawing.figure.data[0].y, picture.values["loss"], rtol=1e-6)
    wide = landscape_line(evaluate(evaluator(line), grid=61, low=-0.25, high=1.25), names=["loss"])
    assert "barrier" in wide.sentence


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: landscape(evaluate(evaluator(), grid=3), names=["nothing"]),
        lambda: landscape_line(evaluate(evaluator(), grid=3)),
        lambda: landscape_line({}),
        lambda: landscape(evaluate(evaluator(line_between(student(), *map(state, (0, 1)))), grid=3)),
        lambda: score_planes({}),
        lambda: omega_push({}),
        lambda: geodesics({}),
        lambda: simplex(resolution=2),
    ],
)
def test_what_cannot_be_drawn_is_refused(wrong) -> None:
    with pytest.raises(AMEError):
        wrong()


def test_the_simplex_names_the_argument_that_is_wrong() -> None:
    with pytest.raises(AMEError, match=r"^arrows must be a whole number >= 3, got 2"):
        simplex(arrows=2)
    with pytest.raises(AMEError, match=r"^resolution must be a whole number >= 3, got 2"):
        simplex(resolution=2)


def state(seed: int) -> dict:
    return student(seed).state_dict()


def test_the_simplex_shows_h_and_every_arrow_climbs_to_no_higher_h() -> None:
    drawing = simplex(resolution=12, arrows=8)
    points = drawing.figure.data[0]
    p = points.customdata
    np.testing.assert_allclose(points.marker.color, -(p * np.log(p)).sum(1), rtol=1e-5)
    assert f"{math.log(3):.3f}" in drawing.sentence
    strokes = drawing.figure.data[2]
    tails, tips = (np.stack([strokes.x[k::7], strokes.y[k::7]], 1) for k in (0, 1))

    def entropy(at: np.ndarray) -> np.ndarray:
        third = at[:, 1] / (math.sqrt(3) / 2)
        second = at[:, 0] - third / 2
        weights = np.stack([1 - second - third, second, third], 1).clip(1e-9)
        return -(weights * np.log(weights)).sum(1)

    assert (entropy(tips) < entropy(tails) + 1e-6).all() and len(tips) > 10


def test_score_planes_and_pushes_say_their_sizes() -> None:
    u, v = torch.eye(6, dtype=torch.float64)[:2]
    plane = score_plane(torch.zeros(6), u=u, v=v, grid=9, span=2.0)
    drawing = score_planes({"raw": plane, "unit": score_plane(torch.zeros(6), u=u, v=v, grid=9, span=0.1)})
    first = of_kind(drawing, "heatmap")[0]
    np.testing.assert_allclose(first.z.reshape(9, 9), plane.deficit, rtol=1e-5, atol=1e-7)
    assert f"{float(plane.deficit.max()):.3f}" in drawing.sentence
    found = [effective_push(torch.randn(10, d, generator=generator(d))) for d in (8, 64)]
    pushed = omega_push({"unit rows": found}, reference=0.1)
    assert f"{50 * largest_deficit(10, 64):.3f} at d = 64" in pushed.sentence
    assert "The gradient of KD has norm 0.100" in pushed.sentence
    small_arrays(pushed)


@pytest.fixture
def around():
    rows = torch.nn.functional.normalize(torch.randn(30, 6, generator=generator()).double())
    loss = AMELoss(image_dim=6, text_dim=6, manifold_dim=8, generator=generator(1))
    features = PairedFeatures(
        image=rows[4:].float(),
        text=rows[:4].float(),
        pair_index=torch.arange(26) % 4,
        ids=torch.arange(26) + 100,
        texts=("a red dog", "a blue dog", "a red cat", "a blue cat"),
        logit_scale=20.0,
    )
    return Surroundings(rows[:4], 20.0, loss, rows[10:13]), features


def test_geodesics_mark_the_ridge_and_show_h_as_a_change(around) -> None:
    surroundings, features = around
    way = geodesic(features.image[0], features.text[1], surroundings, points=21)
    drawing = geodesics({"image to text": way}, texts=features.texts)
    line, mark, h_line, _ = drawing.figure.data
    np.testing.assert_allclose(line.y, way.predictive_entropy, rtol=1e-6)
    assert mark.x[0] == pytest.approx(way.ridge) and h_line.y[0] == 0
    np.testing.assert_allclose(h_line.y, way.H - way.H[0], atol=1e-6)
    assert f"t = {way.ridge:.2f}" in drawing.sentence


def test_every_place_of_a_field_can_be_clicked_and_samples_keep_their_ids(around) -> None:
    surroundings, features = around
    field = feature_field(*features.image[:3], surroundings, grid=7)
    drawing = data_field(field, texts=features.texts, features=features, selected=[100], clickable=True)
    clicks = [trace for trace in drawing.figure.data if trace.customdata is not None]
    assert clicks[0].meta == {"role": "places"} and list(clicks[0].customdata) == list(range(49))
    assert set(clicks[1].customdata) <= set(features.ids.tolist()) and 100 in clicks[1].customdata
    sizes = dict(zip(clicks[1].customdata, clicks[1].marker.size, strict=True))
    assert sizes[100] > max(size for number, size in sizes.items() if number != 100)
    assert f"{float(field.predictive_entropy.max()):.3f}" in drawing.sentence
    flat, far = field.project(features.image)
    inside = (flat[:, 0] <= field.x[-1]) & (flat[:, 0] >= field.x[0])
    inside &= (flat[:, 1] <= field.y[-1]) & (flat[:, 1] >= field.y[0])
    last = int(features.ids[int(torch.where(inside, far, -1.0).argmax())])
    few = data_field(field, features=features, nearest=1, selected=[last]).figure.data
    assert (
        last in next(trace for trace in few if trace.customdata is not None).customdata
    )  # the farthest, being selected
    small_arrays(drawing)
    still = data_field(field, reading="H", features=features)
    assert not any(trace.meta for trace in still.figure.data)
    drawn = of_kind(still, "heatmap")[0]  # above its lowest: float32 would not hold the differences of H itself
    np.testing.assert_allclose(drawn.z, field.H - field.H.min(), rtol=1e-5, atol=1e-9)
    bare = feature_field(*features.image[:3], Surroundings(features.text, 20.0), grid=5)
    with pytest.raises(AMEError, match="AMELoss"):
        data_field(bare, reading="H")


def test_names_on_a_field_lie_on_nothing(around) -> None:
    """Corners always have their names, regions where there is room; no two names overlap and none leaves the panel."""
    surroundings, features = around
    field = feature_field(*features.image[:3], surroundings, grid=25)
    corners = ("the first image", "the second image", "the third image")
    figure = data_field(field, texts=features.texts, corners=corners).figure
    side = figure.layout.height - figure.layout.margin.t - figure.layout.margin.b
    low, high = (np.array([float(field.x[at]), float(field.y[at])]) for at in (0, -1))
    boxes = []
    for note in figure.layout.annotations:
        words = note.text.replace("<b>", "").replace("</b>", "").replace("<i>", "").replace("</i>", "")
        middle = (np.array([note.x, note.y]) - low) / (high - low) * side
        half = np.array([0.31 * note.font.size * len(words), 0.6 * note.font.size])
        assert (middle - half >= 0).all() and (middle + half <= side).all(), words
        boxes.append(np.concatenate([middle - half, middle + half]))
    assert [note.text for note in figure.layout.annotations][:3] == [f"<b>{name}</b>" for name in corners]
    for i, a in enumerate(boxes):
        for b in boxes[:i]:
            assert (a[2:] <= b[:2]).any() or (a[:2] >= b[2:]).any()
