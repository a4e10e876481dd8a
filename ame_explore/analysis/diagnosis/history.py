"""What a diagnosis reads of one run, and what it says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ame_explore.ame import AMEError, check_choice
from ame_explore.registry import readings

LEVELS = ("ok", "warn", "alarm")

Array = NDArray[np.float64]
Values = Mapping[str, tuple[Sequence[int] | Array, Sequence[float] | Array]]


@dataclass(frozen=True)
class Finding:
    """One thing noticed. level: "ok", "warn" or "alarm". kind: a name for it. text: a sentence for the reader."""

    level: Literal["ok", "warn", "alarm"]
    kind: str
    text: str


@dataclass(frozen=True, eq=False)
class History:
    """What is known of one run so far.

    Attributes:
        name: of the run, for the sentences.
        losses: term -> (steps, values), two arrays of one length, steps ascending; "kd", "H" (nats, of the batch) and
            "share.ame" are read.
        metrics: likewise; "cosine_with_text" (mean cosine of test images with their class text), "feature_norm" (mean
            length of the student's features before normalization), "new_accuracy", "teacher_agreement" and
            "predictive_entropy" are read.
        batches: likewise, what minibatches were like, by the names of `BatchFacts`.
        reading: of the entropy. omega: its weight now.
        rows: of the matrix M in a batch. images: how many of them are images, the others are texts; 0: not known.
        width: of M; 0: not known.
        classes: their number.
        teacher_error: share of the test images to which the teacher's answer is not the label; None: not known.
        ambiguity, noise: of the training images now.

    Raises `AMEError` for arrays of different lengths and an unknown reading.
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
        """(steps, values) of a loss or a metric, both float64, what is not finite left out; empty if unknown."""
        return _finite(self.losses.get(name) or self.metrics.get(name))

    def batch(self, name: str, last: int = 1) -> Array:
        """What was noted of the last few minibatches; empty if nothing was."""
        return _finite(self.batches.get(name))[1][-last:]


def _finite(found: tuple[Sequence[int] | Array, Sequence[float] | Array] | None) -> tuple[Array, Array]:
    x, y = (np.asarray(each, np.float64) for each in found or ((), ()))
    return x[np.isfinite(y)], y[np.isfinite(y)]
