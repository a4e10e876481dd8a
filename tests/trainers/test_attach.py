"""`attach`: the term inside a model's own forward, so that a trainer needs to know nothing of it."""

from __future__ import annotations

import copy
import pickle
import warnings
from collections import namedtuple
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from ame_explore.ame import AMEError, AMELoss
from ame_explore.trainers import attach

WIDTH = 6


def randn(*shape: int, seed: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


TEXT, IMAGE = randn(4, WIDTH, seed=1), randn(5, WIDTH, seed=2)


def ame(**options: Any) -> AMELoss:
    sizes = {"image_dim": WIDTH, "text_dim": WIDTH, "manifold_dim": 5, "hidden_dim": 4, "omega": 2.0}
    return AMELoss(**{**sizes, "generator": torch.Generator().manual_seed(1), **options})


Answer = namedtuple("Answer", "loss features")


class Student(nn.Module):
    """Answers in the form that it is told."""

    def __init__(self, form: str = "dict") -> None:
        super().__init__()
        self.form, self.layer, self.head = form, nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, 3)
        for place, weight in enumerate(self.parameters()):
            weight.data = randn(*weight.shape, seed=place)

    def forward(self, image: Tensor, labels: Tensor | None = None, **more: Any) -> Any:
        features = self.layer(image)
        loss = None if labels is None else nn.functional.cross_entropy(self.head(features), labels)
        forms: dict[str, Any] = {
            "dict": lambda: {"loss": loss, "features": features},
            "object": lambda: SimpleNamespace(loss=loss, features=features),
            "namedtuple": lambda: Answer(loss, features),
            "tuple": lambda: (loss, features),
            "list": lambda: [loss, features],
            "loss": lambda: loss,
        }
        return forms[self.form]()


LABELS = torch.tensor([0, 1, 2, 0, 1])


def loss_in(answer: Any) -> Tensor:
    if isinstance(answer, Tensor):
        return answer
    return answer["loss"] if isinstance(answer, dict) else getattr(answer, "loss", None) or answer[0]


def second(output: Any, inputs: Any) -> Tensor:
    return output[1]


@pytest.mark.parametrize(
    ("form", "into", "image"),
    [
        ("dict", "loss", "features"),
        ("object", "loss", "features"),
        ("namedtuple", "loss", "features"),
        ("tuple", 0, second),
        ("list", 0, second),
        ("loss", None, "layer"),
    ],
)
def test_the_loss_of_forward_gains_the_term(form: str, into: Any, image: Any) -> None:
    plain = Student(form)
    model = attach(copy.deepcopy(plain), ame(), image=image, text=TEXT, into=into)
    before, after = plain(IMAGE, LABELS), model(IMAGE, labels=LABELS)
    term = ame()(image=plain.layer(IMAGE), text=TEXT)
    assert type(after) is type(before)
    torch.testing.assert_close(loss_in(after), loss_in(before) + term)
    loss_in(after).backward()
    assert all(weight.grad is not None and weight.grad.abs().max() > 0 for weight in model.parameters())


def test_sources_are_fields_submodules_arguments_and_functions() -> None:
    wanted = ame()(image=Student().layer(IMAGE), text=TEXT)

    def of(**sources: Any) -> Tensor:
        model = attach(Student(), ame(), **sources)
        plain = Student()(IMAGE, LABELS)["loss"]
        return model(IMAGE, LABELS, captions=TEXT)["loss"] - plain

    for image in ("features", "layer", lambda output, inputs: output["features"]):
        for text in (TEXT, "captions", lambda output, inputs: inputs["captions"]):
            torch.testing.assert_close(of(image=image, text=text), wanted, rtol=1e-5, atol=1e-5)
    merged = torch.tensor([0, 1, 1, 2])
    model = attach(Student(), ame(), image="features", text=TEXT, text_ids="ids")
    got = model(IMAGE, LABELS, ids=merged)["loss"] - Student()(IMAGE, LABELS)["loss"]
    torch.testing.assert_close(
        got, ame()(image=Student().layer(IMAGE), text=TEXT, text_ids=merged), rtol=1e-5, atol=1e-5
    )


def test_inference_is_left_alone_and_evaluation_is_not() -> None:
    model = attach(Student(), ame(), image="features", text=TEXT)
    assert model(IMAGE)["loss"] is None
    model.eval()
    assert model(IMAGE, LABELS)["loss"] > Student()(IMAGE, LABELS)["loss"] + 1


def test_copies_pickles_and_states_hold_the_term(tmp_path: Path) -> None:
    model = attach(Student(), ame(), image="layer", text=TEXT)
    wanted = model(IMAGE, LABELS)["loss"]
    for again in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert torch.equal(again(IMAGE, LABELS)["loss"], wanted)
        with torch.no_grad():  # its own projections, not those of the first
            again.ame.manifold.text_output.weight.mul_(3)
        assert not torch.equal(again(IMAGE, LABELS)["loss"], wanted)
        assert torch.equal(model(IMAGE, LABELS)["loss"], wanted)
    other = attach(Student(), ame(generator=torch.Generator().manual_seed(7)), image="layer", text=TEXT)
    assert not torch.equal(other(IMAGE, LABELS)["loss"], wanted)
    assert "ame_text" not in model.state_dict()
    other.load_state_dict(model.state_dict())
    assert torch.equal(other(IMAGE, LABELS)["loss"], wanted)


