"""Maps of images and texts, the lens, seeds, two models, and the gap taken apart."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest
import torch

from ame_explore import figures
from ame_explore.ame import AMEError
from ame_explore.analysis.pairs.gap import gap_measures
from ame_explore.analysis.projection import (
    align_pictures,
    centred_pairs,
    fit_pca,
    match_models,
    measure_lens,
    pair_rows,
    project_snapshots,
    true_neighbours,
)
from ame_explore.data import PairedFeatures
from ame_explore.figures.base.style import plain
from ame_explore.figures.maps.jitter_maps import jitter_maps
from ame_explore.figures.maps.lens_maps import lens_maps
from ame_explore.figures.maps.model_pair import model_maps
from ame_explore.figures.maps.over_training import snapshot_map
from ame_explore.figures.maps.pair_map import pair_map
from ame_explore.figures.pairs.gap_decomposition import gap_decomposition, gap_over


def pairs(n: int = 30, m: int | None = None, d: int = 6, seed: int = 0) -> PairedFeatures:
    m = n if m is None else m
    generator = torch.Generator().manual_seed(seed)
    return PairedFeatures(
        image=torch.randn(n, d, generator=generator),
        text=torch.randn(m, d, generator=generator),
        pair_index=torch.arange(n) % m,
        ids=torch.arange(n) * 10,
        labels=torch.arange(n) % 3,
        texts=tuple(f"<script>{i}</script> %{{x}}" for i in range(m)),
    )


def trace(drawing, name: str):  # type: ignore[no-untyped-def]
    return next(each for each in drawing.figure.data if each.name == name)


def test_every_pair_is_tied_and_carries_its_id() -> None:
    features = pairs()
    picture = fit_pca(pair_rows(features))
    drawing = pair_map(features, picture, neighbours=true_neighbours(features))
    image, text, lines = trace(drawing, "image"), trace(drawing, "text"), trace(drawing, "pair")
    assert image.customdata.tolist() == text.customdata.tolist() == features.ids.tolist()
    assert np.allclose(np.stack([image.x, image.y], 1), picture.points[:30], atol=1e-6)
    ends = np.stack([lines.x, lines.y], 1).reshape(30, 3, 2)
    assert np.allclose(ends[:, 0], picture.points[:30], atol=1e-6)
    assert np.allclose(ends[:, 1], picture.points[30:], atol=1e-6) and np.isnan(ends[:, 2]).all()
    near = true_neighbours(features).across[0, 0].item() - 30
    assert plain(f"<script>{near}</script>") in image.text[0]
    assert "<script>" not in drawing.figure.to_json() and "%{x}" not in "".join(image.text)
    assert "30 images" in drawing.sentence


def test_misplaced_points_are_hollow_and_only_in_the_picture_that_was_measured() -> None:
    features = pairs()
    rows = pair_rows(features)
    picture = fit_pca(rows)
    lens = measure_lens(rows=rows, points=picture.points, k=5)
    assert 0 < int(lens.misplaced.sum()) < 60
    drawing = pair_map(features, picture, lens=lens, closed=fit_pca(pair_rows(centred_pairs(features))))
    first, second = (each for each in drawing.figure.data if each.name == "image" and each.customdata is not None)
    assert (np.asarray(first.marker.symbol) >= 100).tolist() == lens.misplaced[:30].tolist()
    assert (np.asarray(second.marker.symbol) < 100).all() and not second.visible
    buttons = drawing.figure.layout.updatemenus[0].buttons
    assert [button.label for button in buttons] == ["as it is", "gap closed"]
    for place, button in enumerate(buttons):
        seen = button.args[0]["visible"]
        assert len(seen) == len(drawing.figure.data)
        of = {id(t): v for v, t in zip(seen, drawing.figure.data, strict=True)}
        assert [of[id(first)], of[id(second)]] == [place == 0, place == 1]
    assert "hollow" in drawing.sentence


def test_a_click_on_a_map_s_legend_does_nothing() -> None:
    """Its entries are of no trace with points: a click would grey the entry and leave every point."""
    legends = pair_map(pairs()).figure.layout
    for legend in (legends.legend, legends.legend2):
        assert legend.itemclick is False and legend.itemdoubleclick is False


def test_chosen_pairs_light_up_and_values_are_colours() -> None:
    features = pairs()
    values = np.arange(30.0)
    values[4] = np.nan
    drawing = pair_map(features, selected=[20, 50], values=values, values_label="entropy (nats)")
    chosen = [each for each in drawing.figure.data if each.name == "chosen" and each.customdata is not None]
    assert [each.customdata.tolist() for each in chosen] == [[20, 50], [20, 50]]
    image = trace(drawing, "image")
    assert image.marker.opacity < 0.3 and np.isnan(image.marker.color[4])
    assert image.marker.cmax == np.nanpercentile(values, 98)  # an outlier does not use up the scale
    assert image.marker.colorbar.title.text == "entropy (nats)"
    for wrong, words in (({"selected": [5]}, r"\[5\], which are none"), ({"values": [1.0]}, "one number per pair")):
        with pytest.raises(AMEError, match=words):
            pair_map(features, **wrong)


def test_many_points_are_drawn_by_webgl_from_binary_arrays_or_thinned_aloud() -> None:
    n = 20_000
    features = dataclasses.replace(pairs(n, 3), labels=None)
    points = np.random.default_rng(0).normal(size=(n + 3, 2))
    drawing = pair_map(features, points, drawn=100_000)
    image = trace(drawing, "image")
    assert image.type == "scattergl" and len(image.x) == n and image.x.dtype == np.float32
    assert image.customdata.dtype == np.int32 and image.marker.symbol == 0
    # as lists of numbers, places and segments alone would take some 150 bytes a pair
    assert len(drawing.figure.to_json()) < 80 * n
    thin = pair_map(features, points, drawn=500, selected=[70])
    assert len(trace(thin, "image").x) == 500 and 70 in trace(thin, "image").customdata
    assert "500 of 20,000 pairs are drawn, chosen at random" in thin.sentence
    assert "500 of 20,000" in thin.figure.layout.title.subtitle.text
    assert [len(ids) for ids in trace(thin, "text").customdata] == np.bincount(features.pair_index).tolist()


@pytest.mark.parametrize("first", [2**31 - 10, 10_000_000_000, 2**53 - 40])
def test_ids_beyond_int32_stay_what_they_are(first: int) -> None:
    features = dataclasses.replace(pairs(), ids=torch.arange(30) + first)
    for drawing in (pair_map(features), pair_map(features, selected=[first + 3])):
        loaded = json.loads(drawing.figure.to_json())["data"]
        (image,) = (one for one in loaded if one["name"] == "image" and "customdata" in one)
        assert image["customdata"] == list(range(first, first + 30))  # which a browser tells apart
    small = trace(pair_map(pairs()), "image").customdata
    assert small.dtype == np.int32


def test_a_text_stands_for_all_its_images_drawn_or_not() -> None:
    features = pairs(30, 3)
    owned = [features.ids[features.pair_index == text].tolist() for text in range(3)]
    assert list(trace(pair_map(features), "text").customdata) == owned
    thin = pair_map(features, drawn=5)
    assert all(ids in owned for ids in trace(thin, "text").customdata)
    more = [[1000], [1001, 1002], [1003]]
    assert list(trace(pair_map(features, text_ids=more), "text").customdata) == [1000, [1001, 1002], 1003]


def test_pictures_of_other_points_are_refused() -> None:
    features = pairs()
    with pytest.raises(AMEError, match=r"60 places.*\(59, 2\)"):
        pair_map(features, np.zeros((59, 2)))
    with pytest.raises(AMEError, match="finite places"):
        pair_map(features, np.full((60, 2), np.nan))
    with pytest.raises(AMEError, match="all 60 images and texts, got one over 30"):
        pair_map(features, lens=measure_lens(rows=features.image, points=features.image[:, :2]))
    with pytest.raises(AMEError, match="one width"):
        pair_map(dataclasses.replace(features, text=features.text[:, :3]))


def test_one_pair_is_drawn() -> None:
    one = PairedFeatures(
        image=torch.ones(1, 3), text=torch.eye(3)[:1], pair_index=torch.tensor([0]), ids=torch.tensor([4]), texts=("a",)
    )
    assert trace(pair_map(one), "image").customdata.tolist() == [4]


def test_lens_maps_colour_each_point_by_what_is_kept() -> None:
    features = pairs()
    rows = pair_rows(features)
    pictures = {"PCA": fit_pca(rows), "noise": fit_pca(torch.randn(60, 6, generator=torch.Generator().manual_seed(5)))}
    lenses = {name: measure_lens(rows=rows, points=each.points, k=5) for name, each in pictures.items()}
    drawing = lens_maps(features, pictures, lenses)
    for name, lens in lenses.items():
        least = torch.minimum(lens.row_trustworthiness, lens.row_continuity).numpy()
        assert np.allclose(np.sort(trace(drawing, name).marker.color), np.sort(least), atol=1e-6)
        assert f"{name}: {lens.words}" in drawing.sentence
    with pytest.raises(AMEError, match="'noise'"):
        lens_maps(features, pictures, {"PCA": lenses["PCA"]})


def test_what_strays_fades() -> None:
    features = pairs()
    points = fit_pca(pair_rows(features)).points
    moved = points.copy()
    moved[7] += 3
    drawing = jitter_maps(align_pictures([points, points, moved], (0, 1, 2)), features)
    ink = {
        int(own): each.marker.opacity
        for each in drawing.figure.data
        if each.customdata is not None and each.xaxis == "x"
        for own in each.customdata[np.asarray(each.marker.symbol) == 0]
    }
    assert len(ink) == 30 and min(ink, key=ink.__getitem__) == 70 and ink[70] < 0.5 * ink[0]
    with pytest.raises(AMEError, match="60 points"):
        jitter_maps(align_pictures([points[:9], points[:9]], (0, 1)), features)


def test_two_models_stand_in_one_frame_and_the_farthest_is_ringed() -> None:
    teacher = pairs()
    other = teacher.image.clone()
    other[12] *= -1
    matched = match_models(teacher=teacher, student=dataclasses.replace(teacher, image=other), align=False)
    drawing = model_maps(matched, farthest=1)
    rings = [each for each in drawing.figure.data if each.name == "ringed"]
    assert [ring.customdata.tolist() for ring in rings] == [[120], [120]]
    assert drawing.figure.layout.xaxis.range == drawing.figure.layout.xaxis2.range
    assert "nothing was rotated" in drawing.sentence
    with pytest.raises(AMEError, match="ids that both"):
        model_maps(matched, selected=[1])


def test_the_gap_is_taken_apart_for_models_and_over_training() -> None:
    first, second = gap_measures(pairs()), gap_measures(pairs(seed=1))
    drawing = gap_decomposition({"A": first, "B": second | {"cka": None}})
    shown = next(each for each in drawing.figure.data if each.type == "bar")
    assert np.allclose(shown.y, [first["modality_gap"], second["modality_gap"]], atol=1e-6)
    assert "A: modality gap" in drawing.sentence and "CKA –" in drawing.sentence
    over = gap_over({0: first, 50: second})
    steps = over.figure.layout.sliders[0].steps
    assert [step.label for step in steps] == ["0", "50"]
    moved, traces = steps[0].args
    assert moved["x"] == [[0]] * 8 and moved["y"][0] == [first["modality_gap"]]
    assert all(over.figure.data[place].mode == "markers+text" for place in traces)
    json.loads(over.figure.to_json())
    for wrong in ({}, {0: first}):
        with pytest.raises(AMEError, match="two or more"):
            gap_over(wrong)
    with pytest.raises(AMEError, match="at least one of modality_gap"):
        gap_decomposition({"A": {"other": 1.0}})


def test_a_scrubber_through_training_shows_one_step_at_a_time() -> None:
    snapshots = [pairs(seed=seed) for seed in (0, 1, 2)]
    maps = project_snapshots([pair_rows(each) for each in snapshots])
    drawing = snapshot_map(maps, snapshots, [0, 10, 20])
    images = [each for each in drawing.figure.data if each.name == "image" and each.customdata is not None]
    assert [bool(each.visible) for each in images] == [False, False, True]
    assert np.allclose(images[1].x, maps.points[1, :30, 0], atol=1e-6)
    for place, step in enumerate(drawing.figure.layout.sliders[0].steps):
        seen = [
            s for s, t in zip(step.args[0]["visible"], drawing.figure.data, strict=True) if any(t is i for i in images)
        ]
        assert seen == [own == place for own in range(3)]
    with pytest.raises(AMEError, match="same length, got 3, 3 and 2"):
        snapshot_map(maps, snapshots, [0, 1])


def test_the_maps_and_the_gap_are_public() -> None:
    for name in ("gap_decomposition", "gap_over", "jitter_maps", "lens_maps", "model_maps", "pair_map", "snapshot_map"):
        assert callable(getattr(figures, name)) and name in figures.__all__
