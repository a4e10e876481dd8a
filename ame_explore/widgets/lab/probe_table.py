"""The answers to a lab's probes as a table, for Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ame_explore.training import Stage
from ame_explore.widgets.lab.probing import CURRENT, Probing

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("probe", "kind", "model", "step", "answer", "share", "entropy")


def table_of(probing: Probing, stage: Stage | None) -> pd.DataFrame:
    """A row for each probe and model; see `LiveRun.probes`.

    Args:
        probing: the probes.
        stage: the stage whose class texts are the answers; None: there is no answer yet.
    """
    import pandas as pd

    state, rows = probing.last, list[dict[str, Any]]()
    if state is not None and stage is not None:
        texts = stage.data.class_texts
        facts: tuple[Any, ...]
        for one in state["answers"]:
            best = int(np.argmax(one["shares"]))
            facts = (CURRENT, state["kind"], one["name"], one["step"], texts[best], one["shares"][best], one["entropy"])
            rows.append(dict(zip(COLUMNS, facts, strict=True)))
        for kept in state["kept"]:
            for mark in kept["marks"]:
                facts = (kept["name"], kept["kind"], mark["name"], mark["step"], texts[mark["answer"]], mark["share"])
                rows.append(dict(zip(COLUMNS, (*facts, mark["entropy"]), strict=True)))
    return pd.DataFrame(rows, columns=list(COLUMNS))
