import copy
import io
import math
import shutil
import warnings

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from ame_explore.ame import (
    READINGS,
    AMEError,
    AMELoss,
    Reading,
    Rows,
    SharedManifold,
    check_choice,
    check_finite,
    check_number,
    initialize,
    row_entropy,
    row_entropy_deficit,
    spectral_entropy,
)

EPS64 = torch.finfo(torch.float64).eps
EPS32 = torch.finfo(torch.float32).eps
C, B, DT, DI = 7, 5, 12, 9


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def features(seed=0, dtype=torch.float32, c=C, b=B, dt=DT, di=DI):
    g = generator(seed)
    return torch.randn(c, dt, generator=g, dtype=dtype), torch.randn(b, di, generator=g, dtype=dtype)


def loss_of(reading, dt=DT, di=DI, **options):
    return AMELoss(
        image_dim=di,
        text_dim=dt,
        manifold_dim=8,
        hidden_dim=6,
        reading=reading,
        **{"generator": generator(1)} | options,
    )


PAIRS = torch.tensor([0, 3, 6, 6, 1])
seeds = st.integers(0, 2**31)


def random_scores(n, seed, scale=1.0):
    return torch.randn(n, generator=generator(seed), dtype=torch.float64) * scale


# --- H itself


@given(n=st.integers(1, 300), value=st.floats(-1e4, 1e4))
def test_equal_scores_give_log_n(n, value):
    scores = torch.full((n,), value, dtype=torch.float64)
    # n terms of size log(n) / n, each with a relative error of a few eps
    assert row_entropy(scores).item() == pytest.approx(math.log(n), abs=8 * EPS64 * (1 + math.log(n)))
    assert row_entropy_deficit(scores).item() == pytest.approx(0, abs=8 * EPS64 * (1 + math.log(n)))


def test_one_hot_gives_zero():
    scores = torch.full((50,), -1e4)
    scores[17] = 1e4
    assert row_entropy(scores).item() == 0
    assert row_entropy_deficit(scores).item() == pytest.approx(math.log(50), rel=EPS32)


def test_k_tied_rows_give_log_k():
    scores = torch.full((40,), -2000.0)
    scores[:3] = 5.0
    assert row_entropy(scores).item() == pytest.approx(math.log(3), rel=2 * EPS32)


@given(n=st.integers(2, 60), seed=seeds, scale=st.floats(1e-3, 30))
def test_gradient_is_the_closed_form(n, seed, scale):
    s = random_scores(n, seed, scale).requires_grad_()
    (grad,) = torch.autograd.grad(row_entropy(s), s)
    p = s.detach().softmax(0)
    s_bar = (p * s.detach()).sum()
    closed = -p * (s.detach() - s_bar)
    # |s - s_bar| <= max spread; each side is a product of quantities of that size
    tolerance = 32 * EPS64 * (1 + 10 * scale) * math.log(n + 1)
    assert torch.allclose(grad, closed, rtol=0, atol=tolerance)
    assert grad.sum().abs() <= n * tolerance


def test_gradient_agrees_with_finite_differences():
    s = random_scores(9, 3).requires_grad_()
    assert torch.autograd.gradcheck(row_entropy, (s,))
    assert torch.autograd.gradcheck(row_entropy_deficit, (s,))
    rows = torch.randn(6, 4, generator=generator(2), dtype=torch.float64).requires_grad_()
    assert torch.autograd.gradcheck(spectral_entropy, (rows,))


@given(n=st.integers(2, 100), seed=seeds, shift=st.floats(-100, 100))
def test_shift_permutation_and_range(n, seed, shift):
    s = random_scores(n, seed, 3.0)
    h = row_entropy(s)
    order = torch.randperm(n, generator=generator(seed))
    # a shift by c rounds scores at c * eps; dH <= sum |dH/ds| * that <= (1 + log n) * c * eps, and the log-sum adds its
    # own
    tolerance = 16 * EPS64 * (10 + abs(shift)) * (1 + math.log(n))
    assert abs(row_entropy(s + shift) - h) <= tolerance
    assert abs(row_entropy(s[order]) - h) <= tolerance
    assert -tolerance <= h <= math.log(n) + tolerance
    assert abs(row_entropy_deficit(s) - (math.log(n) - h)) <= tolerance


