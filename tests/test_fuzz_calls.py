"""Random calls of public functions with right arguments that are bent: a usable result, or one `AMEError`.

Each function has one right call. In each random call one or two of its arguments are exchanged for something nearly
right or of another kind. `AME_MANY=1` makes ten thousand calls in place of some.
"""

from __future__ import annotations

import inspect
import itertools
import math
import random
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest
import torch
from random_calls import MANY, Bending, is_usable, outcome, told
from torch import nn

from ame_explore import ame, analysis, data, figures, quantities, registry, settings, teach, testing, trainers, training
from ame_explore.analysis import bounds, projection
from ame_explore.analysis.diagnosis.diagnose import diagnose
from ame_explore.analysis.diagnosis.history import History
from ame_explore.analysis.landscapes import scan
from ame_explore.analysis.pairs.exploration import FIRST_LOOK, explore_features, first_look
from ame_explore.analysis.pairs.gap import gap_measures
from ame_explore.analysis.pairs.pair_changes import compare_pairs
from ame_explore.analysis.pairs.suspects import confused_labels
from ame_explore.data import FeatureData, PairedData, PairedFeatures
from ame_explore.data.files.match import match_pairs
from ame_explore.figures.pairs import overview
from ame_explore.models.emoji_confusions import ConfusedPair
from ame_explore.training import Distillation, Event, Knob, Recipe, Remote, Run, Stage, Steering
from ame_explore.widgets.lab.live_result import LiveResult
from ame_explore.widgets.lab.prediction import Predicted, Prediction

CALLS = 60 if MANY else 8  # for each function

# --- functions that are not called here, and why

HELPERS = {
    "as_number", "as_whole", "check_choice", "check_default_omega", "check_finite", "check_least", "check_number",
    "check_options", "entropy_of_log", "features_by_name", "gradient_shares", "has_values", "initialize", "introduce",
    "only_in_this_session", "python_number", "refuse", "require", "setting", "shown", "unit_rows", "warn_outside",
}  # fmt: skip
IN_TEST_FUZZ = {"row_entropy", "row_entropy_deficit", "spectral_entropy"}
TRAINS = {"distill_replicas", "train_replicas", "students_bounds", "study_bounds", "coin_students"}
COMPILES = {"fit_umap", "project", "seed_jitter", "warm_up"}  # UMAP, for a quarter of a minute
CHANGE_A_MODEL = {"attach"}
TAKE_NOTHING = {
    "predictions",
    "table",
    "docs",
    "declared",
    "for_browser",
    "promises",
    "checks",
    "parametrize_with_checks",
}
LEFT_OUT = HELPERS | CHANGE_A_MODEL | IN_TEST_FUZZ | TRAINS | COMPILES | TAKE_NOTHING
ROOMS = (
    figures, analysis, bounds, projection, data, training, settings, quantities, testing, ame, registry, trainers,
    teach,
)  # fmt: skip


def public_functions() -> dict[str, Callable[..., Any]]:
    """Every public function of the rooms, by its name within the package."""
    found: dict[str, Callable[..., Any]] = {}
    for room in ROOMS:
        names = getattr(room, "__all__", None) or [
            name for name, value in vars(room).items() if getattr(value, "__module__", "") == room.__name__
        ]
        for name in names:
            value = getattr(room, name)
            if inspect.isfunction(value) and not name.startswith("_") and name not in LEFT_OUT:
                found.setdefault(f"{room.__name__.removeprefix('ame_explore.')}.{name}", value)
    return found


FUNCTIONS = public_functions()


# --- right arguments


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def randn(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=generator(seed))


def some_pairs(images: int = 24, count: int = 24, width: int = 6, seed: int = 0, **more: Any) -> PairedFeatures:
    given = {
        "image": randn(images, width, seed=seed),
        "text": randn(count, width, seed=seed + 50),
        "pair_index": torch.arange(images) % count,
        "ids": torch.arange(images) * 10,
        "labels": torch.arange(images) % min(3, count),
        "texts": tuple(f"a text of {row} <b>" for row in range(count)),
        "logit_scale": 20.0,
    }
    return PairedFeatures(**{**given, **more})


def odd_pairs() -> list[PairedFeatures]:
    year = tuple(None if row < 3 else 2000 + row % 2 for row in range(24))
    alike = torch.ones(24, 6)
    return [
        some_pairs(),
        some_pairs(seed=1),
        some_pairs(12, 3),
        some_pairs(1, 1),
        some_pairs(2, 2, labels=None),
        some_pairs(30, 30, 1),
        some_pairs(30, 30, 2),
        some_pairs(text=randn(24, 9)),
        some_pairs(image=alike, text=-alike),
        some_pairs(image=alike * 1e-30),
        some_pairs(image=torch.zeros(24, 6)),
        some_pairs(labels=torch.zeros(24, dtype=torch.int64), metadata={"year": year}),
        some_pairs(texts=("same",) * 24),
        some_pairs(logit_scale=1e6),
        some_pairs(image=randn(24, 6).double(), ids=torch.arange(24) + 2**40),
        PairedFeatures.of(randn(5, 6), randn(20, 6), pairs=[[i % 5, i] for i in range(20)]),
    ]


