"""The demo: KD and KD + AME compared over paired seeds, with a table, a report and the recorded Runs."""

from __future__ import annotations

import dataclasses
import json
import math
import re
import shlex
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ame_explore.ame import AMEError, check_number
from ame_explore.analysis.projection import axes_fact, teacher_axes
from ame_explore.analysis.statistics import FEW
from ame_explore.apps.shares import WEAKER, shares_text
from ame_explore.arguments import checked
from ame_explore.data import PairedData
from ame_explore.data.atomic_files import write_atomically
from ame_explore.figures.runs.comparison import changes
from ame_explore.models import one_thread
from ame_explore.quantities import number, quantity
from ame_explore.registry import hosts, kd_losses, readings
from ame_explore.reports.demo_report import demo_report
from ame_explore.reports.demo_results import verdict_sentence
from ame_explore.settings import SETTINGS
from ame_explore.tasks import Progress, run_together
from ame_explore.training import Distillation, Recipe, Run, Stage
from ame_explore.training import facts as stage_facts
from ame_explore.training.baselines import SMOOTHING
from ame_explore.training.parts import session_parts
from ame_explore.training.recipe import AME_ARM, KD_ARM, arms_with_and_without_ame
from ame_explore.training.record.layout import HEAD, make_room
from ame_explore.training.stage import KEPT
from ame_explore.training.sweeps.executors import cores

RECORD_EVERY = 80  # steps between metrics, features and checkpoints: a third of a run on emoji


@dataclass(frozen=True)
class DemoResult:
    """What the demo measured, and where it is saved.

    Attributes:
        summary: the content of `summary.json`.
        folder: the folder with all files.
        report: the HTML report.
        runs: arm -> its Runs, one per seed.
    """

    summary: dict[str, Any]
    folder: Path
    report: Path
    runs: dict[str, list[Run]]


@checked
def demo_arms(recipe: Recipe, *, weaker: Sequence[float] = (), baselines: bool = False) -> dict[str, Recipe]:
    """The arms: without AME, with AME as in the recipe, with less AME, and the other baselines without AME.

    Args:
        recipe: recipe of the arm with AME.
        weaker: for each of these shares, add an arm whose omega is this share of the recipe's.
        baselines: also add an arm for each other KD loss, and one with label smoothing, without AME.

    Raises:
        AMEError: if the recipe's omega is 0, since both arms would be the same; if it changes omega, the reading or the
            KD loss during the run, since the arms differ in these; or if a share is not in (0, 0.99] or is given twice.
    """
    if recipe.effective_omega == 0:
        raise AMEError("omega must be > 0 here, got 0: the demo always adds an arm without AME.")
    for share in weaker:
        check_number("weaker", share, above=0, high=0.99)
    omegas = [f"{share * recipe.effective_omega:.15g}" for share in weaker]
    if len(set(omegas)) < len(omegas):
        raise AMEError(f"weaker must hold each share once, got {', '.join(map(repr, weaker))}.")
    if turned := sorted({event.field for event in recipe.events} & {"omega", "reading", "kd"}):
        raise AMEError(
            f"recipe must not change {', '.join(turned)} during the run here, since the arms differ in it: leave these "
            "events out."
        )
    plain = arms_with_and_without_ame(recipe)[KD_ARM]
    reading = readings[recipe.reading]
    treated = AME_ARM if recipe.reading == SETTINGS["reading"].default else f"{AME_ARM} ({reading.label})"
    if reading.control or recipe.random_texts:
        treated = f"{KD_ARM} + {reading.label} (control)"
    arms = {KD_ARM: plain, treated: recipe}
    for share, shown in zip(weaker, omegas, strict=True):
        arms[f"{treated}, omega {shown}"] = dataclasses.replace(recipe, omega=share * recipe.effective_omega)
    if baselines:
        for name, loss in kd_losses.items():
            if name != recipe.kd:
                arms[f"{KD_ARM} ({loss.label})"] = dataclasses.replace(plain, kd=name)
        name, loss = next((name, loss) for name, loss in kd_losses.items() if loss.uses("label_smoothing"))
        smoothing = SETTINGS["label_smoothing"].told(SMOOTHING)
        arms[f"{KD_ARM} ({loss.label}, {smoothing})"] = dataclasses.replace(plain, kd=name, label_smoothing=SMOOTHING)
    return arms


