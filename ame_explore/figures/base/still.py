"""A still picture of a Plotly figure as SVG, drawn from its data: for saved notebooks, where no script runs.

It knows what this package's figures consist of (lines, marks, bars, heat maps, contours, shapes, annotations, legends)
and leaves the rest out. It needs no browser, and a figure takes some 5 to 60 KB.
"""

from __future__ import annotations

import base64
import hashlib
import html
import io
import math
import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from PIL import Image
from plotly.colors import get_colorscale, hex_to_rgb, unlabel_rgb

from ame_explore.figures.base.colors import DARK_PAPER, FONT, GRID, INK, MUTED, OKABE_ITO, ON_DARK

Array = NDArray[np.float64]
WIDTH = 900  # pixels
MOST_MARKS = 4000  # in a picture; of more, some are drawn, evenly over the trace
_LEVELS = 24  # colours of a continuous scale
_DASHES = {"dash": "9 6", "dot": "2 4", "dashdot": "9 4 2 4", "longdash": "14 6", "longdashdot": "14 5 2 5"}
_NUMBERED = {
    0: "circle",
    1: "square",
    2: "diamond",
    3: "cross",
    4: "x",
    5: "triangle-up",
    6: "triangle-down",
    17: "star",
}
_TURN = 2 * math.pi
# Where the page, or the image element that holds the picture, is dark. Pictures and fields of colour stay as they are.
_DARK = "".join(
    f'svg:has(>.ame-paper) [{what}="{light}"]{{{what}:{dark}}}'
    for light, dark in {"#fff": DARK_PAPER, **ON_DARK}.items()
    for what in ("fill", "stroke")
)
_STYLE = f"<style>@media(prefers-color-scheme:dark){{svg:has(>.ame-paper){{fill:{ON_DARK[INK]}}}{_DARK}}}</style>"


def _ring(count: int, radii: Sequence[float], start: float = -math.pi / 2) -> list[tuple[float, float]]:
    angles = [start + _TURN * i / count for i in range(count)]
    return [(radii[i % len(radii)] * math.cos(a), radii[i % len(radii)] * math.sin(a)) for i, a in enumerate(angles)]


_C = 0.33
_PLUS = [
    (-_C, -1), (_C, -1), (_C, -_C), (1, -_C), (1, _C), (_C, _C),
    (_C, 1), (-_C, 1), (-_C, _C), (-1, _C), (-1, -_C), (-_C, -_C),
]  # fmt: skip
_SHAPES: dict[str, list[tuple[float, float]]] = {
    "square": [(-0.88, -0.88), (0.88, -0.88), (0.88, 0.88), (-0.88, 0.88)],
    "diamond": _ring(4, [1.25]),
    "triangle-up": _ring(3, [1.2]),
    "triangle-down": _ring(3, [1.2], math.pi / 2),
    "star": _ring(10, [1.45, 0.6]),
    "hexagon": _ring(6, [1.1]),
    "pentagon": _ring(5, [1.1]),
    "cross": _PLUS,
    "x": [((x - y) * 0.75, (x + y) * 0.75) for x, y in _PLUS],
    "line-ns": [(-0.04, -1), (0.04, -1), (0.04, 1), (-0.04, 1)],
    "line-ew": [(-1, -0.04), (1, -0.04), (1, 0.04), (-1, 0.04)],
}


class _Axis:
    """One axis: from values to pixels."""

    def __init__(self, given: Any, values: Sequence[Any], margin: float) -> None:
        self.given = given
        words = [one for part in values for one in part if isinstance(one, str)]
        self.names = list(dict.fromkeys(words))
        self.log = given.type == "log"
        self.start = self.end = 0.0  # pixels
        found = [self.numbers(part) for part in values]
        known = np.concatenate([*found, np.empty(0)])
        known = known[np.isfinite(known)]
        self.margin = margin
        self.low, self.high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
        self.pad()

    def pad(self) -> None:
        """Leave room around the data, or take the range that the figure sets."""
        if self.given.range is not None and None not in self.given.range:
            self.low, self.high = (
                float(self.numbers([end])[0] if isinstance(end, str) else end) for end in self.given.range
            )
        else:
            room = (self.high - self.low) * self.margin if self.high > self.low else 0.5
            self.low, self.high = self.low - room, self.high + room
            if str(self.given.autorange) == "reversed":
                self.low, self.high = self.high, self.low

    def numbers(self, values: Iterable[Any]) -> Array:
        """Values as places on the axis before scaling: names by their order, logarithms of a log axis."""
        values = list(values)
        if self.names:
            values = [self.names.index(one) if one in self.names else one for one in values]
        array = np.array([np.nan if one is None else one for one in values], dtype=np.float64)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(array > 0, np.log10(array), np.nan) if self.log else array

    def at(self, values: Iterable[Any]) -> Array:
        """Pixels of values."""
        return self.pixels(self.numbers(values))

    def pixels(self, numbers: Array) -> Array:
        """Pixels of places."""
        return self.start + (self.end - self.start) * (numbers - self.low) / ((self.high - self.low) or 1.0)

    def ticks(self) -> list[tuple[float, str]]:
        """Pixels and texts of the ticks."""
        axis, (low, high) = self.given, sorted((self.low, self.high))
        if axis.showticklabels is False:
            return []
        if axis.tickvals is not None:
            values = list(axis.tickvals)
            texts = (
                [str(one) for one in axis.ticktext] if axis.ticktext is not None else [_told(v, axis) for v in values]
            )
            places = self.numbers(values)
        elif self.names:
            places, texts = np.arange(len(self.names), dtype=float), list(self.names)
        elif self.log:
            places = np.arange(math.ceil(low - 1e-9), math.floor(high + 1e-9) + 1, dtype=float)
            texts = [_told(10.0**one, axis) for one in places]
        else:
            places = _round_numbers(low, high, max(2, min(7, int(abs(self.end - self.start) / 70))))
            texts = [_told(one, axis) for one in places]
        inside = [
            (place, text) for place, text in zip(places, texts, strict=False) if low - 1e-9 <= place <= high + 1e-9
        ]
        return [(float(self.pixels(np.array([place]))[0]), text) for place, text in inside]


