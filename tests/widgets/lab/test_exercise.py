"""Exercises in the lab: the fault is nowhere to be read before the answers, and the token carries the whole lab."""

import json
import re
import time

import numpy as np
import pytest

import ame_explore
from ame_explore.ame import AMEError
from ame_explore.training import Recipe
from ame_explore.widgets import Exercise, LiveRun
from ame_explore.widgets.lab.dials import BREAK_OF
from ame_explore.widgets.lab.exercise import ANSWERS_PREFIX, Answers, drawn, possible_faults, sealed, unpacked
from ame_explore.widgets.lab.lab_token import LAB_PREFIX, lab_of

ONE = Recipe(host="projector", steps=30, batch_size=8, shots=2, omega=5.0)
ARMS = {"A": ONE, "B": ONE}
WAIT = 60


@pytest.fixture(autouse=True)
def watched(monkeypatch):
    monkeypatch.setenv("AME_HEADLESS", "0")


@pytest.fixture
def opened(stage):
    """opened(...): a lab, closed after the test, and the messages that its page was sent."""
    labs = []

    def open_(recipe=ARMS, **options):
        made = ame_explore.lab(recipe, stage=stage, **options)
        sent = []
        made.cockpit.send = lambda content, buffers=None: sent.append(json.dumps(content))
        made.live.settle(WAIT)
        labs.append(made)
        return made, sent

    yield open_
    for one in labs:
        one.close()


def frames(sent):
    return [json.loads(one) for one in sent if '"type": "frame"' in one]


def drawn_by_page(lab, sent, reached):
    """Acknowledge frames as a page does, until `reached` holds for the newest."""
    deadline = time.monotonic() + WAIT
    while not (frames(sent) and reached(frames(sent)[-1])):
        assert time.monotonic() < deadline, "it never came"
        for frame in frames(sent)[-1:]:
            lab.cockpit._receive(None, {"type": "ack", "n": frame["n"], "page": "p", "t": 0.0, "age_ms": 1.0}, [])
        time.sleep(0.02)


def told(lab, name, **args):
    lab.cockpit._receive(None, {"type": "command", "name": name, "args": args, "page": "p"}, [])
    lab.live.settle(WAIT)


@pytest.mark.parametrize("fault", list(BREAK_OF))
def test_every_fault_sabotages_the_arm_that_was_chosen_and_no_other(stage, fault):
    with LiveRun(ARMS, stage=stage, drawn=40, exercise=Exercise(fault=fault, arm="B")) as live:
        live.settle(WAIT)
        arms = {arm.name: arm.recipe.at(0) for arm in live._engine.arms}
        turns = BREAK_OF[fault].turns_of(ONE)
        assert turns and all(getattr(arms["B"], name) == value for name, value in turns.items())
        assert {name for name in vars(ONE) if getattr(arms["A"], name) != getattr(ONE, name)} <= {
            "data_digest",
            "events",
        }


