import copy
import dataclasses
import math

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from ame_explore.ame import AMEError, AMELoss
from ame_explore.data import digits
from ame_explore.models import Pretraining, Projector, Student, one_thread, pretrain
from ame_explore.registry import hosts
from ame_explore.training import Distillation, Recipe, Stage, distill_replicas, train_replicas
from ame_explore.training.replicas.learners import Stack, Together
from ame_explore.training.replicas.plan import affordable

STEPS, POOL, WIDTH = 12, 30, 6


def loss(model, x, target):
    return 1 - F.cosine_similarity(model(x), target, dim=1).mean()


def weighted(model, x, target, *, omega):
    return loss(model, x, target) + omega * model(x).square().mean()


def projectors(count=5, dtype=torch.float64):
    torch_state = torch.get_rng_state()
    torch.manual_seed(0)
    found = [Projector(WIDTH, WIDTH).to(dtype) for _ in range(count)]
    torch.set_rng_state(torch_state)
    return found


def pool(dtype=torch.float64, n=POOL):
    g = torch.Generator().manual_seed(1)
    return [torch.randn(n, WIDTH, generator=g, dtype=dtype) for _ in range(2)]


def by_hand(module, data, places, *, seed, lr, decay=0.0, omega=None, batch_size=8, optimizer="adamw", cosine=False):
    """The loop as anyone would write it, with convolutions and batch norm as torch has them."""
    module = copy.deepcopy(module).train()
    kinds = {"adamw": (torch.optim.AdamW, {}), "sgd": (torch.optim.SGD, {"momentum": 0.9})}
    make, extra = kinds[optimizer]
    descent = make(module.parameters(), lr=lr, weight_decay=decay, **extra)
    size, g, order, losses = min(batch_size, len(places)), torch.Generator().manual_seed(seed), [], []
    for step in range(STEPS):
        if len(order) < size:
            order = torch.randperm(len(places), generator=g)
        batch, order = places[order[:size]], order[size:]
        x, y = (part[batch] for part in data)
        value = loss(module, x, y) if omega is None else weighted(module, x, y, omega=omega)
        descent.zero_grad()
        value.backward()
        descent.param_groups[0]["lr"] = lr * (0.5 * (1 + math.cos(math.pi * step / STEPS)) if cosine else 1)
        descent.step()
        losses.append(value.item())
    return module.state_dict(), losses


def differences(replicas, index, state):
    return {name: (replicas.state[name][index] - value).abs().max().item() for name, value in state.items()}


def tolerance(name, rates, exact):
    # The bias before a batch norm has gradient 0; its rounding noise, some 1e-16, over Adam's eps of 1e-8 moves it by
    # 1e-8 learning rates a step and less, and the running mean follows. Nothing else, nor the output in training, does.
    return max(exact, 1e-6 * rates * STEPS) if name in ("input.bias", "norm.running_mean") else exact


# --- against the loop


@pytest.mark.parametrize("optimizer", ["adamw", "sgd"])
@pytest.mark.parametrize("together", [None, False])
def test_replicas_are_the_loop_parameter_by_parameter(optimizer, together):
    """Own weights, data, learning rates, decays, settings and seeds, two batch sizes: float64, 1e-10."""
    modules, data = projectors(), pool()
    g = torch.Generator().manual_seed(2)
    places = [torch.randperm(POOL, generator=g)[:n] for n in (20, 30, 5, 9, 17)]  # the third has batches of 5, not 8
    rates, decays, omegas, seeds = (
        [3e-3, 1e-3, 3e-3, 2e-3, 1e-3],
        [0.0, 0.1, 0.0, 0.0, 0.1],
        [0, 1, 2, 3, 4],
        [7, 1, 2, 9, 4],
    )
    found = train_replicas(
        modules, weighted, data, train_on=places, settings={"omega": omegas}, steps=STEPS, batch_size=8,
        learning_rate=rates, weight_decay=decays, optimizer=optimizer, schedule="cosine", seeds=seeds,
        together=together,
    )  # fmt: skip
    assert found.together == (together is None) and len(found) == 5 and not found.diverged.any()
    for i, module in enumerate(modules):
        state, losses = by_hand(
            module, data, places[i], seed=seeds[i], lr=rates[i], decay=decays[i], omega=omegas[i],
            optimizer=optimizer, cosine=True,
        )  # fmt: skip
        for name, difference in differences(found, i, state).items():
            assert difference <= tolerance(name, rates[i], 1e-10), (i, name)
        assert found.losses[:, i].tolist() == pytest.approx(losses, abs=1e-10)


