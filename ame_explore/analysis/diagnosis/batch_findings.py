"""What is wrong with what a run is fed, seen in its minibatches: answers, lengths, copies, temperatures.

Each check reads what was measured (`BatchFacts`), never which fault was switched on. Where a threshold is not derived
it is our choice, and says so.

What leaves no trace is not told of: a wrong temperature of H in `spectral` and `alignment`, which have none, and in
`predictive`, where it is a choice as good as another until H itself shows it; labels that are wrong where the teacher
is wrong in the same way; copies that are not alike pixel by pixel, or seldom meet in a batch and are fewer than one
in ten of the training images. Shuffled answers and answers that are all wrong look alike.
"""

from __future__ import annotations

import math

from ame_explore.analysis.diagnosis.history import Finding, History
from ame_explore.registry import readings

_LAST = 4  # measurements that are taken together: those of 20 steps in a lab
_MANY = 0.1  # of the rows, that contradict their label (our choice)
_ENOUGH = 8  # rows, to say that their order is at fault (our choice)
_CHANCE = math.log(1000)  # a finding that the teacher's own errors explain comes less often than once in 1000
_LEAST_ERROR = 0.02  # of a teacher; some hundred test images do not show less
_THROUGHOUT = 0.2  # of training rows and test images alike, that the teacher's answer contradicts (our choice)
_RANDOM = 0.25  # of the way from a random order of the answers to the best one (our choice)
_UNIT = 1e-3  # that a unit row's length may be off: far above rounding, far below what matters
_COPIES = 0.1  # of the rows (our choice)
_APART = 8.0  # times that one side's logits may spread more than the other's: whole runs stayed below 6


def answers(history: History) -> Finding | None:
    """The teacher's answer contradicts the label more often than its errors on test images explain.

    That k of n rows contradict it would have a chance below exp(-n kl(k/n, e)) for a teacher of error e (Chernoff).
    """
    images, fits = history.batch("images", _LAST).sum(), history.batch("fits", _LAST).sum()
    if not images or fits > images:
        return None
    wrong = float(images - fits)
    share, error = wrong / images, history.teacher_error or 0.0
    unlikely = images * _divergence(share, max(error, _LEAST_ERROR)) >= _CHANCE
    everywhere = min(share, error) >= _THROUGHOUT
    if share < _MANY or not ((share > error and unlikely) or everywhere):
        return None
    seen = (
        f"{history.name}: the teacher's answer contradicts the image's label on {wrong:.0f} of the last {images:.0f} "
        f"training rows that were looked at ({share:.0%}"
    )
    seen += ")" if history.teacher_error is None else f"; on test images {error:.0%})"
    by_chance, reordered = history.batch("fits_by_chance", _LAST).sum(), history.batch("fits_reordered", _LAST).sum()
    # Answers that are nearly all alike do not show in which order they stand.
    tells = images >= _ENOUGH and reordered - by_chance > 0.2 * images
    if tells and fits - by_chance < _RANDOM * (reordered - by_chance):
        return Finding(
            "alarm",
            "pairs",
            f"{seen}. That is no better than chance: the same answers in random order would fit {by_chance:.0f} rows, "
            f"these fit {fits:.0f}, and in another order {reordered:.0f} of them would. Images and answers look "
            "shuffled: check that both come in one order.",
        )
    if history.ambiguity or history.noise:
        dials = [f"{name} {value:g}" for name, value in _dials(history).items() if value]
        return Finding(
            "warn",
            "labels",
            f"{seen}. Training images have {' and '.join(dials)}, which makes them harder than the test images; the "
            "student learns these answers all the same. Turn that down, and see what remains.",
        )
    if everywhere:
        return Finding(
            "warn",
            "labels",
            f"{seen}: it is so everywhere. The labels are noisy, or the teacher does not know these classes; a student "
            "cannot be better than what it is taught. Look at some of these images.",
        )
    return Finding(
        "warn",
        "labels",
        f"{seen}. Its own errors do not explain that: answers or labels of the training images are noisy, and the "
        "student learns the wrong ones as well. Look at the rows that contradict, leave them out, or ask the teacher "
        "anew.",
    )