def record(path: Path, *, arm: str = "", steps: int = 4, each: int = 1, features: str = "ends", **more: Any) -> Run:
    """A Run as a training loop writes it; `more` are changes of its losses and metrics."""
    with Run.recorder(path, recipe={"omega": 50.0, "kd": {"tau": 1.0}}) as made:
        made.note(**({"arm": arm} if arm else {}), base_classes=[0, 1], ambiguous_from_id=1000)
        for step in range(steps):
            losses = {"total": 5.0 - step, "kd": 2.0, "ame": 3.0, "H": 2.0, "share.kd": 0.4, "share.ame": 0.6}
            metrics = {"H_deficit": 1e-4 * (1 + step), "harmonic_mean": 0.5 + 0.1 * step, "base_accuracy": 0.8}
            made.log(
                step * each,
                losses={name: value for name, value in (losses | more).items() if value != "none"},
                metrics={name: value for name, value in (metrics | more).items() if value != "none"},
                features=some_pairs(12, 4, seed=step) if features == "all" or step in (0, steps - 1) else None,
                state={"weight": torch.ones(2)},
            )
    return Run.open(path)


def odd_runs(path: Path) -> list[Run]:
    with Run.recorder(path / "empty"):
        pass
    with Run.recorder(path / "bare") as bare:
        for step in range(3):
            bare.log(step, losses={"my loss": 1.0})
    with Run.recorder(path / "widths") as widths:
        for step in range(3):
            widths.log(step, losses={"total": 1.0}, features=some_pairs(12, 4, width=2 + step))
    with Run.recorder(path / "facts") as facts:
        facts.note(base_classes="none of them", ambiguous_from_id=[1], arm=None)
        facts.log(0, losses={"total": 1.0}, metrics={"H_deficit": 0.1}, features=odd_pairs()[4])
    return [
        record(path / "usual"),
        record(path / "seed"),
        record(path / "arm", arm="KD + AME"),
        record(path / "one step", steps=1),
        record(path / "far", each=1000),
        record(path / "nan", total=math.nan, H_deficit=math.nan, harmonic_mean=math.nan),
        record(path / "infinite", total=math.inf, kd=-math.inf, base_accuracy=math.inf),
        record(path / "zero", total=0.0, H_deficit=0.0, kd=0.0, ame=0.0),
        record(path / "huge", total=1e300, H_deficit=-1e300, kd=1e-300),
        record(path / "no deficit", H_deficit="none", total="none"),
        record(path / "all features", features="all"),
        *(Run.open(path / name) for name in ("empty", "bare", "widths", "facts")),
    ]


def student_bounds(loss: float, seed: int) -> bounds.StudentBounds:
    wrong = np.arange(100) < round(100 * loss) + seed
    found = {
        "Test set (Hoeffding)": bounds.hoeffding(wrong),
        "The paper's delta and epsilon": bounds.paper_terms(4.0 + 0.01 * seed, 64),
    }
    return bounds.StudentBounds(
        Recipe(), 64, seed, bounds.true_gap(train_losses=[0.0, 0.1], test_losses=wrong), 4.0, found
    )


def study(seeds: int = 3, arms: tuple[str, ...] = ("KD", "KD + AME"), places: int = 2) -> bounds.BoundStudy:
    students = {
        arm: tuple(tuple(student_bounds(0.1 + 0.1 * k, seed) for seed in range(seeds)) for _ in range(places))
        for k, arm in enumerate(arms)
    }
    return bounds.BoundStudy("n", tuple(16.0 * (place + 1) for place in range(places)), students, {})


