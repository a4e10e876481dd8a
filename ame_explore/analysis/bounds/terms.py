"""A bound with its value, terms and assumptions, and a sentence that states it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from ame_explore.ame import AMEError, check_choice, check_number
from ame_explore.arguments import as_array

State = Literal["holds", "not checked", "violated here"]
Quantity = Literal["loss", "gap"]
Kind = Literal["with probability", "in expectation", "not a bound"]
Role = Literal[
    "observed loss", "confidence", "draws of weights", "bias of the estimate", "information", "other", "measured"
]

STATES: tuple[State, ...] = get_args(State)
ROLES: tuple[Role, ...] = get_args(Role)
_LEAST_DELTA = 1e-300  # 1 / delta must be finite
VACUOUS_FROM = 0.9995  # shown as 1.000: PAC-Bayes-kl approaches 1 but never reaches it
THEIR_LOSS = "loss of the drawn weights on unseen images"  # shown, but not part of the sum
_OF = {"loss": "the expected loss", "gap": "the generalization gap"}


@dataclass(frozen=True)
class Term:
    """One number that a bound is made of.

    Attributes:
        name: what the number is.
        value: the number, in `unit`.
        unit: "loss" (the unit of the bound itself), "nats", "samples", "draws", "probability", or "" for a pure number.
        adds: how much the bound's value grows when this term joins those before it, in the unit of the loss. Most
            bounds are not sums, so the order matters (our choice: the data first, then the confidence, then the
            information). These parts sum to the bound's value. None for a term that is shown beside the sum.
        note: a sentence of explanation, or "".
        role: the kind of term, shown by colour in figures. "measured": the measured value of what the bound is about,
            if that is not the trained student's own loss or gap; it is never part of the sum.
        short: a shorter name for figures; by default the name.
    """

    name: str
    value: float
    unit: str = ""
    adds: float | None = None
    note: str = ""
    role: Role = "other"
    short: str = ""

    def __post_init__(self) -> None:
        check_choice("role", self.role, ROLES)
        if self.role == "measured" and self.adds is not None:
            raise AMEError(f"adds must be None for the measured value {self.name!r}, got {self.adds!r}.")
        if not self.short:
            object.__setattr__(self, "short", self.name)


@dataclass(frozen=True)
class Assumption:
    """One assumption of a bound, and whether it holds here.

    Attributes:
        name: the assumption as a statement.
        state: "holds", "not checked" or "violated here".
        test: a sentence that says how it was checked, with numbers, or why it was not checked.
        short: a few words for figures; by default the name.
    """

    name: str
    state: State
    test: str
    short: str = ""

    def __post_init__(self) -> None:
        check_choice("state", self.state, STATES)
        if not self.short:
            object.__setattr__(self, "short", self.name)
        if not self.test.strip():
            raise AMEError(f"test must be a sentence that says how {self.name!r} was checked, got an empty one.")


@dataclass(frozen=True)
class Premise:
    """An assumption that several bounds make, before it is known whether it holds.

    Attributes:
        name: the assumption as a statement.
        short: a few words for figures.
    """

    name: str
    short: str

    def judged(self, state: State, test: str) -> Assumption:
        """The assumption with its state and how it was checked, as in `Assumption`."""
        return Assumption(self.name, state, test, self.short)


IN_UNIT_INTERVAL = Premise("the loss lies in [0, 1]", "loss in [0, 1]")


@dataclass(frozen=True)
class Bound:
    """An upper bound of a loss in [0, 1] or of its gap, or a formula that is mistaken for one.

    Attributes:
        name: the name of the bound.
        value: the upper bound, not clipped at 1; NaN if one of its terms is not known.
        quantity: "loss" (the expected loss of the learned weights, or of their posterior) or "gap" (expected loss minus
            training loss).
        kind: "with probability" (over the sample, and over the draws of a Monte Carlo estimate), "in expectation" (over
            samples: it says nothing about one trained student), or "not a bound".
        n: samples that the bound counts.
        confidence: 1 - delta, or None unless `kind` is "with probability".
        terms: every number in the bound; see `Term.adds`.
        assumptions: everything that the bound assumes.
        source: paper and equation, or the derivation.
        whose: the predictor that it bounds, if not the trained one.
        form: a shorter name for figures, without the prior; by default the name.
        prior: what the prior was made from, if bounds with several priors are compared; otherwise "".
        help: one sentence on how it is computed; that of the registered rule.
        dominated_by: the form of another bound for the same samples that is never above this one; "" if there is none.
    """

    name: str
    value: float
    quantity: Quantity
    kind: Kind
    n: int
    confidence: float | None
    terms: tuple[Term, ...]
    assumptions: tuple[Assumption, ...]
    source: str
    whose: str = ""
    form: str = ""
    prior: str = ""
    help: str = ""
    dominated_by: str = ""

    def __post_init__(self) -> None:
        if not self.form:
            object.__setattr__(self, "form", self.name)

    @property
    def short(self) -> str:
        """The name in a legend: form and prior."""
        return f"{self.form}, prior: {self.prior}" if self.prior else self.form

    @property
    def measured(self) -> float | None:
        """The measured value of what it bounds, if that is not the trained student's own; otherwise None."""
        return next((term.value for term in self.terms if term.role == "measured"), None)

    @property
    def is_bound(self) -> bool:
        """Whether it is a bound at all."""
        return self.kind != "not a bound"

    @property
    def applies(self) -> bool:
        """Whether it is a bound, is not vacuous, and has no violated assumption."""
        return self.is_bound and not self.vacuous and not self.violated

    @property
    def vacuous(self) -> bool:
        """Whether the value, rounded to three decimals, is 1 or more: it then says nothing about a loss in [0, 1]."""
        return self.value >= VACUOUS_FROM

    @property
    def violated(self) -> tuple[Assumption, ...]:
        """The assumptions that are violated here. If there are any, the value guarantees nothing."""
        return tuple(each for each in self.assumptions if each.state == "violated here")

    @property
    def unchecked(self) -> tuple[Assumption, ...]:
        """The assumptions that were not checked."""
        return tuple(each for each in self.assumptions if each.state == "not checked")

    @property
    def verdict(self) -> str:
        """The most serious objection to the value in a few words, or "holds"."""
        if self.kind == "not a bound":
            return "not a bound"
        if self.violated:
            return "an assumption is violated here" + (", and VACUOUS" if self.vacuous else "")
        if self.vacuous:
            return "VACUOUS"
        return "an assumption is not checked" if self.unchecked else "holds"

    def term(self, name: str) -> Term:
        """Look a term up.

        Args:
            name: its name.

        Raises:
            AMEError: if there is no such term.
        """
        check_choice("name", name, [term.name for term in self.terms])
        return next(term for term in self.terms if term.name == name)

    @property
    def sentence(self) -> str:
        """The bound in words: its statement, its terms, and its violated or unchecked assumptions."""
        what = f"{_OF[self.quantity]} {self.whose}".rstrip()
        if self.kind == "with probability":
            lead = f"With probability {self.confidence:g}, {what} is at most {self.value:.3f}"
        elif self.kind == "in expectation":
            lead = f"On average over samples, {what} is at most {self.value:.3f} in size"
        elif math.isnan(self.value):
            lead = "This is not a bound, and it has no value because one of its terms is not known"
        else:
            lead = f"This is not a bound; its terms give {self.value:.3f}"
        parts = [f"{term.adds:.3f} {term.name}" for term in self.terms if term.adds is not None]
        words = [f"{self.name} (n = {self.n}): {lead}" + (f", made of {', '.join(parts)}." if parts else ".")]
        if self.vacuous and self.kind != "not a bound":
            words.append("VACUOUS: no loss in [0, 1] can exceed 1, so it says nothing.")
        words += [f"Violated here: {each.name}. {each.test}" for each in self.violated]
        if self.unchecked:
            words.append("Not checked: " + "; ".join(each.name for each in self.unchecked) + ".")
        return " ".join(words)


