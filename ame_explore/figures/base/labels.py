"""Colours of classes, and placement of point names without overlap."""

from __future__ import annotations

import colorsys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ame_explore.figures.base.colors import OKABE_ITO, PETROFF

# Hues for colours named in a class text, chosen to differ for colour-blind viewers.
_PAINTS = {
    "red": "#D55E00", "blue": "#0072B2", "yellow": "#E3B505", "green": "#009E73", "purple": "#9B5DA8",
    "white": "#A9A9A9", "black": "#1a1a1a", "orange": "#E69F00", "pink": "#CC79A7", "brown": "#a96b59",
    "gray": "#717581", "grey": "#717581",
}  # fmt: skip
_MOST = len(PETROFF)
_ARTICLES = frozenset({"a", "an", "the"})
_GOLDEN = 0.381966  # of a turn: no two of the first hundreds of hues come close


@dataclass(frozen=True)
class Palette:
    """Names and colours of classes; more than ten classes share colours and legend entries.

    Attributes:
        names: (C,) short names.
        colors: (C,) colours.
        groups: (C,) names in the legend.
    """

    names: tuple[str, ...]
    colors: tuple[str, ...]
    groups: tuple[str, ...]

    @property
    def one_color_a_class(self) -> bool:
        """Whether each class has its own legend entry."""
        return len(set(self.groups)) == len(self.names)


def palette(texts: Sequence[str]) -> Palette:
    """Colours for classes with these texts.

    Up to ten classes have one colour each. Among more, classes that share a word at one position of their names ("red
    circle", "red star") share a colour, if possible the one that the word names. Without such words each class has a
    hue of its own, and the legend leaves them out.

    Args:
        texts: one text per class.
    """
    names = short_names(texts)
    if len(names) <= _MOST:
        hues = OKABE_ITO if len(names) <= len(OKABE_ITO) else PETROFF
        return Palette(tuple(names), hues[: len(names)], tuple(names))
    groups = _shared_words(names)
    if groups is None:
        turns = (i * _GOLDEN % 1 for i in range(len(names)))
        colors = (colorsys.hls_to_rgb(turn, (0.38, 0.52)[i % 2], 0.75) for i, turn in enumerate(turns))
        hexes = tuple("#{:02x}{:02x}{:02x}".format(*(round(255 * part) for part in color)) for color in colors)
        return Palette(tuple(names), hexes, ("all classes",) * len(names))
    kinds = list(dict.fromkeys(groups))
    hues = OKABE_ITO if len(kinds) <= len(OKABE_ITO) else PETROFF
    by_kind = {kind: hues[i] for i, kind in enumerate(kinds)}
    if all(kind in _PAINTS for kind in kinds):
        by_kind = {kind: _PAINTS[kind] for kind in kinds}
    return Palette(tuple(names), tuple(by_kind[group] for group in groups), tuple(groups))


def _shared_words(names: Sequence[str]) -> list[str] | None:
    """The word of each name at the position with the fewest different words (two to ten), colour words first.

    A word that more than half of the names share sets too few of them apart. None: there is no such position.
    """
    words = [name.split() for name in names]
    places = range(min(map(len, words)))
    kinds = {place: Counter(w[place] for w in words) for place in places}
    fit = [p for p in places if 2 <= len(kinds[p]) <= _MOST and max(kinds[p].values()) <= len(names) / 2]
    if not fit:
        return None
    best = min(fit, key=lambda place: (not all(kind in _PAINTS for kind in kinds[place]), len(kinds[place])))
    return [w[best] for w in words]


def short_names(texts: Sequence[str]) -> list[str]:
    """The texts without the words that all of them begin and end with, and without "a", "an" and "the" before the rest.

    "A handwritten three" becomes "three" if the others are handwritten, too.

    Args:
        texts: the texts.
    """
    words = [text.split() for text in texts]
    if len(words) < 2:
        return list(texts)
    shortest = min(map(len, words))
    first = next((i for i in range(shortest) if len({w[i] for w in words}) > 1), shortest)
    left = shortest - first
    last = next((i for i in range(left) if len({w[-1 - i] for w in words}) > 1), left)
    kept = [w[first : len(w) - last] for w in words]
    names = [" ".join(w[1:] if len(w) > 1 and w[0].lower() in _ARTICLES else w) for w in kept]
    return names if all(names) and len(set(names)) == len(set(texts)) else list(texts)


_SIDES = {
    "top center": (0.0, 1.0),
    "bottom center": (0.0, -1.0),
    "middle right": (1.0, 0.0),
    "middle left": (-1.0, 0.0),
    "top right": (1.0, 1.0),
    "top left": (-1.0, 1.0),
    "bottom right": (1.0, -1.0),
    "bottom left": (-1.0, -1.0),
}


def place_labels(points: NDArray[np.float64], names: Sequence[str], *, size: float, panel: float) -> list[str]:
    """A plotly `textposition` for each named point, chosen from eight sides so that names overlap little.

    Greedy, most crowded points first; ties go to the earlier side.

    Args:
        points: (M, 2) in pixels from the lower left corner of the panel.
        names: M names; their width is estimated at 0.58 em per letter.
        size: font size in pixels.
        panel: pixels per side of the square panel, which names should not leave.

    Returns:
        M positions.
    """
    half = np.array([[0.29 * size * len(name), 0.62 * size] for name in names]).reshape(-1, 2)
    stars = np.concatenate([points - 9, points + 9], axis=1)
    taken: list[NDArray[np.float64]] = [*stars]
    distances = np.linalg.norm(points[:, None] - points[None], axis=2)
    chosen = [""] * len(names)
    for i in np.argsort(np.sort(distances, axis=1)[:, 1:4].sum(axis=1), kind="stable"):
        costs = {}
        for side, (across, up) in _SIDES.items():
            middle = points[i] + np.array(
                [across * (half[i, 0] + 9), up * (half[i, 1] + 9 if across == 0 else half[i, 1] + 3)]
            )
            box = np.concatenate([middle - half[i], middle + half[i]])
            outside = float(np.clip(-box[:2], 0, None).sum() + np.clip(box[2:] - panel, 0, None).sum())
            costs[side] = (sum(_overlap(box, other) for other in taken) + 40 * outside, box)
        chosen[i] = min(costs, key=lambda side: costs[side][0])
        taken.append(costs[chosen[i]][1])
    return chosen


def _overlap(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """Common area of two boxes (left, bottom, right, top)."""
    width, height = np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2])
    return float(max(width, 0) * max(height, 0))
