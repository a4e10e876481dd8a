import dataclasses
import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ame_explore.ame import READINGS, AMEError, Reading
from ame_explore.analysis.diagnosis.diagnose import LEVELS, History, diagnose, together, waiting
from ame_explore.data import digits
from ame_explore.models import Pretraining, pretrain
from ame_explore.training import Recipe, Stage
from ame_explore.widgets.lab.arms import Arm
from ame_explore.widgets.lab.dials import BREAK_OF
from ame_explore.widgets.lab.student_picture import Canvas

STEPS = np.arange(1, 41)
WHOLE = {
    "kd": (STEPS, np.linspace(1.0, 0.2, 40)),
    "H": (STEPS, np.full(40, math.log(26))),
    "share.ame": (STEPS[::5], np.full(8, 0.2)),
}
CHECKS = [0, 20, 40]
FACTS = ("images", "distinct", "most_alike", "fits", "fits_by_chance", "fits_reordered", "shortest", "longest", "shots",
         "distinct_shots", "teacher_spread", "student_spread")  # fmt: skip
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
    assert "exp(H) = 1.1 of its 26 rows" in finding.text and "0.30 to 0.29" in finding.text


def test_collapse_does_not_fade_when_distillation_brings_images_closer():
    finding = diagnose(history(falling(0.05)))[0]
    assert (finding.level, finding.kind) == ("alarm", "collapse") and "0.00 to 0.50" in finding.text


@pytest.mark.parametrize(
    ("most", "level", "kind"), [(0.8, "alarm", "collapse"), (0.3, "alarm", "collapse"), (0.05, "ok", "solved alone")]
)
@pytest.mark.parametrize("aligned", [False, True])
def test_how_bad_a_collapse_is_depends_on_how_much_of_it_reached_the_student(most, level, kind, aligned):
    """The share of the gradient is spent by the end, as where one row has won."""
    losses = falling(0.05) | {"share.ame": (STEPS, np.r_[np.full(10, most), np.full(30, 0.001)])}
    found = {one.kind: one for one in diagnose(history(losses, {} if aligned else STUCK))}
    assert found[kind].level == level and ("solved alone" if kind == "collapse" else "collapse") not in found


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
            "0.05 of at most 2.30 nats, yet the student agrees with its teacher on only 30%",
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
    assert "AME makes up 70%" in finding.text and "pairs and labels" not in finding.text


def test_pairs_and_labels_are_not_blamed_where_they_were_seen_to_be_right():
    (finding,) = fed(metrics=AWAY)
    assert finding.kind == "teacher" and "answers fit 100% of the labels" in finding.text
    (finding,) = diagnose(history(None, AWAY))
    assert "check pairs and labels" in finding.text


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
    st.dictionaries(st.sampled_from(FACTS), st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=6)),
    st.floats(0, 100),
)
def test_any_history_has_a_diagnosis(values, noted, omega):
    """NaN, infinity, one value or none: it speaks, and in its own order."""
    losses, batches = ({name: (range(len(v)), v) for name, v in of.items()} for of in (values, noted))
    with np.errstate(all="ignore"):
        found = diagnose(History("x", losses, batches=batches, omega=omega, rows=26, images=16, classes=10))
    levels = [LEVELS.index(finding.level) for finding in found]
    assert found and levels == sorted(levels, reverse=True)


def test_runs_with_nothing_to_tell_are_told_of_once():
    quiet = {name: diagnose(History(name, WHOLE, METRICS, omega=5.0, rows=26, classes=10)) for name in ("a", "b")}
    assert [one.text for one in together(quiet)] == ["Nothing unusual so far."]
    loud = diagnose(History("c", {**WHOLE, "share.ame": (STEPS, np.full(40, 0.95))}, METRICS, omega=5.0, rows=26))
    told = together({**quiet, "c": loud})
    assert [one.level for one in told] == ["warn", "ok"] and told[1].text == "a, b: Nothing unusual so far."


# --- what a run is fed: seen in its minibatches

