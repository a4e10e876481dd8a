"""Explore image and text features in a notebook: map, margins and lists that share one selection."""

from __future__ import annotations

import itertools
import json
import os
import threading
import warnings
import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from functools import cached_property
from pathlib import Path
from typing import Any

import ipywidgets
import numpy as np
import pandas as pd
import plotly.graph_objects as go
import torch

from ame_explore.ame import AMEError, check_choice, unit_rows
from ame_explore.analysis.pairs.columns import Column
from ame_explore.analysis.pairs.conditions import Between, OneOf, Says
from ame_explore.analysis.pairs.exploration import Exploration
from ame_explore.analysis.pairs.export import export_pairs
from ame_explore.analysis.pairs.maps import PCA, UMAP, PairMaps, matched_maps
from ame_explore.analysis.pairs.model_table import models_table
from ame_explore.analysis.pairs.pair_view import PairView
from ame_explore.analysis.pairs.regions import Regions, find_regions
from ame_explore.analysis.pairs.service import Explored, explore_sources
from ame_explore.analysis.pairs.session import restore_session, session_of_token, session_to_json, session_token
from ame_explore.analysis.pairs.slice_finder import MEASURED, worst_slices
from ame_explore.analysis.pairs.suspects import confused_labels
from ame_explore.analysis.pairs.teaching import USES, teaching_data
from ame_explore.analysis.pairs.two_models import TwoModels
from ame_explore.analysis.pairs.zero_shot import (
    TEMPLATES,
    ZeroShot,
    class_vectors,
    concept_column,
    concept_places,
    encoded,
    zero_shot,
)
from ame_explore.analysis.projection import Projection
from ame_explore.data import FeatureData
from ame_explore.data.atomic_files import write_atomically
from ame_explore.data.files.read import is_path
from ame_explore.data.pairs import PairedFeatures
from ame_explore.figures.base.still import still
from ame_explore.figures.base.style import Drawing, finish, plain
from ame_explore.figures.maps.explored_map import CLASS, explored_map
from ame_explore.figures.maps.jitter_maps import jitter_maps
from ame_explore.figures.maps.lens_maps import lens_maps
from ame_explore.figures.maps.model_pair import model_maps
from ame_explore.figures.pairs.gap_decomposition import gap_decomposition
from ame_explore.reports.pair_words import measures_table, verdict
from ame_explore.reports.pairs_report import exploration_report
from ame_explore.tasks import Progress, Task, Worker, weakly
from ame_explore.widgets.explorer.pair_html import verdict_html
from ame_explore.widgets.explorer.panel import ExplorerPanel
from ame_explore.widgets.explorer.pinning import pin_pairs
from ame_explore.widgets.explorer.sheets import (
    SEEDS,
    Sheet,
    changes_sheet,
    gap_sheet,
    labels_sheet,
    models_sheet,
    slices_sheet,
    trust_sheet,
)
from ame_explore.widgets.explorer.workbench import Workbench
from ame_explore.widgets.runtime.cell_progress import cell_progress
from ame_explore.widgets.runtime.in_marimo import stacked
from ame_explore.widgets.runtime.lifetime import hold_while_shown, let_go
from ame_explore.widgets.runtime.stills import show, still_bundle

_STILL_AT_ONCE = 5000  # pairs, up to which the still is drawn before the cell ends
_AT_ONCE = 20_000  # pairs, up to which all are measured before anything is shown
_TOLD_ABOVE, _TOLD_BYTES = 4000, 1 << 26  # above so many pairs or bytes of a file, a bar shows the progress
# A pinned test does not repeat these arguments when it reads the file; with one of them it gets its own features file.
_CLASSES = 60  # of a confusion matrix that a page draws
_NOT_REPEATED = frozenset({"text", "metadata", "encoding"})


def explore(
    data: Any,
    other: Any = None,
    *,
    name: str | None = None,
    umap: bool = True,
    device: str | None = None,
    encode_text: Callable[[str], Any] | None = None,
    **reading: Any,
) -> Explorer:
    """Measure features and show them, as the last line of a notebook cell or with `display(explore(data))`.

    Above 4,000 pairs a bar shows the progress, in the cell or on stderr. An interrupt (the notebook's stop button,
    Ctrl-C) stops the measurement and leaves nothing behind. Above 20,000 pairs of one model, the views show all pairs
    at once with the measures of 2,000 random ones, and the others are measured in the background; what the explorer
    returns (`.pairs`, `.measures`, `.report()` and so on) waits for that, which takes minutes for 100,000 pairs.

    Args:
        data: `PairedFeatures`, a file, an array or tensor (2, n, d), a mapping or a DataFrame (see
            `ame_explore.data.files.load.read_features`); or images alone, (n, d); or a mapping of two to eight models'
            names to `PairedFeatures` of the same pairs, compared with the first in `.models`.
        other: the same pairs under another model, compared in `.changes`, the maps and the report; or the texts
            (m, d), if `data` holds only images.
        name: what to call `data`; None: the file's name.
        umap: fit UMAP in the background, and show it when it is ready. The first map is PCA.
        device: where to compare images and texts; None: where the features are.
        encode_text: makes a vector of a text, in the space of the images: then captions can be searched by meaning,
            and class prompts and concepts typed as words.
        reading: further arguments of `read_features`: text, captions, labels, metadata, images, logit_scale, encoding.
            The first five describe the rows of `data`, and are used for the same pairs of `other`.

    Returns:
        The explorer, which a notebook shows as its views.

    Raises:
        AMEError: if `read_features` or `explore_features` refuses the data.
    """
    if _rows_alone(data) and _rows_alone(other):
        reading, other = {"text": other, **reading}, None
    names: list[str | None] = [name]
    if isinstance(data, Mapping) and data and all(isinstance(one, PairedFeatures) for one in data.values()):
        if other is not None or name is not None:
            raise AMEError("data names its models already: leave other and name out.")
        names, sources = [str(one) for one in data], list(data.values())
    else:
        sources = [data] if other is None else [data, other]
    explored = explore_sources(sources, names=names, device=device, telling=_progress_for, at_once=_AT_ONCE, **reading)
    repeatable = is_path(data) and not _NOT_REPEATED & set(reading)
    if encode_text is not None and not callable(encode_text):
        raise AMEError(f"encode_text must be a function of a text, got {type(encode_text).__name__}.")
    return Explorer(explored, umap=umap, source=str(data) if repeatable else None, encode_text=encode_text)


