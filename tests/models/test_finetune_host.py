"""The host that lets a pretrained tower learn on, and its start from texts."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from ame_explore.ame import AMEError
from ame_explore.models import Student, WordTokenizer
from ame_explore.models.convolutional import ConvCLIP

WORDS = tuple(
    f"{colour} {thing}" for colour in ("red", "green", "blue", "pale") for thing in ("cat", "hat", "car", "bell")
)


def clip(size: str, seed: int) -> ConvCLIP:
    model = ConvCLIP(WordTokenizer.from_texts(WORDS), (3, 24, 24), size, generator=torch.Generator().manual_seed(seed))
    return model.eval().requires_grad_(False)


def made(host: str = "finetune", texts: tuple[str, ...] = WORDS) -> tuple[Student, ConvCLIP, ConvCLIP]:
    backbone, teacher = clip("student", 0), clip("quick", 1)
    generator = torch.Generator().manual_seed(2)
    return Student.for_teacher(backbone, teacher, host, generator=generator, texts=texts), backbone, teacher


def test_before_the_first_step_it_ranks_texts_as_its_backbone_does() -> None:
    """A picture whose backbone feature is that of a text lands on that text in the teacher's space."""
    student, backbone, teacher = made()
    with torch.no_grad():
        ours, theirs = backbone.encode_text(WORDS), teacher.encode_text(WORDS)
        landed = F.normalize(student.projector(ours), dim=1)
        random = F.normalize(made(texts=())[0].projector(ours), dim=1)
    nearest = (landed @ theirs.T).argmax(1)
    assert int((nearest == torch.arange(len(WORDS))).sum()) >= 12  # of 16; a random map finds about one
    assert float((landed * theirs).sum(1).mean()) > float((random * theirs).sum(1).mean()) + 0.3


def test_the_tower_learns_and_its_norms_stay() -> None:
    student, backbone, _ = made()
    images = torch.rand(8, 3, 24, 24, generator=torch.Generator().manual_seed(0))
    before = {name: value.clone() for name, value in student.state_dict().items()}
    optimizer = torch.optim.SGD(student.trainable_parameters(), lr=0.1)
    student.train()
    student(student.prepare(images)).square().sum().backward()
    optimizer.step()
    after = student.state_dict()
    assert not after["backbone.stages.0.weight"].equal(before["backbone.stages.0.weight"])
    norm = next(name for name in before if name.endswith("running_mean"))
    assert after[norm].equal(before[norm])
    assert backbone.image_tower.stages[0].weight.equal(before["backbone.stages.0.weight"]), (
        "the backbone itself is left alone"
    )
    assert not any(part.training for part in student.backbone.modules() if isinstance(part, nn.BatchNorm2d))


def test_how_weights_are_mixed_is_part_of_the_state() -> None:
    student, other = made()[0], made()[0]
    student.mix(0.25)
    other.load_state_dict(student.state_dict())
    assert other.mixing == 0.25


def test_mixed_weights_lie_between_the_initial_and_the_trained_ones() -> None:
    """Outside training, the student is the one whose weights are initial + mixing (trained - initial)."""
    student = made()[0]
    images = torch.rand(4, 3, 24, 24, generator=torch.Generator().manual_seed(0))
    before = {name: value.clone() for name, value in student.named_parameters()}
    generator = torch.Generator().manual_seed(3)
    with torch.no_grad():
        for parameter in student.trainable_parameters():
            parameter.add_(0.05 * torch.randn(parameter.shape, generator=generator))
        trained = student.eval()(images)
        for share in (0.0, 0.3, 1.0):
            student.mix(share)
            found = student.eval()(images)
            assert student.train()(images).equal(trained)  # the student that learns is never mixed
            by_hand = made()[0].eval()
            for name, value in by_hand.named_parameters():
                own = dict(student.named_parameters())[name]
                value.copy_(before[name] + share * (own - before[name]))
            torch.testing.assert_close(found, by_hand(images), atol=1e-5, rtol=1e-5)
    assert {n for n, p in student.named_parameters() if p.requires_grad} == {
        n for n in before if not n.startswith("initial.")
    }


def test_other_hosts_start_as_they_did() -> None:
    with_texts, without = made("projector")[0], made("projector", texts=())[0]
    assert all(value.equal(without.state_dict()[name]) for name, value in with_texts.state_dict().items())


def test_prompts_need_a_transformer() -> None:
    with pytest.raises(AMEError, match="needs a transformer"):
        made("promptkd")
