"""A class's predictions: one short token a learner, all of them read at once, and what is wrong told in words."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from types import MappingProxyType
from typing import Any

import pytest

from ame_explore.ame import AMEError
from ame_explore.teach.class_tokens import ClassPredictions, class_predictions, prediction_token
from ame_explore.training import Recipe, Stage
from ame_explore.widgets.lab.live import LiveRun
from ame_explore.widgets.lab.live_result import LiveResult
from ame_explore.widgets.lab.prediction import Predicted, Prediction

ARMS = {"KD": Recipe.for_data("emoji", omega=0.0, steps=4), "KD + AME": Recipe.for_data("emoji", steps=4)}
SKETCH = [0.2, 0.6]


def learner(
    number: int, answers: dict[str, Any], truth: dict[str, Any] | None = None, arms: tuple[str, ...] = tuple(ARMS)
) -> str:
    """The token of a learner."""
    ticket = number.to_bytes(3, "big")
    found = Predicted(arms, Prediction.options_of(arms), answers, truth or {}, "0123abcd", ticket)
    return prediction_token(LiveResult(bool(truth), "paused", MappingProxyType({}), found))


TRUTH = {"H": "falls", "new_accuracy": "stays", "better": "KD", "sketch": [0.2 + 0.01 * k for k in range(16)]}
CLASS = [
    learner(1, {"H": "falls", "new_accuracy": "rises", "better": "KD + AME", "sketch": SKETCH}, TRUTH),
    learner(2, {"H": "falls", "better": "KD"}, TRUTH),
    learner(3, {"H": "rises", "new_accuracy": "rises", "better": "KD + AME", "sketch": [0.4, 0.4, 0.4]}),
]


def test_tokens_are_short_and_hold_all_answers() -> None:
    assert all(len(token) < 90 for token in CLASS) and len(CLASS[1]) < 70
    found = class_predictions("\n".join(CLASS))
    assert found.notes == ()
    assert found.counts == {
        "H": {"rises": 1, "stays": 0, "falls": 2},
        "new_accuracy": {"rises": 2, "stays": 0, "falls": 0},
        "better": {"KD": 1, "KD + AME": 2, "no difference": 0},
    }
    straight = [0.2 + 0.4 * k / 15 for k in range(16)]
    assert found.sketches[0] == pytest.approx(straight, abs=0.0026)  # half a step of 1/200
    assert found.sketches[1] == [0.4] * 16
    assert found.truth["sketch"] == pytest.approx(TRUTH["sketch"], abs=0.0026)
    assert {name: found.truth[name] for name in ("H", "new_accuracy", "better")} == {
        name: TRUTH[name] for name in ("H", "new_accuracy", "better")
    }


def test_names_commas_and_blank_lines_do_not_matter() -> None:
    text = f"Anna: {CLASS[0]}, Ben: {CLASS[1]}\n\n  > {CLASS[2]}."
    assert class_predictions(text).counts == class_predictions(" ".join(CLASS)).counts
    assert class_predictions(text).notes == ()


def test_what_is_wrong_is_told_and_the_rest_counts() -> None:
    other = dataclasses.replace(class_predictions(CLASS[0]).learners[0], run="ffffffff", ticket=b"abc")
    foreign = prediction_token(LiveResult(False, "paused", MappingProxyType({}), other))
    cut, mistyped = CLASS[2][:-3], CLASS[2].replace(CLASS[2][12], "A" if CLASS[2][12] != "A" else "B", 1)
    lines = [CLASS[0], "hello, I lost mine", cut, mistyped, CLASS[0], foreign, CLASS[1], "amep9:abcd"]
    found = class_predictions("\n".join(lines))
    assert [one.ticket[-1] for one in found.learners] == [1, 2]
    told = iter(found.notes)
    for words in (
        "Line 2 holds no token: 'hello, I lost mine'",
        r"Line 3: the token .* is damaged",
        r"Line 4: the token .* is damaged",
        "Line 5 repeats the token of line 1: it counts once",
        r"Line 8: the token 'amep9:abcd' was made by another version",
        "1 token comes from a run with other settings than most learners'",
    ):
        note = next(told)
        assert re.search(words, note), note
    assert next(told, None) is None
    assert "6 notes below" in found.drawing.figure.layout.title.subtitle.text
    assert "hello, I lost mine" in repr(found) and "hello" in found._repr_mimebundle_()["text/plain"]


@pytest.mark.parametrize("place", range(0, 60, 3))
def test_no_changed_character_goes_unseen(place: int) -> None:
    token, start = CLASS[0], len("amep1:")
    was = token[start + place]
    bent = token[: start + place] + ("x" if was != "x" else "y") + token[start + place + 1 :]
    with pytest.raises(AMEError, match=r"text must hold a token.*damaged"):
        class_predictions(bent)


def test_a_token_copied_again_after_the_run_brings_what_happened() -> None:
    before, after = learner(7, {"H": "stays"}), learner(7, {"H": "stays"}, TRUTH)
    found = class_predictions(f"{before}\n{after}")
    assert len(found.learners) == 1 and found.truth["H"] == "falls"
    (note,) = class_predictions(before).notes
    assert "No run has ended yet" in note


def test_runs_that_ended_otherwise_are_told() -> None:
    odd = learner(9, {"H": "stays"}, TRUTH | {"H": "stays"})
    found = class_predictions("\n".join([*CLASS, odd]))
    assert found.truth["H"] == "falls"
    assert found.notes == ("1 of 3 finished runs ended otherwise than the others.",)


def test_other_arms_are_named_in_the_token() -> None:
    arms = ("KD", "KD + AME, gently ω")
    found = class_predictions(learner(1, {"better": "KD + AME, gently ω"}, arms=arms))
    assert found.counts["better"] == {"KD": 0, "KD + AME, gently ω": 1, "no difference": 0}
    alone = class_predictions(learner(1, {"H": "stays"}, arms=("KD + AME",)))
    assert set(alone.counts) == {"H", "new_accuracy"}


def test_the_figure_shows_the_counts_beside_what_happened() -> None:
    drawing = class_predictions("\n".join(CLASS)).drawing
    bars = [trace for trace in drawing.figure.data if trace.type == "bar"]
    assert [list(map(int, bar.x)) for bar in bars] == [[1, 0, 2], [2, 0, 0], [1, 2, 0]]
    marked = [[text for text in bar.text if "happened" in text] for bar in bars]
    assert marked == [["2 ✓ happened"], ["0 ✓ happened"], ["1 ✓ happened"]]
    colors = [set(bar.marker.color) for bar in bars]
    assert all(len(of) == 2 for of in colors)
    lines = [trace for trace in drawing.figure.data if trace.type == "scatter"]
    assert len(lines) == 2 + 1  # two sketches and what happened
    assert "What 3 learners predicted" in drawing.title
    assert "falls 2; what happened: falls, which 2 of 3 said" in drawing.sentence
    assert "2 sketches were off by" in drawing.sentence


def test_nothing_to_read_is_an_error_that_says_why() -> None:
    with pytest.raises(AMEError, match=r"text must hold a token.*Line 1 holds no token: 'nothing'"):
        class_predictions("nothing")
    with pytest.raises(AMEError, match="text must be a text"):
        class_predictions(3)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def played() -> Iterator[tuple[LiveRun, str]]:
    """A small lab that was asked, answered and played, and the token copied before it was played."""
    stage = Stage.for_recipe(ARMS["KD"])
    with LiveRun(ARMS, stage=stage, predict=True, drawn=20, metrics_every=2) as live:
        with pytest.raises(AMEError, match="answer its questions first"):
            prediction_token(live)
        live.predict({"H": "falls", "better": "no difference", "sketch": SKETCH})
        while not live.so_far().prediction.answers:  # type: ignore[union-attr]
            pass
        before = prediction_token(live)
        live.result(timeout=120)
        yield live, before


def test_a_real_lab_gives_tokens_before_and_after_it_played(played: tuple[LiveRun, str]) -> None:
    live, before = played
    after = prediction_token(live)
    found: ClassPredictions = class_predictions(f"{before}\n{after}\n{learner(1, {'H': 'falls'})}")
    assert len(found.learners) == 1  # the stand-in comes from another run
    assert found.counts["better"]["no difference"] == 1
    outcome = live.view().prediction["outcome"]  # type: ignore[index]
    for name in ("H", "better"):
        assert outcome[name]["right"] == (found.learners[0].answers[name] == found.truth[name])
    ends = live.result().arms["KD + AME"].metrics["new_accuracy"]
    assert found.truth["sketch"][0] == pytest.approx(ends.iloc[0], abs=0.0026)
    assert found.truth["sketch"][-1] == pytest.approx(ends.iloc[-1], abs=0.0026)
    assert class_predictions(before, live).truth["H"] == found.truth["H"]
    with pytest.raises(AMEError, match="got none"):
        class_predictions(CLASS[0], live)


def test_a_lab_that_asks_nothing_has_no_token() -> None:
    with pytest.raises(AMEError, match=r"lab must ask for predictions.*predict=True"):
        prediction_token(LiveResult(False, "paused", MappingProxyType({})))