@pytest.mark.parametrize("size", [1e4, 1e-4, 1e-30, 0.0])
def test_huge_tiny_and_equal_scores_stay_finite(size):
    for dtype in (torch.float32, torch.float64, torch.bfloat16, torch.float16):
        s = (random_scores(64, 5) * size).to(dtype).requires_grad_()
        if not s.isfinite().all():
            continue  # 1e4 times a normal can leave float16
        for f in (row_entropy, row_entropy_deficit):
            value = f(s)
            (grad,) = torch.autograd.grad(value, s)
            assert value.isfinite() and grad.isfinite().all()


def test_the_deficit_keeps_digits_that_float32_entropy_loses():
    s = random_scores(1000, 0, 1e-3)
    exact = row_entropy_deficit(s)
    assert row_entropy_deficit(s.float()).item() == pytest.approx(
        exact.item(), rel=1e-5
    )  # scores rounded at 6e-8 / 1e-3
    assert exact.item() == pytest.approx(
        s.var(correction=0).item() / 2, rel=1e-2
    )  # next order: mean(s^3) ~ 1e-3 relative


@given(seed=seeds, n=st.integers(3, 40))
def test_score_variance_agrees_with_rows_to_second_order(seed, n):
    direction = random_scores(n, seed)
    centred = direction - direction.mean()

    def error(scale):
        s = centred * scale
        return abs(row_entropy_deficit(s) - s.var(correction=0) / 2).item()

    # what is left is of third order: |mean(s^3)| / 3 plus fourth-order terms, bounded generously by max|s|^3
    for scale in (1e-1, 1e-2, 1e-3):
        assert error(scale) <= (centred.abs().max().item() * scale) ** 3 + 1e-15


# --- spectral


@given(rank=st.integers(1, 6), copies=st.integers(1, 4), seed=seeds)
def test_spectral_entropy_of_r_equal_directions_is_log_r(rank, copies, seed):
    basis = torch.linalg.qr(torch.randn(8, 8, generator=generator(seed), dtype=torch.float64)).Q[:rank]
    rows = basis.repeat(copies, 1)
    assert spectral_entropy(rows).item() == pytest.approx(math.log(rank), abs=1e-12)
    assert spectral_entropy(rows * 7.5).item() == pytest.approx(math.log(rank), abs=1e-12)


def test_spectral_gradient_is_finite_where_eigenvalues_vanish():
    rows = torch.ones(6, 4, dtype=torch.float64).requires_grad_()
    value = spectral_entropy(rows)
    (grad,) = torch.autograd.grad(value, rows)
    assert value.item() == pytest.approx(0, abs=1e-12) and grad.isfinite().all()


def test_spectral_takes_the_smaller_matrix_and_agrees():
    rows = torch.randn(12, 5, generator=generator(4), dtype=torch.float64)
    unit = rows / rows.norm(dim=1, keepdim=True)
    eigenvalues = torch.linalg.eigvalsh(unit @ unit.T / 12)[-5:]
    assert spectral_entropy(rows).item() == pytest.approx(-(eigenvalues * eigenvalues.log()).sum().item(), abs=1e-12)


# --- the manifold


@pytest.mark.parametrize("normalize", ["none", "unit", "layer"])
@pytest.mark.parametrize("image_rows", ["mean", "patches"])
def test_scores_are_the_row_means_of_m(normalize, image_rows):
    manifold = SharedManifold(
        image_dim=DI,
        text_dim=DT,
        manifold_dim=8,
        hidden_dim=6,
        normalize=normalize,
        image_rows=image_rows,
        generator=generator(),
    )
    text, _ = features()
    maps = torch.randn(B, DI, 2, 3, generator=generator(3))
    rows = manifold.rows(image=maps, text=text)
    assert rows.shape == (C + B * (1 if image_rows == "mean" else 6), 8)
    image_scores, text_scores = manifold.scores(image=maps, text=text)
    scores = torch.cat([text_scores, image_scores.flatten()])
    assert torch.allclose(scores, rows.mean(1), atol=32 * EPS32)