FED = {
    "images": (STEPS[::5], np.full(8, 16.0)),
    "distinct": (STEPS[::5], np.full(8, 16.0)),
    "most_alike": (STEPS[::5], np.full(8, 1.0)),
    "fits": (STEPS[::5], np.full(8, 16.0)),
    "fits_by_chance": (STEPS[::5], np.full(8, 3.5)),
    "fits_reordered": (STEPS[::5], np.full(8, 16.0)),
    "shortest": (STEPS[::5], np.full(8, 1 - 1e-7)),
    "longest": (STEPS[::5], np.full(8, 1 + 1e-7)),
    "shots": (STEPS[::5], np.full(8, 20.0)),
    "distinct_shots": (STEPS[::5], np.full(8, 20.0)),
    "teacher_spread": (STEPS[::5], np.full(8, 3.8)),
    "student_spread": (STEPS[::5], np.full(8, 1.3)),
}


def fed(last=None, **settings):
    """Findings of a run whose minibatches were whole but for what `last` says."""
    batches = {**FED, **{name: (STEPS[::5], np.full(8, value)) for name, value in (last or {}).items()}}
    settings = {"teacher_error": 0.01, "images": 16, **settings}
    return [found for found in diagnose(history(batches=batches, **settings)) if found.level != "ok"]


def test_a_whole_minibatch_is_nothing_to_tell_of():
    assert not fed() and not fed({"fits": 15.0}) and not fed({"fits": 14.0}, teacher_error=0.07)
    assert not fed({"distinct": 15.0}), "one copy of 16"


@pytest.mark.parametrize(
    ("numbers", "settings", "level", "kind", "words"),
    [
        ({"fits": 9.0, "fits_reordered": 14.0}, {}, "warn", "labels", "on 28 of the last 64 training rows"),
        ({"fits": 9.0, "fits_reordered": 14.0}, {"ambiguity": 0.9}, "warn", "labels", "have ambiguity 0.9, which"),
        ({"fits": 9.0, "fits_reordered": 14.0}, {"teacher_error": 0.2}, "warn", "labels", "(44%; on test images 20%)"),
        ({"fits": 9.0, "fits_reordered": 14.0}, {"teacher_error": None}, "warn", "labels", "(44%). The teacher's"),
        ({"fits": 3.0}, {}, "alarm", "pairs", "12 answers fit their label, where a random order would give 14 and"),
        ({"shortest": 1.6, "longest": 5.0}, {}, "warn", "normalization", "lengths from 1.6 to 5, but"),
        ({"shortest": 1.6, "longest": 5.0}, {}, "warn", "normalization", "and so does a row's score in H"),
        ({"shortest": 0.2}, {"omega": 0.0}, "warn", "normalization", "whatever the direction. Divide"),
        ({"distinct": 8.0, "most_alike": 2.0}, {}, "warn", "copies", "stays above log 2 = 0.69 nats"),
        ({"distinct": 8.0, "most_alike": 2.0}, {"reading": "spectral"}, "warn", "copies", "log 18 = 2.89 nats"),
        ({"distinct": 8.0, "most_alike": 2.0}, {"reading": "predictive"}, "warn", "copies", "see only 8 images"),
        ({"distinct": 8.0, "most_alike": 2.0}, {"omega": 0.0}, "warn", "copies", "learns from 8 images"),
        ({"distinct_shots": 15.0}, {}, "warn", "copies", "only 15 of the 20 training images are distinct"),
        ({"student_spread": 0.1}, {}, "warn", "temperature", "38: the student's temperature looks too high"),
        ({"student_spread": 38.0}, {}, "warn", "temperature", "10: the student's temperature looks too low"),
    ],
)  # fmt: skip
def test_what_a_run_is_fed_is_told_with_its_numbers(numbers, settings, level, kind, words):
    (found,) = fed(numbers, **settings)
    assert (found.level, found.kind) == (level, kind) and words in found.text


def test_copies_are_told_from_a_tenth_of_the_rows_on():
    twenty = {"images": 20.0, "fits": 20.0, "fits_reordered": 20.0}
    assert [found.kind for found in fed({**twenty, "distinct": 18.0})] == ["copies"]
    assert not fed({**twenty, "distinct": 19.0})
    assert [found.kind for found in fed({"distinct_shots": 18.0})] == ["copies"]
    assert not fed({"distinct_shots": 19.0})


def test_lengths_explain_a_spread_and_a_growth():
    metrics = {"feature_norm": (CHECKS, [3.0, 9.0, 30.0])}
    long = {"shortest": 20.0, "longest": 40.0, "student_spread": 60.0}
    assert [found.kind for found in fed(long, metrics=metrics)] == ["normalization"]


def test_contradictions_explain_a_flat_student():
    assert [found.kind for found in fed({"fits": 3.0, "student_spread": 0.1})] == ["pairs"]


