"""Procrustes, two models in one basis, snapshots, and the gap closed and taken apart."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ame_explore.ame import AMEError
from ame_explore.analysis.pairs.gap import gap_measures
from ame_explore.analysis.projection import (
    centred_pairs,
    match_models,
    pair_rows,
    procrustes,
    project_snapshots,
)
from ame_explore.data import PairedFeatures
from ame_explore.measures import modality_gap
from ame_explore.tasks import Cancelled

CLIP = Path(__file__).resolve().parents[4] / "shared" / "data" / "clip_coco500.npy"


def cloud(n: int, d: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def pairs(n: int = 40, d: int = 6, seed: int = 0) -> PairedFeatures:
    text = cloud(n, d, seed)
    return PairedFeatures(
        image=text + 0.3 * cloud(n, d, seed + 1) + 1,
        text=text,
        pair_index=torch.arange(n),
        ids=torch.arange(n) * 3,
        labels=torch.arange(n) % 4,
        texts=tuple(f"caption {i}" for i in range(n)),
    )


@given(st.integers(4, 30), st.integers(1, 6), st.integers(0, 50), st.booleans())
@settings(deadline=None, max_examples=40)
def test_a_turn_is_found_again(n: int, d: int, seed: int, scale: bool) -> None:
    x = cloud(n, d, seed)
    turn = torch.linalg.qr(cloud(d, d, seed + 1))[0]
    factor = 2.5 if scale else 1.0
    found = procrustes(source=x, target=factor * x @ turn + 4, scale=scale)
    assert found.residual == pytest.approx(0, abs=1e-9) and found.scale == pytest.approx(factor)
    assert torch.allclose(found.transform(x), factor * x @ turn + 4, atol=1e-8)


def test_a_wider_source_by_hand() -> None:
    """Keeping the long axis would give a long row for nothing: the short one is the one that the target follows."""
    x = torch.tensor([[10.0, 0.0], [-10.0, 0.0], [0.0, 1.0], [0.0, -1.0]], dtype=torch.float64)
    y = torch.tensor([[0.2], [-0.2], [1.0], [-1.0]], dtype=torch.float64)
    angles = torch.linspace(0, 2 * torch.pi, 200_001, dtype=torch.float64)
    every = torch.stack([angles.cos(), angles.sin()])
    best = float(((x @ every - y).norm(dim=0) / y.norm()).min())
    found = procrustes(source=x, target=y)
    assert found.residual <= best < found.residual + 1e-4  # a step of the angle moves the long row by 3e-4


@pytest.mark.parametrize("scale", [False, True])
def test_a_wider_source_is_brought_nearest(scale: bool) -> None:
    """Below the old answer U V^T and below any of many random rotations; R^T R = 1, and the gradient along it is 0."""
    for seed in range(3):
        x, y = cloud(50, 5, seed), cloud(50, 3, seed + 100)
        x, y = x - x.mean(0), y - y.mean(0)
        found = procrustes(source=x, target=y, scale=scale)
        u, _, vt = torch.linalg.svd(x.T @ y, full_matrices=False)
        others = [u @ vt, *(torch.linalg.qr(cloud(5, 3, 1000 + k))[0] for k in range(200))]
        for other in others:
            turned = x @ other
            factor = max(0.0, float((turned * y).sum() / turned.square().sum())) if scale else 1.0
            assert found.residual < float((factor * turned - y).norm() / y.norm())
        r = found.rotation
        assert torch.allclose(r.T @ r, torch.eye(3, dtype=torch.float64), atol=1e-12)
        gradient = x.T @ (found.scale * x @ r - y)
        inner = r.T @ gradient
        along = gradient - r @ (inner + inner.T) / 2
        assert float(along.norm() / x.square().sum()) < 1e-5
        assert not scale or found.residual <= 1


def test_a_wider_source_that_holds_the_target_fits_it() -> None:
    x = cloud(40, 6)
    columns = torch.linalg.qr(cloud(6, 2, 5))[0]
    found = procrustes(source=x, target=x @ columns + 3)
    assert found.residual == pytest.approx(0, abs=1e-6)
    assert torch.allclose(found.transform(x), x @ columns + 3, atol=1e-5)


def test_agrees_with_scipy_and_tells_a_fit_by_chance() -> None:
    spatial = pytest.importorskip("scipy.spatial")
    x, y = cloud(50, 3), cloud(50, 3, 1)
    disparity = spatial.procrustes(y.numpy(), x.numpy())[
        2
    ]  # of y scaled to norm 1: the square of our residual with scale
    assert procrustes(source=x, target=y, scale=True).residual ** 2 == pytest.approx(disparity, rel=1e-9)
    by_chance = procrustes(source=cloud(20, 200), target=cloud(20, 200, 1))
    assert by_chance.residual < 0.9 < by_chance.residual_held_out
    with pytest.raises(AMEError, match="as many rows, got 3 and 4"):
        procrustes(source=x[:3], target=y[:4])
    with pytest.raises(AMEError, match="target must have rows that differ"):
        procrustes(source=x[:3], target=torch.ones(3, 3))


def test_a_turned_copy_is_the_same_picture_matched_by_id() -> None:
    teacher = pairs()
    turn = torch.linalg.qr(cloud(6, 6, 9))[0]
    order = torch.randperm(40, generator=torch.Generator().manual_seed(0))[:30]
    student = dataclasses.replace(
        teacher,
        image=(teacher.image @ turn)[order],
        pair_index=order,
        image_index=torch.arange(30),
        text=teacher.text @ turn,
        ids=teacher.ids[order],
        labels=teacher.labels[order],
    )
    matched = match_models(teacher=teacher, student=student)
    assert matched.dropped == 10 and torch.equal(matched.teacher.ids, order.sort().values * 3)
    assert matched.teacher.texts == matched.student.texts
    assert np.allclose(matched.teacher_points, matched.student_points, atol=1e-9)
    assert matched.turn is not None and matched.turn.residual < 1e-9 and float(matched.moved.max()) < 1e-9
    apart = match_models(teacher=teacher, student=student, align=False)
    assert apart.turn is None and float(apart.moved.mean()) > 0.1


def test_a_student_of_another_width_is_turned_too() -> None:
    teacher = pairs()
    narrow = dataclasses.replace(teacher, image=teacher.image[:, :4], text=teacher.text[:, :4])
    matched = match_models(teacher=teacher, student=narrow)
    assert 0 < matched.turn.residual < 1 and matched.student_points.shape == (80, 2)
    with pytest.raises(AMEError, match="equal widths without align, got 6 and 4"):
        match_models(teacher=teacher, student=narrow, align=False)
    with pytest.raises(AMEError, match="at least 2 ids, got 0"):
        match_models(teacher=teacher, student=dataclasses.replace(teacher, ids=teacher.ids + 1))
    with pytest.raises(AMEError, match="ids of 'student' must differ to match pairs by them, got 39"):
        match_models(
            teacher=teacher,
            student=dataclasses.replace(teacher, ids=teacher.ids * 0, texts=("one",) * len(teacher.text)),
        )


def test_pairs_of_unequal_widths_or_with_zero_rows_share_no_map() -> None:
    features = pairs()
    with pytest.raises(AMEError, match="one width to share a map, got 6 and 3"):
        pair_rows(dataclasses.replace(features, text=features.text[:, :3]))
    empty = features.image.clone()
    empty[5] = 0
    with pytest.raises(AMEError, match=r"image must have no row of zeros.*row 5"):
        pair_rows(dataclasses.replace(features, image=empty))
    rows = pair_rows(features)
    assert rows.shape == (80, 6) and torch.allclose(rows.norm(dim=1), torch.ones(80, dtype=torch.float64))


def test_a_text_of_many_pairs_counts_once_in_the_gap() -> None:
    image, text = cloud(30, 5), cloud(3, 5, 1)
    shared = PairedFeatures(image=image, text=text, pair_index=torch.tensor([0] * 20 + [1] * 6 + [2] * 4))
    other = dataclasses.replace(shared, image=cloud(30, 5, 2), text=cloud(3, 5, 3))
    matched = match_models(teacher=shared, student=other)
    assert matched.gaps == pytest.approx([modality_gap(each.image, each.text) for each in (shared, other)])
    assert matched.gaps[0] != pytest.approx(modality_gap(image, text[shared.pair_index]), abs=1e-3)
    few = match_models(teacher=shared, student=other.take([0, 1, 20]))  # of two texts only
    assert few.gaps[1] == pytest.approx(modality_gap(other.image[[0, 1, 20]], other.text[:2]))


def test_the_closed_gap_is_closed() -> None:
    features = pairs()
    closed = centred_pairs(features)
    assert modality_gap(closed.image, closed.text) < 0.2 * modality_gap(features.image, features.text)
    assert closed.texts == features.texts and torch.equal(closed.ids, features.ids)
    one = dataclasses.replace(pairs(1), image=torch.ones(1, 6), text=torch.ones(1, 6), labels=None, texts=("one",))
    with pytest.raises(AMEError, match="must differ from their mean"):
        centred_pairs(one)


@pytest.mark.parametrize("method", ["pca", "umap"])
def test_what_comes_back_has_its_place_back(method: str) -> None:
    first, second = cloud(40, 5), cloud(40, 5, 1)
    maps = project_snapshots([first, second, first], method, epochs=50)
    assert maps.points.shape == (3, 40, 2) and np.isnan(maps.kept[0])
    moved = np.linalg.norm(maps.points[1] - maps.points[0], axis=1).mean()
    back = np.linalg.norm(maps.points[2] - maps.points[0], axis=1).mean()
    assert back < (1e-9 if method == "pca" else 0.35 * moved)
    assert (maps.kept[1:] < 0.9).all()
    assert project_snapshots([first, first], "pca").kept[1] == 1.0


def test_aligned_umap_follows_the_snapshots() -> None:
    start = torch.cat([cloud(20, 4) + 8, cloud(20, 4, 1) - 8])
    maps = project_snapshots(
        [start, start + 0.1 * cloud(40, 4, 2)], "aligned-umap", metric="euclidean", neighbours=8, epochs=20
    )
    assert maps.points.shape == (2, 40, 2) and np.isfinite(maps.points).all()
    for points in maps.points:
        apart = np.linalg.norm(points[:20].mean(0) - points[20:].mean(0))
        assert apart > points[:20].std()


def test_aligned_umap_tells_its_epochs_and_stops() -> None:
    told = []

    def progress(what: str, done: int, of: int) -> None:
        told.append(done / of)
        if told[-1] > 0.1:
            raise Cancelled("enough")

    with pytest.raises(Cancelled):
        project_snapshots([cloud(20, 4), cloud(20, 4, 1)], "aligned-umap", epochs=200, progress=progress)
    assert 0.1 < told[-1] < 0.2


def test_snapshots_of_different_shapes_are_refused() -> None:
    with pytest.raises(AMEError, match="one shape"):
        project_snapshots([cloud(5, 3), cloud(6, 3)])
    with pytest.raises(AMEError, match="two or more, got 1"):
        project_snapshots([cloud(5, 3)])


@pytest.mark.skipif(not CLIP.exists(), reason="shared/data/clip_coco500.npy is not here")
def test_the_gap_of_real_clip_features_taken_apart() -> None:
    image, text = torch.from_numpy(np.load(CLIP))
    features = PairedFeatures(
        image=image, text=text, pair_index=torch.arange(500), ids=torch.arange(500), texts=("c",) * 500
    )
    found = gap_measures(features)
    known = {
        "modality_gap": 0.85135,
        "pair_cosine": 0.30992,
        "alignment": 1.38016,
        "uniformity_image": -1.79453,
        "uniformity_text": -1.84091,
        "cka": 0.6362,
        "R@1_i2t": 0.552,
        "R@1_t2i": 0.506,
    }
    assert {name: found[name] for name in known} == pytest.approx(known, abs=1e-4)
