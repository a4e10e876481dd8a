import dataclasses
import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from ame_explore.ame import AMEError
from ame_explore.data import PairedData, digits
from ame_explore.models import Pretraining, Projector, SmallCLIP, Student, WordTokenizer, pretrain, pretrained
from ame_explore.models.hosts import PromptStudent
from ame_explore.models.optimizers import SGD, AdamW
from ame_explore.models.pretraining import augmented, contrastive_loss, shifted
from ame_explore.models.towers import Block, ImageTower

QUICK = Pretraining(steps=4, batch_size=16)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.fixture(scope="module")
def data():
    return digits()


@pytest.fixture(scope="module")
def clip(data):
    return SmallCLIP.for_data(data, "teacher", generator=generator()).eval()


# --- tokenizer


def test_words_become_numbers_and_unknown_ones_are_known_as_such():
    tokenizer = WordTokenizer.from_texts(["A red circle.", "a blue star"])
    assert tokenizer.vocabulary == ("<pad>", "<unk>", "a", "blue", "circle", "red", "star")
    assert tokenizer.encode(["a RED star", "blue", "a green circle"]).tolist() == [[2, 5, 6], [3, 0, 0], [2, 1, 4]]


@given(st.lists(st.text(st.characters(codec="ascii"), max_size=20), max_size=5))
def test_any_texts_are_encoded_or_refused(texts):
    tokenizer = WordTokenizer.from_texts(["some words here"])
    try:
        tokens = tokenizer.encode(texts)
    except AMEError:
        assert not texts or any(not any(c.isalnum() for c in text) for text in texts)
    else:
        assert tokens.shape[0] == len(texts) and (tokens[:, 0] > 0).all() and tokens.max() < 5


def test_a_vocabulary_that_is_none_is_refused():
    for words in ((), ("a", "b"), ("<pad>", "<unk>", "a", "a")):
        with pytest.raises(AMEError, match="vocabulary must hold distinct words"):
            WordTokenizer(words)


# --- towers and CLIP


def test_the_block_agrees_with_torchs_own_encoder_layer():
    block = Block(16, 4, 2).double()
    layer = torch.nn.TransformerEncoderLayer(
        16, 4, 32, dropout=0.0, activation="gelu", batch_first=True, norm_first=True, dtype=torch.float64
    )
    layer.self_attn.in_proj_weight.data, layer.self_attn.in_proj_bias.data = block.qkv.weight.data, block.qkv.bias.data
    layer.self_attn.out_proj.load_state_dict(block.attention_output.state_dict())
    layer.linear1.load_state_dict(block.mlp[0].state_dict())
    layer.linear2.load_state_dict(block.mlp[2].state_dict())
    x = torch.randn(3, 7, 16, generator=generator(), dtype=torch.float64)
    mask = torch.ones(3, 7, dtype=torch.bool)
    mask[1, 4:] = False
    wanted = layer(x, src_key_padding_mask=~mask)
    assert torch.allclose(block(x, mask)[mask], wanted[mask], atol=1e-12)
    assert torch.allclose(block(x, mask, first_only=True), block(x, mask)[:, :1], atol=1e-12)


def test_logits_are_scaled_cosines(clip, data):
    images = data.images[:5]
    image, text = clip.encode_image(images), clip.encode_text(data.class_texts)
    assert torch.allclose(image.norm(dim=1), torch.ones(5)) and torch.allclose(text.norm(dim=1), torch.ones(10))
    assert torch.allclose(clip(images, data.class_texts), clip.logit_scale * image @ text.T)
    assert clip.logit_scale.item() == pytest.approx(1 / 0.07)


def test_padding_does_not_reach_a_text(clip):
    alone = clip.encode_text(["a handwritten three"])
    beside = clip.encode_text(["a handwritten three", "a a a a a a a handwritten three"])[:1]
    assert torch.allclose(alone, beside, atol=1e-6)