def _rows_alone(data: Any) -> bool:
    """Whether this is a matrix in memory: one side of the pairs."""
    return not isinstance(data, pd.DataFrame) and getattr(data, "ndim", 0) == 2


def _progress_for(words: str, pairs: int, size: int) -> AbstractContextManager[Progress | None]:
    """A progress bar, if there is much to read or measure."""
    return cell_progress(words) if pairs > _TOLD_ABOVE or size > _TOLD_BYTES else nullcontext()


class Explorer:
    """Measurements of features, and their views in a notebook. Made by `explore`.

    Args:
        explored: one or several measured sets of features.
        umap: see `explore`.
        source: the file that the features came from; None: no single file.
        encode_text: see `explore`.

    Attributes:
        view: which pairs are shown, in which order and colour; which are selected; and the reader's notes.
        other: the exploration of the features that the first are compared with, or None.
    """

    def __init__(
        self,
        explored: Explored,
        *,
        umap: bool = True,
        source: str | None = None,
        encode_text: Callable[[str], Any] | None = None,
    ) -> None:
        let_go()
        self._explored, self.other, self._source = explored.first, explored.second, source
        self._changes = explored.changes
        others = [(explored.second, explored.changes), *explored.more]
        self._others = {model.name: (model, changes) for model, changes in others if model and changes}
        for warning in dict.fromkeys(changes.warning for _, changes in self._others.values() if changes.warning):
            warnings.warn(warning, stacklevel=3)
        exploration = explored.first
        self._umap = umap and exploration.measured.comparable
        self.view, self._encode = PairView(exploration), encode_text
        self._panel: ExplorerPanel | None = None
        self._classified: ZeroShot | None = None
        self._templates: tuple[str, ...] = TEMPLATES
        self._closed = False
        self._making = threading.RLock()
        self._made: dict[str, PairMaps] = {}
        self._worker = Worker("ame_explore explorer", latest=True)
        self._trusting: Task[Sheet] | None = None
        self._two: TwoModels | None = None
        if self._others:
            self._compare(next(iter(self._others)))
        self._rest: Task[Exploration] | None = None
        if explored.rest is not None:
            measure, told = explored.rest, weakly(self._measuring)

            def whole(progress: Progress) -> Exploration:
                def both(what: str, done: int, of: int) -> None:
                    progress(what, done, of)
                    told(done, of)

                return measure(both)

            self._rest = Task(whole, name="the measures of all pairs", on_end=weakly(self._measured))
            self._begun = False
            weakref.finalize(self, self._rest.cancel).atexit = False

    def __repr__(self) -> str:
        shown = self._explored
        return f"Explorer of {shown.name}: {len(shown.pairs)} pairs\n{verdict(shown)}"

    @cached_property
    def _place(self) -> dict[int, int]:
        """The row of each pair by its id."""
        return {id_: row for row, id_ in enumerate(self.view.ids.tolist())}

    @property
    def exploration(self) -> Exploration:
        """All measures and findings; waits until all pairs are measured."""
        if self._explored.sample is not None and self._rest is not None:
            self._measure_rest()
            self._measured_now(self._rest.result(None))
        return self._explored

    def _measure_rest(self) -> None:
        """Begin to measure all pairs; a first picture does not wait for that."""
        with self._making:
            if self._rest is not None and not self._begun:
                self._begun = True
                Worker("ame_explore measures").submit(self._rest)

    @property
    def measures(self) -> Mapping[str, float | None]:
        """See `Exploration.measures`."""
        return self.exploration.measures

    @property
    def pairs(self) -> pd.DataFrame:
        """See `Exploration.pairs`."""
        return self.exploration.pairs

    @property
    def suspects(self) -> pd.DataFrame:
        """See `Exploration.suspects`."""
        return self.exploration.suspects

    @property
    def ambiguous(self) -> pd.DataFrame:
        """See `Exploration.ambiguous`."""
        return self.exploration.ambiguous

    def _measuring(self, done: int, of: int) -> None:
        if done < of:
            self._say(f"All {len(self._explored.pairs):,} pairs are being measured: {done / max(1, of):.0%}.")

    def _measured(self, task: Task[Exploration]) -> None:
        if task.now is not None:
            self._measured_now(task.now)
        elif task.state == "failed":
            self._say(f"Only a sample is measured: {task.error}", bad=True)

    def _measured_now(self, explored: Exploration) -> None:
        with self._making:
            if self._explored.sample is None:
                return
            self._explored = explored
            self.view.measured(explored)
            if self._panel is not None:
                self._panel.measured(explored)
                self._say(f"All {len(explored.pairs):,} pairs are measured.")

    @property
    def changes(self) -> pd.DataFrame:
        """What changed between the two sets of features, pair by pair.

        Raises:
            AMEError: if only one set of features was given.
        """
        if self._changes is None:
            raise AMEError("changes need two sets of features: explore(a, b).")
        return self._changes.table

    @property
    def models(self) -> pd.DataFrame:
        """The measures of all models with their intervals, and the changes against the first; see `models_table`."""
        return models_table(self.exploration, list(self._others.values()))

    def compare(self, name: str) -> None:
        """Compare the first model with another one of those that were given: in the maps, the columns and `.changes`.

        Args:
            name: the name of the model.

        Raises:
            AMEError: if there is no such model.
        """
        check_choice("name", name, tuple(self._others))
        self._compare(name)

    def _compare(self, name: str) -> None:
        self.other, self._changes = self._others[name]
        self._two = two = TwoModels(self._explored, self.other, self._changes)
        for column in two.columns:
            self.view.add_column(column)
        if self._panel is not None:
            self._compare_maps(self._panel.workbench)

    def _compare_maps(self, workbench: Workbench) -> None:
        if self._two is not None and self._explored.measured.comparable and self._two.second.measured.comparable:
            workbench.compare(self._two, self._maps_of(self._two.second))

    @property
    def _selected(self) -> tuple[int, ...]:
        return self.view.state.selected

    @property
    def selection(self) -> pd.DataFrame:
        """The selected pairs, as rows of `.pairs`."""
        return self._explored.pairs.iloc[[self._place[id_] for id_ in self._selected]].reset_index(drop=True)

    def select(self, ids: int | Iterable[int] | pd.DataFrame) -> None:
        """Select pairs in all views.

        Args:
            ids: ids of pairs, or rows of one of the tables.

        Raises:
            AMEError: if something is not an id, or no pair has this id.
        """
        self.view.select(self._ids(ids))

    def pin(
        self,
        selection: int | Iterable[int] | pd.DataFrame | None = None,
        path: str | os.PathLike[str] = "test_pinned_pairs.py",
        *,
        measure: str = "rank",
        tolerance: float | None = None,
        worse_only: bool = False,
        overwrite: bool = False,
    ) -> Path:
        """Write a pytest file that checks the ranks or entropies of these pairs, so that you can test the next model.

        The test reads the features' own file, or the one named by the environment variable AME_PINNED_FEATURES. If the
        features did not come from a single file, they are saved beside the test.

        Args:
            selection: ids, or rows of a table; None: the current selection.
            path: the path of the file.
            measure: "rank" (both directions) or "entropy" (image to text, nats).
            tolerance: how far a value may move; None: 0 ranks, or 0.05 nats.
            worse_only: let ranks and entropies fall (get better) by any amount.
            overwrite: replace an earlier file.

        Returns:
            The path of the file.

        Raises:
            AMEError: if nothing is selected, an id or measure is unknown, widths differ, or the file exists.
        """
        ids = self._selected if selection is None else self._ids(selection)
        rows = self.pairs.iloc[[self._place[id_] for id_ in ids]]
        if "id" in self.exploration.features.metadata:
            warnings.warn(
                "ids are words, or repeat: the test finds the pairs by their row, so the next model's features must "
                "be in the same order.",
                stacklevel=2,
            )
        return pin_pairs(
            path,
            rows,
            self.exploration,
            source=self._source,
            measure=measure,
            tolerance=tolerance,
            worse_only=worse_only,
            overwrite=overwrite,
        )

    def report(self, path: str | os.PathLike[str] = "report.html") -> Path:
        """Write the same report as `ame-explore report`; missing parent folders are created.

        Args:
            path: the path of the report.

        Returns:
            The path of the report.

        Raises:
            AMEError: if the file cannot be written.
        """
        try:
            return exploration_report(path, self.exploration, self.other, self._changes, umap=self._umap)
        except OSError as error:
            raise AMEError(f"{path} cannot be written ({error.strerror or error}): choose another path.") from error

    def export(self, path: str | os.PathLike[str], *, layout: str = "pairs", which: str = "all") -> Path:
        """Write pairs, with their measures, added columns, notes and positions on the PCA map, for other programs.

        Args:
            path: the path of the file, ending in .parquet or .csv; for "fiftyone" that of a folder.
            layout: "pairs", one row per pair; "points", one row for each image and each text, as Embedding Atlas reads;
                or "fiftyone", a folder that FiftyOne reads.
            which: "all" pairs; those "shown" under the filters, in their order; or the "selection".

        Returns:
            The path of the file.

        Raises:
            AMEError: if `ame_explore.analysis.pairs.export.export_pairs` refuses the arguments.
        """
        check_choice("which", which, ("all", "shown", "selection"))
        rows = {"all": None, "shown": self.view.rows, "selection": self._selected_rows}[which]
        if rows is not None and not len(rows):
            raise AMEError(f"which={which!r} must leave a pair to write, got none.")
        return export_pairs(self.exploration.features, path, self.view.frame(), layout=layout, rows=rows)

    @property
    def _selected_rows(self) -> list[int]:
        return [self._place[id_] for id_ in self._selected]

    def filter(
        self,
        column: str = "caption",
        *,
        low: float | None = None,
        high: float | None = None,
        values: Sequence[str | None] | None = None,
        says: str | None = None,
    ) -> None:
        """Show only the pairs that also fulfil a condition, in the page and in `.view.shown`.

        Args:
            column: name of a column of `.view.columns`.
            low: the least number, or date in seconds since 1970.
            high: the greatest.
            values: the words to show; None stands for pairs without a value.
            says: words that the column must have.

        Raises:
            AMEError: if the column or the kind of condition does not fit, or none or several kinds are given.
        """
        ranged = low is not None or high is not None
        if ranged + (values is not None) + (says is not None) != 1:
            raise AMEError("filter must be given one of: low and high, values, or says.")
        if ranged:
            self.view.keep(Between(column, low, high))
        elif values is not None:
            self.view.keep(OneOf(column, tuple(values)))
        else:
            self.view.keep(Says(str(says), column))

    def note(self, id_: int, text: str) -> None:
        """Keep a note on a pair, shown with it and exported.

        Args:
            id_: id of the pair.
            text: the note; "" removes it.

        Raises:
            AMEError: if no pair has this id.
        """
        self.view.note(self._ids(id_)[0], text)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the session as JSON: filters, order, colour, selection, notes and added columns.

        Args:
            path: the path of the file; an earlier one is replaced.

        Returns:
            The path.

        Raises:
            AMEError: if the file cannot be written.
        """
        try:
            write_atomically(Path(path), json.dumps(session_to_json(self.view), indent=1).encode())
        except OSError as error:
            raise AMEError(f"{path} cannot be written ({error.strerror or error}): choose another path.") from error
        return Path(path)

    def load(self, path: str | os.PathLike[str]) -> None:
        """Take over a session that `save` wrote, perhaps from other features of the same pairs.

        A warning says what could not be taken over.

        Args:
            path: the path of the file.

        Raises:
            AMEError: if the file cannot be read or is no session.
        """
        try:
            said = json.loads(Path(path).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise AMEError(f"{path} must be a session that Explorer.save wrote, got {error}.") from error
        self._warn_of(restore_session(self.view, said))

    def token(self) -> str:
        """The session as one word that can be sent; columns that were added are left out."""
        return session_token(self.view)

    def restore(self, token: str) -> None:
        """Take over a session; a warning says what could not be taken over.

        Args:
            token: what `token` returned.

        Raises:
            AMEError: if the token is damaged or no session.
        """
        self._warn_of(restore_session(self.view, session_of_token(token)))

    def _warn_of(self, lost: Sequence[str]) -> None:
        if lost:
            warnings.warn(" ".join(lost), stacklevel=3)

    def regions(self, least: int | None = None) -> Regions:
        """Find clusters of pairs in the full space, name them by their words, and show them as the column "region".

        Args:
            least: the fewest pairs in a region; None: 2% of the pairs, at least 5.

        Raises:
            AMEError: as `ame_explore.analysis.pairs.regions.find_regions`.
        """
        found = find_regions(self._explored.features, least)
        if found.names:
            self.view.add_column(found.column)
            self.view.color("region")
        if self._panel is not None:
            self._panel.workbench.show_regions(found.rows)
            self._panel.workbench.say(found.words)
        return found

    def worst_slices(self, measure: str = "R@1_i2t", *, least: int = 10) -> pd.DataFrame:
        """Slices (of columns, regions and caption words) with the lowest recall or margin, with corrected intervals.

        Args:
            measure: "R@1_i2t", "R@1_t2i", "margin_i2t", "margin_t2i" or "cosine".
            least: the fewest pairs of a slice.

        Raises:
            AMEError: as `ame_explore.analysis.pairs.slice_finder.worst_slices`.
        """
        return worst_slices(self.exploration, self.view.columns, measure, least=least)

    def zero_shot(
        self,
        classes: Sequence[str] | Mapping[str, Sequence[str]],
        *,
        templates: Sequence[str] = TEMPLATES,
        truth: str = "label",
        features: Any = None,
    ) -> ZeroShot:
        """Classify the images by class prompts, and show confusions below the table and predictions as columns.

        Args:
            classes: names, which fill the templates; or names with their own prompts.
            templates: prompts with {} for the name; several make an ensemble.
            truth: the column with the true classes: their names, or numbers that count them from 0. Without such a
                column there are only predictions.
            features: (C, D) class features; None: the prompts are encoded with `encode_text`.

        Raises:
            AMEError: if there is neither an encoder nor features, or as
                `ame_explore.analysis.pairs.zero_shot.zero_shot`.
        """
        prompts = (
            {str(name): list(texts) for name, texts in classes.items()}
            if isinstance(classes, Mapping)
            else {str(name): [template.replace("{}", str(name)) for template in templates] for name in classes}
        )
        if features is None and self._encode is None:
            raise AMEError("zero_shot needs an encoder, explore(..., encode_text=f), or the classes' features.")
        made = self._explored.features
        if features is None:
            assert self._encode is not None
            vectors = class_vectors(prompts, self._encode, made.image.shape[1])
        else:
            vectors = torch.as_tensor(features)
        columns = self.view.columns
        known = columns[truth] if truth in columns else None  # noqa: SIM401 - get would raise: columns name what is there
        if not isinstance(classes, Mapping):
            self._templates = tuple(templates)
        return self._classify(vectors, list(prompts), known)

    def _classify_typed(self, names: Sequence[str], templates: Sequence[str]) -> None:
        self.zero_shot(names, templates=templates or TEMPLATES)

    def _classify(self, vectors: torch.Tensor, names: Sequence[str], truth: Column | None) -> ZeroShot:
        self._classified = found = zero_shot(self._explored.features, vectors, names, truth)
        for column in found.columns:
            self.view.add_column(column)
        self.view.color("predicted class")
        if self._panel is not None:
            bench = self._panel.workbench
            line = {one["class"]: one for one in found.classes.to_dict("records")}
            words = [_accuracy_words(line.get(name)) for name in found.names]
            if found.accuracy is not None:
                total = f"accuracy {found.accuracy.mean:.1%} [{found.accuracy.low:.1%}, {found.accuracy.high:.1%}]"
                bench.show_cross(f"Zero-shot: {total}, intervals of 95%", found.names, found.counts, words)
            else:
                bench.show_cross("", (), np.zeros((0, 0), dtype=np.int64), ())
            bench.show_sheet(self._classes_sheet())
        return found

    @property
    def _own_classes(self) -> bool:
        """Whether the texts are those of classes, which several images share."""
        return 2 <= len(self._explored.features.text) <= min(_CLASSES, len(self._explored.pairs) // 2)

    def _classes_sheet(self) -> Sheet:
        found, asked = self._classified, self._encode is not None
        if found is None and self._own_classes:
            features = self._explored.features
            truth = Column("text", "text", "number", features.pair_index.cpu().numpy().astype(np.float64))
            found = self._classify(features.text, _different(features.texts), truth)
        names = found.names if found is not None else ()
        if not names and "label" in self.view.columns and len(self.view.columns["label"].words) <= _CLASSES:
            names = self.view.columns["label"].words
        words = ["Each image is given the class whose prompts are nearest to it."]
        if found is not None and found.accuracy is None:
            words = ["There is no column with the true classes, so there are only predictions."]
        elif found is not None:
            words = [
                f"{_most_confused(found)} Click a number to show its pairs; predictions and class margins are columns "
                "of the table."
            ]
        asks = [
            ("text", "classes, with commas between them", ", ".join(names)),
            ("templates", "prompts, with {} for the class and | between several", " | ".join(self._templates)),
        ]
        return Sheet("classes", words, asks=asks if asked else ())

    def _hand_on(self, kind: str) -> None:
        """Write the selection into the notebook's folder, and say where it is."""
        if self._explored.sample is not None:
            raise AMEError("this needs the measures of all pairs: wait until they are there.")
        stem, suffix = ("selected_pairs", ".csv") if kind == "csv" else ("test_pinned_pairs", ".py")
        numbered = (Path(f"{stem}{f'_{number}' if number else ''}{suffix}") for number in itertools.count())
        path = next(one for one in numbered if not one.exists())
        if kind == "csv":
            self.export(path, which="selection")
        else:
            self.pin(path=path)
        more = "" if kind == "csv" else f" Run it with: python -m pytest {path}"
        self._say(f"{len(self._selected):,} pairs are in {path}, beside the notebook.{more}")

    def _show_cell(self, of: int, as_: int) -> None:
        found = self._classified
        if found is None or not (0 <= of < len(found.names) and 0 <= as_ < len(found.names)):
            return
        if self._panel is not None:
            self._panel.workbench.show_only(f"{found.names[of]} taken for {found.names[as_]}", found.rows(of, as_))

    def concept(self, first: Any, second: Any = None, *, name: str | None = None) -> pd.Series:
        """A direction as a column and as the horizontal axis of a map: from one text to another, or to a selection.

        Args:
            first: a text (needs `encode_text`), a vector, or ids or rows of pairs, whose images are averaged.
            second: the same, which is subtracted; None: the mean of all images.
            name: the name of the column; None: made from the two.

        Returns:
            The cosine of each pair's image with the direction.

        Raises:
            AMEError: if a text comes without an encoder, or the two are the same.
        """
        ends = [self._concept_end(first), self._concept_end(second)]
        direction = ends[0][0] - ends[1][0]
        called = name or (f"{ends[0][1]} vs {ends[1][1]}" if second is not None else ends[0][1])
        features = self._explored.features
        column = concept_column(features, direction, called)
        self.view.add_column(column)
        self.view.color(called)
        if self._panel is not None and self._explored.measured.comparable:
            self._panel.workbench.show_map(called, concept_places(features, direction))
        return pd.Series(column.values, name=called)

    def feature_data(
        self,
        selection: int | Iterable[int] | pd.DataFrame | None = None,
        *,
        use: str = "left out",
        classes: str | None = None,
        base_classes: Sequence[str] | None = None,
        student: Any = None,
        seed: int = 0,
    ) -> FeatureData:
        """These features as data for a distillation, `Distillation(data=...)` or `lab(data=...)`.

        The teacher is the first model. The student's features are the second model's if there is one.

        Args:
            selection: ids of pairs, or rows of a table; None: the current selection.
            use: "left out": the student never sees these pairs. "distill": it learns from these alone, and all other
                pairs are for the test.
            classes: name of the column with the classes; None: "label" if there is one, else texts that several images
                share.
            base_classes: names of the classes that the student learns from; None: those of the selection if it is what
                the student learns from and leaves some classes out, else the first half.
            student: (N, Ds) the student's features of the images; None: those of the second model, else the teacher's
                own, from which a projector learns anew.
            seed: seed of the split into distillation and test.

        Raises:
            AMEError: as `ame_explore.analysis.pairs.teaching.teaching_data`.
        """
        ids = self._selected if selection is None else self._ids(selection)
        column = classes or ("label" if "label" in self.view.columns else None)
        other = None if self.other is None or self._changes is None else (self.other, self._changes)
        return teaching_data(
            self._explored,
            np.array([self._place[id_] for id_ in ids], dtype=np.int64),
            use=use,
            classes=None if column is None else self.view.columns[column],
            base_classes=base_classes,
            student=student,
            other=other,
            seed=seed,
        )

    def _teaching_sheet(self, choice: str) -> Sheet:
        use = choice or USES[0]
        try:
            said = f"With the present selection of {len(self._selected):,} pairs: {self.feature_data(use=use)!r}."
        except AMEError as error:
            said = f"Not with the present selection of {len(self._selected):,} pairs: {error}"
        words = (
            "Start a distillation on these features: select pairs in the map or the table, and run the lines below in "
            "a new cell.",
            said,
        )
        code = (
            "from ame_explore import Distillation, lab\n\n"
            f"data = explorer.feature_data(use={use!r})  # explorer: what explore(...) returned\n"
            "for step in Distillation(data=data):  # or lab(data=data), to watch it\n    pass\nstep"
        )
        choices = {"left out": "left out", "distill": "all that the student learns from"}
        return Sheet("distil", words, choosing="the selected pairs are", choices=choices, choice=use, code=code)

    def _concept_end(self, given: Any) -> tuple[torch.Tensor, str]:
        image = self._explored.features.image.detach().cpu().double()
        if isinstance(given, str):
            if self._encode is None:
                raise AMEError(f"concept {given!r} is a text, which needs an encoder: explore(..., encode_text=f).")
            return unit_rows(encoded(self._encode, given, image.shape[1])[None])[0], f"“{given}”"
        if given is None:
            return torch.nn.functional.normalize(image, dim=1).mean(0), "all"
        if getattr(given, "ndim", 0) == 1 and len(given) == image.shape[1] and not isinstance(given, pd.Series):
            return torch.nn.functional.normalize(torch.as_tensor(given).double(), dim=0), "a vector"
        ids = self._ids(given)
        rows = self._explored.features.image_index.cpu()[[self._place[id_] for id_ in ids]]
        return torch.nn.functional.normalize(image[rows], dim=1).mean(0), f"{len(ids)} pairs"

    def _maps_of(self, model: Exploration) -> PairMaps:
        """The maps of a model, made when they are first needed."""
        if model.name not in self._made:
            maps = PairMaps(model, umap=self._umap, on_umap=weakly(self._umap_ended))
            weakref.finalize(self, maps.close).atexit = False
            self._made[model.name] = maps
        return self._made[model.name]

    @property
    def _shown(self) -> tuple[PairMaps, ...]:
        """The maps of the models that have one, the first model's first; a pair has the same id in all of them."""
        models = [self._explored, *([self._two.second] if self._two is not None else [])]
        return tuple(self._maps_of(model) for model in models if model.measured.comparable)

    def _the_maps(self) -> PairMaps:
        if not self._explored.measured.comparable:
            raise AMEError("images and texts of different widths share no space, so there is no map.")
        return self._maps_of(self._explored)

    def _umap_ended(self) -> None:
        with self._making:
            if self._panel is not None:
                self._panel.workbench.umap_ended()

    def projection(self, timeout: float | None = 300.0) -> Projection:
        """Wait for the final projection of the map: UMAP, or PCA without it.

        Args:
            timeout: the most seconds to wait; None: no limit.

        Raises:
            AMEError: if it could not be fitted, for instance to fewer than five rows, or widths differ.
            TimedOut: if it is not ready within `timeout` seconds.
        """
        return self._the_maps().projection(timeout)

    def map(self, color: str = CLASS, picture: str | None = None) -> Drawing:
        """One of the maps as a static figure.

        Args:
            color: "class or modality", "entropy (nats)", "cosine", "margin", or a column of the metadata.
            picture: "PCA", "UMAP" (until it is ready: PCA) or "gap closed"; None: UMAP once it is ready, else PCA.

        Raises:
            AMEError: if the colour or map is unknown, or widths differ.
        """
        maps = self._the_maps()
        return explored_map(maps, picture or maps.best, color)

    def lens(self, timeout: float | None = 300.0) -> Drawing:
        """How far the maps can be trusted, point by point.

        Args:
            timeout: the most seconds to wait for UMAP; None: no limit.

        Raises:
            AMEError: if there are too few pairs, or widths differ.
            TimedOut: if UMAP is not ready within `timeout` seconds.
        """
        maps = self._the_maps()
        names = [name for name in (PCA, UMAP) if name in maps.pictures]
        pictures = {name: maps.projection(timeout, name) for name in names}
        return lens_maps(maps.features, pictures, neighbours=maps.neighbours)

    def jitter(self, seeds: Sequence[int] = (0, 1, 2)) -> Drawing:
        """UMAP maps of the same pairs with different seeds; the differences between them are chance.

        Args:
            seeds: at least two different ones.

        Raises:
            AMEError: if there are fewer than two different seeds or too few pairs, or widths differ.
        """
        maps = self._the_maps()
        return jitter_maps(maps.jitter(seeds), maps.features)

    def gap(self) -> Drawing:
        """The modality gap, decomposed into distance, spread and its cost in matching."""
        return gap_decomposition({side.name: side.measures for side in (self.exploration, self.other) if side})

    def in_one_frame(self) -> Drawing:
        """Both models' pairs on the same axes, the second rotated onto the first.

        Raises:
            AMEError: if only one set of features was given, or widths differ within a model.
        """
        if self.other is None or self._changes is None:
            raise AMEError("in_one_frame needs two sets of features: explore(a, b).")
        matched = matched_maps(self.exploration, self.other, self._changes)
        return model_maps(matched, names=(self.exploration.name, self.other.name))

    @property
    def _tabs(self) -> dict[str, str]:
        """The tabs beside the table of pairs."""
        comparable = self._explored.measured.comparable
        tabs = {"changes": "What changed"} if self._others else {}
        tabs |= {"models": "All models"} if len(self._others) > 1 else {}
        if comparable:
            tabs |= {"slices": "Worst slices"}
            tabs |= {"labels": "Confused labels"} if self._explored.pairs["label"].notna().any() else {}
            tabs |= {"trust": "Trust in the map", "gap": "The gap"}
            tabs |= {"classes": "Zero-shot"} if self._encode is not None or self._own_classes else {}
            tabs |= {"distil": "Distil on these"}
        return tabs

    def _open_sheet(self, name: str, choice: str) -> None:
        """Make the sheet of a tab and open it; what takes long is measured in the background."""
        if name == "trust":
            self._say(f"Measuring how far the maps can be trusted{' under three seeds' * (choice == SEEDS)}…")
            self._trusting = self._worker.submit(
                Task(
                    lambda progress: self._trust(choice == SEEDS, progress),
                    name="the trust in the maps",
                    on_end=weakly(self._sheet_ended),
                )
            )
        elif self._panel is not None:
            self._panel.workbench.show_sheet(self._sheet_of(name, choice))

    def _sheet_of(self, name: str, choice: str) -> Sheet:
        if name == "changes":
            if choice in self._others and self.other is not None and choice != self.other.name:
                self._compare(choice)
            assert self._two is not None
            return changes_sheet(self._two, tuple(self._others) if len(self._others) > 1 else ())
        if name == "models":
            return models_sheet(self.models)
        if name in ("slices", "labels") and self._explored.sample is not None:
            return Sheet(name, [f"{name.capitalize()} are compared when all pairs are measured."])
        if name == "labels":
            return labels_sheet(confused_labels(self._explored.measured))
        if name == "slices":
            measure = choice or MEASURED[0]
            return slices_sheet(self.worst_slices(measure), measure)
        if name == "classes":
            return self._classes_sheet()
        if name == "distil":
            return self._teaching_sheet(choice)
        return gap_sheet([side for side in (self._explored, self.other) if side is not None])

    def _trust(self, seeds: bool, progress: Progress) -> Sheet:
        lenses, jitters = [], {}
        for maps in self._shown:
            for picture in (PCA, UMAP):
                if maps.state(picture) == "done":
                    lens = maps.lens(picture)
                    lenses += [] if lens is None else [(maps, picture, lens)]
            if seeds and lenses:
                jitters[maps.explored.name] = maps.jitter(progress=progress)
        return trust_sheet(lenses, jitters, seeds)

    def _sheet_ended(self, task: Task[Sheet]) -> None:
        if task.now is not None and self._panel is not None:
            self._say("")
            self._panel.workbench.show_sheet(task.now)
        elif task.state == "failed":
            self._say(str(task.error), bad=True)

    def _say(self, text: str, *, bad: bool = False) -> None:
        if self._panel is not None:
            self._panel.workbench.say(text, bad=bad)

    def _ids(self, selection: Any) -> tuple[int, ...]:
        expected = 'selection must be ids, which are whole numbers, or rows of a table with a column "id"'
        mend = "take them from the column id of .pairs, or pass rows such as .suspects[:5]"
        if isinstance(selection, pd.DataFrame):
            if "id" not in selection:
                raise AMEError(f"{expected}, got a table of {', '.join(map(str, selection))}: {mend}.")
            selection = selection["id"]
        if isinstance(selection, str | bytes | os.PathLike):
            raise AMEError(f"{expected}, got {selection!r}: {mend}; a file is given as path=.")
        given = [value.item() if hasattr(value, "item") else value for value in _each(selection)]
        wrong = [value for value in given if not _whole(value)]
        if wrong:
            raise AMEError(f"{expected}, got {wrong[0]!r}: {mend}.")
        ids = tuple(dict.fromkeys(int(id_) for id_ in given))
        unknown = [id_ for id_ in ids if id_ not in self._place]
        if unknown:
            raise AMEError(f"selection must hold ids of these pairs, got {unknown[:5]}, which are none.")
        return ids

    @property
    def widget(self) -> ipywidgets.VBox:
        """All views together, created at first use.

        Raises:
            AMEError: after `close`.
        """
        with self._making:
            if self._closed:
                raise AMEError("this explorer is closed, and its views are gone: call explore again to see them.")
            if self._panel is None:
                own = [self._maps_of(self._explored)] if self._explored.measured.comparable else []
                workbench = Workbench(
                    self.view,
                    own,
                    encode=self._encode,
                    find_regions=weakly(self.regions),
                    classify=weakly(self._classify_typed),
                    concept=weakly(self.concept),
                    cell=weakly(self._show_cell),
                    hand_on=weakly(self._hand_on),
                    sheet=weakly(self._open_sheet),
                    tabs=self._tabs,
                )
                self._compare_maps(workbench)
                self._panel = ExplorerPanel(self._explored, self.view, workbench)
                weakref.finalize(self, self._panel.close).atexit = False
                self._measure_rest()
            return self._panel.widget

    def close(self) -> None:
        """Remove the views from the page and stop preparing UMAP; measures and tables can still be read.

        An explorer is also closed when no variable holds it and no page shows it.
        """
        with self._making:
            self._closed, panel, self._panel = True, self._panel, None
        self._worker.close(timeout=0)
        if self._rest is not None:
            self._rest.cancel()
        for maps in self._made.values():
            maps.close()
        if panel is not None:
            panel.close()

    def __enter__(self) -> Explorer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _display_(self) -> Any:
        """What marimo shows."""
        if self._closed:
            return repr(self)
        assert self.widget is not None and self._panel is not None
        hold_while_shown(self, self._panel.views)
        return stacked([verdict_html(verdict(self._explored)), *self._panel.views])

    def _ipython_display_(self) -> None:
        words = verdict(self._explored)
        handle = show(self._repr_mimebundle_(), lambda: (_words_alone(words), words))
        if handle is None:
            return
        if len(self._explored.pairs) <= _STILL_AT_ONCE:
            self._draw_still(handle, words)
        else:
            later = threading.Timer(0.0, weakly(self._draw_still), (handle, words))
            later.daemon = True
            later.start()

    def _draw_still(self, handle: Any, words: str) -> None:
        """Draw the map below the cell, for when no kernel answers; a page that shows the views hides it."""
        with suppress(Exception):  # a picture for later must not end what runs now
            drawing = self.map(picture=PCA)
            handle.update(still_bundle(still(drawing.figure, words), f"{words} {drawing.sentence}"), raw=True)

    def _repr_mimebundle_(self, **options: Any) -> Any:
        if self._closed:  # shown as text
            return {"text/plain": repr(self)}
        widget = self.widget
        assert self._panel is not None
        hold_while_shown(self, self._panel.views)
        return widget._repr_mimebundle_(**options)

    def measures_frame(self) -> pd.DataFrame:
        """The measures as a table, with their names and meanings, which a notebook shows in full."""
        sides = {side.name: side for side in (self.exploration, self.other) if side is not None}
        table = measures_table(sides)
        rows = [list(map(str, row)) for row in table.rows]
        return _Uncut(pd.DataFrame(rows, columns=list(table.head)).set_index("measure"))


