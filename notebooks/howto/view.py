# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Add a view
#
# A **view** is a Python function that returns the data for the browser, and an ES module that draws it. The function receives the arms of a lab (or of Runs): each has a `name`, `step`, `steps`, `series` (name of a loss or metric → steps and values) and, in a lab, `points`, `prediction` and `entropy` of the drawn images. It returns plain values and arrays.
#
# The module follows [anywidget](https://anywidget.dev): its default export has `render({ model, el })`; `model.get("data")` is what the function returned, and the event `change:data` fires when it changes.

# %%
from ame_explore.registry import view
from ame_explore.testing import check_view

BARS = """
export default {
  render({ model, el }) {
    const draw = () => {
      el.replaceChildren(
        ...model.get("data").bars.map(({ name, value }) => {
          const row = document.createElement("div");
          const bar = document.createElement("div");
          row.textContent = `${name}: ${value === null ? "not measured" : value.toFixed(2)}`;
          bar.style.cssText = `height: 10px; background: #0072b2; width: ${100 * (value ?? 0)}%`;
          row.append(bar);
          return row;
        }),
      );
    };
    model.on("change:data", draw);
    draw();
    return () => model.off("change:data", draw);
  },
};
"""


@view("accuracy_bars", module=BARS, label="accuracy on new classes")
def accuracy_bars(arms):
    """A bar for each arm: its accuracy on the classes it has not seen."""

    def newest(arm):
        _, values = arm.series.get("new_accuracy", ((), ()))
        return float(values[-1]) if len(values) else None

    return {"bars": [{"name": arm.name, "value": newest(arm)} for arm in arms]}


check_view("accuracy_bars")

# %% [markdown]
# Every lab created from now on shows the view below the cockpit and updates it during training (`show=[...]` chooses which views are shown):

# %%
import ame_explore
from ame_explore import Recipe

quick = {"host": "projector", "steps": 40}
lab = ame_explore.lab({"KD": Recipe(omega=0.0, **quick), "KD + AME": Recipe(**quick)})
lab

# %%
result = lab.result(timeout=240)
bars = lab.views["accuracy_bars"].data["bars"]
assert [bar["name"] for bar in bars] == ["KD", "KD + AME"] and all(0 < bar["value"] < 1 for bar in bars)
bars

# %% [markdown]
# The same view of recorded Runs:

# %%
from ame_explore.widgets import show_view

recorded = show_view("accuracy_bars", {name: arm.run for name, arm in result.arms.items()})
assert [bar["name"] for bar in recorded.data["bars"]] == ["KD", "KD + AME"]
recorded
