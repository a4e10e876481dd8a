"""AMELoss as a part of other programs: its state, the meta device, Hugging Face models, torch's global modes."""

import copy
import io
import itertools
import json
import math
import pickle
import warnings
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from ame_explore.ame import READINGS, AMEError, AMELoss, SharedManifold, initialize, row_entropy, settings_of

SIZES = {"image_dim": 9, "text_dim": 12, "manifold_dim": 8, "hidden_dim": 6}
PAIRS = torch.tensor([0, 3, 6, 6, 1])


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


IMAGE = torch.randn(5, 9, generator=generator(1))
TEXT = torch.randn(7, 12, generator=generator(2))


def value(loss, **changes):
    return loss(**{"image": IMAGE, "text": TEXT, "pairs": PAIRS} | changes).detach()


def meta_loss(**options):
    with torch.device("meta"):
        return AMELoss(**SIZES, **options)


# --- what is in the state


@pytest.mark.parametrize("random_texts", [False, True])
@pytest.mark.parametrize("reading", READINGS)
def test_two_that_were_seeded_apart_agree_after_loading(reading, random_texts):
    options = {"reading": reading, "random_texts": random_texts}
    one, other = (AMELoss(**SIZES, **options, generator=generator(seed)) for seed in (1, 2))
    assert value(one) != value(other)
    other.load_state_dict(one.state_dict())
    assert value(one) == value(other)
    file = io.BytesIO()
    torch.save(one.state_dict(), file)
    file.seek(0)
    third = AMELoss(**SIZES, **options)
    third.load_state_dict(torch.load(file, weights_only=True))
    assert value(third) == value(one)


def test_the_state_is_tensors_that_safetensors_holds(tmp_path):
    from safetensors.torch import load_file, save_file

    loss = AMELoss(**SIZES, random_texts=True, omega=2.5, temperature=0.25)
    save_file(loss.state_dict(), tmp_path / "loss.safetensors")
    other = AMELoss(**SIZES, random_texts=True, omega=2.5, temperature=0.25)
    other.load_state_dict(load_file(tmp_path / "loss.safetensors"))
    assert value(other) == value(loss)
    assert settings_of(loss.state_dict()["_extra_state"]) == {
        "reading": "rows",
        "text_rows": "all",
        "scope": "batch",
        "gradient": "both",
        "random_texts": True,
        "projection": "own",
        "normalize": "none",
        "image_rows": "mean",
        **SIZES,
        "omega": 2.5,
        "temperature": 0.25,
        "texts_seed": loss._texts_seed,
    }


@pytest.mark.parametrize(
    ("saved", "mine"),
    [
        ({"reading": "spectral"}, {"reading": "rows"}),
        ({"random_texts": True}, {"random_texts": False}),
        ({"normalize": "unit"}, {"normalize": "none"}),
        ({"image_rows": "patches"}, {"image_rows": "mean"}),
        ({"scope": "image"}, {"scope": "batch"}),
        ({"text_rows": "paired"}, {"text_rows": "all"}),
        ({"gradient": "student"}, {"gradient": "both"}),
        ({"hidden_dim": 7}, {"hidden_dim": 6}),
        ({"image_dim": 10}, {"image_dim": 9}),
        ({"projection": "host", "text_dim": 9}, {"projection": "own", "text_dim": 12}),
    ],
)
def test_a_state_of_other_settings_is_refused_and_changes_nothing(saved, mine):
    theirs, loss = AMELoss(**SIZES | saved), AMELoss(**SIZES | mine)
    before = copy.deepcopy(loss.state_dict())
    with pytest.raises(AMEError) as error:
        nn.ModuleDict({"ame": loss}).load_state_dict(nn.ModuleDict({"ame": theirs}).state_dict())
    for settings in (saved, mine):
        for name, setting in settings.items():
            assert f"{name}={setting!r}" in str(error.value)
    assert all(torch.equal(before[name], tensor) for name, tensor in loss.state_dict().items())


