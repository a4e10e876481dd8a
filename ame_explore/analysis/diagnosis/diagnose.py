"""The diagnosis of a run: reads the histories of its losses, metrics and minibatches and writes sentences.

The thresholds are our choice unless a comment gives a source. A finding is not a verdict: it says what was measured
and what that often means.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from ame_explore.ame import Reading
from ame_explore.analysis.diagnosis import batch_findings
from ame_explore.analysis.diagnosis.advice import advised
from ame_explore.analysis.diagnosis.history import LEVELS, Array, Finding, History
from ame_explore.arguments import checked
from ame_explore.quantities import number
from ame_explore.registry import readings

__all__ = ["LEVELS", "Finding", "History", "diagnose", "together", "waiting"]

_QUIET = {"nothing": "Nothing unusual so far.", "not begun": "No step has been taken yet."}
_FALL = 0.5  # nats by which H must fall, for readings whose exp(H) counts something
_PART = 0.1  # fraction of its range by which H must fall, for the other readings
_CLOSER = 0.1  # gain in mean cosine that counts as alignment
_LONGER = 8.0  # factor by which the features' length may grow
_LOST = 0.1  # accuracy that may be lost from the best
_DROWNED, _HALF, _PUSHED, _NOTHING = 0.9, 0.5, 0.1, 0.01  # AME's share of the gradient norms
_RISEN = 0.02  # by which the agreement with the teacher must have risen to count as rising
_SURE, _WRONG = 0.15, 0.5  # share of the largest predictive entropy; agreement with the teacher


@checked
def diagnose(history: History) -> tuple[Finding, ...]:
    """Run every check on a history.

    Args:
        history: what is known of the run so far.

    Returns:
        The findings, alarms first; a single "ok" finding if there are none.
    """
    fed = (batch_findings.answers, batch_findings.lengths, batch_findings.copies, batch_findings.temperatures)
    checks = (*fed, _collapse, _length, _share, _new_classes, _teacher, _sure_and_wrong, _kd_rises)
    found = [finding for check in checks if (finding := check(history)) is not None]
    if not found:
        _, kd = history.values("kd")
        kind = "nothing" if len(kd) else "not begun"
        return (Finding("ok", kind, f"{history.name}: {_QUIET[kind]}"),)
    return tuple(map(advised, sorted(found, key=lambda finding: -LEVELS.index(finding.level))))


def waiting(what: str = "", ended: bool = False) -> tuple[Finding, ...]:
    """The finding to show while there is no run yet.

    Args:
        what: what is being prepared, for the sentence; may be empty.
        ended: whether the preparation was given up.

    Returns:
        One "ok" finding.
    """
    if ended:
        return (Finding("ok", "waiting", "Nothing to look at: no student was prepared."),)
    doing = f" ({what})" if what else ""
    return (Finding("ok", "waiting", f"Nothing to look at yet: waiting for the preparation{doing}."),)


def together(found: Mapping[str, Sequence[Finding]]) -> tuple[Finding, ...]:
    """Merge the findings of several runs.

    Args:
        found: name of the run -> its findings.

    Returns:
        Alarms first; the runs without a finding share one sentence.
    """
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
    """H fell below its reading's threshold for collapse; or H of rows fell without alignment."""
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
    seen = f"H of the batch fell from {number(before, 2)} to {number(end, 2)}{unit}"
    if reading.counts:
        seen += f": exp(H) = {few:.1f} {_whose(history) if of_rows else reading.counts} still count"
    _, cosine = history.values("cosine_with_text")
    moved = f"(mean cosine {number(cosine[0], 2)} to {number(cosine[-1], 2)})" if len(cosine) > 1 else ""
    closer = len(cosine) > 1 and cosine[-1] - cosine[0] > _CLOSER
    if end >= below:
        if not of_rows or closer or not moved:
            return None
        return Finding(
            "warn",
            "H without alignment",
            f"{history.name}: {seen}, but images came no closer to their texts {moved}. H falls because rows drop out "
            "of the softmax, not because images and texts align.",
        )
    _, agreement = history.values("teacher_agreement")
    if reading.low_if_right and (closer or (len(agreement) and agreement[-1] > _WRONG)):
        return None
    _, share = history.values("share.ame")
    if len(share) and share.max() < _PUSHED:
        return Finding(
            "ok",
            "solved alone",
            f"{history.name}: {seen}. AME's projections did that by themselves: at most {share.max():.1%} of the "
            "gradient at the student's features came from AME, so the student is as distillation leaves it.",
        )
    if closer:
        what = "the softmax over rows" if of_rows else f"H (reading {reading.label})"
        why = "row scores say nothing about pairs" if of_rows else "a lower H is no proof of alignment"
        return Finding(
            "alarm",
            "collapse",
            f"{history.name}: {what} has collapsed. {seen}. Images did come closer to their texts {moved}, but "
            f"distillation did that: {why}.",
        )
    known = f", while images came no closer to their texts {moved}" if moved else ""
    mend = ["Lower omega", *(["raise the temperature of H"] if reading.tempered else [])]
    mend += ["bound the scores (unit rows)"] if reading.sees_length else []
    advice = f"{', '.join(mend[:-1])}, or {mend[-1]}" if len(mend) > 1 else mend[0]
    how = f"by {reading.collapse}, not by alignment" if reading.collapse else "without alignment"
    return Finding("alarm", "collapse", f"{history.name}: collapse. {seen}{known}. Entropy went down {how}. {advice}.")


