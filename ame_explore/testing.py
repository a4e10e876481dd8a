"""Checks of what parts promise, for the parts of this package and your own; they work in a notebook cell, too::

    from ame_explore.testing import check_reading

    check_reading("my_reading")  # raises BrokenPromise, which names the promise

In a test file, with one test for each promise of each part::

    from ame_explore.registry import readings
    from ame_explore.testing import parametrize_with_checks

    @parametrize_with_checks(readings["my_reading"])
    def test_my_parts(check):
        check()

Inputs are small and drawn from fixed seeds, and nothing is trained except for one step of a host. Only
`parametrize_with_checks` needs pytest.
"""

from __future__ import annotations

import functools
import inspect
import itertools
import json
import math
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.func import functional_call, vmap
from torch.nn import functional as F

from ame_explore import registry
from ame_explore.ame import READINGS, AMEError, AMELoss, Reading, shown
from ame_explore.analysis.bounds.bound_inputs import CoinDraws, Evidence, Posterior
from ame_explore.analysis.bounds.students import bound_by
from ame_explore.analysis.bounds.terms import Bound
from ame_explore.data import PairedData, load
from ame_explore.data.sets.digits import digits
from ame_explore.models import SmallCLIP, Student
from ame_explore.models.optimizers import SGD
from ame_explore.registry import BoundRule, DataSet, Host, KDLoss, Part, Registry, View
from ame_explore.training import Recipe
from ame_explore.training.replicas.learners import batchable_attention
from ame_explore.widgets.views.registered import ViewedArm, sent

_Check = Callable[[Any], None]
_PROMISES: dict[type, dict[str, _Check]] = {}
REGISTRIES: tuple[Registry[Any], ...] = (
    registry.readings,
    registry.kd_losses,
    registry.data_sets,
    registry.hosts,
    registry.bounds,
    registry.views,
)


class BrokenPromise(AssertionError):
    """A part does not do what parts of its kind promise.

    Args:
        part: the part.
        promise: the promise.
        detail: what it does instead.

    Attributes:
        promise: the promise, as `promises` lists it.
    """

    def __init__(self, part: Any, promise: str, detail: str) -> None:
        super().__init__(f"{type(part).__name__} {part.name!r} breaks the promise {promise!r}: {detail}")
        self.promise = promise


def check_reading(part: Reading | str) -> None:
    """Check all promises of a reading.

    Args:
        part: the reading, or its registered name.

    Raises:
        BrokenPromise: if it breaks a promise; the error names the first one.
        AMEError: if it is no such part.
    """
    _check_all(registry.readings, part)


def check_kd_loss(part: KDLoss | str) -> None:
    """Check all promises of a KD loss.

    Args:
        part: the KD loss, or its registered name.

    Raises:
        BrokenPromise: if it breaks a promise; the error names the first one.
        AMEError: if it is no such part.
    """
    _check_all(registry.kd_losses, part)


def check_data_set(part: DataSet | str) -> None:
    """Check all promises of a data set.

    Args:
        part: the data set, or its registered name.

    Raises:
        BrokenPromise: if it breaks a promise; the error names the first one.
        AMEError: if it is no such part.
    """
    _check_all(registry.data_sets, part)


def check_host(part: Host | str) -> None:
    """Check all promises of a host.

    Args:
        part: the host, or its registered name.

    Raises:
        BrokenPromise: if it breaks a promise; the error names the first one.
        AMEError: if it is no such part.
    """
    _check_all(registry.hosts, part)


def check_bound(part: BoundRule | str) -> None:
    """Check all promises of a bound.

    Args:
        part: the bound, or its registered name.

    Raises:
        BrokenPromise: if it breaks a promise; the error names the first one.
        AMEError: if it is no such part.
    """
    _check_all(registry.bounds, part)


def check_view(part: View | str) -> None:
    """Check all promises of a view.

    Args:
        part: the view, or its registered name.

    Raises:
        BrokenPromise: if it breaks a promise; the error names the first one.
        AMEError: if it is no such part.
    """
    _check_all(registry.views, part)


def checks(*parts: Part | Reading) -> Iterator[tuple[str, Callable[[], None]]]:
    """Yield (name, function that raises `BrokenPromise`) for each promise of the parts.

    Args:
        *parts: the parts; none: all registered parts.
    """
    for part in parts or [part for kind in REGISTRIES for part in kind.values()]:
        for promise in _PROMISES[type(part)]:
            yield f"{part.name}: {promise}", functools.partial(_check, part, promise)


