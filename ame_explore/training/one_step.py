"""One training step taken apart: what pulls and pushes each image of the minibatch, and what the optimizer makes of it.

The numbers are those of the step that the run takes next. A copy of the run takes it; the run itself stays as it is,
bit for bit.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ame_explore.ame import AMEError, AMELoss, Rows
from ame_explore.arguments import checked
from ame_explore.models import Student, usual_torch
from ame_explore.registry import readings
from ame_explore.training.distill import Distillation, Minibatch
from ame_explore.training.evaluate import class_vectors
from ame_explore.training.faults import repeated
from ame_explore.training.parts import AMEInputs, CaptionBatch, ame_inputs, loss_of


@dataclass(frozen=True, eq=False)
class Competition:
    """The softmax whose entropy AME lowers, and how AME pushes its scores. G softmaxes of n entries each.

    An entry whose probability is above exp(-H) is pushed up and every other one down; the pushes sum to 0 (the gradient
    of H by score t is -p_t (log p_t + H)). With one entry at p = 1, or all tied, every push is 0.

    Attributes:
        over: "rows": one softmax over all rows of M, texts first (G = 1). "rows of an image": one for each image, over
            the texts' rows and its own (G = B). "texts": one for each image, over the texts (G = B).
        texts: how many of the n entries are texts.
        p: (G, n) probabilities before the step.
        push: (G, n) -omega dH / d score.
        p_after: (G, n) probabilities of the same minibatch after the step.
        entropy: (G,) nats, before the step.
    """

    over: str
    texts: int
    p: Tensor
    push: Tensor
    p_after: Tensor
    entropy: Tensor


@dataclass(frozen=True, eq=False)
class OneStep:
    """One training step on a minibatch of B images, with C classes and features of width D.

    Pull and push are minus the gradients of the two terms at the student's projected features, so their norms over the
    minibatch are "push.kd" and "push.ame" of `Step.shares`.

    Attributes:
        step: its number, from 1.
        images: (B,) int64 indices in the data.
        teacher: (B, D) the teacher's unit features, as the loss gets them.
        student: (B, D) the student's unit features in the loss, before the step.
        length: (B,) their length before normalization.
        before: (B, D) unit features of the student in evaluation, before the step.
        after: (B, D) the same after the step.
        teacher_shares: (B, C) the teacher's class probabilities.
        shares_before: (B, C) the student's, before the step.
        shares_after: (B, C) the student's, after the step.
        pull: (B, D) how KD pulls the student's features.
        push: (B, D) how AME pushes them.
        competition: the softmax that AME acts on; None if the reading has none.
        losses: "total", "kd", "ame" and "H" of the minibatch, before the step.
        losses_after: the same of the same minibatch, after the step.
        by_student: change of H if only the student moves, in the unit of H.
        by_projections: change of H if only AME's projections move.
        moved: norm of the change of the weights of the "student" and the "projections".
        omega: weight of H.
        reading: reading of H.
        least: the least value of H.
        largest: the largest value of H; NaN if unknown.
        learning_rate: of this step.
    """

    step: int
    images: Tensor
    teacher: Tensor
    student: Tensor
    length: Tensor
    before: Tensor
    after: Tensor
    teacher_shares: Tensor
    shares_before: Tensor
    shares_after: Tensor
    pull: Tensor
    push: Tensor
    competition: Competition | None
    losses: Mapping[str, float]
    losses_after: Mapping[str, float]
    by_student: float
    by_projections: float
    moved: Mapping[str, float]
    omega: float
    reading: str
    least: float
    largest: float
    learning_rate: float

    def turning(self, vectors: Tensor) -> Tensor:
        """The motion (B, D) of the student's unit features when its features move along `vectors` (B, D)."""
        along = (vectors * self.student).sum(1, keepdim=True) * self.student
        return (vectors - along) / self.length[:, None].clamp_min(torch.finfo(vectors.dtype).tiny)


@checked
@usual_torch()
def take_apart(distillation: Distillation) -> OneStep:
    """Take the next step of a run apart. The run stays where it is and goes on bit for bit as without this.

    Args:
        distillation: the run.

    Raises:
        AMEError: if the run has finished, or its next loss is not finite.
    """
    if distillation.index >= distillation.recipe.steps:
        raise AMEError("there is no next step: the run has finished. Reset it, or go back to an earlier step.")
    with torch.random.fork_rng(devices=[]):
        return _taken_apart(_twin(distillation))


def _twin(distillation: Distillation) -> Distillation:
    """A copy of a run that shares only its stage."""
    twin = Distillation(distillation.recipe, stage=distillation.stage)
    if not torch.equal(twin.shots, distillation.shots):
        twin.learn_from(distillation.shots)
    twin.load_state_dict(distillation.state_dict())
    twin._turn(twin.recipe.at(twin.index))
    return twin