def test_omega_and_temperature_come_back_with_a_word():
    saved, loss = AMELoss(**SIZES, omega=3.0, temperature=0.5), AMELoss(**SIZES)
    with pytest.warns(UserWarning) as told:
        loss.load_state_dict(saved.state_dict())
    assert [str(w.message).split(":")[0] for w in told] == [
        "AMELoss had omega=50 and now has 3, as it was saved",
        "AMELoss had temperature=1 and now has 0.5, as it was saved",
    ]
    assert all(w.filename == __file__ for w in told)
    assert (loss.omega, loss.temperature) == (3.0, 0.5) and value(loss) == value(saved)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loss.load_state_dict(saved.state_dict())


def test_a_default_stays_a_default_and_none_is_loaded_as_none():
    loss = AMELoss(**SIZES)
    loss.load_state_dict(AMELoss(**SIZES).state_dict())
    loss.reading = "predictive"
    assert (loss.omega, loss.temperature) == (0.3, 0.07)


@pytest.mark.parametrize(
    "state",
    [
        torch.tensor([], dtype=torch.uint8),
        torch.tensor(list(b"[]"), dtype=torch.uint8),
        torch.tensor(list(b"{}"), dtype=torch.uint8),
        torch.tensor([300]),
        torch.ones(3),
        torch.tensor(list(b"[" * 100_000), dtype=torch.uint8),
        {"omega": 1.0},
    ],
)
def test_what_is_no_state_is_refused(state):
    loss = AMELoss(**SIZES)
    with pytest.raises(AMEError, match="_extra_state must be the settings of an AMELoss"):
        loss.load_state_dict(loss.state_dict() | {"_extra_state": state})


def test_numbers_out_of_range_in_a_state_are_refused():
    loss = AMELoss(**SIZES)
    text = bytes(loss.get_extra_state().tolist()).replace(b'"omega": null', b'"omega": -1')
    with pytest.raises(AMEError, match="omega must be a finite number >= 0, got -1"):
        loss.set_extra_state(torch.tensor(list(text), dtype=torch.uint8))


@pytest.mark.parametrize("seed", [0, 1, 2**62 - 1])
def test_every_seed_that_can_be_drawn_comes_back_with_its_random_texts(seed):
    loss = AMELoss(**SIZES, random_texts=True)
    state = json.dumps(settings_of(loss.get_extra_state()) | {"texts_seed": seed}).encode()
    loss.set_extra_state(torch.tensor(list(state), dtype=torch.uint8))
    drawn = torch.randn(7, 12, generator=generator(seed))
    assert torch.allclose(loss.fixed_texts(TEXT), drawn / drawn.norm(dim=1, keepdim=True), rtol=0, atol=1e-6)


def test_a_half_precision_call_leaves_the_random_texts_alone():
    loss = AMELoss(**SIZES, random_texts=True)
    before, texts = value(loss), loss.fixed_texts(TEXT).clone()
    value(loss, image=IMAGE.half(), text=TEXT.half())
    with torch.autocast("cpu", dtype=torch.bfloat16):
        value(loss, text=TEXT.bfloat16())
    assert value(loss) == before and torch.equal(loss.fixed_texts(TEXT), texts)
    assert torch.allclose(texts.norm(dim=1), torch.ones(7))
    more = loss.fixed_texts(torch.zeros(9, 12))
    assert more.shape == (9, 12) and torch.equal(loss.fixed_texts(TEXT), texts)


def test_training_goes_on_as_if_it_had_not_stopped():
    def train(loss, optimizer, steps):
        for _ in range(steps):
            optimizer.zero_grad()
            loss(image=IMAGE, text=TEXT).backward()
            optimizer.step()

    options = {"random_texts": True, "omega": 0.5}
    whole = AMELoss(**SIZES, **options, generator=generator(3))
    optimizer = torch.optim.SGD(whole.parameters(), lr=0.1)
    train(whole, optimizer, 3)
    stopped = copy.deepcopy(whole.state_dict())
    train(whole, optimizer, 3)
    resumed = AMELoss(**SIZES, **options, generator=generator(4))
    resumed.load_state_dict(stopped)
    train(resumed, torch.optim.SGD(resumed.parameters(), lr=0.1), 3)
    assert value(resumed) == value(whole)


