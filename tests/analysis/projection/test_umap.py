"""UMAP's own route: neighbours, memberships, layout, placement, and what goes on in the background."""

from __future__ import annotations

import importlib
import io
import subprocess
import sys
import threading

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tqdm.auto import tqdm

from ame_explore.ame import AMEError
from ame_explore.analysis.projection import fit_pca, fit_umap, knn, measure_lens, place, project, warm_up
from ame_explore.analysis.projection.memberships import memberships
from ame_explore.analysis.projection.neighbours import nearest
from ame_explore.analysis.projection.rows import metric_rows
from ame_explore.analysis.projection.umap import Told, _keep_compiled, curve, import_umap
from ame_explore.tasks import Cancelled


def cloud(n: int = 60, d: int = 8, seed: int = 0) -> torch.Tensor:
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed))


@pytest.fixture(scope="module")
def digits() -> torch.Tensor:
    datasets = pytest.importorskip("sklearn.datasets")
    return torch.from_numpy(datasets.load_digits().data).float()


@given(st.integers(2, 40), st.integers(1, 12), st.integers(1, 6), st.sampled_from(["cosine", "euclidean"]))
@settings(deadline=None, max_examples=40)
def test_neighbours_are_those_of_a_plain_sort(n: int, d: int, k: int, metric: str) -> None:
    rows, k = cloud(n, d).double(), min(k, n - 1)
    unit = torch.nn.functional.normalize(rows) if metric == "cosine" else rows
    plain = 1 - unit @ unit.T if metric == "cosine" else torch.cdist(rows, rows)
    plain.fill_diagonal_(torch.inf)
    indices, distances = knn(rows, k, metric=metric)
    assert torch.allclose(distances, plain.sort(1).values[:, :k], atol=1e-12)
    assert torch.allclose(plain.gather(1, indices), distances, atol=1e-12)
    assert (indices != torch.arange(n)[:, None]).all()


def test_neighbours_in_blocks_far_from_the_origin_and_of_equal_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = cloud(50)
    whole = knn(rows, 4, metric="euclidean")
    monkeypatch.setattr("ame_explore.analysis.projection.neighbours._BUDGET", 300)
    assert torch.equal(knn(rows, 4, metric="euclidean")[0], whole[0])
    far = knn(rows + 1000, 4, metric="euclidean")  # float32 keeps 4 digits of the rows there
    assert (far[0] == whole[0]).double().mean() > 0.9
    twins = torch.cat([rows, rows])
    indices, distances = knn(twins, 1, metric="euclidean")
    assert (distances == 0).all() and torch.equal(indices[:50, 0], torch.arange(50, 100))


def test_memberships_are_those_of_umap_learn() -> None:
    umap = import_umap(Told(None))
    _, distances = knn(cloud(), 10, metric="euclidean")
    with_self = np.concatenate([np.zeros((60, 1)), distances.numpy()], axis=1).astype(np.float32)
    sigmas, rhos = umap.smooth_knn_dist(with_self, 11.0)
    theirs = np.exp(-np.maximum(0, with_self[:, 1:] - rhos[:, None]) / sigmas[:, None])
    # umap-learn stops once the sum is within 1e-5 of log2 k
    assert np.allclose(memberships(distances.double()).numpy(), theirs, atol=2e-5)
    assert curve(0.1) == pytest.approx(umap.find_ab_params(1.0, 0.1), rel=1e-6)


def test_trustworthiness_on_digits_is_that_of_umap_learn(digits: torch.Tensor) -> None:
    """Reference: umap-learn 0.5.12, UMAP(random_state=0) with its defaults, 15.7 s; measured by this lens."""
    theirs = 0.9881
    ours = fit_umap(digits, metric="euclidean")
    lens = measure_lens(rows=digits, points=ours.points, metric="euclidean")
    assert lens.trustworthiness > theirs - 0.005
    assert (
        measure_lens(rows=digits, points=fit_pca(digits, metric="euclidean").points, metric="euclidean").trustworthiness
        < 0.9
    )