def parametrize_with_checks(*parts: Part | Reading) -> Any:
    """A pytest decorator that calls the test with a `check` for each promise of the parts.

    Args:
        *parts: the parts; none: all registered parts.
    """
    import pytest

    found = list(checks(*parts))
    return pytest.mark.parametrize("check", [check for _, check in found], ids=[name for name, _ in found])


def _check_all(kind: Registry[Any], part: Any) -> None:
    part = kind[part] if isinstance(part, str) else part
    if not isinstance(part, kind.part):
        raise AMEError(f"part must be a {kind.part.__name__} or the name of a {kind.kind}, got {shown(part)}.")
    for promise in _PROMISES[kind.part]:
        _check(part, promise)


def _check(part: Any, promise: str) -> None:
    try:
        with _at_hand(part):
            _PROMISES[type(part)][promise](part)
    except _Broken as error:
        raise BrokenPromise(part, promise, str(error)) from None
    except (Exception, SystemExit) as error:
        raise BrokenPromise(part, promise, f"it raises {type(error).__name__}: {error}") from error


@contextmanager
def _at_hand(part: Any) -> Iterator[None]:
    """Register a reading for the duration of its checks, so that `AMELoss` finds it by name."""
    if not isinstance(part, Reading):
        yield
        return
    before = READINGS.get(part.name)
    READINGS[part.name] = part
    try:
        yield
    finally:
        if before is None:
            del READINGS[part.name]
        else:
            READINGS[part.name] = before


class _Broken(Exception):
    """How a promise is broken."""


def _promise(kind: type, words: str) -> Callable[[_Check], _Check]:
    def keep(check: _Check) -> _Check:
        _PROMISES.setdefault(kind, {})[words] = check
        return check

    return keep


def _require(kept: bool, detail: str) -> None:
    if not kept:
        raise _Broken(detail)


def _scalar(value: object) -> Tensor:
    _require(isinstance(value, Tensor), f"it returns a {type(value).__name__}, not a tensor")
    assert isinstance(value, Tensor)
    _require(value.is_floating_point() and value.ndim == 0, f"it returns {value.dtype} of shape {tuple(value.shape)}")
    _require(bool(value.detach().isfinite()), f"it returns {value.item()}")
    return value


def _generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def _number(value: Tensor | float) -> float:
    return float(value.detach()) if isinstance(value, Tensor) else float(value)


def _close(a: Tensor | float, b: Tensor | float, tolerance: float = 1e-6) -> bool:
    return math.isclose(_number(a), _number(b), rel_tol=tolerance, abs_tol=tolerance)


# Readings

_IMAGES, _TEXTS, _WIDTH = 6, 4, 8
_PAIRS = torch.tensor([0, 1, 2, 3, 0, 1])


def _features(dtype: torch.dtype = torch.float64) -> dict[str, Tensor]:
    image, text = (torch.randn(n, _WIDTH, generator=_generator(n), dtype=torch.float64) for n in (_IMAGES, _TEXTS))
    return {"image": image.to(dtype), "text": text.to(dtype)}


def _loss(part: Reading, dtype: torch.dtype = torch.float64, **options: Any) -> AMELoss:
    sizes: dict[str, Any] = {"image_dim": _WIDTH, "text_dim": _WIDTH, "manifold_dim": 5}
    return AMELoss(reading=part.name, generator=_generator(), **sizes, **options).to(dtype)


def _entropy(part: Reading, features: dict[str, Tensor] | None = None, **options: Any) -> Tensor:
    given = _features() if features is None else features
    return _loss(part, given["image"].dtype, **options).entropy(**given, pairs=_PAIRS)


def _largest(part: Reading, rows: int, width: int) -> float:
    """The reading's largest value; the caller has checked that it has one."""
    assert part.largest is not None  # for the type checker
    value = part.largest(rows, _TEXTS, width)
    number = isinstance(value, (int, float)) and not math.isnan(value)
    _require(number, f"largest({rows}, {_TEXTS}, {width}) gives {shown(value)}, not a number")
    return value


@_promise(Reading, "it gives a finite scalar")
def _reading_scalar(part: Reading) -> None:
    plain: tuple[dict[str, Any], ...] = ({}, {"projection": "host"}, {"normalize": "unit"})
    for options in plain:
        _scalar(_entropy(part, **options))
    if not part.per_image:
        image, paired = {"scope": "image"}, {"text_rows": "paired"}
        of_rows: tuple[dict[str, Any], ...] = (image, paired, {**image, **paired})
        for options in of_rows:
            _scalar(_entropy(part, **options))


