"""Turn a finding into a test: a pytest file that checks the ranks or entropies of some pairs."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pandas as pd
import torch

from ame_explore.ame import AMEError, check_choice, check_number
from ame_explore.analysis.pairs.exploration import Exploration
from ame_explore.data.atomic_files import save_tensors, write_atomically

MEASURES = {"rank": ("rank_i2t", "rank_t2i"), "entropy": ("entropy_i2t",)}
TOLERANCES = {"rank": 0.0, "entropy": 0.05}

_TEMPLATE = '''"""Pinned by ame_explore: these pairs of {name} keep their {what}.

Another model's features of the same pairs: AME_PINNED_FEATURES=new.npy python -m pytest {file}
"""

import os
from pathlib import Path

import pytest

from ame_explore.analysis.pairs.pair_measures import pair_measures
from ame_explore.data.files.load import read_features

FEATURES = os.environ.get("AME_PINNED_FEATURES") or Path(__file__).parent / {features}
LOGIT_SCALE = {scale!r}
TOLERANCE = {tolerance!r}
# Pair -> its measures when it was pinned, and the beginning of its text.
PINNED = {{
{pinned}
}}


@pytest.fixture(scope="module")
def pairs():
    features = read_features(FEATURES, logit_scale=LOGIT_SCALE).features
    table = pair_measures(features).table.set_index("id")
    # Without ids a pair is a row, and its text says whether the row is still the same pair.
    table.attrs["by_row"] = {captioned} and "ids" in features.assumed and "texts" not in features.assumed
    return table


@pytest.mark.parametrize("pair", PINNED)
def test_pinned(pairs, pair):
    measures, text = PINNED[pair]
    if pair not in pairs.index:
        count = f"which has {{len(pairs)}} pairs"
        mend = "save its features under the same id, or take it out of PINNED"
        pytest.fail(f"pair {{pair}} ({{text}}) is not in {{FEATURES}}, {{count}}: {{mend}}.", pytrace=False)
    if pairs.attrs["by_row"] and pairs.loc[pair, "caption"][:80] != text:
        found = pairs.loc[pair, "caption"][:80]
        mend = "save its pairs in the same order, or save both models' features with ids"
        pytest.fail(f"row {{pair}} of {{FEATURES}} is another pair ({{found}}, not {{text}}): {{mend}}.", pytrace=False)
    for name, pinned in measures.items():
        now = float(pairs.loc[pair, name])
        assert {condition} <= TOLERANCE, f"pair {{pair}} ({{text}}): {{name}} was {{pinned:g}}, is {{now:g}}"
'''


def pin_pairs(
    path: str | os.PathLike[str],
    rows: pd.DataFrame,
    explored: Exploration,
    *,
    source: str | None,
    measure: str = "rank",
    tolerance: float | None = None,
    worse_only: bool = False,
    overwrite: bool = False,
) -> Path:
    """Write the test; see `Explorer.pin`. Features that came from no file are saved beside it.

    Args:
        path: the path of the test.
        rows: of `explored.pairs`.
        explored: the exploration.
        source: the file that `explored.features` came from; None: no file.
        measure: see `Explorer.pin`, like the arguments below.
        tolerance: how far a value may move.
        worse_only: allow improvements of any size.
        overwrite: replace an earlier file.

    Raises:
        AMEError: if an argument is invalid, `rows` is empty, widths differ, or the file cannot be written.
    """
    check_choice("measure", measure, MEASURES)
    tolerance = TOLERANCES[measure] if tolerance is None else tolerance
    check_number("tolerance", tolerance, low=0.0)
    target = Path(path)
    if target.suffix != ".py":
        raise AMEError(f"path must end in .py, got {target}: pytest finds test_*.py.")
    if target.exists() and not overwrite:
        raise AMEError(f"{target} exists already: choose another name, or set overwrite=True.")
    if rows.empty:
        raise AMEError("selection must hold at least one pair, got none: select some, or pass their ids.")
    if not explored.measured.comparable:
        raise AMEError("images and texts of different widths have no ranks or entropies to pin.")
    file = Path(source) if source is not None else target.with_suffix(".safetensors")
    lines = [
        f"    {int(line['id'])}: ({ {name: _plain(line[name]) for name in MEASURES[measure]} }, "
        f"{line['caption'][:80]!a}),"
        for line in rows.to_dict("records")
    ]
    there = (
        os.path.relpath(file.resolve(), target.resolve().parent) if _same_drive(file, target) else str(file.resolve())
    )
    condition = "now - pinned" if worse_only else "abs(now - pinned)"
    text = _TEMPLATE.format(
        name=explored.name.encode("ascii", "replace").decode().replace('"', "'").replace("\\", "/"),
        what="ranks" if measure == "rank" else "entropies",
        file=target.name,
        features=ascii(Path(there).as_posix()),
        scale=float(explored.features.logit_scale),
        tolerance=tolerance,
        captioned="texts" not in explored.features.assumed,
        pinned="\n".join(lines),
        condition=condition,
    )
    try:
        if source is None:
            _save(file, explored)
        write_atomically(target, text.encode())
    except OSError as error:
        raise AMEError(f"{target} cannot be written ({error.strerror or error}): choose another path.") from error
    return target


def _save(path: Path, explored: Exploration) -> None:
    features = explored.features
    tensors = {name: getattr(features, name) for name in ("image", "text", "pairs", "ids")}
    tensors["logit_scale"] = torch.tensor(features.logit_scale, dtype=torch.float64)
    save_tensors(path, tensors, {"captions": json.dumps(features.texts)})


def _plain(value: float) -> float | int:
    return int(value) if float(value).is_integer() else float(value)


def _same_drive(first: Path, second: Path) -> bool:
    return first.resolve().drive == second.resolve().drive
