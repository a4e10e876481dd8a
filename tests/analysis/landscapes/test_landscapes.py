"""Landscapes against what is known: the module's own values, exact bowls, symmetry, finite differences."""

import copy
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F

from ame_explore.ame import AMEError, AMELoss, initialize, row_entropy
from ame_explore.analysis.landscapes.directions import (
    Slice,
    filter_normalized,
    line_between,
    plane_through,
    random_slice,
    trajectory_slice,
)
from ame_explore.analysis.landscapes.evaluators import Evaluator, Objective
from ame_explore.analysis.landscapes.feature_space import Surroundings, feature_field, geodesic, slerp
from ame_explore.analysis.landscapes.readouts import Classification, distillation_objective
from ame_explore.analysis.landscapes.scan import Landscape, barrier, frame, landscape, scan
from ame_explore.analysis.landscapes.score_space import (
    effective_push,
    entropy_gradient,
    largest_deficit,
    score_plane,
    simplex_field,
)
from ame_explore.data import digits
from ame_explore.models import Projector, SmallCLIP
from ame_explore.training.distill import Distillation
from ame_explore.training.recipe import Recipe
from ame_explore.training.record.run import Run
from ame_explore.training.stage import Stage


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def drawn(module, seed=0, dtype=torch.float64):
    initialize(module, generator(seed))
    return module.to(dtype)


def mlp(seed=0, dtype=torch.float64):
    return drawn(nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 7), nn.Tanh(), nn.Linear(7, 4)), seed, dtype)


def projector(seed=0, dtype=torch.float64):
    made = drawn(Projector(6, 4), seed, dtype).eval()
    made.norm.running_mean.copy_(torch.linspace(-0.2, 0.3, 4))
    made.norm.running_var.copy_(torch.linspace(0.5, 1.5, 4))
    return made


def cnn(seed=0, dtype=torch.float64):
    layers = [nn.Conv2d(1, 4, 3, padding=1), nn.GroupNorm(2, 4), nn.ReLU(), nn.Conv2d(4, 4, 3), nn.Flatten()]
    return drawn(nn.Sequential(*layers, nn.Linear(16, 4)), seed, dtype)


MODULES = {"mlp": (mlp, (6,)), "projector": (projector, (6,)), "cnn": (cnn, (1, 4, 4))}


def problem(name, dtype=torch.float64, samples=12):
    make, shape = MODULES[name]
    inputs = torch.randn(samples, *shape, generator=generator(1), dtype=dtype)
    labels = torch.randint(0, 4, (samples,), generator=generator(2))
    return make(dtype=dtype), inputs, labels


class Point(nn.Module):
    """Weights that are the function's own arguments."""

    def __init__(self, start):
        super().__init__()
        self.w = nn.Parameter(torch.as_tensor(start, dtype=torch.float64))

    def forward(self, x):
        return x @ self.w


def squares(output):
    return {"loss": output.square().sum()}


# The parameter plane


@pytest.mark.parametrize("method", ["chain", "vmap", "loop"])
@pytest.mark.parametrize("name", MODULES)
@pytest.mark.parametrize("share", [True, False])
def test_every_method_gives_what_the_module_gives_with_these_weights(name, method, share):
    module, inputs, labels = problem(name)
    if method == "chain" and (name == "cnn" or not share):
        return
    plane = random_slice(module, seed=3, vectors="norm")
    before = {key: value.clone() for key, value in module.state_dict().items()}
    evaluator = Evaluator(Objective(module, inputs, Classification(labels)), plane, method=method, chunk=3, share=share)
    points = torch.tensor([[0.0, 0.0], [0.5, 0.0], [0.5, -1.0], [-0.7, 0.3]], dtype=torch.float64)
    got = evaluator(points)
    for place, point in enumerate(points.tolist()):
        other = copy.deepcopy(module)
        other.load_state_dict(plane.state(*point), strict=False)
        logits = other(inputs).detach()
        p = logits.softmax(1)
        wanted = {
            "loss": float(F.cross_entropy(logits, labels)),
            "predictive_entropy": float(-(p * p.log()).sum(1).mean()),
            "accuracy": float((logits.argmax(1) == labels).double().mean()),
        }
        for key, value in wanted.items():
            # accuracy is counted in float32; the others differ by the order of sums in float64
            assert float(got[key][place]) == pytest.approx(value, abs=1e-7 if key == "accuracy" else 1e-12)
    assert (bool(evaluator.shared)) == share
    closed = bool(evaluator._walkers[0]._norms)
    assert closed == (share and name == "cnn"), "a norm after a shared layer is taken in closed form"
    assert all(torch.equal(value, before[key]) for key, value in module.state_dict().items()), "the module was changed"
    assert evaluator.origin["loss"] == pytest.approx(float(F.cross_entropy(module(inputs), labels).detach()), abs=1e-12)


