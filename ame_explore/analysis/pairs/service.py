"""Read, match and measure one or two sources of features: shared by the command, the report and the widget."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ame_explore.ame import AMEError
from ame_explore.analysis.pairs.exploration import Exploration, explore_features, first_look
from ame_explore.analysis.pairs.pair_changes import PairChanges, compare_pairs
from ame_explore.data.files.boundary import shown_path
from ame_explore.data.files.load import ReadFeatures, read_features
from ame_explore.data.files.match import carry_words, match_pairs
from ame_explore.data.files.read import is_path
from ame_explore.tasks import Progress

_MOST = 8  # sources: more would be no table to read
_WORDS = ("captions", "labels", "metadata", "images", "text")  # these describe the rows of the first source
# Takes a description, the number of pairs and the bytes to read (0: unknown); gives a context with a progress callback.
Telling = Callable[[str, int, int], AbstractContextManager[Progress | None]]


@dataclass(frozen=True, eq=False)
class Explored:
    """One or several sets of features, measured.

    Attributes:
        first: the first set.
        second: the second set, or None.
        changes: the changes from the first to the second, pair by pair, or None.
        more: further sets, each with the changes from the first to it.
        rest: measures all pairs of the first set, if only a sample of it is measured yet; called with a progress.
    """

    first: Exploration
    second: Exploration | None = None
    changes: PairChanges | None = None
    more: tuple[tuple[Exploration, PairChanges], ...] = ()
    rest: Callable[[Progress], Exploration] | None = None

    @property
    def sides(self) -> tuple[Exploration, ...]:
        """The first set, and the second if there is one."""
        return (self.first,) if self.second is None else (self.first, self.second)


def explore_sources(
    sources: Sequence[Any],
    *,
    names: Sequence[str | None] | None = None,
    device: str | None = None,
    telling: Telling | None = None,
    at_once: int | None = None,
    **reading: Any,
) -> Explored:
    """Read one or several sources of features of the same pairs, measure them, and compare each with the first.

    Args:
        sources: one to eight sources that `ame_explore.data.files.load.read_features` accepts.
        names: names for them; None: the file's name, else "features" and "other".
        device: device for the comparison; None: that of the features.
        telling: called at each step with a description, the number of pairs and the bytes to read; returns a context
            that gives a progress callback.
        at_once: of a single source with more pairs than this, only a sample is measured (`first_look`); None: measure
            all pairs.
        **reading: further arguments of `read_features`. Captions, labels, metadata and images describe the rows of the
            first source and are carried over to the same pairs of the others.

    Returns:
        The measured sets and, for several, the changes from the first to each.

    Raises:
        AMEError: if there are not one to eight sources, or from `read_features`, `match_pairs` or `explore_features`.
    """
    if not 1 <= len(sources) <= _MOST:
        raise AMEError(f"sources must be one to {_MOST}, got {len(sources)}.")
    given = [*(names or ()), *[None] * len(sources)][: len(sources)]
    called = _names(sources, given)
    read = []
    for place, source in enumerate(sources):
        beside = reading if place == 0 else {key: value for key, value in reading.items() if key not in _WORDS}
        size = os.path.getsize(source) if is_path(source) and Path(source).is_file() else 0
        with _told(telling, f"Reading {called[place]}", 0, size):
            read.append(read_features(source, **beside))
    matches = []
    for place in range(1, len(read)):
        both = called[0], called[place]
        matches.append(match_pairs(read[0].features, read[place].features, both))
        read[place] = carry_words(read[0], read[place], both, matches[-1])
    features = read[0].features
    many = len(read) == 1 and at_once is not None and len(features.pair_index) > at_once
    if many and features.image.shape[1] == features.text.shape[1]:
        some = first_look(features, name=called[0])
        return Explored(
            some, rest=lambda told: explore_features(features, name=called[0], device=device, progress=told)
        )
    first, *others = (_measured(one, name, device, telling) for one, name in zip(read, called, strict=True))
    compared = [(other, compare_pairs(first, other, match)) for other, match in zip(others, matches, strict=True)]
    return Explored(first, *compared[0], tuple(compared[1:])) if compared else Explored(first)


def _measured(read: ReadFeatures, name: str, device: str | None, telling: Telling | None) -> Exploration:
    count = len(read.features.pair_index)
    with _told(telling, f"Measuring {count:,} pairs", count, 0) as progress:
        return explore_features(read.features, name=name, device=device, progress=progress)


def _told(telling: Telling | None, words: str, pairs: int, size: int) -> AbstractContextManager[Progress | None]:
    return nullcontext() if telling is None else telling(words, pairs, size)


def _names(sources: Sequence[Any], given: Sequence[str | None]) -> list[str]:
    """A different name for each source."""
    stems = [Path(shown_path(source)).stem if is_path(source) else "" for source in sources]
    defaults = ["features", "other", *(f"other {place}" for place in range(2, len(sources)))]
    called = [name or stem or default for name, stem, default in zip(given, stems, defaults, strict=False)]
    whole = [shown_path(source) if is_path(source) else "" for source in sources]
    if len(set(called)) < len(called) and len(set(whole)) == len(whole) and all(whole):
        return whole
    return [name if name not in called[:place] else f"{name} ({place + 1})" for place, name in enumerate(called)]
