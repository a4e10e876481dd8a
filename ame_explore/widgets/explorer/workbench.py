"""The explorer's page: map, selected pair and table of all pairs, as one widget on one channel."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from plotly.colors import sample_colorscale

from ame_explore.ame import AMEError, shown
from ame_explore.analysis.pairs.columns import CAPTION, OTHER, UNKNOWN, Column
from ame_explore.analysis.pairs.conditions import Among, OneOf, Says, condition_from_json
from ame_explore.analysis.pairs.maps import SHARED, UMAP, PairMaps
from ame_explore.analysis.pairs.nearness import SPACES, Near, Nearness, Surroundings
from ame_explore.analysis.pairs.pair_view import MODALITY, PairView
from ame_explore.analysis.pairs.two_models import Places, TwoModels
from ame_explore.analysis.pairs.zero_shot import encoded
from ame_explore.figures.base.colors import PETROFF
from ame_explore.figures.base.thumbnails import SIZE, thumbnails
from ame_explore.figures.maps.map_parts import IMAGE_COLOR, TEXT_COLOR
from ame_explore.quantities import number, quantity
from ame_explore.widgets.explorer.sheets import Sheet
from ame_explore.widgets.runtime.channel import Channel, bundle
from ame_explore.widgets.runtime.messages import (
    ColumnFacts,
    NearGroup,
    NearPair,
    PairColors,
    PairFace,
    PairFacts,
    PairPlaces,
    PairsBeside,
    PairsShown,
    Sheets,
    Tab,
    TableRow,
    TableRows,
    Told,
)

_CHOICES, _TILES, _MOST_ROWS, _FIRST_ROWS = 60, 60, 400, 60
_READING = ("rows", "words")  # what a page asks for by itself
_NO_PAIR = "No pair fulfils all of these filters: remove one."
_PICTURES = 300  # that are kept, so that a filter reads no image file again
_LARGE = (640, 480)
_IN_CELL, _IN_CARD = 300, 4000  # characters of a value in a list, and beside the picture
_OTHER_COLOR, _UNKNOWN_COLOR = "#8a8a8a", "#c4c4c4"
_SHADES = [
    str(color)
    for color in sample_colorscale("Viridis", [0.95 - 0.85 * step / 31 for step in range(32)], colortype="rgb")
]
_FIGURES = ("cosine", "rank_i2t", "rank_t2i", "margin_i2t", "margin_t2i", "entropy_i2t", "entropy_t2i", "suspicion")


class Workbench(Channel):
    """The views of one explorer in a page. Python decides what is shown; a page only draws it and tells what is done.

    Args:
        view: the state of the explorer.
        models: the maps of each model, the first model's first; empty if image and text widths differ.
        encode: encodes a text into the models' space; None: there is no search by meaning.
        find_regions: called when the reader asks for named regions.
        classify: called with names of classes and templates of prompts that the reader typed.
        concept: called with two texts that the reader typed.
        cell: called with a true and a predicted class when the reader asks for the pairs of that cell.
        hand_on: called with "csv" or "test" when the reader asks for the selection as a file.
        sheet: called with the name of a tab and a choice when the reader opens a sheet.
        tabs: name -> title of the tabs beside the table of pairs.
    """

    _esm = bundle("explorer.js")
    _css = bundle("explorer.css")

    def __init__(
        self,
        view: PairView,
        models: Sequence[PairMaps],
        *,
        encode: Callable[[str], Any] | None = None,
        find_regions: Callable[[], object] | None = None,
        classify: Callable[[Sequence[str], Sequence[str]], object] | None = None,
        concept: Callable[[str, str], object] | None = None,
        cell: Callable[[int, int], object] | None = None,
        hand_on: Callable[[str], object] | None = None,
        sheet: Callable[[str, str], object] | None = None,
        tabs: Mapping[str, str] | None = None,
    ) -> None:
        self.view, self._encode = view, encode
        self._find_regions, self._cell, self._classify, self._concept = find_regions, cell, classify, concept
        self._hand_on = hand_on
        self._own_maps: dict[str, tuple[NDArray[Any], NDArray[Any]]] = {}
        self._models = {maps.explored.name: maps for maps in models}
        self._maps = models[0] if models else None
        self.picture = self._maps.best if self._maps is not None else ""
        self._open_sheet, self._tabs, self._sheet = sheet, dict(tabs or {}), Sheet("")
        self._two: TwoModels | None = None
        self._second: PairMaps | None = None
        self._both = False  # whether the two models' maps are side by side
        self._own_choice = False  # whether the reader has chosen a map; then UMAP does not replace it
        self._near = Nearness(view.explored)
        self._places: tuple[NDArray[Any], NDArray[Any]] | None = None
        self._around: tuple[int, object, Surroundings] | None = None  # of the pair that was looked at last
        self._turn = 0
        self._active: int | None = None
        self._by_id = np.argsort(view.ids, kind="stable")
        self._selected: tuple[object, NDArray[np.int64]] | None = None  # rows of the selection that was looked up last
        self._told = Told(text="", bad=False)
        self._faced: dict[str, Any] | None = None
        self._decoded: dict[tuple[int, tuple[int, int]], str | None] = {}
        self._refused: Told | None = None  # what is told of an action that failed, until another succeeds
        self._none_told: Told | None = None  # what is told while the filters leave no pair
        self._picked = "", 0.0  # which page made the latest selection, and when by its clock
        self._regions: dict[str, NDArray[np.int64]] = {}
        self._state = threading.RLock()
        # Less than it takes when drawn: until then, a figure below it must not seem to be near the window.
        super().__init__(layout={"min_height": "min(85vh, 600px)"})
        self._tell_facts()
        if view.columns.left_out:
            self.say("Left out: " + " ".join(view.columns.left_out.values()))
        self._tell_places()
        self.show_sheet(None)
        for what in ("color", "shown", "selected"):
            self.changed(what)
        self.on_message(self._handle)

    # From Python to the page

    def changed(self, what: str) -> None:
        """Send what has changed in the view; see `PairView.on_change`."""
        with self._state:
            self._forgive()
            if what == "columns":
                self._tell_facts()
            elif what == "shown":
                self._turn += 1
                self._tell_shown()
                self._tell_face()
                if self._told is self._none_told or not len(self.view.rows):
                    self._say_if_none()
            elif what == "color":
                self.retain("colors", self._colors())
            elif what == "selected":
                rows = self.selected_rows
                page, pick = self._picked
                self.retain("selection", {"rows": rows.astype(np.int32), "page": page, "pick": pick})
                self._active = int(rows[0]) if len(rows) else None
                self._tell_face()
                if self._sheet.name == "distil" and self._open_sheet is not None:
                    self._open_sheet("distil", self._sheet.choice)  # it speaks of the selection
            elif what == "notes":
                self._tell_face()

    @property
    def selected_rows(self) -> NDArray[np.int64]:
        """Rows of the selected pairs, in the order of selection."""
        selected = self.view.state.selected
        if self._selected is None or self._selected[0] is not selected:
            ids = np.asarray(selected, dtype=np.int64)
            self._selected = selected, self._by_id[np.searchsorted(self.view.ids, ids, sorter=self._by_id)]
        return self._selected[1]

    def say(self, text: str, *, bad: bool = False) -> None:
        """Show a sentence above the map; "" takes it away."""
        told = Told(text=text, bad=bad)
        if told != self._told:
            self._told = told
            self.retain("told", told)

    def _forgive(self) -> None:
        """Something has worked: what was told of an earlier failure goes, unless no pair is left to show."""
        if self._refused is not None and self._told is self._refused:
            self._say_if_none()
        self._refused = None

    def show_regions(self, rows_of: dict[str, NDArray[np.int64]]) -> None:
        """Write names of regions on the map, each where most of its images lie.

        Args:
            rows_of: name -> rows of its pairs.
        """
        self._regions = dict(rows_of)
        if self._places is None:
            return
        images = self._places[0][self.view.explored.features.image_index.cpu().numpy()]
        named = []
        for name, rows in rows_of.items():
            at = images[rows]
            at = at[np.isfinite(at).all(1)]
            if len(at):
                x, y = np.median(at, axis=0)
                named.append({"name": name, "count": len(rows), "x": float(x), "y": float(y)})
        self.retain("regions", {"regions": named})

    def show_cross(self, title: str, names: Sequence[str], counts: NDArray[np.int64], words: Sequence[str]) -> None:
        """Show a table of true and predicted classes below the pairs.

        Args:
            title: its headline.
            names: the names of the classes.
            counts: (C, C), true classes in rows.
            words: what is said of each class.
        """
        flat = counts.reshape(-1).astype(np.int32)
        self.retain("cross", {"title": title, "names": list(names), "counts": flat, "words": list(words)})

    def umap_ended(self) -> None:
        """UMAP is ready or has failed: show it, unless the reader has chosen another map."""
        with self._state:
            if self._maps is None:
                return
            if self._maps.state(UMAP) == "done" and not self._own_choice:
                self.picture = UMAP
            self._tell_places()

    @property
    def pictures(self) -> list[tuple[str, str]]:
        """Name and label of each map of the model that is shown."""
        if self._maps is None:
            return []
        state = self._maps.state(UMAP)
        more = {"waiting": "preparing…", "running": "preparing…", "failed": "failed", "cancelled": "cancelled"}.get(
            state
        )
        found = [(one, f"{one} ({more})" if one == UMAP and more else one) for one in self._maps.pictures]
        if self._two is not None and self._two.matched is not None:
            found.append((SHARED, "PCA, both in one frame"))
        return [*found, *((one, one) for one in self._own_maps)]

    @property
    def picture_words(self) -> str:
        """What the reader must know of the map that is shown."""
        if self._maps is None:
            return "Images and texts of different widths share no space, so there is no map."
        state = self._maps.state(UMAP)
        said = [self._maps.words]
        if self.picture in self._own_maps:
            return (
                f"To the right: nearer to {self.picture} (cosine with the direction). Upwards: the main axis of what "
                "the direction leaves."
            )
        if self.picture == SHARED and self._two is not None and self._two.matched is not None:
            return self._two.matched.words
        if state == "failed":
            said.append(f"No UMAP: {self._maps.why_not()}")
        elif self.picture == UMAP and state in ("waiting", "running"):
            said.append("UMAP is being prepared and will appear when it is ready; until then this is PCA.")
        if self.picture in self._maps.pictures:
            said.append(self._maps.current(self.picture).words)
        return " ".join(word for word in said if word)

    def _tell_facts(self) -> None:
        features = self.view.explored.features
        facts = PairFacts(
            name=self.view.explored.name,
            pairs=len(self.view.ids),
            image=features.image_index.cpu().numpy().astype(np.int32),
            text=features.pair_index.cpu().numpy().astype(np.int32),
            columns=[_facts_of(column) for column in self.view.columns.values()],
            meaning=self._encode is not None,
        )
        self.retain("facts", facts)

    def compare(self, two: TwoModels, second: PairMaps) -> None:
        """Show a second model beside the first, at first both in one frame if they have one.

        Args:
            two: the models.
            second: the second model's maps.
        """
        with self._state:
            earlier = self._second
            self._two, self._second = two, second
            self._models = {one.explored.name: one for one in self._models.values() if one is not earlier}
            self._models[second.explored.name] = second
            if self._maps is earlier:
                self._maps = next(iter(self._models.values()))
            if earlier is None:
                self._both = True
                if two.matched is not None:
                    self._own_choice, self.picture = True, SHARED
            self._tell_places()
            self._tell_face()

    def _tell_places(self) -> None:
        if self._maps is None:
            self._places = None
            empty = np.zeros((0, 2), dtype=np.float32)
            places = PairPlaces(
                picture="", pictures=[], models=[], model="", image=empty, text=empty, beside=None, shared=False,
                words=self.picture_words,
            )  # fmt: skip
        else:
            sides = self._both_places()
            self._places = sides[0]
            beside = None
            if sides[1] is not None and self._second is not None:
                image, text = (side.astype(np.float32) for side in sides[1])
                beside = PairsBeside(model=self._second.explored.name, image=image, text=text)
            places = PairPlaces(
                picture=f"{self.picture}",
                pictures=[{"name": name, "label": label} for name, label in self.pictures],
                models=list(self._models),
                model="" if beside else self._maps.explored.name,
                image=self._places[0].astype(np.float32),
                text=self._places[1].astype(np.float32),
                beside=beside,
                shared=beside is not None and self.picture == SHARED,
                words=self.picture_words,
            )
        self.retain("places", places)
        if self._regions:
            self.show_regions(self._regions)

    def _both_places(self) -> tuple[Places, Places | None]:
        """The map that is shown, and the second model's beside it, both by the rows of the first model."""
        assert self._maps is not None
        own = self._own_maps.get(self.picture)
        if own is not None:
            return own, None
        two, second = self._two, self._second
        if two is None or second is None:
            return self._maps.all_places(self.picture), None
        if self.picture == SHARED:
            shared = two.places()
            assert shared is not None  # else the page is not offered this map
            if self._both:
                return shared
            return shared[self._maps is second], None
        if self._both:
            first = next(iter(self._models.values()))
            return two.aligned(first, self.picture), two.aligned(second, self.picture)
        return two.aligned(self._maps, self.picture), None

    def _tell_shown(self) -> None:
        view = self.view
        chips = [
            {"words": one.words(view.columns), "count": int(view.mask_of(one).sum())} for one in view.state.conditions
        ]
        body = PairsShown(
            turn=self._turn,
            mask=view.mask.astype(np.uint8),
            count=len(view.rows),
            chips=chips,  # type: ignore[typeddict-item]
            sort=view.state.sort,
            descending=view.state.descending,
            rows=self._lines(0, _FIRST_ROWS),
        )
        self.retain("shown", body)

    def _colors(self) -> PairColors:
        found = self.view.coloring
        if found is None:
            return PairColors(
                column=MODALITY, title="", scale=False, codes=np.zeros(0, np.uint8), colors=[IMAGE_COLOR, TEXT_COLOR],
                names=["image", "text"], counts=[0, 0], low="", high="", unknown=0,
            )  # fmt: skip
        column = self.view.columns[self.view.state.color]
        if column.numeric:
            low = f"{'≤ ' * (found.below > 0)}{column.end_text(found.low)}"
            high = f"{'≥ ' * (found.above > 0)}{column.end_text(found.high)}"
            colors, names = [*_SHADES, _UNKNOWN_COLOR], []
        else:
            low = high = ""
            special = {OTHER: _OTHER_COLOR, UNKNOWN: _UNKNOWN_COLOR}
            names = list(found.names)
            colors = [special.get(name, PETROFF[place]) for place, name in enumerate(names)]
        return PairColors(
            column=column.name, title=column.title, scale=column.numeric, codes=found.codes, colors=colors,
            names=names, counts=list(found.counts), low=low, high=high, unknown=found.unknown,
        )  # fmt: skip

    def _tell_face(self) -> None:
        told = {"face": None if self._active is None else self._face(self._active), "grid": self._grid()}
        if told != self._faced:
            self._faced = told
            self.retain("face", told)

    def _face(self, row: int) -> PairFace:
        view, table = self.view, self.view.explored.pairs
        if self._around is None or self._around[0] != row or self._around[1] is not self._places:
            self._around = row, self._places, self._near.surroundings(row, self._places)
        around = self._around[2]
        line = table.iloc[row]
        lines, figures = [line], []
        if self._two is not None and (other := self._beside(self._two, row)) is not None:
            lines.append(other)
            figures.append(("model", " → ".join(_cut(model.name) for model in (view.explored, self._two.second))))
        for name in _FIGURES:
            known = [quantity(name).text(one[name]) for one in lines if one[name] == one[name]]
            figures += [(quantity(name).title, " → ".join(known))] if known else []
        figures += [
            (column.title, _cut(column.text(row)))
            for name, column in view.columns.items()
            if name not in _FIGURES and name != CAPTION and column.known[row]
        ]
        rows, place = view.rows, np.flatnonzero(view.rows == row)
        groups = [
            self._group("Nearest wrong texts: margin", around.wrong_texts),
            self._group("Nearest wrong images: margin", around.wrong_images, pictures=True),
            self._group("Nearest images in the full space: cosine", around.near_images, pictures=True),
            self._group("Nearest texts in the full space: cosine", around.near_texts),
            self._group("Nearest images on the map: true rank", around.map_images, pictures=True),
            self._group("Nearest texts on the map: true rank", around.map_texts),
        ]
        return PairFace(
            row=row,
            id=int(view.ids[row]),
            place=int(place[0]) if len(place) else -1,
            count=len(rows),
            picture=self._pictures([row], _LARGE)[row],
            captions=[_cut(caption, _IN_CARD) for caption in around.captions],
            figures=figures,
            note=dict(view.state.notes).get(int(view.ids[row]), ""),
            groups=groups,
        )

    @staticmethod
    def _beside(two: TwoModels, row: int) -> pd.Series | None:
        """What the second model measures of a pair of the first; None if it lacks the pair."""
        table = two.changes.table
        found = table.loc[table["row"] == row, "other_row"]
        return None if found.empty else two.second.pairs.iloc[int(found.iloc[0])]

    def _group(self, title: str, nears: Sequence[Near], *, pictures: bool = False) -> NearGroup:
        found = self._pictures([near.row for near in nears]) if pictures else {}
        made = []
        for near in nears:
            if near.margin is not None:
                words, warn = number(near.margin, signed=True), near.margin < 0
            elif near.true_rank is not None:
                warn = near.true_rank > len(nears)  # the map pretends that they are neighbours
                words = f"rank {near.true_rank:,}"
            else:
                words, warn = number(near.cosine), False
            picture = found.get(near.row)
            made.append(
                NearPair(row=near.row, caption=self._caption(near.row), figures=words, warn=warn, picture=picture)
            )
        return NearGroup(title=title, pairs=made)

    def _grid(self) -> dict[str, Any] | None:
        rows = self.selected_rows
        if len(rows) < 2:
            return None
        few = rows[:_TILES].tolist()
        found = self._pictures(few)
        pairs = [
            NearPair(row=row, caption=self._caption(row), figures="", warn=False, picture=found[row]) for row in few
        ]
        return {"count": len(rows), "pairs": pairs}

    def _pictures(self, rows: Sequence[int], size: tuple[int, int] = SIZE) -> dict[int, str | None]:
        """The pictures of pairs, None for those without one."""
        if len(self._decoded) > _PICTURES:
            self._decoded.clear()
        kept = self._decoded
        new = [row for row in rows if (row, size) not in kept]
        found = thumbnails(self.view.explored.features, new, size).found
        kept |= {(row, size): found.get(int(self.view.ids[row])) for row in new}
        return {row: kept[row, size] for row in rows}

    def _caption(self, row: int) -> str:
        return _cut(self.view.columns[CAPTION].text(row))

    # From the page to Python

    def _handle(self, message: dict[str, Any]) -> None:
        act = getattr(self, f"_on_{message.get('type')}", None)
        if act is None:
            return
        with self._state:
            before = self._told
            try:
                act(message)
            except AMEError as error:
                self.say(str(error), bad=True)
                self._refused = self._told
            else:
                if message["type"] not in _READING and self._told is before:
                    self._forgive()

    def _on_rows(self, message: dict[str, Any]) -> None:
        turn, start, count = (message.get(key) for key in ("turn", "start", "count"))
        if turn != self._turn or type(start) is not int or type(count) is not int or start < 0:
            return  # of an order that has changed since
        self.tell("rows", TableRows(turn=self._turn, start=start, rows=self._lines(start, min(count, _MOST_ROWS))))

    def _lines(self, start: int, count: int) -> list[TableRow]:
        columns, ids = list(self.view.columns.values()), self.view.ids
        return [
            TableRow(row=row, cells=[str(int(ids[row])), *(_cut(column.text(row)) for column in columns)])
            for row in self.view.rows[start : start + count].tolist()
        ]

    def _on_words(self, message: dict[str, Any]) -> None:
        row = self._row(message)
        names = {"cosine", "margin_i2t", self.view.state.color} & set(self.view.columns)
        columns = [self.view.columns[name] for name in sorted(names)]
        said = [f"{column.title}: {_cut(column.text(row)) or UNKNOWN}" for column in columns]
        self.tell("words", {"row": row, "words": [self._caption(row), f"pair {self.view.ids[row]}", *said]})

    def _on_select(self, message: dict[str, Any]) -> None:
        ids = message.get("ids")
        if ids is None:
            rows = _whole_list(message.get("rows"))
            ids = self.view.ids[rows[(rows >= 0) & (rows < len(self.view.ids))]]
        else:
            ids = _whole_list(ids)
        if type(message.get("pick")) in (int, float):
            self._picked = str(message.get("page")), message["pick"]
        self.view.select(ids.tolist())

    def _on_look(self, message: dict[str, Any]) -> None:
        self._active = self._row(message)
        self._tell_face()

    def _on_step(self, message: dict[str, Any]) -> None:
        rows = self.view.rows
        if not len(rows):
            return
        by = -1 if message.get("by") == -1 else 1
        at = np.flatnonzero(rows == (-1 if self._active is None else self._active)).tolist()
        place = (at[0] + by) % len(rows) if at else 0 if by > 0 else len(rows) - 1
        self.view.select([int(self.view.ids[rows[place]])])

    def _on_sort(self, message: dict[str, Any]) -> None:
        self.view.sort(_name(message), descending=message.get("descending") is True)

    def _on_color(self, message: dict[str, Any]) -> None:
        self.view.color(_name(message))

    def _on_keep(self, message: dict[str, Any]) -> None:
        self.view.keep(condition_from_json(message.get("condition")))
        self._say_if_none()

    def _on_drop(self, message: dict[str, Any]) -> None:
        if type(message.get("place")) is int:
            self.view.drop(message["place"])
            self._say_if_none()

    def _on_clear(self, message: dict[str, Any]) -> None:
        self.view.clear()
        self.say("")

    def _on_only(self, message: dict[str, Any]) -> None:
        ids = self.view.state.selected
        if ids:
            self.view.keep(Among(f"selection of {len(ids):,}", ids))
            self._say_if_none()

    def _on_hand_on(self, message: dict[str, Any]) -> None:
        if self._hand_on is not None and message.get("as") in ("csv", "test"):
            self._hand_on(message["as"])

    def _on_legend(self, message: dict[str, Any]) -> None:
        found, code = self.view.coloring, message.get("code")
        if found is None or not found.names or type(code) is not int or not 0 <= code < len(found.names):
            return
        column = self.view.columns[self.view.state.color]
        rest = len(column.words) > len([name for name in found.names if name not in (OTHER, UNKNOWN)])
        named = len(found.names) - bool(found.unknown) - rest
        if code < named:
            values: tuple[str | None, ...] = (column.words[code],)
        else:
            values = column.words[named:] if rest and code == named else (None,)
        self.view.keep(OneOf(column.name, values))
        self._say_if_none()

    def _on_search(self, message: dict[str, Any]) -> None:
        text = str(message.get("text", "")).strip()
        if not text:
            return
        if message.get("meaning") is True:
            self.search_meaning(text)
            return
        condition = Says(text)
        if not self.view.mask_of(condition).any():
            raise AMEError(f"No caption says “{text}”.")
        self.view.keep(condition)
        self._say_if_none()

    def search_meaning(self, text: str) -> Column:
        """Sort the pairs by how near their images are to a text that is encoded now.

        Args:
            text: what to look for.

        Returns:
            The column of cosines that was added.

        Raises:
            AMEError: if there is no encoder, or it fails or does not return one vector of the images' width.
        """
        if self._encode is None:
            raise AMEError("search by meaning needs an encoder: explore(..., encode_text=f).")
        vector = encoded(self._encode, text, self.view.explored.features.image.shape[1])
        column = Column(f"near “{text}”", f"near “{text}”", "number", self._near.meaning(vector))
        self._sort_by(column)
        self.say(f"Sorted by the cosine of each image with “{text}”.")
        return column

    def search_like(self, rows: Sequence[int], space: str = "joint") -> Column:
        """Sort the pairs by how near they are to some pairs.

        Args:
            rows: rows of the pairs.
            space: "image", "text" or "joint".

        Returns:
            The column of cosines that was added.

        Raises:
            AMEError: as `Nearness.like`.
        """
        values = self._near.like(rows, space)  # type: ignore[arg-type]
        what = f"pair {self.view.ids[rows[0]]}" if len(rows) == 1 else f"{len(rows)} pairs"
        where = "image and text" if space == "joint" else space
        column = Column(f"like {what} ({where})", f"like {what} ({where})", "number", values)
        self._sort_by(column)
        self.say(f"Sorted by how near each pair is to {what} in {where}: 1 is the same.")
        return column

    def _sort_by(self, column: Column) -> None:
        self.view.add_column(column)
        self.view.sort(column.name)
        self.view.color(column.name)

    def _on_like(self, message: dict[str, Any]) -> None:
        space = message.get("space")
        self.search_like([self._row(message)], space if space in SPACES else "joint")

    def _on_note(self, message: dict[str, Any]) -> None:
        self.view.note(int(self.view.ids[self._row(message)]), str(message.get("text", ""))[:10_000])

    def _on_picture(self, message: dict[str, Any]) -> None:
        name = str(message.get("picture"))
        if name in [known for known, _ in self.pictures]:
            self._own_choice, self.picture = True, name
            self._tell_places()

    def _on_model(self, message: dict[str, Any]) -> None:
        name = str(message.get("model"))
        if name == "" and self._second is not None:
            self._both, self._maps = True, next(iter(self._models.values()))
        elif name in self._models:
            self._both, self._maps = False, self._models[name]
        else:
            return
        if self.picture not in [known for known, _ in self.pictures]:
            self.picture = self._maps.best
        self._tell_places()

    def show_sheet(self, sheet: Sheet | None) -> None:
        """Open a sheet in the place of the table of pairs.

        Args:
            sheet: the sheet; None: the table.
        """
        self._sheet = sheet or Sheet("")
        tabs = [Tab(name=name, title=title) for name, title in self._tabs.items()]
        self.retain("sheets", Sheets(tabs=tabs, open=None if sheet is None else sheet.to_page()))

    @property
    def open_sheet(self) -> str:
        """The name of the sheet that is open; "" for the table of pairs."""
        return self._sheet.name

    def _on_sheet(self, message: dict[str, Any]) -> None:
        name, choice = str(message.get("name")), str(message.get("choice", ""))
        if name == "":
            self.show_sheet(None)
        elif name in self._tabs and self._open_sheet is not None:
            self._open_sheet(name, choice)

    def _on_entry(self, message: dict[str, Any]) -> None:
        name, line, place = (message.get(key) for key in ("name", "line", "place"))
        if name != self._sheet.name or type(line) is not int or type(place) is not int or min(line, place) < 0:
            return  # of a sheet that was open before
        if line < len(self._sheet.lines) and place < len(self._sheet.lines[line]):
            entry = self._sheet.lines[line][place]
            if entry.name:
                self.show_only(entry.name, entry.rows)

    def show_only(self, name: str, rows: Sequence[int] | NDArray[np.int64]) -> None:
        """Show only some pairs, in the place of an earlier list of pairs; other filters stay.

        Args:
            name: what the chip says.
            rows: rows of the pairs.
        """
        ids = tuple(self.view.ids[np.asarray(rows, dtype=np.int64)].tolist())
        for place in reversed(range(len(self.view.state.conditions))):
            if isinstance(self.view.state.conditions[place], Among):
                self.view.drop(place)
        self.view.keep(Among(name, ids))
        self._say_if_none()

    def _on_regions(self, message: dict[str, Any]) -> None:
        if self._find_regions is not None:
            self._find_regions()

    def show_map(self, name: str, places: tuple[NDArray[Any], NDArray[Any]]) -> None:
        """Add a map of given positions, and show it.

        Args:
            name: the name of the map.
            places: positions of all images (N, 2) and of all texts (M, 2).
        """
        with self._state:
            self._own_maps[name] = places
            self._own_choice, self.picture = True, name
            self._tell_places()

    def _on_classes(self, message: dict[str, Any]) -> None:
        names, templates = (
            [one.strip() for one in str(message.get(key, "")).split(between) if one.strip()]
            for key, between in (("text", ","), ("templates", "|"))
        )
        bare = [one for one in templates if "{}" not in one]
        if bare:
            raise AMEError(f"prompts must have {{}} where the class stands, got {bare[0]!r}.")
        if self._classify is not None:
            self._classify(list(dict.fromkeys(names)), templates)

    def _on_concept(self, message: dict[str, Any]) -> None:
        first, found, second = str(message.get("text", "")).partition(" vs ")
        if not found or not first.strip() or not second.strip():
            raise AMEError("concept must be two texts with “ vs ” between them, such as: at night vs at noon.")
        if self._concept is not None:
            self._concept(first.strip(), second.strip())

    def _on_cell(self, message: dict[str, Any]) -> None:
        of, as_ = message.get("of"), message.get("as")
        if self._cell is not None and type(of) is int and type(as_) is int:
            self._cell(of, as_)

    def _row(self, message: dict[str, Any]) -> int:
        row = message.get("row")
        if type(row) is not int or not 0 <= row < len(self.view.ids):
            raise AMEError(f"row must be that of a pair, got {shown(row)}.")
        return row

    def _say_if_none(self) -> None:
        none = not len(self.view.rows)
        self.say(_NO_PAIR if none else "", bad=none)
        self._none_told = self._told if none else None


