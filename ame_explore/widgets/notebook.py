"""What the cells of a notebook show: a figure with its sentence, a table, pictures, and a slider over figures."""

from __future__ import annotations

import html
import operator
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

from torch import Tensor

from ame_explore.ame import AMEError, check_number
from ame_explore.arguments import checked
from ame_explore.figures.base.style import Drawing
from ame_explore.figures.base.thumbnails import png_uris

# JupyterLab draws a figure by itself, on white paper. In its dark themes this turns light to dark and keeps the hues;
# pictures inside the figure, and fields with their scale, whose captions speak of dark and bright, are turned back.
# A still has dark colours of its own, and shows them where its element's scheme is dark.
_ON_DARK = (
    "<style>body[data-jp-theme-light='false'] .jp-RenderedPlotly{"
    ".plot-container{filter:invert(0.93) hue-rotate(180deg)}"
    ".imagelayer image,.heatmaplayer,.contourlayer,.plot-container:has(.heatmaplayer image) .cbfills"
    "{filter:invert(1) hue-rotate(180deg)}}"
    "body[data-jp-theme-light='false'] .jp-RenderedSVG img{color-scheme:dark}"
    "body[data-jp-theme-light='true'] .jp-RenderedSVG img{color-scheme:light}</style>"
)


@checked
def show(drawing: Drawing) -> None:
    """Display a figure, and below it in words what it shows. In a dark theme of JupyterLab the figure is dark.

    Args:
        drawing: the figure with its sentence.
    """
    _display(*_shown(drawing))


@checked
def say(text: str) -> None:
    """Display a text with Markdown in it, such as a sentence with a number that a cell has computed.

    Args:
        text: the text.
    """
    _display(_markdown(text))


@checked
def table(rows: Sequence[Mapping[str, object]]) -> None:
    """Display rows as a table.

    Args:
        rows: each maps the column's name to the cell; all have the columns of the first.

    Raises:
        AMEError: if there are no rows, or they have different columns.
    """
    if not rows or any(list(row) != list(rows[0]) for row in rows):
        raise AMEError(f"rows must be one or more with the same columns, got {[list(row) for row in rows]}.")
    lines = [list(rows[0]), ["---"] * len(rows[0]), *(list(map(str, row.values())) for row in rows)]
    cells = [[cell.replace("|", "\\|").replace("\n", " ") for cell in line] for line in lines]
    _display(_markdown("\n".join(f"| {' | '.join(line)} |" for line in cells)))


@checked
def pictures(images: Tensor, captions: Sequence[str], *, size: int = 72, width: int = 110, columns: int = 8) -> None:
    """Display images in a grid, enlarged without blur, each above its caption; a narrow page has fewer columns.

    Args:
        images: (n, 3, S, S) or (n, 1, S, S) in [0, 1].
        captions: n texts; a line break in them is kept.
        size: of an image, in CSS pixels per side.
        width: of a column, in CSS pixels.
        columns: images side by side, at most.

    Raises:
        AMEError: if there is not one caption for each image, or a number is out of range.
    """
    uris = png_uris(images)
    if len(captions) != len(uris):
        raise AMEError(f"captions must be one for each of the {len(uris)} images, got {len(captions)}.")
    for name, value in (("size", size), ("width", width), ("columns", columns)):
        check_number(name, value, low=1, high=10_000, whole=True)
    look = f"width:{size}px; height:{size}px; image-rendering:pixelated; display:inline"
    figures = [
        f"<figure style='margin:0; text-align:center; line-height:1.3'><img src='{uri}' "
        f"alt='{html.escape(caption, True)}' style='{look}'>"
        f"<figcaption>{html.escape(caption).replace(chr(10), '<br>')}</figcaption></figure>"
        for uri, caption in zip(uris, captions, strict=True)
    ]
    most = columns * (width + 10) - 10
    grid = (
        f"display:grid; grid-template-columns:repeat(auto-fill, {width}px); max-width:{most}px; gap:14px 10px; "
        "margin:8px 0"
    )
    _display(_html(f"<div style='{grid}'>{''.join(figures)}</div>"))


@checked
def browse(
    draw: Callable[..., Drawing],
    choices: Sequence[Hashable] | Mapping[str, Sequence[Hashable]],
    *,
    label: str = "",
    first: Any = None,
) -> None:
    """Display a slider over some values, or several, and below it the figure of what is chosen, with its sentence.

    The figure is an ordinary output of the cell, so a saved notebook still shows the last one.

    Args:
        draw: makes the figure for a value; with several sliders it takes a value of each, in their order.
        choices: the values, at least two; for several sliders, a mapping of their labels to their values.
        label: the label of a single slider.
        first: the value to start from; with several sliders, a sequence of one each. None takes the last.

    Raises:
        AMEError: if there are fewer than two values, or `first` is not one of them.
    """
    from ipywidgets import SelectionSlider

    offered = (
        {str(name): list(of) for name, of in choices.items()}
        if isinstance(choices, Mapping)
        else {label: list(choices)}
    )
    if first is None:
        starts = [values[-1] if values else None for values in offered.values()]
    else:
        starts = list(first) if isinstance(choices, Mapping) else [first]
    fits = len(starts) == len(offered) and all(map(operator.contains, offered.values(), starts))
    if not fits or any(len(values) < 2 for values in offered.values()):
        raise AMEError(f"choices must be two or more values, with first among them, got {choices!r} and {first!r}.")
    sliders: list[Any] = [
        SelectionSlider(options=values, value=start, description=name, layout={"width": "600px"})
        for (name, values), start in zip(offered.items(), starts, strict=True)
    ]
    _display(*sliders)
    handles = [_display(part, display_id=True) for part in _shown(draw(*starts))]

    def redraw(_change: Any) -> None:
        for handle, part in zip(handles, _shown(draw(*(slider.value for slider in sliders))), strict=True):
            handle.update(part)

    for slider in sliders:
        slider.observe(redraw, "value")


def compare_guess(guess: Any, measured: float, *, close: float) -> None:
    """Print how a guess compares with what was measured; whatever the guess is, the answer is words and no error.

    Args:
        guess: a number; None stands for no guess yet.
        measured: the number that came out.
        close: how far off still counts as right.
    """
    if guess is None:
        print("No guess yet: put one in place of None, run that cell, then this one again.")
    elif isinstance(guess, bool) or not isinstance(guess, int | float):
        print(f"A guess is one number without quotes, such as 2.3: you wrote {guess!r}.")
    elif abs(guess - measured) <= close:
        print(f"Right: you said {guess:.3g}, measured {measured:.3g}.")
    else:
        print(f"Not this time: you said {guess:.3g}, measured {measured:.3g}. What did you overlook?")


def _shown(drawing: Drawing) -> tuple[Any, Any]:
    """A figure, and below it in words what it shows."""
    return drawing, _html(f"{_ON_DARK}<em>{html.escape(drawing.sentence)}</em>")


def _display(*shown: Any, **options: Any) -> Any:
    import IPython.display

    untyped: Any = IPython.display
    return untyped.display(*shown, **options)


def _markdown(text: str) -> Any:
    import IPython.display

    untyped: Any = IPython.display
    return untyped.Markdown(text)


def _html(text: str) -> Any:
    import IPython.display

    untyped: Any = IPython.display
    return untyped.HTML(text)