class World:
    """One of each thing that the functions take, and the odd ones beside it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.pairs = odd_pairs()
        self.features = self.pairs[0]
        arms = {"KD": Recipe.for_data("emoji", omega=0.0), "KD + AME": Recipe.for_data("emoji")}
        answered = Predicted(arms, Prediction.options_of(arms), {"H": "falls"}, {}, "0123abcd", b"abc")
        self.predicted = LiveResult(False, "paused", MappingProxyType({}), answered)
        self.runs = odd_runs(path)
        self.module = nn.Sequential(nn.Linear(5, 6), nn.ReLU(), nn.Linear(6, 3))
        with torch.no_grad():
            for seed, weight in enumerate(self.module.parameters()):
                weight.copy_(randn(*weight.shape, seed=seed))
        self.states = [
            {name: weight + 0.3 * k * randn(*weight.shape, seed=k) for name, weight in self.module.state_dict().items()}
            for k in range(4)
        ]
        labels = torch.arange(20) % 3
        self.objective = analysis.Objective(self.module, randn(20, 5), analysis.Classification(labels))
        self.line = analysis.line_between(self.module, self.states[0], self.states[1])
        self.slice = analysis.random_slice(self.module, seed=1)
        self.trajectory = analysis.trajectory_slice(self.module, self.states)
        self.evaluators = [
            analysis.Evaluator(self.objective, each, method="chain")
            for each in (self.slice, self.line, self.trajectory)
        ]
        self.landscapes = [
            scan.landscape(self.evaluators[0], grid=5),
            scan.landscape(self.evaluators[1], grid=5, low=0.0),
            scan.landscape(self.evaluators[2], grid=3, low=-1.0, high=4.0),
            next(iter(analysis.scan(self.evaluators[0], grid=11, show_every=0))),
            scan.landscape(self.evaluators[0], grid=2, low=1e300, high=1e301),
        ]
        texts = randn(4, 6)
        loss = ame.AMELoss(image_dim=6, text_dim=6, manifold_dim=4, hidden_dim=4, generator=generator())
        self.surroundings = [
            analysis.Surroundings(texts),
            analysis.Surroundings(texts, 20.0, loss, randn(3, 6)),
            analysis.Surroundings(texts[:1]),
        ]
        a, b, c = randn(3, 6, seed=4)
        self.ways = [analysis.geodesic(a, b, each, points=5) for each in self.surroundings]
        self.fields = [analysis.feature_field(a, b, c, each, grid=5) for each in self.surroundings]
        self.planes = [
            analysis.score_plane(randn(5) * size, u=randn(5, seed=1), v=randn(5, seed=2), grid=5) for size in (1, 1e3)
        ]
        self.pushes = [analysis.effective_push(randn(6, d), omega) for d, omega in ((4, 50.0), (8, 50.0), (8, 0.0))]
        self.pushes += [analysis.effective_push(randn(6, 8), 3.0, normalize="none")]
        self.strips = [
            analysis.sanity_strip(randn(40, 3), estimator="kozachenko-leonenko", vary=vary, repeats=repeats)
            for vary, repeats in (("n", 2), ("k", 2), ("n", 1))
        ]
        self.bounds = [
            bounds.hoeffding(np.zeros(50)),
            bounds.pac_bayes_kl(np.full(30, 0.1), 5.0, 64),
            bounds.mcallester(0.2, 900.0, 64),
            bounds.xu_raginsky(math.inf, 10),
            bounds.xu_raginsky(0.3, 10),
            bounds.paper_terms(3.0, 64),
        ]
        self.study = study()
        rows = projection.pair_rows(self.features)
        self.rows, self.picture = rows, projection.fit_pca(rows)
        self.pictures = [self.picture, projection.fit_pca(randn(7, 3))]
        points = self.picture.points
        self.lenses = [
            projection.measure_lens(rows=rows, points=points, k=5),
            projection.measure_lens(rows=randn(9, 3), points=randn(9, 2), k=3),
        ]
        self.near = [projection.true_neighbours(self.features, 3), projection.true_neighbours(self.pairs[2], 2)]
        self.jitters = [
            projection.align_pictures([points, points + 0.1 * randn(*points.shape).numpy()], [0, 1]),
            projection.align_pictures([points[:9]], [0]),
        ]
        self.snapshots = [rows, rows + 0.1 * randn(*rows.shape, seed=3)]
        self.snapshot_maps = projection.project_snapshots(self.snapshots)
        self.matched = projection.match_models(teacher=self.features, student=self.pairs[1])
        self.explored = [explore_features(each, name=f"model {k}") for k, each in enumerate(self.pairs[:3])]
        self.changed = compare_pairs(self.explored[0], self.explored[1])
        self.many = some_pairs(FIRST_LOOK + 10)
        self.interval = analysis.paired_interval([0.1, 0.2, 0.4], [0.0, 0.3, 0.1])
        self.intervals = [
            self.interval,
            analysis.paired_interval([0.1], [0.2]),
            analysis.paired_interval([1e300, 0.0], [0.0, 0.0], 0.5),
        ]
        self.small_world = bounds.small_world(images=2)
        self.stored = self.feature_data()
        self.stage = Stage.for_recipe(Recipe.for_data(self.stored), data=self.stored)
        self.distillation = Distillation(Recipe.for_data(self.stored, steps=3, batch_size=4), stage=self.stage)
        steps = np.arange(1, 41)
        self.history = History(
            "KD + AME",
            {
                "kd": (steps, np.linspace(1.0, 0.2, 40)),
                "H": (steps, np.full(40, 3.2)),
                "share.ame": ([1, 9], [0.2, 0.1]),
            },
            {"cosine_with_text": ([0, 20, 40], [0.0, 0.3, 0.5]), "predictive_entropy": ([0, 20, 40], [1.0, 0.6, 0.3])},
            omega=50.0,
            rows=26,
            classes=10,
        )

    def feature_data(self) -> FeatureData:
        labels = torch.arange(480) % 6
        text, student_text = randn(6, 12, seed=1), randn(6, 8, seed=2)
        parts = {
            "teacher_image": text[labels] + 0.5 * randn(480, 12, seed=3),
            "student_image": student_text[labels] + 0.8 * randn(480, 8, seed=4),
            "class_text": text,
            "student_text": student_text,
            "labels": labels,
            "logit_scale": 20.0,
        }
        return FeatureData.of(parts, name="mine")

    def pool(self) -> list[object]:
        several = (
            self.pairs, self.runs, self.evaluators, self.landscapes, self.surroundings, self.ways, self.fields,
            self.planes, self.pushes, self.strips, self.bounds, self.pictures, self.lenses, self.near, self.jitters,
            self.explored, [each.measured for each in self.explored], self.intervals,
        )  # fmt: skip
        studies = [study(1), study(2, ("KD",)), study(3, ("KD", "KD + AME", "other"), 1)]
        return [*itertools.chain(*several), *studies, self.study, self.matched, self.snapshot_maps, self.changed]


def more_functions(w: World) -> dict[str, tuple[Callable[..., Any], dict[str, Any]]]:
    """Constructors, methods and functions of the rooms' modules that users call with data, each with a right call."""
    f, run, stage, line = w.features, w.runs[10], w.stage, w.line
    plain = {"image": f.image, "text": f.text, "pair_index": f.pair_index, "ids": f.ids, "labels": f.labels}
    few = data.digits()
    images = {
        name: getattr(few, name) for name in ("name", "images", "labels", "class_texts", "base_classes", "splits")
    }
    stored = {"teacher_image": randn(60, 4), "student_image": randn(60, 3), "class_text": randn(3, 4),
              "labels": torch.arange(60) % 3, "logit_scale": 20.0}  # fmt: skip
    recipe = Recipe(omega=1.0).with_event(5, "omega", 2.0)
    evaluator = {"objective": w.objective, "slice_": line, "method": "loop", "chunk": 2}
    declared = {"name": "mine", "label": "my measure", "decimals": 2, "limits": (0.0, 1.0)}
    quantity = quantities.quantity("harmonic_mean")
    recorder = Run.recorder(w.path / "recorded")
    knob = Knob(get=lambda: 1.0, set=lambda value: None, low=0, high=9)
    Run.recorder(w.path / "steered", steer=Steering(knobs={"omega": knob}))
    remote = Remote(w.path / "steered")
    w.landscapes[0].keep(run, "plane")
    plane = next(iter(w.planes))
    return {
        "analysis.Classification": (analysis.Classification, {"labels": torch.arange(6) % 3, "only": ("loss",)}),
        "analysis.Evaluator": (analysis.Evaluator, evaluator),
        "analysis.Evaluator.call": (w.evaluators[0].__call__, {"coordinates": randn(3, 2)}),
        "analysis.FeatureField.project": (w.fields[0].project, {"features": randn(4, 6)}),
        "analysis.FeatureField.samples_at": (
            w.fields[0].samples_at,
            {"features": randn(4, 6), "x": 0.1, "y": 0, "k": 2},
        ),
        "analysis.Landscape.of": (analysis.Landscape.of, {"run": run, "name": "plane"}),
        "analysis.PCAProjection.fit": (analysis.PCAProjection.fit, {"rows": randn(5, 3), "dims": 2}),
        "analysis.PCAProjection.transform": (analysis.PCAProjection.fit(randn(5, 3)).transform, {"x": randn(4, 3)}),
        "analysis.Projection.place": (w.picture.place, {"rows": randn(4, 6)}),
        "analysis.Slice": (analysis.Slice, {"origin": line.origin, "axes": line.axes, "kind": "mine"}),
        "analysis.Slice.coordinates": (line.coordinates, {"state": w.states[1]}),
        "analysis.Surroundings": (
            analysis.Surroundings,
            {"texts": randn(4, 6), "logit_scale": 20.0, "images": randn(2, 6), "ame": w.surroundings[1].ame},
        ),
        "analysis.Surroundings.read": (w.surroundings[1].read, {"points": randn(3, 6).double()}),
        "analysis.compare_pairs": (compare_pairs, {"a": w.explored[0], "b": w.explored[1]}),
        "analysis.confused_labels": (confused_labels, {"measured": w.explored[0].measured}),
        "analysis.diagnose": (diagnose, {"history": w.history}),
        "analysis.explore_features": (explore_features, {"features": f, "name": "mine", "k": 3, "seed": 0}),
        "analysis.first_look": (first_look, {"features": w.many, "name": "mine", "k": 3, "seed": 0}),
        "analysis.frame": (scan.frame, {"path": randn(4, 2), "margin": 0.2}),
        "analysis.gap_measures": (gap_measures, {"features": f, "seed": 0}),
        "analysis.History": (
            History,
            {"name": "KD", "losses": w.history.losses, "metrics": w.history.metrics, "omega": 50.0, "rows": 26},
        ),
        "analysis.landscape": (scan.landscape, {"evaluator": w.evaluators[1], "grid": 4}),
        "analysis.match_pairs": (match_pairs, {"a": f, "b": w.pairs[1], "names": ("one", "other")}),
        "analysis.score_plane of a plane": (analysis.score_plane, {"scores": plane.x, "u": plane.x, "v": plane.x**2}),
        "data.FeatureData.of": (FeatureData.of, {"data": stored, "name": "mine", "seed": 0}),
        "data.PairedData": (PairedData, images),
        "data.PairedData.images_at": (few.images_at, {"indices": torch.arange(4), "ambiguity": 0.5, "noise": 0.1}),
        "data.PairedData.indices": (few.indices, {"split": "test", "classes": "base"}),
        "data.PairedData.pictures": (few.pictures, {"indices": torch.arange(4), "side": 16}),
        "data.PairedData.shots": (few.shots, {"k": 4, "seed": 0, "classes": "base"}),
        "data.PairedData.who_has_seen_what": (
            few.who_has_seen_what,
            {"shots": 4, "classes": "base", "rehearsal": True},
        ),
        "data.PairedFeatures": (
            PairedFeatures,
            {**plain, "texts": f.texts, "logit_scale": 20.0, "metadata": {"a": (1,) * 24}},
        ),
        "data.PairedFeatures.of": (
            PairedFeatures.of,
            {
                "image": f.image,
                "text": f.text,
                "captions": list(f.texts),
                "metadata": {"a": [1] * 24},
                "labels": [0] * 24,
            },
        ),
        "data.PairedFeatures.take": (f.take, {"rows": [1, 2, 3]}),
        "figures.changed": (overview.changed, {"changes": w.changed, "names": ("one", "other")}),
        "figures.cosines": (overview.cosines, {"explored": w.explored[0]}),
        "figures.margins": (overview.margins, {"explored": w.explored[0]}),
        "quantities.Quantity": (quantities.Quantity, declared),
        "quantities.Quantity.change_text": (quantity.change_text, {"interval": w.interval, "over": "seeds"}),
        "quantities.Quantity.text": (quantity.text, {"value": 0.5, "signed": True}),
        "quantities.Quantity.verdict": (quantity.verdict, {"interval": w.interval}),
        "registry.KDLoss": (
            registry.KDLoss,
            {"name": "mine", "help": "My own.", "function": lambda student, teacher: 0, "on": "logits"},
        ),
        "registry.Host": (
            registry.Host,
            {"name": "mine", "help": "My own.", "function": len, "frozen": ("backbone.",)},
        ),
        "registry.DataSet": (registry.DataSet, {"name": "mine", "help": "My own.", "function": lambda *, seed: None}),
        "registry.BoundRule": (
            registry.BoundRule,
            {"name": "mine", "help": "My own.", "function": len, "per": "student"},
        ),
        "registry.View": (
            registry.View,
            {"name": "mine", "help": "My own.", "function": len, "module": "export default { render() {} }"},
        ),
        "training.Distillation": (Distillation, {"recipe": w.distillation.recipe, "stage": stage, "metrics_every": 5}),
        "training.Distillation.set": (w.distillation.set, {"field": "omega", "value": 2.0}),
        "training.Event": (Event, {"step": 3, "field": "omega", "value": 1.0}),
        "training.Knob": (Knob, {"get": knob.get, "set": knob.set, "low": 0.0, "high": 1, "choices": (1.0, 2.0)}),
        "training.Knob.check": (knob.check, {"name": "omega", "value": 2.0}),
        "training.Knob.of": (Knob.of, {"owner": w.distillation, "name": "recipe"}),
        "training.Recipe": (Recipe, {"omega": 1.0, "shots": 4, "host": "projector", "learning_rate": 1e-3}),
        "training.Recipe.at": (recipe.at, {"step": 7}),
        "training.Recipe.for_data": (Recipe.for_data, {"data": "digits"}),
        "training.Recipe.from_dict": (Recipe.from_dict, {"values": recipe.to_dict()}),
        "training.Recipe.from_token": (Recipe.from_token, {"token": recipe.token()}),
        "training.Recipe.with_event": (recipe.with_event, {"step": 3, "field": "omega", "value": 2.0}),
        "training.Recorder.log": (recorder.log, {"losses": {"total": 1.0}, "metrics": {"H": 2.0}, "features": f}),
        "training.Recorder.note": (recorder.note, {}),
        "training.Remote": (Remote, {"path": w.path / "steered"}),
        "training.Remote.branch": (remote.branch, {"name": "b"}),
        "training.Remote.set": (remote.set, {"name": "omega", "value": 2.0}),
        "training.Run.features": (run.features, {"step": 0}),
        "training.Run.landscape_bytes": (run.landscape_bytes, {"name": "plane"}),
        "training.Run.open": (Run.open, {"path": run.path}),
        "training.Run.recorder": (Run.recorder, {"path": w.path / "new", "recipe": {"a": 1}, "overwrite": True}),
        "training.Run.state": (run.state, {"step": 0}),
        "training.Steering": (Steering, {"knobs": {"omega": knob}, "checkpoint": str}),
        "training.Stage": (Stage, {"data": stage.data, "teacher": stage.teacher, "backbone": stage.backbone}),
        "training.Stage.for_recipe": (Stage.for_recipe, {"recipe": w.distillation.recipe, "data": w.stored}),
    }