def test_a_map_pools_to_the_projection_of_its_mean_position():
    manifold = SharedManifold(image_dim=DI, text_dim=DT, manifold_dim=8, generator=generator())
    maps = torch.randn(B, DI, 2, 3, generator=generator(3))
    whole = manifold.image_projection(maps).mean((2, 3))
    assert torch.allclose(manifold.project_image(maps)[:, 0], whole, atol=32 * EPS32)
    constant = maps[:, :, :1, :1].expand_as(maps)
    assert torch.allclose(manifold.project_image(constant), manifold.project_image(maps[:, :, 0, 0]), atol=32 * EPS32)


def test_rows_sees_neither_the_order_of_rows_nor_of_features_within_a_row():
    text, image = (x.double() for x in features(dt=8, di=8))
    loss = AMELoss(image_dim=8, text_dim=8, reading="rows", projection="host").double()
    h = loss.entropy(image=image, text=text)
    shuffled = torch.stack([row[torch.randperm(8, generator=generator(i))] for i, row in enumerate(image)])
    assert torch.allclose(loss.entropy(image=shuffled, text=text), h, rtol=0, atol=64 * EPS64)
    assert torch.allclose(loss.entropy(image=image.roll(2, 0), text=text.flip(0)), h, rtol=0, atol=64 * EPS64)
    orthogonal = torch.randn(B, 8, generator=generator(9), dtype=torch.float64)
    orthogonal -= orthogonal.mean(1, keepdim=True)
    assert torch.allclose(loss.entropy(image=image + orthogonal, text=text), h, rtol=0, atol=64 * EPS64)


@pytest.mark.parametrize("normalize", ["unit", "layer"])
def test_each_row_of_m_is_normalized_by_itself(normalize):
    manifold = SharedManifold(
        image_dim=DI, text_dim=DT, manifold_dim=8, normalize=normalize, image_rows="patches", generator=generator()
    )
    text, _ = features()
    maps = torch.randn(B, DI, 2, 3, generator=generator(3)) * torch.logspace(0, 2, 6).view(2, 3)
    rows = manifold.rows(image=maps, text=text).double()
    squares = rows.square().sum(1) if normalize == "unit" else rows.var(1, correction=0)
    # LayerNorm adds 1e-5 to each variance, here above 5e-3
    assert torch.allclose(squares, torch.ones_like(squares), atol=2e-3)
    if normalize == "layer":
        assert rows.mean(1).abs().max() < 1e-5


def test_layer_normalization_leaves_rows_without_a_gradient():
    text, image = features(dtype=torch.float64)
    image.requires_grad_()
    loss = loss_of("rows", normalize="layer").double()
    value = loss(image=image, text=text)
    assert value.item() == pytest.approx(50 * math.log(C + B), abs=1e-9)
    (grad,) = torch.autograd.grad(value, image)
    assert grad.abs().max() < 1e-10


# --- the readings


def reference(reading, loss, text, image, pairs):
    """Each reading once more, straight from method.md, on M itself."""
    m = loss.manifold
    rows = m.rows(image=image, text=text)
    unit = rows / rows.norm(dim=1, keepdim=True)
    if reading in ("rows", "random_direction"):
        s = rows.mean(1) if reading == "rows" else rows @ loss.direction.to(rows)
        return torch.distributions.Categorical(logits=s).entropy()
    if reading == "score_variance":
        return -rows.mean(1).var(correction=0) / 2
    if reading == "predictive":
        return torch.distributions.Categorical(logits=unit[C:] @ unit[:C].T / loss.temperature).entropy().mean()
    if reading == "spectral":
        s = torch.linalg.svdvals(unit) ** 2 / len(unit)
        return -(s * s.log()).sum()
    return (unit[C:] - unit[:C][pairs]).pow(2).sum(1).mean()


@pytest.mark.parametrize("projection", ["own", "host"])
@pytest.mark.parametrize("normalize", ["none", "unit"])
@pytest.mark.parametrize("reading", READINGS)
def test_every_reading_against_its_definition(reading, normalize, projection):
    di = DT if projection == "host" else DI
    text, image = features(dtype=torch.float64, di=di)
    loss = loss_of(reading, di=di, normalize=normalize, projection=projection).double()
    value = loss.entropy(image=image, text=text, pairs=PAIRS)
    assert value.item() == pytest.approx(reference(reading, loss, text, image, PAIRS).item(), abs=1e-12)
    assert loss(image=image, text=text, pairs=PAIRS).item() == pytest.approx(
        READINGS[reading].default_omega * value.item(), rel=1e-14
    )
    if reading != "alignment":
        largest = {
            "predictive": math.log(C),
            "spectral": math.log(min(C + B, loss.manifold.manifold_dim)),
            "score_variance": 0.0,
        }.get(reading, math.log(C + B))
        assert loss.deficit(image=image, text=text).item() == pytest.approx(largest - value.item(), abs=1e-12)