def still(figure: go.Figure, sentence: str = "", width: int = WIDTH) -> str:
    """Draw a figure as SVG.

    Args:
        figure: the figure; what this module does not know is left out.
        sentence: what it shows, for readers who cannot see it.
        width: pixels; the height is the figure's own.
    """
    return _Still(figure, width).svg(sentence)


class _Still:
    def __init__(self, figure: go.Figure, width: int) -> None:
        self.figure, self.layout = figure, figure.layout
        self.width, self.height = int(self.layout.width or width), int(self.layout.height or 450)
        margin = self.layout.margin
        sides = [margin.l, margin.r, margin.t, margin.b]
        self.left, self.right, self.top, self.bottom = (
            float(usual if side is None else side) for side, usual in zip(sides, (70, 24, 80, 60), strict=True)
        )
        self.right = self.width - self.right
        self.bottom = self.height - self.bottom
        self.traces = [t for t in figure.data if t.visible not in (False, "legendonly") and t.type in _DRAWERS]
        self.axes: dict[str, _Axis] = {}
        for kind in "xy":
            self._make_axes(kind)
        if (room := self._room_for_labels()) > self.left:  # as `automargin` does
            self.left, self.axes = room, {}
            for kind in "xy":
                self._make_axes(kind)
        self.parts: list[str] = []
        self.pictures: set[str] = set()
        self.bars: dict[tuple[str, str], int] = {}

    # Axes

    def _room_for_labels(self) -> float:
        """Pixels that the labels of the leftmost panels' y axes need, at most 0.4 of the width."""
        longest = 0
        for name, axis in self.axes.items():
            given = axis.given
            if name[0] != "y" or given.visible is False or given.showticklabels is False or given.side == "right":
                continue
            beside = self.layout[f"xaxis{str(given.anchor or 'x')[1:]}"] if given.anchor != "free" else None
            if beside is None or (beside.domain or (0.0, 1.0))[0] == 0:
                lines = [line for _, text in axis.ticks() for line in re.split(r"<br\s*/?>", str(text))]
                longest = max(longest, *(len(_plain(line)) for line in lines), 0)
        return min(12 + 0.55 * 12.5 * longest, 0.4 * self.width)

    def _make_axes(self, kind: str) -> None:
        named = {str(t[f"{kind}axis"] or kind) for t in self.traces}
        named |= {name.replace("axis", "") for name in self.layout if re.fullmatch(rf"{kind}axis\d*", name)}
        for name in sorted(named or {kind}):
            given = self.layout[f"{kind}axis{name[1:]}"]
            values: list[Any] = []
            margin = 0.05
            for trace in self.traces:
                if str(trace[f"{kind}axis"] or kind) == name:
                    values += _extent(trace, kind)
                    margin = 0.0 if trace.type in ("heatmap", "contour") else margin
            self.axes[name] = _Axis(given, values, margin)
            low, high = given.domain or (0.0, 1.0)
            if given.overlaying:
                low, high = self.layout[f"{kind}axis{str(given.overlaying)[1:]}"].domain or (0.0, 1.0)
            axis = self.axes[name]
            if kind == "x":
                axis.start, axis.end = (self.left + (self.right - self.left) * part for part in (low, high))
            else:
                axis.start, axis.end = (self.bottom - (self.bottom - self.top) * part for part in (low, high))
        for name, axis in self.axes.items():
            root = str(axis.given.matches or "")
            if name[0] == kind and root in self.axes and root != name:
                both = self.axes[root]
                if axis.given.range is None and both.given.range is None:
                    low, high = min(axis.low, both.low), max(axis.high, both.high)
                    axis.low, axis.high, both.low, both.high = low, high, low, high
                else:
                    axis.low, axis.high = both.low, both.high
        for name, axis in self.axes.items():
            other = self.axes.get(str(axis.given.scaleanchor or ""))
            if name[0] == kind == "y" and other is not None:
                _same_scale(axis, other)

    def _panels(self) -> list[tuple[str, str]]:
        pairs = {(str(t.xaxis or "x"), str(t.yaxis or "y")): None for t in self.traces}
        return list(pairs) or [("x", "y")]

    # The whole

    def svg(self, sentence: str) -> str:
        for pair in self._panels():
            self._frame(*pair)
        self._shapes("below")
        for trace in self.traces:
            x, y = self.axes[str(trace.xaxis or "x")], self.axes[str(trace.yaxis or "y")]
            inner = _DRAWERS[trace.type](self, trace, x, y)
            self.parts.append(_clipped(inner, x, y) if getattr(trace, "cliponaxis", None) is not False else inner)
        self._shapes("above")
        for image in self.layout.images:
            self._picture(image)
        for note in self.layout.annotations:
            self._annotation(note)
        self._legend()
        title = self.layout.title
        if title.text:
            self.text(8, 30, title.text, 19, weight=600)
        if title.subtitle.text:
            self.text(8, 54, title.subtitle.text, 13.5, color=MUTED, wrap=self.width - 16)
        told = html.escape(sentence or _plain(title.text or "figure"), quote=True)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" width="{self.width}" '
            f'style="max-width:100%;height:auto" role="img" aria-label="{told}" font-family="{html.escape(FONT)}" '
            f'fill="{INK}">{_STYLE}<rect class="ame-paper" width="100%" height="100%" fill="#fff"/>'
            f"{''.join(self.parts)}</svg>"
        )

    def text(
        self, x: float, y: float, words: Any, size: float, *, anchor: str = "start", color: str = INK,
        weight: int = 400, turned: bool = False, wrap: float = 0,
    ) -> None:  # fmt: skip
        """Put words on the picture, a line for each <br>. Where a part is bold, other lines are not, and a line may
        name its font size; other tags are left out.
        """
        lines = re.split(r"<br\s*/?>", str(words))
        if wrap:
            lines = [html.escape(part) for line in lines for part in _wrapped(_plain(line), int(wrap / (0.52 * size)))]
        turn = f' transform="rotate(-90 {x:.1f} {y:.1f})"' if turned else ""
        for i, line in enumerate(lines):
            if _plain(line).strip():
                own = re.search(r"<span style='font-size: ?([\d.]+)px", line)
                thick = (600 if "<b>" in line else 400) if "<b>" in str(words) else weight
                self.parts.append(
                    f'<text x="{x:.1f}" y="{y + 1.25 * size * i:.1f}" font-size="{float(own[1]) if own else size:g}" '
                    f'text-anchor="{anchor}" fill="{_color(color)}" font-weight="{thick}"{turn}>'
                    f"{html.escape(_plain(line))}</text>"
                )

    def _frame(self, first: str, second: str) -> None:
        """Grid, ticks and titles of one panel."""
        x, y = self.axes[first], self.axes[second]
        sides = {"x": x, "y": y}
        for kind, axis in sides.items():
            given = axis.given
            if given.visible is False:
                continue
            for pixel, text in axis.ticks():
                if kind == "x":
                    if given.showgrid is not False:
                        self.parts.append(f'<path d="M{pixel:.1f} {y.end:.1f}V{y.start:.1f}" stroke="{GRID}"/>')
                    self.text(pixel, y.start + 18, text, 12.5, anchor="middle")
                else:
                    if given.showgrid is not False:
                        self.parts.append(f'<path d="M{x.start:.1f} {pixel:.1f}H{x.end:.1f}" stroke="{GRID}"/>')
                    if given.showticklabels is not False:
                        self.text(x.start - 7, pixel + 4.5, text, 12.5, anchor="end")
            if kind == "x":
                self.parts.append(f'<path d="M{x.start:.1f} {y.start:.1f}H{x.end:.1f}" stroke="#8a8a8a"/>')
                if given.title.text:
                    self.text((x.start + x.end) / 2, y.start + 42, given.title.text, 14.5, anchor="middle")
            else:
                self.parts.append(f'<path d="M{x.start:.1f} {y.start:.1f}V{y.end:.1f}" stroke="#8a8a8a"/>')
                if given.title.text:
                    self.text(
                        max(16, x.start - 58),
                        (y.start + y.end) / 2,
                        given.title.text,
                        14.5,
                        anchor="middle",
                        turned=True,
                    )

    # What traces look like

    def scatter(self, trace: Any, x: _Axis, y: _Axis) -> str:
        """Lines, areas, error bars, marks and texts."""
        if trace.x is None and trace.y is None:
            return ""
        ys = list(trace.y) if trace.y is not None else []
        xs = list(trace.x) if trace.x is not None else list(range(len(ys)))
        px, py = x.at(xs), y.at(ys)
        count = min(len(px), len(py))
        px, py = px[:count], py[:count]
        mode = str(trace.mode or ("lines+markers" if count < 20 else "lines"))
        color = _color(
            trace.line.color
            or (trace.marker.color if isinstance(trace.marker.color, str) else None)
            or self._hue(trace)
        )
        opacity = "" if trace.opacity is None else f' opacity="{trace.opacity:g}"'
        found = []
        if trace.fill and trace.fill != "none":
            found.append(self._area(trace, px, py, y, color))
        if "lines" in mode and (trace.line.width is None or trace.line.width > 0):
            dash = _DASHES.get(str(trace.line.dash), "")
            found.append(
                f'<path d="{_line(px, py, str(trace.line.shape or ""))}" fill="none" stroke="{color}" '
                f'stroke-width="{trace.line.width or 2:g}" stroke-linejoin="round"'
                + (f' stroke-dasharray="{dash}"' if dash else "")
                + "/>"
            )
        found.append(_errors(trace, xs[:count], ys[:count], x, y, color))
        if "markers" in mode:
            found.append(_marks(trace.marker, px, py, color, self.layout))
        if "text" in mode and trace.text is not None:
            texts = [trace.text] * count if isinstance(trace.text, str) else list(trace.text)
            place = str(trace.textposition or "middle center")
            anchor = "start" if "right" in place else "end" if "left" in place else "middle"
            aside = 8 if "right" in place else -8 if "left" in place else 0
            size = float(trace.textfont.size or 13) if not isinstance(trace.textfont.size, (tuple, np.ndarray)) else 13
            lift = -9 if "top" in place else 18 if "bottom" in place else 0.35 * size
            tone = trace.textfont.color if isinstance(trace.textfont.color, str) else INK
            kept, self.parts = self.parts, []
            for one, a, b in zip(texts, px, py, strict=False):
                if one and np.isfinite(a) and np.isfinite(b):
                    self.text(float(a) + aside, float(b) + lift, one, size, anchor=anchor, color=tone)
            kept, self.parts = self.parts, kept
            found.append("".join(kept))
        return f"<g{opacity}>{''.join(found)}</g>"

    def _hue(self, trace: Any) -> str:
        return OKABE_ITO[_index(self.traces, trace) % len(OKABE_ITO)]

    def _area(self, trace: Any, px: Array, py: Array, y: _Axis, color: str) -> str:
        fill = _color(trace.fillcolor or color)
        opacity = "" if trace.fillcolor else ' fill-opacity="0.3"'
        good = np.isfinite(px) & np.isfinite(py)
        ax, ay = px[good], py[good]
        if not len(ax):
            return ""
        outline = _line(ax, ay)
        if trace.fill == "tozeroy":
            zero = float(np.clip(y.at([0.0])[0] if not y.log else y.start, min(y.start, y.end), max(y.start, y.end)))
            outline += f"V{zero:.1f}H{ax[0]:.1f}Z"
        elif trace.fill == "tonexty":
            before = self.traces[: _index(self.traces, trace)]
            other = next(
                (t for t in reversed(before) if (t.xaxis, t.yaxis) == (trace.xaxis, trace.yaxis) and t.y is not None),
                None,
            )
            if other is None:
                return ""
            bx, by = self.axes[str(other.xaxis or "x")].at(other.x), y.at(other.y)
            outline += _line(bx[::-1], by[::-1]).replace("M", "L", 1) + "Z"
        return f'<path d="{outline}" fill="{fill}"{opacity}/>'

    def bar(self, trace: Any, x: _Axis, y: _Axis) -> str:
        """Bars, beside each other unless they overlay."""
        flat = trace.orientation == "h"
        along, across = (y, x) if flat else (x, y)
        places = along.numbers(trace.y if flat else trace.x)
        lengths = np.array([np.nan if v is None else v for v in (trace.x if flat else trace.y)], float)
        base = np.broadcast_to(np.asarray(0.0 if trace.base is None else trace.base, float), lengths.shape)
        group = [t for t in self.traces if t.type == "bar" and (t.xaxis, t.yaxis) == (trace.xaxis, trace.yaxis)]
        beside = 1 if self.layout.barmode in ("overlay", "stack", "relative") else len(group)
        steps = np.diff(np.unique(places[np.isfinite(places)]))
        room = (float(steps.min()) if len(steps) else 1.0) * (
            1 - float(0.2 if self.layout.bargap is None else self.layout.bargap)
        )
        wide = np.asarray(room / beside if trace.width is None else trace.width, float)
        shift = (_index(group, trace) - (beside - 1) / 2) * room / beside if beside > 1 else 0.0
        if trace.offset is not None:
            shift = np.asarray(trace.offset, float) + wide / 2  # type: ignore[assignment]
        colors = trace.marker.color
        several = isinstance(colors, (tuple, list, np.ndarray))
        found = []
        for i, (place, value, low) in enumerate(zip(places, lengths, base, strict=True)):
            if not (np.isfinite(place) and np.isfinite(value)):
                continue
            width = float(np.broadcast_to(wide, places.shape)[i])
            middle = place + float(np.broadcast_to(shift, places.shape)[i])
            a, b = along.pixels(np.array([middle - width / 2, middle + width / 2]))
            c, d = across.at([low if not across.log else max(low, 1e-12), low + value])
            c = across.start if not np.isfinite(c) else c
            hue = _color(colors[i] if several else colors or self._hue(trace))
            x0, x1, y0, y1 = (c, d, a, b) if flat else (a, b, c, d)
            found.append(_rect(x0, x1, y0, y1, f'fill="{hue}"'))
        opacity = trace.opacity if trace.opacity is not None else trace.marker.opacity
        shown = f' opacity="{opacity:g}"' if isinstance(opacity, (int, float)) else ""
        xs, ys = (base + lengths, trace.y) if flat else (trace.x, base + lengths)
        return f"<g{shown}>{''.join(found)}{_errors(trace, list(xs), list(ys), x, y, INK)}</g>"

    def heatmap(self, trace: Any, x: _Axis, y: _Axis) -> str:
        """Cells as the pixels of a picture."""
        grid = _grid(trace)
        if grid is None:
            return ""
        xs, ys, z = grid
        scale = _scale_of(trace, self.layout)
        colors = _rgb(z, *scale)
        half = [(_half(x.numbers(xs))), (_half(y.numbers(ys)))]
        a, b = x.pixels(np.array([x.numbers(xs)[0] - half[0], x.numbers(xs)[-1] + half[0]]))
        c, d = y.pixels(np.array([y.numbers(ys)[0] - half[1], y.numbers(ys)[-1] + half[1]]))
        rows = colors if d > c else colors[::-1]  # the first row of a picture is its upper one
        picture = Image.fromarray(np.ascontiguousarray(rows if b > a else rows[:, ::-1]))
        file = io.BytesIO()
        picture.save(file, "png", optimize=True)
        data = base64.b64encode(file.getvalue()).decode()
        smooth = "" if getattr(trace, "zsmooth", None) else ' style="image-rendering:pixelated"'
        return (
            f'<image x="{min(a, b):.1f}" y="{min(c, d):.1f}" width="{abs(b - a):.1f}" height="{abs(d - c):.1f}" '
            f'preserveAspectRatio="none"{smooth} href="data:image/png;base64,{data}"/>'
        )

    def contour(self, trace: Any, x: _Axis, y: _Axis) -> str:
        """Lines of equal height."""
        grid = _grid(trace)
        if grid is None:
            return ""
        xs, ys, z = grid
        fill = "" if trace.contours.coloring in ("none", "lines") else self.heatmap(trace, x, y)
        low, high = float(np.nanmin(z)), float(np.nanmax(z))
        start = low if trace.contours.start is None else float(trace.contours.start)
        end = high if trace.contours.end is None else float(trace.contours.end)
        size = float(trace.contours.size or (high - low) / 8 or 1.0)
        levels = np.arange(start, end + 1e-9 * size, size)[:40]
        color = _color(trace.line.color or MUTED)
        px, py = x.at(xs), y.at(ys)
        path = "".join(_crossings(px, py, z, float(level)) for level in levels)
        return f'{fill}<path d="{path}" fill="none" stroke="{color}" stroke-width="{trace.line.width or 1:g}"/>'

    # Around them

    def _place(self, value: Any, ref: str | None, kind: str) -> float:
        """Pixels of a coordinate that refers to an axis, to its domain, or to the whole."""
        ref = str(ref or "paper")
        name = ref.replace(" domain", "")
        if name in self.axes and "domain" not in ref:
            axis = self.axes[name]
            if isinstance(value, str):
                return float(axis.at([value])[0])
            return float(axis.pixels(np.array([float(value)]))[0])  # of a log axis, exponents are given
        if name in self.axes:
            axis = self.axes[name]
            return axis.start + (axis.end - axis.start) * float(value)
        if kind == "x":
            return self.left + (self.right - self.left) * float(value)
        return self.bottom - (self.bottom - self.top) * float(value)

    def _shapes(self, layer: str) -> None:
        for shape in self.layout.shapes:
            if (
                (shape.layer or "above") != layer
                or shape.type not in ("line", "rect")
                or None in (shape.x0, shape.x1, shape.y0, shape.y1)
            ):
                continue
            ends = []
            for kind, value in (("x", shape.x0), ("x", shape.x1), ("y", shape.y0), ("y", shape.y1)):
                ref = str(shape[f"{kind}ref"] or kind)
                axis = self.axes.get(ref)
                if axis is not None and axis.log and not isinstance(value, str):  # of shapes, the values themselves
                    ends.append(float(axis.at([value])[0]))
                else:
                    ends.append(self._place(value, ref, kind))
            x0, x1, y0, y1 = ends
            line = shape.line
            stroke = (
                f'stroke="{_color(line.color or MUTED)}" stroke-width="{2 if line.width is None else line.width:g}"'
            )
            if line.dash in _DASHES:
                stroke += f' stroke-dasharray="{_DASHES[line.dash]}"'
            opacity = "" if shape.opacity is None else f' opacity="{shape.opacity:g}"'
            if shape.type == "line":
                self.parts.append(f'<path d="M{x0:.1f} {y0:.1f}L{x1:.1f} {y1:.1f}" {stroke}{opacity}/>')
            else:
                look = f'fill="{_color(shape.fillcolor or "none")}" {stroke if line.width else ""}{opacity}'
                self.parts.append(_rect(x0, x1, y0, y1, look))

    def _picture(self, image: Any) -> None:
        if not str(image.source or "").startswith("data:image/") or None in (
            image.x,
            image.y,
            image.sizex,
            image.sizey,
        ):
            return
        x0, x1 = (self._place(float(image.x) + part, image.xref, "x") for part in (0, float(image.sizex)))
        y0, y1 = (self._place(float(image.y) + part, image.yref, "y") for part in (0, float(image.sizey)))
        wide, high = abs(x1 - x0), abs(y1 - y0)
        left = x0 - {"center": 0.5, "right": 1.0}.get(str(image.xanchor), 0.0) * wide
        top = y0 - {"middle": 0.5, "bottom": 1.0}.get(str(image.yanchor), 0.0) * high
        look = f'width="{wide:.1f}" height="{high:.1f}" href="{html.escape(str(image.source))}"'
        name = f"ame-{hashlib.sha256(look.encode()).hexdigest()[:12]}"  # the same picture on any page
        if name not in self.pictures:
            self.pictures.add(name)
            self.parts.append(f'<defs><image id="{name}" {look}/></defs>')
        self.parts.append(f'<use href="#{name}" x="{left:.1f}" y="{top:.1f}"/>')

    def _annotation(self, note: Any) -> None:
        if not note.text or note.visible is False or note.x is None or note.y is None:
            return
        x, y = self._place(note.x, note.xref, "x"), self._place(note.y, note.yref, "y")
        size = float(note.font.size or 14)
        lines = len(re.split(r"<br\s*/?>", str(note.text)))
        if note.showarrow is not False:
            dx, dy = float(note.ax or 0), float(-30 if note.ay is None else note.ay)
            self.parts.append(f'<path d="M{x:.1f} {y:.1f}l{dx:.1f} {dy:.1f}" stroke="{MUTED}"/>')
            x, y = x + dx, y + dy
        tall = 1.25 * size * lines
        up = {"top": size, "middle": size - tall / 2, "bottom": size - tall}
        anchor = str(note.xanchor or "auto")
        if anchor == "auto":
            anchor = "center"
        where = str(note.yanchor or "auto")
        y += up.get(where, up["middle"]) + float(-(note.yshift or 0))
        x += float(note.xshift or 0)
        turned = bool(note.textangle)
        words = {"left": "start", "center": "middle", "right": "end"}.get(anchor, "middle")
        self.text(x, y, note.text, size, anchor=words, color=note.font.color or INK, turned=turned)

    def _legend(self) -> None:
        shown = [t for t in self.traces if t.name and t.showlegend is not False]
        if self.layout.showlegend is False or (len(shown) < 2 and not any(t.showlegend for t in shown)):
            return
        seen: set[str] = set()
        legend = self.layout.legend
        flat = legend.orientation == "h"
        size = 13.0
        x = start = self.left if flat else self.right + 12
        y = self.top + 10
        places: list[tuple[Any, float, float]] = []
        for trace in shown:
            key = str(trace.legendgroup or trace.name)
            name = _plain(trace.name)
            if key + name in seen:
                continue
            seen.add(key + name)
            wide = 34 + 0.56 * size * len(name)
            if flat and x + wide > self.width - 8 and x > start:
                x, y = start, y + 20
            places.append((trace, x, y))
            x, y = (x + wide + 6, y) if flat else (x, y + 21)
        if flat:  # its last row stands where a legend above the panels ends, or its first where one below begins
            edge = self._place(1.02 if legend.y is None else legend.y, "paper", "y")
            above = str(legend.yanchor) == "bottom"
            down = edge - 8 - places[-1][2] if above else edge + 14 - places[0][2]
            places = [(trace, x, y + down) for trace, x, y in places]
        for trace, x, y in places:
            self._sample(trace, x, y)
            self.text(x + 26, y + 4.5, trace.name, size)

    def _sample(self, trace: Any, x: float, y: float) -> None:
        if trace.type == "bar":
            color = trace.marker.color if isinstance(trace.marker.color, str) else self._hue(trace)
            self.parts.append(_rect(x + 4, x + 18, y - 6, y + 6, f'fill="{_color(color)}"'))
            return
        if trace.type not in ("scatter", "scattergl"):
            return
        color = _color(
            trace.line.color
            or (trace.marker.color if isinstance(trace.marker.color, str) else None)
            or self._hue(trace)
        )
        mode = str(trace.mode or "lines")
        if "lines" in mode and trace.line.width != 0:
            dash = _DASHES.get(str(trace.line.dash), "")
            extra = f' stroke-dasharray="{dash}"' if dash else ""
            self.parts.append(f'<path d="M{x:.1f} {y:.1f}h22" stroke="{color}" stroke-width="2.5"{extra}/>')
        if "markers" in mode:
            several = isinstance(trace.marker.symbol, (tuple, list, np.ndarray))
            symbol = trace.marker.symbol[0] if several and len(trace.marker.symbol) else trace.marker.symbol
            mark = go.scatter.Marker(
                size=9,
                symbol=None if several and not len(trace.marker.symbol) else symbol,
                color=color,
                line=trace.marker.line.to_plotly_json() if isinstance(trace.marker.line.color, str) else None,
            )
            self.parts.append(_marks(mark, np.array([x + 11.0]), np.array([y]), color, self.layout))
        if trace.fill and trace.fill != "none" and "lines" not in mode:
            self.parts.append(_rect(x, x + 22, y - 5, y + 5, f'fill="{_color(trace.fillcolor or color)}"'))


