"""Benchmarks run and print what is promised; no figure is judged here, since machines are noisy."""

import json
import math
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

RUN = Path(__file__).parent / "run.py"
# Left out for their time: other sizes of these, those of UMAP, which has to be compiled, and sweep, pause_latency,
# frames_20k and thumbnails_2000, which have code of their own. `python tests/benchmarks/run.py --smoke` runs all.
# training_while_drawing is run by tests/browser/test_benchmarks.py.
KINDS = ("ame_step_features", "feature_step", "replicas_tiny_128", "landscape_cnn_vs_inplace")


def test_every_figure_is_one_line_of_json():
    done = subprocess.run([sys.executable, RUN, "--smoke", *KINDS], capture_output=True, text=True, timeout=500)
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert {line["name"] for line in lines} == set(KINDS)
    for line in lines:
        assert list(line) == ["name", "ours", "peer", "ratio", "unit", "note"]
        assert all(math.isfinite(line[key]) and line[key] > 0 for key in ("ours", "peer", "ratio"))


def test_an_unknown_figure_is_refused(monkeypatch, capsys):
    monkeypatch.syspath_prepend(RUN.parent)
    monkeypatch.setattr(sys, "argv", ["run.py", "warp_speed"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(RUN), run_name="__main__")
    told = capsys.readouterr()
    assert ended.value.code == 2 and "unknown figure warp_speed" in told.err and told.out == ""
