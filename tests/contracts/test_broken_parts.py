"""Parts that are broken on purpose: each fails by the name of the promise that it breaks, or is refused at once."""

import dataclasses
import math
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from ame_explore import registry
from ame_explore.ame import AMEError, Reading, row_entropy
from ame_explore.analysis.bounds.terms import Bound, stack
from ame_explore.data import digits
from ame_explore.models import Student
from ame_explore.models.hosts import drawn
from ame_explore.registry import BoundRule, DataSet, Host, KDLoss, View
from ame_explore.testing import (
    BrokenPromise,
    check_bound,
    check_data_set,
    check_host,
    check_kd_loss,
    check_reading,
    check_view,
    promises,
)


def broken(check, part, promise):
    with pytest.raises(BrokenPromise) as caught:
        check(part)
    assert caught.value.promise == promise
    assert part.name in str(caught.value) and promise in str(caught.value)


SCALAR, GRADIENT = "it gives a finite scalar", "it passes a finite gradient to the features"


def reading(function, **facts):
    facts = {"temperature": 1.0, "largest": lambda rows, texts, width: math.log(rows), **facts}
    return Reading(name="broken", function=function, help="Broken on purpose.", **facts)


READINGS = {
    "NaN": (reading(lambda m: m.scores.sum() * math.nan), SCALAR),
    "no tensor": (reading(lambda m: 1.0), SCALAR),
    "whole numbers": (reading(lambda m: m.scores.argmax()), SCALAR),
    "an error": (reading(lambda m: 1 / 0), SCALAR),
    "no gradient": (reading(lambda m: row_entropy(m.scores.detach())), GRADIENT),
    "a constant": (reading(lambda m: m.scores.sum() * 0), GRADIENT),
    "outside": (reading(lambda m: row_entropy(m.scores) + 5), "its value lies between least and largest"),
    "outside of one image": (
        reading(lambda m: row_entropy(m.scores) * (3 if m.scores.ndim == 2 else 1)),
        "its value lies between least and largest",
    ),
    "below": (reading(lambda m: row_entropy(m.scores), least=2.9), "its value lies between least and largest"),
    "no number": (
        reading(lambda m: row_entropy(m.scores), largest=lambda rows, texts, width: "log n"),
        "its value lies between least and largest",
    ),
    "heavy": (reading(lambda m: row_entropy(m.scores), default_omega=1e9), registry.ON_THE_DIAL),
    "order": (reading(lambda m: row_entropy(m.scores[:7])), "the order of the images does not matter"),
    "hot": (
        reading(lambda m: row_entropy(m.scores), temperature=None),
        "the temperature changes it exactly when one is declared",
    ),
    "cold": (
        reading(lambda m: row_entropy(m.scores * m.temperature)),
        "the temperature changes it exactly when one is declared",
    ),
    "pairs": (
        reading(lambda m: row_entropy(m.scores), needs_pairs=True),
        "it uses pairs exactly when needs_pairs is True",
    ),
    "deficit": (
        reading(lambda m: row_entropy(m.scores), deficit=lambda m: row_entropy(m.scores)),
        "the deficit is the largest value minus the value",
    ),
    "looks at values": (
        reading(lambda m: row_entropy(m.scores * float(m.scores.detach().abs().sum() > 0))),
        "it works under torch.func.vmap",
    ),
}


@pytest.mark.parametrize(("part", "promise"), READINGS.values(), ids=READINGS)
def test_a_broken_reading_is_named(part, promise):
    broken(check_reading, part, promise)
    assert "broken" not in registry.readings