_DRAWERS: dict[str, Any] = {
    "scatter": _Still.scatter,
    "scattergl": _Still.scatter,
    "bar": _Still.bar,
    "heatmap": _Still.heatmap,
    "contour": _Still.contour,
}


def _extent(trace: Any, kind: str) -> list[Sequence[Any]]:
    """Values that an axis must hold."""
    values = trace[kind]
    if trace.type in ("heatmap", "contour"):
        grid = _grid(trace)
        if grid is None:
            return []
        places = list(grid[0 if kind == "x" else 1])
        if trace.type == "contour" or isinstance(places[0], str):
            return [places]
        half = _half(np.asarray(places, float))
        return [[places[0] - half, places[-1] + half]]
    if values is None:
        other = trace["y" if kind == "x" else "x"]
        return [list(range(len(other)))] if other is not None and kind == "x" else []
    found: list[Sequence[Any]] = [list(values)]
    if trace.type == "bar" and (trace.orientation == "h") == (kind == "x"):
        base = np.broadcast_to(np.asarray(0.0 if trace.base is None else trace.base, float), (len(values),))
        sums = [b + (v or 0) for b, v in zip(base, values, strict=True)]
        found = [list(base), sums]
    elif trace.type == "bar" and not any(isinstance(one, str) for one in values):
        known = [one for one in values if one is not None]
        found.append([min(known) - 0.5, max(known) + 0.5] if known else [])
    error = trace[f"error_{kind}"]
    if error.array is not None and not any(isinstance(one, str) for one in values):
        high = np.asarray(error.array, float)
        low = high if error.arrayminus is None else np.asarray(error.arrayminus, float)
        middle = np.asarray(found[-1], float)
        found += [list(middle - low), list(middle + high)]
    return found