def test_a_generator_decides_the_weights_and_the_global_state_stays(data):
    before = torch.get_rng_state()
    one, other = (SmallCLIP.for_data(data, "student", generator=generator(3)) for _ in range(2))
    assert all(torch.equal(a, b) for a, b in zip(one.state_dict().values(), other.state_dict().values(), strict=True))
    student = Student.of_host("promptkd", one.image_tower, 8, generator=generator(3))
    assert torch.equal(torch.get_rng_state(), before)
    assert all(p.isfinite().all() for p in [*one.parameters(), *student.parameters()])


def test_vit_sizes_and_prompts():
    tower = ImageTower(
        image_size=32, channels=3, patch=16, width=24, layers=3, heads=4, embed_dim=10, stem="patch", mlp_ratio=4
    )
    torch.nn.init.zeros_(tower.class_token)
    torch.nn.init.zeros_(tower.positions)
    assert tower.tokens(torch.rand(2, 3, 32, 32)).shape == (2, 5, 24)
    assert tower(torch.rand(2, 3, 32, 32)).shape == (2, 10)
    student = PromptStudent(tower, 12, prompts=4)
    assert student.prompts.shape == (3, 4, 24)
    assert student(student.prepare(torch.rand(2, 3, 32, 32))).shape == (2, 12)


# --- hosts


@pytest.mark.parametrize("host", ["promptkd", "projector", "scratch"])
def test_what_learns_and_what_does_not(clip, data, host):
    student = Student.of_host(host, clip.image_tower, 20, generator=generator(1))
    images = data.images[:6]
    features = student(student.prepare(images))
    assert features.shape == (6, 20)
    features.square().sum().backward()
    learns = {name.split(".")[0] for name, p in student.named_parameters() if p.grad is not None}
    wanted = {"promptkd": {"prompts", "projector"}, "projector": {"projector"}, "scratch": {"backbone", "projector"}}
    assert learns == wanted[host] == {name.split(".")[0] for name, p in student.named_parameters() if p.requires_grad}
    assert not any(p.requires_grad is False for p in student.trainable_parameters())
    own = clip.image_tower.state_dict()
    same = all(torch.equal(own[name], value) for name, value in student.backbone.state_dict().items())
    assert same == (host != "scratch")


def test_a_student_from_scratch_does_not_start_where_its_pretrained_tower_did(data):
    """Both may have the seed 0."""
    fresh = SmallCLIP.for_data(data, "student", generator=generator(0)).image_tower
    student = Student.of_host("scratch", fresh, 20, generator=generator(0))
    for name, value in student.backbone.named_parameters():
        if value.ndim > 1:
            there = torch.stack([value.detach().flatten(), fresh.get_parameter(name).flatten()])
            # Independent numbers correlate by about 1 / sqrt(n).
            assert abs(torch.corrcoef(there)[0, 1]) < 6 / value.numel() ** 0.5, name


def test_preparing_first_changes_nothing(clip, data):
    student = PromptStudent(clip.image_tower, 20, generator=generator(1)).eval()
    images = data.images[:6]
    whole = student.projector(clip.image_tower(images, student.prompts))
    assert torch.allclose(student(student.prepare(images)), whole, atol=1e-6)
    empty = clip.image_tower(images, student.prompts[:, :0])
    assert torch.allclose(empty, clip.image_tower(images), atol=1e-6)
    assert not torch.allclose(clip.image_tower(images, student.prompts), clip.image_tower(images), atol=1e-4)


def test_the_projector_treats_each_position_alike():
    projector = Projector(5, 7).eval()
    maps = torch.randn(2, 5, 3, 4, generator=generator())
    assert torch.allclose(projector(maps)[:, :, 1, 2], projector(maps[:, :, 1, 2]), atol=1e-6)