def test_copies_and_pickles_are_equal():
    loss = AMELoss(**SIZES, random_texts=True)
    loss(image=nn.Linear(9, 9)(IMAGE), text=TEXT)  # the watch then holds a reference to the host
    for other in (copy.deepcopy(loss), pickle.loads(pickle.dumps(loss))):
        assert value(other) == value(loss)


# --- meta device


@pytest.mark.parametrize("reading", READINGS)
def test_built_on_meta_then_loaded(reading):
    saved = AMELoss(**SIZES, reading=reading, random_texts=True, generator=generator(5))
    loss = meta_loss(reading=reading, random_texts=True)
    assert all(tensor.is_meta for tensor in (*loss.parameters(), *loss.buffers()))
    loss.to_empty(device="cpu").load_state_dict(saved.state_dict())
    assert value(loss) == value(saved)
    assigned = meta_loss(reading=reading, random_texts=True)
    assigned.load_state_dict(saved.state_dict(), assign=True)
    assert value(assigned) == value(saved)


def test_a_generator_decides_on_meta_too():
    assert value(meta_loss(generator=generator(6))) == value(AMELoss(**SIZES, generator=generator(6)))
    options = {"reading": "random_direction", "generator": generator(6)}
    assert value(meta_loss(**options)).isfinite()


def test_initialize_draws_a_loss_that_was_built_on_meta():
    loss = meta_loss(reading="random_direction")
    initialize(loss, generator(7))
    again = meta_loss(reading="random_direction")
    initialize(again, generator(7))
    assert value(loss) == value(again)
    assert float(loss.direction.norm()) == pytest.approx(8**-0.5, rel=1e-6)


def test_what_was_never_drawn_is_named():
    loss = meta_loss(reading="random_direction")
    with pytest.raises(AMEError, match="image must be on the projections' device, got cpu beside meta: load or init"):
        value(loss)
    loss.to_empty(device="cpu")
    for parameter in (*loss.parameters(), loss.direction):
        nn.init.zeros_(parameter)
    with pytest.raises(AMEError, match=r"direction must have length 0\.3536, got 0: it was neither drawn nor loaded"):
        value(loss)
    loss.draw_parameters(generator(1))
    assert value(loss).isfinite()


@pytest.mark.parametrize("reading", READINGS)
def test_shapes_can_be_had_on_meta(reading):
    loss = meta_loss(reading=reading)
    found = loss(image=torch.empty(5, 9, device="meta"), text=torch.empty(7, 12, device="meta"), pairs=PAIRS)
    assert found.is_meta and found.shape == ()


def test_from_pretrained_of_a_model_that_holds_one(tmp_path):
    transformers = pytest.importorskip("transformers")

    class Config(transformers.PretrainedConfig):
        model_type = "with_ame"

    class WithAME(transformers.PreTrainedModel):
        config_class = Config

        def __init__(self, config):
            super().__init__(config)
            self.encoder = nn.Linear(9, 9)
            self.ame = AMELoss(**SIZES, reading="random_direction", random_texts=True, omega=2.0)
            self.post_init()

        def _init_weights(self, module):
            super()._init_weights(module)
            if isinstance(module, AMELoss):
                module.draw_parameters()

        def forward(self, image):
            return self.ame(image=self.encoder(image), text=TEXT, pairs=PAIRS)

    model = WithAME(Config())
    model.ame.omega = 3.0
    model.save_pretrained(tmp_path / "whole")
    with pytest.warns(UserWarning, match="omega=2 and now has 3"):
        loaded = WithAME.from_pretrained(tmp_path / "whole")
    assert loaded(IMAGE) == model(IMAGE)
    with pytest.warns(UserWarning, match="omega=2 and now has 3"):
        half = WithAME.from_pretrained(tmp_path / "whole", dtype=torch.bfloat16)
    assert half.ame.omega == 3.0 and half.ame._texts_seed == model.ame._texts_seed

    # a checkpoint of before the loss was added: its parts are drawn
    encoder = {name: tensor for name, tensor in model.state_dict().items() if name.startswith("encoder.")}
    model.save_pretrained(tmp_path / "part", state_dict=encoder)
    partly = WithAME.from_pretrained(tmp_path / "part")
    assert torch.equal(partly.encoder.weight, model.encoder.weight)
    assert partly(IMAGE).isfinite() and float(partly.ame.direction.norm()) == pytest.approx(8**-0.5, rel=1e-6)


