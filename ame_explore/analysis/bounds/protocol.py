"""Which assumptions of the bounds a distillation protocol meets."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from ame_explore.ame import AMEError, check_number, shown
from ame_explore.analysis.bounds.terms import Assumption, Premise
from ame_explore.arguments import checked

IID = Premise("the samples are independent draws from one distribution", "independent draws")
SAME = Premise("new images come from the same distribution as the samples", "same distribution")
UNSEEN = Premise("teacher and backbone have not seen the samples", "unseen by teacher and backbone")
EXACT = Premise("the information is exact, not an estimate", "exact information")
PRIOR = Premise("the prior is independent of the samples that the bound counts", "independent prior")


@checked
def protocol_assumptions(
    *,
    shots: int | None = None,
    drawn_at_random: bool = False,
    train_classes: Iterable[int] | None = None,
    test_classes: Iterable[int] | None = None,
    seen: Mapping[str, Any] | None = None,
    samples: Any = None,
) -> tuple[Assumption, ...]:
    """Check the three assumptions that depend on the protocol.

    - Independent draws: k shots per class are not independent draws, because the class counts never vary.
    - One distribution: base-to-new tests on other classes, to which a bound for one distribution does not apply.
    - Unseen: no term counts what a teacher or backbone has learned from the samples themselves.

    Args:
        shots: images per class in the training sample; None if it was not drawn by class.
        drawn_at_random: whether the sample was drawn regardless of class (only with shots=None).
        train_classes: classes of the training sample.
        test_classes: classes that the bound should apply to.
        seen: who ("teacher", "backbone") -> ids of the images that it was trained on.
        samples: ids of the images that the bound counts (both columns of a supersample).

    Returns:
        Three assumptions, each with its state and how it was checked.

    Raises:
        AMEError: if shots is below 1, or is given together with drawn_at_random.
    """
    if shots is not None:
        check_number("shots", shots, low=1, whole=True)
        if drawn_at_random:
            raise AMEError(f"shots must be None for a sample drawn at random, got {shots}: shots are drawn by class.")
    trained = None if train_classes is None else sorted(set(train_classes))
    return (
        _independent(shots, drawn_at_random, trained),
        _one_distribution(trained, None if test_classes is None else sorted(set(test_classes))),
        _unseen(seen, samples),
    )


@checked
def prior_independent(*, prior_samples: Any = None, samples: Any = None) -> Assumption:
    """Check that no sample that the bound counts was used for the prior.

    Args:
        prior_samples: ids of the images that the prior was made from; empty for an untrained initialization. A
            pretrained backbone is part of the prior, so include the images that it was trained on.
        samples: ids of the images that the bound counts.

    Returns:
        The assumption, with its state and how it was checked.
    """
    if prior_samples is None or (samples is None and len(_ids(prior_samples))):
        return PRIOR.judged("not checked", "The ids of the images used for the prior were not given.")
    made_from = _ids(prior_samples)
    if not made_from:
        return PRIOR.judged("holds", "No images were used for the prior.")
    both = made_from & _ids(samples)
    if both:
        return PRIOR.judged(
            "violated here",
            f"{len(both)} of the {len(made_from)} images used for the prior are also counted by the bound.",
        )
    return PRIOR.judged("holds", f"None of the {len(made_from)} images used for the prior is among the samples.")


def _independent(shots: int | None, drawn_at_random: bool, classes: list[int] | None) -> Assumption:
    if shots is None:
        if drawn_at_random:
            return IID.judged("holds", "They were drawn at random, regardless of class.")
        return IID.judged("not checked", "It is not known how the samples were drawn.")
    words = f"Each class has exactly {shots} image{'s' if shots > 1 else ''}, but independent draws would vary"
    if classes and len(classes) > 1:
        n, count = shots * len(classes), len(classes)
        chance = math.exp(min(0.0, math.lgamma(n + 1) - count * math.lgamma(shots + 1) - n * math.log(count)))
        words += f": {n} draws from {count} equally likely classes give these counts with probability {chance:.2g}"
    return IID.judged("violated here", words + ".")


def _one_distribution(trained: list[int] | None, tested: list[int] | None) -> Assumption:
    if trained is None or tested is None:
        return SAME.judged("not checked", "The training and test classes were not given.")
    strange = [each for each in tested if each not in trained]
    if strange:
        return SAME.judged(
            "violated here",
            f"{len(strange)} of {len(tested)} test classes do not occur in the samples (base-to-new).",
        )
    if len(tested) < len(trained):
        missing = len(trained) - len(tested)
        return SAME.judged("violated here", f"{missing} of {len(trained)} training classes are not tested.")
    return SAME.judged(
        "holds",
        f"Training and test have the same {len(trained)} classes; images within a class are not compared.",
    )


def _unseen(seen: Mapping[str, Any] | None, samples: Any) -> Assumption:
    if not seen or samples is None:
        return UNSEEN.judged(
            "not checked", "The ids of the images that teacher and backbone were trained on were not given."
        )
    ids = _ids(samples)
    overlaps = {who: len(ids & _ids(theirs)) for who, theirs in seen.items()}
    if any(overlaps.values()):
        words = " and ".join(f"the {who} saw {count}" for who, count in overlaps.items() if count)
        return UNSEEN.judged("violated here", f"Of the {len(ids)} samples, {words}.")
    return UNSEEN.judged("holds", f"The {' and the '.join(seen)} saw none of the {len(ids)} samples.")


def _ids(values: Any) -> set[Any]:
    try:
        return set(np.asarray(values.detach().cpu() if hasattr(values, "detach") else values).ravel().tolist())
    except (TypeError, ValueError, RuntimeError) as error:
        raise AMEError(f"the ids of images must be one list of numbers or texts, got {shown(values)}.") from error
