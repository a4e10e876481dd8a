"""What several test modules of this room share: making it costs more than most of their tests."""

import io
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from ame_explore.data import digits
from ame_explore.models import Pretraining, pretrain
from ame_explore.training import Stage
from ame_explore.widgets.runtime.messages import Atlas


@pytest.fixture(scope="session")
def stage():
    """Digits, and small models that were barely trained: enough to learn from, by no means good."""
    data = digits()
    teacher = pretrain(data, Pretraining(steps=20))
    backbone = pretrain(data, Pretraining(size="student", split="backbone", shift=1.0, steps=10))
    return Stage(data, teacher, backbone)


@pytest.fixture(scope="session")
def tiles() -> Callable[[Atlas], NDArray[np.uint8]]:
    """tiles(atlas): what a page cuts from it, (count, height, width, 3)."""

    def cut(made: Atlas) -> NDArray[np.uint8]:
        sheet = np.asarray(Image.open(io.BytesIO(made["file"].tobytes())).convert("RGB"))
        height, width, columns = made["height"], made["width"], made["columns"]
        places = [divmod(row, columns) for row in range(made["count"])]
        return np.stack([sheet[v * height : (v + 1) * height, u * width : (u + 1) * width] for v, u in places])

    return cut
