"""Images among the texts of their classes: one panel per student, the images drawn as themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from plotly.subplots import make_subplots
from torch import Tensor

from ame_explore.ame import AMEError
from ame_explore.analysis import PCAProjection
from ame_explore.data.pairs import PairedFeatures
from ame_explore.figures.base.colors import INK
from ame_explore.figures.base.labels import place_labels, short_names
from ame_explore.figures.base.style import Drawing, f32, finish, plain
from ame_explore.figures.base.thumbnails import png_uris
from ame_explore.measures import retrieval_at_k

_PICTURE, _PANEL = 26, 420  # pixels of an image, and of a panel, about


@dataclass(frozen=True, eq=False)
class PictureMaps:
    """Maps of the same images at several steps of training, all with the same two axes; make them with `of`.

    Attributes:
        arms: arm -> step -> the features of the images and of the texts, which do not change.
        uris: a picture for each image.
        basis: the plane, fitted to the texts.
        low: (2,) lower ends of both axes, which hold every image at every step.
        high: (2,) upper ends of both axes.
    """

    arms: Mapping[str, Mapping[int, PairedFeatures]]
    uris: tuple[str, ...]
    basis: PCAProjection
    low: NDArray[np.float64]
    high: NDArray[np.float64]

    @classmethod
    def of(cls, arms: Mapping[str, Mapping[int, PairedFeatures]], images: Tensor) -> PictureMaps:
        """Fit the plane in which the texts differ most (PCA), and find axes that hold all images.

        Args:
            arms: arm -> step -> features of the same images and texts; arms have the same steps.
            images: (n, 3, S, S) in [0, 1], the images in the order of the features.

        Raises:
            AMEError: if there are no features, arms have different steps, or there is not one picture per image.
        """
        every = [features for of in arms.values() for features in of.values()]
        if not every or len({tuple(of) for of in arms.values()}) > 1:
            raise AMEError(f"arms must have the same steps, at least one, got {[list(of) for of in arms.values()]}.")
        if len(images) != len(every[0].image) or len({tuple(one.ids.tolist()) for one in every}) > 1:
            raise AMEError(f"images must be the {len(every[0].image)} that all features are of, got {len(images)}.")
        basis = PCAProjection.fit(every[-1].text)
        points = np.concatenate([basis.transform(every[-1].text), *(basis.transform(one.image) for one in every)])
        pad = 0.06 * (points.max(0) - points.min(0))
        return cls(arms, tuple(png_uris(images, times=2)), basis, points.min(0) - pad, points.max(0) + pad)

    @property
    def steps(self) -> list[int]:
        """The steps that can be drawn."""
        return list(next(iter(self.arms.values())))

    def at(self, step: int) -> Drawing:
        """The maps after that many steps.

        Args:
            step: one of `steps`.

        Raises:
            AMEError: if there are no features of that step.
        """
        if step not in self.steps:
            raise AMEError(f"step must be one of {self.steps}, got {step!r}.")
        heads = [f"<b>{plain(arm)}, step {step}</b>" for arm in self.arms]
        figure = make_subplots(1, len(heads), subplot_titles=heads, horizontal_spacing=0.03)
        wide, tall = (self.high - self.low) * _PICTURE / _PANEL
        nearest = []
        for column, of in enumerate(self.arms.values(), start=1):
            features, where = of[step], {"row": 1, "col": column}
            for uri, (x, y) in zip(self.uris, self.basis.transform(features.image), strict=True):
                look = {"sizex": wide, "sizey": tall, "xanchor": "center", "yanchor": "middle", "layer": "below"}
                figure.add_layout_image(source=uri, x=x, y=y, **look, **where)
            stars = self.basis.transform(features.text)
            names = short_names(features.texts)
            inside = _PANEL * (stars - self.low) / (self.high - self.low)
            figure.add_scatter(
                x=f32(stars[:, 0]),
                y=f32(stars[:, 1]),
                mode="markers+text",
                marker={"symbol": "star", "size": 16, "color": "#ffd400", "line": {"color": INK, "width": 1.4}},
                text=[plain(name) for name in names],
                textposition=place_labels(inside, names, size=16, panel=_PANEL),
                hoverinfo="text",
                **where,
            )
            found = retrieval_at_k(image=features.image, text=features.text, pair_index=features.pair_index, ks=(1,))
            nearest.append(found.image_to_text[1])
        halo = {"size": 16, "weight": 600, "shadow": "0 0 3px white, 0 0 3px white, 0 0 4px white"}
        figure.update_traces(textfont=halo)
        words = f"{len(self.uris)} images, and the {len(names)} texts of their classes."
        finish(figure, "The student's space", words, height=600, top=120).update_layout(showlegend=False)
        (x0, y0), (x1, y1) = self.low, self.high
        figure.update_xaxes(range=[x0, x1], title="first axis").update_yaxes(range=[y0, y1])
        figure.update_yaxes(title="second axis", col=1)
        for column in range(2, len(heads) + 1):
            figure.update_yaxes(showticklabels=False, col=column)
        told = ", ".join(f"{share:.0%} ({arm})" for arm, share in zip(self.arms, nearest, strict=True))
        return Drawing(
            figure, f"After {step} steps the own text is the nearest of {len(names)} for {told} of the images."
        )
