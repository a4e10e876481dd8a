"""What a run suffers from, in words: the histories of its losses and metrics in, sentences out.

The thresholds are our choice. None of them is a verdict: a sentence says what was seen, and what it often means.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ame_explore.ame import DEFAULT_OMEGA, AMEError, check_choice

FEW_ROWS = 3.0  # exp(H) below which a softmax over rows has all but collapsed
ROW_READINGS = ("rows", "random_direction")  # whose exp(H) is a number of rows
LEVELS = ("ok", "warn", "alarm")

_QUIET = {"nothing": "Nothing unusual so far.", "not begun": "No step has been taken yet."}
_FALL = 0.5  # nats that H must have lost to be called falling
_CLOSER = 0.1  # gain in mean cosine that counts as alignment
_LONGER = 8.0  # times that the features' length may grow
_LOST = 0.1  # accuracy that may be lost from the best
_DROWNED, _HALF, _NOTHING = 0.9, 0.5, 0.01  # AME's share of the gradient norms
_SURE, _WRONG = 0.15, 0.5  # of the largest predictive entropy; accuracy

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Finding:
    """One thing noticed. level: "ok", "warn" or "alarm". kind: a name for it. text: a sentence for the reader."""

    level: str
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
        reading: of the entropy. omega: its weight now. rows: of the matrix M in a batch. classes: their number.

    Raises `AMEError` for arrays of different lengths and an unknown reading.
    """

    name: str
    losses: Mapping[str, tuple[Sequence[int] | Array, Sequence[float] | Array]]
    metrics: Mapping[str, tuple[Sequence[int] | Array, Sequence[float] | Array]] = field(default_factory=dict)
    reading: str = "rows"
    omega: float = 0.0
    rows: int = 0
    classes: int = 0

    def __post_init__(self) -> None:
        check_choice("reading", self.reading, DEFAULT_OMEGA)
        for kind in ("losses", "metrics"):
            for name, (steps, values) in getattr(self, kind).items():
                if len(steps) != len(values):
                    raise AMEError(
                        f"{kind}[{name!r}] must be two arrays of one length, got {len(steps)} steps and "
                        f"{len(values)} values."
                    )

    def values(self, name: str) -> tuple[Array, Array]:
        """(steps, values) of a loss or a metric, both float64, what is not finite left out; empty if unknown."""
        steps, values = self.losses.get(name) or self.metrics.get(name) or ((), ())
        x, y = np.asarray(steps, np.float64), np.asarray(values, np.float64)
        return x[np.isfinite(y)], y[np.isfinite(y)]


def diagnose(history: History) -> tuple[Finding, ...]:
    """What is to be noticed in `history`, alarms first; a single "ok" where nothing is."""
    checks = (_collapse, _length, _share, _new_classes, _teacher, _sure_and_wrong, _kd_rises)
    found = [finding for check in checks if (finding := check(history)) is not None]
    if not found:
        _, kd = history.values("kd")
        kind = "nothing" if len(kd) else "not begun"
        return (Finding("ok", kind, f"{history.name}: {_QUIET[kind]}"),)
    return tuple(sorted(found, key=lambda finding: -LEVELS.index(finding.level)))


def together(found: Mapping[str, Sequence[Finding]]) -> tuple[Finding, ...]:
    """The findings of several runs, by their names: alarms first, one sentence for all that have nothing to tell."""
    told = sorted(
        (one for each in found.values() for one in each if one.kind not in _QUIET),
        key=lambda one: -LEVELS.index(one.level),
    )
    for kind, text in _QUIET.items():
        names = [name for name, each in found.items() if any(one.kind == kind for one in each)]
        if names:
            whose = "" if len(names) == len(found) else ", ".join(names) + ": "
            told.append(Finding("ok", kind, whose + text))
    return tuple(told)


def _collapse(history: History) -> Finding | None:
    """H falls, alignment does not, and few rows still count."""
    _, entropy = history.values("H")
    if history.reading not in ROW_READINGS or not history.omega:
        return None
    if len(entropy) < 2:
        return None
    few = math.exp(min(_end(entropy), 100.0))
    most = math.log(history.rows) if history.rows else float(entropy.max())
    before = max(float(entropy[0]), most)
    if before - _end(entropy) < _FALL:
        return None
    count = f" of {history.rows}" if history.rows else ""
    seen = f"H fell from {before:.2f} to {_end(entropy):.2f} nats: exp(H) = {few:.1f} rows{count} still count"
    _, cosine = history.values("cosine_with_text")
    if few >= FEW_ROWS:
        if len(cosine) < 2 or cosine[-1] - cosine[0] > _CLOSER:
            return None
        return Finding(
            "warn",
            "H without alignment",
            f"{history.name}: {seen}, and images came no nearer to their texts (mean cosine {_signed(cosine[0])} to "
            f"{_signed(cosine[-1])}). Rows are put aside, images and texts are not brought together.",
        )
    if len(cosine) > 1 and cosine[-1] - cosine[0] > _CLOSER:
        return Finding(
            "warn",
            "collapse",
            f"{history.name}: the softmax over rows has collapsed. {seen}. Images did come nearer to their texts (mean "
            f"cosine {_signed(cosine[0])} to {_signed(cosine[-1])}), but that is the distillation's work: a row score "
            "holds no pairing.",
        )
    known = ""
    if len(cosine) > 1:
        known = (
            f", while images came no nearer to their texts (mean cosine {_signed(cosine[0])} to {_signed(cosine[-1])})"
        )
    return Finding(
        "alarm",
        "collapse",
        f"{history.name}: collapse. {seen}{known}. Entropy went down by letting one row win, "
        "not by aligning: lower omega, or bound the scores (unit rows).",
    )


