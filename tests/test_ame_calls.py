"""Calls of AMELoss beyond image and text: tokens, a temperature for one call, and the push beside KD's."""

from __future__ import annotations

import math
import warnings
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from ame_explore.ame import READINGS, AMEError, AMELoss, initialize

WIDTH = 6


def randn(*shape: int, seed: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def ame(**options: Any) -> AMELoss:
    sizes = {"image_dim": WIDTH, "text_dim": WIDTH, "manifold_dim": 5}
    return AMELoss(**{**sizes, "generator": torch.Generator().manual_seed(1), **options}).double()


IMAGE, TEXT, PAIRS = randn(4, WIDTH, seed=1), randn(3, WIDTH, seed=2), torch.tensor([0, 2, 1, 1])


@pytest.mark.parametrize("image_rows", ["mean", "patches"])
@pytest.mark.parametrize("reading", READINGS)
def test_tokens_are_a_map_in_another_order(reading: str, image_rows: str) -> None:
    tokens = randn(4, 6, WIDTH, seed=3)
    as_map = tokens.mT.reshape(4, WIDTH, 2, 3)
    loss = ame(reading=reading, image_rows=image_rows)
    given = {"text": TEXT, "pairs": PAIRS}
    assert loss(image=tokens, **given).item() == pytest.approx(loss(image=as_map, **given).item(), rel=1e-12)
    assert loss.manifold.project_image(tokens).shape == (4, 6 if image_rows == "patches" else 1, 5)
    with pytest.raises(AMEError, match=r"\(B, 6\), \(B, N, 6\) or \(B, 6, h, w\) with B >= 1"):
        loss(image=tokens[..., :5], **given)


@pytest.mark.parametrize("reading", READINGS)
def test_a_temperature_of_the_call_replaces_the_losses_own(reading: str) -> None:
    given = {"image": IMAGE, "text": TEXT, "pairs": PAIRS}
    for temperature in (0.3, torch.tensor(0.3), torch.tensor([0.3], dtype=torch.float64)):
        got = ame(reading=reading).entropy(**given, temperature=temperature).item()
        # 0.3 in float32 is off by 4e-8 of itself
        assert got == pytest.approx(ame(reading=reading, temperature=0.3).entropy(**given).item(), rel=1e-6)


def test_a_temperature_gets_its_gradient() -> None:
    loss = ame(reading="predictive")
    scale = torch.tensor(2.0, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda s: loss.entropy(image=IMAGE, text=TEXT, temperature=1 / s), (scale,))
    loss(image=IMAGE, text=TEXT, temperature=1 / scale).backward()
    assert scale.grad is not None and scale.grad < 0  # a larger logit scale lowers the entropy


@pytest.mark.parametrize(
    ("temperature", "message"),
    [
        (0.0, "temperature must be a finite number > 0, got 0"),
        (torch.tensor(-1.0), "temperature must be a finite number > 0, got -1"),
        (torch.tensor(math.nan), "temperature must be a finite number > 0, got nan"),
        (torch.ones(2), r"temperature must be a number or a floating tensor of one element, got .* \(2,\)"),
        (torch.tensor(1), "temperature must be a number or a floating tensor of one element"),
        ("hot", "temperature must be a finite number"),
    ],
)
def test_bad_temperatures(temperature: Any, message: str) -> None:
    with pytest.raises(AMEError, match=message):
        ame()(image=IMAGE, text=TEXT, temperature=temperature)


def test_push_is_the_norm_of_each_terms_gradient_at_the_features() -> None:
    loss = ame(omega=3.0)
    image = IMAGE.clone().requires_grad_()
    kd = image.square().sum()
    found = loss.push(kd=kd, image=image, text=TEXT)
    (of_ame,) = torch.autograd.grad(loss(image=image, text=TEXT), image)
    assert found["push.kd"] == pytest.approx(2 * IMAGE.norm().item(), rel=1e-12)
    assert found["push.ame"] == pytest.approx(of_ame.norm().item(), rel=1e-12)
    assert found["share.kd"] + found["share.ame"] == pytest.approx(1)
    assert found["share.ame"] == pytest.approx(found["push.ame"] / (found["push.ame"] + found["push.kd"]))
    kd.backward()  # its graph was kept


def trained(loss: AMELoss, optimizer: Any, rate: float, steps: int, push_every: int = 0) -> list[tuple[str, str]]:
    """Train a student of one layer by distance to a teacher plus the term; the warnings of `loss`."""
    student = nn.Linear(WIDTH, WIDTH).double()
    initialize(student, torch.Generator().manual_seed(3))
    inputs, teacher = randn(16, WIDTH, seed=4), randn(16, WIDTH, seed=5)
    steps_of = optimizer([*student.parameters(), *loss.parameters()], lr=rate)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        for step in range(1, steps + 1):
            image = student(inputs)
            kd = (image - teacher).square().mean()
            if push_every and step % push_every == 0:
                loss.push(kd=kd, image=image, text=TEXT)
            steps_of.zero_grad()
            # `entropy` watches nothing, so that only `push` can tell
            term = loss.omega * loss.entropy(image=image, text=TEXT) if push_every else loss(image=image, text=TEXT)
            (kd + term).backward()
            steps_of.step()
    return [(str(each.message), each.filename) for each in told if "AMELoss's" in str(each.message)]


def test_projections_that_solve_the_term_alone_are_told_once_by_push() -> None:
    ((message, file),) = trained(ame(omega=50.0), torch.optim.AdamW, 1e-2, 300, push_every=10)
    assert message.startswith("AMELoss's projections have minimized the term by themselves: H is at ")
    assert file == __file__


def test_an_entropy_that_has_fallen_to_nothing_is_told_once() -> None:
    ((message, file),) = trained(ame(omega=50.0), torch.optim.AdamW, 1e-2, 300)
    assert message.startswith("AMELoss's H has fallen to ") and "push" in message and file == __file__


def test_an_entropy_that_never_leaves_log_n_is_told_once() -> None:
    ((message, file),) = trained(ame(omega=0.01, normalize="unit", manifold_dim=64), torch.optim.SGD, 1e-3, 250)
    assert message.startswith("AMELoss's H stayed within 0.1 % of its largest value for 200 calls") and file == __file__


def test_nothing_is_told_where_h_moves_or_where_a_low_one_is_right() -> None:
    assert trained(ame(omega=0.3), torch.optim.SGD, 1e-2, 60) == []
    assert trained(ame(reading="predictive", omega=5.0), torch.optim.AdamW, 1e-2, 200, push_every=10) == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kd": torch.ones(())}, "kd must be the rest of the loss, a scalar with a gradient"),
        ({"kd": 3.0}, "kd must be the rest of the loss"),
        ({"image": IMAGE}, "image must require a gradient"),
        ({"kd": torch.ones((), requires_grad=True) * 2}, "kd must have a gradient at image, got none"),
    ],
)
def test_bad_pushes(changes: dict[str, Any], message: str) -> None:
    image = IMAGE.clone().requires_grad_()
    with pytest.raises(AMEError, match=message):
        ame().push(**{"kd": image.square().sum(), "image": image, "text": TEXT, **changes})
