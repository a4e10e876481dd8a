"""What a recorded run shows in the lab's panels: its pictures, curves and findings, from its files alone."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from ame_explore.ame import AMEError, row_entropy
from ame_explore.analysis.diagnosis.diagnose import Finding, diagnose
from ame_explore.analysis.diagnosis.history import History
from ame_explore.analysis.projection import PCAProjection
from ame_explore.analysis.projection.teacher_axes import MOST_IMAGES, axes_of
from ame_explore.data.pairs import PairedFeatures
from ame_explore.data.splits import spread_over_classes
from ame_explore.training import Recipe, Run
from ame_explore.training.augmented_shots import rows_in_a_pass
from ame_explore.widgets.lab.student_picture import Picture, _class_by_class
from ame_explore.widgets.lab.timeline import Timeline, history_of


@dataclass(frozen=True, eq=False)
class Drawn:
    """The images that a replay draws, and their classes; the same for all its runs.

    Attributes:
        ids: (n,) int64, of the images.
        labels: (n,) int64, their classes.
        names: the name of each class.
        exact: whether each class has exactly one text, so that images have predictions.
    """

    ids: NDArray[np.int64]
    labels: NDArray[np.int64]
    names: tuple[str, ...]
    exact: bool

    def differs_from(self, other: Drawn) -> str:
        """How the data of two runs differs, in words; empty if it does not."""
        if self.names != other.names:
            return "other classes"
        same = np.array_equal(self.ids, other.ids) and np.array_equal(self.labels, other.labels)
        return "" if same else "other images"


class RecordedArm:
    """A recorded run in the form in which `lab.state` reads an arm.

    Args:
        name: of the arm.
        run: its record.

    Raises:
        AMEError: if the run has no features, their images and texts are not in one space, or a file is damaged.
    """

    def __init__(self, name: str, run: Run) -> None:
        self.name, self.run = name, run
        if not run.feature_steps:
            raise AMEError(f"{run.path} has no features to draw: record them with record.log(features=...).")
        self._recipe = _recipe_of(run)
        self.timeline = Timeline.of(run, None if self._recipe is None else self._recipe.steps)
        facts = run.facts
        parent, fork_step = facts.get("parent"), facts.get("fork_step")
        self.parent = parent if isinstance(parent, str) else None
        self.fork_step = fork_step if isinstance(fork_step, int) else None
        self.error = run.error
        first = self._features(run.feature_steps[0])
        if first.image.shape[1] != first.text.shape[1] or first.image.shape[1] < 2:
            raise AMEError(
                f"{run.path} has features of images ({first.image.shape[1]} wide) and texts ({first.text.shape[1]} "
                "wide) that do not lie in one space of two or more dimensions: record the projected features."
            )
        self.width = first.image.shape[1]
        self.drawn = _drawn(first)

    def _features(self, step: int) -> PairedFeatures:
        """The features at a step, one image per row, without the ambiguous images of a lab or demo."""
        features = self.run.features(step).image_by_image()
        bound = self.run.facts.get("ambiguous_from_id")
        if isinstance(bound, int) and bool((features.ids >= bound).any()) and bool((features.ids < bound).any()):
            features = features.take(torch.nonzero(features.ids < bound).flatten())
        return features

    # What `lab.state` reads

    @property
    def recipe(self) -> Recipe:
        """The recipe, with the steering."""
        return self._recipe or Recipe()

    @property
    def token(self) -> str:
        """The recipe as a token; empty if none was recorded."""
        return "" if self._recipe is None else self._recipe.token()

    @property
    def finished(self) -> bool:
        """Whether all steps were done."""
        return self.timeline.head >= self.timeline.steps

    @property
    def readings(self) -> list[str]:
        """The readings of H that a recipe names; none if no recipe was recorded."""
        return [] if self._recipe is None else [self._recipe.reading]

    def reading_at(self, step: int) -> str:
        """The reading that H was measured with at a step."""
        return self.recipe.at(step - 1).reading

    def findings(self, until: int) -> tuple[Finding, ...]:
        """The diagnosis up to a step, without faults that only minibatches show, since these are not recorded."""
        facts, timeline = self.run.facts, self.timeline
        head = min(until, timeline.head)
        if self._recipe is None:
            values = [
                {term: (x.astype(np.float64), y) for term, (x, y) in found.items()}
                for found in (timeline.loss_values(head), timeline.metric_values(head))
            ]
            found = diagnose(History(name=self.name, losses=values[0], metrics=values[1]))
        else:
            recipe, base, scores = self._recipe, facts.get("base_classes"), facts.get("reference_scores")
            shown = len(base) if isinstance(base, list) and recipe.protocol != "transductive" else len(self.drawn.names)
            shots = recipe.batch_size if recipe.shots is None else recipe.shots * shown
            right = scores.get("teacher_test_accuracy") if isinstance(scores, dict) else None
            history = history_of(
                self.name,
                timeline,
                head,
                recipe,
                rows_in_a_pass=rows_in_a_pass(recipe, shots),
                width=recipe.manifold_dim if recipe.projection == "own" else self.width,
                classes=len(self.drawn.names),
                teacher_error=1 - right if isinstance(right, float) else None,
            )
            found = diagnose(history)
        if self.error is None or until < timeline.head:
            return found
        return (Finding("alarm", "stopped", f"{self.name} stopped: {self.error}"), *found)

    # Pictures

    @cached_property
    def axes(self) -> PCAProjection | None:
        """The axes of the lab that recorded the run; None if it recorded none."""
        try:
            found = axes_of(self.run.facts.get("map_axes"))
        except AMEError:
            return None
        return found if found is not None and len(found.mean) == self.width else None

    def last_rows(self) -> Tensor:
        """(n + M, D) unit features of images and texts at the last recorded step."""
        features = self._features(self.run.feature_steps[-1])
        return torch.cat([F.normalize(features.image.float(), dim=1), F.normalize(features.text.float(), dim=1)])

    def pictures(self, basis: PCAProjection, drawn: Drawn) -> list[Picture]:
        """A picture for each step with features.

        Args:
            basis: the axes.
            drawn: what to draw.

        Raises:
            AMEError: if a step lacks images that are drawn, or a file is damaged.
        """
        found = []
        for step in self.run.feature_steps:
            features = self._features(step)
            rows = _rows(features.ids.numpy(), drawn.ids)
            images = F.normalize(features.image.float()[torch.from_numpy(rows)], dim=1)
            texts = F.normalize(features.text.float(), dim=1)
            logits = features.logit_scale * images @ texts.T
            known = drawn.exact and len(texts) == len(drawn.names)
            found.append(
                Picture(
                    step=step,
                    points=basis.transform(images).astype(np.float32),
                    anchors=basis.transform(_class_rows(features, len(drawn.names), drawn.exact)).astype(np.float32),
                    prediction=logits.argmax(1).int().numpy() if known else np.zeros(0, np.int32),
                    entropy=row_entropy(logits).numpy() if known else np.zeros(0, np.float32),
                    features=images.numpy(),
                )
            )
        return found


def chosen(drawn: Drawn, most: int = MOST_IMAGES) -> Drawn:
    """At most `most` of the images, spread evenly over the classes as in a lab.

    Args:
        drawn: all images.
        most: how many at most.
    """
    ids, labels = torch.from_numpy(drawn.ids), torch.from_numpy(drawn.labels)
    rows = spread_over_classes(torch.arange(len(ids)), labels, most)
    rows = rows[_class_by_class(labels[rows])]
    return Drawn(ids[rows].numpy(), labels[rows].numpy(), drawn.names, drawn.exact)


def common_axes(arms: Sequence[RecordedArm]) -> tuple[PCAProjection, str]:
    """One pair of axes for all arms, and what they are, in words.

    They are the axes of the lab or demo that recorded the first arm, fitted on its teacher; if it recorded none, the
    principal components of all arms' last features.

    Args:
        arms: the arms.
    """
    basis = arms[0].axes
    what = "the teacher's features"
    if basis is None:
        basis = PCAProjection.fit(torch.cat([arm.last_rows() for arm in arms]))
        what = "the last recorded features"
    return basis, f"{float(basis.explained_variance_ratio.sum()):.0%} of the variance of {what} in two axes"


def _recipe_of(run: Run) -> Recipe | None:
    """The recipe with its steering; None if there is none, or another program wrote it."""
    token = run.facts.get("token")
    with suppress(AMEError):
        if isinstance(token, str):
            return Recipe.from_token(token)
    with suppress(AMEError):
        if run.recipe is not None:
            return Recipe.from_dict(run.recipe)
    return None


def _drawn(features: PairedFeatures) -> Drawn:
    """The images of a run's features and their classes, in the order of their ids."""
    order = np.argsort(features.ids.numpy(), kind="stable")
    ids = features.ids.numpy()[order]
    if features.labels is None:
        return Drawn(ids, np.zeros(len(ids), np.int64), ("all images",), exact=False)
    labels, texts = features.labels.numpy(), features.pair_index.numpy()
    if np.array_equal(labels, texts):
        return Drawn(ids, labels[order], tuple(features.texts), exact=True)
    kinds, places = np.unique(labels, return_inverse=True)
    names = tuple(f"class {kind}" for kind in kinds)
    return Drawn(ids, places[order].astype(np.int64), names, exact=False)


def _class_rows(features: PairedFeatures, classes: int, exact: bool) -> Tensor:
    """(C, D): the text of each class, or the mean of its texts."""
    texts = F.normalize(features.text.float(), dim=1)
    if exact:
        return texts
    labels = torch.zeros(len(features.ids), dtype=torch.long)
    if features.labels is not None:
        labels = features.labels.unique(return_inverse=True)[1]
    total = torch.zeros(classes, texts.shape[1]).index_add(0, labels, texts[features.pair_index])
    return total / torch.bincount(labels, minlength=classes)[:, None].clamp(min=1)


def _rows(known: NDArray[Any], wanted: NDArray[Any]) -> NDArray[np.int64]:
    """Where the wanted ids stand among the known ones.

    Raises:
        AMEError: if one of them is missing.
    """
    order = np.argsort(known, kind="stable")
    places = np.searchsorted(known, wanted, sorter=order).clip(max=len(known) - 1)
    rows: NDArray[np.int64] = order[places].astype(np.int64)
    if not np.array_equal(known[rows], wanted):
        raise AMEError("a later step lacks images that were recorded before: record the same images at every step.")
    return rows
