"""Run many recipes on one stage, trained together if recipes and layers allow it."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.func import functional_call, vmap
from torch.nn import functional as F

from ame_explore.ame import AMEError, AMELoss
from ame_explore.arguments import checked
from ame_explore.models import Student, one_thread, usual_torch
from ame_explore.settings import SETTINGS
from ame_explore.tasks import Progress
from ame_explore.training.augmented_shots import augmented_shots
from ame_explore.training.distill import Distillation
from ame_explore.training.evaluate import Evaluation
from ame_explore.training.parts import ame_of, is_frozen, loss_of, shots_of, stream, student_of
from ame_explore.training.recipe import Recipe
from ame_explore.training.replicas.learners import batchable, batchable_attention
from ame_explore.training.replicas.plan import check_subsets
from ame_explore.training.replicas.train import Loss, train_replicas
from ame_explore.training.stage import Stage

Also = Callable[[Recipe, Evaluation], Mapping[str, float]]
_AT_ONCE = 64  # students that predict in one pass; more gain little speed and need memory
# Fields that may differ between recipes that train together, with the value by which such recipes are grouped.
_FREE = {"seed": 0, "shots": None, "omega": None, "kd_weight": 1.0, "learning_rate": 1e-3, "weight_decay": 0.0}


@dataclass(frozen=True, eq=False)
class DistilledReplicas:
    """The results of several recipes, in their order.

    Attributes:
        recipes: as given.
        metrics: metrics of each trained student, named as in `Evaluation`; NaN if it diverged, empty if they were not
            requested.
        losses: total loss of each, (steps,).
        diverged: for each, the step at which the loss was first not finite; 0 for never.
        together: False for a recipe that was trained by its own loop.
        weights: learned parameters and BatchNorm statistics of each, named as in `Distillation.state_dict`.
    """

    recipes: tuple[Recipe, ...]
    metrics: tuple[Mapping[str, float], ...]
    losses: tuple[Tensor, ...]
    diverged: tuple[int, ...]
    together: tuple[bool, ...]
    weights: tuple[Mapping[str, Tensor], ...] = field(repr=False)
    _stage: Stage = field(repr=False)

    def __len__(self) -> int:
        return len(self.recipes)

    @torch.no_grad()
    @one_thread()
    def logits(self, images: Tensor) -> Tensor:
        """Apply every student to the same images.

        Args:
            images: (N, channels, S, S).

        Returns:
            Logits (R, N, C) over all class texts.
        """
        alike: dict[tuple[str, float, str], list[int]] = {}
        for index, recipe in enumerate(self.recipes):
            mixing = recipe.at(recipe.steps - 1).mixing
            alike.setdefault((recipe.host, mixing, recipe.text_tower), []).append(index)
        found: dict[int, Tensor] = {}
        captions = self._stage.captions
        for (_, mixing, text_tower), members in alike.items():
            whole = student_of(self.recipes[members[0]], self._stage)
            whole.mix(mixing)
            student, shown = batchable(whole).eval(), [whole.prepare(images.to(self._stage.device))]
            if text_tower == "student" and captions is not None:
                shown.append(captions.class_inputs)
            names = [name for name in self.weights[members[0]] if name.startswith("student.")]
            for start in range(0, len(members), _AT_ONCE):
                some = members[start : start + _AT_ONCE]
                stacked = {n.removeprefix("student."): torch.stack([self.weights[i][n] for i in some]) for n in names}
                apply = vmap(lambda own, student=student, shown=tuple(shown): functional_call(student, own, shown))
                with batchable_attention():
                    raw = apply({name: v.float() if v.is_floating_point() else v for name, v in stacked.items()})
                features, texts = F.normalize(raw, dim=2).split([len(images), raw.shape[1] - len(images)], dim=1)
                logits = self._stage.logits(features, texts=texts if len(shown) > 1 else None)
                found.update(zip(some, logits, strict=True))
        return torch.stack([found[index] for index in range(len(self))])


@checked
@usual_torch()
def distill_replicas(
    recipes: Sequence[Recipe],
    *,
    stage: Stage,
    train_on: Tensor | Sequence[Tensor] | None = None,
    chunk_size: int | None = None,
    dtype: torch.dtype = torch.float32,
    measure: bool = True,
    also: Also | None = None,
    progress: Progress | None = None,
) -> DistilledReplicas:
    """Run every recipe; the results equal those of a loop over `Distillation` up to rounding.

    Recipes that differ only in seed, shots, omega, kd_weight, learning_rate or weight_decay train together; others
    (with different readings, hosts, temperatures, ...) in groups, one after another. A recipe with events, noise,
    faults or a text tower of its own is trained by its own `Distillation`.

    Tolerance: in float64 the weights agree with the loop's to 1e-10. In float32 they differ as with any other order of
    summation; in particular, a bias before BatchNorm has gradient 0 in exact arithmetic, and Adam amplifies its
    rounding noise.

    Args:
        recipes: recipes for the stage's data.
        stage: data and models that they share.
        train_on: for each recipe the images to learn from, in place of its shots: positions in the data, or a bool
            tensor (R, N) over its images.
        chunk_size: as in `train_replicas`.
        dtype: dtype of the training; metrics are computed in float32. Recipes with their own loop train in float32.
        measure: False skips the metrics, and AME's projections for recipes with omega 0, whose students do not depend
            on them: faster for thousands of students.
        also: further metrics of a trained student, from its recipe and its `Evaluation`, which has just been called;
            not called for a student that diverged.
        progress: as in `train_replicas`.

    Returns:
        The results, in the order of the recipes.

    Raises:
        AMEError: if there are no recipes, a recipe is for other data, or `train_on` has another length or is empty.
    """
    recipes = tuple(recipes)
    if not recipes:
        raise AMEError("recipes must not be empty: give one recipe per replica.")
    for index, recipe in enumerate(recipes):
        if recipe.data != stage.data.name or recipe.data_digest not in (None, stage.data.digest[:16]):
            raise AMEError(
                f"recipes must be for the stage's data, {stage.data.name!r}, got {recipe.data!r} at {index}: make a "
                "stage for each data set."
            )
        stage.check_settings(**{name: getattr(recipe, name) for name in SETTINGS})
    images = None if train_on is None else check_subsets(train_on, len(stage.data.images), len(recipes))
    groups: dict[tuple[Recipe, bool], list[int]] = {}
    for index, recipe in enumerate(recipes):
        key = recipe if _needs_a_loop(recipe) else dataclasses.replace(recipe, **_FREE)  # type: ignore[arg-type]
        groups.setdefault((key, measure or recipe.effective_omega > 0), []).append(index)
    of, done = sum(recipe.steps for recipe in recipes), 0
    found: dict[int, _Distilled] = {}
    for (key, with_ame), members in groups.items():

        def tell(what: str, step: int, steps: int, before: int = done) -> None:
            if progress is not None:
                progress(what, before + step, of)

        mine = [recipes[index] for index in members]
        places = None if images is None else [images[index] for index in members]
        if _needs_a_loop(key):
            results = [
                _alone(key, stage, None if places is None else places[n], tell, n * key.steps, also)
                for n in range(len(mine))
            ]
        else:
            results = _group(mine, stage, places, chunk_size, dtype, tell, with_ame, measure, also)
        found.update(zip(members, results, strict=True))
        done += sum(recipe.steps for recipe in mine)
    ordered = [found[index] for index in range(len(recipes))]
    return DistilledReplicas(
        recipes=recipes,
        metrics=tuple(one.metrics for one in ordered),
        losses=tuple(one.losses for one in ordered),
        diverged=tuple(one.diverged for one in ordered),
        together=tuple(one.together for one in ordered),
        weights=tuple(one.weights for one in ordered),
        _stage=stage,
    )


@dataclass(frozen=True, eq=False)
class _Distilled:
    metrics: Mapping[str, float]
    losses: Tensor
    diverged: int
    together: bool
    weights: Mapping[str, Tensor]


class _Lesson(nn.Module):
    """The module to optimize: the student and AME's projections (None if they would learn nothing)."""

    def __init__(self, student: Student, ame: AMELoss | None) -> None:
        super().__init__()
        self.student, self.ame = student, ame


