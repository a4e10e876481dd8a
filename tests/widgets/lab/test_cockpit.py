"""The cockpit without a browser: what it sends of a run, and which commands come through."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from ame_explore.ame import AMEError
from ame_explore.figures.base.labels import palette
from ame_explore.widgets.lab.cockpit import Cockpit
from ame_explore.widgets.runtime.messages import COMMANDS, LabState, Scene

SCENE = {"ids": np.arange(6), "labels": np.arange(6) % 2, "class_names": ["a red star", "a blue star"]}


def wired(cockpit: Cockpit) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = []
    cockpit.send = lambda content, buffers=None: sent.append(json.loads(json.dumps(content)))
    say(cockpit, "ready")
    return sent


def say(cockpit: Cockpit, kind: str, **rest: Any) -> None:
    content = {"type": kind, "page": "p", "t": 0.0, **rest}
    cockpit._handle_msg({"content": {"data": {"method": "custom", "content": content}}, "buffers": []})


def test_a_cockpit_opens_with_less_than_200_kilobytes() -> None:
    assert len(json.dumps(Cockpit().get_state(), default=str)) < 200_000


def test_a_scene_has_the_figures_colours_and_short_names() -> None:
    cockpit = Cockpit()
    cockpit.scene(SCENE)
    (scene,) = [message for message in wired(cockpit) if message["type"] == "scene"]
    look = palette(SCENE["class_names"])
    assert scene["colors"] == list(look.colors) and scene["short"] == list(look.names)
    assert scene["ids"] == {"buffer": 0, "dtype": "i4", "shape": [6]}


@pytest.mark.parametrize("missing", ["ids", "labels", "class_names"])
def test_a_scene_without_its_images_is_refused(missing: str) -> None:
    with pytest.raises(AMEError, match="'ids', 'labels' and 'class_names', got"):
        Cockpit().scene({name: value for name, value in SCENE.items() if name != missing})


def test_a_scene_holds_what_it_may_and_no_more() -> None:
    with pytest.raises(AMEError, match=r"body must be one of .*got 'axes'"):
        Cockpit().scene({**SCENE, "axes": ["PC 1", "PC 2"]})
    cockpit = Cockpit()
    cockpit.scene(SCENE)
    (scene,) = [message for message in wired(cockpit) if message["type"] == "scene"]
    assert set(scene) == {*Scene.__annotations__, "type", "retained"}


@pytest.mark.parametrize(("state", "again"), [("paused", 2), ("finished", 2), ("playing", 1), ("preparing", 1)])
def test_only_what_stands_still_is_sent_again_to_a_page_that_comes_back(state: str, again: int) -> None:
    cockpit = Cockpit()
    sent = wired(cockpit)
    cockpit.frame(LabState(state=state, step=4, steps=9))
    say(cockpit, "ack", n=1, drawn=True)
    say(cockpit, "away")
    say(cockpit, "ready")
    frames = [message for message in sent if message["type"] == "frame"]
    assert len(frames) == again and all(frame["moving"] == (again == 1) for frame in frames)


def test_commands_come_through_with_their_arguments() -> None:
    cockpit, got = Cockpit(), []
    cockpit.on_command(lambda name, args: got.append((name, args)))
    say(cockpit, "command", name="set", args={"field": "omega", "value": 5.0, "arm": None})
    say(cockpit, "command", name="play")
    say(cockpit, "command", name="rm -rf", args={})
    say(cockpit, "command", args={})
    assert got == [("set", {"field": "omega", "value": 5.0, "arm": None}), ("play", {})]


def test_a_locked_command_is_greyed_out_and_refused() -> None:
    cockpit, got = Cockpit(lock=["fork", "break"]), []
    cockpit.on_command(lambda name, args: got.append(name))
    for name in COMMANDS:
        say(cockpit, "command", name=name, args={})
    assert set(COMMANDS) - set(got) == {"fork", "break"}
    sent = wired(cockpit)
    cockpit.frame(LabState(state="paused", locked=["omega"]))
    assert sent[-1]["locked"] == ["break", "fork", "omega"]


def test_show_names_panels() -> None:
    cockpit = Cockpit(show=["manifold", "transport"])
    sent = wired(cockpit)
    cockpit.frame(LabState(state="paused"))
    assert sent[-1]["show"] == ["transport", "manifold"]
    with pytest.raises(AMEError, match="show must be"):
        Cockpit(show=["everything"])
    with pytest.raises(AMEError, match="lock must be"):
        Cockpit(lock=["dance"])