@pytest.mark.parametrize("name", MODULES)
def test_methods_agree_to_1e_6_in_float32(name):
    module, inputs, labels = problem(name, torch.float32)
    plane = random_slice(module, seed=3)
    points = torch.rand(20, 2, generator=generator(5)).double() - 0.5
    found = [
        Evaluator(Objective(module, inputs, Classification(labels)), plane, method=method)(points)["loss"]
        for method in ("auto", "vmap", "loop")
    ]
    torch.testing.assert_close(found[1], found[0], atol=1e-6, rtol=1e-6)
    torch.testing.assert_close(found[2], found[0], atol=1e-6, rtol=1e-6)


def test_auto_takes_the_chain_where_there_is_one_and_a_measure_of_one_point_will_do():
    module, inputs, labels = problem("mlp")
    plane = random_slice(module, seed=0)
    plain = Objective(module, inputs, lambda logits: {"loss": F.cross_entropy(logits, labels)})
    ours = Evaluator(plain, plane)
    assert ours.method == "chain" and ours.shared == ("0",)
    batched = Evaluator(Objective(module, inputs, Classification(labels)), plane)
    points = torch.tensor([[0.3, 0.1]], dtype=torch.float64)
    assert float(ours(points)["loss"]) == pytest.approx(float(batched(points)["loss"]), abs=1e-12)


def test_a_module_that_cannot_be_batched_falls_back_to_the_loop():
    module = drawn(nn.Sequential(nn.Linear(6, 5), nn.BatchNorm1d(5), nn.Dropout(0.5), nn.Linear(5, 4))).train()
    inputs = torch.randn(9, 6, generator=generator(), dtype=torch.float64)
    plane, state = random_slice(module, seed=0), torch.get_rng_state()
    evaluator = Evaluator(Objective(module, inputs, squares), plane)
    assert evaluator.method == "loop"
    same = evaluator(torch.zeros(3, 2, dtype=torch.float64))["loss"]
    assert (same == evaluator.origin["loss"]).all(), "each point must see the same dropped units"
    assert torch.equal(state, torch.get_rng_state())
    assert module[1].num_batches_tracked == 0
    with pytest.raises(AMEError, match="use 'auto'"):
        Evaluator(Objective(module, inputs, squares), plane, method="vmap")


@pytest.fixture
def three_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    yield
    assert torch.get_num_threads() == 3
    torch.set_num_threads(before)


@pytest.mark.parametrize(("name", "method"), [("mlp", "chain"), ("mlp", "vmap"), ("cnn", "loop"), ("mlp", "loop")])
def test_threads_give_what_one_gives(name, method, three_threads):
    module, inputs, labels = problem(name)
    module.train()  # as a training loop leaves it: nothing here draws random numbers
    plane = random_slice(module, seed=3, vectors="norm")
    objective = Objective(module, inputs, Classification(labels))
    evaluator = Evaluator(objective, plane, method=method, chunk=2)
    evaluator.threads = 3  # whatever it found to be faster here
    points = torch.rand(41, 2, generator=generator(5)).double() - 0.5
    together = evaluator(points)
    assert len(evaluator._walkers) == 3
    evaluator.threads = 1
    alone = evaluator(points)
    for key, value in alone.items():
        torch.testing.assert_close(together[key], value, atol=1e-12, rtol=0)


