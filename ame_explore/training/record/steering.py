"""Steer a training loop of your own through its record: change knobs, pause, save a checkpoint, start a branch.

    steering = Steering(knobs={"omega": Knob.of(ame, "omega", low=0, high=100)}, checkpoint=save)
    with Run.recorder("runs/clip", steer=steering) as record:
        for images, texts in loader:
            ...
            record.log(losses={"total": loss})   # requests are taken here

In another process or notebook, `widgets.SteeringPanel("runs/clip")` shows the run and its knobs, and `Remote` does the
same from Python. A request is one line of JSON at the end of `requests.jsonl` in the run's folder, so a shell can ask
as well: `echo '{"do": "set", "name": "omega", "value": 1}' >> runs/clip/requests.jsonl`.

The loop takes requests in its own thread when it calls `log`, so nothing changes in the middle of a step. Each is
stored with the step and its outcome in `steering.json`, see `Run.requests`. A request may fail, but it never raises an
error in the loop.

The idea is that of Interactive Training (Zhang, Lu, Deng 2025, arXiv 2510.02297), which steers Hugging Face's Trainer
through a server; files instead of a server are our choice.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from torch import Tensor
from torch.optim import Optimizer

from ame_explore.ame import AMEError, check_choice, check_number, python_number, shown
from ame_explore.arguments import checked, checked_init
from ame_explore.training.record import layout as storage

ACTIONS = ("set", "pause", "resume", "step", "checkpoint", "branch")
POLL = 0.05  # seconds between two looks for requests while the loop is paused
MOST_REQUESTS = 1_000  # requests that are stored; later ones are still followed
_MOST_BYTES = 1 << 16  # of requests that are read in one go
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}", re.ASCII)
_HOW = 'write one line such as {"do": "set", "name": "omega", "value": 1}'


@checked_init
@dataclass(frozen=True, kw_only=True)
class Knob:
    """A value of your training loop that may be changed while it runs.

    Attributes:
        get: returns the present value: a number, a bool or a text.
        set: called with the new value, in the loop's thread. An exception from it refuses the request.
        low: the smallest number allowed.
        high: the largest number allowed.
        whole: whether a number must be whole.
        choices: the values allowed, if they are few; needed for texts.

    Raises:
        AMEError: if `low` is above `high`.
    """

    get: Callable[[], Any]
    set: Callable[[Any], object]
    low: float | None = None
    high: float | None = None
    whole: bool = False
    choices: Sequence[Any] = ()

    def __post_init__(self) -> None:
        if self.low is not None and self.high is not None and self.low > self.high:
            raise AMEError(f"low must be at most high, got {self.low:g} and {self.high:g}.")

    @classmethod
    @checked
    def of(cls, owner: Any, name: str, **limits: Any) -> Knob:
        """The knob of an attribute, or of an entry such as "lr" in all parameter groups of an optimizer.

        Groups with different values keep their ratios. A learning rate scheduler may overwrite "lr" at its next step;
        then give `get` and `set` functions that change the scheduler.

        Args:
            owner: the object, such as an `AMELoss`, or an optimizer of torch.
            name: the attribute, or the entry.
            limits: low, high, whole and choices, as above.

        Raises:
            AMEError: if the object has no such attribute or entry.
        """
        if isinstance(owner, Optimizer):
            groups = owner.param_groups
            if any(name not in group for group in groups):
                raise AMEError(f"name must be in every parameter group, {', '.join(groups[0])}, got {shown(name)}.")
            return cls(get=lambda: python_number(groups[0][name]), set=lambda new: _scale(groups, name, new), **limits)
        if not hasattr(owner, name):
            raise AMEError(f"name must be an attribute of {type(owner).__name__}, got {shown(name)}.")
        return cls(get=lambda: python_number(getattr(owner, name)), set=lambda new: setattr(owner, name, new), **limits)

    def check(self, name: str, value: Any) -> None:
        """Check that a value may be set.

        Args:
            name: the knob's name, for the error.
            value: the value.

        Raises:
            AMEError: if it may not be set.
        """
        if self.choices:
            check_choice(name, value, self.choices)
        elif isinstance(self.get(), bool):
            check_choice(name, value, (True, False))
        else:
            limits = {side: limit for side, limit in (("low", self.low), ("high", self.high)) if limit is not None}
            check_number(name, value, whole=self.whole, **limits)

    def state(self) -> dict[str, Any]:
        """The value and what is allowed, as JSON values."""
        allowed = {"low": self.low, "high": self.high, "whole": self.whole, "choices": list(self.choices)}
        return {"value": python_number(self.get()), **allowed}


@checked_init
@dataclass(frozen=True, kw_only=True)
class Steering:
    """What a person may ask of a training loop. Pausing, resuming and single steps are always allowed.

    Attributes:
        knobs: maps names to knobs.
        checkpoint: called with the step to save a checkpoint; what it returns (a path, say) is stored as text. None: no
            checkpoints and no branches.

    Raises:
        AMEError: if a name is not up to 40 letters, digits, ".", "-" and "_", or a knob's value cannot be read.
    """

    knobs: Mapping[str, Knob] = field(default_factory=dict)
    checkpoint: Callable[[int], object] | None = None

    def __post_init__(self) -> None:
        for name, knob in self.knobs.items():
            if not _NAME.fullmatch(name):
                raise AMEError(f"knobs must have names of up to 40 letters, digits, '.', '-' and '_', got {name!r}.")
            try:
                storage.json_bytes(f"knobs[{name!r}]", knob.state(), exact=True)
            except AMEError:
                raise
            except Exception as error:
                raise AMEError(f"knobs[{name!r}] cannot be read ({type(error).__name__}: {error}).") from error
            if not knob.choices and not isinstance(knob.state()["value"], (bool, int, float)):
                raise AMEError(f"knobs[{name!r}] must have choices, since its value is {shown(knob.get())}.")


@checked_init
class Remote:
    """Asks a training loop that records with `steer`, from any process that sees its folder.

    >>> Remote("runs/clip").set("omega", 1.0)  # doctest: +SKIP

    Every method returns the id of its request without waiting; `outcome` waits for the answer.

    Args:
        path: the run's folder.

    Raises:
        AMEError: if the run does not take requests.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.state()

    def state(self) -> dict[str, Any]:
        """What the loop last reported.

        Returns:
            - open: whether it takes requests
            - step: the last step that it logged
            - paused: whether it waits
            - knobs: name -> value, low, high, whole and choices
            - checkpoints: whether it saves checkpoints
            - requests: those taken, as rows of `Run.requests`

        Raises:
            AMEError: if the run does not take requests, or the file is damaged.
        """
        place = self.path / storage.STEERING
        try:
            data = place.read_bytes()
        except OSError as error:
            raise AMEError(
                f"path must be a run that takes requests, got {self.path}: record it with "
                "Run.recorder(..., steer=True)."
            ) from error
        return storage.unsealed(data, where=str(place))

    @checked
    def set(self, name: str, value: bool | float | str) -> str:
        """Ask to set a knob.

        Args:
            name: the knob.
            value: its new value.

        Raises:
            AMEError: if the run has ended; all other requests raise this as well.
        """
        return self._ask({"do": "set", "name": name, "value": python_number(value)})

    def pause(self) -> str:
        """Ask the loop to wait after the current step."""
        return self._ask({"do": "pause"})

    def resume(self) -> str:
        """Ask the loop to go on."""
        return self._ask({"do": "resume"})

    def step(self) -> str:
        """Ask the loop to do one step, then wait again."""
        return self._ask({"do": "step"})

    def checkpoint(self) -> str:
        """Ask the loop to save a checkpoint."""
        return self._ask({"do": "checkpoint"})

    @checked
    def branch(self, name: str) -> str:
        """Ask the loop to save a checkpoint, and to start the record of a branch that continues from it.

        The branch is a folder beside the run's, `RUN-NAME`. It holds the losses and metrics up to this step, and its
        metadata names the parent, the step and the checkpoint. The loop itself goes on as before: start another one
        from the checkpoint, with `Run.recorder("RUN-NAME", append=True)`.

        Args:
            name: name of the branch: up to 40 letters, digits, ".", "-" and "_".
        """
        return self._ask({"do": "branch", "name": name})

    @checked
    def outcome(self, request: str, *, timeout: float = 10.0) -> dict[str, Any] | None:
        """The outcome of a request, a row of `Run.requests`; None if the loop has not taken it in time.

        Args:
            request: the id that the method returned.
            timeout: the most seconds to wait; 0 looks once.
        """
        until = time.monotonic() + timeout
        while True:
            for one in reversed(self.state()["requests"]):
                if one["id"] == request:
                    return dict(one)
            if time.monotonic() >= until:
                return None
            time.sleep(POLL)

    def _ask(self, request: dict[str, Any]) -> str:
        if not self.state()["open"]:
            raise AMEError(f"{self.path} takes no more requests: its recorder was closed.")
        number = uuid.uuid4().hex[:12]
        line = json.dumps({"id": number, **request}) + "\n"
        with open(self.path / storage.REQUESTS, "ab") as file:
            file.write(line.encode())
        return number