def _index(traces: Sequence[Any], trace: Any) -> int:
    """Where a trace stands; `list.index` would compare all data of each."""
    return next(place for place, one in enumerate(traces) if one is trace)


def _same_scale(y: _Axis, x: _Axis) -> None:
    """Widen one of two axes until both have as many units a pixel."""
    per_x = abs(x.high - x.low) / abs(x.end - x.start)
    per_y = abs(y.high - y.low) / abs(y.end - y.start)
    axis, factor = (y, per_x / per_y) if per_x > per_y else (x, per_y / per_x)
    middle, reach = (axis.low + axis.high) / 2, (axis.high - axis.low) / 2 * factor
    axis.low, axis.high = middle - reach, middle + reach


def _clipped(inner: str, x: _Axis, y: _Axis) -> str:
    """The part inside a panel, with a little room for marks at its edge."""
    left, top = min(x.start, x.end) - 3, min(y.start, y.end) - 3
    wide, high = abs(x.end - x.start) + 6, abs(y.end - y.start) + 6
    box = f"{left:.1f} {top:.1f} {wide:.1f} {high:.1f}"
    size = f'x="{left:.1f}" y="{top:.1f}" width="{wide:.1f}" height="{high:.1f}"'
    return f'<svg {size} viewBox="{box}">{inner}</svg>'


