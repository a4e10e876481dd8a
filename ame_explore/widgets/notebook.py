"""What the cells of a notebook show: a figure with its sentence, a table, pictures, and a slider over figures."""

from __future__ import annotations

import html
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

from torch import Tensor

from ame_explore.ame import AMEError, check_number
from ame_explore.arguments import checked
from ame_explore.figures.base.style import Drawing
from ame_explore.figures.base.thumbnails import png_uris

# JupyterLab draws a figure by itself, on white paper. In its dark themes this turns light to dark and keeps the hues;
# pictures inside the figure, and fields with their scale, whose captions speak of dark and bright, are turned back.
_ON_DARK = (
    "<style>body[data-jp-theme-light='false'] .jp-RenderedPlotly{"
    ".plot-container{filter:invert(0.93) hue-rotate(180deg)}"
    ".imagelayer image,.heatmaplayer,.contourlayer,.plot-container:has(.heatmaplayer image) .cbfills"
    "{filter:invert(1) hue-rotate(180deg)}}</style>"
)


@checked
def show(drawing: Drawing) -> None:
    """Display a figure, and below it in words what it shows. In a dark theme of JupyterLab the figure is dark.

    Args:
        drawing: the figure with its sentence.
    """
    _display(drawing, _html(f"{_ON_DARK}<em>{html.escape(drawing.sentence)}</em>"))


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
    draw: Callable[..., Drawing], choices: Sequence[Hashable], *, label: str, first: Any = None, height: int = 620
) -> Any:
    """A slider over some values, with the figure of the chosen one below it.

    The figure is an ordinary output of the cell, so a saved notebook still shows the last one.

    Args:
        draw: makes the figure for a value.
        choices: the values, at least two.
        label: the slider's label.
        first: the value to start from; None takes the last.
        height: of the figures, in pixels, so that the page does not jump.

    Returns:
        The widget, to be the last line of a cell.

    Raises:
        AMEError: if there are fewer than two values, or `first` is not one of them.
    """
    from ipywidgets import HTML, Output, SelectionSlider, VBox

    start = choices[-1] if first is None and choices else first
    if len(choices) < 2 or start not in choices:
        raise AMEError(f"choices must be two or more values, with first among them, got {list(choices)} and {first!r}.")
    canvas: Any = Output(layout={"min_height": f"{height}px"})

    def redraw(value: Any) -> None:
        canvas.outputs = ()
        canvas.append_display_data(draw(value))

    slider: Any = SelectionSlider(options=list(choices), value=start, description=label, layout={"width": "600px"})
    slider.observe(lambda change: redraw(change["new"]), "value")
    redraw(start)
    return VBox([slider, canvas, HTML(_ON_DARK)])


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


def _display(*shown: Any) -> None:
    import IPython.display

    untyped: Any = IPython.display
    untyped.display(*shown)


def _markdown(text: str) -> Any:
    import IPython.display

    untyped: Any = IPython.display
    return untyped.Markdown(text)


def _html(text: str) -> Any:
    import IPython.display

    untyped: Any = IPython.display
    return untyped.HTML(text)