def test_a_step_takes_about_a_tenth_of_a_second_in_whole_chunks():
    module, inputs, labels = problem("mlp")
    plane = random_slice(module, seed=3, vectors="norm")
    evaluator = Evaluator(Objective(module, inputs, Classification(labels)), plane, method="loop")
    at_once = evaluator.chunk * evaluator.threads
    for seconds in (1e-6, 1e-4, 0.003, 5.0):
        evaluator._seconds = seconds
        assert evaluator.step % at_once == 0
        assert evaluator.step == at_once or 0.1 - at_once * seconds < evaluator.step * seconds <= 0.1 * (1 + 1e-9)
    given = Evaluator(Objective(module, inputs, Classification(labels)), plane, method="loop", chunk=5)
    assert given.step == 5 * given.threads


def test_what_a_thread_raises_is_raised_and_random_numbers_have_one_thread(three_threads):
    module = drawn(nn.Sequential(nn.Linear(6, 5), nn.Dropout(0.5), nn.Linear(5, 4))).train()
    inputs = torch.randn(9, 6, generator=generator(), dtype=torch.float64)
    assert Evaluator(Objective(module, inputs, squares), random_slice(module, seed=0)).threads == 1
    module.eval()
    calls = []

    def breaks(output):
        calls.append(1)
        if len(calls) > 30:
            raise ValueError("enough")
        return squares(output)

    evaluator = Evaluator(Objective(module, inputs, breaks), random_slice(module, seed=0), method="loop", chunk=2)
    evaluator.threads = 3
    calls[:] = [1] * 20
    with pytest.raises(ValueError, match="enough"):
        evaluator(torch.zeros(60, 2, dtype=torch.float64))
    calls.clear()
    assert len(evaluator(torch.zeros(12, 2, dtype=torch.float64))["loss"]) == 12


def test_a_value_that_is_a_part_of_the_output_outlives_the_next_chunk():
    module, inputs, _ = problem("mlp")
    plane = random_slice(module, seed=3)
    part = Objective(module, inputs, lambda output: {"first": output[0, 0]})
    points = torch.rand(9, 2, generator=generator(5)).double() - 0.5
    chain, loop = (Evaluator(part, plane, method=method, chunk=2)(points)["first"] for method in ("chain", "loop"))
    torch.testing.assert_close(chain, loop, atol=1e-12, rtol=0)


class Residual(nn.Module):
    """What the first layer gives is read twice: by the norm, and past it."""

    def __init__(self):
        super().__init__()
        self.first, self.norm, self.relu = nn.Conv2d(1, 4, 3, padding=1), nn.GroupNorm(2, 4), nn.ReLU()
        self.pool, self.last = nn.AdaptiveAvgPool2d(1), nn.Linear(4, 4)

    def forward(self, x):
        h = self.first(x)
        return self.last(self.pool(h + self.relu(self.norm(h)) * self.norm(h)).flatten(1))


def test_shortcuts_are_left_where_they_would_change_the_value():
    _, inputs, labels = problem("cnn")
    module = drawn(Residual())
    plane = random_slice(module, seed=0, vectors="norm")
    points = torch.tensor([[0.5, -0.3], [1.0, 1.0]], dtype=torch.float64)
    objective = Objective(module, inputs, Classification(labels))
    ours = Evaluator(objective, plane, method="loop")
    assert not ours._walkers[0]._norms and ours.shared == ("first",)
    plain = Evaluator(objective, plane, method="loop", share=False)
    torch.testing.assert_close(ours(points)["loss"], plain(points)["loss"], atol=1e-12, rtol=0)


def test_a_quadratic_gives_its_exact_bowl():
    module = Point([0.0, 0.0, 0.0])
    inputs = torch.diag(torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64))
    axes = ({"w": torch.tensor([1.0, 0, 0]).double()}, {"w": torch.tensor([0, 1.0, 1.0]).double()})
    evaluator = Evaluator(Objective(module, inputs, squares), Slice({"w": module.w.detach()}, axes))
    picture = landscape(evaluator, grid=11)
    x, y = picture.coordinates
    torch.testing.assert_close(picture.values["loss"], x[None] ** 2 + 13 * y[:, None] ** 2, atol=1e-12, rtol=0)
    torch.testing.assert_close(picture.values["loss"], picture.values["loss"].flip(0, 1), atol=1e-12, rtol=0)
    assert picture.finished and picture.origin == {"loss": 0.0}


