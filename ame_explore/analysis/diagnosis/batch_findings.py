"""Findings on the minibatches: contradicting answers, row lengths, copies and mismatched temperatures.

Each check reads measurements (`BatchFacts`), never which fault was switched on. Thresholds that are not derived are
marked as our choice.

Not detected, because the measurements do not show it:

- a wrong temperature of H: `spectral` and `alignment` use none, and with `predictive` every temperature is a valid
  choice until H itself shows the fault
- wrong labels where the teacher makes the same mistake, or that are as frequent among the test images
- copies that differ in any pixel, and copies that rarely meet in a batch and make up less than a tenth of the images

Shuffled answers look the same as answers that are all wrong.
"""

from __future__ import annotations

import math

from ame_explore.analysis.diagnosis.history import Finding, History
from ame_explore.registry import readings

_LAST = 4  # measurements read together; in a lab they span 20 steps
_MANY = 0.1  # share of rows that contradict their label (our choice)
_ENOUGH = 8  # fewest rows on which their order is judged (our choice)
_CHANCE = math.log(1000)  # the teacher's own errors cause at most one false finding in 1000
_LEAST_ERROR = 0.02  # smallest error assumed of a teacher; a few hundred test images cannot show less
_RANDOM = 0.25  # fraction of the way from a random order of the answers to the best one (our choice)
_UNIT = 1e-3  # tolerance on the length of a unit row: far above rounding, far below what matters
_COPIES = 0.1  # share of the rows (our choice)
_APART = 8.0  # ratio of the two sides' logit spreads; healthy runs stayed below 6


def answers(history: History) -> Finding | None:
    """The teacher's answer contradicts the label more often than its errors on test images explain.

    A teacher that is wrong on a third of the test images is expected to contradict a third of the training labels, too:
    that was known before training and is no finding.

    For a teacher with error e, k or more contradictions in n rows have probability at most exp(-n kl(k/n, e))
    (Chernoff).
    """
    images, fits = history.batch("images", _LAST).sum(), history.batch("fits", _LAST).sum()
    if not images or fits > images:
        return None
    wrong = float(images - fits)
    share, error = wrong / images, history.teacher_error or 0.0
    unlikely = images * _divergence(share, max(error, _LEAST_ERROR)) >= _CHANCE
    if share < _MANY or not (share > error and unlikely):
        return None
    seen = (
        f"{history.name}: the teacher's answer contradicts the image's label on {wrong:.0f} of the last {images:.0f} "
        f"training rows checked ({share:.0%}"
    )
    seen += ")" if history.teacher_error is None else f"; on test images {error:.0%})"
    by_chance, reordered = history.batch("fits_by_chance", _LAST).sum(), history.batch("fits_reordered", _LAST).sum()
    # Nearly identical answers do not reveal their order.
    tells = images >= _ENOUGH and reordered - by_chance > 0.2 * images
    if tells and fits - by_chance < _RANDOM * (reordered - by_chance):
        return Finding(
            "alarm",
            "pairs",
            f"{seen}. That is no better than chance: {fits:.0f} answers fit their label, where a random order would "
            f"give {by_chance:.0f} and the best order {reordered:.0f}. The answers look shuffled: check that images "
            "and answers are in the same order.",
        )
    if history.ambiguity or history.noise:
        dials = [f"{name} {value:g}" for name, value in _dials(history).items() if value]
        return Finding(
            "warn",
            "labels",
            f"{seen}. Training images have {' and '.join(dials)}, which makes them harder than the test images. The "
            "student learns the wrong answers too: reduce this and see what remains.",
        )
    return Finding(
        "warn",
        "labels",
        f"{seen}. The teacher's error rate does not explain that: answers or labels of the training images are noisy, "
        "and the student learns the wrong ones too. Inspect these rows, leave them out, or recompute the answers.",
    )


