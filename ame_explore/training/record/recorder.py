"""`Recorder` writes a Run while a training loop runs, one call a step; any loop will do.

    with Run.recorder("runs/clip") as record:
        for images, texts in loader:
            loss, kd = ...
            record.log(losses={"total": loss, "kd": kd})

Every file is written under a temporary name, fsynced (unless `durable` is False) and renamed: whatever kills the
process, the last complete record opens. Rows wait in memory for at most `flush_every` calls, or for the first call
after FLUSH_SECONDS (our choice).
"""

from __future__ import annotations

import atexit
import contextlib
import importlib.metadata
import operator
import os
import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, SupportsFloat

from torch import Tensor

from ame_explore.ame import AMEError, check_choice, check_number
from ame_explore.data.atomic_files import tensors_to_bytes, write_atomically
from ame_explore.data.pairs import PairedFeatures
from ame_explore.training.record import encoding
from ame_explore.training.record import layout as storage

FLUSH_SECONDS = 10.0
STATUSES = ("finished", "interrupted", "failed")

_NONE: Mapping[str, Any] = MappingProxyType({})


class Recorder:
    """Writes one Run; made by `Run.recorder`, used as a context manager or ended with `close`.

    One thread of one process logs. A loop over several ranks records on one of them.

    Args:
        path: the folder, made if missing; its parents too.
        recipe: what the run was made from, as JSON holds it (see `storage.json_bytes`), or None.
        overwrite: True removes the Run that is in the folder, and only its files.
        flush_every: after how many calls of `log` rows go to disk; features and states go there at once.
        metadata: further facts that are known at the start, as JSON holds them.
        durable: False does not wait for the disk, which can take a second where it is busy: a process that is
            killed loses nothing more, a machine without power may.

    Raises:
        AMEError: an argument cannot be used, or the folder is not empty (with `overwrite`: holds no Run).
        OSError: the folder cannot be written.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        recipe: Mapping[str, Any] | None = None,
        overwrite: bool = False,
        flush_every: int = 50,
        metadata: Mapping[str, Any] | None = None,
        durable: bool = True,
    ) -> None:
        check_number("flush_every", flush_every, low=1, whole=True)
        for name, value in (("recipe", recipe), ("metadata", metadata)):
            if value is not None and not isinstance(value, Mapping):
                raise AMEError(f"{name} must be a dict or None, got {type(value).__name__}.")
        head = {
            "format": storage.FORMAT,
            "version": storage.VERSION,
            "id": uuid.uuid4().hex,
            "made_with": {name: _version(name) for name in ("ame_explore", "torch", "safetensors")},
        }
        # The recipe is checked strictly, since it must give the same run again.
        parts = {"recipe": recipe, "metadata": dict(metadata or {})}
        self.path = Path(path)
        self.flush_every = flush_every
        self._durable = durable
        self._head = storage.json_bytes("", {**head, **parts}, exact=True)
        self._facts: dict[str, Any] = {}
        self._rows: list[encoding.Row] = []  # of the open shard
        self._saved = 0  # how many of them are on disk
        self._shard = 0
        self._before = 0  # how many rows went to earlier shards
        self._last = -1
        self._texts: set[str] = set()
        self._closed = False
        self._error: str | None = None
        storage.make_room(self.path, overwrite=overwrite)
        self._write(storage.HEAD, self._head)
        self._saved_at = time.monotonic()
        atexit.register(self._flush_at_exit)

    @property
    def last_step(self) -> int | None:
        """The last step logged, None before the first."""
        return self._last if self._last >= 0 else None

    @property
    def closed(self) -> bool:
        """Whether the record has ended."""
        return self._closed

    def __repr__(self) -> str:
        state = "closed" if self._closed else "open"
        return f"<Recorder {self.path}: {state}, {self._before + len(self._rows)} steps, last {self.last_step}>"

    def log(
        self,
        step: int | None = None,
        *,
        losses: Mapping[str, SupportsFloat] = _NONE,
        metrics: Mapping[str, SupportsFloat] = _NONE,
        features: PairedFeatures | None = None,
        state: Mapping[str, Tensor] | None = None,
    ) -> None:
        """Record one step, all of it or, after an error, nothing.

        Args:
            step: a whole number above the last step; left out: the last + 1, beginning at 0.
            losses: name to number or tensor with one element. A tensor is detached, and on an accelerator
                read only when rows are written, so that logging does not wait for it. NaN and infinity are
                recorded.
            metrics: likewise.
            features: of this step, finite. They and all rows so far are on disk when `log` returns.
            state: name to tensor, of a checkpoint for instance; on disk likewise.

        Raises:
            AMEError: an argument cannot be used, the recorder is closed, or another one has taken the folder.
            OSError: a file cannot be written.
        """
        self._check_open("log")
        number = self._last + 1 if step is None else self._checked(step)
        row = (number, encoding.scalars("losses", losses), encoding.scalars("metrics", metrics))
        if features is not None or state is not None:
            self._write_tensors(number, features, state)
        self._last = number
        self._rows.append(row)  # the one change that records it, should Ctrl-C come here
        if (
            len(self._rows) - self._saved >= self.flush_every
            or len(self._rows) >= storage.ROWS_PER_SHARD
            or features is not None
            or state is not None
            or time.monotonic() - self._saved_at >= FLUSH_SECONDS
        ):
            self.flush()

    def note(self, **facts: Any) -> None:
        """Add facts about the whole run, such as chance levels or the teacher's accuracy, on disk at once.

        Values are what JSON holds, and numbers of numpy and torch; NaN and infinity become None, keys become
        strings. A fact noted again replaces the earlier one.

        Raises:
            AMEError: a value is none of these, or the recorder is closed.
            OSError: the file cannot be written.
        """
        self._check_open("note")
        together = {**self._facts, **facts}
        data = storage.json_bytes("facts", together, exact=False)
        self._check_ours()
        self._write(storage.FACTS, data)
        self._facts = together

    def flush(self) -> None:
        """Write the rows that wait in memory. `log` calls it when it is due."""
        if self._saved == len(self._rows):
            return
        for _, *tables in self._rows[self._saved :]:
            for table in tables:
                waiting = {name: value for name, value in table.items() if isinstance(value, Tensor)}
                table.update({name: float(value.item()) for name, value in waiting.items()})
        self._check_ours()
        # The open shard is written again as a whole: shards stay few, and no flush shows in them.
        self._write(storage.numbered("log", self._shard), encoding.rows_to_bytes(self._rows))
        self._saved = len(self._rows)
        self._saved_at = time.monotonic()
        if self._saved >= storage.ROWS_PER_SHARD:
            self._before += self._saved
            self._rows, self._saved, self._shard = [], 0, self._shard + 1

    def close(self, status: str = "finished") -> None:
        """Write what waits, and how the run ended; closing again does nothing.

        Args:
            status: "finished", "interrupted" or "failed".
        """
        check_choice("status", status, STATUSES)
        if self._closed:
            return
        self.flush()
        end = {
            "status": status,
            "steps": self._before + len(self._rows),
            "last_step": self.last_step,
            "log_shards": self._shard + bool(self._rows),
            "error": self._error,
        }
        self._check_ours()
        self._write(storage.STATUS, storage.json_bytes("status", end, exact=True))
        self._closed = True
        atexit.unregister(self._flush_at_exit)

    def __enter__(self) -> Recorder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is None:
            return self.close()
        self._error = f"{type(error).__name__}: {error}".removesuffix(": ")[:1000]
        try:
            self.close("failed" if isinstance(error, Exception) else "interrupted")
        except (AMEError, OSError, RuntimeError) as problem:  # must not hide what ended the loop
            error.add_note(f"The record at {self.path} could not be closed: {problem}")

    def _write_tensors(self, step: int, features: PairedFeatures | None, state: Mapping[str, Tensor] | None) -> None:
        files = {} if features is None else encoding.features_to_files(step, features, self._texts)
        if state is not None:
            if not isinstance(state, Mapping):
                raise AMEError(f"state must be a dict of tensors, got {type(state).__name__}.")
            files[storage.numbered("state", step)] = tensors_to_bytes(state)
        self._check_ours()
        for name, data in files.items():
            self._write(name, data)
        self._texts.update(name for name in files if name.startswith("text-"))

    def _write(self, name: str, data: bytes) -> None:
        write_atomically(self.path / name, data, durable=self._durable)

    def _checked(self, step: Any) -> int:
        expected = f"expected a whole number >= {self._last + 1}"
        try:
            number = operator.index(step)
        except TypeError:
            raise AMEError(f"step: {expected}, got {step!r}: leave it out to have the last step + 1.") from None
        if self._last < number < 2**63:
            return number
        after = f", since step {self._last} is recorded: log all of a step in one call" if self._last >= 0 else ""
        raise AMEError(f"step: {expected}, got {number}{after}, or leave step out to have {self._last + 1}.")

    def _check_open(self, verb: str) -> None:
        if self._closed:
            raise AMEError(f"{verb}: the recorder of {self.path} is closed: make another to record more.")

    def _check_ours(self) -> None:
        # A notebook cell run twice with overwrite=True would leave two recorders writing into one folder.
        try:
            ours = (self.path / storage.HEAD).read_bytes() == self._head
        except FileNotFoundError:
            ours = False
        if not ours:
            raise AMEError(
                f"{self.path} no longer holds this recorder's Run: it was removed, or another recorder has "
                "overwritten it. Give each recorder a path of its own."
            )

    def _flush_at_exit(self) -> None:
        with contextlib.suppress(AMEError, OSError, RuntimeError):
            self.flush()


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"