@_promise(Reading, "it passes a finite gradient to the features")
def _reading_gradient(part: Reading) -> None:
    for projection in ("own", "host"):
        features = {name: value.requires_grad_() for name, value in _features().items()}
        value = _scalar(_entropy(part, features, projection=projection))
        _require(value.requires_grad, f"the value has no gradient (projection={projection!r})")
        gradient = torch.autograd.grad(value, features["image"], allow_unused=True)[0]
        where = f"(projection={projection!r})"
        _require(gradient is not None, f"the gradient is 0 {where}")
        _require(bool(gradient.isfinite().all()), f"the gradient has NaN or infinity {where}")
        _require(bool(gradient.abs().max() > 0), f"the gradient is 0 {where}")


@_promise(Reading, "its value lies between least and largest")
def _reading_range(part: Reading) -> None:
    for scale in (0.1, 1.0, 30.0):
        features = {name: scale * value for name, value in _features().items()}
        for projection, scope in itertools.product(
            ("own", "host"), ("batch",) if part.per_image else ("batch", "image")
        ):
            value = _number(_entropy(part, features, projection=projection, scope=scope))
            width = 5 if projection == "own" else _WIDTH
            rows = _TEXTS + (_IMAGES if scope == "batch" else 1)
            largest = math.inf if part.largest is None else _largest(part, rows, width)
            slack = 1e-9 * max(1.0, abs(value))
            inside = part.least - slack <= value <= largest + slack
            _require(inside, f"the value is {value:g} with scope={scope!r}, outside [{part.least:g}, {largest:g}]")


@_promise(Reading, registry.ON_THE_DIAL)
def _reading_omega(part: Reading) -> None:
    low, high = registry.OMEGA_DIAL
    _require(low <= part.default_omega <= high, f"default_omega is {part.default_omega:g}, outside [{low}, {high}]")


@_promise(Reading, "the order of the images does not matter")
def _reading_order(part: Reading) -> None:
    order = torch.tensor([3, 0, 5, 1, 4, 2])
    given = _features()
    loss = _loss(part)
    value = loss.entropy(**given, pairs=_PAIRS)
    other = loss.entropy(image=given["image"][order], text=given["text"], pairs=_PAIRS[order])
    _require(_close(value, other), f"the value is {_number(value):g} in one order and {_number(other):g} in another")


@_promise(Reading, "the temperature changes it exactly when one is declared")
def _reading_temperature(part: Reading) -> None:
    one, other = (_number(_entropy(part, temperature=temperature)) for temperature in (0.5, 2.0))
    moved = not _close(one, other, 1e-9)
    _require(
        moved == part.tempered,
        f"tempered is {part.tempered}, but the value is {one:g} at temperature 0.5 and {other:g} at 2",
    )


@_promise(Reading, "it uses pairs exactly when needs_pairs is True")
def _reading_pairs(part: Reading) -> None:
    loss = _loss(part)
    one, other = (_number(loss.entropy(**_features(), pairs=pairs)) for pairs in (_PAIRS, _PAIRS.roll(1)))
    moved = not _close(one, other, 1e-9)
    _require(
        moved == part.needs_pairs, f"needs_pairs is {part.needs_pairs}, but other pairs change {one:g} to {other:g}"
    )


@_promise(Reading, "the deficit is the largest value minus the value")
def _reading_deficit(part: Reading) -> None:
    if not part.has_deficit or part.largest is None:
        return
    loss = _loss(part)
    value = _number(loss.entropy(**_features(), pairs=_PAIRS))
    deficit = _number(loss.deficit(**_features(), pairs=_PAIRS))
    largest = _largest(part, _IMAGES + _TEXTS, 5)
    # score_variance never reaches its largest value, 0, but its deficit is exact
    _require(
        _close(deficit, largest - value),
        f"the deficit is {deficit:g}, not {largest:g} - {value:g} = {largest - value:g}",
    )


@_promise(Reading, "float32 gives what float64 gives")
def _reading_dtype(part: Reading) -> None:
    double, single = (_number(_entropy(part, _features(dtype))) for dtype in (torch.float64, torch.float32))
    _require(_close(double, single, 1e-3), f"the value is {double:g} in float64 and {single:g} in float32")