def test_a_grid_grows_from_nine_points_a_side_and_no_point_comes_twice():
    module, inputs, labels = problem("mlp")
    evaluator = Evaluator(Objective(module, inputs, Classification(labels)), random_slice(module, seed=0))
    assert evaluator.seconds_per_point > 0
    asked = []
    inner = evaluator._work
    evaluator._work = lambda method, points, walker: asked.append(points) or inner(method, points, walker)
    pictures = list(scan(evaluator, grid=31, show_every=1e9))
    assert [int(picture.known.sum()) for picture in pictures] == [81, 17**2, 31**2]
    assert [picture.level for picture in pictures] == [1, 2, 3] and pictures[-1].seconds_left == 0
    assert len(torch.cat(asked).unique(dim=0)) == len(torch.cat(asked)) == 31**2
    first, last = pictures[0].finished_part(), pictures[-1]
    assert first.finished and first.values["loss"].shape == (9, 9)
    at = [int((last.coordinates[0] == value).nonzero()) for value in first.coordinates[0]]
    assert torch.equal(last.values["loss"][at][:, at], first.values["loss"])
    assert first.values["loss"][4, 4] == pytest.approx(evaluator.origin["loss"], abs=1e-12)
    assert not pictures[0].known.all() and pictures[0].values["loss"].isnan().any()


def test_closing_a_scan_cancels_it():
    module, inputs, labels = problem("mlp")
    evaluator = Evaluator(Objective(module, inputs, Classification(labels)), random_slice(module, seed=0), chunk=4)
    pictures = scan(evaluator, grid=31, show_every=0)
    first = next(pictures)
    evaluator._run = None  # whatever came after would fail
    pictures.close()
    assert not first.finished and int(first.known.sum()) == 4 and first.seconds_left > 0
    with pytest.raises(AMEError, match="no grid is finished"):
        first.finished_part()


def test_a_landscape_comes_back_from_its_file(tmp_path):
    module, inputs, labels = problem("mlp")
    states = [mlp(seed).state_dict() for seed in range(4)]
    plane = trajectory_slice(module, states, steps=[0, 5, 10, 20])
    low, high = frame(plane.path)
    evaluator = Evaluator(Objective(module, inputs, Classification(labels)), plane)
    picture = landscape(evaluator, grid=10, low=low, high=high)
    picture.save(tmp_path / "landscape-path.safetensors")
    again = Landscape.load(tmp_path / "landscape-path.safetensors")
    for name, value in vars(picture).items():
        other = getattr(again, name)
        if name in ("values", "coordinates"):
            pairs = (
                zip(value.values(), other.values(), strict=True) if name == "values" else zip(value, other, strict=True)
            )
            assert all(torch.equal(a, b) for a, b in pairs)
        else:
            assert torch.equal(value, other) if isinstance(value, torch.Tensor) else value == other, name
    (tmp_path / "landscape-path.safetensors").write_bytes(b"no")
    with pytest.raises(AMEError, match="damaged"):
        Landscape.load(tmp_path / "landscape-path.safetensors")


def test_a_landscape_is_kept_in_a_run_and_in_its_pack(tmp_path):
    module, inputs, labels = problem("mlp")
    with Run.recorder(tmp_path / "run") as record:
        record.log(losses={"total": 1.0})
    run = Run.open(tmp_path / "run")
    evaluator = Evaluator(Objective(module, inputs, Classification(labels)), random_slice(module, seed=0))
    picture = landscape(evaluator, grid=5)
    picture.keep(run, "random-plane")
    packed = Run.open(run.pack(tmp_path / "run.zip"))
    for place in (run, packed, Run.open(tmp_path / "run")):
        assert place.landscape_names == ["random-plane"] and place.status == "finished"
        assert torch.equal(Landscape.of(place, "random-plane").values["loss"], picture.values["loss"])
    with pytest.raises(AMEError, match="random-plane"):
        Landscape.of(run, "other")
    with pytest.raises(AMEError, match="packed"):
        picture.keep(packed, "again")
    for name in ("../out", "", "A", "x" * 65):
        with pytest.raises(AMEError, match="name must be"):
            picture.keep(run, name)
    Run.recorder(tmp_path / "run", overwrite=True).close()  # the landscape of another run goes with it
    assert Run.open(tmp_path / "run").landscape_names == []


