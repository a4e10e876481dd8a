"""The predictions of a class, collected without a server: each learner copies one token, the teacher pastes them all.

A token holds a learner's answers in a lab with `predict=True`, what happened if the run has ended, and a checksum, in
some sixty characters. It holds no name.
"""

from __future__ import annotations

import base64
import binascii
import re
import statistics
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ame_explore.ame import AMEError
from ame_explore.arguments import checked
from ame_explore.teach.class_figure import ClassAnswers, draw_class
from ame_explore.widgets.lab.lab import Lab
from ame_explore.widgets.lab.live import LiveRun
from ame_explore.widgets.lab.live_result import LiveResult
from ame_explore.widgets.lab.prediction import Predicted, Prediction

if TYPE_CHECKING:
    from ame_explore.figures import Drawing

PREFIX = "amep1:"  # raise the number when the layout changes
_FOUND = re.compile(r"amep\d+:[A-Za-z0-9_=-]*")
_ARMS = ("KD", "KD + AME")  # left out of a token, since most labs have them
_NONE = 255  # an answer that was not given
_SKETCH = 16  # points of a sketch
_SCALE = 200  # steps between 0 and 1 in a sketch
_CHECK = 3  # bytes of the checksum


@dataclass(frozen=True)
class ClassPredictions:
    """A class's predictions beside what happened; a notebook shows the figure.

    Attributes:
        learners: the answers that count, in the order in which they were pasted.
        truth: id of a question -> what happened; empty if no learner's run has ended and no result was given.
        notes: what was left out or does not agree, a sentence each.
    """

    learners: tuple[Predicted, ...]
    truth: Mapping[str, Any]
    notes: tuple[str, ...]

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """Question -> option -> number of learners, with all options of each question."""
        found = {}
        for name, options in self.learners[0].options.items():
            if options:
                given = Counter(one.answers.get(name) for one in self.learners)
                found[name] = {option: given[option] for option in options}
        return found

    @property
    def sketches(self) -> list[list[float]]:
        """The sketched curves, each at 16 evenly spaced steps."""
        return [one.answers["sketch"] for one in self.learners if "sketch" in one.answers]

    @property
    def drawing(self) -> Drawing:
        """The figure: how many chose each option, all sketches, and what happened."""
        arms = self.learners[0].arms
        return draw_class(
            ClassAnswers(arms[-1], len(self.learners), self.counts, self.sketches, self.truth, self.notes)
        )

    def __repr__(self) -> str:
        return "\n".join([self.drawing.sentence, *self.notes])

    def _repr_mimebundle_(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return {**self.drawing._repr_mimebundle_(*args, **kwargs), "text/plain": repr(self)}


@checked
def prediction_token(lab: Lab | LiveRun | LiveResult) -> str:
    """A learner's predictions as one short token to copy, before the run or after it.

    Args:
        lab: a lab that was opened with `predict=True` and answered, or its result.

    Returns:
        The token. It also holds what happened once the run has ended, and no name.

    Raises:
        AMEError: if the lab asks for no predictions, or none was given yet.
    """
    predicted = _predicted("lab", lab)
    if not predicted.answers:
        raise AMEError("lab must hold your predictions, got none yet: answer its questions first.")
    return _pack(predicted)


@checked
def class_predictions(text: str, result: Lab | LiveRun | LiveResult | None = None) -> ClassPredictions:
    """Read all tokens in a text and set the class's predictions beside what happened.

    Names, commas and line breaks around the tokens do not matter. Tokens that are damaged, that repeat another or that
    come from another run are named in `notes`; all others count.

    Args:
        text: the tokens, pasted in any form.
        result: a lab with `predict=True` and the same recipes, or its result; it tells what happened and which recipes
            count. None: the recipes that most tokens come from count, and the learners' own runs tell what happened.

    Raises:
        AMEError: if no token can be read.
    """
    notes: list[str] = []
    read: dict[tuple[str, bytes], tuple[int, Predicted]] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        tokens = _FOUND.findall(line)
        if not tokens and line.strip():
            notes.append(f"Line {number} holds no token: {_short(line)}.")
        for token in tokens:
            try:
                found = _unpack(token)
            except ValueError as error:
                notes.append(f"Line {number}: the token {_short(token)} {error}.")
                continue
            key = found.run, found.ticket
            if key in read:
                notes.append(f"Line {number} repeats the token of line {read[key][0]}: it counts once.")
                if read[key][1].truth:
                    continue
                number = read[key][0]
            read[key] = number, found
    learners = [answers for _, answers in read.values()]
    known = None if result is None else _predicted("result", result)
    run = Counter(one.run for one in learners).most_common(1)[0][0] if learners else ""
    run = run if known is None else known.run
    others = sum(one.run != run for one in learners)
    learners = [one for one in learners if one.run == run]
    if others:
        whose = "the result's" if result is not None else "most learners'"
        notes.append(
            f"{others} {'tokens come' if others > 1 else 'token comes'} from a run with other settings than {whose}: "
            "left out. Give them the same recipe and ask again."
        )
    if not learners:
        raise AMEError(
            "text must hold a token of this run that can be read, such as amep1:..., got none. " + " ".join(notes)
        )
    truth, more = _truth(learners, known)
    return ClassPredictions(tuple(learners), truth, (*notes, *more))


def _predicted(name: str, lab: Lab | LiveRun | LiveResult) -> Predicted:
    """The predictions in a lab so far, without playing it."""
    live = lab.live if isinstance(lab, Lab) else lab
    found = (live if isinstance(live, LiveResult) else live.so_far()).prediction
    if found is None:
        raise AMEError(f"{name} must ask for predictions, got one that does not: open it with lab(..., predict=True).")
    return found


def _truth(learners: Sequence[Predicted], known: Predicted | None) -> tuple[dict[str, Any], list[str]]:
    """What happened: from the result if it has ended, else what most learners' runs say, with the median curve."""
    if known is not None and known.truth:
        return dict(known.truth), []
    seen = [one.truth for one in learners if one.truth]
    if not seen:
        return {}, ["No run has ended yet, so what happened is not shown."]
    truth: dict[str, Any] = {}
    odd = 0
    for name in seen[0]:
        values = [one[name] for one in seen if name in one]
        if name == "sketch":
            truth[name] = [statistics.median(at) for at in zip(*values, strict=True)]
        else:
            truth[name], most = Counter(values).most_common(1)[0]
            odd = max(odd, len(values) - most)
    return truth, [f"{odd} of {len(seen)} finished runs ended otherwise than the others."] if odd else []


# --- the token: version and layout are in PREFIX


def _pack(predicted: Predicted) -> str:
    """The bytes: run 4, ticket 3, arms, answers, sketch, what happened, checksum 3."""
    arms = b"" if predicted.arms == _ARMS else "\n".join(predicted.arms).encode()[:_NONE]
    parts = [bytes.fromhex(predicted.run), predicted.ticket, bytes([len(arms)]), arms]
    for given in (predicted.answers, predicted.truth):
        for name, options in predicted.options.items():
            if options:
                parts.append(bytes([options.index(given[name]) if name in given else _NONE]))
        parts.append(_pack_curve(given.get("sketch")))
    body = b"".join(parts)
    return PREFIX + base64.urlsafe_b64encode(body + _checksum(body)).decode().rstrip("=")


def _pack_curve(values: Sequence[float] | None) -> bytes:
    if values is None:
        return bytes([0])
    even = np.interp(np.linspace(0, 1, _SKETCH), np.linspace(0, 1, len(values)), values)
    return bytes([1, *np.clip(np.round(even * _SCALE), 0, _SCALE).astype(int).tolist()])


def _unpack(token: str) -> Predicted:
    """The answers in a token.

    Raises:
        ValueError: if it is damaged; the message is the end of a sentence.
    """
    if not token.startswith(PREFIX):
        raise ValueError("was made by another version of ame_explore, and is left out")
    damaged = ValueError("is damaged (a part is missing or mistyped): ask for it again")
    packed = token[len(PREFIX) :].rstrip("=")
    try:
        whole = base64.b64decode(packed + "=" * (-len(packed) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise damaged from None
    body, check = whole[:-_CHECK], whole[-_CHECK:]
    if len(whole) <= _CHECK or _checksum(body) != check:
        raise damaged
    try:
        return _answers(body)
    except (IndexError, UnicodeDecodeError):  # a right checksum of something else
        raise damaged from None


def _answers(body: bytes) -> Predicted:
    run, ticket, length = body[:4].hex(), body[4:7], body[7]
    place = 8 + length
    arms = tuple(body[8:place].decode().split("\n")) if length else _ARMS
    options = Prediction.options_of(arms)
    read: list[dict[str, Any]] = []
    for _ in range(2):
        found: dict[str, Any] = {}
        for name, choices in options.items():
            if choices:
                if body[place] != _NONE:
                    found[name] = choices[body[place]]
                place += 1
        if body[place]:
            curve = body[place + 1 : place + 1 + _SKETCH]
            found["sketch"] = [value / _SCALE for value in curve]
            place += _SKETCH
        place += 1
        read.append(found)
    if place != len(body):
        raise IndexError
    return Predicted(arms, options, read[0], read[1], run, ticket)


def _checksum(body: bytes) -> bytes:
    return (zlib.crc32(body) & 0xFFFFFF).to_bytes(_CHECK, "big")


def _short(text: str) -> str:
    text = " ".join(text.split())
    return repr(text if len(text) <= 24 else text[:20] + " …")