@pytest.mark.parametrize("reading", READINGS)
def test_gradients_of_every_reading_against_finite_differences(reading):
    text, image = features(dtype=torch.float64)
    image.requires_grad_()
    loss = loss_of(reading, temperature=0.5).double()
    assert torch.autograd.gradcheck(lambda x: loss(image=x, text=text, pairs=PAIRS), (image,), atol=1e-6)


@pytest.mark.parametrize("reading", [r for r in READINGS if r != "random_direction"])
def test_random_texts_do_not_depend_on_the_texts(reading):
    text, image = features()
    loss = loss_of(reading, random_texts=True)
    value = loss.entropy(image=image, text=text, pairs=PAIRS)
    assert loss.entropy(image=image, text=text * 3 + 1, pairs=PAIRS) == value
    assert loss_of(reading).entropy(image=image, text=text * 3 + 1, pairs=PAIRS) != loss_of(reading).entropy(
        image=image, text=text, pairs=PAIRS
    )


def test_scope_image_is_the_mean_over_single_image_manifolds():
    text, image = features(dtype=torch.float64)
    for reading in ("rows", "spectral", "score_variance"):
        batch = loss_of(reading, scope="batch").double()
        per_image = loss_of(reading, scope="image").double()
        singles = torch.stack([batch.entropy(image=x[None], text=text) for x in image]).mean()
        assert torch.allclose(per_image.entropy(image=image, text=text), singles, rtol=0, atol=1e-12)


def test_paired_text_rows_leaves_unpaired_classes_out():
    text, image = features()
    loss = loss_of("rows", text_rows="paired")
    changed = text.clone()
    changed[5] += 10  # class 5 pairs with no image here
    assert loss.entropy(image=image, text=text, pairs=PAIRS) == loss.entropy(image=image, text=changed, pairs=PAIRS)
    changed[6] += 10
    assert loss.entropy(image=image, text=text, pairs=PAIRS) != loss.entropy(image=image, text=changed, pairs=PAIRS)


def test_who_receives_the_gradient():
    for who, student, projections in (
        ("both", True, True),
        ("student", True, False),
        ("projections", False, True),
    ):
        text, image = features()
        image.requires_grad_()
        loss = loss_of("rows", gradient=who)
        if student or projections:
            loss(image=image, text=text).backward()
        assert (image.grad is not None) == student
        assert any(p.grad is not None for p in loss.parameters()) == projections


@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize("normalize", ["none", "unit"])
def test_autocast_in_half_precision_stays_near_float32(reading, normalize):
    text, image = features(1)
    loss = loss_of(reading, normalize=normalize)
    full = loss.entropy(image=image, text=text, pairs=PAIRS)
    for dtype in (torch.bfloat16, torch.float16):
        with torch.autocast("cpu", dtype=dtype):
            image_in = image.to(dtype).requires_grad_()
            half = loss.entropy(image=image_in, text=text, pairs=PAIRS)
        half.backward()
        assert half.dtype == torch.float32 and image_in.grad.isfinite().all()
        # the projections round at eps(dtype), relative to rows of size ~1, before a softmax of slope <= 1 / temperature
        assert abs(half - full) <= 8 * torch.finfo(dtype).eps / min(1.0, loss.temperature)


def test_float64_in_float64_out_and_half_features_without_autocast():
    text, image = features(dtype=torch.float64)
    assert loss_of("rows").double()(image=image, text=text).dtype == torch.float64
    assert loss_of("rows")(image=image.half(), text=text.half()).dtype == torch.float32


@pytest.mark.parametrize("reading", READINGS)
def test_compiles_whole(reading):
    text, image = features()
    loss = loss_of(reading)
    torch._dynamo.reset()
    compiled = torch.compile(loss, backend="aot_eager", fullgraph=True)
    assert torch.allclose(
        compiled(image=image, text=text, pairs=PAIRS), loss(image=image, text=text, pairs=PAIRS), rtol=8 * EPS32
    )