def right_calls(w: World) -> dict[str, dict[str, Any]]:
    """One right call of each public function."""
    a, b, c = randn(3, 6, seed=4)
    losses, coins = (randn(2, 4, 8, 2) > 0).double().numpy(), (randn(2, 4, 8) > 0).long().numpy()
    arms = {
        "KD": {"harmonic_mean": [0.5, 0.6], "ece": [0.1, 0.2]},
        "KD + AME": {"harmonic_mean": [0.6, 0.8], "ece": [0, 1]},
    }
    gap = gap_measures(w.features)
    view = registry.View(
        name="mine", help="My own.", function=lambda arms: {"arms": len(arms)}, module="export default { render() {} }"
    )
    return {
        "figures.answers": {"logits": randn(3), "texts": ("x", "y", "z"), "temperatures": (1.0, 4.0), "most": 2},
        "figures.curves": {"arms": {"KD": {0: {"kd": 1.0}, 5: {"kd": 0.5}}}, "names": ["kd"], "title": "One"},
        "figures.scores": {"arms": arms, "metrics": ["ece"], "levels": {"chance": 0.2}},
        "figures.bound_inspector": {
            "bounds": w.bounds,
            "measured": {"loss": (0.2, 0.1, 0.3), "gap": (0.1, 0.0, 0.2)},
            "beside": ("KD", {w.bounds[0].name: 0.3}),
        },
        "figures.bounds_beside": {"study": w.study},
        "figures.bounds_paired": {"study": w.study},
        "figures.bounds_over": {
            "x": [1.0, 2.0],
            "bounds": {"one": [w.bounds[0], w.bounds[1]]},
            "over": "samples",
            "measured": [(0.1, 0.0, 0.2), (0.1, 0.0, 0.2)],
        },
        "figures.comparison": {"arms": arms, "reference": "KD", "chance": {"ece": 0.2}},
        "figures.confusions": {
            "pairs": [ConfusedPair(2, 0, ("old", "young"), 0.5), ConfusedPair(1, 2, ("lungs", "heart"), 0.2)],
            "images": randn(3, 3, 6, 6).sigmoid(),
        },
        "figures.data_field": {
            "field": w.fields[1],
            "reading": "H",
            "corners": ("a", "b", "c"),
            "texts": ("w", "x", "y", "z"),
            "features": some_pairs(12, 4),
            "selected": [10],
            "clickable": True,
        },
        "figures.entropy": {"runs": {"KD": [w.runs[0], w.runs[1]], "KD + AME": w.runs[2]}, "base_classes": [0, 1]},
        "figures.gap_decomposition": {"models": {"one": gap, "two": gap}},
        "figures.gap_over": {"steps": {0: gap, 5: gap}},
        "figures.geodesics": {"ways": {"one": w.ways[0], "two": w.ways[1]}, "texts": ("w", "x", "y", "z")},
        "figures.jitter_maps": {"jitter": w.jitters[0], "features": w.features},
        "figures.landscape": {"picture": w.landscapes[0], "names": ["loss"], "labels": []},
        "figures.landscape_line": {"lines": {"one": w.landscapes[1]}, "ends": ("KD", "AME"), "names": ["loss"]},
        "figures.lens_maps": {
            "features": w.features,
            "projections": {"PCA": w.picture},
            "lenses": {"PCA": w.lenses[0]},
            "neighbours": w.near[0],
        },
        "figures.losses": {"runs": {"KD": [w.runs[0], w.runs[1]], "KD + AME": w.runs[2]}},
        "figures.manifold": {
            "snapshots": {"one": w.features, "two": w.pairs[1]},
            "fit_on": ["one"],
            "base_classes": [0],
            "ambiguous_from_id": 1000,
        },
        "figures.model_maps": {"matched": w.matched, "names": ("one", "other"), "selected": [10]},
        "figures.omega_push": {"pushes": {"unit": w.pushes[:2]}, "reference": 0.3},
        "figures.pair_map": {
            "features": w.features,
            "projection": w.picture,
            "lens": w.lenses[0],
            "neighbours": w.near[0],
            "values": np.linspace(0, 1, 24),
            "selected": [10],
        },
        "figures.sanity": {"strips": w.strips},
        "figures.score_planes": {"planes": {"one": w.planes[0], "two": w.planes[1]}, "axes": ("u", "v")},
        "figures.simplex": {"resolution": 12, "arrows": 4},
        "figures.snapshot_map": {
            "maps": w.snapshot_maps,
            "snapshots": [w.features, w.pairs[1]],
            "steps": [0, 5],
        },
        "analysis.barrier": {"line": w.landscapes[1], "name": "loss"},
        "analysis.corrected": {"intervals": {"one": w.interval, "two": w.intervals[1]}},
        "analysis.distillation_objective": {"distillation": w.distillation, "indices": torch.arange(4)},
        "analysis.effective_push": {"rows": randn(6, 4), "omega": 50.0},
        "analysis.feature_field": {"a": a, "b": b, "c": c, "surroundings": w.surroundings[1], "grid": 4},
        "analysis.geodesic": {"a": a, "b": b, "surroundings": w.surroundings[1], "points": 4},
        "analysis.line_between": {"module": w.module, "start": w.states[0], "end": w.states[1]},
        "analysis.mean_interval": {"values": [0.1, 0.2, 0.4]},
        "analysis.paired_interval": {"a": [0.1, 0.2, 0.4], "b": [0.1, 0.3, 0.3]},
        "analysis.paired_harmonic_interval": {"a": ([0, 1, 1], [1, 0, 1]), "b": ([1, 1, 0], [1, 0, 0])},
        "analysis.paired_proportion_interval": {"a": [0, 1, 1], "b": [1, 1, 0]},
        "analysis.plane_through": {"module": w.module, "a": w.states[0], "b": w.states[1], "c": w.states[2]},
        "analysis.proportion_interval": {"hits": [0, 1, 1]},
        "analysis.random_slice": {"module": w.module, "seed": 0},
        "analysis.sanity_strip": {
            "x": randn(30, 3),
            "estimator": "matrix-renyi",
            "repeats": 2,
            "settings": [10, 20],
            "max_rows": 20,
        },
        "analysis.scan": {"evaluator": w.evaluators[0], "grid": 4, "low": -1.0, "high": (1.0, 2.0)},
        "analysis.score_plane": {"scores": randn(5), "u": randn(5, seed=1), "v": randn(5, seed=2), "grid": 4},
        "analysis.simplex_field": {"resolution": 5},
        "analysis.trajectory_slice": {"module": w.module, "states": w.states, "steps": [0, 1, 2, 5]},
        "analysis.bounds.binary_kl": {"q": 0.1, "p": 0.4},
        "analysis.bounds.catoni": {"empirical_loss": [0.1, 0.2], "kl": 5.0, "n": 64, "lam": 2.0},
        "analysis.bounds.clopper_pearson": {"test_losses": [0, 1, 0, 0]},
        "analysis.bounds.cmi": {"information": 0.3, "n": 20},
        "analysis.bounds.draw_sample": {"stage": w.stage, "n": 10, "seed": 0},
        "analysis.bounds.draw_weights": {"mean": randn(4), "std": 0.1, "draws": 3, "generator": generator()},
        "analysis.bounds.f_cmi": {"losses": losses, "coins": coins},
        "analysis.bounds.gaussian_kl": {"mean_q": [0.0, 1.0], "std_q": [1.0, 1.0], "mean_p": [0.0, 0.0], "std_p": 2.0},
        "analysis.bounds.hoeffding": {"test_losses": [0.1, 0.2, 0.4]},
        "analysis.bounds.kl_inverse": {"q": 0.1, "budget": 0.2},
        "analysis.bounds.know": {"world": w.small_world, "n": 2, "beta": 4.0},
        "analysis.bounds.know_supersample": {"world": w.small_world, "n": 2, "beta": 4.0},
        "analysis.bounds.largest_sample": {"stage": w.stage},
        "analysis.bounds.mcallester": {"empirical_loss": [0.1, 0.2], "kl": 5.0, "n": 64},
        "analysis.bounds.monte_carlo_loss": {"losses": [0.1, 0.2], "delta": 0.05},
        "analysis.bounds.pac_bayes_kl": {"empirical_loss": [0.1, 0.2], "kl": 5.0, "n": 64},
        "analysis.bounds.pair_information": {"outcomes": losses[..., 0], "coins": coins},
        "analysis.bounds.paper_terms": {"delta": 3.0, "n": 64, "epsilon": 0.1},
        "analysis.bounds.parting": {"world": w.small_world, "n": 2, "beta": 4.0, "scales": [0.1, 1.0]},
        "analysis.bounds.prior_independent": {"prior_samples": [1, 2], "samples": [3]},
        "analysis.bounds.protocol_assumptions": {
            "shots": 4,
            "train_classes": [0, 1],
            "test_classes": [2],
            "seen": {"teacher": [1]},
            "samples": [1, 2],
        },
        "analysis.bounds.repaired_corollary": {"entropy": 3.0, "information": 0.3, "n": 20},
        "analysis.bounds.small_world": {"noise": 0.2, "images": 2, "blind": 1, "width": 3, "seed": 0},
        "analysis.bounds.supersample_gap": {"losses": losses, "coins": coins},
        "analysis.bounds.true_gap": {"train_losses": [0.1, 0.2], "test_losses": [0.1, 0.3]},
        "analysis.bounds.xu_raginsky": {"information": 0.3, "n": 20},
        "analysis.projection.align_pictures": {
            "pictures": [w.picture.points, w.picture.points[::-1].copy()],
            "seeds": [0, 1],
        },
        "analysis.projection.centred_pairs": {"features": w.features},
        "analysis.projection.fit_pca": {"rows": w.rows},
        "analysis.projection.knn": {"rows": w.rows, "k": 3},
        "analysis.projection.match_models": {"teacher": w.features, "student": w.pairs[1]},
        "analysis.projection.measure_lens": {"rows": w.rows, "points": w.picture.points, "k": 3},
        "analysis.projection.axes_fact": {"axes": projection.teacher_axes(w.stage)},
        "analysis.projection.axes_of": {"fact": projection.axes_fact(projection.teacher_axes(w.stage))},
        "analysis.projection.teacher_axes": {"stage": w.stage},
        "analysis.projection.pair_rows": {"features": w.features},
        "analysis.projection.place": {"rows": randn(3, 6), "fitted_rows": w.rows, "fitted_points": w.picture.points},
        "analysis.projection.procrustes": {"source": randn(6, 3), "target": randn(6, 2, seed=1)},
        "analysis.projection.project_snapshots": {"snapshots": w.snapshots},
        "analysis.projection.true_neighbours": {"features": w.features, "k": 3},
        "data.digits": {"seed": 0},
        "data.emoji": {"seed": 0, "side": 24},
        "data.load": {"name": "digits", "seed": 0},
        "data.scenes": {"seed": 0},
        "data.stratified_splits": {
            "labels": torch.arange(60) % 3,
            "fractions": {"pretrain": 0.3, "backbone": 0.3, "distill": 0.2},
            "generator": generator(),
        },
        "training.chance": {"stage": w.stage},
        "training.facts": {"stage": w.stage},
        "training.reference_scores": {"stage": w.stage},
        "training.references": {"stage": w.stage},
        "training.take_apart": {"distillation": w.distillation},
        "settings.of": {"name": "omega"},
        "settings.check": {"name": "omega", "value": 1.0},
        "settings.examine": {"values": {"omega": 1.0, "host": "projector"}},
        "settings.contradicting": {"values": {"reading": "rows", "scope": "image"}},
        "settings.parse": {"name": "omega", "value": "1.5"},
        "settings.parse_all": {"values": {"omega": "1.5", "shots": "none"}},
        "settings.grid": {"axes": {"omega": "0, 1, none", "kd": ["feature", "logits"]}},
        "quantities.no_interval": {"interval": w.intervals[1]},
        "quantities.declare": {"quantity": quantities.quantity("harmonic_mean")},
        "quantities.quantity": {"name": "harmonic_mean"},
        "quantities.units": {"readings": ["rows", "alignment"]},
        "quantities.ordered": {"names": ["ece", "mine", "harmonic_mean"]},
        "quantities.number": {"value": 0.25, "decimals": 2},
        "quantities.significant": {"value": 0.25, "digits": 2},
        "testing.check_reading": {"part": "rows"},
        "testing.check_kd_loss": {"part": "feature"},
        "testing.check_data_set": {"part": "digits"},
        "testing.check_host": {"part": "projector"},
        "testing.check_bound": {"part": next(iter(registry.bounds))},
        "testing.check_view": {"part": view},
        "teach.array": {"value": randn(2, 3), "shape": (2, 3), "what": "the table"},
        "teach.check": {"name": "unit_push", "answer": 0.05},
        "teach.class_predictions": {"text": teach.prediction_token(w.predicted)},
        "teach.choice": {"value": "both", "choices": ["both", "neither"], "what": "the answer"},
        "teach.find": {"name": "kd_loss"},
        "teach.function": {"answer": math.sqrt, "name": "root"},
        "teach.hint": {"name": "kd_loss", "number": 1},
        "teach.number": {"value": 0.25, "what": "the loss"},
        "teach.prediction_token": {"lab": w.predicted},
        "teach.prove": {"name": "pull_ratio"},
        "ame.settings_of": {"state": w.surroundings[1].ame.get_extra_state()},
    }


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path that is drawn at random names nothing of this project."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("runs"))