def test_a_seed_gives_the_same_map_and_leaves_the_global_state_alone() -> None:
    state = np.random.get_state()[1].copy()  # noqa: NPY002
    torch_state = torch.get_rng_state()
    first, again, other = (fit_umap(cloud(), epochs=20, seed=seed).points for seed in (3, 3, 4))
    assert np.array_equal(first, again) and not np.array_equal(first, other)
    assert np.array_equal(np.random.get_state()[1], state)  # noqa: NPY002
    assert torch.equal(torch.get_rng_state(), torch_state)


def test_two_far_groups_are_two_islands() -> None:
    rows = torch.cat([cloud(30) + 20, cloud(30, seed=1) - 20])
    points = fit_umap(rows, metric="euclidean", epochs=100).points
    first, second = points[:30], points[30:]
    apart = np.linalg.norm(first.mean(0) - second.mean(0))
    assert apart > 2 * max(first.std(), second.std())


def test_new_rows_are_placed_among_their_own() -> None:
    rows = torch.cat([cloud(40) + 20, cloud(40, seed=1) - 20])
    fitted = fit_umap(rows, metric="euclidean", epochs=100)
    before = fitted.points.copy()
    placed = fitted.place(torch.cat([cloud(10, seed=2) + 20, cloud(10, seed=3) - 20]))
    centres = np.stack([fitted.points[:40].mean(0), fitted.points[40:].mean(0)])
    nearest = np.linalg.norm(placed[:, None] - centres, axis=2).argmin(1)
    assert nearest.tolist() == [0] * 10 + [1] * 10
    assert np.array_equal(fitted.place(rows), before)  # a fitted row has its own place
    assert fitted.place(rows[:0]).shape == (0, 2)


def test_a_row_between_two_islands_does_not_fall_into_the_sea() -> None:
    fitted = torch.tensor([[0.0, 0], [0, 1], [1, 0], [10, 0], [10, 1]])
    points = np.array([[0.0, 0], [0, 1], [1, 0], [50, 0], [50, 1]])
    at = place(torch.tensor([[4.0, 0.4]]), fitted_rows=fitted, fitted_points=points, neighbours=5, metric="euclidean")
    assert at[0, 0] < 3


def test_more_rows_than_are_fitted_are_placed_and_it_is_said() -> None:
    rows = cloud(200)
    told: list[tuple[str, int, int]] = []
    picture = fit_umap(rows, most=120, epochs=20, progress=lambda *one: told.append(one))
    shares = [done for _, done, of in told if of == 100]
    assert len(shares) == len(told) >= 20 and shares == sorted(shares) and shares[0] >= 0 and shares[-1] == 90
    assert picture.points.shape == (200, 2) and np.isfinite(picture.points).all()
    assert "120 of 200 points drawn at random" in picture.words


@pytest.mark.parametrize(
    ("rows", "options", "words"),
    [
        (torch.ones(10, 3), {}, "rows must differ, got 10 equal"),
        (cloud(4), {}, "at least 5 for UMAP, got 4"),
        (torch.tensor([[1.0, 2.0]] * 5 + [[torch.nan, 1.0]]), {}, "must be finite.*first in row 5"),
        (torch.cat([cloud(9, 3), torch.zeros(1, 3)]), {}, "no row of zeros.*row 9.*euclidean"),
        (cloud(), {"metric": "cosin"}, "did you mean 'cosine'"),
        (cloud(), {"neighbours": 1}, "neighbours .*>= 2"),
        (cloud(), {"init": "spectral"}, "init must be one of 'pca', 'random'"),
        (cloud(), {"init": np.zeros((3, 2))}, r"init .*\(3, 2\)"),
        (cloud(), {"precomputed": knn(cloud(59), 5)}, r"precomputed must be row numbers \(60, k\).*\(59, 5\)"),
        (cloud(), {"precomputed": knn(cloud(), 1)}, "at least two other rows"),
        (cloud(), {"precomputed": 3}, "precomputed must be a tuple of 2 .*got 3"),
        (cloud(), {"precomputed": knn(cloud(), 5), "most": 30}, "precomputed must be None"),
        (torch.ones(3), {}, r"matrix .*\(3,\)"),
        (np.array([["a", "b"]]), {}, "real matrix"),
    ],
)
def test_bad_input_is_named(rows: torch.Tensor, options: dict, words: str) -> None:
    with pytest.raises(AMEError, match=words):
        fit_umap(rows, **options)


