"""Live objects that nobody holds and no page shows are freed: threads, folders, memory, widgets."""

from __future__ import annotations

import gc
import os
import tempfile
import threading
import time
import weakref
from pathlib import Path

import ipywidgets
import pytest
import torch

import ame_explore
from ame_explore import PairedFeatures, explore
from ame_explore.ame import AMEError
from ame_explore.training import Recipe
from ame_explore.widgets import BoundsView, Lab, LiveRun
from ame_explore.widgets.runtime import lifetime
from ame_explore.widgets.runtime.channel import Channel

QUICK = Recipe(host="projector", steps=30, batch_size=8, shots=2)
LONG = Recipe(host="projector", steps=100_000, batch_size=8, shots=2)
WAIT = 60
MANY = bool(os.environ.get("AME_MANY"))  # a hundred in place of a few


@pytest.fixture(autouse=True)
def watched(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As in a notebook that somebody watches, with temporary folders of its own."""
    monkeypatch.setenv("AME_HEADLESS", "0")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def until(condition, what: str) -> None:
    deadline = time.monotonic() + WAIT
    gc.collect()
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.5)  # collecting all the time would keep the threads from ending
        gc.collect()


def threads(name: str = "ame_explore lab") -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == name]


def registered() -> set[str]:
    """The ids of all widgets that ipywidgets holds; those of tests before may go at any time."""
    return set(ipywidgets.widgets.widget._instances)


def features(n: int = 40) -> PairedFeatures:
    generator = torch.Generator().manual_seed(0)
    text = torch.randn(n, 12, generator=generator)
    image = text + 0.6 * torch.randn(n, 12, generator=generator)
    words = tuple(f"text {row}" for row in range(n))
    return PairedFeatures(image=image, text=text, pair_index=torch.arange(n), ids=torch.arange(n), texts=words)


@pytest.mark.parametrize("closed", [False, True])
def test_dropped_labs_leave_nothing(stage, tmp_path: Path, closed: bool) -> None:
    made = Lab(LiveRun(QUICK, stage=stage))  # what is loaded once stays
    made.live.settle(WAIT)
    made.close()
    del made
    until(lambda: not threads(), "the first lab's thread stays")
    before, seen = registered(), []
    for _ in range(100 if MANY else 3):
        one = Lab(LiveRun(QUICK, stage=stage))
        one.live.step(2)
        one.live.settle(WAIT)
        seen += [weakref.ref(part) for part in (one, one.live, one.live._engine, one.cockpit, one.live._engine.arms[0])]
        if closed:
            one.close()
        del one
    until(lambda: not any(ref() is not None for ref in seen), "something of a lab is still held")
    until(lambda: not threads(), "a thread of a lab stays")
    until(lambda: not list(tmp_path.iterdir()), "a temporary folder stays")
    assert not registered() - before


def test_dropped_explorers_leave_nothing() -> None:
    assert explore(features()).widget.children
    gc.collect()
    before, seen = registered(), []
    data = features()
    for number in range(100 if MANY else 4):
        one = explore(data)
        assert one.widget.children
        one.select([1, 2])
        seen += [weakref.ref(part) for part in (one, one.exploration, one._panel, one._shown[0])]
        if number % 2:
            one.close()
        del one
    until(lambda: not any(ref() is not None for ref in seen), "something of an explorer is still held")
    assert not registered() - before
    until(lambda: not threads("ame_explore projections"), "a thread stays")


def test_an_explorer_that_is_closed_keeps_its_tables_and_shows_no_view() -> None:
    with explore(features(), umap=False) as explorer:
        assert explorer.widget.comm is not None
        widget = explorer.widget
    explorer.close()
    assert widget.comm is None and len(explorer.pairs) == 40 and explorer.map().figure is not None
    explorer.select([3])
    assert explorer.selection["id"].tolist() == [3]
    with pytest.raises(AMEError, match="closed"):
        explorer.widget  # noqa: B018
    assert "text/plain" in explorer._repr_mimebundle_()


def test_closing_stops_umap() -> None:
    explorer = explore(features(300))
    assert explorer.widget.children
    handle = explorer._shown[0]._handles["UMAP"]
    explorer.close()
    assert handle.state in ("cancelled", "done")


def test_what_a_page_shows_is_kept_until_the_page_lets_go(stage, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Lab(LiveRun(LONG, stage=stage))
    cockpit, seen = made.cockpit, weakref.ref(made)
    made._repr_mimebundle_()
    del made
    gc.collect()
    page = {"page": "p", "t": 1.0}
    cockpit._receive(None, {"type": "ready", **page}, [])
    monkeypatch.setattr(lifetime, "UNSEEN", 0.0)
    lifetime.let_go()
    gc.collect()
    assert seen() is not None and seen().live.state != "closed", "it is on a page"
    cockpit._receive(None, {"type": "away", "left": True, **page}, [])
    del cockpit
    time.sleep(0.01)
    lifetime.let_go()
    until(lambda: seen() is None, "no page shows it, and nobody holds it")
    until(lambda: not threads(), "its thread stays")


def test_views_that_are_closed_leave_no_widget(stage) -> None:
    gc.collect()
    before = registered()
    view = BoundsView(stage, Recipe(host="projector", steps=5), sizes=(16,), omegas=(50.0,), coins=None, draws=10, n=16)
    assert registered() - before
    view.close()
    assert not registered() - before
    until(lambda: not threads("ame_explore bounds"), "its thread stays")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_that_ends_leaves_the_lab_of_its_parent(stage) -> None:
    with LiveRun(QUICK, stage=stage) as live:
        live.step(3)
        live.settle(WAIT)
        folder = live.result().arms["KD + AME"].folder
        there = {path.name: path.read_bytes() for path in folder.iterdir()}
        child = os.fork()
        if child == 0:
            import atexit

            try:
                atexit._run_exitfuncs()  # what sys.exit runs, without pytest's own end
            finally:
                os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == there
        live.play()
        live.wait(WAIT)
        assert live.result().finished and live.result().arms["KD + AME"].run.losses.index[-1] == 30


# --- messages that a page should not send


@pytest.mark.parametrize(
    "message",
    [
        {"type": "ready", "page": "p", "t": "abc"},
        {"type": "ack", "page": "p", "t": None, "n": [], "age_ms": "late"},
        {"type": "ping", "page": 3, "have": 7},
        {"type": "ready", "page": "p", "t": float("inf"), "have": None},
        {"type": "command", "name": ["play"], "args": 3},
        {"type": "command", "name": "select", "args": {"ids": None}},
        {"type": "command", "name": "select", "args": {"ids": [1e400, "x"]}},
        {"type": "command", "name": "set", "args": {"field": ["omega"], "value": {}}},
        {"type": "command", "name": "fork", "args": {"step": 1e300, "arm": "typo"}},
        {"type": "command", "name": "speed", "args": {"value": "fast"}},
        {"type": "command", "name": "predict", "args": {"answers": 3}},
        {"type": 3},
        "text",
        None,
    ],
)
def test_a_lab_takes_any_message_open_and_closed(stage, message) -> None:
    lab = Lab(LiveRun(QUICK, stage=stage))
    lab.live.settle(WAIT)
    lab.cockpit._receive(None, message, [])
    lab.live.settle(WAIT)
    assert lab.live.state == "paused"
    lab.close()
    lab.cockpit._receive(None, message, [])
    lab.cockpit._receive(None, {"type": "command", "name": "play", "args": {}}, [])
    assert lab.live.state == "closed"


@pytest.mark.parametrize("ids", [None, "all", [None], [float("nan")], [[1]], {"a": 1}, [1.5]])
def test_a_figure_ignores_ids_that_are_none(ids) -> None:
    explorer = explore(features(), umap=False)
    assert explorer.widget.children
    explorer.select([5])
    explorer._panel.views[0]._receive(None, {"type": "select", "ids": ids}, [])
    assert explorer.selection["id"].tolist() == [5]


def test_a_channel_outlives_its_close() -> None:
    channel = Channel()
    channel.close()
    channel.publish({"a": 1})
    channel._receive(None, {"type": "ready", "page": "p", "t": 0.0}, [])
    assert ame_explore.lab is not None