def test_in_bfloat16_by_autocast_and_by_weights() -> None:
    exact = attach(Student(), ame(), image="features", text=TEXT)(IMAGE, LABELS)["loss"].item()
    for whole in (False, True):
        model = attach(Student(), ame(), image="features", text=TEXT)
        if whole:
            model.bfloat16()
        with torch.autocast("cpu", torch.bfloat16, enabled=not whole):
            loss = model(IMAGE.bfloat16() if whole else IMAGE, LABELS)["loss"]
        loss.backward()
        assert loss.item() == pytest.approx(exact, rel=0.03)  # bfloat16 has 8 bits: 0.4 % in each of a few products
        assert all(weight.grad.isfinite().all() for weight in model.parameters())


def test_projections_that_a_trainer_leaves_out_are_told_at_the_callers_line() -> None:
    model = Student()
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)  # too early
    attach(model, ame(), image="features", text=TEXT)
    with pytest.warns(UserWarning, match="in no optimizer") as told:
        for _ in range(12):
            model(IMAGE, LABELS)["loss"].backward()
            optimizer.step()
    assert [each.filename for each in told] == [__file__]


def test_projections_frozen_by_name_as_promptkd_does_are_told_at_once() -> None:
    model = attach(Student(), ame(), image="features", text=TEXT)
    for name, weight in model.named_parameters():
        weight.requires_grad_("layer" in name)  # PromptKD: "VPT" in name
    with pytest.warns(UserWarning, match="projections are frozen") as told:
        model(IMAGE, LABELS)
    assert [each.filename for each in told] == [__file__]
    model = attach(Student(), ame(), image="features", text=TEXT, name="ame_VPT")
    for name, weight in model.named_parameters():
        weight.requires_grad_("VPT" in name or "layer" in name)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model(IMAGE, LABELS)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"image": "nothing"},
            r"image='nothing' must lead to a tensor, got None. Forward returned the fields loss, feat",
        ),
        ({"image": None}, "image must be a name or a function, got None"),
        ({"image": 3}, "image must be a name or a function, got 3"),
        ({"text": randn(4, 9, seed=1)}, r"text must be .*, got torch.float32 of shape \(4, 9\)"),
        ({"into": "features"}, r"into='features' must be the loss, a scalar"),
        ({"into": 1.5}, "into must be the name or the number of the loss, or None"),
        ({"name": "layer"}, "name must be new to the model, got 'layer'"),
    ],
)
def test_bad_attachments(options: dict[str, Any], message: str) -> None:
    with pytest.raises(AMEError, match=message):
        attach(Student(), ame(), **{"image": "features", "text": TEXT, **options})(IMAGE, LABELS)


def test_bad_models() -> None:
    with pytest.raises(AMEError, match="model must be a torch module"):
        attach(3, ame(), image="features", text=TEXT)  # type: ignore[type-var]
    with pytest.raises(AMEError, match="ame must be an AMELoss"):
        attach(Student(), nn.Linear(2, 2), image="features", text=TEXT)  # type: ignore[arg-type]
    with pytest.raises(AMEError, match="before it is wrapped, got DataParallel"):
        attach(nn.DataParallel(Student()), ame(), image="features", text=TEXT)


def test_hugging_faces_trainer_trains_saves_and_resumes(tmp_path: Path) -> None:
    transformers = pytest.importorskip("transformers")
    pytest.importorskip("accelerate", reason="transformers' Trainer needs accelerate, which the test extra lacks")
    sizes = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
    config = transformers.CLIPConfig(
        text_config={**sizes, "vocab_size": 30, "max_position_embeddings": 6, "eos_token_id": 2},
        vision_config={**sizes, "image_size": 8, "patch_size": 4},
        projection_dim=WIDTH,
    )
    rows = [
        {
            "pixel_values": randn(3, 8, 8, seed=row),
            "input_ids": torch.tensor([1, 3 + row % 20, 4, 2]),
            "return_loss": True,
        }
        for row in range(16)
    ]

    def collate(batch: list[dict[str, Any]]) -> dict[str, Any]:
        stacked = {name: torch.stack([each[name] for each in batch]) for name in ("pixel_values", "input_ids")}
        return {**stacked, "return_loss": True}

    def trainer(folder: Path, steps: int) -> Any:
        torch.manual_seed(0)
        model = transformers.CLIPModel(config)
        attach(model, ame(), image="image_embeds", text="text_embeds")
        arguments = transformers.TrainingArguments(
            output_dir=str(folder), max_steps=steps, save_steps=3, per_device_train_batch_size=4, use_cpu=True,
            bf16=True, report_to=[], disable_tqdm=True, logging_steps=1, seed=1, learning_rate=1e-2,
            lr_scheduler_type="constant", remove_unused_columns=False,
        )  # fmt: skip
        return transformers.Trainer(model, arguments, train_dataset=rows, data_collator=collate)

    whole = trainer(tmp_path / "whole", 6)
    before = copy.deepcopy(whole.model.ame.state_dict())
    whole.train()
    after = whole.model.ame.state_dict()
    assert all(not torch.equal(before[name], after[name]) for name in before if name.startswith("manifold."))
    halted = trainer(tmp_path / "halted", 3)
    halted.train()
    resumed = trainer(tmp_path / "halted", 6)
    with torch.no_grad():
        resumed.model.ame.manifold.text_output.weight.zero_()  # what the checkpoint must bring back
    resumed.train(resume_from_checkpoint=True)
    for (name, one), other in zip(whole.model.named_parameters(), resumed.model.parameters(), strict=True):
        torch.testing.assert_close(one, other, msg=lambda text, name=name: f"{name}: {text}")