def test_in_float32_to_rounding():
    # SGD does not blow rounding noise up: 12 steps of values near 1 stay within some hundred units of 6e-8
    modules, data = projectors(dtype=torch.float32), pool(torch.float32)
    found = train_replicas(modules, loss, data, steps=STEPS, batch_size=8, learning_rate=0.01, optimizer="sgd")
    for i, module in enumerate(modules):
        state, _ = by_hand(module, data, torch.arange(POOL), seed=i, lr=0.01, optimizer="sgd")
        assert all(value <= 1e-5 for value in differences(found, i, state).values())


def test_chunks_are_the_whole():
    options = {"steps": STEPS, "batch_size": 8, "learning_rate": [1e-3, 2e-3, 1e-3, 2e-3, 1e-3]}
    whole, parts = (train_replicas(projectors(), loss, pool(), chunk_size=size, **options) for size in (None, 2))
    for name, value in whole.state.items():
        assert torch.allclose(value, parts.state[name], rtol=0, atol=tolerance(name, 2e-3, 1e-10)), name
    x = pool()[0]
    assert torch.allclose(whole.predict(x), parts.predict(x, chunk_size=2), atol=1e-7)


def test_replicas_may_take_half_of_the_free_memory(monkeypatch):
    monkeypatch.setattr("ame_explore.training.replicas.plan._free_memory", lambda device: 1000)
    cpu = torch.device("cpu")
    assert [affordable(size, cpu) for size in (1, 100, 499, 501, 10**6)] == [500, 5, 1, 1, 1]
    assert affordable(0, cpu) == 500


def test_masks_over_a_supersample():
    """Coins choose one of each pair; all replicas predict both."""
    n, data = 10, pool(n=20)
    coins = torch.rand(5, n, generator=torch.Generator().manual_seed(3)) < 0.5
    masks = torch.cat([coins, ~coins], dim=1)
    found = train_replicas(projectors(), loss, data, train_on=masks, steps=STEPS, batch_size=None)
    predictions = found.predict(data[0])
    assert predictions.shape == (5, 20, WIDTH) and not predictions.requires_grad
    for i, module in enumerate(projectors()):
        state, _ = by_hand(module, data, masks[i].nonzero()[:, 0], seed=i, lr=1e-3, batch_size=n)
        for name, difference in differences(found, i, state).items():
            assert difference <= tolerance(name, 1e-3, 1e-10)
        module.load_state_dict(state)
        # evaluation uses the running statistics; the bias's noise and the running mean's do not cancel there
        assert torch.allclose(predictions[i], module.eval()(data[0]), atol=1e-7)
        assert torch.allclose(predictions[i], found.module(i)(data[0]), atol=1e-12)


# --- independence


