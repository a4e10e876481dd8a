"""Colours of classes, and placement of point names without overlap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ame_explore.figures.base.style import OKABE_ITO, PETROFF

# Hues for colours named in a class text, chosen to differ for colour-blind viewers.
_PAINTS = {
    "red": "#D55E00", "blue": "#0072B2", "yellow": "#E3B505", "green": "#009E73", "purple": "#9B5DA8",
    "white": "#A9A9A9", "black": "#1a1a1a", "orange": "#E69F00", "pink": "#CC79A7", "brown": "#a96b59",
    "gray": "#717581", "grey": "#717581",
}  # fmt: skip
_ARTICLES = {"a", "an", "the"}
_MOST = len(PETROFF)


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
    circle", "red star") share a colour, if possible the one that the word names; articles do not count. Without such
    words all classes look alike.

    Args:
        texts: one text per class.
    """
    names = short_names(texts)
    if len(names) <= _MOST:
        hues = OKABE_ITO if len(names) <= len(OKABE_ITO) else PETROFF
        return Palette(tuple(names), hues[: len(names)], tuple(names))
    groups = _shared_words(names)
    kinds = list(dict.fromkeys(groups))
    hues = OKABE_ITO if len(kinds) <= len(OKABE_ITO) else PETROFF
    by_kind = {kind: hues[i] for i, kind in enumerate(kinds)}
    if all(kind in _PAINTS for kind in kinds):
        by_kind = {kind: _PAINTS[kind] for kind in kinds}
    return Palette(tuple(names), tuple(by_kind[group] for group in groups), tuple(groups))


def colors_beside_shapes(count: int) -> tuple[str, ...]:
    """Colours for marks that also have ten shapes in turn: of up to 100 classes, no two share both.

    Args:
        count: how many classes.
    """
    return tuple(PETROFF[(label + label // _MOST) % _MOST] for label in range(count))


def _shared_words(names: Sequence[str]) -> list[str]:
    """The word of each name at the position with the fewest different words (two to ten), colour words first."""
    words = [name.split() for name in names]
    places = range(min(map(len, words)))
    kinds = {place: {w[place] for w in words} for place in places}
    fit = [place for place in places if 2 <= len(kinds[place]) <= _MOST and not kinds[place] & _ARTICLES]
    if not fit:
        return ["all classes"] * len(names)
    best = min(fit, key=lambda place: (not all(kind in _PAINTS for kind in kinds[place]), len(kinds[place])))
    return [w[best] for w in words]


def short_names(texts: Sequence[str]) -> list[str]:
    """The texts without the words that all of them begin and end with: "a handwritten three" becomes "three".

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
    names = [" ".join(w[first : len(w) - last]) for w in words]
    return names if all(names) else list(texts)


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
