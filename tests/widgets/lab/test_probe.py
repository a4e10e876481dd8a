"""Probes: they are embedded like any image or text, follow training, and never stop it."""

import base64
import threading

import numpy as np
import pytest
import torch
from torch.nn import functional as F

import ame_explore
from ame_explore import FeatureData
from ame_explore.ame import AMEError, row_entropy
from ame_explore.training import Recipe
from ame_explore.widgets import LiveRun
from ame_explore.widgets.lab.probe import MOST_KEPT, Probe, probe_from, probe_of, probes_token, split_token

WAIT = 60
PAIR = {
    "KD": Recipe(host="projector", steps=30, batch_size=8, shots=2, omega=0.0),
    "KD + AME": Recipe(host="projector", steps=30, batch_size=8, shots=2),
}


@pytest.fixture(autouse=True)
def watched(monkeypatch):
    monkeypatch.setenv("AME_HEADLESS", "0")


@pytest.fixture
def live(stage):
    with LiveRun(PAIR, stage=stage, drawn=60) as run:
        run.settle(WAIT)
        yield run


def asked(live, action="ask", **rest):
    """The state after a page asked."""
    live.ask_probe({"action": action, "by": "page", "n": 1, **rest})
    live.settle(WAIT)
    return live._engine.probing.last


def drawing(image):
    """An image (c, h, w) as a page sends it."""
    return probe_from(image).plain()


@pytest.mark.parametrize("steps", [0, 3])
def test_an_image_gets_the_answers_that_teacher_and_students_give_to_it(live, stage, steps):
    if steps:
        live.step(steps)
    place = int(stage.test[5])
    image = (stage.data.images[place] * 255).round() / 255
    state = asked(live, probe=drawing(image))
    assert state["error"] is None and state["by"] == "page" and state["n"] == 1 and state["kind"] == "image"
    assert [one["name"] for one in state["answers"]] == ["teacher", "KD", "KD + AME"]
    for answer in state["answers"]:
        if answer["name"] == "teacher":
            features = stage.teacher_features(image[None])
        else:
            arm = next(arm for arm in live._engine.arms if arm.name == answer["name"])
            assert answer["step"] == steps == arm.index
            student = arm.distillation.student.eval()
            with torch.no_grad():
                features = F.normalize(student(student.prepare(image[None])), dim=1)
        logits = stage.logits(features)
        np.testing.assert_allclose(answer["shares"], logits.softmax(1)[0], atol=1e-5)
        assert answer["entropy"] == pytest.approx(float(row_entropy(logits)[0]), abs=1e-4)
        canvas = live._engine.canvas
        np.testing.assert_allclose(answer["point"], canvas.basis.transform(features)[0], atol=1e-5)
        cosines = (stage.text_features @ features[0]).numpy()
        assert answer["texts"][0]["text"] == stage.data.class_texts[int(cosines.argmax())]
        assert answer["texts"][0]["cosine"] == pytest.approx(float(cosines.max()), abs=1e-5)
        if place in canvas.ids:
            assert int(answer["images"][0]) == place


def test_a_text_is_a_star_that_claims_the_images_nearest_to_it(live, stage):
    text = stage.data.class_texts[3] + " sparkling"
    state = asked(live, probe={"kind": "text", "text": text})
    assert "“sparkling” is unknown" in state["remark"]
    star = stage.teacher.encode_text([text])[0]
    canvas = live._engine.canvas
    for answer in state["answers"]:
        np.testing.assert_allclose(answer["point"], canvas.basis.transform(star[None])[0], atol=1e-5)
        images = canvas.teacher_features
        if answer["name"] != "teacher":
            images = torch.from_numpy(live._engine.whole[answer["name"]].features)
        own, best = images @ star, (images @ stage.text_features.T).max(1).values
        assert answer["claimed"] == int((own > best).sum()) and answer["of"] == 60
        assert set(answer["claims"]) <= set(canvas.ids[(own > best).numpy()])
        weights = (stage.logit_scale * own).double().softmax(0).numpy()
        shares = np.bincount(canvas.labels, weights, minlength=stage.data.num_classes)
        np.testing.assert_allclose(answer["shares"], shares, atol=1e-5)
        assert answer["entropy"] == pytest.approx(-(shares[shares > 0] * np.log(shares[shares > 0])).sum(), abs=1e-4)
        assert int(answer["images"][0]) == canvas.ids[int(own.argmax())]