def lengths(history: History) -> Finding | None:
    """The student's rows do not have unit length, although the losses treat scalar products as cosines."""
    shortest, longest = history.batch("shortest"), history.batch("longest")
    if not len(shortest) or not len(longest) or max(1 - shortest[-1], longest[-1] - 1) <= _UNIT:
        return None
    reads = ""
    if history.omega and readings[history.reading].sees_length:
        reads = ", and so does a row's score in H"
    return Finding(
        "warn",
        "normalization",
        f"{history.name}: the student's rows have lengths from {shortest[-1]:.2g} to {longest[-1]:.2g}, but the losses "
        f"expect unit rows. The scalar products are not cosines: they grow with length, whatever the direction{reads}. "
        "Divide the features by their norm before the loss.",
    )


def copies(history: History) -> Finding | None:
    """Some images occur more than once in a batch or among the training images."""
    images, distinct = history.batch("images", _LAST).sum(), history.batch("distinct", _LAST).sum()
    if images and distinct and images - distinct >= _COPIES * images:
        now, left = history.batch("images")[-1], history.batch("distinct")[-1]
        return Finding(
            "warn",
            "copies",
            f"{history.name}: only {left:.0f} of the {now:.0f} images in the batch are distinct, the rest are copies. "
            f"{_of_copies(history, left)} Look for duplicates in the data, or for a sampler that draws with "
            "replacement.",
        )
    shots, differ = history.batch("shots"), history.batch("distinct_shots")
    if len(shots) and len(differ) and shots[-1] - differ[-1] >= _COPIES * shots[-1] > 0:
        return Finding(
            "warn",
            "copies",
            f"{history.name}: only {differ[-1]:.0f} of the {shots[-1]:.0f} training images are distinct, the rest are "
            "copies, so there is less to learn from than the number suggests. Remove the copies.",
        )
    return None


def _of_copies(history: History, distinct: float) -> str:
    """How copies affect the current reading of H."""
    alike = history.batch("most_alike")
    if not history.omega or history.images < 2 or not len(alike):
        return f"Each step learns from {distinct:.0f} images, whatever the batch size."
    counts = readings[history.reading].counts
    if counts == "rows" and alike[-1] > 1:
        return (
            f"Copies have equal scores, so none of them can win alone: while {alike[-1]:.0f} copies lead, H stays "
            f"above log {alike[-1]:.0f} = {math.log(alike[-1]):.2f} nats."
        )
    most = distinct + history.rows - history.images
    if counts == "directions" and most > 0:
        return (
            f"H cannot exceed the log of the number of distinct rows of M, log {most:.0f} = {math.log(most):.2f} nats."
        )
    return f"The entropy term and distillation see only {distinct:.0f} images, some of them repeatedly."


def temperatures(history: History) -> Finding | None:
    """The student's and the teacher's logits differ so much in spread that unit rows can never agree."""
    teacher, student = history.batch("teacher_spread", _LAST), history.batch("student_spread", _LAST)
    if not len(teacher) or not len(student) or teacher.mean() <= 0 or student.mean() <= 0:
        return None
    if any(abs(history.batch(name)[-1:] - 1).max(initial=0) > _UNIT for name in ("shortest", "longest")):
        return None  # row lengths change the spread and have a finding of their own
    if answers(history) is not None:
        return None  # contradictory answers make a student's logits flat
    ratio = float(student.mean() / teacher.mean())
    if 1 / _APART <= ratio <= _APART:
        return None
    flat = ratio < 1
    return Finding(
        "warn",
        "temperature",
        f"{history.name}: after division by their temperatures, the student's logits have a standard deviation of "
        f"{student.mean():.2g} over the classes, the teacher's {teacher.mean():.2g}. Unit rows cannot make up for a "
        f"factor of {1 / ratio if flat else ratio:.0f}: the student's temperature looks too "
        f"{'high' if flat else 'low'}. Use the same τ for both.",
    )


def _dials(history: History) -> dict[str, float]:
    return {"ambiguity": history.ambiguity, "noise": history.noise}


def _divergence(p: float, q: float) -> float:
    """kl(p, q) of two Bernoulli variables, nats; q in (0, 1)."""
    q = min(q, 1 - 1e-9)
    return sum(a * math.log(a / b) for a, b in ((p, q), (1 - p, 1 - q)) if a > 0)