def lengths(history: History) -> Finding | None:
    """The student's rows are not of unit length where the losses take scalar products for cosines."""
    shortest, longest = history.batch("shortest"), history.batch("longest")
    if not len(shortest) or not len(longest) or max(1 - shortest[-1], longest[-1] - 1) <= _UNIT:
        return None
    reads = ""
    if history.omega and readings[history.reading].sees_length:
        reads = ", and a row's score in H grows with it too"
    return Finding(
        "warn",
        "normalization",
        f"{history.name}: the student's rows are {shortest[-1]:.2g} to {longest[-1]:.2g} long where the losses expect "
        f"unit rows. Their scalar products are no cosines: they grow with length, whatever the direction{reads}. "
        "Divide the features by their norm before the loss.",
    )


def copies(history: History) -> Finding | None:
    """Images that stand in a batch, or among the training images, more than once."""
    images, distinct = history.batch("images", _LAST).sum(), history.batch("distinct", _LAST).sum()
    if images and distinct and images - distinct >= _COPIES * images:
        now, left = history.batch("images")[-1], history.batch("distinct")[-1]
        return Finding(
            "warn",
            "copies",
            f"{history.name}: of the {now:.0f} images of the batch {left:.0f} differ, the others are copies of them. "
            f"{_of_copies(history, left)} Look for duplicates in the data, or for a sampler that draws with "
            "replacement.",
        )
    shots, differ = history.batch("shots"), history.batch("distinct_shots")
    if len(shots) and len(differ) and shots[-1] - differ[-1] >= _COPIES * shots[-1] > 0:
        return Finding(
            "warn",
            "copies",
            f"{history.name}: of the {shots[-1]:.0f} training images {differ[-1]:.0f} differ, the others are copies of "
            "them: there is less to learn from than the number says. Leave the copies out.",
        )
    return None


def _of_copies(history: History, distinct: float) -> str:
    """What copies do to the entropy in force."""
    alike = history.batch("most_alike")
    if not history.omega or history.images < 2 or not len(alike):
        return f"The step learns from {distinct:.0f} images, however many rows there are."
    counts = readings[history.reading].counts
    if counts == "rows" and alike[-1] > 1:
        return (
            f"Copies have one score, so no such row can win alone: while one of {alike[-1]:.0f} leads, H stays above "
            f"log {alike[-1]:.0f} = {math.log(alike[-1]):.2f} nats."
        )
    most = distinct + history.rows - history.images
    if counts == "directions" and most > 0:
        return f"H cannot exceed the log of M's distinct rows, log {most:.0f} = {math.log(most):.2f} nats."
    return f"The entropy term and the distillation see {distinct:.0f} images, some of them more than once."


def temperatures(history: History) -> Finding | None:
    """The logits that are compared spread too differently for unit rows ever to agree."""
    teacher, student = history.batch("teacher_spread", _LAST), history.batch("student_spread", _LAST)
    if not len(teacher) or not len(student) or teacher.mean() <= 0 or student.mean() <= 0:
        return None
    if any(abs(history.batch(name)[-1:] - 1).max(initial=0) > _UNIT for name in ("shortest", "longest")):
        return None  # lengths move the spread, and are told of by themselves
    if answers(history) is not None:
        return None  # a student that is told contradictions answers flatly
    ratio = float(student.mean() / teacher.mean())
    if 1 / _APART <= ratio <= _APART:
        return None
    flat = ratio < 1
    return Finding(
        "warn",
        "temperature",
        f"{history.name}: after division by their temperatures the student's logits spread {student.mean():.2g} over "
        f"the classes, the teacher's {teacher.mean():.2g}. Unit rows cannot make up for a factor of "
        f"{1 / ratio if flat else ratio:.0f}: the student's temperature looks too {'high' if flat else 'low'}. "
        "Divide both by the same τ.",
    )


def _dials(history: History) -> dict[str, float]:
    return {"ambiguity": history.ambiguity, "noise": history.noise}


def _divergence(p: float, q: float) -> float:
    """kl(p, q) of two coins, nats; q in (0, 1)."""
    q = min(q, 1 - 1e-9)
    return sum(a * math.log(a / b) for a, b in ((p, q), (1 - p, 1 - q)) if a > 0)