def test_bad_students(clip, data):
    with pytest.raises(AMEError, match="host must be one of 'promptkd'"):
        Student.of_host("lora", clip.image_tower, 8)
    with pytest.raises(AMEError, match="prompts must be a whole number >= 1"):
        PromptStudent(clip.image_tower, 8, prompts=0)
    with pytest.raises(AMEError, match=r"images must be of shape \(B, 1, 8, 8\), got \(2, 1, 9, 8\)"):
        Student.of_host("scratch", clip.image_tower, 8).prepare(torch.zeros(2, 1, 9, 8))
    with pytest.raises(AMEError, match="must be square"):
        SmallCLIP(WordTokenizer.from_texts(["a"]), (1, 8, 10), generator=generator())
    with pytest.raises(AMEError, match="at most 16 words, got one of 17"):
        clip.encode_text([" ".join(["a"] * 17)])


# --- pretraining


def test_the_contrastive_loss_of_distinct_pairs_is_clips():
    logits = torch.randn(4, 4, generator=generator(), dtype=torch.float64)
    labels = torch.tensor([2, 0, 3, 1])
    clip_loss = (F.cross_entropy(logits, labels) + F.cross_entropy(logits.T, labels.argsort())) / 2
    assert contrastive_loss(logits, labels).item() == pytest.approx(clip_loss.item(), abs=1e-12)


def test_the_contrastive_loss_shares_a_text_among_its_images():
    logits = torch.zeros(4, 2, dtype=torch.float64)
    value = contrastive_loss(logits, torch.tensor([0, 0, 0, 1]))
    assert value.item() == pytest.approx((math.log(2) + math.log(4)) / 2, abs=1e-12)
    assert contrastive_loss(torch.zeros(3, 5), torch.tensor([1, 1, 1])).isfinite()  # classes without an image


def test_shift_and_augmentation_keep_images_images(data):
    images = data.images[:64]
    assert shifted(images, 0.0) is images
    for changed in (shifted(images, 1.0), augmented(images, generator())):
        assert changed.shape == images.shape and changed.min() >= 0 and changed.max() <= 1
    assert shifted(images, 1.0).std() < 0.7 * images.std()


@pytest.mark.parametrize(
    ("ours", "theirs", "options"),
    [
        (AdamW, torch.optim.AdamW, {"weight_decay": 0.1}),
        (AdamW, torch.optim.AdamW, {"fused": True}),
        (SGD, torch.optim.SGD, {"momentum": 0.9}),
    ],
)
def test_optimizers_are_torchs_own_bit_for_bit(ours, theirs, options):
    """Their steps, hooks, schedules and states, which either kind can load."""
    x, y = torch.randn(2, 8, 3, generator=generator())

    def trained(kind, then):
        layer = torch.nn.Linear(3, 3)
        with torch.no_grad():
            layer.weight.copy_(torch.randn(3, 3, generator=generator(1)))
            layer.bias.zero_()
        state, calls = None, []
        for one in (kind, then):
            optimizer = one(layer.parameters(), lr=0.1, **options)
            if state is not None:
                optimizer.load_state_dict(state)
            optimizer.register_step_post_hook(lambda *_: calls.append(None))
            schedule = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.5)
            for _ in range(2):
                optimizer.zero_grad()
                (layer(x) - y).square().sum().backward()
                optimizer.step()
                schedule.step()
            state = optimizer.state_dict()
        assert len(calls) == 4
        return layer.weight

    wanted = trained(theirs, theirs)
    for kind, then in ((ours, ours), (ours, theirs), (theirs, ours)):
        assert torch.equal(trained(kind, then), wanted)


def test_pretraining_is_the_same_twice_and_frozen(data):
    seen = []
    one = pretrain(data, QUICK, progress=lambda what, done, of: seen.append((done, of)))
    other = pretrain(data, QUICK)
    assert seen == [(i, 4) for i in range(1, 5)]
    assert all(torch.equal(a, b) for a, b in zip(one.state_dict().values(), other.state_dict().values(), strict=True))
    assert not any(p.requires_grad for p in one.parameters()) and not one.training
    third = pretrain(data, dataclasses.replace(QUICK, seed=1))
    assert not torch.equal(one.image_tower.output.weight, third.image_tower.output.weight)