def test_nothing_that_the_page_is_sent_tells_the_fault(opened):
    """The same lab with each fault sends messages that differ in nothing but what was measured."""
    seen = []
    for fault in ("shuffled_pairs", "missing_normalization", "teacher_noise", "duplicated_rows"):
        lab, sent = opened(exercise=Exercise(fault=fault, arm="B"))
        lab.cockpit._receive(None, {"type": "ready", "page": "p", "t": 0.0}, [])
        told(lab, "step")
        drawn_by_page(lab, sent, lambda frame: frame["step"] == 1)
        refused = {
            "take_apart": {"place": 0, "key": ""},
            "set": {"field": "omega", "value": 1.0, "arm": "B"},
            "break_it": {"switch": fault, "on": False},
            "restore": {"token": ONE.token()},
            "fork": {"step": 0, "field": None, "value": None, "arm": "B", "play": False},
        }
        for name, args in refused.items():
            told(lab, name.removesuffix("_it"), **args)
            drawn_by_page(lab, sent, lambda frame, name=name: (frame["note"] or "").startswith(f"{name}: the exercise"))
        whole = "\n".join(sent)
        for frame in frames(sent):
            assert frame["dials"] == frame["breaks"] == frame["diagnosis"] == []
            assert all(arm["recipe_token"] == "" and arm["turns"] == [] for arm in frame["arms"])
            assert {"set", "break", "fork", "restore", "take_apart"} <= set(frame["locked"])
        # The question names all faults alike, and the fields that they set are named nowhere.
        assert not re.search(r'"(student_tau|shuffled_pairs|normalized|duplicates|teacher_noise)"', whole)
        seen.append({json.dumps(frame["exercise"]["questions"]) for frame in frames(sent)})
        text = repr(lab) + repr(lab.live) + repr(lab.live.exercise) + repr(lab.result())
        assert fault not in text and lab.live.recipes == ARMS and lab.result().arms["B"].token == ONE.token()
        with pytest.raises(AMEError, match="exercise hides it"):
            _ = lab.result().arms["B"].run
        assert fault not in json.dumps(unpacked(lab.token, LAB_PREFIX))
    assert all(one == seen[0] for one in seen)


def test_the_answers_reveal_it_and_come_in_the_result_and_as_a_token(opened):
    questions = {"What told you?": [], "How sure are you?": ["sure", "not sure"]}
    lab, _ = opened(exercise=Exercise(fault="shuffled_pairs", arm="A", questions=questions, minutes=5))
    state = lab.live.view().exercise
    assert [one["id"] for one in state["questions"]] == ["who", "what", "What told you?", "How sure are you?"]
    assert state["hidden"] and not state["running"] and state["limit"] == 300 and lab.result().answers is None
    lab.live.play()
    lab.live.wait(WAIT)
    assert lab.live.view().exercise["running"]
    told(lab, "answer", answers={"who": "nobody"})
    assert lab.live.hides and "who" in lab.live.view().note
    told(lab, "answer", answers={"who": "A", "what": "label noise in the teacher", "What told you?": " the curve "})
    answers, state = lab.result().answers, lab.live.view().exercise
    assert answers.given == {"who": "A", "what": "label noise in the teacher", "What told you?": "the curve"}
    assert answers.right == {"who": True, "what": False} and 0 < answers.seconds < 300 and not answers.late
    assert not state["hidden"] and "A was sabotaged: shuffled pairs." in state["told"]
    assert [state["outcome"][name]["right"] for name in ("who", "what")] == [True, False]
    view = lab.live.view()
    assert view.dials and view.breaks and view.diagnosis and all(arm.recipe_token for arm in view.arms)
    assert [one["switch"] for one in view.breaks if one["on"]] == ["shuffled_pairs"]
    assert lab.live.recipes["A"].shuffled_pairs and lab.result().arms["A"].run.losses is not None
    again = Answers.from_token(answers.token())
    assert (again.given, again.right, again.late, again.arms) == (answers.given, answers.right, False, ("A", "B"))
    assert state["token"] == answers.token() and len(answers.token()) < 400
    told(lab, "answer", answers={"who": "B"})
    assert "cannot be changed" in lab.live.view().note


def test_a_teacher_can_reveal_it_later_and_late_answers_are_marked(opened):
    lab, _ = opened(exercise=Exercise(minutes=1e-6, reveals=False))
    lab.live.step(1)
    lab.live.settle(WAIT)
    told(lab, "answer", answers={})
    assert lab.live.hides and lab.result().answers.late and lab.result().answers.given == {}
    assert lab.live.view().exercise["told"] == ""
    lab.reveal()
    lab.live.settle(WAIT)
    assert not lab.live.hides and "was sabotaged" in lab.live.view().exercise["told"]