@pytest.mark.skipif(shutil.which("g++") is None, reason="torch.compile's default backend needs a C++ compiler (g++)")
def test_compiles_with_the_default_backend():
    text, image = features()
    image.requires_grad_()
    loss = loss_of("rows")
    torch._dynamo.reset()
    compiled = torch.compile(loss, fullgraph=True)(image=image, text=text)
    (got,) = torch.autograd.grad(compiled, image)
    (wanted,) = torch.autograd.grad(loss(image=image, text=text), image)
    assert torch.allclose(got, wanted, atol=50 * 16 * EPS32)


@pytest.mark.parametrize("reading", READINGS)
def test_vmap_over_parameters_equals_the_loop(reading):
    text, image = features()
    losses = [
        AMELoss(image_dim=DI, text_dim=DT, manifold_dim=8, hidden_dim=6, reading=reading, generator=generator(i))
        for i in range(4)
    ]
    parameters, buffers = torch.func.stack_module_state(losses)
    base = copy.deepcopy(losses[0]).to("meta")

    def call(p, b, x):
        return torch.func.functional_call(base, (p, b), (), {"image": x, "text": text, "pairs": PAIRS})

    images = torch.stack([image * (1 + i) for i in range(4)])
    together = torch.func.vmap(call)(parameters, buffers, images)
    looped = torch.stack([loss(image=x, text=text, pairs=PAIRS) for loss, x in zip(losses, images, strict=True)])
    assert torch.allclose(together, looped, rtol=1e-6, atol=1e-6)

    gradients = torch.func.vmap(torch.func.grad(call))(parameters, buffers, images)
    for i, loss in enumerate(losses):
        loss(image=images[i], text=text, pairs=PAIRS).backward()
        for name, parameter in loss.named_parameters():
            wanted = torch.zeros_like(parameter) if parameter.grad is None else parameter.grad
            assert torch.allclose(gradients[name][i], wanted, rtol=1e-4, atol=1e-5), name


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("reading", READINGS)
def test_cuda_agrees_with_cpu(reading):
    text, image = features()
    loss = loss_of(reading)
    wanted = loss(image=image, text=text, pairs=PAIRS)
    got = loss.cuda()(image=image.cuda(), text=text.cuda(), pairs=PAIRS.cuda())
    assert torch.allclose(got.cpu(), wanted, rtol=1e-5)


# --- training with it


def test_two_lines_in_a_training_loop_lower_h():
    text, image = features()
    student = nn.Linear(DI, DI)
    initialize(student, generator(2))
    ame = loss_of("rows", omega=1.0)
    optimizer = torch.optim.SGD([*student.parameters(), *ame.parameters()], lr=0.5)
    before = ame.entropy(image=student(image), text=text).item()
    for _ in range(20):
        optimizer.zero_grad()
        ame(image=student(image), text=text).backward()
        optimizer.step()
    assert ame.entropy(image=student(image), text=text).item() < before - 0.1


@pytest.mark.parametrize("optimizer", [torch.optim.SGD, torch.optim.AdamW, None])
def test_warns_when_the_projections_were_left_out_of_the_optimizer(optimizer):
    text, image = features()
    ame = loss_of("rows", omega=0.01)
    stepper = optimizer(ame.parameters(), lr=1e-3) if optimizer else None
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in range(250):
            ame(image=image, text=text).backward()
            if stepper:
                stepper.step()
    messages = [str(w.message) for w in caught if "never changed" in str(w.message)]
    assert len(messages) == (0 if optimizer else 1)


def test_a_saved_and_loaded_loss_gives_the_same_number():
    text, image = features()
    for reading in READINGS:
        loss, other = (
            loss_of(reading),
            AMELoss(image_dim=DI, text_dim=DT, manifold_dim=8, hidden_dim=6, reading=reading),
        )
        other.load_state_dict(loss.state_dict())
        assert other(image=image, text=text, pairs=PAIRS) == loss(image=image, text=text, pairs=PAIRS)
        assert copy.deepcopy(loss)(image=image, text=text, pairs=PAIRS) == loss(image=image, text=text, pairs=PAIRS)
        buffer = io.BytesIO()
        torch.save(loss.state_dict(), buffer)