def test_a_teacher_that_errs_as_often_as_known_before_training_is_no_finding():
    """An emoji teacher is wrong on 33 % of the test images: it contradicts as many training labels in a healthy run."""
    often = {"images": 64.0, "distinct": 64.0, "fits_reordered": 60.0}
    assert not fed({**often, "fits": 44.0}, teacher_error=0.33)
    assert not fed({**often, "fits": 39.0}, teacher_error=0.33), "39 % of 256 rows: chance gives that once in 50 checks"
    (found,) = fed({**often, "fits": 25.0}, teacher_error=0.33)
    assert found.kind == "labels" and "61%; on test images 33%" in found.text


def test_a_student_that_agrees_from_the_start_may_gain_slowly():
    slow = {"teacher_agreement": ([0, 20, 40], [0.28, 0.33, 0.35]), "predictive_entropy": (CHECKS, [1.0, 1.0, 1.0])}
    assert kinds(None, slow) == ["nothing"]
    still = {**slow, "teacher_agreement": ([0, 20, 40, 60], [0.28, 0.29, 0.28, 0.29])}
    assert kinds(None, still) == ["teacher"]


def test_a_push_that_is_over_is_told_without_a_warning():
    share = np.r_[np.linspace(0.1, 0.6, 20), np.full(20, 0.003)]
    (found,) = diagnose(history({"share.ame": (STEPS, share)}))
    assert (found.level, found.kind) == ("ok", "push spent") and "60% of the gradient at step 20" in found.text


def test_every_warning_says_what_to_try_and_what_it_can_miss():
    loud = {**falling(0.05), "kd": (STEPS, np.linspace(0.5, 1.0, 40)), "share.ame": (STEPS, np.full(40, 0.95))}
    found = [*diagnose(history(loud, {**STUCK, **AWAY})), *fed({"fits": 3.0, "shortest": 0.2, "distinct": 8.0})]
    assert {one.kind for one in found} >= {"collapse", "kd rises", "drowned", "teacher", "pairs", "normalization"}
    assert all(one.advice and one.sensitivity.startswith("Sensitivity: ") for one in found)


def test_exp_h_says_whose_rows_it_counts():
    (found,) = diagnose(history(falling(0.05), images=16))
    assert "exp(H) = 1.1 of its 26 rows (16 images and 10 texts) still count" in found.text
    (found,) = diagnose(history(falling(0.05), images=1, rows=11))
    assert "of the 11 rows (1 image and 10 texts)" in found.text


def test_what_is_waited_for_is_named():
    (found,) = waiting("training the teacher")
    assert found.level == "ok" and "waiting for the preparation (training the teacher)" in found.text
    assert "waiting for the preparation." in waiting()[0].text and "no student" in waiting(ended=True)[0].text


# --- the same in runs: each switch alone, and data with the same defect

RUN = Recipe(host="projector", steps=12, batch_size=16, shots=4)
SIX = {
    "KD": {"omega": 0.0},
    "KD logits": {"omega": 0.0, "kd": "logits"},
    **{reading: {"reading": reading} for reading in READINGS},
}
FED_KINDS = {"labels", "pairs", "normalization", "copies", "temperature"}


@pytest.fixture(scope="module")
def stage():
    data = digits()
    teacher = pretrain(data, Pretraining(steps=60))
    backbone = pretrain(data, Pretraining(size="student", split="backbone", shift=1.0, steps=10))
    return Stage(data, teacher, backbone)


@pytest.fixture(scope="module")
def canvas(stage):
    return Canvas(stage, 20)


def found_in(recipe, stage, canvas):
    """The kinds of finding of this file's second half that a run of `recipe` ends with."""
    arm = Arm("arm", recipe, stage, canvas)
    while not arm.finished:
        arm.advance()
    return {found.kind for found in arm.findings()} & FED_KINDS


@pytest.mark.parametrize("arm", SIX)
def test_nothing_is_found_in_what_a_whole_run_is_fed(stage, canvas, arm):
    for seed in range(2):
        assert found_in(dataclasses.replace(RUN, seed=seed, **SIX[arm]), stage, canvas) == set()


