"""`Run` reads the record of a run on demand: losses, metrics, features, states, recipe and facts.

    run = Run.open("runs/clip")           # or a packed file, "clip.zip"
    run.losses["total"].plot()
    run.features(run.feature_steps[-1])

`Recorder` writes it. The format (safetensors and JSON, no pickle) is described in
`ame_explore.training.record.layout`.
"""

from __future__ import annotations

import contextlib
import os
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from torch import Tensor

from ame_explore.ame import AMEError, python_number, shown
from ame_explore.arguments import checked
from ame_explore.data.atomic_files import atomic_file, tensors_from_bytes, write_atomically
from ame_explore.data.pairs import PairedFeatures
from ame_explore.training.record import encoding
from ame_explore.training.record import layout as storage
from ame_explore.training.record.recorder import Recorder
from ame_explore.training.record.steering import Steering

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Recorder", "Run"]


class Run:
    """The record of one run, read from a folder or a packed file; use `Run.open` to make one.

    Opening reads only file names and the small JSON files. Everything else is read on demand, so a damaged file is
    noticed only then. A Run that is still being recorded can be opened: it shows what is on disk at that moment; open
    it again to see more.

    Args:
        files: the files of the record.
        skip_damaged: see `open`.

    Attributes:
        path: the folder or the packed file.
        recipe: the settings of the run, or None if the training loop recorded none.
        metadata: further facts that were known at the start.
        facts: facts passed to `Recorder.note`.
        made_with: versions of ame_explore, torch and safetensors.
        status: "finished", "interrupted" (Ctrl-C), "failed" (an error) or "unfinished" (still recording, or killed).
        error: type and message of the error that ended the run, or None.
        warnings: what could not be recorded, or not as given; at most 20.

    Raises:
        AMEError: see `open`.
    """

    def __init__(self, files: storage.Folder | storage.Pack, *, skip_damaged: bool = False) -> None:
        self.path = files.path
        self._files = files
        self._names = files.names()
        self._head = storage.read_head(files, lenient=skip_damaged)
        problems = self._leave_out_damaged() if skip_damaged else []
        self.recipe: dict[str, Any] | None = self._head["recipe"]
        self.metadata: dict[str, Any] = self._head["metadata"]
        self.made_with: dict[str, str] = self._head["made_with"]
        self.facts = self._json(storage.FACTS)
        self._end = self._json(storage.STATUS)
        with _hinted():
            storage.check_end(self._end, where=files.where(storage.STATUS))
        self.status: str = self._end.get("status", "unfinished")
        self.error: str | None = self._end.get("error")
        self.warnings: tuple[str, ...] = tuple(map(str, self._end.get("warnings", ())))
        problems += [*files.problems, *self._missing_logs()]
        if problems and not skip_damaged:
            raise AMEError(f"{' '.join(problems)} {storage.HINT}")
        if problems:
            warnings.warn(f"Left out of the Run at {self.path}: {' '.join(problems)}", stacklevel=3)

    @staticmethod
    @checked
    def open(path: str | os.PathLike[str], *, skip_damaged: bool = False) -> Run:
        """The Run at `path`.

        Args:
            path: a folder that a `Recorder` wrote, or a file that `pack` wrote.
            skip_damaged: True reads all files now, leaves out the damaged ones, and names them in a warning.

        Raises:
            AMEError: if `path` does not exist, is not a Run or was written by a newer version, or if a file is damaged
                or missing.
        """
        place = Path(path)
        if not place.exists():
            raise AMEError(f"path must be the folder or the packed file of a Run, but {place} does not exist.")
        files = storage.Folder(place) if place.is_dir() else storage.Pack(place)
        return Run(files, skip_damaged=skip_damaged)

    @staticmethod
    def recorder(
        path: str | os.PathLike[str],
        *,
        recipe: Mapping[str, Any] | None = None,
        overwrite: bool = False,
        append: bool = False,
        flush_every: int = 50,
        metadata: Mapping[str, Any] | None = None,
        durable: bool = True,
        steer: bool | Steering = False,
    ) -> Recorder:
        """A `Recorder`, which writes a Run to a folder.

        Args:
            path: the folder; it and its parents are created if missing.
            recipe: the settings of the run as JSON values, or None.
            overwrite: True removes the Run in the folder, and only its files.
            append: True continues the Run in the folder, if there is one; see `Recorder`.
            flush_every: number of calls of `log` after which rows are written to disk.
            metadata: further facts known at the start, as JSON values.
            durable: False does not wait for the disk; see `Recorder`.
            steer: whether, and what, a person may change while the loop runs; see `Recorder`.

        Raises:
            AMEError: if an argument is invalid, or the folder is not empty (with `overwrite` or `append`: holds
                something other than a Run).
            OSError: if the folder cannot be written.
        """
        return Recorder(
            path,
            recipe=recipe,
            overwrite=overwrite,
            append=append,
            flush_every=flush_every,
            metadata=metadata,
            durable=durable,
            steer=steer,
        )

    def __repr__(self) -> str:
        parts = [self.status]
        if "steps" in self._end:
            parts.append(f"{self._end['steps']} steps, last {self._end['last_step']}")
        parts += [f"features at {len(self.feature_steps)} steps", f"state at {len(self.state_steps)}"]
        return f"<Run {self.path}: {'; '.join(parts)}>"

    @property
    def steps(self) -> list[int]:
        """Every step logged, ascending."""
        return [step for tensors, _ in self._log for step in tensors["steps"].tolist()]

    @property
    def losses(self) -> pd.DataFrame:
        """The losses: index "step" (int64, the steps at which a loss was logged), one float64 column per loss term.

        Columns are in order of first appearance. NaN means that a term was not logged, or was NaN. Each access returns
        a new frame.
        """
        return self._frame("losses")

    @property
    def metrics(self) -> pd.DataFrame:
        """The metrics, in the same form as `losses`, at the steps where a metric was logged."""
        return self._frame("metrics")

    @property
    def requests(self) -> pd.DataFrame:
        """What a person asked of the loop (see `Recorder`), in order, one row each; empty without `steer`.

        Columns: "step" after which the request was taken, "at" (seconds since 1970), "do" ("set", "pause", "resume",
        "step", "checkpoint" or "branch"), "name" and "value" of what was asked, "outcome" ("applied" or "refused"),
        "told" (a sentence: what was done, or why not), and "id".
        """
        import pandas as pd

        columns = ["step", "at", "do", "name", "value", "outcome", "told", "id"]
        return pd.DataFrame(self._json(storage.STEERING).get("requests", []), columns=columns)

    @property
    def feature_steps(self) -> list[int]:
        """The steps with features, ascending."""
        return storage.numbers(self._names, "features")

    def features(self, step: int) -> PairedFeatures:
        """Read the features of a step.

        Args:
            step: one of `feature_steps`.

        Raises:
            AMEError: if there are none at this step, or the file is damaged.
        """
        name = self._at("features", step)
        with _hinted():
            return encoding.features_from_files(name, self._read, where=self._files.where)

    @property
    def state_steps(self) -> list[int]:
        """The steps with a state, ascending."""
        return storage.numbers(self._names, "state")

    def state(self, step: int) -> dict[str, Tensor]:
        """Read the state of a step.

        Args:
            step: one of `state_steps`.

        Returns:
            Tensors on the CPU, by name.

        Raises:
            AMEError: if there is none at this step, or the file is damaged.
        """
        name = self._at("state", step)
        with _hinted():
            tensors: dict[str, Tensor] = self._content(name)[0]
            return tensors

    @property
    def landscape_names(self) -> list[str]:
        """The names of the landscapes stored with the run, sorted."""
        return storage.landscapes(self._names)

    def landscape_bytes(self, name: str) -> bytes:
        """The content of a landscape's file; `analysis.Landscape.of(run, name)` decodes it.

        Args:
            name: one of `landscape_names`.

        Raises:
            AMEError: if there is no such landscape, or its file is damaged.
        """
        file = storage.landscape_file(name)
        if file not in self._names:
            shown = ", ".join(self.landscape_names) or "none was kept"
            raise AMEError(f"name must be a landscape of this run ({shown}), got {name!r}.")
        with _hinted():
            self._content(file)  # raises if damaged
            return self._read(file)

    def keep_landscape(self, name: str, data: bytes) -> Path:
        """Store a landscape's file with the run, so that `pack` includes it. `analysis.Landscape.keep` calls this.

        Args:
            name: up to 64 of a-z, 0-9, "-" and "_"; a landscape with this name is replaced.
            data: content of the safetensors file.

        Returns:
            The path of the file.

        Raises:
            AMEError: if the run is packed, the name is invalid, or `data` is not a safetensors file.
            OSError: if the folder cannot be written.
        """
        file = storage.landscape_file(name)
        if not self.path.is_dir():
            raise AMEError(
                f"a landscape can only be stored in a folder, got the packed run {self.path}: unzip it first."
            )
        tensors_from_bytes(data, where="data")
        write_atomically(self.path / file, data)
        self._names |= {file}
        return self.path / file

    def pack(self, path: str | os.PathLike[str]) -> Path:
        """Write the Run to one file, which `open` reads. Equal Runs give equal bytes.

        Args:
            path: the file, replaced if it exists; ".zip" is appended if missing.

        Returns:
            The path written.

        Raises:
            AMEError: if a file of the Run is damaged, or `path` is a folder.
            OSError: if the file cannot be written.
        """
        target = Path(path)
        if target.suffix.lower() != ".zip":
            target = target.with_name(target.name + ".zip")
        if target.is_dir():
            raise AMEError(f"path must be a file, got the folder {target}.")
        with atomic_file(target) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as pack:
            names = sorted({storage.HEAD, *self._names})
            pack.comment = storage.PACK_COMMENT.format(len(names)).encode()
            for name in names:
                if name in self._names:
                    with _hinted():
                        self._content(name)  # raises if damaged
                        data = self._read(name)
                else:  # a damaged head was left out
                    data = storage.sealed_bytes("", self._head, exact=True)
                entry = zipfile.ZipInfo(name)  # dated 1980, so that equal Runs give equal bytes
                entry.external_attr = 0o644 << 16
                pack.writestr(entry, data)
        return target

    def _frame(self, kind: str) -> pd.DataFrame:
        import pandas as pd

        names = list(dict.fromkeys(name for _, columns in self._log for name in columns[kind]))
        steps = [tensors[f"{kind}.steps"].numpy() for tensors, _ in self._log]
        table = np.full((sum(map(len, steps)), len(names)), np.nan)
        row = 0
        for tensors, columns in self._log:
            values = tensors[f"{kind}.values"].numpy()
            table[row : row + len(values), [names.index(name) for name in columns[kind]]] = values
            row += len(values)
        index = pd.Index(np.concatenate([np.empty(0, np.int64), *steps]), name="step")
        return pd.DataFrame(table, index=index, columns=names)

    @cached_property
    def _log(self) -> list[tuple[dict[str, Tensor], dict[str, list[str]]]]:
        with _hinted():
            names = [storage.numbered("log", shard) for shard in storage.numbers(self._names, "log")]
            return [self._content(name) for name in names]

    def _at(self, kind: str, step: int) -> str:
        step, steps = python_number(step), storage.numbers(self._names, kind)
        if isinstance(step, int) and step in steps:
            return storage.numbered(kind, step)
        there = ", ".join(map(str, steps[:10])) + (", ..." if len(steps) > 10 else "")
        raise AMEError(f"step must be one with {kind} ({there or 'none was recorded'}), got {shown(step)}.")

    def _read(self, name: str) -> bytes:
        if name not in self._names:
            raise AMEError(f"{self._files.where(name)} is missing.")
        return self._files.read(name)

    def _content(self, name: str) -> Any:
        """The decoded content of any file of the Run; raises an `AMEError` that names it if it is damaged."""
        where = self._files.where(name)
        if name.startswith("features-"):
            return encoding.features_from_files(name, self._read, where=self._files.where)
        if name.startswith("log-"):
            return encoding.rows_from_bytes(self._read(name), where=where)
        if name.endswith(".json"):
            return storage.unsealed(self._read(name), where=where, required=storage.needs_seals(self._head))
        return tensors_from_bytes(self._read(name), where=where)

    def _json(self, name: str) -> dict[str, Any]:
        with _hinted():
            return self._content(name) if name in self._names else {}

    def _leave_out_damaged(self) -> list[str]:
        problems = []
        for name in sorted(self._names, reverse=True):  # texts before the features that need them
            try:
                self._content(name)
            except AMEError as error:
                problems.append(str(error))
                self._names -= {name}
        return problems

    def _missing_logs(self) -> list[str]:
        there = storage.numbers(self._files.names(), "log")
        first = next((place for place, shard in enumerate(there) if shard != place), len(there))
        if first == len(there) and first >= self._end.get("log_shards", 0):
            return []
        return [f"{self._files.where(storage.numbered('log', first))} is missing."]


@contextlib.contextmanager
def _hinted() -> Iterator[None]:
    """Add to errors about damaged files how to open the rest of the Run."""
    try:
        yield
    except AMEError as error:
        raise AMEError(f"{error} {storage.HINT}") from error
