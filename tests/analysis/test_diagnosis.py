import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ame_explore.ame import AMEError
from ame_explore.analysis.diagnosis import LEVELS, History, diagnose, together

STEPS = np.arange(1, 41)
WHOLE = {
    "kd": (STEPS, np.linspace(1.0, 0.2, 40)),
    "H": (STEPS, np.full(40, math.log(26))),
    "share.ame": (STEPS[::5], np.full(8, 0.2)),
}
CHECKS = [0, 20, 40]
METRICS = {
    "cosine_with_text": (CHECKS, [0.0, 0.3, 0.5]),
    "feature_norm": (CHECKS, [3.0, 4.0, 5.0]),
    "new_accuracy": (CHECKS, [0.2, 0.5, 0.6]),
    "teacher_agreement": (CHECKS, [0.1, 0.4, 0.7]),
    "predictive_entropy": (CHECKS, [1.0, 0.6, 0.3]),
}


def history(losses=None, metrics=None, **settings):
    settings = {"reading": "rows", "omega": 50.0, "rows": 26, "classes": 10, **settings}
    return History("KD + AME", {**WHOLE, **(losses or {})}, {**METRICS, **(metrics or {})}, **settings)


def kinds(*arguments, **settings):
    return [finding.kind for finding in diagnose(history(*arguments, **settings))]


def falling(end):
    return {"H": (STEPS, np.linspace(math.log(26), end, 40))}


AWAY = {"teacher_agreement": (CHECKS, [0.1, 0.12, 0.11]), "predictive_entropy": (CHECKS, [1.0, 1.0, 1.0])}
STUCK = {"cosine_with_text": (CHECKS, [0.30, 0.31, 0.29])}


def test_a_whole_run_is_ok():
    (finding,) = diagnose(history())
    assert (finding.level, finding.kind) == ("ok", "nothing") and finding.text.startswith("KD + AME: Nothing unusual")


def test_a_run_that_has_not_begun_is_ok_and_says_so():
    (finding,) = diagnose(History("KD", {}))
    assert finding.level == "ok" and "No step" in finding.text


def test_collapse_is_an_alarm_with_its_numbers():
    finding = diagnose(history(falling(0.05), STUCK))[0]
    assert (finding.level, finding.kind) == ("alarm", "collapse")
    assert "from 3.26 to 0.13 nats" in finding.text, "the median of the last three"
    assert "exp(H) = 1.1 rows of 26" in finding.text and "0.30 to 0.29" in finding.text


def test_collapse_with_alignment_is_a_warning():
    finding = diagnose(history(falling(0.05)))[0]
    assert (finding.level, finding.kind) == ("warn", "collapse") and "0.00 to 0.50" in finding.text


@pytest.mark.parametrize(("rows", "kind"), [(2.9, "collapse"), (3.4, "H without alignment")])
def test_three_rows_are_the_border(rows, kind):
    assert kinds({"H": (STEPS, np.r_[math.log(26), np.full(39, math.log(rows))])}, STUCK) == [kind]


def test_there_is_no_collapse_where_nothing_fell_or_nothing_pulls():
    assert kinds(None, STUCK) == ["nothing"]
    assert kinds(falling(0.05), STUCK, omega=0.0) == ["nothing"]
    assert kinds(falling(0.05), STUCK, reading="predictive") == ["nothing"], "its H counts classes, and may be small"
    # two rows only: H is small from the start
    assert kinds({"H": (STEPS, np.full(40, math.log(2)))}, STUCK, rows=2) == ["nothing"]


@pytest.mark.parametrize(
    ("losses", "metrics", "kind", "words"),
    [
        ({"share.ame": (STEPS, np.full(40, 0.95))}, {}, "drowned", "95% of the gradient"),
        ({"share.ame": (STEPS, np.full(40, 0.001))}, {}, "no push", "0.1% of the gradient"),
        ({}, {"feature_norm": (CHECKS, [3.0, 9.0, 30.0])}, "length", "10 times as long (3 to 30)"),
        ({}, {"new_accuracy": (CHECKS, [0.2, 0.6, 0.45])}, "new classes", "45%, down from 60% at step 20"),
        ({}, AWAY, "teacher", "on 11% of the test images (10% at the start"),
        (
            {},
            {"teacher_agreement": (CHECKS, [0.1, 0.2, 0.3]), "predictive_entropy": (CHECKS, [1.0, 0.2, 0.05])},
            "sure and wrong",
            "0.05 of at most 2.30 nats, yet only 30%",
        ),
        ({"kd": (STEPS, np.linspace(0.5, 1.0, 40))}, {}, "kd rises", "from 0.526 to 0.974"),
    ],
)
def test_each_ailment_is_found_alone_and_told_with_its_numbers(losses, metrics, kind, words):
    found = diagnose(history(losses, metrics))
    assert [finding.kind for finding in found] == [kind] and words in found[0].text
    assert found[0].level == "warn"


def test_the_heavy_hand_of_ame_is_named_where_the_student_leaves_its_teacher():
    (finding,) = diagnose(history({"share.ame": (STEPS, np.full(40, 0.7))}, AWAY))
    assert "AME pulls with 70%" in finding.text and "pairs and labels" not in finding.text


def test_alarms_come_first():
    found = diagnose(history({**falling(0.05), "kd": (STEPS, np.linspace(0.5, 1.0, 40))}, STUCK))
    assert [finding.kind for finding in found] == ["collapse", "kd rises"]


def test_wrong_histories_are_refused():
    with pytest.raises(AMEError, match=r"losses\['kd'\] must be two arrays of one length, got 2 steps and 1 values"):
        History("a", {"kd": ([1, 2], [0.5])})
    with pytest.raises(AMEError, match="reading must be one of"):
        History("a", {}, reading="tea")


@given(
    st.dictionaries(
        st.sampled_from([*WHOLE, *METRICS]),
        st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=30),
    ),
    st.floats(0, 100),
)
def test_any_history_has_a_diagnosis(values, omega):
    """NaN, infinity, one value or none: it speaks, and in its own order."""
    with np.errstate(all="ignore"):
        found = diagnose(
            History("x", {name: (range(len(v)), v) for name, v in values.items()}, omega=omega, rows=26, classes=10)
        )
    levels = [LEVELS.index(finding.level) for finding in found]
    assert found and levels == sorted(levels, reverse=True)


def test_runs_with_nothing_to_tell_are_told_of_once():
    quiet = {name: diagnose(History(name, WHOLE, METRICS, omega=5.0, rows=26, classes=10)) for name in ("a", "b")}
    assert [one.text for one in together(quiet)] == ["Nothing unusual so far."]
    loud = diagnose(History("c", {**WHOLE, "share.ame": (STEPS, np.full(40, 0.95))}, METRICS, omega=5.0, rows=26))
    told = together({**quiet, "c": loud})
    assert [one.level for one in told] == ["warn", "ok"] and told[1].text == "a, b: Nothing unusual so far."
