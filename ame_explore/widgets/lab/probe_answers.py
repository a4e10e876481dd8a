"""What teacher and students make of a probe: its place, answers, entropy, neighbours, and walks between two probes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from ame_explore.ame import AMEError, row_entropy
from ame_explore.analysis.landscapes.feature_space import slerp
from ame_explore.models import Student, one_thread
from ame_explore.widgets.lab.probe import Probe, World
from ame_explore.widgets.lab.student_picture import Canvas
from ame_explore.widgets.runtime.messages import Bytes, Ints, Named, ProbeAnswer, ProbeMark, WalkPath

TEACHER = "teacher"
NEAREST = 6  # texts and images that are named
LISTED_CLAIMS = 24  # images that a text claims, nearest first
WALK_POINTS = 33
_MOST_NAMES = 2000  # captions that a probe is compared with
_MOST_PRODUCTS = 100_000_000  # multiplications for the claims of a text (our choice: some 20 ms on one thread)


@dataclass(frozen=True, eq=False)
class Model:
    """One model that answers.

    Attributes:
        name: "teacher" or the arm's.
        step: steps done; None for the teacher.
        student: the student; None for the teacher.
        images: (N, D) unit features of the canvas's first N images.
    """

    name: str
    step: int | None
    student: Student | None
    images: Tensor


class Prober:
    """Embeds probes in a canvas's teacher and in students, and reads their answers.

    The teacher's text tower reads a text for every model, since students answer in the teacher's space: the text has
    the same place in all of them, but the images around it differ.

    Args:
        canvas: what is drawn.
    """

    @torch.no_grad()
    @one_thread()
    def __init__(self, canvas: Canvas) -> None:
        self.canvas, self.stage = canvas, canvas.stage
        self.world = World.of(canvas.stage)
        self.teacher = Model(TEACHER, None, None, canvas.teacher_features)
        self._taught: WeakKeyDictionary[Probe, Tensor] = WeakKeyDictionary()  # (D,), the teacher's
        self._prepared: WeakKeyDictionary[Probe, dict[str, Tensor]] = WeakKeyDictionary()  # host -> (1, ...)
        self._labels = torch.from_numpy(canvas.labels.astype(np.int64)).to(self.stage.device)
        texts = self.stage.data.class_texts
        self.names = tuple(dict.fromkeys((*texts, *canvas.captions)))[: max(_MOST_NAMES, len(texts))]
        try:
            self._name_features = self.stage.teacher.encode_text(self.names)
        except AMEError:  # captions that the teacher cannot read
            self.names, self._name_features = texts, self.stage.text_features

    @torch.no_grad()
    def features(self, model: Model, probes: Sequence[Probe]) -> Tensor:
        """(P, D) unit features of probes in a model.

        Raises:
            AMEError: if a text cannot be read.
        """
        made = [self._taught_features(probe) for probe in probes]
        student = model.student
        if student is not None and (pictured := [i for i, probe in enumerate(probes) if probe.kind != "text"]):
            prepared = torch.cat([self._prepare(student, probes[i]) for i in pictured])
            was_training = student.training
            student.eval()
            found = F.normalize(student(prepared), dim=1)
            student.train(was_training)
            for place, i in enumerate(pictured):
                made[i] = found[place]
        return torch.stack(made)

    def _taught_features(self, probe: Probe) -> Tensor:
        if probe not in self._taught:
            if probe.kind == "text":
                self._taught[probe] = self.stage.teacher.encode_text([probe.text.strip()])[0]
            else:
                self._taught[probe] = self.stage.teacher_features(self.world.picture(probe))[0]
        return self._taught[probe]

    def _prepare(self, student: Student, probe: Probe) -> Tensor:
        kept = self._prepared.setdefault(probe, {})
        if student.host not in kept:
            kept[student.host] = student.prepare(self.world.picture(probe).to(self.stage.device))
        return kept[student.host]

    @torch.no_grad()
    @one_thread()
    def answers(self, probe: Probe, models: Sequence[Model]) -> list[ProbeAnswer]:
        """What each model says of a probe.

        For an image, `shares` are the probabilities of the class texts. For a text, they are the classes of the images
        that it would retrieve: the images' probabilities given the text (the softmax over the drawn images, at the
        teacher's scale), summed by class. `entropy` is the entropy of the shares, in nats.

        Args:
            probe: the probe, which its world has checked.
            models: the models.

        Raises:
            AMEError: if a text cannot be read.
        """
        found = []
        for model in models:
            feature = self.features(model, [probe])[0]
            cosines = model.images @ feature
            claims: Tensor | None = None
            if probe.kind == "text":
                weights = (self.stage.logit_scale * cosines).double().softmax(0)
                shares = torch.zeros(self.stage.data.num_classes, dtype=torch.float64, device=weights.device)
                shares.index_add_(0, self._labels[: len(weights)], weights)
                entropy = float(-torch.special.xlogy(shares, shares).sum())
                claims = self._claims(feature, model.images)
            else:
                logits = self.stage.logits(feature[None])
                shares, entropy = logits.double().softmax(1)[0], float(row_entropy(logits)[0])
            named = (self._name_features @ feature).topk(min(NEAREST, len(self.names)))
            nearest = cosines.topk(min(NEAREST, len(cosines))).indices
            found.append(
                ProbeAnswer(
                    name=model.name,
                    step=model.step,
                    point=self.canvas.place(feature[None])[0],
                    shares=shares.float().cpu().numpy(),
                    entropy=entropy,
                    texts=[
                        Named(text=self.names[i], cosine=cosine)
                        for i, cosine in zip(named.indices.tolist(), named.values.tolist(), strict=True)
                    ],
                    images=self._ids(nearest),
                    claims=None if claims is None else self._ids(claims[:LISTED_CLAIMS]),
                    claimed=0 if claims is None else len(claims),
                    of=min(len(model.images), self._affordable),
                )
            )
        return found

    @property
    def _affordable(self) -> int:
        """The number of images whose best class text can be looked for in time."""
        return max(100, _MOST_PRODUCTS // self.stage.text_features.numel())

    def _claims(self, feature: Tensor, images: Tensor) -> Tensor:
        """The rows of images that are nearer to a text than to every class text, the nearest first."""
        some = images[: self._affordable]
        cosines = some @ feature
        best = (some @ self.stage.text_features.to(some.dtype).mT).max(1).values
        rows = (cosines > best).nonzero()[:, 0]
        return rows[cosines[rows].argsort(descending=True, stable=True)]

    def _ids(self, rows: Tensor) -> Ints:
        found: Ints = self.canvas.ids[rows.cpu().numpy()].astype(np.int32)
        return found

    @torch.no_grad()
    @one_thread()
    def marks(self, probes: Sequence[Probe], models: Sequence[Model]) -> list[list[ProbeMark]]:
        """For each probe, where each model puts it, with its best answer.

        Args:
            probes: kept probes.
            models: the models.

        Raises:
            AMEError: if a text cannot be read.
        """
        found: list[list[ProbeMark]] = [[] for _ in probes]
        for model in models if probes else ():
            features = self.features(model, probes)
            logits = self.stage.logits(features)
            best = logits.double().softmax(1).max(1)
            entropy, points = row_entropy(logits), self.canvas.place(features)
            for i, marks in enumerate(found):
                marks.append(
                    ProbeMark(
                        name=model.name,
                        step=model.step,
                        point=points[i],
                        answer=int(best.indices[i]),
                        share=float(best.values[i]),
                        entropy=float(entropy[i]),
                    )
                )
        return found

    @torch.no_grad()
    @one_thread()
    def walk(self, first: Probe, second: Probe, models: Sequence[Model]) -> list[WalkPath]:
        """Answers and entropy along the great circle between two probes, in each model's own features (`slerp`).

        Args:
            first: where it starts.
            second: where it ends.
            models: the models.

        Raises:
            AMEError: if a model puts both at the same place, or at opposite ones.
        """
        t = torch.linspace(0, 1, WALK_POINTS, dtype=torch.float64)
        paths = []
        for model in models:
            ends = self.features(model, [first, second])
            try:
                there = slerp(ends[0].cpu(), ends[1].cpu(), t)
            except AMEError as error:
                raise AMEError(
                    f"There is no walk: {model.name} puts both probes at the same place or at opposite ones."
                ) from error
            features = there.to(ends)
            logits = self.stage.logits(features)
            best = logits.softmax(1).max(1)
            paths.append(
                WalkPath(
                    name=model.name,
                    points=self.canvas.place(features),
                    answers=best.indices.int().cpu().numpy(),
                    shares=best.values.float().cpu().numpy(),
                    entropy=row_entropy(logits).float().cpu().numpy(),
                )
            )
        return paths


def pixels_of(world: World, id_: int) -> Bytes:
    """(height, width, 3) uint8: an image of the data, to draw on.

    Raises:
        AMEError: if there is no such image, or images cannot be drawn.
    """
    probe = world.check(Probe("row", id=id_))
    if world.image_shape is None:
        raise AMEError(world.cannot)
    pixels = (world.picture(probe)[0].expand(3, -1, -1).movedim(0, -1) * 255).round().to(torch.uint8)
    made: Bytes = np.ascontiguousarray(pixels.numpy())
    return made
