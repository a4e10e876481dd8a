"""For each kind of finding: what to try, and how sensitive the check is.

The thresholds are those of the checks, which are our choice where they are not derived there.
"""

from __future__ import annotations

from dataclasses import replace

from ame_explore.analysis.diagnosis.history import Finding

# kind -> (what to try, what the check can miss or mistake)
_STATED: dict[str, tuple[str, str]] = {
    "pairs": (
        "switch off “shuffled pairs”, or compare a few images with the answers that they are taught.",
        "Sensitivity: needs at least 8 rows. Answers that are shuffled within one class are not seen.",
    ),
    "labels": (
        "look at the rows that contradict their label; train without them and compare.",
        "Sensitivity: from 10 % of the rows on, and only beyond what the teacher's errors on test images explain "
        "(wrong at most once in 1,000 checks). Labels that are as noisy in the test images are not seen.",
    ),
    "normalization": (
        "divide the student's features by their norm before the losses.",
        "Sensitivity: any length that is off by more than 0.1 %.",
    ),
    "copies": (
        "remove the copies, or draw each image once per batch.",
        "Sensitivity: from 10 % of the rows on. Copies that differ in a single pixel are not seen.",
    ),
    "temperature": (
        "use the same τ for teacher and student.",
        "Sensitivity: from a factor of 8 between the two spreads on; in healthy runs it stayed below 6.",
    ),
    "collapse": (
        "lower ω, or choose another reading; then compare the score with that of KD alone.",
        "Sensitivity: H below the threshold of its reading after a fall of 0.5 nats or more. AME's own projections can "
        "solve H by themselves: where less than 10 % of the gradient came from AME, that is no fault.",
    ),
    "H without alignment": (
        "choose the predictive reading, whose H is about answers rather than rows.",
        "Sensitivity: H must have fallen by 0.5 nats; a gain of less than 0.1 in the mean cosine counts as none.",
    ),
    "length": (
        "normalize the features, or give AME unit features.",
        "Sensitivity: from 8 times the first length on.",
    ),
    "drowned": (
        "lower ω until AME's share stays below a half.",
        "Sensitivity: a share above 90 % in the median of the last three measurements.",
    ),
    "no push": (
        "raise ω, or let AME use the student's own features (projection host).",
        "Sensitivity: a share below 1 % in the median of the last three measurements, and never above 10 %.",
    ),
    "new classes": (
        "stop earlier, lower the learning rate, or lower ω.",
        "Sensitivity: from 10 points below the best measurement on; with few test images chance moves a score by some "
        "points.",
    ),
    "teacher": (
        "check pairs and labels, then train for longer or at another learning rate.",
        "Sensitivity: agreement below a half that has risen by less than 2 points. A slow start looks the same.",
    ),
    "sure and wrong": (
        "raise the student's temperature, and see whether it agrees with its teacher on the training images.",
        "Sensitivity: entropy below 15 % of its maximum, and agreement below a half.",
    ),
    "kd rises": (
        "lower the learning rate, or lower ω.",
        "Sensitivity: the mean of the last five losses is 20 % above that of the first five. Dials that make images "
        "harder raise the loss, too.",
    ),
}


def advised(finding: Finding) -> Finding:
    """The finding with what to try and how sensitive its check is, where that is stated for its kind.

    Args:
        finding: a finding.
    """
    advice, sensitivity = _STATED.get(finding.kind, ("", ""))
    return replace(finding, advice=advice, sensitivity=sensitivity)
