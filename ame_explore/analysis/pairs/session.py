"""A session with an explorer as JSON: filters, order, colour, selection, notes, and the columns that were added."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ame_explore.ame import AMEError, shown
from ame_explore.analysis.pairs.columns import Column
from ame_explore.analysis.pairs.conditions import condition_from_json, condition_to_json
from ame_explore.analysis.pairs.pair_view import PairView, ViewState
from ame_explore.tokens import packed, unpacked

VERSION = 1
_HEAD = "ame-view1:"
_MOST = 64 * 2**20  # bytes of a token, unpacked


def session_to_json(view: PairView, *, columns: bool = True) -> dict[str, Any]:
    """The state of a view as plain values.

    Args:
        view: the view.
        columns: also the columns that were added to those of the data, with their values.

    Returns:
        What `restore_session` takes.
    """
    state = view.state
    said: dict[str, Any] = {
        "ame_explore_session": VERSION,
        "pairs": len(view.ids),
        "conditions": [condition_to_json(one) for one in state.conditions],
        "sort": state.sort,
        "descending": state.descending,
        "color": state.color,
        "selected": list(state.selected),
        "notes": {str(id_): text for id_, text in state.notes},
    }
    if columns:
        own = set(PairView(view.explored).columns)
        said["columns"] = {name: _column_to_json(column) for name, column in view.columns.items() if name not in own}
    return said


def restore_session(view: PairView, said: Any) -> list[str]:
    """Take over a state that `session_to_json` made, perhaps of other features of the same pairs.

    Args:
        view: the view that takes it over.
        said: the plain values.

    Returns:
        Sentences on what could not be taken over: columns that are missing here, pairs that are not here.

    Raises:
        AMEError: if it is no session, or of a later version.
    """
    if not isinstance(said, dict) or said.get("ame_explore_session") != VERSION:
        raise AMEError(f"session must be what Explorer.save wrote, version {VERSION}, got {shown(said)}.")
    lost: list[str] = []
    added = said.get("columns", {})
    for name, one in (added if isinstance(added, dict) else {}).items():
        try:
            view.add_column(_column_from_json(name, one))
        except AMEError as error:
            lost.append(f"The column {name!r} is left out: {error}")
    conditions = []
    for one in _listed(said, "conditions"):
        condition = condition_from_json(one)
        try:
            view.mask_of(condition)
            conditions.append(condition)
        except AMEError as error:
            lost.append(f"A filter is left out: {error}")
    sort, color = str(said.get("sort", "suspicion")), str(said.get("color", "modality"))
    if sort not in view.columns:
        lost.append(f"There is no column {sort!r} to sort by.")
        sort = "suspicion"
    if color != "modality" and color not in view.columns.colorable:
        lost.append(f"There is no column {color!r} to colour by.")
        color = "modality"
    selected = [one for one in _listed(said, "selected") if type(one) is int]
    notes = said.get("notes", {})
    kept = {int(id_): str(text) for id_, text in notes.items() if str(id_).isdigit()} if isinstance(notes, dict) else {}
    gone = sum(not bool(np.isin(id_, view.ids)) for id_ in {*selected, *kept})
    if gone:
        lost.append(f"{gone} selected or noted pairs are not here.")
    view.restore(
        ViewState(
            tuple(conditions),
            sort,
            said.get("descending") is not False,
            color,
            tuple(selected),
            tuple((id_, text) for id_, text in kept.items() if np.isin(id_, view.ids)),
        )
    )
    return lost


def session_token(view: PairView) -> str:
    """The state of a view as one short word that can be sent or put into a link; added columns are left out.

    Args:
        view: the view.

    Returns:
        The token.
    """
    return packed(session_to_json(view, columns=False), _HEAD)


def session_of_token(token: str) -> Any:
    """The plain values in a token.

    Args:
        token: what `session_token` made.

    Returns:
        What `restore_session` takes.

    Raises:
        AMEError: if it is no such token, or damaged.
    """
    return unpacked(token, _HEAD, most=_MOST)


def _listed(said: dict[str, Any], name: str) -> list[Any]:
    found = said.get(name, [])
    if not isinstance(found, list):
        raise AMEError(f"session must hold a list of {name}, got {shown(found)}.")
    return found


def _column_to_json(column: Column) -> dict[str, Any]:
    values = [value if math.isfinite(value) else None for value in column.values.tolist()]
    return {"title": column.title, "kind": column.kind, "values": values, "words": list(column.words)}


def _column_from_json(name: str, said: Any) -> Column:
    try:
        kind, words = said["kind"], tuple(str(word) for word in said["words"])
        numeric = kind in ("number", "date")
        values = np.array([math.nan if value is None else value for value in said["values"]], dtype=np.float64)
        if kind not in ("number", "date", "category", "text") or values.ndim != 1:
            raise ValueError("unknown kind")
        if not numeric and not ((values >= -1) & (values < len(words)) & (values % 1 == 0)).all():
            raise ValueError("places beyond the words")
        return Column(name, str(said["title"]), kind, values if numeric else values.astype(np.int32), words)
    except (TypeError, KeyError, ValueError) as error:
        raise AMEError(f"session's column {name!r} is damaged ({error}).") from error
