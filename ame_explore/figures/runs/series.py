"""One recorded column over the runs of an arm: mean and spread over seeds, and how to draw it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from ame_explore.figures.base.style import ArmStyle, f32, i32

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Band:
    """Mean and spread over seeds of one column, at the steps that every seed recorded.

    Attributes:
        steps: (T,) training steps.
        mean: (T,) mean over seeds.
        low: (T,) lowest seed.
        high: (T,) highest seed.
        seeds: number of seeds.
    """

    steps: NDArray[np.int64]
    mean: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    seeds: int


def band(tables: Iterable[pd.DataFrame], column: str) -> Band | None:
    """The band of a column over seeds.

    Only steps that all tables with this column hold are used; otherwise a run that stopped early would bend the mean.

    Args:
        tables: one per seed, indexed by step.
        column: name of the column.

    Returns:
        The band, or None if no table has a value of the column, or the tables have no step in common.
    """
    import pandas as pd

    found = [table[column].dropna() for table in tables if column in table.columns and table[column].notna().any()]
    if not found:
        return None
    together = pd.concat(found, axis=1, join="inner").sort_index()
    if together.empty:
        return None
    values = together.to_numpy(dtype=np.float64)
    return Band(
        together.index.to_numpy(dtype=np.int64), values.mean(axis=1), values.min(axis=1), values.max(axis=1), len(found)
    )


def band_traces(drawn: Band, name: str, style: ArmStyle, *, unit: str = "") -> list[go.Scatter]:
    """A line for the mean and, with two or more seeds, a faint band from the lowest to the highest seed.

    The line comes last and leaves `showlegend` to the caller.

    Args:
        drawn: the band.
        name: the arm's name, in the legend.
        style: the arm's style.
        unit: unit of the values, for hover texts.
    """
    common: dict[str, Any] = {"name": name, "legendgroup": name}
    traces = []
    if drawn.seeds > 1:
        traces.append(
            go.Scatter(
                x=i32(np.concatenate([drawn.steps, drawn.steps[::-1]])),
                y=f32(np.concatenate([drawn.high, drawn.low[::-1]])),
                fill="toself",
                fillcolor=style.faint(0.16),
                mode="none",
                hoverinfo="skip",
                showlegend=False,
                **common,
            )
        )
    markers = drawn.steps.size <= 30
    traces.append(
        go.Scatter(
            x=i32(drawn.steps),
            y=f32(drawn.mean),
            mode="lines+markers" if markers else "lines",
            line={"color": style.color, "dash": style.dash, "width": 2.5},
            marker={"symbol": style.symbol, "size": 7},
            hovertemplate=f"step %{{x}}: %{{y:.4~g}}{f' {unit}' if unit else ''}",
            **common,
        )
    )
    return traces


def columns_of(tables: Sequence[pd.DataFrame]) -> list[str]:
    """Every column that has a value in some table, in order of first appearance.

    Args:
        tables: the tables.
    """
    seen: dict[str, None] = {}
    for table in tables:
        seen.update(dict.fromkeys(str(name) for name in table.columns if table[name].notna().any()))
    return list(seen)


def seeds_words(counts: Iterable[int]) -> str:
    """What lines and bands mean, for a subtitle.

    Args:
        counts: the number of seeds of each line.
    """
    most = max(counts, default=1)
    if most < 2:
        return "One seed."
    return f"Line: mean of {most} seeds. Band: lowest to highest seed."