@pytest.mark.parametrize(
    ("largest", "got"),
    [
        (lambda rows: math.log(rows), "(rows)"),
        (lambda texts, rows, width: math.log(rows), "(texts, rows, width)"),
        (lambda rows, width, texts: math.log(rows), "(rows, width, texts)"),
        (lambda rows, texts, width, scale: math.log(rows), "(rows, texts, width, scale)"),
        (lambda *, rows, texts, width: math.log(rows), "(*, rows, texts, width)"),
    ],
)
def test_a_largest_value_with_other_arguments_is_refused(largest, got):
    with pytest.raises(AMEError) as caught:
        reading(lambda m: row_entropy(m.scores), largest=largest)
    assert "largest of the reading 'broken' must take (rows, texts, width) in this order" in str(caught.value)
    assert f"got the arguments {got}: write, for example, largest=lambda rows, texts, width:" in str(caught.value)


@pytest.mark.parametrize("largest", [lambda n, c, d: math.log(n), lambda *sizes: math.log(sizes[0]), max])
def test_a_largest_value_may_name_its_arguments_otherwise(largest):
    assert reading(lambda m: row_entropy(m.scores), largest=largest).largest(10, 4, 5) > 2


def kd(function, **facts):
    return KDLoss(name="broken", function=function, help="Broken on purpose.", **facts)


def squared(student, teacher):
    return (student - teacher).square().sum(1).mean()


def writes(student, teacher):
    value = squared(student, teacher)
    teacher.mul_(2)
    return value


def unused(student, teacher, tau=1.0):
    return squared(student, teacher)


def sees_a_number(student, teacher):
    return squared(student, teacher) * (1 if float(student.detach().sum()) < 99 else 2)


LEAST, ORDER = "a student that equals its teacher has the least loss", "the order of the images does not matter"
LOSSES = {
    "of each image": (kd(lambda student, teacher: (student - teacher).square().sum(1)), SCALAR),
    "NaN": (kd(lambda student, teacher: squared(student, teacher) * math.nan), SCALAR),
    "no gradient": (
        kd(lambda student, teacher: squared(student.detach(), teacher)),
        "it passes a finite gradient to the student",
    ),
    "no gradient at the teacher": (
        kd(lambda student, teacher: (student - teacher).abs().sqrt().mean()),
        "it passes a finite gradient to the student",
    ),
    "leaves": (kd(lambda student, teacher: sys.exit(3)), SCALAR),
    "upside down": (kd(lambda student, teacher: 4 - squared(student, teacher)), LEAST),
    "below": (kd(squared, least=0.5), LEAST),
    "order": (kd(lambda student, teacher: squared(student[:3], teacher[:3])), ORDER),
    "option": (kd(unused), "each option that it asks for changes it"),
    "looks at values": (kd(sees_a_number), "it works under torch.func.vmap"),
    "writes": (kd(writes), "it leaves its inputs as they are"),
}


@pytest.mark.parametrize(("part", "promise"), LOSSES.values(), ids=LOSSES)
def test_a_broken_loss_is_named(part, promise):
    if promise == "it leaves its inputs as they are":  # an earlier promise meets the changed teacher as well
        with pytest.raises(BrokenPromise):
            check_kd_loss(part)
        return
    broken(check_kd_loss, part, promise)


def data_set(function):
    return DataSet(name="broken", function=function, help="Broken on purpose.")


def renamed(seed, **changes):
    return dataclasses.replace(digits(seed=seed), name="broken", **changes)


DATA = {
    "other type": (data_set(lambda *, seed=0: [1]), "it returns a PairedData of its own name"),
    "other name": (data_set(lambda *, seed=0: digits(seed=seed)), "it returns a PairedData of its own name"),
    "seed unused": (
        data_set(lambda *, seed=0: renamed(0)),
        "one seed gives the same data, another seed other splits",
    ),
    "no new classes": (
        data_set(lambda *, seed=0: renamed(seed, base_classes=tuple(range(10)))),
        "there are test images of base and of new classes, and at least one shot of each base class",
    ),
    "unknown default": (
        dataclasses.replace(data_set(lambda *, seed=0: renamed(seed)), defaults={"host": "nobody"}),
        "a recipe takes its default settings",
    ),
    "no draw": (
        data_set(lambda *, seed=0: renamed(seed, draw=lambda indices, _: digits().images[indices])),
        "ambiguity draws other images where it says it can",
    ),
}


