"""Input and output of the diagnosis: the history of a run, and a finding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ame_explore.ame import AMEError, check_choice
from ame_explore.arguments import checked_init
from ame_explore.registry import readings

LEVELS = ("ok", "warn", "alarm")

Array = NDArray[np.float64]
Values = Mapping[str, tuple[Sequence[int] | Array, Sequence[float] | Array]]


@dataclass(frozen=True)
class Finding:
    """One finding of the diagnosis.

    Attributes:
        level: "ok", "warn" or "alarm".
        kind: its short name, the same for every run.
        text: what was seen.
        advice: what to try; empty if there is nothing to mend.
        sensitivity: what such a finding can miss and mistake; may be empty.
    """

    level: Literal["ok", "warn", "alarm"]
    kind: str
    text: str
    advice: str = ""
    sensitivity: str = ""


@checked_init
@dataclass(frozen=True, eq=False)
class History:
    """What is known of one run so far.

    Attributes:
        name: the run's name, used in the sentences.
        losses: term -> (steps, values), two arrays of one length, steps ascending. The diagnosis reads "kd", "H" (of
            the batch, in the reading's unit) and "share.ame".
        metrics: the same form. The diagnosis reads "cosine_with_text" (mean cosine of test images with their class
            text), "feature_norm" (mean length of the student's features before normalization), "new_accuracy",
            "teacher_agreement" and "predictive_entropy".
        batches: the same form, facts about the minibatches under the names of `BatchFacts`.
        reading: the reading of the entropy.
        omega: its current weight.
        rows: number of rows of the matrix M in a batch; 0 if unknown.
        images: how many of these rows are images (the others are texts); 0 if unknown.
        width: number of columns of M; 0 if unknown.
        classes: number of classes.
        teacher_error: share of the test images on which the teacher's answer is not the label; None if unknown.
        ambiguity: current ambiguity of the training images.
        noise: current noise of the training images.

    Raises:
        AMEError: if two arrays differ in length or the reading is unknown.
    """

    name: str
    losses: Values
    metrics: Values = field(default_factory=dict)
    batches: Values = field(default_factory=dict)
    reading: str = "rows"
    omega: float = 0.0
    rows: int = 0
    images: int = 0
    width: int = 0
    classes: int = 0
    teacher_error: float | None = None
    ambiguity: float = 0.0
    noise: float = 0.0

    def __post_init__(self) -> None:
        check_choice("reading", self.reading, readings)
        for kind in ("losses", "metrics", "batches"):
            for name, (steps, values) in getattr(self, kind).items():
                if len(steps) != len(values):
                    raise AMEError(
                        f"{kind}[{name!r}] must be two arrays of one length, got {len(steps)} steps and "
                        f"{len(values)} values."
                    )

    def values(self, name: str) -> tuple[Array, Array]:
        """(steps, values) of a loss or metric, both float64, without non-finite values; empty if unknown."""
        return _finite(self.losses.get(name) or self.metrics.get(name))

    def batch(self, name: str, last: int = 1) -> Array:
        """Values of one fact about the minibatches.

        Args:
            name: a name of `BatchFacts`.
            last: how many of the latest measurements to take.

        Returns:
            Up to `last` float64 values, without non-finite ones; empty if unknown.
        """
        return _finite(self.batches.get(name))[1][-last:]


def _finite(found: tuple[Sequence[int] | Array, Sequence[float] | Array] | None) -> tuple[Array, Array]:
    x, y = (np.asarray(each, np.float64) for each in found or ((), ()))
    return x[np.isfinite(y)], y[np.isfinite(y)]