def test_a_text_pair_never_seen_together_still_means_something():
    """Two words for each image: what the tower learned of 'red' in other pairs carries over to an unseen pair."""
    colors, shapes = ["red", "green", "blue"], ["bar", "pole", "dot"]
    drawn = torch.zeros(3, 8, 8)
    drawn[0, 3:5] = 1
    drawn[1, :, 3:5] = 1
    drawn[2, 2:6, 2:6] = 1
    images, labels = [], []
    noise = torch.rand(9 * 60, 3, 8, 8, generator=generator(7)) * 0.4
    for place in range(9 * 60):
        color, shape = divmod(place % 9, 3)
        image = torch.zeros(3, 8, 8)
        image[color] = drawn[shape]
        images.append((image * 0.6 + noise[place]).clamp(0, 1))
        labels.append(place % 9)
    labels = torch.tensor(labels)
    unseen = torch.isin(labels, torch.tensor([0, 4, 8]))  # red bar, green pole, blue dot
    rest = torch.arange(len(labels))
    splits = {
        "pretrain": rest[~unseen],
        "test": rest[unseen][30:],
        "backbone": rest[unseen][:15],
        "distill": rest[unseen][15:30],
    }
    data = PairedData(
        name="pairs",
        images=torch.stack(images),
        labels=labels,
        class_texts=tuple(f"a {color} {shape}" for color in colors for shape in shapes),
        splits=splits,
    )
    model = pretrain(data, Pretraining(steps=120, batch_size=48))
    with torch.no_grad():
        logits = model(data.images[splits["test"]], data.class_texts)[:, [0, 4, 8]]
    # as in the base-to-new protocol, the unseen pairs are told from each other; chance is 1/3
    right = logits.argmax(1) == torch.searchsorted(torch.tensor([0, 4, 8]), labels[splits["test"]])
    assert right.float().mean() > 0.8


# --- cache


def test_the_cache_gives_the_same_model_back(data, tmp_path):
    calls = []
    one = pretrained(data, QUICK, folder=tmp_path, progress=lambda *x: calls.append(x))
    trained = len(calls)
    other = pretrained(data, QUICK, folder=tmp_path, progress=lambda *x: calls.append(x))
    assert trained == QUICK.steps == len(calls)
    assert all(torch.equal(a, b) for a, b in zip(one.state_dict().values(), other.state_dict().values(), strict=True))
    assert len(list(tmp_path.iterdir())) == 1
    pretrained(data, dataclasses.replace(QUICK, seed=1), folder=tmp_path)
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("damage", [lambda b: b[: len(b) // 2], lambda b: b"", lambda b: b[:-9] + b"\x01" + b[-8:]])
def test_a_damaged_cache_file_is_rebuilt_with_a_warning(data, tmp_path, damage):
    one = pretrained(data, QUICK, folder=tmp_path)
    (path,) = tmp_path.iterdir()
    whole = path.read_bytes()
    path.write_bytes(damage(whole))
    with pytest.warns(UserWarning, match="cannot be used .*training it again"):
        other = pretrained(data, QUICK, folder=tmp_path)
    assert torch.equal(one.image_tower.output.weight, other.image_tower.output.weight)
    assert path.read_bytes() == whole


def test_a_cache_that_cannot_be_written_costs_only_the_cache(data, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with pytest.warns(UserWarning, match="could not be cached"):
        assert isinstance(pretrained(data, QUICK, folder=blocked), SmallCLIP)


def test_the_cache_folder_follows_the_environment(monkeypatch, tmp_path):
    from ame_explore.models import cache_folder

    monkeypatch.setenv("AME_EXPLORE_CACHE", str(tmp_path / "here"))
    assert cache_folder() == tmp_path / "here"
    monkeypatch.delenv("AME_EXPLORE_CACHE")
    assert cache_folder().name == "ame_explore"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("size", "huge"),
        ("split", "all"),
        ("shift", 2),
        ("steps", 0),
        ("batch_size", 1),
        ("learning_rate", 0),
        ("seed", -1),
    ],
)
def test_bad_pretraining(field, value):
    with pytest.raises(AMEError, match=f"{field} must be"):
        Pretraining(**{field: value})
