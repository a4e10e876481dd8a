"""Real encoders: a tiny random CLIP of transformers, saved, and gone through from pictures to the view."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from ame_explore.ame import AMEError
from ame_explore.models import encode

pil = pytest.importorskip("PIL.Image", reason='Pillow is not installed: pip install "ame_explore[clip]"')

COLORS = {"red": (200, 30, 30), "green": (30, 180, 40), "blue": (30, 40, 200)}
WORDS = ["<start>", "<end>", "<unk>", *["a", "square", "on", "black"], *COLORS]


def squares(count: int = 9) -> tuple[list[Any], list[str]]:
    """Noisy squares of three colours and their captions."""
    random, images, captions = np.random.default_rng(0), [], []
    for place in range(count):
        name = list(COLORS)[place % 3]
        pixels = np.clip(np.array(COLORS[name]) + random.integers(-30, 30, (40, 52, 3)), 0, 255).astype(np.uint8)
        images.append(pil.fromarray(pixels))
        captions.append(f"a {name} square" + " on black" * (place % 2))
    return images, captions


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A CLIPModel of 40,000 random weights with its tokenizer and image processor."""
    transformers = pytest.importorskip("transformers", reason='not installed: pip install "ame_explore[clip]"')
    tokenizers = pytest.importorskip("tokenizers", reason='not installed: pip install "ame_explore[clip]"')
    path = tmp_path_factory.mktemp("clip")
    tokens = tokenizers.Tokenizer(
        tokenizers.models.WordLevel({word: place for place, word in enumerate(WORDS)}, unk_token="<unk>")
    )
    tokens.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    special = [("<start>", 0), ("<end>", 1)]
    tokens.post_processor = tokenizers.processors.TemplateProcessing(single="<start> $A <end>", special_tokens=special)
    names = {"bos_token": "<start>", "eos_token": "<end>", "unk_token": "<unk>", "pad_token": "<end>"}
    transformers.PreTrainedTokenizerFast(tokenizer_object=tokens, **names).save_pretrained(path)
    small = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}
    words = {
        "vocab_size": len(WORDS),
        "max_position_embeddings": 8,
        "bos_token_id": 0,
        "eos_token_id": 1,
        "pad_token_id": 1,
    }
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = transformers.CLIPModel(
            transformers.CLIPConfig(
                text_config=small | words, vision_config=small | {"image_size": 32, "patch_size": 8}, projection_dim=24
            )
        )
    model.save_pretrained(path)
    side = {"height": 32, "width": 32}
    transformers.CLIPImageProcessor(size={"shortest_edge": 32}, crop_size=side).save_pretrained(path)
    return path


def test_from_pictures_to_the_view(folder: Path, tmp_path: Path) -> None:
    """Encode, explore, write the report and pin a pair, all offline."""
    images, captions = squares()
    told: list[tuple[str, int, int]] = []
    features = encode(folder, images, captions, batch_size=4, local_only=True, progress=lambda *step: told.append(step))
    assert features.image.shape == features.text.shape == (9, 24) and features.texts == tuple(captions)
    assert features.logit_scale == pytest.approx(np.exp(2.6592), rel=1e-4)  # CLIP's own start, 1 / 0.07
    assert told == [(f"encoding {side}", done, 9) for side in ("images", "texts") for done in (4, 8, 9)]

    pytest.importorskip("ipywidgets")
    from ame_explore import explore

    explorer = explore(features, umap=False)
    assert explorer.widget.children
    assert explorer.report(tmp_path / "report.html").stat().st_size > 1_000_000
    assert explorer.pin([3], tmp_path / "test_pinned.py").is_file()