def _length(history: History) -> Finding | None:
    _, norm = history.values("feature_norm")
    if len(norm) < 2 or norm[0] <= 0 or norm[-1] < _LONGER * norm[0]:
        return None
    return Finding(
        "warn",
        "length",
        f"{history.name}: the student's features grew {norm[-1] / norm[0]:.0f} times as long ({norm[0]:.2g} to "
        f"{norm[-1]:.2g}). A loss that rewards length lacks a normalization.",
    )


def _share(history: History) -> Finding | None:
    _, share = history.values("share.ame")
    if not history.omega or not len(share):
        return None
    now = float(np.median(share[-3:]))
    if now > _DROWNED:
        return Finding(
            "warn",
            "drowned",
            f"{history.name}: AME has {now:.0%} of the gradient at the student's features: distillation is drowned. "
            "Lower omega.",
        )
    if now < _NOTHING:
        return Finding(
            "warn",
            "no push",
            f"{history.name}: AME has {now:.1%} of the gradient at the student's features: omega stands in the loss, "
            "and next to nothing of it reaches the student.",
        )
    return None


def _new_classes(history: History) -> Finding | None:
    steps, accuracy = history.values("new_accuracy")
    if len(accuracy) < 2 or accuracy.max() - accuracy[-1] < _LOST:
        return None
    best = int(accuracy.argmax())
    return Finding(
        "warn",
        "new classes",
        f"{history.name}: accuracy on new classes is {accuracy[-1]:.0%}, down from {accuracy[best]:.0%} at step "
        f"{steps[best]:.0f}: what the student gains on base classes it pays for there.",
    )


def _teacher(history: History) -> Finding | None:
    """The student does not come to agree with its teacher."""
    steps, agreement = history.values("teacher_agreement")
    if len(agreement) < 3 or not history.classes or agreement[-1] - agreement[0] >= _LOST or agreement[-1] > _WRONG:
        return None
    _, share = history.values("share.ame")
    cause = "What it is told may not belong to what it is shown: look at pairs and labels."
    if history.omega and len(share) and np.median(share[-5:]) > _HALF:
        pull = np.median(share[-5:])
        cause = f"AME pulls with {pull:.0%} of the gradient: a smaller omega leaves more to the teacher."
    return Finding(
        "warn",
        "teacher",
        f"{history.name}: after {steps[-1]:.0f} steps student and teacher name the same class on {agreement[-1]:.0%} "
        f"of the test images ({agreement[0]:.0%} at the start; chance is {1 / history.classes:.0%}). {cause}",
    )


def _sure_and_wrong(history: History) -> Finding | None:
    _, entropy = history.values("predictive_entropy")
    _, agreement = history.values("teacher_agreement")
    if not len(entropy) or not len(agreement) or history.classes < 2 or len(entropy) < 2:
        return None
    if entropy[-1] > _SURE * math.log(history.classes) or agreement[-1] > _WRONG:
        return None
    return Finding(
        "warn",
        "sure and wrong",
        f"{history.name}: sure and wrong. Predictive entropy is {entropy[-1]:.2f} of at most "
        f"{math.log(history.classes):.2f} nats, yet only {agreement[-1]:.0%} of its answers are the teacher's.",
    )


def _kd_rises(history: History) -> Finding | None:
    _, kd = history.values("kd")
    if len(kd) < 20:
        return None
    early, late = float(kd[:5].mean()), float(kd[-5:].mean())
    if late <= early + 0.2 * abs(early):
        return None
    return Finding(
        "warn",
        "kd rises",
        f"{history.name}: the distillation loss rose from {early:.3g} to {late:.3g}: the student moves away from its "
        "teacher.",
    )


def _end(values: Array) -> float:
    """The last few values' median: one batch is noisy."""
    return float(np.median(values[-3:]))


def _signed(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")