def test_it_moves_while_training_goes_on_and_changes_nothing_in_it(stage):
    """A run with a probe ends in the same weights as one without."""
    ends = []
    for probed in (False, True):
        with LiveRun(PAIR, stage=stage, drawn=60) as live:
            live.settle(WAIT)
            states = []
            live.on_probe(states.append, print)
            live.subscribe(live.follow_probes)
            if probed:
                live.probe(stage.data.images[int(stage.test[0])])
                live.probe(stage.data.class_texts[0], "word")
            live.play()
            live.wait(WAIT)
            ends.append(live._engine.arms[1].distillation.state_dict())
        if probed:
            steps = [state["answers"][1]["step"] for state in states if state["answers"]]
            points = [state["answers"][1]["point"] for state in states if state["answers"]]
            assert steps[0] == 0 and steps[-1] == 30 and not np.allclose(points[0], points[-1])
            assert [mark["step"] for mark in states[-1]["kept"][0]["marks"]] == [None, 30, 30]
            table = live.probes
            assert list(table["probe"]) == ["", "", "", "word", "word", "word"]
            assert table["step"].tolist()[1:3] == [30, 30] and set(table["answer"]) <= set(stage.data.class_texts)
    assert all(torch.equal(ends[0][name], ends[1][name]) for name in ends[0])


def test_of_many_strokes_the_last_is_answered_and_nothing_else_is_lost(live, stage):
    probing, told = live._engine.probing, []
    live.on_probe(lambda state: told.append(state["n"]), print)
    word, other = ({"kind": "text", "text": text} for text in stage.data.class_texts[:2])
    requests = [("ask", word), ("ask", word), ("keep", word), ("ask", word), ("ask", other)]
    for n, (action, probe) in enumerate(requests):
        probing.waiting.append({"action": action, "probe": probe, "by": "page", "n": n, "name": "kept"})
    live.step()  # served after the first arm's step, before any command about probes
    live.settle(WAIT)
    assert told == [1, 2, 4] and list(probing.kept) == ["kept"] and probing.current.text == other["text"]


def test_looking_back_asks_the_student_of_that_step(live, stage):
    image = stage.data.images[int(stage.test[0])]
    live.step(4)
    then = asked(live, probe=drawing(image))["answers"][2]
    live.step(6)
    now = asked(live, probe=drawing(image))["answers"][2]
    live.scrub(4)
    back = asked(live, probe=drawing(image))["answers"][2]
    assert back["step"] == 4 and not np.allclose(now["point"], then["point"])
    np.testing.assert_allclose(back["point"], then["point"], atol=1e-6)
    np.testing.assert_allclose(back["shares"], then["shares"], atol=1e-6)