def _whole_list(sent: Any) -> NDArray[np.int64]:
    if not isinstance(sent, Iterable) or isinstance(sent, str | bytes):
        raise AMEError(f"ids must be a list of whole numbers, got {shown(sent)}.")
    listed = list(sent)
    if set(map(type, listed)) <= {int}:
        return np.asarray(listed, dtype=np.int64)
    if not all(type(one) in (int, float) and one == one // 1 for one in listed):
        raise AMEError(f"ids must be a list of whole numbers, got {shown(listed)}.")
    return np.asarray(listed, dtype=np.int64)


def _cut(text: str, most: int = _IN_CELL) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _name(message: dict[str, Any]) -> str:
    return str(message.get("column"))


def _facts_of(column: Column) -> ColumnFacts:
    words: list[str] = []
    counts: list[int] = []
    if column.kind == "category":
        counted = np.bincount(column.values[column.known], minlength=len(column.words))
        words = list(column.words[:_CHOICES])
        counts = [*counted[:_CHOICES].tolist(), int((~column.known).sum())]
    known = column.values[column.known] if column.numeric else np.zeros(0)
    return ColumnFacts(
        name=column.name,
        title=column.title,
        kind=column.kind,
        colorable=column.kind != "text" and bool(column.known.any()),
        low=float(known.min()) if len(known) else None,
        high=float(known.max()) if len(known) else None,
        words=words,
        counts=counts,
    )