# --- numbers as people have them


@pytest.mark.parametrize("kind", [torch.tensor, np.float32, np.float64, np.array])
def test_weights_may_be_tensors_and_numpy_numbers(kind):
    loss = AMELoss(**SIZES, omega=kind(0.5), temperature=kind(0.25))
    assert (loss.omega, loss.temperature) == (0.5, 0.25) and type(loss.omega) is float
    loss.omega = kind(2.0)
    assert loss.omega == 2.0
    for bad in (kind(-1.0), kind(math.nan), kind([1.0, 2.0]) if kind in (torch.tensor, np.array) else kind(math.inf)):
        with pytest.raises(AMEError, match="omega must be a finite number >= 0"):
            loss.omega = bad


@pytest.mark.parametrize("kind", [torch.tensor, np.int64, np.int32, np.uint8, np.array])
def test_sizes_may_be_tensors_and_numpy_numbers(kind):
    loss = AMELoss(**{name: kind(size) for name, size in SIZES.items()})
    assert value(loss).isfinite() and type(loss.manifold.image_dim) is int
    with pytest.raises(AMEError, match="image_dim must be a whole number >= 1, got 0"):
        AMELoss(**SIZES | {"image_dim": kind(0)})


NO_SIZES = [10**400, 10**5000, -(10**400), 2.5, True, np.True_, 1j, None, "3", torch.tensor(True)]


@pytest.mark.parametrize("bad", NO_SIZES, ids=range(len(NO_SIZES)))
def test_no_size(bad):
    with pytest.raises(AMEError, match="hidden_dim must be a whole number"):
        AMELoss(**SIZES | {"hidden_dim": bad})


def test_sizes_that_would_fill_the_memory_are_refused_before():
    with pytest.raises(AMEError, match=r"at most 2\*\*30 weights, got 7,680,131,072"):
        AMELoss(image_dim=512, text_dim=512, manifold_dim=10**7)
    with pytest.raises(AMEError, match="at most"):
        SharedManifold(image_dim=10**300, text_dim=512)


# --- torch's global modes


@pytest.fixture
def default_dtype():
    yield torch.set_default_dtype
    torch.set_default_dtype(torch.float32)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.bfloat16])
@pytest.mark.parametrize("reading", READINGS)
def test_any_default_dtype(reading, dtype, default_dtype):
    default_dtype(dtype)
    loss = AMELoss(**SIZES, reading=reading, random_texts=True, generator=generator(1))
    image = IMAGE.to(dtype).requires_grad_()
    found = loss(image=image, text=TEXT.to(dtype), pairs=PAIRS)
    found.backward()
    assert found.isfinite() and image.grad.isfinite().all()
    assert row_entropy(torch.zeros(4)).item() == pytest.approx(math.log(4), rel=1e-6)


def test_any_default_device():
    with torch.device("meta"):
        loss = AMELoss(**SIZES, random_texts=True, generator=generator(1))
        assert value(loss).device.type == "cpu"  # where its weights and the features are
        loss.state_dict()


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
@pytest.mark.parametrize("reading", READINGS)
def test_built_and_fed_where_no_gradient_is_kept_then_trained(reading, mode):
    with mode():
        loss = AMELoss(**SIZES, reading=reading, random_texts=reading == "rows", generator=generator(1))
        text = TEXT * 1.0
        before = value(loss, text=text)
    image = IMAGE.clone().requires_grad_()
    found = loss(image=image, text=text, pairs=PAIRS)
    found.backward()
    assert found == before and image.grad.isfinite().all()
    if reading != "score_variance":
        assert any(p.grad is not None and p.grad.isfinite().all() for p in loss.parameters())


