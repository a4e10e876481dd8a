"""Every quantity that is shown, declared once: its name in records, labels, unit, direction, format, meaning, source.

Figures, reports, the terminal, the lab and the browser read these declarations; `for_browser` is what JavaScript gets.
A part that records its own quantity declares it with `declare`, and it is shown like the others.

Code passes numbers around as numbers. Only what displays them turns them into text, with `number` (fixed decimals),
`significant` (significant digits, for values of any size) or the methods of a `Quantity`.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

from ame_explore.ame import READINGS, AMEError, Reading, check_choice, check_number
from ame_explore.arguments import checked, checked_init
from ame_explore.registry import KDLoss, kd_losses

Better = Literal["higher", "lower", "neither"]

NOTHING = "no difference seen"
UNDECIDED = "not decided"
MINUS = "\u2212"
UNITS_DIFFER = "units differ"  # where readings of H with different units are shown together
NONE = "–"  # shown in place of a value that is missing or not finite


class Interval(Protocol):
    """What a `Quantity` needs to write an interval; `analysis.statistics.MeanInterval` has it.

    Declared here because this module cannot import `analysis`.
    """

    @property
    def mean(self) -> float: ...
    @property
    def low(self) -> float: ...
    @property
    def high(self) -> float: ...
    @property
    def n(self) -> int: ...
    @property
    def defined(self) -> bool: ...


@checked_init
@dataclass(frozen=True, kw_only=True)
class Quantity:
    """One quantity: what it is called, what it means, and how it is written.

    Attributes:
        name: its key in records, tables and files.
        label: its name in tables and sentences.
        short: a shorter name for tight spaces; defaults to the label.
        definition: one sentence for a reader who does not know it; empty for an undeclared quantity.
        unit: "nats" and so on; empty for pure numbers and shares.
        better: which direction is good; "neither" if none is.
        decimals: decimals shown.
        fine: whether values below 0.1 get two significant digits instead, because small differences matter.
        limits: the fixed ends of its axis; None if the axis follows the values.
        group: its group of charts in the lab: "accuracy", "entropy", "loss", or "" for none.
        per_reading: whether AME's reading defines it, so that its curve breaks when the reading changes.
        unit_of: what decides its unit: AME's "reading", the "kd" loss, or "" for neither; `unit` is then the usual one.
        ame_only: whether only arms with AME have it, so that such arms cannot be compared with others in it.
        headline: whether the lab shows its curve first.
        always: whether every evaluation measures it, so that its steps are those of the evaluations.
        source: paper, or "our choice"; empty if the definition needs no source.
    """

    name: str
    label: str
    short: str = ""
    definition: str = ""
    unit: str = ""
    better: Better = "neither"
    decimals: int = 3
    fine: bool = False
    limits: tuple[float, float] | None = None
    group: str = ""
    per_reading: bool = False
    unit_of: Literal["reading", "kd", ""] = ""
    ame_only: bool = False
    headline: bool = False
    always: bool = False
    source: str = ""

    def __post_init__(self) -> None:
        check_choice("better", self.better, ("higher", "lower", "neither"))
        check_choice("group", self.group, ("accuracy", "entropy", "loss", ""))
        check_choice("unit_of", self.unit_of, ("reading", "kd", ""))
        for field in ("name", "label"):
            if not getattr(self, field).strip():
                raise AMEError(f"{field} must be a non-blank string, got {getattr(self, field)!r}.")
        if not self.short:
            object.__setattr__(self, "short", self.label)

    @property
    def title(self) -> str:
        """The label, with the unit in parentheses if there is one."""
        return f"{self.label} ({self.unit})" if self.unit else self.label

    @property
    def meaning(self) -> str:
        """The definition, with its source in parentheses."""
        return f"{self.definition.removesuffix('.')} ({self.source})." if self.source else self.definition

    def text(self, value: float | None, *, signed: bool = False) -> str:
        """A value without its unit; "–" if it is missing or not finite.

        A quantity with 0 decimals gets one if the value is not whole, such as an expected rank among ties.

        Args:
            value: the value.
            signed: whether a plus sign is written.
        """
        part = self.decimals == 0 and value is not None and value % 1 != 0
        return number(value, 1 if part else self.decimals, signed=signed, fine=self.fine)

    def with_unit(self, value: float | None) -> str:
        """A value with its unit."""
        return f"{self.text(value)} {self.unit}".rstrip()

    @checked
    def limits_text(self, interval: Interval) -> str:
        """ "[low, high]" of a change; empty if there is no interval.

        An interval that excludes 0 gets enough decimals (up to 6) to show it.

        Args:
            interval: the interval of the change.
        """
        if not interval.defined:
            return ""
        low, high, decimals = interval.low, interval.high, self.decimals
        if low * high > 0 and not self.fine:
            nearest = min(abs(low), abs(high))
            while decimals < 6 and round(nearest, decimals) == 0:
                decimals += 1
        ends = (number(end, decimals, signed=True, fine=self.fine) for end in (low, high))
        return "[" + ", ".join(ends) + "]"

    @checked
    def change_text(self, interval: Interval, over: str = "seeds") -> str:
        """A mean change with its interval and the number of values.

        Args:
            interval: the interval of the change.
            over: what was averaged over, in the plural.
        """
        limits = self.limits_text(interval)
        change = self.text(interval.mean, signed=True)
        return (
            f"{change} {limits} over {interval.n:,} {over}" if limits else f"{change} ({no_interval(interval, over)})"
        )

    @checked
    def verdict(self, interval: Interval) -> str:
        """What the interval of a change shows.

        Args:
            interval: the interval of the change.

        Returns:
            "better" or "worse"; "higher" or "lower" for a quantity without a good direction; `NOTHING` if the interval
            contains 0; `UNDECIDED` if there is no interval.
        """
        if not interval.defined:
            return UNDECIDED
        if interval.low <= 0 <= interval.high:
            return NOTHING
        direction = "higher" if interval.low > 0 else "lower"
        if self.better == "neither":
            return direction
        return "better" if direction == self.better else "worse"


@checked
def no_interval(interval: Interval, over: str = "seeds") -> str:
    """Why there is no interval, in a few words.

    Args:
        interval: the interval that is not defined.
        over: what was averaged over, in the plural.
    """
    if interval.n == 1:
        return f"one {over.removesuffix('s')}: no interval"
    return f"the same change in all {interval.n} {over}: no interval"


_DECLARED: dict[str, Quantity] = {}
_NOT_SENT = ("name", "better", "unit_of", "source")  # nothing in the browser reads them


@checked
def declare(quantity: Quantity) -> Quantity:
    """Register a quantity under its name, and return it.

    Args:
        quantity: the quantity.

    Raises:
        AMEError: if another quantity has this name.
    """
    known = _DECLARED.setdefault(quantity.name, quantity)
    if known != quantity:
        raise AMEError(
            f"name must be new, got {quantity.name!r}, which is declared as {known.label!r}: choose another."
        )
    return quantity


@checked
def quantity(name: str, readings: Iterable[str] | None = None, *, kds: Iterable[str] | None = None) -> Quantity:
    """The quantity of that name.

    An undeclared quantity, such as a metric of another training loop, gets its own name as label and no good
    direction.

    Args:
        name: the name of the quantity.
        readings: names of the readings that AME used where the values come from, for quantities whose unit is the
            reading's; None: not known, and the unit is the usual one. A reading that is not registered here gives no
            unit, and readings with different units give `UNITS_DIFFER`.
        kds: the same for KD losses.
    """
    return _quantity(name, readings, kds)


def _quantity(name: str, readings: Iterable[str] | None, kds: Iterable[str] | None) -> Quantity:
    """`quantity` without the checks, for many of them at once."""
    found = _DECLARED.get(name) or Quantity(name=name, label=name.replace("_", " "))
    table: Mapping[str, Reading | KDLoss] = READINGS if found.unit_of == "reading" else kd_losses
    parts = {"reading": readings, "kd": kds, "": None}[found.unit_of]
    if parts is None:
        return found
    used = dict.fromkeys(table[each].unit if each in table else "" for each in parts)
    return replace(found, unit=UNITS_DIFFER if len(used) > 1 else next(iter(used), found.unit))


@checked
def units(readings: Iterable[str], *, kds: Iterable[str] = ()) -> dict[str, str]:
    """The units that readings and KD losses decide, by the names of the quantities.

    Args:
        readings: names of the readings in use.
        kds: names of the KD losses in use.
    """
    used, losses = tuple(readings), tuple(kds)
    return {name: _quantity(name, used, losses).unit for name, each in _DECLARED.items() if each.unit_of}


def declared() -> dict[str, Quantity]:
    """All declared quantities by name, in the order in which tables show them."""
    return dict(_DECLARED)


@checked
def ordered(names: Iterable[str]) -> list[str]:
    """Names in the order of their declarations; undeclared ones come last, in the order given."""
    place = {name: row for row, name in enumerate(_DECLARED)}
    return sorted(names, key=lambda name: place.get(name, len(place)))


def for_browser() -> dict[str, dict[str, Any]]:
    """What JavaScript reads: name -> its declaration, in values that JSON allows, without what is None, False or ""."""
    fields = [one.name for one in dataclasses.fields(Quantity) if one.name not in _NOT_SENT]
    said = {name: [(field, getattr(each, field)) for field in fields] for name, each in _DECLARED.items()}
    unsaid = (None, "")
    return {name: {key: x for key, x in one if x is not False and x not in unsaid} for name, one in said.items()}


@checked
def number(value: float | None, decimals: int = 3, *, signed: bool = False, fine: bool = False) -> str:
    """A value with a fixed number of decimals and a true minus sign; "–" if it is missing or not finite.

    A value that rounds to 0 has no sign.

    Args:
        value: the value.
        decimals: decimals shown. 0 is for counts and ranks: thousands are separated, and a value that is not whole (a
            rank among ties) gets one decimal.
        signed: whether a plus sign is written.
        fine: whether values below 0.1 get two significant digits instead, because small differences matter.

    Raises:
        AMEError: if an argument is of another kind, or `decimals` is not from 0 to 17.
    """
    check_number("decimals", decimals, low=0, high=17, whole=True)
    if value is None or not math.isfinite(value):
        return NONE
    form = "#.2g" if fine and abs(value) < 0.1 else f".{decimals}f"
    if decimals == 0:
        form = ",.0f" if float(value).is_integer() else ",.1f"
    text = format(value, f"+{form}" if signed else form)
    return (text if text.strip("+-0.,") else text.lstrip("+-")).replace("-", MINUS)


@checked
def significant(value: float | None, digits: int = 3, *, signed: bool = False) -> str:
    """A value of any size, rounded to significant digits, with a true minus sign; "–" if it is missing or not finite.

    Very large and very small values are written with a power of ten: 1.2e−5.

    Args:
        value: the value.
        digits: the number of significant digits, from 1 to 17.
        signed: whether a plus sign is written.

    Raises:
        AMEError: if an argument is of another kind, or `digits` is out of range.
    """
    check_number("digits", digits, low=1, high=17, whole=True)
    if value is None or not math.isfinite(value):
        return NONE
    if value == 0:
        return "0"
    sign = "+" if signed else ""
    mantissa, _, power = f"{value:{sign}.{digits - 1}e}".partition("e")
    places = digits - 1 - int(power)
    text = f"{value:{sign}.{max(places, 0)}f}" if -3 <= places <= digits + 2 else f"{mantissa}e{int(power)}"
    return text.replace("-", MINUS)


def _accuracy(name: str, label: str, short: str, definition: str, group: str = "accuracy") -> Quantity:
    return Quantity(
        name=name, label=label, short=short, definition=definition, better="higher", limits=(0.0, 1.0), group=group
    )


def _recall(k: int, way: str) -> Quantity:
    words = {"i2t": ("image to text", "images", "text"), "t2i": ("text to image", "texts", "image")}
    label, who, other = words[way]
    fewer = f"no wrong {other} is" if k == 1 else f"fewer than {k} wrong {other}s are"
    return Quantity(
        name=f"R@{k}_{way}",
        label=f"R@{k}, {label}",
        definition=f"Share of {who} for which {fewer} nearer than their own (the nearest of several); ties count by "
        "chance.",
        better="higher",
        limits=(0.0, 1.0),
    )


def _uniformity(kind: str) -> Quantity:
    return Quantity(
        name=f"uniformity_{kind}",
        label=f"uniformity of {kind}s",
        definition=f"log of the mean of exp({MINUS}2 d²) over pairs of {kind}s, from {MINUS}8 to 0: the lower, the "
        "more evenly they cover the sphere.",
        source=_WANG,
    )


def _cka(name: str, label: str, short: str, of: str) -> Quantity:
    return Quantity(
        name=name,
        label=label,
        short=short,
        definition=f"How similar the relations among {of}, from 0 to 1.",
        limits=(0.0, 1.0),
        source="Kornblith et al. 2019",
    )


def _rank(way: str) -> Quantity:
    one, other = {"i2t": ("image", "text"), "t2i": ("text", "image")}[way]
    return Quantity(
        name=f"rank_{way}",
        label=f"rank, {one} to {other}",
        short=f"rank, {one[0]}→{other[0]}",
        definition=f"1 + the number of wrong {other}s that are nearer to the {one} than its own {other}; a tie counts "
        "one half, and 1 is best.",
        better="lower",
        decimals=0,
    )


_LIANG, _WANG = "Liang et al. 2022", "Wang and Isola 2020"
_ROY = "Roy and Vetterli 2007"

# In the order in which tables show them.
for _each in (
    # metrics of a student
    Quantity(
        name="harmonic_mean",
        label="harmonic mean",
        definition="2BN / (B + N) of base and new accuracy: high only if both are, and the figure that papers report.",
        better="higher",
        limits=(0.0, 1.0),
        group="accuracy",
        headline=True,
        always=True,
    ),
    _accuracy(
        "base_accuracy",
        "base accuracy",
        "base classes",
        "Share of test images of base classes that are classified correctly among the base classes.",
    ),
    _accuracy(
        "new_accuracy",
        "new accuracy",
        "new classes",
        "Share of test images of new classes, never seen by the student in distillation, that are classified correctly "
        "among the new classes.",
    ),
    _accuracy(
        "recombined_recall",
        "recombined names found",
        "recombined",
        "Share of test images whose own name is nearest among the names that recombine known words: names that neither "
        "student nor backbone learned from, while each of their two or more words occurs in one that they did.",
        "",
    ),
    _accuracy(
        "unsure_harmonic_mean",
        "unsure harmonic mean",
        "unsure: mean",
        "The harmonic mean on the quarter of test images that the teacher is least sure of, chosen before training.",
        "",
    ),
    _accuracy(
        "ambiguous_harmonic_mean",
        "ambiguous harmonic mean",
        "ambiguous: mean",
        "The harmonic mean on test images blended towards a neighbouring class.",
        "",
    ),
    _accuracy(
        "ambiguous_base_accuracy",
        "ambiguous base accuracy",
        "ambiguous: base",
        "Base accuracy on test images blended towards a neighbouring class.",
        "",
    ),
    _accuracy(
        "ambiguous_new_accuracy",
        "ambiguous new accuracy",
        "ambiguous: new",
        "New accuracy on test images blended towards a neighbouring class.",
        "",
    ),
    _accuracy(
        "teacher_agreement",
        "agreement with teacher",
        "like the teacher",
        "Share of test images that student and teacher assign to the same class.",
        "",
    ),
    Quantity(
        name="ece",
        label="calibration error (ECE)",
        definition="Mean distance between confidence and accuracy over 15 bins of confidence; 0 means calibrated.",
        better="lower",
        source="Guo et al. 2017",
    ),
    Quantity(
        name="predictive_entropy",
        label="predictive entropy",
        definition="Mean entropy of the student's class probabilities, from 0 (certain) to log C (uniform); certain "
        "does not mean right.",
        unit="nats",
        group="entropy",
    ),
    Quantity(
        name="H",
        label="entropy H",
        definition="The entropy that AME minimizes, as its reading defines it; over a minibatch in training, over all "
        "test images in evaluation.",
        unit="nats",
        fine=True,
        group="entropy",
        per_reading=True,
        unit_of="reading",
        headline=True,
    ),
    Quantity(
        name="H (this point)",
        label="H with this point in M",
        definition="The entropy H of M with this point as one more image.",
        unit="nats",
        fine=True,
        per_reading=True,
        unit_of="reading",
    ),
    Quantity(
        name="H (test)",
        label="entropy H of the test images",
        short="entropy H (test)",
        definition="The same entropy over all class texts and test images.",
        unit="nats",
        fine=True,
        per_reading=True,
        unit_of="reading",
    ),
    Quantity(
        name="H_deficit",
        label=f"entropy deficit, max {MINUS} H",
        definition="How far H lies below its maximum: 0 means uniform; it shows changes that are small beside H.",
        unit="nats",
        fine=True,
        per_reading=True,
        unit_of="reading",
    ),
    Quantity(
        name="rows_that_count",
        label="rows that count",
        definition="exp(H) over all test images and class texts: the number of rows that would give the same H if they "
        "shared the softmax's weight equally.",
        decimals=1,
        group="entropy",
        per_reading=True,
    ),
    Quantity(
        name="cosine_with_text",
        label="cosine with own text",
        short="cosine with text",
        definition="Mean cosine between a test image and the text of its class.",
        group="entropy",
    ),
    Quantity(
        name="modality_gap",
        label="modality gap",
        definition="Distance between the centre of the images' unit features and that of the texts', from 0 to 2.",
        group="entropy",
        source=_LIANG,
    ),
    Quantity(
        name="feature_norm",
        label="length of features",
        definition="Mean length of the test images' features before normalization.",
    ),
    # terms of the loss
    Quantity(
        name="total",
        label="total loss",
        definition="The sum of all terms, which training minimizes.",
        group="loss",
        per_reading=True,
    ),
    Quantity(
        name="kd",
        label="distillation loss (KD)",
        short="distillation loss",
        definition="The distance from the student's answers or features to the teacher's.",
        group="loss",
        unit_of="kd",
    ),
    Quantity(
        name="ame",
        label="entropy term ωH",
        short="AME term",
        definition="The entropy H times omega, as it enters the total loss.",
        group="loss",
        per_reading=True,
        ame_only=True,
    ),
    Quantity(
        name="share.ame",
        label="AME's share of the gradient",
        short="AME's share",
        definition="Norm of AME's gradient at the student's features, divided by the sum of the norms of all terms.",
        limits=(0.0, 1.0),
        group="entropy",
        ame_only=True,
        source="our choice",
    ),
    # one step of a lab
    Quantity(
        name="answers_changed",
        label="answers changed",
        definition="Number of the drawn images that the student assigns to another class than before the step.",
        decimals=0,
    ),
    Quantity(
        name="features_turned",
        label="features turned by",
        definition="Mean angle between the student's features of a drawn image before and after the step.",
        unit="degrees",
    ),
    # a set of paired features as a whole
    Quantity(
        name="pair_cosine",
        label="cosine of pairs",
        definition="Mean cosine between an image and its own text; 1 means the same direction.",
        better="higher",
    ),
    *(_recall(k, way) for way in ("i2t", "t2i") for k in (1, 5, 10)),
    Quantity(
        name="alignment",
        label="alignment",
        definition=f"Mean squared distance between an image's and its text's unit features, 2 {MINUS} 2 cosine, from 0 "
        "to 4; low means near.",
        better="lower",
        source=_WANG,
    ),
    *(_uniformity(kind) for kind in ("image", "text")),
    Quantity(
        name="von_neumann",
        label="von Neumann entropy",
        definition="Entropy of the spectrum of the uncentred Gram matrix of all unit rows: the logarithm of the "
        "effective number of directions that they fill.",
        unit="nats",
    ),
    Quantity(
        name="effective_rank_singular",
        label="effective rank, singular values",
        short="effective rank",
        definition="exp of the entropy of the normalized singular values of all unit rows, in dimensions.",
        decimals=1,
        source=_ROY,
    ),
    Quantity(
        name="effective_rank_squared",
        label="effective rank, squared",
        definition="exp of the von Neumann entropy: the effective rank over squared singular values, never the "
        "larger of the two.",
        decimals=1,
        source=_ROY,
    ),
    _cka("cka", "linear CKA", "CKA", "images are to those among texts, after centring"),
    # a student of a sweep
    _accuracy(
        "shots_accuracy",
        "accuracy on the shots",
        "shots",
        "Share of the base images that the student learned from that it classifies correctly among the base classes.",
    ),
    _cka(
        "teacher_cka",
        "linear CKA with the teacher",
        "CKA, teacher",
        "test images are in the student and in the teacher",
    ),
    Quantity(
        name="class_spread_within",
        label="spread within classes",
        definition="Mean squared distance of a test image's unit features to the centroid of its class.",
        fine=True,
    ),
    Quantity(
        name="class_spread_between",
        label="spread between classes",
        definition="Mean squared distance of the class centroids of test images to their mean.",
        fine=True,
    ),
    Quantity(
        name="class_margin",
        label="class margin ζ",
        definition="Smallest distance between the centroids of two classes of test images.",
        fine=True,
        source="our reading of the paper's ζ, which it does not define",
    ),
    # one pair
    Quantity(
        name="cosine",
        label="cosine",
        definition="Cosine between the image and its own text; 1 means the same direction.",
        better="higher",
    ),
    *(_rank(way) for way in ("i2t", "t2i")),
    Quantity(
        name="margin_i2t",
        label="margin among texts",
        short="margin, i→t",
        definition="Cosine of the pair minus that of the image and the nearest wrong text; below 0, a wrong text wins.",
        better="higher",
    ),
    Quantity(
        name="margin_t2i",
        label="margin among images",
        short="margin, t→i",
        definition="Cosine of the pair minus that of the text and the nearest wrong image, for each image even if "
        "several share the text; below 0, a wrong image wins.",
        better="higher",
    ),
    Quantity(
        name="entropy_i2t",
        label="entropy of the image's answer",
        short="entropy",
        definition="Entropy of the softmax over all texts of logit scale times cosine: 0 means certain, and its exp is "
        "the number of equally likely texts with the same entropy.",
        unit="nats",
        decimals=2,
    ),
    Quantity(
        name="entropy_t2i",
        label="entropy of the text's answer",
        definition="Entropy of the softmax over all images of logit scale times cosine: 0 means certain.",
        unit="nats",
        decimals=2,
    ),
    Quantity(
        name="suspicion",
        label="suspicion",
        definition="Minus the mean of the two margins, high if image and text both have a nearer neighbour than each "
        "other: a reason to look, not a proof, since short or general captions score high too.",
        source="our choice",
    ),
    Quantity(
        name="hubness",
        label="hubness",
        definition="Skewness of how often a row is a nearest neighbour of others: 0 without hubs, above 1 with many.",
        decimals=2,
        source="Radovanovic et al. 2010",
    ),
    # landscapes and bounds
    Quantity(name="loss", label="loss", definition="The loss that training minimizes, as a function of the weights."),
    _accuracy("accuracy", "accuracy", "accuracy", "Share of images that are classified correctly.", ""),
    Quantity(
        name="expected_loss",
        label="expected loss",
        definition="The mean loss, between 0 and 1, on new images of the same distribution.",
        better="lower",
        limits=(0.0, 1.0),
    ),
    Quantity(
        name="generalization_gap",
        label=f"gap (expected loss {MINUS} training loss)",
        short="gap",
        definition="The expected loss minus the loss on the training sample.",
        better="lower",
    ),
):
    declare(_each)