def test_a_generator_decides_everything_and_the_global_state_stays():
    text, image = features()
    state = torch.get_rng_state()
    values = [loss_of(r, random_texts=True)(image=image, text=text, pairs=PAIRS) for r in READINGS]
    assert values == [loss_of(r, random_texts=True)(image=image, text=text, pairs=PAIRS) for r in READINGS]
    one, other = (SharedManifold(image_dim=DI, text_dim=DT, manifold_dim=8, generator=generator(5)) for _ in range(2))
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), other.parameters(), strict=True))
    assert torch.equal(torch.get_rng_state(), state)


def test_settings_can_change_between_steps():
    text, image = features()
    loss = loss_of("rows")
    assert loss.omega == 50
    loss.reading = "predictive"
    assert (loss.omega, loss.temperature) == (0.3, 0.07)
    loss.omega, loss.temperature = 2.0, 0.5
    assert loss(image=image, text=text) == 2 * loss.entropy(image=image, text=text)
    loss.omega = None
    assert loss.omega == 0.3
    with pytest.raises(AMEError, match="reading"):
        loss.reading = "nonsense"
    assert loss.reading == "predictive"


# --- bad input


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"text_dim": 0}, "text_dim must be a whole number >= 1, got 0"),
        ({"image_dim": -3}, "image_dim must be a whole number"),
        ({"manifold_dim": 2.5}, r"manifold_dim must be a whole number >= 1, got 2\.5"),
        ({"hidden_dim": True}, "hidden_dim must be a whole number"),
        ({"reading": "row"}, "reading must be one of 'rows', 'predictive'"),
        ({"omega": -1}, "omega must be a finite number >= 0, got -1"),
        ({"omega": math.nan}, "omega must be a finite number"),
        ({"omega": "50"}, "omega must be a finite number"),
        ({"temperature": 0}, "temperature must be a finite number > 0, got 0"),
        ({"normalize": "l2"}, "normalize must be one of"),
        ({"image_rows": "all"}, "image_rows must be one of"),
        ({"projection": "other"}, "projection must be one of"),
        ({"projection": "host"}, "needs image_dim == text_dim, got 9 and 12"),
        ({"projection": "host", "image_dim": 12, "gradient": "projections"}, "nothing to learn"),
        ({"gradient": "teacher"}, "gradient must be one of"),
        ({"text_rows": "some"}, "text_rows must be one of"),
        ({"scope": "epoch"}, "scope must be one of"),
        ({"scope": "image", "reading": "predictive"}, "scope='image' has no meaning"),
        ({"text_rows": "paired", "reading": "predictive"}, "text_rows='paired' has no meaning"),
    ],
)
def test_bad_settings(options, message):
    with pytest.raises(AMEError, match=message):
        AMELoss(**{"text_dim": DT, "image_dim": DI, **options})


@pytest.mark.parametrize(
    ("value", "choices", "message"),
    [
        ("Row", ("rows", "spectral"), "part must be one of 'rows', 'spectral', got 'Row': did you mean 'rows'?"),
        ("x", ("rows", "spectral"), "part must be one of 'rows', 'spectral', got 'x'."),
        (None, ("rows", "spectral"), "part must be one of 'rows', 'spectral', got None."),
        (1, (True, False), "part must be one of True, False, got 1."),
    ],
)
def test_a_wrong_choice_is_told_the_nearest_one(value, choices, message):
    with pytest.raises(AMEError) as error:
        check_choice("part", value, choices)
    assert str(error.value) == message
    for choice in choices:
        check_choice("part", choice, choices)


def nan_at(x):
    x = x.clone()
    x[1, 1] = math.nan
    return x


TEXT, IMAGE = features()


def test_a_wrong_shape_shows_the_shapes_of_image_and_text():
    ame = AMELoss(image_dim=9, text_dim=12)
    image, text = torch.randn(5, 9), torch.randn(7, 12)
    assert ame(image=image, text=text).isfinite()
    for measure in (ame, ame.entropy, ame.deficit):
        with pytest.raises(AMEError, match=r"\(5, 9\) and text \(7, 9\)\.$"):
            measure(image=image, text=text[:, :9])
        with pytest.raises(
            AMEError, match=r"^image must be .* \(7, 12\) and text \(5, 9\): they seem to be swapped\.$"
        ):
            measure(image=text, text=image)
    with pytest.raises(AMEError, match=r"convert them with \.float\(\)\.$"):  # the shapes are right
        ame(image=image.long(), text=text)


