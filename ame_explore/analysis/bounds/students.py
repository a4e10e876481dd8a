"""Every bound on real distilled students, beside the loss and the gap that are measured."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn import functional as F

from ame_explore import registry
from ame_explore.ame import AMEError, check_number
from ame_explore.analysis.bounds.bound_inputs import CoinDraws, Evidence, Posterior
from ame_explore.analysis.bounds.divergences import gaussian_kl
from ame_explore.analysis.bounds.gaussian_student import FoldedProjector
from ame_explore.analysis.bounds.held_out import Gap, clopper_pearson, hoeffding, true_gap
from ame_explore.analysis.bounds.information_bounds import paper_terms
from ame_explore.analysis.bounds.pac_bayes import LAMBDA_FIXED, catoni, draw_weights, mcallester, pac_bayes_kl
from ame_explore.analysis.bounds.samples import Sample
from ame_explore.analysis.bounds.supersample import f_cmi
from ame_explore.analysis.bounds.terms import THEIR_LOSS, Assumption, Bound, Premise, Term, check_delta
from ame_explore.arguments import checked
from ame_explore.models import one_thread
from ame_explore.registry import BoundRule
from ame_explore.streams import torch_stream
from ame_explore.tasks import Progress
from ame_explore.training import DistilledReplicas, Recipe, Stage, distill_replicas
from ame_explore.training.parts import ame_of, student_of

SPREADS = (0.2, 0.4, 0.8, 1.6)  # standard deviations as shares of a layer's weights, fixed beforehand (our choice)
LAMBDA = 2.0  # Catoni's, fixed beforehand (our choice)
_SPREADS_COVERED = Premise("delta covers the choice among spreads", "delta covers choice of spread")
PRIORS = ("initialization", "held-out data")
_DRAWS_FOR_TRUTH = 50


@dataclass(frozen=True, eq=False)
class StudentBounds:
    """One distilled student.

    Attributes:
        recipe: how it was distilled.
        n: training images.
        seed: the seed of the student.
        gap: measured, with its interval.
        trained_entropy: the H that AME minimizes, over the class texts and the n
            training images, nats.
        bounds: all bounds, by name.
    """

    recipe: Recipe
    n: int
    seed: int
    gap: Gap
    trained_entropy: float
    bounds: Mapping[str, Bound]


@checked
@one_thread()
def students_bounds(
    stage: Stage,
    recipes: Sequence[Recipe],
    samples: Sequence[Sample],
    *,
    delta: float = 0.05,
    draws: int = 200,
    progress: Progress | None = None,
) -> list[StudentBounds]:
    """Distil a student by each recipe from its sample, and compute every bound beside the measured loss and gap.

    Losses are 1 for a wrong answer among all classes. The bounds are those that are registered
    (`ame_explore.registry.bound`): of a test set by Hoeffding and Clopper-Pearson, and PAC-Bayes (kl, McAllester,
    Catoni) for a Gaussian around the student's folded weights (`FoldedProjector`), with two priors: the student's own
    initialization, BatchNorm's statistics from the images that its backbone was trained on; and a student of the same
    initialization distilled from the first half of the sample, so that the other half counts. Prior and posterior have
    the same standard deviations, a share of the prior's weights in `SPREADS`; the best is taken, each at delta divided
    by their number. Each PAC-Bayes bound also shows the loss of its drawn weights on unseen images. The paper's
    delta is measured; its epsilon is not.

    On a CPU in one thread. The recipes' own shots and protocols are not used.

    Args:
        stage: data and models.
        recipes: of host "projector".
        samples: one per recipe.
        delta: the delta of each bound, in (0, 1).
        draws: draws of weights per spread.
        progress: as in `train_replicas`; after the training, once a student. An exception from it ends the work.

    Returns:
        One entry per recipe.

    Raises:
        AMEError: if lengths differ, a recipe has another host, a student diverged, or a number is out of range.
    """
    if len(recipes) != len(samples) or not recipes:
        raise AMEError(
            f"samples must match recipes one to one, with at least one, got {len(samples)} and {len(recipes)}."
        )
    for recipe in recipes:
        if not registry.hosts[recipe.host].folds:
            folding = " or ".join(repr(name) for name, each in registry.hosts.items() if each.folds)
            raise AMEError(f"recipes must use the host {folding} for PAC-Bayes, got {recipe.host!r}.")
        if recipe.learns_text:
            raise AMEError(
                "recipes must have text_tower='teacher' for PAC-Bayes, got 'student': the bounds know the projector's "
                "weights alone."
            )
    check_delta("delta", delta)
    check_number("draws", draws, low=1, whole=True)
    # a recipe and sample that occur twice are trained once: the KD arm of a study over omega
    wanted: dict[tuple[Recipe, tuple[int, ...]], int] = {}
    for recipe, sample in zip(recipes, samples, strict=True):
        for places in (sample.train, sample.train[: sample.prior_size]):
            wanted.setdefault((recipe, tuple(places.tolist())), len(wanted))
    found = distill_replicas(
        [recipe for recipe, _ in wanted],
        stage=stage,
        train_on=[torch.tensor(places) for _, places in wanted],
        measure=False,
        progress=progress,
    )
    if any(found.diverged):
        raise AMEError("recipes must not make a student diverge: lower learning_rate or omega.")
    shown = student_of(recipes[0], stage).prepare(stage.data.images.to(stage.device)).cpu()
    known: dict[tuple[Recipe, tuple[int, ...]], StudentBounds] = {}
    results = []
    for done, (recipe, sample) in enumerate(zip(recipes, samples, strict=True)):
        if progress is not None:
            progress("bounds", done, len(recipes))
        key = recipe, tuple(sample.train.tolist())
        if key not in known:
            prior = found.weights[wanted[recipe, tuple(sample.train[: sample.prior_size].tolist())]]
            known[key] = _judge(stage, recipe, sample, shown, found, wanted[key], prior, delta, draws)
        results.append(known[key])
    return results


def _judge(
    stage: Stage,
    recipe: Recipe,
    sample: Sample,
    shown: Tensor,
    found: DistilledReplicas,
    index: int,
    held_out: Mapping[str, Tensor],
    delta: float,
    draws: int,
) -> StudentBounds:
    weights, labels, n = found.weights[index], stage.data.labels, len(sample.train)
    student = FoldedProjector.of(weights)

    def wrong(places: Tensor, vectors: Tensor | None = None) -> Tensor:
        """(m, N) of m weight vectors on these images."""
        logits = stage.logits(student.outputs(shown[places], vectors=vectors).to(stage.device)).cpu()
        return (logits.argmax(2) != labels[places]).double()

    gap = true_gap(train_losses=wrong(sample.train)[0], test_losses=wrong(sample.truth)[0], delta=delta)
    entropy = _trained_entropy(recipe, stage, sample.train, student.outputs(shown[sample.train])[0], weights)
    evidence = Evidence(
        train_losses=wrong(sample.train)[0],
        test_losses=wrong(sample.test_set)[0],
        delta=delta,
        trained_entropy=entropy,
        reading=recipe.reading,
        of_samples=sample.assumptions,
        of_test_set=sample.of_test_set,
    )
    bounds: dict[str, Bound] = {}
    rules = list(registry.bounds.values())
    of_posteriors = [rule for rule in rules if rule.per == "posterior"]
    for rule in rules:
        if rule.per == "student" and (bound := bound_by(rule, evidence)) is not None:
            bounds[rule.name] = bound
        elif of_posteriors and rule is of_posteriors[0]:  # all at once: they share the draws
            priors = (_initialization(recipe, stage, shown), FoldedProjector.of(held_out))
            for kind, prior in zip(PRIORS, priors, strict=True):
                count = sample.train if kind == PRIORS[0] else sample.train[sample.prior_size :]
                said = sample.prior_assumptions(held_out=kind != PRIORS[0])
                bounds |= _pac_bayes(
                    of_posteriors, student, prior, kind, count, sample.truth, said, wrong, recipe.seed, delta, draws
                )
    return StudentBounds(recipe, n, recipe.seed, gap, entropy, bounds)


def bound_by(rule: BoundRule, given: Evidence | Posterior | CoinDraws) -> Bound | None:
    """The bound that a registered rule returns, under the rule's name, and its label if it has no shorter name.

    Args:
        rule: the registered rule.
        given: what the rule takes: evidence, a posterior or coin draws.

    Returns:
        The bound, or None if the rule does not apply.

    Raises:
        AMEError: if the rule returns something else, or NaN for a posterior.
    """
    bound = rule.function(given)
    if bound is None and rule.per != "posterior":
        return None
    if not isinstance(bound, Bound):
        raise AMEError(f"the bound {rule.name!r} must return a Bound, got {type(bound).__name__}.")
    if isinstance(given, Posterior) and math.isnan(bound.value):
        raise AMEError(
            f"the bound {rule.name!r} must have a number as its value, got NaN for KL = {given.kl:g}, n = {given.n} "
            f"and prior {given.prior!r}: return infinity where nothing can be bounded."
        )
    form = rule.label if bound.form == bound.name else bound.form
    return replace(bound, name=rule.name, form=form, help=rule.help)


def _pac_bayes(
    rules: Sequence[BoundRule],
    student: FoldedProjector,
    prior: FoldedProjector,
    kind: str,
    count: Tensor,
    truth: Tensor,
    said: tuple[Assumption, ...],
    wrong: Callable[[Tensor, Tensor], Tensor],
    seed: int,
    delta: float,
    draws: int,
) -> dict[str, Bound]:
    """The best over the spreads of each form."""
    share = delta / len(SPREADS)
    chosen = _SPREADS_COVERED.judged(
        "holds",
        f"The {len(SPREADS)} spreads were fixed in advance, and each uses delta/{len(SPREADS)} = {share:.3g}.",
    )
    best: dict[str, tuple[Bound, float, Tensor]] = {}
    # one noise for all spreads: each is held to its own share of delta, so they need not be independent
    zeros = torch.zeros_like(student.vector, dtype=torch.float32)
    noise = draw_weights(mean=zeros, std=1.0, draws=draws, generator=torch_stream("PAC-Bayes noise", seed))
    for spread in SPREADS:
        std = spread * prior.scales()
        kl = gaussian_kl(mean_q=student.vector, std_q=std, mean_p=prior.vector, std_p=std)
        vectors = student.vector.float() + std.float() * noise
        seen = wrong(count, vectors).mean(1)
        posterior = Posterior(seen, kl, len(count), share, kind, (*said, chosen))
        for rule in rules:
            bound = bound_by(rule, posterior)
            assert bound is not None
            if rule.name not in best or bound.value < best[rule.name][0].value:
                best[rule.name] = bound, spread, vectors
    unseen = {spread: float(wrong(truth, vectors[:_DRAWS_FOR_TRUTH]).mean()) for _, spread, vectors in best.values()}
    return {
        f"{form}, prior: {kind}": replace(
            bound,
            name=f"{form}, prior: {kind}",
            prior=kind,
            confidence=1 - delta,
            terms=(
                *bound.terms,
                Term("spread", spread, "", None, "Standard deviation, as a share of a layer's weights."),
                Term(
                    THEIR_LOSS,
                    unseen[spread],
                    "loss",
                    note="For weights drawn from the posterior.",
                    role="measured",
                ),
            ),
        )
        for form, (bound, spread, _) in best.items()
    }


def _initialization(recipe: Recipe, stage: Stage, shown: Tensor) -> FoldedProjector:
    """The untrained projector, its BatchNorm's statistics from the images that the backbone was trained on.

    Where those are not known, the statistics stay those of a new BatchNorm: any image could be one of the samples.
    """
    projector = student_of(recipe, stage).projector.cpu()
    state = {f"student.projector.{name}": value for name, value in projector.state_dict().items()}
    weight, bias = (state[f"student.projector.input.{name}"] for name in ("weight", "bias"))
    if (seen := stage.data.seen) is not None:
        hidden = shown[seen["backbone"]] @ weight.flatten(1).mT + bias
        state["student.projector.norm.running_mean"] = hidden.mean(0)
        state["student.projector.norm.running_var"] = hidden.var(0)
    return FoldedProjector.of(state)


@torch.no_grad()
def _trained_entropy(
    recipe: Recipe, stage: Stage, places: Tensor, outputs: Tensor, weights: Mapping[str, Tensor]
) -> float:
    """H by the recipe's reading over class texts and these images; of plain KD with untrained projections."""
    if recipe.ame_input == "raw" or not registry.readings[recipe.reading].is_entropy:
        return math.nan  # the folded student's outputs are unit vectors
    ame = ame_of(recipe, stage)
    own = {name.removeprefix("ame."): value for name, value in weights.items() if name.startswith("ame.")}
    ame.load_state_dict(own, strict=False)
    pairs = stage.logits(stage.teacher_features(stage.data.images[places])).argmax(1)
    features = F.normalize(outputs, dim=1).to(stage.device)
    return float(ame.entropy(image=features, text=stage.text_features, pairs=pairs))