def test_batches_and_paths_change_nothing(folder: Path, tmp_path: Path) -> None:
    images, captions = squares(5)
    paths = []
    for place, image in enumerate(images):
        paths.append(tmp_path / f"{place}.png")
        image.save(paths[-1])
    whole = encode(folder, images, captions, progress=False, local_only=True)
    parts = encode(str(folder), paths, captions, batch_size=2, progress=False, local_only=True)
    torch.testing.assert_close(whole.image, parts.image, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(whole.text, parts.text, atol=1e-5, rtol=1e-5)
    assert parts.image_paths == tuple(map(str, paths)) and whole.image_paths is None
    assert not torch.allclose(whole.image[0], whole.image[1])


def test_a_long_text_is_cut(folder: Path) -> None:
    images, _ = squares(1)
    features = encode(folder, images, ["a red square " * 30], progress=False, local_only=True)
    assert torch.isfinite(features.text).all()


class Mean:
    """An encoder of one's own: mean colour, and the colour that a text names."""

    logit_scale = None

    def images(self, batch: list[Any]) -> torch.Tensor:
        return torch.tensor(np.stack([np.asarray(image).mean((0, 1)) for image in batch]))

    def texts(self, batch: list[str]) -> torch.Tensor:
        return torch.tensor([next(color for name, color in COLORS.items() if name in text) for text in batch]).float()


def test_an_encoder_of_ones_own_with_a_pairing() -> None:
    images, _ = squares(6)
    texts = [f"a {name} square" for name in COLORS]
    features = encode(Mean(), images, texts, pair_index=[0, 1, 2, 0, 1, 2], labels=[0, 1, 2, 0, 1, 2], progress=True)
    cosine = torch.nn.functional.normalize(features.image) @ torch.nn.functional.normalize(features.text).T
    assert cosine.argmax(1).tolist() == features.pair_index.tolist()
    assert any("100 is assumed" in note for note in features.notes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"texts": ["a"]}, "as many images as texts, got 2 and 1"),
        ({"images": []}, "must not be empty"),
        ({"images": [1, 2]}, "images must be PIL images or paths, got int"),
        ({"images": ["absent.png", "none.png"]}, "2 of 2 files are missing, first absent.png"),
        ({"batch_size": 0}, "batch_size must be"),
        ({"model": "no/such/folder", "library": "keras"}, "library must be"),
    ],
)
def test_refuses(changes: dict[str, Any], message: str) -> None:
    images, captions = squares(2)
    given = {"model": Mean(), "images": images, "texts": captions, "progress": False} | changes
    with pytest.raises(AMEError, match=message):
        encode(given.pop("model"), given.pop("images"), given.pop("texts"), **given)


def test_repeated_pictures_are_one_image_with_several_captions() -> None:
    class Counting:
        logit_scale = 10.0
        asked = 0

        def images(self, batch: list[Any]) -> torch.Tensor:
            self.asked += len(batch)
            return torch.stack([torch.tensor(np.asarray(one)).double().mean((0, 1)) for one in batch])

        def texts(self, batch: list[str]) -> torch.Tensor:
            return torch.eye(3)[[len(text) % 3 for text in batch]]

    images, captions = squares(3)
    model = Counting()
    features = encode(
        model, [image for image in images for _ in range(2)], [f"{c}{i}" for c in captions for i in (1, 22)]
    )
    assert model.asked == 3 and features.image.shape == (3, 3)
    assert features.image_index.tolist() == [0, 0, 1, 1, 2, 2] and features.pair_index.tolist() == list(range(6))


def test_no_picture_starts_a_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """PIL would hand an EPS file to Ghostscript, whatever the file's name is."""
    started = tmp_path / "started"
    ghostscript = tmp_path / "gs"
    ghostscript.write_text(f"#!/bin/sh\ntouch {started}\nexit 1\n")
    ghostscript.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    evil = tmp_path / "evil.png"
    evil.write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n%%EndComments\nshowpage\n%%EOF\n")

    class Model:
        logit_scale = None

        def images(self, batch: list[Any]) -> torch.Tensor:
            return torch.ones(len(batch), 3)

        texts = images

    with pytest.raises(AMEError, match=r"evil\.png"):
        encode(Model(), [evil], ["a"])
    assert not started.exists()


def test_a_file_that_is_no_picture(tmp_path: Path) -> None:
    (tmp_path / "x.png").write_text("no picture")
    with pytest.raises(AMEError, match=r"x\.png cannot be read as a picture"):
        encode(Mean(), [tmp_path / "x.png"], ["a red square"], progress=False)


@pytest.mark.parametrize("model", ["absent", "empty"])
def test_a_model_that_is_not_there(model: str, tmp_path: Path) -> None:
    pytest.importorskip("transformers", reason='not installed: pip install "ame_explore[clip]"')
    (tmp_path / "empty").mkdir()
    images, captions = squares(1)
    with pytest.raises(AMEError, match="cannot be loaded by transformers"):
        encode(tmp_path / model, images, captions, local_only=True, progress=False)