def test_a_lab_s_token_carries_all_that_the_lab_shows(opened):
    lab, _ = opened(
        {"KD": Recipe(host="projector", steps=30, batch_size=8, shots=2, omega=0.0), "AME": ONE},
        show={"left": ["dials", "omega"], "below": ["probe", "charts"], "main": ["transport", "manifold"]},
        lock=["speed", "tau"],
        images=False,
        predict=True,
        exercise=Exercise(questions=["Why?"], minutes=3),
    )
    place = int(lab.live._engine.canvas.ids[0])
    lab.probe(place, "mine")
    lab.live.settle(WAIT)
    token = lab.token
    assert token.startswith(LAB_PREFIX) and "+probes1:" in token and len(token) < 1000
    again, _ = opened(token)
    assert again.live.recipes == lab.live.recipes and again.arrangement == lab.arrangement
    assert again._locked == ("speed", "tau") and again.cockpit.images is False and again.live.asks
    assert list(again.live.kept_probes) == ["mine"] and again.live.kept_probes["mine"].id == place
    assert again.live.exercise.plain() == lab.live.exercise.plain() and again.token == token
    truth = [{arm.name: arm.recipe for arm in one.live._engine.arms} for one in (lab, again)]
    assert truth[0] == truth[1] != again.live.recipes
    for wrong in (token[:-9], LAB_PREFIX + "????", LAB_PREFIX):
        with pytest.raises(AMEError):
            ame_explore.lab(wrong)


def test_steering_and_forks_are_in_the_token(opened):
    lab, _ = opened()
    lab.live.step(3)
    lab.live.settle(WAIT)
    lab.live.set("omega", 2.0, "B")
    lab.live.fork(1, "omega", 9.0, "A", name="C")
    lab.live.settle(WAIT)
    held = lab_of(lab.token)
    assert list(held.recipes) == ["A", "B", "C"] and held.exercise is None
    assert [(event.step, event.value) for name in "BC" for event in held.recipes[name].events] == [(3, 2.0), (1, 9.0)]


def test_a_seal_decides_and_hides_what_a_teacher_chose():
    faults = possible_faults(ARMS)
    assert set(faults) == set(BREAK_OF)
    seals = np.random.default_rng(0).integers(0, 1 << 40, 400).tolist()
    found = [drawn(seal, ["A", "B"], faults) for seal in seals]
    assert found == [drawn(seal, ["B", "A"], faults[::-1]) for seal in seals]
    counts = {pair: found.count(pair) for pair in set(found)}
    assert len(counts) == 12 and min(counts.values()) > 10  # of 33 expected; below 10 by chance in 1 of 10^6
    made = sealed(Exercise(fault="teacher_noise", arm="B"), ARMS)
    assert made.fault is None and drawn(made.seal, ["A", "B"], faults) == ("B", "teacher_noise")
    plain = {name: Recipe(omega=0.0, reading="spectral") for name in "AB"}
    assert "wrong_temperature" not in possible_faults(plain)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"fault": "rain"}, "fault"),
        ({"minutes": -1}, "minutes"),
        ({"reveals": 1}, "reveals"),
        ({"questions": "why"}, "questions"),
        ({"questions": {"why": [1]}}, "questions"),
        ({"questions": ["x" * 500]}, "questions"),
        ({"questions": ["q"] * 13}, "questions"),
        ({"seal": -1}, "seal"),
        ({"seal": 3, "arm": "A"}, "seal"),
    ],
)
def test_a_wrong_exercise_is_refused_by_name(given, named):
    with pytest.raises(AMEError, match=named):
        Exercise(**given)


def test_what_does_not_fit_an_exercise_is_refused(stage):
    with pytest.raises(AMEError, match="two students"):
        LiveRun(ONE, stage=stage, exercise="sabotage")
    with pytest.raises(AMEError, match="exercise"):
        LiveRun(ARMS, stage=stage, exercise="riddle")
    with pytest.raises(AMEError, match="arm"):
        LiveRun(ARMS, stage=stage, exercise=Exercise(arm="C"))
    for token in ("ame1:x", ANSWERS_PREFIX, ANSWERS_PREFIX + "AAAA", 3):
        with pytest.raises(AMEError):
            Answers.from_token(token)