@pytest.mark.parametrize(
    ("text", "image", "pairs", "message"),
    [
        (
            TEXT[:, :-1],
            IMAGE,
            PAIRS,
            r"text must be \(C, 12\) with C >= 1, got torch.float32 of shape \(7, 11\)",
        ),
        (TEXT[0], IMAGE, PAIRS, "text must be"),
        (TEXT[:0], IMAGE, PAIRS * 0, "text must be|pairs must lie"),
        (TEXT, IMAGE[:, 1:], PAIRS, "image must be"),
        (TEXT, IMAGE[:0], PAIRS[:0], "image must be|pairs must"),
        (TEXT, IMAGE[..., None], PAIRS, "image must be"),
        (TEXT.long(), IMAGE, PAIRS, "text must be floating-point"),
        (nan_at(TEXT), IMAGE, PAIRS, "text must be finite, got 1 NaN or infinite of 84"),
        (TEXT, nan_at(IMAGE), PAIRS, "image must be finite"),
        (TEXT, IMAGE / 0, PAIRS, "image must be finite, got 45"),
        (TEXT, IMAGE, None, "pairs is missing: reading='alignment' needs pairs"),
        (TEXT, IMAGE, PAIRS[:-1], "pairs must be of shape"),
        (TEXT, IMAGE, PAIRS.float(), "pairs must be of shape"),
        (
            TEXT,
            IMAGE,
            PAIRS + 1,
            r"pairs must lie in \[0, 6\] for 7 class texts, got 1 to 7: the class list is shorter",
        ),
        (TEXT, IMAGE, PAIRS - 1, "pairs must lie in"),
    ],
)
def test_bad_features(text, image, pairs, message):
    with pytest.raises(AMEError, match=message):
        loss_of("alignment")(image=image, text=text, pairs=pairs)


def test_large_finite_features_are_not_taken_for_infinite():
    text, image = features()
    huge = torch.full_like(image, 3e37)  # the sum overflows float32, the values do not
    assert not huge.sum().isfinite()
    assert loss_of("predictive")(image=huge, text=text).isfinite()


def test_alignment_has_no_deficit_and_scores_are_checked():
    with pytest.raises(AMEError, match="no entropy"):
        loss_of("alignment").deficit(image=IMAGE, text=TEXT, pairs=PAIRS)
    for scores in (
        torch.zeros(0),
        torch.zeros(()),
        torch.zeros(3, dtype=torch.long),
        torch.tensor([1.0, math.nan]),
    ):
        with pytest.raises(AMEError, match="scores must be"):
            row_entropy(scores)
    with pytest.raises(AMEError, match=r"steps must be a whole number > 0 and <= 9, got 10"):
        check_number("steps", 10, above=0, high=9, whole=True)


@pytest.mark.parametrize(
    "rows",
    [
        torch.ones(3, 2, dtype=torch.long),
        torch.ones(3, 2).to_sparse(),
        torch.ones(3),
        torch.ones(0, 2),
        torch.ones(3, 0),
        [[1.0, 2.0]],
    ],
)
def test_spectral_entropy_says_what_rows_it_needs(rows):
    with pytest.raises(AMEError, match=r"rows must be floating, of shape \(..., n, d\) with n >= 1 and d >= 1, got"):
        spectral_entropy(rows)


@pytest.mark.parametrize(
    ("x", "found"),
    [
        (torch.tensor(math.nan), "got 1 NaN or infinite of 1 values: look"),
        (torch.tensor([0.0, math.inf, 0.0]), "got 1 NaN or infinite of 3 values, first in row 1: look"),
        (torch.tensor([[0.0, 0.0], [-math.inf, math.nan]]), "got 2 NaN or infinite of 4 values, first in row 1: look"),
        (torch.tensor([[[0.0, math.nan]]]), r"got 1 NaN or infinite of 2 values, first at index \(0, 0, 1\): look"),
    ],
)
def test_values_that_are_not_finite_are_counted_and_located(x, found):
    with pytest.raises(AMEError, match=f"x must be finite, {found}"):
        check_finite("x", x)