@one_thread()
def run_demo(
    recipe: Recipe | None = None,
    *,
    data: PairedData | None = None,
    options: Sequence[str] = (),
    seeds: int = 5,
    weaker: Sequence[float] = WEAKER,
    baselines: bool = False,
    out: Path | str = "ame-demo",
    device: str = "cpu",
    progress: Progress | None = None,
) -> DemoResult:
    """Train every arm on every seed, record each run, and write `summary.json` and `report.html` to `out`.

    Args:
        recipe: recipe of the arm with AME; its seed is the first of `seeds` consecutive seeds. None: the defaults of
            `data`, see `Recipe.for_data`.
        data: your own data; None loads what the recipe names.
        options: the options of `ame-explore demo` that name this data, for the command in the report.
        seeds: how many paired seeds, >= 1 (one gives no interval).
        weaker: see `demo_arms`.
        baselines: run the arms of `demo_arms(baselines=True)`.
        out: the folder; Runs of an earlier demo in it are replaced, other files are left alone.
        device: where to train.
        progress: called with the steps done; an exception from it ends the demo.

    Returns:
        The results. An interrupted demo leaves the finished Runs, and no new summary or report.

    Raises:
        AMEError: if the recipe cannot be run, or a folder with other files is where a Run should go.
    """
    recipe = recipe or Recipe.for_data(data)
    check_number("seeds", seeds, low=1, whole=True)
    arms, folder = demo_arms(recipe, weaker=weaker, baselines=baselines), Path(out)
    if folder.exists() and not folder.is_dir():
        raise AMEError(f"out must be a folder, got the file {folder}: choose another path.")
    try:
        (folder / "runs").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise AMEError(
            f"out must be a folder that can be written, got {folder} ({error.strerror}): choose another path."
        ) from error
    started = time.perf_counter()
    stage = Stage.for_recipe(recipe, data=data, device=device, progress=progress)
    facts = {**stage_facts(stage), "map_axes": axes_fact(teacher_axes(stage))}
    runs = record_arms(
        arms,
        range(recipe.seed, recipe.seed + seeds),
        stage=stage,
        folder=folder / "runs",
        facts=facts,
        features_every=RECORD_EVERY,
        metrics_every=RECORD_EVERY,
        progress=progress,
    )
    summary = summarize(recipe, stage, runs, facts, weaker=weaker, baselines=baselines, options=options)
    summary["seconds"] = round(time.perf_counter() - started, 1)
    seen = stage.data.who_has_seen_what(
        shots=recipe.shots,
        classes="all" if recipe.protocol == "transductive" else "base",
        rehearsal=recipe.protocol == "rehearsal",
    )
    report = demo_report(folder / "report.html", summary=summary, runs=runs, who_has_seen_what=seen)
    write_atomically(folder / "summary.json", json.dumps({**summary, "who_has_seen_what": seen}, indent=1).encode())
    _remove_other_runs(folder / "runs", {run.path.name for of in runs.values() for run in of})
    return DemoResult(summary, folder, report, runs)


@one_thread()
def record_arms(
    arms: Mapping[str, Recipe],
    seeds: Sequence[int],
    *,
    stage: Stage,
    folder: Path,
    facts: Mapping[str, Any],
    features_every: int | None = None,
    metrics_every: int | None = None,
    progress: Progress | None = None,
) -> dict[str, list[Run]]:
    """Train every arm on every seed and record each run. On a CPU, as many students train at a time as it has cores.

    Args:
        arms: arm -> its recipe, whose seed is replaced.
        seeds: the paired seeds.
        stage: data and models that all arms share.
        folder: one Run per arm and seed is recorded in it; earlier Runs of the same names are replaced.
        facts: facts to note in every Run, see `training.facts`.
        features_every: steps between features; None: only at step 0 and at the last step.
        metrics_every: steps between metrics; None: only at step 0 and at the last step.
        progress: called with the steps done by all students; an exception from it ends the training.

    Returns:
        arm -> its Runs, in the order of the seeds.

    Raises:
        AMEError: if two arms would be recorded in the same folder, a recipe cannot be run, or a folder with other
            files is where a Run should go.
    """
    if len({slug(arm) for arm in arms}) < len(arms):
        raise AMEError(
            "arms must have names that differ in letters or digits, since folders are named after them, got "
            f"{', '.join(arms)}: rename some."
        )
    # The stage caches the augmented views of `KEPT` seeds, which all arms share: finish these seeds before the next.
    together = [seeds[start : start + KEPT] for start in range(0, len(seeds), KEPT)]
    tasks = [(arm, seed) for some in together for arm in arms for seed in some]
    finished: list[Path] = []

    def job(arm: str, seed: int) -> Callable[[Progress], Run]:
        def run(told: Progress) -> Run:
            recipe = dataclasses.replace(arms[arm], seed=seed)
            distillation = Distillation(
                recipe, stage=stage, features_every=features_every, metrics_every=metrics_every or recipe.steps
            )
            path = folder / f"{slug(arm)}-seed{seed}"
            record_run(distillation, path, {**facts, "arm": arm}, progress=told)
            finished.append(path)
            return Run.open(path)

        return run

    try:
        made = run_together(
            [job(arm, seed) for arm, seed in tasks],
            threads=cores() if stage.device.type == "cpu" else 1,
            what="distilling the students",
            of=sum(arms[arm].steps for arm, _ in tasks),
            progress=progress,
        )
    except KeyboardInterrupt as interrupt:
        interrupt.finished = len(finished)  # type: ignore[attr-defined]
        raise
    return {arm: [run for (of, _), run in zip(tasks, made, strict=True) if of == arm] for arm in arms}


