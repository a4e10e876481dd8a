"""A benchmark of the browser runs; its figure is not judged here, since machines are noisy."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from notebook_page import NotebookPage


def test_steps_are_counted_while_the_lab_is_drawn(
    open_notebook: Callable[..., NotebookPage], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the tests' own server, window and kernel; run.py starts others."""
    monkeypatch.syspath_prepend(Path(__file__).parents[1] / "benchmarks")
    import live

    @contextmanager
    def page(name: str, cells: list[str]) -> Iterator[NotebookPage]:
        notebook = open_notebook(name, cells)
        notebook.run_all()
        yield notebook

    monkeypatch.setattr(live, "page", page)
    figure = dataclasses.asdict(live.training_while_drawing(smoke=True))
    assert figure["name"] == "training_while_drawing" and figure["unit"] == "steps/s"
    assert all(math.isfinite(figure[key]) and figure[key] > 0 for key in ("ours", "peer", "ratio"))
