"""What several tests of training share."""

from __future__ import annotations

import pytest
import torch

from ame_explore.data import emoji
from ame_explore.data.sets.emoji import emoji_set
from ame_explore.models.convolutional import ConvCLIP
from ame_explore.models.emoji import emoji_tokenizer
from ame_explore.training import Stage


@pytest.fixture(scope="module")
def emoji_stage() -> Stage:
    """Emoji with untrained models: what is tested is the path, not what is learned."""
    tokenizer = emoji_tokenizer(emoji_set())
    teacher, backbone = (
        ConvCLIP(tokenizer, (3, 24, 24), size, generator=torch.Generator().manual_seed(0)).eval().requires_grad_(False)
        for size in ("quick", "student")
    )
    return Stage(emoji(), teacher, backbone)
