"""UMAP beside umap-learn's defaults, warm, on the same points; and a first picture from a fresh process."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
import torch
from harness import Figure, seconds_in_turn, where

from ame_explore.analysis.projection import fit_umap, measure_lens

CLIP = Path(__file__).resolve().parents[3] / "shared" / "data" / "clip_coco500.npy"
WIDTH = 512


def umap_warm_2000(*, smoke: bool) -> Figure:
    """2,000 points."""
    return umap_warm("umap_warm_2000", 200 if smoke else 2000, smoke)


def umap_warm_4000(*, smoke: bool) -> Figure:
    """4,000 points."""
    return umap_warm("umap_warm_4000", 300 if smoke else 4000, smoke)


def umap_warm(name: str, n: int, smoke: bool) -> Figure:
    """Points like those of an encoder: 40 groups on a 24-dimensional plane in 512 dimensions, unit rows."""
    rows = features(n)
    seconds = seconds_in_turn(
        {"ours": lambda: fit_umap(rows), "peer": lambda: peer(rows)}, rounds=1 if smoke else 3, warmup=1
    )
    told = "not measured" if smoke else "; ".join([trust("these points", rows), *known_points()])
    note = f"UMAP(random_state=0) with umap-learn's defaults, both warm; {n} points x {WIDTH}; {told}; {where()}"
    return Figure(name, seconds["ours"], seconds["peer"], seconds["peer"] / seconds["ours"], "s a fit", note)


def first_picture(*, smoke: bool) -> Figure:
    """From a fresh process to a page with an interactive picture of 2,000 pairs, UMAP coming in the background."""
    n, rounds = (100, 1) if smoke else (2000, 3)
    taken: dict[str, list[float]] = {"ours": [], "peer": []}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "pairs.npy"
        np.save(file, features(2 * n).numpy().reshape(2, n, WIDTH))
        for _ in range(rounds):
            for who, code in (("ours", OURS), ("peer", PEER)):
                started = time.perf_counter()
                subprocess.run([sys.executable, "-c", code, str(file), f"{folder}/{who}.html"], check=True)
                taken[who].append(time.perf_counter() - started)
                assert "Plotly.newPlot" in Path(f"{folder}/{who}.html").read_text(encoding="utf-8")
    ours, peer = (statistics.median(taken[who]) for who in ("ours", "peer"))
    note = (
        f"fresh processes, imports included, from a .npy of {n} pairs x {WIDTH} to an HTML page: ours PCA of images "
        f"and texts with their segments and UMAP begun, against umap-learn's defaults of all {2 * n} points drawn by "
        f"plotly; {where()}"
    )
    return Figure("first_picture", ours, peer, peer / ours, "s", note)


OURS = """
import sys
from ame_explore import PairedFeatures
from ame_explore.analysis.projection import pair_rows, project
from ame_explore.figures.maps.pair_map import pair_map
features = PairedFeatures.from_files(sys.argv[1])
handle = project(pair_rows(features))
pair_map(features, handle.current).figure.write_html(sys.argv[2], include_plotlyjs="directory", full_html=True)
"""
PEER = """
import sys
import numpy as np
import plotly.graph_objects as go
import umap
rows = np.load(sys.argv[1]).reshape(-1, 512)
places = umap.UMAP().fit_transform(rows)
figure = go.Figure(go.Scattergl(x=places[:, 0], y=places[:, 1], mode="markers"))
figure.write_html(sys.argv[2], include_plotlyjs="directory", full_html=True)
"""


def features(n: int) -> torch.Tensor:
    """(n, 512) unit rows in groups."""
    generator = torch.Generator().manual_seed(0)
    plane = torch.linalg.qr(torch.randn(WIDTH, 24, generator=generator))[0].T
    groups = 2 * torch.randn(40, 24, generator=generator)
    rows = groups[torch.randint(40, (n,), generator=generator)] + torch.randn(n, 24, generator=generator)
    return torch.nn.functional.normalize(rows @ plane + 0.02 * torch.randn(n, WIDTH, generator=generator))


def peer(rows: torch.Tensor) -> np.ndarray:
    """umap-learn as it comes, with a seed so that it can be repeated."""
    import umap

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "n_jobs value 1 overridden to 1 by setting random_state"
        return umap.UMAP(random_state=0).fit_transform(rows.numpy())


def trust(name: str, rows: torch.Tensor) -> str:
    """Trustworthiness of both, at 5 and 15 neighbours, by scikit-learn."""
    from sklearn.manifold import trustworthiness

    places = {"ours": fit_umap(rows, metric="euclidean").points, "theirs": peer(rows)}
    at = {k: [trustworthiness(rows, each, n_neighbors=k) for each in places.values()] for k in (5, 15)}
    both = ", ".join(f"{ours:.4f} against {theirs:.4f} at k = {k}" for k, (ours, theirs) in at.items())
    worst = min(ours - theirs for ours, theirs in at.values())
    assert worst > -0.005, f"{name}: trustworthiness is lower than theirs by {-worst:.4f}"
    assert (
        abs(measure_lens(rows=rows, points=places["ours"], k=5, metric="euclidean").trustworthiness - at[5][0]) < 1e-3
    )
    return f"trustworthiness on {name} {both}"


def known_points() -> list[str]:
    """The same on real points: digits, and CLIP's features where they are."""
    from sklearn.datasets import load_digits

    found = [trust("digits", torch.from_numpy(load_digits().data).float())]
    if CLIP.exists():
        found.append(trust("CLIP's features of COCO", torch.from_numpy(np.load(CLIP)).flatten(0, 1)))
    return found