def test_a_walk_follows_the_great_circle_from_one_probe_to_the_other(live, stage):
    first, second = (drawing(stage.data.images[int(stage.test[i])]) for i in (0, 7))
    assert "one end" in asked(live, "walk", between=["", "there"])["error"]
    asked(live, "keep", probe=first, name="there")
    asked(live, probe=second)
    state = asked(live, "walk", between=["there", ""])
    assert state["error"] is None and (state["walk"]["first"], state["walk"]["second"]) == ("there", "")
    for path, mark, answer in zip(state["walk"]["paths"], state["kept"][0]["marks"], state["answers"], strict=True):
        np.testing.assert_allclose(path["points"][0], mark["point"], atol=1e-5)
        np.testing.assert_allclose(path["points"][-1], answer["point"], atol=1e-5)
        assert path["answers"][0] == mark["answer"] and path["answers"][-1] == answer["shares"].argmax()
        assert path["entropy"][0] == pytest.approx(mark["entropy"], abs=1e-4)
        middle = F.normalize(_feature(live, path["name"], first) + _feature(live, path["name"], second), dim=0)
        np.testing.assert_allclose(
            path["points"][len(path["points"]) // 2], live._engine.canvas.place(middle[None])[0], atol=1e-5
        )
    assert "two different probes" in asked(live, "walk", between=["", ""])["error"]
    asked(live, "keep", probe=second, name="same")
    state = asked(live, "walk", between=["same", ""])
    assert "no walk" in state["error"] and state["walk"] is None
    assert asked(live, "walk", between=None)["walk"] is None


def _feature(live, name, plain):
    prober = live._engine.probing.prober(live._engine)
    model = next(one for one in live._engine.probing.models(live._engine) if one.name == name)
    return prober.features(model, [probe_of(plain)])[0]


def test_probes_are_kept_named_and_handed_on_in_a_token(live, stage):
    asked(live, "keep", probe=drawing(stage.data.images[int(stage.test[0])]), name=" mine ")
    asked(live, "keep", probe={"kind": "text", "text": stage.data.class_texts[1]}, name="")
    state = asked(live, "rename", name="mine", to="my zero")
    assert [one["name"] for one in state["kept"]] == ["my zero", stage.data.class_texts[1]]
    with LiveRun(PAIR, stage=stage, drawn=60) as other:
        other.settle(WAIT)
        again = asked(other, "add", token=f"{PAIR['KD'].token()}+{state['token']}")
        for mine, theirs in zip(state["kept"], again["kept"], strict=True):
            assert mine["name"] == theirs["name"] and mine["text"] == theirs["text"]
            assert (mine["pixels"] is None) == (theirs["pixels"] is None)
            assert mine["pixels"] is None or np.array_equal(mine["pixels"], theirs["pixels"])
            np.testing.assert_allclose(mine["marks"][1]["point"], theirs["marks"][1]["point"], atol=1e-6)
    assert [one["name"] for one in asked(live, "forget", name="my zero")["kept"]] == [stage.data.class_texts[1]]
    for number in range(MOST_KEPT):
        state = asked(live, "keep", probe={"kind": "text", "text": stage.data.class_texts[0]}, name=str(number))
    assert len(state["kept"]) == MOST_KEPT and "forget one first" in state["error"]


def test_a_token_with_probes_splits_into_its_parts():
    probe = Probe("text", "a", text="a star")
    recipe = Recipe(steps=7).token()
    whole, found = split_token(f" {recipe}+{probes_token({'a': probe})}\n")
    assert whole == recipe and found["a"].text == "a star" and split_token(recipe) == (recipe, {})
    for damaged in (probes_token({"a": probe})[:-4], "probes1:", "probes1:AAAA", "probes1:é"):
        with pytest.raises(AMEError, match="must be complete"):
            split_token(damaged)


def test_a_token_brings_run_and_probes(stage):
    """Given to a new lab, restored in one, and probes alone."""
    probes = probes_token({"word": Probe("text", "word", text=stage.data.class_texts[3])})
    recipe = PAIR["KD"].token()
    with LiveRun(f"{recipe}+{probes}", stage=stage, drawn=60) as live:
        live.settle(WAIT)
        assert list(live.recipes) == ["KD"] and live.recipes["KD"].steps == 30
        assert list(live.probes["probe"]) == ["word", "word"]
        asked(live, "forget", name="word")
        live.step(2)
        live.restore(probes)
        live.settle(WAIT)
        assert live.view().step == 2 and set(live.probes["probe"]) == {"word"}
        live.restore(f"{recipe}+{probes}")
        live.settle(WAIT)
        assert live.view().step == 0 and set(live.probes["probe"]) == {"word"}
        with pytest.raises(AMEError, match="must be complete"):
            live.restore(recipe + "+probes1:nothing")


IMAGE = {"kind": "image", "width": 8, "height": 8}
HOSTILE = [
    (None, "must be a drawing"),
    ({"kind": "spell"}, "must be a drawing"),
    ({"kind": "text", "text": ""}, "at least one word"),
    ({"kind": "text", "text": "?!"}, "at least one word"),
    ({"kind": "text", "text": "x" * 10_000}, "at most 200 characters, got 10,000"),
    ({"kind": "text", "text": "zero " * 30}, "at most 16 words"),
    ({"kind": "text", "text": "xyzzy plugh"}, "none of these words: “xyzzy” and “plugh”"),
    ({"kind": "text", "text": ["a"]}, "must be a string"),
    ({"kind": "row", "id": 10**9}, "must be one of 0 to"),
    ({"kind": "row", "id": float("nan")}, "whole number"),
    ({"kind": "row", "id": 1, "other": 2, "share": float("nan")}, "from 0 to 1"),
    ({**IMAGE, "pixels": "!!!"}, "three bytes each"),
    ({**IMAGE, "pixels": [0.0, float("nan")]}, "three bytes each"),
    ({"kind": "image", "width": 1, "height": 1, "pixels": "AAAA"}, "8 x 8 pixels, got 1 x 1"),
    ({"kind": "image", "width": 10**9, "height": 10**9, "pixels": ""}, "1 to 65,536 pixels"),
    ({**IMAGE, "pixels": base64.b64encode(bytes(8 * 8 * 3)).decode()}, "Nothing is drawn yet"),
]


def test_bad_input_is_a_sentence_and_nothing_stops(live):
    live.step(2)
    live.settle(WAIT)
    before = live._engine.arms[1].distillation.state_dict()
    for given, told in HOSTILE:
        state = asked(live, probe=given)
        assert told in state["error"] and state["answers"] == [] and len(state["error"]) < 400, given
    for odd in ({"action": "explode"}, {"action": ["ask"]}, {"action": "walk", "between": 3}, {"by": {}, "n": "x"}):
        live.ask_probe(odd)
        live.settle(WAIT)
        assert live._engine.probing.last["error"]
    after = live._engine.arms[1].distillation.state_dict()
    assert live.state == "paused" and live.view().note is None
    assert all(torch.equal(before[name], after[name]) for name in before)
    pixel = torch.zeros(1, 8, 8)
    pixel[0, 4, 4] = 1
    assert "Only one pixel" in asked(live, probe=drawing(pixel))["remark"]


@pytest.mark.parametrize(
    ("what", "told"),
    [
        (torch.full((1, 8, 8), float("nan")), "got NaN or infinity"),
        (torch.full((1, 8, 8), 255.0), "divide by 255"),
        (torch.zeros(8, 8), "got shape"),
        (object(), "must be a text"),
    ],
)
def test_python_refuses_at_once_what_is_no_probe(what, told):
    with pytest.raises(AMEError, match=told):
        probe_from(what)


def test_stored_features_offer_their_rows_and_class_texts():
    generator = torch.Generator().manual_seed(0)
    labels = torch.arange(96) % 4
    text = torch.randn(4, 12, generator=generator)
    parts = {"teacher_image": text[labels] + 0.3 * torch.randn(96, 12, generator=generator)}
    parts |= {"student_image": torch.randn(96, 8, generator=generator), "class_text": text, "labels": labels}
    data = FeatureData.of({**parts, "logit_scale": 20.0}, name="mine")
    with LiveRun(data=data) as live:
        live.settle(WAIT)
        world = live._engine.probing.world(live._engine)
        assert world["shape"] is None and "pick an image" in world["cannot"]
        assert "stored features" in asked(live, probe={"kind": "text", "text": "a sad cat"})["error"]
        assert "stored features" in asked(live, probe={**IMAGE, "pixels": "A" * 256})["error"]
        assert asked(live, probe={"kind": "text", "text": data.class_texts[2]})["error"] is None
        state = asked(live, probe={"kind": "row", "id": 5, "other": 6, "share": 0.25})
        mixed = F.normalize(0.75 * data.images[5, 8:, 0, 0] + 0.25 * data.images[6, 8:, 0, 0], dim=0)
        want = live._engine.stage.logits(mixed[None]).softmax(1)[0]
        np.testing.assert_allclose(state["answers"][0]["shares"], want, atol=1e-5)
        assert int(state["answers"][0]["images"][0]) in (5, 6) or 5 not in live._engine.canvas.ids


def test_the_page_gets_world_answers_and_pixels_and_a_locked_lab_none(stage):
    lab = ame_explore.lab(PAIR, stage=stage)
    sent = []
    try:
        lab.live.settle(WAIT)
        there = threading.Event()
        lab.cockpit.send = lambda content, buffers=None: (
            sent.append(content),
            content["type"] == "probe_world" and there.set(),
        )
        lab.cockpit._receive(None, {"type": "ready", "page": "p", "t": 0.0}, [])
        lab.live.subscribe(lab._changed)  # as if the page took every frame
        assert there.wait(WAIT)
        world = next(one for one in sent if one["type"] == "probe_world")
        assert world["shape"] == [1, 8, 8] and world["ground"] == [0, 0, 0] and world["reads_text"]
        args = {"action": "pick", "by": "p", "n": 4, "id": int(stage.test[0]), "role": "second"}
        lab.cockpit._receive(None, {"type": "command", "name": "probe", "args": args, "page": "p"}, [])
        lab.live.settle(WAIT)
        picked = next(one for one in sent if one["type"] == "picked")
        assert picked["role"] == "second" and picked["pixels"]["shape"] == [8, 8, 3]
        assert next(one for one in sent if one["type"] == "probe")["n"] == 4
    finally:
        lab.close()
    locked = ame_explore.lab(PAIR, stage=stage, lock=["probe"])
    try:
        locked.live.settle(WAIT)
        args = {"action": "ask", "by": "p", "n": 1, "probe": {"kind": "text", "text": "1"}}
        locked.cockpit._receive(None, {"type": "command", "name": "probe", "args": args, "page": "p"}, [])
        locked.live.settle(WAIT)
        assert locked.live._engine.probing.empty
    finally:
        locked.close()
