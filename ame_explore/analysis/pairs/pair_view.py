"""A view of explored pairs: which are shown, in which order and colour, which are selected, and what was noted."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ame_explore.ame import AMEError, check_choice
from ame_explore.analysis.pairs.columns import Coloring, Column, Columns, coloring, column_of, columns_of
from ame_explore.analysis.pairs.conditions import Condition
from ame_explore.analysis.pairs.exploration import Exploration
from ame_explore.analysis.pairs.suspects import ambiguous_rows

MODALITY = "modality"
"""The colouring that tells images from texts."""


@dataclass(frozen=True)
class ViewState:
    """What a reader has chosen; frozen, so that a change is one assignment.

    Attributes:
        conditions: pairs that fulfil all of them are shown.
        sort: name of the column that orders the pairs.
        descending: whether the largest come first.
        color: name of the column shown as colour, or "modality".
        selected: ids of the selected pairs.
        notes: id -> the reader's note on the pair.
    """

    conditions: tuple[Condition, ...] = ()
    sort: str = "suspicion"
    descending: bool = True
    color: str = MODALITY
    selected: tuple[int, ...] = ()
    notes: tuple[tuple[int, str], ...] = ()


class PairView:
    """The state of one explorer, changed by code and by pages alike; followers are told of each change.

    Attributes:
        explored: the pairs.
        columns: all columns, with those that were added.
        state: what is chosen now.
    """

    def __init__(self, explored: Exploration) -> None:
        self.explored = explored
        self.columns: Columns = columns_of(explored.pairs)
        for column in _found(explored):
            self.columns = self.columns.with_column(column)
        self.state = ViewState()
        self.ids: NDArray[np.int64] = explored.pairs["id"].to_numpy(np.int64)
        self._lock = threading.RLock()
        self._followers: list[Callable[[str], object]] = []
        self._masks: dict[tuple[Condition, Column | None], NDArray[np.bool_]] = {}
        self._rows: tuple[object, NDArray[np.int64]] | None = None
        self._added: dict[str, Column] = {}

    def on_change(self, follower: Callable[[str], object]) -> None:
        """Call `follower(what)` after a change of "columns", "shown" (conditions or order), "color", "selected" or
        "notes".
        """
        self._followers.append(follower)

    def _set(self, what: str, **changes: object) -> None:
        with self._lock:
            self.state = replace(self.state, **changes)  # type: ignore[arg-type]
        for follower in tuple(self._followers):
            follower(what)

    def keep(self, condition: Condition) -> None:
        """Show only pairs that also fulfil this condition; a range of a column replaces the earlier one of that column.

        Args:
            condition: the condition.

        Raises:
            AMEError: if it does not fit its column.
        """
        self.mask_of(condition)
        column = getattr(condition, "column", None)
        others = tuple(
            one
            for one in self.state.conditions
            if type(one) is not type(condition) or column is None or getattr(one, "column", None) != column
        )
        self._set("shown", conditions=(*others, condition))

    def drop(self, place: int) -> None:
        """Remove the condition at this place.

        Raises:
            AMEError: if there is none.
        """
        conditions = self.state.conditions
        if not 0 <= place < len(conditions):
            raise AMEError(f"place must be that of one of {len(conditions)} conditions, got {place!r}.")
        self._set("shown", conditions=conditions[:place] + conditions[place + 1 :])

    def clear(self) -> None:
        """Show all pairs."""
        self._set("shown", conditions=())

    def sort(self, column: str, *, descending: bool = True) -> None:
        """Order the pairs by a column; pairs without a value come last.

        Raises:
            AMEError: if there is no such column.
        """
        self.columns[column]
        self._set("shown", sort=column, descending=descending)

    def color(self, column: str) -> None:
        """Colour the pairs by a column, or by "modality".

        Raises:
            AMEError: if there is no such column, or it is free text.
        """
        if column != MODALITY:
            check_choice("color", column, (MODALITY, *self.columns.colorable))
        self._set("color", color=column)

    def select(self, ids: Iterable[int]) -> None:
        """Select the pairs with these ids; unknown ids are ignored."""
        wanted = np.fromiter(dict.fromkeys(ids), dtype=np.int64)
        known = wanted[np.isin(wanted, self.ids)]
        self._set("selected", selected=tuple(known.tolist()))

    def note(self, id_: int, text: str) -> None:
        """Keep a note on a pair; "" removes it.

        Raises:
            AMEError: if no pair has this id.
        """
        if not np.isin(id_, self.ids):
            raise AMEError(f"id must be that of a pair, got {id_!r}.")
        others = tuple(line for line in self.state.notes if line[0] != id_)
        self._set("notes", notes=(*others, (int(id_), text.strip())) if text.strip() else others)

    def add_column(self, column: Column) -> None:
        """Add a column, or replace the one of its name.

        Raises:
            AMEError: if it does not have one value per pair.
        """
        if len(column.values) != len(self.ids):
            raise AMEError(f"column must hold {len(self.ids)} values, one per pair, got {len(column.values)}.")
        with self._lock:
            self._added[column.name] = column
            self.columns = self.columns.with_column(column)
            self._rows = None
        for what in ("columns", "shown") + (("color",) if self.state.color == column.name else ()):
            for follower in tuple(self._followers):
                follower(what)

    def measured(self, explored: Exploration) -> None:
        """Take over other measures of the same pairs: first those of a sample, then those of all.

        Args:
            explored: the pairs with the new measures.
        """
        columns = columns_of(explored.pairs)
        for column in (*_found(explored), *self._added.values()):
            columns = columns.with_column(column)
        with self._lock:
            self.explored, self.columns, self._rows = explored, columns, None
            self._masks.clear()
        for what in ("columns", "shown", "color", "selected"):
            for follower in tuple(self._followers):
                follower(what)

    def restore(self, state: ViewState) -> None:
        """Take over a whole state.

        Raises:
            AMEError: if it names a column that is not there.
        """
        for condition in state.conditions:
            self.mask_of(condition)
        self.columns[state.sort]
        if state.color != MODALITY:
            check_choice("color", state.color, (MODALITY, *self.columns.colorable))
        with self._lock:
            known = np.isin(np.asarray(state.selected, dtype=np.int64), self.ids)
            selected = tuple(id_ for id_, there in zip(state.selected, known, strict=True) if there)
            self.state = replace(state, selected=selected)
        for what in ("shown", "color", "selected", "notes"):
            for follower in tuple(self._followers):
                follower(what)

    def mask_of(self, condition: Condition) -> NDArray[np.bool_]:
        """Which pairs fulfil one condition: (P,).

        Raises:
            AMEError: if it does not fit its column.
        """
        name = getattr(condition, "column", None)
        key = (condition, None if name is None else self.columns[name])
        found = self._masks.get(key)
        if found is None:
            found = condition.mask(self.columns, self.ids)
            if len(self._masks) > 32:
                self._masks.clear()
            self._masks[key] = found
        return found

    @property
    def mask(self) -> NDArray[np.bool_]:
        """Which pairs are shown: (P,)."""
        found = np.ones(len(self.ids), dtype=bool)
        for condition in self.state.conditions:
            found &= self.mask_of(condition)
        return found

    @property
    def rows(self) -> NDArray[np.int64]:
        """Rows of the pairs that are shown, in their order."""
        with self._lock:
            key = (self.state.conditions, self.state.sort, self.state.descending)
            if self._rows is None or self._rows[0] != key:
                order = self.columns[self.state.sort].order
                shown = np.flatnonzero(self.mask)
                # NaN sorts last in both directions
                place = np.argsort(-order[shown] if self.state.descending else order[shown], kind="stable")
                self._rows = key, shown[place]
            return self._rows[1]

    @property
    def coloring(self) -> Coloring | None:
        """The colours of the pairs; None if images are told from texts."""
        return None if self.state.color == MODALITY else coloring(self.columns[self.state.color])

    @property
    def shown(self) -> pd.DataFrame:
        """The pairs that are shown, in their order, as rows of `frame`."""
        return self.frame().iloc[self.rows].reset_index(drop=True)

    def frame(self) -> pd.DataFrame:
        """All pairs: `Exploration.pairs` with the columns that were added, and the notes."""
        pairs = self.explored.pairs
        added = {}
        for name, column in self.columns.items():
            if name in pairs or f"meta_{name}" in pairs or name.removeprefix("meta_") in pairs:
                continue
            words = np.array([*column.words, None], dtype=object)
            added[name] = column.values if column.numeric else words[column.values]
        if self.state.notes:
            notes = dict(self.state.notes)
            added["note"] = [notes.get(id_, "") for id_ in self.ids.tolist()]
        return pairs.assign(**added)


def _found(explored: Exploration) -> list[Column]:
    """What the measures say of pairs beyond single numbers: whether they are ambiguous, and how much their texts are
    hubs.
    """
    if not explored.measured.comparable or explored.sample is not None:
        return []
    close = ambiguous_rows(explored.features, explored.measured)
    near = explored.measured.text_occurrence[explored.pairs["text"].to_numpy()]
    return [
        column_of("ambiguous", np.where(close, "yes", "no").tolist()),
        Column("text hub", "images its text is near to", "number", near.astype(np.float64)),
    ]
