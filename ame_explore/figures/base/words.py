"""What the recorded numbers are called in front of a reader, in which unit they come, and which way is good."""

from __future__ import annotations

import math
from dataclasses import dataclass

NOTHING = "no difference seen"


@dataclass(frozen=True)
class MetricWords:
    """Words for one metric.

    Attributes:
        label: its name.
        meaning: a sentence for somebody who has not met it.
        better: +1 where higher is better, -1 where lower is, 0 where neither is claimed.
        unit: "nats" or none.
        fine: whether small values are to be shown with two significant digits.
    """

    label: str
    meaning: str
    better: int = 0
    unit: str = ""
    fine: bool = False

    @property
    def label_with_unit(self) -> str:
        """The label, and the unit in parentheses where there is one."""
        return f"{self.label} ({self.unit})" if self.unit else self.label


METRICS = {
    "harmonic_mean": MetricWords(
        "harmonic mean",
        "2BN / (B + N) of base and new accuracy: high only if both are. The figure the papers report.",
        1,
    ),
    "base_accuracy": MetricWords(
        "base accuracy", "Share of right answers on test images of base classes, chosen among the base classes.", 1
    ),
    "new_accuracy": MetricWords(
        "new accuracy",
        "The same on classes of which the student saw no image in distillation, chosen among the new classes.",
        1,
    ),
    "ambiguous_harmonic_mean": MetricWords(
        "ambiguous harmonic mean", "The harmonic mean on test images blended towards a neighbouring class.", 1
    ),
    "ambiguous_base_accuracy": MetricWords(
        "ambiguous base accuracy", "Base accuracy on test images blended towards a neighbouring class.", 1
    ),
    "ambiguous_new_accuracy": MetricWords(
        "ambiguous new accuracy", "New accuracy on test images blended towards a neighbouring class.", 1
    ),
    "teacher_agreement": MetricWords(
        "agreement with teacher", "Share of test images on which student and teacher name the same class.", 1
    ),
    "ece": MetricWords(
        "calibration error (ECE)",
        "Mean distance between confidence and accuracy over 15 bins of confidence; 0 is perfectly calibrated.",
        -1,
    ),
    "predictive_entropy": MetricWords(
        "predictive entropy",
        "Mean entropy of the student's class probabilities: 0 is sure, log C knows nothing. Sure is not right.",
        unit="nats",
    ),
    "H": MetricWords("entropy H", "The entropy that AME minimizes, as its reading defines it.", unit="nats", fine=True),
    "H_deficit": MetricWords(
        "entropy deficit, max \u2212 H",
        "How far H lies below its maximum: 0 is uniform. H itself may change by little beside its size.",
        unit="nats",
        fine=True,
    ),
    "modality_gap": MetricWords(
        "modality gap", "Distance between the centre of the images' and of the texts' unit features, from 0 to 2."
    ),
}

TERMS = {
    "total": "total loss",
    "kd": "distillation loss (KD)",
    "ame": "entropy term \u03c9H",
    "feature": "feature distance",
    "logits": "logit distance",
}


def metric_words(name: str) -> MetricWords:
    """The words for `name`; a metric that a foreign loop made up keeps its own name, and no direction is claimed."""
    return METRICS.get(name) or MetricWords(name.replace("_", " "), "")


def term_words(name: str) -> str:
    """The words for a loss term."""
    return TERMS.get(name, name.replace("_", " "))


def verdict_words(name: str, low: float, high: float) -> str:
    """What the interval [low, high] of a paired change says about metric `name`.

    "better" and "worse" only where the metric has a good direction, else "higher" and "lower".
    """
    if math.isnan(low) or math.isnan(high):
        return "one seed: no interval"
    if low <= 0 <= high:
        return NOTHING
    rises = low > 0
    direction = metric_words(name).better
    if direction == 0:
        return "higher" if rises else "lower"
    return "better" if rises == (direction > 0) else "worse"
