"""JavaScript writes numbers as Python does, from the same declarations."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

import ame_explore
from ame_explore.quantities import declared, for_browser, number, quantity, significant
from ame_explore.widgets.lab.cockpit import Cockpit

SOURCES = Path(ame_explore.__file__).parent / "widgets" / "js" / "src"
VALUES = [
    0.0,
    1.0,
    -1.0,
    0.5004,
    0.77352,
    -0.0104,
    0.0999,
    0.02,
    1.37e-4,
    -2e-6,
    4.4e-9,
    3.4012,
    12.3456,
    987.6,
    12345.6,
]
VALUES += [-123456.7, 1.234e7, None]


def in_node(expression: str) -> list[str]:
    """What a JavaScript expression over `values` gives."""
    node = shutil.which("node")
    if node is None:
        if os.environ.get("CI"):
            pytest.fail("Node is missing: what the browser shows cannot be checked.")
        pytest.skip("needs Node")
    script = f"""
        import {{ number, significant }} from {json.dumps((SOURCES / "format.js").as_uri())};
        import {{ declare, written }} from {json.dumps((SOURCES / "quantities.js").as_uri())};
        declare({json.dumps(for_browser())});
        const values = {json.dumps(VALUES)};
        console.log(JSON.stringify({expression}));"""
    command = [node, "--input-type=module", "-e", script]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 0, run.stderr
    made: list[str] = json.loads(run.stdout)
    return made


def test_decimals_and_digits_are_written_alike() -> None:
    made = in_node(
        "values.flatMap((v) => [number(v), number(v, 0), number(v, 2, { signed: true }), number(v, 3, { fine: true }), "
        "significant(v), significant(v, 1), significant(v, 4, { signed: true })])"
    )
    expected = []
    for v in VALUES:
        expected += [number(v), number(v, 0), number(v, 2, signed=True), number(v, 3, fine=True)]
        expected += [significant(v), significant(v, 1), significant(v, 4, signed=True)]
    assert made == expected


def test_every_quantity_is_written_alike() -> None:
    names = list(declared())
    made = in_node(f"{json.dumps(names)}.map((name) => written(name, 0.04321))")
    assert made == [quantity(name).text(0.04321) for name in names]


def test_the_cockpit_hands_the_declarations_over() -> None:
    cockpit = Cockpit()
    assert cockpit.get_state("quantities")["quantities"] == for_browser()
    cockpit.close()
