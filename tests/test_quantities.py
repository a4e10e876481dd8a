"""Quantities: what is declared, how numbers are written, what an interval is said to show."""

from __future__ import annotations

import dataclasses
import json
import math

import pytest

from ame_explore.ame import AMEError
from ame_explore.analysis.pairs.exploration import MEASURES
from ame_explore.analysis.statistics import PairedInterval, paired_interval
from ame_explore.quantities import (
    NOTHING,
    UNDECIDED,
    Quantity,
    declare,
    declared,
    for_browser,
    number,
    ordered,
    quantity,
    significant,
)

ALL = declared().values()


@pytest.mark.parametrize(
    ("value", "options", "expected"),
    [
        (0.77352, {}, "0.774"),
        (-0.0104, {"signed": True}, "−0.010"),
        (0.0104, {"signed": True}, "+0.010"),
        (-0.0001, {"signed": True}, "0.000"),
        (0.000137, {"fine": True}, "0.00014"),
        (-2e-6, {"fine": True, "signed": True}, "−2.0e−06"),
        (3.4012, {"fine": True}, "3.401"),
        (0.02, {"fine": True}, "0.020"),
        (0.0, {"fine": True, "signed": True}, "0.0"),
        (math.nan, {}, "–"),
        (math.inf, {"signed": True}, "–"),
        (None, {}, "–"),
        (12345.0, {"decimals": 0}, "12,345"),
        (-0.0, {"decimals": 0}, "0"),
        (1234.5, {"decimals": 0}, "1,234.5"),
        (12345.678, {"decimals": 1}, "12345.7"),
    ],
)
def test_numbers_with_decimals(value: float, options: dict, expected: str) -> None:
    assert number(value, **options) == expected


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [
        (0.0, 3, "0"),
        (3.14159, 3, "3.14"),
        (-1234.5, 3, "−1234"),
        (123456.0, 3, "123456"),
        (12345678.0, 3, "1.23e7"),
        (0.000123, 3, "1.23e−4"),
        (0.00123, 2, "0.0012"),
        (0.0123, 2, "0.012"),
        (math.nan, 3, "–"),
        (None, 3, "–"),
    ],
)
def test_numbers_with_digits(value: float, digits: int, expected: str) -> None:
    assert significant(value, digits) == expected


@pytest.mark.parametrize("each", ALL, ids=lambda each: each.name)
def test_every_quantity_is_explained_in_one_sentence(each: Quantity) -> None:
    assert each.definition.endswith(".") and each.definition.count(". ") == 0
    assert each.meaning.endswith(".") and each.source in each.meaning
    assert each.label and len(each.short) <= len(each.label)
    assert each.limits is None or each.limits[0] < each.limits[1]
    assert each.text(0.5) != "–" and each.text(None) == "–"


def test_labels_tell_quantities_apart() -> None:
    titles = [each.title for each in ALL]
    assert len(set(titles)) == len(titles)


def test_all_measures_of_features_are_declared() -> None:
    assert set(MEASURES) <= set(declared())


def test_an_undeclared_quantity_keeps_its_name() -> None:
    made_up = quantity("recall_at_5")
    assert made_up.label == "recall at 5" and made_up.better == "neither" and made_up.definition == ""
    assert ordered(["mine", "new_accuracy", "yours", "harmonic_mean"]) == [
        "harmonic_mean",
        "new_accuracy",
        "mine",
        "yours",
    ]


def test_a_name_is_declared_once() -> None:
    known = quantity("ece")
    assert declare(known) is not None  # the same again changes nothing
    with pytest.raises(AMEError, match="name must be new, got 'ece'"):
        declare(dataclasses.replace(known, label="something else"))
    with pytest.raises(AMEError, match="better must be one of"):
        Quantity(name="x", label="x", better="up")  # type: ignore[arg-type]
    with pytest.raises(AMEError, match="group must be one of"):
        Quantity(name="x", label="x", group="speed")
    with pytest.raises(AMEError, match="label must be a non-blank string"):
        Quantity(name="x", label=" ")


def interval(low: float, high: float, n: int = 5) -> PairedInterval:
    return PairedInterval((low + high) / 2, low, high, n, 0.95)


@pytest.mark.parametrize(
    ("name", "low", "high", "expected"),
    [
        ("harmonic_mean", 0.01, 0.02, "better"),
        ("harmonic_mean", -0.02, -0.01, "worse"),
        ("ece", 0.01, 0.02, "worse"),
        ("ece", -0.02, -0.01, "better"),
        ("modality_gap", 0.01, 0.02, "higher"),
        ("H", -0.02, -0.01, "lower"),
        ("harmonic_mean", -0.01, 0.02, NOTHING),
        ("harmonic_mean", 0.0, 0.1, NOTHING),
        ("harmonic_mean", 0.1, 0.1, UNDECIDED),
        ("harmonic_mean", math.nan, math.nan, UNDECIDED),
        ("users_own", 0.1, 0.2, "higher"),
    ],
)
def test_verdicts_know_which_direction_is_good(name: str, low: float, high: float, expected: str) -> None:
    assert quantity(name).verdict(interval(low, high)) == expected


def test_the_number_of_seeds_stands_beside_every_interval() -> None:
    what = quantity("harmonic_mean")
    assert what.change_text(interval(0.01, 0.03, 7)) == "+0.020 [+0.010, +0.030] over 7 seeds"
    assert what.change_text(paired_interval([0.75], [0.5])) == "+0.250 (one seed: no interval)"
    same = paired_interval([0.5, 0.75], [0.25, 0.5])
    assert what.change_text(same, "pairs") == "+0.250 (the same change in all 2 pairs: no interval)"


def test_limits_show_that_they_exclude_0() -> None:
    what = quantity("new_accuracy")
    assert what.limits_text(interval(0.0001, 0.02)) == "[+0.0001, +0.0200]"
    assert what.limits_text(interval(-0.0001, 0.02)) == "[0.000, +0.020]"
    assert what.limits_text(interval(0.1, 0.1)) == ""
    assert quantity("H").limits_text(interval(-0.0002, -0.0001)) == "[−0.00020, −0.00010]"


def test_the_browser_gets_plain_values() -> None:
    sent = json.loads(json.dumps(for_browser(), allow_nan=False))
    assert sent.keys() == declared().keys()
    assert sent["H"] == {
        "label": "entropy H",
        "short": "entropy H",
        "definition": quantity("H").definition,
        "unit": "nats",
        "decimals": 3,
        "fine": True,
        "group": "entropy",
        "per_reading": True,
        "headline": True,
    }
    assert all(one["decimals"] == quantity(name).decimals for name, one in sent.items())
