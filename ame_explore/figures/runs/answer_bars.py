"""The answer to one image as probabilities of the texts, at one or several temperatures."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from plotly.subplots import make_subplots
from torch import Tensor

from ame_explore.ame import AMEError, check_number
from ame_explore.arguments import checked
from ame_explore.figures.base.colors import OKABE_ITO
from ame_explore.figures.base.labels import short_names
from ame_explore.figures.base.style import Drawing, f32, finish, plain
from ame_explore.measures import predictive_entropy
from ame_explore.quantities import number


@checked
def answers(
    logits: Tensor,
    texts: Sequence[str],
    *,
    temperatures: Sequence[float] = (1.0,),
    most: int = 10,
    title: str = "The answer to one image",
) -> Drawing:
    """A panel for each temperature: bars for softmax(logits / temperature).

    Args:
        logits: (C,) one for each text.
        texts: C texts.
        temperatures: one or several, > 0.
        most: draw only so many texts, those with the largest logits. Probabilities and entropy count all of them.
        title: the headline.

    Raises:
        AMEError: if there is not one finite logit for each of two or more texts, or a temperature is not positive.
    """
    if logits.shape != (len(texts),) or len(texts) < 2 or not bool(torch.isfinite(logits).all()):
        raise AMEError(f"logits must be finite, one for each of {len(texts)} >= 2 texts, got {tuple(logits.shape)}.")
    if not temperatures:
        raise AMEError("temperatures must hold at least one, got none.")
    for tau in temperatures:
        check_number("temperatures", tau, above=0, high=1e6)
    check_number("most", most, low=1, whole=True)
    order = logits.argsort(descending=True, stable=True)[:most]
    names = [short_names(texts)[place] for place in order.tolist()]
    scaled = [logits.double() / tau for tau in temperatures]
    entropies = [float(predictive_entropy(one[None])) for one in scaled]
    heads = [f"<b>τ = {tau:.3g}</b>" for tau in temperatures]
    figure = make_subplots(1, len(heads), subplot_titles=heads, shared_yaxes=True, horizontal_spacing=0.03)
    for column, one in enumerate(scaled, start=1):
        p = one.softmax(0)[order]
        figure.add_bar(
            y=[plain(name) for name in names], x=f32(p), orientation="h", marker_color=OKABE_ITO[0],
            hovertemplate="%{y}: %{x:.3f}<extra></extra>", row=1, col=column,
        )  # fmt: skip
    left = f" The {len(names)} largest of {len(texts)}." if len(names) < len(texts) else ""
    told = ", ".join(f"{number(h, 2)} nats at τ = {tau:.3g}" for tau, h in zip(temperatures, entropies, strict=True))
    finish(figure, title, f"Entropy: {told}.{left}", height=196 + 26 * len(names), top=112)
    figure.update_layout(showlegend=False)
    figure.update_xaxes(range=[0, 1], title="probability", nticks=3)
    figure.update_yaxes(autorange="reversed", showgrid=False)
    sentence = f"The likeliest answer is “{names[0]}”. Entropy of all {len(texts)} probabilities: {told}."
    return Drawing(figure, sentence)