@_promise(Reading, "it works under torch.func.vmap")
def _reading_vmap(part: Reading) -> None:
    loss = _loss(part, check_values=False)
    text, images = _features()["text"], torch.stack([_features()["image"], 2 * _features()["image"]])
    together = vmap(lambda image: loss.entropy(image=image, text=text, pairs=_PAIRS))(images)
    alone = [loss.entropy(image=image, text=text, pairs=_PAIRS) for image in images]
    same = all(_close(a, b) for a, b in zip(together, alone, strict=True))
    _require(same, "vmap changes the value; landscapes and replicas use it to compute many students at once")


@_promise(Reading, "it leaves its inputs as they are")
def _reading_inputs(part: Reading) -> None:
    given = _features()
    kept = {name: value.clone() for name, value in given.items()}
    _entropy(part, given)
    _require(all(torch.equal(given[name], kept[name]) for name in given), "it changes them in place")


# KD losses


def _answers(part: KDLoss, seed: int, dtype: torch.dtype = torch.float64) -> Tensor:
    drawn = torch.randn(_IMAGES, _WIDTH, generator=_generator(seed), dtype=torch.float64)
    return (F.normalize(drawn, dim=1) if part.on == "features" else 5 * drawn).to(dtype)


@lru_cache
def _class_vectors(width: int) -> Tensor:
    return F.normalize(torch.randn(_WIDTH, width, generator=_generator(9), dtype=torch.float64), dim=1)


def _kd(part: KDLoss, student: Tensor, teacher: Tensor, **changed: Any) -> Any:
    settings: dict[str, Any] = {
        "tau": 1.0,
        "student_tau": None,
        "label_smoothing": 0.0,
        "normalized": True,
        "texts": _class_vectors(_WIDTH if part.on == "features" else 3).to(student.dtype),
        "logit_scale": 20.0,
        **changed,
    }
    return part.function(student=student, teacher=teacher, **{name: settings[name] for name in part.options})


@_promise(KDLoss, "it gives a finite scalar")
def _kd_scalar(part: KDLoss) -> None:
    for dtype in (torch.float32, torch.float64):
        _scalar(_kd(part, _answers(part, 1, dtype), _answers(part, 2, dtype)))
        _scalar(_kd(part, _answers(part, 1, dtype)[:2], _answers(part, 2, dtype)[:2]))  # of a small batch


@_promise(KDLoss, "it passes a finite gradient to the student")
def _kd_gradient(part: KDLoss) -> None:
    student = _answers(part, 1).requires_grad_()
    value = _scalar(_kd(part, student, _answers(part, 2)))
    _require(value.requires_grad, "the value has no gradient")
    gradient = torch.autograd.grad(value, student, allow_unused=True)[0]
    _require(gradient is not None, "the gradient is 0")
    _require(bool(gradient.isfinite().all()), "the gradient has NaN or infinity")
    _require(bool(gradient.abs().max() > 0), "the gradient is 0")
    equal = _answers(part, 2).requires_grad_()
    gradient = torch.autograd.grad(_scalar(_kd(part, equal, _answers(part, 2))), equal, allow_unused=True)[0]
    whole = gradient is None or bool(gradient.isfinite().all())
    _require(whole, "the gradient has NaN or infinity where the student equals its teacher")


@_promise(KDLoss, "a student that equals its teacher has the least loss")
def _kd_least(part: KDLoss) -> None:
    teacher = _answers(part, 2)
    best = _number(_scalar(_kd(part, teacher.clone(), teacher)))
    _require(best >= part.least - 1e-9, f"the loss is then {best:g}, below its least value {part.least:g}")
    for seed in (1, 3, 4):
        other = _number(_scalar(_kd(part, _answers(part, seed), teacher)))
        _require(other >= best - 1e-9, f"the loss is then {best:g}, but {other:g} for another student")


@_promise(KDLoss, "the order of the images does not matter")
def _kd_order(part: KDLoss) -> None:
    student, teacher, order = _answers(part, 1), _answers(part, 2), torch.tensor([3, 0, 5, 1, 4, 2])
    one, other = _kd(part, student, teacher), _kd(part, student[order], teacher[order])
    _require(_close(one, other), f"the loss is {_number(one):g} in one order and {_number(other):g} in another")


