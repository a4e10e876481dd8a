"""Distillation as an iterator of steps, independent of worker threads, widgets and files.

On a CPU it uses one torch thread: the tensors are tiny, and a recipe then gives the same numbers on any number of
cores.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from ame_explore.ame import AMEError, check_number, gradient_shares, settings_of
from ame_explore.arguments import checked_init
from ame_explore.data import PairedData, PairedFeatures
from ame_explore.models import usual_torch
from ame_explore.models.augmentation import Augmentation
from ame_explore.models.optimizers import SGD, AdamW
from ame_explore.settings import SETTINGS, Value
from ame_explore.tasks import Progress
from ame_explore.training.augmented_shots import augmented_shots, rows_in_a_pass, views_of
from ame_explore.training.batch_statistics import BatchFacts
from ame_explore.training.evaluate import Evaluation
from ame_explore.training.faults import WrongAnswers, repeated
from ame_explore.training.parts import (
    CaptionBatch,
    LossTerms,
    ame_of,
    ame_temperature,
    is_frozen,
    loss_of,
    shots_of,
    stream,
    student_of,
)
from ame_explore.training.recipe import Recipe
from ame_explore.training.stage import Stage


@dataclass(frozen=True)
class Step:
    """The result of one optimizer step. Step 0 is the untrained student: it has metrics and features, but no losses.

    Attributes:
        index: optimizer steps done.
        epoch: number of the current pass over the shots, from 1; 0 at step 0.
        losses: "total", "kd" and "ame" as they enter the sum, and "H", the entropy of the batch; entropies in nats.
        shares: when due: "push.kd" and "push.ame", each term's gradient norm at the student's projected features, and
            "share.kd" and "share.ame", these norms divided by their sum.
        metrics: when due, see `Evaluation`.
        features: when due, the student's test features; else None.
        learning_rate: learning rate of this step.
        batch: facts about the minibatch, see `BatchFacts`; due together with the shares.
    """

    index: int
    epoch: int
    losses: Mapping[str, float]
    shares: Mapping[str, float]
    metrics: Mapping[str, float]
    features: PairedFeatures | None
    learning_rate: float
    batch: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Minibatch:
    """A minibatch of B images on its way through the loss, before the optimizer's step.

    Attributes:
        rows: (B,) int64 rows of the pass; modulo the number of shots, positions in the shots.
        inputs: (B, ...) what the student sees.
        teacher_features: (B, D) unit features, as the loss gets them.
        raw: (B, D) the student's projected features.
        captions: the images' captions, if the student has a text tower of its own.
        terms: the loss.
    """

    rows: Tensor
    inputs: Tensor
    teacher_features: Tensor
    raw: Tensor
    captions: CaptionBatch | None
    terms: LossTerms

    @property
    def entropy(self) -> Tensor:
        """H, a scalar."""
        assert self.terms.entropy is not None  # a run has an AME term
        return self.terms.entropy

    @property
    def ame(self) -> Tensor:
        """omega times H, a scalar."""
        assert self.terms.ame is not None
        return self.terms.ame


@checked_init
class Distillation(Iterator[Step]):
    """A student that learns from a teacher; each `next` takes one optimizer step.

    >>> for step in Distillation(Recipe(shots=4, steps=100)):  # doctest: +SKIP
    ...     print(step.index, step.losses, step.metrics)

    Args:
        recipe: all settings of the run; None for the data's defaults, see `Recipe.for_data`.
        data: your own data; None loads `recipe.data`.
        stage: existing data and models, to share them between runs; None makes them or reads them from the cache.
        device: where to train.
        shares_every: number of steps between gradient shares.
        metrics_every: number of steps between metrics, which are also computed at step 0 and at the last step.
        features_every: number of steps between features, which are also taken at step 0 and at the last step; None for
            those two only.
        progress: called while teacher and backbone train; an exception that it raises ends their training.

    Raises:
        AMEError: if the recipe does not fit the data or the stage.
    """

    def __init__(
        self,
        recipe: Recipe | None = None,
        *,
        data: PairedData | None = None,
        stage: Stage | None = None,
        device: str | torch.device = "cpu",
        shares_every: int = 5,
        metrics_every: int = 25,
        features_every: int | None = None,
        progress: Progress | None = None,
    ) -> None:
        own = stage.data if stage is not None else data
        recipe = recipe or Recipe.for_data(own)
        check_number("shares_every", shares_every, low=1, whole=True)
        check_number("metrics_every", metrics_every, low=1, whole=True)
        if features_every is not None:
            check_number("features_every", features_every, low=1, whole=True)
        if stage is None:
            stage = Stage.for_recipe(recipe, data=data, device=device, progress=progress)
        elif stage.data.name != recipe.data or recipe.data_digest not in (None, stage.data.digest[:16]):
            raise AMEError(
                f"stage must hold the recipe's data, {recipe.data!r}, got {stage.data.name!r}: make another stage."
            )
        stage.check_settings(**{name: getattr(recipe, name) for name in SETTINGS})
        for event in recipe.events:
            stage.check_settings(**{event.field: event.value})
        self.stage = stage
        self.recipe = dataclasses.replace(recipe, data_digest=stage.data.digest[:16])
        self._every = (shares_every, metrics_every, features_every or recipe.steps)
        self.index, self._started = 0, False
        self._settings = self.recipe.at(-1)  # step 0 is measured before any dial is turned
        self._build()

    @usual_torch()
    def _build(self) -> None:
        recipe, stage = self.recipe, self.stage
        self.shots = shots_of(recipe, stage)
        self._batches, self._noise = stream(recipe, "batches"), stream(recipe, "noise")
        self.student, self.ame = student_of(recipe, stage), ame_of(recipe, stage)
        self._turn(self._settings)
        parameters = [*self.student.trainable_parameters(), *(p for p in self.ame.parameters() if p.requires_grad)]
        rate, decay = recipe.learning_rate, recipe.weight_decay
        self._optimizer: torch.optim.Optimizer
        if recipe.optimizer == "sgd":
            self._optimizer = SGD(parameters, lr=rate, momentum=0.9, weight_decay=decay)
        else:
            self._optimizer = AdamW(parameters, lr=rate, weight_decay=decay, fused=True)
        self.evaluation = Evaluation(stage, self.student)
        self._order = torch.empty(0, dtype=torch.int64)
        self._position, self._epoch = 0, 0
        self._inputs: tuple[tuple[float, float], Tensor, Tensor] | None = None
        self._wrong: WrongAnswers | None = None
        self._facts = BatchFacts(stage, self.shots)

    def __iter__(self) -> Distillation:
        return self

    def __len__(self) -> int:
        """Number of steps that remain, step 0 included."""
        return self.recipe.steps - self.index + (not self._started)

    @usual_torch()
    def __next__(self) -> Step:
        if not self._started:
            self._started = True
            if self.index == 0:
                return Step(
                    0, 0, {}, {}, self.metrics(), self.evaluation.features(measured=True), self._learning_rate()
                )
        if self.index >= self.recipe.steps:
            raise StopIteration
        settings = self.recipe.at(self.index)
        if settings is not self._settings:
            self._turn(settings)
        learning_rate = self._learning_rate()
        losses, shares, batch = self._learn(learning_rate)
        self.index += 1
        metrics = self.metrics() if self._due(1) else {}
        return Step(
            index=self.index,
            epoch=self._epoch,
            losses=losses,
            shares=shares,
            metrics=metrics,
            features=self.evaluation.features(measured=bool(metrics)) if self._due(2) else None,
            learning_rate=learning_rate,
            batch=batch,
        )

    @property
    def settings(self) -> Recipe:
        """The settings used in the last step; before the first step, those before any dial was turned."""
        return self._settings

    @property
    def rows_in_a_pass(self) -> int:
        """Rows of one pass over the shots: each shot once, or each of its augmented views."""
        return rows_in_a_pass(self.recipe, len(self.shots))

    def set(self, field: str, value: Value) -> None:
        """Turn a dial from the next step on, and record it as an event of the recipe.

        Events that the recipe already has for later steps are kept.

        Args:
            field: name of a setting that can be changed mid-run.
            value: its new value.

        Raises:
            AMEError: if the dial or the value is invalid, or the data cannot do it; nothing changes then.
        """
        recipe = self.recipe.with_event(self.index, field, value)
        self.stage.check_settings(**{field: value})
        self.recipe = recipe

    def learn_from(self, shots: Tensor) -> None:
        """Replace the shots, before the first step.

        Args:
            shots: (n,) int64 indices of the images to learn from.
        """
        self.shots, self._inputs, self._wrong = shots, None, None
        self._facts = BatchFacts(self.stage, shots)

    def metrics(self) -> dict[str, float]:
        """The current student's scores, see `Evaluation`."""
        return self.evaluation(self.ame, self._settings.ame_input if self._settings.normalized else "raw")

    def state_dict(self, *, frozen: bool = True) -> dict[str, Tensor]:
        """The state from which `load_state_dict` continues bit for bit: weights, optimizer, batches, position.

        Args:
            frozen: False leaves out the weights that training does not change (`is_frozen`).

        Returns:
            Copies of the tensors, by name.
        """
        state = {f"student.{name}": value for name, value in self.student.state_dict().items()}
        if not frozen:
            state = {name: value for name, value in state.items() if not self.is_frozen(name)}
        state |= {f"ame.{name}": value for name, value in self.ame.state_dict().items()}
        for number, slots in self._optimizer.state_dict()["state"].items():
            state |= {f"optimizer.{number}.{name}": torch.as_tensor(value) for name, value in slots.items()}
        state["batches.generator"] = self._batches.get_state()
        state["noise.generator"] = self._noise.get_state()
        state["batches.order"] = self._order
        state["position"] = torch.tensor([self.index, self._position, self._epoch])
        return {name: value.detach().clone().contiguous() for name, value in state.items()}

    def is_frozen(self, name: str) -> bool:
        """Whether the recipe's host leaves the tensor of this name in `state_dict` unchanged."""
        return is_frozen(name, self.recipe)

    @usual_torch()
    def load_state_dict(self, state: Mapping[str, Tensor]) -> None:
        """Move to the step at which `state_dict` was called, forwards or back. The recipe and its events stay.

        Args:
            state: what `state_dict` returned.

        Raises:
            AMEError: if names or shapes do not fit; nothing changes then.
        """
        parts: dict[str, dict[str, Tensor]] = {"student": {}, "ame": {}, "optimizer": {}, "batches": {}, "noise": {}}
        for name, value in state.items():
            part, _, rest = name.partition(".")
            if rest and part in parts:
                parts[part][rest] = value
        wanted: dict[str, nn.Module] = {"student": self.student, "ame": self.ame}
        parts["ame"].setdefault("_extra_state", self.ame.get_extra_state())  # missing in states of older versions
        for part, module in wanted.items():
            own, given = (
                {name: value.shape for name, value in tensors.items() if name != "_extra_state"}
                for tensors in (module.state_dict(), parts[part])
            )
            if own != given:
                raise AMEError(
                    f"state must come from a run of the same recipe: the {part}'s weights have other names or shapes."
                )
        missing = [
            name for name in ("batches.generator", "noise.generator", "batches.order", "position") if name not in state
        ]
        index, position, epoch = (0, 0, 0) if missing else state["position"].tolist()
        if missing or not 0 <= index <= self.recipe.steps:
            raise AMEError(
                f"state must come from a Distillation within {self.recipe.steps} steps: {missing or index} is wrong."
            )
        self._load_ame(parts["ame"])
        self.student.load_state_dict(parts["student"])
        slots: dict[int, dict[str, Tensor]] = {}
        for name, value in parts["optimizer"].items():
            number, _, slot = name.partition(".")
            slots.setdefault(int(number), {})[slot] = value.clone()
        parameters = [one for group in self._optimizer.param_groups for one in group["params"]]
        for place, moments in slots.items():  # the fused optimizer expects them to lie in memory as their parameter
            like = parameters[place]
            moments.update({n: torch.empty_like(like).copy_(v) for n, v in moments.items() if v.shape == like.shape})
        groups = self._optimizer.state_dict()["param_groups"]
        self._optimizer.load_state_dict({"state": slots, "param_groups": groups})
        self._batches.set_state(parts["batches"]["generator"].cpu())
        self._noise.set_state(parts["noise"]["generator"].cpu())
        self._order = parts["batches"]["order"].cpu().clone()
        self.index, self._position, self._epoch = index, position, epoch
        self._started = index > 0
        self._turn(self.recipe.at(index - 1))

    def _load_ame(self, state: Mapping[str, Tensor]) -> None:
        """Load AME's state. Settings that dials change may differ, as the recipe sets them; all others must match."""
        saved = settings_of(state["_extra_state"])
        try:
            self.ame.reading, self.ame.omega, self.ame.temperature = (
                saved.get("reading", self.ame.reading),
                saved["omega"],
                saved["temperature"],
            )
            self.ame.load_state_dict(state)
        except AMEError:
            self._turn(self._settings)
            raise

    def _turn(self, settings: Recipe) -> None:
        self._settings = settings
        self._at_zero: list[Tensor] | None = None  # AME's parameters that have a gradient, and it is 0; None: not known
        self.student.mix(settings.mixing)
        self.ame.reading = settings.reading
        self.ame.omega = settings.omega
        self.ame.temperature = ame_temperature(settings, self.stage)

    def _learning_rate(self) -> float:
        peak, progress = self._settings.learning_rate, self.index / self.recipe.steps
        return peak if self.recipe.schedule == "constant" else peak * 0.5 * (1 + math.cos(math.pi * progress))

    def _due(self, which: int) -> bool:
        every = self._every[which]
        return self.index % every == 0 or self.index == self.recipe.steps

    def _learn(self, learning_rate: float) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
        batch = self._next_minibatch()
        kd, entropy, ame, total = batch.terms.kd, batch.entropy, batch.ame, batch.terms.total
        due = (self.index + 1) % self._every[0] == 0
        shares = gradient_shares({"kd": kd, "ame": ame}, batch.raw) if due else {}
        places = batch.rows % len(self.shots)
        seen = (batch.inputs, batch.terms.features, batch.teacher_features)
        facts = self._facts(self._settings, places, *seen) if due else {}
        self._apply(batch, learning_rate)
        return {"total": total.item(), "kd": kd.item(), "ame": ame.item(), "H": entropy.item()}, shares, facts

    def _next_minibatch(self) -> Minibatch:
        """Draw the next minibatch and compute its loss."""
        settings, stage = self._settings, self.stage
        rows = self._next_batch()
        inputs, teacher_features = self._batch(rows)
        self.student.train()
        raw, captions = self._forward(inputs, rows)
        known = self.ame.omega == 0 and self._at_zero is not None
        terms = loss_of(
            settings,
            stage,
            self.ame,
            raw=raw,
            teacher_features=teacher_features,
            captions=captions,
            ame_learns=not known,
        )
        batch = Minibatch(rows, inputs, teacher_features, raw, captions, terms)
        kd, ame, total = terms.kd, batch.ame, terms.total
        if not math.isfinite(total.detach()):
            raise AMEError(
                f"the loss became {total.item()} at step {self.index + 1} (kd {kd.item():g}, ame {ame.item():g}): "
                "lower learning_rate or omega, or start again from an earlier state."
            )
        return batch

    def _apply(self, batch: Minibatch, learning_rate: float) -> None:
        """Take the optimizer's step on the loss of `batch`."""
        self._optimizer.zero_grad(set_to_none=True)
        known = self.ame.omega == 0 and self._at_zero is not None
        batch.terms.total.backward()
        if self.ame.omega == 0:
            # A gradient of 0, not a missing one: weight decay and momentum still act. The first such step shows which
            # parameters the reading uses.
            if self._at_zero is None:
                self._at_zero = [weight for weight in self.ame.parameters() if weight.grad is not None]
            elif known:
                for weight in self._at_zero:
                    weight.grad = torch.zeros_like(weight)
        for group in self._optimizer.param_groups:
            group["lr"] = learning_rate
        self._optimizer.step()

    def _forward(self, inputs: Tensor, rows: Tensor) -> tuple[Tensor, CaptionBatch | None]:
        """The student's features of a batch; with a text tower of its own also those of the captions, each once."""
        of = self.stage.captions
        if not self.recipe.learns_text or of is None:
            return self.student(inputs), None
        images = self.shots[repeated(rows % len(self.shots), self._settings.duplicates)]
        used, pairs = (part.to(self.stage.device) for part in of.of(images, self._epoch).unique(return_inverse=True))
        features = self.student(inputs, of.inputs[used])
        count = len(inputs)
        return features[:count], CaptionBatch(features[count:], of.teacher[used], pairs)

    def _next_batch(self) -> Tensor:
        """Rows of the pass; each epoch has a new order and drops its last batch if that is not full."""
        rows = self.rows_in_a_pass
        size = min(self.recipe.batch_size, rows)
        if self._position + size > len(self._order):
            self._order = torch.randperm(rows, generator=self._batches)
            self._position, self._epoch = 0, self._epoch + 1
        batch = self._order[self._position : self._position + size]
        self._position += size
        return batch

    def _batch(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """The student's inputs and the teacher's features of the same images, with the recipe's faults applied."""
        settings = self._settings
        inputs, teacher = self._whole_batch(rows)
        if settings.teacher_noise > 0:
            if self._wrong is None:
                self._wrong = WrongAnswers(self.stage, self.shots, self.recipe.seed)
            teacher = self._wrong(teacher, rows % len(self.shots), settings)
        if settings.duplicates > 1:
            inputs, teacher = (repeated(part, settings.duplicates) for part in (inputs, teacher))
        return inputs, teacher.roll(1, 0) if settings.shuffled_pairs else teacher

    def _whole_batch(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        settings, stage, count = self._settings, self.stage, len(self.shots)
        if settings.noise > 0:
            images = stage.data.images_at(
                self.shots[rows % count], ambiguity=settings.ambiguity, noise=settings.noise, generator=self._noise
            )
            if settings.augment > 0:
                images = Augmentation.of_strength(settings.augment)(images, self._noise)
            return self.student.prepare(images.to(stage.device)), stage.teacher_features(images)
        made_with = settings.ambiguity, settings.augment
        if self._inputs is None or self._inputs[0] != made_with:
            if settings.augment > 0:
                both = augmented_shots(self.student, stage, self.shots, settings, self.recipe.seed)
            else:
                images = stage.data.images_at(self.shots, ambiguity=settings.ambiguity)
                both = self.student.prepare(images.to(stage.device)), stage.teacher_features(images)
            self._inputs = (made_with, *both)
        if settings.augment == 0:
            rows = rows % count
        elif self.recipe.augment == 0:  # turned on during the run: the passes are as long as before
            rows = rows + (self._epoch % views_of(count)) * count
        rows = rows.to(stage.device)
        return self._inputs[1][rows], self._inputs[2][rows]