@pytest.mark.parametrize("what", ["omega", "seed", "mask", "rate", "weights"])
def test_changing_one_replica_leaves_the_others(what):
    def run(changed):
        modules, omegas, seeds, rates = projectors(), [1.0] * 5, list(range(5)), [1e-3] * 5
        masks = torch.ones(5, POOL, dtype=torch.bool)
        if changed:
            omegas[2] = 5.0 if what == "omega" else 1.0
            seeds[2] = 99 if what == "seed" else 2
            rates[2] = 1e-2 if what == "rate" else 1e-3
            masks[2, :3] = what != "mask"
            if what == "weights":
                nn.init.ones_(modules[2].output.weight)
        return train_replicas(
            modules, weighted, pool(), train_on=masks, settings={"omega": omegas}, steps=STEPS, batch_size=8,
            learning_rate=rates, seeds=seeds,
        )  # fmt: skip

    one, other = run(False), run(True)
    others = torch.tensor([0, 1, 3, 4])
    for name, value in one.state.items():
        assert torch.allclose(value[others], other.state[name][others], rtol=0, atol=tolerance(name, 1e-3, 1e-12)), name
    assert not torch.allclose(one.state["output.weight"][2], other.state["output.weight"][2], atol=1e-6)


def test_dropout_follows_the_replicas_seed_and_leaves_the_global_state():
    generator = torch.Generator().manual_seed(0)
    points = torch.randn(40, 4, generator=generator), torch.randint(3, (40,), generator=generator)
    module = nn.Sequential(nn.Linear(4, 16), nn.Dropout(0.5), nn.Linear(16, 3))

    def train(seeds):
        return train_replicas([module] * len(seeds), cross_entropy, points, steps=10, batch_size=8, seeds=seeds)

    def cross_entropy(model, x, y):
        return nn.functional.cross_entropy(model(x), y)

    before = torch.get_rng_state()
    three = train([5, 6, 5])
    assert torch.equal(torch.get_rng_state(), before)
    torch.rand(7)
    alone = train([6])
    assert torch.equal(three.losses[:, 0], three.losses[:, 2]) and torch.equal(three.losses[:, 1], alone.losses[:, 0])
    assert not torch.equal(three.losses[:, 0], three.losses[:, 1]) and not three.together


@pytest.mark.parametrize("together", [None, False])
def test_a_replica_that_diverges_stops_and_the_others_go_on(together):
    def run(omegas):
        return train_replicas(
            projectors(3), weighted, pool(), settings={"omega": omegas}, steps=STEPS, batch_size=8, together=together
        )

    calm, wild = run([1.0, 1.0, 1.0]), run([1.0, math.inf, 1.0])
    assert wild.diverged.tolist() == [0, 1, 0] and calm.diverged.tolist() == [0, 0, 0]
    assert wild.state["output.weight"][1].isnan().all() and wild.losses[1:, 1].isnan().all()
    assert wild.losses[:, [0, 2]].isfinite().all()
    for name, value in calm.state.items():
        atol = tolerance(name, 1e-3, 1e-12)
        assert torch.allclose(value[[0, 2]], wild.state[name][[0, 2]], rtol=0, atol=atol)


def test_a_stopped_replica_has_zero_weights_through_which_no_infinity_comes():
    modules = projectors(3)
    learner = Together(modules[0], loss, Stack.of(modules), [1e-3] * 3, [0.1] * 3, "adamw")
    learner.stop(torch.tensor([False, True, False]))
    batch = [part[:8].expand(3, 8, WIDTH) for part in pool()]
    for _ in range(2):
        learner.step(batch, {}, 1.0)
        assert all((value[1] == 0).all() for value in learner.stack.learned.values())
    assert not any(torch.equal(learner.stack.learned["input.weight"][i], modules[i].input.weight) for i in (0, 2))


# --- what does not batch, what is frozen