class Desk:
    """Takes requests in the loop's thread, for a recorder.

    Args:
        steering: what may be asked.
        path: the run's folder.
        earlier: requests that were taken before this recorder continued the run.
        write: stores the bytes of `steering.json`; it does not raise.
        flush: writes the rows logged so far; it does not raise.
        branch: called with folder, step and checkpoint, begins the record of a branch.
        last: the last step that was logged, -1 before the first.
        gone: whether the recorder is closed.
    """

    def __init__(
        self,
        steering: Steering,
        *,
        path: Path,
        earlier: list[dict[str, Any]],
        write: Callable[[bytes], object],
        flush: Callable[[], object],
        branch: Callable[[Path, int, str], object],
        last: Callable[[], int],
        gone: Callable[[], bool],
    ) -> None:
        self._steering, self._path, self._requests = steering, path, earlier
        self._write_bytes, self._flush, self._branch = write, flush, branch
        self._last, self._gone = last, gone
        self._box = path / storage.REQUESTS
        self._box.unlink(missing_ok=True)  # left by an earlier process
        self._read, self._told = 0, b""
        self._paused = self._once = False
        self.tell()

    def attend(self) -> None:
        """Take the requests that have come since the last step, and wait while the loop is paused."""
        self._once = False
        self._take()
        if self._paused and not self._once:
            self._wait()

    def pause(self) -> None:
        """Wait until somebody resumes the loop."""
        self._paused, self._once = True, False
        self._wait()

    def tell(self, *, is_open: bool = True) -> None:
        """Store what a panel shows, if it has changed.

        Args:
            is_open: whether requests are taken.
        """
        state = {
            "open": is_open,
            "step": self._last(),
            "paused": self._paused and not self._once,
            "checkpoints": self._steering.checkpoint is not None,
            "knobs": {name: _state(knob) for name, knob in self._steering.knobs.items()},
            "requests": self._requests,
        }
        data = storage.sealed_bytes("steering", state, exact=False)
        if data != self._told:
            self._told = data
            self._write_bytes(data)

    def close(self) -> None:
        """Refuse the requests that have not been taken, and store that no more are taken."""
        with contextlib.suppress(OSError):
            for line in self._lines():
                request = _parsed(line)
                told = "refused", "The run has ended."
                self._keep(request if isinstance(request, dict) else {}, told)
        self._paused = False
        self.tell(is_open=False)

    def _wait(self) -> None:
        self._flush()
        self.tell()
        print(f"{self._path}: paused {self._place()}, until somebody resumes it.", file=sys.stderr, flush=True)
        while self._paused and not self._once and not self._gone():
            time.sleep(POLL)
            self._take()

    def _take(self) -> None:
        try:
            lines = self._lines()
        except OSError:  # the file cannot be read now
            return
        for line in lines:
            request = _parsed(line)
            if isinstance(request, str):
                self._keep({}, ("refused", request))
                continue
            try:
                told = "applied", self._act(request)
            except AMEError as error:
                told = "refused", str(error)
            except Exception as error:  # a setter or the saving of a checkpoint may raise anything
                told = "refused", f"{type(error).__name__}: {error}"
            self._keep(request, told)
        if lines:
            self._flush()
            self.tell()

    def _lines(self) -> list[bytes]:
        """The complete lines that have come since the last look."""
        try:
            size = os.stat(self._box).st_size
        except FileNotFoundError:
            return []
        if size < self._read:  # somebody emptied it
            self._read = 0
        if size == self._read:
            return []
        with open(self._box, "rb") as file:
            file.seek(self._read)
            data = file.read(_MOST_BYTES)
        whole, end, _ = data.rpartition(b"\n")
        if not end and len(data) == _MOST_BYTES:  # longer than any request
            whole = data[:-1]
            end = b"\n"
        self._read += len(whole) + len(end)
        return [line for line in whole.split(b"\n") if line.strip()]

    def _keep(self, request: Mapping[str, Any], told: tuple[str, str]) -> None:
        if len(self._requests) >= MOST_REQUESTS:
            return
        row = {"id": str(request.get("id", ""))[:40], "step": self._last(), "at": time.time()}
        row |= {"do": shown_text(request.get("do", "")), "name": shown_text(request.get("name", ""))}
        value = request.get("value")
        row["value"] = value if value is None or isinstance(value, (bool, int, float)) else shown_text(value)
        self._requests.append({**row, "outcome": told[0], "told": storage.readable(told[1])[:400]})

    def _act(self, request: Mapping[str, Any]) -> str:
        """Do what is asked, and return what was done."""
        do = request.get("do")
        check_choice("do", do, ACTIONS)
        if do == "set":
            return self._set(request.get("name"), request.get("value"))
        if do == "pause":
            self._paused, self._once = True, False
            return f"Paused {self._place()}."
        if do == "resume":
            self._paused = False
            return f"Resumed {self._place()}."
        if do == "step":
            self._paused = self._once = True
            return f"Does one step {self._place()}."
        if self._steering.checkpoint is None:
            raise AMEError("checkpoint is not offered here: the loop must be given Steering(checkpoint=...).")
        if do == "checkpoint":
            return f"Saved{self._save()}."
        name = request.get("name")
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise AMEError(f"name must be up to 40 letters, digits, '.', '-' and '_', got {shown(name)}.")
        folder = self._path.with_name(f"{self._path.name}-{name}")
        if folder.exists():
            raise AMEError(f"name must be a new one, got {name!r}: {folder} exists.")
        saved = self._save()
        self._branch(folder, self._last(), saved.removeprefix(": "))
        return f"Saved{saved}. Continue from it with Run.recorder({str(folder)!r}, append=True)."

    def _place(self) -> str:
        return "before the first step" if self._last() < 0 else f"after step {self._last()}"

    def _save(self) -> str:
        assert self._steering.checkpoint is not None  # for the type checker: the caller has checked
        found = self._steering.checkpoint(self._last())
        return "" if found is None else f": {shown_text(found)}"

    def _set(self, name: object, value: object) -> str:
        check_choice("name", name, tuple(self._steering.knobs))
        knob = self._steering.knobs[str(name)]
        knob.check(str(name), value)
        before = python_number(knob.get())
        try:
            knob.set(value)
        except Exception as error:
            now = _state(knob)["value"]
            raise AMEError(f"{type(error).__name__}: {error}. {name} is {shown_text(now)}.") from error
        after = python_number(knob.get())
        kept = "" if after == value else f", not {shown_text(value)}: the loop did not keep the new value"
        return f"{name} was {shown_text(before)} and is {shown_text(after)}{kept}."


