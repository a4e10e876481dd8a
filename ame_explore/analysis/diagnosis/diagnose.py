"""What a run suffers from, in words: the histories of its losses, metrics and minibatches in, sentences out.

The thresholds are our choice unless they say where they come from. None of them is a verdict: a sentence says what was
seen, and what it often means.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from ame_explore.ame import Reading
from ame_explore.analysis.diagnosis import batch_findings
from ame_explore.analysis.diagnosis.history import LEVELS, Array, Finding, History
from ame_explore.registry import readings

__all__ = ["LEVELS", "Finding", "History", "diagnose", "together", "waiting"]

_QUIET = {"nothing": "Nothing unusual so far.", "not begun": "No step has been taken yet."}
_FALL = 0.5  # nats that H must have lost to be called falling, where exp(H) counts something
_PART = 0.1  # of the way down, for the other readings
_CLOSER = 0.1  # gain in mean cosine that counts as alignment
_LONGER = 8.0  # times that the features' length may grow
_LOST = 0.1  # accuracy that may be lost from the best
_DROWNED, _HALF, _NOTHING = 0.9, 0.5, 0.01  # AME's share of the gradient norms
_SURE, _WRONG = 0.15, 0.5  # of the largest predictive entropy; accuracy


def diagnose(history: History) -> tuple[Finding, ...]:
    """What is to be noticed in `history`, alarms first; a single "ok" where nothing is."""
    fed = (batch_findings.answers, batch_findings.lengths, batch_findings.copies, batch_findings.temperatures)
    checks = (*fed, _collapse, _length, _share, _new_classes, _teacher, _sure_and_wrong, _kd_rises)
    found = [finding for check in checks if (finding := check(history)) is not None]
    if not found:
        _, kd = history.values("kd")
        kind = "nothing" if len(kd) else "not begun"
        return (Finding("ok", kind, f"{history.name}: {_QUIET[kind]}"),)
    return tuple(sorted(found, key=lambda finding: -LEVELS.index(finding.level)))


def waiting(what: str = "", ended: bool = False) -> tuple[Finding, ...]:
    """What to say while there is no run yet. what: is being prepared. ended: whether the preparation was given up."""
    if ended:
        return (Finding("ok", "waiting", "Nothing to look at: no student was prepared."),)
    doing = f" ({what})" if what else ""
    return (Finding("ok", "waiting", f"Nothing to look at yet: waiting for the preparation{doing}."),)


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
    """H fell to where its reading counts it as collapsed; or, of rows, it fell and nothing was aligned."""
    reading = readings[history.reading]
    _, entropy = history.values("H")
    if not history.omega or len(entropy) < 2:
        return None
    before, end = max(float(entropy[0]), _most(reading, history, entropy)), _end(entropy)
    least = reading.least if math.isfinite(reading.least) else before
    if before - end < (_FALL if reading.counts else _PART * (before - least)) or before <= end:
        return None
    below = least + _PART * (before - least) if reading.collapsed_below is None else reading.collapsed_below
    of_rows, few = reading.counts == "rows", math.exp(min(end, 100.0))
    unit = f" {reading.unit}" if reading.unit else ""
    seen = f"H of the batch fell from {_signed(before)} to {_signed(end)}{unit}"
    if reading.counts:
        seen += f": exp(H) = {few:.1f} {_whose(history) if of_rows else reading.counts} still count"
    _, cosine = history.values("cosine_with_text")
    moved = f"(mean cosine {_signed(cosine[0])} to {_signed(cosine[-1])})" if len(cosine) > 1 else ""
    closer = len(cosine) > 1 and cosine[-1] - cosine[0] > _CLOSER
    if end >= below:
        if not of_rows or closer or not moved:
            return None
        return Finding(
            "warn",
            "H without alignment",
            f"{history.name}: {seen}, and images came no nearer to their texts {moved}. Rows are put aside, images and "
            "texts are not brought together.",
        )
    _, agreement = history.values("teacher_agreement")
    if reading.low_if_right and (closer or (len(agreement) and agreement[-1] > _WRONG)):
        return None
    if closer:
        what = "the softmax over rows" if of_rows else f"H (reading {reading.label})"
        why = "a row score holds no pairing" if of_rows else "a lower H is no proof of it"
        return Finding(
            "warn",
            "collapse",
            f"{history.name}: {what} has collapsed. {seen}. Images did come nearer to their texts {moved}, but that is "
            f"the distillation's work: {why}.",
        )
    known = f", while images came no nearer to their texts {moved}" if moved else ""
    mend = ["lower omega", *(["raise the temperature of H"] if reading.tempered else [])]
    mend += ["bound the scores (unit rows)"] if reading.sees_length else []
    advice = f"{', '.join(mend[:-1])}, or {mend[-1]}" if len(mend) > 1 else mend[0]
    how = f"by {reading.collapse}, not by aligning" if reading.collapse else "and alignment did not follow"
    return Finding("alarm", "collapse", f"{history.name}: collapse. {seen}{known}. Entropy went down {how}: {advice}.")


def _most(reading: Reading, history: History, entropy: Array) -> float:
    """The largest H that a batch can have where exp(H) counts something, else the largest that was seen."""
    known = history.rows and (history.width or reading.counts != "directions")
    if reading.counts and reading.largest is not None and known:
        return reading.largest(history.rows, history.rows - history.images, history.width)
    return float(entropy.max())


def _whose(history: History) -> str:
    """Which rows are counted: those of a batch, while charts count those of all test images."""
    if not history.rows:
        return "rows"
    if not history.images:
        return f"of its {history.rows} rows"
    texts, several = history.rows - history.images, history.images > 1
    whose = f"{history.images} images" if several else "an image alone"
    return f"of {'its' if several else 'the'} {history.rows} rows ({whose} and {texts} texts)"


def _length(history: History) -> Finding | None:
    _, norm = history.values("feature_norm")
    if batch_findings.lengths(history) is not None:
        return None  # the cause is told, and this is what comes of it
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
    images, fits = history.batch("images", 4).sum(), history.batch("fits", 4).sum()
    cause = "What it is told may not belong to what it is shown: look at pairs and labels."
    if images and batch_findings.answers(history) is None:
        cause = (
            f"It is told the right things (answers fit {fits / images:.0%} of the labels of the last training rows): "
            "it has not learned them yet, or cannot. Look at steps, learning rate and student."
        )
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
        f"{math.log(history.classes):.2f} nats, yet only {agreement[-1]:.0%} of its answers to the test images, those "
        "of new classes among them, are the teacher's.",
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
