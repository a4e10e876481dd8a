"""What a view draws of a student: the positions of its images, and its predictions."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from ame_explore.ame import row_entropy
from ame_explore.analysis.projection import PCAProjection
from ame_explore.analysis.projection.teacher_axes import MOST_IMAGES
from ame_explore.data.splits import spread_over_classes
from ame_explore.figures.base.thumbnails import png_uri
from ame_explore.models import Student, one_thread
from ame_explore.training import Stage
from ame_explore.training.evaluate import class_vectors
from ame_explore.widgets.lab.atlas import MOST_TILES, atlas
from ame_explore.widgets.runtime.messages import Atlas

MOVING = 120  # images drawn during slow training: enough to see the motion, with several frames per second
_SELECTED = 72  # pixels per side of the picture of a selected image, if it is read from a file
_MARGIN = 0.04  # around the points, as a share of their range


@dataclass(frozen=True, eq=False)
class Picture:
    """One student at one step, over the drawn images.

    N is the number of drawn images, or fewer; these are then the first ones of the canvas.

    Attributes:
        step: optimizer steps done.
        points: (N, 2) float32, in the frozen basis.
        anchors: (C, 2) float32, the class texts.
        prediction: (N,) int32, classes.
        entropy: (N,) float32, nats, of the class probabilities.
        features: (N, D) float32, unit length.
    """

    step: int
    points: NDArray[np.float32]
    anchors: NDArray[np.float32]
    prediction: NDArray[np.int32]
    entropy: NDArray[np.float32]
    features: NDArray[np.float32]

    def first(self, most: int) -> Picture:
        """The same student over the first `most` images, or over all if there are fewer."""
        rows = {name: getattr(self, name)[:most] for name in ("points", "prediction", "entropy", "features")}
        return dataclasses.replace(self, **rows)


class Canvas:
    """The images of a stage that are drawn, and the two axes they are drawn along.

    The axes are the principal components of the teacher's unit features of these images and class texts. They are
    fitted once, before any student learns, so that all motion is learning and every arm and fork shares one picture.

    Args:
        stage: the stage of the run.
        drawn: the most images of the test split to draw. They are spread evenly over the classes, and so is every
            initial part of them.
    """

    @one_thread()
    def __init__(self, stage: Stage, drawn: int = MOST_IMAGES) -> None:
        data = stage.data
        self.stage = stage
        ids = spread_over_classes(stage.test, data.labels[stage.test], drawn)
        ids = ids[_class_by_class(data.labels[ids])]
        self.ids, self.labels = ids.numpy(), data.labels[ids].numpy()
        self.base = np.isin(self.labels, data.base_classes)
        self.class_names = data.class_texts
        captions = data.captions or ()
        self.captions = tuple(captions[index] for index in ids.tolist())
        self._images = data.images[ids]
        place = {one: row for row, one in enumerate(stage.test.tolist())}
        self._rows = torch.tensor([place[one] for one in ids.tolist()], device=stage.device)
        teacher = stage.teacher_features(self._images)
        rows = torch.cat([teacher, stage.text_features])
        self.basis = PCAProjection.fit(rows)
        self.anchors = self.basis.transform(stage.text_features).astype(np.float32)
        self._components = torch.from_numpy(self.basis.components.T.astype(np.float32)).to(stage.device)
        self._mean = torch.from_numpy(self.basis.mean.astype(np.float32)).to(stage.device)
        self._points = self.basis.transform(teacher)
        self.teacher_features = teacher
        self._prepared: dict[str, Tensor] = {}
        self._atlas: tuple[Atlas | None, ...] = ()  # made when it is first asked for

    @torch.no_grad()
    @one_thread()
    def draw(self, student: Student, step: int, most: int | None = None) -> Picture:
        """Draw the current student.

        Args:
            student: the student.
            step: the number of steps it has done.
            most: draw only the first `most` images; None: all.
        """
        if student.host not in self._prepared:
            self._prepared[student.host] = student.prepare(self._images.to(self.stage.device))
        was_training = student.training
        student.eval()
        features = F.normalize(student(self._prepared[student.host][:most]), dim=1)
        texts = class_vectors(self.stage, student)
        student.train(was_training)
        return self._picture(features, texts, step)

    @torch.no_grad()
    @one_thread()
    def draw_measured(self, features: Tensor, texts: Tensor, step: int, most: int | None = None) -> Picture:
        """Draw images from features that were measured already.

        Args:
            features: (n, D) unit features of the whole test split, from an `Evaluation`.
            texts: (C, D) the class vectors, from the same one.
            step: the step they belong to.
            most: see `draw`.
        """
        return self._picture(features[self._rows[:most]], texts, step)

    def _picture(self, features: Tensor, texts: Tensor, step: int) -> Picture:
        logits = self.stage.logits(features, texts=texts)
        moved = texts is not self.stage.text_features
        return Picture(
            step=step,
            points=self.place(features),
            anchors=self.basis.transform(texts).astype(np.float32) if moved else self.anchors,
            prediction=logits.argmax(1).int().cpu().numpy(),
            entropy=row_entropy(logits).cpu().numpy(),
            features=features.cpu().numpy(),
        )

    def place(self, features: Tensor) -> NDArray[np.float32]:
        """Positions (n, 2) of unit features (n, D) along the two axes."""
        placed: NDArray[np.float32] = ((features - self._mean) @ self._components).cpu().numpy()
        return placed

    def turn(self, vectors: Tensor) -> NDArray[np.float32]:
        """Directions (n, 2) of vectors (n, D) along the two axes."""
        turned: NDArray[np.float32] = (vectors.to(self._components.dtype) @ self._components).cpu().numpy()
        return turned

    def extent(self, *pictures: Picture) -> tuple[float, float, float, float]:
        """Limits x0, x1, y0, y1 that hold the teacher's images, the texts and the points of `pictures`."""
        shown = [part for picture in pictures for part in (picture.points, picture.anchors)]
        points = np.concatenate([self._points, self.anchors, *shown])
        low, high = points.min(0), points.max(0)
        margin = _MARGIN * (high - low)
        (x0, y0), (x1, y1) = (low - margin).tolist(), (high + margin).tolist()
        return x0, x1, y0, y1

    def thumbnails(self) -> Atlas | None:
        """Small pictures of the first drawn images, at most `MOST_TILES`; None if there are none."""
        if not self._atlas:
            pictures = self.stage.data.pictures(torch.from_numpy(self.ids[:MOST_TILES]))
            self._atlas = (None if pictures is None else atlas(_bytes(pictures)),)
        return self._atlas[0]

    def thumbnail(self, place: int) -> str:
        """The drawn image at index `place`, as a PNG in a data URI; "" if there is no picture of it."""
        pictures = self.stage.data.pictures(torch.from_numpy(self.ids[place : place + 1]), side=_SELECTED)
        return "" if pictures is None else png_uri(_bytes(pictures)[0])


def _bytes(pictures: Tensor) -> NDArray[np.uint8]:
    """(N, c, h, w) in [0, 1] -> (N, h, w, c)."""
    return (pictures.movedim(1, -1) * 255).round().to(torch.uint8).numpy()


def _class_by_class(labels: Tensor) -> Tensor:
    """An order in which the classes alternate, so that every initial part is spread over them."""
    turn = torch.zeros(len(labels), dtype=torch.long)
    for label in labels.unique():
        where = labels == label
        turn[where] = torch.arange(int(where.sum()))
    return torch.argsort(turn * (int(labels.max()) + 1) + labels, stable=True)