# Directions


def test_filters_have_the_norms_of_the_modules_filters_and_nothing_divides_by_zero():
    module = cnn()
    with torch.no_grad():
        module[0].weight[2] = 0
    plane = random_slice(module, seed=1, vectors="norm")
    for axis in plane.axes:
        for name, weight in module.named_parameters():
            d, w = (t.flatten(1) if t.ndim > 1 else t[None] for t in (axis[name], weight.detach()))
            torch.testing.assert_close(d.norm(dim=1), w.norm(dim=1), atol=1e-12, rtol=1e-12)
        assert (axis["0.weight"][2] == 0).all() and all(t.isfinite().all() for t in axis.values())
    still = random_slice(module, seed=1)
    assert all((axis[name] == 0).all() for axis in still.axes for name in ("0.bias", "1.weight", "1.bias"))
    assert torch.equal(filter_normalized(torch.zeros(2, 3), torch.ones(2, 3)), torch.zeros(2, 3).double())


def test_random_directions_come_from_the_seed_alone():
    module, before = mlp(), torch.get_rng_state()
    a, b, c = (random_slice(module, seed=seed) for seed in (4, 4, 5))
    assert torch.equal(a.axes[0]["0.weight"], b.axes[0]["0.weight"])
    assert not torch.equal(a.axes[0]["0.weight"], c.axes[0]["0.weight"])
    assert torch.equal(before, torch.get_rng_state())


def test_a_planar_trajectory_is_explained_whole_and_its_path_keeps_distances():
    module = mlp()
    u, v = random_slice(module, seed=2, normalize="none").axes
    walk = [(0.0, 0.0), (1.0, 0.2), (1.5, 1.0), (1.6, 1.4)]
    start = dict(module.named_parameters())
    states = [{n: (p + x * u[n] + y * v[n]).detach() for n, p in start.items()} for x, y in walk]
    plane = trajectory_slice(module, states)
    assert sum(plane.explained) == pytest.approx(1, abs=1e-9) and plane.explained[0] > plane.explained[1]
    weights = torch.stack([torch.cat([t.flatten() for t in state.values()]) for state in states])
    torch.testing.assert_close(torch.cdist(plane.path, plane.path), torch.cdist(weights, weights), rtol=1e-6, atol=1e-6)
    for state, point in zip(states, plane.path, strict=True):
        torch.testing.assert_close(plane.coordinates(state), point, atol=1e-9, rtol=1e-9)
        there = plane.state(*point.tolist())
        assert all(torch.allclose(there[name], state[name], atol=1e-9) for name in there)
    assert torch.equal(plane.path[-1], torch.zeros(2).double())


def test_ends_of_a_line_are_the_states_with_their_batch_statistics_and_the_barrier_is_between_them():
    a, b, inputs = projector(0), projector(1), problem("projector")[1]
    b.norm.running_var.mul_(3)
    labels = problem("projector")[2]
    line = line_between(a, a.state_dict(), b.state_dict())
    picture = landscape(Evaluator(Objective(a, inputs, Classification(labels)), line), grid=21, low=0.0, high=1.0)
    for place, module in ((0, a), (-1, b)):
        own = float(F.cross_entropy(module(inputs), labels).detach())
        assert float(picture.values["loss"][place]) == pytest.approx(own, abs=1e-12)
    found = barrier(picture, "loss")
    assert found.height >= 0 and 0 <= found.at <= 1 and found.points == 21
    # -(w - 1)^2 (w + 1)^2 turned over: a known barrier of 1 in the middle of the way from -1 to 1
    point = Point([-1.0])
    ends = [{"w": torch.tensor([end], dtype=torch.float64)} for end in (-1.0, 1.0)]
    double_well = Objective(point, torch.ones(1, 1).double(), lambda w: {"loss": (w.square() - 1).square().sum()})
    well = landscape(Evaluator(double_well, line_between(point, *ends)), grid=21, low=0.0, high=1.0)
    got = barrier(well, "loss")
    assert (got.height, got.at) == (pytest.approx(1, abs=1e-12), pytest.approx(0.5))