@pytest.fixture(scope="module")
def bending(world: World) -> Bending:
    return Bending(*world.pool())


def call_at_random(name: str, function: Callable[..., Any], right: dict[str, Any], bending: Bending) -> None:
    r = random.Random(name)
    for number in range(CALLS):
        given = right if number == 0 else bending.arguments(function, right, r)

        def call(given: dict[str, Any] = given) -> object:
            value = function(**given)
            return list(value) if inspect.isgenerator(value) else value

        found = outcome(call, f"call {number}: {name}({told(given)})", is_usable)
        assert number or found == "valid", f"{name}: its right call was refused"


@pytest.fixture(scope="module")
def calls(world: World) -> dict[str, dict[str, Any]]:
    return right_calls(world)


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_public_functions(name: str, calls: Mapping[str, dict[str, Any]], bending: Bending) -> None:
    call_at_random(name, FUNCTIONS[name], calls[name], bending)


def test_methods_constructors_and_more_functions(world: World, bending: Bending) -> None:
    for name, (function, right) in more_functions(world).items():
        call_at_random(name, function, right, bending)


@pytest.mark.parametrize("name", sorted(TRAINS | COMPILES - {"warm_up"}))
def test_what_takes_long_refuses_other_kinds_at_once(name: str) -> None:
    function = next(getattr(room, name) for room in ROOMS if hasattr(room, name))
    needed = [n for n, each in inspect.signature(function).parameters.items() if each.default is each.empty]
    r = random.Random(name)
    for _ in range(CALLS):
        wrong = [None, "nonsense", {"a": 1}, object(), torch.ones(2, 3, device="meta"), b"x"]
        given = {each: r.choice(wrong) for each in needed if each != "options"}
        assert outcome(lambda given=given: function(**given), f"{name}({told(given)})") == "refused"


def test_every_function_left_out_is_there() -> None:
    """A function that was renamed, or that is called elsewhere, leaves the lists above."""
    assert {name for room in ROOMS for name in vars(room)} >= LEFT_OUT
