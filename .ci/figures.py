"""README's numbers on the demo, the diagnosis and the benchmarks, as measured: kept in figures.json beside this file.

    python .ci/figures.py measure demo         # some ten minutes on two cores
    python .ci/figures.py measure sensitivity  # some five minutes
    python .ci/figures.py measure benchmarks   # some fifteen minutes, on a quiet machine with a Chromium
    python .ci/figures.py show                 # the lines that README has to have; those that it lacks come first

`measure` replaces one part of figures.json and leaves the others; a test holds README to each part that is there.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
FILE = Path(__file__).with_name("figures.json")
SHORT, LONG = 5, 10  # seeds of the demo's own table, and of the comparisons
# options of `ame-explore demo --seeds 10` -> what README's table adds to them; None: told in the text, not in the table
COMPARED: dict[str, str | None] = {
    "--reading predictive": "",
    "--reading predictive --projection host": "",
    "--reading spectral": "",
    "--reading alignment": " (a control)",
    "--kd logits": " (reading `rows`)",
    "--kd logits --reading predictive --projection host": "",
    "--kd-weight 100": None,
    "--kd promptkd": None,
}
METRICS = ("base_accuracy", "new_accuracy", "harmonic_mean")
ARMS = {
    "KD": {"omega": 0.0},
    "KD + rows": {},
    "KD + predictive": {"reading": "predictive"},
    "logits KD": {"omega": 0.0, "kd": "logits"},
    "logits KD + rows": {"kd": "logits"},
    "PromptKD's KD": {"omega": 0.0, "kd": "promptkd"},
}
# fault -> the findings that report it (answers that are mostly wrong look shuffled), the setting, its sizes, and the
# arms that it is tried in
FAULTS: dict[str, tuple[set[str], str, tuple[Any, ...], tuple[str, ...]]] = {
    "wrong answers of the teacher, share": ({"labels", "pairs"}, "teacher_noise", (0.1, 0.2, 0.4, 0.6), tuple(ARMS)),
    "shuffled pairs": ({"pairs"}, "shuffled_pairs", (True,), tuple(ARMS)),
    "features that are not normalized": ({"normalization"}, "normalized", (False,), tuple(ARMS)),
    "copies of each image in a batch": ({"copies"}, "duplicates", (2, 4), tuple(ARMS)),
    "the student's temperature, the teacher's being 1": (
        {"temperature"},
        "student_tau",
        (0.05, 0.1, 0.15, 0.25, 4.0, 10.0, 20.0),
        ("logits KD", "logits KD + rows"),
    ),
}
AT = 10  # the step at which the diagnosis is read
SEEDS = 5


def measure_demo() -> dict[str, Any]:
    """The demo's table, and the change in harmonic mean under other options."""
    plain = _demo(["--seeds", str(SHORT)])
    found: dict[str, Any] = {
        "teacher": plain["teacher"]["test_accuracy"],
        "chance": {name: plain["chance"].get(name) for name in METRICS},
        "table": {
            name: {
                "KD": math.fsum(plain["arms"]["KD"][name]) / SHORT,
                "KD + AME": math.fsum(plain["arms"]["KD + AME"][name]) / SHORT,
                **{key: plain["comparisons"]["KD + AME"][name][key] for key in ("mean", "low", "high")},
            }
            for name in METRICS
        },
        "compared": {},
    }
    for options in COMPARED:
        (changes,) = _demo(["--seeds", str(LONG), *options.split()])["comparisons"].values()
        found["compared"][options] = {key: changes["harmonic_mean"][key] for key in ("mean", "low", "high")}
    return found


def _demo(options: list[str]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "ame_explore", "demo", *options, "--out", folder]
        subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
        found: dict[str, Any] = json.loads((Path(folder) / "summary.json").read_text(encoding="utf-8"))
        return found


