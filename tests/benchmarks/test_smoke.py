"""Every benchmark runs and prints what is promised; no figure is judged here, since machines are noisy."""

import json
import math
import subprocess
import sys
from pathlib import Path

RUN = Path(__file__).parent / "run.py"


def test_every_figure_is_one_line_of_json():
    done = subprocess.run([sys.executable, RUN, "--smoke"], capture_output=True, text=True, timeout=500)
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert {line["name"] for line in lines} >= {"ame_step", "ame_step_features"}
    for line in lines:
        assert list(line) == ["name", "ours", "peer", "ratio", "unit", "note"]
        assert all(math.isfinite(line[key]) and line[key] > 0 for key in ("ours", "peer", "ratio"))


def test_an_unknown_figure_is_refused():
    done = subprocess.run([sys.executable, RUN, "warp_speed"], capture_output=True, text=True, timeout=120)
    assert done.returncode == 2 and "unknown figure warp_speed" in done.stderr and done.stdout == ""