class Sorted(nn.Module):
    """A layer that looks at values, which vmap refuses."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(WIDTH, WIDTH, dtype=torch.float64)

    def forward(self, x):
        y = self.linear(x)
        return y if y.sum().item() > 0 else 2 * y


def test_a_layer_that_does_not_batch_is_looped_over():
    modules = [Sorted() for _ in range(3)]
    found = train_replicas(modules, loss, pool(), steps=STEPS, batch_size=8)
    assert not found.together
    for i, module in enumerate(modules):
        state, _ = by_hand(module, pool(), torch.arange(POOL), seed=i, lr=1e-3)
        assert all(value <= 1e-12 for value in differences(found, i, state).values())
    assert found.predict(pool()[0]).shape == (3, POOL, WIDTH)
    with pytest.raises(AMEError, match="together=True needs layers"):
        train_replicas(modules, loss, pool(), steps=STEPS, together=True)


@pytest.mark.parametrize("same", [True, False])
def test_frozen_parameters_stay(same):
    modules = projectors(3)
    for module in modules:
        module.output.requires_grad_(False)
        if same:
            module.output.load_state_dict(modules[0].output.state_dict())
    found = train_replicas(modules, loss, pool(), steps=3, batch_size=8)
    for i, module in enumerate(modules):
        assert torch.equal(found.state["output.weight"][i], module.output.weight)
        assert not torch.equal(found.state["input.weight"][i], module.input.weight)
    assert (found.state["output.weight"].stride(0) == 0) == same


def test_settings_that_are_no_tensor_of_the_stack_stay_the_modules_own():
    class WithTerm(nn.Module):
        def __init__(self, seed):
            super().__init__()
            self.net = nn.Linear(WIDTH, WIDTH, dtype=torch.float64)
            generator = torch.Generator().manual_seed(seed)
            self.ame = AMELoss(
                image_dim=WIDTH, text_dim=WIDTH, manifold_dim=4, hidden_dim=4, omega=0.5, generator=generator
            )

        def forward(self, x):
            return self.net(x)

    modules = [WithTerm(seed) for seed in (1, 2)]
    found = train_replicas(modules, loss, pool(), steps=2, batch_size=8)
    for index in range(2):
        one = found.module(index)
        assert one.ame.omega == 0.5 and torch.equal(one.net.weight, found.state["net.weight"][index])
        assert torch.equal(one.ame.direction, modules[index].ame.direction)


# --- interruption, randomness


def test_ctrl_c_leaves_the_modules_and_the_random_state():
    modules, before, seen = projectors(), torch.get_rng_state(), []
    states = [copy.deepcopy(module.state_dict()) for module in modules]

    def stop(what, done, of):
        seen.append((what, done, of))
        if done >= 15:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_replicas(modules, loss, pool(), steps=STEPS, batch_size=8, progress=stop)
    assert seen == [("replicas", 5 * step, 5 * STEPS) for step in (1, 2, 3)]
    assert torch.equal(torch.get_rng_state(), before)
    for module, state in zip(modules, states, strict=True):
        assert all(torch.equal(value, state[name]) for name, value in module.state_dict().items())
        assert all(parameter.grad is None for parameter in module.parameters()) and module.training
    one, other = (train_replicas(modules, loss, pool(), steps=STEPS, batch_size=8) for _ in range(2))
    assert all(torch.equal(value, other.state[name]) for name, value in one.state.items())


# --- bad input


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"modules": []}, "modules must not be empty"),
        ({"modules": [Projector(6, 6), Projector(6, 7)]}, "modules must have the same architecture, got another at 1"),
        ({"modules": [Projector(6, 6), nn.Linear(6, 6)]}, "same architecture"),
        ({"modules": [Projector(6, 6).requires_grad_(False)]}, "requires_grad=True, got none"),
        ({"data": []}, "data must be tensors"),
        ({"data": [torch.zeros(3, 6), torch.zeros(4, 6)]}, r"same number of entries >= 1, got \[3, 4\]"),
        ({"data": [torch.zeros(4, 6), torch.zeros(3, 6)]}, r"same number of entries >= 1, got \[4, 3\]"),
        ({"data": [torch.zeros(0, 6), torch.zeros(0, 6)]}, r"same number of entries >= 1, got \[0, 0\]"),
        ({"train_on": torch.zeros(2, POOL, dtype=torch.bool)}, "at least one entry, got none for replica 0"),
        ({"train_on": torch.ones(2, 3, dtype=torch.bool)}, "train_on must be of shape"),
        ({"train_on": [torch.arange(3)]}, "train_on must have one entry per replica, 2, got 1"),
        ({"train_on": [torch.arange(3), torch.tensor([POOL])]}, "train_on must lie in"),
        ({"train_on": [torch.arange(3), torch.tensor([-1])]}, "train_on must lie in"),
        ({"train_on": [torch.arange(3), torch.rand(3)]}, "train_on must be a bool tensor"),
        ({"settings": {"omega": [1.0]}}, "settings: omega must have one entry per replica"),
        ({"learning_rate": [1e-3]}, "learning_rate must be one number for all or one per replica, 2, got 1"),
        ({"learning_rate": 0.0}, "learning_rate must be"),
        ({"learning_rate": [1e-3, math.nan]}, "learning_rate must be"),
        ({"weight_decay": -1.0}, "weight_decay must be"),
        ({"steps": 0}, "steps must be"),
        ({"batch_size": 0}, "batch_size must be"),
        ({"seeds": [1]}, "seeds must be one per replica"),
        ({"seeds": [1, -1]}, "seeds must be"),
        ({"chunk_size": 0}, "chunk_size must be"),
        ({"optimizer": "lion"}, "optimizer must be"),
        ({"schedule": "step"}, "schedule must be"),
    ],
)
def test_bad_input(options, message):
    usual = {"modules": projectors(2), "loss": loss, "data": pool(), "steps": 2}
    with pytest.raises(AMEError, match=message):
        train_replicas(**{**usual, **options})


# --- recipes


@pytest.fixture(scope="module")
def stage():
    data = digits()
    teacher = pretrain(data, Pretraining(steps=40))
    backbone = pretrain(data, Pretraining(size="student", split="backbone", shift=1.0, steps=20))
    return Stage(data, teacher, backbone)


@one_thread()
def in_float64(recipe, stage):
    """`Distillation`'s own loop, its weights and inputs made float64: what `dtype=torch.float64` is held against."""
    one = Distillation(recipe, stage=stage)
    one._whole_batch(torch.zeros(1, dtype=torch.int64))
    assert one._inputs is not None
    made_with, inputs, teacher = one._inputs
    one._inputs = (made_with, inputs.double(), teacher.double())
    one.student.double(), one.ame.double()
    for _ in range(recipe.steps):
        one._learn(one._learning_rate())
        one.index += 1
    return one.state_dict()