def test_open_clip(tmp_path: Path) -> None:
    """A tiny random model of open_clip from a folder; where its torchvision matches torch."""
    try:
        import open_clip
    except (ImportError, RuntimeError) as error:
        pytest.skip(f"open_clip cannot be imported here: {error}")
    import json

    from safetensors.torch import save_file

    sides = {
        "vision_cfg": {"image_size": 32, "layers": 2, "width": 64, "patch_size": 8, "head_width": 32},
        "text_cfg": {"context_length": 16, "vocab_size": 49408, "width": 32, "heads": 2, "layers": 2},
    }
    model = open_clip.CLIP(embed_dim=24, **sides)
    save_file(
        {name: value.contiguous() for name, value in model.state_dict().items()},
        tmp_path / "open_clip_model.safetensors",
    )
    preprocess = {"mean": [0.5] * 3, "std": [0.5] * 3}
    whole = {"model_cfg": {"embed_dim": 24, **sides}, "preprocess_cfg": preprocess}
    (tmp_path / "open_clip_config.json").write_text(json.dumps(whole))
    images, captions = squares(5)
    features = encode(tmp_path, images, captions, batch_size=2, local_only=True, progress=False)
    assert features.image.shape == features.text.shape == (5, 24)
    assert features.logit_scale == pytest.approx(1 / 0.07, rel=1e-4)


def test_features_of_a_teacher_and_a_student(folder: Path, tmp_path: Path) -> None:
    """From pictures of two models to a student that learns."""
    from ame_explore import Distillation, Recipe, encode_features

    class Means:
        """A student without language: mean colours of the quarters."""

        logit_scale = None

        def images(self, batch: list[Any]) -> torch.Tensor:
            return torch.stack(
                [torch.from_numpy(np.asarray(one.resize((2, 2)), np.float32)).flatten() for one in batch]
            )

    images, captions = squares(24)
    paths = [tmp_path / f"{place}.png" for place in range(24)]
    for image, path in zip(images, paths, strict=True):
        image.save(path)
    labels = [place % 3 for place in range(24)]
    texts = [f"a {name} square" for name in COLORS]
    options: dict[str, Any] = {"labels": labels, "local_only": True, "progress": False, "base_classes": [0, 1]}
    data = encode_features(teacher=folder, student=Means(), images=paths, class_texts=texts, **options)
    assert data.class_texts == tuple(texts) and data.image_paths == tuple(map(str, paths))
    assert (data.student_width, data.teacher_width, data.student_class_features) == (12, 24, None)
    alone = encode(folder, images, texts, pair_index=labels, local_only=True, progress=False)
    torch.testing.assert_close(data.teacher_image, alone.image)
    torch.testing.assert_close(data.class_features, alone.text)
    assert data.logit_scale == pytest.approx(alone.logit_scale)
    *_, last = Distillation(data=data, metrics_every=200)
    assert last.metrics["teacher_agreement"] > 0.5
    both = encode_features(
        teacher=folder, student=folder, images=images, class_texts=texts, class_names=list(COLORS), **options
    )
    assert torch.equal(both.student_image, both.teacher_image) and both.image_paths is None
    assert both.student_class_features is not None and both.class_texts == tuple(COLORS)
    told = encode_features(
        teacher=folder, student=folder, images=images, class_texts=texts, captions=captions, **options
    )
    assert told.captions == tuple(captions) and told.caption_features is not None
    by_itself = encode(folder, images, captions, local_only=True, progress=False).text
    torch.testing.assert_close(told.caption_features, by_itself, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(told.class_features, both.class_features, atol=1e-4, rtol=1e-4)
    both_learn = Recipe.for_data(told, host="finetune", text_tower="student", steps=2, batch_size=4)
    *_, last = Distillation(both_learn, data=told)
    assert last.metrics["R@1_i2t"] > 0
    with pytest.raises(AMEError, match="captions must be one for each of the 24 images, got 3"):
        encode_features(
            teacher=folder, student=folder, images=images, class_texts=texts, captions=captions[:3], **options
        )
    for wrong, message in (([0] * 23, "labels must be 24 whole numbers"), ([3] * 24, r"labels must lie in \[0, 2\]")):
        with pytest.raises(AMEError, match=message):
            encode_features(
                teacher=folder,
                student=folder,
                images=images,
                class_texts=texts,
                labels=wrong,
                local_only=True,
                progress=False,
            )
