"""`Recorder` writes a Run during training, with one call per step; it works with any training loop.

    with Run.recorder("runs/clip") as record:
        for images, texts in loader:
            loss, kd = ...
            record.log(losses={"total": loss, "kd": kd})

Recording never stops the loop: what cannot be recorded is left out with a `RecordWarning`, which is shown, not raised,
even where warnings are errors (`python -W error`). Every file is written under a temporary name, fsynced (unless
`durable` is False) and renamed, so that the last complete record can be opened after the process was killed. Rows are
buffered for at most `flush_every` calls, or until the first call after FLUSH_SECONDS (our choice); while the disk is
full they stay in memory.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib.metadata
import math
import operator
import os
import sys
import threading
import time
import uuid
import warnings
import weakref
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, SupportsFloat

from torch import Tensor

from ame_explore.ame import AMEError, check_choice, check_number, shown
from ame_explore.arguments import checked_init
from ame_explore.data.atomic_files import tensors_to_bytes, write_atomically
from ame_explore.data.pairs import PairedFeatures
from ame_explore.tasks import Cancelled
from ame_explore.training.record import encoding
from ame_explore.training.record import layout as storage
from ame_explore.training.record.steering import Desk, Steering

FLUSH_SECONDS = 10.0
STEERED_SECONDS = 1.0  # the same with `steer`, where a person may be watching
STATUSES = ("finished", "interrupted", "failed")

_NONE: Mapping[str, Any] = MappingProxyType({})
_PACKAGE = str(Path(__file__).parents[2])
_MOST_WARNINGS = 20  # that status.json keeps
_PROBLEMS = (AMEError, OSError, RuntimeError, Warning)  # raised while recording, they become a `RecordWarning`


class RecordWarning(UserWarning):
    """Something was not recorded, or not as given; training continues."""


# The latest recorder of each folder in this process, since a cell that is run again leaves an open one behind.
_OPEN: weakref.WeakValueDictionary[Path, Recorder] = weakref.WeakValueDictionary()


@checked_init
class Recorder:
    """Writes one Run. Make it with `Run.recorder`, and use it as a context manager or call `close` at the end.

    Only one process may log; in distributed training, record on one rank.

    Args:
        path: the folder; it and its parents are created if missing.
        recipe: the settings of the run as JSON values (see `layout.json_bytes`), or None.
        overwrite: True removes the Run in the folder, and only its files.
        append: True continues the Run in the folder, if there is one, which keeps its recipe and metadata. If training
            resumes before the last recorded step, the first `log` replaces everything recorded from its step on.
        flush_every: number of calls of `log` after which rows are written to disk; features and states are written
            immediately.
        metadata: further facts known at the start, as JSON values.
        durable: False does not wait for the disk, which can take a second if it is busy. If the process is killed, no
            more is lost than otherwise, but a power cut may lose data.
        steer: a `Steering` lets a person change its knobs, pause the loop, save checkpoints and start branches; True
            only allows pausing and single steps. Requests are taken in `log`, after the step is recorded, and never
            raise an error in the loop. They reach this process alone: in distributed training, broadcast the knobs'
            values.

    Raises:
        AMEError: if an argument is invalid, or the folder is not empty (with `overwrite` or `append`: holds something
            other than a Run).
        OSError: if the folder cannot be written.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        recipe: Mapping[str, Any] | None = None,
        overwrite: bool = False,
        append: bool = False,
        flush_every: int = 50,
        metadata: Mapping[str, Any] | None = None,
        durable: bool = True,
        steer: bool | Steering = False,
    ) -> None:
        check_number("flush_every", flush_every, low=1, whole=True)
        if overwrite and append:
            raise AMEError("overwrite and append exclude each other: either replace the existing Run or continue it.")
        head = {
            "format": storage.FORMAT,
            "version": storage.VERSION,
            "id": uuid.uuid4().hex,
            "made_with": {name: _version(name) for name in ("ame_explore", "torch", "safetensors")},
        }
        # exact=True, since the recipe must reproduce the run.
        parts = {"recipe": recipe, "metadata": dict(metadata or {})}
        self.path = Path(path)
        self.flush_every = flush_every
        self._durable = durable
        self._lock = threading.RLock()
        self._head = storage.sealed_bytes("", {**head, **parts}, exact=True)
        self._facts: dict[str, Any] = {}
        self._facts_wait = False
        self._rows: list[encoding.Row] = []  # of the open shard
        self._saved = 0  # number of these rows that are on disk
        self._shard = 0
        self._before = 0  # number of rows in earlier shards
        self._last = -1
        self._resumed = False  # True until the first log after resuming
        self._texts: set[str] = set()
        self._closed = False
        self._lost = False  # another recorder has taken the folder
        self._retry_at = 0.0  # when to try again after a failure
        self._warned: dict[str, str] = {}
        self._error: str | None = None
        self._process = os.getpid()
        self._desk: Desk | None = None
        earlier = _OPEN.get(self.path.resolve())
        if append and storage.holds_run(self.path):
            if earlier is not None:
                earlier._hand_over()
            self._resume(recipe)
        else:
            storage.make_room(self.path, overwrite=overwrite)
            self._write(storage.HEAD, self._head)
        self._saved_at = time.monotonic()
        if steer:
            self._desk = self._open_desk(Steering() if steer is True else steer)
        _OPEN[self.path.resolve()] = self
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
        losses: Mapping[str, SupportsFloat | None] | None = _NONE,
        metrics: Mapping[str, SupportsFloat | None] | None = _NONE,
        features: PairedFeatures | None = None,
        state: Mapping[str, Tensor] | None = None,
    ) -> None:
        """Record one step. What cannot be recorded is left out with a `RecordWarning`, once for each kind of problem.

        Args:
            step: a whole number above the last step; None for the last + 1, starting at 0. Repeating the last step adds
                to it. Anything else is recorded as the last + 1.
            losses: maps names to numbers or one-element tensors. Tensors are detached; those on an accelerator are read
                only when rows are written, so that logging does not wait for it. NaN and infinity are recorded; None
                becomes NaN.
            metrics: likewise.
            features: finite features of this step. They and all rows so far are on disk when `log` returns.
            state: maps names to tensors, for instance a checkpoint; on disk when `log` returns.

        Raises:
            AMEError: if `step` is a dict, since losses were probably meant.
        """
        if isinstance(step, Mapping):
            raise AMEError(
                "step must be a whole number or left out, got a dict: write record.log(losses={...}), or metrics={...}."
            )
        with self._lock:
            if not self._open("log"):
                return
            number = self._number(step)
            row = (number, self._scalars("losses", losses), self._scalars("metrics", metrics))
            self._last, self._resumed = number, False
            if self._rows and self._rows[-1][0] == number:
                self._rows[-1][1].update(row[1])
                self._rows[-1][2].update(row[2])
                self._saved = min(self._saved, len(self._rows) - 1)
            else:
                self._rows.append(row)  # a single change, so that Ctrl-C cannot leave half a row
            if features is not None or state is not None:
                self._tried(f"features or state of step {number}", lambda: self._write_tensors(number, features, state))
                self._retry_at = 0.0
            if (
                len(self._rows) - self._saved >= self.flush_every
                or features is not None
                or state is not None
                or time.monotonic() - self._saved_at >= (STEERED_SECONDS if self._desk else FLUSH_SECONDS)
            ) and time.monotonic() >= self._retry_at:
                self.flush()
        if self._desk is not None:  # without the lock: while the loop is paused, others may note and close
            self._desk.attend()

    def pause(self) -> None:
        """Wait here until a person resumes the loop or presses Ctrl-C; without `steer`, warn and return immediately."""
        if self._desk is None:
            self._warn("pause", "pause: nobody could resume the loop, since this recorder was made without steer=True.")
        elif self._open("pause"):
            self._desk.pause()

    def note(self, **facts: Any) -> None:
        """Record facts about the run, such as chance levels or the teacher's accuracy. They are written immediately.

        Args:
            facts: JSON values, or numpy or torch numbers; NaN and infinity become None, keys become strings. A fact
                with an earlier name replaces it; one that JSON cannot hold is left out with a warning.
        """
        with self._lock:
            if not self._open("note"):
                return
            for name, value in facts.items():
                try:
                    storage.json_bytes(f"facts[{name!r}]", value, exact=False)
                except AMEError as error:
                    self._warn(f"fact {name}", str(error))
                    continue
                self._facts[name] = value
            self._facts_wait = True
            self._tried("the facts", self._write_facts)

    def flush(self) -> None:
        """Write buffered rows; `log` calls this when due. While the disk is full, rows stay in memory."""
        with self._lock:
            if not self._lost and not self._tried("steps", self._write_rows):
                self._retry_at = time.monotonic() + FLUSH_SECONDS
            if self._desk is not None:
                self._desk.tell()

    def close(self, status: str = "finished") -> None:
        """Write buffered rows and how the run ended; closing again does nothing.

        If writing fails, a warning says so, and `close` may be called again.

        Args:
            status: "finished", "interrupted" or "failed".

        Raises:
            AMEError: if the status is none of these.
        """
        check_choice("status", status, STATUSES)
        with self._lock:
            if self._closed:
                return
            if self._desk is not None:
                self._desk.close()
            if self._lost or self._tried("the end of the run", lambda: self._write_end(status)):
                self._closed = True
                atexit.unregister(self._flush_at_exit)

    def __enter__(self) -> Recorder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is None:
            return self.close()
        self._error = storage.readable(f"{type(error).__name__}: {error}".removesuffix(": ")[:1000])
        stopped = isinstance(error, Cancelled) or not isinstance(error, Exception)
        self.close("interrupted" if stopped else "failed")

    # Writing

    def _write_rows(self) -> None:
        if self._facts_wait:
            self._write_facts()
        while self._saved < len(self._rows):
            part = self._rows[: storage.ROWS_PER_SHARD]
            if self._saved < len(part):
                for _, *tables in part[self._saved :]:
                    for table in tables:
                        table.update({name: _read(value) for name, value in table.items() if isinstance(value, Tensor)})
                self._check_ours()
                # All of the open shard is written again, so that shards are few and do not depend on the flushes.
                self._write(storage.numbered("log", self._shard), encoding.rows_to_bytes(part))
                self._saved = len(part)
            if len(self._rows) > len(part):
                self._before += len(part)
                del self._rows[: len(part)]
                self._saved, self._shard = 0, self._shard + 1
        self._saved_at = time.monotonic()

    def _write_facts(self) -> None:
        self._check_ours()
        self._write(storage.FACTS, storage.sealed_bytes("facts", self._facts, exact=False))
        self._facts_wait = False

    def _write_end(self, status: str) -> None:
        self._write_rows()
        end = {
            "status": status,
            "steps": self._before + len(self._rows),
            "last_step": self.last_step,
            "log_shards": self._shard + bool(self._rows),
            "error": self._error,
            "warnings": list(self._warned.values())[:_MOST_WARNINGS],
        }
        self._check_ours()
        self._write(storage.STATUS, storage.sealed_bytes("status", end, exact=True))

    def _write_tensors(self, step: int, features: PairedFeatures | None, state: Mapping[str, Tensor] | None) -> None:
        files: dict[str, bytes] = {}
        problem: AMEError | None = None
        try:
            files |= {} if features is None else encoding.features_to_files(step, features, self._texts)
        except AMEError as error:  # still write the state
            problem = error
        if state is not None:
            if not isinstance(state, Mapping):
                raise AMEError(f"state must be a dict of tensors, got {type(state).__name__}.")
            files[storage.numbered("state", step)] = tensors_to_bytes(state)
        self._check_ours()
        for name, data in files.items():
            self._write(name, data)
            if name.startswith("text-"):
                self._texts.add(name)
        if problem is not None:
            raise problem

    def _write(self, name: str, data: bytes) -> None:
        write_atomically(self.path / name, data, durable=self._durable)

    # Steering

    def _open_desk(self, steering: Steering) -> Desk:
        place = self.path / storage.STEERING
        earlier: list[dict[str, Any]] = []
        if place.exists():
            with contextlib.suppress(AMEError, OSError):  # damaged: only the earlier requests are lost
                earlier = storage.unsealed(place.read_bytes(), where=str(place))["requests"]
        return Desk(
            steering,
            path=self.path,
            earlier=earlier,
            write=lambda data: self._tried("the requests", lambda: self._write_steering(data)),
            flush=self.flush,
            branch=self._begin_branch,
            last=lambda: self._last,
            gone=lambda: self._closed or self._lost,
        )

    def _write_steering(self, data: bytes) -> None:
        with self._lock:
            if not self._lost:
                self._check_ours()
                self._write(storage.STEERING, data)

    def _begin_branch(self, folder: Path, step: int, checkpoint: str) -> None:
        """Write the record of a branch: all rows so far, and its parent. A recorder can continue it."""
        with self._lock:
            self._write_rows()
            head = storage.unsealed(self._head, where=storage.HEAD)
            parent = {"id": head["id"], "name": self.path.name, "step": step, "checkpoint": checkpoint}
            metadata = {**head["metadata"], "parent": parent}
            names = [storage.numbered("log", shard) for shard in range(self._shard + bool(self._rows))]
            names += [storage.FACTS] if (self.path / storage.FACTS).exists() else []
            for name in names:
                write_atomically(folder / name, (self.path / name).read_bytes(), durable=self._durable)
            head |= {"id": uuid.uuid4().hex, "metadata": metadata}
            write_atomically(folder / storage.HEAD, storage.sealed_bytes("", head, exact=True), durable=self._durable)

    # Resuming

    def _resume(self, recipe: Mapping[str, Any] | None) -> None:
        """Continue the Run in the folder, and remove its status."""
        files = storage.Folder(self.path)
        head = storage.read_head(files)
        if recipe is not None and storage.json_bytes("recipe", recipe, exact=True) != storage.json_bytes(
            "recipe", head["recipe"], exact=True
        ):
            self._warn("recipe", "the continued Run was started with another recipe, which it keeps.")
        self._head = files.read(storage.HEAD)
        names = files.names()
        if storage.FACTS in names:
            self._facts = storage.unsealed(files.read(storage.FACTS), where=files.where(storage.FACTS))
        self._texts = {name for name in names if name.startswith("text-")}
        shards = storage.numbers(names, "log")
        if shards != list(range(len(shards))):
            raise AMEError(f"{self.path} cannot be continued: a part of its log is missing. {storage.HINT}")
        for shard in shards:
            self._before += len(self._rows)
            self._shard, self._rows = shard, self._read_shard(shard)
        self._saved = len(self._rows)
        self._last = self._rows[-1][0] if self._rows else -1
        self._resumed = True
        (self.path / storage.STATUS).unlink(missing_ok=True)

    def _read_shard(self, shard: int) -> list[encoding.Row]:
        place = self.path / storage.numbered("log", shard)
        return encoding.rows_of(*encoding.rows_from_bytes(place.read_bytes(), where=str(place)))

    def _rewind(self, step: int) -> None:
        """Remove everything recorded from `step` on."""
        self._check_ours()
        while self._rows and self._rows[0][0] >= step and self._shard > 0:
            (self.path / storage.numbered("log", self._shard)).unlink(missing_ok=True)
            self._shard -= 1
            self._rows = self._read_shard(self._shard)
            self._before -= len(self._rows)
        self._rows = [row for row in self._rows if row[0] < step]
        self._saved = 0  # rewrite the open shard
        if not self._rows:
            (self.path / storage.numbered("log", self._shard)).unlink(missing_ok=True)
        names = storage.Folder(self.path).names()
        for kind in ("features", "state"):
            for number in storage.numbers(names, kind):
                if number >= step:
                    (self.path / storage.numbered(kind, number)).unlink()
        self._last = self._rows[-1][0] if self._rows else -1

    # Arguments

    def _number(self, step: Any) -> int:
        """The step number to record."""
        following = self._last + 1
        if step is None:
            return following
        try:
            number = operator.index(step)
        except TypeError:
            number = int(step) if isinstance(step, float) and step.is_integer() and abs(step) < 2**63 else -1
        if self._resumed and 0 <= number <= self._last:
            was = self._last
            if self._tried(f"the return to step {number}", lambda: self._rewind(number)):
                self._warn("rewind", f"training resumes at step {number}: steps {number} to {was} were removed.")
                return number
        if self._last <= number < 2**63 and number >= 0:
            return number
        self._warn(
            "step",
            f"step must be a whole number from {following} on, got {step!r}: it is recorded as step {following}. "
            "Leave out step to count automatically.",
        )
        return following

    def _scalars(self, kind: str, values: Any) -> dict[str, Any]:
        """The `values` that can be recorded."""
        if values is None or values is _NONE:
            return {}
        try:
            return encoding.scalars(kind, values)
        except Exception as error:  # reading a value may raise anything, and must not end the loop
            if not isinstance(values, Mapping):
                self._warn(kind, str(error))
                return {}
        found: dict[str, Any] = {}
        try:
            items = list(values.items())
        except Exception as error:
            self._warn(kind, f"{kind} cannot be read ({type(error).__name__}: {error}). They are left out.")
            return {}
        for name, value in items:
            if value is None:
                self._warn(f"{kind} {shown(name)}", f"{kind}[{shown(name)}] is None: recorded as NaN.")
                value = math.nan
            plain = storage.readable(name) if isinstance(name, str) else shown(name)
            if plain != name:
                told = f"{kind} has the name {shown(name)}, which is not text: recorded as {plain!r}."
                self._warn(f"{kind} name {plain}", told)
            try:
                found |= encoding.scalars(kind, {plain: value})
            except Exception as error:
                self._warn(f"{kind} {plain}", f"{error} It is left out.")
        return found

    # Problems

    def _open(self, verb: str) -> bool:
        if self._closed:
            self._warn("closed", f"{verb}: the recorder of {self.path} is closed: make another one to record more.")
        return not self._closed and not self._lost

    def _tried(self, what: str, action: Callable[[], None]) -> bool:
        """Run `action` and return whether it succeeded; if not, warn why."""
        try:
            action()
        except _PROBLEMS as error:
            kept = ", kept in memory" if what == "steps" and not self._lost else ""
            said = f"{type(error).__name__}: {error}" if isinstance(error, (RuntimeError, Warning)) else str(error)
            self._warn(f"{what.partition(' of step')[0]} {type(error).__name__}", f"not written{kept}: {what}. {said}")
            return False
        return True

    def _warn(self, kind: str, text: str) -> None:
        """Warn once per kind, attributed to the line that called into this package."""
        text = storage.readable(text)
        if kind in self._warned:
            return
        self._warned[kind] = text
        level, frame = 1, sys._getframe()
        while frame.f_back is not None and frame.f_code.co_filename.startswith(_PACKAGE):
            frame, level = frame.f_back, level + 1
        told = RecordWarning(f"Record at {self.path}: {text}")
        try:
            warnings.warn(told, stacklevel=level)
        except RecordWarning:  # warnings are errors here (python -W error): show it, and let the loop go on
            warnings.showwarning(told, RecordWarning, frame.f_code.co_filename, frame.f_lineno)

    def _check_ours(self) -> None:
        # Running a notebook cell twice with overwrite=True leaves two recorders for one folder.
        try:
            ours = (self.path / storage.HEAD).read_bytes() == self._head
        except FileNotFoundError:
            ours = False
        if not ours:
            self._lost = True
            raise AMEError(
                f"{self.path} no longer holds this recorder's Run: it was removed, or another recorder has "
                "overwritten it. Nothing more is recorded. Give each recorder its own path."
            )

    def _hand_over(self) -> None:
        """Write the buffered rows and record nothing more, because another recorder continues this Run."""
        with self._lock:
            if self._closed or self._lost or os.getpid() != self._process:
                return
            self.flush()
            self._lost = True
            atexit.unregister(self._flush_at_exit)
            self._warn(
                "continued",
                "it was still open when another recorder continued it. This one records nothing more: close a recorder "
                "before the next one, or use `with`.",
            )

    def _flush_at_exit(self) -> None:
        if os.getpid() != self._process:  # a forked child: the parent writes its own rows
            return
        with contextlib.suppress(*_PROBLEMS):
            self.flush()


def _read(value: Tensor) -> float:
    """A number from an accelerator; NaN if the device has failed."""
    try:
        return float(value.item())
    except RuntimeError:
        return math.nan


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"
