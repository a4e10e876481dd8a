"""Benchmarks: `python tests/benchmarks/run.py [NAME ...]` prints one JSON line a figure.

Ours and a peer are measured in turn in the same run; `ratio` says how many times better than the peer ours is. A figure
that cannot be measured here (without a browser, say) is named on stderr.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import ame_step
import explorer
import feature_step
import gather
import landscape
import live
import projection
import replicas
import suspects
import sweep_throughput
from harness import Unavailable

FIGURES = {
    "ame_step": ame_step.ame_step,
    "ame_step_features": ame_step.ame_step_features,
    "ame_step_features_256": ame_step.ame_step_features_256,
    "feature_step": feature_step.feature_step,
    "gather_rows": gather.gather_rows,
    "gather_spectral": gather.gather_spectral,
    "gather_features": gather.gather_features,
    "replicas_5k_32": replicas.replicas_5k_32,
    "replicas_5k_128": replicas.replicas_5k_128,
    "replicas_tiny_128": replicas.replicas_tiny_128,
    "sweep": sweep_throughput.sweep_throughput,
    "landscape_mlp_vs_loss_landscapes": landscape.landscape_mlp_vs_loss_landscapes,
    "landscape_mlp_vs_inplace": landscape.landscape_mlp_vs_inplace,
    "landscape_cnn_vs_inplace": landscape.landscape_cnn_vs_inplace,
    "umap_warm_2000": projection.umap_warm_2000,
    "umap_warm_4000": projection.umap_warm_4000,
    "first_picture": projection.first_picture,
    "pause_latency": live.pause_latency,
    "probe_latency": live.probe_latency,
    "frames_20k": live.frames_20k,
    "thumbnails_2000": live.thumbnails_2000,
    "training_while_drawing": live.training_while_drawing,
    "lasso_100k": explorer.lasso_100k,
    "filter_100k": explorer.filter_100k,
    "first_picture_100k": explorer.first_picture_100k,
    "first_picture_1m": explorer.first_picture_1m,
    "report_100k": explorer.report_100k,
    "suspects_emoji": suspects.suspects_emoji,
    "suspects_clip": suspects.suspects_clip,
}


def main() -> None:
    """Measure the figures that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(FIGURES)} [default: all]")
    parser.add_argument("--smoke", action="store_true", help="small sizes and few rounds: does it run at all?")
    arguments = parser.parse_args()
    unknown = sorted(set(arguments.names) - set(FIGURES))
    if unknown:
        parser.error(f"unknown figure {', '.join(unknown)}: choose from {', '.join(FIGURES)}")
    for name in arguments.names or FIGURES:
        try:
            figure = dataclasses.asdict(FIGURES[name](smoke=arguments.smoke))
        except Unavailable as reason:
            print(f"{name}: not measured: {reason}", file=sys.stderr)
            continue
        figure |= {key: float(f"{figure[key]:.4g}") for key in ("ours", "peer", "ratio")}
        print(json.dumps(figure), flush=True)


if __name__ == "__main__":
    main()