@_promise(KDLoss, "each option that it asks for changes it")
def _kd_options(part: KDLoss) -> None:
    student = 1.5 * _answers(part, 1)  # not of unit length, so that `normalized` has an effect
    changes = {
        "tau": 3.0,
        "student_tau": 7.0,
        "label_smoothing": 0.5,
        "normalized": False,
        "logit_scale": 50.0,
        "texts": torch.eye(_WIDTH, _WIDTH if part.on == "features" else 3, dtype=torch.float64),
    }
    before = _kd(part, student, _answers(part, 2))
    for option in part.options:
        after = _kd(part, student, _answers(part, 2), **{option: changes[option]})
        _require(not _close(before, after, 1e-9), f"changing {option} does not change the loss")


@_promise(KDLoss, "it works under torch.func.vmap")
def _kd_vmap(part: KDLoss) -> None:
    students, teacher = torch.stack([_answers(part, 1), _answers(part, 3)]), _answers(part, 2)
    alone = [_kd(part, student, teacher) for student in students]
    together = vmap(lambda student: _kd(part, student, teacher))(students)
    same = all(_close(a, b) for a, b in zip(together, alone, strict=True))
    _require(same, "vmap changes the value; landscapes and replicas use it to compute many students at once")


@_promise(KDLoss, "it leaves its inputs as they are")
def _kd_inputs(part: KDLoss) -> None:
    student, teacher = _answers(part, 1), _answers(part, 2)
    _kd(part, student, teacher)
    unchanged = torch.equal(student, _answers(part, 1)) and torch.equal(teacher, _answers(part, 2))
    _require(unchanged, "it changes them in place")


# Data sets


@lru_cache(maxsize=4)
def _loaded(part: DataSet, seed: int) -> PairedData:
    if registry.data_sets.get(part.name) is part:
        return load(part.name, seed=seed)
    made: Any = part.function(seed=seed)
    _require(isinstance(made, PairedData), f"it returns a {type(made).__name__}")
    _require(made.name == part.name, f"it returns data named {made.name!r}")
    data: PairedData = made
    return data


@_promise(DataSet, "it returns a PairedData of its own name")
def _data_loads(part: DataSet) -> None:
    _loaded(part, 0)


@_promise(DataSet, "one seed gives the same data, another seed other splits")
def _data_seeds(part: DataSet) -> None:
    first, again, other = _loaded(part, 0), part.function(seed=0), _loaded(part, 1)
    _require(first.digest == again.digest, "two calls with seed 0 differ")
    _require(first.digest != other.digest, "seeds 0 and 1 give the same data")


@_promise(DataSet, "there are test images of base and of new classes, and at least one shot of each base class")
def _data_sides(part: DataSet) -> None:
    data = _loaded(part, 0)
    for side in ("base", "new"):
        data.indices("test", side)
    data.shots(1, seed=0)


@_promise(DataSet, "its options have defaults")
def _data_options(part: DataSet) -> None:
    parameters = inspect.signature(part.function).parameters
    missing = [name for name in parameters if parameters[name].default is inspect.Parameter.empty and name != "seed"]
    _require(not missing, f"no default for {', '.join(missing)}, which a recipe cannot set")


@_promise(DataSet, "a recipe takes its default settings")
def _data_defaults(part: DataSet) -> None:
    Recipe(**{"data": part.name, **part.defaults})


@_promise(DataSet, "ambiguity draws other images where it says it can")
def _data_ambiguity(part: DataSet) -> None:
    data = _loaded(part, 0)
    if data.draw is None:
        return
    some = data.indices("test")[:8]
    changed = data.images_at(some, ambiguity=1.0)
    _require(not torch.equal(changed, data.images_at(some)), "ambiguity 1 gives the clean images")


# Hosts


@lru_cache(maxsize=1)
def _tower() -> Any:
    return SmallCLIP.for_data(digits(), "student", generator=_generator()).image_tower


def _student(part: Host, seed: int = 1) -> Student:
    made = part.function(_tower(), 7, generator=_generator(seed))
    _require(isinstance(made, Student), f"it returns a {type(made).__name__}, not a Student")
    return made  # type: ignore[no-any-return]


def _images() -> Tensor:
    return digits().images[:6]


@_promise(Host, "it turns images into features of the teacher's width")
def _host_shapes(part: Host) -> None:
    student = _student(part)
    prepared = student.prepare(_images())
    _require(not prepared.requires_grad, "prepare keeps a gradient, but it must hold only frozen parts")
    features = student(prepared)
    _require(
        tuple(features.shape) == (6, 7), f"for 6 images and width 7, the features have shape {tuple(features.shape)}"
    )
    _require(bool(features.isfinite().all()), "the features have NaN or infinity")