@pytest.mark.parametrize("arm", SIX)
@pytest.mark.parametrize(
    ("switch", "kind"),
    [
        ("teacher_noise", "labels"),
        ("shuffled_pairs", "pairs"),
        ("missing_normalization", "normalization"),
        ("duplicated_rows", "copies"),
        ("wrong_temperature", "temperature"),
    ],
)
def test_each_switch_has_its_finding_and_no_other(stage, canvas, arm, switch, kind):
    recipe = dataclasses.replace(RUN, **SIX[arm])
    turns = BREAK_OF[switch].turns_of(recipe)
    # AME's own temperature shows in H, if at all: only logits KD compares two sides that were divided
    expected = {kind} if switch != "wrong_temperature" or recipe.kd != "feature" else set()
    assert found_in(dataclasses.replace(recipe, **turns), stage, canvas) == expected


def test_a_finding_comes_goes_and_is_there_again_when_one_looks_back(stage, canvas):
    recipe = dataclasses.replace(RUN, steps=80).with_event(20, "duplicates", 2).with_event(40, "duplicates", 1)
    arm = Arm("arm", recipe, stage, canvas)
    for _ in range(81):
        arm.advance()
    seen = {step: "copies" in {found.kind for found in arm.findings(step)} for step in (10, 20, 25, 40, 80, 30)}
    assert seen == {10: False, 20: False, 25: True, 40: True, 80: False, 30: True}
    fork = arm.fork("fork", 30, None, None)
    assert "copies" in {found.kind for found in fork.findings()}, "a fork keeps what was noted before it"


def broken_data(stage, **changes):
    data = dataclasses.replace(stage.data, **changes)
    return Stage(data, stage.teacher, stage.backbone)


def test_labels_that_are_wrong_in_ones_own_data_are_found(stage, canvas):
    generator = torch.Generator().manual_seed(0)
    labels, distil = stage.data.labels.clone(), stage.data.splits["distill"]
    wrong = distil[torch.rand(len(distil), generator=generator) < 0.4]
    labels[wrong] = (labels[wrong] + torch.randint(1, 10, (len(wrong),), generator=generator)) % 10
    assert found_in(RUN, broken_data(stage, labels=labels), canvas) == {"labels"}


@pytest.mark.parametrize("batch_size", [16, 2])
def test_copies_in_ones_own_data_are_found(stage, canvas, batch_size):
    images, shots = stage.data.images.clone(), stage.data.shots(4, seed=0)
    images[shots[1::4]] = images[shots[0::4]]
    recipe = dataclasses.replace(RUN, batch_size=batch_size)
    assert found_in(recipe, broken_data(stage, images=images), canvas) == {"copies"}


@pytest.mark.parametrize("reading", READINGS)
def test_every_reading_has_a_collapse(reading):
    """H falls from its largest value to where the reading counts it as collapsed, and nothing is aligned."""
    facts = READINGS[reading]
    most = facts.largest(26, 10, 64)
    end = (facts.least if math.isfinite(facts.least) else facts.collapsed_below - 1) + 1e-3
    fallen = {"H": (STEPS, np.r_[np.linspace(most, end, 30), np.full(10, end)])}
    wrong = {**STUCK, "teacher_agreement": (CHECKS, [0.1, 0.12, 0.11]), "predictive_entropy": (CHECKS, [1.0, 1.0, 1.0])}
    facts_of_batch = {"reading": reading, "rows": 26, "images": 16, "width": 64}
    found = {one.kind: one for one in diagnose(history(fallen, wrong, **facts_of_batch))}
    assert found["collapse"].level == "alarm" and facts.collapse in found["collapse"].text
    assert ("raise the temperature" in found["collapse"].text) == facts.tempered
    assert "collapse" not in kinds(fallen, wrong, **facts_of_batch, omega=0.0)
    still = {"H": (STEPS, np.full(40, most))}
    assert "collapse" not in kinds(still, wrong, **facts_of_batch)
    right = {**STUCK, "teacher_agreement": (CHECKS, [0.1, 0.5, 0.9])}
    assert ("collapse" in kinds(fallen, right, **facts_of_batch)) == (not facts.low_if_right)


def test_a_reading_that_says_nothing_of_its_collapse_has_one_all_the_same():
    READINGS["silent"] = Reading(name="silent", function=abs, help="Of a test.")
    try:
        finding = diagnose(history({"H": (STEPS, np.linspace(2.0, 0.05, 40))}, STUCK, reading="silent"))[0]
        assert finding.kind == "collapse" and "from 2.00 to 0.10 nats" in finding.text
        assert kinds({"H": (STEPS, np.linspace(2.0, 0.5, 40))}, STUCK, reading="silent") == ["nothing"]
    finally:
        del READINGS["silent"]