@pytest.mark.parametrize(("part", "promise"), DATA.values(), ids=DATA)
def test_a_broken_data_set_is_named(part, promise):
    broken(check_data_set, part, promise)


class Linear(Student):
    def __init__(self, tower, output_dim, *, generator=None):
        super().__init__(tower, output_dim)
        self.projector = drawn(lambda: nn.Linear(self.width, output_dim), generator)


class Wide(Linear):
    def __init__(self, tower, output_dim, *, generator=None):
        super().__init__(tower, output_dim + 1, generator=generator)


class Unseeded(Linear):
    def __init__(self, tower, output_dim, *, generator=None):
        super().__init__(tower, output_dim)


class Idle(Linear):
    def __init__(self, tower, output_dim, *, generator=None):
        super().__init__(tower, output_dim, generator=generator)
        self.idle = nn.Parameter(torch.zeros(3))


class Thawed(Linear):
    def __init__(self, tower, output_dim, *, generator=None):
        super().__init__(tower, output_dim, generator=generator)
        self.backbone.requires_grad_(True)

    def prepare(self, images):
        return images

    def forward(self, prepared):
        return self.projector(self.backbone(prepared))


class Unmixed(Linear):
    """It claims to be pretrained, but `mix` does nothing."""


SHAPES = "it turns images into features of the teacher's width"
HOSTS = {
    "width": (Wide, SHAPES),
    "no student": (lambda tower, width, *, generator=None: nn.Linear(3, 4), SHAPES),
    "global random state": (Unseeded, "its weights come from the generator alone"),
    "idle": (Idle, "what it calls frozen stays, and all else that asks for a gradient learns"),
    "unmixed": (Unmixed, "if it is pretrained, mixing leads from the initial to the trained weights"),
    "not frozen": (Thawed, "what it calls frozen stays, and all else that asks for a gradient learns"),
}


@pytest.mark.parametrize(("made", "promise"), HOSTS.values(), ids=HOSTS)
def test_a_broken_host_is_named(made, promise):
    pretrained = made is Unmixed
    broken(check_host, Host(name="broken", function=made, help="Broken on purpose.", pretrained=pretrained), promise)


def test_a_host_of_three_lines_keeps_every_promise():
    check_host(Host(name="linear", function=Linear, help="A linear projection."))


def claimed(evidence, margin, kind="with probability"):
    mean = float(evidence.test_losses.mean())
    steps = [("test loss", mean, "loss", mean), ("margin", margin, "loss", mean + margin)]
    try:
        terms = stack(steps)
    except ValueError:  # a term may say its role as well
        terms = stack([(name, value, unit, "confidence", reached) for name, value, unit, reached in steps])
    return Bound("claimed", mean + margin, "loss", kind, 80, 1 - evidence.delta, terms, (), "made up")


RULES = {
    "no bound": (lambda evidence: 0.5, "it returns a Bound, or None where it does not apply"),
    "terms": (
        lambda evidence: dataclasses.replace(claimed(evidence, 0.3), value=0.9),
        "what its terms add is its value",
    ),
    "too tight": (lambda evidence: claimed(evidence, 0.01), "it holds as often as it says"),
    "delta": (lambda evidence: claimed(evidence, 0.3 + evidence.delta), "less delta does not make it tighter"),
}


@pytest.mark.parametrize(("function", "promise"), RULES.values(), ids=RULES)
def test_a_broken_bound_is_named(function, promise):
    rule = BoundRule(name="broken bound", function=function, help="Broken on purpose.")
    broken(check_bound, rule, promise)


def test_a_bound_that_never_applies_says_that_nothing_was_checked():
    with pytest.warns(UserWarning, match="'broken bound' applies to none of the samples of its check"):
        check_bound(BoundRule(name="broken bound", function=lambda evidence: None, help="Broken on purpose."))


