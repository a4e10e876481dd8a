"""What a worker of a sweep does: run a job, and return a row of numbers for each run."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from ame_explore.ame import AMEError
from ame_explore.arguments import checked
from ame_explore.data import PairedData
from ame_explore.measures.alignment import linear_cka, retrieval_at_k
from ame_explore.measures.calibration import accuracy
from ame_explore.models import one_thread
from ame_explore.settings import SETTINGS
from ame_explore.tasks import Progress
from ame_explore.training.evaluate import Evaluation, chance, class_vectors, reference_scores
from ame_explore.training.parts import shots_of
from ame_explore.training.recipe import Recipe
from ame_explore.training.replicas.recipes import distill_replicas
from ame_explore.training.stage import Stage
from ame_explore.training.sweeps.grid import AT_ONCE, Job, World

Row = dict[str, Any]
TIMING = ("seconds",)  # columns that differ when the same sweep is run again

_newest: tuple[tuple[World, str], _World] | None = None


@checked
def run_job(job: Job, data: PairedData | None = None, progress: Progress | None = None) -> list[Row]:
    """Run a job in this process.

    The stage of the last job is kept, since a worker usually gets jobs of one world in a row.

    Args:
        job: the runs.
        data: your own data; None loads what the recipes name.
        progress: called with the steps of all runs; an exception from it ends the job.

    Returns:
        One row per run: its number, settings, metrics, references of its world, and seconds.

    Raises:
        AMEError: if a recipe does not fit the data or the models.
    """
    started = time.perf_counter()
    world = _world_of(job, data, progress)
    found = distill_replicas(
        job.recipes,
        stage=world.stage,
        chunk_size=AT_ONCE,
        also=lambda recipe, done: _more_metrics(recipe, done, world),
        progress=progress,
    )  # fmt: skip
    seconds = (time.perf_counter() - started) / len(job.runs)
    rows = []
    for number, recipe, metrics, diverged in zip(job.runs, job.recipes, found.metrics, found.diverged, strict=True):
        settings = {name: getattr(recipe, name) for name in SETTINGS}
        rows.append(
            {"run": number, **settings, **metrics, **world.references, "diverged": diverged, "seconds": seconds}
        )
    return rows


@torch.no_grad()
@one_thread()
def _more_metrics(recipe: Recipe, evaluation: Evaluation, world: _World) -> dict[str, float]:
    """Metrics of the evidence page that `Evaluation` does not compute.

    Args:
        recipe: the run's recipe.
        evaluation: the trained student's evaluation, just called.
        world: data and models.

    Returns:
        By name:

        - R@1_i2t, R@1_t2i: retrieval among the captions of the test images (class texts where all images of a class
          share one)
        - teacher_cka: linear CKA of the student's and the teacher's test features
        - class_spread_within: mean squared distance of a test image's unit features to the centroid of its class
        - class_spread_between: mean squared distance of the centroids to their mean
        - class_margin: smallest distance between two class centroids of the student's test features
        - shots_accuracy: accuracy on the base images that the student learned from, among base classes
        - generalization_gap: shots_accuracy minus base_accuracy
    """
    stage, features = world.stage, evaluation.newest
    assert features is not None  # for the type checker: the evaluation was called
    labels = stage.test_labels
    centroids = torch.stack([features[labels == one].mean(0) for one in labels.unique()])
    own = centroids[torch.searchsorted(labels.unique(), labels)]
    try:
        found = retrieval_at_k(image=features, text=world.captions, pair_index=world.of_images, ks=(1,))
        recall, cka = (found.image_to_text[1], found.text_to_image[1]), linear_cka(features, world.teacher)
    except AMEError:  # a student that collapsed: rows of zeros, or all rows equal
        recall, cka = (math.nan, math.nan), math.nan
    numbers = {
        "R@1_i2t": recall[0],
        "R@1_t2i": recall[1],
        "teacher_cka": cka,
        "class_spread_within": float((features - own).square().sum(1).mean()),
        "class_spread_between": float((centroids - centroids.mean(0)).square().sum(1).mean()),
        "class_margin": float(torch.pdist(centroids.double()).min()) if len(centroids) > 1 else 0.0,
    }
    shots = shots_of(recipe, stage)
    shots = shots[torch.isin(stage.data.labels[shots], stage.base.cpu())]
    student = evaluation.student
    was_training = student.training
    student.eval()
    images = stage.data.images_at(shots).to(stage.device)
    texts = class_vectors(stage, student)
    logits = stage.logits(F.normalize(student(student.prepare(images)), dim=1), texts=texts)[:, stage.base]
    student.train(was_training)
    numbers["shots_accuracy"] = accuracy(
        logits, torch.searchsorted(stage.base, stage.data.labels[shots].to(stage.device))
    )
    base = stage.logits(features, texts=texts)[torch.isin(labels, stage.base)][:, stage.base]
    right = torch.searchsorted(stage.base, labels[torch.isin(labels, stage.base)])
    numbers["generalization_gap"] = numbers["shots_accuracy"] - accuracy(base, right)
    return numbers


@dataclass(frozen=True, eq=False)
class _World:
    """A stage, and the values that all runs on it share."""

    stage: Stage
    references: Mapping[str, float]
    teacher: Tensor  # (n, D) its features of the test images
    captions: Tensor
    of_images: Tensor  # (n,) each test image's caption


def _world_of(job: Job, data: PairedData | None, progress: Progress | None) -> _World:
    global _newest
    key, known = (job.world, "" if data is None else data.digest), _newest
    if known is None or known[0] != key:
        stage = Stage.for_recipe(job.recipes[0], data=data, progress=progress or _quietly)
        scores = {f"chance_{name}": value for name, value in chance(stage).items() if name in _CHANCE}
        scores |= {name: value for name, value in reference_scores(stage).items() if name.endswith("harmonic_mean")}
        known = _newest = (
            key,
            _World(stage, scores, stage.teacher_features(stage.data.images[stage.test]), *_captions(stage)),
        )
    return known[1]


def _captions(stage: Stage) -> tuple[Tensor, Tensor]:
    """The teacher's features of the test images' different captions, and the caption of each image."""
    captions = [(stage.data.captions or ())[index] for index in stage.test.tolist()]
    place = {text: row for row, text in enumerate(dict.fromkeys(captions))}
    try:
        with torch.no_grad():
            return stage.teacher.encode_text(list(place)), torch.tensor([place[caption] for caption in captions])
    except AMEError:  # a teacher of stored features knows class texts only
        return stage.text_features, stage.test_labels.cpu()


_CHANCE = ("base_accuracy", "new_accuracy", "harmonic_mean")


def _quietly(what: str, done: int, of: int) -> None:
    """Report nothing while a teacher trains: a sweep has a progress bar of its own."""
