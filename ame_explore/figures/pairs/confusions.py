"""The concepts that a model confuses most, as pictures side by side."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go
from torch import Tensor

from ame_explore.ame import AMEError
from ame_explore.arguments import checked
from ame_explore.figures.base.colors import MUTED, OKABE_ITO
from ame_explore.figures.base.style import Drawing, f32, finish, plain
from ame_explore.figures.base.thumbnails import png_uris
from ame_explore.models.emoji_confusions import ConfusedPair

_ROW, _LABEL = 46, 44  # pixels of a row, characters of a label
_PICTURES = 0.3  # width of the two pictures, in units of the axis of probabilities


@checked
def confusions(
    pairs: Sequence[ConfusedPair], images: Tensor, *, title: str = "What the teacher cannot tell apart"
) -> Drawing:
    """Each pair as its two pictures, its names, and a bar: how probable the wrong name is to the model.

    The pictures that a model confuses most are natural ambiguity: what AME's entropy is about. For the emoji teacher::

        everything = emoji_set()
        images = everything.images("fluent")  # by the designer that the teacher has not seen
        pairs = confused_pairs(emoji_model("teacher"), everything, images, count=10)
        confusions(pairs, images)

    with `emoji_set` from `ame_explore.data.sets.emoji`, `emoji_model` from `ame_explore.models.emoji_weights` and
    `confused_pairs` from `ame_explore.models.emoji_confusions`.

    Args:
        pairs: from `ame_explore.models.emoji_confusions.confused_pairs`, drawn in this order.
        images: (N, 3, S, S) in [0, 1], one picture of each concept; `ConfusedPair.first` and `second` are rows of it.
        title: the headline.

    Raises:
        AMEError: if there are no pairs, or a pair is outside of the images.
    """
    if not pairs:
        raise AMEError("pairs must hold at least one, got none: see confused_pairs.")
    if images.ndim != 4 or max(max(pair.first, pair.second) for pair in pairs) >= len(images):
        raise AMEError(f"images must be (N, 3, S, S) with one for each concept, got {tuple(images.shape)}.")
    values = [pair.probability for pair in pairs]
    figure = go.Figure(
        go.Bar(
            x=f32(values),
            y=list(range(len(pairs))),
            orientation="h",
            marker={"color": OKABE_ITO[0]},
            width=0.55,
            text=[f" {value:.2f}" for value in values],
            textposition="outside",
            cliponaxis=False,
            customdata=[f"{plain(one)} / {plain(other)}" for one, other in (pair.names for pair in pairs)],
            hovertemplate="%{customdata}<br>probability of the other's name %{x:.3f}<extra></extra>",
        )
    )
    size = _PICTURES / 2
    for row, pair in enumerate(pairs):
        for place, concept in enumerate((pair.first, pair.second)):
            figure.add_layout_image(
                source=png_uris(images[concept : concept + 1])[0],
                x=(place - 2) * size,
                y=row,
                xref="x",
                yref="y",
                sizex=size * 0.92,
                sizey=0.86,
                xanchor="left",
                yanchor="middle",
            )
    words = [_short(f"{pair.names[0]} / {pair.names[1]}") for pair in pairs]
    finish(
        figure,
        plain(title),
        "Probability of the other's name among all names, mean of both directions",
        height=150 + _ROW * len(pairs),
        bottom=60,
    )
    figure.update_xaxes(range=[-_PICTURES - 0.01, max(1.0, max(values)) + 0.04], tickvals=[0, 0.25, 0.5, 0.75, 1])
    figure.update_xaxes(title="probability", zeroline=True, zerolinecolor=MUTED)
    figure.update_yaxes(
        autorange="reversed", tickvals=list(range(len(pairs))), ticktext=[plain(one) for one in words], showgrid=False
    )
    figure.update_layout(showlegend=False, bargap=0.3)
    first = pairs[0]
    sentence = (
        f"The most confused of {len(pairs)} pairs: {first.names[0]} and {first.names[1]}, each with a mean probability "
        f"of {first.probability:.2f} for the other's name."
    )
    return Drawing(figure, sentence)


def _short(words: str) -> str:
    return words if len(words) <= _LABEL else words[: _LABEL - 1] + "…"