def measure_sensitivity() -> dict[str, Any]:
    """How often each fault is found at step `AT`, and how often a finding of that kind comes without it."""
    import dataclasses

    import torch

    from ame_explore.training import Recipe, Stage
    from ame_explore.widgets.lab.arms import Arm
    from ame_explore.widgets.lab.student_picture import Canvas

    torch.set_num_threads(1)
    stage = Stage.for_recipe(Recipe())
    canvas = Canvas(stage, AT)

    def kinds(arm: str, seed: int, **fault: Any) -> set[str]:
        recipe = dataclasses.replace(Recipe(steps=60, seed=seed), **ARMS[arm] | fault)
        made = Arm("arm", recipe, stage, canvas)
        while made.distillation.index < AT:
            made.advance()
        return {finding.kind for finding in made.findings()}

    whole = {(arm, seed): kinds(arm, seed) for arm in ARMS for seed in range(SEEDS)}
    rows = []
    for fault, (reported, setting, sizes, arms) in FAULTS.items():
        false = sum(bool(reported & found) for (arm, _), found in whole.items() if arm in arms)
        for size in sizes:
            found = sum(bool(reported & kinds(arm, seed, **{setting: size})) for arm in arms for seed in range(SEEDS))
            runs = len(arms) * SEEDS
            rows.append({"fault": fault, "size": size, "found": found, "runs": runs, "false": false})
            print(rows[-1], file=sys.stderr, flush=True)
    return {"step": AT, "rows": rows}


def measure_benchmarks() -> dict[str, Any]:
    """Every benchmark that can be measured here."""
    command = [sys.executable, "tests/benchmarks/run.py"]
    done = subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return {line["name"]: {key: line[key] for key in ("ours", "peer", "ratio", "unit", "note")} for line in lines}


def lines(figures: dict[str, Any]) -> list[str]:
    """What README has to say, line by line and phrase by phrase."""
    told: list[str] = []
    if "demo" in figures:
        demo = figures["demo"]
        told.append(f"{demo['teacher']:.1%} accurate on held-out digits".replace("%", " %"))
        for name, row in demo["table"].items():
            change = _change(name, row, SHORT)
            change = f"**{change}**" if name == "harmonic_mean" else change
            cells = f"{demo['chance'][name]:.2f} | {row['KD']:.3f} | {row['KD + AME']:.3f} | {change}"
            told.append(f"| {name.replace('_', ' ')} | {cells} |")
        for options, row in demo["compared"].items():
            added = COMPARED[options]
            change = _change("harmonic_mean", row, LONG)
            told.append(change if added is None else f"| `{options}`{added} | {change} |")
    for row in figures.get("sensitivity", {}).get("rows", []):
        size = {True: "on", False: "off"}[row["size"]] if isinstance(row["size"], bool) else f"{row['size']:g}"
        runs = row["runs"]
        told.append(f"| {row['fault']} | {size} | {row['found']} of {runs} | {row['false']} of {runs} |")
    for name, row in figures.get("benchmarks", {}).items():
        told.append(f"| `{name}` | {row['ours']:.3g} | {row['peer']:.3g} {row['unit']} | {row['ratio']:.2g} |")
    return told


def _change(name: str, row: dict[str, float], seeds: int) -> str:
    """A change of a quantity, written as the demo writes it."""
    from ame_explore.analysis.statistics import MeanInterval
    from ame_explore.quantities import quantity

    what, interval = quantity(name), MeanInterval(row["mean"], row["low"], row["high"], seeds, 0.95)
    return f"{what.text(interval.mean, signed=True)} {what.limits_text(interval)}"


def main() -> None:
    """Measure a part, or show what README has to say."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    measure = commands.add_parser("measure", help="measure a part anew")
    measure.add_argument("part", choices=("demo", "sensitivity", "benchmarks"))
    commands.add_parser("show", help="print the lines that README has to have")
    given = parser.parse_args()
    figures = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    if given.command == "measure":
        measures = {"demo": measure_demo, "sensitivity": measure_sensitivity, "benchmarks": measure_benchmarks}
        figures[given.part] = measures[given.part]()
        FILE.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    told = lines(figures)
    lacking = [line for line in told if line not in readme]
    print("\n".join(["README lacks:", *lacking, ""] if lacking else []), end="")
    print("\n".join(told))


if __name__ == "__main__":
    main()