def one_by_one(encode):
    """Float32 kernels round by the size of the batch (1e-7 with AVX-512): the frozen parts see an image at a time."""

    def encoded(*args):
        *model, images = args
        return torch.cat([encode(*model, image[None]) for image in images])

    return encoded


def rounding(name, recipe):
    """How far float64 may move a parameter of a recipe's student, with Adam."""
    # Biases before a batch norm, and of attention's keys, have gradient 0: see `tolerance`. What cancels there reaches
    # 1e5 (logits at scale 100, PromptKD's weight): 2e-11 in float64, 1e-10 as a sum over batch and width, against
    # Adam's eps of 1e-8.
    noise = name.endswith(("projector.input.bias", "running_mean", "qkv.bias"))
    return 1e-2 * recipe.learning_rate * recipe.steps if noise else 1e-10


def check_against_the_loop(recipes, stage, monkeypatch):
    monkeypatch.setattr(Student, "prepare", one_by_one(Student.prepare))
    monkeypatch.setattr(stage, "teacher_features", one_by_one(stage.teacher_features))
    found = distill_replicas(recipes, stage=stage, dtype=torch.float64)
    monkeypatch.setattr(stage, "text_features", stage.text_features.double())
    for recipe, weights in zip(recipes, found.weights, strict=True):
        state = in_float64(recipe, stage)
        trained = {n for n in state if n.startswith(("student.", "ame.")) and "backbone" not in n} - {
            "ame._extra_state",
            "student.mixing",
        }
        assert trained <= set(weights)
        for name, value in weights.items():
            assert torch.allclose(value, state[name], rtol=0, atol=rounding(name, recipe)), (recipe, name)
    return found