@registry.bound("Test set (Hoeffding)")
def _of_hoeffding(evidence: Evidence) -> Bound:
    """The mean of the test losses and Hoeffding's margin."""
    return hoeffding(evidence.test_losses, delta=evidence.delta, assumptions=evidence.of_test_set)


@registry.bound("Test set (Clopper-Pearson)")
def _of_clopper_pearson(evidence: Evidence) -> Bound:
    """The exact binomial limit of the test errors."""
    return clopper_pearson(evidence.test_losses, delta=evidence.delta, assumptions=evidence.of_test_set)


@registry.bound("PAC-Bayes-kl", per="posterior")
def _of_pac_bayes_kl(posterior: Posterior) -> Bound:
    """The kl form, inverted numerically."""
    return pac_bayes_kl(
        posterior.losses, posterior.kl, posterior.n, delta=posterior.delta, assumptions=posterior.assumptions
    )


@registry.bound("PAC-Bayes (McAllester)", per="posterior")
def _of_mcallester(posterior: Posterior) -> Bound:
    """The kl form by Pinsker's inequality."""
    return mcallester(
        posterior.losses, posterior.kl, posterior.n, delta=posterior.delta, assumptions=posterior.assumptions
    )


@registry.bound("PAC-Bayes (Catoni)", per="posterior")
def _of_catoni(posterior: Posterior) -> Bound:
    """Catoni's form for a lambda that is fixed beforehand."""
    bound = catoni(
        posterior.losses,
        posterior.kl,
        posterior.n,
        lam=LAMBDA,
        delta=posterior.delta,
        assumptions=posterior.assumptions,
    )
    fixed = LAMBDA_FIXED.judged("holds", f"lambda = {LAMBDA:g} is a constant in this package.")
    return replace(bound, assumptions=tuple(fixed if e.name == fixed.name else e for e in bound.assumptions))


@registry.bound("The paper's delta and epsilon")
def _of_the_paper(evidence: Evidence) -> Bound | None:
    """The paper's formula with the entropy that is trained: not a bound."""
    if not registry.readings[evidence.reading].is_entropy or not math.isfinite(evidence.trained_entropy):
        return None
    return paper_terms(evidence.trained_entropy, evidence.n, reading=evidence.reading)


@registry.bound("f-CMI over loss pairs", per="supersamples")
def _of_f_cmi(draws: CoinDraws) -> Bound:
    """What the students' errors reveal about the coins that chose their training images."""
    return f_cmi(losses=draws.losses, coins=draws.coins, assumptions=draws.assumptions)