def record_run(
    distillation: Distillation,
    path: Path,
    facts: Mapping[str, Any],
    *,
    progress: Progress | None = None,
) -> None:
    """Run `distillation` to its end and record it, with a checkpoint every 80 steps.

    Args:
        distillation: a distillation that has not started.
        path: folder of the Run; an earlier Run is replaced.
        facts: facts to note in the Run.
        progress: called after each step; an exception from it ends the run.
    """
    steps = distillation.recipe.steps
    with Run.recorder(path, recipe=distillation.recipe.to_dict(), overwrite=True) as record:
        record.note(**facts, token=distillation.recipe.token())
        for step in distillation:
            due = step.index % RECORD_EVERY == 0 or step.index == steps
            record.log(
                step.index,
                losses={**step.losses, **step.shares},
                metrics=step.metrics,
                features=step.features,
                state=distillation.state_dict() if due else None,
            )
            if progress is not None:
                progress("distilling", step.index, steps)


def summarize(
    recipe: Recipe,
    stage: Stage,
    runs: Mapping[str, list[Run]],
    facts: Mapping[str, Any],
    *,
    weaker: Sequence[float] = (),
    baselines: bool = False,
    options: Sequence[str] = (),
) -> dict[str, Any]:
    """The content of `summary.json`: each arm's last metrics per seed, and their paired differences with intervals.

    Args:
        recipe: recipe of the arm with AME.
        stage: the data and models of the demo.
        runs: arm -> its Runs, one per seed.
        facts: facts of the stage.
        weaker: see `demo_arms`.
        baselines: whether the baselines were run.
        options: see `run_demo`.
    """
    arms = {
        arm: {name: [float(run.metrics[name].iloc[-1]) for run in of] for name in of[0].metrics}
        for arm, of in runs.items()
    }
    seeds = [run.recipe["seed"] for run in runs[KD_ARM] if run.recipe]
    scores = dict(facts["reference_scores"])
    before = {name.removeprefix("backbone_"): value for name, value in scores.items() if name.startswith("backbone_")}
    comparisons = {
        arm: {
            name: {
                "mean": found.mean,
                "low": _json_number(found.low),
                "high": _json_number(found.high),
                "n": found.n,
                "confidence": found.confidence,
                "verdict": quantity(name).verdict(found),
            }
            for name, found in table.items()
        }
        for arm, table in changes(arms, reference=KD_ARM).items()
    }
    return {
        "command": command(recipe, len(seeds), baselines, options, weaker),
        "only_in_session": session_parts(Recipe.from_dict(of[0].recipe or {}) for of in runs.values()),
        "data": recipe.data,
        "seeds": seeds,
        "shots": recipe.shots,
        "reference": KD_ARM,
        "arms": arms,
        "comparisons": comparisons,
        "chance": facts["chance"],
        "teacher": {"test_accuracy": scores.pop("teacher_test_accuracy"), **scores},
        "base_classes": facts["base_classes"],
        "recipes": {arm: shown_recipe(of[0]) for arm, of in runs.items()},
        "verdict": verdict_sentence(arms, reference=KD_ARM, before=before),
        "before": before,
        "weaker": [arm for arm in demo_arms(recipe, weaker=weaker) if arm not in demo_arms(recipe)],
        "notes": notes(recipe, stage, scores, len(seeds)),
    }


