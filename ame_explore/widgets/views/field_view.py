"""Entropy over the shared manifold, to click on: `FieldView` shows the samples near a place of the plane."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets
import torch
from torch import Tensor

from ame_explore.ame import check_number
from ame_explore.analysis.landscapes.feature_space import FeatureField
from ame_explore.data.pairs import PairedFeatures
from ame_explore.figures.base.style import plain
from ame_explore.figures.base.thumbnails import png_uri
from ame_explore.figures.landscapes.entropy_fields import data_field
from ame_explore.models import one_thread
from ame_explore.tasks import Task, Worker
from ame_explore.widgets.runtime.figure_view import FigureView, with_still
from ame_explore.widgets.runtime.lifetime import close_widgets, parts


class FieldView(ipywidgets.VBox):  # type: ignore[misc]
    """Entropy over a plane through three points, with the samples near it: click a ridge to see its samples.

    A click on a place marks the `k` samples nearest to it (by cosine in the full space) and shows their pictures; a
    click on a sample shows that one. The dial makes the samples ambiguous: they move over the plane, which stays fixed.

    Args:
        field: from `analysis.feature_field`.
        features_at: ambiguity -> `PairedFeatures` of the samples; called in a worker thread.
        pictures_at: (ids, ambiguity) -> images (n, channels, height, width) in [0, 1].
        ambiguous: whether there is a dial; without it, the ambiguity is always 0.
        reading: the quantity drawn as height, as in `figures.landscapes.fields.data_field`.
        corners: names of the three points, as in `data_field`.
        k: how many samples a click on a place marks.

    Attributes:
        field: the plane.
        ambiguity: the setting of the samples that are drawn.
        features: the samples that are drawn.
        selected: ids of the marked samples.
    """

    def __init__(
        self,
        field: FeatureField,
        features_at: Callable[[float], PairedFeatures],
        pictures_at: Callable[[Tensor, float], Tensor],
        *,
        ambiguous: bool = True,
        reading: str = "predictive_entropy",
        corners: Sequence[str] = ("a", "b", "c"),
        k: int = 9,
    ) -> None:
        check_number("k", k, low=1, whole=True)
        self.field, self._features_at, self._pictures_at, self._k = field, features_at, pictures_at, k
        self._reading, self._corners = reading, corners
        self.ambiguity, self.features = 0.0, features_at(0.0)
        self.selected: tuple[int, ...] = ()
        self._worker = Worker("ame_explore field", latest=True)
        self._task: Task[None] | None = None
        self._view = FigureView()
        self._gallery = ipywidgets.HTML("Click a place to see the samples near it.")
        self._dial = ipywidgets.FloatSlider(
            value=0.0, min=0.0, max=1.0, step=0.05, description="ambiguity", continuous_update=True
        )
        self._dial.observe(lambda change: self.turn(change["new"]), "value")
        self._view.on_select(self.click)
        self._view.on_place(self.click_place)
        super().__init__([*([self._dial] if ambiguous else []), self._view, self._gallery])
        self._draw()

    def _repr_mimebundle_(self, **options: Any) -> Any:
        return with_still(super()._repr_mimebundle_(**options), self._view)

    def _ipython_display_(self) -> None:
        self._view.display_in(super()._repr_mimebundle_())

    def click(self, ids: Sequence[int]) -> None:
        """Mark samples, as a click on them does; unknown ids are ignored."""
        known = set(self.features.ids.tolist())
        if samples := [number for number in ids if number in known]:
            self.selected = tuple(samples)
            self._draw()

    def click_place(self, place: int) -> None:
        """Mark the samples nearest to a place, as a click between the samples does.

        Args:
            place: row * columns + column of the field's grid.
        """
        if 0 <= place < len(self.field.x) * len(self.field.y):
            row, column = divmod(place, len(self.field.x))
            x, y = float(self.field.x[column]), float(self.field.y[row])
            self.click(self.features.ids[self.field.samples_at(self.features.image, x, y, self._k)].tolist())

    def turn(self, ambiguity: float) -> None:
        """Set the ambiguity: a worker thread draws and encodes the samples again; only the newest setting counts.

        Args:
            ambiguity: from 0 to 1.

        Raises:
            AMEError: if it is outside this range.
        """
        check_number("ambiguity", ambiguity, low=0, high=1)
        task = Task(lambda _: self._follow(float(ambiguity)), name="the drawing of the samples", on_end=self._ended)
        self._task = self._worker.submit(task)

    def wait(self, timeout: float | None = 10.0) -> None:
        """Wait until the samples are drawn at the newest setting of the dial.

        Args:
            timeout: the most seconds to wait; None: no limit.

        Raises:
            TimedOut: if that takes longer than `timeout` seconds.
        """
        if self._task is not None:
            self._task.wait(timeout)

    def close(self) -> None:
        """End the thread and the view."""
        if hasattr(self, "_worker"):  # ipywidgets also closes a widget whose __init__ raised an error
            self._worker.close()
            close_widgets(self._view, *parts(self))
        super().close()

    def _follow(self, ambiguity: float) -> None:
        # Draw the result even if a newer setting is waiting, so that the picture follows a moving dial.
        with one_thread(), torch.no_grad():
            features = self._features_at(ambiguity)
        self.features, self.ambiguity = features, ambiguity
        self._draw()

    def _ended(self, task: Task[None]) -> None:
        if task.state == "failed":
            self._gallery.value = plain(f"The samples could not be drawn: {task.error}")

    def _draw(self) -> None:
        drawing = data_field(
            self.field,
            reading=self._reading,
            corners=self._corners,
            texts=self.features.texts,
            features=self.features,
            selected=self.selected,
            clickable=True,
        )
        self._view.show(drawing)
        if self.selected:
            self._view.select(self.selected)
            self._gallery.value = self._pictures()

    def _pictures(self) -> str:
        ids = torch.tensor(self.selected)
        pictures = self._pictures_at(ids, self.ambiguity)
        places = [int((self.features.ids == number).nonzero()[0]) for number in self.selected]
        labels = self.features.pair_index[places].tolist()
        cells = [
            f"<figure style='margin:4px;width:84px;text-align:center;font-size:12px'>{_picture(one, name)}"
            f"<figcaption>{name}</figcaption></figure>"
            for one, name in zip(pictures, (plain(self.features.texts[k]) for k in labels), strict=True)
        ]
        return f"<div style='display:flex;flex-wrap:wrap'>{''.join(cells)}</div>"


def _picture(image: Tensor, name: str) -> str:
    """An image (channels, height, width) in [0, 1] as an `img` element that contains its bytes."""
    pixels = (image.clamp(0, 1) * 255).round().to(torch.uint8).movedim(0, -1).numpy()
    style = "width:76px;height:76px;image-rendering:pixelated"
    return f"<img alt='{name}' style='{style}' src='{png_uri(pixels)}'>"