def test_a_running_variance_meets_the_states_and_stays_positive_beyond_them():
    a, b = projector(0), projector(1)
    b.norm.running_var.mul_(0.05)
    line = line_between(a, a.state_dict(), b.state_dict())
    name = next(name for name in line.origin if name.endswith("running_var"))
    torch.testing.assert_close(line.state(0.0)[name], a.norm.running_var)
    torch.testing.assert_close(line.state(1.0)[name], b.norm.running_var)
    for t in (-1.0, 1.3, 3.0):
        assert bool((line.state(t)[name] > 0).all())
    inputs, labels = problem("projector")[1:]
    evaluator = Evaluator(Objective(a, inputs, Classification(labels)), line)
    other = copy.deepcopy(a)
    other.load_state_dict(line.state(1.3), strict=False)
    wanted = float(F.cross_entropy(other(inputs), labels).detach())
    got = evaluator(torch.tensor([[1.3]], dtype=torch.float64))["loss"]
    assert float(got) == pytest.approx(wanted, rel=1e-9)


@pytest.fixture(scope="module")
def distillation():
    data = digits()
    models = [SmallCLIP.for_data(data, size, generator=generator()) for size in ("teacher", "student")]  # untrained
    stage = Stage(data, *(model.requires_grad_(False).eval() for model in models))
    run = Distillation(Recipe(data="digits", host="projector", shots=2, steps=3, seed=0), stage=stage)
    states = [run.state_dict() for _ in run]
    return run, states


def test_the_origin_is_the_runs_own_and_recorded_states_give_a_plane(distillation):
    run, states = distillation
    objective = distillation_objective(run)
    plane = trajectory_slice(objective.module, states, prefix="student.")
    evaluator = Evaluator(objective, plane)
    metrics = run.metrics()
    assert evaluator.method == "chain" and 0 < sum(plane.explained) <= 1 + 1e-9 and len(plane.path) == 4
    for name in ("H", "predictive_entropy"):
        assert evaluator.origin[name] == pytest.approx(metrics[name], abs=1e-5)
    wanted = evaluator.origin["kd"] + run.ame.omega * evaluator.origin["H"]
    assert evaluator.origin["loss"] == pytest.approx(wanted, rel=1e-6)
    loop = Evaluator(objective, plane, method="loop")
    point = plane.path[1:2]
    for name in evaluator.names:
        assert float(evaluator(point)[name]) == pytest.approx(float(loop(point)[name]), abs=1e-4), name


# The score space


def test_slopes_are_those_of_finite_differences_and_of_autograd():
    scores = torch.randn(3, 7, generator=generator(), dtype=torch.float64, requires_grad=True)
    entropy, slope = entropy_gradient(scores)
    torch.testing.assert_close(entropy, row_entropy(scores.detach()))
    (wanted,) = torch.autograd.grad(row_entropy(scores).sum(), scores)
    torch.testing.assert_close(slope, wanted, atol=1e-12, rtol=0)
    s, u, v = (torch.randn(7, generator=generator(k), dtype=torch.float64) for k in (1, 2, 3))
    plane = score_plane(s, u=u, v=v, grid=5, span=0.5)
    h = 1e-5
    for i, j in ((0, 0), (2, 3), (4, 1)):
        for axis, direction in enumerate((u, v)):
            there = s + plane.x[j] * u + plane.y[i] * v
            difference = (row_entropy(there + h * direction) - row_entropy(there - h * direction)) / (2 * h)
            assert float(plane.slope[i, j, axis]) == pytest.approx(float(difference), abs=1e-8)
    torch.testing.assert_close(plane.deficit, math.log(7) - plane.entropy, atol=1e-12, rtol=0)