@pytest.mark.parametrize("host", hosts.names())
def test_recipes_are_distillations_parameter_by_parameter(stage, host, monkeypatch):
    recipes = [
        Recipe(host=host, steps=4, batch_size=8, shots=shots, seed=seed, omega=omega, learning_rate=rate)
        for shots, seed, omega, rate in ((2, 0, 0.0, 1e-3), (2, 1, 5.0, 1e-3), (3, 0, None, 2e-3), (1, 4, 1.0, 1e-3))
    ]
    found = check_against_the_loop(recipes, stage, monkeypatch)
    assert all(found.together)


@pytest.mark.parametrize(
    "fields",
    [
        {"reading": "predictive"},
        {"reading": "spectral", "text_rows": "paired"},
        {"reading": "random_direction", "projection": "host", "scope": "image"},
        {"reading": "alignment", "gradient": "student", "ame_input": "raw"},
        {"random_texts": True, "normalize": "unit", "optimizer": "sgd"},
        {"kd": "logits", "kd_classes": "base", "tau": 2.0, "label_smoothing": 0.1, "kd_weight": 3.0},
        {"kd": "promptkd", "ambiguity": 0.5, "protocol": "transductive", "schedule": "constant"},
        {"augment": 1.0, "ambiguity": 0.2},
    ],
    ids=str,
)
def test_every_option_together(stage, fields, monkeypatch):
    recipes = [
        Recipe(**{"host": "projector", "steps": 3, "shots": 2, "batch_size": 8, "seed": s, **fields}) for s in (0, 1)
    ]
    assert all(check_against_the_loop(recipes, stage, monkeypatch).together)


def test_metrics_are_named_and_valued_as_distillation_has_them(stage):
    """Mixed groups in one call, a steered and a noisy recipe among them; SGD, so that rounding stays small."""
    quick = Recipe(host="projector", steps=5, shots=2, batch_size=8, optimizer="sgd", learning_rate=0.01, omega=1.0)
    recipes = [
        quick,
        dataclasses.replace(quick, reading="predictive"),
        dataclasses.replace(quick, noise=0.1),
        dataclasses.replace(quick, seed=1),
        quick.with_event(2, "omega", 3.0),
    ]
    told = []
    found = distill_replicas(recipes, stage=stage, progress=lambda *args: told.append(args))
    assert found.together == (True, True, False, True, False) and len(found) == 5
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told) and told[-1][1:] == (25, 25)
    for recipe, metrics, losses in zip(recipes, found.metrics, found.losses, strict=True):
        steps = list(Distillation(recipe, stage=stage))
        assert metrics.keys() == steps[-1].metrics.keys()
        for name, value in steps[-1].metrics.items():
            assert metrics[name] == pytest.approx(value, abs=1e-3 if "entropy" in name else 6e-3), name
        assert losses.tolist() == pytest.approx([step.losses["total"] for step in steps[1:]], abs=1e-4)
    images = stage.data.images[stage.test][:7]
    assert found.logits(images).shape == (5, 7, 10) and not found.logits(images).requires_grad


def test_coin_draws_in_place_of_shots(stage):
    places = [stage.data.indices("distill", "base")[n : n + 12] for n in (0, 12)]
    recipe = Recipe(host="projector", steps=3, batch_size=8, optimizer="sgd", learning_rate=0.01, omega=0.0)
    found = distill_replicas([recipe, recipe], stage=stage, train_on=places)
    for index, mine in enumerate(places):
        one = Distillation(recipe, stage=stage)
        one.shots = mine
        list(one)
        for name, value in found.weights[index].items():
            assert torch.allclose(value, one.state_dict()[name], atol=1e-5), name