def _group(
    recipes: list[Recipe],
    stage: Stage,
    images: list[Tensor] | None,
    chunk_size: int | None,
    dtype: torch.dtype,
    progress: Progress,
    with_ame: bool,
    measure: bool,
    also: Also | None,
) -> list[_Distilled]:
    first = recipes[0]
    made: dict[Recipe, tuple[_Lesson, Tensor]] = {}
    for recipe in recipes:
        if recipe not in made:
            ame = _ame(recipe, stage) if with_ame else None
            texts = stage.text_features if ame is None else _texts(ame, stage)
            made[recipe] = _Lesson(student_of(recipe, stage), ame).to(dtype), texts
    shots = images or [shots_of(recipe, stage) for recipe in recipes]
    plain = student_of(first, stage)
    with one_thread():
        prepared, teacher, train_on = _pool(recipes, stage, shots, plain)
    replicas = train_replicas(
        [made[recipe][0] for recipe in recipes],
        _loss(first, stage),
        [prepared.to(dtype), teacher.to(dtype)],
        train_on=train_on,
        settings={
            "omega": [recipe.effective_omega for recipe in recipes],
            "kd_weight": [recipe.kd_weight for recipe in recipes],
            "texts": torch.stack([made[recipe][1] for recipe in recipes]),
        },
        steps=first.steps,
        batch_size=first.batch_size,
        learning_rate=[recipe.learning_rate for recipe in recipes],
        weight_decay=[recipe.weight_decay for recipe in recipes],
        optimizer=first.optimizer,
        schedule=first.schedule,
        seeds=[stream(recipe, "batches").initial_seed() for recipe in recipes],
        chunk_size=chunk_size,
        progress=progress,
    )
    kept = [name for name in replicas.state if not is_frozen(name, first)]
    evaluation = Evaluation(stage, plain) if measure else None
    results = []
    for index, recipe in enumerate(recipes):
        weights = {name: replicas.state[name][index].clone() for name in kept}
        stopped = int(replicas.diverged[index])
        if evaluation is None:
            results.append(_Distilled({}, replicas.losses[:, index].clone(), stopped, replicas.together, weights))
            continue
        ame = _ame(recipe, stage)
        if not stopped:
            _load(evaluation.student, weights, "student.")
            _load(ame, weights, "ame.")
        metrics = evaluation(ame, recipe.ame_input)
        if stopped:
            metrics = dict.fromkeys(metrics, math.nan)
        elif also is not None:
            metrics |= also(recipe, evaluation)
        results.append(_Distilled(metrics, replicas.losses[:, index].clone(), stopped, replicas.together, weights))
    return results