@settings(max_examples=60, deadline=None)
@given(
    c=st.integers(1, 6),
    b=st.integers(1, 5),
    dt=st.integers(1, 8),
    di=st.integers(1, 8),
    patches=st.booleans(),
    normalize=st.sampled_from(["none", "unit"]),
    reading=st.sampled_from(tuple(READINGS)),
    dtype=st.sampled_from([torch.float32, torch.float64]),
    seed=seeds,
)
def test_any_shape_gives_a_finite_scalar_in_range(c, b, dt, di, patches, normalize, reading, dtype, seed):
    text, image = features(seed, dtype, c, b, dt, di)
    pairs = torch.randint(c, (b,), generator=generator(seed))
    if patches:
        image = torch.randn(b, di, 2, 2, generator=generator(seed), dtype=dtype)
    loss = AMELoss(
        image_dim=di,
        text_dim=dt,
        manifold_dim=4,
        hidden_dim=3,
        reading=reading,
        normalize=normalize,
        image_rows="patches",
        generator=generator(seed),
    ).to(dtype)
    image.requires_grad_()
    h = loss.entropy(image=image, text=text, pairs=pairs)
    h.backward()
    assert h.shape == () and h.dtype == dtype and h.isfinite() and image.grad.isfinite().all()
    n = c + b * (4 if patches else 1)
    if reading == "alignment":
        assert 0 <= h <= 4 + 64 * EPS32
    elif reading != "score_variance":
        largest = math.log(n if reading != "predictive" else c)
        assert -64 * EPS32 <= h <= largest + 64 * EPS32
        assert loss.deficit(image=image.detach(), text=text) >= -64 * EPS32


@pytest.mark.parametrize("scope", ["batch", "image"])
@pytest.mark.parametrize("text_rows", ["all", "paired"])
@pytest.mark.parametrize("image_rows", ["mean", "patches"])
def test_the_sizes_told_to_a_reading_are_those_of_its_rows(scope, text_rows, image_rows):
    image, text = (torch.randn(size, generator=torch.Generator().manual_seed(0)) for size in ((4, 12), (3, 10)))
    if image_rows == "patches":
        image = image[:, :, None, None].repeat(1, 1, 2, 3)
    sizes = {"image_dim": 12, "text_dim": 10, "manifold_dim": 8}
    loss = AMELoss(**sizes, scope=scope, text_rows=text_rows, image_rows=image_rows)
    pairs = torch.tensor([0, 2, 1, 1]) if text_rows == "paired" else None
    rows = Rows(loss, image, text if pairs is None else text[pairs], pairs)
    assert rows.sizes == (rows.rows.shape[-2], len(rows.text), 8)


def test_what_a_reading_is_unless_it_says_otherwise():
    plain = Reading(name="plain", function=lambda m: m.scores.mean(), help="A mean.")
    assert (plain.default_omega, plain.unit, plain.least, plain.counts) == (1.0, "nats", 0.0, "")
    assert plain.temperature is plain.largest is plain.deficit is plain.collapsed_below is None
    for fact in ("follows_logit_scale", "needs_pairs", "per_image", "sees_length", "low_if_right", "control"):
        assert getattr(plain, fact) is False, fact


def test_which_readings_are_entropies_and_have_a_deficit():
    assert {name for name, reading in READINGS.items() if not reading.is_entropy} == {"score_variance", "alignment"}
    assert {name for name, reading in READINGS.items() if not reading.has_deficit} == {"alignment"}
    in_nats = {"name": "plain", "function": lambda m: m.scores.mean(), "help": "A mean."}
    assert Reading(**in_nats, least=0.5).is_entropy and not Reading(**in_nats, least=-0.5).is_entropy
    assert not Reading(**in_nats).has_deficit and Reading(**in_nats, largest=lambda rows, texts, width: 1.0).has_deficit


@pytest.mark.parametrize("reading", READINGS.values(), ids=READINGS)
def test_a_reading_counts_as_collapsed_near_its_least_value_and_never_at_its_largest(reading):
    largest = reading.largest(40, 10, 16)
    assert reading.least < largest
    if reading.collapsed_below is not None:
        assert reading.least < reading.collapsed_below < largest
