"""README's numbers on the demo, the diagnosis and the benchmarks, as measured: kept in figures.json beside this file.

    python .ci/figures.py measure emoji        # some five minutes on two cores
    python .ci/figures.py measure worlds       # some forty minutes: it trains three teachers, which are then cached
    python .ci/figures.py measure worlds 0     # the first of them alone, after the shipped teacher has changed
    python .ci/figures.py measure one_shot     # some two minutes
    python .ci/figures.py measure digits       # some ten minutes
    python .ci/figures.py measure sensitivity  # some five minutes
    python .ci/figures.py measure benchmarks   # some twenty-five minutes, on a quiet machine with a Chromium
    python .ci/figures.py measure benchmarks sweep gather_rows   # these alone; the others stay as they are
    python .ci/figures.py measure classroom    # some eight minutes, likewise: memory and CPU of a learner
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
# options of `ame-explore demo --weaker none` -> what README's table adds to them
ON_EMOJI: dict[str, str] = {
    "--reading predictive --projection host": "",
    "--reading spectral": "",
    "--reading alignment": " (a control)",
    "--kd-weight 100": " (reading `rows`)",
    "--kd logits": " (reading `rows`)",
}
DIGITS = "--data digits --weaker none --seeds"
# options of `ame-explore demo` with these and 10 seeds -> as above; None: told in the text, not in the table
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
WORLDS, SHOTS, OMEGAS = 4, (1, 4, 16), (50.0, 0.5)
SPLITS = 7
AT = 10  # the step at which the diagnosis is read
SEEDS = 5


def measure_emoji() -> dict[str, Any]:
    """The demo as it is without options, and the change in harmonic mean with other readings and KD losses."""
    found = _demo([])
    kept = {name: found[name] for name in ("before", "chance", "verdict")}
    kept["means"] = {
        arm: {name: math.fsum(values[name]) / len(values[name]) for name in METRICS}
        for arm, values in found["arms"].items()
    }
    kept["compared"] = {
        options: _change_of(_demo(["--weaker", "none", *options.split()])["comparisons"]) for options in ON_EMOJI
    }
    return kept


def measure_worlds(*numbers: str) -> dict[str, Any]:
    """KD against its backbone, and KD + AME against KD, with several teachers and splits of the emoji.

    A world is a teacher, a backbone and a split of its own. Changes are averaged over the seeds of a world; the
    interval is over the worlds. Without numbers all worlds are measured; with them the scores of the others are kept.
    """
    import dataclasses

    import torch

    from ame_explore.analysis import mean_interval
    from ame_explore.tasks import run_together
    from ame_explore.training import Distillation, Recipe, Stage
    from ame_explore.training.evaluate import reference_scores

    torch.set_num_threads(1)
    arms = {f"KD, {shots} shot{'s' if shots > 1 else ''}": {"shots": shots, "omega": 0.0} for shots in SHOTS}
    arms |= {f"KD + AME, omega {omega:g}, {SHOTS[-1]} shots": {"omega": omega} for omega in OMEGAS}
    scores: dict[str, list[float]] = {name: [math.nan] * WORLDS for name in ("backbone", "teacher", *arms)}
    if numbers:
        scores = json.loads(FILE.read_text(encoding="utf-8"))["worlds"]["scores"]
    for world in sorted({int(number) for number in numbers} or range(WORLDS)):
        recipe = Recipe.for_data(data_seed=world, teacher_seed=world)
        stage = Stage.for_recipe(recipe)
        known = reference_scores(stage)
        scores["backbone"][world] = known["backbone_harmonic_mean"]
        scores["teacher"][world] = known["teacher_harmonic_mean"]
        for arm, changed in arms.items():

            def train(
                tell: Any,
                seed: int,
                arm: str = arm,
                changed: dict[str, Any] = changed,
                stage: Any = stage,
                recipe: Any = recipe,
            ) -> float:
                run = Distillation(
                    dataclasses.replace(recipe, seed=seed, **changed), stage=stage, metrics_every=recipe.steps
                )
                for step in run:
                    tell(arm, step.index, recipe.steps)
                return float(step.metrics["harmonic_mean"])

            jobs = [lambda tell, seed=seed, train=train: train(tell, seed) for seed in range(SEEDS)]
            found = run_together(jobs, threads=2, what=arm, of=SEEDS * recipe.steps)
            scores[arm][world] = math.fsum(found) / SEEDS
        print(world, {name: round(values[world], 4) for name, values in scores.items()}, file=sys.stderr, flush=True)
    changes = {}
    for arm in arms:
        against = "backbone" if arm.startswith("KD,") else f"KD, {SHOTS[-1]} shots"
        found = mean_interval([a - b for a, b in zip(scores[arm], scores[against], strict=True)])
        changes[arm] = {"mean": found.mean, "low": found.low, "high": found.high}
    return {"scores": scores, "changes": changes}


def measure_one_shot() -> dict[str, Any]:
    """KD with rehearsal against the backbone, at one shot, over splits with one seed each."""
    from ame_explore.analysis import mean_interval
    from ame_explore.training import Distillation, Recipe, Stage
    from ame_explore.training.evaluate import reference_scores

    changes = []
    for split in range(SPLITS):
        recipe = Recipe.for_data(data_seed=split, seed=split, shots=1, omega=0.0, protocol="rehearsal")
        stage = Stage.for_recipe(recipe)
        *_, last = Distillation(recipe, stage=stage, metrics_every=recipe.steps)
        changes.append(last.metrics["harmonic_mean"] - reference_scores(stage)["backbone_harmonic_mean"])
    found = mean_interval(changes)
    return {"mean": found.mean, "low": found.low, "high": found.high}


def measure_digits() -> dict[str, Any]:
    """The demo's table on digits, and the change in harmonic mean under other options."""
    plain = _demo([*DIGITS.split(), str(SHORT)])
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
        found["compared"][options] = _change_of(_demo([*DIGITS.split(), str(LONG), *options.split()])["comparisons"])
    return found