def _different(names: Sequence[str]) -> list[str]:
    """Names of classes, those that repeat with their number."""
    return [name if names.count(name) == 1 else f"{name} ({place})" for place, name in enumerate(names)]


def _words_alone(words: str) -> str:
    """A still of the verdict, until the map is drawn."""
    figure = finish(go.Figure(), "Pairs of images and texts", plain(words), height=240)
    return still(figure.update_xaxes(visible=False).update_yaxes(visible=False), words)


def _most_confused(found: ZeroShot) -> str:
    """The two classes that are confused most often, in words."""
    wrong = found.counts - np.diag(np.diag(found.counts))
    both = np.triu(wrong + wrong.T)
    if not both.any():
        return "No class is taken for another."
    of, as_ = np.unravel_index(int(both.argmax()), both.shape)
    if wrong[as_, of] > wrong[of, as_]:
        of, as_ = as_, of
    times = f"{found.names[of]} for {found.names[as_]} {wrong[of, as_]} times, the other way {wrong[as_, of]} times"
    return f"Confused most often: {times}."


def _accuracy_words(line: Mapping[str, Any] | None) -> str:
    """The accuracy of a class, a row of `ZeroShot.classes`, with its interval."""
    if line is None:
        return "no image"
    return f"{line['accuracy']:.0%} [{line['low']:.0%}, {line['high']:.0%}] of {line['images']}"


def _each(selection: Any) -> Iterable[Any]:
    try:
        found: Iterable[Any] = iter(selection)
    except TypeError:  # a single id, or a tensor or array without dimensions
        return [selection]
    return found


def _whole(value: Any) -> bool:
    """Whether a value can be an id; after a join with another table, ids may be floats."""
    return (isinstance(value, int) and not isinstance(value, bool)) or (isinstance(value, float) and value.is_integer())


class _Uncut(pd.DataFrame):  # type: ignore[misc]
    """A table whose text a notebook shows in full; pandas would cut it after 50 characters."""

    @property
    def _constructor(self) -> Any:
        return pd.DataFrame

    def _repr_html_(self) -> str:
        look = pd.DataFrame(self).style.set_properties(subset=[self.columns[-1]], **{"text-align": "left"})
        made: str = look.format(escape="html").format_index(escape="html", axis=1).to_html()
        return made