def test_few_rows_have_fewer_neighbours_and_many_equal_rows_are_drawn() -> None:
    few = fit_umap(cloud(6), epochs=20)
    assert "5 neighbours" in few.words and np.isfinite(few.points).all()
    same = torch.cat([torch.ones(30, 3), 2 * torch.ones(30, 3), cloud(3, 3)])
    assert np.isfinite(fit_umap(same, metric="euclidean", epochs=20).points).all()


def test_neighbours_that_are_known_give_the_same_map() -> None:
    rows = cloud()
    indices, distances = nearest(metric_rows("rows", rows, "cosine"), None, 15, metric="cosine")
    ours = fit_umap(rows, epochs=20)
    with_itself = torch.cat([torch.arange(60)[:, None], indices], 1), torch.cat([torch.zeros(60, 1), distances], 1)
    for known in ((indices, distances), (indices.numpy(), distances.numpy()), with_itself):
        found = fit_umap(rows, epochs=20, precomputed=known)
        assert np.allclose(found.points, ours.points, atol=1e-4) and "precomputed" in found.words


def test_pca_stands_at_once_and_umap_replaces_it() -> None:
    rows, called, warm = cloud(), [], warm_up()
    assert warm_up() is warm
    handle = project(rows, epochs=20, on_end=called.append)
    first = handle.current
    assert first.method == "pca" or handle.state == "done"
    found = handle.result(timeout=300)
    assert warm.state == "done" and warm.error is None
    assert found.method == "umap" and handle.current is found and handle.state == "done"
    assert np.array_equal(found.points, fit_umap(rows, epochs=20).points)
    assert called == [handle] and handle.error is None and handle.progress == ("done", 1, 1)
    assert not handle.cancel()
    assert project(rows, "pca").result(0).method == "pca"


def test_one_pair_keeps_its_pca_and_says_why_there_is_no_umap() -> None:
    ended = threading.Event()
    handle = project(cloud(2), on_end=lambda _: ended.set())
    assert ended.wait(300)
    assert handle.state == "failed" and handle.current.method == "pca"
    with pytest.raises(AMEError, match="at least 5"):
        handle.result()


def test_a_fit_is_cancelled_on_its_way() -> None:
    started, called = threading.Event(), []
    handle = project(cloud(300), epochs=10**7, on_end=called.append)
    for _ in range(3000):
        if handle.progress.what == "laying out":
            started.set()
            break
        threading.Event().wait(0.1)
    assert started.is_set() and handle.state == "running"
    with pytest.raises(TimeoutError, match="laying out"):
        handle.result(0.01)
    assert handle.cancel() and called == [handle] and handle.state == "cancelled"
    assert handle.current.method == "pca"
    with pytest.raises(Cancelled, match="cancelled"):
        handle.result()
    # the worker is free again well before ten million epochs are over
    assert project(cloud(), epochs=5).result(timeout=300).method == "umap"
    # and so are the progress bars of the process, in whichever thread
    bar = threading.Thread(target=lambda: list(tqdm(range(3), file=io.StringIO(), mininterval=0)), daemon=True)
    bar.start()
    bar.join(30)
    assert not bar.is_alive()