def _line(px: Array, py: Array, shape: str = "") -> str:
    """A path through points, with a gap where one is missing."""
    found, pen = [], False
    last = ""
    for a, b in zip(px.tolist(), py.tolist(), strict=False):
        if not (math.isfinite(a) and math.isfinite(b)):
            pen = False
            continue
        if pen and shape == "hv":
            found.append(f"H{a:.1f}")
        here = f"{a:.1f} {b:.1f}"
        if not pen or here != last:
            found.append(("L" if pen else "M") + here)
        pen, last = True, here
    return "".join(found)


def _rect(x0: float, x1: float, y0: float, y1: float, look: str) -> str:
    size = f'width="{abs(x1 - x0):.1f}" height="{abs(y1 - y0):.1f}"'
    return f'<rect x="{min(x0, x1):.1f}" y="{min(y0, y1):.1f}" {size} {look}/>'


def _errors(trace: Any, xs: Sequence[Any], ys: Sequence[Any], x: _Axis, y: _Axis, color: str) -> str:
    found = []
    for kind, error in (("x", trace.error_x), ("y", trace.error_y)):
        if error.array is None or error.visible is False:
            continue
        high = np.asarray(error.array, float)
        low = high if error.arrayminus is None else np.asarray(error.arrayminus, float)
        hue = _color(error.color or color)
        for a, b, down, up in zip(xs, ys, low, high, strict=False):
            if a is None or b is None:
                continue
            if kind == "x":
                x0, x1 = x.at([a - down, a + up])
                middle = float(y.at([b])[0])
                path = f"M{x0:.1f} {middle:.1f}H{x1:.1f}"
            else:
                y0, y1 = y.at([b - down, b + up])
                middle = float(x.at([a])[0])
                path = f"M{middle:.1f} {y0:.1f}V{y1:.1f}"
            if "nan" not in path:
                found.append(f'<path d="{path}" stroke="{hue}" stroke-width="{error.thickness or 2:g}"/>')
    return "".join(found)


