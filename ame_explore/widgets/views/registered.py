"""Registered views (`ame_explore.registry.view`): Python computes the data, and the view's ES module draws them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import anywidget
import numpy as np
import traitlets
from numpy.typing import NDArray

from ame_explore.ame import AMEError
from ame_explore.registry import View, views
from ame_explore.training import Run
from ame_explore.widgets.runtime.messages import LabState

Curve = tuple[NDArray[Any], NDArray[Any]]


@dataclass(frozen=True, eq=False)
class ViewedArm:
    """One run as a view receives it.

    Attributes:
        name: the name of the arm.
        step: the last step done.
        steps: number of steps of the whole run; 0 if unknown.
        series: name of a loss or metric -> (steps, values), both (n,). The names are those of `Run.losses` and
            `Run.metrics`.
        points: (N, 2), positions of the N images that a lab draws; None outside a lab, as are the next two.
        prediction: (N,), the class that the student predicts.
        entropy: (N,), nats, of the student's answer.
    """

    name: str
    step: int
    steps: int
    series: Mapping[str, Curve] = field(default_factory=dict)
    points: NDArray[Any] | None = None
    prediction: NDArray[Any] | None = None
    entropy: NDArray[Any] | None = None


class RegisteredView(anywidget.AnyWidget):
    """A registered view as a widget; `show_view` makes one of Runs, and a lab makes one for each registered view.

    Args:
        name: the name of the view.

    Attributes:
        view: what was registered.
        data: the last result of its function, as sent to the browser.

    Raises:
        AMEError: if there is no such view.
    """

    data = traitlets.Dict().tag(sync=True)

    def __init__(self, name: str) -> None:
        self.view: View = views[name]
        if self.view.css:
            self._css = self.view.css  # anywidget makes a trait of it
        super().__init__(_esm=str(self.view.module), tooltip=f"{self.view.label}: {self.view.help}")

    def show(self, arms: Sequence[ViewedArm]) -> None:
        """Compute the data again.

        Args:
            arms: what to show.

        Raises:
            AMEError: if the result cannot be written as JSON.
            Exception: if the view's function raises it.
        """
        self.data = sent(self.view, arms)


def show_view(name: str, runs: Run | Mapping[str, Run]) -> RegisteredView:
    """A registered view of one or several Runs.

    Args:
        name: the name of the view.
        runs: one Run, or several by name.

    Raises:
        AMEError: if there is no such view.
    """
    made = RegisteredView(name)
    made.show([_of_run(arm, run) for arm, run in (runs if isinstance(runs, Mapping) else {"run": runs}).items()])
    return made


def arms_of_lab(state: LabState) -> list[ViewedArm]:
    """The current arms of a lab."""
    found = []
    for arm in state.arms:
        series = {name: (np.asarray(each["x"]), np.asarray(each["y"])) for name, each in arm.series.items()}
        drawn: dict[str, Any] = {
            name: dict(arm.manifold or {}).get(name) for name in ("points", "prediction", "entropy")
        }
        found.append(ViewedArm(arm.name, arm.step, state.steps, series, **drawn))
    return found


def sent(view: View, arms: Sequence[ViewedArm]) -> dict[str, Any]:
    """The result of the view's function in a form for JSON: arrays become lists, NaN and infinity become None.

    Args:
        view: the view.
        arms: what its function receives.

    Raises:
        AMEError: if the function does not return a mapping of plain values and arrays.
    """
    made = view.function(arms)
    if not isinstance(made, Mapping):
        raise AMEError(f"the view {view.name!r} must return a mapping, got {type(made).__name__}.")
    found: dict[str, Any] = _plain(view.name, made)
    return found


def _of_run(name: str, run: Run) -> ViewedArm:
    series: dict[str, Curve] = {}
    for table in (run.losses, run.metrics):
        for column in table.columns:
            known = table[column].dropna()
            series[str(column)] = known.index.to_numpy(), known.to_numpy(dtype=np.float64)
    last = max((int(x[-1]) for x, _ in series.values() if len(x)), default=0)
    return ViewedArm(name, last, int((run.recipe or {}).get("steps", 0)), series)


def _plain(name: str, value: Any) -> Any:
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): _plain(name, each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(name, each) for each in value]
    raise AMEError(
        f"the view {name!r} must return plain values, lists, mappings and arrays, got {type(value).__name__}."
    )