@_promise(Host, "its weights come from the generator alone")
def _host_weights(part: Host) -> None:
    before = torch.get_rng_state()
    one, same, other = (_student(part, seed).state_dict() for seed in (1, 1, 2))
    _require(torch.equal(before, torch.get_rng_state()), "it draws from torch's global random state")
    _require(all(torch.equal(one[name], same[name]) for name in one), "the same seed gives different weights")
    _require(any(not torch.equal(one[name], other[name]) for name in one), "different seeds give the same weights")


@_promise(Host, "what it calls frozen stays, and all else that asks for a gradient learns")
def _host_frozen(part: Host) -> None:
    student = _student(part).train()
    before = {name: value.clone() for name, value in student.state_dict().items()}
    features = student(student.prepare(_images()))
    wanted = torch.randn(features.shape, generator=_generator(3))
    (features - wanted).square().sum().backward()
    learning = student.trainable_parameters()
    _require(bool(learning), "no parameter requires a gradient")
    silent = [name for name, p in student.named_parameters() if p.requires_grad and p.grad is None]
    _require(not silent, f"{silent[0] if silent else ''} requires a gradient but gets none")
    SGD(learning, lr=0.1).step()
    moved = {name for name, value in student.state_dict().items() if not torch.equal(value, before[name])}
    wrong = sorted(name for name in moved if part.is_frozen(name))
    _require(not wrong, f"a training step changed {wrong[0] if wrong else ''}, which is declared as frozen")
    _require(bool(moved), "a training step changed nothing")


@_promise(Host, "if it is pretrained, mixing leads from the initial to the trained weights")
def _host_mixing(part: Host) -> None:
    if not part.pretrained:
        return
    student = _student(part)
    shown = student.prepare(_images())
    student.eval()
    initial = student(shown).detach()
    with torch.no_grad():
        for parameter in student.trainable_parameters():
            parameter.add_(0.1 * torch.randn(parameter.shape, generator=_generator(3)))
    trained = student(shown).detach()
    student.mix(0.0)
    _require(torch.allclose(student(shown), initial, atol=1e-6), "mix(0) does not give the initial student")
    student.mix(1.0)
    _require(torch.equal(student(shown), trained), "mix(1) does not give the trained student")
    student.mix(0.5)
    half = student(shown).detach()
    student.train()
    _require(not torch.equal(half, trained), "mix(0.5) gives the trained student")
    as_learned = student(shown).detach()
    student.mix(0.0)
    _require(torch.equal(student(shown).detach(), as_learned), "mixing changes what is trained")


@_promise(Host, "many students compute together as one does")
def _host_vmap(part: Host) -> None:
    students = [_student(part, seed).eval() for seed in (1, 2)]
    shown = students[0].prepare(_images())
    states = {n: torch.stack([s.state_dict()[n] for s in students]) for n in students[0].state_dict()}
    with batchable_attention():
        together = vmap(lambda state: functional_call(students[0], state, (shown,)))(states)
    same = all(torch.allclose(a, s(shown), atol=1e-4) for a, s in zip(together, students, strict=True))
    _require(same, "torch.func.vmap changes its features")


# Bounds

_DELTA = 0.05
_REPEATS = {"student": 400, "posterior": 400, "supersamples": 40}  # a supersample holds many students
_TRAINED = 0.6  # the loss on training images, as a share of the expected loss


def _given(part: BoundRule, chance: float, seed: int, delta: float = _DELTA) -> Evidence | Posterior | CoinDraws:
    draw = np.random.default_rng(seed)
    if part.per == "posterior":  # the weights do not depend on the samples: Q = P, and each draw has the same loss
        seen = torch.full((50,), float((draw.random(80) < chance).mean()), dtype=torch.float64)
        return Posterior(seen, 0.0, 80, delta, "initialization")
    if part.per == "supersamples":
        coins = draw.integers(0, 2, (2, 60, 8))
        trained = np.stack([coins == 0, coins == 1], axis=-1)
        return CoinDraws((draw.random(trained.shape) < np.where(trained, _TRAINED, 1) * chance).astype(float), coins)
    sizes = (40, _TRAINED * chance), (80, chance)
    train, test = (torch.from_numpy((draw.random(n) < p).astype(float)) for n, p in sizes)
    return Evidence(train, test, delta, 1.5, "rows")