@pytest.mark.parametrize("normalize", ["none", "unit", "layer"])
@pytest.mark.parametrize("projection", ["own", "host"])
def test_features_of_inference_mode_in_every_projection(projection, normalize):
    with torch.inference_mode():
        text = torch.randn(7, 9, generator=generator(1))
    loss = AMELoss(**SIZES | {"text_dim": 9}, projection=projection, normalize=normalize)
    image = IMAGE.clone().requires_grad_()
    loss(image=image, text=text).backward()
    assert image.grad.isfinite().all()


# --- the projections that do not learn


def trained(loss, host, optimizer, steps, image=IMAGE, accumulate=1):
    """Messages of a loop like anybody's, with the file that each points to."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for step in range(steps):
            loss(image=host(image), text=TEXT).backward()
            if optimizer and (step + 1) % accumulate == 0:
                optimizer.step()
                optimizer.zero_grad()
    return [
        (str(w.message), w.filename) for w in caught if "AMELoss" in str(w.message) and "'s H " not in str(w.message)
    ]


def test_left_out_of_the_optimizer_is_told_after_ten_steps_at_the_callers_line():
    loss, host = AMELoss(**SIZES, omega=0.01), nn.Linear(9, 9)
    (message, file), *more = trained(loss, host, torch.optim.SGD(host.parameters(), lr=1e-3), 11)
    assert "never changed in 10 steps of the model's optimizer: they are in no optimizer" in message
    assert file == __file__ and not more
    assert not trained(loss, host, torch.optim.SGD(host.parameters(), lr=1e-3), 20)  # told once


def test_left_out_is_told_from_within_a_model_at_the_line_in_its_forward():
    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.host, self.ame = nn.Linear(9, 9), AMELoss(**SIZES, omega=0.01)

        def forward(self, image):
            return self.ame(image=self.host(image), text=TEXT)

    model = Model()
    optimizer = torch.optim.AdamW(model.host.parameters())
    with pytest.warns(UserWarning, match="in no optimizer") as told:
        for _ in range(11):
            model(IMAGE).backward()
            optimizer.step()
    assert [w.filename for w in told] == [__file__]
    line = told[0].lineno
    assert "self.ame(image=" in Path(__file__).read_text(encoding="utf-8").splitlines()[line - 1]


@pytest.mark.parametrize("optimizer", [torch.optim.SGD, torch.optim.AdamW])
@pytest.mark.parametrize("accumulate", [1, 64])
def test_whoever_hands_the_parameters_over_hears_nothing(optimizer, accumulate):
    loss, host = AMELoss(**SIZES, omega=0.01), nn.Linear(9, 9)
    both = optimizer([*host.parameters(), *loss.parameters()], lr=1e-3)
    assert not trained(loss, host, both, 300, accumulate=accumulate)


def test_without_a_host_it_takes_200_calls():
    loss = AMELoss(**SIZES, omega=0.01)
    told = trained(loss, lambda x: x, None, 200)
    assert not told
    ((message, file),) = trained(loss, lambda x: x, None, 10)
    assert message.startswith("AMELoss was called 200 times and its projections never changed in as many calls")
    assert file == __file__


def test_frozen_by_the_host_is_told_at_once_as_what_it_is():
    loss, host = AMELoss(**SIZES, omega=0.01), nn.Linear(9, 9)
    loss.requires_grad_(False)
    ((message, file),) = trained(loss, host, None, 3)
    assert message.startswith("AMELoss's projections are frozen (requires_grad is False)") and file == __file__
    assert "optimizer is built" in message


@pytest.mark.parametrize(
    "options", [{"gradient": "student"}, {"projection": "host", "text_dim": 9}], ids=["student", "host"]
)
def test_projections_that_are_not_meant_to_learn_are_no_news(options):
    loss, host = AMELoss(**SIZES | {"omega": 0.01} | options), nn.Linear(9, 9)
    text = torch.randn(7, loss.manifold.text_dim, generator=generator(1))
    optimizer = torch.optim.SGD(host.parameters(), lr=1e-3)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(250):
            loss(image=host(IMAGE), text=text).backward()
            optimizer.step()


def test_looking_is_no_training():
    loss = AMELoss(**SIZES)
    loss.requires_grad_(False)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(250):
            loss.eval()(image=IMAGE.clone().requires_grad_(), text=TEXT)
            with torch.no_grad():
                loss.train()(image=IMAGE, text=TEXT)


# --- equal texts


@pytest.mark.parametrize("reading", READINGS)
def test_merged_texts_are_those_of_a_batch_without_repetitions(reading):
    loss = AMELoss(**SIZES, reading=reading)
    ids = torch.tensor([40, 7, 40, 3, 7, 7, 40])
    text = TEXT[torch.tensor([0, 1, 0, 3, 1, 1, 0])]
    unique = TEXT[torch.tensor([3, 1, 0])]  # in the order of their ids
    pairs, merged_pairs = torch.tensor([0, 2, 4, 3, 6]), torch.tensor([2, 2, 1, 0, 2])
    wanted = loss.entropy(image=IMAGE, text=unique, pairs=merged_pairs)
    assert loss.entropy(image=IMAGE, text=text, pairs=pairs, text_ids=ids) == wanted
    assert loss(image=IMAGE, text=text, pairs=pairs, text_ids=ids) == loss.omega * wanted
    if reading != "alignment":
        assert loss.entropy(image=IMAGE, text=text) != wanted
        deficit = loss.deficit(image=IMAGE, text=unique)
        assert loss.deficit(image=IMAGE, text=text, text_ids=ids.int()) == deficit


def test_an_aligned_model_with_repeated_captions_has_no_predictive_entropy():
    kinds = torch.eye(10)
    which = torch.arange(256) % 10
    loss = AMELoss(image_dim=10, text_dim=10, projection="host", reading="predictive")
    repeated = loss.entropy(image=kinds[which], text=kinds[which])
    counts = torch.bincount(which).double()
    assert repeated.item() == pytest.approx(float((counts / 256 * counts.log()).sum()), rel=1e-6)  # 3.24: log 25 or 26
    merged = loss.entropy(image=kinds[which], text=kinds[which], text_ids=which)
    assert merged.item() == pytest.approx(0, abs=1e-12)


def test_paired_rows_do_not_change_by_merging():
    loss = AMELoss(**SIZES, text_rows="paired")
    ids = torch.tensor([0, 1, 2, 3, 4, 5, 5])
    text = torch.cat([TEXT[:6], TEXT[5:6]])
    wanted = loss.entropy(image=IMAGE, text=text, pairs=PAIRS)
    assert loss.entropy(image=IMAGE, text=text, pairs=PAIRS, text_ids=ids) == wanted


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        (torch.arange(6), r"text_ids must be of shape \(7,\), whole numbers"),
        (torch.arange(7.0), "text_ids must be"),
        (torch.ones(7, dtype=torch.bool), "text_ids must be"),
        (list(range(7)), r"text_ids must be .*got \[0, 1"),
        (torch.arange(7, device="meta"), "text_ids must be .* on meta"),
    ],
)
def test_ids_that_cannot_be(ids, message):
    with pytest.raises(AMEError, match=message):
        AMELoss(**SIZES)(image=IMAGE, text=TEXT, text_ids=ids)


def test_merging_inside_vmap_is_refused():
    loss, ids = AMELoss(**SIZES), torch.arange(14).view(2, 7)
    with pytest.raises(AMEError, match="text_ids must have values"):
        torch.func.vmap(lambda x: loss(image=IMAGE, text=TEXT, text_ids=x))(ids)


# --- one M for each image, with its own text alone


@pytest.mark.parametrize("reading", ["rows", "random_direction", "spectral", "score_variance"])
def test_one_m_an_image_with_its_own_text_alone(reading):
    loss = AMELoss(**SIZES, reading=reading, scope="image", text_rows="paired").double()
    single = AMELoss(**SIZES, reading=reading)
    single.load_state_dict({**loss.state_dict(), "_extra_state": single.get_extra_state()})
    single.double()
    image, text = IMAGE.double(), TEXT.double()
    wanted = torch.stack([single.entropy(image=image[i : i + 1], text=text[PAIRS[i]][None]) for i in range(len(image))])
    assert loss.entropy(image=image, text=text, pairs=PAIRS).item() == pytest.approx(wanted.mean().item(), abs=1e-12)
    # no other text is seen
    changed = text.clone()
    changed[[2, 4, 5]] += 10
    assert loss.entropy(image=image, text=changed, pairs=PAIRS) == loss.entropy(image=image, text=text, pairs=PAIRS)


def test_with_equal_scores_it_is_log_2():
    loss = AMELoss(image_dim=9, text_dim=9, projection="host", scope="image", text_rows="paired")
    rows = torch.stack([row.roll(i) for i, row in enumerate(IMAGE[:1].expand(5, -1))])  # one mean
    found = loss.entropy(image=rows, text=rows, pairs=torch.arange(5))
    assert found.item() == pytest.approx(math.log(2), rel=1e-6)
    maps = rows[:, :, None, None].expand(-1, -1, 2, 2)
    patches = AMELoss(
        image_dim=9, text_dim=9, projection="host", scope="image", text_rows="paired", image_rows="patches"
    )
    found = patches.entropy(image=maps, text=rows, pairs=torch.arange(5))
    assert found.item() == pytest.approx(math.log(5), rel=1e-6)  # the text and four positions


# --- by name


@pytest.mark.parametrize("method", ["forward", "entropy", "deficit"])
def test_features_come_by_name(method):
    loss = AMELoss(**SIZES)
    call = loss if method == "forward" else getattr(loss, method)
    where = "AMELoss" if method == "forward" else f"AMELoss.{method}"
    for args, named in itertools.product([(TEXT, IMAGE), (IMAGE,)], [{}, {"text": TEXT}]):
        with pytest.raises(AMEError, match=rf"{where} takes its features by name: call it with image=\.\.\. and text="):
            call(*args, **named)
    with pytest.raises(TypeError, match="image"):
        call(text=TEXT)
    for method_of_m in (loss.manifold.rows, loss.manifold.scores):
        with pytest.raises(AMEError, match=r"SharedManifold\.(rows|scores) takes its features by name"):
            method_of_m(IMAGE, TEXT)
    with pytest.raises(TypeError):
        AMELoss(9, 12)
    with pytest.raises(TypeError):
        SharedManifold(9, 12)


def test_at_evaluation_the_term_can_be_left_out() -> None:
    """A loss that holds the term orders models by omega; with omega 0, and in eval mode too, it is the host's alone."""
    ame = AMELoss(image_dim=8, text_dim=6, manifold_dim=8, omega=3.0, generator=torch.Generator().manual_seed(0)).eval()
    generator = torch.Generator().manual_seed(1)
    features = {"image": torch.randn(5, 8, generator=generator), "text": torch.randn(4, 6, generator=generator)}
    host = torch.tensor(0.7)
    with torch.no_grad():
        whole, alone = host + ame(**features), ame.entropy(**features)
        assert float(alone) > 1 and float(whole) == pytest.approx(0.7 + 3.0 * float(alone), rel=1e-6)
        ame.omega = 0.0
        assert float(host + ame(**features)) == pytest.approx(0.7, abs=1e-7)
    assert "while evaluating" in (AMELoss.__doc__ or "")