def _marks(marker: Any, px: Array, py: Array, color: str, layout: Any) -> str:
    """Marks, grouped by their look, so that thousands take few bytes each."""
    count = len(px)
    step = -(-count // MOST_MARKS) or 1
    rows = np.arange(0, count, step)
    colors = _mark_colors(marker, count, color, layout)
    symbols = _each(marker.symbol, count, "circle")
    sizes = _each(marker.size, count, 6)
    opacities = _each(marker.opacity, count, None)
    edge = marker.line
    edges = _each(edge.color if edge.width is None or np.any(np.asarray(edge.width, float) > 0) else None, count, None)
    groups: dict[tuple[Any, ...], list[int]] = {}
    for i in rows.tolist():
        if math.isfinite(px[i]) and math.isfinite(py[i]):
            outline = edges[i] if isinstance(edges[i], str) else None
            groups.setdefault(
                (colors[i], str(symbols[i]), round(float(sizes[i] or 6), 1), opacities[i], outline), []
            ).append(i)
    width = edge.width if isinstance(edge.width, (int, float)) else 1
    found = []
    for (hue, symbol, size, opacity, outline), places in groups.items():
        kind, hollow = _symbol(symbol)
        fade = f' opacity="{opacity:g}"' if isinstance(opacity, (int, float)) and opacity < 1 else ""
        if kind == "circle" and not hollow:
            dots = "".join(f"M{px[i]:.1f} {py[i]:.1f}h0" for i in places)
            rings = [(outline, size + 2 * width)] if outline else []
            for paint, wide in (*rings, (hue, size)):
                look = f'stroke="{_color(paint)}" stroke-width="{wide:g}" stroke-linecap="round"{fade}'
                found.append(f'<path d="{dots}" {look}/>')
            continue
        r = size / 2
        if kind == "circle":
            path = "".join(
                f"M{px[i] - r:.1f} {py[i]:.1f}a{r:g} {r:g} 0 1 0 {size:g} 0a{r:g} {r:g} 0 1 0 {-size:g} 0"
                for i in places
            )
        else:
            corners = _SHAPES.get(kind, _SHAPES["square"])
            steps = "".join(f"l{(b[0] - a[0]) * r:.1f} {(b[1] - a[1]) * r:.1f}" for a, b in pairwise(corners))
            path = "".join(f"M{px[i] + corners[0][0] * r:.1f} {py[i] + corners[0][1] * r:.1f}{steps}z" for i in places)
        if hollow:
            look = f'fill="none" stroke="{_color(outline or hue)}" stroke-width="{max(1.2, width):g}"'
        else:
            look = f'fill="{_color(hue)}"' + (
                f' stroke="{_color(outline)}" stroke-width="{width:g}"' if outline else ""
            )
        found.append(f'<path d="{path}" {look}{fade}/>')
    return "".join(found)


def _symbol(symbol: str) -> tuple[str, bool]:
    """A mark's shape, and whether it is hollow."""
    if symbol.isdigit():
        number = int(symbol)
        return _NUMBERED.get(number % 100, "circle"), number % 200 >= 100
    hollow = symbol.endswith("-open")
    kind = symbol.removesuffix("-open").removesuffix("-dot")
    return ("diamond" if kind.startswith("diamond") else "hexagon" if kind.startswith("hexagon") else kind), hollow


def _each(given: Any, count: int, usual: Any) -> Sequence[Any]:
    if isinstance(given, (tuple, list, np.ndarray)):
        values = list(given)
        return values if len(values) >= count else [*values, *[usual] * (count - len(values))]
    return [usual if given is None else given] * count


def _mark_colors(marker: Any, count: int, color: str, layout: Any) -> Sequence[str]:
    given = marker.color
    if given is None or isinstance(given, str):
        return [given or color] * count
    if len(given) and isinstance(given[0], str):
        return _each(given, count, color)
    values = np.asarray(given, float)
    scale, low, high = _scale_of(marker, layout)
    if low == high == 0:
        low, high = float(np.nanmin(values)), float(np.nanmax(values))
    part = np.round((values - low) / ((high - low) or 1.0) * _LEVELS) / _LEVELS * ((high - low) or 1.0) + low
    rgb = _rgb(part[None], scale, low, high)[0]
    return ["#{:02x}{:02x}{:02x}".format(*one[:3]) for one in rgb.tolist()]


def _scale_of(given: Any, layout: Any) -> tuple[Any, float, float]:
    """Colours, and the values at their ends, of a trace or a marker."""
    kind = "z" if "z" in given else "c"
    if given.coloraxis:
        given, kind = layout[str(given.coloraxis)], "c"
    low, high = given[f"{kind}min"], given[f"{kind}max"]
    if (low is None or high is None) and kind == "z":
        z = np.asarray(given.z, float)
        low, high = (float(np.nanmin(z)) if low is None else low), (float(np.nanmax(z)) if high is None else high)
    scale = given.colorscale or "Viridis"
    scale = get_colorscale(scale) if isinstance(scale, str) else list(scale)
    if given.reversescale:
        scale = [[1 - part, color] for part, color in reversed(scale)]
    return scale, float(low or 0), float(high or 0)


def _rgb(values: Array, scale: Any, low: float, high: float) -> NDArray[np.uint8]:
    """(..., 4) bytes: colours of values; a missing one is transparent."""
    stops = np.array([float(part) for part, _ in scale])
    colors = np.array([_triple(color) for _, color in scale], float)
    part = np.clip((values - low) / ((high - low) or 1.0), 0, 1)
    known = np.isfinite(part)
    part = np.where(known, part, 0)
    channels = [np.interp(part, stops, colors[:, c]) for c in range(3)]
    made: NDArray[np.uint8] = np.stack([*channels, np.where(known, 255, 0)], -1).round().astype(np.uint8)
    return made


def _triple(color: str) -> tuple[float, float, float]:
    color = str(color)
    if color.startswith("#"):
        found: Any = hex_to_rgb(color)
    elif color.startswith("rgb("):
        found = unlabel_rgb(color)
    else:
        found = [int(v) for v in re.findall(r"\d+", color)[:3]] or [128, 128, 128]
    return tuple(float(v) for v in found[:3])  # type: ignore[return-value]


def _grid(trace: Any) -> tuple[list[Any], list[Any], Array] | None:
    """x, y and z (rows of y) of a heat map or contour, whether z is given as a matrix or point by point."""
    if trace.z is None:
        return None
    z = np.asarray(trace.z, dtype=float)
    if z.ndim == 2:
        xs = list(range(z.shape[1])) if trace.x is None else list(trace.x)
        ys = list(range(z.shape[0])) if trace.y is None else list(trace.y)
        return (xs, ys, z) if (len(ys), len(xs)) == z.shape else None
    if trace.x is None or trace.y is None or len(trace.x) != len(z) or len(trace.y) != len(z):
        return None
    columns, i = np.unique(np.asarray(trace.x), return_inverse=True)
    rows, j = np.unique(np.asarray(trace.y), return_inverse=True)
    grid = np.full((len(rows), len(columns)), np.nan)
    grid[j, i] = z
    return list(columns), list(rows), grid


def _half(places: Array) -> float:
    return float((places[-1] - places[0]) / (len(places) - 1) / 2) if len(places) > 1 else 0.5


def _crossings(px: Array, py: Array, z: Array, level: float) -> str:
    """Where a grid crosses a level: marching squares, two corners apart at a saddle (our choice)."""
    found = []
    above = z > level
    mixed = (
        (above[:-1, :-1] != above[:-1, 1:]) | (above[1:, :-1] != above[1:, 1:]) | (above[:-1, :-1] != above[1:, :-1])
    )
    for i, j in np.argwhere(mixed).tolist():
        corners = [(i, j), (i, j + 1), (i + 1, j + 1), (i + 1, j)]
        ends = []
        for (a, b), (c, d) in zip(corners, [*corners[1:], corners[0]], strict=True):
            u, v = z[a, b], z[c, d]
            if (u > level) != (v > level) and math.isfinite(u) and math.isfinite(v):
                t = (level - u) / (v - u)
                ends.append((px[b] + t * (px[d] - px[b]), py[a] + t * (py[c] - py[a])))
        for (a, b), (c, d) in zip(ends[::2], ends[1::2], strict=False):
            found.append(f"M{a:.1f} {b:.1f}L{c:.1f} {d:.1f}")
    return "".join(found)


def _round_numbers(low: float, high: float, count: int) -> Array:
    span = high - low
    if not span > 0:
        return np.array([low])
    power = 10 ** math.floor(math.log10(span / count))
    step = next(k * power for k in (1, 2, 5, 10) if k * power >= span / count * 0.999)
    found: Array = np.arange(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1) * step
    return found


def _told(value: Any, axis: Any) -> str:
    if isinstance(value, str):
        return value
    form = str(axis.tickformat or "")
    if form.endswith("%"):
        return f"{100 * value:.0f}%"
    return f"{float(value):.6g}".replace("-", "\u2212")


def _plain(words: Any) -> str:
    """Text without tags."""
    return html.unescape(re.sub(r"<[^<>]*>", "", str(words))).replace("\u200b", "")


def _wrapped(line: str, width: int) -> list[str]:
    found = [""]
    for word in line.split():
        if found[-1] and len(found[-1]) + 1 + len(word) > width:
            found.append(word)
        else:
            found[-1] = f"{found[-1]} {word}".strip()
    return found


def _color(color: Any) -> str:
    """A colour as SVG takes it, and never more than a colour."""
    text = str(color or "none").strip()
    return text if re.fullmatch(r"#[0-9a-fA-F]{3,8}|[a-zA-Z]+|rgba?\([0-9., %]+\)", text) else "none"