def stack(steps: Sequence[tuple[str, float, str, Role, float]]) -> tuple[Term, ...]:
    """Terms from (name, value, unit, role, the bound with the terms up to here); each adds its rise."""
    before = [0.0, *(reached for *_, reached in steps[:-1])]
    return tuple(
        Term(name, value, unit, 0.0 if reached == low else reached - low, role=role)  # inf - inf is not a number
        for (name, value, unit, role, reached), low in zip(steps, before, strict=True)
    )


def check_delta(name: str, value: object) -> None:
    """Raise `AMEError` unless `value` is a number in (0, 1), far enough from 0 to be divided by."""
    check_number(name, value, above=0.0)
    if not _LEAST_DELTA <= float(value) < 1:  # type: ignore[arg-type]
        raise AMEError(f"{name} must be a number in (0, 1), got {value!r}: 0.05 means 95% confidence.")


def as_losses(name: str, value: Any, *, shape: str) -> NDArray[np.float64]:
    """`value` (array, tensor or sequence) as float64 losses of that shape, e.g. "(n,)".

    Raises:
        AMEError: if they are not numbers in [0, 1], do not have as many axes as `shape`, or have an empty axis.
    """
    losses = as_array(name, value, f"numbers of shape {shape}")
    if losses.ndim != len([axis for axis in shape.strip("()").split(",") if axis.strip()]) or losses.size == 0:
        raise AMEError(f"{name} must have shape {shape} and no empty axis, got {losses.shape}.")
    if not np.isfinite(losses).all() or losses.min() < 0 or losses.max() > 1:
        outside = losses[~((losses >= 0) & (losses <= 1))]
        raise AMEError(
            f"{name} must lie in [0, 1], got {outside[0]:g} ({outside.size} of {losses.size} do not): these bounds "
            "need such losses, e.g. 1 for an error and 0 for a hit; a cross-entropy has no upper limit."
        )
    return losses


def loss_range(losses: NDArray[np.float64]) -> Assumption:
    """The assumption that losses lie in [0, 1], for losses that `as_losses` has checked."""
    return IN_UNIT_INTERVAL.judged("holds", f"All {losses.size} losses lie in [{losses.min():g}, {losses.max():g}].")