def _taken_apart(run: Distillation) -> OneStep:
    stage = run.stage
    learning_rate, earlier = run._learning_rate(), copy.deepcopy(run.student)  # its batch statistics move next
    batch = run._next_minibatch()
    before, shares_before = _answers(run, earlier, batch)
    pull, push = (-_gradient(term, batch.raw) for term in (batch.terms.kd, batch.ame))
    old_ame = copy.deepcopy(run.ame)
    given = _inputs(run, batch.raw, batch.captions, batch)
    rows = old_ame._measure(given["image"], given["text"], given["pairs"], None, None)[1]
    found = _softmax_of(old_ame, rows)
    run._apply(batch, learning_rate)
    after_features, shares_after = _answers(run, run.student, batch)  # first: batch statistics move below
    run.student.train()
    with torch.no_grad():
        raw, captions = run._forward(batch.inputs, batch.rows)
        terms = loss_of(
            run.settings, stage, run.ame, raw=raw, teacher_features=batch.teacher_features, captions=captions
        )
        now = _inputs(run, raw, captions, batch)
        entropy = float(batch.entropy)
        by_student = float(old_ame.entropy(**now)) - entropy
        by_projections = float(run.ame.entropy(**given)) - entropy
    rows_now = run.ame._measure(now["image"], now["text"], now["pairs"], None, None)[1]
    competition = None
    if found is not None:
        after = _softmax_of(run.ame, rows_now)
        assert after is not None  # the same reading
        competition = _competition(found, after, rows, run.ame.omega)
    assert terms.entropy is not None and terms.ame is not None  # for the type checker: a run has an AME term
    reading = readings[run.ame.reading]
    losses = {"total": batch.terms.total, "kd": batch.terms.kd, "ame": batch.ame, "H": batch.entropy}
    losses_after = {"total": terms.total, "kd": terms.kd, "ame": terms.ame, "H": terms.entropy}
    return OneStep(
        step=run.index + 1,
        images=run.shots[repeated(batch.rows % len(run.shots), run.settings.duplicates)],
        teacher=batch.teacher_features,
        student=F.normalize(batch.raw.detach(), dim=1),
        length=batch.raw.detach().norm(dim=1),
        before=before,
        after=after_features,
        teacher_shares=stage.logits(batch.teacher_features).softmax(1),
        shares_before=shares_before,
        shares_after=shares_after,
        pull=pull,
        push=push,
        competition=competition,
        losses={name: value.item() for name, value in losses.items()},
        losses_after={name: value.item() for name, value in losses_after.items()},
        by_student=by_student,
        by_projections=by_projections,
        moved={
            "student": _distance(_weights(earlier), _weights(run.student)),
            "projections": _distance(_weights(old_ame), _weights(run.ame)),
        },
        omega=run.ame.omega,
        reading=run.ame.reading,
        least=reading.least,
        largest=math.nan if reading.largest is None else reading.largest(*rows.sizes),
        learning_rate=learning_rate,
    )


@torch.no_grad()
def _answers(run: Distillation, student: Student, batch: Minibatch) -> tuple[Tensor, Tensor]:
    """A student's unit features (B, D) of a minibatch in evaluation, and its class probabilities (B, C)."""
    student.eval()
    features = F.normalize(student(batch.inputs), dim=1)
    return features, run.stage.logits(features, texts=class_vectors(run.stage, student)).softmax(1)


def _gradient(term: Tensor, at: Tensor) -> Tensor:
    """The gradient of a loss term at features (B, D); 0 where it does not reach them."""
    found = torch.autograd.grad(term, at, retain_graph=True, allow_unused=True)[0] if term.requires_grad else None
    return torch.zeros_like(at) if found is None else found


def _inputs(run: Distillation, raw: Tensor, captions: CaptionBatch | None, batch: Minibatch) -> AMEInputs:
    """What AME reads of features (B, D), whose own graph is left out."""
    settings, image = run.settings, raw.detach()
    if captions is not None:
        student = captions.student.detach()
        if settings.normalized and settings.ame_input == "unit":
            student = F.normalize(student, dim=1)
        captions = CaptionBatch(student, captions.teacher, captions.pairs)
    if settings.normalized and settings.ame_input == "unit":
        image = F.normalize(image, dim=1)
    return ame_inputs(run.stage, run.ame, image.requires_grad_(), captions, batch.teacher_features)


class _Watched(Rows):
    """Rows that remember the scores that a reading asks them for."""

    seen: list[Tensor]

    def scores_along(self, direction: Tensor | None) -> Tensor:
        self.seen.append(super().scores_along(direction))
        return self.seen[-1]

    @property
    def logits(self) -> Tensor:
        self.seen.append(super().logits)
        return self.seen[-1]


def _softmax_of(ame: AMELoss, rows: Rows) -> tuple[Tensor, Tensor] | None:
    """The scores that the reading asks for, and the gradient of H by them, both of shape (..., n); None without any."""
    watched = object.__new__(_Watched)
    watched.__dict__.update(rows.__dict__, seen=[])
    with torch.enable_grad():
        entropy = readings[ame.reading].function(watched)
        if not watched.seen or not watched.seen[0].requires_grad:
            return None
        scores = watched.seen[0]
        (slope,) = torch.autograd.grad(entropy.mean(), scores)
    return scores.detach(), slope


def _competition(
    before: tuple[Tensor, Tensor], after: tuple[Tensor, Tensor], rows: Rows, omega: float
) -> Competition | None:
    scores, slope = before
    own_text = rows._loss.scope == "image" and rows._loss.text_rows == "paired"
    if scores.ndim == 1:
        over, texts = "rows", rows.sizes[1]
    elif scores.ndim == 2:
        over, texts = "rows of an image", 1 if own_text else rows.sizes[1]
    elif scores.ndim == 3 and scores.shape[1] == 1:
        over, texts = "texts", scores.shape[2]
    else:  # several positions of an image: no single softmax belongs to it
        return None
    p, push, later = (part.reshape(-1, scores.shape[-1]) for part in (scores, slope, after[0]))
    log_p = p.double().log_softmax(1)
    return Competition(
        over=over,
        texts=texts,
        p=log_p.exp().to(scores.dtype),
        push=-omega * push,
        p_after=later.softmax(1),
        entropy=-(log_p.exp() * log_p).sum(1).to(scores.dtype),
    )


def _weights(module: nn.Module) -> list[Tensor]:
    return [weight.detach().clone() for weight in module.parameters()]


def _distance(before: list[Tensor], after: list[Tensor]) -> float:
    return math.sqrt(sum(float((b - a).double().square().sum()) for b, a in zip(before, after, strict=True)))
