"""What several test modules of this room share: making it costs more than most of their tests."""

import pytest

from ame_explore.data import digits
from ame_explore.models import Pretraining, pretrain
from ame_explore.training import Stage


@pytest.fixture(scope="session")
def stage():
    """Digits, and small models that were barely trained: enough to learn from, by no means good."""
    data = digits()
    teacher = pretrain(data, Pretraining(steps=20))
    backbone = pretrain(data, Pretraining(size="student", split="backbone", shift=1.0, steps=10))
    return Stage(data, teacher, backbone)