def _bound(part: BoundRule, chance: float = 0.2, seed: int = 0, delta: float = _DELTA) -> Bound | None:
    return bound_by(part, _given(part, chance, seed, delta))


@_promise(BoundRule, "it returns a Bound, or None where it does not apply")
def _bound_returns(part: BoundRule) -> None:
    found = [_bound(part, chance) for chance in (0.0, 0.2, 1.0)]
    for each in found:
        if each is not None:
            _require(not math.isnan(each.value) or each.kind == "not a bound", "its value is NaN")
    if not any(found):
        warnings.warn(
            f"The bound {part.name!r} applies to none of the samples of its check, so nothing of it was checked.",
            stacklevel=2,
        )


@_promise(BoundRule, "what its terms add is its value")
def _bound_terms(part: BoundRule) -> None:
    found = _bound(part)
    if found is None or math.isnan(found.value):
        return
    total = sum(term.adds for term in found.terms if term.adds is not None)
    _require(_close(total, found.value), f"the terms add up to {total:g}, but the value is {found.value:g}")


@_promise(BoundRule, "it holds as often as it says")
def _bound_holds(part: BoundRule) -> None:
    from scipy.stats import binom

    for chance in (0.05, 0.3, 0.6):
        found = [_bound(part, chance, seed) for seed in range(_REPEATS[part.per])]
        of_loss = [b for b in found if b is not None and b.kind == "with probability" and b.quantity == "loss"]
        failures = sum(bound.value < chance for bound in of_loss)
        most = int(binom.ppf(1 - 1e-4, max(len(of_loss), 1), _DELTA))  # exceeded by chance in one of 10,000 checks
        many = f"a true loss of {chance:g} exceeds it in {failures} of {len(of_loss)} samples"
        _require(failures <= most, f"{many}; delta = {_DELTA:g} allows {most}")
        if part.per == "posterior":
            continue
        for quantity, true in (("loss", chance), ("gap", (1 - _TRAINED) * chance)):
            means = [b.value for b in found if b is not None and (b.kind, b.quantity) == ("in expectation", quantity)]
            if means:
                slack = 4 * float(np.std(means)) / math.sqrt(len(means)) + 1e-9
                mean = float(np.mean(means))
                _require(mean + slack >= true, f"it is {mean:.3g} on average, below the true {quantity} of {true:.3g}")


@_promise(BoundRule, "less delta does not make it tighter")
def _bound_delta(part: BoundRule) -> None:
    tight, loose = _bound(part, delta=0.2), _bound(part, delta=0.01)
    if tight is None or loose is None or tight.kind != "with probability":
        return
    _require(loose.value >= tight.value - 1e-12, f"it is {loose.value:g} at delta = 0.01, but {tight.value:g} at 0.2")


# Views


def _arms() -> list[ViewedArm]:
    steps = np.arange(4)
    series = {"total": (steps, np.array([1.0, 0.5, np.nan, 0.2])), "H": (steps, np.array([3.0, 2.9, 2.8, 2.7]))}
    return [ViewedArm("KD", 3, 4, series), ViewedArm("KD + AME", 0, 4, {})]


@_promise(View, "what it sends is plain values and arrays")
def _view_sends(part: View) -> None:
    for arms in (_arms(), []):
        json.dumps(sent(part, arms), allow_nan=False)


@_promise(View, "it leaves what it is given as it is")
def _view_inputs(part: View) -> None:
    arms = _arms()
    sent(part, arms)
    same = all(np.array_equal(arms[0].series[name][1], y, equal_nan=True) for name, (_, y) in _arms()[0].series.items())
    _require(same, "it changes the arms in place")


@_promise(View, "its module is JavaScript that can be read")
def _view_module(part: View) -> None:
    node = shutil.which("node")
    if node is None:
        return  # the form of the module was checked when it was registered
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "view.mjs"
        path.write_text(str(part.module), encoding="utf-8")
        run = subprocess.run([node, "--check", str(path)], capture_output=True, text=True, timeout=60, check=False)
    _require(run.returncode == 0, (run.stderr.strip().splitlines() or ["node cannot read it"])[-1])


def promises() -> list[tuple[str, str]]:
    """All promises as (kind of part, promise), for documentation."""
    return [(kind.kind, promise) for kind in REGISTRIES for promise in _PROMISES[kind.part]]