def test_a_bound_over_supersamples_that_is_too_tight_is_named():
    def small(draws):
        terms = stack([("nothing", 0.01, "loss", "information", 0.01)])
        return Bound("small", 0.01, "gap", "in expectation", 8, None, terms, (), "made up")

    rule = BoundRule(name="small", function=small, help="Broken on purpose.", per="supersamples")
    broken(check_bound, rule, "it holds as often as it says")


DRAWS = "export default { render({ model, el }) { el.textContent = model.get('data').x; } };"
VIEWS = {
    "no mapping": (lambda arms: [1], DRAWS, "what it sends is plain values and arrays"),
    "objects": (lambda arms: {"x": object()}, DRAWS, "what it sends is plain values and arrays"),
    "needs an arm": (lambda arms: {"x": arms[0].step}, DRAWS, "what it sends is plain values and arrays"),
    "writes": (
        lambda arms: ([each.series["H"][1].fill(0) for each in arms if each.series] and {}) or {},
        DRAWS,
        "it leaves what it is given as it is",
    ),
    "syntax": (lambda arms: {}, "export default { render( { } };", "its module is JavaScript that can be read"),
}


@pytest.mark.parametrize(("function", "module", "promise"), VIEWS.values(), ids=VIEWS)
def test_a_broken_view_is_named(function, module, promise):
    if "JavaScript" in promise and shutil.which("node") is None:
        pytest.skip("there is no node, which reads the module")
    broken(check_view, View(name="broken", function=function, module=module, help="Broken on purpose."), promise)


def test_every_promise_has_a_part_that_breaks_it():
    """Which no test here breaks is listed by hand, with the reason."""
    shown = [p for table in (READINGS, LOSSES, DATA, HOSTS, RULES, VIEWS) for *_, p in table.values()]
    left = {promise for _, promise in promises()} - set(shown)
    assert left == {
        "float32 gives what float64 gives",  # needs a function of the dtype
        "it leaves its inputs as they are",  # shown for KD losses; a reading has no access to its inputs
        "its options have defaults",  # such a data set cannot be loaded at all
        "many students compute together as one does",  # whatever torch cannot batch
    } - set(shown)


# What is refused at once