def _remove_other_runs(folder: Path, mine: set[str]) -> None:
    """Remove an earlier demo's Runs, so that the folder holds one experiment; only recorded files are removed."""
    for path in folder.iterdir():
        if path.name in mine or not (path / HEAD).is_file():
            continue
        try:
            if "arm" in Run.open(path).facts:
                make_room(path, overwrite=True)
                path.rmdir()
        except (AMEError, OSError):
            continue  # not a demo's Run, or it contains files of the user


def shown_recipe(run: Run) -> dict[str, Any]:
    """A run's recipe with the omega in force and its token."""
    recipe = Recipe.from_dict(run.recipe or {})
    return {**recipe.to_dict(), "omega": recipe.effective_omega, "token": recipe.token()}


def _of_texts(recipe: Recipe) -> str:
    if recipe.learns_text:
        return (
            "Its text tower learns too, from the captions of its images; class texts are not among them, and may be "
            "forgotten."
        )
    return (
        "Distillation replaces its own texts with the teacher's: what it learns about base classes can cost it "
        "accuracy on new ones."
    )


def notes(recipe: Recipe, stage: Stage, scores: Mapping[str, float], seeds: int) -> list[str]:
    """What is needed to interpret the numbers: the protocol, and the student's scores before distillation.

    Args:
        recipe: recipe of the arm with AME.
        stage: the data and models of the demo.
        scores: the backbone's scores before distillation.
        seeds: the number of seeds.
    """
    told = []
    if stored := stage.data.feature_widths:
        told.append(
            f"Features of your own models, {stored[0]} wide for the student and {stored[1]} for the teacher. What the "
            "models were trained on is not checked."
        )
        if not hosts[recipe.host].is_frozen("backbone."):
            told.append(f"Since features are stored, the host {recipe.host!r} trains no tower, only its linear map.")
    if "backbone_harmonic_mean" in scores:
        learned = stage.data.sources["backbone"] if stage.data.sources else "blurred and pale"
        made = "by its own features of images and class texts" if stored else f"as a small CLIP (on images {learned})"
        told.append(
            f"Before distillation the student's backbone, {made}, scores {number(scores['backbone_base_accuracy'])} on "
            f"base classes and {number(scores['backbone_new_accuracy'])} on new ones, a harmonic mean of "
            f"{number(scores['backbone_harmonic_mean'])}. {_of_texts(recipe)}"
        )
    else:
        told.append(
            "How the student's backbone scores before distillation is not known: there is no student_text, the "
            "backbone's own features of the class texts."
        )
    if recipe.protocol == "transductive":
        told.append(
            "Transductive protocol, as PromptKD's: the student trains on unlabelled images of the new classes too, "
            "which flatters its new-class accuracy."
        )
    elif recipe.protocol == "rehearsal":
        told.append(
            "Rehearsal: besides its shots, the student trains on the base-class images that its backbone was trained "
            "on, with the teacher's answers in place of labels. No checkpoint is chosen on test data."
        )
    else:
        told.append(
            f"Clean protocol: the student trains only on unlabelled images of the {len(stage.data.base_classes)} base "
            "classes, and no checkpoint is chosen on test data."
        )
    told.append(
        f"Intervals count {seeds} {'seed' if seeds == 1 else 'seeds'} of the student (shots, batches, weights), with "
        "one teacher and one split of the data: they say nothing about other teachers or splits. The weight of KD is "
        f"{recipe.kd_weight:g} beside omega {recipe.effective_omega:g}; with another weight the result can differ."
    )
    if seeds < FEW:
        told.append(f"Few seeds ({seeds}): intervals are wide or missing, and the next seed can change a verdict.")
    return [*told, *stage.data.notes]


def command(
    recipe: Recipe,
    seeds: int,
    baselines: bool = False,
    options: Sequence[str] = (),
    weaker: Sequence[float] = WEAKER,
) -> str:
    """The command line that reproduces this demo.

    Args:
        recipe: recipe of the arm with AME.
        seeds: the number of seeds.
        baselines: whether the baselines were run.
        options: options that name the data.
        weaker: see `demo_arms`.
    """
    words = ["ame-explore", "demo", "--seeds", str(seeds), *options]
    if baselines:
        words.append("--baselines")
    if tuple(weaker) != WEAKER:
        words += ["--weaker", shares_text(weaker)]
    if recipe != Recipe.for_data():
        words += ["--recipe", recipe.token()]
    return shlex.join(words)


def slug(arm: str) -> str:
    """An arm's name as a part of a file name: 'KD + AME' -> 'kd-ame'."""
    return re.sub(r"[^a-z0-9]+", "-", arm.lower()).strip("-")


def _json_number(value: float) -> float | None:
    return value if math.isfinite(value) else None