def _most(reading: Reading, history: History, entropy: Array) -> float:
    """The largest H possible in a batch if exp(H) counts something, else the largest value seen."""
    known = history.rows and (history.width or reading.counts != "directions")
    if reading.counts and reading.largest is not None and known:
        return reading.largest(history.rows, history.rows - history.images, history.width)
    return float(entropy.max())


def _whose(history: History) -> str:
    """Which rows exp(H) counts: those of a batch, whereas charts count those of all test images."""
    if not history.rows:
        return "rows"
    if not history.images:
        return f"of its {history.rows} rows"
    texts, several = history.rows - history.images, history.images > 1
    whose = f"{history.images} images" if several else "1 image"
    return f"of {'its' if several else 'the'} {history.rows} rows ({whose} and {texts} texts)"


def _length(history: History) -> Finding | None:
    _, norm = history.values("feature_norm")
    if batch_findings.lengths(history) is not None:
        return None  # that finding names the cause
    if len(norm) < 2 or norm[0] <= 0 or norm[-1] < _LONGER * norm[0]:
        return None
    return Finding(
        "warn",
        "length",
        f"{history.name}: the student's features became {norm[-1] / norm[0]:.0f} times as long ({norm[0]:.2g} to "
        f"{norm[-1]:.2g}). Some loss rewards length: a normalization is missing.",
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
            f"{history.name}: AME makes up {now:.0%} of the gradient at the student's features and drowns out "
            "distillation.",
        )
    if now < _NOTHING <= _PUSHED <= float(share.max()):
        steps, _ = history.values("share.ame")
        return Finding(
            "ok",
            "push spent",
            f"{history.name}: AME's push on the student is over. It made up {share.max():.0%} of the gradient at step "
            f"{steps[int(share.argmax())]:.0f} and makes up {now:.1%} now. The effect of the earlier steps remains.",
        )
    if now < _NOTHING:
        return Finding(
            "warn",
            "no push",
            f"{history.name}: AME makes up only {now:.1%} of the gradient at the student's features: omega is not 0, "
            "but the entropy term has almost no effect on the student.",
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
        f"{steps[best]:.0f}: the student gains on base classes at the expense of new ones.",
    )


def _teacher(history: History) -> Finding | None:
    """The student's agreement with its teacher does not grow.

    A student whose backbone knows the classes already agrees from the start, and gains slowly: that is no finding.
    """
    steps, agreement = history.values("teacher_agreement")
    if len(agreement) >= 3 and agreement[-2:].mean() - agreement[:2].mean() > _RISEN:
        return None
    if len(agreement) < 3 or not history.classes or agreement[-1] - agreement[0] >= _LOST or agreement[-1] > _WRONG:
        return None
    _, share = history.values("share.ame")
    images, fits = history.batch("images", 4).sum(), history.batch("fits", 4).sum()
    cause = "The answers may not belong to the images: check pairs and labels."
    if images and batch_findings.answers(history) is None:
        cause = (
            f"The teacher's answers fit {fits / images:.0%} of the labels of the last training rows, so the student "
            "has not learned them yet, or cannot. Check the number of steps, the learning rate and the student model."
        )
    if history.omega and len(share) and np.median(share[-5:]) > _HALF:
        pull = np.median(share[-5:])
        cause = f"AME makes up {pull:.0%} of the gradient: a smaller omega leaves more to the teacher."
    return Finding(
        "warn",
        "teacher",
        f"{history.name}: after {steps[-1]:.0f} steps, student and teacher predict the same class on "
        f"{agreement[-1]:.0%} of the test images ({agreement[0]:.0%} at the start; chance is "
        f"{1 / history.classes:.0%}). {cause}",
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
        f"{history.name}: confident but wrong. Predictive entropy is {entropy[-1]:.2f} of at most "
        f"{math.log(history.classes):.2f} nats, yet the student agrees with its teacher on only {agreement[-1]:.0%} of "
        "the test images (new classes included).",
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
        f"{history.name}: the distillation loss rose from {early:.3g} to {late:.3g}: the student is moving away from "
        "its teacher.",
    )


def _end(values: Array) -> float:
    """Median of the last three values, since a single batch is noisy."""
    return float(np.median(values[-3:]))