@pytest.mark.parametrize("host", hosts.names())
def test_without_metrics_the_students_are_the_same(stage, host):
    """Leaving AME out where omega is 0 changes no student; float64, so that the order of sums does not show."""
    quick = Recipe(host=host, steps=3, shots=2, batch_size=8)
    recipes = [dataclasses.replace(quick, omega=0.0), dataclasses.replace(quick, omega=2.0, seed=1)]
    full, lean = (distill_replicas(recipes, stage=stage, measure=m, dtype=torch.float64) for m in (True, False))
    assert lean.metrics == ({}, {}) and all(full.metrics)
    assert (
        not any(name.startswith("ame.") for name in lean.weights[0])
        and lean.weights[1].keys() == full.weights[1].keys()
    )
    for one, other in zip(full.weights, lean.weights, strict=True):
        for name, value in other.items():
            assert torch.allclose(one[name], value, rtol=0, atol=rounding(name, quick)), name
    images = stage.data.images[:9]
    assert torch.allclose(full.logits(images), lean.logits(images), atol=1e-3)  # logits reach 100, in float32


def test_logits_are_those_of_each_student(stage):
    recipes = [Recipe(host=host, steps=2, shots=2, batch_size=8, seed=s) for s in (0, 1) for host in hosts.names()]
    found, images = distill_replicas(recipes, stage=stage), stage.data.images[:9]
    for recipe, logits in zip(recipes, found.logits(images), strict=True):
        one = Distillation(recipe, stage=stage)
        list(one)
        with torch.no_grad():
            theirs = stage.logits(F.normalize(one.student.eval()(one.student.prepare(images)), dim=1))
        # cosines to 1e-3 after two float32 steps of Adam, which may turn rounding noise into a step; logits at scale
        assert torch.allclose(logits, theirs, atol=5e-3 * stage.logit_scale), recipe
        assert not logits.requires_grad


def test_many_replicas_may_start_from_one_module():
    module = projectors(1)[0]
    places = [torch.arange(8) + k for k in range(4)]
    same = train_replicas([module] * 4, loss, pool(), train_on=places, steps=3, batch_size=8)
    own = train_replicas([copy.deepcopy(module) for _ in places], loss, pool(), train_on=places, steps=3, batch_size=8)
    assert all(torch.equal(value, own.state[name]) for name, value in same.state.items())
    with pytest.raises(AMEError, match="another at 2"):
        train_replicas([module, module, nn.Linear(6, 6)], loss, pool(), steps=1)


def test_a_recipe_that_diverges_has_nan_metrics(stage):
    tame = Recipe(host="projector", steps=3, shots=2, reading="score_variance", ame_input="raw", omega=0.0)
    wild = dataclasses.replace(tame, omega=1e15, learning_rate=1e15)
    found = distill_replicas([wild, tame, dataclasses.replace(wild, noise=0.1)], stage=stage)
    assert found.diverged[0] and not found.diverged[1] and found.diverged[2]
    assert all(math.isnan(value) for value in found.metrics[0].values())
    assert all(math.isnan(value) for value in found.metrics[2].values())
    assert all(math.isfinite(value) for value in found.metrics[1].values())
    assert found.metrics[0].keys() == found.metrics[1].keys() == found.metrics[2].keys()


def test_bad_recipes(stage):
    recipe = Recipe(host="projector", steps=2)
    for recipes, options, message in (
        ([], {}, "recipes must not be empty"),
        ([recipe, dataclasses.replace(recipe, data="scenes")], {}, "recipes must be for the stage's data"),
        ([dataclasses.replace(recipe, data_digest="0" * 16)], {}, "recipes must be for the stage's data"),
        ([recipe], {"train_on": []}, "train_on must have one entry per replica, 1, got 0"),
        ([recipe], {"train_on": [torch.empty(0, dtype=torch.int64)]}, "at least one entry, got none"),
    ):
        with pytest.raises(AMEError, match=message):
            distill_replicas(recipes, stage=stage, **options)