def test_the_simplex_is_symmetric_and_descent_feeds_the_largest_row():
    field = simplex_field(12)
    swapped = field.weights[:, [1, 0, 2]]
    place = [int((field.weights - row).abs().sum(1).argmin()) for row in swapped]
    torch.testing.assert_close(field.entropy[place], field.entropy, atol=1e-14, rtol=0)
    torch.testing.assert_close(field.flow[place][:, [1, 0, 2]], field.flow, atol=1e-14, rtol=0)
    torch.testing.assert_close(field.flow.sum(1), torch.zeros(len(field.flow)).double(), atol=1e-14, rtol=0)
    centre = int(field.entropy.argmax())
    assert torch.allclose(field.weights[centre], torch.full((3,), 1 / 3).double()) and int(field.collapse[centre]) == -1
    clear = field.collapse >= 0
    assert (field.flow[clear].gather(1, field.collapse[clear][:, None]) > 0).all()


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 6), st.sampled_from([4, 32, 512]))
def test_no_unit_rows_reach_beyond_the_largest_deficit(rows, width):
    ends = torch.cartesian_prod(*[torch.tensor([-1.0, 0.3, 1.0]).double()] * rows) * width**-0.5
    deficits = math.log(rows) - row_entropy(ends)
    # it is reached at an end; log n - H in float64 keeps 1e-15
    assert float(deficits.max()) == pytest.approx(largest_deficit(rows, width), abs=1e-13)


def test_width_decides_what_omega_50_can_do():
    reach = {width: 50 * largest_deficit(100, width) for width in (32, 64, 512)}
    assert reach == {
        32: pytest.approx(0.78, abs=0.01),
        64: pytest.approx(0.39, abs=0.01),
        512: pytest.approx(0.049, abs=1e-3),
    }


@pytest.mark.parametrize("normalize", ["unit", "none"])
def test_the_push_is_the_gradient_that_autograd_finds(normalize):
    rows = torch.randn(9, 16, generator=generator(), dtype=torch.float64).requires_grad_()
    unit = F.normalize(rows, dim=1) if normalize == "unit" else rows
    (gradient,) = torch.autograd.grad(50 * row_entropy(unit.mean(1)), rows)
    push = effective_push(rows, 50.0, normalize=normalize)
    assert push.gradient_norm == pytest.approx(float(gradient.norm()), rel=1e-10)
    assert push.reach == math.inf or 50 * push.deficit <= push.reach


# The data space


def test_a_great_circle_has_even_steps_and_its_middle_is_the_ridge_between_two_texts():
    texts = torch.eye(5)[:2]
    way = geodesic(3 * texts[0], texts[1], Surroundings(texts, 10.0), points=33)
    torch.testing.assert_close(way.points.norm(dim=1), torch.ones(33).double())
    cosines = (way.points[1:] * way.points[:-1]).sum(1)
    torch.testing.assert_close(cosines, torch.full((32,), math.cos(math.pi / 64)).double())
    assert way.ridge == 0.5 and way.angle == pytest.approx(math.pi / 2)
    assert float(way.predictive_entropy[16]) == pytest.approx(math.log(2), abs=1e-12)
    torch.testing.assert_close(way.predictive_entropy, way.predictive_entropy.flip(0))
    assert way.nearest[0] == 0 and way.nearest[-1] == 1 and way.H is None


def test_a_field_holds_its_corners_and_finds_who_lives_there():
    rows = F.normalize(torch.randn(40, 6, generator=generator(), dtype=torch.float64), dim=1)
    texts, ame = rows[:4], AMELoss(image_dim=6, text_dim=6, manifold_dim=8, generator=generator()).double()
    around = Surroundings(texts, 20.0, ame, rows[10:13])
    field = feature_field(rows[5], rows[6], rows[7], around, grid=5, margin=0.0)
    flat, distance = field.project(rows[5:8])
    torch.testing.assert_close(flat, field.corners, atol=1e-12, rtol=0)
    assert float(distance.max()) < 1e-12 and field.H.shape == field.predictive_entropy.shape == (5, 5)
    for corner, row in zip(field.corners.tolist(), (5, 6, 7), strict=True):
        assert int(field.samples_at(rows, *corner, k=3)[0]) == row
    logits = 20 * rows[5] @ texts.mT
    x0, y0 = int((field.x == 0).nonzero()[0]), int(field.y.abs().argmin())
    if field.x[x0] == 0 and field.y[y0] == 0:
        assert float(field.predictive_entropy[y0, x0]) == pytest.approx(float(row_entropy(logits)), abs=1e-12)
    way = geodesic(rows[5], rows[6], around, points=3)
    wanted = float(ame.entropy(image=torch.cat([rows[10:13], rows[5:6]]), text=texts).detach())
    assert float(way.H[0]) == pytest.approx(wanted, abs=1e-12)


# Bad input


