"""The bar of a long measuring: there at once, and gone at the end, well or not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from ame_explore import PairedFeatures, explore
from ame_explore.analysis.pairs import service
from ame_explore.widgets.explorer import explorer as module
from ame_explore.widgets.runtime import cell_progress as bars


class Cell:
    """What a notebook's cell shows under one display id."""

    def __init__(self) -> None:
        self.shown: list[str] = []

    def __call__(self, html: Any, display_id: bool = False) -> Cell:
        self.update(html)
        return self

    def update(self, html: Any) -> None:
        self.shown.append(html.data)


@pytest.fixture
def cell(monkeypatch: pytest.MonkeyPatch) -> Cell:
    import IPython.display

    shown = Cell()
    monkeypatch.setattr(IPython.display, "display", shown)
    monkeypatch.setattr(bars, "_in_a_notebook", lambda: True)
    return shown


def few() -> PairedFeatures:
    rows = torch.randn(2, 12, 5, generator=torch.Generator().manual_seed(0))
    words = tuple(f"text {row}" for row in range(12))
    return PairedFeatures(
        image=rows[0], text=rows[1], pair_index=torch.arange(12), ids=torch.arange(12), texts=words, logit_scale=10.0
    )


def test_a_cell_says_what_is_measured_and_is_empty_at_the_end(cell: Cell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_TOLD_ABOVE", 10)
    explore(few(), umap=False)
    assert "Measuring 12 pairs" in cell.shown[0] and "<progress" in cell.shown[0]
    assert any("comparing every image with every text" in shown for shown in cell.shown)
    assert any("measuring all rows together" in shown for shown in cell.shown)
    assert cell.shown[-1] == ""


def test_few_pairs_need_no_bar(cell: Cell) -> None:
    explore(few(), umap=False)
    assert cell.shown == []


def test_an_interrupt_ends_it_and_the_next_call_works(cell: Cell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_TOLD_ABOVE", 10)
    real = service.explore_features

    def interrupted(*_: Any, progress: Any, **__: Any) -> Any:
        progress("comparing every image with every text", 1, 12)
        raise KeyboardInterrupt

    monkeypatch.setattr(service, "explore_features", interrupted)
    with pytest.raises(KeyboardInterrupt):
        explore(few(), umap=False)
    assert cell.shown[-1] == ""
    monkeypatch.setattr(service, "explore_features", real)
    assert len(explore(few(), umap=False).pairs) == 12


def test_titles_are_text(cell: Cell) -> None:
    with bars.cell_progress("Reading <b>x</b>.npy") as tell:
        tell("a <i>part</i>", 1, 4)
    assert "<b>" not in "".join(cell.shown) and "&lt;i&gt;part" in cell.shown[1] and "25%" in cell.shown[1]


def test_outside_a_notebook_the_bar_is_on_stderr(tmp_path: Path) -> None:
    np.save(tmp_path / "f.npy", torch.stack([few().image, few().text]).numpy())
    code = (
        "from ame_explore.widgets.explorer import explorer as e\n"
        "from ame_explore.widgets.runtime import cell_progress as t\n"
        "e._TOLD_ABOVE = 10\n"
        "assert not t._in_a_notebook()\n"
        f"e.explore({str(tmp_path / 'f.npy')!r}, umap=False); print('done')"
    )
    environment = {"PATH": "", "FORCE_COLOR": "1", "TTY_COMPATIBLE": "1", "OMP_NUM_THREADS": "1"}
    found = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=120, check=True
    )
    assert found.stdout == "done\n" and "Measuring 12 pairs" in found.stderr
