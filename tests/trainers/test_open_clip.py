"""`WithAME`: beside open_clip's losses where they are installed, and beside one that is written as they are."""

from __future__ import annotations

import importlib
import inspect
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ame_explore.ame import AMEError, AMELoss
from ame_explore.trainers import WithAME

WIDTH = 6


def randn(*shape: int, seed: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def ame(**options: Any) -> AMELoss:
    sizes = {"image_dim": WIDTH, "text_dim": WIDTH, "manifold_dim": 5, "hidden_dim": 4, "omega": 2.0}
    return AMELoss(**sizes, generator=torch.Generator().manual_seed(1), **options).double()


class Contrast(nn.Module):
    """A loss in the manner of open_clip's ClipLoss."""

    def forward(self, image_features, text_features, logit_scale, logit_bias=None, output_dict=False):  # type: ignore[no-untyped-def]
        labels = torch.arange(len(image_features))
        loss = F.cross_entropy(logit_scale * image_features @ text_features.T, labels)
        return {"contrastive_loss": loss} if output_dict else loss


class Two(Contrast):
    """One of several terms, as DistillClipLoss and CoCaLoss are."""

    def forward(self, image_features, text_features, logit_scale, output_dict=False):  # type: ignore[no-untyped-def]
        loss = super().forward(image_features, text_features, logit_scale)
        return {"contrastive_loss": loss, "other_loss": 2 * loss} if output_dict else (loss, 2 * loss)


IMAGE, TEXT = (F.normalize(randn(5, WIDTH, seed=seed), dim=1) for seed in (1, 2))
SCALE = torch.tensor(10.0)
TERM = ame()(image=IMAGE, text=TEXT).item()


@pytest.mark.parametrize("loss", [Contrast(), Two()])
def test_it_answers_as_the_loss_does(loss: nn.Module) -> None:
    both = WithAME(loss, ame())
    plain = loss(IMAGE, TEXT, SCALE)
    with_term = both(image_features=IMAGE, text_features=TEXT, logit_scale=SCALE)
    if isinstance(plain, tuple):
        assert with_term[:-1] == plain and with_term[-1].item() == pytest.approx(TERM)
    else:
        assert with_term.item() == pytest.approx(plain.item() + TERM)
    named = both(IMAGE, TEXT, SCALE, output_dict=True)
    assert list(named) == [*loss(IMAGE, TEXT, SCALE, output_dict=True), "ame_loss"]
    assert named["ame_loss"].item() == pytest.approx(TERM)


def accumulated(accum_freq: int, told: int) -> dict[str, Tensor]:
    """The gradients of a batch as open_clip's `train_one_epoch` makes them with `--accum-freq`."""
    tower, term = nn.Linear(WIDTH, WIDTH).double(), ame()
    for place, weight in enumerate(tower.parameters()):
        weight.data = randn(*weight.shape, seed=place)
    loss = WithAME(Contrast(), term, accum_freq=told)
    images, texts = randn(4, WIDTH, seed=3).chunk(accum_freq), randn(4, WIDTH, seed=4).chunk(accum_freq)
    with torch.no_grad():
        cached = [tower(x) for x in images]
    for place, x in enumerate(images):
        features = torch.cat([*cached[:place], tower(x), *cached[place + 1 :]])
        sum(loss(features, torch.cat(texts), SCALE, output_dict=True).values()).backward()
    return {name: weight.grad for name, weight in [*tower.named_parameters(), *term.named_parameters()]}


def test_accum_freq_has_the_whole_batchs_h_and_one_gradient_for_the_projections() -> None:
    wanted, got = accumulated(1, 1), accumulated(2, 2)
    for name in wanted:
        torch.testing.assert_close(got[name], wanted[name], rtol=1e-9, atol=1e-12)
    twice = accumulated(2, 1)
    torch.testing.assert_close(twice["weight"], wanted["weight"], rtol=1e-9, atol=1e-12)
    name = "manifold.image_projection.weight"
    torch.testing.assert_close(twice[name], 2 * wanted[name], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (
            lambda: WithAME(Contrast(), ame(), text="dist_text_features"),
            "text must be an argument of Contrast, image_f",
        ),
        (lambda: WithAME(Contrast(), ame(), accum_freq=0), "accum_freq must be a whole number >= 1"),
        (lambda: WithAME(ame(), Contrast()), "loss must be a loss module and ame an AMELoss"),  # type: ignore[arg-type]
    ],
)
def test_bad_losses(made: Any, message: str) -> None:
    with pytest.raises(AMEError, match=message):
        made()


@pytest.mark.parametrize("name", ["ClipLoss", "SigLipLoss", "DistillClipLoss", "CoCaLoss"])
def test_beside_each_loss_of_open_clip(name: str) -> None:
    try:
        losses = importlib.import_module("open_clip.loss")
    except Exception as error:  # not installed, or with a torchvision that does not fit this torch
        pytest.skip(f"open_clip, which the test extra lacks, cannot be imported: {error}")
    options = {"caption_loss_weight": 1.0, "clip_loss_weight": 1.0} if name == "CoCaLoss" else {}
    loss = getattr(losses, name)(**options)
    given = {"image_features": IMAGE, "text_features": TEXT, "logit_scale": SCALE.double()}
    more = {
        "logit_bias": torch.tensor(-1.0),
        "dist_image_features": TEXT,
        "dist_text_features": IMAGE,
        "dist_logit_scale": SCALE.double(),
        "logits": randn(5, 3, 7, seed=1),
        "labels": torch.ones(5, 3, dtype=torch.int64),
    }
    known = inspect.signature(loss.forward).parameters
    given |= {argument: value for argument, value in more.items() if argument in known}
    if name == "ClipLoss":
        given.pop("logit_bias", None)
    plain, both = loss(**given, output_dict=True), WithAME(loss, ame())(**given, output_dict=True)
    assert {k: v.item() for k, v in both.items()} == pytest.approx(
        {**{k: v.item() for k, v in plain.items()}, "ame_loss": TERM}
    )
    if name == "DistillClipLoss":
        of_teacher = WithAME(loss, ame(), text="dist_text_features")(**given, output_dict=True)
        assert of_teacher["ame_loss"].item() == pytest.approx(ame()(image=IMAGE, text=IMAGE).item())