def test_umap_learns_own_bars_are_left_to_others_while_a_fit_runs() -> None:
    from umap import layouts

    bar = layouts.tqdm
    handle = project(cloud(300), epochs=10**7)
    try:
        while layouts.tqdm is bar:
            threading.Event().wait(0.05)
        assert isinstance(layouts.tqdm(range(3), disable=True), tqdm)
    finally:
        handle.cancel()
    assert project(cloud(), epochs=5).result(timeout=300).method == "umap"
    assert layouts.tqdm is bar


def test_what_goes_wrong_within_is_told_and_the_next_one_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(told: object) -> None:
        raise ImportError("no umap here")

    with monkeypatch.context() as patch:
        patch.setattr("ame_explore.analysis.projection.umap.import_umap", broken)
        handle = project(cloud(), on_end=lambda _: 1 / 0)
        with pytest.raises(AMEError, match=r"ImportError: no umap here.*PCA picture remains"):
            handle.result(300)
    assert project(cloud(), epochs=5).result(300).method == "umap"
    with pytest.raises(AMEError, match="method must be one of"):
        project(cloud(), "tsne")


def test_what_numba_compiles_is_kept_for_the_next_process(monkeypatch: pytest.MonkeyPatch) -> None:
    fit_umap(cloud(), epochs=2)
    umap, layouts = (importlib.import_module(f"umap.{name}") for name in ("umap_", "layouts"))
    used = [umap.smooth_knn_dist, umap.compute_membership_strengths, layouts.rdist]
    used.append(layouts._nb_optimize_layout_euclidean_single_epoch)
    assert all(one.stats.cache_path and one.stats.cache_hits | one.stats.cache_misses for one in used)

    def refused(_: object) -> None:
        raise RuntimeError("no locator available")

    monkeypatch.setattr(type(layouts.rdist), "enable_caching", refused)
    _keep_compiled.__wrapped__()  # no folder to keep it in: no error


@pytest.mark.parametrize("wait", [0.0, 0.6, 3.0])
def test_a_process_ends_whole_without_waiting_for_the_fit(wait: float) -> None:
    code = f"""
import time, torch
from ame_explore.analysis.projection import project
from ame_explore.tasks import Cancelled
handle = project(torch.randn(3000, 256), epochs=10**7)
time.sleep({wait})
print(handle.state, handle.current.method)
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=200, check=False)
    assert (run.returncode, run.stdout.split()[1:], run.stderr) == (0, ["pca"], "")
    assert run.stdout.split()[0] in ("waiting", "running")


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
@pytest.mark.parametrize("radius", [1.4e-3, 1e-4, 1e-6, 1e-8])  # the first: cosines of 0.999999
def test_near_duplicates_are_found_as_float64_finds_them(radius: float, metric: str) -> None:
    generator = torch.Generator().manual_seed(3)
    centres = torch.nn.functional.normalize(torch.randn(20, 1, 64, generator=generator).double(), dim=2)
    inside = torch.randn(20, 50, 64, generator=generator).double() / 8
    rows = (centres + radius * inside).flatten(0, 1).float()
    exact = torch.nn.functional.normalize(rows.double()) if metric == "cosine" else rows.double()
    apart = torch.cdist(exact, exact, compute_mode="donot_use_mm_for_euclid_dist").fill_diagonal_(torch.inf)
    indices, distances = knn(rows, 5, metric=metric)
    wanted = apart.sort(dim=1).values[:, :5]
    assert torch.allclose(apart.gather(1, indices), wanted, rtol=1e-9, atol=0)
    shown = wanted.square() / 2 if metric == "cosine" else wanted
    assert torch.allclose(distances.double(), shown, rtol=1e-6, atol=0)
    among, _ = knn(rows, 5, metric=metric, queries=rows[:30] + 0)
    assert (among[:, 0] == torch.arange(30)).double().mean() >= (1.0 if radius > 1e-7 else 0.9)