def _change_of(comparisons: dict[str, Any]) -> dict[str, float]:
    (changes,) = comparisons.values()
    return {key: changes["harmonic_mean"][key] for key in ("mean", "low", "high")}


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


def measure_benchmarks(*names: str) -> dict[str, Any]:
    """Every benchmark that can be measured here, or those that are named."""
    command = [sys.executable, "tests/benchmarks/run.py", *names]
    done = subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return {line["name"]: {key: line[key] for key in ("ours", "peer", "ratio", "unit", "note")} for line in lines}


def measure_classroom() -> dict[str, Any]:
    """Memory and CPU of a learner's kernel: with each notebook of the course, and with a lab at play."""

    def cost(*arguments: str) -> dict[str, float]:
        command = [sys.executable, "tests/benchmarks/classroom.py", *arguments]
        done = subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        print(*arguments, done.stdout.strip(), file=sys.stderr, flush=True)
        found: dict[str, float] = json.loads(done.stdout)
        return found

    return {
        "notebooks": {path.stem: cost(str(path)) for path in sorted((ROOT / "notebooks").glob("*.ipynb"))},
        "lab": cost(),
    }


def lines(figures: dict[str, Any]) -> list[str]:
    """What README has to say, line by line and phrase by phrase."""
    told: list[str] = []
    if "emoji" in figures:
        emoji = figures["emoji"]
        told += emoji["verdict"].splitlines()
        for arm, row in {"the backbone before distillation": emoji["before"], **emoji["means"]}.items():
            told.append(f"| {arm} | {' | '.join(f'{row[name]:.3f}' for name in METRICS)} |")
        for options, row in _together(emoji["compared"], SHORT).items():
            told.append(f"| `{options}`{ON_EMOJI[options]} | {_change('harmonic_mean', row, SHORT)} |")
    if "worlds" in figures:
        scores, changes = figures["worlds"]["scores"], figures["worlds"]["changes"]
        mean = {name: math.fsum(values) / WORLDS for name, values in scores.items()}
        told.append(f"the backbones' {mean['backbone']:.3f} and the teachers' {mean['teacher']:.3f}")
        for arm, row in _together(changes, WORLDS).items():
            told.append(f"| {arm} | {mean[arm]:.3f} | {_change('harmonic_mean', row, WORLDS)} |")
    if "one_shot" in figures:
        told.append(f"{_change('harmonic_mean', figures['one_shot'], SPLITS)} over {SPLITS} splits")
    if "digits" in figures:
        demo = figures["digits"]
        told.append(f"{demo['teacher']:.1%} accurate on held-out digits".replace("%", " %"))
        for name, row in _together(demo["table"], SHORT).items():
            change = _change(name, row, SHORT)
            change = f"**{change}**" if name == "harmonic_mean" else change
            cells = f"{demo['chance'][name]:.2f} | {row['KD']:.3f} | {row['KD + AME']:.3f} | {change}"
            told.append(f"| {name.replace('_', ' ')} | {cells} |")
        for options, row in _together(demo["compared"], LONG).items():
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


def _together(rows: dict[str, dict[str, float]], seeds: int) -> dict[str, dict[str, float]]:
    """The rows of one table with intervals that all hold together with 95 % confidence."""
    from ame_explore.analysis.statistics import PairedInterval, corrected

    single = {name: PairedInterval(row["mean"], row["low"], row["high"], seeds, 0.95) for name, row in rows.items()}
    wider = corrected(single)
    return {name: {**row, "low": wider[name].low, "high": wider[name].high} for name, row in rows.items()}


def _change(name: str, row: dict[str, float], seeds: int) -> str:
    """A change of a quantity, written as the demo writes it."""
    from ame_explore.analysis.statistics import MeanInterval
    from ame_explore.quantities import quantity

    what, interval = quantity(name), MeanInterval(row["mean"], row["low"], row["high"], seeds, 0.95)
    return f"{what.text(interval.mean, signed=True)} {what.limits_text(interval)}"


MEASURES = {
    "emoji": measure_emoji,
    "worlds": measure_worlds,
    "one_shot": measure_one_shot,
    "digits": measure_digits,
    "sensitivity": measure_sensitivity,
    "benchmarks": measure_benchmarks,
    "classroom": measure_classroom,
}


def main() -> None:
    """Measure a part, or show what README has to say."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    measure = commands.add_parser("measure", help="measure a part anew")
    measure.add_argument("part", choices=tuple(MEASURES))
    measure.add_argument("names", nargs="*", help="of benchmarks or worlds: measure these alone")
    commands.add_parser("show", help="print the lines that README has to have")
    given = parser.parse_args()
    figures = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    if given.command == "measure":
        if given.names and given.part not in ("benchmarks", "worlds"):
            parser.error(f"{given.part} is measured as a whole, got {' '.join(given.names)}")
        kept = figures.get(given.part, {}) if given.names else {}
        if given.part == "worlds" and given.names:
            if not set(given.names) <= {str(world) for world in range(WORLDS)}:
                parser.error(f"worlds are 0 to {WORLDS - 1}, got {' '.join(given.names)}")
            if not kept:
                parser.error("figures.json has no worlds yet: measure all of them first, with `measure worlds`")
        figures[given.part] = {**kept, **MEASURES[given.part](*given.names)}
        FILE.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    told = lines(figures)
    lacking = [line for line in told if line not in readme]
    print("\n".join(["README lacks:", *lacking, ""] if lacking else []), end="")
    print("\n".join(told))


if __name__ == "__main__":
    main()