def shown_text(value: object) -> str:
    """A value in a sentence: texts without quotes, at most 200 characters.

    Args:
        value: anything.
    """
    try:
        text = str(value)
    except Exception:  # of a person's own class, whose __str__ may raise anything
        text = f"a value of type {type(value).__name__}"
    text = storage.readable(text)
    return text if len(text) <= 200 else f"{text[:197]}..."


def _state(knob: Knob) -> dict[str, Any]:
    """A knob's state; the value is None where it cannot be read now."""
    try:
        found = knob.state()
        storage.json_bytes("knob", found, exact=False)
    except Exception:  # a person's own getter may raise anything, and must not end the loop
        return {"value": None, "low": knob.low, "high": knob.high, "whole": knob.whole, "choices": list(knob.choices)}
    return found


def _parsed(line: bytes) -> dict[str, Any] | str:
    """A request, or what is wrong with it."""
    try:
        request = json.loads(line)
    except (ValueError, RecursionError):
        return f"A request must be JSON: {_HOW}."
    return request if isinstance(request, dict) else f"A request must be JSON, and an object: {_HOW}."


def _scale(groups: Sequence[dict[str, Any]], name: str, new: float) -> None:
    """Set an entry of all groups, which keep their ratios to the first."""
    first = groups[0][name]
    alike = not first or all(bool(group[name] == first) for group in groups)
    for group in groups:
        value = new if alike else new * (float(group[name]) / float(first))
        if isinstance(group[name], Tensor):  # in optimizers with capturable=True
            group[name].fill_(value)
        else:
            group[name] = value
