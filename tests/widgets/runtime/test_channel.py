"""The channel without a browser: pages are played by the test, through the same door that a comm message takes."""

from __future__ import annotations

import dataclasses
import json
import math
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from ame_explore.ame import AMEError
from ame_explore.widgets.runtime import channel as module
from ame_explore.widgets.runtime.channel import SILENCE, Channel, pack


class Plain(Channel):
    _esm = "export default {}"


class Pages:
    """Browser pages on one channel: what was sent to them, and what they say."""

    def __init__(self, channel: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
        self.channel = channel
        self.sent: list[dict[str, Any]] = []
        self.now = 100.0
        monkeypatch.setattr(module.time, "monotonic", lambda: self.now)
        channel.send = self._take  # type: ignore[method-assign]

    def _take(self, content: dict[str, Any], buffers: list[bytes] | None = None) -> None:
        self.sent.append({**json.loads(json.dumps(content, allow_nan=False)), "buffers": buffers or []})

    def say(self, kind: str, page: str = "a", **rest: Any) -> None:
        content = {"type": kind, "page": page, "t": 5.0, **rest}
        data = {"method": "custom", "content": content}
        self.channel._handle_msg({"content": {"data": data}, "buffers": []})

    def ack(self, page: str = "a", **rest: Any) -> None:
        self.say("ack", page, **{"n": self.frames[-1]["n"], "drawn": True, "age_ms": 20.0, **rest})

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [message for message in self.sent if message["type"] == kind]

    @property
    def frames(self) -> list[dict[str, Any]]:
        return self.of("frame")


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> Pages:
    return Pages(Plain(), monkeypatch)


def unpacked(tree: Any, buffers: list[bytes]) -> Any:
    if isinstance(tree, dict) and "buffer" in tree:
        return np.frombuffer(buffers[tree["buffer"]], f"<{tree['dtype']}").reshape(tree["shape"])
    if isinstance(tree, dict):
        return {key: unpacked(value, buffers) for key, value in tree.items()}
    return [unpacked(value, buffers) for value in tree] if isinstance(tree, list) else tree


_shapes = hnp.array_shapes(min_dims=1, max_dims=3, max_side=4, min_side=0)


@given(
    array=st.one_of(
        hnp.arrays(np.float32, _shapes, elements=st.floats(-1e6, 1e6, width=32)),
        hnp.arrays(np.int64, _shapes, elements=st.integers(-(1 << 31), (1 << 31) - 1)),
        hnp.arrays(np.uint8, _shapes),
        hnp.arrays(np.bool_, _shapes),
    )
)
def test_arrays_come_back_from_their_buffers(array: np.ndarray) -> None:
    header, buffers = pack({"deep": [{"array": array}, 1]})
    back = unpacked(json.loads(json.dumps(header)), buffers)["deep"][0]["array"]
    assert np.array_equal(back, array) and back.shape == array.shape


@pytest.mark.parametrize(
    ("value", "packed"),
    [
        (math.nan, None),
        (np.float32(math.inf), None),
        (np.int64(3), 3),
        (np.bool_(True), True),
        ((1, {"a": None}), [1, {"a": None}]),
        ({7: "x"}, {"7": "x"}),
        (Path("a"), "a"),
        (np.array(["b", None], dtype=object), ["b", None]),
        (np.array([1 << 40]), [1 << 40]),
    ],
)
def test_plain_values(value: Any, packed: Any) -> None:
    assert pack(value) == (packed, [])


def test_dataclasses_travel_and_other_objects_are_refused() -> None:
    @dataclasses.dataclass
    class Point:
        x: int
        row: np.ndarray

    header, buffers = pack([Point(1, np.zeros(2, np.float64))])
    assert header == [{"x": 1, "row": {"buffer": 0, "dtype": "f4", "shape": [2]}}] and buffers == [b"\0" * 8]
    with pytest.raises(AMEError, match="numpy arrays, got object"):
        pack({"bad": object()})


def test_nothing_is_sent_until_a_page_is_there_and_then_the_newest(pages: Pages) -> None:
    for step in range(5):
        pages.channel.publish({"step": step})
    assert not pages.sent and not pages.channel.wants_frame
    pages.say("ready")
    assert [frame["step"] for frame in pages.frames] == [4]
    assert pages.of("hello")[0]["page"] == "a" and pages.of("hello")[0]["t"] == 5.0


def test_one_frame_in_flight_and_the_latest_wins(pages: Pages) -> None:
    pages.say("ready")
    for step in range(100):
        pages.channel.publish({"step": step, "row": np.full(3, step, np.float32)})
    assert [frame["step"] for frame in pages.frames] == [0]
    pages.ack()
    assert [frame["step"] for frame in pages.frames] == [0, 99]
    assert np.frombuffer(pages.frames[1]["buffers"][0], "<f4").tolist() == [99, 99, 99]
    pages.ack()
    assert len(pages.frames) == 2 and pages.channel.wants_frame
    assert pages.channel.traffic.published == 100 and pages.channel.traffic.sent == 2


def test_an_acknowledgement_of_an_older_frame_frees_nothing(pages: Pages) -> None:
    pages.say("ready")
    pages.channel.publish({"step": 0})
    pages.ack()
    pages.channel.publish({"step": 1})
    pages.ack(n=pages.frames[0]["n"])
    assert not pages.channel.wants_frame


def moving(pages: Pages, seconds: float, **how: Any) -> dict[str, Any]:
    """One more frame of a run in motion, so many seconds after the last; returns what was sent last."""
    pages.now += seconds
    pages.channel.publish({"step": round(pages.now, 2)}, still=False, **how)
    return pages.frames[-1]


def test_a_quick_page_answers_for_several_frames_of_a_slow_sequence(pages: Pages) -> None:
    pages.say("ready")
    assert moving(pages, 0.3, paced=True)["ask"], "nothing is known of the page yet"
    pages.now += 0.05
    pages.ack()
    assert [moving(pages, 0.3, paced=True)["ask"] for _ in range(7)] == [False] * 6 + [True]
    assert not pages.channel.wants_frame and len(pages.frames) == 8
    pages.channel.publish({"step": -1}, still=False, paced=True)
    assert len(pages.frames) == 8, "until it answers"
    pages.ack()
    assert pages.frames[-1]["step"] == -1 and pages.frames[-1]["ask"], "close to the one before"


@pytest.mark.parametrize("spoils", ["not paced", "close together", "slow", "stale", "still", "another page"])
def test_else_every_frame_is_acknowledged(pages: Pages, spoils: str) -> None:
    pages.say("ready")
    moving(pages, 0.3, paced=True)
    pages.now += 0.15 if spoils == "slow" else 0.05
    pages.ack()
    if spoils == "stale":
        assert not moving(pages, 0.3, paced=True)["ask"]
        pages.ack(stale=True, drawn=False)
    if spoils == "another page":
        pages.say("ready", "b")
    if spoils == "still":
        pages.now += 0.3
        pages.channel.publish({"step": 0}, paced=True)
        assert pages.frames[-1]["ask"]
    else:
        assert moving(pages, 0.1 if spoils == "close together" else 0.3, paced=spoils != "not paced")["ask"]


def test_the_slowest_page_sets_the_pace_until_it_goes_away(pages: Pages) -> None:
    pages.say("ready", "a")
    pages.say("ready", "b")
    pages.channel.publish({"step": 0})
    pages.channel.publish({"step": 1})
    pages.ack("a")
    assert len(pages.frames) == 1
    pages.say("away", "b")
    assert [frame["step"] for frame in pages.frames] == [0, 1]
    assert set(pages.frames[1]["heard"]) == {"a"}


def test_a_silent_page_is_left_alone_until_it_speaks(pages: Pages) -> None:
    pages.say("ready")
    pages.channel.publish({"step": 0})
    pages.now += 1.01 * SILENCE
    pages.channel.publish({"step": 1})
    assert not pages.channel.wants_frame and len(pages.frames) == 1
    pages.say("ping")
    assert [frame["step"] for frame in pages.frames] == [0, 1]


def test_a_still_frame_comes_again_to_a_page_that_comes_back(pages: Pages) -> None:
    pages.channel.publish({"step": 7}, made=1.0)
    pages.say("ready")
    pages.ack()
    pages.say("away")
    pages.say("ready")
    assert [frame["step"] for frame in pages.frames] == [7, 7]
    assert pages.frames[1]["time"] >= pages.frames[0]["time"] > 1.0, "what still holds is as of now"


def test_what_was_retained_is_sent_to_whoever_lacks_it(pages: Pages) -> None:
    pages.channel.retain("scene", {"ids": np.arange(3)})
    assert not pages.sent
    pages.say("ready")
    pages.say("ready", have={"scene": 1})
    assert len(pages.of("scene")) == 1 and pages.of("scene")[0]["retained"] == 1
    pages.channel.retain("scene", {"ids": np.arange(4)})
    pages.say("ready", "b", have={"scene": 1})
    assert [message["retained"] for message in pages.of("scene")] == [1, 2, 2]


def test_a_frame_of_what_moves_is_asked_for_and_never_sent_twice(pages: Pages) -> None:
    asked: list[int] = []
    pages.channel.on_demand(lambda: asked.append(len(pages.frames)))
    pages.channel.publish({"step": 0}, still=False, made=50.0)
    pages.say("ready")
    assert pages.frames[0]["time"] == 50.0 and asked == []
    pages.ack()
    assert asked == [1]
    pages.ack(stale=True, drawn=False)
    pages.say("ready")
    assert asked == [1, 1, 1] and len(pages.frames) == 1
    assert pages.channel.traffic.stale == 1


def test_a_still_frame_that_came_too_late_is_sent_again(pages: Pages) -> None:
    pages.say("ready")
    pages.channel.publish({"step": 3})
    pages.ack(stale=True, drawn=False, age_ms=900.0)
    assert [frame["step"] for frame in pages.frames] == [3, 3]
    pages.ack()
    assert len(pages.frames) == 2
    assert pages.channel.traffic.oldest_drawn == pytest.approx(0.02)


def test_messages_reach_their_handlers_and_nonsense_does_not(pages: Pages) -> None:
    got: list[dict[str, Any]] = []
    pages.channel.on_message(got.append)
    pages.say("command", name="play")
    pages.channel._handle_msg({"content": {"data": {"method": "custom", "content": ["no"]}}, "buffers": []})
    assert [message["name"] for message in got] == ["play"]
    pages.channel.tell("library", buffers=[b"abc"])
    assert pages.of("library")[0]["buffers"] == [b"abc"]


def test_threads_publish_at_will_and_the_last_word_arrives(pages: Pages) -> None:
    pages.say("ready")
    in_flight: list[int] = []
    take = pages.channel.send

    def send(content: dict[str, Any], buffers: list[bytes] | None = None) -> None:
        if content["type"] == "frame":
            in_flight.append(content["n"])
        take(content, buffers)

    pages.channel.send = send  # type: ignore[method-assign]
    threads = [
        threading.Thread(target=lambda who=who: [pages.channel.publish({"from": who, "i": i}) for i in range(50)])
        for who in range(4)
    ]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        if pages.frames:
            pages.ack()
    pages.channel.publish({"from": "end", "i": 0})
    pages.ack()
    pages.ack()
    assert in_flight == sorted(set(in_flight)), "numbers rise and none is sent twice"
    assert pages.frames[-1]["from"] == "end"
    assert pages.channel.traffic.sent == len(in_flight) <= pages.channel.traffic.acknowledged


def test_a_closed_channel_sends_nothing_more(pages: Pages) -> None:
    pages.say("ready")
    pages.channel.close()
    pages.channel.publish({"step": 0})
    assert not pages.frames


def test_the_sources_need_no_network_and_read_no_html() -> None:
    folder = Path(module.__file__).parents[1] / "js"
    paths = [*(folder / "src").iterdir(), *(folder / "bundles").iterdir()]
    sources = {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in paths}
    assert {"src/channel.js", "src/lab.css", "bundles/cockpit.js", "bundles/figure.js"} <= set(sources)
    for name, text in sources.items():
        for harmless in ("http://www.w3.org/2000/svg", "http://www.w3.org/1999/xhtml", '@import "./'):
            text = text.replace(harmless, "")
        for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "http:", "https:", "@import", "url("):
            assert word not in text, f"{name} holds {word}"


def test_a_channel_knows_its_own_model() -> None:
    """The page finds the model by it when anywidget has given it up."""
    one, other = Plain(), Plain()
    assert one.own_id == one.model_id != other.own_id == other.model_id