def test_bad_facts_are_refused_when_they_are_registered():
    def function(m):
        """Something."""

    refused = [
        (lambda: registry.reading("my reading")(function), "up to 40 letters"),
        (lambda: registry.reading(default_omega=-1.0)(function), "default_omega of the reading 'function' must be"),
        (lambda: registry.reading(default_omega=math.nan)(function), "default_omega"),
        (lambda: registry.reading(default_omega=1e9)(function), f"promise '{registry.ON_THE_DIAL}': .* got 1e.09"),
        (lambda: registry.reading(temperature=0.0)(function), "temperature of the reading"),
        (lambda: registry.reading(least=-math.inf)(function), "collapsed_below"),
        (lambda: registry.reading(counts="columns")(function), "counts"),
        (lambda: registry.reading(colour="red")(function), "facts of a reading must be one of"),
        (lambda: registry.reading()(lambda m: m), "up to 40 letters"),
        (lambda: registry.reading("nameless")(lambda m: m), "help of 'nameless' must be a sentence"),
        (lambda: registry.reading(function), "with parentheses"),
        (lambda: registry.kd_loss(on="pixels")(lambda student, teacher: 0), "up to 40 letters"),
        (lambda: registry.kd_loss("k", help="x.", on="pixels")(squared), "on of the KD loss 'k' must be"),
        (lambda: registry.kd_loss("k", help="x.")(lambda student: 0), "must have the parameters student and teacher"),
        (lambda: registry.kd_loss("k", help="x.")(lambda s, teacher: 0), "passed by name, got .s, teacher"),
        (lambda: registry.kd_loss("k", help="x.")(lambda student, teacher, /: 0), "passed by name"),
        (lambda: registry.kd_loss("k", help="x.")(max), "function of 'k' must be written in Python, got .*: wrap it"),
        (lambda: registry.data_set("d", help="x.")(max), "function of 'd' must be written in Python"),
        (lambda: registry.reading("")(function), "up to 40 letters"),
        (lambda: registry.kd_loss("k", help="x.", label="logit distance")(squared), "label 'logit distance' is taken"),
        (lambda: registry.kd_loss("k", help="x.", unit=3)(squared), "unit must be a text, got 3"),
        (lambda: registry.kd_loss("k", help="x.", label="a\nb")(squared), "label of 'k' must be text in one line"),
        (lambda: registry.reading(unit=None)(function), "unit of the reading 'f.*' must be a text, got None"),
        (lambda: registry.reading(deficit=3)(function), "deficit of the reading 'f.*' must be a function or None"),
        (lambda: registry.reading(per_image="no")(function), "per_image of the reading 'f.*' must be True or False"),
        (lambda: registry.data_set("d", help="x.", defaults=[1])(lambda seed: 0), "defaults must be a dict"),
        (lambda: registry.data_set("d", help="x.", defaults={"data": "digits"})(lambda seed: 0), "must not hold data"),
        (lambda: registry.view("v", help="x.", module=DRAWS, css=3)(function), "css must be a text, got 3"),
        (
            lambda: registry.kd_loss("k", help="x.")(lambda student, teacher, labels: 0),
            "has the unknown parameters labels",
        ),
        (lambda: registry.kd_loss("k", help="x.", least=math.nan)(squared), "least of 'k'"),
        (lambda: registry.data_set("d", help="x.")(lambda: 0), "must take a seed"),
        (lambda: registry.host("h", help="x.", frozen="backbone.")(Linear), "frozen must be a list of texts"),
        (lambda: registry.bound("b", help="x.", per="class")(function), "per of the bound"),
        (lambda: registry.view("v", help="x.", module="let x = 1;")(function), "must be an ES module"),
        (lambda: registry.view("v", help="x.", module=Path("nowhere.js"))(function), "cannot be read"),
        (lambda: registry.readings.add(kd(squared)), "a reading must be a Reading, got KDLoss"),
    ]
    before = [dict(each) for each in (registry.readings, registry.kd_losses, registry.data_sets, registry.hosts)]
    for register, words in refused:
        with pytest.raises(AMEError, match=words):
            register()
    assert before == [dict(e) for e in (registry.readings, registry.kd_losses, registry.data_sets, registry.hosts)]


@pytest.mark.parametrize(
    ("register", "name"),
    [
        (registry.reading, "rows"),
        (registry.kd_loss, "logits"),
        (registry.data_set, "digits"),
        (registry.host, "scratch"),
    ],
)
def test_a_name_that_is_taken_is_refused_and_says_by_whom(register, name):
    def function(student, teacher, seed=0):
        """Another."""

    with pytest.raises(AMEError, match=f"the name {name!r} is taken by another .*ame_explore"):
        register(name)(function)


def test_a_gradient_that_is_nan_is_called_so() -> None:
    """NaN > 0 is false, too: it was once reported as a gradient of 0."""

    def undefined(m: Any) -> torch.Tensor:
        """The scores, and the root of 0, whose gradient is infinite times 0."""
        return (m.scores + (m.scores - m.scores).sqrt()).mean()

    part = Reading(name="undefined", function=undefined, least=-math.inf, collapsed_below=-1e9)
    with pytest.raises(AssertionError, match="the gradient has NaN or infinity"):
        check_reading(part)


def test_a_temperature_for_one_projection_alone_is_refused() -> None:
    with pytest.raises(AMEError, match="temperature of the reading 'half' must be a number, or one for 'own' and one"):
        Reading(name="half", function=lambda m: m.scores.mean(), help="x.", temperature={"own": 0.1})