def test_planes_that_are_none_are_refused():
    module, other = mlp(), mlp(1)
    a, b = module.state_dict(), other.state_dict()
    with pytest.raises(AMEError, match="direction of zeros"):
        plane_through(module, a, a, a)
    with pytest.raises(AMEError, match="direction of zeros"):
        line_between(module, a, a)
    middle = {name: (a[name] + b[name]) / 2 for name in a}
    with pytest.raises(AMEError, match="one line"):
        plane_through(module, a, b, middle)
    with pytest.raises(AMEError, match="must span dims=2 directions"):
        trajectory_slice(module, [a, middle, b])
    with pytest.raises(AMEError, match="must span"):
        trajectory_slice(module, [a, a, a])
    with pytest.raises(AMEError, match="at least 3"):
        trajectory_slice(module, [a, b])
    broken = {name: tensor.clone() for name, tensor in b.items()}
    broken["2.weight"][0, 0] = math.nan
    with pytest.raises(AMEError, match="NaN"):
        line_between(module, a, broken)
    with pytest.raises(AMEError, match="prefix"):
        line_between(module, a, b, prefix="student.")
    with torch.no_grad():
        for weight in module.parameters():
            weight.zero_()
    with pytest.raises(AMEError, match="direction of zeros"):
        random_slice(module, seed=0)


def test_what_cannot_be_evaluated_is_refused():
    module, inputs, labels = problem("mlp")
    plane, measure = random_slice(module, seed=0), Classification(labels)
    with pytest.raises(AMEError, match="inputs must be finite"):
        Evaluator(Objective(module, inputs * math.nan, measure), plane)
    with pytest.raises(AMEError, match="0-dim"):
        Evaluator(Objective(module, inputs, lambda logits: {"loss": logits}), plane)
    with pytest.raises(AMEError, match="at the origin must be finite"):
        Evaluator(Objective(module, inputs, lambda logits: {"loss": logits.sum() * math.inf}), plane)
    with pytest.raises(AMEError, match="does not have"):
        Evaluator(Objective(cnn(), inputs, measure), random_slice(mlp(), seed=0))
    with pytest.raises(AMEError, match="needs a chain"):
        Evaluator(Objective(cnn(), problem("cnn")[1], measure), random_slice(cnn(), seed=0), method="chain")
    evaluator = Evaluator(Objective(module, inputs, measure), plane)
    for wrong in ({"grid": 1}, {"low": 1.0}, {"low": math.nan}, {"low": (0.0, 0.0, 0.0)}):
        with pytest.raises(AMEError):
            scan(evaluator, **wrong)
    with pytest.raises(AMEError, match="finite"):
        evaluator(torch.full((1, 2), math.nan))
    with pytest.raises(AMEError, match="one direction"):
        barrier(landscape(evaluator, grid=3), "loss")


def test_points_and_scores_that_span_nothing_are_refused():
    a, b, c = torch.eye(4)[:3]
    around = Surroundings(torch.eye(4))
    for points, message in (((a, a, a), "equal"), ((a, b, 2 * b), "plane"), ((a, b, a * math.nan), "finite")):
        with pytest.raises(AMEError, match=message):
            feature_field(*points, around)
    t = torch.linspace(0, 1, 3)
    for pair, message in (((a, 2 * a), "equal"), ((a, -a), "opposite"), ((a, 0 * a), "zeros")):
        with pytest.raises(AMEError, match=message):
            slerp(*pair, t)
    for triple, message in (
        ((a, b, b), "parallel"),
        ((a, b, 0 * b), "zeros"),
        ((a, b, c[:2]), "shape"),
        ((a, torch.ones(5), c), "shape"),
        ((a, b, torch.ones(5)), "shape"),
        ((a[:1], b[:1], c[:1]), "shape"),
    ):
        with pytest.raises(AMEError, match=message):
            score_plane(triple[0], u=triple[1], v=triple[2])
    with pytest.raises(AMEError, match="points must be a whole number >= 2, got 1"):
        geodesic(a, b, around, points=1)
    with pytest.raises(AMEError, match="row of zeros"):
        effective_push(torch.zeros(2, 3))
    with pytest.raises(AMEError, match="pairs"):
        Surroundings(torch.eye(4), ame=AMELoss(image_dim=4, text_dim=4, reading="alignment"))