def _pool(
    recipes: Sequence[Recipe], stage: Stage, shots: Sequence[Tensor], plain: Student
) -> tuple[Tensor, Tensor, list[Tensor]]:
    """Inputs and teacher's features of all rows that some recipe trains on, and the rows of each."""
    first = recipes[0]
    if first.augment == 0:
        pool = torch.unique(torch.cat(list(shots)))
        pictures = stage.data.images_at(pool, ambiguity=first.ambiguity).to(stage.device)
        rows = [torch.searchsorted(pool, part) for part in shots]
        return plain.prepare(pictures), stage.teacher_features(pictures), rows
    made: dict[tuple[int, bytes], Tensor] = {}
    parts: list[tuple[Tensor, Tensor]] = []
    of_each, count = [], 0
    for recipe, mine in zip(recipes, shots, strict=True):
        key = recipe.seed, mine.numpy().tobytes()
        if key not in made:
            parts.append(augmented_shots(plain, stage, mine, recipe, recipe.seed))
            made[key] = torch.arange(count, count + len(parts[-1][1]))
            count += len(parts[-1][1])
        of_each.append(made[key])
    return torch.cat([one for one, _ in parts]), torch.cat([one for _, one in parts]), of_each


def _loss(recipe: Recipe, stage: Stage) -> Loss:
    """`Distillation`'s loss of one batch, for a `_Lesson`."""

    def loss(
        lesson: _Lesson, inputs: Tensor, teacher: Tensor, *, omega: Tensor, kd_weight: Tensor, texts: Tensor
    ) -> Tensor:
        raw = lesson.student(inputs)
        terms = loss_of(
            recipe, stage, lesson.ame, raw=raw, teacher_features=teacher, kd_weight=kd_weight, omega=omega, texts=texts
        )
        return terms.total

    return loss


def _needs_a_loop(recipe: Recipe) -> bool:
    return bool(recipe.events or recipe.noise > 0 or recipe.faults or recipe.learns_text)


def _alone(
    recipe: Recipe, stage: Stage, images: Tensor | None, progress: Progress, before: int, also: Also | None
) -> _Distilled:
    distillation = Distillation(recipe, stage=stage, metrics_every=recipe.steps, shares_every=recipe.steps)
    if images is not None:
        distillation.learn_from(images)
    losses, stopped = torch.full((recipe.steps,), math.nan), 0
    metrics: dict[str, float] = {}
    try:
        for step in distillation:
            if step.index:
                losses[step.index - 1] = step.losses["total"]
            metrics = dict(step.metrics) or metrics
            progress("replicas", before + step.index, recipe.steps)
    except AMEError:  # not finite; all other errors come before the first step
        stopped = distillation.index + 1
        metrics = dict.fromkeys(metrics, math.nan)
    if also is not None and not stopped:
        metrics |= also(recipe, distillation.evaluation)
    weights = {
        name: value
        for name, value in distillation.state_dict().items()
        if name.startswith(("student.", "ame.")) and not is_frozen(name, recipe) and name != "ame._extra_state"
    }
    if stopped:
        weights = {name: value * math.nan if value.is_floating_point() else value for name, value in weights.items()}
    return _Distilled(metrics, losses, stopped, False, weights)


def _ame(recipe: Recipe, stage: Stage) -> AMELoss:
    ame = ame_of(recipe, stage)
    ame.check_values = False  # values cannot be inspected inside vmap
    return ame


def _texts(ame: AMELoss, stage: Stage) -> Tensor:
    """The text features for AME; random ones are drawn here, since every replica has its own."""
    if not ame.random_texts:
        return stage.text_features
    ame.random_texts = False
    return ame.fixed_texts(stage.text_features)


def _load(module: nn.Module, weights: Mapping[str, Tensor], prefix: str) -> None:
    part = {name.removeprefix(prefix): value for name, value in weights.items() if name.startswith(prefix)}
    module.load_state_dict(part, strict=False)
